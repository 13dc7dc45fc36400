"""The data package: what it says about every figure, when its id changes, and how a damaged one is answered."""

import hashlib
import json
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.data.small_tables import LEAVERS, MUNICIPALITIES, zipped
from transferbuch.data.cells import CELL_COLUMNS
from transferbuch.data.importer import import_files
from transferbuch.data.store import DataPackage, open_package
from transferbuch.errors import DataRefused, Problem

MEMBER = "11111-02-01-4_1700000000000_de_flat.csv"


@pytest.fixture
def package(tmp_path: Path) -> DataPackage:
    """A classic table (abgaenge.csv) and a flat file in a zip (gemeinden.zip)."""
    (tmp_path / "abgaenge.csv").write_text(LEAVERS, encoding="cp1252")
    (tmp_path / "gemeinden.zip").write_bytes(zipped((MEMBER, MUNICIPALITIES)))
    return import_files([tmp_path / "abgaenge.csv", tmp_path / "gemeinden.zip"], tmp_path / "paket").package


def refused(folder: Path) -> tuple[Problem, ...]:
    with pytest.raises(DataRefused) as caught:
        open_package(folder)
    assert caught.value.exit_code == 12
    return caught.value.problems


def rewrite(package: DataPackage, change: Callable[[dict[str, Any]], None]) -> None:
    path = package.folder / "datapackage.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    change(content)
    path.write_text(json.dumps(content), encoding="utf-8")


# --- provenance ---


def test_one_figure_can_be_followed_back_to_its_file_table_stand_licence_and_line(
    package: DataPackage, tmp_path: Path
) -> None:
    opened = open_package(package.folder)
    stored = next(table for table in opened.tables if table.table == "21111-02-06-4")
    cells = opened.read_cells(stored)
    [cell] = cells[(cells["region"] == "15084") & (cells["header"] == "ohne Hauptschulabschluss")].itertuples()
    assert (cell.value, cell.text, cell.time, cell.unit) == (45.0, "45", "2023", "Anzahl")
    assert (stored.file, stored.stand, stored.licence, stored.encoding) == (
        "abgaenge.csv",
        "2025-03-14",
        "dl-de/by-2-0",
        "cp1252",
    )
    assert stored.attribution == "© Statistische Ämter des Bundes und der Länder, Deutschland, 2025"
    assert stored.statistic == "Statistik der allgemeinbildenden Schulen"
    raw = (tmp_path / stored.file).read_bytes()
    assert hashlib.sha256(raw).hexdigest() == stored.sha256
    line = raw.decode(stored.encoding).split("\n")[cell.line - 1]
    assert line == "2023;15084;      Burgenlandkreis, Landkreis;321;45"
    assert line.split(";")[cell.column - 1] == cell.text


def test_the_description_is_a_frictionless_data_package(package: DataPackage) -> None:
    content = json.loads((package.folder / "datapackage.json").read_text(encoding="utf-8"))
    assert (content["profile"], content["id"], content["transferbuch"]["format"]) == ("data-package", package.id, 2)
    flat, classic = content["resources"]
    assert classic["path"].startswith("cells/21111-02-06-4__") and classic["path"].endswith(".parquet")
    assert classic["licenses"] == [{"name": "dl-de/by-2-0"}]
    assert classic["sources"] == [
        {
            "title": "© Statistische Ämter des Bundes und der Länder, Deutschland, 2025 – "
            "Tabelle 21111-02-06-4, Stand 2025-03-14"
        }
    ]
    for resource in (flat, classic):
        raw = (package.folder / resource["path"]).read_bytes()
        assert resource["bytes"] == len(raw)
        assert resource["hash"] == f"sha256:{hashlib.sha256(raw).hexdigest()}"
    assert flat["transferbuch"]["stand"] == "2023-11-14"
    assert flat["transferbuch"]["file"] == "gemeinden.zip"


def test_cells_come_back_as_they_were_read(package: DataPackage) -> None:
    cells = package.read_cells(package.tables[1])
    assert tuple(cells.columns) == CELL_COLUMNS
    assert cells["text"].tolist() == ["9120", "640", "1234", "156", "321", "45", "287", "."]
    assert cells["value"].tolist()[:7] == [9120, 640, 1234, 156, 321, 45, 287]
    assert pd.isna(cells["value"].iloc[7]) and cells["symbol"].iloc[7] == "."
    assert cells["symbol"].isna().tolist() == [True] * 7 + [False]
    assert cells["line"].tolist() == [7, 7, 8, 8, 9, 9, 10, 10]


def test_nothing_but_the_package_is_in_its_folder(package: DataPackage) -> None:
    names = sorted(path.relative_to(package.folder).as_posix() for path in package.folder.rglob("*") if path.is_file())
    assert names == sorted(["datapackage.json", *(table.path for table in package.tables)])


