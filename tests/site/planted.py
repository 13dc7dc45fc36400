"""A copy of the project with something internal in every place that can hold it, and a search that finds it again.

Every planted word begins with `qux` and is different in each place, so a find tells where it came from. Numbers have
seven digits.
"""

import gzip
import hashlib
import io
import json
import re
import shutil
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pandas as pd

from tests.site.conftest import ROOT, without_additions, write_notebook

CHAPTERS = ("ueberblick", "daten-und-methoden", "eigene-daten", "ziele-und-wirkung")
INDICATOR = "share_quxquote_pct"
CELLS = tuple(range(7339117, 7339121))
OTHER_NUMBERS = {"notebook": 8264913, "boundaries": 6152837, "indicator": 5297461}
WORDS = {
    "own table: id": "quxkennung",
    "own table: title": "quxtitel",
    "own table: file": "quxdatei",
    "own table: column": "quxspalte",
    "own table: measure": "quxmerkmal",
    "own table: label": "quxbezeichnung",
    "own table: unit": "quxeinheit",
    "own table: source": "quxamtsstelle",
    "own table: area": "quxgebiet",
    "own table: key": "quxschluessel",
    "boundaries: file": "quxgrenzen",
    "boundaries: property": "quxeigenschaft",
    "goal: id": "quxziel",
    "goal: title": "quxabsicht",
    "goal: measure": "quxvorhaben",
    "goal: review": "quxurteil",
    "indicator: id": "quxquote",
    "indicator: title": "quxkennzahl",
    "indicator: phrase": "quxanteil",
    "indicator: definition": "quxdefinition",
    "indicator: caveat": "quxvorbehalt",
    "notebook: file": "quxplanung",
    "notebook: title": "quxkapitel",
    "notebook: source": "quxquelltext",
    "notebook: output": "quxausgabe",
    "object: slug": "quxslug",
    "object: title": "quxbeispiel",
    "object: text": "quxloesung",
    "page: file": "quxvermerk",
    "page: title": "quxseite",
    "page: text": "quxabsatz",
    "role: council": "quxratsfassung",
    "role: leadership": "quxleitungsfassung",
}
SHOWN_TO_COUNCIL = {*WORDS, "notebook", "indicator", *(f"cell {cell}" for cell in CELLS)} - {
    # how the table is read is not shown, its outlines only with an index, and another role's title nowhere
    *("own table: file", "own table: column", "own table: key", "boundaries: file", "boundaries: property"),
    "role: leadership",
}


