"""The catalogue files themselves: complete, consistent, well worded; and what a broken one is answered with."""

import re
from collections import Counter
from pathlib import Path

import pytest

from transferbuch.data.sources import Source, Variable, load_sources
from transferbuch.errors import PersonFileError, Problem
from transferbuch.indicators.catalogue import Indicator, load_indicators
from transferbuch.project import CATALOGUE

SOURCES = load_sources()
INDICATORS = load_indicators(sources=SOURCES)
VARIABLES = {variable.id: (source, variable) for source in SOURCES.values() for variable in source.variables}

FIELDS = {
    "Steuerung und Strategie",
    "Bildungsberichterstattung",
    "Datenbasis und Monitoring",
    "Übergang Schule–Beruf",
    "Frühe Bildung",
    "Integration und Sprache",
    "Bildungsberatung und Information",
    "Sozialraum und Teilhabe",
    "Zusammenarbeit und Netzwerke",
    "Fachkräfte",
    "Ganztag und Schule",
    "Weiterbildung",
}
# Boasting, signs for gender inside a word, and words of the workshop.
FORBIDDEN = re.compile(
    r"(?i:einzigartig|innovativ|weltweit|führend|umfassend|modernst|\bleider\b|todo)"
    r"|\w[*:_/]-?in(nen)?\b|[a-zäöüß]In(nen)?\b|\(in(nen)?\)"
)

indicators = pytest.mark.parametrize("indicator", INDICATORS.values(), ids=INDICATORS)
sources = pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)


def texts_of(record: Indicator | Source) -> list[str]:
    """Every text that readers see; official column labels and titles are quotations and stay as they are."""
    if isinstance(record, Indicator):
        return [record.title, record.phrase, record.definition, *record.caveats, record.reference.source]
    return [*record.caveats, *(variable.label for variable in record.variables)]


def test_every_file_is_loaded() -> None:
    assert list(SOURCES) == sorted(path.stem for path in (CATALOGUE / "sources").glob("*.yml"))
    assert set(INDICATORS) == {path.stem for path in (CATALOGUE / "indicators").glob("*.yml")}
    assert len(SOURCES) >= 30 and len(INDICATORS) >= 120


def test_every_chapter_has_at_least_five_indicators_in_a_fixed_order() -> None:
    chapters = Counter(indicator.chapter for indicator in INDICATORS.values())
    assert set(chapters) == {
        "rahmenbedingungen",
        "fruehkindliche-bildung",
        "allgemeinbildende-schulen",
        "berufliche-bildung-und-hochschulen",
        "weiterbildung",
        "non-formale-bildung",
        "integration",
    }
    assert min(chapters.values()) >= 5
    for chapter, count in chapters.items():
        positions = [one.position for one in INDICATORS.values() if one.chapter == chapter]
        assert positions == list(range(1, count + 1))


def test_no_two_indicators_are_one_figure() -> None:
    """The same formula under two names would be shown, tested for need and explained twice."""

    def figure_of(one: Indicator) -> tuple:
        of = one.formula
        terms = [frozenset(side) for side in (of.numerator, of.minus, of.denominator)]
        return of.kind, *terms, of.denominator_years_before, of.years

    names: dict[tuple, list[str]] = {}
    for one in INDICATORS.values():
        names.setdefault(figure_of(one), []).append(one.id)
    assert [same for same in names.values() if len(same) > 1] == []
    assert len({one.title for one in INDICATORS.values()}) == len(INDICATORS)


def test_the_leavers_of_2015_2023_and_2024_are_one_variable() -> None:
    source, variable = VARIABLES["leavers_without_certificate"]
    assert (source.table, source.also, source.period) == ("21111-02-06-4", ("21111-02-06-4-B",), "school_year")
    assert variable.columns == (("ohne Hauptschulabschluss", "ohne Ersten Schulabschluss"), ("Insgesamt",))


def test_children_in_care_before_and_after_2011_are_one_variable() -> None:
    source, variable = VARIABLES["children_in_care_under_3"]
    assert (source.table, source.also) == ("22543-01-02-4", ("22543-01-01-4",))
    assert variable.rows == (("Insgesamt (ohne Doppelzählungen)", "Insgesamt"),)


