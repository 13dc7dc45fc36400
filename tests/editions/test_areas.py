"""Indices in parameters: faults a person is told, what is computed from own tables, what stays out of a slice."""

import json
import re
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely

from transferbuch.editions.outlines import simplified
from transferbuch.editions.own_figures import own_inputs, protect_own
from transferbuch.editions.parameters import load_own_tables, load_parameters
from transferbuch.errors import PersonFileError
from transferbuch.project import Project
from transferbuch.regions.register import load_register
from transferbuch.report.area_model import AreaIndex, areas_text, read_areas

ROOT = Path(__file__).parents[2]
REGISTER = load_register()
TALBRUECK = "99001-talbrueck"


@pytest.fixture
def project(tmp_path) -> Project:
    shutil.copytree(ROOT / "parameters", tmp_path / "parameters")
    return Project(tmp_path)


def indices_of(project: Project, ags: str = "99001") -> tuple[AreaIndex, ...]:
    parameters = load_parameters(project, REGISTER, set())
    given = own_inputs(project, load_own_tables(project, parameters), None)
    return protect_own(project, parameters, given).areas[ags]


def changed(project: Project, *changes: tuple[str, str], file: str = f"{TALBRUECK}.yml") -> Project:
    path = project.parameters / file
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")
    return project


def fault(project: Project, *changes: tuple[str, str], file: str = f"{TALBRUECK}.yml") -> str:
    with pytest.raises(PersonFileError) as caught:
        indices_of(changed(project, *changes, file=file))
    return str(caught.value)


# --- what is computed ---


def test_the_load_index_equals_one_computed_by_hand_from_the_file(project):
    load = indices_of(project)[0]
    raw = pd.read_csv(
        project.parameters / TALBRUECK / "sozialraum.csv", sep=";", decimal=",", dtype={"Stadtteil-Nr.": str}
    )
    raw = raw[(raw["Jahr"] == 2024) & (raw["Einwohner"] >= 300)].set_index("Stadtteil")
    numbers = raw.drop(columns=["Jahr", "Stadtteil-Nr.", "Einwohner"])
    z = (numbers - numbers.mean()) / numbers.std(ddof=0)
    z[["Kita-Plätze je 100 Kinder", "Kinder im Sportverein %"]] *= -1
    domains = [
        z[["SGB II %", "Arbeitslose %"]],
        z[["Alleinerziehende %", "Haushalte mit drei und mehr Kindern %"]],
        z[["Ausländische Bevölkerung %", "Nichtdeutsche Familiensprache %"]],
        z[["Kita-Plätze je 100 Kinder", "Kinder im Sportverein %"]],
    ]
    expected = sum(domain.mean(axis=1) for domain in domains) / 4
    found = {one.name: one.value for one in load.filled}
    assert found == pytest.approx(expected.to_dict(), abs=0.00501)
    types = pd.qcut(expected, 5, labels=False) + 1
    assert {one.name: one.kind for one in load.filled} == types.to_dict()
    shares = (100 * raw.groupby(types)["Einwohner"].sum() / raw["Einwohner"].sum()).round()
    assert list(load.people) == shares.tolist()


def test_a_small_area_stays_empty_with_its_reason(project):
    (small,) = [one for one in indices_of(project)[0].areas if one.value is None]
    assert (small.name, small.kind, small.reason) == ("Schleuseninsel", None, "small")


def test_the_minimum_may_be_lowered_but_not_below_30(project):
    changed(project, ("minimum_population: 300", "minimum_population: 200"))
    assert all(one.value is not None for one in indices_of(project)[0].areas)
    assert "minimum_population" in fault(project, ("minimum_population: 200", "minimum_population: 29"))


def test_the_participation_index_runs_from_0_to_1_and_needs_30_children(project):
    (index,) = indices_of(project, "99002")
    raw = pd.read_csv(project.parameters / "99002-seefurt" / "sprengel.csv", sep=";", decimal=",", encoding="cp1252")
    raw = raw[raw["Schuljahr"] == "2024/25"].set_index("Bezeichnung")
    few = raw["Kinder zur Einschulung"] < 30
    assert {one.name for one in index.areas if one.reason == "few"} == set(raw.index[few]) and few.any()
    raw = raw[~few]
    starters = raw["Kinder zur Einschulung"].astype(float)

    def scaled(values: pd.Series) -> pd.Series:
        return (values - values.min()) / (values.max() - values.min())

    poor = 1 - scaled(raw["SGB II %"])
    care = scaled(raw["Kita mindestens drei Jahre"].astype(float) / starters)
    language = 1 - scaled(raw["Nichtdeutsche Familiensprache"].astype(float) / starters)
    expected = (2 * poor + care + language) / 4
    assert {one.name: one.value for one in index.filled} == pytest.approx(expected.to_dict(), abs=0.00501)
    assert all(0 <= one.value <= 1 for one in index.filled)


