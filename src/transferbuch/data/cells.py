"""The common form of an official table, whatever its layout: one row per cell, with everything the file says.

Columns of `OfficialTable.cells` (grain: one row per number or symbol of the file, in the file's order):
  line, column   place in the file, both counted from 1
  region         key as printed: DG, 2, 3, 5 or 8 digits; INKAR, BBSR, Gemeindeverzeichnis: see `inkar`, `typologies`,
                 `crosswalk`, `gemeindeverzeichnis`; plain tables: see `plain`
  region_name    name as printed, without indentation
  time           reporting time, ISO where the file gives a date: 2015-12-31, 2023, 2023-10P6M
  attributes     classic: labels between the name and the numbers, joined by ` | `; plain: the further labels that
                 tell rows of one key and time apart
  header         classic: labels above the number, top to bottom; flat: measure and attribute labels
  codes          flat: measure code, then |DIMENSION=CODE; INKAR: KENNZIFFER=key as printed; workbooks: keys as printed
                 and, where several sheets have rows of one region and time, SHEET=name; plain: LABEL=key of the row's
                 key column; classic: empty
  unit           as printed; empty if the file gives none
  text           the cell exactly as printed
  value, symbol  the number, or the symbol that stands in its place (see `symbols`); both empty: `text` is a label
                 (name of a type, class of an area), which only registers, typologies and small-area tables have
  flag           mark printed with the number, or the quality column of flat files
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd

from transferbuch.data.symbols import parse_cell
from transferbuch.errors import DataRefused, Problem

JOIN = " | "
KEY = re.compile(r"DG|[0-9]{2}|[0-9]{3}|[0-9]{5}|[0-9]{8}|[0-9]{9}|[0-9]{12}")
CELL_COLUMNS = (
    "line",
    "column",
    "region",
    "region_name",
    "time",
    "attributes",
    "header",
    "codes",
    "unit",
    "text",
    "value",
    "symbol",
    "flag",
)

WITH_SOURCE = "Vervielfältigung mit Quellenangabe gestattet"  # what Destatis states where no licence has a name

_DATE = re.compile(r"([0-3][0-9])\.([01][0-9])\.([12][0-9]{3})")
_SEMESTER = re.compile(r"(WS|SS|Wintersemester|Sommersemester) ?([12][0-9]{3})(/[0-9]{2,4})?")
_YEAR = re.compile(r"[12][0-9]{3}(/[0-9]{2,4}|-[01][0-9](-[0-3][0-9])?|-[01][0-9]P[0-9]M)?")


class NotATable(Exception):
    """The file is sound but holds no official table; the text is the reason."""


@dataclass(frozen=True)
class OfficialTable:
    """One official table as delivered: its cells and what the file says about itself.

    `stand` is the ISO date on which the office's database gave the figures out; only its year where the file names an
    edition (INKAR workbooks, BBSR typologies); of registers and of BBSR keys the Gebietsstand they list or lead to;
    empty if the file does not say. `left_out` says in plain words which parts of the file are not in the cells, and
    why.
    """

    family: Literal["genesis", "ffcsv", "inkar", "gemeindeverzeichnis", "bbsr", "table"]
    code: str
    title: str
    statistic: str
    encoding: str
    stand: str
    licence: str
    attribution: str
    notes: str
    cells: pd.DataFrame = field(repr=False)
    left_out: str = ""


def is_time(text: str) -> bool:
    """True for the ways official tables print a reporting time: 2023, 31.12.2015, WS 2023/24, 2023-10P6M."""
    text = text.strip()
    return bool(_DATE.fullmatch(text) or _SEMESTER.fullmatch(text) or _YEAR.fullmatch(text))


def iso_time(text: str) -> str:
    """Reporting time in ISO form; text without a known form is kept as it is."""
    text = text.strip()
    if date := _DATE.fullmatch(text):
        return f"{date[3]}-{date[2]}-{date[1]}"
    if semester := _SEMESTER.fullmatch(text):
        return f"{semester[2]}-{'10' if semester[1].startswith('W') else '04'}P6M"
    return text


def year_of(time: str) -> int | None:
    """The year that a reporting time is counted under (its first four-digit number), or None."""
    found = re.search(r"[12][0-9]{3}", time)
    return int(found[0]) if found else None


def parse_texts(texts: Sequence[str] | np.ndarray, file: str, lines: np.ndarray) -> pd.DataFrame:
    """Columns text, value, symbol, flag for many cells; each different text is parsed once.

    Raises DataRefused naming every line (at most 20) with a cell that is neither number nor symbol.
    """
    codes, unique = pd.factorize(np.asarray(texts, dtype=object))
    values = np.full(len(unique), np.nan)
    symbols: list[str | None] = [None] * len(unique)
    flags = [""] * len(unique)
    problems = []
    for i, text in enumerate(unique):
        try:
            cell = parse_cell(text)
        except ValueError as error:
            where = lines[np.flatnonzero(codes == i)[:20]]
            problems += [
                Problem(
                    file,
                    int(line),
                    "",
                    str(error),
                    expected="a number with decimal comma, or a symbol",
                    do="download the table again and do not edit it",
                    code="cell",
                )
                for line in where
            ]
            continue
        if cell.value is not None:
            values[i] = cell.value
        symbols[i], flags[i] = cell.symbol, cell.flag
    if problems:
        raise DataRefused(sorted(problems)[:20])
    return pd.DataFrame(
        {
            "text": unique[codes],
            "value": values[codes],
            "symbol": np.array(symbols, dtype=object)[codes],
            "flag": np.array(flags, dtype=object)[codes],
        }
    )


def find_licence(text: str) -> str:
    """Short name of the licence a text states; raises nothing, returns '' when it states none."""
    flat = re.sub(r"\s+", " ", text)
    if "Datenlizenz Deutschland" in flat and "Version 2.0" in flat:
        return "dl-de/by-2-0" if "Namensnennung" in flat else "dl-de/zero-2-0"
    if "CC BY 4.0" in flat:
        return "CC BY 4.0"
    return WITH_SOURCE if "auch auszugsweise, mit Quellenangabe gestattet" in flat else ""
