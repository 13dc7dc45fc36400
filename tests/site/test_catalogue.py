"""What readers use to find transfer objects: catalogue with filter in a real browser, overviews, adoptions, feed.

A small book of five objects, built once. Needs a Chromium of the system (Debian: package `chromium`); says so when it
skips.
"""

import shutil
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
import yaml
from bs4 import BeautifulSoup
from playwright.sync_api import Browser, Page, sync_playwright

from transferbuch.site.book import BookRefused, BookSettings, build_book
from transferbuch.site.gates import check_site

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: install the system package chromium")

DAY = "1798761600"  # 1 January 2027
ATOM = "{http://www.w3.org/2005/Atom}"
LEER, FORCHHEIM, AUGSBURG = (
    {"name": "Landkreis Leer", "ags": "03457", "type": "Landkreis", "land": "Niedersachsen"},
    {"name": "Landkreis Forchheim", "ags": "09474", "type": "Landkreis", "land": "Bayern"},
    {"name": "Stadt Augsburg", "ags": "09761", "type": "kreisfreie Stadt", "land": "Bayern"},
)
OBJECTS: dict[str, dict] = {
    "augsburg-index": {
        "title": "Index für Sprengel",
        "giver": AUGSBURG,
        "kind": "Instrument",
        "target_groups": ["Jugendhilfeplanung"],
        "adoptions": [
            {"taker": "Landkreis Forchheim", "ags": "09474", "year": 2021, "result": "gelungen"},
            {"taker": "Landkreis Vogtland", "result": "gescheitert", "note": "Es fehlten Daten"},
        ],
    },
    "augsburg-kurse": {
        "title": "Kurse für Neuzugewanderte",
        "giver": AUGSBURG,
        "kind": "Angebot",
        "life_phases": ["Weiterbildung"],
        "target_groups": ["Zugewanderte"],
        "published": "2026-11-20",
        "revised": [{"date": "2027-02-01", "what": "Ergebnisse & Zahlen von 2026 ergänzt."}],
    },
    "forchheim-index": {
        "title": "Index für Gemeinden",
        "giver": FORCHHEIM,
        "kind": "Instrument",
        "components": ["Datenbasierung", "Steuerung"],
        "target_groups": ["kreisangehörige Gemeinden"],
        "origin": [
            {"giver": "Stadt Augsburg", "what": "Aufbau des Index", "slug": "augsburg-index"},
            {"giver": "Stadt Ulm", "what": "Darstellung der Karten"},
        ],
    },
    "forchheim-tag": {
        "title": "Ein Tag der offenen Tür",
        "summary": "Schülerinnen und Eltern wussten wenig voneinander. Ein Tag im Jahr bringt sie zusammen.",
        "giver": FORCHHEIM,
        "kind": "Angebot",
        "status": "geplant",
        "evidence": "beschrieben",
        "life_phases": ["Grundschule", "Sek I/II"],
        "target_groups": ["Eltern", "Jugendliche"],
        "next_review": "2026-12-31",
        "published": "2026-11-29",
    },
    "leer-tag": {
        "title": "Äpfel aus dem Schulgarten",
        "giver": LEER,
        "kind": "Angebot",
        "target_groups": ["Kinder im Grundschulalter"],
        "published": "2026-11-29",
    },
}
SIZES = {"leer-tag": "100.000 bis unter 200.000", "augsburg-kurse": "200.000 bis unter 400.000"}


