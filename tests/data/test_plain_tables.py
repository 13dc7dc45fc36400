"""Plain tables: small ones with every property and fault, then all real ones against a second, simpler reading.

The second reading is the csv module with a delimiter that this file names. Which columns are codes is listed here by
hand, so that the importer's recognition cannot hide an error of its own.
"""

import csv
import gzip
import hashlib
import io
import math
import re
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest

from tests.conftest import SHARED_RAW
from transferbuch.data.cells import NotATable, OfficialTable
from transferbuch.data.importer import ImportReport, import_files
from transferbuch.data.plain import read_plain, table_code
from transferbuch.data.rows import read_rows, rows_of
from transferbuch.data.store import StoredTable
from transferbuch.errors import DataRefused, Problem


def read(text: str, name: str = "stadt_2024.csv", encoding: str = "utf-8") -> OfficialTable:
    return read_plain(text.encode(encoding), name, Path("ordner") / name)


def column(table: OfficialTable, label: str) -> list[tuple[str, float | None, str | None]]:
    """(text, value, symbol) of the cells under a label."""
    cells = table.cells[table.cells["header"] == label]
    return [
        (text, None if math.isnan(value) else value, None if pd.isna(symbol) else symbol)
        for text, value, symbol in cells[["text", "value", "symbol"]].itertuples(index=False, name=None)
    ]


def refused(text: str) -> tuple[Problem, ...]:
    with pytest.raises(DataRefused) as caught:
        read(text)
    assert all(one.file == "stadt_2024.csv" and one.do for one in caught.value.problems)
    return caught.value.problems


# --- what is read ---


def test_every_cell_is_a_number_a_symbol_or_a_label() -> None:
    table = read(
        "ags,name,anteil,klasse\n15084,Burgenlandkreis,11.84,hoch\n15088,Saalekreis,–, - \n09761,Augsburg,.,\n"
    )
    assert column(table, "anteil") == [("11.84", 11.84, None), ("–", None, "–"), (".", None, ".")]
    assert column(table, "klasse") == [("hoch", None, None), (" - ", None, "-"), ("", None, "")]
    assert column(table, "ags") == [(key, None, None) for key in ("15084", "15088", "09761")]
    first = table.cells.iloc[0]
    assert (first["line"], first["column"], first["region"], first["region_name"]) == (2, 1, "15084", "Burgenlandkreis")
    assert (first["codes"], first["time"], first["attributes"]) == ("ags=15084", "", "")
    assert (table.family, table.code, table.stand, table.title) == ("table", "STADT-2024", "", "stadt_2024")


def test_point_and_comma_in_one_file_and_thousands() -> None:
    table = read(
        "ags;km2;laenge;summe;minus\n15084;1414.13;11,80;1.234.567,5;−3\n15088;1433;12,1;987,0;+4\n09761;9.4e-4;10;5;0\n"
    )
    assert [cell[1] for cell in column(table, "km2")] == [1414.13, 1433, 0.00094]
    assert [cell[1] for cell in column(table, "laenge")] == [11.8, 12.1, 10]
    assert [cell[1] for cell in column(table, "summe")] == [1234567.5, 987, 5]
    assert [cell[1] for cell in column(table, "minus")] == [-3, 4, 0]


def test_what_may_be_a_thousand_or_a_decimal_stays_text() -> None:
    table = read("ags;a;b;c\n15084;1.234;1.234;0.234\n15088;999;5678;1.234\n")
    assert column(table, "a") == [("1.234", None, None), ("999", None, None)]
    assert column(table, "b") == [
        ("1.234", 1.234, None),
        ("5678", 5678, None),
    ]  # 5678 has no point, so 1.234 has decimals
    assert column(table, "c") == [("0.234", 0.234, None), ("1.234", 1.234, None)]


