"""Fingerprints: which code of the package a text can reach, and that the same content always gives the same mark."""

import datetime as dt
import os
import subprocess
import sys
from importlib.metadata import entry_points

import pytest

from transferbuch.editions import fingerprints
from transferbuch.editions.fingerprints import code_of, hash_of, libraries, tree_hash

FIRST = "transferbuch"


def modules(source: str) -> set[str]:
    return {name.removeprefix(f"{FIRST}.") for name in code_of(source) if not name.endswith(".yml")}


def test_code_without_our_package_reaches_nothing():
    assert code_of("import pandas\nfrom pathlib import Path\nprint('transferbuch')") == {}


def test_a_module_brings_its_packages_and_nothing_beside_it():
    assert modules("from transferbuch.regions.keys import AGS") == {FIRST, "regions", "regions.keys"}


@pytest.mark.parametrize(
    "source",
    [
        "import transferbuch.report.numbers",
        "import transferbuch.report.numbers as numbers",
        "from transferbuch.report import numbers",
        "from transferbuch.report.numbers import *",
        "def later():\n    from transferbuch.report import numbers",
        "if False:\n    import transferbuch.report.numbers",
        "extensions = ['transferbuch.report.numbers']",
    ],
)
def test_every_way_to_import_counts(source):
    assert "report.numbers" in modules(source)


@pytest.mark.parametrize(
    "source", ["'see transferbuch.report.numbers for it'", "# transferbuch.report.numbers", "'transferbuch.nichts'"]
)
def test_a_name_in_a_sentence_or_of_no_module_is_no_import(source):
    assert modules(source) <= {FIRST}


def test_what_is_imported_by_what_is_imported_counts_and_the_look_of_pages_does_not():
    """A chapter's cells print sentences, tables and charts; neither the portal nor the command line can change them."""
    reached = modules("from transferbuch.report import open_edition")
    assert reached >= {"report.edition", "report.slice_reader", "report.sentences", "report.charts", "regions.names"}
    assert not {name for name in reached if name.split(".")[0] in ("site", "cli", "explorer", "editions", "secrecy")}


def test_pages_are_made_by_the_assembler_and_its_extensions():
    reached = modules("import transferbuch.site.edition")
    assert reached >= {"site.book", "site.glossary_ext", "site.theme", "editions.execute", "site.downloads"}
    assert not reached & {"site.portal", "site.build", "cli", "site.server", "explorer"}


def test_catalogue_files_that_code_names_count_by_their_content():
    marks = code_of("import transferbuch.transfer.settings")
    assert "matching.yml" in marks and "gaps.yml" not in marks
    assert marks["matching.yml"] != marks["transferbuch.transfer.settings"]


def test_a_changed_file_changes_its_own_mark_only(tmp_path, monkeypatch):
    """A package of three modules in place of ours: a imports b, c stands alone."""
    (tmp_path / "__init__.py").write_text("", "utf-8")
    (tmp_path / "a.py").write_text("import transferbuch.b\n", "utf-8")
    (tmp_path / "b.py").write_text("x = 1\n", "utf-8")
    (tmp_path / "c.py").write_text("y = 1\n", "utf-8")
    monkeypatch.setattr(fingerprints, "_PACKAGE", tmp_path)
    cached = [getattr(fingerprints, name) for name in ("_imported_by", "_catalogue_files", "_hash_of_file", "_file_of")]

    def marks() -> dict[str, str]:
        for one in cached:
            one.cache_clear()
        return code_of("import transferbuch.a")

    try:
        before = marks()
        assert set(before) == {FIRST, f"{FIRST}.a", f"{FIRST}.b"}
        (tmp_path / "c.py").write_text("y = 2\n", "utf-8")
        assert marks() == before
        (tmp_path / "b.py").write_text("x = 2\n", "utf-8")
        after = marks()
        assert {name for name in after if after[name] != before[name]} == {f"{FIRST}.b"}
    finally:
        monkeypatch.undo()
        for one in cached:
            one.cache_clear()


def test_what_other_packages_load_of_ours_by_entry_points_is_part_of_every_edition():
    """Nothing imports papermill's engine and the renderer of figures; they make pages all the same."""
    from transferbuch.site import tasks

    named = {
        one.value.split(":")[0]
        for group in ("papermill.engine", "myst_nb.mime_renderers")
        for one in entry_points(group=group)
        if one.value.startswith(f"{FIRST}.")
    }
    assert named == {"transferbuch.editions.engine", "transferbuch.site.figures"}
    assert named <= code_of(tasks._PAGES).keys() | code_of(tasks._ENGINE).keys()


def test_the_hash_is_the_same_in_every_process_and_order():
    content = {"b": [1, 2.5, None], "a": "ä", "day": dt.date(2026, 3, 1)}
    again = {key: content[key] for key in sorted(content)}
    assert hash_of(content) == hash_of(again) != hash_of({**content, "a": "a"})
    assert hash_of("a", "b") != hash_of("ab") and hash_of(["a"], "b") != hash_of("a", ["b"])
    code = (
        "import datetime as dt\nfrom transferbuch.editions.fingerprints import hash_of, code_of\n"
        "print(hash_of({'b': [1, 2.5, None], 'a': 'ä', 'day': dt.date(2026, 3, 1)}))\n"
        "print(hash_of(code_of('import transferbuch.report')))"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONUTF8": "1"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert seen == {f"{hash_of(content)}\n{hash_of(code_of('import transferbuch.report'))}\n"}


def test_a_folder_counts_by_names_and_bytes(tmp_path):
    def written(**files: str) -> str:
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        for name, text in files.items():
            path = folder / name.replace("__", "/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        return tree_hash(folder, "intern")

    one = written(a="x", b="y")
    assert written(b="y", a="x") == one
    assert written(a="x", b="y", intern__c="z") == one, "for the public nothing internal counts"
    assert written(a="x", b="y", **{"intern.md": "z"}) != one, "only the folder is internal"
    assert len({one, written(a="y", b="x"), written(a="xy"), written(a="x", c="y")}) == 4


def test_versions_of_what_draws_and_counts_are_known():
    found = libraries()
    assert {"pandas", "plotly", "papermill", "sphinx", "scipy"} <= found.keys() and all(found.values())
