"""What was made once is kept under the fingerprint of everything it was made of, and found again by it.

An entry is a folder `<kind>/<first two digits>/<key>` that appears as a whole by renaming: several builds may write at
once, and one that is broken off leaves nothing half. When the cache grows past its limit, what was not used for longest
goes. Entries are never changed: pages of the site may be hard links to their files.
"""

import contextlib
import os
import shutil
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

GIB = 1 << 30
DEFAULT_LIMIT = 10 * GIB
"""Bytes; all 400 editions with their notebooks take about 4 GiB."""
_USED = ".used"  # its time of change is when the entry was last asked for
_MAKING = "making"
_ABANDONED_SECONDS = 86_400
_TRIES = 3


@dataclass(frozen=True)
class Entry:
    """One entry: its folder, size in bytes, and when it was last used (seconds since 1970)."""

    folder: Path
    size: int
    used: float


class Cache:
    """The entries below one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, kind: str, key: str) -> Path | None:
        """Folder of an entry, None if there is none; it counts as used now."""
        folder = self._place(kind, key)
        try:
            os.utime(folder / _USED)
        except FileNotFoundError:
            return None
        return folder

    def keep(self, kind: str, key: str, write: Callable[[Path], None]) -> Path:
        """Let `write` fill a folder and keep it as the entry; if another build was faster, its entry stays."""
        target = self._place(kind, key)
        making = self._making()
        try:
            making.mkdir(parents=True)
            write(making)
            (making / _USED).touch()
            target.parent.mkdir(parents=True, exist_ok=True)
            for _ in range(_TRIES):
                with contextlib.suppress(OSError):  # there is one already; anything else shows at the last line
                    os.rename(making, target)
                    return target
                if found := self.find(kind, key):
                    return found
                self._remove(target)  # without its mark: half an entry, that nobody can use
            os.rename(making, target)
        finally:
            shutil.rmtree(making, ignore_errors=True)
        return target

    def drop(self, kind: str, key: str) -> None:
        """Remove an entry, if there is one."""
        self._remove(self._place(kind, key))

    def entries(self) -> Iterator[tuple[str, Entry]]:
        """All entries with their kind."""
        for used in sorted(self._folder.glob(f"*/??/*/{_USED}")):
            folder = used.parent
            with contextlib.suppress(FileNotFoundError):  # removed meanwhile by another build
                size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
                yield folder.parent.parent.name, Entry(folder, size, used.stat().st_mtime)

    def prune(self, limit: int = DEFAULT_LIMIT) -> tuple[int, int]:
        """Remove what was not used for longest until no more than `limit` bytes are left; (entries, bytes) removed."""
        self._remove_abandoned()
        found = sorted((one for _, one in self.entries()), key=lambda one: one.used)
        surplus = sum(one.size for one in found) - limit
        removed = freed = 0
        for one in found:
            if freed >= surplus:
                break
            self._remove(one.folder)
            removed, freed = removed + 1, freed + one.size
        return removed, freed

    def _remove_abandoned(self) -> None:
        """What builds that were killed left unfinished, a day later: nobody writes for so long."""
        for folder in (self._folder / _MAKING).glob("*"):
            with contextlib.suppress(FileNotFoundError):
                if time.time() - folder.stat().st_mtime > _ABANDONED_SECONDS:
                    shutil.rmtree(folder, ignore_errors=True)

    def _remove(self, folder: Path) -> None:
        """It goes as a whole too, by renaming: nobody takes an entry of which a part is gone."""
        going = self._making()
        going.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileNotFoundError):  # another build was faster
            os.rename(folder, going)
        shutil.rmtree(going, ignore_errors=True)

    def _making(self) -> Path:
        return self._folder / _MAKING / uuid.uuid4().hex

    def _place(self, kind: str, key: str) -> Path:
        return self._folder / kind / key[:2] / key


def link(source: str | Path, target: str | Path) -> None:
    """Hard link instead of a copy: costs no disk and no time. A copy where the file system has no links."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
