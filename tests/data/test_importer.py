"""Import as a whole: files and folders, one broken file per fault, and nothing half-imported after a refusal."""

import gzip
import json
import os
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from tests.data.small_tables import LEAVERS, MUNICIPALITIES, flat_table, zipped
from tests.data.small_workbooks import xlsx
from transferbuch.data import archives
from transferbuch.data.importer import import_files
from transferbuch.errors import DataRefused, Problem

FLAT_NAME = "11111-02-01-4_de_flat.csv"
MEMBER = "11111-02-01-4_1700000000000_de_flat.csv"
SPREADSHEET = xlsx({"Liste": [["Gemeinde", "Einwohner"], ["A", 3], ["zusammen", "=B2"]]})
OTHER_WORKBOOK = (
    "a workbook (.xlsx) without the header of a Gemeindeverzeichnis, an Umsteigeschlüssel or references of the BBSR, "
    "or the flat sheets (csv-…) of a Statistischer Bericht"
)
ERROR_98 = json.dumps(
    {
        "Ident": {"Service": "data", "Method": "tablefile"},
        "Status": {"Code": 98, "Content": "Die Tabelle ist zu gross.", "Type": "Fehler"},
    }
)
METADATA = json.dumps(
    {
        "Ident": {"Service": "metadata", "Method": "table"},
        "Status": {"Code": 0, "Content": "erfolgreich"},
        "Object": {"Code": "11111-02-01-4"},
    }
)


NO_KEY = "a table without a column of keys that its label and its cells show to be one"


def changed(text: str, *pairs: tuple[str, str]) -> str:
    for old, new in pairs:
        assert text.count(old) == 1, (old, text.count(old))
        text = text.replace(old, new)
    return text


def cut_after(text: str, mark: str) -> str:
    return text[: text.index(mark) + len(mark)]


