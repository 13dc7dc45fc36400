"""The invented places: what kind of place each is, and which rows of an official table it is counted in.

A *unit* is the smallest piece that is simulated; a *region* is a row of a table and a sum of units. They differ
where the territorial reform joined two Landkreise, where a town has a row of its own below its Kreis (eight
digits) and for the Bund, which is the Land plus one large unit for the other invented Länder.
Names, kinds and validity come from the project's register of the model region, so that both agree.
"""

import csv
import io
import zlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

REGISTER = Path(__file__).parents[3] / "src" / "transferbuch" / "catalogue" / "register" / "modellregion.csv"
SEED = 20260701
BUND, LAND, BEZIRK = "DG", "99", "991"
TOWN, TOWN_NAME, TOWN_KREIS = "99057001", "Ohsewerder, Stadt", "99057"
REMAINDER, ELSEWHERE = "99057-rest", "elsewhere"

Span = tuple[float, float]  # value in 2010, value in 2024


@dataclass(frozen=True)
class Unit:
    """One simulated place. Shares and rates are fractions; spans run from 2010 to 2024.

    `net` are net moves per 1,000 Germans of the ages 0–17, 18–24, 25–29, 30–49, 50–64, 65+, and `turn` is the
    change of these between 2010 and 2024. `draw_…` are pupils at school here per pupil living here: above 1 where
    the neighbourhood goes to school in this place.
    """

    key: str
    people: int  # at the end of 2004
    area: float = 900.0  # qkm
    municipalities: int = 30
    students: float = 0.0  # additional share of people around 23
    families: float = 0.0  # additional share of people around 38 and their children
    elderly: float = 0.0  # additional share of people above 60
    slump: float = 0.85  # size of the cohorts born 1991–2003 against the Bund
    foreign: float = 0.05  # share of foreigners at the end of 2004
    foreign_in: float = 1.0  # arrivals of foreigners against the Bund's level
    mortality: float = 1.0
    fertility: float = 1.0
    moves: float = 0.9
    net: tuple[float, float, float, float, float, float] = (0, 0, 0, 0, 0, 0)
    turn: float = 0.0
    census: tuple[float, float] = (0.992, 0.94)  # Zensus 2022 against the forward projection: Germans, foreigners
    unemployment: Span = (0.075, 0.060)
    poverty: Span = (0.095, 0.085)  # SGB II recipients among people of working age
    care_u3: Span = (0.34, 0.43)
    care_3to5: Span = (0.94, 0.93)
    care_school: Span = (0.30, 0.36)
    day_care: float = 0.08  # share of the under-threes in care who are with a childminder
    draw_school: float = 1.0
    draw_gymnasium: float = 1.0
    draw_vocational: float = 0.8
    abitur: Span = (0.32, 0.35)
    without: Span = (0.075, 0.078)  # leavers without a certificate, share of the cohort
    first: Span = (0.20, 0.17)  # leavers with the first certificate
    special: Span = (0.055, 0.045)
    gesamt: Span = (0.10, 0.16)
    waldorf: float = 0.0
    evening: float = 0.0
    employed: Span = (0.54, 0.63)
    academic: Span = (0.09, 0.15)
    unskilled: Span = (0.11, 0.13)
    gdp: Span = (25_500, 37_000)  # EUR per inhabitant
    industry: float = 0.24
    farming: float = 0.02
    income: Span = (18_600, 25_600)  # EUR per inhabitant
    household: float = 2.05