def test_codes_are_labels_and_a_word_among_numbers_is_no_zero() -> None:
    table = read(
        "Schulnummer;Gemeindeschlüssel;Postleitzahl;typ;Anzahl\n"
        "100020;05111000;40468;01;220\n100061;05111000;40589;02;siehe Fußnote\n100067;05914000;58095;03;5\n"
    )
    assert column(table, "Postleitzahl")[0] == ("40468", None, None)
    assert column(table, "typ") == [("01", None, None), ("02", None, None), ("03", None, None)]
    assert column(table, "Anzahl") == [("220", 220, None), ("siehe Fußnote", None, None), ("5", 5, None)]
    assert table.cells["region"].tolist()[::5] == ["100020", "100061", "100067"]  # the school, not its Gemeinde


@pytest.mark.parametrize(
    ("header", "row", "region", "codes"),
    [
        ("land_ags;ags", "15;15084", "15084", "ags=15084"),
        ("ars;ags", "145110000000;14511000", "14511000", "ags=14511000"),
        ("ags_alt;ags_2020", "15256;15084", "15256", "ags_alt=15256"),
        ("gvb_id;x", "150010000;1", "150010000", "gvb_id=150010000"),
        ("ror_id;x", "0101;1", "0101", "ror_id=0101"),
        ("region_code;x", "DG;1", "DG", "region_code=DG"),
        ("Bezirksregion (Nummer);Planungsraum (Nummer)", "011001;01100101", "01100101", None),
        ("Stadtteil-Nr.;AGS", "B12;05914000", "B12", "Stadtteil-Nr.=B12"),
        ("RAUMID;BEZ;PLR", "01100101;01;01", "01100101", "RAUMID=01100101"),
        ("Statistischer Bezirk;x", "011;1", "011", "Statistischer Bezirk=011"),
        ("bula_id;year", "01;2021", "01", "bula_id=01"),
        ("NUTS2;year", "DE11;2021", "DE11", "NUTS2=DE11"),
        ("KRS;x", "15084;1", "15084", "KRS=15084"),
        ("PLZ;x", "09111;1", "", "PLZ=09111"),  # a postal code is no region
        ("Schlüssel;x", "15084;1", "15084", "Schlüssel=15084"),  # the register knows this Kreis
        ("Code;x", "11111;1", "", "Code=11111"),  # and not this one: a statistic
    ],
)
def test_the_most_detailed_key_is_the_region(header: str, row: str, region: str, codes: str | None) -> None:
    cells = read(f"{header}\n{row}\n").cells
    assert cells["region"].iloc[0] == region
    assert codes is None or cells["codes"].iloc[0] == codes


def test_time_name_further_labels_and_stand() -> None:
    table = read(
        "Schuljahr;region_code;region;form;n;Stand der Daten\n"
        + "".join(
            f"{year};{key};{name};{form};3; 0{day}.12.2024\n"
            for year in ("2022/23", "2023/24")
            for key, name in (("15084", "Burgenlandkreis"), ("15", "Sachsen-Anhalt"))
            for day, form in enumerate(("Gymnasium", "Grundschule"), 1)
        )
    )
    cells = table.cells[table.cells["header"] == "n"]
    assert cells["time"].unique().tolist() == ["2022/23", "2023/24"]
    assert cells["region_name"].unique().tolist() == ["Burgenlandkreis", "Sachsen-Anhalt"]
    assert cells["attributes"].unique().tolist() == ["Gymnasium", "Grundschule"]
    assert table.stand == "2024-12-02"  # the newest


def test_line_breaks_and_delimiters_inside_quotes_trailing_spaces_and_tabs() -> None:
    table = read('Code,Content ,Time\na-1,"Fläche, km2\r\nStichtag",2021\nb-2,"sagt ""ja""",2022\n')
    assert table.cells["header"].tolist()[:3] == ["Code", "Content", "Time"]
    assert table.cells["text"].tolist() == ["a-1", "Fläche, km2\r\nStichtag", "2021", "b-2", 'sagt "ja"', "2022"]
    assert table.cells["line"].tolist() == [2, 2, 2, 4, 4, 4]
    assert rows_of(read("ags\tAnteil, in %\r\n15084\t1,5\r\n\r\n").cells).to_dict("list") == {
        "ags": ["15084"],
        "Anteil, in %": ["1,5"],
    }
    assert read("ags;Größe\n15084;1\n", encoding="cp1252").encoding == "cp1252"
    assert read("\ufeffags;Größe\n15084;1").cells["header"].tolist() == ["ags", "Größe"]


