"""Which editions are planned, and what is refused."""

from datetime import date

import pytest

from transferbuch.editions.parameters import Parameters
from transferbuch.editions.plan import plan_editions
from transferbuch.editions.templates import Template
from transferbuch.errors import UsageError
from transferbuch.regions.names import RegionName
from transferbuch.regions.reforms import DEFAULT_GEBIETSSTAND, Territory
from transferbuch.regions.register import load_register

CHAPTERS = [Template("ueberblick", None, "Überblick", 1), Template("transfer", None, "Transfer", 2)]
DATA = {"DG", "15", "15084", "15088", "15256", "99001"}


def plan(only=(), laender=(), parameters=None, day=DEFAULT_GEBIETSSTAND):
    return plan_editions(Territory(load_register(), day), parameters or {}, CHAPTERS, DATA, only, laender)


def test_without_a_wish_every_existing_kreis_with_figures():
    assert [edition.ags for edition in plan()] == ["15084", "15088", "99001"]


def test_a_land_gives_its_kreise_with_figures():
    assert [edition.ags for edition in plan(laender=["15"])] == ["15084", "15088"]


def test_chapters_follow_the_parameters():
    chosen = {"15084": Parameters(ags="15084", chapters=("transfer",))}
    edition = plan(only=["15084"], parameters=chosen)[0]
    assert [chapter.name for chapter in edition.chapters] == ["transfer"]
    assert [chapter.name for chapter in plan(only=["15088"])[0].chapters] == ["ueberblick", "transfer"]


def test_a_chapter_of_small_areas_is_only_in_editions_with_an_index():
    areas = Template("sozialraeume", None, "Sozialräume", 3, "areas")
    variable = {"measure": "share", "orientation": "load"}
    index = {
        "id": "lage",
        "title": "Lage",
        "method": "zsum_cuts",
        "table": "a",
        "period": "2024",
        "population": "people",
        "variables": [{**variable, "measure": name} for name in ("one", "two", "three")],
        "classes": {"labels": ["niedrig", "hoch"], "cuts": [{"at": 0}]},
    }
    chosen = {"15084": Parameters(ags="15084", indices=[index])}
    territory = Territory(load_register(), DEFAULT_GEBIETSSTAND)
    with_index, without, _ = plan_editions(territory, chosen, [*CHAPTERS, areas], DATA)
    assert [one.name for one in with_index.chapters] == ["ueberblick", "transfer", "sozialraeume"]
    assert [one.name for one in without.chapters] == ["ueberblick", "transfer"]


def test_profiles_of_gemeinden_are_only_in_editions_with_a_table_of_that_level_that_readers_may_see():
    profiles = Template("gemeindeprofile", None, "Profile der Gemeinden", 11, "gemeinden")
    column = {"column": "Kinder", "id": "children", "label": "Kinder", "unit": "Kinder", "kind": "count"}
    entry = {"id": "kinder", "title": "Kinder", "key": "AGS", "period": "Jahr", "source": "Jugendamt"}
    entry |= {"stand": date(2025, 1, 31), "licence": "CC BY 4.0", "columns": [column]}
    public, internal = {"file": "a.csv", "access": "public"}, {"file": "intern/a.csv", "access": "internal"}

    def has(level, access, audience="public"):
        chosen = {"15084": Parameters(ags="15084", own_data=[entry | access | {"level": level}])}
        chosen = {ags: one if audience == "internal" else one.for_public() for ags, one in chosen.items()}
        territory = Territory(load_register(), DEFAULT_GEBIETSSTAND)
        pages = plan_editions(territory, chosen, [*CHAPTERS, profiles], DATA, ["15084"], (), audience)[0].chapters
        return "gemeindeprofile" in [one.name for one in pages]

    assert has("gemeinde", public) and not has("stadtteil", public)
    assert not has("gemeinde", internal) and has("gemeinde", internal, "internal")
    other = plan_editions(Territory(load_register(), DEFAULT_GEBIETSSTAND), {}, [*CHAPTERS, profiles], DATA, ["15088"])
    assert [one.name for one in other[0].chapters] == ["ueberblick", "transfer"]


FORM_PAGES = [Template("analyse", None, "Analyse", 22, "analyse"), Template("profil", None, "Profil", 23, "profil")]
PROFILES = [
    {"form": "profil", "id": id, "title": f"Profil {id}", "role": "Leitung", "indicators": ["count_population"]}
    for id in ("rat", "leitung")
]


def planned(audience="public", **chosen):
    chosen = {"15084": Parameters(ags="15084", formats=PROFILES, **chosen)}
    territory = Territory(load_register(), DEFAULT_GEBIETSSTAND)
    return plan_editions(territory, chosen, [*CHAPTERS, *FORM_PAGES], DATA, ["15084"], (), audience)[0]


def test_each_declared_form_is_a_page_of_its_own_at_the_end_also_when_the_list_of_chapters_does_not_name_it():
    pages = planned(chapters=("transfer",)).chapters
    assert [(one.name, one.title, one.form) for one in pages] == [
        ("transfer", "Transfer", ""),
        ("profil-rat", "Profil rat", "rat"),
        ("profil-leitung", "Profil leitung", "leitung"),
    ]


