"""Fingerprints of files and code: what was made or checked is good as long as they stay the same."""

import ast
import hashlib
import json
import re
from functools import cache
from importlib.metadata import version
from pathlib import Path

from transferbuch.project import CATALOGUE
from transferbuch.vocabulary import INTERNAL_FOLDER

_PACKAGE = Path(__file__).parents[1]
_NAME = re.compile(r"transferbuch(?:\.\w+)+")
_LIBRARIES = (
    "ipykernel",
    "ipython",
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


def libraries() -> dict[str, str]:
    """Versions of the libraries that shape results."""
    return {name: version(name) for name in _LIBRARIES}


def hash_of(*parts: object) -> str:
    """SHA-256 over anything that JSON can hold; what it cannot hold counts by its `repr`."""
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False, default=repr)
    return hashlib.sha256(text.encode()).hexdigest()


def code_of(source: str) -> dict[str, str]:
    """Fingerprint of every file of this package that the Python text `source` can reach by imports, by module name.

    A name of a module in a string counts as an import: so are extensions named. Of the catalogue, files that the code
    names count; what it holds else comes to pages through data slices only.
    """
    found: set[str] = set()
    waiting = _imported(source)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting |= _imported_by(name)
            found |= _catalogue_files(name)
    return {name: _hash_of_file(name) for name in sorted(found)}


def _imported(source: str) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and _NAME.fullmatch(node.value):
            names.add(node.value)
    inside = {name for name in names if name.split(".")[0] == "transferbuch"}
    # a module brings the packages it lies in
    whole = {".".join(name.split(".")[: end + 1]) for name in inside for end in range(name.count(".") + 1)}
    return {name for name in whole if _file_of(name)}


@cache
def _imported_by(name: str) -> frozenset[str]:
    return frozenset(_imported(_file_of(name).read_text(encoding="utf-8")))


@cache
def _catalogue_files(name: str) -> frozenset[str]:
    source = _file_of(name).read_text(encoding="utf-8")
    return frozenset(
        node.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node.value.endswith(".yml")
        and (CATALOGUE / node.value).is_file()
    )


@cache
def _hash_of_file(name: str) -> str:
    file = CATALOGUE / name if name.endswith(".yml") else _file_of(name)
    return hashlib.sha256(file.read_bytes()).hexdigest()


@cache
def _file_of(name: str) -> Path | None:
    place = _PACKAGE.joinpath(*name.split(".")[1:])
    files = (place.with_suffix(".py"), place / "__init__.py")
    return next((file for file in files if file.is_file()), None)


def tree_hash(folder: Path, leave_out: str = "") -> str:
    """SHA-256 over names and bytes of a folder's files; compiled Python is not content."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.is_file() and "__pycache__" not in inside.parts and leave_out not in inside.parts:
            digest.update(inside.as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
