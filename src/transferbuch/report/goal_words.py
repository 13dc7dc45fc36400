"""Sentences on one goal and on several: how far they have come, and what is to be settled.

What the newest value says is told with its uncertainty; that measures brought a change about is never said.
"""

from itertools import combinations

from transferbuch.regions.names import capitalised
from transferbuch.report.absence import absence_of
from transferbuch.report.breaks import told
from transferbuch.report.goal_model import Goal
from transferbuch.report.goal_progress import (
    AWAY,
    BROKEN,
    NO_NEWER,
    NO_START,
    PERHAPS,
    REACHED,
    STILL,
    Progress,
    direction_of,
    progress_of,
)
from transferbuch.report.numbers import date_short, listed, number, rounded
from transferbuch.report.sentences import comparison_sentence, missing_sentence, newer_sentence, value_sentence
from transferbuch.report.slice_model import Indicator, Slice, Value
from transferbuch.report.territory import in_brackets
from transferbuch.report.verdicts import interval
from transferbuch.report.wording import for_when, shown_value, when

_LEAST = {"more": "mindestens", "less": "höchstens"}


def target_text(data: Slice, goal: Goal) -> str:
    """ "mindestens 85,0 %", "höchstens 3 (Plätze)", "erreicht" for a goal read in states, "–" for one without."""
    direction = direction_of(data, goal)
    if goal.target is None or direction is None:
        return "Zustand „erreicht“" if goal.readings else "–"
    if goal.indicator:
        return f"{_LEAST[direction]} {shown_value(data.indicators[goal.indicator], goal.target)}"
    return f"{_LEAST[direction]} {own_number(goal, goal.target)}"


def own_number(goal: Goal, value: float) -> str:
    """An own number with its unit in brackets, which needs no grammar: "3 (Plätze)"."""
    return f"{number(value, goal.decimals)}{f' ({goal.unit})' if goal.unit else ''}"


def value_text(indicator: Indicator, value: Value) -> str:
    """ "7,8 % (Vertrauensbereich 6,6 bis 9,2)"; `value` has a number."""
    assert value.value is not None
    return f"{shown_value(indicator, value.value)}{in_brackets(value, interval=interval(indicator, value))}"


def goal_sentences(data: Slice, goal: Goal, progress: Progress | None = None) -> list[str]:
    """Everything about the state of one goal, in order; each item may hold several sentences."""
    progress = progress or progress_of(data, goal)
    if goal.indicator:
        said = _measured(data, goal, data.indicators[goal.indicator], progress)
    elif not goal.readings:
        said = [_unmeasurable(goal)]
    else:
        said = _own(data, goal, progress)
    reason = goal.direction_reason
    said += (
        [f"Das Ziel geht gegen die übliche Richtung der Kennzahl. Begründung der Kommune: {reason}"] if reason else []
    )
    return said + [sentence for sentence in [_due(goal, progress)] if sentence]


def _measured(data: Slice, goal: Goal, indicator: Indicator, progress: Progress) -> list[str]:
    start, now = progress.start, progress.now
    goal_is = f"Ziel: {target_text(data, goal)} bis zum {date_short(goal.due)}."
    latest = now or data.latest(indicator.id, data.ags)
    if latest is None:
        today = [missing_sentence(data, indicator)]
    else:
        parts = (value_sentence(data, indicator, latest), comparison_sentence(data, indicator, latest))
        today = [" ".join(part for part in (*parts, newer_sentence(data, indicator, latest)) if part)]
    if progress.status == NO_START:
        absence = absence_of(data, indicator, data.ags, goal.start_year)
        assert absence is not None
        year = for_when(data, start) if start else f"das Jahr {goal.start_year}"
        why = f"Der Ausgangswert für {year} {absence.words}. Wie weit das Ziel erreicht ist, lässt sich nicht messen."
        return [*today, f"{goal_is} {why}"]
    assert start is not None
    base = f"Ausgangswert {when(data, start)}: {value_text(indicator, start)}. {goal_is}"
    if progress.status == NO_NEWER:
        return [*today, f"{base} Einen neueren Wert als den Ausgangswert gibt es noch nicht."]
    assert now is not None
    if progress.status == BROKEN:
        between = f"zwischen {start.year} und {now.year}"
        why = "; ".join(told(progress.breaks, between, ""))
        return [*today, f"{base} {capitalised(why)}. Ausgangswert und neuester Wert sind deshalb nicht vergleichbar; "
                "wie weit das Ziel erreicht ist, lässt sich nicht messen."]  # fmt: skip
    parts = [_way(progress), _chance(start, progress), _certainty(progress), _course(data, goal, progress, now.year)]
    return [*today, base, " ".join(part for part in parts if part)]


def _way(progress: Progress) -> str:
    if progress.status in (REACHED, PERHAPS):
        return "Der Zielwert ist erreicht."
    if progress.status == STILL:
        return "Der Wert ist gerundet der gleiche wie zu Beginn."
    if progress.status == AWAY:
        return "Der Wert ist weiter vom Ziel entfernt als zu Beginn."
    assert progress.share is not None
    share = number(progress.share)
    if rounded(progress.share, 0) in (0, 100):  # under way, but neither at the start nor at the target
        share = "weniger als 1" if progress.share < 50 else "mehr als 99"
    is_one = share.endswith(" 1") or share == "1"
    return f"Vom Weg zwischen Ausgangswert und Zielwert {'ist' if is_one else 'sind'} {share}\u00a0% zurückgelegt."


