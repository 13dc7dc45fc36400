"""The process that notebooks are forked from: libraries are loaded once, each notebook gets a fresh copy of it.

Run by `editions.kernels` as `python -m transferbuch.editions.warm FD`; Linux only. The socket FD takes one byte a
command – fork, with the socket that the notebook's process is to talk through; kill it – and gets the wait status of
each process. When the socket closes, everything ends. One notebook runs at a time.

The forked process runs cells in the shell of ipykernel and hands on the messages that a kernel would send, in the same
form; there is no wire, no event loop and no thread between them.
"""

import contextlib
import gc
import importlib
import io
import json
import os
import random
import resource
import selectors
import signal
import socket
import sys
import time
from collections.abc import Mapping
from multiprocessing.connection import Connection
from typing import Any

import comm
import numpy as np
from comm.base_comm import BaseComm
from ipykernel.ipkernel import IPythonKernel
from ipykernel.jsonutil import json_clean
from ipykernel.zmqshell import ZMQInteractiveShell
from jupyter_client.session import Session
from traitlets.config import Config

FORK, KILL, STATUS_BYTES = b"f", b"k", 4
"""Words of the control socket; `editions.kernels` has the other end."""
LIBRARIES = ("pandas", "pyarrow.compute", "pyarrow.parquet", "plotly.graph_objects", "transferbuch.report.edition")
"""What notebooks import and what takes its time."""
LARGEST_FILE = 1 << 30
"""Bytes that one file of a notebook may have: output of other programs goes into one too."""


class Wire(Session):
    """Where a kernel's messages go: to the parent's connection, as (type, JSON content, metadata, buffers)."""

    connection: Connection | None = None
    parent_id = ""
    left = 0  # bytes of output that are still allowed; 0 at the start: no limit
    error: dict[str, Any] | None = None  # the last one of this cell

    def send(self, stream: object, msg_or_type: Any, content: Any = None, *args: Any, **rest: Any) -> dict[str, Any]:
        """Hand one message on; ends the process when the output passes its limit."""
        sent = msg_or_type if isinstance(msg_or_type, dict) else self.msg(msg_or_type, content, **_named(rest))
        if sent["msg_type"] == "error":
            self.error = sent["content"]
        packed, buffers = self.pack(sent["content"]), [bytes(one) for one in rest.get("buffers") or ()]
        if self.left:
            self.left -= len(packed) + sum(map(len, buffers))
            if self.left <= 0:
                self.end("output")
        parts = (sent["msg_type"], packed, json.dumps(json_clean(sent["metadata"])), buffers)
        self.connection.send(("message", *parts))
        return sent

    def end(self, why: str) -> None:
        """Say why and leave: nothing that the cell could catch."""
        self.connection.send(("limit", why))
        os._exit(3)


def _named(rest: Mapping[str, Any]) -> dict[str, Any]:
    return {name: rest[name] for name in ("parent", "header", "metadata") if name in rest}


class Stream(io.TextIOBase):
    """`sys.stdout` or `sys.stderr` of the notebook: what is written together is one message."""

    encoding = "utf-8"

    def __init__(self, name: str, number: int, wire: Wire) -> None:
        self.name, self._number, self._wire, self._texts, self._size = name, number, wire, [], 0

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._number

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text)}")
        self._texts.append(text)
        self._size += len(text)
        if self._wire.left and self._size > self._wire.left:
            self._wire.end("output")
        return len(text)

    def flush(self) -> None:
        if text := "".join(self._texts):
            self._texts, self._size = [], 0
            self._wire.send(None, "stream", {"name": self.name, "text": text})


class _Comm(BaseComm):
    """What a widget sends goes the way of all messages."""

    def publish_msg(
        self,
        msg_type: str,
        data: Any = None,
        metadata: Any = None,
        buffers: Any = None,
        **keys: Any,
    ) -> None:
        content = json_clean({"data": data or {}, "comm_id": self.comm_id, **keys})
        _SHELL.wire.send(None, msg_type, content, metadata=json_clean(metadata or {}), buffers=buffers)


class Shell(ZMQInteractiveShell):
    """The shell of a kernel, without the kernel."""

    wire: Wire

    def ask_exit(self) -> None:
        """`exit` in a cell ends the run of the cell only, as in a notebook that is executed."""


_SHELL: Shell


def make_shell() -> Shell:
    """The one shell of the process; does not read or write anything of the user's own IPython."""
    config = Config({"HistoryManager": {"hist_file": ":memory:"}})
    shell = Shell.instance(config=config)
    shell.wire = Wire(key=b"transferbuch")
    shell.displayhook.session = shell.display_pub.session = shell.wire
    shell.displayhook.topic = b"execute_result"
    comm.create_comm = _Comm
    return shell


