"""Choosing objects: never the own example, kinds take turns, same type first, always the same list."""

import random
from pathlib import Path

import pytest

from transferbuch.transfer.objects import TransferObject, load_transfer_objects
from transferbuch.transfer.selection import choose_objects

SHIPPED = Path(__file__).parents[2] / "book" / "transfer"


def made(
    slug: str,
    kind: str = "Instrument",
    ags: str = "03457",
    giver_type: str = "Landkreis",
    fields: tuple[str, ...] = ("Fachkräfte",),
) -> TransferObject:
    return TransferObject.model_validate(
        {
            "slug": slug,
            "title": slug,
            "summary": "Kurz.",
            "class": "Beispiel",
            "depth": "mittel",
            "status": "erprobt",
            "giver": {"name": "Landkreis Leer", "ags": ags, "type": giver_type, "land": "Niedersachsen"},
            "kind": kind,
            "components": ["Steuerung"],
            "life_phases": ["alle"],
            "fields": fields,
            "target_groups": ["alle"],
            "contact_roles": ["Leitung"],
            "source": {"title": "Bericht", "place": "Seite 1"},
            "information_date": "2019",
            "author": "Redaktion",
            "reviewer": "Redaktion",
            "next_review": "2027-06-30",
            "licence": "CC BY 4.0",
        }
    )


def by_slug(*objects: TransferObject) -> dict[str, TransferObject]:
    return {one.slug: one for one in objects}


def slugs(choices: list) -> list[str]:
    return [choice.object.slug for choice in choices]


def test_never_an_object_to_its_own_giver() -> None:
    objects = by_slug(made("leer", ags="03457"), made("verden", ags="03361"))
    assert slugs(choose_objects(objects, "03457", "Landkreis", ["Fachkräfte"])) == ["verden"]
    assert slugs(choose_objects(objects, "03361", "Landkreis", ["Fachkräfte"])) == ["leer"]


def test_objects_of_a_dissolved_kreis_belong_to_its_successor() -> None:
    objects = by_slug(made("eisenach", ags="16056", giver_type="kreisfreie Stadt"), made("verden", ags="03361"))
    successors = {"16056": ("16063",)}
    assert slugs(choose_objects(objects, "16063", "Landkreis", [], successors=successors)) == ["verden"]
    assert slugs(choose_objects(objects, "16070", "Landkreis", [], successors=successors)) == ["verden", "eisenach"]
    # two reforms later it is still the same municipality
    twice = {"16056": ("16063",), "16063": ("16099",)}
    assert slugs(choose_objects(objects, "16099", "Landkreis", [], successors=twice)) == ["verden"]


def test_kinds_take_turns() -> None:
    models = [made(f"a-modell-{number}", "Strukturmodell") for number in range(5)]
    objects = by_slug(*models, made("y-angebot", "Angebot"), made("z-prozess", "Prozess"))
    chosen = choose_objects(objects, "15084", "Landkreis", ["Fachkräfte"], limit=5)
    assert slugs(chosen) == ["a-modell-0", "y-angebot", "z-prozess", "a-modell-1", "a-modell-2"]


def test_more_fields_first_then_same_type_then_alphabet() -> None:
    objects = by_slug(
        made("a-stadt", ags="05916", giver_type="kreisfreie Stadt"),
        made("b-kreis"),
        made("c-kreis"),
        made("d-beide-felder", ags="05916", giver_type="kreisfreie Stadt", fields=("Fachkräfte", "Weiterbildung")),
    )
    wanted = ["Weiterbildung", "Fachkräfte"]
    assert slugs(choose_objects(objects, "15084", "Landkreis", wanted)) == [
        "d-beide-felder",
        "b-kreis",
        "c-kreis",
        "a-stadt",
    ]
    assert slugs(choose_objects(objects, "15002", "Kreisfreie Stadt", wanted)) == [
        "d-beide-felder",
        "a-stadt",
        "b-kreis",
        "c-kreis",
    ]


def test_only_wanted_fields_and_at_most_limit() -> None:
    objects = by_slug(*(made(f"objekt-{number}") for number in range(9)), made("frueh", fields=("Frühe Bildung",)))
    assert slugs(choose_objects(objects, "15084", "Landkreis", ["Frühe Bildung"])) == ["frueh"]
    assert len(choose_objects(objects, "15084", "Landkreis", [])) == 6
    assert choose_objects(objects, "15084", "Landkreis", ["Weiterbildung"]) == []


def test_reasons_say_what_was_used() -> None:
    objects = by_slug(
        made("leer", fields=("Fachkräfte", "Weiterbildung")), made("herne", ags="05916", giver_type="kreisfreie Stadt")
    )
    first, second = choose_objects(objects, "15084", "Landkreis", ["Fachkräfte", "Weiterbildung"])
    assert first.reason == (
        "Passt zu den Handlungsfeldern „Fachkräfte“ und „Weiterbildung“. "
        "Der Geber ist ein Landkreis und damit eine Kommune gleichen Typs."
    )
    assert (second.fields, second.same_type) == (("Fachkräfte",), False)
    assert second.reason == (
        "Passt zum Handlungsfeld „Fachkräfte“. Der Geber ist eine kreisfreie Stadt; ob sich die Lösung auf einen "
        "anderen Typ von Kommune übertragen lässt, ist zu prüfen."
    )
    (open_choice, _) = choose_objects(objects, "15084", "Kreis", [])
    assert open_choice.reason == "Der Geber ist ein Landkreis und damit eine Kommune gleichen Typs."


def test_unknown_field_is_refused() -> None:
    with pytest.raises(ValueError, match="did you mean 'Übergang Schule–Beruf'"):
        choose_objects({}, "15084", "Landkreis", ["Übergang Schule-Beruf"])


def test_choice_does_not_depend_on_the_order_of_the_objects() -> None:
    objects = load_transfer_objects(SHIPPED)
    wanted = ["Übergang Schule–Beruf", "Ganztag und Schule", "Frühe Bildung", "Bildungsberichterstattung"]
    expected = choose_objects(objects, "15084", "Landkreis", wanted)
    for seed in range(5):
        mixed = list(objects.items())
        random.Random(seed).shuffle(mixed)
        assert choose_objects(dict(mixed), "15084", "Landkreis", wanted) == expected


def test_shipped_objects_for_the_burgenlandkreis() -> None:
    objects = load_transfer_objects(SHIPPED)
    chosen = choose_objects(objects, "15084", "Landkreis", [])
    assert "burgenlandkreis-bildungsbuero-anlaufstelle" not in slugs(chosen)
    assert len(chosen) == 6
    assert {choice.object.kind for choice in chosen} == {
        "Strukturmodell",
        "Angebot",
        "Instrument",
        "Prozess",
        "Kooperation",
    }
    assert chosen[0].same_type
