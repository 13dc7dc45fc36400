"""Strict records: what YAML would swallow is a fault with file, line, field and advice; all faults at once."""

import datetime as dt
from pathlib import Path
from typing import Literal

import pytest
from pydantic import Field

from transferbuch.errors import PersonFileError, Problem
from transferbuch.records import (
    Record,
    collect,
    find_line,
    load_record,
    nearest,
    parse_draft,
    parse_record,
    split_front_matter,
)
from transferbuch.regions.keys import AGS, KreisAGS


class Goal(Record):
    text: str = Field(description="one German sentence")
    until: int | None = None


class Town(Record):
    ags: KreisAGS = Field(description="five digits in quotes")
    name: str
    kind: Literal["Stadt", "Landkreis"] = "Stadt"
    peers: tuple[AGS, ...] = ()
    goals: tuple[Goal, ...] = ()
    share: float = Field(default=0, ge=0, le=100, description="percent")
    checked: dt.date | None = None


GOOD = """\
# Angaben der Stadt
ags: "15084"
name: Burgenlandkreis
kind: Landkreis
peers: ["15088", "01001"]
goals:
  - text: Mehr Praktika.
    until: 2027
  - text: Weniger Abgänge ohne Abschluss.
share: 12.5
checked: 2026-01-31
"""


def faults(text: str, model: type[Record] = Town) -> list[Problem]:
    with pytest.raises(PersonFileError) as caught:
        parse_record(text, model, "parameters/probe.yml")
    assert caught.value.exit_code == 10
    assert {problem.file for problem in caught.value.problems} == {"parameters/probe.yml"}
    return list(caught.value.problems)


def changed(old: str, new: str) -> str:
    assert GOOD.count(old) == 1, old
    return GOOD.replace(old, new)


def test_a_good_file_becomes_a_record() -> None:
    town = parse_record(GOOD, Town, "probe.yml")
    assert (town.ags, town.name, town.kind, town.peers) == ("15084", "Burgenlandkreis", "Landkreis", ("15088", "01001"))
    assert isinstance(town.ags, KreisAGS)
    assert [(goal.text, goal.until) for goal in town.goals] == [
        ("Mehr Praktika.", 2027),
        ("Weniger Abgänge ohne Abschluss.", None),
    ]
    assert (town.share, town.checked) == (12.5, dt.date(2026, 1, 31))


# --- keys of regions ---


@pytest.mark.parametrize(("written", "read"), [("01001", "513"), ("15084", "15084"), ("05_314", "2764")])
def test_an_unquoted_key_is_refused_with_the_octal_explanation(written: str, read: str) -> None:
    [problem] = faults(changed('"15084"', written))
    assert (problem.line, problem.field, problem.value, problem.expected) == (
        2,
        "ags",
        written,
        "five digits in quotes",
    )
    assert problem.what == (
        f"{read} is a number, but an AGS is text: an unquoted key with a leading zero is read as an octal number or "
        "loses its zero (01001 becomes 513 or 1001). Put the key in quotes"
    )


def test_an_unquoted_key_inside_a_list_names_its_place() -> None:
    [problem] = faults(changed('"15088", "01001"', '"15088", 01001'))
    assert (problem.line, problem.field, problem.value) == (5, "peers[2]", "01001")
    assert problem.what.startswith("513 is a number, but an AGS is text")


def test_a_key_that_no_yaml_reader_takes_for_a_number_is_text() -> None:
    assert parse_record(changed('"15084"', "09761"), Town, "probe.yml").ags == "09761"


@pytest.mark.parametrize(
    ("written", "what"),
    [
        ('"1508"', "'1508' is not an AGS: expected 2, 3, 5 or 8 digits"),
        ('"150840"', "'150840' is not an AGS: expected 2, 3, 5 or 8 digits"),
        ('"15 084"', "'15 084' is not an AGS: expected 2, 3, 5 or 8 digits"),
        ('"17084"', "'17084' begins with '17', which is no Land (01–16; 99 is the model region)"),
        ('"15000"', "'15000' names no Kreis: positions 4 and 5 are 00 only for Hamburg and Berlin"),
        ('"15"', "'15' is a land; expected five digits (Landkreis or kreisfreie Stadt)"),
        ('"15084550"', "'15084550' is a gemeinde; expected five digits (Landkreis or kreisfreie Stadt)"),
        ("15084.0", "an AGS is text of 2, 3, 5 or 8 digits, not float"),
        ("true", "an AGS is text of 2, 3, 5 or 8 digits, not bool"),
        ("[15084]", "an AGS is text of 2, 3, 5 or 8 digits, not list"),
        ("", "an AGS is text of 2, 3, 5 or 8 digits, not NoneType"),
    ],
)
def test_other_keys_that_are_none(written: str, what: str) -> None:
    [problem] = faults(changed('"15084"', written))
    assert (problem.line, problem.field, problem.what) == (2, "ags", what)


# --- what YAML swallows ---


def test_a_key_given_twice_names_both_lines() -> None:
    [problem] = faults(GOOD + "name: Saalekreis\n")
    assert (problem.line, problem.field, problem.what, problem.code) == (
        12,
        "name",
        "the key is given twice",
        "yaml-duplicate",
    )
    assert problem.do == "remove this line or the one in line 3"