def _warm_up() -> Shell:
    """Load what notebooks use; a first figure makes plotly read its own definitions."""
    global _SHELL
    for name in LIBRARIES:
        importlib.import_module(name)
    import plotly.graph_objects as go

    go.Figure(go.Scatter(x=[1], y=[1]), layout={"template": "plotly_white"}).to_plotly_json()
    _SHELL = make_shell()
    gc.collect()
    gc.freeze()  # the pages of what is loaded stay shared: nobody looks through them for garbage
    return _SHELL


def main(number: int) -> None:
    """Fork a process for each notebook asked for, until the socket closes."""
    shell = _warm_up()
    control = socket.socket(fileno=number)
    control.send(b"\0" * STATUS_BYTES)  # ready
    woken, wake = os.pipe()
    for end in (woken, wake):
        os.set_blocking(end, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake)
    selector = selectors.DefaultSelector()
    selector.register(control, selectors.EVENT_READ)
    selector.register(woken, selectors.EVENT_READ)
    child = 0
    while True:
        for key, _ in selector.select():
            if key.fileobj is woken:
                os.read(woken, 512)
                if child and (ended := os.waitpid(child, os.WNOHANG))[0]:
                    child = 0
                    control.send(ended[1].to_bytes(STATUS_BYTES, "little"))
                continue
            try:
                command, handles, _, _ = socket.recv_fds(control, 1, 1)
            except ConnectionResetError:  # closed before a status was read
                command, handles = b"", []
            if child and command in (KILL, b""):
                os.killpg(child, signal.SIGKILL)
            if not command:
                os._exit(0)
            if command == FORK:
                child = os.fork()
                if not child:
                    _serve(shell, Connection(handles[0]))
                with contextlib.suppress(OSError):  # the child may have done it already
                    os.setpgid(child, child)
                os.close(handles[0])


def _serve(shell: Shell, connection: Connection) -> None:
    """The notebook's process: run what comes through the connection until it closes."""
    try:
        _settle(shell, connection)
        while True:
            kind, *content = connection.recv()
            if kind == "comm":
                comm.get_comm_manager().comm_msg(None, None, content[0])
            else:
                _run_cell(shell, *content)
    except (EOFError, OSError):
        os._exit(0)


def _settle(shell: Shell, connection: Connection) -> None:
    """Become the process that the caller would have started: directory, environment, chance, limits, output."""
    os.setpgid(0, 0)
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    settings = connection.recv()
    written = [os.memfd_create("output"), os.memfd_create("output")]
    for number, file in enumerate(written, 1):
        os.dup2(file, number)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    keep = {0, 1, 2, connection.fileno()}
    for number in [int(name) for name in os.listdir("/proc/self/fd")]:
        if number not in keep:
            with contextlib.suppress(OSError):  # the one that listed the folder
                os.close(number)
    os.chdir(settings["cwd"])
    os.environ.clear()
    os.environ.update(settings["environ"])
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    time.tzset()
    shell.init_environment()
    sys.argv = [sys.executable]
    random.seed()
    np.random.seed()  # the state that all forks would share
    if settings["memory"]:
        held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        _limit(resource.RLIMIT_DATA, held + settings["memory"])
        _limit(resource.RLIMIT_FSIZE, LARGEST_FILE)
    wire = shell.wire
    wire.connection, wire.left = connection, settings["output"]
    sys.stdout, sys.stderr = Stream("stdout", 1, wire), Stream("stderr", 2, wire)
    connection.send(("ready", IPythonKernel.language_info))


def _limit(which: int, most: int) -> None:
    hard = resource.getrlimit(which)[1]
    resource.setrlimit(which, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _run_cell(shell: Shell, message_id: str, source: str, store_history: bool) -> None:
    """Run one cell; its messages, then the end with the error if there was one."""
    wire = shell.wire
    wire.error = None
    shell.set_parent({"header": {"msg_id": message_id, "msg_type": "execute_request"}})
    wire.send(None, "execute_input", {"code": source, "execution_count": shell.execution_count})
    shell.run_cell(source, store_history=store_history)
    sys.stdout.flush()
    sys.stderr.flush()
    for number, name in ((1, "stdout"), (2, "stderr")):
        if size := os.fstat(number).st_size:  # of programs that the cell started
            text = os.pread(number, min(size, wire.left or size), 0).decode("utf-8", "replace")
            os.ftruncate(number, 0)
            os.lseek(number, 0, os.SEEK_SET)
            wire.send(None, "stream", {"name": name, "text": text})
    wire.connection.send(("done", wire.error))


if __name__ == "__main__":
    main(int(sys.argv[1]))
