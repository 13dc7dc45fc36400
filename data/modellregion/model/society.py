"""Child care, work, unemployment and minimum income, derived from the people who live in a unit."""

from dataclasses import dataclass

import numpy as np

from model.noise import in_land, noise, spans, values, whole
from model.population import FEMALE, FOREIGN, GERMAN, MALE, Population
from model.units import World

FIRST, LAST = 2010, 2024
YEARS = range(FIRST, LAST + 1)
CARE_YEARS = range(2011, LAST + 2)  # 1 March; the children of 31 December before

# Against the straight line of a unit: the good years before 2020, the pandemic, the weak years after.
_UNEMPLOYMENT = {
    2010: 1.00,
    2011: 0.95,
    2012: 0.94,
    2013: 0.97,
    2014: 0.96,
    2015: 0.94,
    2016: 0.92,
    2017: 0.88,
    2018: 0.84,
    2019: 0.83,
    2020: 0.99,
    2021: 0.97,
    2022: 0.91,
    2023: 0.97,
    2024: 1.03,
}
_POVERTY = {
    2010: 1.03,
    2011: 0.98,
    2012: 0.97,
    2013: 0.98,
    2014: 0.98,
    2015: 0.98,
    2016: 1.00,
    2017: 1.01,
    2018: 0.96,
    2019: 0.92,
    2020: 0.95,
    2021: 0.90,
    2022: 0.98,
    2023: 1.00,
    2024: 1.00,
}
_ASYLUM = {
    2010: 0.9,
    2011: 1.0,
    2012: 1.2,
    2013: 1.7,
    2014: 2.7,
    2015: 9.0,
    2016: 7.0,
    2017: 4.6,
    2018: 4.0,
    2019: 3.7,
    2020: 3.5,
    2021: 3.6,
    2022: 4.1,
    2023: 4.9,
    2024: 4.3,
}  # recipients per 1,000 people
# Labour force participation of men and women by age limits.
_WORK_AGES = (15, 20, 25, 55, 65)
_PARTICIPATION = ((0.31, 0.72, 0.93, 0.70), (0.27, 0.69, 0.84, 0.61))


@dataclass(frozen=True)
class Society:
    """Whole numbers; year axes begin with 2010, for child care with 2011."""

    care: np.ndarray  # (unit, year, [centre, childminder], [under 3, 3–5, 6–13, foreign parent, lunch])
    staff: np.ndarray  # (unit, year, [under 30, 30–39, 40–49, 50–54, 55–59, 60+, childminders])
    workforce: np.ndarray  # (unit, year, [all, men, women, foreign, 15–24])
    unemployed: np.ndarray  # (unit, year, [all, men, women, foreign, 15–24, disabled, 15–19, 55–64, long-term])
    minimum: np.ndarray  # (unit, year, columns of 22811-02-02-4 without the sums: see _minimum_income)
    other_aid: np.ndarray  # (unit, year, [aid to subsistence, old age and incapacity, asylum seekers])
    employed: np.ndarray  # (unit, year, [unskilled, skilled, academic, all], [all, foreign], [men, women])


def simulate(world: World, people: Population) -> Society:
    """All social themes of all units."""
    care = [_care(world, people, year) for year in CARE_YEARS]
    work = [_labour_market(world, people, year) for year in YEARS]
    return Society(
        np.stack([children for children, _ in care], axis=1),
        np.stack([staff for _, staff in care], axis=1),
        np.stack([force for force, _ in work], axis=1),
        np.stack([unemployed for _, unemployed in work], axis=1),
        np.stack([_minimum_income(world, people, year) for year in YEARS], axis=1),
        np.stack([_other_aid(world, people, year) for year in YEARS], axis=1),
        np.stack([_employed(world, people, year) for year in YEARS], axis=1),
    )


