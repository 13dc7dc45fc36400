"""Every fault that a transfer object may have is named with file and line, and all of them in one run."""

from pathlib import Path

import pytest
from tests.transfer.test_objects import PAGE

from transferbuch.errors import PersonFileError, Problem
from transferbuch.transfer.loading import load_transfer_objects

FAULTS = {
    "unknown indicator": (
        "licence: CC BY 4.0",
        "licence: CC BY 4.0\nindicators: [rate_births]",
        "indicators: no such indicator (rate_births)",
    ),
    "dead related id": ("- zweite-seite", "- zweite-seiten", "related: no page has this slug (zweite-seiten)"),
    "evidence step without proof": (
        "author: Redaktion",
        "author: Redaktion\nevidence: evaluiert",
        "evidence: the step 'evaluiert' needs an `evaluation`",
    ),
    "e-mail in the contact": (
        "- Leitung des Bildungsbüros",
        "- buero@leer.example.de",
        "contact_roles[1]: an e-mail address is not allowed; name the function (buero@leer.example.de)",
    ),
    "person in the contact": (
        "- Leitung des Bildungsbüros",
        "- Frau Beispiel",
        "contact_roles[1]: a person's name is not allowed; name the function (Frau Beispiel)",
    ),
    "giver without key": ('  ags: "03457"\n', "", "giver: a giver of type Landkreis needs its key"),
    "condition that cannot be checked": (
        "author: Redaktion",
        "author: Redaktion\nconditions:\n  - {text: Es gibt ein Büro, kind: body, of: Quelle}",
        "conditions[1]: a condition of kind body needs `needed`, or nobody can check it",
    ),
    "HTML in a field": (
        "place: Seite 3",
        "place: <b>Seite 3</b>",
        "source.place: HTML is not allowed (<b>Seite 3</b>)",
    ),
    "script in a field": (
        "title: Jahresbericht",
        "title: '[Bericht](javascript:alert(1))'",
        "source.title: script addresses are not allowed",
    ),
    "script in the text": ("Viele Plätze", "<script>Viele Plätze", "HTML is not allowed"),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    pages = tmp_path / "book" / "transfer"
    (pages / "intern").mkdir(parents=True)
    second = PAGE.replace("Runder Tisch Ausbildung", "Zweite Seite").replace("- zweite-seite", "- runder-tisch")
    (pages / "zweite-seite.md").write_text(second, encoding="utf-8")
    return pages


def problems_of(folder: Path, page: str) -> list[Problem]:
    (folder / "runder-tisch.md").write_text(page, encoding="utf-8")
    with pytest.raises(PersonFileError) as error:
        load_transfer_objects(folder, internal=True)
    assert error.value.exit_code == 10
    return list(error.value.problems)


def line_of(new: str, page: str) -> int:
    """Where the fault stands: the last line that was changed; for a key that was taken out, the record it lacks."""
    last = new.rstrip().rpartition("\n")[2]
    return page[: page.index(last or "giver:")].count("\n") + 1


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_by_itself(folder, name):
    old, new, message = FAULTS[name]
    page = PAGE.replace(old, new, 1)
    (problem,) = problems_of(folder, page)
    assert str(problem).startswith(f"book/transfer/runder-tisch.md:{line_of(new, page)}: {message}"), str(problem)


def test_all_faults_of_one_page_come_in_one_run(folder):
    page = PAGE
    wanted = [name for name in FAULTS if name != "person in the contact"]  # same line as the e-mail
    for name in wanted:
        old, new, _ = FAULTS[name]
        if old == "author: Redaktion":  # two faults are added behind this line
            old, new = "reviewer:", new.partition("\n")[2] + "\nreviewer:"
        assert old in page
        page = page.replace(old, new, 1)
    found = [str(one) for one in problems_of(folder, page)]
    for name in wanted:
        if name != "evidence step without proof":
            assert any(FAULTS[name][2] in one for one in found), (name, found)
    assert any("evidence: the step 'evaluiert'" in one for one in found), found
    assert len(found) == len(wanted)


def test_one_slug_for_a_public_and_an_internal_page_does_not_hide_other_faults(folder):
    (folder / "intern" / "runder-tisch.md").write_text(PAGE, encoding="utf-8")
    found = problems_of(folder, PAGE.replace("kind: Kooperation", "kind: Koperation"))
    assert [(one.file, one.line, one.code) for one in found] == [
        ("book/transfer/intern/runder-tisch.md", 0, "access"),
        ("book/transfer/runder-tisch.md", 12, "unknown-value"),
    ]
    assert "a file that everybody may read has this name (runder-tisch.md)" in str(found[0])
    assert "rename or remove one of the two" in found[0].do


@pytest.mark.parametrize(
    ("condition", "what"),
    [
        ("kind: level, component: Steuerrung, at_least: 2", "component: unknown value (Steuerrung)"),
        ("kind: level, component: Steuerung, at_least: 7", "a level is 1 to 4"),
        ("kind: level, component: Steuerung, at_least: 0", "every municipality has level 0"),
        ("kind: body, needed: Bildungsbüro, at_least: 3", "of kind body is not checked by `at_least`"),
        ("kind: type, types: [Gemeinde]", "unknown value (Gemeinde)"),
        ("kind: population, at_least: 90000, at_most: 20000", "at least more inhabitants than at most"),
        ("kind: belief, needed: Wille", "kind: unknown value (belief)"),
    ],
)
def test_a_condition_says_by_what_it_is_checked(folder, condition, what):
    given = f"conditions:\n  - {{text: Bedingung, of: Quelle, {condition}}}\nauthor: Redaktion"
    (problem,) = problems_of(folder, PAGE.replace("author: Redaktion", given, 1))
    assert what in str(problem) and problem.line == PAGE[: PAGE.index("author:")].count("\n") + 2
