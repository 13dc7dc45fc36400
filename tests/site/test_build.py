"""The whole build on a small project: what is built, kept, left out and never half-written."""

import io
import json
import re
import zipfile

import pandas as pd
import pytest

from tests.site.conftest import write_notebook
from transferbuch.errors import DataRefused, EditionsFailed, PersonFileError, ReleaseRefused, UsageError
from transferbuch.site import build as build_module
from transferbuch.site.build import BuildRequest, build_site, describe_plan
from transferbuch.site.lock import only_build
from transferbuch.site.run import run_notebook


def quiet(done: int, total: int, what: str) -> None:
    """Progress is not what these tests look at."""


def build(project, **wish):
    request = BuildRequest(data="modellregion", out=project.build / "site", workers=2, **wish)
    return build_site(project, request, quiet)


def outcomes(report) -> dict[str, str]:
    return {one.ags: one.outcome for one in report.editions}


@pytest.fixture(scope="module")
def site(small_project):
    """The site with two editions, built once for the tests of this module, which go on from it in order."""
    report = build(small_project, only=("99001", "99052"))
    assert outcomes(report) == {"99001": "ok", "99052": "ok"}
    return small_project.build / "site"


def test_the_output_tree_is_as_documented(site):
    for path in (
        "index.html",
        "glossar.html",
        "transfer/index.html",
        "transfer/jena-integrierte-sozialplanung.html",
        "indikatoren/count_population.html",
        "methodik/daten.html",
        "kommunen/99001/index.html",
        "kommunen/99001/ueberblick.html",
        "daten/datapackage.json",
        "build-report.json",
    ):
        assert (site / path).is_file(), path


def test_editions_share_the_portals_static_files(site):
    assert not (site / "kommunen/99001/_static").exists()
    page = (site / "kommunen/99001/ueberblick.html").read_text(encoding="utf-8")
    assert "../../_static/" in page and 'src="_static/' not in page and 'href="_static/' not in page


def test_every_page_says_that_the_data_are_invented(site):
    pages = [path for path in site.rglob("*.html")]
    assert len(pages) > 80
    for path in pages:
        assert "Modellregion – erfundene Daten" in path.read_text(encoding="utf-8"), path


def test_no_page_and_no_download_names_a_folder_of_this_machine(site, small_project):
    for path in site.rglob("*"):
        if path.is_file() and path.suffix != ".js":
            content = zipfile.ZipFile(path).read("slice/slice.json") if path.suffix == ".zip" else path.read_bytes()
            assert str(small_project.root).encode() not in content, path


def test_nothing_internal_and_no_secret_figure_is_in_any_file_of_the_site(site):
    """Planted in the model region: an internal table with the figures 987651 to 987674, secret grants."""
    traces = re.compile(
        rb"(?<![0-9.,])9876[567][0-9](?![0-9])|Quittengarten|hilfen\.csv|7\.?431\.?289|6\.?218\.?947|\xc3\x9fter Tr"
    )
    for path in site.rglob("*"):
        if not path.is_file():
            continue
        contents = [path.read_bytes()]
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                contents = [archive.read(name) for name in archive.namelist()]
        for content in contents:
            assert not (found := traces.search(content)), (path, found)


def test_the_slice_holds_the_land_and_nothing_of_others(site):
    with zipfile.ZipFile(site / "kommunen/99001/daten/slice.zip") as archive:
        content = json.loads(archive.read("slice/slice.json"))
        values = pd.read_parquet(archive.open("slice/values.parquet"))
    assert content["ags"] == "99001" and content["fictional"] is True
    assert set(values["ags"]) == {"99001", "99", "DG", "VK:99001", *content["peers"]}
    assert "99058" not in content["peers"], "a dissolved Kreis is no peer"


def test_published_values_carry_table_stand_and_file(site):
    values = pd.read_csv(site / "daten/werte.csv", sep=";", decimal=",", dtype={"ags": str, "stand": str})
    one = values[(values["indicator"] == "count_population") & (values["ags"] == "99001") & (values["year"] == 2024)]
    assert len(one) == 1 and one["tables"].item() == "12411-01-01-4" and len(one["stand"].item()) == 10
    assert len(one["files"].item()) == 12


def test_every_column_of_the_published_values_is_explained(site):
    package = json.loads((site / "daten/datapackage.json").read_text(encoding="utf-8"))
    table = next(one for one in package["resources"] if one["path"] == "werte.csv")
    header = (site / "daten/werte.csv").read_text(encoding="utf-8").split("\n", 1)[0].split(";")
    assert [field["name"] for field in table["schema"]["fields"]] == header
    assert all(field["description"] for field in table["schema"]["fields"])


