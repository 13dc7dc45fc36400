"""What texts, tables and charts on the coming years share: rounding, labels, whether there is a projection, sources."""

from collections.abc import Iterable

from transferbuch.report.numbers import number
from transferbuch.report.slice_model import Outlook, Slice, Value
from transferbuch.report.sources import tables_line

VARIANTS = {"low": "untere Variante", "middle": "mittlere Variante", "high": "obere Variante"}
AGE_LABELS = {
    "total": "alle Altersgruppen",
    "under_3": "unter 3 Jahren",
    "3_to_6": "3 bis unter 6 Jahre",
    "6_to_10": "6 bis unter 10 Jahre",
    "10_to_15": "10 bis unter 15 Jahre",
    "15_to_18": "15 bis unter 18 Jahre",
    "10_to_16": "10 bis unter 16 Jahre",
    "16_to_19": "16 bis unter 19 Jahre",
    "18_to_25": "18 bis unter 25 Jahre",
    "25_to_65": "25 bis unter 65 Jahre",
    "65_plus": "65 Jahre und älter",
    "under_18": "unter 18 Jahren",
    "18_to_67": "18 bis unter 67 Jahre",
    "67_plus": "67 Jahre und älter",
}
_CODES = ("12411-02-03-4", "BEVOELKERUNG-ALTERSGRUPPEN-2023-2024", "12612-01-01-4", "AI002-1", "12711-04-02-4")


def coarse(persons: float) -> float:
    """Rounded as projections are shown."""
    step = 100 if persons >= 10_000 else 10
    return float(round(persons / step) * step)


def shown(persons: float) -> str:
    """ "12.300", "1.250"."""
    return number(coarse(persons))


def no_projection(data: Slice) -> str:
    """Why there is no projection, "" if there is one."""
    outlook = data.outlook
    if series_of(outlook, data.ags, "middle", "total"):
        return ""
    place = data.own.accusative
    if outlook.assumptions.get("reason") == "no_earlier":
        return f"Für {place} fehlt eine frühere Altersgliederung; ohne sie lassen sich Zu- und Fortzüge nicht schätzen."
    return (
        f"Für {place} liegt keine vollständige Altersgliederung der Bevölkerung vor; deshalb gibt es keine Vorausschau."
    )


def source(data: Slice, values: Iterable[Value] = ()) -> str:
    """The tables that a projection rests on, and those of further values, with Stand and licence."""
    codes = [code for code in _CODES if code in data.tables]
    codes += sorted({code for value in values for code in value.tables if code in data.tables} - set(codes))
    files = {mark for value in values for mark in value.files}
    return tables_line([data.tables[code] for code in codes], files, "eigene Vorausschau")


def series_of(outlook: Outlook, ags: str, variant: str, group: str) -> dict[int, float]:
    return outlook.counts.get((ags, variant, group), {})


def horizon(outlook: Outlook, data: Slice) -> tuple[int, int]:
    years = series_of(outlook, data.ags, "middle", "total")
    return min(years), max(years)
