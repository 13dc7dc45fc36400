"""What a municipality needs: from its indicators, its own assessment and the topics it chose.

Each source is visible, each may be missing, and the municipality can overrule what comes out with a reason that is
printed. Strengths run from 0 (no need shown) to 1.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import pandas as pd
from pydantic import Field, model_validator

from transferbuch.indicators.catalogue import Indicator
from transferbuch.records import Record
from transferbuch.transfer.evidence import Text
from transferbuch.transfer.settings import Strength
from transferbuch.vocabulary import LIFE_PHASES, FieldOfAction

Trouble = Literal["worse", "worsening"]
_WORSE = {"low_is_good": "above", "high_is_good": "below"}
_WORSENING = {"low_is_good": "rising", "high_is_good": "falling"}


class Overrule(Record):
    """A decision of the municipality against its profile: a field or an indicator is, or is not, a need here."""

    field: FieldOfAction | None = None
    indicator: str | None = None
    need: bool
    reason: Text = Field(description="German sentence, printed in the edition")

    @model_validator(mode="after")
    def _names_one(self) -> "Overrule":
        if (self.field is None) == (self.indicator is None):
            raise ValueError("name either `field` or `indicator`")
        return self


@dataclass(frozen=True)
class IndicatorNeed:
    """An indicator that is worse here. `worse_than`: references ("peers", "land") that its newest value is worse than
    beyond chance; `stands_out`: also when all indicators are looked at together; `worsening`: by its trend."""

    indicator: str
    year: int
    strength: float
    worse_than: tuple[str, ...] = ()
    stands_out: bool = False
    worsening: bool = False


@dataclass(frozen=True)
class NeedProfile:
    """Needs by source; `looked_at`: indicators with a judgement that have a value to judge here."""

    indicators: Mapping[str, IndicatorNeed] = field(default_factory=dict)
    looked_at: tuple[str, ...] = ()
    fields: Mapping[str, float] = field(default_factory=dict)
    phases: Mapping[str, float] = field(default_factory=dict)
    components: Mapping[str, float] = field(default_factory=dict)
    focus: tuple[str, ...] = ()
    overruled: tuple[Overrule, ...] = ()

    @property
    def is_known(self) -> bool:
        """Whether any source shows a need."""
        return any(value > 0 for part in (self.fields, self.components) for value in part.values())


def indicator_needs(
    indicators: Mapping[str, Indicator],
    comparisons: pd.DataFrame,
    trends: pd.DataFrame,
    strength: Strength,
    since: int = 0,
) -> tuple[dict[str, IndicatorNeed], tuple[str, ...]]:
    """(needs by indicator, indicators looked at) of one municipality; frames as `indicators.comparison` and `trend`
    make them, cut to its rows. Indicators without judgement show no need, nor do values from before the year `since`:
    they say little about what is needed now."""
    judged = {id: one for id, one in indicators.items() if one.polarity != "no_judgement"}
    rows = comparisons[comparisons["indicator"].isin(judged) & comparisons["reference"].isin(("peers", "land"))]
    rows, trends = rows[rows["year"] >= since], trends[trends["last"] >= since]
    newest = rows[rows["year"] == rows.groupby("indicator")["year"].transform("max")]
    by_indicator = {id: part.to_dict("records") for id, part in newest.groupby("indicator")}
    directions = dict(zip(trends["indicator"], trends["direction"], strict=True))
    last = dict(zip(trends["indicator"], trends["last"], strict=True))
    found, looked_at = {}, []
    for id, one in judged.items():
        compared = by_indicator.get(id, [])
        if not compared and not directions.get(id):
            continue
        looked_at.append(id)
        worse = [row for row in compared if row["position"] == _WORSE[one.polarity]]
        worsening = directions.get(id) == _WORSENING[one.polarity]
        stands_out = any(row["stands_out"] for row in worse)
        if worse or worsening:
            value = strength.stands_out if stands_out else strength.worse if worse else strength.worsening
            year = int(compared[0]["year"]) if compared else int(last[id])
            names = tuple(sorted({row["reference"] for row in worse}, reverse=True))
            found[id] = IndicatorNeed(id, year, value, names, stands_out, worsening)
    return found, tuple(looked_at)


def build_profile(
    indicators: Mapping[str, Indicator],
    needs: Mapping[str, IndicatorNeed],
    looked_at: Iterable[str],
    focus: Iterable[str] = (),
    levels: Mapping[str, int] | None = None,
    overruled: Iterable[Overrule] = (),
) -> NeedProfile:
    """The profile from all sources; `levels`: own assessment by component, 0 to 4.

    A field is as needed as half its worst indicator and half the mean of all its indicators looked at; a chosen one
    fully. Raises ValueError for an indicator that is overruled and not in the catalogue.
    """
    overruled, needs, looked_at = tuple(overruled), dict(needs), tuple(looked_at)
    for one in overruled:
        if one.indicator and one.indicator not in indicators:
            raise ValueError(f"there is no indicator {one.indicator}")
        if one.indicator and one.need and one.indicator not in needs:
            needs[one.indicator] = IndicatorNeed(one.indicator, 0, 1.0)
        elif one.indicator and one.need:
            needs[one.indicator] = replace(needs[one.indicator], strength=1.0)
        elif one.indicator:
            needs.pop(one.indicator, None)
    judged = {id: indicators[id] for id in {*looked_at, *needs}}
    fields = _strengths({id: one.fields for id, one in judged.items()}, needs)
    phases = _strengths(
        {id: LIFE_PHASES if "alle" in one.life_phases else one.life_phases for id, one in judged.items()}, needs
    )
    focus = tuple(focus)
    fields |= dict.fromkeys(focus, 1.0)
    fields |= {one.field: float(one.need) for one in overruled if one.field}
    components = {name: (4 - level) / 4 for name, level in (levels or {}).items()}
    return NeedProfile(needs, looked_at, fields, phases, components, focus, overruled)


def _strengths(groups: Mapping[str, Iterable[str]], needs: Mapping[str, IndicatorNeed]) -> dict[str, float]:
    """Strength by field or phase: half the worst indicator, half the mean of all that belong to it."""
    members: dict[str, list[float]] = {}
    for id in sorted(groups):
        for name in groups[id]:
            members.setdefault(name, []).append(needs[id].strength if id in needs else 0.0)
    return {name: (max(values) + sum(values) / len(values)) / 2 for name, values in members.items()}
