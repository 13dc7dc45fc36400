"""Own tables of three municipalities, as a city or a Landkreis would hand them in: Stadtteile, schools, Gemeinden.

They are shares of what is simulated for the whole municipality, so that the areas add up to the official figure of the
same year. As in real own data there are small numbers in them, '.' where the statistics office kept one back, three
file forms, and one internal table, whose figures must never be found in anything that is published.
"""

import io
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np

from model import schools
from model.tables import Model
from model.units import REMAINDER, TOWN, stream

Row = Sequence[str | int | float]
CITY, PORT, KREIS = "99001-talbrueck", "99002-seefurt", "99057-region-ohsetal"
YEARS = range(2019, 2025)
INTERNAL_FIRST = 987_651
"""The figures of the internal table count on from here; nothing else in the project has such a number."""
SECRET_GRANTS = {("9900105", 2023): (7_431_289, 7_120_463), ("9900112", 2024): (6_218_947, 5_930_158)}
"""Grants that one organisation holds nearly alone: (amount, of the largest); they must never be found either."""


@dataclass(frozen=True)
class Area:
    """A small area: `size` is its share of the people, the others are against the mean of the municipality."""

    key: str
    name: str
    size: float
    children: float = 1.0
    poverty: float = 1.0


STADTTEILE = (
    Area("9900101", "Brückenaltstadt", 0.07, 0.6, 0.8),
    Area("9900102", "Talneustadt", 0.10, 0.9, 1.1),
    Area("9900103", "Hochschulviertel", 0.09, 0.5, 0.4),
    Area("9900104", "Gerberaue", 0.04, 0.8, 0.5),
    Area("9900105", "Lohberg", 0.07, 1.4, 2.1),
    Area("9900106", "Mühlenvorstadt", 0.10, 1.1, 1.0),
    Area("9900107", "Steinhalde", 0.07, 1.3, 1.6),
    Area("9900108", "Obertalheim", 0.06, 1.2, 0.3),
    Area("9900109", "Erlengrund", 0.06, 1.0, 0.7),
    Area("9900110", "Sonnenleite", 0.05, 1.1, 0.6),
    Area("9900111", "Ziegelau", 0.07, 1.2, 1.4),
    Area("9900112", "Ostfeld", 0.06, 1.3, 1.8),
    Area("9900113", "Kastanienhof", 0.05, 1.1, 1.2),
    Area("9900114", "Weberbruch", 0.06, 0.9, 0.9),
    Area("9900115", "Birkenschlag", 0.05, 1.2, 0.5),
    Area("9900116", "Schleuseninsel", 0.001, 0.7, 1.0),
)
SEEFURT = (
    Area("9900201", "Kontorviertel", 0.14, 0.7, 0.8),
    Area("9900202", "Werftvorstadt", 0.27, 1.2, 1.6),
    Area("9900203", "Fischerhook", 0.05, 0.9, 0.9),
    Area("9900204", "Dünenkamp", 0.16, 0.8, 0.3),
    Area("9900205", "Tidefeld", 0.24, 1.1, 1.2),
    Area("9900206", "Leuchtturmsiedlung", 0.14, 1.1, 0.7),
)
_VILLAGES = (
    "Achterholm", "Bruchdamm", "Dreiwarften", "Eulenstieg", "Farnloh", "Grauwieschen", "Hinterohse", "Imkerholt",
    "Kiebitzkoog", "Lehmhude", "Niederohse", "Oberohse", "Pappelwerder", "Quellohsen", "Reiherbeck", "Schilfhorst",
    "Torfmoorhagen", "Unterkrähe", "Wollgrasdorf",
)  # fmt: skip


