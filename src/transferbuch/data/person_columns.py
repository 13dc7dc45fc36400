"""What a column says about persons, by its label and its cells together: birthdays, homes, characteristics, counts.

A label alone decides nothing here (`persons` has the words that only persons have): "Alter" over whole numbers up to
110 is the age of somebody, over decimals it is the mean of an area; "Geschlecht" over words is a characteristic, over
counts it is not. One wrong cell does not hide a column: most of its filled cells decide.
"""

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from transferbuch.data.plain_keys import plain_word

OLDEST_YEARS = 110
_MONTHS = ("januar", "februar", "märz", "april", "mai", "juni")
_MONTHS += ("juli", "august", "september", "oktober", "november", "dezember")
_GERMAN_DAY = re.compile(r"([0-3]?[0-9])[./-] ?([01]?[0-9])[./-] ?([12][0-9]{3}|[0-9]{2})(?:[ T,].*)?")
_WRITTEN_DAY = re.compile(rf"([0-3]?[0-9])\. ?({'|'.join(_MONTHS)}) ([12][0-9]{{3}})", re.IGNORECASE)
_ISO_DAY = re.compile(r"([12][0-9]{3})[-/.]([01]?[0-9])[-/.]([0-3]?[0-9])(?:[ T].*)?")
_BIRTH = re.compile(r"(^|_)(geb|gebdat\w*|geboren|geburt\w*|birth\w*|born|dob)(_|$)|geburtstag|geburtsdatum")
# days on which figures were counted or things of offices happened
_DAY_OF_COUNT = re.compile(
    r"stichtag|(^|_)stand(_|$)|berichts|erhebung|zaehltag|gueltig|valid|gruendung|eroeffnung|schliessung|aufloesung|"
    r"inbetriebnahme|veroeffentlich|abruf|aktualisier|aenderung|melde|update|release"
)
# a street needs a name: "Platz 1" is a rank
_STREET = (
    r"(?:(?:[\w.'’/-]+ ){1,4}|[\w.'’/-]{2,})(?:stra(?:ß|ss)e|str\.?|weg|platz|allee|gasse|ufer|damm|chaussee|steig|"
    r"pfad|ring|promenade|kamp|stieg|graben|wall)"
)
_PREPOSITION = (
    r"(?:am|an der|an den|auf dem|auf der|bei der|im|in der|in den|zum|zur|unter den|hinter der|vor dem) "
    r"(?!\w*(?:jahr|klasse|alter|stufe|monat|tag|quartal|semester)\b)[\w ’'-]+?"
)
_HOUSE = r"[1-9][0-9]{0,2} ?(?:[a-z]|[-–/+] ?[0-9]{1,3} ?[a-z]?)?"
_HOME = re.compile(rf"(?:{_STREET}|{_PREPOSITION}),? {_HOUSE}", re.IGNORECASE)
_PLACE = r"[0-9]{5} [A-ZÄÖÜ][\w/() .-]*"
_WHOLE_ADDRESS = re.compile(rf"[^\W0-9]{{2}}[.]? [1-9][0-9]{{0,3}} ?[a-zA-Z]?[ ]?[,;|\n/]\s?(?:D-)?{_PLACE}")
_POSTAL_PLACE = re.compile(rf"(?:D-)?{_PLACE}")
_POSTAL = re.compile(r"[0-9]{5}")
_PLACE_LABEL = re.compile(r"(^|_)(ort|orte|wohnort|stadt|gemeinde|ortsname|wohnsitz|ortsteil|city)(_|$)")
MAIL = re.compile(r"[^\s@;,<>]{1,64}@[^\s@;,<>]{1,200}\.[A-Za-z]{2,}")
_NUMBER = re.compile(r"[-+−]?[0-9][0-9.,  ]*(?: ?%)?")
_SYMBOLS = {"-", "–", ".", "x", "X", "/", "..."}
_COUNT = re.compile(
    r"anzahl|zahl|gesamt|zusammen|summe|anteil|quote|rate|prozent|proz_|_pct|count|number|share|total|value|wert|"
    r"(^|_)(n|je|pro|index)(_|$)|kinder|schueler|personen|einwohner|bevoelkerung|faelle|abgaeng|abgeh|absolvent|"
    r"beschaeftigt|erwerbs|arbeitslos|teilnehm|plaetze|haushalte|familien|geboren|gestorben|sterbe|zuzueg|fortzueg|"
    r"lehrkraefte|studierende|auszubildende|maenner|frauen|maennlich|weiblich|maedchen|jungen|deutsche|auslaender|"
    r"^[0-9]"
)
_NO_COUNT = re.compile(r"punkt|geschwister|fehl|telefon|nummer|(nr|id|key|code)(_|$)|kennung|im_haushalt")
_SAYS_COUNT = re.compile(r"(anzahl|zahl|anteil|quote|summe|prozent)(_|$)|[a-z]+zahl$")
# words that say nothing about what a characteristic is
_FILLING = {
    "in", "im", "am", "der", "des", "die", "das", "von", "und", "kindes", "kind", "schuelers", "schuelerin",
    "jugendlichen", "person", "jahren", "jahre", "vollendeten", "m", "w", "d", "f", "aktuell", "aktuelle",
    "aktuelles", "letzte", "erste", "zweite", "1", "2", "3", "code", "text", "eltern", "mutter", "vaters",
    "bei", "einschulung", "stichtag", "zum", "of", "the", "child", "pupil", "student", "years", "heute",
    "derzeit", "besuchte",
}  # fmt: skip
_AGE = {
    "alter", "lebensalter", "altersjahr", "altersgruppe", "altersklasse", "einschulungsalter", "age",
}  # fmt: skip
_BIRTH_YEAR = {
    "geburtsjahr", "gebjahr", "jahrgang", "geburtsmonat", "geburtsjahrgang",
}  # fmt: skip
_STRONG = {
    "geschlecht", "geschl", "sex", "gender", "staatsangehoerigkeit", "staatsangeh", "nationalitaet",
    "staatsbuergerschaft", "nationality", "herkunftsland", "geburtsland", "geburtsort", "herkunft",
    "muttersprache", "familiensprache", "herkunftssprache", "verkehrssprache", "konfession", "religion",
    "religionszugehoerigkeit", "familienstand", "migrationshintergrund", "migration", "diagnose",
}  # fmt: skip
_WEAK = {
    "klasse", "klassenstufe", "jahrgangsstufe", "stufe", "schulform", "schulart", "schultyp", "bildungsgang",
    "abschluss", "schulabschluss", "foerderschwerpunkt", "foerderbedarf", "sonderpaedagogisch", "empfehlung",
    "schullaufbahnempfehlung", "uebergangsempfehlung", "fehltage", "fehlstunden", "punkte", "punktzahl",
    "testwert", "testergebnis", "ergebnis", "versetzt", "wiederholer", "wohnort", "wohnsitz", "kurs",
    "geschwister", "but", "beruf", "wohnstadtteil", "grade", "class",
}  # fmt: skip
_AGE_FORM = re.compile(r"(?:[0-9]{1,2}|10[0-9]|110)(?: ?(?:J\.?|Jahre?))?|.*[^0-9.,].*")
_BIRTH_FORM = re.compile(r"(?:(?:0?[1-9]|1[0-2])[./-])?(?:19|20)[0-9]{2}|[12][0-9]{3}-[01][0-9]|\D*")
_NOTE_FORM = re.compile(r"[1-6](?:[,.][0-9])?[+-]?|[0-9]|1[0-5]|[a-zäöüß ]+", re.IGNORECASE)
_GRADE_FORM = re.compile(r"(?:[0-9]|1[0-3])(?:[ ./-]?[a-zA-Z0-9]{1,3})?|[^0-9].*")
_SCHOOL_CLASS = re.compile(r"(?:[1-9]|1[0-3]) ?[/.-]? ?[a-zA-Z]")
_CODE_FORM = re.compile(r"[0-9]|\D.*")
_NATION_FORM = re.compile(r"[0-9]{1,3}|\D.*")
_ANY_FORM = re.compile(r".*", re.DOTALL)  # points or days of absence may be any number
_FORMS = {
    **dict.fromkeys(_AGE, _AGE_FORM),
    **dict.fromkeys(_BIRTH_YEAR, _BIRTH_FORM),
    **dict.fromkeys(("klasse", "klassenstufe", "jahrgangsstufe", "stufe", "grade", "class"), _GRADE_FORM),
    **dict.fromkeys(("staatsangehoerigkeit", "staatsangeh", "nationalitaet", "herkunftsland"), _NATION_FORM),
}
_EACH = {"kind", "kinder", "person", "personen", "schueler", "schuelerin", "teilnehmer"}
_ID = {
    "id", "nr", "nummer", "lfd", "laufende", "lfdnr", "laufnr", "kennung", "kennnummer", "kennziffer",
    "kennzeichen", "schluessel", "code", "key", "fall", "zeile", "pos", "position", "chiffre", "no", "satz",
    "datensatz", "index",
}  # fmt: skip


