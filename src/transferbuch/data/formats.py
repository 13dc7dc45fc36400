"""Which official format a file has, by its own first bytes, whatever packs it (zip, gzip: see `archives`)."""

import datetime as dt
import json
import zipfile
from pathlib import Path

from transferbuch.data.archives import check_size, unpack_gzip, unpack_zip
from transferbuch.data.cells import NotATable, OfficialTable
from transferbuch.data.crosswalk import read_crosswalk_workbook
from transferbuch.data.ffcsv import is_ffcsv, read_ffcsv
from transferbuch.data.gemeindeverzeichnis import read_gemeindeverzeichnis
from transferbuch.data.genesis import is_genesis, read_genesis
from transferbuch.data.inkar import is_inkar, read_inkar, read_inkar_xls
from transferbuch.data.inkar_xls import is_old_workbook
from transferbuch.data.persons import MAX_COLUMNS, check_persons
from transferbuch.data.plain import read_plain
from transferbuch.data.report_workbook import read_report
from transferbuch.data.typologies import is_typology, read_references, read_typology
from transferbuch.data.workbook import Workbook, is_workbook, open_workbook
from transferbuch.errors import DataRefused, Problem

_DOCUMENTS = (".xlsx", ".xlsm", ".ods", ".docx")


def read_official(raw: bytes, name: str, path: Path) -> OfficialTable:
    """The official table that `raw` holds; `name` is shown in messages, `path` gives ending and folder.

    Raises NotATable with the reason for a sound file of another kind, DataRefused for a broken table, and for one row
    per person in a workbook or in a CSV that has not the header of an official format.
    """
    if is_workbook(raw):
        return _read_workbook(raw, name)
    if path.suffix.lower() in _DOCUMENTS:
        raise NotATable(
            f"a {path.suffix} document; official tables are read as CSV, flat file or workbook (.xlsx, .xls)"
        )
    is_json = raw[:100].lstrip()[:1] in (b"{", b"[")  # the interface answers so, whatever the file was to be called
    if raw[:4] == b"PK\x03\x04" or (path.suffix.lower() == ".zip" and not is_json):
        return _read_zip(raw, name, path)
    if raw[:2] == b"\x1f\x8b":
        raw = unpack_gzip(raw, name)
    if is_old_workbook(raw, path.suffix):
        table = read_inkar_xls(raw, name)
        if table is None:
            raise NotATable("a workbook (.xls) without the header of an INKAR export")
        return table
    return _read_text(raw, name, path)


def _read_zip(raw: bytes, name: str, path: Path) -> OfficialTable:
    member, content = unpack_zip(raw, name)
    inside = path.with_name(Path(member.filename).name)
    if is_ffcsv(content[:200]):
        check_size(content, name)
        return read_ffcsv(content, name, member.filename, stand=_day_of(member))
    return _read_text(content, name, inside)


def _read_text(raw: bytes, name: str, path: Path) -> OfficialTable:
    if raw[:100].lstrip()[:1] in (b"{", b"["):
        raise NotATable(_describe_json(raw))
    check_size(raw, name)
    if is_genesis(raw[:500]):
        return read_genesis(raw, name)
    if is_ffcsv(raw[:200]):
        return read_ffcsv(raw, name, path.name)
    if is_inkar(raw[:500]):
        return read_inkar(raw, name, path)
    if is_typology(raw[:500]):
        return read_typology(raw, name)
    return read_plain(raw, name, path)


def _read_workbook(raw: bytes, name: str) -> OfficialTable:
    with open_workbook(raw, name) as book:
        if book and (found := _find_persons(book)):
            raise DataRefused(found)
        for read in (read_gemeindeverzeichnis, read_crosswalk_workbook, read_references, read_report):
            if book and (table := read(book)):
                return table
    raise NotATable(
        "a workbook (.xlsx) without the header of a Gemeindeverzeichnis, an Umsteigeschlüssel or references of the "
        "BBSR, or the flat sheets (csv-…) of a Statistischer Bericht"
    )


def _find_persons(book: Workbook) -> list[Problem]:
    """Traces of persons in all sheets of a workbook: one may have been added to an official one."""
    several = len(book.sheets) > 1
    sheets = enumerate(book.sheets, 1)
    return [
        problem
        for number, sheet in sheets
        for problem in check_persons(book.file, book.texts(sheet, MAX_COLUMNS), sheet=number if several else 0)
    ]


def _day_of(member: zipfile.ZipInfo) -> str:
    """ISO date of a zip's member; '' for the first day a zip can name, which archives give that keep no date."""
    try:
        day = dt.date(*member.date_time[:3])
    except ValueError:
        return ""
    return "" if day == dt.date(1980, 1, 1) else day.isoformat()


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


def _describe_json(raw: bytes) -> str:
    """Why JSON is no table, in words that help."""
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
