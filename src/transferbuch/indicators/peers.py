"""Which Kreise are comparable: distance in context variables, groups of similar Kreise, values of a group as one.

The variables, their weights and the reasons are in `catalogue/peers.yml`. Context is standardised: each variable has
mean 0 and spread 1 over all Kreise, skewed ones after taking the logarithm. A missing variable is left out of a
distance, which is then scaled up (`nan_euclidean_distances`); with more than two missing ones a Kreis has no distance.
Kreise of Germany and of the model region are never compared with each other.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from pydantic import Field

from transferbuch.data.territory import TERRITORY_MARKS
from transferbuch.errors import PersonFileError, Problem
from transferbuch.indicators.catalogue import Indicator
from transferbuch.indicators.uncertainty import Term, rate_interval, share_interval
from transferbuch.project import CATALOGUE
from transferbuch.records import Record, find_line, load_record, nearest, read_person_text
from transferbuch.vocabulary import is_count

MOST_MISSING = 2
LEAST_VARIABLES = 5
COVERED = 0.9
PEER_COLUMNS = ("ags", "rank", "peer", "distance")


class PeerVariable(Record):
    """One context variable: an indicator, how much it weighs, how its extremes are named (German, dative)."""

    indicator: str
    weight: float = Field(default=1, gt=0)
    log: bool = Field(default=False, description="skewed: the logarithm counts")
    high: str = Field(min_length=1, description="behind 'Kreise mit': 'hoher Arbeitslosigkeit'")
    low: str = Field(min_length=1)
    reason: str = Field(min_length=1, description="German sentence for readers")


class PeerSettings(Record):
    """`catalogue/peers.yml`."""

    neighbours: int = Field(ge=3, le=30)
    clusters: int = Field(ge=2, le=12)
    seed: int
    variables: tuple[PeerVariable, ...] = Field(min_length=LEAST_VARIABLES)


@dataclass(frozen=True)
class Context:
    """Context of the Kreise of one world: `raw` values and `scaled` ones (ags × indicator), and the year of each."""

    raw: pd.DataFrame
    scaled: pd.DataFrame
    years: dict[str, int]

    @property
    def usable(self) -> pd.Index:
        """Keys with enough variables for a distance."""
        return self.scaled.index[self.scaled.isna().sum(axis=1) <= MOST_MISSING]


def load_peer_settings(indicators: Mapping[str, Indicator], path: Path = CATALOGUE / "peers.yml") -> PeerSettings:
    """The settings; raises PersonFileError with every fault: unknown indicators, results instead of context, twice."""
    name = f"catalogue/{path.name}"
    settings = load_record(path, PeerSettings, name)
    text = read_person_text(path, name)
    problems, seen = [], set()
    for one in settings.variables:
        line = find_line(text, one.indicator)
        if one.indicator not in indicators:
            do = nearest(one.indicator, indicators)
            problems.append(
                Problem(
                    name,
                    line,
                    "variables",
                    "there is no such public indicator",
                    one.indicator,
                    "",
                    do,
                    "unknown-indicator",
                )
            )
        elif one.indicator in seen:
            problems.append(
                Problem(
                    name, line, "variables", "the indicator comes twice", one.indicator, "", "remove one", "duplicate"
                )
            )
        elif indicators[one.indicator].role not in ("context", "return"):
            what, expected = "results and processes decide nothing about likeness", "an indicator of context"
            problems.append(
                Problem(name, line, "variables", what, one.indicator, expected, "choose another one", "no-context")
            )
        seen.add(one.indicator)
    if problems:
        raise PersonFileError(problems)
    return settings


def context_of(values: pd.DataFrame, settings: PeerSettings, keys: Iterable[str]) -> Context | None:
    """Context of the Kreise `keys` (all of one world; combined ones have a +), None with too few variables.

    Of each variable the newest year with a value for 90 % of the Kreise counts, so that all are of one year.
    """
    keys = sorted(keys)
    kreise = [key for key in keys if "+" not in key]
    known = values[(values["status"] == "ok") & values["ags"].isin(keys)]
    columns, years = {}, {}
    for one in settings.variables:
        wide = known[known["indicator"] == one.indicator].pivot(index="ags", columns="year", values="value")
        covered = wide.reindex(kreise).notna().mean()
        enough = covered.index[covered >= COVERED]
        if len(enough):
            years[one.indicator] = int(enough.max())
            columns[one.indicator] = wide[enough.max()].reindex(keys)
    if len(columns) < LEAST_VARIABLES:
        return None
    raw = pd.DataFrame(columns, index=pd.Index(keys, name="ags"))
    logged = raw.copy()
    for one in settings.variables:
        if one.log and one.indicator in raw:
            logged[one.indicator] = np.log(raw[one.indicator].where(raw[one.indicator] > 0))
    from sklearn.preprocessing import StandardScaler  # slow to import, and the settings need none

    scaler = StandardScaler().fit(logged.loc[kreise].to_numpy())
    weights = np.sqrt([one.weight for one in settings.variables if one.indicator in raw])
    scaled = pd.DataFrame(scaler.transform(logged.to_numpy()) * weights, index=raw.index, columns=raw.columns)
    return Context(raw, scaled, years)


def nearest_kreise(context: Context, neighbours: int) -> pd.DataFrame:
    """One row per Kreis × rank (1 is the most similar): ags, rank, peer, distance.

    A combined territory is nobody's peer and never one of its own members. In a small world a third of the Kreise at
    most are peers.
    """
    keys = context.usable
    candidates = [key for key in keys if "+" not in key]
    count = min(neighbours, (len(candidates) - 1) // 3)
    if count < 1:
        return pd.DataFrame(columns=list(PEER_COLUMNS))
    from sklearn.metrics.pairwise import nan_euclidean_distances  # slow to import

    distances = nan_euclidean_distances(context.scaled.loc[keys].to_numpy(), context.scaled.loc[candidates].to_numpy())
    rows = []
    for key, row in zip(keys, distances, strict=True):
        itself = set(key.split("+"))
        # rounded, then by key: the same order on every machine
        ranked = sorted(
            (round(float(distance), 9), peer)
            for distance, peer in zip(row, candidates, strict=True)
            if peer not in itself
        )
        rows += [(key, rank, peer, distance) for rank, (distance, peer) in enumerate(ranked[:count], 1)]
    return pd.DataFrame(rows, columns=list(PEER_COLUMNS))


def distances_to(context: Context, ags: str, peers: Iterable[str]) -> pd.Series:
    """Distance of a Kreis to each of the `peers`; NaN where one of both has too few variables."""
    peers = pd.Index(peers)
    known = peers.intersection(context.usable, sort=False)
    if ags not in context.usable or known.empty:
        return pd.Series(np.nan, index=peers)
    from sklearn.metrics.pairwise import nan_euclidean_distances  # slow to import

    found = nan_euclidean_distances(context.scaled.loc[[ags]].to_numpy(), context.scaled.loc[known].to_numpy())[0]
    return pd.Series(found.round(9), index=known).reindex(peers)


_LISTS = ("tables", "files")
"""Columns of values that hold several texts, separated by commas."""


def pool_values(
    values: pd.DataFrame, groups: Mapping[str, Iterable[str]], indicators: Mapping[str, Indicator]
) -> pd.DataFrame:
    """Values of groups as if each were one region: rows of `values` with the group's key as ags, and `members`.

    groups: key → Kreise. Shares, rates and means are computed from the summed numerators and denominators; of
    ready-made rates the median counts, they have no interval. Counts grow with the group and are left out. A year needs
    a number of two thirds of the members, and of three at least: `members` says of how many.
    """
    compared = {name for name in indicators if not is_count(name)}
    known = values[(values["status"] == "ok") & values["indicator"].isin(compared)]
    members = sorted({member for group in groups.values() for member in group} & set(known["ags"]))
    known = known[known["ags"].isin(members)]
    if known.empty:
        return values.head(0).assign(members=0)
    # one matrix of Kreis × (indicator, year) for each quantity: sums over groups are products with who belongs to whom
    column = known.groupby(["indicator", "year"], sort=False).ngroup().to_numpy()
    series = known[["indicator", "year"]].drop_duplicates()
    row = pd.Index(members).get_indexer(known["ags"])
    tables = {
        name: np.full((len(members), len(series)), np.nan) for name in ("value", "numerator", "denominator", "low")
    }
    for name, table in tables.items():
        table[row, column] = known[name].to_numpy(float)
    has = ~np.isnan(tables["value"])
    keys = sorted(groups)
    belongs = np.array([[member in set(groups[key]) for member in members] for key in keys], float)
    counted = belongs @ has
    enough = (counted >= 3) & (3 * counted >= 2 * np.array([[len(tuple(groups[key]))] for key in keys]))
    sums = {name: belongs @ np.nan_to_num(np.where(has, tables[name], 0)) for name in ("numerator", "denominator")}
    median = np.full_like(counted, np.nan)
    for at in range(len(keys)):
        part = tables["value"][belongs[at] > 0][:, enough[at]]
        median[at, enough[at]] = np.nanmedian(part, axis=0) if part.size else np.nan
    group, which = np.nonzero(enough)
    pooled = pd.DataFrame(
        {
            "indicator": series["indicator"].to_numpy(object)[which],
            "ags": np.array(keys, dtype=object)[group],
            "year": series["year"].to_numpy()[which],
            "numerator": sums["numerator"][group, which],
            "denominator": sums["denominator"][group, which],
            "members": counted[group, which].astype(int),
            "status": "ok",
        }
    )
    # a group is as published only if all of its members are
    mark = np.zeros((len(members), len(series)), int)
    mark[row, column] = known["territory"].map(TERRITORY_MARKS.index).to_numpy(int)
    gravest = np.select([belongs @ (mark == rank) > 0 for rank in (2, 1)], [2, 1], 0)
    pooled["territory"] = np.array(TERRITORY_MARKS, dtype=object)[gravest[group, which]]
    for name in ("time", "tables", "stand", "files"):
        texts = _pooled_texts(known[name], row, column, belongs > 0, tables["value"].shape)
        pooled[name] = texts[group, which]
    kind = pooled["indicator"].map({name: indicators[name].formula.kind for name in compared})
    factor = pooled["indicator"].map({name: _factor(indicators[name]) for name in compared}).astype(float)
    quotient = pooled["numerator"] / pooled["denominator"].where(pooled["denominator"] != 0)
    value = np.where(kind == "change", 100 * (quotient - 1), factor * quotient)
    pooled["value"] = np.where(kind == "value", median[group, which], value)
    pooled.loc[kind == "value", ["numerator", "denominator"]] = np.nan
    judged = (belongs @ (has & np.isnan(tables["low"])))[group, which] == 0
    pooled["low"], pooled["high"] = _pooled_interval(pooled, indicators, pd.Series(judged, index=pooled.index))
    return pooled[pooled["value"].notna()].reset_index(drop=True)


def _pooled_texts(
    texts: pd.Series, row: np.ndarray, column: np.ndarray, groups: np.ndarray, shape: tuple[int, int]
) -> np.ndarray:
    """Groups × series: what the members of a group have as text; of several the newest, of lists what any has.

    row, column: place of each of the `texts` in a table of `shape`; groups: who belongs to whom
    """
    number, known = pd.factorize(texts, sort=True)
    known = np.array(known, dtype=object)
    table = np.full(shape, -1)
    table[row, column] = number
    found = np.empty((len(groups), shape[1]), dtype=object)
    for at, members in enumerate(groups):
        part = table[members]
        newest = part.max(axis=0, initial=-1)
        found[at] = known[newest]
        if texts.name in _LISTS:
            for series in np.flatnonzero(((part >= 0) & (part != newest)).any(axis=0)):
                held = {one for code in part[:, series] if code >= 0 for one in known[code].split(",")}
                found[at, series] = ",".join(sorted(held))
    return found


def _pooled_interval(
    pooled: pd.DataFrame, indicators: Mapping[str, Indicator], judged: pd.Series
) -> tuple[pd.Series, pd.Series]:
    """Intervals of shares and rates of groups all of whose members have one (`judged`); NaN for all others."""
    low, high = pd.Series(np.nan, index=pooled.index), pd.Series(np.nan, index=pooled.index)
    nothing = pd.Series(0.0, index=pooled.index)
    for kind, interval in (("share", share_interval), ("rate", rate_interval)):
        of_kind = {name for name, one in indicators.items() if one.formula.kind == kind and not one.formula.minus}
        rows = pooled["indicator"].isin(of_kind) & judged
        if not rows.any():
            continue
        part = pooled[rows]
        ends = interval(Term(part["numerator"], nothing[rows]), Term(part["denominator"], nothing[rows]))
        factor = part["indicator"].map({name: _factor(indicators[name]) for name in of_kind})
        low[rows], high[rows] = (factor * end for end in ends)
    return low, high


def _factor(indicator: Indicator) -> float:
    return {"share": 100, "rate": indicator.formula.per}.get(indicator.formula.kind, 1)
