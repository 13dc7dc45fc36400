"""Charts on the coming years: age groups in three variants, and the generations that come in and go out."""

from typing import Any

from transferbuch.report.charts import Chart
from transferbuch.report.notes import wrapped
from transferbuch.report.numbers import number
from transferbuch.report.outlook_base import (
    AGE_LABELS,
    VARIANTS,
    coarse,
    horizon,
    no_projection,
    shown,
    source,
)
from transferbuch.report.slice_model import Slice
from transferbuch.report.tables import Fragment, paragraph
from transferbuch.report.traces import AXIS, COLOURS, base_layout


def ages_chart(data: Slice, groups: tuple[str, ...], caption: str, slug: str) -> Chart | Fragment:
    """Several age groups over the years: middle variant as line, the others as thin lines around it."""
    if why := no_projection(data):
        return paragraph(why)
    outlook = data.outlook
    base, far = horizon(outlook, data)
    years = list(range(base, far + 1))
    traces: list[dict[str, Any]] = []
    for position, group in enumerate(groups):
        for variant in ("low", "high", "middle"):
            counts = outlook.counts[data.ags, variant, group]
            is_middle = variant == "middle"
            traces.append(
                {
                    "type": "scatter",
                    "mode": "lines+markers" if is_middle else "lines",
                    "name": wrapped(AGE_LABELS[group]),
                    "showlegend": is_middle,
                    "legendgroup": group,
                    "x": years,
                    "y": [coarse(counts[year]) for year in years],
                    "text": [f"{AGE_LABELS[group]}, {VARIANTS[variant]}: {shown(counts[year])}" for year in years],
                    "hovertemplate": "%{x}: %{text}<extra></extra>",
                    "line": {
                        "color": COLOURS[position],
                        "width": 3 if is_middle else 1,
                        "dash": ("solid", "dash", "dot")[position] if is_middle else "solid",
                    },
                    "marker": {
                        "color": COLOURS[position],
                        "size": 6,
                        "symbol": ("circle", "square", "diamond")[position],
                    },
                }
            )
    parts = []
    for group in groups:
        ends = {name: outlook.counts[data.ags, name, group][far] for name in VARIANTS}
        now = outlook.counts[data.ags, "middle", group][base]
        parts.append(
            f"{AGE_LABELS[group]}: {shown(now)} ({base}), {shown(ends['middle'])} ({far}, zwischen "
            f"{shown(ends['low'])} und {shown(ends['high'])})"
        )
    rows = [
        [
            f"{year} (beobachtet)" if year == base else str(year),
            *(
                shown(outlook.counts[data.ags, "middle", group][base])
                if year == base
                else f"{shown(outlook.counts[data.ags, 'middle', group][year])} "
                f"({shown(outlook.counts[data.ags, 'low', group][year])} bis "
                f"{shown(outlook.counts[data.ags, 'high', group][year])})"
                for group in groups
            ),
        ]
        for year in years
    ]
    return Chart(
        id=f"vorausschau-{slug}",
        caption=f"{caption} {data.own.locative}, {base} bis {far}",
        alt=f"Liniendiagramm {base} bis {far}, mittlere Variante. {'; '.join(parts)}.",
        figure={"data": traces, "layout": _layout(base, far)},
        columns=["Jahr", *(AGE_LABELS[group] for group in groups)],
        rows=rows,
        source=source(data),
        notes=[
            "Dicke Linien zeigen die mittlere Variante, dünne die untere und die obere. Die Varianten sind keine "
            "Wahrscheinlichkeiten. In der Tabelle stehen untere und obere Variante in Klammern; Zahlen sind gerundet."
        ],
    )


def generations_chart(data: Slice) -> Chart | Fragment:
    """Persons turning 18 and persons turning 67, year by year, middle variant."""
    if why := no_projection(data):
        return paragraph(why)
    outlook = data.outlook
    base, far = horizon(outlook, data)
    years = list(range(base + 1, far + 1))
    labels = {"age_18": "werden 18 Jahre alt", "age_67": "erreichen 67 Jahre"}
    series = {group: [coarse(outlook.counts[data.ags, "middle", group][year]) for year in years] for group in labels}
    traces = [
        {
            "type": "bar",
            "name": wrapped(labels[group]),
            "x": years,
            "y": series[group],
            "hovertemplate": "%{x}: %{y:,.0f}",
            "marker": {
                "color": COLOURS[position],
                "pattern": {"shape": ("", "/")[position], "fillmode": "overlay", "fgcolor": "rgba(0,0,0,0.55)"},
            },
        }
        for position, group in enumerate(labels)
    ]
    layout = _layout(base + 1, far) | {"barmode": "group"}
    totals = {group: sum(values) for group, values in series.items()}
    return Chart(
        id="vorausschau-generationen",
        caption=f"Menschen, die 18 und die 67 Jahre alt werden, {data.own.locative}, {base + 1} bis {far}",
        alt=(
            f"Säulendiagramm {base + 1} bis {far}: zusammen {shown(totals['age_18'])} werden 18, "
            f"{shown(totals['age_67'])} erreichen 67 Jahre."
        ),
        figure={"data": traces, "layout": layout},
        columns=["Jahr", *labels.values()],
        rows=[[str(year), *(number(series[group][at]) for group in labels)] for at, year in enumerate(years)],
        source=source(data),
        notes=[
            "Mittlere Variante, gerundet. Nicht alle, die 67 werden, waren erwerbstätig, und nicht alle, die 18 "
            "werden, bleiben; die Zahlen zeigen die Größe der Jahrgänge, nicht den Bedarf eines Berufs."
        ],
    )


def _layout(first: int, last: int) -> dict[str, Any]:
    return base_layout(400) | {
        "xaxis": {**AXIS, "tickformat": "d", "range": [first - 0.7, last + 0.7], "dtick": 3},
        "yaxis": {**AXIS, "tickformat": ",.0f", "rangemode": "tozero", "showgrid": True, "title": {"text": "Personen"}},
    }
