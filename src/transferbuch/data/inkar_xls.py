"""The workbook of an INKAR export (.xls, BIFF): sheets Daten, Metadaten, Quellangabe → rows of text.

Old workbooks are read with xlrd, the only reader of this format. What xlrd does not tell is read from the records
themselves: a formula, whose stored result nobody can check against the official figure.
"""

import io
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass

import xlrd
from xlrd.biffh import XL_FORMULA_OPCODES

from transferbuch.errors import DataRefused, Problem

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SHEETS = ("Daten", "Metadaten", "Quellangabe")
_DAY = re.compile(r"Stand:?\s*([0-3][0-9])\.([01][0-9])\.([12][0-9]{3})")
_EDITION = re.compile(r"Ausgabe\s+([12][0-9]{3})")
_KINDS = {
    xlrd.XL_CELL_TEXT: "text",
    xlrd.XL_CELL_DATE: "a date",
    xlrd.XL_CELL_BOOLEAN: "a truth value",
    xlrd.XL_CELL_ERROR: "an error value",
}


@dataclass(frozen=True)
class InkarWorkbook:
    """Content of one workbook.

    `rows` are those of the sheet Daten: texts as they are, a number as its exact shortest decimal form, '' for an
    empty cell. `sources` gives the statistical source of each indicator that the sheet Metadaten names. `stand` is a
    day (ISO) or, where Quellangabe names only the edition, its year; '' if it names neither.
    """

    rows: list[list[str]]
    sources: dict[str, str]
    notes: str
    stand: str
    attribution: str
    encoding: str


def fault(
    file: str, line: int, what: str, value: str = "", code: str = "", expected: str = "", field: str = ""
) -> Problem:
    """A fault of an INKAR file; what to do is always the same."""
    return Problem(file, line, field, what, value, expected, "export the table again and do not edit it", code)


def is_old_workbook(raw: bytes, suffix: str) -> bool:
    """True for an OLE2 document with a workbook inside (old Word documents have none), or that is called one."""
    return raw.startswith(_OLE) and (suffix.lower() == ".xls" or "Workbook".encode("utf-16-le") in raw)


def read_workbook(raw: bytes, file: str) -> InkarWorkbook | None:
    """Content of an INKAR workbook; None when it is a sound workbook of another kind.

    Raises DataRefused when it is cut off or broken, lacks one of the three sheets, or holds a formula, or a cell
    that is neither text nor number where the layout wants one.
    """
    try:
        # kept in memory until closed, so that the records can be searched for formulas; its warnings say nothing
        with xlrd.open_workbook(file_contents=raw, logfile=io.StringIO(), on_demand=True) as book:
            sheets = {sheet.name: sheet for sheet in book}
            formulas = list(_find_formulas(book.mem[book.base : book.base + book.stream_len]))
            encoding = book.encoding or ""
    except Exception as error:  # xlrd checks little: a damaged file ends in errors of any kind
        raise DataRefused(
            fault(
                file, 0, f"the file is no workbook, or it is cut off: {error or type(error).__name__}", "", "xls-broken"
            )
        ) from None
    missing = [name for name in _SHEETS if name not in sheets]
    if "Daten" in sheets:
        if _row_texts(sheets["Daten"], 0)[:3] != ["Kennziffer", "Raumeinheit", "Aggregat"] and missing:
            return None
    elif len(missing) > 1:
        return None
    if missing:
        expected = ", ".join(_SHEETS)
        raise DataRefused(fault(file, 0, f"the workbook lacks the sheet {missing[0]}", "", "xls-sheet", expected))
    if formulas:
        row, column = formulas[0]
        raise DataRefused(fault(file, row + 1, "a cell holds a formula", f"column {column + 1}", "xls-formula"))
    cited = "\n".join(filter(None, (_joined(sheets["Quellangabe"], row) for row in range(sheets["Quellangabe"].nrows))))
    cited = cited.replace("\r\n", "\n")
    about = [_row_texts(sheets["Metadaten"], row) for row in range(sheets["Metadaten"].nrows)]
    attribution = re.search(r"©[^\n]*", cited)
    day, edition = _DAY.search(cited), _EDITION.search(cited)
    return InkarWorkbook(
        rows=_read_rows(sheets["Daten"], file),
        sources=_read_sources(about),
        notes="\n".join([cited, *("; ".join(filter(None, row)) for row in about)]).strip(),
        stand=f"{day[3]}-{day[2]}-{day[1]}" if day else edition[1] if edition else "",
        attribution=attribution[0].strip() if attribution else "",
        encoding=encoding,
    )


def _find_formulas(stream: bytes) -> Iterator[tuple[int, int]]:
    """(row, column), from 0, of every formula record of a workbook stream."""
    at = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        if kind in XL_FORMULA_OPCODES and length >= 4 and at + 8 <= len(stream):
            yield struct.unpack_from("<HH", stream, at + 4)
        at += 4 + length


def _read_rows(sheet: xlrd.sheet.Sheet, file: str) -> list[list[str]]:
    rows, problems = [], []
    for number in range(sheet.nrows):
        row = []
        for column, (kind, value) in enumerate(zip(sheet.row_types(number), sheet.row_values(number), strict=True)):
            is_label = number < 2 or column < 3
            if kind in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK) or (kind == xlrd.XL_CELL_TEXT and not value.strip()):
                row.append("")
            elif kind == (xlrd.XL_CELL_TEXT if is_label else xlrd.XL_CELL_NUMBER):
                row.append(value if is_label else repr(value))
            else:
                found = _KINDS.get(kind, "a number")
                expected = "text" if is_label else "a number or an empty cell"
                what, place = f"the cell in column {column + 1} holds {found}", str(value)[:40]
                problems.append(fault(file, number + 1, what, place, "cell", expected))
        rows.append(row)
    if problems:
        raise DataRefused(problems[:20])
    while len(rows) > 1 and not any(rows[-1]):
        rows.pop()  # rows that were formatted or emptied below the table
    return rows or [[]]


def _row_texts(sheet: xlrd.sheet.Sheet, row: int) -> list[str]:
    return [str(value).strip() for value in sheet.row_values(row)] if row < sheet.nrows else []


def _joined(sheet: xlrd.sheet.Sheet, row: int) -> str:
    return " ".join(filter(None, _row_texts(sheet, row)))


def _read_sources(about: list[list[str]]) -> dict[str, str]:
    head = next((number for number, row in enumerate(about) if row[:1] == ["Indikator"] and "Quelle" in row), None)
    if head is None:
        return {}
    place = about[head].index("Quelle")
    return {row[0]: row[place] for row in about[head + 1 :] if row[0] and row[place]}
