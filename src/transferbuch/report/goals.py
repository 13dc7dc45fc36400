"""The chapter on goals: the four questions of the steering cycle, answered from goals, measures and values."""

from dataclasses import replace
from html import escape

from transferbuch.report.absence import absence_of
from transferbuch.report.breaks import breaks_between
from transferbuch.report.charts import Chart, time_series
from transferbuch.report.goal_model import Goal
from transferbuch.report.goal_progress import (
    BROKEN,
    STATUS_WORDS,
    Progress,
    progress_of,
)
from transferbuch.report.goal_words import goal_sentences, issues, own_number, target_text
from transferbuch.report.numbers import ABSENCES, date_short, listed, number
from transferbuch.report.slice_model import Indicator, Slice, Value
from transferbuch.report.sources import source_line
from transferbuch.report.tables import Cell, Fragment, bullet_list, joined, paragraph, table, words
from transferbuch.report.territory import legend_of, signed_text
from transferbuch.report.traces import COLOURS
from transferbuch.report.verdicts import INTERVAL_NOTE, is_good, with_interval
from transferbuch.report.wording import cell_text, region_heading, short_time
from transferbuch.vocabulary import PUBLIC, TARGET_FIELDS

NOTHING = "Diese Ausgabe enthält keine Ziele der Kommune."
NO_CAUSE = (
    "Ob die Maßnahmen eine Veränderung bewirkt haben, zeigen diese Zahlen nicht: Auch anderes kann dahinter stehen."
)
_NOT_GIVEN = Cell("–", is_number=False)
_CHANGES = {
    "above": "gestiegen, statistisch gesichert",
    "below": "gesunken, statistisch gesichert",
    "similar": "kann Zufall sein",
    "": "ohne Vertrauensbereich nicht zu beurteilen",
}


def goal_findings(data: Slice) -> Fragment:
    """How many goals there are and how far they have come, then what is to be settled first."""
    if not data.goals:
        return paragraph(NOTHING)
    found = [progress_of(data, goal) for goal in data.goals]
    items = [f"{_goals(len(found))} {'ist' if len(found) == 1 else 'sind'} eingetragen."]
    for status, text in STATUS_WORDS.items():
        of_status = [f"„{goal.title}“" for goal, one in zip(data.goals, found, strict=True) if one.status == status]
        if of_status:
            items.append(f"{text[0].upper()}{text[1:]}: {listed(of_status)}.")
    late = sum(goal.past_due and not one.is_reached for goal, one in zip(data.goals, found, strict=True))
    if late:
        items.append(f"Bei {_goals(late, dative=True)} ist die Frist abgelaufen, ohne dass sich das Erreichen zeigt.")
    return bullet_list(items, "tb-findings")


def _goals(count: int, dative: bool = False) -> str:
    if count == 1:
        return "einem Ziel" if dative else "Ein Ziel"
    return f"{number(count)} {'Zielen' if dative else 'Ziele'}"


def goal_starts(data: Slice) -> Fragment:
    """Where each goal set out, beside the Land and the compared Kreise of the same year."""
    if not data.goals:
        return paragraph(NOTHING)
    others = [ags for ags in (data.group, *data.above) if ags]
    rows, used = [], []
    for goal in data.goals:
        if not goal.indicator:
            given = Cell(own_number(goal, goal.start_value)) if goal.start_value is not None else _NOT_GIVEN
            measured = words(goal.measured_by or "–")
            rows.append([words(goal.title), measured, given, Cell(str(goal.start_year)), *[_NOT_GIVEN for _ in others]])
            continue
        indicator = data.indicators[goal.indicator]
        values = [data.values(indicator.id, ags).get(goal.start_year) for ags in (data.ags, *others)]
        used += [value for value in values if value and value.value is not None]
        cells = [_cell(data, indicator, ags, goal.start_year, ags == data.ags) for ags in (data.ags, *others)]
        year = short_time(values[0]) if values[0] else str(goal.start_year)
        rows.append([words(goal.title), _linked(indicator), cells[0], Cell(year), *cells[1:]])
    columns = ["Ziel", "Gemessen an", "Ausgangswert", "Zeit", *(region_heading(data, ags) for ags in others)]
    notes = ["Strich: keine Angabe oder kein Vergleich möglich.", *_notes(used)]
    return table(f"Ausgangswerte der Ziele {data.own.locative}", columns, rows, notes, _source(data, used))


