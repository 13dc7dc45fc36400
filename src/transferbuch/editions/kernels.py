"""Warm start: the process that has the libraries loaded, from which that of each notebook is forked.

Forking needs Linux; elsewhere papermill's own engine starts a kernel for each notebook (`engine_name` says which).
"""

import atexit
import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection

import psutil
from nbclient.exceptions import DeadKernelError

from transferbuch.editions.messages import FORK, KILL, STATUS_BYTES

ENGINE = "transferbuch"
START_SECONDS = 60
"""That loading the libraries may take."""
ENDING_SECONDS = 10
"""That a process may take to end: until its status is there, until everything is closed."""


class OutputLimitError(Exception):
    """A notebook has printed or shown more than it may."""


def engine_name() -> str | None:
    """Name of the engine for this machine: the warm one where processes can be forked safely, else papermill's own."""
    return ENGINE if sys.platform == "linux" else None


@dataclass(frozen=True)
class Forked:
    """What the parent holds of a forked process: the socket of its messages, and the pipes that are its stdout and
    stderr, by name. Open until `close`."""

    connection: Connection
    pipes: dict[str, int]

    def close(self) -> None:
        self.connection.close()
        for pipe in self.pipes.values():
            os.close(pipe)


class WarmProcess:
    """Handle of the process that notebooks are forked from; starts it. One notebook runs at a time."""

    def __init__(self) -> None:
        self.owner = os.getpid()
        self.control, other = socket.socketpair()
        with other:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "transferbuch.editions.warm", str(other.fileno())],
                pass_fds=[other.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is the caller's affair
                # one thread: a fork has no other (Arrow brings an allocator that starts one); no warnings of a debugger
                env={
                    **os.environ,
                    "OPENBLAS_NUM_THREADS": "1",
                    "OMP_NUM_THREADS": "1",
                    "JE_ARROW_MALLOC_CONF": "background_thread:false",
                    "ARROW_DEFAULT_MEMORY_POOL": "system",  # gives back what is free: 30 MiB less in each notebook
                    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
                },
            )
        self._loaded = False
        self._owed = True  # a status is still to come: the first says that all is loaded

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def fork(self) -> Forked:
        """A fresh process that waits for its settings."""
        if self._owed:
            self.status(ENDING_SECONDS if self._loaded else START_SECONDS)
        self._loaded = True
        mine, other = socket.socketpair()
        pipes = {"stdout": os.pipe(), "stderr": os.pipe()}
        forked = Forked(Connection(mine.detach()), {name: reading for name, (reading, _) in pipes.items()})
        with other:
            try:
                socket.send_fds(self.control, [FORK], [other.fileno(), *(writing for _, writing in pipes.values())])
            except OSError:
                forked.close()
                self.close()
                raise DeadKernelError("the process that notebooks are forked from has ended") from None
            finally:
                for _, writing in pipes.values():
                    os.close(writing)
        for reading in forked.pipes.values():
            os.set_blocking(reading, False)
        self._owed = True
        return forked

    def status(self, seconds: float = ENDING_SECONDS) -> int:
        """Wait status of the last forked process, once it and all that it started have ended.

        One that does not end within `seconds` is killed. Raises DeadKernelError if there is no telling.
        """
        for wait in (seconds, ENDING_SECONDS):
            self.control.settimeout(wait)
            try:
                answer = self.control.recv(STATUS_BYTES, socket.MSG_WAITALL)
            except TimeoutError:
                self.kill()
                continue
            except ConnectionError:
                break
            finally:
                self.control.settimeout(None)
            if len(answer) < STATUS_BYTES:
                break
            self._owed = False
            return int.from_bytes(answer, "little")
        self.close()
        raise DeadKernelError("the process that notebooks are forked from has ended")

    def kill(self) -> None:
        """End the last forked process, whatever it does, and all that it started."""
        with contextlib.suppress(OSError):  # there is nobody to do it any more: `status` finds out
            self.control.send(KILL)

    def close(self) -> None:
        """End everything."""
        self.control.close()
        if not self._loaded:
            self._process.kill()  # it does not listen before all is loaded
        try:
            self._process.wait(ENDING_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for process in _session(self.pid):  # what it could not end itself because it was killed
            with contextlib.suppress(psutil.Error):
                process.kill()


def _session(leader: int) -> Iterator[psutil.Process]:
    for process in psutil.process_iter():
        with contextlib.suppress(OSError):
            if os.getsid(process.pid) == leader:
                yield process


_warm: WarmProcess | None = None


def warm_process() -> WarmProcess:
    """The one of this process, started when first asked for and again when it has died."""
    global _warm
    if _warm is not None and _warm.owner != os.getpid():  # this process was forked: it is the parent's
        _warm = None
    if _warm is not None and not _warm.alive:
        close_warm_process()
    if _warm is None:
        _warm = WarmProcess()
        atexit.register(close_warm_process)
    return _warm


def close_warm_process() -> None:
    """End it, if there is one; the next notebook starts another."""
    global _warm
    if _warm is not None and _warm.owner == os.getpid():
        _warm.close()
    _warm = None


def how_ended(status: int) -> str:
    """A wait status in words."""
    code = os.waitstatus_to_exitcode(status)
    if code >= 0:
        return f"the notebook's process ended itself with code {code}"
    with contextlib.suppress(ValueError):  # a number without a name
        return f"the notebook's process was ended by {signal.Signals(-code).name}"
    return f"the notebook's process was ended by signal {-code}"
