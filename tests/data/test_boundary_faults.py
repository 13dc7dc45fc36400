"""Boundaries in small: keys, parts, what a file says about itself, and one broken file per fault."""

import datetime
import io
import json
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas
import pytest
from shapely.geometry import Point, box

from transferbuch.data import boundary_json, boundary_layer
from transferbuch.data.boundaries import boundaries_of
from transferbuch.data.importer import import_files
from transferbuch.data.store import DataPackage, open_package
from transferbuch.errors import DataRefused, Problem

Json = dict[str, Any]


def square(x: float, y: float, size: float = 0.1) -> Json:
    corners = [[x, y], [x + size, y], [x + size, y + size], [x, y + size], [x, y]]
    return {"type": "Polygon", "coordinates": [corners]}


def feature(geometry: Json | None, **properties: object) -> Json:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def collection(*features: Json, **says: object) -> Json:
    return {"type": "FeatureCollection", **says, "features": list(features)}


def kreise(**says: object) -> Json:
    """Three Kreise with neighbouring squares."""
    names = {"15084": "Burgenlandkreis", "15088": "Saalekreis", "15002": "Halle (Saale)"}
    squares = enumerate(names.items())
    return collection(*(feature(square(11 + n / 10, 51), AGS=key, GEN=name) for n, (key, name) in squares), **says)


def topology() -> Json:
    """Two Kreise that share one arc: unquantised, the second walks the shared arc backwards."""
    arcs = [[[11, 51], [11, 52]], [[11, 52], [10, 52], [10, 51], [11, 51]], [[11, 51], [12, 51], [12, 52], [11, 52]]]
    shapes = [
        {"type": "Polygon", "arcs": [[0, 1]], "properties": {"AGS": "15084", "GEN": "A"}},
        {"type": "Polygon", "arcs": [[2, -1]], "properties": {"AGS": "15088", "GEN": "B"}},
    ]
    return {"type": "Topology", "arcs": arcs, "objects": {"k": {"type": "GeometryCollection", "geometries": shapes}}}


def shapefile(folder: Path, name: str = "kreise", crs: str = "EPSG:25832") -> Path:
    frame = geopandas.GeoDataFrame(
        {"AGS": ["15084", "15088"], "GEN": ["Querfurt", "Möckerling"], "EWZ": [7, None]},
        geometry=[box(11, 51, 11.1, 51.1), box(11.1, 51, 11.2, 51.1)],
        crs="EPSG:4326",
    )
    folder.mkdir(exist_ok=True)
    frame.to_crs(crs).to_file(folder / f"{name}.shp", encoding="utf-8")
    return folder / f"{name}.shp"


def zipped(*paths: Path) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in paths:
            archive.write(path, f"lieferung/{path.name}")
    return buffer.getvalue()


def imported(folder: Path, content: Json, name: str = "grenzen.json") -> DataPackage:
    (folder / name).write_text(json.dumps(content), encoding="utf-8")
    return import_files([folder / name], folder / "paket").package


def refused(folder: Path, content: Json | bytes, name: str = "grenzen.json") -> tuple[Problem, ...]:
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    (folder / name).write_bytes(raw)
    with pytest.raises(DataRefused) as caught:
        import_files([folder / name], folder / "paket")
    assert not (folder / "paket").exists()
    return caught.value.problems


# --- what a file says about itself ---


def test_gebietsstand_licence_and_attribution_that_the_file_states(tmp_path: Path) -> None:
    says = {"gebietsstand": "31.12.2024", "licence": "CC BY 4.0", "attribution": "Amt für Vermessung"}
    [one] = imported(tmp_path, kreise(**says)).boundaries
    assert (one.gebietsstand, one.licence, one.attribution) == ("2024-12-31", "CC BY 4.0", "Amt für Vermessung")
    assert (one.level, one.regions, one.title, one.form) == ("kreis", 3, "Grenzen: 3 Kreise", "GeoJSON")


