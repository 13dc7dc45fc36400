"""Plausibility checks on tiny tables: each rule finds what is wrong and leaves alone what is right."""

import pandas as pd
import pytest

from transferbuch.data.completeness import compute_completeness, find_gaps
from transferbuch.data.corrections import load_corrections
from transferbuch.data.findings import RULES, Finding, SignOff, load_offices, responsible_for, worst_first
from transferbuch.data.importer import ImportReport, import_files
from transferbuch.data.jumps import broken_figures, find_jumps
from transferbuch.data.observations import compute_observations, observe, read_figures
from transferbuch.data.quality import find_findings, find_impossible, withhold_refused
from transferbuch.data.sources import Break, Rounding, Source, Sum, Variable, load_sources
from transferbuch.data.sums import find_broken_sums, lay_out
from transferbuch.project import find_project
from transferbuch.regions.register import load_register

REGISTER = load_register()
SAAR = ["10041", "10042", "10043", "10044", "10045", "10046"]
TABLE = "00000-01-01-4"


def source(**changes) -> Source:
    """A table with a total and two parts."""
    variables = tuple(Variable(id=name, label=name, unit="Anzahl", flat=name) for name in ("total", "girls", "boys"))
    base = {
        "table": TABLE,
        "title": "Tabelle",
        "statistic": "Statistik",
        "period": "year",
        "dash": "zero",
        "variables": variables,
    }
    return Source(**{**base, **changes})


def observations(values: dict[str, dict[int, float | str]], variable: str = "total", **changes) -> pd.DataFrame:
    """{region: {year: number or status}} as observations of one variable; the line counts up from 11."""
    rows = [
        {
            "variable": variable,
            "ags": ags,
            "year": year,
            "time": str(year),
            "value": None if isinstance(value, str) and value != "zero" else 0.0 if value == "zero" else float(value),
            "symbol": None,
            "status": value if isinstance(value, str) else "ok",
            "unit": "Anzahl",
            "table": TABLE,
            "stand": "2025-01-01",
            "file_sha256": "f" * 64,
            "line": 11 + number,
            **changes,
        }
        for number, (ags, year, value) in enumerate(
            (ags, year, value) for ags, years in values.items() for year, value in years.items()
        )
    ]
    return pd.DataFrame(rows).astype({"value": "float64"})


def sums(frame: pd.DataFrame, one: Source) -> list[Finding]:
    return list(find_broken_sums(lay_out(frame, {TABLE: one}), {TABLE: one}, REGISTER))


def found(findings: list[Finding]) -> list[tuple[str, str, str, int]]:
    return [(one.rule, one.variable, one.ags, one.year) for one in findings]


# --- sums ---------------------------------------------------------------------------------------------------------


def saarland(land: float, kreise: list[float | str], year: int = 2020) -> pd.DataFrame:
    return observations({"10": {year: land}, **{ags: {year: one} for ags, one in zip(SAAR, kreise, strict=True)}})


def test_kreise_that_add_up_to_the_land_give_no_finding():
    assert sums(saarland(60, [10] * 6), source()) == []


def test_kreise_that_do_not_add_up_are_found_in_both_directions():
    (finding,) = sums(saarland(59, [10] * 6), source())
    assert (finding.rule, finding.severity, finding.ags, finding.year, finding.value) == (
        "kreise_land",
        "warn",
        "10",
        2020,
        59,
    )
    assert finding.german == "Die 6 Kreise ergeben 60, das sind 1 mehr; durch Rundung erklärlich sind 0."
    assert finding.responsible == "Statistisches Amt des Saarlandes"
    assert found(sums(saarland(61, [10] * 6), source())) == [("kreise_land", "total", "10", 2020)]


def test_a_secret_part_makes_the_check_one_sided():
    assert sums(saarland(60, [10, 10, 10, 10, 10, "secret"]), source()) == []
    assert found(sums(saarland(45, [10, 10, 10, 10, 10, "secret"]), source())) == [("kreise_land", "total", "10", 2020)]


