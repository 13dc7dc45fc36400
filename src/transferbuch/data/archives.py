"""Bytes of files and archives within bounds: nothing is read or unpacked further than an official table can need.

Three bounds hold: the size of a file and of what it unpacks to, the length of one line of text, and how many times
smaller an archive may be than its content. An archive is unpacked into memory only, never to the disk, and once:
an archive inside an archive is no table.
"""

import gzip
import io
import zipfile
import zlib
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import BinaryIO

from transferbuch.data.cells import NotATable
from transferbuch.errors import DataRefused, Problem

MAX_BYTES = 256_000_000  # of one file, also unpacked; the largest official table known has 0.1 GB
MAX_LINE = 10_000_000  # bytes; the longest line of an official table known has 3,000
MAX_CELLS = 25_000_000
MAX_RATIO = 200  # unpacked to packed; tables reach 40, data made to fill a disk 1000
_SMALL = 10_000_000  # below this an archive may be packed as tightly as it likes
_CHUNK = 1 << 20
_TEXT = (".csv", ".tsv", ".txt")


def read_file(path: Path, name: str) -> bytes:
    """Content of a file; `name` is shown in messages.

    Raises DataRefused when it cannot be read, is larger than any official table, or is text with an endless line;
    then no more than that line has been read.
    """
    try:
        size = path.stat().st_size
        is_text = path.suffix.lower() in _TEXT
        with path.open("rb") as stream:  # text is begun in any case, to name the line that has no end
            content = _read(stream, name, is_text) if is_text or size <= MAX_BYTES else None
    except OSError as error:
        what = f"the file cannot be read: {error.strerror or error}"
        problem = Problem(name, 0, "", what, do="check the file's permissions and the disk", code="file-unreadable")
        raise DataRefused(problem) from None
    if content is None:
        what = "the file is larger than any official table"
        raise DataRefused(_fault(name, what, f"{size} bytes", f"at most {MAX_BYTES} bytes", "file-too-large"))
    return content


def check_size(raw: bytes, name: str) -> None:
    """Refuses text with more cells than the memory can hold: each takes 50 times the one byte it may have in a file."""
    cells = raw.count(b"\n") + max(raw.count(delimiter) for delimiter in (b";", b",", b"\t"))
    if cells > MAX_CELLS:
        what = "the table has more cells than any official table"
        raise DataRefused(_fault(name, what, str(cells), f"at most {MAX_CELLS} cells", "table-too-large"))


def unpack_gzip(raw: bytes, name: str) -> bytes:
    """Content of a gzip file with a table; DataRefused when it is broken or unpacks to more than a table."""
    try:
        with gzip.open(io.BytesIO(raw)) as stream:
            content = _read(stream, name, True, len(raw))
    except (EOFError, OSError, zlib.error) as error:
        raise DataRefused(_broken(name, error, "gzip-broken")) from None
    if content is None:
        raise DataRefused(_bomb(name, "", "", "gzip-too-large"))
    return content


def check_archive(raw: bytes, name: str) -> list[zipfile.ZipInfo]:
    """The files of a zip, or of a document that is one (xlsx); nothing is unpacked yet.

    Raises DataRefused when it is broken, names a place outside itself, or says that it unpacks to more than a table. A
    file that then unpacks to more than it said is cut there by the library and does not fit its checksum.
    """
    try:
        members = [member for member in zipfile.ZipFile(io.BytesIO(raw)).infolist() if not member.is_dir()]
    except (zipfile.BadZipFile, EOFError, NotImplementedError) as error:
        raise DataRefused(_broken(name, error, "zip-broken")) from None
    if unsafe := [member.filename for member in members if _leaves(member.filename)]:
        what = "the archive names a file outside itself"
        raise DataRefused(_fault(name, what, unsafe[0][:60], "file names without folders above", "zip-unsafe-name"))
    size = sum(member.file_size for member in members)
    if _is_bomb(size, len(raw)):
        largest = max(members, key=lambda member: member.file_size).filename
        raise DataRefused(_bomb(name, largest[:60], f"{size} bytes", "zip-too-large"))
    return members


def unpack_zip(raw: bytes, name: str) -> tuple[zipfile.ZipInfo, bytes]:
    """The one CSV of a zip with its content.

    Raises NotATable when the zip holds something else, DataRefused as `check_archive` does and when it is encrypted.
    """
    members = check_archive(raw, name)
    if len(members) != 1 or not members[0].filename.lower().endswith(".csv"):
        raise NotATable(f"the archive holds {len(members)} file(s), not one CSV")
    [member] = members
    try:
        with zipfile.ZipFile(io.BytesIO(raw)).open(member) as stream:
            content = _read(stream, name, True, len(raw))  # type: ignore[arg-type]
    except (zipfile.BadZipFile, EOFError, zlib.error, NotImplementedError, RuntimeError) as error:
        raise DataRefused(_broken(name, error, "zip-broken")) from None
    if content is None:
        raise DataRefused(_bomb(name, member.filename[:60], "", "zip-too-large"))
    return member, content


def _read(stream: BinaryIO, name: str, is_text: bool, packed: int = 0) -> bytes | None:
    """Everything in `stream`; None as soon as it is too large, or larger than `packed` bytes can honestly unpack to."""
    content = bytearray()
    begin = 0  # of the line that is being read
    lines = 0
    while chunk := stream.read(_CHUNK):
        content += chunk
        if len(content) > MAX_BYTES or (packed and _is_bomb(len(content), packed)):
            return None
        if not is_text:
            continue
        if (end := chunk.rfind(b"\n")) >= 0:
            lines += chunk.count(b"\n")
            begin = len(content) - len(chunk) + end + 1
        if len(content) - begin > MAX_LINE:
            what = "the line has no end"
            raise DataRefused(_fault(name, what, "", f"at most {MAX_LINE} bytes in a line", "line-too-long", lines + 1))
    return bytes(content)


def _is_bomb(unpacked: int, packed: int) -> bool:
    return unpacked > MAX_BYTES or (unpacked > _SMALL and unpacked > packed * MAX_RATIO)


def _leaves(name: str) -> bool:
    windows = PureWindowsPath(name)
    return name.startswith("/") or bool(windows.drive or windows.root) or ".." in PurePosixPath(*windows.parts).parts


def _fault(name: str, what: str, value: str, expected: str, code: str, line: int = 0) -> Problem:
    return Problem(name, line, "", what, value, expected, "check where the file comes from", code)


def _bomb(name: str, member: str, size: str, code: str) -> Problem:
    what = "the archive unpacks to more than any official table"
    expected = f"at most {MAX_BYTES} bytes, and at most {MAX_RATIO} times the archive"
    return Problem(name, 0, member, what, size, expected, "check where the file comes from", code)


def _broken(name: str, error: Exception, code: str) -> Problem:
    return Problem(name, 0, "", f"the archive is cut off or broken: {error}", do="download the table again", code=code)
