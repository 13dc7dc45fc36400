"""The readers' glossary: which words become links, what is wrong in its file, how a definition is shown and closed."""

import re
import shutil
from collections.abc import Iterator
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import Browser, Page, expect

from tests.site.small_book import figure_output, html_output, make_source, notebook
from tests.site.test_assets import CHROMIUM, _Quiet, browser, tab  # noqa: F401 (fixtures)
from transferbuch.errors import PersonFileError
from transferbuch.project import Project
from transferbuch.site.book import BookSettings, build_book
from transferbuch.site.checks import check_all
from transferbuch.site.gates import check_site
from transferbuch.site.glossary import Term, load_glossary
from transferbuch.site.glossary_ext import TermLinks

ROOT = Path(__file__).parents[2]
TERMS = load_glossary(ROOT / "book" / "glossar.md", "book/glossar.md")
LINKS = TermLinks(TERMS)
OPENING = {term.name: f'<a class="tb-term" href="#{term.name}">' for term in TERMS}


def linked(html: str) -> list[tuple[str, str]]:
    """(term, words as they stand in the text) of every link, in order."""
    found = re.findall(r'<a class="tb-term" href="#([^"]+)">([^<]+)</a>', LINKS.link(html, OPENING)[0])
    return [(term, " ".join(words.split())) for term, words in found]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        # inflected forms
        ("Die Bildungskonferenzen tagen zweimal.", {"Bildungskonferenz": "Bildungskonferenzen"}),
        ("Ergebnisse des Bildungsmonitorings liegen vor.", {"Bildungsmonitoring": "Bildungsmonitorings"}),
        ("in allen kreisfreien Städten", {"Kreisfreie Stadt": "kreisfreien Städten"}),
        ("mit einem Mittleren\nAbschluss", {"Mittlerer Abschluss": "Mittleren Abschluss"}),
        ("Leistungen nach dem SGB\u00a0II", {"SGB II": "SGB II"}),
        ("Indizes und Bildungsbüros", {"Index für Gebiete": "Indizes", "Bildungsbüro": "Bildungsbüros"}),
        ("Das Konfidenzintervall ist schmal.", {"Vertrauensbereich": "Konfidenzintervall"}),
        ("Statistisch gesichert ist der Unterschied.", {"Gesicherter Unterschied": "Statistisch gesichert"}),
        ("Förderprogramme für Schulträger", {"Förderprogramm": "Förderprogramme", "Schulträger": "Schulträger"}),
        # the longest term counts, and a part of it that comes later is not linked instead
        (
            "Datenbasiertes kommunales Bildungsmanagement. Das Bildungsmanagement steuert.",
            {"Datenbasiertes kommunales Bildungsmanagement": "Datenbasiertes kommunales Bildungsmanagement"},
        ),
        (
            "Schularten mit mehreren Bildungsgängen und andere Schularten",
            {
                "Schulart mit mehreren Bildungsgängen": "Schularten mit mehreren Bildungsgängen",
                "Schulart": "Schularten",
            },
        ),
        # the first occurrence only
        ("Der Median. Der Median.", {"Median": "Median"}),
        # parts of other words, other words with the same stem, verbs
        ("Schülerinnen der Berufsschulklasse, Berufsschülerinnen und Grundschüler", {}),
        ("Förderschülerinnen und Förderschüler", {}),
        ("Trendwende, Zensusdaten, SGB-II-Berechtigte, Rand-Index", {}),
        ("Stadtrat und Rat beraten", {}),
        ("Sie standen im Land und landen dort.", {}),
        ("Übergangs- und Abgangszahlen", {}),
        # ambiguous words need their exact form
        ("Stand der Umsetzung: erprobt. Der Stand ist hoch.", {}),
        ("Jede Zahl nennt Quelle und Stand.", {"Stand": "Quelle und Stand"}),
        ("Im Landkreis Börde und im Kreis Paderborn", {}),
        ("Alle Landkreise, alle Kreise", {"Landkreis": "Landkreise", "Kreis": "Kreise"}),
        ("Die Ausgaben der Kommune sind gestiegen, Ausgabe 2020.", {}),
        ("Was diese Rate zeigt", {"Rate": "Rate"}),
        # words that are not next to each other
        ("kreisfreie, große Stadt; SGB. II", {}),
    ],
)
def test_these_words_become_links_and_no_others(sentence, expected):
    assert dict(linked(f"<p>{sentence}</p>")) == expected
    assert len(linked(f"<p>{sentence}</p>")) == len(expected)


