"""Needs and proposals as a slice holds them: what `editions.matches` writes, read back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

STRONG, MIDDLE = 0.7, 0.4


@dataclass(frozen=True)
class NeededIndicator:
    """An indicator that is worse here; `worse_than`: "peers", "land" or both; year 0: the municipality says so."""

    indicator: str
    year: int
    strength: float
    worse_than: tuple[str, ...]
    stands_out: bool
    worsening: bool


@dataclass(frozen=True)
class Needs:
    """The need profile: strengths from 0 to 1 by field, life phase and component of the own assessment."""

    indicators: tuple[NeededIndicator, ...] = ()
    looked_at: tuple[str, ...] = ()
    fields: Mapping[str, float] = field(default_factory=dict)
    phases: Mapping[str, float] = field(default_factory=dict)
    components: Mapping[str, float] = field(default_factory=dict)
    focus: tuple[str, ...] = ()
    overruled: tuple[dict[str, Any], ...] = ()

    def of_fields(self, names: tuple[str, ...]) -> list[str]:
        """Those of the fields that have a need worth naming, the strongest first."""
        found = [(-self.fields.get(name, 0), name) for name in names if self.fields.get(name, 0) >= MIDDLE]
        return [name for _, name in sorted(found)]


@dataclass(frozen=True)
class ConditionHere:
    """A condition for success: German statement, whose (Quelle, Redaktion), and whether it holds here."""

    text: str
    of: str
    state: str  # fulfilled, open, not fulfilled


@dataclass(frozen=True)
class ContextValue:
    """A context variable of one Kreis."""

    indicator: str
    year: int
    value: float | None


@dataclass(frozen=True)
class Proposal:
    """A transfer object for this municipality; `object`: its front matter, `sections`: its text as Markdown."""

    object: Mapping[str, Any]
    sections: Mapping[str, str]
    score: float
    fits_well: bool
    need: float | None
    fit: float
    terms: Mapping[str, float | None]
    distance: float | None
    kept: float | None
    conditions: tuple[ConditionHere, ...]
    giver_population: float | None
    giver_context: tuple[ContextValue, ...]

    @property
    def giver(self) -> str:
        """Official name of the giver."""
        return str(self.object["giver"]["name"])


def read_needs(content: Mapping[str, Any]) -> Needs:
    """Raises KeyError or TypeError for an incomplete record."""
    return Needs(
        tuple(NeededIndicator(**{**one, "worse_than": tuple(one["worse_than"])}) for one in content["indicators"]),
        tuple(content["looked_at"]),
        content["fields"],
        content["phases"],
        content["components"],
        tuple(content["focus"]),
        tuple(content["overruled"]),
    )


def read_proposal(content: Mapping[str, Any]) -> Proposal:
    """Raises KeyError or TypeError for an incomplete record."""
    return Proposal(
        content["object"],
        content["sections"],
        content["score"],
        content["fits_well"],
        content["need"],
        content["fit"],
        content["terms"],
        content["distance"],
        content["kept"],
        tuple(ConditionHere(**one) for one in content["conditions"]),
        content["giver_population"],
        read_context(content["giver_context"]),
    )


def read_context(rows: list[dict[str, Any]]) -> tuple[ContextValue, ...]:
    """Context variables in the order of the slice."""
    return tuple(ContextValue(**one) for one in rows)
