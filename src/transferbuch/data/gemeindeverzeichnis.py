"""Gemeindeverzeichnis GV-ISys (Destatis, quarterly and yearly workbooks): one workbook → `OfficialTable`.

The sheet has a header over three rows and one row per Land, Regierungsbezirk, Region (Baden-Württemberg only), Kreis,
Gemeindeverband and Gemeinde (Satzart 10 to 60). Its key stands in five columns. Where it goes:

  region    Land+RB+Kreis+Gem as far as the Satzart goes: 2, 3 (Regierungsbezirk), 4 (Region), 5 and 8 digits
            (Gemeinde); 9 digits (Land+RB+Kreis+VB) for a Gemeindeverband
  codes     SATZART=60|ARS=120680117117, the Regionalschlüssel as far as it goes
  header    labels of the column, without division of words and footnote signs: `Bevölkerung | insgesamt`
  time      the day that the header prints over a column (31.12.2022 over area and population, 31.12.2023 over the
            coordinates); the Gebietsstand for names, Textkennzeichen and all columns without a day of their own
  cells     every field that is not empty; of a Gemeinde the empty fields too (symbol ''). Text that the office stores
            as text is a label (Postleitzahl, Reisegebiet, …), only the coordinates (`9,43751`) are numbers

The Stand is the Gebietsstand: the day whose Gemeinden and keys the workbook lists. Figures of area and population are
of another day, mostly a year and a half before. Rows of Kreise have no figures, and none are computed here. What the
file prints stays as it is printed, also a population of 0 where people live: see `data.corrections`.
"""

import re
from dataclasses import dataclass

from transferbuch.data.cells import JOIN, OfficialTable, find_licence, iso_time
from transferbuch.data.workbook import CellList, Value, Workbook, clean_label, fault, text_of
from transferbuch.errors import DataRefused
from transferbuch.regions.register import LAENDER

CODE = "GV-ISYS"
_DAY = re.compile(r"[0-3][0-9]\.[01][0-9]\.[12][0-9]{3}")
_LABELS = {"Satzart", "Textkennzeichen", "Gemeindename"}
_NUMBERS = ("Fläche", "Bevölkerung", "Geografische Mittelpunktkoordinaten")
_PARTS = {"Land": 2, "RB": 1, "Kreis": 2, "VB": 4, "Gem": 3}  # digits
_UNIT = re.compile(r"(Fläche)(?: in)? (km2|km²)")


@dataclass(frozen=True)
class _Satzart:
    parts: tuple[str, ...]  # columns of the key that are filled
    region: tuple[str, ...]  # those of the region's key


_SATZARTEN = {
    "10": _Satzart(("Land",), ("Land",)),
    "20": _Satzart(("Land", "RB"), ("Land", "RB")),
    "30": _Satzart(("Land", "RB", "Kreis"), ("Land", "RB", "Kreis")),
    "40": _Satzart(("Land", "RB", "Kreis"), ("Land", "RB", "Kreis")),
    "50": _Satzart(("Land", "RB", "Kreis", "VB"), ("Land", "RB", "Kreis", "VB")),
    "60": _Satzart(tuple(_PARTS), ("Land", "RB", "Kreis", "Gem")),
}
_GEMEINDE = "60"


@dataclass(frozen=True)
class _Column:
    header: str
    unit: str
    time: str
    is_number: bool


@dataclass(frozen=True)
class _Layout:
    first: int  # line of the first row below the header
    satzart: int  # columns, from 1
    name: int
    parts: dict[str, int]
    columns: dict[int, _Column]
    gebietsstand: str  # ISO


def read_gemeindeverzeichnis(book: Workbook) -> OfficialTable | None:
    """The table of a Gemeindeverzeichnis; None for another workbook.

    Raises DataRefused with sheet and row when the header is shifted or lacks a column, when a key does not fit its
    Satzart or comes twice, and for cells that are no number of the layout.
    """
    found = [(sheet, head) for sheet in book.sheets if (head := _find_header(book.head(sheet))) is not None]
    if not found:
        return None
    if len(found) > 1:
        names = ", ".join(sheet for sheet, _ in found)
        raise DataRefused(fault(book.file, 0, "several sheets have the header of the table", names, "xlsx-sheet"))
    sheet, at = found[0]
    top = book.head(sheet)
    layout = _read_layout(book.file, sheet, top, at)
    cells, footer = _read_rows(book, sheet, layout)
    others = [book.notes_of(other) for other in book.sheets if other != sheet]
    notes = "\n".join(filter(None, [*footer, book.comments(), *others]))
    attribution = re.search(r"^\s*© .*(?:\n\s*Statistisches Bundesamt.*)?", "\n".join(footer), re.MULTILINE)
    return OfficialTable(
        family="gemeindeverzeichnis",
        code=CODE,
        title=_title(top),
        statistic="Gemeindeverzeichnis-Informationssystem GV-ISys",
        encoding="utf-8",
        stand=layout.gebietsstand,
        licence=find_licence(notes),
        attribution=re.sub(r"\s+", " ", attribution[0]).strip() if attribution else "",
        notes=notes,
        cells=cells.frame(),
    )


def _find_header(rows: list[list[Value]]) -> int | None:
    """Index of the first of the three header rows; one of its labels may be missing, which is told later."""
    found = (len(_LABELS & set(map(clean_label, row))) for row in rows)
    return next((number for number, count in enumerate(found) if count >= len(_LABELS) - 1), None)


def _title(rows: list[list[Value]]) -> str:
    return next((clean_label(value) for row in rows for value in row if value), "")