def test_the_population_has_a_mapping_for_both_layouts() -> None:
    assert VARIABLES["population"][1] == Variable(
        id="population", label="Bevölkerung", unit="Anzahl", columns=("Insgesamt",), flat="BEVSTD|GES="
    )


def test_a_dash_is_never_zero_in_tables_of_rates() -> None:
    for source in SOURCES.values():
        if any(variable.unit in ("Prozent", "Jahre", "EUR") for variable in source.variables):
            assert source.dash == "missing", source.table
    assert SOURCES["21111-02-06-4"].dash == "zero"
    assert SOURCES["13111-12-03-4"].dash == "missing"  # 2012: '-' for existing Kreise, the split came later


def test_no_table_is_mapped_twice() -> None:
    codes = Counter(code for source in SOURCES.values() for code in (source.table, *source.also))
    assert max(codes.values()) == 1


@sources
def test_no_two_variables_of_a_table_mean_the_same_cells(source: Source) -> None:
    cells = Counter((variable.columns, variable.rows) for variable in source.variables)
    assert max(cells.values()) == 1


@indicators
def test_phrase_starts_with_an_article_and_fits_into_a_sentence(indicator: Indicator) -> None:
    assert indicator.phrase.split()[0] in ("der", "die", "das")
    assert indicator.phrase[-1] not in ".,;:" and "\n" not in indicator.phrase


@pytest.mark.parametrize(
    "text",
    [
        "Schüler*innen",
        "Schüler:innen",
        "SchülerInnen",
        "Schüler/-innen",
        "Schüler/innen",
        "Schüler(innen)",
        "ein innovatives Angebot",
    ],
)
def test_forbidden_wording_is_found(text: str) -> None:
    assert FORBIDDEN.search(text)


@pytest.mark.parametrize("record", [*SOURCES.values(), *INDICATORS.values()], ids=[*SOURCES, *INDICATORS])
def test_wording(record: Indicator | Source) -> None:
    for text in texts_of(record):
        assert not FORBIDDEN.search(text), text
    sentences = [*record.caveats, *([record.definition] if isinstance(record, Indicator) else [])]
    for sentence in sentences:
        assert sentence[0].isupper() or sentence[0].isdigit(), sentence
        assert sentence.endswith("."), sentence
    assert len(set(record.caveats)) == len(record.caveats)


@indicators
def test_the_id_says_what_the_number_is(indicator: Indicator) -> None:
    name, formula = indicator.id, indicator.formula
    assert re.match(r"(share|rate|count|mean|change)_[a-z0-9_]+$", name)
    if name.endswith("_pct"):
        assert indicator.unit == "%" and indicator.decimals == 1
    if match := re.search(r"_per_(\d+)$", name):
        assert indicator.unit == f"je {int(match[1]):,}".replace(",", ".")
        assert formula.kind == "value" or formula.per == int(match[1])
    if name.startswith("count_"):
        assert formula.kind == "value" and indicator.decimals == 0
    if name.startswith("change_"):
        assert formula.kind == "change" and f"_{formula.years}y_" in name
    if name.startswith("share_"):
        assert formula.kind in ("share", "value")


@indicators
def test_fields_people_and_review(indicator: Indicator) -> None:
    assert set(indicator.fields) <= FIELDS
    assert indicator.author == "Redaktion Transferbuch, Bildungsmonitoring"
    assert indicator.reviewer == "Zweitprüfung steht aus"
    assert indicator.next_review.year == 2027


def test_every_field_of_action_has_an_indicator() -> None:
    assert {field for indicator in INDICATORS.values() for field in indicator.fields} == FIELDS


@indicators
def test_what_would_mislead_at_the_chart_is_said_there(indicator: Indicator) -> None:
    said = " ".join(indicator.caveats)
    sources = [VARIABLES[variable][0] for variable in indicator.formula.variables]
    if any(source.table == "21111-02-06-4" for source in sources):
        assert "Vielfache von 3" in said and "von 5" in said
    if {"employees_without_qualification", "employees_academic_qualification"} & {*indicator.formula.numerator}:
        assert "unbekanntem Abschluss" in said and "Veränderungen von Jahr zu Jahr" in said


