"""The data slice of one edition: read, checked for completeness, indexed for sentences, tables and charts.

Read with pyarrow and plain Python: a slice has some ten thousand rows, and importing pandas would take longer
than everything a notebook does with them. The form of the folder is described in `transferbuch.editions.slice`.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from transferbuch.errors import DataRefused, Problem
from transferbuch.regions.keys import BUND, group_key
from transferbuch.regions.names import RegionName
from transferbuch.regions.register import Kreis
from transferbuch.report.area_model import read_areas
from transferbuch.report.goal_model import read_goal
from transferbuch.report.numbers import ABSENCES
from transferbuch.report.proposal_model import read_context, read_needs, read_proposal
from transferbuch.report.slice_files import REPEATED, VALUE_COLUMNS, Series, number_or_none, refused, rows_of, table_of
from transferbuch.report.slice_model import (
    CheckedFigure,
    Compared,
    Comparison,
    FormerKreis,
    Indicator,
    OfficialFile,
    Outlook,
    OwnColumn,
    OwnTable,
    Peer,
    Slice,
    Table,
    TableBreak,
    Tested,
    Trend,
)
from transferbuch.vocabulary import PUBLIC

FORMAT = 4
_NEEDED = (
    "format",
    "ags",
    "fictional",
    "data_files",
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
_COMPARISONS = ("indicator", "year", "other", "position", "stands_out")
_POPULATION = ("ags", "variant", "group", "year", "count")
_TRENDS = ("indicator", "first", "last", "points", "direction", "slope", "slope_low", "slope_high", "reason")
OWN_FILE = "own.parquet"
OWN_COLUMNS = ("dataset", "measure", "level", "area", "area_name", "period", "value", "text", "status", "unit")
"""Columns of the own tables; "text" is the cell as it is printed."""
TERRITORIES = ("", "sum", "shares")


def read_slice(folder: Path) -> Slice:
    """The slice in `folder`. Raises DataRefused when it is missing, cut off, incomplete or from a newer version."""
    name = f"{folder.name}/slice.json"
    content = _read_description(folder / "slice.json", name)
    try:
        indicators = {one["id"]: _indicator(one) for one in content["indicators"]}
        tables = {code: _table(code, one) for code, one in content["tables"].items()}
        own_data = _own_tables(content.get("own_data") or (), folder)
        needs = read_needs(content["needs"])
        proposals = tuple(map(read_proposal, content["transfer"]))
        context = read_context(content["context"])
        goals = tuple(map(read_goal, content.get("goals") or ()))
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
        raise refused(name, "the description of the data slice is incomplete", str(error)) from None
    if content["fictional"] != content["ags"].startswith("99"):
        raise refused(name, "`fictional` contradicts the key", f"{content['ags']} {own['name']}")
    return Slice(
        ags=content["ags"],
        audience=content.get("audience", PUBLIC),
        land=content["land"],
        fictional=content["fictional"],
        data_files=content["data_files"],
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
        needs=needs,
        transfer=proposals,
        named_objects=content.get("named_objects") or {},
        context=context,
        own_data=own_data,
        series=_read_values(folder / "values.parquet", folder.name),
        comparisons={
            (indicator, year, other): Comparison(position, stands_out)
            for indicator, year, other, position, stands_out in rows_of(folder / "comparisons.parquet", _COMPARISONS)
        },
        compared=_compared(content["compared"]),
        outlook=_outlook(content["outlook"], folder),
        trends={
            indicator: Trend(first, last, points, direction, *map(number_or_none, slopes), reason)
            for indicator, first, last, points, direction, *slopes, reason in rows_of(
                folder / "trends.parquet", _TRENDS
            )
        },
        areas=read_areas(folder),
        goals=goals,
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
        raise refused(name, "the description of the data slice is cut off or no JSON") from None
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
        raise refused(name, "the description of the data slice lacks keys", ", ".join(lacking))
    return content


def _read_values(path: Path, folder: str) -> Series:
    name = f"{folder}/values.parquet"
    table = table_of(path, VALUE_COLUMNS, REPEATED)
    unknown = sorted({str(status) for status in table.column("status").unique().to_pylist()} - {"ok", *ABSENCES})
    if unknown:
        raise refused(name, "the values of the data slice have an unknown status", ", ".join(unknown))
    marks = {str(mark) for mark in table.column("territory").unique().to_pylist()}
    if strange := sorted(marks - set(TERRITORIES)):
        raise refused(name, "the values of the data slice have an unknown mark of territory", ", ".join(strange))
    return Series(table)


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
    for ags, variant, group, year, persons in rows_of(folder / "population.parquet", _POPULATION):
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


def _own_tables(described: Iterable[dict[str, Any]], folder: Path) -> tuple[OwnTable, ...]:
    described = list(described)
    if not described:
        return ()
    names: dict[str, dict[str, str]] = {}
    named: dict[tuple[str, str], str] = {}  # by level and area: not every table of the same areas prints their names
    cells: dict[str, dict[tuple[str, str, str], tuple[float | None, str, str]]] = {}
    columns = ("dataset", "level", "period", "area", "measure", "area_name", "value", "status", "text")
    for dataset, level, period, area, measure, name, value, status, text in rows_of(folder / OWN_FILE, columns):
        names.setdefault(dataset, {})[area] = name
        if name:
            named[level, area] = name
        cells.setdefault(dataset, {})[period, area, measure] = (number_or_none(value), status, text)
    return tuple(
        OwnTable(
            id=one["id"],
            title=one["title"],
            columns=tuple(OwnColumn(**{**part, "classes": tuple(part["classes"])}) for part in one["columns"]),
            level=one["level"],
            areas=one["areas"],
            periods=tuple(one["periods"]),
            source=one["source"],
            stand=one["stand"],
            licence=one["licence"],
            access=one.get("access", PUBLIC),
            names={area: name or named.get((one["level"], area), area) for area, name in names[one["id"]].items()},
            cells=cells[one["id"]],
        )
        for one in described
    )


def _region(ags: str, one: dict[str, str], content: dict[str, Any]) -> RegionName:
    if ags == BUND:
        return RegionName.of_bund(content["fictional"])
    if ags == content["land"]:
        return RegionName.of_land(ags)
    return RegionName.of(Kreis(ags, one["name"], one["kind"], content["land"]))  # type: ignore[arg-type]
