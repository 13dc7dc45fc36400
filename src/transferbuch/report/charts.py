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
from transferbuch.report.notes import absence_notes, caveats_for, checked_notes, denominator_note, part_labels, wrapped
from transferbuch.report.numbers import Absence, legend, listed, rounded
from transferbuch.report.slice_reader import Indicator, Slice
from transferbuch.report.sources import source_line
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
COLOURS = ("#2f7ed8", "#d95f02", "#808080", "#1b9e77", "#7570b3", "#a6761d", "#e7298a")
_DASHES, _MARKERS = ("solid", "dash", "dot"), ("circle", "square", "diamond")
_PATTERNS = ("", "/", ".", "x", "-", "+", "|")
_NAMED_ROWS = 30
"""Up to so many Kreise each gets a row with its name; in larger Länder they stand side by side, named in the table."""


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
    regions = (data.ags, *data.above) if compares_levels(indicator) else (data.ags,)
    regions = tuple(ags for ags in regions if data.latest(indicator.id, ags))
    rows = {year for ags in regions for year in data.values(indicator.id, ags) if year <= newest}
    years = list(range(min(rows), max(rows) + 1))
    lines = [_line(data, indicator, ags, years, position) for position, ags in enumerate(regions)]
    shown = [year for year in years if any(year in data.values(indicator.id, ags) for ags in regions)]
    cells = {year: [_cell(data, indicator, ags, year) for ags in regions] for year in shown}
    span = str(years[0]) if len(years) == 1 else f"{years[0]} bis {years[-1]}"
    places = listed([data.own.locative, *(where_above(data, ags) for ags in regions[1:])])
    used = [one for ags in regions for one in data.values(indicator.id, ags).values() if one.value is not None]
    breaks = shown_breaks(data, indicator, years[0], years[-1])
    alt = " ".join([f"Liniendiagramm {span}."] + [f"{_ends(data, indicator, ags)}." for ags in regions])
    alt += f" Brüche der Reihe: {listed(one.what for one in breaks)}." if breaks else ""
    layout = _layout(indicator, "y", height=380) | break_shapes(breaks)
    begins = {one.since for one in breaks}
    layout["xaxis"] = {
        **_AXIS,
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
            *checked_notes(data, indicator, years[0], years[-1]),
            *break_notes(data, indicator, years[0], years[-1]),
            *_signs(absence for row in cells.values() for _, absence in row),
            *denominator_note([indicator]),
        ],
        caveats=caveats_for(indicator, years[0], years[-1]),
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
    rows = [(labels[ags], *_cell(data, indicator, ags, year)) for ags in reversed(ranked)]
    rows += [(labels[ags], *_cell(data, indicator, ags, year)) for ags in data.kreise if ags not in numbers]
    if land is not None:
        rows.append((region_heading(data, data.land), *_cell(data, indicator, data.land, year)))
    lowest, highest = ranked[0], ranked[-1]
    alt = (
        f"Punktdiagramm: {capitalised(data.own.locative)} {shown_value(indicator, numbers[data.ags])}. "
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
        figure=_dots(data, indicator, ranked, numbers, labels, land),
        columns=["Kreis oder kreisfreie Stadt", str(year)],
        rows=[[label, text] for label, text, _ in rows],
        source=source_line(data, used, computed=indicator.kind != "value"),
        notes=[
            *break_notes(data, indicator, year, year),
            *_signs(absence for *_, absence in rows),
            *denominator_note([indicator]),
        ],
        caveats=caveats_for(indicator, year, year),
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
    bars = [_bar(data, one, regions, year, position, labels[position]) for position, one in enumerate(indicators)]
    layout = _layout(indicators[0], "x", height=150 + len(regions) * (60 if stacked else 24 * len(indicators)))
    layout |= {"barmode": "stack" if stacked else "group", "yaxis": {**_AXIS, "autorange": "reversed"}}
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
    notes += denominator_note(indicators)
    caveats = list(dict.fromkeys(caveat for one in indicators for caveat in caveats_for(one, year, year)))
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


_AXIS: dict[str, Any] = {"automargin": True, "fixedrange": True, "zeroline": False}


def _layout(indicator: Indicator, axis: str, height: int) -> dict[str, Any]:
    """Layout with German numbers on the value axis, which begins at zero unless values may be negative."""
    pattern = ",.0f" if indicator.decimals == 0 else ",.1~f" if indicator.decimals == 1 else ",.2~f"
    values = {
        **_AXIS,
        "tickformat": pattern,
        "ticksuffix": "\u00a0%" if indicator.unit == "%" else "",
        "rangemode": "tozero",
        "showgrid": True,
        "zeroline": True,
    }
    if indicator.unit not in ("%", ""):
        values["title"] = {"text": indicator.unit}
    return {
        "height": height,
        "margin": {"l": 16, "r": 16, "t": 16, "b": 16},
        "separators": ",.",
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "hovermode": "closest",
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        f"{axis}axis": values,
    }


def _line(data: Slice, indicator: Indicator, ags: str, years: list[int], position: int) -> dict[str, Any]:
    """One series with a null for every year without a value, so that no line crosses it."""
    numbers = [data.number(indicator.id, ags, year) for year in years]
    colour = COLOURS[position]
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": wrapped(region_heading(data, ags)),
        "x": years,
        "y": [None if one is None else float(rounded(one, indicator.decimals)) for one in numbers],
        "text": ["" if one is None else shown_value(indicator, one) for one in numbers],
        "hovertemplate": "%{x}: %{text}",
        "connectgaps": False,
        "cliponaxis": False,
        "line": {"color": colour, "width": 3 if position == 0 else 2, "dash": _DASHES[position]},
        "marker": {"color": colour, "size": 8 if position == 0 else 7, "symbol": _MARKERS[position]},
    }


