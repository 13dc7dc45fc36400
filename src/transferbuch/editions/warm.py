"""The process that notebooks are forked from: libraries are loaded once, each notebook gets a fresh copy of it.

Run by `editions.kernels` as `python -m transferbuch.editions.warm FD`; Linux only. The socket FD takes one byte a
command – fork, with the socket that the notebook's process is to talk through and what is to be its stdout and stderr;
kill it – and gets the wait status of each process. When the socket closes, everything ends. One notebook runs at a
time.

The forked process runs cells in a kernel of ipykernel and hands on the messages that it would send, in the same form;
there is no wire and no thread between them.
"""

import asyncio
import contextlib
import ctypes
import gc
import importlib
import logging
import os
import random
import resource
import selectors
import signal
import socket
import sys
import threading
import time
import traceback
from multiprocessing.connection import Connection
from pathlib import Path
from types import SimpleNamespace, TracebackType
from typing import Any

import numpy as np
import psutil
from ipykernel.ipkernel import IPythonKernel
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from transferbuch.editions.messages import FORK, KILL, STATUS_BYTES, Stream, Wire

LIBRARIES = ("pandas", "pyarrow.compute", "pyarrow.parquet", "plotly.graph_objects", "transferbuch.report.edition")
"""What notebooks import and what takes its time."""
LARGEST_FILE = 1 << 30
"""Bytes that one file of a notebook with a limit of memory may have: files may lie in memory too."""
RESERVE = 64 << 20
"""Bytes beyond its limit that a notebook gets to say that the limit is reached."""
SET_PARENT_DEATH_SIGNAL, SET_CHILD_SUBREAPER = 1, 36
"""Names of prctl(2)."""


def make_kernel() -> IPythonKernel:
    """The one kernel of the process, with no socket; does not read or write anything of the user's own IPython."""
    kernel = IPythonKernel.instance(
        session=Wire(key=b"transferbuch"),
        user_ns=None,  # the shell makes the module __main__ itself, as in a kernel
        # who calls from the main thread may be interrupted there
        shell_channel_thread=SimpleNamespace(parent_thread=threading.main_thread()),
        log=logging.getLogger("transferbuch.notebook"),
        config=Config({"HistoryManager": {"hist_file": ":memory:"}}),
    )
    kernel.shell.displayhook.topic = b"execute_result"
    return kernel


def _warm_up() -> IPythonKernel:
    """Load what notebooks use, as they do, in a kernel; a first figure, table, number and date make the libraries read
    their own definitions."""
    kernel = make_kernel()
    for name in LIBRARIES:
        importlib.import_module(name)
    import plotly.graph_objects as go
    import pyarrow as pa
    import pyarrow.parquet as pq

    from transferbuch.report import numbers

    go.Figure(go.Scatter(x=[1], y=[1]), layout={"template": "plotly_white"}).to_plotly_json()
    numbers.number(1), numbers.date_long("2000-01-01")
    table = pa.BufferOutputStream()
    pq.write_table(pa.table({"text": ["a"]}), table)
    # no threads: they would not be there after a fork
    pq.ParquetFile(table.getvalue(), pre_buffer=False).read(use_threads=False)
    if "" not in sys.path:  # as a kernel has it: modules beside the notebook, after those of Python itself
        packages = [number for number, path in enumerate(sys.path) if Path(path).name == "site-packages"]
        sys.path.insert(min(packages, default=0), "")
    gc.collect()
    gc.freeze()  # the pages of what is loaded stay shared: nobody looks through them for garbage
    return kernel


def main(number: int) -> None:
    """Fork a process for each notebook asked for, until the socket closes."""
    kernel = _warm_up()
    _control_process(SET_CHILD_SUBREAPER, 1)  # what a notebook leaves behind comes here
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
                status = _reap(child)
                if status is not None:
                    child = 0
                    _end_all()
                    with contextlib.suppress(ConnectionError):  # nobody is there to hear it: the next word is ""
                        control.send(status.to_bytes(STATUS_BYTES, "little"))
                continue
            try:
                command, handles, _, _ = socket.recv_fds(control, 1, 3)
            except ConnectionResetError:  # closed before a status was read
                command, handles = b"", []
            if not command:
                _end_all()
                os._exit(0)
            if command == KILL and child:
                os.kill(child, signal.SIGKILL)
            if command == FORK:
                child = os.fork()
                if not child:
                    _serve(kernel, *handles)
                for handle in handles:
                    os.close(handle)


def _control_process(what: int, value: int) -> None:
    """prctl(2); a kernel of Linux without it does not matter as long as nothing goes wrong."""
    ctypes.CDLL(None).prctl(what, value, 0, 0, 0)


def _reap(child: int) -> int | None:
    """Wait for all that has ended; the status of `child` if it was among them."""
    found = None
    with contextlib.suppress(ChildProcessError):  # none left
        while (ended := os.waitpid(-1, os.WNOHANG))[0]:
            if ended[0] == child:
                found = ended[1]
    return found


