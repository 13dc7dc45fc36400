"""Figures of single Gemeinden and what is formed of them: sums of all, shares in a whole, changes.

Every input is a published figure. What would need a secret or a missing one is not formed; the absence says why.
"""

from typing import NamedTuple

from transferbuch.report.numbers import ABSENCES, Absence, number, rounded, signed
from transferbuch.report.slice_model import OwnColumn, OwnTable
from transferbuch.report.tables import Cell, words

HIDDEN = Absence(".", "nicht berechnet, weil eine Zahl dafür geheim ist", "wird nicht berechnet")
NOT_FORMED = Absence("–", "lässt sich aus den Tabellen nicht berechnen", "lässt sich nicht berechnen")


class Figure(NamedTuple):
    """A number with its printed decimals, or why there is none."""

    value: float = 0.0
    decimals: int = 0
    absence: Absence | None = None

    @property
    def cell(self) -> Cell:
        """As a table shows it."""
        return Cell(absence=self.absence) if self.absence else Cell(number(self.value, self.decimals))


def figure_of(one: OwnTable, id: str, period: str, area: str) -> Figure:
    """The figure of a column (of a class: its place from the lowest), or why there is none."""
    value, status, text = one.cells.get((period, area, id), (None, "missing", ""))
    if status not in ("ok", "zero") or value is None:
        return Figure(absence=ABSENCES[status])
    return Figure(value, len(text.partition(",")[2]))


def _why_not(figures: list[Figure]) -> Absence | None:
    """Why nothing can be computed from these, None if it can."""
    lacking = {one.absence for one in figures if one.absence}
    return HIDDEN if ABSENCES["secret"] in lacking else NOT_FORMED if lacking else None


def total(one: OwnTable, column: OwnColumn, period: str, areas: list[str]) -> Figure:
    """All `areas` of a table together: a sum, or a share or mean weighted with its denominator.

    Nothing where one figure is secret or missing, where the table does not say what a share is per, or for a class.
    """
    if column.kind == "class" or (column.kind != "count" and not column.denominator):
        return Figure(absence=NOT_FORMED)
    tops = [figure_of(one, column.numerator or column.id, period, area) for area in areas]
    if column.kind == "count":
        absence = _why_not(tops)
        return Figure(absence=absence) if absence else Figure(sum(top.value for top in tops), tops[0].decimals)
    bases = [figure_of(one, column.denominator, period, area) for area in areas]
    absence = _why_not([*tops, *bases])
    base = sum(figure.value for figure in bases)
    if absence or not base:
        return Figure(absence=absence or NOT_FORMED)
    if column.numerator:
        top = 100 * sum(figure.value for figure in tops)
    else:
        top = sum(figure.value * weight.value for figure, weight in zip(tops, bases, strict=True))
    return Figure(top / base, max(figure_of(one, column.id, period, area).decimals for area in areas))


def beside(column: OwnColumn, own: Figure, whole: Figure) -> Cell:
    """A figure of a wider area; with a count, how much of it lies in the Gemeinde."""
    if whole.absence or own.absence or column.kind != "count" or not 0 <= own.value <= whole.value or not whole.value:
        return whole.cell
    share = 100 * own.value / whole.value
    text = "unter 0,1" if share and not rounded(share, 1) else number(share, 1)
    return Cell(f"{number(whole.value, whole.decimals)} (davon hier {text}\u00a0%)")


def change(one: OwnTable, column: OwnColumn, key: str, newest: str, earlier: str) -> Cell:
    """Newest minus earlier figure; of a class only whether it is another one."""
    now, then = (figure_of(one, column.id, period, key) for period in (newest, earlier))
    if absence := _why_not([now, then]):
        return Cell(absence=absence)
    if column.kind == "class":
        return words("gleich" if now.value == then.value else "andere Klasse")
    return Cell(signed(now.value - then.value, max(now.decimals, then.decimals)))
