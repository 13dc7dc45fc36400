"""Indices of small areas as reports see them, read from `areas.json` of a data slice.

What is published of an area: its name, outline, index value (two decimals) and class, or why it has none. Never a
figure that the index is made of. `transferbuch.editions.areas` writes these records; see there for what is hidden.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from transferbuch.errors import DataRefused, Problem

FILE = "areas.json"
FORMAT = 1
Ring = tuple[tuple[int, int], ...]
"""Points of a closed line, in units of which the longer side of all areas together has 1000; y goes up."""
LEAST_BEHIND = 30
"""Persons (children, households …) behind a share, below which the share of one area enters no index."""


@dataclass(frozen=True)
class Outline:
    """Where an area lies: polygons, each an outer ring and its holes, and a point well inside for a label."""

    polygons: tuple[tuple[Ring, ...], ...]
    label: tuple[int, int]


@dataclass(frozen=True)
class AreaSource:
    """Where figures come from; stand as ISO date."""

    source: str
    title: str
    period: str
    stand: str
    licence: str


@dataclass(frozen=True)
class VariableNote:
    """A variable of an index; left out, `changed` of `compared` areas would be in another class.

    `correlation` is Spearman's between both indices; None (as `changed`) where no index is left without the variable.
    """

    label: str
    per: str
    orientation: str
    weight: float
    domain: str
    changed: int | None
    compared: int
    correlation: float | None


@dataclass(frozen=True)
class AreaCut:
    """Threshold between two classes; a value exactly at it belongs to the lower or upper one."""

    at: float
    belongs: str


@dataclass(frozen=True)
class AreaValue:
    """One area; value and kind (class from 1) are None when `reason` is small, few (persons behind a share), missing.

    missing: labels of variables without a value. outline: None without boundaries.
    """

    name: str
    value: float | None
    kind: int | None
    reason: str
    missing: tuple[str, ...]
    outline: Outline | None


@dataclass(frozen=True)
class TypeValue:
    """Outcome of a class, of all classes (kind 0); value None when `hidden` is none, few or protects."""

    kind: int
    areas: int
    value: float | None
    low: float | None
    high: float | None
    hidden: str


@dataclass(frozen=True)
class Outcome:
    """An outcome by class, all numbers with one decimal in `unit`; from_counts: shares that have an interval."""

    title: str
    unit: str
    per: str
    from_counts: bool
    source: AreaSource
    types: tuple[TypeValue, ...]


@dataclass(frozen=True)
class AreaIndex:
    """One index of all areas of a municipality.

    people: whole per cent of the inhabitants of areas with an index in each class; None if hidden.
    """

    id: str
    title: str
    level: str
    high: str
    standardisation: str
    weighting: str
    aggregation: str
    standardise_again: bool
    rule: str
    minimum: int
    max_missing: int
    source: AreaSource
    variables: tuple[VariableNote, ...]
    labels: tuple[str, ...]
    cuts: tuple[AreaCut, ...]
    areas: tuple[AreaValue, ...]
    people: tuple[int | None, ...]
    outcomes: tuple[Outcome, ...]

    def of_kind(self, kind: int) -> list[AreaValue]:
        """Areas of a class, in the order of the table."""
        return [one for one in self.areas if one.kind == kind]

    @property
    def filled(self) -> list[AreaValue]:
        """Areas with an index."""
        return [one for one in self.areas if one.value is not None]

    @property
    def has_map(self) -> bool:
        """Whether all areas have an outline."""
        return all(one.outline is not None for one in self.areas)


def areas_text(indices: tuple[AreaIndex, ...]) -> str:
    """Content of `areas.json`."""
    content = {"format": FORMAT, "indices": [asdict(one) for one in indices]}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=True) + "\n"


def read_areas(folder: Path) -> tuple[AreaIndex, ...]:
    """The indices of a data slice, () if it has none. Raises DataRefused for a damaged file or another version."""
    path = folder / FILE
    if not path.is_file():
        return ()
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["format"] != FORMAT:
            raise ValueError(f"format {content['format']}")
        return tuple(_index(one) for one in content["indices"])
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        what = "the indices of small areas are damaged or of another version"
        do = "build the edition again"
        raise DataRefused(Problem(f"{folder.name}/{FILE}", 0, "", what, str(error), "", do, "slice-areas")) from None


def _index(one: dict) -> AreaIndex:
    lists = {
        "source": AreaSource(**one["source"]),
        "variables": tuple(VariableNote(**part) for part in one["variables"]),
        "cuts": tuple(AreaCut(**part) for part in one["cuts"]),
        "areas": tuple(_area(part) for part in one["areas"]),
        "outcomes": tuple(_outcome(part) for part in one["outcomes"]),
    }
    whole = {name: tuple(one[name]) for name in ("labels", "people")}
    return AreaIndex(**one | lists | whole)


def _area(one: dict) -> AreaValue:
    outline = None
    if given := one["outline"]:
        polygons = tuple(tuple(tuple(map(tuple, ring)) for ring in polygon) for polygon in given["polygons"])
        outline = Outline(polygons, tuple(given["label"]))
    return AreaValue(**one | {"missing": tuple(one["missing"]), "outline": outline})


def _outcome(one: dict) -> Outcome:
    types = tuple(TypeValue(**part) for part in one["types"])
    return Outcome(**one | {"source": AreaSource(**one["source"]), "types": types})
