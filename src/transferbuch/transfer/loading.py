"""Load the pages of transfer objects with all their faults: of the record, of the text, and between pages."""

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from transferbuch.errors import PersonFileError, Problem
from transferbuch.project import access_problems, visible_files
from transferbuch.records import Draft, parse_draft, read_person_text, split_front_matter
from transferbuch.transfer.object_checks import (
    PAGE_CHECKS,
    check_origin,
    check_public,
    check_related,
    check_title,
    line_with,
    shown,
)
from transferbuch.transfer.objects import LIST_PAGE, TransferObject
from transferbuch.transfer.page import UNFILLED, check_body, check_unfilled, sections_of
from transferbuch.vocabulary import INTERNAL_FOLDER


def load_transfer_object(path: Path) -> TransferObject:
    """The transfer object of one page, front matter and text checked; `slug` is set from the file name.

    Raises PersonFileError with all faults of the page. What needs the other pages (`related`, two pages with
    one title) is checked by `load_transfer_objects`.
    """
    draft = _read_page(path)
    if draft.problems:
        raise PersonFileError(draft.problems)
    return draft.record


def load_transfer_objects(folder: Path, internal: bool = False) -> dict[str, TransferObject]:
    """All transfer objects of `folder` by slug, in alphabetical order; the list page `index.md` is not one.

    `internal`: with those that only internal editions show; otherwise their files are not opened.
    Raises PersonFileError with every fault of every page, also those between pages.
    """
    problems: list[Problem] = []
    try:
        files = visible_files(folder, "*.md", internal)
    except PersonFileError as error:  # a name that is there twice: of the two the public page is looked at
        problems += [replace(one, file=shown(folder / INTERNAL_FOLDER / one.value)) for one in error.problems]
        hidden = (folder / INTERNAL_FOLDER).glob("*.md")
        files = [*folder.glob("*.md"), *(path for path in hidden if not (folder / path.name).exists())]
    paths = {path.stem: path for path in sorted(files, key=lambda path: path.name) if path.name != LIST_PAGE}
    drafts: dict[str, Draft[TransferObject]] = {}
    for slug, path in paths.items():
        try:
            drafts[slug] = _read_page(path)
            problems += drafts[slug].problems
        except PersonFileError as error:
            problems += error.problems
    titles: dict[str, str] = {}
    for draft in drafts.values():
        if "title" not in draft.wrong:
            problems += check_title(draft.record, paths, titles)
        if draft.wrong.isdisjoint(("related", "origin")):
            problems += check_related(draft.record, paths)
            problems += check_public(draft.record, paths) if "access" not in draft.wrong else []
            problems += check_origin(draft.record, drafts, paths) if "giver" not in draft.wrong else []
    if problems:
        raise PersonFileError(sorted(_without_unfilled(problems)))
    return {slug: draft.record for slug, draft in drafts.items()}


def _read_page(path: Path) -> Draft[TransferObject]:
    """One page and its faults; what depends on a field that is wrong is not checked.

    Raises PersonFileError for a page without readable front matter.
    """
    file = shown(path)
    draft, of_text, sections = _parsed(file, read_person_text(path, file))
    one, problems = draft.record, list(of_text)
    if "access" not in draft.wrong:
        problems += access_problems(path, one.access, file, line_with(path, "access:"))
    for needed, check in PAGE_CHECKS:
        if draft.wrong.isdisjoint(needed):
            problems += check(one, path)
    found = one.model_copy(update={"slug": path.stem})
    found._sections = sections
    return Draft(found, draft.wrong, tuple(sorted(_without_unfilled(problems))))


@lru_cache(maxsize=1024)
def _parsed(file: str, text: str) -> tuple[Draft[TransferObject], tuple[Problem, ...], dict[str, str]]:
    """What hangs on nothing but a page's text: its record, its faults, its sections. A check reads every page twice."""
    head, body, first_line = split_front_matter(text, file)
    draft = parse_draft(head, TransferObject, file, first_line=2)
    title = None if "title" in draft.wrong else draft.record.title
    faults = [*draft.problems, *check_unfilled(text, file), *check_body(body, title, file, first_line)]
    return draft, tuple(faults), sections_of(body)


def _without_unfilled(problems: Iterable[Problem]) -> list[Problem]:
    """Of a line that is still to be filled in nothing else is told."""
    problems = list(problems)
    unfilled = {(one.file, one.line) for one in problems if one.code == UNFILLED}
    return [one for one in problems if one.code == UNFILLED or (one.file, one.line) not in unfilled]
