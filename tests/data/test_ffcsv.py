"""Flat files (ffcsv of 2026): small files of every kind, with every number, label, code and line asserted."""

from pathlib import Path

import pandas as pd
import pytest

from tests.data.small_tables import MUNICIPALITIES, flat_table, zipped
from transferbuch.data.cells import OfficialTable
from transferbuch.data.ffcsv import is_ffcsv, read_ffcsv
from transferbuch.data.importer import import_files
from transferbuch.errors import DataRefused, Problem

PEOPLE = (
    "12411;{statistic};STAG;Stichtag;2024-12-31;KREISE;Kreise und kreisfreie Städte;{ags};{name};GES;Geschlecht;"
    "{sex};{label};{value};Anzahl;BEVSTD;Bevölkerungsstand"
)


def people(statistic: str, total: str) -> str:
    rows = [
        ("15084", "Burgenlandkreis, Landkreis", "GESW", "weiblich", "61"),
        ("09761", "Augsburg", "", total, "200"),
        ("15084", "Burgenlandkreis, Landkreis", "", total, "120"),
        ("09761", "Augsburg", "GESM", "männlich", "-"),
        ("09761", "Augsburg", "GESW", "weiblich", "99"),
        ("15084", "Burgenlandkreis, Landkreis", "GESM", "männlich", "59"),
    ]
    return flat_table(
        [
            PEOPLE.format(statistic=statistic, ags=ags, name=name, sex=sex, label=label, value=value)
            for ags, name, sex, label, value in rows
        ],
        dimensions=2,
    )


GERMAN = people("Fortschreibung des Bevölkerungsstandes", "Insgesamt")
ENGLISH = people("Rolled forward population estimates", "Total")


def read(text: str, name: str = "12411-01-01-4_de_flat.csv", **options: str) -> OfficialTable:
    return read_ffcsv(text.encode(), name, **options)


def rows(table: OfficialTable, *columns: str) -> list[tuple]:
    return list(table.cells[list(columns)].itertuples(index=False, name=None))


def problems(text: str | bytes, name: str = "12411-01-01-4_de_flat.csv", member: str = "") -> list[Problem]:
    with pytest.raises(DataRefused) as caught:
        read_ffcsv(text.encode() if isinstance(text, str) else text, name, member)
    assert caught.value.exit_code == 12
    assert {problem.file for problem in caught.value.problems} == {name}
    return list(caught.value.problems)


def test_rows_in_random_order_keep_the_order_and_lines_of_the_file() -> None:
    table = read(GERMAN)
    assert rows(table, "line", "column", "region", "region_name", "time", "header", "codes", "unit", "text") == [
        (
            2,
            14,
            "15084",
            "Burgenlandkreis, Landkreis",
            "2024-12-31",
            "Bevölkerungsstand | weiblich",
            "BEVSTD|GES=GESW",
            "Anzahl",
            "61",
        ),
        (3, 14, "09761", "Augsburg", "2024-12-31", "Bevölkerungsstand | Insgesamt", "BEVSTD|GES=", "Anzahl", "200"),
        (
            4,
            14,
            "15084",
            "Burgenlandkreis, Landkreis",
            "2024-12-31",
            "Bevölkerungsstand | Insgesamt",
            "BEVSTD|GES=",
            "Anzahl",
            "120",
        ),
        (5, 14, "09761", "Augsburg", "2024-12-31", "Bevölkerungsstand | männlich", "BEVSTD|GES=GESM", "Anzahl", "-"),
        (6, 14, "09761", "Augsburg", "2024-12-31", "Bevölkerungsstand | weiblich", "BEVSTD|GES=GESW", "Anzahl", "99"),
        (
            7,
            14,
            "15084",
            "Burgenlandkreis, Landkreis",
            "2024-12-31",
            "Bevölkerungsstand | männlich",
            "BEVSTD|GES=GESM",
            "Anzahl",
            "59",
        ),
    ]
    assert table.cells["value"].tolist()[:3] == [61, 200, 120]
    assert pd.isna(table.cells["value"][3]) and table.cells["symbol"][3] == "-"
    assert (table.family, table.code, table.statistic, table.title) == (
        "ffcsv",
        "12411-01-01-4",
        "Fortschreibung des Bevölkerungsstandes",
        "Bevölkerungsstand",
    )