def write_own_tables(model: Model, folder: Path) -> list[Path]:
    """Write all tables into the municipalities' folders below `folder` and return them."""
    files = {
        f"{CITY}/stadtteile.csv": _csv(_districts(model, "99001", STADTTEILE)),
        f"{CITY}/abgaenge.csv": _csv(_leavers(model)),
        f"{CITY}/abgaenge_fuenf_jahre.csv": _csv(_leavers_of_five_years(model)),
        f"{CITY}/sozialraum.csv": _csv(_social_areas(model)),
        f"{CITY}/grundschulen.xlsx": _xlsx("Grundschulen", _primary_schools(model)),
        f"{CITY}/zuschuesse.csv": _csv(_grants()),
        f"{CITY}/zuschuesse_stadt.csv": _csv(_grants_together()),
        f"{CITY}/intern/hilfen.csv": _csv(_internal()),
        f"{PORT}/stadtteile.csv": _csv(_districts(model, "99002", SEEFURT), "cp1252", "\r\n"),
        f"{PORT}/sprengel.csv": _csv(_catchments(model), "cp1252", "\r\n"),
        f"{KREIS}/gemeinden.csv": _csv(_municipalities(model), "utf-8", "\n", ","),
        f"{KREIS}/einschulung.csv": _csv(_school_starters(model)),
        f"{KREIS}/einschulung_region.csv": _csv(_school_starters_together(model)),
    }
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return [folder / name for name in files]


def _districts(model: Model, unit: str, areas: Sequence[Area]) -> Iterable[Row]:
    yield "Jahr", "Stadtteil-Nr.", "Stadtteil", "Einwohner", "Kinder unter 6", "Kinder unter 15", "SGB II %", "Typ"
    for year in YEARS:
        people = _split(_people(model, unit, year, 0, 101), areas, year, "people", lambda one: one.size)
        young = _split(_people(model, unit, year, 0, 6), areas, year, "young", lambda one: one.size * one.children)
        children = young + _split(
            _people(model, unit, year, 6, 15), areas, year, "children", lambda one: one.size * one.children
        )
        for area, *numbers in zip(areas, people, young, children, strict=True):
            share = 14.0 * area.poverty * _wobble(unit, area.key, year)
            kind = "niedrig" if share < 8 else "mittel" if share < 18 else "hoch"
            yield year, area.key, area.name, *map(int, numbers), round(share, 1), kind


def _leavers(model: Model) -> Iterable[Row]:
    """Leavers by the Stadtteil they live in; one or two persons are kept back, and 2022 was not counted."""
    yield "Jahr", "Stadtteil-Nr.", "Abgänge insgesamt", "ohne Abschluss"
    for year in YEARS:
        for area, few, many in _leavers_of(model, year):
            yield year, area.key, few + many, "" if year == 2022 else _shown(few, "-")


def _leavers_of_five_years(model: Model) -> Iterable[Row]:
    """Five years together, so that small Stadtteile have figures too.

    2018 is in no other table: otherwise the figures kept back in `abgaenge.csv` would follow from the sum.
    """
    yield "Stadtteil-Nr.", "Abgänge", "ohne Abschluss"
    sums = {area.key: [0, 0] for area in STADTTEILE}
    for year in (2018, 2019, 2020, 2021, 2023):
        for area, few, many in _leavers_of(model, year):
            sums[area.key][0] += few + many
            sums[area.key][1] += few
    for key, (leavers, without) in sums.items():
        yield key, leavers, _shown(without, "0")


def _leavers_of(model: Model, year: int) -> Iterable[tuple[Area, int, int]]:
    """Stadtteil, leavers without and with certificate."""
    found = model.schools.leavers[_place(model, "99001"), year - schools.FIRST, :, 0]
    without = _split(int(found[0]), STADTTEILE, year, "without", lambda one: one.size * one.poverty)
    others = _split(int(found[1:].sum()), STADTTEILE, year, "with", lambda one: one.size * one.children)
    yield from zip(STADTTEILE, map(int, without), map(int, others), strict=True)


def _shown(count: int, zero: str | int) -> str | int:
    """A count as the statistics office prints it: one or two persons are secret."""
    return zero if count == 0 else "." if count < 3 else count


