"""What own data leave behind in a slice: public tables without their secret figures, nothing of internal ones."""

import dataclasses
import json
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

from transferbuch.data.store import DataPackage
from transferbuch.editions.fingerprints import tree_hash
from transferbuch.editions.matches import matcher_of
from transferbuch.editions.own_figures import own_inputs, protect_own, published_cells
from transferbuch.editions.parameters import find_kreis, load_own_tables, load_parameters
from transferbuch.editions.plan import Edition
from transferbuch.editions.slice import write_slice
from transferbuch.editions.values import Computed
from transferbuch.indicators.comparison import COMPARISON_COLUMNS
from transferbuch.indicators.compute import VALUE_COLUMNS
from transferbuch.indicators.groups import CONTEXT_COLUMNS
from transferbuch.indicators.projection import ASSUMPTION_COLUMNS, BACKTEST_COLUMNS, POPULATION_COLUMNS
from transferbuch.indicators.trend import TREND_COLUMNS
from transferbuch.project import Project
from transferbuch.regions.keys import BUND, group_key
from transferbuch.regions.reforms import DEFAULT_GEBIETSSTAND, Territory
from transferbuch.regions.register import load_register
from transferbuch.report import open_edition
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
CONTEXT = pd.DataFrame({name: pd.Series(dtype=object) for name in CONTEXT_COLUMNS})


@pytest.fixture
def project(tmp_path) -> Project:
    shutil.copytree(ROOT / "parameters", tmp_path / "parameters")
    return Project(tmp_path)


def internal(project: Project) -> Project:
    return Project(project.root, "internal")


def slice_of(
    project: Project,
    ags: str,
    with_areas: bool = False,
    audience: str = "",
    for_public: bool = False,
    **known: pd.DataFrame,
) -> Path:
    """A slice without any official figure, so that every number in it would be an own one."""
    register = load_register()
    parameters = load_parameters(project, register, CHAPTERS)
    if for_public:  # as a build loads them for the public
        parameters = {ags: one.for_public() for ags, one in parameters.items()}
    own = protect_own(project, parameters, own_inputs(project, load_own_tables(project, parameters), None))
    areas = own.areas[ags] if with_areas else ()
    computed = Computed(
        VALUES, COMPARISONS, TRENDS, PEERS, KINDS, CONTEXT, *OUTLOOK, pd.DataFrame(), pd.DataFrame(), ()
    )
    computed = dataclasses.replace(computed, **known)
    territory = Territory(register, DEFAULT_GEBIETSSTAND)
    folder = project.root / "slice"
    shutil.rmtree(folder, ignore_errors=True)
    package = DataPackage(project.root, ())
    chosen = parameters[ags].model_copy(update={"overruled": ()})  # it names an indicator, and there is none here
    edition = Edition(find_kreis(ags, parameters, register), chosen, (), audience or project.audience)
    write_slice(
        folder,
        edition,
        computed,
        package,
        {},
        {},
        matcher_of({}, computed, register),
        territory,
        own.tables_of(ags),
        areas,
    )
    return folder


def test_public_own_tables_are_described_and_their_open_figures_are_there(project):
    folder = slice_of(project, "99001")
    described = json.loads((folder / "slice.json").read_text(encoding="utf-8"))["own_data"]
    assert [(one["title"], one["level"], one["areas"], one["periods"][0]) for one in described[:3]] == [
        ("Kinder in den Stadtteilen", "stadtteil", 16, "2019"),
        ("Abgänge aus allgemeinbildenden Schulen nach Stadtteil des Wohnorts", "stadtteil", 16, "2019"),
        ("Abgänge nach Stadtteil des Wohnorts, fünf Jahre zusammen", "stadtteil", 16, "2023"),
    ]
    assert {one["access"] for one in described} == {"public"}
    assert {"file", "key", "threshold", "official", "dominance", "largest", "boundaries"}.isdisjoint(described[0])
    tables = {one.id: one for one in read_slice(folder).own_data}
    assert tables["stadtteile"].cells["2019", "9900101", "population"] == (16224.0, "ok", "16224")
    assert tables["abgaenge"].cells["2019", "9900116", "leavers"] == (None, "secret", ".")
    assert tables["abgaenge"].names["9900116"] == "Schleuseninsel"  # named in another table of the same areas


