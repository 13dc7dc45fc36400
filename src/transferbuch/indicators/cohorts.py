"""Cohort-component arithmetic: single years of age from official groups, deaths, births, migration, one year on.

Arrays are region × age (0 to 100, the last one open). Both sexes together; half of every age counts as women. What is
assumed rather than known is stated here, once: the shape of mortality and fertility by age. Their levels are fitted to
official figures in `projection`.
"""

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import PchipInterpolator
from scipy.stats import norm

AGES = np.arange(101)
EDGES = (0, 3, 6, 10, 15, 18, 20, 25, 30, 35, 40, 45, 50, 55, 60, 65, 75)
"""First ages of the 17 official groups; the last is open."""
GOMPERTZ = 0.1
"""Mortality doubles about every seven years of age (Gompertz 1825; found in all modern life tables from 30 on)."""
YOUNG_MORTALITY, INFANT_MORTALITY = 0.0003, 0.003
MEAN_AGE_OF_MOTHERS, SPREAD_OF_MOTHERS = 31.5, 5.5
_SHAPE = np.exp(GOMPERTZ * (AGES - 80))
_FERTILITY = np.where((AGES >= 15) & (AGES < 50), norm.pdf(AGES + 0.5, MEAN_AGE_OF_MOTHERS, SPREAD_OF_MOTHERS), 0)
FERTILITY_SHAPE = _FERTILITY / _FERTILITY.sum()


@dataclass(frozen=True)
class Step:
    """One year on: the population after it, and what happened on the way; after = before + births − deaths + moves."""

    after: np.ndarray
    births: np.ndarray
    deaths: np.ndarray
    moves: np.ndarray


def mortality(level: np.ndarray) -> np.ndarray:
    """Deaths per person and year at each age; `level` is the one at 80, by region."""
    rate = np.asarray(level, float)[:, None] * _SHAPE + YOUNG_MORTALITY
    rate[:, 0] += INFANT_MORTALITY
    return rate


def fitted_mortality(population: np.ndarray, deaths: np.ndarray) -> np.ndarray:
    """The level of `mortality` at which the population (single ages) has so many deaths in a year; NaN stays NaN."""
    young = (population * YOUNG_MORTALITY).sum(axis=1) + population[:, 0] * INFANT_MORTALITY
    # deaths follow 1 − exp(−rate): two rounds of proportional fitting are exact to less than a thousandth
    level = (deaths - young) / (population * _SHAPE).sum(axis=1)
    for _ in range(3):
        expected = (population * -np.expm1(-mortality(level))).sum(axis=1)
        level = level * deaths / expected
    return level


def single_ages(groups: np.ndarray, level: np.ndarray) -> np.ndarray:
    """Population by single year from the 17 groups (region × group): cumulated counts are interpolated monotonely
    (PCHIP), so every group keeps its count and no age is negative. The open group follows survival from 75 on."""
    edges = np.array([*EDGES])
    cumulated = np.concatenate([np.zeros((len(groups), 1)), groups[:, :-1].cumsum(axis=1)], axis=1)
    ages = np.zeros((len(groups), len(AGES)))
    young = PchipInterpolator(edges, cumulated, axis=1)(np.arange(edges[-1] + 1))
    ages[:, : edges[-1]] = np.diff(young, axis=1).clip(min=0)
    survival = np.exp(-np.cumsum(mortality(level)[:, edges[-1] :], axis=1))
    ages[:, edges[-1] :] = groups[:, -1:] * survival / survival.sum(axis=1, keepdims=True)
    return ages


def grouped(ages: np.ndarray, low: int, high: int) -> np.ndarray:
    """Persons from `low` to under `high`, by region; 101 for an open end."""
    return ages[:, low:high].sum(axis=1)


def births_of(ages: np.ndarray, fertility: np.ndarray) -> np.ndarray:
    """Births in a year; `fertility`: children per woman over her life at this year's rates."""
    return fertility * (0.5 * ages * FERTILITY_SHAPE).sum(axis=1)


def fitted_fertility(ages: np.ndarray, births: np.ndarray) -> np.ndarray:
    """Children per woman at which the population has so many births."""
    return births / (0.5 * ages * FERTILITY_SHAPE).sum(axis=1)


def one_year_on(ages: np.ndarray, level: np.ndarray, fertility: np.ndarray, moves: np.ndarray) -> Step:
    """The population a year later. `moves`: net arrivals by the age they have at the beginning of the year; as many as
    are alive at most can leave. Newborn children arrive at age 0."""
    survive = np.exp(-mortality(level))
    births = births_of(ages, fertility)
    alive = ages * survive
    moved = np.maximum(moves, -alive)
    older = alive + moved
    after = np.zeros_like(ages)
    after[:, 1:] = older[:, :-1]
    after[:, -1] += older[:, -1]
    after[:, 0] = births * survive[:, 0]
    deaths = (ages - alive).sum(axis=1) + births * (1 - survive[:, 0])
    return Step(after, births, deaths, moved.sum(axis=1))
