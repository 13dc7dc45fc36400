"""The template of a new transfer object: complete, up to date with the models, refused until it is filled in."""

import datetime as dt
import re
from pathlib import Path
from typing import get_args

import pytest

from transferbuch.errors import PersonFileError, UsageError
from transferbuch.project import Project
from transferbuch.regions.register import load_register
from transferbuch.transfer.evidence import STEPS, Adoption, Condition, Effort, Equity, Evaluation, Origin
from transferbuch.transfer.loading import load_transfer_object
from transferbuch.transfer.objects import Giver, Kind, Source, TransferObject
from transferbuch.transfer.page import ADAPTATION, ADAPTATION_PARTS, PLACEHOLDER, SECTIONS
from transferbuch.transfer.template import QUESTIONS, Known, template_text, write_template
from transferbuch.vocabulary import FIELDS, LIFE_PHASES, Component

DAY = dt.date(2026, 3, 1)
ANSWERS = {
    "title": "Runder Tisch Ausbildung",
    "summary": "Ein runder Tisch brachte alle zusammen.",
    "name": "Landkreis Leer",
    "ags": "03457",
    "type": "Landkreis",
    "land": "Niedersachsen",
    "class": "Beispiel",
    "depth": "mittel",
    "status": "erprobt",
    "kind": "Kooperation",
    "components": "Zusammenarbeit",
    "life_phases": "Ausbildung",
    "fields": "Fachkräfte",
    "target_groups": "Schulen",
    "contact_roles": "Leitung des Bildungsbüros",
    "place": "Seite 3",
    "information_date": "Sommer 2019",
    "author": "Redaktion",
}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "book" / "transfer").mkdir(parents=True)
    return Project(tmp_path)


def filled(text: str) -> str:
    """The page as an author leaves it: every placeholder replaced, optional keys left as comments."""
    _, head, body = text.split("---\n", 2)
    lines = []
    for line in head.splitlines():
        key = line.strip().partition(":")[0]
        lines.append(line if line.startswith("#") else line.replace(PLACEHOLDER, ANSWERS.get(key, "")))
    body = re.sub(f"# {PLACEHOLDER}.*", f"# {ANSWERS['title']}", body)
    return "---\n" + "\n".join(lines) + "\n---\n" + re.sub(f"{PLACEHOLDER}: .*", "So war es.", body)


def test_an_untouched_template_is_refused_line_by_line(project):
    page = write_template(project, "leer-runder-tisch", "", "", DAY)
    assert page == project.transfer / "leer-runder-tisch.md"
    with pytest.raises(PersonFileError) as error:
        load_transfer_object(page)
    lines = page.read_text("utf-8").split("\n")
    end = lines.index("---", 1)
    waiting = {
        number
        for number, line in enumerate(lines, 1)
        if PLACEHOLDER in line and (number > end or not line.startswith("#"))
    }
    assert {one.line for one in error.value.problems} == waiting and len(waiting) == 31
    assert {one.code for one in error.value.problems} == {"unfilled"}
    told = {one.field: str(one) for one in error.value.problems}
    assert "this is still to be filled in. Do: replace AUSFÜLLEN as the comment says" in told["kind"]
    assert "(Was ging schief, dauerte länger oder kostete mehr als gedacht?)" in told["Stolpersteine"]


def test_a_template_with_every_placeholder_filled_is_in_order(project):
    page = write_template(project, "leer-runder-tisch", "", "", DAY)
    page.write_text(filled(page.read_text("utf-8")), encoding="utf-8")
    one = load_transfer_object(page)
    assert (one.slug, one.giver.ags, one.evidence, one.licence) == (
        "leer-runder-tisch",
        ("03457",),
        "beschrieben",
        "CC BY 4.0",
    )
    assert one.next_review == dt.date(2027, 3, 1) and one.reviewer == "Zweitprüfung steht aus"
    assert one.published == DAY


