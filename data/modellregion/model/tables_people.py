"""Tables of territory, population, births, moves and the Zensus 2011."""

from datetime import datetime

import numpy as np

from model.official import Cell, FlatLayout, Layout, flat_bytes
from model.population import FEMALE, FOREIGN, GERMAN, MALE, MOVE_GROUPS, START
from model.tables import Model, Table, table
from model.units import ELSEWHERE, Region

_SEXES = ("Insgesamt", "männlich", "weiblich")
_LIMITS_17 = (0, 3, 6, 10, 15, 18, 20, 25, 30, 35, 40, 45, 50, 55, 60, 65, 75)
_LIMITS_21 = (0, 3, 6, 10, 15, 18, 20, 25, 30, 35, 40, 45, 50, 55, 60, 65, 70, 75, 80, 85, 90)
_CENSUS = ("Modellland (ab 2022): Ergebnisse auf Grundlage des Zensus", "2022 (erfunden); bis 2021 Zensus 2011.")
_FLAT_DAY = datetime(2026, 3, 10, 20, 49, 32)
MOVE_YEARS = (2022, 2023, 2024)  # one file each: the table has its time in a line of its own


def people_tables(model: Model) -> list[Table]:
    """All classic tables of this module."""
    return [
        _area(model),
        _households(model),
        _by_sex(model),
        _by_age(model),
        _by_nation(model),
        _mean_age(model),
        _quotients(model),
        _births(model),
        *_moves(model),
    ]


def flat_files(model: Model) -> list[tuple[FlatLayout, bytes, bool]]:
    """(layout, content, in a zip) of the flat files."""
    municipalities = FlatLayout(
        "11111-02-01-4",
        "Feststellung des Gebietsstandes",
        ("STAG", "Stichtag", "2024-12-31"),
        ("Anzahl", "GEM001", "Zahl der Gemeinden"),
        _FLAT_DAY,
    )
    by_sex = FlatLayout(
        "12411-01-01-4",
        "Fortschreibung des Bevölkerungsstandes",
        ("STAG", "Stichtag", "2024-12-31"),
        ("Anzahl", "BEVSTD", "Bevölkerungsstand"),
        _FLAT_DAY,
        (("GES", "Geschlecht", (("", "Insgesamt"), ("GESM", "männlich"), ("GESW", "weiblich"))),),
    )
    count = {unit.key: unit.municipalities for unit in model.world.units}
    order = {region.key: number for number, region in enumerate(model.world.regions)}
    people = _sexes(model.world.sum(model.people.at(2024)).sum(axis=(1, 3)))

    def number(region: Region, attributes: tuple[str, ...]) -> Cell:
        if region.valid_to:
            return "-"
        if not attributes:
            return sum(count[unit] for unit in region.units)
        return int(people[order[region.key], ("", "GESM", "GESW").index(attributes[0])])

    return [
        (municipalities, flat_bytes(municipalities, model.world, number), False),
        (by_sex, flat_bytes(by_sex, model.world, number), True),
    ]


def _sexes(values: np.ndarray) -> np.ndarray:
    """(…, [men, women]) → (…, [all, men, women])."""
    return np.concatenate([values.sum(axis=-1, keepdims=True), values], axis=-1)


def _age_labels(limits: tuple[int, ...]) -> tuple[str, ...]:
    middle = [f"{low} bis unter {high} Jahre" for low, high in zip(limits[1:-1], limits[2:], strict=True)]
    return (f"unter {limits[1]} Jahre", *middle, f"{limits[-1]} Jahre und mehr", "Insgesamt")


def _in_groups(ages: np.ndarray, limits: tuple[int, ...]) -> np.ndarray:
    """(…, age) → (…, group and total)."""
    groups = np.add.reduceat(ages, limits, axis=-1)
    return np.concatenate([groups, ages.sum(axis=-1, keepdims=True)], axis=-1)


def _area(model: Model) -> Table:
    layout = Layout(
        "11111-01-01-4",
        ("Gebietsfläche in qkm - Stichtag 31.12. -", "regionale Tiefe: Kreise und krfr. Städte"),
        "Feststellung des Gebietsstandes",
        (("Gebietsfläche",), ("qkm",)),
        datetime(2025, 3, 19, 10, 12, 41),
        decimals=(2,),
        notes=("Modellland (ab 2016): Flächen nach neuer Vermessung.",),
    )
    hundredths = np.array([round(unit.area * 100) for unit in model.world.units])
    surveyed = np.array(
        [0 if unit.key == ELSEWHERE else round(unit.area * 0.03) % 17 - 6 for unit in model.world.units]
    )

    def block(year: int) -> np.ndarray:
        return model.world.sum(hundredths + surveyed * (year >= 2016))[:, None] / 100

    return table(model, layout, range(2010, 2025), block, day="31.12.")


