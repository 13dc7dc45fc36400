"""Progress of long work: a live line on a terminal, plain lines elsewhere (CI, files). Always on standard error."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Report = Callable[[int, int, str], None]
"""Called with (done, total, what is being done)."""


@contextmanager
def build_progress() -> Iterator[Report]:
    """Progress of a build: editions done, of how many, which one."""
    with _progress("editions") as report:
        yield report


@contextmanager
def file_progress() -> Iterator[Report]:
    """Progress of an import: files done, of how many, which one."""
    with _progress("files") as report:
        yield report


@contextmanager
def _progress(unit: str) -> Iterator[Report]:
    if not sys.stderr.isatty():
        yield lambda done, total, what: _plain(done, total, what, unit)
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        Task,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text

    class Rate(ProgressColumn):
        """How many are done in a minute."""

        def render(self, task: Task) -> Text:
            speed = task.finished_speed or task.speed
            return Text(f"{60 * speed:.0f}/min" if speed else "")

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        Rate(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(unit, total=None)
        yield lambda done, total, what: bar.update(task, completed=done, total=total, description=f"{unit}: {what}")


def _plain(done: int, total: int, what: str, unit: str) -> None:
    # an import of many files prints ten lines, a build one line per edition
    if unit == "editions" or done == total or done % max(1, total // 10) == 0:
        print(f"[{done}/{total} {unit}] {what}".rstrip(), file=sys.stderr, flush=True)
