"""Charts on pages: a stored Plotly figure becomes figure, text alternative, table, source and notes.

Stock Jupyter Book drops `application/vnd.plotly.v1+json` without an error. myst-nb finds `FigureRenderer` through
the entry point group `myst_nb.mime_renderers`. Every fault here is a warning of the page, and a warning refuses
the book: no chart without a text alternative, no output that needs scripts of another host.
"""

import json
import re
from html import escape
from typing import Annotated

from docutils import nodes
from myst_nb.core.render import MimeData, NbElementRenderer
from pydantic import StringConstraints, ValidationError, model_validator

from transferbuch.records import Record

PLOTLY = "application/vnd.plotly.v1+json"
REFUSED = {
    "application/vnd.jupyter.widget-view+json": "a widget does nothing without a kernel and loads foreign scripts",
    "application/javascript": "scripts in outputs are not published",
    "text/latex": "formulas load MathJax from another host",
}
DEFAULT_HEIGHT = 360

Text = Annotated[str, StringConstraints(min_length=1)]


class FigureTable(Record):
    """The figure's numbers as German text, one row per what is plotted; the first column names the row."""

    caption: Text
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @model_validator(mode="after")
    def _rectangular(self) -> "FigureTable":
        if not self.columns or not self.rows:
            raise ValueError("a table has columns and rows")
        for number, row in enumerate(self.rows, 1):
            if len(row) != len(self.columns):
                raise ValueError(f"row {number} has {len(row)} cells for {len(self.columns)} columns")
        return self


class FigureText(Record):
    """What a chart says without being seen; `id` is unique on its page, `source` names tables, Stand, licence."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*$")]
    caption: Text
    alt: Text
    table: FigureTable
    source: Text
    notes: tuple[str, ...] = ()


class FigureRenderer:
    """myst-nb's plug-in for Plotly figures with our metadata, and the refusal of what pages cannot show."""

    mime_priority_overrides = [("*", PLOTLY, 1)]

    @staticmethod
    def handle_mime(renderer: NbElementRenderer, data: MimeData, inline: bool) -> list[nodes.Element] | None:
        """The nodes for one output; None leaves it to myst-nb; an empty list together with a warning: refused."""
        if data.mime_type in REFUSED:
            return _refuse(renderer, data, f"{data.mime_type} in an output: {REFUSED[data.mime_type]}")
        if data.mime_type != PLOTLY:
            return None
        metadata = data.output_metadata.get(PLOTLY, {}).get("transferbuch")
        if metadata is None:
            return _refuse(
                renderer,
                data,
                "a Plotly figure without caption, text alternative, table and source;"
                " make it with transferbuch.report.charts",
            )
        try:
            text = FigureText.model_validate(metadata)
            content = figure_json(data.content)
        except ValidationError as error:
            faults = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
            return _refuse(renderer, data, f"figure with incomplete text: {faults}")
        except ValueError as error:
            return _refuse(renderer, data, f"figure {metadata.get('id')!r} is not valid JSON: {error}")
        ids = renderer.renderer.document.setdefault("transferbuch_figures", [])
        if text.id in ids:
            return _refuse(renderer, data, f"two figures with the id {text.id!r} on one page")
        ids.append(text.id)
        height = data.content.get("layout", {}).get("height") or DEFAULT_HEIGHT
        return [nodes.raw(text=figure_html(text, content, len(ids), int(height)), format="html")]


def _refuse(renderer: NbElementRenderer, data: MimeData, why: str) -> list[nodes.Element]:
    renderer.logger.warning(why, subtype="figure", line=data.line)
    return []


def figure_json(figure: object) -> str:
    """The figure as JSON that is safe inside `<script>`; ValueError for NaN and infinity (gaps are null)."""
    text = json.dumps(figure, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def figure_html(text: FigureText, content: str, number: int, height: int) -> str:
    """One `<figure>`: caption, chart (drawn by transferbuch.js), table, source, notes.

    content: the figure's JSON, escaped; number: counts the figures of the page; height in CSS pixels.
    """
    source = text.source if text.source.startswith("Quelle") else f"Quelle: {text.source}"
    notes = "".join(f'<p class="tb-note">{escape(note)}</p>\n' for note in text.notes)
    return (
        f'<figure class="tb-figure" id="abb-{text.id}">\n'
        f'<figcaption><span class="tb-figure-number">Abbildung {number}:</span> {escape(text.caption)}</figcaption>\n'
        f'<div class="tb-chart" role="img" aria-label="{escape(text.alt)}" style="--tb-height:{height}px">'
        f'<script type="application/json">{content}</script></div>\n'
        f'<noscript><p class="tb-note">Das Diagramm braucht JavaScript; die Tabelle zeigt dieselben Zahlen.</p>'
        f"</noscript>\n"
        f'<details class="tb-numbers"><summary>Zahlen als Tabelle'
        f'<span class="tb-unseen"> zu Abbildung {number}</span></summary>\n'
        f"{table_html(text.table, f'Tabelle zu Abbildung {number}')}</details>\n"
        f'<p class="tb-source">{escape(source)}</p>\n{notes}</figure>\n'
    )


def table_html(table: FigureTable, label: str) -> str:
    """A table that scrolls in its own box, reachable by keyboard; `label` names the box, unique on the page."""
    head = "".join(f'<th scope="col">{escape(column)}</th>' for column in table.columns)
    body = "".join(
        f'<tr><th scope="row">{escape(row[0])}</th>{"".join(map(_cell, row[1:]))}</tr>\n' for row in table.rows
    )
    return (
        f'<div class="tb-table" role="region" aria-label="{escape(label)}" tabindex="0">\n'
        f"<table><caption>{escape(table.caption)}</caption>\n<thead><tr>{head}</tr></thead>\n"
        f"<tbody>\n{body}</tbody></table></div>\n"
    )


_AMOUNT = r"[+\-−–]?\d[\d.,\u202f\u00a0 ]*"
NUMBER = re.compile(rf"{_AMOUNT}(?:%|‰|€)?(?:\u00a0[u≈])?(?: \({_AMOUNT} bis {_AMOUNT}\))?|[-–−./x…]{{1,3}}")


def _cell(value: str) -> str:
    """Numbers and the official symbols stand right-aligned below each other."""
    kind = ' class="tb-number"' if NUMBER.fullmatch(value) else ""
    return f"<td{kind}>{escape(value)}</td>"