def test_gebietsstand_as_an_attribute_counts_where_it_is_the_same_for_all(tmp_path: Path) -> None:
    same = collection(*(feature(square(7 + n, 51), AGS=f"1508{n}", Stand="2021") for n in (4, 8)))
    assert imported(tmp_path, same).boundaries[0].gebietsstand == "2021"
    same["features"][0]["properties"] |= {"Stand": "2020", "Lizenz": None}
    same["features"][1]["properties"]["Lizenz"] = None
    (tmp_path / "zwei").mkdir()
    assert imported(tmp_path / "zwei", same).boundaries[0].gebietsstand == ""
    assert imported(tmp_path / "zwei", same).boundaries[0].licence == ""


def test_the_description_of_the_package_names_the_boundaries(tmp_path: Path) -> None:
    package = imported(tmp_path, kreise(licence="CC BY 4.0", attribution="Amt"))
    content = json.loads((package.folder / "datapackage.json").read_text(encoding="utf-8"))
    [resource] = content["resources"]
    assert (resource["kind"], resource["title"]) == ("boundaries", "Grenzen: 3 Kreise")
    assert resource["path"].startswith("boundaries/grenzen__")
    assert resource["licenses"] == [{"name": "CC BY 4.0"}]
    assert open_package(package.folder) == package


def test_the_same_boundaries_give_the_same_bytes_and_others_another_id(tmp_path: Path) -> None:
    packages = []
    for folder in (tmp_path / "a", tmp_path / "b"):
        folder.mkdir()
        packages.append(imported(folder, kreise()))
    first, second = (package.folder / package.boundaries[0].path for package in packages)
    assert first.read_bytes() == second.read_bytes()
    assert packages[0].id == packages[1].id != imported(tmp_path, kreise(gebietsstand="2020")).id


def test_a_package_without_boundaries_of_the_former_format_is_still_read(tmp_path: Path) -> None:
    package = imported(tmp_path, kreise())
    path = package.folder / "datapackage.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["transferbuch"]["format"], content["resources"] = 1, []
    path.write_text(json.dumps(content), encoding="utf-8")
    assert open_package(package.folder).boundaries == ()


def test_boundaries_that_were_changed_on_disk(tmp_path: Path) -> None:
    package = imported(tmp_path, kreise())
    path = package.folder / package.boundaries[0].path
    path.write_bytes(path.read_bytes()[:-5])
    with pytest.raises(DataRefused) as caught:
        open_package(package.folder)
    assert caught.value.problems[0].code == "package-changed"


# --- forms ---


def test_topojson_without_quantisation(tmp_path: Path) -> None:
    package = imported(tmp_path, topology())
    areas = package.read_boundaries(package.boundaries[0]).set_index("key")
    assert areas.geometry["15084"].equals(box(10, 51, 11, 52))
    assert areas.geometry["15088"].equals(box(11, 51, 12, 52))


def test_a_shapefile_in_metres_with_umlauts_and_an_empty_field(tmp_path: Path) -> None:
    path = shapefile(tmp_path / "roh")
    report = import_files([tmp_path / "roh"], tmp_path / "paket")
    assert report.count("part") == 4
    [one] = report.package.boundaries
    areas = report.package.read_boundaries(one)
    assert areas["name"].tolist() == ["Querfurt", "Möckerling"]
    assert json.loads(areas["attributes"][1])["EWZ"] is None
    assert areas.geometry[0].symmetric_difference(box(11, 51, 11.1, 51.1)).area < 1e-9
    # any part makes another file of it
    path.with_suffix(".cpg").write_text("utf8", encoding="ascii")
    assert import_files([path], tmp_path / "paket").count("imported") == 1


@pytest.mark.parametrize("crs", ["EPSG:25833", "EPSG:31468", "EPSG:3857"])
def test_other_coordinate_systems_come_to_the_same_place(tmp_path: Path, crs: str) -> None:
    package = import_files([shapefile(tmp_path / "roh", crs=crs)], tmp_path / "paket").package
    shape = package.read_boundaries(package.boundaries[0]).geometry[0]
    assert shape.symmetric_difference(box(11, 51, 11.1, 51.1)).area < 1e-5  # the old Bessel systems: a few metres


