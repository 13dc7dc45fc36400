"""Official files or folders → data package. Everything is read before anything is written.

A file that was named and is no official table, or a table that is broken wherever it lies, refuses the whole
import. Inside a folder, files that are not tables at all (a README, metadata, somebody's spreadsheet, the
interface's error answer) are left out and listed with the reason.
"""

import datetime as dt
import gzip
import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from transferbuch.data.cells import OfficialTable
from transferbuch.data.ffcsv import is_ffcsv, read_ffcsv
from transferbuch.data.genesis import is_genesis, read_genesis
from transferbuch.data.inkar import describe_inkar_catalogue, is_inkar, read_inkar, read_inkar_xls
from transferbuch.data.inkar_xls import is_old_workbook
from transferbuch.data.store import DataPackage, add_to_package, open_package
from transferbuch.errors import DataRefused, Problem

MAX_BYTES = 2_000_000_000  # unpacked size of one file; the largest official table known has 0.1 GB
_NO_TABLE = "no official table"
_NO_STAND = "the file states no Stand: it is kept, but its figures are not shown on pages"


@dataclass(frozen=True)
class ImportedFile:
    """What became of one file: `imported`, `unchanged` (already in the package) or `left out`."""

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


class _NotATable(Exception):
    """The file is sound but holds no official table."""


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
            table = _read_table(raw, name, path)
        except _NotATable as reason:
            if was_named:
                problems.append(
                    Problem(
                        name,
                        0,
                        "",
                        f"{_NO_TABLE}: {reason}",
                        expected="a GENESIS classic CSV, a flat file (ffcsv) or an INKAR export, as downloaded",
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
                expected="GENESIS classic CSV, flat files (ffcsv) or INKAR exports",
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


def _read_table(raw: bytes, name: str, path: Path) -> OfficialTable:
    if path.suffix.lower() in (".xlsx", ".xlsm", ".ods", ".docx"):
        raise _NotATable(f"a {path.suffix} document; official tables are read as CSV or flat file")
    is_json = raw.lstrip()[:1] in (b"{", b"[")  # the interface answers so, whatever the file was to be called
    if raw[:4] == b"PK\x03\x04" or (path.suffix.lower() == ".zip" and not is_json):
        return _read_zip(raw, name, path)
    if raw[:2] == b"\x1f\x8b":
        raw = _unpack_gzip(raw, name)
    if is_genesis(raw[:500]):
        return read_genesis(raw, name)
    if is_ffcsv(raw[:200]):
        return read_ffcsv(raw, name, path.name)
    if is_inkar(raw[:500]):
        return read_inkar(raw, name, path)
    if is_old_workbook(raw, path.suffix):
        table = read_inkar_xls(raw, name)
        if table is None:
            raise _NotATable("a workbook (.xls) without the header of an INKAR export")
        return table
    if catalogue := describe_inkar_catalogue(raw[:500]):
        raise _NotATable(catalogue)
    raise _NotATable(_describe(raw, path))


def _read_zip(raw: bytes, name: str, path: Path) -> OfficialTable:
    try:
        archive = zipfile.ZipFile(io.BytesIO(raw))
        members = [member for member in archive.infolist() if not member.is_dir()]
        if len(members) != 1 or not members[0].filename.lower().endswith(".csv"):
            raise _NotATable(f"the archive holds {len(members)} file(s), not one CSV")
        member = members[0]
        if member.file_size > MAX_BYTES:
            raise DataRefused(
                Problem(
                    name,
                    0,
                    member.filename,
                    "the archive unpacks to more than any official table",
                    f"{member.file_size} bytes",
                    f"at most {MAX_BYTES} bytes",
                    "check where the file comes from",
                    "zip-too-large",
                )
            )
        with archive.open(member) as stream:
            content = stream.read(member.file_size + 1)
    except (zipfile.BadZipFile, EOFError, zlib.error, NotImplementedError, RuntimeError) as error:
        raise DataRefused(
            Problem(
                name,
                0,
                "",
                f"the archive is cut off or broken: {error}",
                do="download the table again",
                code="zip-broken",
            )
        ) from None
    if is_ffcsv(content[:200]):
        return read_ffcsv(content, name, member.filename, stand=_day_of(member))
    if is_genesis(content[:500]):
        return read_genesis(content, name)
    if is_inkar(content[:500]):
        return read_inkar(content, name, path.with_name(Path(member.filename).name))
    raise _NotATable("the CSV in the archive has no header of an official table")


def _day_of(member: zipfile.ZipInfo) -> str:
    """ISO date of a zip's member; '' for the first day a zip can name, which archives give that keep no date."""
    try:
        day = dt.date(*member.date_time[:3])
    except ValueError:
        return ""
    return "" if day == dt.date(1980, 1, 1) else day.isoformat()


def _unpack_gzip(raw: bytes, name: str) -> bytes:
    try:
        with gzip.open(io.BytesIO(raw)) as stream:
            content = stream.read(MAX_BYTES + 1)
    except (EOFError, OSError, zlib.error) as error:
        raise DataRefused(
            Problem(
                name,
                0,
                "",
                f"the archive is cut off or broken: {error}",
                do="download the table again",
                code="gzip-broken",
            )
        ) from None
    if len(content) > MAX_BYTES:
        raise DataRefused(
            Problem(
                name,
                0,
                "",
                "the archive unpacks to more than any official table",
                expected=f"at most {MAX_BYTES} bytes",
                do="check where the file comes from",
                code="gzip-too-large",
            )
        )
    return content


def read_interface_status(raw: bytes) -> tuple[int, str] | None:
    """(code, words) when `raw` is an answer of the GENESIS interface in place of a table; None otherwise.

    The interface sends such answers with HTTP 200 as well. Code 0 is success, for example of metadata.
    """
    if raw.lstrip()[:1] != b"{":
        return None
    try:
        content = json.loads(raw)
    except ValueError:
        return None
    status = content.get("Status", content)
    if not isinstance(status, dict) or not isinstance(status.get("Code"), int):
        return None
    return status["Code"], str(status.get("Content", ""))


def _describe(raw: bytes, path: Path) -> str:
    """Why a file is no table, in words that help."""
    if raw.lstrip()[:1] in (b"{", b"["):
        status = read_interface_status(raw)
        if status and status[0]:
            return f"the interface answered with error {status[0]}: {status[1]}"
        try:
            content = json.loads(raw)
        except ValueError:
            return "JSON that is cut off or broken"
        ident = content.get("Ident") if isinstance(content, dict) else None
        if isinstance(ident, dict) and ident.get("Service") == "metadata":
            return "metadata of a table, without figures"
        return "JSON of another kind"
    if not raw.strip():
        return "the file is empty"
    return f"a {path.suffix or 'file'} without the first line of an official table"
