"""Official files or folders → data package. Everything is read before anything is written.

A file that was named and is no official table, or a table that is broken wherever it lies, refuses the whole
import. Inside a folder, files that are not tables at all (a README, metadata, somebody's spreadsheet, the
interface's error answer) are left out and listed with the reason.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from transferbuch.data.cells import OfficialTable
from transferbuch.data.formats import NotATable, read_official
from transferbuch.data.store import DataPackage, add_to_package, open_package
from transferbuch.errors import DataRefused, Problem

FAMILIES = (
    "GENESIS classic CSV, flat files (ffcsv), INKAR exports, Gemeindeverzeichnis, Umsteigeschlüssel and typologies of "
    "the BBSR, flat sheets of a Statistischer Bericht"
)
_NO_TABLE = "no official table"
_NO_STAND = "the file states no Stand: it is kept, but its figures are not shown on pages"


@dataclass(frozen=True)
class ImportedFile:
    """What became of one file: `imported`, `unchanged` (already in the package) or `left out`.

    `why` says why a file was left out, or which parts of an imported one were, and what they are.
    """

    file: str
    outcome: str
    table: str = ""
    stand: str = ""
    cells: int = 0
    why: str = ""


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
    known = {table.sha256 for table in open_package(into).tables} if (into / "datapackage.json").exists() else set()
    files: list[ImportedFile] = []
    new: list[tuple[str, str, OfficialTable]] = []
    problems: list[Problem] = []
    for number, (path, name, was_named) in enumerate(found):
        progress(number, len(found), name)
        raw = path.read_bytes()
        sha256 = hashlib.sha256(raw).hexdigest()
        if sha256 in known:
            files.append(ImportedFile(name, "unchanged"))
            continue
        try:
            table = read_official(raw, name, path)
        except NotATable as reason:
            if was_named:
                problems.append(
                    Problem(
                        name,
                        0,
                        "",
                        f"{_NO_TABLE}: {reason}",
                        expected=f"a file of these families, as downloaded: {FAMILIES}",
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
            why = "; ".join(filter(None, ["" if table.stand else _NO_STAND, table.left_out]))
            files.append(ImportedFile(name, "imported", table.code, table.stand, len(table.cells), why))
    if problems:
        raise DataRefused(problems)
    if not any(file.outcome in ("imported", "unchanged") for file in files):
        raise DataRefused(
            Problem(
                ", ".join(str(path) for path in paths),
                0,
                "",
                "no official table found",
                expected=FAMILIES,
                do="check the path",
                code="no-table",
            )
        )
    progress(len(found), len(found), "")
    return ImportReport(add_to_package(into, new), tuple(files))


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
