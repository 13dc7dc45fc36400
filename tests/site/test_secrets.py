"""Planted in the model region's own tables: amounts that nearly all belong to one organisation. They are in no file."""

import csv
import shutil
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from tests.site.planted import Search, copy_project
from transferbuch.errors import ReleaseRefused
from transferbuch.project import Project
from transferbuch.site.build import BuildRequest, build_site
from transferbuch.site.secrecy_report import audit_release

SECRETS = {"grants 2023": 7431289, "largest 2023": 7120463, "grants 2024": 6218947, "largest 2024": 5930158}


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Project:
    root = copy_project(tmp_path_factory.mktemp("geheim"))
    chapter = Path(__file__).parents[2] / "notebooks" / "sozialraeume.ipynb"
    (root / "notebooks" / chapter.name).write_bytes(chapter.read_bytes())
    return Project(root)


@pytest.fixture(scope="module")
def site(project) -> Path:
    out = project.build / "site"
    report = build_site(project, BuildRequest("modellregion", out, only=("99001",), workers=1), lambda *_: None)
    report.raise_for_failures()
    assert "nothing can be found out" in report.secrecy and report.secrecy.startswith("17 secret numbers")
    return out


def search() -> Search:
    found = Search([])
    found.texts, found.numbers = {}, SECRETS
    return found


def test_no_secret_amount_is_in_any_file_of_site_slices_caches_and_notebooks(site, project):
    assert (project.build / "cache").is_dir() and list(project.build.rglob("own.parquet"))
    assert search().inside(project.build) == {}


def test_the_same_search_finds_them_in_the_tables_that_were_handed_in(project):
    assert search().inside(project.parameters).keys() == SECRETS.keys()


def test_the_page_shows_a_dot_for_the_secret_and_for_what_hides_it(site):
    soup = BeautifulSoup((site / "kommunen/99001/eigene-daten.html").read_text(encoding="utf-8"), "html.parser")
    [grants] = [one for one in soup.find_all("table") if "Jugendbildung, 2024" in one.caption.text]
    cells = {row.th.text: row.td.text for row in grants.tbody.find_all("tr")}
    assert len(cells) == 16 and cells["Ostfeld"] == "." and list(cells.values()).count(".") == 2
    assert cells["Brückenaltstadt"] == "279.250"


def test_the_download_has_open_figures_and_dots(site):
    with (site / "kommunen/99001/daten/eigene-daten.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    of_leavers = {
        (row["zeitraum"], row["gebiet"]): row
        for row in rows
        if row["merkmal"] == "Abgänge insgesamt" and "fünf" not in row["datensatz"]
    }
    assert of_leavers["2019", "Brückenaltstadt"]["wert"] == "89"
    one = of_leavers["2019", "Schleuseninsel"]  # one person in the file
    assert (one["wert"], one["zeichen"]) == ("", ".")


def test_a_secret_that_an_earlier_release_shows_stops_the_build_and_the_old_site_stays(site, project):
    before = (site / "build-report.json").read_bytes()
    folder = project.parameters / "99001-talbrueck" / "veroeffentlicht"
    folder.mkdir()
    try:
        text = "tabelle;merkmal;gebiet;zeitraum;wert\nzuschuesse;grants;9900112;2024;6218947\n"
        (folder / "2026-01-01.csv").write_text(text, encoding="utf-8")
        with pytest.raises(ReleaseRefused) as refused:
            build_site(project, BuildRequest("modellregion", site, only=("99001",), workers=1), lambda *_: None)
    finally:
        shutil.rmtree(folder)
    assert refused.value.exit_code == 13 and "6218947" not in str(refused.value)
    assert "own data 99001: zuschuesse grants 9900112 2024 cannot be hidden" in str(refused.value)
    assert (site / "build-report.json").read_bytes() == before


def test_a_recorded_release_is_kept_and_the_next_one_agrees_with_it(project):
    report = audit_release(project, "modellregion", record=True)
    assert len(report.recorded) == 3 and all("/veroeffentlicht/" in path for path in report.recorded)
    [path] = (project.parameters / "99001-talbrueck" / "veroeffentlicht").glob("*.csv")
    text = path.read_text(encoding="utf-8")
    assert "zuschuesse;grants;9900112;2024;.\n" in text and not list(search().inside_bytes(path.read_bytes()))
    again = audit_release(project, "modellregion")
    assert not again.own.breaches and again.own.secrets == report.own.secrets
    path.unlink()
