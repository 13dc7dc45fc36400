"""Umsteigeschlüssel of the BBSR: how figures of former Kreise and Gemeinden are converted to a later Gebietsstand.

A workbook has one sheet per year (`1990-2020`: Gebietsstand 31.12.1990 → 31.12.2020) and one row per pair of old and
new region, with shares by area, population and, from 1997 on, employees, and the sizes of the old region. In the
cells: `region` and `region_name` are the old key (Kreise 5, Gemeinden 8 digits) and name, `attributes` the new key,
`time` the 31.12. of the sheet's year, `codes` both keys as printed, `header` the label without its date and unit. The
new name is a label. Years come from the names of the sheets; a header that prints another year is told in the notes.
`stand` is the Gebietsstand that the shares lead to.

Shares are for counts, never for rates: a rate is computed again from converted numerator and denominator.
"""

import re
from dataclasses import dataclass

import pandas as pd

from transferbuch.data.cells import OfficialTable, find_licence, iso_time
from transferbuch.data.store import DataPackage, StoredTable
from transferbuch.data.workbook import CellList, Value, Workbook, clean_label, fault, text_of
from transferbuch.errors import DataRefused, Problem
from transferbuch.regions.register import LAENDER

CODE_KREISE, CODE_GEMEINDEN = "BBSR-UMSTEIGESCHLUESSEL-KREISE", "BBSR-UMSTEIGESCHLUESSEL-GEMEINDEN"
COLUMNS = ("year", "old", "new", "target", "area", "population", "employees")
TOLERANCE = 1e-3  # the shares of one old Kreis sum to 1 within it
SHARES = {
    "flächenproportionaler Umsteigeschlüssel": "area",
    "bevölkerungsproportionaler Umsteigeschlüssel": "population",
    "beschäftigtenproportionaler Umsteigeschlüssel": "employees",
}
_NEEDED = tuple(SHARES)[:2]
_TITLE = re.compile(r"([12][0-9]{3})-([12][0-9]{3})")
_KEY = re.compile(r"(Kreise|Gemeinden) (31\.12\.([12][0-9]{3}))")
_NAME = re.compile(r"(?:Kreis|Gemeinde)name [12][0-9]{3}")
_UNIT = re.compile(r"(.*?) in (km²|km2|[0-9.]+)")
_DAY = re.compile(r" am (?:31\.12\.|([0-3]?[0-9]\.[01]?[0-9]\.))[12][0-9]{3}")


@dataclass(frozen=True)
class _Layout:
    level: str  # Kreise, Gemeinden
    year: str
    target: str  # ISO
    old: int  # columns, from 1
    old_name: int
    new: int
    new_name: int
    measures: dict[int, tuple[str, str]]  # column → label, unit
    printed_year: str


def read_crosswalk_workbook(book: Workbook) -> OfficialTable | None:
    """The table of an Umsteigeschlüssel; None for another workbook.

    Raises DataRefused with sheet and row when a header is shifted or lacks a column, when a key is no whole number of
    its level, a pair of keys comes twice in a sheet, or a sheet without this header holds figures.
    """
    heads = {sheet: book.head(sheet) for sheet in book.sheets}
    if not any(clean_label(value) in SHARES for head in heads.values() for row in head for value in row):
        return None
    layouts: dict[str, _Layout] = {}
    notes, problems = [], []
    for sheet, head in heads.items():
        try:
            if _TITLE.fullmatch(sheet):
                layouts[sheet] = _read_layout(book.file, sheet, head[0] if head else [])
            else:
                notes.append(book.notes_of(sheet))
        except DataRefused as refused:
            problems += refused.problems
    kinds = {(layout.level, layout.target) for layout in layouts.values()}
    if not problems and len(kinds) != 1:
        what = "the sheets do not lead from one kind of region to one Gebietsstand"
        shown = ", ".join(" ".join(kind) for kind in sorted(kinds))
        problems.append(fault(book.file, 0, what, shown, "xlsx-sheet", "one kind and one day"))
    if problems:
        raise DataRefused(problems)
    cells = CellList(book.file)
    for sheet, layout in layouts.items():
        if layout.printed_year != layout.year:
            notes.append(f"Blatt {sheet}: Die Kopfzeile nennt das Jahr {layout.printed_year}.")
        _read_rows(book, sheet, layout, cells)
    [(level, target)] = kinds
    return OfficialTable(
        family="bbsr",
        code=CODE_KREISE if level == "Kreise" else CODE_GEMEINDEN,
        title=f"Umsteigeschlüssel {level}, {min(layouts)[:4]} bis {max(layouts)[:4]} auf {target[:4]}",
        statistic="Laufende Raumbeobachtung des BBSR",
        encoding="utf-8",
        stand=target,
        licence=find_licence("\n".join(notes)),
        attribution="",
        notes="\n".join(notes),
        cells=cells.frame(),
    )


