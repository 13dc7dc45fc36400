"""Lists of chapters in a municipality's parameters: of its public edition, and of internal editions for roles."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from pydantic import Field

from transferbuch.editions.templates import PAGE_FORMS
from transferbuch.errors import Problem
from transferbuch.records import Place, Record

PUBLIC_LIST: Place = ("chapters",)
_NEEDED = {
    "areas": ("an index of small areas", "`indices` over a public own table"),
    "gemeinden": ("an own table of level gemeinde that this edition may show", "one to `own_data`"),
    "goals": ("a goal that this edition may show", "one to `goals`"),
    "own_data": ("an own table that this edition may show", "one to `own_data`"),
    **{form: (f"a {form} to show", "one to `formats`") for form in PAGE_FORMS},
}
"""What a chapter may need: as it is named, and what to add."""


class RoleEdition(Record):
    """An internal edition for one role: its own list of chapters."""

    title: str = Field(min_length=1, max_length=80, description="subtitle, German: 'Ausgabe für die Leitung'")
    chapters: tuple[str, ...] = Field(min_length=1, description="chapters to print, in this order, at least one")


class RoleEditions(Record):
    """The internal editions of a municipality, by role."""

    leadership: RoleEdition | None = Field(default=None, description="`title` and `chapters`")
    council: RoleEdition | None = Field(default=None, description="`title` and `chapters`")
    department: RoleEdition | None = Field(default=None, description="`title` and `chapters`")


@dataclass(frozen=True)
class KnownChapters:
    """Names of all chapters, what some of them need (`Template.needs`), and which only internal editions have."""

    names: frozenset[str]
    needs: Mapping[str, str]
    internal: frozenset[str]

    def check(
        self,
        file: str,
        places: Mapping[Place, int],
        lists: Mapping[Place, tuple[str, ...]],
        has: Callable[[str], bool],
    ) -> list[Problem]:
        """Faults of the lists, which are given by their place in the YAML `file`; `has`: what their editions have."""
        return [
            Problem(file, places.get((*place, number), 0), ".".join(map(str, place)), what, chapter, expected, do, code)
            for place, chapters in lists.items()
            for number, chapter in enumerate(chapters)
            for what, expected, do, code in self._faults(chapter, place[0] != "audiences", has)
        ]

    def _faults(self, chapter: str, is_public: bool, has: Callable[[str], bool]) -> Iterator[tuple[str, str, str, str]]:
        """What is wrong with one chapter of a list: what, expected, do, code."""
        if chapter not in self.names:
            allowed = ", ".join(sorted(self.names - self.internal if is_public else self.names))
            do = "use the name of a notebook without .ipynb"
            yield "there is no such chapter", f"one of {allowed}", do, "unknown-chapter"
        if chapter in self.internal and is_public:
            what = "this chapter is internal, and everybody may read the edition of this list"
            yield what, "chapters of notebooks/", "remove it; a list under `audiences` may name it", "access"
        if not has(need := self.needs.get(chapter, "")):
            what, do = _NEEDED[need]
            expected = "a chapter that the edition has data for"
            yield f"this chapter needs {what}", expected, f"add {do}, or remove the chapter", "no-data"
