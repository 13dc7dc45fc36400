"""Where a municipality stands among all Kreise: what stands out, and one chart of all indicators of a chapter."""

from typing import Any

from transferbuch.regions.names import capitalised
from transferbuch.report.charts import Chart
from transferbuch.report.notes import wrapped
from transferbuch.report.numbers import is_singular, listed, number
from transferbuch.report.sentences import value_sentence
from transferbuch.report.slice_model import Indicator, Slice, Value
from transferbuch.report.sources import source_line, source_of
from transferbuch.report.tables import Fragment, bullet_list, joined, paragraph
from transferbuch.report.traces import AXIS, COLOURS, base_layout
from transferbuch.report.verdicts import comparison_with, is_good, place_sentence, with_interval
from transferbuch.report.wording import cell_text, compares_levels, region_heading, shown_value, to_above, where_above

OUTER = 100 / 6
"""A value is named only if it lies in the lowest or highest sixth of the Kreise: where many people are counted, small
differences are beyond chance too, and still of no weight."""
MOST, MOST_PER_CHAPTER = 9, 2
RECENT_YEARS = 6
"""A figure counts as fairly new up to so many years before the edition's newest one."""
_GROUPS = ((False, "Ungünstiger"), (True, "Günstiger"), (None, "Ohne angestrebte Richtung, anders"))
_POSITIONS = {
    "above": ("triangle-up", "gesichert höher"),
    "below": ("triangle-down", "gesichert niedriger"),
    "similar": ("circle", "kein gesicherter Unterschied"),
    "": ("circle-open", "nicht zu beurteilen"),
}


def recent_since(data: Slice) -> int | None:
    """The first year that counts as fairly new, None if the municipality has no value at all."""
    newest = [found.year for one in data.indicators if (found := data.latest(one, data.ags))]
    return max(newest) - RECENT_YEARS if newest else None


def standouts(data: Slice) -> Fragment:
    """Fairly new values that differ from the Land (a city state: from the Bund) even when all indicators are looked at
    together, and lie in the outer sixth of all Kreise; grouped by what is aimed at, the outermost first."""
    other, since = data.above[0], recent_since(data)
    latest = {
        one.id: value
        for one in data.indicators.values()
        if (value := data.latest(one.id, data.ags)) and since is not None and value.year >= since
    }
    judged = {
        name: found
        for name, value in latest.items()
        if (found := comparison_with(data, data.indicators[name], other, value.year))
    }
    sure = [name for name, found in judged.items() if found.stands_out]
    outer = [name for name in sure if _distance(latest[name]) >= 50 - OUTER]
    chosen = _chosen(data, outer, latest)
    lead = paragraph(*_lead(data, other, since, len(judged), len(sure), len(outer), len(chosen)))
    lists = []
    for good, title in _GROUPS:
        group = [one for one in chosen if is_good(one, judged[one.id].position) is good]
        if group:
            sentences = [_sentence(data, one, latest[one.id], other) for one in group]
            lists += [paragraph(f"{title} als {where_above(data, other)}:"), bullet_list(sentences, "tb-findings")]
    if not lists:
        return lead
    return joined([lead, *lists, paragraph(source_of(data, chosen, (other,)), css="tb-source")])


def _lead(data: Slice, other: str, since: int | None, judged: int, sure: int, outer: int, shown: int) -> list[str]:
    if not judged:
        return [f"Für einen Vergleich {to_above(data, other)} fehlen neuere Werte mit Vertrauensbereich."]
    have = "Eine Kennzahl hat" if judged == 1 else f"{judged} Kennzahlen haben"
    differ = {0: "keine unterscheidet", 1: "eine unterscheidet"}.get(sure, f"{sure} unterscheiden")
    sentences = [
        f"{have} seit {since} einen Wert mit Vertrauensbereich, der sich mit dem Wert {where_above(data, other)} "
        f"vergleichen lässt; {differ} sich davon gesichert, auch wenn man einrechnet, dass unter vielen Vergleichen "
        "einzelne zufällig auffallen."
    ]
    if sure:
        lie = {0: "Keine davon liegt", 1: "Eine davon liegt"}.get(outer, f"{outer} davon liegen")
        cut = f"; genannt sind {shown}, je Kapitel höchstens {MOST_PER_CHAPTER}" if shown < outer else ""
        sentences.append(f"{lie} zugleich im niedrigsten oder höchsten Sechstel aller Kreise{cut}.")
    return sentences


def _chosen(data: Slice, names: list[str], latest: dict[str, Value]) -> list[Indicator]:
    """The outermost first, of each chapter only so many."""
    ordered = sorted(names, key=lambda name: (-_distance(latest[name]), name))
    taken: list[Indicator] = []
    for name in ordered:
        one = data.indicators[name]
        if sum(other.chapter == one.chapter for other in taken) < MOST_PER_CHAPTER:
            taken.append(one)
    return taken[:MOST]


def _distance(value: Value) -> float:
    """How far from the middle Kreis, 0 to 50; 0 where too few are compared."""
    return abs(value.percentile - 50) if value.percentile is not None else 0


def _sentence(data: Slice, indicator: Indicator, value: Value, other: str) -> str:
    there = data.number(indicator.id, other, value.year)
    assert there is not None  # it was compared
    verb = "war" if is_singular(there, indicator.unit, indicator.decimals) else "waren"
    beside = f"{capitalised(where_above(data, other))} {verb} es {shown_value(indicator, there)}."
    return f"{value_sentence(data, indicator, value)} {beside} {place_sentence(value)}"


