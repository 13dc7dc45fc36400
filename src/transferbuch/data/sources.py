"""Source catalogue: which cells of an official table are which variable.

One YAML per table, `catalogue/sources/<table>.yml`; the file stem is the table code. Only mapping and meaning
live there; how a file is laid out is read from the file itself (`genesis`, `ffcsv`).
"""

import datetime as dt
from collections.abc import Container
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, field_validator, model_validator

from transferbuch.errors import PersonFileError, Problem
from transferbuch.project import CATALOGUE
from transferbuch.records import Record, collect, find_line, load_record, nearest, read_person_text
from transferbuch.regions.keys import AGS, Level

VariableWeight = Literal["population", "area", "employees", "none"]
Unit = Literal["Personen", "Kinder", "Anzahl", "Prozent", "EUR", "Tsd. EUR", "qkm", "Jahre"]
REGIONALDATENBANK = "https://www.regionalstatistik.de"
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


def _lands(given: tuple[AGS, ...]) -> tuple[AGS, ...]:
    wrong = [str(one) for one in given if one.level != "land"]
    if wrong:
        raise ValueError(f"{', '.join(wrong)} is no Land: give two digits in quotes")
    return given


class Break(Record):
    """One break of a series: two years on both sides of it are not fully comparable.

    Without `until` the series goes on upon the new footing. With `until` only the years from `since` to `until` are
    out of line (a double Abitur cohort), and two years after each other are comparable again.
    """

    since: str = Field(
        pattern=r"^\d{4}(-\d{2}-\d{2})?$",
        description="year or ISO day of the first value on the new footing, in quotes",
    )
    until: str = Field(default="", pattern=r"^(\d{4})?$", description="last year out of line; empty: the break stays")
    kind: Literal["census", "definition", "method", "labels", "cohort"]
    what: str = Field(
        pattern=r"^(der|die|das) ",
        description="German noun phrase in the singular as sentences use it: 'der Zensus 2022'",
    )
    detail: str = Field(min_length=1, description="German sentence: what changed")
    source: str = Field(min_length=1, description="German: where the office says so")
    laender: tuple[AGS, ...] = Field(default=(), description="keys of the Länder concerned, in quotes; empty: all")
    variables: tuple[str, ...] = Field(default=(), description="variables concerned; empty: all of the table")

    _only_laender = field_validator("laender")(_lands)

    @property
    def first(self) -> int:
        """First year on the new footing."""
        return int(self.since[:4])

    def is_in(self, laender: Container[str]) -> bool:
        """Whether the break concerns at least one of these Länder."""
        return not self.laender or any(land in laender for land in self.laender)

    def between(self, earlier: int, later: int) -> bool:
        """Whether two years stand on different sides of the break."""
        if self.until:
            return (self.first <= earlier <= int(self.until)) != (self.first <= later <= int(self.until))
        return earlier < self.first <= later

    def concerns(self, variable: str, ags: str) -> bool:
        """Whether the break concerns this variable in this region; one of single Länder does not count for DG."""
        return (not self.variables or variable in self.variables) and (not self.laender or ags[:2] in self.laender)


class Rounding(Record):
    """Figures that an office rounds to multiples for secrecy: sums then do not add up exactly."""

    base: int = Field(ge=2, description="figures are multiples of this number")
    laender: tuple[AGS, ...] = Field(default=(), description="keys of the Länder concerned, in quotes; empty: all")
    since: int = Field(ge=1990, le=2100, description="first year of the table with rounded figures")
    source: str = Field(min_length=1, description="German: where the office says so")

    _only_laender = field_validator("laender")(_lands)


class Sum(Record):
    """Parts and their total inside one table and row."""

    total: str = Field(description="variable of this table")
    parts: tuple[str, ...] = Field(min_length=1, description="variables of this table; they exclude each other")
    complete: bool = Field(default=True, description="false: further parts exist, so the parts are at most the total")


class Source(Record):
    """One official table with its variables."""

    table: str = Field(default="", description="table code; taken from the file name")
    also: tuple[str, ...] = Field(default=(), description="codes of tables with the same content in another layout")
    title: str = Field(description="official title, without 'regionale Tiefe'")
    statistic: str = Field(description="name of the statistic the table comes from")
    publisher: str = "Statistische Ämter des Bundes und der Länder"
    responsible: str = Field(
        default="", description="office that answers for the figures; empty: the statistical office of the Land"
    )
    licence: Literal["dl-de/by-2-0", "CC BY 4.0", "Vervielfältigung mit Quellenangabe gestattet"] = "dl-de/by-2-0"
    attribution: str = Field(default="", description="how the publisher wants to be named; empty: © publisher")
    stand: str = Field(
        default="",
        pattern=r"^(\d{4}(-\d{2}-\d{2})?)?$",
        description="edition (2024) or day of files that state none themselves; without it they give no figure",
    )
    day_of_year: str = Field(
        default="",
        pattern=r"^(\d{2}-\d{2})?$",
        description="month and day that the figures are about, for files that print only the year: '12-31'",
    )
    url: str = Field(default=REGIONALDATENBANK, description="database of the table; other tables are not fetched")
    levels: tuple[Level, ...] = Field(
        default=("land", "regierungsbezirk", "kreis"),
        min_length=1,
        description="which regions of the table are observed, besides the Bund; tables of Kreise print some Gemeinden "
        "too, which are parts of a Kreis and not meant",
    )
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
    region_sums: Literal["exact", "at_most", "none"] = Field(
        default="exact",
        description="whether the figures of the Kreise add up to the Land's; at_most: the Land counts cases of no "
        "Kreis; none: means and quotients",
    )
    breaks: tuple[Break, ...] = Field(default=(), description="breaks of the series, each once")
    sample: bool = Field(
        default=False, description="whether the figures are estimated from a sample, with an error of their own"
    )
    rounding: tuple[Rounding, ...] = Field(default=(), description="which figures are rounded for secrecy")
    sums: tuple[Sum, ...] = Field(default=(), description="what must add up inside the table")
    variables: tuple[Variable, ...] = Field(min_length=1, description="at least one variable")

    @model_validator(mode="after")
    def _is_mapped(self) -> "Source":
        for variable in self.variables:
            if not variable.columns and not variable.flat:
                raise ValueError(f"variable {variable.id!r} has neither `columns` nor `flat`")
        return self

    @model_validator(mode="after")
    def _names_own_variables(self) -> "Source":
        own = {variable.id for variable in self.variables}
        named = [
            *(("breaks", one) for entry in self.breaks for one in entry.variables),
            *(("sums", one) for entry in self.sums for one in (entry.total, *entry.parts)),
        ]
        unknown = sorted({f"{one!r} in `{field}`" for field, one in named if one not in own})
        if unknown:
            raise ValueError(f"the table has no variable {', '.join(unknown)}")
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


def source_of_file(path: Path, file: str, sources: dict[str, Source]) -> Source:
    """The source that a file beside the catalogue is about by its name, `<table>.yml`; PersonFileError if none is."""
    if path.stem in sources:
        return sources[path.stem]
    raise PersonFileError(
        Problem(
            file,
            0,
            "",
            "no source catalogue describes this table",
            path.stem,
            "the code of a file of catalogue/sources",
            nearest(path.stem, sources),
            "unknown-table",
        )
    )


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