def _chance(start: Value, progress: Progress) -> str:
    """Whether the change since the start is more than chance."""
    if progress.status == STILL:
        return ""
    since = f"Die Veränderung seit {start.year}"
    if not progress.change:
        return f"{since} lässt sich nicht darauf prüfen, ob sie Zufall ist: Es fehlen Vertrauensbereiche."
    return f"{since} {'kann Zufall sein' if progress.change == 'similar' else 'ist statistisch gesichert'}."


def _certainty(progress: Progress) -> str:
    """What the interval of the newest value says of the target."""
    interval_of = "Vertrauensbereich des neuesten Werts"
    if progress.is_reached and progress.near_target:
        return f"Der {interval_of} schließt den Zielwert aber ein; dass das Ziel erreicht ist, ist nicht gesichert."
    if progress.is_reached and progress.near_target is False:
        return f"Auch der {interval_of} liegt ganz jenseits des Zielwerts."
    return f"Der {interval_of} schließt den Zielwert ein." if progress.near_target else ""


def _course(data: Slice, goal: Goal, progress: Progress, year: int) -> str:
    """How the newest value stands to an even course; "" when the goal is reached or its year has come."""
    if progress.expected is None or progress.newest is None or progress.is_reached:
        return ""
    if goal.indicator:
        would_be = shown_value(data.indicators[goal.indicator], progress.expected)
    else:
        would_be = number(progress.expected, max(goal.decimals, 1))
    sign = 1 if direction_of(data, goal) == "more" else -1
    behind = sign * (progress.newest - progress.expected) < 0
    stands = "liegt dahinter zurück" if behind else "ist mindestens so weit"
    chance = "; der Abstand kann Zufall sein" if progress.near_expected else ""
    return (
        f"Bei gleichmäßigem Verlauf bis {goal.due_year} läge der Wert {year} bei {would_be}; der neueste Wert {stands}"
        f"{chance}. Das ist ein Rechenbeispiel und keine Vorausberechnung."
    )


def _own(data: Slice, goal: Goal, progress: Progress) -> list[str]:
    newest = goal.readings[-1]
    lead = f"Gemessen an: {goal.measured_by}. Angabe der Kommune vom {date_short(newest.day)}:"
    goal_is = f"Ziel: {target_text(data, goal)} bis zum {date_short(goal.due)}."
    unsure = "Einen Vertrauensbereich und einen Vergleich mit anderen Kommunen gibt es für eigene Angaben nicht."
    if newest.state is not None:
        earlier = [f"{date_short(one.day)} {one.state}" for one in goal.readings[:-1]]
        before = f"Frühere Angaben: {'; '.join(earlier)}." if earlier else ""
        return [" ".join(part for part in (f"{lead} {newest.state}. {goal_is}", before, unsure) if part)]
    assert newest.value is not None and goal.start_value is not None
    base = f"Ausgangswert {goal.start_year}: {own_number(goal, goal.start_value)}. {goal_is}"
    course = _course(data, goal, progress, int(newest.day[:4]))
    told_way = " ".join(part for part in (_way(progress), course, unsure) if part)
    return [f"{lead} {own_number(goal, newest.value)}. {base}", told_way]


def _unmeasurable(goal: Goal) -> str:
    if goal.measured_by:
        return f"Gemessen werden soll an: {goal.measured_by}. Eine Angabe dazu gibt es noch nicht."
    return "Dem Ziel fehlt eine Kennzahl, und es gibt keine eigene Angabe dazu."


def _due(goal: Goal, progress: Progress) -> str:
    """That the day is past, and what that means; "" before it and when the goal is reached."""
    if not goal.past_due or progress.is_reached:
        return ""
    past = f"Die Frist ist am {date_short(goal.due)} abgelaufen"
    if progress.is_reached is None:
        return f"{past}; ob das Ziel erreicht ist, lässt sich nicht sagen."
    newer = ""
    if progress.now and progress.now.year < goal.due_year:
        newer = f" Ein Wert für {goal.due_year} liegt noch nicht vor."
    return f"{past}; nach der neuesten Angabe ist das Ziel nicht erreicht.{newer}"


def issues(data: Slice) -> list[str]:
    """Goals that cannot be measured, that contradict each other or that are overdue, one sentence each."""
    found = []
    for goal in data.goals:
        if not goal.indicator and not goal.readings:
            found.append(f"Nicht messbar – „{goal.title}“: {_unmeasurable(goal)}")
    for one, other in combinations(data.goals, 2):
        if clash := _clash(data, one, other):
            found.append(f"Widerspruch – „{one.title}“ und „{other.title}“: {clash}")
    for goal in data.goals:
        if late := _due(goal, progress_of(data, goal)):
            found.append(f"Überfällig – „{goal.title}“: {late}")
    return found


def _clash(data: Slice, one: Goal, other: Goal) -> str:
    """How two goals on the same indicator contradict each other; "" if they do not."""
    if not one.indicator or one.indicator != other.indicator:
        return ""
    title = data.indicators[one.indicator].title
    if direction_of(data, one) != direction_of(data, other):
        return f"Das eine will mehr, das andere weniger bei derselben Kennzahl ({title})."
    if one.due == other.due and one.target != other.target:
        targets = listed([target_text(data, one), target_text(data, other)])
        return f"Für denselben Tag ({date_short(one.due)}) nennen sie verschiedene Zielwerte: {targets} ({title})."
    return ""
