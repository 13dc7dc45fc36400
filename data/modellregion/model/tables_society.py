"""Tables of child care, labour market, minimum income, employment and regional accounts."""

from datetime import datetime

import numpy as np

from model.economy import YEARS as ACCOUNT_YEARS
from model.official import Cells, Layout
from model.society import CARE_YEARS, FIRST, YEARS
from model.tables import Model, Table, table
from model.units import BEZIRK, TOWN

_SOCIAL = "Sozialberichterstattung in der amtlichen Statistik"
_SEXES = ("Insgesamt", "männlich", "weiblich")
_DEPENDENT = 0.905  # civil labour force without self-employed and helping relatives


def society_tables(model: Model) -> list[Table]:
    """All tables of this module."""
    return [
        _care(model),
        _staff(model),
        _unemployment(model),
        _minimum(model),
        _households(model),
        _employed(model),
        _qualification(model),
        _product(model),
        _income(model),
    ]


def _care(model: Model) -> Table:
    layout = Layout(
        "22543-01-02-4",
        (
            "Betreute Kinder nach Art der Kindertagesbetreuung -",
            "Stichtage - regionale Tiefe: Kreise und krfr. Städte - ab",
            "2011 -",
        ),
        "Statistik der öffentl. geförd. Kindertagespflege",
        (
            ("Betreute Kinder",) * 4
            + ("Kinder, Herkunft mind. 1 Elternteil ausländisch", "Kinder mit Mittagsverpflegung"),
            ("", *("Altersgruppe",) * 3, "", ""),
            ("", "unter 3 Jahre", "3 bis unter 6 Jahre", "6 bis unter 14 Jahre", "", ""),
            ("Anzahl",) * 6,
        ),
        datetime(2026, 1, 15, 15, 40, 12),
        bezirk=True,
        row_labels=("Tageseinrichtung", "Tagespflege", "Insgesamt (ohne Doppelzählungen)"),
    )
    care = model.society.care
    counted_twice = care[:, :, 1] // 40  # children with a place in both
    three = np.concatenate([care, (care.sum(axis=2) - counted_twice)[:, :, None]], axis=2)
    values = model.world.sum(three)
    columns = np.concatenate([values[..., :3].sum(axis=-1, keepdims=True), values], axis=-1)
    return table(model, layout, CARE_YEARS, lambda year: columns[:, year - 2011], day="01.03.")


def _staff(model: Model) -> Table:
    staff, ages = "Pädagogisches, Leitungs- und Verwaltungspersonal", "Altersgruppen (unter 30,..., 60 und mehr Jahre)"
    layout = Layout(
        "22543-02-02-4",
        ("Personal nach Altersgruppen und Pflegepersonen - Stichtage -", "regionale Tiefe: Kreise und krfr. Städte"),
        "Statistik der öffentl. geförd. Kindertagespflege",
        (
            (staff,) * 7 + ("Kindertagespflegepersonen",),
            ("", *(ages,) * 6, ""),
            (
                "",
                "unter 30 Jahre",
                "30 bis unter 40 Jahre",
                "40 bis unter 50 Jahre",
                "50 bis unter 55 Jahre",
                "55 bis unter 60 Jahre",
                "60 Jahre und mehr",
                "",
            ),
            ("Anzahl",) * 8,
        ),
        datetime(2026, 1, 15, 15, 52, 30),
    )
    values = model.world.sum(model.society.staff)
    columns = np.concatenate([values[..., :6].sum(axis=-1, keepdims=True), values], axis=-1)
    return table(model, layout, CARE_YEARS, lambda year: columns[:, year - 2011], day="01.03.")


def _unemployment(model: Model) -> Table:
    of_all = "Arbeitslosenquote bez. auf alle zivile Erwerbsp."
    layout = Layout(
        "13211-02-05-4",
        (
            "Arbeitslose nach ausgewählten Personengruppen sowie",
            "Arbeitslosenquoten - Jahresdurchschnitt - (ab 2009)",
            "regionale Tiefe:",
            "Kreise und krfr. Städte",
        ),
        "Arbeitsmarktstatistik der Bundesagentur für Arbeit",
        (
            ("Arbeitslose",) * 7 + ("Arbeitslosenquote bez. abh. zivile Erwerbspers.", *(of_all,) * 5),
            (
                "",
                "ausländisch",
                "schwerbehindert",
                "15 bis unter 20 Jahre",
                "15 bis unter 25 Jahre",
                "55 bis unter 65 Jahre",
                "langzeitarbeitslos",
                "",
                "",
                "Männer",
                "Frauen",
                "ausländisch",
                "15 bis unter 25 Jahre",
            ),
            ("Anzahl",) * 7 + ("Prozent",) * 6,
        ),
        datetime(2026, 2, 26, 11, 1, 42),
        decimals=(0,) * 7 + (1,) * 6,
        bezirk=True,
    )
    out, force = model.world.sum(model.society.unemployed), model.world.sum(model.society.workforce)

    def block(year: int) -> np.ndarray:
        jobless, workforce = out[:, year - FIRST], force[:, year - FIRST]
        counts = jobless[:, [0, 3, 5, 6, 4, 7, 8]]
        rates = jobless[:, :5] / workforce * 100
        dependent = jobless[:, [0]] / (workforce[:, [0]] * _DEPENDENT) * 100
        return np.concatenate([counts.astype(object), dependent, rates], axis=1)

    return table(model, layout, YEARS, block, shape=_hide_rates)


