"""Official workbooks (.xlsx): every cell against a second reading, and small workbooks with one fault each.

The second reading takes the parts of the zip as XML and knows no layouts and no openpyxl: what stands in a sheet and
was not stored, and is no key, name or header, would be found here.
"""

import datetime as dt
import io
import re
import struct
import xml.etree.ElementTree as ET
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from tests.conftest import SHARED_RAW
from tests.data.small_workbooks import xlsx
from transferbuch.data import workbook
from transferbuch.data.corrections import load_corrections
from transferbuch.data.crosswalk import COLUMNS, read_crosswalk
from transferbuch.data.importer import ImportReport, import_files
from transferbuch.data.observations import compute_observations
from transferbuch.data.sources import load_sources
from transferbuch.data.store import DataPackage, StoredTable
from transferbuch.data.typologies import read_kreistypen
from transferbuch.errors import DataRefused, PersonFileError, Problem
from transferbuch.regions.register import load_register

REGISTER_FILE = "gemeindeverzeichnis-2024/AuszugGV2QAktuell.xlsx"
CROSSWALK_FILE = "umsteigeschluessel-bbsr/ref-kreise-umrech-2020-1990-2019.xlsx"
REFERENCES_FILE = "raumgliederungen-bbsr/referenz-gemeinden-gvb-kreise-nuts-2017.xlsx"
TYPES_FILE = "raumgliederungen-bbsr/siedlungsstrukt-kreistypen-2020.csv"
REPORT_FILE = "regionalstatistik-2018-2025/21711_ausgaben_je_schueler_2024.xlsx"
FILES = (REGISTER_FILE, CROSSWALK_FILE, REFERENCES_FILE, TYPES_FILE, REPORT_FILE)
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
Place = tuple[str, int, int]


@pytest.fixture(scope="module")
def imported(shared_raw: Path, tmp_path_factory: pytest.TempPathFactory) -> ImportReport:
    return import_files([shared_raw / name for name in FILES], tmp_path_factory.mktemp("workbooks") / "data")


def stored(report: ImportReport, name: str) -> tuple[StoredTable, pd.DataFrame]:
    [table] = [table for table in report.package.tables if table.file == Path(name).name]
    cells = report.package.read_cells(table)
    return table, cells.astype({column: str for column in ("region", "region_name", "time", "attributes", "codes")})


def second_reading(path: Path) -> dict[Place, str | float]:
    """Everything that stands in the sheets: (sheet, line, column) → text or number."""
    archive = zipfile.ZipFile(path)
    shared = [
        "".join(text.text or "" for text in entry.iter(f"{MAIN}t"))
        for entry in ET.fromstring(archive.read("xl/sharedStrings.xml"))
    ]
    targets = {one.get("Id"): one.get("Target") for one in ET.fromstring(archive.read("xl/_rels/workbook.xml.rels"))}
    found: dict[Place, str | float] = {}
    for sheet in ET.fromstring(archive.read("xl/workbook.xml")).iter(f"{MAIN}sheet"):
        for cell in ET.fromstring(archive.read(f"xl/{targets[sheet.get(RELATION)]}")).iter(f"{MAIN}c"):
            value = cell.find(f"{MAIN}v")
            if value is None:
                continue
            letters, line = re.fullmatch("([A-Z]+)([0-9]+)", cell.get("r")).groups()
            column = sum((ord(letter) - 64) * 26**power for power, letter in enumerate(reversed(letters)))
            content = shared[int(value.text)] if cell.get("t") == "s" else float(value.text)
            if cell.get("t") not in (None, "n", "s"):
                raise AssertionError(f"{cell.get('r')}: a cell of another type")
            if not isinstance(content, str) or content.strip():
                found[sheet.get("name"), int(line), column] = content
    return found


def check_cells(cells: pd.DataFrame, sheets: pd.Series, expected: dict[Place, str | float]) -> None:
    """Exactly the expected cells are stored, each with its text, number or label; others are empty fields."""
    columns = (cells["line"], cells["column"], cells["text"], cells["value"], cells["symbol"])
    got: dict[Place, str | float] = {}
    for sheet, line, column, text, value, symbol in zip(sheets, *columns, strict=True):
        assert (sheet, line, column) not in got
        if text == "":
            assert symbol == "" and pd.isna(value) and (sheet, line, column) not in expected
            continue
        content = expected[sheet, line, column]
        got[sheet, line, column] = content
        if isinstance(content, float):
            assert value == content == float(text) and pd.isna(symbol)
            continue
        assert text == content
        if symbol == "-":
            assert text.strip() == "-" and pd.isna(value)
        elif not pd.isna(value):
            assert value == float(text.replace(",", "."))
    assert got == expected


# --- real workbooks, cell for cell ---


