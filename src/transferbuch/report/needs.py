"""The need profile of a municipality: what its figures show, its own assessment, chosen topics, what is not known."""

from transferbuch.regions.names import capitalised
from transferbuch.report.numbers import date_short, listed, number
from transferbuch.report.profile import RECENT_YEARS
from transferbuch.report.proposal_model import MIDDLE, STRONG, NeededIndicator
from transferbuch.report.slice_model import Slice
from transferbuch.report.sources import source_line
from transferbuch.report.tables import Cell, Fragment, bullet_list, joined, paragraph, table, words
from transferbuch.report.wording import cell_text
from transferbuch.transfer.assessment import COMPONENTS, load_assessment


def need_profile(data: Slice) -> Fragment:
    """All sources of the profile, one after the other."""
    return joined([*_from_figures(data), *_from_assessment(data), _focus(data), *_overruled(data), *_fields(data)])


def _from_figures(data: Slice) -> list[Fragment]:
    needs = data.needs
    if not needs.looked_at:
        return [
            paragraph(
                f"Aus den Kennzahlen lässt sich für {data.own.accusative} kein Bedarf ablesen: Keine Kennzahl mit",
                "einer Richtung (mehr ist besser oder schlechter) hat genug Werte für einen Vergleich.",
            )
        ]
    looked = len(needs.looked_at)
    which = "ist eine Kennzahl, bei der" if looked == 1 else f"sind {number(looked)} Kennzahlen, bei denen"
    checked = (
        f"Geprüft {which} feststeht, ob mehr oder weniger besser ist. Werte, die über {RECENT_YEARS} Jahre älter sind "
        "als der neueste dieser Ausgabe, zählen nicht mit."
    )
    shown = [one for one in needs.indicators if one.year]
    if not shown:
        none = "Keine ist nachweisbar ungünstiger als bei Vergleichskreisen oder Land, und keine wird ungünstiger."
        return [paragraph(checked, none)]
    amount = "ist eine" if len(shown) == 1 else f"sind {number(len(shown))}"
    lead = paragraph(checked, f"Nachweisbar ungünstiger oder auf dem Weg dahin {amount}:")
    rows, used = [], []
    for one in shown:
        indicator = data.indicators[one.indicator]
        regions = [data.ags, data.group or None, data.land if not data.is_city_state else None]
        values = [data.values(one.indicator, ags).get(one.year) if ags else None for ags in regions]
        used += [value for value in values if value]
        cells = [
            Cell(cell_text(indicator, value.value)) if value and value.value is not None else Cell("–")
            for value in values
        ]
        rows.append([words(indicator.title, f"../../indikatoren/{indicator.id}.html"), *cells, Cell(str(one.year)),
                     words(_why(data, one))])  # fmt: skip
    columns = ["Kennzahl", data.own.label, "Vergleichskreise", "Land", "Jahr", "Ungünstiger gegenüber"]
    notes = ["Ein Hinweis ist noch kein Befund: Was dahinter steht, wissen Fachleute vor Ort."]
    if any(one.stands_out for one in shown):
        notes.insert(0, "◆ Der Unterschied bleibt auch dann, wenn alle Kennzahlen zugleich geprüft werden.")
    if any(one.worsening for one in shown):
        notes.insert(0, "Trend: Die Werte hier werden über mehrere Jahre nachweisbar ungünstiger.")
    shown_table = table(
        f"Kennzahlen mit Hinweis auf Bedarf {data.own.locative}",
        columns,
        rows,
        notes,
        source_line(data, used, True),
    )
    return [lead, shown_table]


def _why(data: Slice, one: NeededIndicator) -> str:
    """ "Vergleichskreise und Modellland ◆; Trend"."""
    names = {"peers": "Vergleichskreise", "land": data.names[data.land].label}
    parts = (
        [listed(names[name] for name in one.worse_than) + (" ◆" if one.stands_out else "")] if one.worse_than else []
    )
    return "; ".join([*parts, *["Trend"] * one.worsening])


def _from_assessment(data: Slice) -> list[Fragment]:
    given = data.parameters.get("assessment")
    if not given or not given["levels"]:
        return [
            paragraph(
                f"Eine eigene Einschätzung von Strategie, Steuerung, Zusammenarbeit, Information und Beteiligung sowie "
                f"Datenbasierung liegt für {data.own.accusative} nicht vor. Ob dort Bedarf besteht, weiß dieses Profil "
                "deshalb nicht. Der Fragebogen steht im Handbuch."
            )
        ]
    groups = load_assessment()
    rows = []
    for id, group in groups.items():
        level = given["levels"].get(id)
        text = "noch nicht eingeschätzt" if level is None else group.levels[level]
        if note := given["notes"].get(id):
            text += f" Dazu: {note}"
        rows.append([words(group.title), Cell("–" if level is None else f"{level} von 4"), words(text)])
    note = f"Einschätzung vom {date_short(given['day'])}, vorgenommen durch: {given['by']}."
    caption = f"Eigene Einschätzung {data.own.genitive}"
    return [table(caption, ["Fragengruppe", "Stufe", "Was die Stufe bedeutet"], rows, [note])]


def _focus(data: Slice) -> Fragment:
    if not data.needs.focus:
        return paragraph("Schwerpunkte, an denen die Kommune arbeiten will, sind nicht eingetragen.")
    return paragraph(f"Als Schwerpunkt gewählt: {listed(f'„{one}“' for one in data.needs.focus)}.")


def _overruled(data: Slice) -> list[Fragment]:
    items = []
    for one in data.needs.overruled:
        name = one["field"] or data.indicators[one["indicator"]].title
        verdict = "gilt hier als Bedarf" if one["need"] else "gilt hier nicht als Bedarf"
        items.append(f"„{name}“ {verdict}. Begründung der Kommune: {one['reason']}")
    return [bullet_list(items, "tb-findings")] if items else []


def _fields(data: Slice) -> list[Fragment]:
    """Handlungsfelder by the strength of their need, in words."""
    needs = data.needs
    named = [
        ("stark", [name for name, value in needs.fields.items() if value >= STRONG]),
        ("mittel", [name for name, value in needs.fields.items() if MIDDLE <= value < STRONG]),
    ]
    parts = [f"{word}: {listed(sorted(names))}" for word, names in named if names]
    most = max(needs.components.values(), default=0)
    weak = [name for name in COMPONENTS.values() if most and needs.components.get(name) == most]
    sentences = [f"Bedarf nach Handlungsfeldern – {'; '.join(parts)}."] if parts else [
        "Kein Handlungsfeld zeigt einen deutlichen Bedarf."
    ]  # fmt: skip
    if weak:
        sentences.append(f"Nach der eigenen Einschätzung ist die Stufe bei {listed(weak)} am niedrigsten.")
    return [paragraph(capitalised(" ".join(sentences)))]
