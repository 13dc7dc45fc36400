"""The invented map: boundaries of the 13 Kreise and of the Stadtteile of Talbrück and Seefurt, as GeoJSON.

The map is a plane graph: corners with a place, and for each area the corners around it. The line between two corners
is bent by chance, once, whichever area asks for it: neighbours share their border point for point, a city fills the
hole in its Landkreis, and Stadtteile fill their city. It lies around 0° north, 0° east in the Gulf of Guinea, where
there is nothing but water; one degree is 111 km in both directions there, and areas are about those of the tables.
"""

import json
import math
from dataclasses import dataclass
from pathlib import Path

from .units import REGISTER, read_register, stream

Point = tuple[float, float]
GEBIETSSTAND = "2024-12-31"
_SHORTEST = 0.008  # degrees; a longer line is bent again
_BEND = 0.14  # how far a half-way point may lie aside, against the length of the line

_CORNERS: dict[str, Point] = {
    # along the coast in the north from west to east, then row by row to the hills in the south
    "coast-west": (-0.58, 0.42),
    "coast-middle": (-0.06, 0.56),
    "coast-east": (0.31, 0.50),
    "cape": (0.55, 0.42),
    "moor-west": (-0.60, 0.13),
    "moor-plain": (-0.27, 0.10),
    "moor-lakes": (-0.10, 0.14),
    "lakes-valley": (0.03, 0.10),
    "lakes-farms": (0.22, 0.15),
    "farms-valley": (0.27, 0.09),
    "farms-east": (0.60, 0.06),
    "plain-west": (-0.57, -0.21),
    "plain-potash": (-0.27, -0.20),
    "plain-valley": (-0.19, -0.11),
    "valley-crafts": (-0.04, -0.17),
    "valley-ohse": (0.15, -0.13),
    "ohse-hills": (0.13, -0.21),
    "ohse-east": (0.58, -0.19),
    "potash-south": (-0.46, -0.55),
    "potash-crafts": (-0.12, -0.54),
    "crafts-hills": (0.06, -0.51),
    "hills-east": (0.52, -0.56),
}


@dataclass(frozen=True)
class _City:
    """A city with as many corners as `wedges`; its Stadtteile are one in the middle and a wedge at each line.

    With a `belt` every wedge has an inner and an outer half, and the middle is divided in two.
    """

    key: str
    middle: Point
    radius: float
    wedges: int
    belt: bool = False

    def ring(self, part: str = "border") -> list[str]:
        """Corners around the city (`border`) or its middle (`middle`), clockwise from the west."""
        return [f"{self.key}-{part}-{number}" for number in range(self.wedges)]

    def parts(self) -> list[list[str]]:
        """Corners around each Stadtteil in the order of their keys: middle, (inner) wedges, outer wedges, island."""
        border, middle = self.ring(), self.ring("middle")
        if not self.belt:
            return [middle, *self._wedges(border, middle)]
        belt = self.ring("belt")
        return [middle[:5], *self._wedges(belt, middle), *self._wedges(border, belt), [*middle[4:], middle[0]]]

    @staticmethod
    def _wedges(outer: list[str], inner: list[str]) -> list[list[str]]:
        after = [*range(1, len(outer)), 0]
        return [[outer[one], outer[other], inner[other], inner[one]] for one, other in enumerate(after)]

    def corners(self) -> dict[str, Point]:
        """Places of the corners of both rings; the radius goes up and down so that no city is a circle."""
        found = {}
        for part, share in (("border", 1.0), ("middle", 0.38), ("belt", 0.7))[: 2 + self.belt]:
            for number, name in enumerate(self.ring(part)):
                angle = math.pi - 2 * math.pi * (number + 0.5) / self.wedges
                radius = self.radius * share * (1 + 0.16 * math.sin(2.3 * number + self.radius * 100))
                found[name] = (self.middle[0] + radius * math.cos(angle), self.middle[1] + radius * math.sin(angle))
        return found


_TALBRUECK = _City("99001", (0.03, 0.0), 0.078, 7, belt=True)
_SEEFURT = _City("99002", (-0.33, 0.49), 0.057, 5)
_EBERSFURT = _City("99003", (0.40, 0.29), 0.060, 8)
_WALRICH = _City("99004", (0.33, -0.38), 0.044, 7)
_CITIES = (_TALBRUECK, _SEEFURT, _EBERSFURT, _WALRICH)
for _city in _CITIES:
    _CORNERS |= _city.corners()
_PORT = _SEEFURT.ring()  # its corners 0, 1 and 2 lie on the coast, the rest of the border is Moorland's as well

