"""Books as readers and the publisher get them: what is written, in which language, from which addresses."""

import json
import logging
import pickle
import re
from dataclasses import replace
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

import pytest
import sphinx
from bs4 import BeautifulSoup
from jinja2 import DictLoader, Environment
from jupyter_book.sphinx import build_sphinx
from sphinx import locale

from tests.site.small_book import PAGES, figure_output, html_output, make_source, notebook, stderr_output
from transferbuch.errors import UsageError
from transferbuch.site import between_books
from transferbuch.site.book import EXTENSIONS, BookRefused, BookResult, BookSettings, build_book
from transferbuch.site.gates import check_site
from transferbuch.site.german import IN_SCRIPTS
from transferbuch.site.search import stem

EDITION = BookSettings(
    title="Bildung im Modellkreis",
    pages=PAGES,
    static_prefix="../../",
    home="../../index.html",
    banner="Modellregion – erfundene Daten",
    footer='<p>Lizenz <a href="https://example.org/by">BY</a></p>',
)
PORTAL = BookSettings(title="Transferbuch", pages=PAGES, keep=("kommunen",))
ENGLISH = (
    "Search",
    "search this book",
    "Toggle",
    "Link to this",
    "Permalink",
    "Show code",
    "Hide code",
    "Contents",
    "previous",
    "next page",
    "Skip to",
    "Back to top",
    "Color mode",
    "light/dark",
    "System Settings",
    "On this page",
    "Site navigation",
    "Copy",
    "Copyright",
    "By ",
    "Created using",
    "Fullscreen",
    "Download",
    "Error",
    "Last updated",
    "Navigation",
    "Main",
)
"""Interface texts of Sphinx, pydata-sphinx-theme, sphinx-book-theme, myst-nb and sphinx-copybutton."""


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    """A site of one portal and one edition."""
    tmp_path = tmp_path_factory.mktemp("seite")
    source, out = make_source(tmp_path), tmp_path / "site"
    build_book(source, out / "kommunen" / "99001", EDITION)
    build_book(source, out, PORTAL)
    return out


def page(site: Path, name: str) -> BeautifulSoup:
    return BeautifulSoup((site / name).read_text("utf-8"), "html.parser")


def pages(site: Path) -> list[Path]:
    found = sorted(site.rglob("*.html"))
    assert len(found) == 6
    return found


def digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_book_without_faults_has_no_warnings_and_only_its_pages(tmp_path, capfd):
    result = build_book(make_source(tmp_path), tmp_path / "99001", EDITION)
    assert result.warnings == ()
    assert result.files == ("index.html", "search.html", "searchindex.js", "ueberblick.html")
    assert result.pages == ("index.html", "search.html", "ueberblick.html")
    assert sorted(digests(tmp_path / "99001")) == list(result.files)
    assert capfd.readouterr() == ("", "")


def test_the_site_passes_the_release_gate(site):
    assert [str(problem) for problem in check_site(site)] == []


def test_edition_and_portal_load_the_same_files_from_the_portal(site):
    def loaded(name: str) -> set[str]:
        soup = page(site, name)
        found = {tag.get("href") for tag in soup.find_all("link", rel=["stylesheet", "icon"])}
        return found | {tag["src"] for tag in soup.find_all("script", src=True)}

    edition, portal = loaded("kommunen/99001/ueberblick.html"), loaded("ueberblick.html")
    assert edition == {f"../../{address}" for address in portal}
    assert all(re.fullmatch(r"\.\./\.\./_static/[\w./-]+\?v=[0-9a-f]{8}", address) for address in edition)


def test_plotly_is_published_once_and_no_page_loads_it_by_itself(site):
    copy = site / "_static" / "vendor" / "plotly.min.js"
    wheel = Path(find_spec("plotly").origin).parent / "package_data" / "plotly.min.js"
    assert copy.read_bytes() == wheel.read_bytes()
    assert not (site / "kommunen" / "99001" / "_static").exists()
    heavy = ("plotly", "fontawesome", "bootstrap", "mathjax", "thebe", "require", "searchindex")
    for path in pages(site):
        scripts = [tag["src"] for tag in page(site, path).find_all("script", src=True)]
        wanted = {"searchindex"} if path.name == "search.html" else set()
        assert {name for name in heavy for script in scripts if name in script.lower()} == wanted
    assert not list((site / "_static").rglob("fontawesome.js"))


