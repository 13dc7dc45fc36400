"""Profiles of the Gemeinden: each figure beside the one before and the whole; nothing is formed of secret figures."""

import re
from typing import Any

import pytest

from tests.report.conftest import spaces
from transferbuch.report.gemeinden import Gemeinden

NAMES = {"15084010": "Aue", "15084020": "Ölsen", "15084030": "Zorbau", "15084": ""}


def column(id: str, label: str, kind: str = "count", **changes: Any) -> dict[str, Any]:
    unit = {"count": "Kinder", "share": "Prozent", "class": ""}[kind]
    return {"id": id, "label": label, "unit": unit, "kind": kind, "classes": []} | changes


CHILDREN = column("children", "Kinder unter 6 Jahren")
SHARE = column("share", "Anteil in einer Kita", "share", denominator="children")


def table(id: str = "kinder", **changes: Any) -> dict[str, Any]:
    base = {
        "id": id,
        "title": "Kinder in den Gemeinden",
        "columns": [CHILDREN, SHARE],
        "level": "gemeinde",
        "areas": 2,
        "periods": ["2023", "2024"],
        "source": "Jugendamt",
        "stand": "2025-03-31",
        "licence": "CC BY 4.0",
    }
    return base | changes


def cell(area: str, measure: str, text: str, period: str = "2024", dataset: str = "kinder", status: str = "") -> tuple:
    """One cell as it is printed; "." is secret, "" missing; `area`: the last three digits, or the Kreis."""
    key = area if len(area) != 3 else f"15084{area}"
    status = status or {".": "secret", "": "missing"}.get(text, "ok")
    value = float(text.replace(",", ".")) if status == "ok" else float("nan")
    level = "kreis" if key == "15084" else "gemeinde"
    return (dataset, measure, level, key, NAMES.get(key, ""), period, value, text, status, "")


OPEN = [
    cell("020", "children", "150"),
    cell("020", "share", "30,0"),
    cell("010", "children", "50"),
    cell("010", "share", "60,0"),
    cell("020", "children", "160", "2023"),
    cell("020", "share", "29,5", "2023"),
    cell("010", "children", "40", "2023"),
    cell("010", "share", "62,5", "2023"),
]


@pytest.fixture
def page(load):
    """The page of tables and cells of Burgenlandkreis."""

    def made(cells=OPEN, tables=None, **more):
        return Gemeinden(load([], own_data=[table()] if tables is None else tables, own_cells=list(cells), **more))

    return made


def profile(page: Gemeinden, name: str) -> str:
    """The lines of one profile, with ordinary spaces."""
    text = spaces(page.profiles().plain)
    return text[text.index(f"{name}\n\nSchlüssel") :].split("\n\nSchlüssel", 2)[1]


def test_a_profile_has_the_newest_figures_the_ones_before_and_all_gemeinden(page):
    # all children: 50 + 150 = 200, of them 50 here; share of all: (50 · 60 % + 150 · 30 %) / 200 = 37.5 %
    assert spaces(page().profiles().plain).split("\n\n")[:3] == [
        "Aue",
        "Schlüssel 15084010.",
        "Aue: Kinder in den Gemeinden\n"
        "Merkmal | 2024 | Alle 2 Gemeinden der Tabelle, 2024 | 2023 | Veränderung\n"
        "Kinder unter 6 Jahren | 50 | 200 (davon hier 25,0 %) | 40 | +10\n"
        "Anteil in einer Kita (in %) | 60,0 | 37,5 | 62,5 | −2,5\n"
        "Quelle: Jugendamt, Stand 31.03.2025; Lizenz CC BY 4.0",
    ]


