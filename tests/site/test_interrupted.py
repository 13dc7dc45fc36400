"""Builds that are stopped, and workers and notebooks that die: the old site stays, nothing is left behind, the next
run goes on; a failure hurts its own edition only and says how to run just that one again."""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tests.site.conftest import BUILT, DAY, build_command, copy_built, run_cli, write_notebook
from transferbuch.project import Project

SECONDS = 60
FAILING = ("99052", "99053", "99054")
# the notebook says that it is running, and waits until it is told to go on
WAITING = """
from pathlib import Path
import time
if ags == "99061":
    Path("begun").write_text("")
    while not Path("../../../go").exists():
        time.sleep(0.1)
print("Ende", ags)
"""
# each dies in its own way, until it is told not to; the worker is the parent of the process that forks notebooks
DYING = """
from pathlib import Path
import os, signal
if not Path("../../../go").exists():
    if ags == "99052":
        os._exit(5)
    if ags == "99053":
        raise ValueError("Wert fehlt")
    if ags == "99054":
        status = Path(f"/proc/{os.getppid()}/stat").read_text()
        os.kill(int(status.rsplit(")", 1)[1].split()[1]), signal.SIGKILL)
print("Ende", ags)
"""


class Run:
    """A copy of the built project with another second chapter, and builds in it that one can watch."""

    def __init__(self, project: Project, folder: Path, source: str) -> None:
        self.project = copy_built(project, folder / "projekt")
        self.go, self.temporary = self.project.root / "go", folder / "temp"
        self.temporary.mkdir()
        self._log = folder / "log.txt"
        write_notebook(self.project.notebooks / "zusatz.ipynb", "Zusatz", 2, source)

    def start(self, *options: str, only: tuple[str, ...] = BUILT) -> None:
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "transferbuch", *build_command(*only), "--workers", "2", *options],
                cwd=self.project.root,
                env={**os.environ, **DAY, "TMPDIR": str(self.temporary)},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    @property
    def log(self) -> str:
        return self._log.read_text("utf-8")

    def wait_for(self, what: Callable[[], object]) -> None:
        until = time.monotonic() + SECONDS
        while not what():
            assert time.monotonic() < until and self.process.poll() is None, self.log
            time.sleep(0.02)

    def begun(self) -> bool:
        return (self.project.build / "work" / "99061" / "begun").exists()

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def interrupt(self) -> float:
        """Ctrl-C in a terminal goes to all processes of the group; seconds until the build is gone."""
        begun = time.monotonic()
        os.killpg(self.process.pid, signal.SIGINT)
        self.process.wait(SECONDS)
        return time.monotonic() - begun

    def close(self) -> None:
        """End what a failed test left running."""
        if self.process.poll() is None:
            for one in [*self.family(), psutil.Process(self.process.pid)]:
                one.kill()
            self.process.wait()

    def end(self) -> int:
        return self.process.wait(SECONDS)

    def outcomes(self) -> dict[str, str]:
        return {one["ags"]: one["outcome"] for one in self.report()}

    def report(self) -> list[dict]:
        return json.loads((self.project.build / "site" / "build-report.json").read_text("utf-8"))["editions"]

    def nothing_left(self) -> None:
        assert list(self.temporary.iterdir()) == []
        assert list((self.project.build / "cache" / "making").iterdir()) == []
        assert not [path for path in self.project.build.iterdir() if path.suffix in (".new", ".old", ".part")]