def test_no_english_interface_text_is_left(site):
    for path in pages(site):
        soup = page(site, path)
        for tag in soup(["script", "style", "pre"]):
            tag.decompose()
        spoken = [
            tag.get(name, "")
            for tag in soup.find_all(True)
            for name in ("title", "aria-label", "placeholder", "alt", "data-tooltip", "value")
        ]
        text = "\n".join([soup.get_text(" "), *spoken])
        assert [word for word in ENGLISH if word in text] == [], path


def test_every_text_of_the_search_scripts_has_a_german_one(site):
    scripts = Path(sphinx.__file__).parent / "themes" / "basic" / "static"
    asked = set()
    for script in ("searchtools.js", "sphinx_highlight.js", "doctools.js"):
        asked |= set(re.findall(r"(?:\b_|gettext)\(\s*\"([^\"]+)\"", (scripts / script).read_text("utf-8")))
    assert len(asked) == 7 and asked == set(IN_SCRIPTS)
    written = (site / "_static" / "translations.js").read_text("utf-8")
    messages = json.loads(written.removeprefix("Documentation.addTranslations(").rstrip().removesuffix(");"))
    assert messages["messages"] == IN_SCRIPTS and messages["locale"] == "de"


def test_search_index_knows_german_word_stems(site):
    index = (site / "kommunen" / "99001" / "searchindex.js").read_text("utf-8")
    index = json.loads(re.fullmatch(r"Search\.setIndex\((.*)\)", index, re.S)[1])
    assert index["docnames"] == ["index", "ueberblick"]
    assert index["terms"][stem("Schülerin")] == 1  # the chapter
    assert index["titleterms"][stem("Schulabschluß")] == 1


def test_every_code_cell_is_hidden_one_click_away(site):
    soup = page(site, "kommunen/99001/ueberblick.html")
    cells = soup.select("details.tb-code")
    assert [cell.pre.get_text().strip() for cell in cells] == ["ags = '99001'", "edition.show(0)", "edition.show(1)"]
    assert all(not cell.has_attr("open") for cell in cells)
    assert {cell.summary.get_text(" ") for cell in cells} == {"Quelltext zeigen Quelltext verbergen"}
    assert not [pre for pre in soup.select(".cell pre") if not pre.find_parent("details")]


def test_banner_footer_and_way_home_are_on_every_page_of_the_edition(site):
    for path in (site / "kommunen" / "99001").glob("*.html"):
        soup = page(site, path)
        assert soup.select_one("main .tb-banner").get_text() == "Modellregion – erfundene Daten"
        assert soup.select_one(".tb-footer a")["href"] == "https://example.org/by"
        home = soup.select_one(".tb-home a")
        assert (home["href"], home.get_text()) == ("../../index.html", "Zur Startseite")
    portal = page(site, "index.html")
    assert not portal.select(".tb-banner") and not portal.select(".tb-home") and not portal.select(".tb-footer")


def test_chapters_in_order_with_the_current_one_marked_and_titles(site):
    soup = page(site, "kommunen/99001/ueberblick.html")
    links = soup.select("nav.tb-chapters a")
    assert [(link.get_text().strip(), link.get("aria-current")) for link in links] == [
        ("Zu dieser Ausgabe", None),
        ("Überblick", "page"),
    ]
    assert soup.title.get_text() == "Überblick – Bildung im Modellkreis"
    assert soup.html["lang"] == "de"
    assert [heading.name for heading in soup.find_all(re.compile("^h[1-6]$"))] == ["h1", "h2"]


def test_a_dollar_sign_is_no_formula(site):
    assert "Kosten: 5 $ bis 10 $." in page(site, "index.html").get_text()


def test_a_formula_is_part_of_the_page_and_needs_no_script(tmp_path):
    formula = "# Titel\n\n```{math}\n\\frac{\\text{Zähler}}{2}\n```\n\nUnd {math}`x^2` im Satz.\n"
    build_book(make_source(tmp_path, index__md=formula), tmp_path / "site", PORTAL)
    soup = page(tmp_path / "site", "index.html")
    block, inline = soup.find_all("math")
    assert [one.get_text() for one in block.mfrac.find_all(True)] == ["Zähler", "2"]
    assert block.parent["tabindex"] == "0" and inline.parent.name == "p"
    assert not [tag["src"] for tag in soup.find_all("script", src=True) if "mathjax" in tag["src"].lower()]
    assert [str(problem) for problem in check_site(tmp_path / "site")] == []


