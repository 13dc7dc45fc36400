"""What own data leave behind in a slice: a description of the public tables, no figure, nothing of internal ones."""

import json
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

from transferbuch.data.own import OwnTable
from transferbuch.data.store import DataPackage
from transferbuch.editions.areas import load_area_indices
from transferbuch.editions.parameters import load_own_tables, load_parameters
from transferbuch.editions.plan import Edition
from transferbuch.editions.slice import own_data_mark, write_slice
from transferbuch.editions.values import Computed
from transferbuch.indicators.comparison import COMPARISON_COLUMNS
from transferbuch.indicators.compute import VALUE_COLUMNS
from transferbuch.indicators.projection import ASSUMPTION_COLUMNS, BACKTEST_COLUMNS, POPULATION_COLUMNS
from transferbuch.indicators.trend import TREND_COLUMNS
from transferbuch.project import Project
from transferbuch.regions.reforms import DEFAULT_GEBIETSSTAND, Territory
from transferbuch.regions.register import load_register
from transferbuch.report.slice_reader import read_slice

ROOT = Path(__file__).parents[2]
CHAPTERS = {path.stem for path in (ROOT / "notebooks").glob("*.ipynb")}
VALUES = pd.DataFrame({name: pd.Series(dtype=object) for name in (*VALUE_COLUMNS, "kreise", "lower", "equal")})
COMPARISONS = pd.DataFrame({name: pd.Series(dtype=object) for name in COMPARISON_COLUMNS})
TRENDS = pd.DataFrame({name: pd.Series(dtype=object) for name in TREND_COLUMNS})
PEERS = pd.DataFrame({name: pd.Series(dtype=object) for name in ("ags", "rank", "peer", "distance", "chosen")})
OUTLOOK = [
    pd.DataFrame({name: pd.Series(dtype=object) for name in columns})
    for columns in (POPULATION_COLUMNS, BACKTEST_COLUMNS, ("group",), ASSUMPTION_COLUMNS)
]
KINDS = pd.DataFrame({"ags": pd.Series(dtype=object)})


@pytest.fixture
def project(tmp_path) -> Project:
    shutil.copytree(ROOT / "parameters", tmp_path / "parameters")
    return Project(tmp_path)


def internal(project: Project) -> Project:
    return Project(project.root, "internal")


def slice_of(project: Project, ags: str, with_areas: bool = False, own: tuple[OwnTable, ...] = ()) -> Path:
    """A slice without any official figure, so that every number in it would be an own one."""
    register = load_register()
    parameters = load_parameters(project, register, CHAPTERS)
    tables = load_own_tables(project, parameters)
    areas = load_area_indices(project, parameters, tables)[ags] if with_areas else ()
    computed = Computed(VALUES, COMPARISONS, TRENDS, PEERS, KINDS, *OUTLOOK, pd.DataFrame(), ())
    territory = Territory(register, DEFAULT_GEBIETSSTAND)
    folder = project.root / "slice"
    shutil.rmtree(folder, ignore_errors=True)
    package = DataPackage(project.root, ())
    edition = Edition(register[ags], parameters[ags], (), project.audience)
    own = own or tables.get(ags, ())
    write_slice(folder, edition, computed, package, {}, {}, {}, territory, own, areas)
    return folder


def test_public_own_tables_are_described_without_figures(project):
    folder = slice_of(project, "99001")
    described = json.loads((folder / "slice.json").read_text(encoding="utf-8"))["own_data"]
    assert [(one["title"], one["level"], one["areas"], one["periods"][0]) for one in described] == [
        ("Kinder in den Stadtteilen", "stadtteil", 16, "2019"),
        ("Abgänge aus allgemeinbildenden Schulen nach Stadtteil des Wohnorts", "stadtteil", 16, "2019"),
        ("Abgänge nach Stadtteil des Wohnorts, fünf Jahre zusammen", "stadtteil", 16, "2023"),
        ("Soziale Lage in den Stadtteilen", "stadtteil", 16, "2022"),
        ("Grundschulen", "schule", 42, "2021/22"),
    ]
    assert set(described[0]) == {
        "title", "measures", "level", "areas", "periods", "source", "stand", "licence", "access",
    }  # fmt: skip
    assert {one["access"] for one in described} == {"public"}
    assert [one.title for one in read_slice(folder).own_data] == [one["title"] for one in described]


