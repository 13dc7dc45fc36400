"""A YAML document as plain data that remembers where everything stands, so that a fault can name its line.

YAML hides faults: a repeated key silently wins, a value that cannot be read stops everything. Here each is a `Problem`.
"""

from collections.abc import Iterable
from typing import Any

import yaml
from yaml.constructor import SafeConstructor

from transferbuch.errors import PersonFileError, Problem

Place = tuple[str | int, ...]
"""Way to a value: ("goals", 1, "effects", 0)."""
_FAST = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml, ten times as fast, is part of PyYAML's wheels


def dotted(place: Iterable[str | int]) -> str:
    """A place as messages name it, items counted from 1: "goals[2].effects[1]"."""
    text = ""
    for part in place:
        text += f"[{part + 1}]" if isinstance(part, int) else (f".{part}" if text else str(part))
    return text


class Tree:
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


def read_tree(text: str, file: str, first_line: int) -> tuple[Tree, dict[str, Any]]:
    """The YAML text as plain data, and where everything stands; PersonFileError without readable keys."""
    tree = Tree(file, first_line)
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


def find_places(text: str) -> dict[Place, int]:
    """Line of every place in the YAML `text` of a record that has been loaded: {("list", 0, "key"): 3, …}."""
    tree = Tree("", 1)
    tree.build(_compose(text))
    return tree.lines


def _compose(text: str) -> yaml.Node | None:
    """The nodes of a document. Raises yaml.YAMLError in the words of PyYAML's own parser, which are plainer."""
    try:
        return yaml.compose(text, Loader=_FAST)
    except yaml.YAMLError:
        return yaml.compose(text, Loader=yaml.SafeLoader)
