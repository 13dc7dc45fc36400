"""Sphinx extension for transfer objects: catalogue, overviews, who took over what, Steckbrief, feed of what is new.

Directives, each without content:
  {transfer-objects}              cards of all transfer objects with filter
  {objects-of} component NAME     list of the objects of one component
  {objects-of} phase NAME         list of the objects that name this life phase; `alle` is one of its own
  {adoptions}                     picture and table of who took over what from whom
Every page of a transfer object gets its Steckbrief from its front matter. Loaded by `portal_ext`.
"""

from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import Any, get_args
from urllib.parse import urlencode

from docutils import nodes
from sphinx.application import Sphinx

from transferbuch.records import nearest
from transferbuch.reference_day import reference_day
from transferbuch.regions.names import slugify
from transferbuch.site.adoption_picture import adoption_picture
from transferbuch.site.feed import FEED, TITLE, atom_feed
from transferbuch.site.listing import (
    Facet,
    HtmlDirective,
    access_mark,
    filter_html,
    in_german_order,
    in_one,
    used,
)
from transferbuch.site.profile import evidence_step, profile_html
from transferbuch.transfer.adoptions import Transfer, find_transfers
from transferbuch.transfer.evidence import STEPS
from transferbuch.transfer.groups import groups_of, load_groups
from transferbuch.transfer.loading import load_transfer_objects
from transferbuch.transfer.objects import Component, GiverType, Kind, TransferObject
from transferbuch.transfer.reviews import overdue
from transferbuch.vocabulary import FIELDS, LIFE_PHASES

ALL_PHASES = "alle"
LIST_PAGE = "transfer/index"
SIZES = ("unter 100.000", "100.000 bis unter 200.000", "200.000 bis unter 400.000", "400.000 und mehr")
"""Classes of population, between which the work of an administration differs."""


class TransferObjects(HtmlDirective):
    """Cards of all transfer objects: problem and effect, not only a title."""

    def make(self, app: Sphinx) -> str:
        objects = app.config.transferbuch_objects.values()
        sizes = app.config.transferbuch_sizes
        facets = [
            Facet("kind", "Art", used((one.kind for one in objects), get_args(Kind))),
            Facet("component", "Komponente", used(_each(one.components for one in objects), get_args(Component))),
            Facet("phase", "Lebensphase", used(_each(map(_phases, objects)), LIFE_PHASES)),
            Facet("field", "Handlungsfeld", used(_each(one.fields for one in objects), FIELDS)),
            Facet("group", "Zielgruppe", used(_each(map(_groups, objects)), load_groups())),
            Facet("land", "Land", in_german_order(one.giver.land for one in objects)),
            Facet("giver", "Typ des Gebers", used((one.giver.type for one in objects), get_args(GiverType))),
            Facet("size", "Bevölkerung im Kreis", used(sizes.values(), SIZES)),
            Facet("evidence", "Evidenz", used((one.evidence for one in objects), STEPS)),
        ]
        late = app.config.transferbuch_overdue
        cards = "\n".join(_card(one, sizes.get(one.slug, ""), one.slug in late) for one in objects)
        feed = f'<p class="tb-note"><a href="{_way(app, "")}{FEED}">Neues abonnieren (Atom-Feed)</a></p>'
        return (
            filter_html("#tb-transfer", "Beispielen", "Suchwort", facets)
            + f'<ul id="tb-transfer" class="tb-cards">{cards}</ul>'
            + (feed if _feed(app) else "")
        )