@pytest.mark.parametrize("base, allowed", [(3, 7), (5, 14)])
def test_rounding_is_allowed_for_each_addend_and_the_total(base, allowed):
    rounded = source(rounding=(Rounding(base=base, laender=("10",), since=2018, source="Fußnote"),))
    assert sums(saarland(60 + allowed, [10] * 6), rounded) == []
    assert len(sums(saarland(60 + allowed + 1, [10] * 6), rounded)) == 1
    assert len(sums(saarland(61, [10] * 6, year=2017), rounded)) == 1  # not yet rounded
    other = source(rounding=(Rounding(base=base, laender=("05",), since=2018, source="Fußnote"),))
    assert len(sums(saarland(61, [10] * 6), other)) == 1


def test_means_have_no_sums_and_some_totals_count_more():
    assert sums(saarland(10, [10] * 6), source(region_sums="none")) == []
    assert sums(saarland(70, [10] * 6), source(region_sums="at_most")) == []
    assert len(sums(saarland(50, [10] * 6), source(region_sums="at_most"))) == 1


def test_recalculated_kreise_are_not_counted_twice():
    """1 July 2016: 99061 takes over 99058 and 99059; the office prints old and new keys for 2015."""
    today = {str(kreis.ags): {2015: 10} for kreis in REGISTER.current("99")}
    frame = observations({"99": {2015: 130}, **today, "99058": {2015: 4}, "99059": {2015: 6}})
    assert len(today) == 13 and sums(frame, source()) == []


def parts(total: float, girls: float | str, boys: float | str) -> pd.DataFrame:
    given = {"total": total, "girls": girls, "boys": boys}
    frames = [observations({"10041": {2020: one}}, name) for name, one in given.items()]
    return pd.concat(frames, ignore_index=True)


def test_parts_and_their_total():
    whole = source(sums=(Sum(total="total", parts=("girls", "boys")),))
    some = source(sums=(Sum(total="total", parts=("girls", "boys"), complete=False),))
    assert sums(parts(100, 40, 60), whole) == []
    assert found(sums(parts(100, 40, 59), whole)) == [("parts_total", "total", "10041", 2020)]
    assert sums(parts(100, 40, 59), some) == [] and len(sums(parts(100, 41, 60), some)) == 1
    assert sums(parts(100, 40, "secret"), whole) == []  # nothing to be seen from a secret part
    assert len(sums(parts(30, 15, "secret"), whole)) == 0


def test_a_part_larger_than_the_total_is_refused_and_named_itself():
    (finding,) = sums(parts(100, 140, 60), source(sums=(Sum(total="total", parts=("girls", "boys")),)))
    assert (finding.rule, finding.severity, finding.variable, finding.value) == (
        "part_exceeds_total",
        "refuse",
        "girls",
        140,
    )
    assert finding.german == "Größer als „total“ (100)."


# --- jumps --------------------------------------------------------------------------------------------------------

YEARS = range(2010, 2020)


def series(own: list[float], land: list[float] | None = None, ags: str = "10041") -> pd.DataFrame:
    """One Kreis among six; the others go along with the Land evenly."""
    land = land or [60_000 + 100 * number for number in range(len(own))]
    others = {one: {year: value / 6 for year, value in zip(YEARS, land, strict=True)} for one in SAAR if one != ags}
    rows = {"10": dict(zip(YEARS, land, strict=True)), ags: dict(zip(YEARS, own, strict=True)), **others}
    return observations(rows)


def jumps(frame: pd.DataFrame, one: Source | None = None, broken: set | None = None) -> list[Finding]:
    one = one or source()
    return list(find_jumps(lay_out(frame, {TABLE: one}), {TABLE: one}, broken or set()))


STEADY = [1000, 1010, 990, 1005, 1000, 1010, 1000, 995, 1000, 1005]


def spiked(position: int, value: float) -> list[float]:
    return [value if number == position else one for number, one in enumerate(STEADY)]


def test_a_steady_series_has_no_jump():
    assert jumps(series(STEADY)) == []


