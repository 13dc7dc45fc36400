"""The real official files, for the tests that use them; they lie beside the checkout and are not part of it."""

from pathlib import Path

import pandas as pd
import pytest

from transferbuch.data.importer import ImportReport, import_files

SHARED_RAW = Path(__file__).parents[2] / "shared" / "data" / "raw"
OFFICIAL_FOLDERS = (
    "regionalstatistik-2018-2025",
    "regionalstatistik-2017",
    "regionalstatistik-ffcsv-2026",
    "regionalatlas-2017",
    "inkar-2024-kreise",
    "raumgliederungen-bbsr",
    "gisd-rki",
)


@pytest.fixture(scope="session")
def shared_raw() -> Path:
    """The folder with the official files; without it the test is skipped, and says so."""
    if not SHARED_RAW.is_dir():
        pytest.skip("OFFICIAL FILES MISSING: ../shared/data/raw")
    return SHARED_RAW


@pytest.fixture(scope="session")
def official(shared_raw: Path, tmp_path_factory: pytest.TempPathFactory) -> ImportReport:
    """The folders of real files that indicators come from, imported once for all tests."""
    into = tmp_path_factory.mktemp("official") / "data"
    return import_files([shared_raw / folder for folder in OFFICIAL_FOLDERS], into)


@pytest.fixture(scope="session")
def crosswalk(shared_raw: Path) -> pd.DataFrame:
    """The BBSR's shares of the Kreise of 1990 to 2019 in those of 31 December 2020."""
    path = shared_raw / "umsteigeschluessel-bbsr" / "kreise_umsteiger_1990_2019_auf_2020.csv"
    names = {"jahr": "year", "ags_alt": "old", "ags_2020": "new"}
    names |= {"anteil_flaeche": "area", "anteil_bevoelkerung": "population", "anteil_beschaeftigte": "employees"}
    frame = pd.read_csv(path, sep=";", dtype={"ags_alt": str, "ags_2020": str}).rename(columns=names)
    return frame.assign(target="2020-12-31")
