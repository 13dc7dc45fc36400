"""Transfer objects (Transfergegenstände): proven, transferable examples of good municipal practice.

One object is one page, `book/transfer/<slug>.md`: strict front matter (this record) and text (`page`). The file
stem is the slug and never changes, because addresses and `related` lists hold it. Objects that only internal editions
show lie in `book/transfer/intern/`.
"""

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, PrivateAttr, model_validator

from transferbuch.errors import PersonFileError, Problem
from transferbuch.project import CATALOGUE, access_problems, visible_files
from transferbuch.records import Record, find_line, find_places, load_front_matter, nearest, read_person_text
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
from transferbuch.transfer.page import check_body, sections_of
from transferbuch.transfer.requirements import requirement_fault
from transferbuch.vocabulary import INTERNAL, INTERNAL_FOLDER, PUBLIC, Access, FieldOfAction, LifePhase

Kind = Literal["Strukturmodell", "Angebot", "Instrument", "Prozess", "Kooperation"]
Component = Literal[
    "Strategie",
    "Steuerung",
    "Zusammenarbeit",
    "Beteiligung & Information",
    "Datenbasierung",
    "Beratung",
    "Übergänge",
    "Integration",
]
GiverType = Literal["Landkreis", "kreisfreie Stadt", "Stadt", "Land", "Verbund", "Programm"]

LIST_PAGE = "index.md"
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


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
    kind: Kind
    components: Annotated[tuple[Component, ...], Filled]
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
    source: Source
    information_date: Text = Field(description="what the facts date from, e.g. um 2018 (Quelle ohne Datum)")
    author: Text = Field(description="function, never a person")
    reviewer: Text = Field(description="function of the second reader, or that the second reading is outstanding")
    next_review: dt.date
    licence: Literal["CC BY 4.0"]
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
    file = _shown(path)
    found, body, first_line = load_front_matter(path, TransferObject, file)
    problems = [
        *access_problems(path, found.access, file, _line_with(path, "access:")),
        *check_body(body, found.title, file, first_line),
        *_check_slug(found, path),
        *_check_giver(found, path),
        *_check_indicators(found, path),
        *_check_evidence(found, path),
        *_check_conditions(found, path, first_line),
        *_check_takers(found, path),
    ]
    if problems:
        raise PersonFileError(sorted(problems))
    loaded = found.model_copy(update={"slug": path.stem})
    loaded._sections = sections_of(body)
    return loaded


def load_transfer_objects(folder: Path, internal: bool = False) -> dict[str, TransferObject]:
    """All transfer objects of `folder` by slug, in alphabetical order; the list page `index.md` is not one.

    `internal`: with those that only internal editions show; otherwise their files are not opened.
    Raises PersonFileError with every fault of every page, also those between pages.
    """
    paths = {path.stem: path for path in visible_files(folder, "*.md", internal) if path.name != LIST_PAGE}
    objects: dict[str, TransferObject] = {}
    problems: list[Problem] = []
    for slug, path in paths.items():
        try:
            objects[slug] = load_transfer_object(path)
        except PersonFileError as error:
            problems += error.problems
    titles: dict[str, str] = {}
    for slug, one in objects.items():
        twin = titles.setdefault(one.title.casefold(), slug)
        if twin != slug:
            problems.append(
                Problem(
                    _shown(paths[slug]),
                    _line_with(paths[slug], "title:"),
                    "title",
                    "another page has this title",
                    one.title,
                    "each object once",
                    f"see {_shown(paths[twin])}",
                    "duplicate",
                )
            )
        problems += [*_check_related(one, paths), *_check_public(one, paths)]
    if problems:
        raise PersonFileError(sorted(problems))
    return objects


def _check_slug(one: TransferObject, path: Path) -> Iterator[Problem]:
    if not _SLUG.fullmatch(path.stem):
        yield Problem(
            _shown(path),
            0,
            "slug",
            "the file name is no slug",
            path.stem,
            "lower-case letters a–z, digits and single hyphens (ae, oe, ue, ss for umlauts)",
            "rename the file",
            "slug",
        )
    if one.slug and one.slug != path.stem:
        yield Problem(
            _shown(path),
            _line_with(path, one.slug),
            "slug",
            "the slug differs from the file name",
            one.slug,
            path.stem,
            "rename the file or leave `slug` out",
            "slug",
        )


