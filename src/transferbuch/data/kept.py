"""The folder of downloads and what it remembers, so that a broken run continues with what is missing.

  downloads.json          per table: service, begin, years, and per part file name, SHA-256 and size
  <table>_00.csv, <table>_<years>_de_flat.zip   as delivered
  .<table>.part           the answer that is being received

What is younger than a day is taken as it is, otherwise the table is asked for again: the offices change tables in
place. Neither token nor user name is ever written here.
"""

import datetime as dt
import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from transferbuch.errors import DataRefused, Problem

FORMAT = 1
FRESH = dt.timedelta(days=1)
_STATE = "downloads.json"


@dataclass
class KeptTable:
    """What is known about one table of one service; parts are named by their years, '' is the whole table."""

    service: str
    begun: str  # ISO, UTC
    years: tuple[int, int] | None = None
    too_large: list[str] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)
    files: dict[str, dict[str, str | int]] = field(default_factory=dict)


def part_name(first: int, last: int) -> str:
    """Name of the part with these years: 2019-2024, or 2024."""
    return f"{first}-{last}" if first < last else str(first)


class KeptFiles:
    """The folder; every change is on disk before the next request is made."""

    def __init__(self, folder: Path, now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC)):
        self.folder, self._now = folder, now
        self._tables: dict[str, KeptTable] = self._read()

    def begin(self, table: str, service: str) -> KeptTable:
        """What is known about the table of this service; nothing when that is older than a day."""
        known = self._tables.get(table)
        if known is None or known.service != service or not self._is_fresh(known):
            known = self._tables[table] = KeptTable(service, self._now().isoformat(timespec="seconds"))
        return known

    def find(self, known: KeptTable, part: str) -> Path | None:
        """The part's file when it is still there, byte for byte."""
        entry = known.files.get(part)
        path = self.folder / Path(str(entry["file"])).name if entry else None
        if path is None or not path.is_file() or _sha256(path) != entry["sha256"]:
            return None
        return path

    def part(self, table: str) -> Path:
        """Where the answer for a table is received; hidden, so that an import of the folder passes it by."""
        self.folder.mkdir(parents=True, exist_ok=True)
        return self.folder / f".{table}.part"

    def add(self, known: KeptTable, part: str, received: Path, name: str) -> Path:
        """Give the received file its name and remember it."""
        path = self.folder / name
        entry = {"file": name, "sha256": _sha256(received), "bytes": received.stat().st_size}
        os.replace(received, path)
        known.files[part] = entry
        self.write()
        return path

    def forget(self, table: str) -> None:
        """Remove the table's files, so that the next run asks for them again."""
        for entry in self._tables.pop(table).files.values():
            (self.folder / str(entry["file"])).unlink(missing_ok=True)
        self.write()

    def write(self) -> None:
        """Write the state in one step."""
        self.folder.mkdir(parents=True, exist_ok=True)
        content = {"format": FORMAT, "tables": {table: asdict(known) for table, known in sorted(self._tables.items())}}
        part = self.folder / f".{_STATE}.part"
        part.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        os.replace(part, self.folder / _STATE)

    def _is_fresh(self, known: KeptTable) -> bool:
        return dt.timedelta(0) <= self._now() - dt.datetime.fromisoformat(known.begun) < FRESH

    def _read(self) -> dict[str, KeptTable]:
        path = self.folder / _STATE
        if not path.exists():
            return {}
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            if content["format"] != FORMAT:
                raise ValueError
            tables = {table: KeptTable(**known) for table, known in content["tables"].items()}
            for known in tables.values():
                known.years = tuple(known.years) if known.years else None
                self._is_fresh(known)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise DataRefused(
                Problem(
                    f"{self.folder.name}/{_STATE}",
                    0,
                    "",
                    "the list of downloads is broken or from another version",
                    do="delete the folder; the tables are then downloaded again",
                    code="fetch-state",
                )
            ) from None
        return tables


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
