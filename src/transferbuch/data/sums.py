"""What must add up: Kreise to the Land, Länder to the Bund, parts to the total of their row.

Tolerance: a figure rounded to multiples of `base` is off by at most base // 2 (1 for 3, 2 for 5), an annual mean or
an amount in 1,000 EUR by one half. A sum of n figures against a printed total, rounded too, may differ by n + 1 times
that; the amounts of the national accounts, which are rounded in several steps, by one part in 100,000 besides. Where an
addend has no number, the rest must not exceed the total.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from transferbuch.data.findings import Finding, responsible_for
from transferbuch.data.observations import day_of
from transferbuch.data.sources import Source, Sum, Variable
from transferbuch.regions.keys import BUND, MODEL_LAND
from transferbuch.regions.register import Register

ADDITIVE = {"Anzahl", "Personen", "Kinder", "qkm", "Tsd. EUR"}
_ERRORS = {"Tsd. EUR": 0.5, "qkm": 0.005}
_ACCOUNTS = 1e-5
Views = Callable[[str, dt.date], list[list[str]]]
"""Sets of Kreise that figures of a Land and day may be about; see `kreise_views`."""


@dataclass(frozen=True)
class Figures:
    """Printed figures as one matrix per variable: NaN without a number, one row per region, one column per year.

    Gemeinden, thousands that few tables have, are the last rows; matrices of other tables end before them.
    """

    row: dict[str, int]
    years: list[int]
    values: dict[str, np.ndarray]
    errors: dict[str, np.ndarray]
    """How far a figure may be off by rounding; same shape, one matrix for all variables that are rounded alike."""
    times: dict[tuple[str, int], str]
    """Time of a variable's year: it tells which Kreise there were."""


def lay_out(observations: pd.DataFrame, sources: dict[str, Source]) -> Figures:
    """Matrices of all variables of `observations`."""
    ags, years = sorted(map(str, observations["ags"].unique()), key=_gemeinden_last), observations["year"].unique()
    row, years = {one: position for position, one in enumerate(ags)}, np.sort(years)
    above = sum(not _gemeinden_last(one)[0] for one in ags)
    times = observations.groupby(["variable", "year"], sort=False)["time"].max()
    known = {variable.id: (variable, source) for source in sources.values() for variable in source.variables}
    values, errors = {}, {}

    @cache
    def error_of(table: str, unit: str, height: int) -> np.ndarray:
        source = sources[table]
        error = np.full((height, len(years)), _ERRORS.get(unit, 0.5 if source.period == "annual_mean" else 0.0))
        for rounding in source.rounding:
            inside = np.array([not rounding.laender or one[:2] in rounding.laender for one in ags[:height]])
            error[np.ix_(inside, years >= rounding.since)] = rounding.base // 2
        return error

    at = observations["ags"].map(row).to_numpy(int), np.searchsorted(years, observations["year"])
    number = observations["value"].to_numpy()
    for name, rows in observations.groupby("variable", sort=False).indices.items():
        variable, source = known[str(name)]
        height = len(ags) if "gemeinde" in source.levels else above
        matrix = np.full((height, len(years)), np.nan)
        matrix[at[0][rows], at[1][rows]] = number[rows]
        values[str(name)], errors[str(name)] = matrix, error_of(source.table, variable.unit, height)
    return Figures(row, [int(year) for year in years], values, errors, {key: str(time) for key, time in times.items()})


def _gemeinden_last(ags: str) -> tuple[bool, str]:
    return len(ags) == 8, ags


def find_broken_sums(figures: Figures, sources: dict[str, Source], register: Register) -> Iterator[Finding]:
    """Findings kreise_land, laender_bund (about the total), parts_total and part_exceeds_total."""
    views = kreise_views(register)
    for source in sources.values():
        for variable in source.variables:
            if source.region_sums != "none" and variable.unit in ADDITIVE and variable.id in figures.values:
                yield from _regions(figures, source, variable, views)
        for one in source.sums:
            if all(name in figures.values for name in (one.total, *one.parts)):
                yield from _rows(figures, source, one)


@dataclass(frozen=True)
class _Gap:
    """Sum of the addends against the printed total, and what rounding allows."""

    sum: float
    total: float
    tolerance: float
    complete: bool
    addends: int

    @property
    def difference(self) -> float:
        return self.sum - self.total

    def broken(self, at_most: bool = False) -> bool:
        too_much = self.difference > self.tolerance
        return too_much or (self.complete and not at_most and -self.difference > self.tolerance)


def _gap(figures: Figures, source: Source, variable: str, addends: list[str], total: str, column: int) -> _Gap:
    values, errors = figures.values[variable][:, column], figures.errors[variable][:, column]
    rows = [figures.row[one] for one in addends if one in figures.row]
    printed = float(values[figures.row[total]])
    tolerance = float(errors[rows].sum() + errors[figures.row[total]]) + 1e-6
    if source.statistic.startswith("VGR"):
        tolerance += _ACCOUNTS * abs(printed)
    complete = len(rows) == len(addends) and not np.isnan(values[rows]).any()
    return _Gap(float(np.nansum(values[rows])), printed, tolerance, complete, len(addends))