def test_a_figure_out_of_line_is_told_once_with_both_changes():
    (finding,) = jumps(series(spiked(5, 3000)))
    assert (finding.rule, finding.severity, finding.ags, finding.year, finding.value) == (
        "jump",
        "warn",
        "10041",
        2015,
        3000,
    )
    assert finding.german == "+200 % seit 2014 (1.000), übriges Land −3 %; danach wieder wie vorher."


def test_a_rate_is_compared_with_the_rate_of_the_land_not_with_a_difference_of_rates():
    rates = source(variables=(Variable(id="total", label="Ziffer", unit="Anzahl", weight="none", flat="total"),))
    land = [75.1, 75.4, 74.9, 75.2, 75.0, 75.3, 75.2, 74.8, 75.1, 75.0]
    close = [75.0, 75.5, 75.0, 75.0, 75.1, 75.2, 75.3, 74.9, 75.0, 75.1]
    assert not [one for one in jumps(series(close, land), rates) if one.ags == "10041"]
    (finding,) = [one for one in jumps(series([*close[:5], 150, *close[6:]], land), rates) if one.ags == "10041"]
    assert finding.german == "+99 % seit 2014 (75,1), Land +0 %; danach wieder wie vorher."


def test_a_new_level_is_a_jump_of_its_first_year_only():
    (finding,) = jumps(series([*STEADY[:5], *(3 * one for one in STEADY[5:])]))
    assert (finding.rule, finding.year) == ("jump", 2015) and "wie vorher" not in finding.german


def test_a_jump_of_the_whole_land_is_none_of_the_kreis():
    land = [60_000 * (2 if number == 5 else 1) for number in range(10)]
    assert not [one for one in jumps(series(spiked(5, 2000), land)) if one.ags == "10041"]


def test_small_counts_may_vary():
    assert jumps(series([10, 11, 10, 9, 10, 19, 10, 11, 10, 9])) == []


def test_an_extreme_figure_in_a_broken_sum_is_refused():
    broken = {("total", "10", 2015)}
    (finding,) = jumps(series(spiked(5, 3000)), broken=broken)
    assert (finding.rule, finding.severity, finding.stops) == ("out_of_line", "refuse", True)
    # a new level may be true; a broken sum elsewhere says nothing
    assert [one.severity for one in jumps(series([*STEADY[:5], *[3000] * 5]), broken=broken)] == ["warn"]
    assert [one.severity for one in jumps(series(spiked(5, 3000)), broken={("total", "10", 2014)})] == ["warn"]


def test_two_years_out_of_line_are_two_figures():
    own = [*STEADY[:4], 350, 300, *STEADY[6:]]
    findings = jumps(series(own), broken={("total", "10", 2014), ("total", "10", 2015)})
    assert [(one.year, one.severity, one.value) for one in findings] == [(2014, "refuse", 350), (2015, "refuse", 300)]


def test_a_declared_break_explains_a_jump_but_no_broken_sum():
    double = Break(since="2015", until="2015", kind="cohort", what="der doppelte Jahrgang", detail="D.", source="S.")
    (finding,) = jumps(series(spiked(5, 3000)), source(breaks=(double,)))
    assert (finding.severity, finding.rule) == ("info", "jump")
    assert finding.german.endswith("Erklärung: der doppelte Jahrgang.")
    elsewhere = double.model_copy(update={"laender": ("05",)})
    assert jumps(series(spiked(5, 3000)), source(breaks=(elsewhere,)))[0].severity == "warn"
    (finding,) = jumps(series(spiked(5, 3000)), source(breaks=(double,)), {("total", "10", 2015)})
    assert finding.severity == "refuse"


def test_a_gap_of_years_is_no_jump():
    frame = series([*STEADY[:5], *(3 * one for one in STEADY[5:])])
    assert jumps(frame[frame["year"] != 2014].reset_index(drop=True)) == []


def test_a_broken_row_accuses_its_parts_too():
    declared = (Sum(total="total", parts=("girls", "boys")), Sum(total="total", parts=("girls",), complete=False))
    one = source(sums=declared)
    findings = sums(parts(100, 40, 59), one)
    assert broken_figures(findings, {TABLE: one}) == {(name, "10041", 2020) for name in ("total", "girls", "boys")}


