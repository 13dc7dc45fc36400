"""The portal's hand-written pages: which there are, and that nothing everybody may read leads to what is internal.

Internal pages lie in `book/intern/`, internal transfer objects in `book/transfer/intern/`; for the public nothing below
these folders is opened.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

import yaml

from transferbuch.errors import PersonFileError, Problem
from transferbuch.project import Project, access_problems
from transferbuch.records import find_line, nearest, read_person_text
from transferbuch.vocabulary import INTERNAL, INTERNAL_FOLDER, PUBLIC, Access

_TARGET = re.compile(r"(?:\]\(|\}\s*`?|^\[[^\]]+\]:\s*|\b(?:href|src)=[\"'])<?(?P<to>[^\s)`\"'>]+)")
"""What a line of Markdown leads to or takes in: links, directives, roles, addresses in HTML."""
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)^---[ \t]*$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Page:
    """One page; `name` is its path inside `book/` without suffix."""

    name: str
    access: Access


def load_pages(project: Project) -> tuple[Page, ...]:
    """All pages of the project's audience but transfer objects, sorted by name.

    Raises PersonFileError: an access class that is none or that does not fit the folder; a page or `_toc.yml` that
    everybody may read and that leads to something internal.
    """
    pages: list[Page] = []
    problems = _check_toc(project.root / "_toc.yml")
    for path in sorted(project.book.rglob("*.md")):
        inside = path.relative_to(project.book)
        is_internal = INTERNAL_FOLDER in inside.parts[:-1]
        if is_internal and not project.is_internal:
            continue
        file = f"book/{inside.as_posix()}"
        text = read_person_text(path, file)
        if not is_internal:
            problems += _leads_inside(text, file)
        if inside.parts[0] == "transfer" and inside.name != "index.md":
            continue  # a transfer object, with checks of its own
        access, faults = _access_of(text, path, file)
        problems += faults
        if is_internal and inside.parts[:-1] != (INTERNAL_FOLDER,):
            what, do = "internal pages lie in book/intern/, without further folders", "move the page"
            problems.append(Problem(file, 0, "", what, expected=f"book/intern/{path.name}", do=do, code="access"))
        pages.append(Page(inside.with_suffix("").as_posix(), access))
    if problems:
        raise PersonFileError(problems)
    return tuple(pages)


def _access_of(text: str, path: Path, file: str) -> tuple[Access, list[Problem]]:
    """Access class in the front matter of a page, and what is wrong with it."""
    found = _FRONT_MATTER.match(text)
    try:
        fields = yaml.safe_load(found[1]) if found else {}
    except yaml.YAMLError:
        what, do = "the front matter is not valid YAML", "check indentation and quotes between the two lines ---"
        return PUBLIC, [Problem(file, 1, "", what, do=do, code="yaml-syntax")]
    access = str(fields.get("access", PUBLIC)) if isinstance(fields, dict) else PUBLIC
    line = find_line(found[1], "access") + 1 if found and "access" in found[1] else 0
    if access not in (PUBLIC, INTERNAL):
        expected, do = f"{PUBLIC} or {INTERNAL}", nearest(access, (PUBLIC, INTERNAL))
        return PUBLIC, [Problem(file, line, "access", "unknown value", access, expected, do, "unknown-value")]
    place = f"access: {INTERNAL}" if path.parent.name == INTERNAL_FOLDER else f"book/{INTERNAL_FOLDER}/{path.name}"
    return access, [replace(one, expected=place) for one in access_problems(path, access, file, line)]


def _leads_inside(text: str, file: str) -> Iterator[Problem]:
    for number, line in enumerate(text.split("\n"), 1):
        for found in _TARGET.finditer(line):
            if INTERNAL_FOLDER in PurePosixPath(found["to"]).parts:
                what = "this leads to something internal, and everybody may read the page"
                do = "remove it; an internal page may lead here"
                yield Problem(file, number, "", what, found["to"], "pages that everybody may read", do, "access")


def _check_toc(path: Path) -> list[Problem]:
    """The table of contents is everybody's; internal pages are found by their files."""
    text = read_person_text(path, path.name)
    return [
        Problem(
            path.name,
            number,
            "",
            "an internal page in everybody's table of contents",
            line.strip(),
            do="remove the line: internal pages are found by their files",
            code="access",
        )
        for number, line in enumerate(text.split("\n"), 1)
        if re.search(rf"^[^#]*\b(?:file|glob|root):.*/{INTERNAL_FOLDER}/", line)
    ]
