"""Files that must agree with each other, and commands that must be documented."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_environment_yml_has_exactly_the_pins_of_pyproject():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    pip = next(entry["pip"] for entry in environment["dependencies"] if isinstance(entry, dict))
    assert [line for line in pip if not line.startswith("-")] == PYPROJECT["project"]["dependencies"]


def test_every_dependency_is_pinned_exactly_and_locked():
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    locked = dict(re.findall(r"^([A-Za-z0-9._-]+)==([^ \\]+)", lock, re.MULTILINE))
    locked = {name.lower().replace("_", "-"): version for name, version in locked.items()}
    wanted = PYPROJECT["project"]["dependencies"] + PYPROJECT["project"]["optional-dependencies"]["test"]
    for pin in wanted:
        name, _, version = pin.partition("==")
        assert locked[name.lower().replace("_", "-")] == version, pin


def test_the_lock_file_names_no_registry():
    assert "://" not in (ROOT / "requirements.lock").read_text(encoding="utf-8")


def test_contributing_says_why_every_dependency_is_here():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    for pin in PYPROJECT["project"]["dependencies"] + PYPROJECT["project"]["optional-dependencies"]["test"]:
        assert pin.partition("==")[0] in text, f"CONTRIBUTING.md does not say why {pin} is needed"


def test_readme_begins_with_the_two_commands_and_names_every_subcommand():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    head = readme.split("```")[1]
    assert [line.split("#")[0].strip() for line in head.strip().splitlines()[1:]] == ["make site", "make test"]
    help_text = subprocess.run(
        [sys.executable, "-m", "transferbuch", "--help"], capture_output=True, text=True, check=True
    ).stdout
    commands = re.findall(r"^│ ([a-z]+) ", help_text, re.MULTILINE)
    assert "build" in commands
    for command in commands:
        assert f"transferbuch {command}" in readme, command


def test_nothing_of_this_repository_is_an_official_file():
    """Only the fictional model region may lie in the repository; its files say so themselves."""
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )
    for name in tracked:
        path = ROOT / name
        if path.suffix in (".csv", ".zip", ".xlsx", ".parquet") and "register" not in name:
            assert name.startswith(("data/modellregion/raw/", "parameters/99")), name
        if path.suffix == ".csv" and path.is_file():
            assert "© Statistische Ämter" not in path.read_bytes().decode("cp1252", "replace"), name
