"""Cells → observations with a source catalogue of a few lines: which cell is which variable, what a symbol means."""

from pathlib import Path

import pandas as pd
import pytest

from tests.data.small_tables import flat_table, zipped
from transferbuch.data.importer import import_files
from transferbuch.data.observations import OBSERVATION_COLUMNS, compute_observations
from transferbuch.data.sources import Source, Variable
from transferbuch.data.stacking import stack
from transferbuch.data.store import DataPackage
from transferbuch.errors import PersonFileError, Problem
from transferbuch.regions.register import load_register

SCHOOL = "21111-02-06-4"


def classic(code: str, header: list[str], rows: list[str], stand: str = "14.03.2025", time: str = "") -> str:
    """A classic table; each header row is given without its empty first cells."""
    keys = len(rows[0].split(";")) - len(header[0].split(";"))
    return "\n".join(
        [
            f"GENESIS-Tabelle: {code}",
            "Probe - regionale Tiefe: Kreise;;",
            "Statistik der Proben;;",
            "Proben (Anzahl);;",
            *([f"{time};;"] if time else []),
            *[";" * keys + row for row in header],
            *rows,
            "__________",
            '"© Statistische Ämter des Bundes und der Länder, Deutschland, 2025.',
            "Datenlizenz Deutschland",
            '- Namensnennung - Version 2.0."',
            *([f"Stand: {stand} / 10:00:00"] if stand else []),
            "",
        ]
    )


def source(*variables: Variable, table: str = SCHOOL, dash: str = "zero", also: tuple[str, ...] = ()) -> Source:
    return Source(
        table=table,
        also=also,
        title="Probe",
        statistic="Statistik der Proben",
        period="school_year",
        dash=dash,
        variables=variables,
    )


def variable(id: str, *columns: str | list[str], rows: tuple[str, ...] = (), flat: str = "") -> Variable:
    return Variable(id=id, label=id, unit="Anzahl", columns=columns, rows=rows, flat=flat)


ALL = variable("leavers", "Insgesamt")
WITHOUT = variable("leavers_without", ["ohne Hauptschulabschluss", "ohne Ersten Schulabschluss"])
TWO = ["Insgesamt;ohne Hauptschulabschluss"]


def package_of(folder: Path, **files: str | bytes) -> DataPackage:
    """Imports files given as name=content; '__' in a name stands for the dot, '_' begins the code of flat files."""
    paths = []
    for name, content in files.items():
        paths.append(folder / name.lstrip("_").replace("__", "."))
        paths[-1].write_bytes(content.encode() if isinstance(content, str) else content)
    return import_files(paths, folder / "package").package


def observe(folder: Path, sources: list[Source], **files: str | bytes) -> pd.DataFrame:
    return compute_observations(package_of(folder, **files), {one.table: one for one in sources}, load_register())


def faults(folder: Path, sources: list[Source], **files: str | bytes) -> tuple[Problem, ...]:
    with pytest.raises(PersonFileError) as caught:
        observe(folder, sources, **files)
    assert caught.value.exit_code == 10
    return caught.value.problems


def figures(frame: pd.DataFrame, *columns: str) -> list[tuple]:
    """Rows of the frame; a missing number is shown as None."""
    found = frame[list(columns)].astype(object)
    return list(found.where(found.notna(), None).itertuples(index=False, name=None))


def status_of(frame: pd.DataFrame, ags: str, year: int, name: str = "leavers") -> tuple[str, float | None]:
    one = frame[(frame["variable"] == name) & (frame["ags"] == ags) & (frame["year"] == year)]
    [found] = figures(one, "status", "value")
    return found


# --- which cell is which variable ---