_KREISE: dict[str, list[str]] = {
    "99051": ["coast-west", _PORT[0], _PORT[4], _PORT[3], _PORT[2], "coast-middle", "moor-lakes", "moor-plain"]
    + ["moor-west"],
    "99052": ["moor-west", "moor-plain", "plain-valley", "plain-potash", "plain-west"],
    "99053": ["plain-west", "plain-potash", "potash-crafts", "potash-south"],
    "99054": ["plain-potash", "plain-valley", "valley-crafts", "valley-ohse", "ohse-hills", "crafts-hills"]
    + ["potash-crafts"],
    "99055": ["moor-plain", "moor-lakes", "lakes-valley", "lakes-farms", "farms-valley", "valley-ohse"]
    + ["valley-crafts", "plain-valley"],
    "99056": ["coast-middle", "coast-east", "lakes-farms", "lakes-valley", "moor-lakes"],
    "99057": ["farms-valley", "farms-east", "ohse-east", "ohse-hills", "valley-ohse"],
    "99060": ["coast-east", "cape", "farms-east", "farms-valley", "lakes-farms"],
    "99061": ["ohse-hills", "ohse-east", "hills-east", "crafts-hills"],
}
_ENCLAVES = {"99055": _TALBRUECK, "99060": _EBERSFURT, "99061": _WALRICH}
_STADTTEILE = {
    _TALBRUECK: (
        "Brückenaltstadt",
        "Talneustadt",
        "Hochschulviertel",
        "Gerberaue",
        "Lohberg",
        "Mühlenvorstadt",
        "Steinhalde",
        "Obertalheim",
        "Erlengrund",
        "Sonnenleite",
        "Ziegelau",
        "Ostfeld",
        "Kastanienhof",
        "Weberbruch",
        "Birkenschlag",
        "Schleuseninsel",
    ),
    _SEEFURT: (
        "Kontorviertel",
        "Werftvorstadt",
        "Fischerhook",
        "Dünenkamp",
        "Tidefeld",
        "Leuchtturmsiedlung",
    ),
}


def write_kreise(folder: Path) -> None:
    """`kreise_modellregion.geojson`: the Kreise of today, clockwise rings as the corners are given."""
    rings = {key: [corners] for key, corners in _KREISE.items()} | {city.key: [city.ring()] for city in _CITIES}
    for key, city in _ENCLAVES.items():
        rings[key] = [*rings[key], city.ring()[::-1]]
    names = _names()
    features = [_feature({"ags": key, "name": names[key]}, rings[key]) for key in sorted(rings)]
    _write(folder / "kreise_modellregion.geojson", "Kreise der Modellregion", features)


def write_stadtteile(folder: Path) -> list[Path]:
    """`<ags>-<name>/stadtteile.geojson` of the two cities: key of a Stadtteil = AGS of its city + two digits."""
    names, files = _names(), []
    for city, stadtteile in _STADTTEILE.items():
        features = [
            _feature({"stadtteil_nr": f"{city.key}{number:02d}", "name": name, "ags": city.key}, [ring])
            for number, (name, ring) in enumerate(zip(stadtteile, city.parts(), strict=True), 1)
        ]
        name = names[city.key]
        path = folder / f"{city.key}-{name.lower().replace('ü', 'ue')}" / "stadtteile.geojson"
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, f"Stadtteile von {name}", features)
        files.append(path)
    return files


def _names() -> dict[str, str]:
    return {row["ags"]: row["name"] for row in read_register(REGISTER)}


def _feature(properties: dict[str, str], rings: list[list[str]]) -> dict[str, object]:
    """A GeoJSON feature; the first ring is the border (anticlockwise), the others are holes (clockwise)."""
    coordinates = [_closed(ring, anticlockwise=number == 0) for number, ring in enumerate(rings)]
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": "Polygon", "coordinates": coordinates},
    }


def _closed(corners: list[str], anticlockwise: bool) -> list[Point]:
    points = [point for number, end in enumerate(corners) for point in _line(corners[number - 1], end)[:-1]]
    twice_area = sum(points[n - 1][0] * y - x * points[n - 1][1] for n, (x, y) in enumerate(points))
    if (twice_area > 0) != anticlockwise:
        points.reverse()
    return [*points, points[0]]


def _line(start: str, end: str) -> list[Point]:
    """The bent line from corner to corner, both ends included; the same points in both directions."""
    if start > end:
        return _line(end, start)[::-1]
    rng = stream("line", start, end)
    line = [_CORNERS[start], _CORNERS[end]]
    while math.dist(line[0], line[1]) > _SHORTEST:
        bent = [line[0]]
        for (x, y), (next_x, next_y) in zip(line, line[1:], strict=False):
            aside = _BEND * (2 * float(rng.random_sample()) - 1)
            bent.append(((x + next_x) / 2 + aside * (next_y - y), (y + next_y) / 2 - aside * (next_x - x)))
            bent.append((next_x, next_y))
        line = bent
    return [(round(x, 5), round(y, 5)) for x, y in line]


def _write(path: Path, title: str, features: list[dict[str, object]]) -> None:
    head = {
        "type": "FeatureCollection",
        "title": f"{title} (erfunden)",
        "gebietsstand": GEBIETSSTAND,
        "licence": "CC BY 4.0",
        "attribution": "Projekt Transferbuch, Modellregion (erfunden)",
    }
    lines = ",\n".join(json.dumps(feature, ensure_ascii=False, separators=(",", ":")) for feature in features)
    text = json.dumps(head, ensure_ascii=False, indent=0)[:-2] + f',\n"features": [\n{lines}\n]\n}}\n'
    path.write_bytes(text.encode())
