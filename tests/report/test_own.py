"""Own figures of a municipality as readers see them: open ones as printed, secret ones as a dot, nothing in between."""

import pytest

from transferbuch.report.own import own_findings, own_rows, own_tables

COLUMNS = [
    {"id": "leavers", "label": "Abgänge", "unit": "Personen", "kind": "count", "classes": []},
    {"id": "share", "label": "ohne Abschluss", "unit": "Prozent", "kind": "share", "classes": []},
    {"id": "load", "label": "Belastung", "unit": "", "kind": "class", "classes": ["niedrig", "hoch"]},
]
TABLE = {
    "id": "abgaenge",
    "title": "Abgänge nach Stadtteil",
    "columns": COLUMNS,
    "level": "stadtteil",
    "areas": 2,
    "periods": ["2023", "2024"],
    "source": "Schulamt",
    "stand": "2025-03-31",
    "licence": "CC BY 4.0",
}


def cell(area: str, measure: str, value: float | None, text: str, status: str = "ok", period: str = "2024") -> tuple:
    name = {"01": "Nordstadt", "02": "Südstadt"}[area]
    number = float("nan") if value is None else value
    return ("abgaenge", measure, "stadtteil", area, name, period, number, text, status, "")


CELLS = [
    cell("02", "leavers", 1204, "1204"),
    cell("02", "share", 5.25, "5,25"),
    cell("02", "load", 2, "hoch"),
    cell("01", "leavers", None, ".", "secret"),
    cell("01", "share", None, ".", "secret"),
    cell("01", "load", None, "", "missing"),
    cell("01", "leavers", 77, "77", period="2023"),
]


@pytest.fixture
def data(load):
    return load([], own_data=[TABLE], own_cells=CELLS)


def test_the_newest_period_is_a_table_with_dots_for_secret_figures(data):
    shown = own_tables(data)
    assert shown.plain.split("\n") == [
        "Abgänge nach Stadtteil, 2024",
        "Stadtteil | Abgänge | ohne Abschluss (in %) | Belastung",
        "Nordstadt | . | . | –",
        "Südstadt | 1.204 | 5,25 | hoch",
        "Zeichen: . unbekannt oder geheim gehalten; – ohne Angabe in der Tabelle.",
        "Ein Punkt steht für eine geheime Zahl oder für eine, aus der sich eine geheime errechnen ließe; wie viel "
        "dahinter steht, sagt er nicht.",
        "Frühere Zeiträume stehen in der Datei „eigene-daten.csv“ dieser Ausgabe.",
        "Quelle: Schulamt, Stand 31.03.2025; Lizenz CC BY 4.0",
    ]
    assert "77" not in shown.html


def test_sentences_count_what_is_shown_and_what_is_not(data, load):
    assert own_findings(data).plain.startswith(
        "• Abgänge nach Stadtteil (2023 bis 2024): Für 2024 zeigt die Tabelle 3 Angaben; 2 sind geheim und deshalb "
        "nicht gezeigt."
    )
    one = load([], own_data=[{**TABLE, "periods": ["2024"]}], own_cells=[CELLS[0]])
    assert "(2024): Für 2024 zeigt die Tabelle eine Angabe; keine ist geheim." in own_findings(one).plain


def test_without_own_tables_the_chapter_says_so(load):
    bare = load([])
    assert own_tables(bare).plain == own_findings(bare).plain
    assert own_tables(bare).plain == "Diese Ausgabe enthält keine eigenen Daten der Kommune."


def test_the_download_has_every_cell_and_a_sign_where_there_is_no_number(data):
    rows = own_rows(data.own_data)
    assert rows[0] == ["datensatz", "zeitraum", "gebiet", "schluessel", "merkmal", "einheit", "wert", "zeichen"]
    assert len(rows) == 1 + len(CELLS)
    assert rows[1] == ["Abgänge nach Stadtteil", "2023", "Nordstadt", "01", "Abgänge", "Personen", "77", ""]
    assert rows[2] == ["Abgänge nach Stadtteil", "2024", "Nordstadt", "01", "Abgänge", "Personen", "", "."]
