"""Cells of official tables: a number or a symbol, never a guess.

German offices print symbols where a number is missing or must not be shown (DIN 55301). They stay beside the
number through every later table; nothing turns them into zero or "not a number" on the way.
"""

import re
from typing import NamedTuple

SYMBOLS: dict[str, str] = {
    "-": "nichts vorhanden, nicht geliefert oder Gebiet bestand nicht (je Tabelle verschieden)",
    ".": "unbekannt oder geheim zu halten",
    "x": "gesperrt, weil die Aussage nicht sinnvoll ist",
    "/": "keine Angabe, weil der Zahlenwert nicht sicher genug ist",
    "...": "Angabe fällt später an",
    "": "leeres Feld",
}
"""Every symbol that may stand in place of a number, with its published meaning."""
STATUS: dict[str, str] = {
    ".": "secret",
    "x": "blocked",
    "/": "unreliable",
    "...": "later",
    "": "missing",
    "-": "dash",
}
"""Status of a value by its symbol; what a dash means is decided for each table."""

_NUMBER = re.compile(r"\(?\s*([-+]?[0-9]+(?:,[0-9]+)?)\s*\)?\s*([a-zA-Z]?)")


class Cell(NamedTuple):
    """One cell: exactly one of `value` and `symbol` is given. `flag` is a mark printed with the number.

    Flags: `()` = the number is of limited reliability; a letter (r corrected, p preliminary, e estimated …).
    """

    value: float | None
    symbol: str | None
    flag: str = ""


def parse_cell(text: str) -> Cell:
    """Number or symbol in `text` (German notation: decimal comma, no thousands separator).

    Raises ValueError for anything else, for example a date, a formula or words.
    """
    stripped = text.strip()
    if stripped in SYMBOLS:
        return Cell(None, stripped)
    if stripped == "X":
        return Cell(None, "x")
    match = _NUMBER.fullmatch(stripped)
    if match is None or stripped.startswith("(") != stripped.rstrip(match[2]).rstrip().endswith(")"):
        raise ValueError(f"{text!r} is neither a number nor one of the symbols {' '.join(filter(None, SYMBOLS))}")
    flag = ("()" if stripped.startswith("(") else "") + match[2]
    return Cell(float(match[1].replace(",", ".")), None, flag)


def is_cell(text: str) -> bool:
    """True for what may stand in a cell: a number or a symbol."""
    stripped = text.strip()
    return stripped in SYMBOLS or stripped == "X" or bool(_NUMBER.fullmatch(stripped))
