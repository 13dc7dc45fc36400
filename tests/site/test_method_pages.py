"""Every worked example of the methods pages, computed again from the figures it starts with: page and code agree."""

import re

import numpy as np
import pandas as pd
import pytest

from tests.site.pages_text import BOOK, example, steps
from transferbuch.data.observations import OBSERVATION_COLUMNS
from transferbuch.data.sources import load_sources
from transferbuch.data.territory import convert_observations
from transferbuch.indicators.catalogue import load_indicators
from transferbuch.indicators.classing import Cut
from transferbuch.indicators.comparison import difference_p
from transferbuch.indicators.composite import IndexDefinition, IndexVariable, compute_index
from transferbuch.indicators.compute import compute_values
from transferbuch.indicators.peers import Context, distances_to, load_peer_settings
from transferbuch.indicators.projection import AGE_VARIABLES, project_population
from transferbuch.indicators.trend import trend_of
from transferbuch.indicators.uncertainty import Term, rate_interval, share_interval
from transferbuch.regions.reforms import DEFAULT_GEBIETSSTAND, Territory
from transferbuch.regions.register import load_register
from transferbuch.report.numbers import date_long, number
from transferbuch.secrecy.audit import find_breaches
from transferbuch.secrecy.complement import complete
from transferbuch.secrecy.web import Need, Web
from transferbuch.transfer import matching
from transferbuch.transfer.conditions import Taker
from transferbuch.transfer.evidence import STEPS, evidence_faults
from transferbuch.transfer.loading import load_transfer_object
from transferbuch.transfer.matching import FIT_TERMS, NEED_TERMS, Match, Matcher, Place
from transferbuch.transfer.needs import IndicatorNeed, NeedProfile, build_profile
from transferbuch.transfer.objects import TransferObject
from transferbuch.transfer.settings import load_match_settings

SOURCES = load_sources()
INDICATORS = load_indicators(sources=SOURCES)
WITHOUT = "share_leavers_without_certificate_pct"


def observed(figures: dict[tuple[str, str, str], float]) -> pd.DataFrame:
    """Observations from (variable, ags, time) → figure."""
    rows = [
        {
            "variable": variable, "ags": ags, "year": int(time[:4]), "time": time, "value": float(figure),
            "symbol": None, "status": "ok", "unit": "Personen", "table": "21111-02-06-4", "stand": "2025-03-13",
            "file_sha256": "a" * 64, "line": 1,
        }
        for (variable, ags, time), figure in figures.items()
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(OBSERVATION_COLUMNS))


def term(figure: float, slack: float = 0) -> Term:
    return Term(pd.Series([float(figure)]), pd.Series([float(slack)]))


def ends(interval: tuple[pd.Series, pd.Series], factor: float = 1) -> tuple[float, float]:
    low, high = interval
    return factor * float(low[0]), factor * float(high[0])


# --- Kennzahlen, Gebietsstand ---------------------------------------------------------------------------------------


def test_a_share():
    figures = {("leavers_without_certificate", "15084", "2023"): 240, ("leavers", "15084", "2023"): 1587}
    [value] = compute_values(observed(figures), [INDICATORS[WITHOUT]])["value"]
    assert steps("methodik/kennzahlen", "Anteil der Abgänge ohne Hauptschulabschluss") == {
        "Abgänge ohne Hauptschulabschluss": number(240),
        "Abgänge insgesamt": number(1587),
        "100 × 240 ÷ 1.587": f"{number(value, 3)} %",
        "angezeigt": f"{number(value, INDICATORS[WITHOUT].decimals)} %",
    }


def test_a_change():
    figures = {("population", "15084", "2014-12-31"): 184055, ("population", "15084", "2024-12-31"): 173684}
    indicator = INDICATORS["change_population_10y_pct"]
    value = compute_values(observed(figures), [indicator])["value"].iloc[-1]
    assert steps("methodik/kennzahlen", "Veränderung der Bevölkerung in zehn Jahren") == {
        "Bevölkerung 2014": number(184055),
        "Bevölkerung 2024": number(173684),
        "100 × (173.684 ÷ 184.055 − 1)": f"{number(value, 3)} %",
        "angezeigt": f"{number(value, indicator.decimals)} %",
    }


