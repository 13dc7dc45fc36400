"""German numbers, units, dates and signs for missing values, as text for readers.

Rounding is commercial (half away from zero), as official publications round; babel alone would round half to
even. Between number and unit stands a no-break space, the minus is the true minus sign.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, lru_cache

from babel import Locale
from babel.dates import format_date
from babel.numbers import NumberPattern, format_decimal, parse_pattern

NBSP = "\u00a0"
MINUS = "\u2212"
_LOCALE = Locale("de")  # babel would read a name again for each number

# unit → (one, none); persons are counted in figures, things in words
_COUNTED = {
    "Personen": ("1 Person", "keine Person"),
    "Kinder": ("ein Kind", "kein Kind"),
    "Schulen": ("eine Schule", "keine Schule"),
    "Einrichtungen": ("eine Einrichtung", "keine Einrichtung"),
    "Gemeinden": ("eine Gemeinde", "keine Gemeinde"),
    "Haushalte": ("ein Haushalt", "kein Haushalt"),
    "Plätze": ("ein Platz", "kein Platz"),
    "Fälle": ("ein Fall", "kein Fall"),
    "Bezirke": ("ein Bezirk", "kein Bezirk"),
}
_MEASURED = {"Jahre": "1 Jahr", "Prozentpunkte": "1 Prozentpunkt"}


@dataclass(frozen=True)
class Absence:
    """How a value without a number is shown: sign in tables, meaning in legends, words for "Der Wert für 2023 …"."""

    symbol: str
    meaning: str
    words: str


ABSENCES: dict[str, Absence] = {
    "secret": Absence(".", "unbekannt oder geheim gehalten", "ist unbekannt oder wird geheim gehalten"),
    "blocked": Absence(
        "x", "gesperrt, weil die Aussage nicht sinnvoll wäre", "ist gesperrt, weil die Aussage nicht sinnvoll wäre"
    ),
    "unreliable": Absence(
        "/",
        "nicht genannt, weil der Zahlenwert nicht sicher genug ist",
        "wird nicht genannt, weil er nicht sicher genug ist",
    ),
    "later": Absence("…", "fällt später an", "fällt erst später an"),
    "not_delivered": Absence("–", "nicht geliefert", "wurde nicht geliefert"),
    "not_existing": Absence(
        "–",
        "Kreis in heutiger Abgrenzung gab es noch nicht",
        "fehlt, weil es den Kreis in heutiger Abgrenzung noch nicht gab",
    ),
    "missing": Absence("–", "ohne Angabe in der Tabelle", "fehlt in der eingelesenen Tabelle"),
    "not_convertible": Absence(
        "x",
        "nicht umrechenbar, weil die amtlichen Werte für andere Gebiete gelten",
        "lässt sich nicht umrechnen, weil die amtlichen Werte für andere Gebiete gelten",
    ),
    "withheld": Absence(
        "x",
        "nicht gezeigt, weil die amtliche Zahl nachweislich falsch ist",
        "wird nicht gezeigt, weil die amtliche Zahl nachweislich falsch ist",
    ),
    "implausible": Absence(
        "x",
        "nicht gezeigt, weil die Prüfung der Daten ihn zurückhält",
        "wird nicht gezeigt, weil die Prüfung der Daten ihn zurückhält",
    ),
}
"""Every status without a number (see `transferbuch.indicators.compute`); `ok` is the only one with a number.

