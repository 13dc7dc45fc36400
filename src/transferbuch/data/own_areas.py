"""Keys of areas in own tables: their form, lost zeros, and whether table and boundaries have the same areas."""

import json
import re
from collections.abc import Collection, Iterator
from pathlib import Path

import shapely

from transferbuch.data.own_mapping import AreaLevel
from transferbuch.errors import PersonFileError, Problem

_KEY = re.compile(r"\w(?:[\w./-]{0,28}\w)?")
_LENGTHS = {"kreis": 5, "gemeinde": 8}


def check_area_key(key: str, level: AreaLevel, ags: str) -> str:
    """What is wrong with the key of an area in the municipality `ags`; "" if nothing is."""
    if not key:
        return "the key of the area is missing"
    if not _KEY.fullmatch(key):
        return "this is no key of an area"
    length = _LENGTHS.get(level)
    if length is None:
        return ""
    members = tuple(ags.split("+"))  # of a combined territory
    if len(key) < length and key.isdigit() and key.zfill(length).startswith(members):
        return "the key has lost its leading zero"
    if level == "kreis" and key not in members:
        return "this is not the key of the municipality"
    if level == "gemeinde" and not (len(key) == length and key.isdigit() and key.startswith(members)):
        return "this is no Gemeinde of the municipality"
    return ""


def expected_key(level: AreaLevel, ags: str) -> str:
    """What keys of a level look like, for messages."""
    return {"kreis": ags, "gemeinde": f"eight digits that begin with {ags}"}.get(
        level, "letters, digits and . / - without spaces, at most 30"
    )


def keys_with_lost_zeros(keys: Collection[str], known: Collection[str] = ()) -> Iterator[tuple[str, str]]:
    """(key, longer key): keys that differ from another one only by zeros in front.

    Compared with the other keys of the table and, if `known` is given, with those of the boundaries.
    """
    longest: dict[str, str] = {}
    for key in sorted({*keys, *known}, key=len):
        longest[key.lstrip("0")] = key
    for key in sorted(keys):
        if key not in known and (longer := longest[key.lstrip("0")]) != key:
            yield key, longer


def boundary_keys(path: Path, name: str, key: str) -> set[str]:
    """Keys of the areas in a GeoJSON file, each a valid area in degrees.

    Raises PersonFileError with all faults: no GeoJSON, a feature without the key, a key twice, no area.
    """
    try:
        features = json.loads(path.read_bytes())["features"]
        areas = [(dict(one["properties"]), shapely.from_geojson(json.dumps(one["geometry"]))) for one in features]
    except (ValueError, KeyError, TypeError, shapely.GEOSException):
        fault = _boundary_fault(name, 0, "this is no GeoJSON with features", expected="a FeatureCollection in WGS84")
        raise PersonFileError(fault) from None
    known = ", ".join(sorted({label for properties, _ in areas for label in properties}))
    keys: dict[str, int] = {}
    problems = []
    for number, (properties, area) in enumerate(areas, 1):
        found = str(properties.get(key) or "")
        if not found:
            problems.append(_boundary_fault(name, number, "the boundary has no key", key, f"one of {known}"))
        elif found in keys:
            problems.append(_boundary_fault(name, number, f"the key stands at feature {keys[found]} already", found))
        keys.setdefault(found, number)
        if what := _area_fault(area):
            problems.append(_boundary_fault(name, number, what, found, "a Polygon or MultiPolygon in WGS84"))
    if problems:
        raise PersonFileError(problems)
    return set(keys)


def _area_fault(area: shapely.Geometry | None) -> str:
    if area is None or area.is_empty:
        return "the boundary is empty"
    if area.geom_type not in ("Polygon", "MultiPolygon"):
        return f"the boundary is a {area.geom_type}, no area"
    west, south, east, north = area.bounds
    if not (west >= -180 and east <= 180 and south >= -90 and north <= 90):
        return "the boundary is not in degrees of longitude and latitude"
    return "" if area.is_valid else f"the boundary is not valid: {shapely.is_valid_reason(area)}"


def _boundary_fault(name: str, number: int, what: str, value: str = "", expected: str = "") -> Problem:
    do = "export the boundaries again as GeoJSON; name the property with the key as `boundaries.key`"
    return Problem(name, 0, f"feature {number}" if number else "", what, value, expected, do, "own-boundaries")
