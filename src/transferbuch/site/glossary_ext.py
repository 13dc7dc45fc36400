"""Sphinx extension: on every page the first occurrence of each term of the glossary becomes a link to it.

The definition stands hidden at the end of the page, outside the part that the search shows; `transferbuch.js` shows it
beside the link. Works on the finished HTML of a page, because sentences of notebooks are HTML from the start. Not
linked: headings, links, code, figures, data tables and headers of tables, cards, Steckbrief, what is folded away.
"""

import re
from collections.abc import Iterable
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.utils import new_document
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util.nodes import make_id

from transferbuch.site.glossary import WORD, Spelling, Term, load_glossary, stem_of
from transferbuch.site.search import FOLDED

PAGE = "glossar"
NOT_IN = frozenset(
    ("h1", "h2", "h3", "h4", "h5", "h6", "a", "abbr", "button", "code", "pre", "kbd", "samp", "figure", "figcaption")
    + ("caption", "th", "dt", "details", "summary", "form", "nav", "aside", "svg", "style", "noscript")
)
NOT_IN_CLASS = frozenset({"tb-cards", "tb-table", "tb-source"})


@cache
def _tags(name: str) -> re.Pattern[str]:
    """Tags of this name, and comments and scripts, which may hold what looks like one."""
    return re.compile(
        rf"<!--.*?-->|<script\b.*?</script>|<(?P<end>/?)(?P<name>{name})(?![\w-])"
        r"(?P<rest>(?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>",
        re.DOTALL | re.IGNORECASE,
    )


_TAG = _tags(r"[a-z][\w-]*")
_CLASSES = re.compile(r"\bclass=\"([^\"]*)\"")


class TermLinks:
    """Finds terms in the HTML of pages."""

    def __init__(self, terms: Iterable[Term]):
        self.by_word: dict[str, list[tuple[Spelling, Term]]] = {}  # by the first word, or its stem
        self.by_stem: dict[str, list[tuple[Spelling, Term]]] = {}
        for term in terms:
            for spelling in term.spellings:
                place = self.by_word if spelling.exact else self.by_stem
                place.setdefault(spelling.words[0], []).append((spelling, term))
        self.beginning_with = cache(self._beginning_with)

    def link(self, html: str, opening: dict[str, str]) -> tuple[str, list[Term]]:
        """The HTML with one link per term, and those terms in their order; `opening`: start tag by the term's name."""
        parts, used, place, end = [], {}, 0, 0  # linked until `place`, read until `end`
        while tag := _TAG.search(html, end):
            name, end = (tag["name"] or "").lower(), tag.end()
            parts.append(self._link_text(html[place : tag.start()], opening, used))
            if name and not tag["end"] and _is_left_out(name, tag["rest"] or ""):
                end = _end_of(html, name, end)
            parts.append(html[tag.start() : end])
            place = end
        parts.append(self._link_text(html[place:], opening, used))
        return "".join(parts), list(used.values())

    def _link_text(self, text: str, opening: dict[str, str], used: dict[str, Term]) -> str:
        words = list(WORD.finditer(text))
        parts, place, number = [], 0, 0
        while number < len(words):
            term, length = self._term_at(text, words, number)
            if term and term.name not in used:
                used[term.name] = term
                start, end = words[number].start(), words[number + length - 1].end()
                parts += [text[place:start], opening[term.name], text[start:end], "</a>"]
                place = end
            number += length
        return "".join(parts) + text[place:]

    def _term_at(self, text: str, words: list[re.Match[str]], number: int) -> tuple[Term | None, int]:
        """The term that begins with this word and of how many words it is; None and 1 if there is none."""
        for spelling, term in self.beginning_with(words[number].group()):
            given = words[number : number + len(spelling.words)]
            if len(given) < len(spelling.words) or not spelling.fits(tuple(word.group() for word in given)):
                continue
            if all(text[one.end() : other.start()].isspace() for one, other in zip(given, given[1:], strict=False)):
                return term, len(given)
        return None, 1

    def _beginning_with(self, word: str) -> list[tuple[Spelling, Term]]:
        """Longest first."""
        candidates = self.by_word.get(word, []) + self.by_stem.get(stem_of(word), [])
        return sorted(candidates, key=lambda one: -len(one[0].words))


