"""How long the main ways take, as whole processes: `python benchmarks/build.py [--real ../shared/data/raw]`.

Prints one row per command: median and range of the wall time, largest memory of a process (itself or a child), the
aim. Absolute times depend on the machine; they are printed for comparison between two states of the project.
"""

import argparse
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDERS = ("regionalstatistik-2018-2025", "regionalstatistik-2017", "regionalstatistik-ffcsv-2026")


def measure(command: list[str], runs: int, before: list[Path] = ()) -> tuple[list[float], float]:
    """Wall seconds of each run and the largest memory in GB; the paths in `before` are removed before each run."""
    seconds = []
    for _ in range(runs):
        for path in before:
            shutil.rmtree(path, ignore_errors=True)
        started = time.perf_counter()
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        seconds.append(time.perf_counter() - started)
    return seconds, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--real",
        type=Path,
        default=ROOT.parent / "shared" / "data" / "raw",
        help="folder with official files; left out if it does not exist",
    )
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    program = [sys.executable, "-m", "transferbuch"]
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {options.runs} runs each")
    print(f"{'what':44} {'median':>8} {'min':>8} {'max':>8} {'memory':>8}  aim")
    with tempfile.TemporaryDirectory() as folder:
        out, data = Path(folder) / "site", Path(folder) / "data"
        build = [*program, "build", "--data", "modellregion", "--out", str(out), "--workers", "2"]
        rows = [
            ("help", [*program, "--help"], [], "≤ 0.5 s"),
            (
                "model region, cold, 2 workers",
                build,
                [out, ROOT / "_build" / "cache", ROOT / "_build" / "modellregion"],
                "≤ 90 s",
            ),
            ("model region, nothing changed", build, [], "≤ 5 s"),
        ]
        if options.real.is_dir():
            paths = [str(options.real / name) for name in FOLDERS]
            rows.append(
                (
                    "import of the three official folders",
                    [*program, "data", "import", *paths, "--into", str(data)],
                    [data],
                    "≤ 60 s, ≤ 1.5 GB",
                )
            )
        else:
            print(f"left out: import of official files ({options.real} is missing)")
        for name, command, before, aim in rows:
            seconds, memory = measure(command, options.runs, before)
            print(
                f"{name:44} {statistics.median(seconds):7.2f}s {min(seconds):7.2f}s {max(seconds):7.2f}s "
                f"{memory:6.2f}GB  {aim}",
                flush=True,
            )


if __name__ == "__main__":
    main()