def _read_layout(file: str, sheet: str, rows: list[list[Value]], at: int) -> _Layout:
    width = max(len(row) for row in rows[at : at + 3])
    head = [[clean_label(value) for value in row] + [""] * (width - len(row)) for row in rows[at : at + 3]]
    if len(head) < 3:
        raise DataRefused(fault(file, at + 1, "the header has fewer than three rows", "", "table-header", "", sheet))
    places = {label: number for number, label in enumerate(head[0], 1) if label}
    parts = {label: number for number, label in enumerate(head[1], 1) if label in _PARTS}
    problems = [
        fault(file, at + 1 + row, f"the header lacks the column {name}", "", "table-header", name, sheet)
        for row, name, is_there in (
            *((0, name, name in places) for name in sorted(_LABELS)),
            *((1, name, name in parts) for name in _PARTS),
        )
        if not is_there
    ]
    gebietsstand = _gebietsstand(head[2], _title(rows))
    if not gebietsstand:
        problems.append(fault(file, at + 3, "the header names no Gebietsstand", "", "table-header", "a day", sheet))
    if problems:
        raise DataRefused(problems)
    keys = {places["Satzart"], *parts.values()}
    if list(parts) != list(_PARTS) or max(parts.values()) > places["Gemeindename"]:
        raise DataRefused(
            fault(file, at + 2, "the columns of the key are out of order", "", "table-header", " ".join(_PARTS), sheet)
        )
    columns = _read_columns(head, keys, gebietsstand)
    headers = [column.header for column in columns.values()]
    for needed in ("Fläche", f"Bevölkerung{JOIN}insgesamt"):
        if headers.count(needed) != 1:
            what = f"the header does not have the column {needed} once"
            problems.append(fault(file, at + 1, what, "", "table-header", needed, sheet))
    if problems:
        raise DataRefused(problems)
    return _Layout(at + 4, places["Satzart"], places["Gemeindename"], parts, columns, gebietsstand)


def _read_columns(head: list[list[str]], keys: set[int], gebietsstand: str) -> dict[int, _Column]:
    """Label, unit and day of each column that is not part of the key; a label in a merged cell holds to its right."""
    columns: dict[int, _Column] = {}
    group, day = "", ""
    for number, (upper, middle, lower) in enumerate(zip(*head, strict=True), 1):
        if upper:
            group, day = upper, ""
        if found := _DAY.search(lower):
            day, lower = iso_time(found[0]), ""
        if number in keys or not (group or middle or lower):
            continue
        unit = _UNIT.fullmatch(group)
        label = JOIN.join(filter(None, [unit[1] if unit else group, middle, lower]))
        is_number = label.startswith(_NUMBERS)
        columns[number] = _Column(label, unit[2] if unit else "", day or gebietsstand, is_number)
    return columns


def _gebietsstand(lower: list[str], title: str) -> str:
    """ISO day of `Gebietsstand am 30.06.2024` in the third header row or the title, else the only day of the title."""
    for label in (*lower, title):
        if found := re.search(rf"Gebietsstand\D{{0,10}}({_DAY.pattern})", label):
            return iso_time(found[1])
    days = set(_DAY.findall(title))
    return iso_time(days.pop()) if len(days) == 1 else ""


def _read_rows(book: Workbook, sheet: str, layout: _Layout) -> tuple[CellList, list[str]]:
    """The cells, and the lines of the footer."""
    cells, footer = CellList(book.file), []
    seen: dict[tuple[str, str], int] = {}
    width = max(*layout.columns, *layout.parts.values())
    for line, row in book.rows(sheet):
        if line < layout.first:
            continue
        row += [None] * (width - len(row))
        satzart = text_of(row[layout.satzart - 1])
        if satzart not in _SATZARTEN:
            if satzart and not any(row[layout.satzart :]) and not satzart.isdigit():
                footer.append(satzart)
                continue
            expected = ", ".join(_SATZARTEN)
            cells.refuse(sheet, line, "the row has no known Satzart", satzart[:40], "table-row", expected)
            continue
        key = _read_key(row, satzart, layout)
        if key is None:
            shown = " ".join(text_of(row[number - 1]) or "–" for number in layout.parts.values())
            expected = " ".join(_SATZARTEN[satzart].parts)
            cells.refuse(sheet, line, f"the key does not fit Satzart {satzart}", shown, "table-key", expected)
            continue
        region, ars = key
        if (satzart, region) in seen:
            what = f"the row repeats the key of line {seen[satzart, region]}"
            cells.refuse(sheet, line, what, f"Satzart {satzart} {region}", "table-duplicate", "each key once")
            continue
        seen[satzart, region] = line
        name, codes = text_of(row[layout.name - 1]).strip(), f"SATZART={satzart}|ARS={ars}"
        for number, column in layout.columns.items():
            value = row[number - 1]
            if value is None and satzart != _GEMEINDE:
                continue
            labels = ("", column.header, codes, column.unit)
            is_number = column.is_number or value is None
            cells.add(sheet, line, number, (region, name), column.time, labels, value, is_number)
    return cells, footer


def _read_key(row: list[Value], satzart: str, layout: _Layout) -> tuple[str, str] | None:
    """(key of the region, Regionalschlüssel); None when the parts of the key do not fit the Satzart."""
    parts: dict[str, str] = {}
    for name, number in layout.parts.items():
        text = text_of(row[number - 1])
        digits = 1 if (satzart, name) == ("30", "Kreis") else _PARTS[name]
        if (name in _SATZARTEN[satzart].parts) != bool(re.fullmatch(rf"[0-9]{{{digits}}}", text)):
            return None
        if text and name not in _SATZARTEN[satzart].parts:
            return None
        parts[name] = text
    if parts["Land"] not in LAENDER:
        return None
    return "".join(parts[name] for name in _SATZARTEN[satzart].region), "".join(parts.values())
