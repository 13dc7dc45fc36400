"""Plotly traces and layouts of the charts (see `charts`), as plain dicts."""

from typing import Any

from transferbuch.report.notes import wrapped
from transferbuch.report.numbers import rounded
from transferbuch.report.slice_model import Indicator, Slice, Value
from transferbuch.report.territory import in_brackets
from transferbuch.report.verdicts import interval
from transferbuch.report.wording import region_heading, shown_value

COLOURS = ("#2f7ed8", "#d95f02", "#808080", "#1b9e77", "#7570b3", "#a6761d", "#e7298a")
_DASHES, _MARKERS = ("solid", "dash", "dot", "dashdot"), ("circle", "square", "diamond", "triangle-up")
_PATTERNS = ("", "/", ".", "x", "-", "+", "|")
_NAMED_ROWS = 30
"""Up to so many Kreise each gets a row with its name; in larger Länder they stand side by side, named in the table."""


AXIS: dict[str, Any] = {"automargin": True, "fixedrange": True, "zeroline": False}


def layout_of(indicator: Indicator, axis: str, height: int) -> dict[str, Any]:
    """Layout with German numbers on the value axis, which begins at zero unless values may be negative."""
    pattern = ",.0f" if indicator.decimals == 0 else ",.1~f" if indicator.decimals == 1 else ",.2~f"
    values = {
        **AXIS,
        "tickformat": pattern,
        "ticksuffix": "\u00a0%" if indicator.unit == "%" else "",
        "rangemode": "tozero",
        "showgrid": True,
        "zeroline": True,
    }
    if indicator.unit not in ("%", ""):
        values["title"] = {"text": indicator.unit}
    return base_layout(height) | {f"{axis}axis": values}


def base_layout(height: int) -> dict[str, Any]:
    """What all charts share: margins, German signs in numbers, the page's background, the legend above."""
    return {
        "height": height,
        "margin": {"l": 16, "r": 16, "t": 16, "b": 16},
        "separators": ",.",
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "hovermode": "closest",
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
    }


def line_of(data: Slice, indicator: Indicator, ags: str, years: list[int], position: int) -> dict[str, Any]:
    """One series with a null for every year without a value, so that no line crosses it."""
    values = [data.values(indicator.id, ags).get(year) for year in years]
    colour = COLOURS[position]
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": wrapped(region_heading(data, ags)),
        "x": years,
        "y": [
            None if one is None or one.value is None else float(rounded(one.value, indicator.decimals))
            for one in values
        ],
        "text": ["" if one is None or one.value is None else said(indicator, one) for one in values],
        "hovertemplate": "%{x}: %{text}",
        "connectgaps": False,
        "cliponaxis": False,
        **_error_bars("y", values if position == 0 else [], indicator, colour),
        "line": {"color": colour, "width": 3 if position == 0 else 2, "dash": _DASHES[position]},
        "marker": {
            "color": colour,
            "size": 8 if position == 0 else 7,
            "symbol": _symbols(_MARKERS[position], values),
        },
    }


def dots_of(
    data: Slice,
    indicator: Indicator,
    ranked: list[str],
    numbers: dict[str, float],
    labels: dict[str, str],
    land: float | None,
    year: int,
) -> dict[str, Any]:
    """One dot per Kreis in order of values, the own one larger, filled and square, the Land as a dashed line."""
    named = len(ranked) <= _NAMED_ROWS
    values = {ags: float(rounded(numbers[ags], indicator.decimals)) for ags in ranked}
    shown = {ags: data.values(indicator.id, ags)[year] for ags in ranked}
    traces = []
    for name, members, marker, symbol in (
        (data.own.label, [data.ags], {"color": COLOURS[0], "size": 14}, "square"),
        (
            "andere Kreise und kreisfreie Städte",
            [ags for ags in ranked if ags != data.ags],
            {"color": COLOURS[2], "size": 9},
            "circle",
        ),
    ):
        place = [labels[ags] if named else ranked.index(ags) + 1 for ags in members]
        amount = [values[ags] for ags in members]
        bars = _error_bars("x" if named else "y", [shown[ags] for ags in members], indicator, marker["color"])
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": wrapped(name),
                "marker": marker | {"symbol": _symbols(symbol, [shown[ags] for ags in members])},
                "cliponaxis": False,
                **bars,
                "x": amount if named else place,
                "y": place if named else amount,
                "text": [f"{labels[ags]}: {said(indicator, shown[ags])}" for ags in members],
                "hovertemplate": "%{text}<extra></extra>",
            }
        )
    layout = layout_of(indicator, "x" if named else "y", height=150 + 24 * len(ranked) if named else 380)
    if named:
        layout["yaxis"] = {
            **AXIS,
            "type": "category",
            "categoryorder": "array",
            "categoryarray": [labels[ags] for ags in ranked],
        }
    else:
        layout["xaxis"] = {
            **AXIS,
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


def bar_of(
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


def said(indicator: Indicator, value: Value) -> str:
    """The value as a pointer tells it: "12,3 % (umgerechnet; Vertrauensbereich 11,8 bis 12,9)"."""
    return f"{shown_value(indicator, value.value or 0)}{in_brackets(value, interval=interval(indicator, value))}"


def _error_bars(axis: str, values: list[Value | None], indicator: Indicator, colour: str) -> dict[str, Any]:
    """The intervals of values as whiskers; {} if none has one."""
    if not any(one and one.low is not None for one in values):
        return {}
    ends = [(one.low, one.value, one.high) if one and one.low is not None else None for one in values]
    up = [0 if one is None else round(one[2] - one[1], indicator.decimals + 2) for one in ends]
    down = [0 if one is None else round(one[1] - one[0], indicator.decimals + 2) for one in ends]
    bars = {"type": "data", "symmetric": False, "array": up, "arrayminus": down}
    return {f"error_{axis}": {**bars, "color": colour, "thickness": 1.2, "width": 3}}


def _symbols(symbol: str, values: list[Value | None]) -> str | list[str]:
    """Markers of values: open where a value is converted; one word for all if none is."""
    if not any(value and value.territory for value in values):
        return symbol
    return [f"{symbol}-open" if value and value.territory else symbol for value in values]
