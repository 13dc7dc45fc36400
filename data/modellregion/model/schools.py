"""Pupils and leavers of general and vocational schools, derived from the cohorts of the population.

The invented school system: Grundschule to grade 4; then Schularten mit mehreren Bildungsgängen, Gymnasium,
Integrierte Gesamtschule, a few Waldorf schools; Haupt- and Realschulen were merged away by 2015. The Gymnasium
changed from 13 to 12 years: two cohorts took the Abitur in DOUBLE_ABITUR. The other Länder keep all school types.
"""

from dataclasses import dataclass

import numpy as np

from model.noise import in_land, spans, values
from model.noise import noise as noise_of
from model.population import FOREIGN, Population
from model.units import World

DOUBLE_ABITUR = 2013  # leavers of the school year 2012/13
FIRST, LAST = 2010, 2024
YEARS = range(FIRST, LAST + 1)

SCHOOL_TYPES = (
    "Vorschulbereich",
    "Grundschulen",
    "Schulartunabhängige Orientierungsstufe",
    "Hauptschulen",
    "Schularten mit mehreren Bildungsgängen",
    "Realschulen",
    "Gymnasien",
    "Integrierte Gesamtschulen",
    "Freie Waldorfschulen",
    "Sonderschulen/Förderschulen",
    "Abendschulen und Kollegs",
)
_SCHOOL_SIZE = dict(zip(SCHOOL_TYPES, (22, 185, 110, 215, 330, 340, 690, 620, 340, 115, 190), strict=True))
_FEMALE = dict(
    zip(SCHOOL_TYPES, (0.40, 0.492, 0.485, 0.435, 0.462, 0.489, 0.528, 0.486, 0.515, 0.352, 0.47), strict=True)
)
_FOREIGN = dict(zip(SCHOOL_TYPES, (1.1, 1.05, 1.0, 2.0, 1.35, 1.1, 0.52, 1.25, 0.35, 1.2, 2.2), strict=True))

VOCATIONAL_TYPES = (
    "Berufsschulen",
    " dar. ohne Ausbildungsvertrag",
    "Berufsaufbauschulen",
    "Berufsfachschulen",
    "Fachoberschulen",
    "Fachgymnasien",
    "Berufsober- / Technische Oberschulen",
    "Fachschulen",
    "Fachakademien / Berufsakademien",
)
_VOCATIONAL_SHARE = (0.42, 0.042, 0.0, 0.125, 0.040, 0.055, 0.010, 0.062, 0.006)  # of four cohorts
_VOCATIONAL_FEMALE = (0.375, 0.34, 0.28, 0.60, 0.53, 0.52, 0.40, 0.56, 0.80)
_VOCATIONAL_FOREIGN = (0.75, 2.6, 0.5, 1.2, 0.8, 0.5, 0.5, 0.4, 0.4)
_VOCATIONAL_SIZE = (620, 0, 60, 150, 130, 190, 70, 135, 110)

# Leavers without certificate against the straight line: mild marks in 2020, more arrivals and absences since 2022.
_WITHOUT = {
    2015: 1.02,
    2016: 1.06,
    2017: 1.05,
    2018: 1.07,
    2019: 1.03,
    2020: 0.88,
    2021: 0.90,
    2022: 1.04,
    2023: 1.08,
    2024: 1.10,
}


@dataclass(frozen=True)
class Schools:
    """Whole numbers; year axes begin with 2010."""

    general: np.ndarray  # (unit, year, school type, [schools, pupils, female, foreign, grade 7, grade 11])
    leavers: np.ndarray  # (unit, year, [without, first, middle, part of FHR, FHR, Abitur], [all, female])
    vocational: np.ndarray  # (unit, year, school type, [schools, pupils, female, foreign])
    vocational_leavers: np.ndarray  # (unit, year, [first, middle, FHR, HR, part of FHR], [all, female])


def simulate(world: World, people: Population) -> Schools:
    """Schools of all units; a year is the autumn a school year begins in, for leavers the summer it ends in."""
    everybody = people.stock.sum(axis=(2, 3))  # (unit, year from 2004, age)
    cohort = _Cohorts(world, everybody)
    general = np.stack([_general(world, people, cohort, year) for year in YEARS], axis=1)
    leavers = np.stack([_leavers(world, cohort, year) for year in YEARS], axis=1)
    vocational = np.stack([_vocational(world, people, year) for year in YEARS], axis=1)
    return Schools(
        general, leavers, vocational, np.stack([_vocational_leavers(world, vocational, year) for year in YEARS], axis=1)
    )


class _Cohorts:
    """How many young people are in a grade, before they choose a school type."""

    def __init__(self, world: World, everybody: np.ndarray) -> None:
        self._everybody = everybody
        self.is_land = in_land(world)

    def grade(self, year: int, grade: int) -> np.ndarray:
        """(unit,): children of this grade in the autumn of `year`, living in the unit."""
        ages = self._everybody[:, year - 2004]
        return 0.55 * ages[:, grade + 5] + 0.45 * ages[:, grade + 6]

    def at_sixteen(self, year: int) -> np.ndarray:
        """(unit,): one cohort of 15- and 16-year-olds at the end of `year`.

        Later grades use this cohort too: at 18 the students of a university city have already moved in.
        """
        ages = self._everybody[:, year - 2004]
        return 0.5 * (ages[:, 15] + ages[:, 16])


