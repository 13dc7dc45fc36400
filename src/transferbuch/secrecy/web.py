"""Figures that hang together: unknown numbers, and what readers know of them, as linear rows.

A `Web` is what an attacker has: `variables` (each a number that is not negative) and `rows`, each saying that a sum of
variables lies between two ends. A row that states a published cell names its `cell`; if the cell is suppressed the row
is gone. Rows without a cell hold whatever is published: totals and parts, children that cannot be more than all.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import LinearConstraint
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

Name = tuple[str, ...]
"""What a variable or a cell is called: table, measure, area, period; more parts for what is only implied."""


@dataclass(frozen=True)
class Need:
    """How far a secret number must stay open: `down` below and `up` above its value, and `width` altogether."""

    down: float
    up: float
    width: float


@dataclass(frozen=True)
class Row:
    """low ≤ Σ coefficient × variable ≤ high. `cell`: the published cell that says so, () for a fact of its own."""

    terms: tuple[tuple[int, float], ...]
    low: float
    high: float
    cell: Name = ()
    what: str = ""


@dataclass
class Web:
    """Variables by number (their `values` as the publisher knows them) and rows; `needs`: of secret variables."""

    names: list[Name] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    needs: dict[int, Need] = field(default_factory=dict)
    costs: dict[Name, float] = field(default_factory=dict)  # of suppressing a cell; cells without may never be
    numbers: dict[Name, int] = field(default_factory=dict)

    def variable(self, name: Name, value: float) -> int:
        """Number of the variable `name`, which is made with this value when it is new."""
        if name not in self.numbers:
            self.numbers[name] = len(self.names)
            self.names.append(name)
            self.values.append(value)
        return self.numbers[name]

    def state(
        self, terms: Iterable[tuple[int, float]], low: float, high: float, cell: Name = (), what: str = ""
    ) -> None:
        """Add a row."""
        self.rows.append(Row(tuple(terms), low, high, cell, what))

    def parts(self) -> Iterator["Web"]:
        """The web in pieces that have no row in common; only those with a secret. Each can be looked at alone."""
        if not self.needs:
            return
        first = np.array([row.terms[0][0] for row in self.rows for _ in row.terms[1:]], int)
        other = np.array([term for row in self.rows for term, _ in row.terms[1:]], int)
        size = len(self.names)
        graph = csr_array((np.ones(len(first)), (first, other)), shape=(size, size))
        _, piece = connected_components(graph, directed=False)
        members: dict[int, list[int]] = {int(piece[number]): [] for number in self.needs}
        for number, of in enumerate(piece.tolist()):
            if of in members:
                members[of].append(number)
        rows: dict[int, list[Row]] = {one: [] for one in members}
        for row in self.rows:
            if (of := int(piece[row.terms[0][0]])) in rows:
                rows[of].append(row)
        for of, numbers in members.items():
            yield self._piece(numbers, rows[of])

    def _piece(self, numbers: list[int], rows: list[Row]) -> "Web":
        new = {number: at for at, number in enumerate(numbers)}
        names = [self.names[number] for number in numbers]
        cells = {row.cell for row in rows}
        return Web(
            names,
            [self.values[number] for number in numbers],
            [
                Row(tuple((new[number], factor) for number, factor in row.terms), row.low, row.high, row.cell, row.what)
                for row in rows
            ],
            {new[number]: need for number, need in self.needs.items() if number in new},
            {cell: cost for cell, cost in self.costs.items() if cell in cells},
            {name: at for at, name in enumerate(names)},
        )

    def matrix(self, rows: list[Row]) -> csr_array:
        """Coefficients of `rows`, one column per variable."""
        at = [number for number, row in enumerate(rows) for _ in row.terms]
        columns = [number for row in rows for number, _ in row.terms]
        factors = [factor for row in rows for _, factor in row.terms]
        return csr_array((factors, (at, columns)), shape=(len(rows), len(self.names)))

    def constraint(self, rows: list[Row]) -> LinearConstraint:
        """`rows` for a solver."""
        return LinearConstraint(self.matrix(rows), [row.low for row in rows], [row.high for row in rows])
