"""GENESIS classic CSV (Regionalstatistik, 2017–2026): one file → `OfficialTable`.

The format has no specification; these rules hold for every file seen and rely on position, not on wording:
  line 1       `GENESIS-Tabelle: CODE` (until 2025) or `Tabelle: CODE`
  title lines  first cell filled, all others empty: title (1–4 lines), statistic, then perhaps
               `measure (unit)` and perhaps the time alone (`2015;;;;`)
  header rows  first cells empty: labels from general to special; one row may hold the time of each column;
               the last one holds the units unless a `measure (unit)` line did
  data rows    [time;] key; name; [labels …;] cells …
  `__________` then quoted footnotes, licence, `Stand: dd.mm.yyyy / hh:mm:ss`. Without that rule, or with a
               quote left open, the file is cut off; without Stand it is an extract and the report says so
"""

import csv
import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from transferbuch.data.cells import JOIN, KEY, OfficialTable, find_licence, is_time, iso_time, parse_texts, year_of
from transferbuch.data.symbols import is_cell
from transferbuch.errors import DataRefused, Problem

_FIRST_LINE = re.compile(r"(?:GENESIS-)?Tabelle:\s*([0-9A-Z]+(?:-[0-9A-Z]+)*)\s*;*\s*")
_STAND = re.compile(r"Stand:\s*([0-9]{2})\.([0-9]{2})\.([0-9]{4})(?:\s*/\s*[0-9:]+)?")
_QUOTED = re.compile(r'"((?:[^"]|"")*)"')
_UNIT_IN_LINE = re.compile(r".*\(([^()]+)\)")
_RULE = "__________"
# German text in Windows-1252 never has these pairs; a file with them and a byte that is no UTF-8 mixes both
_IS_UTF8 = re.compile(rb"\A\xef\xbb\xbf|[\xc2\xc3][\x80-\xbf]")
_TIME_LABELS = {"Stichtag", "Jahr", "Schuljahr", "Semester", "Berichtsjahr", "Zeit"}
_UNITS = re.compile(
    r"Anzahl|Prozent|%|(?:Tsd\.?|Mill\.?|Mio\.?|Mrd\.?|1000|1 000|1\.000)(?: .*)?|EUR(?: .*)?|qkm|ha|qm|cbm|1000 cbm|"
    r"Jahre|Tage|Stunden|Personen|je .*|t|kg|dt|kWh|MWh|GJ|Punkte|Promille|Grad|m|km",
    re.IGNORECASE,
)


def is_genesis(head: bytes) -> bool:
    """True when the first bytes of a file are those of a classic table."""
    first = head.removeprefix(b"\xef\xbb\xbf").split(b"\n", 1)[0].decode("cp1252", "replace").strip("\r")
    return bool(_FIRST_LINE.fullmatch(first))


def read_genesis(raw: bytes, file: str) -> OfficialTable:
    """Parse a classic table; `file` is the name used in messages.

    Raises DataRefused with line numbers when the file is cut off, shifted, or holds a cell that is neither a
    number nor a symbol.
    """
    text, encoding = decode_official(raw, file)
    body, rule, foot = text.partition("\n" + _RULE)
    stand = _STAND.search(foot.rstrip().rsplit("\n", 1)[-1])
    if not rule or foot.count('"') % 2:
        raise DataRefused(
            Problem(
                file,
                text.count("\n") + 1,
                "",
                "the table is cut off: its end is missing",
                expected=f"a line {_RULE}, footnotes, licence and a last line 'Stand: …'",
                do="download the table again",
                code="table-cut-off",
            )
        )
    rows = split_rows(body, file)
    layout = _read_layout(rows, file)
    notes = _QUOTED.sub(lambda block: block[1].replace('""', '"'), foot).strip()
    attribution = re.search(r"©[^\n]*", notes)
    return OfficialTable(
        family="genesis",
        code=_FIRST_LINE.fullmatch(body.split("\n", 1)[0])[1],
        title=layout.title,
        statistic=layout.statistic,
        encoding=encoding,
        stand=f"{stand[3]}-{stand[2]}-{stand[1]}" if stand else "",  # extracts made by hand may lack it
        licence=find_licence(notes),
        attribution=attribution[0].strip().rstrip(".") if attribution else "",
        notes=notes,
        cells=_read_cells(rows, layout, file),
    )


