"""Columns of a plain table: which notation its numbers have, what is a symbol, a label, a fault.

A column of numbers has one notation, decimal point or decimal comma; two columns of one file may differ. Without
knowing it `1.234` could be read as 1.234 or as 1234: where the column does not decide, it stays text. Codes with a
zero in front, recognised keys, codes and times are labels in every row of their column, and so is a column that is
mostly words. In a column of numbers a word is a label (`siehe Fußnote`), never a zero.
"""

import re

import numpy as np

from transferbuch.data.cells import is_time
from transferbuch.data.plain_keys import Columns
from transferbuch.data.symbols import SYMBOLS
from transferbuch.errors import Problem

DASHES = {"–": "zero, or not shown: a city's tables print the en dash for both"}
"""Symbols that only these tables have, with their meaning."""

_POINT = re.compile(r"[-+−]?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_COMMA = re.compile(r"[-+−]?(?:[0-9]+|[1-9][0-9]{0,2}(?:\.[0-9]{3})+)(?:,[0-9]+)?")
_GROUPS = re.compile(r"[-+−]?[1-9][0-9]{0,2}\.[0-9]{3}")  # 1.234: a decimal, or one thousand and more
_WHOLE = re.compile(r"[-+−]?[0-9]+")
_FLOAT_OF_WHOLE = re.compile(r"[0-9]+\.0")
# what stands in the key's place in rows that are of no single region
_TOTAL = re.compile(
    r"insgesamt|gesamt\w*|zusammen|summe|(?:gesamt)?stadt(?: \w+)?|deutschland|bund|unbekannt|nicht zuzuordnen|"
    r"ohne (?:zuordnung|angabe)",
    re.IGNORECASE,
)
# spreadsheet programs run these when they open the file; "- Primarstufe -" and "-Sek. I-" are labels
_FORMULA = re.compile(
    r"\s*(?:[=@]|[-+]\$?[A-Z]{1,3}\$?[0-9]+(?:\s*[-+*/^:&].*)?$|[-+][A-ZÄÖÜ.]{2,}\(|[-+][^|]*\|[^!]*!|[-+](?i:cmd)\b)",
    re.DOTALL,
)
Factor = tuple[np.ndarray, np.ndarray]  # code per row, different texts


def fault(
    file: str, line: int, what: str, value: str = "", code: str = "", expected: str = "", field: str = "", do: str = ""
) -> Problem:
    """A fault of a plain table."""
    return Problem(
        file, line, field, what, value[:60], expected, do or "get the file as published, do not edit it", code
    )


def check_cells(
    labels: list[str], factors: list[Factor], lines: np.ndarray, found: Columns, file: str
) -> list[Problem]:
    """Formulas anywhere; keys and codes that are none, lost their zero or became a decimal number; times."""
    problems = []
    for at, (codes, unique) in enumerate(factors):
        for i, text in enumerate(unique):
            what, code, expected = _wrong(text, at, found)
            if what:
                where = lines[np.flatnonzero(codes == i)[:20]]
                do = "import the file as published; a program that reads keys must be told that they are text"
                problems += [
                    fault(
                        file, int(line), what, text, code, expected, labels[at], do if code == "table-key-zero" else ""
                    )
                    for line in where
                ]
    return problems


def _wrong(text: str, at: int, found: Columns) -> tuple[str, str, str]:
    """(what is wrong, its code, what was expected) of one cell; three times '' for a sound one."""
    if _FORMULA.match(text):
        return "the cell holds a formula", "cell", "the figure or the label itself"
    stripped = text.strip()
    if at == found.time and not is_time(stripped):
        return "this is no reporting time", "table-time", "a year, a school year or a date"
    kind = found.codes.get(at)
    if kind is None or (at != found.key and (stripped in SYMBOLS or stripped in DASHES)):
        return "", "", ""
    cause = "a spreadsheet or a program read the keys as numbers"
    if _FLOAT_OF_WHOLE.fullmatch(stripped):
        return f"{kind.word} stands here as a decimal number: {cause}", "table-key-zero", "digits only"
    if kind.lost_zero(stripped):
        return f"{kind.word} lost its leading zero: {cause}", "table-key-zero", f"0{stripped}"
    if kind.detail and not kind.form.fullmatch(stripped) and not _TOTAL.fullmatch(stripped):
        return f"this is not {kind.word}", "table-key", "a key as in the other rows"
    return "", "", ""


def parse_column(
    at: int,
    label: str,
    codes: np.ndarray,
    unique: np.ndarray,
    lines: np.ndarray,
    found: Columns,
    file: str,
    problems: list[Problem],
) -> Factor:
    """(values, symbols) of a column, per row; a label has NaN and None. Adds to `problems` what cannot be decided."""
    values = np.full(len(unique), np.nan)
    symbols = np.full(len(unique), None, dtype=object)
    stripped = [text.strip() for text in unique]
    is_label = at in (found.key, found.time, found.stand, *found.codes)
    for i, text in enumerate(stripped):
        if text == "X" or text in SYMBOLS or text in DASHES:
            symbols[i] = text.lower()
    rest = [i for i in range(len(unique)) if symbols[i] is None]
    if not is_label and not any(re.fullmatch(r"0[0-9]+", stripped[i]) for i in rest):
        rows = np.bincount(codes, minlength=len(unique))
        notation, wrong = _notation({stripped[i]: int(rows[i]) for i in rest}, "" in stripped)
        if wrong:
            where = np.flatnonzero(np.isin(codes, [i for i in rest if stripped[i] in wrong]))[:20]
            what = "the cell has another notation than the rest of its column, or it was made a decimal number"
            expected = "one notation per column: 1234.5 or 1234,5; whole numbers without .0"
            problems += [
                fault(file, int(lines[row]), what, unique[codes[row]], "cell", expected, label) for row in where
            ]
        elif notation is not None:
            for i in rest:
                if notation.fullmatch(stripped[i]):
                    values[i] = _number(stripped[i], notation is _COMMA)
    return values[codes], symbols[codes]


def _notation(texts: dict[str, int], has_gaps: bool) -> tuple[re.Pattern[str] | None, set[str]]:
    """(notation of a column, or None for a column that stays text; the cells that contradict it).

    `texts`: in how many rows each text stands, symbols apart.
    """
    numbers = {text for text in texts if _POINT.fullmatch(text) or _COMMA.fullmatch(text)}
    if sum(texts[text] for text in numbers) * 2 <= sum(texts.values()):
        return None, set()  # mostly words: a column of labels
    groups = {text for text in numbers if _GROUPS.fullmatch(text)}
    comma = {text for text in numbers if not _POINT.fullmatch(text)}
    point = {text for text in numbers if not _COMMA.fullmatch(text)}
    if comma and point:
        return None, min(comma, point, key=len)
    whole = {text for text in numbers if _WHOLE.fullmatch(text)}
    floats = {text for text in point if _FLOAT_OF_WHOLE.fullmatch(text)}
    # programs that know no empty cell in a column of whole numbers write 211.0 for 211 as soon as one is missing
    if floats == numbers - whole and (whole and floats or has_gaps and any(len(text) > 3 for text in floats)):
        return None, floats
    if comma or point or not groups:
        return (_COMMA if comma else _POINT), set()
    # thousands are printed with a point in all rows or in none
    return (_POINT if any(len(text.lstrip("-+−")) > 3 for text in whole) else None), set()


def _number(text: str, german: bool) -> float:
    text = text.replace("−", "-")
    return float(text.replace(".", "").replace(",", ".") if german else text)


def find_repeated(
    labels: list[str], factors: list[Factor], lines: np.ndarray, found: Columns, file: str
) -> list[Problem]:
    """Rows whose key, time and further labels stand in an earlier row already."""
    if found.kind is None:  # a catalogue may explain one code in two ways
        columns = [*_marks(found), *(at for at in range(len(factors)) if _is_words(factors[at][1]))]
    else:
        columns = [*_marks(found), *find_dimensions(factors, found)]
    groups = _groups(factors, columns)
    _, first, inverse = np.unique(groups, return_index=True, return_inverse=True)
    repeated = np.flatnonzero(first[inverse] != np.arange(len(groups)))
    return [
        fault(
            file,
            int(lines[row]),
            f"the row repeats line {lines[first[inverse[row]]]}",
            " ".join(str(factors[at][1][factors[at][0][row]]).strip() for at in columns[:4]),
            "table-duplicate",
            "each key, time and label once",
        )
        for row in repeated[:20]
    ]


def find_dimensions(factors: list[Factor], found: Columns) -> list[int]:
    """Further columns that tell rows of one key and time apart (age group, Schulart), words before whole numbers.

    None are looked for where most keys stand in one row only: there a second row is a fault and no further dimension.
    """
    marks = _marks(found)
    further = [at for at in range(len(factors)) if at not in (*marks, found.name)]
    words = [at for at in further if _is_words(factors[at][1])]
    whole = [at for at in further if all(_WHOLE.fullmatch(text.strip()) for text in factors[at][1])]
    columns: list[int] = []
    size, singles = _count(factors, marks)
    for at in [*words, *whole]:
        if singles * 2 > size:
            break
        if (counted := _count(factors, [*marks, *columns, at]))[0] > size:
            columns.append(at)
            size, singles = counted
    return columns


def find_attributes(factors: list[Factor], found: Columns) -> list[int]:
    """Columns whose labels a row needs beside key and time: further keys where they part rows, then dimensions."""
    own = [at for at in (found.key, found.time) if at is not None]
    others: list[int] = []
    size, _ = _count(factors, own)
    for at in _marks(found)[len(own) :]:
        if (counted := _count(factors, [*own, *others, at])[0]) > size:
            others.append(at)
            size = counted
    return [*others, *find_dimensions(factors, found)]


def _marks(found: Columns) -> list[int]:
    regional = [at for at, kind in found.codes.items() if kind.detail and at != found.key]
    return [found.key, *([] if found.time is None else [found.time]), *regional]


def _is_words(unique: np.ndarray) -> bool:
    return not all(
        _POINT.fullmatch(text.strip())
        or _COMMA.fullmatch(text.strip())
        or text.strip() in SYMBOLS
        or text.strip() in DASHES
        for text in unique
    )


def _groups(factors: list[Factor], columns: list[int]) -> np.ndarray:
    """One number per row; equal for rows that have equal texts in all `columns`."""
    groups = np.zeros(len(factors[0][0]), dtype=np.int64)
    for at in columns:
        codes, unique = factors[at]
        groups = np.unique(groups * (len(unique) + 1) + codes, return_inverse=True)[1]
    return groups


def _count(factors: list[Factor], columns: list[int]) -> tuple[int, int]:
    """(different rows, rows that are alone) by these columns."""
    _, counts = np.unique(_groups(factors, columns), return_counts=True)
    return len(counts), int((counts == 1).sum())