def object_page(changes: dict) -> str:
    """The page of a transfer object; `changes` replace or add parts of its front matter."""
    head = {
        "summary": "Etwas fehlte. Jetzt ist es da.",
        "class": "Beispiel",
        "depth": "mittel",
        "status": "erprobt",
        "evidence": "erprobt",
        "components": ["Zusammenarbeit"],
        "life_phases": ["alle"],
        "fields": ["Zusammenarbeit und Netzwerke"],
        "contact_roles": ["Bildungsbüro"],
        "source": {"title": "Bericht", "place": "Seite 3"},
        "information_date": "2019",
        "published": "2026-11-10",
        "author": "Redaktion",
        "reviewer": "Zweitprüfung steht aus",
        "next_review": "2027-06-30",
        "licence": "CC BY 4.0",
        **changes,
    }
    return (
        f"---\n{yaml.safe_dump(head, allow_unicode=True)}---\n\n# {changes['title']}\n\n## Lösung\n\nSo geht es.\n\n"
        "## Ansprechstelle\n\nBildungsbüro.\n\n## Quelle\n\nBericht, Seite 3.\n"
    )


def write_book(source: Path, home: str = "", **pages: str) -> Path:
    """A portal's source with the five objects below `home`; `pages` replace the overviews."""
    overviews = {
        "komponenten": "# Nach Komponenten\n\n```{objects-of} component Zusammenarbeit\n```\n",
        "phasen": "# Nach Phasen\n\n```{objects-of} phase Sek I/II\n```\n\n```{objects-of} phase Senioren\n```\n",
        "uebernahmen": "# Übernahmen\n\n```{adoptions}\n```\n",
        **pages,
    }
    book = source / home
    (book / "transfer").mkdir(parents=True)
    (book / "uebersicht").mkdir()
    (book / "index.md").write_text("# Start\n", "utf-8")
    (book / "transfer" / "index.md").write_text("# Liste\n\n```{transfer-objects}\n```\n", "utf-8")
    for slug, changes in OBJECTS.items():
        (book / "transfer" / f"{slug}.md").write_text(object_page(changes), "utf-8")
    for name, text in overviews.items():
        (book / "uebersicht" / f"{name}.md").write_text(text, "utf-8")
    files = ["transfer/index", *(f"uebersicht/{name}" for name in overviews), *(f"transfer/{slug}" for slug in OBJECTS)]
    toc = {"format": "jb-book", "root": f"{home}index", "chapters": [{"file": f"{home}{file}"} for file in files]}
    (source / "_toc.yml").write_text(yaml.safe_dump(toc), "utf-8")
    return source


def build(source: Path, out: Path, **config: object) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", DAY)
        extensions = ("transferbuch.site.portal_ext",)
        build_book(source, out, BookSettings("Transferbuch", extensions=extensions, config_values=config))
    return out


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("katalog")
    return build(write_book(folder / "quelle"), folder / "site", transferbuch_sizes=SIZES)


def soup(site: Path, page: str) -> BeautifulSoup:
    return BeautifulSoup((site / page).read_text("utf-8"), "html.parser")


# --- What is built -----------------------------------------------------------------------------------------------


def test_every_link_of_the_lists_leads_somewhere(site):
    assert check_site(site) == []


def test_a_link_to_a_choice_that_the_list_does_not_offer_is_refused(site, tmp_path):
    shutil.copytree(site, tmp_path / "site")
    page = tmp_path / "site" / "uebersicht" / "phasen.html"
    page.write_text(page.read_text("utf-8").replace("#phase=Sek+I%2FII", "#phase=Sek+III"), "utf-8")
    (found,) = check_site(tmp_path / "site")
    assert (found.file, found.code, found.value) == (
        "uebersicht/phasen.html",
        "dead-anchor",
        "../transfer/index.html#phase=Sek+III",
    )


def test_cards_say_what_is_known_and_what_is_overdue(site):
    cards = {card.a["href"]: card for card in soup(site, "transfer/index.html").select("#tb-transfer > li")}
    card = cards["forchheim-tag.html"]
    assert "Ein Tag im Jahr bringt sie zusammen." in card.text and "Landkreis Forchheim" in card.text
    assert "Evidenz: Stufe 1 von 5: beschrieben" in card.text
    assert [one.text for one in card.select(".tb-overdue")] == ["Durchsicht überfällig seit 31.12.2026"]
    assert len(soup(site, "transfer/index.html").select(".tb-card .tb-overdue")) == 1
    assert card["data-group"] == "Jugendliche|Eltern und Familien"
    assert cards["leer-tag.html"]["data-phase"].split("|")[0] == "frühkindlich", "an example for all is under each"