def test_the_overview_lists_all_by_name_and_leads_to_the_profiles(page):
    shown = page().overview()
    assert shown.plain.split("\n")[:5] == [
        "Gemeinden des Burgenlandkreises",
        "Gemeinde | Kinder unter 6 Jahren, 2024 | Anteil in einer Kita (in %), 2024",
        "Aue | 50 | 60,0",
        "Ölsen | 150 | 30,0",
        "Alle Gemeinden der Tabelle | 200 | 37,5",
    ]
    anchors = re.findall(r'href="#(gemeinde-\d+)"', shown.html)
    assert anchors == ["gemeinde-15084010", "gemeinde-15084020"]
    assert re.findall(r'id="(gemeinde-\d+)"', page().profiles().html) == anchors
    assert 'href="#alle-gemeinden-im-vergleich"' in page().profiles().html
    assert 'id="alle-gemeinden-im-vergleich"' in shown.html


def test_a_share_of_all_is_computed_from_the_counts_where_the_table_has_them(page):
    columns = [CHILDREN, column("care", "davon in einer Kita"), SHARE | {"numerator": "care"}]
    cells = [*OPEN, cell("010", "care", "30"), cell("020", "care", "44")]
    # 74 of 200; weighted with the rounded shares it would be 37.5
    assert "Anteil in einer Kita (in %) | 60,0 | 37,0 |" in profile(page(cells, [table(columns=columns)]), "Aue")


def test_nothing_is_formed_of_a_secret_figure(page):
    cells = [cell("010", "children", "."), cell("010", "share", "."), *OPEN[:2], *OPEN[4:]]
    of_aue, of_oelsen = profile(page(cells), "Aue"), profile(page(cells), "Ölsen")
    assert "Kinder unter 6 Jahren | . | . | 40 | .\nAnteil in einer Kita (in %) | . | . | 62,5 | .\n" in of_aue
    assert "Kinder unter 6 Jahren | 150 | . | 160 | −10\n" in of_oelsen
    assert "Geheim für 2024: „Kinder unter 6 Jahren“ und „Anteil in einer Kita“." in of_aue
    assert ". nicht berechnet, weil eine Zahl dafür geheim ist; . unbekannt oder geheim gehalten" in of_aue
    assert "Geheim" not in of_oelsen and "200" not in of_aue + of_oelsen
    assert "Alle Gemeinden der Tabelle | . | ." in page(cells).overview().plain
    assert "2 sind geheim und deshalb nicht gezeigt" in page(cells).findings().plain


def test_a_missing_figure_is_said_and_the_others_are_not_summed_up(page):
    cells = [cell("010", "children", ""), *OPEN[:2], *OPEN[3:]]
    assert "Kinder unter 6 Jahren | – | – | 40 | –" in profile(page(cells), "Aue")
    assert "Ohne Zahl für 2024: „Kinder unter 6 Jahren“." in profile(page(cells), "Aue")
    assert "Kinder unter 6 Jahren | 150 | – | 160 | −10" in profile(page(cells), "Ölsen")


def test_a_share_without_its_base_has_no_value_for_all(page):
    shown = profile(page(tables=[table(columns=[CHILDREN, SHARE | {"denominator": ""}])]), "Aue")
    assert "Anteil in einer Kita (in %) | 60,0 | – | 62,5 | −2,5" in shown
    assert "– lässt sich aus den Tabellen nicht berechnen" in shown


def test_the_own_table_of_the_kreis_is_named_in_place_of_the_sum(page):
    kreis = table("kreis", level="kreis", title="Kinder im Kreis", source="Statistikstelle", areas=1)
    cells = [*OPEN, cell("15084", "children", "210", dataset="kreis"), cell("15084", "share", "36,0", dataset="kreis")]
    shown = profile(page(cells, [table(), kreis]), "Aue")
    assert "Merkmal | 2024 | Burgenlandkreis, 2024 | 2023 | Veränderung\n" in shown
    assert "Kinder unter 6 Jahren | 50 | 210 (davon hier 23,8 %) | 40 | +10\n" in shown
    assert "Anteil in einer Kita (in %) | 60,0 | 36,0 | 62,5 | −2,5\n" in shown
    assert "; Burgenlandkreis: „Kinder im Kreis“, Statistikstelle, Stand 31.03.2025; Lizenz CC BY 4.0" in shown
    assert page(cells, [table(), kreis]).overview().plain.split("\n")[4:6] == [
        "Alle Gemeinden der Tabelle | 200 | 37,5",
        "Burgenlandkreis | 210 | 36,0",
    ]
    assert (
        page(cells, [table(), kreis])
        .overview()
        .plain.endswith(
            "Quelle: „Kinder in den Gemeinden“, Jugendamt, Stand 31.03.2025; Lizenz CC BY 4.0; "
            "„Kinder im Kreis“, Statistikstelle, Stand 31.03.2025; Lizenz CC BY 4.0"
        )
    )