def test_a_shapefile_without_cpg_is_read_in_its_encoding(tmp_path: Path) -> None:
    path = shapefile(tmp_path / "roh")
    path.with_suffix(".cpg").unlink()
    for name, encoding in {"utf8": "utf-8", "cp1252": "cp1252"}.items():
        dbf = path.with_suffix(".dbf")
        if encoding == "cp1252":
            dbf.write_bytes(dbf.read_bytes().replace("Möckerling".encode(), "Möckerling ".encode("cp1252")))
        package = import_files([path], tmp_path / name).package
        assert package.boundaries[0].encoding == encoding
        assert package.read_boundaries(package.boundaries[0])["name"][1] == "Möckerling"


@pytest.mark.parametrize("form", ["shapefile", "geojson"])
def test_zipped_boundaries(tmp_path: Path, form: str) -> None:
    paths = sorted(shapefile(tmp_path / "roh").parent.iterdir())
    if form == "geojson":
        (tmp_path / "kreise.geojson").write_text(json.dumps(kreise()), encoding="utf-8")
        paths = [tmp_path / "kreise.geojson"]
    (tmp_path / "lieferung.zip").write_bytes(zipped(*paths))
    report = import_files([tmp_path / "lieferung.zip"], tmp_path / "paket")
    assert report.package.boundaries[0].regions == (2 if form == "shapefile" else 3)


def test_the_name_of_the_file_does_not_matter(tmp_path: Path) -> None:
    assert imported(tmp_path, kreise(), "download.txt").boundaries[0].regions == 3
    content = b"\xef\xbb\xbf" + json.dumps(kreise()).encode()
    (tmp_path / "bom.geojson").write_bytes(content)
    assert import_files([tmp_path / "bom.geojson"], tmp_path / "q").count("imported") == 1


# --- keys and parts ---


@pytest.mark.parametrize(
    ("column", "keys", "level", "stored"),
    [
        ("AGS", ["15", "14"], "land", ["15", "14"]),
        ("RS", ["151", "146"], "regierungsbezirk", ["151", "146"]),
        ("ARS", ["150840590590", "150870551250"], "gemeinde", ["15084590", "15087250"]),
        ("RS", ["150845051", "150870055"], "gemeindeverband", ["150845051", "150870055"]),
        ("krs_code", ["14511", "14521"], "kreis", ["14511", "14521"]),
        ("Kreisschlüssel", [14511, 14521], "kreis", ["14511", "14521"]),
        ("PLR_ID", ["01100101", "12301203"], "small_area", ["01100101", "12301203"]),
        ("Stadtteil-Nr.", [1, 12], "small_area", ["1", "12"]),
        ("id", ["A1", "B2"], "small_area", ["A1", "B2"]),
    ],
)
def test_keys_are_found_by_their_content(
    tmp_path: Path, column: str, keys: list[str | int], level: str, stored: list[str]
) -> None:
    areas = collection(*(feature(square(11 + n, 51), **{column: key}) for n, key in enumerate(keys)))
    package = imported(tmp_path, areas)
    assert package.boundaries[0].level == level
    assert package.read_boundaries(package.boundaries[0])["key"].tolist() == stored


def test_the_ags_of_the_town_is_not_the_key_of_its_stadtteile(tmp_path: Path) -> None:
    areas = collection(
        *(feature(square(11 + n, 51), ags="15002000", stadtteil_nr=f"0{n}", name=f"S{n}") for n in (1, 2))
    )
    package = imported(tmp_path, areas)
    assert package.boundaries[0].key_column == "stadtteil_nr"
    assert package.read_boundaries(package.boundaries[0])["name"].tolist() == ["S1", "S2"]


def test_the_key_may_be_the_id_of_the_feature(tmp_path: Path) -> None:
    areas = collection(*({**feature(square(7 + n, 51), name="X"), "id": f"1508{n}"} for n in (4, 8)))
    assert imported(tmp_path, areas).boundaries[0].level == "kreis"


