"""Planted attacks: whatever is published together, no suppressed figure of an own table can be worked out.

Each attack is tried on what a careless publisher would show (the auditor names the cells that betray the secret), and
on what protection leaves open (nothing is found).
"""

import pytest

from tests.secrecy.own import entry, load
from transferbuch.errors import ReleaseRefused
from transferbuch.secrecy.ledger import NOTHING, Ledger
from transferbuch.secrecy.own_web import ClassShare
from transferbuch.secrecy.protect import audit_tables, cell_texts, protect_tables, refuse_breaches


def careless(tables, hidden) -> dict:
    """All cells as they stand in the files, but those `hidden`."""
    texts = {name: text for table in tables for name, text in cell_texts(table).items()}
    return {name: "." if name in hidden else text for name, text in texts.items()}


def protected(tables, official=None, ledger=NOTHING) -> dict:
    return {
        name: text for table in protect_tables(tables, official or {}, ledger) for name, text in table.cells().items()
    }


def hidden_in(cells: dict) -> set:
    return {name for name, text in cells.items() if text == "."}


def betrayed(tables, cells, official=None, ledger=NOTHING, classes=()) -> dict:
    """Name of the secret → cells that betray it."""
    found = audit_tables(tables, official or {}, cells, ledger, classes).breaches
    return {one.name: set(one.cells) for one in found}


CHILDREN = """
Jahr Nr kinder
2024 01 40
2024 02 2
2024 03 17
2024 04 25
"""


@pytest.fixture
def children(tmp_path):
    return load(tmp_path, [entry("kinder", ["kinder count"])], {"kinder.csv": CHILDREN})


def test_counts_of_one_and_two_are_hidden_and_zero_is_not_unless_asked(tmp_path):
    text = "Jahr Nr a\n2024 01 0\n2024 02 1\n2024 03 2\n2024 04 3"
    for zeros, secret in (("open", {"02", "03"}), ("secret", {"01", "02", "03"})):
        tables = load(tmp_path, [entry("a", ["a count"], zeros=zeros)], {"a.csv": text})
        assert {name[2] for name in hidden_in(protected(tables))} == secret


def test_a_stricter_threshold_of_the_source_counts(tmp_path):
    tables = load(tmp_path, [entry("kinder", ["kinder count threshold: 20"])], {"kinder.csv": CHILDREN})
    assert {name[2] for name in hidden_in(protected(tables))} == {"02", "03"}


def test_one_large_organisation_hides_an_amount(tmp_path):
    text = "Jahr Nr euro groesster\n2024 01 1000 900\n2024 02 1000 700"
    rule = 'euro count threshold: 1, dominance: {n: 1, k: 80, largest: "groesster"}'
    tables = load(tmp_path, [entry("geld", [rule])], {"geld.csv": text})
    cells = protected(tables)
    assert cells == {("geld", "euro", "01", "2024"): ".", ("geld", "euro", "02", "2024"): "1000"}


def test_the_total_of_the_city_minus_its_parts(tmp_path):
    whole = "Jahr Nr kinder\n2024 99001 84"
    tables = load(
        tmp_path,
        [entry("kinder", ["kinder count"]), entry("stadt", ["kinder count"], level="kreis")],
        {"kinder.csv": CHILDREN, "stadt.csv": whole},
    )
    secret = ("kinder", "kinder", "02", "2024")
    found = betrayed(tables, careless(tables, {secret}))
    assert found.keys() == {secret} and ("stadt", "kinder", "99001", "2024") in found[secret]
    cells = protected(tables)
    assert not betrayed(tables, cells)
    assert hidden_in(cells) == {secret, ("kinder", "kinder", "03", "2024")}, "the smallest other cell hides it"


def test_the_total_of_one_kreis_of_a_combined_territory_minus_its_gemeinden(tmp_path):
    text = "Jahr Nr kinder\n2024 99001000 60\n2024 99057001 40\n2024 99057002 2\n2024 99057003 11\n2024 99057004 17"
    tables = load(
        tmp_path,
        [entry("kinder", ["kinder count"], level="gemeinde"), entry("kreise", ["kinder count"], level="kreis")],
        {"kinder.csv": text, "kreise.csv": "Jahr Nr kinder\n2024 99001 60\n2024 99057 70"},
        ags="99001+99057",
    )
    secret = ("kinder", "kinder", "99057002", "2024")
    found = betrayed(tables, careless(tables, {secret}))
    assert found.keys() == {secret} and ("kreise", "kinder", "99057", "2024") in found[secret]
    cells = protected(tables)
    assert not betrayed(tables, cells)
    assert hidden_in(cells) == {secret, ("kinder", "kinder", "99057003", "2024")}


