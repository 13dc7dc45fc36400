"""Workbooks (.xlsx) of offices: sheets → rows of plain values, bounded, with nothing changed and nothing lost.

A value is text as it stands, an int or a float exactly as stored, a date as ISO text, or None for an empty cell.
Hidden sheets, rows and columns are read like all others; of merged cells every one that holds something is read. A
formula, an error value (#REF!, #DIV/0!) or a truth value in a table refuses the file: nobody can check it against the
office's figure.
"""

import datetime as dt
import io
import re
import warnings
import xml.etree.ElementTree as ET
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice

import numpy as np
import openpyxl
import pandas as pd
from openpyxl.utils import get_column_letter

from transferbuch.data.cells import CELL_COLUMNS
from transferbuch.data.symbols import parse_cell
from transferbuch.errors import DataRefused, Problem

MAX_UNPACKED = 300_000_000  # bytes of all parts of one workbook; the largest one read so far has 13 million
MAX_TAGS = 30_000_000  # of all parts: each element costs memory until its sheet is read
MAX_ROW = 3_000_000  # bytes of one row, which is parsed as a whole; the 16,384 columns that may be need 1 million
MAX_PROBLEMS = 20
_HEAD_ROWS = 15
_CHUNK = 1 << 20
_ROW = re.compile(rb"<(?:[a-z]+:)?row[ />]")
_NAMESPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_HYPHEN = re.compile(r"(?<=[a-zäöüß])-(?:[ ]*\n\s*)?(?=[a-zäöüß])")
_FOOTNOTE = re.compile(r"\s*[0-9]\)$")

Value = str | int | float | None


def is_workbook(raw: bytes) -> bool:
    """True for a zip that holds (or, cut off, began to hold) the parts of a workbook."""
    return raw[:4] == b"PK\x03\x04" and b"xl/workbook.xml" in raw


def fault(
    file: str, line: int, what: str, value: str = "", code: str = "", expected: str = "", field: str = ""
) -> Problem:
    """A fault of an office's workbook; `field` is the sheet, or sheet!cell. What to do is always the same."""
    return Problem(file, line, field, what, value, expected, "download the file again and do not edit it", code)


def place(sheet: str, line: int, column: int) -> str:
    """How a cell is called in messages: `KRS!C5`."""
    return f"{sheet}!{get_column_letter(column)}{line}"


def text_of(value: Value) -> str:
    """Text of a cell; a number in its shortest exact decimal form (56.73, 92550), '' for an empty cell."""
    return "" if value is None else value if isinstance(value, str) else repr(value)


def clean_label(value: Value) -> str:
    """A label of a header in one line, without division of words and footnote sign: `Umsteige-\\nschlüssel 1)`."""
    text = _HYPHEN.sub("", text_of(value).replace("_x000D_", "").replace("\r", ""))
    return _FOOTNOTE.sub("", re.sub(r"\s+", " ", text).strip())


