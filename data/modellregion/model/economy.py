"""Gross domestic product, income of households, households of the Zensus 2011, area and municipalities."""

from dataclasses import dataclass

import numpy as np

from model.noise import noise, spans, values, whole
from model.population import Population
from model.units import World

FIRST, LAST = 2010, 2022  # regional accounts come out two years late
YEARS = range(FIRST, LAST + 1)
# Levels against the straight line: growth is slow at first, breaks in 2020, and prices push it up from 2021.
_GDP = {
    2010: 1.0,
    2011: 1.015,
    2012: 1.005,
    2013: 0.995,
    2014: 1.0,
    2015: 1.0,
    2016: 1.0,
    2017: 1.005,
    2018: 1.0,
    2019: 1.0,
    2020: 0.955,
    2021: 0.985,
    2022: 1.02,
}


@dataclass(frozen=True)
class Economy:
    """Whole numbers in 1,000 EUR or persons; year axes begin with 2010."""

    product: np.ndarray  # (unit, year, [GDP, workers, value added by A, B–E, C of B–E, F, G–J, K–N, O–T])
    income: np.ndarray  # (unit, year): disposable income of private households
    people: np.ndarray  # (unit, year): mean population
    households: np.ndarray  # (unit, [single, couple, couple with children, lone parent, other]) on 9 May 2011


def simulate(world: World, people: Population) -> Economy:
    """Accounts of all units."""
    product = np.stack([_product(world, people, year) for year in YEARS], axis=1)
    mean = np.rint(np.stack([people.mean_people(year) for year in YEARS], axis=1)).astype(np.int64)
    income = np.stack(
        [
            np.rint(
                mean[:, year - FIRST] * spans(world, "income", year) / 1000 * noise(world, "income", year, 0.004)[:, 0]
            )
            for year in YEARS
        ],
        axis=1,
    )
    return Economy(product, income.astype(np.int64), mean, _households(world, people))


def _product(world: World, people: Population, year: int) -> np.ndarray:
    wobble = noise(world, "product", year, 0.015, 8)
    gdp = people.mean_people(year) * spans(world, "gdp", year) / 1000 * _GDP[year] * wobble[:, 0]
    workers = gdp / (spans(world, "gdp", year) * 0.55 + 39 * (1 + 0.02 * (year - 2010)) * 1000 * 0.9) * 1000
    added = gdp * 0.9
    farming, industry = values(world, "farming"), values(world, "industry") * wobble[:, 1]
    building = 0.052 * wobble[:, 2] * (1 + 0.02 * (year - 2010))
    rest = 1 - farming - industry - building
    trade, finance = rest * 0.31 * wobble[:, 3], rest * 0.35 * wobble[:, 4]
    public = rest - trade - finance
    return whole(
        [
            gdp,
            workers,
            *(added * share for share in (farming, industry, industry * 0.84, building, trade, finance, public)),
        ]
    )


def _households(world: World, people: Population) -> np.ndarray:
    wobble = noise(world, "households", 2011, 0.01, 5)
    size = values(world, "household")
    count = people.at(2010).sum(axis=(1, 2, 3)) * 0.98 / size
    single = np.clip(0.395 - 0.42 * (size - 2.0), 0.25, 0.52)
    families = np.clip(0.24 + 0.28 * (size - 2.0), 0.14, 0.36)
    lone, other = np.full(len(size), 0.078), 0.022 + 0.03 * np.clip(2.0 - size, 0, 1)
    shares = [single, 1 - single - families - lone - other, families, lone, other]
    return whole([count * share * wobble[:, number] for number, share in enumerate(shares)])