def test_a_secret_cell_leaves_its_area_empty_and_names_the_variable(project):
    path = project.parameters / TALBRUECK / "sozialraum.csv"
    path.write_text(re.sub(r"(2024;9900105;Lohberg;\d+);[\d,]+", r"\1;.", path.read_text(encoding="utf-8")), "utf-8")
    (lohberg,) = [one for one in indices_of(project)[0].areas if one.name == "Lohberg"]
    assert (lohberg.value, lohberg.reason) == (None, "missing")
    assert lohberg.missing == ("Kinder in SGB-II-Bedarfsgemeinschaften",)


def test_outcomes_by_type_equal_sums_of_the_file(project):
    load = indices_of(project)[0]
    raw = pd.read_csv(project.parameters / TALBRUECK / "abgaenge_fuenf_jahre.csv", sep=";", dtype=str)
    names = pd.read_csv(project.parameters / TALBRUECK / "stadtteile.csv", sep=";", dtype=str)
    by_name = dict(zip(names["Stadtteil-Nr."], names["Stadtteil"], strict=True))
    kinds = {one.name: one.kind for one in load.areas}
    raw["kind"] = raw["Stadtteil-Nr."].map(by_name).map(kinds)
    sums = raw.dropna().assign(a=raw["Abgänge"].astype(int), o=raw["ohne Abschluss"].astype(int)).groupby("kind").sum()
    (outcome,) = load.outcomes
    shown = {one.kind: one.value for one in outcome.types if one.value is not None}
    assert len(shown) == 4
    assert shown == pytest.approx({kind: 100 * sums.at[kind, "o"] / sums.at[kind, "a"] for kind in shown}, abs=0.0501)
    # Schleuseninsel has no type; it would follow from the official figure of the town if all types were shown
    assert [one.hidden for one in outcome.types if one.value is None] == ["protects"]


# --- what gets into a slice ---


def test_a_slice_holds_no_figure_behind_an_index(project):
    indices = indices_of(project)
    text = areas_text(indices)
    own = load_own_tables(project, load_parameters(project, REGISTER, set()))["99001"]
    for table in own:
        assert table.file_sha256[:12] not in text
        for key in set(table.rows["area"]):
            assert f'"{key}"' not in text and "99001" not in text
    content = json.loads(text)
    for index in content["indices"]:
        for area in index["areas"]:
            area.pop("outline")
            assert set(area) == {"name", "value", "kind", "reason", "missing"}
            assert area["value"] is None or round(area["value"], 2) == area["value"]
        for outcome in index["outcomes"]:
            for one in outcome["types"]:
                assert set(one) == {"kind", "areas", "value", "low", "high", "hidden"}
                assert all(one[key] is None or round(one[key], 1) == one[key] for key in ("value", "low", "high"))
                assert one["value"] is None or one["areas"] >= 3
    figures = re.findall(r"-?\d+\.\d+", json.dumps(content))
    assert max(len(one.split(".")[1]) for one in figures) <= 2, "no number is exact enough to find counts by"


def test_what_is_written_is_read_again(project, tmp_path):
    indices = indices_of(project)
    (tmp_path / "areas.json").write_text(areas_text(indices), encoding="utf-8")
    assert read_areas(tmp_path) == indices
    assert read_areas(tmp_path / "other") == ()


# --- outlines ---


def test_simplified_neighbours_have_no_gap_and_keep_their_aspect():
    rng = np.random.default_rng(5)
    middle = [(8.5 + 0.0004 * rng.normal(), 50 + y / 200) for y in range(41)]
    west = shapely.Polygon([(8.3, 50), *middle, (8.3, 50.2)])
    east = shapely.Polygon([(8.7, 50), *middle, (8.7, 50.2)])
    left, right = simplified([west, east])
    assert len(left.exterior.coords) < len(west.exterior.coords)
    assert left.union(right).area == pytest.approx(left.area + right.area)
    assert shapely.coverage_is_valid([left, right])
    low_x, low_y, high_x, high_y = shapely.total_bounds([left, right])
    # 0.4 degrees of longitude at 50 degrees north are 28.7 km, 0.2 degrees of latitude 22.2 km
    assert (high_x - low_x) / (high_y - low_y) == pytest.approx(2 * np.cos(np.radians(50.1)))
    assert high_x - low_x == pytest.approx(1000)


