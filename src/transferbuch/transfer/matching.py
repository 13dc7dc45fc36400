"""Which transfer objects fit a municipality: score = need × √fit, every term of it kept and explained.

Need: does the object work on what is worse here, on chosen topics, on what the own assessment finds weak? Fit: are its
conditions met, is its giver like the taker, what does it take, what is known of its success? Terms run from 0 to 1; one
about which nothing is known is None and left out of the mean. Same input, same list; an object is never proposed to its
own giver. Weights stand in `catalogue/matching.yml`.
"""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from transferbuch.regions.register import Register
from transferbuch.transfer.conditions import CheckedCondition, Taker, check_conditions, state_of_all
from transferbuch.transfer.evidence import STEPS
from transferbuch.transfer.needs import NeedProfile
from transferbuch.transfer.objects import TransferObject
from transferbuch.transfer.settings import MatchSettings
from transferbuch.vocabulary import LIFE_PHASES

NEED_TERMS = ("indicator", "field", "phase", "component")
FIT_TERMS = ("conditions", "context", "size", "type", "effort", "evidence", "depth")
_DEPTHS = {"voll": 1.0, "mittel": 0.6, "kurz": 0.3}
_MUNICIPAL = ("Landkreis", "kreisfreie Stadt", "Stadt")


@dataclass(frozen=True)
class Place:
    """What is known of a Kreis for comparing it: `position`: its context, standardised and weighted, NaN if missing."""

    population: float | None
    position: np.ndarray = field(repr=False)


@dataclass(frozen=True)
class Match:
    """One object for one municipality. `terms`: value of each term by name, None if nothing is known; `distance`: of
    giver and taker in context, None likewise; `kept`: share of varied weights with which it stays among the first."""

    object: TransferObject
    score: float
    need: float | None
    fit: float
    terms: Mapping[str, float | None]
    conditions: tuple[CheckedCondition, ...]
    giver_population: float | None
    distance: float | None
    kept: float | None = None


class Matcher:
    """All transfer objects, ready to be matched to many municipalities.

    places: what is known of Kreise, by key (those of a giver's time are looked up under their successors).
    """

    def __init__(
        self,
        objects: Mapping[str, TransferObject],
        places: Mapping[str, Place],
        register: Register,
        settings: MatchSettings,
    ) -> None:
        self.objects = [objects[slug] for slug in sorted(objects)]
        self.settings, self.places = settings, places
        self._successors = {str(one.ags): [str(key) for key in one.successors] for one in register if one.successors}
        self._keys = [self.kreise_of(one.giver.ags) for one in self.objects]
        self._givers = [self._place_of(keys) for keys in self._keys]
        self._alike = _likeness(self.objects)
        self._typical = _typical_distance(list(places.values()))

    def match(self, taker: Taker, profile: NeedProfile, kinds: Collection[str] = ()) -> list[Match]:
        """All objects that another municipality gives, best first; the first `settings.first` differ from each other.

        kinds: only objects of these kinds, all if empty.
        """
        own = self.kreise_of(taker.keys)
        rows = [
            row
            for row, one in enumerate(self.objects)
            if own.isdisjoint(self._keys[row]) and (not kinds or one.kind in kinds)
        ]
        here = self._place_of(own)
        if here is None or here.population is None:
            here = Place(taker.population, here.position if here else np.array([]))
        found = [self._match(row, taker, here, profile) for row in rows]
        if not found:
            return []
        needs = np.array([[_number(one.terms[name]) for name in NEED_TERMS] for one in found])
        fits = np.array([[_number(one.terms[name]) for name in FIT_TERMS] for one in found])
        weights = self._weights()
        alike = self._alike[np.ix_(rows, rows)]
        scores = _scores(needs, fits, weights, profile.is_known)
        first = self._first(scores, alike)
        kept = self._kept(needs, fits, weights, alike, profile.is_known, first)
        order = first + [at for at in np.argsort(-scores.round(9), kind="stable").tolist() if at not in first]
        need, fit = _mean(needs, weights[: len(NEED_TERMS)]), _mean(fits, weights[len(NEED_TERMS) :])
        return [
            Match(
                found[at].object,
                round(float(scores[at]), 4),
                round(float(need[at]), 4) if profile.is_known else None,
                round(float(fit[at]), 4),
                found[at].terms,
                found[at].conditions,
                found[at].giver_population,
                found[at].distance,
                kept.get(at),
            )
            for at in order
        ]

    def kreise_of(self, keys: Iterable[str]) -> set[str]:
        """Kreise of today: those a Gemeinde lies in, and those that dissolved ones have become part of."""
        found: set[str] = set()
        ahead = [str(key)[:5] for key in keys if len(str(key)) >= 5]
        while ahead:
            key = ahead.pop()
            if key in self._successors:
                ahead += self._successors[key]
            else:
                found.add(key)
        return found

    def _match(self, row: int, taker: Taker, here: Place, profile: NeedProfile) -> Match:
        one, giver = self.objects[row], self._givers[row]
        conditions = check_conditions(one.conditions, taker)
        population = giver.population if giver else None
        distance = _distance(giver.position, here.position) if giver else None
        ratio = here.population / population if population and here.population else None
        terms = {
            **_need_terms(one, profile),
            "conditions": state_of_all(conditions),
            "context": None if distance is None or not self._typical else 1 / (1 + distance / self._typical),
            "size": None if ratio is None else min(ratio, 1 / ratio) ** 0.5,
            "type": None if one.giver.type not in _MUNICIPAL else float(_is_city(one.giver.type) == taker.is_city),
            "effort": None if ratio is None or not one.effort else min(1.0, ratio**0.5),
            "evidence": STEPS.index(one.evidence) / (len(STEPS) - 1),
            "depth": _DEPTHS[one.depth],
        }
        terms = {name: None if value is None else round(float(value), 4) for name, value in terms.items()}
        return Match(one, 0, None, 0, terms, conditions, population, None if distance is None else round(distance, 4))

    def _weights(self) -> np.ndarray:
        of = self.settings
        return np.array([getattr(of.need, name) for name in NEED_TERMS] + [getattr(of.fit, name) for name in FIT_TERMS])

    def _first(self, scores: np.ndarray, alike: np.ndarray) -> list[int]:
        """Positions of the first ones, best first; each loses by how much it is like those before it."""
        first: list[int] = []
        likeness, rounded = np.zeros(len(scores)), scores.round(9)
        for _ in range(min(self.settings.first, len(scores))):
            worth = rounded * (1 - self.settings.diversity * likeness)
            worth[first] = -1
            first.append(int(worth.argmax()))
            likeness = np.maximum(likeness, alike[:, first[-1]])
        return first

    def _kept(
        self,
        needs: np.ndarray,
        fits: np.ndarray,
        weights: np.ndarray,
        alike: np.ndarray,
        known: bool,
        first: Sequence[int],
    ) -> dict[int, float]:
        """Of each of the first, in which share of the variations of one weight it stays among them."""
        counts, varied = dict.fromkeys(first, 0), 0
        for number in np.flatnonzero(weights):
            for sign in (-1, 1):
                changed = weights.copy()
                changed[number] *= 1 + sign * self.settings.variation
                varied += 1
                again = self._first(_scores(needs, fits, changed, known), alike)
                for at in counts.keys() & set(again):
                    counts[at] += 1
        return {at: round(count / varied, 4) for at, count in counts.items()} if varied else {}

    def _place_of(self, keys: Iterable[str]) -> Place | None:
        """Several Kreise as one: populations summed, positions averaged; None if none is known."""
        places = [self.places[key] for key in sorted(keys) if key in self.places]
        if not places:
            return None
        populations = [one.population for one in places]
        total = None if None in populations else float(sum(populations))
        return Place(total, np.mean([one.position for one in places], axis=0))


