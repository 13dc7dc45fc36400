"""The same inputs give the same site, byte for byte: elsewhere, in another order, by other workers."""

import json
from pathlib import Path

import pytest

from tests.site.conftest import BUILT, build_command, make_two_chapters, run_cli

OF_THE_RUN = ("seconds", "notebooks")
"""What the report says of a run and not of the site, for each edition; all else in it is the same."""
# the editions are handed out in the opposite order
BACKWARDS = """
import transferbuch.site.build as build
real = build.build_editions
build.build_editions = lambda tasks, *options: real(reversed(list(tasks)), *options)
from transferbuch.cli import main
main()
"""


@pytest.fixture(scope="module")
def both(built_project, tmp_path_factory) -> tuple[Path, Path]:
    """The site of one worker, and that of two in another place, order, time zone and chance of hashes."""
    other = make_two_chapters(tmp_path_factory.mktemp("anderswo") / "ein anderer Ordner")
    command = build_command(*reversed(BUILT))
    elsewhere = {"PYTHONHASHSEED": "2", "TZ": "Pacific/Kiritimati", "LC_ALL": "C.UTF-8", "HOME": str(other.root)}
    done = run_cli(other.root, *command, "--workers", "2", start=("-c", BACKWARDS), **elsewhere)
    assert done.returncode == 0, done.stderr
    assert "3 built" in done.stdout, "nothing came from another cache"
    return built_project.build / "site", other.build / "site"


def contents(site: Path) -> dict[str, bytes]:
    return {path.relative_to(site).as_posix(): path.read_bytes() for path in sorted(site.rglob("*")) if path.is_file()}


def test_every_file_of_the_site_is_the_same(both):
    one, other = map(contents, both)
    reports = one.pop("build-report.json"), other.pop("build-report.json")
    assert set(one) == set(other)
    assert [name for name in one if one[name] != other[name]] == []
    kinds = {name.rsplit(".", 1)[-1] for name in one}
    assert {"html", "zip", "csv", "parquet", "js", "css", "json", "xml"} <= kinds
    assert "searchindex.js" in one and "kommunen/99001/searchindex.js" in one
    said = [json.loads(report) for report in reports]
    for report in said:
        for edition in report["editions"]:
            assert edition["outcome"] == "ok"
            for field in OF_THE_RUN:
                edition[field] = None
    assert said[0] == said[1]


def test_executed_notebooks_are_the_same_and_have_the_same_keys(both):
    one, other = (
        {path.parent.name: path.read_bytes() for path in (site.parent / "cache").glob("notebooks/*/*/notebook.ipynb")}
        for site in both
    )
    assert len(one) == 5 and one == other