def test_grain_and_provenance(tmp_path: Path) -> None:
    package = package_of(
        tmp_path,
        a__csv=classic(
            SCHOOL,
            TWO,
            ["2023;DG;Deutschland;900;60", "2023;15084;  Burgenlandkreis;321;45", "2022;15084;  Burgenlandkreis;300;."],
        ),
    )
    frame = compute_observations(package, {SCHOOL: source(ALL, WITHOUT)}, load_register())
    assert tuple(frame.columns) == OBSERVATION_COLUMNS
    assert figures(
        frame, "variable", "ags", "year", "time", "value", "symbol", "status", "unit", "table", "stand", "line"
    ) == [
        ("leavers", "15084", 2022, "2022", 300.0, None, "ok", "Anzahl", SCHOOL, "2025-03-14", 8),
        ("leavers", "15084", 2023, "2023", 321.0, None, "ok", "Anzahl", SCHOOL, "2025-03-14", 7),
        ("leavers", "DG", 2023, "2023", 900.0, None, "ok", "Anzahl", SCHOOL, "2025-03-14", 6),
        ("leavers_without", "15084", 2022, "2022", None, ".", "secret", "Anzahl", SCHOOL, "2025-03-14", 8),
        ("leavers_without", "15084", 2023, "2023", 45.0, None, "ok", "Anzahl", SCHOOL, "2025-03-14", 7),
        ("leavers_without", "DG", 2023, "2023", 60.0, None, "ok", "Anzahl", SCHOOL, "2025-03-14", 6),
    ]
    assert set(frame["file_sha256"]) == {package.tables[0].sha256}


NESTED = [
    "Insgesamt;Insgesamt;ohne Hauptschulabschluss;ohne Hauptschulabschluss",
    "Insgesamt;weiblich;Insgesamt;weiblich",
]
ONE_ROW = ["2023;15084;  Burgenlandkreis;321;150;45;18"]


def test_a_mapping_is_the_end_of_the_header_path(tmp_path: Path) -> None:
    frame = observe(
        tmp_path,
        [
            source(
                variable("a", "Insgesamt", "Insgesamt"),
                variable("b", "Insgesamt", "weiblich"),
                variable("c", "ohne Hauptschulabschluss", "Insgesamt"),
                variable("d", "ohne Hauptschulabschluss", "weiblich"),
            )
        ],
        a__csv=classic(SCHOOL, ["Abgehende;Abgehende;Abgehende;Abgehende", *NESTED], ONE_ROW),
    )
    assert figures(frame, "variable", "value") == [("a", 321.0), ("b", 150.0), ("c", 45.0), ("d", 18.0)]


def test_an_ambiguous_mapping_names_file_variable_and_the_columns_it_fits(tmp_path: Path) -> None:
    [problem] = faults(tmp_path, [source(variable("a", "weiblich"))], abgaenge__csv=classic(SCHOOL, NESTED, ONE_ROW))
    assert (problem.file, problem.field, problem.code) == (
        "catalogue/sources/21111-02-06-4.yml",
        "a",
        "ambiguous-column",
    )
    assert problem.what == "the mapping fits several cells of one region and time in abgaenge.csv"
    assert problem.value == "Insgesamt | weiblich ; ohne Hauptschulabschluss | weiblich"


def test_a_mapping_that_fits_no_column_is_an_error_only_when_the_table_is_there(tmp_path: Path) -> None:
    other = source(variable("x", "Kreise"), table="99999-01-01-4")
    wrong = [source(ALL, variable("b", "ohne Hauptschulabschlus"), variable("c", "A", "weiblich")), other]
    found = faults(tmp_path, wrong, a__csv=classic(SCHOOL, TWO, ["2023;15084;  Burgenlandkreis;321;45"]))
    assert [(one.file, one.field, one.what, one.value, one.code) for one in found] == [
        (
            "catalogue/sources/21111-02-06-4.yml",
            "b",
            "the mapping fits no column of any file",
            "ohne Hauptschulabschlus",
            "no-column",
        ),
        ("catalogue/sources/21111-02-06-4.yml", "c", "the mapping fits no column of any file", "weiblich", "no-column"),
    ]


