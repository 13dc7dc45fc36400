"""Map of an index, drawn as filled lines: no tiles, no foreign host. Without boundaries a chart of dots instead.

One scale of blue, darker for a higher index. Every area carries the number of its class, so the map can be read without
colour; areas without an index are hatched. The table below the map names every area.
"""

from dataclasses import dataclass
from typing import Any

from transferbuch.report.area_model import AreaIndex, AreaValue, Outline
from transferbuch.report.area_words import (
    amount,
    area_source,
    class_text,
    level_name,
    names_of,
    period_of,
    reason_text,
    span,
    value_text,
)
from transferbuch.report.charts import Chart
from transferbuch.report.slice_model import Slice
from transferbuch.report.tables import Fragment
from transferbuch.report.traces import AXIS, base_layout

_BLUES = ("#e3eef9", "#c6dbef", "#9ecae1", "#6baed6", "#4292c6", "#2171b5", "#084594")
_EMPTY = "#f0f0f0"
# seen on white and on #121212, and between two areas of the lightest or the darkest blue
_BORDER = "#808080"
_HEIGHT = 520


@dataclass(frozen=True)
class ChartSeries:
    """Several charts, and texts between them, below each other as the output of one notebook cell."""

    charts: tuple[Chart | Fragment, ...]

    def _ipython_display_(self) -> None:
        from IPython.display import display  # only a notebook asks for it

        for one in self.charts:
            display(one)


def area_charts(data: Slice) -> tuple[Chart, ...]:
    """One chart per index of the slice."""
    return tuple(area_chart(one) for one in data.areas)


def area_chart(index: AreaIndex) -> Chart:
    """The map of an index, or a chart of dots where an area has no boundaries; with the table of all areas."""
    is_map = index.has_map
    figure = _map(index) if is_map else _dots(index)
    what = "Karte" if is_map else "Punktdiagramm"
    empty = [one for one in index.areas if one.value is None]
    parts = [
        f"{label} ({span(index, kind)}): {names_of(found)}."
        for kind, label in enumerate(index.labels, 1)
        if (found := index.of_kind(kind))
    ]
    parts += [f"Ohne Index: {names_of(empty)}."] if empty else []
    meaning = "eine höhere Belastung" if index.high == "load" else "eine bessere Lage"
    notes = [
        f"Dunkler heißt: höherer Indexwert, also {meaning}. Die Ziffern sind die Nummern der Klassen in der Legende."
    ]
    notes += ["Schraffiert sind Gebiete ohne Index; die Tabelle nennt den Grund."] if empty and is_map else []
    notes += ["Für diese Gebiete liegen keine Grenzen vor, deshalb gibt es keine Karte."] if not is_map else []
    return Chart(
        id=f"index-{index.id.replace('_', '-')}",
        caption=f"{index.title}, {period_of(index)}",
        alt=f"{what} mit {amount(index, len(index.areas), dative=True)}. {' '.join(parts)}",
        figure=figure,
        columns=[level_name(index.level), "Klasse", "Index", "Anmerkung"],
        rows=[
            [one.name, class_text(index, one), value_text(one), reason_text(index, one)]
            for one in sorted(index.areas, key=lambda one: one.name)
        ],
        source=area_source(index),
        notes=notes,
    )


def shades(number: int) -> list[str]:
    """So many shades of blue, lightest first, as far apart as possible."""
    last = len(_BLUES) - 1
    return [_BLUES[round(place * last / (number - 1))] for place in range(number)]


