"""Typologies of the BBSR (Raumgliederungen): which type a Kreis or a Gemeinde is of → `OfficialTable`.

  CSV       one typology: `Kreise (2020) Kennziffer;Kreise (2020) Name;<typology> (2020) Kennziffer;<typology> (2020)
            Name`
  workbook  references: sheets for Gemeinden, Gemeindeverbände, Kreise … with two header rows, short names (`krs17`,
            `ktyp4`; since 2021 `KRS2022`, `KTU2022`) above labels (`Kreise 31.12.2017`; `Kreise (2022) Kennziffer`),
            and up to 2017 a sheet NUTS with one header row

Where it goes: `region` is the official key of a Kreis (5 digits; the BBSR adds 000 and drops the leading zero) or of a
Gemeinde (8); keys of all other kinds of region stay `BBSR:<kind>:<key as printed>`. `header` is the label; a column
without one belongs to the column before it (`Bundesland | Bezeichnung`). `codes`: sheet, short name, key as printed.
`attributes` is the sheet. Numbers of types are numbers, their names labels. `time` and `stand` are the edition: a day
(2017-12-31) or a year (2020), as printed. The type of a Kreis changes with the edition, so a comparison takes one.
"""

import re

import pandas as pd

from transferbuch.data.cells import JOIN, OfficialTable, find_licence, iso_time, year_of
from transferbuch.data.genesis import decode_official, split_rows
from transferbuch.data.store import DataPackage
from transferbuch.data.workbook import CellList, Value, Workbook, clean_label, fault, text_of
from transferbuch.errors import DataRefused
from transferbuch.regions.names import slugify
from transferbuch.regions.register import LAENDER

CODE_REFERENCES = "BBSR-REFERENZEN"
KREISTYP = "siedlungsstruktureller kreistyp"
KREISTYPEN_COLUMNS = ("ags", "edition", "type", "label")
_CSV = re.compile(r'"?[^";]+ \([12][0-9]{3}\) Kennziffer"?;"?[^";]+ \([12][0-9]{3}\) Name"?(?:;|\r?\n)')
_FIELD = re.compile(r"(.+) \(([12][0-9]{3})\) (?:Kennziffer|Name)")
_SHORT = re.compile(r"[A-Za-z]+(?:[12][0-9])?[0-9]{2}")
_KEY = re.compile(r"(\S.*?) (?:([0-3][0-9]\.[01][0-9]\.[12][0-9]{3})|\(([12][0-9]{3})\) Kennziffer)")
_NUTS = ["Ebene", "StatistKennziffer", "Name", "Aggregat"]
_UNIT = re.compile(r".* in (km²|km2|1000)")
_DIGITS = {"Kreise": 5, "Gemeinden": 8}
_SHEET = "CSV"


def is_typology(head: bytes) -> bool:
    """True when the first bytes of a CSV are the header of a BBSR typology."""
    return bool(_CSV.match(head.removeprefix(b"\xef\xbb\xbf").decode("cp1252", "replace")))


def read_typology(raw: bytes, file: str) -> OfficialTable:
    """The table of a BBSR typology in CSV. Raises DataRefused with lines for shifted rows and keys that come twice."""
    text, encoding = decode_official(raw, file)
    rows = split_rows(text, file, strict=True)
    if rows[-1]:
        raise DataRefused(fault(file, len(rows), "the file is cut off: its last line has no end", "", "table-cut-off"))
    names = [label.strip() for label in rows[0]]
    found = [_FIELD.fullmatch(name) for name in names]
    if len(names) < 4 or not all(found):
        expected = "pairs of `… (year) Kennziffer` and `… (year) Name`"
        raise DataRefused(fault(file, 1, "the header is shifted", ";".join(names)[:80], "table-header", expected))
    kind, edition = found[0][1], found[0][2]
    cells = CellList(file)
    seen: dict[str, int] = {}
    for line, row in enumerate(rows[1:-1], 2):
        values = [text.strip() for text in row]
        region = _region(kind, values[0])
        if len(values) != len(names) or region is None or not values[1]:
            cells.refuse("", line, "the row does not fit the header", ";".join(row)[:60], "table-row", rows[0][0])
        elif region in seen:
            cells.refuse("", line, f"the row repeats the key of line {seen[region]}", region, "table-duplicate")
        else:
            seen[region] = line
            for column, (name, value) in enumerate(zip(names[2:], values[2:], strict=True), 3):
                labels = (kind, name, f"KENNZIFFER={values[0]}", "")
                is_number = name.endswith("Kennziffer") or not value
                cells.add(_SHEET, line, column, (region, values[1]), edition, labels, value, is_number)
    return OfficialTable(
        family="bbsr",
        code=f"BBSR-{slugify(found[2][1]).upper()}",
        title=f"{found[2][1]}, {kind} {edition}",
        statistic="Laufende Raumbeobachtung des BBSR",
        encoding=encoding,
        stand=edition,
        licence="",
        attribution="",
        notes="",
        cells=cells.frame(),
    )


