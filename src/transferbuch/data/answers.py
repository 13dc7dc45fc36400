"""What a service's answer to a request for a table is: the table, words of the interface, or something else."""

import re
import zipfile
from pathlib import Path

from transferbuch.data.download import Client
from transferbuch.data.ffcsv import is_ffcsv
from transferbuch.data.formats import read_interface_status
from transferbuch.data.genesis import is_genesis
from transferbuch.errors import DataRefused, Problem

TOO_LARGE, NOTHING_FOUND = 98, 104  # status codes of the interface
_HEAD = 1 << 16  # bytes that are looked at; answers in words are far shorter


def check_answer(client: Client, table: str, path: Path) -> tuple[int, str] | None:
    """None for a file that looks like `table`, (code, words) for an answer of the interface in place of it.

    Raises DataRefused, and removes the file, for everything else. The figures themselves are checked by the import.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
    try:
        if status := read_interface_status(head):
            return status
        found = _table_of(path, head) or table
        if found.upper() != table:
            raise DataRefused(no_table(client, table, f"the service delivered another table: {found}"))
    except (zipfile.BadZipFile, OSError) as error:
        path.unlink()
        raise DataRefused(no_table(client, table, f"the archive is cut off or broken: {error}")) from None
    except _NoTable as reason:
        path.unlink()
        raise DataRefused(no_table(client, table, str(reason), head)) from None
    except DataRefused:
        path.unlink()
        raise
    return None


def no_table(client: Client, table: str, what: str, raw: bytes = b"") -> Problem:
    """The fault of an answer with HTTP 200 that holds no table; the title of a web page in `raw` is told."""
    title = re.search(rb"<title[^>]*>([^<]*)", raw, re.IGNORECASE)
    return client.problem(
        table,
        f"{what} (HTTP 200)",
        title[1].decode("utf-8", "replace").strip() if title else "",
        "the table as CSV or zip",
        "run the same command again later; if it stays so, download the table on the database's pages and use "
        "`transferbuch data import`",
        "fetch-no-table",
    )


def refused_by_interface(client: Client, table: str, code: int, words: str) -> Problem:
    """The fault of an answer in words, with what to do about the codes that are known."""
    do = "run the same command again later; if it stays so, ask the office with code and words"
    if code == NOTHING_FOUND:
        do = "check the table code"
    elif code == TOO_LARGE:
        do = (
            "one year of it is too large already: choose a table with fewer characteristics, or download it by Land on "
            "the database's pages and use `transferbuch data import`"
        )
    what = f"the interface answered with status {code} instead of a table"
    return client.problem(table, what, words, do=do, code="fetch-status")


class _NoTable(Exception):
    """The answer is something else than a table."""


def _table_of(path: Path, head: bytes) -> str:
    """Code of the table in the file; '' for a flat file, which does not say it."""
    if head[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(path) as archive:
            return Path((archive.namelist() or [""])[0]).name.split("_")[0] or "an empty archive"
    if is_genesis(head):
        first = head.removeprefix(b"\xef\xbb\xbf").split(b"\n", 1)[0]
        return first.decode("cp1252", "replace").split(":")[1].strip(" ;\r")
    if is_ffcsv(head):
        return ""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start:
        raise _NoTable("the answer is empty")
    if start[:1] == b"<":
        raise _NoTable("the service answered with a web page instead of a table")
    if start[:1] in (b"{", b"["):
        raise _NoTable("the service answered with JSON that is broken or of another kind")
    raise _NoTable("the answer is no official table")
