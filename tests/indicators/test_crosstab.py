"""Outcome by type: shares by hand, their intervals, and that nothing hidden follows from what is shown."""

import pandas as pd
import pytest
from scipy import stats

from transferbuch.indicators.crosstab import cross_table


def areas(rows: str) -> tuple[pd.Series, pd.Series, pd.Series]:
    """Class, persons and cases of areas: "1:40/8 …"; no class "-", secret "."."""
    parts = [row.replace("/", ":").split(":") for row in rows.split()]
    names = [f"a{number}" for number in range(len(parts))]
    kinds = {name: int(kind) for name, (kind, _, _) in zip(names, parts, strict=True) if kind != "-"}
    numbers = [[float("nan") if cell == "." else float(cell) for cell in part[1:]] for part in parts]
    frame = pd.DataFrame(numbers, names, ["persons", "cases"])
    return pd.Series(kinds), frame["persons"], frame["cases"]


def said(rows: str, number: int) -> dict[int, str | float]:
    kinds, persons, cases = areas(rows)
    found = cross_table(kinds, number, persons, cases)
    return {one.kind: one.hidden or round(one.value, 6) for one in found}


BIG = "1:100/10 1:100/20 1:200/30 2:50/10 2:50/20 2:100/30"


def test_shares_are_weighted_by_persons_with_wilsons_interval_and_total():
    kinds, persons, cases = areas(BIG)
    first, second, total = cross_table(kinds, 2, persons, cases)
    assert (first.value, second.value, total.value) == (15.0, 30.0, 20.0)
    assert (first.areas, second.areas, total.areas) == (3, 3, 6)
    interval = stats.binomtest(60, 400).proportion_ci(method="wilson")
    assert (first.low, first.high) == pytest.approx((100 * interval.low, 100 * interval.high))


def test_given_shares_are_put_together_by_their_denominator_without_interval():
    kinds, persons = pd.Series({"a": 1, "b": 1, "c": 1}), pd.Series({"a": 10.0, "b": 20.0, "c": 70.0})
    only, total = cross_table(kinds, 1, persons, share=pd.Series({"a": 50.0, "b": 25.0, "c": 10.0}))
    assert only.value == pytest.approx((10 * 50 + 20 * 25 + 70 * 10) / 100) and only.low is None
    assert total.value == only.value


@pytest.mark.parametrize(
    "few",
    ["3:90/20 3:90/20", "3:9/3 3:9/3 3:9/3", "3:90/1 3:90/1 3:90/0", "3:10/10 3:10/9 3:12/12"],
    ids=["two areas", "under 30 persons", "two cases", "all but one"],
)
def test_a_hidden_class_takes_the_smallest_other_and_the_total_with_it(few):
    assert said(f"{BIG} {few}", 3) == {1: 15.0, 2: "protects", 3: "few"}


def test_areas_without_a_class_must_not_follow_from_the_figure_of_the_municipality():
    assert said(f"{BIG} -:20/4", 2) == {1: 15.0, 2: "protects"}
    # three of them with enough persons are enough by themselves; the total would only speak of the others
    assert said(f"{BIG} -:20/4 -:20/4 -:20/4", 2) == {1: 15.0, 2: 30.0}


def test_an_area_with_a_secret_cell_is_not_counted_and_not_given_away():
    assert said(f"{BIG} 1:50/.", 2) == {1: 15.0, 2: "protects"}
    kinds, persons, cases = areas(f"{BIG} 1:./.")
    assert [one.areas for one in cross_table(kinds, 2, persons, cases)] == [3, 3]


def test_nothing_stands_where_too_little_is_left_to_hide_in():
    assert said("1:100/10 1:100/20 1:200/30 2:90/9", 2) == {1: "protects", 2: "few"}


def test_a_class_without_areas_hides_nothing():
    assert said(BIG, 3) == {1: 15.0, 2: 30.0, 3: "none", 0: 20.0}


def test_impossible_figures_are_refused():
    kinds, persons, cases = areas("1:10/11")
    with pytest.raises(ValueError, match="more cases than persons"):
        cross_table(kinds, 1, persons, cases)
    with pytest.raises(ValueError, match="either cases or a share"):
        cross_table(kinds, 1, persons)