# --- the id ---


def test_the_id_does_not_depend_on_the_order_or_the_number_of_imports(package: DataPackage, tmp_path: Path) -> None:
    import_files([tmp_path / "gemeinden.zip"], tmp_path / "zweites")
    second = import_files([tmp_path / "abgaenge.csv"], tmp_path / "zweites").package
    assert second.id == package.id == open_package(tmp_path / "zweites").id
    assert [table.path for table in second.tables] == [table.path for table in package.tables]
    for table in second.tables:
        assert (second.folder / table.path).read_bytes() == (package.folder / table.path).read_bytes()
    description = [(folder / "datapackage.json").read_bytes() for folder in (package.folder, second.folder)]
    assert description[0] == description[1]


def test_the_id_changes_with_one_figure(package: DataPackage, tmp_path: Path) -> None:
    (tmp_path / "abgaenge.csv").write_text(LEAVERS.replace(";321;45", ";321;46"), encoding="cp1252")
    other = import_files([tmp_path / "abgaenge.csv", tmp_path / "gemeinden.zip"], tmp_path / "anderes").package
    assert other.id != package.id
    assert len(package.id) == 16


# --- damaged packages ---


def test_a_folder_that_is_no_package(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "fehlt"):
        [problem] = refused(folder)
        assert (problem.file, problem.code) == (folder.as_posix(), "package-missing")
        assert problem.do == "import official files first: transferbuch data import PATH… --into FOLDER"


@pytest.mark.parametrize("length", [0, 1, 100, -3])
def test_a_description_that_is_cut_off(package: DataPackage, length: int) -> None:
    path = package.folder / "datapackage.json"
    text = path.read_text(encoding="utf-8")
    path.write_text(text[:length], encoding="utf-8")
    [problem] = refused(package.folder)
    assert (problem.file, problem.code) == ("paket/datapackage.json", "package-broken")
    assert problem.line == max(1, text[:length].rstrip("\n").count("\n") + 1)
    assert problem.do == "import the official files again into a new folder"


@pytest.mark.parametrize(
    "change",
    [
        lambda content: content.pop("transferbuch"),
        lambda content: content.pop("resources"),
        lambda content: content["resources"][0].pop("transferbuch"),
        lambda content: content["resources"][0]["transferbuch"].pop("stand"),
        lambda content: content["resources"][0]["transferbuch"].update(fremd=1),
    ],
    ids=["no format", "no resources", "no provenance", "no Stand", "foreign key"],
)
def test_a_description_that_lacks_something(package: DataPackage, change: Callable[[dict[str, Any]], None]) -> None:
    rewrite(package, change)
    [problem] = refused(package.folder)
    assert (problem.file, problem.code) == ("paket/datapackage.json", "package-broken")


def test_a_parquet_file_that_is_cut_off_or_changed(package: DataPackage) -> None:
    whole = [(package.folder / table.path).read_bytes() for table in package.tables]
    (package.folder / package.tables[0].path).write_bytes(whole[0][:-10])
    (package.folder / package.tables[1].path).write_bytes(whole[1].replace(b"PAR1", b"PAR2", 1))
    found = refused(package.folder)
    assert [(one.file, one.what, one.code) for one in found] == [
        (f"paket/{table.path}", "the file is cut off or was changed", "package-changed") for table in package.tables
    ]
    assert {one.do for one in found} == {"import the official files again"}


def test_a_parquet_file_that_is_missing(package: DataPackage) -> None:
    (package.folder / package.tables[1].path).unlink()
    [problem] = refused(package.folder)
    assert (problem.file, problem.code) == (f"paket/{package.tables[1].path}", "package-missing-file")
    assert problem.do == "import the official files again"


def test_a_package_from_a_newer_version(package: DataPackage) -> None:
    def make_newer(content: dict[str, Any]) -> None:
        content["transferbuch"]["format"] = 3
        content["resources"] = {"anders": "gebaut"}

    rewrite(package, make_newer)
    [problem] = refused(package.folder)
    assert (problem.file, problem.field, problem.value, problem.expected, problem.code) == (
        "paket/datapackage.json",
        "transferbuch.format",
        "3",
        "at most 2",
        "package-newer",
    )
    assert problem.do == "update Transferbuch or import the official files again"


def test_problems_survive_the_way_to_another_process(tmp_path: Path) -> None:
    with pytest.raises(DataRefused) as caught:
        open_package(tmp_path)
    again = pickle.loads(pickle.dumps(caught.value))
    assert (type(again), again.problems, again.exit_code) == (DataRefused, caught.value.problems, 12)
