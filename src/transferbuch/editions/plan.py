"""Which editions to build: one per municipality asked for that the data know."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from transferbuch.editions.parameters import Parameters
from transferbuch.editions.templates import Template
from transferbuch.errors import Problem, UsageError
from transferbuch.regions.register import Kreis, Register


@dataclass(frozen=True)
class Edition:
    """One municipality's book: who, what it chose, which chapters in which order."""

    kreis: Kreis
    parameters: Parameters
    chapters: tuple[Template, ...]

    @property
    def ags(self) -> str:
        return str(self.kreis.ags)


def plan_editions(
    register: Register,
    parameters: dict[str, Parameters],
    templates: Iterable[Template],
    with_data: Collection[str],
    only: Iterable[str] = (),
    laender: Iterable[str] = (),
) -> list[Edition]:
    """Editions sorted by key: those named by `only` or `laender`, otherwise every Kreis that the data know.

    `with_data` holds the keys of all regions with figures. Raises UsageError for keys that no register knows,
    that were dissolved, or that the data have no figures for.
    """
    only, laender, templates = list(only), list(laender), list(templates)
    problems = [problem for key in only if (problem := _check_kreis(key, register, with_data))]
    problems += [problem for key in laender if (problem := _check_land(key, register, with_data))]
    if problems:
        raise UsageError(problems)
    asked = set(only) | {str(kreis.ags) for land in laender for kreis in register.current(land)}
    if not asked:
        asked = {key for key in with_data if (kreis := register.get(key)) and not kreis.is_dissolved}
    return [_edition(register[key], parameters, templates) for key in sorted(asked & set(with_data))]


def _edition(kreis: Kreis, parameters: dict[str, Parameters], templates: list[Template]) -> Edition:
    chosen = parameters.get(str(kreis.ags), Parameters(ags=kreis.ags))
    by_name = {template.name: template for template in templates}
    chapters = tuple(by_name[name] for name in chosen.chapters) or tuple(templates)
    return Edition(kreis, chosen, chapters)


def _check_kreis(key: str, register: Register, with_data: Collection[str]) -> Problem | None:
    kreis = register.get(key)
    if kreis is None:
        return Problem(
            "--only",
            0,
            "",
            "no register knows this key",
            key,
            "the five-digit key of a Kreis",
            register.nearest(key),
            "unknown-ags",
        )
    if kreis.is_dissolved:
        now = ", ".join(f"{one} {register[one].name}" for one in kreis.successors)
        return Problem(
            "--only",
            0,
            "",
            f"{kreis.name} was dissolved on {kreis.valid_to}",
            key,
            "a Kreis that exists",
            f"use {now}",
            "dissolved-ags",
        )
    if key not in with_data:
        return Problem(
            "--only",
            0,
            "",
            f"the data have no figures for {kreis.name}",
            key,
            "a Kreis of the imported tables",
            "import official tables first: transferbuch data import PATH…",
            "no-data",
        )
    return None


def _check_land(key: str, register: Register, with_data: Collection[str]) -> Problem | None:
    names = {str(land): name for land, name in register.laender().items()}
    if key not in names:
        return Problem(
            "--land",
            0,
            "",
            "there is no such Land",
            key,
            "a two-digit key: 01 to 16, or 99",
            f"use one of {', '.join(f'{land} {name}' for land, name in names.items())}",
            "unknown-land",
        )
    if not any(str(kreis.ags) in with_data for kreis in register.current(key)):
        return Problem(
            "--land",
            0,
            "",
            f"the data have no figures for the Kreise of {names[key]}",
            key,
            "a Land of the imported tables",
            "import official tables first: transferbuch data import PATH…",
            "no-data",
        )
    return None
