"""Declared corrections: a wrong official figure is withheld or replaced as declared, and only as long as it stands."""

from pathlib import Path

import pandas as pd
import pytest

from tests.data.test_observations import ALL, SCHOOL, TWO, WITHOUT, classic, figures, package_of, source, status_of
from transferbuch.data.corrections import Correction, load_corrections
from transferbuch.data.importer import ImportReport
from transferbuch.data.observations import compute_observations
from transferbuch.data.sources import load_sources
from transferbuch.errors import PersonFileError, Problem
from transferbuch.indicators.catalogue import load_indicators
from transferbuch.indicators.compute import compute_values
from transferbuch.regions.register import load_register

SOURCES = {SCHOOL: source(ALL, WITHOUT)}
REGISTER = load_register()
ENTRY = """\
  - variable: leavers_without
    ags: "15084"
    year: 2023
    printed: 450
    action: withhold
    reason: Mehr Abgänge ohne Abschluss als Abgänge insgesamt.
    source: Zeile 6 der Tabelle.
    status: nicht gemeldet
    author: Datenpflege
    date: 2026-11-20
"""
REPLACE = ("action: withhold", "action: replace\n    value: 45.5")
WRONG = ["2023;15084;  Burgenlandkreis;321;450", "2023;15088;  Saalekreis;287;30"]


def entry(*changes: tuple[str, str]) -> str:
    text = ENTRY
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def declared(folder: Path, *entries: str, table: str = SCHOOL) -> tuple[Correction, ...]:
    target = folder / "corrections"
    target.mkdir(exist_ok=True)
    (target / f"{table}.yml").write_text("corrections:\n" + "".join(entries), encoding="utf-8")
    return load_corrections(SOURCES, REGISTER, target)


def observe(folder: Path, corrections: tuple[Correction, ...], rows: list[str], **files: str) -> pd.DataFrame:
    package = package_of(folder, a__csv=classic(SCHOOL, TWO, rows), **files)
    return compute_observations(package, SOURCES, REGISTER, corrections)


def faults(folder: Path, *entries: str, table: str = SCHOOL) -> tuple[Problem, ...]:
    with pytest.raises(PersonFileError) as caught:
        declared(folder, *entries, table=table)
    assert caught.value.exit_code == 10
    return caught.value.problems


# --- what a correction does ---


def test_a_withheld_figure_has_no_number_and_nothing_else_changes(tmp_path: Path) -> None:
    frame = observe(tmp_path, declared(tmp_path, entry()), WRONG)
    assert figures(frame, "variable", "ags", "value", "status") == [
        ("leavers", "15084", 321.0, "ok"),
        ("leavers", "15088", 287.0, "ok"),
        ("leavers_without", "15084", None, "withheld"),
        ("leavers_without", "15088", 30.0, "ok"),
    ]


def test_a_replaced_figure_is_the_declared_one(tmp_path: Path) -> None:
    frame = observe(tmp_path, declared(tmp_path, entry(REPLACE)), WRONG)
    assert status_of(frame, "15084", 2023, "leavers_without") == ("ok", 45.5)
    assert status_of(frame, "15088", 2023, "leavers_without") == ("ok", 30.0)


def test_the_newest_file_counts(tmp_path: Path) -> None:
    new = classic(SCHOOL, TWO, WRONG, stand="14.03.2026")
    frame = observe(tmp_path, declared(tmp_path, entry()), ["2023;15084;  Burgenlandkreis;321;45"], new__csv=new)
    assert status_of(frame, "15084", 2023, "leavers_without") == ("withheld", None)


def test_a_withheld_figure_of_a_city_state_does_not_come_back_by_its_land(tmp_path: Path) -> None:
    rows = ["2023;02;  Hamburg;1720;450", "2023;02000;      Hamburg;1720;450"]
    frame = observe(tmp_path, declared(tmp_path, entry(('"15084"', '"02000"'))), rows)
    assert status_of(frame, "02000", 2023, "leavers_without") == ("withheld", None)
    assert status_of(frame, "02", 2023, "leavers_without") == ("ok", 450.0)
    (tmp_path / "land").mkdir()
    frame = observe(tmp_path / "land", declared(tmp_path, entry(('"15084"', '"02"'))), rows[:1])
    assert status_of(frame, "02000", 2023, "leavers_without") == ("withheld", None)


# --- no longer applies, not concerned ---


