"""The template of a new transfer object: every field of the front matter explained, every section with its questions.

Meaning and allowed values are read from the models, so the template cannot fall behind them. What the author must fill
in is marked by `PLACEHOLDER`, which no page may keep; what may stay away is there as a comment.
"""

import datetime as dt
import json
import os
import types
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import wrap
from typing import Any, Literal, Union, get_args, get_origin

from annotated_types import MaxLen
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from transferbuch.errors import Problem, UsageError
from transferbuch.project import Project
from transferbuch.regions.register import Kreis, load_register
from transferbuch.transfer.object_checks import SLUG
from transferbuch.transfer.objects import TransferObject
from transferbuch.transfer.page import ADAPTATION, ADAPTATION_PARTS, PLACEHOLDER, SECTIONS
from transferbuch.vocabulary import INTERNAL_FOLDER

QUESTIONS = {
    "Ausgangslage": "Welches Problem gab es, für wen, und woran war es zu erkennen?",
    "Lösung": "Was wurde getan? Wer macht was, und wie läuft es ab?",
    "So kam es zustande": "Wer gab den Anstoß, wer entschied, und welche Schritte folgten wann?",
    "Ergebnisse": "Was ist erreicht, mit welchen Zahlen, und wer hat das festgestellt? Was war nur geplant?",
    "Gelingensbedingungen": "Was muss da sein, damit es gelingt?",
    "Stolpersteine": "Was ging schief, dauerte länger oder kostete mehr als gedacht?",
    "Hinweise aus der Quelle": "Was rät der Geber selbst anderen Kommunen?",
    "Redaktionelle Hinweise": "Was sollte eine andere Kommune nach Ansicht der Redaktion vorher prüfen oder ändern?",
    "Offene Fragen": "Was sagt die Quelle nicht, obwohl andere Kommunen danach fragen würden?",
    "Ansprechstelle": "Welche Stelle des Gebers gibt Auskunft? Nur die Funktion, keine Person und keine Adresse.",
    "Quelle": "In welcher Veröffentlichung und an welcher Stelle steht das, und von wann ist es?",
}
"""Section → what its text answers."""
_WIDTH = 116
_REVIEW_AFTER = dt.timedelta(days=365)


@dataclass(frozen=True)
class Known:
    """What is known when the page is begun; empty: the author fills it in."""

    title: str = ""
    giver: Kreis | None = None


def write_template(project: Project, slug: str, title: str, ags: str, day: dt.date) -> Path:
    """Write `book/transfer/<slug>.md` and return its path; `day` is put in as the one on which the page first appears,
    and the review is counted from it.

    Raises UsageError for a slug that is none or that is taken, also by an internal page, and for a key that the
    register does not know.
    """
    problems = [*_check_slug(project, slug), *_check_ags(ags)]
    if problems:
        raise UsageError(problems)
    known = Known(" ".join(title.split()), load_register()[ags] if ags else None)
    path = project.transfer / f"{slug}.md"
    part = path.with_name(f".{slug}.{os.getpid()}.part")
    part.write_text(template_text(known, day), encoding="utf-8")
    os.replace(part, path)
    return path


def _check_slug(project: Project, slug: str) -> Iterator[Problem]:
    if not SLUG.fullmatch(slug):
        expected = "lower-case letters a–z, digits and single hyphens (ae, oe, ue, ss for umlauts)"
        do = "begin with the place, then what it is: leer-bildungsbericht"
        yield Problem("SLUG", 0, "", "this is no slug", slug, expected, do, "slug")
        return
    for folder in (project.transfer, project.transfer / INTERNAL_FOLDER):
        if (path := folder / f"{slug}.md").exists():
            do = "choose another slug, or edit that page"
            yield Problem("SLUG", 0, "", "a page has this slug", project.show(path), "a new one", do, "slug-taken")


def _check_ags(ags: str) -> Iterator[Problem]:
    register = load_register()
    if ags and ags not in register:
        expected, do = "the key of a Landkreis or of a kreisfreie Stadt", register.nearest(ags)
        yield Problem("--ags", 0, "", "no register knows this key", ags, expected, do, "unknown-ags")


def template_text(known: Known, day: dt.date) -> str:
    """The whole page; YAML and Markdown that `transferbuch check` reads and refuses until it is filled in."""
    title = known.title or f"{PLACEHOLDER}: Titel wie oben"
    head = "\n".join([*_introduction(), *_fields(_given(known, day))])
    return f"---\n{head}\n---\n\n# {title}\n\n{_sections()}"