# --- completeness -------------------------------------------------------------------------------------------------


def gaps(values: dict[str, dict[int, float | str]], one: Source | None = None) -> list[Finding]:
    return list(find_gaps(compute_completeness(observations(values), REGISTER), {TABLE: one or source()}))


def test_completeness_counts_against_the_register():
    statuses = [5, "zero", "secret", "not_delivered", "missing"]  # and no row for the sixth Kreis
    given = {ags: {2020: one} for ags, one in zip(SAAR, statuses, strict=False)}
    (row,) = compute_completeness(observations(given), REGISTER).to_dict("records")
    assert (row["land"], row["year"], row["expected"]) == ("10", 2020, 6)
    assert (row["number"], row["hidden"], row["not_delivered"], row["missing"]) == (2, 1, 1, 2)


def test_a_blocked_cell_is_not_expected_and_a_stopped_figure_was_delivered():
    rows = compute_completeness(observations({"10041": {2020: "blocked"}, "10042": {2020: "implausible"}}), REGISTER)
    (row,) = rows.to_dict("records")
    assert (row["expected"], row["number"], row["missing"]) == (5, 1, 4)


def test_the_more_complete_territory_counts():
    """In 2015 there were 99058 and 99059; a table with the new key only is complete for today's Kreise."""
    today = {str(kreis.ags): {2015: 10} for kreis in REGISTER.current("99")}
    (row,) = compute_completeness(observations(today), REGISTER).to_dict("records")
    assert (row["footing"], row["expected"], row["number"]) == ("now", 13, 13)
    then = {str(kreis.ags): {2015: 10} for kreis in REGISTER.kreise("99") if kreis.ags != "99061"}
    (row,) = compute_completeness(observations(then), REGISTER).to_dict("records")
    assert (row["footing"], row["expected"], row["number"]) == ("then", 14, 14)


def test_a_column_of_dashes_is_one_finding_per_land_or_one_for_all():
    delivered = {"10041": {2019: 5, 2020: "not_delivered"}, "16051": {2019: 5, 2020: 7}}
    (finding,) = [one for one in gaps(delivered) if one.rule == "not_delivered"]
    assert (finding.ags, finding.year, finding.variable) == ("10", 2020, "total")
    nobody = {"10041": {2019: 5, 2020: "not_delivered"}, "16051": {2019: 5, 2020: "not_delivered"}}
    assert [(one.rule, one.ags, one.year) for one in gaps(nobody) if one.rule == "not_delivered"] == [
        ("not_delivered", "DG", 2020)
    ]


def test_a_land_without_figures_between_its_own_years():
    values = {"10041": {2018: 5, 2019: "secret", 2020: 6}, "16051": {2018: 1, 2019: 1, 2020: 1}}
    (one,) = gaps(values)
    assert (one.rule, one.severity, one.ags, one.year) == ("land_missing", "warn", "10", 2019)
    values["10041"][2020] = "secret"  # not after 2018 any more: the series may have ended
    assert gaps(values) == []


def test_years_that_the_package_does_not_hold_and_old_series():
    (finding,) = gaps({"10041": {2015: 5, 2018: 6}})
    assert (finding.rule, finding.severity, finding.german) == (
        "years_missing",
        "info",
        "Zwischen 2015 und 2018 fehlen: 2016, 2017.",
    )
    both = pd.concat([observations({"10041": {2015: 5}}), observations({"10041": {2020: 5}}, table="00000-02-02-4")])
    sources = {TABLE: source(), "00000-02-02-4": source(table="00000-02-02-4")}
    old = [one for one in find_gaps(compute_completeness(both, REGISTER), sources) if one.rule == "stale"]
    assert [(one.table, one.year) for one in old] == [(TABLE, 2015)]


# --- what a finding stops -----------------------------------------------------------------------------------------


def finding(severity: str = "refuse", status: str = "open") -> Finding:
    review = SignOff(status)
    return Finding("jump", severity, TABLE, "total", "10041", 2020, 5.0, "what", "was", "Amt", review=review)


