"""INKAR: small files of each layout, one broken file per fault, and every real file against a second reading.

The second reading shares no line with the importer: it splits lines at their separators and, for workbooks, walks the
records of the file itself.
"""

import gzip
import hashlib
import struct
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from tests.conftest import SHARED_RAW
from tests.data.small_tables import zipped
from tests.data.small_workbooks import Cell, in_container, workbook
from transferbuch.data.cells import KEY
from transferbuch.data.importer import ImportReport, import_files
from transferbuch.data.inkar import read_inkar, read_inkar_xls
from transferbuch.errors import DataRefused, Problem

EXPORT = (
    "\ufeffKennziffer;Raumeinheit;Aggregat;Einkommen ;Einkommen ;Anteil\r\n"
    '"";"";"";"2018";"2019";"2019"\r\n'
    '"01001";"Flensburg, Stadt";"krsfr. Stadt";"1.198";"12.345,5";"31,1"\r\n'
    '"15084";"Burgenlandkreis";"Landkreis";"999";"";"-0,6"\r\n'
)
WIDE = (
    "raumbezug;kennziffer;name;zeitbezug;a_schul_oA;q_ärzte\n"
    "Bund;111;Bundesrepublik Deutschland;2022;6.9;1.45459e+06\n"
    "Bundesländer;15;Sachsen-Anhalt;2022;12.1;\n"
    "Kreise;15084000;Burgenlandkreis;2022;11.84;-0.5\n"
    "Kreise;15084000;Burgenlandkreis;2021;;3\n"
    "Kreise;02000000;Hamburg;2022;5;7\n"
    "Raumordnungsregionen;1501;Altmark;2022;9.5;8\n"
    "West-Ost;2;Ost;2022;8.5;8\n"
    "EU;27;Europa;2022;8.5;8\n"
)
WIDE_2021 = (
    "raumbezug;ags;name;zeitbezug;x274\nBund;1;Deutschland;2019;1.5\nBundesländer;1;SH;2019;2\nKreise;01001;F;2019;3\n"
)
CITED = "Quelle (Zitierhinweis): INKAR. Ausgabe 2024. Hrsg.: BBSR - Bonn 2024.\r\n© 2024 Bundesamt für Bauwesen"
DATA: list[list[Cell]] = [
    ["Kennziffer", "Raumeinheit", "Aggregat", "Abgänger", "Abgänger"],
    [None, None, None, "1995", "1996"],
    ["01001", "Flensburg, Stadt", "Kreise", 8.14, 7.9],
    ["15084", "Burgenlandkreis", "Kreise", 4691.0, None],
]


def sheets(data: list[list[Cell]] = DATA, **others: list[list[Cell]]) -> dict[str, list[list[Cell]]]:
    about: list[list[Cell]] = [
        ["Dokumentation der exportierten Indikatoren"],
        ["Indikator", "Langname", "Quelle"],
        ["Abgänger", "Anteil der Abgänger", "Statistik der Schulen"],
    ]
    return {"Daten": data, "Metadaten": about, "Quellangabe": [[CITED]], **others}


def with_cell(row: int, column: int, cell: Cell) -> bytes:
    data = [list(cells) for cells in DATA]
    data[row][column] = cell
    return workbook(sheets(data))


def facts(cells: pd.DataFrame) -> list[tuple[object, ...]]:
    """(line, column, region, time, header, text, value or symbol) per cell."""
    return [
        (
            one.line,
            one.column,
            one.region,
            one.time,
            one.header,
            one.text,
            one.symbol if pd.isna(one.value) else one.value,
        )
        for one in cells.itertuples()
    ]


# --- what the layouts say ---


def test_export_csv_cell_for_cell() -> None:
    table = read_inkar(EXPORT.encode(), "a.csv", Path("a.csv"))
    assert facts(table.cells) == [
        (3, 4, "01001", "2018", "Einkommen", "1.198", 1198.0),
        (3, 5, "01001", "2019", "Einkommen", "12.345,5", 12345.5),
        (3, 6, "01001", "2019", "Anteil", "31,1", 31.1),
        (4, 4, "15084", "2018", "Einkommen", "999", 999.0),
        (4, 5, "15084", "2019", "Einkommen", "", ""),
        (4, 6, "15084", "2019", "Anteil", "-0,6", -0.6),
    ]
    assert table.cells["attributes"].tolist() == ["krsfr. Stadt"] * 3 + ["Landkreis"] * 3
    assert (table.family, table.title, table.encoding) == ("inkar", "Einkommen, Anteil", "utf-8")
    assert (table.stand, table.licence, table.attribution) == ("", "", "")  # the file states none of them