def decode_text(raw: bytes, file: str) -> tuple[str, str]:
    """Text as it is and the encoding found: UTF-8 (with or without BOM), otherwise Windows-1252."""
    if b"\x00" in raw:
        line = raw[: raw.index(b"\x00")].count(b"\n") + 1
        raise DataRefused(
            Problem(
                file,
                line,
                "",
                "the file holds a zero byte and is not text",
                expected="UTF-8 or Windows-1252",
                do="download the table again",
                code="encoding",
            )
        )
    try:
        text, encoding = raw.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError as broken:
        at = broken.start if _IS_UTF8.search(raw) else None
        try:
            text, encoding = raw.decode("cp1252"), "cp1252"
        except UnicodeDecodeError as error:
            at = error.start if at is None else at
        if at is not None:
            raise DataRefused(
                Problem(
                    file,
                    raw[:at].count(b"\n") + 1,
                    "",
                    "the encoding is broken",
                    expected="UTF-8 or Windows-1252, one of them in the whole file",
                    do="download the table again",
                    code="encoding",
                )
            ) from None
    return text, encoding


def decode_official(raw: bytes, file: str) -> tuple[str, str]:
    """As `decode_text`, with `\\n` line ends; refuses single carriage returns."""
    text, encoding = decode_text(raw, file)
    text = text.replace("\r\n", "\n")
    if "\r" in text:
        raise DataRefused(
            Problem(
                file,
                text[: text.index("\r")].count("\n") + 1,
                "",
                "a line holds a single carriage return",
                expected="lines that end with a line feed",
                do="download the table again",
                code="table-row",
            )
        )
    return text, encoding


def split_rows(text: str, file: str, quoting: int = csv.QUOTE_MINIMAL, strict: bool = False) -> list[list[str]]:
    """Cells of every line, one row per line; raises DataRefused where a quote is left open over the line's end.

    `strict` also refuses characters between a closing quote and the next `;` (`"31,1"5`).
    """
    reader = csv.reader(text.split("\n"), delimiter=";", quoting=quoting, strict=strict)
    rows: list[list[str]] = []
    try:
        for row in reader:
            if reader.line_num != len(rows) + 1:
                raise csv.Error("one row over several lines")
            rows.append(row)
    except csv.Error:
        raise DataRefused(
            Problem(
                file,
                len(rows) + 1,
                "",
                "a quote is opened in this line and not closed, or a cell has no end",
                expected="one row per line",
                do="download the table again and do not edit it",
                code="table-row",
            )
        ) from None
    return rows


@dataclass(frozen=True)
class _Layout:
    title: str
    statistic: str
    first_row: int  # index of the first data row
    time_column: bool
    keys: int  # number of columns before the numbers
    headers: tuple[str, ...]  # per value column
    units: tuple[str, ...]
    times: tuple[str, ...]  # per value column; '' when the row has the time


def _read_layout(rows: list[list[str]], file: str) -> _Layout:
    first = next((i for i, row in enumerate(rows) if i and _key_position(row) is not None), None)
    if first is None:
        raise DataRefused(
            Problem(
                file,
                0,
                "",
                "the table has no data row",
                expected="rows beginning [time;]key;name",
                do="choose a table with regional keys (Kreise, Gemeinden)",
                code="table-no-rows",
            )
        )
    time_column = _key_position(rows[first]) == 1
    lines = [row for row in rows[1:first] if row and row[0].strip()]
    header = [row for row in rows[1:first] if row and not row[0].strip() and any(cell.strip() for cell in row)]
    if not header:
        raise DataRefused(
            Problem(
                file,
                first + 1,
                "",
                "no header row above the first data row",
                ";".join(rows[first])[:60],
                "header rows whose first cells are empty",
                "download the table again",
                "table-header",
            )
        )
    width = len(rows[first])
    wrong = next((row for row in header if len(row) != width), None)
    if wrong is not None:
        raise DataRefused(
            Problem(
                file,
                rows.index(wrong) + 1,
                "",
                f"the header row has {len(wrong)} cells",
                expected=f"{width} cells as in the first data row",
                do="download the table again and do not edit it",
                code="table-header",
            )
        )
    keys = min(next(i for i, cell in enumerate(row) if cell.strip()) for row in header)
    labels_are_numbers = all(is_cell(row[keys - 1]) for row in rows[first:] if len(row) == width)
    if keys < 2 + time_column or (keys > 2 + time_column and labels_are_numbers):
        raise DataRefused(
            Problem(
                file,
                first,
                "",
                "the header is shifted against the data rows",
                expected=f"{2 + time_column} empty cells before the first label, more only above labels",
                do="download the table again and do not edit it",
                code="table-header",
            )
        )

    common_time = ""
    if lines and is_time(lines[-1][0]) and not any(cell.strip() for cell in lines[-1][1:]):
        common_time = iso_time(lines.pop()[0])
    titles = [row[0].strip() for row in lines]
    common_unit = ""
    in_line = _UNIT_IN_LINE.fullmatch(titles[-1]) if titles else None
    if in_line and _UNITS.fullmatch(in_line[1]):
        common_unit = in_line[1]
        titles.pop()
    labels = [[cell.strip() for cell in row[keys:]] for row in header]
    times = [common_time] * (width - keys)
    time_row = next((i for i, row in enumerate(labels) if all(is_time(cell) for cell in row)), None)
    if time_row is not None:
        times = [iso_time(cell) for cell in labels.pop(time_row)]
        if time_row and set(labels[time_row - 1]) <= _TIME_LABELS:
            labels.pop(time_row - 1)
    if not titles:
        raise DataRefused(
            Problem(
                file,
                2,
                "",
                "the table has no title",
                expected="lines with title and statistic above the header",
                do="download the table again and do not edit it",
                code="table-header",
            )
        )
    if not time_column and not all(times):
        raise DataRefused(
            Problem(
                file,
                first + 1,
                "",
                "the table says nowhere which time it is about",
                expected="a time column, a time row in the header or a line with the time",
                code="table-time",
                do="download the table again and do not edit it",
            )
        )
    units = [common_unit] * (width - keys)
    if not common_unit and labels and all(not cell or _UNITS.fullmatch(cell) for cell in labels[-1]):
        units = labels.pop()
    headers = [JOIN.join(filter(None, path)) for path in zip(*labels, strict=True)] if labels else [""] * (width - keys)
    return _Layout(
        title=" ".join(titles[:-1]) or titles[0],
        statistic=titles[-1],
        first_row=first,
        time_column=time_column,
        keys=keys,
        headers=tuple(headers),
        units=tuple(units),
        times=tuple(times),
    )


