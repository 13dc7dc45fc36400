"""The register: reforms day by day, agreement with the official files, and its own faults."""

import csv
import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from transferbuch.errors import PersonFileError
from transferbuch.project import CATALOGUE
from transferbuch.regions.register import REGISTER_STAND, load_register

RAW = Path(__file__).parents[2].parent / "shared" / "data" / "raw"
HEAD = "ags;name;kind;land;valid_from;valid_to;successors;formed_out_of\n"
REGISTER = load_register()


def official(name: str) -> Path:
    if not (RAW / name).exists():
        pytest.skip(f"OFFICIAL FILES MISSING: {name} is not under ../shared/data/raw, register NOT compared")
    return RAW / name


def read_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def test_there_are_401_kreise_of_the_known_kinds():
    current = REGISTER.current()
    assert Counter(kreis.kind for kreis in current) == {
        "Landkreis": 251,
        "Kreisfreie Stadt": 98,
        "Kreis": 42,
        "Stadtkreis": 9,
        "Regionalverband": 1,
    }
    assert len(REGISTER.current("15")) == 14
    assert [kreis.ags for kreis in current] == sorted(kreis.ags for kreis in current)
    # around the reforms of Hannover, Sachsen-Anhalt, Sachsen, Aachen, Mecklenburg, Göttingen, Eisenach, Hanau
    days = {
        "2000-12-31": 440,
        "2001-12-31": 439,
        "2007-06-30": 439,
        "2007-07-01": 429,
        "2008-08-01": 413,
        "2009-10-21": 412,
        "2011-09-03": 412,
        "2011-09-04": 402,
        "2016-11-01": 401,
        "2021-07-01": 400,
        "2024-06-30": 400,
        "2026-01-01": 401,
    }
    assert {day: len(REGISTER.kreise(on=date.fromisoformat(day))) for day in days} == days


def test_the_model_region_is_apart_and_had_a_reform():
    assert all(not kreis.ags.is_fictional for kreis in REGISTER.kreise())
    assert len(REGISTER.kreise("99", on=date(2016, 6, 30))) == 14
    assert len(REGISTER.kreise("99", on=date(2016, 7, 1))) == len(REGISTER.current("99")) == 13
    assert REGISTER["99058"].successors == REGISTER["99059"].successors == ("99061",)
    assert REGISTER.land_name("99") == "Modellland"
    real = {kreis.name for kreis in REGISTER.kreise()}
    assert not real & {kreis.name for kreis in REGISTER.kreise("99")}


def test_a_reform_ends_one_key_and_begins_another():
    old, new = REGISTER["15256"], REGISTER["15084"]
    assert old.name == new.name == "Burgenlandkreis"
    assert (old.exists_on(date(2007, 6, 30)), old.exists_on(date(2007, 7, 1))) == (True, False)
    assert (new.exists_on(date(2007, 6, 30)), new.exists_on(date(2007, 7, 1))) == (False, True)
    assert old.is_dissolved and not new.is_dissolved


@pytest.mark.parametrize(
    ("old", "last_day", "successors"),
    [
        ("03201", "2001-10-31", ["03241"]),
        ("03152", "2016-10-31", ["03159"]),
        ("05354", "2009-10-20", ["05334"]),
        ("13052", "2011-09-03", ["13071", "13075"]),
        ("14375", "2008-07-31", ["14522"]),
        ("15151", "2007-06-30", ["15001", "15082", "15086", "15091"]),
        ("15202", "2007-06-30", ["15002"]),
        ("15352", "2007-06-30", ["15085", "15089"]),
        ("16056", "2021-06-30", ["16063"]),
    ],
)
def test_dissolved_kreise_name_their_successors(old, last_day, successors):
    kreis = REGISTER[old]
    assert (str(kreis.valid_to), list(kreis.successors)) == (last_day, successors)


def test_single_keys():
    assert REGISTER["16056"].valid_from == date(1998, 1, 1)
    assert REGISTER["01001"].valid_from is None
    assert REGISTER.get("15999") is None and "15999" not in REGISTER
    assert REGISTER.nearest("15O84") == "did you mean '15084' (Burgenlandkreis)?"
    assert "kreise.csv" in REGISTER.nearest("XX")
    assert list(REGISTER.laender())[-1] == "99" and REGISTER.laender()["10"] == "Saarland"


def test_the_register_agrees_with_the_gemeindeverzeichnis():
    rows = read_rows(official("gemeindeverzeichnis-2024/kreise_20240630.csv"))
    then = {kreis.ags: kreis for kreis in REGISTER.kreise(on=date(2024, 6, 30))}
    assert {row["ags"] for row in rows} == set(then)
    assert [row["ags"] for row in rows if row["typ"] != then[row["ags"]].kind] == []
    names = {row["ags"]: row["name"].split(",")[0] for row in rows}
    other = {ags: name for ags, name in names.items() if name != then[ags].name}
    assert other == {"13072": "Landkreis Rostock"}


