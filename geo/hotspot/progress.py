"""Progress and cancelling for computations that last longer than a second.

A caller passes a function that takes the finished fraction. It stops the computation by returning ``False`` or by
raising an exception of its own; any other answer lets it go on.
"""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

Progress = Callable[[float], bool | None]
#: How long a thread works before it can be stopped, about; an element is never divided.
PIECE_S = 0.2


class Cancelled(Exception):  # noqa: N818 (a decision of the caller, not an error)
    """The computation was cancelled by its caller."""


def report(progress: Progress | None, fraction: float) -> None:
    """Report to the caller how far the computation is.

    Parameters
    ----------
    progress : callable or None
        Takes the finished fraction in [0, 1]; ``None`` is not called.
    fraction : float
        Finished fraction.

    Raises
    ------
    Cancelled
        When the callback answers ``False``. Whatever the callback raises passes through.
    """
    if progress is not None and progress(min(max(fraction, 0.0), 1.0)) is False:
        raise Cancelled


def run_chunks(
    work: Callable[[int, int], None],
    total: int,
    chunk: int,
    progress: Progress | None = None,
    *,
    start: float = 0.0,
    end: float = 1.0,
    threads: int | None = None,
) -> None:
    """Run ``work(first, last)`` over ``range(total)`` in pieces on several threads.

    The kernels release the interpreter lock, so threads are enough; the results must not depend on the pieces or
    their order. Threads of our own, since numba's thread pool may not be entered from two Python threads.

    Parameters
    ----------
    work : callable
        Does the elements ``first <= i < last`` and writes them to arrays of the caller.
    total, chunk : int
        Number of elements and largest size of a piece. Pieces begin with one element and grow while they take less
        than a fraction of a second, so that a caller who cancels does not wait for long ones.
    progress : callable or None
        See :func:`report`; it is called in the calling thread, after each piece, in order.
    start, end : float
        The part of the progress bar that this loop fills.
    threads : int or None
        Number of threads; ``None`` for the processors this process may use.

    Raises
    ------
    Cancelled
        When the caller cancels; only pieces that are being worked on are finished first.
    """
    workers = threads or _processors()
    size, begun = 1, 0

    def timed(first: int, last: int) -> float:
        since = time.perf_counter()
        work(first, last)
        return time.perf_counter() - since

    report(progress, start)
    with ThreadPoolExecutor(max_workers=workers) as pool:
        running: deque[tuple[Future[float], int]] = deque()
        while running or begun < total:
            # One waits for each that is worked on: no thread stands still while this one reports.
            while begun < total and len(running) < 2 * workers:
                last = min(begun + size, total)
                running.append((pool.submit(timed, begun, last), last))
                begun = last
            future, last = running.popleft()
            took = future.result()
            size = min(2 * size, chunk) if took < PIECE_S / 2 else max(size // 2, 1) if took > PIECE_S else size
            try:
                report(progress, start + (end - start) * last / total)
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
