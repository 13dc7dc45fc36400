"""The data package: a folder of Parquet files with provenance, described by `datapackage.json` (Frictionless).

  datapackage.json                     what is inside, with size and SHA-256 of every Parquet file
  cells/<table>__<sha256[:12]>.parquet one per official file, columns as in `cells`
  boundaries/<file>__<sha256[:12]>.parquet one per file of boundaries, GeoParquet, columns as in `areas`

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


@dataclass(frozen=True)
class PackedFile:
    """An official file on its way into a package: what will be known about it, and the bytes of its Parquet file."""

    stored: StoredTable | StoredBoundaries
    parquet: bytes


def pack_table(file: str, sha256: str, table: OfficialTable) -> PackedFile:
    """The table in the form that the package has; `file` is its name as delivered, with its SHA-256.

    Packed, a table takes a fiftieth of its memory: an import can hold all of them until the last one is found sound.
    """
    frame = table.cells[list(CELL_COLUMNS)].astype({name: "category" for name in _CATEGORIES})
    content = _to_parquet(frame)
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
    return PackedFile(stored, content)


def pack_boundaries(file: str, sha256: str, one: OfficialBoundaries) -> PackedFile:
    """The boundaries in the form that the package has; `file` is their name as delivered, with its SHA-256."""
    content = _to_parquet(one.areas)
    stored = StoredBoundaries(
        path=f"boundaries/{one.code}__{sha256[:12]}.parquet",
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
        parquet_sha256=_sha256(content),
    )
    return PackedFile(stored, content)


def add_to_package(folder: Path, former: DataPackage | None, new: Sequence[PackedFile]) -> DataPackage:
    """Write files into the package in `folder`, keeping those of `former`, the package that was opened there.

    A file with a SHA-256 that the package already has is written once. Returns the new package. Raises DataRefused
    when the disk does not take it; then everything new is removed and the former package is as it was.
    """
    if former and not new:
        return former
    former = former or DataPackage(folder, ())
    kept = {one.path: one for one in (*former.tables, *former.boundaries)}
    folders = [folder, *(folder / name for name in sorted({Path(one.stored.path).parts[0] for one in new}))]
    made = [path for path in folders if not path.is_dir()]
    written: list[Path] = []
    try:
        for path in made:
            path.mkdir(parents=True, exist_ok=True)
        for packed in new:
            path = folder / packed.stored.path
            if packed.stored.path not in kept:
                written.append(path)
            _write_atomically(path, packed.parquet)
            kept[packed.stored.path] = packed.stored
        files = [kept[path] for path in sorted(kept)]
        package = DataPackage(
            folder,
            tuple(one for one in files if isinstance(one, StoredTable)),
            tuple(one for one in files if isinstance(one, StoredBoundaries)),
        )
        _write_description(package)
    except OSError as error:
        for path in written:
            path.unlink(missing_ok=True)
        for path in reversed(made):
            if path.is_dir():
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
    content = {
        "profile": "data-package",
        "name": "transferbuch-daten",
        "id": package.id,
        "title": "Amtliche Tabellen und Grenzen in gemeinsamer Form",
        "transferbuch": {"format": FORMAT},
        "resources": [_resource(package.folder, one) for one in (*package.tables, *package.boundaries)],
    }
    text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    _write_atomically(package.folder / _DESCRIPTION, text.encode())


def _resource(folder: Path, one: StoredTable | StoredBoundaries) -> dict[str, object]:
    is_table = isinstance(one, StoredTable)
    stand = (one.stand if is_table else one.gebietsstand) or "ohne Angabe"
    about = f"Tabelle {one.table}, Stand {stand}" if is_table else f"{one.file}, Gebietsstand {stand}"
    return {
        "name": Path(one.path).stem.lower(),
        **({} if is_table else {"kind": _BOUNDARIES}),
        "path": one.path,
        "title": one.title,
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "bytes": (folder / one.path).stat().st_size,
        "hash": f"sha256:{one.parquet_sha256}",
        "licenses": [{"name": one.licence}] if one.licence else [],
        "sources": [{"title": f"{one.attribution or 'ohne Angabe'} – {about}"}],
        "transferbuch": one.__dict__,
    }


def _to_parquet(frame: pd.DataFrame) -> bytes:
    stream = io.BytesIO()
    frame.to_parquet(stream, index=False, compression="zstd")
    return stream.getvalue()


def _sha256(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()
