"""Marks of converted values: figures of dissolved Kreise, brought to the territory of the edition's Gebietsstand.

A value stays marked wherever it is shown: a sign behind the number in tables, an open marker in charts, a word in
sentences, and a note that names the former Kreise. The stored word (`Value.territory`) says how it was made: "sum"
of whole Kreise, or "shares", with the official shares of a Kreis that was split; "" is as published.
"""

from collections.abc import Iterable
from datetime import date

from transferbuch.report.numbers import date_short, listed, year_spans
from transferbuch.report.slice_model import Slice, Value

SIGNS = {"sum": "u", "shares": "≈"}
MEANINGS = {
    "sum": "umgerechnet: aus zusammengezählten Zahlen früherer Kreise",
    "shares": "umgerechnet: mit amtlichen Anteilen aus geteilten Kreisen geschätzt; nur grob, wo am Ort einer Schule "
    "oder Einrichtung gezählt wird",
}
_WORDS = {"": "", "sum": "umgerechnet", "shares": "umgerechnet und geschätzt"}


def signed_text(text: str, value: Value | None) -> str:
    """The text of a table cell with the sign of its value behind it: "12,3 % u"; unchanged if it is as published."""
    return f"{text}\u00a0{SIGNS[value.territory]}" if value and value.territory else text


def in_brackets(value: Value, made_of: str = "", interval: str = "") -> str:
    """ " (240 von 1.587, umgerechnet; Vertrauensbereich 13,4 bis 17,0)" behind a number; "" without anything to say."""
    parts = ", ".join(part for part in (made_of, _WORDS[value.territory]) if part)
    whole = "; ".join(part for part in (parts, f"Vertrauensbereich {interval}" if interval else "") if part)
    return f" ({whole})" if whole else ""


def legend_of(values: Iterable[Value]) -> list[str]:
    """The note that explains the signs of these values; [] when none of them is converted."""
    return legend_of_marks(value.territory for value in values if value.value is not None)


def legend_of_marks(marks: Iterable[str]) -> list[str]:
    """The same for the stored words of shown values."""
    used = set(marks)
    parts = [f"{sign} {MEANINGS[kind]}" for kind, sign in SIGNS.items() if kind in used]
    return [f"Gebiet: {'; '.join(parts)}."] if parts else []


def own_note(data: Slice, values: Iterable[Value]) -> list[str]:
    """Which years of the municipality are converted, to which Gebietsstand, from which former Kreise."""
    converted = [value for value in values if value.territory and value.value is not None]
    if not converted:
        return []
    years = year_spans(value.year for value in converted)
    former = listed(former_kreise(data, data.ags, since=min(value.year for value in converted)))
    return [
        f"Umgerechnet auf den Gebietsstand {date_short(data.gebietsstand)}: {years} (im Diagramm offene Punkte)."
        + (f" Darin enthalten: {former}." if former else "")
    ]


def former_kreise(data: Slice, ags: str, since: int = 0) -> list[str]:
    """The former Kreise of one region that still existed in the year `since`: "Weißenfels (15268, bis 30.06.2007)".

    Names stand without article, for a colon or a list.
    """
    return [
        f"{one.name} ({one.ags}, bis {date_short(one.until)}{'' if one.exact else ', nur ein Teil'})"
        for one in data.formed_from.get(ags, ())
        if date.fromisoformat(one.until).year >= since
    ]
