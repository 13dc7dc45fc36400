"""The population of every unit, simulated person by person count: births, deaths, moves, ageing.

Everything else in the model region hangs on this: pupils are the children of the right age, leavers the cohort
that grew up, rates use the people counted here. Starts at the end of 2004 and runs to the end of 2024; the
tables begin in 2010.
"""

from dataclasses import dataclass

import numpy as np

from model.units import Unit, World, stream

START, END = 2004, 2024
AGES = np.arange(101)  # 100 stands for 100 and older
GERMAN, FOREIGN = 0, 1
MALE, FEMALE = 0, 1
MOVE_GROUPS = ((0, 18), (18, 25), (25, 30), (30, 50), (50, 65), (65, 101))

_BIRTH_YEARS = (
    1904,
    1910,
    1914,
    1917,
    1921,
    1930,
    1933,
    1939,
    1943,
    1946,
    1950,
    1958,
    1964,
    1968,
    1974,
    1978,
    1985,
    1990,
    1995,
    2000,
    2004,
)
_COHORTS = (
    0.62,
    0.65,
    0.60,
    0.42,
    0.82,
    0.84,
    0.74,
    1.04,
    0.84,
    0.68,
    0.94,
    1.06,
    1.34,
    1.22,
    0.84,
    0.80,
    0.82,
    0.88,
    0.74,
    0.71,
    0.65,
)
# Arrivals of foreigners against a usual year: 2015 and 2022 are years of flight.
_ARRIVALS = {
    2010: 0.80,
    2011: 0.92,
    2012: 1.02,
    2013: 1.15,
    2014: 1.30,
    2015: 2.35,
    2016: 1.50,
    2017: 1.12,
    2018: 1.12,
    2019: 1.05,
    2020: 0.82,
    2021: 0.92,
    2022: 2.35,
    2023: 1.40,
    2024: 1.20,
}
_FERTILITY = {
    2010: 1.39,
    2011: 1.38,
    2012: 1.40,
    2013: 1.41,
    2014: 1.46,
    2015: 1.49,
    2016: 1.57,
    2017: 1.56,
    2018: 1.56,
    2019: 1.54,
    2020: 1.53,
    2021: 1.57,
    2022: 1.46,
    2023: 1.36,
    2024: 1.35,
}
_MOVING_OUT = (0.030, 0.125, 0.115, 0.046, 0.017, 0.012)  # Germans leaving per year, by MOVE_GROUPS
CENSUS_YEAR = 2022


@dataclass(frozen=True)
class Population:
    """Whole persons. Year axes begin with START for `stock` (31 December) and with START + 1 for the flows."""

    stock: np.ndarray  # (unit, year, nationality, sex, age)
    births: np.ndarray  # (unit, year, sex)
    arrivals: np.ndarray  # (unit, year, sex, MOVE_GROUPS), across the border of the unit
    departures: np.ndarray  # the same
    deaths: np.ndarray  # (unit, year)

    def at(self, year: int) -> np.ndarray:
        """(unit, nationality, sex, age) on 31 December of `year`."""
        return self.stock[:, year - START]

    def ages(self, year: int, low: int, high: int) -> np.ndarray:
        """(unit, nationality, sex): people aged `low` to below `high` on 31 December of `year`."""
        return self.at(year)[..., low:high].sum(axis=-1)

    def mean_people(self, year: int) -> np.ndarray:
        """(unit,): mean of the two year ends around `year`."""
        return (self.at(year - 1).sum(axis=(1, 2, 3)) + self.at(year).sum(axis=(1, 2, 3))) / 2


def simulate(world: World) -> Population:
    """The population of all units of `world`."""
    runs = [_simulate_unit(unit) for unit in world.units]
    return Population(*(np.stack(part) for part in zip(*runs, strict=True)))


def _simulate_unit(unit: Unit) -> tuple[np.ndarray, ...]:
    rng = stream("population", unit.key)
    stock = [_start(unit)]
    births, arrivals, departures, deaths = [], [], [], []
    for year in range(START + 1, END + 1):
        people, born, came, left = _step(unit, year, stock[-1], rng)
        deaths.append(stock[-1].sum() + born.sum() + came.sum() - left.sum() - people.sum())
        if year == CENSUS_YEAR:
            people = _counted(people, unit, rng)
        stock.append(people)
        births.append(born)
        arrivals.append(came)
        departures.append(left)
    return np.stack(stock), np.stack(births), np.stack(arrivals), np.stack(departures), np.stack(deaths)


def _start(unit: Unit) -> np.ndarray:
    """(nationality, sex, age) at the end of START, rounded to persons."""
    born = START - AGES
    cohort = np.interp(born, _BIRTH_YEARS, _COHORTS) * np.where((born >= 1991) & (born <= 2003), unit.slump, 1.0)
    cohort *= 1 + unit.students * _bump(23.5, 3.2)
    cohort *= 1 + unit.families * (_bump(38, 6) + _bump(7, 5))
    cohort *= 1 + unit.elderly * np.clip((AGES - 55) / 15, 0, 1)
    sexes = np.stack([cohort * 0.513 * _surviving(_mortality(unit, sex)) for sex in (MALE, FEMALE)])
    sexes[FEMALE] *= 0.487 / 0.513
    foreign_ages = 0.25 + _bump(33, 12) * 1.1 + _bump(12, 10) * 0.3
    foreign = sexes * foreign_ages * np.where(AGES > 62, 0.45, 1.0)
    foreign *= unit.foreign * sexes.sum() / foreign.sum()
    both = np.stack([sexes - foreign, foreign])
    return np.rint(both * unit.people / both.sum()).astype(np.int64)