def test_parts_of_a_region_that_the_file_marks_are_one_region_and_water_is_no_land(tmp_path: Path) -> None:
    """As in the VG250 of the BKG: land (GF 4), a second land part, and the sea that belongs to the Kreis (GF 2)."""
    parts = collection(
        feature(square(8, 54), AGS="01054", GEN="Nordfriesland", GF=4),
        feature(square(8.5, 54), AGS="01054", GEN="Nordfriesland", GF=4),
        feature(square(8.1, 54), AGS="01054", GEN="Nordfriesland", GF=2),
        feature(square(9, 54), AGS="01051", GEN="Dithmarschen", GF=4),
    )
    package = imported(tmp_path, parts)
    [one] = package.boundaries
    assert (one.features, one.regions) == (4, 2)
    assert package.read_boundaries(one)["is_land"].tolist() == [True, True, False, True]
    kreise = boundaries_of(package, "kreis").set_index("ags")
    assert kreise.index.tolist() == ["01051", "01054"]
    assert kreise.geometry["01054"].area == pytest.approx(0.02)
    assert kreise.geometry["01054"].geom_type == "MultiPolygon"


def test_a_set_with_a_gebietsstand_counts_from_that_day(tmp_path: Path) -> None:
    for year in (2015, 2020):
        (tmp_path / f"{year}.json").write_text(
            json.dumps(
                collection(feature(square(11, 51, (year - 2010) / 10), AGS="15084"), gebietsstand=f"{year}-12-31")
            ),
            encoding="utf-8",
        )
    package = import_files([tmp_path / "2015.json", tmp_path / "2020.json"], tmp_path / "paket").package

    def size(day: str) -> list[float]:
        return [round(shape.area, 6) for shape in boundaries_of(package, "kreis", day).geometry]

    assert (size("2015-12-30"), size("2015-12-31"), size("2020-12-30")) == ([], [0.25], [0.25])
    assert size("2020-12-31") == size("") == size(datetime.date.max.isoformat()) == [1.0]


# --- faults ---


def change(how: Callable[[Json], object], content: Json | None = None) -> Json:
    content = content or kreise()
    how(content)
    return content


def with_keys(*keys: object, column: str = "AGS", **more: object) -> Json:
    return collection(*(feature(square(8 + n / 5, 51), **{column: key}, **more) for n, key in enumerate(keys)))


def with_ring(*points: list[object]) -> Json:
    return collection(feature({"type": "Polygon", "coordinates": [list(points)]}, AGS="15084"))


MOVED = [[c[0] * 100000, c[1] * 100000] for c in square(6.9, 57)["coordinates"][0]]
SWAPPED = [[y, x] for x, y in square(11, 51)["coordinates"][0]]
GERMANY_AS_METRES = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::25832"}}

