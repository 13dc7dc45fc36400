"""Indicator catalogue: one YAML per indicator, `catalogue/indicators/<id>.yml`; the file stem is the id.

Indicators that only internal editions show lie in `catalogue/indicators/intern/`.
"""

import datetime as dt
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from transferbuch.data.sources import Source, load_sources
from transferbuch.errors import PersonFileError, Problem
from transferbuch.project import CATALOGUE, access_problems, visible_files
from transferbuch.records import Record, collect, find_line, load_record, nearest, read_person_text
from transferbuch.regions.keys import AGS
from transferbuch.vocabulary import INTERNAL_FOLDER, PUBLIC, Access, FieldOfAction, LifePhases, is_count

Chapter = Literal[
    "rahmenbedingungen",
    "fruehkindliche-bildung",
    "allgemeinbildende-schulen",
    "berufliche-bildung-und-hochschulen",
    "weiterbildung",
    "non-formale-bildung",
    "integration",
]
Polarity = Literal["low_is_good", "high_is_good", "no_judgement"]
Role = Literal["context", "process", "result", "return"]


class Formula(Record):
    """How the value is computed from variables of the source catalogue; a small fixed vocabulary.

    share:  100 × numerator / denominator, in %
    rate:   per × numerator / denominator
    ratio:  numerator / denominator
    value:  the numerator as published (a count or a ready-made official rate)
    change: 100 × (numerator / numerator `years` before − 1), in %
    The numerator is the sum of `numerator` less the sum of `minus`; likewise the denominator. A missing or
    secret term makes the value missing or secret, it is never counted as zero.
    """

    kind: Literal["share", "rate", "ratio", "value", "change"]
    numerator: tuple[str, ...] = Field(min_length=1, description="variables that are added")
    minus: tuple[str, ...] = Field(default=(), description="variables taken off the numerator")
    denominator: tuple[str, ...] = Field(default=(), description="variables that are added")
    denominator_years_before: int = Field(
        default=0,
        ge=0,
        le=1,
        description="1: the denominator is the figure of the year before (31 December before 1 March)",
    )
    per: int = Field(default=1, description="rate: per how many (100, 1000, 10000)")
    years: int = Field(default=0, ge=0, le=20, description="change: over how many years")
    events: tuple[str, ...] = Field(
        default=(), description="value: the counts that a ready-made rate is made of; they give it its interval"
    )

    @model_validator(mode="after")
    def _fits_its_kind(self) -> "Formula":
        divides = self.kind in ("share", "rate", "ratio")
        if divides != bool(self.denominator):
            raise ValueError(f"a {self.kind} {'needs a' if divides else 'has no'} denominator")
        if (self.kind == "change") != bool(self.years):
            raise ValueError("`years` belongs to a change and only to it")
        if (self.kind == "rate") != (self.per != 1):
            raise ValueError("`per` belongs to a rate and only to it")
        if self.events and self.kind != "value":
            raise ValueError("`events` belong to a ready-made rate (kind value) and only to it")
        return self

    @property
    def above(self) -> tuple[str, ...]:
        """Variables of the numerator, added and taken off."""
        return (*self.numerator, *self.minus)

    @property
    def variables(self) -> tuple[str, ...]:
        return (*self.above, *self.denominator)


class RegionalCaveat(Record):
    """A caveat that concerns the figures of certain Kreise only."""

    regions: tuple[AGS, ...] = Field(min_length=1, description="keys in quotes")
    text: str = Field(min_length=1, description="German sentences that name the place themselves")


class Example(Record):
    """A tiny worked example: one figure per variable (for a change: [figure before, figure now])."""

    input: dict[str, float | tuple[float, float]]
    expected: float


class Reference(Record):
    """One figure that an official publication states, to be reproduced from the official file."""

    ags: AGS | Literal["DG"]
    year: int
    value: float = Field(description="as published, rounded to the indicator's decimals")
    source: str = Field(description="German: where it is published (table, Stand, cells)")


