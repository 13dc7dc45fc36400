"""Classic tables: one small file per official layout; every number, symbol, label, time and line is asserted."""

import re

import pandas as pd
import pytest

from tests.data.small_tables import FOOT, LEAVERS
from transferbuch.data.cells import OfficialTable, is_time, iso_time, year_of
from transferbuch.data.genesis import is_genesis, read_genesis
from transferbuch.data.symbols import Cell, is_cell, parse_cell


def read(text: str, encoding: str = "utf-8") -> OfficialTable:
    return read_genesis(text.encode(encoding), "datei.csv")


def rows(table: OfficialTable, *columns: str) -> list[tuple]:
    return list(table.cells[list(columns)].itertuples(index=False, name=None))


def replaced(text: str, *pairs: tuple[str, str]) -> str:
    for old, new in pairs:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


# --- the three places of the time ---


def test_time_in_the_first_column() -> None:
    table = read(LEAVERS)
    assert (table.family, table.code, table.encoding) == ("genesis", "21111-02-06-4", "utf-8")
    assert table.title == (
        "Abgehende allgemeinbildender Schulen nach Abschlussarten - Schuljahr - regionale Tiefe: "
        "Kreise und krfr. Städte"
    )
    assert table.statistic == "Statistik der allgemeinbildenden Schulen"
    assert rows(table, "line", "column", "region", "time", "header", "unit", "text") == [
        (7, 4, "DG", "2023", "Insgesamt", "Anzahl", "9120"),
        (7, 5, "DG", "2023", "ohne Hauptschulabschluss", "Anzahl", "640"),
        (8, 4, "15", "2023", "Insgesamt", "Anzahl", "1234"),
        (8, 5, "15", "2023", "ohne Hauptschulabschluss", "Anzahl", "156"),
        (9, 4, "15084", "2023", "Insgesamt", "Anzahl", "321"),
        (9, 5, "15084", "2023", "ohne Hauptschulabschluss", "Anzahl", "45"),
        (10, 4, "15088", "2023", "Insgesamt", "Anzahl", "287"),
        (10, 5, "15088", "2023", "ohne Hauptschulabschluss", "Anzahl", "."),
    ]
    last = table.cells.iloc[-1]
    assert (last["symbol"], last["flag"], last["attributes"], last["codes"]) == (".", "", "", "")
    assert pd.isna(last["value"])
    assert table.cells["value"].tolist()[:-1] == [9120, 640, 1234, 156, 321, 45, 287]
    assert table.cells["symbol"].isna().tolist() == [True] * 7 + [False]


TIME_IN_HEADER = (
    """\
GENESIS-Tabelle: 12411-01-01-4
Bevölkerung nach Geschlecht - Stichtag 31.12. - regionale;;;;;;;
Tiefe: Kreise und krfr. Städte;;;;;;;
Fortschreibung des Bevölkerungsstandes;;;;;;;
Bevölkerungsstand (Anzahl);;;;;;;
;;31.12.2016;31.12.2016;31.12.2016;31.12.2015;31.12.2015;31.12.2015
;;Insgesamt;männlich;weiblich;Insgesamt;männlich;weiblich
DG;Deutschland;7000;3400;3600;6900;3350;3550
15084;      Burgenlandkreis, Landkreis;181;89;92;184;90;94
"""
    + FOOT
)