@pytest.mark.parametrize(
    "html",
    [
        "<h2>Median</h2>",
        '<a href="x.html">Der <em>Median</em></a>',
        "<p><code>Median</code></p>",
        "<pre>Median</pre>",
        '<figure class="tb-figure"><figcaption>Median</figcaption><p class="tb-note">Median</p></figure>',
        "<table><caption>Median</caption><tr><th>Median</th></tr></table>",
        '<div class="tb-table x"><table><tr><td>Median</td></tr></table></div>',
        '<ul class="tb-cards"><li><ul><li>a</li></ul>Median</li></ul>',
        '<aside class="tb-profile"><dl><dt>Art</dt><dd>Median</dd></dl></aside>',
        "<details><summary>mehr</summary>Median</details>",
        '<script type="application/json">{"Median": "a < b"}</script>',
        "<details><details>a</details><summary>mehr</summary>Median</details>",
        '<figure><script>"</figure>"</script><!-- </figure> --><figures></figures>Median</figure>',
        "<FIGURE>Median</Figure>",
        "<!-- Median > -->",
        '<p title="Der Median > 3">Text</p>',
        '<abbr title="x">Median</abbr>',
    ],
)
def test_headings_links_code_charts_and_data_tables_stay_as_they_are(html):
    assert LINKS.link(html, OPENING) == (html, [])
    after, used = LINKS.link(f"{html}<p>Median</p>", OPENING)
    assert after == f'{html}<p><a class="tb-term" href="#Median">Median</a></p>'
    assert [one.name for one in used] == ["Median"]


def test_the_cells_of_a_written_table_are_text():
    assert linked("<table><tr><th>Median</th><td>der Median</td></tr></table>") == [("Median", "Median")]


def test_the_projects_glossary_has_the_terms_of_the_field_with_one_plain_definition_each():
    assert len(TERMS) >= 60 and len({term.name for term in TERMS}) == len(TERMS)
    assert {"Median", "Quartil", "Vergleichskreise", "Hochrechnung", "Transferagentur", "SGB II"} <= {
        term.name for term in TERMS
    }
    median = next(term for term in TERMS if term.name == "Median")
    assert (median.english, median.also, median.forms) == ("median", (), None)
    assert "](" not in "".join(term.definition for term in TERMS)


GOOD = """# Glossar

```{glossary}
Ähre
  Teil einer [Pflanze](pflanze.md),
  oben.

  :Auch: Rispe; Kolben
  :Englisch: ear

Zensus
  Zählung.

  :Englisch: census
  :Formen: keine
```
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "glossar.md"
    path.write_text(text, "utf-8")
    return path


def test_an_entry_is_read_with_its_names_and_forms(tmp_path):
    assert load_glossary(write(tmp_path, GOOD), "glossar.md") == (
        Term("Ähre", "Teil einer Pflanze, oben.", "ear", ("Rispe", "Kolben"), None),
        Term("Zensus", "Zählung.", "census", (), ()),
    )
    assert load_glossary(tmp_path / "keins.md", "keins.md") == ()


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("  Zählung.\n", "", 11, "Zensus: the term has no definition"),
        ("  :Englisch: ear\n", "", 4, "Ähre: the English term is missing"),
        (":Englisch: ear", ":Englisch:", 9, "the field is empty"),
        (":Auch:", ":Ach:", 8, "did you mean 'Auch'"),
        (":Auch: Rispe; Kolben", ":Englisch: spike", 9, "the field is given twice"),
        ("Ähre\n", "Zulu\n", 11, "move it before 'Zulu'"),
        ("Ähre\n", "Zensus\n", 11, "the term is there twice"),
        (":Formen: keine", ":Formen: –", 11, "without a word"),
        (":Formen: keine", ":Formen: Rispen", 11, "the same words lead to another term too (Rispen)"),
        ("Zählung.", "Zählung mit `code`.", 11, "plain text"),
        ("Zählung.", f"Zählung{' und so' * 60}.", 11, "at most 400 characters"),
        ("```{glossary}\n", "```{glossary}\n  Text.\n\n", 4, "a definition without a term"),
        ("```{glossary}", "```{note}", 0, "the page has no terms"),
    ],
)
def test_a_fault_is_named_with_its_line(tmp_path, old, new, line, words):
    assert old in GOOD
    path = write(tmp_path, GOOD.replace(old, new))
    with pytest.raises(PersonFileError) as caught:
        load_glossary(path, "book/glossar.md")
    assert any(words in str(one) and one.line == line for one in caught.value.problems), str(caught.value)
    assert {one.file for one in caught.value.problems} == {"book/glossar.md"}


def test_the_check_of_all_files_reports_the_glossary(tmp_path):
    for name in ("book", "notebooks", "parameters"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "_toc.yml", tmp_path / "_toc.yml")
    checked = check_all(Project(tmp_path))
    assert checked.error is None and checked.counts["terms of the glossary"] == len(TERMS)
    text = (ROOT / "book" / "glossar.md").read_text("utf-8")
    write(tmp_path / "book", text.replace("  :Englisch: median\n", ""))
    found = [str(one) for one in check_all(Project(tmp_path)).error.problems]
    assert len(found) == 1 and found[0].startswith("book/glossar.md:") and "Median: the English term" in found[0]


# --- Built pages -------------------------------------------------------------------------------------------------


SENTENCES = (
    '<ul class="tb-findings"><li>Der Median liegt im Modellland bei 3,0.</li>'
    '<li>Weit rechts steht ein langes Wort vor diesem: <span style="float:right">Stichprobe</span></li></ul>'
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A portal with the project's glossary, and an edition that has none and leads there."""
    tmp_path = tmp_path_factory.mktemp("glossar")
    chapter = notebook(html_output(SENTENCES), html_output('<div style="height:2000px"></div>'), figure_output())
    glossary = (ROOT / "book" / "glossar.md").read_text("utf-8").replace("methodik/indizes.md", "unter/seite.md")
    page = "# Seite\n\nDas Bildungsbüro und der Median.\n"
    portal = make_source(tmp_path, ueberblick__ipynb=chapter, glossar__md=glossary)
    (portal / "unter").mkdir()
    (portal / "unter" / "seite.md").write_text(page, "utf-8")
    build_book(
        portal,
        tmp_path / "site",
        BookSettings("Transferbuch", ("index", "ueberblick", "glossar", "unter/seite"), keep=("kommunen",)),
    )
    build_book(
        make_source(tmp_path, ueberblick__ipynb=chapter),
        tmp_path / "site" / "kommunen" / "99001",
        BookSettings(
            "Modellkreis",
            ("index", "ueberblick"),
            static_prefix="../../",
            home="../../index.html",
            config_values={"transferbuch_glossary": TERMS, "transferbuch_glossary_page": "../../glossar.html"},
        ),
    )
    return tmp_path / "site"


