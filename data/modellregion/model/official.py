"""Writers for the two official file formats: GENESIS classic CSV and the flat file of 2026 (ffcsv).

Layout, order of rows, symbols and line ends follow the official downloads; the notes below a table say that the
figures are invented and the copyright line names this project.
"""

import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Literal

import numpy as np

from model.units import BEZIRK, Region, World, stream

Cell = int | float | str  # a number, or one of the symbols - . x / as text
Cells = dict[tuple[str, str, str], list[Cell]]  # (time as printed, region key, row label or "") → cells of a row

_RULE = "_" * 10
_INVENTED = (
    "Alle Angaben sind erfunden. Modellbund, Modellland und",
    "seine Kreise gibt es nicht; die Datei zeigt nur die Form",
    "der amtlichen Tabelle.",
)
_COPYRIGHT = (
    "© Modellregion (erfundene Daten) des Projekts Transferbuch, 2026.",
    "Dieses Werk ist lizenziert unter der Lizenz CC BY 4.0.",
)


@dataclass(frozen=True)
class Layout:
    """How a classic table looks. `header` holds the rows above the numbers, without the cells above the keys."""

    code: str
    title: tuple[str, ...]  # as wrapped in the file
    statistic: str
    header: tuple[tuple[str, ...], ...]
    stand: datetime
    measure: str = ""  # line "measure (unit)", then the header has no row of units
    row_labels: tuple[str, ...] = ("",)
    time: Literal["column", "header", "line"] = "column"
    decimals: tuple[int, ...] = ()  # per column; whole numbers if left out
    encoding: Literal["cp1252", "utf-8"] = "cp1252"
    zero: str = "-"  # how a zero is printed; files before 2020 print 0
    bezirk: bool = False  # with the row of the Modellbezirk
    notes: tuple[str, ...] = ()
    suffix: str = ""  # part of the file name after the code

    @property
    def file_name(self) -> str:
        return f"{self.code}{self.suffix}.csv"


def write_classic(folder: Path, layout: Layout, world: World, times: Sequence[str], cells: Cells) -> None:
    """Write one classic table; `times` in the order they are printed, newest first."""
    text = "\n".join([*_head(layout, times), *_body(layout, world, times, cells), *_foot(layout)]) + "\n"
    (folder / layout.file_name).write_bytes(text.encode(layout.encoding))


def regions_of(layout: Layout, world: World) -> tuple[Region, ...]:
    """The rows of a table in order."""
    return tuple(region for region in world.regions if layout.bezirk or region.key != BEZIRK)


def _head(layout: Layout, times: Sequence[str]) -> list[str]:
    keys = 2 + (layout.time == "column") + (layout.row_labels != ("",))
    width = len(layout.header[-1]) * (len(times) if layout.time == "header" else 1)
    tail, gap = ";" * (keys + width - 1), ";" * keys
    first = "Tabelle" if layout.stand.year >= 2026 else "GENESIS-Tabelle"
    lines = [f"{first}: {layout.code}", *(line + tail for line in layout.title), layout.statistic + tail]
    if layout.measure:
        lines.append(layout.measure + tail)
    if layout.time == "line":
        lines.append(times[0] + tail)
    if layout.time == "header":
        columns = len(layout.header[-1])
        lines.append(gap + ";".join(["Stichtag"] * width))
        lines.append(gap + ";".join(time for time in times for _ in range(columns)))
        return lines + [gap + ";".join(row * len(times)) for row in layout.header]
    return lines + [gap + ";".join(row) for row in layout.header]


def _body(layout: Layout, world: World, times: Sequence[str], cells: Cells) -> list[str]:
    lines = []
    if layout.time == "header":
        for region in regions_of(layout, world):
            row = [
                _text(cell, layout, number) for time in times for number, cell in enumerate(cells[time, region.key, ""])
            ]
            lines.append(";".join([region.key, region.label(layout.stand.year), *row]))
        return lines
    for time in times:
        for region in regions_of(layout, world):
            for label in layout.row_labels:
                row = [_text(cell, layout, number) for number, cell in enumerate(cells[time, region.key, label])]
                before = [time] if layout.time == "column" else []
                names = [region.key, region.label(layout.stand.year), *([label] if label else [])]
                lines.append(";".join([*before, *names, *row]))
    return lines


def _text(cell: Cell, layout: Layout, column: int) -> str:
    if isinstance(cell, str):
        return cell
    if cell == 0:
        return layout.zero
    decimals = layout.decimals[column] if layout.decimals else 0
    return f"{cell:.{decimals}f}".replace(".", ",")


