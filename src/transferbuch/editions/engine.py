"""Papermill engine `transferbuch`: notebooks in forked processes, with the same result as papermill's own engine.

Papermill finds it by its entry point (`papermill --engine transferbuch in.ipynb out.ipynb`); nothing else imports it.
"""

import contextlib
import os
import time
import uuid
from functools import cached_property
from multiprocessing.connection import wait
from types import SimpleNamespace
from typing import Any

from jupyter_client.session import Session
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, NotebookExecutionManager
from papermill.exceptions import PapermillException
from papermill.log import logger

from transferbuch.editions.kernels import OutputLimitError, how_ended, warm_process

_MIB = 1 << 20
_CLIENT_OPTIONS = ("allow_errors", "allow_error_names", "force_raise_errors", "skip_cells_with_tag")
"""Of nbclient's client, those that have their effect here too."""


class WarmEngine(Engine):
    """Papermill engine: papermill's client for notebooks, with a forked process in place of a kernel."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: NotebookExecutionManager, kernel_name: str, **options: Any) -> None:
        """Execute all cells.

        Of papermill's options `execution_timeout` (seconds a cell), those for logs and nbclient's for errors count;
        ours are `notebook_timeout` (seconds for all cells), `memory_limit` (bytes beyond what is loaded) and
        `output_limit` (bytes of all that is printed and shown); 0: none. At the end the process is ended as by
        nbclient's `shutdown_kernel="immediate"`: a file that the notebook left open may lack its last lines.
        """
        language = cls.nb_language(nb_man.nb)
        if language.lower() != "python":
            raise PapermillException(f"the engine transferbuch runs notebooks in Python, this one is in {language}")
        limits = {name: options.pop(name, 0) for name in ("notebook_timeout", "memory_limit", "output_limit")}
        kept = {name: options[name] for name in ("stdout_file", "stderr_file", *_CLIENT_OPTIONS) if name in options}
        client = _WarmClient(
            nb_man,
            timeout=options.get("execution_timeout"),
            log=logger,
            log_output=options.get("log_output", False),
            record_timing=False,  # papermill records times itself
            **kept,
        )
        client.run(**limits)


class _WarmClient(PapermillNotebookClient):
    """Papermill's client; cells go to the forked process, and its messages are treated as a kernel's."""

    def run(self, notebook_timeout: float, memory_limit: int, output_limit: int) -> None:
        self.reset_execution_trackers()
        self._warm = warm_process()
        self._forked = self._warm.fork()
        self._begun, self._notebook_timeout = time.monotonic(), notebook_timeout
        self._output_limit = self._left = output_limit
        self._written = {name: bytearray() for name in self._forked.pipes}
        self._open_pipes = {pipe: name for name, pipe in self._forked.pipes.items()}
        # nbclient's Output widgets answer through a client of a kernel; a kernel takes it when the cell has ended
        self._answers: list[dict[str, Any]] = []
        self.kc = SimpleNamespace(session=self._session, shell_channel=SimpleNamespace(send=self._keep_answer))
        settings = {"cwd": os.getcwd(), "environ": dict(os.environ), "memory": memory_limit, "output": output_limit}
        try:
            self._send(settings)
            _, language = self._receive()
            self.papermill_execute_cells()
            self.nb.metadata["language_info"] = language
            self.set_widgets_metadata()
        finally:
            self._forked.close()
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
            self._send((message_id, cell.source, store_history, self._answers[:]))
            self._answers.clear()
            reply = self._process_messages(message_id, cell, cell_index)
        except (CellTimeoutError, DeadKernelError, OutputLimitError) as stopped:
            stopped.cell_index = cell_index
            with contextlib.suppress(OutputLimitError):
                self._show_all_written(message_id, cell, cell_index)  # perhaps it says why
            raise
        if reply["status"] == "error" and not self._is_allowed(reply.get("ename"), cell):
            raise CellExecutionError.from_cell_and_msg(cell, reply)
        return cell

    def _is_allowed(self, error: str | None, cell: NotebookNode) -> bool:
        tagged = "raises-exception" in cell.metadata.get("tags", [])
        return not self.force_raise_errors and (self.allow_errors or tagged or error in self.allow_error_names)

    def _process_messages(self, message_id: str, cell: NotebookNode, cell_index: int) -> dict[str, Any]:
        """Take the messages of the running cell as a kernel's; returns the reply that it ended with."""
        begun = time.monotonic()
        while True:
            msg_type, *parts = self._receive(cell, begun)
            if msg_type == "limit":
                raise self._too_much()
            if msg_type == "failed":
                raise DeadKernelError(f"the notebook's process failed: {parts[0]}")
            parent, content, metadata, buffers = parts
            if parent != message_id:  # of an earlier cell, or of what a widget does with an answer
                continue
            content = self._session.unpack(content)
            if msg_type == "execute_reply":
                self._show_all_written(message_id, cell, cell_index)
                return content
            self._take(msg_type, message_id, content, cell, cell_index, self._session.unpack(metadata), buffers)

    def _take(
        self,
        msg_type: str,
        message_id: str,
        content: dict[str, Any],
        cell: NotebookNode,
        cell_index: int,
        metadata: dict[str, Any] | None = None,
        buffers: list[bytes] | None = None,
    ) -> None:
        message = {
            "msg_type": msg_type,
            "header": {"msg_type": msg_type},
            "parent_header": {"msg_id": message_id},
            "content": content,
            "metadata": metadata or {},
            "buffers": buffers or [],
        }
        self.process_message(message, cell, cell_index)

    def _show_all_written(self, message_id: str, cell: NotebookNode, cell_index: int) -> None:
        """What the cell and programs that it ran have written themselves, after all that came as messages."""
        for name, pipe in self._forked.pipes.items():
            while pipe in self._open_pipes and self._read(pipe):
                pass
            if text := self._written[name].decode("utf-8", "replace"):
                self._written[name].clear()
                self._take("stream", message_id, {"name": name, "text": text}, cell, cell_index)

    def _read(self, pipe: int) -> bool:
        """Read what a pipe holds, up to a MiB; whether there may be more."""
        try:
            piece = os.read(pipe, _MIB)
        except BlockingIOError:
            return False
        if not piece:  # nobody has the other end any more
            del self._open_pipes[pipe]
            return False
        self._written[self._open_pipes[pipe]] += piece
        if self._output_limit:
            self._left -= len(piece)
            if self._left <= 0:
                raise self._too_much()
        return True

    def _too_much(self) -> OutputLimitError:
        return OutputLimitError(f"more than {self._output_limit / _MIB:.0f} MiB of output")

    def _keep_answer(self, message: dict[str, Any]) -> None:
        self._answers.append({**message, "buffers": []})  # as if it had come over a wire

    def _send(self, word: object) -> None:
        try:
            self._forked.connection.send(word)
        except OSError:
            raise self._dead() from None

    def _receive(self, cell: NotebookNode | None = None, begun: float = 0.0) -> tuple:
        """The next word of the process, within the time of the cell and of the notebook."""
        limits = ((self._begun, self._notebook_timeout), (begun, self.timeout))
        ends = [(start + limit, limit) for start, limit in limits if start and limit]
        connection, control = self._forked.connection, self._warm.control
        while True:
            left = max(0.0, min(ends)[0] - time.monotonic()) if ends else None
            ready = wait([connection, control, *self._open_pipes], left)
            if not ready or left == 0.0:
                raise CellTimeoutError.error_from_timeout_and_cell("Cell execution timed out", min(ends)[1], cell)
            for pipe in [one for one in ready if one in self._open_pipes]:
                self._read(pipe)
            if connection in ready:
                try:
                    return connection.recv()
                except (EOFError, OSError):
                    raise self._dead() from None
            if control in ready:  # it has ended, but processes that it forked hold its end of the connection
                raise self._dead()

    def _dead(self) -> DeadKernelError:
        try:
            return DeadKernelError(how_ended(self._warm.status()))
        except DeadKernelError as unknown:
            return unknown