class ObjectsOf(HtmlDirective):
    """Objects of one component or life phase, the best documented first."""

    required_arguments = 2
    final_argument_whitespace = True

    def make(self, app: Sphinx) -> str:
        known = {"component": get_args(Component), "phase": (ALL_PHASES, *LIFE_PHASES)}
        facet, value = self.arguments
        for word, words in ((facet, tuple(known)), (value, known.get(facet, ()))):
            if word not in words:
                raise self.error(f"objects-of: unknown word {word!r}: {nearest(word, words)}")
        found = [
            one
            for one in app.config.transferbuch_objects.values()
            if value in (one.components if facet == "component" else one.life_phases)
        ]
        found.sort(key=lambda one: (-STEPS.index(one.evidence), slugify(one.title)))
        if not found:
            return "<p>Dazu gibt es noch kein Beispiel.</p>"
        way = _way(app, LIST_PAGE)
        items = "".join(
            f'<li><a href="{way}{one.slug}.html">{escape(one.title)}</a>{access_mark(one)} '
            f'<span class="tb-note">{escape(one.giver.name)}; {evidence_step(one)}</span></li>'
            for one in found
        )
        choice = "" if value == ALL_PHASES else f"#{urlencode({facet: value})}"
        more = f'<p class="tb-note tb-script"><a href="{way}index.html{choice}">Im Katalog weiter eingrenzen</a></p>'
        count = "Ein Beispiel" if len(found) == 1 else f"{len(found)} Beispiele"
        return f'<p>{count}:</p><ul class="tb-objects">{items}</ul>' + (more if choice else "")


class Adoptions(HtmlDirective):
    """Who took over what from whom: picture, and the same as a table."""

    def make(self, app: Sphinx) -> str:
        objects = app.config.transferbuch_objects
        transfers = find_transfers(objects)
        if not transfers:
            return "<p>Noch ist von keinem Beispiel bekannt, wer es übernommen hat.</p>"
        way = _way(app, LIST_PAGE)
        heads = ("Nr.", "Gegenstand", "Geber", "Nehmer", "Jahr", "Anpassung", "Ergebnis", "Anmerkung")
        head = "".join(f'<th scope="col">{one}</th>' for one in heads)
        rows = "".join(_adoption_row(number, one, way) for number, one in enumerate(transfers, 1))
        return (
            f"{adoption_picture(transfers)}"
            '<div class="tb-table" role="region" tabindex="0" aria-label="Übernahmen"><table>'
            f"<caption>Übernahmen mit den Seiten, die davon erzählen</caption><thead><tr>{head}</tr></thead>"
            f"<tbody>{rows}</tbody></table></div>"
        )


def _adoption_row(number: int, one: Transfer, way: str) -> str:
    taker = escape(one.taker)
    if one.taker_page and one.taker_page != one.page:
        taker = f'<a href="{way}{one.taker_page}.html">{taker}</a>'
    facts = "".join(
        f"<td>{escape(str(fact)) if fact else 'keine Angabe'}</td>"
        for fact in (one.year, one.adapted, one.result, one.note)
    )
    return (
        f'<tr><td class="tb-number">{number}</td>'
        f'<th scope="row"><a href="{way}{one.page}.html">{escape(one.what)}</a></th>'
        f"<td>{escape(one.giver)}</td><td>{taker}</td>{facts}</tr>"
    )


def _card(one: TransferObject, size: str, is_overdue: bool) -> str:
    facets = {
        "kind": one.kind,
        "component": in_one(one.components),
        "phase": in_one(_phases(one)),
        "field": in_one(one.fields),
        "group": in_one(_groups(one)),
        "land": escape(one.giver.land),
        "giver": one.giver.type,
        "size": size,
        "evidence": one.evidence,
    }
    data = " ".join(f'data-{key}="{value}"' for key, value in facets.items())
    step = STEPS.index(one.evidence) + 1
    late = f'<p class="tb-overdue">Durchsicht überfällig seit {one.next_review:%d.%m.%Y}</p>' if is_overdue else ""
    return (
        f'<li class="tb-card" {data} data-search="{escape("; ".join(one.target_groups))}">'
        f'<a href="{one.slug}.html">{escape(one.title)}</a>{access_mark(one)}<p>{escape(one.summary)}</p>'
        f'<p class="tb-card-facts">{escape(one.giver.name)} · {one.kind} · {escape(", ".join(one.fields))}</p>'
        f'<p class="tb-card-facts"><span aria-hidden="true">{"●" * step}{"○" * (len(STEPS) - step)}</span> '
        f"Evidenz: {evidence_step(one)}</p>{late}</li>"
    )


