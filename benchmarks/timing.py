"""Seconds and memory of one step, as all benchmarks print them."""

import resource
import time


def timed(name: str, call):
    """What `call` returns; prints its seconds, those of the processor, and the memory of the process so far."""
    started, busy = time.perf_counter(), time.process_time()
    found = call()
    seconds, busy = time.perf_counter() - started, time.process_time() - busy
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"{name:<60} {seconds:7.2f} s {busy:7.2f} s CPU {memory:6.2f} GB", flush=True)
    return found
