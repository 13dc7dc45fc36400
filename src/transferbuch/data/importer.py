"""Official files or folders → data package. Everything is read before anything is written, one file at a time.

A file that was named and is no official table, or a table that is broken wherever it lies, refuses the whole
import. Inside a folder, files that are not tables at all (a README, metadata, somebody's spreadsheet, the
interface's error answer) are left out and listed with the reason, and so are pipes, devices and links that lead
nowhere or to another folder: nothing is opened that may have no end. A CSV or workbook with one row per person is none
of these files that are left out: it refuses the whole import too, wherever it lies.
"""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from transferbuch.data.archives import read_file
from transferbuch.data.areas import LEVELS, OfficialBoundaries
from transferbuch.data.boundaries import read_boundaries
from transferbuch.data.boundary_files import find_main, holds_boundaries, sha256_of
from transferbuch.data.cells import NotATable
from transferbuch.data.formats import read_official
from transferbuch.data.store import DataPackage, PackedFile, add_to_package, open_package, pack_boundaries, pack_table
from transferbuch.errors import DataRefused, Problem

FAMILIES = (
    "GENESIS classic CSV, flat files (ffcsv), INKAR exports, Gemeindeverzeichnis, Umsteigeschlüssel and typologies of "
    "the BBSR, flat sheets of a Statistischer Bericht, or a CSV with labels and a column of keys"
)
_NO_TABLE = "no official table"
_NO_STAND = "the file states no Stand: it is kept, but its figures are not shown on pages"


@dataclass(frozen=True)
class ImportedFile:
    """What became of one file: `imported`, `unchanged` (already in the package), `left out`, or `part` (of a .shp).

    `why` says why a file was left out, or which parts of an imported one were, and what they are.
    """

    file: str
    outcome: str
    table: str = ""
    stand: str = ""
    cells: int = 0
    why: str = ""
    boundaries: str = ""  # for example `boundaries of 400 Kreise`; `stand` is their Gebietsstand


@dataclass(frozen=True)
class ImportReport:
    """Result of one import, in the order of the files."""

    package: DataPackage
    files: tuple[ImportedFile, ...]

    def count(self, outcome: str) -> int:
        return sum(file.outcome == outcome for file in self.files)


def import_files(
    paths: Iterable[Path], into: Path, progress: Callable[[int, int, str], None] = lambda done, total, name: None
) -> ImportReport:
    """Import official tables into the data package `into` (made if missing, added to otherwise).

    `progress` is called with (done, total, file name). Raises DataRefused with all faults; nothing is written then.
    """
    found = _find_files(paths)
    former = open_package(into) if (into / "datapackage.json").exists() else None
    known = {one.sha256 for one in (*former.tables, *former.boundaries)} if former else set()
    files: list[ImportedFile] = []
    new: list[PackedFile] = []
    problems: list[Problem] = []
    together = {one.path for one in found}
    for number, one in enumerate(found):
        progress(number, len(found), one.name)
        main = find_main(one.path)
        if main in together:
            files.append(ImportedFile(one.name, "part", why=f"of {main.name}"))
            continue
        try:
            if one.why or main:
                raise NotATable(one.why or f"a part of the Shapefile {main.name}: name that file")
            raw = read_file(one.path, one.name)
            sha256 = sha256_of(raw, one.path)
            if sha256 in known:
                files.append(ImportedFile(one.name, "unchanged"))
                continue
            packed, told = _read(raw, sha256, one)
        except NotATable as reason:
            if one.was_named:
                problems.append(_no_table(one.name, f"{_NO_TABLE}: {reason}", "download the table again"))
            files.append(ImportedFile(one.name, "left out", why=str(reason)))
        except DataRefused as refused:
            problems.extend(refused.problems)
        else:
            known.add(sha256)
            new.append(packed)
            files.append(told)
    if problems:
        raise DataRefused(problems)
    if not any(file.outcome in ("imported", "unchanged") for file in files):
        raise DataRefused(_no_table(", ".join(str(path) for path in paths), f"{_NO_TABLE} found", "check the path"))
    progress(len(found), len(found), "")
    return ImportReport(add_to_package(into, former, new), tuple(files))


def _read(raw: bytes, sha256: str, found: "_Found") -> tuple[PackedFile, ImportedFile]:
    if holds_boundaries(raw, found.path):
        areas = read_boundaries(raw, found.name, found.path)
        return pack_boundaries(found.path.name, sha256, areas), _told(found.name, areas)
    table = read_official(raw, found.name, found.path)
    why = "; ".join(filter(None, ["" if table.stand else _NO_STAND, table.left_out]))
    imported = ImportedFile(found.name, "imported", table.code, table.stand, len(table.cells), why=why)
    return pack_table(found.path.name, sha256, table), imported


def _told(name: str, one: OfficialBoundaries) -> ImportedFile:
    notes = [] if one.gebietsstand else ["the file states no Gebietsstand"]
    if not one.gebietsstand and one.valid_from:
        notes = [f"the file states no Gebietsstand; its newest borders are those of {one.valid_from}"]
    why = "; ".join([*notes, *([one.notes] if one.notes else [])])
    about = f"boundaries of {one.regions} {LEVELS[one.level]}"
    return ImportedFile(name, "imported", stand=one.gebietsstand, boundaries=about, why=why)


def _no_table(name: str, what: str, do: str) -> Problem:
    return Problem(name, 0, "", what, expected=f"a file as downloaded: {FAMILIES}", do=do, code="no-table")


@dataclass(frozen=True)
class _Found:
    path: Path
    name: str  # as shown to people
    was_named: bool
    why: str = ""  # why it is not even opened


def _find_files(paths: Iterable[Path]) -> list[_Found]:
    """Every file that was named or lies in a named folder, folders walked in sorted order, hidden files passed by."""
    found: list[_Found] = []
    problems: list[Problem] = []

    def unreadable(error: OSError) -> None:
        what, do = f"the folder cannot be read: {error.strerror}", "check the folder's permissions"
        problems.append(Problem(str(error.filename), 0, "", what, do=do, code="file-unreadable"))

    for path in paths:
        if path.is_file():
            found.append(_Found(path, path.name, True))
        elif path.is_dir():
            inside = [
                Path(folder, name)
                for folder, folders, names in os.walk(path, onerror=unreadable)
                for name in [*names, *(one for one in folders if Path(folder, one).is_symlink())]
                if not name.startswith(".")
            ]
            top = path.resolve().name
            found += [
                _Found(file, f"{top}/{file.relative_to(path).as_posix()}", False, _describe_place(file))
                for file in sorted(inside)
            ]
        elif path.is_symlink() or path.exists():
            what = f"{_NO_TABLE}: {_describe_place(path)}"
            problems.append(_no_table(str(path), what, "name the file itself"))
        else:
            problems.append(
                Problem(str(path), 0, "", "there is no such file or folder", do="check the path", code="file-missing")
            )
    if problems:
        raise DataRefused(problems)
    return found


def _describe_place(path: Path) -> str:
    """Why nothing can be read there; '' for a file."""
    if path.is_file():
        return ""
    if path.is_dir():
        return "a link to a folder; links are not followed"
    return "a link that leads nowhere" if path.is_symlink() else "a pipe or a device and no file"
