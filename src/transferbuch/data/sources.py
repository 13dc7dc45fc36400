"""Source catalogue: which cells of an official table are which variable.

One YAML per table, `catalogue/sources/<table>.yml`; the file stem is the table code. Only mapping and meaning
live there; how a file is laid out is read from the file itself (`genesis`, `ffcsv`).
"""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from transferbuch.errors import PersonFileError, Problem
from transferbuch.project import CATALOGUE
from transferbuch.records import Record, collect, load_record

Unit = Literal["Personen", "Kinder", "Anzahl", "Prozent", "EUR", "Tsd. EUR", "qkm", "Jahre"]
Labels = Annotated[tuple[str, ...], BeforeValidator(lambda given: (given,) if isinstance(given, str) else given)]


class Variable(Record):
    """One measured quantity of a table: one number per region and year."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$", description="English snake_case, unique over all tables")
    label: str = Field(description="German name as readers see it")
    unit: Unit = Field(description="unit of the official table")
    columns: tuple[Labels, ...] = Field(
        default=(), description="classic file: labels that the column's header path ends with, top to bottom; "
        "a list in place of a label gives spellings of different years")
    rows: tuple[Labels, ...] = Field(
        default=(), description="classic file: labels of the row between name and numbers; empty if there are none")
    flat: str = Field(
        default="", description="flat file: measure code, then `|DIMENSION=CODE` per dimension (total: empty code)")


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
        "year, annual mean")
    dash: Literal["zero", "missing"] = Field(
        description="what '-' means for a Kreis that exists and whose Land delivered data")
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
    sources = {source.table: source for source in found}
    owners: dict[str, str] = {}
    problems = []
    for source in found:
        for variable in source.variables:
            if variable.id in owners:
                problems.append(
                    Problem(f"catalogue/sources/{source.table}.yml", 0, "variables",
                            f"variable {variable.id!r} is already defined in {owners[variable.id]}.yml",
                            expected="an id once over all tables", do="rename one of them", code="duplicate-id"))
            owners[variable.id] = source.table
    if problems:
        raise PersonFileError(problems)
    return sources


def _load_source(path: Path) -> Source:
    name = f"catalogue/sources/{path.name}"
    source = load_record(path, Source, name)
    if source.table and source.table != path.stem:
        raise PersonFileError(
            Problem(name, 1, "table", "the table code differs from the file name", source.table, path.stem,
                    "rename the file or leave `table` out", "id-mismatch"))
    return source.model_copy(update={"table": path.stem})