@pytest.mark.parametrize(
    "extra",
    [[], [";;Stichtag;Stichtag;Stichtag;Stichtag;Stichtag;Stichtag"], [";;Jahr;Jahr;Jahr;Jahr;Jahr;Jahr"]],
    ids=["alone", "Stichtag", "Jahr"],
)
def test_time_in_a_header_row(extra: list[str]) -> None:
    lines = TIME_IN_HEADER.split("\n")
    table = read("\n".join([*lines[:5], *extra, *lines[5:]]))
    first = 8 + len(extra)
    assert rows(table, "line", "column", "region", "time", "header", "unit", "value") == [
        (first, 3, "DG", "2016-12-31", "Insgesamt", "Anzahl", 7000.0),
        (first, 4, "DG", "2016-12-31", "männlich", "Anzahl", 3400.0),
        (first, 5, "DG", "2016-12-31", "weiblich", "Anzahl", 3600.0),
        (first, 6, "DG", "2015-12-31", "Insgesamt", "Anzahl", 6900.0),
        (first, 7, "DG", "2015-12-31", "männlich", "Anzahl", 3350.0),
        (first, 8, "DG", "2015-12-31", "weiblich", "Anzahl", 3550.0),
        (first + 1, 3, "15084", "2016-12-31", "Insgesamt", "Anzahl", 181.0),
        (first + 1, 4, "15084", "2016-12-31", "männlich", "Anzahl", 89.0),
        (first + 1, 5, "15084", "2016-12-31", "weiblich", "Anzahl", 92.0),
        (first + 1, 6, "15084", "2015-12-31", "Insgesamt", "Anzahl", 184.0),
        (first + 1, 7, "15084", "2015-12-31", "männlich", "Anzahl", 90.0),
        (first + 1, 8, "15084", "2015-12-31", "weiblich", "Anzahl", 94.0),
    ]


TIME_ALONE = (
    """\
GENESIS-Tabelle: 21111-01-03-4
Schulen, Schüler nach Schulart - Stichtag: Schuljahresbeginn -;;;;;
regionale Tiefe: Kreise und krfr. Städte;;;;;
Statistik der allgemeinbildenden Schulen;;;;;
2015;;;;;
;;;Schulen;Schüler;Schüler
;;;;Geschlecht;Geschlecht
;;;;Insgesamt;weiblich
;;;Anzahl;Anzahl;Anzahl
DG;Deutschland;Grundschulen;15;2800;1370
DG;Deutschland;Gymnasien;31;2290;1210
15084;      Burgenlandkreis, Landkreis;Grundschulen;44;5960;x
15084;      Burgenlandkreis, Landkreis;Gymnasien;-;-;...
"""
    + FOOT
)


def test_time_alone_in_a_line_label_column_and_empty_upper_header_cells() -> None:
    table = read(TIME_ALONE)
    assert table.title.endswith("regionale Tiefe: Kreise und krfr. Städte")
    assert table.statistic == "Statistik der allgemeinbildenden Schulen"
    assert rows(table, "line", "column", "region", "region_name", "time", "attributes", "header", "unit", "text") == [
        (10, 4, "DG", "Deutschland", "2015", "Grundschulen", "Schulen", "Anzahl", "15"),
        (10, 5, "DG", "Deutschland", "2015", "Grundschulen", "Schüler | Geschlecht | Insgesamt", "Anzahl", "2800"),
        (10, 6, "DG", "Deutschland", "2015", "Grundschulen", "Schüler | Geschlecht | weiblich", "Anzahl", "1370"),
        (11, 4, "DG", "Deutschland", "2015", "Gymnasien", "Schulen", "Anzahl", "31"),
        (11, 5, "DG", "Deutschland", "2015", "Gymnasien", "Schüler | Geschlecht | Insgesamt", "Anzahl", "2290"),
        (11, 6, "DG", "Deutschland", "2015", "Gymnasien", "Schüler | Geschlecht | weiblich", "Anzahl", "1210"),
        *[
            (12, column, "15084", "Burgenlandkreis, Landkreis", "2015", "Grundschulen", header, "Anzahl", text)
            for column, header, text in [
                (4, "Schulen", "44"),
                (5, "Schüler | Geschlecht | Insgesamt", "5960"),
                (6, "Schüler | Geschlecht | weiblich", "x"),
            ]
        ],
        *[
            (13, column, "15084", "Burgenlandkreis, Landkreis", "2015", "Gymnasien", header, "Anzahl", text)
            for column, header, text in [
                (4, "Schulen", "-"),
                (5, "Schüler | Geschlecht | Insgesamt", "-"),
                (6, "Schüler | Geschlecht | weiblich", "..."),
            ]
        ],
    ]
    assert [symbol for (symbol,) in rows(table, "symbol")][-4:] == ["x", "-", "-", "..."]


