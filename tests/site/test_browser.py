"""A complete edition of the model region in headless Chromium: charts drawn, pages found, nothing from elsewhere.

Needs a Chromium of the system (Debian: package `chromium`); says so when it skips.
"""

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from transferbuch.project import Project
from transferbuch.site.build import BuildRequest, build_site
from transferbuch.site.server import make_server

ROOT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="NO CHROMIUM: install the system package chromium")


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> Iterator[str]:
    """The portal with one edition, built from the project's own notebooks and served on 127.0.0.1."""
    out = tmp_path_factory.mktemp("ausgabe") / "site"
    report = build_site(Project(ROOT), BuildRequest("modellregion", out, only=("99055",)), lambda *_: None)
    assert [one.outcome for one in report.editions] == ["ok"]
    server = make_server(out, 0)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()


@pytest.fixture
def page(address) -> Iterator[Page]:
    """A page that records requests to other hosts and errors; both must stay empty."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(locale="de-DE")
        foreign, errors = [], []
        page.on(
            "request",
            lambda request: (
                foreign.append(request.url) if not request.url.startswith((address, "data:", "blob:")) else None
            ),
        )
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        yield page
        browser.close()
    assert foreign == [] and errors == []


def test_from_the_start_page_to_a_drawn_chart_with_its_table(page, address):
    page.goto(address)
    assert "Modellregion – erfundene Daten" in page.inner_text("body")
    page.get_by_role("link", name="Landkreis Talbrück").click()
    page.get_by_role("link", name="Allgemeinbildende Schulen").first.click()
    figure = page.locator("figure.tb-figure").first
    figure.scroll_into_view_if_needed()
    figure.locator(".main-svg").first.wait_for(timeout=20_000)
    assert figure.locator("figcaption").inner_text().startswith("Abbildung 1")
    assert figure.locator("[role=img]").get_attribute("aria-label")
    figure.get_by_text("Zahlen als Tabelle").click()
    assert figure.locator("table caption").count() == 1 and figure.locator("tbody tr").count() > 5
    assert "Stand" in figure.inner_text() and "CC BY 4.0" in figure.inner_text()


def test_the_code_is_one_click_away_and_the_page_says_how_to_rerun_it(page, address):
    page.goto(address + "kommunen/99055/berufliche-bildung-und-hochschulen.html")
    code = page.locator("details.tb-code").first
    assert not code.locator("pre").is_visible()
    code.locator("summary").click()
    assert code.locator("pre").is_visible()
    assert (
        "transferbuch run notebooks/berufliche-bildung-und-hochschulen.ipynb --ags 99055 --data modellregion"
        in page.inner_text("body")
    )


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("Betreuungsquote", "fruehkindliche-bildung.html"),
        ("Schueler Gymnasium", "allgemeinbildende-schulen.html"),
        ("Arbeitslosenquote", "rahmenbedingungen.html"),
    ],
)
def test_the_search_of_an_edition_finds_the_chapter(page, address, words, wanted):
    page.goto(f"{address}kommunen/99055/index.html")
    page.locator("input[name=q]").first.fill(words)
    page.locator("input[name=q]").first.press("Enter")
    page.locator("#search-results li a").first.wait_for(timeout=15_000)
    links = [link.get_attribute("href") or "" for link in page.locator("#search-results li a").all()]
    assert any(wanted in link for link in links), links


def test_the_list_of_transfer_objects_is_filtered_and_the_address_keeps_it(page, address):
    page.goto(address + "transfer/index.html")
    cards = page.locator("#tb-transfer > li:visible")
    page.locator(".tb-count").wait_for()
    everything = cards.count()
    page.locator("select[data-key=kind]").select_option("Strukturmodell")
    chosen = cards.count()
    assert 0 < chosen < everything and "Strukturmodell" in page.url
    page.reload()
    page.locator(".tb-count").wait_for()
    assert cards.count() == chosen
    page.get_by_label("Suchwort").fill("xyzxyz")
    assert cards.count() == 0


def test_a_phone_shows_a_chapter_without_sideways_scrolling(page, address):
    page.set_viewport_size({"width": 390, "height": 800})
    for name in ("ueberblick", "rahmenbedingungen", "daten-und-methoden", "transfer"):
        page.goto(f"{address}kommunen/99055/{name}.html")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
