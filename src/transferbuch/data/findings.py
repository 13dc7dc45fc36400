"""Findings of the plausibility checks: what was found, what to do, who answers for it, who signed it off."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from transferbuch.data.sources import Source
from transferbuch.project import CATALOGUE
from transferbuch.records import Record, load_record
from transferbuch.regions.keys import BUND
from transferbuch.regions.register import LAENDER

Severity = Literal["refuse", "warn", "info"]
SEVERITIES: tuple[Severity, ...] = ("refuse", "warn", "info")
Status = Literal["open", "accepted", "corrected", "withheld"]


@dataclass(frozen=True)
class Rule:
    """One check: German title for the page, what to do about a finding (English for the CLI, German for the page)."""

    title: str
    do: str
    do_german: str


RULES: dict[str, Rule] = {
    "out_of_line": Rule(
        "Zahl aus der Reihe, Summe gestört",
        "ask the office; accept it in catalogue/reviews, or declare it in catalogue/corrections",
        "beim Amt nachfragen; als richtig abnehmen oder berichtigen",
    ),
    "part_exceeds_total": Rule(
        "Teil größer als das Ganze",
        "ask the office; accept it in catalogue/reviews, or declare it in catalogue/corrections",
        "beim Amt nachfragen; als richtig abnehmen oder berichtigen",
    ),
    "part_of_stopped": Rule(
        "Teil einer zurückgehaltenen Zahl",
        "nothing more; it is shown again when the total is accepted or corrected",
        "nichts weiter; sie erscheint wieder, wenn die Gesamtzahl abgenommen oder berichtigt ist",
    ),
    "limits": Rule(
        "Kennzahl außerhalb des Möglichen",
        "look at numerator and denominator; declare the wrong one in catalogue/corrections",
        "Zähler und Nenner ansehen; die falsche Zahl berichtigen",
    ),
    "corrected": Rule(
        "berichtigte Zahl",
        "nothing; remove the correction when the office prints the right number",
        "nichts; der Eintrag fällt weg, wenn das Amt die richtige Zahl druckt",
    ),
    "parts_total": Rule(
        "Teile ergeben nicht das Ganze",
        "compare with the table's footnotes; ask the office",
        "mit den Fußnoten der Tabelle vergleichen; beim Amt nachfragen",
    ),
    "kreise_land": Rule(
        "Kreise ergeben nicht das Land",
        "compare with the table's footnotes; ask the office",
        "mit den Fußnoten der Tabelle vergleichen; beim Amt nachfragen",
    ),
    "laender_bund": Rule(
        "Länder ergeben nicht den Bund",
        "compare with the table's footnotes",
        "mit den Fußnoten der Tabelle vergleichen",
    ),
    "jump": Rule(
        "Sprung gegenüber dem Vorjahr",
        "look for a local cause; accept it in catalogue/reviews or ask the office",
        "örtliche Ursache suchen; als richtig abnehmen oder beim Amt nachfragen",
    ),
    "land_missing": Rule(
        "Land fehlt in der Reihe",
        "ask the office whether the figures come later",
        "beim Amt fragen, ob die Zahlen nachkommen",
    ),
    "not_delivered": Rule(
        "nicht geliefert (ganze Spalte mit Strich)",
        "ask the office whether the figures come later",
        "beim Amt fragen, ob die Zahlen nachkommen",
    ),
    "years_missing": Rule(
        "Jahre fehlen im Datenpaket",
        "fetch the missing years: transferbuch data fetch TABLE --source rest",
        "fehlende Jahre abrufen",
    ),
    "revised": Rule(
        "vom Amt geändert",
        "nothing; the newest Stand counts",
        "nichts; es gilt der jüngste Stand",
    ),
    "break": Rule("Bruch der Reihe", "nothing; pages name the break", "nichts; die Seiten nennen den Bruch"),
    "stale": Rule(
        "alte Reihe",
        "look for a newer edition of the table, or for the table that replaced it",
        "neuere Ausgabe der Tabelle suchen, oder die Tabelle, die sie ersetzt hat",
    ),
}


@dataclass(frozen=True)
class SignOff:
    """The end of one round of the loop: by whom (function), when (ISO date), why, on which source."""

    status: Status = "open"
    by: str = ""
    date: str = ""
    reason: str = ""
    source: str = ""


@dataclass(frozen=True)
class Finding:
    """One finding; `year` 0 and `variable` "" where a whole table is meant, `value` None where no number is printed.

    `what` is English for the command line, `german` says the same to readers.
    """

    rule: str
    severity: Severity
    table: str
    variable: str
    ags: str
    year: int
    value: float | None
    what: str
    german: str
    responsible: str
    file: str = ""
    line: int = 0
    review: SignOff = field(default_factory=SignOff)

    @property
    def id(self) -> str:
        """The same finding has the same id in every run and on every machine."""
        text = f"{self.table}|{self.variable}|{self.ags}|{self.year}|{self.rule}"
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    @property
    def stops(self) -> bool:
        """Whether the printed figure is not published: refused by a rule and not accepted, or refused by a person."""
        return self.review.status == "withheld" or (self.severity == "refuse" and self.review.status == "open")

    @property
    def key(self) -> tuple[str, str, int]:
        """The figure it is about: variable, region, year."""
        return self.variable, self.ags, self.year


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """Open ones before signed-off ones, grave before harmless; then by table, variable, region, year."""
    rules = list(RULES)

    def order(one: Finding) -> tuple:
        settled = one.review.status != "open"
        place = (rules.index(one.rule), one.table, one.variable, one.ags, one.year)
        return (SEVERITIES.index(one.severity), settled, *place)

    return sorted(findings, key=order)


class _Offices(Record):
    offices: dict[str, str] = Field(description="name of the office per Land key or DG")

    @model_validator(mode="after")
    def _complete(self) -> "_Offices":
        if lacking := {BUND, *LAENDER} - self.offices.keys():
            raise ValueError(f"no office is given for {', '.join(sorted(lacking))}")
        return self


@cache
def load_offices(path: Path = CATALOGUE / "offices.yml") -> dict[str, str]:
    """Name of the statistical office by key of the Land, and of the Bund. Raises PersonFileError."""
    return load_record(path, _Offices, f"catalogue/{path.name}").offices


def responsible_for(source: Source, ags: str) -> str:
    """The office that answers for a figure of this table and region."""
    return source.responsible or load_offices()[ags if ags == BUND else ags[:2]]