def _end_of(html: str, name: str, place: int) -> int:
    """Where the element ends whose start tag ends at `place`; it may hold others of its name."""
    depth = 1
    for tag in _tags(name).finditer(html, place):
        if tag["name"]:
            depth += -1 if tag["end"] else 1
        if not depth:
            return tag.end()
    return len(html)


def _is_left_out(name: str, attributes: str) -> bool:
    if name in NOT_IN:
        return True
    found = _CLASSES.search(attributes) if "tb-" in attributes else None
    return bool(found) and not NOT_IN_CLASS.isdisjoint(found[1].split())


class _Pages:
    """Adds the links to the pages of one book."""

    def __init__(self, app: Sphinx, terms: tuple[Term, ...], page: str):
        """`page`: name of the glossary in this book; empty if it is in another one."""
        self.page, self.links = page, TermLinks(terms)
        document = new_document("")
        self.anchors = {term.name: make_id(app.env, document, "term", term.name) for term in terms}

    def link_terms(
        self, app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None
    ) -> None:
        if doctree is None or pagename == self.page:
            return
        if self.page:
            address = app.builder.get_relative_uri(pagename, self.page)
        else:
            address = "../" * pagename.count("/") + app.config.transferbuch_glossary_page
        opening = {
            name: f'<a class="tb-term" href="{escape(address)}#{anchor}" aria-describedby="text-{anchor}">'
            for name, anchor in self.anchors.items()
        }
        context["body"], used = self.links.link(context["body"], opening)
        context["tb_terms"] = [(f"text-{self.anchors[term.name]}", term) for term in used]


def _start(app: Sphinx) -> None:
    """The terms that the build handed in, or those of the book's own page. Plain Jupyter Book starts above `book/`."""
    page = next((name for name in (PAGE, f"book/{PAGE}") if Path(app.srcdir, f"{name}.md").is_file()), "")
    terms = app.config.transferbuch_glossary
    if page:
        terms = load_glossary(Path(app.srcdir, f"{page}.md"), f"book/{PAGE}.md")
    if terms:
        app.connect("html-page-context", _Pages(app, terms, page).link_terms)


def _finish_page(app: Sphinx, doctree: nodes.document) -> None:
    """On the glossary's own page: letters to jump to, other and English names as one line, forms left out."""
    for glossary in list(doctree.findall(addnodes.glossary)):
        for fields in list(glossary.findall(nodes.field_list)):
            fields.replace_self(_names_line(fields))
        letters: dict[str, str] = {}
        for term in glossary.findall(nodes.term):
            letters.setdefault(term.astext()[0].lower().translate(FOLDED).upper(), term["ids"][0])
        links = " ".join(f'<a href="#{anchor}">{letter}</a>' for letter, anchor in letters.items())
        nav = f'<nav class="tb-letters" aria-label="Anfangsbuchstaben">{links}</nav>'
        glossary.parent.insert(glossary.parent.index(glossary), nodes.raw("", nav, format="html"))


def _names_line(fields: nodes.field_list) -> nodes.paragraph:
    given = {one[0].astext(): one[1].astext() for one in fields}
    line = nodes.paragraph(classes=["tb-note"])
    if "Auch" in given:
        line += nodes.Text(f"Auch: {given['Auch'].replace(';', ',')}. ")
    if "Englisch" in given:
        line += [nodes.Text("Englisch: "), nodes.inline("", given["Englisch"], classes=["language-en"])]
    return line


def setup(app: Sphinx) -> dict[str, bool]:
    """`transferbuch_glossary`: terms; `transferbuch_glossary_page`: their page as seen from the book's start page."""
    app.add_config_value("transferbuch_glossary", (), "")
    app.add_config_value("transferbuch_glossary_page", "", "")
    app.connect("builder-inited", _start)
    app.connect("doctree-read", _finish_page)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
