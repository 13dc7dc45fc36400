"""Needs of municipalities and the transfer objects that fit them, from parameters and computed results.

What is written into a slice (`needs_record`, `match_record`) holds no figure that the slice does not hold anyway,
except the giver's context: published official values.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from transferbuch.editions.plan import Edition
from transferbuch.editions.values import Computed
from transferbuch.indicators.catalogue import Indicator
from transferbuch.regions.keys import CombinedAGS
from transferbuch.regions.register import Register
from transferbuch.report.profile import RECENT_YEARS
from transferbuch.transfer.assessment import COMPONENTS
from transferbuch.transfer.conditions import Taker
from transferbuch.transfer.matching import Match, Matcher, Place
from transferbuch.transfer.needs import NeedProfile, build_profile, indicator_needs
from transferbuch.transfer.objects import TransferObject
from transferbuch.transfer.settings import load_match_settings

POPULATION = "count_population"


def matcher_of(objects: Mapping[str, TransferObject], computed: Computed, register: Register) -> Matcher:
    """The objects, ready to be matched to the Kreise of `computed`."""
    known = computed.values[(computed.values["indicator"] == POPULATION) & (computed.values["status"] == "ok")]
    population = known.sort_values("year").groupby("ags")["value"].last()
    wide = computed.context.pivot(index="ags", columns="indicator", values="position").sort_index(axis="columns")
    rows = wide.to_numpy(float)
    places = {
        ags: Place(float(population[ags]) if ags in population.index else None, rows[at])
        for at, ags in enumerate(wide.index)
    }
    return Matcher(objects, places, register, load_match_settings())


def taker_of(edition: Edition, computed: Computed) -> Taker:
    """The municipality as conditions see it; `computed` may be cut to its rows."""
    values = computed.values
    own = values[
        (values["indicator"] == POPULATION) & (values["ags"] == edition.ags) & (values["status"] == "ok")
    ].sort_values("year")
    given = edition.parameters.assessment
    return Taker(
        edition.kreis.ags.members if isinstance(edition.kreis.ags, CombinedAGS) else (edition.ags,),
        edition.kreis.is_city,
        float(own["value"].iloc[-1]) if len(own) else None,
        _levels(edition),
        frozenset(given.there if given else ()),
        frozenset(given.not_there if given else ()),
    )


def profile_of(edition: Edition, indicators: Mapping[str, Indicator], computed: Computed) -> NeedProfile:
    """The need profile of a municipality; `computed` may be cut to its rows."""
    own, comparisons, trends = (
        frame[frame["ags"] == edition.ags] for frame in (computed.values, computed.comparisons, computed.trends)
    )
    newest = own.loc[own["status"] == "ok", "year"].max()
    since = 0 if pd.isna(newest) else int(newest) - RECENT_YEARS
    needs, looked_at = indicator_needs(indicators, comparisons, trends, load_match_settings().strength, since)
    chosen = edition.parameters
    return build_profile(indicators, needs, looked_at, chosen.fields, _levels(edition), chosen.overruled)


def _levels(edition: Edition) -> dict[str, int]:
    """The own assessment by component, 0 to 4; empty without one."""
    given = edition.parameters.assessment
    return {COMPONENTS[group]: level for group, level in given.levels.items()} if given else {}


def matches_of(
    matcher: Matcher, edition: Edition, indicators: Mapping[str, Indicator], computed: Computed
) -> tuple[NeedProfile, list[Match]]:
    """The need profile and all objects that other municipalities give, best first."""
    profile = profile_of(edition, indicators, computed)
    return profile, matcher.match(taker_of(edition, computed), profile, edition.parameters.kinds)


def needs_record(profile: NeedProfile) -> dict[str, Any]:
    """The profile as JSON: strengths rounded, indicators in order of strength."""
    indicators = sorted(profile.indicators.values(), key=lambda one: (-one.strength, one.indicator))
    rounded = {
        name: {key: round(value, 3) for key, value in sorted(getattr(profile, name).items())}
        for name in ("fields", "phases", "components")
    }
    return {
        "indicators": [asdict(one) for one in indicators],
        "looked_at": list(profile.looked_at),
        "focus": list(profile.focus),
        "overruled": [one.model_dump(mode="json") for one in profile.overruled],
        **rounded,
    }


def match_record(match: Match, matcher: Matcher, context: pd.DataFrame) -> dict[str, Any]:
    """One match as JSON: every term of its score, checked conditions, the giver's context; `context` of all Kreise."""
    rows = context[context["ags"].isin(matcher.kreise_of(match.object.giver.ags))]
    return {
        "object": match.object.model_dump(mode="json"),
        "sections": dict(match.object.sections),
        "fits_well": match.score >= matcher.settings.least_score,
        **terms_record(match),
        "giver_population": match.giver_population,
        "giver_context": context_values(rows),
    }


def terms_record(match: Match) -> dict[str, Any]:
    """Score and terms of one match as JSON, with the state of every condition."""
    return {
        "score": match.score,
        "need": match.need,
        "fit": match.fit,
        "terms": dict(match.terms),
        "distance": match.distance,
        "kept": match.kept,
        "conditions": [
            {"text": one.condition.text, "of": one.condition.of, "state": one.state} for one in match.conditions
        ],
    }


def context_values(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Context variables of one Kreis with their years; of several, their range is no single figure: nothing then."""
    if rows["ags"].nunique() != 1:
        return []
    return [
        {"indicator": row.indicator, "year": int(row.year), "value": None if np.isnan(row.value) else float(row.value)}
        for row in rows.sort_values("indicator").itertuples()
    ]


def takers_by_object(found: Mapping[str, Iterable[Match]], first: int, least: float) -> dict[str, list[str]]:
    """Slug → keys of the municipalities that it is a proposal for, in order of its score there."""
    takers: dict[str, list[tuple[float, str]]] = {}
    for ags, matches in found.items():
        for one in list(matches)[:first]:
            if one.score >= least:
                takers.setdefault(one.object.slug, []).append((-one.score, ags))
    return {slug: [ags for _, ags in sorted(rows)] for slug, rows in takers.items()}
