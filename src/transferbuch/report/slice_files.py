"""The tables of a data slice as files: read with pyarrow, refused when damaged, values made when they are asked for."""

import math
from collections.abc import Iterable, Iterator, Mapping
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


class Series(dict[str, "Regions"]):
    """Values by indicator, region and year, made when they are asked for: a chapter asks for few of them."""

    def __init__(self, table: pa.Table) -> None:
        super().__init__()
        self._table = table.sort_by([(name, "ascending") for name in ("indicator", "ags", "year")])
        self._places = _runs(self._table.column("indicator"))

    def __missing__(self, indicator: str) -> "Regions":
        begin, end = self._places.get(indicator, (0, 0))
        self[indicator] = found = Regions(self._table.slice(begin, end - begin))
        return found


class Regions(Mapping[str, dict[int, Value]]):
    """Values of one indicator by region and year."""

    def __init__(self, table: pa.Table) -> None:
        self._places = _runs(table.column("ags"))
        self._columns = list(table.select(VALUE_COLUMNS[1:]).to_pydict().values())
        self._made: dict[str, dict[int, Value]] = {}

    def __getitem__(self, ags: str) -> dict[int, Value]:
        if ags not in self._made:
            begin, end = self._places[ags]
            rows = zip(*(column[begin:end] for column in self._columns), strict=True)
            self._made[ags] = {value.year: value for value in map(_value, rows)}
        return self._made[ags]

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


def _runs(column: pa.ChunkedArray) -> dict[str, tuple[int, int]]:
    """Where the rows of each value of a sorted column begin and end."""
    runs = pc.run_end_encode(column.combine_chunks())
    ends = runs.run_ends.to_pylist()
    return dict(zip(runs.values.to_pylist(), zip([0, *ends], ends, strict=False), strict=True))


def _value(row: tuple[Any, ...]) -> Value:
    ags, year, time, value, status, numerator, denominator, tables, files, territory, low, high, *places = row
    return Value(
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
        *places,
    )


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
