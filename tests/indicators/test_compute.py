"""Indicator values: tiny observations in, numbers out, against a second calculation in plain Python; then every
indicator of the catalogue with its example, and its published figure from the official files."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pandas as pd
import pytest

from transferbuch.data.importer import ImportReport
from transferbuch.data.observations import compute_observations
from transferbuch.data.sources import load_sources
from transferbuch.indicators.catalogue import Formula, Indicator, load_indicators
from transferbuch.indicators.compute import VALUE_COLUMNS, compute_values
from transferbuch.regions.register import load_register

REGISTER = load_register()
SOURCES = load_sources()
SOURCE_OF = {code: source for source in SOURCES.values() for code in (source.table, *source.also)}
INDICATORS = load_indicators(sources=SOURCES)
NUMBERS = ("ok", "zero")

Figure = float | str | None
"""A number, the status of an observation without one, or None where there is no row at all."""


def observations(figures: dict[tuple[str, str, int], Figure], table: str = "t1") -> pd.DataFrame:
    """Rows of the observations frame for {(variable, ags, year): figure}; each variable is a table of its own."""
    names = sorted({name for name, _, _ in figures})
    return pd.DataFrame(
        [
            {
                "variable": name,
                "ags": ags,
                "year": year,
                "time": f"{year}-12-31",
                "value": float(figure) if isinstance(figure, (int, float)) else float("nan"),
                "symbol": None,
                "status": figure if isinstance(figure, str) else ("zero" if figure == 0 else "ok"),
                "unit": "Anzahl",
                "table": f"{table}-{name}",
                "stand": f"20{20 + names.index(name)}-01-01",
                "file_sha256": f"{names.index(name)}" * 64,
                "line": 7,
            }
            for (name, ags, year), figure in figures.items()
            if figure is not None
        ]
    )


def indicator(formula: Formula, limits: tuple[float, float] | None = None) -> Indicator:
    base = INDICATORS["share_leavers_without_certificate_pct"]
    return base.model_copy(update={"id": "probe", "formula": formula, "limits": limits})


def formula(kind: str, numerator: str, denominator: str = "", minus: str = "", **options: int) -> Formula:
    return Formula(
        kind=kind, numerator=numerator.split(), minus=minus.split(), denominator=denominator.split(), **options
    )


def compute(figures: dict[tuple[str, str, int], Figure], one: Formula, **options: object) -> pd.DataFrame:
    return compute_values(observations(figures), [indicator(one, **options)])  # type: ignore[arg-type]


def by_hand(figures: dict[tuple[str, str, int], Figure], one: Formula, ags: str, year: int) -> Fraction | None:
    """The second calculation: exact fractions, one region and year, None when any term has no number."""

    def total(plus: tuple[str, ...], minus: tuple[str, ...], in_year: int) -> Fraction | None:
        terms = [
            (figures.get((name, ags, in_year)), sign) for names, sign in ((plus, 1), (minus, -1)) for name in names
        ]
        if any(isinstance(term, str) or term is None for term, _ in terms):
            return None
        return sum((Fraction(str(term)) * sign for term, sign in terms), Fraction(0))

    top = total(one.numerator, one.minus, year)
    if one.kind == "value" or top is None:
        return top
    before = year - (one.years if one.kind == "change" else one.denominator_years_before)
    bottom = total(one.numerator, one.minus, before) if one.kind == "change" else total(one.denominator, (), before)
    if not bottom:
        return None
    if one.kind == "change":
        return (top - bottom) / bottom * 100
    return top / bottom * {"share": 100, "rate": one.per, "ratio": 1}[one.kind]


FIGURES: dict[tuple[str, str, int], Figure] = {
    **{
        ("a", "15084", year): figure
        for year, figure in zip(range(2018, 2025), (45, 38, 0, 51, ".", 60, 57), strict=True)
        if figure != "."
    },
    ("a", "15084", 2022): "secret",
    ("a", "15", 2023): 156,
    ("a", "DG", 2023): 640.5,
    ("a", "15088", 2023): 12,
    **{("b", "15084", year): 300 + 7 * (year - 2018) for year in range(2017, 2025) if year != 2019},
    ("b", "15", 2022): 1234,
    ("b", "15", 2023): 1200,
    ("b", "DG", 2023): 9120,
    ("b", "15088", 2022): 0,
    ("b", "15088", 2023): 0,
    **{("c", "15084", year): 10 * (year - 2017) for year in range(2018, 2025)},
    ("c", "15", 2023): 30.25,
    ("c", "DG", 2023): "missing",
    ("c", "15088", 2023): 5,
}

FORMULAS = {
    "share": formula("share", "a", "b"),
    "share of a sum in a sum": formula("share", "a c", "b c"),
    "share of a difference": formula("share", "b", "b c", minus="a"),
    "share of the year before": formula("share", "a", "b", denominator_years_before=1),
    "rate": formula("rate", "a", "b", per=1000),
    "balance per 10000": formula("rate", "a", "b", minus="c", per=10000),
    "ratio": formula("ratio", "b", "a"),
    "value": formula("value", "a"),
    "value of a sum": formula("value", "a b", minus="c"),
    "change": formula("change", "a", years=1),
    "change over five years": formula("change", "a", years=5),
    "change of a sum": formula("change", "b c", minus="a", years=3),
}


@pytest.mark.parametrize("name", FORMULAS)
def test_every_kind_of_formula_against_a_second_calculation(name: str) -> None:
    one = FORMULAS[name]
    frame = compute(FIGURES, one)
    places = {(ags, year) for variable, ags, year in FIGURES if variable == one.numerator[0]}
    assert set(zip(frame["ags"], frame["year"], strict=True)) == places
    found = 0
    for row in frame.itertuples():
        expected = by_hand(FIGURES, one, row.ags, row.year)
        if expected is None:
            assert pd.isna(row.value) and row.status not in NUMBERS, (row.ags, row.year)
        else:
            assert row.value == pytest.approx(float(expected), rel=1e-12) and row.status == "ok", (row.ags, row.year)
            found += 1
    assert found >= 2, "the case shows nothing"


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (formula("share", "a", "b"), 25.0),
        (formula("rate", "a", "b", per=1000), 250.0),
        (formula("rate", "a", "b", per=100), 25.0),
        (formula("ratio", "b", "a"), 4.0),
        (formula("value", "a"), 30.0),
        (formula("value", "a b"), 150.0),
        (formula("value", "b", minus="a c"), 80.0),
        (formula("share", "a", "b c"), 23.076923076923077),
        (formula("share", "b", "b", minus="a"), 75.0),
        (formula("share", "a", "b", denominator_years_before=1), 30.0),
        (formula("change", "a", years=1), -40.0),
        (formula("change", "b", years=1), 20.0),
        (formula("change", "b", minus="a", years=1), 80.0),
    ],
)
def test_numbers_that_can_be_checked_in_the_head(one: Formula, expected: float) -> None:
    frame = compute(
        {
            ("a", "15084", 2023): 30,
            ("b", "15084", 2023): 120,
            ("c", "15084", 2023): 10,
            ("a", "15084", 2022): 50,
            ("b", "15084", 2022): 100,
            ("c", "15084", 2022): 10,
        },
        one,
    )
    [row] = frame[frame["year"] == 2023].itertuples()
    assert row.value == pytest.approx(expected) and row.status == "ok"


# --- what has no number ---

STATUSES = ("later", "missing", "unreliable", "blocked", "not_delivered", "secret", "not_existing")


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("variable", ["a", "b", "c"])
def test_a_term_without_number_gives_its_status_and_never_zero(status: str, variable: str) -> None:
    figures: dict[tuple[str, str, int], Figure] = {(name, "15084", 2023): 10.0 for name in "abc"}
    figures[variable, "15084", 2023] = status
    for one in (formula("share", "a c", "b"), formula("rate", "a", "b", minus="c", per=1000)):
        [row] = compute(figures, one).itertuples()
        assert row.status == status and pd.isna(row.value)
        assert pd.isna(row.denominator if variable == "b" else row.numerator)


def test_the_gravest_status_of_all_terms_counts() -> None:
    for light, grave in zip(STATUSES, STATUSES[1:], strict=False):
        figures: dict[tuple[str, str, int], Figure] = {
            ("a", "15084", 2023): light,
            ("b", "15084", 2023): grave,
            ("c", "15084", 2023): 3,
        }
        for one in (formula("share", "a", "b c"), formula("value", "c a", minus="b"), formula("share", "b", "a")):
            [row] = compute(figures, one).itertuples()
            assert row.status == grave


def test_a_term_without_row_is_missing() -> None:
    frame = compute(
        {("a", "15084", 2023): 3, ("a", "15088", 2023): 3, ("b", "15084", 2023): 6}, formula("share", "a", "b")
    )
    assert [(row.ags, row.status) for row in frame.itertuples()] == [("15084", "ok"), ("15088", "missing")]


def test_an_indicator_whose_table_is_not_there_has_no_row_and_the_columns_stay() -> None:
    frame = compute({("a", "15084", 2023): 3}, formula("share", "a", "b"))
    assert frame.empty and tuple(frame.columns) == VALUE_COLUMNS


def test_a_zero_numerator_is_a_number_and_a_zero_denominator_is_none() -> None:
    figures: dict[tuple[str, str, int], Figure] = {
        ("a", "15084", 2023): 0,
        ("b", "15084", 2023): 8,
        ("a", "15088", 2023): 4,
        ("b", "15088", 2023): 0,
        ("a", "15083", 2023): 0,
        ("b", "15083", 2023): 0,
    }
    frame = compute(figures, formula("share", "a", "b")).set_index("ags")
    assert frame.loc["15084", ["value", "status", "numerator", "denominator"]].tolist() == [0.0, "ok", 0.0, 8.0]
    for ags in ("15088", "15083"):
        assert pd.isna(frame.loc[ags, "value"]) and frame.loc[ags, "status"] == "missing"
    [row] = (
        compute({("a", "15084", 2022): 0, ("a", "15084", 2023): 5}, formula("change", "a", years=1))
        .query("year == 2023")
        .itertuples()
    )
    assert pd.isna(row.value) and row.status == "missing"


def test_a_change_needs_both_years() -> None:
    frame = compute(
        {("a", "15084", year): 10 * (year - 2010) for year in (2012, 2014, 2017, 2019)}, formula("change", "a", years=5)
    ).set_index("year")
    assert frame.loc[2017, "value"] == pytest.approx(250.0) and frame.loc[2019, "value"] == pytest.approx(125.0)
    assert frame.loc[[2012, 2014], "status"].tolist() == ["missing", "missing"]
    assert frame.loc[2017, ["numerator", "denominator"]].tolist() == [70.0, 20.0]


@pytest.mark.parametrize(("part", "status"), [(0, "ok"), (40, "ok"), (41, "implausible"), (-1, "implausible")])
def test_values_outside_the_limits_are_not_shown(part: float, status: str) -> None:
    [row] = compute(
        {("a", "15084", 2023): part, ("b", "15084", 2023): 40}, formula("share", "a", "b"), limits=(0.0, 100.0)
    ).itertuples()
    assert row.status == status
    assert row.value == pytest.approx(part / 40 * 100) if status == "ok" else pd.isna(row.value)
    assert (row.numerator, row.denominator) == (part, 40.0)


def test_a_secret_value_stays_secret_with_limits() -> None:
    [row] = compute(
        {("a", "15084", 2023): "secret", ("b", "15084", 2023): 40}, formula("share", "a", "b"), limits=(0.0, 100.0)
    ).itertuples()
    assert row.status == "secret"


@pytest.mark.parametrize(("other", "status"), [(40, "withheld"), ("later", "withheld"), ("secret", "secret")])
def test_a_withheld_term_withholds_the_value(other: Figure, status: str) -> None:
    [row] = compute(
        {("a", "15084", 2023): "withheld", ("b", "15084", 2023): other}, formula("share", "a", "b")
    ).itertuples()
    assert row.status == status and pd.isna(row.value) and pd.isna(row.numerator)


# --- provenance ---


def test_provenance_of_all_terms() -> None:
    figures: dict[tuple[str, str, int], Figure] = {(name, "15084", 2023): 10.0 for name in "abc"}
    [row] = compute(figures, formula("share", "c a", "b")).itertuples()
    assert (row.tables, row.stand, row.time) == ("t1-a,t1-b,t1-c", "2022-01-01", "2023-12-31")
    assert row.files == ",".join(name * 12 for name in "012")
    [row] = compute(figures, formula("value", "b")).itertuples()
    assert (row.tables, row.stand, row.files, row.numerator) == ("t1-b", "2021-01-01", "1" * 12, 10.0)
    assert pd.isna(row.denominator)


def test_the_time_is_the_numerators_when_the_denominator_is_of_the_year_before() -> None:
    frame = compute(
        {("a", "15084", 2023): 5, ("b", "15084", 2022): 20, ("b", "15084", 2023): 50},
        formula("share", "a", "b", denominator_years_before=1),
    )
    [row] = frame.itertuples()
    assert (row.time, row.year, row.value, row.denominator) == ("2023-12-31", 2023, 25.0, 20.0)


def test_a_file_that_lacks_for_one_term_is_not_named() -> None:
    frame = compute(
        {("a", "15084", 2023): 5, ("a", "15084", 2022): 5, ("b", "15084", 2023): 50}, formula("share", "a", "b")
    ).set_index("year")
    assert frame.loc[2022, ["tables", "files", "status"]].tolist() == ["t1-a", "0" * 12, "missing"]
    assert frame.loc[2023, "tables"] == "t1-a,t1-b"


def test_several_indicators_stand_below_each_other() -> None:
    two = [
        indicator(formula("value", "a")).model_copy(update={"id": "first"}),
        indicator(formula("value", "b")).model_copy(update={"id": "second"}),
    ]
    frame = compute_values(observations({("a", "15084", 2023): 1, ("b", "15084", 2023): 2}), two)
    assert frame[["indicator", "value"]].values.tolist() == [["first", 1.0], ["second", 2.0]]


# --- every indicator of the catalogue ---

every_indicator = pytest.mark.parametrize("one", INDICATORS.values(), ids=INDICATORS)


def rounded(value: float | Fraction, decimals: int) -> Decimal:
    """Half up, as offices round, on the number without the last bits of binary arithmetic."""
    exact = Decimal(repr(round(float(value), 9)))
    return exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def example_figures(one: Indicator, year: int = 2020) -> dict[tuple[str, str, int], Figure]:
    """The example's figures in the years that the formula takes them from."""
    figures: dict[tuple[str, str, int], Figure] = {}
    for name, given in one.example.input.items():
        if isinstance(given, tuple):
            figures[name, "15084", year - one.formula.years], figures[name, "15084", year] = given
            continue
        if name in (*one.formula.numerator, *one.formula.minus):
            figures[name, "15084", year] = given
        if name in one.formula.denominator:
            figures[name, "15084", year - one.formula.denominator_years_before] = given
    return figures


