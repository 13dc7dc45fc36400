"""Papermill engine `transferbuch`: notebooks in forked processes, with the same result as papermill's own engine.

Papermill finds it by its entry point (`papermill --engine transferbuch in.ipynb out.ipynb`); nothing else imports it.
"""

import os
import time
import uuid
from functools import cached_property
from types import SimpleNamespace
from typing import Any

from jupyter_client.session import Session
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, NotebookExecutionManager
from papermill.log import logger

from transferbuch.editions.kernels import OutputLimitError, how_ended, warm_process

_MIB = 1 << 20


class WarmEngine(Engine):
    """Papermill engine: papermill's client for notebooks, with a forked process in place of a kernel."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: NotebookExecutionManager, kernel_name: str, **options: Any) -> None:
        """Execute all cells.

        Of papermill's options `execution_timeout` (seconds a cell) and those for logs count; ours are
        `notebook_timeout` (seconds for all cells), `memory_limit` (bytes beyond what is loaded) and `output_limit`
        (bytes of all that is printed and shown); 0: none.
        """
        limits = {name: options.pop(name, 0) for name in ("notebook_timeout", "memory_limit", "output_limit")}
        logs = {name: options.get(name) for name in ("stdout_file", "stderr_file")}
        client = _WarmClient(
            nb_man,
            timeout=options.get("execution_timeout"),
            log=logger,
            log_output=options.get("log_output", False),
            record_timing=False,  # papermill records times itself
            **logs,
        )
        client.run(**limits)


class _WarmClient(PapermillNotebookClient):
    """Papermill's client; cells go to the forked process, and its messages are treated as a kernel's."""

    def run(self, notebook_timeout: float, memory_limit: int, output_limit: int) -> None:
        self.reset_execution_trackers()
        self._warm = warm_process()
        self._connection = self._warm.fork()
        self._begun, self._notebook_timeout, self._output_limit = time.monotonic(), notebook_timeout, output_limit
        # nbclient's Output widgets answer through a client of a kernel
        self.kc = SimpleNamespace(session=self._session, shell_channel=SimpleNamespace(send=self._send_comm))
        settings = {"cwd": os.getcwd(), "environ": dict(os.environ), "memory": memory_limit, "output": output_limit}
        try:
            self._connection.send(settings)
            _, language = self._receive()
            self.papermill_execute_cells()
            self.nb.metadata["language_info"] = language
            self.set_widgets_metadata()
        finally:
            self._connection.close()
            self._warm.kill()

    @cached_property
    def _session(self) -> Session:
        return Session(key=b"transferbuch")

    def execute_cell(
        self, cell: NotebookNode, cell_index: int, execution_count: int | None = None, store_history: bool = True
    ) -> NotebookNode:
        """One cell. Raises CellExecutionError; CellTimeoutError, OutputLimitError and DeadKernelError end the run.

        The latter carry the index of the cell as `cell_index`.
        """
        if cell.cell_type != "code" or not cell.source.strip():
            return cell
        if self.skip_cells_with_tag in cell.metadata.get("tags", []):
            return cell
        cell.outputs, self.clear_before_next_output = [], False
        self.code_cells_executed += 1
        message_id = uuid.uuid4().hex
        try:
            self._connection.send(("cell", message_id, cell.source, store_history))
            error = self._process_messages(message_id, cell, cell_index)
        except (CellTimeoutError, DeadKernelError, OutputLimitError) as stopped:
            stopped.cell_index = cell_index
            raise
        if error and not (self.allow_errors or "raises-exception" in cell.metadata.get("tags", [])):
            raise CellExecutionError.from_cell_and_msg(cell, error)
        return cell

    def _process_messages(self, message_id: str, cell: NotebookNode, cell_index: int) -> dict[str, Any] | None:
        """Take the messages of the running cell as a kernel's; returns the error that it ended with."""
        parent, begun = {"msg_id": message_id}, time.monotonic()
        while True:
            kind, *content = self._receive(cell, begun)
            if kind == "done":
                return content[0]
            if kind == "limit":
                raise OutputLimitError(f"more than {self._output_limit / _MIB:.0f} MiB of output")
            msg_type, packed, metadata, buffers = content
            message = {
                "msg_type": msg_type,
                "header": {"msg_type": msg_type},
                "parent_header": parent,
                "content": self._session.unpack(packed),
                "metadata": self._session.unpack(metadata),
                "buffers": buffers,
            }
            self.process_message(message, cell, cell_index)

    def _receive(self, cell: NotebookNode | None = None, begun: float = 0.0) -> tuple:
        """The next word of the process, within the time of the cell and of the notebook."""
        limits = ((self._begun, self._notebook_timeout), (begun, self.timeout))
        ends = [(start + limit, limit) for start, limit in limits if start and limit]
        try:
            if ends and not self._connection.poll(max(0.0, min(ends)[0] - time.monotonic())):
                raise CellTimeoutError.error_from_timeout_and_cell("Cell execution timed out", min(ends)[1], cell)
            return self._connection.recv()
        except (EOFError, ConnectionError):
            raise DeadKernelError(how_ended(self._warm.status())) from None

    def _send_comm(self, message: dict[str, Any]) -> None:
        self._connection.send(("comm", message))
