"""The floors of the package, read from its imports: they go down only, and no room runs in a circle."""

import ast
from functools import cache
from pathlib import Path

import pytest

SRC = Path(__file__).parents[1] / "src" / "transferbuch"
# from the roof to the cellar; the modules of one floor may import each other without circles
FLOORS = (
    ("cli", "cli_cache", "cli_data", "cli_options", "__main__"),
    ("explorer",),
    ("site",),
    ("editions",),
    ("report",),
    ("transfer",),
    ("secrecy",),
    ("indicators",),
    ("data",),
    ("regions",),
    ("errors", "records", "record_faults", "yaml_tree", "project", "reference_day", "vocabulary", "__init__"),
)
HEIGHT = {room: len(FLOORS) - number for number, rooms in enumerate(FLOORS) for room in rooms}
MODULES = sorted(path for path in SRC.rglob("*.py") if "assets" not in path.relative_to(SRC).parts)
IDS = [path.relative_to(SRC).as_posix() for path in MODULES]
MANY_LINES, REASON = 400, "lines because"


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def name_of(path: Path) -> str:
    parts = path.relative_to(SRC.parent).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


NAMES = {name_of(path): path for path in MODULES}


def room_of(name: str) -> str:
    return name.split(".")[1] if "." in name else "__init__"


def imports_of(path: Path, only_at_load: bool) -> dict[str, int]:
    """Modules of the package that `path` imports, with the line; `only_at_load` leaves out those inside functions."""
    found: dict[str, int] = {}
    nodes = list(tree_of(path).body) if only_at_load else list(ast.walk(tree_of(path)))
    while nodes:
        node = nodes.pop()
        if only_at_load and isinstance(node, (ast.If, ast.Try, ast.With, ast.ClassDef)):
            nodes += [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.stmt)]
        if isinstance(node, ast.Import):
            given = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            module = node.module or ""
            given = [full if (full := f"{module}.{alias.name}") in NAMES else module for alias in node.names]
        else:
            continue
        found |= {name: node.lineno for name in given if name.split(".")[0] == "transferbuch"}
    return found


def test_every_room_stands_on_a_floor() -> None:
    assert {room_of(name) for name in NAMES} <= set(HEIGHT)
    assert len(MODULES) > 30


@pytest.mark.parametrize("path", MODULES, ids=IDS)
def test_imports_go_down(path: Path) -> None:
    own = HEIGHT[room_of(name_of(path))]
    wrong = [
        f"{path.relative_to(SRC)}:{line} imports {name}"
        for name, line in imports_of(path, False).items()
        if HEIGHT[room_of(name)] > own
    ]
    assert not wrong, wrong


@pytest.mark.parametrize("path", MODULES, ids=IDS)
def test_imports_name_modules_that_exist(path: Path) -> None:
    assert set(imports_of(path, False)) <= set(NAMES)


def test_no_module_imports_itself_by_a_detour() -> None:
    graph = {name: set(imports_of(path, True)) & set(NAMES) - {name} for name, path in NAMES.items()}
    done: set[str] = set()

    def circle_from(name: str, way: tuple[str, ...]) -> tuple[str, ...]:
        if name in way:
            return (*way[way.index(name) :], name)
        if name in done:
            return ()
        for other in sorted(graph[name]):
            if circle := circle_from(other, (*way, name)):
                return circle
        done.add(name)
        return ()

    circles = [" > ".join(circle) for name in sorted(graph) if (circle := circle_from(name, ()))]
    assert not circles, circles


@pytest.mark.parametrize("path", MODULES, ids=IDS)
def test_every_module_says_what_it_is_for(path: Path) -> None:
    docstring = ast.get_docstring(tree_of(path)) or ""
    assert len(docstring.split()) >= 4, f"{path.relative_to(SRC)} has no docstring"
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= MANY_LINES or REASON in " ".join(docstring.split()), (
        f"{path.relative_to(SRC)} has {lines} lines: make two modules of it, or say in its docstring that it has "
        f"more than {MANY_LINES} {REASON} …"
    )


@pytest.mark.parametrize("path", MODULES, ids=IDS)
def test_every_public_function_has_annotations(path: Path) -> None:
    lacking = []
    for node in tree_of(path).body:
        inner = node.body if isinstance(node, ast.ClassDef) and not node.name.startswith("_") else [node]
        for function in inner:
            if not isinstance(function, ast.FunctionDef) or function.name.startswith("_"):
                continue
            arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
            if function.returns is None or any(
                one.annotation is None for one in arguments if one.arg not in ("self", "cls")
            ):
                lacking.append(f"{path.relative_to(SRC)}:{function.lineno} {function.name}")
    assert not lacking, lacking


def test_the_checks_see_a_wrong_import(tmp_path: Path) -> None:
    """The reader of imports itself: plain, inside a function, inside a condition."""
    path = tmp_path / "probe.py"
    path.write_text(
        "import transferbuch.errors\nif True:\n    from transferbuch.data import store\n"
        "def work():\n    from transferbuch.site.build import build_site\n",
        encoding="utf-8",
    )
    assert imports_of(path, False) == {
        "transferbuch.errors": 1,
        "transferbuch.data.store": 3,
        "transferbuch.site.build": 5,
    }
    assert imports_of(path, True) == {"transferbuch.errors": 1, "transferbuch.data.store": 3}
