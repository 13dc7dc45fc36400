"""Known breaks of official series: what sentences must add when they put two years side by side.

The table below is a stopgap: the source catalogue has no field for breaks yet; once it has one, each break belongs
into the YAML file of its source, and the slice brings it along with the tables.
"""

from collections.abc import Iterable

from transferbuch.report.numbers import listed
from transferbuch.report.slice_reader import Indicator, Value

_BREAKS = {"12411": {2011: "der Zensus 2011", 2022: "der Zensus 2022"}}
"""First characters of the table → first 31 December that rests on the new count (9 May 2011, 15 May 2022) → name."""


def breaks_between(indicator: Indicator, earlier: Value, later: Value) -> list[str]:
    """Names of the breaks between two values of one indicator; a denominator may be a year older than its value."""
    shift = indicator.denominator_years_before
    return _breaks({*earlier.tables, *later.tables}, earlier.year - shift, later.year - shift)


def breaks_within(indicator: Indicator, value: Value) -> list[str]:
    """Names of the breaks between the two years that a change is made of; none for other kinds of indicators."""
    return _breaks({*value.tables}, value.year - indicator.years, value.year) if indicator.kind == "change" else []


def _breaks(codes: set[str], after: int, until: int) -> list[str]:
    known = {
        (year, name)
        for table, breaks in _BREAKS.items()
        if any(code.startswith(table) for code in codes)
        for year, name in breaks.items()
    }
    return [name for year, name in sorted(known) if after < year <= until]


def told(indicator: Indicator, names: Iterable[str], difference: str) -> str:
    """ "liegt der Zensus 2022, ein Teil des Unterschieds geht auf ihn zurück"; the caller says between what.

    Where only the denominator rests on the broken series, the part may be nil: "kann auf ihn zurückgehen". Without
    `difference` (equal values) only the break is named.
    """
    names = list(names)
    verb, them = ("liegt", "ihn") if len(names) == 1 else ("liegen", "sie")
    if not difference:
        return f"{verb} {listed(names)}"
    whole = all(code.startswith(tuple(_BREAKS)) for code in indicator.tables)
    cause = f"geht auf {them} zurück" if whole else f"kann auf {them} zurückgehen"
    return f"{verb} {listed(names)}, ein Teil {difference} {cause}"
