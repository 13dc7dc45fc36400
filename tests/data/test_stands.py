"""The table of age groups of 2023 and 2024 states no Stand; what the catalogue says about it is checked here."""

from pathlib import Path

from transferbuch.data.importer import import_files
from transferbuch.data.observations import compute_observations
from transferbuch.data.sources import load_sources
from transferbuch.regions.register import load_register


def test_age_groups_of_the_derived_file_add_up_to_the_official_population(shared_raw: Path, tmp_path: Path) -> None:
    """The caveat of the table, for all Kreise: its totals of 31.12.2024."""
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