def goal_targets(data: Slice) -> Fragment:
    """What is to be reached by when, in the order of the four target fields, and which field has no goal."""
    if not data.goals:
        return paragraph(NOTHING)
    ordered = sorted(data.goals, key=lambda goal: (TARGET_FIELDS.index(goal.target_field), goal.due, goal.id))
    rows = [
        [
            words(f"{goal.title} (intern)" if goal.access != PUBLIC else goal.title),
            words(goal.target_field),
            words(target_text(data, goal)),
            Cell(date_short(goal.due)),
            words(goal.field or "–"),
        ]
        for goal in ordered
    ]
    columns = ["Ziel", "Zielfeld", "Zielwert", "Frist", "Handlungsfeld"]
    shown = table(f"Ziele {data.own.genitive}", columns, rows, ["Strich: keine Angabe."], _own_source(data))
    empty = [f"„{one}“" for one in TARGET_FIELDS if one not in {goal.target_field for goal in data.goals}]
    if not empty:
        return joined([shown, paragraph("In jedem der vier Zielfelder steht mindestens ein Ziel.")])
    field = "Im Zielfeld" if len(empty) == 1 else "In den Zielfeldern"
    return joined([shown, paragraph(f"{field} {listed(empty)} ist kein Ziel eingetragen.")])


def goal_measures(data: Slice) -> Fragment:
    """What is done for the goals, by whom, with which effort, after which example."""
    if not data.goals:
        return paragraph(NOTHING)
    rows = [
        [
            words(measure.text),
            words(goal.title),
            words(measure.responsible),
            words(measure.effort or "–"),
            words(measure.title, f"../../transfer/{measure.transfer}.html") if measure.transfer else _NOT_GIVEN,
        ]
        for goal in data.goals
        for measure in goal.measures
    ]
    without = [f"„{goal.title}“" for goal in data.goals if not goal.measures]
    lacking = [paragraph(f"Ohne eingetragene Maßnahme: {listed(without)}.")] if without else []
    if not rows:
        return joined(lacking)
    columns = ["Maßnahme", "Ziel", "Zuständig", "Aufwand", "Vorbild"]
    caption = f"Maßnahmen {data.own.genitive}"
    return joined([table(caption, columns, rows, ["Strich: keine Angabe."], _own_source(data)), *lacking])


def goal_parts(data: Slice) -> list[Fragment | Chart]:
    """Each goal: its state in sentences, the chart of its indicator, indicators of effects, reviews."""
    if not data.goals:
        return [paragraph(NOTHING)]
    parts: list[Fragment | Chart] = []
    for goal in data.goals:
        progress = progress_of(data, goal)
        html = f'<p class="tb-goal-title" role="heading" aria-level="3">{escape(goal.title)}</p>'
        facts = f"Zielfeld: {goal.target_field}. Stand: {STATUS_WORDS[progress.status]}."
        used = [one for one in (progress.start, progress.now) if one and one.value is not None]
        source = _source(data, used) or _own_source(data)
        sentences = bullet_list([facts, *goal_sentences(data, goal, progress)], "tb-findings", source)
        parts.append(joined([Fragment(html, goal.title), sentences]))
        if goal.indicator and (chart := goal_chart(data, goal, progress)):
            parts.append(chart)
        rest = [*_effects(data, goal), *_reviews(goal)]
        if rest:
            parts.append(joined(rest))
    return parts


def goal_issues(data: Slice) -> Fragment:
    """Goals that cannot be measured, contradict each other or are overdue."""
    if not data.goals:
        return paragraph(NOTHING)
    if found := issues(data):
        return bullet_list(found, "tb-findings")
    return paragraph("Alle Ziele sind messbar, keines ist überfällig, und keine zwei widersprechen einander.")


