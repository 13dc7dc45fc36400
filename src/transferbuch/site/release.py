"""What one publication rests on: people's files, data package, computed values and findings, the asked Gebietsstand."""

import hashlib
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from transferbuch.data.importer import import_files
from transferbuch.data.store import DataPackage, open_package
from transferbuch.editions.goals import check_goal_values
from transferbuch.editions.matches import matcher_of, matches_of
from transferbuch.editions.own_figures import (
    OwnFigures,
    OwnInputs,
    own_inputs,
    protect_own,
    published_cells,
    published_classes,
)
from transferbuch.editions.plan import Edition, plan_editions
from transferbuch.editions.slice import FICTIONAL_AUTHOR, indicator_records, seen_regions, write_slice
from transferbuch.editions.values import Computed, load_values, read_territory
from transferbuch.project import MODELLREGION, Project
from transferbuch.regions.keys import CombinedAGS
from transferbuch.regions.reforms import Territory, read_gebietsstand
from transferbuch.secrecy.audit import Audit
from transferbuch.secrecy.official import refuse_betrayed
from transferbuch.site.inputs import Inputs, load_inputs
from transferbuch.transfer.matching import Match, Matcher
from transferbuch.transfer.needs import NeedProfile

BY_REGION = ("values", "comparisons", "trends", "population", "backtest", "assumptions")
"""Tables of `Computed` of which an edition sees the rows of some regions."""


@dataclass(frozen=True)
class Release:
    """Everything that pages are made of, loaded once and checked."""

    project: Project
    inputs: Inputs
    package: DataPackage
    computed: Computed
    territory: Territory
    own_given: OwnInputs
    own: OwnFigures

    @property
    def gebietsstand(self) -> str:
        """ISO date on whose Kreise all figures are."""
        return self.territory.day.isoformat()

    def plan(self, only: tuple[str, ...] = (), laender: tuple[str, ...] = ()) -> list[Edition]:
        """Editions to build; see `plan_editions`. Raises PersonFileError for goals that the data cannot measure."""
        values = self.computed.values
        with_figures = set(values.loc[values["status"] == "ok", "ags"])
        inputs, audience = self.inputs, self.project.audience
        parameters, templates = inputs.parameters, inputs.templates
        plan = plan_editions(self.territory, parameters, templates, with_figures, only, laender, audience)
        check_goal_values(self.project, plan, inputs.indicators, values)
        return plan

    def stands_of(self, edition: Edition) -> tuple[str, ...]:
        """ISO dates on which the tables were given out that the edition shows or names values of."""
        seen = seen_regions(edition, self.computed, self.territory)
        return tuple(sorted(set().union(*(self._stands[ags] for ags in seen if ags in self._stands))))

    @cached_property
    def _stands(self) -> dict[str, set[str]]:
        by_region = self._by_region["values"]
        return {ags: set(by_region[ags]["stand"].unique()) for ags in by_region.regions}

    @cached_property
    def matcher(self) -> Matcher:
        """The transfer objects that the audience may see, ready to be matched."""
        return matcher_of(self.inputs.objects, self.computed, self.inputs.register)

    def matches_of(self, edition: Edition) -> tuple[NeedProfile, list[Match]]:
        """Need profile of a municipality and all objects that others give, best first."""
        names = ("values", "comparisons", "trends")
        own = replace(self.computed, **{name: self._part(name, [edition.ags]) for name in names})
        return matches_of(self.matcher, edition, self.inputs.indicators, own)

    def write_slice(self, folder: Path, edition: Edition) -> str:
        """Write the edition's data slice into `folder`/slice, in place of an older one; returns its fingerprint."""
        shutil.rmtree(folder / "slice", ignore_errors=True)
        inputs = self.inputs
        return write_slice(
            folder / "slice",
            edition,
            self._seen(edition),
            self.package,
            inputs.sources,
            inputs.indicators,
            self.matcher,
            self.territory,
            self.own.tables_of(edition.ags),
            # names of areas leave the house only in an edition that shows them
            self.own.areas.get(edition.ags, ()) if any(one.needs == "areas" for one in edition.chapters) else (),
            self._records,
        )

    @cached_property
    def _records(self) -> list[dict[str, Any]]:
        return indicator_records(self.inputs.indicators, self.inputs.sources)

    def audit_slices(self, slices: Iterable[tuple[str, Path]]) -> Audit:
        """Audit of the own figures in written slices, by key of the edition.

        Raises ReleaseRefused for what can be found out of them, or of official figures by ours.
        """
        refuse_betrayed(self.computed.audit)
        folders: dict[str, list[Path]] = {}
        for ags, folder in slices:
            if ags in self.own_given.tables:
                folders.setdefault(ags, []).append(folder)
        return self.own_given.audit(
            {ags: published_cells(found) for ags, found in folders.items()},
            {ags: published_classes(self.inputs.parameters[ags].indices, found) for ags, found in folders.items()},
        )

    def _seen(self, edition: Edition) -> Computed:
        """What is known, cut down to the regions of one edition: 400 editions must not search all rows again."""
        seen = seen_regions(edition, self.computed, self.territory)
        return replace(self.computed, **{name: self._part(name, seen) for name in self._by_region})

    def _part(self, name: str, regions: list[str]) -> pd.DataFrame:
        by_region = self._by_region[name]
        found = [by_region[ags] for ags in regions if ags in by_region.regions]
        return pd.concat(found) if found else getattr(self.computed, name).head(0)

    @cached_property
    def _by_region(self) -> "dict[str, _ByRegion]":
        return {name: _ByRegion(getattr(self.computed, name)) for name in BY_REGION}


