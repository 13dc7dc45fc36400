"""Gold cases of the matching: needs documented in the source texts, and the transfer objects right for them.

Strict records of `benchmarks/gold/matching.yml`; its head says what each field means and how the cases were written.
"""

import hashlib
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, PlainValidator, model_validator

from transferbuch.errors import PersonFileError, Problem
from transferbuch.records import Place, Record, find_places, load_record, nearest, read_person_text
from transferbuch.regions.keys import CombinedAGS, KreisAGS, edition_key
from transferbuch.regions.register import Register
from transferbuch.transfer.assessment import GroupId, Level
from transferbuch.transfer.evidence import Text
from transferbuch.transfer.objects import TransferObject
from transferbuch.transfer.requirements import RequirementKind, requirement_fault
from transferbuch.vocabulary import Component, FieldOfAction, Filled, LifePhases

GOLD = Path(__file__).parent / "gold" / "matching.yml"


def is_held_out(case_id: str) -> bool:
    """Whether a case belongs to the third that nobody looks at while building a matching; its id alone decides."""
    return int(hashlib.sha256(case_id.encode()).hexdigest(), 16) % 3 == 2


class Municipality(Record):
    """One Kreis, or several as one territory, under the key and name of that time."""

    ags: Annotated[KreisAGS | CombinedAGS, PlainValidator(edition_key)] = Field(description='key in quotes ("03457")')
    name: Text = Field(description="official name, e.g. Landkreis Leer")

    @property
    def keys(self) -> tuple[KreisAGS, ...]:
        return self.ags.members if isinstance(self.ags, CombinedAGS) else (self.ags,)


class SourceLines(Record):
    """Where in the texts the need stands."""

    file: Text
    lines: Annotated[tuple[Annotated[str, Field(pattern=r"^[1-9]\d*-[1-9]\d*$")], ...], Filled] = Field(
        description="first and last line of each passage: [12-19, 40-41]"
    )

    @property
    def ranges(self) -> tuple[range, ...]:
        """The numbers of the lines, counted from 1, one range per passage."""
        passages = [tuple(map(int, passage.split("-"))) for passage in self.lines]
        return tuple(range(first, last + 1) for first, last in passages)

    @model_validator(mode="after")
    def _runs_forward(self) -> "SourceLines":
        if not all(self.ranges):
            raise ValueError("a passage ends before it begins")
        return self


class Known(Record):
    """What the text tells of the municipality at the time of its need; what is not named is unknown, not missing."""

    bodies: tuple[Text, ...] = Field(default=(), description="words of kind body of catalogue/requirements.yml")
    data: tuple[Text, ...] = Field(default=(), description="words of kind data of catalogue/requirements.yml")
    levels: dict[GroupId, Level] = Field(default={}, description="own assessment of question groups, 0 to 4")


class Answer(Record):
    """One right object. documented: the text shows that the municipality took or asked for it; similar: our reading."""

    slug: Text
    basis: Literal["documented", "similar"]
    reason: Text = Field(description="why it is right, one German sentence")


class Case(Record):
    """One need of one municipality and the objects that would have been right for it."""

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)+$", description="municipality and need; never renamed")
    municipality: Municipality
    need: Text = Field(max_length=250, description="one German sentence in our own words, without the later solution")
    source: SourceLines
    fields: Annotated[tuple[FieldOfAction, ...], Filled] = Field(max_length=3, description="needed Handlungsfelder")
    life_phases: LifePhases
    components: Annotated[tuple[Component, ...], Filled]
    indicators: tuple[str, ...] = Field(default=(), description="ids of indicators in which the need shows")
    known: Known = Known()
    answers: Annotated[tuple[Answer, ...], Filled] = Field(max_length=4, description="one to four right objects")
    held_out: bool = False


class _Gold(Record):
    cases: Annotated[tuple[Case, ...], Filled]


def load_cases(
    objects: Mapping[str, TransferObject], indicators: Collection[str], register: Register, path: Path = GOLD
) -> tuple[Case, ...]:
    """All cases in the file's order, by id.

    Raises PersonFileError with all faults: unknown keys, indicators, requirements or slugs, an answer that is the
    municipality's own object or given twice, an id out of order or twice, `held_out` against the rule.
    """
    name = f"{path.parent.name}/{path.name}"
    cases = load_record(path, _Gold, name).cases
    lines = find_places(read_person_text(path, name))
    problems = [
        Problem(name, lines[("cases", number, *place)], f"cases[{number + 1}].{place[0]}", *fault)
        for number, case in enumerate(cases)
        for place, fault in _faults(case, cases[number - 1].id if number else "", objects, indicators, register)
    ]
    if problems:
        raise PersonFileError(problems)
    return cases


def _faults(
    case: Case,
    before: str,
    objects: Mapping[str, TransferObject],
    indicators: Collection[str],
    register: Register,
) -> Iterator[tuple[Place, tuple[str, str, str, str, str]]]:
    """Place within the case, and what is wrong, value, expected, what to do, code."""
    if case.id <= before:
        yield (
            ("id",),
            ("the ids are not in order", case.id, f"an id after {before}", "move or rename the case", "order"),
        )
    if case.held_out != is_held_out(case.id):
        expected = f"{is_held_out(case.id)}, as the id decides".lower()
        place = ("held_out",) if case.held_out else ("id",)
        yield place, ("`held_out` is against the rule", str(case.held_out).lower(), expected, "correct it", "held-out")
    for key in case.municipality.keys:
        if key not in register:
            fault = ("no register knows this key", key, "the key of a Kreis", register.nearest(key), "unknown-ags")
            yield ("municipality", "ags"), fault
    for number, one in enumerate(case.indicators):
        if one not in indicators:
            expected = "the id of an indicator of the catalogue"
            fault = ("no such indicator", one, expected, nearest(one, indicators), "unknown-indicator")
            yield ("indicators", number), fault
    known: tuple[tuple[str, RequirementKind, tuple[str, ...]], ...] = (
        ("bodies", "body", case.known.bodies),
        ("data", "data", case.known.data),
    )
    for key, kind, words in known:
        for number, word in enumerate(words):
            if wrong := requirement_fault(word, kind):
                yield ("known", key, number), wrong
    for number, answer in enumerate(case.answers):
        place = ("answers", number, "slug")
        if answer.slug not in objects:
            expected = "the slug of a transfer object"
            yield place, ("no such object", answer.slug, expected, nearest(answer.slug, objects), "unknown-slug")
        elif set(case.municipality.keys) & set(objects[answer.slug].giver.ags):
            expected = "objects of other givers"
            yield place, ("this is the municipality's own object", answer.slug, expected, "remove it", "own-object")
        if answer.slug in [other.slug for other in case.answers[:number]]:
            yield place, ("this answer is given twice", answer.slug, "each object once", "remove one", "duplicate")
