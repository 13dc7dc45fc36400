"""Intervals against published tables and a second calculation, and how rounding for secrecy widens them."""

from math import sqrt

import numpy as np
import pandas as pd
import pytest
from scipy.stats import beta, binom, norm, poisson
from tests.indicators.test_compute import formula, indicator, observations

from transferbuch.data.sources import Rounding, load_sources
from transferbuch.indicators.compute import compute_values
from transferbuch.indicators.uncertainty import (
    Precision,
    Term,
    balance_interval,
    precision_of,
    rate_interval,
    rounding_slack,
    scaled_interval,
    share_interval,
)

Z = norm.ppf(0.975)


def term(*values: float, slack: float = 0) -> Term:
    series = pd.Series([float(one) for one in values])
    return Term(series, pd.Series(slack, index=series.index))


def wilson_by_hand(x: float, n: float) -> tuple[float, float]:
    """The two shares that a score test at 5 % would just not reject: roots of a quadratic equation."""
    roots = np.roots([n + Z**2, -(2 * x + Z**2), x**2 / n])
    return min(roots), max(roots)


@pytest.mark.parametrize(("x", "n"), [(240, 1587), (1, 10), (5, 8), (0, 30), (30, 30), (55708, 782423)])
def test_share_against_the_roots_of_the_score_equation(x, n):
    low, high = share_interval(term(x), term(n))
    assert (low[0], high[0]) == pytest.approx(wilson_by_hand(x, n), abs=1e-9)


def test_share_as_newcombe_prints_it():
    """Newcombe, Statistics in Medicine 17 (1998), table I: 81 of 263 and 15 of 148, method 3 (score)."""
    low, high = share_interval(term(81, 15), term(263, 148))
    assert [round(one, 4) for one in low] == [0.2553, 0.0624]
    assert [round(one, 4) for one in high] == [0.3662, 0.1605]


@pytest.mark.parametrize(
    ("count", "low", "high"), [(0, 0, 3.69), (1, 0.03, 5.57), (10, 4.80, 18.39), (100, 81.36, 121.63)]
)
def test_rate_as_in_tables_of_exact_poisson_limits(count, low, high):
    found = rate_interval(term(count), term(1000))
    assert [round(1000 * float(end[0]), 2) for end in found] == [low, high]


def test_rate_against_the_tail_probabilities_themselves():
    low, high = (float(end[0]) for end in rate_interval(term(23), term(1)))
    assert poisson.sf(22, low) == pytest.approx(0.025) and poisson.cdf(23, high) == pytest.approx(0.025)


def test_rate_is_close_to_byars_approximation():
    byar = [count * (1 - 1 / (9 * count) + side * Z / (3 * sqrt(count))) ** 3 for count, side in ((50, -1), (51, 1))]
    assert [float(end[0]) for end in rate_interval(term(50), term(1))] == pytest.approx(byar, rel=2e-3)


def test_balance_holds_its_level_in_a_simulation():
    """Of 4,000 made pairs of arrivals and departures, the interval holds the true balance in about 95 %."""
    random = np.random.default_rng(7)
    plus, minus = random.poisson(60, 4000), random.poisson(45, 4000)
    low, high = balance_interval(term(*plus), term(*minus), term(*[100] * 4000))
    assert 0.94 < ((low <= 0.15) & (high >= 0.15)).mean() < 0.97


def test_published_rate_is_scaled_by_the_count_behind_it():
    low, high = scaled_interval(pd.Series([7.2, 5.0]), term(100, 0))
    assert [round(float(low[0]), 3), round(float(high[0]), 3)] == [round(7.2 * 0.8136, 3), round(7.2 * 1.2163, 3)]
    assert np.isnan(low[1]) and np.isnan(high[1])


@pytest.mark.parametrize(("base", "way"), [(3, 1), (5, 2)])
def test_rounding_for_secrecy_widens_to_the_farthest_possible_figures(base, way):
    """12 of 90 rounded to multiples of 3 may be 11 of 91 or 13 of 89."""
    low, high = share_interval(term(12, slack=way), term(90, slack=way))
    assert low[0] == pytest.approx(wilson_by_hand(12 - way, 90 + way)[0])
    assert high[0] == pytest.approx(wilson_by_hand(12 + way, 90 - way)[1])


def test_rounding_never_leads_out_of_what_is_possible():
    low, high = share_interval(term(0, 6, slack=2), term(6, 6, slack=2))
    assert low[0] == pytest.approx(0, abs=1e-12) and high[1] == pytest.approx(1)


def test_a_quotient_that_is_no_share_and_a_zero_denominator_have_no_interval():
    low, high = share_interval(term(12, 3, float("nan")), term(10, 0, 5))
    assert low.isna().all() and high.isna().all()


def test_who_rounds_and_since_when():
    precision = Precision((Rounding(base=5, laender=("05",), since=2020, source="Fußnote"),))
    index = pd.MultiIndex.from_tuples([("05914", 2019), ("05914", 2020), ("15084", 2020)], names=["ags", "year"])
    assert list(rounding_slack(precision, index)) == [0, 2, 0]


def test_values_carry_intervals_in_their_unit():
    figures = {("a", "15084", 2023): 240, ("b", "15084", 2023): 1587}
    share = compute_values(observations(figures), [indicator(formula("share", "a", "b"))]).iloc[0]
    assert (round(share["low"], 2), round(share["high"], 2)) == (13.44, 16.97)
    rate = compute_values(observations(figures), [indicator(formula("rate", "a", "b", per=1000))]).iloc[0]
    assert (round(rate["low"], 1), round(rate["high"], 1)) == (132.7, 171.6)


@pytest.mark.parametrize("kind", ["value", "ratio"])
def test_register_totals_and_means_have_none(kind):
    figures = {("a", "15084", 2023): 240, ("b", "15084", 2023): 1587}
    one = formula(kind, "a", "b" if kind == "ratio" else "")
    assert compute_values(observations(figures), [indicator(one)])["low"].isna().all()


def test_figures_of_a_sample_have_none():
    figures = {("a", "15084", 2023): 240, ("b", "15084", 2023): 1587}
    sampled = {"a": Precision(sample=True)}
    assert compute_values(observations(figures), [indicator(formula("share", "a", "b"))], sampled)["low"].isna().all()


def test_a_secret_figure_has_no_interval_that_would_tell_it():
    figures = {("a", "15084", 2023): "secret", ("b", "15084", 2023): 1587}
    value = compute_values(observations(figures), [indicator(formula("share", "a", "b"))]).iloc[0]
    assert value["status"] == "secret" and np.isnan(value["low"]) and np.isnan(value["high"])


def test_the_catalogue_says_who_rounds_leavers_and_what_is_of_a_sample():
    known = precision_of(load_sources())
    assert {(one.base, one.laender) for one in known["leavers"].rounding} >= {(3, ("15",)), (5, ("05",))}
    assert known["household_population"].sample and not known["leavers"].sample


def test_exact_and_score_interval_of_a_share_agree_for_large_numbers():
    """A third way: the exact interval by quantiles of the beta distribution, which is a little wider."""
    low, high = (float(end[0]) for end in share_interval(term(12082), term(78242)))
    exact = beta.ppf(0.025, 12082, 78242 - 12081), beta.ppf(0.975, 12083, 78242 - 12082)
    assert (low, high) == pytest.approx(exact, abs=2e-5)
    assert binom.cdf(12082, 78242, high) == pytest.approx(0.025, abs=2e-3)
