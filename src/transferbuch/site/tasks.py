"""What an edition is made of, as named fingerprints: together they are the key under which the cache keeps it.

Names and values are for people too: `transferbuch explain` shows which of them changed.
"""

import platform
from collections.abc import Mapping
from functools import cache, cached_property

import nbformat

from transferbuch.editions.fingerprints import code_of, hash_of, libraries, tree_hash
from transferbuch.editions.plan import Edition
from transferbuch.editions.templates import Template
from transferbuch.project import ASSETS
from transferbuch.regions.reforms import DEFAULT_GEBIETSSTAND
from transferbuch.site.brand import brand_of
from transferbuch.site.edition import EditionTask, edition_title
from transferbuch.site.release import Release

SLICE = "data slice"
"""Name of the fingerprint of all that `editions.slice` writes."""
# papermill finds the engine, myst-nb the renderer of figures by entry points: nothing imports them
_PAGES = "import transferbuch.site.edition, transferbuch.site.figures"
_ENGINE = "import transferbuch.editions.execute, transferbuch.editions.engine"
_DIGITS = 16


class Tasks:
    """Tasks for the editions of one release; what they share is read once."""

    def __init__(self, release: Release, force: bool = False) -> None:
        self._release, self._force = release, force
        self._versions = _versions()
        self._notebook = cache(lambda template: _Notebook(template, self._versions))

    def task(self, edition: Edition, slice_mark: str) -> EditionTask:
        """How to build `edition`, whose data slice has the fingerprint `slice_mark`."""
        project, inputs, report = self._release.project, self._release.inputs, edition.report
        brand = brand_of(project, edition.parameters)
        title = edition_title(edition.kreis, report.title if report else edition.parameters.title)
        question = report.question if report else ""
        notebooks = {one.name: self._notebook(one) for one in edition.chapters}
        parts = {
            SLICE: slice_mark[:_DIGITS],
            "title": title,
            "contact": edition.parameters.contact,
            "audience": f"{edition.audience} {edition.subtitle}".rstrip(),
            "lead question": question,
            "brand": hash_of(brand.name, brand.style, brand.logo.read_bytes().hex() if brand.logo else "")[:_DIGITS]
            if brand
            else "",
            "order of chapters": ", ".join(notebooks),
            **{part: mark for one in notebooks.values() for part, mark in one.parts.items()},
            **self._shared,
        }
        return EditionTask(
            edition.kreis,
            title,
            edition.parameters.contact,
            edition.chapters,
            self._release.stands_of(edition),
            project.build / "work" / edition.folder,
            project.build / "cache",
            hash_of(parts),
            parts,
            {name: one.key(edition.ags, slice_mark) for name, one in notebooks.items()},
            self._force,
            edition.audience,
            edition.subtitle,
            inputs.glossary,
            question,
            brand,
            "" if self._release.gebietsstand == DEFAULT_GEBIETSSTAND.isoformat() else self._release.gebietsstand,
        )

    @cached_property
    def _shared(self) -> Mapping[str, str]:
        """What all editions depend on: the look of pages, and the libraries."""
        # facts of the catalogue come to pages through slices and the glossary, not through this code
        code = {name: mark for name, mark in code_of(_PAGES).items() if not name.endswith(".yml")}
        return {
            "glossary": hash_of(self._release.inputs.glossary)[:_DIGITS],
            "theme": tree_hash(ASSETS)[:_DIGITS],
            **self._versions,
            **_code(code),
        }


class _Notebook:
    """Fingerprints of one chapter: its cells, the code of the package that these can reach, and what runs them."""

    def __init__(self, template: Template, versions: Mapping[str, str]) -> None:
        self._template, self._versions = template, versions
        notebook = nbformat.read(template.path, as_version=4)
        cells = [(cell.cell_type, cell.source, cell.metadata) for cell in notebook.cells]
        self._cells = hash_of(cells, template.title, template.form)
        source = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
        self._code = code_of(source) | _engine()
        self.parts = {f"chapter {template.name}": self._cells[:_DIGITS], **_code(self._code)}

    def key(self, ags: str, slice_mark: str) -> str:
        """Key of the executed notebook."""
        return hash_of(self._cells, self._code, self._versions, {"ags": ags, **self._template.parameters}, slice_mark)


def _engine() -> Mapping[str, str]:
    """What runs notebooks; what it only loads before they need it counts where they do."""
    return {name: mark for name, mark in code_of(_ENGINE).items() if name.startswith("transferbuch.editions.")}


def _versions() -> dict[str, str]:
    return {f"library {name}": found for name, found in {"python": platform.python_version(), **libraries()}.items()}


def _code(marks: Mapping[str, str]) -> dict[str, str]:
    return {f"code {name.removeprefix('transferbuch.')}": mark[:_DIGITS] for name, mark in marks.items()}
