"""`transferbuch serve --watch`, as an author uses it: save a page, see it; save a fault, see what is wrong."""

import json
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.transfer.test_objects import PAGE
from transferbuch.errors import PersonFileError
from transferbuch.project import Project
from transferbuch.site.preview import Preview
from transferbuch.site.server import NEWS_ADDRESS, SCRIPT_ADDRESS

PATIENCE = 120  # seconds; a busy machine is slow, and nothing here is about speed
FIRST, SECOND = "transfer/runder-tisch", "transfer/zweite-seite"
TOC = """format: jb-book
root: book/index
chapters:
  - file: book/transfer/index
    sections:
      - glob: book/transfer/*
  - file: book/methodik/index
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with two transfer objects that name each other, the list of them, and two other pages."""
    second = PAGE.replace("Runder Tisch Ausbildung", "Zweite Seite").replace("- zweite-seite", "- runder-tisch")
    pages = {
        "book/index.md": "# Start\n\nWillkommen.\n",
        "book/methodik/index.md": "# Methodik\n\n[Erste](../transfer/runder-tisch.md)\n",
        "book/transfer/index.md": "# Beispiele\n\n```{transfer-objects}\n```\n",
        f"book/{FIRST}.md": PAGE,
        f"book/{SECOND}.md": second,
        "_toc.yml": TOC,
        "notebooks/leer.txt": "",
    }
    for name, text in pages.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


class Serving:
    """A running `serve --watch`: its pages, what it prints, its news."""

    def __init__(self, root: Path):
        self.log = root / "log.txt"
        with self.log.open("w") as log:
            command = [sys.executable, "-m", "transferbuch", "serve", "--watch", "--port", "0"]
            self.process = subprocess.Popen(command, cwd=root, stdout=log, stderr=subprocess.STDOUT)
        wait_for(lambda: "http://" in self.said() or self.process.poll() is not None)
        found = re.search(r"http://127\.0\.0\.1:\d+/", self.said())
        assert found, self.said()
        self.address = found[0]

    def said(self) -> str:
        return self.log.read_text("utf-8")

    def page(self, name: str) -> str:
        try:
            with urllib.request.urlopen(f"{self.address}{name}.html", timeout=PATIENCE) as answer:
                return answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.read().decode()

    def news(self) -> dict:
        with urllib.request.urlopen(self.address + NEWS_ADDRESS[1:], timeout=PATIENCE) as answer:
            return json.loads(answer.readline().decode().removeprefix("data: "))