@every_indicator
def test_example_gives_the_expected_number(one: Indicator) -> None:
    assert all(isinstance(given, tuple) == (one.formula.kind == "change") for given in one.example.input.values())
    figures = example_figures(one)
    frame = compute_values(observations(figures), [one])
    [row] = frame[frame["year"] == 2020].itertuples()
    assert (row.indicator, row.status) == (one.id, "ok")
    assert row.value == pytest.approx(one.example.expected, abs=10**-one.decimals / 1000)
    assert float(by_hand(figures, one.formula, "15084", 2020)) == pytest.approx(row.value, rel=1e-12)


@pytest.fixture(scope="session")
def real_observations(official: ImportReport) -> pd.DataFrame:
    return compute_observations(official.package, SOURCES, REGISTER)


@pytest.fixture(scope="session")
def real_values(real_observations: pd.DataFrame) -> pd.DataFrame:
    return compute_values(real_observations, INDICATORS.values()).set_index(["indicator", "ags", "year"])


@every_indicator
def test_reference_is_reproduced_from_the_official_files(real_values: pd.DataFrame, one: Indicator) -> None:
    reference = one.reference
    row = real_values.loc[one.id, str(reference.ags), reference.year]
    assert row["status"] == "ok"
    assert rounded(row["value"], one.decimals) == rounded(reference.value, one.decimals)
    for table in row["tables"].split(","):
        assert SOURCE_OF[table].table in reference.source


