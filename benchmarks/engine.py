"""The warm engine against what it replaces, on the same editions, in turn, in one process tree.

    python benchmarks/engine.py                  notebooks: warm engine, papermill's own, the bare cells
    python benchmarks/engine.py --whole 20       whole builds: this package, papermill command + jupyter-book

Prints medians of all rounds and their ratios, in Markdown. Needs the imported official files (`transferbuch data
import`), or takes the model region. The machine should have nothing else to do.
"""

import argparse
import concurrent.futures
import json
import multiprocessing
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from importlib.metadata import version
from pathlib import Path

import nbformat
import yaml

from transferbuch.editions.execute import execute_notebook
from transferbuch.editions.kernels import ENGINE, close_warm_process
from transferbuch.editions.templates import Template
from transferbuch.project import find_project
from transferbuch.site.release import load_release

LIBRARIES = ("jupyter-book", "sphinx", "papermill", "ipykernel", "nbclient", "pandas", "plotly", "pyarrow")
SPAWN = multiprocessing.get_context("spawn")
Job = tuple[Template, str, Path]
"""A chapter, the key of the municipality, the folder with its data slice."""


def warm(job: Job) -> None:
    """One notebook as builds run it."""
    execute_notebook(*job, job[2] / f"{job[0].name}.warm.ipynb")


def stock(job: Job) -> None:
    """One notebook by papermill's own engine, asked as `execute_notebook` asks the warm one."""
    import papermill

    template, ags, folder = job
    papermill.execute_notebook(
        str(template.path),
        str(folder / f"{template.name}.stock.ipynb"),
        parameters={"ags": ags, "data": "slice", **template.parameters},
        cwd=str(folder),
        kernel_name="python3",
        progress_bar=False,
    )


def bare(jobs: Iterable[Job]) -> float:
    """Seconds for the cells alone in this process, with everything loaded; the first notebook is run before."""
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output

    shell, jobs = InteractiveShell.instance(), list(jobs)
    for job in (jobs[0], None, *jobs):
        if job is None:
            started = time.perf_counter()
            continue
        template, ags, folder = job
        os.chdir(folder)
        given = {"ags": ags, "data": "slice", **template.parameters}
        with capture_output():
            for cell in nbformat.read(template.path, as_version=4).cells:
                if cell.cell_type == "code":
                    shell.run_cell(cell.source).raise_error()
                if "parameters" in cell.metadata.get("tags", []):
                    shell.push(given)
    return time.perf_counter() - started


def in_processes(work: Callable[[Job], None], jobs: list[Job], processes: int) -> float:
    """Seconds for all jobs in a pool whose processes have done one job each before."""
    with concurrent.futures.ProcessPoolExecutor(processes, mp_context=SPAWN) as pool:
        list(pool.map(work, jobs[:processes]))
        started = time.perf_counter()
        list(pool.map(work, jobs))
        return time.perf_counter() - started


def alone(work: Callable[[Job], None], jobs: list[Job]) -> float:
    """Seconds for all jobs one after the other in this process."""
    work(jobs[0])
    started = time.perf_counter()
    for job in jobs:
        work(job)
    return time.perf_counter() - started


def notebooks(folder: Path, editions: int, rounds: int, processes: int) -> None:
    """The table of notebook execution."""
    jobs = prepare(folder, editions)
    times: dict[str, list[float]] = {"warm": [], "stock": [], "warm alone": [], "bare": []}
    for _ in range(rounds):
        times["warm"].append(in_processes(warm, jobs, processes))
        times["stock"].append(in_processes(stock, jobs, processes))
        times["warm alone"].append(alone(warm, jobs))
        with concurrent.futures.ProcessPoolExecutor(1, mp_context=SPAWN) as pool:
            times["bare"].append(pool.submit(bare, jobs).result())
    close_warm_process()
    middle = {name: statistics.median(found) / len(jobs) for name, found in times.items()}
    print(f"\n{len(jobs)} notebooks of {editions} editions, seconds per notebook, median of {rounds} rounds:\n")
    print("| | seconds | range |\n|---|---|---|")
    for name, text in (
        ("stock", f"papermill.execute_notebook, {processes} processes"),
        ("warm", f"papermill.execute_notebook, engine `{ENGINE}`, {processes} processes"),
        ("warm alone", f"engine `{ENGINE}`, one process"),
        ("bare", "the bare cells in one warm Python"),
    ):
        low, high = (found / len(jobs) for found in (min(times[name]), max(times[name])))
        print(f"| {text} | {middle[name]:.3f} | {low:.3f}–{high:.3f} |")
    more = middle["warm alone"] - middle["bare"]
    print(f"\n**{middle['stock'] / middle['warm']:.1f}× faster** than papermill's own engine (wanted: 6, better 8);")
    print(f"**{more:.3f} s more** per notebook than the bare cells (wanted: at most 0.10, better 0.06).")


