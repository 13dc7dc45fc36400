"""Script and style sheet in a real browser: charts, colours, print, lists with a filter, search, accessibility basics.

Needs a Chromium of the system (Debian: package `chromium`); says so when it skips.
"""

import shutil
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.site.small_book import figure_output, html_output, make_source, notebook
from transferbuch.site.book import BookSettings, build_book

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: install the system package chromium")

WIDE_TABLE = (
    '<div class="tb-table" role="region" aria-label="Breit" tabindex="0"><table><caption>Breit</caption>'
    f"<tr>{'<td>Einwohnerinnen</td>' * 20}</tr></table></div>"
)
FILTER = """# Ausgaben

<form class="tb-filter" data-target="#liste" data-unit="Kommunen" role="search" aria-label="Liste filtern">
<label>Name <input type="search" name="name"></label>
<label>Land <select data-key="land"><option value="">alle</option><option>Sachsen-Anhalt</option>
<option>Modellland</option></select></label>
<button type="reset">Alle zeigen</button>
</form>
<ul class="tb-cards" id="liste">
<li class="tb-card" data-land="Sachsen-Anhalt">Landkreis Börde</li>
<li class="tb-card" data-land="Sachsen-Anhalt|Modellland">Halle (Saale)</li>
<li class="tb-card" data-land="Modellland">Musterkreis</li>
</ul>
"""


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        """Requests are seen in the browser."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    tmp_path = tmp_path_factory.mktemp("seite")
    chapter = notebook(
        html_output(WIDE_TABLE),
        figure_output(id="eins"),
        html_output('<div style="height:3000px"></div>'),
        figure_output(id="zwei"),
    )
    source = make_source(tmp_path, ueberblick__ipynb=chapter, liste__md=FILTER)
    pages = ("index", "ueberblick", "liste")
    build_book(source, tmp_path / "site", BookSettings("Transferbuch", pages, keep=("kommunen",)))
    build_book(
        source,
        tmp_path / "site" / "kommunen" / "99001",
        BookSettings("Modellkreis", pages, static_prefix="../../", home="../../index.html"),
    )
    return tmp_path / "site"


@pytest.fixture(scope="module")
def address(folder) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/kommunen/99001"
    server.shutdown()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def tab(browser) -> Iterator[Page]:
    """A tab that fails its test at the end on any error of the page or any request to another host."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="de-DE", color_scheme="light")
    page, faults = context.new_page(), []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: message.type == "error" and faults.append(message.text))
    page.on(
        "request",
        lambda request: request.url.startswith(("http://127.0.0.1", "file:", "data:")) or faults.append(request.url),
    )
    yield page
    context.close()
    assert faults == []


def test_a_chart_is_drawn_when_it_comes_into_view(tab, address):
    requested = []
    tab.on("request", lambda request: requested.append(request.url))
    tab.goto(f"{address}/index.html", wait_until="networkidle")
    assert not [url for url in requested if "plotly" in url]
    tab.goto(f"{address}/ueberblick.html")
    tab.wait_for_selector("#abb-eins .main-svg")
    assert tab.locator("#abb-zwei .main-svg").count() == 0
    tab.locator("#abb-zwei").scroll_into_view_if_needed()
    tab.wait_for_selector("#abb-zwei .main-svg")
    assert len([url for url in requested if "plotly" in url]) == 1
    assert tab.locator(".modebar").count() == 0
    assert tab.locator("#abb-eins .ytick text").all_text_contents()[0].count(".") == 0


def test_charts_follow_light_and_dark(tab, address):
    tab.goto(f"{address}/ueberblick.html")
    tab.wait_for_selector("#abb-eins .main-svg")
    label = "getComputedStyle(document.querySelector('#abb-eins .xtick text')).fill"
    ink = "getComputedStyle(document.body).color"
    light = tab.evaluate(label)
    assert light == tab.evaluate(ink)
    tab.click(".theme-switch-button")
    tab.wait_for_function("document.documentElement.dataset.theme === 'dark'")
    tab.wait_for_function(f"{label} !== '{light}'")
    assert tab.evaluate(label) == tab.evaluate(ink)


def test_print_shows_every_chart_and_every_number_in_light_colours(tab, address):
    tab.emulate_media(color_scheme="dark")
    tab.goto(f"{address}/ueberblick.html")
    tab.wait_for_selector("#abb-eins .main-svg")
    tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert tab.locator(".main-svg").count() >= 2 and tab.locator("#abb-zwei .main-svg").count() > 0
    assert tab.locator("details.tb-numbers[open]").count() == 2
    assert tab.evaluate("document.documentElement.dataset.theme") == "light"
    tab.evaluate("dispatchEvent(new Event('afterprint'))")
    assert tab.locator("details.tb-numbers[open]").count() == 0
    assert tab.evaluate("document.documentElement.dataset.theme") == "dark"


