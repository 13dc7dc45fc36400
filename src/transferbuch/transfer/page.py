"""Rules for the written part of a transfer object: which sections, in which order, and nothing unsafe in them.

The pages are published as they are, so text that a browser would run, or that names a person, is refused here
and not repaired. A person named without a form of address cannot be recognised; the reviewer looks for that.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from transferbuch.errors import Problem
from transferbuch.records import nearest

SECTIONS = (
    "Ausgangslage",
    "Lösung",
    "So kam es zustande",
    "Ergebnisse",
    "Gelingensbedingungen",
    "Stolpersteine",
    "Was anzupassen ist",
    "Offene Fragen",
    "Ansprechstelle",
    "Quelle",
)
REQUIRED_SECTIONS = ("Lösung", "Ansprechstelle", "Quelle")
ADAPTATION = "Was anzupassen ist"
# What the giver itself advises and what our editors conclude must never be mistaken for each other.
ADAPTATION_PARTS = ("Hinweise aus der Quelle", "Redaktionelle Hinweise")

PLACEHOLDER = "AUSFÜLLEN"
"""Where a template waits for its author (`transfer.template`)."""
UNFILLED = "unfilled"

_UNSAFE = (
    (re.compile(r"<[/!?a-z]", re.IGNORECASE), "HTML is not allowed"),
    (re.compile(r"\b(?:javascript|vbscript)\s*:|\bdata:\w+/", re.IGNORECASE), "script addresses are not allowed"),
    (re.compile(r"&(?:#\w+|[a-z]+\d*);", re.IGNORECASE), "HTML entities are not allowed"),
    (
        re.compile(r"[\w.+-]+\s*(?:@|\(at\)|\[at\])\s*[\w-]+\.\w+", re.IGNORECASE),
        "an e-mail address is not allowed; name the function",
    ),
    (
        re.compile(r"\b(?:Herrn?|Frau)\s+(?:(?:Dr|Prof)\.\s*)*[A-ZÄÖÜ]|\b(?:Dr|Prof)\.(?:\s|-)"),
        "a person's name is not allowed; name the function",
    ),
)
_DIRECTIVE = re.compile(r"\{[\w:.+-]+\}\s*`|^\s*(?:`{3,}|~{3,}|:{3,})|\{\{|\{%")
_KEY = re.compile(r"[\s-]*([\w]+):")
_HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*\s*$")


def find_unsafe(text: str) -> str | None:
    """What makes `text` unfit for a public page (HTML, script, e-mail address, named person), or None."""
    return next((what for pattern, what in _UNSAFE if pattern.search(text)), None)


def sections_of(body: str) -> dict[str, str]:
    """The text of each section of a page's Markdown, without its heading, in order."""
    found: dict[str, list[str]] = {}
    name = ""
    for line in body.split("\n"):
        heading = _HEADING.match(line)
        if heading and heading[1] == "##":
            name = heading[2]
            found[name] = []
        elif name:
            found[name].append(line)
    return {name: "\n".join(lines).strip() for name, lines in found.items()}


def check_unfilled(text: str, file: str) -> Iterator[Problem]:
    """Every line of a page where the template's placeholder still stands; comments of the front matter may name it."""
    in_head, section = False, ""
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip() == "---":
            in_head = number == 1
        if not in_head and (heading := _HEADING.match(line)):
            section = heading[2]
        if PLACEHOLDER not in line or in_head and line.lstrip().startswith("#"):
            continue
        if in_head:
            key = _KEY.match(line)
            where, value, do = key[1] if key else "", "", f"replace {PLACEHOLDER} as the comment says"
        elif PLACEHOLDER in section:
            where, value, do = "heading", "", "write the title as in the head"
        else:
            where, value = section, line.replace(f"{PLACEHOLDER}:", "").strip()
            do = "write the answer in your own words, or delete the section if the source says nothing"
        yield Problem(file, number, where, "this is still to be filled in", value, do=do, code=UNFILLED)


def check_body(body: str, title: str | None, file: str, first_line: int) -> list[Problem]:
    """All faults of a page's Markdown `body`, which begins on line `first_line` of `file`; [] if there is none.

    The first line of text is the title as a level-1 heading; a short introduction may follow. The sections are
    level-2 headings out of `SECTIONS`, each at most once, in that order, none empty; a section that the source
    says nothing about is left out. `title` None: it is not known.
    """
    lines = list(enumerate(body.split("\n"), first_line))
    headings = _headings(lines)
    return sorted(
        [*_check_text(lines, file), *_check_title(lines, title, file), *_check_sections(headings, file, first_line)]
    )


@dataclass(frozen=True)
class _Heading:
    line: int
    level: int
    name: str
    has_text: bool  # between this heading and the next, whatever its level


