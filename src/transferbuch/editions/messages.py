"""How a notebook's forked process (`editions.warm`) hands on what a kernel would send, and what is printed; words
between the process that it is forked from and the one that asks for it (`editions.kernels`)."""

import io
import os
import threading
from collections.abc import Mapping
from multiprocessing.connection import Connection
from multiprocessing.reduction import ForkingPickler
from typing import Any

from jupyter_client.session import Session

FORK, KILL, STATUS_BYTES = b"f", b"k", 4
"""Words of the control socket: to the warm process; length of those that come from it."""


class Wire(Session):
    """Where a kernel's messages go: to the parent's connection, as (type, id of the request, JSON of content and of
    metadata, buffers)."""

    connection: Connection | None = None
    left = 0  # bytes of output that are still allowed; 0 at the start: no limit
    lock = threading.RLock()  # threads of a cell show things too

    def send(self, stream: object, msg_or_type: Any, content: Any = None, *args: Any, **rest: Any) -> dict[str, Any]:
        """Hand one message on; ends the process when the output passes its limit."""
        if args:
            rest["parent"] = args[0]
        sent = msg_or_type if isinstance(msg_or_type, dict) else self.msg(msg_or_type, content, **_named(rest))
        if os.getpid() != self.pid:  # as jupyter_client does: a process forked by a cell has no say
            return sent
        packed, metadata = self.pack(sent["content"]), self.pack(sent["metadata"])
        buffers = [bytes(one) for one in rest.get("buffers") or ()]
        if self.left:
            self.left -= len(packed) + sum(map(len, buffers))
            if self.left <= 0:
                self.end()
        parent = sent["parent_header"].get("msg_id", "")
        self.tell(sent["msg_type"], parent, packed, metadata, buffers)
        return sent

    def tell(self, *word: Any) -> None:
        pickled = ForkingPickler.dumps(word)
        with self.lock:
            self.connection.send_bytes(pickled)

    def end(self) -> None:
        """Say that there is too much output and leave: nothing that the cell could catch."""
        self.tell("limit")
        os._exit(3)


def _named(rest: Mapping[str, Any]) -> dict[str, Any]:
    return {name: rest[name] for name in ("parent", "header", "metadata") if name in rest}


class Stream(io.TextIOBase):
    """`sys.stdout` or `sys.stderr` of the notebook: what is written together is one message."""

    encoding = "UTF-8"

    def __init__(self, name: str, number: int, wire: Wire) -> None:
        self.name, self._number, self._wire, self._texts, self._size = name, number, wire, [], 0
        self._process, self._parent = os.getpid(), {}

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._number

    def set_parent(self, parent: dict[str, Any]) -> None:
        """Called by the shell: what follows belongs to another request."""
        self.flush()
        self._parent = parent

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text)}")
        if os.getpid() != self._process:  # forked by a cell: its own copy of what waits here is not to be sent
            os.write(self._number, text.encode("utf-8", "replace"))
            return len(text)
        self._texts.append(text)
        self._size += len(text)
        if self._wire.left and self._size > self._wire.left:
            self._wire.end()
        return len(text)

    def flush(self) -> None:
        texts, self._texts, self._size = self._texts, [], 0
        if texts and os.getpid() == self._process:
            text = "".join(texts).encode("utf-8", "replace").decode()  # half characters cannot be sent
            self._wire.send(None, "stream", {"name": self.name, "text": text}, parent=self._parent)