def test_a_row_of_the_whole_town_is_no_fault() -> None:
    cells = read("Stadtteil-Nr;n\n01;5\n02;7\nStadt insgesamt;12\n").cells
    assert cells["region"].tolist()[::2] == ["01", "02", "Stadt insgesamt"]
    assert refused("Stadtteil-Nr;n\n01;5\n02;7\n;12\n")[0].code == "table-key"


def test_labels_may_begin_with_a_sign() -> None:
    read("Schulnummer;Name\n1001;- Primarstufe -\n1002;-Sek.I-Ev.priv.\n1003;+ Internat\n1004;-Gem. Grundschule (A)\n")


def test_rows_are_the_inverse_of_cells_also_from_a_package(tmp_path: Path) -> None:
    text = "jahr;ags;wert \n2023; 15084;1,50\n2023;15088;\n"
    (tmp_path / "eigene_werte.csv").write_text(text, encoding="utf-8")
    package = import_files([tmp_path / "eigene_werte.csv"], tmp_path / "p").package
    rows = read_rows(package, "EIGENE-WERTE")
    assert rows.to_dict("list") == {"jahr": ["2023", "2023"], "ags": [" 15084", "15088"], "wert": ["1,50", ""]}
    assert rows.index.tolist() == [2, 3]
    with pytest.raises(DataRefused) as caught:
        read_rows(package, "ANDERE")
    assert caught.value.problems[0].code == "table-missing" and "EIGENE-WERTE" in caught.value.problems[0].expected


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("gisd/GISD_Bund_Kreis.csv", "GISD-BUND-KREIS"),
        ("kataloge/evas.csv", "KATALOGE-EVAS"),
        ("kataloge/genesis_regioDB_cubes.csv.gz", "GENESIS-REGIODB-CUBES"),
        ("Straßen Köln/Schüler.csv", "STRASSEN-KOELN-SCHUELER"),
    ],
)
def test_the_code_is_the_name_of_the_file(path: str, code: str) -> None:
    assert table_code(Path(path)) == code


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("README.md", "ags;wert\n15084;3\n"),
        ("a.txt", "ags;wert\n15084;3\n"),
        ("a.csv", "<html><title>ags;b</title>\n"),
        ("a.csv", "Notizen ohne Spalten\nzweite Zeile\n"),
        ("a.csv", "ort;wert\nNaumburg;3\n"),
    ],
)
def test_no_table(name: str, text: str) -> None:
    with pytest.raises(NotATable):
        read(text, name)


# --- one fault each ---

