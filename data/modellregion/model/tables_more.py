"""Ready-made rates of the population, youth welfare facilities, and certificates in the Zensus 2011."""

from datetime import datetime

import numpy as np

from model.noise import noise, values
from model.official import Layout
from model.population import FOREIGN, GERMAN, START
from model.tables import Model, Table, table

_CERTIFICATES = (
    "Ohne Schulabschluss",
    "Noch in schulischer Ausbildung",
    "Haupt-/Volksschulabschluss",
    "Realschul- oder gleichwertiger Abschluss",
    "Gymnasiale Oberstufe",
    "Fachhochschulreife",
    "Allgemeine/fachgebundene Hochschulreife (Abitur)",
)
# Shares of these certificates among people of 15 and more, without those at school: Germans, foreigners.
_HELD = ((0.028, 0.345, 0.315, 0.012, 0.078, 0.222), (0.175, 0.285, 0.215, 0.010, 0.060, 0.255))
_FACILITIES = {2010: 1.04, 2014: 1.0, 2020: 0.93}  # against 2014; counted in these years only
_HELP = "Hilfe z. Erziehung u. Hilfe f. junge Volljährige"


def more_tables(model: Model) -> list[Table]:
    """All classic tables of this module."""
    return [_rates(model), _youth(model), _certificates(model)]


def _rates(model: Model) -> Table:
    layout = Layout(
        "AI002-1",
        ("Regionalatlas Deutschland", 'Indikatoren des Themenbereichs "Bevölkerung"'),
        "Regionalatlas Deutschland",
        (
            (
                "Bevölkerungsdichte (Einwohner je qkm)",
                "Zunahme(+)/Abnahme(-) der Bevölkerung je 10.000 EW",
                "Anteil Ausländer an der Gesamtbevölkerung",
                "Lebendgeborene je 10.000 Einwohner",
                "Gestorbene je 10.000 Einwohner",
                "Geburten-/Gestorbenenüberschuss je 10.000 Einw.",
                "Wanderungssaldo je 10.000 Einwohner",
            ),
            ("Anzahl", "Anzahl", "Prozent", "Anzahl", "Anzahl", "Anzahl", "Anzahl"),
        ),
        datetime(2025, 10, 2, 11, 32, 4),
        decimals=(1,) * 7,
        zero="0,0",
    )
    world, people = model.world, model.people
    area = world.sum(values(world, "area"))

    def block(year: int) -> np.ndarray:
        at = year - START - 1
        before, now = (world.sum(people.at(one)).sum(axis=(1, 2, 3)) for one in (year - 1, year))
        foreign = world.sum(people.at(year))[:, FOREIGN].sum(axis=(1, 2))
        born, died = world.sum(people.births)[:, at].sum(axis=1), world.sum(people.deaths)[:, at]
        came, left = (world.sum(flow)[:, at].sum(axis=(1, 2)) for flow in (people.arrivals, people.departures))
        per = 10_000 / ((before + now) / 2)
        columns = [
            now / area,
            (now - before) * per,
            100 * foreign / now,
            born * per,
            died * per,
            (born - died) * per,
            (came - left) * per,
        ]
        return np.round(np.stack(columns, axis=1), 1) + 0.0  # never -0,0

    return table(model, layout, range(2010, 2025), block)


def _youth(model: Model) -> Table:
    layout = Layout(
        "22542-01-02-4",
        (
            "Einrichtungen der Jugendhilfe (ohne Tageseinrichtungen),",
            "verfügbare Plätze, tätige Personen - Stichtag 31.12. -",
            "regionale Tiefe: Kreise und krfr. Städte",
        ),
        "Statistik der Einrichtungen der Kinder- und Jugendhilfe",
        (
            ("Einrichtungen der Jugendhilfe",) * 3 + ("Verfügbare Plätze",) + ("Tätige Personen",) * 3,
            ("Art der Jugendhilfeeinrichtung",) * 7,
            ("Insgesamt", _HELP, "Jugendarbeit", _HELP, "Insgesamt", _HELP, "Jugendarbeit"),
            ("Anzahl",) * 7,
        ),
        datetime(2026, 3, 23, 9, 12, 40),
    )
    world = model.world

    def block(year: int) -> np.ndarray:
        young = model.people.ages(2014, 6, 25).sum(axis=(1, 2)) * _FACILITIES[year]
        wobble = noise(world, "youth facilities", year, 0.08, 4)
        work = np.maximum(1, np.rint(young / 1150 * wobble[:, 0]))
        helping = np.maximum(1, np.rint(young / 1500 * wobble[:, 1]))
        other = np.rint(young / 9000)
        staff = np.rint(work * 2.6 * wobble[:, 2])
        helpers = np.rint(helping * (7.5 if year < 2020 else 10.5) * wobble[:, 3])
        places = np.rint(helping * 11)
        others = np.rint(other * 4)
        columns = [work + helping + other, helping, work, places, staff + helpers + others, helpers, staff]
        return world.sum(np.stack(columns, axis=1).astype(np.int64))

    return table(model, layout, sorted(_FACILITIES), block, day="31.12.")


def _certificates(model: Model) -> Table:
    layout = Layout(
        "12111-09-01-4",
        (
            "Zensus 2011, Bevölkerung nach Geschlecht/Nationalität",
            "und höchstem Schulabschluss - Stichtag 09.05.2011 -",
            "regionale Tiefe: Kreise und krfr. Städte",
        ),
        "Zensus 2011",
        (
            ("Bevölkerung (ab 15 Jahren)",) * 5,
            ("", "männlich", "weiblich", "Deutsche", "Ausländer(innen)"),
            ("Anzahl",) * 5,
        ),
        datetime(2017, 10, 10, 18, 2, 11),
        row_labels=(*_CERTIFICATES, "Insgesamt"),
        time="line",
        encoding="utf-8",
        zero="0",
        suffix="_00",
        notes=("Die Angaben sind auf Vielfache von 10 gerundet.",),
    )
    world = model.world
    adults = model.people.ages(2010, 15, 101)  # (unit, nationality, sex)
    at_school = model.people.ages(2010, 15, 19) * 0.62
    counts = np.zeros((len(world.units), len(_CERTIFICATES), 2, 2))
    for nation, shares in ((GERMAN, _HELD[0]), (FOREIGN, _HELD[1])):
        wobble = noise(world, f"certificates {nation}", 2011, 0.12, len(shares))
        held = np.array(shares) * wobble
        held /= held.sum(axis=1, keepdims=True)
        rest = (adults - at_school)[:, nation]
        counts[:, 1, nation] = at_school[:, nation]
        counts[:, [0, 2, 3, 4, 5, 6], nation] = held[:, :, None] * rest[:, None, :]
    tens = np.rint(counts / 10).astype(np.int64) * 10
    cells = np.stack(
        [
            tens.sum(axis=(2, 3)),
            *(tens[..., sex].sum(axis=2) for sex in (0, 1)),
            *(tens[:, :, nation].sum(axis=2) for nation in (GERMAN, FOREIGN)),
        ],
        axis=2,
    )
    whole = np.concatenate([cells, cells.sum(axis=1, keepdims=True)], axis=1)
    return table(model, layout, (2011,), lambda year: world.sum(whole), day="09.05.")
