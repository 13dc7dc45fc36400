"""Run one notebook for one municipality with papermill, and keep only what is the same on every machine."""

import logging
import os
import re
import sys
import tempfile
from pathlib import Path

import nbformat
import papermill
from nbclient.exceptions import CellTimeoutError
from papermill.exceptions import PapermillExecutionError
from traitlets.config import Config

from transferbuch.editions.kernels import OutputLimitError, engine_name
from transferbuch.editions.templates import Template

logging.getLogger("papermill").setLevel(logging.WARNING)  # it reports every start on the root logger
_ANSI = re.compile(r"\x1b\[[0-9;]*m")
TIMEOUT_SECONDS = 300
"""That a whole notebook may take; with papermill's own engine each cell."""
MEMORY_BYTES = 1 << 30
"""That a notebook may take beyond the libraries."""
OUTPUT_BYTES = 32 << 20
"""That a notebook may print and show; the largest chapters have about 2 MiB."""


class NotebookFailed(Exception):
    """A notebook (`notebooks/<name>.ipynb`) stopped with an error; says which cell and what, and survives pickling.

    `cell` counts from 1; 0: it is not known which.
    """

    outcome = "notebook failed"

    def __init__(self, notebook: str, cell: int, error: str, message: str):
        self.notebook, self.cell, self.error, self.message = notebook, cell, error, message
        place = f", cell {cell}" if cell else ""
        super().__init__(f"{notebook}{place}: {error}: {message}")

    def __reduce__(self):
        return type(self), (self.notebook, self.cell, self.error, self.message)


class EngineFailed(NotebookFailed):
    """The process of a notebook died, or never came up."""

    outcome = "engine failed"


def execute_notebook(template: Template, ags: str, folder: Path, out: Path) -> None:
    """Execute `template` in `folder` (which holds the data slice as `slice/`) and write the result to `out`.

    Each notebook has a fresh process. Raises NotebookFailed, also when it takes too long or too much, and EngineFailed.
    """
    try:
        notebook = _run(template, ags, folder)
    except PapermillExecutionError as error:
        message = _ANSI.sub("", str(error.evalue)).strip().replace(str(folder), "…")
        if not message and error.ename == "MemoryError":
            message = f"more than {MEMORY_BYTES >> 20} MiB of memory"
        raise NotebookFailed(template.file, _cell_number(template, error.cell_index), error.ename, message) from None
    except CellTimeoutError as error:
        what = f"not finished after {TIMEOUT_SECONDS} seconds"
        raise NotebookFailed(template.file, _cell_stopped(template, error), "time limit", what) from None
    except OutputLimitError as error:
        raise NotebookFailed(template.file, _cell_stopped(template, error), "output limit", str(error)) from None
    except Exception as error:  # the process died or never came up: still one edition's failure only
        what = (str(error).splitlines() or [""])[0][:300]
        raise EngineFailed(template.file, _cell_stopped(template, error), type(error).__name__, what) from error
    for index, cell in enumerate(notebook.cells):
        if cell.metadata.get("papermill", {}).get("exception"):  # papermill lets sys.exit() pass
            what = "the notebook ended itself; what follows would be missing without a word"
            raise NotebookFailed(template.file, _cell_number(template, index), "SystemExit", what)
    if template.form:
        _entitle(notebook, template.title)
    out.write_text(nbformat.writes(strip_run(notebook)) + "\n", encoding="utf-8")


def _run(template: Template, ags: str, folder: Path) -> nbformat.NotebookNode:
    engine = engine_name()
    options = {
        "parameters": {"ags": ags, "data": "slice", **template.parameters},
        "cwd": str(folder),
        "kernel_name": "python3",
        "progress_bar": False,
        "log_output": False,
        "request_save_on_cell_execute": False,
    }
    if engine:
        limits = {
            "notebook_timeout": TIMEOUT_SECONDS,
            "memory_limit": MEMORY_BYTES,
            "output_limit": OUTPUT_BYTES,
        }
        return papermill.execute_notebook(str(template.path), None, engine_name=engine, **limits, **options)
    # Ports of parallel kernels race ("Address already in use"); sockets in a private folder cannot.
    config = Config() if sys.platform == "win32" else Config({"KernelManager": {"transport": "ipc"}})
    with tempfile.TemporaryDirectory(prefix="tb") as runtime:
        os.environ["JUPYTER_RUNTIME_DIR"] = runtime
        return papermill.execute_notebook(
            str(template.path),
            None,
            config=config,
            execution_timeout=TIMEOUT_SECONDS,
            shutdown_kernel="immediate",  # a graceful end interrupts the kernel, which then prints an error
            **options,
        )


def _entitle(notebook: nbformat.NotebookNode, title: str) -> None:
    """The page of a report form bears the form's title; a person's text has no Markdown in it."""
    cell = next(cell for cell in notebook.cells if cell.cell_type == "markdown")
    plain = re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", title)
    cell.source = re.sub(r"^# .*$", lambda _: f"# {plain}", cell.source, count=1, flags=re.MULTILINE)


def _cell_number(template: Template, executed: int) -> int:
    """Number of a cell in the template, counted from 1, for its index in the run, which has one cell more."""
    cells = nbformat.read(template.path, as_version=4).cells
    injected = next(i for i, cell in enumerate(cells) if "parameters" in cell.metadata.get("tags", [])) + 1
    return executed + (executed < injected)


def _cell_stopped(template: Template, error: Exception) -> int:
    """Number of the cell in which a run was ended from outside; 0 if the engine does not tell."""
    index = getattr(error, "cell_index", None)
    return 0 if index is None else _cell_number(template, index)


def strip_run(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Remove what differs from run to run: times, paths, counters' metadata and papermill's random cell id."""
    notebook.metadata.pop("papermill", None)
    for number, cell in enumerate(notebook.cells):
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell["id"] = f"injected-{number}"
    version = notebook.metadata.get("language_info", {})
    version.pop("version", None)
    return notebook