def test_gemeindeverzeichnis_cell_for_cell(imported: ImportReport) -> None:
    table, cells = stored(imported, REGISTER_FILE)
    raw = second_reading(SHARED_RAW / REGISTER_FILE)
    sheet = "Onlineprodukt_Gemeinden30062024"
    rows = {line for name, line, column in raw if name == sheet and column == 3 and line > 5}
    key_columns = (1, 3, 4, 5, 6, 7)
    expected = {
        place: content
        for place, content in raw.items()
        if place[0] == sheet and place[1] in rows and place[2] not in key_columns
    }
    check_cells(cells, pd.Series(sheet, cells.index), expected)
    for line, part in cells.drop_duplicates("line").set_index("line")[["region", "region_name", "codes"]].iterrows():
        keys = [raw.get((sheet, line, column), "") for column in key_columns]
        assert part["codes"] == f"SATZART={keys[0]}|ARS={''.join(keys[1:])}"
        assert part["region"] == "".join(keys[1:4] + keys[5:] if keys[0] == "60" else keys[1:])
        assert part["region_name"] == raw[sheet, line, 8].strip()
    words = [content for (name, line, _), content in raw.items() if name != sheet or line > max(rows)]
    assert all(re.sub(r"\s+", " ", word).strip() in re.sub(r"\s+", " ", table.notes) for word in words)
    assert "67=Große Kreisstadt" in table.notes  # the comments explain the keys


def test_gemeindeverzeichnis_says_which_day_is_which(imported: ImportReport) -> None:
    table, cells = stored(imported, REGISTER_FILE)
    assert (table.table, table.family, table.stand) == ("GV-ISYS", "gemeindeverzeichnis", "2024-06-30")
    assert table.licence == "Vervielfältigung mit Quellenangabe gestattet"
    assert table.attribution.endswith("Statistisches Bundesamt (Destatis), 2024")
    times = cells.drop_duplicates(["header", "time"]).groupby("time")["header"].apply(sorted).to_dict()
    coordinates = "Geografische Mittelpunktkoordinaten"
    assert times == {
        "2022-12-31": [
            "Bevölkerung | insgesamt",
            "Bevölkerung | je km2",
            "Bevölkerung | männlich",
            "Bevölkerung | weiblich",
            "Fläche",
        ],
        "2023-12-31": [f"{coordinates} | Breitengrad", f"{coordinates} | Längengrad"],
        "2024-06-30": [
            "Gemeindename",
            "Grad der Verstädterung | Bezeichnung",
            "Grad der Verstädterung | Schlüssel",
            "Postleitzahl",
            "Reisegebiete | Bezeichnung",
            "Reisegebiete | Schlüssel",
            "Textkennzeichen",
        ],
    }


def test_gemeindeverzeichnis_gives_the_published_figures(imported: ImportReport) -> None:
    _, cells = stored(imported, REGISTER_FILE)
    people = cells[cells["header"] == "Bevölkerung | insgesamt"]
    assert people["value"].sum() == 84_349_751  # 9,094 less than published: Fehrbellin
    assert set(people["region"].str.len()) == {8}  # rows of Kreise have no figures
    area = cells[cells["header"] == "Fläche"]
    for kreis, inhabitants, km2 in (
        ("15084", 177_212, 1414.13),
        ("09761", 301_033, 146.85),
        ("05914", 189_783, 160.45),
    ):
        assert people.loc[people["region"].str[:5] == kreis, "value"].sum() == inhabitants
        assert area.loc[area["region"].str[:5] == kreis, "value"].sum() == pytest.approx(km2)
    kinds = cells[(cells["header"] == "Textkennzeichen") & (cells["region"].str.len() == 5)]
    assert Counter(kinds["text"]) == {"44": 251, "41": 97, "43": 42, "42": 9, "45": 1}
    length = cells.drop_duplicates("line")["region"].str.len().value_counts().to_dict()
    assert length == {8: 10_959, 9: 4_596, 5: 400, 3: 29, 2: 16, 4: 12}
    [fehrbellin] = people[people["region"] == "12068117"].itertuples()
    assert (fehrbellin.text, fehrbellin.value, fehrbellin.line) == ("0", 0.0, 13010)
    [longitude] = cells[(cells["region"] == "12068117") & cells["header"].str.endswith("Längengrad")].itertuples()
    assert (longitude.text, longitude.value) == ("12,764153", 12.764153)


def test_umsteigeschluessel_cell_for_cell(imported: ImportReport) -> None:
    _, cells = stored(imported, CROSSWALK_FILE)
    raw = second_reading(SHARED_RAW / CROSSWALK_FILE)
    width = Counter(sheet for sheet, line, _ in raw if line == 1)
    keys = {place: content for place, content in raw.items() if place[1] > 1 and place[2] in (1, width[place[0]] - 1)}
    names = {place: content for place, content in raw.items() if place[1] > 1 and place[2] == 2}
    expected = {place: raw[place] for place in raw if place[1] > 1 and place not in keys and place not in names}
    sheets = cells["time"].str[:4] + "-2020"
    check_cells(cells, sheets, expected)
    per_row = cells.assign(sheet=sheets).drop_duplicates(["sheet", "line"])
    assert len(per_row) * 2 == len(keys)
    columns = (per_row[name] for name in ("sheet", "line", "region", "attributes", "codes", "region_name"))
    for sheet, line, old, new, codes, name in zip(*columns, strict=True):
        first, second = int(raw[sheet, line, 1]), int(raw[sheet, line, width[sheet] - 1])
        assert (f"{old}000", f"{new}000") == (f"{first:08d}", f"{second:08d}")
        assert codes == f"KENNZIFFER={first}|ZIEL={second}"
        assert name == names.get((sheet, line, 2), "").strip()


