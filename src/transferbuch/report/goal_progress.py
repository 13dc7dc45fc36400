"""How far a goal has come: the newest value against start and target, with what can be said beyond chance.

All numbers are those printed on the page, rounded, so that readers can check every word.
"""

from dataclasses import dataclass, field, replace

from transferbuch.indicators.breaks import SeriesBreak
from transferbuch.report.breaks import breaks_between
from transferbuch.report.goal_model import Goal
from transferbuch.report.numbers import rounded
from transferbuch.report.slice_model import Indicator, Slice, Value
from transferbuch.vocabulary import WANTED

UNMEASURABLE, NO_START, NO_NEWER, BROKEN = "unmeasurable", "no_start", "no_newer", "broken"
REACHED, PERHAPS, ON_TRACK, BEHIND, AWAY, STILL = "reached", "perhaps", "on_track", "behind", "away", "still"
UNDERWAY = "underway"
STATUS_WORDS = {
    UNMEASURABLE: "nicht messbar",
    NO_START: "Ausgangswert fehlt",
    NO_NEWER: "noch kein neuerer Wert",
    BROKEN: "nicht vergleichbar",
    REACHED: "Zielwert erreicht",
    PERHAPS: "Zielwert erreicht, nicht gesichert",
    ON_TRACK: "auf dem Weg, im gedachten Zeitplan",
    BEHIND: "auf dem Weg, hinter dem gedachten Zeitplan",
    UNDERWAY: "auf dem Weg",
    AWAY: "weiter vom Ziel entfernt als zu Beginn",
    STILL: "unverändert",
}
"""What a goal's status is called in tables."""


@dataclass(frozen=True)
class Progress:
    """`status`: a key of STATUS_WORDS. `start`, `now`: values of the indicator; `first`, `newest`: the same, or own
    readings, as numbers on the page. `share` of the way from start to target in percent, negative on the way back;
    `expected`: what an even course would have brought by the newest value; `change`: see `Goal.changes`;
    `near_target`: the target lies in the interval of the newest value; `near_expected`: likewise; None without one."""

    status: str
    start: Value | None = None
    now: Value | None = None
    first: float | None = None
    newest: float | None = None
    share: float | None = None
    expected: float | None = None
    change: str = ""
    near_target: bool | None = None
    near_expected: bool | None = None
    breaks: list[SeriesBreak] = field(default_factory=list)

    @property
    def is_reached(self) -> bool | None:
        """Whether the newest value is at the target or beyond; None if that cannot be told."""
        if self.status in (UNMEASURABLE, NO_START, NO_NEWER, BROKEN):
            return None
        return self.status in (REACHED, PERHAPS)


def direction_of(data: Slice, goal: Goal) -> str | None:
    """ "more" or "less"; None for a goal that is read in states or not at all."""
    if goal.direction or not goal.indicator:
        return goal.direction
    return WANTED[data.indicators[goal.indicator].polarity]


def progress_of(data: Slice, goal: Goal) -> Progress:
    """The progress of one goal by the values of the slice or its own readings."""
    if goal.indicator:
        return _by_indicator(data, goal, data.indicators[goal.indicator])
    if not goal.readings:
        return Progress(UNMEASURABLE)
    newest = goal.readings[-1]
    if newest.state is not None:
        status = {"erreicht": REACHED, "nicht begonnen": STILL}.get(newest.state, UNDERWAY)
        return Progress(status)
    assert goal.start_value is not None and newest.value is not None
    year = int(newest.day[:4])
    return _on_the_way(data, goal, Progress(UNDERWAY, first=goal.start_value, newest=newest.value), year)


def _by_indicator(data: Slice, goal: Goal, indicator: Indicator) -> Progress:
    start = data.values(indicator.id, data.ags).get(goal.start_year)
    now = data.latest(indicator.id, data.ags)
    if now is not None and now.year <= goal.start_year:
        now = None
    if start is None or start.value is None:
        return Progress(NO_START, start, now)
    first = float(rounded(start.value, indicator.decimals))
    if now is None or now.value is None:
        return Progress(NO_NEWER, start, first=first)
    newest = float(rounded(now.value, indicator.decimals))
    if breaks := breaks_between(data, indicator, [start.year, now.year]):
        return Progress(BROKEN, start, now, first, newest, breaks=breaks)
    known = Progress(UNDERWAY, start, now, first, newest, change=goal.changes.get(indicator.id, ""))
    return _on_the_way(data, goal, known, now.year, now)


def _on_the_way(data: Slice, goal: Goal, known: Progress, year: int, now: Value | None = None) -> Progress:
    """`known` with the share of the way, the even course and the status; `year` of the newest value."""
    first, newest = known.first, known.newest
    assert first is not None and newest is not None and goal.target is not None
    decimals = data.indicators[goal.indicator].decimals if goal.indicator else goal.decimals
    target = float(rounded(goal.target, decimals))
    sign = 1 if direction_of(data, goal) == "more" else -1
    expected, share = None, 100 * (newest - first) / (target - first)
    if goal.start_year < year < goal.due_year:
        even = first + (target - first) * (year - goal.start_year) / (goal.due_year - goal.start_year)
        expected = float(rounded(even, decimals if goal.indicator else max(decimals, 1)))
    near_target = near_expected = None
    if now is not None and now.low is not None and now.high is not None:
        low, high = (float(rounded(end, decimals)) for end in (now.low, now.high))
        near_target = low < target < high
        near_expected = expected is not None and low <= expected <= high
    if sign * (newest - target) >= 0:
        status = PERHAPS if near_target else REACHED
    elif newest == first:
        status = STILL
    elif share < 0:
        status = AWAY
    elif expected is None or near_expected:
        status = UNDERWAY
    else:
        status = ON_TRACK if sign * (newest - expected) >= 0 else BEHIND
    return replace(
        known,
        status=status,
        share=share,
        expected=expected,
        near_target=near_target,
        near_expected=near_expected,
    )
