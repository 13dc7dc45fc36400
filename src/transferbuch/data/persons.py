"""Traces of data about persons in what people hand in: such data must not get into the project at all.

Own data of a municipality and official tables describe areas and schools. A table with one row per person is refused
whole, whatever it is meant for, and nothing of it is taken over. It is recognised by its labels (Vorname), by its cells
(days of birth, homes, mail addresses) and by its rows: characteristics of persons, such as age, sex and grade, and
nothing that is counted. No message repeats a cell of such a table, only labels and numbers of rows and columns.

What cannot be seen: rows of persons whose columns have no telling label and no telling form.
"""

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from transferbuch.data.person_columns import (
    MAIL,
    Column,
    characteristic,
    find_places,
    has_decimals,
    holds_addresses,
    holds_births,
    holds_mail_addresses,
    is_count,
    is_home,
    is_id,
    is_number,
    read_day,
    says_count,
)
from transferbuch.data.plain_keys import find_columns, names_key
from transferbuch.errors import Problem

CODE = "individual-data"
_DO = "ask the statistics office for anonymised counts per area; individual data must not lie in the project"
_PERSON = {
    "aktenzeichen", "ansprechpartner", "ansprechpartnerin", "ansprechperson", "elternname", "email", "emails",
    "familienname", "fax", "gebdat", "gebdatum", "geburtsdatum", "geburtsname", "geburtstag", "handy", "handynummer",
    "iban", "kindername", "kindname", "kontonummer", "mail", "mobilnummer", "mobiltelefon", "nachname", "nachnamen",
    "personalnummer", "rufname", "schulleiter", "schulleiterin", "schulleitung", "schülername", "schülernummer",
    "sozialversicherungsnummer", "steuerid", "tel", "telefon", "telefonnummer", "versichertennummer", "vorname",
    "vornamen", "zuname",
    "birthdate", "birthday", "dateofbirth", "dob", "fallid", "fallnummer", "firstname", "forename", "fullname",
    "kindid", "kindernummer", "klientennummer", "lastname", "matrikelnummer", "patientenid", "patientennummer",
    "personenid", "personennummer", "personid", "phone", "probandenid", "pseudonym", "pupilid", "schülerid",
    "schülerinnenid", "studentid", "surname", "teilnehmerid", "teilnehmernummer",
}  # fmt: skip
_CONTACT = {"email", "emails", "fax", "mail", "phone", "tel", "telefon", "telefonnummer"}
_NAME = {"name", "namen"}
_ADDRESS = {"address", "adresse", "anschrift", "hausnr", "hausnummer", "straße", "strasse", "street", "wohnadresse"}
_OF_SOMEBODY = re.compile(
    r"\bname (?:des |der )?(?:kind|kindes|schülers?|schülerin|mutter|vaters?|eltern|person|sorgeberechtigten)\b"
)
_PLACES = re.compile(
    r"(^|_)(schule|schulen|schulname|grundschule|einrichtung|einrichtungsname|kita|kindertagesstaette|institution|"
    r"traeger|anbieter|verein|dienststelle|behoerde|bsn)(_name)?$"
)
_HEAD_ROWS = 20
MAX_COLUMNS = 300  # that are looked at
_MAX_CELLS = 20_000_000  # a table about persons shows that in its first rows


@dataclass(frozen=True)
class Declared:
    """What a mapping says about a table: labels of key, name and period; `of_schools` if its rows are schools."""

    key: str = ""
    name: str = ""
    period: str = ""
    of_schools: bool = False


def is_of_persons(
    label: str, is_area_name: bool = False, may_be_address: bool = False, may_be_contact: bool = False
) -> bool:
    """Whether a column's label names something that only persons have.

    "Name" is one of these words unless the column is the area's name (`is_area_name`); the address of a school is
    public (`may_be_address`), any other is somebody's home; directories of offices name telephones (`may_be_contact`).
    """
    text = label.casefold().replace("-", "").replace(".", " ")
    words = re.findall(r"\w+", text)
    parts = {part for word in words for part in word.split("_") if part not in _NAME}
    found = {*words, *parts, "".join(words).replace("_", "")}
    wrong = _PERSON | (set() if is_area_name else _NAME) | (set() if may_be_address else _ADDRESS)
    if may_be_contact:
        wrong -= _CONTACT
    # "Elternvorname", "Privattelefon"; short words end too many others
    ends = any(word.endswith(end) for word in found for end in wrong if len(end) > 6)
    return bool(found & wrong) or ends or bool(_OF_SOMEBODY.search(text))