def test_successors_and_years_agree_with_the_crosswalk():
    expected: dict[str, set[str]] = {}
    last_year_end: dict[str, int] = {}
    for row in read_rows(official("umsteigeschluessel-bbsr/aufgeloeste_kreise_seit_1990.csv")):
        if int(row["letztes_jahr"]) >= 1995 and row["ags_alt"] != "06435":  # split off, not dissolved
            expected.setdefault(row["ags_alt"], set()).add(row["ags_neu"])
            last_year_end[row["ags_alt"]] = int(row["letztes_jahr"])
    dissolved = [kreis for kreis in REGISTER.kreise() if kreis.is_dissolved]
    assert {kreis.ags: set(kreis.successors) for kreis in dissolved} == expected
    # every reform took place within a year: the last 31 December is that of the year before
    assert {kreis.ags: kreis.valid_to.year - 1 for kreis in dissolved} == last_year_end


def test_the_head_of_the_register_names_its_gebietsstand():
    head = (CATALOGUE / "register" / "kreise.csv").read_text(encoding="utf-8").split("\n")[0]
    assert head.endswith(f"Gebietsstand {REGISTER_STAND}.")
    assert max(kreis.valid_from for kreis in REGISTER if kreis.valid_from) <= REGISTER_STAND


def test_every_kreis_in_the_official_tables_is_known_by_its_name():
    found, unknown, other = set(), set(), set()
    for folder in ("regionalstatistik-2017", "regionalstatistik-2018-2025"):
        for path in official(folder).glob("*.csv"):
            raw = path.read_bytes()
            try:
                text = raw.decode("utf-8")
            except UnicodeDecodeError:
                text = raw.decode("cp1252")
            for ags, name in re.findall(r'(?m)(?:^|;)"?(\d{5})"?;"? +([^;"]+)"?;', text):
                kreis = REGISTER.get(ags)
                found.add(ags)
                if kreis is None:
                    unknown.add((ags, name))
                elif kreis.name.removeprefix("Regionalverband ") not in name:
                    other.add((ags, name))
    assert (unknown, other) == (set(), set())
    # Hamburg and Berlin come as Länder, the city of Aachen as 05334002, the dissolved Hannover keys never
    assert {kreis.ags for kreis in REGISTER.kreise()} - found == {"02000", "11000", "05313", "03201", "03253"}


def write(folder: Path, *rows: str, head: str = HEAD) -> Path:
    text = "# note\n" + head + "".join(f"{row}\n" for row in rows)
    (folder / "kreise.csv").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("row", "field", "says"),
    [
        ("1001;Flensburg;Kreisfreie Stadt;01;;;;", "ags", "not an AGS"),
        ("01001;;Kreisfreie Stadt;01;;;;", "name", "the name is missing"),
        ("01001;Flensburg;Stadt;01;;;;", "kind", "unknown value"),
        ("01001;Flensburg;Kreisfreie Stadt;1;;;;", "land", "does not fit the key"),
        ("01001;Flensburg;Kreisfreie Stadt;01;1.1.2001;;;", "valid_from", "is not a date"),
        ("01001;Flensburg;Kreisfreie Stadt;01;2001-01-01;2000-01-01;01002;", "valid_to", "ends before it begins"),
        ("01001;Flensburg;Kreisfreie Stadt;01;;2000-12-31;;", "successors", "has no successor"),
        ("01001;Flensburg;Kreisfreie Stadt;01;;2000-12-31;01009;", "successors", "01009 did not exist on 2001"),
        ("01001;Flensburg;Kreisfreie Stadt;01;;;01002;", "successors", "an existing Kreis has successors"),
        ("01002;Kiel;Kreisfreie Stadt;01;;;;", "ags", "already given in catalogue/register/kreise.csv:3"),
        ("01001;Flensburg;Kreisfreie Stadt;01", "", "the row has 4 cells"),
        ("01001;Flensburg;Kreisfreie Stadt;01;2001-01-01;;;01003", "formed_out_of", "01003 did not go on"),
        ("01001;Flensburg;Kreisfreie Stadt;01;;;;01002", "formed_out_of", "01002 did not go on"),
    ],
)
def test_a_fault_in_the_register_is_named_with_its_line(tmp_path, row, field, says):
    folder = write(tmp_path, "01002;Kiel;Kreisfreie Stadt;01;;;;", row)
    with pytest.raises(PersonFileError) as caught:
        load_register(folder)
    (problem,) = caught.value.problems
    assert (problem.file, problem.line, problem.field) == ("catalogue/register/kreise.csv", 4, field)
    assert says in problem.what


def test_all_faults_come_together_and_the_header_is_checked(tmp_path):
    with pytest.raises(PersonFileError) as caught:
        load_register(write(tmp_path, "1;a;b;c;d;e;f;", "01001;;Kreis;01;;;;"))
    assert [(problem.line, problem.field) for problem in caught.value.problems] == [
        (3, "ags"),
        (3, "kind"),
        (3, "successors"),
        (3, "valid_from"),
        (3, "valid_to"),
        (4, "name"),
    ]
    (other := tmp_path / "other").mkdir()
    with pytest.raises(PersonFileError, match="2: the header row is wrong.*Expected: ags;name;kind"):
        load_register(write(other, head="ags,name\n"))
