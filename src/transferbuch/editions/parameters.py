"""Parameters of a municipality: one strict YAML per edition, `parameters/<ags>-<name>.yml`.

A municipality without a file gets the defaults. Its own tables lie in the folder of the same name beside the file.
What the file says of internal tables and editions stays out of everything that is made for the public.
"""

import dataclasses
import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated

from pydantic import Field, PlainValidator, field_validator

from transferbuch.data.own import OwnTable, load_own_data
from transferbuch.data.own_mapping import OwnDataset
from transferbuch.data.persons import names_person
from transferbuch.editions.additions import Brand, Comment, Practice, Statement
from transferbuch.editions.area_index import AreaIndexChoice
from transferbuch.editions.chapter_lists import PUBLIC_LIST, KnownChapters, RoleEdition, RoleEditions
from transferbuch.editions.forms import REPORT_CHAPTERS, Bildungsbericht, Form
from transferbuch.editions.needs_given import check_needs
from transferbuch.editions.templates import PAGE_FORMS
from transferbuch.errors import PersonFileError, Problem
from transferbuch.project import Project
from transferbuch.records import Record, collect, find_line, find_places, load_record, read_person_text
from transferbuch.regions.keys import CombinedAGS, KreisAGS, edition_key
from transferbuch.regions.reforms import DEFAULT_GEBIETSSTAND
from transferbuch.regions.register import KIND_WORD, Kreis, Register, combine
from transferbuch.transfer.assessment import OwnAssessment
from transferbuch.transfer.goals import Goal
from transferbuch.transfer.needs import Overrule
from transferbuch.transfer.objects import Kind
from transferbuch.vocabulary import PUBLIC, ROLES, FieldOfAction

LEAST_PEERS, MOST_PEERS = 3, 30


class Parameters(Record):
    """What one municipality chose for its edition; every key but `ags` may be left out."""

    ags: Annotated[KreisAGS | CombinedAGS, PlainValidator(edition_key)] = Field(
        description="key of the Landkreis or kreisfreie Stadt, five digits in quotes; several as one territory: joined "
        "by +, in ascending order"
    )
    name: str = Field(default="", max_length=60, description="combined territory: its name, 'Bildungsregion Coburg'")
    title: str = Field(default="", max_length=80, description="title of the edition, instead of 'Bildung in …'")
    contact: str = Field(default="", description="whom to ask, by function, never a person's name")
    chapters: tuple[str, ...] = Field(default=(), description="chapters to print, in this order; empty: all")
    fields: tuple[FieldOfAction, ...] = Field(
        default=(), description="Handlungsfelder that the municipality has chosen to work on"
    )
    assessment: OwnAssessment | None = Field(
        default=None, description="own assessment of the five question groups, and which bodies and data there are"
    )
    overruled: tuple[Overrule, ...] = Field(
        default=(), description="fields or indicators that are, or are not, a need here, against the profile"
    )
    kinds: tuple[Kind, ...] = Field(default=(), description="kinds of transfer objects that are wanted; empty: all")
    peers: tuple[KreisAGS, ...] = Field(
        default=(),
        max_length=MOST_PEERS,
        description="Kreise to compare with, five digits in quotes, instead of the most similar",
    )
    own_data: tuple[OwnDataset, ...] = Field(
        default=(), description="own tables of the municipality, in the folder of the same name beside this file"
    )
    indices: tuple[AreaIndexChoice, ...] = Field(
        default=(), description="indices of small areas over public own tables, for the chapter Sozialräume"
    )
    goals: tuple[Goal, ...] = Field(default=(), description="goals of the municipality and what it does for them")
    statements: tuple[Statement, ...] = Field(
        default=(), description="key statements of chapters, each agreed or contested"
    )
    comments: tuple[Comment, ...] = Field(default=(), description="the municipality's own comments on chapters")
    practice: tuple[Practice, ...] = Field(default=(), description="practice boxes of chapters")
    brand: Brand | None = Field(default=None, description="own name, logo and colours of the edition")
    formats: tuple[Form, ...] = Field(
        default=(), description="report forms: bildungsbericht, datensammlung, analyse, profil, gremienvorlage"
    )
    audiences: RoleEditions = Field(
        default=RoleEditions(), description=f"internal editions of their own for {', '.join(ROLES)}"
    )

    def has(self, need: str) -> bool:
        """Whether the municipality has what a chapter needs (`Template.needs`); for the public, see `for_public`."""
        declared = {one.form for one in self.formats}
        has = {"areas": bool(self.indices), "goals": bool(self.goals), "own_data": bool(self.own_data)}
        has["gemeinden"] = any(one.level == "gemeinde" for one in self.own_data)
        return has.get(need, need not in PAGE_FORMS or need in declared)

    @property
    def report(self) -> Bildungsbericht | None:
        """The Bildungsbericht that the edition is, if it is one."""
        return next((one for one in self.formats if isinstance(one, Bildungsbericht)), None)

    @property
    def listed(self) -> tuple[str, ...]:
        """Chapters of the edition for everybody, in order, as `chapters` or the Bildungsbericht says; empty: all."""
        return self.chapters or ((self.report.chapters or REPORT_CHAPTERS) if self.report else ())

    @field_validator("contact")
    @classmethod
    def _names_no_person(cls, text: str) -> str:
        if names_person(text):
            raise ValueError("a contact is a function, not a person and not an address")
        return text

    @property
    def roles(self) -> dict[str, RoleEdition]:
        """The internal editions that the municipality declares, by role."""
        return {role: edition for role in ROLES if (edition := getattr(self.audiences, role))}

    def for_public(self) -> "Parameters":
        """The same without what is internal."""
        public = tuple(one for one in self.own_data if one.access == PUBLIC)
        goals = tuple(one for one in self.goals if one.access == PUBLIC)
        return self.model_copy(update={"own_data": public, "goals": goals, "audiences": RoleEditions()})