def _grants() -> Iterable[Row]:
    """Grants to organisations of youth education by the Stadtteil they work in, with what the largest one gets."""
    yield "Jahr", "Stadtteil-Nr.", "Zuschüsse EUR", "davon größter Träger EUR"
    for year in range(2022, 2025):
        for area in STADTTEILE:
            amount = round(9e5 * area.size * area.children * area.poverty * _wobble("grants", area.key, year)) * 10
            largest = round(amount * (0.35 + 0.3 * stream("largest", area.key, year).random_sample()))
            yield year, area.key, *SECRET_GRANTS.get((area.key, year), (amount, largest))


def _grants_together() -> Iterable[Row]:
    """The same for the whole city: from it and fifteen Stadtteile the sixteenth follows."""
    yield "Jahr", "Schlüssel", "Zuschüsse EUR", "davon größter Träger EUR"
    rows = list(_grants())[1:]
    for year in range(2022, 2025):
        of_year = [row for row in rows if row[0] == year]
        yield year, "99001", sum(int(row[2]) for row in of_year), max(int(row[3]) for row in of_year)


_SOCIAL = (
    # column, mean of the town, how strongly it goes with poverty
    ("Alleinerziehende %", 19.0, 0.6),
    ("Haushalte mit drei und mehr Kindern %", 10.0, 0.4),
    ("Arbeitslose %", 5.5, 0.8),
    ("Ausländische Bevölkerung %", 14.0, 0.7),
    ("Nichtdeutsche Familiensprache %", 21.0, 0.7),
    ("Kita-Plätze je 100 Kinder", 76.0, -0.15),
    ("Kinder im Sportverein %", 47.0, -0.3),
)


def _social_areas(model: Model) -> Iterable[Row]:
    """What the indices of Talbrück are made of."""
    yield "Jahr", "Stadtteil-Nr.", "Stadtteil", "Einwohner", "SGB II %", *(column for column, _, _ in _SOCIAL)
    for year in range(2022, 2025):
        people = _split(_people(model, "99001", year, 0, 101), STADTTEILE, year, "people", lambda one: one.size)
        for area, count in zip(STADTTEILE, people, strict=True):
            poor = round(14.0 * area.poverty * _wobble("99001", area.key, year), 1)
            rest = [
                round(mean * area.poverty**power * (1 + 3 * (_wobble(column, area.key) - 1)), 1)
                for column, mean, power in _SOCIAL
            ]
            yield year, area.key, area.name, int(count), poor, *rest