def _need_terms(one: TransferObject, profile: NeedProfile) -> dict[str, float | None]:
    # a figure without judgement, or without a value to judge here, tells nothing of a need: it is no "no need"
    known = {id: 0.0 for id in profile.looked_at} | {id: need.strength for id, need in profile.indicators.items()}
    addressed = [known[id] for id in one.indicators if id in known]
    phases = LIFE_PHASES if "alle" in one.life_phases else one.life_phases
    return {
        "indicator": max(addressed, default=None),
        "field": _agreement(one.fields, profile.fields),
        "phase": _agreement(phases, profile.phases),
        "component": _agreement(one.components, profile.components),
    }


def _agreement(names: Sequence[str], strengths: Mapping[str, float]) -> float | None:
    """Cosine of what an object works on and what is needed: 1 if it works on all of the need and on nothing else.

    None where no need of this kind is known.
    """
    length = math.sqrt(len(names) * sum(value**2 for value in strengths.values()))
    return sum(strengths.get(name, 0.0) for name in names) / length if length else None


def _is_city(giver_type: str) -> bool:
    return giver_type in ("kreisfreie Stadt", "Stadt")


def _number(value: float | None) -> float:
    return np.nan if value is None else value


def _mean(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Weighted mean of each row over what is known; 0 where nothing is."""
    known = ~np.isnan(values) * weights
    total = known.sum(axis=1)
    return np.divide((np.nan_to_num(values) * known).sum(axis=1), total, out=np.zeros(len(values)), where=total > 0)


def _scores(needs: np.ndarray, fits: np.ndarray, weights: np.ndarray, known: bool) -> np.ndarray:
    """Need × √fit; where no need is known at all, √fit alone.

    The root keeps half a fit from costing as much as half the need: what is not needed is no proposal, however well it
    fits, and what is needed is one, even where something has to be adapted.
    """
    fit = np.sqrt(_mean(fits, weights[len(NEED_TERMS) :]))
    return _mean(needs, weights[: len(NEED_TERMS)]) * fit if known else fit


def _distance(one: np.ndarray, other: np.ndarray) -> float | None:
    """Root mean square of the differences of what both have; None with less than half of the variables."""
    if one.size == 0 or one.size != other.size:
        return None
    gaps = (one - other) ** 2
    known = ~np.isnan(gaps)
    return float(np.sqrt(gaps[known].mean())) if 2 * known.sum() >= one.size else None


def _typical_distance(places: Sequence[Place]) -> float | None:
    """Median distance of all pairs: what is as far apart as usual counts one half."""
    positions = np.array([one.position for one in places if one.position.size])
    if len(positions) < 2:
        return None
    gaps = positions[:, None, :] - positions[None, :, :]
    with np.errstate(invalid="ignore"):
        squares = np.nanmean(gaps**2, axis=2)[np.triu_indices(len(positions), 1)]
    return float(np.sqrt(np.nanmedian(squares)))


def _likeness(objects: Sequence[TransferObject]) -> np.ndarray:
    """How much two objects are variants of one idea: same components, fields and kind; of one giver: fully."""

    def shared(one: Iterable[str], other: Iterable[str]) -> float:
        one, other = set(one), set(other)
        return len(one & other) / len(one | other)

    found = np.eye(len(objects))
    for at, one in enumerate(objects):
        for number, other in enumerate(objects[:at]):
            parts = (
                shared(one.components, other.components),
                shared(one.fields, other.fields),
                float(one.kind == other.kind),
            )
            is_same = one.giver.name == other.giver.name
            found[at, number] = found[number, at] = 1.0 if is_same else sum(parts) / len(parts)
    return found
