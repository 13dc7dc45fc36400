"""The fictional model region: its generator, its consistency, and what is planted in it on purpose.

The files are read here by a few lines of their own, not by the project's importer, so that an error in the
importer cannot hide one in the files; one test at the end sends them through the importer.
"""

import csv
import io
import re
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from transferbuch.data.importer import import_files
from transferbuch.data.observations import compute_observations
from transferbuch.data.sources import load_sources
from transferbuch.regions.register import load_register

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "data" / "modellregion"
RAW = FOLDER / "raw"
KREISE = [kreis.ags for kreis in load_register().kreise(land="99")]
TODAY = [key for key in KREISE if key not in ("99058", "99059")]
CLASSIC = sorted(path.name for path in RAW.glob("*.csv") if b"Tabelle: " in path.read_bytes()[:20])


@cache
def rows(name: str) -> dict[tuple[str, str, str], list[str]]:
    """(time, key, row label) → cells of a classic file; without a time column the time is ''."""
    table = list(csv.reader(io.StringIO(_text(name).split("\n__________\n")[0]), delimiter=";"))
    header = [number for number, line in enumerate(table) if line[:2] == ["", ""]]
    keys = min(next(i for i, cell in enumerate(table[number]) if cell) for number in header)
    found = {}
    for line in table[header[-1] + 1 :]:
        at = 1 if _is_key(line[1]) else 0
        found[line[0] if at else "", line[at], line[at + 2] if keys > at + 2 else ""] = line[keys:]
    return found


def _is_key(text: str) -> bool:
    return bool(re.fullmatch(r"DG|[0-9]{2,8}", text))


def _text(name: str) -> str:
    raw = (RAW / name).read_bytes()
    return raw.decode("utf-8" if "_00" in name else "cp1252")


def number(text: str) -> float:
    return 0.0 if text == "-" else float(text.replace(",", "."))


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("modellregion")
    folders = ["--into", folder / "raw", "--own", folder / "parameters"]
    subprocess.run([sys.executable, FOLDER / "generate.py", *folders], check=True, capture_output=True)
    return folder


def test_generator_gives_the_committed_bytes(fresh: Path) -> None:
    assert sorted(path.name for path in (fresh / "raw").iterdir()) == sorted(path.name for path in RAW.iterdir())
    assert len([path for path in (fresh / "parameters").rglob("*") if path.is_file()]) == 15
    committed = {"raw": RAW, "parameters": ROOT / "parameters"}
    differing = [
        path.name
        for kind, folder in committed.items()
        for path in (fresh / kind).rglob("*")
        if path.is_file() and path.read_bytes() != (folder / path.relative_to(fresh / kind)).read_bytes()
    ]
    assert not differing, "run `python data/modellregion/generate.py`, look at the changes, commit them"


@pytest.mark.parametrize(
    ("file", "ags", "encoding"),
    [
        ("99001-talbrueck/stadtteile.csv", "99001", "utf-8"),
        ("99002-seefurt/stadtteile.csv", "99002", "cp1252"),
        ("99057-region-ohsetal/gemeinden.csv", "99057", "utf-8"),
    ],
)
def test_own_tables_add_up_to_the_official_population(file: str, ags: str, encoding: str) -> None:
    text = (ROOT / "parameters" / file).read_bytes().decode(encoding)
    own = list(csv.DictReader(io.StringIO(text), delimiter=";" if ";" in text else ","))
    official = rows("12411-02-03-4_00.csv")
    for year in range(2019, 2025):
        of_year = [row for row in own if row["Jahr"] == str(year)]
        young = [official[f"31.12.{year}", ags, label][0] for label in ("unter 3 Jahre", "3 bis unter 6 Jahre")]
        assert sum(int(row["Einwohner"]) for row in of_year) == number(official[f"31.12.{year}", ags, "Insgesamt"][0])
        assert sum(int(row["Kinder unter 6"]) for row in of_year) == sum(map(number, young))


def test_the_social_areas_have_the_people_and_the_poverty_of_the_other_table() -> None:
    def columns(file: str) -> dict[tuple[str, str], tuple[str, str]]:
        text = (ROOT / "parameters/99001-talbrueck" / file).read_text(encoding="utf-8")
        found = csv.DictReader(io.StringIO(text), delimiter=";")
        return {(row["Jahr"], row["Stadtteil-Nr."]): (row["Einwohner"], row["SGB II %"]) for row in found}

    wider = columns("stadtteile.csv")
    assert {key: wider[key] for key in columns("sozialraum.csv")} == columns("sozialraum.csv")


