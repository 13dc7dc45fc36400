"""Texts and tables of indices of small areas: findings, outcomes by class, how the index is made.

All come from the same `AreaIndex` as the map (`report.maps`). Areas are named in alphabetical order, never ranked.
"""

from transferbuch.report.area_model import AreaIndex, AreaSource, Outcome, TypeValue
from transferbuch.report.area_words import (
    amount,
    area_source,
    burdened,
    names_of,
    period_of,
    reason_text,
    span,
)
from transferbuch.report.numbers import MINUS, NBSP, number
from transferbuch.report.slice_model import Slice
from transferbuch.report.tables import Cell, Fragment, bullet_list, folded, joined, paragraph, table, words

_HIDDEN = {
    "none": "kein Gebiet mit Angaben",
    "few": "nicht gezeigt: zu wenige Gebiete oder Fälle",
    "protects": "nicht gezeigt, damit sich Verdecktes nicht errechnen lässt",
}


def no_index(data: Slice) -> Fragment:
    """What stands in place of all of it."""
    return paragraph(f"Für Gebiete {data.own.locative} ist kein Index eingerichtet.")


def area_findings(data: Slice) -> Fragment:
    """The indices in sentences: areas per class, the class with most load by name, inhabitants, outcomes."""
    lists = [bullet_list(_sentences(one), "tb-findings", area_source(one, *_sources(one))) for one in data.areas]
    return joined(lists) if lists else no_index(data)


def area_outcomes(data: Slice) -> Fragment:
    """Tables class × outcome of all indices; a sentence if there are none."""
    tables = [_outcome_table(index, one) for index in data.areas for one in index.outcomes]
    if not data.areas:
        return no_index(data)
    return joined(tables) if tables else paragraph("Ein Vergleich von Ergebnissen der Klassen ist nicht eingerichtet.")


def area_methods(data: Slice) -> Fragment:
    """How the indices are made, and where the portal explains the formulas."""
    if not data.areas:
        return no_index(data)
    return joined([*map(_method, data.areas), area_formulas()])


def _method(index: AreaIndex) -> Fragment:
    """Steps of one index, variables with weight, direction and sensitivity."""
    with_domain = index.aggregation == "domains"
    rows = [
        [
            words(one.label),
            *[words(one.domain)] * with_domain,
            words("Belastung" if one.orientation == "load" else "gute Lage"),
            Cell(number(one.weight, 0 if one.weight == int(one.weight) else 2)),
            Cell("–" if one.changed is None else f"{one.changed} von {one.compared}"),
            Cell("–" if one.correlation is None else number(one.correlation, 2)),
        ]
        for one in index.variables
    ]
    columns = ["Variable", *["Bereich"] * with_domain, "Hohe Werte bedeuten", "Gewicht"]
    columns += ["Andere Klasse ohne sie", "Rangkorrelation"]
    notes = [
        "Die beiden letzten Spalten zeigen, wie sehr der Index an jeder Variable hängt: Er wird ohne sie noch einmal "
        "berechnet, auch die Klassengrenzen, soweit sie nicht fest sind. Genannt ist, wie viele Gebiete dann in einer "
        "anderen Klasse wären und wie ähnlich die Reihenfolge bleibt (1,00: gerundet gleich)."
    ]
    if any(one.changed is None for one in index.variables):
        notes.append("– ohne diese Variable lassen sich die Klassen nicht bilden")
    shown = table(f"Variablen: {index.title}", columns, rows, notes)
    return joined(
        [
            paragraph(f"Rechenweg: {index.title}"),
            bullet_list(_steps(index), "tb-caveats"),
            shown,
            folded("Gebiete ohne Index oder mit Lücken", _gaps(index)),
        ]
    )


def area_rows(indices: tuple[AreaIndex, ...]) -> list[list[str]]:
    """All areas of all indices as text for a download, the first row heads the columns; numbers with decimal comma."""
    rows = [["index", "zeitraum", "gebiet", "klasse", "indexwert", "anmerkung"]]
    for index in indices:
        for one in sorted(index.areas, key=lambda one: one.name):
            value = "" if one.value is None else number(one.value, 2).replace(MINUS, "-")
            label = "" if one.kind is None else index.labels[one.kind - 1]
            rows.append([index.title, index.source.period, one.name, label, value, reason_text(index, one)])
    return rows