def test_without_scripts_the_numbers_are_there(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/ueberblick.html")
    page.locator("#abb-eins summary").click()
    assert page.locator("#abb-eins table").is_visible()
    assert not page.locator(".tb-tools").is_visible()
    page.goto(f"{address}/liste.html")
    assert not page.locator(".tb-filter").is_visible() and page.locator("#liste li").count() == 3
    context.close()


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_only_tables_scroll_sideways(tab, address, width):
    tab.set_viewport_size({"width": width, "height": 800})
    tab.goto(f"{address}/ueberblick.html")
    tab.wait_for_selector("#abb-eins .main-svg")
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    assert tab.evaluate("(box => box.scrollWidth > box.clientWidth)(document.querySelector('.cell_output .tb-table'))")
    box = tab.evaluate("document.querySelector('#abb-eins .main-svg').getBoundingClientRect().right")
    assert box <= width


def test_the_chapters_open_from_the_keyboard_on_a_phone(tab, address):
    tab.set_viewport_size({"width": 390, "height": 800})
    tab.goto(f"{address}/ueberblick.html", wait_until="networkidle")
    tab.focus(".primary-toggle")
    tab.keyboard.press("Enter")
    dialog = tab.get_by_role("dialog", name="Kapitel")
    dialog.get_by_role("link", name="Zur Startseite").wait_for(state="visible")
    tab.keyboard.press("Escape")
    dialog.wait_for(state="hidden")  # it slides out
    tab.wait_for_function("document.activeElement.classList.contains('primary-toggle')")


def shown(tab: Page) -> list[str]:
    return tab.locator("#liste li:visible").all_text_contents()


def test_a_list_is_filtered_by_text_and_choice_and_the_address_keeps_it(tab, address):
    tab.goto(f"{address}/liste.html")
    count = tab.get_by_role("status")
    count.wait_for()
    assert count.text_content() == "3 von 3 Kommunen"
    tab.fill("input[name=name]", "boerde")
    assert shown(tab) == ["Landkreis Börde"] and count.text_content() == "1 von 3 Kommunen"
    tab.fill("input[name=name]", "")
    tab.select_option("select[data-key=land]", "Modellland")
    assert shown(tab) == ["Halle (Saale)", "Musterkreis"]
    assert tab.url.endswith("/liste.html#land=Modellland")
    tab.reload()
    count.wait_for()
    assert shown(tab) == ["Halle (Saale)", "Musterkreis"]
    tab.click("button[type=reset]")
    tab.wait_for_function("document.querySelectorAll('[data-tb-hidden]').length === 0")
    assert tab.url.endswith("/liste.html") and len(shown(tab)) == 3


def test_a_list_and_charts_work_from_a_folder_on_disk(tab, folder):
    tab.goto((folder / "kommunen" / "99001" / "liste.html").as_uri())
    tab.get_by_role("status").wait_for()
    tab.fill("input[name=name]", "halle")
    assert shown(tab) == ["Halle (Saale)"]
    tab.goto((folder / "kommunen" / "99001" / "ueberblick.html").as_uri())
    tab.wait_for_selector("#abb-eins .main-svg")


@pytest.mark.parametrize("word", ["Übergänge", "Schülerin", "schulabschluss", "Uebergang", "Abschlüsse"])
def test_a_page_is_found_by_another_form_of_its_words(tab, address, word):
    tab.goto(f"{address}/index.html")
    tab.fill("#tb-search-field", word)
    tab.keyboard.press("Enter")
    tab.wait_for_function("document.querySelector('p.search-summary')?.textContent")
    assert tab.get_by_role("status").text_content().startswith("Seiten mit Treffern: ")
    found = tab.locator("#search-results li a")
    assert set(found.all_text_contents()) <= {"Überblick", "Überblick > Schulabschlüsse"}
    found.first.click()
    assert tab.url.split("?")[0].split("#")[0].endswith("/ueberblick.html")


def test_search_from_a_folder_on_disk_lists_the_pages(tab, folder):
    tab.goto((folder / "kommunen" / "99001" / "search.html").as_uri() + "?q=Schülerin")
    tab.wait_for_selector("#search-results li a")
    assert tab.locator("#search-results li a").text_content() == "Überblick"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_contrasts(tab, address, scheme):
    tab.emulate_media(color_scheme=scheme)
    tab.goto(f"{address}/ueberblick.html", wait_until="networkidle")

    def colour(name: str) -> str:
        return tab.evaluate(f"getComputedStyle(document.documentElement).getPropertyValue('--tb-{name}')").strip()

    for text, ground in [
        ("ink", "paper"),
        ("ink", "shade"),
        ("quiet", "paper"),
        ("quiet", "shade"),
        ("link", "paper"),
        ("link", "shade"),
        ("link", "mark"),
        ("banner-ink", "banner"),
    ]:
        assert contrast(colour(text), colour(ground)) >= 4.5, (text, ground)
    assert contrast(colour("edge"), colour("paper")) >= 3


def contrast(one: str, other: str) -> float:
    """WCAG 2.2 contrast ratio of two colours written as #rrggbb."""

    def luminance(colour: str) -> float:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
