"""Computed German sentences about one indicator of one edition, grammatical for every municipality.

Sentences state what is published and compare only values of the same year. What is beyond chance, better or worse, and
whether there is a trend, is told where intervals allow it (`verdicts`). A value that is missing gets a sentence of its
own, never a hole, and is never compared. Differences are taken between the rounded values on the page, so that readers
can check them.
"""

from transferbuch.regions.names import capitalised
from transferbuch.report.absence import NOT_HELD, absence_of
from transferbuch.report.breaks import breaks_between, breaks_within, told
from transferbuch.report.notes import regional_caveats
from transferbuch.report.numbers import (
    MINUS,
    is_singular,
    listed,
    number,
    quantity,
    rounded,
    year_spans,
)
from transferbuch.report.slice_model import Indicator, Slice, Value
from transferbuch.report.territory import in_brackets
from transferbuch.report.verdicts import certainty_sentence, interval, trend_sentence
from transferbuch.report.wording import (
    compares_levels,
    dative_above,
    for_when,
    is_mean_count,
    numerator_of,
    phrase_with,
    shown_value,
    when,
    where_above,
)
from transferbuch.vocabulary import is_count

COMPARABLE_YEARS = 10
"""How far back a sentence looks without a gap; longer series cross censuses, reforms and changes of law."""
_SAME = "gerundet der gleiche Wert wie "


def finding(data: Slice, indicator: Indicator) -> str:
    """Latest value, comparison and development of one indicator, or the plain sentence that it is missing."""
    latest = data.latest(indicator.id, data.ags)
    if latest is None:
        return missing_sentence(data, indicator)
    sentences = [
        value_sentence(data, indicator, latest),
        comparison_sentence(data, indicator, latest),
        development_sentence(data, indicator, latest),
        trend_sentence(data, indicator),
        newer_sentence(data, indicator, latest),
        *regional_caveats(indicator, [data.ags]),
    ]
    return " ".join(sentence for sentence in sentences if sentence)


def value_sentence(data: Slice, indicator: Indicator, value: Value) -> str:
    """ "Im Abgangsjahr 2023 betrug der Anteil … im Burgenlandkreis 15,1 % (240 von 1.587)." `value` has a number.

    A change over a known break of the series says so.
    """
    assert value.value is not None
    shown, bracket = shown_value(indicator, value.value), numerator_of(indicator, value)
    if is_count(indicator.id):
        # "betrug die Zahl der Kinder 0 (kein Kind)": behind "Zahl der …" only a figure is grammatical
        shown, in_words = number(value.value, indicator.decimals), quantity(value.value, indicator.unit)
        bracket = "" if in_words[0].isdigit() or in_words[0] == MINUS else in_words
    breaks = breaks_within(data, indicator, value)
    crossed = "".join(f"; {clause}" for clause in told(breaks, "dazwischen", "der Veränderung"))
    return (
        f"{capitalised(when(data, value))} betrug {phrase_with(indicator.phrase, data.own.locative)} "
        f"{shown}{in_brackets(value, bracket, interval(indicator, value))}{crossed}."
    )


def comparison_sentence(data: Slice, indicator: Indicator, value: Value) -> str:
    """How far the value is from Land and Bund in the same year; "" for counts, which grow with the region.

    Where a region has no value for this year, the newest year with both values is told instead, if there is one.
    """
    if not compares_levels(indicator):
        return ""
    same_year = [ags for ags in data.references if data.number(indicator.id, ags, value.year) is not None]
    text = _compared([_difference(data, indicator, value, ags) for ags in same_year])
    sure = certainty_sentence(data, indicator, same_year, value.year)
    earlier = _earlier_year(data, indicator, value, _not_in_year(data, indicator, value))
    return " ".join(sentence for sentence in (text and f"{text}.", sure, earlier) if sentence)


