"""Every command and every piece of code in the handbooks: the command line knows it, the code runs."""

import re
import shlex
import shutil
from html import unescape
from pathlib import Path
from typing import get_args

import pytest
import typer.main
import yaml
from docutils import nodes
from docutils.core import publish_doctree
from docutils.parsers.rst import directives

from tests.site.pages_text import BOOK, HANDBOOKS, blocks, example
from transferbuch.cli import app
from transferbuch.data.own import load_own_data
from transferbuch.editions.forms import REPORT_CHAPTERS, Form, Gremienvorlage
from transferbuch.editions.needs_given import check_needs
from transferbuch.editions.parameters import Parameters
from transferbuch.editions.templates import load_template
from transferbuch.errors import PersonFileError
from transferbuch.project import Project
from transferbuch.records import find_places, load_record
from transferbuch.regions.reforms import DEFAULT_GEBIETSSTAND
from transferbuch.report.proposal_words import STATES
from transferbuch.site.assessment_ext import BOX, KINDS, Assessment
from transferbuch.site.inputs import load_inputs
from transferbuch.site.match_report import match_municipality
from transferbuch.site.portal import Portal
from transferbuch.site.release import Release, load_release
from transferbuch.transfer.assessment import GROUPS, load_assessment
from transferbuch.transfer.objects import TransferObject
from transferbuch.transfer.page import REQUIRED_SECTIONS, SECTIONS
from transferbuch.transfer.requirements import load_requirements

ROOT = Path(__file__).parents[2]
AGENCIES, MUNICIPALITIES, FORMS, RESEARCH = (
    BOOK / f"handbuch/{name}.md" for name in ("agenturen", "kommunen", "berichtsformen", "forschung")
)
OTHERS = ("git", "make", "source", "cp", "cd")
"""Programs of everybody's machine that the handbooks use."""


def commands(path: Path) -> list[str]:
    """Lines of the shell blocks, and what the text calls `transferbuch …`."""
    lines = [line for block in blocks(path, "sh") for line in block.splitlines() if line.strip()]
    return lines + re.findall(r"`(transferbuch [^`]+)`", " ".join(path.read_text(encoding="utf-8").split()))


def parse(words: list[str]) -> None:
    """Give the words to the command that they name, without running it; raises what its user would be shown."""
    command, context = typer.main.get_command(app), None
    name, words = "transferbuch", list(words)
    while True:
        context = command.make_context(name, list(words), parent=context)
        if not hasattr(command, "commands"):
            return
        name, command, words = command.resolve_command(context, words)


ALL = [(path.stem, command) for path in HANDBOOKS for command in commands(path)]


