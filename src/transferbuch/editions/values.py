"""Indicator values and findings of a data package, computed once and kept until package, catalogue or code change.

Computed with texts as categories (see `data.stacking`), kept as texts; large tables are given with categories again.

The checks run before anything is computed, so no way to a page leads past them.
"""

import dataclasses
import datetime as dt
import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from transferbuch.data.completeness import compute_completeness
from transferbuch.data.corrections import Correction
from transferbuch.data.crosswalk import read_crosswalk
from transferbuch.data.findings import Finding, SignOff, worst_first
from transferbuch.data.observations import observe, read_figures
from transferbuch.data.quality import find_findings, find_impossible, withhold_refused
from transferbuch.data.reviews import Review
from transferbuch.data.sources import Source
from transferbuch.data.stacking import as_texts, read_stacked, stack
from transferbuch.data.store import DataPackage
from transferbuch.data.territory import combine_kreise, convert_observations
from transferbuch.data.typologies import read_kreistypen
from transferbuch.editions.fingerprints import catalogue_hash, code_hash
from transferbuch.indicators.catalogue import Indicator
from transferbuch.indicators.comparison import (
    LAND,
    PEERS,
    WHOLE,
    add_places,
    bund_of,
    compute_comparisons,
    land_of,
)
from transferbuch.indicators.compute import compute_values
from transferbuch.indicators.groups import choose_peers, group_kreise
from transferbuch.indicators.peers import pool_values
from transferbuch.indicators.projection import project_population, tested_errors
from transferbuch.indicators.trend import breaks_by_region, compute_trends
from transferbuch.indicators.uncertainty import precision_of
from transferbuch.regions.keys import CombinedAGS, group_key, is_kreis
from transferbuch.regions.reforms import Territory
from transferbuch.regions.register import Register
from transferbuch.secrecy.official import audit_official


@dataclass(frozen=True)
class Computed:
    """What is known of a package: `values` (see `indicators.compute`, with the place among the Kreise), `comparisons`
    and `trends` (modules of that name in `indicators`), `peers`, `kinds` and `context` (see `indicators.groups`),
    `population`, `backtest`, `errors` and `assumptions` (see `indicators.projection`), `completeness` (see
    `data.completeness`), `audit` (see `secrecy.official`), `findings` worst first.

    Large tables have their texts as categories, in the order of the texts (see `data.stacking`).
    """

    values: pd.DataFrame
    comparisons: pd.DataFrame
    trends: pd.DataFrame
    peers: pd.DataFrame
    kinds: pd.DataFrame
    context: pd.DataFrame
    population: pd.DataFrame
    backtest: pd.DataFrame
    errors: pd.DataFrame
    assumptions: pd.DataFrame
    completeness: pd.DataFrame
    audit: pd.DataFrame
    findings: tuple[Finding, ...]


_FRAMES = (
    "values",
    "comparisons",
    "trends",
    "peers",
    "kinds",
    "context",
    "population",
    "backtest",
    "errors",
    "assumptions",
    "completeness",
    "audit",
)
"""Tables of `Computed`, each kept in a file of its own."""
_LARGE = ("values", "comparisons", "trends", "population")
_KEPT = 4
"""Results that stay: of the package and the model region, before and after a change."""


def load_values(
    package: DataPackage,
    sources: dict[str, Source],
    indicators: dict[str, Indicator],
    territory: Territory,
    corrections: tuple[Correction, ...],
    cache: Path,
    reviews: tuple[Review, ...] = (),
    combined: Iterable[CombinedAGS] = (),
    own_peers: Mapping[str, tuple[str, ...]] | None = None,
    internal: bool = False,
) -> Computed:
    """Values for the Kreise of `territory` and the `combined` ones, findings and completeness of the package; read from
    `cache` if nothing has changed.

    `internal`: whether `indicators` hold those of internal editions; these have a `cache` of their own.
    Raises PersonFileError when a mapping, a correction or a review does not fit the files of the package.
    """
    combined, own_peers = sorted(combined), own_peers or {}
    code = code_hash("data", "indicators", "regions", "secrecy")
    chosen = [f"{ags}:{','.join(peers)}" for ags, peers in sorted(own_peers.items())]
    parts = [package.id, catalogue_hash(internal), code, str(territory.day), *combined, *chosen]
    mark = hashlib.sha256(" ".join(parts).encode()).hexdigest()[:16]
    paths = {name: cache / f"{name}-{mark}.parquet" for name in _FRAMES}
    quality_path = cache / f"quality-{mark}.json"
    if not all(path.is_file() for path in (*paths.values(), quality_path)):
        found = _compute(
            package,
            sources,
            indicators,
            territory,
            corrections,
            reviews,
            combined,
            own_peers,
            cache / "audit-pieces.json",
        )
        cache.mkdir(parents=True, exist_ok=True)
        for name, path in paths.items():
            _write_frame(path, getattr(found, name))
        part = quality_path.with_suffix(f".{os.getpid()}.part")
        part.write_text(json.dumps([dataclasses.asdict(one) for one in found.findings]), encoding="utf-8")
        os.replace(part, quality_path)
        del found  # before it is read back: nobody needs both
        _forget_oldest(cache)
    # read back also when just made, so that both ways give the same bytes later
    findings = json.loads(quality_path.read_text(encoding="utf-8"))
    return Computed(
        **{name: read_stacked(path) if name in _LARGE else pd.read_parquet(path) for name, path in paths.items()},
        findings=tuple(Finding(**{**one, "review": SignOff(**one["review"])}) for one in findings),
    )


