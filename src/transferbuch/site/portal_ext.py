"""Sphinx extension of the portal: lists made from the files themselves, so no list has to be kept in step.

Directives, each without content:
  {editions}          list of the editions of this site with filter
  {transfer-objects}  cards of all transfer objects with filter
  {indicators}        table of all indicators by chapter
  {gaps}              ideas for indicators without open source, by chapter
Every page of a transfer object gets its Steckbrief from its front matter. Works in `transferbuch build` (source is
`book/`, which hands in what the audience may see) and in plain `jupyter-book build .` (source is the project; public).
"""

import json
from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import Directive
from sphinx.application import Sphinx

from transferbuch.indicators.catalogue import Indicator, load_indicators
from transferbuch.indicators.gaps import Gap, load_gaps
from transferbuch.regions.names import slugify
from transferbuch.transfer.evidence import STEPS, Adoption
from transferbuch.transfer.objects import TransferObject, load_transfer_objects
from transferbuch.vocabulary import INTERNAL, LIFE_PHASES

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


class _HtmlDirective(Directive):
    """A directive whose result is HTML made from the project's files."""

    has_content = False

    def run(self) -> list[nodes.Node]:
        return [nodes.raw("", self.make(self.state.document.settings.env.app), format="html")]

    def make(self, app: Sphinx) -> str:
        raise NotImplementedError


class Editions(_HtmlDirective):
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
        selects = [
            ("land", "Land", _options(one["land"] for one in editions)),
            ("kind", "Art", _options(one["kind"] for one in editions)),
        ]
        return (
            _filter("tb-editions", "Kommunen", "Name oder Schlüssel", selects)
            + f'<ul id="tb-editions" class="tb-cards">{items}</ul>'
        )


class TransferObjects(_HtmlDirective):
    """Cards of all transfer objects: problem and effect, not only a title."""

    def make(self, app: Sphinx) -> str:
        objects = app.config.transferbuch_objects.values()
        cards = "\n".join(
            f'<li class="tb-card" data-kind="{one.kind}" data-component="{_many(one.components)}" '
            f'data-phase="{_many(_phases(one))}" data-field="{_many(one.fields)}" '
            f'data-land="{escape(one.giver.land)}">'
            f'<a href="{one.slug}.html">{escape(one.title)}</a>{_mark(one)}<p>{escape(one.summary)}</p>'
            f'<p class="tb-note">{escape(one.giver.name)} · {one.kind} · {escape(", ".join(one.fields))}</p></li>'
            for one in objects
        )
        selects = [
            ("kind", "Art", _options(one.kind for one in objects)),
            ("component", "Komponente", _options(part for one in objects for part in one.components)),
            ("phase", "Lebensphase", [phase for phase in LIFE_PHASES if any(phase in _phases(one) for one in objects)]),
            ("field", "Handlungsfeld", _options(part for one in objects for part in one.fields)),
            ("land", "Land", _options(one.giver.land for one in objects)),
        ]
        return (
            _filter("tb-transfer", "Beispielen", "Suchwort", selects)
            + f'<ul id="tb-transfer" class="tb-cards">{cards}</ul>'
        )


class Indicators(_HtmlDirective):
    """All indicators by chapter, each linked to its page where that exists."""

    def make(self, app: Sphinx) -> str:
        linked = (Path(app.srcdir) / "indikatoren").is_dir() and app.config.transferbuch_editions != "[]"
        indicators = app.config.transferbuch_indicators.values()
        parts = []
        for chapter, title in CHAPTER_TITLES.items():
            rows = "".join(
                f'<tr><th scope="row">{_link(one.id, one.title, linked)}{_mark(one)}</th>'
                f"<td>{escape(one.unit or 'ohne Einheit')}</td><td>{escape(', '.join(one.fields))}</td></tr>"
                for one in indicators
                if one.chapter == chapter
            )
            parts.append(
                f'<div class="tb-table" role="region" tabindex="0" aria-label="Kennzahlen: {title}">'
                f'<table><caption>{title}</caption><thead><tr><th scope="col">Kennzahl</th>'
                f'<th scope="col">Einheit</th><th scope="col">Handlungsfelder</th></tr></thead><tbody>{rows}</tbody>'
                "</table></div>"
            )
        return "\n".join(parts)


class Gaps(_HtmlDirective):
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


def _mark(one: Indicator | TransferObject) -> str:
    return " (intern)" if one.access == INTERNAL else ""


def _gap_row(one: Gap, indicators: Mapping[str, Indicator], linked: bool) -> str:
    near = "; ".join(_link(name, indicators[name].title, linked) for name in one.near) or "keine"
    supply = f"{escape(one.office)}; Ebene: {escape(one.level)}; Zeit: {escape(one.period)}"
    return (
        f'<tr id="{one.id}"><th scope="row">{escape(one.title)}</th><td>{escape(one.reason)}</td>'
        f"<td>{supply}</td><td>{near}</td></tr>"
    )


def _link(indicator: str, title: str, linked: bool) -> str:
    return f'<a href="{indicator}.html">{escape(title)}</a>' if linked else escape(title)


def _many(values: tuple[str, ...]) -> str:
    """Several values of one facet in one attribute; the filter splits at `|`."""
    return escape("|".join(values))


def _phases(one: TransferObject) -> tuple[str, ...]:
    """Life phases to be found under; an example for all phases is found under each."""
    return LIFE_PHASES if "alle" in one.life_phases else one.life_phases


def _options(values: Iterable[str]) -> list[str]:
    """Different values in German order (ü like ue)."""
    return sorted(set(values), key=slugify)


