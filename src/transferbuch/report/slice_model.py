"""What a data slice holds, as reports see it: regions, indicators, values, tables, own tables; without reading."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from transferbuch.regions.keys import BUND, group_key
from transferbuch.regions.names import RegionName
from transferbuch.report.area_model import AreaIndex
from transferbuch.report.goal_model import Goal
from transferbuch.report.proposal_model import ContextValue, Needs, Proposal

CHAPTERS = {
    "rahmenbedingungen": "Rahmenbedingungen",
    "fruehkindliche-bildung": "Frühkindliche Bildung",
    "allgemeinbildende-schulen": "Allgemeinbildende Schulen",
    "berufliche-bildung-und-hochschulen": "Berufliche Bildung und Hochschulen",
    "weiterbildung": "Weiterbildung",
    "non-formale-bildung": "Non-formale und informelle Bildung",
    "integration": "Integration und Zuwanderung",
}
"""Chapters with indicators, in reading order; the key is the notebook's name and the page's address."""


class Value(NamedTuple):  # a slice has some ten thousand: a dataclass takes four times as long to make
    """One indicator value of one region and year; `value` is None exactly when `status` is not "ok".

    `territory`: "" as published for this territory, "sum" of former Kreise, "shares" of a split Kreis are in it.
    `low`, `high`: ends of the 95 % interval, None where the formula has none. `kreise`: how many other Kreise have a
    value; `lower` and `equal` of them have a lower or the same one; all 0 where there are too few.
    """

    ags: str
    year: int
    time: str
    value: float | None
    status: str
    numerator: float | None
    denominator: float | None
    tables: tuple[str, ...]
    files: tuple[str, ...]
    territory: str = ""
    low: float | None = None
    high: float | None = None
    kreise: int = 0
    lower: int = 0
    equal: int = 0

    @property
    def percentile(self) -> float | None:
        """The place among the Kreise from 0 (lowest) to 100, equal ones in the middle; None with too few Kreise."""
        return 100 * (self.lower + self.equal / 2) / self.kreise if self.kreise else None


@dataclass(frozen=True)
class Comparison:
    """How the own value of a year stands to that of one region beyond chance: `position` is "above", "below" or
    "similar"; `stands_out`: it still holds when all indicators are looked at together."""

    position: str
    stands_out: bool


@dataclass(frozen=True)
class Trend:
    """Trend of the own values over `points` comparable years from `first` to `last`.

    `direction` is "rising", "falling" or "none" (not told from chance), with `slope` per year and its ends; with a
    `reason` ("points": fewer than five, "change": the indicator is one) nothing is determined.
    """

    first: int
    last: int
    points: int
    direction: str
    slope: float | None
    low: float | None
    high: float | None
    reason: str


@dataclass(frozen=True)
class Peer:
    """A Kreis that this one is compared with; `distance` in context, None where it cannot be told; its Kreistyp."""

    ags: str
    distance: float | None
    type: str


@dataclass(frozen=True)
class Compared:
    """What this Kreis is compared with. `context`: indicator → year of the variables that decide about likeness;
    `missing` of them without a value; `cluster` and `between`: names of groups of the typology, "" without one."""

    chosen: bool
    peers: tuple[Peer, ...]
    type: str
    cluster: str
    cluster_size: int
    between: str
    missing: int
    context: dict[str, int]


@dataclass(frozen=True)
class Tested:
    """One age group in the back-test of all Kreise: `median` of the errors without sign, the middle 80 % from `low` to
    `high`, and `unchanged`: the median error of simply keeping the number of the start; all in percent."""

    group: str
    kreise: int
    median: float
    low: float
    high: float
    unchanged: float


@dataclass(frozen=True)
class Outlook:
    """The projection of an edition. `counts[ags, variant, group]`: persons by year, the first year observed;
    `assumptions`: see `indicators.projection`, empty without a projection; `backtest`: group → (projected, observed,
    before), for the years `tested_from` to `tested_to`."""

    counts: dict[tuple[str, str, str], dict[int, float]]
    assumptions: dict[str, Any]
    backtest: dict[str, tuple[float, float, float]]
    errors: tuple[Tested, ...]
    tested_from: int
    tested_to: int


@dataclass(frozen=True)
class FormerKreis:
    """A dissolved Kreis in the territory of a region; `until` is its last day, `exact` False if only a part came."""

    ags: str
    name: str
    until: str
    exact: bool


@dataclass(frozen=True)
class Indicator:
    """What a report needs of an indicator's record in the slice."""

    id: str
    title: str
    phrase: str
    definition: str
    chapter: str
    kind: str
    per: int
    years: int
    denominator_years_before: int
    unit: str
    decimals: int
    polarity: str
    caveats: tuple[str, ...]
    tables: tuple[str, ...]
    above: tuple[str, ...]  # variables of the numerator, added and taken off
    denominator: tuple[str, ...]
    regional_caveats: tuple[tuple[frozenset[str], str], ...] = ()  # keys of the regions concerned, text


@dataclass(frozen=True)
class TableBreak:
    """A declared break of a table (see `transferbuch.data.sources.Break`); empty `laender`, `variables`: all."""

    since: int
    until: int | None
    kind: str
    what: str
    detail: str
    laender: tuple[str, ...]
    variables: tuple[str, ...]


