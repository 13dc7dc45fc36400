"""Strict records: YAML that a person writes → validated pydantic models, every fault with its line.

YAML hides faults: an unquoted key turns into an octal number, a mistyped key vanishes, a repeated key silently
wins. Here each of them is a `Problem` with file, line, what was expected and what to do, all faults at once.
Where things stand in a file is kept by `yaml_tree`, what is wrong with a value is put into words by `record_faults`.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from transferbuch.errors import DataRefused, PersonFileError, Problem, gathered
from transferbuch.record_faults import explain_faults, nearest
from transferbuch.yaml_tree import Place, dotted, find_places, read_tree

__all__ = [
    "Draft",
    "Place",
    "Record",
    "collect",
    "dotted",
    "find_line",
    "find_places",
    "load_record",
    "nearest",
    "parse_draft",
    "parse_record",
    "read_person_text",
    "split_front_matter",
]  # who loads a record and checks more of it needs these together


class Record(BaseModel):
    """Base of everything a person writes: no unknown keys, no silent conversion, immutable."""

    model_config = ConfigDict(extra="forbid", strict=False, frozen=True, str_strip_whitespace=True)


RecordT = TypeVar("RecordT", bound=BaseModel)


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
    tree, data = read_tree(text, file, first_line)
    try:
        record = model.model_validate(data)
    except ValidationError as error:
        raise PersonFileError(sorted(tree.problems + explain_faults(error, tree, model))) from None
    if tree.problems:
        raise PersonFileError(sorted(tree.problems))
    return record


def parse_draft(text: str, model: type[RecordT], file: str, first_line: int = 1) -> Draft[RecordT]:
    """What is in order of a record and everything that is not, so that further checks need not wait for it.

    Only for models whose fields are checked by their annotations, without validators of the class.
    Raises PersonFileError for a text that is no YAML with keys.
    """
    tree, data = read_tree(text, file, first_line)
    try:
        return Draft(model.model_validate(data), frozenset(), tuple(sorted(tree.problems)))
    except ValidationError as error:
        names = {field.alias or name: name for name, field in model.model_fields.items()}
        given = {str(fault["loc"][0]) for fault in error.errors() if fault["loc"]}
        wrong = frozenset(names.get(key, key) for key in given)
        problems = sorted(tree.problems + explain_faults(error, tree, model))
        return Draft(_construct(model, data, wrong), wrong, tuple(problems))


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