def test_references_cell_for_cell(imported: ImportReport) -> None:
    table, cells = stored(imported, REFERENCES_FILE)
    raw = second_reading(SHARED_RAW / REFERENCES_FILE)
    head = {sheet: 1 if sheet == "NUTS" else 2 for sheet, _, _ in raw}
    places = {sheet: (2, 3) if sheet == "NUTS" else (1, 2) for sheet in head}  # columns of key and name
    body = {place: content for place, content in raw.items() if place[1] > head[place[0]]}
    expected = {place: content for place, content in body.items() if place[2] not in places[place[0]]}
    check_cells(cells, cells["attributes"], expected)
    per_row = cells.drop_duplicates(["attributes", "line"])
    assert per_row["attributes"].value_counts().to_dict() == {
        "Gemeinden": 11_127,
        "Gemeinden-GVB": 11_127,
        "Gemeindeverbände": 4_528,
        "NUTS": 403,
        "KRS": 401,
    }
    columns = (per_row[name] for name in ("attributes", "line", "region", "codes", "region_name"))
    for sheet, line, region, codes, name in zip(*columns, strict=True):
        key = body[sheet, line, places[sheet][0]]
        key = key if isinstance(key, str) else str(int(key))
        official = {"KRS": key.zfill(8)[:5], "Gemeinden": key.zfill(8), "Gemeinden-GVB": key.zfill(8)}
        assert region == official.get(sheet, region) and region.endswith(official.get(sheet, f":{key}"))
        assert codes.endswith(f"|KENNZIFFER={key}") and codes.startswith(f"SHEET={sheet}|")
        assert name == body[sheet, line, places[sheet][1]].strip()
    assert (table.table, table.stand) == ("BBSR-REFERENZEN", "2017-12-31")


def test_report_cell_for_cell(imported: ImportReport) -> None:
    table, cells = stored(imported, REPORT_FILE)
    raw = second_reading(SHARED_RAW / REPORT_FILE)
    flat = {sheet for sheet, _, _ in raw if sheet.startswith("csv-")}
    assert len(flat) == 4
    columns = {
        sheet: {raw[sheet, 1, column]: column for column in range(1, 9) if (sheet, 1, column) in raw} for sheet in flat
    }
    expected = {
        (sheet, line, column): content
        for (sheet, line, column), content in raw.items()
        if sheet in flat and line > 1 and column == columns[sheet]["Ausgaben_je_Schueler"]
    }
    sheets = cells["codes"].str.removeprefix("SHEET=")
    check_cells(cells, sheets, expected)
    for sheet, cell in zip(sheets, cells.itertuples(), strict=True):
        row = {name: raw[sheet, cell.line, column] for name, column in columns[sheet].items()}
        row = {
            name: content.strip() if isinstance(content, str) else str(int(content)) for name, content in row.items()
        }
        assert (cell.region_name, cell.time, cell.unit) == (row["Gebiet"], row["Jahr"], row["Masseinheit"])
        assert cell.flag == row["Anmerkung"]
        between = [row[name] for name in columns[sheet] if re.fullmatch("(Schulart|Ausgabeart)(_[12])?", name)]
        assert cell.attributes == " | ".join(between)
    for sheet in flat:  # what is left out is there in the flat sheets: the same figures, no more and no less
        figures = [content for place, content in expected.items() if place[0] == sheet and isinstance(content, float)]
        laid_out = [  # figures are rounded to hundreds, years are not
            content
            for (name, _, column), content in raw.items()
            if name == sheet.removeprefix("csv-") and column > 1 and isinstance(content, float) and content % 100 == 0
        ]
        assert Counter(figures) == Counter(laid_out), sheet
    assert (table.table, table.stand, table.statistic) == (
        "21711",
        "2026-03-12",
        "Bildungsberichterstattung für nationale Zwecke",
    )
    assert "2 Ergebnisse für 2024 sind vorläufig." in table.notes
    [file] = [file for file in imported.files if file.table == "21711"]
    assert file.why == "sheets 21711-b01, 21711-01, 21711-02, 21711-03: the same figures laid out for reading"
    bund = cells[(cells["region"] == "DG") & (cells["time"] == "2024") & cells["codes"].str.endswith("b01")]
    assert bund["value"].tolist() == [10500] and bund["flag"].tolist() == ["p"]


# --- what other rooms ask for ---


