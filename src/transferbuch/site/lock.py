"""One build at a time: two of one project would write the same slices, and publish each other's figures."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from transferbuch.errors import Problem, UsageError


@contextmanager
def only_build(folder: Path) -> Iterator[None]:
    """Hold the build folder `folder`; the system lets go of it however the process ends. Raises UsageError if another
    build holds it."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("a") as file:
        try:
            _take(file.fileno())
        except OSError:
            what, do = "another build of this project is running", "wait until it has ended, or stop it"
            raise UsageError(Problem(folder.name, 0, "", what, do=do, code="build-running")) from None
        yield


def _take(number: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        os.lseek(number, 0, os.SEEK_SET)
        msvcrt.locking(number, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