def _headings(lines: list[tuple[int, str]]) -> list[_Heading]:
    found: list[_Heading] = []
    for number, line in lines:
        heading = _HEADING.match(line)
        if heading:
            found.append(_Heading(number, len(heading[1]), heading[2], False))
        elif line.strip() and found and not found[-1].has_text:
            found[-1] = replace(found[-1], has_text=True)
    return found


def _check_text(lines: list[tuple[int, str]], file: str) -> Iterator[Problem]:
    for number, line in lines:
        unsafe = find_unsafe(line)
        if unsafe:
            yield Problem(
                file,
                number,
                "",
                unsafe,
                line.strip()[:60],
                "plain Markdown text that names no person",
                "rewrite this line",
                "unsafe-text",
            )
        if _DIRECTIVE.search(line):
            yield Problem(
                file,
                number,
                "",
                "directives, roles and code blocks are not allowed",
                line.strip()[:60],
                "plain Markdown: paragraphs, lists, tables, emphasis, links",
                "rewrite this line",
                "unsafe-text",
            )


def _check_title(lines: list[tuple[int, str]], title: str | None, file: str) -> Iterator[Problem]:
    number, first = next(((number, line) for number, line in lines if line.strip()), (lines[0][0], ""))
    heading = _HEADING.match(first)
    if not heading or heading[1] != "#":
        yield Problem(
            file,
            number,
            "",
            "the text does not begin with its heading",
            first.strip()[:60],
            f"# {title or 'the title'}",
            "put the title as level-1 heading first",
            "heading",
        )
    elif title is not None and heading[2] != title:
        yield Problem(
            file,
            number,
            "",
            "the heading differs from the title",
            heading[2],
            title,
            "make heading and `title` equal",
            "heading",
        )


def _check_sections(headings: list[_Heading], file: str, first_line: int) -> Iterator[Problem]:
    section, seen = "", dict[str, int]()
    for number, heading in enumerate(headings):
        if heading.level == 1 and number > 0:
            yield Problem(
                file,
                heading.line,
                heading.name,
                "a second level-1 heading",
                expected="one level-1 heading, the title",
                do="use ## for sections",
                code="heading",
            )
        elif heading.level == 2:
            section = heading.name
            followers = headings[number + 1 : number + 2]
            yield from _check_place(heading, seen, file)
            yield from _check_filled(heading, bool(followers) and followers[0].level == 3, file)
            seen.setdefault(section, heading.line)
        elif heading.level > 2:
            if heading.level > 3 or section != ADAPTATION or heading.name not in ADAPTATION_PARTS:
                yield Problem(
                    file,
                    heading.line,
                    heading.name,
                    "unknown subsection",
                    expected=f"### only below {ADAPTATION!r}: {' or '.join(ADAPTATION_PARTS)}",
                    do="make it a paragraph or use one of these headings",
                    code="unknown-section",
                )
            yield from _check_filled(heading, False, file)
    for name in REQUIRED_SECTIONS:
        if name not in seen:
            yield Problem(
                file,
                first_line,
                name,
                "the section is missing",
                expected=f"## {name}",
                do="add it",
                code="missing-section",
            )


def _check_filled(heading: _Heading, has_parts: bool, file: str) -> Iterator[Problem]:
    """The adaptation section holds its two parts and nothing outside them; every other heading holds text."""
    if heading.name != ADAPTATION:
        if not heading.has_text and not has_parts:
            yield Problem(
                file,
                heading.line,
                heading.name,
                "the section is empty",
                expected="text",
                do="write it or leave the heading out",
                code="empty-section",
            )
    elif heading.has_text or not has_parts:
        yield Problem(
            file,
            heading.line,
            heading.name,
            "it does not say whose advice this is",
            expected=f"text below ### {' or ### '.join(ADAPTATION_PARTS)} only",
            do="move the text below one of them",
            code="adaptation-part",
        )


def _check_place(heading: _Heading, seen: dict[str, int], file: str) -> Iterator[Problem]:
    """Faults of one level-2 heading, given the sections `seen` before it with their lines."""
    name = heading.name
    if name not in SECTIONS:
        yield Problem(
            file,
            heading.line,
            name,
            "unknown section",
            expected=f"one of {', '.join(SECTIONS)}",
            do=nearest(name, SECTIONS),
            code="unknown-section",
        )
    elif name in seen:
        yield Problem(
            file,
            heading.line,
            name,
            "the section is there twice",
            expected="each section once",
            do=f"join it with line {seen[name]}",
            code="section-order",
        )
    else:
        later = [other for other in seen if other in SECTIONS and SECTIONS.index(other) > SECTIONS.index(name)]
        if later:
            yield Problem(
                file,
                heading.line,
                name,
                "the section is out of order",
                expected=f"{name} before {later[0]}",
                do=f"move it above line {seen[later[0]]}",
                code="section-order",
            )