def _general(world: World, people: Population, cohort: _Cohorts, year: int) -> np.ndarray:
    special, gymnasium = spans(world, "special", year), spans(world, "abitur", year) * 1.08
    gesamt, waldorf, evening = spans(world, "gesamt", year), values(world, "waldorf"), values(world, "evening")
    draw, draw_gymnasium = values(world, "draw_school"), values(world, "draw_gymnasium")
    rest = 1 - special - gymnasium - gesamt - waldorf
    phase = np.where(cohort.is_land, max(0.0, (2015 - year) / 10), np.clip(0.88 - 0.022 * (year - 2010), 0, 1))
    haupt, real = rest * phase * 0.36, rest * phase * 0.64
    mixed = rest - haupt - real

    def grades(low: int, high: int) -> np.ndarray:
        return sum(cohort.grade(year, grade) for grade in range(low, high + 1))

    seventh, upper = cohort.grade(year, 7), cohort.at_sixteen(year) * 0.97
    thirteen = upper * 0.93 * (year < DOUBLE_ABITUR)  # the last cohort of 13 years leaves in the summer of 2013
    eleventh_gymnasium = np.where(cohort.is_land, upper * (1.9 if year == DOUBLE_ABITUR - 3 else 1.0), upper * 0.75)
    zero = np.zeros(len(world.units))
    pupils = {
        "Vorschulbereich": np.where(cohort.is_land, 0, cohort.grade(year, 1) * 0.035),
        "Grundschulen": grades(1, 4) * (1 - special * 0.55 - waldorf) * 0.985,
        "Schulartunabhängige Orientierungsstufe": np.where(cohort.is_land, 0, grades(5, 6) * 0.06),
        "Hauptschulen": grades(5, 9) * haupt * draw,
        "Schularten mit mehreren Bildungsgängen": (grades(5, 9) + 0.72 * cohort.grade(year, 10)) * mixed * draw,
        "Realschulen": grades(5, 10) * real * draw,
        "Gymnasien": (grades(5, 9) + 2.8 * upper + np.where(cohort.is_land, thirteen, 0.4 * upper))
        * gymnasium
        * draw_gymnasium,
        "Integrierte Gesamtschulen": (grades(5, 10) + 0.9 * upper) * gesamt * draw,
        "Freie Waldorfschulen": grades(1, 12) * waldorf * 1.6,
        "Sonderschulen/Förderschulen": grades(1, 9) * special * 1.02,
        "Abendschulen und Kollegs": cohort.at_sixteen(year) * evening * 6,
    }
    seventh_share = {
        "Hauptschulen": haupt * draw,
        "Schularten mit mehreren Bildungsgängen": mixed * draw,
        "Realschulen": real * draw,
        "Gymnasien": gymnasium * draw_gymnasium,
        "Integrierte Gesamtschulen": gesamt * draw,
        "Freie Waldorfschulen": waldorf * 1.6,
        "Sonderschulen/Förderschulen": special,
    }
    eleventh = {
        "Gymnasien": eleventh_gymnasium * gymnasium * draw_gymnasium,
        "Integrierte Gesamtschulen": upper * 0.32 * gesamt * draw,
        "Freie Waldorfschulen": upper * waldorf * 1.2,
        "Sonderschulen/Förderschulen": np.where(cohort.is_land, 0, upper * special * 0.012),
    }
    young = people.ages(year, 6, 18).sum(axis=2)
    foreign = young[:, FOREIGN] / young.sum(axis=1)
    columns = []
    for kind in SCHOOL_TYPES:
        noise = noise_of(world, f"school {kind}", year, 0.012, 5)
        total = np.rint(pupils[kind] * noise[:, 0])
        cells = [
            _schools(world, kind, total),
            total,
            np.rint(total * _FEMALE[kind] * noise[:, 1]),
            np.rint(total * np.clip(foreign * _FOREIGN[kind] * 0.92 * noise[:, 2] ** 3, 0, 0.8)),
            np.rint(seventh * seventh_share.get(kind, zero) * noise[:, 3]),
            np.rint(eleventh.get(kind, zero) * noise[:, 4]),
        ]
        columns.append(np.stack(cells, axis=1))
    return np.stack(columns, axis=1).astype(np.int64)


def _schools(world: World, kind: str, pupils: np.ndarray) -> np.ndarray:
    """Number of schools; thinly settled units keep smaller ones."""
    density = np.array([unit.people / unit.area for unit in world.units])
    size = _SCHOOL_SIZE[kind] * np.clip(density / 230, 0.55, 1.35) ** 0.5
    return np.where(pupils > 0, np.maximum(1, np.rint(pupils / size)), 0)


