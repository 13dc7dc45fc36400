"""A project of its own with the model region: the explorer opens what is imported, and nothing here is."""

import shutil
from pathlib import Path

import pytest

from transferbuch.explorer import Explorer
from transferbuch.explorer.slices import Slices
from transferbuch.project import Project

ROOT = Path(__file__).parents[2]
LEAVERS = "share_leavers_without_certificate_pct"
UNKNOWN = "share_migration_background_pct"  # no table of the model region holds it


@pytest.fixture(scope="session")
def project(tmp_path_factory) -> Project:
    root = tmp_path_factory.mktemp("projekt")
    for name in ("book", "data", "notebooks", "parameters"):
        shutil.copytree(ROOT / name, root / name)
    shutil.copy(ROOT / "_toc.yml", root / "_toc.yml")
    return Project(root)


@pytest.fixture(scope="session")
def slices(project) -> Slices:
    return Slices(project)


@pytest.fixture
def explorer(project, slices) -> Explorer:
    return Explorer(project, slices)
