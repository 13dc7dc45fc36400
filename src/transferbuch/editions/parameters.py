"""Parameters of a municipality: one strict YAML per edition, `parameters/<ags>-<name>.yml`.

A municipality without a file gets the defaults. Its own tables lie in the folder of the same name beside the file.
"""

from pathlib import Path

from pydantic import Field, field_validator

from transferbuch.data.own import OwnTable, load_own_data
from transferbuch.data.own_mapping import OwnDataset
from transferbuch.data.persons import names_person
from transferbuch.errors import PersonFileError, Problem
from transferbuch.project import Project
from transferbuch.records import Record, collect, find_line, load_record, read_person_text
from transferbuch.regions.keys import KreisAGS
from transferbuch.regions.register import Register
from transferbuch.transfer.objects import Kind
from transferbuch.vocabulary import FieldOfAction


class Parameters(Record):
    """What one municipality chose for its edition; every key but `ags` may be left out."""

    ags: KreisAGS = Field(description="key of the Landkreis or kreisfreie Stadt, five digits in quotes")
    title: str = Field(default="", max_length=80, description="title of the edition, instead of 'Bildung in …'")
    contact: str = Field(default="", description="whom to ask, by function, never a person's name")
    chapters: tuple[str, ...] = Field(default=(), description="chapters to print, in this order; empty: all")
    fields: tuple[FieldOfAction, ...] = Field(
        default=(), description="Handlungsfelder that transfer objects are chosen for"
    )
    kinds: tuple[Kind, ...] = Field(default=(), description="kinds of transfer objects that are wanted; empty: all")
    own_data: tuple[OwnDataset, ...] = Field(
        default=(), description="own tables of the municipality, in the folder of the same name beside this file"
    )

    @field_validator("contact")
    @classmethod
    def _names_no_person(cls, text: str) -> str:
        if names_person(text):
            raise ValueError("a contact is a function, not a person and not an address")
        return text


def load_parameters(project: Project, register: Register, chapters: set[str]) -> dict[str, Parameters]:
    """Parameters of all municipalities with a file, by AGS.

    Raises PersonFileError with every fault: strict YAML, unknown or dissolved AGS, file name, duplicates, chapters.
    """
    files = sorted(project.parameters.glob("*.y*ml"))
    found = collect([lambda path=path: (path, _load(path, project, register, chapters)) for path in files])
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
    if problems:
        raise PersonFileError(problems)
    return {str(parameters.ags): parameters for _, parameters in found}


def load_own_tables(project: Project, parameters: dict[str, Parameters]) -> dict[str, tuple[OwnTable, ...]]:
    """Own tables of the municipalities that have some, by AGS; `parameters` as `load_parameters` returns them.

    Raises PersonFileError with the faults of all tables of all municipalities.
    """
    chosen = {ags: one.own_data for ags, one in parameters.items() if one.own_data}
    files = {path.name[:5]: path for path in project.parameters.glob("*.y*ml")}
    calls = [
        lambda ags=ags, data=data: load_own_data(files[ags], project.show(files[ags]), ags, data)
        for ags, data in chosen.items()
    ]
    return dict(zip(chosen, collect(calls), strict=True))


def _load(path: Path, project: Project, register: Register, chapters: set[str]) -> Parameters:
    name = project.show(path)
    parameters = load_record(path, Parameters, name)
    ags, problems = parameters.ags, []
    text = read_person_text(path, name)
    line = find_line(text, "ags")
    kreis = register.get(ags)
    if kreis is None:
        problems.append(
            Problem(
                name,
                line,
                "ags",
                "no register knows this key",
                ags,
                "the key of a Kreis",
                register.nearest(ags),
                "unknown-ags",
            )
        )
    elif kreis.is_dissolved:
        now = ", ".join(f"{key} {register[key].name}" for key in kreis.successors)
        problems.append(
            Problem(
                name,
                line,
                "ags",
                f"{kreis.name} was dissolved on {kreis.valid_to}",
                ags,
                "a Kreis that exists",
                f"use {now}",
                "dissolved-ags",
            )
        )
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
    problems += [
        Problem(
            name,
            find_line(text, chapter),
            "chapters",
            "there is no such chapter",
            chapter,
            f"one of {', '.join(sorted(chapters))}",
            "use the name of a notebook without .ipynb",
            "unknown-chapter",
        )
        for chapter in parameters.chapters
        if chapter not in chapters
    ]
    if problems:
        raise PersonFileError(problems)
    return parameters
