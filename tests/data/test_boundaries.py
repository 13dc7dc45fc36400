"""The real boundaries, compared feature by feature and point by point with simpler readers of their own.

The readers here know nothing of the importer: json and a few lines that add up arcs, struct for Shapefile and dBASE.
GeoJSON and TopoJSON are stored in the degrees of the file and compared as such. The Shapefile is in metres (EPSG:25832)
and stored in degrees; it is projected back, and each point must come out within one centimetre.
"""

import datetime
import json
import struct
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from transferbuch.data.boundaries import boundaries_of
from transferbuch.data.importer import ImportReport, import_files
from transferbuch.data.store import StoredBoundaries, open_package
from transferbuch.regions.register import load_register

Ring = list[tuple[float, float]]
Feature = tuple[dict[str, Any], list[Ring]]

FILES = {
    "VG2500_KRS.shp": ("kreis", 400),
    "kreise_vg2500_2022.geojson": ("kreis", 400),
    "kreise_vg2500_2022.topojson": ("kreis", 400),
    "landkreise_vg250_2018_sim200.topojson": ("kreis", 401),
    "gemeinden_sachsen-anhalt_vg250_2016.geojson": ("gemeinde", 218),
    "gemeinden_sachsen_vg250_2016.geojson": ("gemeinde", 426),
    "gemeinden_thueringen_vg250_2016.geojson": ("gemeinde", 849),
}


@pytest.fixture(scope="module")
def report(shared_raw: Path, tmp_path_factory: pytest.TempPathFactory) -> ImportReport:
    return import_files([shared_raw / "grenzen-bkg"], tmp_path_factory.mktemp("grenzen") / "data")


def stored(report: ImportReport, file: str) -> StoredBoundaries:
    return next(one for one in report.package.boundaries if one.file == file)


# --- the simple readers ---