def ink_on(colour: str) -> str:
    """Black or white, whichever is easier to read on the colour (relative luminance of WCAG 2)."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#000000" if (luminance + 0.05) / 0.05 >= 1.05 / (luminance + 0.05) else "#ffffff"


def _colour(index: AreaIndex, area: AreaValue) -> str:
    return _EMPTY if area.kind is None else shades(len(index.labels))[area.kind - 1]


def _said(index: AreaIndex, area: AreaValue) -> str:
    if area.value is None:
        return f"{area.name}: kein Index<br>{_wrapped(reason_text(index, area))}"
    return f"{area.name}: {class_text(index, area)}<br>Index {value_text(area)}"


def _wrapped(text: str) -> str:
    """Lines short enough for the label at the pointer."""
    lines, words = [""], text.split(" ")
    for word in words:
        if len(lines[-1]) + len(word) > 34 and lines[-1]:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return "<br>".join(lines)


def _legend(index: AreaIndex) -> list[dict[str, Any]]:
    """One entry per class, also of classes without areas; the thresholds stand in them."""
    entries = [
        (f"{kind}: {label}, {span(index, kind)}", colour, "square")
        for kind, (label, colour) in enumerate(zip(index.labels, shades(len(index.labels)), strict=True), 1)
    ]
    if any(one.kind is None for one in index.areas):
        entries.append(("–: ohne Index", _EMPTY, "square"))
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "name": name,
            "x": [None],
            "y": [None],
            "hoverinfo": "skip",
            "marker": {"size": 14, "symbol": symbol, "color": colour, "line": {"color": _BORDER, "width": 1}},
        }
        for name, colour, symbol in entries
    ]


def _map(index: AreaIndex) -> dict[str, Any]:
    traces = [_shape(index, one, one.outline) for one in index.areas if one.outline]
    drawn = [(one, one.outline.label) for one in index.areas if one.outline]
    labels = {
        "type": "scatter",
        "mode": "text",
        "x": [x for _, (x, _) in drawn],
        "y": [y for _, (_, y) in drawn],
        "text": [str(one.kind or "–") for one, _ in drawn],
        "textfont": {"size": 13, "color": [ink_on(_colour(index, one)) for one, _ in drawn]},
        "hoverinfo": "skip",
        "showlegend": False,
    }
    hidden = {"visible": False, "fixedrange": True}
    layout = base_layout(_HEIGHT) | {
        "xaxis": hidden | {"constrain": "domain"},
        "yaxis": hidden | {"scaleanchor": "x", "scaleratio": 1, "constrain": "domain"},
    }
    return {"data": [*traces, labels, *_legend(index)], "layout": layout}


def _shape(index: AreaIndex, area: AreaValue, outline: Outline) -> dict[str, Any]:
    """One area as a closed line that is filled; parts and holes follow after a gap."""
    xs: list[int | None] = []
    ys: list[int | None] = []
    for ring in (ring for polygon in outline.polygons for ring in polygon):
        if xs:
            xs.append(None)
            ys.append(None)
        xs += [x for x, _ in ring]
        ys += [y for _, y in ring]
    fill: dict[str, Any] = {"fill": "toself", "fillcolor": _colour(index, area)}
    if area.kind is None:
        fill["fillpattern"] = {"shape": "/", "fgcolor": "#595959", "bgcolor": _EMPTY, "size": 8, "solidity": 0.2}
    return {
        "type": "scatter",
        "mode": "lines",
        "x": xs,
        "y": ys,
        **fill,
        "line": {"color": _BORDER, "width": 1},
        "text": _said(index, area),
        "hoveron": "fills",
        "hoverinfo": "text",
        "name": area.name,
        "showlegend": False,
    }


def _dots(index: AreaIndex) -> dict[str, Any]:
    """One row per area in alphabetical order; thresholds as lines."""
    ordered = sorted(index.filled, key=lambda one: one.name, reverse=True)
    trace = {
        "type": "scatter",
        "mode": "markers+text",
        "x": [one.value for one in ordered],
        "y": [one.name for one in ordered],
        "text": [str(one.kind) for one in ordered],
        "textfont": {"size": 12, "color": [ink_on(_colour(index, one)) for one in ordered]},
        "hovertext": [_said(index, one) for one in ordered],
        "hoverinfo": "text",
        "cliponaxis": False,
        "showlegend": False,
        "marker": {
            "size": 20,
            "color": [_colour(index, one) for one in ordered],
            "line": {"color": _BORDER, "width": 1},
        },
    }
    lines = [
        {
            "type": "line",
            "x0": cut.at,
            "x1": cut.at,
            "y0": 0,
            "y1": 1,
            "yref": "paper",
            "layer": "below",
            "line": {"color": _BORDER, "width": 1, "dash": "dot"},
        }
        for cut in index.cuts
    ]
    layout = base_layout(170 + 28 * len(ordered)) | {
        "shapes": lines,
        "xaxis": {**AXIS, "tickformat": ",.1f", "title": {"text": "Index"}, "showgrid": False},
        "yaxis": {**AXIS, "type": "category", "categoryorder": "array", "categoryarray": [one.name for one in ordered]},
    }
    legend = [one for one in _legend(index) if not one["name"].startswith("–")]
    return {"data": [trace, *legend], "layout": layout}
