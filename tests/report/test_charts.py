"""Charts: what the figure draws, that it never bridges a gap, and that text and table say the same."""

import json

import pytest

from tests.report.conftest import BURGENLAND, LEAVERS, record, row, series_break, spaces, table
from transferbuch.report.charts import PLOTLY, comparison, composition, time_series
from transferbuch.report.traces import COLOURS

PEERS = ["15088", "15083", "15002"]


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("colour", COLOURS)
def test_colours_stand_out_on_both_backgrounds_and_carry_black_text(colour):
    own, dark = luminance(colour), luminance("#121212")
    assert 1.05 / (own + 0.05) >= 3 and (own + 0.05) / (dark + 0.05) >= 3
    assert (own + 0.05) / 0.05 >= 4.5


@pytest.fixture
def series(load):
    data = load(BURGENLAND, peers=PEERS)
    return time_series(data, data.indicators[LEAVERS])


def test_a_gap_is_a_gap(series):
    own = series.figure["data"][0]
    assert own["x"] == list(range(2013, 2024))
    assert own["y"] == [10.3, 11.2, 12.2, None, None, None, None, None, None, None, 15.1]
    assert all(line["connectgaps"] is False for line in series.figure["data"])
    # a single point between gaps has no line and needs its marker
    assert all(line["mode"] == "lines+markers" for line in series.figure["data"])


def test_series_differ_in_more_than_colour(series):
    lines = series.figure["data"]
    assert [line["name"] for line in lines] == ["Burgenlandkreis", "Land Sachsen-Anhalt", "Deutschland"]
    assert len({line["line"]["dash"] for line in lines}) == len({line["marker"]["symbol"] for line in lines}) == 3


def test_axes_are_german_and_begin_at_zero(series):
    layout = series.figure["layout"]
    assert layout["separators"] == ",."
    assert (layout["yaxis"]["rangemode"], layout["yaxis"]["ticksuffix"]) == ("tozero", "\u00a0%")
    assert layout["xaxis"]["tickformat"] == "d"  # 2023, not 2.023


def test_texts_of_the_series(series):
    assert series.caption == (
        "Anteil der Abgänge ohne Hauptschulabschluss im Burgenlandkreis, im Land Sachsen-Anhalt "
        "und in Deutschland, 2013 bis 2023"
    )
    assert spaces(series.alt) == (
        "Liniendiagramm 2013 bis 2023. Burgenlandkreis: 10,3 % (2013) und 15,1 % (2023). Land Sachsen-Anhalt: 10,6 % "
        "(2015) und 12,7 % (2023). Deutschland: 5,6 % (2015) und 7,1 % (2023)."
    )
    assert series.source == (
        "Quelle: Statistische Ämter des Bundes und der Länder, Tabelle 21111-02-06-4, Stand "
        "24.02.2018 und 13.03.2025; eigene Berechnung; Lizenz dl-de/by-2-0"
    )
    assert series.notes == [
        "Ohne Wert für den Burgenlandkreis: 2016 bis 2022 (im Datenbestand nicht enthalten). Dort ist keine Linie "
        "gezeichnet.",
        "Zeichen: – im Datenbestand nicht enthalten.",
    ]
    assert series.caveats == ["Nachgeholte Abschlüsse zählen nicht."]


def test_table_of_the_series(series):
    assert series.columns == ["Jahr", "Burgenlandkreis", "Land Sachsen-Anhalt", "Deutschland"]
    assert [[spaces(cell) for cell in line] for line in series.rows] == [
        ["2013", "10,3 %", "–", "–"],
        ["2014", "11,2 %", "–", "–"],
        ["2015", "12,2 %", "10,6 %", "5,6 %"],
        ["2023", "15,1 %", "12,7 %", "7,1 %"],
    ]


def test_only_the_delivery_that_was_used_is_the_source(load):
    data = load([row("15084", 2023, top=240, bottom=1587)])
    assert time_series(data, data.indicators[LEAVERS]).source == (
        "Quelle: Statistische Ämter des Bundes und der Länder, Tabelle 21111-02-06-4, Stand 13.03.2025; "
        "eigene Berechnung; Lizenz dl-de/by-2-0"
    )


