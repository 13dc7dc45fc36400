"""What must hold for a transfer object beyond the form of its record: in its page, and between pages."""

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from pathlib import Path

from transferbuch.errors import Problem
from transferbuch.project import CATALOGUE
from transferbuch.records import Draft, find_line, find_places, nearest, read_person_text, split_front_matter
from transferbuch.regions.register import load_register
from transferbuch.transfer.evidence import Adoption, evidence_faults
from transferbuch.transfer.groups import groups_of, load_groups
from transferbuch.transfer.objects import Giver, TransferObject
from transferbuch.transfer.requirements import requirement_fault
from transferbuch.vocabulary import INTERNAL_FOLDER, PUBLIC

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def is_taker(taken: Adoption, giver: Giver) -> bool:
    """Whether who took an example over is the giver of another page: by their keys, or without keys by name."""
    if taken.ags and giver.ags:
        return not set(taken.ags).isdisjoint(giver.ags)
    return taken.taker.casefold() == giver.name.casefold()


def _check_slug(one: TransferObject, path: Path) -> Iterator[Problem]:
    if not SLUG.fullmatch(path.stem):
        what, do = "the file name is no slug", "rename the file"
        expected = "lower-case letters a–z, digits and single hyphens (ae, oe, ue, ss for umlauts)"
        yield Problem(shown(path), 0, "slug", what, path.stem, expected, do, "slug")
    if one.slug and one.slug != path.stem:
        what, do = "the slug differs from the file name", "rename the file or leave `slug` out"
        yield _fault(path, one.slug, "slug", what, one.slug, path.stem, do, "slug")


def _check_giver(one: TransferObject, path: Path) -> Iterator[Problem]:
    """Every key is in the register (dissolved Kreise too) and lies in the Land that is named."""
    register = load_register()
    for ags in one.giver.ags:
        if ags.level == "kreis" and ags not in register:
            what, do = "no register knows this key", register.nearest(ags)
            yield _fault(path, ags, "giver.ags", what, ags, "the key of a Kreis", do, "unknown-ags")
        elif (land := register.land_name(ags.land)) != one.giver.land:
            what, do = "the key lies in another Land", "correct `ags` or `land`"
            yield _fault(path, ags, "giver.land", what, one.giver.land, land, do, "wrong-land")


def _check_takers(one: TransferObject, path: Path) -> Iterator[Problem]:
    """Every key of a taker is in the register."""
    register = load_register()
    for ags in (ags for taken in one.adoptions for ags in taken.ags):
        if ags.level == "kreis" and ags not in register:
            what, do = "no register knows this key", register.nearest(ags)
            yield _fault(path, ags, "adoptions.ags", what, ags, "the key of a Kreis", do, "unknown-ags")


def _check_target_groups(one: TransferObject, path: Path) -> Iterator[Problem]:
    """Every target group is found under a group of the catalogue."""
    for said in one.target_groups:
        if not groups_of(said):
            what = "nobody who looks for a group of readers would find this"
            expected = f"a word that leads to one of the groups {', '.join(load_groups())}"
            do = "use such a word, or add yours to src/transferbuch/catalogue/target_groups.yml"
            yield _fault(path, said, "target_groups", what, said, expected, do, "target-group")


def _check_days(one: TransferObject, path: Path) -> Iterator[Problem]:
    """Revisions come after the page was published, in the order of their days."""
    days = [one.published, *(part.date for part in one.revised)]
    for before, day in pairwise(days):
        if day < before:
            expected, do = "first `published`, then the revisions by their days", "sort them"
            yield _fault(path, str(day), "revised", f"this is before {before}", str(day), expected, do, "dates")


def _check_evidence(one: TransferObject, path: Path) -> Iterator[Problem]:
    for what in evidence_faults(one.evidence, one.status, len(one.adoptions), one.evaluation):
        expected, do = "what the ladder requires", "claim a lower step, or add what is missing"
        yield _fault(path, "evidence:", "evidence", what, one.evidence, expected, do, "evidence")


def _check_conditions(one: TransferObject, path: Path) -> Iterator[Problem]:
    """What conditions need are words of the vocabulary."""
    faults = [
        (("conditions", number, "needed"), fault)
        for number, part in enumerate(one.conditions)
        if part.kind in ("body", "data") and (fault := requirement_fault(part.needed or "", part.kind))
    ]
    if faults:
        head, _, _ = split_front_matter(read_person_text(path), shown(path))
        lines = find_places(head)
        for place, fault in faults:
            yield Problem(shown(path), lines[place] + 1, f"conditions[{place[1] + 1}].needed", *fault)