def test_the_kinds_of_formulas_are_those_of_the_catalogue():
    text = (BOOK / "methodik/kennzahlen.md").read_text(encoding="utf-8")
    german = {"share": "Anteil", "rate": "Rate", "ratio": "Verhältnis", "value": "Wert", "change": "Veränderung"}
    assert set(german) == {one.formula.kind for one in INDICATORS.values()}
    assert all(re.search(rf"\\text{{{word}}} &?=|\*\*{word}\*\*", text) for word in german.values())


def test_figures_of_two_dissolved_kreise():
    given = {"03152": (105, 2486), "03156": (20, 656)}
    figures = {}
    for ags, (without, leavers) in given.items():
        figures[("leavers_without_certificate", ags, "2015")] = without
        figures[("leavers", ags, "2015")] = leavers
    territory = Territory(load_register(), DEFAULT_GEBIETSSTAND)
    converted = convert_observations(observed(figures), SOURCES, territory)
    [row] = compute_values(converted, [INDICATORS[WITHOUT]]).query("ags == '03159'").itertuples()
    assert row.territory == "sum"
    former = [[number(without), number(leavers), f"{number(100 * without / leavers, 1)} %"]
              for without, leavers in given.values()]  # fmt: skip
    assert example("methodik/daten", "Abgänge 2015 auf dem heutigen Gebietsstand") == [
        ["Göttingen (bis 2016)", *former[0]],
        ["Osterode am Harz (bis 2016)", *former[1]],
        ["Göttingen (heute)", number(row.numerator), number(row.denominator), f"{number(row.value, 1)} %"],
    ]
    text = (BOOK / "methodik/daten.md").read_text(encoding="utf-8")
    day = date_long(DEFAULT_GEBIETSSTAND.isoformat())
    assert " ".join(f"ist das der {day}".split()) in " ".join(text.split())


# --- Vertrauensbereiche, Vergleiche, Trends -------------------------------------------------------------------------


def test_the_interval_of_a_share():
    low, high = ends(share_interval(term(240, 1), term(1587, 1)), 100)
    # rounding means exactly this: the plain intervals of the two outermost shares
    assert low == ends(share_interval(term(239), term(1588)), 100)[0]
    assert high == ends(share_interval(term(241), term(1586)), 100)[1]
    assert steps("methodik/unsicherheit", "Vertrauensbereich des Anteils im Burgenlandkreis") == {
        "Abgänge ohne Hauptschulabschluss": number(240),
        "Abgänge insgesamt": number(1587),
        "Anteil": f"{number(100 * 240 / 1587, 1)} %",
        "unteres Ende nach Wilson für 239 von 1.588": f"{number(low, 1)} %",
        "oberes Ende nach Wilson für 241 von 1.586": f"{number(high, 1)} %",
    }


def test_wilsons_formula_as_the_page_prints_it():
    x, n, z = 239.0, 1588.0, 1.959964
    middle = (x + z**2 / 2) / (n + z**2)
    half = z / (n + z**2) * np.sqrt(x * (n - x) / n + z**2 / 4)
    assert ends(share_interval(term(x), term(n))) == pytest.approx((middle - half, middle + half), rel=1e-6)


def test_the_interval_of_a_rate():
    low, high = ends(rate_interval(term(23), term(7467)), 1000)
    assert steps("methodik/unsicherheit", "Vertrauensbereich der Einbürgerungen im Burgenlandkreis") == {
        "Einbürgerungen": "23",
        "Personen ohne deutsche Staatsangehörigkeit": number(7467),
        "Rate je 1.000": number(1000 * 23 / 7467, 1),
        "unteres Ende für 23 Fälle": number(low * 7467 / 1000, 2),
        "oberes Ende für 23 Fälle": number(high * 7467 / 1000, 2),
        "unteres Ende der Rate": number(low, 1),
        "oberes Ende der Rate": number(high, 1),
    }