def _foot(layout: Layout) -> list[str]:
    notes = "\n".join(('zu ""gesamte Tabelle"":', *_INVENTED, *layout.notes))
    return [
        _RULE,
        f'"{notes}"',
        '"' + "\n".join(_COPYRIGHT) + '"',
        f"Stand: {layout.stand:%d.%m.%Y} / {layout.stand:%H:%M:%S}",
    ]


@dataclass(frozen=True)
class FlatLayout:
    """What the rows of a flat file say about statistic, time and measure."""

    code: str
    statistic: str  # label; the code is the first five digits of the table
    time: tuple[str, str, str]  # time code, time label, time: STAG, Stichtag, 2024-12-31
    measure: tuple[str, str, str]  # unit, code, label
    delivered: datetime
    dimensions: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...] = field(default=())  # code, label, values


def flat_bytes(layout: FlatLayout, world: World, value: Callable[[Region, tuple[str, ...]], Cell]) -> bytes:
    """A flat file: UTF-8 with BOM, one number per row, rows in random but seeded order."""
    attributes: list[tuple[tuple[str, str], ...]] = [()]
    for _, _, values in layout.dimensions:
        attributes = [(*chosen, new) for chosen in attributes for new in values]
    header = ["statistics_code", "statistics_label", "time_code", "time_label", "time"]
    for number in range(1, len(layout.dimensions) + 2):
        header += [
            f"{number}_variable_code",
            f"{number}_variable_label",
            f"{number}_variable_attribute_code",
            f"{number}_variable_attribute_label",
        ]
    header += ["value", "value_unit", "value_variable_code", "value_variable_label"]
    rows = []
    for region in world.regions:
        if len(region.key) < 5:
            continue  # KREISE tables have no rows above the Kreise
        for chosen in attributes:
            row = [
                layout.code[:5],
                layout.statistic,
                *layout.time,
                "KREISE",
                "Kreise und kreisfreie Städte",
                region.key,
                region.label(layout.delivered.year).strip(),
            ]
            for (code, label, _), (attribute, name) in zip(layout.dimensions, chosen, strict=True):
                row += [code, label, attribute, name]
            cell = value(region, tuple(attribute for attribute, _ in chosen))
            text = "-" if cell == 0 else str(cell).replace(".", ",") if not isinstance(cell, str) else cell
            rows.append(";".join([*row, text, *layout.measure]))
    stream("flat", layout.code).shuffle(rows)
    return ("\ufeff" + "\n".join([";".join(header), *rows]) + "\n").encode("utf-8")


def _member_name(layout: FlatLayout) -> str:
    """The name the interface gives: table and time of the request in milliseconds."""
    epoch = int((layout.delivered - datetime(1970, 1, 1)).total_seconds() * 1000)
    return f"{layout.code}_{epoch}_de_flat.csv"


def write_flat(folder: Path, layout: FlatLayout, content: bytes) -> None:
    """The flat file as taken out of its archive."""
    (folder / _member_name(layout)).write_bytes(content)


def write_flat_zip(folder: Path, layout: FlatLayout, content: bytes) -> None:
    """The flat file in its archive. Stored, not deflated: compressed bytes differ between zlib versions."""
    when = layout.delivered
    member = zipfile.ZipInfo(
        _member_name(layout), (when.year, when.month, when.day, when.hour, when.minute, when.second // 2 * 2)
    )
    member.create_system = 0  # else the operating system is written into the file
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(member, content)
    (folder / f"{layout.code}_de_flat.zip").write_bytes(buffer.getvalue())


def apply_territory(
    world: World, cells: Cells, moment: Callable[[str], date], keep: Literal["", "births", "accounts"]
) -> None:
    """Put the symbols of the territorial reform into `cells`, in place.

    A new key is '.' before it began, an old one '-' after it ended. As in official tables, births are recalculated
    for new keys while the old keys keep theirs ("births": both must not be added), and accounts are recalculated
    while the old keys are '.' before the reform ("accounts").
    """
    by_key = {region.key: region for region in world.regions}
    for (time, key, _), row in cells.items():
        region, day = by_key[key], moment(time)
        if region.valid_from and day < region.valid_from and not keep:
            row[:] = ["."] * len(row)
        elif region.valid_to and day > region.valid_to:
            row[:] = ["-"] * len(row)
        elif region.valid_to and keep == "accounts":
            row[:] = ["."] * len(row)


def numbers(values: np.ndarray) -> list[Cell]:
    """A row of numpy numbers as plain ones."""
    return values.tolist()
