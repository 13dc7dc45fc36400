"""What the municipality itself says in a chapter: key statements, its comment, practice boxes.

Its words stand in boxes of their own that say whose they are, so that nobody takes them for computed text.
"""

from collections.abc import Mapping
from html import escape
from typing import Any

from transferbuch.report.numbers import date_short
from transferbuch.report.slice_model import Slice
from transferbuch.report.tables import Fragment, ended, joined, paragraph

STATE_WORDS = {
    "abgestimmt": "Abgestimmt: Die Beteiligten tragen diese Aussage mit.",
    "strittig": "Strittig: Nicht alle Beteiligten sehen das so.",
}


def additions(data: Slice, chapter: str) -> Fragment | None:
    """Everything the municipality adds to a chapter; None where it adds nothing."""

    def of_chapter(key: str) -> list[Mapping[str, Any]]:
        return [one for one in data.parameters.get(key) or () if one["chapter"] == chapter]

    boxes = []
    if statements := of_chapter("statements"):
        boxes.append(own_box("Kernaussagen", [_statement(one) for one in statements]))
    boxes += [own_box("Kommentar der Kommune", [_comment(one)]) for one in of_chapter("comments")]
    boxes += [own_box("Aus der Praxis", [_practice(data, one)]) for one in of_chapter("practice")]
    return joined(boxes) if boxes else None


def own_box(title: str, parts: list[Fragment]) -> Fragment:
    """A box with the municipality's own words under a title."""
    whole = joined(parts)
    html = (
        f'<section class="tb-own-words" aria-label="{escape(title)}">\n'
        f'<p class="tb-own-title" role="heading" aria-level="2">{escape(title)}</p>\n{whole.html}\n</section>'
    )
    return Fragment(html, f"{title}\n\n{whole.plain}")


def own_paragraphs(text: str) -> Fragment:
    """The municipality's text; an empty line begins a new paragraph."""
    return joined([paragraph(" ".join(part.split())) for part in text.split("\n\n") if part.strip()])


def _statement(one: Mapping[str, Any]) -> Fragment:
    parts = [paragraph(one["text"], css="tb-statement"), _said(STATE_WORDS[one["state"]], one, "tb-state")]
    if objection := one["objection"]:
        parts.append(paragraph(f"Anders sieht das {objection['by']}: {objection['text']}", css="tb-objection"))
    whole = joined(parts)
    return Fragment(f'<div class="tb-statement-{one["state"]}">\n{whole.html}\n</div>', whole.plain)


def _comment(one: Mapping[str, Any]) -> Fragment:
    return joined([own_paragraphs(one["text"]), _said("Das ist keine Berechnung, sondern ein Kommentar.", one)])


def _said(lead: str, one: Mapping[str, Any], css: str = "tb-note") -> Fragment:
    return paragraph(lead, f"Angabe von: {one['by']}, {date_short(one['day'])}.", css=css)


def _practice(data: Slice, one: Mapping[str, Any]) -> Fragment:
    if one["slug"]:
        return object_line(data, one["slug"])
    title = f'<p class="tb-label">{escape(one["title"])}</p>\n'
    text = own_paragraphs(one["text"])
    source = paragraph("Ein Beispiel aus der eigenen Kommune.", css="tb-note")
    return Fragment(title + text.html, f"{one['title']}\n{text.plain}") + source


def object_line(data: Slice, slug: str) -> Fragment:
    """A transfer object that the municipality names: linked title, summary, giver."""
    one = data.named_objects[slug]
    facts = ended(f"Transfergegenstand, Geber: {one['giver']}.")
    html = (
        f'<p class="tb-card-title"><a href="../../transfer/{escape(slug)}.html">{escape(one["title"])}</a></p>\n'
        f'<p>{escape(one["summary"])}</p>\n<p class="tb-note">{escape(facts)}</p>'
    )
    return Fragment(html, f"{one['title']}\n{one['summary']}\n{facts}")