def test_crosswalk_is_that_of_the_derived_file(imported: ImportReport) -> None:
    frame = read_crosswalk(imported.package)
    derived = pd.read_csv(
        SHARED_RAW / "umsteigeschluessel-bbsr" / "kreise_umsteiger_1990_2019_auf_2020.csv",
        sep=";",
        dtype={"ags_alt": str, "ags_2020": str},
    )
    derived = derived.sort_values(["jahr", "ags_alt", "ags_2020"], ignore_index=True)
    assert tuple(frame.columns) == COLUMNS and len(frame) == len(derived) == 13_771
    names = {"year": "jahr", "old": "ags_alt", "new": "ags_2020", "area": "anteil_flaeche"}
    names |= {"population": "anteil_bevoelkerung", "employees": "anteil_beschaeftigte"}
    for own, other in names.items():
        pd.testing.assert_series_equal(frame[own], derived[other], check_names=False, check_dtype=False, atol=1e-6)
    assert set(frame["target"]) == {"2020-12-31"}
    assert frame["employees"].isna().equals(frame["year"] < 1997)
    per_year = frame.groupby("year")["old"].nunique().to_dict()
    counts = {1990: 543, 2000: 440, 2007: 429, 2008: 413, 2009: 412, 2010: 412} | dict.fromkeys(range(2001, 2007), 439)
    counts |= dict.fromkeys(range(2011, 2016), 402) | dict.fromkeys(range(2016, 2020), 401)
    assert {year: per_year[year] for year in counts} == counts
    assert frame["new"].nunique() == 401
    sums = frame.groupby(["year", "old"])["population"].sum()
    assert (sums - 1).abs().max() < 1e-6


@pytest.mark.parametrize(
    ("year", "old", "shares"),
    [
        (2006, "15256", {"15084": 1}),  # Burgenlandkreis (alt) and Weißenfels
        (2006, "15268", {"15084": 1}),
        (2006, "15151", {"15001": 0.203, "15082": 0.366, "15086": 0.076, "15091": 0.355}),  # Anhalt-Zerbst
        (2010, "13052", {"13071": 0.824, "13075": 0.176}),  # Demmin
        (2015, "03152", {"03159": 1}),  # Göttingen and Osterode
        (2008, "05354", {"05334": 1}),  # Aachen
    ],
)
def test_shares_of_dissolved_kreise(imported: ImportReport, year: int, old: str, shares: dict[str, float]) -> None:
    frame = read_crosswalk(imported.package)
    rows = frame[(frame["year"] == year) & (frame["old"] == old)]
    assert dict(zip(rows["new"], rows["population"].round(3), strict=True)) == shares


def test_kreistypen_of_two_editions(imported: ImportReport) -> None:
    frame = read_kreistypen(imported.package)
    counts = frame.groupby(["edition", "type"]).size().to_dict()
    assert {kind: counts[2020, kind] for kind in (1, 2, 3, 4)} == {1: 67, 2: 133, 3: 98, 4: 103}
    assert len(frame) == 802 and set(frame["edition"]) == {2017, 2020}
    rows = frame.set_index(["ags", "edition"])
    assert rows.loc[("15084", 2017), ["type", "label"]].tolist() == [3, "Ländlicher Kreis mit Verdichtungsansätzen"]
    assert rows.loc[("05914", 2020), ["type", "label"]].tolist() == [1, "kreisfreie Großstadt"]
    assert rows.loc[("01001", 2020), "type"] == 4  # a kreisfreie Stadt is not always of type 1


def test_fehrbellin_is_withheld_and_nothing_else_of_the_register(imported: ImportReport) -> None:
    sources, register = load_sources(), load_register()
    frame = compute_observations(imported.package, sources, register, load_corrections(sources, register))
    people = frame[frame["variable"] == "population_gemeinde"].set_index("ags")
    assert people.loc["12068117", "status"] == "withheld" and pd.isna(people.loc["12068117", "value"])
    assert people["status"].astype(str).value_counts().to_dict() == {"ok": 10_958, "withheld": 1}
    assert people.loc["15084550", ["value", "year", "time", "stand"]].tolist()[1:] == [2022, "2022-12-31", "2024-06-30"]
    assert frame[frame["variable"] == "area_gemeinde_km2"].set_index("ags").loc["12068117", "value"] == 270.37
    assert set(frame["ags"].str.len()) == {8}


# --- small workbooks: other editions of the families ---

