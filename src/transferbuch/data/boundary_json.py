"""GeoJSON and TopoJSON → layer. The JSON is checked here, the geometry is GDAL's.

GDAL skips what it cannot read (an arc that does not exist, a feature without geometry) without a word and follows
names of other sources, so it is handed only checked geometry, and the points that come back are counted. The
attributes are those of Python's json, because GDAL turns `2010/01/01` into a day of its own form.
"""

import json
import re
from typing import Any

import numpy as np

from transferbuch.data.boundary_layer import AREAS, Layer, ask_gdal, name_crs, refuse
from transferbuch.data.cells import NotATable
from transferbuch.errors import DataRefused, Problem

_CRS_NAME = r"(urn:ogc:def:crs:)?(EPSG|OGC)[0-9.:]*:[A-Z0-9]+"
MAX_POINTS = 20_000_000  # a few bytes of TopoJSON can repeat one arc without end


def read_json(raw: bytes, name: str) -> Layer:
    """Features of a FeatureCollection or a Topology of one layer.

    Raises DataRefused for a broken file, NotATable for JSON of another kind or a map without areas.
    """

    def no_number(text: str) -> None:
        raise ValueError(f"{text} is no number")

    try:
        content = json.loads(raw.decode("utf-8-sig"), parse_constant=no_number)
    except RecursionError:
        raise DataRefused(_too_deep(name)) from None
    except ValueError as error:  # also a broken encoding
        what = "the file is cut off or broken"
        raise DataRefused(refuse(name, what, str(error), code="boundaries-broken")) from None
    form = content.get("type") if isinstance(content, dict) else None
    if form == "Topology":
        features, source, points = _check_topology(content, name)
    elif form == "FeatureCollection":
        features = content.get("features")
        if not isinstance(features, list) or not all(isinstance(one, dict) for one in features):
            raise DataRefused(refuse(name, "the file has no list of features", code="boundaries-broken"))
        features = [(one, one.get("geometry")) for one in features]
        source, points = features, [_count_points(geometry) for _, geometry in features]
    else:
        raise NotATable("JSON of another kind")
    _check_kinds([geometry.get("type") if isinstance(geometry, dict) else None for _, geometry in features], name)
    properties = [feature.get("properties") or {} for feature, _ in features]
    if not all(isinstance(one, dict) for one in properties):
        raise DataRefused(refuse(name, "the attributes of a feature are no object", code="boundaries-broken"))
    # some files keep the key beside the attributes, as the id of the feature
    attributes = [
        {"id": feature["id"], **own} if "id" in feature else own
        for (feature, _), own in zip(features, properties, strict=True)
    ]
    try:
        json.dumps(attributes)
    except RecursionError:
        raise DataRefused(_too_deep(name)) from None
    geometry, notes = _read_checked(content if form == "Topology" else None, source, points)
    geometry[_points_of(geometry) != np.array(points)] = None  # GDAL left something out
    says = {key: value for key, value in content.items() if isinstance(value, str) and key != "type"}
    return Layer(
        "TopoJSON" if form == "Topology" else "GeoJSON",
        attributes,
        geometry,
        _crs_of(content, name),
        "utf-8",
        says,
        notes,
    )


def _too_deep(name: str) -> Problem:
    return refuse(name, "the JSON is nested deeper than any boundaries", code="boundaries-nested")


def _check_kinds(kinds: list[str | None], name: str) -> None:
    if not kinds:
        raise DataRefused(refuse(name, "the file holds no feature", code="boundaries-empty"))
    given = {kind for kind in kinds if kind is not None}
    if given and not given & set(AREAS):
        raise NotATable(f"a map of {', '.join(sorted(map(str, given)))}; boundaries are areas")
    if other := sorted(map(str, given - set(AREAS))):
        what = "areas are mixed with other geometry"
        raise DataRefused(
            refuse(name, what, ", ".join(other), "areas only", "export the areas alone", "boundaries-mixed")
        )


def _count_points(geometry: Any) -> int:
    """Points that a GeoJSON area states; -1 where its coordinates are no lists of pairs of numbers."""
    if not isinstance(geometry, dict) or geometry.get("type") not in AREAS:
        return -1
    rings = geometry.get("coordinates")
    try:
        if geometry["type"] == "MultiPolygon":
            rings = [ring for part in rings for ring in part]
        return sum(len(ring) for ring in rings) if all(map(_is_line, rings)) else -1
    except TypeError:
        return -1


def _is_line(points: Any) -> bool:
    """True for a list of points, each of two or more numbers."""
    try:
        kinds = {type(number) for x, y, *more in points for number in (x, y, *more)}
    except (TypeError, ValueError):
        return False
    return isinstance(points, list) and kinds <= {int, float}


