"""The areas of an edition as a download: only where there is an index, the same rows as on the page."""

import csv
import zipfile
from pathlib import Path

import pandas as pd

from transferbuch.editions.own_figures import own_inputs, protect_own
from transferbuch.editions.parameters import load_own_tables, load_parameters
from transferbuch.project import Project
from transferbuch.regions.register import load_register
from transferbuch.report.area_model import areas_text
from transferbuch.site.downloads import write_downloads

ROOT = Path(__file__).parents[2]


def test_indices_are_a_download_of_editions_that_have_some(tmp_path):
    data = tmp_path / "slice"
    data.mkdir()
    pd.DataFrame({"ags": ["99002"]}).to_parquet(data / "values.parquet")
    write_downloads(data, tmp_path / "without")
    assert not (tmp_path / "without" / "gebiete.csv").exists()

    project = Project(ROOT)
    parameters = load_parameters(project, load_register(), set())
    given = own_inputs(project, load_own_tables(project, parameters), None)
    indices = protect_own(project, parameters, given).areas["99002"]
    (data / "areas.json").write_text(areas_text(indices), encoding="utf-8")
    write_downloads(data, tmp_path / "with")
    with (tmp_path / "with" / "gebiete.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    assert len(rows) == len(indices[0].areas) == 18
    found = {row["gebiet"]: (row["indexwert"], row["klasse"]) for row in rows}
    for one in indices[0].areas:
        value, kind = found[one.name]
        assert value == ("" if one.value is None else f"{one.value:.2f}".replace(".", ","))
        assert kind == ("" if one.kind is None else indices[0].labels[one.kind - 1])


def test_the_archive_holds_the_slice_as_it_is_and_compresses_only_what_is_not(tmp_path):
    data = tmp_path / "slice"
    data.mkdir()
    pd.DataFrame({"ags": ["99002"], "value": [0.5]}).to_parquet(data / "values.parquet")
    (data / "slice.json").write_text('{"a": 1}' * 100, encoding="utf-8")
    for name in ("one", "two"):
        write_downloads(data, tmp_path / name)
    assert (tmp_path / "one" / "slice.zip").read_bytes() == (tmp_path / "two" / "slice.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "one" / "slice.zip") as archive:
        assert {one.filename: one.compress_type for one in archive.infolist()} == {
            "slice/slice.json": zipfile.ZIP_DEFLATED,
            "slice/values.parquet": zipfile.ZIP_STORED,
        }
        for path in data.iterdir():
            assert archive.read(f"slice/{path.name}") == path.read_bytes()
    assert (tmp_path / "one" / "werte.csv").read_text("utf-8-sig") == 'ags;value\n"99002";"0,5"\n'
