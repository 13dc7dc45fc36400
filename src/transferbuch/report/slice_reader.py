"""The data slice of one edition: read, checked for completeness, indexed for sentences, tables and charts.

Read with pyarrow and plain Python: a slice has some ten thousand rows, and importing pandas would take longer
than everything a notebook does with them. The form of the folder is described in `transferbuch.editions.slice`.
"""

import json
import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from transferbuch.errors import DataRefused, Problem
from transferbuch.regions.keys import BUND, group_key
from transferbuch.regions.names import RegionName
from transferbuch.regions.register import Kreis
from transferbuch.report.area_model import read_areas
from transferbuch.report.numbers import ABSENCES
from transferbuch.report.slice_model import (
    CheckedFigure,
    Compared,
    Comparison,
    FormerKreis,
    Indicator,
    OfficialFile,
    Outlook,
    OwnTable,
    Peer,
    Slice,
    Table,
    TableBreak,
    Tested,
    Trend,
    Value,
)
from transferbuch.vocabulary import PUBLIC

FORMAT = 2
_NEEDED = (
    "format",
    "ags",
    "fictional",
    "data_package",
    "gebietsstand",
    "formed_from",
    "moves",
    "land",
    "peers",
    "names",
    "indicators",
    "tables",
    "compared",
    "outlook",
)
_COLUMNS = (
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
_COMPARISONS = ("indicator", "year", "other", "position", "stands_out")
_POPULATION = ("ags", "variant", "group", "year", "count")
_TRENDS = ("indicator", "first", "last", "points", "direction", "slope", "slope_low", "slope_high", "reason")
TERRITORIES = ("", "sum", "shares")


def read_slice(folder: Path) -> Slice:
    """The slice in `folder`. Raises DataRefused when it is missing, cut off, incomplete or from a newer version."""
    name = f"{folder.name}/slice.json"
    content = _read_description(folder / "slice.json", name)
    try:
        indicators = {one["id"]: _indicator(one) for one in content["indicators"]}
        tables = {code: _table(code, one) for code, one in content["tables"].items()}
        own_data = tuple(_own_table(one) for one in content.get("own_data") or ())
        own = content["names"][content["ags"]]
        formed_from = {
            ags: tuple(FormerKreis(**former) for former in parts) for ags, parts in content["formed_from"].items()
        }
        names = {ags: _region(ags, one, content) for ags, one in content["names"].items()}
        group = group_key(content["ags"])
        names[group] = RegionName.of_group(group, "Vergleichskreise")
        missing = {content["ags"], content["land"], BUND, *content["peers"]} - names.keys()
        if missing:
            raise KeyError(f"names.{min(missing)}")
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise _refused(name, "the description of the data slice is incomplete", str(error)) from None
    if content["fictional"] != content["ags"].startswith("99"):
        raise _refused(name, "`fictional` contradicts the key", f"{content['ags']} {own['name']}")
    return Slice(
        ags=content["ags"],
        audience=content.get("audience", PUBLIC),
        land=content["land"],
        fictional=content["fictional"],
        data_package=content["data_package"],
        gebietsstand=content["gebietsstand"],
        formed_from=formed_from,
        moves=tuple(
            TableBreak(one["since"], None, "territory", one["what"], one["detail"], (), ()) for one in content["moves"]
        ),
        peers=tuple(content["peers"]),
        names=names,
        parameters=content.get("parameters") or {},
        indicators=indicators,
        tables=tables,
        transfer=tuple(content.get("transfer") or ()),
        own_data=own_data,
        series=_read_values(folder / "values.parquet", folder.name),
        comparisons={
            (indicator, year, other): Comparison(position, stands_out)
            for indicator, year, other, position, stands_out in _rows(folder / "comparisons.parquet", _COMPARISONS)
        },
        compared=_compared(content["compared"]),
        outlook=_outlook(content["outlook"], folder),
        trends={
            indicator: Trend(first, last, points, direction, _number(slope), _number(low), _number(high), reason)
            for indicator, first, last, points, direction, slope, low, high, reason in _rows(
                folder / "trends.parquet", _TRENDS
            )
        },
        areas=read_areas(folder),
        findings=tuple(CheckedFigure(**one) for one in content.get("findings") or ()),
    )


def _read_description(path: Path, name: str) -> dict[str, Any]:
    if not path.is_file():
        raise DataRefused(
            Problem(
                name,
                0,
                "",
                "there is no data slice here",
                expected="a folder with slice.json and values.parquet",
                do="run the notebook with `transferbuch run notebooks/<chapter>.ipynb --ags <AGS>`, which makes it",
                code="slice-missing",
            )
        )
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        version = content["format"]
    except (ValueError, KeyError, TypeError):
        raise _refused(name, "the description of the data slice is cut off or no JSON") from None
    if not isinstance(version, int) or version > FORMAT:
        raise DataRefused(
            Problem(
                name,
                0,
                "format",
                "the data slice comes from a newer version",
                str(version),
                f"format {FORMAT} or older",
                "install the newer Transferbuch or make the slice again",
                "slice-newer",
            )
        )
    lacking = [key for key in _NEEDED if key not in content]
    if lacking:
        raise _refused(name, "the description of the data slice lacks keys", ", ".join(lacking))
    return content


def _read_values(path: Path, folder: str) -> dict[tuple[str, str], dict[int, Value]]:
    name = f"{folder}/values.parquet"
    columns = _columns(path, _COLUMNS)
    unknown = sorted({str(status) for status in columns["status"]} - {"ok", *ABSENCES})
    if unknown:
        raise _refused(name, "the values of the data slice have an unknown status", ", ".join(unknown))
    strange = sorted({str(mark) for mark in columns["territory"]} - set(TERRITORIES))
    if strange:
        raise _refused(name, "the values of the data slice have an unknown mark of territory", ", ".join(strange))
    texts: dict[str, tuple[str, ...]] = {}  # few different combinations, many rows

    def parts(text: str | None) -> tuple[str, ...]:
        if (text or "") not in texts:
            texts[text or ""] = tuple(one for one in (text or "").split(",") if one)
        return texts[text or ""]

    series: dict[tuple[str, str], dict[int, Value]] = {}
    for row in sorted(zip(*(columns[column] for column in _COLUMNS), strict=True), key=lambda row: row[:3]):
        indicator, ags, year, time, value, status, numerator, denominator, tables, files, territory, *rest = row
        low, high, kreise, lower, equal = rest
        series.setdefault((indicator, ags), {})[year] = Value(
            ags,
            year,
            time or "",
            _number(value) if status == "ok" else None,
            status,
            _number(numerator),
            _number(denominator),
            parts(tables),
            parts(files),
            territory,
            _number(low),
            _number(high),
            kreise,
            lower,
            equal,
        )
    return series


def _rows(path: Path, names: tuple[str, ...]) -> Iterable[tuple[Any, ...]]:
    columns = _columns(path, names)
    return zip(*(columns[name] for name in names), strict=True)


def _columns(path: Path, names: tuple[str, ...]) -> dict[str, list[Any]]:
    """The named columns of one table of the slice."""
    name = f"{path.parent.name}/{path.name}"
    if not path.is_file():
        raise _refused(name, "the data slice lacks a table")
    try:
        columns = pq.ParquetFile(path).read(columns=list(names)).to_pydict()
    except (OSError, ValueError, KeyError) as error:  # pyarrow's own errors are kinds of these
        raise _refused(
            name,
            "a table of the data slice is cut off or no Parquet table",
            str(error).splitlines()[0][:120].replace(str(path), path.name),
        ) from None
    if lacking := [column for column in names if column not in columns]:
        raise _refused(name, "a table of the data slice lacks columns", ", ".join(lacking))
    return columns


def _number(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else value


def _indicator(one: dict[str, Any]) -> Indicator:
    formula = one["formula"]
    return Indicator(
        id=one["id"],
        title=one["title"],
        phrase=one["phrase"],
        definition=one["definition"],
        chapter=one["chapter"],
        kind=formula["kind"],
        per=formula["per"],
        years=formula["years"],
        denominator_years_before=formula["denominator_years_before"],
        unit=one["unit"],
        decimals=one["decimals"],
        polarity=one["polarity"],
        caveats=tuple(one["caveats"]),
        tables=tuple(one["tables"]),
        above=(*formula["numerator"], *formula["minus"]),
        denominator=tuple(formula["denominator"]),
        regional_caveats=tuple(
            (frozenset(caveat["regions"]), caveat["text"]) for caveat in one.get("regional_caveats", ())
        ),
    )


def _compared(one: dict[str, Any]) -> Compared:
    group = one["cluster"]
    peers = tuple(Peer(**peer) for peer in one["peers"])
    return Compared(
        one["chosen"],
        peers,
        one["type"],
        group["name"],
        group["size"],
        group["between"],
        one["missing"],
        one["context"],
    )


def _outlook(one: dict[str, Any], folder: Path) -> Outlook:
    counts: dict[tuple[str, str, str], dict[int, float]] = {}
    for ags, variant, group, year, persons in _rows(folder / "population.parquet", _POPULATION):
        counts.setdefault((ags, variant, group), {})[year] = persons
    tested = one["backtest"]
    return Outlook(
        counts,
        one["assumptions"],
        {row["group"]: (row["projected"], row["observed"], row["before"]) for row in tested},
        tuple(Tested(**row) for row in one["errors"]),
        tested[0]["start"] if tested else 0,
        tested[0]["year"] if tested else 0,
    )


def _table(code: str, one: dict[str, Any]) -> Table:
    files = tuple(OfficialFile(file["file"], file["sha256"][:12], file["stand"]) for file in one["files"])
    return Table(
        code,
        one.get("name", code),
        one["title"],
        one["statistic"],
        one["period"],
        one["stand"],
        one["licence"],
        one["attribution"],
        one["url"],
        tuple(one["caveats"]),
        files,
        tuple(one["variables"]),
        tuple(
            TableBreak(
                int(found["since"][:4]),
                int(found["until"]) if found["until"] else None,
                found["kind"],
                found["what"],
                found["detail"],
                tuple(found["laender"]),
                tuple(found["variables"]),
            )
            for found in one["breaks"]
        ),
    )


def _own_table(one: dict[str, Any]) -> OwnTable:
    return OwnTable(
        title=one["title"],
        measures=tuple(one["measures"]),
        level=one["level"],
        areas=one["areas"],
        periods=tuple(one["periods"]),
        source=one["source"],
        stand=one["stand"],
        licence=one["licence"],
        access=one.get("access", PUBLIC),
    )


def _region(ags: str, one: dict[str, str], content: dict[str, Any]) -> RegionName:
    if ags == BUND:
        return RegionName.of_bund(content["fictional"])
    if ags == content["land"]:
        return RegionName.of_land(ags)
    return RegionName.of(Kreis(ags, one["name"], one["kind"], content["land"]))  # type: ignore[arg-type]


def _refused(name: str, what: str, value: str = "") -> DataRefused:
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
