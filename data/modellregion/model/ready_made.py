"""Ready-made indicators in the forms of INKAR (one CSV per subject, wide) and of the GISD (plain CSV).

As in the originals all years are those of the Kreise of 31 December 2022, a value that cannot be computed is empty, and
neither file states a date or a licence.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from model.noise import noise, spans, values
from model.schools import DOUBLE_ABITUR, VOCATIONAL_TYPES
from model.tables import Model
from model.units import BUND, ELSEWHERE, LAND, Region, World

FIRST, LAST = 2010, 2022
Quotient = tuple[np.ndarray, np.ndarray, float]  # (unit,) above and below the line, and what it is multiplied by
Column = Callable[[int], Quotient]
_CARE_FIRST = 2011
_SUBJECTS = ("bildung", "medizinische_und_soziale_versorgung", "sozialleistungen", "wirtschaft")


def write_ready_made(model: Model, folder: Path) -> None:
    """Write the four INKAR files and the GISD file."""
    columns = (_education(model), _care(model), _benefits(model), _product(model))
    for subject, content in zip(_SUBJECTS, columns, strict=True):
        (folder / f"inkar_2024_{subject}.csv").write_text(_wide(model.world, content), encoding="utf-8")
    (folder / "GISD_Bund_Kreis.csv").write_text(_deprivation(model), encoding="utf-8")


def _wide(world: World, columns: dict[str, tuple[range, Column]]) -> str:
    """`raumbezug;kennziffer;name;zeitbezug;…`: one row per region and year, decimal point, empty when there is none."""
    lines = [";".join(("raumbezug", "kennziffer", "name", "zeitbezug", *columns))]
    for year in range(FIRST, LAST + 1):
        cells = []
        for years, column in columns.values():
            above, below, per = column(year) if year in years else (np.zeros(0), np.zeros(0), 1.0)
            cells.append(_texts(world, above, below, per))
        for at, region in enumerate(world.regions):
            if level := _level(region):
                row = [texts[at] for texts in cells]
                lines.append(";".join((*level, region.name, str(year), *row)))
    return "\n".join(lines) + "\n"


def _texts(world: World, above: np.ndarray, below: np.ndarray, per: float) -> list[str]:
    if not above.size:
        return [""] * len(world.regions)
    high, low = world.sum(above.astype(float)), world.sum(below.astype(float))
    return [f"{per * a / b:.2f}" if b > 0 else "" for a, b in zip(high, low, strict=True)]


def _level(region: Region) -> tuple[str, str] | None:
    """(raumbezug, kennziffer); None for regions that the files do not have."""
    if region.key == BUND:
        return "Bund", "111"
    if region.key == LAND:
        return "Bundesländer", LAND
    return ("Kreise", region.key + "000") if len(region.key) == 5 and not region.valid_to else None


def _education(model: Model) -> dict[str, tuple[range, Column]]:
    world, people, schools = model.world, model.people, model.schools

    def everybody(year: int) -> np.ndarray:
        return people.at(year).sum(axis=(1, 2, 3))

    def aged(year: int, low: int, high: int) -> np.ndarray:
        return people.ages(year, low, high).sum(axis=(1, 2))

    def leavers(kinds: Sequence[int], sex: str = "") -> Column:
        def column(year: int) -> Quotient:
            counts = schools.leavers[:, year - 2010][:, [0, 1, 2, 4, 5]]
            part = {"": counts[..., 0], "w": counts[..., 1], "m": counts[..., 0] - counts[..., 1]}[sex]
            return part[:, kinds].sum(axis=1), part.sum(axis=1), 100

        return column

    enrolled = np.array([_enrolment(unit.key, unit.students) for unit in world.units])

    def students(year: int) -> np.ndarray:
        # of the young people of one year: places at universities do not follow the size of cohorts
        extra = 1.04 if DOUBLE_ABITUR <= year <= DOUBLE_ABITUR + 3 else 1.0
        return np.rint(aged(2016, 18, 27) * enrolled * extra * noise(world, "students", year, 0.02)[:, 0])

    def of_students(share: float, topic: str) -> Column:
        def column(year: int) -> Quotient:
            fresh = 1.25 if topic == "first semester" and year == DOUBLE_ABITUR else 1.0
            return students(year) * share * fresh * noise(world, topic, year, 0.03)[:, 0], students(year), 100

        return column

    def apprentices(year: int) -> np.ndarray:
        return np.rint(aged(year, 15, 25) * 0.158 * noise(world, "apprentices", year, 0.03)[:, 0])

    def employees(year: int) -> np.ndarray:
        return aged(year, 18, 65) * 0.62

    def berufsschule(year: int) -> np.ndarray:
        return schools.vocational[:, year - 2010, VOCATIONAL_TYPES.index("Berufsschulen")]

    def supply(year: int) -> Quotient:
        seeking = aged(year, 16, 20) * 0.32
        ratio = 0.94 + 0.012 * (year - 2010) - (spans(world, "unemployment", year) - 0.06)
        return seeking * ratio * noise(world, "training places", year, 0.02)[:, 0], seeking, 100

    full, to_2021 = range(FIRST, LAST + 1), range(FIRST, 2022)
    return {
        "a_schul_abi": (full, leavers((3, 4))),
        "a_stud_a": (to_2021, of_students(0.125, "foreign students")),
        "q_stud_fh": (to_2021, lambda year: (students(year) * 0.36, everybody(year), 1000)),
        "q_auspl": (to_2021, supply),
        "a_azubi": (full, lambda year: (apprentices(year), employees(year), 1000)),
        "a_azubi_w": (
            full,
            lambda year: (
                apprentices(year) * 0.415 * noise(world, "female apprentices", year, 0.04)[:, 0],
                apprentices(year),
                100,
            ),
        ),
        "a_bs_a": (full, lambda year: (berufsschule(year)[:, 3], berufsschule(year)[:, 1], 100)),
        "a_schul_oA": (full, leavers((0,))),
        "q_stud_1825": (to_2021, lambda year: (students(year), aged(year, 18, 25), 100)),
        "a_stud_w": (to_2021, of_students(0.49, "female students")),
        "q_azubi_1525": (full, lambda year: (apprentices(year), aged(year, 15, 25), 100)),
        "q_bs": (full, lambda year: (berufsschule(year)[:, 1], everybody(year), 1000)),
        "a_schul_oA_m": (full, leavers((0,), "m")),
        "a_schul_oA_w": (full, leavers((0,), "w")),
        "q_stud": (to_2021, lambda year: (students(year), everybody(year), 1000)),
        "a_stud_1": (to_2021, of_students(0.132, "first semester")),
        "a_schul_haupt": (full, leavers((1,))),
    }


def _enrolment(key: str, students: float) -> float:
    """Students per person of 18 to 26; places without many of them have no university."""
    return 0.33 if key == ELSEWHERE else max(0.0, students - 0.05)


def _care(model: Model) -> dict[str, tuple[range, Column]]:
    world, people, society = model.world, model.people, model.society

    def attendance(column: int, low: int, high: int, long_days: float = 0.0) -> Column:
        def quotient(year: int) -> Quotient:
            cared = society.care[:, year - _CARE_FIRST, 0, column].astype(float)
            if long_days:
                cared *= np.clip(long_days + 0.01 * (year - 2011), 0, 0.9) * noise(world, "long", year, 0.05)[:, 0]
            return cared, people.ages(year - 1, low, high).sum(axis=(1, 2)), 100

        return quotient

    def places(year: int) -> Quotient:
        cared = society.care[:, year - _CARE_FIRST, 0, :3].sum(axis=1)
        return cared * 1.07, society.staff[:, year - _CARE_FIRST, :6].sum(axis=1) * 0.78, 1

    def inclusive(year: int) -> Quotient:
        centres = np.maximum(1, np.rint(society.care[:, year - _CARE_FIRST, 0, :3].sum(axis=1) / 72))
        share = (0.24 + 0.009 * (year - 2011)) * noise(world, "inclusive", year, 0.06)[:, 0]
        return np.rint(centres * share), centres, 100

    def foreign_origin(year: int) -> Quotient:
        cared = society.care[:, year - _CARE_FIRST, 0]
        return cared[:, 3], cared[:, :3].sum(axis=1), 100

    to_2018, to_2020, to_2022 = range(2011, 2019), range(2011, 2021), range(2011, 2023)
    return {
        "a_betr0306_bev0306": (to_2020, attendance(1, 3, 6)),
        "a_kb_aus": (to_2018, foreign_origin),
        "a_kb_IgEinr": (to_2022, inclusive),
        "a_gbetr0306_bev0306": (to_2018, attendance(1, 3, 6, 0.62)),
        "a_betr0003_bev0003": (to_2020, attendance(0, 0, 3)),
        "a_gbetr0003_bev0003": (to_2018, attendance(0, 0, 3, 0.66)),
        "q_kb_Pers": (to_2022, places),
    }


def _benefits(model: Model) -> dict[str, tuple[range, Column]]:
    world, people = model.world, model.people

    def poor(low: int, high: int, factor: float, topic: str) -> Column:
        def quotient(year: int) -> Quotient:
            there = people.ages(year, low, high).sum(axis=(1, 2))
            share = spans(world, "poverty", year) * factor * noise(world, topic, year, 0.02)[:, 0]
            return np.rint(there * share), there, 100

        return quotient

    def among(share: float, topic: str) -> Column:
        def quotient(year: int) -> Quotient:
            there = people.ages(year, 15, 65).sum(axis=(1, 2)) * spans(world, "poverty", year)
            return there * share * noise(world, topic, year, 0.04)[:, 0], there, 100

        return quotient

    def housing(year: int) -> Quotient:
        households = people.at(year).sum(axis=(1, 2, 3)) / 2.02
        share = spans(world, "poverty", year) * 0.17 * noise(world, "housing benefit", year, 0.03)[:, 0]
        return np.rint(households * share), households, 1000

    full = range(FIRST, LAST + 1)
    return {
        "a_HHwg": (range(2013, 2022), housing),
        "a_ewfBG_allein": (full, among(0.165, "lone parents")),
        "a_ewfBG_u25_": (full, among(0.172, "young recipients")),
        "q_newfBGu15_bev": (range(2016, 2023), poor(0, 15, 1.42, "poor children")),
        "q_SGBII": (range(FIRST, 2022), poor(0, 65, 0.98, "recipients")),
        "a_BGKind": (full, among(0.33, "households with children")),
    }


def _product(model: Model) -> dict[str, tuple[range, Column]]:
    economy = model.economy

    def per_inhabitant(year: int) -> Quotient:
        return economy.product[:, year - FIRST, 0], economy.people[:, year - FIRST], 1

    return {"q_bip_ew": (range(FIRST, 2022), per_inhabitant)}


def _deprivation(model: Model) -> str:
    """GISD: score from 0 (least) to 1 (most deprived Kreis of the year), fifths, tenths and three groups."""
    world = model.world
    kreise = [(at, region) for at, region in enumerate(world.regions) if (_level(region) or ("",))[0] == "Kreise"]
    weight = values(world, "people")
    lines = ["kreis_id,kreis_name,year,gisd_score,gisd_5,gisd_10,gisd_k"]
    scores = {}
    for year in range(FIRST, 2022):
        burden = spans(world, "poverty", year) + spans(world, "unemployment", year) + spans(world, "without", year)
        of_region = world.sum(burden * noise(world, "deprivation", year, 0.02)[:, 0] * weight) / world.sum(weight)
        found = of_region[[at for at, _ in kreise]]
        scores[year] = (found - found.min()) / (found.max() - found.min())
    for number, (_, region) in enumerate(kreise):
        for year, score in scores.items():
            rank = (score < score[number]).sum() / len(kreise)
            tenth, fifth = int(rank * 10) + 1, int(rank * 5) + 1
            group = 1 if fifth == 1 else 3 if fifth == 5 else 2
            lines.append(f'{region.key},"{region.name}",{year},{score[number]:.5f},{fifth},{tenth},{group}')
    return "\n".join(lines) + "\n"
