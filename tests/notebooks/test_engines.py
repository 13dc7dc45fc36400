"""Every template gives the same executed notebook with the engine `transferbuch` as with papermill's own."""

import json
import os
import shutil

import nbformat
import pytest

from tests.notebooks.conftest import NOTEBOOKS
from transferbuch.editions import execute
from transferbuch.editions.execute import execute_notebook
from transferbuch.editions.kernels import close_warm_process, engine_name
from transferbuch.editions.templates import Template, load_template

pytestmark = pytest.mark.skipif(engine_name() is None, reason="processes are forked on Linux only")
PRIVATE_MIB = 80
"""What a running notebook may hold for itself alone."""
MEASURE = """
from pathlib import Path
pages = Path("/proc/self/smaps_rollup").read_text().splitlines()
print(sum(int(line.split()[1]) for line in pages if line.startswith("Private_")))
"""


@pytest.fixture(scope="module", autouse=True)
def _no_warm_process_stays():
    yield
    close_warm_process()


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_both_engines_give_the_same_notebook(path, declared_slice, tmp_path, monkeypatch):
    template, executed = load_template(path, path.name), {}
    shutil.copytree(declared_slice("99001"), tmp_path / "slice")
    for engine in (engine_name(), None):
        monkeypatch.setattr(execute, "engine_name", lambda engine=engine: engine)
        os.environ.pop("PYTEST_CURRENT_TEST", None)
        execute_notebook(template, "99001", tmp_path, tmp_path / f"{engine}.ipynb")
        executed[engine] = json.loads((tmp_path / f"{engine}.ipynb").read_text(encoding="utf-8"))
    warm, stock = executed.values()
    assert [cell["id"] for cell in warm["cells"]] == [cell["id"] for cell in stock["cells"]]
    for one, other in zip(warm["cells"], stock["cells"], strict=True):
        assert one == other, one["id"]
    assert warm == stock
    assert any(cell.get("outputs") for cell in stock["cells"])


@pytest.mark.parametrize("name", ["ueberblick", "allgemeinbildende-schulen"])
def test_a_running_notebook_holds_little_memory_for_itself(name, declared_slice, tmp_path, capsys):
    """The libraries' pages are those of the warm process."""
    path = next(path for path in NOTEBOOKS if path.stem == name)
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell(MEASURE, id="measure"))
    nbformat.write(notebook, tmp_path / path.name)
    shutil.copytree(declared_slice("99001"), tmp_path / "slice")
    execute_notebook(Template(name, tmp_path / path.name, "Titel", 1), "99001", tmp_path, tmp_path / "out.ipynb")
    measured = nbformat.read(tmp_path / "out.ipynb", as_version=4).cells[-1].outputs[0].text
    with capsys.disabled():
        print(f"\n{name}: {int(measured) / 1024:.0f} MiB private")
    assert int(measured) / 1024 <= PRIVATE_MIB
