"""Converted values are marked wherever they are shown, and published ones are not."""

from collections.abc import Callable

import pytest

from tests.report.conftest import record, row, spaces
from transferbuch.errors import DataRefused
from transferbuch.report.charts import comparison, time_series
from transferbuch.report.methods import territory
from transferbuch.report.overviews import development, overview
from transferbuch.report.sentences import development_sentence, value_sentence
from transferbuch.report.slice_model import Slice

Load = Callable[..., Slice]
FORMER = {
    "15084": [
        {"ags": "15256", "name": "Burgenlandkreis", "until": "2007-06-30", "exact": True},
        {"ags": "15268", "name": "Landkreis Weißenfels", "until": "2007-06-30", "exact": True},
    ],
    "15083": [{"ags": "15151", "name": "Landkreis Anhalt-Zerbst", "until": "2007-06-30", "exact": False}],
}
ROWS = [
    row("15084", 2006, top=200, bottom=2000, territory="sum"),
    row("15084", 2007, top=150, bottom=1500),
    row("15083", 2006, 9.0, territory="shares"),
    row("15083", 2007, 8.0),
    row("15", 2006, 11.0),
    row("15", 2007, 11.5),
]


@pytest.fixture
def slice_with_reform(load: Load) -> Slice:
    return load(ROWS, peers=["15083"], formed_from=FORMER)


def test_time_series_opens_the_marker_and_marks_the_cell(slice_with_reform: Slice) -> None:
    chart = time_series(slice_with_reform, slice_with_reform.indicators[record()["id"]])
    assert chart.figure["data"][0]["marker"]["symbol"] == ["circle-open", "circle"]
    assert chart.figure["data"][1]["marker"]["symbol"] == "square"
    assert [spaces(one) for one in chart.rows[0]] == ["2006", "10,0 % u", "11,0 %"]
    assert [spaces(one) for one in chart.rows[1]] == ["2007", "10,0 %", "11,5 %"]
    notes = " ".join(chart.notes)
    assert "Umgerechnet auf den Gebietsstand 31.12.2025: 2006 (im Diagramm offene Punkte)." in notes
    assert "Burgenlandkreis (15256, bis 30.06.2007) und Landkreis Weißenfels (15268, bis 30.06.2007)" in notes
    assert "u umgerechnet: aus zusammengezählten Zahlen früherer Kreise" in notes
    assert "10,0 % (umgerechnet) (2006)" in spaces(chart.alt)


def test_comparison_marks_estimated_peers(load: Load) -> None:
    data = load([one for one in ROWS if one["year"] == 2006], peers=["15083"], formed_from=FORMER)
    chart = comparison(data, data.indicators[record()["id"]])
    assert [trace["marker"]["symbol"] for trace in chart.figure["data"][:2]] == [["square-open"], ["circle-open"]]
    assert ["Landkreis Börde", "9,0 % ≈"] in [[spaces(cell) for cell in cells] for cells in chart.rows]
    assert any("≈ umgerechnet: mit amtlichen Anteilen" in note for note in chart.notes)


def test_sentences_say_that_a_value_is_converted(slice_with_reform: Slice) -> None:
    one = slice_with_reform.indicators[record()["id"]]
    values = slice_with_reform.values(one.id, "15084")
    assert "(umgerechnet)" not in value_sentence(slice_with_reform, one, values[2007])
    assert "10,0 % (200 von 2.000, umgerechnet)." in spaces(value_sentence(slice_with_reform, one, values[2006]))
    assert "2006 waren es 10,0 % (umgerechnet)" in spaces(development_sentence(slice_with_reform, one, values[2007]))


def test_overview_tables_mark_converted_cells_and_explain_the_sign(load: Load) -> None:
    data = load(ROWS[:1] + ROWS[4:5], formed_from=FORMER)
    for shown in (
        overview(data, [*data.indicators.values()], "Schulen"),
        development(data, [*data.indicators.values()], "Schulen", set(), []),
    ):
        assert "10,0 %" in spaces(shown.plain) and " u " in spaces(shown.plain)
        assert "Gebiet: u umgerechnet: aus zusammengezählten" in shown.plain


def test_tables_without_converted_values_have_no_sign(load: Load) -> None:
    data = load([ROWS[1], ROWS[5]], formed_from=FORMER)
    assert "umgerechnet" not in overview(data, [*data.indicators.values()], "Schulen").plain


def test_methods_page_names_former_kreise_and_counts_the_values(slice_with_reform: Slice) -> None:
    text = territory(slice_with_reform).plain
    assert "Gebietsstand aller Werte ist der 31. Dezember 2025." in spaces(text)
    assert "• Landkreis Weißenfels (15268, bis 30.06.2007)" in text
    assert "1 wie veröffentlicht, 1 zusammengezählt, 0 geschätzt" in text


def test_methods_page_without_a_reform(load: Load) -> None:
    text = territory(load([ROWS[1]], ags="05378")).plain
    assert "Der Rheinisch-Bergische Kreis hat seit 1995 kein Gebiet eines aufgelösten Kreises übernommen." in text


def test_unknown_mark_is_refused(load: Load) -> None:
    with pytest.raises(DataRefused, match="unknown mark of territory"):
        load([row("15084", 2006, 10.0, territory="guessed")])


def test_gemeinden_that_changed_the_kreis_are_a_break_of_every_series(load: Load) -> None:
    moves = [{"since": 2007, "what": "der Wechsel einzelner Gemeinden 2007", "detail": "2,7 % gehören seitdem zu: X."}]
    data = load(ROWS, peers=["15083"], formed_from=FORMER, moves=moves)
    one = data.indicators[record()["id"]]
    notes = time_series(data, one).notes
    assert "Bruch 2007: der Wechsel einzelner Gemeinden 2007. 2,7 % gehören seitdem zu: X." in notes
    sentence = development_sentence(data, one, data.values(one.id, "15084")[2007])
    assert "dazwischen liegt der Wechsel einzelner Gemeinden 2007" in sentence
    assert "2007: 2,7 % gehören seitdem zu: X." in territory(data).plain
