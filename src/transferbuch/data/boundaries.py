"""Files of boundaries → the common form (see `areas`), and which of several sets of boundaries fits a day.

Nothing is repaired: a feature whose geometry is empty, invalid or lies elsewhere than its coordinate system says
refuses the file, named by its key.
"""

import json
import re
from collections.abc import Callable, Collection
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from transferbuch.data.areas import OfficialBoundaries
from transferbuch.data.boundary_files import Layer, read_layer
from transferbuch.data.boundary_keys import PARTS, Keys, find_keys
from transferbuch.data.cells import find_licence, iso_time
from transferbuch.data.store import DataPackage, StoredBoundaries
from transferbuch.errors import DataRefused, Problem
from transferbuch.regions.keys import MODEL_LAND

if TYPE_CHECKING:
    from geopandas import GeoDataFrame, GeoSeries

_WATER = ("1", "2")  # GF of the BKG: water without and with the structure of the land beside it
_GERMANY = (5.5, 46.8, 15.6, 56.0)  # degrees west, south, east, north, with the coastal waters
_MOST = 20
_DO_AGAIN = "download the boundaries again, or ask the office that made them"


def read_boundaries(raw: bytes, name: str, path: Path) -> OfficialBoundaries:
    """Boundaries in the common form; `name` is shown in messages, `path` finds the other parts of a Shapefile.

    Several features with one key are parts of one region if the file has the attribute GF (as those of the BKG do),
    they have one name and do not overlap; otherwise a repeated key is a fault. Raises DataRefused with all faults of
    the file (at most 20 of a kind), NotATable for a sound file of another kind.
    """
    import geopandas

    layer = read_layer(raw, name, path)
    keys = find_keys(layer.attributes, name)
    _raise(_check_geometry(layer, keys, name))
    areas = geopandas.GeoDataFrame(
        {
            "key": keys.keys,
            "name": keys.names,
            "is_land": [str(one.get(PARTS)) not in _WATER for one in layer.attributes],
            "attributes": [json.dumps(one, ensure_ascii=False) for one in layer.attributes],
        },
        geometry=layer.geometry,
        crs=layer.crs,
    )
    _raise(_check_parts(areas, keys, PARTS in layer.attributes[0], name))
    if layer.crs != "EPSG:4326":
        areas = areas.to_crs("EPSG:4326")
    _raise(_check_place(areas.geometry, keys, layer, name))
    told = _statements(layer)
    days = [iso_time(str(one["WSK"])[:10].replace("/", "-")) for one in layer.attributes if one.get("WSK")]
    licence = told("licence", "license", "lizenz")
    return OfficialBoundaries(
        code=re.sub(r"[^A-Za-z0-9_-]+", "_", path.name.split(".")[0]),
        form=layer.form,
        level=keys.level,
        key_column=keys.column,
        gebietsstand=_day(told("gebietsstand", "stand")),
        valid_from=max(filter(None, map(_day, days)), default=""),
        licence=find_licence(licence) or licence,
        attribution=told("attribution", "quellenvermerk", "quelle", "copyright"),
        crs=layer.crs,
        encoding=layer.encoding,
        notes=layer.notes,
        areas=areas,
    )


def _raise(problems: list[Problem]) -> None:
    if problems:
        raise DataRefused(problems[:_MOST])


def _statements(layer: Layer) -> Callable[..., str]:
    """What the file says about itself: as a whole, or by an attribute that is the same for all features."""
    told = {name.casefold(): text for name, text in layer.says.items()}
    for column in layer.attributes[0]:
        values = {str(one.get(column) or "") for one in layer.attributes}
        if len(values) == 1:
            told.setdefault(column.casefold(), values.pop())
    return lambda *names: next((told[name].strip() for name in names if told.get(name)), "")


def _day(text: str) -> str:
    day = iso_time(text)
    return day if re.fullmatch(r"[12][0-9]{3}(-[01][0-9]-[0-3][0-9])?", day) else ""


# --- checks ---


def _fault(file: str, key: str, what: str, value: str, code: str, expected: str = "", do: str = _DO_AGAIN) -> Problem:
    return Problem(file, 0, key, what, value, expected, do, code)


def _check_geometry(layer: Layer, keys: Keys, file: str) -> list[Problem]:
    import shapely

    problems = []
    shapes = layer.geometry
    is_valid = shapely.is_valid(shapes)
    for number in np.flatnonzero(~is_valid | shapely.is_empty(shapes)):
        place, shape = keys.keys[number] or f"feature {number + 1}", shapes[number]
        if shape is None or shape.is_empty:
            what = "the geometry is missing, empty or cut off"
            problems.append(_fault(file, place, what, keys.names[number], "boundaries-geometry"))
        else:
            why = shapely.is_valid_reason(shape)
            problems.append(_fault(file, place, "the geometry is invalid", why, "boundaries-geometry"))
    return problems