REGISTER_HEAD = [
    ["Gemeinden in Deutschland nach Fläche, Bevölkerung und Postleitzahl am 31.12.2025 (Jahr)"],
    [],
    ["Satz-art", "Text-kenn-zeichen", "Amtlicher Regionalschlüssel (ARS)", None, None, None, None, "Gemeindename",
     "Fläche km2 1)", "Bevölkerung2)", None, "Postleit-zahl3)"],
    [None, None, "Land", "RB", "Kreis", "VB", "Gem", None, None, "insgesamt", "männlich"],
    [None, None, "Gebietsstand am 31.12.2025 (Jahr)", None, None, None, None, None, "31.12.2024 (Jahr)",
     "am 31.12.2024 (Jahr)"],
    [],
]  # fmt: skip
REGISTER_ROWS = [
    ["10", None, "12", None, None, None, None, "Brandenburg"],
    ["40", "44", "12", "0", "68", None, None, "Ostprignitz-Ruppin"],
    ["50", "50", "12", "0", "68", "0117", None, "Fehrbellin"],
    ["60", "64", "12", "0", "68", "0117", "117", "Fehrbellin", 270.37, 9123, 4500, "16833"],
    ["60", "66", "12", "0", "68", "9999", "999", "Forst", 1, 0, 0, None],
    [],
    ["1) Abweichungen durch Runden."],
    ["© Statistisches Bundesamt (Destatis), 2026"],
]
CROSSWALK_HEAD = [
    "Kreise\r\n 31.12.2021", "Kreisname 2021", "flächen-\r\nproportionaler\r\nUmsteige-schlüssel",
    "bevölkerungs- \r\nproportionaler \r\nUmsteige- \r\nschlüssel", "Fläche am 31.12.2021 in km²",
    "Bevölkerung am 31.12.2021 in 1000", "Kreise\r\n 31.12.2022", "Kreisname 2022",
]  # fmt: skip
CROSSWALK_ROWS = [
    [1001000, "Flensburg, Stadt", 1, 1, 53.02, 91.1, 1001000, "Flensburg, Stadt"],
    [15151000, "Anhalt-Zerbst", 0.25, 0.4, 1225.1, 70, 15001000, "Dessau-Roßlau"],
    [15151000, "Anhalt-Zerbst", 0.75, 0.6, 1225.1, 70, 15082000, "Anhalt-Bitterfeld"],
    [None, None, None, None, None, None, None, " "],
]
REFERENCE = [
    ["KRS2022", "KRS_NAME", "FL2022", "KTU2022", "KTU_NAME"],
    ["Kreise (2022) Kennziffer", "Kreise (2022) Name", "Fläche in km²",
     "Siedlungsstruktureller Kreistyp (2022) Kennziffer", "Siedlungsstruktureller Kreistyp (2022) Name"],
    [1001000, "Flensburg", 53.02, 4, "Dünn besiedelter ländlicher Kreis"],
    [15084000, "Burgenlandkreis", 1413.7, 3, "Ländlicher Kreis mit Verdichtungsansätzen"],
]  # fmt: skip
FLAT_HEAD = ["Statistik", "Gebiet", "Schulart", "Jahr", "Masseinheit", "Ausgaben", "Anmerkung"]
REPORT = {
    "Titel": [["Statistischer Bericht"], ["Ausgaben je Kind"], [2025]],
    "21711-01": [["Ausgaben1"], ["Bayern", 7100, 7300], ["1 Gerundet."]],
    "csv-21711-01": [
        FLAT_HEAD,
        ["Finanzen ", "Bayern   ", "Alle", 2024, "Euro", 7100, "p"],
        ["Finanzen", "Deutschland", "Alle", "2024", "Euro", "-", "-"],
        [" ", " ", None, " "],
    ],
    "csv-21711-09": [["Gebiet", "Wert"], ["Bayern", 1]],
}
Sheets = dict[str, list[list[str | int | float | bool | None]]]


def register_sheets() -> Sheets:
    return {
        "Inhalt": [["Gemeindeverzeichnis"], [2026]],
        "Gemeinden": [list(row) for row in REGISTER_HEAD + REGISTER_ROWS],
    }


def crosswalk_sheets() -> Sheets:
    return {"2021-2022": [list(CROSSWALK_HEAD), *(list(row) for row in CROSSWALK_ROWS)]}


def reference_sheets() -> Sheets:
    return {"Erläuterungen": [["Stand: Gebietsstand 2022"]], "Kreisreferenz": [list(row) for row in REFERENCE]}


def package_of(folder: Path, *books: Sheets) -> DataPackage:
    for number, sheets in enumerate(books):
        (folder / f"{number}.xlsx").write_bytes(xlsx(sheets))
    return import_files([folder / f"{number}.xlsx" for number in range(len(books))], folder / "package").package


def rows_of(package: DataPackage, *columns: str) -> Iterator[tuple[object, ...]]:
    [table] = package.tables
    return package.read_cells(table)[list(columns)].itertuples(index=False, name=None)


def test_a_yearly_edition_of_the_register(tmp_path: Path) -> None:
    package = package_of(tmp_path, register_sheets())
    [table] = package.tables
    assert (table.table, table.stand, table.notes.split("\n")[0]) == (
        "GV-ISYS",
        "2025-12-31",
        "1) Abweichungen durch Runden.",
    )
    cells = [row for row in rows_of(package, "region", "header", "time", "text", "value") if row[0] == "12068117"]
    assert [(header, time, text) for _, header, time, text, _ in cells] == [
        ("Textkennzeichen", "2025-12-31", "64"),
        ("Gemeindename", "2025-12-31", "Fehrbellin"),
        ("Fläche", "2024-12-31", "270.37"),
        ("Bevölkerung | insgesamt", "2024-12-31", "9123"),
        ("Bevölkerung | männlich", "2024-12-31", "4500"),
        ("Postleitzahl", "2025-12-31", "16833"),
    ]


def test_the_correction_fails_when_the_register_prints_inhabitants(tmp_path: Path) -> None:
    sheets = register_sheets()
    sheets["Gemeinden"][4][8] = "31.12.2022 (Jahr)"
    sheets["Gemeinden"][4][9] = "am 31.12.2022 (Jahr)"
    sources, register = load_sources(), load_register()
    with pytest.raises(PersonFileError) as caught:
        package = package_of(tmp_path, sheets)
        compute_observations(package, sources, register, load_corrections(sources, register))
    [problem] = caught.value.problems
    assert (problem.file, problem.expected) == ("catalogue/corrections/GV-ISYS.yml", "0")
    assert problem.value == "line 10 of table GV-ISYS, Stand 2025-12-31, prints 9123"


