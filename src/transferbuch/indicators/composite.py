"""Composite indices of small areas: one engine for 0-1 indices, load types and sums of z-scores.

An index is a definition (`IndexDefinition`) applied to a table with one row per area and one column per variable. The
steps are always the same: leave out small areas and areas with missing variables, standardise every variable, turn
those whose high values mean the opposite of a high index, aggregate, perhaps standardise again, round, form classes.
Methods: OECD/JRC, Handbook on Constructing Composite Indicators (2008), chapters normalisation, weighting, robustness.
"""

from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
import pandas as pd

from transferbuch.indicators.classing import Cut, class_of, cut_points

Orientation = Literal["load", "good"]
Standardisation = Literal["minmax", "zscore", "none"]
Aggregation = Literal["mean", "domains", "sum"]
ClassRule = Literal["equal", "quantile", "natural", "points"]
Reason = Literal["", "small", "missing"]


@dataclass(frozen=True)
class IndexVariable:
    """One variable: a column of the table; `orientation` says what its high values mean."""

    id: str
    orientation: Orientation = "load"
    weight: float = 1.0
    domain: str = ""


@dataclass(frozen=True)
class IndexDefinition:
    """How an index is made.

    high: what a high index value means; a variable with the other orientation is turned (1 - x of minmax, -z).
    standardisation: minmax (0 to 1 between lowest and highest area), zscore, none (values are standardised already).
    weighting: every area counts once, or by its population, in mean and standard deviation (ddof 0) of zscore.
    aggregation: weighted mean; domains: weighted mean inside each domain, then plain mean of the domains; weighted sum.
    standardise_again: the aggregate becomes a z-score over all areas with an index (as sums of z-scores need it).
    classes: `points` at the given `cuts`, otherwise `k` classes by equal width, equal numbers or natural breaks.
    max_missing: up to so many variables of an area may be missing; the rest then speaks for them by their weights.
    minimum: areas with fewer inhabitants get no index and do not count in standardising; 0 means no minimum.
    decimals: index and thresholds are rounded before classes are formed, so that a printed value shows its class.
    """

    variables: tuple[IndexVariable, ...]
    high: Orientation = "load"
    standardisation: Standardisation = "zscore"
    weighting: Literal["areas", "population"] = "areas"
    aggregation: Aggregation = "mean"
    standardise_again: bool = False
    classes: ClassRule = "equal"
    k: int = 5
    cuts: tuple[Cut, ...] = ()
    max_missing: int = 0
    minimum: float = 0
    decimals: int | None = None

    def __post_init__(self) -> None:
        ids = [one.id for one in self.variables]
        if not ids or len(set(ids)) != len(ids):
            raise ValueError("an index has variables, each once")
        if any(not one.weight > 0 or not np.isfinite(one.weight) for one in self.variables):
            raise ValueError("weights are positive numbers")
        if self.aggregation == "domains" and not all(one.domain for one in self.variables):
            raise ValueError("an index by domains needs the domain of every variable")
        if (self.classes == "points") != bool(self.cuts):
            raise ValueError("cut points belong to classes by points")
        if self.classes == "points" and any(a.at >= b.at for a, b in zip(self.cuts, self.cuts[1:], strict=False)):
            raise ValueError("cut points ascend")
        if self.classes != "points" and self.k < 2:
            raise ValueError("an index has at least two classes")

    @property
    def number_of_classes(self) -> int:
        return len(self.cuts) + 1 if self.classes == "points" else self.k


@dataclass(frozen=True)
class AreaIndex:
    """Index of one area: `value` and `kind` (class from 1, the lowest) are None exactly when `reason` says why."""

    area: str
    value: float | None
    kind: int | None
    reason: Reason = ""
    missing: tuple[str, ...] = ()
    """Variables without a value, also of an area that has an index in spite of them."""


@dataclass(frozen=True)
class CompositeIndex:
    """Result: every area of the table in its order, and the cut points between the classes, ascending."""

    definition: IndexDefinition
    areas: tuple[AreaIndex, ...]
    cuts: tuple[Cut, ...]
    scores: pd.DataFrame = field(repr=False, compare=False)
    """Standardised and turned variables of the areas with an index; for tests, never for publication."""

    def values(self) -> pd.Series:
        """Index by area, only areas with one."""
        return pd.Series({one.area: one.value for one in self.areas if one.value is not None}, dtype=float)

    def kinds(self) -> pd.Series:
        """Class by area, only areas with one."""
        return pd.Series({one.area: one.kind for one in self.areas if one.kind is not None}, dtype=int)

    def count(self, kind: int) -> int:
        """Number of areas in the class."""
        return sum(one.kind == kind for one in self.areas)


@dataclass(frozen=True)
class LeftOut:
    """The index without one variable: how many areas change class, Spearman's rank correlation with the full index.

    changed and correlation are None where the other variables make no index with as many classes.
    """

    variable: str
    changed: int | None
    areas: int
    correlation: float | None