def test_the_totals_of_all_kreise_of_a_combined_territory_minus_its_districts(tmp_path):
    """In which of the Kreise a district lies is not stated: together they still are all districts."""
    tables = load(
        tmp_path,
        [entry("kinder", ["kinder count"]), entry("kreise", ["kinder count"], level="kreis")],
        {"kinder.csv": CHILDREN, "kreise.csv": "Jahr Nr kinder\n2024 99001 50\n2024 99057 34"},
        ags="99001+99057",
    )
    secret = ("kinder", "kinder", "02", "2024")
    found = betrayed(tables, careless(tables, {secret}))
    assert found.keys() == {secret} and ("kreise", "kinder", "99057", "2024") in found[secret]
    cells = protected(tables)
    assert not betrayed(tables, cells)
    assert hidden_in(cells) == {secret, ("kinder", "kinder", "03", "2024")}


def test_schools_inside_of_a_district(tmp_path):
    schools = "Jahr Nr Stadtteil kinder\n2024 S1 01 38\n2024 S2 01 2\n2024 S3 02 2\n2024 S4 03 9\n2024 S5 03 8"
    tables = load(
        tmp_path,
        [
            entry("kinder", ["kinder count"]),
            entry("schulen", ["kinder count"], level="schule", parent='{level: stadtteil, column: "Stadtteil"}'),
        ],
        {"kinder.csv": CHILDREN, "schulen.csv": schools + "\n2024 S6 04 25"},
    )
    secret = ("schulen", "kinder", "S2", "2024")
    assert secret in betrayed(tables, careless(tables, {secret, ("schulen", "kinder", "S3", "2024")}))
    cells = protected(tables)
    assert cells[secret] == "." and not betrayed(tables, cells)


def test_the_official_figure_of_all_areas(children, tmp_path):
    columns = ["kinder count official: {indicator: count_children}"]
    tables = load(tmp_path, [entry("kinder", columns)], {"kinder.csv": CHILDREN})
    official = {("count_children", "value", 2024): 84.0}
    secret = ("kinder", "kinder", "02", "2024")
    assert secret in betrayed(tables, careless(tables, {secret}), official)
    cells = protected(tables, official)
    assert len(hidden_in(cells)) == 2 and not betrayed(tables, cells, official)
    # an official figure rounded to a multiple of three still narrows it to 1 … 3
    rounded = {("count_children", "value", 2024): 85.0}
    assert secret in betrayed(tables, careless(tables, {secret}), rounded)
    assert not betrayed(tables, protected(tables, rounded), rounded)


def test_share_times_base(tmp_path):
    text = "Jahr Nr kinder arm\n2024 01 40 5,0\n2024 02 50 30,0"
    columns = ["kinder count", "arm share denominator: kinder"]
    tables = load(tmp_path, [entry("armut", columns)], {"armut.csv": text})
    share = ("armut", "arm", "01", "2024")  # 5 % of 40 are two children
    assert betrayed(tables, careless(tables, set())) == {
        (*share, "numerator"): {share, ("armut", "kinder", "01", "2024")}
    }
    assert hidden_in(protected(tables)) == {share}


def test_the_mean_of_two_is_as_secret_as_they_are(tmp_path):
    text = "Jahr Nr kinder tage\n2024 01 2 12,5\n2024 02 30 9,1"
    columns = ["kinder count", "tage mean denominator: kinder"]
    tables = load(tmp_path, [entry("a", columns)], {"a.csv": text})
    assert hidden_in(protected(tables)) == {("a", "kinder", "01", "2024"), ("a", "tage", "01", "2024")}


def test_a_share_near_one_hundred_betrays_those_who_are_left(tmp_path):
    text = "Jahr Nr kinder gefoerdert\n2024 01 40 97,5"
    columns = ["kinder count", "gefoerdert share denominator: kinder"]
    tables = load(tmp_path, [entry("a", columns)], {"a.csv": text})
    assert hidden_in(protected(tables)) == {("a", "gefoerdert", "01", "2024")}