def _each(lists: Iterable[Iterable[str]]) -> Iterable[str]:
    return (value for values in lists for value in values)


def _groups(one: TransferObject) -> tuple[str, ...]:
    return tuple(used(_each(map(groups_of, one.target_groups)), load_groups()))


def _phases(one: TransferObject) -> tuple[str, ...]:
    """Life phases to be found under; an example for all phases is found under each."""
    return LIFE_PHASES if ALL_PHASES in one.life_phases else one.life_phases


def size_class(population: float) -> str:
    """The class of `SIZES` that a number of inhabitants is in."""
    return SIZES[sum(population >= limit for limit in (100_000, 200_000, 400_000))]


def _home(app: Sphinx) -> str:
    """Where the portal's pages are in the source: "" when it is `book/`, "book/" when it is the project."""
    return "" if (Path(app.srcdir) / "transfer").is_dir() else "book/"


def _way(app: Sphinx, page: str) -> str:
    """Way from the page that is being read to the folder of a page of the portal, or with "" to the site's root."""
    target = f"{_home(app)}{page}" if page else app.config.root_doc.rpartition("/")[2]
    address = app.builder.get_relative_uri(app.env.docname, target)
    return address[: address.rfind("/") + 1]


def _load_public(app: Sphinx) -> None:
    """What everybody may see, unless the build handed in what its audience may see; and what of it is overdue."""
    if not app.config.transferbuch_objects:
        folder = Path(app.srcdir) / _home(app) / "transfer"
        app.config.transferbuch_objects = load_transfer_objects(folder)
    late = overdue(app.config.transferbuch_objects, reference_day())
    app.config.transferbuch_overdue = frozenset(one.slug for one in late)


def _add_profile(app: Sphinx, docname: str, source: list[str]) -> None:
    """Put the Steckbrief under the first heading of a transfer object's page."""
    folder, _, stem = docname.rpartition("/")
    objects = app.config.transferbuch_objects
    if folder.rpartition("/")[2] != "transfer" or stem not in objects:
        return
    one = objects[stem]
    titles = {slug: objects[slug].title for slug in one.related}
    head, rule, body = source[0].partition(f"\n# {one.title}\n")
    profile = profile_html(
        one, titles, stem in app.config.transferbuch_overdue, app.config.transferbuch_takers.get(stem, ())
    )
    source[0] = f"{head}{rule}\n```{{raw}} html\n{profile}\n```\n{body}"


def _feed(app: Sphinx) -> str:
    """The feed, or "" when there is nothing to tell."""
    folder = f"{_home(app)}transfer/"
    return atom_feed(app.config.transferbuch_objects.values(), folder, app.config.html_baseurl)


def _write_feed(app: Sphinx, error: Exception | None) -> None:
    if not error and app.builder.format == "html" and (feed := _feed(app)):
        (Path(app.outdir) / FEED).write_text(feed, encoding="utf-8")


def _link_feed(app: Sphinx, page: str, template: str, context: dict[str, Any], tree: nodes.document | None) -> None:
    """Readers of feeds find it in the head of the catalogue."""
    if page == f"{_home(app)}{LIST_PAGE}" and _feed(app):
        address = context["pathto"](FEED, resource=True)
        link = f'<link rel="alternate" type="application/atom+xml" title="{TITLE}" href="{address}" />'
        context["metatags"] = context.get("metatags", "") + link


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_config_value("transferbuch_objects", {}, "")
    app.add_config_value("transferbuch_overdue", frozenset(), "")
    app.add_config_value("transferbuch_sizes", {}, "")
    app.add_config_value("transferbuch_takers", {}, "")
    app.add_directive("transfer-objects", TransferObjects)
    app.add_directive("objects-of", ObjectsOf)
    app.add_directive("adoptions", Adoptions)
    app.connect("builder-inited", _load_public)
    app.connect("source-read", _add_profile)
    app.connect("html-page-context", _link_feed)
    app.connect("build-finished", _write_feed)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
