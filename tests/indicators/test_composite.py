"""Composite indices: Berlin's Monitoring Soziale Stadtentwicklung 2021 area by area, and small tables by hand."""

from collections import Counter

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError
from scipy.stats import zscore

from transferbuch.indicators.composite import (
    IndexClasses,
    IndexDefinition,
    IndexVariable,
    compute_index,
    cross_table,
    sensitivity,
    thresholds,
)

STATUS = IndexClasses(labels=("hoch", "mittel", "niedrig", "sehr niedrig"), by="cuts", cuts=(-1, 1, 1.5))
DYNAMICS = IndexClasses(labels=("positiv", "stabil", "negativ"), by="cuts", cuts=(-1, 1))


def z_sum(variables: tuple[str, ...], classes: IndexClasses) -> IndexDefinition:
    """The MSS: z-scores are published, summed, and the sum is standardised over all areas."""
    chosen = tuple(IndexVariable(id=one) for one in variables)
    return IndexDefinition(variables=chosen, standardise="none", combine="sum", again="zscore", classes=classes)


@pytest.fixture(scope="module")
def berlin(shared_raw) -> pd.DataFrame:
    path = shared_raw / "kleinraeumig-berlin-mss-2021" / "mss_2021_index-indikatoren_z-werte_plr.csv"
    frame = pd.read_csv(path, sep=";", dtype={0: str}, encoding="utf-8-sig")
    return frame.set_index(frame.columns[0]).rename(columns=str.strip)


@pytest.mark.parametrize(
    ("variables", "name", "classes", "sizes"),
    [
        (
            ("zS1", "zS3", "zS4"),
            "Status",
            STATUS,
            {"hoch": 75, "mittel": 366, "niedrig": 46, "sehr niedrig": 49},
            0.007,
        ),
        (("zD1", "zD3", "zD4"), "Dynamik", DYNAMICS, {"positiv": 48, "stabil": 436, "negativ": 52}),
    ],
)
def test_berlins_monitoring_2021_is_reproduced(berlin, variables, name, classes, sizes):
    found = compute_index(berlin, z_sum(variables, classes))
    filled = found[found["reason"] == ""]
    assert len(berlin) == 542 and len(filled) == 536 and set(found["reason"]) == {"", "missing"}
    published = berlin.loc[filled.index]
    index = next(column for column in berlin if column.startswith(f"{name}-Index"))
    # three z-scores and the index are each rounded to two digits
    assert (filled["index"] - published[index]).abs().max() <= 0.011
    from_sum = zscore(published[f"{name}-summe"])
    assert (from_sum - published[index]).abs().max() <= 0.0075
    labels = pd.Series([classes.labels[number - 1] for number in filled["class_"]], index=filled.index)
    assert Counter(labels) == sizes
    assert list(labels[labels != published[f"Zuordnung Klasse {name}-Index"].str.strip()].index) == []


def test_the_z_sum_against_scipy(berlin):
    sums = berlin[["zS1", "zS3", "zS4"]].dropna().sum(axis=1)
    found = compute_index(berlin, z_sum(("zS1", "zS3", "zS4"), STATUS))["index"].dropna()
    assert np.allclose(found, zscore(sums))


AREAS = pd.DataFrame(
    {"poverty": [10.0, 20.0, 30.0, 50.0], "care_years": [4.0, 3.0, 2.0, 2.0], "single": [5.0, 15.0, 25.0, 25.0]},
    index=["Nord", "Ost", "Süd", "West"],
)
FIVE = IndexClasses(labels=("1", "2", "3", "4", "5"), by="intervals")


def participation(**changes) -> IndexDefinition:
    variables = (IndexVariable(id="poverty", weight=2), IndexVariable(id="care_years", orientation="good"))
    return IndexDefinition(**{"variables": variables, "standardise": "minmax", "classes": FIVE, **changes})


def test_an_index_from_0_to_1_by_hand():
    """poverty 0, 0.25, 0.5, 1 counts twice; care_years 1, 0.5, 0, 0 turned round to 0, 0.5, 1, 1."""
    found = compute_index(AREAS, participation())
    assert list(found["index"].round(4)) == [0, round((0.5 + 0.5) / 3, 4), round((1 + 1) / 3, 4), 1]
    assert list(found["class_"]) == [1, 2, 4, 5]
    assert [round(end, 2) for end in thresholds(found["index"], FIVE)] == [0.2, 0.4, 0.6, 0.8]