def test_the_code_of_an_export_comes_from_its_indicators_and_not_from_its_name() -> None:
    codes = {read_inkar(EXPORT.encode(), name, Path(name)).code for name in ("a.csv", "inkar_2019.csv")}
    assert codes == {"INKAR-EXPORT-EINKOMMEN-2-" + hashlib.sha256(b"Anteil\nEinkommen").hexdigest()[:6].upper()}
    other = read_inkar(EXPORT.replace("Anteil", "Quote").encode(), "a.csv", Path("a.csv")).code
    assert other.startswith("INKAR-EXPORT-EINKOMMEN-2-") and other not in codes
    assert read_inkar_xls(workbook(sheets()), "a.xls").code == "INKAR-EXPORT-ABGAENGER"


def test_wide_csv_cell_for_cell() -> None:
    table = read_inkar(WIDE.encode(), "bildung.csv", Path("inkar-2024-kreise/bildung.csv"))
    assert facts(table.cells)[:8] == [
        (2, 5, "DG", "2022", "a_schul_oA", "6.9", 6.9),
        (2, 6, "DG", "2022", "q_ärzte", "1.45459e+06", 1454590.0),
        (3, 5, "15", "2022", "a_schul_oA", "12.1", 12.1),
        (3, 6, "15", "2022", "q_ärzte", "", ""),
        (4, 5, "15084", "2022", "a_schul_oA", "11.84", 11.84),
        (4, 6, "15084", "2022", "q_ärzte", "-0.5", -0.5),
        (5, 5, "15084", "2021", "a_schul_oA", "", ""),
        (5, 6, "15084", "2021", "q_ärzte", "3", 3.0),
    ]
    assert table.cells["codes"].unique().tolist()[:3] == ["KENNZIFFER=111", "KENNZIFFER=15", "KENNZIFFER=15084000"]


def test_other_regions_keep_their_key_and_are_never_taken_for_an_official_one() -> None:
    regions = read_inkar(WIDE.encode(), "a.csv", Path("a.csv")).cells["region"].unique().tolist()
    assert regions == [
        "DG",
        "15",
        "15084",
        "02000",
        "INKAR:Raumordnungsregionen:1501",
        "INKAR:West-Ost:2",
        "INKAR:EU:27",
    ]
    assert [bool(KEY.fullmatch(region)) for region in regions] == [True] * 4 + [False] * 3
    assert all(len(region) not in (2, 3, 5, 8) for region in regions[4:])


def test_older_editions_print_other_keys() -> None:
    table = read_inkar(WIDE_2021.encode(), "a.csv", Path("a.csv"))
    assert table.cells["region"].tolist() == ["DG", "01", "01001"]
    assert table.cells["codes"].tolist() == ["KENNZIFFER=1", "KENNZIFFER=1", "KENNZIFFER=01001"]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("inkar-2024-kreise/bildung.csv", "INKAR-2024-BILDUNG"),
        ("inkar-2021-kreise/oeffentliche_finanzen.csv", "INKAR-2021-OEFFENTLICHE-FINANZEN"),
        ("daten/INKAR_2025_Ärzte.csv.gz", "INKAR-2025-AERZTE"),
        ("2024/bildung.csv", "INKAR-BILDUNG"),
        ("inkar-2024-kreise/inkar2022.csv", "INKAR-2022"),
    ],
)
def test_the_code_of_a_wide_file_names_edition_and_file(path: str, code: str) -> None:
    assert read_inkar(WIDE.encode(), "a.csv", Path(path)).code == code


def test_workbook_cell_for_cell() -> None:
    table = read_inkar_xls(workbook(sheets()), "a.xls")
    assert facts(table.cells) == [
        (3, 4, "01001", "1995", "Abgänger", "8.14", 8.14),
        (3, 5, "01001", "1996", "Abgänger", "7.9", 7.9),
        (4, 4, "15084", "1995", "Abgänger", "4691.0", 4691.0),
        (4, 5, "15084", "1996", "Abgänger", "", ""),
    ]
    assert (table.stand, table.attribution, table.licence) == ("2024", "© 2024 Bundesamt für Bauwesen", "")
    assert table.statistic == "Statistik der Schulen"
    assert table.notes.split("\n")[0].startswith("Quelle (Zitierhinweis)") and "Anteil der Abgänger" in table.notes


