"""How well the matching finds what the gold list holds right, beside chance and shared tags.

python benchmarks/matching.py [--held-out]

Gold list: `benchmarks/gold/matching.yml`. Prints, for the matching, for a ranking by shared tags and for chance: share
of cases with a right object among the first 5 and 10, and the mean reciprocal rank, with 95 % bootstrap intervals over
cases; then how much the first five of two municipalities have in common on average. Without --held-out the third that
is kept aside is not looked at.
"""

import argparse
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from gold_cases import Case, load_cases
from timing import timed

from transferbuch.project import find_project
from transferbuch.site.release import Release, load_release
from transferbuch.transfer.assessment import COMPONENTS
from transferbuch.transfer.conditions import Taker
from transferbuch.transfer.matching import Matcher
from transferbuch.transfer.needs import IndicatorNeed, build_profile
from transferbuch.transfer.objects import TransferObject
from transferbuch.vocabulary import LIFE_PHASES

ROOT = Path(__file__).parents[1]
ROUNDS = 2000
Ranking = Callable[[Case], Sequence[str]]


def by_matching(matcher: Matcher, release: Release) -> Ranking:
    """The matching, given what a case tells of the municipality and its need."""
    indicators, register = release.inputs.indicators, release.inputs.register

    def rank(case: Case) -> list[str]:
        needs = {id: IndicatorNeed(id, 0, 1.0) for id in case.indicators}
        levels = {COMPONENTS[group]: level for group, level in case.known.levels.items()}
        profile = build_profile(indicators, needs, needs, case.fields, levels)
        phases = LIFE_PHASES if "alle" in case.life_phases else case.life_phases
        components = dict.fromkeys(case.components, 1.0)
        # a text that names needs in figures is taken to have looked at every figure that has a judgement
        looked_at = tuple(id for id, one in indicators.items() if needs and one.polarity != "no_judgement")
        phases, components = dict.fromkeys(phases, 1.0), profile.components | components
        profile = replace(profile, looked_at=looked_at, phases=phases, components=components)
        keys = tuple(map(str, case.municipality.keys))
        there = frozenset((*case.known.bodies, *case.known.data))
        taker = Taker(keys, all(register[key].is_city for key in keys), None, levels, there)
        return [one.object.slug for one in matcher.match(taker, profile)]

    return rank


def by_tags(objects: Sequence[TransferObject]) -> Ranking:
    """Most shared fields, life phases and components first; the alphabet decides among equals."""

    def rank(case: Case) -> list[str]:
        wanted, own = {*case.fields, *case.life_phases, *case.components}, {*map(str, case.municipality.keys)}
        others = [one for one in objects if own.isdisjoint(map(str, one.giver.ags))]
        shared = {one.slug: len(wanted & {*one.fields, *one.life_phases, *one.components}) for one in others}
        return sorted(shared, key=lambda slug: (-shared[slug], slug))

    return rank


def by_chance(objects: Sequence[TransferObject]) -> Ranking:
    """Any order, the same one in every run."""
    return lambda case: random.Random(case.id).sample([one.slug for one in objects], len(objects))


def scores(cases: Sequence[Case], rank: Ranking) -> np.ndarray:
    """One row per case: right one among the first 5, among the first 10, reciprocal rank of the best right one."""
    rows = []
    for case in cases:
        ranked, right = list(rank(case)), {answer.slug for answer in case.answers}
        best = min((ranked.index(slug) for slug in right if slug in ranked), default=len(ranked))
        rows.append((best < 5, best < 10, 1 / (best + 1)))
    return np.array(rows, float)


def line(name: str, found: np.ndarray) -> str:
    """Means with bootstrap intervals over cases."""
    drawn = np.random.default_rng(1).integers(0, len(found), (ROUNDS, len(found)))
    ends = np.percentile(found[drawn].mean(axis=1), [2.5, 97.5], axis=0)
    parts = [f"{mean:.2f} [{low:.2f}, {high:.2f}]" for mean, low, high in zip(found.mean(axis=0), *ends, strict=True)]
    return f"{name:<12} hit@5 {parts[0]}  hit@10 {parts[1]}  MRR {parts[2]}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default=str(ROOT / "_build" / "data"))
    parser.add_argument("--held-out", action="store_true", help="the third kept aside instead of the other cases")
    given = parser.parse_args()
    release = load_release(find_project(ROOT), given.data)
    matcher = timed("the matcher", lambda: release.matcher)
    objects = list(release.inputs.objects.values())
    gold = load_cases(release.inputs.objects, release.inputs.indicators, release.inputs.register)
    cases = [case for case in gold if case.held_out == given.held_out]
    print(f"{len(cases)} cases, {'held out' if given.held_out else 'not held out'}")
    for name, rank in (
        ("matching", by_matching(matcher, release)),
        ("shared tags", by_tags(objects)),
        ("chance", by_chance(objects)),
    ):
        print(line(name, scores(cases, rank)))

    editions = [one for one in release.plan() if not one.ags.startswith("99")]
    name = f"{len(objects)} objects matched to {len(editions)} municipalities (aim 10 s)"
    every = timed(name, lambda: [release.matches_of(one)[1] for one in editions])
    first = [{one.object.slug for one in found[:5]} for found in every]
    pairs = [random.Random(number).sample(first, 2) for number in range(ROUNDS)]
    common = np.mean([len(one & other) for one, other in pairs])
    print(f"two municipalities have {common:.2f} of their first five in common")
    print(f"{len(set().union(*first))} of {len(objects)} objects are among the first five somewhere")


if __name__ == "__main__":
    main()
