"""Flat file "ffcsv" of the GENESIS REST interface (layout of 2026): one CSV → `OfficialTable`.

UTF-8 with BOM, unquoted, one measure per row in random order: statistics_code;statistics_label;time_code;
time_label;time; then per dimension n_variable_code;…_label;n_variable_attribute_code;…_label; then value;
value_unit;value_variable_code;value_variable_label[;value_q]. Neither table code, licence nor Stand are in the
file: the code comes from the file name, the time of the request from the member name, the licence from the
publisher's terms (all tables of regionalstatistik.de are dl-de/by-2-0; the model region's are our own).
"""

import csv
import datetime as dt
import re

import numpy as np
import pandas as pd

from transferbuch.data.cells import JOIN, KEY, OfficialTable, iso_time, parse_texts, year_of
from transferbuch.data.genesis import decode_official, split_rows
from transferbuch.errors import DataRefused, Problem
from transferbuch.regions.keys import MODEL_LAND

PUBLISHER = "Statistische Ämter des Bundes und der Länder"
MODEL_PUBLISHER = "Modellregion (erfundene Daten) des Projekts Transferbuch"
_FIXED = ("statistics_code", "statistics_label", "time_code", "time_label", "time")
_VALUE = ("value", "value_unit", "value_variable_code", "value_variable_label")
_DIMENSION = ("variable_code", "variable_label", "variable_attribute_code", "variable_attribute_label")
_REGIONAL = {"DINSG", "DLAND", "REGBEZ", "KREISE", "GEMEIN"}
_NAME = re.compile(r"(?P<code>[0-9A-Z]+(?:-[0-9A-Z]+)+)(?:_(?P<epoch>[0-9]{13}))?(?:_.*)?", re.IGNORECASE)


def is_ffcsv(head: bytes) -> bool:
    """True when the first bytes of a file are the header of a flat file."""
    return head.removeprefix(b"\xef\xbb\xbf").startswith(b"statistics_code;statistics_label;time_code;")


def read_ffcsv(raw: bytes, file: str, member: str = "", stand: str = "") -> OfficialTable:
    """Parse a flat file; `file` is the name for messages, `member` the name inside a zip (or the file's own).

    `stand` is the ISO date of delivery if the caller knows it (date of the zip member); a time in the member's
    name wins. Raises DataRefused with line numbers when rows are cut off or the name has no table code.
    """
    text, encoding = decode_official(raw, file)
    rows = split_rows(text, file, csv.QUOTE_NONE)
    header = rows[0]
    dimensions = _check_header(header, file)
    if rows[-1]:
        raise DataRefused(
            Problem(
                file,
                len(rows),
                "",
                "the file is cut off: its last line has no end",
                ";".join(rows[-1])[:60],
                "a line feed after the last row",
                "download the table again",
                "table-cut-off",
            )
        )
    rows = rows[1:-1]
    bad = [
        Problem(
            file,
            number,
            "",
            f"the row has {len(row)} cells",
            expected=f"{len(header)} cells",
            do="download the table again",
            code="table-row",
        )
        for number, row in enumerate(rows, 2)
        if len(row) != len(header)
    ]
    if bad:
        raise DataRefused(bad[:20])
    if not rows:
        raise DataRefused(
            Problem(
                file, 1, "", "the table has no data row", code="table-no-rows", do="ask for a time that the table has"
            )
        )
    frame = pd.DataFrame(rows, columns=header, dtype=object)
    code, epoch = _table_code(member or file, frame["statistics_code"].iloc[0], file)
    if epoch:
        stand = dt.datetime.fromtimestamp(int(epoch) / 1000, dt.UTC).date().isoformat()
    lines = np.arange(2, len(frame) + 2, dtype=np.int32)
    cells = _read_cells(frame, header, dimensions, file, lines)
    statistic = str(frame["statistics_label"].iloc[0])
    measures = sorted(frame["value_variable_label"].unique())
    year = f", {stand[:4]}" if stand else ""
    invented = cells["region"].str.startswith(MODEL_LAND).all()
    return OfficialTable(
        family="ffcsv",
        code=code,
        title=", ".join(measures),
        statistic=statistic,
        encoding=encoding,
        stand=stand,
        licence="CC BY 4.0" if invented else "dl-de/by-2-0",
        attribution=f"© {MODEL_PUBLISHER}{year}" if invented else f"© {PUBLISHER}, Deutschland{year}",
        notes="",
        cells=cells,
    )


