"""Observations on the Kreise of one day: figures of Kreise with another territory are converted, and marked.

What a table shows decides on which Kreise a figure is; the reporting day only where the table is silent:
  A Kreis of the asked day keeps its own number. An office's recalculation is better than ours.
  Has it none, but Kreise that it was formed from: the sum of their numbers, each times its share in the crosswalk.
  Was it enlarged later under the same key (Wartburgkreis with Eisenach): its number plus that of the dissolved Kreis.
  A part that is secret, blocked or missing makes the result so, with the gravest status of the parts.
  Variables without weight (rates, means, quotients) are never added: `not_convertible`. So are counts without a share.
A Kreis that only got another key (15202 → 15002) is the same territory: its figures are taken over as they are.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from transferbuch.data.cells import year_of
from transferbuch.data.observations import NUMBER_STATUS, STATUS_RANK
from transferbuch.data.sources import Source, VariableWeight
from transferbuch.data.stacking import stack
from transferbuch.regions.keys import CombinedAGS
from transferbuch.regions.reforms import Part, Territory

TERRITORY_MARKS = ("", "sum", "shares")
"""How a figure came to the asked territory, from harmless to grave: as published, exact sum, official shares."""


class _Row(NamedTuple):
    variable: str
    ags: str
    year: int
    time: str
    value: float
    symbol: str | None
    status: str
    unit: str
    table: str
    stand: str
    file_sha256: str
    line: int
    territory: str = ""

    @property
    def is_number(self) -> bool:
        return self.status in NUMBER_STATUS


@dataclass(frozen=True)
class _Figure:
    """One variable and year: the rows of all Kreise that may be concerned, and how they may be converted."""

    rows: Mapping[str, _Row]
    day: dt.date
    weight: VariableWeight


def reporting_day(time: str, period: str) -> dt.date:
    """The day whose Kreise a figure is about: a date itself, otherwise the end of what it counts.

    Leavers belong to the school year that ends in summer (31 July), pupils to the one that begins (1 October).
    """
    try:
        return dt.date.fromisoformat(time)
    except ValueError:
        month, day = {"school_year": (7, 31), "school_start": (10, 1)}.get(period, (12, 31))
        return dt.date(year_of(time) or 1, month, day)


def convert_observations(
    observations: pd.DataFrame, sources: Mapping[str, Source], territory: Territory
) -> pd.DataFrame:
    """Observations (see `data.observations`) of the Kreise of the asked day, with a column `territory`.

    territory: "" as published, "sum" exact sum of whole Kreise, "shares" estimated with official shares. One more
    status: `not_convertible`. Kreise that do not exist on the asked day leave; Land and Bund stay as they are. A
    converted row names all tables and files it comes from, separated by commas, and no line (0).
    """
    by_code = {code: source for source in sources.values() for code in (source.table, *source.also)}
    weights = {one.id: one.spread for source in sources.values() for one in source.variables}
    families = territory.families
    concerned = {key for family in families.values() for key in family}
    is_kreis = observations["ags"].str.len() == 5
    asked = {str(kreis.ags) for land in territory.register.laender() for kreis in territory.kreise(land)}
    stays = ~is_kreis | observations["ags"].isin(asked - concerned)
    looked_at = observations[observations["ags"].isin(concerned)]
    figures: dict[tuple[str, int], dict[str, _Row]] = {}
    for row in _rows(looked_at.assign(territory="")):
        figures.setdefault((row.variable, row.year), {})[row.ags] = row
    converter = _Converter(territory, observations)
    found: list[_Row] = []
    for (variable, _), rows in figures.items():
        newest = max(rows.values(), key=lambda row: (row.stand, row.time))
        source = by_code[newest.table]
        figure = _Figure(rows, source.territory or reporting_day(newest.time, source.period), weights[variable])
        found += [row for ags in families if (row := converter.convert(ags, figure))]
    return _with_rows(observations[stays].assign(territory=""), found)


def combine_kreise(
    observations: pd.DataFrame, sources: Mapping[str, Source], combined: Iterable[CombinedAGS]
) -> pd.DataFrame:
    """Converted observations with rows for combined territories added: sums over their members, marked as these are.

    Where a member has no number, or no row, the sum takes the gravest status; variables without weight are
    `not_convertible`.
    """
    weights = {one.id: one.spread for source in sources.values() for one in source.variables}
    added: list[_Row] = []
    for key in combined:
        figures: dict[tuple[str, int], dict[str, _Row]] = {}
        for row in _rows(observations[observations["ags"].isin(key.members)]):
            figures.setdefault((row.variable, row.year), {})[row.ags] = row
        parts = tuple(Part(str(member)) for member in key.members)
        for (variable, _), rows in figures.items():
            row = _combined(str(key), parts, rows, weights[variable])
            # that it is a sum follows from the key; the mark tells whether its members' figures were converted
            before = [one.territory for one in rows.values()] if row.is_number else [""]
            added.append(row._replace(territory=max(before, key=TERRITORY_MARKS.index)))
    return _with_rows(observations, added)


class _Converter:
    """Decides for one Kreis of the asked day and one figure; keeps what does not change from figure to figure."""

    def __init__(self, territory: Territory, observations: pd.DataFrame):
        self.territory = territory
        self.given = _given(observations, territory)
        self.dissolved = {str(one.ags) for one in territory.register if one.valid_to and one.valid_to < territory.day}
        self.files_with_dissolved = {file for file, ags in self.given if ags in self.dissolved}
        self.eras = {land: territory.eras(land) for land in territory.register.laender()}
        self._witnesses = {ags: family | self._neighbours(ags) for ags, family in territory.families.items()}
        self._parts: dict[tuple[str, dt.date], tuple[Part, ...]] = {}

    def convert(self, ags: str, figure: _Figure) -> _Row | None:
        """The row of the Kreis `ags` of the asked day; None where no table has a figure for it."""
        rows, own = figure.rows, figure.rows.get(ags)
        has_number = own is not None and own.is_number
        if own is not None and own.status == "withheld":
            return own
        near = [rows[key] for key in self._witnesses[ags] if key != ags and key in rows]
        if own is not None and has_number:  # only the same file tells on which territory its own number is
            witnesses = [row.ags for row in near if row.status == "ok" and row.file_sha256 == own.file_sha256]
        else:
            witnesses = [row.ags for row in near if row.is_number]
        if not has_number and not witnesses:
            return self._without_number(ags, own, figure)
        day = self._day_of([*witnesses, ags] if has_number else witnesses, figure.day, ags)
        if day is None:
            return own  # recalculated: the key beside the keys it was formed from
        parts = self._parts_of(ags, day)
        if parts == (Part(ags),):
            return own
        if own is not None and has_number:
            if all(part.ags != ags for part in parts):
                return own
            rows = {key: row for key, row in rows.items() if row.file_sha256 == own.file_sha256}
            silent = {part.ags for part in parts if part.ags != ags and (own.file_sha256, part.ags) not in self.given}
            if silent and silent <= self.dissolved and own.file_sha256 not in self.files_with_dissolved:
                return own  # the office gives no figure of any dissolved Kreis: it delivers on its newest territory
            if silent - set(rows):
                return _row(ags, [own], float("nan"), "not_convertible")
        return _combined(ags, parts, rows, figure.weight)

    def _without_number(self, ags: str, own: _Row | None, figure: _Figure) -> _Row | None:
        """Neither the Kreis nor one that it was formed from has a number: the sign that says most."""
        if own is not None and own.status != "not_existing":
            return own
        parts = self._parts_of(ags, figure.day)
        rows = [figure.rows[part.ags] for part in parts if part.ags in figure.rows]
        told = [row for row in rows if row.status != "not_existing"]
        return _row(ags, told, float("nan"), _gravest(told)) if told else own

    def _day_of(self, keys: list[str], day: dt.date, ags: str) -> dt.date | None:
        """The day nearest to `day` on which all Kreise of `keys` existed, None if there was none."""
        register = self.territory.register
        days = [
            max(first, min(day, last))
            for first, last in self.eras[register[ags].land]
            if all(register[key].exists_on(max(first, min(day, last))) for key in keys)
        ]
        return min(days, key=lambda one: abs(one - day), default=None)

    def _parts_of(self, ags: str, day: dt.date) -> tuple[Part, ...]:
        if (ags, day) not in self._parts:
            self._parts[ags, day] = self.territory.parts(ags, day)
        return self._parts[ags, day]

    def _neighbours(self, ags: str) -> frozenset[str]:
        """Kreise that took territory from `ags` or gave theirs to it: their own numbers tell on what it is counted."""
        register = self.territory.register
        near = {*register[ags].formed_out_of, *register[ags].successors}
        near |= {kreis.ags for kreis in register if ags in kreis.formed_out_of or ags in kreis.successors}
        return frozenset(map(str, near))


def _rows(frame: pd.DataFrame) -> Iterable[_Row]:
    return map(_Row._make, zip(*(frame[name].tolist() for name in _Row._fields), strict=True))


def _with_rows(observations: pd.DataFrame, rows: list[_Row]) -> pd.DataFrame:
    added = [pd.DataFrame(rows, columns=list(_Row._fields))] if rows else []  # no rows would have no types
    return stack([observations, *added]).sort_values(["variable", "ags", "year"], ignore_index=True)


def _given(observations: pd.DataFrame, territory: Territory) -> frozenset[tuple[str, str]]:
    """(file, key) of the Kreise outside the asked day that a file gives any number for."""
    keys = {str(kreis.ags) for kreis in territory.register if not kreis.exists_on(territory.day)}
    rows = observations[observations["ags"].isin(keys) & observations["status"].eq("ok")]
    pairs = rows[["file_sha256", "ags"]].drop_duplicates()
    return frozenset(zip(pairs["file_sha256"], pairs["ags"], strict=True))


def _combined(ags: str, parts: tuple[Part, ...], rows: Mapping[str, _Row], weight: VariableWeight) -> _Row:
    """The sum of share × value over the parts, or why there is none."""
    held = [rows[part.ags] for part in parts if part.ags in rows]
    if len(parts) == 1 and parts[0].is_whole:  # another key, the same territory
        return held[0]._replace(ags=ags)
    numbers = [row for row in held if row.is_number]
    shares = [] if weight == "none" else [part.share(weight) for part in parts]
    if numbers and (weight == "none" or None in shares):
        return _row(ags, held, float("nan"), "not_convertible")
    if len(numbers) < len(parts):
        lacking = _gravest([row for row in held if not row.is_number])
        gravest = max(lacking, "missing" if len(held) < len(parts) else lacking, key=STATUS_RANK.__getitem__)
        return _row(ags, held, float("nan"), gravest)
    total = float(np.dot(shares, [rows[part.ags].value for part in parts]))
    mark = "sum" if all(share == 1 for share in shares) else "shares"
    mark = max((mark, *(row.territory for row in held)), key=TERRITORY_MARKS.index)
    return _row(ags, held, total, "ok")._replace(territory=mark)


def _gravest(rows: list[_Row]) -> str:
    """The gravest status; a Kreis that did not exist in the table's words has simply no figure in it."""
    statuses = ["missing" if row.status == "not_existing" else row.status for row in rows]
    return max(statuses, key=STATUS_RANK.__getitem__, default="missing")


def _row(ags: str, sources: list[_Row], value: float, status: str) -> _Row:
    """A row that was made from `sources`: one line of a file cannot stand for it."""

    def joined(texts: Iterable[str]) -> str:
        return ",".join(sorted({one for text in texts for one in text.split(",")}))

    newest = max(sources, key=lambda row: (row.time, row.stand))
    return newest._replace(
        ags=ags,
        value=value,
        symbol=None,
        status=status,
        table=joined(row.table for row in sources),
        stand=max(row.stand for row in sources),
        file_sha256=joined(row.file_sha256 for row in sources),
        line=0,
        territory="",
    )
