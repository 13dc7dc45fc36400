"""Indices of small areas on pages: sentences, map, tables and download say the same of the same areas."""

from dataclasses import replace

import pytest

from transferbuch.errors import DataRefused
from transferbuch.report.area_model import (
    AreaCut,
    AreaIndex,
    AreaSource,
    AreaValue,
    Outcome,
    Outline,
    TypeValue,
    VariableNote,
    areas_text,
    read_areas,
)
from transferbuch.report.area_words import reason_text, span
from transferbuch.report.areas import _method, _outcome_table, _sentences, area_rows
from transferbuch.report.maps import area_chart, ink_on, shades

SOURCE = AreaSource("Statistikstelle", "Soziale Lage", "2024", "2025-02-14", "CC BY 4.0")
SQUARE = ((0, 0), (10, 0), (10, 10), (0, 10), (0, 0))
HOLE = ((4, 4), (4, 6), (6, 6), (6, 4), (4, 4))
OUTLINE = Outline(((SQUARE, HOLE),), (2, 2))


def area(name: str, value: float | None, kind: int | None, reason: str = "", *missing: str) -> AreaValue:
    return AreaValue(name, value, kind, reason, missing, OUTLINE)


def index(**changes) -> AreaIndex:
    base = AreaIndex(
        id="belastung_neu",
        title="Soziale Belastung",
        level="stadtteil",
        high="load",
        standardisation="zscore",
        weighting="areas",
        aggregation="domains",
        standardise_again=False,
        rule="points",
        minimum=300,
        max_missing=0,
        source=SOURCE,
        variables=(VariableNote("Armut", "Kinder", "load", 1.0, "Lage", 2, 4, 0.9),),
        labels=("niedrig", "mittel", "hoch"),
        cuts=(AreaCut(-0.5, "lower"), AreaCut(0.5, "upper")),
        areas=(
            area("Zell", 1.2, 3),
            area("Au", 0.5, 3),
            area("Berg", -0.5, 1),
            area("Tal", 0.0, 2),
            area("Insel", None, None, "small"),
            area("Feld", None, None, "missing", "Armut"),
        ),
        people=(20, 50, 30),
        outcomes=(),
    )
    return replace(base, **changes)


def outcome(*types: TypeValue, from_counts: bool = True) -> Outcome:
    return Outcome("Abgänge ohne Abschluss", "%", "Abgänge", from_counts, SOURCE, types)


def test_sentences_name_the_areas_of_the_highest_load_by_the_alphabet():
    assert _sentences(index()) == [
        "Soziale Belastung (2024): Von 6 Stadtteilen haben 4 einen Indexwert. Je Klasse sind es: niedrig: 1; "
        "mittel: 1; hoch: 2.",
        "In der Klasse mit der höchsten Belastung („hoch“) liegen 2 Stadtteile: Au und Zell. Dort leben rund "
        "30\u00a0% der Bevölkerung in allen Stadtteilen mit Indexwert.",
        "Ohne Indexwert bleiben: Feld und Insel. Die Gründe stehen in der Tabelle zur Abbildung.",
    ]


def test_of_an_index_of_good_values_the_lowest_class_is_named():
    good = index(high="good", level="sprengel", people=(None, None, None))
    assert "In der Klasse mit den niedrigsten Werten („niedrig“) liegt 1 Sprengel: Berg." in _sentences(good)
    nobody = index(areas=(area("Tal", 0.0, 2), area("Berg", 0.1, 2)))
    assert "In der Klasse mit der höchsten Belastung („hoch“) liegt kein Stadtteil." in _sentences(nobody)


@pytest.mark.parametrize(
    ("last", "end"),
    [((9.0, 8.0, 10.0), "überschneiden sich nicht."), ((4.4, 3.9, 5.0), "der Unterschied kann Zufall sein.")],
)
def test_an_outcome_is_compared_by_its_intervals(last, end):
    types = TypeValue(1, 3, 3.1, 2.4, 4.1, ""), TypeValue(2, 3, None, None, None, "few"), TypeValue(3, 3, *last, "")
    sentence = _sentences(index(outcomes=(outcome(*types),)))[-1]
    assert sentence.startswith(
        "Abgänge ohne Abschluss: in der Klasse „niedrig“ 3,1\u00a0% (Vertrauensbereich 2,4 bis 4,1), "
        "in der Klasse „hoch“ "
    )
    assert sentence.endswith(end)


def test_one_shown_class_is_no_comparison():
    types = TypeValue(1, 3, 3.1, 2.4, 4.1, ""), TypeValue(2, 2, None, None, None, "few")
    assert not any("Abgänge" in one for one in _sentences(index(outcomes=(outcome(*types),))))


def test_hidden_outcomes_say_why():
    types = TypeValue(1, 3, 3.1, 2.4, 4.1, ""), TypeValue(2, 2, None, None, None, "few")
    types += (TypeValue(3, 4, None, None, None, "protects"),)
    html = _outcome_table(index(), outcome(*types)).html
    assert "nicht gezeigt: zu wenige Gebiete oder Fälle" in html and "damit sich Verdecktes nicht errechnen" in html
    assert "3,1" in html and "2,4 bis 4,1" in html and "alle Klassen" not in html


