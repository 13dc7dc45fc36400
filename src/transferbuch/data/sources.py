"""Source catalogue: which cells of an official table are which variable.

One YAML per table, `catalogue/sources/<table>.yml`; the file stem is the table code. Only mapping and meaning
live there; how a file is laid out is read from the file itself (`genesis`, `ffcsv`).
"""

import datetime as dt
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from transferbuch.errors import PersonFileError, Problem
from transferbuch.project import CATALOGUE
from transferbuch.records import Record, collect, find_line, load_record, read_person_text

VariableWeight = Literal["population", "area", "employees", "none"]
Unit = Literal["Personen", "Kinder", "Anzahl", "Prozent", "EUR", "Tsd. EUR", "qkm", "Jahre"]
Labels = Annotated[tuple[str, ...], BeforeValidator(lambda given: (given,) if isinstance(given, str) else given)]


_SPREAD: dict[str, VariableWeight] = {"qkm": "area", "Prozent": "none", "EUR": "none", "Jahre": "none"}


class Variable(Record):
    """One measured quantity of a table: one number per region and year."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$", description="English snake_case, unique over all tables")
    label: str = Field(description="German name as readers see it")
    unit: Unit = Field(description="unit of the official table")
    weight: VariableWeight | None = Field(
        default=None,
        description="how figures of a divided Kreis are spread: like its population, area or employees; none: rates, "
        "means and quotients, which are never added; default: none for Prozent, EUR and Jahre, area for qkm, "
        "otherwise population",
    )
    columns: tuple[Labels, ...] = Field(
        default=(),
        description="classic file: labels that the column's header path ends with, top to bottom; "
        "a list in place of a label gives spellings of different years",
    )
    rows: tuple[Labels, ...] = Field(
        default=(), description="classic file: labels of the row between name and numbers; empty if there are none"
    )
    flat: str = Field(
        default="", description="flat file: measure code, then `|DIMENSION=CODE` per dimension (total: empty code)"
    )

    @property
    def spread(self) -> VariableWeight:
        """`weight`, or the one that its unit implies."""
        return self.weight or _SPREAD.get(self.unit, "population")


class Source(Record):
    """One official table with its variables."""

    table: str = Field(default="", description="table code; taken from the file name")
    also: tuple[str, ...] = Field(default=(), description="codes of tables with the same content in another layout")
    title: str = Field(description="official title, without 'regionale Tiefe'")
    statistic: str = Field(description="name of the statistic the table comes from")
    publisher: str = "Statistische Ämter des Bundes und der Länder"
    licence: Literal["dl-de/by-2-0"] = "dl-de/by-2-0"
    url: str = "https://www.regionalstatistik.de"
    period: Literal["year", "date", "school_year", "school_start", "annual_mean"] = Field(
        description="what the table's time means: calendar year, key date, end of a school year, begin of a school "
        "year, annual mean"
    )
    territory: dt.date | None = Field(
        default=None, description="day whose Kreise all figures of the table are about, if the publisher declares one"
    )
    dash: Literal["zero", "missing"] = Field(
        description="what '-' means for a Kreis that exists and whose Land delivered data"
    )
    caveats: tuple[str, ...] = Field(default=(), description="German sentences that readers must know")
    variables: tuple[Variable, ...] = Field(min_length=1, description="at least one variable")

    @model_validator(mode="after")
    def _is_mapped(self) -> "Source":
        for variable in self.variables:
            if not variable.columns and not variable.flat:
                raise ValueError(f"variable {variable.id!r} has neither `columns` nor `flat`")
        return self


def load_sources(folder: Path = CATALOGUE / "sources") -> dict[str, Source]:
    """All sources by table code, sorted. Raises PersonFileError with every fault of every file."""
    files = sorted(folder.glob("*.yml"))
    found = collect([lambda path=path: _load_source(path) for path in files])
    owners = {source.table: source.table for source in found}  # of table codes and of variables; they never look alike
    problems = []
    for source in found:
        name = f"catalogue/sources/{source.table}.yml"
        given = [
            *(("also", "table", code) for code in source.also),
            *(("variables", "variable", variable.id) for variable in source.variables),
        ]
        for field, kind, word in given:
            if word in owners:
                line = find_line(read_person_text(folder / f"{source.table}.yml", name), word)
                problems.append(
                    Problem(
                        name,
                        line,
                        field,
                        f"{kind} {word!r} is already defined in {owners[word]}.yml",
                        expected=f"each {kind} once over all files",
                        do="rename or remove one of them",
                        code="duplicate-id",
                    )
                )
            owners.setdefault(word, source.table)
    if problems:
        raise PersonFileError(problems)
    return {source.table: source for source in found}


def _load_source(path: Path) -> Source:
    name = f"catalogue/sources/{path.name}"
    source = load_record(path, Source, name)
    if source.table and source.table != path.stem:
        raise PersonFileError(
            Problem(
                name,
                1,
                "table",
                "the table code differs from the file name",
                source.table,
                path.stem,
                "rename the file or leave `table` out",
                "id-mismatch",
            )
        )
    return source.model_copy(update={"table": path.stem})
