"""The gold list of the matching: fair, complete, in our own words; every fault of a person is named with its line."""

import re
from pathlib import Path

import pytest
from benchmarks.gold_cases import GOLD, Case, is_held_out, load_cases

from transferbuch.errors import PersonFileError
from transferbuch.project import CATALOGUE
from transferbuch.regions.register import load_register
from transferbuch.transfer.loading import load_transfer_objects
from transferbuch.transfer.objects import TransferObject
from transferbuch.vocabulary import FIELDS

ROOT = Path(__file__).parents[2]
SOURCES = ROOT.parent / "shared" / "sources"
SHIPPED = GOLD.read_text(encoding="utf-8")
INDICATORS = {path.stem for path in (CATALOGUE / "indicators").glob("*.yml")}
RUN = 6  # so many words in a row as in a text would be its sentence, not ours


@pytest.fixture(scope="module")
def objects() -> dict[str, TransferObject]:
    return load_transfer_objects(ROOT / "book" / "transfer")


@pytest.fixture(scope="module")
def cases(objects: dict[str, TransferObject]) -> tuple[Case, ...]:
    return load_cases(objects, INDICATORS, load_register())


@pytest.fixture(scope="module")
def texts() -> dict[str, list[str]]:
    """Lines of the source texts by file; they lie beside the checkout and are not part of it."""
    if not SOURCES.is_dir():
        pytest.skip("SOURCE TEXTS MISSING: ../shared/sources")
    return {path.name: path.read_text(encoding="utf-8").split("\n") for path in SOURCES.glob("*.txt")}


def words(text: str) -> list[str]:
    return re.findall(r"\w+", re.sub(r"-\s*\n\s*", "", text).casefold())


def share(some: tuple[str, ...], others: tuple[str, ...]) -> float:
    return len({*some} & {*others}) / len({*some} | {*others})


def test_there_are_enough_cases_of_enough_kinds(cases: tuple[Case, ...]) -> None:
    assert len(cases) >= 36
    assert len({case.municipality.ags for case in cases}) >= 20
    assert len({answer.slug for case in cases for answer in case.answers}) >= 12
    assert {field for case in cases for field in case.fields} == set(FIELDS)
    assert sum(answer.basis == "documented" for case in cases for answer in case.answers) >= 4


def test_a_third_is_held_out_and_the_id_alone_decides_which(cases: tuple[Case, ...]) -> None:
    held_out = [case.id for case in cases if case.held_out]
    assert held_out == [case.id for case in cases if is_held_out(case.id)]
    assert 0.3 <= len(held_out) / len(cases) <= 0.37


def test_no_municipality_is_offered_what_is_its_own(
    cases: tuple[Case, ...], objects: dict[str, TransferObject]
) -> None:
    for case in cases:
        keys = set(case.municipality.ags.split("+"))
        assert not [answer.slug for answer in case.answers if keys & set(objects[answer.slug].giver.ags)], case.id


def test_tags_alone_do_not_find_the_answers(cases: tuple[Case, ...], objects: dict[str, TransferObject]) -> None:
    """The objects that share most tags with the need are all right in less than half of the cases."""
    exact = 0
    for case in cases:
        own = set(case.municipality.ags.split("+"))
        others = [one for one in objects.values() if not own & set(one.giver.ags)]
        others.sort(
            key=lambda one: (
                -share(case.fields, one.fields)
                - share(case.components, one.components)
                - share(case.life_phases, one.life_phases)
            )
        )
        right = {answer.slug for answer in case.answers}
        exact += {one.slug for one in others[: len(right)]} == right
    assert exact < len(cases) / 2


def test_names_are_those_of_the_register(cases: tuple[Case, ...]) -> None:
    register = load_register()
    for case in cases:
        for key in case.municipality.ags.split("+"):
            place = register[key].name.split(",")[0].split(" (")[0]
            assert place in case.municipality.name, case.id


def test_every_need_stands_where_the_case_says(cases: tuple[Case, ...], texts: dict[str, list[str]]) -> None:
    for case in cases:
        lines = texts[case.source.file]
        for passage in case.source.ranges:
            assert passage[-1] <= len(lines) and len(passage) <= 40, case.id
            assert any(lines[number - 1].strip() for number in passage), case.id


def test_nothing_is_copied_from_the_texts(cases: tuple[Case, ...], texts: dict[str, list[str]]) -> None:
    copied = set()
    for lines in texts.values():
        found = words("\n".join(lines))
        copied |= {tuple(found[start : start + RUN]) for start in range(len(found) - RUN + 1)}
    for case in cases:
        for sentence in (case.need, *(answer.reason for answer in case.answers)):
            own = words(sentence)
            runs = {tuple(own[start : start + RUN]) for start in range(len(own) - RUN + 1)}
            assert not runs & copied, (case.id, runs & copied)


def test_needs_and_reasons_are_one_sentence_each(cases: tuple[Case, ...]) -> None:
    for case in cases:
        for sentence in (case.need, *(answer.reason for answer in case.answers)):
            assert sentence.endswith(".") and ". " not in sentence, (case.id, sentence)


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ('ags: "09761"', 'ags: "09799"', "municipality: no register knows this key (09799)"),
        ('ags: "01002"', "ags: 01002", "514 is a number, but an AGS is text"),
        ("slug: hagen-sozialraumindex", "slug: hagen-index", "answers: no such object (hagen-index)"),
        ("slug: hagen-sozialraumindex", "slug: augsburg-bildungsteilhabeindex", "the municipality's own object"),
        ("slug: hagen-sozialraumindex", "slug: herne-kita-beobachtungsboegen-monitoring", "given twice"),
        ("[share_children_under_15_sgb2_pct]", "[child_poverty]", "indicators: no such indicator (child_poverty)"),
        ("life_phases: [Grundschule]", "life_phases: [Schule]", "unknown value (Schule)"),
        (
            "bodies: [Bildungsmonitoring",
            "bodies: [Monitoring",
            "cases[1].known: the vocabulary does not have this word",
        ),
        ("bodies: [Bildungsmonitoring", "bodies: [Bildungsbericht", "cases[1].known: this word is of kind data"),
        ("basis: similar", "basis: guess", "unknown value (guess)"),
        ("lines: [1606-1630]", "lines: [1630-1606]", "a passage ends before it begins"),
        ("    held_out: true\n", "", "`held_out` is against the rule (false)"),
        ("- id: augsburg-ferien", "- id: zwickau-ferien", "the ids are not in order (augsburg-teilhabe-non-formal)"),
    ],
)
def test_a_fault_is_named(tmp_path: Path, objects: dict[str, TransferObject], old: str, new: str, what: str) -> None:
    path = tmp_path / "gold" / "matching.yml"
    path.parent.mkdir()
    assert old in SHIPPED
    path.write_text(SHIPPED.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(PersonFileError) as error:
        load_cases(objects, INDICATORS, load_register(), path)
    assert what in str(error.value) and "gold/matching.yml:" in str(error.value)
    assert error.value.exit_code == 10