@pytest.mark.parametrize(
    ("written", "time"),
    [("2015", "2015"), ("31.12.2015", "2015-12-31"), ("WS 2015/16", "2015-10P6M"), ("2015/16", "2015/16")],
)
def test_time_alone_may_be_a_year_a_day_a_semester_or_a_school_year(written: str, time: str) -> None:
    table = read(replaced(TIME_ALONE, ("\n2015;;;;;", f"\n{written};;;;;")))
    assert set(table.cells["time"]) == {time}


def test_time_column_and_label_column_together() -> None:
    table = read(
        """\
GENESIS-Tabelle: 12411-02-03-4
Bevölkerung nach Geschlecht und Altersgruppen (17) - Stichtag;;;;;
31.12. - regionale Tiefe: Kreise und krfr. Städte;;;;;
Fortschreibung des Bevölkerungsstandes;;;;;
Bevölkerungsstand (Anzahl);;;;;
;;;;Insgesamt;weiblich
31.12.2015;15084;      Burgenlandkreis;unter 3 Jahre;41;20
31.12.2015;15084;      Burgenlandkreis;75 Jahre und mehr;230;140
"""
        + FOOT
    )
    assert rows(table, "line", "column", "time", "attributes", "header", "value") == [
        (7, 5, "2015-12-31", "unter 3 Jahre", "Insgesamt", 41.0),
        (7, 6, "2015-12-31", "unter 3 Jahre", "weiblich", 20.0),
        (8, 5, "2015-12-31", "75 Jahre und mehr", "Insgesamt", 230.0),
        (8, 6, "2015-12-31", "75 Jahre und mehr", "weiblich", 140.0),
    ]


def test_two_label_columns() -> None:
    table = read(
        """\
GENESIS-Tabelle: 99999-01-01-4
Probe;;;;;
Statistik der Proben;;;;;
2015;;;;;
;;;;Zahl;Anteil
;;;;Anzahl;Prozent
15084;  Burgenlandkreis;Deutsche;unter 3 Jahre;7;8,5
15084;  Burgenlandkreis;Deutsche;3 bis unter 6 Jahre;9;1,5
"""
        + FOOT
    )
    assert rows(table, "line", "attributes", "header", "unit", "value") == [
        (7, "Deutsche | unter 3 Jahre", "Zahl", "Anzahl", 7.0),
        (7, "Deutsche | unter 3 Jahre", "Anteil", "Prozent", 8.5),
        (8, "Deutsche | 3 bis unter 6 Jahre", "Zahl", "Anzahl", 9.0),
        (8, "Deutsche | 3 bis unter 6 Jahre", "Anteil", "Prozent", 1.5),
    ]


@pytest.mark.parametrize(
    ("text", "iso", "year"),
    [
        ("2023", "2023", 2023),
        ("31.12.2024", "2024-12-31", 2024),
        ("2024-12-31", "2024-12-31", 2024),
        ("WS 2023/24", "2023-10P6M", 2023),
        ("Wintersemester 2023/2024", "2023-10P6M", 2023),
        ("SS 2024", "2024-04P6M", 2024),
        ("2023-10P6M", "2023-10P6M", 2023),
        ("2022/23", "2022/23", 2022),
        (" 2023 ", "2023", 2023),
    ],
)
def test_reporting_times(text: str, iso: str, year: int) -> None:
    assert is_time(text)
    assert iso_time(text) == iso
    assert year_of(iso) == year


@pytest.mark.parametrize("text", ["", "Insgesamt", "Stichtag", "15084", "12", "31.12.", "2023;", "ab 2009"])
def test_what_is_no_reporting_time(text: str) -> None:
    assert not is_time(text)
    assert iso_time(text) == text


# --- title, header, units ---