def test_the_difference_of_two_shares():
    own, land = 100 * 240 / 1587, 100 * 2346 / 18525
    own_low, own_high = ends(share_interval(term(240, 1), term(1587, 1)), 100)
    land_low, land_high = ends(share_interval(term(2346, 1), term(18525, 1)), 100)
    [p] = difference_p(*(pd.Series([one]) for one in (own, own_low, own_high, land, land_low, land_high)))
    down, up = np.hypot(own - own_low, land_high - land), np.hypot(own_high - own, land - land_low)
    assert (own - land - down > 0) == (p < 0.05)
    assert steps("methodik/unsicherheit", "Unterschied zwischen Burgenlandkreis und Sachsen-Anhalt") == {
        "Burgenlandkreis": f"{number(own, 2)} % ({number(own_low, 2)} bis {number(own_high, 2)})",
        "Sachsen-Anhalt": f"{number(land, 2)} % ({number(land_low, 2)} bis {number(land_high, 2)})",
        "Unterschied": f"{number(own - land, 2)} Prozentpunkte",
        f"Spielraum nach unten: Wurzel aus {number(own - own_low, 2)}² + {number(land_high - land, 2)}²": number(
            down, 2
        ),
        "Bereich des Unterschieds": f"{number(own - land - down, 2)} bis {number(own - land + up, 2)} Prozentpunkte",
        "Wahrscheinlichkeit eines so großen Unterschieds, wenn in Wahrheit keiner besteht": f"{number(100 * p, 1)} %",
    }


def test_a_trend():
    shares = np.array([20.43, 19.64, 16.91, 14.70, 13.27, 11.48, 11.70])
    p, slope, low, high, direction = trend_of(np.arange(2016, 2023), shares)
    gaps = [shares[j] - shares[i] for i in range(len(shares)) for j in range(i + 1, len(shares))]
    assert direction == "falling"
    assert steps("methodik/unsicherheit", "Trend der Kinder in der Grundsicherung, Burgenlandkreis") == {
        "Werte 2016 bis 2022 in Prozent": "; ".join(number(one, 2) for one in shares),
        "Paare von Jahren": str(len(gaps)),
        "davon gesunken": str(sum(gap < 0 for gap in gaps)),
        "davon gestiegen": str(sum(gap > 0 for gap in gaps)),
        "Wahrscheinlichkeit, wenn in Wahrheit kein Trend besteht": f"{number(100 * p, 2)} %",
        "Median der Steigungen im Jahr": f"{number(slope, 2)} Prozentpunkte",
        "Bereich der Steigung": f"{number(low, 2)} bis {number(high, 2)} Prozentpunkte",
    }


# --- Vergleichskreise ----------------------------------------------------------------------------------------------

NEIGHBOURS: dict[str, tuple[str, float, float, float, int, int]] = {
    # indicator: how the page calls it; A, B, spread of all Kreise; decimals of the figures and of the spread
    "rate_population_per_km2": ("Bevölkerungsdichte 2018, ln", 127.455, 90.297, 1.10565, 1, 3),
    "share_population_under_18_pct": ("unter 18 Jahren 2024, Prozent", 14.8718, 14.7115, 1.21773, 2, 3),
    "share_population_65_plus_pct": ("ab 65 Jahren 2024, Prozent", 30.0678, 30.6968, 3.23195, 2, 3),
    "change_population_10y_pct": ("Bevölkerung in zehn Jahren bis 2024, Prozent", -5.63473, -4.52009, 4.35352, 2, 3),
    "share_population_foreign_pct": ("ausländische Bevölkerung 2015, Prozent", 4.05637, 2.43753, 4.82855, 2, 3),
    "rate_unemployment_pct": ("Arbeitslosenquote 2023, Prozent", 7.2, 7.2, 2.17337, 1, 3),
    "share_sgb2_under_15_pct": ("Kinder im SGB II 2022, Prozent", 11.7, 10.78, 5.82051, 2, 3),
    "mean_disposable_income_eur": ("verfügbares Einkommen 2021, Euro", 21778, 22436, 2344.48, 0, 0),
    "mean_gdp_per_inhabitant_thousand_eur": (
        "Bruttoinlandsprodukt 2021, Tausend Euro, ln",
        27.55,
        28.92,
        0.328108,
        2,
        3,
    ),
    "share_employees_academic_pct": ("akademischer Abschluss 2015, Prozent, ln", 8.98614, 10.56708, 0.401192, 2, 3),
}


