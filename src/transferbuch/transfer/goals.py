"""Goals of a municipality: what it wants to reach by when, how that is measured, and what it does for it.

Written by people under `goals` in the parameters file; every text is German and printed. A goal is measured by an
indicator of the catalogue, whose values come from the data and are never typed, or by readings of the municipality.
"""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Literal

from pydantic import Field, model_validator

from transferbuch.errors import Problem
from transferbuch.indicators.catalogue import Indicator
from transferbuch.records import Place, Record, dotted, nearest
from transferbuch.transfer.evidence import Text
from transferbuch.vocabulary import PUBLIC, TARGET_FIELDS, WANTED, Access, Direction, FieldOfAction, TargetField

EFFECTS: TargetField = TARGET_FIELDS[0]
State = Literal["nicht begonnen", "begonnen", "teilweise erreicht", "erreicht"]


class Start(Record):
    """Where the goal set out; the value of an indicator comes from the data."""

    year: int = Field(ge=1990, le=2100, description="year of the value that the goal sets out from")
    value: float | None = Field(default=None, description="only of own readings with numbers")


class Reading(Record):
    """One own reading: a number, or how far the matter has come."""

    day: dt.date
    value: float | None = None
    state: State | None = None

    @model_validator(mode="after")
    def _says_one_thing(self) -> "Reading":
        if (self.value is None) == (self.state is None):
            raise ValueError("a reading has either `value` or `state`")
        return self


class GoalMeasure(Record):
    """What is done for a goal."""

    text: Text = Field(description="what is done, German")
    responsible: Text = Field(description="function or office, never a person")
    transfer: str | None = Field(default=None, description="slug of a transfer object that it follows")
    effort: Text | None = Field(default=None, description="German: posts, money, hours")


class GoalReview(Record):
    """What a body found when it looked at the goal."""

    day: dt.date
    by: Text = Field(description="function or body, never a person")
    text: Text = Field(description="German sentences, printed")


class Goal(Record):
    """One goal, in one of the four target fields."""

    id: str = Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=40, description="short name: lower case, digits, hyphens")
    title: Text = Field(max_length=120)
    access: Access = Field(description="public or internal, no default; internal goals only in internal editions")
    target_field: TargetField
    field: FieldOfAction | None = Field(default=None, description="Handlungsfeld")
    indicator: str | None = Field(default=None, description="id of an indicator; effects need one")
    measured_by: Text | None = Field(default=None, description="without an indicator: what is read, German")
    unit: Text | None = Field(default=None, description="of own numbers, as printed behind them: Plätze")
    readings: tuple[Reading, ...] = ()
    start: Start
    target: float | None = Field(
        default=None, description="the value to reach; not with states, they end with erreicht"
    )
    direction: Direction | None = Field(
        default=None, description="more or less; needed where the indicator has no polarity, else it follows from it"
    )
    direction_reason: Text | None = Field(
        default=None, description="why the goal goes against the indicator's polarity, printed"
    )
    due: dt.date = Field(description="day by which the goal is to be reached")
    measures: tuple[GoalMeasure, ...] = ()
    effects: tuple[str, ...] = Field(default=(), description="ids of indicators in which effects may show")
    reviews: tuple[GoalReview, ...] = ()

    @property
    def is_measurable(self) -> bool:
        """Whether an indicator or at least one own reading tells how far it has come."""
        return bool(self.indicator or self.readings)

    @property
    def wants(self) -> Direction | None:
        """The stated direction; of own numbers that from start to target; None: as the indicator's polarity says."""
        if self.direction or self.start.value is None or self.target is None:
            return self.direction
        return "more" if self.target > self.start.value else "less"

    @property
    def own_decimals(self) -> int:
        """As many as the most exact own number has."""
        numbers = [self.start.value, self.target, *(one.value for one in self.readings)]
        return max((len(repr(one).partition(".")[2].rstrip("0")) for one in numbers if one is not None), default=0)

    @model_validator(mode="after")
    def _is_measured_in_one_way(self) -> "Goal":
        if self.indicator:
            if self.readings or self.measured_by or self.unit or self.start.value is not None:
                raise ValueError(
                    "an indicator's values come from the data: leave out readings, measured_by, unit, start.value"
                )
            if self.target is None:
                raise ValueError("a goal with an indicator needs a `target` value")
        elif self.target_field == EFFECTS:
            raise ValueError("whether an effect is reached shows in an indicator only: name one")
        elif self.readings and not self.measured_by:
            raise ValueError("say in `measured_by` what the readings read")
        return self

    @model_validator(mode="after")
    def _reads_numbers_or_states(self) -> "Goal":
        if len({one.state is None for one in self.readings}) > 1:
            raise ValueError("the readings are numbers or states, not both")
        with_numbers = any(one.value is not None for one in self.readings)
        if with_numbers and (self.start.value is None or self.target is None):
            raise ValueError("readings with numbers need `start.value` and `target`")
        if not self.indicator and not with_numbers and self.readings and self.target is not None:
            raise ValueError("a goal read in states has no `target`: it is reached with the state erreicht")
        return self

    @model_validator(mode="after")
    def _sets_out_short_of_its_target(self) -> "Goal":
        start, target = self.start.value, self.target
        if start is None or target is None or self.indicator:
            return self
        if start == target or (self.direction is not None and (target > start) != (self.direction == "more")):
            raise ValueError(f"the target is already reached at the start ({start:g}, target {target:g})")
        return self

    @model_validator(mode="after")
    def _follows_time(self) -> "Goal":
        first = self.start.year
        if self.due.year <= first:
            raise ValueError(f"the goal is due in {self.due.year}, but sets out only in {first}")
        for what, days in (("review", self.reviews), ("reading", self.readings)):
            if early := [one.day for one in days if one.day.year < first]:
                raise ValueError(f"a {what} of {early[0]} lies before the start in {first}")
        return self


