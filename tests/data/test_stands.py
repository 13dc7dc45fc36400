"""Files without Stand: only a Stand that the source catalogue declares, with its reason, makes their figures usable."""

from pathlib import Path

import pytest

from tests.data.test_observations import ALL, SCHOOL, TWO, classic, package_of, source
from tests.data.test_sources_yaml import GOOD, faults, write
from transferbuch.data.importer import import_files
from transferbuch.data.observations import compute_observations
from transferbuch.data.sources import Source, Undated, load_sources
from transferbuch.data.stands import undated_by_code, with_known_stands
from transferbuch.regions.register import load_register

UNDATED = Undated(table=SCHOOL, stand="2024", reason="Ausgabe 2024")


def declared(*undated: Undated) -> dict[str, Source]:
    return {SCHOOL: source(ALL).model_copy(update={"undated": undated})}


def two_files(folder: Path) -> dict[str, str]:
    return {
        "old__csv": classic(SCHOOL, TWO, ["2022;15084;  Burgenlandkreis;300;30"]),
        "new__csv": classic(SCHOOL, TWO, ["2023;15084;  Burgenlandkreis;310;31"], stand=""),
    }


def test_a_file_without_stand_counts_only_with_a_declared_one(tmp_path: Path) -> None:
    package = package_of(tmp_path, **two_files(tmp_path))
    found = {
        name: compute_observations(package, sources, load_register()).set_index("year")
        for name, sources in (("unknown", declared()), ("known", declared(UNDATED)))
    }
    assert found["unknown"]["value"].to_dict() == {2022: 300}
    assert found["known"]["value"].to_dict() == {2022: 300, 2023: 310}
    assert found["known"]["stand"].to_dict() == {2022: "2025-03-14", 2023: "2024"}


def test_a_printed_stand_is_never_replaced_and_the_package_keeps_its_id(tmp_path: Path) -> None:
    package = package_of(tmp_path, **two_files(tmp_path))
    known = with_known_stands(package, declared(UNDATED))
    assert sorted(one.stand for one in package.tables) == ["", "2025-03-14"]
    assert sorted(one.stand for one in known.tables) == ["2024", "2025-03-14"]
    assert known.id == package.id


def test_the_table_is_the_sources_own_unless_another_one_is_named(tmp_path: Path) -> None:
    text = 'undated:\n  - stand: "2024"\n    reason: Ausgabe 2024.\n'
    write(tmp_path, GOOD + text)
    assert undated_by_code(load_sources(tmp_path))["22222-01-01-4"].stand == "2024"


@pytest.mark.parametrize(
    ("entry", "line", "field"),
    [
        ('stand: "2024"\n    table: 22222-01-01-6', 21, "undated.table"),
        ('stand: "März 2024"', 20, "undated[1].stand"),
    ],
)
def test_faults_of_a_declared_stand(tmp_path: Path, entry: str, line: int, field: str) -> None:
    write(tmp_path, GOOD + f"undated:\n  - reason: Ausgabe.\n    {entry}\n")
    [problem] = faults(tmp_path)
    assert (problem.line, problem.field) == (line, field)


def test_age_groups_of_the_derived_file_add_up_to_the_official_population(shared_raw: Path, tmp_path: Path) -> None:
    """The reason that the catalogue gives for the file's Stand, for all Kreise: the totals of 31.12.2024."""
    files = [
        shared_raw / "regionalstatistik-2018-2025/abgeleitet/bevoelkerung_altersgruppen_2023_2024.csv",
        shared_raw / "regionalstatistik-ffcsv-2026/12411-01-01-4_de_flat.zip",
    ]
    sources = {code: load_sources()[code] for code in ("12411-02-03-4", "12411-01-01-4")}
    found = compute_observations(import_files(files, tmp_path / "data").package, sources, load_register())
    found = found[(found["year"] == 2024) & (found["ags"].str.len() == 5) & found["value"].notna()]
    values = found.pivot(index="ags", columns="variable", values="value")
    groups = [one.id for one in sources["12411-02-03-4"].variables if one.id != "population_all_ages"]
    assert len(values) == 400 and len(groups) == 17
    assert (values["population_all_ages"] == values["population"]).all()
    assert (values[groups].sum(axis=1) == values["population"]).all()