def _check_indicators(one: TransferObject, path: Path) -> Iterator[Problem]:
    if not one.indicators:
        return
    folder = CATALOGUE / "indicators"
    public = {file.stem for file in folder.glob("*.yml")}
    internal = {file.stem for file in (folder / INTERNAL_FOLDER).glob("*.yml")}  # by their names, not opened
    known = public if one.access == PUBLIC else public | internal
    for name in one.indicators:
        if name in internal - known:
            what = "this indicator is internal, and everybody may read the page"
            expected, do = (
                "indicators that everybody may see",
                "remove it here, or move the page to book/transfer/intern/",
            )
            yield _fault(path, name, "indicators", what, name, expected, do, "access")
        elif name not in known:
            expected, do = "the id of an indicator of the catalogue", nearest(name, known)
            yield _fault(path, name, "indicators", "no such indicator", name, expected, do, "unknown-indicator")


PAGE_CHECKS: tuple[tuple[tuple[str, ...], Callable[[TransferObject, Path], Iterable[Problem]]], ...] = (
    (("slug",), _check_slug),
    (("giver",), _check_giver),
    (("indicators", "access"), _check_indicators),
    (("evidence", "status", "adoptions", "evaluation"), _check_evidence),
    (("conditions",), _check_conditions),
    (("adoptions",), _check_takers),
    (("target_groups",), _check_target_groups),
    (("published", "revised"), _check_days),
)
"""Checks of one page: the fields that must be in order for it, and the check."""


def check_title(one: TransferObject, paths: dict[str, Path], titles: dict[str, str]) -> Iterator[Problem]:
    """Whether another page has the title; `titles` holds the pages before it by their titles, and gets this one."""
    twin = titles.setdefault(one.title.casefold(), one.slug)
    if twin != one.slug:
        what, do = "another page has this title", f"see {shown(paths[twin])}"
        yield _fault(paths[one.slug], "title:", "title", what, one.title, "each object once", do, "duplicate")


def check_related(one: TransferObject, paths: dict[str, Path]) -> Iterator[Problem]:
    others = [slug for slug in paths if slug != one.slug]
    for slug in _named_by(one):
        if slug not in others:
            what = "an object is not related to itself" if slug == one.slug else "no page has this slug"
            expected, do = (
                "the file name of another page without .md",
                nearest(slug, others) if others else "leave it out",
            )
            yield _fault(paths[one.slug], slug, "related", what, slug, expected, do, "dead-related")


def check_origin(
    one: TransferObject, drafts: dict[str, Draft[TransferObject]], paths: dict[str, Path]
) -> Iterator[Problem]:
    """The page that this one was taken from must know of it: it lists this giver among its takers."""
    others = [drafts[part.slug] for part in one.origin if part.slug in drafts.keys() - {one.slug}]
    for other in (draft.record for draft in others if "adoptions" not in draft.wrong):
        if not any(is_taker(taken, one.giver) for taken in other.adoptions):
            path, keys = paths[other.slug], ", ".join(one.giver.ags)
            word = "adoptions:" if other.adoptions else "giver:"
            what = f"{shown(paths[one.slug])} says that it was taken from here, and this page does not"
            expected = f"an entry with taker {one.giver.name}" + (f" and ags {keys}" if keys else "")
            do = "add the entry, or remove `slug` from the other page's `origin`"
            yield _fault(path, word, "adoptions", what, "", expected, do, "origin-not-adopted")


def check_public(one: TransferObject, paths: dict[str, Path]) -> Iterator[Problem]:
    """What everybody may read must not name what is internal, not even by its file name."""
    hidden = {slug for slug, path in paths.items() if path.parent.name == INTERNAL_FOLDER}
    for slug in _named_by(one) if one.access == PUBLIC else ():
        if slug in hidden:
            what = "this page is internal, and everybody may read the one that names it"
            expected, do = "pages that everybody may read", "remove it here; the internal page may name this one"
            yield _fault(paths[one.slug], slug, "related", what, slug, expected, do, "access")


def _named_by(one: TransferObject) -> tuple[str, ...]:
    """Slugs of the pages that a page leads to."""
    return (*one.related, *(part.slug for part in one.origin if part.slug))


def _fault(path: Path, word: str, field: str, what: str, value: str, expected: str, do: str, code: str) -> Problem:
    """A fault in the line of the page that holds `word`, or else the line of the field."""
    line = line_with(path, word) or line_with(path, f"{field.partition('.')[0]}:")
    return Problem(shown(path), line, field, what, value, expected, do, code)


def shown(path: Path) -> str:
    """`book/transfer/<file>`: the path as messages show it, without a user's folders."""
    return "/".join(path.parts[-4 if path.parent.name == INTERNAL_FOLDER else -3 :])


def line_with(path: Path, word: str) -> int:
    """The line of the page that holds `word`; only asked for when there is a fault to place."""
    return find_line(read_person_text(path), word)
