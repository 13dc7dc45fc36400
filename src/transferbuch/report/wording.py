"""German phrases that sentences, tables and charts share: values with unit, times, places, names in headings."""

from transferbuch.regions.keys import BUND
from transferbuch.report.numbers import (
    count,
    date_long,
    date_short,
    is_date,
    number,
    quantity,
    signed,
)
from transferbuch.report.slice_model import Indicator, Slice, Value
from transferbuch.vocabulary import is_count

# what a table's time means, as "when" (dative) and as "for when" (accusative, without "für")
_PERIODS = {
    "year": ("im Jahr {}", "das Jahr {}"),
    "annual_mean": ("im Jahresdurchschnitt {}", "den Jahresdurchschnitt {}"),
    "school_year": ("im Abgangsjahr {}", "das Abgangsjahr {}"),
    "school_start": ("zum Schuljahresbeginn {}", "den Schuljahresbeginn {}"),
}
# a rate of school leavers in the population is told by the school year: the rarer meaning belongs to the numerator
_PERIOD_ORDER = ("school_year", "school_start", "annual_mean", "year")


def shown_value(indicator: Indicator, value: float) -> str:
    """The value with unit for running text; a change carries its sign.

    The unit is left out where the phrase already says it: "die Zahl der Lebendgeborenen je 1.000 Personen".
    """
    said = indicator.unit.startswith("je ") and indicator.unit in indicator.phrase
    unit = "" if said or is_mean_count(indicator) else indicator.unit
    return quantity(value, unit, indicator.decimals, sign=indicator.kind == "change")


def cell_text(indicator: Indicator, value: float) -> str:
    """The value in a table: with "%", every other unit stands in the caption or in the row's title."""
    text = (signed if indicator.kind == "change" else number)(value, indicator.decimals)
    return f"{text}\u00a0%" if indicator.unit == "%" else text


def title_with_unit(indicator: Indicator) -> str:
    """The title with the unit that the numbers do not carry and the title does not say: "Jugendquotient (je 100)"."""
    silent = indicator.unit in ("%", "") or is_count(indicator.id) or indicator.unit in indicator.title
    return indicator.title if silent else f"{indicator.title} ({indicator.unit})"


def numerator_of(indicator: Indicator, value: Value) -> str:
    """What the value is computed from: "240 von 1.587", "1.187 bezogen auf 173.684"; "" for published values."""
    if value.numerator is None or value.denominator is None:
        return ""
    top, bottom = count(value.numerator), count(value.denominator)
    return {
        "share": f"{top} von {bottom}",
        "rate": f"{top} bezogen auf {bottom}",
        "ratio": f"{top} bezogen auf {bottom}",
        "change": f"von {bottom} auf {top}",
    }.get(indicator.kind, "")


def compares_levels(indicator: Indicator) -> bool:
    """Whether the value of a Kreis and that of its Land stand on one scale: shares, rates, prices; not counts."""
    return not is_count(indicator.id)


def is_mean_count(indicator: Indicator) -> bool:
    """ "die Zahl der Kinder je Kindertagespflegeperson": a mean whose number needs no "Kinder" behind it."""
    is_mean = indicator.kind in ("ratio", "value") and not is_count(indicator.id)
    return is_mean and indicator.phrase.startswith("die Zahl ")


def phrase_with(phrase: str, place: str = "") -> str:
    """The indicator's phrase and a place behind it; a subordinate clause is closed by its comma."""
    closed = f"{phrase.rstrip(',')}," if "," in phrase else phrase
    return f"{closed} {place}".rstrip()


def when(data: Slice, value: Value) -> str:
    """ "am 31. Dezember 2024", "im Jahresdurchschnitt 2023", "im Abgangsjahr 2023", "zum Schuljahresbeginn 2023"."""
    return f"am {date_long(value.time)}" if is_date(value.time) else _period(data, value)[0].format(value.year)


def for_when(data: Slice, value: Value) -> str:
    """The same after "für": "den 31. Dezember 2024", "das Abgangsjahr 2023"."""
    return f"den {date_long(value.time)}" if is_date(value.time) else _period(data, value)[1].format(value.year)


def short_time(value: Value) -> str:
    """The same in a table: "31.12.2024", "2023"."""
    return date_short(value.time) if is_date(value.time) else str(value.year)


def where_above(data: Slice, ags: str) -> str:
    """ "im Land Sachsen-Anhalt", "im Saarland", "in Deutschland": the region above, its level made clear."""
    name = data.names[ags]
    return name.locative if name.gender or ags == BUND else f"im Land {name.label}"


def dative_above(data: Slice, ags: str) -> str:
    """ "dem Land Sachsen-Anhalt", "dem Saarland", "Deutschland"."""
    name = data.names[ags]
    return name.dative if name.gender or ags == BUND else f"dem Land {name.label}"


def to_above(data: Slice, ags: str) -> str:
    """ "zum Land Sachsen-Anhalt", "zum Saarland", "zu Deutschland"."""
    name = data.names[ags]
    return name.after("zu") if name.gender or ags == BUND else f"zum Land {name.label}"


def genitive_of_land(data: Slice) -> str:
    """ "des Landes Sachsen-Anhalt", "des Saarlandes"."""
    name = data.names[data.land]
    return name.genitive if name.gender else f"des Landes {name.label}"


def region_heading(data: Slice, ags: str) -> str:
    """A region at the head of a column: "Landkreis Börde", "Land Sachsen-Anhalt", "Deutschland"."""
    name = data.names[ags]
    return f"Land {name.label}" if ags == data.land and not name.gender else name.label


def _period(data: Slice, value: Value) -> tuple[str, str]:
    known = {data.tables[code].period for code in value.tables if code in data.tables}
    return _PERIODS[next((period for period in _PERIOD_ORDER if period in known), "year")]
