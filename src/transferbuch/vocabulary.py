"""Words of the field that records of several rooms share; each list is closed, so a typing error is found."""

from typing import Annotated, Literal, get_args

from pydantic import AfterValidator


def _filled(items: tuple[str, ...]) -> tuple[str, ...]:
    # Not `min_length`: pydantic would report "too short" as well whenever the only item has a fault of its own.
    if not items:
        raise ValueError("the list is empty")
    return items


Filled = AfterValidator(_filled)

FieldOfAction = Literal[
    "Steuerung und Strategie",
    "Bildungsberichterstattung",
    "Datenbasis und Monitoring",
    "Zusammenarbeit und Netzwerke",
    "Bildungsberatung und Information",
    "Sozialraum und Teilhabe",
    "Frühe Bildung",
    "Ganztag und Schule",
    "Übergang Schule–Beruf",
    "Fachkräfte",
    "Weiterbildung",
    "Integration und Sprache",
]
"""Handlungsfelder: what an indicator speaks about and what a transfer object works on."""

LifePhase = Literal[
    "alle",
    "frühkindlich",
    "Grundschule",
    "Sek I/II",
    "Übergang Schule-Beruf",
    "Ausbildung",
    "Hochschule",
    "Weiterbildung",
    "Senioren",
]


def _all_or_some(phases: tuple[LifePhase, ...]) -> tuple[LifePhase, ...]:
    if "alle" in phases and len(phases) > 1:
        raise ValueError("`alle` stands alone; name the phases, or only `alle`")
    return phases


LifePhases = Annotated[tuple[LifePhase, ...], Filled, AfterValidator(_all_or_some)]
"""What an indicator or a transfer object is about: the phases one by one, or only `alle`."""

Component = Literal[
    "Strategie",
    "Steuerung",
    "Zusammenarbeit",
    "Beteiligung & Information",
    "Datenbasierung",
    "Beratung",
    "Übergänge",
    "Integration",
]
"""Components of education management, which a municipality can assess for itself."""
TargetField = Literal["Ergebnisse und Wirkungen", "Leistungen und Programme", "Prozesse und Strukturen", "Ressourcen"]
"""Zielfelder: what a goal of a municipality is about."""
Direction = Literal["more", "less"]

Access = Literal["public", "internal"]
"""Access class of everything a person adds. What is internal lies in folders named `intern` and nowhere else."""
Role = Literal["leadership", "council", "department"]
"""Whom a municipality may make an internal edition of its own for."""

PUBLIC, INTERNAL = get_args(Access)
ROLES: tuple[str, ...] = get_args(Role)
AUDIENCES: tuple[str, ...] = (PUBLIC, INTERNAL, *ROLES)
"""For whom a site is built: only `public` leaves out what is internal."""
INTERNAL_FOLDER = "intern"

FIELDS: tuple[str, ...] = get_args(FieldOfAction)
TARGET_FIELDS: tuple[TargetField, ...] = get_args(TargetField)
WANTED: dict[str, Direction] = {"high_is_good": "more", "low_is_good": "less"}
"""Where a goal goes by the polarity of its indicator; one without judgement says nothing."""
LIFE_PHASES: tuple[str, ...] = tuple(phase for phase in get_args(LifePhase) if phase != "alle")
"""The phases one by one, in the order of a life."""


def is_count(indicator: str) -> bool:
    """Whether an indicator, by its id, counts people or things: such figures grow with the region, and compare no
    levels."""
    return indicator.startswith("count_")
