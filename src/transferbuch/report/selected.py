"""The chosen transfer objects of an edition as cards, with one sentence on what the choice rests on."""

from transferbuch.report.numbers import listed
from transferbuch.report.slice_model import Slice
from transferbuch.report.tables import Card, Fragment, cards, paragraph

_WISHES = {
    "fields": ("dem Handlungsfeld", "den Handlungsfeldern", "Handlungsfeld", "Handlungsfelder"),
    "kinds": ("der Art", "den Arten", "Art", "Arten"),
}
"""Key of the parameters → what it is called: dative singular and plural, nominative singular and plural."""


def transfer_cards(data: Slice) -> Fragment:
    """The cards after a sentence on how they were chosen; a sentence alone when nothing fits."""
    wishes = {key: list(data.parameters.get(key) or ()) for key in _WISHES}
    wishes = {key: values for key, values in wishes.items() if values}
    if not data.transfer:
        named = "; ".join(_named(key, values, 2) for key, values in wishes.items())
        return paragraph(
            "Zu dieser Auswahl gibt es noch keinen passenden Transfergegenstand",
            f"({named})." if wishes else "in der Sammlung.",
        )
    items = [
        Card(
            title=one["title"],
            href=f"../../transfer/{one['slug']}.html",
            text=one["summary"],
            reason=one["reason"],
            facts=f"Geber: {one['giver']['name']} · Art: {one['kind']} · Stand der Angaben: {one['information_date']}",
        )
        for one in data.transfer
    ]
    return paragraph(_how_chosen(wishes)) + cards(items)


def _how_chosen(wishes: dict[str, list[str]]) -> str:
    if wishes:
        named = " sowie ".join(f"nach {_named(key, values, 0)}" for key, values in wishes.items())
        return f"Ausgewählt {named}; so ist es für diese Ausgabe eingestellt."
    return (
        "Für diese Ausgabe sind keine Handlungsfelder eingestellt; die Auswahl mischt deshalb die Arten von Lösungen "
        "und bevorzugt Geber gleichen Typs."
    )


def _named(key: str, values: list[str], case: int) -> str:
    """ "dem Handlungsfeld „A“", "den Arten „A“ und „B“"; case: 0 dative, 2 nominative without article."""
    return f"{_WISHES[key][case + (len(values) > 1)]} {listed(f'„{value}“' for value in values)}"