def test_where_the_kreis_has_only_some_columns_the_sum_stands_beside_it(page):
    kreis = table("kreis", level="kreis", columns=[CHILDREN], areas=1)
    shown = profile(page([*OPEN, cell("15084", "children", ".", dataset="kreis")], [table(), kreis]), "Aue")
    assert "2024 | Burgenlandkreis, 2024 | Alle 2 Gemeinden der Tabelle, 2024 | 2023" in shown
    assert "| 50 | . | 200 (davon hier 25,0 %) | 40 |" in shown and "| 60,0 | – | 37,5 | 62,5 |" in shown


def test_one_gemeinde_with_one_period_is_compared_with_nothing(page):
    alone = page([cell("010", "children", "50")], [table(periods=["2024"], columns=[CHILDREN])])
    assert profile(alone, "Aue").split("\n\n")[1].split("\n") == [
        "Aue: Kinder in den Gemeinden",
        "Merkmal | 2024",
        "Kinder unter 6 Jahren | 50",
        "Einen früheren Zeitraum nennt die Tabelle für diese Gemeinde nicht.",
        "Quelle: Jugendamt, Stand 31.03.2025; Lizenz CC BY 4.0",
    ]
    said = alone.findings().plain
    assert said.startswith("• Beschrieben ist eine Gemeinde des Burgenlandkreises.")
    assert "Frühere Zeiträume enthält die Tabelle nicht; eine Veränderung zeigt sie nicht." in said
    assert alone.overview().plain.split("\n")[1:3] == ["Gemeinde | Kinder unter 6 Jahren, 2024", "Aue | 50"]
    assert "Alle Gemeinden" not in alone.overview().plain and "Zur Übersicht" not in alone.profiles().html


def test_a_gemeinde_that_the_newest_period_or_a_table_lacks(page):
    schools = table("schulen", title="Schulen", columns=[CHILDREN], periods=["2023/24"])
    cells = [*OPEN[:2], *OPEN[4:], cell("030", "children", "7", "2023/24", "schulen")]
    shown = page(cells, [table(), schools])
    of_aue = profile(shown, "Aue")
    assert "Merkmal | 2023 | Alle 2 Gemeinden der Tabelle, 2023\n" in of_aue
    assert "Für 2024 nennt die Tabelle diese Gemeinde nicht; gezeigt ist 2023." in of_aue
    assert "„Schulen“: Die Tabelle nennt Aue nicht." in of_aue
    said = shown.findings().plain
    assert "Kinder in den Gemeinden: Für 2024 fehlen Aue und Zorbau." in said
    assert "Schulen: Für das Schuljahr 2023/24 fehlen Aue und Ölsen." in said
    assert "Alle Gemeinden der Tabelle | 150 | 30,0 | 7" in shown.overview().plain


def test_many_tables_give_their_first_columns_to_the_overview(page):
    columns = [column(f"c{number}", f"Merkmal {number}") for number in range(1, 6)]
    tables = [table(columns=columns), table("zwei", columns=columns)]
    cells = [cell("010", f"c{number}", "9", dataset=id) for id in ("kinder", "zwei") for number in range(1, 6)]
    lines = page(cells, tables).overview().plain.split("\n")
    assert lines[1] == "Gemeinde | " + " | ".join(f"Merkmal {number}, 2024" for number in (1, 2, 3, 1, 2, 3))
    assert "Weitere Merkmale stehen in den Profilen." in lines