_UNITS = (
    # The large university city: grows by students and migration, families move to the Landkreis around it.
    Unit(
        "99001",
        228_000,
        201.4,
        1,
        students=0.75,
        families=-0.12,
        elderly=-0.12,
        slump=0.95,
        foreign=0.085,
        foreign_in=1.6,
        mortality=0.97,
        fertility=0.72,
        moves=1.35,
        net=(-9, 165, -52, -18, -5, -2),
        turn=0,
        census=(0.985, 0.90),
        unemployment=(0.094, 0.071),
        poverty=(0.125, 0.105),
        care_u3=(0.39, 0.50),
        care_3to5=(0.94, 0.92),
        care_school=(0.44, 0.52),
        day_care=0.11,
        draw_school=1.02,
        draw_gymnasium=1.28,
        draw_vocational=1.9,
        abitur=(0.42, 0.46),
        without=(0.083, 0.074),
        first=(0.15, 0.13),
        gesamt=(0.20, 0.30),
        waldorf=0.018,
        evening=0.012,
        employed=(0.49, 0.58),
        academic=(0.19, 0.31),
        unskilled=(0.12, 0.13),
        gdp=(38_500, 52_500),
        industry=0.13,
        farming=0.001,
        income=(17_300, 23_400),
        household=1.72,
    ),
    # The port and shipyard city: structural change, poverty, many children from immigrant families.
    Unit(
        "99002",
        112_000,
        93.7,
        1,
        students=0.10,
        elderly=0.04,
        slump=0.9,
        foreign=0.10,
        foreign_in=2.1,
        mortality=1.09,
        fertility=1.04,
        moves=1.2,
        net=(-6, 4, -6, -7, -3, -2),
        turn=1,
        census=(0.978, 0.87),
        unemployment=(0.142, 0.118),
        poverty=(0.195, 0.190),
        care_u3=(0.24, 0.31),
        care_3to5=(0.90, 0.865),
        care_school=(0.22, 0.26),
        day_care=0.07,
        draw_school=1.03,
        draw_gymnasium=1.12,
        draw_vocational=1.7,
        abitur=(0.27, 0.29),
        without=(0.105, 0.128),
        first=(0.25, 0.23),
        special=(0.065, 0.058),
        gesamt=(0.24, 0.34),
        evening=0.008,
        employed=(0.47, 0.54),
        academic=(0.08, 0.13),
        unskilled=(0.16, 0.20),
        gdp=(33_500, 42_000),
        industry=0.22,
        farming=0.001,
        income=(16_200, 21_300),
        household=1.84,
    ),
    # The prosperous factory town: high output, commuters, moderate poverty.
    Unit(
        "99003",
        124_000,
        118.2,
        1,
        students=0.12,
        slump=0.92,
        foreign=0.095,
        foreign_in=1.5,
        fertility=1.02,
        moves=1.15,
        net=(-4, 16, 2, -5, -3, -2),
        census=(0.995, 0.95),
        unemployment=(0.064, 0.049),
        poverty=(0.085, 0.075),
        care_u3=(0.33, 0.44),
        care_school=(0.33, 0.45),
        day_care=0.10,
        draw_school=1.03,
        draw_gymnasium=1.22,
        draw_vocational=2.0,
        abitur=(0.36, 0.38),
        without=(0.065, 0.061),
        first=(0.18, 0.15),
        gesamt=(0.18, 0.26),
        waldorf=0.014,
        evening=0.006,
        employed=(0.57, 0.65),
        academic=(0.14, 0.22),
        unskilled=(0.14, 0.15),
        gdp=(58_000, 79_000),
        industry=0.44,
        farming=0.001,
        income=(20_300, 28_300),
        household=1.88,
    ),
    # The small spa and court town: old, small numbers, few facilities of each kind.
    Unit(
        "99004",
        43_500,
        61.9,
        1,
        elderly=0.22,
        slump=0.88,
        foreign=0.055,
        foreign_in=0.9,
        fertility=0.95,
        moves=1.25,
        net=(-2, 6, -8, -1, 8, 7),
        unemployment=(0.073, 0.060),
        poverty=(0.098, 0.088),
        care_u3=(0.33, 0.42),
        care_school=(0.32, 0.40),
        day_care=0.10,
        draw_school=1.02,
        draw_gymnasium=1.45,
        draw_vocational=1.5,
        abitur=(0.36, 0.39),
        without=(0.060, 0.058),
        gesamt=(0.0, 0.0),
        employed=(0.51, 0.59),
        academic=(0.11, 0.17),
        gdp=(33_000, 43_500),
        industry=0.11,
        farming=0.002,
        income=(19_700, 26_500),
        household=1.83,
    ),
    # Thinly settled moorland: shrinks and ages; from a poor start fewer and fewer leave school without certificate.
    Unit(
        "99051",
        102_000,
        2316.5,
        61,
        elderly=0.10,
        slump=0.74,
        foreign=0.018,
        foreign_in=0.45,
        mortality=1.04,
        fertility=1.06,
        moves=0.8,
        net=(-2, -46, -16, 1, 2, 0),
        turn=5,
        unemployment=(0.128, 0.072),
        poverty=(0.150, 0.098),
        care_u3=(0.50, 0.57),
        care_3to5=(0.955, 0.945),
        care_school=(0.52, 0.60),
        day_care=0.02,
        draw_gymnasium=0.93,
        draw_vocational=0.55,
        abitur=(0.26, 0.30),
        without=(0.132, 0.084),
        first=(0.17, 0.14),
        special=(0.085, 0.055),
        gesamt=(0.0, 0.0),
        employed=(0.54, 0.64),
        academic=(0.07, 0.10),
        unskilled=(0.08, 0.09),
        gdp=(19_800, 29_500),
        industry=0.19,
        farming=0.075,
        income=(16_300, 23_300),
    ),
    # The middling Landkreis between the towns: near the mean of the Land in almost everything.
    Unit(
        "99052",
        163_000,
        1287.0,
        38,
        families=0.06,
        slump=0.86,
        foreign=0.04,
        foreign_in=0.9,
        net=(2, -22, -5, 4, 1, 0),
        turn=1,
        unemployment=(0.079, 0.058),
        poverty=(0.100, 0.080),
        draw_gymnasium=0.95,
        draw_vocational=0.8,
    ),
    # The former potash district: mines closed, high unemployment, many leavers without certificate.
    Unit(
        "99053",
        158_000,
        1426.3,
        26,
        elderly=0.08,
        slump=0.73,
        foreign=0.022,
        foreign_in=0.7,
        mortality=1.10,
        fertility=1.02,
        moves=0.85,
        net=(-3, -40, -18, -4, -1, -1),
        turn=4,
        census=(0.984, 0.90),
        unemployment=(0.152, 0.096),
        poverty=(0.195, 0.145),
        care_u3=(0.49, 0.53),
        care_3to5=(0.94, 0.915),
        care_school=(0.50, 0.55),
        day_care=0.02,
        draw_gymnasium=0.96,
        draw_vocational=0.9,
        abitur=(0.26, 0.27),
        without=(0.122, 0.141),
        first=(0.18, 0.17),
        special=(0.090, 0.070),
        gesamt=(0.04, 0.07),
        employed=(0.51, 0.61),
        academic=(0.07, 0.10),
        unskilled=(0.09, 0.11),
        gdp=(21_300, 29_800),
        industry=0.29,
        farming=0.03,
        income=(15_900, 22_100),
    ),
    # Crafts and small firms: low unemployment, many births, few go on to the Abitur.
    Unit(
        "99054",
        124_000,
        1094.8,
        31,
        families=0.12,
        slump=0.95,
        foreign=0.04,
        foreign_in=0.9,
        mortality=0.95,
        fertility=1.13,
        moves=0.75,
        net=(3, -14, 0, 5, 1, 0),
        census=(1.003, 0.97),
        unemployment=(0.042, 0.033),
        poverty=(0.042, 0.040),
        care_u3=(0.21, 0.34),
        care_3to5=(0.955, 0.95),
        care_school=(0.12, 0.20),
        day_care=0.14,
        draw_gymnasium=0.90,
        draw_vocational=0.75,
        abitur=(0.27, 0.28),
        without=(0.042, 0.044),
        first=(0.24, 0.20),
        gesamt=(0.06, 0.09),
        employed=(0.59, 0.67),
        academic=(0.07, 0.11),
        gdp=(27_500, 41_500),
        industry=0.33,
        farming=0.03,
        income=(20_600, 29_000),
        household=2.28,
    ),
    # The belt around the university city: families, high incomes, children go to school in the city.
    Unit(
        "99055",
        204_000,
        873.1,
        27,
        families=0.20,
        elderly=-0.05,
        slump=0.93,
        foreign=0.04,
        foreign_in=0.8,
        mortality=0.92,
        fertility=1.08,
        net=(11, -24, 8, 15, 3, 1),
        turn=2,
        census=(0.998, 0.96),
        unemployment=(0.046, 0.036),
        poverty=(0.050, 0.043),
        care_u3=(0.40, 0.49),
        care_3to5=(0.97, 0.955),
        care_school=(0.38, 0.48),
        day_care=0.12,
        draw_school=0.95,
        draw_gymnasium=0.72,
        draw_vocational=0.35,
        abitur=(0.42, 0.44),
        without=(0.040, 0.041),
        first=(0.14, 0.12),
        special=(0.035, 0.030),
        waldorf=0.008,
        employed=(0.59, 0.66),
        academic=(0.16, 0.25),
        unskilled=(0.09, 0.10),
        gdp=(20_200, 30_300),
        industry=0.20,
        farming=0.015,
        income=(22_300, 30_900),
        household=2.20,
    ),
    # Lakes and holiday guests: pensioners move in, the young move out.
    Unit(
        "99056",
        86_500,
        1658.7,
        44,
        elderly=0.28,
        slump=0.78,
        foreign=0.025,
        foreign_in=0.7,
        fertility=0.98,
        moves=0.95,
        net=(1, -42, -14, 5, 14, 9),
        turn=2,
        unemployment=(0.105, 0.070),
        poverty=(0.115, 0.080),
        care_u3=(0.41, 0.47),
        care_school=(0.38, 0.44),
        day_care=0.10,
        draw_gymnasium=0.97,
        draw_vocational=0.7,
        abitur=(0.30, 0.33),
        without=(0.078, 0.072),
        gesamt=(0.12, 0.18),
        employed=(0.52, 0.60),
        academic=(0.08, 0.12),
        gdp=(22_300, 32_500),
        industry=0.09,
        farming=0.04,
        income=(18_100, 25_400),
        household=1.95,
    ),
    # Region Ohsetal, without and with its town (eight digits): a mixed, populous region.
    Unit(
        TOWN,
        118_000,
        131.5,
        1,
        students=0.18,
        slump=0.9,
        foreign=0.11,
        foreign_in=1.9,
        mortality=1.04,
        moves=1.25,
        net=(-7, 20, -6, -10, -3, -2),
        census=(0.984, 0.89),
        unemployment=(0.108, 0.091),
        poverty=(0.150, 0.145),
        care_u3=(0.29, 0.37),
        care_3to5=(0.92, 0.89),
        care_school=(0.28, 0.38),
        day_care=0.13,
        draw_school=1.04,
        draw_gymnasium=1.25,
        draw_vocational=1.9,
        abitur=(0.34, 0.36),
        without=(0.086, 0.098),
        first=(0.20, 0.18),
        gesamt=(0.24, 0.32),
        waldorf=0.012,
        evening=0.01,
        employed=(0.49, 0.57),
        academic=(0.12, 0.20),
        unskilled=(0.15, 0.17),
        gdp=(37_500, 50_000),
        industry=0.20,
        farming=0.001,
        income=(17_600, 23_500),
        household=1.80,
    ),
    Unit(
        REMAINDER,
        207_000,
        1136.2,
        19,
        families=0.08,
        slump=0.92,
        foreign=0.055,
        foreign_in=1.0,
        mortality=0.97,
        net=(5, -16, 2, 7, 2, 1),
        unemployment=(0.058, 0.047),
        poverty=(0.068, 0.060),
        care_u3=(0.29, 0.40),
        care_school=(0.24, 0.34),
        day_care=0.14,
        draw_school=0.98,
        draw_gymnasium=0.88,
        draw_vocational=0.5,
        abitur=(0.35, 0.37),
        without=(0.054, 0.057),
        first=(0.17, 0.14),
        gesamt=(0.20, 0.28),
        employed=(0.56, 0.64),
        academic=(0.11, 0.18),
        gdp=(24_800, 35_600),
        income=(20_400, 28_200),
    ),
    # Two hill Landkreise that became one: the forest side shrinks faster than the valley side.
    Unit(
        "99058",
        69_000,
        1188.4,
        33,
        elderly=0.12,
        slump=0.74,
        foreign=0.015,
        foreign_in=0.5,
        mortality=1.05,
        moves=0.8,
        net=(-2, -48, -17, -1, 1, 0),
        turn=4,
        unemployment=(0.109, 0.064),
        poverty=(0.122, 0.080),
        care_u3=(0.47, 0.53),
        care_school=(0.48, 0.55),
        day_care=0.02,
        draw_gymnasium=0.85,
        draw_vocational=0.4,
        abitur=(0.28, 0.31),
        without=(0.088, 0.080),
        special=(0.07, 0.05),
        gesamt=(0.03, 0.05),
        employed=(0.55, 0.65),
        academic=(0.07, 0.10),
        unskilled=(0.08, 0.09),
        gdp=(20_100, 30_000),
        industry=0.30,
        farming=0.025,
        income=(16_800, 23_600),
    ),
    Unit(
        "99059",
        94_000,
        702.6,
        24,
        slump=0.78,
        foreign=0.03,
        foreign_in=0.8,
        mortality=1.02,
        net=(0, -28, -10, 1, 0, 0),
        turn=3,
        unemployment=(0.091, 0.058),
        poverty=(0.108, 0.078),
        care_u3=(0.45, 0.51),
        care_school=(0.45, 0.52),
        day_care=0.03,
        draw_gymnasium=1.08,
        draw_vocational=1.15,
        abitur=(0.31, 0.33),
        without=(0.080, 0.076),
        special=(0.065, 0.05),
        gesamt=(0.05, 0.08),
        employed=(0.56, 0.65),
        academic=(0.09, 0.14),
        unskilled=(0.09, 0.10),
        gdp=(24_600, 36_500),
        industry=0.34,
        farming=0.015,
        income=(17_500, 24_600),
    ),
    # Lake district around the factory town: farms and commuters.
    Unit(
        "99060",
        114_000,
        1342.9,
        29,
        families=0.09,
        slump=0.88,
        foreign=0.03,
        foreign_in=0.7,
        fertility=1.05,
        net=(4, -26, -2, 7, 3, 1),
        turn=2,
        unemployment=(0.059, 0.043),
        poverty=(0.066, 0.053),
        care_u3=(0.36, 0.46),
        care_school=(0.32, 0.42),
        day_care=0.09,
        draw_gymnasium=0.80,
        draw_vocational=0.4,
        abitur=(0.33, 0.35),
        without=(0.058, 0.055),
        gesamt=(0.08, 0.12),
        employed=(0.58, 0.66),
        academic=(0.10, 0.15),
        gdp=(20_900, 31_000),
        industry=0.22,
        farming=0.05,
        income=(20_100, 28_000),
        household=2.2,
    ),
    # All other invented Länder together.
    Unit(
        ELSEWHERE,
        36_400_000,
        158_000.0,
        5_400,
        slump=1.0,
        foreign=0.085,
        foreign_in=1.5,
        moves=1.0,
        net=(1, 1, 0, 0, 0, 0),
        unemployment=(0.070, 0.060),
        poverty=(0.090, 0.083),
        care_u3=(0.25, 0.36),
        care_3to5=(0.935, 0.92),
        care_school=(0.17, 0.26),
        day_care=0.15,
        abitur=(0.35, 0.37),
        without=(0.062, 0.070),
        first=(0.19, 0.15),
        gesamt=(0.12, 0.20),
        waldorf=0.009,
        evening=0.006,
        employed=(0.54, 0.62),
        academic=(0.11, 0.19),
        unskilled=(0.12, 0.13),
        gdp=(31_500, 47_000),
        income=(19_600, 27_600),
        household=1.99,
    ),
)


