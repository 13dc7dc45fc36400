"""INKAR (indicators of the BBSR), three layouts recognised from their own header: one file → `OfficialTable`.

  export  CSV of the interactive site: `Kennziffer;Raumeinheit;Aggregat;<indicator, once per year>`, below it the
          years; decimal comma, points only between groups of three digits: `1.198` is 1198. `1.19` is refused
  export  XLS of the same site (`inkar_xls` reads the workbook): the same two header rows, real numbers
  wide    CSV made from the yearly data base: `raumbezug;kennziffer;name;zeitbezug;<Kürzel>…` (ids `x274` instead of
          Kürzel, and `ags`, in older editions); decimal point, one row per region and year
A missing value is an empty cell in all of them; units are nowhere.

Where it goes: indicator → `header`, `Aggregat` or `raumbezug` → `attributes`, the key as printed → `codes`
(`KENNZIFFER=01001000`). `region` is an official key only where that word says so: Kreise 5 digits (INKAR adds 000),
Bundesländer 2 digits, Bund `DG`. All others stay `INKAR:<word>:<key>`, because keys of planning regions and of types
have lengths that keys of Länder and Kreise have too.

Table code: INKAR has none. An export is named after its indicators (INKAR-EXPORT-SCHULABGAENGER-OHNE-ABSCHLUSS; of
several: the first, their number and a fingerprint of all), whatever the file is called. A wide file says neither its
edition nor its subject, and the ids of older editions mean something else in each: so its code is the file's name and
the year that stands behind "inkar" in the name of the file or its folder (INKAR-2024-BILDUNG), without year
INKAR-BILDUNG. Stand, attribution and licence: only what the workbook's sheet Quellangabe states, else empty.
"""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from transferbuch.data.cells import OfficialTable, find_licence, is_time, iso_time
from transferbuch.data.genesis import decode_official, split_rows
from transferbuch.data.inkar_xls import fault, read_workbook
from transferbuch.errors import DataRefused, Problem
from transferbuch.regions.keys import AGS, BUND, KreisAGS
from transferbuch.regions.names import slugify

_EXPORT = re.compile(rb'"?Kennziffer"?;"?Raumeinheit"?;"?Aggregat"?(;|\r?\n|$)')
_WIDE = re.compile(rb'"?raumbezug"?;"?(kennziffer|ags)"?;"?name"?;"?zeitbezug"?(;|\r?\n|$)')
_EDITION = re.compile(r"inkar[^0-9]{0,3}((?:19|20)[0-9]{2})(?![0-9])", re.IGNORECASE)
_GERMAN = re.compile(r"-?(?:0|[1-9][0-9]{0,2}(?:\.[0-9]{3})+|[1-9][0-9]*)(?:,[0-9]+)?")
_POINT = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?", re.IGNORECASE)
_KREISE = re.compile(r"kreise?|landkreise?|stadtkreise?|(?:krsfr\.|kreisfreie) st(?:adt|ädte)", re.IGNORECASE)
_LAENDER = re.compile(r"bundesl(?:and|änder)", re.IGNORECASE)
_CODE_LENGTH = 70  # the code is part of file names


@dataclass(frozen=True)
class _Layout:
    head: int  # header rows
    place: tuple[int, int, int]  # columns of key, name and level
    headers: list[str]  # per value column
    times: list[str] | None  # per value column; None when a row has its time in its fourth cell
    german: bool

    @property
    def keys(self) -> int:
        return 3 if self.times is not None else 4


def is_inkar(head: bytes) -> bool:
    """True when the first bytes of a CSV are the header of an INKAR export or of a wide INKAR file."""
    head = head.removeprefix(b"\xef\xbb\xbf")
    return bool(_EXPORT.match(head) or _WIDE.match(head))


def read_inkar(raw: bytes, file: str, path: Path) -> OfficialTable:
    """Parse an INKAR CSV; `file` is the name for messages, `path` names file and folder for a wide file's code.

    Raises DataRefused with line numbers when the file is cut off or shifted, a region or year comes twice, or a
    cell is no number of the layout.
    """
    text, encoding = decode_official(raw, file)
    rows = split_rows(text, file, strict=True)
    if rows[-1]:
        last = ";".join(rows[-1])[:60]
        raise DataRefused(
            fault(file, len(rows), "the file is cut off: its last line has no end", last, "table-cut-off")
        )
    rows.pop()
    is_wide = bool(_WIDE.match(raw.removeprefix(b"\xef\xbb\xbf")))
    layout = _wide_layout(rows, file) if is_wide else _export_layout(rows, file, german=True)
    code = _wide_code(path) if is_wide else _export_code(layout.headers)
    return _table(code, layout, rows, file, encoding)


