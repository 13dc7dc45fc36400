"""The own tables of a municipality as one web: every cell, and everything readers can compute from it.

Facts between cells are those that the mapping states (`part_of`, `sum_of`, `numerator`, `denominator`, `official`, sums
of periods) and those that hold anyway: the same measure of the same areas in two tables, areas inside of wider areas,
all areas and the municipality, and two columns that add up to a third in nine of ten rows. A reader would notice them
too. Sums that miss by a little count with that gap, those that miss by more than one per cent not at all.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import pandas as pd

from transferbuch.data.own import OwnTable
from transferbuch.data.own_mapping import AREA_LEVELS, OwnDataset, OwnMeasure
from transferbuch.secrecy.primary import need_by_dominance, need_of_count, need_of_implied, threshold_of
from transferbuch.secrecy.web import Name, Need, Web

_HOLDS, _CLOSE = 0.9, 0.01
_LEAST = 3
_ROUNDED = 2
"""Offices round to multiples of 3 or 5: a figure is off by so much at most."""
_OPEN = ("ok", "zero")
_LEVEL_COST = {level: float(len(AREA_LEVELS) - number) for number, level in enumerate(AREA_LEVELS)}


OfficialFigures = Mapping[tuple[str, str, int], float]
"""Published figures of the municipality by indicator, part (value, numerator, denominator) and year."""


@dataclass(frozen=True)
class OwnCellFacts:
    """One cell as the web needs it."""

    value: float
    status: str
    text: str
    largest: float
    parent: str


@dataclass
class OwnWeb:
    """`web`; `primary`: cells that are secret by themselves or in their source, with the reason."""

    web: Web = field(default_factory=Web)
    primary: dict[Name, str] = field(default_factory=dict)


def build_own_web(tables: Sequence[OwnTable], official: OfficialFigures) -> OwnWeb:
    """The web of `tables` and the `official` figures around them."""
    return _Builder(tables, official).build()


class _Builder:
    def __init__(self, tables: Sequence[OwnTable], official: OfficialFigures) -> None:
        self.datasets = {one.dataset.id: one.dataset for one in tables}
        self.measures = {(one.dataset.id, measure.id): measure for one in tables for measure in one.dataset.columns}
        self.cells: dict[Name, OwnCellFacts] = {}
        self.years: dict[str, int] = {}
        for one in tables:
            columns = ("dataset", "measure", "area", "period", "value", "status", "text", "largest", "parent", "year")
            for row in zip(*(one.rows[name].tolist() for name in columns), strict=True):
                self.cells[row[:4]] = OwnCellFacts(*row[4:9])
                self.years[row[3]] = row[9]
        self.official, self.found, self.web = official, OwnWeb(), Web()
        self.found.web = self.web
        self.by_column: dict[tuple[str, str], dict[tuple[str, str], OwnCellFacts]] = {}
        for (dataset, measure, area, period), cell in self.cells.items():
            self.by_column.setdefault((dataset, measure), {})[area, period] = cell

    def build(self) -> OwnWeb:
        for name, cell in self.cells.items():
            measure = self.measures[name[0], name[1]]
            if measure.kind == "count":
                self._count(name, cell, measure)
        for name, cell in self.cells.items():
            measure = self.measures[name[0], name[1]]
            if measure.kind == "share" and measure.denominator:
                self._share(name, cell, measure)
            elif measure.kind == "mean" and measure.denominator:
                self._mean(name, measure)
            elif measure.kind == "count" and measure.part_of:
                self._part(name, cell, measure)
        for dataset in self.datasets.values():
            self._columns(dataset)
            self._inside(dataset)
            self._official(dataset)
            self._periods(dataset)
        self._twice()
        return self.found

    def _count(self, name: Name, cell: OwnCellFacts, measure: OwnMeasure) -> None:
        dataset, number = self.datasets[name[0]], self.web.variable(name, cell.value)
        if cell.status == "secret":
            threshold = threshold_of(dataset, measure)
            self._secret(name, number, Need(0, 0, threshold), "secret in its source")
        elif cell.status in _OPEN:
            self.web.state([(number, 1)], cell.value, cell.value, name)
            need = need_of_count(cell.value, threshold_of(dataset, measure), dataset.zeros == "secret")
            why = "count below the threshold"
            if measure.dominance:
                need, why = need_by_dominance(cell.value, cell.largest, measure.dominance.k), "dominance"
            if need:
                self._secret(name, number, need, why)
            else:
                self.web.costs[name] = _LEVEL_COST[dataset.level] * (1 + abs(cell.value)) ** 0.25

    def _secret(self, cell: Name, number: int, need: Need, why: str) -> None:
        self.web.needs[number] = need
        self.found.primary[cell] = why

    def _share(self, name: Name, cell: OwnCellFacts, measure: OwnMeasure) -> None:
        """A published share ties the count it is computed from to its base."""
        base = self._number(name, measure.denominator)
        if base is None or cell.status not in _OPEN:
            return
        dataset, persons = self.datasets[name[0]], self.web.values[base]
        value = cell.value * persons / 100
        part = self._number(name, measure.numerator) if measure.numerator else None
        if part is None:
            part = self.web.variable((*name, "numerator"), value)
        rest = self._rest(name, base, part, persons - value)
        half = _half_unit(cell.text)
        for lot, share in ((part, cell.value), (rest, 100 - cell.value)):
            if lot in self.web.needs or persons != persons:
                continue
            ends = [persons * max(0.0, share - sign * half) / 100 for sign in (1, -1)]
            counted = self.measures[name[0], measure.denominator]
            needed = need_of_implied(
                *ends, persons * share / 100, threshold_of(dataset, counted), dataset.zeros == "secret"
            )
            if needed:
                self.web.needs[lot] = needed
                self.found.primary[name] = "share of a small count"
        at_low, at_high = (cell.value - half) / 100, (cell.value + half) / 100
        self.web.state([(part, 1), (base, -at_low)], 0, float("inf"), name)
        self.web.state([(part, 1), (base, -at_high)], float("-inf"), 0, name)
        if name not in self.found.primary:
            self.web.costs[name] = _LEVEL_COST[dataset.level] * (1 + (persons if persons == persons else 0)) ** 0.25

    def _mean(self, name: Name, measure: OwnMeasure) -> None:
        """The mean of one or two is nearly what each of them has."""
        base, dataset = self.cells.get((name[0], measure.denominator, *name[2:4])), self.datasets[name[0]]
        threshold = threshold_of(dataset, self.measures[name[0], measure.denominator])
        if base and (base.status == "secret" or need_of_count(base.value, threshold, False)):
            self.found.primary[name] = "mean of a small count"

    def _part(self, name: Name, cell: OwnCellFacts, measure: OwnMeasure) -> None:
        """What is left of the whole is a count like any other, though no table prints it."""
        whole, part = self._number(name, measure.part_of), self.web.numbers[name]
        if whole is None:
            return
        dataset, left = self.datasets[name[0]], self.web.values[whole] - cell.value
        rest = self._rest(name, whole, part, left)
        need = need_of_count(left, threshold_of(dataset, measure), False)
        if need and cell.status in _OPEN:
            self.web.needs[rest] = need
            self.found.primary.setdefault(name, "what is left of the whole is small")
            self.web.costs.pop(name, None)

    def _rest(self, name: Name, whole: int, part: int, left: float) -> int:
        rest = self.web.variable((*self.web.names[part], "rest"), left)
        self.web.state([(whole, 1), (part, -1), (rest, -1)], 0, 0, what="a part and the rest are the whole")
        return rest

    def _number(self, name: Name, measure: str) -> int | None:
        return self.web.numbers.get((name[0], measure, *name[2:4]))

    def _columns(self, dataset: OwnDataset) -> None:
        """Columns that add up to another one: stated, or found."""
        counts = [one.id for one in dataset.columns if one.kind == "count"]
        sums = {(one.id, *sorted(one.sum_of)) for one in dataset.columns if one.sum_of}
        for total, *parts in sorted(sums):
            self._state_sums(self._in_rows(dataset.id, total, parts), "columns add up")
        for total in counts:
            for parts in combinations([one for one in counts if one != total], 2):
                if (total, *sorted(parts)) not in sums:
                    self._state_sums(self._in_rows(dataset.id, total, parts), "columns add up", certain=False)

    def _in_rows(self, dataset: str, total: str, parts: Iterable[str]) -> list[tuple[list[Name], list[Name]]]:
        rows = self.by_column[dataset, total]
        return [([(dataset, total, *row)], [(dataset, part, *row) for part in parts]) for row in rows]

    def _inside(self, dataset: OwnDataset) -> None:
        """Areas inside of a wider area of another table, and all areas of the municipality."""
        for measure in dataset.columns:
            if measure.kind != "count":
                continue
            column = self.by_column[dataset.id, measure.id]
            for other in self.datasets.values():
                wider = self.measures.get((other.id, measure.id))
                if other.id == dataset.id or not wider or wider.kind != "count":
                    continue
                groups: dict[tuple[str, str], list[Name]] = {}
                for (area, period), cell in column.items():
                    if other.level == "kreis" and dataset.level == "gemeinde":
                        # a combined territory has several Kreise: each Gemeinde lies in one of them
                        groups.setdefault((area[:5], period), []).append((dataset.id, measure.id, area, period))
                    elif other.level == "kreis" and dataset.level != "kreis":
                        groups.setdefault(("", period), []).append((dataset.id, measure.id, area, period))
                    elif dataset.parent and dataset.parent.level == other.level:
                        groups.setdefault((cell.parent, period), []).append((dataset.id, measure.id, area, period))
                wholes: dict[tuple[str, str], list[Name]] = {}
                for area, period in self.by_column[other.id, measure.id]:
                    # of other areas it is not known in which of several Kreise they lie: together they are all
                    whole = "" if other.level == "kreis" and dataset.level != "gemeinde" else area
                    wholes.setdefault((whole, period), []).append((other.id, measure.id, area, period))
                sums = [(wholes[place], parts) for place, parts in groups.items() if place in wholes]
                self._state_sums(sums, "areas add up to the wider area")

    def _official(self, dataset: OwnDataset) -> None:
        """All areas add up to a figure that an office publishes, up to its rounding; a sum that does not fit says
        nothing, and then none of this column does."""
        for measure in dataset.columns:
            if not measure.official:
                continue
            column = self.by_column[dataset.id, measure.id]
            sums = []
            for period in sorted({period for _, period in column}):
                known = self.official.get((measure.official.indicator, measure.official.part, self.years[period]))
                if known is not None:
                    sums.append(
                        (known, [self.web.numbers[dataset.id, measure.id, *at] for at in column if at[1] == period])
                    )
            gaps = [abs(known - sum(self.web.values[number] for number in numbers)) for known, numbers in sums]
            slack = max((gap for gap in gaps if gap == gap), default=0)
            if slack <= _ROUNDED:
                for known, numbers in sums:
                    terms = [(number, 1.0) for number in numbers]
                    self.web.state(terms, known - slack, known + slack, what="the official figure")

    def _periods(self, dataset: OwnDataset) -> None:
        """Several periods of another table together."""
        if not dataset.sum_of or dataset.sum_of.table not in self.datasets:
            return
        other, periods = dataset.sum_of.table, dataset.sum_of.periods
        for measure in dataset.columns:
            if measure.kind == "count" and (other, measure.id) in self.by_column:
                sums = [
                    ([(dataset.id, measure.id, area, period)], [(other, measure.id, area, one) for one in periods])
                    for area, period in self.by_column[dataset.id, measure.id]
                ]
                for _, parts in sums:
                    for part in parts:
                        self.web.variable(part, float("nan"))  # a period that the other table does not have
                self._state_sums(sums, "periods add up")

    def _twice(self) -> None:
        """The same measure of the same areas in two tables."""
        for (table, id), (other, same) in combinations(sorted(self.by_column), 2):
            kinds = {self.measures[table, id].kind, self.measures[other, same].kind}
            levels = {self.datasets[table].level, self.datasets[other].level}
            if id == same and table != other and kinds == {"count"} and len(levels) == 1:
                both = [at for at in self.by_column[table, id] if at in self.by_column[other, id]]
                self._state_sums(
                    [([(table, id, *at)], [(other, id, *at)]) for at in both], "the same figure twice", certain=False
                )

    def _state_sums(self, sums: list[tuple[list[Name], list[Name]]], what: str, certain: bool = True) -> None:
        """Rows Σ wholes = Σ parts, up to the gap there is; sums that are far from holding say nothing.

        Unless `certain` only if nearly all that can be checked hold.
        """
        values, number_of = self.web.values, self.web.numbers.get
        found = [(list(map(number_of, wholes)), list(map(number_of, parts))) for wholes, parts in sums]
        numbers = [(wholes, parts) for wholes, parts in found if None not in (*wholes, *parts)]
        totals = [sum(values[whole] for whole in wholes) for wholes, _ in numbers]
        gaps = [
            abs(total - sum(values[part] for part in parts)) for total, (_, parts) in zip(totals, numbers, strict=True)
        ]
        near = [gap <= max(_ROUNDED, _CLOSE * total) for gap, total in zip(gaps, totals, strict=True)]
        checked = sum(gap == gap for gap in gaps)
        if not certain and (sum(near) < _LEAST or sum(near) < _HOLDS * checked):
            return
        for (wholes, parts), gap, is_near in zip(numbers, gaps, near, strict=True):
            if is_near or gap != gap:
                slack = gap if is_near else 0
                terms = [*((whole, 1) for whole in wholes), *((part, -1) for part in parts)]
                self.web.state(terms, -slack, slack, what=what)


@dataclass(frozen=True)
class ClassShare:
    """A published outcome of a class of areas: `cases` of `persons` (ids of counts) in per cent, one decimal."""

    index: str
    table: str
    cases: str
    persons: str
    period: str
    areas: tuple[str, ...]
    value: float

    @property
    def name(self) -> Name:
        """What the published cell is called: index, measure, its areas, period."""
        return (self.index, self.cases, "+".join(self.areas), self.period)


def state_classes(web: Web, shares: Iterable[ClassShare], half: float = 0.05) -> None:
    """What published outcomes of classes say about the areas in them: a class of one area is that area's share."""
    for one in shares:
        cases, persons = (
            [web.variable((one.table, measure, area, one.period), float("nan")) for area in one.areas]
            for measure in (one.cases, one.persons)
        )
        for sign in (-1, 1):
            edge = (one.value + sign * half) / 100
            terms = [*((number, 1.0) for number in cases), *((number, -edge) for number in persons)]
            ends = (0, float("inf")) if sign == -1 else (float("-inf"), 0)
            web.state(terms, *ends, one.name)


def _half_unit(text: str) -> float:
    """Half of the last printed digit: "12,5" may be anything from 12.45 to 12.55."""
    return 0.5 * 10.0 ** -len(text.partition(",")[2])


def official_figures(values: pd.DataFrame, ags: str, datasets: Iterable[OwnDataset]) -> OfficialFigures:
    """The official figures of a municipality that its own tables add up to; `values` of `indicators.compute`."""
    wanted = {
        (one.official.indicator, one.official.part) for dataset in datasets for one in dataset.columns if one.official
    }
    own = values[(values["ags"] == ags) & values["indicator"].isin({name for name, _ in wanted})]
    return {
        (row["indicator"], part, int(row["year"])): float(row[part])
        for row in own[own["status"] == "ok"].to_dict("records")
        for name, part in sorted(wanted)
        if name == row["indicator"] and row[part] == row[part]
    }
