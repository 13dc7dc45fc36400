"""Tables with one row per person: one broken file per kind of trace, for own tables and for the import.

Each is refused with exit 12, names file, row and column, and prints no cell. Counts, lists of schools and days of
counting stay allowed.
"""

import datetime as dt
import gzip
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.data.small_tables import LEAVERS, zipped
from tests.data.small_workbooks import xlsx
from tests.data.test_importer import refused, snapshot
from tests.data.test_own import entry, load
from transferbuch.data.importer import import_files
from transferbuch.data.person_columns import read_day
from transferbuch.data.persons import Declared, check_persons
from transferbuch.errors import DataRefused, Problem

ROOT = Path(__file__).parents[2]
TODAY = dt.date(2025, 6, 1)
DO = "ask the statistics office for anonymised counts per area; individual data must not lie in the project"
LABEL = "a column that only a table of persons has"

# rows behind the labels are cells that no message may repeat; line, columns, what is wrong, labels that it names
TRACES: dict[str, tuple[str, int, str, str, str]] = {
    "names": ("Nr;Vorname;Ort\n01;Geheima;Xdorf\n02;Geheimb;Xdorf\n", 1, "column 2", LABEL, "Vorname"),
    "a label with an underscore": ("Nr;geb_datum\n01;12.03.2014\n", 1, "column 2", LABEL, "geb_datum"),
    "dates of birth under a label like any other": (
        "Nr;Datum;Wert\n01;12.03.2014;3\n01;23.07.2014;4\n02;05.11.2013;5\n02;17.01.2014;6\n",
        2,
        "column 2",
        "dates of birth stand in the cells",
        "Datum",
    ),
    "one date of birth": ("Nr;geb.\n01;2014-03-12\n", 2, "column 2", "dates of birth stand in the cells", "geb."),
    "homes": (
        "Nr;Wohnung;Plan\n01;;ja\n02;Lindenstraße 5 a;ja\n03;Am Markt 17;nein\n",
        3,
        "column 2",
        "addresses of homes stand in the cells",
        "Wohnung",
    ),
    "a whole address in a remark": (
        "Nr;Notiz\n01;keine\n02;zieht um nach Lindenweg 5, 06618 Xdorf\n",
        3,
        "column 2",
        "addresses of homes stand in the cells",
        "Notiz",
    ),
    "postal code and place": (
        "Nr;PLZ;Wohnort\n01;06618;Xdorf\n02;06667;Ystadt\n",
        2,
        "columns 2, 3",
        "postal codes and places of homes stand in the cells",
        "PLZ, Wohnort",
    ),
    "mail": (
        "Nr;Notiz;Wert\n01;geheim@beispiel.de;3\n02;geheim2@beispiel.de;4\n",
        2,
        "column 2",
        "mail addresses stand in the cells",
        "Notiz",
    ),
    "ids of pupils": ("Schüler-ID;Klasse;Schulform\nQX1;5a;GY\nQX2;5b;GY\n", 1, "column 1", LABEL, "Schüler-ID"),
    "numbered pupils": (
        "lfd. Nr.;Klasse;Schulform\nQX1;5a;GY\nQX2;5b;GY\n",
        2,
        "columns 1, 2, 3",
        "the rows are numbered persons with their characteristics",
        "lfd. Nr., Klasse, Schulform",
    ),
    "age, sex and grade": (
        "Alter;Geschlecht;Note\n10;maennl;2\n11;weibl;3\n12;maennl;1\n",
        2,
        "columns 1, 2, 3",
        "the rows are persons: characteristics, and nothing is counted",
        "Alter, Geschlecht, Note",
    ),
    "pupils with the key of their area": (
        "AGS;Alter;Geschlecht;Fehltage\n15084;10;maennl;2\n15084;11;weibl;13\n15088;10;maennl;7\n",
        2,
        "columns 2, 3, 4",
        "the rows are persons: characteristics, and nothing is counted",
        "Alter, Geschlecht, Fehltage",
    ),
    "a count of 1 in every row": (
        "Alter;Geschlecht;Klasse;Anzahl\n10;maennl;5;1\n11;weibl;6;1\n12;maennl;7;1\n",
        2,
        "columns 1, 2, 3",
        "the rows are persons: characteristics, and nothing is counted",
        "Alter, Geschlecht, Klasse",
    ),
    "no labels": (
        "Geheima;Geheimb;12.03.2014\nGeheimc;Geheimd;01.07.2013\nGeheime;Geheimf;23.09.2013\n",
        1,
        "column 3",
        "dates of birth stand in the cells",
        "",
    ),
    "labels below a title": (
        "Klassenliste;;\n;;\nNachname;Klasse;Ort\nGeheima;5a;Xdorf\n",
        3,
        "column 1",
        LABEL,
        "Nachname",
    ),
}
EVERY = pytest.mark.parametrize("trace", TRACES)