SOUND = "kreis_id;jahr;n\n01001;2023;5\n15084;2023;7\n09761;2023;9\n"
CAUSE = "a spreadsheet or a program read the keys as numbers"
FAULTS: dict[str, tuple[str, list[tuple[int, str, str]]]] = {
    "a row is shorter": (SOUND.replace("15084;2023;7", "15084;2023"), [(3, "the row has 2 cells", "table-row")]),
    "two rows are longer": (
        SOUND.replace("2023;7", "2023;7;").replace("2023;9", "2023;9;;"),
        [(3, "the row has 4 cells", "table-row"), (4, "the row has 5 cells", "table-row")],
    ),
    "every row is longer": (
        "kreis_id;jahr\n01001;2023;5\n",
        [(1, "no row has 2 cells as the header", "table-row")],
    ),
    "a label is empty": (
        SOUND.replace(";n\n", ";\n"),
        [(1, "the header names nothing in column 3, or it is shifted against the rows", "table-header")],
    ),
    "a label comes twice": (
        "ags;n;n \n15084;1;2\n",
        [(1, "a column comes twice", "table-duplicate")],
    ),
    "the header is missing": (
        "15084;2023\n15088;2022\n15001;2022\n",
        [(1, "the header is missing or shifted: the key 15084 stands in the first row", "table-header")],
    ),
    "the header is shifted": (
        "name;kreis_id;n\n15084;Burgenlandkreis;7\n15088;Saalekreis;5\n",
        [
            (
                1,
                "the header is missing or shifted: regional keys stand under 'name' and not under 'kreis_id'",
                "table-header",
            )
        ],
    ),
    "the years stand elsewhere": (
        "kreis_id;jahr;n\n15084;7,5;2023\n15088;5,1;2023\n",
        [(1, "the header is missing or shifted: no years stand under 'jahr'", "table-header")],
    ),
    "keys lost their zeros": (
        SOUND.replace("01001", "1001").replace("09761", "9761"),
        [(line, f"an official regional key lost its leading zero: {CAUSE}", "table-key-zero") for line in (2, 4)],
    ),
    "all keys of Gemeinden lost their zero": (
        "Amtlicher Gemeindeschlüssel,n\n5111000,1\n5914000,2\n",
        [(line, f"an official regional key lost its leading zero: {CAUSE}", "table-key-zero") for line in (2, 3)],
    ),
    "a Planungsraum lost its zero": (
        "PLR-ID;n\n1100101;1\n12100102;2\n12100103;2\n",
        [(2, f"a key of a Planungsraum lost its leading zero: {CAUSE}", "table-key-zero")],
    ),
    "a postal code lost its zero": (
        "ags;plz\n14511000;9111\n14521010;09439\n15084000;06618\n",
        [(2, f"a postal code lost its leading zero: {CAUSE}", "table-key-zero")],
    ),
    "keys became decimal numbers": (
        "kreis_id;n\n15084.0;1\n15088.0;2\n",
        [
            (line, f"an official regional key stands here as a decimal number: {CAUSE}", "table-key-zero")
            for line in (2, 3)
        ],
    ),
    "telephone numbers became decimal numbers": (
        "Schulnummer;Vorwahl\n100020;211.0\n100061;0211\n",
        [(2, f"a telephone number stands here as a decimal number: {CAUSE}", "table-key-zero")],
    ),
    "whole numbers became decimal numbers beside a gap": (
        "ags;Anzahl\n15084;220.0\n15088;\n09761;305.0\n",
        [
            (line, "the cell has another notation than the rest of its column, or it was made a decimal number", "cell")
            for line in (2, 4)
        ],
    ),
    "a key of another form": (
        SOUND.replace("15084", "1508X"),
        [(3, "this is not an official regional key", "table-key")],
    ),
    "an empty key": (SOUND.replace("15084", ""), [(3, "this is not an official regional key", "table-key")]),
    "a damaged year": (SOUND.replace("15084;2023", "15084;203"), [(3, "this is no reporting time", "table-time")]),
    "a row twice": (SOUND + "15084;2023;7\n", [(5, "the row repeats line 3", "table-duplicate")]),
    "a key twice in a year": (SOUND + "15084;2023;8\n", [(5, "the row repeats line 3", "table-duplicate")]),
    "a key and age group twice": (
        "ags;alter;n\n" + "".join(f"{ags};{alter};1\n" for ags in (15084, 15088) for alter in "abc") + "15088;b;7\n",
        [(8, "the row repeats line 6", "table-duplicate")],
    ),
    "a row of a catalogue twice": (
        "Code;Inhalt\n9;Sonderbereiche\n9;interne Zwecke\n9;Sonderbereiche\n",
        [(4, "the row repeats line 2", "table-duplicate")],
    ),
    "two notations in a column": (
        "ags;n\n15084;1.5\n15088;1,5\n09761;2.25\n",
        [(3, "the cell has another notation than the rest of its column, or it was made a decimal number", "cell")],
    ),
    "no row": ("kreis_id;jahr;n\n", [(1, "the table has no data row", "table-no-rows")]),
    "an open quote": (
        'ags;name\n15084;"Burgenlandkreis\n15088;Saalekreis\n',
        [(2, "a quote is opened in this line and not closed, or a cell has no end", "table-row")],
    ),
    "text behind a quote": (
        'ags;name\n15084;"Burgenland"kreis\n',
        [(2, "a quote is opened in this line and not closed, or a cell has no end", "table-row")],
    ),
    "several at once": (
        SOUND.replace("01001", "1001").replace("2023;7", "203;7").replace(";9", ";=SUMME(A1)"),
        [
            (2, f"an official regional key lost its leading zero: {CAUSE}", "table-key-zero"),
            (3, "this is no reporting time", "table-time"),
            (4, "the cell holds a formula", "cell"),
        ],
    ),
} | {
    f"the formula {formula}": (f'ags;name\n15084;a\n15088;"{formula}"\n', [(3, "the cell holds a formula", "cell")])
    for formula in ("=1+1", "=HYPERLINK(A1)", "@SUMME(A1:A3)", "+cmd|' /C calc'!A0", "-2+3+cmd|' /C calc'!D2", "+A1+B2")
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_refused_with_its_line(fault: str) -> None:
    text, expected = FAULTS[fault]
    assert [(one.line, one.what, one.code) for one in refused(text)] == expected


def test_a_catalogue_may_explain_a_code_in_two_ways() -> None:
    assert len(read("EVAS ;Beschreibung\n9;Sonderbereiche\n9;interne Zwecke\n").cells) == 4


# --- the real files ---

PLAIN = {
    "gisd-rki/*.csv": ",",
    "kleinraeumig-berlin-mss-2021/LOR_*.csv": ",",
    "kleinraeumig-berlin-mss-2021/[!L]*.csv": ";",
    "kleinraeumig-nrw-schulsozialindex/*.csv": ",",
    "kataloge/evas.csv": ";",
    "kataloge/[!e]*.csv*": ",",
    "gemeindeverzeichnis-2024/*.csv": ";",
    "umsteigeschluessel-bbsr/*.csv": ";",
    "raumgliederungen-bbsr/kreise_*.csv": ";",
    "inkar-20*/indikatoren*.csv": ";",
    "inkar-20*/regionen.csv": ";",
    "regionalstatistik-2018-2025/abgeleitet/*.csv": ";",
}
FILES = {
    path.relative_to(SHARED_RAW).as_posix(): delimiter
    for pattern, delimiter in PLAIN.items()
    for path in sorted(SHARED_RAW.glob(pattern))
}
every_file = pytest.mark.parametrize("name", sorted(FILES) or ["no file"])
CODES = {
    *("kreis_id", "ror_id", "gvb_id", "year", "jahr", "Jahr", "Schuljahr", "PLR-ID", "Stand der Daten"),
    *("Planungsraum (Nummer)", "Bezirksregion (Nummer)", "Prognoseraum (Nummer)", "Schulnummer", "Postleitzahl"),
    *("Amtlicher Gemeindeschlüssel", "ags", "ars", "land_ags", "plz", "verstaedterung", "ags_alt", "ags_neu"),
    *("ags_2020", "region_code", "bundesland_code", "EVAS", "Code", "Time", "id", "merk_id", "kennziffer"),
}
SYMBOLS = {"-", ".", "x", "/", "...", "", "–"}


def second_reading(name: str) -> list[list[str]]:
    raw = (SHARED_RAW / name).read_bytes()
    raw = gzip.decompress(raw) if name.endswith(".gz") else raw
    return list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""), delimiter=FILES[name]))