def _primary_schools(model: Model) -> Iterable[Row]:
    yield (
        "Schuljahr",
        "Schulnummer",
        "Schule",
        "Stadtteil-Nr.",
        "Schülerinnen und Schüler",
        "Sprachförderung %",
        "Index",
    )
    place, kind = _place(model, "99001"), schools.SCHOOL_TYPES.index("Grundschulen")
    for year in range(2021, 2025):
        number, pupils = model.schools.general[place, year - schools.FIRST, kind, :2]
        per_area = _split(int(number), STADTTEILE, 2021, "schools", lambda one: one.size * one.children)
        places = [
            (area, count) for area, many in zip(STADTTEILE, per_area, strict=True) for count in range(1, many + 1)
        ]
        sizes = _split(
            int(pupils),
            [Area(f"{area.key}{count}", "", 1.0) for area, count in places],
            year,
            "pupils",
            lambda one: 0.7 + 0.6 * stream("school", one.key).random_sample(),
        )
        for (area, count), size in zip(places, sizes, strict=True):
            key = f"{area.key[-2:]}{count:03d}"
            share = 22.0 * area.poverty * _wobble("school", key, year)
            step = min(9, 1 + int(share // 6))
            yield (
                f"{year}/{(year + 1) % 100}",
                key,
                _school_name(area, count),
                area.key,
                int(size),
                round(share, 1),
                step,
            )


def _school_name(area: Area, count: int) -> str:
    return f"Grundschule {area.name}" if count == 1 else f"Grundschule {area.name} {count}"


def _catchments(model: Model) -> Iterable[Row]:
    """Grundschulsprengel of Seefurt, three to a Stadtteil; one or two children are kept back."""
    yield (
        "Schuljahr",
        "Sprengel",
        "Bezeichnung",
        "Stadtteil-Nr.",
        "Einwohner",
        "Kinder zur Einschulung",
        "mit Sprachförderbedarf",
        "Kita mindestens drei Jahre",
        "Nichtdeutsche Familiensprache",
        "SGB II %",
    )
    parts = [
        Area(f"GS{number:02d}", f"{area.name} {side}", area.size / 3, area.children, area.poverty)
        for number, (area, side) in enumerate(((one, side) for one in SEEFURT for side in ("Nord", "Mitte", "Süd")), 1)
    ]
    for year in range(2022, 2025):
        starters = _split(
            _people(model, "99002", year, 6, 7), parts, year, "start", lambda one: one.size * one.children
        )
        people = _split(_people(model, "99002", year, 0, 101), parts, year, "people", lambda one: one.size)
        for number, (part, count, all_ages) in enumerate(zip(parts, starters, people, strict=True)):

            def among(share: float, topic: str, part: Area = part, count: int = int(count), year: int = year) -> int:
                return round(count * min(0.95, share * _wobble(topic, part.key, year)))

            needing = among(0.24 * part.poverty, "language")
            long_in_care = among(0.78 * part.poverty**-0.25, "long in care")
            other_language = among(0.30 * part.poverty**0.8, "family language")
            poor = round(18.0 * part.poverty * _wobble("poor", part.key, year), 1)
            counts = (int(count), *(_shown(one, 0) for one in (needing, long_in_care, other_language)))
            key = SEEFURT[number // 3].key
            yield f"{year}/{(year + 1) % 100}", part.key, part.name, key, int(all_ages), *counts, poor


def _municipalities(model: Model) -> Iterable[Row]:
    """The Gemeinden of Region Ohsetal; the town has the official figures of its own row."""
    yield "Jahr", "AGS", "Gemeinde", "Einwohner", "Kinder unter 6", "Betreuung unter 3 %"
    sizes = _villages()
    for year in YEARS:
        people = _split(_people(model, REMAINDER, year, 0, 101), sizes, year, "people", lambda one: one.size)
        young = _split(_people(model, REMAINDER, year, 0, 6), sizes, year, "young", lambda one: one.size)
        town = (_people(model, TOWN, year, 0, 101), _people(model, TOWN, year, 0, 6))
        yield year, TOWN, "Ohsewerder", *town, round(41 * _wobble("care", TOWN, year), 1)
        for area, *numbers in zip(sizes, people, young, strict=True):
            yield year, area.key, area.name, *map(int, numbers), round(37 * _wobble("care", area.key, year), 1)


def _villages() -> list[Area]:
    return [Area(f"990570{number:02d}", name, 0.3 + 1.4 / number) for number, name in enumerate(_VILLAGES, 2)]


_NOT_YET = ("99057009", 2024)
"""Gemeinde that has not told yet who came without a Kita."""


def _school_starters(model: Model) -> Iterable[Row]:
    """Children who start school in the Gemeinden of Region Ohsetal; few of them were in no Kita, often one or two."""
    yield "Schuljahr", "AGS", "Kinder zur Einschulung", "ohne Kita", "ohne Kita %"
    for year, key, children, without in _starters(model):
        known = ("", "") if (key, year) == _NOT_YET else (without, round(100 * without / children, 1))
        yield _school_year(year), key, children, *known


def _school_starters_together(model: Model) -> Iterable[Row]:
    """The same for the whole Kreis: from it and nineteen Gemeinden the twentieth follows."""
    yield "Schuljahr", "Schlüssel", "Kinder zur Einschulung", "ohne Kita", "ohne Kita %"
    found = list(_starters(model))
    for year in sorted({year for year, *_ in found}):
        children, without = (sum(row[place] for row in found if row[0] == year) for place in (2, 3))
        yield _school_year(year), "99057", children, without, round(100 * without / children, 1)


def _starters(model: Model) -> Iterable[tuple[int, str, int, int]]:
    """Year, key of the Gemeinde, children who start school, those of them who were in no Kita."""
    villages = _villages()
    for year in range(2022, 2025):
        counts = _split(_people(model, REMAINDER, year, 6, 7), villages, year, "start", lambda one: one.size)
        keys = [TOWN, *(one.key for one in villages)]
        for key, children in zip(keys, [_people(model, TOWN, year, 6, 7), *map(int, counts)], strict=True):
            yield year, key, children, int(stream("no kita", key, year).binomial(children, 0.05))


def _school_year(year: int) -> str:
    return f"{year}/{(year + 1) % 100}"


def _internal() -> Iterable[Row]:
    yield "Jahr", "Stadtteil-Nr.", "Fälle"
    number = INTERNAL_FIRST
    for year in range(2022, 2025):
        for area in STADTTEILE[:8]:
            yield year, area.key, number
            number += 1


def _place(model: Model, unit: str) -> int:
    return [one.key for one in model.world.units].index(unit)


def _people(model: Model, unit: str, year: int, low: int, high: int) -> int:
    return int(model.people.ages(year, low, high)[_place(model, unit)].sum())


def _split(whole: int, areas: Sequence[Area], year: int, topic: str, weight: Callable[[Area], float]) -> np.ndarray:
    """`whole` among the areas, in whole numbers that add up: the largest remainders are rounded up."""
    weights = np.array([weight(area) * _wobble(topic, area.key, year) for area in areas])
    exact = whole * weights / weights.sum()
    parts = np.floor(exact).astype(int)
    for place in np.argsort(parts - exact, kind="stable")[: whole - parts.sum()]:
        parts[place] += 1
    return parts


def _wobble(*names: object) -> float:
    return 1 + 0.04 * float(np.clip(stream("own", *names).standard_normal(), -2.5, 2.5))


def _csv(rows: Iterable[Row], encoding: str = "utf-8", end: str = "\n", separator: str = ";") -> bytes:
    lines = []
    for row in rows:
        cells = [str(cell).replace(".", ",") if isinstance(cell, float) else str(cell) for cell in row]
        lines.append(separator.join(f'"{cell}"' if separator in cell else cell for cell in cells))
    return (end.join(lines) + end).encode(encoding)


_PARTS = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
    "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="xl/workbook.xml"/></Relationships>',
    "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" '
    'Target="worksheets/sheet1.xml"/></Relationships>',
}


def _xlsx(sheet: str, rows: Iterable[Row]) -> bytes:
    """A workbook of one sheet, written part by part: libraries put today's time into it. Stored, not deflated."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    parts = {
        **_PARTS,
        "xl/workbook.xml": f'<workbook xmlns="{main}" '
        'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
        f'<sheets><sheet name="{escape(sheet)}" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>'
        + "".join(f'<row r="{line}">{_cells(line, row)}</row>' for line, row in enumerate(rows, 1))
        + "</sheetData></worksheet>",
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, text in parts.items():
            member = zipfile.ZipInfo(name, (2026, 7, 1, 0, 0, 0))
            member.create_system = 0  # else the operating system is written into the file
            archive.writestr(member, '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + text)
    return buffer.getvalue()


def _cells(line: int, row: Row) -> str:
    places = [f"{chr(65 + number)}{line}" for number in range(len(row))]
    return "".join(
        f'<c r="{place}" t="inlineStr"><is><t>{escape(cell)}</t></is></c>'
        if isinstance(cell, str)
        else f'<c r="{place}"><v>{cell}</v></c>'
        for place, cell in zip(places, row, strict=True)
    )