# (content, field, code, part of what is wrong)
FAULTS: dict[str, tuple[Json | bytes, str, str, str]] = {
    "cut off": (json.dumps(kreise()).encode()[:300], "", "boundaries-broken", "cut off or broken"),
    "broken encoding": (
        json.dumps(kreise()).encode().replace(b"Saalekreis", b"Saal\xe4kreis"),
        "",
        "boundaries-broken",
        "cut off or broken",
    ),
    "a coordinate that is no number": (
        json.dumps(kreise()).replace("51.1", "NaN").encode(),
        "",
        "boundaries-broken",
        "cut off or broken",
    ),
    "nested without end": (
        b'{"type":"FeatureCollection","features":' + b"[" * 200_000,
        "",
        "boundaries-nested",
        "nested deeper",
    ),
    "no feature": (collection(), "", "boundaries-empty", "no feature"),
    "features that are no list": ({"type": "FeatureCollection", "features": {}}, "", "boundaries-broken", "no list"),
    "points between areas": (
        change(lambda c: c["features"][1].update(geometry={"type": "Point", "coordinates": [11, 51]})),
        "",
        "boundaries-mixed",
        "mixed",
    ),
    "a feature without geometry": (
        change(lambda c: c["features"][1].update(geometry=None)),
        "15088",
        "boundaries-geometry",
        "missing",
    ),
    "an empty geometry": (
        change(lambda c: c["features"][1]["geometry"].update(coordinates=[])),
        "15088",
        "boundaries-geometry",
        "missing, empty",
    ),
    "a ring that is not closed": (
        with_ring([11, 51], [12, 51], [12, 52], [11, 52]),
        "15084",
        "boundaries-geometry",
        "missing, empty or cut off",
    ),
    "a coordinate in words": (
        with_ring([11, 51], ["12", 51], [12, 52], [11, 51]),
        "15084",
        "boundaries-geometry",
        "missing, empty or cut off",
    ),
    "a ring that crosses itself": (
        with_ring([11, 51], [12, 52], [12, 51], [11, 52], [11, 51]),
        "15084",
        "boundaries-geometry",
        "the geometry is invalid",
    ),
    "a hole outside": (
        collection(
            feature(
                {"type": "Polygon", "coordinates": [*square(11, 51)["coordinates"], *square(13, 51)["coordinates"]]},
                AGS="15084",
            )
        ),
        "15084",
        "boundaries-geometry",
        "the geometry is invalid",
    ),
    "no key": (with_keys(None, "15084"), "AGS", "boundaries-key", "a feature has no official key"),
    "a word as key": (with_keys("15084", "Halle"), "AGS", "boundaries-key", "a feature has no official key"),
    "keys as numbers without zeros": (with_keys(1054, 14511), "AGS", "boundaries-key", "lost their leading zeros"),
    "keys as text without zeros": (with_keys("1054000", "14511000"), "AGS", "boundaries-key", "lost their leading"),
    "all keys without zeros": (with_keys(1054, 1055), "AGS", "boundaries-key", "lost their leading zeros"),
    "keys with decimals": (with_keys(14511.0, 14521.0), "AGS", "boundaries-key", "no official key"),
    "a key of no Kreis": (with_keys("15100000", "15084590"), "AGS", "boundaries-key", "no official key"),
    "keys of two levels": (with_keys("15084", "15084590"), "AGS", "boundaries-key", "several levels"),
    "keys of small areas without zeros": (
        with_keys("1100101", "12301203", column="PLR_ID"),
        "PLR_ID",
        "boundaries-key",
        "lost their leading zeros",
    ),
    "two columns that could be the key": (
        collection(feature(square(11, 51), alt="15256", neu="15084")),
        "alt, neu",
        "boundaries-key",
        "several attributes could be the key",
    ),
    "a key twice": (with_keys("15084", "15084"), "15084", "boundaries-duplicate", "more than once"),
    "one key for two regions": (
        collection(
            feature(square(11, 51), AGS="15084", GEN="Burgenlandkreis", GF=4),
            feature(square(12, 51), AGS="15084", GEN="Saalekreis", GF=4),
        ),
        "15084",
        "boundaries-duplicate",
        "one key for several regions",
    ),
    "parts that overlap": (
        collection(feature(square(11, 51), AGS="15084", GF=4), feature(square(11.05, 51), AGS="15084", GF=4)),
        "15084",
        "boundaries-duplicate",
        "overlap",
    ),
    "metres declared as degrees": (with_ring(*MOVED), "15084", "boundaries-place", "look like metres"),
    "latitude before longitude": (with_ring(*SWAPPED), "15084", "boundaries-place", "swapped"),
    "a Kreis of Germany in the sea": (
        collection(feature(square(0, 0), AGS="15084")),
        "15084",
        "boundaries-place",
        "does not lie in Germany",
    ),
    "degrees declared as metres": (kreise(crs=GERMANY_AS_METRES), "15084", "boundaries-place", "read as EPSG:25832"),
    "a coordinate system to be fetched": (
        kreise(crs={"type": "link", "properties": {"href": "https://example.org/crs"}}),
        "",
        "boundaries-crs",
        "not known",
    ),
    "a coordinate system of heights": (
        kreise(crs={"type": "name", "properties": {"name": "EPSG:5783"}}),
        "",
        "boundaries-crs",
        "not known",
    ),
    "an unknown coordinate system": (
        kreise(crs={"type": "name", "properties": {"name": "EPSG:99999999"}}),
        "",
        "boundaries-crs",
        "not known",
    ),
    "TopoJSON: an arc that does not exist": (
        change(lambda c: c["objects"]["k"]["geometries"][1].update(arcs=[[2, 7]]), topology()),
        "",
        "boundaries-arc",
        "an arc that the feature names does not exist",
    ),
    "TopoJSON: an arc that is no number": (
        change(lambda c: c["objects"]["k"]["geometries"][1].update(arcs=[["x"]]), topology()),
        "15088",
        "boundaries-geometry",
        "missing, empty or cut off",
    ),
    "TopoJSON: without geometry": (
        change(lambda c: c["objects"]["k"]["geometries"][1].update(type=None, arcs=None), topology()),
        "15088",
        "boundaries-geometry",
        "missing",
    ),
    "TopoJSON: two layers": (
        change(lambda c: c["objects"].update(laender={"type": "GeometryCollection", "geometries": []}), topology()),
        "",
        "boundaries-layers",
        "several layers",
    ),
    "TopoJSON: no feature": (
        change(lambda c: c["objects"]["k"].update(geometries=[]), topology()),
        "",
        "boundaries-empty",
        "no feature",
    ),
    "TopoJSON: a point in words": (
        change(lambda c: c["arcs"][1].append(["11", 51]), topology()),
        "",
        "boundaries-broken",
        "no lists of points",
    ),
    "TopoJSON: a scale in words": (
        change(lambda c: c.update(transform={"scale": ["x", 1], "translate": [0, 0]}), topology()),
        "",
        "boundaries-broken",
        "the transform",
    ),
    "TopoJSON: no arcs": (
        change(lambda c: c.pop("arcs"), topology()),
        "",
        "boundaries-broken",
        "no lists of points",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_broken_file_is_refused_with_the_region_and_the_reason(tmp_path: Path, fault: str) -> None:
    content, field, code, what = FAULTS[fault]
    problem = refused(tmp_path, content)[0]
    assert (problem.file, problem.field, problem.code) == ("grenzen.json", field, code)
    assert what in problem.what
    assert problem.do


def test_the_reason_of_an_invalid_geometry_is_told_and_all_are_told(tmp_path: Path) -> None:
    ring = FAULTS["a ring that crosses itself"][0]["features"][0]["geometry"]
    found = refused(tmp_path, collection(feature(ring, AGS="15084"), feature(ring, AGS="15088")))
    assert [(one.field, one.value) for one in found] == [
        (key, "Self-intersection[11.5 51.5]") for key in ("15084", "15088")
    ]


def test_topojson_that_unpacks_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boundary_json, "MAX_POINTS", 1000)
    content = topology()
    content["objects"]["k"]["geometries"][0]["arcs"] = [[0, 1] * 400]
    [problem] = refused(tmp_path, content)
    assert (problem.code, problem.expected) == ("boundaries-too-large", "at most 1000 points")


@pytest.mark.parametrize("packed", [False, True])
def test_too_many_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, packed: bool) -> None:
    monkeypatch.setattr("transferbuch.data.boundary_files.MAX_BYTES", 500)
    monkeypatch.setattr(boundary_layer, "MAX_BYTES", 500)
    (tmp_path / "k.geojson").write_text(json.dumps(kreise()), encoding="utf-8")
    raw = zipped(tmp_path / "k.geojson") if packed else json.dumps(kreise()).encode()
    [problem] = refused(tmp_path, raw, "grenzen.zip" if packed else "grenzen.json")
    assert (problem.code, problem.expected) == ("boundaries-too-large", "at most 500 bytes")