def snapshot(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Every file below `folder` with its bytes and the time of its last change."""
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file()
    }


def refused(paths: list[Path], into: Path) -> tuple[Problem, ...]:
    with pytest.raises(DataRefused) as caught:
        import_files(paths, into)
    assert caught.value.exit_code == 12
    return caught.value.problems


# --- what is imported ---


def test_a_named_file_is_imported_with_all_it_says_about_itself(tmp_path: Path) -> None:
    (tmp_path / "abgaenge.csv").write_text(LEAVERS, encoding="cp1252")
    report = import_files([tmp_path / "abgaenge.csv"], tmp_path / "package")
    [file] = report.files
    assert (file.file, file.outcome, file.table, file.stand, file.cells, file.why) == (
        "abgaenge.csv",
        "imported",
        "21111-02-06-4",
        "2025-03-14",
        8,
        "",
    )
    [stored] = report.package.tables
    assert (stored.file, stored.encoding, stored.licence, stored.statistic) == (
        "abgaenge.csv",
        "cp1252",
        "dl-de/by-2-0",
        "Statistik der allgemeinbildenden Schulen",
    )


def test_a_folder_is_walked_sorted_and_what_is_no_table_is_listed_with_the_reason(tmp_path: Path) -> None:
    folder = tmp_path / "amtlich"
    (folder / "unten").mkdir(parents=True)
    (folder / "unten" / "z.csv").write_text(LEAVERS, encoding="utf-8")
    (folder / FLAT_NAME.replace("csv", "zip")).write_bytes(zipped((MEMBER, MUNICIPALITIES)))
    (folder / "README.md").write_text("# Woher die Tabellen kommen", encoding="utf-8")
    (folder / "eigene.csv").write_text("ort;wert\nNaumburg;3\n", encoding="utf-8")
    (folder / "fehler.json").write_text(ERROR_98, encoding="utf-8")
    (folder / "meta.json").write_text(METADATA, encoding="utf-8")
    (folder / "liste.xlsx").write_bytes(SPREADSHEET)
    (folder / "leer.csv").write_bytes(b"")
    (folder / ".versteckt.csv").write_text("kaputt", encoding="utf-8")
    report = import_files([folder], tmp_path / "package")
    assert [(file.file, file.outcome, file.why) for file in report.files] == [
        ("amtlich/11111-02-01-4_de_flat.zip", "imported", ""),
        ("amtlich/README.md", "left out", "a .md without the first line of an official table"),
        ("amtlich/eigene.csv", "left out", NO_KEY),
        ("amtlich/fehler.json", "left out", "the interface answered with error 98: Die Tabelle ist zu gross."),
        ("amtlich/leer.csv", "left out", "the file is empty"),
        ("amtlich/liste.xlsx", "left out", OTHER_WORKBOOK),
        ("amtlich/meta.json", "left out", "metadata of a table, without figures"),
        ("amtlich/unten/z.csv", "imported", ""),
    ]
    assert (report.count("imported"), report.count("left out"), report.count("unchanged")) == (2, 6, 0)
    assert [table.file for table in report.package.tables] == ["11111-02-01-4_de_flat.zip", "z.csv"]


def test_the_working_folder_is_shown_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "amtlich").mkdir()
    (tmp_path / "amtlich" / "a.csv").write_text(LEAVERS, encoding="utf-8")
    monkeypatch.chdir(tmp_path / "amtlich")
    assert import_files([Path(".")], tmp_path / "package").files[0].file == "amtlich/a.csv"


def test_the_same_bytes_are_imported_once(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text(LEAVERS, encoding="utf-8")
    report = import_files([tmp_path / "a.csv", tmp_path / "b.csv"], tmp_path / "package")
    assert [(file.file, file.outcome) for file in report.files] == [("a.csv", "imported"), ("b.csv", "unchanged")]
    assert [table.file for table in report.package.tables] == ["a.csv"]


def test_a_second_import_says_unchanged_and_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(LEAVERS, encoding="utf-8")
    (tmp_path / "b.zip").write_bytes(zipped((MEMBER, MUNICIPALITIES)))
    paths, into = [tmp_path / "a.csv", tmp_path / "b.zip"], tmp_path / "package"
    first = import_files(paths, into)
    before = {name: content for name, (content, _) in snapshot(into).items()}
    second = import_files(paths, into)
    assert [file.outcome for file in second.files] == ["unchanged", "unchanged"]
    assert second.package.id == first.package.id
    assert {name: content for name, (content, _) in snapshot(into).items()} == before


def test_a_later_import_adds_and_keeps(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(LEAVERS, encoding="utf-8")
    (tmp_path / "b.zip").write_bytes(zipped((MEMBER, MUNICIPALITIES)))
    import_files([tmp_path / "a.csv"], tmp_path / "package")
    report = import_files([tmp_path / "b.zip"], tmp_path / "package")
    assert [table.table for table in report.package.tables] == ["11111-02-01-4", "21111-02-06-4"]
    assert report.package.read_cells(report.package.tables[1])["text"].tolist()[:2] == ["9120", "640"]


def test_compressed_classic_tables(tmp_path: Path) -> None:
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(LEAVERS.encode()))
    (tmp_path / "b.zip").write_bytes(zipped(("b.csv", changed(LEAVERS, (";321;45", ";322;45")))))
    report = import_files([tmp_path / "a.csv.gz", tmp_path / "b.zip"], tmp_path / "package")
    assert [(file.table, file.stand, file.cells) for file in report.files] == [("21111-02-06-4", "2025-03-14", 8)] * 2


def test_an_undated_zip_is_read_without_stand(tmp_path: Path) -> None:
    raw = bytearray(zipped((FLAT_NAME, MUNICIPALITIES)))
    central = raw.find(b"PK\x01\x02")
    raw[10:14] = raw[central + 12 : central + 16] = b"\0\0\0\0"  # month 0, day 0
    (tmp_path / "a.zip").write_bytes(raw)
    [file] = import_files([tmp_path / "a.zip"], tmp_path / "package").files
    assert (file.outcome, file.stand, file.cells) == ("imported", "", 4)


def test_progress_names_every_file(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text(LEAVERS, encoding="utf-8")
    told: list[tuple[int, int, str]] = []
    import_files([tmp_path / "a.csv", tmp_path / "b.csv"], tmp_path / "package", lambda *step: told.append(step))
    assert told == [(0, 2, "a.csv"), (1, 2, "b.csv"), (2, 2, "")]


# --- one broken file per fault ---

ZIPPED = zipped((MEMBER, MUNICIPALITIES))


def with_broken_stream(raw: bytes) -> bytes:
    """The zip with a damaged compressed stream; its list of members is sound."""
    name = struct.unpack("<H", raw[26:28])[0]
    return raw[: 40 + name] + b"\xff" * 12 + raw[52 + name :]


FAULTS: dict[str, tuple[str, bytes, int, str, str]] = {
    # classic tables: file, content, line, what is wrong, code
    "cut-off body": (
        "a.csv",
        cut_after(LEAVERS, "Saalekreis, Land").encode(),
        10,
        "the table is cut off: its end is missing",
        "table-cut-off",
    ),
    "cut off at the end of a row": (
        "a.csv",
        cut_after(LEAVERS, ";321;45\n").encode(),
        10,
        "the table is cut off: its end is missing",
        "table-cut-off",
    ),
    "cut off before the data": (
        "a.csv",
        cut_after(LEAVERS, "Statistik der").encode(),
        4,
        "the table is cut off: its end is missing",
        "table-cut-off",
    ),
    "cut off in the footer": (
        "a.csv",
        cut_after(LEAVERS, "Dieses Werk").encode(),
        18,
        "the table is cut off: its end is missing",
        "table-cut-off",
    ),
    "cut off in the first note": (
        "a.csv",
        cut_after(LEAVERS, "bezieht sich").encode(),
        13,
        "the table is cut off: its end is missing",
        "table-cut-off",
    ),
    "too few cells": ("a.csv", changed(LEAVERS, (";321;45", ";321")).encode(), 9, "the row has 4 cells", "table-row"),
    "too many cells": (
        "a.csv",
        changed(LEAVERS, (";321;45", ";321;45;6")).encode(),
        9,
        "the row has 6 cells",
        "table-row",
    ),
    "header shifted to the left": (
        "a.csv",
        changed(LEAVERS, (";;;Insgesamt;ohne", ";;Insgesamt;ohne Abschluss;ohne")).encode(),
        6,
        "the header is shifted against the data rows",
        "table-header",
    ),
    "header shifted to the right": (
        "a.csv",
        changed(LEAVERS, (";;;Insgesamt;ohne Hauptschulabschluss", ";;;;Insgesamt")).encode(),
        6,
        "the header is shifted against the data rows",
        "table-header",
    ),
    "header longer than the rows": (
        "a.csv",
        changed(LEAVERS, (";;;Insgesamt", ";;;;Insgesamt")).encode(),
        6,
        "the header row has 6 cells",
        "table-header",
    ),
    "no header": (
        "a.csv",
        changed(LEAVERS, (";;;Insgesamt;ohne Hauptschulabschluss\n", "")).encode(),
        6,
        "no header row above the first data row",
        "table-header",
    ),
    "no title": (
        "a.csv",
        ("GENESIS-Tabelle: 21111-02-06-4\n" + LEAVERS[LEAVERS.index(";;;Insgesamt") :]).encode(),
        2,
        "the table has no title",
        "table-header",
    ),
    "no time": (
        "a.csv",
        LEAVERS.replace(";;;Insgesamt", ";;Insgesamt").replace("\n2023;", "\n").encode(),
        7,
        "the table says nowhere which time it is about",
        "table-time",
    ),
    "damaged time": (
        "a.csv",
        changed(LEAVERS, ("2023;15088", "203;15088")).encode(),
        10,
        "this is no reporting time",
        "table-time",
    ),
    "words in a cell": (
        "a.csv",
        changed(LEAVERS, (";321;45", ";321;siehe Fußnote")).encode(),
        9,
        "'siehe Fußnote' is neither a number nor one of the symbols - . x / ...",
        "cell",
    ),
    "formula in a cell": (
        "a.csv",
        changed(LEAVERS, (";321;45", ";321;=D9-12")).encode(),
        9,
        "'=D9-12' is neither a number nor one of the symbols - . x / ...",
        "cell",
    ),
    "thousands separator": (
        "a.csv",
        changed(LEAVERS, (";9120;", ";9.120;")).encode(),
        7,
        "'9.120' is neither a number nor one of the symbols - . x / ...",
        "cell",
    ),
    "date made of a number": (
        "a.csv",
        changed(LEAVERS, (";321;45", ";321;04. Mai")).encode(),
        9,
        "'04. Mai' is neither a number nor one of the symbols - . x / ...",
        "cell",
    ),
    "repeated row": (
        "a.csv",
        changed(LEAVERS, ("2023;15088;      Saalekreis", "2023;15084;      Saalekreis")).encode(),
        10,
        "the row repeats line 9",
        "table-duplicate",
    ),
    "key that lost its zero": (
        "a.csv",
        changed(LEAVERS, ("2023;15088;", "2023;1508;")).encode(),
        10,
        "this is no regional key",
        "table-key",
    ),
    "quote left open": (
        "a.csv",
        changed(LEAVERS, ("      Burgenlandkreis", '"      Burgenlandkreis')).encode(),
        9,
        "a quote is opened in this line and not closed, or a cell has no end",
        "table-row",
    ),
    "no region keys": (
        "a.csv",
        LEAVERS.replace("2023;DG;", "2023;D;")
        .replace(";15;", ";a;")
        .replace(";15084;", ";b;")
        .replace(";15088;", ";c;")
        .encode(),
        0,
        "the table has no data row",
        "table-no-rows",
    ),
    "broken encoding in the middle": (
        "a.csv",
        changed(LEAVERS, ("Burgenlandkreis", "Burgen@kreis")).encode().replace(b"@", b"\xe4"),
        9,
        "the encoding is broken",
        "encoding",
    ),
    "broken encoding after a byte order mark": (
        "a.csv",
        b"\xef\xbb\xbf"
        + changed(LEAVERS, ("Burgenlandkreis", "Burgen@kreis")).encode("ascii", "ignore").replace(b"@", b"\xe4"),
        9,
        "the encoding is broken",
        "encoding",
    ),
    "byte that Windows-1252 has not": (
        "a.csv",
        changed(LEAVERS, ("Burgenlandkreis", "Burgen@kreis")).encode("cp1252").replace(b"@", b"\x81"),
        9,
        "the encoding is broken",
        "encoding",
    ),
    "zero byte": (
        "a.csv",
        changed(LEAVERS, ("Saalekreis", "Saale\0kreis")).encode(),
        10,
        "the file holds a zero byte and is not text",
        "encoding",
    ),
    "single carriage return": (
        "a.csv",
        changed(LEAVERS, ("Saalekreis", "Saale\rkreis")).encode(),
        10,
        "a line holds a single carriage return",
        "table-row",
    ),
    # no tables at all
    "empty file": ("a.csv", b"", 0, "no official table: the file is empty", "no-table"),
    "only line ends": ("a.csv", b"\r\n\n", 0, "no official table: the file is empty", "no-table"),
    "somebody's own table": (
        "a.csv",
        b"ort;wert\nNaumburg;3\n",
        0,
        f"no official table: {NO_KEY}",
        "no-table",
    ),
    "error of the interface": (
        "a.json",
        ERROR_98.encode(),
        0,
        "no official table: the interface answered with error 98: Die Tabelle ist zu gross.",
        "no-table",
    ),
    "error of the interface saved as zip": (
        "a.zip",
        ERROR_98.encode(),
        0,
        "no official table: the interface answered with error 98: Die Tabelle ist zu gross.",
        "no-table",
    ),
    "error of the interface saved as csv": (
        "a.csv",
        ERROR_98.encode(),
        0,
        "no official table: the interface answered with error 98: Die Tabelle ist zu gross.",
        "no-table",
    ),
    "metadata": ("a.json", METADATA.encode(), 0, "no official table: metadata of a table, without figures", "no-table"),
    "other JSON": ("a.json", b'{"Ident": null}', 0, "no official table: JSON of another kind", "no-table"),
    "JSON list": ("a.json", b"[1, 2]", 0, "no official table: JSON of another kind", "no-table"),
    "cut-off JSON": (
        "a.json",
        ERROR_98[:60].encode(),
        0,
        "no official table: JSON that is cut off or broken",
        "no-table",
    ),
    "spreadsheet": (
        "a.xlsx",
        SPREADSHEET,
        0,
        f"no official table: {OTHER_WORKBOOK}",
        "no-table",
    ),
    "text called xlsx": (
        "a.xlsx",
        b"nichts",
        0,
        "no official table: a .xlsx document; official tables are read as CSV, flat file or workbook (.xlsx, .xls)",
        "no-table",
    ),
    "broken workbook": (
        "a.xlsx",
        zipped(("xl/workbook.xml", "<workbook/>")),
        0,
        "the workbook cannot be read: ",
        "xlsx-broken",
    ),
    "cut-off workbook": (
        "a.xlsx",
        SPREADSHEET[:-30],
        0,
        "the archive is cut off or broken: File is not a zip file",
        "zip-broken",
    ),
    # archives
    "cut-off zip": (
        "a.zip",
        ZIPPED[: len(ZIPPED) // 2],
        0,
        "the archive is cut off or broken: File is not a zip file",
        "zip-broken",
    ),
    "damaged zip": ("a.zip", with_broken_stream(ZIPPED), 0, "the archive is cut off or broken: ", "zip-broken"),
    "text called zip": (
        "a.zip",
        b"nichts",
        0,
        "the archive is cut off or broken: File is not a zip file",
        "zip-broken",
    ),
    "two members": (
        "a.zip",
        zipped((MEMBER, MUNICIPALITIES), ("b.csv", LEAVERS)),
        0,
        "no official table: the archive holds 2 file(s), not one CSV",
        "no-table",
    ),
    "empty zip": ("a.zip", zipped(), 0, "no official table: the archive holds 0 file(s), not one CSV", "no-table"),
    "member that is no CSV": (
        "a.zip",
        zipped(("bild.png", b"\x89PNG")),
        0,
        "no official table: the archive holds 1 file(s), not one CSV",
        "no-table",
    ),
    "member that is no table": (
        "a.zip",
        zipped(("a.csv", "ort;wert\n")),
        0,
        f"no official table: {NO_KEY}",
        "no-table",
    ),
    "cut-off gzip": (
        "a.csv.gz",
        gzip.compress(LEAVERS.encode())[:-30],
        0,
        "the archive is cut off or broken: ",
        "gzip-broken",
    ),
    "damaged gzip": (
        "a.csv.gz",
        gzip.compress(LEAVERS.encode())[:40] + b"\xff" * 300,
        0,
        "the archive is cut off or broken: ",
        "gzip-broken",
    ),
    # flat files
    "flat file whose last line is cut": (
        FLAT_NAME,
        MUNICIPALITIES[:-20].encode(),
        5,
        "the file is cut off: its last line has no end",
        "table-cut-off",
    ),
    "flat file in a zip whose last line is cut": (
        "a.zip",
        zipped((MEMBER, MUNICIPALITIES[:-20])),
        5,
        "the file is cut off: its last line has no end",
        "table-cut-off",
    ),
    "flat file without code in its name": (
        "daten.csv",
        MUNICIPALITIES.encode(),
        0,
        "the file name has no table code, and flat files do not state it inside",
        "table-code",
    ),
    "flat file with another code": (
        "12411-01-01-4_de_flat.csv",
        MUNICIPALITIES.encode(),
        2,
        "the file name and the content name different statistics",
        "table-code",
    ),
    "flat file with a repeated row": (
        FLAT_NAME,
        (MUNICIPALITIES + MUNICIPALITIES.split("\n")[2] + "\n").encode(),
        6,
        "the row repeats an earlier one",
        "table-duplicate",
    ),
    "flat file with too few cells": (
        FLAT_NAME,
        changed(MUNICIPALITIES, (";17;Anzahl", ";17")).encode(),
        2,
        "the row has 12 cells",
        "table-row",
    ),
    "flat file with words": (
        FLAT_NAME,
        changed(MUNICIPALITIES, (";17;Anzahl", ";viele;Anzahl")).encode(),
        2,
        "'viele' is neither a number nor one of the symbols - . x / ...",
        "cell",
    ),
    "flat file without rows": (FLAT_NAME, flat_table([]).encode(), 1, "the table has no data row", "table-no-rows"),
    "flat file with a zero byte": (
        FLAT_NAME,
        changed(MUNICIPALITIES, ("Augsburg", "Augs\0burg")).encode(),
        3,
        "the file holds a zero byte and is not text",
        "encoding",
    ),
    "flat file with broken encoding": (
        FLAT_NAME,
        changed(MUNICIPALITIES, ("Augsburg", "Augs@burg")).encode().replace(b"@", b"\xfc"),
        3,
        "the encoding is broken",
        "encoding",
    ),
}


@pytest.mark.parametrize("inside_folder", [False, True], ids=["named", "in a folder"])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_broken_file_is_refused_and_nothing_of_it_stays(tmp_path: Path, fault: str, inside_folder: bool) -> None:
    name, content, line, what, code = FAULTS[fault]
    raw, into = tmp_path / "roh", tmp_path / "package"
    raw.mkdir()
    (raw / name).write_bytes(content)
    (tmp_path / "good.csv").write_text(LEAVERS.replace("Saalekreis", "Saalkreis"), encoding="utf-8")
    paths = [tmp_path / "good.csv", raw if inside_folder else raw / name]
    if inside_folder and code == "no-table":  # not named by anybody and sound: left out, with the reason
        report = import_files(paths, into)
        assert [file.outcome for file in report.files] == ["imported", "left out"]
        assert f"no official table: {report.files[1].why}" == what
        return
    [problem] = refused(paths, into)
    assert problem.file == (f"roh/{name}" if inside_folder else name)
    assert (problem.line, problem.code) == (line, code)
    assert problem.what == what or (what.endswith(": ") and problem.what.startswith(what))
    assert problem.do or problem.expected
    assert not into.exists()


@pytest.mark.parametrize(
    "fault",
    ["cut-off body", "words in a cell", "cut-off zip", "error of the interface", "flat file whose last line is cut"],
)
def test_an_existing_package_is_unchanged_byte_for_byte_after_a_refusal(tmp_path: Path, fault: str) -> None:
    name, content, *_ = FAULTS[fault]
    (tmp_path / "first.csv").write_text(LEAVERS, encoding="utf-8")
    into = tmp_path / "package"
    import_files([tmp_path / "first.csv"], into)
    before = snapshot(into)
    (tmp_path / name).write_bytes(content)
    (tmp_path / "good.zip").write_bytes(ZIPPED)
    refused([tmp_path / "good.zip", tmp_path / name], into)
    assert snapshot(into) == before


def test_all_faults_of_all_files_are_told_together(tmp_path: Path) -> None:
    cells = changed(LEAVERS, (";321;45", ";321;viele"), (";287;.", ";wenige;."))
    rows = changed(LEAVERS, (";321;45", ";321"), (";1234;156", ";1234;156;"), ("2023;15088", "2023;15O88"))
    for name, content in {
        "a.csv": cells.encode(),
        "b.csv": rows.encode(),
        "c.json": ERROR_98.encode(),
        "d.zip": ZIPPED[:90],
        "gut.csv": LEAVERS.encode(),
    }.items():
        (tmp_path / name).write_bytes(content)
    found = refused([tmp_path / name for name in ("a.csv", "b.csv", "c.json", "d.zip", "gut.csv")], tmp_path / "p")
    assert [(one.file, one.line, one.code) for one in found] == [
        ("a.csv", 9, "cell"),
        ("a.csv", 10, "cell"),
        ("b.csv", 8, "table-row"),
        ("b.csv", 9, "table-row"),
        ("b.csv", 10, "table-key"),
        ("c.json", 0, "no-table"),
        ("d.zip", 0, "zip-broken"),
    ]
    assert not (tmp_path / "p").exists()


def test_at_most_twenty_rows_of_a_file_are_told(tmp_path: Path) -> None:
    lines = "".join(f"2023;15{number:03d};      Kreis;viele;1\n" for number in range(101, 150))
    (tmp_path / "a.csv").write_text(changed(LEAVERS, ("2023;15084;", lines + "2023;15084;")), encoding="utf-8")
    found = refused([tmp_path / "a.csv"], tmp_path / "p")
    assert [one.line for one in found] == list(range(9, 29))


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.zip", zipped((MEMBER, MUNICIPALITIES)), "zip-too-large"),
        ("a.csv.gz", gzip.compress(LEAVERS.encode()), "gzip-too-large"),
    ],
)
def test_a_bomb_is_refused_before_it_unpacks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, content: bytes, code: str
) -> None:
    monkeypatch.setattr(archives, "MAX_BYTES", 600)
    (tmp_path / name).write_bytes(content)
    [problem] = refused([tmp_path / name], tmp_path / "p")
    assert (problem.file, problem.code) == (name, code)
    assert problem.what == "the archive unpacks to more than any official table"
    assert "600 bytes" in problem.expected
    assert not (tmp_path / "p").exists()


def test_a_zip_that_lies_about_its_size_is_not_read_further(tmp_path: Path) -> None:
    raw = bytearray(zipped((FLAT_NAME, MUNICIPALITIES)))
    central = raw.find(b"PK\x01\x02")
    raw[22:26] = raw[central + 24 : central + 28] = struct.pack("<I", 50)
    (tmp_path / "a.zip").write_bytes(raw)
    [problem] = refused([tmp_path / "a.zip"], tmp_path / "p")
    assert problem.code == "zip-broken"


def test_an_encrypted_zip(tmp_path: Path) -> None:
    raw = bytearray(zipped((FLAT_NAME, MUNICIPALITIES)))
    central = raw.find(b"PK\x01\x02")
    raw[6] |= 1
    raw[central + 8] |= 1
    (tmp_path / "a.zip").write_bytes(raw)
    [problem] = refused([tmp_path / "a.zip"], tmp_path / "p")
    assert problem.code == "zip-broken" and "encrypted" in problem.what


def test_paths_that_do_not_exist_are_told_together(tmp_path: Path) -> None:
    found = refused([tmp_path / "a.csv", tmp_path / "b"], tmp_path / "p")
    assert [(one.file, one.what) for one in found] == [
        (str(tmp_path / "a.csv"), "there is no such file or folder"),
        (str(tmp_path / "b"), "there is no such file or folder"),
    ]


@pytest.mark.parametrize("package_exists", [False, True])
def test_a_folder_without_any_table(tmp_path: Path, package_exists: bool) -> None:
    (tmp_path / "a.csv").write_text(LEAVERS, encoding="utf-8")
    if package_exists:
        import_files([tmp_path / "a.csv"], tmp_path / "p")
    before = snapshot(tmp_path)
    (tmp_path / "leer").mkdir()
    [problem] = refused([tmp_path / "leer"], tmp_path / "p")
    assert (problem.what, problem.code) == ("no official table found", "no-table")
    assert snapshot(tmp_path) == before


def test_a_package_that_is_broken_is_not_added_to(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(LEAVERS, encoding="utf-8")
    (tmp_path / "b.zip").write_bytes(ZIPPED)
    import_files([tmp_path / "a.csv"], tmp_path / "p")
    (tmp_path / "p" / "datapackage.json").write_text('{"transferbuch": ', encoding="utf-8")
    before = snapshot(tmp_path / "p")
    [problem] = refused([tmp_path / "b.zip"], tmp_path / "p")
    assert problem.code == "package-broken"
    assert snapshot(tmp_path / "p") == before


# --- the command ---


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "transferbuch", "data", "import", *map(str, arguments)],
        capture_output=True,
        text=True,
        env={**os.environ, "COLUMNS": "200"},
    )


def test_the_command_imports_and_reports_as_json(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(LEAVERS, encoding="utf-8")
    done = run(tmp_path / "a.csv", "--into", tmp_path / "p", "--json")
    assert done.returncode == 0, done.stderr
    assert '"21111-02-06-4"' in json.dumps(json.loads(done.stdout))


def test_the_command_refuses_with_exit_12_one_line_per_fault_and_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(changed(LEAVERS, (";321;45", ";321;viele")), encoding="utf-8")
    (tmp_path / "b.json").write_text(ERROR_98, encoding="utf-8")
    done = run(tmp_path / "a.csv", tmp_path / "b.json", "--into", tmp_path / "p")
    assert done.returncode == 12
    assert "Traceback" not in done.stderr + done.stdout
    lines = [line for line in done.stderr.splitlines() if line.startswith(("a.csv", "b.json"))]
    assert lines[0] == (
        "a.csv:9: 'viele' is neither a number nor one of the symbols - . x / ... Expected: a number "
        "with decimal comma, or a symbol. Do: download the table again and do not edit it. [cell]"
    )
    assert lines[1].startswith("b.json: no official table: the interface answered with error 98")
    assert not (tmp_path / "p").exists()