def test_a_column_may_lack_in_one_file_when_another_has_it(tmp_path: Path) -> None:
    frame = observe(
        tmp_path,
        [source(ALL, WITHOUT)],
        a__csv=classic(SCHOOL, ["Insgesamt"], ["2022;15084;  Burgenlandkreis;300"]),
        b__csv=classic(SCHOOL, TWO, ["2023;15084;  Burgenlandkreis;321;45"]),
    )
    assert figures(frame, "variable", "year", "value") == [
        ("leavers", 2022, 300.0),
        ("leavers", 2023, 321.0),
        ("leavers_without", 2023, 45.0),
    ]


def test_spellings_of_different_years_are_one_variable(tmp_path: Path) -> None:
    frame = observe(
        tmp_path,
        [source(WITHOUT, also=("21111-02-06-4-B",))],
        a__csv=classic(SCHOOL, TWO, ["2023;15084;  Burgenlandkreis;321;45"]),
        b__csv=classic(
            "21111-02-06-4-B", ["Insgesamt;ohne Ersten Schulabschluss"], ["2024;15084;Burgenlandkreis;310;48"]
        ),
    )
    assert figures(frame, "year", "value", "table") == [(2023, 45.0, SCHOOL), (2024, 48.0, SCHOOL + "-B")]


def test_rows_are_chosen_by_their_label_and_by_none(tmp_path: Path) -> None:
    care = "22543-01-02-4"
    total = variable("care", "Kinder", rows=(["Insgesamt (ohne Doppelzählungen)", "Insgesamt"],))
    day = variable("day", "Kinder", rows=("Tagespflege",))
    package = package_of(
        tmp_path,
        a__csv=classic(
            care,
            ["Kinder"],
            [
                "01.03.2023;15084;  Burgenlandkreis;Insgesamt (ohne Doppelzählungen);90",
                "01.03.2023;15084;  Burgenlandkreis;Tagespflege;7",
                "01.03.2010;15084;  Burgenlandkreis;Insgesamt;80",
                "01.03.2010;15084;  Burgenlandkreis;Tagespflege;5",
            ],
        ),
    )
    frame = compute_observations(package, {care: source(total, day, table=care)}, load_register())
    assert figures(frame, "variable", "year", "value") == [
        ("care", 2010, 80.0),
        ("care", 2023, 90.0),
        ("day", 2010, 5.0),
        ("day", 2023, 7.0),
    ]
    with pytest.raises(PersonFileError) as caught:
        compute_observations(package, {care: source(variable("all", "Kinder"), table=care)}, load_register())
    assert [(one.field, one.code) for one in caught.value.problems] == [("all", "no-column")]


def test_classic_and_flat_files_are_one_variable(tmp_path: Path) -> None:
    people = "12411-01-01-4"
    row = (
        "12411;Fortschreibung;STAG;Stichtag;2024-12-31;KREISE;Kreise;{ags};{ags};GES;Geschlecht;{sex};{sex};{value};"
        "Anzahl;BEVSTD;Bevölkerungsstand"
    )
    flat = flat_table(
        [
            row.format(ags="15084", sex="GESW", value="61"),
            row.format(ags="15084", sex="", value="120"),
            row.format(ags="15088", sex="", value="115"),
        ],
        2,
    )
    frame = observe(
        tmp_path,
        [
            source(
                variable("people", "Insgesamt", flat="BEVSTD|GES="),
                variable("women", "weiblich", flat="BEVSTD|GES=GESW"),
                table=people,
                dash="missing",
            )
        ],
        a__csv=classic(people, ["31.12.2023;31.12.2023", "Insgesamt;weiblich"], ["15084;  Burgenlandkreis;118;60"]),
        a__zip=zipped(("12411-01-01-4_1700000000000_de_flat.csv", flat)),
    )
    assert figures(frame, "variable", "ags", "year", "time", "value", "stand", "line") == [
        ("people", "15084", 2023, "2023-12-31", 118.0, "2025-03-14", 7),
        ("people", "15084", 2024, "2024-12-31", 120.0, "2023-11-14", 3),
        ("people", "15088", 2024, "2024-12-31", 115.0, "2023-11-14", 4),
        ("women", "15084", 2023, "2023-12-31", 60.0, "2025-03-14", 7),
        ("women", "15084", 2024, "2024-12-31", 61.0, "2023-11-14", 2),
    ]


