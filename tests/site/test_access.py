"""The access rule: what is internal says so and lies in intern/; what everybody may read does not name it."""

import re
import shutil
from pathlib import Path

import pytest

from tests.site.conftest import write_notebook
from tests.site.planted import ROOT
from transferbuch.errors import PersonFileError, UsageError
from transferbuch.indicators.catalogue import load_indicators
from transferbuch.project import Project
from transferbuch.site.audience import banner_of, check_marked
from transferbuch.site.checks import check_all
from transferbuch.site.inputs import load_inputs
from transferbuch.site.portal import portal_toc
from transferbuch.transfer.loading import load_transfer_objects

INTERNAL_HEAD = "---\naccess: internal\n---\n\n"


@pytest.fixture
def project(tmp_path) -> Project:
    """Book and parameters as they are shipped, an internal page and object, a public and an internal chapter."""
    for name in ("book", "parameters"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "_toc.yml", tmp_path / "_toc.yml")
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        write_notebook(tmp_path / "notebooks" / path.name, path.stem, 1, "1")
    hidden = tmp_path / "notebooks" / "intern" / "planung.ipynb"
    write_notebook(hidden, "Planung", 2, "1")
    hidden.write_text(hidden.read_text("utf-8").replace('"order": 2', '"order": 2, "access": "internal"'), "utf-8")
    write(tmp_path / "book/intern/vermerk.md", f"{INTERNAL_HEAD}# Vermerk\n")
    text = (tmp_path / "book/transfer/jena-integrierte-sozialplanung.md").read_text("utf-8")
    text = text.replace("---\n", "---\naccess: internal\n", 1)
    title = re.search(r"^# (.*)$", text, re.MULTILINE)[1]
    write(tmp_path / "book/transfer/intern/entwurf.md", text.replace(title, "Entwurf für später"))
    return Project(tmp_path)


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


TALBRUECK = "parameters/99001-talbrueck.yml"
COUNCIL_TITLE = '    title: "Ausgabe für den Rat"\n'


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_each_audience_loads_what_it_may_see(project):
    checked = check_all(project)
    assert checked.error is None
    assert checked.counts["notebooks"] == 21 and checked.counts["transfer objects"] == 91
    public = load_inputs(project)
    council = load_inputs(Project(project.root, "council"))
    assert "planung" not in {one.name for one in public.templates}
    assert "planung" in {one.name for one in council.templates}
    assert "entwurf" not in public.objects and council.objects["entwurf"].access == "internal"
    assert "intern/vermerk" in {one.name for one in council.pages} - {one.name for one in public.pages}
    assert {one.dataset.access for one in public.own_data["99001"]} == {"public"}
    assert not public.parameters["99001"].roles and council.parameters["99001"].roles["council"].title
    assert {one.access for one in public.parameters["99001"].own_data} == {"public"}


def test_every_audience_has_a_folder_of_its_own_and_shares_the_official_data(tmp_path):
    places = {Project(tmp_path, one).build for one in ("public", "internal", "leadership", "council", "department")}
    assert len(places) == 5 and Project(tmp_path).build == Project(tmp_path, "council").shared
    with pytest.raises(UsageError, match="no such audience.*did you mean 'council'"):
        Project(tmp_path, "counsil")