def _step(unit: Unit, year: int, before: np.ndarray, rng: np.random.RandomState) -> tuple[np.ndarray, ...]:
    people = np.zeros_like(before)
    people[..., 1:] = before[..., :-1]
    people[..., 100] += before[..., 100]
    crisis = 1.04 if year in (2020, 2021, 2022) else 1.0
    for sex in (MALE, FEMALE):
        chance = np.clip(_mortality(unit, sex) * crisis * 0.994 ** (year - 2010), 0, 0.9)
        people[:, sex] -= rng.binomial(people[:, sex], chance)
    born = np.zeros(2, dtype=np.int64)
    for nation, level in ((GERMAN, 1.0), (FOREIGN, 1.22)):
        mothers = (before[nation, FEMALE, 15:50] * _birth_rates(unit, year) * level * 0.96).sum()
        children = rng.poisson(mothers)
        foreign = rng.binomial(children, 0.62 if nation == FOREIGN else 0.005)
        for target, count in ((GERMAN, children - foreign), (FOREIGN, foreign)):
            boys = rng.binomial(count, 0.513)
            people[target, MALE, 0] += boys
            people[target, FEMALE, 0] += count - boys
            born += (boys, count - boys)
    came, left = _move(unit, year, people, rng)
    naturalised = rng.binomial(people[FOREIGN], 0.013)
    people[FOREIGN] -= naturalised
    people[GERMAN] += naturalised
    return people, born, came, left


def _move(unit: Unit, year: int, people: np.ndarray, rng: np.random.RandomState) -> tuple[np.ndarray, np.ndarray]:
    """Moves people in and out in place; (sex, MOVE_GROUPS) arrivals and departures."""
    group = np.searchsorted([high for _, high in MOVE_GROUPS], AGES, side="right")
    out_rate = np.array(_MOVING_OUT)[group] * unit.moves
    turn = unit.turn * np.clip((year - 2010) / 14, 0, 1)
    net = (np.array(unit.net)[group] + turn * np.array((1, 3, 1.5, 1, 0.5, 0))[group]) / 1000
    noise = 1 + 0.03 * rng.standard_normal()
    german_in = rng.poisson(people[GERMAN] * np.clip((out_rate + net) * noise, 0, None))
    german_out = rng.binomial(people[GERMAN], out_rate)
    profile = 0.35 * _bump(26, 6) + 0.35 * _bump(34, 11) + 0.14 * (AGES < 18) + 0.012 * (AGES < 80)
    profile[0] = 0
    women = 0.42 if year != 2022 else 0.58
    sexes = np.stack([profile * (1 - women), profile * women])
    level = 0.0062 * unit.foreign_in * _ARRIVALS.get(year, 0.75) * people.sum()
    foreign_in = rng.poisson(sexes / sexes.sum() * level)
    leaving = (0.055 + 0.05 * _bump(28, 8)) * min(unit.moves, 1.15) * (0.92 if year >= 2020 else 1.0)
    foreign_out = rng.binomial(people[FOREIGN], leaving)
    people[GERMAN] += german_in - german_out
    people[FOREIGN] += foreign_in - foreign_out
    by_group = [
        np.stack([moves[:, low:high].sum(axis=1) for low, high in MOVE_GROUPS], axis=1)
        for moves in (german_in + foreign_in, german_out + foreign_out)
    ]
    return by_group[0], by_group[1]


def _counted(people: np.ndarray, unit: Unit, rng: np.random.RandomState) -> np.ndarray:
    """The stock on the basis of the census: some registered people do not live here any more."""
    counted = people.copy()
    for nation, factor in enumerate(unit.census):
        if factor <= 1:
            counted[nation] = rng.binomial(people[nation], factor)
        else:
            counted[nation] += rng.poisson(people[nation] * (factor - 1))
    return counted


def _mortality(unit: Unit, sex: int) -> np.ndarray:
    male, female = np.exp(-10.35 + 0.0945 * AGES), np.exp(-11.05 + 0.0985 * AGES)
    chance = (male if sex == MALE else female) * unit.mortality
    chance[0] = 0.0033
    return np.clip(chance, 0, 0.6)


def _surviving(chance: np.ndarray) -> np.ndarray:
    return np.concatenate([[1.0], np.cumprod(1 - chance)[:-1]])


def _birth_rates(unit: Unit, year: int) -> np.ndarray:
    shape = np.exp(-0.5 * ((np.arange(15, 50) - 30.4 - 0.05 * (year - 2010)) / 5.3) ** 2)
    return shape / shape.sum() * _FERTILITY.get(year, 1.35) * unit.fertility


def _bump(centre: float, width: float) -> np.ndarray:
    return np.exp(-0.5 * ((AGES - centre) / width) ** 2)