def read(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text("utf-8"), "html.parser")


@pytest.mark.parametrize(
    ("page", "address"),
    [
        ("ueberblick.html", "glossar.html#term-Median"),
        ("unter/seite.html", "../glossar.html#term-Median"),
        ("kommunen/99001/ueberblick.html", "../../glossar.html#term-Median"),
    ],
)
def test_every_page_leads_to_the_one_glossary_and_brings_the_definition(folder, page, address):
    soup = read(folder / page)
    term = soup.find("a", string="Median")
    assert term["href"] == address
    definition = soup.find(id=term["aria-describedby"])
    assert definition.get_text() == (
        "Median: Wert in der Mitte: Die Hälfte aller Werte ist kleiner oder gleich groß, die andere größer oder gleich "
        "groß."
    )
    assert definition.has_attr("hidden") and not definition.find_parent("main")
    assert len(soup.select(".tb-definition")) == len(soup.select("a.tb-term")) > 0


def test_all_links_and_places_of_the_glossary_exist(folder):
    assert check_site(folder) == []
    anchors = {one["id"] for one in read(folder / "glossar.html").select("dl.glossary > dt")}
    assert {"term-Abgange", "term-AGS", "term-Index-fur-Gebiete"} <= anchors and len(anchors) == len(TERMS)


def test_the_glossarys_own_page_shows_names_and_letters_but_no_forms(folder):
    soup = read(folder / "glossar.html")
    assert soup.select("a.tb-term") == [] and ":Formen" not in soup.get_text() and "Formen:" not in soup.get_text()
    entry = soup.find(id="term-Vertrauensbereich").find_next("dd")
    assert entry.select_one(".tb-note").get_text() == (
        "Auch: Konfidenzintervall, Unsicherheitsbereich. Englisch: confidence interval"
    )
    assert entry.select_one("[lang=en]").get_text() == "confidence interval"
    letters = soup.select("nav.tb-letters a")
    assert [one.get_text() for one in letters][:3] == ["A", "B", "C"] and letters[-1]["href"] == "#term-Zahler"


def test_a_book_without_a_glossary_has_no_links(tmp_path):
    build_book(make_source(tmp_path), tmp_path / "site", BookSettings("Buch", ("index", "ueberblick")))
    assert "tb-term" not in (tmp_path / "site" / "ueberblick.html").read_text("utf-8")


