"""Choose transfer objects for a municipality by field, kind and type of giver.

A first, plain choice: it knows nothing about needs, conditions or size, and its reasons say only what it used.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from transferbuch.records import nearest
from transferbuch.transfer.objects import GiverType, TransferObject
from transferbuch.vocabulary import FIELDS

_GIVER_PHRASES: dict[GiverType, str] = {
    "Landkreis": "ein Landkreis",
    "kreisfreie Stadt": "eine kreisfreie Stadt",
    "Stadt": "eine Stadt",
    "Land": "ein Land",
    "Verbund": "ein Verbund",
    "Programm": "ein Programm",
}
_CITY_KINDS = ("Kreisfreie Stadt", "Stadtkreis")  # the register's words; everything else is a kind of Landkreis


@dataclass(frozen=True)
class Choice:
    """One chosen object: which wanted fields it serves, whether the giver is of the same type, and why in German."""

    object: TransferObject
    fields: tuple[str, ...]
    same_type: bool
    reason: str


def choose_objects(
    objects: Mapping[str, TransferObject],
    ags: str | Iterable[str],
    kind_of_kreis: str,
    wanted_fields: Iterable[str],
    limit: int = 6,
    successors: Mapping[str, Iterable[str]] | None = None,
) -> list[Choice]:
    """At most `limit` objects for the municipality `ags`, best first; the same input gives the same list.

    ags: its key, or the keys of all members of a combined territory.
    kind_of_kreis: the register's word ("Landkreis", "Kreisfreie Stadt", …).
    wanted_fields: only objects that serve at least one of them are chosen, so the list may be short or empty;
        with no wanted field all objects are open. Raises ValueError for a field outside `FIELDS`.
    successors: key of a dissolved Kreis → keys of the Kreise it went to, so that objects of Eisenach (16056)
        are not recommended to the Wartburgkreis (16063).

    The kinds take turns: the next object is of the kind chosen least so far; among these the one that serves
    more wanted fields, then the one whose giver is of the same type, then the alphabet.
    """
    wanted = list(dict.fromkeys(wanted_fields))
    for field in wanted:
        if field not in FIELDS:
            raise ValueError(f"{field!r} is no field of action: {nearest(field, FIELDS)}")
    giver_type: GiverType = "kreisfreie Stadt" if kind_of_kreis in _CITY_KINDS else "Landkreis"
    own = _with_successors([ags] if isinstance(ags, str) else ags, successors or {})
    open_objects = [
        one
        for one in objects.values()
        if own.isdisjoint(_with_successors(one.giver.ags, successors or {}))
        and (not wanted or any(field in one.fields for field in wanted))
    ]
    chosen: list[Choice] = []
    turns: Counter[str] = Counter()
    while open_objects and len(chosen) < limit:
        best = min(
            open_objects,
            key=lambda one: (turns[one.kind], -len(_served(one, wanted)), one.giver.type != giver_type, one.slug),
        )
        open_objects.remove(best)
        turns[best.kind] += 1
        fields, same_type = _served(best, wanted), best.giver.type == giver_type
        chosen.append(Choice(best, fields, same_type, _reason(best, fields, same_type)))
    return chosen


def _served(one: TransferObject, wanted: list[str]) -> tuple[str, ...]:
    return tuple(field for field in wanted if field in one.fields)


def _with_successors(keys: Iterable[str], successors: Mapping[str, Iterable[str]]) -> set[str]:
    """`keys` and all Kreise that they have become part of, however many reforms later."""
    found: set[str] = set()
    ahead = [str(key) for key in keys]
    while ahead:
        key = ahead.pop()
        if key not in found:
            found.add(key)
            ahead.extend(str(one) for one in successors.get(key, ()))
    return found


def _reason(one: TransferObject, fields: tuple[str, ...], same_type: bool) -> str:
    quoted = [f"„{field}“" for field in fields]
    sentences = []  # that no field is wanted is true of all cards alike, and said once above them
    if len(quoted) == 1:
        sentences = [f"Passt zum Handlungsfeld {quoted[0]}."]
    elif quoted:
        sentences = [f"Passt zu den Handlungsfeldern {', '.join(quoted[:-1])} und {quoted[-1]}."]
    giver = _GIVER_PHRASES[one.giver.type]
    sentences.append(
        f"Der Geber ist {giver} und damit eine Kommune gleichen Typs."
        if same_type
        else f"Der Geber ist {giver}; ob sich die Lösung auf einen anderen Typ von Kommune übertragen lässt, "
        "ist zu prüfen."
    )
    return " ".join(sentences)
