"""No file is imported without being compared, cell for cell or point for point, with a second, independent reading.

The comparisons stand beside the readers: `test_real_files` (GENESIS, flat files, Regionalatlas), `test_inkar`,
`test_workbooks`, `test_plain_tables`, `test_boundaries`; that of the list of types of the BBSR stands here.
"""

import csv
from pathlib import Path

import pytest

from tests.data import test_boundaries, test_inkar, test_plain_tables, test_real_files, test_workbooks
from transferbuch.data.importer import ImportReport, import_files


@pytest.fixture(scope="module")
def everything(shared_raw: Path, tmp_path_factory: pytest.TempPathFactory) -> ImportReport:
    return import_files([shared_raw], tmp_path_factory.mktemp("everything") / "data")


def test_every_imported_file_is_compared(everything: ImportReport) -> None:
    compared = {
        *(f"raw/{name}" for name in (*test_real_files.CLASSIC, *test_real_files.FLAT)),
        *(f"raw/{name}" for name in (*test_inkar.FILES, *test_workbooks.FILES, *test_plain_tables.FILES)),
        *(f"raw/grenzen-bkg/{name}" for name in test_boundaries.FILES),
    }
    imported = {file.file for file in everything.files if file.outcome == "imported"}
    assert len(imported) > 115 and imported == compared


def test_types_of_the_bbsr_cell_for_cell(everything: ImportReport, shared_raw: Path) -> None:
    path = shared_raw / test_workbooks.TYPES_FILE
    [table] = [one for one in everything.package.tables if one.file == path.name]
    cells = everything.package.read_cells(table).astype({"region": str, "region_name": str, "codes": str, "text": str})
    with path.open(encoding="latin-1", newline="") as stream:
        _, *rows = csv.reader(stream, delimiter=";")
    stored: dict[tuple[int, str, str], set[str]] = {}
    for line, region, name, text in cells[["line", "region", "region_name", "text"]].itertuples(index=False):
        stored.setdefault((line, region, name), set()).add(text)
    assert stored == {(n, key[:5], name): {number, label} for n, (key, name, number, label) in enumerate(rows, 2)}
