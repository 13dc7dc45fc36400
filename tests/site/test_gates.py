"""The release gate: one small site without fault, then one fault at a time."""

import socket
from pathlib import Path

import pytest

from transferbuch.site import gates
from transferbuch.site.gates import check_site

PAGE = """<!DOCTYPE html>
<html lang="de" data-content_root="./">
<head><title>{title}</title><link rel="stylesheet" href="{up}_static/stil.css?v=1">
<link rel="canonical" href="https://www.example.org/"></head>
<body><h1 id="oben">Titel</h1>{body}</body></html>
"""
FINE = """<a href="https://www.regionalstatistik.de/home/">Daten</a> <a href="mailto:post@example.org">Post</a>
<a href="kommunen/99001/#oben">Ausgabe</a> <a href="kommunen/99001/index.html?q=1">Suche</a> <a href="#oben">oben</a>
<script type="application/json">{"text": "https://www.example.org/bild.png"}</script>
<script>const weg = "a//b";</script>
<img src="data:image/png;base64,AAAA" alt=""> <p>Rechte/home/Pflichten, siehe www.example.org/home/seite</p>"""


def make_site(folder: Path, body: str = "", css: str = "") -> Path:
    (folder / "_static").mkdir()
    (folder / "kommunen" / "99001").mkdir(parents=True)
    (folder / "_static" / "stil.css").write_text("body { background: url('bild%20eins.svg') }" + css, "utf-8")
    (folder / "_static" / "bild eins.svg").write_text("<svg/>", "utf-8")
    (folder / "index.html").write_text(PAGE.format(title="Start", up="", body=FINE + body), "utf-8")
    (folder / "kommunen" / "99001" / "index.html").write_text(
        PAGE.format(title="Ausgabe", up="../../", body='<a href="../../index.html">Start</a>'), "utf-8"
    )
    return folder


def test_a_good_site_has_no_problems(tmp_path):
    assert [str(problem) for problem in check_site(make_site(tmp_path))] == []


@pytest.mark.parametrize(
    ("body", "code", "value"),
    [
        ('<script src="https://cdn.example.org/a.js"></script>', "foreign-host", "https://cdn.example.org/a.js"),
        ("<script async\n  src='//cdn.example.org/a.js'></script>", "foreign-host", "//cdn.example.org/a.js"),
        (
            '<link rel="stylesheet" href="https://fonts.example.org/css">',
            "foreign-host",
            "https://fonts.example.org/css",
        ),
        ('<link rel="preconnect" href="https://fonts.example.org">', "foreign-host", "https://fonts.example.org"),
        ('<img src="http://example.org/zaehler.gif" alt="">', "foreign-host", "http://example.org/zaehler.gif"),
        (
            '<img alt="" srcset="kommunen/99001/index.html 1x, https://example.org/2.png 2x">',
            "foreign-host",
            "https://example.org/2.png",
        ),
        (
            '<iframe title="Karte" src="https://maps.example.org/"></iframe>',
            "foreign-host",
            "https://maps.example.org/",
        ),
        ('<form action="https://example.org/senden"></form>', "foreign-host", "https://example.org/senden"),
        ('<p style="background: url(https://example.org/b.png)">x</p>', "foreign-host", "https://example.org/b.png"),
        ('<style>@import "https://example.org/a.css";</style>', "foreign-host", "https://example.org/a.css"),
        ('<script>import("https://example.org/m.js")</script>', "foreign-host", "https://example.org"),
        ('<a href="fehlt.html">x</a>', "dead-link", "fehlt.html"),
        ('<a href="kommunen/99002/">x</a>', "dead-link", "kommunen/99002/"),
        ('<script src="_static/fehlt.js"></script>', "dead-link", "_static/fehlt.js"),
        ('<a href="kommunen/99001/index.html#unten">x</a>', "dead-anchor", "kommunen/99001/index.html#unten"),
        ('<a href="#unten">x</a>', "dead-anchor", "#unten"),
        ('<a href="/index.html">x</a>', "root-link", "/index.html"),
        ("<p>FileNotFoundError: /home/erika/daten.csv</p>", "local-path", "/home/erika/daten.csv"),
        ("<p>(/root/.cache)</p>", "local-path", "/root/.cache)"),
        ("<pre>/Users/erika/x</pre>", "local-path", "/Users/erika/x"),
        ("<p>C:\\Users\\Erika</p>", "local-path", "C:\\Users\\Erika"),
        ('<a href="#oben" title="D:\\\\Temp\\\\x">x</a>', "local-path", "D:\\\\Temp\\\\x"),
        ("<p>/tmp/tmpab12/x.py</p>", "local-path", "/tmp/tmpab12/x.py"),
    ],
)
def test_each_fault_is_found_with_its_page_and_nothing_else(tmp_path, body, code, value):
    problems = check_site(make_site(tmp_path, body))
    assert [(problem.file, problem.code, problem.value) for problem in problems] == [("index.html", code, value)]


