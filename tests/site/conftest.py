"""A small project for whole builds: the real book, data and parameters, but notebooks of three lines."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from transferbuch.data.importer import ImportReport
from transferbuch.editions.cache import link
from transferbuch.project import Project
from transferbuch.site.release import Release, load_release

ROOT = Path(__file__).parents[2]


def write_notebook(path: Path, title: str, order: int, source: str) -> None:
    cell = nbformat.v4.new_code_cell('ags = "99001"\ndata = "slice"', id="parameters")
    cell.metadata["tags"] = ["parameters"]
    notebook = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_markdown_cell(f"# {title}", id="title"),
            cell,
            nbformat.v4.new_code_cell(source, id="work"),
        ]
    )
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook.metadata["transferbuch"] = {"title": title, "order": order}
    path.parent.mkdir(exist_ok=True)
    nbformat.write(notebook, path)


def without_additions(path: Path) -> None:
    """The parameters file without what the municipality says itself: it names chapters that a small project lacks."""
    text = path.read_text(encoding="utf-8")
    kept, found, _ = text.partition("# What the town says itself")
    assert found
    path.write_text(kept, encoding="utf-8")


def make_small(root: Path) -> Project:
    """A small project in `root`, which is made if need be."""
    root.mkdir(exist_ok=True)
    for name in ("book", "data", "parameters"):
        shutil.copytree(ROOT / name, root / name)
    without_additions(root / "parameters" / "99001-talbrueck.yml")
    shutil.copy(ROOT / "_toc.yml", root / "_toc.yml")
    write_notebook(root / "notebooks" / "ueberblick.ipynb", "Überblick", 1, "print('Ausgabe', ags)")
    return Project(root)


@pytest.fixture(scope="session")
def small_project(tmp_path_factory) -> Project:
    """Built by the tests of one session in turn; each test states what it changes."""
    return make_small(tmp_path_factory.mktemp("projekt"))


BUILT = ("99001", "99002", "99061")
"""Editions of `built_project`; Talbrück says how it sees itself, Seefurt has no second chapter."""
DAY = {"SOURCE_DATE_EPOCH": "1767225600"}
SECOND = """from transferbuch.report import open_edition
edition = open_edition(ags, data)
print("Zweites Kapitel", ags)
edition.additions("zusatz")"""


def run_cli(
    root: Path, *arguments: str, start: tuple[str, ...] = ("-m", "transferbuch"), **environment: str
) -> subprocess.CompletedProcess:
    """`transferbuch …` in the project `root`, on a day that is always the same."""
    return subprocess.run(
        [sys.executable, *start, *arguments],
        cwd=root,
        env={**os.environ, **DAY, **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def build_command(*ags: str) -> tuple[str, ...]:
    return ("build", "--data", "modellregion", *(part for one in ags for part in ("--only", one)))


def make_two_chapters(root: Path) -> Project:
    """The small project with a second chapter, that Seefurt does not want."""
    project = make_small(root)
    write_notebook(project.notebooks / "zusatz.ipynb", "Zusatz", 2, SECOND)
    with (project.parameters / "99002-seefurt.yml").open("a", encoding="utf-8") as file:
        file.write("chapters: [ueberblick]\n")
    return project


@pytest.fixture(scope="session")
def built_project(tmp_path_factory) -> Project:
    """Built once, by one worker; tests change copies of it."""
    project = make_two_chapters(tmp_path_factory.mktemp("gebaut"))
    done = run_cli(project.root, *build_command(*BUILT), "--workers", "1", PYTHONHASHSEED="1", TZ="UTC")
    assert done.returncode == 0, done.stderr
    return project


def copy_built(project: Project, root: Path) -> Project:
    """A copy with its site and its cache, for a test to change; what is built is linked, for nobody writes into it."""
    shutil.copytree(project.root, root, ignore=shutil.ignore_patterns("_build"))
    shutil.copytree(project.root / "_build", root / "_build", copy_function=link)
    return Project(root)


@pytest.fixture(scope="session")
def real_release(official: ImportReport) -> Release:
    """Everything computed from the official files, for all 400 Kreise."""
    return load_release(Project(ROOT), str(official.package.folder))
