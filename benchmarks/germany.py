"""All editions of the official files on this machine: cold, nothing changed, one figure of one Kreis changed.

    python benchmarks/germany.py [--raw ../shared/data/raw] [--rounds 3]

Works in a copy of the data package that it imports itself; what is in `_build` is neither read nor changed, except that
the package of the current checkout is used. Prints Markdown: wall seconds, and the memory of all processes together
(proportional set size, so that shared pages count once), sampled every two seconds.
"""

import argparse
import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from importlib.metadata import version
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[1]
TABLE, KREIS = "regionalstatistik-2018-2025/21111-02-06-4.csv", "15084"
LEAVERS, WITHOUT = "240", "243"
"""School leavers without a certificate of that Kreis in that table, and the corrected figure."""
GIB = 1 << 30


def main() -> None:
    """Run the builds and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--raw", type=Path, default=ROOT.parent / "shared" / "data" / "raw", help="official files")
    parser.add_argument("--rounds", type=int, default=1, help="of the cold build; the others are run three times")
    options = parser.parse_args()
    libraries = ", ".join(f"{name} {version(name)}" for name in ("jupyter-book", "papermill", "pandas"))
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {libraries}\n")
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "project"
        tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
        for name in tracked.splitlines():
            if (ROOT / name).is_file():
                (project / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(ROOT / name, project / name)
        transferbuch(project, "data", "import", str(options.raw))
        print("| build | seconds | range | memory together |\n|---|---|---|---|")
        cold = []
        for _ in range(options.rounds):
            for name in ("cache", "work", "site", "last-build.json"):
                remove(project / "_build" / name)
            cold.append(transferbuch(project, "build", "--workers", "2"))
        row("all editions, cold, 2 workers", cold)
        row("nothing changed", [transferbuch(project, "build", "--workers", "2") for _ in range(3)])
        transferbuch(project, "data", "import", str(corrected(options.raw / TABLE, Path(folder))))
        row(f"one figure of {KREIS} changed", [transferbuch(project, "build", "--workers", "2")])
        report = json.loads((project / "_build" / "site" / "build-report.json").read_text(encoding="utf-8"))
        built = [one["ags"] for one in report["editions"] if one["outcome"] == "ok"]
        print(f"\nThe changed figure rebuilt {len(built)} of {len(report['editions'])} editions.")


def transferbuch(project: Path, *command: str) -> tuple[float, float]:
    """Wall seconds of a command and the largest memory of its processes together in GiB."""
    environment = {**os.environ, "PYTHONPATH": str(project / "src")}
    program = [sys.executable, "-m", "transferbuch", *command]
    started = time.perf_counter()
    process = subprocess.Popen(
        program, cwd=project, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    largest = [0.0]
    watch = threading.Thread(target=sample, args=(process.pid, largest))
    watch.start()
    said, _ = process.communicate()
    seconds = time.perf_counter() - started
    watch.join()
    if process.returncode:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}:\n{said[-3000:]}")
    return seconds, largest[0]


def sample(pid: int, largest: list[float]) -> None:
    """Keep the largest sum in `largest` until the process has ended."""
    while psutil.pid_exists(pid):
        whole = 0
        try:
            root = psutil.Process(pid)
            for one in (root, *root.children(recursive=True)):
                whole += memory(one)
        except psutil.NoSuchProcess:
            return
        largest[0] = max(largest[0], whole / GIB)
        time.sleep(2)


def memory(process: psutil.Process) -> int:
    """Proportional set size; 0 for a process that has just ended."""
    try:
        return process.memory_full_info().pss
    except (psutil.NoSuchProcess, psutil.ZombieProcess, psutil.AccessDenied):
        return 0


def row(name: str, found: list[tuple[float, float]]) -> None:
    """One row of the table."""
    seconds = [one for one, _ in found]
    spread = f"{min(seconds):.1f}–{max(seconds):.1f}" if len(seconds) > 1 else "one run"
    print(
        f"| {name} | {statistics.median(seconds):.1f} | {spread} | {max(one for _, one in found):.2f} GiB |", flush=True
    )


def corrected(file: Path, folder: Path) -> Path:
    """The official file as a later delivery of one row, with one other figure."""
    lines = file.read_text(encoding="latin-1").splitlines(keepends=True)
    first = next(number for number, line in enumerate(lines) if re.match(r"\d{4};", line))
    last = max(number for number, line in enumerate(lines) if re.match(r"\d{4};", line))
    one = next(line for line in lines if f";{KREIS};" in line)
    end = [re.sub(r"Stand: (\d\d)", lambda found: f"Stand: {int(found[1]) + 1:02}", line) for line in lines[last + 1 :]]
    target = folder / "21111-02-06-4_berichtigt.csv"
    text = "".join([*lines[:first], one.replace(f";{LEAVERS};", f";{WITHOUT};", 1), *end])
    target.write_text(text, encoding="latin-1")
    return target


def remove(path: Path) -> None:
    """A file or a folder, if it is there."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


if __name__ == "__main__":
    main()
