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


@dataclass(frozen=True)
class Area:
    """A small area: `size` is its share of the people, the others are against the mean of the municipality."""

    key: str
    name: str
    size: float
    children: float = 1.0
    poverty: float = 1.0


STADTTEILE = (
    Area("9900101", "Brückenaltstadt", 0.09, 0.6, 0.8),
    Area("9900102", "Talneustadt", 0.19, 0.9, 1.1),
    Area("9900103", "Hochschulviertel", 0.15, 0.5, 0.4),
    Area("9900104", "Gerberaue", 0.01, 0.8, 0.5),
    Area("9900105", "Lohberg", 0.13, 1.4, 2.1),
    Area("9900106", "Mühlenvorstadt", 0.20, 1.1, 1.0),
    Area("9900107", "Steinhalde", 0.12, 1.3, 1.6),
    Area("9900108", "Obertalheim", 0.11, 1.2, 0.3),
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
        f"{CITY}/grundschulen.xlsx": _xlsx("Grundschulen", _primary_schools(model)),
        f"{CITY}/intern/hilfen.csv": _csv(_internal()),
        f"{PORT}/stadtteile.csv": _csv(_districts(model, "99002", SEEFURT), "cp1252", "\r\n"),
        f"{PORT}/sprengel.csv": _csv(_catchments(model), "cp1252", "\r\n"),
        f"{KREIS}/gemeinden.csv": _csv(_municipalities(model), "utf-8", "\n", ","),
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
    place = _place(model, "99001")
    for year in YEARS:
        found = model.schools.leavers[place, year - schools.FIRST, :, 0]
        without = _split(int(found[0]), STADTTEILE, year, "without", lambda one: one.size * one.poverty)
        others = _split(int(found[1:].sum()), STADTTEILE, year, "with", lambda one: one.size * one.children)
        for area, few, many in zip(STADTTEILE, without, others, strict=True):
            shown = "" if year == 2022 else "-" if few == 0 else "." if few < 3 else int(few)
            yield year, area.key, int(few + many), shown


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
    """Grundschulsprengel of Seefurt, one or two to a Stadtteil."""
    yield "Schuljahr", "Sprengel", "Bezeichnung", "Stadtteil-Nr.", "Kinder zur Einschulung", "mit Sprachförderbedarf"
    parts = [
        Area(f"GS{number:02d}", f"Sprengel {area.name} {side}", area.size / 2, area.children, area.poverty)
        for number, (area, side) in enumerate(((one, side) for one in SEEFURT for side in ("Nord", "Süd")), 1)
    ]
    for year in range(2022, 2025):
        starters = _split(
            _people(model, "99002", year, 6, 7), parts, year, "start", lambda one: one.size * one.children
        )
        for number, (part, count) in enumerate(zip(parts, starters, strict=True)):
            needing = round(int(count) * min(0.9, 0.24 * part.poverty * _wobble("language", part.key, year)))
            shown = "." if 0 < needing < 3 else needing
            yield f"{year}/{(year + 1) % 100}", part.key, part.name, SEEFURT[number // 2].key, int(count), shown


def _municipalities(model: Model) -> Iterable[Row]:
    """The Gemeinden of Region Ohsetal; the town has the official figures of its own row."""
    yield "Jahr", "AGS", "Gemeinde", "Einwohner", "Kinder unter 6", "Betreuung unter 3 %"
    sizes = [Area(f"990570{number:02d}", name, 0.3 + 1.4 / number) for number, name in enumerate(_VILLAGES, 2)]
    for year in YEARS:
        people = _split(_people(model, REMAINDER, year, 0, 101), sizes, year, "people", lambda one: one.size)
        young = _split(_people(model, REMAINDER, year, 0, 6), sizes, year, "young", lambda one: one.size)
        town = (_people(model, TOWN, year, 0, 101), _people(model, TOWN, year, 0, 6))
        yield year, TOWN, "Ohsewerder", *town, round(41 * _wobble("care", TOWN, year), 1)
        for area, *numbers in zip(sizes, people, young, strict=True):
            yield year, area.key, area.name, *map(int, numbers), round(37 * _wobble("care", area.key, year), 1)


def _internal() -> Iterable[Row]:
    yield "Jahr", "Stadtteil-Nr.", "Fälle"
    number = INTERNAL_FIRST
    for year in range(2022, 2025):
        for area in STADTTEILE:
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