def _given(known: Known, day: dt.date) -> dict[str, object]:
    """Values that need not be filled in, by key; nested ones by `giver.name`."""
    given: dict[str, object] = {"reviewer": "Zweitprüfung steht aus", "next_review": day + _REVIEW_AFTER}
    given["published"] = day  # the author changes it if the page goes online later
    given["giver.ags"] = PLACEHOLDER  # optional only for associations and programmes
    if known.title:
        given["title"] = known.title
    if kreis := known.giver:
        given |= {
            "giver.name": kreis.label,
            "giver.ags": str(kreis.ags),
            "giver.type": "kreisfreie Stadt" if kreis.is_city else "Landkreis",
            "giver.land": load_register().land_name(kreis.land),
        }
    return given


def _introduction() -> Iterator[str]:
    yield f"# Replace every {PLACEHOLDER}. A key behind a # is optional: to use it, delete the #."
    yield "# Texts are German, in your own words, for readers; no names of persons."


def _fields(given: dict[str, object]) -> Iterator[str]:
    for key, field in _keys(TransferObject):
        if key == "slug":  # the file name
            continue
        yield ""
        comment = _meaning(field)
        yield from wrap(comment, _WIDTH, initial_indent="# ", subsequent_indent="#   ", break_on_hyphens=False)
        lines = _entry(key, field, given, key, "")
        yield from lines if field.is_required() else (f"#{line.removeprefix('#')}" for line in lines)


def _entry(key: str, field: FieldInfo, given: dict[str, object], place: str, indent: str) -> Iterator[str]:
    """The lines of one key; keys of an inner record stand below it, each with its meaning behind."""
    inner, is_list = _inner(field.annotation)
    if isinstance(inner, type) and issubclass(inner, BaseModel):
        yield f"{indent}{key}:"
        for number, (name, part) in enumerate(_keys(inner)):
            below = f"{indent}  - " if is_list and number == 0 else f"{indent}    " if is_list else f"{indent}  "
            (line,) = _entry(name, part, given, f"{place}.{name}", below)
            mark = "" if part.is_required() or f"{place}.{name}" in given else "#"
            yield f"{mark}{line}  # {_meaning(part)}".removesuffix("  # ")
        return
    values = get_args(inner) if get_origin(inner) is Literal else ()
    if place in given:
        value = given[place]
    elif len(values) == 1:
        value = values[0]
    elif not field.is_required() and isinstance(field.default, str) and field.default:
        value = field.default
    else:
        value = [PLACEHOLDER] if is_list else PLACEHOLDER
    yield f"{indent}{key}: {_written(value)}"


def _written(value: object) -> str:
    """The value as YAML; texts in quotes, because keys of Kreise and texts with a colon need them."""
    return value.isoformat() if isinstance(value, dt.date) else json.dumps(value, ensure_ascii=False)


def _keys(model: type[BaseModel]) -> Iterator[tuple[str, FieldInfo]]:
    for name, field in model.model_fields.items():
        yield field.alias or name, field


def _inner(annotation: Any) -> tuple[Any, bool]:
    """The type of one value, and whether there may be several."""
    if get_origin(annotation) in (Union, types.UnionType):
        (annotation,) = (one for one in get_args(annotation) if one is not type(None))
    is_list = get_origin(annotation) is tuple
    inner = get_args(annotation)[0] if is_list else annotation
    while hasattr(inner, "__metadata__"):  # Annotated
        inner = get_args(inner)[0]
    return inner, is_list


def _meaning(field: FieldInfo) -> str:
    """What the field is, how long it may be, which values it takes, whether it may stay away."""
    inner, is_list = _inner(field.annotation)
    parts = [field.description or ""]
    if limit := next((one.max_length for one in field.metadata if isinstance(one, MaxLen)), None):
        parts += [] if is_list else [f"at most {limit} characters"]
    if get_origin(inner) is Literal:
        parts.append(f"{'several' if is_list else 'one'} of: {', '.join(map(str, get_args(inner)))}")
    parts += [] if field.is_required() else ["optional"]
    return "; ".join(filter(None, parts))


def _sections() -> str:
    return "\n\n".join(_section(name) for name in SECTIONS) + "\n"


def _section(name: str) -> str:
    if name == ADAPTATION:
        parts = [f"### {part}\n\n{PLACEHOLDER}: {QUESTIONS[part]}" for part in ADAPTATION_PARTS]
        return "\n\n".join([f"## {name}", *parts])
    return f"## {name}\n\n{PLACEHOLDER}: {QUESTIONS[name]}"