def test_the_report_says_what_happened(site):
    report = json.loads((site / "build-report.json").read_text(encoding="utf-8"))
    first = report["editions"][0]
    assert first["ags"] == "99001" and first["outcome"] == "ok" and first["seconds"] > 0
    assert set(first["notebooks"]) == {"ueberblick"}


def test_nothing_changed_nothing_built(site, small_project):
    before = {path: path.stat().st_mtime_ns for path in site.rglob("*.html")}
    report = build(small_project, only=("99001", "99052"))
    assert outcomes(report) == {"99001": "cached", "99052": "cached"} and report.portal == "up to date"
    assert {path.relative_to(site) for path in before} == {path.relative_to(site) for path in site.rglob("*.html")}


def test_a_dry_run_says_what_would_be_built_and_changes_nothing(site, small_project):
    request = BuildRequest(data="modellregion", out=site, only=("99001", "99061"))
    assert describe_plan(small_project, request) == [
        "build  99061 Landkreis Tannwald-Ellerfurt: 1 chapters, new",
        "cached 99001 Stadt Talbrück: up to date",
    ]
    assert not (site / "kommunen/99061").exists()


def test_only_keeps_the_other_editions_and_forces_when_asked(site, small_project):
    report = build(small_project, only=("99052",), force=True)
    assert outcomes(report) == {"99001": "kept", "99052": "ok"}
    assert (site / "kommunen/99001/index.html").is_file()


def test_a_changed_parameter_rebuilds_only_its_edition(site, small_project):
    path = small_project.parameters / "99052-mittlerer-auenkreis.yml"
    old = path.read_text(encoding="utf-8")
    try:
        path.write_text(old + 'title: "Bildung im Auenkreis"\n', encoding="utf-8")
        report = build(small_project, only=("99001", "99052"))
    finally:
        path.write_text(old, encoding="utf-8")
    assert outcomes(report) == {"99001": "cached", "99052": "ok"}
    assert "Bildung im Auenkreis" in (site / "kommunen/99052/index.html").read_text(encoding="utf-8")


def test_a_changed_own_table_rebuilds_its_edition_and_an_internal_one_none(site, small_project):
    request = BuildRequest(data="modellregion", out=site, only=("99001", "99052"))
    own = small_project.parameters / "99001-talbrueck"
    for name, lines in (
        ("intern/hilfen.csv", ["cached 99001 Stadt Talbrück: up to date"]),
        ("abgaenge.csv", ["build  99001 Stadt Talbrück: 1 chapters, inputs changed"]),
    ):
        old = (own / name).read_bytes()
        try:
            (own / name).write_bytes(old.replace(b"9900101", b"9900108X", 1))
            plan = describe_plan(small_project, request)
        finally:
            (own / name).write_bytes(old)
        assert [line for line in plan if "99001" in line] == lines


def test_a_failing_edition_is_left_out_and_the_others_are_published(site, small_project):
    bad = small_project.notebooks / "zweifel.ipynb"
    write_notebook(bad, "Zweifel", 2, "if ags == '99052':\n    raise ValueError('Wert fehlt')\nprint('gut')")
    try:
        report = build(small_project, only=("99001", "99052"))
        with pytest.raises(EditionsFailed) as failed:
            report.raise_for_failures()
    finally:
        bad.unlink()
    assert failed.value.exit_code == 11
    assert "cell 3: ValueError: Wert fehlt" in str(failed.value)
    assert "transferbuch run notebooks/zweifel.ipynb --ags 99052" in str(failed.value)
    assert (site / "kommunen/99001/zweifel.html").is_file()
    assert not (site / "kommunen/99052").exists()
    assert "99052" not in (site / "index.html").read_text(encoding="utf-8")


def test_a_fault_in_a_persons_file_stops_before_anything_changes(site, small_project):
    before = (site / "build-report.json").read_bytes()
    path = small_project.parameters / "99053-x.yml"
    path.write_text("ags: 99053\n", encoding="utf-8")
    try:
        with pytest.raises(PersonFileError):
            build(small_project, only=("99001",))
    finally:
        path.unlink()
    assert (site / "build-report.json").read_bytes() == before


def test_a_refused_release_leaves_the_old_site(site, small_project, monkeypatch):
    before = (site / "build-report.json").read_bytes()
    from transferbuch.errors import Problem

    monkeypatch.setattr(build_module, "check_site", lambda *_: [Problem("index.html", 1, "", "foreign request")])
    with pytest.raises(ReleaseRefused) as refused:
        build(small_project, only=("99001",), force=True)
    assert refused.value.exit_code == 13
    assert (site / "build-report.json").read_bytes() == before
    assert (small_project.build / "refused" / "index.html").is_file()