def test_raw_files_stay_small() -> None:
    assert sum(path.stat().st_size for path in RAW.iterdir()) <= 6_000_000


@pytest.mark.parametrize("name", CLASSIC)
def test_files_have_the_official_form_and_claim_no_official_origin(name: str) -> None:
    text = _text(name)
    code = re.match(r"[0-9A-Z-]+", name)[0]
    stand = re.search(r"\nStand: [0-9]{2}\.[0-9]{2}\.([0-9]{4}) / [0-9:]{8}\n$", text)
    assert stand, "the last line is the Stand"
    first = "Tabelle" if int(stand[1]) >= 2026 else "GENESIS-Tabelle"
    assert text.startswith(f"{first}: {code}\n")
    assert "\r" not in text
    assert 'zu ""gesamte Tabelle"":\nAlle Angaben sind erfunden.' in text
    assert '"© Modellregion (erfundene Daten) des Projekts Transferbuch, 2026.\n' in text
    assert "Statistische Ämter" not in text
    assert ";DG;Modellbund;" in text or "\nDG;Modellbund;" in text
    assert "99;  Modellland;" in text
    assert f"99004;      St. Walrich, {'K' if int(stand[1]) < 2020 else 'k'}reisfreie Stadt;" in text


def test_rows_are_the_kreise_of_the_register() -> None:
    keys = [key for time, key, _ in rows("12612-01-01-4.csv") if time == "2024"]
    assert [key for key in keys if len(key) == 5] == KREISE
    assert keys[:3] == ["DG", "99", "991"]
    assert keys[keys.index("99057") + 1] == "99057001"


# --- consistency: the numbers of different tables belong to the same people ---


@pytest.mark.parametrize("year", range(2010, 2025))
def test_age_groups_and_sexes_add_up_and_agree_with_the_other_tables(year: int) -> None:
    table = rows("12411-02-03-4_00.csv")
    columns = rows("12411-01-01-4.csv")
    for key in ("DG", "99", "99057001", *KREISE):
        groups = [
            row
            for (time, region, label), row in table.items()
            if (time, region) == (f"31.12.{year}", key) and label != "Insgesamt"
        ]
        total = table[f"31.12.{year}", key, "Insgesamt"]
        assert len(groups) == 17
        first = 3 * (2024 - year)
        assert columns["", key, ""][first : first + 3] == total
        if total[0] in (".", "-"):
            continue
        for column in range(3):
            assert sum(number(row[column]) for row in groups) == number(total[column])
        assert number(total[1]) + number(total[2]) == number(total[0])


@pytest.mark.parametrize("name", ["12612-01-01-4.csv", "13111-02-02-4.csv", "22811-01-01-4.csv", "21121-02-02-4.csv"])
def test_land_is_the_sum_of_the_kreise_that_exist(name: str) -> None:
    table = rows(name)
    for time in {time for time, _, _ in table}:
        kreise = [key for key in KREISE if key != "99061"] if int(time[-4:]) < 2016 else TODAY
        if time == "30.06.2016":
            kreise = [key for key in KREISE if key != "99061"]
        for column, land in enumerate(table[time, "99", ""]):
            assert sum(number(table[time, key, ""][column]) for key in kreise) == number(land), (time, column)


def test_bund_is_about_twenty_times_the_land() -> None:
    people = rows("12411-01-01-4.csv")
    assert number(people["", "DG", ""][0]) / number(people["", "99", ""][0]) == pytest.approx(20, abs=0.5)


@pytest.mark.parametrize("key", TODAY)
def test_births_and_children_and_pupils_are_the_same_children(key: str) -> None:
    ages, born = rows("12411-02-03-4_00.csv"), rows("12612-01-01-4.csv")
    small = number(ages["31.12.2024", key, "unter 3 Jahre"][0])
    assert small == pytest.approx(sum(number(born[str(year), key, ""][0]) for year in (2022, 2023, 2024)), rel=0.12)
    at_school = number(rows("21111-01-03-4.csv")["2024", key, "Grundschulen"][1])
    assert at_school == pytest.approx(number(ages["31.12.2024", key, "6 bis unter 10 Jahre"][0]), rel=0.16)
    in_care = number(rows("22543-01-02-4.csv")["01.03.2025", key, "Insgesamt (ohne Doppelzählungen)"][1])
    assert 0.25 < in_care / small < 0.65


