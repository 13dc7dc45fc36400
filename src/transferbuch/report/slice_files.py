"""The tables of a data slice as files: read with pyarrow, refused when damaged, values made when they are asked for."""

import math
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from transferbuch.errors import DataRefused, Problem
from transferbuch.report.slice_model import Value

VALUE_COLUMNS = (
    "indicator",
    "ags",
    "year",
    "time",
    "value",
    "status",
    "numerator",
    "denominator",
    "tables",
    "files",
    "territory",
    "low",
    "high",
    "kreise",
    "lower",
    "equal",
)


def rows_of(path: Path, names: tuple[str, ...]) -> Iterable[tuple[Any, ...]]:
    """The rows of the named columns."""
    columns = _columns(path, names)
    return zip(*(columns[name] for name in names), strict=True)


def _columns(path: Path, names: tuple[str, ...]) -> dict[str, list[Any]]:
    """The named columns of one table of the slice."""
    return table_of(path, names).to_pydict()


def table_of(path: Path, names: tuple[str, ...]) -> pa.Table:
    """The named columns of one table of the slice. Raises DataRefused when it is missing, cut off or lacks one."""
    name = f"{path.parent.name}/{path.name}"
    if not path.is_file():
        raise refused(name, "the data slice lacks a table")
    try:
        table = pq.ParquetFile(path).read(columns=list(names))
    except (OSError, ValueError, KeyError) as error:  # pyarrow's own errors are kinds of these
        raise refused(
            name,
            "a table of the data slice is cut off or no Parquet table",
            str(error).splitlines()[0][:120].replace(str(path), path.name),
        ) from None
    if lacking := [column for column in names if column not in table.column_names]:
        raise refused(name, "a table of the data slice lacks columns", ", ".join(lacking))
    return table


def number_or_none(value: float | None) -> float | None:
    """The number; None for NaN, which stands for no number in a file."""
    return None if value is None or math.isnan(value) else value


class Series(dict[str, dict[str, dict[int, Value]]]):
    """Values by indicator, region and year, made when an indicator is asked for: a chapter asks for few of them."""

    def __init__(self, table: pa.Table) -> None:
        super().__init__()
        self._table = table.sort_by([(name, "ascending") for name in ("indicator", "ags", "year")])
        names = self._table.column("indicator").combine_chunks()
        runs = pc.run_end_encode(names)
        ends = runs.run_ends.to_pylist()
        self._places = dict(zip(runs.values.to_pylist(), zip([0, *ends], ends, strict=False), strict=True))

    def __missing__(self, indicator: str) -> dict[str, dict[int, Value]]:
        begin, end = self._places.get(indicator, (0, 0))
        columns = self._table.slice(begin, end - begin).to_pydict()
        found: dict[str, dict[int, Value]] = {}
        for row in zip(*(columns[name] for name in VALUE_COLUMNS[1:]), strict=True):
            ags, year, time, value, status, numerator, denominator, tables, files, territory, *rest = row
            low, high, kreise, lower, equal = rest
            found.setdefault(ags, {})[year] = Value(
                ags,
                year,
                time or "",
                number_or_none(value) if status == "ok" else None,
                status,
                number_or_none(numerator),
                number_or_none(denominator),
                _parts(tables or ""),
                _parts(files or ""),
                territory,
                number_or_none(low),
                number_or_none(high),
                kreise,
                lower,
                equal,
            )
        self[indicator] = found
        return found


@cache
def _parts(text: str) -> tuple[str, ...]:
    """The names in a comma-separated text: few different ones, many rows."""
    return tuple(one for one in text.split(",") if one)


def refused(name: str, what: str, value: str = "") -> DataRefused:
    """The error for a damaged slice."""
    return DataRefused(
        Problem(
            name,
            0,
            "",
            what,
            value,
            do="make the slice again: `transferbuch build --force --only <AGS>`",
            code="slice-broken",
        )
    )