def copy_project(root: Path) -> Path:
    """The checkout's code and content, with some chapters of the notebooks; nothing internal but what it ships."""
    for name in ("book", "data", "parameters", "src"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    for name in ("_toc.yml", "_config.yml"):
        shutil.copy(ROOT / name, root / name)
    without_additions(root / "parameters" / "99001-talbrueck.yml")
    (root / "notebooks").mkdir()
    for name in CHAPTERS:
        shutil.copy(ROOT / "notebooks" / f"{name}.ipynb", root / "notebooks")
    return root


def plant(root: Path) -> list[Path]:
    """Put something internal into every place of the copy; returns the files that only hold what is internal."""
    return [*_own_table(root), _indicator(root), _notebook(root), _object(root), _page(root)]


def _write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def _own_table(root: Path) -> list[Path]:
    """A table with boundaries, its mapping, a goal, and editions for roles, in the parameters of the model town."""
    yaml = root / "parameters" / "99001-talbrueck.yml"
    before, _, rest = yaml.read_text(encoding="utf-8").partition("audiences:\n")
    _, _, after = rest.partition("# Own tables lie")
    own, _, indices = after.partition("# Indices put")
    roles = f"""audiences:
  leadership: {{title: Quxleitungsfassung, chapters: [{CHAPTERS[0]}]}}
  council: {{title: Quxratsfassung, chapters: [{CHAPTERS[1]}, {CHAPTERS[2]}, {CHAPTERS[3]}, quxplanung]}}
"""
    mapping = """  - id: quxkennung
    title: "Quxtitel"
    file: intern/quxdatei.csv
    access: internal
    level: sprengel
    key: "Quxschluessel"
    name: "Gebiet"
    period: "2024"
    source: "Quxamtsstelle (erfundene Daten)"
    stand: 2025-01-20
    boundaries: {file: intern/quxgrenzen.geojson, key: quxeigenschaft}
    columns:
      - {column: "Quxspalte", id: quxmerkmal, label: "Quxbezeichnung", unit: Quxeinheit, kind: count}

"""
    goal = f"""
  - id: quxziel
    title: "Quxabsicht"
    access: internal
    target_field: "Ergebnisse und Wirkungen"
    indicator: {INDICATOR}
    direction: less
    start: {{year: 2023}}
    target: 5
    due: 2090-12-31
    measures: [{{text: "Quxvorhaben", responsible: "Amt"}}]
    reviews: [{{day: 2025-01-20, by: "Amt", text: "Quxurteil"}}]
"""
    assert "\ngoals:\n" in indices, "goals come last in the file"
    _write(yaml, f"{before}{roles}\n# Own tables lie{own}{mapping}# Indices put{indices}{goal}")
    inside = yaml.with_suffix("") / "intern"
    rows = "".join(f"Q{number};Quxgebiet {number};{cell}\n" for number, cell in enumerate(CELLS, 1))
    features = [
        {
            "type": "Feature",
            "properties": {"quxeigenschaft": f"Q{number}", "zahl": OTHER_NUMBERS["boundaries"]},
            "geometry": {"type": "Polygon", "coordinates": [[[n, 0], [n + 0.01, 0], [n, 0.01], [n, 0]]]},
        }
        for number, n in enumerate((0.1, 0.2, 0.3, 0.4), 1)
    ]
    collection = json.dumps({"type": "FeatureCollection", "features": features})
    return [
        inside / "hilfen.csv",
        _write(inside / "quxdatei.csv", f"Quxschluessel;Gebiet;Quxspalte\n{rows}"),
        _write(inside / "quxgrenzen.geojson", collection),
    ]


def _indicator(root: Path) -> Path:
    folder = root / "src/transferbuch/catalogue/indicators"
    text = (folder / "share_population_foreign_pct.yml").read_text(encoding="utf-8")
    for key, value in (
        ("title", "Quxkennzahl"),
        ("phrase", "der Quxanteil"),
        ("definition", f"Quxdefinition mit der Zahl {OTHER_NUMBERS['indicator']}."),
    ):
        text = re.sub(rf"^{key}: .*$", f"{key}: {value}", text, flags=re.MULTILINE)
    text = "access: internal\n" + text.replace("caveats:\n", "caveats:\n  - Quxvorbehalt.\n")
    return _write(folder / "intern" / f"{INDICATOR}.yml", text)


def _notebook(root: Path) -> Path:
    path = root / "notebooks" / "intern" / "quxplanung.ipynb"
    code = f"quxquelltext = {OTHER_NUMBERS['notebook']}\nprint('Quxausgabe', quxquelltext)"
    path.parent.mkdir()
    write_notebook(path, "Quxkapitel", 50, code)
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata["transferbuch"]["access"] = "internal"
    nbformat.write(notebook, path)
    return path


def _object(root: Path) -> Path:
    folder = root / "book" / "transfer"
    text = (folder / "herne-sprechtag-des-lehrpersonals.md").read_text(encoding="utf-8")
    title = "Ein Nachmittag für alle: Sprechtag der Klassenleitungen von Klasse 4 und 5"
    text = text.replace("---\n", "---\naccess: internal\n", 1).replace(title, "Quxbeispiel")
    text = text.replace("## Lösung\n", "## Lösung\n\nQuxloesung.\n")
    return _write(folder / "intern" / "quxslug.md", text)


def _page(root: Path) -> Path:
    text = "---\naccess: internal\n---\n\n# Quxseite\n\nQuxabsatz, siehe [Methodik](../methodik/index.md).\n"
    return _write(root / "book" / "intern" / "quxvermerk.md", text)


class Search:
    """Finds planted words, numbers and file fingerprints in folders: in every file, and in what lies packed inside."""

    def __init__(self, files: list[Path]) -> None:
        self.texts = {**WORDS, "shipped example": "quittengarten", "shipped file": "hilfen.csv"}
        self.digests = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
        self.numbers = {f"cell {cell}": cell for cell in CELLS} | OTHER_NUMBERS

    def inside(self, *folders: Path) -> dict[str, list[str]]:
        """What was found, each with the places."""
        found: dict[str, list[str]] = {}
        for path in sorted(path for folder in folders for path in folder.rglob("*")):
            parts = [("name", path.name.encode())]
            if path.is_file():
                parts += unpacked(path.name, path.read_bytes())
            for place, content in parts:
                for what in self.inside_bytes(content):
                    found.setdefault(what, []).append(f"{path} {place}")
        return found

    def inside_bytes(self, content: bytes) -> Iterator[str]:
        """What one piece of content holds, in UTF-8 or UTF-16, written as a number in any way, or in binary."""
        lower = content.lower()
        for what, word in self.texts.items():
            stem = word[:-2]  # search indices hold stems
            if any(stem.encode(code) in lower for code in ("utf-8", "utf-16-le", "utf-16-be")):
                yield what
        for what, digest in self.digests.items():
            if digest[:12].encode() in lower or bytes.fromhex(digest) in content:
                yield f"fingerprint of {what}"
        for what, number in self.numbers.items():
            written = [str(number), f"{number:,}".replace(",", "."), f"{number:,}"]
            either = b"|".join(re.escape(one.encode()) for one in written)
            plain = rb"(?<![0-9a-f.,])(?:" + either + rb")(?![0-9a-f])"
            binary = [*(one.encode(code) for one in written for code in ("utf-16-le", "utf-16-be"))]
            binary += [struct.pack(form, number) for form in ("<d", ">d", "<q", ">q")]
            if re.search(plain, lower) or any(one in content for one in binary):
                yield what


def unpacked(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    """The content itself and everything packed in it: archives in archives, gzip, PDF streams, Parquet columns."""
    yield name, content
    if content[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for inner in archive.namelist():
                yield f"{name} > name", inner.encode()
                yield from unpacked(f"{name} > {inner}", archive.read(inner))
    elif content[:2] == b"\x1f\x8b":
        yield from unpacked(f"{name} > gzip", gzip.decompress(content))
    elif content[:4] == b"PAR1":
        yield f"{name} > columns", pd.read_parquet(io.BytesIO(content)).to_csv().encode()
    elif content[:5] == b"%PDF-":
        for stream in re.finditer(rb"stream\r?\n", content):
            try:
                yield f"{name} > stream", zlib.decompressobj().decompress(content[stream.end() :])
            except zlib.error:
                continue
