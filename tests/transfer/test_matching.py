"""Matching of transfer objects: order, exclusion of the own ones, terms, conditions, diversity, sensitivity."""

from pathlib import Path

import numpy as np
import pytest

from transferbuch.indicators.catalogue import load_indicators
from transferbuch.regions.register import load_register
from transferbuch.transfer.conditions import Taker, check_conditions, state_of_all
from transferbuch.transfer.evidence import Condition
from transferbuch.transfer.loading import load_transfer_objects
from transferbuch.transfer.matching import FIT_TERMS, NEED_TERMS, Matcher, Place
from transferbuch.transfer.needs import IndicatorNeed, NeedProfile, build_profile
from transferbuch.transfer.settings import load_match_settings

OBJECTS = load_transfer_objects(Path(__file__).parents[2] / "book" / "transfer")
REGISTER = load_register()
INDICATORS = load_indicators()
SETTINGS = load_match_settings()
PLACES = {
    "16053": Place(110_000.0, np.array([1.0, 0.0])),  # Jena
    "16063": Place(160_000.0, np.array([0.0, 0.0])),  # Wartburgkreis, with the former city of Eisenach
    "15084": Place(170_000.0, np.array([0.0, 0.5])),  # Burgenlandkreis
    "05914": Place(190_000.0, np.array([2.0, np.nan])),  # Hagen
}


def matches(keys=("15084",), profile=None, is_city=False, objects=OBJECTS, **taker):
    matcher = Matcher(objects, PLACES, REGISTER, SETTINGS)
    profile = profile or build_profile(INDICATORS, {}, (), ("Weiterbildung",))
    return matcher.match(Taker(keys, is_city, **taker), profile)


def test_no_object_is_proposed_to_its_own_giver_nor_to_the_kreis_it_became_part_of():
    found = {one.object.slug for one in matches()}
    assert "burgenlandkreis-erster-bildungsbericht" not in found and "jena-integrierte-sozialplanung" in found
    found = {one.object.slug for one in matches(("16063",))}
    assert not any(slug.startswith("eisenach-") for slug in found)
    coburg = {one.object.slug for one in matches(("09463", "09473"))}
    assert not any(slug.startswith("coburg-") for slug in coburg)


def test_what_is_needed_comes_first_and_the_same_input_gives_the_same_list():
    first = matches()[0]
    assert "Weiterbildung" in first.object.fields and first.terms["field"] > 0.5
    assert [one.object.slug for one in matches()] == [one.object.slug for one in matches()]
    assert all(0 <= one.score <= 1 for one in matches())


def test_the_score_is_the_weighted_mean_of_needs_times_the_root_of_that_of_the_fit():
    one = matches()[3]
    needs = [(getattr(SETTINGS.need, name), one.terms[name]) for name in NEED_TERMS]
    fits = [(getattr(SETTINGS.fit, name), one.terms[name]) for name in FIT_TERMS]

    def mean(terms):
        known = [(weight, value) for weight, value in terms if value is not None]
        return sum(weight * value for weight, value in known) / sum(weight for weight, _ in known)

    assert one.need == pytest.approx(mean(needs), abs=1e-3) and one.fit == pytest.approx(mean(fits), abs=1e-3)
    assert one.score == pytest.approx(one.need * one.fit**0.5, abs=1e-3)


def test_a_term_about_which_nothing_is_known_is_none_and_not_zero():
    one = next(match for match in matches() if match.object.giver.type == "Programm")
    assert one.terms["type"] is None and one.terms["context"] is None and one.terms["size"] is None
    assert one.terms["component"] is None  # no own assessment


def test_figures_that_were_not_judged_here_say_nothing_about_the_need():
    """Here only the places for apprentices were judged, and are worse; a share of foreigners has no good side."""
    places, foreigners = "rate_apprenticeships_per_100_applicants", "share_population_foreign_pct"
    worse = {places: IndicatorNeed(places, 2024, 1.0)}
    found = matches(profile=build_profile(INDICATORS, worse, (places,), ("Weiterbildung",)))
    assert {one.terms["indicator"] for one in found if places in one.object.indicators} == {1.0}
    others = [one for one in found if places not in one.object.indicators]
    assert {one.terms["indicator"] for one in others} == {None}
    one = next(one for one in others if foreigners in one.object.indicators and one.terms["field"])
    weights = SETTINGS.need  # no own assessment either: the weights of field and phase are all there is
    mean = one.terms["field"] * weights.field + one.terms["phase"] * weights.phase
    assert one.need == pytest.approx(mean / (weights.field + weights.phase), abs=1e-3)