def test_an_overdue_page_says_so_on_top_and_in_its_steckbrief(site):
    page = soup(site, "transfer/forchheim-tag.html")
    assert page.select_one("h1").find_next("div")["class"] == ["tb-overdue"]
    assert "bis zum 31.12.2026 neu geprüft" in page.select_one("div.tb-overdue").text
    assert "nächste Durchsicht 31.12.2026 (überfällig)" in page.select_one(".tb-profile").text
    assert "überfällig" not in (site / "transfer/leer-tag.html").read_text("utf-8").lower()


def test_a_facet_that_chooses_nothing_is_left_out(site, tmp_path):
    keys = [one["data-key"] for one in soup(site, "transfer/index.html").select("select")]
    assert keys == ["kind", "component", "phase", "group", "land", "giver", "size", "evidence"], "all have one field"
    unknown = build(write_book(tmp_path / "quelle"), tmp_path / "site")
    assert not soup(unknown, "transfer/index.html").select("select[data-key=size]")


def test_overviews_list_the_best_documented_first_then_the_alphabet(site):
    found = soup(site, "uebersicht/komponenten.html").select(".tb-objects li")
    assert [one.a.text for one in found] == [
        "Äpfel aus dem Schulgarten",
        "Index für Sprengel",
        "Kurse für Neuzugewanderte",
        "Ein Tag der offenen Tür",
    ]
    assert found[-1].span.text == "Landkreis Forchheim; Stufe 1 von 5: beschrieben"
    phases = soup(site, "uebersicht/phasen.html")
    assert [one.a["href"] for one in phases.select(".tb-objects li")] == ["../transfer/forchheim-tag.html"]
    assert "Dazu gibt es noch kein Beispiel." in phases.text


def test_an_overview_of_something_unknown_is_refused_with_its_line(tmp_path):
    source = write_book(tmp_path / "quelle", phasen="# Phasen\n\n```{objects-of} phase Grundschulen\n```\n")
    with pytest.raises(BookRefused) as refused:
        build(source, tmp_path / "site")
    (found,) = refused.value.problems
    assert (found.file, found.line) == ("uebersicht/phasen.md", 3) and "did you mean 'Grundschule'?" in found.what


def test_adoptions_are_a_table_with_those_whose_giver_has_no_page(site):
    page = soup(site, "uebersicht/uebernahmen.html")
    rows = [[cell.text for cell in row.select("th, td")] for row in page.select("tbody tr")]
    no = "keine Angabe"
    assert rows == [
        ["1", "Index für Sprengel", "Stadt Augsburg", "Landkreis Forchheim", "2021", no, "gelungen", no],
        ["2", "Index für Sprengel", "Stadt Augsburg", "Landkreis Vogtland", no, no, "gescheitert", "Es fehlten Daten"],
        ["3", "Darstellung der Karten", "Stadt Ulm", "Landkreis Forchheim", no, no, no, no],
    ]
    assert [one["href"].rpartition("/")[2] for one in page.select("tbody a")] == [
        *("augsburg-index.html", "forchheim-index.html"),
        "augsburg-index.html",
        "forchheim-index.html",
    ]


def test_the_picture_of_adoptions_names_everybody_once_a_side_and_tells_it_in_words(site):
    picture = soup(site, "uebersicht/uebernahmen.html").select_one("svg")
    names = [" ".join(part.text for part in one.select("tspan")) for one in picture.select("text.tb-name")]
    assert names == ["Stadt Augsburg", "Stadt Ulm", "Landkreis Vogtland", "Landkreis Forchheim"], (
        "who took from both stands lower, beside both"
    )
    assert [one.text for one in picture.select("text.tb-mark")] == ["1", "2", "3"]
    assert [one["class"] for one in picture.select("g")] == [["tb-done"], ["tb-failed"], ["tb-unknown"]]
    assert picture["role"] == "img" and "2: von Stadt Augsburg an Landkreis Vogtland" in picture.select_one("desc").text
    boxes = [(float(one["x"]), float(one["y"]), float(one["height"])) for one in picture.select("rect")]
    for x, y, height in boxes:
        below = [other for side, other, _ in boxes if side == x and other > y]
        assert all(other > y + height for other in below), "boxes of one side do not overlap"