def test_a_part_next_to_its_whole(tmp_path):
    text = "Jahr Nr alle ohne\n2024 01 40 39\n2024 02 40 20"
    tables = load(tmp_path, [entry("a", ["alle count", "ohne count part_of: alle"])], {"a.csv": text})
    found = betrayed(tables, careless(tables, set()))
    assert found == {("a", "ohne", "01", "2024", "rest"): {("a", "alle", "01", "2024"), ("a", "ohne", "01", "2024")}}
    assert hidden_in(protected(tables)) == {("a", "ohne", "01", "2024")}


def test_two_pages_that_show_the_same_figure_once_openly(tmp_path):
    other = "Jahr Nr kinder\n2024 01 40\n2024 02 2\n2024 03 17\n2024 04 25\n2023 01 30\n2023 02 20"
    tables = load(
        tmp_path,
        [entry("kinder", ["kinder count"]), entry("seite", ["kinder count threshold: 1"])],
        {"kinder.csv": CHILDREN, "seite.csv": other},
    )
    secret = ("kinder", "kinder", "02", "2024")
    assert betrayed(tables, careless(tables, {secret}))[secret] == {("seite", "kinder", "02", "2024")}
    assert not betrayed(tables, protected(tables))


def test_columns_that_add_up_are_found_without_being_declared(tmp_path):
    text = "Jahr Nr alle w m\n2024 01 40 38 2\n2024 02 30 15 15\n2024 03 20 9 11\n2024 04 12 5 7"
    tables = load(tmp_path, [entry("a", ["alle count", "w count", "m count"])], {"a.csv": text})
    secret = ("a", "m", "01", "2024")
    assert secret in betrayed(tables, careless(tables, {secret}))
    cells = protected(tables)
    assert len(hidden_in(cells)) == 2 and not betrayed(tables, cells)


def test_several_years_together_minus_the_single_years(tmp_path):
    years = "Jahr Nr kinder\n2022 01 9\n2023 01 2\n2024 01 8"
    tables = load(
        tmp_path,
        [
            entry("jahre", ["kinder count"]),
            entry("zusammen", ["kinder count"], sum_of='{table: jahre, periods: ["2022", "2023", "2024"]}'),
        ],
        {"jahre.csv": years, "zusammen.csv": "Jahr Nr kinder\n2024 01 19"},
    )
    secret = ("jahre", "kinder", "01", "2023")
    assert secret in betrayed(tables, careless(tables, {secret}))
    cells = protected(tables)
    assert cells[secret] == "." and not betrayed(tables, cells)


def two_territories(tmp_path):
    """A district before and after one neighbourhood was moved out of it; the difference is the neighbourhood."""
    old = "Jahr Nr Stadtteil kinder\n2024 A 01 38\n2024 B 01 2\n2024 C 02 30\n2024 D 02 12\n2024 E 03 17\n2024 F 04 25"
    return load(
        tmp_path,
        [
            entry("kinder", ["kinder count"]),
            entry("alt", ["kinder count"], level="sprengel", parent='{level: stadtteil, column: "Stadtteil"}'),
        ],
        {"kinder.csv": CHILDREN.replace("02 2", "02 42"), "alt.csv": old},
    )


def test_the_difference_of_two_territories(tmp_path):
    tables = two_territories(tmp_path)
    secret = ("alt", "kinder", "B", "2024")
    found = betrayed(tables, careless(tables, {secret}))
    assert found[secret] == {("kinder", "kinder", "01", "2024"), ("alt", "kinder", "A", "2024")}
    assert not betrayed(tables, protected(tables))


def test_the_difference_of_two_releases(tmp_path):
    """Each release hides the secret with another neighbour; side by side they would give it away."""
    whole = "Jahr Nr kinder\n2024 99001 84"
    tables = load(
        tmp_path,
        [entry("kinder", ["kinder count"]), entry("stadt", ["kinder count"], level="kreis")],
        {"kinder.csv": CHILDREN, "stadt.csv": whole},
    )
    secret, third, fourth = (("kinder", "kinder", area, "2024") for area in ("02", "03", "04"))
    before = careless(tables, {secret, fourth})
    printed = {name: frozenset({text}) for name, text in before.items() if text != "."}
    ledger = Ledger(printed, frozenset({secret, fourth}), 1)
    alone = protected(tables)
    assert hidden_in(alone) == {secret, third} and not betrayed(tables, alone)
    assert secret in betrayed(tables, alone, ledger=ledger)
    cells = protected(tables, ledger=ledger)
    assert hidden_in(cells) == {secret, fourth}, "as in the release before"
    assert not betrayed(tables, cells, ledger=ledger)