# --- faults ---


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("    table: sozialraum ", "    table: sozialräume ", "indices[1].table"),
        ("    table: sozialraum ", "    table: sozialraeume ", "did you mean 'sozialraum'?"),
        ("    table: sozialraum ", "    table: hilfen ", "the table is internal; an index is published"),
        ("population: population ", "population: people ", "the table sozialraum has no such column (people)"),
        ("population: population ", "population: unemployed ", "unemployed is no count (share)"),
        ("measure: child_poverty,", "measure: child_povertie,", "did you mean 'child_poverty'?"),
        ("measure: child_poverty,", "measure: population,", "a count grows with the area"),
        ("measure: child_poverty,", "measure: unemployed,", "this variable is already in the index (unemployed)"),
        ("orientation: load, domain", "orientation: high, domain", "one of load, good"),
        ("orientation: load, domain", "orientation: load, weight: 0, domain", "weight"),
        ('domain: "Familien"}', "}", "needs the `domain` of every variable"),
        ("method: load_types", "method: load_type", "did you mean 'load_types'?"),
        ("method: load_types", "method: load_types\n    high: good", "already says `high`"),
        ("    method: load_types  ", "    # none", "without a `method` the index needs `high`"),
        ('    period: "2024"\n    population', '    period: "2031"\n    population', "has no such period (2031)"),
        ('    period: "2024"\n    population', '    period: "24"\n    population', "a period is a year"),
        ("classes: {rule: quantile, ", "classes: {", "either a `rule`"),
        ("cuts: [{at: -1}, {at: 1},", "cuts: [{at: 1}, {at: -1},", "thresholds ascend"),
        ("{at: 1.5}]", "{at: 1.5}, {at: 2}]", "4 classes have 3 thresholds"),
        ("{at: 1.5}]", "{at: 1.555}]", "at most 2 decimals"),
        ("table: abgaenge_fuenf_jahre", "table: grundschulen", "a table of the level schule for areas of stadtteil"),
        ("        measure: without\n", "        measure: withot\n", "did you mean 'without'?"),
        ("        denominator: leavers\n", "", "a count grows with the area"),
        ("  - id: status\n", "  - id: belastung\n", "this id is already taken (belastung)"),
        ("    minimum_population: 300\n", "    minimum_population: 99999\n", "too few for these classes"),
        ("    minimum_population: 300\n", "    minimum_people: 300\n", "unknown key"),
    ],
)
def test_faults_name_place_and_cure(project, old, new, message):
    text = fault(project, (old, new))
    assert message in text and f"parameters/{TALBRUECK}.yml:" in text


def test_an_outcome_is_compared_once_and_needs_the_areas_of_the_index(project):
    outcomes = (project.parameters / f"{TALBRUECK}.yml").read_text(encoding="utf-8")
    outcomes = outcomes[outcomes.index("    outcomes:") : outcomes.index("  - id: status")]
    last = '"Status sehr niedrig"]\n'
    assert "two tables could give a single area away" in fault(project, (last, last + outcomes))
    changed(project, (last + outcomes, last))
    table = project.parameters / TALBRUECK / "abgaenge_fuenf_jahre.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("9900105;", "9900125;"), encoding="utf-8")
    assert "has areas that the index does not have: 9900125" in fault(project)


def test_all_faults_of_all_indices_come_at_once(project):
    lone = "      - {measure: lone_parents, orientation: load}\n"
    other = lone.replace("lone_parents", "foreigners")
    text = fault(project, ("measure: child_poverty,", "measure: povertie,"), (lone, other))
    assert "povertie" in text and "foreigners" in text


def test_a_variable_that_is_the_same_everywhere_is_named(project):
    path = project.parameters / TALBRUECK / "sozialraum.csv"
    lines = path.read_text(encoding="utf-8").split("\n")
    same = [";".join([*line.split(";")[:-1], "50,0"]) if line.startswith("2024") else line for line in lines]
    path.write_text("\n".join(same), "utf-8")
    assert "sports: the same in all areas" in fault(project)


def test_two_variables_are_too_few_to_hide_the_figures_behind_them(project):
    assert "variables" in fault(project, ("      - {measure: lone_parents, orientation: load}\n", ""))


def test_no_message_names_another_internal_table(project):
    text = fault(project, ("    table: sozialraum ", "    table: hilfe "))
    assert "hilfen" not in text and "there is no own table with this id (hilfe)" in text


def test_a_chapter_of_areas_needs_an_index(project):
    changed(project, ("fields:", "chapters: [ueberblick, sozialraeume]\nfields:"), file="99052-mittlerer-auenkreis.yml")
    with pytest.raises(PersonFileError, match="this chapter needs an index of small areas"):
        load_parameters(project, REGISTER, {"ueberblick", "sozialraeume"}, needs={"sozialraeume": "areas"})


def test_profiles_of_gemeinden_need_a_table_of_them(project):
    known, needs = {"ueberblick", "gemeindeprofile"}, {"gemeindeprofile": "gemeinden"}
    changed(project, ("own_data:", "chapters: [gemeindeprofile]\nown_data:"), file="99057-region-ohsetal.yml")
    assert load_parameters(project, REGISTER, known, needs=needs)["99057"].chapters == ("gemeindeprofile",)
    changed(project, ("own_data:", "chapters: [gemeindeprofile]\nown_data:"), file="99002-seefurt.yml")
    with pytest.raises(PersonFileError) as caught:
        load_parameters(project, REGISTER, known, needs=needs)
    message = str(caught.value)
    assert message.startswith(
        "parameters/99002-seefurt.yml:4: chapters: this chapter needs an own table of level gemeinde"
    )
    assert "add one to `own_data`, or remove the chapter" in message
