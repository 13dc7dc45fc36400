"""Who took over what from whom, gathered from both ends: givers know their takers, takers where it came from."""

from collections.abc import Mapping
from dataclasses import dataclass

from transferbuch.transfer.object_checks import is_taker
from transferbuch.transfer.objects import TransferObject


@dataclass(frozen=True)
class Transfer:
    """One transfer from a giver to a taker.

    what: title of the transfer object, or in the taker's words what it took over
    year, adapted, result, note: as the page tells them; None where it says nothing
    page: slug of the page that tells of it
    taker_page: slug of the taker's own page about what it made of it; None if there is none
    """

    what: str
    giver: str
    taker: str
    year: int | None
    adapted: str | None
    result: str | None
    note: str | None
    page: str
    taker_page: str | None


def find_transfers(objects: Mapping[str, TransferObject]) -> list[Transfer]:
    """Every transfer once, sorted by giver, taker and object.

    What a taker tells counts where the giver has no page; otherwise the giver's page tells it too, which
    `load_transfer_objects` makes sure of.
    """
    found: list[Transfer] = []
    for slug, one in objects.items():
        for taken in one.adoptions:
            of_taker = (
                other.slug
                for other in objects.values()
                if is_taker(taken, other.giver) and any(part.slug == slug for part in other.origin)
            )
            facts = (taken.year, taken.adapted, taken.result, taken.note)
            found.append(Transfer(one.title, one.giver.name, taken.taker, *facts, slug, next(of_taker, None)))
        found += [
            Transfer(part.what, part.giver, one.giver.name, None, None, None, None, slug, slug)
            for part in one.origin
            if part.slug not in objects
        ]
    return sorted(found, key=lambda one: (one.giver, one.taker, one.what))
