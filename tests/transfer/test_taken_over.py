"""What the shipped pages say about takeovers agrees: the taker's `origin` and the giver's `adoptions`."""

from pathlib import Path

from transferbuch.transfer.loading import load_transfer_objects

OBJECTS = load_transfer_objects(Path(__file__).parents[2] / "book" / "transfer")


def test_every_page_named_as_origin_lists_the_taker() -> None:
    pairs = [(one, OBJECTS[part.slug]) for one in OBJECTS.values() for part in one.origin if part.slug]
    assert pairs
    missing = [
        f"{giver.slug} does not list {taker.giver.name}"
        for taker, giver in pairs
        if set(taker.giver.ags).isdisjoint(ags for taken in giver.adoptions for ags in taken.ags)
    ]
    assert missing == []