COMBINED = """
ags: "99002+99057"
name: "Bildungsregion Küste und Ohsetal"
own_data:
  - id: kinder
    title: "Kinder in Vereinen"
    file: kinder.csv
    access: public
    level: gemeinde
    key: "AGS"
    name: "Gemeinde"
    period: "Jahr"
    source: "Jugendämter"
    stand: 2025-01-31
    licence: "CC BY 4.0"
    columns: &kinder
      - {column: "Kinder", id: children, label: "Kinder im Verein", unit: Kinder, kind: count}
  - id: kreise
    title: "Kinder in Vereinen, Kreise"
    file: kreise.csv
    access: public
    level: kreis
    key: "AGS"
    period: "Jahr"
    source: "Jugendämter"
    stand: 2025-01-31
    licence: "CC BY 4.0"
    columns: *kinder
"""


def test_a_combined_territory_has_profiles_of_its_gemeinden_too(project):
    (project.root / "parameters" / "99002+99057-kueste.yml").write_text(COMBINED.lstrip(), encoding="utf-8")
    folder = project.root / "parameters" / "99002+99057-kueste"
    folder.mkdir()
    rows = ["99002000;Seefurt;60", "99057001;Ohsewerder;40", "99057002;Achterholm;2", "99057003;Bruchdamm;11"]
    text = "\n".join(f"2024;{row}" for row in [*rows, "99057004;Dreiwarften;17"])
    (folder / "kinder.csv").write_text(f"Jahr;AGS;Gemeinde;Kinder\n{text}\n", encoding="utf-8")
    (folder / "kreise.csv").write_text("Jahr;AGS;Kinder\n2024;99002;60\n2024;99057;70\n", encoding="utf-8")
    edition = open_edition("99002+99057", slice_of(project, "99002+99057"))
    # the two of Achterholm would follow from the 70 of Ohsetal: the smallest other Gemeinde there hides them
    assert edition.gemeinden().overview().plain.split("\n")[1:8] == [
        "Gemeinde | Kreis | Kinder im Verein, 2024",
        "Achterholm | Region Ohsetal | .",
        "Bruchdamm | Region Ohsetal | .",
        "Dreiwarften | Region Ohsetal | 17",
        "Ohsewerder | Region Ohsetal | 40",
        "Seefurt | Stadt Seefurt | 60",
        "Alle Gemeinden der Tabelle |  | .",
    ]
    profiles = edition.gemeinden().profiles().plain
    assert "Schlüssel 99057002, Region Ohsetal." in profiles and "Geheim für 2024: „Kinder im Verein“." in profiles
    assert "Kinder im Verein | 40 | 70 (davon hier 57,1\u00a0%)" in profiles


def test_no_secret_figure_and_nothing_internal_gets_into_a_slice(project):
    folder = slice_of(project, "99001")
    secret = ("7431289", "7120463", "6218947", "5930158")  # amounts and what the largest organisation holds of them
    texts = [path.read_text(encoding="utf-8") for path in folder.glob("*.json")]
    frames = [pd.read_parquet(path) for path in folder.glob("*.parquet")]
    texts += ["\n".join(map(str, frame[name].tolist())) for frame in frames for name in frame]
    for text in texts:
        for trace in (*secret, "98765", "98766", "Quittengarten", "hilfen", "Hilfen", "intern", "Jugendamt"):
            assert trace not in text, trace
    for path in folder.iterdir():
        for trace in (*secret, "Quittengarten", "größter"):
            assert trace.encode() not in path.read_bytes(), trace
    own = load_own_tables(internal(project), load_parameters(project, load_register(), set()))["99001"]
    raw = {(row.dataset, row.measure, row.area, row.period): row for one in own for row in one.rows.itertuples()}
    shown = published_cells([folder])
    small = [
        name
        for name, row in raw.items()
        if row.unit == "Personen" and row.status == "ok" and row.value in (1, 2) and row.access == "public"
    ]
    assert len(small) >= 6 and {shown[name] for name in small} == {"."}
    assert not any(table.file_sha256[:12] in text for table in own for text in texts)