def test_german_and_english_files_give_the_same_figures_and_codes() -> None:
    german, english = read(GERMAN), read(ENGLISH, "12411-01-01-4_en_flat.csv")
    same = ["line", "column", "region", "time", "codes", "unit", "text", "value", "symbol"]
    assert english.cells[same].equals(german.cells[same])
    assert english.statistic == "Rolled forward population estimates"
    assert english.cells["header"][1] == "Bevölkerungsstand | Total"


@pytest.mark.parametrize(
    "encoded",
    [
        GERMAN.encode(),
        GERMAN.removeprefix("\ufeff").encode(),
        GERMAN.removeprefix("\ufeff").encode("cp1252"),
        GERMAN.replace("\n", "\r\n").encode(),
    ],
    ids=["BOM", "no BOM", "Windows-1252", "CRLF"],
)
def test_encodings_and_line_ends(encoded: bytes) -> None:
    assert is_ffcsv(encoded)
    assert read_ffcsv(encoded, "12411-01-01-4_de_flat.csv").cells.equals(read(GERMAN).cells)


def test_quality_column_stands_beside_the_number() -> None:
    row = (
        "12211;Grundprogramm des Mikrozensus;JAHR;Jahr;2019;KREISE;Kreise und kreisfreie Städte;{ags};{ags};"
        "LBFORM01;Art der Lebensform;LB-INS;Insgesamt;{value};1000;LBFMZ01;Lebensformen;{quality}"
    )
    table = read(
        flat_table(
            [
                row.format(ags="05554", value="17", quality="e"),
                row.format(ags="15001", value="/", quality=""),
                row.format(ags="15002", value="4,5", quality="u"),
            ],
            2,
            quality=True,
        ),
        "12211-Z-11_de_flat.csv",
    )
    assert rows(table, "region", "text", "unit", "flag", "codes") == [
        ("05554", "17", "1000", "e", "LBFMZ01|LBFORM01=LB-INS"),
        ("15001", "/", "1000", "", "LBFMZ01|LBFORM01=LB-INS"),
        ("15002", "4,5", "1000", "u", "LBFMZ01|LBFORM01=LB-INS"),
    ]
    assert table.cells["value"].tolist()[::2] == [17.0, 4.5]
    assert table.cells["symbol"][1] == "/"


def test_ragged_dimensions_and_mixed_units() -> None:
    row = (
        "52411;Statistik über beantragte Insolvenzverfahren;JAHR;Jahr;2024;KREISE;Kreise;15084;Burgenlandkreis;"
        "{dimension};{value};{unit};{code};{label}"
    )
    table = read(
        flat_table(
            [
                row.format(
                    dimension="INSV1;Verfahren;INSV-E;eröffnet", value="12", unit="Anzahl", code="INS001", label="Zahl"
                ),
                row.format(
                    dimension="INSV1;Verfahren;;Insgesamt", value="15", unit="Anzahl", code="INS001", label="Zahl"
                ),
                row.format(dimension=";;;", value="3450", unit="Tsd. EUR", code="INS003", label="Forderungen"),
            ],
            2,
        ),
        "52411-02-01-4_de_flat.csv",
    )
    assert rows(table, "header", "codes", "unit", "value") == [
        ("Zahl | eröffnet", "INS001|INSV1=INSV-E", "Anzahl", 12.0),
        ("Zahl | Insgesamt", "INS001|INSV1=", "Anzahl", 15.0),
        ("Forderungen", "INS003", "Tsd. EUR", 3450.0),
    ]
    assert table.title == "Forderungen, Zahl"


