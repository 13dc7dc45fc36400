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
from scipy.sparse import block_diag, vstack

from transferbuch.secrecy.web import Name, Row, Web

_NEAR = 1e-6
_FAR = 1e9
"""No count and no amount of a municipality is larger."""


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
    low, high, why = _only(part) if len(part.names) == 1 else _bounds(part, number)
    # a value that only its office knows has no neighbourhood of its own: the width alone counts
    below = np.isnan(value) or low <= value - need.down + _NEAR
    above = np.isnan(value) or high >= value + need.up - _NEAR
    if below and above and high - low >= need.width - _NEAR:
        return None
    why = sorted(set(why), key=lambda row: (row.cell, row.what, row.known))
    cells = dict.fromkeys(cell for row in why for cell in (row.cell, *row.known) if cell)
    facts = dict.fromkeys(row.what for row in why if row.what and not row.cell)
    return Breach(part.names[number], low, high, tuple(cells), tuple(facts))


def _bounds(web: Web, number: int) -> tuple[float, float, list[Row]]:
    """The least and the greatest value of a variable, and the rows that force them.

    One program for both: two copies of all numbers, the one as low, the other as high as the rows let it be. Raises
    ValueError where no numbers at all fit the rows: then the figures contradict each other.
    """
    matrix, size = web.matrix(web.rows), len(web.names)
    low, high = np.array([row.low for row in web.rows]), np.array([row.high for row in web.rows])
    equal = low == high
    above, below = ~equal & np.isfinite(high), ~equal & np.isfinite(low)
    given = {"A_eq": block_diag([matrix[equal]] * 2), "b_eq": np.tile(low[equal], 2)} if equal.any() else {}
    if (above | below).any():
        given["A_ub"] = block_diag([vstack([matrix[above], -matrix[below]])] * 2)
        given["b_ub"] = np.tile(np.concatenate([high[above], -low[below]]), 2)
    goal = np.zeros(2 * size)
    goal[number], goal[size + number] = 1, -1
    found = linprog(goal, **given, bounds=(0, _FAR), method="highs")
    if found.status != 0:
        raise ValueError(f"the published figures around {' '.join(web.names[number])} contradict each other")
    order = np.concatenate([np.flatnonzero(equal)] * 2 + [np.flatnonzero(above), np.flatnonzero(below)] * 2)
    duals = np.concatenate([found.eqlin.marginals, found.ineqlin.marginals])
    why = [web.rows[at] for at, dual in zip(order, duals, strict=True) if abs(dual) > _NEAR]
    return float(found.x[number]), float(found.x[size + number]), why


def _only(web: Web) -> tuple[float, float, list[Row]]:
    """The same for the only variable of its piece: the sharpest rows decide."""
    least, most, why = 0.0, _FAR, {}
    for row in web.rows:
        factor = sum(factor for _, factor in row.terms)
        low, high = sorted((row.low / factor, row.high / factor))
        if low > least:
            least, why["low"] = low, row
        if high < most:
            most, why["high"] = high, row
    if least > most + _NEAR:
        raise ValueError(f"the published figures around {' '.join(web.names[0])} contradict each other")
    return least, most, list(why.values())
