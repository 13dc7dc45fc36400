"""From the Kreise of one day to those of another: which Kreis of the asked Gebietsstand holds how much of an older one.

Two sources. The register knows every reform since 1995: a dissolved Kreis has its last day and its successors, one
that left another says out of which it was formed. The crosswalk (BBSR-Umsteigeschlüssel) knows the shares: the sheet
of year Y says which part of the population, the area and the employees of a Kreis as of 31 December Y lies in which
Kreis of the target day. Single Gemeinden that moved between Kreise which both go on are not converted: the offices'
own series do not do it either.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Literal, NamedTuple

import pandas as pd

from transferbuch.errors import Problem, UsageError
from transferbuch.regions.keys import CombinedAGS, KreisAGS
from transferbuch.regions.register import REGISTER_BEGIN, REGISTER_STAND, Kreis, Register

DEFAULT_GEBIETSSTAND = date(2025, 12, 31)
"""The newest day for whose Kreise official figures are given; Hanau (06415) still belongs to 06435 then."""
CROSSWALK_COLUMNS = ("year", "old", "new", "target", "area", "population", "employees")
Weight = Literal["population", "area", "employees"]

_Shares = tuple[float | None, float | None, float | None]  # population, area, employees; None: not known
_WHOLE: _Shares = (1.0, 1.0, 1.0)
_UNKNOWN: _Shares = (None, None, None)
_DAY = timedelta(days=1)
LEAST_MOVE = 0.005


@dataclass(frozen=True)
class Part:
    """A Kreis and the share of it that is meant, by population, area and employees; None where nobody knows it."""

    ags: str
    population: float | None = 1.0
    area: float | None = 1.0
    employees: float | None = 1.0

    def share(self, weight: Weight) -> float | None:
        """The share for figures that are spread like this weight."""
        return getattr(self, weight)

    @property
    def is_whole(self) -> bool:
        """True when all of the Kreis is meant, so that no share is needed."""
        return self.population == self.area == self.employees == 1


class Move(NamedTuple):
    """Gemeinden that changed from one Kreis to another, both of which go on; `share` of the giver's population."""

    year: int  # first whose 31 December counts them with the taker
    giver: str
    taker: str
    share: float


