"""What a municipality says itself: printed with whose words they are, and nothing where there is none."""

import re

import pytest

from tests.report.conftest import BURGENLAND, LEAVERS, record, spaces
from transferbuch.errors import PersonFileError
from transferbuch.report import open_edition

CHAPTER = "allgemeinbildende-schulen"
STATEMENT = {"chapter": CHAPTER, "text": "Die Quote < 5 ist das Ziel.", "by": "Steuerungsgruppe", "day": "2025-05-20"}
AGREED = STATEMENT | {"state": "abgestimmt", "objection": None}
OBJECTION = {"by": "die Kämmerei", "text": "Das Ziel ist zu hoch."}
CONTESTED = STATEMENT | {"text": "Es fehlen Stellen.", "state": "strittig", "objection": OBJECTION}
COMMENT = {"chapter": CHAPTER, "text": "Erstens\nso.\n\nZweitens so.", "by": "Bildungsbüro", "day": "2025-06-03"}
PRACTICE = {"chapter": CHAPTER, "slug": "herne-kette", "title": "", "text": ""}
OWN_PRACTICE = {"chapter": CHAPTER, "slug": "", "title": "Sprachcafé", "text": "Jeden Mittwoch."}
OBJECTS = {"herne-kette": {"title": "Die Kette", "summary": "Von der Kita an.", "giver": "Stadt Herne"}}
ANALYSIS = {
    "form": "analyse",
    "id": "abschluss",
    "title": "Journal",
    "question": "Was hilft?",
    "indicators": [LEAVERS],
    "insights": ["Früh beraten wirkt."],
    "recommendations": ["Beraten.", "Prüfen."],
    "objects": ["herne-kette"],
    "decision": {"text": "Es wird beraten.", "state": "beschlossen", "by": "Ausschuss", "day": "2025-06-17"},
}
PAPER = {
    "form": "gremienvorlage",
    "id": "beratung",
    "title": "Vorlage",
    "body": "Ausschuss",
    "day": "2025-09-16",
    "indicators": [LEAVERS],
    "resolution": ["Eins.", "Zwei."],
    "proposals": [],
    "objects": [],
    "contact": "",
}


@pytest.fixture
def edition(make_slice):
    """Opens a slice of the Burgenlandkreis with these parameters."""

    def open_with(**parameters):
        folder = make_slice(
            BURGENLAND,
            indicators=[record()],
            parameters={"ags": "15084", "contact": "Bildungsbüro", **parameters},
            named_objects=OBJECTS,
            trends=[(LEAVERS, 2014, 2023, 6, "rising", 0.5, 0.2, 0.9, "")],
            comparisons=[(LEAVERS, 2023, "15", "above", True)],
        )
        return open_edition("15084", folder)

    return open_with


def test_a_chapter_without_additions_prints_nothing(edition):
    assert edition().additions(CHAPTER) is None
    assert edition(statements=[AGREED], comments=[COMMENT]).additions("weiterbildung") is None


def test_statements_say_in_words_whether_they_are_agreed_and_who_sees_it_differently(edition):
    shown = edition(statements=[AGREED, CONTESTED]).additions(CHAPTER)
    assert shown.plain.split("\n\n") == [
        "Kernaussagen",
        "Die Quote < 5 ist das Ziel.",
        "Abgestimmt: Die Beteiligten tragen diese Aussage mit. Angabe von: Steuerungsgruppe, 20.05.2025.",
        "Es fehlen Stellen.",
        "Strittig: Nicht alle Beteiligten sehen das so. Angabe von: Steuerungsgruppe, 20.05.2025.",
        "Anders sieht das die Kämmerei: Das Ziel ist zu hoch.",
    ]
    assert "Die Quote &lt; 5 ist" in shown.html and "Kommentar" not in shown.plain


def test_a_comment_is_marked_as_no_computation(edition):
    shown = edition(comments=[COMMENT]).additions(CHAPTER)
    assert shown.plain.startswith("Kommentar der Kommune\n\nErstens so.\n\nZweitens so.\n\nDas ist keine Berechnung")
    assert 'class="tb-own-words"' in shown.html and "tb-findings" not in shown.html


def test_practice_boxes_link_to_the_collection_or_tell_an_own_example(edition):
    shown = edition(practice=[PRACTICE, OWN_PRACTICE]).additions(CHAPTER)
    assert 'href="../../transfer/herne-kette.html">Die Kette</a>' in shown.html
    assert "Transfergegenstand, Geber: Stadt Herne." in shown.plain
    assert "Sprachcafé\nJeden Mittwoch.\n\nEin Beispiel aus der eigenen Kommune." in shown.plain


def test_an_analysis_leads_from_question_to_decision(edition):
    form = edition(formats=[ANALYSIS]).form("analyse", "abschluss")
    assert form.question().plain == "Was hilft?"
    assert form.findings().plain.startswith("• Im Abgangsjahr 2023 betrug der Anteil der Abgänge ohne")
    assert "Erkenntnisse der Kommune\n\n• Früh beraten wirkt." in form.text("insights").plain
    assert "Empfehlungen der Kommune\n\n• Beraten.\n• Prüfen." in form.text("recommendations").plain
    assert "ausgewählt von der Kommune" in form.objects().plain and "Die Kette" in form.objects().plain
    assert form.text("decision").plain.endswith("Es wird beraten.\n\nBeschlossen: Ausschuss, 17.06.2025.")


def test_values_stand_beside_the_land_with_their_trend_and_source(edition):
    shown = spaces(edition(formats=[ANALYSIS]).form("analyse", "").values().plain).split("\n")
    assert shown[1] == "Kennzahl | Burgenlandkreis | Land Sachsen-Anhalt | Jahr | Trend"
    assert shown[2] == "Anteil der Abgänge ohne Hauptschulabschluss | 15,1 % | 12,7 % ▲ | 2023 | steigt"
    assert shown[-1].startswith("Quelle: Statistische Ämter")


def test_a_paper_says_for_whom_it_is_and_counts_the_points_of_its_resolution(edition):
    form = edition(formats=[ANALYSIS, PAPER]).form("gremienvorlage", "")
    assert form.head().plain == (
        "Kommune: Burgenlandkreis\nGremium: Ausschuss\nSitzung: 16.09.2025\nAuskunft: Bildungsbüro"
    )
    assert form.text("resolution").plain == "Beschlussvorschlag\n\n1. Eins.\n2. Zwei."
    assert form.text("proposals").plain == "Dazu hat die Kommune nichts eingetragen."


def test_without_a_form_the_page_says_so(edition):
    assert edition().form("profil", "").head().plain == (
        "Für den Burgenlandkreis ist kein Profil für eine Rolle eingetragen."
    )
    assert edition().form("analyse", "").values().plain == "Der Burgenlandkreis hat dazu nichts eingetragen."


def test_an_unknown_form_is_refused_with_those_that_are_declared(edition):
    with pytest.raises(PersonFileError, match=r"no such analyse \(x\).*declared under `formats`: abschluss"):
        edition(formats=[ANALYSIS]).form("analyse", "x")
    with pytest.raises(PersonFileError, match=r"no such form \(journal\)"):
        edition().form("journal", "")


def test_the_command_that_reruns_a_form_names_it(edition):
    command = edition(formats=[ANALYSIS]).rerun("analyse", "abschluss").plain
    assert re.search(r"run notebooks/analyse\.ipynb --ags 15084 --form abschluss\n", command)
