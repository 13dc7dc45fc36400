"""The ladder of evidence: what each step requires, and facts that must fit each other."""

from pathlib import Path

import pytest
from tests.transfer.test_objects import PAGE

from transferbuch.errors import PersonFileError
from transferbuch.site.profile import profile_html
from transferbuch.transfer.loading import load_transfer_object
from transferbuch.transfer.objects import TransferObject

ADOPTIONS = """adoptions:
  - {taker: Stadt Regensburg, ags: "09362", year: 2017, adapted: kleinerer Kreis der Beteiligten, result: gelungen}
  - {taker: Stadt Jena, result: gescheitert, note: nach einem Jahr beendet}
"""
EVALUATION = """evaluation:
  {{by: Hochschule, design: {design}, result: Mehr Verträge., place: "Bericht, Seite 4", year: 2020}}
"""


def load(folder: Path, more: str, page: str = PAGE) -> TransferObject:
    path = folder / "runder-tisch.md"
    path.write_text(page.replace("source:\n  title: Jahres", f"{more}source:\n  title: Jahres", 1), encoding="utf-8")
    return load_transfer_object(path)


def refused(folder: Path, more: str, page: str = PAGE) -> str:
    with pytest.raises(PersonFileError) as error:
        load(folder, more, page)
    assert error.value.exit_code == 10
    return str(error.value)


def test_without_a_claim_an_object_is_described(tmp_path):
    assert load(tmp_path, "").evidence == "beschrieben"


@pytest.mark.parametrize(
    ("more", "step"),
    [
        ("evidence: erprobt\n", "erprobt"),
        ("evidence: mehrfach übertragen\n" + ADOPTIONS, "mehrfach übertragen"),
        ("evidence: evaluiert\n" + EVALUATION.format(design="Befragung"), "evaluiert"),
        ("evidence: Wirkung belegt\n" + EVALUATION.format(design="Vergleichsgruppe"), "Wirkung belegt"),
    ],
)
def test_a_step_is_claimed_with_what_it_requires(tmp_path, more, step):
    assert load(tmp_path, more).evidence == step


@pytest.mark.parametrize(
    ("more", "page", "what"),
    [
        ("evidence: erprobt\n", PAGE.replace("status: erprobt", "status: geplant"), "needs a status of erprobt"),
        ("evidence: mehrfach übertragen\n", PAGE, "needs at least 2 entries of `adoptions`"),
        ("evidence: evaluiert\n", PAGE, "needs an `evaluation`"),
        ("evidence: Wirkung belegt\n" + EVALUATION.format(design="Befragung"), PAGE, "an evaluation with a comparison"),
    ],
)
def test_a_step_without_what_it_requires_is_refused_with_its_line(tmp_path, more, page, what):
    message = refused(tmp_path, more, page)
    assert what in message and ":20: evidence:" in message


def test_a_taker_has_a_key_that_the_register_knows(tmp_path):
    message = refused(tmp_path, ADOPTIONS.replace("09362", "09999"))
    assert "adoptions.ags: no register knows this key (09999)" in message


@pytest.mark.parametrize(
    ("condition", "what"),
    [
        ("{text: Es gibt ein Büro, kind: body, of: Quelle}", "a condition of kind body needs `needed`"),
        ("{text: Ein Landkreis, kind: type, of: Redaktion}", "a condition of kind type needs `types`"),
        ("{text: Klein, kind: population, of: Redaktion}", "a condition of kind population needs `at_least`"),
        (
            "{text: Beratung, kind: level, of: Redaktion, component: Beratung, at_least: 1}",
            "component: unknown value (Beratung)",
        ),
    ],
)
def test_a_condition_can_be_checked_or_is_refused(tmp_path, condition, what):
    assert what in refused(tmp_path, f"conditions:\n  - {condition}\n")


def test_the_profile_tells_all_of_it_to_readers(tmp_path):
    more = (
        "evidence: evaluiert\n"
        + EVALUATION.format(design="Befragung")
        + "effort: {staff: eine halbe Stelle, time: ein Jahr}\n"
        + "equity: {reaches: Jugendliche ohne Vertrag, misses: Jugendliche außerhalb der Kreisstadt}\n"
        + "conditions:\n  - {text: Es gibt ein Büro, kind: body, needed: Bildungsbüro, of: Quelle}\n"
        + "origin: [{giver: Stadt Freiburg, what: die Idee des Tisches}]\n"
        + ADOPTIONS
    )
    html = profile_html(load(tmp_path, more), {})
    for text in (
        "Stufe 4 von 5: evaluiert. Befragung (Hochschule 2020): Mehr Verträge. Quelle: Bericht, Seite 4",
        "Personal: eine halbe Stelle; Zeit: ein Jahr",
        "Jugendliche ohne Vertrag; nicht erreicht: Jugendliche außerhalb der Kreisstadt",
        "Es gibt ein Büro (Quelle).",
        "Stadt Freiburg: die Idee des Tisches",
        "Stadt Regensburg (2017, gelungen): kleinerer Kreis der Beteiligten; Stadt Jena (gescheitert): nach einem Jahr",
    ):
        assert text in html, text
