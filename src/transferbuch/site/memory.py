"""Memory that nobody needs any more goes back to the system: the processes of a build live as long as it does."""

import ctypes
import gc
import os


def give_back() -> None:
    """Collect what is left and let the C library give it back, where it has a way to (Linux)."""
    gc.collect()
    if trim := getattr(ctypes.CDLL(None), "malloc_trim", None) if os.name == "posix" else None:
        trim(0)
