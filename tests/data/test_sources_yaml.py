"""Broken source files: every fault with file, line, field, and the nearest valid word."""

from pathlib import Path

import pytest

from transferbuch.data.sources import Source, load_sources
from transferbuch.errors import PersonFileError, Problem

GOOD = """\
title: Probe nach Kreisen
statistic: Statistik der Proben
period: year
dash: zero
also: ["22222-01-01-5"]
caveats:
  - Ein Satz.
variables:
  - id: sample
    label: Proben
    unit: Anzahl
    columns: ["Insgesamt"]
  - id: sample_large
    label: Große Proben
    unit: Anzahl
    columns: [["groß", "Groß"], "Insgesamt"]
    rows: ["Zusammen"]
"""


def write(folder: Path, text: str = GOOD, name: str = "22222-01-01-4", *changes: tuple[str, str]) -> None:
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    (folder / f"{name}.yml").write_text(text, encoding="utf-8")


def faults(folder: Path) -> list[Problem]:
    with pytest.raises(PersonFileError) as caught:
        load_sources(folder)
    assert caught.value.exit_code == 10
    return list(caught.value.problems)


def test_a_good_file_takes_its_code_from_its_name(tmp_path: Path) -> None:
    write(tmp_path)
    write(tmp_path, GOOD.replace("sample", "other").replace("22222-01-01-5", "11111-01-01-5"), "11111-01-01-4")
    sources = load_sources(tmp_path)
    assert list(sources) == ["11111-01-01-4", "22222-01-01-4"]
    good: Source = sources["22222-01-01-4"]
    assert (good.table, good.also, good.dash, good.licence) == (
        "22222-01-01-4",
        ("22222-01-01-5",),
        "zero",
        "dl-de/by-2-0",
    )
    assert good.variables[0].columns == (("Insgesamt",),)
    assert good.variables[1].columns == (("groß", "Groß"), ("Insgesamt",))
    assert good.variables[1].rows == (("Zusammen",),)


@pytest.mark.parametrize(
    ("old", "new", "line", "field", "what", "do"),
    [
        ("dash: zero", "dahs: zero", 4, "dahs", "unknown key", "did you mean 'dash'?"),
        (
            '    columns: ["Insgesamt"]\n',
            '    colums: ["Insgesamt"]\n',
            12,
            "variables[1].colums",
            "unknown key",
            "did you mean 'columns'?",
        ),
        (
            "    label: Große Proben",
            "    lable: Große Proben",
            14,
            "variables[2].lable",
            "unknown key",
            "did you mean 'label'?",
        ),
        ("dash: zero", "dash: null", 4, "dash", "unknown value", ""),
        ("dash: zero", "dash: zeros", 4, "dash", "unknown value", "did you mean 'zero'?"),
        ("period: year", "period: yaer", 3, "period", "unknown value", "did you mean 'year'?"),
        (
            "    label: Proben\n    unit: Anzahl",
            "    label: Proben\n    unit: Anzal",
            11,
            "variables[1].unit",
            "unknown value",
            "did you mean 'Anzahl'?",
        ),
        ("title: Probe nach Kreisen\n", "", 1, "title", "the key is missing", "add `title:`"),
    ],
)
def test_one_fault_is_placed_and_explained(
    tmp_path: Path, old: str, new: str, line: int, field: str, what: str, do: str
) -> None:
    write(tmp_path, GOOD, "22222-01-01-4", (old, new))
    found = [one for one in faults(tmp_path) if one.field == field]
    assert [(one.file, one.line, one.what) for one in found] == [("catalogue/sources/22222-01-01-4.yml", line, what)]
    assert do in found[0].do


@pytest.mark.parametrize("written", ["[22222]", "[022222]", "[2222.5]", "[2024-01-01]", "[yes]"])
def test_a_table_code_that_yaml_reads_as_something_else_needs_quotes(tmp_path: Path, written: str) -> None:
    write(tmp_path, GOOD, "22222-01-01-4", ('["22222-01-01-5"]', written))
    [problem] = faults(tmp_path)
    assert (problem.line, problem.field, problem.value, problem.what) == (
        5,
        "also[1]",
        written.strip("[]"),
        "this is no text for YAML; put it in quotes",
    )