class Territory:
    """The Kreise of the asked day, and what Kreise of other days are in their terms.

    `crosswalk` has one row per year × old key × new key with the columns `CROSSWALK_COLUMNS`; without it, and for
    reforms after its target day, only whole Kreise can be assigned. Shares of 1 need no crosswalk; a share of the
    crosswalk wins over the register where a Kreis gave single Gemeinden away before it was dissolved.
    """

    def __init__(self, register: Register, day: date, crosswalk: pd.DataFrame | None = None):
        self.register, self.day = register, day
        self._sheets: dict[str, dict[int, list[tuple[str, date, _Shares]]]] = {}
        if crosswalk is not None:
            self._read(crosswalk)
        self._children: dict[str, list[Kreis]] = {}
        self._predecessors: dict[str, list[Kreis]] = {}
        for kreis in register:
            for parent in kreis.formed_out_of:
                self._children.setdefault(parent, []).append(kreis)
            for successor in kreis.successors:
                self._predecessors.setdefault(successor, []).append(kreis)
        self._found: dict[tuple[str, date], dict[str, _Shares]] = {}

    def __contains__(self, ags: object) -> bool:
        kreis = self.register.get(ags) if isinstance(ags, str) else None
        return kreis is not None and kreis.exists_on(self.day)

    def holds(self, key: KreisAGS | CombinedAGS) -> bool:
        """Whether the Kreis, or every member of a combined territory, exists on the asked day."""
        return all(member in self for member in (key.members if isinstance(key, CombinedAGS) else (key,)))

    def kreise(self, land: str | None = None) -> list[Kreis]:
        """Kreise of the asked day, sorted by key; `land` as in `Register.kreise`."""
        return self.register.kreise(land, on=self.day)

    def destinations(self, ags: str, when: date) -> tuple[Part, ...]:
        """Kreise of the asked day that hold territory of the Kreis `ags` as it was on the day `when`, with its share.

        A share is None when the Kreis was divided and nobody says how. KeyError for a key that no register knows.
        """
        return tuple(Part(key, *shares) for key, shares in sorted(self._destinations(ags, when).items()))

    def parts(self, ags: str, when: date) -> tuple[Part, ...]:
        """The Kreise of the day `when` that the Kreis `ags` of the asked day is made of, with their share in it."""
        land = self.register[ags].land
        of_then = ((str(kreis.ags), self._destinations(str(kreis.ags), when)) for kreis in self._on(land, when))
        return tuple(Part(key, *into[ags]) for key, into in of_then if ags in into)

    def eras(self, land: str) -> list[tuple[date, date]]:
        """First and last day of each time in which no Kreis of the Land was dissolved or founded."""
        kreise = self.register.kreise(land)
        begins = {kreis.valid_from for kreis in kreise if kreis.valid_from}
        begins |= {kreis.valid_to + _DAY for kreis in kreise if kreis.valid_to}
        starts = [date.min, *sorted(begins)]
        return list(zip(starts, [*(start - _DAY for start in starts[1:]), date.max], strict=True))

    @cached_property
    def families(self) -> dict[str, frozenset[str]]:
        """Kreise of the asked day that were not always what they are → all keys that ever held a part of them."""
        found: dict[str, set[str]] = {}
        other: set[str] = set()
        years = sorted({year for sheets in self._sheets.values() for year in sheets})
        for land in self.register.laender():
            eras = self.eras(land)
            days = {day for era in eras[1:] for day in (era[0] - _DAY, era[0])}
            if days:
                days |= {date(year, 12, 31) for year in years}
            for day in days:
                for kreis in self._on(land, day):
                    for key, shares in self._destinations(str(kreis.ags), day).items():
                        found.setdefault(key, {key}).add(str(kreis.ags))
                        if key != kreis.ags or shares != _WHOLE:
                            other.add(key)
        return {key: frozenset(found[key]) for key in sorted(other)}

    def formed_from(self, ags: str) -> list[tuple[Kreis, bool]]:
        """Dissolved Kreise of which the Kreis `ags` of the asked day holds territory, and whether it holds all of it.

        Sorted by key; judged on their last day.
        """
        found = []
        for kreis in self.register.kreise(self.register[ags].land):
            if kreis.valid_to and kreis.valid_to < self.day:
                into = self._destinations(str(kreis.ags), kreis.valid_to)
                if ags in into:
                    found.append((kreis, into[ags] == _WHOLE))
        return found

    def moves(self, ags: str) -> list[Move]:
        """Gemeinden that the Kreis `ags` gave to, or got from, a Kreis that goes on as well; by year, of the crosswalk.

        Only parts of at least `LEAST_MOVE` of the giver's population: such moves are not converted, they are breaks.
        """
        return [one for one in self._moves if ags in (one.giver, one.taker)]

    # --- inside --------------------------------------------------------------------------------------------------

    @cached_property
    def _moves(self) -> list[Move]:
        found = []
        for giver, sheets in sorted(self._sheets.items()):
            if giver not in self:
                continue
            years = sorted(sheets)
            for year, after in zip(years, [*years[1:], None], strict=True):
                later = {new for new, _, shares in sheets[after] if (shares[0] or 0) >= LEAST_MOVE} if after else set()
                found += [
                    Move(after or int(target.year), giver, new, shares[0])
                    for new, target, shares in sheets[year]
                    if new != giver and new in self and new not in later and (shares[0] or 0) >= LEAST_MOVE
                ]
        return sorted(found)

    def _on(self, land: str, day: date) -> list[Kreis]:
        return self.register.kreise(land, on=day)

    def _destinations(self, ags: str, when: date) -> Mapping[str, _Shares]:
        key = (ags, when)
        if key not in self._found:
            self._found[key] = self._forward(ags, when, self.day) if when <= self.day else self._back(ags)
        return self._found[key]

    def _forward(self, ags: str, when: date, until: date) -> dict[str, _Shares]:
        kreis = self.register[ags]
        if kreis.exists_on(until):
            left = [child for child in self._children.get(ags, ()) if when < child.valid_from <= until]
            if not left:
                return {ags: _WHOLE}
            heirs = [(key, left[-1].valid_from) for key in (ags, *(str(child.ags) for child in left))]
        else:
            if official := self._official(ags, when.year, until, set()):
                return official
            heirs = [(str(key), kreis.valid_to + _DAY) for key in kreis.successors]
        into = [self._forward(key, day, until) for key, day in heirs]
        reached = {key for one in into for key in one}
        if len(reached) == 1:  # divided and united again, or never divided
            return {reached.pop(): _WHOLE}
        if len(into) == 1:
            return into[0]
        if kreis.exists_on(until) and (official := self._official(ags, when.year, until, {key for key, _ in heirs})):
            return official
        return {key: _UNKNOWN for key in reached}

    def _official(self, ags: str, year: int, until: date, heirs: set[str]) -> dict[str, _Shares]:
        """What the newest sheet up to `year` says, carried on from its target day; {} where it cannot tell.

        A Kreis that goes on is only divided by a sheet that names all `heirs`, so that it knows of the division.
        """
        sheets = self._sheets.get(ags, {})
        rows = sheets.get(max((one for one in sheets if one <= year), default=0), [])
        if not heirs <= {new for new, _, _ in rows}:
            return {}
        found: dict[str, _Shares] = {}
        for new, target, shares in rows:
            if new not in self.register or (not heirs and self.register[ags].exists_on(target)):
                return {}  # the sheet is older than the reform
            if target <= until:
                into = self._forward(new, target, until)
            elif self.register[new].exists_on(until):
                into = {new: _WHOLE}
            else:
                return {}
            for key, onward in into.items():
                product = tuple(_times(a, b) for a, b in zip(shares, onward, strict=True))
                found[key] = tuple(map(_plus, found[key], product)) if key in found else product  # type: ignore
        return found

    def _back(self, ags: str) -> dict[str, _Shares]:
        """For a Kreis of a day after the asked one: whole where all of it lay in one Kreis, otherwise not known."""
        roots, ahead, seen = set(), [ags], set()
        while ahead:
            kreis = self.register[ahead.pop()]
            if kreis.ags in seen:
                continue
            seen.add(kreis.ags)
            before = [one for one in self._predecessors.get(kreis.ags, ()) if one.valid_to and one.valid_to >= self.day]
            if kreis.exists_on(self.day):
                roots.add(str(kreis.ags))
            elif not before:
                ahead += kreis.formed_out_of
            ahead += [one.ags for one in before]
        return {root: _WHOLE if len(roots) == 1 else _UNKNOWN for root in roots}

    def _read(self, crosswalk: pd.DataFrame) -> None:
        rows = crosswalk[list(CROSSWALK_COLUMNS)]
        for year, old, new, target, area, population, employees in rows.itertuples(index=False, name=None):
            shares = tuple(None if pd.isna(one) else float(one) for one in (population, area, employees))
            if shares[:2] == _WHOLE[:2]:  # sheets up to 1996 have no column of employees
                shares = _WHOLE
            place = (new, date.fromisoformat(str(target)), shares)
            self._sheets.setdefault(old, {}).setdefault(int(year), []).append(place)  # type: ignore[arg-type]


def read_gebietsstand(text: str) -> date:
    """The day that `--gebietsstand` names; "" is the default. Raises UsageError for no day and one nobody knows."""
    if not text:
        return DEFAULT_GEBIETSSTAND
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or len(text) != 10:
        raise _refused("this is no day", text, "YYYY-MM-DD, for example 2025-12-31")
    if day < REGISTER_BEGIN:
        raise _refused("the Kreise of this day are not in the register", text, f"{REGISTER_BEGIN} or later")
    if day > REGISTER_STAND:
        raise _refused("the register does not know the Kreise of this day yet", text, f"{REGISTER_STAND} or earlier")
    return day


def _refused(what: str, value: str, expected: str) -> UsageError:
    do = f"leave the option out for {DEFAULT_GEBIETSSTAND}"
    return UsageError(Problem("--gebietsstand", 0, "", what, value, expected, do, "gebietsstand"))


def _times(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one * other


def _plus(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one + other
