"""The data package: a folder of Parquet files with provenance, described by `datapackage.json` (Frictionless).

  datapackage.json                     what is inside, with size and SHA-256 of every Parquet file
  cells/<table>__<sha256[:12]>.parquet one per official file, columns as in `cells`
  boundaries/<file>__<sha256[:12]>.parquet one per file of boundaries, GeoParquet, columns as in `areas`

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
from typing import TYPE_CHECKING

import pandas as pd

from transferbuch.data.areas import LEVELS, OfficialBoundaries
from transferbuch.data.cells import CELL_COLUMNS, OfficialTable
from transferbuch.errors import DataRefused, Problem

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

FORMAT = 2  # 2 has boundaries; a package of format 1 is the same without them
_DESCRIPTION = "datapackage.json"
_BOUNDARIES = "boundaries"  # `kind` of their resources; tables have none
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
class StoredBoundaries:
    """Provenance of one imported file of boundaries; the texts are explained in `areas.OfficialBoundaries`."""

    path: str  # of the GeoParquet file inside the package
    file: str  # name of the file as delivered
    sha256: str  # of the file; of a Shapefile: of its parts .cpg .dbf .prj .shp .shx one after the other
    title: str
    form: str
    level: str
    key_column: str
    gebietsstand: str
    valid_from: str
    licence: str
    attribution: str
    crs: str
    encoding: str
    notes: str
    features: int
    regions: int
    points: int
    parquet_sha256: str


@dataclass(frozen=True)
class DataPackage:
    """A data package that was found complete; `id` changes when any official file in it changes."""

    folder: Path
    tables: tuple[StoredTable, ...]
    boundaries: tuple[StoredBoundaries, ...] = ()

    @property
    def id(self) -> str:
        """Short fingerprint of the content: the same official files give the same id on every machine."""
        text = "\n".join(sorted(one.sha256 for one in (*self.tables, *self.boundaries)))
        return hashlib.sha256(f"{FORMAT}\n{text}".encode()).hexdigest()[:16]

    def read_cells(self, table: StoredTable) -> pd.DataFrame:
        """Cells of one official file, columns as in `transferbuch.data.cells`."""
        return pd.read_parquet(self.folder / table.path)

    def read_boundaries(self, stored: StoredBoundaries) -> "GeoDataFrame":
        """Areas of one file of boundaries, columns as in `transferbuch.data.areas`, in degrees (EPSG:4326)."""
        import geopandas

        return geopandas.read_parquet(self.folder / stored.path)


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
        resources = [] if is_newer else content["resources"]
        is_boundaries = [one.get("kind") == _BOUNDARIES for one in resources]
        tables = tuple(
            StoredTable(**one["transferbuch"]) for one, no in zip(resources, is_boundaries, strict=True) if not no
        )
        boundaries = tuple(
            StoredBoundaries(**one["transferbuch"]) for one, yes in zip(resources, is_boundaries, strict=True) if yes
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
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
    for table in (*tables, *boundaries):
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
    return DataPackage(folder, tables, boundaries)


def add_to_package(
    folder: Path,
    files: Iterable[tuple[str, str, OfficialTable]],
    boundaries: Iterable[tuple[str, str, OfficialBoundaries]] = (),
) -> DataPackage:
    """Write tables and boundaries (official file name, its SHA-256, content) into the package, keeping what is there.

    A file with a SHA-256 that the package already has is written once. Returns the new package.
    """
    before = open_package(folder) if (folder / _DESCRIPTION).exists() else DataPackage(folder, ())
    kept = {table.path: table for table in before.tables}
    areas = {one.path: one for one in before.boundaries}
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
    for file, sha256, one in boundaries:
        path = f"boundaries/{one.code}__{sha256[:12]}.parquet"
        (folder / path).parent.mkdir(exist_ok=True)
        _write_atomically(folder / path, one.areas)
        areas[path] = StoredBoundaries(
            path=path,
            file=file,
            sha256=sha256,
            title=f"Grenzen: {one.regions} {LEVELS[one.level]}",
            form=one.form,
            level=one.level,
            key_column=one.key_column,
            gebietsstand=one.gebietsstand,
            valid_from=one.valid_from,
            licence=one.licence,
            attribution=one.attribution,
            crs=one.crs,
            encoding=one.encoding,
            notes=one.notes,
            features=len(one.areas),
            regions=one.regions,
            points=one.points,
            parquet_sha256=_sha256((folder / path).read_bytes()),
        )
    package = DataPackage(
        folder, tuple(kept[path] for path in sorted(kept)), tuple(areas[path] for path in sorted(areas))
    )
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
    resources += [
        {
            "name": Path(one.path).stem.lower(),
            "kind": _BOUNDARIES,
            "path": one.path,
            "title": one.title,
            "format": "parquet",
            "mediatype": "application/vnd.apache.parquet",
            "bytes": (package.folder / one.path).stat().st_size,
            "hash": f"sha256:{one.parquet_sha256}",
            "licenses": [{"name": one.licence}] if one.licence else [],
            "sources": [
                {
                    "title": f"{one.attribution or 'ohne Angabe'} – {one.file}, "
                    f"Gebietsstand {one.gebietsstand or 'ohne Angabe'}"
                }
            ],
            "transferbuch": one.__dict__,
        }
        for one in package.boundaries
    ]
    content = {
        "profile": "data-package",
        "name": "transferbuch-daten",
        "id": package.id,
        "title": "Amtliche Tabellen und Grenzen in gemeinsamer Form",
        "transferbuch": {"format": FORMAT},
        "resources": resources,
    }
    part = package.folder / (_DESCRIPTION + ".part")
    part.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    os.replace(part, package.folder / _DESCRIPTION)


def _sha256(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()
