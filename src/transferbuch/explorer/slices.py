"""Data slices on demand: the explorer sees of a municipality what its public edition sees, and nothing else."""

import tempfile
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from transferbuch.editions.parameters import LEAST_PEERS, MOST_PEERS
from transferbuch.editions.plan import Edition
from transferbuch.editions.values import with_peers
from transferbuch.project import Project
from transferbuch.regions.keys import KreisAGS
from transferbuch.regions.names import RegionName, slugify
from transferbuch.report.slice_model import Slice
from transferbuch.report.slice_reader import read_slice
from transferbuch.site.release import load_release
from transferbuch.vocabulary import PUBLIC

_KEPT = 8
"""So many slices stay in memory: going back to a municipality is immediate."""


class Slices:
    """The slices of all municipalities that a data package has figures for, written by the way editions are."""

    def __init__(self, project: Project, data: str = "") -> None:
        """`data` as in `transferbuch build --data`. Raises UsageError, PersonFileError, DataRefused.

        The project is taken as the public sees it, whatever its audience.
        """
        self._release = load_release(replace(project, audience=PUBLIC), data)
        self._editions = {one.ags: one for one in self._release.plan()}
        self.slice_of = lru_cache(_KEPT)(self._slice_of)

    @property
    def municipalities(self) -> dict[str, str]:
        """Key → name to look it up by, in alphabetical order: "Börde, Landkreis (15083)"."""
        names = {ags: _looked_up(one) for ags, one in self._editions.items()}
        return dict(sorted(names.items(), key=lambda item: (slugify(item[1]), item)))

    def candidates(self, ags: str) -> dict[str, str]:
        """The Kreise that `ags` can be compared with by choice: all others of its world, none that are combined."""
        own = self._editions[ags].kreis.ags
        return {
            key: name
            for key, name in self.municipalities.items()
            if "+" not in key
            and key not in own.split("+")
            and self._editions[key].kreis.ags.is_fictional == own.is_fictional
        }

    def _slice_of(self, ags: str, peers: tuple[str, ...] = ()) -> Slice:
        """The slice of a municipality; `peers`: as if it had named these Kreise in its parameters, () for its own.

        Raises ValueError for a number of peers that parameters refuse too.
        """
        release, edition = self._release, self._editions[ags]
        if peers:
            if not LEAST_PEERS <= len(peers) <= MOST_PEERS:
                raise ValueError(f"{len(peers)} Kreise; expected {LEAST_PEERS} to {MOST_PEERS}")
            parameters = edition.parameters.model_copy(update={"peers": tuple(map(KreisAGS, peers))})
            edition = replace(edition, parameters=parameters)
            release = replace(release, computed=with_peers(release.computed, ags, peers, release.inputs.indicators))
        with tempfile.TemporaryDirectory(prefix="tb") as folder:
            release.write_slice(Path(folder), edition)
            return read_slice(Path(folder) / "slice")


def _looked_up(edition: Edition) -> str:
    name = RegionName.of(edition.kreis)
    kind = name.label.removesuffix(name.short).strip()
    return f"{name.short}{f', {kind}' if kind else ''} ({edition.ags})"
