"""The invented map: the Kreise of today without gap or overlap, the Stadtteile exactly inside their city."""

import json
from pathlib import Path

import pytest
import shapely
from shapely.geometry import shape

from transferbuch.data.boundaries import boundaries_of
from transferbuch.data.importer import import_files
from transferbuch.regions.register import load_register

ROOT = Path(__file__).parents[2]
KREISE = ROOT / "data" / "modellregion" / "raw" / "kreise_modellregion.geojson"
STADTTEILE = {
    "99001": (ROOT / "parameters" / "99001-talbrueck" / "stadtteile.geojson", 16),
    "99002": (ROOT / "parameters" / "99002-seefurt" / "stadtteile.geojson", 6),
}
KM = 111.2  # one degree at the equator


def shapes(path: Path, key: str) -> dict[str, shapely.Geometry]:
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    return {one["properties"][key]: shape(one["geometry"]) for one in features}


def segments(shape: shapely.Geometry) -> set[frozenset[tuple[float, float]]]:
    rings = [shape.exterior, *shape.interiors]
    return {frozenset(pair) for ring in rings for pair in zip(ring.coords, ring.coords[1:], strict=False)}


def test_the_map_has_the_kreise_of_today_under_their_names() -> None:
    today = {kreis.ags: kreis.name for kreis in load_register().kreise(land="99") if not kreis.valid_to}
    features = json.loads(KREISE.read_text(encoding="utf-8"))["features"]
    assert {one["properties"]["ags"]: one["properties"]["name"] for one in features} == today
    assert len(today) == 13


def test_kreise_share_their_borders_without_gap_or_overlap() -> None:
    kreise = shapes(KREISE, "ags")
    land = shapely.union_all(list(kreise.values()))
    assert land.geom_type == "Polygon" and not land.interiors
    assert land.area == pytest.approx(sum(one.area for one in kreise.values()), rel=1e-12)
    # each piece of a border belongs to two Kreise, or to one and the coast
    coast = segments(land)
    count: dict[frozenset[tuple[float, float]], int] = {}
    for one in kreise.values():
        for piece in segments(one):
            count[piece] = count.get(piece, 0) + 1
    assert {piece for piece, times in count.items() if times == 1} == coast
    assert set(count.values()) == {1, 2}


def test_cities_are_enclaves_and_the_port_lies_at_the_sea() -> None:
    kreise = shapes(KREISE, "ags")
    for city, around in {"99001": "99055", "99003": "99060", "99004": "99061"}.items():
        [hole] = kreise[around].interiors
        assert shapely.Polygon(hole).equals(kreise[city])
    assert segments(kreise["99002"]) & segments(shapely.union_all(list(kreise.values())))


def test_areas_are_about_those_of_the_table_of_areas() -> None:
    """Areas in qkm as in 11111-01-01-4; 99061 is the sum of the two Kreise that it was made of."""
    table = {"99001": 201.4, "99002": 93.7, "99003": 118.2, "99004": 61.9, "99051": 2316.5, "99061": 1891.0}
    kreise = shapes(KREISE, "ags")
    for key, area in table.items():
        assert kreise[key].area * KM**2 == pytest.approx(area, rel=0.2), key


@pytest.mark.parametrize("city", STADTTEILE)
def test_stadtteile_fill_their_city_exactly(city: str) -> None:
    path, count = STADTTEILE[city]
    parts = shapes(path, "stadtteil_nr")
    assert list(parts) == [f"{city}{number:02d}" for number in range(1, count + 1)]
    border = shapes(KREISE, "ags")[city]
    assert shapely.union_all(list(parts.values())).equals(border)
    assert sum(one.area for one in parts.values()) == pytest.approx(border.area, rel=1e-12)
    assert segments(border) <= set().union(*map(segments, parts.values()))


def test_the_importer_takes_them_with_their_gebietsstand(tmp_path: Path) -> None:
    package = import_files([KREISE, *(path for path, _ in STADTTEILE.values())], tmp_path / "paket").package
    assert {(one.level, one.regions) for one in package.boundaries} == {
        ("kreis", 13),
        ("small_area", 16),
        ("small_area", 6),
    }
    assert {(one.gebietsstand, one.licence) for one in package.boundaries} == {("2024-12-31", "CC BY 4.0")}
    assert boundaries_of(package, "kreis", "2024-12-31")["ags"].is_unique
    assert len(boundaries_of(package, "kreis", "2024-12-30")) == 0
