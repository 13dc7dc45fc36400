"""Words for indices of small areas: classes with thresholds, reasons for empty areas, levels, sources."""

from collections.abc import Iterable

from transferbuch.report.area_model import LEAST_BEHIND, AreaIndex, AreaSource, AreaValue
from transferbuch.report.numbers import date_short, listed, number

# one, many, "in … Stadtteilen", "kein …"
_LEVELS = {
    "gemeinde": ("Gemeinde", "Gemeinden", "Gemeinden", "keine"),
    "stadtteil": ("Stadtteil", "Stadtteile", "Stadtteilen", "kein"),
    "sprengel": ("Sprengel", "Sprengel", "Sprengeln", "kein"),
    "schule": ("Schule", "Schulen", "Schulen", "keine"),
}


def level_name(level: str) -> str:
    """ "Stadtteil"."""
    return _LEVELS[level][0]


def amount(index: AreaIndex, count: int, dative: bool = False) -> str:
    """ "kein Stadtteil", "1 Stadtteil", "3 Stadtteile", "(von) 3 Stadtteilen"."""
    one, many, of_many, none = _LEVELS[index.level]
    if count == 0 and not dative:
        return f"{none} {one}"
    return f"{count} {one if count == 1 else of_many if dative else many}"


def value_text(area: AreaValue) -> str:
    """ "0,56" or "–"."""
    return "–" if area.value is None else number(area.value, 2)


def class_text(index: AreaIndex, area: AreaValue) -> str:
    """Label of the area's class or "–"."""
    return "–" if area.kind is None else index.labels[area.kind - 1]


def span(index: AreaIndex, kind: int) -> str:
    """Values of a class: "bis −0,77", "über −0,77 bis −0,51", "über 0,81", "ab 1,00", "bis unter 1,00"."""
    low = index.cuts[kind - 2] if kind > 1 else None
    high = index.cuts[kind - 1] if kind <= len(index.cuts) else None
    parts = []
    if low:
        parts.append(f"{'über' if low.belongs == 'lower' else 'ab'} {number(low.at, 2)}")
    if high:
        end = "bis" if high.belongs == "lower" else "bis unter" if low else "unter"
        parts.append(f"{end} {number(high.at, 2)}")
    return " ".join(parts)


def reason_text(index: AreaIndex, area: AreaValue) -> str:
    """Why an area has no index, or what its index lacks; "" if nothing is to say."""
    labels = listed(f"„{one}“" for one in area.missing)
    if area.reason == "small":
        return f"weniger als {index.minimum} Einwohnerinnen und Einwohner"
    if area.reason == "few":
        return f"zu wenige Fälle (unter {LEAST_BEHIND}) oder keine Angabe bei {labels}"
    if area.reason == "missing":
        return f"geheim oder ohne Angabe: {labels}"
    return f"ohne {labels} berechnet" if area.missing else ""


def names_of(areas: Iterable[AreaValue]) -> str:
    """Names in alphabetical order, so that no rank is read into them."""
    return listed(sorted(one.name for one in areas))


def burdened(index: AreaIndex) -> tuple[int, str]:
    """Class at the end of the index where support is needed most, and what it is called."""
    if index.high == "load":
        return len(index.labels), "mit der höchsten Belastung"
    return 1, "mit den niedrigsten Werten"


def period_of(index: AreaIndex) -> str:
    """ "2024", "Schuljahr 2024/25"."""
    return period_text(index.source.period)


def area_source(index: AreaIndex, *more: AreaSource) -> str:
    """Source line: own tables with Stand and licence; the index is computed."""
    parts = [
        f"{one.source}, „{one.title}“ ({period_text(one.period)}), Stand {date_short(one.stand)}, Lizenz {one.licence}"
        for one in dict.fromkeys((index.source, *more))
    ]
    return f"Quelle: {'; '.join(parts)}; eigene Berechnung"


def period_text(period: str) -> str:
    """ "2024", "Schuljahr 2024/25"."""
    return f"Schuljahr {period}" if "/" in period else period
