"""The vocabulary of what conditions need: closed, plain, used, and refused with its line when a person breaks it."""

from pathlib import Path

import pytest
from benchmarks.gold_cases import load_cases
from tests.transfer.test_objects import PAGE

from transferbuch.errors import PersonFileError, Problem
from transferbuch.project import CATALOGUE
from transferbuch.regions.register import load_register
from transferbuch.transfer.loading import load_transfer_object, load_transfer_objects
from transferbuch.transfer.requirements import load_requirements

BOOK = Path(__file__).parents[2] / "book" / "transfer"
SHIPPED = (CATALOGUE / "requirements.yml").read_text(encoding="utf-8")
CONDITIONS = """conditions:
  - {{text: Es gibt ein Bildungsbüro, kind: body, needed: Bildungsbüro, of: Quelle}}
  - text: Etwas ist vorhanden
    kind: {kind}
    of: Redaktion
    needed: {needed}
"""


def faults_of_page(folder: Path, kind: str, needed: str) -> list[Problem]:
    path = folder / "runder-tisch.md"
    more = CONDITIONS.format(kind=kind, needed=needed)
    path.write_text(PAGE.replace("source:\n  title: Jahres", f"{more}source:\n  title: Jahres", 1), encoding="utf-8")
    with pytest.raises(PersonFileError) as error:
        load_transfer_object(path)
    assert error.value.exit_code == 10
    return list(error.value.problems)


def refused(folder: Path, text: str) -> str:
    path = folder / "requirements.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PersonFileError) as error:
        load_requirements(path)
    assert error.value.exit_code == 10
    return str(error.value)


def test_what_municipalities_know_by_these_names_is_there() -> None:
    words = load_requirements()
    for name in ("Bildungsbüro", "Bildungsmonitoring", "Bildungskonferenz", "Präventionskette", "Sozialplanung"):
        assert words[name].kind == "body"
    for name in ("kleinräumige Sozialdaten", "Bildungsdaten der Gemeinden", "Übersicht der Bildungsangebote"):
        assert words[name].kind == "data"


def test_every_word_says_in_one_sentence_how_one_sees_it() -> None:
    meanings = [one.means for one in load_requirements().values()]
    assert len(meanings) == len(set(meanings))
    assert all(text.endswith(".") and ". " not in text for text in meanings)


def test_no_word_stands_for_several_things() -> None:
    """A choice ("A oder B") or an explanation could not be answered with yes or no."""
    assert [name for name in load_requirements() if "," in name or "/" in name or "etwa" in name] == []


def test_every_word_is_used_by_a_page_or_a_case() -> None:
    objects = load_transfer_objects(BOOK)
    indicators = {path.stem for path in (CATALOGUE / "indicators").glob("*.yml")}
    cases = load_cases(objects, indicators, load_register())
    used = {part.needed for one in objects.values() for part in one.conditions}
    used |= {word for case in cases for word in (*case.known.bodies, *case.known.data)}
    assert set(load_requirements()) - used == set()


def test_an_unknown_word_is_named_with_its_line_and_the_nearest_one(tmp_path: Path) -> None:
    page = (tmp_path / "runder-tisch.md", faults_of_page(tmp_path, "data", "kleinräumige Sozialdatn"))
    line = next(n for n, text in enumerate(page[0].read_text(encoding="utf-8").split("\n"), 1) if "Sozialdatn" in text)
    assert [(one.line, one.field, one.what, one.value, one.do, one.code) for one in page[1]] == [
        (
            line,
            "conditions[2].needed",
            "the vocabulary does not have this word",
            "kleinräumige Sozialdatn",
            "did you mean 'kleinräumige Sozialdaten'?",
            "unknown-requirement",
        )
    ]


def test_the_line_is_that_of_the_condition_even_if_the_word_stands_elsewhere_before(tmp_path: Path) -> None:
    (problem,) = faults_of_page(tmp_path, "data", "Bildungsbüro")
    lines = (tmp_path / "runder-tisch.md").read_text(encoding="utf-8").split("\n")
    assert lines[problem.line - 1] == "    needed: Bildungsbüro"
    assert (problem.what, problem.code) == ("this word is of kind body", "requirement-kind")


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("kind: body", "kind: office", "requirements[1].kind: unknown value (office)"),
        ("  - name: Bildungsbüro\n", "  - name: Bildungsmonitoring\n", "'Bildungsmonitoring' is there twice"),
        ("  - name: Bildungsbüro\n", "  - word: Bildungsbüro\n", "requirements[1].word: unknown key"),
        ("  - name: Bildungsbüro\n", '  - name: ""\n', "requirements[1].name: the text is empty"),
    ],
)
def test_a_fault_of_the_vocabulary_is_named(tmp_path: Path, old: str, new: str, what: str) -> None:
    # replaced from the first entry on: the words of the head are comments
    start = SHIPPED.index("requirements:\n")
    message = refused(tmp_path, SHIPPED[:start] + SHIPPED[start:].replace(old, new, 1))
    assert what in message and "catalogue/requirements.yml:" in message
