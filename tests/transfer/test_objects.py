"""Transfer objects: a correct page loads, each fault is named with its line, all shipped pages are correct."""

from pathlib import Path

import pytest

from transferbuch.errors import PersonFileError, Problem
from transferbuch.regions.register import load_register
from transferbuch.transfer.loading import load_transfer_object, load_transfer_objects
from transferbuch.transfer.page import find_unsafe
from transferbuch.vocabulary import FIELDS

SHIPPED = Path(__file__).parents[2] / "book" / "transfer"

PAGE = """\
---
title: "Runder Tisch Ausbildung"
summary: "Jugendliche fanden keine Ausbildung. Ein runder Tisch brachte alle zusammen."
giver:
  name: Landkreis Leer
  ags: "03457"
  type: Landkreis
  land: Niedersachsen
class: Beispiel
depth: mittel
status: erprobt
kind: Kooperation
components: [Zusammenarbeit, Übergänge]
life_phases: [Übergang Schule-Beruf]
fields: [Übergang Schule–Beruf, Fachkräfte]
target_groups:
  - Schulabgängerinnen und Schulabgänger
contact_roles:
  - Leitung des Bildungsbüros
source:
  title: Jahresbericht
  place: Seite 3
  year: 2019
information_date: Sommer 2019
author: Redaktion
reviewer: Zweitprüfung steht aus
next_review: 2027-06-30
licence: CC BY 4.0
related:
  - zweite-seite
published: 2027-01-15
---

# Runder Tisch Ausbildung

## Ausgangslage

Viele Plätze blieben frei.

## Lösung

Alle kommen an einen Tisch.

## Was anzupassen ist

### Hinweise aus der Quelle

- Klein beginnen.

### Redaktionelle Hinweise

- Den Kreis der Beteiligten prüfen.

## Ansprechstelle

Leitung des Bildungsbüros.

## Quelle

Jahresbericht, Seite 3.
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder `book/transfer` with two correct pages and the list page."""
    pages = tmp_path / "book" / "transfer"
    pages.mkdir(parents=True)
    (pages / "index.md").write_text("# Liste\n", encoding="utf-8")
    (pages / "runder-tisch.md").write_text(PAGE, encoding="utf-8")
    second = PAGE.replace("Runder Tisch Ausbildung", "Zweite Seite").replace("- zweite-seite", "- runder-tisch")
    (pages / "zweite-seite.md").write_text(second, encoding="utf-8")
    return pages