@every_indicator
def test_real_values_against_the_second_calculation(
    real_values: pd.DataFrame, real_observations: pd.DataFrame, one: Indicator
) -> None:
    used = real_observations[
        real_observations["variable"].isin(one.formula.variables)
        & real_observations["ags"].isin(["DG", "15", "15084", "15088", "16063", "05914", "11000"])
    ]
    figures: dict[tuple[str, str, int], Figure] = {
        (row.variable, row.ags, row.year): row.value if row.status in NUMBERS else row.status
        for row in used.itertuples()
    }
    compared = 0
    for row in real_values.loc[one.id].loc[sorted(used["ags"].unique())].itertuples():
        expected = by_hand(figures, one.formula, *row.Index)
        if row.status == "ok":
            assert row.value == pytest.approx(float(expected), rel=1e-9, abs=1e-12), row.Index
            compared += 1
        else:
            assert pd.isna(row.value)
            assert expected is None or row.status == "implausible", row.Index
    assert compared


def test_figures_that_the_pages_show(real_values: pd.DataFrame) -> None:
    leavers = "share_leavers_without_certificate_pct"
    for ags, share, numerator, denominator in (("15084", "15.1", 240, 1587), ("15088", "9.2", 135, 1470)):
        row = real_values.loc[leavers, ags, 2023]
        assert (row["numerator"], row["denominator"], str(rounded(row["value"], 1))) == (numerator, denominator, share)
    people = real_values.loc["count_population", "15084", 2024]
    assert (people["value"], people["time"], people["tables"], people["stand"]) == (
        173684,
        "2024-12-31",
        "12411-01-01-4",
        "2026-03-10",
    )
    assert real_values.loc[leavers, "15084", 2006]["status"] == "not_existing"
    years = real_values.loc[leavers].loc["16070"].query("status == 'ok'").index.tolist()
    assert years[0] == 1995 and years[-1] == 2023 and not {*range(2016, 2023)} & set(years)
    assert str(rounded(real_values.loc[leavers, "16070", 1995]["value"], 1)) == str(rounded(16100 / 1708, 1))