def test_domains_count_once_however_many_variables_they_have():
    """Domain "economy" has two variables and counts as much as "family" with one."""
    variables = (
        IndexVariable(id="poverty", domain="economy"),
        IndexVariable(id="single", domain="family"),
        IndexVariable(id="care_years", domain="economy", orientation="good"),
    )
    found = compute_index(AREAS, participation(variables=variables))["index"]
    assert found["Ost"] == pytest.approx(((0.25 + 0.5) / 2 + 0.5) / 2)


def test_quantiles_make_types_of_the_same_size():
    areas = pd.DataFrame({"a": np.arange(20.0), "b": np.arange(20.0) ** 2})
    variables = (IndexVariable(id="a"), IndexVariable(id="b"))
    classes = IndexClasses(labels=("1", "2", "3", "4", "5"), by="quantiles")
    found = compute_index(areas, IndexDefinition(variables=variables, standardise="zscore", classes=classes))
    assert Counter(found["class_"]) == dict.fromkeys(range(1, 6), 4)
    assert found["class_"].iloc[-1] == 5  # 5 is the highest load


def test_an_area_without_a_value_has_no_index_and_says_why():
    areas = AREAS.copy()
    areas.loc["Ost", "care_years"] = np.nan
    found = compute_index(areas, participation())
    assert (found.loc["Ost", "class_"], found.loc["Ost", "reason"], found.loc["Ost", "missing"]) == (
        0,
        "missing",
        "care_years",
    )
    assert found["index"].notna().sum() == 3
    allowed = compute_index(areas, participation(most_missing=1)).loc["Ost"]
    assert allowed["index"] == pytest.approx(0.25) and allowed["reason"] == ""


def test_small_areas_are_left_empty_and_do_not_move_the_others():
    found = compute_index(AREAS, participation(), {"West": "small"})
    assert found.loc["West", "reason"] == "small" and np.isnan(found.loc["West", "index"])
    assert found.loc["Süd", "index"] == 1  # now the highest


def test_leaving_one_variable_out_by_hand():
    variables = (IndexVariable(id="poverty"), IndexVariable(id="single"), IndexVariable(id="care_years"))
    found = sensitivity(AREAS, participation(variables=variables)).set_index("variable")
    assert set(found.index) == {"poverty", "single", "care_years"} and set(found["areas"]) == {4}
    # care_years runs the other way here: without it the order is that of poverty and single
    assert found.loc["care_years", "changed"] > 0 and found.loc["care_years", "correlation"] > 0.7


def test_types_by_an_outcome_and_what_is_withheld():
    classes = pd.Series([1, 1, 1, 2, 2, 2, 3, 3, 3, 0])
    count = pd.Series([5, 5, 5, 10, 10, 10, 20, 20, 20, 9])
    whole = pd.Series([100, 100, 100, 100, 100, 100, 100, 100, 100, 10])
    found = cross_table(classes, count, whole, 3)
    assert list(found["share_pct"]) == [5, 10, 20] and list(found["areas"]) == [3, 3, 3]
    assert (round(found["low"][0], 1), round(found["high"][0], 1)) == (3.1, 8.1)
    # two areas of type 3 are too few; with a total known elsewhere a second type must go as well
    few = cross_table(pd.Series([1, 1, 1, 2, 2, 2, 3, 3]), count[:8], whole[:8], 3)
    assert list(few["shown"]) == [False, True, False] or list(few["shown"]) == [True, False, False]


@pytest.mark.parametrize(
    ("classes", "what"),
    [
        ({"labels": ("a", "b"), "by": "cuts"}, "`cuts` belong to"),
        ({"labels": ("a", "b"), "by": "cuts", "cuts": (1, 2)}, "2 labels need 1 cuts"),
        ({"labels": ("a", "b", "c"), "by": "cuts", "cuts": (2, 1)}, "cuts rise and differ"),
    ],
)
def test_classes_that_do_not_fit(classes, what):
    with pytest.raises(ValidationError, match=what):
        IndexClasses(**classes)