def test_a_word_where_a_list_belongs(tmp_path: Path) -> None:
    write(tmp_path, GOOD, "22222-01-01-4", ('rows: ["Zusammen"]', "rows: Zusammen"))
    [problem] = faults(tmp_path)
    assert (problem.line, problem.field, problem.value) == (17, "variables[2].rows", "Zusammen")
    assert problem.what == "this is no list; write [one, two] or one item per line with a dash"


def test_a_table_code_of_another_file(tmp_path: Path) -> None:
    write(tmp_path, GOOD + "table: 22222-01-01-9\n")
    [problem] = faults(tmp_path)
    assert (problem.code, problem.value, problem.expected) == ("id-mismatch", "22222-01-01-9", "22222-01-01-4")


def test_a_label_that_yaml_reads_as_a_number_needs_quotes(tmp_path: Path) -> None:
    write(tmp_path, GOOD, "22222-01-01-4", ('columns: ["Insgesamt"]', "columns: [2015]"))
    assert (12, "2015") in {(one.line, one.value) for one in faults(tmp_path)}


def test_a_variable_id_given_in_two_files_names_both(tmp_path: Path) -> None:
    write(tmp_path)
    write(tmp_path, GOOD, "33333-01-01-4", ('["22222-01-01-5"]', "[]"))
    found = faults(tmp_path)
    assert [(one.file, one.what, one.code) for one in found] == [
        (
            "catalogue/sources/33333-01-01-4.yml",
            f"variable {name!r} is already defined in 22222-01-01-4.yml",
            "duplicate-id",
        )
        for name in ("sample", "sample_large")
    ]
    assert found[0].line == 9


def test_a_variable_id_given_twice_in_one_file(tmp_path: Path) -> None:
    write(tmp_path, GOOD, "22222-01-01-4", ("id: sample_large", "id: sample"))
    [problem] = faults(tmp_path)
    assert (problem.code, problem.what) == ("duplicate-id", "variable 'sample' is already defined in 22222-01-01-4.yml")


def test_a_table_that_two_files_claim(tmp_path: Path) -> None:
    write(tmp_path)
    write(tmp_path, GOOD.replace("sample", "other"), "33333-01-01-4")
    [problem] = faults(tmp_path)
    assert (problem.file, problem.line, problem.field, problem.what) == (
        "catalogue/sources/33333-01-01-4.yml",
        5,
        "also",
        "table '22222-01-01-5' is already defined in 22222-01-01-4.yml",
    )


def test_a_table_with_a_file_of_its_own_is_no_other_layout(tmp_path: Path) -> None:
    write(tmp_path)
    write(tmp_path, GOOD.replace("sample", "other"), "11111-01-01-4", ("22222-01-01-5", "22222-01-01-4"))
    [problem] = faults(tmp_path)
    assert (problem.file, problem.line, problem.what) == (
        "catalogue/sources/11111-01-01-4.yml",
        5,
        "table '22222-01-01-4' is already defined in 22222-01-01-4.yml",
    )


def test_variables_without_any_mapping_are_all_named(tmp_path: Path) -> None:
    write(tmp_path, GOOD, "22222-01-01-4", ('    columns: ["Insgesamt"]\n', ""))
    [problem] = faults(tmp_path)
    assert "variable 'sample' has neither `columns` nor `flat`" in problem.what
    assert problem.file == "catalogue/sources/22222-01-01-4.yml"


@pytest.mark.parametrize("name", ["Sample", "1sample", "sample-large", "größe", ""])
def test_ids_are_english_snake_case(tmp_path: Path, name: str) -> None:
    write(tmp_path, GOOD, "22222-01-01-4", ("id: sample\n", f'id: "{name}"\n'))
    [problem] = faults(tmp_path)
    assert (problem.line, problem.field, problem.expected) == (
        9,
        "variables[1].id",
        "English snake_case, unique over all tables",
    )


def test_a_source_without_variables(tmp_path: Path) -> None:
    write(tmp_path, GOOD[: GOOD.index("variables:")] + "variables: []\n")
    [problem] = faults(tmp_path)
    assert (problem.line, problem.field, problem.expected) == (8, "variables", "at least one variable")