def test_the_fingerprint_of_a_slice_follows_public_tables_only(project):
    def mark() -> str:
        return tree_hash(slice_of(project, "99001"))

    first = mark()
    folder = project.parameters / "99001-talbrueck"
    internal = folder / "intern" / "hilfen.csv"
    internal.write_text(internal.read_text(encoding="utf-8").replace("987651", "987699"), encoding="utf-8")
    assert mark() == first
    # one secret figure in place of another one: readers must not see that anything changed
    secret = folder / "zuschuesse.csv"
    secret.write_text(
        secret.read_text(encoding="utf-8").replace("7431289;7120463", "7431289;7120464"), encoding="utf-8"
    )
    assert mark() == first
    public = folder / "abgaenge.csv"
    public.write_text(public.read_text(encoding="utf-8").replace(";89;9\n", ";89;10\n"), encoding="utf-8")
    assert mark() != first


def test_an_internal_slice_holds_internal_tables_too_and_a_public_one_refuses_them(project):
    folder = slice_of(internal(project), "99001")
    content = json.loads((folder / "slice.json").read_text(encoding="utf-8"))
    assert content["audience"] == "internal"
    [described] = [one for one in content["own_data"] if one["access"] == "internal"]
    assert described["title"] == "Vertrauliche Planung Quittengarten"
    assert {one.id: one for one in read_slice(folder).own_data}["hilfen"].cells["2022", "9900101", "cases"][0] == 987651
    with pytest.raises(ValueError, match="public edition was handed something internal"):
        slice_of(internal(project), "99001", audience="public")


def test_an_index_brings_names_and_classes_of_areas_into_its_file_and_no_figure(project):
    own = load_own_tables(project, load_parameters(project, load_register(), set()))["99001"]
    folder = slice_of(project, "99001", with_areas=True)
    text = (folder / "areas.json").read_text(encoding="utf-8")
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


def test_a_public_slice_holds_no_internal_goal(project):
    yaml = project.parameters / "99001-talbrueck.yml"
    hidden = yaml.read_text(encoding="utf-8").replace(
        'id: bildungsberatung\n    title: "Bildungsberatung ist auf Dauer gesichert"\n    access: public',
        'id: quxziel\n    title: "Quxabsicht"\n    access: internal',
    )
    yaml.write_text(hidden, encoding="utf-8")
    with pytest.raises(ValueError, match="public edition was handed something internal"):
        slice_of(project, "99001")
    folder = slice_of(project, "99001", for_public=True)
    goals = [one.id for one in read_slice(folder).goals]
    assert goals == ["abgaenge-ohne-abschluss", "mittagessen-in-kitas", "ganztag-fuer-schulkinder", "bildungskonferenz"]
    assert not any(b"qux" in path.read_bytes().lower() for path in folder.iterdir())
    assert [one.id for one in read_slice(slice_of(internal(project), "99001")).goals] == [*goals, "quxziel"]


def test_the_place_among_all_kreise_is_in_a_slice_only_where_pages_tell_it(project):
    """A corrected figure of one Kreis moves the places of many others; editions that do not show them stay."""
    own, group, peer, of_land, other = "99001", group_key("99001"), "99052", "99002", "context"
    rows = [
        {"indicator": indicator, "ags": ags, "year": 2024, "value": 1.0, "status": "ok", "kreise": 12, "lower": 5}
        for indicator in ("share_of_something_pct", other)
        for ags in (own, "99", BUND, group, peer, of_land)
    ]
    texts = dict.fromkeys(("time", "tables", "files", "stand", "territory"), "")
    found = pd.DataFrame([{**dict.fromkeys(VALUES.columns), **texts, **row, "equal": 0} for row in rows])
    peers = pd.DataFrame([{"ags": own, "rank": 1, "peer": peer, "distance": 0.5, "chosen": False}])
    kinds = pd.DataFrame(
        [{"ags": own, "type_label": "", "name": "", "size": 0, "between": "", "missing": 0, "variables": other}]
    ).assign(years="2024")
    folder = slice_of(project, own, values=found, peers=peers, kinds=kinds)

    written = pd.read_parquet(folder / "values.parquet").set_index(["indicator", "ags"])["lower"]
    told = set(written.index[written.notna()])
    assert told == {(one, ags) for one in ("share_of_something_pct", other) for ags in (own, "99", BUND, group)} | {
        (other, peer)
    }
    assert written.drop(list(told)).isna().all() and len(written) == len(rows)
    values = read_slice(folder).values
    assert (values(other, peer)[2024].lower, values(other, of_land)[2024].lower) == (5, 0)
    assert values("share_of_something_pct", peer)[2024].percentile is None