def _regions(figures: Figures, source: Source, variable: Variable, views: Views) -> Iterator[Finding]:
    laender = [one for one in figures.row if len(one) == 2 and one != BUND]
    real = [one for one in laender if one != MODEL_LAND]  # the invented Bund has Länder that no table shows
    for column, year in enumerate(figures.years):
        if (variable.id, year) not in figures.times:
            continue
        day, values = day_of(figures.times[variable.id, year]), figures.values[variable.id][:, column]
        for land in laender:
            if np.isnan(values[figures.row[land]]):
                continue
            gaps = [_gap(figures, source, variable.id, view, land, column) for view in views(land, day)]
            # figures may follow the borders of any day; without a complete set only too much can be seen
            gaps = [gap for gap in gaps if gap.complete] or gaps
            if gaps and all(gap.broken(source.region_sums == "at_most") for gap in gaps):
                gap = min(gaps, key=lambda one: abs(one.difference))
                yield _total_finding("kreise_land", source, variable, land, year, gap)
        if BUND in figures.row and not np.isnan(values[figures.row[BUND]]) and len(real) == 16:
            gap = _gap(figures, source, variable.id, real, BUND, column)
            if gap.broken():
                yield _total_finding("laender_bund", source, variable, BUND, year, gap)


def kreise_views(register: Register) -> Views:
    """Keys of the Kreise of a Land on a day, and on the first day after each reform of this Land, each set once."""

    @cache
    def views(land: str, day: dt.date) -> list[list[str]]:
        reforms = {kreis.valid_from for kreis in register.kreise(land) if kreis.valid_from}
        ends = {kreis.valid_to for kreis in register.kreise(land) if kreis.valid_to}
        sets = [[str(kreis.ags) for kreis in register.kreise(land, on=on)] for on in (day, *sorted(reforms | ends))]
        return [one for number, one in enumerate(sets) if one and one not in sets[:number]]

    return views


def _total_finding(rule: str, source: Source, variable: Variable, ags: str, year: int, gap: _Gap) -> Finding:
    few = "" if gap.complete else ", some without a number"
    few_german = "" if gap.complete else ", einige ohne Zahl"
    word = "Kreise" if rule == "kreise_land" else "Länder"
    return Finding(
        rule, "warn" if rule == "kreise_land" else "info", source.table, variable.id, ags, year, gap.total,
        f"the {gap.addends} {word} ({gap.sum:.10g}{few}) differ by {gap.difference:+.10g}; rounding allows "
        f"{gap.tolerance:.1f}",
        f"Die {gap.addends} {word} ergeben {german(gap.sum)}{few_german}, das sind {german(abs(gap.difference))} "
        f"{'mehr' if gap.difference > 0 else 'weniger'}; durch Rundung erklärlich sind {german(gap.tolerance)}.",
        responsible_for(source, ags),
    )  # fmt: skip


def _rows(figures: Figures, source: Source, one: Sum) -> Iterator[Finding]:
    """Rows whose parts do not fit the total: what a single part shows alone is told of this part."""
    parts = np.stack([figures.values[name] for name in one.parts])
    total = figures.values[one.total]
    allowed = sum(figures.errors[name] for name in (*one.parts, one.total)) + 1e-6
    sums = np.where(np.isnan(parts).all(axis=0), np.nan, np.nansum(parts, axis=0))
    over = sums - total > allowed
    under = one.complete & ~np.isnan(parts).any(axis=0) & (total - sums > allowed)
    ags = list(figures.row)
    labels = {variable.id: variable.label for variable in source.variables}
    for row, column in np.argwhere(over | under):
        region, year, whole = ags[row], figures.years[column], float(total[row, column])
        if len(region) not in (2, 5):
            continue
        large = [
            name
            for name, part in zip(one.parts, parts[:, row, column], strict=True)
            if part - whole > figures.errors[name][row, column] + figures.errors[one.total][row, column]
        ]
        for name in large:
            part = float(figures.values[name][row, column])
            yield Finding(
                "part_exceeds_total", "refuse", source.table, name, region, year, part,
                f"larger than its total {one.total} ({whole:.10g})",
                f"Größer als „{labels[one.total]}“ ({german(whole)}).", responsible_for(source, region),
            )  # fmt: skip
        if not large:
            sum_ = float(sums[row, column])
            yield Finding(
                "parts_total", "warn", source.table, one.total, region, year, whole,
                f"its {len(one.parts)} parts add up to {sum_:.10g}; rounding allows "
                f"{allowed[row, column]:.1f}",
                f"Die Teile ergeben {german(sum_)}: {', '.join(f'„{labels[name]}“' for name in one.parts)}.",
                responsible_for(source, region),
            )  # fmt: skip


def german(value: float) -> str:
    """A figure as German text, with one decimal unless it is whole."""
    text = f"{value:,.0f}" if abs(value - round(value)) < 0.05 else f"{value:,.1f}"
    return text.translate(str.maketrans({",": ".", ".": ",", "-": "\u2212"}))