def test_workbook_states_a_day_and_a_licence_and_describes_another_indicator() -> None:
    cited: list[list[Cell]] = [["INKAR. Stand: 01.03.2024"], ["Datenlizenz Deutschland – Namensnennung – Version 2.0"]]
    about: list[list[Cell]] = [["Indikator", "Langname", "Quelle"], ["Median", "Medianeinkommen", "Beschäftigte"]]
    table = read_inkar_xls(workbook(sheets(Quellangabe=cited, Metadaten=about)), "a.xls")
    assert (table.stand, table.licence, table.attribution) == ("2024-03-01", "dl-de/by-2-0", "")
    assert table.statistic == "" and "Medianeinkommen" in table.notes


def test_every_container_and_a_folder_with_catalogues(tmp_path: Path) -> None:
    folder = tmp_path / "inkar-2024"
    folder.mkdir()
    (folder / "a.csv").write_text(EXPORT, encoding="utf-8", newline="")
    (folder / "b.csv.gz").write_bytes(gzip.compress(WIDE.encode()))
    (folder / "c.zip").write_bytes(zipped(("finanzen.csv", WIDE_2021)))
    (folder / "d.xls").write_bytes(workbook(sheets()))
    (folder / "e.xls").write_bytes(workbook({"Tabelle1": [["eigene"]], "Daten": [["x", "y"]]}))
    (folder / "f.doc").write_bytes(in_container("WordDocument", b""))
    (folder / "indikatoren.csv").write_text("id;kurzname;algorithmus\n274;Steuerkraft;(a / b) * 100\n")
    (folder / "regionen.csv").write_text("raumbezug;kennziffer;name\nBund;111;Deutschland\n")
    report = import_files([folder], tmp_path / "p")
    assert [(file.file.partition("/")[2], file.table or file.why) for file in report.files] == [
        ("a.csv", "INKAR-EXPORT-EINKOMMEN-2-33132C"),
        ("b.csv.gz", "INKAR-2024-B"),
        ("c.zip", "INKAR-2024-FINANZEN"),
        ("d.xls", "INKAR-EXPORT-ABGAENGER"),
        ("e.xls", "a workbook (.xls) without the header of an INKAR export"),
        ("f.doc", "a .doc without the first line of an official table"),
        ("indikatoren.csv", "INKAR-2024-INDIKATOREN"),
        ("regionen.csv", "INKAR-2024-REGIONEN"),
    ]
    assert [table.family for table in report.package.tables].count("inkar") == 4


# --- one broken file per fault ---


def export(old: str, new: str) -> bytes:
    assert EXPORT.count(old) == 1, old
    return EXPORT.replace(old, new).encode()


def wide(old: str, new: str) -> bytes:
    assert WIDE.count(old) == 1, old
    return WIDE.replace(old, new).encode()