def read_geojson(path: Path) -> list[Feature]:
    found = []
    for feature in json.loads(path.read_text(encoding="utf-8"))["features"]:
        shape = feature["geometry"]
        parts = [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"]
        found.append((feature["properties"], [[(x, y) for x, y in ring] for part in parts for ring in part]))
    return found


def read_topojson(path: Path) -> list[Feature]:
    content = json.loads(path.read_text(encoding="utf-8"))
    (kx, ky), (x0, y0) = content["transform"]["scale"], content["transform"]["translate"]
    arcs = []
    for deltas in content["arcs"]:
        x = y = 0
        arc = []
        for dx, dy in deltas:
            x, y = x + dx, y + dy
            arc.append((x * kx + x0, y * ky + y0))
        arcs.append(arc)

    def ring(indices: list[int]) -> Ring:
        points: Ring = []
        for index in indices:
            arc = arcs[index] if index >= 0 else arcs[~index][::-1]
            points += arc[1:] if points else arc
        return points

    [layer] = content["objects"].values()
    found = []
    for one in layer["geometries"]:
        parts = [one["arcs"]] if one["type"] == "Polygon" else one["arcs"]
        found.append((one["properties"], [ring(indices) for part in parts for indices in part]))
    return found


def read_shapefile(path: Path) -> list[Feature]:
    return list(zip(read_dbf(path.with_suffix(".dbf").read_bytes()), read_shp(path.read_bytes()), strict=True))


def read_shp(raw: bytes) -> list[list[Ring]]:
    found, at = [], 100
    while at < len(raw):
        words = struct.unpack_from(">i", raw, at + 4)[0]
        start = at + 8
        parts, points = struct.unpack_from("<2i", raw, start + 36)
        begins = [*struct.unpack_from(f"<{parts}i", raw, start + 44), points]
        flat = struct.unpack_from(f"<{2 * points}d", raw, start + 44 + 4 * parts)
        line = list(zip(flat[::2], flat[1::2], strict=True))
        found.append([line[a:b] for a, b in zip(begins, begins[1:], strict=False)])
        at = start + 2 * words
    return found


def read_dbf(raw: bytes) -> list[dict[str, Any]]:
    count, header, length = struct.unpack_from("<IHH", raw, 4)
    fields = [raw[at : at + 32] for at in range(32, header - 1, 32)]
    found = []
    for number in range(count):
        at, row = header + number * length + 1, {}
        for field in fields:
            text = raw[at : at + field[16]].decode("utf-8").rstrip(" ")
            at += field[16]
            value: Any = text
            if field[11:12] == b"N":
                value = int(text)
            elif field[11:12] == b"D":
                value = f"{text[:4]}-{text[4:6]}-{text[6:]}"
            row[field[:11].split(b"\0")[0].decode()] = value
        found.append(row)
    return found


# metres for the Shapefile; degrees for the others, in TopoJSON the last bit of scale × number + translate
EXACT = {".geojson": 0.0, ".topojson": 1e-13, ".shp": 0.01}
READERS = {".geojson": read_geojson, ".topojson": read_topojson, ".shp": read_shapefile}


@cache
def simply_read(path: Path) -> list[Feature]:
    return READERS[path.suffix](path)


def rings_of(shape: shapely.Geometry) -> list[np.ndarray]:
    parts = shapely.get_parts(shape)
    return [np.asarray(ring.coords) for part in parts for ring in (part.exterior, *part.interiors)]


# --- lossless ---


@pytest.mark.parametrize("file", FILES)
def test_every_feature_has_its_key_its_attributes_and_its_name(
    report: ImportReport, shared_raw: Path, file: str
) -> None:
    areas = report.package.read_boundaries(stored(report, file))
    simple = [attributes for attributes, _ in simply_read(shared_raw / "grenzen-bkg" / file)]
    assert areas["key"].tolist() == [one["AGS"] for one in simple]
    assert areas["name"].tolist() == [one["GEN"] for one in simple]
    assert [json.loads(text) for text in areas["attributes"]] == simple


@pytest.mark.parametrize("file", FILES)
def test_every_point_is_there(report: ImportReport, shared_raw: Path, file: str) -> None:
    areas = report.package.read_boundaries(stored(report, file))
    assert areas.crs.to_epsg() == 4326
    is_shapefile = file.endswith(".shp")
    shapes = areas.geometry.to_crs("EPSG:25832") if is_shapefile else areas.geometry
    points = 0
    for shape, (_, rings) in zip(shapes, simply_read(shared_raw / "grenzen-bkg" / file), strict=True):
        expected = sorted((np.array(ring) for ring in rings), key=lambda ring: (len(ring), *ring[0].round(1)))
        found = sorted(rings_of(shape), key=lambda ring: (len(ring), *ring[0].round(1)))
        assert [len(ring) for ring in found] == [len(ring) for ring in expected]
        for ring, wanted in zip(found, expected, strict=True):
            points += len(ring)
            assert np.abs(ring - wanted).max() <= EXACT[Path(file).suffix]
    assert points == stored(report, file).points


# --- what the README of the files says ---


@pytest.mark.parametrize("file", FILES)
def test_number_and_level_of_the_regions(report: ImportReport, file: str) -> None:
    one = stored(report, file)
    assert (one.level, one.regions, one.features) == (*FILES[file], FILES[file][1])
    assert one.key_column == "AGS"
    assert one.crs == ("EPSG:25832" if file.endswith(".shp") else "EPSG:4326")


@pytest.mark.parametrize("file", ["VG2500_KRS.shp", "kreise_vg2500_2022.geojson", "kreise_vg2500_2022.topojson"])
def test_kreise_of_2022_have_the_keys_of_2022(report: ImportReport, file: str) -> None:
    areas = report.package.read_boundaries(stored(report, file)).set_index("key")
    assert areas.loc["15084", "name"] == "Burgenlandkreis"
    assert {"16063", "03159", "05334", "10041"} <= set(areas.index)
    assert not {"06415", "16056"} & set(areas.index)


def test_kreise_of_2018_still_have_eisenach(report: ImportReport) -> None:
    areas = report.package.read_boundaries(stored(report, "landkreise_vg250_2018_sim200.topojson")).set_index("key")
    assert areas.loc["16056", "name"] == "Eisenach"


def test_the_report_says_what_was_imported_and_which_files_are_parts(report: ImportReport) -> None:
    told = {one.file.split("/")[1]: one for one in report.files}
    assert told["VG2500_KRS.shp"].boundaries == "boundaries of 400 Kreise"
    assert told["gemeinden_sachsen_vg250_2016.geojson"].boundaries == "boundaries of 426 Gemeinden"
    assert "no Gebietsstand" in told["VG2500_KRS.shp"].why
    for ending in ("cpg", "dbf", "prj", "shx"):
        part = told[f"VG2500_KRS.{ending}"]
        assert (part.outcome, part.why) == ("part", "of VG2500_KRS.shp")
    assert report.count("imported") == len(FILES)


def test_the_same_kreise_in_three_forms_have_the_same_areas(report: ImportReport) -> None:
    """GeoJSON is rounded to 0.0001° (10 m), TopoJSON to 1/100,000 of the extent: small cities differ by under 1 %."""
    sizes = {}
    for file in ("VG2500_KRS.shp", "kreise_vg2500_2022.geojson", "kreise_vg2500_2022.topojson"):
        areas = report.package.read_boundaries(stored(report, file)).set_index("key").sort_index()
        sizes[file] = areas.to_crs("EPSG:25832").area
    original = sizes["VG2500_KRS.shp"]
    for size in sizes.values():
        assert (size / original - 1).abs().max() < 0.01
        assert size.sum() / original.sum() == pytest.approx(1, abs=1e-4)
    assert original.sum() / 1e6 == pytest.approx(357_600, rel=0.01)  # Germany has about 357,600 qkm


# --- which boundaries for which day ---


def test_the_newest_kreise_are_those_of_the_register(report: ImportReport) -> None:
    kreise = boundaries_of(report.package, "kreis")
    assert kreise.columns.tolist() == ["ags", "name", "geometry"]
    assert kreise["ags"].is_unique and len(kreise) == 400
    assert kreise["ags"].is_monotonic_increasing


def test_the_day_decides_and_known_keys_decide_better(report: ImportReport) -> None:
    def keys(day: str, regions: list[str] = []) -> set[str]:  # noqa: B006
        return set(boundaries_of(report.package, "kreis", day, regions)["ags"])

    assert "16056" in keys("2018-12-31") and len(keys("2018-12-31")) == 401
    assert "16056" not in keys("2022-12-31")
    assert keys("2000-01-01") == set()
    # Vogtlandkreis and Zwickau exchanged some ground on 2022-09-02: by date alone June 2022 gets the older set
    assert "16056" in keys("2022-06-30")
    register = load_register()
    in_june = [kreis.ags for kreis in register.kreise(on=datetime.date(2022, 6, 30)) if kreis.land != "99"]
    assert keys("2022-06-30", in_june) == set(in_june)


def test_files_of_single_laender_add_up(report: ImportReport) -> None:
    gemeinden = boundaries_of(report.package, "gemeinde")
    assert gemeinden["ags"].str[:2].value_counts().to_dict() == {"16": 849, "14": 426, "15": 218}


# --- the package ---


def test_a_second_import_changes_nothing(report: ImportReport, shared_raw: Path) -> None:
    folder = report.package.folder
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    again = import_files([shared_raw / "grenzen-bkg"], folder)
    assert again.count("unchanged") == len(FILES)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    assert open_package(folder).id == report.package.id