def load_parameters(
    project: Project,
    register: Register,
    chapters: set[str],
    gebietsstand: dt.date = DEFAULT_GEBIETSSTAND,
    needs: Mapping[str, str] = MappingProxyType({}),
    internal: Collection[str] = (),
) -> dict[str, Parameters]:
    """Parameters of all municipalities with a file, by AGS.

    A file belongs to a Kreis of the usual Gebietsstand or of the asked one. `needs`: what an edition must have for a
    chapter (`Template.needs`); `internal`: the chapters that only internal editions have; all are in `chapters`. Raises
    PersonFileError with every fault: strict YAML, unknown or dissolved AGS, file name, duplicates, chapters,
    overlapping combined territories.
    """
    days = (DEFAULT_GEBIETSSTAND, gebietsstand)
    known = KnownChapters(frozenset(chapters), needs, frozenset(internal))
    files = sorted(project.parameters.glob("*.y*ml"))
    found = collect([lambda path=path: (path, _load(path, project, register, known, days)) for path in files])
    problems, first = [], {}
    for path, parameters in found:
        if parameters.ags in first:
            problems.append(
                Problem(
                    project.show(path),
                    1,
                    "ags",
                    "this municipality already has a file",
                    str(parameters.ags),
                    "one file per municipality",
                    f"remove this file or {project.show(first[parameters.ags])}",
                    "duplicate-ags",
                )
            )
        first.setdefault(parameters.ags, path)
    problems += _check_overlap(found, project)
    if problems:
        raise PersonFileError(problems)
    return {str(parameters.ags): parameters for _, parameters in found}


def load_own_tables(project: Project, parameters: dict[str, Parameters]) -> dict[str, tuple[OwnTable, ...]]:
    """Own tables of the municipalities that have some, by AGS; `parameters` as `load_parameters` returns them.

    For the public, the files of internal tables are not opened. Raises PersonFileError with the faults of all tables of
    all municipalities, DataRefused with the same faults when one of them holds data about persons.
    """
    chosen = {ags: one.own_data for ags, one in parameters.items() if one.own_data}
    files = {path.name.partition("-")[0]: path for path in project.parameters.glob("*.y*ml")}
    calls = [
        lambda ags=ags, data=data: load_own_data(files[ags], project.show(files[ags]), ags, data, project.is_internal)
        for ags, data in chosen.items()
    ]
    return dict(zip(chosen, collect(calls), strict=True))


def find_kreis(key: str, parameters: Mapping[str, Parameters], register: Register) -> Kreis:
    """The Kreis, or the combined territory of `parameters`, that an edition is about; KeyError if there is none."""
    chosen = parameters.get(key)
    if chosen and isinstance(chosen.ags, CombinedAGS):
        return combine(chosen.ags, chosen.name)
    return register[key]


def _check_overlap(found: Iterable[tuple[Path, Parameters]], project: Project) -> list[Problem]:
    """No Kreis belongs to two combined territories: their editions would count it twice."""
    problems, taken = [], {}
    for path, parameters in found:
        for member in parameters.ags.members if isinstance(parameters.ags, CombinedAGS) else ():
            if taken.setdefault(member, (parameters.ags, path))[0] != parameters.ags:
                name, (_, other) = project.show(path), taken[member]
                problems.append(
                    Problem(
                        name,
                        find_line(read_person_text(path, name), "ags"),
                        "ags",
                        f"{member} already belongs to the combined territory of {project.show(other)}",
                        str(parameters.ags),
                        "each Kreis in one combined territory at most",
                        "take it out of one of the two files",
                        "overlap",
                    )
                )
    return problems


