"""Need profile and proposals as an edition prints them: sentences with numbers, and what is not known."""

import pytest

from tests.report.conftest import LEAVERS, record, row, spaces
from transferbuch.report import open_edition

BURGENLAND = "15084"
PEERS = ["15088", "15002"]
NEED = {
    "indicator": LEAVERS,
    "year": 2023,
    "strength": 1.0,
    "worse_than": ["land"],
    "stands_out": True,
    "worsening": False,
}
NEEDS = {
    "indicators": [NEED],
    "looked_at": [LEAVERS],
    "fields": {"Ganztag und Schule": 1.0, "Weiterbildung": 0.5},
    "phases": {},
    "components": {},
    "focus": [],
    "overruled": [],
}
NOTHING = {**NEEDS, "indicators": [], "looked_at": [], "fields": {}}
ASSESSMENT = {
    "day": "2026-03-12",
    "by": "Bildungsbüro",
    "levels": {"steuerung": 1},
    "notes": {"steuerung": "Das Gremium ruht."},
    "there": [],
    "not_there": [],
}
OBJECT = {
    "slug": "jena-integrierte-sozialplanung",
    "title": "Planung <gemeinsam>",
    "summary": "Bereiche planen zusammen.",
    "giver": {"name": "Stadt Jena", "ags": ["16053"], "type": "kreisfreie Stadt", "land": "Thüringen"},
    "kind": "Strukturmodell",
    "status": "erprobt",
    "depth": "voll",
    "evidence": "erprobt",
    "fields": ["Ganztag und Schule"],
    "components": ["Steuerung"],
    "indicators": [LEAVERS],
    "contact_roles": ["Sozialplanung"],
    "source": {"title": "Dokumentation", "place": "Forum 2", "year": 2019},
    "information_date": "August 2019",
}
TERMS = {
    "indicator": 1.0, "field": 1.0, "phase": None, "component": None, "conditions": 0.5, "context": 0.4, "size": 0.9,
    "type": 0.0, "effort": None, "evidence": 0.25, "depth": 1.0,
}  # fmt: skip
CONDITIONS = [
    {"text": "Es gibt eine Sozialplanung", "of": "Quelle", "state": "open"},
    {"text": "Es gibt eine Bildungskonferenz", "of": "Redaktion", "state": "not fulfilled"},
]


def proposal(**changes):
    base = {
        "object": OBJECT,
        "sections": {"Lösung": "Ein **Team**.", "Offene Fragen": "- Wer leitet das Team,\n  und wie lange?"},
        "score": 0.45,
        "fits_well": True,
        "need": 0.8,
        "fit": 0.5,
        "terms": TERMS,
        "distance": 1.2,
        "kept": 0.75,
        "conditions": CONDITIONS,
        "giver_population": 150_000,
        "giver_context": [],
    }
    return {**base, **changes}


@pytest.fixture
def edition(make_slice):
    def made(needs=NEEDS, transfer=(), parameters=None, context=()):
        population = record("count_population", "value", title="Bevölkerung", unit="Personen", decimals=0)
        rows = [
            row(BURGENLAND, 2023, 12.5, 25, 200),
            row("15", 2023, 9.1, 91, 1000),
            row(BURGENLAND, 2023, 170_000, indicator="count_population"),
        ]
        folder = make_slice(
            rows,
            indicators=[record(), population],
            peers=PEERS,
            needs=needs,
            transfer=list(transfer),
            parameters=parameters or {},
            context=list(context),
        )
        return open_edition(BURGENLAND, folder)

    return made


def test_the_profile_tells_figures_with_comparison_and_source(edition):
    text = spaces(edition().need_profile().plain)
    assert "Geprüft ist eine Kennzahl, bei der feststeht, ob mehr oder weniger besser ist." in text
    assert "Anteil der Abgänge ohne Hauptschulabschluss | 12,5 % | – | 9,1 % | 2023 | Sachsen-Anhalt ◆" in text
    assert "Quelle: Statistische Ämter des Bundes und der Länder, Tabelle 21111-02-06-4" in text
    assert "Bedarf nach Handlungsfeldern – stark: Ganztag und Schule; mittel: Weiterbildung." in text


def test_the_profile_says_what_it_does_not_know(edition):
    text = edition(NOTHING).need_profile().plain
    assert "Aus den Kennzahlen lässt sich für den Burgenlandkreis kein Bedarf ablesen" in text
    assert "Eine eigene Einschätzung von Strategie" in text and "liegt für den Burgenlandkreis nicht vor" in text
    assert "Schwerpunkte, an denen die Kommune arbeiten will, sind nicht eingetragen." in text
    assert "Kein Handlungsfeld zeigt einen deutlichen Bedarf." in text


def test_the_own_assessment_is_printed_with_what_its_level_means(edition):
    needs = {**NEEDS, "components": {"Steuerung": 0.75}}
    text = edition(needs, parameters={"assessment": ASSESSMENT}).need_profile().plain
    assert "Steuerung | 1 von 4 | " in text and "Dazu: Das Gremium ruht." in text
    assert "Strategie | – | noch nicht eingeschätzt" in text
    assert "Einschätzung vom 12.03.2026, vorgenommen durch: Bildungsbüro." in text
    assert "ist die Stufe bei Steuerung am niedrigsten" in text


def test_an_overruled_need_is_printed_with_its_reason(edition):
    rule = {"field": None, "indicator": LEAVERS, "need": False, "reason": "Eine Schule zählt doppelt."}
    text = edition({**NEEDS, "overruled": [rule]}).need_profile().plain
    assert (
        "„Anteil der Abgänge ohne Hauptschulabschluss“ gilt hier nicht als Bedarf. Begründung der Kommune: Eine Schule "
        "zählt doppelt." in text
    )


