"""Composite indices: hand numbers, a second calculation of each formula kind, and Berlin's published index of 2021."""

import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from transferbuch.indicators.classing import Cut, class_of, cut_points
from transferbuch.indicators.composite import IndexDefinition, IndexVariable, compute_index, leave_one_out

REAL = Path(__file__).parents[3] / "shared/data/raw/kleinraeumig-berlin-mss-2021"
BERLIN = REAL / "mss_2021_index-indikatoren_z-werte_plr.csv"


def table(**columns: list[float]) -> pd.DataFrame:
    length = len(next(iter(columns.values())))
    return pd.DataFrame(columns, index=[f"a{number}" for number in range(1, length + 1)], dtype=float)


POVERTY = [10.0, 20.0, 30.0, 50.0]
CARE = [90.0, 70.0, 80.0, 50.0]


def test_a_participation_index_by_hand():
    definition = IndexDefinition(
        (IndexVariable("poverty", "load", 2), IndexVariable("care", "good", 1)), "good", "minmax", classes="equal", k=4
    )
    result = compute_index(definition, table(poverty=POVERTY, care=CARE))
    # poverty turned: 1, 3/4, 1/2, 0; care: 1, 1/2, 3/4, 0; poverty counts twice
    assert result.values().tolist() == pytest.approx([1.0, (2 * 0.75 + 0.5) / 3, (2 * 0.5 + 0.75) / 3, 0.0])
    assert [cut.at for cut in result.cuts] == pytest.approx([0.25, 0.5, 0.75])
    assert [one.kind for one in result.areas] == [4, 3, 3, 1]


@pytest.mark.parametrize("turned", [False, True], ids=["load", "good"])
def test_z_scores_equal_those_of_scipy(turned):
    rng = np.random.default_rng(7)
    data = pd.DataFrame(rng.normal(50, 12, (20, 3)), columns=["a", "b", "c"]).rename(index=str)
    variables = tuple(IndexVariable(one, "good" if turned else "load") for one in data)
    result = compute_index(IndexDefinition(variables, "load", "zscore", classes="quantile", k=5), data)
    expected = stats.zscore(data.to_numpy(), ddof=0).mean(axis=1) * (-1 if turned else 1)
    assert result.values().to_numpy() == pytest.approx(expected)
    assert [result.count(kind) for kind in range(1, 6)] == [4, 4, 4, 4, 4]


def test_z_scores_weighted_by_population_equal_those_of_repeated_rows():
    people = pd.Series([1, 4, 2, 3], index=["a1", "a2", "a3", "a4"])
    definition = IndexDefinition((IndexVariable("poverty"),), weighting="population", k=2)
    result = compute_index(definition, table(poverty=POVERTY), people)
    repeated = np.repeat(POVERTY, people)
    assert result.values().tolist() == pytest.approx(((np.array(POVERTY) - repeated.mean()) / repeated.std()).tolist())


def test_a_domain_of_many_variables_counts_as_much_as_one_of_few():
    data = table(a=[1, 2, 3, 6], b=[2, 1, 4, 5], c=[9, 4, 7, 1])
    variables = (IndexVariable("a", domain="x"), IndexVariable("b", domain="x"), IndexVariable("c", domain="y"))
    by_domain = compute_index(IndexDefinition(variables, aggregation="domains", k=2), data).values().to_numpy()
    z = {one: stats.zscore(data[one].to_numpy()) for one in data}
    assert by_domain == pytest.approx(((z["a"] + z["b"]) / 2 + z["c"]) / 2)
    plain = compute_index(IndexDefinition(variables, k=2), data).values().to_numpy()
    assert plain == pytest.approx((z["a"] + z["b"] + z["c"]) / 3)