def _households(model: Model) -> Table:
    kinds = (
        "Insgesamt",
        "Einpersonenhaushalte",
        "Paare ohne Kind(er)",
        "Paare mit Kind(ern)",
        "Alleinerziehende Elternteile",
        "Mehrpersonenhaushalte ohne Kernfamilie",
    )
    layout = Layout(
        "12111-32-01-4",
        (
            "Zensus 2011, Haushalte nach Haushaltstypen",
            "- Stichtag 09.05.2011 -",
            "regionale Tiefe: Kreise und krfr. Städte",
        ),
        "Zensus 2011",
        (("Private Haushalte",) * 6, ("Haushaltstyp",) * 6, kinds, ("Anzahl",) * 6),
        datetime(2017, 10, 12, 9, 41, 20),
        time="line",
        encoding="utf-8",
        zero="0",
        suffix="_00",
    )
    values = model.world.sum(model.economy.households)
    with_total = np.concatenate([values.sum(axis=1, keepdims=True), values], axis=1)
    return table(model, layout, (2011,), lambda year: with_total, day="09.05.")


def _by_sex(model: Model) -> Table:
    layout = Layout(
        "12411-01-01-4",
        ("Bevölkerung nach Geschlecht - Stichtag 31.12. - regionale", "Tiefe: Kreise und krfr. Städte"),
        "Fortschreibung des Bevölkerungsstandes",
        (_SEXES,),
        datetime(2025, 9, 16, 8, 55, 3),
        measure="Bevölkerungsstand (Anzahl)",
        time="header",
        bezirk=True,
        notes=_CENSUS,
    )
    return table(
        model,
        layout,
        range(2010, 2025),
        day="31.12.",
        block=lambda year: _sexes(model.world.sum(model.people.at(year)).sum(axis=(1, 3))),
    )


def _by_age(model: Model) -> Table:
    layout = Layout(
        "12411-02-03-4",
        (
            "Bevölkerung nach Geschlecht und Altersgruppen (17) -",
            "Stichtag 31.12. - regionale Tiefe: Kreise und krfr. Städte",
        ),
        "Fortschreibung des Bevölkerungsstandes",
        (_SEXES,),
        datetime(2025, 9, 16, 9, 2, 47),
        measure="Bevölkerungsstand (Anzahl)",
        row_labels=_age_labels(_LIMITS_17),
        encoding="utf-8",
        suffix="_00",
        notes=_CENSUS,
    )

    def block(year: int) -> np.ndarray:
        ages = model.world.sum(model.people.at(year)).sum(axis=1)  # (region, sex, age)
        return _sexes(np.moveaxis(_in_groups(ages, _LIMITS_17), 1, 2))

    return table(model, layout, range(2010, 2025), block, day="31.12.")


def _by_nation(model: Model) -> Table:
    nations = tuple(name for name in ("Insgesamt", "Deutsche", "Ausländer(innen)") for _ in _SEXES)
    layout = Layout(
        "12411-03-03-4",
        (
            "Bevölkerung nach Geschlecht, Nationalität und Altersgruppen",
            "(21) - Stichtag 31.12. - (ab 2011) regionale Tiefe: Kreise",
            "und krfr. Städte",
        ),
        "Fortschreibung des Bevölkerungsstandes",
        (nations, _SEXES * 3),
        datetime(2025, 9, 16, 9, 20, 15),
        measure="Bevölkerungsstand (Anzahl)",
        row_labels=_age_labels(_LIMITS_21),
        encoding="utf-8",
        suffix="_00",
        notes=_CENSUS,
    )

    def block(year: int) -> np.ndarray:
        groups = _in_groups(model.world.sum(model.people.at(year)), _LIMITS_21)  # (region, nation, sex, group)
        three = np.stack([groups.sum(axis=1), groups[:, GERMAN], groups[:, FOREIGN]], axis=1)
        columns = _sexes(np.moveaxis(three, 2, 3))  # (region, nation, group, sex)
        return np.moveaxis(columns, 1, 2).reshape(len(columns), len(layout.row_labels), 9)

    return table(model, layout, range(2015, 2025), block, day="31.12.")


