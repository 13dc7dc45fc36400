"""Tables that people hand in, as plain text: CSV (`;` or `,`, UTF-8 or Windows-1252) and XLSX.

Nothing is interpreted here: every cell becomes the text that a person would type in German notation. What no one
can check is refused: formulas, error values, dates where a year belongs, files that are larger than such a table is.
It is read in two steps, so that all sheets can be searched for data about persons before a message names a cell.
"""

import csv
import datetime as dt
import hashlib
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import openpyxl

from transferbuch.errors import PersonFileError, Problem

MAX_BYTES = 20_000_000
MAX_UNPACKED = 100_000_000
MAX_ROWS = 100_000
MAX_COLUMNS = 300
MAX_PROBLEMS = 50
_LAST_ROW = 1_048_576  # of a worksheet; a damaged one may state any other
_UTF8_LETTER = re.compile(rb"[\xc2\xc3][\x80-\xbf]")


@dataclass(frozen=True)
class PlainSheet:
    """A CSV, or one sheet of a workbook: (line, cells) of every row with anything in it, the labels too.

    `problems` are the cells that nobody can check; dates stand in the rows as ISO text, the others as "?".
    """

    title: str
    rows: tuple[tuple[int, list[str]], ...]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class PlainFile:
    """A file with all its sheets; a CSV has one without title."""

    name: str  # as shown in messages
    sha256: str
    sheets: tuple[PlainSheet, ...]


@dataclass(frozen=True)
class PlainTable:
    """First row as labels, then one (line, cells) per row with anything in it; all rows are as long as `labels`."""

    labels: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    sha256: str


def read_plain_file(path: Path, name: str) -> PlainFile:
    """All sheets of a CSV or XLSX file; `name` is the path shown in messages.

    Raises PersonFileError for a file that cannot be taken apart into rows, naming the row but no cell.
    """
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise _refused(name, "the file is too large for a table of areas", f"{size:,} bytes", f"at most {MAX_BYTES:,}")
    raw = path.read_bytes()
    is_workbook = path.suffix.lower() == ".xlsx"
    sheets = _read_workbook(raw, name) if is_workbook else (PlainSheet("", tuple(_read_csv(raw, name))),)
    return PlainFile(name, hashlib.sha256(raw).hexdigest(), sheets)


def choose_table(file: PlainFile, sheet: str = "") -> PlainTable:
    """The table in a file that has been searched for data about persons; `sheet` is its title in a workbook.

    Raises PersonFileError with file, row and column for everything that cannot be read as one table.
    """
    name, chosen = file.name, _chosen_sheet(file, sheet)
    if chosen.problems:
        raise PersonFileError(chosen.problems[:MAX_PROBLEMS])
    if not chosen.rows:
        raise _refused(name, "the table is empty", expected="labels in the first row, then one row per area and period")
    (_, first), *others = chosen.rows
    width = len(_stripped(first))
    problems = [
        Problem(
            name,
            line,
            "",
            "the row has another number of cells than the first row",
            str(len(_stripped(cells))),
            f"{width} cells",
            "look for a separator inside a text; put such a text in quotes",
            "own-row",
        )
        for line, cells in others
        if len(_stripped(cells)) > width
    ]
    if problems:
        raise PersonFileError(problems[:MAX_PROBLEMS])
    rows = tuple((line, tuple((cells + [""] * width)[:width])) for line, cells in others)
    labels = tuple(" ".join(label.split()) for label in first[:width])
    return PlainTable(labels, rows, file.sha256)


def _read_csv(raw: bytes, name: str) -> list[tuple[int, list[str]]]:
    text = _decode(raw, name)
    first = next((line for line in text.split("\n") if line.strip()), "")
    separator = ";" if ";" in first else ","
    # strict: a quote that is never closed would swallow the rest of the table
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    numbered, line = [], 1
    try:
        for cells in reader:
            cells = [cell.strip() for cell in cells]
            if any(cells):
                numbered.append((line, cells))
            line = reader.line_num + 1
            _check_bounds(name, len(numbered), len(cells))
    except csv.Error as error:
        raise _refused(
            name, f"the row cannot be taken apart: {error}", do="look at the quotes in this row", line=line
        ) from None
    return numbered