def as_workbook(text: str) -> bytes:
    """The table as a second sheet behind a harmless one."""
    first = [["Nr", "Kinder", "Anteil"], ["01", 1, 1]]
    return xlsx({"Daten": first, "Roh": [line.split(";") for line in text.rstrip("\n").split("\n")]})


def check_message(problem: Problem, trace: str, file: str, sheet: str = "") -> None:
    """The problem tells what `TRACES` says of this table, with what to do, and repeats no cell."""
    text, line, columns, what, labels = TRACES[trace]
    assert (problem.file, problem.line, problem.field) == (file, line, sheet + columns)
    assert (problem.what, problem.value, problem.code) == (what, labels, "individual-data")
    assert problem.expected == "one row per area and period" and problem.do.endswith(DO)
    check_nothing_told(str(problem), text, line, labels)


def check_nothing_told(message: str, text: str, line: int, labels: str) -> None:
    cells = {cell for row in text.split("\n") for cell in row.split(";") if len(cell) > 3}
    told = {cell for cell in cells if cell in message} - set(labels.split(", "))
    assert not told, told


# --- own tables ---


def own_refusal(folder: Path, name: str, table: str | bytes, **text: str) -> tuple[Problem, ...]:
    with pytest.raises(DataRefused) as caught:
        load(folder, text=entry(name, period='"2023"', **text), **{name: table})
    assert caught.value.exit_code == 12
    return caught.value.problems


@EVERY
def test_an_own_table_of_persons_is_refused_with_exit_12(tmp_path: Path, trace: str) -> None:
    found = own_refusal(tmp_path, "b.csv", TRACES[trace][0])
    check_message(found[0], trace, "parameters/99001-stadt/b.csv")
    assert {one.code for one in found} == {"individual-data"}


@EVERY
def test_a_second_sheet_of_persons_refuses_the_workbook(tmp_path: Path, trace: str) -> None:
    more = "    sheet: Daten\n"
    found = own_refusal(tmp_path, "b.xlsx", as_workbook(TRACES[trace][0]), more=more)
    check_message(found[0], trace, "parameters/99001-stadt/b.xlsx", "sheet 2, ")


def test_real_dates_of_a_workbook_are_dates_of_birth_too(tmp_path: Path) -> None:
    rows = [["Nr", "Kind seit"], *(["01", dt.datetime(2014, month, month + 3)] for month in (3, 7, 8))]
    [problem] = own_refusal(tmp_path, "b.xlsx", xlsx({"Daten": rows}))
    assert (problem.line, problem.field, problem.value) == (2, "column 2", "Kind seit")
    assert "2014" not in str(problem)


def test_one_mail_address_among_remarks_is_enough_in_an_own_table(tmp_path: Path) -> None:
    rows = "".join(f"{number};nichts\n" for number in range(10, 40))
    [problem] = own_refusal(tmp_path, "b.csv", f"Nr;Notiz\n{rows}40;siehe geheim@beispiel.de\n")
    assert (problem.line, problem.field) == (32, "column 2") and "geheim@" not in str(problem)


def test_the_other_faults_are_told_with_it(tmp_path: Path) -> None:
    text = entry() + entry("b.csv", "zwei") + entry("c.csv", "drei")
    with pytest.raises(DataRefused) as caught:
        load(
            tmp_path,
            "Jahr;Nr;Kinder;Anteil\n2023;01;-3;1\n",
            text,
            **{"b.csv": TRACES["names"][0], "c.csv": "Jahr;Nr;Kinder;Anteil\n23;01;1;1\n"},
        )
    assert [(one.file[-5:], one.line, one.code) for one in caught.value.problems] == [
        ("a.csv", 2, "own-table"), ("b.csv", 1, "individual-data"), ("c.csv", 2, "own-table"),
    ]  # fmt: skip


def test_check_exits_12_and_tells_the_faults_of_all_files(tmp_path: Path) -> None:
    for folder in ("notebooks", "parameters", "book/transfer"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    shutil.copy(ROOT / "_toc.yml", tmp_path)
    (tmp_path / "parameters/99001-talbrueck/abgaenge.csv").write_text(TRACES["age, sex and grade"][0], encoding="utf-8")
    (tmp_path / "parameters/99002-seefurt/stadtteile.csv").write_text("Jahr;Nr\n", encoding="utf-8")
    page = next((tmp_path / "book/transfer").glob("*.md"))
    page.write_text("ohne Kopf", encoding="utf-8")
    before = snapshot(tmp_path)
    for more in ([], ["--json"]):
        done = run("check", *more, cwd=tmp_path)
        assert done.returncode == 12, done.stderr
        told = done.stdout if more else done.stderr
        assert "individual-data" in told and "own-column" in told and "front-matter" in told
        assert "maennl" not in done.stderr + done.stdout and "Traceback" not in done.stderr
    assert snapshot(tmp_path) == before


# --- import ---


def run(*arguments: str | Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "transferbuch", *map(str, arguments)],
        cwd=cwd,
        capture_output=True,
        text=True,
        env={**os.environ, "COLUMNS": "200"},
    )