def test_the_distance_of_two_kreise():
    settings = {one.indicator: one for one in load_peer_settings(INDICATORS).variables}
    assert set(settings) == set(NEIGHBOURS) and {one.weight for one in settings.values()} == {1}
    rows, scaled = [], {}
    for name, (label, a, b, spread, decimals, of_spread) in NEIGHBOURS.items():
        assert settings[name].log == label.endswith(", ln")
        scaled[name] = np.array([np.log(a), np.log(b)] if settings[name].log else [a, b]) / spread
        figures = [number(one, decimals) for one in (a, b)]
        rows.append([label, *figures, number(spread, of_spread), number(scaled[name][0] - scaled[name][1], 2)])
    assert example("methodik/vergleichskreise", "Abstand zwischen Burgenlandkreis und Oberspreewald-Lausitz") == rows
    frame = pd.DataFrame(scaled, index=["15084", "12066"])
    distance = distances_to(Context(frame, frame, {}), "15084", ["12066"])["12066"]
    text = (BOOK / "methodik/vergleichskreise.md").read_text(encoding="utf-8")
    assert f"zusammen {number(distance**2, 2)}." in text and f"der Abstand: **{number(distance, 2)}**" in text
    assert f"mit einer Stelle: {number(distance, 1)}." in text


# --- Indizes -------------------------------------------------------------------------------------------------------


def test_an_index_of_sums_of_z_scores():
    given = pd.DataFrame(
        {
            "unemployment": [-0.25, -1.30, 0.12, 0.41, 1.56],
            "transfers": [-0.41, -1.05, 0.65, 1.00, 1.82],
            "child_poverty": [-0.31, -0.97, 0.49, 0.92, 1.24],
        },
        index=["Stülerstraße", "Großer Tiergarten", "Lützowstraße", "Körnerstraße", "Alvenslebenstraße"],
    )
    definition = IndexDefinition(
        tuple(map(IndexVariable, given)), "load", "none", aggregation="sum", standardise_again=True,
        classes="points", cuts=(Cut(-1), Cut(1), Cut(1.5)), decimals=2,
    )  # fmt: skip
    sums = given.sum(axis=1)
    assert example("methodik/indizes", "Index von fünf Planungsräumen") == [
        [one.area, *(number(z, 2) for z in given.loc[one.area]), number(sums[one.area], 2), number(one.value, 2),
         str(one.kind)]
        for one in compute_index(definition, given).areas
    ]  # fmt: skip
    text = (BOOK / "methodik/indizes.md").read_text(encoding="utf-8")
    assert f"ist {number(sums.mean(), 3)}, ihre Standardabweichung {number(sums.std(ddof=0), 3)}." in text


def test_an_index_from_0_to_1():
    given = pd.DataFrame({"poverty": [30, 20, 5], "care": [60, 80, 100]}, index=["Lohberg", "Ziegelau", "Obertalheim"])
    variables = (IndexVariable("poverty", "load", 2), IndexVariable("care", "good", 1))
    found = compute_index(IndexDefinition(variables, "good", "minmax", classes="equal", k=2), given)
    assert example("methodik/indizes", "Index von drei erfundenen Gebieten") == [
        [area, f"{given.poverty[area]} %", f"{given.care[area]} %", number(found.scores.poverty[area], 2),
         number(found.scores.care[area], 2), number(found.values()[area], 2)]
        for area in given.index
    ]  # fmt: skip


# --- Vorausschau ---------------------------------------------------------------------------------------------------

GERMANY = {
    2015: (2200407, 2130002, 2855051, 3695666, 2444551, 1745413, 4587878, 5387681, 5167860, 4951744, 4990088, 6523704,
           6954765, 6038640, 5202056, 8301077, 8999101),
    2024: (2118482, 2373188, 3249024, 3879201, 2355147, 1610900, 4382148, 4964993, 5249263, 5664831, 5441020, 4970597,
           5260791, 6573588, 6478893, 9770647, 9234427),
}  # fmt: skip
"""Population at the end of the year by the 17 groups."""


def test_a_year_of_the_projection():
    figures = {(name, "DG", str(year)): count for year, counts in GERMANY.items()
               for name, count in zip(AGE_VARIABLES, counts, strict=True)}  # fmt: skip
    found = project_population(observed({**figures, ("deaths_per_10000", "DG", "2015"): 113.3}), ["DG"])
    [assumed] = found.assumptions.itertuples()
    middle = found.population.query("variant == 'middle' and group == 'total'").set_index("year")["count"]
    assert steps("methodik/vorausschau", "Ein Jahr der Vorausschau für Deutschland, mittlere Variante") == {
        "Bevölkerung Ende 2024": number(sum(GERMANY[2024])),
        "Kinder unter drei Jahren": number(GERMANY[2024][0]),
        "Geborene: ein Drittel davon": number(assumed.births),
        "daraus Kinder je Frau": number(assumed.children_per_woman, 2),
        "Gestorbene je 10.000 im Jahr 2015": number(113.3, 1),
        "Gestorbene bei gleicher Sterblichkeit und heutigem Alter, ohne Neugeborene": number(assumed.deaths),
        "Wanderungssaldo im Jahr, aus 2015 bis 2024": number(assumed.net_moves),
        "Bevölkerung Ende 2025, auf Tausend gerundet": number(round(middle[2025], -3)),
        "Bevölkerung Ende 2039, auf Tausend gerundet": number(round(middle[2039], -3)),
    }


