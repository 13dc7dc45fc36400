"""What the explorer shows is what editions show: the same slices, the same functions, only a part of them."""

import csv

import pytest

from tests.explorer.conftest import LEAVERS, ROOT, UNKNOWN
from transferbuch.editions.values import load_values
from transferbuch.explorer.excerpt import COMPARISON, Choice, show, values_of, years_of
from transferbuch.regions.keys import BUND, group_key
from transferbuch.report import EditionReport
from transferbuch.report.charts import Chart
from transferbuch.site.release import load_release

CHOSEN = ("99001", "99004", "99055")


def printed_of(chart: Chart, column: int = 1) -> dict[str, str]:
    return {row[0]: row[column] for row in chart.rows}


def test_municipalities_are_found_by_their_own_name(slices):
    names = list(slices.municipalities.values())
    assert names[:3] == ["Birkenhain-Kreis (99054)", "Ebersfurt (Ohse), Stadt (99003)", "Mittlerer Auenkreis (99052)"]
    assert len(names) == 13
    assert "99003" not in slices.candidates("99003") and len(slices.candidates("99003")) == 12


def test_counts_are_those_of_the_raw_file(slices):
    text = (ROOT / "data/modellregion/raw/12411-01-01-4.csv").read_text("cp1252")
    row = next(row for row in csv.reader(text.splitlines(), delimiter=";") if row[0] == "99001")
    shown = show(slices.slice_of("99001"), Choice("count_population"))
    assert row[2] == "249192"  # Insgesamt on 31.12.2024
    assert printed_of(shown.chart)["2024"] == "249.192"
    assert shown.chart.figure["data"][0]["y"][-1] == 249192
    assert "Anzahlen wachsen mit der Größe eines Gebiets" in shown.text.plain


def test_the_whole_choice_is_the_chart_and_the_finding_of_the_edition(slices):
    data = slices.slice_of("99052")
    for indicator in data.indicators:
        edition, shown = EditionReport(data), show(data, Choice(indicator))
        chart = edition.series(indicator)
        assert shown.chart == (chart if isinstance(chart, Chart) else None)
        assert shown.text.plain.startswith(edition.findings([indicator]).plain)
        compared, chart = show(data, Choice(indicator, COMPARISON)), EditionReport(data).comparison(indicator)
        assert compared.chart == (chart if isinstance(chart, Chart) else None)


def test_regions_that_are_not_chosen_are_in_no_chart_and_no_sentence(slices):
    data = slices.slice_of("99001")
    shown = show(data, Choice(LEAVERS, land=False, group=False))
    assert shown.chart.columns == ["Jahr", "Stadt Talbrück", "Modellbund"]
    assert "Modellland" not in shown.text.plain and "Vergleichskreise" not in shown.text.plain
    alone = show(data, Choice(LEAVERS, land=False, bund=False, group=False))
    assert alone.chart.columns == ["Jahr", "Stadt Talbrück"]
    assert "Das sind" not in alone.text.plain
    assert len(show(data, Choice(LEAVERS, COMPARISON)).chart.figure["layout"]["shapes"]) == 1  # the Land's line
    assert "shapes" not in show(data, Choice(LEAVERS, COMPARISON, land=False)).chart.figure["layout"]


def test_years_cut_chart_sentence_and_trend(slices):
    data = slices.slice_of("99053")
    indicator = "share_grade7_gymnasium_pct"
    assert years_of(data, indicator) == list(range(2010, 2025))
    assert "im Trend gestiegen" in show(data, Choice(indicator, first=2014)).text.plain
    part = show(data, Choice(indicator, first=2018, last=2021))
    assert [row[0] for row in part.chart.rows] == ["2018", "2019", "2020", "2021"]
    assert part.text.plain.startswith("• Zum Schuljahresbeginn 2021 betrug")
    assert "Trend" not in part.text.plain and "2014" not in part.text.plain


def test_a_secret_figure_stays_a_sign(slices):
    data = slices.slice_of("99004")
    shown = show(data, Choice(LEAVERS, first=2013, last=2015))
    assert printed_of(shown.chart)["2014"] == "."
    assert shown.chart.figure["data"][0]["y"][1] is None
    (secret,) = [value for value in values_of(shown) if value.status == "secret"]
    assert (secret.ags, secret.year, secret.value, secret.numerator) == ("99004", 2014, None, None)