def test_the_model_regions_source_says_that_it_is_invented(load):
    tables = table(attribution="© Modellregion (erfundene Daten) des Projekts Transferbuch, 2026.", licence="CC BY 4.0")
    data = load([row("99052", 2023, top=9, bottom=100)], ags="99052", tables=tables)
    assert time_series(data, data.indicators[LEAVERS]).source == (
        "Quelle: Modellregion (erfundene Daten) des Projekts Transferbuch, Tabelle 21111-02-06-4, Stand 13.03.2025; "
        "eigene Berechnung; Lizenz CC BY 4.0"
    )


def test_two_tables_and_a_published_rate(load):
    one = record("rate", "value")
    tables = {**table(), **table("13211-02-05-4", period="annual_mean", stand="", files=[])}
    data = load(
        [row("15084", 2023, 7.2, indicator="rate", tables="13211-02-05-4,21111-02-06-4")],
        indicators=[one],
        tables=tables,
    )
    assert time_series(data, one_of(data)).source == (
        "Quelle: Statistische Ämter des Bundes und der Länder, Tabellen 13211-02-05-4, Stand ohne Angabe; "
        "21111-02-06-4, Stand 13.03.2025; Lizenz dl-de/by-2-0"
    )


def one_of(data):
    return next(iter(data.indicators.values()))


def test_reasons_for_missing_years_are_told_apart(load):
    data = load(
        [
            row("15084", 2019, status="not_existing"),
            row("15", 2019, 10.0),
            row("15084", 2020, 11.0),
            row("15084", 2021, status="secret"),
            row("15084", 2022, 12.0),
        ]
    )
    chart = time_series(data, data.indicators[LEAVERS])
    assert chart.notes == [
        "Ohne Wert für den Burgenlandkreis: 2019 (Kreis in heutiger Abgrenzung gab es noch nicht); 2021 (unbekannt "
        "oder geheim gehalten). Dort ist keine Linie gezeichnet.",
        "Zeichen: . unbekannt oder geheim gehalten; – Kreis in heutiger Abgrenzung gab es noch nicht; – im "
        "Datenbestand nicht enthalten.",
    ]
    assert [line[1] for line in chart.rows][::2] == ["–", "."]


def test_counts_show_the_municipality_alone(load):
    pupils = record("count_pupils", "value", unit="Personen", decimals=0, title="Schülerinnen und Schüler")
    data = load(
        [row("15084", 2023, 16968, indicator="count_pupils"), row("15", 2023, 210738, indicator="count_pupils")],
        indicators=[pupils],
    )
    chart = time_series(data, one_of(data))
    assert [line["name"] for line in chart.figure["data"]] == ["Burgenlandkreis"]
    assert chart.rows == [["2023", "16.968"]]
    assert chart.caption == "Schülerinnen und Schüler im Burgenlandkreis, 2023"


def test_the_series_begins_with_the_first_row_and_ends_where_somebody_has_a_number(load):
    rows = [
        row("15084", 2018, status="secret"),
        row("15", 2019, 12.0),
        row("15084", 2020, 14.0),
        row("15084", 2021, status="secret"),
        row("15088", 2021, 9.0),
        row("15084", 2022, status="secret"),
    ]
    chart = time_series(data := load(rows, peers=["15088"]), data.indicators[LEAVERS])
    assert chart.figure["data"][0]["x"] == [2018, 2019, 2020, 2021]
    assert [line[0] for line in chart.rows] == ["2018", "2019", "2020", "2021"]
    assert chart.notes[0] == (
        "Ohne Wert für den Burgenlandkreis: 2018 und 2021 (unbekannt oder geheim gehalten); 2019 (im Datenbestand "
        "nicht enthalten). Dort ist keine Linie gezeichnet."
    )


