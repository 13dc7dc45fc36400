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
from scipy.sparse import eye_array, kron, vstack

from transferbuch.secrecy.web import Name, Need, Row, Web

_NEAR = 1e-6
_FAR = 1e9
"""No count and no amount of a municipality is larger."""
_LARGE = 20_000
"""Variables of one linear program: enough to spare calls, few enough to be solved at once."""


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
            seen[piece] = _breaches_of(part)
        found += seen[piece]
    return found


def _breaches_of(part: Web) -> list[Breach]:
    """The secret variables of a reduced and connected web that do not have the room they need."""
    numbers = list(part.needs)
    if len(part.names) == 1:
        found = [_only(part)]
    else:
        some = max(1, _LARGE // len(part.names))
        found = [one for at in range(0, len(numbers), some) for one in _bounds(part, numbers[at : at + some])]
    return [
        _breach(part, number, *bounds)
        for number, bounds in zip(numbers, found, strict=True)
        if not _has_room(part.needs[number], part.values[number], *bounds[:2])
    ]


def _has_room(need: Need, value: float, low: float, high: float) -> bool:
    # a value that only its office knows has no neighbourhood of its own: the width alone counts
    below = np.isnan(value) or low <= value - need.down + _NEAR
    above = np.isnan(value) or high >= value + need.up - _NEAR
    return bool(below and above and high - low >= need.width - _NEAR)


def _breach(part: Web, number: int, low: float, high: float, why: list[Row]) -> Breach:
    why = sorted(set(why), key=lambda row: (row.cell, row.what, row.known))
    cells = dict.fromkeys(cell for row in why for cell in (row.cell, *row.known) if cell)
    facts = dict.fromkeys(row.what for row in why if row.what and not row.cell)
    return Breach(part.names[number], low, high, tuple(cells), tuple(facts))


def _bounds(web: Web, numbers: list[int]) -> list[tuple[float, float, list[Row]]]:
    """The least and the greatest value of each of some variables, and the rows that force them.

    One program for all, since a call costs more than the solution: two copies of the web per variable, the one makes it
    as low, the other as high as the rows let it be. Raises ValueError where no numbers at all fit the rows: then the
    figures contradict each other.
    """
    matrix, size, copies = web.matrix(web.rows), len(web.names), eye_array(2 * len(numbers))
    low, high = np.array([row.low for row in web.rows]), np.array([row.high for row in web.rows])
    equal = low == high
    above, below = ~equal & np.isfinite(high), ~equal & np.isfinite(low)
    given = {}
    if equal.any():
        given["A_eq"] = kron(copies, matrix[equal], "csr")
        given["b_eq"] = np.tile(low[equal], 2 * len(numbers))
    if (above | below).any():
        given["A_ub"] = kron(copies, vstack([matrix[above], -matrix[below]]), "csr")
        given["b_ub"] = np.tile(np.concatenate([high[above], -low[below]]), 2 * len(numbers))
    goal = np.zeros((len(numbers), 2, size))
    each = np.arange(len(numbers))
    goal[each, 0, numbers], goal[each, 1, numbers] = 1, -1
    found = linprog(goal.ravel(), **given, bounds=(0, _FAR), method="highs")
    if found.status != 0:
        raise ValueError(f"the published figures around {' '.join(web.names[numbers[0]])} contradict each other")
    ends = found.x.reshape(goal.shape)
    order = np.concatenate([np.flatnonzero(equal), np.flatnonzero(above), np.flatnonzero(below)])
    duals = [one.marginals.reshape(len(numbers), 2, -1) for one in (found.eqlin, found.ineqlin)]
    forces = np.abs(np.concatenate(duals, axis=2)).max(axis=1) > _NEAR
    return [
        (float(ends[at, 0, number]), float(ends[at, 1, number]), [web.rows[row] for row in order[forces[at]]])
        for at, number in enumerate(numbers)
    ]


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