def read_crosswalk(package: DataPackage) -> pd.DataFrame:
    """Shares of the newest imported Umsteigeschlüssel of Kreise; without one an empty frame with the same columns.

    Grain: one row per year × old Kreis × new Kreis, sorted. Columns: year (int; the old Gebietsstand is its 31.12.),
    old, new (5 digits), target (ISO day of the new Gebietsstand), area, population, employees: the share 0 … 1 of the
    old Kreis that goes to the new one, NaN where the file has none (employees before 1997). Source: BBSR.
    Raises DataRefused with sheet and row when a share is no number from 0 to 1 or the shares of one Kreis, year and
    kind do not sum to 1 within `TOLERANCE`.
    """
    tables = [table for table in package.tables if table.table == CODE_KREISE]
    newest = max((table.stand for table in tables), default="")
    parts = [_shares(package, table) for table in tables if table.stand == newest]
    if not parts:
        empty = {name: float for name in COLUMNS} | {"year": "int64", "old": str, "new": str, "target": str}
        return pd.DataFrame(columns=list(COLUMNS)).astype(empty)
    frame = pd.concat(parts).drop_duplicates()
    if (twice := frame.duplicated(["year", "old", "new"])).any():
        row = frame[twice].iloc[0]
        what = f"two workbooks give other shares of {row['old']} in {row['year']}"
        raise DataRefused(fault(", ".join(table.file for table in tables), 0, what, "", "crosswalk"))
    return frame.sort_values(["year", "old", "new"], ignore_index=True)[list(COLUMNS)]


def _shares(package: DataPackage, table: StoredTable) -> pd.DataFrame:
    """One row per year, old and new Kreis of one workbook, checked."""
    cells = package.read_cells(table)
    cells = cells[cells["header"].isin(SHARES) & ~cells["symbol"].eq("")]
    cells = cells.astype({name: str for name in ("region", "time", "attributes", "header")})
    cells = cells.assign(year=cells["time"].str[:4].astype("int64"), kind=cells["header"].map(SHARES))
    wrong = cells[~cells["value"].between(0, 1)]
    problems = [
        _refused(table, row, f"the share {row['text']!r} is no number from 0 to 1") for _, row in wrong.iterrows()
    ]
    cells = cells.assign(sum=cells.groupby(["year", "region", "kind"])["value"].transform("sum"))
    off = cells[(cells["sum"] - 1).abs() > TOLERANCE].drop_duplicates(["year", "region", "kind"])
    problems += [
        _refused(table, row, f"the shares by {row['kind']} of {row['region']} sum to {row['sum']:.6g}")
        for _, row in off.iterrows()
    ]
    if problems:
        raise DataRefused(sorted(problems)[:20])
    wide = cells.pivot(index=["year", "region", "attributes"], columns="kind", values="value")
    wide = wide.reindex(columns=list(SHARES.values())).reset_index().rename_axis(columns=None)
    return wide.rename(columns={"region": "old", "attributes": "new"}).assign(target=table.stand)


def _refused(table: StoredTable, row: pd.Series, what: str) -> Problem:
    sheet = f"{row['year']}-{table.stand[:4]}"
    return fault(table.file, int(row["line"]), what, "", "crosswalk", "shares that sum to 1", sheet)