def area_formulas() -> Fragment:
    """Where the portal explains the formulas."""
    return Fragment(
        '<p><a href="../../methodik/indizes.html">Indizes für Gebiete</a>: Formeln, Beispiel und Grenzen.</p>',
        "Formeln, Beispiel und Grenzen: siehe methodik/indizes.html",
    )


def _sentences(index: AreaIndex) -> list[str]:
    filled, whole = len(index.filled), len(index.areas)
    counts = [f"{label}: {len(index.of_kind(kind))}" for kind, label in enumerate(index.labels, 1)]
    verb = "hat" if filled == 1 else "haben"
    found = [
        f"{index.title} ({period_of(index)}): Von {amount(index, whole, dative=True)} {verb} {filled} einen Indexwert. "
        f"Je Klasse sind es: {'; '.join(counts)}."
    ]
    kind, what = burdened(index)
    areas = index.of_kind(kind)
    if areas:
        lie = "liegt" if len(areas) == 1 else "liegen"
        sentence = f"In der Klasse {what} („{index.labels[kind - 1]}“) {lie} {amount(index, len(areas))}: "
        found.append(f"{sentence}{names_of(areas)}.{_people(index, kind)}")
    else:
        found.append(f"In der Klasse {what} („{index.labels[kind - 1]}“) liegt {amount(index, 0)}.")
    if empty := [one for one in index.areas if one.value is None]:
        stay = "bleibt" if len(empty) == 1 else "bleiben"
        found.append(f"Ohne Indexwert {stay}: {names_of(empty)}. Die Gründe stehen in der Tabelle zur Abbildung.")
    return found + [sentence for one in index.outcomes if (sentence := _outcome_sentence(index, one))]


def _people(index: AreaIndex, kind: int) -> str:
    share = index.people[kind - 1]
    if share is None:
        return ""
    where = f"{amount(index, 2, dative=True).removeprefix('2 ')}"
    return f" Dort leben rund {share}{NBSP}% der Bevölkerung in allen {where} mit Indexwert."


def _outcome_sentence(index: AreaIndex, outcome: Outcome) -> str:
    """The lowest and the highest class with a number, and whether their intervals are apart; "" with fewer than two."""
    shown = [one for one in outcome.types if one.kind and one.value is not None]
    if len(shown) < 2:
        return ""
    first, last = shown[0], shown[-1]
    text = (
        f"{outcome.title}: in der Klasse „{index.labels[first.kind - 1]}“ {_value(outcome, first)}, "
        f"in der Klasse „{index.labels[last.kind - 1]}“ {_value(outcome, last)}."
    )
    if first.low is None or last.low is None:
        return text
    apart = first.high < last.low or last.high < first.low
    return text + (
        " Die Vertrauensbereiche überschneiden sich nicht."
        if apart
        else " Die Vertrauensbereiche überschneiden sich; der Unterschied kann Zufall sein."
    )


def _value(outcome: Outcome, one: TypeValue) -> str:
    text = f"{number(one.value or 0, 1)}{NBSP}{outcome.unit}"
    if one.low is None or one.high is None:
        return text
    return f"{text} (Vertrauensbereich {number(one.low, 1)} bis {number(one.high, 1)})"


