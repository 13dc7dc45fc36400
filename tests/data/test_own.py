"""Own tables of a municipality: what is read from them, and one broken table per fault with its message."""

import io
import json
import math
import zipfile
from pathlib import Path

import openpyxl
import pytest

from transferbuch.data.own import OWN_COLUMNS, OwnTable, load_own_data
from transferbuch.data.own_mapping import parse_period
from transferbuch.data.own_tables import MAX_BYTES
from transferbuch.data.persons import is_of_persons
from transferbuch.editions.parameters import Parameters
from transferbuch.errors import DataRefused, PersonFileError
from transferbuch.records import load_record

HEAD = """ags: "99001"
own_data:
"""
ENTRY = """  - id: {id}
    title: Kinder
    file: {file}
    access: {access}
    level: {level}
    key: Nr
    period: {period}
    source: Statistikstelle
    stand: 2025-02-14
    licence: CC BY 4.0
    columns:
      - {{column: Kinder, id: children, label: Kinder, unit: Kinder, kind: count}}
      - {{column: Anteil, id: share, label: Anteil, unit: Prozent, kind: share, denominator: children}}
{more}"""
GOOD = "Jahr;Nr;Kinder;Anteil\n2023;01;12;12,5\n2023;02;.;0\n2024;01;-;100\n2024;02;;/\n"


def entry(file="a.csv", id="kinder", access="public", level="stadtteil", period="Jahr", more="") -> str:
    return ENTRY.format(file=file, id=id, access=access, level=level, period=period, more=more)


def load(folder: Path, table: str | bytes = GOOD, text: str = "", **files: str | bytes) -> tuple[OwnTable, ...]:
    """Own tables of a parameters file with `text` (default: one entry), beside which `a.csv` and `files` lie."""
    text = text or entry(more="    dash: zero\n")
    ags = "01001" if 'ags: "01001"' in text else "99001"
    yaml = folder / "parameters" / f"{ags}-stadt.yml"
    yaml.parent.mkdir(exist_ok=True)
    yaml.write_text(text if text.startswith("ags") else HEAD + text, encoding="utf-8")
    for name, content in {"a.csv": table, **files}.items():
        path = yaml.with_suffix("") / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    name = f"parameters/{yaml.name}"
    return load_own_data(yaml, name, ags, load_record(yaml, Parameters, name).own_data, internal=True)


def fault(folder: Path, table: str | bytes = GOOD, text: str = "", **files: str | bytes) -> str:
    with pytest.raises(PersonFileError) as caught:
        load(folder, table, text, **files)
    assert caught.value.exit_code == 10
    return str(caught.value)


def refusal(folder: Path, table: str | bytes = GOOD, text: str = "", **files: str | bytes) -> str:
    with pytest.raises(DataRefused) as caught:
        load(folder, table, text, **files)
    assert caught.value.exit_code == 12
    return str(caught.value)


def cells(table: OwnTable) -> list[tuple]:
    rows = table.rows[["area", "period", "measure", "value", "symbol", "status"]].itertuples(index=False)
    return [tuple(None if isinstance(cell, float) and math.isnan(cell) else cell for cell in row) for row in rows]


def workbook(rows: list[list], **others: list[list]) -> bytes:
    book = openpyxl.Workbook()
    book.active.title = "Daten"
    for row in rows:
        book.active.append(row)
    for title, more in others.items():
        sheet = book.create_sheet(title)
        for row in more:
            sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_one_row_per_measure_area_and_period_with_official_symbols(tmp_path):
    (table,) = load(tmp_path)
    assert tuple(table.rows.columns) == OWN_COLUMNS
    assert cells(table) == [
        ("01", "2023", "children", 12, None, "ok"),
        ("01", "2023", "share", 12.5, None, "ok"),
        ("02", "2023", "children", None, ".", "secret"),
        ("02", "2023", "share", 0, None, "ok"),
        ("01", "2024", "children", 0, "-", "zero"),
        ("01", "2024", "share", 100, None, "ok"),
        ("02", "2024", "children", None, "", "missing"),
        ("02", "2024", "share", None, "/", "unreliable"),
    ]
    first = table.rows.iloc[0]
    assert (first["ags"], first["level"], first["year"], first["unit"], first["access"]) == (
        "99001",
        "stadtteil",
        2023,
        "Kinder",
        "public",
    )
    assert (first["source"], first["stand"], first["line"]) == ("Statistikstelle", "2025-02-14", 2)
    assert first["file_sha256"] == table.file_sha256 and len(table.file_sha256) == 64
    assert (table.areas, table.periods, table.is_public) == (2, ("2023", "2024"), True)