# --- which of several figures counts ---


def test_the_newest_stand_wins_whatever_the_order_of_files(tmp_path: Path) -> None:
    frame = observe(
        tmp_path,
        [source(ALL)],
        new__csv=classic(
            SCHOOL, TWO, ["2022;15084;  Burgenlandkreis;301;1", "2021;15084;  Burgenlandkreis;.;1"], "02.01.2024"
        ),
        old__csv=classic(
            SCHOOL,
            TWO,
            [
                "2022;15084;  Burgenlandkreis;299;1",
                "2021;15084;  Burgenlandkreis;280;1",
                "2020;15084;  Burgenlandkreis;270;1",
            ],
            "31.12.2023",
        ),
    )
    assert figures(frame, "year", "value", "status", "stand") == [
        (2020, 270.0, "ok", "2023-12-31"),
        (2021, None, "secret", "2024-01-02"),
        (2022, 301.0, "ok", "2024-01-02"),
    ]


def test_of_two_days_of_a_year_the_later_counts(tmp_path: Path) -> None:
    frame = observe(
        tmp_path,
        [source(ALL)],
        a__csv=classic(
            SCHOOL, TWO, ["31.12.2011;15084;  Burgenlandkreis;7;1", "09.05.2011;15084;  Burgenlandkreis;8;1"]
        ),
    )
    assert figures(frame, "year", "time", "value") == [(2011, "2011-12-31", 7.0)]


def test_a_file_without_stand_gives_no_observation(tmp_path: Path) -> None:
    package = package_of(
        tmp_path,
        a__csv=classic(SCHOOL, TWO, ["2023;15084;  Burgenlandkreis;321;45"]),
        b__csv=classic(SCHOOL, TWO, ["2024;15084;  Burgenlandkreis;310;48"], stand=""),
    )
    frame = compute_observations(package, {SCHOOL: source(ALL)}, load_register())
    assert figures(frame, "year", "value") == [(2023, 321.0)]
    empty = compute_observations(package, {"99999-01-01-4": source(ALL, table="99999-01-01-4")}, load_register())
    assert tuple(empty.columns) == OBSERVATION_COLUMNS and empty.empty


def test_a_semester_counts_under_the_year_it_begins_in(tmp_path: Path) -> None:
    frame = observe(
        tmp_path, [source(ALL)], a__csv=classic(SCHOOL, TWO, ["15084;  Burgenlandkreis;321;45"], time="WS 2023/24")
    )
    assert figures(frame, "year", "time", "value") == [(2023, "2023-10P6M", 321.0)]


# --- territory ---


def test_rows_of_eight_digits_are_not_used_where_the_source_does_not_say_so(tmp_path: Path) -> None:
    frame = observe(
        tmp_path,
        [source(ALL)],
        a__csv=classic(
            SCHOOL,
            TWO,
            [
                "2023;03;  Niedersachsen;9000;100",
                "2023;032;    Hannover, Statistische Region;3000;50",
                "2023;03241;      Region Hannover, Landkreis;1000;20",
                "2023;03241001;        Hannover;400;9",
                "2023;11001001;        Mitte;77;3",
            ],
        ),
    )
    assert figures(frame, "ags", "value") == [("03", 9000.0), ("032", 3000.0), ("03241", 1000.0)]


