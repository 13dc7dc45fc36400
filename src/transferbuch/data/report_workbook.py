"""Statistischer Bericht (Destatis, .xlsx): its flat sheets (`csv-21711-01` …) → one `OfficialTable`.

A Bericht holds each table twice: laid out for reading, and flat for other programs, without merged cells and notes.
Only flat sheets are read, so that each figure is there once; what is left out, and why, stands in `left_out`. A flat
sheet has one header row: `Statistik;Gebiet;…;Jahr;Masseinheit;<values…>;Anmerkung`. In the cells: `region` by the
name of the Land (DG for Deutschland), `attributes` the columns between Gebiet and Jahr, `header` the name of the
value column, `unit` the Masseinheit, `flag` the Anmerkung as printed (`p` preliminary, `-` none), `codes` the sheet.
The table's code is the EVAS number of the statistic, `stand` the day on which the Bericht appeared. The sheets of
words are the notes.
"""

import re

from transferbuch.data.cells import JOIN, OfficialTable, find_licence, is_time, iso_time
from transferbuch.data.workbook import CellList, Workbook, clean_label, text_of
from transferbuch.regions.keys import BUND
from transferbuch.regions.register import LAENDER

_FLAT = re.compile(r"csv-(([0-9]{5})-\S+)")
_LAID_OUT = re.compile(r"[0-9]{5}-\S+")
_START, _PLACE, _TIME, _UNIT, _REMARK = "Statistik", "Gebiet", "Jahr", "Masseinheit", "Anmerkung"
_MONTHS = [
    "Januar", "Februar", "März", "April", "Mai", "Juni",
    "Juli", "August", "September", "Oktober", "November", "Dezember",
]  # fmt: skip
_APPEARED = re.compile(rf"Erschienen am\s+([0-9]{{1,2}})\. ({'|'.join(_MONTHS)}) ([12][0-9]{{3}})")
_REGIONS = {name: ags for ags, name in LAENDER.items()} | {"Deutschland": BUND}


def read_report(book: Workbook) -> OfficialTable | None:
    """The figures of a Statistischer Bericht; None for another workbook and for one without a flat sheet.

    Raises DataRefused with sheet and row for a row that names no Land or year, comes twice, or holds no number.
    """
    flat = {sheet: found for sheet in book.sheets if (found := _FLAT.fullmatch(sheet))}
    readable = {sheet: head for sheet in flat if (head := _header(book, sheet))}
    if not readable:
        return None
    numbers = sorted({flat[sheet][2] for sheet in readable})
    cells = CellList(book.file)
    statistics: dict[str, None] = {}
    for sheet, head in readable.items():
        _read_sheet(book, sheet, head, cells, statistics)
    read = {flat[sheet][1] for sheet in readable}
    twice = [sheet for sheet in book.sheets if _LAID_OUT.fullmatch(sheet) and sheet in read]
    unknown = [sheet for sheet in book.sheets if sheet in flat and sheet not in readable]
    unknown += [sheet for sheet in book.sheets if _LAID_OUT.fullmatch(sheet) and sheet not in read]
    whole = "\n".join(
        book.words(sheet) for sheet in book.sheets if sheet not in flat
    )  # the flat sheets have no footnotes
    appeared, attribution = _APPEARED.search(whole), re.search(r"© Statistisches Bundesamt[^\n]*", whole)
    left_out = []
    if twice:
        left_out.append(f"sheets {', '.join(twice)}: the same figures laid out for reading")
    if unknown:
        left_out.append(f"sheets {', '.join(unknown)}: no flat table of the known form, their figures are not imported")
    return OfficialTable(
        family="table",
        code="-".join(numbers),
        title=next((line for line in book.words(book.sheets[0]).split("\n")[1:] if line), ""),
        statistic="; ".join(statistics),
        encoding="utf-8",
        stand=_day(appeared) if appeared else "",
        licence=find_licence(whole),
        attribution=attribution[0].strip() if attribution else "",
        notes=whole,
        cells=cells.frame(),
        left_out="; ".join(left_out),
    )


def _day(appeared: re.Match[str]) -> str:
    return f"{appeared[3]}-{_MONTHS.index(appeared[2]) + 1:02d}-{int(appeared[1]):02d}"


def _header(book: Workbook, sheet: str) -> list[str]:
    """Names of the columns of a flat sheet; empty when it has another form."""
    rows = book.head(sheet)
    head = [clean_label(value) for value in rows[0]] if rows else []
    order = [head.index(name) if name in head else -1 for name in (_START, _PLACE, _TIME, _UNIT, _REMARK)]
    fits = order[:2] == [0, 1] and order == sorted(order) and order[4] == len(head) - 1
    return head if fits and order[3] == order[2] + 1 and order[4] > order[3] + 1 and all(head) else []


def _read_sheet(book: Workbook, sheet: str, head: list[str], cells: CellList, statistics: dict[str, None]) -> None:
    time_at, unit_at = head.index(_TIME), head.index(_UNIT)
    seen: dict[tuple[str, ...], int] = {}
    for line, row in book.rows(sheet):
        if line == 1:
            continue
        if len(row) > len(head):
            cells.refuse(sheet, line, "the row is longer than the header", "", "table-row", f"{len(head)} cells")
            continue
        row += [None] * (len(head) - len(row))
        labels = [text_of(value).strip() for value in row]
        region, time = _REGIONS.get(labels[1], ""), labels[time_at]
        key = (region, time, *labels[2:time_at])
        if not region or not is_time(time):
            shown = f"{labels[1]} ; {time}"
            cells.refuse(sheet, line, "the row names no Land or no year", shown, "table-key", "a Land and a year")
            continue
        if key in seen:
            what = f"the row repeats line {seen[key]}"
            cells.refuse(sheet, line, what, " ".join(key), "table-duplicate", "each row once")
            continue
        seen[key] = line
        statistics[labels[0]] = None
        for number in range(unit_at + 1, len(head) - 1):
            told = (JOIN.join(labels[2:time_at]), head[number], f"SHEET={sheet}", labels[unit_at])
            cells.add(sheet, line, number + 1, (region, labels[1]), iso_time(time), told, row[number], True, labels[-1])