def alive(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Those that have not ended a moment later; ended ones that nobody has asked for count as ended."""
    psutil.wait_procs(processes, timeout=1)
    return [one for one in processes if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]


def listing(site: Path) -> list[tuple[str, int, int]]:
    found = [(str(path.relative_to(site)), path.stat()) for path in sorted(site.rglob("*")) if path.is_file()]
    return [(name, state.st_ino, state.st_mtime_ns) for name, state in found]


@pytest.fixture(scope="module")
def waiting(built_project, tmp_path_factory) -> Iterator[Run]:
    run = Run(built_project, tmp_path_factory.mktemp("wartet"), WAITING)
    yield run
    run.close()


@pytest.fixture(scope="module")
def interrupted(waiting) -> Run:
    """Stopped while Talbrück is ready and a notebook of Tannwald-Ellerfurt runs."""
    waiting.before = listing(waiting.project.build / "site")
    waiting.start("--no-portal")
    waiting.wait_for(lambda: waiting.begun() and "99001 Stadt Talbrück ok" in waiting.log)
    waiting.processes = waiting.family()
    waiting.seconds = waiting.interrupt()
    return waiting


def test_ctrl_c_stops_within_two_seconds_and_leaves_nothing(interrupted):
    assert interrupted.process.returncode == 130
    assert interrupted.seconds < 2
    assert interrupted.log.endswith("stopped; the site is as it was before\n") and "Traceback" not in interrupted.log
    names = [" ".join(one) for one in map(_command, interrupted.processes)]
    assert len(interrupted.processes) >= 5, f"two workers, what forks notebooks for each, a notebook: {names}"
    assert alive(interrupted.processes) == []
    assert listing(interrupted.project.build / "site") == interrupted.before
    interrupted.nothing_left()


def _command(process: psutil.Process) -> list[str]:
    return process.cmdline() if process.is_running() and process.status() != psutil.STATUS_ZOMBIE else ["ended"]


def test_the_next_run_goes_on(interrupted):
    interrupted.go.touch()
    interrupted.start("--no-portal")
    assert interrupted.end() == 0, interrupted.log
    assert interrupted.outcomes() == {"99001": "cached", "99002": "cached", "99061": "ok"}
    assert set(interrupted.report()[2]["notebooks"]) == {"zusatz"}, "the first chapter was in the cache"
    interrupted.nothing_left()


def test_ctrl_c_while_workers_start(interrupted):
    """The shortest way to a torn state: nothing has been handed out yet."""
    before = listing(interrupted.project.build / "site")
    interrupted.start("--no-portal", "--force")
    interrupted.wait_for(lambda: len(interrupted.family()) >= 2)
    processes = interrupted.family()
    assert interrupted.interrupt() < 2 and interrupted.process.returncode == 130
    assert "Traceback" not in interrupted.log, interrupted.log
    assert alive(processes) == [] and listing(interrupted.project.build / "site") == before
    interrupted.nothing_left()


def test_ctrl_c_while_the_portal_is_built(interrupted):
    page = interrupted.project.book / "index.md"
    page.write_text(page.read_text("utf-8") + "\nEin Absatz mehr.\n", "utf-8")
    before = listing(interrupted.project.build / "site")
    interrupted.start()
    interrupted.wait_for(lambda: list(interrupted.temporary.glob("transferbuch-*")))
    time.sleep(0.5)
    assert interrupted.interrupt() < 2 and interrupted.process.returncode == 130
    assert "Traceback" not in interrupted.log, interrupted.log
    assert listing(interrupted.project.build / "site") == before
    interrupted.nothing_left()


def test_a_switch_of_sites_that_was_broken_off_is_undone(interrupted):
    site = interrupted.project.build / "site"
    before = listing(site)
    site.rename(site.with_name("site.old"))
    (site.with_name("site.new") / "kommunen").mkdir(parents=True)
    interrupted.start("--no-portal")
    assert interrupted.end() == 0, interrupted.log
    assert set(interrupted.outcomes().values()) == {"cached"}
    assert [name for name, _, _ in listing(site)] == [name for name, _, _ in before]
    interrupted.nothing_left()


def test_an_edition_whose_worker_is_killed_is_built_again(interrupted):
    interrupted.go.unlink()
    (interrupted.project.build / "work" / "99061" / "begun").unlink(missing_ok=True)
    interrupted.start("--no-portal", "--force")
    interrupted.wait_for(interrupted.begun)
    workers = [one for one in psutil.Process(interrupted.process.pid).children() if "spawn_main" in str(_command(one))]
    busy = [one for one in workers if len(one.children(recursive=True)) == 2]
    below = busy[0].children(recursive=True)
    busy[0].kill()
    interrupted.go.touch()
    assert interrupted.end() == 0, interrupted.log
    assert interrupted.outcomes() == dict.fromkeys(BUILT, "ok")
    assert alive(below) == [], "what forked its notebooks has ended with it"


@pytest.fixture(scope="module")
def dying(built_project, tmp_path_factory) -> Iterator[Run]:
    """Three more editions are to come into the site, and each fails in its own way."""
    run = Run(built_project, tmp_path_factory.mktemp("stirbt"), DYING)
    run.before = listing(run.project.build / "site")
    yield run
    run.close()


def test_fail_fast_stops_at_the_first_failure_and_publishes_nothing(dying):
    dying.start("--no-portal", "--fail-fast", only=FAILING[:2])
    assert dying.end() == 11
    assert "stopped at the first failure, as asked for" in dying.log and "[edition-failed]" in dying.log
    assert listing(dying.project.build / "site") == dying.before
    dying.nothing_left()


def test_what_dies_hurts_its_own_edition_and_says_how_to_run_it_again(dying):
    dying.start("--no-portal", only=("99001", *FAILING))
    assert dying.end() == 11
    assert dying.outcomes() == {
        "99001": "ok",
        "99002": "kept",
        "99052": "engine failed",
        "99053": "notebook failed",
        "99054": "engine failed",
        "99061": "kept",
    }
    why = {one["ags"]: one["why"] for one in dying.report() if one["ags"] in FAILING}
    rerun = "Rerun: transferbuch run notebooks/zusatz.ipynb --ags {} --data modellregion"
    assert why["99052"] == (
        "notebooks/zusatz.ipynb, cell 3: DeadKernelError: the notebook's process ended itself with code 5. "
        + rerun.format("99052")
    )
    assert why["99053"] == "notebooks/zusatz.ipynb, cell 3: ValueError: Wert fehlt. " + rerun.format("99053")
    assert why["99054"] == (
        "the process that built the edition died. Rerun: transferbuch build --only 99054 --data modellregion"
    )
    site = dying.project.build / "site" / "kommunen"
    assert sorted(path.name for path in site.iterdir()) == ["99001", "99002", "99061"]
    for said in why.values():
        assert said in dying.log, "the recap tells it"


@pytest.mark.parametrize("ags", FAILING[1:])
def test_the_command_that_it_names_runs_just_that_one(dying, ags):
    """A notebook, or an edition; when the fault is mended, it is done."""
    why = next(one["why"] for one in dying.report() if one["ags"] == ags)
    command = shlex.split(re.search(r"Rerun: transferbuch (.*)$", why)[1])
    if command[0] == "run":
        failed = run_cli(dying.project.root, *command)
        assert failed.returncode == 11 and "cell 3: ValueError: Wert fehlt" in failed.stderr, failed.stderr
    else:  # the portal of this site is another test's
        command.append("--no-portal")
    dying.go.touch()
    try:
        done = run_cli(dying.project.root, *command)
    finally:
        dying.go.unlink()
    assert done.returncode == 0, done.stderr
    if command[0] == "run":
        assert f"Ende {ags}" in (dying.project.root / done.stdout.strip()).read_text("utf-8")
    else:
        assert "1 built" in done.stdout
        assert (dying.project.build / "site" / "kommunen" / ags / "zusatz.html").is_file()