@indicators
def test_breaks_are_declared_with_the_table_and_not_told_again(indicator: Indicator) -> None:
    said = " ".join(indicator.caveats)
    told = [(VARIABLES[one][0], one) for one in indicator.formula.variables]
    breaks = {
        (cut.since[:4], cut.kind) for source, one in told for cut in source.breaks if one in (cut.variables or [one])
    }
    if any(source.statistic == "Fortschreibung des Bevölkerungsstandes" for source, _ in told):
        assert {("2011", "census"), ("2022", "census")} <= breaks
    if indicator.formula.denominator == ("leavers",) or indicator.formula.numerator == ("leavers",):
        assert {("2001", "cohort"), ("2007", "cohort"), ("2013", "cohort"), ("2020", "cohort")} <= breaks
    assert "Abiturjahrg" not in said and "Zensus 2022" not in said


@sources
def test_the_year_of_a_school_table_is_explained_with_the_table(source: Source) -> None:
    said = " ".join(source.caveats)
    if source.period == "school_year":
        assert "in dem das Schuljahr endet" in said
    if source.period == "school_start":
        assert "in dem das Schuljahr beginnt" in said


# One place for each remark: what would mislead at a chart stands with the indicator, the rest with the table.
TOPICS = ("Vielfache", "Zensus 2022", "Abiturjahrg", "Gebietsreform", "Das Jahr ist", "heißt der", "Beamtinnen")


@indicators
def test_indicator_and_table_do_not_say_the_same(indicator: Indicator) -> None:
    own = " ".join(indicator.caveats)
    of_tables = " ".join(
        caveat
        for table in sorted({VARIABLES[variable][0].table for variable in indicator.formula.variables})
        for caveat in SOURCES[table].caveats
    )
    assert [topic for topic in TOPICS if topic in own and topic in of_tables] == []
    assert not [caveat for caveat in indicator.caveats if caveat in of_tables]


@pytest.mark.parametrize("record", [*SOURCES.values(), *INDICATORS.values()], ids=[*SOURCES, *INDICATORS])
def test_a_caveat_is_true_of_every_data_package(record: Indicator | Source) -> None:
    for caveat in record.caveats:
        assert "Datenbestand" not in caveat and "Abrufdatei" not in caveat, caveat


def test_a_table_that_covers_another_one_has_a_title_for_both() -> None:
    assert {source.table for source in SOURCES.values() if source.also} == {
        "12411-02-03-4",
        "21111-02-06-4",
        "22543-01-02-4",
    }
    assert all(not re.search(r"\b(ab|bis) \d{4}", source.title) for source in SOURCES.values() if source.also)


@indicators
def test_the_reference_says_whether_it_is_published_or_computed(indicator: Indicator) -> None:
    source = indicator.reference.source
    if indicator.formula.kind == "value":
        assert source.startswith("veröffentlicht in Tabelle ")
    else:
        assert "aus den veröffentlichten Zahlen " in source and " nachgerechnet (" in source


@indicators
def test_care_of_1_march_is_divided_by_the_children_of_31_december_before(indicator: Indicator) -> None:
    parts = (*indicator.formula.numerator, *indicator.formula.denominator)
    if any("in_care" in part for part in parts) and any(part.startswith("population") for part in parts):
        assert indicator.formula.denominator_years_before == 1


@indicators
def test_reference_names_every_table_it_comes_from(indicator: Indicator) -> None:
    for variable in indicator.formula.variables:
        assert VARIABLES[variable][0].table in indicator.reference.source
    assert round(indicator.reference.value, indicator.decimals) == indicator.reference.value


def test_references_cover_kreise_of_several_laender_and_the_upper_levels() -> None:
    regions = Counter(str(indicator.reference.ags) for indicator in INDICATORS.values())
    assert {"15084", "15088", "09761", "05914", "16070", "15", "DG"} <= set(regions)


@indicators
def test_demography_and_economy_are_not_judged(indicator: Indicator) -> None:
    tables = {VARIABLES[variable][0].table for variable in indicator.formula.numerator}
    if any(table.startswith(("11111", "124", "125", "126", "127", "821", "824")) for table in tables):
        assert indicator.polarity == "no_judgement"