class Indicator(Record):
    """Definition of one indicator; every text is German and written for readers."""

    id: str = Field(default="", description="taken from the file name")
    access: Access = Field(default=PUBLIC, description="public or internal; internal ones lie in intern/")
    title: str = Field(max_length=90)
    phrase: str = Field(
        pattern=r"^(der|die|das) ",
        description="singular noun phrase with article in the nominative, used in "
        "sentences: 'der Anteil der …', 'die Zahl der …'",
    )
    definition: str = Field(description="what is counted, against what, when; one or two sentences")
    chapter: Chapter
    position: int = Field(ge=1, le=99, description="order within the chapter")
    formula: Formula
    unit: str = Field(description="as printed behind a value: '%', 'je 1.000', 'EUR', 'Jahre', 'Personen', '' …")
    decimals: int = Field(ge=0, le=2)
    limits: tuple[float, float] | None = Field(
        default=None,
        description="lowest and highest possible value; a value outside is an error of the official "
        "figures and is not shown",
    )
    polarity: Polarity
    role: Role
    life_phases: LifePhases = Field(description="the phases one by one, or only `alle`")
    fields: tuple[FieldOfAction, ...] = Field(min_length=1, description="Handlungsfelder")
    caveats: tuple[str, ...] = ()
    regional_caveats: tuple[RegionalCaveat, ...] = ()
    example: Example
    reference: Reference
    author: str = Field(description="function, never a person")
    reviewer: str = Field(description="function, never a person")
    next_review: dt.date


def load_indicators(
    folder: Path = CATALOGUE / "indicators", sources: dict[str, Source] | None = None, internal: bool = False
) -> dict[str, Indicator]:
    """All indicators by id, ordered by chapter and position; every variable they name exists in a source.

    `internal`: with those that only internal editions show; otherwise their files are not opened.

    Raises PersonFileError with every fault of every file.
    """
    sources = sources if sources is not None else load_sources()
    known = {variable.id for source in sources.values() for variable in source.variables}
    files = visible_files(folder, "*.yml", internal)
    found = collect([lambda path=path: _load_indicator(path, known) for path in files])
    chapters = Chapter.__args__  # type: ignore[attr-defined]
    found.sort(key=lambda one: (chapters.index(one.chapter), one.position, one.id))
    return {one.id: one for one in found}


def _load_indicator(path: Path, known: set[str]) -> Indicator:
    inside = f"{INTERNAL_FOLDER}/" if path.parent.name == INTERNAL_FOLDER else ""
    name = f"catalogue/indicators/{inside}{path.name}"
    indicator = load_record(path, Indicator, name)
    if indicator.id and indicator.id != path.stem:
        raise PersonFileError(
            Problem(
                name,
                1,
                "id",
                "the id differs from the file name",
                indicator.id,
                path.stem,
                "rename the file or leave `id` out",
                "id-mismatch",
            )
        )
    text = read_person_text(path, name)
    problems = access_problems(path, indicator.access, name, find_line(text, "access"))
    problems += [
        Problem(
            name,
            find_line(text, variable),
            "formula",
            "no source has this variable",
            variable,
            "a variable of catalogue/sources",
            nearest(variable, known),
            "unknown-variable",
        )
        for variable in (*indicator.formula.variables, *indicator.formula.events)
        if variable not in known
    ]
    if is_count(path.stem) and indicator.formula.kind != "value":
        problems.append(
            Problem(
                name,
                find_line(text, "kind"),
                "formula.kind",
                "the file name says that this is a count, the formula computes something",
                indicator.formula.kind,
                "value",
                "name the file share_…, rate_… or mean_…",
                "no-count",
            )
        )
    if set(indicator.example.input) != set(indicator.formula.variables):
        problems.append(
            Problem(
                name,
                find_line(text, "example"),
                "example.input",
                "the example does not give exactly the variables of the formula",
                ", ".join(sorted(indicator.example.input)),
                ", ".join(indicator.formula.variables),
                "give one figure per variable",
                "example",
            )
        )
    if problems:
        raise PersonFileError(problems)
    return indicator.model_copy(update={"id": path.stem})
