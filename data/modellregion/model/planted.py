"""Faults and gaps put into the tables on purpose, so that every rule of the project meets one. See README.md.

What follows from the model itself (double Abitur cohort, Zensus 2022, rounding, territorial reform, blocked cells)
is not here but where it is calculated.
"""

from model.official import Cells
from model.tables import Table, year_of

SECRET, UNRELIABLE, NOTHING = ".", "/", "-"
IMPLAUSIBLE = ("2019", "99056")  # ten times the leavers without certificate
NOT_DELIVERED = "01.03.2019"  # children with a parent from abroad: figures of the Land only


def plant(table: Table) -> None:
    """Change the cells of `table` in place, if something is planted in it."""
    change = _PLANTED.get(table.layout.code)
    if change:
        change(table.cells)


def _leavers(cells: Cells) -> None:
    if (*IMPLAUSIBLE, "") in cells:
        cells[*IMPLAUSIBLE, ""][2] *= 10
    if ("2014", "99004", "") in cells:
        cells["2014", "99004", ""][2:6] = [SECRET] * 4
    if ("2021", "99004", "") in cells:
        cells["2021", "99004", ""][8:10] = [SECRET] * 2


def _care(cells: Cells) -> None:
    for (time, key, _), row in cells.items():
        if time == NOT_DELIVERED and key not in ("DG", "99"):
            row[4] = NOTHING
    for year in (2012, 2013):
        cells[f"01.03.{year}", "99004", "Tagespflege"][2:4] = [SECRET] * 2


def _staff(cells: Cells) -> None:
    for year in range(2011, 2015):
        cells[f"01.03.{year}", "99058", ""][7] = SECRET


def _unemployment(cells: Cells) -> None:
    for (time, key, _), row in cells.items():
        if time == "2017" and len(key) >= 5 and row[11] != NOTHING:
            row[11] = SECRET


def _qualification(cells: Cells) -> None:
    for (time, key, kind), row in cells.items():
        few = key in ("99004", "99051") and kind == "mit akademischem Abschluss" and year_of(time) <= 2013
        if few:
            row[4:6] = [SECRET] * 2


def _vocational(cells: Cells) -> None:
    cells["2016", "99004", "Fachschulen"][3] = SECRET


def _households(cells: Cells) -> None:
    cells["09.05.2011", "99004", ""][5] = UNRELIABLE


_PLANTED = {
    "12111-32-01-4": _households,
    "13111-12-03-4": _qualification,
    "13211-02-05-4": _unemployment,
    "21111-02-06-4": _leavers,
    "21121-01-05-4": _vocational,
    "22543-01-02-4": _care,
    "22543-02-02-4": _staff,
}