@pytest.mark.parametrize(
    ("file", "old", "new", "line", "words"),
    [
        ("book/intern/vermerk.md", "access: internal", "access: public", 2, "must say that it is internal"),
        ("book/intern/vermerk.md", INTERNAL_HEAD, "", 0, "must say that it is internal"),
        ("book/intern/vermerk.md", "internal", "secret", 2, "unknown value"),
        ("book/glossar.md", "# ", f"{INTERNAL_HEAD}# ", 2, "what is internal lies in intern/"),
        ("book/transfer/intern/entwurf.md", "access: internal\n", "", 0, "must say that it is internal"),
        ("book/transfer/kiel-familien-app.md", "---\n", "---\naccess: internal\n", 2, "internal lies in intern/"),
        ("notebooks/intern/planung.ipynb", '"access": "internal"', '"access": "public"', 0, "must say that it is"),
        ("notebooks/transfer.ipynb", '"order": 1', '"order": 1, "access": "internal"', 0, "internal lies in intern/"),
        ("notebooks/transfer.ipynb", '"order": 1', '"order": 1, "access": "intern"', 0, "did you mean 'internal'?"),
        (
            "book/transfer/herne-sprechtag-des-lehrpersonals.md",
            "related:\n",
            "related:\n  - entwurf\n",
            "  - entwurf",
            "this page is internal",
        ),
        ("book/index.md", "# Trans", "[Vermerk](intern/vermerk.md)\n\n# Trans", 1, "leads to something internal"),
        (
            "book/index.md",
            "# Trans",
            "```{include} intern/vermerk.md\n```\n\n# Trans",
            1,
            "leads to something internal",
        ),
        ("_toc.yml", "  - file: book/glossar", "  - file: book/intern/vermerk", 0, "everybody's table of contents"),
        ("parameters/99002-seefurt.yml", "own_data:", "chapters: [planung]\nown_data:", 4, "this chapter is internal"),
        (
            "parameters/99001-talbrueck.yml",
            "chapters: [ueberblick, sozialraeume",
            "chapters: [uberblick",
            "    chapters: [uberblick",
            "no such",
        ),
        ("parameters/99001-talbrueck.yml", "  council:", "  counsil:", "  counsil:", "did you mean 'council'"),
        (
            "parameters/99001-talbrueck.yml",
            '    title: "Ausgabe für den Rat"\n',
            "",
            "  council:",
            "the key is missing",
        ),
        ("parameters/99001-talbrueck.yml", "table: sozialraum ", "table: hilfen ", 0, "internal"),
    ],
)
def test_the_check_names_every_way_by_which_something_internal_could_get_out(project, file, old, new, line, words):
    change(project.root / file, old, new)
    if isinstance(line, str):  # where a line stands that others may come before
        lines = (project.root / file).read_text("utf-8").split("\n")
        line = next(number for number, text in enumerate(lines, 1) if text.startswith(line))
    problems = check_all(project).error.problems
    found = [one for one in problems if one.file == file and (one.line == line or not line) and words in str(one)]
    assert found, [str(one) for one in problems]


def test_internal_pages_lie_in_one_folder_and_names_are_not_used_twice(project):
    write(project.root / "book/methodik/intern/notiz.md", f"{INTERNAL_HEAD}# Notiz\n")
    write(project.root / "notebooks/intern/transfer.ipynb", "{}")
    problems = check_all(project).error.problems
    assert {(one.file, one.expected) for one in problems} >= {
        ("book/methodik/intern/notiz.md", "book/intern/notiz.md"),
        ("notebooks/intern/transfer.ipynb", "each name once"),
    }


def test_an_internal_indicator_is_loaded_for_internal_editions_only(tmp_path):
    text = (ROOT / "src/transferbuch/catalogue/indicators/mean_age_years.yml").read_text("utf-8")
    write(tmp_path / "mean_age_years.yml", text)
    write(tmp_path / "intern" / "mean_secret_years.yml", f"access: internal\n{text}")
    assert list(load_indicators(tmp_path)) == ["mean_age_years"]
    assert load_indicators(tmp_path, internal=True)["mean_secret_years"].access == "internal"
    write(tmp_path / "intern" / "mean_secret_years.yml", text)
    with pytest.raises(PersonFileError, match="intern/mean_secret_years.yml.*must say that it is internal"):
        load_indicators(tmp_path, internal=True)


def test_a_public_page_does_not_address_an_internal_indicator(project, monkeypatch):
    catalogue = project.root / "catalogue"
    shutil.copytree(ROOT / "src/transferbuch/catalogue/indicators", catalogue / "indicators")
    write(catalogue / "indicators/intern/mean_secret_years.yml", "")
    monkeypatch.setattr("transferbuch.transfer.object_checks.CATALOGUE", catalogue)
    for name in ("kiel-familien-app.md", "intern/entwurf.md"):
        change(project.transfer / name, "licence: CC", "indicators: [mean_secret_years]\nlicence: CC")
    with pytest.raises(PersonFileError) as caught:
        load_transfer_objects(project.transfer, internal=True)
    assert [(one.file, one.code) for one in caught.value.problems] == [("book/transfer/kiel-familien-app.md", "access")]


def test_internal_pages_come_last_in_the_contents():
    toc = {"format": "jb-book", "root": "book/index", "chapters": [{"file": "book/glossar"}]}
    assert portal_toc(toc, [], ["intern/vermerk"])["chapters"] == [{"file": "glossar"}, {"file": "intern/vermerk"}]


def test_a_page_without_the_mark_refuses_an_internal_site(tmp_path):
    mark = f'<meta name="robots" content="noindex, nofollow" /><p>{banner_of("council", False)}</p>'
    write(tmp_path / "gut.html", mark)
    write(tmp_path / "schlecht.html", mark.replace("robots", "robot"))
    assert [(one.file, one.code) for one in check_marked(tmp_path)] == [("schlecht.html", "unmarked")]
    assert banner_of("public", False) is None and banner_of("public", True) == "Modellregion – erfundene Daten"