def test_no_own_figure_no_area_and_nothing_internal_gets_into_a_slice(project):
    own = load_own_tables(internal(project), load_parameters(project, load_register(), set()))["99001"]
    content = b"".join(path.read_bytes() for path in slice_of(project, "99001").iterdir())
    text = content.decode("utf-8", "replace")
    for table in own:
        assert table.file_sha256[:12] not in text
        rows = table.rows
        wanted = {str(int(value)) for value in rows.loc[rows["status"] == "ok", "value"] if value > 9999}
        for trace in {*rows["area"], *filter(None, rows["area_name"]), *wanted}:
            assert trace not in text, trace
    hidden = [one for one in own if not one.is_public]
    assert len(hidden) == 1 and hidden[0].rows["value"].min() == 987_651
    for trace in ("98765", "98766", "Quittengarten", "hilfen", "Hilfen", "intern", "Jugendamt", "cases"):
        assert trace not in text, trace


def test_the_fingerprint_follows_public_tables_and_their_mapping_only(project):
    def mark() -> str:
        own = load_own_tables(project, load_parameters(project, load_register(), set()))
        return own_data_mark(own["99001"], project.root / "cache")

    first = mark()
    assert first == mark() and len(first) == 64
    folder = project.parameters / "99001-talbrueck"
    internal = folder / "intern" / "hilfen.csv"
    internal.write_text(internal.read_text(encoding="utf-8").replace("987651", "987699"), encoding="utf-8")
    assert mark() == first
    public = folder / "abgaenge.csv"
    public.write_text(public.read_text(encoding="utf-8").replace(";89;9\n", ";89;10\n"), encoding="utf-8")
    second = mark()
    assert second != first
    yaml = project.parameters / "99001-talbrueck.yml"
    yaml.write_text(
        yaml.read_text(encoding="utf-8").replace("stand: 2025-03-31", "stand: 2025-04-01"), encoding="utf-8"
    )
    assert mark() not in (first, second)


def test_the_fingerprint_cannot_be_recomputed_elsewhere(project):
    """Small counts could be tried out by it: the build report is published."""
    own = load_own_tables(project, load_parameters(project, load_register(), set()))["99001"]
    assert own_data_mark(own, project.root / "one") != own_data_mark(own, project.root / "other")
    assert own_data_mark((), project.root / "one") == ""


def test_an_internal_slice_describes_internal_tables_too_and_a_public_one_refuses_them(project):
    folder = slice_of(internal(project), "99001")
    content = json.loads((folder / "slice.json").read_text(encoding="utf-8"))
    assert content["audience"] == "internal" and content["own_data"][-1]["access"] == "internal"
    assert content["own_data"][-1]["title"] == "Vertrauliche Planung Quittengarten"
    assert "987651" not in (folder / "slice.json").read_text(encoding="utf-8"), "figures wait for disclosure control"
    own = load_own_tables(internal(project), load_parameters(project, load_register(), set()))["99001"]
    with pytest.raises(ValueError, match="public edition was handed something internal"):
        slice_of(project, "99001", own=own)


def test_an_index_brings_names_and_classes_of_areas_into_the_slice_and_no_figure(project):
    own = load_own_tables(project, load_parameters(project, load_register(), set()))["99001"]
    folder = slice_of(project, "99001", with_areas=True)
    text = "\n".join(path.read_bytes().decode("utf-8", "replace") for path in folder.iterdir())
    assert [one.title for one in read_slice(folder).areas] == [
        "Soziale Belastung der Stadtteile",
        "Statusindex der Stadtteile",
    ]
    for table in own:
        rows = table.rows
        wanted = {str(int(value)) for value in rows.loc[rows["status"] == "ok", "value"] if value > 9999}
        for trace in {*rows["area"], *wanted, table.file_sha256[:12]}:
            assert not re.search(rf"(?<!\d){trace}(?!\d)", text), trace
    for trace in ("98765", "Quittengarten", "hilfen", "intern"):
        assert trace not in text, trace


def test_a_figure_that_only_the_table_holds_does_not_change_the_slice(project):
    def content() -> bytes:
        return b"".join(path.read_bytes() for path in sorted(slice_of(project, "99001").iterdir()))

    before = content()
    path = project.parameters / "99001-talbrueck" / "stadtteile.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(";16224;", ";16225;"), encoding="utf-8")
    assert content() == before
