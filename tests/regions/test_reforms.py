"""From the Kreise of one day to those of another: register and crosswalk, reform by reform."""

from datetime import date

import pandas as pd
import pytest

from transferbuch.errors import UsageError
from transferbuch.regions.reforms import CROSSWALK_COLUMNS, DEFAULT_GEBIETSSTAND, Part, Territory, read_gebietsstand
from transferbuch.regions.register import REGISTER_STAND, load_register

REGISTER = load_register()
TODAY = Territory(REGISTER, DEFAULT_GEBIETSSTAND)


def keys(parts: tuple[Part, ...]) -> list[str]:
    return [part.ags for part in parts]


def test_the_default_has_400_kreise_and_hanau_is_none_of_them():
    assert len(TODAY.kreise()) == 400
    assert "06415" not in TODAY and "06435" in TODAY and "15256" not in TODAY
    assert len(Territory(REGISTER, date(2026, 1, 1)).kreise()) == 401
    assert [kreis.ags for kreis in Territory(REGISTER, date(2006, 12, 31)).kreise("15")][:2] == ["15101", "15151"]


@pytest.mark.parametrize(
    ("ags", "last_day", "parts"),
    [
        ("03241", "2001-10-31", ["03201", "03253"]),
        ("05334", "2009-10-20", ["05313", "05354"]),
        ("03159", "2016-10-31", ["03152", "03156"]),
        ("16063", "2021-06-30", ["16056", "16063"]),
        ("15084", "2007-06-30", ["15256", "15268"]),
        ("15088", "2007-06-30", ["15261", "15265"]),
        ("15002", "2007-06-30", ["15202"]),
        ("14511", "2008-07-31", ["14161"]),
        ("14522", "2008-07-31", ["14177", "14182", "14375"]),
        ("13076", "2011-09-03", ["13054", "13060"]),
        ("02000", "2007-06-30", ["02000"]),
        ("04012", "2007-06-30", ["04012"]),
        ("10041", "2007-06-30", ["10041"]),
        ("99061", "2016-06-30", ["99058", "99059"]),
    ],
)
def test_whole_kreise_need_no_crosswalk(ags, last_day, parts):
    day = date.fromisoformat(last_day)
    assert TODAY.parts(ags, day) == tuple(Part(key) for key in parts)
    assert TODAY.parts(ags, date(2021, 12, 31)) == (Part(ags),)
    for key in parts:
        assert TODAY.destinations(key, day) == (Part(ags),)


def test_without_crosswalk_the_shares_of_a_divided_kreis_are_not_known():
    anhalt = TODAY.destinations("15151", date(2006, 12, 31))
    assert keys(anhalt) == ["15001", "15082", "15086", "15091"]
    assert {(part.population, part.area, part.employees) for part in anhalt} == {(None, None, None)}


def test_the_official_shares_divide_anhalt_zerbst_and_demmin(crosswalk):
    territory = Territory(REGISTER, DEFAULT_GEBIETSSTAND, crosswalk)

    def shares(ags: str, day: str, weight: str) -> dict[str, float]:
        parts = territory.destinations(ags, date.fromisoformat(day))
        return {part.ags: round(part.share(weight), 3) for part in parts}

    anhalt = {"15001": 0.203, "15082": 0.366, "15086": 0.076, "15091": 0.355}
    assert shares("15151", "2006-12-31", "population") == anhalt
    # 1 March 2007 lies before the reform: the last sheet that has the Kreis is that of 2006
    assert shares("15151", "2007-03-01", "population") == anhalt
    assert shares("15151", "2006-12-31", "area")["15086"] == 0.16
    assert shares("15151", "2000-12-31", "population") != anhalt
    assert shares("13052", "2011-09-03", "population") == {"13071": 0.824, "13075": 0.176}
    assert shares("13052", "2010-06-30", "employees") == {"13071": 0.879, "13075": 0.121}
    # until 1998 Chemnitzer Land reached to the gates of Chemnitz: the crosswalk knows more than the register
    assert shares("14173", "1997-12-31", "population") == {"14511": 0.074, "14524": 0.926}
    assert shares("14173", "2007-12-31", "population") == {"14524": 1.0}
    # no sheet before 1997 has employees
    assert {part.employees for part in territory.destinations("15151", date(1996, 12, 31))} == {None}
    assert territory.parts("15084", date(1996, 12, 31)) == (Part("15256"), Part("15268"))


def test_a_reform_after_the_crosswalk_comes_from_the_register(crosswalk):
    territory = Territory(REGISTER, DEFAULT_GEBIETSSTAND, crosswalk)
    assert territory.destinations("16056", date(2015, 12, 31)) == (Part("16063"),)
    before = Territory(REGISTER, date(2020, 12, 31), crosswalk)
    assert before.destinations("16056", date(2015, 12, 31)) == (Part("16056"),)
    # a figure of 2022 counts Eisenach in: what part of it, nobody says
    assert before.destinations("16063", date(2022, 12, 31)) == (
        Part("16056", None, None, None),
        Part("16063", None, None, None),
    )


