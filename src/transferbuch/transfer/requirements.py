"""The closed vocabulary of what conditions for success need: bodies and data that a municipality has or has not.

One YAML, `catalogue/requirements.yml`. Names and meanings are German and printed. Conditions of transfer objects name
these words in `needed`, and so does whoever says what a municipality has.
"""

from collections import Counter
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from transferbuch.project import CATALOGUE
from transferbuch.records import Record, load_record, nearest
from transferbuch.transfer.evidence import Text

RequirementKind = Literal["body", "data"]


class Requirement(Record):
    """One body or source of data; `name` is its key everywhere."""

    name: Text = Field(max_length=45, description="German noun as readers know it: Bildungsbüro")
    kind: RequirementKind
    means: Text = Field(max_length=160, description="one German sentence: how one sees that it exists")


def _each_once(found: tuple[Requirement, ...]) -> tuple[Requirement, ...]:
    names = Counter(one.name.casefold() for one in found)
    if twice := [one.name for one in found if names[one.name.casefold()] > 1]:
        raise ValueError(f"{twice[0]!r} is there twice")
    return found


class _Vocabulary(Record):
    requirements: Annotated[tuple[Requirement, ...], AfterValidator(_each_once)] = Field(
        description="all words, each once"
    )


@cache
def load_requirements(path: Path = CATALOGUE / "requirements.yml") -> dict[str, Requirement]:
    """All words by name, in the file's order. Raises PersonFileError with all faults of the file."""
    found = load_record(path, _Vocabulary, f"catalogue/{path.name}").requirements
    return {one.name: one for one in found}


def requirement_fault(name: str, kind: RequirementKind) -> tuple[str, str, str, str, str] | None:
    """What is wrong with `name` as a word of this kind, value, expected, what to do, code; None if it is right."""
    words = load_requirements()
    one = words.get(name)
    if one and one.kind == kind:
        return None
    own = [word.name for word in words.values() if word.kind == kind]
    expected = f"a word of kind {kind} of catalogue/requirements.yml"
    if one:
        return f"this word is of kind {one.kind}", name, expected, "correct the kind or the word", "requirement-kind"
    return "the vocabulary does not have this word", name, expected, nearest(name, own), "unknown-requirement"
