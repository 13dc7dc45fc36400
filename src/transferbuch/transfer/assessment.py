"""The questionnaire by which a municipality assesses itself: five question groups, each with anchored levels 0 to 4.

One YAML, `catalogue/assessment.yml`. Every text is German and printed. The groups are those of the transfer agencies;
`COMPONENTS` says which component of transfer objects each group assesses.
"""

import datetime as dt
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, Field

from transferbuch.project import CATALOGUE
from transferbuch.records import Record, load_record
from transferbuch.transfer.evidence import HIGHEST_LEVEL, AssessedComponent, Text

GroupId = Literal["strategie", "steuerung", "zusammenarbeit", "information_und_beteiligung", "datenbasierung"]
GROUPS: tuple[GroupId, ...] = get_args(GroupId)
COMPONENTS: dict[GroupId, AssessedComponent] = {
    "strategie": "Strategie",
    "steuerung": "Steuerung",
    "zusammenarbeit": "Zusammenarbeit",
    "information_und_beteiligung": "Beteiligung & Information",
    "datenbasierung": "Datenbasierung",
}
Level = Annotated[int, Field(strict=True, ge=0, le=HIGHEST_LEVEL)]
"""Own assessment of one group; `QuestionGroup.levels[level]` says in words what it means."""


def _one_per_level(texts: tuple[str, ...]) -> tuple[str, ...]:
    if len(texts) != HIGHEST_LEVEL + 1:
        raise ValueError(f"{len(texts)} levels instead of {HIGHEST_LEVEL + 1}, from 0 to {HIGHEST_LEVEL}")
    if len(set(texts)) != len(texts):
        raise ValueError("two levels say the same")
    return texts


def _three_to_five(texts: tuple[str, ...]) -> tuple[str, ...]:
    if not 3 <= len(texts) <= 5:
        raise ValueError(f"{len(texts)} questions instead of 3 to 5")
    return texts


class QuestionGroup(Record):
    """One question group; `levels[n]` says what holds at level n. The right level is the highest whose text holds."""

    id: GroupId
    title: Text = Field(max_length=40)
    about: Text = Field(description="one paragraph: what the group is about")
    questions: Annotated[tuple[Text, ...], AfterValidator(_three_to_five)] = Field(
        description="3 to 5 guiding questions that help to find the level"
    )
    levels: Annotated[tuple[Text, ...], AfterValidator(_one_per_level)] = Field(
        description="what can be observed at the levels 0, 1, 2, 3 and 4, in this order"
    )


def _in_order(groups: tuple[QuestionGroup, ...]) -> tuple[QuestionGroup, ...]:
    if tuple(group.id for group in groups) != GROUPS:
        raise ValueError(f"the groups are {', '.join(GROUPS)}, each once and in this order")
    return groups


class OwnAssessment(Record):
    """What a municipality says of itself in its parameters file."""

    day: dt.date = Field(description="day of the assessment")
    by: Text = Field(description="body that made it, by function, never a person")
    levels: dict[GroupId, Level] = Field(
        default={}, description="level 0 to 4 by question group; what is missing is open"
    )
    notes: dict[GroupId, Text] = Field(default={}, description="German: what the level rests on, printed")
    there: tuple[Text, ...] = Field(default=(), description="bodies and data of catalogue/requirements.yml that exist")
    not_there: tuple[Text, ...] = Field(default=(), description="likewise, those that do not exist")


class _Questionnaire(Record):
    groups: Annotated[tuple[QuestionGroup, ...], AfterValidator(_in_order)] = Field(
        description="the five groups in their fixed order"
    )


def load_assessment(path: Path = CATALOGUE / "assessment.yml") -> dict[GroupId, QuestionGroup]:
    """The five question groups by id, in their fixed order. Raises PersonFileError with all faults of the file."""
    found = load_record(path, _Questionnaire, f"catalogue/{path.name}")
    return {group.id: group for group in found.groups}