def read_inkar_xls(raw: bytes, file: str) -> OfficialTable | None:
    """Parse an INKAR export in a workbook (.xls); None when the workbook is sound and not from INKAR.

    The text of a number is its exact shortest decimal form (`8.14`, `4691.0`). Raises DataRefused as `read_inkar`
    does, and for a broken workbook, a missing sheet and a formula; the row is that of the sheet Daten.
    """
    book = read_workbook(raw, file)
    if book is None:
        return None
    layout = _export_layout(book.rows, file, german=False)
    table = _table(_export_code(layout.headers), layout, book.rows, file, book.encoding)
    return OfficialTable(
        **{
            **vars(table),
            "statistic": "; ".join(
                dict.fromkeys(book.sources[name] for name in layout.headers if name in book.sources)
            ),
            "stand": book.stand,
            "licence": find_licence(book.notes),
            "attribution": book.attribution,
            "notes": book.notes,
        }
    )


def _table(code: str, layout: _Layout, rows: list[list[str]], file: str, encoding: str) -> OfficialTable:
    return OfficialTable(
        family="inkar",
        code=code,
        title=", ".join(dict.fromkeys(layout.headers)),
        statistic="",
        encoding=encoding,
        stand="",
        licence="",
        attribution="",
        notes="",
        cells=_read_cells(rows, layout, file),
    )


def _export_layout(rows: list[list[str]], file: str, german: bool) -> _Layout:
    names = [cell.strip() for cell in rows[0]]
    years = [cell.strip() for cell in rows[1]] if len(rows) > 1 else []
    problems = []
    if len(names) < 4 or not all(names):
        problems.append(fault(file, 1, "the header names no indicator, or not in every column", "", "table-header"))
    elif len(years) != len(names) or any(years[:3]) or not all(is_time(year) for year in years[3:]):
        expected = f"3 empty cells, then {len(names) - 3} years"
        shown = ";".join(years)[:60]
        problems.append(fault(file, 2, "the row of years is shifted or damaged", shown, "table-header", expected))
    else:
        times: dict[str, list[str]] = {}
        for name, year in zip(names[3:], years[3:], strict=True):
            times.setdefault(name, []).append(year)
        for name, own in times.items():
            if len(set(own)) < len(own):
                problems.append(fault(file, 2, "an indicator has a year twice", name, "table-duplicate"))
            elif own not in (sorted(own), sorted(own, reverse=True)):
                what = "the row of years is shifted: the years of an indicator are out of order"
                problems.append(fault(file, 2, what, name, "table-header"))
    if problems:
        raise DataRefused(problems[:20])
    return _Layout(2, (0, 1, 2), names[3:], [iso_time(year) for year in years[3:]], german)


def _wide_layout(rows: list[list[str]], file: str) -> _Layout:
    names = [cell.strip() for cell in rows[0]]
    if len(names) < 5 or not all(names):
        raise DataRefused(fault(file, 1, "the header names no indicator, or not in every column", "", "table-header"))
    if repeated := sorted({name for name in names if names.count(name) > 1}):
        raise DataRefused(fault(file, 1, "a column comes twice", ", ".join(repeated)[:80], "table-duplicate"))
    return _Layout(1, (1, 2, 0), names[4:], None, german=False)


def _export_code(headers: list[str]) -> str:
    names = list(dict.fromkeys(headers))
    code = f"INKAR-EXPORT-{slugify(names[0]).upper()}"[:_CODE_LENGTH].rstrip("-")
    if len(names) == 1 and len(slugify(names[0])) + len("INKAR-EXPORT-") <= _CODE_LENGTH:
        return code
    fingerprint = hashlib.sha256("\n".join(sorted(names)).encode()).hexdigest()[:6].upper()
    return f"{code}-{len(names)}-{fingerprint}"


def _wide_code(path: Path) -> str:
    stem = re.sub(r"(\.csv|\.gz|\.zip)+$", "", path.name, flags=re.IGNORECASE)
    edition = _EDITION.search(stem) or _EDITION.search(path.resolve().parent.name)
    subject = _EDITION.sub("", stem) if _EDITION.search(stem) else stem
    return "-".join(filter(None, ["INKAR", edition[1] if edition else "", slugify(subject).upper()[:_CODE_LENGTH]]))