def _compute(
    package: DataPackage,
    sources: dict[str, Source],
    indicators: dict[str, Indicator],
    territory: Territory,
    corrections: tuple[Correction, ...],
    reviews: tuple[Review, ...],
    combined: list[CombinedAGS],
    own_peers: Mapping[str, tuple[str, ...]],
    pieces: Path,
) -> Computed:
    register = territory.register
    figures = read_figures(package, sources)
    observations = observe(figures, sources, register, corrections)
    completeness = compute_completeness(observations, register)
    findings = find_findings(package, figures, observations, completeness, sources, register, corrections, reviews)
    del figures
    # only now: a refused figure must not reach another Kreis by conversion
    converted = convert_observations(withhold_refused(observations, findings), sources, territory)
    converted = combine_kreise(converted, sources, combined)
    values = compute_values(converted, indicators.values(), precision_of(sources))
    peers, kinds, context = group_kreise(values, indicators, territory, read_kreistypen(package), own_peers)
    groups = {group_key(ags): rows["peer"].tolist() for ags, rows in peers.groupby("ags")}
    pooled = pool_values(values, groups, indicators)
    values = add_places(stack([values.assign(members=np.nan), pooled.astype({"members": float})]))
    tables = {variable.id: source.table for source in sources.values() for variable in source.variables}
    impossible = find_impossible(values, {one.id: tables[one.formula.numerator[0]] for one in indicators.values()})
    regions = [key for key in converted["ags"].unique() if is_kreis(key) or len(key) == 2]
    outlook = project_population(converted, regions)
    audit, _ = audit_official(observations, converted, values, groups, sources, indicators, register, pieces)
    del observations, converted
    kreise = [key for key in values["ags"].unique() if is_kreis(key)]
    return Computed(
        values,
        compute_comparisons(
            values,
            {LAND: land_of, WHOLE: bund_of, PEERS: lambda ags: group_key(ags) if group_key(ags) in groups else None},
        ),
        compute_trends(values, indicators, breaks_by_region(sources, territory), kreise),
        peers,
        kinds,
        context,
        outlook.population,
        outlook.backtest,
        tested_errors(outlook.backtest),
        outlook.assumptions,
        completeness,
        audit,
        tuple(worst_first([*findings, *impossible])),
    )


def with_peers(computed: Computed, ags: str, peers: tuple[str, ...], indicators: Mapping[str, Indicator]) -> Computed:
    """The same as if the municipality `ags` had named `peers` in its parameters: its group, the values of this group
    and its comparisons with it are made anew, by the functions that `load_values` makes them with."""
    computed = dataclasses.replace(computed, **{name: as_texts(getattr(computed, name)) for name in _LARGE})
    key, whole = group_key(ags), computed.values[computed.values["ags"] != group_key(ags)]
    pooled = pool_values(whole[whole["ags"].isin(peers)], {key: peers}, indicators)
    placed = add_places(pd.concat([whole[whole["ags"].str.fullmatch(r"\d{5}")], pooled], ignore_index=True))
    group, own = placed[placed["ags"] == key], whole[whole["ags"] == ags]
    others = computed.comparisons[(computed.comparisons["ags"] != ags) | (computed.comparisons["reference"] != PEERS)]
    compared = compute_comparisons(pd.concat([own, group]), {PEERS: lambda region: key if region == ags else None})
    chosen = choose_peers(whole, indicators, ags, peers)
    return dataclasses.replace(
        computed,
        values=pd.concat([whole, group], ignore_index=True),
        comparisons=pd.concat([others, compared], ignore_index=True),
        peers=pd.concat([computed.peers[computed.peers["ags"] != ags], chosen], ignore_index=True),
    )


def _forget_oldest(cache: Path) -> None:
    """Of earlier packages and catalogues only the latest results stay."""
    marks = sorted(cache.glob("quality-*.json"), key=lambda path: path.stat().st_mtime)
    for old in marks[:-_KEPT]:
        for path in cache.glob(f"*-{old.stem.removeprefix('quality-')}.*"):
            path.unlink(missing_ok=True)


def _write_frame(path: Path, frame: pd.DataFrame) -> None:
    if "ags" in frame.columns:  # so that the rows of a region are one part of the table, and need not be copied
        frame = frame.sort_values("ags", kind="stable")
    part = path.with_suffix(f".{os.getpid()}.part")
    as_texts(frame).to_parquet(part, index=False)
    os.replace(part, path)


def read_territory(package: DataPackage, register: Register, gebietsstand: dt.date) -> Territory:
    """The Kreise of the day `gebietsstand`, with the official shares that the package holds."""
    return Territory(register, gebietsstand, read_crosswalk(package))