@pytest.mark.parametrize(
    "severity, status, after",
    [
        ("refuse", "open", "implausible"),
        ("refuse", "accepted", "ok"),
        ("refuse", "withheld", "withheld"),
        ("warn", "open", "ok"),
        ("warn", "withheld", "withheld"),
        ("info", "open", "ok"),
    ],
)
def test_only_open_refusals_and_refusing_persons_stop_a_figure(severity, status, after):
    frame = withhold_refused(observations({"10041": {2020: 5}, "10042": {2020: 6}}), [finding(severity, status)])
    assert list(frame["status"]) == [after, "ok"] and pd.isna(frame["value"][0]) == (after != "ok")
    assert frame["value"][1] == 6


def test_ids_are_stable_and_findings_stand_worst_first():
    assert finding().id == finding("warn").id
    assert len(finding().id) == 12
    order = worst_first([finding("info"), finding("refuse", "accepted"), finding("warn"), finding("refuse")])
    assert [(one.severity, one.review.status) for one in order] == [
        ("refuse", "open"),
        ("refuse", "accepted"),
        ("warn", "open"),
        ("info", "open"),
    ]


def test_an_impossible_quotient_is_found_unless_a_term_is_stopped_already():
    row = {"indicator": "share", "ags": "10041", "year": 2020, "status": "implausible"}
    values = pd.DataFrame(
        [{**row, "numerator": 7.0, "denominator": 5.0}, {**row, "numerator": None, "denominator": 5.0}]
    )
    (one,) = find_impossible(values, {"share": TABLE})
    assert (one.rule, one.variable, one.german) == ("limits", "share", "Zähler 7, Nenner 5.")


def test_the_office_that_answers():
    assert responsible_for(source(), "15084") == "Statistisches Landesamt Sachsen-Anhalt"
    assert responsible_for(source(), "DG") == "Statistisches Bundesamt"
    agency = source(responsible="Statistik der Bundesagentur für Arbeit")
    assert responsible_for(agency, "15084") == "Statistik der Bundesagentur für Arbeit"
    assert set(load_offices()) == {"DG", *REGISTER.laender()}


# --- whole packages -----------------------------------------------------------------------------------------------


def all_findings(report: ImportReport) -> list[Finding]:
    sources = load_sources()
    corrections = load_corrections(sources, REGISTER)
    figures = read_figures(report.package, sources)
    frame = observe(figures, sources, REGISTER, corrections)
    completeness = compute_completeness(frame, REGISTER)
    found = find_findings(report.package, figures, frame, completeness, sources, REGISTER, corrections)
    assert {one.rule for one in found} <= set(RULES)
    return list(found)


@pytest.fixture(scope="module")
def modellregion(tmp_path_factory) -> list[Finding]:
    return all_findings(import_files([find_project().modellregion / "raw"], tmp_path_factory.mktemp("modell") / "data"))


def test_the_planted_fault_of_the_model_region_is_stopped_and_nothing_else(modellregion):
    (stopped,) = [one for one in modellregion if one.stops]
    assert (stopped.variable, stopped.ags, stopped.year, stopped.value) == (
        "leavers_without_certificate",
        "99056",
        2019,
        480,
    )
    assert (stopped.file, stopped.line > 0) == ("21111-02-06-4.csv", True)
    sums_told = {(one.rule, one.ags, one.year) for one in modellregion if one.rule in ("parts_total", "kreise_land")}
    assert sums_told == {("parts_total", "99056", 2019), ("kreise_land", "99", 2019)}


def test_what_else_is_planted_in_the_model_region_is_told(modellregion):
    told = {(one.rule, one.table, one.ags, one.year) for one in modellregion}
    assert ("not_delivered", "22543-01-02-4", "DG", 2019) in told
    assert ("years_missing", "21111-02-06-4", "DG", 0) in told
    assert ("break", "12411-01-01-4", "DG", 2022) in told
    cohort = [one for one in modellregion if one.rule == "jump" and one.variable == "leavers_university_entrance"]
    assert [(one.severity, one.ags, one.year) for one in cohort] == [("info", "99", 2013)]


