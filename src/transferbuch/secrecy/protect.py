"""Own tables as they may be published: secret cells and those that hide them are taken out once, before anything else.

What stands behind this module – slices, notebooks, charts, downloads, indices of areas – gets a `ProtectedTable` and
never an `OwnTable`. Everything that is computed from protected tables is a function of published figures, so it cannot
tell more than they do.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from transferbuch.data.own import OwnTable
from transferbuch.data.own_mapping import OwnDataset
from transferbuch.errors import Problem, ReleaseRefused
from transferbuch.secrecy.audit import Audit, Breach, audit
from transferbuch.secrecy.complement import complete
from transferbuch.secrecy.ledger import NOTHING, Ledger
from transferbuch.secrecy.own_web import ClassShare, OfficialFigures, OwnWeb, build_own_web, state_classes
from transferbuch.secrecy.web import Name

PROTECTED_COLUMNS = (
    "dataset", "level", "area", "area_name", "parent", "period", "year", "measure", "value", "text", "symbol", "status",
    "unit",
)  # fmt: skip
"""Columns of `ProtectedTable.rows`, as in `data.own`; a suppressed cell has no value, the symbol "." and status secret.

Fingerprints and line numbers of the file stay behind: small counts could be guessed from the one.
"""


@dataclass(frozen=True)
class ProtectedTable:
    """One own table without its secret figures."""

    dataset: OwnDataset
    rows: pd.DataFrame = field(repr=False)

    @property
    def areas(self) -> int:
        """Number of areas in the table."""
        return int(self.rows["area"].nunique())

    @property
    def periods(self) -> tuple[str, ...]:
        """Years or school years in the table, oldest first."""
        return tuple(sorted(self.rows["period"].unique()))

    def cells(self) -> dict[Name, str]:
        """What readers see of each cell that has a number or is suppressed: the text, or "."."""
        shown = self.rows[self.rows["status"].isin(("ok", "zero", "secret"))]
        return dict(zip(names_of(shown), shown["text"].tolist(), strict=True))


def protect_tables(
    tables: Sequence[OwnTable], official: OfficialFigures, ledger: Ledger = NOTHING
) -> tuple[ProtectedTable, ...]:
    """All `tables` of a municipality, which are published together, with `official` figures and earlier releases.

    What was printed before is never chosen to hide something else, what was suppressed stays suppressed. Public tables
    are protected first and on their own, so that internal ones change nothing in what the public sees. Raises
    ReleaseRefused where a number cannot be hidden any more.
    """
    public = [one for one in tables if one.is_public]
    hidden = _choose(public, official, ledger, {}, set())
    if len(public) < len(tables):
        seen = {name: text for one in public for name, text in _protected(one, hidden).cells().items()}
        hidden |= _choose(tables, official, ledger, seen, hidden)
    return tuple(_protected(one, hidden) for one in tables)


def _choose(
    tables: Sequence[OwnTable], official: OfficialFigures, ledger: Ledger, seen: Mapping[Name, str], hidden: set[Name]
) -> set[Name]:
    own = build_own_web(tables, official)
    known = known_texts(own, tables, ledger)
    for cell in [*known, *(name for name in seen if name not in hidden)]:
        own.web.costs.pop(cell, None)
    start = (set(own.primary) | hidden | (ledger.suppressed & own.web.costs.keys())) - known.keys()
    try:
        return complete([own.web], start)
    except ValueError as error:
        do = "publish a figure less, put areas or years together, or take the table out of the public ones"
        raise ReleaseRefused(
            Problem(f"own data {tables[0].rows['ags'].iloc[0]}", 0, "", str(error), do=do, code="secret-open")
        ) from None


def known_texts(own: OwnWeb, tables: Sequence[OwnTable], ledger: Ledger) -> dict[Name, str]:
    """Cells that an earlier release printed just as the table has them now: they are known, whatever is done."""
    return {
        name: text for one in tables for name, text in cell_texts(one).items() if text in ledger.printed.get(name, ())
    }


def cell_texts(table: OwnTable) -> dict[Name, str]:
    """The texts of all cells of a table as they stand in its file."""
    return dict(zip(names_of(table.rows), table.rows["text"].tolist(), strict=True))


def names_of(rows: pd.DataFrame) -> list[Name]:
    """What the cells of own tables are called, row by row."""
    return list(zip(*(rows[name].tolist() for name in ("dataset", "measure", "area", "period")), strict=True))


def _protected(table: OwnTable, hidden: set[Name]) -> ProtectedTable:
    rows = table.rows.reindex(columns=list(PROTECTED_COLUMNS)).copy()
    secret = np.array([name in hidden for name in names_of(rows)], bool) | (rows["status"] == "secret").to_numpy(bool)
    for column, instead in (("value", float("nan")), ("text", "."), ("symbol", "."), ("status", "secret")):
        rows[column] = rows[column].mask(secret, instead)
    return ProtectedTable(table.dataset, rows)


def audit_tables(
    tables: Sequence[OwnTable],
    official: OfficialFigures,
    published: Mapping[Name, str],
    ledger: Ledger = NOTHING,
    classes: Sequence[ClassShare] = (),
) -> Audit:
    """Can a secret of `tables` be worked out from the cells `published` (texts as readers see them) and `ledger`?

    Looks at what is really published, not at what was meant to be: a cell with a number is open, whoever put it there.
    `classes`: published outcomes of classes of areas.
    """
    own = build_own_web(tables, official)
    state_classes(own.web, classes)
    opened = {name for name, text in published.items() if text != "."} | known_texts(own, tables, ledger).keys()
    opened |= {one.name for one in classes}
    every = {row.cell for row in own.web.rows if row.cell}
    return audit([own.web], every - opened)


def refuse_breaches(found: Iterable[Breach], place: str) -> None:
    """Raises ReleaseRefused with one problem per secret that can be found out; says where it is, never how much."""
    problems = [
        Problem(
            place,
            0,
            " ".join(one.name[:2]),
            "a suppressed figure can be worked out from what is published",
            " ".join(one.name[2:4]),
            "a range that hides it",
            f"look at the published cells {'; '.join(' '.join(cell) for cell in one.cells) or 'that its limits leave'}"
            + (f" (known: {', '.join(one.facts)})" if one.facts else ""),
            "secret-open",
        )
        for one in found
    ]
    if problems:
        raise ReleaseRefused(problems)