def test_a_dash_declared_as_missing_is_no_zero(tmp_path):
    (table,) = load(tmp_path, text=entry(more="    dash: missing\n"))
    assert ("01", "2024", "children", None, "-", "missing") in cells(table)


@pytest.mark.parametrize(
    "table",
    [
        "Jahr;Nr;Stadtteil;Kinder;Anteil\n2023;01;Lößberg;12;12,5\n",
        'Jahr,Nr,Stadtteil,Kinder,Anteil\n2023,01,Lößberg,12,"12,5"\n',
        "\ufeffJahr;Nr;Stadtteil;Kinder;Anteil\r\n2023;01;Lößberg;12;12,5\r\n\r\n",
        "Jahr;Nr;Stadtteil;Kinder;Anteil\r\n2023;01;Lößberg;12;12,5\r\n".encode("cp1252"),
    ],
    ids=["semicolon", "comma", "byte order mark", "Windows-1252"],
)
def test_file_forms_give_the_same(tmp_path, table):
    (read,) = load(tmp_path, table, entry(more="    name: Stadtteil\n"))
    assert read.rows["area_name"].unique() == ["Lößberg"]
    assert cells(read) == [("01", "2023", "children", 12, None, "ok"), ("01", "2023", "share", 12.5, None, "ok")]


def test_a_workbook_is_read_like_a_csv(tmp_path):
    content = workbook([["Jahr", "Nr", "Kinder", "Anteil"], [2023, "01", 12, 12.5], [2024, "01", ".", "3,25"]])
    (read,) = load(tmp_path, text=entry("b.xlsx"), **{"b.xlsx": content})
    assert cells(read) == [
        ("01", "2023", "children", 12, None, "ok"),
        ("01", "2023", "share", 12.5, None, "ok"),
        ("01", "2024", "children", None, ".", "secret"),
        ("01", "2024", "share", 3.25, None, "ok"),
    ]


def test_classes_are_ranked_and_parents_kept(tmp_path):
    table = "Nr;Teil;Lage;Kinder;Anteil\nA1;01;hoch;5;1\nA2;01;niedrig;6;2\nA3;02;.;7;3\n"
    more = (
        "      - {column: Lage, id: lage, label: Lage, kind: class, classes: [niedrig, mittel, hoch]}\n"
        "    parent: {level: stadtteil, column: Teil}\n"
    )
    wider = "Jahr;Nr;Kinder;Anteil\n2023;01;1;1\n2023;02;1;1\n"
    text = entry(level="sprengel", period='"2023/24"', more=more) + entry("b.csv", "teile")
    read, _ = load(tmp_path, table, text, **{"b.csv": wider})
    lage = read.rows[read.rows["measure"] == "lage"]
    assert lage["text"].tolist() == ["hoch", "niedrig", "."] and lage["status"].tolist() == ["ok", "ok", "secret"]
    assert lage["value"].tolist()[:2] == [3, 1] and lage["parent"].tolist() == ["01", "01", "02"]
    assert set(read.rows["period"]) == {"2023/24"} and set(read.rows["year"]) == {2023}


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("2023", ("2023", 2023)),
        ("2023/24", ("2023/24", 2023)),
        ("2023/2024", ("2023/24", 2023)),
        ("1999/00", ("1999/00", 1999)),
        ("2023/25", None),
        ("2023-24", None),
        ("23", None),
        ("31.12.2023", None),
        ("", None),
    ],
)
def test_periods_are_years_and_school_years(text, period):
    assert parse_period(text) == period


