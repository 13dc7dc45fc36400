"""Indices of all municipalities that chose some, computed from their protected tables (`secrecy.protect`).

Of an area the result holds its name, outline, index (two decimals) and class. Empty stay areas with too few
inhabitants, with a secret or missing variable, and with fewer than 30 persons behind a variable. Outcomes are shares
of whole classes, hidden as `indicators.crosstab` says; inhabitants are whole per cent of classes of at least three
areas. No count, no key of an area and no share of a single area is in the result.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from transferbuch.data.own_mapping import OwnDataset, OwnMeasure, parse_period
from transferbuch.editions.area_index import AreaIndexChoice, AreaOutcome, AreaVariable, check_indices, index_problem
from transferbuch.editions.outlines import outlines_of
from transferbuch.editions.parameters import Parameters
from transferbuch.errors import PersonFileError, Problem
from transferbuch.indicators.composite import AreaIndex as Computed
from transferbuch.indicators.composite import LeftOut, compute_index, leave_one_out
from transferbuch.indicators.crosstab import MIN_AREAS, TypeOutcome, cross_table
from transferbuch.project import Project
from transferbuch.records import Place, find_places, read_person_text
from transferbuch.report.area_model import (
    LEAST_BEHIND,
    AreaCut,
    AreaIndex,
    AreaSource,
    AreaValue,
    Outcome,
    Outline,
    TypeValue,
    VariableNote,
)
from transferbuch.secrecy.protect import ProtectedTable


def load_area_indices(
    project: Project, parameters: Mapping[str, Parameters], own_data: Mapping[str, Sequence[ProtectedTable]]
) -> dict[str, tuple[AreaIndex, ...]]:
    """Indices by the key of the municipality; `own_data`: their protected tables.

    Raises PersonFileError with the faults of all indices: mapping, periods that a table lacks, too few areas, variables
    without differences.
    """
    files = {path.name.partition("-")[0]: path for path in project.parameters.glob("*.y*ml")}
    found, problems = {}, []
    for ags, chosen in parameters.items():
        if not chosen.indices:
            continue
        name = project.show(files[ags])
        places = find_places(read_person_text(files[ags], name))
        faults = check_indices(name, places, chosen.indices, chosen.own_data)
        if not faults:
            tables = {one.dataset.id: one for one in own_data.get(ags, ())}
            found[ags], faults = _compute_all(files[ags], name, places, chosen.indices, tables)
        problems += faults
    if problems:
        raise PersonFileError(sorted(problems))
    return found


def _compute_all(
    yaml: Path,
    name: str,
    places: Mapping[Place, int],
    choices: Sequence[AreaIndexChoice],
    tables: Mapping[str, ProtectedTable],
) -> tuple[tuple[AreaIndex, ...], list[Problem]]:
    done, problems = [], []
    for number, choice in enumerate(choices):
        lacking = [
            (place, period, tables[table])
            for place, period, table in _periods(choice)
            if parse_period(period)[0] not in tables[table].periods
        ]
        for place, period, table in lacking:
            what = f"the table {table.dataset.id} has no such period"
            do = f"use one of {', '.join(table.periods)}"
            problems.append(index_problem(name, places, number, place, what, period, do))
        if lacking:
            continue
        try:
            done.append(compute_area_index(choice, tables, yaml.with_suffix("")))
        except ValueError as error:
            problems.append(index_problem(name, places, number, ("id",), str(error), choice.id))
    return tuple(done), problems


def _periods(choice: AreaIndexChoice) -> list[tuple[Place, str, str]]:
    outcomes = enumerate(choice.outcomes)
    return [
        (("period",), choice.period, choice.table),
        *((("outcomes", number, "period"), one.period, one.table) for number, one in outcomes),
    ]


def compute_area_index(choice: AreaIndexChoice, tables: Mapping[str, ProtectedTable], folder: Path) -> AreaIndex:
    """The index from checked tables, public part only. Raises ValueError if it cannot be computed.

    tables: own tables by id; folder: where their boundaries lie.
    """
    table = tables[choice.table]
    figures = _figures(table, choice.period)
    variables = {one.name: _variable(one, figures, table.dataset) for one in choice.variables}
    data = pd.DataFrame({name: values for name, (values, _) in variables.items()})
    few = pd.DataFrame({name: is_few for name, (_, is_few) in variables.items()})
    population = figures[choice.population]
    result = compute_index(choice.definition(), data, population)
    sensitivity = {one.variable: one for one in leave_one_out(result, data, population)}
    for outcome in choice.outcomes:
        _refuse_other_areas(tables[outcome.table], outcome.period, figures)
    kinds, labels = result.kinds(), {one.name: _label(one.measure, table.dataset) for one in choice.variables}
    names, outlines = _names(table), outlines_of(table.dataset, folder)
    definition = result.definition
    return AreaIndex(
        id=choice.id,
        title=choice.title,
        level=table.dataset.level,
        high=definition.high,
        standardisation=definition.standardisation,
        weighting=definition.weighting,
        aggregation=definition.aggregation,
        standardise_again=definition.standardise_again,
        rule=definition.classes,
        minimum=choice.minimum_population,
        max_missing=choice.max_missing,
        source=_source(table.dataset, choice.period),
        variables=tuple(_note(one, labels[one.name], table.dataset, sensitivity[one.name]) for one in choice.variables),
        labels=choice.classes.labels,
        cuts=tuple(AreaCut(float(one.at), one.belongs) for one in result.cuts),
        areas=tuple(_area(one, names[one.area], labels, few.loc[one.area], outlines) for one in result.areas),
        people=_people(kinds, population, definition.number_of_classes),
        outcomes=tuple(_outcome(one, tables[one.table], kinds, len(choice.classes.labels)) for one in choice.outcomes),
    )


def _refuse_other_areas(table: ProtectedTable, period: str, figures: pd.DataFrame) -> None:
    other = sorted(set(_figures(table, period).index) - set(figures.index))
    if other:
        raise ValueError(f"the table {table.dataset.id} has areas that the index does not have: {', '.join(other[:5])}")


def _figures(table: ProtectedTable, period: str) -> pd.DataFrame:
    """One row per area, one column per measure; NaN for everything without a number."""
    rows = table.rows[table.rows["period"] == parse_period(period)[0]]
    wide = rows.pivot(index="area", columns="measure", values="value")
    return wide.reindex(columns=[one.id for one in table.dataset.columns]).sort_index()


def _variable(one: AreaVariable, figures: pd.DataFrame, dataset: OwnDataset) -> tuple[pd.Series, pd.Series]:
    """The variable by area, and where it is left out because too few persons stand behind it."""
    values, behind = figures[one.measure], _behind(one, dataset)
    if not behind:
        return values, pd.Series(False, values.index)
    persons = figures[behind]
    if one.denominator and _measure(one.measure, dataset).kind == "count":
        values = 100 * values / persons.where(persons > 0)
    return values.where(persons >= LEAST_BEHIND), persons < LEAST_BEHIND


def _behind(one: AreaVariable | AreaOutcome, dataset: OwnDataset) -> str:
    """Id of the count that the measure is per, "" if unknown."""
    return one.denominator or _measure(one.measure, dataset).denominator


def _note(one: AreaVariable, label: str, dataset: OwnDataset, left_out: LeftOut) -> VariableNote:
    behind = _behind(one, dataset)
    return VariableNote(
        label,
        _label(behind, dataset) if behind else "",
        one.orientation,
        one.weight,
        one.domain,
        left_out.changed,
        left_out.areas,
        None if left_out.correlation is None else round(left_out.correlation, 2),
    )


def _area(
    one: Computed, name: str, labels: Mapping[str, str], few: pd.Series, outlines: Mapping[str, Outline]
) -> AreaValue:
    reason = "few" if one.reason == "missing" and any(few[lost] for lost in one.missing) else one.reason
    value = None if one.value is None else round(one.value, 2)
    missing = tuple(labels[lost] for lost in one.missing)
    return AreaValue(name, value, one.kind, reason, missing, outlines.get(one.area))


def _names(table: ProtectedTable) -> dict[str, str]:
    """Name of each area in the newest row; the key stands beside it only where two areas have the same name."""
    newest = table.rows.sort_values("year").drop_duplicates("area", keep="last").set_index("area")["area_name"]
    times = newest.value_counts()
    return {key: (name if times[name] == 1 else f"{name} ({key})") if name else key for key, name in newest.items()}


def _people(kinds: pd.Series, population: pd.Series, number: int) -> tuple[int | None, ...]:
    """Per cent of the inhabitants of all areas with an index in each class; all None if one class has too few areas."""
    counts = [int((kinds == kind).sum()) for kind in range(1, number + 1)]
    if any(0 < count < MIN_AREAS for count in counts):
        return (None,) * number
    whole = population[kinds.index].sum()
    return tuple(round(100 * population[kinds[kinds == kind].index].sum() / whole) for kind in range(1, number + 1))


def _outcome(one: AreaOutcome, table: ProtectedTable, kinds: pd.Series, number: int) -> Outcome:
    figures, dataset = _figures(table, one.period), table.dataset
    measure, behind = _measure(one.measure, dataset), _behind(one, dataset)
    persons, from_counts = figures[behind], measure.kind == "count"
    given = {"cases": figures[one.measure]} if from_counts else {"share": figures[one.measure]}
    types = cross_table(kinds, number, persons, **given)
    return Outcome(
        title=one.title,
        unit="%" if from_counts or measure.kind == "share" else measure.unit,
        per=_label(behind, dataset),
        from_counts=from_counts,
        source=_source(dataset, one.period),
        types=tuple(_type(found) for found in types),
    )


def _type(one: TypeOutcome) -> TypeValue:
    """Rounded to one decimal: an exact share would tell the counts it was made of."""
    value, low, high = (None if part is None else round(float(part), 1) for part in (one.value, one.low, one.high))
    return TypeValue(one.kind, one.areas, value, low, high, one.hidden)


def _source(dataset: OwnDataset, period: str) -> AreaSource:
    return AreaSource(dataset.source, dataset.title, period, dataset.stand.isoformat(), dataset.licence)


def _measure(id: str, dataset: OwnDataset) -> OwnMeasure:
    return next(one for one in dataset.columns if one.id == id)


def _label(id: str, dataset: OwnDataset) -> str:
    return _measure(id, dataset).label
