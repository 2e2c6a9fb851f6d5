"""Progress and cancelling for computations that last longer than a second.

A caller passes a function that takes the finished fraction. It stops the computation by returning ``False`` or by
raising an exception of its own; any other answer lets it go on.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

Progress = Callable[[float], bool | None]


class Cancelled(Exception):  # noqa: N818 (a decision of the caller, not an error)
    """The computation was cancelled by its caller."""


def report(progress: Progress | None, fraction: float) -> None:
    """Tell the caller how far the computation is.

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
    stop: Callable[[], bool] | None = None,
) -> int:
    """Run ``work(first, last)`` over ``range(total)`` in pieces on several threads.

    The kernels release the interpreter lock, so threads are enough; the results must not depend on the order of the
    pieces. Threads of our own, not numba's, because numba's thread pool may not be entered from two Python threads.

    Parameters
    ----------
    work : callable
        Does the elements ``first <= i < last`` and writes them to arrays of the caller.
    total, chunk : int
        Number of elements and size of a piece.
    progress : callable or None
        See :func:`report`; it is called in the calling thread, after each piece, in order.
    start, end : float
        The part of the progress bar that this loop fills.
    threads : int or None
        Number of threads; ``None`` for the processors this process may use.
    stop : callable or None
        Asked after each piece, in order; ``True`` ends the loop early.

    Returns
    -------
    int
        How many elements, counted from the first, are done.

    Raises
    ------
    Cancelled
        When the caller cancels; pieces handed out are finished first, at most two a thread.
    """
    workers = threads or _processors()
    pieces = deque((first, min(first + chunk, total)) for first in range(0, total, chunk))
    report(progress, start)
    done = 0
    with ThreadPoolExecutor(max_workers=workers) as pool:
        running = deque(
            (pool.submit(work, *piece), piece[1])
            # One waits for each that is worked on: no thread stands still while this one reports.
            for piece in (pieces.popleft() for _ in range(min(2 * workers, len(pieces))))
        )
        while running:
            future, last = running.popleft()
            future.result()
            done = last
            report(progress, start + (end - start) * done / total)
            if stop is not None and stop():
                break
            if pieces:
                piece = pieces.popleft()
                running.append((pool.submit(work, *piece), piece[1]))
    return done


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
