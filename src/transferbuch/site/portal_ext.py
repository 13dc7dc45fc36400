"""Sphinx extension of the portal: lists made from the files themselves, so no list has to be kept in step.

Directives, each without content:
  {editions}          list of the editions of this site with filter
  {indicators}        tables of all indicators by chapter with filter
  {gaps}              ideas for indicators without open source, by chapter
Those about transfer objects are in `transfer_ext`, the questionnaire is in `assessment_ext`; this extension loads both.
Works in `transferbuch build` (source is `book/`, which hands in what the audience may see) and in plain `jupyter-book
build .` (source is the project; public).
"""

import json
from collections.abc import Mapping
from html import escape
from pathlib import Path

from sphinx.application import Sphinx

from transferbuch.indicators.catalogue import Indicator, load_indicators
from transferbuch.indicators.gaps import Gap, load_gaps
from transferbuch.site.listing import Facet, HtmlDirective, access_mark, filter_html, in_german_order, in_one

CHAPTER_TITLES = {
    "rahmenbedingungen": "Rahmenbedingungen",
    "fruehkindliche-bildung": "Frühkindliche Bildung",
    "allgemeinbildende-schulen": "Allgemeinbildende Schulen",
    "berufliche-bildung-und-hochschulen": "Berufliche Bildung und Hochschulen",
    "weiterbildung": "Weiterbildung",
    "non-formale-bildung": "Non-formale und informelle Bildung",
    "integration": "Integration und Zuwanderung",
}
_STEERING = "Steuerung und Zusammenarbeit"  # ideas only; no chapter of a report


class Editions(HtmlDirective):
    """List of editions; a hint how to build them when there are none."""

    def make(self, app: Sphinx) -> str:
        editions = json.loads(app.config.transferbuch_editions)
        if not editions:
            return "<p>In dieser Fassung sind noch keine Ausgaben gebaut.</p>"
        items = "\n".join(
            f'<li class="tb-card" data-land="{escape(one["land"])}" data-kind="{one["kind"]}">'
            f'<a href="kommunen/{one["folder"]}/index.html">{escape(one["name"])}</a> '
            f'<span class="tb-note">{escape(one["land"])}, Schlüssel {one["ags"]}</span></li>'
            for one in editions
        )
        facets = [
            Facet("land", "Land", in_german_order(one["land"] for one in editions)),
            Facet("kind", "Art", in_german_order(one["kind"] for one in editions)),
        ]
        return (
            filter_html("#tb-editions", "Kommunen", "Name oder Schlüssel", facets)
            + f'<ul id="tb-editions" class="tb-cards">{items}</ul>'
        )


class Indicators(HtmlDirective):
    """All indicators by chapter, each linked to its page where that exists."""

    def make(self, app: Sphinx) -> str:
        linked = (Path(app.srcdir) / "indikatoren").is_dir() and app.config.transferbuch_editions != "[]"
        indicators = app.config.transferbuch_indicators.values()
        parts = []
        for chapter, title in CHAPTER_TITLES.items():
            rows = "".join(
                f'<tr data-chapter="{title}" data-field="{in_one(one.fields)}" data-unit="{escape(_unit(one))}">'
                f'<th scope="row">{_link(one.id, one.title, linked)}{access_mark(one)}</th>'
                f"<td>{escape(_unit(one))}</td><td>{escape(', '.join(one.fields))}</td></tr>"
                for one in indicators
                if one.chapter == chapter
            )
            parts.append(
                f'<div class="tb-table" role="region" tabindex="0" aria-label="Kennzahlen: {title}">'
                f'<table><caption>{title}</caption><thead><tr><th scope="col">Kennzahl</th>'
                f'<th scope="col">Einheit</th><th scope="col">Handlungsfelder</th></tr></thead><tbody>{rows}</tbody>'
                "</table></div>"
            )
        facets = [
            Facet("chapter", "Kapitel", list(CHAPTER_TITLES.values())),
            Facet("field", "Handlungsfeld", in_german_order(field for one in indicators for field in one.fields)),
            Facet("unit", "Einheit", in_german_order(_unit(one) for one in indicators)),
        ]
        form = filter_html("#tb-indicators tbody", "Kennzahlen", "Suchwort", facets)
        return form + '<div id="tb-indicators">' + "\n".join(parts) + "</div>"


class Gaps(HtmlDirective):
    """Ideas without an open table of all Kreise: why, who has figures, which indicators come near."""

    def make(self, app: Sphinx) -> str:
        linked = app.config.transferbuch_editions != "[]"
        indicators = app.config.transferbuch_indicators
        gaps = load_gaps(indicators)
        parts = []
        for chapter, title in {**CHAPTER_TITLES, "steuerung": _STEERING}.items():
            rows = "".join(_gap_row(one, indicators, linked) for one in gaps if one.chapter == chapter)
            if rows:
                parts.append(
                    f'<div class="tb-table" role="region" tabindex="0" '
                    f'aria-label="Ohne offene Quelle: {title}"><table><caption>{title}</caption><thead><tr>'
                    '<th scope="col">Kennzahl</th><th scope="col">Warum sie fehlt</th>'
                    '<th scope="col">Was die Kommune beisteuern kann</th>'
                    f'<th scope="col">Am nächsten kommt</th></tr></thead><tbody>{rows}</tbody></table></div>'
                )
        return "\n".join(parts)


def _unit(one: Indicator) -> str:
    return one.unit or "ohne Einheit"


def _gap_row(one: Gap, indicators: Mapping[str, Indicator], linked: bool) -> str:
    near = "; ".join(_link(name, indicators[name].title, linked) for name in one.near) or "keine"
    supply = f"{escape(one.office)}; Ebene: {escape(one.level)}; Zeit: {escape(one.period)}"
    return (
        f'<tr id="{one.id}"><th scope="row">{escape(one.title)}</th><td>{escape(one.reason)}</td>'
        f"<td>{supply}</td><td>{near}</td></tr>"
    )


def _link(indicator: str, title: str, linked: bool) -> str:
    return f'<a href="{indicator}.html">{escape(title)}</a>' if linked else escape(title)


def _load_public(app: Sphinx) -> None:
    """What everybody may see, unless the build handed in what its audience may see."""
    if not app.config.transferbuch_indicators:
        app.config.transferbuch_indicators = load_indicators()


def setup(app: Sphinx) -> dict[str, bool]:
    app.setup_extension("transferbuch.site.transfer_ext")
    app.setup_extension("transferbuch.site.assessment_ext")
    app.add_config_value("transferbuch_editions", "[]", "html")
    app.add_config_value("transferbuch_indicators", {}, "")
    app.add_directive("editions", Editions)
    app.add_directive("indicators", Indicators)
    app.add_directive("gaps", Gaps)
    app.connect("builder-inited", _load_public)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