def test_another_umsteigeschluessel_and_the_newest_counts(tmp_path: Path) -> None:
    older = {"2020-2021": [list(CROSSWALK_HEAD), list(CROSSWALK_ROWS[0])]}
    older["2020-2021"][0] = [str(label).replace("2021", "2020").replace("2022", "2021") for label in CROSSWALK_HEAD]
    frame = read_crosswalk(package_of(tmp_path, crosswalk_sheets(), older))
    assert frame[["year", "old", "new", "target"]].to_numpy().tolist() == [
        [2021, "01001", "01001", "2022-12-31"],
        [2021, "15151", "15001", "2022-12-31"],
        [2021, "15151", "15082", "2022-12-31"],
    ]
    assert frame["population"].tolist() == [1, 0.4, 0.6] and frame["area"].tolist() == [1, 0.25, 0.75]
    assert frame["employees"].isna().all()


def test_an_umsteigeschluessel_of_gemeinden_whose_header_names_another_year(tmp_path: Path) -> None:
    """The BBSR's workbooks of Gemeinden print 1996 above the sheet of 1990: the sheet's name counts, and it is told."""
    head = [str(label).replace("Kreise", "Gemeinden").replace("Kreisname", "Gemeindename") for label in CROSSWALK_HEAD]
    sheets = {"2019-2022": [head, [1051001, "Albersdorf", 1, 1, 17.1, 3.7, 1051001, "Albersdorf"]]}
    package = package_of(tmp_path, sheets)
    [table] = package.tables
    assert (table.table, table.notes) == (
        "BBSR-UMSTEIGESCHLUESSEL-GEMEINDEN",
        "Blatt 2019-2022: Die Kopfzeile nennt das Jahr 2021.",
    )
    assert {row[:2] for row in rows_of(package, "region", "time")} == {("01051001", "2019-12-31")}
    assert read_crosswalk(package).empty


def test_without_umsteigeschluessel_and_typology_the_frames_are_empty(tmp_path: Path) -> None:
    package = package_of(tmp_path, register_sheets())
    assert read_crosswalk(package).empty and tuple(read_crosswalk(package).columns) == COLUMNS
    assert read_kreistypen(package).empty


def test_references_of_a_later_edition(tmp_path: Path) -> None:
    package = package_of(tmp_path, reference_sheets())
    assert package.tables[0].stand == "2022"
    assert read_kreistypen(package).to_numpy().tolist() == [
        ["01001", 2022, 4, "Dünn besiedelter ländlicher Kreis"],
        ["15084", 2022, 3, "Ländlicher Kreis mit Verdichtungsansätzen"],
    ]


def test_two_files_of_one_edition_that_contradict_each_other(tmp_path: Path) -> None:
    other = reference_sheets()
    other["Kreisreferenz"][2][3] = 1
    with pytest.raises(DataRefused, match="different Kreistypen in the edition 2022") as caught:
        read_kreistypen(package_of(tmp_path, reference_sheets(), other))
    assert caught.value.exit_code == 12


