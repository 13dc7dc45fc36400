"""Where things are: one `Project` per checkout, handed in, never imported as a global."""

import os
from dataclasses import dataclass
from pathlib import Path

from transferbuch.errors import Problem, UsageError

CATALOGUE = Path(__file__).parent / "catalogue"
MODELLREGION = "modellregion"


@dataclass(frozen=True)
class Project:
    """The folders of a checkout; everything below `build` is machine-made and may be deleted."""

    root: Path

    @property
    def book(self) -> Path:
        return self.root / "book"

    @property
    def notebooks(self) -> Path:
        return self.root / "notebooks"

    @property
    def parameters(self) -> Path:
        return self.root / "parameters"

    @property
    def modellregion(self) -> Path:
        return self.root / "data" / "modellregion"

    @property
    def build(self) -> Path:
        return self.root / "_build"

    @property
    def transfer(self) -> Path:
        return self.book / "transfer"

    def show(self, path: Path) -> str:
        """`path` as it is shown to people: relative to the project, never with a user's folders."""
        try:
            return path.resolve().relative_to(self.root.resolve()).as_posix()
        except ValueError:
            return os.path.relpath(path, Path.cwd()) if path.is_absolute() else path.as_posix()


def find_project(start: Path | None = None) -> Project:
    """The project that contains `start` (default: working directory), found by `_toc.yml` beside `notebooks/`."""
    start = (start or Path.cwd()).resolve()
    for folder in (start, *start.parents):
        if (folder / "_toc.yml").is_file() and (folder / "notebooks").is_dir():
            return Project(folder)
    raise UsageError(
        Problem(
            ".",
            0,
            "",
            "this folder is not inside a Transferbuch project",
            expected="a folder with _toc.yml and notebooks/",
            do="change into the checkout and run again",
            code="no-project",
        )
    )
