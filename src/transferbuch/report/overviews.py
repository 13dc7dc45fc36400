"""Tables over many indicators of one chapter: levels beside Land and Bund, development over the years."""

from transferbuch.report.absence import NOT_HELD, absence_of
from transferbuch.report.notes import by_title, denominator_note
from transferbuch.report.numbers import Absence, listed, year_spans
from transferbuch.report.slice_model import Indicator, Slice, Value
from transferbuch.report.sources import source_of
from transferbuch.report.tables import Cell, Fragment, folded, table, words
from transferbuch.report.territory import legend_of, signed_text
from transferbuch.report.verdicts import INTERVAL_NOTE, LEGEND, sign_of, with_interval
from transferbuch.report.wording import cell_text, compares_levels, region_heading, short_time, title_with_unit

NO_FURTHER = Absence("–", "kein weiterer Wert", "")
"""A column for an earlier value of an indicator that has fewer."""

NOT_OF_GROUPS = Absence("–", "für die Vergleichskreise nicht gebildet", "")
"""Counts grow with a group, and a group needs values of two thirds of its members."""


def overview(data: Slice, indicators: list[Indicator], chapter: str) -> Fragment:
    """One row per indicator: title (link to its page), own value, Land and Bund of the same year, which year.

    Counts show the newest own year. All others show the newest own year for which Land or Bund has a value as well;
    without such a year the newest own. Below it the caveats that only changes over several years have.
    """
    rows, newer, alone, used = [], [], False, []
    for one in indicators:
        own = _with_comparison(data, one) or next(reversed(data.values(one.id, data.ags).values()), None)
        latest = data.latest(one.id, data.ags)
        if own and latest and latest.year > own.year:
            newer.append(latest.year)
        if own and own.value is not None and not compares_levels(one):
            alone |= any(data.number(one.id, ags, own.year) is None for ags in data.above)
        used += [
            found for ags in (data.ags, *data.references) if own and (found := data.values(one.id, ags).get(own.year))
        ]
        row = [_title(one)]
        row += [
            value_cell(data, one, ags, own) if own else Cell(absence=NOT_HELD) for ags in (data.ags, *data.references)
        ]
        rows.append([*row, Cell(short_time(own)) if own else Cell(absence=NOT_HELD)])
    columns = ["Kennzahl", *(region_heading(data, ags) for ags in (data.ags, *data.references)), "Jahr oder Stichtag"]
    notes = []
    if newer:
        amount = "eine Kennzahl" if len(newer) == 1 else f"{len(newer)} Kennzahlen"
        notes = [
            f"Für {amount} gibt es neuere Werte ({year_spans(newer)}), aber keinen Vergleichswert dazu; die "
            "Tabelle zeigt dann das letzte Jahr mit Vergleichswert."
        ]
    if alone:
        notes.append(
            "Absolute Zahlen zeigt die Tabelle mit dem neuesten eigenen Wert, auch wenn es dazu keinen Wert für Land "
            "oder Bund gibt."
        )
    if older := [one for one in indicators if one.denominator_years_before == 1]:
        notes.append(f"{listed(f'„{one.title}“' for one in older)}: {' '.join(denominator_note(older))}")
    regional = by_title(indicators, regions=(data.ags, *data.above), general=False)
    below = by_title(
        [one for one in indicators if one.kind == "change"],
        {caveat for one in indicators for caveat in one.caveats} - caveats_of_changes(indicators),
    )
    shown = table(
        f"{chapter}: Kennzahlen {data.own.locative} im Überblick",
        columns,
        rows,
        [*_certainty(used), *legend_of(used), *notes, *regional, *_judgements(indicators)],
        source_of(data, indicators, data.references),
    )
    return shown + folded("Hinweise zu Veränderungen", below) if below else shown


def caveats_of_changes(indicators: list[Indicator]) -> set[str]:
    """Caveats of changes over several years that no other of these indicators shares."""
    shared = {caveat for one in indicators if one.kind != "change" for caveat in one.caveats}
    return {caveat for one in indicators if one.kind == "change" for caveat in one.caveats} - shared


def _with_comparison(data: Slice, indicator: Indicator) -> Value | None:
    own = [one for one in reversed(data.values(indicator.id, data.ags).values()) if one.value is not None]
    if not compares_levels(indicator):
        return own[0] if own else None
    return next(
        (one for one in own if any(data.number(indicator.id, ags, one.year) is not None for ags in data.above)),
        own[0] if own else None,
    )


def development(
    data: Slice, indicators: list[Indicator], chapter: str, told: set[str], elsewhere: list[str]
) -> Fragment:
    """One row per indicator: newest, previous and first own value, each with its year; below it their caveats.

    told: caveats that stand further up on the page already; elsewhere: sentences that say where.
    """
    rows, used = [], []
    for one in indicators:
        numbers = [value for value in data.values(one.id, data.ags).values() if value.value is not None]
        if not numbers:
            years = data.values(one.id, data.ags)
            gap = Cell(absence=absence_of(data, one, data.ags, max(years, default=0)))
            rows.append([_title(one), gap, Cell(absence=NO_FURTHER), Cell(absence=NO_FURTHER)])
            continue
        picked = [numbers[-1], *numbers[-2:-1], *(numbers[:1] if len(numbers) > 2 else [])]
        used += picked
        cells = [Cell(signed_text(f"{cell_text(one, value.value or 0)} ({value.year})", value)) for value in picked]
        rows.append([_title(one), *cells, *[Cell(absence=NO_FURTHER)] * (3 - len(cells))])
    shown = table(
        f"{chapter}: weitere Kennzahlen {data.own.locative}",
        ["Kennzahl", "neuester Wert", "Wert davor", "erster Wert"],
        rows,
        [*legend_of(used), *elsewhere],
        source_of(data, indicators, ()),
    )
    notes = by_title(indicators, told, (data.ags,))
    return shown + folded("Hinweise zu diesen Kennzahlen", notes) if notes else shown


def _title(indicator: Indicator) -> Cell:
    return words(title_with_unit(indicator), f"../../indikatoren/{indicator.id}.html")


def value_cell(data: Slice, indicator: Indicator, ags: str, own: Value) -> Cell:
    """The own value with its interval; that of another region with the sign of how the own one stands to it."""
    if absence := absence_of(data, indicator, ags, own.year):
        return Cell(absence=NOT_OF_GROUPS if ags == data.group else absence)
    value = data.values(indicator.id, ags)[own.year]
    text = signed_text(cell_text(indicator, value.value or 0), value)
    if ags == data.ags:
        return Cell(with_interval(indicator, value, text))
    return Cell(f"{text}\u00a0{sign_of(data, indicator, ags, own.year)}".rstrip())


def _certainty(values: list[Value]) -> list[str]:
    return [INTERVAL_NOTE, LEGEND] if any(one.low is not None for one in values) else []


def _judgements(indicators: list[Indicator]) -> list[str]:
    """Which direction is aimed at, for the indicators that have one."""
    lines = []
    for polarity, word in (("low_is_good", "niedrige"), ("high_is_good", "hohe")):
        titles = [f"„{one.title}“" for one in indicators if one.polarity == polarity]
        if titles:
            lines.append(f"Angestrebt werden {word} Werte bei {listed(titles)}.")
    return lines