def check_goals(
    file: str,
    places: Mapping[Place, int],
    goals: Sequence[Goal],
    indicators: Mapping[str, Indicator],
    slugs: Collection[str],
    internal: bool,
) -> list[Problem]:
    """Faults that show without data: repeated ids, unknown indicators and transfer objects, directions.

    `indicators` and `slugs` are those that the audience may see; without `internal`, internal goals are left out. A
    public goal may not name what is internal.
    """
    problems = []

    def report(place: Place, what: str, value: str, expected: str, do: str, code: str) -> None:
        problems.append(Problem(file, line_of(places, place), dotted(place), what, value, expected, do, code))

    ids = [goal.id for goal in goals]
    for at, goal in enumerate(goals):
        if goal.access != PUBLIC and not internal:
            continue
        here: Place = ("goals", at)
        if goal.id in ids[:at]:
            report((*here, "id"), "two goals have this id", goal.id, "each id once", "choose another", "duplicate-id")
        named = [((*here, "indicator"), goal.indicator)] if goal.indicator else []
        named += [((*here, "effects", number), id) for number, id in enumerate(goal.effects)]
        for place, id in named:
            if id not in indicators:
                do = nearest(id, indicators)
                report(place, "there is no such indicator", id, "an id of the catalogue", do, "unknown-indicator")
            elif goal.access == PUBLIC and indicators[id].access != PUBLIC:
                expected, do = "a public indicator", "set the goal's access to internal"
                report(place, "everybody may read this goal, but the indicator is internal", id, expected, do, "access")
        for number, measure in enumerate(goal.measures):
            if measure.transfer is not None and measure.transfer not in slugs:
                place = (*here, "measures", number, "transfer")
                expected, do = "the file name of a page in book/transfer", nearest(measure.transfer, slugs)
                report(place, "there is no such transfer object", measure.transfer, expected, do, "unknown-transfer")
        if goal.indicator in indicators:
            wanted = WANTED.get(indicators[goal.indicator].polarity)
            if wanted is None and goal.direction is None:
                what, do = "this indicator has no polarity, so the goal must say where it goes", "add `direction:`"
                report((*here, "indicator"), what, goal.indicator, "direction: more or less", do, "goal-direction")
            elif wanted and goal.direction not in (None, wanted) and not goal.direction_reason:
                what = "the direction goes against the indicator's polarity"
                do = "correct it, or say in `direction_reason` why"
                report((*here, "direction"), what, str(goal.direction), wanted, do, "goal-direction")
    return problems


def line_of(places: Mapping[Place, int], place: Place) -> int:
    """Line of the place, or of the nearest one around it that the file has."""
    while place and place not in places:
        place = place[:-1]
    return places.get(place, 0)
