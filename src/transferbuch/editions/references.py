"""What additions and report forms of municipalities name: chapters, indicators, transfer objects must exist and fit."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from transferbuch.editions.chapter_lists import KnownChapters
from transferbuch.editions.forms import REPORT_CHAPTERS, Bildungsbericht, Gremienvorlage, PageForm, objects_of
from transferbuch.editions.parameters import Parameters
from transferbuch.editions.templates import PAGE_FORMS
from transferbuch.errors import Problem
from transferbuch.project import Project
from transferbuch.records import Place, dotted, find_places, nearest, read_person_text

_Fault = tuple[Place, str, str, str, str, str]
"""Place in the YAML, what is wrong, value, expected, what to do, code."""


def check_references(
    project: Project,
    parameters: Mapping[str, Parameters],
    chapters: KnownChapters,
    indicators: Collection[str],
    objects: Collection[str],
) -> list[Problem]:
    """All faults of what the municipalities add; `indicators` and `objects` are those that the audience may see."""
    files = {path.name.partition("-")[0]: path for path in project.parameters.glob("*.y*ml")}
    problems = []
    for ags, chosen in parameters.items():
        if not (chosen.statements or chosen.comments or chosen.practice or chosen.formats):
            continue
        name = project.show(files[ags])
        places = find_places(read_person_text(files[ags], name))
        for place, *fault in _Check(chosen, chapters, indicators, objects).faults():
            while place not in places:
                place = place[:-1]
            problems.append(Problem(name, places[place], dotted(place), *fault))
        if (report := chosen.report) and report.chapters:
            lists = {("formats", chosen.formats.index(report), "chapters"): report.chapters}
            problems += chapters.check(name, places, lists, chosen.for_public().has)
    return problems


@dataclass(frozen=True)
class _Check:
    """The additions and forms of one municipality, with what they may name."""

    chosen: Parameters
    chapters: KnownChapters
    indicators: Collection[str]
    objects: Collection[str]

    def faults(self) -> Iterator[_Fault]:
        for key in ("statements", "comments", "practice"):
            for number, one in enumerate(getattr(self.chosen, key)):
                yield from self._chapter((key, number, "chapter"), one.chapter)
        for number, one in enumerate(self.chosen.practice):
            if one.slug:
                yield from self._object(("practice", number, "slug"), one.slug)
        yield from self._reports()
        pages: set[str] = set()
        for number, one in enumerate(self.chosen.formats):
            if isinstance(one, PageForm):
                yield from self._page(number, one, pages)
                pages.add(one.page)

    def _chapter(self, place: Place, chapter: str) -> Iterator[_Fault]:
        chosen, known = self.chosen, self.chapters
        printing = {name for name in known.names - known.internal if known.needs.get(name) not in PAGE_FORMS}
        printed = {*chosen.listed, *(name for one in chosen.roles.values() for name in one.chapters)}
        expected = "a chapter of this edition that everybody may read"
        if chapter not in known.names:
            yield place, "there is no such chapter", chapter, expected, nearest(chapter, printing), "unknown-chapter"
        elif chapter not in printing:
            what = "an addition of the municipality does not appear on this page"
            yield place, what, chapter, expected, f"use one of: {', '.join(sorted(printing))}", "chapter"
        elif chosen.listed and chapter not in printed or not chosen.has(known.needs.get(chapter, "")):
            do = "add the chapter to the edition, or move the text to another one"
            yield place, "the edition does not have this chapter", chapter, expected, do, "chapter"

    def _object(self, place: Place, slug: str) -> Iterator[_Fault]:
        if slug not in self.objects:
            expected = "name of a page in book/transfer/ without .md"
            yield place, "there is no such transfer object", slug, expected, nearest(slug, self.objects), "unknown-slug"

    def _reports(self) -> Iterator[_Fault]:
        reports = [number for number, one in enumerate(self.chosen.formats) if isinstance(one, Bildungsbericht)]
        for number in reports[1:]:
            what, do = "an edition is one Bildungsbericht at most", "remove one of them"
            yield ("formats", number, "form"), what, "bildungsbericht", "one bildungsbericht", do, "duplicate-form"
        if reports and self.chosen.chapters:
            what = "a Bildungsbericht orders the chapters, and so does this list"
            do = "move the list into the bildungsbericht as its `chapters`"
            yield ("chapters",), what, "", "one of the two", do, "two-orders"
        if reports and not self.chosen.report.chapters:
            for name in set(REPORT_CHAPTERS) - self.chapters.names:
                do = f"restore notebooks/{name}.ipynb, or list the `chapters`"
                place = ("formats", reports[0], "form")
                yield place, "a chapter of the Bildungsbericht does not exist", name, "", do, "unknown-chapter"

    def _page(self, number: int, one: PageForm, before: Collection[str]) -> Iterator[_Fault]:
        place: Place = ("formats", number)
        if one.form not in self.chapters.names:
            do = f"restore notebooks/{one.form}.ipynb"
            yield (*place, "form"), "there is no notebook for this form", one.form, "", do, "unknown-chapter"
        if one.page in before or one.page in self.chapters.names:
            expected = "each id once among the forms of a kind, and no page with the name of a chapter"
            yield (*place, "id"), "this page exists already", one.page, expected, "choose another id", "duplicate-form"
        named: tuple[str, ...] = getattr(one, "indicators", ())
        for at, indicator in enumerate(named):
            here = (*place, "indicators", at)
            if indicator not in self.indicators:
                do, code = nearest(indicator, self.indicators), "unknown-indicator"
                yield here, "there is no such indicator", indicator, "the id of an indicator of the catalogue", do, code
            elif indicator in named[:at]:
                yield here, "this indicator is already in the list", indicator, "each one once", "remove it", "twice"
        for at, slug in enumerate(objects_of(one)):
            yield from self._object((*place, "objects", at), slug)
        if isinstance(one, Gremienvorlage) and not (one.contact or self.chosen.contact):
            what, do = "the paper says nobody to ask", "add `contact:` here or for the whole edition"
            yield place, what, one.title, "a contact by function", do, "no-contact"