def _check_giver(one: TransferObject, path: Path) -> Iterator[Problem]:
    """Every key is in the register (dissolved Kreise too) and lies in the Land that is named."""
    register = load_register()
    for ags in one.giver.ags:
        line = _line_with(path, ags)
        if ags.level == "kreis" and ags not in register:
            yield Problem(
                _shown(path),
                line,
                "giver.ags",
                "no register knows this key",
                ags,
                "the key of a Kreis",
                register.nearest(ags),
                "unknown-ags",
            )
        elif register.land_name(ags.land) != one.giver.land:
            yield Problem(
                _shown(path),
                line,
                "giver.land",
                "the key lies in another Land",
                one.giver.land,
                register.land_name(ags.land),
                "correct `ags` or `land`",
                "wrong-land",
            )


def _check_takers(one: TransferObject, path: Path) -> Iterator[Problem]:
    """Every key of a taker is in the register."""
    register = load_register()
    for ags in (ags for taken in one.adoptions for ags in taken.ags):
        if ags.level == "kreis" and ags not in register:
            what, do = "no register knows this key", register.nearest(ags)
            line = _line_with(path, ags)
            yield Problem(_shown(path), line, "adoptions.ags", what, ags, "the key of a Kreis", do, "unknown-ags")


def _check_evidence(one: TransferObject, path: Path) -> Iterator[Problem]:
    for what in evidence_faults(one.evidence, one.status, len(one.adoptions), one.evaluation):
        line, do = _line_with(path, "evidence:"), "claim a lower step, or add what is missing"
        yield Problem(_shown(path), line, "evidence", what, one.evidence, "what the ladder requires", do, "evidence")


def _check_conditions(one: TransferObject, path: Path, first_line: int) -> Iterator[Problem]:
    """What conditions need are words of the vocabulary; `first_line` is that of the text below the front matter."""
    faults = [
        (("conditions", number, "needed"), fault)
        for number, part in enumerate(one.conditions)
        if part.kind in ("body", "data") and (fault := requirement_fault(part.needed or "", part.kind))
    ]
    if not faults:
        return
    front = read_person_text(path).split("\n")[: first_line - 2]
    lines = find_places("\n".join(front))
    for place, fault in faults:
        yield Problem(_shown(path), lines[place], f"conditions[{place[1] + 1}].needed", *fault)


def _check_indicators(one: TransferObject, path: Path) -> Iterator[Problem]:
    if not one.indicators:
        return
    folder = CATALOGUE / "indicators"
    public = {file.stem for file in folder.glob("*.yml")}
    internal = {file.stem for file in (folder / INTERNAL_FOLDER).glob("*.yml")}  # by their names, not opened
    known = public if one.access == PUBLIC else public | internal
    for name in one.indicators:
        if name in internal - known:
            yield Problem(
                _shown(path),
                _line_with(path, name),
                "indicators",
                "this indicator is internal, and everybody may read the page",
                name,
                "indicators that everybody may see",
                "remove it here, or move the page to book/transfer/intern/",
                "access",
            )
        elif name not in known:
            yield Problem(
                _shown(path),
                _line_with(path, name),
                "indicators",
                "no such indicator",
                name,
                "the id of an indicator of the catalogue",
                nearest(name, known),
                "unknown-indicator",
            )


def _check_related(one: TransferObject, paths: dict[str, Path]) -> list[Problem]:
    path = paths[one.slug]
    others = [slug for slug in paths if slug != one.slug]
    return [
        Problem(
            _shown(path),
            _line_with(path, slug),
            "related",
            "an object is not related to itself" if slug == one.slug else "no page has this slug",
            slug,
            "the file name of another page without .md",
            nearest(slug, others) if others else "leave it out",
            "dead-related",
        )
        for slug in (*one.related, *(part.slug for part in one.origin if part.slug))
        if slug not in others
    ]


def _check_public(one: TransferObject, paths: dict[str, Path]) -> list[Problem]:
    """What everybody may read must not name what is internal, not even by its file name."""
    hidden = {slug for slug, path in paths.items() if path.parent.name == INTERNAL_FOLDER}
    if one.access == INTERNAL:
        return []
    path = paths[one.slug]
    return [
        Problem(
            _shown(path),
            _line_with(path, slug),
            "related",
            "this page is internal, and everybody may read the one that names it",
            slug,
            "pages that everybody may read",
            "remove it here; the internal page may name this one",
            "access",
        )
        for slug in (*one.related, *(part.slug for part in one.origin if part.slug))
        if slug in hidden
    ]


def _shown(path: Path) -> str:
    """`book/transfer/<file>`: the path as messages show it, without a user's folders."""
    return "/".join(path.parts[-4 if path.parent.name == INTERNAL_FOLDER else -3 :])


def _line_with(path: Path, word: str) -> int:
    """The line of the page that holds `word`; only asked for when there is a fault to place."""
    return find_line(read_person_text(path), word)