def test_two_builds_at_once_do_not_mix_their_slices(site, small_project):
    with only_build(small_project.build), pytest.raises(UsageError) as error:
        build_site(small_project, BuildRequest(data="modellregion", out=site), lambda *_: None)
    assert "another build of this project is running. Do: wait until it has ended" in str(error.value)
    with only_build(small_project.build):
        pass  # free again, also after the refusal


def test_old_pages_are_never_published_for_new_ones(site, small_project, monkeypatch):
    """Somebody empties the cache between the building of an edition and its publication."""
    before = (site / "kommunen" / "99001" / "index.html").read_bytes()
    monkeypatch.setattr(build_module, "find_edition", lambda cache, key: None)
    with pytest.raises(UsageError) as error:
        build_site(small_project, BuildRequest(data="modellregion", out=site, only=("99001",)), lambda *_: None)
    assert "the cache was emptied while the build ran. Do: run the same command again" in str(error.value)
    assert (site / "kommunen" / "99001" / "index.html").read_bytes() == before


def test_a_missing_data_package_is_refused_with_advice(small_project):
    request = BuildRequest(data=str(small_project.root / "nichts"), out=small_project.build / "site")
    with pytest.raises(DataRefused) as refused:
        build_site(small_project, request, quiet)
    assert refused.value.exit_code == 12 and "transferbuch data import" in str(refused.value)


def test_a_researcher_runs_one_notebook_with_the_editions_data(small_project):
    shown = run_notebook(small_project, small_project.notebooks / "ueberblick.ipynb", "99061", None, "modellregion")
    notebook = json.loads((small_project.root / shown).read_text(encoding="utf-8"))
    assert notebook["cells"][-1]["outputs"][0]["text"] == ["Ausgabe 99061\n"]


def test_stadt_and_landkreis_as_one_edition(site, small_project):
    path = small_project.parameters / "99001+99055-talbrueck.yml"
    path.write_text('ags: "99001+99055"\nname: Bildungsregion Talbrück\n', encoding="utf-8")
    notebook = small_project.notebooks / "ueberblick.ipynb"
    kept = notebook.read_bytes()
    text = "from transferbuch.report import open_edition\nedition = open_edition(ags, data)\n"
    text += 'print(edition.intro().plain)\nedition.additions("ueberblick")'
    write_notebook(notebook, "Überblick", 1, text)
    try:
        report = build(small_project, only=("99001+99055", "99001"), force=True)
    finally:
        path.unlink()
        notebook.write_bytes(kept)
    assert outcomes(report)["99001+99055"] == "ok"
    page = (site / "kommunen/99001-99055/ueberblick.html").read_text(encoding="utf-8")
    assert "umfasst die Stadt Talbrück und den Landkreis Talbrück im Modellland" in page
    assert 'href="kommunen/99001-99055/index.html">Bildungsregion Talbrück' in (site / "index.html").read_text("utf-8")
    with zipfile.ZipFile(site / "kommunen/99001-99055/daten/slice.zip") as archive:
        content = json.loads(archive.read("slice/slice.json"))
        values = pd.read_parquet(io.BytesIO(archive.read("slice/values.parquet")))
    assert not {"99001", "99055"} & {*content["peers"], *values["ags"]} and len(content["peers"]) == 11
    published = pd.read_parquet(site / "daten/werte.parquet").query("indicator == 'count_population'")
    people = published.set_index(["ags", "year"])["value"]
    assert people["99001+99055", 2024] > people["99001", 2024] > 0


def test_the_gebietsstand_is_part_of_slice_and_report(site, small_project):
    content = json.loads((small_project.build / "work/99052/slice/slice.json").read_text(encoding="utf-8"))
    assert content["gebietsstand"] == "2025-12-31"
    assert content["formed_from"] == {
        "99052": [],
        "99061": [
            {"ags": "99058", "name": "Oberer Tannwaldkreis", "until": "2016-06-30", "exact": True},
            {"ags": "99059", "name": "Landkreis Ellerfurt", "until": "2016-06-30", "exact": True},
        ],
    }
    assert json.loads((site / "build-report.json").read_text(encoding="utf-8"))["gebietsstand"] == "2025-12-31"
    lines = describe_plan(
        small_project,
        BuildRequest("modellregion", small_project.build / "site", only=("99058",), gebietsstand="2015-12-31"),
    )
    assert lines == ["build  99058 Oberer Tannwaldkreis: 1 chapters, new"]