@dataclass(frozen=True)
class Column:
    """One column of a table: `number` from 1, its label, its cells without white space around, '' where empty."""

    number: int
    label: str
    cells: tuple[str, ...]

    @cached_property
    def word(self) -> str:
        """Label in the form that patterns expect (`plain_keys.plain_word`)."""
        return plain_word(self.label)

    @cached_property
    def counted(self) -> Counter[str]:
        """How often each filled cell stands there."""
        counted = Counter(self.cells)
        del counted[""]
        return counted

    def most(self, fits: Callable[[str], object], of_hundred: int = 80) -> bool:
        """Whether so many of a hundred filled cells fit; False for an empty column."""
        filled = self.counted.total()
        return filled > 0 and sum(n for text, n in self.counted.items() if fits(text)) * 100 >= filled * of_hundred

    def first(self, fits: Callable[[str], object]) -> int:
        """Index of the first row whose cell fits."""
        return next(at for at, text in enumerate(self.cells) if text and fits(text))


def read_day(text: str) -> dt.date | None:
    """The day that a cell names with day, month and year; None for anything else."""
    if not text[:1].isdigit() or not 6 <= len(text) <= 40:
        return None
    if found := _ISO_DAY.fullmatch(text):
        year, month, day = int(found[1]), int(found[2]), int(found[3])
    elif found := _WRITTEN_DAY.fullmatch(text):
        year, month, day = int(found[3]), _MONTHS.index(found[2].lower()) + 1, int(found[1])
    elif found := _GERMAN_DAY.fullmatch(text):
        year, month, day = int(found[3]), int(found[2]), int(found[1])
        if len(found[3]) == 2:
            year += 2000 if year <= dt.date.today().year % 100 else 1900
    else:
        return None
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def holds_births(column: Column, today: dt.date, by_label: bool = False) -> bool:
    """Whether the cells are days of birth: full dates of the last 110 years, which differ from row to row.

    A label like "geb." needs no more than one such date. Under another label (which `by_label` leaves out) the days of
    counting are told from birthdays: they are called so, they come again in other rows, are first or last days of
    months, or follow each other in equal steps.
    """
    if not column.most(read_day):
        return False
    earliest = today.replace(year=today.year - OLDEST_YEARS, day=min(today.day, 28))
    days = {day: n for text, n in column.counted.items() if (day := read_day(text)) and earliest <= day <= today}
    if sum(days.values()) * 2 < column.counted.total():
        return False
    if _BIRTH.search(column.word):
        return True
    if by_label or _DAY_OF_COUNT.search(column.word) or len(days) < 3:
        return False
    alone = sum(n == 1 for n in days.values())
    at_ends = sum(day.day == 1 or (day + dt.timedelta(1)).day == 1 for day in days)
    steps = Counter((later - day).days for day, later in zip(sorted(days), sorted(days)[1:], strict=False))
    return alone * 2 >= len(days) > at_ends * 2 and max(steps.values()) * 5 < sum(steps.values()) * 4