def test_same_source_gives_the_same_bytes(tmp_path):
    for name in ("eins", "zwei"):
        build_book(make_source(tmp_path), tmp_path / name, EDITION)
        build_book(make_source(tmp_path), tmp_path / f"portal-{name}", PORTAL)
    assert digests(tmp_path / "eins") == digests(tmp_path / "zwei")
    assert digests(tmp_path / "portal-eins") == digests(tmp_path / "portal-zwei")


def test_a_build_leaves_nothing_in_the_process(tmp_path):
    source, before = make_source(tmp_path), dict(locale.translators)
    for _ in range(3):
        build_book(source, tmp_path / "99001", EDITION)
        assert locale.translators == before
        assert logging.getLogger("sphinx").handlers == []


@pytest.mark.parametrize(
    ("files", "file", "line", "what"),
    [
        ({"index__md": "# Titel\n\n[fort](gibt-es-nicht.md)\n"}, "index.md", 3, "gibt-es-nicht"),
        ({"index__md": "# Titel\n\n```{unbekannt}\n```\n"}, "index.md", 3, "unbekannt"),
        ({"index__md": "# Titel\n\n### Zu tief\n"}, "index.md", 3, "header"),
        ({"index__md": "# Titel\n\n```{math}\n\\wurzel{2}\n```\n"}, "index.md", 3, "Unknown LaTeX command"),
        ({"index__md": "# Titel\n\nHier {math}`a & b`.\n"}, "index.md", 3, "this formula cannot be read"),
        ({"ueberblick__ipynb": notebook(stderr_output("FutureWarning: alt"))}, "ueberblick.ipynb", 0, "stderr"),
        ({"ueberblick__ipynb": notebook(figure_output(), figure_output())}, "ueberblick.ipynb", 0, "two figures"),
        (
            {
                "ueberblick__ipynb": notebook(
                    {
                        "output_type": "error",
                        "ename": "KeyError",
                        "evalue": "'x'",
                        "traceback": ["Traceback", "KeyError: 'x'"],
                    }
                )
            },
            "ueberblick.ipynb",
            0,
            "a cell ended with an error: KeyError: 'x'",
        ),
    ],
)
def test_every_warning_refuses_the_book_and_names_its_place(tmp_path, files, file, line, what):
    out = tmp_path / "99001"
    build_book(make_source(tmp_path), out, EDITION)
    before = digests(out)
    with pytest.raises(BookRefused) as refused:
        build_book(make_source(tmp_path, **files), out, EDITION)
    problem = refused.value.problems[0]
    assert problem.file == file and what in problem.what
    assert not line or problem.line == line
    assert digests(out) == before, "the pages built before are still there"
    assert pickle.loads(pickle.dumps(refused.value)).problems == refused.value.problems


def test_a_cell_that_cannot_be_coloured_refuses_each_book_that_has_it(tmp_path):
    broken = notebook(html_output("<p>drei</p>")).replace("edition.show(0)", "preis = 3 $")
    for _ in range(2):  # what is kept for the next book does not hide a fault
        with pytest.raises(BookRefused) as refused:
            build_book(make_source(tmp_path, ueberblick__ipynb=broken), tmp_path / "out", EDITION)
        assert [(problem.file, "preis = 3 $" in problem.what) for problem in refused.value.problems] == [
            ("ueberblick.ipynb", True)
        ]


def test_a_template_is_compiled_again_when_its_text_has_changed():
    texts, compiled = {"seite.html": "{{ 1 }}"}, between_books.Compiled()

    def rendered() -> str:
        return Environment(loader=DictLoader(texts), bytecode_cache=compiled).get_template("seite.html").render()

    assert (rendered(), rendered()) == ("1", "1")
    texts["seite.html"] = "{{ 2 }}"
    assert (rendered(), rendered()) == ("2", "2")