@pytest.mark.parametrize(
    ("choice", "sentence"),
    [
        (Choice(UNKNOWN), "Die eingelesenen Tabellen enthalten dazu keine Angabe."),
        (Choice(UNKNOWN, COMPARISON), "Die eingelesenen Tabellen enthalten dazu keine Angabe."),
        (
            Choice(LEAVERS, first=2014, last=2014),
            "Der Wert für das Abgangsjahr 2014 ist unbekannt oder wird geheim gehalten. Werte",
        ),
        (
            Choice(LEAVERS, first=2017, last=2017),
            "für das Jahr 2017 nicht vor. Werte gibt es für 2010 bis 2013, 2015, 2016 und 2018 bis 2024.",
        ),
        (Choice(LEAVERS, first=2020, last=2015), "Das erste Jahr liegt nach dem letzten."),
    ],
)
def test_a_choice_without_a_value_gets_a_sentence(slices, choice, sentence):
    shown = show(slices.slice_of("99004"), choice)
    assert shown.chart is None and values_of(shown) == []
    assert sentence in shown.text.plain


def test_every_cell_of_the_table_has_its_value(slices):
    data = slices.slice_of("99061")
    for indicator in data.indicators:
        for form in ("series", COMPARISON):
            shown = show(data, Choice(indicator, form))
            numbers = [value for value in values_of(shown) if value.value is not None]
            cells = [cell for row in (shown.chart.rows if shown.chart else []) for cell in row[1:]]
            assert len(numbers) == sum(cell[:1].isdigit() or cell[:2].strip("+−").isdigit() for cell in cells)


def test_own_peers_are_those_of_an_edition_whose_parameters_name_them(project, slices):
    """Value for value what a build computes for a municipality with `peers` in its parameters file."""
    release = load_release(project)
    inputs = release.inputs
    asked = load_values(
        release.package,
        inputs.sources,
        inputs.indicators,
        release.territory,
        inputs.corrections,
        project.build / "cache",
        inputs.reviews,
        own_peers={"99003": CHOSEN},
    )
    data, key = slices.slice_of("99003", CHOSEN), group_key("99003")
    assert data.compared.chosen
    expected = asked.peers[asked.peers["ags"] == "99003"]
    assert [one.ags for one in data.compared.peers] == expected["peer"].tolist()
    assert [one.distance for one in data.compared.peers] == expected["distance"].round(2).tolist()
    rows = asked.values[asked.values["ags"] == key]
    assert len(rows) > 500
    for row in rows.itertuples():
        value = data.values(row.indicator, key)[row.year]
        assert (value.value, value.territory, value.lower) == (row.value, row.territory, row.lower)
        assert value.low == (None if row.low != row.low else row.low)
    positions = asked.comparisons[(asked.comparisons["ags"] == "99003") & (asked.comparisons["reference"] == "peers")]
    found = {at: one for at, one in data.comparisons.items() if at[2] == key}
    assert len(found) == len(positions) > 100
    for row in positions.itertuples():
        one = found[row.indicator, row.year, key]
        assert (one.position, one.stands_out) == (row.position, row.stands_out)
    whole = slices.slice_of("99003")
    assert {at: one for at, one in data.comparisons.items() if at[2] == BUND} == {
        at: one for at, one in whole.comparisons.items() if at[2] == BUND
    }


def test_a_chosen_kreis_with_a_secret_figure_adds_nothing_to_the_group(slices):
    data = slices.slice_of("99003", CHOSEN)
    open_ones = [data.values(LEAVERS, ags)[2014] for ags in CHOSEN if ags != "99004"]
    assert group_key("99003") not in data.series[LEAVERS] or 2014 not in data.values(LEAVERS, group_key("99003"))
    four = slices.slice_of("99003", (*CHOSEN, "99002"))
    pooled = four.values(LEAVERS, group_key("99003"))[2014]
    open_ones.append(data.values(LEAVERS, "99002")[2014])
    assert pooled.numerator == sum(one.numerator for one in open_ones)
    assert pooled.denominator == sum(one.denominator for one in open_ones)


def test_too_few_peers_are_refused(slices):
    with pytest.raises(ValueError, match="2 Kreise; expected 3 to 30"):
        slices.slice_of("99003", ("99001", "99002"))