def test_a_missing_variable_leaves_the_area_empty_or_is_bridged_when_allowed():
    data = table(a=[1, 2, 3, 4], b=[4, 1, np.nan, 2])
    variables = (IndexVariable("a"), IndexVariable("b"))
    strict = compute_index(IndexDefinition(variables, k=2), data).areas[2]
    assert (strict.value, strict.kind, strict.reason, strict.missing) == (None, None, "missing", ("b",))
    mild = compute_index(IndexDefinition(variables, k=2, max_missing=1), data).areas[2]
    assert mild.value == pytest.approx(stats.zscore([1, 2, 3, 4])[2]) and mild.missing == ("b",)
    # a sum is brought up to the weight of all variables, or an area with gaps would always lie near the mean
    total = compute_index(IndexDefinition(variables, aggregation="sum", k=2, max_missing=1), data).areas[2]
    assert total.value == pytest.approx(2 * stats.zscore([1, 2, 3, 4])[2])


def test_no_area_without_any_variable_gets_an_index():
    data = table(a=[1, 2, 3, np.nan], b=[4, 3, 1, np.nan])
    definition = IndexDefinition((IndexVariable("a"), IndexVariable("b")), k=2, max_missing=2)
    assert compute_index(definition, data).areas[3].reason == "missing"


def test_small_areas_are_empty_and_do_not_move_the_others():
    people = pd.Series([900, 299, 300, 800, np.nan], index=[f"a{number}" for number in range(1, 6)])
    definition = IndexDefinition((IndexVariable("a"),), standardisation="minmax", k=2, minimum=300)
    result = compute_index(definition, table(a=[1, 99, 2, 3, 50]), people)
    assert [one.reason for one in result.areas] == ["", "small", "", "", "small"]
    assert result.values().tolist() == [0.0, 0.5, 1.0]


def test_what_cannot_be_computed_is_said():
    with pytest.raises(ValueError, match="b: the same in all areas"):
        compute_index(IndexDefinition((IndexVariable("a"), IndexVariable("b")), k=2), table(a=[1, 2], b=[0.1, 0.1]))
    with pytest.raises(ValueError, match="2 areas have all variables"):
        compute_index(IndexDefinition((IndexVariable("a"),), k=3), table(a=[1, 2, np.nan]))
    with pytest.raises(ValueError, match="needs the population"):
        compute_index(IndexDefinition((IndexVariable("a"),), k=2, minimum=300), table(a=[1, 2]))
    with pytest.raises(ValueError, match="2 different values cannot make 3 classes"):
        compute_index(IndexDefinition((IndexVariable("a"),), k=3), table(a=[1, 1, 2, 2]))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"variables": ()}, "has variables"),
        ({"variables": (IndexVariable("a"), IndexVariable("a"))}, "each once"),
        ({"variables": (IndexVariable("a", weight=0),)}, "positive"),
        ({"aggregation": "domains"}, "needs the domain"),
        ({"classes": "points"}, "cut points belong"),
        ({"classes": "points", "cuts": (Cut(1), Cut(1))}, "ascend"),
        ({"k": 1}, "two classes"),
    ],
)
def test_a_definition_that_means_nothing_is_refused(change, message):
    with pytest.raises(ValueError, match=message):
        IndexDefinition(**{"variables": (IndexVariable("a"),)} | change)


def test_a_value_at_a_threshold_belongs_where_the_rule_says():
    cuts = (Cut(-1.0, "lower"), Cut(1.0, "upper"))
    assert [class_of(value, cuts) for value in (-1.01, -1.0, -0.99, 0.99, 1.0)] == [1, 1, 2, 2, 3]


def test_natural_breaks_equal_those_found_by_trying_all():
    values = np.sort(np.random.default_rng(3).gamma(2, 10, 14)).round(1)

    def loss(splits: tuple[int, ...]) -> float:
        return sum(((part - part.mean()) ** 2).sum() for part in np.split(values, splits))

    best = min(itertools.combinations(range(1, 14), 3), key=loss)
    assert [cut.at for cut in cut_points("natural", values, 4)] == [values[end - 1] for end in best]


@pytest.mark.parametrize("rule", ["equal", "quantile", "natural"])
def test_a_rounded_threshold_keeps_every_rounded_value_in_its_class(rule):
    values = np.random.default_rng(11).random(40).round(2)
    exact, rounded = cut_points(rule, values, 5), cut_points(rule, values, 5, 2)
    assert [class_of(one, rounded) for one in values] == [class_of(one, exact) for one in values]
    assert all(round(cut.at, 2) == cut.at for cut in rounded)


