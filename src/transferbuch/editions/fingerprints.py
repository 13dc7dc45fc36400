"""Fingerprints of files and code: what was made or checked is good as long as they stay the same."""

import hashlib
from importlib.metadata import version
from pathlib import Path

from transferbuch.project import CATALOGUE
from transferbuch.vocabulary import INTERNAL_FOLDER

_PACKAGE = Path(__file__).parents[1]
_LIBRARIES = (
    "jupyter-book",
    "myst-nb",
    "nbclient",
    "numpy",
    "pandas",
    "papermill",
    "plotly",
    "pyarrow",
    "scikit-learn",
    "scipy",
    "sphinx",
    "sphinx-book-theme",
    "statsmodels",
)


def catalogue_hash(internal: bool) -> str:
    """Fingerprint of the catalogue; without `internal`, indicators of internal editions are left out."""
    return tree_hash(CATALOGUE, leave_out="" if internal else INTERNAL_FOLDER)


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
