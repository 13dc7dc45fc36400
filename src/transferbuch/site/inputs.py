"""Everything a person writes, loaded and checked together, so that nothing runs before all of it is right."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from transferbuch.data.corrections import Correction, load_corrections
from transferbuch.data.own import OwnTable
from transferbuch.data.reviews import Review, load_reviews
from transferbuch.data.sources import Source, load_sources
from transferbuch.editions.own_figures import own_inputs, protect_own
from transferbuch.editions.parameters import Parameters, find_kreis, load_own_tables, load_parameters
from transferbuch.editions.templates import Template, load_templates
from transferbuch.errors import DataRefused, PersonFileError, TransferbuchError, gathered
from transferbuch.indicators.catalogue import Indicator, load_indicators
from transferbuch.indicators.gaps import Gap, load_gaps
from transferbuch.project import Project
from transferbuch.regions.reforms import DEFAULT_GEBIETSSTAND
from transferbuch.regions.register import Kreis, Register, load_register
from transferbuch.transfer.objects import TransferObject, load_transfer_objects


@dataclass(frozen=True)
class Inputs:
    """The checked files of people: catalogue, corrections, reviews, notebooks, parameters, own tables, objects."""

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

    def kreis(self, key: str) -> Kreis:
        """The Kreis or the combined territory that an edition is about; KeyError if there is none."""
        return find_kreis(key, self.parameters, self.register)


def load_inputs(project: Project, gebietsstand: dt.date = DEFAULT_GEBIETSSTAND) -> Inputs:
    """Load all of it; raises one PersonFileError with the faults of every file.

    With an own table about persons among them it is a DataRefused, with all the same faults (`errors.gathered`).
    """
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
    indicators = tried(lambda: load_indicators(sources=sources or None), {}) if sources else {}
    gaps = tried(lambda: load_gaps(indicators), ()) if indicators else ()
    templates = tried(lambda: load_templates(project), [])
    chapters = {template.name for template in templates} or {path.stem for path in project.notebooks.glob("*.ipynb")}
    needs = {template.name: template.needs for template in templates}
    parameters = tried(lambda: load_parameters(project, register, chapters, gebietsstand, needs), {})
    own_data = tried(lambda: load_own_tables(project, parameters), {})
    objects = tried(lambda: load_transfer_objects(project.transfer), {})
    if errors:
        raise gathered(errors)
    people = (templates, parameters, objects, own_data)
    return Inputs(register, sources, corrections, reviews, indicators, *people, gaps)


def check_inputs(project: Project) -> tuple[dict[str, int], TransferbuchError | None]:
    """How many files of each kind were checked, and the error with all problems found, None if there are none."""
    try:
        inputs = load_inputs(project)
        own = protect_own(project, inputs.parameters, own_inputs(project, inputs.own_data, None))
    except TransferbuchError as error:
        return {}, error
    return {
        "sources": len(inputs.sources),
        "corrections": len(inputs.corrections),
        "reviews": len(inputs.reviews),
        "indicators": len(inputs.indicators),
        "ideas without open source": len(inputs.gaps),
        "notebooks": len(inputs.templates),
        "parameters files": len(inputs.parameters),
        "own tables": sum(len(tables) for tables in inputs.own_data.values()),
        "indices of areas": sum(map(len, own.areas.values())),
        "transfer objects": len(inputs.objects),
    }, None
