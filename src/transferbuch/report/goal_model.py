"""Goals as a slice holds them: what `editions.goals` writes, read back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class OwnReading:
    """An own reading: a number or a state; ISO day."""

    day: str
    value: float | None
    state: str | None


@dataclass(frozen=True)
class GoalMeasure:
    """What is done for a goal; `transfer` and `title` of the transfer object that it follows, if any."""

    text: str
    responsible: str
    transfer: str | None
    title: str
    effort: str | None


@dataclass(frozen=True)
class GoalReview:
    """What a body found; ISO day."""

    day: str
    by: str
    text: str


@dataclass(frozen=True)
class Goal:
    """A goal (see `transfer.goals.Goal`). `direction`: more, less, or None where the indicator's polarity says;
    `past_due`, `changes`: see `editions.goals.goals_record`."""

    id: str
    title: str
    access: str
    target_field: str
    field: str | None
    indicator: str | None
    measured_by: str | None
    unit: str | None
    decimals: int
    readings: tuple[OwnReading, ...]
    start_year: int
    start_value: float | None
    target: float | None
    direction: str | None
    direction_reason: str | None
    due: str
    past_due: bool
    measures: tuple[GoalMeasure, ...]
    effects: tuple[str, ...]
    changes: Mapping[str, str]
    reviews: tuple[GoalReview, ...]

    @property
    def due_year(self) -> int:
        return int(self.due[:4])


def read_goal(content: Mapping[str, Any]) -> Goal:
    """Raises KeyError or TypeError for an incomplete record; readings and reviews in the order of their days."""
    fields = {key: value for key, value in content.items() if key != "start"}
    parts = {
        "readings": tuple(sorted((OwnReading(**one) for one in content["readings"]), key=lambda one: one.day)),
        "measures": tuple(GoalMeasure(**one) for one in content["measures"]),
        "reviews": tuple(sorted((GoalReview(**one) for one in content["reviews"]), key=lambda one: one.day)),
        "effects": tuple(content["effects"]),
        "start_year": content["start"]["year"],
        "start_value": content["start"]["value"],
    }
    return Goal(**fields | parts)
