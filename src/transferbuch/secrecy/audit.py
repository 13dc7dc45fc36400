"""What can be found out: bounds of every secret number from everything that is published together.

The bounds are the least and the greatest value that any numbers have which fit all published cells (linear
programming, exact up to rounding; whole numbers are not asked for, so an attacker may know a little more where several
small counts add up: needs are wider than one for that reason).
"""

import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import vstack

from transferbuch.secrecy.web import Name, Row, Web

_NEAR = 1e-6


@dataclass(frozen=True)
class Breach:
    """A secret number that is narrowed to `low` … `high` although it needs more room; `cells` betray it together."""

    name: Name
    low: float
    high: float
    cells: tuple[Name, ...]
    facts: tuple[str, ...]


@dataclass(frozen=True)
class Audit:
    """What was looked at and found."""

    cells: int
    equations: int
    secrets: int
    seconds: float
    breaches: tuple[Breach, ...]

    @classmethod
    def together(cls, audits: "Iterable[Audit]") -> "Audit":
        """Several audits as one."""
        all_of = list(audits)
        return cls(
            sum(one.cells for one in all_of),
            sum(one.equations for one in all_of),
            sum(one.secrets for one in all_of),
            sum(one.seconds for one in all_of),
            tuple(breach for one in all_of for breach in one.breaches),
        )

    def line(self) -> str:
        """ "12 secret numbers, 340 published cells, 412 equations, 0.3 s: nothing can be found out"."""
        found = f"{len(self.breaches)} can be found out" if self.breaches else "nothing can be found out"
        return (
            f"{self.secrets} secret numbers, {self.cells} published cells, {self.equations} equations, "
            f"{self.seconds:.1f} s: {found}"
        )


def audit(webs: Iterable[Web], suppressed: Collection[Name]) -> Audit:
    """Bounds of the secret variables of all `webs`, whose cells in `suppressed` are not published."""
    started, hidden = time.perf_counter(), set(suppressed)
    breaches: list[Breach] = []
    cells: set[Name] = set()
    equations = secrets = 0
    for web in webs:
        open_cells = {row.cell for row in web.rows if row.cell and row.cell not in hidden}
        cells |= open_cells
        equations += sum(not row.cell or row.cell in open_cells for row in web.rows)
        secrets += len(web.needs)
        breaches += find_breaches(web, hidden)
    return Audit(len(cells), equations, secrets, time.perf_counter() - started, tuple(breaches))


Seen = dict[tuple[tuple[Name, ...], tuple[Row, ...]], list[Breach]]


def find_breaches(web: Web, hidden: Collection[Name], seen: Seen | None = None) -> list[Breach]:
    """Secret variables that are narrowed too far when the cells in `hidden` are not published.

    `seen` remembers pieces that were looked at before, for searches that change little at a time.
    """
    seen = {} if seen is None else seen
    found: list[Breach] = []
    for part in web.reduced(hidden).parts():
        piece = (tuple(part.names), tuple(part.rows))
        if piece not in seen:
            seen[piece] = [one for number in part.needs if (one := find_breach(part, number)) is not None]
        found += seen[piece]
    return found


def find_breach(part: Web, number: int) -> Breach | None:
    """The breach of one secret variable of a reduced and connected web, None if it has the room it needs."""
    need, value = part.needs[number], part.values[number]
    solver = _Solver(part)
    low, why_low = solver.bound(number, 1)
    high, why_high = solver.bound(number, -1)
    # a value that only its office knows has no neighbourhood of its own: the width alone counts
    below = np.isnan(value) or low <= value - need.down + _NEAR
    above = np.isnan(value) or high >= value + need.up - _NEAR
    if below and above and high - low >= need.width - _NEAR:
        return None
    why = sorted({*why_low, *why_high}, key=lambda row: (row.cell, row.what, row.known))
    cells = dict.fromkeys(cell for row in why for cell in (row.cell, *row.known) if cell)
    facts = dict.fromkeys(row.what for row in why if row.what and not row.cell)
    return Breach(part.names[number], low, high, tuple(cells), tuple(facts))


class _Solver:
    """The rows of a web as a linear program."""

    def __init__(self, web: Web) -> None:
        self.web = web
        matrix = web.matrix(web.rows)
        low, high = np.array([row.low for row in web.rows]), np.array([row.high for row in web.rows])
        equal = low == high
        above, below = ~equal & np.isfinite(high), ~equal & np.isfinite(low)
        self.order = np.concatenate([np.flatnonzero(equal), np.flatnonzero(above), np.flatnonzero(below)])
        self.given = {"A_eq": matrix[equal], "b_eq": low[equal]} if equal.any() else {}
        if (above | below).any():
            self.given |= {
                "A_ub": vstack([matrix[above], -matrix[below]]),
                "b_ub": np.concatenate([high[above], -low[below]]),
            }

    def bound(self, number: int, sign: int) -> tuple[float, list[Row]]:
        """The least (sign 1) or greatest (sign −1) value of a variable, and the rows that force it.

        Raises ValueError where no numbers at all fit the rows: then the figures contradict each other.
        """
        if len(self.web.names) == 1:
            return self._only(sign)
        goal = np.zeros(len(self.web.names))
        goal[number] = sign
        found = linprog(goal, **self.given, method="highs")
        if found.status == 3:
            return (-np.inf if sign == 1 else np.inf), []
        if found.status != 0:
            raise ValueError(f"the published figures around {' '.join(self.web.names[number])} contradict each other")
        duals = np.concatenate([found.eqlin.marginals, found.ineqlin.marginals])
        rows = [self.web.rows[at] for at, dual in zip(self.order, duals, strict=True) if abs(dual) > _NEAR]
        return sign * found.fun, rows

    def _only(self, sign: int) -> tuple[float, list[Row]]:
        """The same for the only variable of its piece: the sharpest row decides."""
        ends: list[list[tuple[float, list[Row]]]] = [[(0.0, [])], [(np.inf, [])]]
        for row in self.web.rows:
            factor = sum(factor for _, factor in row.terms)
            low, high = sorted((row.low / factor, row.high / factor))
            ends[0].append((low, [row]))
            ends[1].append((high, [row]))
        least, most = max(ends[0], key=lambda end: end[0]), min(ends[1], key=lambda end: end[0])
        if least[0] > most[0] + _NEAR:
            raise ValueError(f"the published figures around {' '.join(self.web.names[0])} contradict each other")
        return least if sign == 1 else most