@pytest.mark.parametrize("forgotten", ["kind", "Ausgangslage", "heading"])
def test_one_forgotten_placeholder_is_enough_to_refuse_the_page(project, forgotten):
    page = write_template(project, "leer-runder-tisch", "", "", DAY)
    text = filled(page.read_text("utf-8"))
    was, back = {
        "kind": ('kind: "Kooperation"', f'kind: "{PLACEHOLDER}"'),
        "Ausgangslage": ("## Ausgangslage\n\nSo war es.", f"## Ausgangslage\n\n{PLACEHOLDER}: Was war?"),
        "heading": (f"# {ANSWERS['title']}", f"# {PLACEHOLDER}: Titel wie oben"),
    }[forgotten]
    assert was in text
    page.write_text(text.replace(was, back), encoding="utf-8")
    with pytest.raises(PersonFileError) as error:
        load_transfer_object(page)
    assert [(one.field, one.code) for one in error.value.problems] == [(forgotten, "unfilled")]


def test_every_field_and_every_allowed_value_is_in_it():
    text = template_text(Known(), DAY)
    for model in (TransferObject, Giver, Source, Evaluation, Effort, Equity, Condition, Origin, Adoption):
        for name, field in model.model_fields.items():
            if (model, name) != (TransferObject, "slug"):
                assert re.search(rf"^#?\s*(- )?{field.alias or name}:", text, re.MULTILINE), f"{model.__name__}.{name}"
                assert not field.description or field.description.split("; ")[0].split(", ")[0] in text
    plain = re.sub(r"\n#   ", " ", text)  # long comments are wrapped
    for values in (STEPS, FIELDS, LIFE_PHASES, get_args(Kind), get_args(Component)):
        assert ", ".join(values) in plain
    assert "at most 420 characters" in text


def test_every_section_has_its_question_and_they_stand_in_order():
    text = template_text(Known(), DAY)
    assert [line[3:] for line in text.split("\n") if line.startswith("## ")] == list(SECTIONS)
    assert set(QUESTIONS) == {*SECTIONS, *ADAPTATION_PARTS} - {ADAPTATION}
    assert all(f"{PLACEHOLDER}: {question}" in text for question in QUESTIONS.values())


@pytest.mark.parametrize(
    ("ags", "name", "kind", "land"),
    [
        ("03457", "Landkreis Leer", "Landkreis", "Niedersachsen"),
        ("08311", "Stadt Freiburg im Breisgau", "kreisfreie Stadt", "Baden-Württemberg"),
        ("16056", "Stadt Eisenach", "kreisfreie Stadt", "Thüringen"),  # dissolved in 2021
    ],
)
def test_a_known_giver_comes_from_the_register(project, ags, name, kind, land):
    page = write_template(project, "probe", 'Ein „Titel“: mit Doppelpunkt und "Zeichen"', ags, DAY)
    text = page.read_text("utf-8")
    for line in (f'  name: "{name}"', f'  ags: "{ags}"', f'  type: "{kind}"', f'  land: "{land}"'):
        assert f"\n{line}" in text
    page.write_text(filled(text), encoding="utf-8")
    assert load_transfer_object(page).giver.name == load_register()[ags].label == name


@pytest.mark.parametrize(
    ("slug", "ags", "what"),
    [
        ("Leer_Tisch", "", "this is no slug (Leer_Tisch)"),
        ("../leer", "", "this is no slug (../leer)"),
        ("da", "", "a page has this slug (book/transfer/da.md)"),
        ("intern-da", "", "a page has this slug (book/transfer/intern/intern-da.md)"),
        ("index", "", "a page has this slug (book/transfer/index.md)"),
        ("neu", "03499", "no register knows this key (03499)"),
    ],
)
def test_a_wrong_or_taken_slug_writes_nothing(project, slug, ags, what):
    (project.transfer / "intern").mkdir()
    for name in ("da.md", "index.md", "intern/intern-da.md"):
        (project.transfer / name).write_text("# Da\n", encoding="utf-8")
    before = sorted(project.root.rglob("*"))
    with pytest.raises(UsageError) as error:
        write_template(project, slug, "", ags, DAY)
    assert what in str(error.value) and error.value.exit_code == 2
    assert sorted(project.root.rglob("*")) == before
    assert (project.transfer / "da.md").read_text("utf-8") == "# Da\n"