@pytest.mark.parametrize(
    "lines",
    [
        ["Zahl der Proben (bis 2002)"],
        ["Zahl der", "Proben"],
        ["Zahl", "der", "Proben - Jahressumme -"],
        ["Zahl der Proben", "- Jahressumme - (ab 2009)", "regionale Tiefe:", "Kreise und krfr. Städte"],
    ],
    ids=["1", "2", "3", "4"],
)
@pytest.mark.parametrize("unit_line", [[], ["Proben (Anzahl)"]], ids=["unit row", "unit line"])
def test_title_over_one_to_four_lines(lines: list[str], unit_line: list[str]) -> None:
    head = [f"{line};;;" for line in [*lines, "Statistik der Proben", *unit_line]]
    unit_row = [] if unit_line else [";;;Anzahl"]
    table = read(
        "\n".join(
            ["GENESIS-Tabelle: 99999-01-01-4", *head, ";;;Proben", *unit_row, "2015;15084;  Burgenlandkreis;7", FOOT]
        )
    )
    assert (table.title, table.statistic) == (" ".join(lines), "Statistik der Proben")
    assert rows(table, "line", "header", "unit", "value") == [(len(lines) + 5, "Proben", "Anzahl", 7.0)]


def test_mixed_units() -> None:
    table = read(
        """\
GENESIS-Tabelle: 82111-01-05-4
Bruttoinlandsprodukt/Bruttowertschöpfung (WZ 2008);;;;;;
- Jahressumme - regionale Tiefe: Kreise und krfr. Städte;;;;;;
VGR der Länder: Entstehungsrechnung;;;;;;
;;;Bruttoinlandsprodukt;Bruttoinlandsprodukt je Einwohner;Fläche;Arbeitslosenquote
;;;Tsd. EUR;EUR;qkm;Prozent
2014;15084;      Burgenlandkreis, Landkreis;4321987;24001;1413,85;9,7
"""
        + FOOT
    )
    assert rows(table, "column", "header", "unit", "text", "value") == [
        (4, "Bruttoinlandsprodukt", "Tsd. EUR", "4321987", 4321987.0),
        (5, "Bruttoinlandsprodukt je Einwohner", "EUR", "24001", 24001.0),
        (6, "Fläche", "qkm", "1413,85", 1413.85),
        (7, "Arbeitslosenquote", "Prozent", "9,7", 9.7),
    ]


def test_without_any_unit_the_last_header_row_stays_a_label() -> None:
    table = read(replaced(LEAVERS, ("Abgehende (Anzahl);;;;\n", "")))
    assert table.statistic == "Statistik der allgemeinbildenden Schulen"
    assert set(rows(table, "header", "unit")) == {("Insgesamt", ""), ("ohne Hauptschulabschluss", "")}
    assert table.cells["line"].iloc[0] == 6


def test_a_label_in_brackets_that_is_no_unit_belongs_to_the_title() -> None:
    table = read(
        replaced(
            LEAVERS,
            ("Abgehende (Anzahl);;;;\n", ""),
            ("Statistik der allgemeinbildenden Schulen;", "Statistik der Schulen (ab 2010);"),
        )
    )
    assert table.statistic == "Statistik der Schulen (ab 2010)"


def test_five_header_rows_with_empty_cells() -> None:
    table = read(
        """\
GENESIS-Tabelle: 12111-07-01-4
Zensus 2011, Bevölkerung nach Nationalität;;;;;
Zensus 2011;;;;;
09.05.2011;;;;;
;;;Bevölkerung;Bevölkerung;Bevölkerung
;;;;Nationalität;Ausländer(innen)
;;;;Deutsche;
;;;;mit Migrationshintergrund;
;;;Anzahl;Anzahl;Anzahl
15084;  Burgenlandkreis;unter 10 Jahre;1450;60;/
"""
        + FOOT
    )
    assert rows(table, "time", "attributes", "header", "text") == [
        ("2011-05-09", "unter 10 Jahre", "Bevölkerung", "1450"),
        ("2011-05-09", "unter 10 Jahre", "Bevölkerung | Nationalität | Deutsche | mit Migrationshintergrund", "60"),
        ("2011-05-09", "unter 10 Jahre", "Bevölkerung | Ausländer(innen)", "/"),
    ]


# --- rows and cells ---