def _compared(parts: list[tuple[str, str]]) -> str:
    """ "Das sind 2,4 mehr als …, 8,0 mehr als … und 2,9 mehr als …": (verb, rest) of each region; "" without any.

    Regions with the same value are told together; where the verb changes, a clause of its own begins.
    """
    clauses: list[tuple[str, list[str]]] = []
    for verb, rest in parts:
        same = rest.startswith(_SAME)
        if clauses and same and clauses[-1][1][0].startswith(_SAME):
            clauses[-1][1].append(rest.removeprefix(_SAME))
        elif clauses and not same and verb == clauses[-1][0] and not clauses[-1][1][0].startswith(_SAME):
            clauses[-1][1].append(rest)
        else:
            clauses.append((verb, [rest]))
    told_clauses = [f"{verb} {listed(rests)}" for verb, rests in clauses]
    return f"Das {', und es '.join(told_clauses)}" if told_clauses else ""


def development_sentence(data: Slice, indicator: Indicator, value: Value) -> str:
    """The values of the year before and of the first year without a gap; over a gap the last earlier value.

    Looks at most `COMPARABLE_YEARS` back. A year that the comparison tells already is not told again. "" when
    there is no earlier value. Known breaks between the years told and the newest one are named.
    """
    own = {year: one for year, one in data.values(indicator.id, data.ags).items() if one.value is not None}
    earlier = [year for year in own if year < value.year]
    if not earlier:
        return ""
    before = first = max(earlier)
    common = compares_levels(indicator) and _earlier_common(
        data, indicator, value, _not_in_year(data, indicator, value)
    )
    parts = [] if common and common.year == before else [f"im Jahr {_were(indicator, own[before])}"]
    gap = range(before + 1, value.year)
    while not gap and first - 1 in own and value.year - (first - 1) <= COMPARABLE_YEARS:
        first -= 1
    if first != before:
        # a year after "…: 40." would read like a number
        parts.append(("" if parts else "im Jahr ") + _were(indicator, own[first]))
    compared = own[min([first, *([common.year] if common else [])])]
    # two changes are no two levels: what lies within each of them is told with the value
    told_years = [value.year, before, first, compared.year]
    breaks = [] if indicator.kind == "change" else breaks_between(data, indicator, told_years)
    if breaks:
        between, change = "dazwischen", "des Unterschieds"
        if not parts or compared.year != first:  # the comparison with Land and Bund tells the earlier value
            between, change = f"zwischen {compared.year} und {value.year}", "des Unterschieds zwischen diesen Jahren"
        parts += told(breaks, between, "" if _equal(indicator, compared, value) else change)
    missing = _gap(data, indicator, gap)
    parts, rest = (parts, missing) if breaks else ([*parts, *missing], [])
    return " ".join(f"{capitalised('; '.join(sentence))}." for sentence in (parts, rest) if sentence)


def newer_sentence(data: Slice, indicator: Indicator, value: Value) -> str:
    """What became of a newer year without a number: "Der Wert für das Abgangsjahr 2024 ist unbekannt oder …".

    "" when no region has a value for that year or a later one: then nobody can have one yet.
    """
    newest = data.newest_year(indicator.id) or value.year
    newer = [one for year, one in data.values(indicator.id, data.ags).items() if value.year < year <= newest]
    return _absent(data, indicator, newer[-1]) if newer else ""


def missing_sentence(data: Slice, indicator: Indicator) -> str:
    """The plain sentence for an indicator without any number for this municipality."""
    values = data.values(indicator.id, data.ags)
    lead = f"Für {data.own.accusative} liegt {phrase_with(indicator.phrase)} nicht vor"
    if {one.status for one in values.values()} == {"missing"} and indicator.kind != "value":
        # whether a figure is missing or the denominator is zero, the slice does not tell
        return f"Für {data.own.accusative} lässt sich {phrase_with(indicator.phrase)} in keinem Jahr berechnen."
    if all(one.status == "missing" for one in values.values()):
        return f"{lead}: Die eingelesenen Tabellen enthalten dazu keine Angabe."
    return f"{lead}: {_absent(data, indicator, values[max(values)])}"


