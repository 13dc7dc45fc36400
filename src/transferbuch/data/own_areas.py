"""Keys of areas in own tables: their form, lost zeros, and whether table and boundaries have the same areas."""

import json
import re
from collections.abc import Collection, Iterator
from pathlib import Path

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
    if len(key) < length and key.isdigit() and key.zfill(length).startswith(ags):
        return "the key has lost its leading zero"
    if level == "kreis" and key != ags:
        return "this is not the key of the municipality"
    if level == "gemeinde" and not (len(key) == length and key.isdigit() and key.startswith(ags)):
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
    """Keys of the areas in a GeoJSON file. Only the keys: the boundaries themselves are read elsewhere.

    Raises PersonFileError when it is no GeoJSON or a feature has no such property.
    """
    try:
        content = json.loads(path.read_bytes())
        features = [dict(one["properties"]) for one in content["features"]]
    except (ValueError, KeyError, TypeError):
        raise PersonFileError(
            Problem(
                name,
                0,
                "",
                "this is no GeoJSON with features",
                expected="a FeatureCollection in WGS84",
                do="export the boundaries again as GeoJSON",
                code="own-boundaries",
            )
        ) from None
    lacking = [number for number, one in enumerate(features, 1) if not str(one.get(key) or "")]
    if lacking:
        known = ", ".join(sorted({label for one in features for label in one}))
        raise PersonFileError(
            Problem(
                name,
                0,
                f"feature {lacking[0]}",
                "the boundary has no key",
                key,
                f"one of {known}",
                "give the property with the key as `boundaries.key`",
                "own-boundaries",
            )
        )
    return {str(one[key]) for one in features}