def _read_layout(file: str, sheet: str, row: list[Value]) -> _Layout:
    """Where the columns of a sheet stand; its first row is the header."""
    year, target = _TITLE.fullmatch(sheet).groups()
    labels = {number: label for number, value in enumerate(row, 1) if (label := clean_label(value))}
    keys = [number for number, label in labels.items() if _KEY.fullmatch(label)]
    names = [number for number, label in labels.items() if _NAME.fullmatch(label)]
    rest = {number: label for number, label in labels.items() if number not in (*keys, *names)}
    problems = [
        fault(file, 1, f"the header lacks the column {name}", "", "table-header", name, sheet)
        for name in _NEEDED
        if list(rest.values()).count(name) != 1
    ]
    if len(keys) != 2 or len(names) != 2 or names != [keys[0] + 1, keys[1] + 1] or keys[0] != 1:
        shown, expected = " ; ".join(labels.values())[:80], "key and name of the old region, then of the new one"
        problems.append(fault(file, 1, "the header is shifted", shown, "table-header", expected, sheet))
    if problems:
        raise DataRefused(problems)
    old, new = (_KEY.fullmatch(labels[number]) for number in keys)
    if new[3] != target or new[1] != old[1]:
        what = "the header does not lead to the year of the sheet's name, or to another kind of region"
        raise DataRefused(fault(file, 1, what, new[0], "table-header", f"{old[1]} 31.12.{target}", sheet))
    measures = {}
    for number, label in rest.items():
        unit = _UNIT.fullmatch(label)
        measures[number] = (
            _DAY.sub(lambda day: f" am {day[1]}" if day[1] else "", unit[1] if unit else label),
            unit[2] if unit else "",
        )
    return _Layout(old[1], year, iso_time(new[2]), keys[0], names[0], keys[1], names[1], measures, old[3])


def _read_rows(book: Workbook, sheet: str, layout: _Layout, cells: CellList) -> None:
    width = max(*layout.measures, layout.new_name)
    seen: dict[tuple[str, str], int] = {}
    for line, row in book.rows(sheet):
        if line == 1:
            continue
        if len(row) > width:
            shown = text_of(row[width])[:40]
            cells.refuse(sheet, line, "the row is longer than the header", shown, "table-row", f"{width} cells")
            continue
        row += [None] * (width - len(row))
        printed = [row[layout.old - 1], row[layout.new - 1]]
        names = [text_of(row[number - 1]).strip() for number in (layout.old_name, layout.new_name)]  # some are empty
        keys = [_key(value, layout.level) for value in printed]
        if None in keys:
            shown = " ; ".join(map(text_of, printed))
            expected = "whole numbers" + (" that end with 000" if layout.level == "Kreise" else "")
            cells.refuse(sheet, line, f"the row does not have two keys of {layout.level}", shown, "table-key", expected)
            continue
        old, new = keys
        if (old, new) in seen:
            what = f"the row repeats line {seen[old, new]}"
            cells.refuse(sheet, line, what, f"{old} → {new}", "table-duplicate", "each pair once")
            continue
        seen[old, new] = line
        codes = f"KENNZIFFER={text_of(printed[0])}|ZIEL={text_of(printed[1])}"
        region, time = (old, names[0]), f"{layout.year}-12-31"
        for number, (label, unit) in layout.measures.items():
            cells.add(sheet, line, number, region, time, (new, label, codes, unit), row[number - 1], is_number=True)
        cells.add(sheet, line, layout.new_name, region, time, (new, "Zielname", codes, ""), names[1], not names[1])


def _key(value: Value, level: str) -> str | None:
    """The official key of a printed one (1001000 → 01001, of a Gemeinde 01001000); None when it is none."""
    if not isinstance(value, int) or not re.fullmatch("[0-9]{7,8}", str(value)):
        return None
    text = f"{value:08d}"
    if text[:2] not in LAENDER:
        return None
    if level == "Gemeinden":
        return text
    return text[:5] if text.endswith("000") else None