# --- Geheimhaltung -------------------------------------------------------------------------------------------------


def small_table(need: Need) -> Web:
    """The page's table with all its sums; the 2 is secret."""
    counts = {"Nord": {"ohne": 2, "mit": 38, "zusammen": 40}, "Süd": {"ohne": 7, "mit": 53, "zusammen": 60},
              "beide": {"ohne": 9, "mit": 91, "zusammen": 100}}  # fmt: skip
    assert example("methodik/geheimhaltung", "Abgänge zweier erfundener Stadtteile") == [
        [area, *map(str, row.values())] for area, row in counts.items()
    ]
    web = Web()
    for area, row in counts.items():
        for column, count in row.items():
            web.state([(web.variable((area, column), count), 1)], count, count, (area, column))
            web.costs[area, column] = count + 1
    at = web.numbers
    for area in counts:
        web.state([(at[area, "ohne"], 1), (at[area, "mit"], 1), (at[area, "zusammen"], -1)], 0, 0)
    for column in ("ohne", "mit", "zusammen"):
        web.state([(at["Nord", column], 1), (at["Süd", column], 1), (at["beide", column], -1)], 0, 0)
    web.needs[at["Nord", "ohne"]] = need
    del web.costs["Nord", "ohne"]
    return web


def test_bounds_of_a_secret_count():
    endless = small_table(Need(1e6, 1e6, 1e6))  # no room is enough, so the bounds are always told
    two, four = ({("Nord", "ohne"), ("Nord", "mit")}, {(a, c) for a in ("Nord", "Süd") for c in ("ohne", "mit")})
    rows = []
    for label, hidden in (
        ("nur die 2", {("Nord", "ohne")}),
        ("die 2 und die 38", two),
        ("die 2, die 38, die 7 und die 53", four),
    ):
        [found] = find_breaches(endless, hidden)
        rows.append([label, number(found.low), number(found.high)])
    assert example("methodik/geheimhaltung", "Grenzen der geheimen Zahl") == rows
    assert complete([small_table(Need(1, 1, 3))], {("Nord", "ohne")}) == four


# --- Transfer ------------------------------------------------------------------------------------------------------

LOOKED_AT = ("rate_apprenticeships_per_100_applicants", "rate_unemployment_15_25_pct", WITHOUT)
GIVERS: dict[str, tuple[int, float]] = {
    # Kreis of the giver: population 2024, distance to the Burgenlandkreis
    "03361": (138626, 1.46), "10044": (205129, 1.03), "05774": (315912, 1.58), "16068": (67693, 0.47),
    "16063": (154957, 0.48),
}  # fmt: skip
TAKER, TAKER_POPULATION, TYPICAL = "15084", 173684, 1.26
NOTHING_KNOWN = "–"


@pytest.fixture
def proposals(monkeypatch) -> tuple[NeedProfile, list[Match]]:
    """The profile of the page's example and its seven objects, matched to it."""
    strength = load_match_settings().strength
    needs = {
        WITHOUT: IndicatorNeed(WITHOUT, 2023, strength.stands_out),
        LOOKED_AT[0]: IndicatorNeed(LOOKED_AT[0], 2023, strength.worse),
    }
    levels = {"Steuerung": 2, "Zusammenarbeit": 1, "Datenbasierung": 3}
    profile = build_profile(INDICATORS, needs, LOOKED_AT, ("Fachkräfte",), levels)
    # the givers on a line that begins at the taker: only their distance to it counts
    monkeypatch.setattr(matching, "_typical_distance", lambda places: TYPICAL)
    places = {ags: Place(float(population), np.array([distance])) for ags, (population, distance) in GIVERS.items()}
    places[TAKER] = Place(float(TAKER_POPULATION), np.array([0.0]))
    slugs = re.findall(r"\.\./transfer/([\w-]+)\.md", TRANSFER.partition("## Beispiel: ")[2])
    objects = {slug: load_transfer_object(BOOK / f"transfer/{slug}.md") for slug in slugs}
    matcher = Matcher(objects, places, load_register(), load_match_settings())
    taker = Taker(
        (TAKER,), False, None, levels, frozenset({"Bildungsbüro"}), frozenset({"Arbeitskreis Übergang Schule–Beruf"})
    )
    return profile, matcher.match(taker, profile)


