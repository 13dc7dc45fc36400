"""The data package: a folder of Parquet files with provenance, described by `datapackage.json` (Frictionless).

  datapackage.json                     what is inside, with size and SHA-256 of every Parquet file
  cells/<table>__<sha256[:12]>.parquet one per official file, columns as in `cells`

Provenance of a value: its row carries the line of the official file; the resource carries the file's name,
SHA-256, table, title, Stand and licence. The package is written last-file-last: `datapackage.json` is replaced
in one step when everything it names is on disk, so a broken run leaves the former package as it was.
"""

import hashlib
import io
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from transferbuch.data.cells import CELL_COLUMNS, OfficialTable
from transferbuch.errors import DataRefused, Problem

FORMAT = 1
_DESCRIPTION = "datapackage.json"
_CATEGORIES = ("region", "region_name", "time", "attributes", "header", "codes", "unit", "symbol", "flag")


@dataclass(frozen=True)
class StoredTable:
    """Provenance of one imported official file."""

    path: str  # of the Parquet file inside the package
    file: str  # name of the official file as delivered
    sha256: str  # of the official file
    table: str
    title: str
    statistic: str
    family: str
    encoding: str
    stand: str
    licence: str
    attribution: str
    notes: str
    cells: int
    parquet_sha256: str


@dataclass(frozen=True)
class DataPackage:
    """A data package that was found complete; `id` changes when any official file in it changes."""

    folder: Path
    tables: tuple[StoredTable, ...]

    @property
    def id(self) -> str:
        """Short fingerprint of the content: the same official files give the same id on every machine."""
        text = "\n".join(sorted(table.sha256 for table in self.tables))
        return hashlib.sha256(f"{FORMAT}\n{text}".encode()).hexdigest()[:16]

    def read_cells(self, table: StoredTable) -> pd.DataFrame:
        """Cells of one official file, columns as in `transferbuch.data.cells`."""
        return pd.read_parquet(self.folder / table.path)


def open_package(folder: Path) -> DataPackage:
    """The data package in `folder`, checked: format, presence and SHA-256 of every file.

    Raises DataRefused when it is missing, cut off, changed or from a newer version.
    """
    description = folder / _DESCRIPTION
    name = f"{folder.name}/{_DESCRIPTION}"
    if not description.is_file():
        raise DataRefused(
            Problem(
                folder.as_posix(),
                0,
                "",
                "this folder is no data package",
                expected=_DESCRIPTION,
                do="import official files first: transferbuch data import PATH… --into FOLDER",
                code="package-missing",
            )
        )
    try:
        content = json.loads(description.read_text(encoding="utf-8"))
        version = content["transferbuch"]["format"]
        is_newer = not isinstance(version, int) or version > FORMAT
        tables = () if is_newer else tuple(StoredTable(**one["transferbuch"]) for one in content["resources"])
    except (ValueError, KeyError, TypeError, UnicodeDecodeError) as error:
        raise DataRefused(
            Problem(
                name,
                getattr(error, "lineno", 0),
                "",
                "the description of the data package is broken or cut off",
                do="import the official files again into a new folder",
                code="package-broken",
            )
        ) from None
    if is_newer:
        raise DataRefused(
            Problem(
                name,
                0,
                "transferbuch.format",
                "the data package was made by a newer version",
                str(version),
                f"at most {FORMAT}",
                "update Transferbuch or import the official files again",
                "package-newer",
            )
        )
    problems = []
    for table in tables:
        path = folder / table.path
        if not path.is_file():
            problems.append(
                Problem(
                    f"{folder.name}/{table.path}",
                    0,
                    "",
                    "a file of the data package is missing",
                    do="import the official files again",
                    code="package-missing-file",
                )
            )
        elif _sha256(path.read_bytes()) != table.parquet_sha256:
            problems.append(
                Problem(
                    f"{folder.name}/{table.path}",
                    0,
                    "",
                    "the file is cut off or was changed",
                    expected="the SHA-256 that datapackage.json states",
                    do="import the official files again",
                    code="package-changed",
                )
            )
    if problems:
        raise DataRefused(problems)
    return DataPackage(folder, tables)


