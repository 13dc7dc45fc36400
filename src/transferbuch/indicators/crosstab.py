"""Outcome by type: how an outcome differs between the classes of an index, with what must be hidden left out.

Shown is one share or mean per class, never one of an area. A class is hidden if too few areas, persons or cases stand
behind it. What is hidden must not follow from what is shown: whoever knows the figure of the whole municipality (it is
often official) can subtract all shown classes from it. So areas without a class and hidden classes together must be
enough to hide in; otherwise one more class is hidden. A total stands only where nothing at all is hidden.
"""

from dataclasses import dataclass
from typing import Literal

import pandas as pd

from transferbuch.indicators.uncertainty import ALPHA

MIN_AREAS = 3
MIN_PERSONS = 30
MIN_CASES = 3
"""Least number of persons with and of persons without the outcome behind a shown share."""


@dataclass(frozen=True)
class TypeOutcome:
    """Outcome of one class (from 1), or of all (`kind` 0); the number is None exactly when `hidden` says why.

    low, high: Wilson's 95 per cent interval of a share from counts, in its unit; None for a mean of given shares.
    areas: areas of the class whose outcome is known.
    """

    kind: int
    areas: int
    value: float | None
    low: float | None = None
    high: float | None = None
    hidden: Literal["", "none", "few", "protects"] = ""


@dataclass(frozen=True)
class _Cell:
    kind: int
    areas: int
    persons: float
    cases: float

    def __add__(self, other: "_Cell") -> "_Cell":
        areas, persons = self.areas + other.areas, self.persons + other.persons
        return _Cell(self.kind, areas, persons, self.cases + other.cases)

    def is_enough(self, from_counts: bool) -> bool:
        enough = self.areas >= MIN_AREAS and self.persons >= MIN_PERSONS
        return enough and (not from_counts or MIN_CASES <= self.cases <= self.persons - MIN_CASES)


def cross_table(
    kinds: pd.Series, number: int, persons: pd.Series, cases: pd.Series | None = None, share: pd.Series | None = None
) -> tuple[TypeOutcome, ...]:
    """The outcome of the classes 1 to `number`, then of all classes (kind 0) if nothing is hidden.

    kinds: class by area (areas without one are left out); persons: what the outcome is per (NaN = unknown, secret);
    either cases: how many of them have the outcome (result in per cent), or share: a share or mean of each area, put
    together by its persons (result in its unit). Areas whose figures are secret or missing are not in their class.
    """
    if (cases is None) == (share is None):
        raise ValueError("an outcome has either cases or a share")
    from_counts = cases is not None
    parts = pd.DataFrame({"persons": persons, "cases": cases if from_counts else persons * share})
    parts = parts.reindex(parts.index.union(kinds.index))
    parts["kind"] = kinds.reindex(parts.index)
    known = parts[["persons", "cases"]].notna().all(axis=1) & (parts["persons"] > 0)
    if from_counts and (parts.loc[known, "cases"] > parts.loc[known, "persons"]).any():
        raise ValueError("there are more cases than persons")
    seen = parts[known & parts["kind"].notna()]
    cells = {kind: _cell(kind, seen[seen["kind"] == kind]) for kind in range(1, number + 1)}
    # of areas with a secret cell only what is known helps to hide
    apart = parts[(~known | parts["kind"].isna()) & ~(parts["persons"] == 0)]
    hidden = _hidden(cells, _cell(0, apart), from_counts)
    shown = [_outcome(one, hidden.get(kind, ""), from_counts) for kind, one in cells.items()]
    if not any(one.hidden in ("few", "protects") for one in shown) and apart.empty:
        shown.append(_outcome(_cell(0, seen), "", from_counts))
    return tuple(shown)


def _cell(kind: int, rows: pd.DataFrame) -> _Cell:
    return _Cell(kind, len(rows), float(rows["persons"].sum()), float(rows["cases"].sum()))


def _hidden(cells: dict[int, _Cell], apart: _Cell, from_counts: bool) -> dict[int, Literal["none", "few", "protects"]]:
    """Classes that are not shown and why; `apart` are areas that no class shows."""
    found: dict[int, Literal["none", "few", "protects"]] = {}
    for kind, one in cells.items():
        if not one.is_enough(from_counts):
            found[kind] = "few" if one.areas else "none"
    behind = sum((cells[kind] for kind in found), apart)
    # one hidden class alone would follow from the rest; the smallest first, so that as much as possible stays visible
    least = 2 if "few" in found.values() else 0
    rest = sorted((one for kind, one in cells.items() if kind not in found), key=lambda one: one.persons)
    while (
        rest
        and behind.areas
        and (sum(why != "none" for why in found.values()) < least or not behind.is_enough(from_counts))
    ):
        more = rest.pop(0)
        found[more.kind], behind = "protects", behind + more
    return found


def _outcome(cell: _Cell, why: Literal["", "none", "few", "protects"], from_counts: bool) -> TypeOutcome:
    if why:
        return TypeOutcome(cell.kind, cell.areas, None, hidden=why)
    value = cell.cases / cell.persons
    if not from_counts:
        return TypeOutcome(cell.kind, cell.areas, value)
    from statsmodels.stats.proportion import proportion_confint  # slow to import

    low, high = proportion_confint(cell.cases, cell.persons, alpha=ALPHA, method="wilson")
    return TypeOutcome(cell.kind, cell.areas, 100 * value, 100 * float(low), 100 * float(high))