def holds_addresses(column: Column, is_area_name: bool = False) -> bool:
    """Whether the cells are streets with house numbers, or any is a whole postal address.

    Areas may be called after a street with numbers, so that of their names only whole addresses count.
    """
    return any(map(_WHOLE_ADDRESS.search, column.counted)) or (not is_area_name and column.most(is_home, 50))


def is_home(text: str) -> bool:
    """Whether a text is a street with a house number, or holds a whole address."""
    return len(text) <= 120 and bool(_HOME.fullmatch(text)) or bool(_WHOLE_ADDRESS.search(text))


def holds_mail_addresses(column: Column, at_least_of_hundred: int) -> bool:
    """Whether so many filled cells hold a mail address, or any if 0."""
    if not any("@" in text for text in column.counted):
        return False
    return column.most(MAIL.search, at_least_of_hundred) and any(map(MAIL.search, column.counted))


def find_places(columns: list[Column]) -> list[Column]:
    """Columns with postal code and place: both in one cell, or two columns; empty when there are none."""
    together = [one for one in columns if one.most(_POSTAL_PLACE.fullmatch)]
    postal = [one for one in columns if one.word.startswith(("plz", "postleitzahl")) and one.most(_POSTAL.fullmatch)]
    places = [one for one in columns if _PLACE_LABEL.search(one.word) and not one.most(_NUMBER.fullmatch)]
    return together or ([postal[0], places[0]] if postal and places else [])


