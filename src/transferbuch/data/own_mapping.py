"""The mapping of a municipality's own tables: what its parameters file says about them under `own_data`.

The tables lie beside the YAML in the folder of the same name: `parameters/99001-talbrueck.yml` and
`parameters/99001-talbrueck/stadtteile.csv`. Internal tables lie in `intern/` inside of it and nowhere else, so that
a look at the folder tells what may be given away. How the tables are read: `data.own`.
"""

import datetime as dt
import re
from pathlib import PurePosixPath
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from transferbuch.data.persons import names_person
from transferbuch.records import Record
from transferbuch.vocabulary import INTERNAL_FOLDER, Access

AreaLevel = Literal["kreis", "gemeinde", "stadtteil", "sprengel", "schule"]
AREA_LEVELS: tuple[str, ...] = get_args(AreaLevel)
"""From the widest area to the narrowest."""
_ID = r"^[a-z][a-z0-9_]*$"
_YEAR = re.compile(r"(19|20)[0-9]{2}")
_SCHOOL_YEAR = re.compile(r"((?:19|20)[0-9]{2})/((?:19|20)?[0-9]{2})")


def parse_period(text: str) -> tuple[str, int] | None:
    """("2023/24", 2023) for a school year, ("2023", 2023) for a year, None for anything else."""
    if _YEAR.fullmatch(text):
        return text, int(text)
    school_year = _SCHOOL_YEAR.fullmatch(text)
    if not school_year:
        return None
    first = int(school_year[1])
    if school_year[2] not in (str(first + 1), f"{(first + 1) % 100:02d}"):
        return None
    return f"{first}/{(first + 1) % 100:02d}", first


def _inside(text: str, *suffixes: str) -> str:
    path = PurePosixPath(text)
    if path.is_absolute() or ".." in path.parts or "\\" in text or ":" in text or not path.parts:
        raise ValueError("the file must lie in the folder beside this YAML: no absolute path, no `..`, only `/`")
    if path.suffix.lower() not in suffixes:
        raise ValueError(f"a file of this kind cannot be read; it must end in {' or '.join(suffixes)}")
    return text


def _is_internal(file: str) -> bool:
    return PurePosixPath(file).parts[0] == INTERNAL_FOLDER


def _iso_day(given: object) -> object:
    if isinstance(given, dt.datetime) or not isinstance(given, (dt.date, str)):
        raise ValueError("a Stand is a day: 2024-05-13")
    if isinstance(given, str):
        try:
            return dt.datetime.strptime(given, "%Y-%m-%d").date()
        except ValueError:
            raise ValueError("a Stand is a day that exists: 2024-05-13") from None
    return given


def _no_person(text: str) -> str:
    if names_person(text):
        raise ValueError("a source is an office or institution, not a person and not an address")
    return text


class OwnDominance(Record):
    """(n, k) rule of amounts: a cell is secret if its `n` largest contributors hold more than `k` per cent of it."""

    n: int = Field(ge=1, le=5, description="how many of the largest contributors are added in `largest`")
    k: float = Field(gt=0, lt=100, description="per cent of the cell that they may hold at most")
    largest: str = Field(min_length=1, description="label of the column with their sum; it is never published")


class OwnOfficial(Record):
    """An official figure that all areas of the table add up to."""

    indicator: str = Field(min_length=1, description="id of the indicator that publishes it")
    part: Literal["value", "numerator", "denominator"] = Field(
        default="value", description="value of a count; numerator or denominator of a share or rate"
    )


class OwnMeasure(Record):
    """One column of an own table that is read."""

    column: str = Field(min_length=1, description="label of the column in the first row of the table")
    id: str = Field(pattern=_ID, description="short name for formulas: small letters, digits, underscore")
    label: str = Field(min_length=1, max_length=120, description="German name as readers see it")
    unit: str = Field(default="", max_length=30, description="unit as readers see it; Prozent for a share")
    kind: Literal["count", "share", "mean", "class"] = Field(
        description="count (things or persons), share (per cent, 0 to 100), mean, class (one of `classes`)"
    )
    denominator: str = Field(
        default="", description="id of the count in this table that a share or mean is per, to put areas together"
    )
    classes: tuple[str, ...] = Field(default=(), description="class: the permitted texts, from lowest to highest")
    threshold: int | None = Field(
        default=None, ge=1, le=1000, description="counts from 1 up to below it are secret; default: that of the table"
    )
    part_of: str = Field(default="", description="count: id of the count that this one is a part of")
    sum_of: tuple[str, ...] = Field(default=(), description="count: ids of the counts that add up to this one")
    numerator: str = Field(default="", description="share: id of the count of this table that it is computed from")
    official: OwnOfficial | None = Field(default=None, description="official figure that all areas add up to")
    dominance: OwnDominance | None = Field(default=None, description="(n, k) rule of an amount")

    @model_validator(mode="after")
    def _fits_its_kind(self) -> "OwnMeasure":
        if (self.kind == "class") != bool(self.classes):
            raise ValueError(f"{self.id!r}: `classes` belong to kind class, and a class needs them")
        if len(set(self.classes)) != len(self.classes):
            raise ValueError(f"{self.id!r}: a class is given twice")
        if (self.kind == "class") == bool(self.unit):
            raise ValueError(f"{self.id!r}: every kind but class needs a unit, and a class has none")
        if self.kind == "share" and self.unit != "Prozent":
            raise ValueError(f"{self.id!r}: the unit of a share is Prozent")
        if self.denominator and self.kind not in ("share", "mean"):
            raise ValueError(f"{self.id!r}: only a share or a mean has a denominator")
        if self.numerator and (self.kind != "share" or not self.denominator):
            raise ValueError(f"{self.id!r}: only a share with a denominator has a numerator")
        counted = {"threshold", "part_of", "sum_of", "official", "dominance"} & self.model_fields_set
        if counted and self.kind != "count":
            raise ValueError(f"{self.id!r}: only a count has `{min(counted)}`")
        return self