def test_all_faults_are_reported_together(tmp_path):
    faulty = make_source(tmp_path, index__md="# Titel\n\n[a](fehlt-a.md)\n\n[b](fehlt-b.md)\n")
    with pytest.raises(BookRefused) as refused:
        build_book(faulty, tmp_path / "out", EDITION)
    assert [problem.line for problem in refused.value.problems] == [3, 5]


def test_a_page_cannot_publish_a_file_from_outside_its_book(tmp_path):
    source = make_source(tmp_path)
    (source.parent / "geheim.txt").write_text("nicht für die Öffentlichkeit", "utf-8")
    (source / "index.md").write_text("# Titel\n\n```{literalinclude} ../geheim.txt\n```\n", "utf-8")
    with pytest.raises(BookRefused) as refused:
        build_book(source, tmp_path / "out", EDITION)
    assert [(problem.file, problem.value) for problem in refused.value.problems] == [("index.md", "../geheim.txt")]
    assert not (tmp_path / "out").exists()


def test_a_missing_page_is_refused(tmp_path):
    with pytest.raises(BookRefused, match="fehlt"):
        build_book(make_source(tmp_path), tmp_path / "out", replace(EDITION, pages=("index", "ueberblick", "fehlt")))


def test_a_folder_that_is_no_built_site_is_never_emptied(tmp_path):
    precious = tmp_path / "briefe" / "brief.txt"
    precious.parent.mkdir()
    precious.write_text("Liebe Leserin", "utf-8")
    with pytest.raises(UsageError):
        build_book(make_source(tmp_path), precious.parent, EDITION)
    assert precious.read_text("utf-8") == "Liebe Leserin"


def test_a_second_build_removes_old_pages_and_keeps_what_belongs_to_others(tmp_path):
    more = make_source(tmp_path, mehr__md="# Mehr\n\nText.\n")
    out = tmp_path / "site"
    build_book(more, out, replace(PORTAL, pages=(*PAGES, "mehr")))
    (out / "kommunen").mkdir()
    (out / "kommunen" / "seite.html").write_text("Ausgabe", "utf-8")
    assert (out / "mehr.html").is_file()
    result: BookResult = build_book(make_source(tmp_path), out, PORTAL)
    assert not (out / "mehr.html").exists()
    assert (out / "kommunen" / "seite.html").read_text("utf-8") == "Ausgabe"
    assert "kommunen/seite.html" not in result.files


def test_the_order_can_come_from_the_source_with_pages_in_folders(tmp_path):
    toc = "format: jb-book\nroot: index\nchapters:\n- file: ueberblick\n- glob: beispiele/*\n"
    source = make_source(tmp_path, _toc__yml=toc)
    (source / "beispiele").mkdir()
    (source / "beispiele" / "eins.md").write_text("# Beispiel eins\n\nText.\n", "utf-8")
    out = tmp_path / "site"
    build_book(source, out, replace(PORTAL, pages=(), home="start.html"))
    soup = page(out, "beispiele/eins.html")
    assert soup.select_one(".tb-home a")["href"] == "../start.html"
    assert soup.find("link", rel="stylesheet")["href"].startswith("../_static/")
    assert [link["href"] for link in soup.select("nav.tb-chapters a")] == ["../index.html", "../ueberblick.html", "#"]


def test_plain_jupyter_book_gets_the_same_pages(tmp_path):
    source = make_source(
        tmp_path,
        _toc__yml="format: jb-book\nroot: index\nchapters:\n- file: ueberblick\n",
        _config__yml=f"title: Transferbuch\nauthor: ''\ncopyright: ''\nsphinx:\n  config:\n    language: de\n"
        f"    extensions: {json.dumps(EXTENSIONS)}\n",
    )
    failed = build_sphinx(
        source,
        tmp_path / "_build" / "html",
        noconfig=True,
        path_config=source / "_config.yml",
        confoverrides={"latex_individualpages": False},
        warningiserror=True,
        keep_going=True,
        really_quiet=True,
    )
    assert not failed
    build_book(source, tmp_path / "site", replace(PORTAL, search_label="Suchen"))
    for name in ("index.html", "ueberblick.html", "search.html"):
        assert (tmp_path / "_build" / "html" / name).read_text("utf-8") == (tmp_path / "site" / name).read_text("utf-8")