def profile(data: Slice, indicators: list[Indicator], chapter: str) -> Chart | None:
    """The place of the newest value of each indicator among all Kreise, with that of the Land; None without places.

    One row per indicator; on the axis the share of Kreise with a lower value. The marker tells how the own value
    stands to the Land (a city state: to the Bund).
    """
    other = data.above[0]
    placed = [
        (one, value)
        for one in indicators
        if compares_levels(one) and (value := data.latest(one.id, data.ags)) and value.kreise
    ]
    if not placed:
        return None
    found = {one.id: comparison_with(data, one, other, value.year) for one, value in placed}
    position = {name: one.position if one else "" for name, one in found.items()}
    above = {one.id: data.values(one.id, other).get(value.year) for one, value in placed}
    there = [(one, beside) for one, _ in placed if (beside := above[one.id]) and beside.percentile is not None]
    rows = [_row(one, value, above[one.id], position[one.id]) for one, value in placed]
    traces = [
        _points(
            f"{data.own.label}: {words}",
            [(one, value) for one, value in placed if position[one.id] == given],
            {"color": COLOURS[0], "size": 12, "symbol": symbol},
        )
        for given, (symbol, words) in _POSITIONS.items()
        if given in position.values()
    ]
    if there:
        marker = {"color": COLOURS[1], "size": 11, "symbol": "line-ns-open", "line": {"width": 3}}
        traces.append(_points(region_heading(data, other), there, marker))
    outer = [one.title for one, value in placed if _distance(value) >= 50 - OUTER]
    alt = f"Punktdiagramm mit {len(placed)} Kennzahlen: Platz {data.own.genitive} unter allen Kreisen. " + (
        f"Im äußeren Sechstel: {listed(outer)}." if outer else "Keine liegt im äußeren Sechstel."
    )
    used = [value for _, value in placed] + [value for _, value in there]
    return Chart(
        id=f"profil-{chapter}",
        caption=f"Platz {data.own.genitive} unter den Kreisen und kreisfreien Städten, jeweils neuester Wert",
        alt=alt,
        figure={"data": traces, "layout": _layout([_short(one) for one, _ in placed])},
        columns=[
            "Kennzahl (Jahr)",
            region_heading(data, data.ags),
            "Kreise mit niedrigerem Wert",
            region_heading(data, other),
            "Unterschied",
        ],
        rows=rows,
        source=source_line(data, used, computed=True),
        notes=[
            "Links liegen niedrige, rechts hohe Werte: Die Achse zeigt, wie viele Prozent der Kreise einen niedrigeren "
            "Wert haben. Der graue Bereich ist die mittlere Hälfte. Was wünschenswert ist, sagt der Platz nicht."
        ],
    )


def _row(indicator: Indicator, value: Value, beside: Value | None, position: str) -> list[str]:
    """One row of the table: title and year, own value, place, value of the region above, difference."""
    is_placed = beside is not None and beside.percentile is not None
    return [
        f"{indicator.title} ({value.year})",
        with_interval(indicator, value, cell_text(indicator, value.value or 0)),
        f"{number(value.lower)} von {number(value.kreise)}",
        cell_text(indicator, beside.value or 0) if beside is not None and is_placed else "–",
        _POSITIONS[position][1],
    ]


def _points(name: str, placed: list[tuple[Indicator, Value]], marker: dict[str, Any]) -> dict[str, Any]:
    """One point per indicator at the share of Kreise with a lower value."""
    return {
        "type": "scatter",
        "mode": "markers",
        "name": wrapped(name),
        "x": [round(value.percentile or 0, 1) for _, value in placed],
        "y": [_short(one) for one, _ in placed],
        "text": [f"{one.title} ({value.year}): {shown_value(one, value.value or 0)}" for one, value in placed],
        "hovertemplate": "%{text}<extra></extra>",
        "cliponaxis": False,
        "marker": marker,
    }


def _short(indicator: Indicator) -> str:
    """The title in lines that leave room for the points on a narrow screen."""
    words, lines = indicator.title.split(), [""]
    for word in words:
        if len(lines[-1]) + len(word) > 30 and lines[-1]:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return "<br>".join(lines)


def _layout(titles: list[str]) -> dict[str, Any]:
    lines = sum(title.count("<br>") + 1 for title in titles)
    return base_layout(170 + 16 * lines + 14 * len(titles)) | {
        "xaxis": {
            **AXIS,
            "range": [-3, 103],
            "tickvals": [0, 25, 50, 75, 100],
            "ticktext": ["0\u00a0%", "25\u00a0%", "50\u00a0%", "75\u00a0%", "100\u00a0%"],
            "title": {"text": "Anteil der Kreise mit niedrigerem Wert"},
            "showgrid": True,
        },
        "yaxis": {
            **AXIS,
            "type": "category",
            "categoryorder": "array",
            "categoryarray": titles[::-1],
            "tickfont": {"size": 11},
        },
        "shapes": [
            {
                "type": "rect",
                "xref": "x",
                "yref": "paper",
                "x0": 25,
                "x1": 75,
                "y0": 0,
                "y1": 1,
                "layer": "below",
                "fillcolor": "#808080",
                "opacity": 0.15,
                "line": {"width": 0},
            }
        ],
    }