def read_references(book: Workbook) -> OfficialTable | None:
    """The table of a workbook of BBSR references, all sheets; None for another workbook.

    Raises DataRefused with sheet and row when a header is shifted, a key is none of its kind or comes twice in its
    sheet, or a sheet without a known header holds figures.
    """
    editions = {sheet: edition for sheet in book.sheets if (edition := _edition(book.head(sheet)))}
    if not editions:
        return None
    if len({time for _, time in editions.values()}) > 1:
        shown, what = ", ".join(f"{sheet}: {time}" for sheet, (_, time) in editions.items()), "different editions"
        raise DataRefused(fault(book.file, 2, f"the sheets are of {what}", shown, "xlsx-sheet", "one edition"))
    edition = next(time for _, time in editions.values())
    cells, notes = CellList(book.file), []
    for sheet in book.sheets:
        if sheet in editions:
            _read_sheet(book, sheet, editions[sheet][0], edition, cells)
        elif [clean_label(value) for value in (book.head(sheet) or [[]])[0]] == _NUTS:
            _read_nuts(book, sheet, edition, cells)
        else:
            notes.append(book.notes_of(sheet))
    return OfficialTable(
        family="bbsr",
        code=CODE_REFERENCES,
        title=f"Raumgliederungen und Referenzen {edition[:4]}",
        statistic="Laufende Raumbeobachtung des BBSR",
        encoding="utf-8",
        stand=edition,
        licence=find_licence("\n".join(notes)),
        attribution="",
        notes="\n".join(notes),
        cells=cells.frame(),
    )


def read_kreistypen(package: DataPackage) -> pd.DataFrame:
    """The siedlungsstrukturelle Kreistyp of every Kreis in every imported edition, whatever file it comes from.

    Grain: one row per Kreis × edition, sorted. Columns: ags (5 digits), edition (int, year of the Gebietsstand), type
    (int, 1 to 4), label (name of the type as printed). Without such a file an empty frame with the same columns.
    Raises DataRefused when two files of one edition give a Kreis different types. Source: BBSR.
    """
    parts = []
    for table in package.tables:
        if table.family != "bbsr" or not table.table.startswith((CODE_REFERENCES, "BBSR-SIEDLUNGSSTRUKTUR")):
            continue
        cells = package.read_cells(table).astype({name: str for name in ("region", "time", "header")})
        is_type = cells["header"].str.lower().str.startswith(KREISTYP) & cells["region"].str.fullmatch("[0-9]{5}")
        found = cells[is_type]
        numbers = found[found["value"].notna()].set_index("region")
        labels = found[found["value"].isna() & found["text"].ne("")].set_index("region")["text"]
        edition = numbers["time"].map(year_of).astype("int64")
        parts.append(
            pd.DataFrame({"edition": edition, "type": numbers["value"].astype("int64"), "label": labels})
            .rename_axis("ags")
            .reset_index()
        )
    if not parts:
        return pd.DataFrame(columns=list(KREISTYPEN_COLUMNS)).astype({"edition": "int64", "type": "int64"})
    frame = pd.concat(parts).drop_duplicates(["ags", "edition", "type"])
    if (twice := frame.duplicated(["ags", "edition"])).any():
        row = frame[twice].iloc[0]
        what = f"two files give {row['ags']} different Kreistypen in the edition {row['edition']}"
        raise DataRefused(fault("BBSR", 0, what, "", "typology"))
    return frame.sort_values(["edition", "ags"], ignore_index=True)[list(KREISTYPEN_COLUMNS)]