# --- Feed ----------------------------------------------------------------------------------------------------------


def test_the_feed_tells_what_is_new_latest_first(site):
    feed = ET.parse(site / "neues.xml").getroot()
    entries = feed.findall(f"{ATOM}entry")
    assert [entry.find(f"{ATOM}link").get("href") for entry in entries] == [
        "transfer/augsburg-kurse.html",
        "transfer/forchheim-tag.html",
        "transfer/leer-tag.html",
        "transfer/augsburg-index.html",
        "transfer/forchheim-index.html",
    ]
    assert feed.findtext(f"{ATOM}updated") == entries[0].findtext(f"{ATOM}updated") == "2027-02-01T00:00:00Z"
    assert entries[0].findtext(f"{ATOM}published") == "2026-11-20T00:00:00Z"
    assert entries[0].findtext(f"{ATOM}summary").startswith("Überarbeitet: Ergebnisse & Zahlen von 2026 ergänzt. Etwas")
    ids = [one.text for one in feed.iter(f"{ATOM}id")]
    assert len(set(ids)) == 6 and all(one.startswith("urn:uuid:") for one in ids)
    for one in (feed, *entries):
        assert one.findtext(f"{ATOM}title") and one.findtext(f"{ATOM}updated")
        assert one.find(f"{ATOM}link[@rel='alternate']") is not None
    assert all(entry.findtext(f"{ATOM}author/{ATOM}name") for entry in entries)


def test_readers_of_feeds_find_it_from_the_catalogue(site):
    page = soup(site, "transfer/index.html")
    assert page.select_one("head link[type='application/atom+xml']")["href"] == "../neues.xml"
    assert page.select_one("article a[href='../neues.xml']").text == "Neues abonnieren (Atom-Feed)"
    assert "application/atom+xml" not in (site / "index.html").read_text("utf-8")


def test_with_a_public_address_the_feed_says_it_and_keeps_its_identifiers(site, tmp_path):
    source = write_book(tmp_path / "quelle")
    public = build(source, tmp_path / "site", html_baseurl="https://transfer.example.org/buch/")
    feed = ET.parse(public / "neues.xml").getroot()
    assert feed.get("{http://www.w3.org/XML/1998/namespace}base") == "https://transfer.example.org/buch/"
    assert feed.find(f"{ATOM}link[@rel='self']").get("href") == "neues.xml"
    bare = ET.parse(site / "neues.xml").getroot()
    assert bare.find(f"{ATOM}link[@rel='self']") is None
    assert [one.text for one in bare.iter(f"{ATOM}id")] == [one.text for one in feed.iter(f"{ATOM}id")]
    assert check_site(public) == []


def test_the_same_objects_give_the_same_bytes_and_a_plain_jupyter_book_the_same_lists(site, tmp_path):
    again = build(write_book(tmp_path / "eins"), tmp_path / "site", transferbuch_sizes=SIZES)
    for name in ("neues.xml", "transfer/index.html", "uebersicht/uebernahmen.html"):
        assert (again / name).read_bytes() == (site / name).read_bytes()
    plain = build(write_book(tmp_path / "zwei", home="book/"), tmp_path / "plain", transferbuch_sizes=SIZES)
    assert [one for one in check_site(plain) if one.file != "index.html"] == [], "that one only leads to book/"
    assert (plain / "neues.xml").read_text("utf-8").count('href="book/transfer/') == 6
    for name, part in (("transfer/index.html", "#tb-transfer"), ("uebersicht/komponenten.html", ".tb-objects")):
        assert str(soup(plain, f"book/{name}").select_one(part)) == str(soup(site, name).select_one(part))


