"""Two editions of Sachsen-Anhalt from the real official files show the published figures."""

import json
import re
from pathlib import Path

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from transferbuch.project import Project
from transferbuch.site.build import BuildRequest, build_site

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def site(official, tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("sachsen-anhalt") / "site"
    request = BuildRequest(str(official.package.folder), out, only=("15084", "15088"), workers=2)
    report = build_site(Project(ROOT), request, lambda *_: None)
    report.raise_for_failures()
    return out


def text_of(site: Path, page: str) -> str:
    soup = BeautifulSoup((site / page).read_text(encoding="utf-8"), "html.parser")
    return re.sub(r"\s+", " ", soup.find("article").get_text(" "))


@pytest.mark.parametrize(
    ("ags", "words"),
    [
        ("15084", "15,1 % (240 von 1.587; Vertrauensbereich 13,4 bis 17,0)"),
        ("15088", "9,2 % (135 von 1.470; Vertrauensbereich"),
    ],
)
def test_school_leavers_2023_without_certificate(site, ags, words):
    assert words in text_of(site, f"kommunen/{ags}/allgemeinbildende-schulen.html")


def test_population_and_unemployment_rate_of_the_burgenlandkreis(site):
    text = text_of(site, "kommunen/15084/ueberblick.html")
    assert "31. Dezember 2024" in text and "173.684" in text
    assert "Im Jahresdurchschnitt 2023 betrug die Arbeitslosenquote im Burgenlandkreis 7,2 %" in text


def test_the_gap_between_2015_and_2023_is_a_gap_in_the_line(site):
    page = BeautifulSoup((site / "kommunen/15084/allgemeinbildende-schulen.html").read_text("utf-8"), "html.parser")
    figures = [json.loads(script.string) for script in page.select("figure.tb-figure script[type='application/json']")]
    lines = [
        trace
        for figure in figures
        for trace in figure["data"]
        if trace.get("name") == "Land Sachsen-Anhalt" and {1995, 2023} <= set(trace.get("x", []))
    ]
    assert lines, "no time series of the Land since 1995"
    for trace in lines:
        values = dict(zip(trace["x"], trace["y"], strict=True))
        assert values[2015] is not None and values[2023] is not None
        assert any(values.get(year, 0) is None for year in range(2016, 2023))
        assert trace.get("connectgaps") is not True


def test_every_page_with_figures_names_source_stand_and_licence(site):
    for path in (site / "kommunen" / "15084").glob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert "Statistische Ämter des Bundes und der Länder" in text and "dl-de/by-2-0" in text, path.name
        assert "erfundene Daten" not in text, path.name


def test_a_published_value_can_be_followed_to_its_file(site, official):
    values = pd.read_csv(site / "daten/werte.csv", sep=";", decimal=",", dtype={"ags": str})
    one = values[
        (values["indicator"] == "share_leavers_without_certificate_pct")
        & (values["ags"] == "15084")
        & (values["year"] == 2023)
    ].iloc[0]
    assert (one["numerator"], one["denominator"]) == (240, 1587)
    package = json.loads((site / "daten/datapackage.json").read_text(encoding="utf-8"))
    source = next(entry for entry in package["sources"] if entry["sha256"].startswith(one["files"]))
    assert source["file"] == "21111-02-06-4.csv" and "Stand 2025-03-13" in source["title"]