def is_number(column: Column) -> bool:
    """Whether most filled cells are numbers or symbols that stand in their place."""
    return column.most(lambda text: _NUMBER.fullmatch(text) or text in _SYMBOLS) and any(
        map(_NUMBER.fullmatch, column.counted)
    )


def is_count(column: Column) -> bool:
    """Whether label and cells say that the column counts, or gives a share; a count of 1 in all rows counts nobody."""
    if _NO_COUNT.search(column.word) or not (_COUNT.search(column.word) or "%" in column.label):
        return False
    return is_number(column) and (set(column.counted) != {"1"} or len(column.cells) < 3)


def says_count(column: Column) -> bool:
    """Whether a label says outright that numbers of something stand below it, and they do ("Anzahl Telefone")."""
    return bool(_SAYS_COUNT.match(column.word)) and is_number(column)


def has_decimals(column: Column) -> bool:
    """Whether the numbers have decimals, as means and shares of areas have."""
    return column.most(lambda text: re.search(r"[0-9][,.][0-9]", text), 30) and is_number(column)


def is_id(column: Column) -> bool:
    """Whether the column numbers the rows: another cell in each, under a label like "lfd. Nr.", or 1, 2, 3."""
    if not column.cells or len(column.counted) < len(column.cells):
        return False
    words = set(column.word.split("_"))
    runs = len(column.cells) > 2 and list(column.cells) == [str(n) for n in range(1, len(column.cells) + 1)]
    return (runs and (column.word in _EACH or not _COUNT.search(column.word))) or bool(column.word and words <= _ID)


def characteristic(column: Column) -> Literal["strong", "weak", ""]:
    """What the column says of each person: strong for what only persons have, weak for what schools have too."""
    core = {word for word in column.word.split("_") if word not in _FILLING}
    if not column.counted:
        return ""
    if column.word in ("m_w", "w_m", "m_w_d", "w_m_d"):
        return "strong"
    if core == {"klasse"} and column.most(_SCHOOL_CLASS.fullmatch):
        return "strong"
    if _is_note(core):
        return "strong" if column.most(_NOTE_FORM.fullmatch) else ""
    for strength, words in (("strong", _AGE | _BIRTH_YEAR | _STRONG), ("weak", _WEAK)):
        if core and core <= words:
            fits = _FORMS.get(min(core), _CODE_FORM if strength == "strong" else _ANY_FORM)
            # a catalogue lists each nationality once
            is_list = len(column.counted) == len(column.cells) >= 10
            return strength if column.most(fits.fullmatch) and not is_list else ""
    return ""


def _is_note(core: set[str]) -> bool:
    return any(word.endswith(("note", "noten", "zensur")) for word in core) and not any(
        re.search("durchschnitt|mittel|mittlere|schnitt|fuss|bank", word) for word in core
    )