def test_only_the_levels_of_the_source_are_observed(tmp_path: Path) -> None:
    rows = ["2023;DG;Deutschland;9999;1", "2023;03;  Niedersachsen;9000;100", "2023;03241;      Hannover;1000;20"]
    rows += ["2023;03241001;        Hannover;400;9", "2023;11001001;        Mitte;-;3"]
    of_gemeinden = source(ALL).model_copy(update={"levels": ("gemeinde",)})
    frame = observe(tmp_path, [of_gemeinden], a__csv=classic(SCHOOL, TWO, rows))
    assert figures(frame, "ags", "value", "status") == [
        ("03241001", 400.0, "ok"),
        ("11001001", 0.0, "zero"),
        ("DG", 9999.0, "ok"),
    ]


def test_a_city_state_takes_the_figure_of_its_land_only_when_it_has_none(tmp_path: Path) -> None:
    frame = observe(
        tmp_path,
        [source(ALL, WITHOUT)],
        a__csv=classic(
            SCHOOL,
            TWO,
            [
                "2021;02;  Hamburg;1700;110",
                "2021;02000;      Hamburg;1690;-",
                "2022;02;  Hamburg;1710;120",
                "2022;02000;      Hamburg;-;-",
                "2023;02;  Hamburg;1720;-",
                "2023;11;  Berlin;3000;x",
                "2023;04;  Bremen;600;50",
                "2023;15;  Sachsen-Anhalt;900;90",
            ],
        ),
    )
    assert figures(
        frame[frame["ags"].isin(["02000", "11000"])], "variable", "ags", "year", "value", "status", "line"
    ) == [
        ("leavers", "02000", 2021, 1690.0, "ok", 7),  # its own row
        ("leavers", "02000", 2022, 1710.0, "ok", 8),  # its own row has a dash only
        ("leavers", "02000", 2023, 1720.0, "ok", 10),  # it has no row
        ("leavers", "11000", 2023, 3000.0, "ok", 11),
        ("leavers_without", "02000", 2021, 110.0, "ok", 6),
        ("leavers_without", "02000", 2022, 120.0, "ok", 8),
        ("leavers_without", "02000", 2023, 0.0, "zero", 10),
        ("leavers_without", "11000", 2023, None, "blocked", 11),
    ]
    assert not frame["ags"].isin(["04000", "15000"]).any()


# --- what a symbol means ---


@pytest.mark.parametrize(
    ("text", "status", "value"),
    [
        ("0", "ok", 0.0),
        ("7", "ok", 7.0),
        ("-7", "ok", -7.0),
        (".", "secret", None),
        ("x", "blocked", None),
        ("/", "unreliable", None),
        ("...", "later", None),
        ("", "missing", None),
        ("-", "zero", 0.0),
    ],
)
def test_symbols(tmp_path: Path, text: str, status: str, value: float | None) -> None:
    frame = observe(tmp_path, [source(ALL)], a__csv=classic(SCHOOL, TWO, [f"2023;15084;  Burgenlandkreis;{text};45"]))
    assert figures(frame, "status", "value") == [(status, value)]
    assert figures(frame, "symbol") == [(None if text.lstrip("-").isdigit() else text,)]


@pytest.mark.parametrize(("dash", "status", "value"), [("zero", "zero", 0.0), ("missing", "missing", None)])
def test_a_dash_means_what_the_source_says(tmp_path: Path, dash: str, status: str, value: float | None) -> None:
    frame = observe(
        tmp_path,
        [source(ALL, WITHOUT, dash=dash)],
        a__csv=classic(
            SCHOOL,
            TWO,
            ["2023;15;  Sachsen-Anhalt;900;45", "2023;15084;  Burgenlandkreis;321;-", "2023;15088;  Saalekreis;287;45"],
        ),
    )
    assert status_of(frame, "15084", 2023, "leavers_without") == (status, value)
    assert status_of(frame, "15088", 2023, "leavers_without") == ("ok", 45.0)