@pytest.mark.parametrize(("printed", "found"), [("45", "45"), (".", "'.'"), ("-", "'-'"), ("450,5", "450.5")])
def test_a_correction_that_no_longer_applies_stops_with_file_and_line(tmp_path: Path, printed: str, found: str) -> None:
    corrections = declared(tmp_path, entry(('"15084"', '"15088"'), ("450", "30")), entry())
    new = classic(SCHOOL, TWO, [f"2023;15084;  Burgenlandkreis;321;{printed}"], stand="14.03.2026")
    with pytest.raises(PersonFileError) as caught:
        observe(tmp_path, corrections, WRONG, new__csv=new)
    assert caught.value.exit_code == 10
    [problem] = caught.value.problems
    assert (problem.file, problem.line) == (f"catalogue/corrections/{SCHOOL}.yml", 15)  # `printed` of the second entry
    assert problem.what == "the correction of leavers_without for 15084 in 2023 no longer applies"
    assert problem.value == f"line 6 of table {SCHOOL}, Stand 2026-03-14, prints {found}"
    assert (problem.expected, problem.do) == ("450", "remove or adapt the entry")


def test_all_corrections_that_no_longer_apply_are_named_at_once(tmp_path: Path) -> None:
    corrections = declared(tmp_path, entry(), entry(('"15084"', '"15088"')))
    with pytest.raises(PersonFileError) as caught:
        observe(tmp_path, corrections, ["2023;15084;  Burgenlandkreis;321;45", "2023;15088;  Saalekreis;287;30"])
    assert [problem.line for problem in caught.value.problems] == [5, 15]


@pytest.mark.parametrize("row", ["2022;15084;  Burgenlandkreis;321;45", "2023;15088;  Saalekreis;287;30"])
def test_a_package_without_the_figure_is_not_concerned(tmp_path: Path, row: str) -> None:
    corrections = declared(tmp_path, entry())
    assert figures(observe(tmp_path, corrections, [row]), "status") == [("ok",), ("ok",)]


def test_an_entry_for_germany_does_not_concern_the_model_region(tmp_path: Path) -> None:
    corrections = declared(tmp_path, entry(('"15084"', "DG")))
    rows = ["2023;DG;Modellbund;900;45", "2023;99001;  Modellstadt;321;30"]
    assert set(observe(tmp_path, corrections, rows)["status"]) == {"ok"}
    real = classic(SCHOOL, TWO, ["2023;DG;Deutschland;900;45"], stand="14.03.2026")
    with pytest.raises(PersonFileError, match="no longer applies"):
        observe(tmp_path, corrections, rows, b__csv=real)


# --- faults of the file ---


@pytest.mark.parametrize(
    ("change", "line", "what", "do"),
    [
        (
            ("leavers_without", "leavers_withuot"),
            2,
            "the table has no such variable",
            "did you mean 'leavers_without'?",
        ),
        (('"15084"', '"15098"'), 3, "the register has no such region", "did you mean '15"),
        (('"15084"', '"15084130"'), 3, "the register has no such region", "did you mean '15084'"),
        (("action: withhold", "action: withold"), 6, "unknown value", "did you mean 'withhold'?"),
        (("status: nicht gemeldet", "status: unbekannt"), 9, "unknown value", "use one of: gemeldet, nicht gemeldet"),
        (("    author: Datenpflege\n", ""), 2, "the key is missing", "add `author:`"),
        (("printed: 450", "printed: .nan"), 5, "finite", ""),
        (("printed: 450", "printed: 450\n    value: 45"), 2, "`value` belongs to `replace`", ""),
        (("withhold", "replace"), 2, "`value` belongs to `replace`", ""),
        (("action: withhold", "action: replace\n    value: 450"), 2, "nothing is corrected", ""),
        (('"15084"', "01001"), 3, "Put the key in quotes", ""),
    ],
)
def test_faults_of_an_entry(tmp_path: Path, change: tuple[str, str], line: int, what: str, do: str) -> None:
    [problem] = faults(tmp_path, entry(change))
    assert (problem.file, problem.line) == (f"catalogue/corrections/{SCHOOL}.yml", line)
    assert what in problem.what and do in problem.do