BROKEN_BASE = """\
title: Anteil der Probe
phrase: der Anteil der Probe
definition: Proben in Prozent aller Proben.
chapter: berufliche-bildung-und-hochschulen
position: 1
formula:
  kind: share
  numerator: [leavers_without_certificate]
  denominator: [leavers]
unit: "%"
decimals: 1
polarity: low_is_good
role: result
life_phases: [Sek I/II]
fields: [Fachkräfte]
example:
  input: {leavers_without_certificate: 60, leavers: 750}
  expected: 8
reference:
  ags: "15084"
  year: 2023
  value: 15.1
  source: Tabelle 21111-02-06-4
author: Redaktion
reviewer: Redaktion
next_review: 2027-03-31
"""


def problems_of(folder: Path, *replacements: tuple[str, str], base: str = BROKEN_BASE) -> list[Problem]:
    """What loading `base` answers after each (old, new) replacement."""
    for old, new in replacements:
        assert old in base
        base = base.replace(old, new)
    (folder / "share_sample_pct.yml").write_text(base, encoding="utf-8")
    with pytest.raises(PersonFileError) as caught:
        load_indicators(folder, SOURCES)
    assert caught.value.exit_code == 10
    assert {problem.file for problem in caught.value.problems} == {"catalogue/indicators/share_sample_pct.yml"}
    return list(caught.value.problems)


def test_the_unbroken_base_loads(tmp_path: Path) -> None:
    (tmp_path / "share_sample_pct.yml").write_text(BROKEN_BASE, encoding="utf-8")
    assert list(load_indicators(tmp_path, SOURCES)) == ["share_sample_pct"]


def test_unknown_key_names_the_nearest_and_its_line(tmp_path: Path) -> None:
    problems = problems_of(tmp_path, ("polarity:", "polaritty:"))
    assert [(one.line, one.field, one.code) for one in problems] == [
        (1, "polarity", "missing-key"),
        (12, "polaritty", "unknown-key"),
    ]
    assert problems[1].do == "did you mean 'polarity'?"


def test_unknown_key_inside_the_formula(tmp_path: Path) -> None:
    [problem] = problems_of(tmp_path, ("  denominator: [leavers]", "  denominator: [leavers]\n  year: 5"))
    assert (problem.line, problem.field, problem.do) == (10, "formula.year", "did you mean 'years'?")


def test_unknown_variable_names_the_nearest(tmp_path: Path) -> None:
    [problem] = problems_of(tmp_path, ("leavers_without_certificate", "leavers_without_certifcate"))
    assert (problem.code, problem.value) == ("unknown-variable", "leavers_without_certifcate")
    assert problem.do == "did you mean 'leavers_without_certificate'?"


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("kind: share", "kind: value", "a value has no denominator"),
        ("  denominator: [leavers]\n", "", "a share needs a denominator"),
        ("kind: share", "kind: share\n  per: 1000", "`per` belongs to a rate and only to it"),
        ("kind: share", "kind: rate", "`per` belongs to a rate and only to it"),
        ("kind: share", "kind: share\n  years: 5", "`years` belongs to a change and only to it"),
    ],
)
def test_a_formula_that_does_not_fit_its_kind(tmp_path: Path, old: str, new: str, what: str) -> None:
    [problem] = problems_of(tmp_path, (old, new))
    assert (problem.line, problem.field) == (6, "formula")
    assert what in problem.what


def test_a_file_name_that_says_count_of_something_computed(tmp_path: Path) -> None:
    (tmp_path / "count_sample.yml").write_text(BROKEN_BASE, encoding="utf-8")
    with pytest.raises(PersonFileError) as caught:
        load_indicators(tmp_path, SOURCES)
    [problem] = caught.value.problems
    assert (problem.line, problem.field, problem.code) == (7, "formula.kind", "no-count")


def test_an_example_that_gives_other_variables_than_the_formula(tmp_path: Path) -> None:
    [problem] = problems_of(tmp_path, ("leavers_without_certificate: 60, leavers: 750", "leavers: 750"))
    assert (problem.field, problem.code) == ("example.input", "example")
    assert problem.expected == "leavers_without_certificate, leavers"