def test_proposals_have_reasons_with_numbers_and_counter_reasons(edition):
    text = edition(transfer=[proposal()]).transfer_write_ups().plain
    for sentence in (
        "Es richtet sich auf „Anteil der Abgänge ohne Hauptschulabschluss“: 2023 hier 12,5 %, in Sachsen-Anhalt 9,1 %.",
        "Es arbeitet am Handlungsfeld „Ganztag und Schule“; dort zeigt das Profil Bedarf.",
        "Geber und Kommune sind ähnlich groß: dort leben 150.000 Menschen, hier 170.000.",
        "Nicht erfüllt: Es gibt eine Bildungskonferenz.",
        "Eine von 2 prüfbaren Bedingungen ist offen, weil dazu keine Angabe vorliegt.",
        "Der Geber ist eine Stadt.",
        "Die Rahmenbedingungen von Geber und Kommune sind verschiedener als bei der Hälfte aller Paare von Kreisen.",
        "Eine Wirkung ist nicht belegt.",
        "bleibt es in 75 Prozent der Fälle unter den ersten Vorschlägen.",
        "Wer leitet das Team, und wie lange?",
        "Wen man fragen kann: Sozialplanung.",
    ):
        assert sentence.replace(" %", "\u00a0%") in text or sentence in text, sentence


def test_write_ups_escape_titles_and_render_the_text_of_the_page(edition):
    html = edition(transfer=[proposal()]).transfer_write_ups().html
    assert "Planung &lt;gemeinsam&gt;" in html and "<strong>Team</strong>" in html
    assert 'href="../../transfer/jena-integrierte-sozialplanung.html"' in html


@pytest.mark.parametrize(
    ("transfer", "sentence"),
    [
        ([], "In der Sammlung gibt es keinen Transfergegenstand von einer anderen Kommune."),
        ([proposal()], "Der einzige Vorschlag passt nach der Rechnung gut"),
        ([proposal(), proposal(score=0.2, fits_well=False)], "Nach der Rechnung passt einer der 2 Vorschläge gut"),
        ([proposal(score=0.2, fits_well=False)], "Nichts aus der Sammlung passt gut zum gezeigten Bedarf."),
        ([proposal(need=None)], "Ein Bedarf ist für diese Kommune nicht bekannt."),
    ],
)
def test_whether_anything_fits_well_is_said(edition, transfer, sentence):
    assert edition(transfer=transfer).transfer_cards().plain.startswith(sentence)


def test_the_givers_context_stands_beside_the_own_one(edition):
    own = {"indicator": LEAVERS, "year": 2023, "value": 12.5}
    there = {"indicator": LEAVERS, "year": 2023, "value": 7.0}
    text = edition(transfer=[proposal(giver_context=[there])], context=[own]).transfer_write_ups().plain
    assert "Rahmenbedingung | Burgenlandkreis | Stadt Jena | Jahr" in text
    assert "| 12,5 | 7,0 | 2023" in text or "| 12,5\u00a0% | 7,0\u00a0% | 2023" in text


def test_all_of_several_fit(edition):
    text = edition(transfer=[proposal(), proposal()]).transfer_cards().plain
    assert text.startswith("Nach der Rechnung passen alle 2 Vorschläge gut;")


def test_a_much_smaller_giver_speaks_against_it(edition):
    text = edition(transfer=[proposal(giver_population=80_000)]).transfer_write_ups().plain
    assert "Der Geber ist kleiner: dort leben 80.000 Menschen, hier 170.000." in text


VARIED = "Werden die Gewichte der Rechnung einzeln um 20 Prozent verändert, "


@pytest.mark.parametrize(
    ("kept", "told"),
    [
        ([1, 1, 1], "bleiben die Vorschläge dieselben."),
        ([1], "bleibt es bei diesem Vorschlag."),
        ([1, 1, 0.75], "bleiben 2 der 3 Vorschläge in allen Fällen darunter; "),
        ([1, 0.75], "bleibt einer der 2 Vorschläge in allen Fällen darunter; "),
        ([0.5, 0.75], "bleibt keiner der 2 Vorschläge in allen Fällen darunter; "),
    ],
)
def test_how_firm_the_proposals_are_when_weights_vary_is_said(edition, kept, told):
    shown = edition(transfer=[proposal(kept=one) for one in kept])
    least = f"der unsicherste in {100 * min(kept):.0f} Prozent der Fälle." * (min(kept) < 1)
    assert shown.transfer_cards().plain.endswith(VARIED + told + least)
    alone = [f"bleibt es in {100 * one:.0f} Prozent der Fälle unter den ersten Vorschlägen." for one in kept if one < 1]
    text = shown.transfer_write_ups().plain
    assert [text.count(one) for one in alone] == [1] * len(alone)
    assert text.count("um 20 Prozent verändert") == len(alone)


def test_the_state_of_every_condition_and_who_names_it_are_shown(edition):
    conditions = [*CONDITIONS, {"text": "Es gibt ein Bildungsbüro", "of": "Quelle", "state": "fulfilled"}]
    text = edition(transfer=[proposal(conditions=conditions)]).transfer_write_ups().plain
    assert "Bedingung | Hier | Wer sie nennt" in text
    assert "Es gibt eine Sozialplanung | offen | Quelle" in text
    assert "Es gibt eine Bildungskonferenz | nicht erfüllt | Redaktion" in text
    assert "Es gibt ein Bildungsbüro | erfüllt | Quelle" in text
    assert "Eine von 3 prüfbaren Bedingungen ist hier erfüllt." in text
