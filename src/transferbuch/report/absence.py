"""Why one value has no number, in words that are true for its region and its indicator.

The stored status says what official tables and formulas know. Readers need one more distinction: a year that this
data package does not hold at all, a value that cannot be computed, and an area that had other borders then.
"""

from transferbuch.regions.names import RegionName
from transferbuch.report.numbers import ABSENCES, Absence
from transferbuch.report.slice_model import Indicator, Slice

NOT_HELD = Absence("–", "im Datenbestand nicht enthalten", "ist im Datenbestand dieser Ausgabe nicht enthalten")
"""No row for the year: the official series may well go on, but the files of this data package do not have it."""
NOT_COMPUTABLE = Absence("–", "nicht berechenbar", "lässt sich nicht berechnen")
"""A computed value for which a figure is missing, or whose denominator is zero: the slice does not tell which."""


def absence_of(data: Slice, indicator: Indicator, ags: str, year: int) -> Absence | None:
    """Sign and words for one value, None when it has a number."""
    value = data.values(indicator.id, ags).get(year)
    if value is None:
        return NOT_HELD
    if value.status == "ok":
        return None
    if value.status == "missing" and indicator.kind != "value":
        return NOT_COMPUTABLE
    if value.status == "not_existing":
        return not_existing(data.names[ags], indicator.years if indicator.kind == "change" else 0)
    return ABSENCES[value.status]


def not_existing(name: RegionName, years_before: int = 0) -> Absence:
    """Younger than the year, in the word for its kind; `years_before`: a change needs an earlier year as well."""
    article, kind = _kind(name)
    ago = f" {years_before} Jahre zuvor" if years_before else ""
    return Absence(
        "–",
        f"{kind} in heutiger Abgrenzung gab es{ago} noch nicht",
        f"fehlt, weil es {article} {kind} in heutiger Abgrenzung{ago} noch nicht gab",
    )


def _kind(name: RegionName) -> tuple[str, str]:
    """("den", "Kreis"), ("die", "Stadt"), ("die", "Region"): accusative article and the word for the kind."""
    if name.gender == "m":
        return ("den", "Regionalverband") if "Regionalverband" in name.label else ("den", "Kreis")
    return ("die", "Region") if "region" in name.label.lower() else ("die", "Stadt")
