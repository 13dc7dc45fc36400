"""Goals of municipalities against catalogue, transfer objects and data, and as a slice holds them."""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

import pandas as pd

from transferbuch.editions.parameters import Parameters
from transferbuch.editions.plan import Edition
from transferbuch.errors import PersonFileError, Problem
from transferbuch.indicators.catalogue import Indicator
from transferbuch.indicators.uncertainty import ALPHA
from transferbuch.project import Project
from transferbuch.records import Place, dotted, find_places, load_record, read_person_text
from transferbuch.report.numbers import rounded
from transferbuch.transfer.goals import Goal, check_goals, line_of
from transferbuch.vocabulary import WANTED

_ENDS = ("value", "low", "high")
_Fault = tuple[Place, str, str, str, str, str]
"""Place inside the goal, what, value, expected, do, code."""


def check_all_goals(
    project: Project, parameters: Mapping[str, Parameters], indicators: Mapping[str, Indicator], slugs: Collection[str]
) -> None:
    """What shows without data; for the public only in public goals. Raises PersonFileError with all faults."""
    problems: list[Problem] = []
    for ags, chosen in parameters.items():
        if chosen.goals:
            file, places = _file_of(project, ags)
            problems += check_goals(file, places, chosen.goals, indicators, slugs, project.is_internal)
    if problems:
        raise PersonFileError(problems)


def check_goal_values(
    project: Project, editions: Iterable[Edition], indicators: Mapping[str, Indicator], values: pd.DataFrame
) -> None:
    """Whether the data have what the goals of the editions are measured by, and whether they set out short of it.

    `values`: see `indicators.compute`. Raises PersonFileError with all faults.
    """
    problems: list[Problem] = []
    for edition in editions:
        own = values[values["ags"] == edition.ags] if edition.parameters.goals else values.head(0)
        for goal in edition.parameters.goals:
            for inside, *facts in _faults(goal, edition, indicators, own):
                file, places = _file_of(project, edition.ags)
                # an edition for the public has fewer goals than the file
                ids = [one.id for one in load_record(project.root / file, Parameters, file).goals]
                place = ("goals", ids.index(goal.id), *inside)
                problems.append(Problem(file, line_of(places, place), dotted(place), *facts))
    if problems:
        raise PersonFileError(problems)


def _faults(goal: Goal, edition: Edition, indicators: Mapping[str, Indicator], own: pd.DataFrame) -> Iterator[_Fault]:
    """Faults of one goal against the values of its municipality."""
    named = {("indicator",): goal.indicator} if goal.indicator else {}
    named |= {("effects", number): id for number, id in enumerate(goal.effects)}
    for place, id in named.items():
        if not _numbers(own, id):
            what = f"the data have no value of this indicator for {edition.kreis.label}"
            yield place, what, str(id), "an indicator with a value", "choose another, or import its table", "no-value"
    if goal.indicator is None or goal.target is None or not (numbers := _numbers(own, goal.indicator)):
        return
    year = goal.start.year
    if not ((own["indicator"] == goal.indicator) & (own["year"] == year)).any():
        years = ", ".join(map(str, numbers))
        what = f"the data have no {year} of this indicator for {edition.kreis.label}"
        yield ("start", "year"), what, str(year), f"one of {years}", "choose the year of a value", "no-value"
    if year not in numbers:  # secret or missing: the page says so
        return
    indicator = indicators[goal.indicator]
    start, target = (rounded(one, indicator.decimals) for one in (numbers[year], goal.target))
    direction = goal.direction or WANTED[indicator.polarity]
    if start != target and (target > start) == (direction == "more"):
        return
    told = f"{start} in {year}, target {target}"
    if start == target or goal.direction:
        what, do = "the target is already reached at the start", "set a target that is still to be reached"
        yield ("target",), what, told, f"a target with {direction}", do, "goal-reached"
    else:
        do = "correct the target, or state `direction` and say in `direction_reason` why"
        what = "the target lies in the direction that the indicator's polarity calls unfavourable"
        yield ("target",), what, told, f"a target with {direction}", do, "goal-direction"


def goals_record(
    goals: Iterable[Goal], own: pd.DataFrame, titles: Mapping[str, str], day: dt.date
) -> list[dict[str, Any]]:
    """Goals as JSON with what a report cannot tell: whether `day` is past the day by which they are due (`past_due`),
    and how the newest value of each indicator stands to that of the start year (`changes`: "above", "below" or
    "similar"; no entry where intervals do not allow to say). `own`: values of the municipality; `titles` of transfer
    objects by slug.
    """
    found = []
    for goal in goals:
        named = [id for id in (goal.indicator, *goal.effects) if id]
        changes = {id: change for id in named if (change := _change(own, id, goal.start.year))}
        content = goal.model_dump(mode="json")
        for measure in content["measures"]:
            measure["title"] = titles.get(measure["transfer"], "")
        found.append(
            {
                **content,
                "direction": goal.wants,
                "decimals": goal.own_decimals,
                "past_due": goal.due < day,
                "changes": changes,
            }
        )
    return found


def _numbers(own: pd.DataFrame, indicator: str | None) -> dict[int, float]:
    rows = own[(own["indicator"] == indicator) & (own["status"] == "ok")].sort_values("year")
    return {int(year): float(value) for year, value in zip(rows["year"], rows["value"], strict=True)}


def _change(own: pd.DataFrame, indicator: str, start: int) -> str:
    rows = own[(own["indicator"] == indicator) & (own["status"] == "ok") & own["low"].notna()].sort_values("year")
    newest = max(_numbers(own, indicator), default=start)
    then, now = rows[rows["year"] == start], rows[rows["year"] == newest]
    if newest <= start or then.empty or now.empty:
        return ""
    columns = [frame[column].astype(float).reset_index(drop=True) for frame in (now, then) for column in _ENDS]
    from transferbuch.indicators.comparison import difference_p  # slow to import, and a check of files needs none

    if difference_p(*columns)[0] >= ALPHA:
        return "similar"
    return "above" if columns[0][0] > columns[3][0] else "below"


def _file_of(project: Project, ags: str) -> tuple[str, dict[Place, int]]:
    """Name and lines of a municipality's parameters file."""
    [path] = [path for path in project.parameters.glob("*.y*ml") if path.name.partition("-")[0] == ags]
    name = project.show(path)
    return name, find_places(read_person_text(path, name))
