"""Goals in a parameters file: each fault is one message with file, line and exit code 10, and what a slice holds."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from transferbuch.editions.goals import check_all_goals, check_goal_values, goals_record
from transferbuch.editions.parameters import Parameters, load_parameters
from transferbuch.editions.plan import Edition
from transferbuch.errors import PersonFileError
from transferbuch.indicators.catalogue import load_indicators
from transferbuch.project import Project
from transferbuch.regions.register import load_register
from transferbuch.transfer.goals import Goal

INDICATORS, REGISTER = load_indicators(), load_register()
LEAVERS = "share_leavers_without_certificate_pct"  # low is good
LUNCH = "share_children_lunch_pct"  # no polarity
JOBLESS = "rate_unemployment_15_25_pct"
TEXT = f"""ags: "15084"
goals:
  - id: abschluesse
    title: Weniger Abgänge ohne Abschluss
    access: public
    target_field: Ergebnisse und Wirkungen
    indicator: {LEAVERS}
    start: {{year: 2020}}
    target: 5.0
    due: 2027-12-31
    measures:
      - text: Schulsozialarbeit
        responsible: Schulamt
        transfer: lotsen
    effects: [{JOBLESS}]
    reviews:
      - {{day: 2024-05-01, by: Steuerungsgruppe, text: Geprüft.}}
  - id: konferenz
    title: Eine Konferenz tagt
    access: internal
    target_field: Prozesse und Strukturen
    measured_by: Protokoll
    readings:
      - {{day: 2024-03-01, state: begonnen}}
    start: {{year: 2023}}
    due: 2026-12-31
  - id: stellen
    title: Mehr Stellen
    access: public
    target_field: Ressourcen
    measured_by: Stellenplan
    unit: Stellen
    readings:
      - {{day: 2024-03-01, value: 2.5}}
    start: {{year: 2023, value: 2}}
    target: 4
    due: 2026-12-31