@pytest.mark.parametrize(
    ("rows", "line", "words"),
    [
        ("2023;01;1;1\n2023;01;2;2", 3, ["Nr:", "second row for this period (01, 2023)", "compare with row 2"]),
        ("2023;01;1;1\n2023/2024;01;2;2", 3, ["years and school years in one table"]),
        ("2023/25;01;1;1", 2, ["Jahr:", "no year and no school year (2023/25)", "2023 or 2023/24"]),
        ("31.12.2023;01;1;1", 2, ["no year and no school year (31.12.2023)"]),
        ("2023;;1;1", 2, ["Nr:", "the key of the area is missing"]),
        ("2023;9,9E+06;1;1", 2, ["this is no key of an area (9,9E+06)"]),
        ("2023;01;1;1\n2024;1;1;1", 3, ["the key has lost its leading zero (1)", "Expected: 01", "format the column"]),
        ("2023;01;-3;1", 2, ["Kinder:", "a negative count (-3)", "a whole number from 0 on"]),
        ("2023;01;3,5;1", 2, ["a count with decimals (3,5)"]),
        ("2023;01;1.234;1", 2, ["can be read in two ways (1.234)"]),
        ("2023;01;1 234;1", 2, ["can be read in two ways (1 234)"]),
        ("2023;01;3;100,5", 2, ["Anteil:", "a share outside 0 to 100 (100,5)"]),
        ("2023;01;3;-1", 2, ["a share outside 0 to 100 (-1)"]),
        ("2023;01;3;12.5", 2, ["a decimal point instead of the decimal comma (12.5)"]),
        (
            "2023;01;3;12,5\n2024;01;3;12.5",
            3,
            ["where other cells of this column have a decimal comma (12.5)"],
        ),
        ("2023;01;k. A.;1", 2, ["text in a column of numbers (k. A.)", "an official symbol (- . x / ...)"]),
        ("2023;01;12 p;1", 2, ["a number with a mark"]),
        ("2023;01;-;1", 2, ["what '-' means here is not declared", "dash: zero"]),
        ("2023;01;1;1;9", 2, ["another number of cells than the first row (5)", "4 cells"]),
        ('2023;01;"1;1', 2, ["cannot be taken apart"]),
    ],
)
def test_each_fault_of_a_table_names_file_and_row(tmp_path, rows, line, words):
    message = fault(tmp_path, f"Jahr;Nr;Kinder;Anteil\n{rows}\n", entry())
    assert message.startswith(f"parameters/99001-stadt/a.csv:{line}: ")
    for word in words:
        assert word in message


def test_all_faults_of_all_tables_at_once(tmp_path):
    one = "Jahr;Nr;Kinder;Anteil\n2023;01;-3;101\n2023;02;x;viel\n"
    two = "Jahr;Nr;Kinder;Anteil\n23;01;1;1\n"
    message = fault(tmp_path, one, entry() + entry("b.csv", "zwei"), **{"b.csv": two})
    assert message.count("a.csv:2:") == 2 and message.count("a.csv:3:") == 1 and message.count("b.csv:2:") == 1


def test_very_many_faults_are_counted_and_not_all_printed(tmp_path):
    message = fault(tmp_path, "Jahr;Nr;Kinder;Anteil\n" + "".join(f"2023;{n};viele;1\n" for n in range(10, 80)))
    assert message.count("text in a column of numbers") == 50 and "more faults (20 more)" in message


@pytest.mark.parametrize(
    ("level", "ags", "key", "words"),
    [
        ("gemeinde", "99001", "99057001", "this is no Gemeinde of the municipality (99057001)"),
        ("gemeinde", "99001", "99001", "eight digits that begin with 99001"),
        ("gemeinde", "01001", "1001000", "the key has lost its leading zero (1001000)"),
        ("kreis", "99001", "99002", "this is not the key of the municipality (99002)"),
        ("kreis", "01001", "1001", "the key has lost its leading zero (1001)"),
    ],
)
def test_keys_of_gemeinden_and_kreis_are_official(tmp_path, level, ags, key, words):
    text = f'ags: "{ags}"\nown_data:\n{entry(level=level)}'
    assert words in fault(tmp_path, f"Jahr;Nr;Kinder;Anteil\n2023;{key};1;1\n", text)


def test_labels_that_are_missing_or_there_twice_point_to_the_mapping(tmp_path):
    message = fault(tmp_path, "Jahr;Nr;Kindr;Anteil\n2023;01;1;1\n")
    assert message.startswith(
        "parameters/99001-stadt.yml:14: own_data[1].columns[1].column: the table has no such column"
    )
    assert "did you mean 'Kindr'?" in message
    message = fault(tmp_path, "Jahr;Nr;Kinder;Anteil;Nr\n2023;01;1;1;2\n")
    assert message.startswith("parameters/99001-stadt.yml:8: own_data[1].key: the table has this column twice (Nr)")


def test_a_period_for_the_whole_table_must_not_be_a_label_too(tmp_path):
    message = fault(tmp_path, "Nr;Kinder;Anteil;2023\n01;1;1;5\n", entry(period='"2023"'))
    assert "is this the period of the whole table, or the label of a column? (2023)" in message


@pytest.mark.parametrize(
    "label",
    ["Vorname", "Name", "Geb.-Datum", "Geburtsdatum", "E-Mail", "Telefon", "Name der Mutter", "Straße", "Schülername"],
)
def test_a_column_of_persons_is_refused_even_if_it_is_not_mapped(tmp_path, label):
    message = refusal(tmp_path, f"Jahr;Nr;Kinder;Anteil;{label}\n2023;01;1;1;geheimnis\n")
    assert message.startswith("parameters/99001-stadt/a.csv:1: column 5: a column that only a table of persons has")
    assert "one row per area and period" in message and "geheimnis" not in message


