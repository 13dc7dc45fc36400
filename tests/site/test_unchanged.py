"""Nothing changed: told in a moment, from fingerprints of what the last build read and of the site that it left."""

import os
import shutil
from pathlib import Path

import pytest

from tests.site.conftest import BUILT, build_command, copy_built, run_cli
from transferbuch.project import Project
from transferbuch.site.unchanged import LastBuild

OPTIONS = {"data": "modellregion", "only": (), "laender": (), "gebietsstand": "", "portal": True}
LINES = ["1 editions: 1 up to date."]
# what is loaded and opened while `transferbuch build` runs in this process
WATCHED = """
import os, sys
opened = []
def watch(event, arguments):
    if event == "open" and isinstance(arguments[0], (str, bytes, os.PathLike)):
        parts = os.fsdecode(os.path.relpath(arguments[0])).split(os.sep)
        if "intern" in parts:
            opened.append(os.sep.join(parts))
sys.addaudithook(watch)
from transferbuch.cli import main
try:
    main()
finally:
    heavy = {"pandas", "pyarrow", "sphinx", "papermill"} & sys.modules.keys()
    assert not heavy and not opened, (heavy, opened)
"""


class Small:
    """The folders that a build reads, with a file in each, and a site."""

    def __init__(self, root: Path) -> None:
        self.project = Project(root)
        self.site = root / "_build" / "site"
        for name in (
            "_toc.yml",
            "_config.yml",
            "book/index.md",
            "book/intern/vermerk.md",
            "notebooks/ueberblick.ipynb",
            "parameters/99001-talbrueck.yml",
            "parameters/99001-talbrueck/schulen.csv",
            "parameters/99001-talbrueck/intern/hilfen.csv",
            "data/modellregion/raw/12411-01-01-4.csv",
            "_build/site/index.html",
            "_build/site/kommunen/99001/index.html",
        ):
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text("eins\n", "utf-8")

    def last(self, day: str = "2026-01-01", **options: object) -> LastBuild:
        return LastBuild(self.project, self.site, {**OPTIONS, **options}, day)

    def lines(self, **changes: object) -> list[str] | None:
        return self.last(**changes).lines()


@pytest.fixture
def small(tmp_path) -> Small:
    small = Small(tmp_path)
    assert small.lines() is None, "there was no build yet"
    small.last().remember(LINES)
    assert small.lines() == LINES
    return small


@pytest.mark.parametrize(
    "name",
    [
        "_toc.yml",
        "_config.yml",
        "book/index.md",
        "notebooks/ueberblick.ipynb",
        "parameters/99001-talbrueck.yml",
        "parameters/99001-talbrueck/schulen.csv",
        "data/modellregion/raw/12411-01-01-4.csv",
    ],
)
def test_a_changed_a_new_and_a_removed_file_are_seen(small, name):
    path = small.project.root / name
    path.write_text("zwei\n", "utf-8")
    assert small.lines() is None
    path.write_text("eins\n", "utf-8")
    assert small.lines() == LINES, "the same content at another time"
    path.unlink()
    assert small.lines() is None


def test_a_new_file_is_seen(small):
    (small.project.book / "neu.md").write_text("neu\n", "utf-8")
    assert small.lines() is None


@pytest.mark.parametrize("name", ["book/intern/vermerk.md", "parameters/99001-talbrueck/intern/hilfen.csv"])
def test_what_is_internal_does_not_count_for_the_public(small, name):
    (small.project.root / name).write_text("zwei\n", "utf-8")
    assert small.lines() == LINES
    (small.project.root / name).unlink()
    assert small.lines() == LINES


@pytest.mark.parametrize("name", ["book/intern/vermerk.md", "parameters/99001-talbrueck/intern/hilfen.csv"])
def test_it_does_count_for_an_internal_audience(small, name):
    project = Project(small.project.root, "internal")
    (project.build / "site").mkdir(parents=True)

    def last() -> LastBuild:
        return LastBuild(project, project.build / "site", OPTIONS, "2026-01-01")

    last().remember(LINES)
    assert last().lines() == LINES
    (project.root / name).write_text("zwei\n", "utf-8")
    assert last().lines() is None