def _difference(data: Slice, indicator: Indicator, value: Value, ags: str) -> tuple[str, str]:
    """(verb, rest) of the comparison with one region in the same year."""
    other = data.number(indicator.id, ags, value.year)
    assert other is not None and value.value is not None
    gap = rounded(value.value, indicator.decimals) - rounded(other, indicator.decimals)
    place = f"{where_above(data, ags)} ({shown_value(indicator, other)})"
    if not gap:
        return "ist", f"{_SAME}{place}"
    unit = "Prozentpunkte" if indicator.unit == "%" else indicator.unit
    if unit.startswith("je ") or is_mean_count(indicator):
        unit = ""
    size = quantity(abs(gap), unit, indicator.decimals)
    verb = "ist" if is_singular(abs(gap), unit, indicator.decimals) else "sind"
    return verb, f"{size} {'mehr' if gap > 0 else 'weniger'} als {place}"


def _earlier_year(data: Slice, indicator: Indicator, value: Value, regions: list[str]) -> str:
    """The newest earlier year in which the municipality and one of `regions` have a value, with these values."""
    then = _earlier_common(data, indicator, value, regions)
    if then is None:
        return ""
    assert then.value is not None
    others = {ags: found for ags in regions if (found := data.number(indicator.id, ags, then.year)) is not None}
    made_of = in_brackets(then, numerator_of(indicator, then))
    here = f"{data.own.locative} {shown_value(indicator, then.value)}{made_of}"
    there = [f"{where_above(data, ags)} {shown_value(indicator, other)}" for ags, other in others.items()]
    told_values = (
        f"Ein Vergleich mit {listed(dative_above(data, ags) for ags in others)} ist zuletzt für "
        f"{for_when(data, then)} möglich: Damals waren es {listed([here, *there])}."
    )
    return f"{told_values} {certainty_sentence(data, indicator, others, then.year)}".rstrip()


def _absent(data: Slice, indicator: Indicator, value: Value) -> str:
    absence = absence_of(data, indicator, value.ags, value.year)
    assert absence is not None
    return f"Der Wert für {for_when(data, value)} {absence.words}."


def _equal(indicator: Indicator, one: Value, other: Value) -> bool:
    assert one.value is not None and other.value is not None
    return rounded(one.value, indicator.decimals) == rounded(other.value, indicator.decimals)


def _gap(data: Slice, indicator: Indicator, years: range) -> list[str]:
    """Years without a value between two that have one: what this data package does not hold, and why others lack."""
    reasons: dict[str, list[int]] = {}
    for year in years:
        if absence := absence_of(data, indicator, data.ags, year):
            reasons.setdefault(absence.meaning, []).append(year)
    parts = []
    for meaning, absent in reasons.items():
        none = "keinen Wert" if len(absent) == 1 else "keine Werte"
        why = f"gibt es {none} ({meaning})"
        if meaning == NOT_HELD.meaning:
            why = f"enthält der Datenbestand dieser Ausgabe {none}"
        parts.append(f"für {year_spans(absent)} {why}")
    return parts


def _not_in_year(data: Slice, indicator: Indicator, value: Value) -> list[str]:
    """Regions above that have no number in the value's year."""
    return [ags for ags in data.above if data.number(indicator.id, ags, value.year) is None]


def _earlier_common(data: Slice, indicator: Indicator, value: Value, regions: list[str]) -> Value | None:
    own = data.values(indicator.id, data.ags)
    return next(
        (
            own[year]
            for year in reversed(own)
            if year < value.year
            and own[year].value is not None
            and any(data.number(indicator.id, ags, year) is not None for ags in regions)
        ),
        None,
    )


def _were(indicator: Indicator, then: Value) -> str:
    assert then.value is not None
    verb = "war" if is_singular(then.value, indicator.unit, indicator.decimals) else "waren"
    return f"{then.year} {verb} es {shown_value(indicator, then.value)}{in_brackets(then)}"
