"""What all table modules share: the simulated themes together, and how blocks of numbers become rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np

from model import economy, population, schools, society
from model.official import Cells, Layout, apply_territory
from model.units import World


@dataclass(frozen=True)
class Model:
    """The world and everything that was simulated in it."""

    world: World
    people: population.Population
    schools: schools.Schools
    society: society.Society
    economy: economy.Economy


@dataclass(frozen=True)
class Table:
    """One classic table ready to be written; `times` newest first."""

    layout: Layout
    times: tuple[str, ...]
    cells: Cells


def simulate() -> Model:
    """The whole model region, always the same."""
    world = World()
    people = population.simulate(world)
    return Model(
        world, people, schools.simulate(world, people), society.simulate(world, people), economy.simulate(world, people)
    )


def table(
    model: Model,
    layout: Layout,
    years: Sequence[int],
    block: Callable[[int], np.ndarray],
    *,
    day: str = "",
    keep: Literal["", "births", "accounts"] = "",
    shape: Callable[[Cells], None] = lambda cells: None,
) -> Table:
    """Rows of one table. `block(year)` gives numbers (region, row label, column); the label axis may be left out.

    `day` is the key date ("31.12."); without it a time is a year, which counts as of its end. `shape` puts
    symbols of the table's own (x, .) into the cells before the territorial reform is applied.
    """
    cells: Cells = {}
    for year in years:
        values = block(year)
        if values.ndim == 2:
            values = values[:, None, :]
        for region, rows in zip(model.world.regions, values, strict=True):
            for label, row in zip(layout.row_labels, rows, strict=True):
                cells[f"{day}{year}", region.key, label] = row.tolist()
    shape(cells)
    apply_territory(model.world, cells, _moment, keep)
    return Table(layout, tuple(f"{day}{year}" for year in sorted(years, reverse=True)), cells)


def year_of(time: str) -> int:
    """The year of a time as printed."""
    return int(time[-4:])


def _moment(time: str) -> date:
    if "." not in time:
        return date(int(time), 12, 31)
    day, month, year = time.split(".")
    return date(int(year), int(month), int(day))