def names_person(text: str) -> bool:
    """Whether a text names a person by title or gives a mail address, where a function or an office is asked for."""
    return "@" in text or any(word in text.split() for word in ("Herr", "Frau", "Dr.", "Prof."))


def find_table(rows: Sequence[tuple[int, Sequence[str]]]) -> int:
    """Index of the row with the labels: the first of which more cells are filled than half of the fullest row's."""
    filled = [sum(bool(cell.strip()) for cell in cells) for _, cells in rows[:_HEAD_ROWS]]
    return next((at for at, number in enumerate(filled) if number * 2 > max(filled)), 0)


def check_persons(
    file: str,
    rows: Iterable[tuple[int, Sequence[str]]],
    declared: Declared | None = None,
    sheet: int = 0,
    today: dt.date | None = None,
) -> list[Problem]:
    """Everything in a table that only data about persons have; an empty list for a table of areas or schools.

    `rows`: (line, cells) of the whole table, the labels among the first rows. `declared` is None for a table that
    nobody described: its key and the names of areas are then looked for, and its names, addresses and telephones are
    those of schools or offices when each of these has one row. `sheet` counts from 1, 0 for a file without sheets;
    `today` is only given by tests.
    """
    rows = list(rows)
    if not rows:
        return []
    return _Check(file, rows, declared, sheet, today or dt.date.today()).problems()