def test_a_site_that_is_not_as_it_was_left_is_seen(small):
    page = small.site / "kommunen/99001/index.html"
    page.unlink()
    assert small.lines() is None
    page.write_text("eins\n", "utf-8")
    assert small.lines() is None, "not the file that the build wrote"
    small.last().remember(LINES)
    (small.site / "fremd.html").write_text("", "utf-8")
    assert small.lines() is None
    shutil.rmtree(small.site)
    assert small.lines() is None


@pytest.mark.parametrize(
    "changes",
    [
        {"only": ("99001",)},
        {"laender": ("99",)},
        {"gebietsstand": "2015-12-31"},
        {"portal": False},
        {"data": ""},
        {"day": "2026-01-02"},
    ],
)
def test_another_wish_and_another_day_are_another_build(small, changes):
    expected = LINES if changes == {"data": ""} else None  # without a data package the default is the model region
    assert small.lines(**changes) == (expected and None)


def test_another_place_is_another_site(small, tmp_path):
    assert LastBuild(small.project, tmp_path / "anderswo", OPTIONS, "2026-01-01").lines() is None


def test_a_file_saved_while_the_build_ran_is_not_taken_for_built(small):
    running = small.last()
    (small.project.book / "index.md").write_text("zwei\n", "utf-8")
    running.remember(LINES)
    assert small.lines() is None


def test_half_a_note_of_the_last_build_is_none(small):
    (small.project.build / "last-build.json").write_text('{"inputs": "', "utf-8")
    assert small.lines() is None


def test_imported_data_count_by_their_description_and_files(small):
    folder = small.project.shared / "data"
    folder.mkdir()
    for name in ("datapackage.json", "tabelle.parquet"):
        (folder / name).write_text("eins", "utf-8")
    assert small.lines(data="") is None
    small.last(data="").remember(LINES)
    assert small.lines(data="") == LINES
    os.utime(folder / "tabelle.parquet", (1, 1))
    assert small.lines(data="") is None


def test_unchanged_is_told_without_loading_anything_large_or_internal(built_project):
    command = build_command(*BUILT)
    done = run_cli(built_project.root, *command, start=("-c", WATCHED), PYTHONHASHSEED="3")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("3 editions: 3 up to date.") and "Portal: up to date." in done.stdout


def test_the_cache_tells_what_it_holds_and_can_be_emptied(built_project, tmp_path):
    project = copy_built(built_project, tmp_path / "projekt")
    told = run_cli(project.root, "cache", "info").stdout.splitlines()
    kinds = [line.split()[:2] for line in told[:-1]]
    # one edition has no own tables: its slice need not be written to be known
    assert kinds == [["editions", "3"], ["notebooks", "5"], ["portals", "1"], ["slices", "1"]]
    assert told[-1].startswith("_build/cache: 0.0") and told[-1].endswith("of at most 10 GiB")
    assert run_cli(project.root, "cache", "prune").stdout.startswith("0 entries removed")
    pages = [path for path in (project.build / "site").rglob("*") if path.is_file()]
    content = {path: path.read_bytes() for path in pages}
    emptied = run_cli(project.root, "cache", "prune", "--limit", "0")
    assert emptied.returncode == 0 and emptied.stdout.startswith("10 entries removed")
    assert {path: path.read_bytes() for path in pages} == content, "the site does not need it"
    assert run_cli(project.root, "cache", "info").stdout.splitlines() == ["_build/cache: 0.00 of at most 10 GiB"]
    yaml = project.parameters / "99002-seefurt.yml"
    yaml.write_text(yaml.read_text("utf-8") + 'title: "Bildung am See"\n', "utf-8")
    told = run_cli(project.root, "explain", "99001", "--data", "modellregion").stdout
    assert told == "99001 Stadt Talbrück: up to date, nothing that it is made of has changed\n"
    told = run_cli(project.root, "explain", "99002", "--data", "modellregion").stdout.splitlines()
    assert told[:2] == [
        "99002 Stadt Seefurt: out of date",
        "  the cache no longer knows what else it was made of, so a build makes it again",
    ]
    assert '  parameters.title: "" → "Bildung am See"' in told, "the site's own data slice tells that"
    assert run_cli(project.root, "cache", "prune", "--limit", "-1").returncode == 2
