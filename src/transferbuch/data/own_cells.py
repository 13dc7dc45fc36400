"""One cell of an own table: number, official symbol or class, and nothing else."""

import re
from typing import NamedTuple

from transferbuch.data.own_mapping import OwnDataset, OwnMeasure
from transferbuch.data.symbols import STATUS, SYMBOLS, parse_cell
from transferbuch.records import nearest

_POINT = re.compile(r"[-+]?[0-9]+\.[0-9]+")
_COMMA = re.compile(r"[-+]?[0-9]+,[0-9]+")
_THOUSANDS = re.compile(r"[-+]?[0-9]{1,3}([ .'\u00a0\u202f][0-9]{3})+(,[0-9]+)?")
_SIGNS = "an official symbol (- . x / ...) or an empty cell"
EXPECTED = {
    "count": f"a whole number from 0 on, {_SIGNS}",
    "share": f"a number from 0 to 100 with decimal comma, {_SIGNS}",
    "mean": f"a number with decimal comma, {_SIGNS}",
    "class": f"one of `classes`, {_SIGNS}",
}
"""What a cell may hold, by kind of its column."""


class OwnCell(NamedTuple):
    """What a cell says; `value` is given exactly for the status ok and zero."""

    value: float | None
    symbol: str | None
    status: str


def parse_own_cell(text: str, measure: OwnMeasure, dataset: OwnDataset, has_comma: bool) -> OwnCell:
    """The meaning of `text` in the column of `measure`; `has_comma`: other cells of the column have a decimal comma.

    Raises ValueError saying what is wrong with it.
    """
    if text in SYMBOLS or text == "X":
        return _symbol(text.lower(), dataset)
    if measure.kind == "class":
        if text not in measure.classes:
            raise ValueError(f"this class is not declared; {nearest(text, measure.classes)}")
        return OwnCell(float(measure.classes.index(text) + 1), None, "ok")
    if _THOUSANDS.fullmatch(text):
        raise ValueError("a thousands separator or a decimal point? This number can be read in two ways")
    if _POINT.fullmatch(text):
        raise ValueError(
            "a decimal point, where other cells of this column have a decimal comma"
            if has_comma
            else "a decimal point instead of the decimal comma"
        )
    try:
        value, _, mark = parse_cell(text)
    except ValueError:
        raise ValueError("text in a column of numbers") from None
    if mark or value is None:
        raise ValueError("a number with a mark; marks are not read")
    if measure.kind == "count" and value < 0:
        raise ValueError("a negative count")
    if measure.kind == "count" and not value.is_integer():
        raise ValueError("a count with decimals")
    if measure.kind == "share" and not 0 <= value <= 100:
        raise ValueError("a share outside 0 to 100")
    return OwnCell(value, None, "ok")


def has_decimal_comma(text: str) -> bool:
    """Whether the cell is a number with decimal comma."""
    return bool(_COMMA.fullmatch(text))


def _symbol(symbol: str, dataset: OwnDataset) -> OwnCell:
    status = STATUS[symbol]
    if status != "dash":
        return OwnCell(None, symbol, status)
    if dataset.dash is None:
        raise ValueError("what '-' means here is not declared; add `dash: zero` or `dash: missing` to the mapping")
    return OwnCell(0.0 if dataset.dash == "zero" else None, symbol, dataset.dash)
