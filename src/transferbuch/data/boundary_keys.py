"""Which attribute of a file of boundaries is the key of the region, which its name, and what level the keys are.

Official keys are known by their content: every value is an AGS of one level, or an ARS (nine digits Gemeindeverband,
twelve digits Gemeinde, whose AGS is its first five and last three digits). Keys of small areas (Planungsraum,
Stadtteil, Schulbezirk …) have no common form; the name of their attribute tells them.
"""

import re
from dataclasses import dataclass
from typing import Any

from transferbuch.data.cells import NotATable
from transferbuch.errors import DataRefused, Problem
from transferbuch.regions.keys import AGS, LEVELS

PARTS = "GF"  # attribute of the BKG that tells the parts of a region: 1 and 2 water, 3 and 4 land
_NUMBER = "(schluessel|kennziffer|nr|nummer|id|key|code)"
_OFFICIAL = re.compile(f"(ags|ars|rs|krs){_NUMBER}?|(gemeinde|kreis|regional|land|landes|gem){_NUMBER}")
_SMALL = re.compile(
    "(planungsraum|bezirksregion|prognoseraum|ortsteil|stadtteil|stadtbezirk|statistischerbezirk|viertel|quartier"
    f"|sprengel|schulbezirk|schule?|bezirk){_NUMBER}|(plr|bzr|pgr|lor){_NUMBER}?"
)
_GENERIC = re.compile(_NUMBER)
_NAMES = ("gen", "name", "bezeichnung")
_RUNNING = 4  # numbers of up to four digits may count areas 1, 2, 3 …; longer ones are keys of a fixed length
_WITHOUT_ZERO = (1, 4, 7, 11)  # digits of a Land, Kreis, Gemeinde and ARS of the first nine Länder without their zero
_ZEROS = "the keys have lost their leading zeros"


@dataclass(frozen=True)
class Keys:
    """Key and name of each feature, in the order of the file.

    `level` is that of the AGS (land, regierungsbezirk, kreis, gemeinde), or gemeindeverband, or small_area.
    """

    level: str
    column: str
    keys: list[str]
    names: list[str]


def find_keys(attributes: list[dict[str, Any]], file: str) -> Keys:
    """Keys of all features; raises DataRefused where they are broken, NotATable where nothing is a key.

    Asked in turn: attributes with an official name (AGS, ARS, RS, Kreisschlüssel …), those with the name of a small
    area, any other attribute whose values are official keys, at last `id`, `nr`, `key` and the like.
    """
    columns = {
        column: [_text(feature.get(column)) for feature in attributes]
        for column in dict.fromkeys(name for feature in attributes for name in feature)
    }
    unique = {column for column, texts in columns.items() if len(set(texts)) == len(texts)}
    official = sorted((one for one in columns if _is(_OFFICIAL, one)), key=lambda one: _short(one) != "ags")
    small = [one for one in columns if _is(_SMALL, one) and one in unique]
    for column in official:
        # the AGS of a Stadtteil's town is no key of the Stadtteil: a key tells the features apart
        if column in unique or PARTS in columns or not small:
            level, fault = _official_level(columns[column])
            if fault:
                raise DataRefused(_problem(file, column, *fault))
            return _keys(level, column, columns)
    for column in small:
        return _small_keys(column, columns, file)
    by_content = [one for one in columns if one in unique and _official_level(columns[one])[0]]
    if len(by_content) > 1:
        raise DataRefused(_problem(file, ", ".join(by_content), "several attributes could be the key"))
    for column in by_content:
        return _keys(_official_level(columns[column])[0], column, columns)
    for column in columns:
        if _is(_GENERIC, column) and column in unique:
            return _small_keys(column, columns, file)
    raise NotATable(f"areas without the key of a region; attributes: {', '.join(columns) or 'none'}")


def _official_level(texts: list[str]) -> tuple[str, tuple[str, str] | None]:
    """(level, None) when every text is a key of one level; otherwise ('', (what is wrong, first example))."""
    found = {_level(text) for text in texts}
    if len(found) == 1 and "" not in found:
        return found.pop(), None
    wrong = [text for text in texts if not _level(text)]
    if wrong and all(len(text) in _WITHOUT_ZERO and _level("0" + text) for text in wrong):
        return "", (_ZEROS, wrong[0])
    return "", ("a feature has no official key", wrong[0]) if wrong else ("the keys are of several levels", texts[0])


def _level(key: str) -> str:
    try:
        if len(key) in LEVELS:
            return AGS(key).level
        return {9: "gemeindeverband", 12: "gemeinde"}.get(len(key), "") if key.isdigit() and AGS(key[:5]) else ""
    except ValueError:
        return ""


def _small_keys(column: str, columns: dict[str, list[str]], file: str) -> Keys:
    texts = columns[column]
    lengths = {len(text) for text in texts}
    if "" in texts:
        raise DataRefused(_problem(file, column, "a feature has no key"))
    if all(text.isdigit() for text in texts) and len(lengths) > 1 and max(lengths) > _RUNNING:
        raise DataRefused(_problem(file, column, _ZEROS, min(texts, key=len)))
    return _keys("small_area", column, columns)


def _keys(level: str, column: str, columns: dict[str, list[str]]) -> Keys:
    keys = [text[:5] + text[9:] if level == "gemeinde" and len(text) == 12 else text for text in columns[column]]
    names = [one for one in columns if _short(one) in _NAMES] or [
        one for one in columns if _short(one).endswith("name")
    ]
    ranked = sorted(names, key=lambda one: (*_NAMES, _short(one)).index(_short(one)))
    return Keys(level, column, keys, columns[ranked[0]] if ranked else [""] * len(keys))


def _text(value: Any) -> str:
    return "" if value is None or isinstance(value, (bool, dict, list)) else str(value).strip()


def _short(column: str) -> str:
    plain = column.casefold().replace("ä", "ae").replace("ö", "oe").replace("ü", "ue").replace("ß", "ss")
    return re.sub(r"[^a-z0-9]", "", plain)


def _is(pattern: re.Pattern[str], column: str) -> bool:
    return bool(pattern.fullmatch(_short(column)))


def _problem(file: str, column: str, what: str, value: str = "") -> Problem:
    do = "take the file as the office delivers it, with one attribute that holds the keys as text, zeros included"
    return Problem(
        file, 0, column, what, value, "one official key or one number of a small area each", do, "boundaries-key"
    )