def wait_for(happens: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not happens():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


@pytest.fixture
def serving(root: Path) -> Iterator[Serving]:
    started = Serving(root)
    yield started
    if started.process.poll() is None:
        started.process.terminate()
        started.process.wait(PATIENCE)


def test_a_saved_page_is_shown_a_faulty_one_is_told_and_the_old_one_stays(root, serving):
    page = root / f"book/{FIRST}.md"
    first = serving.page(FIRST)
    assert "Viele Plätze blieben frei." in first and "Landkreis Leer (Niedersachsen)" in first
    assert f'<script src="{SCRIPT_ADDRESS}" data-build="{serving.news()["build"]}"></script></body>' in first

    page.write_text(PAGE.replace("Viele Plätze", "Sehr viele Plätze"), encoding="utf-8")
    wait_for(lambda: "Sehr viele Plätze blieben frei." in serving.page(FIRST))
    wait_for(lambda: f"book/{FIRST}.md: built in" in serving.said())
    assert f'data-build="{serving.news()["build"]}"' in serving.page(FIRST) and serving.news()["faults"] == []
    assert f'data-build="{serving.news()["build"]}"' not in first

    page.write_text(PAGE.replace("kind: Kooperation", "kind: Koperation"), encoding="utf-8")
    wait_for(lambda: bool(serving.news()["faults"]))
    (fault,) = serving.news()["faults"]
    assert fault["file"] == f"book/{FIRST}.md" and fault["held"]
    assert fault["text"].startswith(f"book/{FIRST}.md:12: kind: unknown value (Koperation).")
    wait_for(lambda: fault["text"] in serving.said())
    assert "Sehr viele Plätze blieben frei." in serving.page(FIRST)

    page.write_text(PAGE, encoding="utf-8")
    wait_for(lambda: serving.news()["faults"] == [] and "Sehr viele" not in serving.page(FIRST))
    wait_for(lambda: "all faults are mended" in serving.said())

    serving.process.send_signal(signal.SIGINT)  # Ctrl-C
    assert serving.process.wait(PATIENCE) == 0
    assert serving.said().endswith("ended\n") and list((root / "_build/preview").iterdir()) == []


def test_nothing_of_the_preview_gets_into_files(root, serving):
    assert SCRIPT_ADDRESS in serving.page("index")
    html = list((root / "_build/preview").rglob("*.html"))
    assert len(html) >= 5
    assert all("_vorschau" not in path.read_text("utf-8") for path in html)
    with urllib.request.urlopen(serving.address + SCRIPT_ADDRESS[1:]) as answer:
        assert "EventSource" in answer.read().decode()
    assert "Diese Seite gibt es in der Vorschau nicht" in serving.page("transfer/gibt-es-nicht")


@pytest.fixture
def preview(root: Path) -> Iterator[Preview]:
    started = Preview(Project(root), root / "_build/site", root / "_build/preview/0")
    started.update()
    yield started
    started.close()


def html_of(preview: Preview, name: str) -> str:
    return (preview.html / f"{name}.html").read_text("utf-8")


def test_a_new_title_reaches_the_list_and_the_pages_that_name_it(root, preview):
    page = root / f"book/{FIRST}.md"
    page.write_text(PAGE.replace("Runder Tisch Ausbildung", "Großer Tisch"), encoding="utf-8")
    faults, pages = preview.update()
    assert faults == []
    assert pages == ["book/transfer/index.md", f"book/{FIRST}.md", f"book/{SECOND}.md"]
    assert all("Großer Tisch" in html_of(preview, name) for name in (FIRST, SECOND, "transfer/index"))


def test_another_text_builds_that_page_only(root, preview):
    (root / "book/methodik/index.md").write_text("# Methodik\n\nNeu.\n", encoding="utf-8")
    assert preview.update() == ([], ["book/methodik/index.md"])
    assert "Neu." in html_of(preview, "methodik/index")
    assert preview.update() == ([], [])


def test_a_new_object_comes_in_when_it_is_in_order_and_a_deleted_one_goes(root, preview):
    page = root / "book/transfer/dritte-seite.md"
    third = PAGE.replace("Runder Tisch Ausbildung", "Dritte Seite")
    page.write_text(third.replace("land: Niedersachsen", "land: AUSFÜLLEN"), encoding="utf-8")
    faults, pages = preview.update()
    assert [one.file for one in faults] == ["book/transfer/dritte-seite.md"] and pages == []
    page.write_text(third, encoding="utf-8")
    assert preview.update()[0] == []
    assert "Dritte Seite" in html_of(preview, "transfer/index") and "Dritte Seite" in html_of(
        preview, "transfer/dritte-seite"
    )
    page.unlink()
    assert preview.update()[0] == []
    assert "Dritte Seite" not in html_of(preview, "transfer/index")
    assert not (preview.html / "transfer/dritte-seite.html").exists()


def test_who_names_a_deleted_page_is_told_and_stays(root, preview):
    (root / f"book/{SECOND}.md").unlink()
    faults, _ = preview.update()
    assert [(one.file, one.held) for one in faults] == [(f"book/{FIRST}.md", True)]
    assert "no page has this slug (zweite-seite)" in faults[0].text
    assert "Viele Plätze blieben frei." in html_of(preview, FIRST)
    assert "Zweite Seite" not in html_of(preview, "transfer/index")


def test_what_sphinx_says_of_a_page_stays_until_the_page_is_mended(root, preview):
    page, other = root / "book/methodik/index.md", root / "book/index.md"
    page.write_text("# Methodik\n\n[Nirgends](nirgends.md)\n", encoding="utf-8")
    faults, _ = preview.update()
    assert [(one.file, one.held) for one in faults] == [("book/methodik/index.md", False)]
    assert "book/methodik/index.md:3: " in faults[0].text and "nirgends.md" in faults[0].text
    other.write_text("# Start\n\nGuten Tag.\n", encoding="utf-8")
    assert preview.update() == (faults, ["book/index.md"])
    page.write_text("# Methodik\n", encoding="utf-8")
    assert preview.update() == ([], ["book/methodik/index.md"])


def test_a_new_table_of_contents_builds_all_pages(root, preview):
    (root / "book/hinweise.md").write_text("# Hinweise\n", encoding="utf-8")
    (root / "_toc.yml").write_text(TOC + "  - file: book/hinweise\n", encoding="utf-8")
    faults, pages = preview.update()
    assert faults == [] and len(pages) == 6
    assert 'href="hinweise.html"' in html_of(preview, "index")


def test_a_broken_table_of_contents_is_told_and_the_pages_stay(root, preview):
    toc = root / "_toc.yml"
    toc.write_text(TOC.replace("chapters:", "chapters"), encoding="utf-8")
    with pytest.raises(PersonFileError) as error:
        preview.update()
    assert str(error.value).startswith("_toc.yml:4: this is not valid YAML")
    toc.write_text(TOC.replace("file: book/methodik/index", "fil: book/methodik/index"), encoding="utf-8")
    (fault,), pages = preview.update()
    assert "the book cannot be built" in fault.text and "fil" in fault.text and pages == []
    assert "Willkommen." in html_of(preview, "index")
    toc.write_text(TOC, encoding="utf-8")
    assert preview.update()[0] == []


def test_what_is_internal_is_not_in_a_public_preview(root):
    hidden = root / "book/transfer/intern/geheim.md"
    hidden.parent.mkdir()
    text = PAGE.replace("Runder Tisch Ausbildung", "Geheimer Tisch")
    hidden.write_text(text.replace("class:", "access: internal\nclass:"), encoding="utf-8")
    for audience, is_there in (("public", False), ("internal", True)):
        preview = Preview(Project(root, audience), root / "_build/site", root / "_build/preview" / audience)
        faults, _ = preview.update()
        preview.close()
        assert faults == []
        assert (preview.html / "transfer/geheim.html").exists() == is_there
        assert ("Geheimer Tisch" in html_of(preview, "transfer/index")) == is_there


def test_files_that_the_preview_does_not_build_come_from_the_built_site(root):
    edition = root / "_build/site/kommunen/99001/index.html"
    edition.parent.mkdir(parents=True)
    edition.write_text("<html><body>Ausgabe</body></html>", encoding="utf-8")
    serving = Serving(root)
    try:
        assert "Ausgabe" in serving.page("kommunen/99001/index")
        assert SCRIPT_ADDRESS in serving.page("kommunen/99001/index")
        assert edition.read_text("utf-8") == "<html><body>Ausgabe</body></html>"
        (root / "parameters").mkdir()
        (root / "parameters/99001-talbrueck.yml").write_text('ags: "99001"\n', encoding="utf-8")
        wait_for(lambda: "parameters/99001-talbrueck.yml: changed; the preview does not show it" in serving.said())
    finally:
        serving.process.terminate()
        serving.process.wait(PATIENCE)
