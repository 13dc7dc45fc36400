"""The way from two real official files to the sentence on the page; skipped where the files are missing."""

from pathlib import Path

import pytest

from tests.report.conftest import spaces
from transferbuch.data.importer import import_files
from transferbuch.data.sources import load_sources
from transferbuch.editions.matches import matcher_of
from transferbuch.editions.parameters import Parameters
from transferbuch.editions.plan import Edition
from transferbuch.editions.slice import write_slice
from transferbuch.editions.values import load_values
from transferbuch.indicators.catalogue import load_indicators
from transferbuch.regions.reforms import DEFAULT_GEBIETSSTAND, Territory
from transferbuch.regions.register import load_register
from transferbuch.report import open_edition

RAW = Path(__file__).parents[3] / "shared" / "data" / "raw"
FILES = [
    RAW / "regionalstatistik-2018-2025" / "21111-02-06-4.csv",
    RAW / "regionalstatistik-2018-2025" / "13211-02-05-4.csv",
    RAW / "regionalstatistik-2017" / "21111-02-06-4.csv",
]  # the series 1995 to 2015
pytestmark = pytest.mark.skipif(
    not all(path.is_file() for path in FILES), reason=f"the real official files are not in {RAW}"
)
LEAVERS = "share_leavers_without_certificate_pct"


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    """Opens the edition of a municipality of Sachsen-Anhalt."""
    folder = tmp_path_factory.mktemp("real")
    package = import_files(FILES, folder / "data").package
    sources, register = load_sources(), load_register()
    indicators = load_indicators(sources=sources)
    territory = Territory(register, DEFAULT_GEBIETSSTAND)
    computed = load_values(package, sources, indicators, territory, (), folder / "cache")

    def open_real(ags: str):
        if not (folder / ags).exists():
            edition = Edition(register[ags], Parameters(ags=ags), ())
            write_slice(
                folder / ags,
                edition,
                computed,
                package,
                sources,
                indicators,
                matcher_of({}, computed, register),
                territory,
            )
        return open_edition(ags, folder / ags)

    return open_real


def test_burgenlandkreis(real):
    assert (
        "Im Abgangsjahr 2023 betrug der Anteil der Abgänge ohne Hauptschulabschluss an allen Abgängen im "
        "Burgenlandkreis 15,1 % (240 von 1.587; Vertrauensbereich 13,4 bis 17,0). "
        "Das sind 2,4 Prozentpunkte mehr als im Land Sachsen-Anhalt (12,7 %) und 8,0 Prozentpunkte mehr als in "
        "Deutschland (7,1 %). Beide Unterschiede sind statistisch gesichert; "
        "der Wert ist ungünstiger. "
        "Im Jahr 2015 waren es 12,2 %; für 2016 bis 2022 "
        "enthält der Datenbestand dieser Ausgabe keine Werte. "
        "Kein Trend bestimmbar: nur 3 vergleichbare Werte aus zehn Jahren, nötig sind fünf."
    ) in spaces(real("15084").findings([LEAVERS]).plain)


def test_saalekreis(real):
    assert "im Saalekreis 9,2 % (135 von 1.470; Vertrauensbereich " in spaces(real("15088").findings([LEAVERS]).plain)


def test_unemployment_as_published(real):
    sentence = (
        "Im Jahresdurchschnitt 2023 betrug die Arbeitslosenquote im Burgenlandkreis 7,2 % "
        "(Vertrauensbereich 7,0 bis 7,4)."
    )
    assert sentence in spaces(real("15084").findings(["rate_unemployment_pct"]).plain)


def test_the_series_from_1995_keeps_its_gap(real):
    chart = real("15084").series(LEAVERS)
    own, land, _ = chart.figure["data"]
    years = dict(zip(own["x"], own["y"], strict=True))
    assert own["x"] == list(range(1995, 2024)) and (years[2015], years[2023]) == (12.2, 15.1)
    assert [years[year] for year in range(2016, 2023)] == [None] * 7
    # formed in 2007 of Burgenlandkreis (15256) and Weißenfels (15268): 1995 (221 + 100) of (2115 + 1093)
    assert (years[1995], years[2006]) == (round(100 * 321 / 3208, 1), round(100 * 315 / 2594, 1)) == (10.0, 12.1)
    assert dict(zip(land["x"], land["y"], strict=True))[1995] == 10.1
    assert chart.notes[0] == (
        "Ohne Wert für den Burgenlandkreis: 2016 bis 2022 (im Datenbestand nicht enthalten). Dort ist keine Linie "
        "gezeichnet."
    )
    assert chart.source == (
        "Quelle: Statistische Ämter des Bundes und der Länder, Tabelle 21111-02-06-4, Stand "
        "24.02.2018 und 13.03.2025; eigene Berechnung; Lizenz dl-de/by-2-0"
    )