def _hide_rates(cells: Cells) -> None:
    """No rates for the Bezirk, no rate of the dependent labour force for the town."""
    for (_, key, _), row in cells.items():
        if key == BEZIRK:
            row[7:] = ["."] * 6
        if key == TOWN:
            row[7] = "."


def _minimum(model: Model) -> Table:
    whole_rate = "Gesamtregelleistung (ALG II/Sozialgeld) n.d.SGB II"
    layout = Layout(
        "22811-01-01-4",
        (
            "Empfänger von sozialen Mindestsicherungsleistungen nach Art",
            "der Leistung - Stichtag 31.12. - regionale Tiefe: Kreise",
            "und krfr. Städte",
        ),
        _SOCIAL,
        (
            ("Empfänger von sozialen Mindestsicherungsleistungen", *("Davon",) * 6),
            (
                "",
                *(whole_rate,) * 3,
                "Hilfe z. Lebensunt. außerh. v. Einr. n. d. SGB XII",
                "Grundsicher. im Alter u.b. Erwerbsm. n. d. SGB XII",
                "Regelleist. n.d. Asylbewerberleistungsgesetz",
            ),
            (
                "",
                "zusammen",
                "erwerbsf. Leistungsb. (Arbeitslosengeld II)",
                "nicht erwerbsf. Leistungsb. (Sozialgeld)",
                "",
                "",
                "",
            ),
            ("Anzahl",) * 7,
        ),
        datetime(2026, 1, 15, 16, 4, 9),
    )
    fit, unfit = _benefit_groups(model)
    other = model.world.sum(model.society.other_aid)
    columns = np.concatenate(
        [(fit + unfit + other.sum(axis=2))[..., None], np.stack([fit + unfit, fit, unfit], axis=2), other], axis=2
    )
    return table(model, layout, YEARS, lambda year: columns[:, year - FIRST], day="31.12.")


def _benefit_groups(model: Model) -> tuple[np.ndarray, np.ndarray]:
    """(region, year): SGB II recipients fit and unfit for work, the same in both tables."""
    values = model.world.sum(model.society.minimum)
    return values[..., :4].sum(axis=2), values[..., 4:6].sum(axis=2)


def _households(model: Model) -> Table:
    recipients = "dar.: Regelleistungsberechtigte nach dem SGB II"
    fit_label = "erwerbsf. Leistungsberech. (Arbeitslosengeld II)"
    unfit_label = "nicht erwerbsf. Leistungsberech. (Sozialgeld)"
    layout = Layout(
        "22811-02-02-4",
        (
            "Personen in Bedarfsgemeinschaften nach Geschlecht,",
            "Nationalität, Alter und Erwerbsfähigkeit des",
            "Leistungsberechtigten - Stichtag 31.12. - regionale",
            "Tiefe: Kreise und krfr. Städte",
        ),
        _SOCIAL,
        (
            ("Personen in Bedarfsgemeinschaften nach dem SGB II", *(recipients,) * 12),
            ("", *("insgesamt",) * 3, *(fit_label,) * 6, *(unfit_label,) * 3),
            (
                "",
                "Insgesamt",
                "Ausländer(innen)",
                "weiblich",
                "zusammen",
                "weiblich",
                "unter 25 Jahre",
                "25 bis unter 50 Jahre",
                "50 bis unter 55 Jahre",
                "55 Jahre und mehr",
                "zusammen",
                "weiblich",
                "unter 15 Jahre",
            ),
            ("Anzahl",) * 13,
        ),
        datetime(2026, 1, 15, 16, 11, 44),
    )
    values = model.world.sum(model.society.minimum)
    fit, unfit = _benefit_groups(model)
    columns = np.stack(
        [
            fit + unfit + values[..., 9],
            fit + unfit,
            values[..., 8],
            values[..., 6] + values[..., 7],
            fit,
            values[..., 6],
            *(values[..., number] for number in range(4)),
            unfit,
            values[..., 7],
            values[..., 4],
        ],
        axis=2,
    )
    return table(model, layout, YEARS, lambda year: columns[:, year - FIRST], day="31.12.")


def _employee_columns(model: Model) -> np.ndarray:
    """(region, year, qualification, [all, men, women; of these foreign: all, men, women])."""
    values = model.world.sum(model.society.employed)  # (region, year, level, [all, foreign], [men, women])
    with_sum = np.concatenate([values.sum(axis=-1, keepdims=True), values], axis=-1)
    return with_sum.reshape(*values.shape[:3], 6)


def _employee_header() -> tuple[tuple[str, ...], ...]:
    return (("Nationalität",) * 6, ("Insgesamt",) * 3 + ("Ausländer(innen)",) * 3, ("Geschlecht",) * 6, _SEXES * 2)


