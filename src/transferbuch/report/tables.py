"""Accessible HTML for notebook outputs: paragraphs, lists, tables, cards. No headings, no ids, no scripts.

A table has a caption, column and row headers, numbers right-aligned, and below it a legend for the signs that
occur in it and for no others. The same markup as the tables below charts (`transferbuch.site.figures`).
"""

import re
from dataclasses import dataclass
from html import escape

from transferbuch.report.numbers import Absence, legend


@dataclass(frozen=True)
class Fragment:
    """A piece of a page: `html` for the site, `plain` for everything that cannot show HTML."""

    html: str
    plain: str

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/html": self.html, "text/plain": self.plain}

    def __add__(self, other: "Fragment") -> "Fragment":
        return Fragment(f"{self.html}\n{other.html}", f"{self.plain}\n\n{other.plain}")


@dataclass(frozen=True)
class Cell:
    """One table cell; `absence` is given in place of a text when a number is missing, `href` makes it a link."""

    text: str = ""
    absence: Absence | None = None
    href: str = ""
    is_number: bool = True

    @property
    def shown(self) -> str:
        """What stands in the cell: the text, or the sign for why there is none."""
        return self.absence.symbol if self.absence else self.text

    @property
    def html(self) -> str:
        """The content as HTML; a sign carries its meaning, so that it need not be looked up below the table."""
        if self.absence:
            return f'<abbr title="{escape(self.absence.meaning)}">{escape(self.shown)}</abbr>'
        return f'<a href="{escape(self.href)}">{escape(self.text)}</a>' if self.href else escape(self.text)


def words(text: str, href: str = "") -> Cell:
    """A cell with text, left-aligned."""
    return Cell(text, href=href, is_number=False)


def paragraph(*sentences: str, css: str = "") -> Fragment:
    """One paragraph of plain text."""
    text = ended(" ".join(sentence for sentence in sentences if sentence))
    given = f' class="{css}"' if css else ""
    return Fragment(f"<p{given}>{escape(text)}</p>", text)


def ended(text: str) -> str:
    """The text with one full stop where a sentence ends with an abbreviated name: "Stadt Weiden i.d.OPf."."""
    return re.sub(r"\.\.(?=\s|$)", ".", text)


def joined(parts: list[Fragment]) -> Fragment:
    """Fragments below each other as one; at least one."""
    whole = parts[0]
    for part in parts[1:]:
        whole = whole + part
    return whole


def bullet_list(items: list[str], css: str, source: str = "") -> Fragment:
    """An unordered list of plain sentences, with a source line where they state figures."""
    items = [ended(item) for item in items]
    lines = "\n".join(f"<li>{escape(item)}</li>" for item in items)
    return Fragment(
        f'<ul class="{css}">\n{lines}\n</ul>{source_paragraph(source).html}',
        "\n".join([*(f"• {item}" for item in items), *[source] * bool(source)]),
    )


def folded(summary: str, items: list[str]) -> Fragment:
    """Notes below a table; more than two of them behind a line to open, so that they do not bury the page."""
    if not items:
        return Fragment("", "")
    lines = "\n".join(f"<li>{escape(item)}</li>" for item in items)
    shown = f'<ul class="tb-caveats">\n{lines}\n</ul>'
    html = (
        f'<details class="tb-numbers"><summary>{escape(summary)}</summary>\n{shown}</details>'
        if len(items) > 2
        else f'<p class="tb-note">{escape(summary)}:</p>\n{shown}'
    )
    return Fragment(html, "\n".join([f"{summary}:", *(f"• {item}" for item in items)]))


def source_paragraph(source: str) -> Fragment:
    """The line that says where figures come from; empty without a source."""
    return Fragment(f'\n<p class="tb-source">{escape(source)}</p>' if source else "", source)


def table(
    caption: str, columns: list[str], rows: list[list[Cell]], notes: list[str] | None = None, source: str = ""
) -> Fragment:
    """A table whose first column heads the rows; below it the legend of signs, `notes` and the source line.

    Raises ValueError for a row of the wrong length. Captions are unique on a page: they name the table's box.
    """
    if any(len(row) != len(columns) for row in rows):
        raise ValueError(f"table {caption!r}: every row needs {len(columns)} cells")
    head = "".join(f'<th scope="col">{escape(column)}</th>' for column in columns)
    body = "\n".join(
        f'<tr><th scope="row">{row[0].html}</th>'
        + "".join(f"<td{_number_class(cell)}>{cell.html}</td>" for cell in row[1:])
        + "</tr>"
        for row in rows
    )
    signs = legend(cell.absence for row in rows for cell in row if cell.absence)
    below = [f"Zeichen: {signs}."] * bool(signs) + (notes or [])
    html = (
        f'<div class="tb-table" role="region" aria-label="{escape(caption)}" tabindex="0">\n'
        f"<table><caption>{escape(caption)}</caption>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>"
        "</table></div>"
        + "".join(f'\n<p class="tb-note">{escape(note)}</p>' for note in below)
        + source_paragraph(source).html
    )
    lines = [caption, " | ".join(columns), *(" | ".join(cell.shown for cell in row) for row in rows), *below]
    lines += [source] * bool(source)
    return Fragment(html, "\n".join(lines))


def _number_class(cell: Cell) -> str:
    return ' class="tb-number"' if cell.is_number else ""


@dataclass(frozen=True)
class Card:
    """One linked card: title, text, a line of facts, the reason why it is here."""

    title: str
    href: str
    text: str
    facts: str
    reason: str


def cards(items: list[Card]) -> Fragment:
    """A list of cards; each title is a link and no heading, so that the page's outline stays as written."""
    parts = [
        f'<li class="tb-card"><p class="tb-card-title"><a href="{escape(card.href)}">{escape(card.title)}</a></p>\n'
        f'<p>{escape(card.text)}</p>\n<p class="tb-card-facts">{escape(card.facts)}</p>\n'
        f'<p class="tb-card-reason">{escape(card.reason)}</p></li>'
        for card in items
    ]
    plain = "\n\n".join(f"{card.title}\n{card.text}\n{card.facts}\n{card.reason}" for card in items)
    return Fragment('<ul class="tb-cards">\n' + "\n".join(parts) + "\n</ul>", plain)
