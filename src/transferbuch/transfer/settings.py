"""Weights of the matching, `catalogue/matching.yml`: the one place where they stand."""

from functools import cache
from pathlib import Path

from pydantic import Field

from transferbuch.project import CATALOGUE
from transferbuch.records import Record, load_record


class NeedWeights(Record):
    """How much each source of need counts."""

    indicator: float = Field(ge=0)
    field: float = Field(ge=0)
    phase: float = Field(ge=0)
    component: float = Field(ge=0)


class FitWeights(Record):
    """How much each part of the fit counts."""

    conditions: float = Field(ge=0)
    context: float = Field(ge=0)
    size: float = Field(ge=0)
    type: float = Field(ge=0)
    effort: float = Field(ge=0)
    evidence: float = Field(ge=0)
    depth: float = Field(ge=0)


class Strength(Record):
    """How strong a need is that an indicator shows."""

    stands_out: float = Field(ge=0, le=1)
    worse: float = Field(ge=0, le=1)
    worsening: float = Field(ge=0, le=1)


class MatchSettings(Record):
    """`catalogue/matching.yml`; see there."""

    need: NeedWeights
    fit: FitWeights
    strength: Strength
    first: int = Field(ge=1, le=20)
    diversity: float = Field(ge=0, le=1)
    variation: float = Field(gt=0, lt=1)
    least_score: float = Field(ge=0, le=1)


@cache
def load_match_settings(path: Path = CATALOGUE / "matching.yml") -> MatchSettings:
    """The settings; raises PersonFileError with every fault."""
    return load_record(path, MatchSettings, f"catalogue/{path.name}")