class _ByRegion:
    """The rows of each region: parts of the table, no copies, as `editions.values` keeps them together."""

    def __init__(self, frame: pd.DataFrame) -> None:
        if not frame["ags"].is_monotonic_increasing:  # with a group of Kreise of somebody's own choice
            frame = frame.sort_values("ags", kind="stable")
        keys = frame["ags"].to_numpy()
        begins = [*np.flatnonzero(keys[1:] != keys[:-1]) + 1] if len(keys) else []
        places = zip([0, *begins], [*begins, len(keys)], strict=True) if len(keys) else ()
        self._frame, self.regions = frame, {keys[begin]: (begin, end) for begin, end in places}

    def __getitem__(self, ags: str) -> pd.DataFrame:
        begin, end = self.regions[ags]
        return self._frame.iloc[begin:end]


def load_release(project: Project, data: str = "", gebietsstand: str = "") -> Release:
    """Load it; `data` and `gebietsstand` as in `BuildRequest`. Raises UsageError, PersonFileError, DataRefused."""
    day = read_gebietsstand(gebietsstand)
    inputs = load_inputs(project, day)
    package = find_package(project, data)
    territory = read_territory(package, inputs.register, day)
    combined = [
        one.ags for one in inputs.parameters.values() if isinstance(one.ags, CombinedAGS) and territory.holds(one.ags)
    ]
    computed = load_values(
        package,
        inputs.sources,
        inputs.indicators,
        territory,
        inputs.corrections,
        project.build / "cache",
        inputs.reviews,
        combined,
        {str(one.ags): one.peers for one in inputs.parameters.values() if one.peers and territory.holds(one.ags)},
        project.is_internal,
    )
    given = own_inputs(project, inputs.own_data, computed.values)
    return Release(project, inputs, package, computed, territory, given, protect_own(project, inputs.parameters, given))


def _invented(package: DataPackage) -> DataPackage:
    """The model region's package; forms of files that name no author get the project as one, never an office."""
    tables = tuple(
        one if one.attribution else replace(one, attribution=FICTIONAL_AUTHOR, licence="CC BY 4.0")
        for one in package.tables
    )
    return replace(package, tables=tables)


def find_package(project: Project, data: str) -> DataPackage:
    """The data package asked for; the model region's is made (again) from its raw files when it is not current."""
    imported = project.shared / "data"
    if data == MODELLREGION or (not data and not (imported / "datapackage.json").is_file()):
        folder = project.shared / MODELLREGION
        raw = project.modellregion / "raw"
        current = {hashlib.sha256(path.read_bytes()).hexdigest() for path in raw.iterdir()}
        if (folder / "datapackage.json").is_file():
            package = open_package(folder)
            if {one.sha256 for one in (*package.tables, *package.boundaries)} == current:
                return _invented(package)
            shutil.rmtree(folder)
        return _invented(import_files([raw], folder).package)
    return open_package(Path(data) if data else imported)