def test_classes_are_named_and_not_added(page):
    load_ = column("load", "Belastung", "class", classes=["niedrig", "hoch"])
    found = [
        ("010", "2023", 1, "niedrig"),
        ("010", "2024", 2, "hoch"),
        ("020", "2023", 1, "niedrig"),
        ("020", "2024", 1, "niedrig"),
    ]
    cells = [
        ("kinder", "load", "gemeinde", f"15084{key}", NAMES[f"15084{key}"], period, float(value), text, "ok", "")
        for key, period, value, text in found
    ]
    shown = page(cells, [table(columns=[load_])])
    assert "Belastung | hoch | – | niedrig | andere Klasse" in profile(shown, "Aue")
    assert "Belastung | niedrig | – | niedrig | gleich" in profile(shown, "Ölsen")


def test_names_are_escaped_told_apart_and_replaced_by_the_key_where_there_are_none(page):
    def named(key: str, name: str) -> tuple:
        return ("kinder", "children", "gemeinde", f"15084{key}", name, "2024", 5.0, "5", "ok", "")

    shown = page([named("010", "Au <Süd>"), named("020", "Berg"), named("030", "Berg"), named("040", "")])
    assert list(shown.names.values()) == ["Au <Süd>", "Berg (15084020)", "Berg (15084030)", "Gemeinde 15084040"]
    assert "<Süd>" not in shown.profiles().html + shown.overview().html


def test_a_combined_territory_names_the_kreis_and_compares_each_gemeinde_with_its_own(page):
    names = {
        "09463+09473": {"name": "Bildungsregion Coburg", "kind": "Region"},
        "09463": {"name": "Coburg", "kind": "Kreisfreie Stadt"},
        "09473": {"name": "Coburg", "kind": "Landkreis"},
        "09": {"name": "Bayern", "kind": "Land"},
        "DG": {"name": "Deutschland", "kind": "Bund"},
    }
    kreis = table("kreis", level="kreis", columns=[CHILDREN], areas=2, periods=["2024"])
    cells = [
        cell("09463000", "children", "60"),
        cell("09473112", "children", "30"),
        cell("09473120", "children", "10"),
        ("kreis", "children", "kreis", "09463", "", "2024", 60.0, "60", "ok", ""),
        ("kreis", "children", "kreis", "09473", "", "2024", 40.0, "40", "ok", ""),
    ]
    tables = [table(columns=[CHILDREN], periods=["2024"]), kreis]
    shown = page(cells, tables, ags="09463+09473", names=names)
    assert shown.findings().plain.startswith("• Beschrieben sind 3 Gemeinden der Bildungsregion Coburg.")
    assert shown.overview().plain.split("\n")[1:3] == [
        "Gemeinde | Kreis | Kinder unter 6 Jahren, 2024",
        "Gemeinde 09463000 | Stadt Coburg | 60",
    ]
    assert "Alle Gemeinden der Tabelle |  | 100\nLandkreis Coburg |  | 40" in shown.overview().plain
    text = spaces(shown.profiles().plain)
    assert "Schlüssel 09473112, Landkreis Coburg." in text
    assert "Kinder unter 6 Jahren | 30 | 40 (davon hier 75,0 %)" in text
    # a kreisfreie Stadt is not compared with itself
    assert "Alle 3 Gemeinden der Tabelle, 2024\nKinder unter 6 Jahren | 60 | 100 (davon hier 60,0 %)" in text


def test_without_such_a_table_the_page_says_so(page):
    bare = page([], [])
    assert {bare.findings().plain, bare.overview().plain, bare.profiles().plain} == {
        "Diese Ausgabe enthält keine eigene Tabelle nach Gemeinden."
    }
    of_areas = page([cell("010", "children", "5")], [table(level="stadtteil")])
    assert of_areas.findings().plain == bare.findings().plain