WORKBOOK = workbook(sheets())
BROKEN = {
    "two commas": ("a.csv", export("31,1", "3,1,1"), 3, "'3,1,1' is no number", "cell"),
    "point in the wrong place": ("a.csv", export("1.198", "1.19"), 3, "'1.19' is no number", "cell"),
    "four digits behind a point": ("a.csv", export("1.198", "1.1980"), 3, "'1.1980' is no number", "cell"),
    "group of three after zero": ("a.csv", export("1.198", "0.198"), 3, "'0.198' is no number", "cell"),
    "some groups without point": ("a.csv", export("12.345,5", "1234.567"), 3, "'1234.567' is no number", "cell"),
    "point behind the comma": ("a.csv", export("12.345,5", "12,345.5"), 3, "'12,345.5' is no number", "cell"),
    "English number": ("a.csv", export("31,1", "31.1"), 3, "'31.1' is no number", "cell"),
    "formula": ("a.csv", export('"999"', '"=D3+1"'), 4, "'=D3+1' is no number", "cell"),
    "dash": ("a.csv", export('"999"', '"-"'), 4, "'-' is no number", "cell"),
    "years shifted left": (
        "a.csv",
        export('"";"";"";"2018"', '"";"";"2018"'),
        2,
        "the row of years is shifted",
        "table-header",
    ),
    "years shifted right": (
        "a.csv",
        export('"";"";"";"2018";"2019"', '"";"";"";"";"2018"'),
        2,
        "the row of years is shifted",
        "table-header",
    ),
    "year twice": (
        "a.csv",
        export('"2018";"2019"', '"2019";"2019"'),
        2,
        "an indicator has a year twice",
        "table-duplicate",
    ),
    "years out of order": (
        "a.csv",
        EXPORT.replace("Anteil", "Einkommen ").replace('"2018";"2019";"2019"', '"2018";"2020";"2019"').encode(),
        2,
        "the row of years is shifted: the years of an indicator are out of order",
        "table-header",
    ),
    "no years": ("a.csv", EXPORT.split("\r\n")[0].encode() + b"\r\n", 2, "the row of years is shifted", "table-header"),
    "no indicator": (
        "a.csv",
        b"Kennziffer;Raumeinheit;Aggregat\r\n",
        1,
        "the header names no indicator",
        "table-header",
    ),
    "unnamed column": ("a.csv", export(";Anteil", ";"), 1, "the header names no indicator", "table-header"),
    "no rows": ("a.csv", "\r\n".join([*EXPORT.split("\r\n")[:2], ""]).encode(), 2, "no data row", "table-no-rows"),
    "key twice": ("a.csv", export('"15084"', '"01001"'), 4, "the row repeats line 3", "table-duplicate"),
    "key without zero": (
        "a.csv",
        export('"01001"', '"1001"'),
        3,
        "this is no key of the level 'krsfr. Stadt'",
        "table-key",
    ),
    "key of no Kreis": (
        "a.csv",
        export('"15084"', '"15000"'),
        4,
        "this is no key of the level 'Landkreis'",
        "table-key",
    ),
    "no name": ("a.csv", export("Burgenlandkreis", ""), 4, "the row names no region", "table-key"),
    "cut off in a row": (
        "a.csv",
        EXPORT[: EXPORT.index(';"-0,6"')].encode(),
        4,
        "its last line has no end",
        "table-cut-off",
    ),
    "cut off in a cell": ("a.csv", EXPORT[: EXPORT.index(',6"')].encode(), 4, "a quote is opened", "table-row"),
    "short row": ("a.csv", export('"12.345,5";', ""), 3, "the row has 5 cells", "table-row"),
    "empty line": ("a.csv", export('"15084"', '\r\n"15084"'), 4, "the row has 0 cells", "table-row"),
    "more behind a quote": ("a.csv", export('"31,1"', '"31,1"5'), 3, "a quote is opened", "table-row"),
    "broken encoding": (
        "a.csv",
        export("Flensburg", "Flensbürg").replace("ü".encode(), b"\xfc"),
        3,
        "the encoding is broken",
        "encoding",
    ),
    "wide: decimal comma": ("a.csv", wide("11.84", "11,84"), 4, "'11,84' is no number", "cell"),
    "wide: two points": ("a.csv", wide("11.84", "1.111.84"), 4, "'1.111.84' is no number", "cell"),
    "wide: endless number": ("a.csv", wide("1.45459e+06", "1e999"), 2, "'1e999' is no number", "cell"),
    "wide: key twice in a year": ("a.csv", wide(";2021;", ";2022;"), 5, "the row repeats line 4", "table-duplicate"),
    "wide: no year": ("a.csv", wide(";2021;", ";;"), 5, "this is no reporting time", "table-time"),
    "wide: key of a municipality": (
        "a.csv",
        wide("02000000", "15084590"),
        6,
        "this is no key of the level 'Kreise'",
        "table-key",
    ),
    "wide: Kreis as Land": (
        "a.csv",
        wide("Bundesländer;15", "Bundesländer;15084"),
        3,
        "this is no key of the level 'Bundesländer'",
        "table-key",
    ),
    "wide: column twice": ("a.csv", wide("q_ärzte", "a_schul_oA"), 1, "a column comes twice", "table-duplicate"),
    "wide: shifted row": ("a.csv", wide("Kreise;02000000", "Kreise;;02000000"), 6, "the row has 7 cells", "table-row"),
    "wide: no end": ("a.csv", WIDE.rstrip("\n").encode(), 9, "its last line has no end", "table-cut-off"),
    "xls: no workbook": (
        "a.xls",
        in_container("Worktext", b"x"),
        0,
        "the file is no workbook, or it is cut off",
        "xls-broken",
    ),
    "xls: cut off": ("a.xls", WORKBOOK[:1200], 0, "the file is no workbook, or it is cut off", "xls-broken"),
    "xls: text": ("a.xls", b"<html>Sitzung beendet</html>", 0, "no official table: a .xls without", "no-table"),
    "xls: other workbook": (
        "a.xls",
        workbook({"Tabelle1": [["x"]]}),
        0,
        "no official table: a workbook (.xls)",
        "no-table",
    ),
    "xls: no Daten": (
        "a.xls",
        workbook({n: c for n, c in sheets().items() if n != "Daten"}),
        0,
        "lacks the sheet Daten",
        "xls-sheet",
    ),
    "xls: no Quellangabe": (
        "a.xls",
        workbook({n: c for n, c in sheets().items() if n != "Quellangabe"}),
        0,
        "lacks the sheet Q",
        "xls-sheet",
    ),
    "xls: formula": ("a.xls", with_cell(2, 3, b"\x1e\x01\x00"), 3, "a cell holds a formula", "xls-formula"),
    "xls: number as text": ("a.xls", with_cell(3, 4, "4,5"), 4, "the cell in column 5 holds text", "cell"),
    "xls: key as number": ("a.xls", with_cell(2, 0, 1001.0), 3, "the cell in column 1 holds a number", "cell"),
    "xls: infinite": ("a.xls", with_cell(3, 4, float("inf")), 4, "'inf' is no number", "cell"),
    "xls: years shifted": ("a.xls", with_cell(1, 2, "1994"), 2, "the row of years is shifted", "table-header"),
    "xls: empty Daten": ("a.xls", workbook(sheets([])), 1, "the header names no indicator", "table-header"),
    "xls: key twice": ("a.xls", with_cell(3, 0, "01001"), 4, "the row repeats line 3", "table-duplicate"),
}


