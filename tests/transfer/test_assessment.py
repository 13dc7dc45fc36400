"""The questionnaire of the own assessment: complete, in order, and refused with its line when a person breaks it."""

from pathlib import Path

import pytest

from transferbuch.errors import PersonFileError
from transferbuch.project import CATALOGUE
from transferbuch.transfer.assessment import COMPONENTS, GROUPS, load_assessment
from transferbuch.transfer.evidence import Condition

SHIPPED = (CATALOGUE / "assessment.yml").read_text(encoding="utf-8")


def refused(folder: Path, text: str) -> str:
    path = folder / "assessment.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PersonFileError) as error:
        load_assessment(path)
    assert error.value.exit_code == 10
    return str(error.value)


def line_of(text: str) -> int:
    return SHIPPED[: SHIPPED.index(text)].count("\n") + 1


def test_the_five_groups_stand_in_the_order_of_the_transfer_agencies() -> None:
    groups = load_assessment()
    assert [group.title for group in groups.values()] == [
        "Strategie",
        "Steuerung",
        "Zusammenarbeit",
        "Information und Beteiligung",
        "Datenbasierung",
    ]
    assert tuple(groups) == GROUPS == tuple(COMPONENTS)


def test_every_level_says_one_or_two_things_that_can_be_seen() -> None:
    levels = [text for group in load_assessment().values() for text in group.levels]
    assert len(levels) == 25 == len(set(levels))
    assert all(text.endswith(".") and text.count(". ") <= 1 for text in levels)


def test_every_group_helps_with_three_to_five_questions() -> None:
    questions = [question for group in load_assessment().values() for question in group.questions]
    assert len(questions) == len(set(questions))
    assert all(question.endswith("?") for question in questions)


def test_a_condition_of_a_level_can_name_every_component_that_is_assessed() -> None:
    for component in COMPONENTS.values():
        one = Condition(text="Ein Anfang ist gemacht", kind="level", of="Redaktion", component=component, at_least=1)
        assert one.component == component


@pytest.mark.parametrize(
    ("old", "new", "what", "where"),
    [
        ("  - id: steuerung\n", "  - id: leitung\n", "unknown value (leitung)", "groups[2].id"),
        ("    title: Steuerung\n", "    title:\n", "this is no text for YAML", "groups[2].title"),
        ("    title: Steuerung\n", '    title: ""\n', "the text is empty", "groups[2].title"),
        ("    title: Steuerung\n", "    titel: Steuerung\n", "unknown key", "groups[2].titel"),
    ],
)
def test_a_fault_is_named_with_its_line(tmp_path: Path, old: str, new: str, what: str, where: str) -> None:
    message = refused(tmp_path, SHIPPED.replace(old, new, 1))
    assert f"catalogue/assessment.yml:{line_of(old)}: {where}: " in message and what in message


def test_a_missing_level_is_refused(tmp_path: Path) -> None:
    start = SHIPPED.index("      - >-\n        Es gibt keine schriftlichen Ziele")
    end = SHIPPED.index("      - >-", start + 1)
    message = refused(tmp_path, SHIPPED[:start] + SHIPPED[end:])
    assert "groups[1].levels: 4 levels instead of 5, from 0 to 4" in message


def test_too_few_questions_are_refused(tmp_path: Path) -> None:
    fewer = SHIPPED.replace("      - Was ist schriftlich vereinbart?\n", "").replace(
        "      - Welche Partner außerhalb der Verwaltung sind beteiligt, welche fehlen?\n", ""
    )
    assert "groups[3].questions: 2 questions instead of 3 to 5" in refused(tmp_path, fewer)


def test_groups_in_another_order_are_refused(tmp_path: Path) -> None:
    first, second, third = (SHIPPED.index(f"  - id: {group}") for group in GROUPS[:3])
    swapped = SHIPPED[:first] + SHIPPED[second:third] + SHIPPED[first:second] + SHIPPED[third:]
    assert "each once and in this order" in refused(tmp_path, swapped)
