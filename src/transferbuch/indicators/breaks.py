"""Breaks of official series as one indicator meets them in one Kreis; no pandas, so that reports can use it.

The breaks are declared once, in the source catalogue (`transferbuch.data.sources.Break`), moves of Gemeinden come from
the crosswalk. A formula of several figures meets the breaks of all of them, one over several years meets them later.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class SeriesBreak:
    """A break in the years of an indicator; `until` None: the series goes on upon the new footing."""

    since: int
    until: int | None
    kind: str
    what: str
    detail: str

    def between(self, earlier: int, later: int) -> bool:
        """Whether two years stand on different sides of the break."""
        if self.until is None:
            return earlier < self.since <= later
        return (self.since <= earlier <= self.until) != (self.since <= later <= self.until)


class Terms(Protocol):
    """What of an indicator decides which breaks it meets: variables above and below, how far it reaches back."""

    @property
    def kind(self) -> str: ...
    @property
    def years(self) -> int: ...
    @property
    def denominator_years_before(self) -> int: ...
    @property
    def above(self) -> tuple[str, ...]: ...
    @property
    def denominator(self) -> tuple[str, ...]: ...


def met_breaks(
    terms: Terms, of_tables: Iterable[tuple[SeriesBreak, frozenset[str]]], moves: Iterable[SeriesBreak]
) -> list[SeriesBreak]:
    """Breaks that concern an indicator, by year, each once.

    of_tables: breaks of the Land with the variables they concern; moves: breaks of everything in this Kreis.
    Where only an older denominator is concerned, the break shows a year later. A change over n years meets a break in
    each of the n years after it, so there a lasting break ends too.
    """
    found = {}
    for one, variables in of_tables:
        top, bottom = variables.intersection(terms.above), variables.intersection(terms.denominator)
        if not (top or bottom):
            continue
        shift = 0 if top else terms.denominator_years_before
        until = one.until and one.until + shift
        if terms.kind == "change" and until:  # met by a year out of line at either end, not in between
            late = (one.since + shift + terms.years, until + terms.years)
            found[late[0], one.what] = SeriesBreak(*late, one.kind, one.what, one.detail)
        elif terms.kind == "change":
            until = one.since - 1 + terms.years
        found[one.since, one.what] = SeriesBreak(one.since + shift, until, one.kind, one.what, one.detail)
    for one in moves:
        until = one.since - 1 + terms.years if terms.kind == "change" else None
        found[one.since, one.what + one.detail] = SeriesBreak(one.since, until, one.kind, one.what, one.detail)
    return [found[key] for key in sorted(found)]
