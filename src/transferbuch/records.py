"""Strict records: YAML that a person writes → validated pydantic models, every fault with its line.

YAML hides faults: an unquoted key turns into an octal number, a mistyped key vanishes, a repeated key silently
wins. Here each of them is a `Problem` with file, line, what was expected and what to do, all faults at once.
More than 400 lines because every way to read a record shares the same places and words of faults.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Generic, Literal, TypeVar, get_args, get_origin

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from yaml.constructor import SafeConstructor

from transferbuch.errors import DataRefused, PersonFileError, Problem, gathered

Place = tuple[str | int, ...]


class Record(BaseModel):
    """Base of everything a person writes: no unknown keys, no silent conversion, immutable."""

    model_config = ConfigDict(extra="forbid", strict=False, frozen=True, str_strip_whitespace=True)


RecordT = TypeVar("RecordT", bound=BaseModel)
_PLAIN = {
    "tuple_type": "this is no list; write [one, two] or one item per line with a dash",
    "string_type": "this is no text for YAML; put it in quotes",
    "dict_type": "this has no keys of its own; write them as `key: value`, indented",
    "model_type": "this has no keys of its own; write them as `key: value`, indented",
}  # what pydantic says in words of Python


_FAST = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml, ten times as fast, is part of PyYAML's wheels


class _Tree:
    """A YAML document as plain data, with the line and the text as written for every place in it."""

    def __init__(self, file: str, first_line: int):
        self.file, self.first_line = file, first_line
        self.lines: dict[Place, int] = {}
        self.written: dict[Place, str] = {}
        self.problems: list[Problem] = []

    def line(self, place: Place) -> int:
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, self.first_line)

    def build(self, node: yaml.Node, place: Place = ()) -> Any:
        self.lines.setdefault(place, node.start_mark.line + self.first_line)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, place)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(child, (*place, i)) for i, child in enumerate(node.value)]
        self.written[place] = node.value
        try:
            return SafeConstructor().construct_object(node, deep=True)
        except (ValueError, yaml.YAMLError) as error:
            self.problems.append(
                Problem(
                    self.file,
                    self.line(place),
                    dotted(place),
                    f"cannot be read: {error}",
                    node.value,
                    do="put the value in quotes",
                    code="yaml-value",
                )
            )
            return None

    def _mapping(self, node: yaml.MappingNode, place: Place) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + self.first_line
            key = str(key_node.value)
            here = (*place, key)
            if key in found:
                self.problems.append(
                    Problem(
                        self.file,
                        line,
                        dotted(here),
                        "the key is given twice",
                        expected="each key once",
                        do=f"remove this line or the one in line {self.lines[here]}",
                        code="yaml-duplicate",
                    )
                )
                continue
            self.lines[here] = line
            found[key] = self.build(value_node, here)
        return found


def _compose(text: str) -> yaml.Node | None:
    """The nodes of a document. Raises yaml.YAMLError in the words of PyYAML's own parser, which are plainer."""
    try:
        return yaml.compose(text, Loader=_FAST)
    except yaml.YAMLError:
        return yaml.compose(text, Loader=yaml.SafeLoader)


def dotted(place: Iterable[str | int]) -> str:
    """A place as messages name it, items counted from 1: "goals[2].effects[1]"."""
    text = ""
    for part in place:
        text += f"[{part + 1}]" if isinstance(part, int) else (f".{part}" if text else str(part))
    return text


@dataclass(frozen=True)
class Draft(Generic[RecordT]):
    """A record as far as it is in order: `wrong` names the fields that are not, which `record` may lack."""

    record: RecordT
    wrong: frozenset[str]
    problems: tuple[Problem, ...]


def parse_record(text: str, model: type[RecordT], file: str, first_line: int = 1) -> RecordT:
    """Return the validated record in `text`.

    `file` and `first_line` are only used in messages (front matter starts on line 2 of its page).
    Raises PersonFileError with all faults of the file.
    """
    tree, data = _read_tree(text, file, first_line)
    try:
        record = model.model_validate(data)
    except ValidationError as error:
        raise PersonFileError(sorted(tree.problems + _explain(error, tree, model))) from None
    if tree.problems:
        raise PersonFileError(sorted(tree.problems))
    return record


def parse_draft(text: str, model: type[RecordT], file: str, first_line: int = 1) -> Draft[RecordT]:
    """What is in order of a record and everything that is not, so that further checks need not wait for it.

    Only for models whose fields are checked by their annotations, without validators of the class.
    Raises PersonFileError for a text that is no YAML with keys.
    """
    tree, data = _read_tree(text, file, first_line)
    try:
        return Draft(model.model_validate(data), frozenset(), tuple(sorted(tree.problems)))
    except ValidationError as error:
        names = {field.alias or name: name for name, field in model.model_fields.items()}
        given = {str(fault["loc"][0]) for fault in error.errors() if fault["loc"]}
        wrong = frozenset(names.get(key, key) for key in given)
        problems = sorted(tree.problems + _explain(error, tree, model))
        return Draft(_construct(model, data, wrong), wrong, tuple(problems))


