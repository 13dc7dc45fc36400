"""Charts of one indicator: over the years, among the Kreise of the Land, as parts of a whole.

Figures are plain dicts in Plotly's JSON form. Importing plotly and making one `graph_objects.Figure` takes 0.15 s,
in every notebook of every edition, and would only check what the tests check once; the site draws the JSON.
Every chart says the same without being seen: caption, text alternative, table with all numbers, source, notes.
Lines never cross a year without a value. Series differ in dash and marker, not in colour alone; all colours have
a contrast of at least 3:1 on white and on #121212, the two backgrounds of the site.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from transferbuch.regions.names import capitalised
from transferbuch.report.absence import absence_of
from transferbuch.report.breaks import break_notes, break_shapes, shown_breaks
from transferbuch.report.notes import absence_notes, caveats_for, checked_notes, denominator_note, part_labels
from transferbuch.report.numbers import Absence, legend, listed, rounded
from transferbuch.report.slice_model import Indicator, Slice, Value
from transferbuch.report.sources import source_line
from transferbuch.report.territory import in_brackets, legend_of, own_note, signed_text
from transferbuch.report.traces import AXIS, bar_of, dots_of, layout_of, line_of, said
from transferbuch.report.verdicts import INTERVAL_NOTE, with_interval
from transferbuch.report.wording import (
    cell_text,
    compares_levels,
    genitive_of_land,
    region_heading,
    shown_value,
    title_with_unit,
    when,
    where_above,
)

PLOTLY = "application/vnd.plotly.v1+json"


@dataclass(frozen=True)
class Chart:
    """One chart as notebooks display it; `rows` is the complete table as German text, the first cell its header.

    `notes` belong to this chart alone, `caveats` to its indicators: a page prints each of them once.
    """

    id: str
    caption: str
    alt: str
    figure: dict[str, Any]
    columns: list[str]
    rows: list[list[str]]
    source: str
    notes: list[str] = field(default_factory=list)
    caveats: list[str] = field(default_factory=list)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> tuple[dict, dict]:
        text = {
            "id": self.id,
            "caption": self.caption,
            "alt": self.alt,
            "source": self.source,
            "notes": [*self.notes, *self.caveats],
            "table": {"caption": self.caption, "columns": self.columns, "rows": self.rows},
        }
        return {PLOTLY: self.figure, "text/plain": self.alt}, {PLOTLY: {"transferbuch": text}}


def time_series(data: Slice, indicator: Indicator) -> Chart | None:
    """Municipality, Land and Bund over the years (counts: the municipality alone); None without a single own value.

    The years begin with the first row of these regions, with or without a number, so that missing values stay
    visible; they end with the newest row of a year that some region of the slice has a number for.
    """
    newest = data.newest_year(indicator.id)
    if data.latest(indicator.id, data.ags) is None or newest is None:
        return None
    regions = (data.ags, *data.references) if compares_levels(indicator) else (data.ags,)
    regions = tuple(ags for ags in regions if data.latest(indicator.id, ags))
    rows = {year for ags in regions for year in data.values(indicator.id, ags) if year <= newest}
    years = list(range(min(rows), max(rows) + 1))
    lines = [line_of(data, indicator, ags, years, position) for position, ags in enumerate(regions)]
    shown = [year for year in years if any(year in data.values(indicator.id, ags) for ags in regions)]
    cells = {year: [_cell(data, indicator, ags, year, ags == data.ags) for ags in regions] for year in shown}
    span = str(years[0]) if len(years) == 1 else f"{years[0]} bis {years[-1]}"
    places = listed([data.own.locative, *(where_above(data, ags) for ags in regions[1:])])
    used = [one for ags in regions for one in data.values(indicator.id, ags).values() if one.value is not None]
    first, last = min(one.year for one in used), max(one.year for one in used)
    breaks = shown_breaks(data, indicator, first, last)
    alt = " ".join([f"Liniendiagramm {span}."] + [f"{_ends(data, indicator, ags)}." for ags in regions])
    alt += f" Brüche der Reihe: {listed(one.what for one in breaks)}." if breaks else ""
    layout = layout_of(indicator, "y", height=380) | break_shapes(breaks)
    # a break is marked at the first row on its new footing: its own year may have none
    begins = {min(year for year in shown if year >= one.since) for one in breaks}
    layout["xaxis"] = {
        **AXIS,
        "tickformat": "d",
        "range": [years[0] - 0.5, years[-1] + 0.5],
        "dtick": next(step for step in (1, 2, 5, 10) if len(years) <= 12 * step or step == 10),
    }
    return Chart(
        id=_slug("zeitreihe", indicator.id),
        alt=alt,
        caption=f"{title_with_unit(indicator)} {places}, {span}",
        figure={"data": lines, "layout": layout},
        columns=["Jahr", *(region_heading(data, ags) for ags in regions)],
        rows=[
            [f"{year} (Bruch)" if year in begins else str(year), *(text for text, _ in cells[year])] for year in shown
        ],
        source=source_line(data, used, computed=indicator.kind != "value"),
        notes=[
            *absence_notes(data, indicator, years),
            *own_note(data, data.values(indicator.id, data.ags).values()),
            *legend_of(used),
            *checked_notes(data, indicator, years[0], years[-1]),
            *break_notes(data, indicator, first, last),
            *_signs(absence for row in cells.values() for _, absence in row),
            *denominator_note([indicator]),
        ],
        caveats=[
            *_interval_note(data.values(indicator.id, data.ags).values()),
            *caveats_for(indicator, years[0], years[-1], regions),
        ],
    )


def comparison(data: Slice, indicator: Indicator) -> Chart | None:
    """All Kreise of the Land in the newest year that this one shares with others; None if there is no such year.

    A year in which the Land has a value too is preferred, because it gives the dots their measure.
    """
    years = [
        year
        for year, one in data.values(indicator.id, data.ags).items()
        if one.value is not None and any(data.number(indicator.id, ags, year) is not None for ags in data.peers)
    ]
    if not years:
        return None
    year = max(years, key=lambda year: (data.number(indicator.id, data.land, year) is not None, year))
    numbers = {ags: found for ags in data.kreise if (found := data.number(indicator.id, ags, year)) is not None}
    ranked = sorted(numbers, key=lambda ags: (rounded(numbers[ags], 6), ags))
    land = None if data.is_city_state or not compares_levels(indicator) else data.number(indicator.id, data.land, year)
    own = data.values(indicator.id, data.ags)[year]
    labels = {ags: data.names[ags].label for ags in data.kreise}
    rows = [(labels[ags], *_cell(data, indicator, ags, year, with_range=True)) for ags in reversed(ranked)]
    rows += [(labels[ags], *_cell(data, indicator, ags, year)) for ags in data.kreise if ags not in numbers]
    if land is not None:
        rows.append((region_heading(data, data.land), *_cell(data, indicator, data.land, year)))
    lowest, highest = ranked[0], ranked[-1]
    alt = (
        f"Punktdiagramm: {capitalised(data.own.locative)} {said(indicator, own)}. "
        f"Die Werte von {len(numbers)} Kreisen und kreisfreien Städten reichen von "
        f"{shown_value(indicator, numbers[lowest])} ({labels[lowest]}) bis "
        f"{shown_value(indicator, numbers[highest])} ({labels[highest]})"
        + (f"; {where_above(data, data.land)} {shown_value(indicator, land)}." if land is not None else ".")
    )
    used = [data.values(indicator.id, ags)[year] for ags in (*ranked, *([data.land] if land is not None else []))]
    return Chart(
        id=_slug("vergleich", indicator.id),
        caption=f"{title_with_unit(indicator)} in den Kreisen und kreisfreien Städten {genitive_of_land(data)} "
        f"{when(data, own)}",
        alt=alt,
        figure=dots_of(data, indicator, ranked, numbers, labels, land, year),
        columns=["Kreis oder kreisfreie Stadt", str(year)],
        rows=[[label, text] for label, text, _ in rows],
        source=source_line(data, used, computed=indicator.kind != "value"),
        notes=[
            *break_notes(data, indicator, year, year),
            *_signs(absence for *_, absence in rows),
            *legend_of(used),
            *denominator_note([indicator]),
        ],
        caveats=[
            *_interval_note(used),
            *caveats_for(indicator, year, year, [*ranked, *([data.land] if land is not None else [])]),
        ],
    )


def composition(data: Slice, indicators: list[Indicator], caption: str) -> Chart | None:
    """Shares side by side: municipality, Land, Bund in the newest year in which most of them have every share.

    Stacked when the shares make up a whole (97 to 101 %), otherwise grouped. None without a complete own year.
    """
    regions = (data.ags, *data.above)
    complete = {
        ags: [
            year
            for year in data.values(indicators[0].id, ags)
            if all(data.number(one.id, ags, year) is not None for one in indicators)
        ]
        for ags in regions
    }
    if not complete[data.ags]:
        return None
    year = max(complete[data.ags], key=lambda year: (sum(year in complete[ags] for ags in regions), year))
    regions = tuple(ags for ags in regions if year in complete[ags])
    sums = {ags: sum(data.number(one.id, ags, year) or 0 for one in indicators) for ags in regions}
    stacked = all(97 <= total <= 101 for total in sums.values())
    used = [data.values(one.id, ags)[year] for one in indicators for ags in regions]
    own = data.values(indicators[0].id, data.ags)[year]
    places = listed([data.own.locative, *(where_above(data, ags) for ags in regions[1:])])
    labels = part_labels([one.title for one in indicators])
    bars = [bar_of(data, one, regions, year, position, labels[position]) for position, one in enumerate(indicators)]
    layout = layout_of(indicators[0], "x", height=150 + len(regions) * (60 if stacked else 24 * len(indicators)))
    layout |= {"barmode": "stack" if stacked else "group", "yaxis": {**AXIS, "autorange": "reversed"}}
    layout["legend"]["traceorder"] = "normal"
    parts = [f"{one.title} {shown_value(one, data.number(one.id, data.ags, year) or 0)}" for one in indicators]
    notes = (
        [
            "Die Anteile ergeben zusammen nicht genau 100 %, weil die amtlichen Zahlen gerundet sind oder weitere "
            "kleine Gruppen fehlen."
        ]
        if stacked and any(rounded(total, 1) != 100 for total in sums.values())
        else []
    )
    notes += dict.fromkeys(note for one in indicators for note in break_notes(data, one, year, year))
    notes += [*legend_of(used), *denominator_note(indicators)]
    caveats = list(dict.fromkeys(caveat for one in indicators for caveat in caveats_for(one, year, year, regions)))
    return Chart(
        id=_slug("zusammensetzung", indicators[0].id),
        caption=f"{caption} {places} {when(data, own)}",
        alt=f"Balkendiagramm: {data.own.label} {when(data, own)}: {'; '.join(parts)}.",
        figure={"data": bars, "layout": layout},
        columns=["Kennzahl", *(region_heading(data, ags) for ags in regions)],
        rows=[[one.title, *(_cell(data, one, ags, year)[0] for ags in regions)] for one in indicators],
        source=source_line(data, used, computed=True),
        notes=notes,
        caveats=caveats,
    )


def _cell(
    data: Slice, indicator: Indicator, ags: str, year: int, with_range: bool = False
) -> tuple[str, Absence | None]:
    """(text, why there is no number) of a table cell; with_range: its interval behind it."""
    if absence := absence_of(data, indicator, ags, year):
        return absence.symbol, absence
    value = data.values(indicator.id, ags)[year]
    text = signed_text(cell_text(indicator, value.value or 0), value)
    return (with_interval(indicator, value, text) if with_range else text), None


def _interval_note(values: Iterable[Value]) -> list[str]:
    return [INTERVAL_NOTE] if any(one.low is not None for one in values) else []


def _signs(absences: Iterable[Absence | None]) -> list[str]:
    text = legend(absence for absence in absences if absence)
    return [f"Zeichen: {text}."] if text else []


def _ends(data: Slice, indicator: Indicator, ags: str) -> str:
    """First and last value of a series: "Burgenlandkreis: 7,4 % (1995) und 15,1 % (2023)"."""
    have = {year: one for year, one in data.values(indicator.id, ags).items() if one.value is not None}
    ends = [have[year] for year in dict.fromkeys((min(have), max(have)))]
    texts = [f"{shown_value(indicator, one.value or 0)}{in_brackets(one)} ({one.year})" for one in ends]
    return f"{region_heading(data, ags)}: {' und '.join(texts)}"


def _slug(kind: str, indicator: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", f"{kind}-{indicator}".lower()).strip("-")