"""
VALUES = ((LEAVERS, 2020, 8.0, "ok"), (LEAVERS, 2021, None, "secret"), (JOBLESS, 2020, 7.0, "ok"))


def frame(*rows: tuple) -> pd.DataFrame:
    """Values of the municipality 15084: indicator, year, value, status, with intervals of one percentage point."""
    found = pd.DataFrame(rows, columns=["indicator", "year", "value", "status"])
    found["value"] = found["value"].astype(float)
    return found.assign(ags="15084", low=found["value"] - 1, high=found["value"] + 1)


def loaded(tmp_path: Path, text: str = TEXT, audience: str = "internal") -> tuple[Project, dict[str, Parameters]]:
    folder = tmp_path / "parameters"
    folder.mkdir(exist_ok=True)
    (folder / "15084-b.yml").write_text(text, encoding="utf-8")
    project = Project(tmp_path, audience)
    return project, load_parameters(project, REGISTER, set())


def check(tmp_path: Path, text: str, audience: str = "internal", *rows: tuple) -> None:
    """Everything that looks at goals, in the order of a build."""
    project, parameters = loaded(tmp_path, text, audience)
    check_all_goals(project, parameters, INDICATORS, {"lotsen"})
    chosen = parameters["15084"] if audience == "internal" else parameters["15084"].for_public()
    edition = Edition(REGISTER["15084"], chosen, (), audience)
    check_goal_values(project, [edition], INDICATORS, frame(*(rows or VALUES)))


def test_goals_in_order_raise_nothing(tmp_path):
    check(tmp_path, TEXT)
    check(tmp_path, TEXT, "public")


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("    due: 2027-12-31\n", "", 3, ["the key is missing", "add `due:`"]),
        ("2027-12-31", "bald", 10, ["due", "bald"]),
        (LEAVERS, "share_leavers_without_certificat_pct", 7, ["there is no such indicator", f"mean '{LEAVERS}'"]),
        (f"[{JOBLESS}]", "[rate_x]", 15, ["there is no such indicator", "rate_x"]),
        ("target_field: Ressourcen", "target_field: Ressource", 30, ["unknown value", "did you mean 'Ressourcen'"]),
        ("    target: 5.0\n", "    target: 5.0\n    field: Schulen\n", 10, ["unknown value", "Ganztag und Schule"]),
        ("responsible: Schulamt", "responsible: Frau Muster", 13, ["a person's name is not allowed"]),
        ("by: Steuerungsgruppe", "by: Dr. Muster", 17, ["a person's name is not allowed"]),
        ("transfer: lotsen", "transfer: lotse", 14, ["there is no such transfer object", "did you mean 'lotsen'"]),
        ("id: stellen", "id: konferenz", 27, ["two goals have this id", "konferenz"]),
        ("day: 2024-05-01", "day: 2019-05-01", 3, ["a review of 2019-05-01 lies before the start in 2020"]),
        ("{day: 2024-03-01, value", "{day: 2022-03-01, value", 27, ["a reading of 2022-03-01 lies before"]),
        ("due: 2027-12-31", "due: 2020-06-30", 3, ["due in 2020, but sets out only in 2020"]),
        ("year: 2020}", "year: 2020, value: 8}", 3, ["an indicator's values come from the data"]),
        (f"    indicator: {LEAVERS}\n", "", 3, ["an effect is reached shows in an indicator only"]),
        ("    target: 5.0\n", "", 3, ["needs a `target` value"]),
        ("    measured_by: Protokoll\n", "", 18, ["say in `measured_by`"]),
        ("state: begonnen", "state: fast fertig", 24, ["unknown value", "teilweise erreicht"]),
        ("state: begonnen", "state: begonnen, value: 3", 24, ["either `value` or `state`"]),
        ("year: 2023, value: 2}", "year: 2023}", 27, ["readings with numbers need `start.value` and `target`"]),
        ("value: 2}\n    target: 4", "value: 4}\n    target: 4", 27, ["already reached at the start (4, target 4)"]),
        ("    target: 4\n", "    target: 4\n    direction: less\n", 27, ["already reached at the start (2, target 4)"]),
        (LEAVERS, LUNCH, 7, ["this indicator has no polarity", "add `direction:`"]),
        ("    target: 5.0\n", "    target: 9.0\n    direction: more\n", 10, ["goes against the", "`direction_reason`"]),
        ("year: 2020}", "year: 2019}", 8, ["have no 2019 of this indicator for Burgenlandkreis", "one of 2020"]),
        ("target: 5.0", "target: 8.0", 9, ["already reached at the start", "8.0 in 2020, target 8.0"]),
        ("target: 5.0", "target: 9.0", 9, ["polarity calls unfavourable", "`direction_reason`"]),
        ("    target: 5.0\n", "    target: 9.0\n    direction: less\n", 9, ["already reached at the start"]),
    ],
)
def test_each_fault_names_file_and_line(tmp_path, old, new, line, words):
    assert TEXT.count(old) == 1
    with pytest.raises(PersonFileError) as caught:
        check(tmp_path, TEXT.replace(old, new))
    (problem,) = caught.value.problems
    assert caught.value.exit_code == 10 and str(problem).startswith(f"parameters/15084-b.yml:{line}:"), problem
    for word in words:
        assert word in str(problem)


def test_a_goal_against_the_polarity_needs_a_reason(tmp_path):
    text = TEXT.replace(
        "    target: 5.0\n", "    target: 9.0\n    direction: more\n    direction_reason: Sonderfall.\n"
    )
    check(tmp_path, text)


def test_an_indicator_without_a_value_here_is_found_with_the_data(tmp_path):
    with pytest.raises(PersonFileError) as caught:
        check(tmp_path, TEXT, "public", (JOBLESS, 2020, 7.0, "ok"))
    (problem,) = caught.value.problems
    assert str(problem).startswith("parameters/15084-b.yml:7: goals[1].indicator: the data have no value")


def test_a_secret_start_is_no_fault_of_the_file(tmp_path):
    check(tmp_path, TEXT.replace("year: 2020}", "year: 2021}"))


def test_all_faults_of_a_file_at_once(tmp_path):
    text = TEXT.replace("transfer: lotsen", "transfer: x").replace("id: stellen", "id: konferenz")
    with pytest.raises(PersonFileError) as caught:
        check(tmp_path, text.replace(LEAVERS, "share_x"))
    assert [problem.code for problem in caught.value.problems] == [
        "unknown-indicator",
        "unknown-transfer",
        "duplicate-id",
    ]


def test_lines_of_a_public_build_are_those_of_the_whole_file(tmp_path):
    """The internal goal is left out, yet the goal behind it is found where it stands."""
    text = TEXT.replace("  - id: stellen", f"  - id: jugend\n    title: Jugend\n    access: public\n"
                        f"    target_field: Ressourcen\n    indicator: {JOBLESS}\n    start: {{year: 2020}}\n"
                        "    target: 9\n    due: 2026-12-31\n  - id: stellen")  # fmt: skip
    with pytest.raises(PersonFileError, match=r"parameters/15084-b.yml:33: goals\[3\].target: the target lies"):
        check(tmp_path, text, "public")


def test_the_public_has_no_internal_goal_and_no_chapter_for_it(tmp_path):
    _, parameters = loaded(tmp_path)
    chosen = parameters["15084"]
    assert chosen.has("goals") and [goal.id for goal in chosen.goals] == ["abschluesse", "konferenz", "stellen"]
    assert [goal.id for goal in chosen.for_public().goals] == ["abschluesse", "stellen"]
    only_internal = chosen.model_copy(update={"goals": chosen.goals[1:2]})
    assert not only_internal.for_public().has("goals") and not Parameters(ags="15084").has("goals")


def goal(**changes) -> Goal:
    base = {"id": "ziel", "title": "Ziel", "access": "public", "target_field": "Ergebnisse und Wirkungen"}
    base |= {"indicator": LEAVERS, "start": {"year": 2020}, "target": 5.0, "due": date(2025, 12, 31)}
    return Goal(**base | changes)


@pytest.mark.parametrize(
    ("newest", "change"),
    [
        (8.5, "similar"),  # 8.0 ± 1 and 8.5 ± 1: a difference of 0.5 with an interval of ± √2
        (9.4, "similar"),  # 1.4 < √2 = 1.414…
        (9.5, "above"),  # 1.5 > √2
        (6.5, "below"),
        (8.0, "similar"),
    ],
)
def test_whether_the_change_since_the_start_is_beyond_chance(newest, change):
    own = frame((LEAVERS, 2020, 8.0, "ok"), (LEAVERS, 2022, 3.0, "ok"), (LEAVERS, 2024, newest, "ok"))
    (found,) = goals_record([goal()], own, {}, date(2025, 12, 31))
    assert found["changes"] == {LEAVERS: change}


def test_no_change_without_intervals_or_without_a_newer_value():
    own = frame((LEAVERS, 2020, 8.0, "ok"), (LEAVERS, 2024, 3.0, "ok"))
    assert goals_record([goal(start={"year": 2024})], own, {}, date(2025, 1, 1))[0]["changes"] == {}
    assert goals_record([goal()], own.assign(low=None, high=None), {}, date(2025, 1, 1))[0]["changes"] == {}
    assert goals_record([goal(start={"year": 2019})], own, {}, date(2025, 1, 1))[0]["changes"] == {}


def test_of_the_day_a_slice_holds_only_whether_goals_are_past_due():
    own = frame((LEAVERS, 2020, 8.0, "ok"))
    on_the_day, later, much_later = (
        goals_record([goal()], own, {}, day) for day in (date(2025, 12, 31), date(2026, 1, 1), date(2029, 1, 1))
    )
    assert not on_the_day[0]["past_due"] and later[0]["past_due"]
    assert later == much_later


def test_a_measure_brings_the_title_of_its_transfer_object():
    measures = [{"text": "Lotsen", "responsible": "Amt", "transfer": "lotsen"}, {"text": "Räume", "responsible": "Amt"}]
    (found,) = goals_record([goal(measures=measures)], frame(), {"lotsen": "Lotsen in Kitas"}, date(2025, 1, 1))
    assert [one["title"] for one in found["measures"]] == ["Lotsen in Kitas", ""]
