"""Secret cells of official tables: told where the tables give them away, refused where figures of ours would."""

import datetime as dt

import pandas as pd
import pytest

from transferbuch.data.observations import OBSERVATION_COLUMNS
from transferbuch.data.sources import load_sources
from transferbuch.errors import ReleaseRefused
from transferbuch.indicators.catalogue import load_indicators
from transferbuch.regions.register import load_register
from transferbuch.secrecy.official import audit_official, refuse_betrayed

SOURCES = load_sources()
INDICATORS = load_indicators(sources=SOURCES)
REGISTER = load_register()
SHARE = "share_leavers_without_certificate_pct"
WITHOUT, LEAVERS = INDICATORS[SHARE].formula.numerator[0], INDICATORS[SHARE].formula.denominator[0]
KREISE = [str(one.ags) for one in REGISTER.kreise("15", on=dt.date(2012, 12, 31))]
assert len(KREISE) == 14


def observation(variable: str, ags: str, value: float | None, status: str = "ok", year: int = 2012) -> dict:
    given = {"variable": variable, "ags": ags, "year": year, "time": str(year), "value": value, "status": status}
    return {**dict.fromkeys(OBSERVATION_COLUMNS, ""), **given}


def table(secret: tuple[str, ...], land: float | None = None) -> pd.DataFrame:
    """Leavers without certificate of the 14 Kreise (10 each, `secret` ones hidden) and all leavers (300 each); of 2012,
    when the Land did not round."""
    rows = []
    for ags in KREISE:
        hidden = ags in secret
        rows.append(observation(WITHOUT, ags, None if hidden else 10.0, "secret" if hidden else "ok"))
        rows.append(observation(LEAVERS, ags, 300.0))
    if land is not None:
        rows.append(observation(WITHOUT, "15", land))
    return pd.DataFrame(rows).astype({"value": float})


def value(ags: str, numerator: float, status: str = "ok") -> dict:
    return {
        "indicator": SHARE, "ags": ags, "year": 2012, "value": 100 * numerator / 300, "status": status,
        "numerator": numerator, "denominator": 300.0,
    }  # fmt: skip


NO_VALUES = pd.DataFrame([value("00000", 1.0)])


def audit(observations: pd.DataFrame, values: pd.DataFrame = NO_VALUES, groups=None, cache=None) -> list[tuple]:
    found, size = audit_official(observations, observations, values, groups or {}, SOURCES, INDICATORS, REGISTER, cache)
    assert size.secrets == (observations["status"] == "secret").sum()
    return list(found[["variable", "ags", "year", "by"]].itertuples(index=False, name=None))


def test_a_land_gives_its_only_secret_kreis_away_and_that_is_told():
    secret = KREISE[3]
    assert audit(table((secret,), land=137.0)) == [(WITHOUT, secret, 2012, "tables")]
    assert audit(table((secret,))) == [], "without the Land nothing follows"
    assert audit(table((secret, KREISE[5]), land=137.0)) == [], "two secret Kreise hide each other"


def test_a_published_share_with_a_secret_numerator_stops_the_release():
    secret = KREISE[3]
    values = pd.DataFrame([value(secret, 7.0)])
    found, _ = audit_official(table((secret,)), table((secret,)), values, {}, SOURCES, INDICATORS, REGISTER)
    assert found["by"].tolist() == ["figures"]
    with pytest.raises(ReleaseRefused) as refused:
        refuse_betrayed(found)
    message = str(refused.value)
    assert message.startswith(f"official figures of {secret}: {WITHOUT}: a secret official figure can be worked out")
    assert f"{SHARE} {secret} 2012 numerator" in message and "7" not in message.split("[")[0].replace(secret, "")


def test_the_mean_of_comparable_kreise_with_a_secret_one_in_it_stops_the_release():
    secret, group = KREISE[0], "VK:15089"
    members = KREISE[:4]
    rows = [value(ags, 10.0) for ags in members[1:]] + [value(secret, float("nan"), "secret")]
    honest = pd.DataFrame([*rows, {**value(group, 30.0), "denominator": 900.0}])
    assert audit(table((secret,)), honest, {group: members}) == []
    leaking = pd.DataFrame([*rows, {**value(group, 32.0), "denominator": 1200.0}])
    assert audit(table((secret,)), leaking, {group: members}) == [(WITHOUT, secret, 2012, "figures")]


def test_nothing_derived_is_published_of_secret_terms_as_it_is():
    secret = KREISE[3]
    assert audit(table((secret,)), pd.DataFrame([value(secret, float("nan"), "secret")])) == []


def test_pieces_looked_at_before_are_remembered_without_any_value(tmp_path):
    secret, cache = KREISE[3], tmp_path / "pieces.json"
    first = audit(table((secret,), land=137.0), cache=cache)
    text = cache.read_text(encoding="utf-8")
    assert first == audit(table((secret,), land=137.0), cache=cache) == [(WITHOUT, secret, 2012, "tables")]
    assert cache.read_text(encoding="utf-8") == text and ": 7" not in text and "7.0" not in text
    assert audit(table((secret, KREISE[5]), land=137.0), cache=cache) == []


def test_totals_that_contradict_each_other_say_nothing():
    rows = table((KREISE[3],), land=137.0)
    assert audit(rows.assign(value=rows["value"].where(rows["ags"] != "15", 5.0))) == []