JOBS = (
    "13111;Statistik der Beschäftigten;STAG;Stichtag;2025-06-30;{variable};{variable};{ags};{name};NAT;"
    "Nationalität;{nat};{label};{value};Anzahl;ERW032;Beschäftigte (Arbeitsort)"
)


def test_several_regional_dimensions_become_one_region() -> None:
    found = [
        ("DINSG", "DG", "Deutschland", "5837"),
        ("DLAND", "15", "Sachsen-Anhalt", "812"),
        ("REGBEZ", "091", "Oberbayern", "1999"),
        ("KREISE", "15084", "Burgenlandkreis", "-"),
        ("GEMEIN", "15084550", "Zeitz", "9"),
    ]
    table = read(
        flat_table(
            [
                JOBS.format(variable=variable, ags=ags, name=name, nat="", label="Insgesamt", value=value)
                for variable, ags, name, value in found
            ],
            2,
        ),
        "13111-01-03-4_de_flat.csv",
    )
    assert rows(table, "region", "region_name", "text") == [(ags, name, value) for _, ags, name, value in found]
    assert set(rows(table, "header", "codes")) == {("Beschäftigte (Arbeitsort) | Insgesamt", "ERW032|NAT=")}


def test_codes_of_branches_that_look_like_keys_are_no_regions() -> None:
    row = (
        "13111;Statistik der Beschäftigten;STAG;Stichtag;2025-06-30;KREISE;Kreise;15084;Burgenlandkreis;WZ08Z;"
        "Wirtschaftszweig;{code};{label};{value};Anzahl;ERW032;Beschäftigte"
    )
    table = read(
        flat_table(
            [
                row.format(code="01", label="Landwirtschaft", value="40"),
                row.format(code="05", label="Kohlenbergbau", value="7"),
            ],
            2,
        ),
        "13111-99-01-4_de_flat.csv",
    )
    assert rows(table, "region", "region_name", "header", "codes", "value") == [
        ("15084", "Burgenlandkreis", "Beschäftigte | Landwirtschaft", "ERW032|WZ08Z=01", 40.0),
        ("15084", "Burgenlandkreis", "Beschäftigte | Kohlenbergbau", "ERW032|WZ08Z=05", 7.0),
    ]


def test_a_regional_variable_of_unknown_name_is_known_by_its_keys() -> None:
    text = MUNICIPALITIES.replace("KREISE;", "KREISA;")
    assert set(read(text, "11111-02-01-4_de_flat.csv").cells["region"]) == {"15088", "09761", "15084", "06415"}


def test_semester_year_and_day() -> None:
    row = (
        "21311;Statistik der Studenten;SEMEST;Semester;{time};KREISE;Kreise;15088;Saalekreis;{value};Anzahl;BIL002;"
        "Studierende"
    )
    table = read(
        flat_table(
            [
                row.format(time="2023-10P6M", value="2968"),
                row.format(time="2024-04P6M", value="2711"),
                row.format(time="2021", value="-"),
                row.format(time="31.12.2020", value="5"),
            ]
        ),
        "21311-01-01-4-B_de_flat.csv",
    )
    assert table.code == "21311-01-01-4-B"
    assert rows(table, "time", "text") == [
        ("2023-10P6M", "2968"),
        ("2024-04P6M", "2711"),
        ("2021", "-"),
        ("2020-12-31", "5"),
    ]


def test_quotes_in_labels_are_only_characters() -> None:
    table = read(MUNICIPALITIES.replace("Augsburg", 'Augsburg "Stadt'), "11111-02-01-4_de_flat.csv")
    assert table.cells["region_name"][1] == 'Augsburg "Stadt'
    assert len(table.cells) == 4


# --- code, Stand, licence: what the file itself does not say ---


@pytest.mark.parametrize(
    ("member", "code", "stand"),
    [
        ("12411-01-01-4_1700000000000_de_flat.csv", "12411-01-01-4", "2023-11-14"),
        ("12411-01-01-4_de_flat.csv", "12411-01-01-4", ""),
        ("12411-01-01-4.csv", "12411-01-01-4", ""),
        ("ordner/12411-01-01-4-b_en_flat.csv", "12411-01-01-4-B", ""),
    ],
)
def test_code_and_stand_from_the_member_name(member: str, code: str, stand: str) -> None:
    table = read(GERMAN, "irgendwas.zip", member=member)
    assert (table.code, table.stand) == (code, stand)