What a reader is shown for one value depends on its region and indicator too: `transferbuch.report.absence`.
"""


def rounded(value: float, decimals: int) -> Decimal:
    """`value` rounded half away from zero; the noise of binary fractions (12.249999999999998) does not count."""
    exact = Decimal(repr(round(float(value), 9)))
    return exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


@lru_cache(maxsize=1 << 16)  # a page says most of its numbers several times: table, chart, text
def number(value: float | Decimal, decimals: int = 0) -> str:
    """German number without unit: "173.684", "15,1", "−1,2"; zero has no sign."""
    exact = rounded(float(value), decimals)
    text = format_decimal(abs(exact), format=_pattern(decimals), locale=_LOCALE)
    return f"{MINUS}{text}" if exact < 0 else text


@cache
def _pattern(decimals: int) -> NumberPattern:
    return parse_pattern("#,##0" + ("." + "0" * decimals if decimals else ""))


def signed(value: float | Decimal, decimals: int = 0) -> str:
    """A change: "+0,4", "−1,2", "0,0"."""
    return f"+{number(value, decimals)}" if rounded(float(value), decimals) > 0 else number(value, decimals)


def count(value: float) -> str:
    """A counted or summed figure as published: whole without decimals, otherwise with one."""
    return number(value, 0 if float(value).is_integer() else 1)


def quantity(value: float | Decimal, unit: str, decimals: int = 0, sign: bool = False) -> str:
    """Number with unit in the nominative: "15,1 %", "1 Person", "eine Schule", "kein Kind", "+0,4 Prozentpunkte".

    `unit` is the plural as the indicator states it; "" and "Anzahl" print no unit. With `sign` a change.
    """
    exact = rounded(float(value), decimals)
    if unit in _COUNTED and exact in (0, 1) and not sign:
        return _COUNTED[unit][0 if exact == 1 else 1].replace(" ", NBSP)
    text = signed(value, decimals) if sign else number(value, decimals)
    if unit in _COUNTED and exact == 1:
        return f"{text}{NBSP}{_COUNTED[unit][0].split()[1]}"
    if unit in _MEASURED and abs(exact) == 1 and decimals == 0:
        return f"{text}{NBSP}{_MEASURED[unit].split()[1]}"
    return text if unit in ("", "Anzahl") else f"{text}{NBSP}{unit}"


def is_singular(value: float | Decimal, unit: str, decimals: int = 0) -> bool:
    """Whether the quantity takes a verb in the singular: "Das ist eine Schule", "es war keine Schule"."""
    exact = rounded(float(value), decimals)
    if unit in _COUNTED:
        return exact in (0, 1)
    return decimals == 0 and exact == 1


def date_long(iso: str) -> str:
    """ "31. Dezember 2024" for "2024-12-31", the day held together with the month."""
    return format_date(dt.date.fromisoformat(iso), "d.\u00a0MMMM y", locale=_LOCALE)


def date_short(iso: str) -> str:
    """ "31.12.2024" for "2024-12-31"; a Stand that is only an edition ("2024") as it is; "ohne Angabe" for ""."""
    return dt.date.fromisoformat(iso).strftime("%d.%m.%Y") if is_date(iso) else iso or "ohne Angabe"


def is_date(time: str) -> bool:
    """Whether an official time is a day ("2024-12-31") and not only a year ("2023")."""
    return len(time) == 10 and time[4] == time[7] == "-"


def listed(parts: Iterable[str], last: str = "und") -> str:
    """German enumeration: "a", "a und b", "a, b und c"."""
    items = list(parts)
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {last} {items[-1]}" if items else ""


def year_spans(years: Iterable[int]) -> str:
    """Years for readers: "2016", "2016 und 2017", "2009 und 2016 bis 2022"."""
    spans: list[list[int]] = []
    for year in sorted(set(years)):
        if spans and year == spans[-1][-1] + 1:
            spans[-1].append(year)
        else:
            spans.append([year])
    texts = [
        text
        for span in spans
        for text in ([f"{span[0]} bis {span[-1]}"] if len(span) > 2 else [str(year) for year in span])
    ]
    return listed(texts)


def legend(absences: Iterable[Absence]) -> str:
    """Legend line with one entry per meaning that occurs, in order of the signs; "" when there is none.

    A sign that stands for two reasons is listed twice: "– nicht geliefert; – im Datenbestand nicht enthalten".
    """
    order = list(dict.fromkeys(absence.symbol for absence in ABSENCES.values()))
    used = {(order.index(one.symbol), one.meaning): one for one in absences}
    return "; ".join(f"{one.symbol} {one.meaning}" for _, one in sorted(used.items(), key=lambda item: item[0]))