def refused(paths: list[Path], into: Path) -> tuple[Problem, ...]:
    with pytest.raises(DataRefused) as caught:
        import_files(paths, into)
    assert caught.value.exit_code == 12
    return caught.value.problems


@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_file_refuses_the_import_and_nothing_is_written(tmp_path: Path, fault: str) -> None:
    name, raw, line, what, code = BROKEN[fault]
    (tmp_path / name).write_bytes(raw)
    (tmp_path / "sound.csv").write_bytes(WIDE.encode())
    [problem] = refused([tmp_path / "sound.csv", tmp_path / name], tmp_path / "p")
    assert (problem.file, problem.line, problem.code) == (name, line, code)
    assert what in problem.what
    assert not (tmp_path / "p").exists()


def test_a_broken_workbook_refuses_a_folder_too(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "a.xls").write_bytes(WORKBOOK[:1200])
    (tmp_path / "raw" / "b.csv").write_bytes(WIDE.encode())
    assert refused([tmp_path / "raw"], tmp_path / "p")[0].file == "raw/a.xls"


def test_all_faults_of_a_file_are_named_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(EXPORT.replace("1.198", "1.19").replace("-0,6", "0,6 %").encode())
    problems = refused([tmp_path / "a.csv"], tmp_path / "p")
    assert [(problem.line, problem.field) for problem in problems] == [(3, "Einkommen 2018"), (4, "Anteil 2019")]


def test_a_damaged_workbook_ends_in_a_refusal_or_a_table_and_never_in_another_error() -> None:
    for at in range(512, len(WORKBOOK), 7):
        for byte in (0x00, 0xFF):
            raw = WORKBOOK[:at] + bytes([byte]) + WORKBOOK[at + 1 :]
            try:
                read_inkar_xls(raw, "a.xls")
            except DataRefused as error:
                assert error.problems[0].file == "a.xls"


# --- all real files, cell for cell ---

FOLDERS = ("inkar-2021-kreise", "inkar-2024-kreise", "inkar-export-original")
FILES = {
    f"{folder}/{path.name}": path
    for folder in FOLDERS
    for path in sorted((SHARED_RAW / folder).glob("*"))
    if path.suffix in (".csv", ".xls") and not path.name.startswith(("indikatoren", "regionen"))
}
Row = tuple[int, str, str, list[tuple[str, str, str, float | None]]]
"""(line, key, level, [(indicator, year, text or '', number or None)])."""