def test_a_key_given_twice_inside_a_list() -> None:
    [problem] = faults(changed("    until: 2027", "    until: 2027\n    text: Doppelt."))
    assert (problem.line, problem.field) == (9, "goals[1].text")
    assert problem.do == "remove this line or the one in line 7"


@pytest.mark.parametrize(
    ("old", "new", "line", "field", "do"),
    [
        ("kind:", "knid:", 4, "knid", "did you mean 'kind'?"),
        ("    until:", "    untill:", 8, "goals[1].untill", "did you mean 'until'?"),
        ("share:", "zzzzzzzz:", 10, "zzzzzzzz", "use one of: ags, checked, goals, kind, name, peers, share"),
        ("kind:", "Kind:", 4, "Kind", "did you mean 'kind'?"),
    ],
)
def test_an_unknown_key_names_the_nearest(old: str, new: str, line: int, field: str, do: str) -> None:
    [problem] = faults(changed(old, new))
    assert (problem.line, problem.field, problem.what, problem.do, problem.code) == (
        line,
        field,
        "unknown key",
        do,
        "unknown-key",
    )


def test_a_missing_key_says_what_belongs_there() -> None:
    [problem] = faults(changed('ags: "15084"\n', ""))
    assert (problem.field, problem.what, problem.expected, problem.do, problem.code) == (
        "ags",
        "the key is missing",
        "five digits in quotes",
        "add `ags:`",
        "missing-key",
    )
    [problem] = faults(changed("text: Mehr Praktika.\n    until", "until"))
    assert (problem.line, problem.field, problem.expected) == (7, "goals[1].text", "one German sentence")


@pytest.mark.parametrize(
    ("old", "new", "line", "field", "value"),
    [
        ("name: Burgenlandkreis", "name: [Burgenlandkreis]", 3, "name", ""),
        ("name: Burgenlandkreis", "name: 2024", 3, "name", "2024"),
        ("name: Burgenlandkreis", "name: nein", 3, "name", None),
        ("name: Burgenlandkreis", "name: no", 3, "name", "no"),
        ("kind: Landkreis", "kind: Kreis", 4, "kind", "Kreis"),
        ("until: 2027", "until: bald", 8, "goals[1].until", "bald"),
        ("share: 12.5", "share: 12,5", 10, "share", "12,5"),
        ("share: 12.5", "share: 120", 10, "share", "120"),
        ("checked: 2026-01-31", "checked: 31.01.2026", 11, "checked", "31.01.2026"),
        ("checked: 2026-01-31", "checked: 2026-02-31", 11, "checked", "2026-02-31"),
        ('peers: ["15088", "01001"]', "peers: Saalekreis", 5, "peers", "Saalekreis"),
        ("  - text: Mehr Praktika.\n    until: 2027", "  - Mehr Praktika.", 7, "goals[1]", "Mehr Praktika."),
    ],
)
def test_a_wrong_value_is_placed(old: str, new: str, line: int, field: str, value: str | None) -> None:
    if value is None:  # 'nein' is a word, only 'no' is a truth value
        assert parse_record(changed(old, new), Town, "probe.yml").name == "nein"
        return
    [problem] = faults(changed(old, new))
    assert (problem.line, problem.field, problem.value) == (line, field, value)
    assert problem.what and problem.code in ("wrong-value", "unknown-value", "yaml-value")


def test_a_number_out_of_range_says_the_range() -> None:
    [problem] = faults(changed("share: 12.5", "share: 120"))
    assert "less than or equal to 100" in problem.what and problem.expected == "percent"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('ags: "15084"\nname: [Burgenlandkreis\nkind: Stadt\n', 3),
        ('ags: "15084\nname: Burgenlandkreis\n', 3),
        ('ags: "15084"\nname: Burgenlandkreis\n kind: Stadt\n', 3),
        ('ags: "15084"\n\tname: Burgenlandkreis\n', 2),
        ('ags: "15084"\nname: Ziel: mehr Praktika\n', 2),
        ('ags: "15084"\nname: *unbekannt\n', 2),
        ('ags: "15084"\nname: A\n---\nname: B\n', 3),
    ],
)
def test_what_is_no_yaml_names_the_line(text: str, line: int) -> None:
    [problem] = faults(text)
    assert (problem.line, problem.code, problem.do) == (
        line,
        "yaml-syntax",
        "check indentation, quotes and colons around this line",
    )
    assert problem.what.startswith("this is not valid YAML: ")


@pytest.mark.parametrize("text", ["", "# nichts\n", "- a\n- b\n", "nur Text\n", "42\n", "null\n"])
def test_a_file_without_keys(text: str) -> None:
    [problem] = faults(text)
    assert (problem.line, problem.what, problem.code) == (1, "the file has no keys", "yaml-empty")


def test_a_control_character() -> None:
    [problem] = faults("name: a\x07b\n")
    assert problem.code == "yaml-syntax" and "control characters" in problem.do


