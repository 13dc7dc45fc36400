"""Ideas for indicators: each of the design's list is an indicator or an entry that says why there is none."""

import re
from pathlib import Path

import pytest

from transferbuch.errors import PersonFileError
from transferbuch.indicators.catalogue import load_indicators
from transferbuch.indicators.gaps import load_gaps

INDICATORS = load_indicators()
GAPS = load_gaps(INDICATORS)
IDEAS = (
    "change_population_10y_pct",
    "population_forecast",
    "age_structure_per_district",
    "migration_per_district",
    "migration_background_per_district",
    "share_single_parents_pct",
    "share_population_foreign_pct",
    "number_of_nations",
    "refugees_by_age",
    "poverty_risk",
    "share_children_under_15_sgb2_pct",
    "child_poverty_per_quarter",
    "rate_unemployment_pct",
    "mean_deprivation_index",
    "election_results",
    "mean_disposable_income_eur",
    "commuting_pupils",
    "housing_availability",
    "budget",
    "length_of_kindergarten_attendance",
    "kita_observation_results",
    "language_screening",
    "late_arrivals",
    "kita_language_support",
    "family_centre_contacts",
    "welcome_visits",
    "count_pupils",
    "count_primary_schools",
    "recommendations",
    "transition_rates",
    "qualifications_by_migration_background",
    "share_leavers_university_entrance_pct",
    "participation_by_migration_background",
    "absence",
    "language_support_staff",
    "all_day_offers",
    "school_social_work",
    "digital_needs",
    "beginners_in_dual_training",
    "abitur_starting_training",
    "training_completions",
    "training_willingness",
    "leavers_by_age_per_occupation",
    "graduates_per_occupation",
    "skilled_labour_gap",
    "school_leavers_plans",
    "companies_demand",
    "inclusive_classes",
    "entry_qualification",
    "share_employees_without_qualification_pct",
    "participation_in_further_education",
    "waiting_time_language_courses",
    "language_courses",
    "multiple_registrations",
    "course_postponements",
    "newcomers_education",
    "recognition",
    "holiday_programme_use",
    "deduplicated_registrations",
    "music_school_and_vhs",
    "sports_and_volunteering",
    "foundations",
    "education_actors",
    "app_usage",
    "website_and_advice",
    "conference_registrations",
    "goal_achievement",
    "city_offers_by_migration_background",
    "coordinated_plans",
    "double_offers",
    "costs_per_case",
    "education_aid_per_district",
    "family_crises",
    "education_package_use",
)
"""Each idea of the catalogue of ideas: the indicator that answers it, or our short key."""

GOOD = """\
gaps:
  - id: sample
    title: Proben
    chapter: steuerung
    status: none
    reason: Ein Satz.
    office: Amt
    level: Kommune
    period: jährlich
    near: [count_population]
"""


def test_every_idea_is_an_indicator_or_explained() -> None:
    assert len(IDEAS) == len(set(IDEAS))
    explained = {one.id for one in GAPS}
    assert [idea for idea in IDEAS if idea not in INDICATORS and idea not in explained] == []
    assert explained <= set(IDEAS)


@pytest.mark.parametrize("gap", GAPS, ids=[one.id for one in GAPS])
def test_a_gap_is_told_in_plain_sentences(gap) -> None:
    assert gap.reason.endswith(".") and not gap.reason.lower().startswith("leider")
    assert not re.search(r"\w[*:_/]-?in(nen)?\b|[a-zäöüß]In(nen)?\b", f"{gap.title} {gap.reason} {gap.office}")
    assert all(gap.id != near for near in gap.near)


def faults(tmp_path: Path, *changes: tuple[str, str]) -> list[tuple[int, str, str]]:
    text = GOOD
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "gaps.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PersonFileError) as caught:
        load_gaps(INDICATORS, path)
    return [(one.line, one.field, one.value) for one in caught.value.problems]


def test_faults_of_the_file(tmp_path: Path) -> None:
    assert faults(tmp_path, ("id: sample", "id: count_population")) == [(2, "id", "count_population")]
    assert faults(tmp_path, ("[count_population]", "[count_populaton]")) == [(10, "near", "count_populaton")]
    assert faults(tmp_path, ("status: none", "status: non"))[0][:2] == (5, "gaps[1].status")
    assert faults(tmp_path, ("chapter: steuerung", "chapter: schulen"))[0][:2] == (4, "gaps[1].chapter")
    assert faults(tmp_path, (GOOD, GOOD + GOOD.removeprefix("gaps:\n"))) == [(2, "id", "sample")]