def test_thresholds_say_to_which_class_they_belong():
    assert [span(index(), kind) for kind in (1, 2, 3)] == ["bis −0,50", "über −0,50 bis unter 0,50", "ab 0,50"]


def test_reasons_of_empty_areas():
    one = index()
    assert [reason_text(one, found) for found in one.areas[4:]] == [
        "weniger als 300 Einwohnerinnen und Einwohner",
        "geheim oder ohne Angabe: „Armut“",
    ]
    few = area("Wald", None, None, "few", "Armut")
    assert reason_text(one, few) == "zu wenige Fälle (unter 30) oder keine Angabe bei „Armut“"
    assert reason_text(one, area("Rain", 0.1, 2, "", "Armut")) == "ohne „Armut“ berechnet"


def test_the_map_draws_every_area_with_its_class_and_hatches_the_empty_ones():
    chart = area_chart(index())
    shapes = [one for one in chart.figure["data"] if one.get("fill") == "toself"]
    assert [one["name"] for one in shapes] == ["Zell", "Au", "Berg", "Tal", "Insel", "Feld"]
    assert [one["name"] for one in shapes if "fillpattern" in one] == ["Insel", "Feld"]
    assert shapes[0]["x"] == [0, 10, 10, 0, 0, None, 4, 4, 6, 6, 4], "the hole follows after a gap"
    light, middle, dark = shades(3)
    assert [one["fillcolor"] for one in shapes[:4]] == [dark, dark, light, middle]
    (labels,) = [one for one in chart.figure["data"] if one["mode"] == "text"]
    assert labels["text"] == ["3", "3", "1", "2", "–", "–"]
    assert chart.figure["layout"]["yaxis"]["scaleanchor"] == "x"
    assert chart.alt.startswith("Karte mit 6 Stadtteilen. niedrig (bis −0,50): Berg.")
    assert chart.id == "index-belastung-neu"


def test_the_table_of_the_map_and_the_download_have_the_same_rows():
    chart = area_chart(index())
    assert chart.rows[:3] == [
        ["Au", "hoch", "0,50", ""],
        ["Berg", "niedrig", "−0,50", ""],
        ["Feld", "–", "–", "geheim oder ohne Angabe: „Armut“"],
    ]
    head, *rows = area_rows((index(),))
    assert head == ["index", "zeitraum", "gebiet", "klasse", "indexwert", "anmerkung"]
    assert rows[1] == ["Soziale Belastung", "2024", "Berg", "niedrig", "-0,50", ""]
    assert [row[2] for row in rows] == [row[0] for row in chart.rows]
    assert [row[5] for row in rows] == [row[3] for row in chart.rows]


def test_without_boundaries_dots_take_the_place_of_the_map():
    bare = index(areas=tuple(replace(one, outline=None) for one in index().areas))
    chart = area_chart(bare)
    dots = chart.figure["data"][0]
    assert dots["y"] == ["Zell", "Tal", "Berg", "Au"], "drawn from below, so read by the alphabet"
    assert dots["x"] == [1.2, 0.0, -0.5, 0.5] and dots["text"] == ["3", "2", "1", "3"]
    assert [line["x0"] for line in chart.figure["layout"]["shapes"]] == [-0.5, 0.5]
    assert chart.alt.startswith("Punktdiagramm") and any("keine Karte" in note for note in chart.notes)


@pytest.mark.parametrize("number", range(2, 8))
def test_shades_get_darker_and_numbers_on_them_can_be_read(number):
    def luminance(colour: str) -> float:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    found = shades(number)
    assert len(set(found)) == number
    levels = [luminance(one) for one in found]
    assert levels == sorted(levels, reverse=True)
    for colour, level in zip(found, levels, strict=True):
        ink = luminance(ink_on(colour))
        assert (max(ink, level) + 0.05) / (min(ink, level) + 0.05) >= 4.5


def test_the_method_states_weights_direction_and_sensitivity():
    html = _method(index()).html
    for text in ("Armut", "Lage", "Belastung", "2 von 4", "0,90", "Jeder Bereich zählt gleich viel", "feste Grenzen"):
        assert text in html
    gone = index(variables=(VariableNote("Armut", "", "good", 2.5, "Lage", None, 0, None),))
    assert "2,50" in _method(gone).html and "gute Lage" in _method(gone).html
    assert "lassen sich die Klassen nicht bilden" in _method(gone).html


def test_areas_come_back_from_the_slice_as_they_were_written(tmp_path):
    types = TypeValue(1, 3, 3.1, 2.4, 4.1, ""), TypeValue(0, 9, 5.0, 4.0, 6.0, "")
    written = (index(outcomes=(outcome(*types),)),)
    (tmp_path / "areas.json").write_text(areas_text(written), encoding="utf-8")
    assert read_areas(tmp_path) == written


@pytest.mark.parametrize("text", ["{", '{"format": 2, "indices": []}', '{"format": 1, "indices": [{"id": "a"}]}', "[]"])
def test_a_damaged_file_is_refused(tmp_path, text):
    (tmp_path / "areas.json").write_text(text, encoding="utf-8")
    with pytest.raises(DataRefused, match="damaged or of another version"):
        read_areas(tmp_path)