@pytest.fixture(scope="module")
def everything(shared_raw: Path, tmp_path_factory: pytest.TempPathFactory) -> ImportReport:
    return import_files([shared_raw], tmp_path_factory.mktemp("everything") / "data")


def stored(everything: ImportReport, name: str) -> tuple[StoredTable, pd.DataFrame]:
    sha256 = hashlib.sha256((SHARED_RAW / name).read_bytes()).hexdigest()
    [table] = [table for table in everything.package.tables if table.sha256 == sha256]
    return table, everything.package.read_cells(table)


@every_file
def test_every_cell_of_a_real_file(everything: ImportReport, name: str) -> None:
    header, *rows = second_reading(name)
    table, cells = stored(everything, name)
    labels = [label.strip() for label in header]
    assert table.family == "table" and len(cells) == len(labels) * len(rows) > 200
    assert cells["header"].astype(str).tolist() == labels * len(rows)
    assert cells["text"].tolist() == [cell for row in rows for cell in row]
    assert cells["column"].tolist() == list(range(1, len(labels) + 1)) * len(rows)
    assert cells["line"].is_monotonic_increasing and cells["line"].nunique() == len(rows)
    different = cells[["header", "text", "value", "symbol"]].astype({"header": str, "symbol": object}).drop_duplicates()
    for label, text, value, symbol in different.itertuples(index=False, name=None):
        text = text.strip()
        if text in SYMBOLS:
            assert symbol == text and pd.isna(value), (label, text)
        elif label not in CODES and re.fullmatch(r"[-+]?[0-9]+([.,][0-9]+)?(e-?[0-9]+)?", text):
            assert value == float(text.replace(",", ".")) and pd.isna(symbol), (label, text)
        else:
            assert pd.isna(value) and pd.isna(symbol), (label, text)