def test_the_declared_name_of_an_area_and_the_address_of_a_school_are_no_persons(tmp_path):
    table = "Jahr;Nr;Name;Straße;Kinder;Anteil\n2023;01;Schule am Wall;Wall 3;1;1\n"
    (read,) = load(tmp_path, table, entry(level="schule", more="    name: Name\n"))
    assert set(read.rows["area_name"]) == {"Schule am Wall"}
    assert "Straße" in refusal(tmp_path, table, entry(more="    name: Name\n"))


@pytest.mark.parametrize(
    "label", ["Kinder unter 6", "Geburten", "Stadtteilname", "Mobilität", "Tagesmütter", "Leitung"]
)
def test_labels_of_figures_are_no_persons(label):
    assert not is_of_persons(label)


def test_mail_addresses_in_cells_and_persons_in_other_sheets_are_refused(tmp_path):
    message = refusal(tmp_path, "Jahr;Nr;Kinder;Anteil;Notiz\n2023;01;1;1;a.b@c.de\n")
    assert "a.csv:2: column 5: mail addresses stand in the cells (Notiz)" in message and "a.b@c.de" not in message
    rows = [["Jahr", "Nr", "Kinder", "Anteil"], [2023, "01", 1, 1]]
    content = workbook(rows, Roh=[["Liste"], ["Vorname", "Klasse"]])
    message = refusal(tmp_path, text=entry("b.xlsx", more="    sheet: Daten\n"), **{"b.xlsx": content})
    assert "b.xlsx:2: sheet 2, column 1: a column that only a table of persons has (Vorname)" in message


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("=1+1", "b.xlsx:2: column C: the cell holds a formula (=1+1)"),
        ("#DIV/0!", "b.xlsx:2: column C: the cell holds an error value (#DIV/0!)"),
        (True, "b.xlsx:2: column C: the cell holds a truth value"),
    ],
)
def test_cells_of_a_workbook_that_nobody_can_check(tmp_path, cell, words):
    content = workbook([["Jahr", "Nr", "Kinder", "Anteil"], [2023, "01", cell, 1]])
    assert words in fault(tmp_path, text=entry("b.xlsx"), **{"b.xlsx": content})


def test_sheets_are_named_when_there_are_several(tmp_path):
    content = workbook([["Jahr", "Nr", "Kinder", "Anteil"], [2023, "01", 1, 1]], Zwei=[["x"]])
    assert "several sheets, and none is chosen. Expected: one of Daten, Zwei" in fault(
        tmp_path, text=entry("b.xlsx"), **{"b.xlsx": content}
    )
    text = entry("b.xlsx", more="    sheet: Drei\n")
    assert "the workbook has no such sheet (Drei)" in fault(tmp_path, text=text, **{"b.xlsx": content})


def test_files_that_are_no_tables(tmp_path):
    assert "b.xlsx: this is no workbook" in fault(tmp_path, text=entry("b.xlsx"), **{"b.xlsx": b"PK no"})
    assert "a.csv: the table is empty" in fault(tmp_path, "\n\n")
    assert "has labels but no row" in fault(tmp_path, "Jahr;Nr;Kinder;Anteil\n")
    assert "no text file" in fault(tmp_path, GOOD.encode("utf-16"))
    broken = "Jahr;Nr;Kinder;Anteil;Ort\n2023;01;1;1;ä\n".encode() + b"2023;02;1;1;\xe4\n"
    assert "a.csv:3: the file is partly UTF-8 and partly not" in fault(tmp_path, broken)


def test_files_that_are_too_large_are_not_read(tmp_path):
    assert "a.csv: the file is too large" in fault(tmp_path, b"1" * (MAX_BYTES + 1))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 110_000_000)
    assert len(buffer.getvalue()) < 1_000_000
    message = fault(tmp_path, text=entry("b.xlsx"), **{"b.xlsx": buffer.getvalue()})
    assert "too large when unpacked (110,000,000 bytes)" in message


def test_a_damaged_workbook_with_an_endless_sheet_is_refused(tmp_path):
    content = workbook([["Jahr", "Nr", "Kinder", "Anteil"], [2023, "01", 1, 1]])
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w") as new:
        for member in old.namelist():
            new.writestr(member, old.read(member).replace(b'<row r="2"', b'<row r="99999999999"'))
    message = fault(tmp_path, text=entry("b.xlsx"), **{"b.xlsx": buffer.getvalue()})
    assert "more rows than a workbook can have" in message


