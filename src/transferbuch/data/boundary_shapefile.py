"""Shapefile → layer: its parts are checked to be whole and to belong together, then GDAL reads them."""

import codecs
import re
import struct
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from transferbuch.data.boundary_layer import Layer, ask_gdal, name_crs, refuse
from transferbuch.data.cells import NotATable
from transferbuch.errors import DataRefused

PARTS = (".cpg", ".dbf", ".prj", ".shp", ".shx")
MAGIC = struct.pack(">i", 9994)  # of .shp and .shx
_POLYGONS = {5, 15, 25}  # shape types: plain, with Z, with M


def read_shapefile(parts: dict[str, bytes], name: str) -> Layer:
    """Features of the Shapefile whose parts are given by their endings; `.cpg` may lack, the others may not.

    Raises DataRefused for a broken Shapefile, NotATable for points or lines.
    """
    missing = [ending for ending in (".shx", ".dbf", ".prj") if ending not in parts]
    if missing:
        raise DataRefused(
            refuse(
                name,
                "the Shapefile is not whole",
                f"missing: {', '.join(missing)}",
                ".shp, .shx, .dbf and .prj with the same name in one folder",
                "put all files of the Shapefile beside each other, as delivered",
                "shapefile-part",
            )
        )
    shp, shx, dbf = parts[".shp"], parts[".shx"], parts[".dbf"]
    cut = [
        ending
        for ending, whole in {
            ".shp": shp[:4] == MAGIC and len(shp) >= 100 and struct.unpack_from(">i", shp, 24)[0] * 2 == len(shp),
            ".shx": shx[:4] == MAGIC and len(shx) >= 100 and struct.unpack_from(">i", shx, 24)[0] * 2 == len(shx),
            ".dbf": _is_whole(dbf),
        }.items()
        if not whole
    ]
    if cut:
        what = "the Shapefile is cut off or broken"
        raise DataRefused(refuse(name, what, ", ".join(cut), code="boundaries-broken"))
    kind = struct.unpack_from("<i", shp, 32)[0]
    if kind not in _POLYGONS:
        raise NotATable(f"a Shapefile of type {kind} (points or lines); boundaries are areas")
    shapes, records = (len(shx) - 100) // 8, struct.unpack_from("<I", dbf, 4)[0]
    if shapes != records:
        value = f"{shapes} shapes, {records} records"
        raise DataRefused(refuse(name, ".shp and .dbf do not belong together", value, code="boundaries-broken"))
    if not shapes:
        raise DataRefused(refuse(name, "the file holds no feature", code="boundaries-empty"))
    encoding = _encoding_of(parts.get(".cpg"), dbf, name)
    crs = _crs_of(parts.pop(".prj"), name)
    with tempfile.TemporaryDirectory() as folder:
        for ending, content in parts.items():
            (Path(folder) / f"layer{ending}").write_bytes(content)
        meta, found, fields, notes = ask_gdal(Path(folder) / "layer.shp", encoding=encoding)
    if meta is None or len(found) != shapes:
        raise DataRefused(refuse(name, "the Shapefile is broken", notes, code="boundaries-broken"))
    columns = [_plain(values, kind) for values, kind in zip(fields, meta["ogr_types"], strict=True)]
    attributes = [dict(zip(meta["fields"], row, strict=True)) for row in zip(*columns, strict=True)]
    return Layer("Shapefile", attributes, found, crs, encoding, {}, notes)


def _crs_of(prj: bytes, name: str) -> str:
    """Coordinate system of the .prj; GDAL is not asked, because it fails on a broken one."""
    text = prj.decode("utf-8", "replace")
    # only a definition: PROJ would also take names and addresses
    if not text.lstrip().startswith(("PROJC", "GEOGC")) or not (crs := name_crs(text)):
        do, what = "take the .prj from the publisher's download", "the .prj names no known coordinate system"
        raise DataRefused(refuse(name, what, text[:60], do=do, code="boundaries-crs"))
    return crs


def _is_whole(dbf: bytes) -> bool:
    if len(dbf) < 32:
        return False
    records, header, length = struct.unpack_from("<IHH", dbf, 4)
    return len(dbf) >= header + records * length


def _encoding_of(cpg: bytes | None, dbf: bytes, name: str) -> str:
    """Encoding of the attributes, as the .cpg says; without it UTF-8 if the bytes are that, else Windows-1252."""
    header = struct.unpack_from("<H", dbf, 8)[0]
    told = cpg.decode("ascii", "replace").strip() if cpg is not None else ""
    number = re.sub(r"^(ANSI|CP|OEM)[ -]?", "", told.upper())
    wanted = {"65001": "utf-8", "88591": "iso-8859-1"}.get(number, f"cp{number}" if number.isdigit() else told)
    for encoding in [wanted] if told else ["utf-8", "cp1252"]:
        try:
            dbf[header:].decode(encoding)
        except LookupError:
            what, do = "the encoding that the .cpg names is not known", "write UTF-8 into the .cpg if it is that"
            raise DataRefused(refuse(name, what, told, do=do, code="encoding")) from None
        except UnicodeDecodeError:
            continue
        return codecs.lookup(encoding).name
    raise DataRefused(refuse(name, "the encoding of the .dbf is broken", told, code="encoding"))


def _plain(values: np.ndarray, kind: str) -> Iterable[Any]:
    """Values of a .dbf field as JSON knows them: whole numbers stay whole, days are ISO, nothing is None."""
    if kind in ("OFTDate", "OFTDateTime"):
        return [None if np.isnat(day) else str(day.astype("M8[D]")) for day in values]
    if kind in ("OFTInteger", "OFTInteger64"):
        return [None if np.isnan(number) else int(number) for number in values]
    if kind == "OFTReal":
        return [None if np.isnan(number) else float(number) for number in values]
    return list(values)
