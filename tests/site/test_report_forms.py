"""Two whole editions in the report forms, from the real notebooks: one Bildungsbericht, one with all forms that are a
page of their own. Built once; the tests read the finished pages as a reader gets them."""

import json
import re
import shutil
import zipfile
from functools import cache
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag

from transferbuch.editions.forms import REPORT_CHAPTERS
from transferbuch.project import Project
from transferbuch.report.proposal_words import STATES
from transferbuch.site.build import BuildRequest, build_site
from transferbuch.site.gates import check_site

ROOT = Path(__file__).parents[2]
QUESTION = "Haben alle Kinder & Jugendlichen der Stadt die gleichen Chancen?"
REPORT = f"""
ags: "99002"
title: "Bildungsbericht Seefurt"
contact: "Bildungsbüro im Schulamt"
statements:
  - chapter: fruehkindliche-bildung
    text: "Jedes Kind soll drei Jahre lang eine Kita besuchen."
    state: abgestimmt
    by: "Steuerungsgruppe Bildung"
    day: 2025-05-20
formats:
  - form: bildungsbericht
    title: "Bildungsbericht der Stadt Seefurt"
    question: "{QUESTION}"
"""
PAGES = """
ags: "99052"
contact: "Stabsstelle Bildung"
chapters: [weiterbildung, transfer]
assessment:
  day: 2025-06-03
  by: "Stabsstelle Bildung"
  levels: {strategie: 1, zusammenarbeit: 3}
  there: [Bildungsbüro]
  not_there: [Bürgermeisterkonferenz]
comments:
  - chapter: weiterbildung
    text: "Die Kurse der Kreisvolkshochschule zählt die Statistik am Sitz der Schule."
    by: "Stabsstelle Bildung"
    day: 2025-06-03
formats:
  - {form: datensammlung, id: zahlen, title: "Zahlen zur Bildung im Auenkreis"}
  - form: analyse
    id: arbeit
    title: "Bildungsjournal: Arbeit"
    question: "Wie finden mehr Jugendliche einen Platz in Ausbildung oder Arbeit?"
    indicators: [rate_unemployment_15_25_pct, share_leavers_without_certificate_pct]
    insights: ["Vielen Jugendlichen fehlt eine feste Ansprechperson."]
    recommendations: ["Jede Schule nennt eine Ansprechperson."]
    decision:
      {text: "Das Schulamt schlägt drei Schulen vor.", state: vertagt, by: "Schulausschuss", day: 2025-06-17}
  - {form: profil, id: leitung, title: "Profil für die Landrätin", role: "Landrätin", indicators: [count_population]}
  - form: gremienvorlage
    id: beratung
    title: "Vorlage: Berufsberatung"
    body: "Schulausschuss"
    day: 2025-09-16
    occasion: "Der Ausschuss hat um einen Vorschlag gebeten."
    question: "Soll der Kreis eine feste Berufsberatung einrichten?"
    indicators: [rate_unemployment_15_25_pct]
    assessment: "Die Arbeitslosigkeit ist zu hoch."
    resolution: ["Der Kreis richtet die Beratung ein.", "Die Verwaltung berichtet nach einem Jahr."]
    finances: "60.000 EUR im Jahr, im Haushalt vorgesehen."
    effort: "Eine Stelle im Schulamt."
"""
FORMS = {
    "datensammlung-zahlen": "Zahlen zur Bildung im Auenkreis",
    "analyse-arbeit": "Bildungsjournal: Arbeit",
    "profil-leitung": "Profil für die Landrätin",
    "gremienvorlage-beratung": "Vorlage: Berufsberatung",
}
"""Pages of the second edition, in the order in which its sidebar has them, with their titles."""


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("berichtsformen")
    for name in ("book", "data", "notebooks"):
        shutil.copytree(ROOT / name, root / name)
    shutil.copy(ROOT / "_toc.yml", root / "_toc.yml")
    (root / "parameters").mkdir()
    (root / "parameters" / "99002-seefurt.yml").write_text(REPORT, encoding="utf-8")
    (root / "parameters" / "99052-mittlerer-auenkreis.yml").write_text(PAGES, encoding="utf-8")
    project = Project(root)
    request = BuildRequest("modellregion", project.build / "site", only=("99002", "99052"), workers=2)
    report = build_site(project, request, lambda *_: None)
    report.raise_for_failures()
    return report.site if report.site.is_absolute() else root / report.site


@cache
def page(site: Path, name: str) -> BeautifulSoup:
    return BeautifulSoup((site / "kommunen" / f"{name}.html").read_text(encoding="utf-8"), "html.parser")


def article(site: Path, name: str) -> Tag:
    return page(site, name).select_one("article.bd-article")


def words(tag: Tag) -> str:
    return re.sub(r"\s+", " ", tag.get_text(" ")).strip()


def heading(part: Tag) -> str:
    """Its first heading, without the sign that links to it."""
    return words(part.select_one("h1, h2")).removesuffix("#").strip()


def pages_of(site: Path, ags: str) -> list[str]:
    """All pages of an edition but its search, which has no text of its own."""
    return sorted(f"{ags}/{path.stem}" for path in (site / "kommunen" / ags).glob("*.html") if path.stem != "search")


def linked(links: list[Tag], here: str = "") -> list[str]:
    """Names of the pages of the same edition that the links lead to, in their order; `here` is the page itself."""
    return [here if link["href"] == "#" else link["href"].removesuffix(".html") for link in links]