def _filter(target: str, unit: str, word_label: str, selects: list[tuple[str, str, list[str]]]) -> str:
    fields = "".join(
        f'<label>{label} <select data-key="{key}"><option value="">alle</option>'
        + "".join(f"<option>{escape(option)}</option>" for option in options)
        + "</select></label>"
        for key, label, options in selects
        if len(options) > 1
    )
    return (
        f'<form class="tb-filter" data-target="#{target}" data-unit="{unit}" role="search" aria-label="Liste filtern">'
        f'<label>{word_label} <input type="search" name="q"></label>{fields}'
        '<button type="reset">Alle zeigen</button></form>'
    )


def _transfer_folder(app: Sphinx) -> Path:
    source = Path(app.srcdir)
    return source / "transfer" if (source / "transfer").is_dir() else source / "book" / "transfer"


def _load_public(app: Sphinx) -> None:
    """What everybody may see, unless the build handed in what its audience may see."""
    if not app.config.transferbuch_indicators:
        app.config.transferbuch_indicators = load_indicators()
    if not app.config.transferbuch_objects:
        app.config.transferbuch_objects = load_transfer_objects(_transfer_folder(app))


def _add_profile(app: Sphinx, docname: str, source: list[str]) -> None:
    """Put the Steckbrief under the first heading of a transfer object's page."""
    folder, _, stem = docname.rpartition("/")
    objects = app.config.transferbuch_objects
    if folder.rpartition("/")[2] != "transfer" or stem not in objects:
        return
    one = objects[stem]
    titles = {slug: objects[slug].title for slug in one.related}
    head, rule, body = source[0].partition(f"\n# {one.title}\n")
    source[0] = f"{head}{rule}\n```{{raw}} html\n{profile_html(one, titles)}\n```\n{body}"


def profile_html(one: TransferObject, related_titles: dict[str, str]) -> str:
    """The Steckbrief of a transfer object: its front matter as a list of terms; related objects with their titles."""
    rows = [
        ("Geber", f"{one.giver.name} ({one.giver.land})"),
        ("Art", f"{one.kind} ({one.class_})"),
        ("Stand der Umsetzung", f"{one.status}; Stand der Angaben: {one.information_date}"),
        ("Komponenten", ", ".join(one.components)),
        ("Lebensphasen", ", ".join(one.life_phases)),
        ("Handlungsfelder", ", ".join(one.fields)),
        ("Zielgruppen", ", ".join(one.target_groups)),
        ("Förderprogramme", ", ".join(one.programmes)),
        ("Evidenz", _evidence(one)),
        ("Aufwand", _effort(one)),
        ("Wen es erreicht", _equity(one)),
        ("Prüfbare Bedingungen", " ".join(f"{part.text} ({part.of})." for part in one.conditions)),
        ("Übernommen von", "; ".join(f"{part.giver}: {part.what}" for part in one.origin)),
        ("Übernommen durch", "; ".join(_adoption(part) for part in one.adoptions)),
        ("Material", one.material or ""),
        ("Ansprechstelle", ", ".join(one.contact_roles)),
        ("Quelle", f"{one.source.title}, {one.source.place}" + (f" ({one.source.year})" if one.source.year else "")),
        (
            "Pflege",
            f"{one.author}; {one.reviewer}; nächste Durchsicht {one.next_review:%d.%m.%Y}; Lizenz {one.licence}",
        ),
    ]
    items = "".join(f"<dt>{term}</dt><dd>{escape(text)}</dd>" for term, text in rows if text)
    related = "".join(f'<li><a href="{slug}.html">{escape(title)}</a></li>' for slug, title in related_titles.items())
    if related:
        items += f"<dt>Verwandte Beispiele</dt><dd><ul>{related}</ul></dd>"
    return f'<aside class="tb-profile" aria-label="Steckbrief"><dl>{items}</dl></aside>'


def _evidence(one: TransferObject) -> str:
    """ "Stufe 2 von 5: erprobt"; with who looked at it."""
    text = f"Stufe {STEPS.index(one.evidence) + 1} von {len(STEPS)}: {one.evidence}"
    if found := one.evaluation:
        when = f" {found.year}" if found.year else ""
        text += f". {found.design} ({found.by}{when}): {found.result} Quelle: {found.place}"
    return text


def _effort(one: TransferObject) -> str:
    if not (given := one.effort):
        return ""
    parts = (("Personal", given.staff), ("Geld", given.money), ("Zeit", given.time))
    return "; ".join(f"{what}: {text}" for what, text in parts if text)


def _equity(one: TransferObject) -> str:
    if not (given := one.equity):
        return ""
    return given.reaches + (f"; nicht erreicht: {given.misses}" if given.misses else "")


def _adoption(one: Adoption) -> str:
    """ "Stadt Regensburg (2017, gelungen): angepasst auf …"."""
    when = f"{one.year}, " if one.year else ""
    rest = "; ".join(part for part in (one.adapted, one.note) if part)
    return f"{one.taker} ({when}{one.result})" + (f": {rest}" if rest else "")


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_config_value("transferbuch_editions", "[]", "html")
    app.add_directive("editions", Editions)
    app.add_directive("transfer-objects", TransferObjects)
    app.add_directive("indicators", Indicators)
    app.add_directive("gaps", Gaps)
    app.add_config_value("transferbuch_objects", {}, "")
    app.add_config_value("transferbuch_indicators", {}, "")
    app.connect("builder-inited", _load_public)
    app.connect("source-read", _add_profile)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
