"""What can be said beyond chance, in words: intervals, differences from other regions, trends.

A difference is called gesichert when the 95 % interval of the difference leaves zero out (`indicators.comparison`).
Good and bad follow from the indicator's polarity and are told only where it has one.
"""

import math
from collections.abc import Sequence

from transferbuch.report.numbers import listed, number, quantity
from transferbuch.report.slice_model import Comparison, Indicator, Slice, Value
from transferbuch.report.wording import to_above

SIGNS = {"above": "▲", "below": "▼", "similar": "="}
"""Behind the value of another region: how the own value stands to it."""
LEGEND = (
    "Vergleich: ▲ eigener Wert gesichert höher, ▼ gesichert niedriger, = kein gesicherter Unterschied; ohne Zeichen: "
    "ohne Vertrauensbereich nicht zu beurteilen."
)
INTERVAL_NOTE = (
    "In Klammern der 95-%-Vertrauensbereich: So weit könnte der Wert allein durch Zufall oder durch gerundete Zahlen "
    "anders ausfallen."
)


def interval(indicator: Indicator, value: Value | None) -> str:
    """ "13,4 bis 17,0" in the indicator's unit; "" without an interval."""
    if value is None or value.low is None or value.high is None:
        return ""
    decimals = indicator.decimals
    return f"{number(value.low, decimals)} bis {number(value.high, decimals)}"


def with_interval(indicator: Indicator, value: Value, text: str) -> str:
    """The text of a table cell with the interval behind it: "15,1 % (13,4 bis 17,0)"."""
    shown = interval(indicator, value)
    return f"{text} ({shown})" if shown else text


def comparison_with(data: Slice, indicator: Indicator, other: str, year: int) -> Comparison | None:
    """How the own value of `year` stands to the region `other`; None where intervals do not allow to say."""
    return data.comparisons.get((indicator.id, year, other))


def is_good(indicator: Indicator, position: str) -> bool | None:
    """Whether this position is the wanted one; None for a similar one and for indicators without a direction."""
    if indicator.polarity == "no_judgement" or position == "similar":
        return None
    return (position == "above") == (indicator.polarity == "high_is_good")


def sign_of(data: Slice, indicator: Indicator, other: str, year: int) -> str:
    """The sign for a table cell; "" where nothing can be said."""
    found = comparison_with(data, indicator, other, year)
    return SIGNS[found.position] if found else ""


def certainty_sentence(data: Slice, indicator: Indicator, others: Sequence[str], year: int) -> str:
    """Which of the differences from `others`, told before, are more than chance, and whether that is good; "" where
    nothing can be said. Those that intervals do not allow to judge are not named."""
    found = {ags: one for ags in others if (one := comparison_with(data, indicator, ags, year))}
    sure = [ags for ags, one in found.items() if one.position != "similar"]
    unsure = [ags for ags in found if ags not in sure]
    goodness = {is_good(indicator, found[ags].position) for ags in sure}
    meaning = ""
    if len(goodness) == 1 and (good := goodness.pop()) is not None:
        meaning = f"; der Wert ist {'günstiger' if good else 'ungünstiger'}"
    # all told differences are of one kind: they need no names
    if len(found) == len(others) and sure and not unsure:
        which = {1: "Der Unterschied ist", 2: "Beide Unterschiede sind"}.get(len(sure), "Alle Unterschiede sind")
        return f"{which} statistisch gesichert{meaning}."
    if len(found) == len(others) and unsure and not sure:
        which = {1: "Der Unterschied kann", 2: "Beide Unterschiede können"}.get(len(unsure), "Alle Unterschiede können")
        return f"{which} Zufall sein."
    sentences = []
    if sure:
        which = (
            "Statistisch gesichert ist der Unterschied"
            if len(sure) == 1
            else "Statistisch gesichert sind die Unterschiede"
        )
        sentences.append(f"{which} {listed(to_above(data, ags) for ags in sure)}{meaning}.")
    if unsure:
        named = listed(to_above(data, ags) for ags in unsure)
        one = len(unsure) == 1
        sentences.append(
            f"{'Der Unterschied' if one else 'Die Unterschiede'} {named} {'kann' if one else 'können'} Zufall sein."
        )
    return " ".join(sentences)


def trend_sentence(data: Slice, indicator: Indicator) -> str:
    """The trend up to the newest value, or why none can be determined; "" for changes, which are none of levels."""
    trend = data.trends.get(indicator.id)
    if trend is None or trend.reason == "change":
        return ""
    if trend.reason:
        values = {0: "kein vergleichbarer Wert", 1: "nur ein vergleichbarer Wert"}
        few = values.get(trend.points, f"nur {trend.points} vergleichbare Werte")
        return f"Kein Trend bestimmbar: {few} aus zehn Jahren, nötig sind fünf."
    span = f"Von {trend.first} bis {trend.last}"
    if trend.direction == "none":
        return f"{span} ist kein Trend gesichert ({trend.points} vergleichbare Werte)."
    assert trend.slope is not None and trend.low is not None and trend.high is not None
    unit = "Prozentpunkte" if indicator.unit == "%" else "" if indicator.unit.startswith("je ") else indicator.unit
    decimals = _decimals_of_slope(trend.slope, indicator.decimals)
    slope = quantity(abs(trend.slope), unit, decimals)
    ends = sorted((abs(trend.low), abs(trend.high))) if trend.low * trend.high > 0 else None
    between = f"; Vertrauensbereich {number(ends[0], decimals)} bis {number(ends[1], decimals)}" if ends else ""
    moved = "gestiegen" if trend.direction == "rising" else "gesunken"
    return f"{span} ist der Wert im Trend {moved}, im Mittel um {slope} im Jahr ({trend.points} Werte{between})."


def _decimals_of_slope(slope: float, decimals: int) -> int:
    """As many as the values have, and more where a slope per year would show fewer than two digits."""
    digits = math.floor(math.log10(abs(slope)))
    return max(decimals, 1 - digits) if digits < 1 else decimals


def place_sentence(value: Value) -> str:
    """ "Von den 399 anderen Kreisen und kreisfreien Städten haben 340 einen niedrigeren Wert."; "" with too few."""
    if not value.kreise:
        return ""
    lower = {0: "hat keine einen niedrigeren Wert", 1: "hat eine einen niedrigeren Wert"}.get(
        value.lower, f"haben {number(value.lower)} einen niedrigeren Wert"
    )
    equal = {0: "", 1: ", eine hat den gleichen"}.get(value.equal, f", {number(value.equal)} haben den gleichen")
    return f"Von {number(value.kreise)} anderen Kommunen {lower}{equal}."
