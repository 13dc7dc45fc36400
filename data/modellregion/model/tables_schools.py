"""Tables of general and vocational schools."""

from datetime import datetime

import numpy as np

from model.official import Cells, Layout
from model.schools import FIRST, SCHOOL_TYPES, VOCATIONAL_TYPES
from model.tables import Model, Table, table, year_of
from model.units import BUND

ROUNDED_FROM = 2018  # leavers of the Modellland are multiples of 3 since then
MISSING_LEAVERS = 2017
_PUPIL_ROWS = (*SCHOOL_TYPES, "Insgesamt")
_NO_GRADES = ("Vorschulbereich", "Grundschulen", "Schulartunabhängige Orientierungsstufe", "Abendschulen und Kollegs")
_NO_ELEVENTH = ("Hauptschulen", "Schularten mit mehreren Bildungsgängen", "Realschulen")
_ROUNDING_NOTE = (
    "Modellland (ab 2018): Alle Zahlen sind einzeln auf ein",
    "Vielfaches von 3 gerundet; Summen gehen nicht auf.",
)


def school_tables(model: Model) -> list[Table]:
    """All tables of this module."""
    return [*_pupils(model), *_leavers(model), _vocational_pupils(model), _vocational_leavers(model)]


def _pupils(model: Model) -> list[Table]:
    values = model.world.sum(model.schools.general)
    total = np.concatenate([values, values.sum(axis=2, keepdims=True)], axis=2)
    grades = ("Klassenstufe / Jahrgangsstufe / Schulbesuchsjahr",) * 2
    levels = ("7. Klassenstufe", "11. Jahrgangsstufe / Einführungsphase")
    note = (
        "Modellland (2010): Wegen der Verkürzung der Gymnasialzeit",
        "sind in der Einführungsphase zwei Jahrgänge gezählt.",
    )
    pupils = "Schülerinnen und Schüler an allgemeinbildenden Schulen"
    newer = Layout(
        "21111-01-03-4",
        (
            "Schulen, Schülerinnen und Schüler nach Schularten -",
            "Stichtag: Schuljahresbeginn - regionale Tiefe: Kreise und",
            "krfr. Städte",
        ),
        "Statistik der allgemeinbildenden Schulen",
        (
            ("Allgemeinbildende Schulen", *(pupils,) * 5),
            ("", "Geschlecht", "Geschlecht", "Nationalität", *grades),
            ("", "Insgesamt", "weiblich", "ausländisch", *levels),
            ("Anzahl",) * 6,
        ),
        datetime(2026, 2, 12, 14, 3, 22),
        row_labels=_PUPIL_ROWS,
        bezirk=True,
        notes=note,
    )
    pupils = "Schüler(innen) an allgemein bildenden Schulen"
    older = Layout(
        "21111-01-03-4",
        (
            "Allgemeinbildende Schulen: Schulen, Schüler nach Schulart",
            "- Stichtag: Schuljahresbeginn -",
            "regionale Tiefe: Kreise und krfr. Städte",
        ),
        "Statistik der allgemein bildenden Schulen",
        (
            ("Allgemein bildende Schulen", *(pupils,) * 5),
            ("", "Geschlecht", "Geschlecht", "Nationalität", *grades),
            ("", "Insgesamt", "weiblich", "Ausländer(innen)", *levels),
            ("Anzahl",) * 6,
        ),
        datetime(2017, 10, 12, 10, 34, 22),
        row_labels=_PUPIL_ROWS,
        time="line",
        encoding="utf-8",
        zero="0",
        suffix="_00",
        notes=note,
    )
    return [
        table(model, layout, years, lambda year: total[:, year - FIRST], shape=_block_pupils)
        for layout, years in ((newer, range(2010, 2025)), (older, (2015,)))
    ]


def _block_pupils(cells: Cells) -> None:
    """x where a number makes no sense: grades a school type does not have, a type the Land does not have."""
    for (_, key, kind), row in cells.items():
        if kind == "Insgesamt":
            row[0] = "x"
        if kind in _NO_GRADES:
            row[4:] = ["x", "x"]
        if kind in _NO_ELEVENTH:
            row[5] = "x"
        if kind == "Schulartunabhängige Orientierungsstufe" and key != BUND:
            row[:] = ["x"] * 6


