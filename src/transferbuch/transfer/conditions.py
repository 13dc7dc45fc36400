"""Conditions for success of a transfer object, checked against what is known of a municipality that might take it over.

A condition is fulfilled, not fulfilled, or open: open is what nobody has said yet, never what is guessed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from transferbuch.transfer.evidence import Condition

State = Literal["fulfilled", "open", "not fulfilled"]
_WORTH: dict[State, float] = {"fulfilled": 1.0, "open": 0.5, "not fulfilled": 0.0}


@dataclass(frozen=True)
class Taker:
    """A municipality as conditions see it. keys: of its Kreise; levels: own assessment by component, 0 to 4;
    there, not_there: bodies and sources of data that it says it has, or has not."""

    keys: tuple[str, ...]
    is_city: bool
    population: float | None = None
    levels: Mapping[str, int] = field(default_factory=dict)
    there: frozenset[str] = frozenset()
    not_there: frozenset[str] = frozenset()


@dataclass(frozen=True)
class CheckedCondition:
    """A condition and whether it holds here."""

    condition: Condition
    state: State


def check_conditions(conditions: Iterable[Condition], taker: Taker) -> tuple[CheckedCondition, ...]:
    """Each condition with its state for this municipality, in order."""
    return tuple(CheckedCondition(one, _state(one, taker)) for one in conditions)


def state_of_all(checked: Iterable[CheckedCondition]) -> float | None:
    """Mean of the states (fulfilled 1, open 0.5, not fulfilled 0); None without conditions."""
    worths = [_WORTH[one.state] for one in checked]
    return sum(worths) / len(worths) if worths else None


def _state(one: Condition, taker: Taker) -> State:
    if one.kind == "type":
        return _holds(("kreisfreie Stadt" if taker.is_city else "Landkreis") in one.types)
    if one.kind == "population":
        if taker.population is None:
            return "open"
        return _holds(_between(taker.population, one.at_least, one.at_most))
    if one.kind == "level":
        level = taker.levels.get(str(one.component))
        return "open" if level is None else _holds(_between(level, one.at_least, one.at_most))
    if one.needed in taker.there:
        return "fulfilled"
    return "not fulfilled" if one.needed in taker.not_there else "open"


def _holds(is_so: bool) -> State:
    return "fulfilled" if is_so else "not fulfilled"


def _between(value: float, low: int | None, high: int | None) -> bool:
    return (low is None or value >= low) and (high is None or value <= high)
