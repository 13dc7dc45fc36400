"""Which file holds boundaries, by its content, what packs it and which files belong to it."""

import codecs
import hashlib
import io
import re
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from transferbuch.data.boundary_json import read_json
from transferbuch.data.boundary_layer import MAX_BYTES, Layer, refuse, too_large
from transferbuch.data.boundary_shapefile import MAGIC, PARTS, read_shapefile
from transferbuch.data.cells import NotATable
from transferbuch.errors import DataRefused

_JSON_FORMS = re.compile(rb'"type"\s*:\s*"(FeatureCollection|Topology)"')
_MAIN = (".shp", ".geojson", ".topojson")


def find_parts(path: Path) -> list[Path]:
    """The files beside a `.shp` that belong to it, itself included, in alphabetical order of their endings."""
    beside = [one for one in path.parent.iterdir() if one.stem == path.stem and one.suffix.lower() in PARTS]
    return sorted(beside, key=lambda one: one.suffix.lower())


def find_main(path: Path) -> Path | None:
    """The main file of the Shapefile that `path` is another part of; None if it is none or that is missing."""
    if path.suffix.lower() not in PARTS or path.suffix.lower() == ".shp":
        return None
    return next((one for one in find_parts(path) if one.suffix.lower() == ".shp"), None)


def holds_boundaries(raw: bytes, path: Path) -> bool:
    """True for a FeatureCollection, a Topology, the main file of a Shapefile, or a zip with such a file inside."""
    if raw[:4] == b"PK\x03\x04":
        try:
            names = zipfile.ZipFile(io.BytesIO(raw)).namelist()
        except zipfile.BadZipFile:
            return False
        return any(map(_is_main, names))
    if raw[:4] == MAGIC:
        return path.suffix.lower() != ".shx"  # which begins with the same bytes
    return raw.removeprefix(codecs.BOM_UTF8).lstrip()[:1] == b"{" and bool(_JSON_FORMS.search(raw))


def sha256_of(raw: bytes, path: Path) -> str:
    """SHA-256 of a file; of a Shapefile that of its parts one after the other: `cat X.cpg X.dbf X.prj X.shp X.shx`."""
    if raw[:4] != MAGIC or path.suffix.lower() == ".shx":
        return hashlib.sha256(raw).hexdigest()
    return hashlib.sha256(b"".join(part.read_bytes() for part in find_parts(path))).hexdigest()


def read_layer(raw: bytes, name: str, path: Path) -> Layer:
    """Features of the file; raises DataRefused for a broken file, NotATable for a sound one without areas."""
    if raw[:4] == b"PK\x03\x04":
        parts = _unzip(raw, name)
    elif raw[:4] == MAGIC:
        parts = {part.suffix.lower(): part.read_bytes() for part in find_parts(path)} | {".shp": raw}
    else:
        parts = {"": raw}
    if sum(map(len, parts.values())) > MAX_BYTES:
        raise DataRefused(too_large(name))
    return read_shapefile(parts, name) if ".shp" in parts else read_json(next(iter(parts.values())), name)


def _is_main(member: str) -> bool:
    return PurePosixPath(member).suffix.lower() in _MAIN and not member.startswith("__MACOSX/")


def _unzip(raw: bytes, name: str) -> dict[str, bytes]:
    """Ending → content of the one layer in the archive."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(raw))
        members = [member for member in archive.infolist() if not member.is_dir()]
        main = [member for member in members if _is_main(member.filename)]
        if len(main) != 1:
            raise NotATable(f"the archive holds {len(main)} layers of boundaries: unpack it and name one")
        stem = PurePosixPath(main[0].filename).with_suffix("")
        wanted = main
        if main[0].filename.lower().endswith(".shp"):
            wanted = [
                member
                for member in members
                if PurePosixPath(member.filename).with_suffix("") == stem
                and PurePosixPath(member.filename).suffix.lower() in PARTS
            ]
        if (size := sum(member.file_size for member in wanted)) > MAX_BYTES:
            raise DataRefused(too_large(name, f"{size} bytes"))
        parts = {}
        for member in wanted:
            with archive.open(member) as stream:
                parts[PurePosixPath(member.filename).suffix.lower()] = stream.read(member.file_size + 1)
        return parts
    except (zipfile.BadZipFile, EOFError, zlib.error, NotImplementedError, RuntimeError) as error:
        raise DataRefused(refuse(name, f"the archive is cut off or broken: {error}", code="zip-broken")) from None
