"""Comparable Kreise: distances by hand, groups as one region, the typology and its stability, and real neighbours."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score
from tests.indicators.test_compute import INDICATORS, formula, indicator

from transferbuch.errors import PersonFileError
from transferbuch.indicators.clusters import typology_of
from transferbuch.indicators.peers import (
    Context,
    PeerSettings,
    context_of,
    distances_to,
    load_peer_settings,
    nearest_kreise,
    pool_values,
)

VARIABLES = ("density", "young", "old", "income", "jobs")


def settings(**changes) -> PeerSettings:
    variables = [
        {"indicator": name, "high": f"viel {name}", "low": f"wenig {name}", "reason": "Weil."} for name in VARIABLES
    ]
    return PeerSettings(**{"neighbours": 3, "clusters": 3, "seed": 1, "variables": variables, **changes})


def values(table: dict[str, list[float]], year: int = 2023) -> pd.DataFrame:
    rows = [
        (name, ags, year, number, "ok")
        for ags, numbers in table.items()
        for name, number in zip(VARIABLES, numbers, strict=True)
        if number is not None
    ]
    return pd.DataFrame(rows, columns=["indicator", "ags", "year", "value", "status"])


TEN = {f"1500{n}": [float(n), 1.0 + n % 2, 5.0 - n, float(n * n), 1.0 + n % 3] for n in range(1, 10)} | {
    "15010": [10.0, 1.0, -5.0, 100.0, 2.0]
}


def context(table: dict[str, list[float]] = TEN, **changes) -> Context:
    found = context_of(values(table), settings(**changes), table)
    assert found is not None
    return found


def test_context_is_standardised_over_all_kreise():
    scaled = context().scaled
    assert np.allclose(scaled.mean(), 0) and np.allclose(scaled.std(ddof=0), 1)


def test_distance_by_hand():
    """Euclidean over the standardised variables; weights count as often as they say."""
    scaled = context().scaled
    by_hand = np.sqrt(((scaled.loc["15001"] - scaled.loc["15003"]) ** 2).sum())
    assert distances_to(context(), "15001", ["15003"]).iloc[0] == pytest.approx(by_hand)
    heavy = settings().model_copy(
        update={"variables": tuple(one.model_copy(update={"weight": 4.0}) for one in settings().variables)}
    )
    doubled = context_of(values(TEN), heavy, TEN)
    assert distances_to(doubled, "15001", ["15003"]).iloc[0] == pytest.approx(2 * by_hand)


def test_nearest_are_the_smallest_distances_and_never_itself():
    found = nearest_kreise(context(), 3)
    for ags, rows in found.groupby("ags"):
        every = distances_to(context(), ags, [key for key in TEN if key != ags]).sort_values()
        assert list(rows["distance"]) == pytest.approx(list(every[:3])) and ags not in set(rows["peer"])


def test_the_order_of_rows_does_not_matter():
    turned = dict(reversed(TEN.items()))
    pd.testing.assert_frame_equal(nearest_kreise(context(), 3), nearest_kreise(context(turned), 3))


def test_a_missing_variable_is_left_out_and_scaled_up():
    table = {**TEN, "15001": [None, *TEN["15001"][1:]]}
    found = context(table)
    gaps = (found.scaled.loc["15001"] - found.scaled.loc["15003"]) ** 2
    assert distances_to(found, "15001", ["15003"]).iloc[0] == pytest.approx(np.sqrt(gaps.sum() * 5 / 4))


def test_with_three_missing_variables_there_is_no_distance():
    table = {**TEN, "15001": [None, None, None, 1.0, 2.0]}
    found = nearest_kreise(context(table), 3)
    assert "15001" not in set(found["ags"]) | set(found["peer"])


def test_a_combined_territory_is_nobodys_peer_and_not_its_own():
    table = {**TEN, "15001+15002": TEN["15001"]}
    found = nearest_kreise(context(table), 3)
    assert "15001+15002" not in set(found["peer"])
    assert not {"15001", "15002"} & set(found.loc[found["ags"] == "15001+15002", "peer"])


def test_variables_without_a_common_year_are_left_out():
    old = values(TEN, 2015)
    few = values(dict(list(TEN.items())[:3]), 2024)
    assert context_of(pd.concat([old, few]), settings(), TEN).years == dict.fromkeys(VARIABLES, 2015)
    assert context_of(few, settings(), TEN) is None


def row(name: str, ags: str, top: float, bottom: float, value: float | None = None, status: str = "ok") -> dict:
    share = 100 * top / bottom if value is None else value
    return {
        "indicator": name, "ags": ags, "year": 2023, "time": "2023", "value": share, "status": status, "numerator": top,
        "denominator": bottom, "tables": "t", "stand": "2025-01-01", "files": "f", "territory": "", "low": 1.0,
        "high": 2.0,
    }  # fmt: skip


SHARE = {"probe": indicator(formula("share", "a", "b"))}


def test_a_group_is_one_region():
    """10 of 100, 30 of 100 and 20 of 200 are 60 of 400."""
    rows = [row("probe", "1", 10, 100), row("probe", "2", 30, 100), row("probe", "3", 20, 200)]
    [found] = pool_values(pd.DataFrame(rows), {"VK:9": ["1", "2", "3"]}, SHARE).to_dict("records")
    assert (found["ags"], found["value"], found["numerator"], found["denominator"], found["members"]) == (
        "VK:9",
        15,
        60,
        400,
        3,
    )
    assert found["low"] < 15 < found["high"]


def test_a_group_names_the_files_of_its_members_and_of_no_other_group():
    rows = [row("probe", str(n), 10, 100) for n in range(1, 7)]
    rows[3] |= {"files": "later", "stand": "2026-02-01"}
    rows[4] |= {"files": "f,other"}
    groups = {"VK:7": ["1", "2", "3"], "VK:8": ["1", "3", "4"], "VK:9": ["4", "5", "6"]}
    found = pool_values(pd.DataFrame(rows), groups, SHARE).set_index("ags")
    assert found["files"].to_dict() == {"VK:7": "f", "VK:8": "f,later", "VK:9": "f,later,other"}
    assert found["stand"].to_dict() == {"VK:7": "2025-01-01", "VK:8": "2026-02-01", "VK:9": "2026-02-01"}


def test_members_without_a_number_are_left_out_and_too_few_give_none():
    rows = [row("probe", str(n), 10, 100) for n in range(1, 5)] + [row("probe", "5", 99, 100, status="secret")]
    [found] = pool_values(pd.DataFrame(rows), {"VK:9": list("12345")}, SHARE).to_dict("records")
    assert found["value"] == 10 and found["members"] == 4
    assert pool_values(pd.DataFrame(rows[:3]), {"VK:9": list("12345")}, SHARE).empty  # 3 of 5 are less than two thirds
    assert pool_values(pd.DataFrame(rows[:2]), {"VK:9": ["1", "2"]}, SHARE).empty


def test_of_ready_made_rates_the_median_counts_and_counts_are_left_out():
    rate = {"probe": indicator(formula("value", "a")).model_copy(update={"unit": "%"})}
    rows = [row("probe", str(n), number, np.nan, number) for n, number in enumerate((3.0, 9.0, 4.0))]
    [found] = pool_values(pd.DataFrame(rows), {"VK:9": list("012")}, rate).to_dict("records")
    assert found["value"] == 4 and np.isnan(found["low"]) and np.isnan(found["numerator"])
    people = [
        row("count_probe", *one) for one in (("0", 3.0, np.nan, 3.0), ("1", 9.0, np.nan, 9.0), ("2", 4.0, np.nan, 4.0))
    ]
    count = {"count_probe": indicator(formula("value", "a"))}
    assert pool_values(pd.DataFrame(people), {"VK:9": list("012")}, count).empty


def many(seed: int = 3) -> dict[str, list[float]]:
    random = np.random.default_rng(seed)
    centres = np.array([[9, 1, 1, 9, 9], [1, 9, 1, 1, 5], [1, 1, 9, 5, 1]])
    return {
        f"{5 + n // 90:02}{100 + n % 90}": list(map(float, centres[n % 3] + random.normal(0, 0.7, 5)))
        for n in range(120)
    }


def test_typology_finds_planted_groups_names_them_and_numbers_them_by_the_first_variable():
    table = many()
    typology = typology_of(context(table), settings(), cities=set(list(table)[::3]))
    groups = typology.members.set_index("ags")
    assert [groups.loc[list(table)[n::3], "cluster"].nunique() for n in range(3)] == [1, 1, 1]
    assert groups.loc[list(table)[0], "cluster"] == 1 and set(groups["size"]) == {40}
    names = groups.drop_duplicates("cluster").set_index("cluster")["name"]
    assert names[1].startswith("Städte mit viel ") and len(set(names)) == 3
    assert all(name.startswith("Landkreise mit ") for name in names[[2, 3]])
    assert set(groups["between"]) == {""}


def test_the_typology_does_not_depend_on_the_order_of_rows():
    table = many()
    one, other = (
        typology_of(context(given), settings(), set()).members.sort_values("ags", ignore_index=True)
        for given in (table, dict(reversed(table.items())))
    )
    pd.testing.assert_frame_equal(one, other)


def test_a_kreis_between_two_groups_is_told():
    table = {**many(), "99001": [5.0, 5.0, 1.0, 5.0, 7.0]}
    found = typology_of(context(table), settings(), set()).members.set_index("ags")
    assert found.loc["99001", "between"]


def test_fewer_than_sixty_kreise_have_no_typology():
    assert typology_of(context(), settings(), set()) is None


def test_settings_that_do_not_fit(tmp_path):
    path = tmp_path / "peers.yml"
    entries = "".join(
        f"  - {{indicator: {name}, high: viel, low: wenig, reason: Weil.}}\n"
        for name in (
            *["rate_unemployment_pct"] * 2,
            "rate_unemploymnt_pct",
            "mean_age_years",
            "share_leavers_without_certificate_pct",
        )
    )
    path.write_text(f"neighbours: 3\nclusters: 3\nseed: 1\nvariables:\n{entries}", encoding="utf-8")
    with pytest.raises(PersonFileError) as caught:
        load_peer_settings(INDICATORS, path)
    assert {one.code for one in caught.value.problems} == {"unknown-indicator", "duplicate", "no-context"}


def test_the_context_of_the_catalogue_is_context():
    """No result of education decides who is comparable."""
    assert {INDICATORS[one.indicator].role for one in load_peer_settings(INDICATORS).variables} <= {
        "context",
        "return",
    }


def test_stability_of_planted_groups_under_resampling():
    table = many()
    whole = typology_of(context(table), settings(), set()).members.set_index("ags")["cluster"]
    random, found = np.random.default_rng(1), []
    for _ in range(8):
        drawn = {key: table[key] for key in random.choice(list(table), 96, replace=False)}
        part = typology_of(context(drawn), settings(), set()).members.set_index("ags")["cluster"]
        found.append(adjusted_rand_score(whole[part.index], part))
    assert np.mean(found) > 0.9
