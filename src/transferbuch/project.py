"""Where things are: one `Project` per checkout and audience, handed in, never imported as a global.

The access rule lives here because it is one of places: what is internal says so and lies in a folder `intern`; for the
public nothing below such a folder is opened, and what is made for others lies in `_build/intern/<audience>`.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from transferbuch.errors import PersonFileError, Problem, UsageError
from transferbuch.records import nearest
from transferbuch.vocabulary import AUDIENCES, INTERNAL, INTERNAL_FOLDER, PUBLIC, Access

CATALOGUE = Path(__file__).parent / "catalogue"
ASSETS = Path(__file__).parent / "site" / "assets"
"""Theme, scripts and style sheets of the pages."""
THEME = ASSETS / "theme"
MODELLREGION = "modellregion"


@dataclass(frozen=True)
class Project:
    """The folders of a checkout; everything below `build` is machine-made and may be deleted.

    audience: for whom pages are made: public, internal or a role
    """

    root: Path
    audience: str = PUBLIC

    def __post_init__(self) -> None:
        if self.audience not in AUDIENCES:
            raise UsageError(
                Problem(
                    "--audience",
                    0,
                    "",
                    "there is no such audience",
                    self.audience,
                    f"one of {', '.join(AUDIENCES)}",
                    nearest(self.audience, AUDIENCES),
                    "unknown-audience",
                )
            )

    @property
    def is_internal(self) -> bool:
        """Whether what is internal may be read."""
        return self.audience != PUBLIC

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
    def shared(self) -> Path:
        """What all audiences share: imported official tables, which are public."""
        return self.root / "_build"

    @property
    def build(self) -> Path:
        """Site, work and cache of this audience."""
        return self.shared / INTERNAL_FOLDER / self.audience if self.is_internal else self.shared

    @property
    def transfer(self) -> Path:
        return self.book / "transfer"

    def show(self, path: Path) -> str:
        """`path` as it is shown to people: relative to the project, never with a user's folders."""
        try:
            return path.resolve().relative_to(self.root.resolve()).as_posix()
        except ValueError:
            return os.path.relpath(path, Path.cwd()) if path.is_absolute() else path.as_posix()


def visible_files(folder: Path, pattern: str, internal: bool) -> list[Path]:
    """Files in `folder` that may be read, sorted by name; `internal`: also those in its folder `intern`.

    Raises PersonFileError for a name that is in both.
    """
    public = {path.name: path for path in folder.glob(pattern)}
    hidden = {path.name: path for path in (folder / INTERNAL_FOLDER).glob(pattern)} if internal else {}
    if twice := sorted(public.keys() & hidden.keys()):
        raise PersonFileError(
            Problem(
                "/".join(hidden[name].parts[-3:]),
                0,
                "",
                "a file that everybody may read has this name",
                name,
                "each name once",
                "rename or remove one of the two",
                "access",
            )
            for name in twice
        )
    return [path for _, path in sorted((public | hidden).items())]


def access_problems(path: Path, access: Access, file: str, line: int = 0, field: str = "access") -> list[Problem]:
    """Whether the record of a file in one of the folders of `visible_files` lies where its access class says."""
    lies_inside = path.parent.name == INTERNAL_FOLDER
    if lies_inside == (access == INTERNAL):
        return []
    what = "what lies in intern/ must say that it is internal" if lies_inside else "what is internal lies in intern/"
    expected = f"access: {INTERNAL}" if lies_inside else f"{path.parent.name}/{INTERNAL_FOLDER}/{path.name}"
    do = "add it, or move the file out of intern/ if everybody may read it" if lies_inside else "move the file"
    return [Problem(file, line, field, what, access, expected, do, "access")]


def find_project(start: Path | None = None, audience: str = PUBLIC) -> Project:
    """The project that contains `start` (default: working directory), found by `_toc.yml` beside `notebooks/`."""
    start = (start or Path.cwd()).resolve()
    for folder in (start, *start.parents):
        if (folder / "_toc.yml").is_file() and (folder / "notebooks").is_dir():
            return Project(folder, audience)
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
