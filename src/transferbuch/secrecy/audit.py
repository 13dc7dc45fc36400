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
        for part in web.parts():
            breaches += find_breaches(part, hidden)
    return Audit(len(cells), equations, secrets, time.perf_counter() - started, tuple(breaches))


def find_breaches(web: Web, hidden: Collection[Name]) -> list[Breach]:
    """Secret variables of one connected web that are narrowed too far."""
    found = []
    for number, need in sorted(web.needs.items()):
        rows, value = [row for row in web.rows if row.cell not in hidden], web.values[number]
        low, why_low = bound(web, rows, number, 1)
        high, why_high = bound(web, rows, number, -1)
        # a value that only its office knows has no neighbourhood of its own: the width alone counts
        below = np.isnan(value) or low <= value - need.down + _NEAR
        above = np.isnan(value) or high >= value + need.up - _NEAR
        if below and above and high - low >= need.width - _NEAR:
            continue
        why = sorted({*why_low, *why_high}, key=lambda row: (row.cell, row.what))
        cells = dict.fromkeys(row.cell for row in why if row.cell)
        facts = dict.fromkeys(row.what for row in why if row.what and not row.cell)
        found.append(Breach(web.names[number], low, high, tuple(cells), tuple(facts)))
    return found


def bound(web: Web, rows: list[Row], number: int, sign: int) -> tuple[float, list[Row]]:
    """The least (sign 1) or greatest (sign −1) value of a variable, and the rows that force it.

    Raises ValueError where no numbers at all fit the rows: then the publisher's own figures contradict each other.
    """
    matrix = web.matrix(rows)
    low, high = np.array([row.low for row in rows]), np.array([row.high for row in rows])
    equal = low == high
    above, below = ~equal & np.isfinite(high), ~equal & np.isfinite(low)
    goal = np.zeros(len(web.names))
    goal[number] = sign
    found = linprog(
        goal,
        A_ub=vstack([matrix[above], -matrix[below]]) if (above | below).any() else None,
        b_ub=np.concatenate([high[above], -low[below]]) if (above | below).any() else None,
        A_eq=matrix[equal] if equal.any() else None,
        b_eq=low[equal] if equal.any() else None,
        method="highs",
    )
    if found.status == 3:
        return (-np.inf if sign == 1 else np.inf), []
    if found.status != 0:
        raise ValueError(f"the published figures around {' '.join(web.names[number])} contradict each other")
    order = np.concatenate([np.flatnonzero(equal), np.flatnonzero(above), np.flatnonzero(below)])
    duals = np.concatenate([found.eqlin.marginals, found.ineqlin.marginals])
    return sign * found.fun, [rows[at] for at, dual in zip(order, duals, strict=True) if abs(dual) > _NEAR]
