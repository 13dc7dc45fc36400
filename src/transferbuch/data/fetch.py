"""Download official tables and import them: the open download (newest year) or the GENESIS REST interface (all years).

Every file goes to a folder that remembers what it has (`kept`), so that a broken run continues where it stopped. A
table is imported when all its files are there; a table that fails does not hold up the others.
"""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from transferbuch.data.access import find_access
from transferbuch.data.answers import NOTHING_FOUND, TOO_LARGE, check_answer, no_table, refused_by_interface
from transferbuch.data.cells import year_of
from transferbuch.data.download import AccessRefused, Client, Unavailable
from transferbuch.data.formats import read_interface_status
from transferbuch.data.importer import ImportReport, import_files
from transferbuch.data.kept import KeptFiles, KeptTable, part_name
from transferbuch.data.sources import REGIONALDATENBANK, load_sources
from transferbuch.data.store import open_package
from transferbuch.errors import DataRefused, Problem, UsageError
from transferbuch.records import nearest

BASE_URL = "https://www.regionalstatistik.de/genesisws"
_OPEN, _TABLE, _METADATA = "downloader/00/tables/{}_00.csv", "rest/2020/data/tablefile", "rest/2020/metadata/table"
_CODE = re.compile(r"[0-9A-Z]+(-[0-9A-Z]+)+")
_GIVE_UP = 2  # tables in a row without an answer; then the service is left alone
Progress = Callable[[int, int, str], object]


@dataclass(frozen=True)
class FetchRequest:
    """What to fetch: table codes (none: the whole source catalogue), data package, folder of downloads, service."""

    into: Path
    keep: Path
    tables: tuple[str, ...] = ()
    source: Literal["open", "rest"] = "open"
    base_url: str = BASE_URL


@dataclass(frozen=True)
class FetchedTable:
    """What became of one table: `fetched`, `already there` (from an earlier run), `failed` or `not asked`."""

    table: str
    outcome: str
    files: tuple[Path, ...] = ()
    why: str = ""


@dataclass(frozen=True)
class FetchReport:
    """Result of one run, in the order of the tables; `imported` is None when no table arrived."""

    tables: tuple[FetchedTable, ...]
    problems: tuple[Problem, ...]
    imported: ImportReport | None

    def recap(self) -> list[str]:
        """One line per table and one for all."""
        lines = [
            f"{one.outcome:13}  {one.table}  {one.why or ', '.join(file.name for file in one.files)}"
            for one in self.tables
        ]
        counts = [
            f"{sum(one.outcome == outcome for one in self.tables)} {outcome}"
            for outcome in ("fetched", "already there", "failed", "not asked")
        ]
        package = self.imported.package if self.imported else None
        state = (
            f"the data package has {len(package.tables)} tables (id {package.id})" if package else "nothing to import"
        )
        return [*lines, f"{', '.join(counts)}; {state}"]

    def raise_for_failures(self) -> None:
        """Raise DataRefused with the problems of all tables that failed, if any did."""
        if self.problems:
            raise DataRefused(self.problems)


def fetch_tables(
    request: FetchRequest, progress: Progress = lambda done, total, name: None, client: Client | None = None
) -> FetchReport:
    """Download the tables one after the other and import those that arrived whole.

    `progress` is called with (done, total, what is being done). Raises UsageError for a wrong code, address or missing
    access, DataRefused for a broken data package or folder; faults of single tables are in the report.
    """
    catalogue = {code: source for code, source in load_sources().items() if source.url == REGIONALDATENBANK}
    tables = _check_codes(request.tables, catalogue) or tuple(catalogue)
    client = client or Client(request.base_url, find_access() if request.source == "rest" else None)
    if (request.into / "datapackage.json").exists():
        open_package(request.into)  # a broken package is refused before anything is asked for
    kept = KeptFiles(request.keep)
    results: list[FetchedTable] = []
    problems: list[Problem] = []
    stopped, unanswered = "", 0
    for number, table in enumerate(tables):
        if stopped:
            results.append(FetchedTable(table, "not asked", why=stopped))
            continue
        fetching = _Fetching(client, kept, table, lambda what, n=number: progress(n, len(tables), what))
        try:
            files = fetching.fetch_years() if request.source == "rest" else fetching.fetch_open()
        except DataRefused as refused:
            unanswered = unanswered + 1 if isinstance(refused, Unavailable) else 0
            if isinstance(refused, AccessRefused):
                stopped = "the service refuses the access"
            elif unanswered == _GIVE_UP:
                stopped = "the service does not answer"
            results.append(FetchedTable(table, "failed", why=refused.problems[0].what))
            problems += refused.problems
        else:
            unanswered = 0
            results.append(FetchedTable(table, "fetched" if fetching.has_asked else "already there", files))
    progress(len(tables), len(tables), "")
    return _import(request.into, kept, results, problems, progress)


