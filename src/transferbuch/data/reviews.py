"""Sign-offs: what a person decided about a finding, one YAML per table, `catalogue/reviews/<table>.yml`.

An entry names the figure as the official file prints it. It fails like a correction does when the newest file prints
another number, and when the checks find nothing any more: a decision must not outlive its reason.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import pandas as pd
from pydantic import Field, FiniteFloat

from transferbuch.data.findings import RULES, Finding, SignOff
from transferbuch.data.sources import Source, source_of_file
from transferbuch.errors import PersonFileError, Problem
from transferbuch.project import CATALOGUE
from transferbuch.records import Record, collect, find_places, load_record, nearest, read_person_text
from transferbuch.regions.keys import AGS
from transferbuch.regions.register import Register


class Entry(Record):
    """One decision: which finding, accepted (the figure is right) or refused (it is not published), why."""

    rule: str = Field(description="rule of the finding, as `transferbuch data check` prints it")
    variable: str = Field(description="a variable of catalogue/sources/<table>.yml")
    ags: AGS | Literal["DG"] = Field(description="key in quotes, or DG")
    year: int = Field(ge=1950, le=2100, description="year of the official figure")
    printed: FiniteFloat = Field(description="the number as the official file prints it; decimals after a point")
    decision: Literal["accept", "refuse"]
    reason: str = Field(min_length=1, description="German: why the number is right, or cannot be")
    source: str = Field(min_length=1, description="German: answer of the office, publication, table")
    by: str = Field(min_length=1, description="function, never a person")
    date: dt.date = Field(description="day of the decision")


class _File(Record):
    reviews: tuple[Entry, ...] = Field(min_length=1, description="at least one review")


@dataclass(frozen=True)
class Review:
    """A checked entry with its place, for the message when it no longer applies."""

    entry: Entry
    table: str
    file: str
    line: int

    @property
    def key(self) -> tuple[str, str, str, int]:
        """Rule and figure."""
        return self.entry.rule, self.entry.variable, str(self.entry.ags), self.entry.year


def load_reviews(
    sources: dict[str, Source], register: Register, folder: Path = CATALOGUE / "reviews"
) -> tuple[Review, ...]:
    """All reviews in the order of files and entries. Raises PersonFileError with every fault of every file."""
    loaded = collect([lambda path=path: _load_file(path, sources, register) for path in sorted(folder.glob("*.yml"))])
    return tuple(review for reviews in loaded for review in reviews)


def sign_off(findings: Iterable[Finding], reviews: Iterable[Review], observations: pd.DataFrame) -> tuple[Finding, ...]:
    """`findings` with the decisions of `reviews`; a figure that the package does not hold is not concerned.

    Raises PersonFileError for every review whose printed number is another one now, or that no finding asks for.
    """
    findings, decided, problems = list(findings), {}, []
    places = {(one.rule, *one.key): number for number, one in enumerate(findings)}
    reviews = tuple(reviews)
    wanted = {review.key[1:] for review in reviews}
    named = observations[observations["variable"].isin({key[0] for key in wanted})]
    printed = dict(zip(zip(named["variable"], named["ags"], named["year"], strict=True), named["value"], strict=True))
    for review in reviews:
        value = printed.get(review.key[1:])
        if value is None:
            continue
        if value != review.entry.printed:
            problems.append(_outdated(review, "the official file prints another number", f"{value:.15g}"))
        elif review.key not in places:
            problems.append(_outdated(review, "no check finds this figure any more", ""))
        else:
            decided[places[review.key]] = review.entry
    if problems:
        raise PersonFileError(problems)
    for number, entry in decided.items():
        status = "accepted" if entry.decision == "accept" else "withheld"
        review = SignOff(status, entry.by, entry.date.isoformat(), entry.reason, entry.source)
        findings[number] = replace(findings[number], review=review)
    return tuple(findings)


def _outdated(review: Review, what: str, value: str) -> Problem:
    entry = review.entry
    return Problem(
        review.file,
        review.line,
        "printed",
        f"the review of {entry.variable} for {entry.ags} in {entry.year} ({entry.rule}) no longer applies: {what}",
        value,
        f"{entry.printed:.15g}, found by the rule {entry.rule}",
        "remove or adapt the entry",
        "review-outdated",
    )


def _load_file(path: Path, sources: dict[str, Source], register: Register) -> list[Review]:
    file = f"catalogue/reviews/{path.name}"
    source = source_of_file(path, file, sources)
    entries = load_record(path, _File, file).reviews
    places = find_places(read_person_text(path, file))
    variables = [variable.id for variable in source.variables]
    problems, seen = [], {}
    for number, entry in enumerate(entries):
        given = [
            ("rule", entry.rule, entry.rule in RULES, nearest(entry.rule, RULES)),
            ("variable", entry.variable, entry.variable in variables, nearest(entry.variable, variables)),
            ("ags", str(entry.ags), _is_region(str(entry.ags), register), register.nearest(str(entry.ags))),
        ]
        for field, value, known, do in given:
            if not known:
                line, where = places["reviews", number, field], f"reviews[{number + 1}].{field}"
                problems.append(Problem(file, line, where, f"unknown {field}", value, do=do, code=f"unknown-{field}"))
        key = (entry.rule, entry.variable, str(entry.ags), entry.year)
        line = places["reviews", number, "rule"]
        if key in seen:
            do = f"remove this entry or the one in line {seen[key]}"
            what, value = "the finding is signed off twice", ", ".join(map(str, key))
            problems.append(Problem(file, line, f"reviews[{number + 1}]", what, value, do=do, code="duplicate-id"))
        seen.setdefault(key, line)
    if problems:
        raise PersonFileError(problems)
    lines = [places["reviews", number, "printed"] for number in range(len(entries))]
    return [Review(entry, path.stem, file, line) for entry, line in zip(entries, lines, strict=True)]


def _is_region(ags: str, register: Register) -> bool:
    return ags == "DG" or ags in register or ags in register.laender()