@dataclass(frozen=True)
class Region:
    """A row of the tables: a sum of units, and the time it exists in (None = open)."""

    key: str
    name: str
    units: tuple[str, ...]
    valid_from: date | None = None
    valid_to: date | None = None

    def label(self, year: int) -> str:
        """The name as a file downloaded in `year` writes it, with the indentation of its level."""
        name = self.name.replace(", kreisfreie Stadt", ", Kreisfreie Stadt") if year < 2020 else self.name
        return {2: "  " if self.key == LAND else "", 3: "    "}.get(len(self.key), "      ") + name


class World:
    """Units in simulation order, regions in table order, and the sums that lead from one to the other."""

    def __init__(self, register: Path = REGISTER) -> None:
        rows = read_register(register)
        parents = {
            key: tuple(r["ags"] for r in rows if key in r["successors"].split()) for key in (r["ags"] for r in rows)
        }
        self.units: tuple[Unit, ...] = _UNITS
        inside = tuple(unit.key for unit in _UNITS if unit.key != ELSEWHERE)
        regions = [
            Region(BUND, "Modellbund", (*inside, ELSEWHERE)),
            Region(LAND, "Modellland", inside),
            Region(BEZIRK, "Modellbezirk", inside),
        ]
        for row in rows:
            key = row["ags"]
            units = parents[key] or ((TOWN, REMAINDER) if key == TOWN_KREIS else (key,))
            regions.append(
                Region(key, _label(row["name"], row["kind"]), units, _day(row["valid_from"]), _day(row["valid_to"]))
            )
            if key == TOWN_KREIS:
                regions.append(Region(TOWN, TOWN_NAME, (TOWN,)))
        self.regions: tuple[Region, ...] = tuple(regions)
        wanted = {unit for region in regions for unit in region.units}
        if wanted != {unit.key for unit in _UNITS}:
            differing = sorted(wanted ^ {unit.key for unit in _UNITS})
            raise SystemExit(
                f"{register.name}: register and generator differ in {', '.join(differing)}; "
                "give each Kreis of the register a unit in model/units.py"
            )
        self._sums = np.array([[unit.key in region.units for unit in _UNITS] for region in regions])

    def sum(self, values: np.ndarray) -> np.ndarray:
        """(unit, …) → (region, …): every region as the sum of its units."""
        return np.tensordot(self._sums.astype(values.dtype), values, axes=1)


def stream(*names: object) -> np.random.RandomState:
    """A random stream of its own for each subject, so that one theme's change leaves the others alone.

    RandomState, because numpy promises that its sequence stays the same for ever; Generator's may change.
    """
    return np.random.RandomState((SEED + zlib.crc32("|".join(map(str, names)).encode())) % 2**32)


def trend(span: Span, year: float) -> float:
    """The value of a span in `year`, on a straight line from 2010 to 2024."""
    return span[0] + (span[1] - span[0]) * (year - 2010) / 14


def _label(name: str, kind: str) -> str:
    """`Talbrück, Landkreis`; names that say `kreis` themselves stand alone, as in official tables."""
    if kind == "Kreisfreie Stadt":
        return f"{name}, kreisfreie Stadt"
    return name if "kreis" in name.lower() else f"{name}, {kind}"


def read_register(path: Path) -> list[dict[str, str]]:
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return sorted(csv.DictReader(io.StringIO("\n".join(lines)), delimiter=";"), key=lambda row: row["ags"])


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