def faults(folder: Path, old: str = "", new: str = "") -> list[Problem]:
    """Problems of the folder after `old` was replaced by `new` in the first page."""
    page = folder / "runder-tisch.md"
    assert old in PAGE
    page.write_text(PAGE.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(PersonFileError) as raised:
        load_transfer_objects(folder)
    assert raised.value.exit_code == 10
    return list(raised.value.problems)


def fault(folder: Path, old: str, new: str) -> Problem:
    """The one problem that the change causes."""
    problems = faults(folder, old, new)
    assert len(problems) == 1, [str(problem) for problem in problems]
    assert problems[0].file == "book/transfer/runder-tisch.md"
    return problems[0]


def line_of(text: str, page: str = PAGE) -> int:
    return page[: page.index(text)].count("\n") + 1


def test_correct_pages_load_with_their_slugs(folder: Path) -> None:
    objects = load_transfer_objects(folder)
    assert list(objects) == ["runder-tisch", "zweite-seite"]
    one = objects["runder-tisch"]
    assert (one.slug, one.kind, one.class_, one.giver.ags) == ("runder-tisch", "Kooperation", "Beispiel", ("03457",))
    assert one.fields == ("Übergang Schule–Beruf", "Fachkräfte")
    assert one.next_review.isoformat() == "2027-06-30"
    assert one.model_dump(mode="json")["class"] == "Beispiel"


def test_giver_may_be_an_association_or_a_dissolved_kreis(folder: Path) -> None:
    page = folder / "runder-tisch.md"
    page.write_text(
        PAGE.replace('"03457"', '["09463", "09473"]')
        .replace("land: Niedersachsen", "land: Bayern")
        .replace("type: Landkreis", "type: Verbund"),
        encoding="utf-8",
    )
    assert load_transfer_object(page).giver.ags == ("09463", "09473")
    page.write_text(PAGE.replace("03457", "16056").replace("land: Niedersachsen", "land: Thüringen"), encoding="utf-8")
    assert load_transfer_object(page).giver.ags == ("16056",)  # Eisenach, kreisfrei until 2021


def test_unknown_key_names_the_nearest_valid_one(folder: Path) -> None:
    found = fault(folder, "kind: Kooperation\n", "kind: Kooperation\nprogramme: [KAoA]\n")
    assert (found.line, found.code) == (line_of("components:"), "unknown-key")
    assert "'programmes'" in found.do


@pytest.mark.parametrize("written", ["05315", "01001"])
def test_unquoted_key_is_explained(folder: Path, written: str) -> None:
    found = fault(folder, '"03457"', written)
    assert (found.line, found.field, found.value) == (6, "giver.ags", written)
    assert "octal" in found.what and "in quotes" in found.what


@pytest.mark.parametrize(
    ("old", "new", "line", "code", "message"),
    [
        ("kind: Kooperation", "kind: Koperation", 12, "unknown-value", "'Kooperation'"),
        ("Fachkräfte]", "Fachkraft]", 15, "unknown-value", "'Fachkräfte'"),
        ("- zweite-seite", "- zweite-seiten", 30, "dead-related", "'zweite-seite'"),
        ("- zweite-seite", "- runder-tisch", 30, "dead-related", "not related to itself"),
        ('ags: "03457"', 'ags: "03499"', 6, "unknown-ags", "no register knows this key"),
        ("land: Niedersachsen", "land: Hessen", 6, "wrong-land", "Niedersachsen"),
        ('  ags: "03457"\n', "", 4, "wrong-value", "needs its key"),
        ("- Leitung des Bildungsbüros", "- buero@leer.example.de", 19, "wrong-value", "e-mail"),
        ("- Leitung des Bildungsbüros", "- Leitung (Frau Beispiel)", 19, "wrong-value", "person's name"),
        ("  - Leitung des Bildungsbüros", "  []", 18, "wrong-value", "the list is empty"),
        ("- Leitung des Bildungsbüros", "- Dr. Beispiel", 19, "wrong-value", "person's name"),
        ("Jugendliche fanden", "<b>Jugendliche</b> fanden", 3, "wrong-value", "HTML"),
        ("place: Seite 3", "place: '[Seite](javascript:alert(1))'", 22, "wrong-value", "script"),
        ("- Schulabgängerinnen und Schulabgänger", "- Marsbewohner", 17, "target-group", "target_groups.yml"),
        ("published: 2027-01-15\n", "", 2, "missing-key", "day on which the page first appeared"),
        ("published: 2027-01-15", "published: Januar 2027", 31, "wrong-value", "day on which the page first appeared"),
        ("author:", "revised:\n  - {date: 2027-01-14, what: Neu.}\nauthor:", 26, "dates", "before 2027-01-15"),
        ("class: Beispiel", "class: Beispiel\nslug: anders", 10, "slug", "differs from the file name"),
        ("licence: CC BY 4.0", "licence: CC BY 4.0\nindicators: [quote]", 29, "unknown-indicator", "no such indicator"),
        ("# Runder Tisch Ausbildung", "# Runder Tisch", 34, "heading", "differs from the title"),
        ("# Runder Tisch Ausbildung\n", "", 35, "heading", "does not begin with its heading"),
        ("## Ausgangslage", "## Ausganslage", 36, "unknown-section", "did you mean 'Ausgangslage'?"),
        ("### Hinweise aus der Quelle", "### Tipps", 46, "unknown-section", "unknown subsection"),
        ("### Hinweise aus der Quelle\n", "", 44, "adaptation-part", "whose advice"),
        ("- Klein beginnen.\n", "", 46, "empty-section", "empty"),
        ("Viele Plätze blieben frei.\n", "", 36, "empty-section", "empty"),
        ("## Quelle\n\nJahresbericht, Seite 3.", "", 33, "missing-section", "missing"),
        ("Viele Plätze", "Viele <script>Plätze</script>", 38, "unsafe-text", "HTML"),
        ("Viele Plätze", "Herr Beispiel sagt: Viele Plätze", 38, "unsafe-text", "person's name"),
        ("Viele Plätze", "```{raw} html\nViele Plätze", 38, "unsafe-text", "directives"),
        ("Viele Plätze", "{download}`geheim.txt` Viele Plätze", 38, "unsafe-text", "directives"),
    ],
)
def test_each_fault_has_its_line(folder: Path, old: str, new: str, line: int, code: str, message: str) -> None:
    found = fault(folder, old, new)
    assert (found.line, found.code) == (line, code), str(found)
    assert message in str(found)


ORIGIN = "licence: CC BY 4.0\norigin:\n  - giver: Landkreis Leer\n    what: Ablauf\n    slug: zweite-seite"


def adopted_by(folder: Path, taker: str) -> None:
    """The second page says that `taker` took it over."""
    second = folder / "zweite-seite.md"
    text = second.read_text(encoding="utf-8")
    second.write_text(text.replace("author:", f"adoptions:\n  - {taker}\nauthor:"), encoding="utf-8")


def test_the_page_that_something_was_taken_from_must_know_of_it(folder: Path) -> None:
    (found,) = faults(folder, "licence: CC BY 4.0", ORIGIN)
    assert (found.file, found.line, found.field) == ("book/transfer/zweite-seite.md", 4, "adoptions")
    assert found.what.startswith("book/transfer/runder-tisch.md says that it was taken from here")
    assert found.expected == "an entry with taker Landkreis Leer and ags 03457"


@pytest.mark.parametrize(
    ("taker", "agrees"),
    [
        ('{taker: Kreis Leer (Ostfriesland), ags: "03457", result: läuft}', True),  # the key counts, not the spelling
        ('{taker: Landkreis Leer, ags: "03459", result: läuft}', False),
        ("{taker: Landkreis Leer, result: läuft}", True),  # without a key the name
        ("{taker: Landkreis Verden, result: läuft}", False),
    ],
)
def test_both_ends_of_a_transfer_agree_by_key_or_without_it_by_name(folder: Path, taker: str, agrees: bool) -> None:
    adopted_by(folder, taker)
    if agrees:
        (folder / "runder-tisch.md").write_text(PAGE.replace("licence: CC BY 4.0", ORIGIN), encoding="utf-8")
        assert [part.slug for part in load_transfer_objects(folder)["runder-tisch"].origin] == ["zweite-seite"]
    else:
        (found,) = faults(folder, "licence: CC BY 4.0", ORIGIN)
        assert (found.line, found.code) == (25, "origin-not-adopted")


def test_missing_giver(folder: Path) -> None:
    giver = PAGE[PAGE.index("giver:") : PAGE.index("class:")]
    found = fault(folder, giver, "")
    assert (found.line, found.field, found.code) == (2, "giver", "missing-key")
    assert found.do == "add `giver:`"


def test_missing_front_matter(folder: Path) -> None:
    found = fault(folder, PAGE[: PAGE.index("# Runder")], "")
    assert (found.line, found.code) == (1, "front-matter")


def test_sections_keep_their_order(folder: Path) -> None:
    text = PAGE[PAGE.index("## Ausgangslage") : PAGE.index("## Lösung")]
    moved = PAGE.replace(text, "").replace("## Was anzupassen ist", text + "## Was anzupassen ist")
    (folder / "runder-tisch.md").write_text(moved, encoding="utf-8")
    with pytest.raises(PersonFileError) as raised:
        load_transfer_object(folder / "runder-tisch.md")
    (found,) = raised.value.problems
    assert (found.line, found.code) == (line_of("## Ausgangslage", moved), "section-order")
    assert found.expected == "Ausgangslage before Lösung"


def test_two_pages_with_one_title(folder: Path) -> None:
    (folder / "kopie.md").write_text(PAGE, encoding="utf-8")
    with pytest.raises(PersonFileError) as raised:
        load_transfer_objects(folder)
    (found,) = raised.value.problems
    assert (found.file, found.line, found.code) == ("book/transfer/runder-tisch.md", 2, "duplicate")
    assert found.do == "see book/transfer/kopie.md"


def test_file_name_must_be_a_slug(folder: Path) -> None:
    page = folder / "Rundér Tisch.md"
    page.write_text(PAGE, encoding="utf-8")
    with pytest.raises(PersonFileError) as raised:
        load_transfer_object(page)
    assert [problem.code for problem in raised.value.problems] == ["slug"]


def test_all_phases_stand_alone(folder: Path) -> None:
    problem = fault(folder, "life_phases: [Übergang Schule-Beruf]", "life_phases: [frühkindlich, alle]")
    assert (problem.line, problem.field) == (line_of("life_phases:"), "life_phases")
    assert "`alle` stands alone" in problem.what


def test_faults_of_all_pages_come_together(folder: Path) -> None:
    (folder / "zweite-seite.md").write_text(PAGE.replace("kind: Kooperation", "kind: Kreis"), encoding="utf-8")
    problems = faults(folder, "- zweite-seite", "- dritte-seite")
    assert [(problem.file, problem.code) for problem in problems] == [
        ("book/transfer/runder-tisch.md", "dead-related"),
        ("book/transfer/zweite-seite.md", "duplicate"),
        ("book/transfer/zweite-seite.md", "unknown-value"),
        ("book/transfer/zweite-seite.md", "dead-related"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Leitung Frauen- und Gleichstellungsbüro",
        "Beauftragte für Frau und Beruf",
        "Anteil < 10 %",
        "Daten: Schulen",
        "Bildung & Familie",
        "Kita [Regeln](regeln.md)",
    ],
)
def test_ordinary_text_is_not_refused(text: str) -> None:
    assert find_unsafe(text) is None


def test_shipped_pages_are_correct() -> None:
    objects = load_transfer_objects(SHIPPED)
    assert len(objects) == 90
    assert {one.kind for one in objects.values()} == {
        "Strukturmodell",
        "Angebot",
        "Instrument",
        "Prozess",
        "Kooperation",
    }
    assert {field for one in objects.values() for field in one.fields} == set(FIELDS)
    assert objects["burgenlandkreis-bildungsbuero-anlaufstelle"].giver.ags == ("15084",)


def test_givers_of_shipped_pages_are_in_the_register() -> None:
    register = load_register()
    for one in load_transfer_objects(SHIPPED).values():
        for ags in one.giver.ags:
            assert register.land_name(ags.land) == one.giver.land
            if ags.level == "kreis":
                kreis = register[ags]
                assert kreis.name in one.giver.name, one.slug
                if one.giver.type in ("Landkreis", "kreisfreie Stadt"):
                    assert kreis.is_city == (one.giver.type == "kreisfreie Stadt"), one.slug


@pytest.mark.parametrize(
    ("slug", "figures"),
    [
        ("burgenlandkreis-bildungsbuero-anlaufstelle", ["sechs", "elf", "Sieben", "mehr als 300", "70", "März 2017"]),
        (
            "paderborn-berufsbildungs-und-integrationsbericht",
            ["100.000", "110.000", "66 %", "75 %", "116", "16", "zehn"],
        ),
        ("mannheim-entwicklungsplan-bildung-und-integration", ["170", "Fast 40 %", "60 %", "acht", "Herbst 2016"]),
        ("leer-bildungsbericht-bildung-im-verlauf", ["86", "Juni 2016"]),
    ],
)
def test_pages_give_the_figures_of_their_source(slug: str, figures: list[str]) -> None:
    text = (SHIPPED / f"{slug}.md").read_text(encoding="utf-8")
    assert [figure for figure in figures if figure not in text] == []
