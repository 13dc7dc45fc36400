"""All real official files, cell for cell, against a second reading that shares no line with the importer.

The second reading splits lines at ';' and counts the numbers from the right: as many as the last header row has
filled cells at its end. It knows no layouts, so an error in the importer's layouts cannot hide in it.
"""

import hashlib
import io
import re
import zipfile
from collections import Counter
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from tests.conftest import SHARED_RAW
from transferbuch.data.importer import ImportReport, import_files
from transferbuch.data.store import StoredTable

SYMBOLS = {"-", ".", "x", "/", "...", ""}
GENESIS_FOLDERS = (
    "regionalstatistik-2018-2025",
    "regionalstatistik-2017",
    "regionalstatistik-ffcsv-2026",
    "regionalatlas-2017",
)
KEY = re.compile(r"DG|[0-9]{2}|[0-9]{3}|[0-9]{5}|[0-9]{8}")


@pytest.fixture(scope="module")
def official(shared_raw: Path, tmp_path_factory: pytest.TempPathFactory) -> ImportReport:
    """All folders of the Regionaldatenbank, imported once for this module."""
    into = tmp_path_factory.mktemp("genesis") / "data"
    return import_files([shared_raw / folder for folder in GENESIS_FOLDERS], into)


def content_of(path: Path) -> bytes:
    raw = path.read_bytes()
    if path.suffix == ".zip":
        archive = zipfile.ZipFile(io.BytesIO(raw))
        raw = archive.read(archive.namelist()[0])
    return raw


def family(path: Path) -> str:
    """`classic`, `flat` or '' by the first bytes, whatever the file is called."""
    if path.suffix not in (".csv", ".zip"):
        return ""
    head = content_of(path)[:300].removeprefix(b"\xef\xbb\xbf")
    if re.match(rb"(GENESIS-)?Tabelle: ", head):
        return "classic"
    return "flat" if head.startswith(b"statistics_code;") else ""


FILES = {
    f"{folder}/{path.relative_to(SHARED_RAW / folder).as_posix()}": path
    for folder in GENESIS_FOLDERS
    for path in sorted((SHARED_RAW / folder).rglob("*"))
    if path.is_file()
}
CLASSIC = [name for name, path in FILES.items() if family(path) == "classic"]
FLAT = [name for name, path in FILES.items() if family(path) == "flat"]
WORKBOOKS = [name for name in FILES if name.endswith(".xlsx")]  # read cell for cell in test_workbooks
every_classic = pytest.mark.parametrize("name", CLASSIC or ["no file"])
every_flat = pytest.mark.parametrize("name", FLAT or ["no file"])


