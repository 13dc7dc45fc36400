"""Comparisons with Land, Bund and groups: only where intervals allow, controlled for many at once; places of Kreise."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from transferbuch.indicators.comparison import add_places, compute_comparisons, difference_p


def value(ags: str, count: float, whole: float, name: str = "probe", year: int = 2023) -> dict:
    low, high = proportion_confint(count, whole, method="wilson") if whole else (np.nan, np.nan)
    return {
        "indicator": name, "ags": ags, "year": year, "value": 100 * count / whole, "low": 100 * low, "high": 100 * high,
    }  # fmt: skip


def compared(*rows: dict) -> pd.DataFrame:
    references = {
        "land": lambda ags: ags[:2] if len(ags) == 5 else None,
        "bund": lambda ags: "DG" if len(ags) == 5 else None,
    }
    return compute_comparisons(pd.DataFrame(rows), references).set_index(["indicator", "ags", "reference"])


def test_above_below_and_similar():
    found = compared(value("15084", 240, 1587), value("15", 2346, 18525), value("DG", 55708, 782423))
    assert list(found["position"]) == ["above", "above"]
    found = compared(value("05914", 155, 2200), value("05", 11835, 183830), value("DG", 55708, 782423))
    assert list(found["position"]) == ["similar", "similar"]
    found = compared(value("02000", 1061, 16611), value("DG", 55708, 782423))
    assert list(found["position"]) == ["below"]


@pytest.mark.parametrize(("x", "n", "y", "m"), [(56, 70, 48, 80), (9, 10, 3, 10), (5, 56, 0, 29), (15, 148, 20, 160)])
def test_the_verdict_is_that_of_newcombes_interval(x, n, y, m):
    """Newcombe, Statistics in Medicine 17 (1998), method 10, as statsmodels has it."""
    low, high = confint_proportions_2indep(x, n, y, m, compare="diff", method="newcomb")
    ends = [
        np.array([one])
        for count, whole in ((x, n), (y, m))
        for one in (count / whole, *proportion_confint(count, whole, method="wilson"))
    ]
    assert (difference_p(*map(pd.Series, ends))[0] < 0.05) == bool(low > 0 or high < 0)


def test_without_an_interval_nothing_is_said():
    rate = {"indicator": "probe", "ags": "15084", "year": 2023, "value": 7.2, "low": np.nan, "high": np.nan}
    assert compared(rate, value("15", 2346, 18525), value("DG", 1, 10)).empty


def test_only_values_of_the_same_year_are_compared():
    assert compared(value("15084", 240, 1587), value("15", 2346, 18525, year=2022)).empty


def test_of_many_chance_differences_none_stands_out():
    """A hundred indicators without any true difference: about five are below 5 % by chance, none after the control."""
    random = np.random.default_rng(5)
    rows = []
    for number in range(100):
        rows += [
            value("15084", random.binomial(500, 0.2), 500, f"i{number:03}"),
            value("15", 20_000, 100_000, f"i{number:03}"),
        ]
    found = compared(*rows)
    assert 1 <= (found["position"] != "similar").sum() <= 12 and not found["stands_out"].any()


def test_a_large_difference_stands_out_among_many():
    rows = [value("15084", 90, 500, f"i{number:03}") for number in range(40)] + [value("15084", 200, 500, "big")]
    rows += [value("15", 20_000, 100_000, name) for name in (*(f"i{number:03}" for number in range(40)), "big")]
    found = compared(*rows)
    assert list(found[found["stands_out"]].index.get_level_values("indicator")) == ["big"]


def test_only_the_newest_year_can_stand_out():
    rows = [value("15084", 300, 500, year=2020), value("15", 20_000, 100_000, year=2020)]
    found = compared(*rows, value("15084", 101, 500), value("15", 20_000, 100_000))
    assert not found["stands_out"].any() and "above" in set(found["position"])


def test_places_among_the_kreise():
    keys = [f"150{number:02}" for number in range(1, 12)]
    frame = pd.DataFrame(
        {"indicator": "probe", "year": 2023, "ags": [*keys, "15", "VK:15001"], "value": [*range(10), 9, 4.5, 20]}
    )
    found = add_places(frame).set_index("ags")
    assert list(found.loc["15001", ["kreise", "lower", "equal"]]) == [10, 0, 0]
    assert list(found.loc["15010", ["kreise", "lower", "equal"]]) == [10, 9, 1]  # the last two are equal
    assert list(found.loc["15", ["kreise", "lower", "equal"]]) == [11, 5, 0]
    assert list(found.loc["VK:15001", ["kreise", "lower", "equal"]]) == [11, 11, 0]


def test_among_fewer_than_ten_kreise_there_are_no_places():
    frame = pd.DataFrame(
        {"indicator": "probe", "year": 2023, "ags": [f"1500{n}" for n in range(1, 8)], "value": range(7)}
    )
    assert add_places(frame)[["kreise", "lower", "equal"]].to_numpy().sum() == 0


def test_values_without_any_interval_are_not_compared():
    frame = pd.DataFrame([("probe", "15084", 2020, 1.0, None, None)])
    frame.columns = ["indicator", "ags", "year", "value", "low", "high"]
    assert compute_comparisons(frame, {"land": lambda ags: ags[:2]}).empty