def test_all_faults_of_all_files_at_once(tmp_path: Path) -> None:
    write(
        tmp_path,
        GOOD,
        "22222-01-01-4",
        ("dash: zero", "dash: zero\ncolour: blue"),
        ("unit: Anzahl\n    columns: [[", "unit: Stück\n    columns: [["),
    )
    write(tmp_path, "title: [\n", "33333-01-01-4")
    write(tmp_path, GOOD.replace("sample", "other") + "dash: missing\n", "44444-01-01-4")
    assert [(one.file[-17:-4], one.line, one.code) for one in faults(tmp_path)] == [
        ("22222-01-01-4", 5, "unknown-key"),
        ("22222-01-01-4", 16, "unknown-value"),
        ("33333-01-01-4", 2, "yaml-syntax"),
        ("44444-01-01-4", 18, "yaml-duplicate"),
    ]


BREAK = """\
breaks:
  - since: "2015"
    kind: definition
    what: die neue Zählung 2015
    detail: Ab 2015 zählen auch Proben aus dem Ausland.
    source: Fußnote der Tabelle.
    laender: ["15"]
    variables: [sample]
rounding:
  - base: 3
    since: 2018
    source: Fußnote der Tabelle.
sums:
  - total: sample
    parts: [sample_large]
    complete: false
variables:
"""


def declared(folder: Path, *changes: tuple[str, str]) -> None:
    text = GOOD.replace("variables:\n", BREAK)
    write(folder, text, "22222-01-01-4", *changes)


def test_a_break_lies_between_years_for_its_laender_and_variables(tmp_path: Path) -> None:
    declared(tmp_path)
    source = load_sources(tmp_path)["22222-01-01-4"]
    (one,) = source.breaks
    assert [one.between(*years) for years in ((2014, 2015), (2015, 2016), (2010, 2020), (2012, 2014))] == [
        True,
        False,
        True,
        False,
    ]
    assert one.concerns("sample", "15084") and one.concerns("sample", "15")
    assert not one.concerns("sample_large", "15084") and not one.concerns("sample", "14521")
    assert (source.rounding[0].base, source.sums[0].complete, source.region_sums) == (3, False, "exact")


def test_years_out_of_line_are_comparable_again_afterwards(tmp_path: Path) -> None:
    declared(tmp_path, ('since: "2015"', 'since: "2015"\n    until: "2016"'))
    (one,) = load_sources(tmp_path)["22222-01-01-4"].breaks
    assert [one.between(*years) for years in ((2014, 2015), (2015, 2016), (2016, 2017), (2014, 2017))] == [
        True,
        False,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("what: die neue", "what: neue", "what"),
        ('since: "2015"', 'since: "15"', "since"),
        ("kind: definition", "kind: definiton", "did you mean 'definition'?"),
        ('laender: ["15"]', 'laender: ["15084"]', "15084 is no Land"),
        ("variables: [sample]", "variables: [sampel]", "'sampel' in `breaks`"),
        ("parts: [sample_large]", "parts: [large]", "'large' in `sums`"),
        ("base: 3", "base: 1", "base"),
    ],
)
def test_faults_of_breaks_rounding_and_sums(tmp_path: Path, old: str, new: str, said: str) -> None:
    declared(tmp_path, (old, new))
    assert said in "\n".join(str(problem) for problem in faults(tmp_path))


def test_the_catalogue_declares_census_cohorts_and_rounding() -> None:
    sources = load_sources()
    for table in ("12411-01-01-4", "12411-02-03-4", "12411-03-03-4", "12411-07-01-4", "12411-08-01-4"):
        assert {one.since for one in sources[table].breaks if one.kind == "census"} == {"2011", "2022"}
    leavers = sources["21111-02-06-4"]
    doubled = {
        (land, one.first)
        for one in leavers.breaks
        if one.kind == "cohort" and "doppelte" in one.what
        for land in one.laender
    }
    assert {("15", 2007), ("13", 2008), ("10", 2009), ("02", 2010), ("03", 2011), ("09", 2011), ("08", 2012),
            ("11", 2012), ("12", 2012), ("04", 2012), ("05", 2013), ("06", 2012), ("01", 2016)} <= doubled  # fmt: skip
    assert {(one.base, *one.laender, one.since) for one in leavers.rounding} >= {(3, "15", 2018), (5, "05", 2020)}
