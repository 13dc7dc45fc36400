"""Official files or folders → data package. Everything is read before anything is written.

A file that was named and is no official table, or a table that is broken wherever it lies, refuses the whole
import. Inside a folder, files that are not tables at all (a README, metadata, somebody's spreadsheet, the
interface's error answer) are left out and listed with the reason.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from transferbuch.data.areas import LEVELS, OfficialBoundaries
from transferbuch.data.boundaries import read_boundaries
from transferbuch.data.boundary_files import find_main, holds_boundaries, sha256_of
from transferbuch.data.cells import OfficialTable
from transferbuch.data.formats import NotATable, read_official
from transferbuch.data.store import DataPackage, add_to_package, open_package
from transferbuch.errors import DataRefused, Problem

_NO_TABLE = "no official table"
_NO_STAND = "the file states no Stand: it is kept, but its figures are not shown on pages"


@dataclass(frozen=True)
class ImportedFile:
    """What became of one file: `imported`, `unchanged` (already in the package), `left out`, or `part` (of a .shp)."""

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
    before = open_package(into) if (into / "datapackage.json").exists() else None
    known = {one.sha256 for one in (*before.tables, *before.boundaries)} if before else set()
    files: list[ImportedFile] = []
    new: list[tuple[str, str, OfficialTable]] = []
    areas: list[tuple[str, str, OfficialBoundaries]] = []
    together = {path for path, _, _ in found}
    problems: list[Problem] = []
    for number, (path, name, was_named) in enumerate(found):
        progress(number, len(found), name)
        main = find_main(path)
        if main in together:
            files.append(ImportedFile(name, "part", why=f"of {main.name}"))
            continue
        raw = path.read_bytes()
        sha256 = sha256_of(raw, path)
        if sha256 in known:
            files.append(ImportedFile(name, "unchanged"))
            continue
        try:
            if main:
                raise NotATable(f"a part of the Shapefile {main.name}: name that file")
            if holds_boundaries(raw, path):
                one = read_boundaries(raw, name, path)
                known.add(sha256)
                areas.append((path.name, sha256, one))
                files.append(_told(name, one))
                continue
            table = read_official(raw, name, path)
        except NotATable as reason:
            if was_named:
                problems.append(
                    Problem(
                        name,
                        0,
                        "",
                        f"{_NO_TABLE}: {reason}",
                        expected="GENESIS classic CSV, a flat file (ffcsv), INKAR export or boundaries, as downloaded",
                        do="download the table again from the office's database",
                        code="no-table",
                    )
                )
            files.append(ImportedFile(name, "left out", why=str(reason)))
        except DataRefused as refused:
            problems.extend(refused.problems)
        else:
            known.add(sha256)
            new.append((path.name, sha256, table))
            files.append(
                ImportedFile(
                    name, "imported", table.code, table.stand, len(table.cells), "" if table.stand else _NO_STAND
                )
            )
    if problems:
        raise DataRefused(problems)
    if not any(file.outcome in ("imported", "unchanged") for file in files):
        raise DataRefused(
            Problem(
                ", ".join(str(path) for path in paths),
                0,
                "",
                "no official table found",
                expected="GENESIS classic CSV, flat files (ffcsv), INKAR exports or boundaries",
                do="check the path",
                code="no-table",
            )
        )
    progress(len(found), len(found), "")
    return ImportReport(add_to_package(into, new, areas), tuple(files))


def _told(name: str, one: OfficialBoundaries) -> ImportedFile:
    notes = [] if one.gebietsstand else ["the file states no Gebietsstand"]
    if not one.gebietsstand and one.valid_from:
        notes = [f"the file states no Gebietsstand; its newest borders are those of {one.valid_from}"]
    why = "; ".join([*notes, *([one.notes] if one.notes else [])])
    about = f"boundaries of {one.regions} {LEVELS[one.level]}"
    return ImportedFile(name, "imported", stand=one.gebietsstand, boundaries=about, why=why)


def _find_files(paths: Iterable[Path]) -> list[tuple[Path, str, bool]]:
    """(path, name shown to people, was it named by the user) for every file, folders walked in sorted order."""
    found: list[tuple[Path, str, bool]] = []
    problems = []
    for path in paths:
        if path.is_file():
            found.append((path, path.name, True))
        elif path.is_dir():
            inside = sorted(file for file in path.rglob("*") if file.is_file() and not file.name.startswith("."))
            found += [(file, f"{path.resolve().name}/{file.relative_to(path).as_posix()}", False) for file in inside]
        else:
            problems.append(
                Problem(str(path), 0, "", "there is no such file or folder", do="check the path", code="file-missing")
            )
    if problems:
        raise DataRefused(problems)
    return found
