"""What the columns of a plain table are: key, further codes, name, time. By label and content together, never by one.

A column is a key when its label says so and most of its cells have the form; then a cell of another form is a fault.
Under any other label a column is one of official keys when every cell is such a key and its Kreis is in the register:
no column of figures is that by chance.

Of several keys the most detailed one is the row's key: school, Planungsraum, other small area, Bezirksregion,
Prognoseraum, Gemeinde (AGS before ARS), Gemeindeverband, Kreis, NUTS 3, Raumordnungsregion, Regierungsbezirk, Land; of
equals the first column, of small areas the kind of which there are more. The others, and postal codes and telephone
numbers, are codes: labels, never numbers.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from transferbuch.data.cells import is_time
from transferbuch.regions.register import load_register

_LAND = r"(?:0[0-9]|1[0-6]|99)"
_OFFICIAL = re.compile(rf"DG|{_LAND}(?:[0-9]|[0-9]{{3}}|[0-9]{{6,7}}|[0-9]{{10}})?")
_DETAIL = {12: 51, 8: 52, 9: 45, 5: 40, 3: 30, 2: 20}  # digits of an official key → how detailed
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_CODE_WORD = r"(?:id|nr|no|nummer|code|key|schl(?:uessel)?|kennz(?:iffer|ahl)?|gemeindeschluessel)"
_TIMES = re.compile(
    r"(?:berichts|schul|erhebungs|haushalts|kalender|kita_?|kindergarten)?jahr|year|zeitbezug|stichtag|zeit|time|datum|"
    r"date|semester|zeitraum|periode"
)
_NAMES = re.compile(
    r"name|bezeichnung|bez(_|$)|(^|_)(region|gebiet|raumeinheit|kreis|gemeinde|land|stadtteil|planungsraum)$"
)


@dataclass(frozen=True)
class KeyKind:
    """One kind of key: what its column is called, the form of its cells, how detailed it is (0: a code, no region)."""

    word: str
    label: re.Pattern[str]
    form: re.Pattern[str]
    detail: int

    def lost_zero(self, text: str) -> bool:
        """True when `text` is a key of four digits or more that lacks the zero in front."""
        whole = "0" + text
        if len(text) < 4 or not text.isdecimal() or text[0] == "0" or self.form.fullmatch(text):
            return False
        return bool(self.form.fullmatch(whole)) and (self.form is not _OFFICIAL or whole[:5] in load_register())


def _kind(word: str, label: str, form: str, detail: int) -> KeyKind:
    return KeyKind(word, re.compile(label), re.compile(form), detail)


_SMALL = r"stadtteil|stadtbezirk|ortsteil|stadtviertel|sozialraum|quartier|sprengel|baublock|(?<!regierungs)bezirk"
KINDS = (
    _kind("a postal code", r"(^|_)(plz|postleitzahl)", r"[0-9]{5}", 0),
    _kind("a telephone number", r"telefon|telefax|vorwahl|rufnummer|(^|_)(tel|fax)(_|$)", r"0?[0-9 /()+-]{2,}", 0),
    _kind("a school number", r"(^|_)schul_?(nummer|nr|id|schluessel)|^bsn$", r"[0-9A-Z]{3,10}", 90),
    _kind(
        "a key of a Planungsraum",
        r"(^|_)(plr|lor)(_?id|_?nr|_?schl|$)|planungsraum_(nummer|nr|id)|^raumid$",
        r"[0-9]{8}",
        80,
    ),
    _kind("a key of a Bezirksregion", r"(^|_)bzr(_?id|_?nr|$)|bezirksregion_(nummer|nr|id)", r"[0-9]{6}", 70),
    _kind("a key of a Prognoseraum", r"(^|_)pgr(_?id|_?nr|$)|prognoseraum_(nummer|nr|id)", r"[0-9]{4}", 60),
    _kind("a key of a small area", rf"({_SMALL})s?_?{_CODE_WORD}(_|$)", r"[0-9A-Z][0-9A-Z._/-]{0,11}", 75),
    _kind("a key of a small area", rf"(^|_)({_SMALL})$", r"[0-9]{1,8}[A-Za-z]?", 55),
    _kind(
        "a key of a Raumordnungsregion", rf"(^|_)ror_?{_CODE_WORD}|raumordnungsregion_?{_CODE_WORD}", r"[0-9]{3,4}", 35
    ),
    _kind("a NUTS key", r"(^|_)nuts", r"DE[0-9A-Z]{0,3}", 38),
    KeyKind(
        "an official regional key",
        re.compile(
            rf"(^|_)(ags|ars|rs)(_|[0-9]|$)|gemeindeschl|kreisschl|regionalschl|(^|_)(gemeinde|kreis|krs|gvb|"
            rf"gemeindeverband|region|land|bundesland|bula|stadt|landkreis|regierungsbezirk)s?_?{_CODE_WORD}(_|$)"
        ),
        _OFFICIAL,
        50,
    ),
)
_GENERIC = re.compile(rf"(?:.*_)?{_CODE_WORD}(?:_.*)?|evas.*|kuerzel")
_PLACES = re.compile(
    r"region|gebiet|raumeinheit|land|bundesland|kreis|krs|gemeinde|stadtteil|stadtbezirk|bezirk|ortsteil|schule|indikator"
)
OFFICIAL = KINDS[-1]


@dataclass(frozen=True)
class Columns:
    """What was recognised, as column numbers from 0; None where there is none.

    `key` with its kind, or a key of the file's own (`kind` None: a catalogue); `codes` are all columns of codes.
    """

    key: int
    kind: KeyKind | None
    name: int | None
    time: int | None
    stand: int | None
    codes: dict[int, KeyKind]
    is_place: bool  # the key of a catalogue is the name of a region in words


def plain_word(label: str) -> str:
    """Label in the form that the patterns of this module expect: `Planungsraum (Nummer)` → `planungsraum_nummer`."""
    return re.sub(r"[^a-z0-9]+", "_", label.casefold().translate(_UMLAUTS)).strip("_")


def find_columns(labels: Sequence[str], columns: Sequence[Counter[str]]) -> Columns | None:
    """What each column is; None when no column is a key. `columns`: the cells of each, stripped, counted."""
    words = [plain_word(label) for label in labels]
    codes = {at: kind for at, word in enumerate(words) if (kind := _kind_of(word, columns[at]))}
    regional = [at for at in codes if codes[at].detail]
    key = max(regional, key=lambda at: _detail(codes[at], columns[at]), default=None)
    is_place = False
    if key is None:
        own = [at for at, word in enumerate(words) if _GENERIC.fullmatch(word) and all(columns[at])]
        key = next(iter([*own, *codes]), None)
        if key is None:
            key = next((at for at, word in enumerate(words) if _PLACES.fullmatch(word) and all(columns[at])), None)
            is_place = key is not None
    if key is None:
        return None
    time = next((at for at, word in enumerate(words) if _TIMES.fullmatch(word) and _most(is_time, columns[at])), None)
    named = [
        at
        for at, word in enumerate(words)
        if _NAMES.search(word) and at not in (key, time, *codes) and not all(map(str.isdecimal, columns[at]))
    ]
    name = min(named, key=lambda at: (at < key, abs(at - key)), default=None)
    stand = next(
        (at for at, word in enumerate(words) if word.startswith("stand") and all(map(is_time, columns[at]))), None
    )
    kind = codes[key] if key in regional else None
    return Columns(key, kind, name, time, stand, codes, is_place)


def find_shift(labels: Sequence[str], columns: Sequence[Counter[str]]) -> str:
    """How the header contradicts the columns under it; '' when it does not.

    A label that can only mean official keys over other things while keys stand under another label; a label that can
    only mean years over other things.
    """
    words = [plain_word(label) for label in labels]
    for at, word in enumerate(words):
        if re.fullmatch(r"(?:berichts|schul)?jahr|year|zeitbezug", word) and not _most(is_time, columns[at]):
            return f"no years stand under {labels[at]!r}"
    keys = [at for at, cells in enumerate(columns) if _are_official(cells)]
    if missing := [labels[at] for at in keys if len(labels[at]) >= 5 and _in_register(labels[at])]:
        return f"the key {missing[0]} stands in the first row"
    if not all(labels[at] for at in keys):
        return "no label stands above the regional keys"
    named = [at for at, word in enumerate(words) if OFFICIAL.label.search(word)]
    if named and keys and not set(named) & set(keys) and not any(_kind_of(words[at], columns[at]) for at in named):
        return f"regional keys stand under {labels[keys[0]]!r} and not under {labels[named[0]]!r}"
    return ""


def names_key(labels: Sequence[str]) -> bool:
    """True when a label is that of a key, whatever stands below it."""
    return any(kind.detail and kind.label.search(plain_word(label)) for label in labels for kind in KINDS)


def _kind_of(word: str, cells: Counter[str]) -> KeyKind | None:
    found = next((kind for kind in KINDS if kind.label.search(word)), None)
    if found is not None:
        form = found.form.fullmatch
        if _most(lambda text: bool(form(text.removesuffix(".0")) or found.lost_zero(text.removesuffix(".0"))), cells):
            return found
    if (len(cells) > 2 or _GENERIC.fullmatch(word) or _PLACES.fullmatch(word)) and _are_official(cells):
        return OFFICIAL
    return None


def _are_official(cells: Counter[str]) -> bool:
    return all(map(_in_register, cells)) and any(len(text) >= 5 for text in cells)


def _in_register(text: str) -> bool:
    return bool(_OFFICIAL.fullmatch(text)) and (len(text) < 5 or text[:5] in load_register())


def _detail(kind: KeyKind, cells: Counter[str]) -> tuple[int, int]:
    if kind is OFFICIAL:
        return _DETAIL.get(max(map(len, cells)), 0), 0
    return kind.detail, len(cells)


def _most(fits: Callable[[str], bool], cells: Counter[str]) -> bool:
    filled = cells.total() - cells[""]
    return filled > 0 and sum(number for text, number in cells.items() if text and fits(text)) * 2 >= filled