TRANSFER = (BOOK / "methodik/transfer.md").read_text(encoding="utf-8")
TERMS = {
    "Kennzahl": "indicator", "Handlungsfeld": "field", "Lebensphase": "phase", "Komponente": "component",
    "Bedingungen": "conditions", "Rahmenbedingungen": "context", "Größe": "size", "Typ": "type", "Aufwand": "effort",
    "Evidenz": "evidence", "Beschreibung": "depth",
}  # fmt: skip


def decimals(value: float) -> str:
    return number(value, 2)


def test_the_weights_are_those_of_the_catalogue():
    settings = load_match_settings()
    rows = example("methodik/transfer", "Bausteine der Punktzahl und ihre Gewichte")
    assert [TERMS[row[0]] for row in rows] == [*NEED_TERMS, *FIT_TERMS]
    weights = settings.need.model_dump() | settings.fit.model_dump()
    assert {TERMS[row[0]]: row[2] for row in rows} == {
        name: f"{value:g}".replace(".", ",") for name, value in weights.items()
    }
    shown = steps("methodik/transfer", "Stärke eines Bedarfs, den eine Kennzahl zeigt")
    assert list(shown.values()) == [decimals(value) for value in settings.strength.model_dump().values()]
    text = " ".join(TRANSFER.split())
    assert f"*g* ist {number(settings.diversity, 1)}:" in text
    assert f"bis zu {('', 'einen', 'zwei', 'drei', 'vier', 'fünf', 'sechs')[settings.first]} Vorschläge" in text
    assert f"um {number(100 * settings.variation)} Prozent" in text
    assert f"unter {number(100 * settings.least_score)} von 100 Punkten" in text


def test_the_need_profile_of_the_example(proposals):
    profile, _ = proposals
    for title, strengths in (
        ("Bedarf nach Handlungsfeldern im Beispiel", profile.fields),
        ("Bedarf nach Lebensphasen im Beispiel", profile.phases),
        ("Bedarf nach Komponenten im Beispiel", profile.components),
    ):
        assert {row[0]: row[-1] for row in example("methodik/transfer", title)} == {
            name: decimals(value) for name, value in strengths.items()
        }


def test_every_term_of_a_proposal(proposals):
    _, found = proposals
    one = found[0]
    settings = load_match_settings()
    weights = settings.need.model_dump() | settings.fit.model_dump()
    rows = example("methodik/transfer", "Punktzahl des Bildungsverbunds Schule-Beruf")
    assert {TERMS[row[0]]: row[2:] for row in rows} == {
        name: [decimals(one.terms[name]), f"{weight:g}".replace(".", ","), decimals(weight * round(one.terms[name], 2))]
        for name, weight in weights.items()
    }
    assert [(part.condition.needed or part.condition.component, part.state) for part in one.conditions] == [
        ("Berufsorientierung der Schulen", "open"), ("Zusammenarbeit", "fulfilled"), ("Bildungsbüro", "fulfilled"),
    ]  # fmt: skip
    assert steps("methodik/transfer", "Vom Baustein zur Punktzahl") == {
        "Bedarf": decimals(one.need),
        "Passung": decimals(one.fit),
        "Wurzel der Passung": decimals(one.fit**0.5),
        "Punktzahl": decimals(one.score),
        "in der Ausgabe": f"{number(100 * one.score)} von 100",
    }