def _region(level: str, key: str) -> str:
    """Official key, or `INKAR:<level>:<key>`; raises ValueError when a key does not have the form of its level."""
    if _KREISE.fullmatch(level):
        return str(KreisAGS(key.removesuffix("000") if len(key) == 8 else key))
    if _LAENDER.fullmatch(level):
        if not re.fullmatch(r"[0-9]{1,2}", key):
            raise ValueError("expected two digits")
        return str(AGS(key.zfill(2)))  # older editions print 1 for 01; the level says that it is a Land
    if level == "Bund":
        return BUND
    return f"INKAR:{level}:{key}"


def _read_cells(rows: list[list[str]], layout: _Layout, file: str) -> pd.DataFrame:
    width = layout.keys + len(layout.headers)
    regions: dict[tuple[str, str], str] = {}
    kept: list[tuple[int, str, str, str, str, str]] = []  # line, region, name, time, level, key
    texts: list[str] = []
    seen: dict[tuple[str, str], int] = {}
    problems: list[Problem] = []
    for number, row in enumerate(rows[layout.head :], layout.head + 1):
        if len(row) != width:
            what = f"the row has {len(row)} cells"
            problems.append(fault(file, number, what, "", "table-row", f"{width} cells"))
            continue
        key, name, level = (row[place].strip() for place in layout.place)
        time = "" if layout.times is not None else row[3].strip()
        if not (key and name and level):
            problems.append(fault(file, number, "the row names no region", "", "table-key", "key, name and level"))
            continue
        if layout.times is None and not is_time(time):
            problems.append(fault(file, number, "this is no reporting time", time, "table-time", "a year"))
            continue
        try:
            region = regions.get((level, key)) or regions.setdefault((level, key), _region(level, key))
        except ValueError as error:
            problems.append(fault(file, number, f"this is no key of the level {level!r}: {error}", key, "table-key"))
            continue
        if (region, time) in seen:
            what, shown = f"the row repeats line {seen[region, time]}", f"{level} {key} {time}".strip()
            problems.append(fault(file, number, what, shown, "table-duplicate", "each region and time once"))
            continue
        seen[region, time] = number
        kept.append((number, region, name, iso_time(time), level, f"KENNZIFFER={key}"))
        texts.extend(row[layout.keys :])
    if not problems and not kept:
        problems.append(fault(file, layout.head, "the table has no data row", "", "table-no-rows"))
    if problems:
        raise DataRefused(problems[:20])
    per_row = len(layout.headers)
    line, *labels = (np.repeat(np.array(column, dtype=object), per_row) for column in zip(*kept, strict=True))
    region, name, time, level, key = labels
    if layout.times is not None:
        time = np.tile(np.array(layout.times, dtype=object), len(kept))
    frame = pd.DataFrame(
        {
            "line": line.astype(np.int32),
            "column": np.tile(np.arange(layout.keys + 1, width + 1, dtype=np.int16), len(kept)),
            "region": region,
            "region_name": name,
            "time": time,
            "attributes": level,
            "header": np.tile(np.array(layout.headers, dtype=object), len(kept)),
            "codes": key,
            "unit": "",
        }
    )
    return frame.join(_parse(texts, frame, layout.german, file))


def _parse(texts: list[str], frame: pd.DataFrame, german: bool, file: str) -> pd.DataFrame:
    """Columns text, value, symbol, flag; each different text is parsed once, strictly in the layout's notation."""
    codes, unique = pd.factorize(np.asarray(texts, dtype=object))
    values, symbols = np.full(len(unique), np.nan), np.full(len(unique), None, dtype=object)
    pattern = _GERMAN if german else _POINT
    problems: list[Problem] = []
    for i, text in enumerate(unique):
        stripped = text.strip()
        if not stripped:
            symbols[i] = ""
        elif pattern.fullmatch(stripped) and np.isfinite(number := _number(stripped, german)):
            values[i] = number
        else:
            expected = "1.198,5 or an empty cell" if german else "1198.5 or an empty cell"
            for at in np.flatnonzero(codes == i)[: 20 - len(problems)]:
                field = f"{frame['header'].iloc[at]} {frame['time'].iloc[at]}"
                what = f"{text[:40]!r} is no number of this layout"
                problem = fault(file, int(frame["line"].iloc[at]), what, "", "cell", expected, field)
                problems.append(problem)
    if problems:
        raise DataRefused(sorted(problems))
    return pd.DataFrame({"text": unique[codes], "value": values[codes], "symbol": symbols[codes], "flag": ""})


def _number(text: str, german: bool) -> float:
    return float(text.replace(".", "").replace(",", ".") if german else text)