def _check_codes(codes: Iterable[str], catalogue: Iterable[str]) -> tuple[str, ...]:
    """Table codes in capitals, each once; a code becomes a file name, so its form is checked strictly."""
    codes = tuple(dict.fromkeys(code.strip().upper() for code in codes))
    wrong = [code for code in codes if not _CODE.fullmatch(code)]
    if wrong:
        raise UsageError(
            Problem(
                "data fetch",
                0,
                "TABLE",
                "this is no table code",
                code,
                "a code like 12411-01-01-4",
                nearest(code, catalogue),
                "fetch-code",
            )
            for code in wrong
        )
    return codes


class _Fetching:
    """The files of one table."""

    def __init__(self, client: Client, kept: KeptFiles, table: str, tell: Callable[[str], object]):
        self.client, self.kept, self.table, self.tell = client, kept, table, tell
        self.has_asked = False
        client.tell = lambda text: tell(f"{table}: {text}")

    def fetch_open(self) -> tuple[Path, ...]:
        """The open download: one classic table with the newest year."""
        known = self.kept.begin(self.table, f"open {self.client.base_url}")
        if file := self.kept.find(known, ""):
            return (file,)
        path = self._ask(_OPEN.format(self.table))
        status = check_answer(self.client, self.table, path)
        if status:
            path.unlink()
            raise DataRefused(refused_by_interface(self.client, self.table, *status))
        return (self.kept.add(known, "", path, f"{self.table}_00.csv"),)

    def fetch_years(self) -> tuple[Path, ...]:
        """The interface: all years of the table, halved as often as the interface finds it too large."""
        known = self.kept.begin(self.table, f"rest {self.client.base_url}")
        if known.years is None:
            known.years = self._ask_years()
            self.kept.write()
        files, todo = [], [known.years]
        while todo:
            first, last = todo.pop()
            name = part_name(first, last)
            if name not in known.too_large and name not in known.empty:
                file = self.kept.find(known, name) or self._ask_part(known, first, last)
                if file:
                    files.append(file)
            if name in known.too_large:
                middle = (first + last) // 2
                todo += [(middle + 1, last), (first, middle)]
        if not files:
            raise DataRefused(refused_by_interface(self.client, self.table, NOTHING_FOUND, "no year has figures"))
        return tuple(files)

    def _ask_years(self) -> tuple[int, int]:
        path = self._ask(_METADATA, {"name": self.table, "area": "all", "language": "de"})
        raw = path.read_bytes()
        path.unlink()
        status = read_interface_status(raw)
        if status is None:
            raise DataRefused(
                no_table(self.client, self.table, "the service's answer is no description of a table", raw)
            )
        if status[0]:
            raise DataRefused(refused_by_interface(self.client, self.table, *status))
        time = (json.loads(raw).get("Object") or {}).get("Time") or {}
        first, last = (year_of(str(time.get(end) or "")) for end in ("From", "To"))
        if first is None or last is None or first > last:
            raise DataRefused(no_table(self.client, self.table, "the description of the table names no years", raw))
        return first, last

    def _ask_part(self, known: KeptTable, first: int, last: int) -> Path | None:
        """The file of these years; None when the interface finds them too large or empty, which `known` then says."""
        name = part_name(first, last)
        self.tell(f"{self.table} {name}")
        form = {"name": self.table, "area": "all", "compress": "true", "format": "ffcsv", "job": "false"}
        form |= {"startyear": str(first), "endyear": str(last), "language": "de"}
        path = self._ask(_TABLE, form)
        status = check_answer(self.client, self.table, path)
        if status is None:
            ending = "zip" if path.open("rb").read(2) == b"PK" else "csv"
            return self.kept.add(known, name, path, f"{self.table}_{name}_de_flat.{ending}")
        path.unlink()
        if status[0] == TOO_LARGE and first < last:
            known.too_large.append(name)
        elif status[0] == NOTHING_FOUND and (first, last) != known.years:
            known.empty.append(name)
        else:
            raise DataRefused(refused_by_interface(self.client, self.table, *status))
        self.kept.write()
        return None

    def _ask(self, path: str, form: dict[str, str] | None = None) -> Path:
        self.has_asked = True
        self.tell(self.table)
        into = self.kept.part(self.table)
        self.client.download(self.table, path, into, form)
        return into


def _import(
    into: Path, kept: KeptFiles, results: list[FetchedTable], problems: list[Problem], progress: Progress
) -> FetchReport:
    """Import the files of all tables that arrived; if one is broken, table by table, and forget the broken ones."""

    def told(done: int, total: int, name: str) -> None:
        progress(done, total, f"import {name}".strip() if name else "")

    arrived = [one for one in results if one.files]
    imported = None
    try:
        if arrived:
            imported = import_files([file for one in arrived for file in one.files], into, told)
    except DataRefused:
        for one in arrived:
            try:
                imported = import_files(one.files, into, told)
            except DataRefused as refused:
                kept.forget(one.table)
                results[results.index(one)] = FetchedTable(one.table, "failed", why=refused.problems[0].what)
                problems += refused.problems
    return FetchReport(tuple(results), tuple(problems), imported)