def test_a_figure_of_a_gemeinde_where_the_source_observes_them(tmp_path: Path) -> None:
    of_gemeinden = SOURCES[SCHOOL].model_copy(update={"levels": ("kreis", "gemeinde")})
    folder = tmp_path / "corrections"
    folder.mkdir()
    for ags, is_known in (("15084130", True), ("15098130", False)):
        (folder / f"{SCHOOL}.yml").write_text("corrections:\n" + entry(('"15084"', f'"{ags}"')), encoding="utf-8")
        if is_known:
            [correction] = load_corrections({SCHOOL: of_gemeinden}, REGISTER, folder)
            assert correction.entry.ags == ags
        else:
            with pytest.raises(PersonFileError, match="the register has no such region"):
                load_corrections({SCHOOL: of_gemeinden}, REGISTER, folder)
    rows = ["2023;15084;  Burgenlandkreis;321;45", "2023;15084130;    Eckartsberga;9;450"]
    frame = compute_observations(
        package_of(tmp_path, a__csv=classic(SCHOOL, TWO, rows)), {SCHOOL: of_gemeinden}, REGISTER, [correction]
    )
    assert status_of(frame, "15084130", 2023, "leavers_without") == ("withheld", None)
    assert status_of(frame, "15084", 2023, "leavers_without") == ("ok", 45.0)


def test_the_same_figure_twice(tmp_path: Path) -> None:
    [problem] = faults(tmp_path, entry(), entry(('"15084"', "DG")), entry(REPLACE))
    assert (problem.line, problem.what) == (22, "the figure is corrected twice")
    assert problem.do == "remove this entry or the one in line 2"


def test_a_table_without_source_catalogue(tmp_path: Path) -> None:
    [problem] = faults(tmp_path, entry(), table="21111-02-06-5")
    assert (problem.file, problem.value) == ("catalogue/corrections/21111-02-06-5.yml", "21111-02-06-5")
    assert problem.do == f"did you mean {SCHOOL!r}?"


# --- the entries of this repository and the real files ---


def test_long_term_unemployed_beyond_all_unemployed_are_withheld(official: ImportReport) -> None:
    sources = load_sources()
    corrections = load_corrections(sources, REGISTER)
    frame = compute_observations(official.package, sources, REGISTER, corrections)
    withheld = frame[frame["status"].eq("withheld") & frame["table"].eq("13211-02-05-4")]
    assert figures(withheld, "variable", "ags", "year", "value", "line") == [
        ("unemployed_long_term", "03", 2011, None, 2657),
        ("unemployed_long_term", "03241", 2011, None, 2672),
        ("unemployed_long_term", "07131", 2009, None, 3859),
        ("unemployed_long_term", "07132", 2009, None, 3860),
        ("unemployed_long_term", "07141", 2009, None, 3867),
        ("unemployed_long_term", "08216", 2010, None, 3389),
    ]
    assert status_of(frame, "07141", 2009, "unemployed") == ("ok", 3250.0)
    wide = frame.pivot(index=["ags", "year"], columns="variable", values="value")
    for part in ("unemployed_foreign", "unemployed_15_to_25", "unemployed_55_to_65", "unemployed_long_term"):
        assert not (wide[part] > wide["unemployed"]).any(), part
    values = compute_values(frame, load_indicators(sources=sources).values())
    assert "implausible" not in set(values["status"])
    share = values[values["indicator"].eq("share_long_term_unemployed_pct") & values["status"].eq("withheld")]
    assert list(zip(share["ags"], share["year"], strict=True)) == [
        ("03", 2011),
        ("03241", 2011),
        ("07131", 2009),
        ("07132", 2009),
        ("07141", 2009),
        ("08216", 2010),
    ]


def test_the_employees_of_germany_that_repeat_the_year_before_are_withheld(official: ImportReport) -> None:
    sources = load_sources()
    frame = compute_observations(official.package, sources, REGISTER, load_corrections(sources, REGISTER))
    withheld = frame[frame["status"].eq("withheld") & frame["table"].eq("13111-02-02-4")]
    assert figures(withheld, "variable", "ags", "year", "value", "line") == [
        ("employees", "DG", 2014, None, 537),
        ("employees_female", "DG", 2014, None, 537),
        ("employees_foreign", "DG", 2014, None, 537),
    ]
    assert status_of(frame, "DG", 2013, "employees") == ("ok", 29434127.0)
    # the other table of the same day, and the sum of the Länder, say what the row should have been
    assert status_of(frame, "DG", 2014, "employees_by_qualification") == ("ok", 29970425.0)
    laender = frame[frame["variable"].eq("employees_female") & frame["year"].eq(2014) & frame["ags"].str.len().eq(2)]
    assert laender.loc[laender["ags"] != "DG", "value"].sum() == 13865387