def test_several_faults_are_told_at_once_in_the_order_of_lines() -> None:
    text = (
        changed('"15084"', "01001")
        .replace("kind: Landkreis", "kind: Kreis")
        .replace("    until: 2027", "    until: bald\n    untill: 3")
        + "name: Doppelt\nfremd: 1\n"
    )
    assert [(one.line, one.field, one.code) for one in faults(text)] == [
        (2, "ags", "wrong-value"),
        (4, "kind", "unknown-value"),
        (8, "goals[1].until", "wrong-value"),
        (9, "goals[1].untill", "unknown-key"),
        (13, "name", "yaml-duplicate"),
        (14, "fremd", "unknown-key"),
    ]


def test_records_cannot_be_changed() -> None:
    town = parse_record(GOOD, Town, "probe.yml")
    with pytest.raises(ValueError, match="frozen"):
        town.name = "Anders"


# --- files ---


def test_a_file_that_is_not_utf_8_names_the_line(tmp_path: Path) -> None:
    path = tmp_path / "probe.yml"
    path.write_bytes(GOOD.encode("cp1252"))
    with pytest.raises(PersonFileError) as caught:
        load_record(path, Town, "parameters/probe.yml")
    [problem] = caught.value.problems
    assert (problem.file, problem.line, problem.what, problem.do, problem.code) == (
        "parameters/probe.yml",
        9,
        "the file is not UTF-8",
        "save it with encoding UTF-8",
        "file-encoding",
    )


@pytest.mark.parametrize("raw", [GOOD.encode("utf-8-sig"), GOOD.replace("\n", "\r\n").encode()], ids=["BOM", "CRLF"])
def test_what_editors_on_windows_save(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "probe.yml").write_bytes(raw)
    assert load_record(tmp_path / "probe.yml", Town) == parse_record(GOOD, Town, "probe.yml")


def test_a_missing_file_and_an_empty_one(tmp_path: Path) -> None:
    (tmp_path / "leer.yml").touch()
    for name, code in {"fehlt.yml": "file-missing", "leer.yml": "yaml-empty"}.items():
        with pytest.raises(PersonFileError) as caught:
            load_record(tmp_path / name, Town, name)
        assert [(one.file, one.code) for one in caught.value.problems] == [(name, code)]


def test_front_matter_counts_lines_of_the_page() -> None:
    head, body, line = split_front_matter(f"---\n{GOOD}---\n\n# Text\n", "seite.md")
    draft = parse_draft(head, Town, "seite.md", first_line=2)
    assert (draft.record.name, draft.problems, body, line) == ("Burgenlandkreis", (), "\n# Text\n", 14)
    head, _, _ = split_front_matter(f"---\n{changed('kind:', 'knid:')}---\n", "seite.md")
    draft = parse_draft(head, Town, "seite.md", first_line=2)
    assert [(one.file, one.line, one.field) for one in draft.problems] == [("seite.md", 5, "knid")]
    assert draft.record.name == "Burgenlandkreis" and draft.wrong == {"knid"}


@pytest.mark.parametrize("text", ["# Text\n", f"---\n{GOOD}", "", f" \n---\n{GOOD}---\n"])
def test_a_page_without_front_matter(text: str) -> None:
    with pytest.raises(PersonFileError) as caught:
        split_front_matter(text, "seite.md")
    assert [(one.file, one.line, one.code) for one in caught.value.problems] == [("seite.md", 1, "front-matter")]


# --- small helpers ---


def test_collect_gives_all_results_or_all_problems() -> None:
    assert collect([lambda: 1, lambda: 2]) == [1, 2]

    def broken(name: str) -> None:
        raise PersonFileError([Problem(name, 1, "", "a"), Problem(name, 2, "", "b")])

    with pytest.raises(PersonFileError) as caught:
        collect([lambda: broken("x"), lambda: 1, lambda: broken("y")])
    assert [(one.file, one.line) for one in caught.value.problems] == [("x", 1), ("x", 2), ("y", 1), ("y", 2)]


def test_nearest_names_one_or_all() -> None:
    assert nearest("polaritty", ["polarity", "unit"]) == "did you mean 'polarity'?"
    assert nearest("zzz", ["b", "a"]) == "use one of: a, b"


def test_find_line_takes_whole_words_only() -> None:
    text = "a: leavers_female\nb: leavers-x\nc: leavers\n"
    assert (find_line(text, "leavers"), find_line(text, "leavers_female"), find_line(text, "nichts")) == (3, 1, 0)


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        (
            Problem(
                "a.yml", 3, "kind", "unknown value", "Kreis", "one of Stadt, Landkreis", "did you mean 'Stadt'?", "x"
            ),
            "a.yml:3: kind: unknown value (Kreis). Expected: one of Stadt, Landkreis. Do: did you mean 'Stadt'? [x]",
        ),
        (Problem("a.yml", 0, "", "the file is empty"), "a.yml: the file is empty."),
        (Problem("a.csv", 9, "", "one of the symbols - . x / ..."), "a.csv:9: one of the symbols - . x / ..."),
    ],
)
def test_a_problem_as_text(problem: Problem, text: str) -> None:
    assert str(problem) == text