def text_of(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252")


def stored(official: ImportReport, name: str) -> tuple[StoredTable, pd.DataFrame]:
    sha256 = hashlib.sha256(FILES[name].read_bytes()).hexdigest()
    [table] = [table for table in official.package.tables if table.sha256 == sha256]
    return table, official.package.read_cells(table)


def check_numbers_and_symbols(cells: pd.DataFrame) -> None:
    """Each text is a symbol, kept as it is, or a number with decimal comma; nothing is both."""
    for text, value, symbol in (
        cells[["text", "value", "symbol"]].drop_duplicates("text").itertuples(index=False, name=None)
    ):
        if text in SYMBOLS:
            assert symbol == text and pd.isna(value)
        else:
            assert value == float(text.replace(",", ".")), text
            assert pd.isna(symbol)
    per_text = cells[["text", "value", "symbol"]].astype({"symbol": str}).drop_duplicates()
    assert per_text["text"].is_unique  # the check of one cell per text holds for all of them


@cache
def classic_rows(name: str) -> tuple[int, list[tuple[int, list[str]]]]:
    """(how many numbers a row has, [(line, parts)]) of a classic table."""
    body = text_of(FILES[name].read_bytes()).split("\n__________")[0]
    lines = list(enumerate(body.split("\n"), 1))
    first = next(number for number, line in lines if re.match(r"([^;]+;)?(DG|[0-9]{5});", line))
    header = lines[first - 2][1].split(";")
    numbers = len(header)
    while numbers and any(not cell for cell in header[-numbers:]):
        numbers -= 1
    return numbers, [(number, line.split(";")) for number, line in lines[first - 1 :] if line]


@every_classic
def test_classic_table_cell_for_cell(official: ImportReport, name: str) -> None:
    numbers, rows = classic_rows(name)
    _, cells = stored(official, name)
    assert len(cells) == numbers * len(rows) > 0
    assert cells["text"].tolist() == [cell for _, parts in rows for cell in parts[-numbers:]]
    assert cells["line"].tolist() == [line for line, _ in rows for _ in range(numbers)]
    assert cells["column"].tolist() == [
        column for _, parts in rows for column in range(len(parts) - numbers + 1, len(parts) + 1)
    ]
    at = 0 if KEY.fullmatch(rows[0][1][0]) else 1
    for column, place in {"region": at, "region_name": at + 1}.items():
        assert cells[column].tolist() == [parts[place].strip() for _, parts in rows for _ in range(numbers)]
    labels = [" | ".join(parts[at + 2 : -numbers]).strip() for _, parts in rows for _ in range(numbers)]
    assert cells["attributes"].tolist() == labels
    check_numbers_and_symbols(cells)


@every_classic
def test_classic_table_times_and_labels(official: ImportReport, name: str) -> None:
    numbers, rows = classic_rows(name)
    table, cells = stored(official, name)
    text = text_of(FILES[name].read_bytes())
    head = text.split("\n")[: rows[0][0] - 1]
    if KEY.fullmatch(rows[0][1][0]):
        above = [cell for line in head for cell in line.split(";") if re.fullmatch(r"[0-9.]{4}|[0-9.]{10}", cell)]
        times = (above if len(above) == numbers else above * numbers) * len(rows)
    else:
        times = [parts[0] for _, parts in rows for _ in range(numbers)]
    assert cells["time"].tolist() == ["-".join(reversed(time.split("."))) for time in times]
    for label in cells["header"].iloc[:numbers].tolist():
        for part in label.split(" | "):
            assert any(part in line.split(";") for line in head), part
    units = [line for line in head if not line.startswith(";")][-1]
    if match := re.search(r"\((Anzahl)\)", units):
        assert set(cells["unit"]) == {match[1]}
    else:
        assert cells["unit"].iloc[:numbers].tolist() == head[-1].split(";")[-numbers:]
    assert head[0].split(": ")[1].strip(";") == table.table
    titles = " ".join(line.strip(";") for line in head[1:])  # quotes of a title are doubled, and it is quoted then
    assert titles.replace('"', "").startswith(table.title.replace('"', ""))
    if "Stand: " in text:
        day, month, year = re.search(r"\nStand: ([0-9.]{10}) / [0-9:]{8}\n*$", text)[1].split(".")
        assert table.stand == f"{year}-{month}-{day}"
        assert table.licence == "dl-de/by-2-0"
        assert table.attribution == f"© Statistische Ämter des Bundes und der Länder, Deutschland, {year}"
    else:
        assert table.stand == "" and "auszug" in name


@every_flat
def test_flat_file_cell_for_cell(official: ImportReport, name: str) -> None:
    header, *rows = [line.split(";") for line in text_of(content_of(FILES[name])).split("\n") if line]
    table, cells = stored(official, name)
    at = {column: place for place, column in enumerate(header)}
    assert len(cells) == len(rows) > 0
    assert cells["text"].tolist() == [row[at["value"]] for row in rows]
    assert cells["line"].tolist() == list(range(2, len(rows) + 2))
    assert set(cells["column"]) == {at["value"] + 1}
    assert cells["unit"].tolist() == [row[at["value_unit"]] for row in rows]
    assert cells["time"].tolist() == [row[at["time"]] for row in rows]
    assert cells["flag"].tolist() == [row[at["value_q"]] if "value_q" in at else "" for row in rows]
    regions, names, codes, labels = [], [], [], []
    for row in rows:
        code, label, region = row[at["value_variable_code"]], row[at["value_variable_label"]], None
        for n in range(1, 9):
            if f"{n}_variable_code" not in at:
                break
            place = at[f"{n}_variable_code"]
            variable, _, key, text = row[place : place + 4]
            if variable in ("DINSG", "DLAND", "REGBEZ", "KREISE", "GEMEIN"):
                region = key, text
            elif variable:
                code, label = f"{code}|{variable}={key}", f"{label} | {text}"
        regions.append(region[0])
        names.append(region[1])
        codes.append(code)
        labels.append(label)
    assert cells["region"].tolist() == regions and cells["region_name"].tolist() == names
    assert cells["codes"].tolist() == codes and cells["header"].tolist() == labels
    check_numbers_and_symbols(cells)
    assert table.table == FILES[name].name.split("_")[0]
    assert table.stand == ("2026-03-10" if name.endswith(".zip") else "")


def test_every_file_of_both_families_is_imported_as_one_of_them(shared_raw: Path, official: ImportReport) -> None:
    outcomes = {file.file: file.outcome for file in official.files}
    assert set(outcomes) == set(FILES)
    names = {table.file for table in official.package.tables if table.family in ("genesis", "ffcsv")}
    assert names == {FILES[name].name for name in (*CLASSIC, *FLAT)}
    assert all(outcomes[name] == "imported" for name in (*CLASSIC, *FLAT))
    assert len(CLASSIC) >= 40 and len(FLAT) >= 8


def test_zip_csv_german_and_english_hold_the_same_figures(shared_raw: Path, official: ImportReport) -> None:
    names = [name for name in FLAT if "/12411-01-01-4_" in name]
    assert len(names) == 4
    frames = [stored(official, name)[1][["line", "region", "time", "codes", "text"]].astype(str) for name in names]
    assert all(frame.equals(frames[0]) for frame in frames)


# --- what the folders' READMEs state about the files ---


def readme_rows(folder: str) -> dict[str, list[str]]:
    """File name → cells of the README's table of files."""
    readme = SHARED_RAW / folder / "README.md"
    lines = readme.read_text(encoding="utf-8").split("\n") if readme.is_file() else []
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
    return {row[0]: row for row in rows if len(row) == 12 and row[0] != "Datei"}


STATED = {
    f"{folder}/{name}": row
    for folder in GENESIS_FOLDERS
    for name, row in readme_rows(folder).items()
    if f"{folder}/{name}" in FILES
}


@pytest.mark.parametrize("name", STATED or ["no file"])
def test_counts_of_the_readme(official: ImportReport, name: str) -> None:
    table, cells = stored(official, name)
    _, encoding, head_rows, key_columns, title, _, _, five, eight, data_rows, symbols, _ = STATED[name]
    counted = Counter(symbol for symbol in cells["symbol"].dropna())
    assert counted == {symbol: int(count) for symbol, count in re.findall(r"(\.\.\.|[-./x]):([0-9]+)", symbols)}
    regions = cells["region"].astype(str).drop_duplicates().str.len()
    assert [(regions == digits).sum() for digits in (5, 8)] == [int(five), int(eight)]
    assert cells["line"].nunique() == int(data_rows)
    assert cells["line"].min() == int(head_rows) + 1
    assert cells["column"].min() == len(key_columns.split(";")) + 1 + bool(cells["attributes"].iloc[0])
    assert table.encoding == {"latin-1": "cp1252", "utf-8": "utf-8"}[encoding]
    assert table.title.startswith(title.rstrip("- ")[:40])


CHECKED = [
    (
        "regionalstatistik-2018-2025/21111-02-06-4.csv",
        "2023",
        {
            "DG": (782423, 55708),
            "15084": (1587, 240),
            "15088": (1470, 135),
            "09761": (3139, 162),
            "05914": (2200, 155),
            "16070": (907, 97),
        },
        ("Insgesamt | Insgesamt", "ohne Hauptschulabschluss | Insgesamt"),
    ),
    (
        "regionalstatistik-2017/21111-02-06-4.csv",
        "1995",
        {"16070": (1708, 161), "15084": (".", ".")},
        ("Insgesamt | Insgesamt", "ohne Hauptschulabschluss | Insgesamt"),
    ),
    (
        "regionalstatistik-2017/12411-01-01-4_00.csv",
        "2015-12-31",
        {
            "DG": (82175684,),
            "15084": (184081,),
            "15088": (186431,),
            "09761": (286374,),
            "05914": (189044,),
            "16070": (109620,),
        },
        ("Insgesamt",),
    ),
    (
        "regionalstatistik-2017/82111-01-05-4_00.csv",
        "2000",
        {"15084": (3175880,), "09761": (9627498,), "05914": (5150586,)},
        ("Bruttoinlandsprodukt",),
    ),
    (
        "regionalstatistik-ffcsv-2026/12411-01-01-4_de_flat.zip",
        "2024-12-31",
        {
            "15084": (173684,),
            "09761": (301105,),
            "05914": (190384,),
            "16070": (106657,),
            "15088": (182451,),
            "02000": (1862565,),
            "11000": (3685265,),
        },
        ("Bevölkerungsstand | Insgesamt",),
    ),
]


@pytest.mark.parametrize(("name", "time", "figures", "headers"), CHECKED, ids=[case[0] for case in CHECKED])
def test_checked_values(
    official: ImportReport, name: str, time: str, figures: dict[str, tuple[object, ...]], headers: tuple[str, ...]
) -> None:
    cells = stored(official, name)[1].astype({"header": str, "region": str, "time": str})
    for region, expected in figures.items():
        for header, figure in zip(headers, expected, strict=True):
            [cell] = cells[
                (cells["region"] == region)
                & (cells["time"] == time)
                & cells["header"].map(lambda path, end=header: f" | {path}".endswith(f" | {end}"))
            ].itertuples()
            assert (cell.symbol if isinstance(figure, str) else cell.value) == figure, (region, header)


def test_all_kreise_have_a_dash_in_the_employees_of_2025(shared_raw: Path, official: ImportReport) -> None:
    cells = stored(official, "regionalstatistik-ffcsv-2026/13111-01-03-4_de_flat.zip")[1]
    of_kreise = cells[cells["region"].astype(str).str.len() == 5]
    assert set(of_kreise["text"]) == {"-"} and len(of_kreise) > 2000
    assert cells[cells["region"] == "DG"]["value"].min() > 0