def _dots(
    data: Slice,
    indicator: Indicator,
    ranked: list[str],
    numbers: dict[str, float],
    labels: dict[str, str],
    land: float | None,
) -> dict[str, Any]:
    """One dot per Kreis in order of values, the own one larger, filled and square, the Land as a dashed line."""
    named = len(ranked) <= _NAMED_ROWS
    values = {ags: float(rounded(numbers[ags], indicator.decimals)) for ags in ranked}
    traces = []
    for name, members, marker in (
        (data.own.label, [data.ags], {"color": COLOURS[0], "size": 14, "symbol": "square"}),
        (
            "andere Kreise und kreisfreie Städte",
            [ags for ags in ranked if ags != data.ags],
            {"color": COLOURS[2], "size": 9, "symbol": "circle"},
        ),
    ):
        place = [labels[ags] if named else ranked.index(ags) + 1 for ags in members]
        amount = [values[ags] for ags in members]
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": wrapped(name),
                "marker": marker,
                "cliponaxis": False,
                "x": amount if named else place,
                "y": place if named else amount,
                "text": [f"{labels[ags]}: {shown_value(indicator, numbers[ags])}" for ags in members],
                "hovertemplate": "%{text}<extra></extra>",
            }
        )
    layout = _layout(indicator, "x" if named else "y", height=150 + 24 * len(ranked) if named else 380)
    if named:
        layout["yaxis"] = {
            **_AXIS,
            "type": "category",
            "categoryorder": "array",
            "categoryarray": [labels[ags] for ags in ranked],
        }
    else:
        layout["xaxis"] = {
            **_AXIS,
            "showticklabels": False,
            "showgrid": False,
            "ticks": "",
            "title": {"text": "Kreise und kreisfreie Städte, nach der Höhe des Werts geordnet"},
        }
    if land is not None:
        at, across = ("x", "y") if named else ("y", "x")
        level = float(rounded(land, indicator.decimals))
        line = {"color": COLOURS[1], "width": 2, "dash": "dash"}
        layout["shapes"] = [
            {
                "type": "line",
                f"{at}0": level,
                f"{at}1": level,
                f"{across}0": 0,
                f"{across}1": 1,
                f"{across}ref": "paper",
                "line": line,
            }
        ]
        # the line itself has no entry in the legend, so a trace without points brings it
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "x": [None],
                "y": [None],
                "line": line,
                "name": wrapped(f"{region_heading(data, data.land)}: {shown_value(indicator, land)}"),
            }
        )
    return {"data": traces, "layout": layout}


def _bar(
    data: Slice, indicator: Indicator, regions: tuple[str, ...], year: int, position: int, label: str
) -> dict[str, Any]:
    numbers = [data.number(indicator.id, ags, year) or 0.0 for ags in regions]
    return {
        "type": "bar",
        "orientation": "h",
        "name": wrapped(label),
        "y": [region_heading(data, ags) for ags in regions],
        "x": [float(rounded(one, indicator.decimals)) for one in numbers],
        "text": [shown_value(indicator, one) for one in numbers],
        "textposition": "auto",
        "insidetextanchor": "middle",
        "insidetextfont": {"color": "#000000"},
        "textangle": 0,
        "hovertemplate": "%{y}: %{text}",
        "marker": {
            "color": COLOURS[position],
            "line": {"color": "#ffffff", "width": 1},
            "pattern": {
                "shape": _PATTERNS[position],
                "fillmode": "overlay",
                "solidity": 0.08,
                "size": 10,
                "fgcolor": "rgba(0,0,0,0.55)",
            },
        },
    }


def _cell(data: Slice, indicator: Indicator, ags: str, year: int) -> tuple[str, Absence | None]:
    """(text, why there is no number) of a table cell."""
    absence = absence_of(data, indicator, ags, year)
    return absence.symbol if absence else cell_text(indicator, data.number(indicator.id, ags, year) or 0), absence


def _signs(absences: Iterable[Absence | None]) -> list[str]:
    text = legend(absence for absence in absences if absence)
    return [f"Zeichen: {text}."] if text else []


def _ends(data: Slice, indicator: Indicator, ags: str) -> str:
    """First and last value of a series: "Burgenlandkreis: 7,4 % (1995) und 15,1 % (2023)"."""
    have = {year: one.value for year, one in data.values(indicator.id, ags).items() if one.value is not None}
    texts = [f"{shown_value(indicator, have[year])} ({year})" for year in dict.fromkeys((min(have), max(have)))]
    return f"{region_heading(data, ags)}: {' und '.join(texts)}"


def _slug(kind: str, indicator: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", f"{kind}-{indicator}".lower()).strip("-")
