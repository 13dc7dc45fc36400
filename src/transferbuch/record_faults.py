"""What pydantic finds wrong with a record, as faults that its author understands: line, expected, what to do."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, ValidationError

from transferbuch.errors import Problem
from transferbuch.yaml_tree import Place, Tree, dotted

_PLAIN = {
    "tuple_type": "this is no list; write [one, two] or one item per line with a dash",
    "string_type": "this is no text for YAML; put it in quotes",
    "dict_type": "this has no keys of its own; write them as `key: value`, indented",
    "model_type": "this has no keys of its own; write them as `key: value`, indented",
}  # what pydantic says in words of Python
_NAMED = 40


def nearest(word: str, valid: Iterable[str]) -> str:
    """Advice naming the nearest valid word, or all of them when none is near; of very many the first ones."""
    valid = sorted(valid)
    if near := get_close_matches(word, valid, n=1, cutoff=0.6):
        return f"did you mean {near[0]!r}?"
    more = f" … ({len(valid)} in all)" if len(valid) > _NAMED else ""
    return f"use one of: {', '.join(valid[:_NAMED])}{more}"


def explain_faults(error: ValidationError, tree: Tree, model: type[BaseModel]) -> list[Problem]:
    """One problem per value of `tree` that does not fit `model`, in no order."""
    problems = []
    faults = error.errors()
    # a list whose only item is wrong is also reported as too short; the item's own fault says more
    faults = [
        fault
        for fault in faults
        if fault["type"] != "too_short"
        or not any(other is not fault and other["loc"][: len(fault["loc"])] == fault["loc"] for other in faults)
    ]
    seen: set[Place] = set()
    for fault in sorted(faults, key=lambda fault: fault["type"] != "value_error"):
        place = _real_place(fault["loc"], tree)
        if place in seen:  # one value, several tried types: the first message is ours and says most
            continue
        seen.add(place)
        line, written = tree.line(place), tree.written.get(place, "")
        field, kind, context = dotted(place), fault["type"], fault.get("ctx", {})
        if kind == "extra_forbidden":
            known = _fields_at(model, place[:-1], fault["loc"])
            problems.append(
                Problem(
                    tree.file,
                    line,
                    field,
                    "unknown key",
                    str(place[-1]),
                    "a key of this record",
                    nearest(str(place[-1]), known),
                    "unknown-key",
                )
            )
        elif kind == "missing":
            problems.append(
                Problem(
                    tree.file,
                    line,
                    field,
                    "the key is missing",
                    expected=_describe(model, place, fault["loc"]),
                    do=f"add `{place[-1]}:`",
                    code="missing-key",
                )
            )
        elif kind == "union_tag_not_found":
            key = context["discriminator"].strip("'")
            do, code = f"add `{key}:`", "missing-key"
            problems.append(Problem(tree.file, line, f"{field}.{key}", "the key is missing", do=do, code=code))
        elif kind in ("literal_error", "enum", "union_tag_invalid"):
            if kind == "union_tag_invalid":
                key, written = context["discriminator"].strip("'"), context["tag"]
                line, field = tree.line((*place, key)), f"{field}.{key}"
            expected = context.get("expected", context.get("expected_tags", ""))
            words = [word.strip("'") for word in expected.replace(" or ", ", ").split(", ")]
            problems.append(
                Problem(
                    tree.file,
                    line,
                    field,
                    "unknown value",
                    written,
                    f"one of {', '.join(words)}",
                    nearest(written, words),
                    "unknown-value",
                )
            )
        else:
            message = str(context["error"]) if "error" in context else _PLAIN.get(kind, fault["msg"])
            problems.append(
                Problem(
                    tree.file, line, field, message, written, _describe(model, place, fault["loc"]), code="wrong-value"
                )
            )
    return problems


def _real_place(loc: Place, tree: Tree) -> Place:
    """`loc` without the names of tried types, which pydantic inserts inside unions and no file contains."""
    place: Place = ()
    for index, part in enumerate(loc):
        is_tag = (
            isinstance(part, str)
            and (*place, part) not in tree.lines
            and (place in tree.written or index < len(loc) - 1)
        )
        if not is_tag:
            place = (*place, part)
    return place


def _model_at(model: type[BaseModel], place: Place, loc: Place = ()) -> type[BaseModel] | None:
    """The record class that holds the keys at `place`, following lists, dicts and optional fields.

    loc: the place as pydantic names it; of several records that one key tells apart it holds the value of this key.
    """
    current: Any = model
    for part in place:
        if isinstance(part, int):
            continue
        field = getattr(current, "model_fields", {}).get(part)
        if field is None:
            continue
        several = list(_inner_models(field.annotation))
        if not several:
            return None
        current = next((one for one in several if not _tags(one).isdisjoint(loc)), several[0])
    return current


def _inner_models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _inner_models(argument)


def _tags(model: type[BaseModel]) -> set[str]:
    """The only values that keys of the record may have."""
    given = [field.annotation for field in model.model_fields.values()]
    closed = [get_args(annotation) for annotation in given if get_origin(annotation) is Literal]
    return {words[0] for words in closed if len(words) == 1}


def _fields_at(model: type[BaseModel], place: Place, loc: Place) -> list[str]:
    found = _model_at(model, place, loc)
    return [field.alias or name for name, field in found.model_fields.items()] if found else []


def _describe(model: type[BaseModel], place: Place, loc: Place) -> str:
    """The description that the record's author gave the field, for messages."""
    parts = [part for part in place if isinstance(part, str)]
    if not parts:
        return ""
    owner = _model_at(model, place[: place.index(parts[-1])], loc)
    field = owner.model_fields.get(parts[-1]) if owner else None
    return (field.description or "") if field else ""
