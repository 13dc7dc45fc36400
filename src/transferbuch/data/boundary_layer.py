"""What every file of boundaries is first: a layer of features, read by GDAL from checked local bytes."""

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from transferbuch.errors import Problem

AREAS = ("Polygon", "MultiPolygon")
MAX_BYTES = 250_000_000  # unpacked; the most detailed Gemeinden of Germany (VG25) as a Shapefile have about 0.2 GB


@dataclass(frozen=True)
class Layer:
    """Features of one file, in its order.

    `geometry` holds shapely objects in the file's coordinate system, None where a geometry is missing or unreadable.
    `says` are the texts that a JSON file gives about itself as a whole; `notes` are GDAL's remarks.
    """

    form: str
    attributes: list[dict[str, Any]]
    geometry: np.ndarray
    crs: str
    encoding: str
    says: dict[str, str]
    notes: str


def refuse(
    file: str, what: str, value: str = "", expected: str = "", do: str = "download the boundaries again", code: str = ""
) -> Problem:
    """A fault of a file of boundaries as a whole."""
    return Problem(file, 0, "", what, value, expected, do, code)


def too_large(name: str, value: str = "") -> Problem:
    """A fault: more bytes than any boundaries have."""
    expected = f"at most {MAX_BYTES} bytes"
    return refuse(name, "the boundaries are larger than any known", value, expected, code="boundaries-too-large")


def name_crs(text: str) -> str:
    """`EPSG:25832`, or the definition of a system without number; '' for what PROJ does not know as one of places."""
    import pyproj

    try:
        crs = pyproj.CRS.from_user_input(text)
        pyproj.Transformer.from_crs(crs, "EPSG:4326")
    except (pyproj.exceptions.CRSError, pyproj.exceptions.ProjError):
        return ""
    if not (crs.is_geographic or crs.is_projected):  # heights, for example
        return ""
    number = crs.to_epsg()
    return f"EPSG:{number}" if number else crs.to_wkt()


def ask_gdal(source: bytes | Path, **options: str) -> tuple[dict[str, Any] | None, np.ndarray, list, str]:
    """(description, shapely objects or None, fields, remarks) of local bytes; description None if GDAL refuses."""
    import pyogrio.raw
    import shapely

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            meta, _, found, fields = pyogrio.raw.read(source, **options)
        except RuntimeError as error:  # all errors of pyogrio are
            return None, np.array([], dtype=object), [], _without_folder(str(error), source)
        geometry = shapely.from_wkb(found, on_invalid="ignore")
    remarks = "; ".join(dict.fromkeys(str(one.message) for one in caught))
    return meta, geometry, fields, _without_folder(remarks, source)


def _without_folder(text: str, source: bytes | Path) -> str:
    """The text without the folder made for the reading, which has another name each time."""
    return text.replace(f"{source.parent}/", "") if isinstance(source, Path) else text