def test_a_city_was_no_kreis_before(load):
    data = load([row("15002", 2019, status="not_existing"), row("15002", 2020, 11.0)], ags="15002")
    assert time_series(data, data.indicators[LEAVERS]).notes == [
        "Ohne Wert für die Stadt Halle (Saale): 2019 (Stadt in heutiger Abgrenzung gab es noch nicht). Dort ist keine "
        "Linie gezeichnet.",
        "Zeichen: – Stadt in heutiger Abgrenzung gab es noch nicht.",
    ]


def test_a_share_that_cannot_be_computed_has_no_false_reason(load):
    data = load([row("15084", 2019, status="missing"), row("15084", 2020, 11.0)])
    assert time_series(data, data.indicators[LEAVERS]).notes == [
        "Ohne Wert für den Burgenlandkreis: 2019 (nicht berechenbar). Dort ist keine Linie gezeichnet.",
        "Zeichen: – nicht berechenbar.",
    ]


def test_an_older_denominator_is_told(load):
    one = record(tables=["12411-02-03-4", "22543-01-02-4"])
    one["formula"]["denominator_years_before"] = 1
    data = load(BURGENLAND, peers=PEERS, indicators=[one])
    note = "Nenner ist die Bevölkerung am 31. Dezember des Vorjahres."
    one = data.indicators[LEAVERS]
    charts = [time_series(data, one), comparison(data, one), composition(data, [one], "Abgänge")]
    assert [chart.notes[-1] for chart in charts] == [note, note, note]


def test_no_own_value_no_chart(load):
    data = load([row("15084", 2023, status="secret"), row("15", 2023, 12.7)], peers=PEERS)
    one = data.indicators[LEAVERS]
    assert time_series(data, one) is comparison(data, one) is composition(data, [one], "Abgänge") is None


@pytest.fixture
def dots(load):
    data = load(BURGENLAND, peers=PEERS)
    return comparison(data, data.indicators[LEAVERS])


def test_comparison_with_the_other_kreise(dots):
    own, others, land = dots.figure["data"]
    assert (own["x"], own["y"], own["marker"]["symbol"]) == ([15.1], ["Burgenlandkreis"], "square")
    assert (others["x"], others["y"]) == ([9.2, 9.4], ["Saalekreis", "Landkreis Börde"])
    assert spaces(land["name"]) == "Land Sachsen-Anhalt: 12,7 %"
    (shape,) = dots.figure["layout"]["shapes"]
    assert shape["x0"] == shape["x1"] == 12.7 and shape["line"]["dash"] == "dash"


def test_texts_of_the_comparison(dots):
    assert dots.caption == (
        "Anteil der Abgänge ohne Hauptschulabschluss in den Kreisen und kreisfreien Städten des "
        "Landes Sachsen-Anhalt im Abgangsjahr 2023"
    )
    assert spaces(dots.alt) == (
        "Punktdiagramm: Im Burgenlandkreis 15,1 %. Die Werte von 3 Kreisen und kreisfreien Städten reichen von 9,2 % "
        "(Saalekreis) bis 15,1 % (Burgenlandkreis); im Land Sachsen-Anhalt 12,7 %."
    )
    assert [[spaces(cell) for cell in line] for line in dots.rows] == [
        ["Burgenlandkreis", "15,1 %"],
        ["Landkreis Börde", "9,4 %"],
        ["Saalekreis", "9,2 %"],
        ["Stadt Halle (Saale)", "."],
        ["Land Sachsen-Anhalt", "12,7 %"],
    ]
    assert dots.notes == ["Zeichen: . unbekannt oder geheim gehalten."]


def test_comparison_takes_the_newest_year_with_a_value_of_the_land(load):
    rows = [*BURGENLAND, row("15084", 2024, 15.2), row("15088", 2024, 9.8)]
    data = load(rows, peers=PEERS)
    assert comparison(data, data.indicators[LEAVERS]).columns[1] == "2023"
    data = load([row("15084", 2024, 15.2), row("15088", 2024, 9.8)], peers=PEERS)
    chart = comparison(data, data.indicators[LEAVERS])
    assert chart.columns[1] == "2024" and "shapes" not in chart.figure["layout"]