def _read_tree(text: str, file: str, first_line: int) -> tuple[_Tree, dict[str, Any]]:
    """The YAML text as plain data, and where everything stands; PersonFileError without readable keys."""
    tree = _Tree(file, first_line)
    try:
        node = _compose(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, what = (mark.line if mark else 0) + first_line, f"this is not valid YAML: {error.problem}"
        do = "check indentation, quotes and colons around this line"
        raise PersonFileError(Problem(file, line, "", what, "", "key: value", do, "yaml-syntax")) from None
    except yaml.YAMLError as error:
        what = f"this is not valid YAML: {str(error).splitlines()[0]}"
        do = "save the file as UTF-8 text without control characters"
        raise PersonFileError(Problem(file, 0, "", what, do=do, code="yaml-syntax")) from None
    if not isinstance(node, yaml.MappingNode):
        expected, do = "a YAML mapping (key: value)", "write the fields as `key: value`, one per line"
        raise PersonFileError(Problem(file, first_line, "", "the file has no keys", "", expected, do, "yaml-empty"))
    return tree, tree.build(node)


def _adapter(field: FieldInfo) -> TypeAdapter:
    return TypeAdapter(Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation)


def _construct(model: type[RecordT], data: dict[str, Any], wrong: frozenset[str]) -> RecordT:
    """The record with only those fields of `data` that are not wrong."""
    values = {}
    for name, field in model.model_fields.items():
        key = field.alias or name
        if key in data and name not in wrong:
            values[key] = _adapter(field).validate_python(data[key])
    return model.model_construct(**values)


def load_record(path: Path, model: type[RecordT], name: str | None = None) -> RecordT:
    """Read and validate one YAML file; `name` is the path shown in messages."""
    return _parsed(read_person_text(path, name), model, name or str(path))


@lru_cache(maxsize=1024)
def _parsed(text: str, model: type[RecordT], file: str) -> RecordT:
    """The record of a text that was read before: a check loads everything for the public and for the house."""
    return parse_record(text, model, file)


def split_front_matter(text: str, name: str) -> tuple[str, str, int]:
    """(front matter, which starts on line 2; body; line the body starts on) of a page; PersonFileError without one."""
    lines = text.split("\n")
    end = next((i for i, line in enumerate(lines[1:], 1) if line.strip() == "---"), None)
    if lines[0].strip() != "---" or end is None:
        expected, do = "a first line `---`, the fields, a line `---`", "copy the head of an existing page"
        what = "the page has no front matter"
        raise PersonFileError(Problem(name, 1, "", what, lines[0][:40], expected, do, "front-matter"))
    return "\n".join(lines[1:end]), "\n".join(lines[end + 1 :]), end + 2


def read_person_text(path: Path, name: str | None = None) -> str:
    """Text of a file that a person wrote; raises PersonFileError when it is missing or not UTF-8."""
    name = name or str(path)
    try:
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except FileNotFoundError:
        raise PersonFileError(Problem(name, 0, "", "the file does not exist", code="file-missing")) from None
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise PersonFileError(
            Problem(
                name,
                line,
                "",
                "the file is not UTF-8",
                expected="UTF-8 text",
                do="save it with encoding UTF-8",
                code="file-encoding",
            )
        ) from None


def find_line(text: str, word: str) -> int:
    """Line of `text` that holds `word` as a whole, 0 if none does; to place a fault that is found after loading."""
    whole = re.compile(rf"(?<![\w-]){re.escape(word)}(?![\w-])")
    return next((number for number, line in enumerate(text.split("\n"), 1) if whole.search(line)), 0)


def find_places(text: str) -> dict[Place, int]:
    """Line of every place in the YAML `text` of a record that has been loaded: {("list", 0, "key"): 3, …}."""
    tree = _Tree("", 1)
    tree.build(_compose(text))
    return tree.lines


def collect(calls: Iterable[Callable[[], Any]]) -> list[Any]:
    """Run all calls; return their results, or raise one exception with the problems of all of them.

    It is a PersonFileError, or a DataRefused when a call refused data (`errors.gathered`).
    """
    results: list[Any] = []
    errors: list[PersonFileError | DataRefused] = []
    for call in calls:
        try:
            results.append(call())
        except (PersonFileError, DataRefused) as error:
            errors.append(error)
    if errors:
        raise gathered(errors)
    return results


_NAMED = 40


def nearest(word: str, valid: Iterable[str]) -> str:
    """Advice naming the nearest valid word, or all of them when none is near; of very many the first ones."""
    valid = sorted(valid)
    if near := get_close_matches(word, valid, n=1, cutoff=0.6):
        return f"did you mean {near[0]!r}?"
    more = f" … ({len(valid)} in all)" if len(valid) > _NAMED else ""
    return f"use one of: {', '.join(valid[:_NAMED])}{more}"


def _explain(error: ValidationError, tree: _Tree, model: type[BaseModel]) -> list[Problem]:
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


def _real_place(loc: Place, tree: _Tree) -> Place:
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