@pytest.mark.parametrize("ending", [".shx", ".dbf", ".prj"])
def test_a_shapefile_that_is_not_whole(tmp_path: Path, ending: str) -> None:
    path = shapefile(tmp_path / "roh")
    path.with_suffix(ending).unlink()
    with pytest.raises(DataRefused) as caught:
        import_files([path.parent], tmp_path / "paket")
    [problem] = caught.value.problems
    assert (problem.file, problem.value, problem.code) == ("roh/kreise.shp", f"missing: {ending}", "shapefile-part")
    assert problem.do == "put all files of the Shapefile beside each other, as delivered"


@pytest.mark.parametrize("ending", [".shp", ".shx", ".dbf"])
def test_a_shapefile_with_a_part_cut_off(tmp_path: Path, ending: str) -> None:
    path = shapefile(tmp_path / "roh").with_suffix(ending)
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(DataRefused) as caught:
        import_files([path.parent], tmp_path / "paket")
    [problem] = caught.value.problems
    assert (problem.code, problem.value) == ("boundaries-broken", ending)


def test_a_shapefile_whose_attributes_belong_to_another(tmp_path: Path) -> None:
    path = shapefile(tmp_path / "roh")
    dbf = path.with_suffix(".dbf")
    raw = dbf.read_bytes()
    dbf.write_bytes(raw[:4] + struct.pack("<I", 1) + raw[8:])
    with pytest.raises(DataRefused) as caught:
        import_files([path], tmp_path / "paket")
    assert caught.value.problems[0].value == "2 shapes, 1 records"