def _leavers(model: Model) -> list[Table]:
    values = model.world.sum(model.schools.leavers)  # (region, year, certificate, [all, female])
    total = values[:, :, [0, 1, 2, 4, 5]].sum(axis=2, keepdims=True)
    columns = np.concatenate([total, values], axis=2).reshape(*values.shape[:2], 14)
    sexes = ("Insgesamt", "weiblich") * 7

    def twice(*labels: str) -> tuple[str, ...]:
        return tuple(label for label in labels for _ in range(2))

    newer = Layout(
        "21111-02-06-4",
        (
            "Absolvierende/Abgehende allgemeinbildender Schulen nach",
            "Geschlecht und Abschlussarten - Schuljahr - regionale Tiefe:",
            "Kreise und krfr. Städte",
        ),
        "Statistik der allgemeinbildenden Schulen",
        (
            ("Absolvierende/Abgehende allgemeinbildender Schulen nach dem Abschluss",) * 14,
            twice(
                "Insgesamt",
                "ohne Ersten Schulabschluss",
                "mit Erstem Schulabschluss",
                "mit Mittlerem Schulabschluss",
                "dar. schulischer Teil der Fachhochschulreife",
                "mit Fachhochschulreife",
                "mit Allgemeiner und fachgebundener Hochschulreife",
            ),
            sexes,
        ),
        datetime(2026, 2, 12, 14, 21, 7),
        measure="Absolvierende/Abgehende (Anzahl)",
        bezirk=True,
        notes=("Modellland (2017): Es liegen keine Ergebnisse vor.", *_ROUNDING_NOTE),
    )
    older = Layout(
        "21111-02-06-4",
        (
            "Allgemeinbildende Schulen: Absolventen/Abgänger",
            "nach dem Schulabschluss - Schuljahr -",
            "regionale Tiefe: Kreise und krfr. Städte",
        ),
        "Statistik der allgemein bildenden Schulen",
        (
            ("Schulabschluss",) * 14,
            twice(
                "Insgesamt",
                "ohne Hauptschulabschluss",
                "mit Hauptschulabschluss",
                "mit Mittlerem Abschluss",
                "dar. schulischer Teil der Fachhochschulreife",
                "mit Fachhochschulreife",
                "mit allgemeiner Hochschulreife",
            ),
            sexes,
        ),
        datetime(2017, 10, 12, 10, 24, 41),
        measure="Absolventen/Abgänger (Anzahl)",
        encoding="utf-8",
        zero="0",
        bezirk=True,
        suffix="_00",
        notes=("Modellland (2013): doppelter Abiturjahrgang wegen der", "Verkürzung der Gymnasialzeit."),
    )
    recent = [year for year in range(2016, 2025) if year != MISSING_LEAVERS]
    return [
        table(model, layout, years, lambda year: columns[:, year - FIRST], shape=_round_leavers)
        for layout, years in ((newer, recent), (older, range(2010, 2016)))
    ]


def _round_leavers(cells: Cells) -> None:
    for (time, key, _), row in cells.items():
        if key == BUND:
            continue
        if year_of(time) >= ROUNDED_FROM:
            row[:] = [round(cell / 3) * 3 for cell in row]
        row[10:12] = ["x", "x"]  # the Modellland does not award it at general schools


def _vocational_pupils(model: Model) -> Table:
    values = model.world.sum(model.schools.vocational)
    added = [number for number, kind in enumerate(VOCATIONAL_TYPES) if not kind.strip().startswith("dar.")]
    total = np.concatenate([values, values[:, :, added].sum(axis=2, keepdims=True)], axis=2)
    pupils = "Schüler(innen) an beruflichen Schulen"
    layout = Layout(
        "21121-01-05-4",
        (
            "Schulen, Schüler nach Schularten - Stichtag:",
            "Schuljahresbeginn - regionale Tiefe: Kreise und krfr.",
            "Städte",
        ),
        "Statistik der beruflichen Schulen",
        (
            ("Berufliche Schulen", *(pupils,) * 3),
            ("", "Geschlecht", "Geschlecht", "Nationalität"),
            ("", "Insgesamt", "weiblich", "Ausländer(innen)"),
            ("Anzahl",) * 4,
        ),
        datetime(2025, 12, 4, 8, 17, 55),
        row_labels=(*VOCATIONAL_TYPES, "Insgesamt"),
    )
    return table(model, layout, range(2010, 2025), lambda year: total[:, year - FIRST], shape=_block_vocational)


def _block_vocational(cells: Cells) -> None:
    for (_, key, kind), row in cells.items():
        if kind == "Insgesamt" or kind.strip().startswith("dar."):
            row[0] = "x"
        if kind == "Berufsaufbauschulen" and key != BUND:
            row[:] = ["x"] * 4


def _vocational_leavers(model: Model) -> Table:
    values = model.world.sum(model.schools.vocational_leavers)
    total = values[:, :, :4].sum(axis=2, keepdims=True)
    columns = np.concatenate([total, values], axis=2).reshape(*values.shape[:2], 12)
    part = "nachrichtl.: zus.erw.schul.Teil d. Fachhochs.reife"
    sexes = ("Insgesamt", "weiblich")
    certificates = tuple(
        name
        for name in (
            "mit Hauptschulabschluss",
            "mit Mittlerem Abschluss",
            "Fachhochschulreife",
            "Allg. Hochschulreife-einschl.fachge.Hochschulreife",
        )
        for _ in sexes
    )
    layout = Layout(
        "21121-02-02-4",
        (
            "Absolventen/Abgänger beruflicher Schulen nach Geschlecht und",
            "Abschlussarten - Schuljahr - regionale Tiefe: Kreise und",
            "krfr. Städte",
        ),
        "Statistik der beruflichen Schulen",
        (
            ("Absolventen/Abgänger (berufllich)",) * 10 + (part,) * 2,
            ("Geschlecht",) * 2 + ("davon mit",) * 8 + ("Geschlecht",) * 2,
            (*sexes, *certificates, *sexes),
            ("", "", *("Geschlecht",) * 8, "", ""),
            ("", "", *sexes * 4, "", ""),
            ("Anzahl",) * 12,
        ),
        datetime(2025, 12, 4, 8, 29, 2),
    )
    return table(model, layout, range(2010, 2025), lambda year: columns[:, year - FIRST])