def second_reading(path: Path) -> Iterator[Row]:
    if path.suffix == ".xls":
        yield from read_records(path)
        return
    lines = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n").rstrip("\n").split("\n")
    if lines[0].startswith("raumbezug;"):
        names = lines[0].split(";")[4:]
        for number, line in enumerate(lines[1:], 2):
            level, key, _, year, *cells = line.split(";")
            yield number, key, level, [(n, year, c, float(c) if c else None) for n, c in zip(names, cells, strict=True)]
        return
    names, years = lines[0].split(";")[3:], [part.strip('"') for part in lines[1].split(";")[3:]]
    for number, line in enumerate(lines[2:], 3):
        key, _, level, *cells = [part.strip('"') for part in line.split(";")]
        numbers = [float(cell.replace(".", "").replace(",", ".")) if cell else None for cell in cells]
        yield number, key, level, list(zip(map(str.strip, names), years, cells, numbers, strict=True))


def stream_of(raw: bytes) -> bytes:
    """The stream `Workbook` of an OLE2 document, by the chain of its sectors."""
    table = [
        entry
        for sector in struct.unpack_from("<109i", raw, 76)
        if sector >= 0
        for entry in struct.unpack_from("<128i", raw, 512 + 512 * sector)
    ]

    def chain(sector: int) -> bytes:
        found = b""
        while sector >= 0:
            found += raw[512 + 512 * sector : 1024 + 512 * sector]
            sector = table[sector]
        return found

    folder = chain(struct.unpack_from("<i", raw, 48)[0])
    at = folder.index("Workbook\0".encode("utf-16-le"))
    start, size = struct.unpack_from("<iI", folder, at + 116)
    return chain(start)[:size]


