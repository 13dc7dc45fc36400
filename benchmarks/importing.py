"""How long import and checks take, as whole processes: `python benchmarks/importing.py [--real ../shared/data/raw]`.

Prints one row per command: median and range of the wall time, largest memory of the process, the aim; then how many
times longer the import takes than pandas.read_csv needs for the same CSVs: it checks nothing and keeps no provenance.
"""

import argparse
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
STOCK = """
import sys
from pathlib import Path
import pandas as pd
for path in sorted(Path(sys.argv[1]).rglob("*")):
    if not path.name.endswith((".csv", ".csv.gz", ".zip")):
        continue
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            with pd.io.common.get_handle(path, "r", encoding=encoding, compression="infer") as opened:
                lines = opened.handle.readlines()
            separator = max(";,", key=lines[len(lines) // 2].count)
            width = max(line.count(separator) for line in lines) + 1
            pd.read_csv(path, sep=separator, header=None, names=range(width), dtype=str, encoding=encoding)
            break
        except UnicodeDecodeError:
            continue
"""


def measure(command: list[str], runs: int, before: Path | None = None) -> tuple[list[float], float]:
    """Wall seconds of each run and the largest memory of one in GB; the folder `before` is removed before each run."""
    seconds, memory = [], 0.0
    for _ in range(runs):
        if before is not None:
            shutil.rmtree(before, ignore_errors=True)
        started = time.perf_counter()
        child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, used = os.wait4(child.pid, 0)
        seconds.append(time.perf_counter() - started)
        if status:
            raise SystemExit(f"failed: {' '.join(command)}")
        memory = max(memory, used.ru_maxrss / 1e6)
    return seconds, memory


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--real", type=Path, default=ROOT.parent / "shared" / "data" / "raw", help="official files")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    if not options.real.is_dir():
        raise SystemExit(f"there are no official files to import: {options.real}")
    files = [path for path in options.real.rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in files) / 1e6
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {options.runs} runs each")
    print(f"{len(files)} files, {size:.0f} MB")
    print(f"{'what':44} {'median':>8} {'min':>8} {'max':>8} {'memory':>8}  aim")
    medians: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        tool = [sys.executable, "-m", "transferbuch", "data"]
        command = [*tool, "import", str(options.real), "--into", str(data)]
        for name, what, before, aim in (
            ("first import", command, data, "≤ 90 s, ≤ 2 GB"),
            ("second import, nothing changed", command, None, "≤ 3 s"),
            ("data check, nothing cached", [*tool, "check", "--data", str(data)], ROOT / "_build" / "cache", "≤ 30 s"),
            ("pandas.read_csv of the same CSVs", [sys.executable, "-c", STOCK, str(options.real)], None, ""),
        ):
            seconds, memory = measure(what, options.runs, before)
            medians[name] = statistics.median(seconds)
            print(
                f"{name:44} {medians[name]:7.2f}s {min(seconds):7.2f}s {max(seconds):7.2f}s {memory:6.2f}GB  {aim}",
                flush=True,
            )
    stock = medians["pandas.read_csv of the same CSVs"]
    print(f"first import / pandas: {medians['first import'] / stock:.1f}")
    print(f"second import / pandas: {medians['second import, nothing changed'] / stock:.2f}")


if __name__ == "__main__":
    main()