def _check_topology(content: dict[str, Any], name: str) -> tuple[list[tuple[dict, dict]], list, list[int]]:
    """(features with their geometry, the same for GDAL, points of each); every arc must exist."""
    objects = content.get("objects")
    arcs = content.get("arcs")
    if not isinstance(objects, dict) or not isinstance(arcs, list) or not all(map(_is_line, arcs)):
        what = "the topology has no objects, or its arcs are no lists of points"
        raise DataRefused(refuse(name, what, code="boundaries-broken"))
    transform = content.get("transform", {"scale": [1, 1], "translate": [0, 0]})
    if not isinstance(transform, dict) or not _is_line([transform.get("scale"), transform.get("translate")]):
        what = "the transform of the topology lacks its numbers"
        raise DataRefused(refuse(name, what, code="boundaries-broken"))
    if len(objects) != 1:
        what, do = "the topology holds several layers", "export one layer alone"
        raise DataRefused(refuse(name, what, ", ".join(objects), "one layer", do, "boundaries-layers"))
    [layer] = objects.values()
    features = layer.get("geometries") if isinstance(layer, dict) else None
    if not isinstance(features, list) or not all(isinstance(one, dict) for one in features):
        raise DataRefused(refuse(name, "the topology has no list of geometries", code="boundaries-broken"))
    lengths = [len(arc) for arc in arcs]
    points, problems = [], []
    for number, feature in enumerate(features, 1):
        used = feature.get("arcs")
        try:
            rings = [ring for part in used for ring in part] if feature.get("type") == "MultiPolygon" else list(used)
            numbers = [[index if index >= 0 else ~index for index in ring] for ring in rings]
            # arcs of a ring share their ends, so each after the first adds one point less
            points.append(sum(sum(lengths[index] for index in ring) - len(ring) + 1 for ring in numbers))
        except IndexError:
            value, expected = f"feature {number}", f"0 to {len(arcs) - 1}"
            problems.append(
                refuse(name, "an arc that the feature names does not exist", value, expected, code="boundaries-arc")
            )
        except TypeError:
            points.append(-1)
    if problems:
        raise DataRefused(problems[:20])
    if sum(points) > MAX_POINTS:
        value, expected = f"{sum(points)} points", f"at most {MAX_POINTS} points"
        raise DataRefused(
            refuse(name, "the boundaries unpack to more than any known", value, expected, code="boundaries-too-large")
        )
    return [(one, one) for one in features], features, points


def _read_checked(topology: dict[str, Any] | None, source: list, points: list[int]) -> tuple[np.ndarray, str]:
    """Geometry of checked JSON by GDAL, one per feature: only the members that hold geometry are handed over."""
    if topology is None:
        features = [
            {"type": "Feature", "properties": {"n": number}, "geometry": geometry if points[number] > 0 else None}
            for number, (_, geometry) in enumerate(source)
        ]
        content: dict[str, Any] = {"type": "FeatureCollection", "features": features}
    else:
        shapes = [
            {"type": one["type"], "arcs": one["arcs"], "properties": {"n": number}}
            for number, one in enumerate(source)
            if one.get("type") in AREAS and points[number] > 0
        ]
        content = {
            "type": "Topology",
            **({"transform": topology["transform"]} if "transform" in topology else {}),
            "arcs": topology["arcs"],
            "objects": {"layer": {"type": "GeometryCollection", "geometries": shapes}},
        }
    meta, found, fields, notes = ask_gdal(json.dumps(content).encode())
    geometry = np.full(len(source), None, dtype=object)
    if meta is not None:
        geometry[fields[list(meta["fields"]).index("n")]] = found
    return geometry, notes


def _points_of(geometry: np.ndarray) -> np.ndarray:
    import shapely

    return shapely.get_num_coordinates(geometry)


def _crs_of(content: dict[str, Any], name: str) -> str:
    """Coordinate system that old GeoJSON may name; without it the standard says WGS84."""
    if "crs" not in content or content["crs"] is None:
        return "EPSG:4326"
    given = content["crs"]
    named = given.get("properties", {}).get("name") if isinstance(given, dict) else None
    # no address is followed: only names that PROJ knows by itself
    is_name = isinstance(named, str) and re.fullmatch(_CRS_NAME, named, re.IGNORECASE)
    if is_name and (crs := "EPSG:4326" if named.upper().endswith("CRS84") else name_crs(named)):
        return crs
    raise DataRefused(
        refuse(
            name,
            "the coordinate system is not known",
            json.dumps(given)[:100],
            "EPSG:4326 or another EPSG number",
            "export the boundaries in WGS84 (EPSG:4326)",
            "boundaries-crs",
        )
    )