@pytest.mark.parametrize("key", TODAY)
def test_rate_of_unemployment_fits_the_counts(key: str) -> None:
    table = rows("13211-02-05-4.csv")
    for year in range(2016, 2025):
        row = [number(cell) for cell in table[str(year), key, ""] if cell != "."]
        people = number(rows("12411-01-01-4.csv")["", key, ""][3 * (2024 - year)])
        assert 0.46 < row[0] / (row[8] / 100) / people < 0.58  # labour force per inhabitant
        assert min(row[9], row[10]) - 0.05 <= row[8] <= max(row[9], row[10]) + 0.05  # between men and women


def test_both_tables_of_minimum_income_count_the_same_people() -> None:
    aid, households = rows("22811-01-01-4.csv"), rows("22811-02-02-4.csv")
    for (time, key, _), row in aid.items():
        if row[0] not in (".", "-"):
            assert row[1:4] == [households[time, key, ""][column] for column in (1, 4, 10)]
            assert number(row[0]) == sum(number(row[column]) for column in (1, 4, 5, 6))


def test_kinds_of_places_differ_as_described() -> None:
    leavers, jobless = rows("21111-02-06-4.csv"), rows("13211-02-05-4.csv")

    def without(key: str, year: int) -> float:
        row = rows("21111-02-06-4_00.csv" if year < 2016 else "21111-02-06-4.csv")[str(year), key, ""]
        return number(row[2]) / number(row[0]) * 100

    assert without("99051", 2010) > 11 and without("99051", 2024) < 10  # Moorland: from poor to fair
    assert without("99053", 2024) > 14 and without("99055", 2024) < 6  # potash district and suburbs
    assert number(leavers["2024", "99001", ""][12]) / number(leavers["2024", "99001", ""][0]) > 0.42  # university city
    assert number(jobless["2024", "99002", ""][8]) > 3 * number(jobless["2024", "99054", ""][8])
    people = rows("12411-01-01-4.csv")
    assert number(people["", "99001", ""][0]) > number(people["", "99001", ""][42])  # grows 2010–2024
    assert number(people["", "99053", ""][0]) < 0.92 * number(people["", "99053", ""][42])  # shrinks


# --- planted on purpose: see data/modellregion/README.md ---


@pytest.mark.parametrize(
    ("name", "label", "before", "after"),
    [
        ("12411-02-03-4_00.csv", "Insgesamt", "31.12.2015", "31.12.2016"),
        ("13111-02-02-4.csv", "", "30.06.2016", "30.06.2017"),
        ("22543-01-02-4.csv", "Insgesamt (ohne Doppelzählungen)", "01.03.2016", "01.03.2017"),
        ("13211-02-05-4.csv", "", "2015", "2016"),
        ("21111-01-03-4.csv", "Insgesamt", "2015", "2016"),
    ],
)
def test_reform_new_key_has_dots_before_and_old_keys_dashes_after(
    name: str, label: str, before: str, after: str
) -> None:
    table = rows(name)
    assert set(table[before, "99061", label]) == {"."}
    for old in ("99058", "99059"):
        assert set(table[after, old, label]) == {"-"}
        assert number(table[before, old, label][-1]) > 0
    assert number(table[after, "99061", label][-1]) > 0


def test_reform_splits_the_two_files_of_leavers() -> None:
    assert set(rows("21111-02-06-4_00.csv")["2015", "99061", ""]) == {"."}
    assert set(rows("21111-02-06-4.csv")["2016", "99058", ""]) == {"-"}


def test_reform_births_are_recalculated_so_that_old_and_new_keys_count_twice() -> None:
    table = rows("12612-01-01-4.csv")
    old = sum(number(table["2015", key, ""][0]) for key in ("99058", "99059"))
    assert number(table["2015", "99061", ""][0]) == old > 1_000
    assert set(table["2016", "99058", ""]) == {"-"}