def _care(world: World, people: Population, year: int) -> tuple[np.ndarray, np.ndarray]:
    wobble = noise(world, "care", year, 0.012, 8)
    before = people.at(year - 1)
    young, middle, older = (before[..., low:high].sum(axis=(1, 2, 3)) for low, high in ((0, 3), (3, 6), (6, 11)))
    # The legal claim to a place from the first birthday (August 2013) lifted the rate of the under-threes early.
    early = 1 + 0.07 * np.clip(1 - abs(year - 2014.5) / 3.5, 0, 1) - (0.03 if year in (2021, 2022) else 0)
    u3 = young * spans(world, "care_u3", year - 1) * early * wobble[:, 0]
    kita = middle * np.clip(spans(world, "care_3to5", year - 1) * (1 + (wobble[:, 1] - 1) / 3), 0, 0.985)
    hort = older * spans(world, "care_school", year - 1) * wobble[:, 2]
    minders = values(world, "day_care") * (1 + 0.02 * (year - 2011)) * wobble[:, 3]
    parts = np.stack(
        [
            np.stack([u3 * (1 - minders), kita * (1 - minders * 0.09), hort * (1 - minders * 0.07)], axis=1),
            np.stack([u3 * minders, kita * minders * 0.09, hort * minders * 0.07], axis=1),
        ],
        axis=1,
    )
    children = people.at(year - 1)[..., 0:6].sum(axis=(2, 3))
    foreign_parent = np.clip(children[:, FOREIGN] / children.sum(axis=1) * 1.9 + 0.03, 0, 0.75) * wobble[:, 4]
    lunch = np.clip(0.66 + 0.011 * (year - 2011) + 0.18 * (spans(world, "care_u3", year) - 0.35), 0.4, 0.97)
    total = parts.sum(axis=2)
    extra = np.stack([total * foreign_parent[:, None] * (1.0, 0.7), total * lunch[:, None] * (1.0, 1.12)], axis=2)
    cells = np.rint(np.concatenate([parts, extra], axis=2)).astype(np.int64)
    cells[:, :, 4] = np.minimum(cells[:, :, 4], cells[:, :, :3].sum(axis=2))
    weight = cells[:, 0, 0] / 4.6 + cells[:, 0, 1] / 10.5 + cells[:, 0, 2] / 21
    total_staff = weight * (1 + 0.008 * (year - 2011)) * wobble[:, 5]
    drift = (year - 2011) / 14
    ages = np.array(
        (
            0.235,
            0.205 + 0.05 * drift,
            0.235 - 0.01 * drift,
            0.145 - 0.03 * drift,
            0.115 - 0.03 * drift,
            0.065 + 0.02 * drift,
        )
    )
    staff = whole([*(total_staff * share for share in ages / ages.sum()), cells[:, 1, :3].sum(axis=1) / 3.5])
    return cells, staff


def _labour_market(world: World, people: Population, year: int) -> tuple[np.ndarray, np.ndarray]:
    """Labour force and unemployed, annual means over people of the two year ends."""
    wobble = noise(world, "labour", year, 0.025, 8)
    mean = (people.at(year - 1) + people.at(year)) / 2
    older = 1 + 0.014 * (year - 2010)  # people work longer
    force = np.zeros((len(world.units), 2, 2, 4))  # unit, nationality, sex, age group
    for sex in (MALE, FEMALE):
        for group, share in enumerate(_PARTICIPATION[sex]):
            count = mean[:, :, sex, _WORK_AGES[group] : _WORK_AGES[group + 1]].sum(axis=2)
            adapted = share * (older if group == 3 else 1.0)
            force[:, GERMAN, sex, group] = count[:, GERMAN] * adapted
            force[:, FOREIGN, sex, group] = count[:, FOREIGN] * adapted * (0.86 if sex == MALE else 0.70)
    # University students seldom are in the labour force.
    force[:, :, :, 2] *= (1 - 0.05 * np.clip(values(world, "students"), 0, 1))[:, None, None]
    rate = spans(world, "unemployment", year) * _UNEMPLOYMENT[year] * wobble[:, 0]
    risk = np.ones((len(world.units), 2, 2, 4))
    risk[:, FOREIGN] *= 2.45
    risk[:, :, MALE] *= 1.06
    risk *= np.array((0.72, 1.02, 0.98, 1.08))
    expected = force * risk
    expected *= (rate * force.sum(axis=(1, 2, 3)) / expected.sum(axis=(1, 2, 3)))[:, None, None, None]
    out = np.rint(expected).astype(np.int64)
    people_out = out.sum(axis=(1, 2, 3))
    long_term = people_out * np.clip(0.27 + 1.35 * (rate - 0.04), 0.2, 0.5) * wobble[:, 1]
    unemployed = np.stack(
        [
            people_out,
            out[:, :, MALE].sum(axis=(1, 2)),
            out[:, :, FEMALE].sum(axis=(1, 2)),
            out[:, FOREIGN].sum(axis=(1, 2)),
            out[..., :2].sum(axis=(1, 2, 3)),
            np.rint(people_out * 0.062 * wobble[:, 2]),
            out[..., 0].sum(axis=(1, 2)),
            out[..., 3].sum(axis=(1, 2)),
            np.rint(long_term),
        ],
        axis=1,
    ).astype(np.int64)
    workforce = whole(
        [
            force.sum(axis=(1, 2, 3)),
            force[:, :, MALE].sum(axis=(1, 2)),
            force[:, :, FEMALE].sum(axis=(1, 2)),
            force[:, FOREIGN].sum(axis=(1, 2)),
            force[..., :2].sum(axis=(1, 2, 3)),
        ]
    )
    return workforce, unemployed


