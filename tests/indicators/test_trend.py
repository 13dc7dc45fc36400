"""Trends: Mann–Kendall and Sen slope against a second calculation, and when none is determined."""

from itertools import combinations, permutations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import theilslopes
from tests.indicators.test_compute import formula, indicator

from transferbuch.indicators.breaks import SeriesBreak, met_breaks
from transferbuch.indicators.trend import comparable_years, compute_trends, mann_kendall, trend_of, trends_of

CENSUS = SeriesBreak(2022, None, "census", "der Zensus 2022", "")
COHORT = SeriesBreak(2016, 2016, "cohort", "der doppelte Abiturjahrgang 2016", "")


def p_by_counting(numbers: tuple[float, ...]) -> float:
    """Share of all orders of these different numbers whose rises less falls are at least as far from zero."""

    def score(series: tuple[float, ...]) -> int:
        return sum(np.sign(later - earlier) for earlier, later in combinations(series, 2))

    observed = abs(score(numbers))
    scores = [abs(score(order)) for order in permutations(numbers)]
    return sum(one >= observed for one in scores) / len(scores)


@pytest.mark.parametrize("numbers", [(1, 2, 3, 4, 5), (5, 4, 3, 1, 2), (2, 1, 4, 3, 5, 6), (3, 1, 2, 6, 4, 5, 7)])
def test_p_is_the_share_of_all_orders_that_are_as_extreme(numbers):
    assert mann_kendall(np.array(numbers, float)) == pytest.approx(p_by_counting(numbers))


def test_p_with_equal_numbers_follows_the_normal_approximation():
    """Gilbert (1987), section 16.4: S = 9 of 1, 2, 2, 3, 4 (9 rises, one tie); variance with the correction for "
    "ties."""
    variance = (5 * 4 * 15 - 2 * 1 * 9) / 18
    from scipy.stats import norm

    assert mann_kendall(np.array([1.0, 2, 2, 3, 4])) == pytest.approx(2 * norm.sf(9 / np.sqrt(variance)), abs=1e-9)


def test_slope_is_the_median_of_all_pairs():
    years, numbers = np.array([2015, 2016, 2018, 2019, 2023]), np.array([10.0, 11, 12.5, 14, 17])
    slopes = [(b - a) / (y - x) for (x, a), (y, b) in combinations(zip(years, numbers, strict=True), 2)]
    p, slope, low, high, direction = trend_of(years, numbers)
    assert slope == pytest.approx(np.median(slopes)) and low <= slope <= high
    assert (direction, round(p, 4)) == ("rising", 0.0167)  # 2 of the 120 orders of five numbers


def test_no_trend_is_told_from_ups_and_downs():
    assert trend_of(np.arange(2015, 2021), np.array([5.0, 7, 4, 6, 5.5, 6.5]))[4] == "none"
    assert trend_of(np.arange(2015, 2020), np.array([3.0] * 5))[4] == "none"


def test_only_years_on_the_footing_of_the_newest_count():
    years = np.arange(2013, 2025)
    assert list(years[comparable_years(years, [])]) == list(range(2015, 2025))  # ten years
    assert list(years[comparable_years(years, [CENSUS])]) == [2022, 2023, 2024]
    assert 2016 not in years[comparable_years(years, [COHORT])]
    renamed = SeriesBreak(2020, None, "labels", "die neue Bezeichnung", "")
    assert len(years[comparable_years(years, [renamed])]) == 10


def test_a_later_break_than_the_newest_value_does_not_matter():
    years = np.arange(2010, 2020)
    assert comparable_years(years, [CENSUS]).all()


def values(numbers: list[float], first: int = 2019, name: str = "probe") -> pd.DataFrame:
    rows = [(name, "15084", first + at, number, "ok") for at, number in enumerate(numbers)]
    return pd.DataFrame(rows, columns=["indicator", "ags", "year", "value", "status"])


def test_reasons_for_no_trend():
    share = {"probe": indicator(formula("share", "a", "b"))}
    four = compute_trends(values([1, 2, 3, 4]), share, lambda one, ags: [], ["15084"]).iloc[0]
    assert (four["reason"], four["points"], four["direction"]) == ("points", 4, "")
    broken = compute_trends(values([1, 2, 3, 4, 5, 6]), share, lambda one, ags: [CENSUS], ["15084"]).iloc[0]
    assert (broken["reason"], broken["points"], broken["first"]) == ("points", 3, 2022)
    change = {"probe": indicator(formula("change", "a", years=5))}
    assert compute_trends(values([1, 2, 3, 4, 5]), change, lambda one, ags: [], ["15084"]).iloc[0]["reason"] == "change"
    whole = compute_trends(values([1, 2, 3, 4, 5]), share, lambda one, ags: [], ["15084"]).iloc[0]
    assert (whole["direction"], whole["reason"], whole["slope"]) == ("rising", "", 1)


def test_a_break_of_the_denominator_of_the_year_before_shows_a_year_later():
    one = formula("share", "a", "b", denominator_years_before=1)
    [met] = met_breaks(one, [(CENSUS, frozenset({"b"}))], [])
    assert met.since == 2023
    [met] = met_breaks(one, [(CENSUS, frozenset({"a", "b"}))], [])
    assert met.since == 2022


@pytest.mark.parametrize("points", [5, 7, 10])
def test_many_series_at_once_give_what_each_gives_alone(points):
    """Slopes against scipy, with gaps in the years and equal numbers."""
    chance = np.random.default_rng(points)
    numbers = chance.integers(0, 12, (60, points)) / 4
    numbers[0] = 3.0
    years = 2010 + np.sort([chance.choice(14, points, replace=False) for _ in numbers], axis=1)
    for year, series, (p, slope, low, high, direction) in zip(years, numbers, trends_of(years, numbers), strict=True):
        alone = theilslopes(series, year, alpha=0.95)
        assert (slope, low, high) == (alone.slope, alone.low_slope, alone.high_slope)
        assert p == mann_kendall(series)
        assert direction == ("none" if p >= 0.05 or slope == 0 else "rising" if slope > 0 else "falling")


def test_without_values_there_are_no_trends():
    share = {"probe": indicator(formula("share", "a", "b"))}
    assert compute_trends(values([]), share, lambda one, ags: [], ["15084"]).empty
