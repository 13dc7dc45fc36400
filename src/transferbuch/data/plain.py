"""Plain rectangular CSV (GISD, small areas of cities, registers, catalogues): one file → `OfficialTable`.

One header row, then rows of as many cells; `;` or `,` or tab, whichever splits all rows as the header. Line breaks may
stand inside quotes. What the columns are is read from their labels and cells (`plain_keys`), which notation a column's
numbers have from the column itself (`plain_columns`).

Every cell of the file is a row of `cells`, in the file's order, those of key, name and time too: as labels (no value,
no symbol), so that `rows.read_rows` gives the file back. `region` is the row's key as printed and `codes` names its
column with it (`PLR-ID=01100101`), because a Planungsraum and a Gemeinde both have eight digits. A catalogue, whose key
names no region (EVAS, indicators), has an empty `region`. A key that comes twice in one time is refused, unless most
keys do so and further labels (age group, Schulart) tell their rows apart; these labels are `attributes`.

The format has no end mark: a file cut off within the last cell of its last row cannot be told from a whole one.

Table code: the file's name (GISD_Bund_Kreis.csv is GISD-BUND-KREIS); a name of one word says too little, there the
folder's name stands in front (KATALOGE-EVAS). Stand: the newest date of a column that is called so, else empty.
"""

import csv
import io
import re
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd

from transferbuch.data.cells import JOIN, NotATable, OfficialTable, is_time, iso_time
from transferbuch.data.genesis import decode_text
from transferbuch.data.persons import check_persons
from transferbuch.data.plain_columns import check_cells, fault, find_attributes, find_repeated, parse_column
from transferbuch.data.plain_keys import Columns, find_columns, find_shift, names_key
from transferbuch.errors import DataRefused, Problem
from transferbuch.regions.names import slugify

ENDINGS = (".csv", ".tsv")
_MOST = 20  # faults of one file that are told
_DELIMITERS = ";\t,"  # in this order: labels and decimals have commas themselves


def read_plain(raw: bytes, file: str, path: Path) -> OfficialTable:
    """Parse a plain table; `file` is the name for messages, `path` gives ending, table code and folder.

    Raises NotATable for a file that has no columns or no key, DataRefused with line numbers for a row of another
    length, an empty or repeated label, a key that lost its zero or comes twice, a formula, two notations in a column.
    Before all of that it refuses a table with one row per person (`persons`), so that no message names a cell of it.
    """
    if not raw.removeprefix(b"\xef\xbb\xbf").strip():
        raise NotATable("the file is empty")
    if not path.name.lower().removesuffix(".gz").endswith(ENDINGS):
        raise NotATable(f"a {path.suffix or 'file'} without the first line of an official table")
    if raw.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<":
        raise NotATable("a web page or XML")
    text, encoding = decode_text(raw, file)
    numbers, rows = _split(text, file)
    if found := check_persons(file, list(zip(numbers, rows, strict=True))):
        raise DataRefused(found[:_MOST])
    labels = [label.strip() for label in rows[0]]
    width = len(labels)
    kept = [at for at in range(1, len(rows)) if len(rows[at]) == width]
    columns = [np.array(column, dtype=object) for column in zip(*(rows[at] for at in kept), strict=True)]
    factors = [pd.factorize(column) for column in columns]
    counted = [Counter(cell.strip() for cell in column) for column in columns]
    if not kept and names_key(labels):
        what = "the table has no data row" if len(rows) == 1 else f"no row has {width} cells as the header"
        raise DataRefused(fault(file, 1, what, "", "table-no-rows" if len(rows) == 1 else "table-row"))
    if shift := kept and find_shift(labels, counted):
        raise DataRefused(fault(file, 1, f"the header is missing or shifted: {shift}", "", "table-header"))
    found = find_columns(labels, counted) if kept else None
    if found is None:
        raise NotATable("a table without a column of keys that its label and its cells show to be one")
    problems = _check_header(labels, file)
    problems += [
        fault(file, numbers[at], f"the row has {len(rows[at])} cells", "", "table-row", f"{width} cells")
        for at in range(1, len(rows))
        if len(rows[at]) != width
    ]
    lines = np.array([numbers[at] for at in kept], dtype=np.int32)
    problems += check_cells(labels, factors, lines, found, file)
    problems += find_repeated(labels, factors, lines, found, file)
    parsed = [parse_column(at, labels[at], *factors[at], lines, found, file, problems) for at in range(width)]
    if problems:
        raise DataRefused(sorted(problems, key=lambda one: one.line)[:_MOST])
    attributes = find_attributes(factors, found)
    return OfficialTable(
        family="table",
        code=table_code(path),
        title=re.sub(r"(\.csv|\.tsv|\.gz|\.zip)+$", "", path.name, flags=re.IGNORECASE),
        statistic="",
        encoding=encoding,
        stand=_stand(found, factors),
        licence="",
        attribution="",
        notes="",
        cells=_cells(labels, columns, lines, found, attributes, parsed),
    )