def goal_chart(data: Slice, goal: Goal, progress: Progress) -> Chart | None:
    """The series of the goal's indicator with its target, and the even course from start to target where both stand on
    one footing; None without a value."""
    assert goal.indicator is not None and goal.target is not None
    indicator = data.indicators[goal.indicator]
    chart = time_series(data, indicator)
    if chart is None:
        return None
    target = target_text(data, goal)
    with_course = progress.first is not None and progress.status != BROKEN
    xs = [*([goal.start_year] if with_course else []), goal.due_year]
    ys = [*([progress.first] if with_course else []), goal.target]
    trace = {
        "type": "scatter",
        "mode": "lines+markers" if with_course else "markers",
        "name": "Ziel",
        "x": xs,
        "y": ys,
        "text": [*(["Ausgangswert"] if with_course else []), f"Ziel: {target}"],
        "hovertemplate": "%{x}: %{text}",
        "cliponaxis": False,
        "line": {"color": COLOURS[4], "width": 2, "dash": "longdash"},
        "marker": {"color": COLOURS[4], "size": [*([1] if with_course else []), 13], "symbol": "star"},
    }
    layout = dict(chart.figure["layout"])
    first, last = layout["xaxis"]["range"]
    layout["xaxis"] = layout["xaxis"] | {"range": [min(first, xs[0] - 0.5), max(last, goal.due_year + 0.5)]}
    row = [f"{goal.due_year} (Ziel)", target, *["–"] * (len(chart.columns) - 2)]
    notes = ["Der Stern ist das Ziel der Kommune, kein gemessener Wert; ein Ziel hat nur sie."]
    notes += ["Die lang gestrichelte Linie zum Ziel ist ein gedachter gleichmäßiger Verlauf."] if with_course else []
    return replace(
        chart,
        id=f"ziel-{goal.id}",
        caption=f"Ziel „{goal.title}“: {chart.caption}",
        alt=f"{chart.alt} Ziel für {goal.due_year}: {target}.",
        figure={"data": [*chart.figure["data"], trace], "layout": layout},
        rows=[*chart.rows, row],
        notes=[*notes, *chart.notes],
        source=f"{chart.source}; Ziel: Angabe der Kommune",
    )


def _effects(data: Slice, goal: Goal) -> list[Fragment]:
    """The indicators in which effects may show: start year and newest value, and what their change says."""
    if not goal.effects:
        return []
    rows, used = [], []
    for id in goal.effects:
        indicator = data.indicators[id]
        values, now = data.values(id, data.ags), data.latest(id, data.ags)
        then = values.get(goal.start_year)
        newer = now if now and now.year > goal.start_year else None
        used += [one for one in (then, newer) if one and one.value is not None]
        known = newer is not None and then is not None and then.value is not None
        if not known:
            change = "nicht zu beurteilen, weil ein Wert fehlt"
        elif broken := breaks_between(data, indicator, [goal.start_year, newer.year]):
            change = f"nicht vergleichbar: {listed(one.what for one in broken)}"
        else:
            change = _change_text(indicator, goal.changes.get(id, ""))
        rows.append(
            [
                _linked(indicator),
                _cell(data, indicator, data.ags, goal.start_year, True),
                _cell(data, indicator, data.ags, newer.year, True) if newer else Cell(absence=ABSENCES["later"]),
                Cell(str(newer.year) if newer else "–"),
                words(change),
            ]
        )
    columns = ["Kennzahl", f"Wert {goal.start_year}", "Neuester Wert", "Jahr", "Veränderung"]
    notes = [NO_CAUSE, *_notes(used)]
    return [table(f"Woran sich Wirkungen zeigen können: {goal.title}", columns, rows, notes, _source(data, used))]


def _change_text(indicator: Indicator, position: str) -> str:
    """ "gestiegen, statistisch gesichert, ungünstiger"."""
    good = is_good(indicator, position) if position else None
    return _CHANGES[position] + {True: ", günstiger", False: ", ungünstiger", None: ""}[good]


def _reviews(goal: Goal) -> list[Fragment]:
    items = [f"{date_short(one.day)}, {one.by}: {one.text}" for one in goal.reviews]
    return (
        [paragraph("Was bei der Überprüfung festgestellt wurde:"), bullet_list(items, "tb-findings")] if items else []
    )


def _linked(indicator: Indicator) -> Cell:
    return words(indicator.title, f"../../indikatoren/{indicator.id}.html")


def _cell(data: Slice, indicator: Indicator, ags: str, year: int, with_range: bool) -> Cell:
    if absence := absence_of(data, indicator, ags, year):
        return Cell(absence=absence)
    value = data.values(indicator.id, ags)[year]
    text = signed_text(cell_text(indicator, value.value or 0), value)
    return Cell(with_interval(indicator, value, text) if with_range else text)


def _notes(used: list[Value]) -> list[str]:
    return [*([INTERVAL_NOTE] if any(one.low is not None for one in used) else []), *legend_of(used)]


def _source(data: Slice, used: list[Value]) -> str:
    return f"{source_line(data, used, computed=True)}; Ziele: Angaben der Kommune" if used else ""


def _own_source(data: Slice) -> str:
    return f"Quelle: Angaben der Kommune{' (erfundene Daten)' if data.fictional else ''}"
