"""Trend of an indicator in one region: Mann–Kendall test and Sen slope, only where years are comparable.

Grain of the trends: one row per indicator × region. Columns:
  indicator, ags, first and last (years of the points used), points, p (two-sided), slope with slope_low and slope_high
  (change per year in the indicator's unit, 95 %), direction ("rising", "falling", or "none": no trend can be told from
  chance), reason (why no trend is determined: "change": the indicator is a change already; "points": fewer than five
  comparable years; "" where it is). p and slopes are NaN with a reason.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from itertools import pairwise

import numpy as np
import pandas as pd
from scipy.stats import kendalltau, norm

from transferbuch.data.sources import Source
from transferbuch.indicators.breaks import SeriesBreak, met_breaks
from transferbuch.indicators.catalogue import Formula, Indicator
from transferbuch.indicators.uncertainty import ALPHA
from transferbuch.regions.reforms import Territory

LEAST_POINTS = 5
SPAN_YEARS = 10
"""Trends look at the ten years before the newest value: older ones say little about what goes on now."""
TREND_COLUMNS = (
    "indicator",
    "ags",
    "first",
    "last",
    "points",
    "p",
    "slope",
    "slope_low",
    "slope_high",
    "direction",
    "reason",
)
BreaksOf = Callable[[Indicator, str], Iterable[SeriesBreak]]


def breaks_by_region(sources: dict[str, Source], territory: Territory) -> BreaksOf:
    """The breaks that an indicator meets in a Kreis (or a combined one): those of its tables and moves of Gemeinden."""
    declared = [
        (
            SeriesBreak(one.first, int(one.until) if one.until else None, one.kind, one.what, one.detail),
            frozenset(one.variables or (variable.id for variable in source.variables)),
            one.laender,
        )
        for source in sources.values()
        for one in source.breaks
    ]

    @cache
    def moves(ags: str) -> tuple[SeriesBreak, ...]:
        members = ags.split("+")
        found = {
            one.year
            for member in members
            for one in territory.moves(member)
            if one.giver not in members or one.taker not in members
        }
        return tuple(SeriesBreak(year, None, "territory", "", "") for year in sorted(found))

    @cache
    def met(formula: Formula, land: str, moved: tuple[SeriesBreak, ...]) -> list[SeriesBreak]:
        of_land = [(one, variables) for one, variables, laender in declared if not laender or land in laender]
        return met_breaks(formula, of_land, moved)

    return lambda indicator, ags: met(indicator.formula, ags[:2], moves(ags))


def compute_trends(
    values: pd.DataFrame, indicators: Mapping[str, Indicator], breaks_of: BreaksOf, regions: Iterable[str]
) -> pd.DataFrame:
    """Trends of `regions` in all indicators that have a number there; breaks_of: (indicator, ags) → its breaks."""
    known = values[(values["status"] == "ok") & values["ags"].isin(set(regions))]
    known = known.sort_values(["indicator", "ags", "year"])
    # plain arrays: a group of pandas costs more than everything that is computed with it
    names, keys = known["indicator"].to_numpy(object), known["ags"].to_numpy(object)
    all_years, all_numbers = known["year"].to_numpy(int), known["value"].to_numpy(float)
    begins = np.flatnonzero(np.r_[True, (names[1:] != names[:-1]) | (keys[1:] != keys[:-1])][: len(names)])
    rows, series = [], {}
    for begin, end in pairwise([*begins, len(names)]):
        name, ags = names[begin], keys[begin]
        indicator, years = indicators[name], all_years[begin:end]
        if indicator.formula.kind == "change":
            rows.append(_undetermined(name, ags, years[-1:], "change"))
            continue
        use = comparable_years(years, breaks_of(indicator, ags))
        if use.sum() < LEAST_POINTS:
            rows.append(_undetermined(name, ags, years[use], "points"))
            continue
        years, numbers = years[use], all_numbers[begin:end][use]
        series.setdefault(len(years), []).append((len(rows), years, numbers))
        rows.append((name, ags, years[0], years[-1], len(years)))
    for alike in series.values():
        places, years, numbers = zip(*alike, strict=True)
        for place, trend in zip(places, trends_of(np.array(years), np.array(numbers)), strict=True):
            rows[place] += (*trend, "")
    return pd.DataFrame(rows, columns=list(TREND_COLUMNS))


def comparable_years(years: np.ndarray, breaks: Iterable[SeriesBreak]) -> np.ndarray:
    """Which of the rising `years` stand on the footing of the newest, at most ten years back (a mask).

    Years out of line are left out, also the newest. A new name alone changes no figure.
    """
    use = years > years[-1] - SPAN_YEARS
    for one in breaks:
        if one.kind == "labels":
            continue
        use &= years >= one.since if one.until is None and one.since <= years[-1] else True
        use &= ~((years >= one.since) & (years <= one.until)) if one.until is not None else True
    return use


def trend_of(years: np.ndarray, numbers: np.ndarray) -> tuple[float, float, float, float, str]:
    """(p, slope, its lower and upper end, direction) of at least five points."""
    return trends_of(years[None], numbers[None])[0]


def trends_of(years: np.ndarray, numbers: np.ndarray) -> list[tuple[float, float, float, float, str]]:
    """The same of many series of equally many points, one per row.

    Slopes as `scipy.stats.theilslopes` gives them, which takes fifty times as long for one series after the other.
    """
    points = numbers.shape[1]
    earlier, later = np.triu_indices(points, 1)
    change = numbers[:, later] - numbers[:, earlier]
    slopes = np.sort(change / (years[:, later] - years[:, earlier]), axis=1)
    slope, pairs = np.median(slopes, axis=1), slopes.shape[1]
    tied, falls = (change == 0).any(axis=1), (change < 0).sum(axis=1)
    equal = np.array([_ties(row) if has else 0 for row, has in zip(numbers, tied, strict=True)])
    # Sen (1968), equation 2.6: how far the number of rising pairs may lie from that of the falling ones
    reach = -norm.ppf(ALPHA / 2) * np.sqrt(1 / 18 * (points * (points - 1) * (2 * points + 5) - equal))
    low = np.maximum(np.round((pairs - reach) / 2).astype(int) - 1, 0)
    high = np.minimum(np.round((pairs + reach) / 2).astype(int), pairs - 1)
    each = np.arange(len(slopes))
    ps = [
        mann_kendall(row) if has else _exact(points, int(fall))
        for row, has, fall in zip(numbers, tied, falls, strict=True)
    ]
    return [
        (p, one, *ends, "none" if p >= ALPHA or not one else "rising" if one > 0 else "falling")
        for p, one, *ends in zip(ps, slope, slopes[each, low], slopes[each, high], strict=True)
    ]


def _ties(numbers: np.ndarray) -> int:
    _, count = np.unique(numbers, return_counts=True)
    return int((count * (count - 1) * (2 * count + 5)).sum())


def mann_kendall(numbers: np.ndarray) -> float:
    """Two-sided p of the Mann–Kendall test of numbers in order of time: Kendall's tau, exact where no two are equal."""
    if len(set(numbers)) == 1:
        return 1.0  # equal numbers throughout have no order: nothing speaks for a trend
    if len(set(numbers)) < len(numbers):
        return float(kendalltau(range(len(numbers)), numbers).pvalue)
    falls = sum(int((numbers[i + 1 :] < numbers[i]).sum()) for i in range(len(numbers)))
    return _exact(len(numbers), falls)


@cache
def _exact(points: int, falls: int) -> float:
    """p of any series of different numbers in which `falls` pairs fall: it depends on nothing else, and thousands of
    series share few such pairs of numbers. Asked of one series made so."""
    series: list[int] = []
    for number in range(points):
        # put before k smaller ones, the number makes k falling pairs
        before = min(falls, len(series))
        series.insert(len(series) - before, number)
        falls -= before
    return float(kendalltau(range(points), series).pvalue)


def _undetermined(name: str, ags: str, years: np.ndarray, reason: str) -> tuple:
    first, last = (years[0], years[-1]) if len(years) else (0, 0)
    return (name, ags, first, last, len(years), np.nan, np.nan, np.nan, np.nan, "", reason)
