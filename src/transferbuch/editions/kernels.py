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
from multiprocessing.connection import Connection

from nbclient.exceptions import DeadKernelError

ENGINE = "transferbuch"
FORK, KILL, STATUS_BYTES = b"f", b"k", 4
"""Words of the control socket; `editions.warm` has the other end."""


class OutputLimitError(Exception):
    """A notebook has printed or shown more than it may."""


def engine_name() -> str | None:
    """Name of the engine for this machine: the warm one where processes can be forked safely, else papermill's own."""
    return ENGINE if sys.platform == "linux" else None


class WarmProcess:
    """Handle of the process that notebooks are forked from; starts it."""

    def __init__(self) -> None:
        self._control, other = socket.socketpair()
        with other:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "transferbuch.editions.warm", str(other.fileno())],
                pass_fds=[other.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is the caller's affair
                # one thread: a fork has no other; and of a debugger nothing but its warnings is wanted
                env={
                    **os.environ,
                    "OPENBLAS_NUM_THREADS": "1",
                    "OMP_NUM_THREADS": "1",
                    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
                },
            )
        self._owed = 1  # statuses that are still to come: the first says that all is loaded

    def fork(self) -> Connection:
        """A fresh process that waits for its settings."""
        while self._owed:
            self.status()
        mine, other = socket.socketpair()
        with other:
            socket.send_fds(self._control, [FORK], [other.fileno()])
        self._owed = 1
        return Connection(mine.detach())

    def status(self) -> int:
        """Wait status of the last forked process, once it has ended. Raises DeadKernelError if there is no telling."""
        answer = self._control.recv(STATUS_BYTES, socket.MSG_WAITALL)
        if len(answer) < STATUS_BYTES:
            raise DeadKernelError("the process that notebooks are forked from has ended")
        self._owed = 0
        return int.from_bytes(answer, "little")

    def kill(self) -> None:
        """End the last forked process, whatever it does."""
        self._control.send(KILL)

    def close(self) -> None:
        """End everything."""
        self._control.close()
        self._process.wait()


_warm: WarmProcess | None = None


def warm_process() -> WarmProcess:
    """The one of this process, started when first asked for."""
    global _warm
    if _warm is None:
        _warm = WarmProcess()
        atexit.register(close_warm_process)
    return _warm


def close_warm_process() -> None:
    """End it, if there is one; the next notebook starts another."""
    global _warm
    if _warm is not None:
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
