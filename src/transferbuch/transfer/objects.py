"""Transfer objects (Transfergegenstände): proven, transferable examples of good municipal practice.

One object is one page, `book/transfer/<slug>.md`: strict front matter (this record) and text (`page`). The file
stem is the slug and never changes, because addresses and `related` lists hold it. Objects that only internal editions
show lie in `book/transfer/intern/`.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, model_validator

from transferbuch.errors import PersonFileError, Problem
from transferbuch.project import CATALOGUE, access_problems, visible_files
from transferbuch.records import (
    Draft,
    Record,
    find_line,
    find_places,
    nearest,
    parse_draft,
    read_person_text,
    split_front_matter,
)
from transferbuch.regions.keys import AGS
from transferbuch.regions.register import load_register
from transferbuch.transfer.evidence import (
    Adoption,
    Condition,
    Effort,
    Equity,
    Evaluation,
    EvidenceStep,
    Origin,
    Text,
    evidence_faults,
    read_keys,
)
from transferbuch.transfer.groups import groups_of, load_groups
from transferbuch.transfer.page import UNFILLED, check_body, check_unfilled
from transferbuch.transfer.requirements import requirement_fault
from transferbuch.vocabulary import INTERNAL_FOLDER, PUBLIC, Access, Component, FieldOfAction, LifePhase

Kind = Literal["Strukturmodell", "Angebot", "Instrument", "Prozess", "Kooperation"]
GiverType = Literal["Landkreis", "kreisfreie Stadt", "Stadt", "Land", "Verbund", "Programm"]

LIST_PAGE = "index.md"
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def _filled(items: tuple[str, ...]) -> tuple[str, ...]:
    # Not `min_length`: pydantic would report "too short" as well whenever the only item has a fault of its own.
    if not items:
        raise ValueError("the list is empty")
    return items


Filled = AfterValidator(_filled)


def _all_or_some(phases: tuple[LifePhase, ...]) -> tuple[LifePhase, ...]:
    if "alle" in phases and len(phases) > 1:
        raise ValueError("`alle` stands alone; name the phases, or only `alle`")
    return phases


LifePhases = Annotated[tuple[LifePhase, ...], Filled, AfterValidator(_all_or_some)]


class Giver(Record):
    """The municipality (or association) that the example comes from."""

    name: Text = Field(description="official name, e.g. Landkreis Leer")
    ags: Annotated[tuple[AGS, ...], BeforeValidator(read_keys)] = Field(
        default=(), description='key of the time of the example, in quotes ("03457"); an association gives a list'
    )
    type: GiverType = Field(description="type at the time of the example")
    land: Text = Field(description="name of the Land, or bundesweit")

    @model_validator(mode="after")
    def _has_a_key(self) -> "Giver":
        if not self.ags and self.type not in ("Programm", "Verbund"):
            raise ValueError(f"a giver of type {self.type} needs its key: add `ags:` in quotes")
        return self


class Source(Record):
    """Where the facts were published."""

    title: Text
    place: Text = Field(description="chapter and heading, so that a reader finds it")
    year: int | None = Field(default=None, ge=1990, le=2100, description="only if the source states it")


class Revision(Record):
    """One change of a published page that readers should hear of."""

    date: dt.date
    what: Text = Field(description="German, one sentence: Ergebnisse der Befragung von 2027 ergänzt.")


class TransferObject(Record):
    """Front matter of one page; every text is German, in our own words, and written for readers."""

    # `class` is a word of the language, so the attribute is `class_`; in files and in JSON it stays `class`.
    model_config = ConfigDict(**Record.model_config, serialize_by_alias=True)

    slug: str = Field(default="", description="taken from the file name")
    access: Access = Field(default=PUBLIC, description="public or internal; internal ones lie in intern/")
    title: Text = Field(max_length=110)
    summary: Text = Field(max_length=420, description="one or two sentences for the card: problem and effect")
    giver: Giver = Field(description="name, ags, type and land of the municipality the example comes from")
    class_: Literal["Beispiel", "Kurzporträt", "Modell", "Netzwerk"] = Field(alias="class")
    depth: Literal["voll", "mittel", "kurz"] = Field(description="how much the source tells")
    status: Literal["geplant", "im Aufbau", "erprobt", "etabliert", "abgeschlossen", "Empfehlung", "unklar"] = Field(
        description="state at the information date"
    )
    kind: Kind = Field(description="what would be taken over")
    components: Annotated[tuple[Component, ...], Filled] = Field(description="components of education management")
    life_phases: LifePhases = Field(description="the phases one by one, or only `alle`")
    fields: Annotated[tuple[FieldOfAction, ...], Filled] = Field(
        max_length=3, description="one to three Handlungsfelder"
    )
    target_groups: Annotated[tuple[Text, ...], Filled]
    indicators: tuple[str, ...] = Field(default=(), description="ids of the indicators it addresses")
    programmes: tuple[Text, ...] = Field(default=(), description="funding programmes, only if the source names them")
    contact_roles: Annotated[tuple[Text, ...], Filled] = Field(
        description="functions at the giver, never persons or addresses"
    )
    evidence: EvidenceStep = Field(default="beschrieben", description="step of the ladder of evidence")
    evaluation: Evaluation | None = Field(default=None, description="needed from the step evaluiert on")
    effort: Effort | None = Field(default=None, description="only what the source tells")
    equity: Equity | None = Field(default=None, description="whom it reaches, whom not")
    conditions: tuple[Condition, ...] = Field(default=(), description="conditions for success that can be checked")
    origin: tuple[Origin, ...] = Field(default=(), description="what it was taken from")
    adoptions: tuple[Adoption, ...] = Field(default=(), description="who took it over, failures too")
    material: Text | None = Field(default=None, description="how to get at material, without addresses")
    source: Source = Field(description="where the facts were published")
    information_date: Text = Field(description="what the facts date from, e.g. um 2018 (Quelle ohne Datum)")
    published: dt.date | None = Field(default=None, description="day on which the page first appeared; feeds need it")
    revised: tuple[Revision, ...] = Field(default=(), description="later changes with their days, the oldest first")
    author: Text = Field(description="function, never a person")
    reviewer: Text = Field(description="function of the second reader, or that the second reading is outstanding")
    next_review: dt.date = Field(description="day by which somebody looks at it again, e.g. 2027-06-30")
    licence: Literal["CC BY 4.0"] = Field(description="of our own text")
    related: tuple[str, ...] = Field(default=(), description="slugs of other pages")


def load_transfer_object(path: Path) -> TransferObject:
    """The transfer object of one page, front matter and text checked; `slug` is set from the file name.

    Raises PersonFileError with all faults of the page. What needs the other pages (`related`, two pages with
    one title) is checked by `load_transfer_objects`.
    """
    draft = _read_page(path)
    if draft.problems:
        raise PersonFileError(draft.problems)
    return draft.record


def load_transfer_objects(folder: Path, internal: bool = False) -> dict[str, TransferObject]:
    """All transfer objects of `folder` by slug, in alphabetical order; the list page `index.md` is not one.

    `internal`: with those that only internal editions show; otherwise their files are not opened.
    Raises PersonFileError with every fault of every page, also those between pages.
    """
    problems: list[Problem] = []
    try:
        files = visible_files(folder, "*.md", internal)
    except PersonFileError as error:  # a name that is there twice: of the two the public page is looked at
        problems += [replace(one, file=_shown(folder / INTERNAL_FOLDER / one.value)) for one in error.problems]
        hidden = (folder / INTERNAL_FOLDER).glob("*.md")
        files = [*folder.glob("*.md"), *(path for path in hidden if not (folder / path.name).exists())]
    paths = {path.stem: path for path in sorted(files, key=lambda path: path.name) if path.name != LIST_PAGE}
    drafts: dict[str, Draft[TransferObject]] = {}
    for slug, path in paths.items():
        try:
            drafts[slug] = _read_page(path)
            problems += drafts[slug].problems
        except PersonFileError as error:
            problems += error.problems
    titles: dict[str, str] = {}
    for draft in drafts.values():
        if "title" not in draft.wrong:
            problems += _check_title(draft.record, paths, titles)
        if draft.wrong.isdisjoint(("related", "origin")):
            problems += _check_related(draft.record, paths)
            problems += _check_public(draft.record, paths) if "access" not in draft.wrong else []
            problems += _check_origin(draft.record, drafts, paths) if "giver" not in draft.wrong else []
    if problems:
        raise PersonFileError(sorted(_without_unfilled(problems)))
    return {slug: draft.record for slug, draft in drafts.items()}


def _read_page(path: Path) -> Draft[TransferObject]:
    """One page and its faults; what depends on a field that is wrong is not checked.

    Raises PersonFileError for a page without readable front matter.
    """
    file = _shown(path)
    text = read_person_text(path, file)
    head, body, first_line = split_front_matter(text, file)
    draft = parse_draft(head, TransferObject, file, first_line=2)
    one = draft.record
    title = None if "title" in draft.wrong else one.title
    problems = [*draft.problems, *check_unfilled(text, file), *check_body(body, title, file, first_line)]
    if "access" not in draft.wrong:
        problems += access_problems(path, one.access, file, _line_with(path, "access:"))
    for needed, check in _CHECKS:
        if draft.wrong.isdisjoint(needed):
            problems += check(one, path)
    return Draft(one.model_copy(update={"slug": path.stem}), draft.wrong, tuple(sorted(_without_unfilled(problems))))


def _without_unfilled(problems: Iterable[Problem]) -> list[Problem]:
    """Of a line that is still to be filled in nothing else is told."""
    problems = list(problems)
    unfilled = {(one.file, one.line) for one in problems if one.code == UNFILLED}
    return [one for one in problems if one.code == UNFILLED or (one.file, one.line) not in unfilled]


def is_taker(taken: Adoption, giver: Giver) -> bool:
    """Whether who took an example over is the giver of another page: by their keys, or without keys by name."""
    if taken.ags and giver.ags:
        return not set(taken.ags).isdisjoint(giver.ags)
    return taken.taker.casefold() == giver.name.casefold()


def _check_slug(one: TransferObject, path: Path) -> Iterator[Problem]:
    if not SLUG.fullmatch(path.stem):
        what, do = "the file name is no slug", "rename the file"
        expected = "lower-case letters a–z, digits and single hyphens (ae, oe, ue, ss for umlauts)"
        yield Problem(_shown(path), 0, "slug", what, path.stem, expected, do, "slug")
    if one.slug and one.slug != path.stem:
        what, do = "the slug differs from the file name", "rename the file or leave `slug` out"
        yield _fault(path, one.slug, "slug", what, one.slug, path.stem, do, "slug")


def _check_giver(one: TransferObject, path: Path) -> Iterator[Problem]:
    """Every key is in the register (dissolved Kreise too) and lies in the Land that is named."""
    register = load_register()
    for ags in one.giver.ags:
        if ags.level == "kreis" and ags not in register:
            what, do = "no register knows this key", register.nearest(ags)
            yield _fault(path, ags, "giver.ags", what, ags, "the key of a Kreis", do, "unknown-ags")
        elif (land := register.land_name(ags.land)) != one.giver.land:
            what, do = "the key lies in another Land", "correct `ags` or `land`"
            yield _fault(path, ags, "giver.land", what, one.giver.land, land, do, "wrong-land")


def _check_takers(one: TransferObject, path: Path) -> Iterator[Problem]:
    """Every key of a taker is in the register."""
    register = load_register()
    for ags in (ags for taken in one.adoptions for ags in taken.ags):
        if ags.level == "kreis" and ags not in register:
            what, do = "no register knows this key", register.nearest(ags)
            yield _fault(path, ags, "adoptions.ags", what, ags, "the key of a Kreis", do, "unknown-ags")


def _check_target_groups(one: TransferObject, path: Path) -> Iterator[Problem]:
    """Every target group is found under a group of the catalogue."""
    for said in one.target_groups:
        if not groups_of(said):
            what = "nobody who looks for a group of readers would find this"
            expected = f"a word that leads to one of the groups {', '.join(load_groups())}"
            do = "use such a word, or add yours to src/transferbuch/catalogue/target_groups.yml"
            yield _fault(path, said, "target_groups", what, said, expected, do, "target-group")


def _check_days(one: TransferObject, path: Path) -> Iterator[Problem]:
    """Revisions come after the page was published, in the order of their days."""
    days = [day for day in (one.published, *(part.date for part in one.revised)) if day]
    if one.revised and not one.published:
        what, do = "a page that was revised has been published", "add `published:`"
        yield _fault(path, "revised:", "published", what, "", "the day on which the page first appeared", do, "dates")
    for before, day in pairwise(days):
        if day < before:
            expected, do = "first `published`, then the revisions by their days", "sort them"
            yield _fault(path, str(day), "revised", f"this is before {before}", str(day), expected, do, "dates")


def _check_evidence(one: TransferObject, path: Path) -> Iterator[Problem]:
    for what in evidence_faults(one.evidence, one.status, len(one.adoptions), one.evaluation):
        expected, do = "what the ladder requires", "claim a lower step, or add what is missing"
        yield _fault(path, "evidence:", "evidence", what, one.evidence, expected, do, "evidence")


def _check_conditions(one: TransferObject, path: Path) -> Iterator[Problem]:
    """What conditions need are words of the vocabulary."""
    faults = [
        (("conditions", number, "needed"), fault)
        for number, part in enumerate(one.conditions)
        if part.kind in ("body", "data") and (fault := requirement_fault(part.needed or "", part.kind))
    ]
    if faults:
        head, _, _ = split_front_matter(read_person_text(path), _shown(path))
        lines = find_places(head)
        for place, fault in faults:
            yield Problem(_shown(path), lines[place] + 1, f"conditions[{place[1] + 1}].needed", *fault)


def _check_indicators(one: TransferObject, path: Path) -> Iterator[Problem]:
    if not one.indicators:
        return
    folder = CATALOGUE / "indicators"
    public = {file.stem for file in folder.glob("*.yml")}
    internal = {file.stem for file in (folder / INTERNAL_FOLDER).glob("*.yml")}  # by their names, not opened
    known = public if one.access == PUBLIC else public | internal
    for name in one.indicators:
        if name in internal - known:
            what = "this indicator is internal, and everybody may read the page"
            expected, do = (
                "indicators that everybody may see",
                "remove it here, or move the page to book/transfer/intern/",
            )
            yield _fault(path, name, "indicators", what, name, expected, do, "access")
        elif name not in known:
            expected, do = "the id of an indicator of the catalogue", nearest(name, known)
            yield _fault(path, name, "indicators", "no such indicator", name, expected, do, "unknown-indicator")


_CHECKS: tuple[tuple[tuple[str, ...], Callable[[TransferObject, Path], Iterable[Problem]]], ...] = (
    (("slug",), _check_slug),
    (("giver",), _check_giver),
    (("indicators", "access"), _check_indicators),
    (("evidence", "status", "adoptions", "evaluation"), _check_evidence),
    (("conditions",), _check_conditions),
    (("adoptions",), _check_takers),
    (("target_groups",), _check_target_groups),
    (("published", "revised"), _check_days),
)
"""Checks of one page: the fields that must be in order for it, and the check."""


def _check_title(one: TransferObject, paths: dict[str, Path], titles: dict[str, str]) -> Iterator[Problem]:
    """Whether another page has the title; `titles` holds the pages before it by their titles, and gets this one."""
    twin = titles.setdefault(one.title.casefold(), one.slug)
    if twin != one.slug:
        what, do = "another page has this title", f"see {_shown(paths[twin])}"
        yield _fault(paths[one.slug], "title:", "title", what, one.title, "each object once", do, "duplicate")


def _check_related(one: TransferObject, paths: dict[str, Path]) -> Iterator[Problem]:
    others = [slug for slug in paths if slug != one.slug]
    for slug in _named_by(one):
        if slug not in others:
            what = "an object is not related to itself" if slug == one.slug else "no page has this slug"
            expected, do = (
                "the file name of another page without .md",
                nearest(slug, others) if others else "leave it out",
            )
            yield _fault(paths[one.slug], slug, "related", what, slug, expected, do, "dead-related")


def _check_origin(
    one: TransferObject, drafts: dict[str, Draft[TransferObject]], paths: dict[str, Path]
) -> Iterator[Problem]:
    """The page that this one was taken from must know of it: it lists this giver among its takers."""
    others = [drafts[part.slug] for part in one.origin if part.slug in drafts.keys() - {one.slug}]
    for other in (draft.record for draft in others if "adoptions" not in draft.wrong):
        if not any(is_taker(taken, one.giver) for taken in other.adoptions):
            path, keys = paths[other.slug], ", ".join(one.giver.ags)
            word = "adoptions:" if other.adoptions else "giver:"
            what = f"{_shown(paths[one.slug])} says that it was taken from here, and this page does not"
            expected = f"an entry with taker {one.giver.name}" + (f" and ags {keys}" if keys else "")
            do = "add the entry, or remove `slug` from the other page's `origin`"
            yield _fault(path, word, "adoptions", what, "", expected, do, "origin-not-adopted")


def _check_public(one: TransferObject, paths: dict[str, Path]) -> Iterator[Problem]:
    """What everybody may read must not name what is internal, not even by its file name."""
    hidden = {slug for slug, path in paths.items() if path.parent.name == INTERNAL_FOLDER}
    for slug in _named_by(one) if one.access == PUBLIC else ():
        if slug in hidden:
            what = "this page is internal, and everybody may read the one that names it"
            expected, do = "pages that everybody may read", "remove it here; the internal page may name this one"
            yield _fault(paths[one.slug], slug, "related", what, slug, expected, do, "access")


def _named_by(one: TransferObject) -> tuple[str, ...]:
    """Slugs of the pages that a page leads to."""
    return (*one.related, *(part.slug for part in one.origin if part.slug))


def _fault(path: Path, word: str, field: str, what: str, value: str, expected: str, do: str, code: str) -> Problem:
    """A fault in the line of the page that holds `word`, or else the line of the field."""
    line = _line_with(path, word) or _line_with(path, f"{field.partition('.')[0]}:")
    return Problem(_shown(path), line, field, what, value, expected, do, code)


def _shown(path: Path) -> str:
    """`book/transfer/<file>`: the path as messages show it, without a user's folders."""
    return "/".join(path.parts[-4 if path.parent.name == INTERNAL_FOLDER else -3 :])


def _line_with(path: Path, word: str) -> int:
    """The line of the page that holds `word`; only asked for when there is a fault to place."""
    return find_line(read_person_text(path), word)