def _mean_age(model: Model) -> Table:
    name = "Durchschnittsalter der Bevölkerung"
    layout = Layout(
        "12411-07-01-4",
        (f"{name} - Stichtag 31.12. -", "regionale Tiefe: Kreise und krfr. Städte"),
        "Fortschreibung des Bevölkerungsstandes",
        ((name,) * 3, ("", *_SEXES[1:]), ("Jahre",) * 3),
        datetime(2025, 9, 16, 9, 31, 50),
        decimals=(1, 1, 1),
        notes=_CENSUS,
    )

    def block(year: int) -> np.ndarray:
        ages = _sexes(np.moveaxis(model.world.sum(model.people.at(year)).sum(axis=1), 1, 2))  # (region, age, all/m/f)
        return (ages * (np.arange(101) + 0.5)[:, None]).sum(axis=1) / ages.sum(axis=1)

    return table(model, layout, range(2011, 2025), block, day="31.12.")


def _quotients(model: Model) -> Table:
    layout = Layout(
        "12411-08-01-4",
        ("Jugendquotient, Altenquotient - Stichtag 31.12. - regionale", "Tiefe: Kreise und krfr. Städte"),
        "Fortschreibung des Bevölkerungsstandes",
        (("Jugendquotient",) * 3 + ("Altenquotient",) * 3, ("", *_SEXES[1:]) * 2, ("Anzahl",) * 6),
        datetime(2025, 9, 16, 9, 33, 8),
        decimals=(1,) * 6,
        notes=_CENSUS,
    )

    def block(year: int) -> np.ndarray:
        ages = _sexes(np.moveaxis(model.world.sum(model.people.at(year)).sum(axis=1), 1, 2))
        young, working, old = (ages[:, low:high].sum(axis=1) for low, high in ((0, 20), (20, 65), (65, 101)))
        return np.concatenate([young / working, old / working], axis=1) * 100

    return table(model, layout, range(2011, 2025), block, day="31.12.")


def _births(model: Model) -> Table:
    layout = Layout(
        "12612-01-01-4",
        ("Lebendgeborene nach Geschlecht - Jahressumme - regionale", "Tiefe: Kreise und krfr. Städte"),
        "Statistik der Geburten",
        (_SEXES,),
        datetime(2025, 10, 2, 11, 7, 19),
        measure="Lebendgeborene (Anzahl)",
        bezirk=True,
        notes=("Modellland (2010 bis 2015): Ergebnisse der 2016 gebildeten", "Kreise sind zurückgerechnet."),
    )
    born = _sexes(model.world.sum(model.people.births))
    return table(model, layout, range(2010, 2025), lambda year: born[:, year - START - 1], keep="births")


def _moves(model: Model) -> list[Table]:
    labels = (
        "unter 18 Jahre",
        *(f"{low} bis unter {high} Jahre" for low, high in MOVE_GROUPS[1:-1]),
        "65 Jahre und mehr",
        "Insgesamt",
    )
    columns = ("Zuzüge über die Kreisgrenzen",) * 3 + ("Fortzüge über die Kreisgrenzen",) * 3
    moves = [model.world.sum(flow) for flow in (model.people.arrivals, model.people.departures)]

    def block(year: int) -> np.ndarray:
        sides = []
        for flow in moves:
            groups = flow[:, year - START - 1][:, [MALE, FEMALE]]
            with_total = np.concatenate([groups, groups.sum(axis=2, keepdims=True)], axis=2)
            sides.append(_sexes(np.moveaxis(with_total, 1, 2)))
        return np.concatenate(sides, axis=2)

    found = []
    for year in MOVE_YEARS:
        layout = Layout(
            "12711-04-02-4",
            (
                "Zu- und Fortzüge (über Kreisgrenzen) nach Geschlecht und",
                "Altersgruppen - Jahressumme - regionale Tiefe: Kreise und",
                "krfr. Städte",
            ),
            "Wanderungsstatistik",
            (columns, ("Geschlecht",) * 6, _SEXES * 2, ("Anzahl",) * 6),
            datetime(2025, 10, 2, 11, 20 + year % 10, 36),
            row_labels=labels,
            time="line",
            suffix=f"_{year}",
        )
        found.append(table(model, layout, (year,), block))
    return found