# --- In a browser --------------------------------------------------------------------------------------------------


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        """Requests are seen in the browser."""


@pytest.fixture(scope="module")
def address(site) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(site)))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/transfer/index.html"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def tab(browser) -> Iterator[Page]:
    """A tab that fails its test at the end on any error of the page."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="de-DE")
    page, faults = context.new_page(), []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: message.type == "error" and faults.append(message.text))
    yield page
    context.close()
    assert faults == []


def shown(tab: Page) -> list[str]:
    tab.locator(".tb-count").wait_for()
    return [one.partition(".")[0] for one in tab.locator("#tb-transfer > li:visible > a").evaluate_all(
        "links => links.map(link => link.getAttribute('href'))"
    )]  # fmt: skip


def select(tab: Page, key: str, value: str) -> None:
    tab.locator(".tb-count").wait_for()
    tab.select_option(f"select[data-key={key}]", value)


@needs_browser
def test_two_facets_are_counted_kept_in_the_address_and_restored(tab, address):
    tab.goto(address)
    assert len(shown(tab)) == 5 and tab.get_by_role("status").text_content() == "5 von 5 Beispielen"
    select(tab, "kind", "Angebot")
    select(tab, "land", "Bayern")
    assert shown(tab) == ["augsburg-kurse", "forchheim-tag"]
    assert tab.get_by_role("status").text_content() == "2 von 5 Beispielen"
    assert tab.url == f"{address}#kind=Angebot&land=Bayern"
    tab.reload()
    assert shown(tab) == ["augsburg-kurse", "forchheim-tag"]
    assert tab.input_value("select[data-key=land]") == "Bayern"
    tab.locator("#tb-transfer a:visible").first.click()
    tab.get_by_role("heading", name="Kurse für Neuzugewanderte").wait_for()
    tab.go_back()
    assert shown(tab) == ["augsburg-kurse", "forchheim-tag"]
    tab.evaluate("location.hash = 'phase=Sek+I%2FII&land=unbekannt'")
    tab.wait_for_function("document.querySelector('select[data-key=kind]').value === ''")
    assert tab.input_value("select[data-key=land]") == "", "what the list does not offer is not chosen"
    tab.click("button[type=reset]")
    tab.wait_for_function("location.hash === ''")
    assert len(shown(tab)) == 5


@needs_browser
def test_options_say_how_many_they_would_leave(tab, address):
    tab.goto(address)
    select(tab, "land", "Bayern")
    options = tab.locator("select[data-key=kind] option").evaluate_all("all => all.map(one => one.label)")
    assert options == ["alle", "Angebot (2)", "Instrument (2)"]
    lands = tab.locator("select[data-key=land] option").evaluate_all("all => all.map(one => one.label)")
    assert lands == ["alle", "Bayern (4)", "Niedersachsen (1)"], "a facet's own choice does not narrow its options"


@needs_browser
@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("Schuelerin", ["forchheim-tag"]),
        ("schulgärten apfel", ["leer-tag"]),
        ("das Grundschulalter", ["leer-tag"]),  # a target group, which the card does not show; "das" does not count
        ("Gemeinde", ["forchheim-index"]),
        ("index landkreis", ["forchheim-index"]),
        ("Türen", ["forchheim-tag"]),
        ("Garten", ["leer-tag"]),  # the end of a compound
        ("neuzugew", ["augsburg-kurse"]),  # not yet a whole word
    ],
)
def test_words_are_found_in_other_forms_also_from_a_folder_on_disk(tab, site, words, found):
    tab.goto((site / "transfer" / "index.html").as_uri())
    tab.locator(".tb-count").wait_for()
    tab.fill(".tb-filter input", words)
    assert shown(tab) == found
    tab.reload()
    assert shown(tab) == found, "the address keeps the choice here too"


@needs_browser
def test_nothing_found_says_so_and_how_to_widen(tab, address):
    tab.goto(f"{address}#kind=Instrument&land=Niedersachsen")
    assert shown(tab) == []
    assert tab.get_by_role("status").text_content() == ("0 von 5 Beispielen. Nichts passt zu allen Angaben zugleich.")
    ways = tab.locator(".tb-wider button")
    assert ways.all_text_contents() == ["Ohne „Art: Instrument“ (1)", "Ohne „Land: Niedersachsen“ (2)"]
    ways.last.click()
    assert shown(tab) == ["augsburg-index", "forchheim-index"]
    assert tab.evaluate("document.activeElement.dataset.key") == "land", "who uses the keyboard is not lost"
    tab.fill(".tb-filter input", "xyz")
    select(tab, "land", "Niedersachsen")
    assert "Alle zeigen" in tab.locator(".tb-wider").text_content()


@needs_browser
def test_everything_works_from_the_keyboard_and_the_link_is_copied(tab, address):
    tab.context.grant_permissions(["clipboard-read", "clipboard-write"])
    tab.goto(address)
    tab.locator(".tb-count").wait_for()
    tab.focus(".tb-filter input")
    tab.keyboard.press("Tab")
    tab.keyboard.type("Inst")
    assert shown(tab) == ["augsburg-index", "forchheim-index"]
    for _ in range(20):
        if tab.evaluate("document.activeElement.classList.contains('tb-copy')"):
            break
        tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    tab.wait_for_function("document.querySelector('.tb-count').textContent.includes('kopiert')")
    assert tab.evaluate("navigator.clipboard.readText()") == f"{address}#kind=Instrument"


@needs_browser
def test_where_the_browser_does_not_copy_readers_see_the_link(tab, address):
    tab.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    tab.goto(f"{address}#kind=Angebot")
    tab.locator(".tb-count").wait_for()
    tab.click(".tb-copy")
    assert tab.input_value(".tb-address") == f"{address}#kind=Angebot"
    assert tab.get_by_role("status").text_content() == "Bitte den markierten Link kopieren."


@needs_browser
def test_a_place_of_the_page_is_no_choice(tab, address):
    tab.goto(f"{address}#land=Bayern")
    assert len(shown(tab)) == 4
    tab.evaluate("location.hash = 'main-content'")
    assert len(shown(tab)) == 4


@needs_browser
def test_print_is_a_plain_list_with_choice_and_addresses(tab, address):
    tab.goto(f"{address}#land=Bayern&kind=Angebot")
    assert len(shown(tab)) == 2
    tab.emulate_media(media="print")
    assert not tab.locator(".tb-filter").is_visible()
    assert tab.locator(".tb-choice").inner_text() == "Auswahl: Art: Angebot; Land: Bayern"
    assert tab.locator("#tb-transfer > li:visible").count() == 2
    line = "getComputedStyle(document.querySelector('#tb-transfer > li:not([data-tb-hidden])'), '::after').content"
    assert tab.evaluate(line) == f'"{address.replace("index.html", "augsburg-kurse.html")}"'
    lefts = tab.locator("#tb-transfer > li:visible").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect().left)"
    )
    assert len(set(lefts)) == 1, "below each other"


@needs_browser
def test_without_scripts_everything_is_there(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    assert not page.locator(".tb-filter").is_visible() and page.locator("#tb-transfer > li:visible").count() == 5
    context.close()


@needs_browser
@pytest.mark.parametrize("page", ["transfer/index.html", "uebersicht/uebernahmen.html", "uebersicht/komponenten.html"])
def test_a_phone_needs_no_sideways_scrolling_and_names_in_the_picture_stay_readable(tab, address, page):
    tab.set_viewport_size({"width": 390, "height": 800})
    tab.goto(address.replace("transfer/index.html", page))
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for name in tab.locator(".tb-flow text.tb-name tspan").all():
        box = name.bounding_box()
        assert box["height"] >= 12 and box["x"] >= 0 and box["x"] + box["width"] <= 390
