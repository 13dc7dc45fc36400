"""Groups of comparable Kreise: nearest by context or chosen by the municipality, Kreistyp of the BBSR, typology.

`peers`: one row per Kreis × rank: ags, rank, peer, distance (NaN if it has none), chosen (by the municipality itself).
`kinds`: one row per Kreis: ags, type and type_label (Kreistyp of the edition `KREISTYP_EDITION`; 0 and "" without one),
  cluster, name, size, between (see `indicators.clusters`; 0 and "" without typology), missing (context variables
  without a value), variables (names of the context indicators, comma-separated) and years (of each, likewise).
`context`: one row per Kreis × context variable: ags, indicator, year, value, position (standardised and weighted, see
  `indicators.peers`); NaN where it has none.
"""

from collections.abc import Mapping

import pandas as pd

from transferbuch.indicators.catalogue import Indicator
from transferbuch.indicators.clusters import CLUSTER_COLUMNS, typology_of
from transferbuch.indicators.peers import (
    PEER_COLUMNS,
    Context,
    context_of,
    distances_to,
    load_peer_settings,
    nearest_kreise,
)
from transferbuch.regions.keys import MODEL_LAND, is_kreis
from transferbuch.regions.reforms import Territory

KREISTYP_EDITION = 2020
"""The type of a Kreis changes with the edition, so all comparisons take one."""
CONTEXT_COLUMNS = ("ags", "indicator", "year", "value", "position")
_KIND_COLUMNS = ("ags", "type", "type_label", *CLUSTER_COLUMNS[1:], "missing", "variables", "years")


def group_kreise(
    values: pd.DataFrame,
    indicators: Mapping[str, Indicator],
    territory: Territory,
    kreistypen: pd.DataFrame,
    chosen: Mapping[str, tuple[str, ...]],
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """(peers, kinds, context) of all Kreise with values; `chosen`: peers that a municipality named itself, by key.

    Raises PersonFileError for a faulty catalogue/peers.yml.
    """
    settings = load_peer_settings(indicators)
    keys = [key for key in values["ags"].unique() if is_kreis(key)]
    cities = {str(one.ags) for one in territory.register if one.is_city}
    types = kreistypen[kreistypen["edition"] == KREISTYP_EDITION].set_index("ags")
    peers, kinds, contexts = [], [], [pd.DataFrame(columns=list(CONTEXT_COLUMNS))]
    for is_model in (False, True):
        world = [key for key in keys if key.startswith(MODEL_LAND) == is_model]
        context = context_of(values, settings, world) if world else None
        found = nearest_kreise(context, settings.neighbours) if context else pd.DataFrame(columns=list(PEER_COLUMNS))
        typology = typology_of(context, settings, cities) if context else None
        clusters = typology.members if typology else pd.DataFrame(columns=list(CLUSTER_COLUMNS))
        own = {key: chosen[key] for key in world if key in chosen}
        peers += [found[~found["ags"].isin(own)].assign(chosen=False), *(_own(key, own[key], context) for key in own)]
        kinds.append(_kinds(world, context, types, clusters))
        contexts += [_long(context)] if context else []
    whole = pd.concat(peers, ignore_index=True).sort_values(["ags", "rank"], ignore_index=True)
    whole = whole.astype({"rank": int, "distance": float, "chosen": bool})
    around = pd.concat(contexts, ignore_index=True).astype({"year": int, "value": float, "position": float})
    return whole, pd.concat(kinds, ignore_index=True), around


def _long(context: Context) -> pd.DataFrame:
    """Every variable of every Kreis in a row of its own, in the order of the variables."""
    raw = context.raw.melt(ignore_index=False, var_name="indicator").reset_index()
    position = context.scaled.melt(ignore_index=False, var_name="indicator", value_name="position")["position"]
    return raw.assign(position=position.to_numpy(), year=raw["indicator"].map(context.years))[list(CONTEXT_COLUMNS)]


def choose_peers(
    values: pd.DataFrame, indicators: Mapping[str, Indicator], ags: str, chosen: tuple[str, ...]
) -> pd.DataFrame:
    """The rows of `peers` of one Kreis that names its peers itself."""
    settings = load_peer_settings(indicators)
    context = values[values["indicator"].isin({one.indicator for one in settings.variables})]
    world = [
        key
        for key in context["ags"].unique()
        if is_kreis(key) and key.startswith(MODEL_LAND) == ags.startswith(MODEL_LAND)
    ]
    found = _own(ags, chosen, context_of(context, settings, world))
    return found.astype({"rank": int, "distance": float, "chosen": bool})[["ags", "rank", "peer", "distance", "chosen"]]


def _own(ags: str, peers: tuple[str, ...], context: Context | None) -> pd.DataFrame:
    """Chosen peers in order of their distance, those without one at the end."""
    distance = distances_to(context, ags, peers) if context else pd.Series(float("nan"), index=pd.Index(peers))
    ordered = distance.rename("distance").rename_axis("peer").reset_index().sort_values(["distance", "peer"])
    return ordered.assign(ags=ags, rank=range(1, len(ordered) + 1), chosen=True)


def _kinds(world: list[str], context: Context | None, types: pd.DataFrame, clusters: pd.DataFrame) -> pd.DataFrame:
    members = clusters.set_index("ags")
    variables = ",".join(context.years) if context is not None else ""
    years = ",".join(map(str, context.years.values())) if context is not None else ""
    rows = []
    for key in sorted(world):
        of_type = types.reindex(key.split("+"))
        has_type = of_type["type"].notna().all() and of_type["type"].nunique() == 1
        named = (int(of_type["type"].iloc[0]), str(of_type["label"].iloc[0])) if has_type else (0, "")
        group = tuple(members.loc[key, list(CLUSTER_COLUMNS[1:])]) if key in members.index else (0, "", 0, "")
        missing = int(context.scaled.loc[key].isna().sum()) if context is not None else 0
        rows.append((key, *named, *group, missing, variables, years))
    frame = pd.DataFrame(rows, columns=list(_KIND_COLUMNS))
    return frame.astype({name: int for name in ("type", "cluster", "size", "missing")})
