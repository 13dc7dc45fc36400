"""Nothing internal gets out: planted everywhere, searched for everywhere; and an internal site says what it is."""

import gzip
import io
import json
import os
import re
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import pandas as pd
import pytest

from tests.site.conftest import ROOT, without_additions
from tests.site.planted import CELLS, INDICATOR, OTHER_NUMBERS, SHOWN_TO_COUNCIL, WORDS, Search, copy_project, plant

# runs in every Python process of a build, also in workers and kernels: whoever opens a file below `intern/` stops
SENTINEL = """
import os, sys
def watch(event, arguments):
    if event == "open" and isinstance(arguments[0], (str, bytes, os.PathLike)):
        parts = os.fsdecode(os.path.relpath(arguments[0], {root!r})).split(os.sep)
        if "intern" in parts:
            os.write(log, (os.sep.join(parts) + "\\n").encode())
            raise PermissionError("opened below intern/: " + os.sep.join(parts))
log = os.open({log!r}, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
sys.addaudithook(watch)
"""


class Planted:
    """The planted copy and the ways to run commands in it."""

    def __init__(self, root: Path, sentinel: Path) -> None:
        self.root = copy_project(root)
        self.search = Search(plant(root))
        self.sentinel, self.log = sentinel, sentinel / "opened.txt"
        text = SENTINEL.format(root=str(root), log=str(self.log))
        (sentinel / "sitecustomize.py").write_text(text, encoding="utf-8")

    def run(
        self, *arguments: str, start: tuple[str, ...] = ("-m", "transferbuch"), watched: bool = True
    ) -> subprocess.CompletedProcess:
        places = [str(self.root / "src"), *([str(self.sentinel)] if watched else [])]
        return subprocess.run(
            [sys.executable, *start, *arguments],
            cwd=self.root,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(places)},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def build(self, *arguments: str, watched: bool) -> str:
        done = self.run("build", "--data", "modellregion", "--only", "99001", *arguments, watched=watched)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def planted(tmp_path_factory) -> Planted:
    return Planted(tmp_path_factory.mktemp("projekt"), tmp_path_factory.mktemp("waechter"))


@pytest.fixture(scope="module")
def public(planted) -> Path:
    """The public site, built by processes that cannot open anything internal."""
    planted.build(watched=True)
    return planted.root / "_build"


@pytest.fixture(scope="module")
def council(planted, public) -> Path:
    """The council's site, built after the public one in the same checkout."""
    planted.build("--audience", "council", watched=False)
    return planted.root / "_build" / "intern" / "council"


def test_what_is_planted_is_in_order_and_the_sentinel_sees_it_read(planted, public):
    done = planted.run("check", watched=False)
    assert done.returncode == 0, done.stderr
    assert "147 indicators" in done.stdout and "5 notebooks" in done.stdout and "91 transfer objects" in done.stdout
    assert not planted.log.read_text(encoding="utf-8"), "the public build opened nothing internal"
    assert planted.run("check").returncode != 0
    assert "intern/" in planted.log.read_text(encoding="utf-8")


def test_nothing_internal_is_in_any_file_of_a_public_build(planted, public):
    """Site, work and cache folders and the data package: everything that was made but the internal sites."""
    folders = [path for path in public.iterdir() if path.name != "intern"]
    made = {".lock", "cache", "check", "last-build.json", "modellregion", "site", "work"}
    assert {path.name for path in folders} == made
    assert planted.search.inside(*folders) == {}


def test_what_is_internal_does_not_even_decide_whether_something_is_built(planted, public):
    """The fingerprints of a public site are the same without it, so they cannot tell of it."""
    yaml = planted.root / "parameters" / "99001-talbrueck.yml"
    with_it, moved = yaml.read_bytes(), []
    try:
        yaml.write_bytes((ROOT / "parameters" / yaml.name).read_bytes())
        without_additions(yaml)
        for number, path in enumerate(sorted(planted.root.rglob("intern"))):
            if "_build" not in path.parts:
                moved.append((path.rename(planted.root.with_name(f"weg-{number}")), path))
        out = planted.build(watched=True)
    finally:
        yaml.write_bytes(with_it)
        for now, before in moved:
            now.rename(before)
    assert len(moved) == 5
    assert "1 up to date" in out and "Portal: up to date" in out


def test_the_same_search_finds_all_of_it_in_an_internal_site(planted, council):
    found = planted.search.inside(council / "site")
    assert set(found) >= SHOWN_TO_COUNCIL | {"shipped example"}
    assert "role: leadership" not in found, "another role's title"
    work = planted.search.inside(council / "cache", council / "work")
    assert "indicator: id" in work