# --- In the browser ----------------------------------------------------------------------------------------------


needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="NO CHROMIUM: install the system package chromium")


@pytest.fixture(scope="module")
def address(folder) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/kommunen/99001"
    server.shutdown()


@needs_browser
def test_the_pointer_shows_a_definition_that_stays_while_it_is_read(tab: Page, address):  # noqa: F811
    tab.goto(f"{address}/ueberblick.html")
    term, box = tab.locator("a.tb-term", has_text="Median"), tab.locator("#text-term-Median")
    expect(box).to_be_hidden()
    term.hover()
    expect(box).to_be_visible()
    box.hover()
    tab.wait_for_timeout(600)
    expect(box).to_be_visible()
    tab.mouse.move(5, 5)
    expect(box).to_be_hidden()


@needs_browser
def test_escape_closes_it_and_leaves_the_focus(tab: Page, address):  # noqa: F811
    tab.goto(f"{address}/ueberblick.html")
    term, box = tab.locator("a.tb-term", has_text="Median"), tab.locator("#text-term-Median")
    for _ in range(30):
        tab.keyboard.press("Tab")
        if term.evaluate("term => term === document.activeElement"):
            break
    expect(box).to_be_visible()
    expect(term).to_have_accessible_description(re.compile("^Median: Wert in der Mitte"))
    tab.keyboard.press("Escape")
    expect(box).to_be_hidden()
    expect(term).to_be_focused()
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/glossar.html#term-Median")


@needs_browser
def test_only_one_definition_is_open_and_focus_that_leaves_closes_it(tab: Page, address):  # noqa: F811
    tab.goto(f"{address}/ueberblick.html")
    tab.locator("a.tb-term", has_text="Median").hover()
    tab.locator("a.tb-term", has_text="Stichprobe").hover()
    expect(tab.locator(".tb-definition:visible")).to_have_count(1)
    expect(tab.locator("#text-term-Stichprobe")).to_be_visible()


@needs_browser
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_a_definition_lies_inside_the_window_beside_its_term(tab: Page, address, width):  # noqa: F811
    tab.set_viewport_size({"width": width, "height": 700})
    tab.goto(f"{address}/ueberblick.html")
    for name in ("Median", "Stichprobe"):
        term, box = tab.locator("a.tb-term", has_text=name), tab.locator(f"#text-term-{name}")
        term.hover()
        expect(box).to_be_visible()
        there, here = box.bounding_box(), term.bounding_box()
        assert there["x"] >= 0 and there["x"] + there["width"] <= width
        assert there["y"] >= 0 and there["y"] + there["height"] <= 700
        assert abs(there["y"] - here["y"] - here["height"]) < 2 or abs(there["y"] + there["height"] - here["y"]) < 2
        assert tab.evaluate("document.documentElement.scrollWidth") <= width


@needs_browser
def test_the_first_tap_explains_and_the_second_follows(browser: Browser, address):  # noqa: F811
    context = browser.new_context(viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(f"{address}/ueberblick.html")
    term, box = page.locator("a.tb-term", has_text="Median"), page.locator("#text-term-Median")
    term.tap()
    expect(box).to_be_visible()
    page.locator("h1").tap()
    expect(box).to_be_hidden()
    term.tap()
    expect(box).to_be_visible()
    term.tap()
    page.wait_for_url("**/glossar.html#term-Median")
    context.close()


@needs_browser
def test_print_has_neither_definitions_nor_their_underline(tab: Page, address):  # noqa: F811
    tab.goto(f"{address}/ueberblick.html")
    term = tab.locator("a.tb-term", has_text="Median")
    term.hover()
    assert "underline" in term.evaluate("term => getComputedStyle(term).textDecorationLine")
    tab.emulate_media(media="print")
    expect(tab.locator("#text-term-Median")).to_be_hidden()
    assert term.evaluate("term => getComputedStyle(term).textDecorationLine") == "none"


@needs_browser
def test_the_search_shows_the_page_and_not_the_definitions(tab: Page, address):  # noqa: F811
    tab.goto(f"{address}/search.html?q=Modellland")
    context = tab.locator("#search-results p.context")
    context.first.wait_for()
    text = " ".join(context.all_text_contents())
    assert "Der Median liegt im Modellland" in text and "Wert in der Mitte" not in text
    tab.goto(f"{address}/search.html?q=Mitte")
    tab.wait_for_function("document.querySelector('p.search-summary')?.textContent")
    assert tab.locator("#search-results li").count() == 0