@pytest.mark.parametrize(("page", "command"), ALL, ids=[f"{page}: {command}" for page, command in ALL])
def test_every_command_exists_with_its_options(page, command):
    program, *words = shlex.split(command)
    if program != "transferbuch":
        assert program in OTHERS
        if program == "make":
            assert re.search(rf"^{words[0]}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
        return
    parse(words)
    for word in words:
        if word.startswith("notebooks/"):
            assert (ROOT / word).is_file()


@pytest.mark.parametrize("wrong", ["serv", "serve --wacht", "build --only", "run notebooks/ueberblick.ipynb"])
def test_a_command_that_does_not_exist_is_found(wrong):
    with pytest.raises(Exception, match="(?i)no such|requires an argument|missing"):
        parse(wrong.split())


def test_each_handbook_has_commands_or_leads_to_them():
    assert {path.stem for path in HANDBOOKS} >= {"index", "kommunen", "agenturen", "forschung", "zielgruppen"}
    assert {"agenturen", "kommunen", "forschung", "zielgruppen"} <= {page for page, _ in ALL}


# --- Transfer agencies ----------------------------------------------------------------------------------------------


def test_the_front_matter_of_the_handbook_is_a_transfer_object():
    [text] = blocks(AGENCIES, "yaml")
    one = TransferObject.model_validate(yaml.safe_load(text))
    assert one.giver.name == "Landkreis Musterkreis" and one.evidence == "erprobt"


def test_the_handbook_explains_every_key_of_the_front_matter():
    explained = {
        key for row in example("handbuch/agenturen", "Angaben im Kopf") for key in re.findall(r"`(\w+)`", row[0])
    }
    keys = {field.alias or name for name, field in TransferObject.model_fields.items()}
    assert explained == keys - {"slug"}  # taken from the file name


def test_the_handbook_names_the_sections_of_a_page():
    text = " ".join(AGENCIES.read_text(encoding="utf-8").split())
    assert ", ".join(SECTIONS) + "." in text
    assert "Pflicht sind Lösung, Ansprechstelle und Quelle." in text
    assert REQUIRED_SECTIONS == ("Lösung", "Ansprechstelle", "Quelle")


def test_the_handbook_explains_what_match_writes():
    report = match_municipality(Project(ROOT), "99001", "modellregion", "")
    explained = {
        key
        for row in example("handbuch/agenturen", "Angaben zu jedem Beispiel in der Liste ranked")
        for key in re.findall(r"`(\w+)`", row[0])
    }
    written = report.as_json()
    assert explained == set().union(*written["ranked"]) and {"needs", "settings"} <= set(written)
    states = {condition["state"] for one in written["ranked"] for condition in one["conditions"]}
    text = AGENCIES.read_text(encoding="utf-8")
    assert states and all(f"`{state}` ({STATES[state]})" in text for state in states)
    first = next(line for line in report.lines() if line.startswith("1. "))
    assert first.endswith(written["ranked"][0]["slug"]) and " of 100  " in first
    signs = {line.strip()[0] for line in report.lines() if line.startswith("   ")}
    assert signs == {"+", "–"}


# --- Municipalities -------------------------------------------------------------------------------------------------


def test_the_settings_of_the_handbook_are_valid(tmp_path):
    settings, _ = blocks(MUNICIPALITIES, "yaml")
    path = tmp_path / "99001-talbrueck.yml"
    path.write_text(settings, encoding="utf-8")
    found = load_record(path, Parameters, "parameters/99001-talbrueck.yml")
    assert found.ags == "99001" and found.peers == ("99002", "99051", "99052")
    assert all((ROOT / "notebooks" / f"{chapter}.ipynb").is_file() for chapter in found.chapters)


def test_the_own_table_of_the_handbook_is_read(tmp_path):
    _, mapping = blocks(MUNICIPALITIES, "yaml")
    [table] = blocks(MUNICIPALITIES, "text")
    path = tmp_path / "99001-talbrueck.yml"
    path.write_text(mapping, encoding="utf-8")
    (tmp_path / "99001-talbrueck").mkdir()
    (tmp_path / "99001-talbrueck" / "kita.csv").write_text(table, encoding="utf-8")
    name = f"parameters/{path.name}"
    [found] = load_own_data(path, name, "99001", load_record(path, Parameters, name).own_data, internal=False)
    values = found.rows.pivot(index="area_name", columns="measure", values="value")
    assert values.loc["Nord"].to_dict() == {"children": 240, "in_care": 180}


# --- Own words and report forms -------------------------------------------------------------------------------------


def load_example(settings: str, folder: Path) -> Parameters:
    path = folder / "99001-talbrueck.yml"
    path.write_text(f'ags: "99001"\n{settings}', encoding="utf-8")
    return load_record(path, Parameters, path.name)


def test_the_handbook_has_a_valid_example_of_every_form(tmp_path):
    declared = [load_example(block, tmp_path).formats for block in blocks(FORMS, "yaml") if "formats:" in block]
    names = [form.form for [form] in declared]
    assert names == [get_args(one.model_fields["form"].annotation)[0] for one in get_args(get_args(Form)[0])]
    assert names == [row[0].strip("`") for row in example("handbuch/berichtsformen", "Welche Form wofür")]


def test_the_examples_of_the_handbook_together_are_one_edition_without_a_fault(tmp_path):
    for name in ("book", "data", "notebooks"):
        (tmp_path / name).symlink_to(ROOT / name)
    shutil.copy(ROOT / "_toc.yml", tmp_path / "_toc.yml")
    merged: dict = {"formats": []}
    for block in map(yaml.safe_load, blocks(FORMS, "yaml")):
        merged["formats"] += block.pop("formats", [])
        merged |= block
    assert set(merged) == {"statements", "comments", "practice", "contact", "brand", "formats"}
    assert {one["state"] for one in merged["statements"]} == {"abgestimmt", "strittig"}
    parameters = tmp_path / "parameters"
    (parameters / "99001-talbrueck").mkdir(parents=True)
    shutil.copy(ROOT / "parameters" / "99001-talbrueck" / merged["brand"]["logo"], parameters / "99001-talbrueck")
    load_example(yaml.safe_dump(merged, allow_unicode=True), parameters)
    assert load_inputs(Project(tmp_path), DEFAULT_GEBIETSSTAND).parameters["99001"].report
    merged["brand"]["colours"]["light"] = "#f0a030"
    load_example(yaml.safe_dump(merged, allow_unicode=True), parameters)
    with pytest.raises(PersonFileError, match="at least 4.5:1. Do: use '#"):  # the next colour is named, as promised
        load_inputs(Project(tmp_path), DEFAULT_GEBIETSSTAND)


def test_the_limits_of_a_paper_are_those_of_the_handbook():
    schema = Gremienvorlage.model_json_schema()["properties"]
    limits = {}
    for key, one in schema.items():
        if "maxItems" in one:
            limits[key] = f"{one['maxItems']} Einträge"
        elif "maxLength" in one:
            limits[key] = f"{one['maxLength']} Zeichen"
    told = {
        row[0].strip("`"): row[2] for row in example("handbuch/berichtsformen", "Was in einer Gremienvorlage steht")
    }
    assert told == limits


def test_the_chapters_of_a_bildungsbericht_are_those_of_the_handbook():
    titles = [load_template(ROOT / "notebooks" / f"{name}.ipynb", name).title for name in REPORT_CHAPTERS]
    listed = f"{', '.join(titles[:-1])} sowie {titles[-1]}."
    assert listed in " ".join(FORMS.read_text(encoding="utf-8").split())


def test_a_contested_statement_without_objection_is_refused_as_the_handbook_says(tmp_path):
    [block] = [one for one in blocks(FORMS, "yaml") if "statements:" in one]
    with pytest.raises(PersonFileError, match="needs its `objection`"):
        load_example(block.partition("    objection:")[0], tmp_path)


# --- Questionnaire --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def form() -> nodes.document:
    """The questionnaire as its page holds it."""
    with pytest.MonkeyPatch.context() as patch:  # known to this page only: books register it themselves
        patch.setitem(directives._directives, "assessment", Assessment)
        return publish_doctree(".. assessment::")


def texts(section: nodes.section, pattern: str) -> list[str]:
    """What the pattern finds in the HTML of a section, as plain text."""
    html = "".join(one.astext() for one in section.findall(nodes.raw))
    return [unescape(re.sub("<.*?>", "", one)) for one in re.findall(pattern, html)]


def test_the_questionnaire_has_every_group_with_a_box_for_each_level(form):
    sections = {one[0].astext(): one for one in form.findall(nodes.section)}
    for group in load_assessment().values():
        section = sections[group.title]
        assert texts(section, "<li>(.*?)</li>") == list(group.questions)
        assert texts(section, "<tr>(<td.*?)</tr>") == [f"{BOX}{level}{text}" for level, text in enumerate(group.levels)]
        assert texts(section, "^<p>(.*?)</p>") == [group.about] and "Worauf sich die Stufe" in section.astext()
    assert list(sections) == [group.title for group in load_assessment().values()] + [one for one, _ in KINDS.values()]
    assert all(section["ids"] for section in sections.values())


def test_the_questionnaire_asks_for_every_body_and_all_data(form):
    sections = {one[0].astext(): one for one in form.findall(nodes.section)}
    for kind, (title, _) in KINDS.items():
        words = [one.name for one in load_requirements().values() if one.kind == kind]
        assert words and texts(sections[title], "<strong>(.*?)</strong>") == words
        assert sections[title].astext().count(BOX) == 3 * len(words)


def test_the_filled_in_questionnaire_is_read(tmp_path):
    [settings] = blocks(BOOK / "handbuch/selbsteinschaetzung.md", "yaml")
    path = tmp_path / "99001-talbrueck.yml"
    path.write_text(settings, encoding="utf-8")
    found = load_record(path, Parameters, path.name)
    assert tuple(found.assessment.levels) == GROUPS and found.assessment.there and found.assessment.not_there
    lines = find_places(settings)
    assert list(check_needs(found.assessment, (), path.name, lines, False)) == []
    wrong = found.assessment.model_copy(update={"there": ("Bildungsbuero",)})
    [problem] = check_needs(wrong, (), path.name, lines, False)
    assert problem.value == "Bildungsbuero"


# --- Research -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def release() -> Release:
    return load_release(Project(ROOT), "modellregion")


@pytest.fixture(scope="module")
def desk(release, tmp_path_factory) -> Path:
    """A folder as a reader has it: the slice of one edition unpacked, the site's data package beside it."""
    folder = tmp_path_factory.mktemp("arbeitsordner")
    [edition] = release.plan(only=("99001",))
    release.write_slice(folder, edition)
    Portal(release, ["99001"]).build(folder / "site")
    for path in (folder / "site" / "daten").iterdir():
        path.rename(folder / path.name)
    return folder


@pytest.mark.parametrize("number", range(len(blocks(RESEARCH, "python"))))
def test_every_python_example_runs(number, desk, monkeypatch, capsys):
    monkeypatch.chdir(desk)
    code = blocks(RESEARCH, "python")[number]
    exec(compile(code, f"forschung.md, example {number + 1}", "exec"), {})
    printed = capsys.readouterr().out
    assert bool(printed) == ("print(" in code)
    if "open_edition" in code:
        assert "Abgänge ohne Hauptschulabschluss" in printed and "Talbrück" in printed
    if "share_interval" in code:
        assert f"`{printed.strip()}`" in RESEARCH.read_text(encoding="utf-8")


def test_a_damaged_file_is_noticed_by_the_example(desk, tmp_path, monkeypatch):
    [code] = [one for one in blocks(RESEARCH, "python") if "hashlib" in one]
    for path in desk.glob("*.*"):
        (tmp_path / path.name).write_bytes(path.read_bytes() + b" " * (path.name == "werte.csv"))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(AssertionError, match="werte.csv"):
        exec(compile(code, "forschung.md", "exec"), {})