@every_file
def test_the_rows_of_a_real_file_come_back(everything: ImportReport, name: str) -> None:
    header, *rows = second_reading(name)
    read_back = read_rows(everything.package, stored(everything, name)[0].table)
    assert read_back.columns.tolist() == [label.strip() for label in header]
    assert read_back.to_numpy().tolist() == rows


def rows(everything: ImportReport, code: str) -> pd.DataFrame:
    return read_rows(everything.package, code)


def test_berlin_has_536_areas_with_an_index_and_their_classes(everything: ImportReport) -> None:
    mss = rows(everything, "MSS-2021-INDEX-INDIKATOREN-Z-WERTE-PLR")
    classes = Counter(mss["Zuordnung Klasse Status-Index"])
    assert classes == {"hoch": 75, "mittel": 366, "niedrig": 46, "sehr niedrig": 49, "": 6}
    assert Counter(mss["Zuordnung Klasse Dynamik-Index"]) == {"positiv": 48, "negativ": 52, "stabil": 436, "": 6}
    filled = mss[mss["zS1"] != ""]
    sums = filled[["zS1", "zS3", "zS4"]].astype(float).sum(axis=1)
    assert (sums - filled["Status-summe"].astype(float)).abs().max() < 0.0101
    name = "kleinraeumig-berlin-mss-2021/mss_2021_index-indikatoren_z-werte_plr.csv"
    cells = stored(everything, name)[1]
    index = cells[cells["header"] == "Status-Index (standardisierte Statussumme)"]
    assert index["value"].notna().sum() == 536 and (index["symbol"] == "").sum() == 6


def test_hagen_has_64_schools(everything: ImportReport) -> None:
    schools = rows(everything, "SCHULVERZEICHNIS-2024-25-SOZIALINDEX")
    assert len(schools) == 5407 and (schools["Sozialindex"] == "").sum() == 1265
    hagen = schools[schools["Amtlicher Gemeindeschlüssel"] == "05914000"]
    assert Counter(hagen["Sozialindex"]) == {
        "5": 8, "9": 7, "6": 7, "3": 6, "7": 5, "8": 5, "2": 4, "4": 4, "": 18,
    }  # fmt: skip
    places = rows(everything, "SCHULEN-KOORDINATEN-STARTCHANCEN")
    assert len(places) == 5407 and (places["latitude"] == "").sum() == 2


def test_gisd_of_400_kreise_in_24_years(everything: ImportReport) -> None:
    cells = stored(everything, "gisd-rki/GISD_Bund_Kreis.csv")[1].astype({"region": str, "time": str, "header": str})
    scores = cells[cells["header"] == "gisd_score"]
    assert scores.groupby("time")["region"].nunique().to_dict() == {str(year): 400 for year in range(1998, 2022)}
    assert scores["value"].between(0, 1).all()
    deciles = cells[(cells["header"] == "gisd_10") & (cells["time"] == "2021")].set_index("region")["value"]
    assert [deciles[key] for key in ("15084", "05914", "09761", "16070")] == [10, 10, 4, 8]
    assert rows(everything, "GISD-SACHSEN-ANHALT-GEMEINDEVERBAND")["gvb_id"].nunique() == 122
    assert rows(everything, "GISD-BUND-RAUMORDNUNGSREGION")["ror_id"].nunique() == 96


