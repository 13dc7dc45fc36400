"""Small notebooks, made and run by either engine, for the tests of the engine."""

import contextlib
import json
import os
import re
from pathlib import Path
from typing import Any

import nbformat
import papermill
from papermill.exceptions import PapermillExecutionError
from traitlets.config import Config

from transferbuch.editions.execute import strip_run
from transferbuch.editions.templates import Template

WARM, STOCK = "transferbuch", None
PARAMETERS = 'ags = "99001"\ndata = "slice"'


def write_notebook(path: Path, *sources: str, may_fail: bool = False) -> Path:
    """A notebook whose first cell holds the parameters; may_fail: a cell that fails does not end it."""
    cells = [nbformat.v4.new_code_cell(source, id=f"cell-{number}") for number, source in enumerate(sources, 2)]
    for cell in cells if may_fail else ():
        cell.metadata["tags"] = ["raises-exception"]
    first = nbformat.v4.new_code_cell(PARAMETERS, id="parameters", metadata={"tags": ["parameters"]})
    notebook = nbformat.v4.new_notebook(cells=[first, *cells])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)
    return path


def template(path: Path, *sources: str) -> Template:
    return Template(path.stem, write_notebook(path, *sources), "Titel", 1)


def run(path: Path, engine: str | None, **options: Any) -> nbformat.NotebookNode:
    """The executed notebook, also of one that fails, without what differs from run to run; each engine has a folder."""
    folder = path.parent / str(engine)
    folder.mkdir(exist_ok=True)
    out = folder / path.name
    os.environ.pop("PYTEST_CURRENT_TEST", None)  # ipykernel does not watch stdout while it sees this
    if engine is STOCK:
        config = Config({"KernelManager": {"transport": "ipc"}})
        options = {"config": config, "shutdown_kernel": "immediate", "execution_timeout": 60, **options}
    with contextlib.suppress(PapermillExecutionError):
        papermill.execute_notebook(
            str(path), str(out), engine_name=engine, cwd=str(folder), progress_bar=False, **options
        )
    return strip_run(nbformat.read(out, as_version=4))


def comparable(value: Any) -> Any:
    """Cells, outputs or metadata of a notebook in a form that is the same for both engines: without ids and addresses.

    Consecutive pieces of one stream count as one text, because a kernel sends what is there when its clock ticks.
    """
    value = json.loads(json.dumps(value))
    for cell in value if isinstance(value, list) else []:
        if "outputs" in cell:
            cell["outputs"] = _joined(cell["outputs"])
    text = json.dumps(value, sort_keys=True)
    text = re.sub(r"/ipykernel_\d+/", "/ipykernel/", text)  # folder of a cell's code: with the process id
    text = re.sub(r"0x[0-9a-f]{6,}", "0x0", text)
    known: dict[str, str] = {}
    text = re.sub(r"\b(IPY_MODEL_)?[0-9a-f]{32}\b", lambda found: known.setdefault(found[0], f"id {len(known)}"), text)
    return json.loads(text)


def _joined(outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    joined: list[dict[str, Any]] = []
    for output in outputs:
        last = joined[-1] if joined else {}
        if output["output_type"] == "stream" and last.get("name") == output["name"]:
            last["text"] += output["text"]
        else:
            joined.append(dict(output))
    return joined


def texts(notebook: nbformat.NotebookNode, cell_id: str) -> str:
    """What a cell has printed."""
    cell = next(cell for cell in notebook.cells if cell.get("id") == cell_id)
    return "".join(output.text for output in cell.outputs if output.output_type == "stream")