@pytest.mark.parametrize(
    ("ending", "content", "code"),
    [
        (".prj", b"LOCAL", "boundaries-crs"),
        (".prj", b'LOCAL_CS["Flur 7",UNIT["metre",1]]', "boundaries-crs"),
        (".cpg", b"UTF-99", "encoding"),
        (".cpg", b"ASCII", "encoding"),
    ],
)
def test_a_shapefile_with_a_part_nobody_can_read(tmp_path: Path, ending: str, content: bytes, code: str) -> None:
    path = shapefile(tmp_path / "roh")
    path.with_suffix(ending).write_bytes(content)
    with pytest.raises(DataRefused) as caught:
        import_files([path], tmp_path / "paket")
    assert caught.value.problems[0].code == code


def test_a_part_named_alone_is_refused_with_the_file_to_name(tmp_path: Path) -> None:
    path = shapefile(tmp_path / "roh")
    with pytest.raises(DataRefused) as caught:
        import_files([path.with_suffix(".dbf")], tmp_path / "paket")
    assert "a part of the Shapefile kreise.shp: name that file" in caught.value.problems[0].what


def test_sound_files_without_areas_are_left_out_of_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "roh"
    folder.mkdir()
    (folder / "a.json").write_text(json.dumps(kreise()), encoding="utf-8")
    point = {"type": "Point", "coordinates": [11, 51]}
    (folder / "schulen.json").write_text(json.dumps(collection(feature(point, AGS="15084"))), encoding="utf-8")
    (folder / "seen.json").write_text(json.dumps(collection(feature(square(11, 51), tiefe=3))), encoding="utf-8")
    geopandas.GeoDataFrame({"AGS": ["15084"]}, geometry=[Point(11, 51)], crs="EPSG:4326").to_file(folder / "orte.shp")
    report = import_files([folder], tmp_path / "paket")
    told = {one.file: one.why for one in report.files if one.outcome == "left out"}
    assert told == {
        "roh/orte.shp": "a Shapefile of type 1 (points or lines); boundaries are areas",
        "roh/schulen.json": "a map of Point; boundaries are areas",
        "roh/seen.json": "areas without the key of a region; attributes: tiefe",
    }
    shapefile(tmp_path / "zwei", "a")
    shapefile(tmp_path / "zwei", "b")
    problem = refused(tmp_path / "zwei", zipped(*sorted((tmp_path / "zwei").iterdir())), "zwei.zip")[0]
    assert "the archive holds 2 layers of boundaries: unpack it and name one" in problem.what