def _end_all() -> None:
    """Kill every process below this one; orphans among them come to this one."""
    with contextlib.suppress(ChildProcessError):  # none left
        while True:
            if os.waitpid(-1, os.WNOHANG)[0]:
                continue
            for process in psutil.Process().children(recursive=True):
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.kill()
            os.waitpid(-1, 0)


def _serve(kernel: IPythonKernel, socket_number: int, *outputs: int) -> None:
    """The notebook's process: run what comes through the connection until it closes."""
    code = 1
    try:
        connection = Connection(socket_number)
        _settle(kernel, connection, outputs)
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        loop.run_until_complete(_run_cells(kernel, connection))
    except (EOFError, ConnectionError):
        code = 0
    except BaseException as error:  # of the machinery, not of a cell
        traceback.print_exc(file=sys.__stderr__)
        sys.__stderr__.flush()
        with contextlib.suppress(Exception):
            kernel.session.tell("failed", f"{type(error).__name__}: {error}")
    finally:
        os._exit(code)


def _settle(kernel: IPythonKernel, connection: Connection, outputs: tuple[int, ...]) -> None:
    """Become the process that the caller would have started: directory, environment, chance, limits, output."""
    warm = os.getppid()
    _control_process(SET_PARENT_DEATH_SIGNAL, signal.SIGKILL)
    os.setpgid(0, 0)
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # as a kernel does between cells
    settings = connection.recv()
    for number, output in enumerate(outputs, 1):
        os.dup2(output, number)
    keep = {0, 1, 2, connection.fileno()}
    for number in [int(name) for name in os.listdir("/proc/self/fd")]:
        if number not in keep:
            with contextlib.suppress(OSError):  # the one that listed the folder
                os.close(number)
    os.set_inheritable(connection.fileno(), False)
    os.chdir(settings["cwd"])
    os.environ.clear()
    os.environ.update(settings["environ"])
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    time.tzset()
    kernel.shell.init_environment()
    sys.argv = [sys.executable]
    random.seed()
    np.random.seed()  # the state that all forks would share
    if settings["memory"]:
        most = _data_bytes() + settings["memory"]
        _limit(resource.RLIMIT_DATA, most, most + RESERVE)
        kernel.shell.set_custom_exc((MemoryError,), _tell_memory_error)
        _limit(resource.RLIMIT_FSIZE, LARGEST_FILE, LARGEST_FILE)
    wire = kernel.session
    wire.pid, wire.connection, wire.left = os.getpid(), connection, settings["output"]
    sys.stdout, sys.stderr = Stream("stdout", 1, wire), Stream("stderr", 2, wire)
    if os.getppid() != warm:  # it died before its death would have been a signal
        os._exit(1)
    wire.tell("ready", IPythonKernel.language_info)


def _data_bytes() -> int:
    """What counts against RLIMIT_DATA."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmData:"))
    return int(line.split()[1]) * 1024


def _limit(which: int, soft: int, hard: int) -> None:
    now = resource.getrlimit(which)[1]
    if now != resource.RLIM_INFINITY:
        soft, hard = min(soft, now), min(hard, now)
    resource.setrlimit(which, (soft, hard))


def _tell_memory_error(
    shell: InteractiveShell, kind: type, error: BaseException, trace: TracebackType, tb_offset: int | None = None
) -> None:
    _open_reserve()
    shell.showtraceback((kind, error, trace), tb_offset=tb_offset)


def _open_reserve() -> None:
    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
    resource.setrlimit(resource.RLIMIT_DATA, (hard, hard))


async def _run_cells(kernel: IPythonKernel, connection: Connection) -> None:
    """Run cell after cell; tasks that a cell left behind go on while the next one is awaited, as in a kernel."""
    loop = asyncio.get_running_loop()
    while True:
        if not connection.poll():
            came = asyncio.Event()
            loop.add_reader(connection.fileno(), came.set)
            await came.wait()
            loop.remove_reader(connection.fileno())
        message_id, source, store_history, answers = connection.recv()
        for answer in answers:
            await _handle(kernel, answer)
        content = {"code": source, "store_history": store_history, "allow_stdin": False, "stop_on_error": False}
        header = {"msg_id": message_id, "msg_type": "execute_request"}
        await _handle(kernel, {"header": header, "content": content, "metadata": {}, "parent_header": {}})


async def _handle(kernel: IPythonKernel, message: dict[str, Any]) -> None:
    """What a kernel does with a message that has come."""
    kernel.set_parent([], message)
    kernel.pre_handler_hook()
    try:
        result = kernel.shell_handlers[message["header"]["msg_type"]](None, [], message)
        if result is not None:
            await result
    except MemoryError:  # so little was left that the shell could not tell it
        _open_reserve()
        error = {"ename": "MemoryError", "evalue": "", "traceback": ["MemoryError"]}
        for msg_type, content in (("error", error), ("execute_reply", {"status": "error", **error})):
            kernel.session.send(None, msg_type, content, message)
    finally:
        kernel.post_handler_hook()
    sys.stdout.flush()
    sys.stderr.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]))