def test_sensitivity_names_the_variable_that_the_index_hangs_on():
    data = table(a=[1, 2, 3, 4, 5, 6], b=[1.1, 2, 3.2, 4, 5.1, 6], odd=[60, 50, 10, 20, 90, 10])
    definition = IndexDefinition(tuple(map(IndexVariable, data)), standardisation="minmax", classes="quantile", k=3)
    full = compute_index(definition, data)
    found = {one.variable: one for one in leave_one_out(full, data)}
    scaled = (data - data.min()) / (data.max() - data.min())
    for left_out, one in found.items():
        rest = scaled.drop(columns=left_out).mean(axis=1)
        assert one.correlation == pytest.approx(scaled.mean(axis=1).rank().corr(rest.rank()))
        cuts = rest.quantile([1 / 3, 2 / 3])
        kinds = [1 + int((value > cuts).sum()) for value in rest]
        assert one.changed == sum(a != b for a, b in zip(kinds, full.kinds(), strict=True))
    assert min(found.values(), key=lambda one: one.correlation).variable == "odd"
    assert leave_one_out(compute_index(IndexDefinition((IndexVariable("a"),), k=2), data), data) == []


def test_sensitivity_compares_the_areas_of_the_full_index_only():
    data = table(a=[1, 2, 3, 4, 5], b=[2, 1, 4, 3, 9], c=[5, 1, 2, 4, np.nan])
    full = compute_index(IndexDefinition(tuple(map(IndexVariable, data)), k=2), data)
    assert {one.areas for one in leave_one_out(full, data)} == {4}


# --- Monitoring Soziale Stadtentwicklung Berlin 2021 ---

needs_berlin = pytest.mark.skipif(not BERLIN.is_file(), reason="the official file is not part of the repository")


def berlin(columns: tuple[str, ...], cuts: tuple[Cut, ...]) -> tuple[pd.DataFrame, IndexDefinition]:
    data = pd.read_csv(BERLIN, sep=";", encoding="utf-8-sig", dtype={"PLR-ID": str}).set_index("PLR-ID")
    variables = tuple(map(IndexVariable, columns))
    return data, IndexDefinition(
        variables, "load", "none", "areas", "sum", standardise_again=True, classes="points", cuts=cuts
    )


STATUS = ("Status", (Cut(-1), Cut(1), Cut(1.5)), ["hoch", "mittel", "niedrig", "sehr niedrig"], [75, 366, 46, 49])
DYNAMICS = ("Dynamik", (Cut(-1), Cut(1, "upper")), ["positiv", "stabil", "negativ"], [48, 436, 52])


@needs_berlin
@pytest.mark.parametrize(
    ("columns", "published", "deviation"),
    [
        # z-scores are published with two decimals: their sum is off by up to 0.015, the index by that over the
        # standard deviation of the sums (2.96 and 2.08) and by its own rounding (0.005)
        (("zS1", "zS3", "zS4"), STATUS, 0.015 / 2.955 + 0.005),
        (("zD1", "zD3", "zD4"), DYNAMICS, 0.015 / 2.081 + 0.005),
        (("Status-summe",), STATUS, 0.007),
        (("Dynamik-summe",), DYNAMICS, 0.0073),
    ],
    ids=["status", "dynamics", "status from published sums", "dynamics from published sums"],
)
def test_berlins_published_index_is_reproduced(columns, published, deviation):
    name, cuts, labels, counts = published
    data, definition = berlin(columns, cuts)
    result = compute_index(definition, data)
    assert len(data) == 542 and len(result.values()) == 536
    index = data[next(one for one in data if one.startswith(f"{name}-Index"))]
    assert (result.values() - index.dropna()).abs().max() <= deviation
    classes = data[next(one for one in data if f"Klasse {name}" in one)]
    assert result.kinds().map(lambda kind: labels[kind - 1]).to_dict() == classes[index.notna()].to_dict()
    assert [result.count(kind) for kind in range(1, len(labels) + 1)] == counts