def _employed(model: Model) -> Table:
    layout = Layout(
        "13111-02-02-4",
        (
            "Sozialversicherungspflichtig Beschäftigte am Wohnort nach",
            "Geschlecht und Nationalität - Stichtag 30.06. - regionale",
            "Tiefe: Kreise und krfr. Städte",
        ),
        "Sozialversicherungspflichtig Beschäftigte",
        _employee_header(),
        datetime(2025, 11, 20, 9, 47, 30),
        measure="Sozialversicherungspfl. Beschäftigte (Wohnort) (Anzahl)",
    )
    columns = _employee_columns(model)[:, :, 3]
    return table(model, layout, YEARS, lambda year: columns[:, year - FIRST], day="30.06.")


def _qualification(model: Model) -> Table:
    layout = Layout(
        "13111-12-03-4",
        (
            "Sozialversicherungspflichtig Beschäftigte am Wohnort nach",
            "Geschlecht, Nationalität und Art des beruflichen",
            "Ausbildungsabschlusses - Stichtag 30.06. - regionale Tiefe:",
            "Kreise und krfr.Städte",
        ),
        "Sozialversicherungspflichtig Beschäftigte",
        _employee_header(),
        datetime(2025, 11, 20, 9, 58, 10),
        measure="Sozialversicherungspfl. Beschäftigte (Wohnort) (Anzahl)",
        row_labels=(
            "ohne Berufsabschluss",
            "mit anerkanntem Berufsabschluss",
            "mit akademischem Abschluss",
            "Insgesamt",
        ),
    )
    columns = _employee_columns(model)
    return table(model, layout, YEARS, lambda year: columns[:, year - FIRST], day="30.06.", shape=_hide_town)


def _hide_town(cells: Cells) -> None:
    for (_, key, _), row in cells.items():
        if key == TOWN:
            row[:] = ["."] * len(row)


def _product(model: Model) -> Table:
    added = "BWS zu Herstellungspreisen in jeweiligen Preisen"
    sections = (
        "Insgesamt",
        "Land- und Forstwirtschaft, Fischerei (A)",
        "Produzierendes Gewerbe ohne Baugewerbe (B-E)",
        "Verarbeitendes Gewerbe (C)",
        "Baugewerbe (F)",
        "Handel,Verkehr,Gastgewerbe,Informa-/Kommunikation",
        "Fin-,Vers.-,Unt.-dienstl.,Grundst.-/Wohnungswesen",
        "öffentl. u. sonst. Dienstl.,Erziehung, Gesundheit",
    )
    layout = Layout(
        "82111-01-05-4",
        (
            "Bruttoinlandsprodukt/Bruttowertschöpfung nach",
            "Wirtschaftsbereichen - Jahressumme - regionale Tiefe:",
            "Kreise und krfr. Städte",
        ),
        "VGR der Länder: Entstehungsrechnung",
        (
            (
                "Bruttoinlandsprodukt",
                "Bruttoinlandsprodukt je Erwerbstätigen",
                "Bruttoinlandsprodukt je Einwohner",
                *(added,) * 8,
            ),
            ("", "", "", *("WZ 2008-Abschnitte und Zusammenfassungen",) * 8),
            ("", "", "", *sections),
            ("Tsd. EUR", "EUR", "EUR", *("Tsd. EUR",) * 8),
        ),
        datetime(2024, 11, 12, 13, 27, 18),
    )
    values, people = model.world.sum(model.economy.product), model.world.sum(model.economy.people)

    def block(year: int) -> np.ndarray:
        row, inhabitants = values[:, year - ACCOUNT_YEARS[0]], people[:, year - ACCOUNT_YEARS[0]]
        gdp, workers, sectors = row[:, 0], row[:, 1], row[:, 2:]
        total = sectors.sum(axis=1) - sectors[:, 2]  # C is a part of B–E
        return np.concatenate(
            [np.rint(np.stack([gdp, gdp * 1000 / workers, gdp * 1000 / inhabitants, total], axis=1)), sectors], axis=1
        ).astype(np.int64)

    return table(model, layout, ACCOUNT_YEARS, block, keep="accounts", shape=_hide_town)


def _income(model: Model) -> Table:
    layout = Layout(
        "82411-01-03-4",
        (
            "Verfügbares Einkommen der privaten Haushalte einschließlich",
            "privater Organisationen ohne Erwerbszweck - Jahressumme -",
            "regionale Tiefe: Kreise und krfr. Städte",
        ),
        "VGR der Länder: Umverteilungsrechnung",
        (
            ("verfügbares Einkommen der privaten Haushalte", "verfüg. Einkommen der priv. Haushalte je Einwohner"),
            ("Tsd. EUR", "EUR"),
        ),
        datetime(2024, 11, 12, 13, 31, 5),
        bezirk=True,
    )
    income, people = model.world.sum(model.economy.income), model.world.sum(model.economy.people)

    def block(year: int) -> np.ndarray:
        at = year - ACCOUNT_YEARS[0]
        return np.rint(np.stack([income[:, at], income[:, at] * 1000 / people[:, at]], axis=1)).astype(np.int64)

    return table(model, layout, ACCOUNT_YEARS, block, keep="accounts", shape=_hide_town)
