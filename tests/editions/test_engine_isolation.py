"""Each notebook has a fresh process: nothing of one is seen by the next; and the engine as anyone uses it."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import psutil
import pytest
from tests.editions.engines import WARM, run, texts, write_notebook

from transferbuch.editions.kernels import close_warm_process, engine_name, warm_process

pytestmark = pytest.mark.skipif(engine_name() is None, reason="processes are forked on Linux only")

PROBE = """
import atexit, decimal, gc, json, locale, logging, os, re, resource, signal, sys, tempfile, threading, warnings
import numpy, pandas
import plotly.io
fds = [f"/proc/self/fd/{number}" for number in os.listdir("/proc/self/fd")]
files = [os.readlink(fd) for fd in fds if os.path.exists(fd)]
print(json.dumps({
    "names": sorted(name for name in globals() if not name.startswith("_") and name not in ("fds", "files")),
    "modules": sorted(sys.modules),
    "environment": dict(os.environ),
    "folder": os.getcwd(),
    "import paths": sys.path,
    "pandas": [pandas.get_option("display.max_rows"), pandas.get_option("display.precision")],
    "template": plotly.io.templates.default,
    "logging": [logging.root.level, len(logging.root.handlers), logging.getLogger("own").level],
    "warnings": [str(one) for one in warnings.filters],
    "threads": threading.active_count(),
    "open files": [name for name in files if name.startswith("/") and not name.startswith("/proc")],
    "at exit": atexit._ncallbacks(),
    "signals": [str(signal.getsignal(one)) for one in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM, signal.SIGCHLD)],
    "umask": [os.umask(18), os.umask(18)][0],
    "limits": resource.getrlimit(resource.RLIMIT_NOFILE),
    "temporary": tempfile.gettempdir(),
    "locale": locale.setlocale(locale.LC_ALL),
    "precision": decimal.getcontext().prec,
    "garbage": [gc.isenabled(), gc.get_threshold()],
    "recursion": sys.getrecursionlimit(),
    "builtins": hasattr(__builtins__, "smuggled"),
}))
"""
"""Prints what one could find of another notebook."""
STAIN = """
import atexit, builtins, decimal, gc, locale, logging, os, random, resource, signal, sys
import tempfile, threading, time, warnings
import numpy, pandas
import plotly.io
import nebenan
stain = nebenan.STAIN
builtins.smuggled = 1
os.environ["STAIN"] = os.environ["TZ"] = "x"
os.makedirs("deeper", exist_ok=True)
sys.path.insert(0, "/stain")
pandas.set_option("display.max_rows", 7)
plotly.io.templates.default = "seaborn"
logging.basicConfig(level=logging.DEBUG)
logging.getLogger("own").setLevel(7)
warnings.simplefilter("error")
atexit.register(lambda: open("at-exit", "w"))
signal.signal(signal.SIGTERM, lambda *_: None)
signal.signal(signal.SIGALRM, lambda *_: None)
os.umask(7)
resource.setrlimit(resource.RLIMIT_NOFILE, (99, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
tempfile.tempdir = "/stain"
locale.setlocale(locale.LC_ALL, "C")
decimal.getcontext().prec = 5
gc.disable()
sys.setrecursionlimit(5000)
left_open = [open("left-open", "w"), open(nebenan.__file__)]
threading.Thread(target=time.sleep, args=(1000,)).start()
random.seed(1); numpy.random.seed(1)
os.chdir("deeper")
"""
CHANCE = """
import random, uuid, numpy
print(random.random(), numpy.random.rand(), numpy.random.default_rng().random(), uuid.uuid4())
"""


@pytest.fixture(scope="module", autouse=True)
def _no_warm_process_stays():
    yield
    close_warm_process()


def test_nothing_of_a_notebook_is_seen_by_the_next(tmp_path):
    clean = write_notebook(tmp_path / "clean" / "a.ipynb", PROBE)
    stained = write_notebook(tmp_path / "stained" / "b.ipynb", STAIN, PROBE)
    (tmp_path / "stained" / WARM).mkdir()
    (tmp_path / "stained" / WARM / "nebenan.py").write_text("STAIN = 1", encoding="utf-8")

    before = json.loads(texts(run(clean, WARM), "cell-2"))
    warm = psutil.Process(warm_process().pid)
    environment = warm.environ()
    changed = json.loads(texts(run(stained, WARM), "cell-3"))
    after = json.loads(texts(run(clean, WARM), "cell-2"))

    same = {key for key in before if before[key] == changed[key]}
    assert same <= {"locale"}, "the stain is to be seen in the notebook itself"
    assert "nebenan" in changed["modules"]
    assert after == before
    assert warm_process().pid == warm.pid
    assert warm.environ() == environment
    assert not list(tmp_path.rglob("at-exit"))


def test_chance_is_another_one_in_each_notebook(tmp_path):
    path = write_notebook(tmp_path / "chance.ipynb", CHANCE)
    first, second = (texts(run(path, WARM), "cell-2").split() for _ in range(2))
    assert all(one != other for one, other in zip(first, second, strict=True))


def test_the_caller_s_folder_environment_and_limits_are_the_notebook_s(tmp_path, monkeypatch):
    warm_process()  # has seen nothing of what follows
    monkeypatch.setenv("TB_CALLER", "ja")
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    source = "import os, time\nprint(os.path.basename(os.getcwd()), os.environ['TB_CALLER'], time.tzname[0])\n"
    source += "print(os.environ.get('OPENBLAS_NUM_THREADS'))"
    notebook = run(write_notebook(tmp_path / "caller.ipynb", source), WARM)
    assert texts(notebook, "cell-2") == "transferbuch ja JST\nNone\n"


def test_the_warm_process_has_one_thread_and_keeps_no_file_of_a_notebook(tmp_path):
    path = write_notebook(tmp_path / "threads.ipynb", "import os\nprint(len(os.listdir(f'/proc/{os.getppid()}/task')))")
    files = []
    for _ in range(3):  # what it sees is the warm process that has just forked it
        assert texts(run(path, WARM), "cell-2") == "1\n"
        warm = psutil.Process(warm_process().pid)
        deadline = time.monotonic() + 5
        while warm.children() and time.monotonic() < deadline:
            time.sleep(0.01)
        files.append(warm.num_fds())
    assert len(set(files)) == 1


def test_a_forked_process_has_a_warm_process_of_its_own(tmp_path):
    mine = warm_process().pid
    reading, writing = os.pipe()
    if not (child := os.fork()):
        os.write(writing, str(warm_process().pid).encode())
        close_warm_process()
        os._exit(0)
    os.waitpid(child, 0)
    os.close(writing)
    with os.fdopen(reading) as said:
        assert int(said.read()) != mine
    assert warm_process().pid == mine
    path = write_notebook(tmp_path / "still.ipynb", "print('works')")
    assert texts(run(path, WARM), "cell-2") == "works\n"


def papermill_command(path: Path, *options: str) -> subprocess.Popen:
    """`papermill --engine transferbuch`, as anyone would call it."""
    command = [sys.executable, "-m", "papermill", "--engine", "transferbuch", "--no-progress-bar", *options]
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    return subprocess.Popen([*command, str(path), str(path.with_suffix(".out.ipynb"))], cwd=path.parent, **streams)


def test_papermill_s_command_runs_a_notebook_with_parameters(tmp_path):
    path = write_notebook(tmp_path / "ok.ipynb", "print('für', ags)")
    process = papermill_command(path, "-p", "ags", "99057")
    printed, _ = process.communicate(timeout=60)
    assert process.returncode == 0, printed
    executed = nbformat.read(path.with_suffix(".out.ipynb"), as_version=4)
    assert texts(executed, "cell-2") == "für 99057\n"
    assert executed.metadata.papermill.exception is None


def test_papermill_s_command_fails_with_the_cell(tmp_path):
    path = write_notebook(tmp_path / "fails.ipynb", "1 / 0", "print('never')")
    process = papermill_command(path)
    printed, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert 'Exception encountered at "In [2]"' in printed
    assert "ZeroDivisionError: division by zero" in printed
    assert texts(nbformat.read(path.with_suffix(".out.ipynb"), as_version=4), "cell-3") == ""


@pytest.mark.parametrize("when", ["while a cell runs", "while libraries are loaded"])
def test_control_c_ends_everything_at_once(tmp_path, when):
    path = write_notebook(tmp_path / "sleeps.ipynb", "open('begun', 'w').close()\n!sleep 1000")
    process = papermill_command(path)
    parent, deadline = psutil.Process(process.pid), time.monotonic() + 60
    ready = (tmp_path / "begun").exists if when == "while a cell runs" else lambda: parent.children()
    while not ready():
        assert time.monotonic() < deadline and process.poll() is None
        time.sleep(0.01)
    time.sleep(0.2)
    started = parent.children(recursive=True)
    process.send_signal(signal.SIGINT)
    begun = time.monotonic()
    printed, _ = process.communicate(timeout=20)
    assert time.monotonic() - begun < 2
    assert process.returncode not in (0, None), printed
    deadline = time.monotonic() + 5
    while left := [one for one in started if is_alive(one)]:
        assert time.monotonic() < deadline, left
        time.sleep(0.02)


def is_alive(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE  # of an orphan: dead, and nobody has asked for it yet
    except psutil.NoSuchProcess:
        return False