def _key_position(row: list[str]) -> int | None:
    """0 or 1: where the regional key stands in a data row; None when this is no data row."""
    if len(row) > 3 and KEY.fullmatch(row[1].strip()) and row[0].strip() and row[2].strip():
        return 1
    if len(row) > 2 and KEY.fullmatch(row[0].strip()) and row[1].strip():
        return 0
    return None


def _read_cells(rows: list[list[str]], layout: _Layout, file: str) -> pd.DataFrame:
    at = 1 if layout.time_column else 0
    width = layout.keys + len(layout.headers)
    kept, problems, seen = [], [], {}
    for number, row in enumerate(rows[layout.first_row :], layout.first_row + 1):
        if not any(row):
            continue
        if len(row) != width:
            problems.append(
                Problem(
                    file,
                    number,
                    "",
                    f"the row has {len(row)} cells",
                    expected=f"{width} cells",
                    do="download the table again and do not edit it",
                    code="table-row",
                )
            )
        elif at and year_of(row[0]) is None:
            problems.append(
                Problem(
                    file,
                    number,
                    "",
                    "this is no reporting time",
                    row[0],
                    "a year or a date",
                    "download the table again and do not edit it",
                    "table-time",
                )
            )
        elif not KEY.fullmatch(row[at].strip()):
            problems.append(
                Problem(
                    file,
                    number,
                    "",
                    "this is no regional key",
                    row[at],
                    "DG or 2, 3, 5, 8 digits",
                    "download the table again and do not edit it",
                    "table-key",
                )
            )
        elif (mark := tuple(row[:at] + row[at : at + 1] + row[at + 2 : layout.keys])) in seen:
            problems.append(
                Problem(
                    file,
                    number,
                    "",
                    f"the row repeats line {seen[mark]}",
                    ";".join(mark)[:80],
                    "each region, time and label once",
                    "download the table again",
                    "table-duplicate",
                )
            )
        else:
            seen[mark] = number
            kept.append((number, row))
    if problems:
        raise DataRefused(problems[:20])
    per_row = len(layout.headers)
    lines = np.repeat(np.array([number for number, _ in kept], dtype=np.int32), per_row)
    texts = [cell for _, row in kept for cell in row[layout.keys :]]

    def from_row(values: list[str]) -> np.ndarray:
        return np.repeat(np.array(values, dtype=object), per_row)

    def from_header(values: tuple[str, ...]) -> np.ndarray:
        return np.tile(np.array(values, dtype=object), len(kept))

    frame = pd.DataFrame(
        {
            "line": lines,
            "column": np.tile(np.arange(layout.keys + 1, width + 1, dtype=np.int16), len(kept)),
            "region": from_row([row[at].strip() for _, row in kept]),
            "region_name": from_row([row[at + 1].strip() for _, row in kept]),
            "time": from_row([iso_time(row[0]) for _, row in kept])
            if layout.time_column
            else from_header(layout.times),
            "attributes": from_row([JOIN.join(cell.strip() for cell in row[at + 2 : layout.keys]) for _, row in kept]),
            "header": from_header(layout.headers),
            "codes": "",
            "unit": from_header(layout.units),
        }
    )
    return frame.join(parse_texts(texts, file, lines))