def _edition(head: list[list[Value]]) -> tuple[str, str] | None:
    """(kind of region, ISO day or year) of a sheet with two header rows; None for another sheet."""
    if len(head) < 2 or not head[0] or not head[1] or not _SHORT.fullmatch(text_of(head[0][0])):
        return None
    found = _KEY.fullmatch(clean_label(head[1][0]))
    return (found[1], iso_time(found[2]) if found[2] else found[3]) if found else None


def _read_sheet(book: Workbook, sheet: str, kind: str, edition: str, cells: CellList) -> None:
    short, labels = (list(row) for row in book.head(sheet)[:2])
    width = max(len(short), len(labels))
    has_name = len(short) > 1 and "name" in text_of(short[1]).lower()
    columns: dict[int, tuple[str, str]] = {}  # header, short name
    header, name = "", ""
    for number in range(1, width + 1):
        own = [clean_label(row[number - 1]) if number <= len(row) else "" for row in (short, labels)]
        header, name = own[1] or header, own[0] or name
        columns[number] = (header if own[1] else f"{header}{JOIN}Bezeichnung", name)
    seen: dict[str, int] = {}
    width += 1  # the label of the last column may stand beside it, without a header of its own
    columns[width] = (f"{header}{JOIN}Bezeichnung", name)
    for line, row in book.rows(sheet):
        if line <= 2:
            continue
        key = text_of(row[0])
        region = _region(kind, key) if isinstance(row[0], (int, str)) else None
        region_name = row[1] if has_name and len(row) > 1 else ""
        if region is None or not isinstance(region_name, str):
            cells.refuse(sheet, line, f"this is no key of {kind} with a name", key, "table-key", "a whole number")
            continue
        if len(row) > width:
            cells.refuse(sheet, line, "the row is longer than the header", "", "table-row", f"{width} cells")
            continue
        if region in seen:
            cells.refuse(sheet, line, f"the row repeats the key of line {seen[region]}", key, "table-duplicate")
            continue
        seen[region] = line
        for number, value in enumerate(row[2 if has_name else 1 :], 3 if has_name else 2):
            if value is not None or number < width:
                label, name = columns[number]
                unit = _UNIT.fullmatch(label)
                codes = f"SHEET={sheet}|COLUMN={name}|KENNZIFFER={key}"
                told = (sheet, label, codes, unit[1] if unit else "")
                where = (region, region_name.strip())
                cells.add(sheet, line, number, where, edition, told, value, is_number=value is None)


def _read_nuts(book: Workbook, sheet: str, edition: str, cells: CellList) -> None:
    seen: dict[str, int] = {}
    for line, row in book.rows(sheet):
        if line == 1:
            continue
        row += [None] * (len(_NUTS) - len(row))
        level, key, name, aggregate = (text_of(value).strip() for value in row[: len(_NUTS)])
        if len(row) > len(_NUTS) or not (key and name and aggregate) or key in seen:
            what = "the row does not fit the header, or repeats a key"
            cells.refuse(sheet, line, what, key, "table-row", " ".join(_NUTS))
            continue
        seen[key] = line
        for number, value in ((1, level), (4, aggregate)):
            if value:
                codes = f"SHEET={sheet}|COLUMN={_NUTS[number - 1]}|KENNZIFFER={key}"
                told = (sheet, _NUTS[number - 1], codes, "")
                cells.add(sheet, line, number, (f"BBSR:{aggregate}:{key}", name), edition, told, value)


def _region(kind: str, key: str) -> str | None:
    """Official key of a Kreis or a Gemeinde, `BBSR:<kind>:<key>` of others; None when it is no key of its kind."""
    if kind not in _DIGITS:
        return f"BBSR:{kind}:{key}" if key else None
    if not re.fullmatch("[0-9]{7,8}", key) or key.zfill(8)[:2] not in LAENDER:
        return None
    official = key.zfill(8)
    if kind == "Kreise":
        return official[:5] if official.endswith("000") else None
    return official
