"""Everything a person writes, loaded and checked together, so that nothing runs before all of it is right."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from transferbuch.data.corrections import Correction, load_corrections
from transferbuch.data.own import OwnTable
from transferbuch.data.reviews import Review, load_reviews
from transferbuch.data.sources import Source, load_sources
from transferbuch.editions.chapter_lists import KnownChapters
from transferbuch.editions.goals import check_all_goals
from transferbuch.editions.parameters import Parameters, find_kreis, load_own_tables, load_parameters
from transferbuch.editions.references import check_references
from transferbuch.editions.templates import Template, load_templates
from transferbuch.errors import DataRefused, PersonFileError, Problem, gathered
from transferbuch.indicators.catalogue import Indicator, load_indicators
from transferbuch.indicators.gaps import Gap, load_gaps
from transferbuch.indicators.peers import load_peer_settings
from transferbuch.project import Project, visible_files
from transferbuch.regions.reforms import DEFAULT_GEBIETSSTAND
from transferbuch.regions.register import Kreis, Register, load_register
from transferbuch.site.address import public_address
from transferbuch.site.brand import check_brands
from transferbuch.site.glossary import Term, load_glossary
from transferbuch.site.pages import Page, load_pages
from transferbuch.transfer.loading import load_transfer_objects
from transferbuch.transfer.objects import TransferObject
from transferbuch.vocabulary import INTERNAL, PUBLIC


@dataclass(frozen=True)
class Inputs:
    """The checked files of people: catalogue, corrections, reviews, notebooks, parameters, own tables, objects, pages.

    For the public, nothing of it is internal.
    """

    register: Register
    sources: dict[str, Source]
    corrections: tuple[Correction, ...]
    reviews: tuple[Review, ...]
    indicators: dict[str, Indicator]
    templates: list[Template]
    parameters: dict[str, Parameters]
    objects: dict[str, TransferObject]
    own_data: dict[str, tuple[OwnTable, ...]] = field(default_factory=dict)  # by AGS
    gaps: tuple[Gap, ...] = ()
    pages: tuple[Page, ...] = ()
    glossary: tuple[Term, ...] = ()
    address: str = ""  # public, of the site

    def kreis(self, key: str) -> Kreis:
        """The Kreis or the combined territory that an edition is about; KeyError if there is none."""
        return find_kreis(key, self.parameters, self.register)


def load_inputs(project: Project, gebietsstand: dt.date = DEFAULT_GEBIETSSTAND) -> Inputs:
    """Load all that the project's audience may see; raises one PersonFileError with the faults of every file.

    With an own table about persons among them it is a DataRefused, with all the same faults (`errors.gathered`).
    """
    internal = project.is_internal
    errors: list[PersonFileError | DataRefused] = []

    def tried(load: Callable[[], Any], instead: Any) -> Any:
        try:
            return load()
        except (PersonFileError, DataRefused) as error:
            errors.append(error)
            return instead

    register = load_register()
    sources = tried(load_sources, {})
    corrections = tried(lambda: load_corrections(sources, register), ()) if not errors else ()
    reviews = tried(lambda: load_reviews(sources, register), ()) if sources else ()
    indicators = tried(lambda: load_indicators(sources=sources, internal=internal), {}) if sources else {}
    public = {name: one for name, one in indicators.items() if one.access == PUBLIC}
    gaps = tried(lambda: load_gaps(public), ()) if public else ()
    if public:
        tried(lambda: load_peer_settings(public), None)
    templates = tried(lambda: load_templates(project), [])
    files = tried(lambda: visible_files(project.notebooks, "*.ipynb", internal), [])
    chapters = {template.name for template in templates} or {path.stem for path in files}
    needs = {template.name: template.needs for template in templates}
    hidden = {template.name for template in templates if template.access == INTERNAL}
    parameters = tried(lambda: load_parameters(project, register, chapters, gebietsstand, needs, hidden), {})
    own_data = tried(lambda: load_own_tables(project, parameters), {})
    objects = tried(lambda: load_transfer_objects(project.transfer, internal), {})
    if indicators and objects:
        tried(lambda: check_all_goals(project, parameters, indicators, objects), None)
    if parameters and templates and indicators and objects:
        known = KnownChapters(frozenset(chapters), needs, frozenset(hidden))
        tried(lambda: _refuse(check_references(project, parameters, known, indicators, objects)), None)
    tried(lambda: _refuse(check_brands(project, parameters)), None)
    pages = tried(lambda: load_pages(project), ())
    glossary = tried(lambda: load_glossary(project.book / "glossar.md", "book/glossar.md"), ())
    address = tried(lambda: public_address(project.root), "")
    if errors:
        raise gathered(errors)
    if not internal:
        parameters = {ags: one.for_public() for ags, one in parameters.items()}
    people = (templates, parameters, objects, own_data)
    return Inputs(register, sources, corrections, reviews, indicators, *people, gaps, pages, glossary, address)


def _refuse(problems: Sequence[Problem]) -> None:
    if problems:
        raise PersonFileError(problems)