class Workbook:
    """A checked workbook that is open for reading; `sheets` are the titles in their order."""

    def __init__(self, file: str, archive: zipfile.ZipFile, book: openpyxl.Workbook):
        self.file, self._archive, self._book = file, archive, book
        self.sheets = tuple(sheet.title for sheet in book.worksheets)

    def head(self, sheet: str) -> list[list[Value]]:
        """The first rows of a sheet, to see what it is; a formula stands as its text."""
        rows: list[list[Value]] = []
        for line, cells in islice(self._cells(sheet), _HEAD_ROWS):
            if line > _HEAD_ROWS:
                break
            rows += [[]] * (line - len(rows) - 1)
            rows.append(_row([(column, value) for column, value, _ in cells]))
        return rows

    def rows(self, sheet: str) -> Iterator[tuple[int, list[Value]]]:
        """(line, values from column 1 on) of every row of a table that holds something.

        Raises DataRefused, after the last row, with each cell that holds a formula, an error or a truth value.
        """
        problems: list[Problem] = []
        for line, cells in self._cells(sheet):
            for column, value, kind in cells:
                if kind:
                    shown = str(value)[:40]
                    where = place(sheet, line, column)
                    problems.append(fault(self.file, line, f"a cell holds {kind}", shown, "xlsx-cell", "", where))
            if len(problems) >= MAX_PROBLEMS:
                break
            yield line, _row([(column, value) for column, value, _ in cells])
        if problems:
            raise DataRefused(problems[:MAX_PROBLEMS])

    def texts(self, sheet: str, most: int) -> Iterator[tuple[int, list[str]]]:
        """(line, the first `most` cells as text) of every row that holds something, to see what a sheet is about."""
        for line, cells in self._cells(sheet):
            if shown := [(column, value) for column, value, _ in cells if column <= most]:
                yield line, [text_of(value) for value in _row(shown)]

    def words(self, sheet: str) -> str:
        """The text of all rows that hold no figure, one line per row: titles and footnotes of a table."""
        rows = ([value for _, value, _ in cells] for _, cells in self._cells(sheet))
        return "\n".join(" ".join(row).strip() for row in rows if all(isinstance(value, str) for value in row))

    def notes_of(self, sheet: str) -> str:
        """All text of a sheet that is no table of its family, one line per row.

        Raises DataRefused when a row has two figures or more, so that no table of another form is passed over.
        """
        lines = []
        for line, cells in self._cells(sheet):
            figures = [(column, value) for column, value, _ in cells if not isinstance(value, str)]
            if len(figures) > 1:
                what, where = "a sheet that is no table of this kind holds figures", place(sheet, line, figures[0][0])
                expected = "only sheets whose header is known, and sheets of words"
                shown = text_of(figures[0][1])
                raise DataRefused(fault(self.file, line, what, shown, "xlsx-sheet", expected, where))
            lines.append(" ".join(text_of(value) for _, value, _ in cells).strip())
        return "\n".join(lines)

    def comments(self) -> str:
        """The words of all comments, which explain keys and columns."""
        names = sorted(name for name in self._archive.namelist() if re.fullmatch(r"xl/comments[0-9]*\.xml", name))
        found = []
        for name in names:
            for comment in ET.fromstring(self._archive.read(name)).iter(f"{_NAMESPACE}comment"):
                words = "".join(run.text or "" for run in comment.iter(f"{_NAMESPACE}t"))
                found.append(f"{comment.get('ref', '')}: {words.strip()}")
        return "\n".join(found)

    def _cells(self, sheet: str) -> Iterator[tuple[int, list[tuple[int, Value, str]]]]:
        """(line, [(column, value, what it is in place of text or number, or '')]) of rows that hold something."""
        worksheet = self._book[sheet]
        worksheet.reset_dimensions()  # a stated dimension may be wrong, and would fill millions of empty cells
        with _readable(self.file, sheet):
            for row in worksheet.iter_rows():
                found = []
                for cell in row:
                    value = cell.value
                    if value is None or (isinstance(value, str) and not value.strip()):
                        continue
                    found.append((cell.column, *_value_of(value, cell.data_type)))
                if found:
                    yield next(cell.row for cell in row if cell.value is not None), found