def read_records(path: Path) -> Iterator[Row]:
    stream = stream_of(path.read_bytes())
    at, sheet, texts, cells = 0, -1, b"", {}
    numbers: dict[tuple[int, int], float] = {}
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        body, at = stream[at + 4 : at + 4 + size], at + 4 + size
        if kind == 0x809:
            sheet += 1  # 0: the book, 1: Daten
        elif kind in (0xFC, 0x3C):
            texts += body
        elif sheet == 1 and kind == 0xFD:
            row, column, _, text = struct.unpack("<HHHI", body)
            cells[row, column] = text
        elif sheet == 1 and kind == 0x203:
            row, column, _, number = struct.unpack("<HHHd", body)
            numbers[row, column] = number
        elif sheet == 1 and kind == 0x27E:
            row, column, _ = struct.unpack_from("<HHH", body)
            numbers[row, column] = short_number(body[6:])
        elif sheet == 1 and kind == 0xBD:
            row, column = struct.unpack_from("<HH", body)
            for n in range((size - 6) // 6):
                numbers[row, column + n] = short_number(body[6 + 6 * n : 10 + 6 * n])
    strings, at = [], 8
    while at < len(texts):
        length, wide = struct.unpack_from("<HB", texts, at)
        assert wide in (0, 1)
        end = at + 3 + length * (1 + wide)
        strings.append(texts[at + 3 : end].decode("utf-16-le" if wide else "latin-1"))
        at = end
    rows, width = 1 + max(row for row, _ in cells), 1 + max(column for _, column in cells)
    for row in range(2, rows):
        values = [numbers.get((row, column)) for column in range(3, width)]
        heads = [(strings[cells[0, column]].strip(), strings[cells[1, column]]) for column in range(3, width)]
        yield (
            row + 1,
            strings[cells[row, 0]],
            strings[cells[row, 2]],
            [
                (name, year, "" if value is None else str(value), value)
                for (name, year), value in zip(heads, values, strict=True)
            ],
        )


def short_number(packed: bytes) -> float:
    [whole] = struct.unpack("<i", packed)
    number = float(whole >> 2) if whole & 2 else struct.unpack("<d", b"\0\0\0\0" + struct.pack("<i", whole & ~3))[0]
    return number / 100 if whole & 1 else number


@pytest.fixture(scope="module")
def inkar(shared_raw: Path, tmp_path_factory: pytest.TempPathFactory) -> ImportReport:
    return import_files([shared_raw / folder for folder in FOLDERS], tmp_path_factory.mktemp("inkar") / "data")


def stored(inkar: ImportReport, name: str) -> pd.DataFrame:
    sha256 = hashlib.sha256(FILES[name].read_bytes()).hexdigest()
    [table] = [table for table in inkar.package.tables if table.sha256 == sha256]
    return inkar.package.read_cells(table)


@pytest.mark.parametrize("name", FILES or ["no file"])
def test_every_number_and_every_gap_of_a_real_file(inkar: ImportReport, name: str) -> None:
    rows = list(second_reading(FILES[name]))
    cells = stored(inkar, name)
    width = len(rows[0][3])
    assert len(cells) == len(rows) * width > 3000
    assert cells["line"].tolist() == [line for line, *_ in rows for _ in range(width)]
    flat = [cell for *_, values in rows for cell in values]
    assert cells["header"].tolist() == [cell[0] for cell in flat]
    assert cells["time"].tolist() == [cell[1] for cell in flat]
    assert cells["text"].tolist() == [cell[2] for cell in flat]
    assert cells["value"].astype(object).where(cells["value"].notna(), None).tolist() == [cell[3] for cell in flat]
    assert cells["symbol"].isna().tolist() == [cell[3] is not None for cell in flat]
    assert set(cells["symbol"].dropna()) <= {""}
    assert cells["attributes"].tolist() == [level for _, _, level, _ in rows for _ in range(width)]
    assert cells["codes"].tolist() == [f"KENNZIFFER={key}" for _, key, _, _ in rows for _ in range(width)]
    kreise = {key[:5] for _, key, level, _ in rows if level in ("Kreise", "Landkreis", "krsfr. Stadt")}
    assert {region for region in cells["region"].unique() if len(region) == 5} == kreise
    assert len(kreise) == (401 if is_of_2019(name) else 400)


def is_of_2019(name: str) -> bool:
    return name.startswith("inkar-2021") or name.startswith("inkar-export") and name.endswith(".csv")


def test_every_file_is_imported_and_the_catalogues_are_tables_of_their_own(inkar: ImportReport) -> None:
    families = {table.table: table.family for table in inkar.package.tables}
    of_inkar = {file.file for file in inkar.files if families.get(file.table) == "inkar"}
    assert of_inkar == set(FILES) and len(FILES) == 14
    catalogues = {table for table, family in families.items() if family == "table"}
    assert catalogues == {"INDIKATOREN-2021", "INKAR-2024-KREISE-INDIKATOREN", "INKAR-2024-KREISE-REGIONEN"}
    assert {file.file.rsplit("/", 1)[1] for file in inkar.files if file.outcome == "left out"} == {"README.md"}


CHECKED = [
    ("inkar-export-original/B_SchulabgaengerohneAbschluss.xls", "01001", "1995", "Schulabgänger ohne Abschluss", 8.14),
    ("inkar-export-original/B_SchulabgaengerohneAbschluss.xls", "01001", "1996", "Schulabgänger ohne Abschluss", 7.9),
    ("inkar-export-original/Wirtschaftliche-Leistung.csv", "15084", "2000", "Bruttoinlandsprodukt je Einwohner", 14.3),
    ("inkar-export-original/Wirtschaftliche-Leistung.csv", "03241", "2000", "Bruttoinlandsprodukt je Einwohner", 30.4),
    ("inkar-export-original/privateinkommen.csv", "01001", "2000", "Haushaltseinkommen", 1198),
    *(
        ("inkar-2024-kreise/bildung.csv", key, "2022", header, value)
        for key, *values in [
            ("15084", 11.84, 27.55),
            ("15088", 8.61, 24.39),
            ("09761", 5.82, 27.44),
            ("05914", 6.71, 35.88),
            ("16070", 9.39, 28.27),
        ]
        for header, value in zip(("a_schul_oA", "a_schul_abi"), values, strict=True)
    ),
]  # fmt: skip


@pytest.mark.parametrize(("name", "key", "year", "header", "value"), CHECKED)
def test_checked_values(inkar: ImportReport, name: str, key: str, year: str, header: str, value: float) -> None:
    cells = stored(inkar, name)
    [found] = cells[(cells["region"] == key) & (cells["time"] == year) & (cells["header"] == header)]["value"]
    assert found == value


def test_the_workbooks_say_edition_and_publisher(inkar: ImportReport) -> None:
    books = [table for table in inkar.package.tables if table.file.endswith(".xls")]
    assert {(book.stand, book.attribution, book.licence) for book in books} == {
        ("2024", "© 2024 Bundesamt für Bauwesen und Raumordnung, Bonn", "")
    }
    assert all("Laufende Raumbeobachtung des BBSR" in book.statistic for book in books) and len(books) == 5