def table_code(path: Path) -> str:
    """Code of a plain table, from the name of its file and, for a name of one word, of its folder."""
    stem = slugify(re.sub(r"(\.csv|\.tsv|\.gz|\.zip)+$", "", path.name, flags=re.IGNORECASE)).upper()
    return stem if "-" in stem else "-".join(filter(None, (slugify(path.resolve().parent.name).upper(), stem)))


def _split(text: str, file: str) -> tuple[list[int], list[list[str]]]:
    """(first line of each row, rows); the delimiter is the one that splits every row as the header."""
    best: tuple[list[int], list[list[str]]] | None = None
    refused: DataRefused | None = None
    head = text.split("\n", 1)[0]
    for delimiter in filter(head.count, _DELIMITERS):
        try:
            numbers, rows = _read_rows(text, delimiter, file)
        except DataRefused as error:
            refused = refused or error
            continue
        if len(rows[0]) > 1 and all(len(row) == len(rows[0]) for row in rows):
            return numbers, rows
        if best is None or len(rows[0]) > len(best[1][0]):
            best = numbers, rows
    if refused and best is None:
        raise refused
    if best is None:
        raise NotATable("a text without columns: its first line has neither ; nor , nor tab")
    return best


def _read_rows(text: str, delimiter: str, file: str) -> tuple[list[int], list[list[str]]]:
    # newline="": a line break inside quotes stays as it is
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    numbers: list[int] = []
    rows: list[list[str]] = []
    line = 1
    try:
        for row in reader:
            numbers.append(line)
            rows.append(row)
            line = reader.line_num + 1
    except csv.Error as error:
        what = "a quote is opened in this line and not closed, or a cell has no end"
        raise DataRefused(fault(file, line, what, str(error), "table-row", "quotes in pairs")) from None
    while len(rows) > 1 and not rows[-1]:
        rows.pop(), numbers.pop()  # empty lines below the table
    return numbers, rows


def _check_header(labels: list[str], file: str) -> list[Problem]:
    problems = []
    for at, label in enumerate(labels):
        if not label:
            what = f"the header names nothing in column {at + 1}, or it is shifted against the rows"
            problems.append(fault(file, 1, what, "", "table-header", "one label per column"))
        elif label in labels[:at]:
            problems.append(fault(file, 1, "a column comes twice", label, "table-duplicate", "each label once"))
    return problems


def _stand(found: Columns, factors: list[tuple[np.ndarray, np.ndarray]]) -> str:
    if found.stand is None:
        return ""
    return max(iso_time(text) for text in factors[found.stand][1] if is_time(text))


def _cells(
    labels: list[str],
    columns: list[np.ndarray],
    lines: np.ndarray,
    found: Columns,
    attributes: list[int],
    parsed: list[tuple[np.ndarray, np.ndarray]],
) -> pd.DataFrame:
    width, size = len(labels), len(lines)

    def stripped(at: int | None) -> np.ndarray:
        return (
            np.full(size, "", dtype=object) if at is None else np.array([cell.strip() for cell in columns[at]], object)
        )

    def per_cell(of_row: np.ndarray) -> np.ndarray:
        return np.repeat(of_row, width)

    key = stripped(found.key)
    region = key if found.kind else stripped(None)
    name = stripped(found.name if found.kind else found.key if found.is_place else None)
    time = stripped(found.time)
    if found.time is not None:
        time = np.array([iso_time(text) for text in time], dtype=object)
    further = np.array([JOIN.join(row) for row in zip(*map(stripped, attributes), strict=True)], dtype=object)
    return pd.DataFrame(
        {
            "line": per_cell(lines),
            "column": np.tile(np.arange(1, width + 1, dtype=np.int16), size),
            "region": per_cell(region),
            "region_name": per_cell(name),
            "time": per_cell(time),
            "attributes": per_cell(further) if attributes else "",
            "header": np.tile(np.array(labels, dtype=object), size),
            "codes": per_cell(np.array([f"{labels[found.key]}={one}" for one in key], dtype=object)),
            "unit": "",
            "text": np.column_stack(columns).ravel(),
            "value": np.column_stack([values for values, _ in parsed]).ravel(),
            "symbol": np.column_stack([symbols for _, symbols in parsed]).ravel(),
            "flag": "",
        }
    )