class _Check:
    """One table while it is looked at."""

    def __init__(
        self, file: str, rows: list[tuple[int, Sequence[str]]], declared: Declared | None, sheet: int, today: dt.date
    ) -> None:
        head = find_table(rows)
        width = min(max(len(cells) for _, cells in rows), MAX_COLUMNS)
        rows = [(line, cells[:width]) for line, cells in rows[: _MAX_CELLS // max(width, 1)]]
        self.file, self.sheet, self.today = file, f"sheet {sheet}, " if sheet else "", today
        self.head = rows[head][0]
        labels = [" ".join(label.split()) for label in rows[head][1]] + [""] * (width - len(rows[head][1]))
        # without a row of labels the first person stands in their place
        is_person = any(map(_is_content, labels))
        self.may_show = not is_person and not any(re.fullmatch(r"[0-9]{1,3}|[0-9]{5,}", label) for label in labels)
        data = rows[head:] if is_person else rows[head + 1 :]
        self.lines = [line for line, _ in data]
        filled = ([cell.strip() for cell in cells] + [""] * (width - len(cells)) for _, cells in data)
        cells = list(zip(*filled, strict=True)) or [()] * width
        self.columns = [Column(at + 1, labels[at], cells[at]) for at in range(width)]
        self.declared = declared
        self._find_places()

    def _find_places(self) -> None:
        """Key, name and period, and whether each area, school or office has one row (in each period)."""
        labels = [one.label for one in self.columns]
        if self.declared:
            self.key, self.name, self.period = (
                next((one for one in self.columns if given and one.label == " ".join(given.split())), None)
                for given in (self.declared.key, self.declared.name, self.declared.period)
            )
            is_place = self.declared.of_schools or (self.key is not None and names_key([self.key.label]))
            self.has_places = is_place and self._is_unique(self.key)
            self.may_have_address = self.declared.of_schools and self.has_places
            self.may_have_contact = False
            return
        found = find_columns(labels, [Counter(one.cells) for one in self.columns]) if self.lines else None
        time = self.columns[found.time] if found and found.time is not None else None
        self.period = None if time and holds_births(time, self.today) else time
        self.key = self.columns[found.key] if found and found.kind else None
        self.name = None
        places = [self.key, *(one for one in self.columns if _PLACES.search(one.word))]
        self.has_places = any(map(self._is_unique, places))
        is_public = self.has_places and not any(characteristic(one) == "strong" for one in self.columns)
        self.may_have_address = self.may_have_contact = is_public

    def _is_unique(self, column: Column | None) -> bool:
        """Whether nearly every row has another cell here, in its period."""
        if column is None or not column.cells:
            return False
        times = self.period.cells if self.period else ("",) * len(column.cells)
        return len(set(zip(column.cells, times, strict=True))) * 5 >= len(column.cells) * 4

    def problems(self) -> list[Problem]:
        """All traces, by kind and column."""
        found = [*self._by_labels()]
        for one in self.columns:
            if one is not self.period and holds_births(one, self.today, self.may_have_contact):
                do = f"if these are days of counting, call the column Stichtag; otherwise {_DO}"
                found.append(self._in_cells(one, "dates of birth stand in the cells", read_day, do))
            elif not self.may_have_address and holds_addresses(one, one is self.name):
                found.append(self._in_cells(one, "addresses of homes stand in the cells", is_home))
            elif not self.may_have_contact and holds_mail_addresses(one, 0 if self.declared else 50):
                found.append(self._in_cells(one, "mail addresses stand in the cells", MAIL.search))
        return [*found, *self._by_places(), *self._by_rows()]

    def _by_labels(self) -> list[Problem]:
        found = []
        for one in self.columns:
            is_name = self.declared is None or one is self.name
            if not is_of_persons(one.label, is_name, self.may_have_address, self.may_have_contact) or says_count(one):
                continue
            is_only_name = not is_of_persons(one.label, True, self.may_have_address)
            do = f"if this is the area's name, declare the column as `name`; otherwise {_DO}" if is_only_name else _DO
            found.append(self._problem(self.head, [one], "a column that only a table of persons has", do))
        return found

    def _in_cells(self, one: Column, what: str, fits: Callable[[str], object], do: str = _DO) -> Problem:
        return self._problem(self.lines[one.first(fits)], [one], what, do)

    def _by_places(self) -> list[Problem]:
        """Postal code and place in rows that are neither counts nor places of which each has its row."""
        places = find_places([one for one in self.columns if one not in (self.key, self.name)])
        if not places or self.has_places or any(map(is_count, self.columns)):
            return []
        pairs = Counter(zip(*(one.cells for one in places), strict=True))
        is_home = any(one.word.startswith("wohn") for one in places)
        if not is_home and len(pairs) == len(self.lines):
            return []  # a list of places
        return [self._problem(self.lines[0], places, "postal codes and places of homes stand in the cells")]

    def _by_rows(self) -> list[Problem]:
        """Rows that are persons: they have characteristics of persons, and no column counts anybody."""
        kinds = {one.number: characteristic(one) for one in self.columns}
        traits = [one for one in self.columns if kinds[one.number] and not _is_mean(one)]
        strong = [one for one in traits if kinds[one.number] == "strong"]
        if not traits or (self.has_places and (not strong or len(traits) < 2)):
            return []
        numbering = [one for one in self.columns if one not in traits and self._numbers_persons(one)]
        rest = [one for one in self.columns if one not in (*traits, *numbering, self.period)]
        if any(map(is_count, rest)):
            return []
        figures = [one for one in rest if one is not self.key and is_number(one)]
        labels = [one for one in self.columns if one not in (*numbering, *figures)]
        groups = Counter(zip(*(one.cells for one in labels), strict=True))
        repeats = sum(number for number in groups.values() if number > 1)
        if figures and repeats * 5 < len(self.lines) and (self.key or len(strong) < 2 or _is_grid(strong, groups)):
            return []  # figures of areas or groups, each of which has its row
        told = [*numbering, *traits]
        is_named = any(one.word in _NAME for one in numbering) and len(self.lines) > 1
        comes_again = any(len(one.counted) < len(self.lines) for one in strong)
        if numbering and (len(traits) > 1 or comes_again or (is_named and strong)):
            return [self._problem(self.lines[0], told, "the rows are numbered persons with their characteristics")]
        if len(traits) > 1 and (strong or repeats):
            return [self._problem(self.lines[0], told, "the rows are persons: characteristics, and nothing is counted")]
        return []

    def _numbers_persons(self, one: Column) -> bool:
        return is_id(one) or (one is not self.name and one.word in _NAME and self._is_unique(one))

    def _problem(self, line: int, columns: list[Column], what: str, do: str = _DO) -> Problem:
        numbers = ", ".join(str(one.number) for one in columns)
        field = f"{self.sheet}column{'s' if len(columns) > 1 else ''} {numbers}"
        value = ", ".join(one.label[:40] for one in columns) if self.may_show else ""
        return Problem(self.file, line, field, what, value, "one row per area and period", do, CODE)


def _is_mean(column: Column) -> bool:
    """Whether a characteristic has decimals, as the mean age of an area; grades of persons have them too."""
    return has_decimals(column) and "note" not in column.word


def _is_grid(traits: list[Column], groups: Counter[tuple[str, ...]]) -> bool:
    """Whether the rows are nearly all combinations of the characteristics, as tables of counts are."""
    size = 1
    for one in traits:
        size *= max(1, len(one.counted))
    return len(groups) * 5 >= size * 4


def _is_content(label: str) -> bool:
    """Whether a text in the place of a label is what cells of persons hold: a day, a mail address, a home."""
    return bool(MAIL.search(label) or read_day(label) or is_home(label))