def test_one_endless_line_is_refused(tmp_path):
    assert "a.csv:1: the row cannot be taken apart" in fault(tmp_path, b"Jahr;Nr;" + b"x" * 5_000_000)


def test_a_missing_file_and_links_to_elsewhere(tmp_path):
    message = fault(tmp_path, text=entry("b.csv"))
    assert message.startswith("parameters/99001-stadt.yml:5: own_data[1].file: the file does not exist")
    assert "put it into parameters/99001-stadt/" in message
    load(tmp_path)
    (tmp_path / "parameters/99001-stadt/a.csv").rename(tmp_path / "a.csv")
    (tmp_path / "parameters/99001-stadt/b.csv").symlink_to(tmp_path / "a.csv")
    assert "the file is a link to another place (b.csv)" in fault(tmp_path, text=entry("b.csv"))


SQUARE = [[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]


def geojson(*keys: str, ring: list[list[float]] = SQUARE, kind: str = "Polygon") -> str:
    area = {"type": kind, "coordinates": [ring] if kind == "Polygon" else ring}
    features = [{"type": "Feature", "properties": {"nr": key}, "geometry": area} for key in keys]
    return json.dumps({"type": "FeatureCollection", "features": features})


def test_table_and_boundaries_must_have_the_same_areas(tmp_path):
    text = entry(more="    dash: zero\n    boundaries: {file: g.geojson, key: nr}\n")
    (table,) = load(tmp_path, text=text, **{"g.geojson": geojson("01", "02")})
    assert table.areas == 2
    message = fault(tmp_path, text=text, **{"g.geojson": geojson("01", "03")})
    assert "a.csv:3: Nr: the area has no boundary (02)" in message
    assert "yml:17: own_data[1].boundaries.file: the table has no row for an area of the boundaries (03)" in message
    message = fault(tmp_path, text=text, **{"g.geojson": geojson("01", "002")})
    assert "the key has lost its leading zero (02). Expected: 002" in message
    assert "this is no GeoJSON" in fault(tmp_path, text=text, **{"g.geojson": "[]"})
    message = fault(tmp_path, text=text.replace("key: nr", "key: id"), **{"g.geojson": geojson("01")})
    assert "feature 1: the boundary has no key (id). Expected: one of nr" in message


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (geojson("01", "01"), "feature 2: the key stands at feature 1 already (01)"),
        (geojson("01", ring=[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]), "the boundary is not valid: Self-intersection"),
        (geojson("01", ring=[[5e5, 5.6e6], [6e5, 5.6e6], [6e5, 5.7e6], [5e5, 5.6e6]]), "not in degrees"),
        (geojson("01", ring=[[0, 0], [1, 1]], kind="LineString"), "the boundary is a LineString, no area"),
    ],
)
def test_boundaries_are_areas_in_degrees_each_once(tmp_path, content, what):
    text = entry(more="    dash: zero\n    boundaries: {file: g.geojson, key: nr}\n")
    assert what in fault(tmp_path, text=text, **{"g.geojson": content})


def test_faults_that_only_several_tables_show(tmp_path):
    load(tmp_path)
    message = fault(tmp_path, GOOD, entry(more="    dash: zero\n") * 2)
    assert "own_data[2].id: this id is already taken (kinder)" in message
    text = entry(more="    dash: zero\n") + entry("intern/b.csv", "zwei", "internal", more="    dash: zero\n")
    message = fault(tmp_path, GOOD, text, **{"intern/b.csv": GOOD})
    assert "yml:5: own_data[1].file: a table that is internal elsewhere is public here" in message
    schools = "Jahr;Nr;Kinder;Anteil;Teil\n2023;S1;1;1;03\n"
    more = "    parent: {level: stadtteil, column: Teil}\n"
    text = entry(more="    dash: zero\n") + entry("b.csv", "schulen", level="schule", more=more)
    message = fault(tmp_path, GOOD, text, **{"b.csv": schools})
    assert "own_data[2].parent.column: no table of the level stadtteil has this area (03)" in message


def test_an_area_lies_in_one_wider_area(tmp_path):
    table = "Jahr;Nr;Kinder;Anteil;Teil\n2023;S1;1;1;03\n2024;S1;1;1;04\n"
    text = entry(level="schule", more="    parent: {level: stadtteil, column: Teil}\n")
    assert "a.csv:3: Teil: the area lies in another wider area than in the rows before (04)" in fault(
        tmp_path, table, text
    )
