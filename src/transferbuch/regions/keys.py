"""The official key of a region (Amtlicher Gemeindeschlüssel, AGS) as a type of its own.

An AGS is text. 2 digits are a Land, 3 a Regierungsbezirk or statistical region, 5 a Kreis (Landkreis or
kreisfreie Stadt), 8 a Gemeinde. The key has no check digit; only its structure can be checked.
Germany as a whole has no AGS; official tables write `DG`, and so do we (`BUND`).
"""

import re
from typing import Any, Literal

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

BUND = "DG"
LEVELS: dict[int, str] = {2: "land", 3: "regierungsbezirk", 5: "kreis", 8: "gemeinde"}
MODEL_LAND = "99"
_LAENDER = {f"{number:02d}" for number in range(1, 17)} | {MODEL_LAND}
CITY_STATES = {"02": "02000", "11": "11000"}
"""Hamburg and Berlin are Land, Kreis and Gemeinde in one: key of the Land → key of the Kreis."""

Level = Literal["land", "regierungsbezirk", "kreis", "gemeinde"]


class AGS(str):
    """A structure-checked AGS: `AGS("15084")`.

    Raises ValueError for anything that is not text of 2, 3, 5 or 8 digits beginning with a Land (01–16, or 99
    for the fictional model region). Integers are refused with the reason: YAML and Python read a leading zero
    as octal or drop it, so 01001 arrives as 513 or 1001 and would name another Kreis or none.
    """

    __slots__ = ()

    def __new__(cls, text: object) -> "AGS":
        if isinstance(text, AGS):
            return text
        if isinstance(text, (bool, float)) or not isinstance(text, (str, int)):
            raise ValueError(f"an AGS is text of 2, 3, 5 or 8 digits, not {type(text).__name__}")
        if isinstance(text, int):
            raise ValueError(
                f"{text} is a number, but an AGS is text: an unquoted key with a leading zero is read as an "
                "octal number or loses its zero (01001 becomes 513 or 1001). Put the key in quotes"
            )
        if not re.fullmatch(r"[0-9]+", text) or len(text) not in LEVELS:
            raise ValueError(f"{text!r} is not an AGS: expected 2, 3, 5 or 8 digits")
        if text[:2] not in _LAENDER:
            raise ValueError(f"{text!r} begins with {text[:2]!r}, which is no Land (01–16; 99 is the model region)")
        if len(text) >= 5 and text[3:5] == "00" and text[:5] not in CITY_STATES.values():
            raise ValueError(f"{text!r} names no Kreis: positions 4 and 5 are 00 only for Hamburg and Berlin")
        return super().__new__(cls, text)

    @property
    def level(self) -> Level:
        """`land`, `regierungsbezirk`, `kreis` or `gemeinde`, from the number of digits."""
        return LEVELS[len(self)]  # type: ignore[return-value]

    @property
    def land(self) -> "AGS":
        """The two-digit key of the Land that this region lies in."""
        return AGS(self[:2])

    @property
    def is_fictional(self) -> bool:
        """True for keys of the model region, which no real Land uses."""
        return self[:2] == MODEL_LAND

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            cls, serialization=core_schema.plain_serializer_function_ser_schema(str)
        )


class KreisAGS(AGS):
    """An AGS of exactly five digits: a Landkreis or a kreisfreie Stadt."""

    __slots__ = ()

    def __new__(cls, text: object) -> "KreisAGS":
        key = AGS(text)
        if len(key) != 5:
            raise ValueError(f"{str(key)!r} is a {key.level}; expected five digits (Landkreis or kreisfreie Stadt)")
        return str.__new__(cls, key)


class CombinedAGS(str):
    """The key of several Kreise as one territory: `CombinedAGS("09463+09473")`, in ascending order, of one Land.

    Raises ValueError for anything else. It is no AGS: no official table knows it, and it names no single Kreis.
    """

    __slots__ = ()

    def __new__(cls, text: object) -> "CombinedAGS":
        if not isinstance(text, str) or "+" not in text:
            raise ValueError(f"{text!r} is no combined key: expected five-digit keys joined by '+'")
        members = [KreisAGS(part) for part in text.split("+")]
        if members != sorted(set(members)):
            raise ValueError(f"{text!r} names its Kreise not once each in ascending order")
        if len({member.land for member in members}) > 1:
            raise ValueError(f"{text!r} joins Kreise of different Länder")
        return super().__new__(cls, text)

    @property
    def members(self) -> tuple[KreisAGS, ...]:
        """The Kreise that belong to it."""
        return tuple(KreisAGS(part) for part in self.split("+"))

    @property
    def land(self) -> AGS:
        """The two-digit key of the Land that all members lie in."""
        return self.members[0].land

    @property
    def is_fictional(self) -> bool:
        """True for members of the model region."""
        return self.members[0].is_fictional

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            cls, serialization=core_schema.plain_serializer_function_ser_schema(str)
        )


def edition_key(text: object) -> KreisAGS | CombinedAGS:
    """The key of an edition: one Kreis, or several joined by '+'. Raises ValueError."""
    return CombinedAGS(text) if isinstance(text, str) and "+" in text else KreisAGS(text)


def edition_folder(key: str) -> str:
    """The key of an edition in file names and addresses: "15084", "09463-09473"."""
    return key.replace("+", "-")


def is_kreis(key: str) -> bool:
    """Whether a key is that of a Kreis or of several as one territory; not of a Land, a Gemeinde, the Bund, a group."""
    return all(len(part) == 5 and part.isdigit() for part in key.split("+"))


_GROUP = "VK:"


def group_key(ags: str) -> str:
    """Key of the Kreise that `ags` is compared with, as one region: "VK:15084"."""
    return f"{_GROUP}{ags}"