def test_a_roles_edition_has_its_chapters_and_every_page_says_that_it_is_internal(council):
    site = council / "site"
    pages = sorted(path.name for path in (site / "kommunen" / "99001").glob("*.html"))
    assert "quxplanung.html" in pages and "daten-und-methoden.html" in pages and "ueberblick.html" not in pages
    assert "Quxratsfassung" in (site / "kommunen/99001/index.html").read_text("utf-8")
    everything = list(site.rglob("*.html"))
    assert len(everything) > 80
    for path in everything:
        text = path.read_text("utf-8")
        assert '<meta name="robots" content="noindex, nofollow"' in text, path
        assert "Interne Ausgabe – nicht zur Veröffentlichung" in text, path
    methods = (site / "kommunen/99001/daten-und-methoden.html").read_text("utf-8")
    assert "Quxtitel" in methods and "intern, nicht zur Weitergabe" in methods and "--audience council" in methods
    report = json.loads((site / "build-report.json").read_text("utf-8"))
    assert report["audience"] == "council"


def test_internal_pages_indicators_and_objects_are_in_the_internal_portal(council):
    site = council / "site"
    for path in ("intern/quxvermerk.html", "transfer/quxslug.html", f"indikatoren/{INDICATOR}.html"):
        assert (site / path).is_file(), path
    assert 'href="intern/quxvermerk.html"' in (site / "index.html").read_text("utf-8")
    assert "Quxbeispiel</a> (intern)" in (site / "transfer/index.html").read_text("utf-8")


def test_a_public_page_has_no_mark_and_may_be_found(public):
    for name in ("index.html", "kommunen/99001/index.html"):
        text = (public / "site" / name).read_text("utf-8")
        assert "Interne Ausgabe" not in text and 'name="robots"' not in text


@pytest.mark.parametrize(
    ("audience", "out"),
    [
        ("council", "_build/site"),
        ("council", "_build/site/kommunen/rat"),
        ("internal", "_build"),
        ("internal", "_build/intern/council/site"),
        ("public", "_build/intern/council/site"),
        ("public", "_build/intern/neu"),
        ("council", "book"),
    ],
)
def test_no_site_is_written_into_the_folder_of_another(planted, council, audience, out):
    site = planted.root / "_build" / "site"
    before = sorted(site.rglob("*"))
    done = planted.run("build", "--audience", audience, "--out", out, "--data", "modellregion", watched=False)
    assert done.returncode == 2, done.stderr
    assert "[out-audience]" in done.stderr or "[out-not-empty]" in done.stderr
    assert sorted(site.rglob("*")) == before and (planted.root / "book" / "index.md").is_file()


def test_an_internal_chapter_is_run_for_internal_audiences_only(planted):
    command = ("run", "notebooks/intern/quxplanung.ipynb", "--ags", "99001", "--data", "modellregion")
    refused = planted.run(*command, watched=True)
    assert refused.returncode == 2 and "this chapter is internal" in refused.stderr
    done = planted.run(*command, "--audience", "council", watched=False)
    assert done.returncode == 0 and done.stdout.startswith("_build/intern/council/run/"), done.stderr


def test_plain_jupyter_book_leaves_everything_internal_out(planted):
    start = ("-c", "from jupyter_book.cli.main import main; main()")
    done = planted.run("build", ".", "--path-output", "_plain", start=start, watched=True)
    assert done.returncode == 0, done.stderr[-3000:]
    assert (planted.root / "_plain/_build/html/book/transfer/index.html").is_file()
    assert planted.search.inside(planted.root / "_plain") == {}


def packed(kind: str, text: str) -> bytes:
    """`text` hidden in a file of a kind."""
    buffer = io.BytesIO()
    if kind == "zip in zip":
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("innen.zip", packed("zip", text))
    elif kind == "zip":
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("a.txt", text * 50)
    elif kind == "gzip":
        return gzip.compress(text.encode() * 50)
    elif kind == "pdf":
        return b"%PDF-1.7\n1 0 obj\nstream\n" + zlib.compress(text.encode() * 50) + b"\nendstream\n"
    elif kind == "parquet":
        pd.DataFrame({"a": [text] * 50}).to_parquet(buffer, compression="zstd")
    else:
        return text.encode(kind)
    return buffer.getvalue()


@pytest.mark.parametrize("kind", ["utf-8", "utf-16-le", "utf-16", "zip", "zip in zip", "gzip", "pdf", "parquet"])
def test_the_search_looks_into_files_of_every_kind(tmp_path, kind):
    word, number = next(iter(WORDS.values())), OTHER_NUMBERS["notebook"]
    (tmp_path / "datei").write_bytes(packed(kind, f"Vor {word.upper()} und {number} nach\n"))
    assert set(Search([]).inside(tmp_path)) == {next(iter(WORDS)), "notebook"}


def test_the_search_finds_numbers_in_binary_and_with_separators():
    search = Search([])
    frame = pd.DataFrame({"a": [float(CELLS[0])]})
    buffer = io.BytesIO()
    frame.to_parquet(buffer)
    assert f"cell {CELLS[0]}" in list(search.inside_bytes(buffer.getvalue()))
    assert list(search.inside_bytes(b"Summe 7.339.118 Kinder")) == [f"cell {CELLS[1]}"]
    assert not list(search.inside_bytes(b"0.7339117 und 73391170")), "digits of another number"
    assert re.fullmatch(r"qux[a-z]+", min(WORDS.values()))
