"""The data slices of a build. One that was written before from the same inputs is not written again for nothing."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict
from functools import cached_property
from pathlib import Path

import pandas as pd

from transferbuch.data.crosswalk import CODE_KREISE
from transferbuch.editions.cache import Cache
from transferbuch.editions.fingerprints import code_hash, hash_of, tree_hash
from transferbuch.editions.plan import Edition
from transferbuch.editions.slice import seen_regions
from transferbuch.project import CATALOGUE
from transferbuch.reference_day import reference_day
from transferbuch.site.release import BY_REGION, Release

_OF_ALL = ("kinds", "context", "errors")
"""Small tables of all Kreise: whoever changes there changes the place of others."""


SLICES = "slices"
"""Kind of entries in the cache: the fingerprint of a slice, under that of its inputs."""
_FINGERPRINT = "fingerprint"


class Slices:
    """The slices of one release below the folder `work`; what many have in common is read once."""

    def __init__(self, release: Release, cache: Cache) -> None:
        self._release, self._cache = release, cache

    def fingerprint(self, edition: Edition) -> str:
        """Fingerprint that the edition's slice would have; "" if nobody knows before it is written.

        It is not known where own tables belong to it: these are audited in the slice itself.
        """
        if edition.ags in self._release.own_given.tables:
            return ""
        entry = self._cache.find(SLICES, self._inputs(edition))
        return (entry / _FINGERPRINT).read_text(encoding="utf-8") if entry else ""

    def folder(self, edition: Edition) -> Path:
        """Where the edition's slice lies as `slice/`."""
        return self._release.project.build / "work" / edition.folder

    def write(self, edition: Edition) -> str:
        """Write the slice of the edition; returns its fingerprint."""
        found = self._release.write_slice(self.folder(edition), edition)
        if edition.ags not in self._release.own_given.tables:
            self._cache.keep(
                SLICES, self._inputs(edition), lambda entry: (entry / _FINGERPRINT).write_text(found, encoding="utf-8")
            )
        return found

    def _inputs(self, edition: Edition) -> str:
        """Fingerprint of all that the slice is made of: with the same there is the same slice."""
        release, ags = self._release, edition.ags
        computed, chosen = release.computed, edition.parameters
        seen = seen_regions(edition, computed, release.territory)
        files = set().union(*(self._files.get(region, ()) for region in seen))
        return hash_of(
            self._shared,
            repr(edition.kreis),
            edition.audience,
            [chapter.name for chapter in edition.chapters],
            chosen.model_dump(mode="json"),
            str(reference_day()) if chosen.goals else "",
            [(region, [marks.get(region) for marks in self._regions]) for region in seen],
            _rows_mark(computed.peers[computed.peers["ags"] == ags]),
            [asdict(one) for one in release.package.tables if one.sha256[:12] in files],
            [asdict(one) for one in computed.findings if one.ags in getattr(edition.kreis.ags, "members", (ags,))],
        )

    @cached_property
    def _shared(self) -> str:
        """Code, catalogue, objects, the Kreise of the asked day, and what is known of all Kreise together."""
        release = self._release
        return hash_of(
            code_hash(),
            tree_hash(CATALOGUE),
            [(one.model_dump(mode="json"), one.sections) for one in release.matcher.objects],
            repr(release.matcher.settings),
            sorted((ags, place.population) for ags, place in release.matcher.places.items()),
            [_rows_mark(getattr(release.computed, name)) for name in _OF_ALL],
            release.gebietsstand,
            [one.sha256 for one in release.package.tables if one.table == CODE_KREISE],
        )

    @cached_property
    def _regions(self) -> list[Mapping[str, str]]:
        return [_region_marks(getattr(self._release.computed, name)) for name in BY_REGION]

    @cached_property
    def _files(self) -> dict[str, set[str]]:
        """Beginnings of the SHA-256 of the official files that a region's values come from."""
        values = self._release.computed.values
        lists = values.groupby("ags")["files"].unique()
        return {ags: {mark for text in texts for mark in text.split(",")} - {""} for ags, texts in lists.items()}


def _region_marks(frame: pd.DataFrame) -> dict[str, str]:
    """Fingerprint of the rows of each region, in their order."""
    rows, places = pd.util.hash_pandas_object(frame, index=False).to_numpy(), frame.groupby("ags").indices
    return {ags: hashlib.sha256(rows[found].tobytes()).hexdigest() for ags, found in places.items()}


def _rows_mark(frame: pd.DataFrame) -> str:
    return hashlib.sha256(pd.util.hash_pandas_object(frame, index=False).to_numpy().tobytes()).hexdigest()