@pytest.mark.parametrize("name", ["82111-01-05-4.csv", "82411-01-03-4.csv"])
def test_reform_accounts_are_recalculated_and_old_keys_stay_unknown(name: str) -> None:
    table = rows(name)
    assert number(table["2010", "99061", ""][0]) > 0
    assert set(table["2015", "99058", ""]) == {"."}
    assert set(table["2016", "99058", ""]) == {"-"}


def test_one_value_is_ten_times_too_high() -> None:
    table = rows("21111-02-06-4.csv")
    too_high = number(table["2019", "99056", ""][2])
    neighbours = [number(table[year, "99056", ""][2]) for year in ("2018", "2020")]
    assert too_high == pytest.approx(10 * sum(neighbours) / 2, rel=0.15)
    assert too_high > 0.5 * number(table["2019", "99056", ""][0])
    right = number(table["2019", "99", ""][2]) - sum(number(table["2019", key, ""][2]) for key in TODAY)
    assert right == pytest.approx(-0.9 * too_high, abs=20)  # the Land has the true sum, apart from rounding


def test_two_cohorts_take_the_abitur_in_2013() -> None:
    table = rows("21111-02-06-4_00.csv")
    abitur = {year: number(table[str(year), "99", ""][12]) for year in (2012, 2013, 2014)}
    assert 1.7 < abitur[2013] / abitur[2012] < 2.1
    assert 1.7 < abitur[2013] / abitur[2014] < 2.1
    eleventh = [number(rows("21111-01-03-4.csv")[str(year), "99", "Gymnasien"][5]) for year in (2010, 2011)]
    assert 1.7 < eleventh[0] / eleventh[1] < 2.1  # both cohorts on the way there


def test_leavers_lack_2017_and_change_labels_between_the_files() -> None:
    years = [{int(time) for time, _, _ in rows(name)} for name in ("21111-02-06-4_00.csv", "21111-02-06-4.csv")]
    assert years == [set(range(2010, 2016)), {2016, *range(2018, 2025)}]
    assert "ohne Ersten Schulabschluss" in _text("21111-02-06-4.csv")
    assert "ohne Hauptschulabschluss" in _text("21111-02-06-4_00.csv")


def test_leavers_are_multiples_of_three_since_2018() -> None:
    table = rows("21111-02-06-4.csv")
    for (time, key, _), row in table.items():
        if key != "DG" and time >= "2018":
            assert all(number(cell) % 3 == 0 for cell in row if cell not in (".", "x"))
    assert any(number(cell) % 3 for cell in table["2016", "99001", ""] if cell != "x")
    sums = [
        sum(number(row[column]) for column in (2, 4, 6, 12)) - number(row[0])
        for (time, key, _), row in table.items()
        if time >= "2020" and key in TODAY
    ]
    assert any(sums), "totals do not add up any more"
    assert max(map(abs, sums)) <= 6


def test_secret_unreliable_and_blocked_cells() -> None:
    leavers = rows("21111-02-06-4_00.csv")["2014", "99004", ""]
    assert leavers[2:6] == ["."] * 4 and number(leavers[0]) > 0
    assert leavers[10:12] == ["x", "x"]
    assert rows("21111-02-06-4.csv")["2021", "99004", ""][8:10] == [".", "."]
    assert rows("22543-01-02-4.csv")["01.03.2012", "99004", "Tagespflege"][2:4] == [".", "."]
    assert rows("22543-02-02-4.csv")["01.03.2013", "99058", ""][7] == "."
    assert rows("13111-12-03-4.csv")["30.06.2013", "99051", "mit akademischem Abschluss"][4:] == [".", "."]
    assert {
        row[11] for (time, key, _), row in rows("13211-02-05-4.csv").items() if time == "2017" and key in TODAY
    } == {"."}
    assert rows("13211-02-05-4.csv")["2024", "991", ""][7:] == ["."] * 6
    assert rows("21121-01-05-4.csv")["2016", "99004", "Fachschulen"][3] == "."
    assert rows("12111-32-01-4_00.csv")["", "99004", ""][5] == "/"
    pupils = rows("21111-01-03-4.csv")
    assert pupils["2024", "99", "Schulartunabhängige Orientierungsstufe"] == ["x"] * 6
    assert pupils["2024", "99001", "Grundschulen"][4:] == ["x", "x"]
    assert pupils["2024", "99001", "Insgesamt"][0] == "x"