def _check_header(header: list[str], file: str) -> int:
    """Number of dimensions; refuses a header that is not exactly the published layout."""
    count = sum(name.endswith("_variable_attribute_code") for name in header)
    expected = [*_FIXED, *(f"{n}_{part}" for n in range(1, count + 1) for part in _DIMENSION), *_VALUE]
    if header not in (expected, [*expected, "value_q"]):
        wrong = next((name for name, want in zip(header, expected, strict=False) if name != want), header[-1])
        raise DataRefused(
            Problem(
                file,
                1,
                "",
                "the header is not that of a flat file",
                wrong,
                ";".join(expected)[:200],
                "download the table again as ffcsv",
                "table-header",
            )
        )
    return count


def _table_code(name: str, statistic: str, file: str) -> tuple[str, str]:
    stem = name.replace("\\", "/").rsplit("/", 1)[-1].removesuffix(".csv").removesuffix(".zip")
    match = _NAME.fullmatch(stem)
    if not match:
        raise DataRefused(
            Problem(
                file,
                0,
                "",
                "the file name has no table code, and flat files do not state it inside",
                stem,
                "a name like 12411-01-01-4_de_flat.csv",
                "give the file its delivered name back",
                "table-code",
            )
        )
    code = match["code"].upper()
    if re.match(r"[0-9]{5}-", code) and not code.startswith(statistic):
        raise DataRefused(
            Problem(
                file,
                2,
                "statistics_code",
                "the file name and the content name different statistics",
                f"{code} / {statistic}",
                do="give the file its delivered name back",
                code="table-code",
            )
        )
    return code, match["epoch"] or ""


def _read_cells(frame: pd.DataFrame, header: list[str], dimensions: int, file: str, lines: np.ndarray) -> pd.DataFrame:
    size = len(frame)
    region = np.full(size, "", dtype=object)
    region_name = np.full(size, "", dtype=object)
    labels = frame["value_variable_label"].to_numpy(object).copy()
    codes = frame["value_variable_code"].to_numpy(object).copy()
    has_regional = np.zeros(size, dtype=bool)
    for n in range(1, dimensions + 1):
        has_regional |= frame[f"{n}_variable_code"].isin(_REGIONAL).to_numpy()
    for n in range(1, dimensions + 1):
        variable, _, attribute, label = (frame[f"{n}_{part}"].to_numpy(object) for part in _DIMENSION)
        is_region = np.zeros(size, dtype=bool)
        for name in pd.unique(variable):
            rows = variable == name
            keys = pd.unique(attribute[rows])
            if name in _REGIONAL:
                is_region |= rows
            elif name and all(KEY.fullmatch(key) for key in keys):
                is_region |= rows & ~has_regional  # a classification of branches may have codes that look like keys
        region[is_region], region_name[is_region] = attribute[is_region], label[is_region]
        # a ragged table leaves the dimension empty for measures that do not have it
        rest = ~is_region & (variable != "")
        labels[rest] = labels[rest] + JOIN + label[rest]
        codes[rest] = codes[rest] + "|" + variable[rest] + "=" + attribute[rest]
    missing = np.flatnonzero([not KEY.fullmatch(key) for key in region])
    if len(missing):
        raise DataRefused(
            [
                Problem(
                    file,
                    int(lines[i]),
                    "",
                    "the row names no region",
                    region[i],
                    "DG or 2, 3, 5, 8 digits",
                    "choose a regional table",
                    "table-key",
                )
                for i in missing[:20]
            ]
        )
    timeless = np.flatnonzero([year_of(text) is None for text in frame["time"]])
    if len(timeless):
        raise DataRefused(
            [
                Problem(
                    file,
                    int(lines[i]),
                    "time",
                    "this is no reporting time",
                    frame["time"].iloc[i],
                    "a year or a date",
                    "download the table again",
                    "table-time",
                )
                for i in timeless[:20]
            ]
        )
    time = frame["time"].map(iso_time).to_numpy(object)
    repeated = pd.DataFrame({"region": region, "time": time, "codes": codes}).duplicated()
    if repeated.any():
        raise DataRefused(
            [
                Problem(
                    file,
                    int(lines[i]),
                    "",
                    "the row repeats an earlier one",
                    f"{region[i]} {time[i]} {codes[i]}",
                    "each region, time and measure once",
                    "download the table again",
                    "table-duplicate",
                )
                for i in np.flatnonzero(repeated)[:20]
            ]
        )
    parsed = parse_texts(frame["value"].to_numpy(object), file, lines)
    if "value_q" in header:
        parsed["flag"] = frame["value_q"].to_numpy(object)
    return pd.DataFrame(
        {
            "line": lines,
            "column": np.full(size, header.index("value") + 1, dtype=np.int16),
            "region": region,
            "region_name": region_name,
            "time": time,
            "attributes": "",
            "header": labels,
            "codes": codes,
            "unit": frame["value_unit"].to_numpy(object),
        }
    ).join(parsed)