def test_large_laender_stand_side_by_side(load, monkeypatch):
    monkeypatch.setattr("transferbuch.report.traces._NAMED_ROWS", 2)
    data = load(BURGENLAND, peers=PEERS)
    own, others, _ = comparison(data, data.indicators[LEAVERS]).figure["data"]
    assert (own["x"], own["y"]) == ([3], [15.1])
    assert (others["x"], others["y"]) == ([1, 2], [9.2, 9.4])


def shares(*values: float, year: int = 2023, ags: str = "15084"):
    return [row(ags, year, value, indicator=f"part{i}") for i, value in enumerate(values)]


PARTS = [record(f"part{i}", title=f"Teil {i}", caveats=["Gerundet."]) for i in range(3)]


def test_parts_of_a_whole_are_stacked(load):
    rows = [*shares(15.1, 57.6, 27.0), *shares(12.7, 60.3, 27.0, ags="15"), *shares(15.0, 58.0, 27.0, year=2024)]
    data = load(rows, indicators=PARTS)
    chart = composition(data, list(data.indicators.values()), "Abgänge nach Abschluss")
    assert chart.figure["layout"]["barmode"] == "stack"
    assert [bar["x"] for bar in chart.figure["data"]] == [[15.1, 12.7], [57.6, 60.3], [27.0, 27.0]]
    # 2024 has no value of the Land, so the year before is shown
    assert chart.caption == "Abgänge nach Abschluss im Burgenlandkreis und im Land Sachsen-Anhalt im Abgangsjahr 2023"
    assert spaces(chart.alt) == (
        "Balkendiagramm: Burgenlandkreis im Abgangsjahr 2023: Teil 0 15,1 %; Teil 1 57,6 %; Teil 2 27,0 %."
    )
    assert chart.notes == [
        "Die Anteile ergeben zusammen nicht genau 100 %, weil die amtlichen Zahlen gerundet sind "
        "oder weitere kleine Gruppen fehlen."
    ]
    assert chart.caveats == ["Gerundet."]


def test_parts_that_are_no_whole_stand_side_by_side(load):
    data = load(shares(15.1, 20.0, 27.0), indicators=PARTS)
    chart = composition(data, list(data.indicators.values()), "Anteile")
    assert chart.figure["layout"]["barmode"] == "group" and chart.notes == []


def test_legends_are_short_and_break_before_a_narrow_screen_cuts_them(load, dots):
    titles = [
        "Anteil der Beschäftigten ohne Berufsabschluss",
        "Anteil der Beschäftigten mit akademischem Abschluss",
        "Anteil der Beschäftigten mit noch nicht gemeldetem oder unbekanntem Abschluss",
    ]
    parts = [record(f"part{i}", title=title) for i, title in enumerate(titles)]
    data = load(shares(15.1, 20.0, 27.0), indicators=parts)
    chart = composition(data, list(data.indicators.values()), "Abschlüsse")
    assert [bar["name"] for bar in chart.figure["data"]] == [
        "Ohne Berufsabschluss",
        "Mit akademischem Abschluss",
        "Mit noch nicht gemeldetem oder<br>unbekanntem Abschluss",
    ]
    assert [line[0] for line in chart.rows] == titles  # the table has room for the whole title
    assert dots.figure["data"][1]["name"] == "andere Kreise und kreisfreie<br>Städte"


def test_a_part_without_value_is_no_composition(load):
    data = load([*shares(15.1, 57.6), row("15084", 2023, status="secret", indicator="part2")], indicators=PARTS)
    assert composition(data, list(data.indicators.values()), "Abgänge") is None