@contextmanager
def open_workbook(raw: bytes, file: str) -> Iterator[Workbook | None]:
    """The workbook in `raw`; None for a zip without one.

    Raises DataRefused when it unpacks to more than `MAX_UNPACKED` bytes (before anything is unpacked), is cut off or
    broken. What a part states as its size is held against what it really has.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(raw))
        _check_size(archive, file)
    except (zipfile.BadZipFile, EOFError, zlib.error, NotImplementedError, RuntimeError, OSError) as error:
        what = f"the archive is cut off or broken: {error}"
        raise DataRefused(fault(file, 0, what, "", "zip-broken")) from None
    if "xl/workbook.xml" not in archive.namelist():
        yield None
        return
    with _readable(file, ""), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of openpyxl, on parts of the file that hold no cells
        book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True)
    try:
        yield Workbook(file, archive, book)
    finally:
        book.close()


def _check_size(archive: zipfile.ZipFile, file: str) -> None:
    """Read every part once, by pieces: checksum, real size, and what would fill the memory when it is parsed."""
    members = archive.infolist()
    if (stated := sum(member.file_size for member in members)) > MAX_UNPACKED:
        raise DataRefused(_too_large(file, f"{stated} bytes", f"{MAX_UNPACKED} bytes"))
    size = tags = 0
    for member in members:
        row = 0  # bytes since a row began
        with archive.open(member) as part:  # never gives more than the stated size; then the checksum is wrong
            while chunk := part.read(_CHUNK):
                size, tags = size + len(chunk), tags + chunk.count(b"<")
                row = 0 if _ROW.search(chunk) else row + len(chunk)
                if size > MAX_UNPACKED or tags > MAX_TAGS:
                    raise DataRefused(_too_large(file, f"{tags} elements", f"{MAX_TAGS} elements"))
                if row > MAX_ROW and member.filename.startswith("xl/worksheets/"):
                    raise DataRefused(_too_large(file, f"{row} bytes in one row", f"{MAX_ROW} bytes in one row"))


class CellList:
    """Cells of one table in the common form, added one by one; faults are collected up to `MAX_PROBLEMS`."""

    def __init__(self, file: str):
        self.file = file
        self.problems: list[Problem] = []
        self._rows: list[tuple[object, ...]] = []

    def add(
        self,
        sheet: str,
        line: int,
        column: int,
        region: tuple[str, str],
        time: str,
        labels: tuple[str, str, str, str],
        value: Value,
        is_number: bool = False,
        flag: str = "",
    ) -> None:
        """One cell; `region` is key and name, `labels` are attributes, header, codes and unit.

        A stored number is a number, text a label. `is_number`: the column is one of numbers, in which text must be
        a number with decimal comma or a symbol, and an empty cell is a symbol too.
        """
        text, number, symbol = text_of(value), np.nan, None
        if isinstance(value, (int, float)):
            number = float(value)
        elif is_number:
            try:
                cell = parse_cell(text)
            except ValueError as error:
                where = place(sheet, line, column)
                self.problems.append(fault(self.file, line, str(error), "", "cell", "a number", where))
                return
            number, symbol = np.nan if cell.value is None else cell.value, cell.symbol
            flag = flag or cell.flag
        attributes, header, codes, unit = labels
        self._rows.append((line, column, *region, time, attributes, header, codes, unit, text, number, symbol, flag))

    def refuse(self, sheet: str, line: int, what: str, value: str = "", code: str = "", expected: str = "") -> None:
        """Collect a fault of a row."""
        self.problems.append(fault(self.file, line, what, value, code, expected, sheet))

    def frame(self) -> pd.DataFrame:
        """The cells, columns as in `cells`. Raises DataRefused with the collected faults, or when there is no cell."""
        if not self.problems and not self._rows:
            self.problems.append(fault(self.file, 0, "the table has no data row", "", "table-no-rows"))
        if self.problems:
            raise DataRefused(self.problems[:MAX_PROBLEMS])
        frame = pd.DataFrame(self._rows, columns=list(CELL_COLUMNS))
        return frame.astype({"line": np.int32, "column": np.int16, "value": float, "symbol": object})


@contextmanager
def _readable(file: str, sheet: str) -> Iterator[None]:
    try:
        yield
    except DataRefused:
        raise
    except Exception as error:  # openpyxl checks little: a damaged part ends in errors of any kind
        what = f"the workbook cannot be read: {error or type(error).__name__}"
        raise DataRefused(fault(file, 0, what[:200], "", "xlsx-broken", "", sheet)) from None


def _row(cells: list[tuple[int, Value]]) -> list[Value]:
    row: list[Value] = [None] * cells[-1][0]
    for column, value in cells:
        row[column - 1] = value
    return row


def _value_of(value: object, data_type: str) -> tuple[Value, str]:
    if data_type == "f":
        return str(value), "a formula"
    if data_type == "e":
        return str(value), "an error value"
    if isinstance(value, bool):
        return str(value), "a truth value"
    if isinstance(value, dt.datetime):
        return (value.date() if value.time() == dt.time() else value).isoformat(), ""
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat(), ""
    if isinstance(value, (str, int, float)):
        return value, ""
    return str(value), f"a {type(value).__name__}"


def _too_large(file: str, found: str, most: str) -> Problem:
    what, do = "the workbook unpacks to more than any official table", "check where the file comes from"
    return Problem(file, 0, "", what, found, f"at most {most}", do, "zip-too-large")
