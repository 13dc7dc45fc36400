"""Run one notebook for one municipality with papermill, and keep only what is the same on every machine."""

import logging
import os
import re
import sys
import tempfile
from pathlib import Path

import nbformat
import papermill
from papermill.exceptions import PapermillExecutionError
from traitlets.config import Config

from transferbuch.editions.templates import Template

logging.getLogger("papermill").setLevel(logging.WARNING)  # it reports every start on the root logger
_ANSI = re.compile(r"\x1b\[[0-9;]*m")
TIMEOUT_SECONDS = 300


class NotebookFailed(Exception):
    """A notebook (`notebooks/<name>.ipynb`) stopped with an error; says which cell and what, and survives pickling."""

    def __init__(self, notebook: str, cell: int, error: str, message: str):
        self.notebook, self.cell, self.error, self.message = notebook, cell, error, message
        super().__init__(f"{notebook}, cell {cell}: {error}: {message}")

    def __reduce__(self):
        return type(self), (self.notebook, self.cell, self.error, self.message)


def execute_notebook(template: Template, ags: str, folder: Path, out: Path) -> None:
    """Execute `template` in `folder` (which holds the data slice as `slice/`) and write the result to `out`.

    The kernel is a fresh process each time. Raises NotebookFailed.
    """
    # Ports of parallel kernels race ("Address already in use"); sockets in a private folder cannot.
    config = Config() if sys.platform == "win32" else Config({"KernelManager": {"transport": "ipc"}})
    with tempfile.TemporaryDirectory(prefix="tb") as runtime:
        os.environ["JUPYTER_RUNTIME_DIR"] = runtime
        try:
            notebook = papermill.execute_notebook(
                str(template.path),
                None,
                parameters={"ags": ags, "data": "slice", **template.parameters},
                cwd=str(folder),
                kernel_name="python3",
                progress_bar=False,
                log_output=False,
                config=config,
                execution_timeout=TIMEOUT_SECONDS,
                request_save_on_cell_execute=False,
                shutdown_kernel="immediate",
            )  # a graceful end interrupts the kernel, which then prints an error
        except PapermillExecutionError as error:
            message = _ANSI.sub("", str(error.evalue)).strip().replace(str(folder), "…")
            raise NotebookFailed(
                template.file, _cell_number(template, error.cell_index), error.ename, message
            ) from None
        except Exception as error:  # the kernel died, hung or never came up: still one edition's failure only
            raise NotebookFailed(template.file, 0, type(error).__name__, str(error).splitlines()[0][:300]) from error
    if template.form:
        _entitle(notebook, template.title)
    out.write_text(nbformat.writes(strip_run(notebook)) + "\n", encoding="utf-8")


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
