"""What was published of own figures in earlier releases: files beside the tables, one per release.

`parameters/99001-talbrueck/veroeffentlicht/2026-11-29.csv`, semicolon, UTF-8: table, measure, area, period, value. The
value is what readers saw: the number as printed, "." for a suppressed one. No secret value is in such a file, so it may
be kept with the project; what was published once cannot be called back and is known for good.
"""

import csv
import datetime as dt
import io
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from transferbuch.errors import PersonFileError, Problem
from transferbuch.secrecy.web import Name

FOLDER = "veroeffentlicht"
_COLUMNS = ["tabelle", "merkmal", "gebiet", "zeitraum", "wert"]
HIDDEN = "."


@dataclass(frozen=True)
class Ledger:
    """By cell: the texts printed in earlier releases, and the cells that were suppressed in one of them."""

    printed: Mapping[Name, frozenset[str]]
    suppressed: frozenset[Name]
    releases: int = 0


NOTHING = Ledger({}, frozenset())


def read_ledger(folder: Path, shown: str) -> Ledger:
    """All releases in `folder`; `shown` is its name in messages. Raises PersonFileError with all faults."""
    printed: dict[Name, set[str]] = {}
    hidden: set[Name] = set()
    problems: list[Problem] = []
    files = sorted((folder / FOLDER).glob("*.csv"))
    for path in files:
        name = f"{shown}/{FOLDER}/{path.name}"
        rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig")), delimiter=";"))
        if not rows or rows[0] != _COLUMNS:
            problems.append(_problem(name, 1, "the first row is not that of a release", ";".join(_COLUMNS)))
            continue
        for line, row in enumerate(rows[1:], 2):
            if len(row) != len(_COLUMNS) or not all(row):
                problems.append(_problem(name, line, "the row has not five filled cells", ";".join(_COLUMNS)))
                continue
            *cell, text = row
            if text == HIDDEN:
                hidden.add(tuple(cell))
            else:
                printed.setdefault(tuple(cell), set()).add(text)
    if problems:
        raise PersonFileError(problems)
    return Ledger({cell: frozenset(texts) for cell, texts in printed.items()}, frozenset(hidden), len(files))


def write_release(folder: Path, day: dt.date, cells: Mapping[Name, str]) -> Path:
    """Keep what is published of a municipality's own tables on this `day`, in place of an entry of the same day."""
    target = folder / FOLDER / f"{day.isoformat()}.csv"
    target.parent.mkdir(exist_ok=True)
    part = target.with_suffix(".part")
    with part.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\n")
        writer.writerow(_COLUMNS)
        writer.writerows([*cell, text] for cell, text in sorted(cells.items()))
    os.replace(part, target)
    return target


def _problem(file: str, line: int, what: str, expected: str) -> Problem:
    do = "restore the file from the project's history; it is written by `transferbuch audit --record` only"
    return Problem(file, line, "", what, "", expected, do, "ledger")