def _outcome_table(index: AreaIndex, outcome: Outcome) -> Fragment:
    unit = "Prozent" if outcome.unit == "%" else outcome.unit
    rows = []
    for one in outcome.types:
        label = index.labels[one.kind - 1] if one.kind else "alle Klassen"
        interval = "–" if one.low is None or one.high is None else f"{number(one.low, 1)} bis {number(one.high, 1)}"
        value = Cell("–" if one.value is None else number(one.value, 1))
        row = [words(label), Cell(str(one.areas)), value]
        row += [Cell(interval)] * outcome.from_counts
        rows.append([*row, words(_HIDDEN.get(one.hidden, ""))])
    columns = ["Klasse", "Gebiete mit Angabe", f"{outcome.title} ({unit})"]
    columns += ["Vertrauensbereich"] * outcome.from_counts
    notes = [f"Bezogen auf: {outcome.per}. Jede Klasse zählt als Ganzes, große Gebiete also mehr als kleine."]
    if outcome.from_counts:
        notes.append(
            "Vertrauensbereich: 95 Prozent, nach Wilson. Er sagt, wie stark der Zufall den Wert verändern kann."
        )
    if any(one.hidden in ("few", "protects") for one in outcome.types):
        notes.append(
            "Ein Wert steht nur, wenn mindestens drei Gebiete, 30 Fälle und je drei Fälle mit und ohne das Merkmal "
            "dahinterstehen. Fehlt einer, fehlen auch die Summe und so viele andere, dass er nicht errechenbar ist."
        )
    else:
        notes.append("Gezeigt wird nichts, hinter dem weniger als drei Gebiete oder 30 Fälle stehen.")
    caption = f"{outcome.title} nach Klassen: {index.title}"
    source = area_source(index, outcome.source)
    return table(caption, [*columns, "Anmerkung"], rows, notes, source)


def _steps(index: AreaIndex) -> list[str]:
    scale = (
        "Jede Variable wird so umgerechnet, dass der niedrigste Wert aller Gebiete 0 und der höchste 1 ergibt."
        if index.standardisation == "minmax"
        else "Von jedem Wert wird der Mittelwert aller Gebiete abgezogen, der Rest durch die Standardabweichung "
        f"geteilt (z-Wert); {_WEIGHTING[index.weighting]}."
    )
    meaning = "eine hohe Belastung" if index.high == "load" else "eine gute Lage"
    turned = f"Variablen mit umgekehrter Bedeutung werden umgedreht, damit ein hoher Index {meaning} heißt."
    steps = [scale, turned, _AGGREGATION[index.aggregation]]
    if index.standardise_again:
        steps.append("Das Ergebnis wird noch einmal standardisiert, sodass der Mittelwert 0 ist.")
    steps.append("Der Index wird auf zwei Nachkommastellen gerundet und dann in Klassen geteilt.")
    spans = [f"{label} ({span(index, kind)})" for kind, label in enumerate(index.labels, 1)]
    steps.append(f"{_RULES[index.rule]}: {'; '.join(spans)}.")
    steps.append(
        f"Ohne Index bleiben Gebiete mit weniger als {index.minimum} Einwohnerinnen und Einwohnern; "
        "sie zählen auch nicht bei Mittelwert, Standardabweichung oder Spannweite mit."
    )
    if index.max_missing:
        many = "eine Variable fehlt" if index.max_missing == 1 else f"{index.max_missing} Variablen fehlen"
        steps.append(f"Einem Gebiet darf höchstens {many}; die anderen stehen dann mit ihrem Gewicht dafür ein.")
    else:
        steps.append("Fehlt einem Gebiet eine Variable oder ist sie geheim, bleibt es ebenfalls ohne Index.")
    return steps


_WEIGHTING = {
    "areas": "jedes Gebiet zählt dabei gleich viel",
    "population": "jedes Gebiet zählt dabei nach seiner Bevölkerung",
}
_AGGREGATION = {
    "mean": "Der Index ist ihr gewichtetes Mittel.",
    "domains": "Aus den Variablen eines Bereichs wird das gewichtete Mittel gebildet, aus den Bereichen das einfache "
    "Mittel: Jeder Bereich zählt gleich viel.",
    "sum": "Der Index ist ihre gewichtete Summe.",
}
_RULES = {
    "equal": "Die Klassen sind gleich breit",
    "quantile": "Die Klassen haben möglichst gleich viele Gebiete",
    "natural": "Die Grenzen liegen dort, wo die Werte innerhalb der Klassen am wenigsten streuen",
    "points": "Die Klassen haben feste Grenzen",
}


def _gaps(index: AreaIndex) -> list[str]:
    return [f"{one.name}: {text}" for one in index.areas if (text := reason_text(index, one))]


def _sources(index: AreaIndex) -> list[AreaSource]:
    return [one.source for one in index.outcomes]
