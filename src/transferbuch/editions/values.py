"""Indicator values of a data package, computed once and kept until package, catalogue or code change."""

import datetime as dt
import hashlib
import os
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

import pandas as pd

from transferbuch.data.corrections import Correction
from transferbuch.data.observations import compute_observations
from transferbuch.data.sources import Source
from transferbuch.data.store import DataPackage
from transferbuch.data.territory import combine_kreise, convert_observations
from transferbuch.indicators.catalogue import Indicator
from transferbuch.indicators.compute import compute_values
from transferbuch.project import CATALOGUE
from transferbuch.regions.keys import CombinedAGS
from transferbuch.regions.reforms import Territory
from transferbuch.regions.register import Register

_PACKAGE = Path(__file__).parents[1]
_LIBRARIES = (
    "jupyter-book",
    "myst-nb",
    "nbclient",
    "pandas",
    "papermill",
    "plotly",
    "pyarrow",
    "sphinx",
    "sphinx-book-theme",
)


def load_values(
    package: DataPackage,
    sources: dict[str, Source],
    indicators: dict[str, Indicator],
    territory: Territory,
    corrections: tuple[Correction, ...],
    cache: Path,
    combined: Iterable[CombinedAGS] = (),
) -> pd.DataFrame:
    """Values frame (see `indicators.compute`) of all indicators for the Kreise of `territory`, and for the `combined`
    ones; read from `cache` if nothing has changed.

    Raises PersonFileError when a mapping or a correction does not fit the files of the package.
    """
    combined = sorted(combined)
    code = code_hash("data", "indicators", "regions")
    parts = [package.id, tree_hash(CATALOGUE), code, str(territory.day), *combined]
    key = hashlib.sha256(" ".join(parts).encode())
    path = cache / f"values-{key.hexdigest()[:16]}.parquet"
    if not path.is_file():
        observations = compute_observations(package, sources, territory.register, corrections)
        observations = convert_observations(observations, sources, territory)
        observations = combine_kreise(observations, sources, combined)
        values = compute_values(observations, indicators.values(), territory.register)
        cache.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        values.to_parquet(part, index=False)
        os.replace(part, path)
    return pd.read_parquet(path)  # read back also when just made, so that both ways give the same bytes later


def read_territory(package: DataPackage, register: Register, gebietsstand: dt.date) -> Territory:
    """The Kreise of the day `gebietsstand`, with the official shares that the package holds."""
    return Territory(register, gebietsstand)


def code_hash(*rooms: str) -> str:
    """Fingerprint of the package's code (all of it, or the named rooms) and of the libraries that shape results."""
    folders = [_PACKAGE / room for room in rooms] or [_PACKAGE]
    parts = [tree_hash(folder, leave_out="catalogue") for folder in folders]
    parts += [f"{name} {version(name)}" for name in _LIBRARIES]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def tree_hash(folder: Path, leave_out: str = "") -> str:
    """SHA-256 over names and bytes of a folder's files; compiled Python is not content."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.is_file() and "__pycache__" not in inside.parts and leave_out not in inside.parts:
            digest.update(inside.as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