def test_a_report_keeps_symbols_marks_and_says_what_it_leaves_out(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(xlsx(REPORT))
    report = import_files([tmp_path / "a.xlsx"], tmp_path / "package")
    assert list(rows_of(report.package, "region", "time", "attributes", "text", "symbol", "flag"))[1] == (
        "DG",
        "2024",
        "Alle",
        "-",
        "-",
        "-",
    )
    assert [row[0] for row in rows_of(report.package, "value")][0] == 7100
    assert "1 Gerundet." in report.package.tables[0].notes and "7100" not in report.package.tables[0].notes
    assert report.files[0].why == (
        "the file states no Stand: it is kept, but its figures are not shown on pages; "
        "sheets 21711-01: the same figures laid out for reading; "
        "sheets csv-21711-09: no flat table of the known form, their figures are not imported"
    )


# --- one fault each ---


def faults(folder: Path, content: bytes) -> tuple[Problem, ...]:
    (folder / "a.xlsx").write_bytes(content)
    with pytest.raises(DataRefused) as caught:
        import_files([folder], folder / "package")
    assert caught.value.exit_code == 12 and not (folder / "package").exists()
    return caught.value.problems


def change(sheets: Sheets, sheet: str, line: int, column: int, value: str | int | float | bool | None) -> Sheets:
    row = sheets[sheet][line - 1]
    row += [None] * (column - len(row))
    row[column - 1] = value
    return sheets


def repeat(sheets: Sheets, sheet: str, line: int) -> Sheets:
    sheets[sheet].insert(line, list(sheets[sheet][line - 1]))
    return sheets


def without(sheets: Sheets, sheet: str, column: int) -> Sheets:
    for row in sheets[sheet]:
        del row[column - 1 : column]
    return sheets


def shifted(sheets: Sheets, sheet: str, lines: slice, at: int) -> Sheets:
    for row in sheets[sheet][lines]:
        row.insert(at, None)
    return sheets


GV, CW, REF = "Gemeinden", "2021-2022", "Kreisreferenz"
BROKEN = {
    "formula": (change(crosswalk_sheets(), CW, 2, 4, "=1/1"), 2, f"{CW}!D2", "a cell holds a formula"),
    "error value": (change(register_sheets(), GV, 10, 10, "#REF!"), 10, f"{GV}!J10", "a cell holds an error value"),
    "truth value": (change(reference_sheets(), REF, 3, 4, True), 3, f"{REF}!D3", "a cell holds a truth value"),
    "no column of the key": (
        change(register_sheets(), GV, 4, 6, None),
        4,
        GV,
        "the header lacks the column VB",
    ),
    "no column of the area": (
        without(register_sheets(), GV, 9),
        3,
        GV,
        "the header does not have the column Fläche once",
    ),
    "no Textkennzeichen": (change(register_sheets(), GV, 3, 2, None), 3, GV, "the header lacks the column Textkennz"),
    "no Gebietsstand": (
        change(change(register_sheets(), GV, 5, 3, None), GV, 1, 1, "Gemeinden"),
        5,
        GV,
        "the header names no Gebietsstand",
    ),
    "header of the register shifted": (
        shifted(register_sheets(), GV, slice(2, 5), 2),
        7,
        GV,
        "the key does not fit Satzart 10",
    ),
    "key without zero": (change(register_sheets(), GV, 10, 5, "8"), 10, GV, "the key does not fit Satzart 60"),
    "key of no Land": (change(register_sheets(), GV, 10, 3, "17"), 10, GV, "the key does not fit Satzart 60"),
    "unknown Satzart": (change(register_sheets(), GV, 10, 1, "70"), 10, GV, "the row has no known Satzart"),
    "Gemeinde twice": (repeat(register_sheets(), GV, 10), 11, GV, "the row repeats the key of line 10"),
    "words for a number": (
        change(register_sheets(), GV, 10, 10, "viele"),
        10,
        f"{GV}!J10",
        "'viele' is neither a number nor one of the symbols",
    ),
    "header of the Umsteigeschlüssel shifted": (
        shifted(crosswalk_sheets(), CW, slice(0, 1), 0),
        1,
        CW,
        "the header is shifted",
    ),
    "no share by population": (
        without(crosswalk_sheets(), CW, 4),
        1,
        CW,
        "the header lacks the column bevölkerungsproportionaler Umsteigeschlüssel",
    ),
    "key that is a float": (
        change(crosswalk_sheets(), CW, 2, 1, 1001000.5),
        2,
        CW,
        "the row does not have two keys of Kreise",
    ),
    "key of a Gemeinde": (
        change(crosswalk_sheets(), CW, 2, 7, 1001001),
        2,
        CW,
        "the row does not have two keys of Kreise",
    ),
    "pair twice": (repeat(crosswalk_sheets(), CW, 3), 4, CW, "the row repeats line 3"),
    "row too long": (change(crosswalk_sheets(), CW, 3, 9, 1), 3, CW, "the row is longer than the header"),
    "unknown sheet": (
        crosswalk_sheets() | {"Anhang": [["Kreis", "Einwohner"], [1, 2]]},
        2,
        "Anhang!A2",
        "a sheet that is no table of this kind holds figures",
    ),
    "sheet to another year": (
        crosswalk_sheets() | {"2020-2021": crosswalk_sheets()[CW]},
        1,
        "2020-2021",
        "the header does not lead to the year of the sheet's name",
    ),
    "Kreis twice": (repeat(reference_sheets(), REF, 4), 5, REF, "the row repeats the key of line 4"),
    "no key of a Kreis": (change(reference_sheets(), REF, 4, 1, 15084), 4, REF, "this is no key of Kreise with a name"),
    "unknown Land in a report": (
        change({name: [list(row) for row in rows] for name, rows in REPORT.items()}, "csv-21711-01", 2, 2, "Baiern"),
        2,
        "csv-21711-01",
        "the row names no Land or no year",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_fault_is_refused_with_sheet_and_row(tmp_path: Path, name: str) -> None:
    sheets, line, field, what = BROKEN[name]
    problem, *_ = faults(tmp_path, xlsx(sheets))
    assert (problem.file.split("/")[1], problem.line, problem.field) == ("a.xlsx", line, field)
    assert problem.what.startswith(what)


def test_all_faults_of_a_workbook_are_named_at_once(tmp_path: Path) -> None:
    sheets = change(change(crosswalk_sheets(), CW, 2, 1, 1.5), CW, 3, 7, "01")
    assert [problem.line for problem in faults(tmp_path, xlsx(sheets))] == [2, 3]


@pytest.mark.parametrize(
    ("column", "value", "line", "what"),
    [
        (4, 0.5, 3, "the shares by population of 15151 sum to 1.1"),
        (3, 0.252, 3, "the shares by area of 15151 sum to 1.002"),
        (4, 1.4, 3, "the share '1.4' is no number from 0 to 1"),
        (4, None, 4, "the shares by population of 15151 sum to 0.6"),
    ],
)
def test_shares_that_do_not_sum_to_1_are_not_used(
    tmp_path: Path, column: int, value: float | None, line: int, what: str
) -> None:
    package = package_of(tmp_path, change(crosswalk_sheets(), CW, 3, column, value))
    with pytest.raises(DataRefused) as caught:
        read_crosswalk(package)
    problem = caught.value.problems[0]
    assert (problem.file, problem.line, problem.field, problem.what) == ("0.xlsx", line, CW, what)


def test_shares_within_the_tolerance_are_used_as_printed(tmp_path: Path) -> None:
    frame = read_crosswalk(package_of(tmp_path, change(crosswalk_sheets(), CW, 3, 4, 0.4005)))
    assert frame["population"].tolist() == [1, 0.4005, 0.6]


def test_a_workbook_that_states_too_many_bytes_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    raw = bytearray(xlsx(crosswalk_sheets()))
    at = raw.rindex(b"PK\x01\x02")  # the last entry of the central directory
    struct.pack_into("<I", raw, at + 24, workbook.MAX_UNPACKED + 1)
    [problem] = faults(tmp_path, bytes(raw))
    assert (problem.code, problem.expected) == ("zip-too-large", f"at most {workbook.MAX_UNPACKED} bytes")


def test_a_workbook_that_states_too_few_bytes_is_refused(tmp_path: Path) -> None:
    stream = io.BytesIO(xlsx(crosswalk_sheets()))
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/bomb.bin", bytes(5_000_000))
    raw = bytearray(stream.getvalue())
    at = raw.rindex(b"PK\x01\x02")
    struct.pack_into("<I", raw, at + 24, 10)
    [problem] = faults(tmp_path, bytes(raw))
    assert problem.code == "zip-broken" and "CRC" in problem.what


@pytest.mark.parametrize(
    ("cells", "found"),
    [("<c><v>1</v></c>" * 700_000, "bytes in one row"), ("<row/>" * 2_000_000, "elements")],
)
def test_a_sheet_that_would_fill_the_memory_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cells: str, found: str
) -> None:
    if found == "elements":
        monkeypatch.setattr(workbook, "MAX_TAGS", 1_000_000)
    source = zipfile.ZipFile(io.BytesIO(xlsx(crosswalk_sheets())))
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name in source.namelist():
            sheet = name == "xl/worksheets/sheet1.xml"
            archive.writestr(name, f"<worksheet><sheetData><row>{cells}</row>" if sheet else source.read(name))
    [problem] = faults(tmp_path, stream.getvalue())
    assert problem.code == "zip-too-large" and problem.value.endswith(found)


def test_values_are_read_as_they_are_stored() -> None:
    row = [dt.date(2024, 6, 30), "12,5", 0.1, 1e-07, 1234567890, " ", 92550]
    with workbook.open_workbook(xlsx({"A": [[], row]}), "a.xlsx") as book:
        [(line, values)] = book.rows("A")
    assert line == 2
    assert values == ["2024-06-30", "12,5", 0.1, 1e-07, 1234567890, None, 92550]
    assert [workbook.text_of(value) for value in values[2:5]] == ["0.1", "1e-07", "1234567890"]


def test_hidden_sheets_and_rows_are_read_too(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(xlsx(crosswalk_sheets())))
    book[CW].row_dimensions[3].hidden = True
    book[CW].column_dimensions["D"].hidden = True
    book.create_sheet("Hinweis").append(["Nur Text"])
    book[CW].sheet_state = "hidden"
    stream = io.BytesIO()
    book.save(stream)
    (tmp_path / "a.xlsx").write_bytes(stream.getvalue())
    frame = read_crosswalk(import_files([tmp_path / "a.xlsx"], tmp_path / "package").package)
    assert frame["population"].tolist() == [1, 0.4, 0.6]


@pytest.mark.parametrize(
    ("old", "new", "line", "what"),
    [
        ('"01002000";"Kiel"', '"01001000";"Kiel"', 3, "the row repeats the key of line 2"),
        ('"01002000";"Kiel"', '"1";"Kiel"', 3, "the row does not fit the header"),
        ('"1";"kreisfreie', '"kreisfreie', 3, "the row does not fit the header"),
        ('"1";"kreisfreie', '"eins";"kreisfreie', 3, "'eins' is neither a number nor one of the symbols"),
        ('Großstadt"\n', 'Großstadt"', 3, "the file is cut off: its last line has no end"),
    ],
)
def test_faults_of_a_typology_in_csv(tmp_path: Path, old: str, new: str, line: int, what: str) -> None:
    text = (
        '"Kreise (2023) Kennziffer";"Kreise (2023) Name";"Siedlungsstruktureller Kreistyp (2023) Kennziffer";'
        '"Siedlungsstruktureller Kreistyp (2023) Name"\n'
        '"01001000";"Flensburg";"4";"Dünn besiedelter ländlicher Kreis"\n'
        '"01002000";"Kiel";"1";"kreisfreie Großstadt"\n'
    )
    (tmp_path / "a.csv").write_text(text, encoding="cp1252")
    types = read_kreistypen(import_files([tmp_path / "a.csv"], tmp_path / "good").package)
    assert types[["ags", "edition", "type"]].to_numpy().tolist() == [["01001", 2023, 4], ["01002", 2023, 1]]
    assert text.count(old) == 1
    (tmp_path / "a.csv").write_text(text.replace(old, new), encoding="cp1252")
    with pytest.raises(DataRefused) as caught:
        import_files([tmp_path / "a.csv"], tmp_path / "package")
    [problem] = caught.value.problems
    assert problem.line == line and problem.what.startswith(what)
