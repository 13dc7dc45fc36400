"""Which further cells must be hidden, so that no secret number can be worked out: least information lost.

For every secret number in turn a mixed-integer program asks for the cheapest set of cells whose suppression lets the
number be smaller and larger by what it needs, with everything else still adding up (HiGHS in scipy). Cells hidden for
one number help the next. At the end every cell that is not needed after all is opened again, the dearest first. Same
figures, same choice: everything is ordered, and equal costs are told apart by the cells' names.
"""

import hashlib
from collections.abc import Collection, Iterable

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, hstack, vstack

from transferbuch.secrecy.audit import Seen, find_breaches
from transferbuch.secrecy.web import Name, Web

_WIDE = 4.0
_NODES = 2000
"""Where the best choice is not proven after so many steps the best one found counts: a number and no time, so that the
choice is the same on every machine."""


def complete(webs: Iterable[Web], suppressed: Collection[Name]) -> set[Name]:
    """`suppressed` and the cells that must be hidden beside them.

    Cells without a cost are never chosen. Raises ValueError where no choice protects a number.
    """
    hidden = set(suppressed)
    for web in webs:
        for part in web.parts():
            hidden |= _complete_part(part, hidden)
    return hidden


def _complete_part(web: Web, suppressed: set[Name]) -> set[Name]:
    hidden, values, seen = set(suppressed), None, Seen()
    while breaches := find_breaches(web, hidden, seen):
        values = _fitting(web, suppressed) if values is None else values
        # one after the other: what hides the first may hide others too
        numbers = [web.numbers[one.name] for one in breaches]
        number = min(numbers, key=lambda one: (-web.needs[one].width, web.names[one]))
        hidden |= _hide_around(web, values, number, hidden)
    chosen = sorted(hidden - suppressed, key=lambda cell: (-web.costs[cell], cell))
    for cell in chosen:
        if not find_breaches(web, hidden - {cell}, seen):
            hidden.discard(cell)
    return hidden - suppressed


def _fitting(web: Web, suppressed: set[Name]) -> np.ndarray:
    """Values of all variables that fit the published rows; numbers that only their office knows are filled in."""
    values = np.array(web.values, float)
    unknown = np.isnan(values)
    if not unknown.any():
        return values
    rows = [row for row in web.rows if row.cell not in suppressed]
    fixed = Bounds(np.where(unknown, 0, values), np.where(unknown, np.inf, values))
    found = milp(np.zeros(len(values)), constraints=web.constraint(rows), bounds=fixed)
    if found.x is None:
        raise ValueError(f"the figures around {' '.join(web.names[int(np.flatnonzero(unknown)[0])])} do not add up")
    return np.where(unknown, found.x, values)


def _hide_around(web: Web, values: np.ndarray, number: int, hidden: set[Name]) -> set[Name]:
    """Cells to hide for one number: two moves away from the true values, both fitting everything that stays open.

    Unknowns: the move down, the move up (one per variable each), and 0 or 1 for each cell that may be hidden.
    """
    need = web.needs[number]
    rows = [row for row in web.rows if row.cell not in hidden]
    cells = sorted({row.cell for row in rows if row.cell in web.costs})
    at = {cell: column for column, cell in enumerate(cells)}
    size, matrix = len(values), web.matrix(rows)
    reach = 1e3 + _WIDE * float(np.abs(values).max())
    activity = matrix @ values
    # a row that is rounded may not hold exactly for figures that do not fit each other: it holds as it is
    low = np.minimum(np.array([row.low for row in rows]) - activity, 0)
    high = np.maximum(np.array([row.high for row in rows]) - activity, 0)
    owned = [(position, at[row.cell]) for position, row in enumerate(rows) if row.cell in at]
    switch = csr_array(
        (np.full(len(owned), reach), ([one for one, _ in owned], [two for _, two in owned])),
        shape=(len(rows), len(cells)),
    )
    nothing = csr_array(matrix.shape)
    constraints = []
    for move in ([matrix, nothing], [nothing, matrix]):
        constraints.append(LinearConstraint(hstack([*move, switch]), lb=low, ub=np.inf))
        constraints.append(LinearConstraint(hstack([*move, -switch]), lb=-np.inf, ub=high))
    apart = np.zeros(2 * size + len(cells))
    apart[number], apart[size + number] = -1, 1
    constraints.append(LinearConstraint(vstack([csr_array(apart.reshape(1, -1))]), lb=need.width, ub=np.inf))
    least, most = np.tile(-np.abs(values), 2), np.full(2 * size, reach)
    most[number], least[size + number] = -min(need.down, values[number]), need.up
    costs = np.concatenate([np.zeros(2 * size), [web.costs[cell] * (1 + 1e-4 * _fraction(cell)) for cell in cells]])
    found = milp(
        costs,
        constraints=constraints,
        integrality=np.r_[np.zeros(2 * size), np.ones(len(cells))],
        bounds=Bounds(np.r_[least, np.zeros(len(cells))], np.r_[most, np.ones(len(cells))]),
        options={"mip_rel_gap": 0.0, "node_limit": _NODES},
    )
    if found.x is None:
        raise ValueError(f"{' '.join(web.names[number])} cannot be hidden: too much of it is published already")
    return {cell for cell, chosen in zip(cells, found.x[2 * size :], strict=True) if chosen > 0.5}


def _fraction(cell: Name) -> float:
    """A number from 0 to 1 that depends on the name alone."""
    return int(hashlib.sha256("|".join(cell).encode()).hexdigest()[:8], 16) / 0xFFFFFFFF
