"""Outlines of small areas for a map in a page: simplified, on a plane with equal aspect, in whole units.

Neighbours keep their common border. The result shows where areas lie and is no measure of their size.
"""

import json
import math
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import shapely

from transferbuch.data.own_mapping import OwnDataset
from transferbuch.report.area_model import Outline, Ring

UNITS = 1000
TOLERANCE = 3.0
"""In units: less than a pixel on the widest page."""


def outlines_of(dataset: OwnDataset, folder: Path) -> dict[str, Outline]:
    """Outlines by key of the area, {} without boundaries. The file was checked when the table was read."""
    if not dataset.boundaries:
        return {}
    content = json.loads((folder / dataset.boundaries.file).read_text(encoding="utf-8"))
    keys = [str(one["properties"][dataset.boundaries.key]) for one in content["features"]]
    shapes = [shapely.geometry.shape(one["geometry"]) for one in content["features"]]
    return {key: _outline(shape) for key, shape in zip(keys, simplified(shapes), strict=True)}


def simplified(shapes: Iterable[shapely.Geometry]) -> list[shapely.Geometry]:
    """Areas given in degrees, on a plane of `UNITS`, with fewer points and still without gaps between neighbours."""
    shapes = np.array(list(shapes), dtype=object)
    west, south, east, north = shapely.total_bounds(shapes)
    # one degree of longitude is shorter than one of latitude by the cosine of the latitude
    narrow = math.cos(math.radians((south + north) / 2))
    scale = UNITS / max((east - west) * narrow, north - south)
    plane = shapely.transform(shapes, lambda points: (points - [west, south]) * [narrow * scale, scale])
    if shapely.coverage_is_valid(plane):
        return list(shapely.coverage_simplify(plane, TOLERANCE))
    return list(shapely.simplify(plane, TOLERANCE, preserve_topology=True))


def _outline(shape: shapely.Geometry) -> Outline:
    # holes run the other way round than borders: browsers leave them unfilled by that
    parts = [one for one in getattr(shapely.orient_polygons(shape), "geoms", [shapely.orient_polygons(shape)])]
    largest = max(parts, key=lambda part: part.area)
    inside = shapely.maximum_inscribed_circle(largest, 1.0).coords[0]
    rings = [[_ring(ring) for ring in (part.exterior, *part.interiors)] for part in parts]
    return Outline(tuple(map(tuple, rings)), (round(inside[0]), round(inside[1])))


def _ring(line: shapely.LinearRing) -> Ring:
    return tuple((round(x), round(y)) for x, y, *_ in line.coords)