def test_one_column_is_not_delivered_for_the_kreise_in_2019() -> None:
    table = rows("22543-01-02-4.csv")
    total = "Insgesamt (ohne Doppelzählungen)"
    assert {table["01.03.2019", key, total][4] for key in TODAY} == {"-"}
    assert number(table["01.03.2019", "99", total][4]) > 10_000
    assert all(number(table["01.03.2018", key, total][4]) > 0 for key in TODAY)


def test_dashes_that_mean_zero() -> None:
    pupils = rows("21111-01-03-4.csv")
    assert pupils["2024", "99051", "Integrierte Gesamtschulen"] == ["-"] * 6
    assert pupils["2024", "99051", "Freie Waldorfschulen"] == ["-"] * 6
    assert number(pupils["2014", "99", "Hauptschulen"][1]) > 0
    assert pupils["2015", "99", "Hauptschulen"] == ["-"] * 5 + ["x"]
    assert rows("21111-01-03-4_00.csv")["", "99051", "Integrierte Gesamtschulen"] == ["0"] * 6  # older files print 0


def test_zensus_2022_breaks_the_series() -> None:
    people = rows("12411-01-01-4.csv")

    def change(key: str, year: int) -> float:
        later, earlier = (number(people["", key, ""][3 * (2024 - y)]) for y in (year, year - 1))
        return (later / earlier - 1) * 100

    assert change("99002", 2022) < -2 and abs(change("99002", 2023)) < 0.6
    assert change("99", 2022) < -0.6 and abs(change("99", 2023)) < 0.4


def test_town_below_its_kreis_is_a_part_of_it() -> None:
    people = rows("12411-01-01-4.csv")
    assert 0.3 < number(people["", "99057001", ""][0]) / number(people["", "99057", ""][0]) < 0.4
    assert set(rows("82411-01-03-4.csv")["2020", "99057001", ""]) == {"."}


# --- flat files ---


def test_flat_files_agree_with_the_classic_ones() -> None:
    path = RAW / "12411-01-01-4_de_flat.zip"
    with zipfile.ZipFile(path) as archive:
        (member,) = archive.infolist()
        content = archive.read(member)
    epoch = re.fullmatch(r"12411-01-01-4_([0-9]{13})_de_flat\.csv", member.filename)
    assert datetime.fromtimestamp(int(epoch[1]) / 1000, UTC).timetuple()[:6] == member.date_time
    assert content.startswith(b"\xef\xbb\xbfstatistics_code;") and content.endswith(b"\n")
    flat = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    keys = [row["1_variable_attribute_code"] for row in flat]
    assert keys != sorted(keys), "rows come in random order"
    assert set(keys) == {*KREISE, "99057001"}
    classic = rows("12411-01-01-4.csv")
    for row in flat:
        column = ("Insgesamt", "männlich", "weiblich").index(row["2_variable_attribute_label"])
        assert row["value"] == classic["", row["1_variable_attribute_code"], ""][column]


def test_number_of_municipalities_is_a_flat_file_with_dashes_for_old_keys() -> None:
    (path,) = RAW.glob("11111-02-01-4_*_de_flat.csv")
    flat = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig")), delimiter=";")
    value = {row["1_variable_attribute_code"]: row["value"] for row in flat}
    assert (value["99001"], value["99061"], value["99058"], value["99057001"]) == ("1", "57", "-", "1")


# --- through the project's own importer ---


def test_importer_reads_every_file_and_tells_the_meanings_apart(tmp_path: Path) -> None:
    report = import_files([RAW], tmp_path / "package")
    assert report.count("imported") == len(list(RAW.iterdir()))
    frame = compute_observations(report.package, load_sources(), load_register())
    seen = frame.set_index(["variable", "ags", "year"])

    def status(variable: str, key: str, year: int) -> str:
        return seen.loc[(variable, key, year), "status"]

    assert status("children_in_care_foreign_parent", "99001", 2019) == "not_delivered"
    assert status("leavers_without_certificate", "99004", 2014) == "secret"
    assert status("leavers", "99058", 2016) == "not_existing"
    assert status("leavers", "99061", 2015) == "not_existing"
    assert status("pupils_comprehensive_school", "99051", 2024) == "zero"
    assert status("leavers_applied_university_entrance", "99001", 2020) == "blocked"
    assert ("leavers", "99001", 2017) not in seen.index
    assert seen.loc[("leavers_without_certificate", "99056", 2019), "value"] > 400
