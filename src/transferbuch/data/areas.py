"""The common form of official boundaries, whatever their file: one row per area, with everything the file says.

Columns of `OfficialBoundaries.areas` (a GeoDataFrame; grain: one row per feature of the file, in the file's order):
  key         AGS or key of the small area, as text; a region that the file gives in several parts has several rows
  name        name as printed; '' if the file has none
  is_land     False for the parts that the BKG marks as water (GF 1 and 2), True for all others
  attributes  the attributes of the feature as a JSON object, values as delivered; a day of a Shapefile in ISO form
  geometry    Polygon or MultiPolygon in degrees (WGS84, EPSG:4326)
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from geopandas import GeoDataFrame  # loaded only where boundaries are read: a build without them is quicker

LEVELS = {
    "land": "Länder",
    "regierungsbezirk": "Regierungsbezirke",
    "kreis": "Kreise",
    "gemeindeverband": "Gemeindeverbände",
    "gemeinde": "Gemeinden",
    "small_area": "kleinräumige Gebiete",
}


@dataclass(frozen=True)
class OfficialBoundaries:
    """One file of boundaries as delivered: its areas and what it says about itself.

    `gebietsstand` is the ISO day (or year) that the file states, '' if it states none; `valid_from` the newest day on
    which one of its regions took legal effect in these borders (WSK of the BKG), '' if it gives none. `crs` is the
    coordinate system of the file, before the areas were brought to WGS84. `licence` and `attribution` are '' if not
    stated, which is so for the files of the BKG.
    """

    code: str  # the file's name without ending
    form: str  # GeoJSON, TopoJSON or Shapefile
    level: str  # one of LEVELS
    key_column: str
    gebietsstand: str
    valid_from: str
    licence: str
    attribution: str
    crs: str
    encoding: str
    notes: str
    areas: "GeoDataFrame" = field(repr=False)

    @property
    def regions(self) -> int:
        """Number of regions: features with the same key are one."""
        return self.areas["key"].nunique()

    @property
    def points(self) -> int:
        """Number of points of all areas."""
        return int(self.areas.geometry.count_coordinates().sum())