def test_shares_of_the_crosswalk_sum_to_one(everything: ImportReport) -> None:
    shares = rows(everything, "KREISE-UMSTEIGER-1990-2019-AUF-2020")
    assert len(shares) == 13771 and shares["ags_2020"].nunique() == 401
    sums = shares.assign(share=shares["anteil_bevoelkerung"].astype(float)).groupby(["jahr", "ags_alt"])["share"].sum()
    assert (sums - 1).abs().max() < 1e-5
    per_year = shares.groupby("jahr")["ags_alt"].nunique()
    assert [per_year[year] for year in ("1990", "2001", "2007", "2008", "2009", "2011", "2019")] == [
        543, 439, 429, 413, 412, 402, 401,
    ]  # fmt: skip
    gone = rows(everything, "AUFGELOESTE-KREISE-SEIT-1990")
    assert set(gone[gone["ags_alt"] == "15256"]["ags_neu"]) == {"15084"}


def test_register_and_typology(everything: ImportReport) -> None:
    towns = rows(everything, "GEMEINDEN-ST-SN-TH-20240630").set_index("ags")
    assert len(towns) == 1241 and towns["plz"].loc["14521010"] == "09439"
    kreise = rows(everything, "KREISE-20240630").set_index("ags")
    assert kreise["bevoelkerung_2022"].astype(int).sum() == 84349751  # 9,094 too low: the file gives Fehrbellin 0
    assert kreise.loc["15084", ["flaeche_km2", "bevoelkerung_2022"]].tolist() == ["1414.13", "177212"]
    assert Counter(kreise["typ"])["Landkreis"] == 251 and kreise["typ"].loc["10041"] == "Regionalverband"
    types = rows(everything, "KREISE-RAUMGLIEDERUNGEN-2017").set_index("ags")
    assert (len(types), types["ktyp4"].loc["15084"], types["ROR11"].loc["09761"]) == (401, "3", "902")


def test_catalogues_and_derived_tables(everything: ImportReport) -> None:
    lengths = {
        "REGIODB-TABLES": 791,
        "INKAR-2024-KREISE-INDIKATOREN": 644,
        "KATALOGE-EVAS": 305,
        "REGIODB-STATISTICS": 101,
        "GENESIS-REGIODB-CUBES": 5890,
        "LOR-2021": 542,
    }
    assert {code: len(rows(everything, code)) for code in lengths} == lengths
    assert rows(everything, "REGIODB-TABLES")["Content"].str.contains("\n").any()
    name = "regionalstatistik-2018-2025/abgeleitet/bevoelkerung_altersgruppen_2023_2024.csv"
    cells = stored(everything, name)[1].astype({column: str for column in ("region", "time", "attributes", "header")})
    chosen = cells[(cells["time"] == "2024") & (cells["attributes"] == "Insgesamt") & (cells["header"] == "insgesamt")]
    values = chosen.set_index("region")["value"]
    assert [values[key] for key in ("15084", "09761", "05914")] == [173684, 301105, 190384]


# --- everything below ../shared/data/raw ---

LEFT_OUT = {
    r"(.*/)?README\.md": "a .md without the first line of an official table",
    r".*_metadata\.json": "metadata of a table, without figures",
    r".*/fehlerantwort_tabelle_zu_gross\.json": "the interface answered with error 98: ",
}


def test_every_file_is_imported_or_left_out_for_a_known_reason(shared_raw: Path, everything: ImportReport) -> None:
    files = {path.relative_to(shared_raw).as_posix() for path in shared_raw.rglob("*") if path.is_file()}
    outcomes = {file.file.partition("/")[2]: file for file in everything.files}
    assert set(outcomes) == files and len(files) > 150
    for name, file in outcomes.items():
        if file.outcome == "left out":
            reasons = [reason for pattern, reason in LEFT_OUT.items() if re.fullmatch(pattern, name)]
            assert len(reasons) == 1 and file.why.startswith(reasons[0]), (name, file.why)
    families = {table.file: table.family for table in everything.package.tables}
    assert {Path(name).name for name in FILES} <= {file for file, family in families.items() if family == "table"}