def test_a_table_of_the_regionalatlas_has_another_statistic_in_its_name() -> None:
    text = MUNICIPALITIES.replace("11111;Feststellung des Gebietsstandes", "99910;Regionalatlas Deutschland")
    assert read(text, "AI-N-01-2-5_de_flat.csv").code == "AI-N-01-2-5"


def test_publisher_and_licence_are_those_of_the_database() -> None:
    table = read(GERMAN, stand="2026-03-10")
    assert table.licence == "dl-de/by-2-0"
    assert table.attribution == "© Statistische Ämter des Bundes und der Länder, Deutschland, 2026"
    assert read(GERMAN).attribution == "© Statistische Ämter des Bundes und der Länder, Deutschland"


def test_the_model_region_claims_no_official_origin() -> None:
    text = GERMAN.replace(";15084;", ";99001;").replace(";09761;", ";99;")
    table = read(text)
    assert table.licence == "CC BY 4.0"
    assert table.attribution == "© Modellregion (erfundene Daten) des Projekts Transferbuch"
    mixed = read(GERMAN.replace(";09761;", ";99001;"))
    assert mixed.licence == "dl-de/by-2-0"


def test_zip_and_csv_give_the_same_cells_and_only_the_zip_a_stand(tmp_path: Path) -> None:
    (tmp_path / "11111-02-01-4_de_flat.csv").write_text(MUNICIPALITIES, encoding="utf-8")
    (tmp_path / "11111-02-01-4_de_flat.zip").write_bytes(
        zipped(("11111-02-01-4_1700000000000_de_flat.csv", MUNICIPALITIES))
    )
    (tmp_path / "dated.zip").write_bytes(zipped(("11111-02-01-4_de_flat.csv", MUNICIPALITIES), date=(2026, 2, 3)))
    (tmp_path / "undated.zip").write_bytes(zipped(("11111-02-01-4_de_flat.csv", MUNICIPALITIES), date=(1980, 1, 1)))
    report = import_files([tmp_path], tmp_path / "package")
    stands = {file.file.split("/")[1]: (file.table, file.stand, file.cells) for file in report.files}
    assert stands == {
        "11111-02-01-4_de_flat.csv": ("11111-02-01-4", "", 4),
        "11111-02-01-4_de_flat.zip": ("11111-02-01-4", "2023-11-14", 4),
        "dated.zip": ("11111-02-01-4", "2026-02-03", 4),
        "undated.zip": ("11111-02-01-4", "", 4),
    }
    frames = [report.package.read_cells(table) for table in report.package.tables]
    assert all(frame.astype(str).equals(frames[0].astype(str)) for frame in frames)
    assert [(row.line, row.region, row.text) for row in frames[0].itertuples()] == [
        (2, "15088", "17"),
        (3, "09761", "1"),
        (4, "15084", "29"),
        (5, "06415", "-"),
    ]
    whys = {file.file.split("/")[1]: file.why for file in report.files}
    assert "states no Stand" in whys["11111-02-01-4_de_flat.csv"] and not whys["dated.zip"]


# --- faults ---


def test_a_last_line_without_end_is_a_cut_off_file() -> None:
    [problem] = problems(GERMAN[:-40])
    assert (problem.line, problem.what) == (7, "the file is cut off: its last line has no end")
    [problem] = problems(GERMAN.rstrip("\n"))
    assert (problem.line, problem.code) == (7, "table-cut-off")


