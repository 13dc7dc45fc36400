"""A small project for whole builds: the real book, data and parameters, but notebooks of three lines."""

import shutil
from pathlib import Path

import nbformat
import pytest

from transferbuch.data.importer import ImportReport
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


@pytest.fixture(scope="session")
def small_project(tmp_path_factory) -> Project:
    """Built by the tests of one session in turn; each test states what it changes."""
    root = tmp_path_factory.mktemp("projekt")
    for name in ("book", "data", "parameters"):
        shutil.copytree(ROOT / name, root / name)
    without_additions(root / "parameters" / "99001-talbrueck.yml")
    shutil.copy(ROOT / "_toc.yml", root / "_toc.yml")
    write_notebook(root / "notebooks" / "ueberblick.ipynb", "Überblick", 1, "print('Ausgabe', ags)")
    return Project(root)


@pytest.fixture(scope="session")
def real_release(official: ImportReport) -> Release:
    """Everything computed from the official files, for all 400 Kreise."""
    return load_release(Project(ROOT), str(official.package.folder))