def test_what_a_notebook_stores(series):
    content, metadata = series._repr_mimebundle_()
    assert content["text/plain"] == series.alt
    text = metadata[PLOTLY]["transferbuch"]
    assert set(text) == {"id", "caption", "alt", "table", "source", "notes"}
    assert text["id"] == "zeitreihe-share-leavers-without-certificate-pct"
    assert text["notes"] == [*series.notes, *series.caveats]
    json.dumps(content[PLOTLY], allow_nan=False)


def test_the_site_can_render_every_kind_of_chart(load, series, dots):
    from transferbuch.site.figures import FigureText, figure_json

    data = load(shares(15.1, 57.6, 27.3), indicators=PARTS)
    for chart in (series, dots, composition(data, list(data.indicators.values()), "Abgänge")):
        content, metadata = chart._repr_mimebundle_()
        assert FigureText.model_validate(metadata[PLOTLY]["transferbuch"]).caption == chart.caption
        assert figure_json(content[PLOTLY])


def test_figures_are_valid_for_plotly(load, series, dots):
    graph_objects = pytest.importorskip("plotly.graph_objects")
    data = load(shares(15.1, 57.6, 27.3), indicators=PARTS)
    for chart in (series, dots, composition(data, list(data.indicators.values()), "Abgänge")):
        graph_objects.Figure(chart.figure)  # raises for an unknown property or value


def test_breaks_are_drawn_and_told_in_text_and_table(load):
    breaks = [
        series_break(2014, "die neue Zählung 2014", kind="definition", detail="Anders gezählt."),
        series_break(2015, "der doppelte Jahrgang 2015", until=2015, kind="cohort", detail="Zwei zugleich."),
        series_break(2014, "die Zählung anderswo", laender=["05"]),
        series_break(2014, "die Zählung von anderem", variables=["c"]),
        series_break(2013, "die Zählung vor dem ersten Jahr"),
    ]
    data = load(BURGENLAND, tables=table(variables=["a", "b", "c"], breaks=breaks))
    chart = time_series(data, data.indicators[LEAVERS])
    line, band = chart.figure["layout"]["shapes"]
    assert (line["type"], line["x0"], line["x1"], line["line"]["dash"]) == ("line", 2013.5, 2013.5, "dot")
    assert (band["type"], band["x0"], band["x1"]) == ("rect", 2014.5, 2015.5)
    assert chart.alt.endswith("Brüche der Reihe: die neue Zählung 2014 und der doppelte Jahrgang 2015.")
    assert [text for text in chart.notes if text.startswith("Bruch")] == [
        "Bruch 2014: die neue Zählung 2014. Anders gezählt.",
        "Bruch 2015: der doppelte Jahrgang 2015. Zwei zugleich.",
    ]
    assert [cells[0] for cells in chart.rows][:3] == ["2013", "2014 (Bruch)", "2015 (Bruch)"]


def test_a_chart_of_one_year_tells_only_what_puts_this_year_out_of_line(load):
    breaks = [series_break(2023, "die neue Zählung"), series_break(2023, "der doppelte Jahrgang", until=2023)]
    data = load(BURGENLAND, peers=PEERS, tables=table(variables=["a", "b"], breaks=breaks))
    told = [text for text in comparison(data, data.indicators[LEAVERS]).notes if text.startswith("Bruch")]
    assert told == ["Bruch 2023: der doppelte Jahrgang. Einzelheit."]


def test_a_series_without_breaks_has_no_marks(series):
    assert "shapes" not in series.figure["layout"] and "Bruch" not in series.alt


def test_a_figure_accepted_after_a_check_is_told(load):
    accepted = {"variable": "a", "year": 2014, "accepted": True, "reason": "Eine Schule hat eröffnet."}
    others = [{**accepted, "accepted": False, "year": 2015}, {**accepted, "variable": "c"}, {**accepted, "year": 1990}]
    data = load(BURGENLAND, findings=[accepted, *others])
    told = [text for text in time_series(data, data.indicators[LEAVERS]).notes if "Prüfung" in text]
    assert told == [
        "2014 fiel eine Zahl in der Prüfung auf und wurde als richtig abgenommen: Eine Schule hat eröffnet."
    ]
