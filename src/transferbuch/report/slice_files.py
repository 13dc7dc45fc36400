"""The tables of a data slice as files: read with pyarrow, refused when damaged, values made when they are asked for."""

import math
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from operator import attrgetter
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
REPEATED = ("indicator", "ags", "time", "status", "tables", "files", "territory")
"""Those with few different texts in many rows."""


def rows_of(path: Path, names: tuple[str, ...]) -> Iterable[tuple[Any, ...]]:
    """The rows of the named columns."""
    columns = _columns(path, names)
    return zip(*(columns[name] for name in names), strict=True)


def _columns(path: Path, names: tuple[str, ...]) -> dict[str, list[Any]]:
    """The named columns of one table of the slice."""
    return table_of(path, names).to_pydict()


def table_of(path: Path, names: tuple[str, ...], repeated: tuple[str, ...] = ()) -> pa.Table:
    """The named columns of one table of the slice; `repeated` text is kept once, rows refer to it.

    Raises DataRefused when the table is missing, cut off or lacks a column.
    """
    name = f"{path.parent.name}/{path.name}"
    if not path.is_file():
        raise refused(name, "the data slice lacks a table")
    try:
        known = pq.read_schema(path).names
        if lacking := [column for column in names if column not in known]:
            raise refused(name, "a table of the data slice lacks columns", ", ".join(lacking))
        return pq.ParquetFile(path, read_dictionary=repeated).read(columns=list(names))
    except (OSError, ValueError, KeyError) as error:  # pyarrow's own errors are kinds of these
        raise refused(
            name,
            "a table of the data slice is cut off or no Parquet table",
            str(error).splitlines()[0][:120].replace(str(path), path.name),
        ) from None


def number_or_none(value: float | None) -> float | None:
    """The number; None for NaN, which stands for no number in a file."""
    return None if value is None or math.isnan(value) else value


class Series(dict[str, "Regions"]):
    """Values by indicator, region and year, made when they are asked for: a chapter asks for few of them."""

    def __init__(self, table: pa.Table) -> None:
        super().__init__()
        self._table, self._places = _by(table, "indicator")

    def __missing__(self, indicator: str) -> "Regions":
        begin, end = self._places.get(indicator, (0, 0))
        self[indicator] = found = Regions(self._table.slice(begin, end - begin))
        return found


class Regions(Mapping[str, dict[int, Value]]):
    """Values of one indicator by region and year."""

    def __init__(self, table: pa.Table) -> None:
        table, self._places = _by(table, "ags")
        columns = table.select(VALUE_COLUMNS[1:])
        # rows that refer to a text are slow to take apart
        texts = [columns.schema.get_field_index(name) for name in VALUE_COLUMNS[1:] if name in REPEATED]
        for place in texts:
            columns = columns.set_column(place, columns.field(place).name, columns.column(place).cast(pa.string()))
        self._columns = list(columns.to_pydict().values())
        self._made: dict[str, dict[int, Value]] = {}

    def __getitem__(self, ags: str) -> dict[int, Value]:
        if ags not in self._made:
            begin, end = self._places[ags]
            rows = zip(*(column[begin:end] for column in self._columns), strict=True)
            values = sorted(map(_value, rows), key=attrgetter("year"))
            self._made[ags] = {value.year: value for value in values}
        return self._made[ags]

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


def _by(table: pa.Table, name: str) -> tuple[pa.Table, dict[str, tuple[int, int]]]:
    """The table with the rows of each value of the column together, as slices are written, and where they lie."""
    keys, ends = _runs(table.column(name))
    if len(set(keys)) < len(keys):
        order = pc.sort_indices(pc.cast(table.column(name), pa.string()))
        table = table.take(order)
        keys, ends = _runs(table.column(name))
    return table, dict(zip(keys, zip([0, *ends], ends, strict=False), strict=True))


def _runs(column: pa.ChunkedArray) -> tuple[list[str], list[int]]:
    """The values of the column without repetitions that follow each other, and where the rows of each end."""
    texts = column.combine_chunks().dictionary_encode()
    runs = pc.run_end_encode(texts.indices)
    return texts.dictionary.take(runs.values).to_pylist(), runs.run_ends.to_pylist()


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
        *(place or 0 for place in places),  # none where no page tells it
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
