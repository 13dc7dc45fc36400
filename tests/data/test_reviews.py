"""Sign-offs of findings: what a person decides counts as long as the figure and the finding stand, and no longer."""

import datetime as dt
from pathlib import Path

import pytest

from tests.data.test_quality import REGISTER, TABLE, observations, source
from transferbuch.data.findings import Finding
from transferbuch.data.reviews import Review, load_reviews, sign_off
from transferbuch.errors import PersonFileError, Problem

SOURCES = {TABLE: source()}
ENTRY = """\
  - rule: out_of_line
    variable: total
    ags: "10041"
    year: 2020
    printed: 480
    decision: accept
    reason: Eine neue Schule hat eröffnet.
    source: Auskunft des Amtes vom 12. März 2026.
    by: Bildungsmonitoring
    date: 2026-03-12
"""


def reviews(folder: Path, *entries: str, table: str = TABLE) -> tuple[Review, ...]:
    (folder / f"{table}.yml").write_text("reviews:\n" + "".join(entries), encoding="utf-8")
    return load_reviews(SOURCES, REGISTER, folder)


def faults(folder: Path, *entries: str, table: str = TABLE) -> tuple[Problem, ...]:
    with pytest.raises(PersonFileError) as caught:
        reviews(folder, *entries, table=table)
    assert caught.value.exit_code == 10
    return caught.value.problems


def finding(rule: str = "out_of_line", severity: str = "refuse", year: int = 2020) -> Finding:
    return Finding(rule, severity, TABLE, "total", "10041", year, 480.0, "what", "was", "Amt")


PRINTED = observations({"10041": {2020: 480, 2021: 50}})


def test_an_accepted_figure_is_published_and_says_by_whom(tmp_path: Path) -> None:
    one, other = sign_off([finding(), finding(year=2021)], reviews(tmp_path, ENTRY), PRINTED)
    assert (one.review.status, one.stops, other.review.status, other.stops) == ("accepted", False, "open", True)
    assert (one.review.by, one.review.date) == ("Bildungsmonitoring", dt.date(2026, 3, 12).isoformat())
    assert one.review.reason == "Eine neue Schule hat eröffnet."
    assert one.id == finding().id


def test_a_person_can_stop_what_the_rule_only_warns_of(tmp_path: Path) -> None:
    refused = ENTRY.replace("out_of_line", "jump").replace("accept", "refuse")
    (one,) = sign_off([finding("jump", "warn")], reviews(tmp_path, refused), PRINTED)
    assert (one.severity, one.review.status, one.stops) == ("warn", "withheld", True)


def test_a_figure_that_the_package_does_not_hold_is_not_concerned(tmp_path: Path) -> None:
    assert sign_off([], reviews(tmp_path, ENTRY), observations({"10042": {2020: 5}})) == ()


def outdated(folder: Path, findings: list[Finding], value: float) -> Problem:
    with pytest.raises(PersonFileError) as caught:
        sign_off(findings, reviews(folder, ENTRY), observations({"10041": {2020: value}}))
    (problem,) = caught.value.problems
    assert (problem.file, problem.line, problem.field) == (f"catalogue/reviews/{TABLE}.yml", 6, "printed")
    assert (problem.do, problem.code) == ("remove or adapt the entry", "review-outdated")
    return problem


def test_a_review_of_another_number_fails(tmp_path: Path) -> None:
    problem = outdated(tmp_path, [finding()], 48)
    assert "the official file prints another number (48)" in str(problem)


def test_a_review_that_no_finding_asks_for_fails(tmp_path: Path) -> None:
    assert "no check finds this figure any more" in str(outdated(tmp_path, [], 480))
    assert "no check finds this figure any more" in str(outdated(tmp_path, [finding("jump", "warn")], 480))


@pytest.mark.parametrize(
    ("old", "new", "line", "field", "code"),
    [
        ("rule: out_of_line", "rule: out_of_lines", 2, "reviews[1].rule", "unknown-rule"),
        ("variable: total", "variable: totale", 3, "reviews[1].variable", "unknown-variable"),
        ('ags: "10041"', 'ags: "10099"', 4, "reviews[1].ags", "unknown-ags"),
        ('ags: "10041"', "ags: 10041", 4, "reviews[1].ags", "wrong-value"),
        ("decision: accept", "decision: maybe", 7, "reviews[1].decision", "unknown-value"),
        ("printed: 480", "printed: viel", 6, "reviews[1].printed", "wrong-value"),
        ("    by: Bildungsmonitoring\n", "", 2, "reviews[1].by", "missing-key"),
        ("    by: Bildungsmonitoring\n", '    by: ""\n', 10, "reviews[1].by", "wrong-value"),
        ("    reason:", "    grund: x\n    reason:", 8, "reviews[1].grund", "unknown-key"),
    ],
)
def test_each_fault_is_told_with_its_line(tmp_path: Path, old: str, new: str, line: int, field: str, code: str) -> None:
    (problem,) = faults(tmp_path, ENTRY.replace(old, new))
    assert (problem.line, problem.field, problem.code) == (line, field, code)


def test_one_decision_per_finding_and_only_for_known_tables(tmp_path: Path) -> None:
    (problem,) = faults(tmp_path, ENTRY, ENTRY)
    assert problem.code == "duplicate-id" and "line 2" in problem.do
    (tmp_path / f"{TABLE}.yml").unlink()
    (problem,) = faults(tmp_path, ENTRY, table="00000-09-09-4")
    assert problem.code == "unknown-table"


def test_the_project_s_own_reviews_are_in_order() -> None:
    from transferbuch.data.sources import load_sources

    load_reviews(load_sources(), REGISTER)