@dataclass(frozen=True)
class PackedTable:
    """An official table on its way into a package: what will be known about it, and the bytes of its Parquet file."""

    stored: StoredTable
    parquet: bytes


def pack_table(file: str, sha256: str, table: OfficialTable) -> PackedTable:
    """The table in the form that the package has; `file` is its name as delivered, with its SHA-256.

    Packed, a table takes a fiftieth of its memory: an import can hold all of them until the last one is found sound.
    """
    stream = io.BytesIO()
    frame = table.cells[list(CELL_COLUMNS)].astype({name: "category" for name in _CATEGORIES})
    frame.to_parquet(stream, index=False, compression="zstd")
    content = stream.getvalue()
    stored = StoredTable(
        path=f"cells/{table.code}__{sha256[:12]}.parquet",
        file=file,
        sha256=sha256,
        table=table.code,
        title=table.title,
        statistic=table.statistic,
        family=table.family,
        encoding=table.encoding,
        stand=table.stand,
        licence=table.licence,
        attribution=table.attribution,
        notes=table.notes,
        cells=len(table.cells),
        parquet_sha256=_sha256(content),
    )
    return PackedTable(stored, content)


def add_to_package(folder: Path, former: DataPackage | None, new: Sequence[PackedTable]) -> DataPackage:
    """Write tables into the package in `folder`, keeping those of `former`, the package that was opened there.

    A file with a SHA-256 that the package already has is written once. Returns the new package. Raises DataRefused
    when the disk does not take it; then everything new is removed and the former package is as it was.
    """
    kept = {table.path: table for table in former.tables} if former else {}
    if former and not new:
        return former
    existed = [path for path in (folder, folder / "cells") if path.is_dir()]
    written: list[Path] = []
    try:
        (folder / "cells").mkdir(parents=True, exist_ok=True)
        for packed in new:
            path = folder / packed.stored.path
            if packed.stored.path not in kept:
                written.append(path)
            _write_atomically(path, packed.parquet)
            kept[packed.stored.path] = packed.stored
        package = DataPackage(folder, tuple(kept[path] for path in sorted(kept)))
        _write_description(package)
    except OSError as error:
        for path in written:
            path.unlink(missing_ok=True)
        for path in (folder / "cells", folder):
            if path not in existed and path.is_dir():
                path.rmdir()
        what = f"the data package cannot be written: {error.strerror or error}"
        do = "make room on the disk or choose another folder; the former package is as it was"
        raise DataRefused(Problem(folder.name, 0, "", what, do=do, code="package-write")) from None
    return package


def _write_atomically(path: Path, content: bytes) -> None:
    part = path.with_suffix(path.suffix + ".part")
    try:
        part.write_bytes(content)
        os.replace(part, path)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def _write_description(package: DataPackage) -> None:
    resources = [
        {
            "name": Path(table.path).stem.lower(),
            "path": table.path,
            "title": table.title,
            "format": "parquet",
            "mediatype": "application/vnd.apache.parquet",
            "bytes": (package.folder / table.path).stat().st_size,
            "hash": f"sha256:{table.parquet_sha256}",
            "licenses": [{"name": table.licence}] if table.licence else [],
            "sources": [
                {"title": f"{table.attribution} – Tabelle {table.table}, Stand {table.stand or 'ohne Angabe'}"}
            ],
            "transferbuch": table.__dict__,
        }
        for table in package.tables
    ]
    content = {
        "profile": "data-package",
        "name": "transferbuch-daten",
        "id": package.id,
        "title": "Amtliche Tabellen in gemeinsamer Form",
        "transferbuch": {"format": FORMAT},
        "resources": resources,
    }
    text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    _write_atomically(package.folder / _DESCRIPTION, text.encode())


def _sha256(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()
