"""Ideas for indicators without an open table of all Kreise: why, and who in a municipality has the figures.

One YAML, `catalogue/gaps.yml`. Every text is German and printed on the portal's page "Ohne offene Quelle".
"""

from collections.abc import Collection
from pathlib import Path
from typing import Literal

from pydantic import Field

from transferbuch.errors import PersonFileError, Problem
from transferbuch.indicators.catalogue import Chapter
from transferbuch.project import CATALOGUE
from transferbuch.records import Record, find_line, load_record, nearest, read_person_text

GapChapter = Literal[Chapter, "steuerung"]
"""Chapters of a report, and steering and cooperation, which no chapter reports on."""


class Gap(Record):
    """One idea for an indicator."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$", description="English snake_case, no id of an indicator")
    title: str = Field(min_length=1, max_length=90)
    chapter: GapChapter
    status: Literal["none", "not_included"] = Field(
        description="none: no open table for all Kreise; not_included: there is one, but no indicator of it"
    )
    reason: str = Field(min_length=1, description="why there is no indicator, one or two sentences")
    office: str = Field(min_length=1, description="who in or around the municipality has the figures")
    level: str = Field(min_length=1, description="for which areas or institutions they could supply them")
    period: str = Field(min_length=1, description="how often, or for which time")
    near: tuple[str, ...] = Field(default=(), description="indicators that come nearest")


class _Gaps(Record):
    gaps: tuple[Gap, ...] = Field(min_length=1)


def load_gaps(indicators: Collection[str], path: Path = CATALOGUE / "gaps.yml") -> tuple[Gap, ...]:
    """All ideas in the file's order. Raises PersonFileError: an id twice or of an indicator, `near` that is none."""
    name = f"catalogue/{path.name}"
    found = load_record(path, _Gaps, name).gaps
    text = read_person_text(path, name)
    problems: list[Problem] = []
    seen: set[str] = set()
    for one in found:
        if one.id in seen or one.id in indicators:
            what = "this id is given twice" if one.id in seen else "an indicator has this id: the idea is no gap"
            problems.append(_problem(name, text, one.id, "id", what, "each id once", "rename or remove it"))
        seen.add(one.id)
        problems += [
            _problem(
                name,
                text,
                near,
                "near",
                "there is no such indicator",
                "ids of public indicators",
                nearest(near, indicators),
            )
            for near in one.near
            if near not in indicators
        ]
    if problems:
        raise PersonFileError(problems)
    return found


def _problem(name: str, text: str, word: str, field: str, what: str, expected: str, do: str) -> Problem:
    return Problem(name, find_line(text, word), field, what, word, expected, do, "gap")