def test_rows_of_every_level_keep_their_key_and_lose_only_the_indentation() -> None:
    table = read(
        """\
Tabelle: 11111-01-01-4
Gebietsfläche in qkm - Stichtag 31.12. -;;;
Feststellung des Gebietsstandes;;;
;;;Gebietsfläche
;;;qkm
31.12.2018;DG;Deutschland;357000,00
31.12.2018;03;  Niedersachsen;47000,5
31.12.2018;032;    Hannover, Statistische Region;9000
31.12.2018;03241;      Region Hannover, Landkreis;2297
31.12.2018;03241001;        Hannover, Landeshauptstadt;204
31.12.2018;11000;      Berlin, kreisfreie Stadt;891
31.12.2018;05711000;        Bielefeld, kreisfreie Stadt;258
"""
        + FOOT
    )
    assert rows(table, "line", "region", "region_name", "value") == [
        (6, "DG", "Deutschland", 357000.0),
        (7, "03", "Niedersachsen", 47000.5),
        (8, "032", "Hannover, Statistische Region", 9000.0),
        (9, "03241", "Region Hannover, Landkreis", 2297.0),
        (10, "03241001", "Hannover, Landeshauptstadt", 204.0),
        (11, "11000", "Berlin, kreisfreie Stadt", 891.0),
        (12, "05711000", "Bielefeld, kreisfreie Stadt", 258.0),
    ]


def test_a_quoted_name_with_a_semicolon_is_one_cell() -> None:
    table = read(replaced(LEAVERS, ("      Saalekreis, Landkreis", '"      Saalekreis; der ""neue"""')))
    assert table.cells["region_name"].iloc[-1] == 'Saalekreis; der "neue"'
    assert table.cells["column"].iloc[-1] == 5


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("-", Cell(None, "-")),
        (".", Cell(None, ".")),
        ("x", Cell(None, "x")),
        ("X", Cell(None, "x")),
        ("/", Cell(None, "/")),
        ("...", Cell(None, "...")),
        ("", Cell(None, "")),
        ("  - ", Cell(None, "-")),
        ("0", Cell(0.0, None)),
        ("15084", Cell(15084.0, None)),
        ("12,5", Cell(12.5, None)),
        ("0,0", Cell(0.0, None)),
        ("-3", Cell(-3.0, None)),
        ("-0,3", Cell(-0.3, None)),
        ("+4", Cell(4.0, None)),
        (" 7 ", Cell(7.0, None)),
        ("(12)", Cell(12.0, None, "()")),
        ("(1,5)", Cell(1.5, None, "()")),
        ("12r", Cell(12.0, None, "r")),
        ("12,5 p", Cell(12.5, None, "p")),
        ("(12)r", Cell(12.0, None, "()r")),
    ],
)
def test_a_cell_is_a_number_or_a_symbol(text: str, cell: Cell) -> None:
    assert parse_cell(text) == cell
    assert is_cell(text)
    table = read(replaced(LEAVERS, (";321;45", f";{text};45")))
    found = table.cells[(table.cells["line"] == 9) & (table.cells["column"] == 4)].iloc[0]
    assert (found["text"], found["flag"]) == (text, cell.flag)
    if cell.symbol is None:
        assert found["value"] == cell.value and pd.isna(found["symbol"])
    else:
        assert pd.isna(found["value"]) and found["symbol"] == cell.symbol


@pytest.mark.parametrize(
    "text",
    [
        "1.234",
        "1 234",
        "1,2,3",
        "12,",
        ",5",
        "12.5",
        "=A1+B1",
        "=SUMME(D7:D9)",
        "siehe dort",
        "–",
        "—",
        "--",
        "....",
        "12rr",
        "(12",
        "12)",
        "31.12.2023",
        "NaN",
        "n/a",
        "1e5",
        "12 %",
        "0x1F",
        "٣",
        "1'000",
    ],
)
def test_anything_else_is_no_cell(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(repr(text))):
        parse_cell(text)


# --- encoding, line ends, first line, footer ---


@pytest.mark.parametrize(("encoding", "found"), [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("cp1252", "cp1252")])
@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_encodings_and_line_ends_give_the_same_table(encoding: str, found: str, newline: str) -> None:
    expected = read(TIME_ALONE)
    table = read(TIME_ALONE.replace("\n", newline), encoding)
    assert table.encoding == found
    assert table.cells.equals(expected.cells)
    assert (table.title, table.statistic, table.stand, table.notes) == (
        expected.title,
        expected.statistic,
        expected.stand,
        expected.notes,
    )
    assert "Schüler" in table.title and "Thüringen" in table.notes