def compute_index(
    definition: IndexDefinition, table: pd.DataFrame, population: pd.Series | None = None
) -> CompositeIndex:
    """The index of every area.

    table: index = area, a float column per variable, NaN = missing; population: by area, NaN = unknown (such an area
    is small where a minimum holds). Raises ValueError for a variable that is the same in all areas (nothing can be
    standardised), for fewer areas than classes, and where a population is needed but not given.
    """
    ids = [one.id for one in definition.variables]
    data = table[ids].astype(float)
    if not data.index.is_unique:
        raise ValueError("each area has one row")
    if population is None and (definition.minimum or definition.weighting == "population"):
        raise ValueError("this index needs the population of the areas")
    people = pd.Series(1.0, data.index) if population is None else population.reindex(data.index).astype(float)
    small = ~(people >= definition.minimum) if definition.minimum else pd.Series(False, data.index)
    lacking = data.isna()
    missing = lacking.sum(axis=1) > min(definition.max_missing, len(ids) - 1)
    used = data[~small & ~missing]
    if len(used) < max(2, definition.number_of_classes if definition.classes != "points" else 2):
        raise ValueError(f"{len(used)} areas have all variables; that is too few for these classes")
    scores = _standardised(definition, used, people[used.index])
    index = _aggregated(definition, scores)
    if definition.standardise_again:
        index = _zscores(index.to_frame(), _weights(definition, people[used.index]))[0]
    if definition.decimals is not None:
        index = index.round(definition.decimals) + 0.0  # no minus zero
    cuts = definition.cuts or cut_points(definition.classes, index.to_numpy(), definition.k, definition.decimals)
    areas = []
    for area in data.index:
        lost = tuple(one for one in ids if lacking.at[area, one])
        if area in index.index:
            value = float(index[area])
            areas.append(AreaIndex(str(area), value, class_of(value, cuts), "", lost))
        else:
            areas.append(AreaIndex(str(area), None, None, "small" if small[area] else "missing", lost))
    return CompositeIndex(definition, tuple(areas), tuple(cuts), scores)


def leave_one_out(full: CompositeIndex, table: pd.DataFrame, population: pd.Series | None = None) -> list[LeftOut]:
    """How much the index hangs on each variable, one record per variable; [] for an index of one variable.

    Compared are the areas of the full index; given cut points stay, all others are formed anew.
    """
    definition = full.definition
    if len(definition.variables) < 2:
        return []
    # the same areas as in the full index: an area that lacked only the left-out variable must not come in
    held = [one.area for one in full.areas if one.value is not None]
    rows = table.loc[[area for area in table.index if str(area) in set(held)]]
    before, kinds = full.values(), full.kinds()
    found = []
    for one in definition.variables:
        rest = tuple(other for other in definition.variables if other is not one)
        less = replace(definition, variables=rest, max_missing=len(rest) - 1 if definition.max_missing else 0)
        try:
            result = compute_index(less, rows, population)
        except ValueError:  # fewer different values than classes: there is nothing to compare with
            found.append(LeftOut(one.id, None, 0, None))
            continue
        after = result.values()
        same = before.index.intersection(after.index)
        changed = int((result.kinds()[same] != kinds[same]).sum())
        correlation = float(before[same].rank().corr(after[same].rank()))  # Spearman's
        found.append(LeftOut(one.id, changed, len(same), correlation))
    return found


def _weights(definition: IndexDefinition, people: pd.Series) -> pd.Series:
    if definition.weighting == "areas":
        return pd.Series(1.0, people.index)
    if people.isna().any() or not (people > 0).all():
        raise ValueError("an area without a population cannot be weighted by it")
    return people


def _standardised(definition: IndexDefinition, used: pd.DataFrame, people: pd.Series) -> pd.DataFrame:
    """Variables on one scale, high = high index."""
    if definition.standardisation == "none":
        scores = used.copy()
    elif definition.standardisation == "minmax":
        low, high = used.min(), used.max()
        _refuse_constant(used, high - low)
        scores = (used - low) / (high - low)
    else:
        scores = _zscores(used, _weights(definition, people))
    for one in definition.variables:
        if one.orientation != definition.high:
            turned = 1.0 - scores[one.id] if definition.standardisation == "minmax" else -scores[one.id]
            scores[one.id] = turned
    return scores


def _zscores(data: pd.DataFrame, weights: pd.Series) -> pd.DataFrame:
    """(x - mean) / standard deviation of the population (ddof 0), each column over its areas with a value."""
    given = data.notna().mul(weights, axis=0)
    mean = data.mul(weights, axis=0).sum() / given.sum()
    variance = ((data - mean) ** 2).mul(weights, axis=0).sum() / given.sum()
    _refuse_constant(data, variance**0.5)
    return (data - mean) / variance**0.5


def _refuse_constant(data: pd.DataFrame, spread: pd.Series) -> None:
    flat = [str(one) for one in data.columns if not spread[one] > 1e-12 * max(1.0, float(data[one].abs().max()))]
    if flat:
        raise ValueError(f"{', '.join(flat)}: the same in all areas, so nothing can be standardised")


def _aggregated(definition: IndexDefinition, scores: pd.DataFrame) -> pd.Series:
    weights = pd.Series({one.id: one.weight for one in definition.variables})
    if definition.aggregation != "domains":
        mean = _weighted_mean(scores, weights)
        return mean * weights.sum() if definition.aggregation == "sum" else mean
    domains: dict[str, list[str]] = {}
    for one in definition.variables:
        domains.setdefault(one.domain, []).append(one.id)
    parts = {name: _weighted_mean(scores[ids], weights[ids]) for name, ids in domains.items()}
    return pd.DataFrame(parts).mean(axis=1)


def _weighted_mean(scores: pd.DataFrame, weights: pd.Series) -> pd.Series:
    """Mean of the variables an area has; NaN where it has none of them."""
    given = scores.notna().mul(weights).sum(axis=1)
    return scores.mul(weights).sum(axis=1) / given.where(given > 0)
