"""The data package: a folder of Parquet files with provenance, described by `datapackage.json` (Frictionless).

  datapackage.json                     what is inside, with size and SHA-256 of every Parquet file
  cells/<table>__<sha256[:12]>.parquet one per official file, columns as in `cells`

Provenance of a value: its row carries the line of the official file; the resource carries the file's name,
SHA-256, table, title, Stand and licence. The package is written last-file-last: `datapackage.json` is replaced
in one step when everything it names is on disk, so a broken run leaves the former package as it was.
"""

import hashlib
import json
import os
from collections.abc import Iterable
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


def add_to_package(folder: Path, files: Iterable[tuple[str, str, OfficialTable]]) -> DataPackage:
    """Write tables (official file name, its SHA-256, content) into the package, keeping what is there.

    A file with a SHA-256 that the package already has is written once. Returns the new package.
    """
    kept = {table.path: table for table in open_package(folder).tables} if (folder / _DESCRIPTION).exists() else {}
    (folder / "cells").mkdir(parents=True, exist_ok=True)
    for file, sha256, table in files:
        path = f"cells/{table.code}__{sha256[:12]}.parquet"
        frame = table.cells[list(CELL_COLUMNS)].astype({name: "category" for name in _CATEGORIES})
        _write_atomically(folder / path, frame)
        kept[path] = StoredTable(
            path=path,
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
            parquet_sha256=_sha256((folder / path).read_bytes()),
        )
    package = DataPackage(folder, tuple(kept[path] for path in sorted(kept)))
    _write_description(package)
    return package


def _write_atomically(path: Path, frame: pd.DataFrame) -> None:
    part = path.with_suffix(".part")
    frame.to_parquet(part, index=False, compression="zstd")
    os.replace(part, path)


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
    part = package.folder / (_DESCRIPTION + ".part")
    part.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    os.replace(part, package.folder / _DESCRIPTION)


def _sha256(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()
