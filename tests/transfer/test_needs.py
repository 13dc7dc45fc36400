"""Needs from indicators, own assessment and chosen topics, on tiny tables."""

import pandas as pd
import pytest

from transferbuch.indicators.catalogue import load_indicators
from transferbuch.transfer.needs import IndicatorNeed, NeedProfile, Overrule, build_profile, indicator_needs
from transferbuch.transfer.settings import load_match_settings

INDICATORS = load_indicators()
STRENGTH = load_match_settings().strength
LEAVERS = "share_leavers_without_certificate_pct"  # a low value is good
CARE = "share_children_3_to_6_in_care_pct"  # a high value is good
CONTEXT = "share_population_under_18_pct"  # no judgement


def compared(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["indicator", "year", "reference", "position", "stands_out"])


def trends(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["indicator", "last", "direction"])


def needs(comparisons: pd.DataFrame, moved: pd.DataFrame) -> dict[str, IndicatorNeed]:
    return indicator_needs(INDICATORS, comparisons, moved, STRENGTH)[0]


def test_worse_is_above_where_low_is_good_and_below_where_high_is_good():
    found = needs(
        compared(
            (LEAVERS, 2023, "land", "above", False),
            (CARE, 2024, "peers", "below", False),
            (CARE, 2024, "land", "above", False),
        ),
        trends(),
    )
    assert {id: one.worse_than for id, one in found.items()} == {LEAVERS: ("land",), CARE: ("peers",)}
    assert not needs(compared((LEAVERS, 2023, "land", "below", True), (CARE, 2024, "land", "similar", False)), trends())


def test_only_the_newest_year_counts_and_the_bund_does_not():
    found = needs(
        compared(
            (LEAVERS, 2022, "land", "above", True),
            (LEAVERS, 2023, "land", "similar", False),
            (CARE, 2024, "bund", "below", True),
        ),
        trends(),
    )
    assert found == {}


def test_strength_tells_what_stands_out_from_what_is_worse_and_from_what_gets_worse():
    found = needs(
        compared((LEAVERS, 2023, "land", "above", True), (CARE, 2024, "land", "below", False)),
        trends(("rate_unemployment_pct", 2024, "rising"), (LEAVERS, 2023, "falling")),
    )
    assert {id: (one.strength, one.worsening, one.year) for id, one in found.items()} == {
        LEAVERS: (STRENGTH.stands_out, False, 2023),
        CARE: (STRENGTH.worse, False, 2024),
        "rate_unemployment_pct": (STRENGTH.worsening, True, 2024),
    }


def test_indicators_without_judgement_show_no_need():
    found, looked_at = indicator_needs(
        INDICATORS, compared((CONTEXT, 2024, "land", "above", True)), trends((CONTEXT, 2024, "rising")), STRENGTH
    )
    assert (found, looked_at) == ({}, ())


def test_a_field_is_half_its_worst_indicator_and_half_the_mean_of_all():
    two = [one.id for one in INDICATORS.values() if one.polarity != "no_judgement" and "Frühe Bildung" in one.fields][
        :2
    ]
    profile = build_profile(INDICATORS, {two[0]: IndicatorNeed(two[0], 2024, 1.0)}, two)
    assert profile.fields["Frühe Bildung"] == (1.0 + 0.5) / 2
    assert profile.phases["frühkindlich"] == (1.0 + 0.5) / 2


def test_chosen_topics_count_fully_and_low_levels_of_the_own_assessment_are_needs():
    profile = build_profile(INDICATORS, {}, (), ("Weiterbildung",), {"Steuerung": 1, "Strategie": 4})
    assert profile.fields == {"Weiterbildung": 1.0} and profile.components == {"Steuerung": 0.75, "Strategie": 0.0}
    assert profile.is_known and not NeedProfile().is_known


def test_the_municipality_overrules_the_profile_with_a_reason():
    found = {LEAVERS: IndicatorNeed(LEAVERS, 2023, 1.0, ("land",), True)}
    against = Overrule(indicator=LEAVERS, need=False, reason="Die Zahl enthält eine Schule mit überörtlichem Auftrag.")
    towards = Overrule(field="Weiterbildung", need=True, reason="Die Volkshochschule wird neu geordnet.")
    profile = build_profile(INDICATORS, found, (LEAVERS,), overruled=(against, towards))
    assert LEAVERS not in profile.indicators and profile.fields["Weiterbildung"] == 1.0
    assert all(value == 0 for name, value in profile.fields.items() if name != "Weiterbildung")
    assert profile.overruled == (against, towards)


@pytest.mark.parametrize("given", [{}, {"field": "Weiterbildung", "indicator": LEAVERS}])
def test_an_overruling_names_a_field_or_an_indicator(given):
    with pytest.raises(ValueError, match="name either `field` or `indicator`"):
        Overrule(need=True, reason="Grund", **given)


def test_old_values_show_no_need():
    old, new = compared((LEAVERS, 2015, "land", "above", True)), compared((LEAVERS, 2021, "land", "above", True))
    moved = trends((CARE, 2015, "falling"))
    assert indicator_needs(INDICATORS, old, moved, STRENGTH, since=2019) == ({}, ())
    assert set(indicator_needs(INDICATORS, new, moved, STRENGTH, since=2019)[0]) == {LEAVERS}