def _decode(raw: bytes, name: str) -> str:
    if b"\0" in raw:
        raise _refused(name, "this is no text file in UTF-8 or Windows-1252", do="save it as CSV UTF-8")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        if _UTF8_LETTER.search(raw):
            raise _refused(
                name,
                "the file is partly UTF-8 and partly not",
                expected="one encoding",
                do="save it again as CSV UTF-8",
                line=line,
            ) from None
    try:
        return raw.decode("cp1252")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise _refused(
            name, "the file is neither UTF-8 nor Windows-1252", do="save it as CSV UTF-8", line=line
        ) from None


def _read_workbook(raw: bytes, name: str) -> tuple[PlainSheet, ...]:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
    except zipfile.BadZipFile:
        raise _refused(name, "this is no workbook (XLSX), or it is cut off or protected by a password") from None
    if unpacked > MAX_UNPACKED:
        raise _refused(name, "the workbook is too large when unpacked", f"{unpacked:,} bytes")
    try:
        # formulas are wanted as formulas: their stored results may be older than what they are computed from
        book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=False)
        sheets = tuple(_read_sheet(one, name) for one in book.worksheets)
        book.close()
    except PersonFileError:
        raise
    except Exception as error:  # openpyxl checks little: a damaged workbook ends in errors of any kind
        raise _refused(name, f"the workbook cannot be read: {type(error).__name__}", do="save it again") from None
    return sheets


def _chosen_sheet(file: PlainFile, sheet: str) -> PlainSheet:
    found = {one.title: one for one in file.sheets}
    if sheet in found or (not sheet and len(found) == 1):
        return found[sheet] if sheet else file.sheets[0]
    what = "the workbook has no such sheet" if sheet else "the workbook has several sheets, and none is chosen"
    raise _refused(file.name, what, sheet, f"one of {', '.join(found)}", "give its name as `sheet`")


def _read_sheet(sheet: object, name: str) -> PlainSheet:
    rows = list(_read_rows(sheet, name))
    problems = tuple(problem for _, _, found in rows for problem in found)
    return PlainSheet(sheet.title, tuple((line, cells) for line, cells, _ in rows), problems)


def _read_rows(sheet: object, name: str) -> Iterator[tuple[int, list[str], list[Problem]]]:
    sheet.reset_dimensions()  # the stated size is often wrong
    filled = 0
    for line, row in enumerate(sheet.iter_rows(), 1):
        cells, problems = [], []
        if line > _LAST_ROW:
            raise _refused(name, "the sheet has more rows than a workbook can have")
        for number, cell in enumerate(row, 1):
            try:
                cells.append(_cell_text(cell.value, cell.data_type))
            except ValueError as error:
                column = openpyxl.utils.get_column_letter(number)
                problems.append(
                    Problem(
                        name,
                        line,
                        f"column {column}",
                        str(error),
                        "" if _is_date(cell.value) else str(cell.value)[:40],
                        "text or number",
                        "copy the table and paste it as values only",
                        "own-cell",
                    )
                )
                cells.append(cell.value.isoformat()[:10] if isinstance(cell.value, dt.date) else "?")
        if any(cells):
            filled += 1
            yield line, cells, problems
        _check_bounds(name, filled, len(_stripped(cells)))


def _cell_text(value: object, data_type: str) -> str:
    if value is None:
        return ""
    if data_type == "f":
        raise ValueError("the cell holds a formula")
    if data_type == "e":
        raise ValueError("the cell holds an error value")
    if isinstance(value, bool):
        raise ValueError("the cell holds a truth value")
    if _is_date(value):
        raise ValueError("the cell holds a date")
    if isinstance(value, (int, float)):
        exact = Decimal(repr(value))
        if exact == exact.to_integral_value():
            return str(int(exact))
        return f"{exact:f}".replace(".", ",")
    return " ".join(str(value).split())


def _is_date(value: object) -> bool:
    return isinstance(value, (dt.date, dt.time, dt.timedelta))


def _stripped(cells: list[str]) -> list[str]:
    length = len(cells)
    while length and not cells[length - 1]:
        length -= 1
    return cells[:length]


def _check_bounds(name: str, rows: int, columns: int) -> None:
    if rows > MAX_ROWS + 1:
        raise _refused(name, "the table has too many rows for areas and periods", expected=f"at most {MAX_ROWS:,}")
    if columns > MAX_COLUMNS:
        raise _refused(name, "the table has too many columns", expected=f"at most {MAX_COLUMNS}")


def _refused(name: str, what: str, value: str = "", expected: str = "", do: str = "", line: int = 0) -> PersonFileError:
    return PersonFileError(Problem(name, line, "", what, value, expected, do, "own-file"))