def test_the_same_tag_is_a_fault_on_every_page_where_it_leads_nowhere(tmp_path):
    site = make_site(tmp_path, '<a href="kommunen/99001/">x</a>')
    (site / "kommunen" / "99001" / "karte.html").write_text(
        PAGE.format(title="Karte", up="../../", body='<a href="kommunen/99001/">x</a>'), "utf-8"
    )
    assert [(problem.file, problem.code) for problem in check_site(site)] == [
        ("kommunen/99001/karte.html", "dead-link")
    ]


def test_a_file_address_is_a_trace_and_no_link(tmp_path):
    problems = check_site(make_site(tmp_path, '<a href="file:///data/x.html">x</a>'))
    assert {problem.code for problem in problems} == {"local-path"}


def test_style_sheets_are_checked_too(tmp_path):
    css = "@font-face { src: url(//fonts.example.org/f.woff2) } i { mask: url(x.svg) }"
    problems = check_site(make_site(tmp_path, css=css))
    assert [(problem.file, problem.code, problem.value) for problem in problems] == [
        ("_static/stil.css", "dead-link", "x.svg"),
        ("_static/stil.css", "foreign-host", "//fonts.example.org/f.woff2"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('lang="de"', 'lang="en"', "page-language"),
        (' lang="de"', "", "page-language"),
        ("<title>Start</title>", "", "page-title"),
        ("<title>Start</title>", "<title> </title>", "page-title"),
    ],
)
def test_language_and_title(tmp_path, old, new, code):
    page = make_site(tmp_path) / "index.html"
    page.write_text(page.read_text("utf-8").replace(old, new), "utf-8")
    assert [problem.code for problem in check_site(tmp_path)] == [code]


def test_names_of_this_machine_are_found_in_downloads(tmp_path, monkeypatch):
    monkeypatch.setattr(socket, "gethostname", lambda: "rechner-17")
    monkeypatch.setattr(gates.getpass, "getuser", lambda: "emustermann")
    gates._traces.cache_clear()
    make_site(tmp_path)
    (tmp_path / "notiz.json").write_text('{"a": 1,\n "host": "rechner-17"}', "utf-8")
    (tmp_path / "werte.csv").write_text("ags;quelle\n99001;D/emustermann/roh.csv\n", "utf-8")
    (tmp_path / "gut.csv").write_text("name\nRechner-171\nFrau Emustermann\n", "utf-8")
    found = [(problem.file, problem.line) for problem in check_site(tmp_path)]
    gates._traces.cache_clear()
    assert found == [("notiz.json", 2), ("werte.csv", 2)]


def test_the_folder_it_was_started_in_is_found_wherever_it_lies(tmp_path, monkeypatch):
    checkout = tmp_path / "projekt"
    checkout.mkdir()
    monkeypatch.chdir(checkout)
    gates._traces.cache_clear()
    site = tmp_path / "site"
    site.mkdir()
    make_site(site, f"<p>x{checkout}/book</p>")
    problems = check_site(site)
    gates._traces.cache_clear()
    assert [problem.code for problem in problems] == ["local-path"]


def test_one_page_full_of_the_same_fault_stays_readable(tmp_path):
    site = make_site(tmp_path, "".join(f'<a href="fehlt-{number}.html">x</a>' for number in range(500)))
    assert len(check_site(site)) == gates.MAX_PER_FILE
