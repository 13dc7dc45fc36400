"""`transferbuch check` of everything and of single files: nothing is hidden, nothing of others is in the way."""

import json
import shutil
from pathlib import Path

import pytest

from tests.transfer.test_objects import PAGE
from transferbuch.errors import EXIT_USAGE, PersonFileError, UsageError
from transferbuch.project import CATALOGUE, Project
from transferbuch.reference_day import reference_day
from transferbuch.site.build_report import BuildReport, write_report
from transferbuch.site.checks import check_all, check_files
from transferbuch.transfer.loading import load_transfer_objects
from transferbuch.transfer.reviews import overdue

ROOT = Path(__file__).parents[2]
LATE = "1893456000"  # 1 January 2030


@pytest.fixture
def pages(tmp_path: Path) -> Project:
    """A project of pages alone: two transfer objects, their list, an internal one."""
    folder = tmp_path / "book" / "transfer"
    (folder / "intern").mkdir(parents=True)
    second = PAGE.replace("Runder Tisch Ausbildung", "Zweite Seite").replace("- zweite-seite", "- runder-tisch")
    hidden = PAGE.replace("Runder Tisch Ausbildung", "Geheim").replace("class:", "access: internal\nclass:")
    for name, text in {"runder-tisch": PAGE, "zweite-seite": second, "intern/geheim": hidden}.items():
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
    (folder / "index.md").write_text("# Liste\n", encoding="utf-8")
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: book/transfer/index\n", encoding="utf-8")
    return Project(tmp_path)


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_page_in_order_is_in_order(pages):
    found = check_files(pages, [pages.transfer / "runder-tisch.md"])
    assert found.error is None and found.elsewhere == 0 and found.counts == {"asked for": 1}


def test_only_the_faults_of_the_asked_page_are_told_and_the_others_counted(pages):
    change(pages.transfer / "runder-tisch.md", "kind: Kooperation", "kind: Koperation")
    change(pages.transfer / "zweite-seite.md", "status: erprobt", "status: erprobd")
    found = check_files(pages, [pages.transfer / "runder-tisch.md"])
    assert [(one.file, one.line) for one in found.error.problems] == [("book/transfer/runder-tisch.md", 12)]
    assert isinstance(found.error, PersonFileError)
    assert found.notices() == ["1 fault in other files: transferbuch check"]
    found = check_files(pages, [pages.transfer])
    assert len(found.error.problems) == 2 and found.elsewhere == 0


def test_faults_between_pages_are_told_whichever_of_them_is_asked_for(pages):
    first, second = pages.transfer / "runder-tisch.md", pages.transfer / "zweite-seite.md"
    change(second, 'title: "Zweite Seite"', 'title: "Runder Tisch Ausbildung"')
    change(second, "# Zweite Seite", "# Runder Tisch Ausbildung")
    for asked in (first, second):
        (problem,) = check_files(pages, [asked]).error.problems
        assert problem.code == "duplicate" and problem.file == "book/transfer/zweite-seite.md"


def test_internal_pages_are_checked_too(pages):
    change(pages.transfer / "intern/geheim.md", "kind: Kooperation", "kind: Koperation")
    (problem,) = check_files(pages, [pages.transfer / "intern/geheim.md"]).error.problems
    assert str(problem).startswith("book/transfer/intern/geheim.md:13: kind: unknown value (Koperation)")


@pytest.mark.parametrize(("path", "what"), [("fehlt.md", "no such file"), (".git", "nothing that `check` reads")])
def test_a_path_that_cannot_be_checked_is_refused(pages, path, what):
    (pages.root / ".git").write_text("", encoding="utf-8")
    with pytest.raises(UsageError) as error:
        check_files(pages, [pages.root / path])
    assert what in str(error.value) and error.value.exit_code == EXIT_USAGE


def test_catalogue_and_notebooks_can_be_asked_for():
    asked = [CATALOGUE / "indicators" / "mean_age_years.yml", ROOT / "notebooks", ROOT / "parameters"]
    found = check_files(Project(ROOT), asked)
    assert found.error is None and found.counts == {"asked for": 3}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """All that the repository ships, to be broken."""
    for name in ("book", "notebooks", "parameters"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "_toc.yml", tmp_path)
    return Project(tmp_path)


def test_what_was_in_order_before_is_no_excuse_for_what_is_wrong_now(project):
    first = check_all(project)
    assert first.error is None and first.counts["indices of areas"] == 3
    assert check_all(project).counts == first.counts  # own figures are not computed again
    yaml = project.parameters / "99001-talbrueck.yml"
    text = yaml.read_text("utf-8")
    table = next(project.parameters.glob("99001-talbrueck/*.csv"))
    before = table.read_bytes()
    table.write_bytes(before.replace(b";", b";;", 1))
    assert check_all(project).error is not None
    table.write_bytes(before)
    assert check_all(project).counts == first.counts
    place = text.index("\nindices:")
    yaml.write_text(text[:place] + text[place:].replace('period: "20', 'period: "19', 1), encoding="utf-8")
    error = check_all(project).error
    assert error is not None and "has no such period" in str(error)


def test_an_overdue_review_is_a_notice_and_no_fault(pages, monkeypatch):
    change(pages.transfer / "zweite-seite.md", "next_review: 2027-06-30", "next_review: 2029-12-31")
    change(pages.transfer / "intern/geheim.md", "next_review: 2027-06-30", "next_review: 2030-01-01")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", LATE)
    found = check_files(pages, [pages.transfer / "zweite-seite.md"])
    assert found.error is None and found.notices() == [
        "zweite-seite „Zweite Seite“: the review was due on 2029-12-31, 1 day ago"
    ]
    assert found.as_json()["overdue"] == [{"slug": "zweite-seite", "next_review": "2029-12-31"}]


def test_the_build_report_names_overdue_reviews_without_the_day_of_the_build(tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", LATE)
    objects = load_transfer_objects(ROOT / "book" / "transfer")
    late = tuple(overdue(objects, reference_day()))
    assert len(late) == 90
    report = BuildReport(tmp_path, "id", "2025-12-31", (), overdue=late)
    told = [line for line in report.recap() if line.startswith("Overdue: ")]
    days = (reference_day() - late[0].next_review).days
    assert told[0].endswith(f"„{late[0].title}“: the review was due on {late[0].next_review}, {days} days ago")
    assert len(told) == 11 and told[-1] == "Overdue: 80 more reviews are overdue: transferbuch check --json"
    write_report(tmp_path / "build-report.json", report)
    text = (tmp_path / "build-report.json").read_text("utf-8")
    assert json.loads(text)["overdue"][0] == {
        "slug": late[0].slug,
        "next_review": late[0].next_review.isoformat(),
    }
    assert "2030" not in text
