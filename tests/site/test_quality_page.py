"""The page on data quality: readable, complete for what is stopped, the same bytes every time."""

import csv
from pathlib import Path

import pytest

from tests.site.conftest import ROOT
from transferbuch.project import Project
from transferbuch.site.indicator_page import breaks_text, findings_text
from transferbuch.site.portal import portal_toc
from transferbuch.site.quality_page import QUALITY_PAGE, write_quality_page, write_quality_tables
from transferbuch.site.release import load_release


@pytest.fixture(scope="module")
def data():
    release = load_release(Project(ROOT), "modellregion")
    return release.inputs, release.package, release.computed


@pytest.fixture(scope="module")
def text(data, tmp_path_factory) -> str:
    path = tmp_path_factory.mktemp("seite") / "methodik" / "datenqualitaet.md"
    write_quality_page(path, *data)
    first = path.read_bytes()
    write_quality_page(path, *data)
    assert path.read_bytes() == first
    return first.decode()


def test_it_names_the_package_and_what_is_stopped(text, data):
    assert f"Datenpaket `{data[1].id}`: 36 Dateien" in text
    assert "Eine Zahl wird zurückgehalten. Weitere Befunde: 11 zu klären und 32 zur Kenntnis." in text
    stopped = text.partition("## Zurückgehaltene Zahlen")[2].partition("## Weitere Befunde")[0]
    assert "Tabelle 21111-02-06-4; zuständig: Statistisches Amt Modellland (erfunden)" in stopped
    for cell in ("Landkreis Weißenauer Land", "2019", "Abgänge ohne Hauptschulabschluss", "480", "offen"):
        assert f">{cell}</" in stopped
    assert "+833 % seit 2018 (51), übriges Land −41 %; danach wieder wie vorher." in stopped


def test_findings_are_folded_by_rule_and_breaks_have_their_own_section(text):
    rest = text.partition("## Weitere Befunde")[2].partition("## Vollständigkeit")[0]
    assert "Kreise ergeben nicht das Land: 1 (zu klären)" in rest and "Bruch der Reihe" not in rest
    breaks = text.partition("## Brüche der Reihen")[2]
    assert "Der Zensus 2022" in breaks and "Der doppelte Abiturjahrgang 2013" in breaks
    assert "Der doppelte Abiturjahrgang 2012" not in breaks  # of Länder that this package does not hold


def test_completeness_has_a_row_per_year_and_a_column_per_land(text):
    care = text.partition("22543-01-02-4: ")[2].partition("</details>")[0]
    assert '<abbr title="Modellland">99</abbr>' in care
    rows = care.partition("<tbody>")[2].split("</tr>")
    assert [row for row in rows if ">2019<" in row] == [
        '\n<tr><th scope="row">2019</th><td class="tb-number">88</td>'
    ] and any('>2018</th><td class="tb-number">100</td>' in row for row in rows)


def test_downloads_hold_every_finding_and_all_of_the_completeness(data, tmp_path: Path):
    inputs, _, computed = data
    write_quality_tables(tmp_path, inputs, computed)
    with (tmp_path / "befunde.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    assert [row["kennung"] for row in rows] == [one.id for one in computed.findings]
    assert (rows[0]["schwere"], rows[0]["wert"], rows[0]["abnahme"]) == ("zurückgehalten", "480", "offen")
    lines = (tmp_path / "vollstaendigkeit.csv").read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == len(computed.completeness) + 1 and lines[0].startswith("table;variable;year;land")


def test_the_indicator_page_names_breaks_and_stopped_figures(data):
    inputs, _, computed = data
    share = inputs.indicators["share_leavers_without_certificate_pct"]
    labels = {variable.id: variable.label for source in inputs.sources.values() for variable in source.variables}
    told = findings_text(share, inputs, computed, labels)
    assert told.startswith(
        "## Von der Prüfung zurückgehaltene Zahlen\n\n- „Abgänge ohne Hauptschulabschluss“, Landkreis "
    )
    assert "2019: amtlich 480. Zahl aus der Reihe, Summe gestört: +833 %" in told
    assert "Noch nicht abgenommen; zuständig: Statistisches Amt Modellland (erfunden)." in told
    assert "- Der doppelte Abiturjahrgang 2011. Niedersachsen und Bayern: Zwei" in breaks_text(share, inputs, {"03"})
    assert "Der doppelte Abiturjahrgang 2011" not in breaks_text(share, inputs, {"99"})
    assert breaks_text(inputs.indicators["rate_jobs_per_100_employees"], inputs, {"99"}) == ""


def test_no_number_is_published_for_what_is_stopped(data):
    values = data[2].values.set_index(["indicator", "ags", "year"])
    row = values.loc[("share_leavers_without_certificate_pct", "99056", 2019)]
    assert row["status"] == "implausible" and row["value"] != row["value"]
    assert values.loc[("share_leavers_without_certificate_pct", "99056", 2018), "status"] == "ok"


def test_the_page_stands_in_the_contents_below_the_methods():
    toc = {
        "root": "book/index",
        "chapters": [{"file": "book/methodik/index", "sections": [{"file": "book/methodik/daten"}]}],
    }
    assert portal_toc(toc, [])["chapters"][0]["sections"] == [{"file": "methodik/daten"}, {"file": QUALITY_PAGE}]