def _load(
    path: Path,
    project: Project,
    register: Register,
    chapters: KnownChapters,
    days: tuple[dt.date, ...],
) -> Parameters:
    name = project.show(path)
    parameters = load_record(path, Parameters, name)
    ags = parameters.ags
    problems: list[Problem] = []
    text = read_person_text(path, name)
    line = find_line(text, "ags")
    members = ags.members if isinstance(ags, CombinedAGS) else (ags,)
    problems += [problem for key in members if (problem := _check_kreis(key, name, line, register, days))]
    if not problems and not any(all(register[key].exists_on(day) for key in members) for day in days):
        what, expected = "the Kreise did not exist at the same time", "Kreise of one Gebietsstand"
        problems.append(Problem(name, line, "ags", what, ags, expected, "name Kreise of one day", "wrong-value"))
    problems += _check_peers(parameters, name, text, register, days)
    problems += _check_name(parameters, name, line, find_line(text, "name"))
    if not path.name.startswith(f"{ags}-"):
        problems.append(
            Problem(
                name,
                0,
                "",
                "the file name does not begin with the key",
                path.name,
                f"{ags}-<name>.yml",
                "rename the file",
                "file-name",
            )
        )
    places = find_places(text)
    problems += check_needs(parameters.assessment, parameters.overruled, name, places, project.is_internal)
    problems += chapters.check(name, places, {PUBLIC_LIST: parameters.chapters}, parameters.for_public().has)
    if project.is_internal:  # the public knows only some of the chapters that a role may have
        lists = {("audiences", role, "chapters"): one.chapters for role, one in parameters.roles.items()}
        problems += chapters.check(name, places, lists, parameters.has)
    if problems:
        raise PersonFileError(problems)
    return parameters


def _check_kreis(key: str, file: str, line: int, register: Register, days: tuple[dt.date, ...]) -> Problem | None:
    """What is wrong with a key: no register knows it, or no Kreis of these days has it."""
    kreis = register.get(key)
    if kreis is None:
        what, expected, do, code = (
            "no register knows this key",
            "the key of a Kreis",
            register.nearest(key),
            "unknown-ags",
        )
    elif any(kreis.exists_on(day) for day in days):
        return None
    elif kreis.valid_to:
        what = f"{kreis.name} was dissolved on {kreis.valid_to}"
        now = ", ".join(f"{one} {register[one].name}" for one in kreis.successors)
        expected, do, code = "a Kreis that exists", f"use {now}", "dissolved-ags"
    else:
        what = f"{kreis.name} exists only since {kreis.valid_from}"
        expected, do, code = f"a Kreis of {days[0]}", f"build with --gebietsstand {kreis.valid_from}", "later-ags"
    return Problem(file, line, "ags", what, key, expected, do, code)


def _check_peers(
    parameters: Parameters, file: str, text: str, register: Register, days: tuple[dt.date, ...]
) -> list[Problem]:
    """At least three existing Kreise of the same world, each once, none of them the municipality itself."""
    peers, ags = parameters.peers, parameters.ags
    members = ags.members if isinstance(ags, CombinedAGS) else (ags,)
    problems = []
    if peers and len(set(peers)) < LEAST_PEERS:
        what = f"too few Kreise to compare with: {len(set(peers))}"
        problems.append(
            Problem(
                file, find_line(text, "peers"), "peers", what, "", f"{LEAST_PEERS} or more", "add some", "few-peers"
            )
        )
    for number, key in enumerate(peers):
        line = find_line(text, "peers" if key in members else key)
        wrong = {
            "it is the municipality itself": key in members,
            "it comes twice": key in peers[:number],
            "invented and real Kreise cannot be compared": key.is_fictional != ags.is_fictional,
        }
        found = next((what for what, is_so in wrong.items() if is_so), "")
        if found:
            problems.append(Problem(file, line, "peers", found, key, "another Kreis", "remove it", "peers"))
        elif problem := _check_kreis(key, file, line, register, days):
            problems.append(dataclasses.replace(problem, field="peers"))
    return problems


def _check_name(parameters: Parameters, file: str, ags_line: int, name_line: int) -> list[Problem]:
    """A combined territory needs a name with the noun that German grammar follows from; a Kreis has its own."""
    expected = "a name with a word that ends in kreis, region or regionalverband"
    if not isinstance(parameters.ags, CombinedAGS):
        what = "only a combined territory has a name of its own"
        do = "remove the line; `title` changes the title of the edition"
        return [Problem(file, name_line, "name", what, parameters.name, "", do, "name")] if parameters.name else []
    if not parameters.name:
        what, do = "the combined territory has no name", "add `name:`, for example name: Bildungsregion Coburg"
        return [Problem(file, ags_line, "name", what, "", expected, do, "missing-key")]
    if not any(map(KIND_WORD.search, parameters.name.split())):
        what, do = "the name does not say what it is", "write for example Bildungsregion in front"
        return [Problem(file, name_line, "name", what, parameters.name, expected, do, "name")]
    return []
