"""Transfer objects (Transfergegenstände): proven, transferable examples of good municipal practice.

One object is one page, `book/transfer/<slug>.md`: strict front matter (this record) and text (`page`). The file
stem is the slug and never changes, because addresses and `related` lists hold it. Objects that only internal editions
show lie in `book/transfer/intern/`.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, PrivateAttr, model_validator

from transferbuch.errors import PersonFileError, Problem
from transferbuch.project import access_problems, visible_files
from transferbuch.records import (
    Draft,
    Record,
    parse_draft,
    read_person_text,
    split_front_matter,
)
from transferbuch.regions.keys import AGS
from transferbuch.transfer.evidence import (
    Adoption,
    Condition,
    Effort,
    Equity,
    Evaluation,
    EvidenceStep,
    Origin,
    Text,
    read_keys,
)
from transferbuch.transfer.object_checks import (
    PAGE_CHECKS,
    check_origin,
    check_public,
    check_related,
    check_title,
    line_with,
    shown,
)
from transferbuch.transfer.page import UNFILLED, check_body, check_unfilled, sections_of
from transferbuch.vocabulary import INTERNAL_FOLDER, PUBLIC, Access, Component, FieldOfAction, LifePhase

Kind = Literal["Strukturmodell", "Angebot", "Instrument", "Prozess", "Kooperation"]
GiverType = Literal["Landkreis", "kreisfreie Stadt", "Stadt", "Land", "Verbund", "Programm"]

LIST_PAGE = "index.md"


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
    _sections: dict[str, str] = PrivateAttr(default_factory=dict)

    @property
    def sections(self) -> Mapping[str, str]:
        """The text of the page as Markdown, by the name of the section."""
        return self._sections


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
        problems += [replace(one, file=shown(folder / INTERNAL_FOLDER / one.value)) for one in error.problems]
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
            problems += check_title(draft.record, paths, titles)
        if draft.wrong.isdisjoint(("related", "origin")):
            problems += check_related(draft.record, paths)
            problems += check_public(draft.record, paths) if "access" not in draft.wrong else []
            problems += check_origin(draft.record, drafts, paths) if "giver" not in draft.wrong else []
    if problems:
        raise PersonFileError(sorted(_without_unfilled(problems)))
    return {slug: draft.record for slug, draft in drafts.items()}


def _read_page(path: Path) -> Draft[TransferObject]:
    """One page and its faults; what depends on a field that is wrong is not checked.

    Raises PersonFileError for a page without readable front matter.
    """
    file = shown(path)
    text = read_person_text(path, file)
    head, body, first_line = split_front_matter(text, file)
    draft = parse_draft(head, TransferObject, file, first_line=2)
    one = draft.record
    title = None if "title" in draft.wrong else one.title
    problems = [*draft.problems, *check_unfilled(text, file), *check_body(body, title, file, first_line)]
    if "access" not in draft.wrong:
        problems += access_problems(path, one.access, file, line_with(path, "access:"))
    for needed, check in PAGE_CHECKS:
        if draft.wrong.isdisjoint(needed):
            problems += check(one, path)
    found = one.model_copy(update={"slug": path.stem})
    found._sections = sections_of(body)
    return Draft(found, draft.wrong, tuple(sorted(_without_unfilled(problems))))


def _without_unfilled(problems: Iterable[Problem]) -> list[Problem]:
    """Of a line that is still to be filled in nothing else is told."""
    problems = list(problems)
    unfilled = {(one.file, one.line) for one in problems if one.code == UNFILLED}
    return [one for one in problems if one.code == UNFILLED or (one.file, one.line) not in unfilled]