def test_a_dash_in_a_row_without_any_number_is_no_zero(tmp_path: Path) -> None:
    frame = observe(
        tmp_path,
        [source(ALL, WITHOUT)],
        a__csv=classic(
            SCHOOL,
            TWO,
            [
                "2023;15;  Sachsen-Anhalt;321;45",
                "2023;15084;  Burgenlandkreis;321;45",
                "2023;15088;  Saalekreis;-;-",
                "2022;15088;  Saalekreis;287;-",
            ],
        ),
    )
    assert status_of(frame, "15088", 2023) == ("missing", None)
    assert status_of(frame, "15088", 2023, "leavers_without") == ("missing", None)
    assert status_of(frame, "15088", 2022, "leavers_without") == ("zero", 0.0)


def test_not_delivered_by_one_land(tmp_path: Path) -> None:
    frame = observe(
        tmp_path,
        [source(ALL, WITHOUT)],
        a__csv=classic(
            SCHOOL,
            TWO,
            [
                "2023;15;  Sachsen-Anhalt;900;70",
                "2023;15084;  Burgenlandkreis;321;-",
                "2023;15088;  Saalekreis;287;-",
                "2023;15151;  Anhalt-Zerbst;-;-",
                "2023;16;  Thüringen;500;30",
                "2023;16070;  Ilm-Kreis;120;30",
                "2023;16071;  Weimarer Land;110;-",
                "2023;14;  Sachsen;-;-",
                "2023;14511;  Chemnitz;130;-",
                "2023;13;  Mecklenburg-Vorpommern;400;0",
                "2023;13071;  Mecklenburgische Seenplatte;90;-",
            ],
        ),
    )
    status = {
        ags: status_of(frame, ags, 2023, "leavers_without")
        for ags in ("15084", "15088", "15151", "16070", "16071", "14511", "13071")
    }
    assert status == {
        "15084": ("not_delivered", None),
        "15088": ("not_delivered", None),  # the Land has 70
        "15151": ("not_existing", None),
        "16070": ("ok", 30.0),
        "16071": ("zero", 0.0),  # another Kreis of the Land has a figure
        "14511": ("zero", 0.0),
        "13071": ("zero", 0.0),
    }  # the Land has none either
    assert status_of(frame, "15", 2023, "leavers_without") == ("ok", 70.0)


def test_not_delivered_by_anybody(tmp_path: Path) -> None:
    frame = observe(
        tmp_path,
        [source(ALL, WITHOUT)],
        a__csv=classic(
            SCHOOL,
            TWO,
            [
                "2023;DG;Deutschland;9000;700",
                "2023;15084;  Burgenlandkreis;321;-",
                "2023;16070;  Ilm-Kreis;120;-",
                "2022;DG;Deutschland;8000;.",
                "2022;15084;  Burgenlandkreis;320;-",
            ],
        ),
    )
    assert status_of(frame, "15084", 2023, "leavers_without") == ("not_delivered", None)
    assert status_of(frame, "16070", 2023, "leavers_without") == ("not_delivered", None)
    assert status_of(frame, "15084", 2022, "leavers_without") == ("zero", 0.0)


def test_keys_that_did_not_exist_yet_or_any_more(tmp_path: Path) -> None:
    frame = observe(
        tmp_path,
        [source(ALL, WITHOUT)],
        a__csv=classic(
            SCHOOL,
            TWO,
            [
                "2006;15;  Sachsen-Anhalt;900;70",
                "2006;15084;  Burgenlandkreis;.;.",
                "2006;15151;  Anhalt-Zerbst;80;-",
                "2006;15256;  Burgenlandkreis;90;70",
                "2007;15;  Sachsen-Anhalt;890;60",
                "2007;15084;  Burgenlandkreis;321;60",
                "2007;15151;  Anhalt-Zerbst;-;-",
                "2008;15151;  Anhalt-Zerbst;.;.",
            ],
        ),
    )
    assert [
        status_of(frame, *place)
        for place in (("15084", 2006), ("15151", 2006), ("15084", 2007), ("15151", 2007), ("15151", 2008))
    ] == [("not_existing", None), ("ok", 80.0), ("ok", 321.0), ("not_existing", None), ("not_existing", None)]
    assert status_of(frame, "15151", 2006, "leavers_without") == ("zero", 0.0)


