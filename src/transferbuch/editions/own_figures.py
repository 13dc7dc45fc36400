"""Own figures of all municipalities as editions may see them, and what the auditor says of what they do see."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import pandas as pd
import pyarrow.parquet as pq

from transferbuch.data.own import OwnTable
from transferbuch.editions.area_index import AreaIndexChoice, AreaOutcome
from transferbuch.editions.areas import load_area_indices
from transferbuch.editions.parameters import Parameters
from transferbuch.project import Project
from transferbuch.records import collect
from transferbuch.report.area_model import AreaIndex, Outcome
from transferbuch.report.slice_model import OwnTable as OwnTableModel
from transferbuch.report.slice_reader import OWN_FILE, read_slice
from transferbuch.secrecy.audit import Audit
from transferbuch.secrecy.ledger import Ledger, read_ledger
from transferbuch.secrecy.own_web import ClassShare, OfficialFigures, official_figures
from transferbuch.secrecy.protect import ProtectedTable, audit_tables, protect_tables, refuse_breaches
from transferbuch.secrecy.web import Name


@dataclass(frozen=True)
class OwnFigures:
    """By AGS: own tables without their secret figures, and the indices of areas computed from those.

    Internal tables are among them only for internal audiences: for the public they were not read.
    """

    tables: dict[str, tuple[ProtectedTable, ...]]
    areas: dict[str, tuple[AreaIndex, ...]]

    def tables_of(self, ags: str) -> tuple[ProtectedTable, ...]:
        """The own tables of a municipality that the audience may see."""
        return self.tables.get(ags, ())


@dataclass(frozen=True)
class OwnInputs:
    """What protection and audit rest on: raw own tables, official figures around them, earlier releases; by AGS."""

    tables: Mapping[str, Sequence[OwnTable]]
    official: Mapping[str, OfficialFigures]
    ledgers: Mapping[str, Ledger]

    def audit(
        self,
        published: Mapping[str, Mapping[Name, str]],
        classes: Mapping[str, Sequence[ClassShare]] = MappingProxyType({}),
    ) -> Audit:
        """Audit of the cells and outcomes of classes `published` by each municipality.

        Raises ReleaseRefused for what can be found out.
        """
        found = {
            ags: audit_tables(self.tables[ags], self.official[ags], cells, self.ledgers[ags], classes.get(ags, ()))
            for ags, cells in sorted(published.items())
        }
        for ags, one in found.items():
            refuse_breaches(one.breaches, f"own data of {ags}")
        return Audit.together(found.values())


def own_inputs(project: Project, tables: Mapping[str, Sequence[OwnTable]], values: pd.DataFrame | None) -> OwnInputs:
    """`values` of indicators (`indicators.compute`), None where no official figures are at hand.

    Raises PersonFileError for a damaged record of earlier releases.
    """
    official = {
        ags: {} if values is None else official_figures(values, ags, [one.dataset for one in own])
        for ags, own in tables.items()
    }
    folders = {ags: folder_of(project, ags) for ags in tables}
    ledgers = collect([lambda folder=folder: read_ledger(folder, project.show(folder)) for folder in folders.values()])
    return OwnInputs(tables, official, dict(zip(folders, ledgers, strict=True)))


def protect_own(project: Project, parameters: Mapping[str, Parameters], given: OwnInputs) -> OwnFigures:
    """Raises ReleaseRefused for a figure that cannot be hidden, PersonFileError for faults of indices."""
    tables = {
        ags: protect_tables(own, given.official[ags], given.ledgers[ags]) for ags, own in given.tables.items() if own
    }
    return OwnFigures(tables, load_area_indices(project, parameters, tables))


def published_classes(choices: Iterable[AreaIndexChoice], slices: Iterable[Path]) -> list[ClassShare]:
    """Outcomes of classes in the data slices that readers may download, for the indices that a municipality chose."""
    chosen, found = {one.id: one for one in choices}, {}
    for folder in slices:
        data = read_slice(folder)
        tables = {table.id: table for table in data.own_data}
        for index in data.areas:
            names = tables[chosen[index.id].table].names
            kinds = {one.name: one.kind for one in index.areas}
            # names that two areas share are printed with their key
            of_area = {key: kinds.get(name, kinds.get(f"{name} ({key})")) for key, name in names.items()}
            for outcome, wanted in zip(index.outcomes, chosen[index.id].outcomes, strict=True):
                if outcome.from_counts:
                    for share in _class_shares(index.id, outcome, wanted, of_area, tables[wanted.table]):
                        found[share.name] = share
    return list(found.values())


def _class_shares(
    index: str, outcome: Outcome, wanted: AreaOutcome, kinds: Mapping[str, int | None], table: OwnTableModel
) -> Iterable[ClassShare]:
    counts = (wanted.measure, wanted.denominator)
    for one in outcome.types:
        if one.value is None:
            continue
        members = [key for key, kind in kinds.items() if kind is not None and one.kind in (0, kind)]
        known = [key for key in members if all(_number(table, wanted.period, key, id) is not None for id in counts)]
        # areas with a secret figure are not in their class: then as many are in it as are open
        areas = tuple(known if len(known) == one.areas else members)
        yield ClassShare(index, wanted.table, *counts, wanted.period, areas, one.value)


def _number(table: OwnTableModel, period: str, area: str, column: str) -> float | None:
    return table.cells.get((period, area, column), (None, "missing", ""))[0]


def folder_of(project: Project, ags: str) -> Path:
    """The folder of a municipality's own tables, beside its parameters file."""
    [path] = [path for path in project.parameters.glob("*.y*ml") if path.name.partition("-")[0] == ags]
    return path.with_suffix("")


def published_cells(slices: Iterable[Path]) -> dict[Name, str]:
    """Texts of all own cells in the data slices that readers may download, read from their files."""
    found: dict[Name, str] = {}
    for folder in slices:
        if (path := folder / OWN_FILE).is_file():
            columns = ("dataset", "measure", "area", "period", "text", "status")
            table = pq.read_table(path, columns=list(columns)).to_pydict()
            for *cell, text, status in zip(*(table[name] for name in columns), strict=True):
                if status in ("ok", "zero", "secret"):
                    found[tuple(cell)] = text
    return found
