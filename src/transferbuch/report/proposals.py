"""The first transfer objects as write-ups made for one municipality: two printed pages each, for a committee."""

from html import escape

from markdown_it import MarkdownIt

from transferbuch.report.numbers import number
from transferbuch.report.proposal_model import ContextValue, Proposal
from transferbuch.report.proposal_words import STATES, counter_reasons, questions, reasons
from transferbuch.report.slice_model import Slice
from transferbuch.report.sources import tables_line
from transferbuch.report.tables import Card, Cell, Fragment, bullet_list, cards, joined, paragraph, table, words
from transferbuch.report.wording import cell_text, title_with_unit

_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")


def summary(data: Slice) -> Fragment:
    """The proposals as cards, after a sentence that says whether any fits well."""
    if not data.transfer:
        wanted = "der gewählten Art " if data.parameters.get("kinds") else ""
        return paragraph(f"In der Sammlung gibt es keinen Transfergegenstand {wanted}von einer anderen Kommune.")
    items = [
        Card(
            title=str(one.object["title"]),
            href=f"../../transfer/{one.object['slug']}.html",
            text=str(one.object["summary"]),
            facts=f"Geber: {one.giver} · Art: {one.object['kind']} · Belege: {one.object['evidence']} · "
            f"Punktzahl: {number(100 * one.score)} von 100",
            reason=reasons(data, one)[0],
        )
        for one in data.transfer
    ]
    return joined([paragraph(_verdict(data)), cards(items), paragraph(_stability(data))])


def _verdict(data: Slice) -> str:
    well = sum(one.fits_well for one in data.transfer)
    if data.transfer[0].need is None:
        return (
            "Ein Bedarf ist für diese Kommune nicht bekannt. Die Vorschläge sind deshalb nur danach geordnet, wie gut "
            "Geber und Bedingungen passen; das ersetzt keine eigene Einschätzung."
        )
    if not well:
        return (
            "Nichts aus der Sammlung passt gut zum gezeigten Bedarf. Die folgenden Beispiele kommen ihm am "
            "nächsten; sie müssten stark angepasst werden."
        )
    whole = len(data.transfer)
    if whole == 1:
        return "Der einzige Vorschlag passt nach der Rechnung gut; sie ersetzt nicht das Urteil der Fachleute vor Ort."
    if well == whole:
        fits = f"Nach der Rechnung passen alle {number(whole)} Vorschläge gut"
    else:
        many = "passt einer" if well == 1 else f"passen {number(well)}"
        fits = f"Nach der Rechnung {many} der {number(whole)} Vorschläge gut"
    return f"{fits}; sie ersetzt nicht das Urteil der Fachleute vor Ort."


def _stability(data: Slice) -> str:
    kept = [one.kept for one in data.transfer if one.kept is not None]
    if not kept:
        return ""
    varied = "Werden die Gewichte der Rechnung einzeln um 20 Prozent verändert"
    if min(kept) == 1 or len(kept) == 1:  # a single one is all there is: no weight can change that
        same = "bleibt es bei diesem Vorschlag" if len(kept) == 1 else "bleiben die Vorschläge dieselben"
        return f"{varied}, {same}."
    firm = sum(one == 1 for one in kept)
    whole = f"der {number(len(kept))} Vorschläge"
    told = f"bleiben {number(firm)} {whole}" if firm > 1 else f"bleibt {'einer' if firm else 'keiner'} {whole}"
    least = number(100 * min(kept))
    return f"{varied}, {told} in allen Fällen darunter; der unsicherste in {least} Prozent der Fälle."


def write_ups(data: Slice) -> Fragment:
    """One write-up per proposal."""
    if not data.transfer:
        return paragraph("Es gibt keinen Vorschlag, der sich ausführen ließe.")
    return joined([_write_up(data, number_, one) for number_, one in enumerate(data.transfer, 1)])


def _write_up(data: Slice, place: int, one: Proposal) -> Fragment:
    title = f"Vorschlag {place}: {one.object['title']}"
    parts = [
        paragraph(str(one.object["summary"])),
        _labelled("Was dafür spricht", bullet_list(reasons(data, one), "tb-findings")),
    ]
    if against := counter_reasons(data, one):
        parts.append(_labelled("Was dagegen spricht oder offen ist", bullet_list(against, "tb-findings")))
    for section in ("Lösung", "Ergebnisse"):
        if text := one.sections.get(section):
            parts.append(_labelled(section, _rendered(text)))
    if one.conditions:
        rows = [[words(part.text), words(STATES[part.state]), words(part.of)] for part in one.conditions]
        columns = ["Bedingung", "Hier", "Wer sie nennt"]
        parts.append(table(f"Vorschlag {place}: Bedingungen für das Gelingen", columns, rows))
    parts += _beside(data, place, one)
    if text := one.sections.get("Was anzupassen ist"):
        parts.append(_labelled("Was anzupassen ist", _rendered(text)))
    parts.append(_labelled("Erste Fragen an den Geber", bullet_list(questions(one), "tb-findings")))
    asked = ", ".join(one.object["contact_roles"])
    parts.append(paragraph(f"Wen man fragen kann: {asked}. Quelle der Angaben: {_source(one)}."))
    whole = joined(parts)
    html = (
        f'<article class="tb-proposal" aria-label="{escape(title)}">\n'
        f'<p class="tb-proposal-title" role="heading" aria-level="3">'
        f'<a href="../../transfer/{one.object["slug"]}.html">{escape(title)}</a></p>\n{whole.html}\n</article>'
    )
    return Fragment(html, f"{title}\n\n{whole.plain}")


def _source(one: Proposal) -> str:
    given = one.object["source"]
    return f"{given['title']}, {given['place']}; Stand der Angaben: {one.object['information_date']}"


def _labelled(label: str, content: Fragment) -> Fragment:
    return Fragment(f'<p class="tb-label">{escape(label)}</p>\n{content.html}', f"{label}:\n{content.plain}")


def _rendered(markdown: str) -> Fragment:
    """Text of a page; its subheadings become labels, so that the outline of the chapter stays as written."""
    lines = [f"**{line.lstrip('# ')}**" if line.startswith("### ") else line for line in markdown.splitlines()]
    return Fragment(_MARKDOWN.render("\n".join(lines)), markdown)


def _beside(data: Slice, place: int, one: Proposal) -> list[Fragment]:
    """The giver's context beside the own one; nothing where the giver is several Kreise or none."""
    own = {value.indicator: value for value in data.context}
    shown = [value for value in one.giver_context if value.indicator in own and value.indicator in data.indicators]
    if not shown:
        return []
    rows = [
        [
            words(title_with_unit(data.indicators[value.indicator])),
            _context_cell(data, own[value.indicator]),
            _context_cell(data, value),
            Cell(str(value.year)),
        ]
        for value in shown
    ]
    codes = sorted({code for value in shown for code in data.indicators[value.indicator].tables if code in data.tables})
    source = tables_line([data.tables[code] for code in codes], set(), "eigene Berechnung") if codes else ""
    caption = f"Vorschlag {place}: Rahmenbedingungen hier und beim Geber"
    note = ["Der Kreis des Gebers in den heutigen Grenzen; das Beispiel ist älter als diese Werte."]
    return [table(caption, ["Rahmenbedingung", data.own.label, one.giver, "Jahr"], rows, note, source)]


def _context_cell(data: Slice, value: ContextValue) -> Cell:
    return Cell("–" if value.value is None else cell_text(data.indicators[value.indicator], value.value))