def test_what_was_published_once_cannot_be_hidden_any_more_and_that_is_said(tmp_path):
    tables = load(tmp_path, [entry("kinder", ["kinder count"])], {"kinder.csv": CHILDREN})
    ledger = Ledger({("kinder", "kinder", "02", "2024"): frozenset({"2"})}, frozenset(), 1)
    with pytest.raises(ReleaseRefused, match=r"kinder kinder 02 2024 cannot be hidden: too much of it is published"):
        protect_tables(tables, {}, ledger)


def test_a_class_of_a_map_with_one_area_in_it(tmp_path):
    text = "Jahr Nr kinder arm\n2024 01 40 2\n2024 02 50 20\n2024 03 60 30"
    tables = load(tmp_path, [entry("a", ["kinder count", "arm count part_of: kinder"])], {"a.csv": text})
    secret, cells = ("a", "arm", "01", "2024"), protected(tables)
    assert hidden_in(cells) == {secret}
    one = ClassShare("index", "a", "arm", "kinder", "2024", ("01",), 5.0)
    assert betrayed(tables, cells, classes=[one])[secret] == {one.name, ("a", "kinder", "01", "2024")}
    three = ClassShare("index", "a", "arm", "kinder", "2024", ("01", "02", "03"), 34.7)
    assert secret in betrayed(tables, cells, classes=[three]), "the other two are open, so the class gives it away too"


def test_the_hidden_data_of_a_chart_count_as_published(children):
    """The page shows a dot, the chart's own data hold the number: the auditor looks at what is there."""
    cells = protected(children)
    secret = ("kinder", "kinder", "02", "2024")
    in_the_chart = cells | {secret: "2"}
    assert betrayed(children, in_the_chart) == {secret: {secret}}


def test_a_figure_that_its_source_keeps_back_must_not_follow_either(tmp_path):
    whole = "Jahr Nr kinder\n2024 99001 84"
    tables = load(
        tmp_path,
        [entry("kinder", ["kinder count"]), entry("stadt", ["kinder count"], level="kreis")],
        {"kinder.csv": CHILDREN.replace("02 2", "02 ."), "stadt.csv": whole},
    )
    secret = ("kinder", "kinder", "02", "2024")
    assert secret in betrayed(tables, careless(tables, {secret}))
    cells = protected(tables)
    assert len(hidden_in(cells)) == 2 and not betrayed(tables, cells)


def test_internal_tables_change_nothing_for_the_public_and_cannot_be_compared_with_it(tmp_path):
    internal = "Jahr Nr kinder\n2024 99001 84"
    public_only = load(tmp_path, [entry("kinder", ["kinder count"])], {"kinder.csv": CHILDREN})
    before = protected(public_only)
    both = load(
        tmp_path,
        [
            entry("kinder", ["kinder count"]),
            entry("stadt", ["kinder count"], level="kreis", access="internal", file="intern/stadt.csv"),
        ],
        {"kinder.csv": CHILDREN, "intern/stadt.csv": internal},
    )
    cells = protected(both)
    assert {name: cells[name] for name in before} == before
    assert cells["stadt", "kinder", "99001", "2024"] == "." and not betrayed(both, cells)


def test_a_refusal_names_place_and_cells_and_no_value(tmp_path):
    text = "Jahr Nr kinder arm\n2024 01 4321 0,04"
    columns = ["kinder count", "arm share denominator: kinder"]
    tables = load(tmp_path, [entry("a", columns)], {"a.csv": text})
    found = audit_tables(tables, {}, careless(tables, set())).breaches
    with pytest.raises(ReleaseRefused) as refused:
        refuse_breaches(found, "own data of 99001")
    message = str(refused.value)
    assert refused.value.exit_code == 13
    assert (
        "own data of 99001: a arm: a suppressed figure can be worked out" in message and "a kinder 01 2024" in message
    )
    assert "4321" not in message and "0,04" not in message and "1.7" not in message
