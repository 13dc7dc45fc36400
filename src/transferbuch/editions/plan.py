"""Which editions to build: one per municipality asked for that the data know, and that has one for the audience."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from transferbuch.editions.forms import Bildungsbericht, pages_of
from transferbuch.editions.parameters import Parameters, find_kreis
from transferbuch.editions.templates import PAGE_FORMS, Template
from transferbuch.errors import Problem, UsageError
from transferbuch.regions.keys import edition_folder
from transferbuch.regions.reforms import Territory
from transferbuch.regions.register import Kreis
from transferbuch.vocabulary import PUBLIC, ROLES


@dataclass(frozen=True)
class Edition:
    """One municipality's book: who, what it chose, which chapters in which order."""

    kreis: Kreis
    parameters: Parameters
    chapters: tuple[Template, ...]
    audience: str = PUBLIC

    @property
    def ags(self) -> str:
        return str(self.kreis.ags)

    @property
    def folder(self) -> str:
        """Name of the edition's folder under `kommunen/`."""
        return edition_folder(self.ags)

    @property
    def report(self) -> Bildungsbericht | None:
        """The Bildungsbericht that it is; an edition for a role has its own chapters and is none."""
        return None if self.audience in ROLES else self.parameters.report

    @property
    def subtitle(self) -> str:
        """For whom it is, in German; "" unless it is for a role."""
        role = self.parameters.roles.get(self.audience)
        return role.title if role else ""


def plan_editions(
    territory: Territory,
    parameters: dict[str, Parameters],
    templates: Iterable[Template],
    with_data: Collection[str],
    only: Iterable[str] = (),
    laender: Iterable[str] = (),
    audience: str = PUBLIC,
) -> list[Edition]:
    """Editions sorted by key: those named by `only` or `laender`, otherwise every Kreis that the data know.

    Combined territories that `parameters` name count as Kreise. `with_data` holds the keys of all regions with
    figures. If `audience` is a role, only municipalities that declare an edition for it have one. Raises UsageError for
    keys that no register knows, that do not exist on the asked Gebietsstand, that the data have no figures for, or that
    declare no edition for the role.
    """
    only, laender, templates = list(only), list(laender), list(templates)
    problems = [problem for key in only if (problem := _check_key(key, territory, parameters, with_data))]
    problems += [problem for key in laender if (problem := _check_land(key, territory, with_data))]
    if problems:
        raise UsageError(problems)
    all_keys = {str(kreis.ags) for land in territory.register.laender() for kreis in territory.kreise(land)}
    all_keys |= {key for key, chosen in parameters.items() if territory.holds(chosen.ags)}
    asked = set(only) | {key for key in all_keys if key[:2] in laender}
    planned = (asked or all_keys) & set(with_data)
    if audience in ROLES:
        with_role = {key for key, chosen in parameters.items() if audience in chosen.roles}
        lacking = sorted(set(only) - with_role)
        if lacking or not planned & with_role:
            raise UsageError(_no_role(audience, lacking, parameters, territory))
        planned &= with_role
    return [
        _edition(find_kreis(key, parameters, territory.register), parameters, templates, audience)
        for key in sorted(planned)
    ]


def _edition(kreis: Kreis, parameters: dict[str, Parameters], templates: list[Template], audience: str) -> Edition:
    chosen = parameters.get(str(kreis.ags), Parameters(ags=kreis.ags))
    by_name = {template.name: template for template in templates}
    fitting = tuple(one for one in templates if chosen.has(one.needs))
    names = {PUBLIC: chosen.listed, **{role: one.chapters for role, one in chosen.roles.items()}}.get(audience, ())
    chapters = tuple(by_name[name] for name in names) or fitting
    if audience not in ROLES:  # what is declared is printed, also when the list of chapters does not name it
        chapters += tuple(one for one in fitting if one.needs in PAGE_FORMS and one not in chapters)
    pages = tuple(page for one in chapters for page in pages_of(one, chosen.formats))
    return Edition(kreis, chosen, pages, audience)


def _no_role(
    role: str, lacking: Iterable[str], parameters: Mapping[str, Parameters], territory: Territory
) -> list[Problem]:
    """That no edition for this role is declared, for each municipality of `lacking` or for all; who declares which."""
    declared = "; ".join(
        f"{key} {find_kreis(key, parameters, territory.register).label}: {', '.join(chosen.roles)}"
        for key, chosen in sorted(parameters.items())
        if chosen.roles
    )
    whom = [f"{key} declares no edition for this role" for key in lacking]
    return [
        Problem(
            "--audience",
            0,
            "",
            what,
            role,
            f"a municipality that declares it. Declared: {declared or 'none'}",
            "add `audiences` to its file in parameters/, or choose another audience",
            "no-role",
        )
        for what in whom or ["no municipality of this build declares an edition for this role"]
    ]


def _check_key(
    key: str, territory: Territory, parameters: dict[str, Parameters], with_data: Collection[str]
) -> Problem | None:
    if "+" not in key:
        return _check_kreis(key, territory, with_data)
    if key not in parameters:
        return Problem(
            "--only",
            0,
            "",
            "no file describes this combined territory",
            key,
            "a combined territory of parameters/",
            f"write parameters/{key}-<name>.yml with `ags` and `name`",
            "unknown-ags",
        )
    members = parameters[key].ags.members
    return next((problem for one in members if (problem := _check_kreis(one, territory, with_data))), None)


def _check_kreis(key: str, territory: Territory, with_data: Collection[str]) -> Problem | None:
    register = territory.register
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
    if kreis.valid_from and kreis.valid_from > territory.day:
        return Problem(
            "--only",
            0,
            "",
            f"{kreis.name} exists only since {kreis.valid_from}; the asked Gebietsstand is {territory.day}",
            key,
            "a Kreis of the asked Gebietsstand",
            f"use --gebietsstand {kreis.valid_from}, or the Kreis it belonged to before",
            "later-ags",
        )
    if not kreis.exists_on(territory.day):
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


def _check_land(key: str, territory: Territory, with_data: Collection[str]) -> Problem | None:
    names = {str(land): name for land, name in territory.register.laender().items()}
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
    if not any(str(kreis.ags) in with_data for kreis in territory.kreise(key)):
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