def test_too_few_cells_name_every_row() -> None:
    lines = GERMAN.split("\n")
    lines[2] = lines[2].rsplit(";", 1)[0]
    lines[4] += ";"
    assert [(one.line, one.what, one.expected) for one in problems("\n".join(lines))] == [
        (3, "the row has 16 cells", "17 cells"),
        (5, "the row has 18 cells", "17 cells"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "line", "what", "value"),
    [
        (";99;Anzahl", ";=B4-B5;Anzahl", 6, "'=B4-B5' is neither a number nor one of the symbols - . x / ...", ""),
        (";99;Anzahl", ";1.099;Anzahl", 6, "'1.099' is neither a number nor one of the symbols - . x / ...", ""),
        (
            "15084;Burgenlandkreis, Landkreis;GES;Geschlecht;GESM",
            "1508;Burgenlandkreis;GES;Geschlecht;GESM",
            7,
            "the row names no region",
            "1508",
        ),
        (
            "15084;Burgenlandkreis, Landkreis;GES;Geschlecht;GESM",
            "15084;Burgenlandkreis;GES;Geschlecht;GESW",
            7,
            "the row repeats an earlier one",
            "15084 2024-12-31 BEVSTD|GES=GESW",
        ),
        (
            "2024-12-31;KREISE;Kreise und kreisfreie Städte;15084;Burgenlandkreis, Landkreis;GES;Geschlecht;GESM",
            "demnächst;KREISE;Kreise und kreisfreie Städte;15084;Burgenlandkreis, Landkreis;GES;Geschlecht;GESM",
            7,
            "this is no reporting time",
            "demnächst",
        ),
    ],
)
def test_a_wrong_row_names_its_line(old: str, new: str, line: int, what: str, value: str) -> None:
    assert GERMAN.count(old) == 1
    [problem] = problems(GERMAN.replace(old, new))
    assert (problem.line, problem.what, problem.value) == (line, what, value)


@pytest.mark.parametrize(
    ("old", "new", "value"),
    [
        ("1_variable_code;", "1_Merkmal_Code;", "1_Merkmal_Code"),
        ("value_unit;", "einheit;", "einheit"),
        ("value_variable_label\n", "value_variable_label;rest\n", "rest"),
        ("2_variable_code;2_variable_label;", "2_variable_label;2_variable_code;", "2_variable_label"),
    ],
)
def test_another_header_is_refused_naming_the_first_strange_column(old: str, new: str, value: str) -> None:
    [problem] = problems(GERMAN.replace(old, new, 1))
    assert (problem.line, problem.what, problem.value) == (1, "the header is not that of a flat file", value)


def test_a_header_without_rows() -> None:
    [problem] = problems(flat_table([]))
    assert (problem.line, problem.what) == (1, "the table has no data row")


def test_a_table_without_regions() -> None:
    text = flat_table(["12411;F;STAG;Stichtag;2024-12-31;GES;Geschlecht;GESM;männlich;5;Anzahl;BEVSTD;Bestand"])
    [problem] = problems(text)
    assert (problem.line, problem.what, problem.do) == (2, "the row names no region", "choose a regional table")


@pytest.mark.parametrize("name", ["download.csv", "tabelle (3).csv", "flat.csv"])
def test_a_file_name_without_table_code(name: str) -> None:
    [problem] = problems(GERMAN, name)
    assert problem.what == "the file name has no table code, and flat files do not state it inside"
    assert (problem.line, problem.expected) == (0, "a name like 12411-01-01-4_de_flat.csv")


def test_a_file_name_that_names_another_statistic() -> None:
    [problem] = problems(GERMAN, "11111-02-01-4_de_flat.csv")
    assert problem.what == "the file name and the content name different statistics"
    assert problem.value == "11111-02-01-4 / 12411"


def test_all_wrong_cells_are_told_together() -> None:
    found = problems(GERMAN.replace(";61;", ";viele;").replace(";99;Anzahl", ";wenige;Anzahl"))
    assert [(one.line, one.what.split()[0]) for one in found] == [(2, "'viele'"), (6, "'wenige'")]


def test_a_cell_without_end_is_refused_and_not_cut() -> None:
    [problem] = problems(GERMAN.replace("Augsburg", "A" * 140_000, 1))
    assert (problem.line, problem.code) == (3, "table-row")
