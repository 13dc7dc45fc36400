"""Indices of a municipality over its own small-area tables: what its parameters file says about them under `indices`.

A method gives the usual choices of a known index; every choice can be stated instead. Faults that the mapping alone
shows are found here (`check_indices`); what only the figures show, when the index is computed (`editions.areas`).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from transferbuch.data.own_mapping import OwnDataset, OwnMeasure, parse_period
from transferbuch.errors import Problem
from transferbuch.indicators.classing import Cut
from transferbuch.indicators.composite import IndexDefinition, IndexVariable
from transferbuch.records import Place, Record, nearest

LEAST_POPULATION = 30
"""No index may be shown of fewer inhabitants, whatever the parameters say."""
LEAST_VARIABLES = 3
"""With one or two variables an index value would tell the figure behind it."""
DECIMALS = 2

METHODS: dict[str, dict[str, str | bool]] = {
    "participation_0_1": {"high": "good", "standardisation": "minmax", "aggregation": "mean"},
    "load_types": {"high": "load", "standardisation": "zscore", "aggregation": "domains"},
    "zsum_cuts": {"high": "load", "standardisation": "zscore", "aggregation": "sum", "standardise_again": True},
}
_ID = r"^[a-z][a-z0-9_]*$"


def _a_period(text: str) -> str:
    if parse_period(text) is None:
        raise ValueError("a period is a year or a school year in quotes: '2024' or '2024/25'")
    return text


Period = Annotated[str, AfterValidator(_a_period)]


class AreaVariable(Record):
    """One variable of an index."""

    measure: str = Field(min_length=1, description="id of a share, mean or count of the table")
    denominator: str = Field(default="", description="id of the count that a count is per, in per cent")
    orientation: Literal["load", "good"] = Field(description="what high values mean: load or good")
    weight: float = Field(default=1.0, gt=0, le=100, allow_inf_nan=False, description="weight, a positive number")
    domain: str = Field(default="", max_length=60, description="German name of its domain, for aggregation by domains")

    @property
    def name(self) -> str:
        """What the engine calls it."""
        return f"{self.measure}/{self.denominator}" if self.denominator else self.measure


class AreaCut(Record):
    """A threshold between two classes."""

    at: float = Field(allow_inf_nan=False, description="index value, at most two decimals")
    belongs: Literal["lower", "upper"] = Field(default="lower", description="class of a value exactly at it")

    @model_validator(mode="after")
    def _is_printable(self) -> "AreaCut":
        if round(self.at, DECIMALS) != self.at:
            raise ValueError(f"a threshold has at most {DECIMALS} decimals, as the index has")
        return self


class AreaClasses(Record):
    """The classes of an index, lowest index value first."""

    labels: tuple[str, ...] = Field(min_length=2, max_length=7, description="German names, lowest index value first")
    rule: Literal["equal", "quantile", "natural", "points"] = Field(
        default="points", description="equal (width), quantile (equal numbers), natural (breaks) or points (`cuts`)"
    )
    cuts: tuple[AreaCut, ...] = Field(default=(), description="points: thresholds, ascending, one fewer than labels")

    @model_validator(mode="after")
    def _fits(self) -> "AreaClasses":
        if len(set(self.labels)) != len(self.labels):
            raise ValueError("every class has its own label")
        if (self.rule == "points") != bool(self.cuts):
            raise ValueError("classes have either a `rule` (equal, quantile, natural) or `cuts`")
        if self.cuts and len(self.cuts) != len(self.labels) - 1:
            raise ValueError(f"{len(self.labels)} classes have {len(self.labels) - 1} thresholds")
        if any(a.at >= b.at for a, b in zip(self.cuts, self.cuts[1:], strict=False)):
            raise ValueError("thresholds ascend")
        return self


class AreaOutcome(Record):
    """Something that may differ between the classes, from a public table of the same areas."""

    title: str = Field(min_length=1, max_length=120, description="German name as readers see it")
    table: str = Field(pattern=_ID, description="id of a public own table of the same level")
    period: Period = Field(description="year or school year of the table")
    measure: str = Field(min_length=1, description="id of a count (with `denominator`), share or mean")
    denominator: str = Field(default="", description="id of the count it is per")


class AreaIndexChoice(Record):
    """One index over a public own table."""

    id: str = Field(pattern=_ID, description="short name: small letters, digits, underscore")
    title: str = Field(min_length=1, max_length=120, description="German title as readers see it")
    method: Literal["", "participation_0_1", "load_types", "zsum_cuts"] = Field(
        default="", description=f"one of {', '.join(METHODS)}; or left out, with the options stated"
    )
    high: Literal["load", "good"] | None = Field(default=None, description="what a high index means: load or good")
    standardisation: Literal["minmax", "zscore"] | None = Field(default=None, description="minmax or zscore")
    aggregation: Literal["mean", "domains", "sum"] | None = Field(default=None, description="mean, domains or sum")
    standardise_again: bool | None = Field(default=None, description="whether the aggregate becomes a z-score again")
    weighting: Literal["areas", "population"] = Field(
        default="areas", description="z-scores: every area counts once (areas) or by its population"
    )
    table: str = Field(pattern=_ID, description="id of a public own table")
    period: Period = Field(description="year or school year of the table")
    population: str = Field(min_length=1, description="id of the count of inhabitants in the same table")
    minimum_population: int = Field(
        default=300, ge=LEAST_POPULATION, description="areas with fewer inhabitants stay empty; at least 30"
    )
    max_missing: int = Field(default=0, ge=0, description="so many variables of an area may be missing")
    variables: tuple[AreaVariable, ...] = Field(
        min_length=LEAST_VARIABLES, description=f"at least {LEAST_VARIABLES} variables"
    )
    classes: AreaClasses = Field(description="`labels` with `rule` or `cuts`")
    outcomes: tuple[AreaOutcome, ...] = Field(default=(), description="outcomes to compare between the classes")

    @model_validator(mode="after")
    def _is_whole(self) -> "AreaIndexChoice":
        stated = [one for one in ("high", "standardisation", "aggregation", "standardise_again") if self._given(one)]
        if self.method and stated:
            raise ValueError(f"the method {self.method} already says `{stated[0]}`: leave out one of the two")
        lacking = [one for one in ("high", "standardisation", "aggregation") if not self._given(one)]
        if not self.method and lacking:
            raise ValueError(f"without a `method` the index needs `{lacking[0]}`")
        if self.option("aggregation") == "domains" and not all(one.domain for one in self.variables):
            raise ValueError("an index by domains needs the `domain` of every variable")
        if self.max_missing > len(self.variables) - 2:
            raise ValueError("at least two variables of an area must be known")
        if self.weighting == "population" and self.option("standardisation") != "zscore":
            raise ValueError("only z-scores can be weighted by population")
        return self

    def _given(self, option: str) -> bool:
        return getattr(self, option) is not None

    def option(self, name: str) -> str | bool | None:
        """What is chosen, by the method or directly."""
        return METHODS[self.method].get(name) if self.method else getattr(self, name)

    def definition(self) -> IndexDefinition:
        """The index for the engine."""
        chosen = {name: self.option(name) for name in ("high", "standardisation", "aggregation")}
        return IndexDefinition(
            tuple(IndexVariable(one.name, one.orientation, one.weight, one.domain) for one in self.variables),
            weighting=self.weighting,
            standardise_again=bool(self.option("standardise_again")),
            classes=self.classes.rule,
            k=len(self.classes.labels),
            cuts=tuple(Cut(one.at, one.belongs) for one in self.classes.cuts),
            max_missing=self.max_missing,
            minimum=self.minimum_population,
            decimals=DECIMALS,
            **chosen,
        )


def check_indices(
    file: str, places: Mapping[Place, int], indices: Sequence[AreaIndexChoice], tables: Iterable[OwnDataset]
) -> list[Problem]:
    """All faults of indices against the mapping of the own tables; `places` gives the lines of the YAML `file`."""
    known = {one.id: one for one in tables}
    problems = []
    for number, index in enumerate(indices):
        faults = [*_twice(index, indices[:number]), *_compared_twice(index, indices[:number]), *_faults(index, known)]
        problems += [index_problem(file, places, number, *fault) for fault in faults]
    return problems


def index_problem(
    file: str, places: Mapping[Place, int], number: int, place: Place, what: str, value: str = "", do: str = ""
) -> Problem:
    """A fault at `place` of the index with this number."""
    entry: Place = ("indices", number)
    whole = (*entry, *place)
    while whole not in places and len(whole) > len(entry):
        whole = whole[:-1]
    dotted = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in place)
    return Problem(file, places.get(whole, 0), f"indices[{number + 1}]{dotted}", what, value, "", do, "area-index")


_Fault = tuple[Place, str, str, str]


def _twice(index: AreaIndexChoice, before: Sequence[AreaIndexChoice]) -> Iterator[_Fault]:
    if any(one.id == index.id for one in before):
        yield ("id",), "this id is already taken", index.id, "each index has its own id"
    given = [(one.measure, one.denominator) for one in index.variables]
    for number, one in enumerate(given):
        if one in given[:number]:
            yield ("variables", number, "measure"), "this variable is already in the index", one[0], "each one once"


def _compared_twice(index: AreaIndexChoice, before: Sequence[AreaIndexChoice]) -> Iterator[_Fault]:
    """Two groupings of the same areas may differ by one area, whose figure would follow from both tables."""

    def what(one: AreaOutcome) -> tuple[str, str, str]:
        return one.table, one.period, one.measure

    taken = [what(one) for other in before for one in other.outcomes]
    for number, one in enumerate(index.outcomes):
        if what(one) in [*taken, *map(what, index.outcomes[:number])]:
            do = "compare it with the classes of one index only: two tables could give a single area away"
            yield ("outcomes", number, "measure"), "this outcome is already compared", one.measure, do


def _faults(index: AreaIndexChoice, tables: Mapping[str, OwnDataset]) -> Iterator[_Fault]:
    table = tables.get(index.table)
    yield from _table_faults(("table",), index.table, tables)
    if table:
        if table.level == "kreis":
            yield ("table",), "an index is about areas inside of the municipality", table.level, ""
        yield from _count_faults(("population",), index.population, table)
        for number, one in enumerate(index.variables):
            yield from _measure_faults(("variables", number), one.measure, one.denominator, table)
    for number, outcome in enumerate(index.outcomes):
        place = ("outcomes", number)
        yield from _table_faults((*place, "table"), outcome.table, tables)
        if not (other := tables.get(outcome.table)):
            continue
        if table and other.level != table.level:
            do = "an outcome needs a table of the same areas as the index"
            yield (*place, "table"), f"a table of the level {other.level} for areas of {table.level}", other.id, do
        yield from _measure_faults(place, outcome.measure, outcome.denominator, other)
        measure = _measure(outcome.measure, other)
        if measure and measure.kind in ("share", "mean") and not (outcome.denominator or measure.denominator):
            do = "state the count it is per: several areas can only be put together by it"
            yield (*place, "measure"), "this outcome has no denominator", outcome.measure, do


def _table_faults(place: Place, id: str, tables: Mapping[str, OwnDataset]) -> Iterator[_Fault]:
    # ids of internal tables are no advice: the message may be read by others
    public = [one.id for one in tables.values() if one.access == "public"]
    if id not in tables:
        yield place, "there is no own table with this id", id, nearest(id, public) if public else "add it to own_data"
    elif tables[id].access != "public":
        yield place, "the table is internal; an index is published", id, nearest(id, public) if public else ""


def _measure_faults(place: Place, id: str, denominator: str, table: OwnDataset) -> Iterator[_Fault]:
    measure = _measure(id, table)
    if measure is None:
        yield (*place, "measure"), f"the table {table.id} has no such column", id, _nearest(id, table)
    elif measure.kind == "class":
        yield (*place, "measure"), "a class is no number to compute with", id, "use a share, mean or count"
    elif measure.kind == "count" and not denominator:
        yield (*place, "measure"), "a count grows with the area", id, "add the `denominator` that it is per"
    elif measure.denominator and denominator and denominator != measure.denominator:
        yield (*place, "denominator"), "the table says another denominator", denominator, f"use {measure.denominator!r}"
    if denominator:
        yield from _count_faults((*place, "denominator"), denominator, table)


def _count_faults(place: Place, id: str, table: OwnDataset) -> Iterator[_Fault]:
    measure = _measure(id, table)
    if measure is None:
        yield place, f"the table {table.id} has no such column", id, _nearest(id, table)
    elif measure.kind != "count":
        yield place, f"{id} is no count", measure.kind, "use a column of the kind count"


def _measure(id: str, table: OwnDataset) -> OwnMeasure | None:
    return next((one for one in table.columns if one.id == id), None)


def _nearest(id: str, table: OwnDataset) -> str:
    return nearest(id, [one.id for one in table.columns])