def whole(folder: Path, editions: int, rounds: int, processes: int) -> None:
    """The table of whole builds, from computed values to pages.

    Ours is run once before with the portal, whose pages the editions link to: that is a row of its own, because the
    stock way has no portal and is handed its slices.
    """
    project = find_project()
    keys = [argument for one in load_release(project).plan()[:editions] for argument in ("--only", one.ags)]
    out = ["--out", str(folder / "site"), "--workers", str(processes), "--force", *keys]
    command = [sys.executable, "-m", "transferbuch", "build", *out]
    all_of_it = timed(run, command, project.root)
    times: dict[str, list[float]] = {"ours": [], "stock": []}
    for _ in range(rounds):
        times["ours"].append(timed(run, [*command, "--no-portal"], project.root))
        jobs = prepare(folder / "stock", editions)
        times["stock"].append(timed(stock_build, folder / "stock", jobs, processes))
    middle = {name: statistics.median(found) for name, found in times.items()}
    print(f"\nWhole build of {editions} editions, {processes} processes, median of {rounds} rounds:\n")
    print("| | seconds | range |\n|---|---|---|")
    for name, text in (
        ("stock", "`papermill` for every notebook, then `jupyter-book build` of one book, `collapse_navbar: true`"),
        ("ours", "`transferbuch build --force --no-portal`: slices, notebooks, books, downloads and gates"),
    ):
        print(f"| {text} | {middle[name]:.1f} | {min(times[name]):.1f}–{max(times[name]):.1f} |")
    print(f"| ours with the portal | {all_of_it:.1f} | one run |")
    print(f"\n**{middle['stock'] / middle['ours']:.1f}× faster** (wanted: 6).")


def timed(work: Callable[..., object], *given: object) -> float:
    """Wall seconds of `work(*given)`."""
    started = time.perf_counter()
    work(*given)
    return time.perf_counter() - started


def stock_build(folder: Path, jobs: list[Job], processes: int) -> None:
    """The same chapters the stock way: one command per notebook, then one book of all pages."""
    book = folder / "book"
    shutil.rmtree(book, ignore_errors=True)
    book.mkdir(parents=True)
    with concurrent.futures.ThreadPoolExecutor(processes) as pool:
        list(pool.map(lambda job: stock_command(book, job), jobs))
    pages = sorted(path.stem for path in book.glob("*.ipynb"))
    (book / "index.md").write_text("# Kommunen\n", encoding="utf-8")
    (book / "_toc.yml").write_text(
        yaml.safe_dump({"format": "jb-book", "root": "index", "chapters": [{"file": page} for page in pages]})
    )
    settings = {
        "title": "Kommunen",
        "execute": {"execute_notebooks": "off"},
        "sphinx": {"config": {"html_theme_options": {"collapse_navbar": True}}},
    }
    (book / "_config.yml").write_text(yaml.safe_dump(settings))
    run([str(Path(sys.executable).with_name("jupyter-book")), "build", "--quiet", str(book)], book)


def stock_command(book: Path, job: Job) -> None:
    """One `papermill` command."""
    template, ags, folder = job
    given = yaml.safe_dump({"ags": ags, "data": "slice", **template.parameters})
    target = book / f"{ags.replace('+', '-')}-{template.name}.ipynb"
    papermill = str(Path(sys.executable).with_name("papermill"))
    run([papermill, str(template.path), str(target), "--cwd", str(folder), "-y", given, "--no-progress-bar"], folder)


def run(command: list[str], folder: Path) -> None:
    """A command, quietly; raises CalledProcessError with what it said."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{json.dumps(command[:3])} failed:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")


def prepare(folder: Path, editions: int) -> list[Job]:
    """Slices of the first editions and all their chapters."""
    release = load_release(find_project())
    jobs = []
    for edition in release.plan()[:editions]:
        target = folder / edition.folder
        target.mkdir(parents=True, exist_ok=True)
        release.write_slice(target, edition)
        jobs += [(chapter, edition.ags, target) for chapter in edition.chapters]
    return jobs


def main() -> None:
    """Read the options and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--editions", type=int, default=4, help="editions whose notebooks are executed")
    parser.add_argument("--whole", type=int, default=0, metavar="N", help="whole builds of N editions instead")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    versions = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {versions}")
    with tempfile.TemporaryDirectory() as folder:
        if options.whole:
            whole(Path(folder), options.whole, options.rounds, options.processes)
        else:
            notebooks(Path(folder), options.editions, options.rounds, options.processes)


if __name__ == "__main__":
    main()