@pytest.mark.parametrize(
    ("old", "new", "line", "field", "do"),
    [
        ("kind: share", "kind: shar", 7, "formula.kind", "did you mean 'share'?"),
        ("polarity: low_is_good", "polarity: low_is_god", 12, "polarity", "did you mean 'low_is_good'?"),
        ("[Sek I/II]", "[Sek I]", 14, "life_phases[1]", "did you mean 'Sek I/II'?"),
        ("decimals: 1", "decimals: 3", 11, "decimals", ""),
        ("phrase: der", "phrase: ein", 2, "phrase", ""),
        ("next_review: 2027-03-31", "next_review: bald", 26, "next_review", ""),
    ],
)
def test_a_wrong_value_names_its_line(tmp_path: Path, old: str, new: str, line: int, field: str, do: str) -> None:
    [problem] = problems_of(tmp_path, (old, new))
    assert (problem.line, problem.field, problem.do) == (line, field, do)


@pytest.mark.parametrize("phases", ["[alle, Senioren]", "[Weiterbildung, alle]"])
def test_all_phases_and_some_of_them_contradict_each_other(tmp_path: Path, phases: str) -> None:
    [problem] = problems_of(tmp_path, ("[Sek I/II]", phases))
    assert (problem.line, problem.field, problem.code) == (14, "life_phases", "wrong-value")
    assert "`alle` stands alone" in problem.what


def test_an_indicator_without_any_life_phase(tmp_path: Path) -> None:
    [problem] = problems_of(tmp_path, ("[Sek I/II]", "[]"))
    assert (problem.line, problem.field, problem.what) == (14, "life_phases", "the list is empty")


def test_an_unquoted_key_of_a_region_is_refused_with_the_reason(tmp_path: Path) -> None:
    problems = problems_of(tmp_path, ('ags: "15084"', "ags: 01001"))
    assert {one.line for one in problems} == {20}
    assert any("Put the key in quotes" in one.what for one in problems)


def test_all_faults_of_all_files_are_told_together(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(BROKEN_BASE.replace("unit:", "units:"), encoding="utf-8")
    (tmp_path / "b.yml").write_text(BROKEN_BASE + "position: 2\n", encoding="utf-8")
    with pytest.raises(PersonFileError) as caught:
        load_indicators(tmp_path, SOURCES)
    assert [(Path(one.file).name, one.line, one.code) for one in caught.value.problems] == [
        ("a.yml", 1, "missing-key"),
        ("a.yml", 10, "unknown-key"),
        ("b.yml", 27, "yaml-duplicate"),
    ]


BROKEN_SOURCE = """\
title: Probe
statistic: Statistik der Proben
period: year
dash: zero
variables:
  - id: sample
    label: Proben
    unit: Anzahl
    columns: ["Insgesamt"]
"""


def source_problems(folder: Path, **files: str) -> list[Problem]:
    for name, text in files.items():
        (folder / f"{name}.yml").write_text(text, encoding="utf-8")
    with pytest.raises(PersonFileError) as caught:
        load_sources(folder)
    return list(caught.value.problems)


def test_a_variable_without_any_mapping(tmp_path: Path) -> None:
    [problem] = source_problems(tmp_path, a=BROKEN_SOURCE.replace('    columns: ["Insgesamt"]\n', ""))
    assert "variable 'sample' has neither `columns` nor `flat`" in problem.what


def test_an_unknown_key_of_a_variable(tmp_path: Path) -> None:
    [problem] = source_problems(tmp_path, a=BROKEN_SOURCE.replace("columns:", "colums:"))
    assert (problem.line, problem.field, problem.do) == (9, "variables[1].colums", "did you mean 'columns'?")


def test_a_unit_that_no_table_has(tmp_path: Path) -> None:
    [problem] = source_problems(tmp_path, a=BROKEN_SOURCE.replace("unit: Anzahl", "unit: Anzal"))
    assert (problem.line, problem.do) == (8, "did you mean 'Anzahl'?")


def test_a_variable_id_is_given_once_over_all_tables(tmp_path: Path) -> None:
    [problem] = source_problems(tmp_path, a=BROKEN_SOURCE, b=BROKEN_SOURCE)
    assert (problem.code, problem.what) == ("duplicate-id", "variable 'sample' is already defined in a.yml")
