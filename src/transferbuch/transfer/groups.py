"""Groups of people and offices under which readers find transfer objects, from target groups in free words.

Pages say in their own words whom an example is for. The catalogue's `target_groups.yml` states which word leads to
which group, so that nothing has to be written twice and a page that no group finds is an error.
"""

import re
from fnmatch import fnmatchcase
from functools import cache

from pydantic import Field

from transferbuch.project import CATALOGUE
from transferbuch.records import Record, load_record

_ABOUT_OTHERS = re.compile(r"\b(?:für|außerhalb)\b.*")


class _Group(Record):
    name: str = Field(min_length=1)
    words: tuple[str, ...] = Field(min_length=1)


class _Groups(Record):
    groups: tuple[_Group, ...] = Field(min_length=1)


@cache
def load_groups() -> dict[str, tuple[str, ...]]:
    """Name of every group, in the order of the catalogue, with its words in lower case.

    Raises PersonFileError for a fault of the catalogue's file.
    """
    file = CATALOGUE / "target_groups.yml"
    found = load_record(file, _Groups, f"catalogue/{file.name}").groups
    return {one.name: tuple(word.casefold() for word in one.words) for one in found}


@cache
def groups_of(target_group: str) -> tuple[str, ...]:
    """The groups that a target group in free words belongs to, in the catalogue's order; () if it has none."""
    return _named_in(_ABOUT_OTHERS.sub("", target_group)) or _named_in(target_group)


def _named_in(text: str) -> tuple[str, ...]:
    said = re.findall(r"\w+", text.casefold())
    return tuple(
        name for name, words in load_groups().items() if any(fnmatchcase(one, word) for word in words for one in said)
    )
