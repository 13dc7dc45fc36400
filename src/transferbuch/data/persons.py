"""Traces of data about persons in what people hand in: such data must not get into the project at all.

Own data of a municipality describe areas and schools. A column called Vorname or Geburtsdatum shows that a table has
one row per person; nothing of such a table is taken over, whatever it is meant for.
"""

import re

_PERSON = {
    "aktenzeichen", "ansprechpartner", "ansprechpartnerin", "ansprechperson", "elternname", "email", "emails",
    "familienname", "fax", "gebdat", "gebdatum", "geburtsdatum", "geburtsname", "geburtstag", "handy", "handynummer",
    "iban", "kindername", "kindname", "kontonummer", "mail", "mobilnummer", "mobiltelefon", "nachname", "nachnamen",
    "personalnummer", "rufname", "schulleiter", "schulleiterin", "schulleitung", "schülername", "schülernummer",
    "sozialversicherungsnummer", "steuerid", "tel", "telefon", "telefonnummer", "versichertennummer", "vorname",
    "vornamen", "zuname",
}  # fmt: skip
_NAME = {"name", "namen"}
_ADDRESS = {"adresse", "anschrift", "hausnr", "hausnummer", "straße", "strasse", "wohnadresse"}
_MAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")


def is_of_persons(label: str, is_area_name: bool = False, may_be_address: bool = False) -> bool:
    """Whether a column's label names something that only persons have.

    "Name" is one of these words unless the column is declared as the area's name (`is_area_name`); the address of a
    school is public (`may_be_address`), any other is somebody's home.
    """
    words = re.findall(r"\w+", label.casefold().replace("-", "").replace(".", " "))
    found = {*words, "".join(words)}
    wrong = _PERSON | (set() if is_area_name else _NAME) | (set() if may_be_address else _ADDRESS)
    # "Elternvorname", "Privattelefon"; short words end too many others
    return bool(found & wrong) or any(word.endswith(end) for word in found for end in wrong if len(end) > 6)


def names_person(text: str) -> bool:
    """Whether a text names a person by title or gives a mail address, where a function or an office is asked for."""
    return "@" in text or any(word in text.split() for word in ("Herr", "Frau", "Dr.", "Prof."))


def holds_mail_address(text: str) -> bool:
    """Whether a cell holds a mail address."""
    return bool(_MAIL.search(text))
