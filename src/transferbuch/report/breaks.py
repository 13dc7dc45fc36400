"""Breaks of official series as one indicator meets them: what sentences, charts and tables must add.

The breaks are declared once, in the source catalogue (`transferbuch.data.sources.Break`); the slice brings those of
its tables along.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from transferbuch.indicators.breaks import SeriesBreak, met_breaks
from transferbuch.report.numbers import listed
from transferbuch.report.slice_model import Indicator, Slice, Value

_GREY = "#808080"  # a contrast of 3:1 and more on both backgrounds of the site
_TO_NOTE = ("zu beachten ist", "zu beachten sind")
_PRONOUNS = {"der": "auf ihn", "die": "auf sie", "das": "darauf"}


def breaks_of(data: Slice, indicator: Indicator) -> list[SeriesBreak]:
    """Breaks that concern the figures of the indicator in this Land, by year, each once (see `met_breaks`)."""
    of_tables = [
        (SeriesBreak(one.since, one.until, one.kind, one.what, one.detail), frozenset(one.variables or table.variables))
        for table in data.tables.values()
        for one in table.breaks
        if not one.laender or data.land in one.laender
    ]
    moves = [SeriesBreak(one.since, None, one.kind, one.what, one.detail) for one in data.moves]
    return met_breaks(indicator, of_tables, moves)


def breaks_between(data: Slice, indicator: Indicator, years: Iterable[int]) -> list[SeriesBreak]:
    """Breaks between the newest of `years` and any other of them; a new name alone changes no figure."""
    *earlier, newest = sorted(set(years))
    return [
        one
        for one in breaks_of(data, indicator)
        if one.kind != "labels" and any(one.between(year, newest) for year in earlier)
    ]


def breaks_within(data: Slice, indicator: Indicator, value: Value) -> list[SeriesBreak]:
    """Breaks between the two years that a change is made of; none for other kinds of indicators."""
    if indicator.kind != "change":
        return []
    return [
        replace(one, until=None)  # it lies inside the change, which is not only out of line
        for one in breaks_of(data, indicator)
        if one.kind != "labels" and one.since <= value.year <= (one.until or value.year)
    ]


def told(breaks: list[SeriesBreak], between: str, difference: str) -> list[str]:
    """Clauses: "dazwischen liegt der Zensus 2022, ein Teil des Unterschieds kann auf ihn zurückgehen".

    `between` says where a lasting break lies. Without `difference` (equal values) only the breaks are named.
    """
    lasting = [one for one in breaks if one.until is None]
    passing = [one for one in breaks if one.until is not None]
    clauses = []
    for group, one, several in ((lasting, f"{between} liegt", f"{between} liegen"), (passing, *_TO_NOTE)):
        if not group:
            continue
        clause = f"{one if len(group) == 1 else several} {listed(item.what for item in group)}"
        if difference:
            them = _PRONOUNS[group[0].what.split()[0]] if len(group) == 1 else "auf sie"
            clause += f", ein Teil {difference} kann {them} zurückgehen"
        clauses.append(clause)
    return clauses


def break_notes(data: Slice, indicator: Indicator, first: int, last: int) -> list[str]:
    """One note per break that concerns the years shown: "Bruch 2022: der Zensus 2022. Ab dem 31.12.2022 …"."""
    return [f"Bruch {span_of(one)}: {one.what}. {one.detail}" for one in shown_breaks(data, indicator, first, last)]


def shown_breaks(data: Slice, indicator: Indicator, first: int, last: int) -> list[SeriesBreak]:
    """Breaks inside the years `first` to `last`; years out of line only where the municipality has a value in them."""
    own = {year for year, one in data.values(indicator.id, data.ags).items() if one.value is not None}
    return [
        one
        for one in breaks_of(data, indicator)
        if (
            first < one.since <= last
            if one.until is None
            else own.intersection(range(max(first, one.since), min(last, one.until) + 1))
        )
    ]


def span_of(one: SeriesBreak) -> str:
    """ "2022", or the years that are out of line: "2012 bis 2014"."""
    return f"{one.since} bis {one.until}" if one.until and one.until != one.since else str(one.since)


def break_shapes(breaks: Iterable[SeriesBreak]) -> dict[str, Any]:
    """Shapes of a Plotly layout over years: a dotted line where a series changes its footing, a pale band over years
    out of line; {} without breaks."""
    shapes = []
    for one in breaks:
        shape = {"xref": "x", "yref": "paper", "y0": 0, "y1": 1, "layer": "below", "x0": one.since - 0.5}
        if one.until is None:
            line = {"color": _GREY, "width": 1, "dash": "dot"}
            shapes.append({**shape, "type": "line", "x1": one.since - 0.5, "line": line})
        else:
            band = {"fillcolor": _GREY, "opacity": 0.15, "line": {"width": 0}}
            shapes.append({**shape, "type": "rect", "x1": one.until + 0.5, **band})
    return {"shapes": shapes} if shapes else {}