def test_a_published_figure_stands_even_for_a_key_that_came_later(tmp_path: Path) -> None:
    frame = observe(
        tmp_path,
        [source(ALL, WITHOUT)],
        a__csv=classic(
            SCHOOL,
            TWO,
            [
                "2000;15084;  Burgenlandkreis;280;.",
                "2000;99998;  Nirgends;5;1",
                "2001;99998;  Nirgends;.;1",
                "2002;99998;  Nirgends;.;.",
            ],
        ),
    )
    assert status_of(frame, "15084", 2000) == ("ok", 280.0)
    assert status_of(frame, "99998", 2000) == ("ok", 5.0)
    # in a row that the office recalculated a sign keeps its meaning; a row without any figure does not exist
    assert status_of(frame, "15084", 2000, "leavers_without") == ("secret", None)
    assert status_of(frame, "99998", 2001) == ("secret", None)
    assert status_of(frame, "99998", 2002) == ("not_existing", None)


@pytest.mark.parametrize(("day", "status"), [("30.06.2007", "secret"), ("01.07.2007", "not_existing")])
def test_a_kreis_exists_to_its_last_day(tmp_path: Path, day: str, status: str) -> None:
    frame = observe(tmp_path, [source(ALL)], a__csv=classic(SCHOOL, TWO, [f"{day};15151;  Anhalt-Zerbst;.;."]))
    assert figures(frame, "year", "status") == [(2007, status)]


def test_the_former_city_of_aachen_stands_under_its_key_of_today(tmp_path: Path) -> None:
    """05334002 is the kreisfreie Stadt 05313 as long as the Kreis 05354 stands beside it, later a Gemeinde only."""
    frame = observe(
        tmp_path,
        [source(ALL)],
        a__csv=classic(
            SCHOOL,
            ["Insgesamt"],
            [
                "2008;05334;  Städteregion Aachen;.",
                "2008;05334002;  Aachen, krfr. Stadt;3047",
                "2008;05354;  Aachen, Kreis;3608",
                "2009;05334;  Städteregion Aachen;6400",
                "2009;05334002;  Aachen, krfr. Stadt;2832",
                "2009;05354;  Aachen, Kreis;-",
                "2009;03241001;  Hannover, Landeshauptstadt;4592",
            ],
        ),
    )
    assert status_of(frame, "05313", 2008) == ("ok", 3047.0)
    assert set(frame["ags"]) == {"05313", "05334", "05354"} and not frame.query("ags == '05313' and year == 2009").size


def test_stacked_texts_have_one_order_whatever_table_they_come_from() -> None:
    first = pd.DataFrame({"ags": ["15084", "DG"], "symbol": [None, "."], "value": [1.0, 2.0]})
    second = pd.DataFrame({"ags": ["03", "15084"], "symbol": ["-", None], "value": [3, 4]})
    found = stack([first.astype({"ags": "category"}), second])
    assert found["ags"].tolist() == ["15084", "DG", "03", "15084"] and found["value"].tolist() == [1, 2, 3, 4]
    assert found["symbol"].isna().tolist() == [True, False, False, True]
    assert found.sort_values("ags")["ags"].tolist() == ["03", "15084", "15084", "DG"]
    assert found["ags"].max() == "DG"


def test_stacking_leaves_out_tables_without_rows() -> None:
    rows = pd.DataFrame({"ags": ["15084"], "value": [1.0]})
    found = stack([pd.DataFrame(columns=["ags", "value"]), rows])
    assert found["value"].dtype == float and found["ags"].tolist() == ["15084"]
    assert stack([rows.head(0), rows.head(0)]).empty