def _leavers(world: World, cohort: _Cohorts, year: int) -> np.ndarray:
    noise = noise_of(world, "leavers", year, 0.045, 5)
    draw, draw_gymnasium = values(world, "draw_school"), values(world, "draw_gymnasium")
    abitur = spans(world, "abitur", year)
    without = spans(world, "without", year) * _WITHOUT.get(year, 1.0)
    first = spans(world, "first", year)
    at_school = cohort.at_sixteen(year - 1) * draw
    none = at_school * without * noise[:, 0]
    lowest = at_school * first * noise[:, 1]
    middle = at_school * (1 - abitur - without - first) * (1 + (noise[:, 2] - 1) / 2)
    twelve, thirteen = cohort.at_sixteen(year - 3), cohort.at_sixteen(year - 4)
    finalists = np.where(
        cohort.is_land,
        thirteen * (year <= DOUBLE_ABITUR) + twelve * (year >= DOUBLE_ABITUR),
        0.6 * twelve + 0.4 * thirteen,
    )
    top = finalists * abitur * 0.93 * draw_gymnasium * (1 + (noise[:, 3] - 1) / 2)
    part = finalists * 0.028 * draw_gymnasium * noise[:, 4]
    fhr = np.where(cohort.is_land, 0, finalists * 0.001)
    female = (0.405, 0.415, 0.487, 0.50, 0.49, 0.548)
    spread = noise_of(world, "leavers female", year, 0.04, 6)
    cells = []
    for number, cell in enumerate((none, lowest, middle, part, fhr, top)):
        total = np.rint(cell)
        cells.append(np.stack([total, np.rint(total * female[number] * spread[:, number])], axis=1))
    return np.stack(cells, axis=1).astype(np.int64)


def _vocational(world: World, people: Population, year: int) -> np.ndarray:
    draw = values(world, "draw_vocational")
    young = people.ages(year, 16, 20).sum(axis=2)
    base = people.ages(year, 14, 18).sum(axis=(1, 2)) * 1.02 * draw  # younger than students who moved in
    foreign = young[:, FOREIGN] / young.sum(axis=1)
    land = in_land(world)
    lowered = 1 - 0.006 * (year - 2010)
    columns = []
    for number, kind in enumerate(VOCATIONAL_TYPES):
        noise = noise_of(world, f"vocational {kind}", year, 0.02, 3)
        share = np.full(len(base), _VOCATIONAL_SHARE[number])
        if kind in ("Fachoberschulen", "Fachgymnasien", "Berufsober- / Technische Oberschulen"):
            share = np.where(draw < 0.6, 0, share)  # only where the neighbourhood comes to school
        if kind == "Fachakademien / Berufsakademien":
            share = np.where(draw < 1.8, 0, share)
        if kind == "Berufsaufbauschulen":
            share = np.where(land, 0, 0.0001)
        if kind == " dar. ohne Ausbildungsvertrag":
            share = share * (1 + 0.9 * np.clip(foreign - 0.06, 0, 0.3) / 0.1)
        total = np.rint(base * share * noise[:, 0] * (lowered if number == 0 else 1.0))
        size = _VOCATIONAL_SIZE[number]
        schools = np.where(total > 0, np.maximum(1, np.rint(total / size)), 0) if size else np.zeros(len(total))
        columns.append(
            np.stack(
                [
                    schools,
                    total,
                    np.rint(total * _VOCATIONAL_FEMALE[number] * noise[:, 1]),
                    np.rint(total * np.clip(foreign * _VOCATIONAL_FOREIGN[number] * noise[:, 2] ** 3, 0, 0.7)),
                ],
                axis=1,
            )
        )
    berufsschule, without_contract = columns[:2]  # the second row is a part of the first
    without_contract[:, 3] = np.minimum(without_contract[:, 3], np.rint(berufsschule[:, 3] * 0.8))
    return np.stack(columns, axis=1).astype(np.int64)


def _vocational_leavers(world: World, vocational: np.ndarray, year: int) -> np.ndarray:
    pupils = vocational[:, year - FIRST, :, 1].astype(float)
    noise = noise_of(world, "vocational leavers", year, 0.06, 10)
    schools, full_time, fos, gymnasium, bos = (pupils[:, i] for i in (0, 3, 4, 5, 6))
    totals = (
        schools * 0.012 + full_time * 0.028,
        schools * 0.028 + full_time * 0.055,
        fos * 0.42 + full_time * 0.03,
        gymnasium * 0.28 + bos * 0.35,
        full_time * 0.018 + gymnasium * 0.03,
    )
    shares = (0.39, 0.50, 0.47, 0.53, 0.52)
    cells = []
    for number, (cell, share) in enumerate(zip(totals, shares, strict=True)):
        total = np.rint(cell * noise[:, number])
        cells.append(np.stack([total, np.rint(total * share * noise[:, number + 5])], axis=1))
    return np.stack(cells, axis=1).astype(np.int64)