@dataclass(frozen=True)
class OfficialFile:
    """One delivered file of a table; `sha256` is the fingerprint's beginning that values carry."""

    name: str
    sha256: str
    stand: str


@dataclass(frozen=True)
class Table:
    """Provenance of one official table; `stand` is an ISO date or ""."""

    code: str
    name: str  # as sources are named: the code, or that of the table that this is an extract of
    title: str
    statistic: str
    period: str
    stand: str
    licence: str
    attribution: str
    url: str
    caveats: tuple[str, ...]
    files: tuple[OfficialFile, ...]
    variables: tuple[str, ...]
    breaks: tuple[TableBreak, ...]


@dataclass(frozen=True)
class OwnColumn:
    """A column of an own table; kind: count, share, mean or class (then `classes`, lowest first).

    `denominator`: id of the count that a share or mean is per, `numerator`: of the count a share is computed from; "".
    """

    id: str
    label: str
    unit: str
    kind: str
    classes: tuple[str, ...]
    denominator: str = ""
    numerator: str = ""


@dataclass(frozen=True)
class OwnTable:
    """An own table of the municipality; `periods` are years or school years (2023/24).

    `cells[period, area, column]`: (number or None, status as in `report.numbers.ABSENCES`, "ok" or "zero"); `names` of
    the areas by key.
    """

    id: str
    title: str
    columns: tuple[OwnColumn, ...]
    level: str
    areas: int
    periods: tuple[str, ...]
    source: str
    stand: str
    licence: str  # "" only of an internal table
    access: str  # an internal table is only in the slice of an internal edition
    names: dict[str, str]
    cells: dict[tuple[str, str, str], tuple[float | None, str, str]]


@dataclass(frozen=True)
class CheckedFigure:
    """An official figure of this municipality that a check stopped, or that was accepted with a reason after it."""

    variable: str
    year: int
    accepted: bool
    reason: str


@dataclass(frozen=True)
class Slice:
    """Everything one edition may see. `series[indicator]` holds, by region, the values by year in order of years."""

    ags: str
    audience: str  # public, internal or a role
    land: str
    fictional: bool
    data_files: str
    gebietsstand: str
    formed_from: dict[str, tuple[FormerKreis, ...]]
    moves: tuple[TableBreak, ...]
    peers: tuple[str, ...]
    names: dict[str, RegionName]
    parameters: dict[str, Any]
    indicators: dict[str, Indicator]
    tables: dict[str, Table]
    needs: Needs
    transfer: tuple[Proposal, ...]
    named_objects: dict[str, dict[str, str]]  # title, summary and giver of transfer objects that texts name, by slug
    context: tuple[ContextValue, ...]  # what makes Kreise comparable, of this one
    own_data: tuple[OwnTable, ...]
    series: Mapping[str, Mapping[str, dict[int, Value]]]
    compared: Compared
    outlook: Outlook  # empty without a projection
    findings: tuple[CheckedFigure, ...] = ()
    comparisons: dict[tuple[str, int, str], Comparison] = field(default_factory=dict)  # indicator, year, other region
    trends: dict[str, Trend] = field(default_factory=dict)
    areas: tuple[AreaIndex, ...] = ()
    goals: tuple[Goal, ...] = ()

    @property
    def own(self) -> RegionName:
        """The municipality this edition is about."""
        return self.names[self.ags]

    @property
    def is_city_state(self) -> bool:
        """Hamburg and Berlin: Land and Kreis in one, so a comparison with the Land would be one with itself."""
        return self.own.label == self.names[self.land].label

    @property
    def above(self) -> tuple[str, ...]:
        """Keys of the regions to compare with: Land (not for a city state) and Bund."""
        return (BUND,) if self.is_city_state else (self.land, BUND)

    @property
    def group(self) -> str:
        """Key of the compared Kreise as one region, "" where there are none."""
        return group_key(self.ags) if self.compared.peers else ""

    @property
    def references(self) -> tuple[str, ...]:
        """Keys of the regions above and of the compared Kreise."""
        return (*self.above, self.group) if self.group else self.above

    @cached_property
    def kreise(self) -> tuple[str, ...]:
        """Keys of all Kreise of the Land, this one included, sorted."""
        return tuple(sorted((self.ags, *self.peers)))

    def values(self, indicator: str, ags: str) -> dict[int, Value]:
        """All years of one indicator and region; empty when the tables have no row."""
        return self.series[indicator].get(ags, {})

    def latest(self, indicator: str, ags: str) -> Value | None:
        """The newest value with a number, None if there is none."""
        return next((one for one in reversed(self.values(indicator, ags).values()) if one.value is not None), None)

    def number(self, indicator: str, ags: str, year: int) -> float | None:
        """The number of one region and year, None when it is missing for whatever reason."""
        found = self.values(indicator, ags).get(year)
        return found.value if found else None

    def newest_year(self, indicator: str) -> int | None:
        """The newest year for which any region of this slice has a number, None if none has."""
        regions = {self.ags, *self.above, *self.peers}
        return max((found.year for ags in regions if (found := self.latest(indicator, ags))), default=None)