class OwnBoundaries(Record):
    """Boundaries of the areas of an own table."""

    file: Annotated[str, AfterValidator(lambda text: _inside(text, ".geojson"))] = Field(
        description="GeoJSON (WGS84) in the folder beside this YAML"
    )
    key: str = Field(min_length=1, description="property of the boundaries that holds the area's key")


class OwnParent(Record):
    """The wider area that each area of an own table lies in."""

    level: AreaLevel = Field(description=f"level of the wider area: {', '.join(AREA_LEVELS[:-1])}")
    column: str = Field(min_length=1, description="label of the column with the wider area's key")


class OwnPeriods(Record):
    """Periods of another table that every figure of this one is the sum of."""

    table: str = Field(pattern=_ID, description="id of the other own table, with the same areas and ids of columns")
    periods: tuple[str, ...] = Field(min_length=2, description="its years or school years, in quotes")


class OwnDataset(Record):
    """One table of a municipality with what its columns mean and who may see it."""

    id: str = Field(pattern=_ID, description="short name: small letters, digits, underscore")
    title: str = Field(min_length=1, max_length=120, description="German title as readers see it")
    file: Annotated[str, AfterValidator(lambda text: _inside(text, ".csv", ".xlsx"))] = Field(
        description=f"CSV or XLSX in the folder beside this YAML; internal ones in {INTERNAL_FOLDER}/"
    )
    sheet: str = Field(default="", description="XLSX: name of the sheet; may be left out if there is only one")
    access: Access = Field(
        description="public (may be published after disclosure control) or internal (never in a public edition)"
    )
    level: AreaLevel = Field(description=f"what one row is about: {', '.join(AREA_LEVELS)}")
    key: str = Field(min_length=1, description="label of the column with the area's key")
    name: str = Field(default="", description="label of the column with the area's name")
    period: str = Field(
        min_length=1, description="label of the column with year or school year, or one such for the whole table"
    )
    columns: tuple[OwnMeasure, ...] = Field(min_length=1, description="the columns that are read, at least one")
    dash: Literal["zero", "missing"] | None = Field(default=None, description="what '-' means: zero or missing")
    source: Annotated[str, AfterValidator(_no_person)] = Field(
        min_length=1, description="office or institution that gave the table, in German"
    )
    stand: Annotated[dt.date, BeforeValidator(_iso_day)] = Field(description="day of the figures, 2024-05-13")
    licence: str = Field(default="", max_length=60, description="licence of the table, needed for a public one")
    boundaries: OwnBoundaries | None = Field(default=None, description="boundaries: `file` and `key`")
    parent: OwnParent | None = Field(default=None, description="wider area: `level` and `column`")
    threshold: int = Field(
        default=3, ge=1, le=1000, description="counts from 1 up to below it are secret; 1 only for things, not persons"
    )
    zeros: Literal["open", "secret"] = Field(default="open", description="whether a count of 0 may be shown")
    sum_of: OwnPeriods | None = Field(default=None, description="several periods together: `table` and `periods`")

    @model_validator(mode="after")
    def _is_consistent(self) -> "OwnDataset":
        is_inside = _is_internal(self.file)
        if (self.access == "internal") != is_inside:
            raise ValueError(
                f"an internal table must lie in {INTERNAL_FOLDER}/: this folder holds what may be published"
                if not is_inside
                else f"a public table must not lie in {INTERNAL_FOLDER}/"
            )
        if self.access == "public" and self.boundaries and _is_internal(self.boundaries.file):
            raise ValueError(f"the boundaries of a public table must not lie in {INTERNAL_FOLDER}/")
        if self.access == "public" and not self.licence:
            raise ValueError("a public table needs a `licence`")
        if self.sheet and not self.file.lower().endswith(".xlsx"):
            raise ValueError("only a workbook (XLSX) has a `sheet`")
        if self.parent and AREA_LEVELS.index(self.parent.level) >= AREA_LEVELS.index(self.level):
            raise ValueError(f"no {self.level} lies inside of a {self.parent.level}: the parent must be wider")
        for what in ("id", "column"):
            given = [getattr(one, what) for one in self.columns]
            if twice := next((one for one in given if given.count(one) > 1), ""):
                raise ValueError(f"`columns` has the {what} {twice!r} twice")
        counts = {one.id for one in self.columns if one.kind == "count"}
        for one in self.columns:
            named = {"denominator": (one.denominator,), "numerator": (one.numerator,), "part_of": (one.part_of,)}
            for what, ids in {**named, "sum_of": one.sum_of}.items():
                if lost := [id for id in ids if id and (id not in counts or id == one.id)]:
                    raise ValueError(f"{one.id!r}: the {what} {lost[0]!r} is no count of this table")
        return self