def test_a_figure_that_two_files_print_differently_is_told_with_both_stands():
    figures = pd.concat(
        [
            observations({"10041": {2020: 5}, "10042": {2020: 6}}, stand="2021-01-01"),
            observations({"10041": {2020: 7}, "10042": {2020: 6}}, stand="2025-01-01"),
        ],
        ignore_index=True,
    )
    newest = figures[figures["stand"] == "2025-01-01"].reset_index(drop=True)
    package = type("Package", (), {"tables": ()})()
    completeness = compute_completeness(newest, REGISTER)
    findings = find_findings(package, figures, newest, completeness, {TABLE: source()}, REGISTER)
    (one,) = [one for one in findings if one.rule == "revised"]
    assert one.german == "1 Zahlen geändert, Stand 2021-01-01 → 2025-01-01; am stärksten 10041: 5 → 7."


def test_wrong_official_figures_of_2009_and_2010_are_stopped(official):
    """Unemployed of single Kreise that their Land does not bear out; the corrected ones are shown as such."""
    findings = all_findings(official)
    stopped = {one.key for one in findings if one.stops}
    assert stopped >= {
        ("unemployed", "03256", 2009),
        ("unemployed", "03403", 2009),
        ("unemployed", "03453", 2009),
        ("unemployed", "03460", 2010),
        ("unemployed_long_term", "03356", 2009),
        ("unemployed_long_term", "07133", 2009),
        ("unemployed_long_term", "07231", 2009),
        ("children_in_care_foreign_parent", "16051", 2009),  # the dash of Erfurt counts as zero there
    }
    assert len(stopped) == 45 and {one.table for one in findings if one.stops} == {"13211-02-05-4", "22543-01-02-4"}
    corrected = {one.key for one in findings if one.review.status == "corrected"}
    figures = (
        ("03", 2011), ("03241", 2011), ("07131", 2009), ("07132", 2009), ("07141", 2009), ("08216", 2010),
    )  # fmt: skip
    repeated = {(variable, "DG", 2014) for variable in ("employees", "employees_foreign", "employees_female")}
    assert corrected == {("unemployed_long_term", ags, year) for ags, year in figures} | repeated
    hesse = [one for one in findings if one.rule == "land_missing"]
    assert [(one.table, one.ags, one.year) for one in hesse] == [("21111-02-06-4", "06", 2007)]
    dashes = [one for one in findings if one.rule == "not_delivered"]
    assert [(one.table, one.ags, one.year) for one in dashes] == [("13111-01-03-4", "DG", 2025)]


def test_no_value_is_computed_from_a_stopped_figure(official):
    frame = compute_observations(official.package, load_sources(), REGISTER)
    stopped = [one for one in all_findings(official) if one.stops]
    after = withhold_refused(frame, stopped).set_index(["variable", "ags", "year"])
    rows = after.loc[[one.key for one in stopped]]
    assert set(rows["status"]) == {"implausible"} and rows["value"].isna().all()


def test_gemeinden_lengthen_only_the_matrices_of_their_own_table() -> None:
    """11,000 of them in every matrix would be a gigabyte."""
    gemeinden = source(table="11111-01-01-4", levels=("kreis", "gemeinde"), variables=(
        Variable(id="area", label="Fläche", unit="qkm", flat="area"),
    ))  # fmt: skip
    own = observations({"10041": {2020: 5.0}, "10041100": {2020: 7.0}}, "area", table="11111-01-01-4")
    frame = pd.concat([observations({"10": {2020: 9}, "10042": {2020: 4}}), own], ignore_index=True)
    figures = lay_out(frame, {TABLE: source(), gemeinden.table: gemeinden})
    assert list(figures.row) == ["10", "10041", "10042", "10041100"]
    assert figures.values["total"].shape == figures.errors["total"].shape == (3, 1)
    assert figures.values["area"][figures.row["10041100"], 0] == 7.0
    assert figures.values["total"][figures.row["10042"], 0] == 4.0