def test_kreise_without_delivery_are_no_zeros(real_observations: pd.DataFrame) -> None:
    """Jobs of 30 June 2025: figures for Germany, Länder and the two city states, a dash for every Kreis."""
    of_2025 = real_observations.query("variable == 'jobs' and year == 2025").set_index("ags")
    of_kreise = of_2025[of_2025.index.str.len() == 5].drop(["02000", "11000"])
    assert set(of_kreise["status"]) == {"not_delivered", "not_existing"} and of_kreise["value"].isna().all()
    assert of_kreise.loc[["15084", "16070", "05914"], "status"].tolist() == ["not_delivered"] * 3
    for land, kreis in (("02", "02000"), ("11", "11000")):
        assert of_2025.loc[kreis, "value"] == of_2025.loc[land, "value"] > 900_000


def test_no_real_share_leaves_its_limits_and_no_number_stands_without_ok(real_values: pd.DataFrame) -> None:
    with_number = real_values["value"].notna()
    assert (real_values["status"] == "ok").equals(with_number)
    shares = real_values[with_number].loc[[name for name in INDICATORS if name.startswith("share_")]]
    for name, one in INDICATORS.items():
        if one.limits and name in real_values.index.get_level_values(0):
            assert real_values.loc[name]["value"].dropna().between(*one.limits).all(), name
    assert shares["value"].min() >= 0