def test_proposals_that_are_alike_give_way(proposals):
    _, found = proposals
    settings = load_match_settings()
    first = found[: settings.first]
    rows = []
    for place, one in enumerate(found, 1):
        earlier = first[: min(place - 1, settings.first - 1)]
        alike = max((likeness(one.object, other.object) for other in earlier), default=0.0)
        rows.append([
            str(place) if one in first else NOTHING_KNOWN, decimals(one.score), decimals(alike),
            decimals(one.score * (1 - settings.diversity * alike)),
        ])  # fmt: skip
    shown = example("methodik/transfer", "Wahl der fünf Vorschläge im Beispiel")
    assert [[row[0], *row[2:]] for row in shown] == rows
    scores = [one.score for one in found]
    assert scores != sorted(scores, reverse=True), "the example shows that likeness changes the order"


def likeness(one: TransferObject, other: TransferObject) -> float:
    """As the page says it: one giver 1, else the mean of shared components, shared fields and same kind."""
    if one.giver.name == other.giver.name:
        return 1.0
    shared = [
        len(set(a) & set(b)) / len(set(a) | set(b))
        for a, b in ((one.components, other.components), (one.fields, other.fields))
    ]
    return (sum(shared) + (one.kind == other.kind)) / 3


def test_the_steps_that_an_object_may_claim():
    one = load_transfer_object(BOOK / "transfer/neuwied-integration-point.md")
    faults = {step: list(evidence_faults(step, one.status, len(one.adoptions), one.evaluation)) for step in STEPS}
    assert (one.status, one.evidence) == ("etabliert", "erprobt")
    assert steps("methodik/evidenz", "Erlaubte Stufen für das Beispiel aus Neuwied") == {
        step: "nein" if found else "ja" for step, found in faults.items()
    }
    table = example("methodik/evidenz", "Stufen der Evidenz")
    assert [row[0] for row in table] == [f"{rank} {step}" for rank, step in enumerate(STEPS, 1)]


# --- All pages -----------------------------------------------------------------------------------------------------

METHODS = sorted(path.stem for path in (BOOK / "methodik").glob("*.md") if path.stem != "index")


@pytest.mark.parametrize("page", METHODS)
def test_every_method_has_formula_example_limits_and_literature(page):
    text = (BOOK / f"methodik/{page}.md").read_text(encoding="utf-8")
    assert "```{math}" in text and re.search("^## Beispiel: ", text, re.MULTILINE)
    assert "\n## Grenzen\n" in text and "\n## Literatur\n\n- " in text
    first = text.split("\n\n")[1]
    assert not first.startswith(("#", "```", "(")), "the page begins with a short answer"


# --- The figures the examples begin with are the official ones ------------------------------------------------------


def test_the_examples_begin_with_official_figures(real_release):
    values = real_release.computed.values.set_index(["indicator", "ags", "year"]).sort_index()
    counts = values[["numerator", "denominator"]]
    assert counts.loc[WITHOUT, "15084", 2023].tolist() == [240, 1587]
    assert counts.loc[WITHOUT, "15", 2023].tolist() == [2346, 18525]
    assert counts.loc["change_population_10y_pct", "15084", 2024].tolist() == [173684, 184055]
    assert counts.loc["rate_naturalisations_per_1000", "15084", 2016].tolist() == [23, 7467]
    assert counts.loc[WITHOUT, "03159", 2015].tolist() == [125, 3142]
    trend = values.loc["share_sgb2_under_15_pct", "15084"]["value"].dropna()
    assert trend.loc[2016:].tolist() == [20.43, 19.64, 16.91, 14.70, 13.27, 11.48, 11.70]
    kinds = real_release.computed.kinds.set_index("ags").loc["15084"]
    years = dict(zip(kinds["variables"].split(","), map(int, kinds["years"].split(",")), strict=True))
    for name, (label, a, b, *_) in NEIGHBOURS.items():
        assert str(years[name]) in label
        found = [values.loc[(name, ags, years[name]), "value"] for ags in ("15084", "12066")]
        assert found == pytest.approx([a, b], rel=1e-4)
    peers = real_release.computed.peers.query("ags == '15084'").set_index("rank")
    assert peers.loc[1, "peer"] == "12066"
    assert [round(peers.loc[rank, "distance"], 2) for rank in (1, 10)] == [0.79, 1.28]
    matcher = real_release.matcher
    own = matcher.places[TAKER]
    assert own.population == TAKER_POPULATION
    assert round(matching._typical_distance(list(matcher.places.values())), 2) == TYPICAL
    for ags, (population, distance) in GIVERS.items():
        giver = matcher.places[ags]
        found = matching._distance(giver.position, own.position)
        assert (giver.population, round(found, 2)) == (population, distance)
