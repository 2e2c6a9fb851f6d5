"""Boundary files are read and checked in confined processes (core/confinement.py), two at once."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from core import confinement
from grids.boundaries.errors import FileTooLargeError, FileTooSlowError, ReadersBusyError

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator
    from pathlib import Path

    from grids.boundaries.files.limits import Limits

# Each child may take Limits.memory_bytes: two at once are what a small machine bears.
_SLOTS = threading.BoundedSemaphore(2)
OUT_OF_MEMORY = confinement.OUT_OF_MEMORY


@contextmanager
def slot(patience_s: float = 20.0) -> Iterator[None]:
    """Wait for one of the process's few slots for such work.

    Raises
    ------
    ReadersBusyError
    """
    if not _SLOTS.acquire(timeout=patience_s):
        raise ReadersBusyError("Two boundary deliveries are being worked on already; send yours again in a moment.")
    try:
        yield
    finally:
        _SLOTS.release()


def run(
    module: str, words: bytes, *, folder: Path, seconds: int | None, within: int | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run one of our modules as a child: `words` on its stdin, its scratch files in `folder`.

    `seconds` are what is left of the `within` that the whole step may take; None, no limit.

    Raises
    ------
    FileTooSlowError
        When it takes longer than `seconds`.
    FileTooLargeError
        When it takes more memory than it may.
    """
    try:
        return confinement.run(module, words, folder=folder, seconds=seconds)
    except TimeoutError as error:
        raise FileTooSlowError(
            (
                "This took longer than {within} s and was ended; nothing was changed. On the command line "
                "`wangge boundaries check` takes as long as it needs (--time-limit sets a limit), and names the "
                "defects that make it slow."
            ),
            values={"within": within or seconds},
        ) from error
    except MemoryError as error:
        raise FileTooLargeError("The delivery needs more memory than boundaries may take.") from error


def confine(limits: Limits) -> None:
    """Lower this process's own limits; called by the child before it loads anything else."""
    confinement.confine(memory_bytes=limits.memory_bytes, seconds=limits.seconds, written_bytes=4 * limits.max_bytes)
