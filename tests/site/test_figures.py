"""Charts on pages: everything a chart says can be read without seeing it, and nothing unreadable gets published."""

import json

import pytest
from bs4 import BeautifulSoup
from pydantic import ValidationError

from tests.site.small_book import FIGURE_TEXT, PAGES, PLOTLY, figure_output, html_output, make_source, notebook
from transferbuch.site.book import BookRefused, BookSettings, build_book
from transferbuch.site.figures import FigureTable, FigureText, figure_html, figure_json

EDITION = BookSettings(title="Modellkreis", pages=PAGES, static_prefix="../../")


@pytest.fixture(scope="module")
def figure(tmp_path_factory) -> BeautifulSoup:
    tmp_path = tmp_path_factory.mktemp("seite")
    out = tmp_path / "99001"
    build_book(make_source(tmp_path), out, EDITION)
    return BeautifulSoup((out / "ueberblick.html").read_text("utf-8"), "html.parser").select_one("figure")


def test_caption_text_alternative_source_and_notes(figure):
    assert figure["id"] == "abb-zeitreihe-ohne-abschluss"
    assert figure.figcaption.get_text() == "Abbildung 1: Abgänge ohne Hauptschulabschluss, Prozent"
    chart = figure.select_one(".tb-chart")
    assert (chart["role"], chart["aria-label"]) == ("img", FIGURE_TEXT["alt"])
    assert chart["style"] == "--tb-height:300px"
    assert figure.select_one(".tb-source").get_text() == (
        "Quelle: Statistische Ämter, Tabelle 21111-02-06-4, Stand 15.05.2025, dl-de/by-2-0"
    )
    assert [note.get_text() for note in figure.select("figure > .tb-note")] == FIGURE_TEXT["notes"]


def test_the_table_has_every_number_with_headers(figure):
    details = figure.select_one("details.tb-numbers")
    assert not details.has_attr("open")
    assert details.summary.get_text() == "Zahlen als Tabelle zu Abbildung 1"
    table = details.table
    assert table.caption.get_text() == "Abgänge ohne Hauptschulabschluss nach Jahr"
    assert [(cell.get_text(), cell["scope"]) for cell in table.select("thead th")] == [
        ("Jahr", "col"),
        ("Modellkreis", "col"),
        ("Modellland", "col"),
    ]
    rows = [[cell.get_text() for cell in row.find_all(["th", "td"])] for row in table.select("tbody tr")]
    assert rows == [["2021", "12,0", "11,5"], ["2022", ".", "11,9"], ["2023", "15,1", "12,9"]]
    assert {cell["scope"] for cell in table.select("tbody th")} == {"row"}
    box = table.find_parent("div")
    assert (box["role"], box["tabindex"], box["aria-label"]) == ("region", "0", "Tabelle zu Abbildung 1")


def test_the_drawn_figure_is_the_stored_one(figure):
    assert json.loads(figure.script.string) == figure_output()["data"][PLOTLY]
    assert figure.script["type"] == "application/json"


def test_json_cannot_end_its_script_element():
    nasty = {"name": "</script><script>alert(1)</script>", "text": "<!-- & \u2028"}
    text = figure_json(nasty)
    assert not set("<>&\u2028") & set(text)
    assert json.loads(text) == nasty


def test_a_gap_is_null_and_never_nan():
    assert figure_json({"y": [1.5, None]}) == '{"y":[1.5,null]}'
    with pytest.raises(ValueError, match="not JSON compliant"):
        figure_json({"y": [float("nan")]})


def test_texts_are_escaped():
    text = FigureText.model_validate({**FIGURE_TEXT, "caption": "Anteil < 5 & mehr", "alt": 'Ein "Sprung"'})
    html = figure_html(text, "{}", 3, 360)
    assert "Abbildung 3:</span> Anteil &lt; 5 &amp; mehr" in html
    assert 'aria-label="Ein &quot;Sprung&quot;"' in html


@pytest.mark.parametrize(
    ("value", "is_number"),
    [
        ("1.587", True),
        ("15,1 %", True),
        ("−3,2", True),
        ("+0,4", True),
        (".", True),
        ("/", True),
        ("–", True),
        ("...", True),
        ("steigend", False),
        ("2023/24", False),
        ("Gymnasium", False),
    ],
)
def test_numbers_and_official_symbols_are_set_right(value, is_number):
    text = FigureText.model_validate(
        {**FIGURE_TEXT, "table": {"caption": "T", "columns": ["a", "b"], "rows": [["x", value]]}}
    )
    cell = BeautifulSoup(figure_html(text, "{}", 1, 360), "html.parser").select_one("tbody td")
    assert (cell.get("class") == ["tb-number"]) is is_number


def test_a_table_row_has_as_many_cells_as_columns():
    with pytest.raises(ValidationError, match="row 2 has 1 cells for 2 columns"):
        FigureTable.model_validate({"caption": "T", "columns": ["a", "b"], "rows": [["1", "2"], ["3"]]})


def bare(mime: str, data: object) -> dict:
    return {"output_type": "display_data", "data": {mime: data, "text/plain": "-"}, "metadata": {}}


@pytest.mark.parametrize(
    ("output", "what"),
    [
        (bare(PLOTLY, {"data": []}), "a Plotly figure without caption"),
        (figure_output(alt=""), "alt: String should have at least 1 character"),
        (figure_output(id="Mit Umlaut ä"), "id: String should match pattern"),
        (figure_output(quelle="?"), "quelle: Extra inputs are not permitted"),
        (figure_output(table={"caption": "T", "columns": ["a"], "rows": []}), "a table has columns and rows"),
        (bare("application/vnd.jupyter.widget-view+json", {"model_id": "1"}), "a widget does nothing without a kernel"),
        (bare("application/javascript", "alert(1)"), "scripts in outputs are not published"),
        (bare("text/latex", "$x$"), "formulas load MathJax from another host"),
        (bare("application/vnd.vega.v5+json", {}), "skipping unknown output mime type: application/vnd.vega.v5+json"),
    ],
)
def test_outputs_that_readers_could_not_use_refuse_the_book(tmp_path, output, what):
    source = make_source(tmp_path, ueberblick__ipynb=notebook(html_output("<p>Text</p>"), output))
    with pytest.raises(BookRefused) as refused:
        build_book(source, tmp_path / "out", EDITION)
    assert [(problem.file, problem.field) for problem in refused.value.problems] == [("ueberblick.ipynb", "cell 5")]
    assert what in refused.value.problems[0].what


def test_figures_of_a_page_are_counted(tmp_path):
    source = make_source(tmp_path, ueberblick__ipynb=notebook(figure_output(id="eins"), figure_output(id="zwei")))
    build_book(source, tmp_path / "out", EDITION)
    soup = BeautifulSoup((tmp_path / "out" / "ueberblick.html").read_text("utf-8"), "html.parser")
    assert [number.get_text() for number in soup.select(".tb-figure-number")] == ["Abbildung 1:", "Abbildung 2:"]