def test_windows_1252_keeps_the_characters_that_latin_1_has_not() -> None:
    table = read(replaced(LEAVERS, ("Abgehende (Anzahl)", "Abgänge – „alle“ (Anzahl)")), "cp1252")
    assert table.encoding == "cp1252"
    table = read(replaced(LEAVERS, ("ohne Hauptschulabschluss", "ohne „Abschluss“ – 1 € ")), "cp1252")
    assert table.cells["header"].iloc[1] == "ohne „Abschluss“ – 1 €"


@pytest.mark.parametrize(
    "first", ["GENESIS-Tabelle: 21111-02-06-4", "Tabelle: 21111-02-06-4", "Tabelle:  21111-02-06-4;;;;"]
)
def test_first_line_before_and_since_2026(first: str) -> None:
    text = replaced(LEAVERS, ("GENESIS-Tabelle: 21111-02-06-4", first))
    assert is_genesis(text.encode())
    assert is_genesis(text.replace("\n", "\r\n").encode("utf-8-sig"))
    assert read(text).code == "21111-02-06-4"


@pytest.mark.parametrize(
    "first",
    [
        "Tabelle",
        "Tabelle: über Schulen",
        "Meine Tabelle: 21111-02-06-4",
        "",
        "statistics_code;statistics_label;time_code;",
        '{"Status": 98}',
    ],
)
def test_other_files_are_no_classic_tables(first: str) -> None:
    assert not is_genesis(f"{first}\n".encode())


@pytest.mark.parametrize("code", ["21111-02-06-4-B", "AI003-1", "12211-Z-11", "12345"])
def test_codes_of_every_kind(code: str) -> None:
    assert read(LEAVERS.replace("21111-02-06-4", code)).code == code


def test_footer_with_doubled_quotes_over_many_lines() -> None:
    table = read(LEAVERS)
    assert (
        table.notes
        == """\
zu "gesamte Tabelle":
Die Angabe des Berichtsjahres bezieht sich auf das Ende des
Schuljahres "2022/23".

Thüringen: vorläufiges Ergebnis; siehe dort.
© Statistische Ämter des Bundes und der Länder, Deutschland, 2025.
Dieses Werk ist lizenziert unter der Datenlizenz Deutschland
- Namensnennung - Version 2.0.
Stand: 14.03.2025 / 09:30:00"""
    )
    assert table.stand == "2025-03-14"
    assert table.licence == "dl-de/by-2-0"
    assert table.attribution == "© Statistische Ämter des Bundes und der Länder, Deutschland, 2025"


@pytest.mark.parametrize(
    ("old", "new", "licence", "attribution"),
    [
        ("- Namensnennung - Version 2.0.", "- Namensnennung - Version 2.0.", "dl-de/by-2-0", "Deutschland, 2025"),
        ("- Namensnennung - Version 2.0.", "- Zero - Version 2.0.", "dl-de/zero-2-0", "Deutschland, 2025"),
        ("- Namensnennung - Version 2.0.", "bis auf Weiteres.", "", "Deutschland, 2025"),
        ("der Datenlizenz Deutschland\n- Namensnennung - Version 2.0.", "CC BY 4.0.", "CC BY 4.0", "Deutschland, 2025"),
        ("© Statistische", "Statistische", "dl-de/by-2-0", ""),
    ],
)
def test_licence_and_attribution_are_those_of_the_file(old: str, new: str, licence: str, attribution: str) -> None:
    table = read(replaced(LEAVERS, (old, new)))
    assert table.licence == licence
    assert table.attribution.endswith(attribution) and bool(table.attribution) == bool(attribution)


@pytest.mark.parametrize("stand", ["", "Stand: bald", "Stand: 14.03.20"])
def test_an_extract_without_stand_has_none(stand: str) -> None:
    assert read(replaced(LEAVERS, ("Stand: 14.03.2025 / 09:30:00", stand))).stand == ""


def test_a_stand_inside_the_notes_is_not_that_of_the_table() -> None:
    table = read(replaced(LEAVERS, ("Thüringen: vorläufiges Ergebnis", "Stand: 01.01.1999 / 10:00:00")))
    assert table.stand == "2025-03-14"
