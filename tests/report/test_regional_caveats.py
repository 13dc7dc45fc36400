"""A caveat of single regions is printed wherever one of them is shown, and nowhere else."""

import pytest

from tests.report.conftest import BURGENLAND, LEAVERS, record
from transferbuch.report.charts import comparison, composition, time_series
from transferbuch.report.notes import by_title, caveats_for, regional_caveats
from transferbuch.report.overviews import development, overview
from transferbuch.report.sentences import finding

SEAT = "Der Kreis ist Sitz einer Fernhochschule."
GENERAL = "Nachgeholte Abschlüsse zählen nicht."
PEERS = ["15088", "15083", "15002"]


def data_with(load, *regions: str):
    caveats = [{"regions": list(regions), "text": SEAT}]
    return load(BURGENLAND, indicators=[record(regional_caveats=caveats)], peers=PEERS)


def shown(load, *regions: str) -> dict[str, bool]:
    """Where the caveat of these regions stands."""
    data = data_with(load, *regions)
    one = data.indicators[LEAVERS]
    return {
        "series": SEAT in time_series(data, one).caveats,
        "comparison": SEAT in comparison(data, one).caveats,
        "composition": SEAT in composition(data, [one], "Abschlüsse").caveats,
        "sentence": SEAT in finding(data, one),
        "overview": SEAT in overview(data, [one], "Schulen").plain,
        "development": SEAT in development(data, [one], "Schulen", set(), []).plain,
    }


@pytest.mark.parametrize(
    ("region", "places"),
    [
        ("15084", {"series", "comparison", "composition", "sentence", "overview", "development"}),  # its own edition
        ("15088", {"comparison"}),  # as a Kreis of the same Land
        ("15", {"series", "comparison", "composition", "overview"}),  # as the Land above
        ("05914", set()),
    ],
)
def test_where_the_caveat_of_a_region_stands(load, region, places):
    assert {place for place, found in shown(load, region).items() if found} == places


def test_a_kreis_without_a_value_of_the_year_is_no_dot_and_needs_no_caveat(load):
    assert not shown(load, "15002")["comparison"]


def test_a_combined_territory_counts_as_each_of_its_kreise(load):
    one = data_with(load, "15088").indicators[LEAVERS]
    assert regional_caveats(one, ["15084+15088"]) == [SEAT]
    assert regional_caveats(one, ["15084"]) == []


def test_years_outside_leave_it_out_like_any_other_caveat(load):
    caveats = [{"regions": ["15084"], "text": "2015 fehlt ein Jahrgang."}]
    one = load(BURGENLAND, indicators=[record(regional_caveats=caveats)]).indicators[LEAVERS]
    assert caveats_for(one, 2020, 2023, ["15084"]) == [GENERAL]
    assert caveats_for(one, 2013, 2023, ["15084"]) == [GENERAL, "2015 fehlt ein Jahrgang."]


def test_below_a_table_it_stands_behind_the_title(load):
    found = by_title(data_with(load, "15084").indicators.values(), (), ["15084"], general=False)
    assert found == [f"„Anteil der Abgänge ohne Hauptschulabschluss“: {SEAT}"]