@EVERY
def test_the_import_refuses_a_csv_of_persons_and_writes_nothing(tmp_path: Path, trace: str) -> None:
    (tmp_path / "good.csv").write_text(LEAVERS, encoding="utf-8")
    (tmp_path / "b.csv").write_text(TRACES[trace][0], encoding="utf-8")
    found = refused([tmp_path / "good.csv", tmp_path / "b.csv"], tmp_path / "p")
    check_message(found[0], trace, "b.csv")
    assert {one.code for one in found} == {"individual-data"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.csv", "good.csv"]


@EVERY
def test_the_import_refuses_a_workbook_with_such_a_second_sheet(tmp_path: Path, trace: str) -> None:
    (tmp_path / "b.xlsx").write_bytes(as_workbook(TRACES[trace][0]))
    found = refused([tmp_path / "b.xlsx"], tmp_path / "p")
    check_message(found[0], trace, "b.xlsx", "sheet 2, ")
    assert not (tmp_path / "p").exists()


@pytest.mark.parametrize("trace", ["names", "age, sex and grade", "no labels"])
def test_the_command_prints_no_cell_and_leaves_the_package_as_it_was(tmp_path: Path, trace: str) -> None:
    (tmp_path / "good.csv").write_text(LEAVERS, encoding="utf-8")
    import_files([tmp_path / "good.csv"], tmp_path / "p")
    (tmp_path / "b.csv").write_text(TRACES[trace][0], encoding="utf-8")
    before = snapshot(tmp_path)
    done = run("data", "import", tmp_path / "b.csv", "--into", tmp_path / "p")
    text, line, columns, what, labels = TRACES[trace]
    assert done.returncode == 12 and "Traceback" not in done.stderr
    assert f"b.csv:{line}: {columns}: {what}" in done.stderr and DO in done.stderr
    check_nothing_told(done.stderr + done.stdout, text, line, labels)
    assert snapshot(tmp_path) == before


def test_a_table_of_persons_in_a_folder_is_not_just_left_out(tmp_path: Path) -> None:
    folder, text = tmp_path / "amtlich", TRACES["names"][0]
    folder.mkdir()
    (folder / "a.csv").write_text(LEAVERS, encoding="utf-8")
    (folder / "b.zip").write_bytes(zipped(("b.csv", text)))
    (folder / "c.csv.gz").write_bytes(gzip.compress(text.encode()))
    (folder / "d.tsv").write_text(text.replace(";", "\t"), encoding="cp1252")
    found = refused([folder], tmp_path / "p")
    assert [(one.file, one.line, one.field) for one in found] == [
        ("amtlich/b.zip", 1, "column 2"), ("amtlich/c.csv.gz", 1, "column 2"), ("amtlich/d.tsv", 1, "column 2"),
    ]  # fmt: skip
    assert not (tmp_path / "p").exists()


def test_a_broken_table_of_persons_tells_no_cell_either(tmp_path: Path) -> None:
    text = "AGS;Vorname;Punkte\n15084;Geheima;1.234\n1508;Geheimb;=A1\n15084;Geheima\n"
    (tmp_path / "b.csv").write_text(text, encoding="utf-8")
    [problem] = refused([tmp_path / "b.csv"], tmp_path / "p")
    assert (problem.line, problem.field, problem.value) == (1, "column 2", "Vorname")


# --- what stays allowed ---

STREETS = (
    "Schulnummer;Schule;Straße;PLZ;Ort;Schulform;Schüler\n"
    "1001;A;Lindenstraße 5;06618;X;GS;120\n1002;B;Am Markt 3;06618;X;GS;90\n"
)
ALLOWED: dict[str, tuple[str, Declared]] = {
    "counts by sex and age group": (
        "Nr;Jahr;Geschlecht;Altersgruppe;Anzahl\n01;2023;m;0-3;12\n01;2023;w;0-3;9\n02;2023;m;0-3;1\n02;2023;w;0-3;4\n",
        Declared("Nr", "", "Jahr"),
    ),
    "all combinations under labels nobody knows": (
        "Alter;Geschlecht;Gezählte\n0;m;5\n0;w;6\n1;m;7\n1;w;9\n",
        Declared("Nr"),
    ),
    "counts side by side": (
        "Nr;Jahr;Kinder im Alter von 3 bis 6;Alter 0-3;weiblich;6\n01;2023;5;6;7;8\n02;2023;9;1;2;3\n",
        Declared("Nr", "", "Jahr"),
    ),
    "the mean age of areas": ("Nr;Jahr;Alter\n01;2023;42,3\n02;2023;41,9\n", Declared("Nr", "", "Jahr")),
    "schools with addresses": (STREETS, Declared("Schulnummer", "Schule", "", True)),
    "a list of schools without figures": (
        "Schulnummer;Schule;Adresse;Schulform\n1001;A;Lindenweg 5, 06618 X;GS\n1002;B;Lindenweg 8, 06618 X;GS\n",
        Declared("Schulnummer", "Schule", "", True),
    ),
    "days of counting": (
        "Nr;Stichtag;Kinder\n01;15.10.2021;4\n02;13.10.2020;5\n03;17.10.2019;6\n04;08.10.2018;6\n",
        Declared("Nr"),
    ),
    "a day for each row of a series": (
        "Datum;Fälle\n" + "".join(f"{dt.date(2024, 1, 1) + dt.timedelta(7 * week)};3\n" for week in range(30)),
        Declared("Nr"),
    ),
    "areas called after streets": (
        "Nr;Bezeichnung;Kinder\n01;Lindenstraße 1-17;4\n02;Am Markt 3;5\n",
        Declared("Nr", "Bezeichnung"),
    ),
    "ranks and years that look like house numbers": (
        "Nr;Rang;Wann;Kinder\n01;Platz 1;Im Jahr 2023;4\n02;Platz 2;im Schuljahr 2023;5\n",
        Declared("Nr"),
    ),
    "labels without a row": ("Nr;m/w/d;Alter;PLZ;Ort\n", Declared("Nr")),
    "postal codes of Gemeinden": ("AGS;Gemeinde;PLZ;Einwohner\n15084235;X;06618;1\n", Declared("AGS", "Gemeinde")),
    "codes of a characteristic": ("Code;Geschlecht\n1;männlich\n2;weiblich\n", Declared("Code")),
    "numbers of what only persons have": ("Nr;Anzahl Telefone\n01;4\n02;7\n", Declared("Nr")),
}


@pytest.mark.parametrize("table", ALLOWED)
def test_tables_of_areas_and_schools_are_no_persons(table: str) -> None:
    text, declared = ALLOWED[table]
    rows = [(line, row.split(";")) for line, row in enumerate(text.rstrip("\n").split("\n"), 1)]
    assert check_persons("a.csv", rows, declared, today=TODAY) == []
    if declared.name != "Bezeichnung":  # a mapping says that these are areas; without it they are somebody's home
        assert check_persons("a.csv", rows, today=TODAY) == []


def test_a_directory_of_schools_with_telephone_and_mail_is_imported(tmp_path: Path) -> None:
    text = STREETS.replace("Ort;", "Ort;Telefon;E-Mail;").replace(";X;", ";X;0345 12345;schule@beispiel.de;")
    (tmp_path / "schulen_2024.csv").write_text(text, encoding="utf-8")
    assert import_files([tmp_path / "schulen_2024.csv"], tmp_path / "p").count("imported") == 1


def test_an_own_table_with_a_day_of_counting_and_one_of_schools_are_read(tmp_path: Path) -> None:
    text = entry(level="schule", more="    name: Name\n") + entry("b.csv", "zwei")
    schools = "Jahr;Nr;Name;Straße;Kinder;Anteil\n2023;01;Schule am Wall;Wall 3;1;1\n"
    counted = "Jahr;Nr;Stichtag;Kinder;Anteil\n2023;01;15.10.2023;1;1\n2022;01;13.10.2022;1;1\n2021;01;18.10.2021;1;1\n"
    one, two = load(tmp_path, schools, text, **{"b.csv": counted})
    assert (one.areas, two.periods) == (1, ("2021", "2022", "2023"))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("12.03.2014", dt.date(2014, 3, 12)),
        ("1.3.14", dt.date(2014, 3, 1)),
        ("01.03.57", dt.date(1957, 3, 1)),
        ("2014-03-12 00:00:00", dt.date(2014, 3, 12)),
        ("12. März 2014", dt.date(2014, 3, 12)),
        ("31.02.2014", None),
        ("2023/24", None),
        ("2014", None),
        ("12.345", None),
    ],
)
def test_days_in_cells(text: str, day: dt.date | None) -> None:
    assert read_day(text) == day