def test_the_site_with_report_forms_passes_the_gates(site):
    assert check_site(site) == []


def test_a_bildungsbericht_has_its_six_chapters_and_the_sources_in_order(site):
    chapters = [
        "rahmenbedingungen",
        "fruehkindliche-bildung",
        "allgemeinbildende-schulen",
        "berufliche-bildung-und-hochschulen",
        "weiterbildung",
        "non-formale-bildung",
        "daten-und-methoden",
    ]
    assert linked(page(site, "99002/index").select(".tb-card a")) == chapters == list(REPORT_CHAPTERS)
    assert pages_of(site, "99002") == sorted(f"99002/{name}" for name in ("index", *chapters))


def test_forms_that_are_a_page_follow_the_chapters_in_their_order(site):
    assert linked(page(site, "99052/index").select(".tb-card a")) == ["weiterbildung", "transfer", *FORMS]


@pytest.mark.parametrize("ags", ["99002", "99052"])
def test_the_sidebar_of_every_page_leads_to_all_pages_in_the_declared_order(site, ags):
    declared = {"99002": [*REPORT_CHAPTERS], "99052": ["weiterbildung", "transfer", *FORMS]}[ags]
    for name in declared:
        links = page(site, f"{ags}/{name}").select(".bd-sidebar-primary li a")
        assert [one for one in linked(links, name) if one in declared] == declared, name
        assert all(words(link) for link in links), name


def test_the_start_page_of_a_bildungsbericht_shows_title_lead_question_and_contact(site):
    start = article(site, "99002/index")
    assert heading(start) == "Bildungsbericht der Stadt Seefurt"
    assert words(start.select_one(".tb-question")) == f"Leitfrage: {QUESTION}"
    assert "Ansprechstelle: Bildungsbüro im Schulamt" in words(start)
    assert not article(site, "99052/index").select(".tb-question")


def test_what_the_municipality_says_stands_in_its_chapter_and_nowhere_else(site):
    for text, chapters in {
        "Jedes Kind soll drei Jahre lang eine Kita besuchen.": ["99002/fruehkindliche-bildung"],
        "zählt die Statistik am Sitz der Schule.": ["99052/datensammlung-zahlen", "99052/weiterbildung"],
    }.items():
        names = pages_of(site, "99002") + pages_of(site, "99052")
        assert [name for name in names if text in words(article(site, name))] == chapters


def test_each_form_has_its_own_title_as_heading_on_its_card_and_in_the_browser(site):
    cards = {link["href"].removesuffix(".html"): words(link) for link in page(site, "99052/index").select(".tb-card a")}
    for name, title in FORMS.items():
        assert cards[name] == heading(article(site, f"99052/{name}")) == title
        assert page(site, f"99052/{name}").title.string.startswith(title)


@pytest.mark.parametrize("ags", ["99002", "99052"])
def test_no_page_and_no_part_of_a_page_is_empty(site, ags):
    for name in pages_of(site, ags):
        content = article(site, name)
        assert len(content.select("h1")) == 1, name
        for section in content.select("section:has(> h1), section:has(> h2)"):
            text = words(section).removeprefix(words(section.select_one("h1, h2")))
            assert len(text) > 50, (name, heading(section))
        assert not re.search(r"\bnan\b|\bNone\b|hat dazu nichts eingetragen", words(content)), name


@pytest.mark.parametrize(("ags", "least"), [("99002", 20), ("99052", 10)])
def test_every_figure_and_every_table_with_figures_names_its_source(site, ags, least):
    """A table that has no number in it, of conditions for example, needs none."""
    found = 0
    for name in pages_of(site, ags):
        content = article(site, name)
        shown = content.select("figure.tb-figure") + [
            table
            for table in content.select(".cell_output .tb-table:has(td.tb-number)")
            if not table.find_parent("figure")
        ]
        for one in shown:
            holder = one if one.name == "figure" else one.find_parent(class_="cell_output")
            sources = [words(source) for source in holder.select(".tb-source")]
            assert sources and all(source.startswith("Quelle") for source in sources), (name, words(one)[:100])
        found += len(shown)
    assert found > least


def test_the_chapter_transfer_shows_the_state_of_every_condition_and_how_firm_the_proposals_are(site):
    with zipfile.ZipFile(site / "kommunen/99052/daten/slice.zip") as archive:
        proposals = json.loads(archive.read("slice/slice.json"))["transfer"]
    content = article(site, "99052/transfer")
    shown = content.select("article.tb-proposal")
    assert len(shown) == len(proposals) == 5
    for write_up, one in zip(shown, proposals, strict=True):
        assert one["object"]["title"] in words(write_up)
        rows = [[words(cell) for cell in row.select("th, td")] for row in write_up.select("tbody tr")]
        for condition in one["conditions"]:
            assert [condition["text"], STATES[condition["state"]], condition["of"]] in rows
        assert (one["kept"] < 1) == ("um 20 Prozent verändert" in words(write_up))
    assert {STATES[condition["state"]] for one in proposals for condition in one["conditions"]} == {*STATES.values()}
    firm = sum(one["kept"] == 1 for one in proposals)
    told = "bleiben die Vorschläge dieselben" if firm == 5 else "der 5 Vorschläge in allen Fällen darunter"
    assert re.search(f"Gewichte der Rechnung einzeln um 20 Prozent verändert, [^.]*{told}", words(content))