def _check_parts(areas: "GeoDataFrame", keys: Keys, has_parts: bool, file: str) -> list[Problem]:
    repeated = areas[areas["key"].duplicated(keep=False)]
    problems = []
    for key, parts in repeated.groupby("key", sort=False):
        names, count = ", ".join(dict.fromkeys(parts["name"])), f"{len(parts)} features"
        if not has_parts:
            expected = f"one feature for each key, or the attribute {PARTS} that tells parts"
            problems.append(
                _fault(file, key, "the key is there more than once", count, "boundaries-duplicate", expected)
            )
        elif parts["name"].nunique() > 1:
            problems.append(_fault(file, key, "one key for several regions", names, "boundaries-duplicate"))
        elif sum(one.area for one in parts.geometry) > parts.union_all().area * (1 + 1e-9):
            problems.append(_fault(file, key, "the parts of the region overlap", count, "boundaries-duplicate"))
    return problems


def _check_place(shapes: "GeoSeries", keys: Keys, layer: Layer, file: str) -> list[Problem]:
    """Faults where an area does not lie where its coordinate system and its key say."""
    bounds = shapes.bounds.to_numpy()
    # written so that a coordinate that could not be converted (infinite) is outside as well
    on_earth = (np.abs(bounds) <= (180, 90, 180, 90)).all(axis=1)
    is_fictional = all(key.startswith(MODEL_LAND) for key in keys.keys)
    west, south, east, north = _GERMANY
    inside = (bounds[:, :2] >= (west, south)).all(axis=1) & (bounds[:, 2:] <= (east, north)).all(axis=1)
    wrong = np.flatnonzero(~on_earth if is_fictional else ~(on_earth & inside))
    problems = []
    for number in wrong[:_MOST]:
        x, y = bounds[number, :2]
        what = f"the area does not lie in Germany, read as {layer.crs[:40]}"
        if layer.crs == "EPSG:4326" and not on_earth[number]:
            what = "the coordinates look like metres, but the file declares degrees (WGS84)"
        elif south <= x <= north and west <= y <= east:
            what = "the coordinates are swapped: latitude stands before longitude"
        expected = f"longitude {west} to {east}, latitude {south} to {north}"
        do = "export the boundaries in WGS84 (EPSG:4326), longitude first, or with the coordinate system they have"
        place = keys.keys[number]
        problems.append(_fault(file, place, what, f"{x:.6g} {y:.6g}", "boundaries-place", expected, do))
    return problems


# --- which boundaries for which day ---


def boundaries_of(
    package: DataPackage,
    level: Literal["land", "regierungsbezirk", "kreis", "gemeinde"],
    day: str = "",
    regions: Collection[str] = (),
) -> "GeoDataFrame":
    """Boundaries of all regions of a level on `day` (ISO; '' means the newest): columns ags, name, geometry.

    One row per region, sorted by key; geometry in degrees (EPSG:4326), land only where the file tells land from
    water. A set of boundaries counts from its Gebietsstand or, if it states none, from the newest change of a border
    or name that it has. The newest set not after `day` is taken, of equally new ones that with the most regions and
    then the most points. `regions`, the keys of `day` where the caller knows them, go before that: the set with the
    most of them and the fewest others is taken, because a small change of a border makes a whole set newer. Länder
    that the set lacks come from the next best one, so that files of single Länder add up. Regions without fitting
    boundaries are not there; the result may be empty. Small areas have no common keys and are read set by set
    (`DataPackage.read_boundaries`).
    """
    import geopandas
    import pandas as pd

    wanted = set(regions)

    def rank(stored: StoredBoundaries) -> tuple[int, str, int, int, str]:
        keys = set(package.read_boundaries(stored)["key"]) if wanted else set()
        return (len(keys & wanted) - len(keys - wanted), _since(stored), stored.regions, stored.points, stored.sha256)

    candidates = [one for one in package.boundaries if one.level == level]
    fitting = [one for one in candidates if wanted or not day or _since(one) <= day]
    chosen = [geopandas.GeoDataFrame({"ags": [], "name": []}, geometry=[], crs="EPSG:4326")]
    laender: set[str] = set()
    for stored in sorted(fitting, key=rank, reverse=True):
        areas = package.read_boundaries(stored)
        areas = areas[areas["is_land"] & ~areas["key"].str[:2].isin(laender)]
        laender |= set(areas["key"].str[:2])
        if len(areas):
            chosen.append(_one_row_per_region(areas))
    return pd.concat(chosen[1:] or chosen).sort_values("ags", ignore_index=True)


def _since(stored: StoredBoundaries) -> str:
    return stored.gebietsstand or stored.valid_from


def _one_row_per_region(areas: "GeoDataFrame") -> "GeoDataFrame":
    regions = areas[["key", "name", "geometry"]].rename(columns={"key": "ags"})
    if regions["ags"].is_unique:
        return regions
    return regions.dissolve("ags", aggfunc="first", as_index=False)[["ags", "name", "geometry"]]