def _minimum_income(world: World, people: Population, year: int) -> np.ndarray:
    """SGB II: (unit, [15–24, 25–49, 50–54, 55–64 fit for work, under 15, other unfit; women of these six groups as
    two sums fit/unfit; foreigners; other members of the households])."""
    wobble = noise(world, "minimum", year, 0.015, 6)
    rate = spans(world, "poverty", year) * _POVERTY[year]
    stock = people.at(year)
    limits = ((15, 25), (25, 50), (50, 55), (55, 65), (0, 15))
    relative = (1.02, 1.02, 0.92, 0.88, 1.62)
    # Refugees reach the Jobcenter a year after 2015 and at once from 2022.
    foreign_risk = {2010: 2.2, 2015: 2.5, 2016: 3.1, 2017: 3.3, 2021: 2.9, 2022: 3.6, 2024: 3.4}
    risk = np.interp(year, list(foreign_risk), list(foreign_risk.values()))
    share = people.ages(year, 0, 65).sum(axis=2)
    foreign_share = share[:, FOREIGN] / share.sum(axis=1)
    base = rate / (1 + (risk - 1) * foreign_share)
    counts = []
    for number, (low, high) in enumerate(limits):
        by_nation = stock[..., low:high].sum(axis=(2, 3))
        chance = np.stack([base * relative[number], np.clip(base * risk * relative[number], 0, 0.75)], axis=1)
        counts.append(np.rint(by_nation * chance * wobble[:, min(number, 5), None]))
    fit, children = counts[:4], counts[4]
    unfit_other = np.rint(sum(c.sum(axis=1) for c in fit) * 0.017)
    all_fit = sum(c.sum(axis=1) for c in fit)
    foreigners = sum(c[:, FOREIGN] for c in counts)
    return whole(
        [
            *(c.sum(axis=1) for c in fit),
            children.sum(axis=1),
            unfit_other,
            all_fit * 0.503,
            (children.sum(axis=1) + unfit_other) * 0.487,
            foreigners,
            (all_fit + children.sum(axis=1)) * 0.044,
        ]
    )


def _other_aid(world: World, people: Population, year: int) -> np.ndarray:
    wobble = noise(world, "aid", year, 0.03, 3)
    everybody = people.at(year).sum(axis=(1, 2, 3))
    rate = spans(world, "poverty", year)
    old = people.ages(year, 65, 101).sum(axis=(1, 2))
    asylum = _ASYLUM[year] * everybody / 1000 * np.where(in_land(world), 0.85, 1.0)
    return whole(
        [
            everybody * (0.0009 + 0.008 * rate) * wobble[:, 0],
            (old * rate * 0.30 + everybody * (0.0035 + 0.02 * rate)) * (1 + 0.012 * (year - 2010)) * wobble[:, 1],
            asylum * wobble[:, 2],
        ]
    )


def _employed(world: World, people: Population, year: int) -> np.ndarray:
    """Employees subject to social insurance at their place of residence, 30 June."""
    wobble = noise(world, "employed", year, 0.006, 6)
    rate = spans(world, "employed", year)
    mean = (people.at(year - 1)[..., 15:65] + people.at(year)[..., 15:65]).sum(axis=3) / 2
    foreign_rate = rate * np.interp(year, (2010, 2014, 2016, 2021, 2022, 2024), (0.62, 0.66, 0.61, 0.80, 0.74, 0.80))
    academic, unskilled = spans(world, "academic", year), spans(world, "unskilled", year)
    unknown = np.clip(0.14 - 0.012 * (year - 2010), 0.04, None)
    levels = np.zeros((len(world.units), 4, 2, 2))
    for nation, base in ((GERMAN, rate), (FOREIGN, foreign_rate)):
        for sex, factor in ((MALE, 1.045), (FEMALE, 0.955 if nation == GERMAN else 0.76)):
            total = np.rint(mean[:, nation, sex] * base * factor * wobble[:, 0])
            top = academic * (1.05 if sex == FEMALE else 0.96) * (0.85 if nation == FOREIGN else 1.0) * wobble[:, 1]
            low = unskilled * (2.3 if nation == FOREIGN else 0.9) * wobble[:, 2]
            missing = unknown * (2.6 if nation == FOREIGN else 0.9)
            levels[:, 2, nation, sex] = np.rint(total * top)
            levels[:, 0, nation, sex] = np.rint(total * low)
            levels[:, 1, nation, sex] = np.rint(total * np.clip(1 - top - low - missing, 0.05, None))
            levels[:, 3, nation, sex] = total
    levels[:, :, GERMAN] += levels[:, :, FOREIGN]  # the table gives all and, of these, foreigners
    return levels.astype(np.int64)