def test_hanau_goes_back_to_its_kreis_but_its_share_of_the_past_is_not_known(crosswalk):
    territory = Territory(REGISTER, DEFAULT_GEBIETSSTAND, crosswalk)
    assert territory.parts("06435", date(2026, 6, 30)) == (Part("06415"), Part("06435"))
    assert territory.parts("06435", date(2024, 12, 31)) == (Part("06435"),)
    of_2026 = Territory(REGISTER, date(2026, 1, 1), crosswalk)
    assert of_2026.parts("06415", date(2024, 12, 31)) == (Part("06435", None, None, None),)
    assert of_2026.parts("06435", date(2024, 12, 31)) == (Part("06435", None, None, None),)
    assert of_2026.parts("06415", date(2026, 1, 1)) == (Part("06415"),)


def test_an_asked_day_in_the_past_takes_over_what_only_changed_its_key():
    past = Territory(REGISTER, date(2006, 12, 31))
    assert past.parts("15202", date(2015, 12, 31)) == (Part("15002"),)
    assert past.parts("15256", date(2015, 12, 31)) == (Part("15084", None, None, None),)


def test_register_and_crosswalk_tell_the_same_reforms(crosswalk):
    """In its last sheet each dissolved Kreis goes to exactly the successors of the register, with shares that sum to 1;
    all its sheets but the last may also know Gemeinden that it had given away before."""
    rows = crosswalk[crosswalk["year"] >= 1995]
    assert set(rows["old"]) <= {kreis.ags for kreis in REGISTER.kreise()}
    territory = Territory(REGISTER, DEFAULT_GEBIETSSTAND, crosswalk)
    checked = 0
    for kreis in REGISTER.kreise():
        if kreis.valid_to and kreis.valid_to < date(2020, 12, 31):
            sheets = rows[rows["old"] == kreis.ags]
            last = sheets[sheets["year"] == sheets["year"].max()]
            assert sheets["year"].max() == kreis.valid_to.year - 1, kreis.ags
            assert set(last["new"]) == set(kreis.successors), kreis.ags
            assert last["population"].sum() == pytest.approx(1, abs=1e-6), kreis.ags
            assert keys(territory.destinations(kreis.ags, kreis.valid_to)) == sorted(kreis.successors)
            checked += 1
    assert checked == 75


def test_formed_from_names_the_dissolved_kreise_and_whether_they_lie_in_it_as_a_whole(crosswalk):
    territory = Territory(REGISTER, DEFAULT_GEBIETSSTAND, crosswalk)

    def formed(ags: str) -> list[tuple[str, str, bool]]:
        return [(kreis.ags, str(kreis.valid_to), whole) for kreis, whole in territory.formed_from(ags)]

    assert formed("15086") == [("15151", "2007-06-30", False), ("15358", "2007-06-30", True)]
    assert formed("16063") == [("16056", "2021-06-30", True)]
    assert formed("15002") == [("15202", "2007-06-30", True)]
    assert formed("16070") == formed("06435") == []


def test_a_crosswalk_without_rows_is_none():
    empty = pd.DataFrame(columns=list(CROSSWALK_COLUMNS))
    assert Territory(REGISTER, DEFAULT_GEBIETSSTAND, empty).parts("15084", date(2000, 1, 1)) == TODAY.parts(
        "15084", date(2000, 1, 1)
    )


@pytest.mark.parametrize("text", ["2025", "31.12.2025", "2025-13-01", "1994-12-31", "2026-01-02", "20251231"])
def test_a_day_that_nobody_knows_is_a_usage_error(text):
    with pytest.raises(UsageError) as caught:
        read_gebietsstand(text)
    assert caught.value.exit_code == 2 and text in str(caught.value) and "--gebietsstand" in str(caught.value)


def test_the_asked_day():
    assert read_gebietsstand("") == DEFAULT_GEBIETSSTAND == date(2025, 12, 31)
    assert read_gebietsstand("2026-01-01") == REGISTER_STAND


def test_single_gemeinden_that_changed_the_kreis_are_told_with_their_share(crosswalk):
    """In 2018 and 2019 Gemeinden left the Wartburgkreis and the Ilm-Kreis; both go on under their key."""
    territory = Territory(REGISTER, DEFAULT_GEBIETSSTAND, crosswalk)
    [left] = territory.moves("16063")
    assert (left.year, left.giver, left.taker, round(left.share, 3)) == (2019, "16063", "16066", 0.027)
    assert left in territory.moves("16066")
    assert territory.moves("15084") == []
    assert Territory(REGISTER, DEFAULT_GEBIETSSTAND).moves("16063") == []
