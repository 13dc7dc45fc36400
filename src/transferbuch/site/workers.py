"""Editions built side by side in processes of their own, each with Sphinx and the libraries of notebooks kept warm."""

import concurrent.futures
import contextlib
import functools
import gc
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures.process import BrokenProcessPool

from transferbuch.editions.execute import EngineFailed
from transferbuch.editions.kernels import engine_name, warm_process
from transferbuch.errors import ReleaseRefused
from transferbuch.site.edition import EditionResult, EditionTask, build_edition
from transferbuch.site.memory import give_back

Done = Callable[[EditionResult], None]
_GRACE_SECONDS = 1.0
"""That a worker may take to clean up when the build is stopped."""
# spawn: a fork of a process with threads (Arrow) may hang
_SPAWN = multiprocessing.get_context("spawn")


class Stopped(Exception):
    """An edition has failed and `--fail-fast` was asked for; the results so far."""


def build_editions(
    tasks: Iterable[EditionTask],
    workers: int,
    done: Done,
    fail_fast: bool = False,
    meanwhile: Callable[[], None] = lambda: None,
) -> list[EditionResult]:
    """Build them all, as `tasks` come; `done` is called with each result, in a thread of its own. `meanwhile` is what
    this process does when it has handed out all tasks.

    A worker that dies takes no edition with it but the one that kills it: `engine failed`. Raises ReleaseRefused with
    the faults of all editions, Stopped, KeyboardInterrupt; no process is left then.
    """
    results: list[EditionResult] = []
    broken: list[EditionTask] = []
    problems = []
    futures: dict[concurrent.futures.Future, EditionTask] = {}

    def ended(future: concurrent.futures.Future) -> None:
        if not future.cancelled() and not future.exception():
            done(future.result())

    with _pool(workers) as pool:
        for task in tasks:
            with contextlib.suppress(BrokenProcessPool):  # those that were not taken come again below
                futures[future := _submit(pool, task)] = task
                future.add_done_callback(ended)
                continue
            broken.append(task)
        meanwhile()
        for future in concurrent.futures.as_completed(futures):
            try:
                results.append(future.result())
            except BrokenProcessPool:
                broken.append(futures[future])
            except ReleaseRefused as refused:
                problems += refused.problems
            if fail_fast and results and results[-1].failed:
                raise Stopped(results[-1].why)
    for task in broken:
        results.append(_build_alone(task))
        done(results[-1])
        if fail_fast and results[-1].failed:
            raise Stopped(results[-1].why)
    if problems:
        raise ReleaseRefused(problems)
    return results


def _build_alone(task: EditionTask) -> EditionResult:
    """Build an edition whose worker died, or another's beside it: what dies again is its own fault."""
    with _pool(1) as pool:
        try:
            return _submit(pool, task).result()
        except BrokenProcessPool:
            why = f"the process that built the edition died. Rerun: {task.rerun(f'build --only {task.kreis.ags}')}"
            return EditionResult(str(task.kreis.ags), task.kreis.label, EngineFailed.outcome, why=why, inputs=task.key)


@contextlib.contextmanager
def _pool(workers: int) -> Iterator[concurrent.futures.ProcessPoolExecutor]:
    pool = concurrent.futures.ProcessPoolExecutor(workers, mp_context=_SPAWN, initializer=_begin)
    try:
        yield pool
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        _end(multiprocessing.active_children())
        raise
    pool.shutdown()


def _submit(pool: concurrent.futures.ProcessPoolExecutor, task: EditionTask) -> concurrent.futures.Future:
    """Hand it out; a worker that starts now must not see Ctrl-C before it can tell that this is not for it, and is told
    all that it needs before this process does."""
    if not hasattr(signal, "pthread_sigmask") or threading.current_thread() is not threading.main_thread():
        return pool.submit(_work, task)
    came: list[tuple] = []
    # two ways, because a signal may come to any thread of this process, and Python answers it in this one
    handler = signal.signal(signal.SIGINT, lambda *signalled: came.append(signalled))
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        return pool.submit(_work, task)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        signal.signal(signal.SIGINT, handler)
        if came and callable(handler):
            handler(*came[0])


def _end(processes: list) -> None:
    """Ask them to clean up and leave; after a moment, make them."""
    for process in processes:
        process.terminate()
    until = time.monotonic() + _GRACE_SECONDS
    for process in processes:
        process.join(max(0.0, until - time.monotonic()))
        process.kill()


def _begin() -> None:
    """A worker's start: Ctrl-C is for the main process to see; libraries for notebooks load while the first waits."""
    threading.Thread(target=_end_with, args=(multiprocessing.parent_process(),), daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])
    signal.signal(signal.SIGTERM, _leave)
    if engine_name():
        warm_process()
    gc.freeze()
    gc.disable()  # until the first edition has loaded all that stays


def _end_with(parent: multiprocessing.process.BaseProcess) -> None:
    """End this process when the main one is gone, however it went: the pool's pipes would not tell."""
    parent.join()
    os._exit(1)


def _leave(*_: object) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # the pool asks too, in the middle of cleaning up
    sys.exit(1)


@functools.cache
def _settle() -> None:
    """Once, after the first edition: what is left then (libraries, their registries, what is kept for the next) stays,
    and no collection looks at it again. So they cost little from now on, and least soon after the objects were made.
    """
    gc.freeze()
    gc.set_threshold(5000, 1000, 1000)  # young ones only: the others are left to the end of each edition
    gc.enable()


def _work(task: EditionTask) -> EditionResult:
    try:
        result = build_edition(task)
        give_back()
        _settle()
        return result
    except SystemExit:  # temporary folders are gone by now; the pool would take it for the result of a task
        os._exit(1)