def test_a_judged_figure_that_is_not_worse_here_counts_as_no_need():
    places = "rate_apprenticeships_per_100_applicants"
    found = matches(profile=build_profile(INDICATORS, {}, (places,), ("Weiterbildung",)))
    assert {one.terms["indicator"] for one in found if places in one.object.indicators} == {0.0}


def test_likeness_of_giver_and_taker_by_size_type_and_context():
    jena = next(match for match in matches() if match.object.slug == "jena-integrierte-sozialplanung")
    assert jena.terms["size"] == pytest.approx((110 / 170) ** 0.5, abs=1e-3)
    assert jena.terms["type"] == 0.0 and jena.distance == pytest.approx((1.25 / 2) ** 0.5, abs=1e-3)
    same = next(match for match in matches(is_city=True) if match.object.slug == jena.object.slug)
    assert same.terms["type"] == 1.0


def test_an_indicator_that_is_worse_here_lifts_the_objects_that_address_it():
    id = next(one.indicators[0] for one in OBJECTS.values() if one.indicators and one.giver.ags)
    profile = build_profile(INDICATORS, {id: IndicatorNeed(id, 2024, 1.0)}, (id,))
    with_it = [one for one in matches(profile=profile) if id in one.object.indicators]
    assert with_it and all(one.terms["indicator"] == 1.0 for one in with_it)


def test_the_first_ones_are_no_variants_of_one_idea():
    profile = build_profile(INDICATORS, {}, (), ("Steuerung und Strategie",), {"Steuerung": 0})
    first = [one.object for one in matches(profile=profile)[: SETTINGS.first]]
    assert len({one.giver.name for one in first}) == SETTINGS.first
    assert len({one.kind for one in first}) >= 2
    by_score = sorted(matches(profile=profile), key=lambda one: -one.score)[: SETTINGS.first]
    assert [one.object.slug for one in by_score] != [one.slug for one in first]


def test_the_first_ones_tell_how_often_they_stay_when_weights_vary():
    found = matches()
    assert all(0 < one.kept <= 1 for one in found[: SETTINGS.first])
    assert all(one.kept is None for one in found[SETTINGS.first :])


def test_without_any_known_need_the_fit_alone_orders_and_says_so():
    found = matches(profile=NeedProfile())
    assert all(one.need is None for one in found)
    assert found[0].score == pytest.approx(found[0].fit ** 0.5, abs=1e-3)


CONDITIONS = [
    Condition(text="Landkreis", kind="type", of="Quelle", types=("Landkreis",)),
    Condition(text="groß genug", kind="population", of="Quelle", at_least=100_000),
    Condition(text="Steuerung steht", kind="level", of="Redaktion", component="Steuerung", at_least=2),
    Condition(text="Bildungsbüro", kind="body", of="Quelle", needed="Bildungsbüro"),
]


def test_conditions_are_fulfilled_not_fulfilled_or_open():
    def states(**known):
        return [one.state for one in check_conditions(CONDITIONS, Taker(("15084",), **known))]

    assert states(is_city=False) == ["fulfilled", "open", "open", "open"]
    assert (
        states(is_city=True, population=90_000, levels={"Steuerung": 1}, not_there=frozenset({"Bildungsbüro"}))
        == ["not fulfilled"] * 4
    )
    assert (
        states(is_city=False, population=1e5, levels={"Steuerung": 2}, there=frozenset({"Bildungsbüro"}))
        == ["fulfilled"] * 4
    )
    assert state_of_all(check_conditions(CONDITIONS, Taker((), is_city=False))) == (1 + 3 * 0.5) / 4
    assert state_of_all(()) is None