def test_an_edition_for_a_role_has_the_forms_that_its_list_names():
    roles = {"council": {"title": "Rat", "chapters": ["ueberblick"]}}
    assert [one.name for one in planned("council", audiences=roles).chapters] == ["ueberblick"]
    roles = {"council": {"title": "Rat", "chapters": ["profil", "ueberblick"]}}
    names = [one.name for one in planned("council", audiences=roles).chapters]
    assert names == ["profil-rat", "profil-leitung", "ueberblick"]


def test_a_bildungsbericht_orders_the_chapters_of_the_edition():
    report = {"form": "bildungsbericht", "title": "Bericht", "question": "Was?", "chapters": ["transfer", "ueberblick"]}
    chosen = {"15084": Parameters(ags="15084", formats=[report])}
    edition = plan(only=["15084"], parameters=chosen)[0]
    assert [one.name for one in edition.chapters] == ["transfer", "ueberblick"]
    assert edition.report.question == "Was?"


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"only": ["15999"]}, "no register knows this key (15999)"),
        ({"only": ["15256"]}, "was dissolved on 2007-06-30"),
        ({"only": ["06415"]}, "Hanau exists only since 2026-01-01; the asked Gebietsstand is 2025-12-31"),
        ({"only": ["15083"]}, "the data have no figures for Börde"),
        ({"laender": ["17"]}, "there is no such Land (17)"),
        ({"laender": ["16"]}, "the data have no figures for the Kreise of Thüringen"),
    ],
)
def test_wrong_wishes_are_usage_errors(wish, words):
    with pytest.raises(UsageError) as caught:
        plan(**wish)
    assert caught.value.exit_code == 2 and words in str(caught.value)


COMBINED = {"15084+15088": Parameters(ags="15084+15088", name="Bildungsregion Süd")}


def test_the_asked_gebietsstand_decides_which_kreise_there_are():
    assert [edition.ags for edition in plan(day=date(2007, 6, 30))] == ["15256", "99001"]
    with pytest.raises(UsageError, match="exists only since 2007-07-01; the asked Gebietsstand is 2007-06-30"):
        plan(only=["15084"], day=date(2007, 6, 30))


def test_a_combined_territory_is_an_edition_beside_those_of_its_members():
    data = {*DATA, "15084+15088"}
    territory = Territory(load_register(), DEFAULT_GEBIETSSTAND)
    for wish in ({"laender": ["15"]}, {}):
        editions = plan_editions(territory, COMBINED, CHAPTERS, data, **wish)
        assert [edition.ags for edition in editions][:3] == ["15084", "15084+15088", "15088"]
    [edition] = plan_editions(territory, COMBINED, CHAPTERS, data, only=["15084+15088"])
    assert (edition.folder, edition.kreis.label, edition.kreis.land) == ("15084-15088", "Bildungsregion Süd", "15")
    name = RegionName.of(edition.kreis)
    assert (name.locative, name.genitive) == ("in der Bildungsregion Süd", "der Bildungsregion Süd")


def test_combined_wishes_need_a_file_and_members_of_the_asked_day():
    with pytest.raises(UsageError, match=r"no file describes this combined territory \(15084\+15089\)"):
        plan(only=["15084+15089"])
    with pytest.raises(UsageError, match="exists only since 2007-07-01"):
        plan(only=["15084+15088"], parameters=COMBINED, day=date(2006, 12, 31))


ROLES = {
    "15084": Parameters(
        ags="15084",
        chapters=("transfer",),
        audiences={"council": {"title": "Ausgabe für den Kreistag", "chapters": ["ueberblick"]}},
    ),
    "99001": Parameters(ags="99001", audiences={"leadership": {"title": "Für die Leitung", "chapters": ["transfer"]}}),
}


def plan_for(audience, only=(), laender=()):
    territory = Territory(load_register(), DEFAULT_GEBIETSSTAND)
    return plan_editions(territory, ROLES, CHAPTERS, DATA, only, laender, audience)


def test_a_role_has_editions_only_where_it_is_declared_with_its_own_chapters():
    for editions in (plan_for("council"), plan_for("council", laender=["15"]), plan_for("council", only=["15084"])):
        [edition] = editions
        assert (edition.ags, edition.audience, edition.subtitle) == ("15084", "council", "Ausgabe für den Kreistag")
        assert [one.name for one in edition.chapters] == ["ueberblick"]


def test_the_internal_audience_gets_every_chapter_of_every_municipality():
    editions = plan_for("internal")
    assert [one.ags for one in editions] == ["15084", "15088", "99001"]
    assert all([one.name for one in edition.chapters] == ["ueberblick", "transfer"] for edition in editions)
    assert {one.subtitle for one in editions} == {""}
    assert [one.name for one in plan_for("public", only=["15084"])[0].chapters] == ["transfer"]


@pytest.mark.parametrize(
    ("audience", "wish", "words"),
    [
        ("department", {}, "no municipality of this build declares an edition for this role (department)"),
        ("council", {"laender": ["99"]}, "no municipality of this build declares"),
        ("council", {"only": ["15084", "15088"]}, "15088 declares no edition for this role"),
    ],
)
def test_a_role_that_nobody_declares_is_refused_and_says_who_declares_which(audience, wish, words):
    with pytest.raises(UsageError) as caught:
        plan_for(audience, **wish)
    assert words in str(caught.value) and len(caught.value.problems) == 1
    assert "15084 Burgenlandkreis: council; 99001 Stadt Talbrück: leadership" in str(caught.value)
