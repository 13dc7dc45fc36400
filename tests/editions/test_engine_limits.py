"""What a notebook does to its process hurts only itself, and the caller is told what it was."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import nbformat
import psutil
import pytest
from tests.editions.engines import template, texts

from transferbuch.editions import execute, kernels
from transferbuch.editions.execute import EngineFailed, NotebookFailed, execute_notebook
from transferbuch.editions.kernels import close_warm_process, engine_name, warm_process

pytestmark = pytest.mark.skipif(engine_name() is None, reason="processes are forked on Linux only")

SECONDS, MIB = 1, 1 << 20
STUBBORN = """
import signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
while True:
    try:
        while True:
            pass
    except BaseException:
        pass
"""
SLEEP = f"1000.{os.getpid()}"
"""Seconds that programs of these tests sleep; no other program has these arguments."""


@pytest.fixture(scope="module", autouse=True)
def _no_warm_process_stays():
    yield
    close_warm_process()


@pytest.fixture(autouse=True)
def _small_limits(monkeypatch):
    monkeypatch.setattr(execute, "TIMEOUT_SECONDS", 20)
    monkeypatch.setattr(execute, "MEMORY_BYTES", 256 * MIB)
    monkeypatch.setattr(execute, "OUTPUT_BYTES", MIB)


@pytest.fixture
def run_cell(tmp_path) -> Callable[[str], str]:
    """Run a notebook whose third cell is given, the same way as an edition does; returns what the cell has printed."""

    def run_cell(source: str) -> str:
        made = template(tmp_path / "kapitel.ipynb", "fine = 1", source, "print('fine')")
        execute_notebook(made, "99001", tmp_path, tmp_path / "out.ipynb")
        return texts(nbformat.read(tmp_path / "out.ipynb", as_version=4), "cell-3")

    return run_cell


@pytest.fixture
def fails(run_cell) -> Callable[[str], NotebookFailed]:
    """The failure of a cell; afterwards nothing is left of it and the next notebook runs as if nothing had been."""

    def fails(source: str) -> NotebookFailed:
        with pytest.raises(NotebookFailed) as caught:
            run_cell(source)
        assert run_cell("print(fine)") == "1\n"
        assert_nothing_left()
        assert (caught.value.notebook, caught.value.cell) == ("notebooks/kapitel.ipynb", 3)
        return caught.value

    return fails


def assert_nothing_left() -> None:
    deadline = time.monotonic() + 5
    while left := [*psutil.Process(warm_process().pid).children(recursive=True), *sleepers()]:
        assert time.monotonic() < deadline, left
        time.sleep(0.02)


def sleepers() -> list[psutil.Process]:
    return [one for one in psutil.process_iter(["cmdline"]) if SLEEP in (one.info["cmdline"] or ())]


@pytest.mark.parametrize(
    "source",
    ["while True: pass", STUBBORN, f"!sleep {SLEEP}", "import os; os.kill(os.getpid(), 19)"],
    ids=["a loop", "a loop that ignores signals", "a program", "a stopped process"],
)
def test_a_cell_that_does_not_end_is_ended_after_the_time_of_the_notebook(fails, monkeypatch, source):
    monkeypatch.setattr(execute, "TIMEOUT_SECONDS", SECONDS)
    failed = fails(source)
    assert type(failed) is NotebookFailed
    assert (failed.error, failed.message) == ("time limit", "not finished after 1 seconds")


def test_the_time_counts_for_the_notebook_not_for_each_cell(tmp_path, monkeypatch):
    monkeypatch.setattr(execute, "TIMEOUT_SECONDS", SECONDS)
    slow = "import time; time.sleep(0.4)"
    made = template(tmp_path / "kapitel.ipynb", slow, slow, slow, slow)
    with pytest.raises(NotebookFailed, match="cell 4: time limit"):
        execute_notebook(made, "99001", tmp_path, tmp_path / "out.ipynb")


@pytest.mark.parametrize(
    "source",
    [
        "bytearray(1 << 30)",
        "kept = []\nwhile True:\n    kept.append(bytearray(1 << 20))",
        "text = 'x'\nwhile True:\n    text += text",
        "import numpy\nkept = []\nwhile True:\n    kept.append(numpy.ones(1 << 17))",
    ],
)
def test_a_cell_that_fills_the_memory_fails(fails, source):
    failed = fails(source)
    assert type(failed) is NotebookFailed
    assert failed.error == "MemoryError"
    assert failed.message == "more than 256 MiB of memory" or failed.message.startswith("Unable to allocate")


def test_memory_within_the_limit_is_no_fault(run_cell):
    assert run_cell("kept = bytearray(200 << 20)\nprint(len(kept) >> 20)") == "200\n"


@pytest.mark.parametrize(
    "source",
    [
        "for _ in range(100): print('x' * (1 << 20))",
        "print('x' * (100 << 20))",
        "for _ in range(100): print('x' * (1 << 20), flush=True)",
        "import os\nfor _ in range(100): os.write(1, b'x' * (1 << 20))",
        "import subprocess\nsubprocess.run('yes')",
        "import subprocess\nsubprocess.run('yes >&2', shell=True)",
        "!yes",
        "from IPython.display import HTML\nHTML('x' * (100 << 20))",
        "try:\n    while True: print('x' * 10000)\nexcept BaseException:\n    pass",
    ],
)
def test_a_cell_that_prints_too_much_is_stopped_at_once(fails, monkeypatch, source):
    monkeypatch.setattr(execute, "MEMORY_BYTES", 1024 * MIB)
    begun = time.monotonic()
    failed = fails(source)
    assert type(failed) is NotebookFailed
    assert (failed.error, failed.message) == ("output limit", "more than 1 MiB of output")
    assert time.monotonic() - begun < 10


@pytest.mark.parametrize(
    ("source", "how"),
    [
        ("import os\nos._exit(7)", "the notebook's process ended itself with code 7"),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "the notebook's process was ended by SIGKILL"),
        ("import ctypes\nctypes.string_at(0)", "the notebook's process was ended by SIGSEGV"),
        ("import os\nos.killpg(0, 15)", "the notebook's process was ended by SIGTERM"),
        (
            "import os, time\nif not os.fork(): time.sleep(1000)\nos._exit(5)",
            "the notebook's process ended itself with code 5",
        ),
    ],
)
def test_a_process_that_dies_is_an_engine_failure_that_names_how(fails, source, how):
    warm = warm_process().pid
    failed = fails(source)
    assert type(failed) is EngineFailed
    assert failed.outcome == "engine failed"
    assert failed.message == how
    assert warm_process().pid == warm


def test_a_warm_process_that_dies_takes_its_notebook_along_and_another_is_started(fails):
    warm = warm_process().pid
    kill = "import os, subprocess, time\n"
    kill += f"subprocess.Popen(['sleep', '{SLEEP}'])\nos.kill(os.getppid(), 9)\ntime.sleep(60)"
    failed = fails(kill)
    assert type(failed) is EngineFailed
    assert failed.message == "the process that notebooks are forked from has ended"
    assert warm_process().pid != warm


def test_a_warm_process_that_died_between_notebooks_is_no_fault(run_cell):
    run_cell("")
    psutil.Process(warm_process().pid).kill()
    time.sleep(0.1)
    assert run_cell("print(fine)") == "1\n"


def test_what_a_cell_leaves_running_ends_with_the_notebook(run_cell):
    started = f"import os, subprocess, threading, time\nsubprocess.Popen(['sleep', '{SLEEP}'])\n"
    started += f"subprocess.Popen(['sleep', '{SLEEP}'], start_new_session=True)\nos.system('setsid sleep {SLEEP} &')\n"
    started += "threading.Thread(target=time.sleep, args=(1000,)).start()\nprint('started')"
    assert run_cell(started) == "started\n"
    assert run_cell("print(fine)") == "1\n"
    assert_nothing_left()


def test_a_notebook_that_ends_itself_early_is_no_result(fails):
    failed = fails("import sys\nsys.exit()")
    assert (failed.outcome, failed.error) == ("notebook failed", "SystemExit")


def test_a_warm_process_that_cannot_start_is_an_engine_failure(run_cell, monkeypatch):
    close_warm_process()
    monkeypatch.setattr(kernels.sys, "executable", "/bin/false")
    with pytest.raises(EngineFailed, match="the process that notebooks are forked from has ended"):
        run_cell("")
    monkeypatch.undo()
    assert run_cell("print(fine)") == "1\n"


def test_closing_ends_the_warm_process(run_cell):
    run_cell("")
    pid = warm_process().pid
    close_warm_process()
    assert not psutil.pid_exists(pid)


def test_half_a_notebook_is_not_written(fails, tmp_path: Path):
    fails("1 / 0")
    (tmp_path / "out.ipynb").unlink()  # of the notebook that ran after it
    with pytest.raises(NotebookFailed):
        execute_notebook(template(tmp_path / "b.ipynb", "1 / 0"), "99001", tmp_path, tmp_path / "out.ipynb")
    assert not (tmp_path / "out.ipynb").exists()
