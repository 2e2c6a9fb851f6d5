"""Run work on uploaded files in a process of its own with limited memory, time and disk.

The child gets none of this process's environment (addresses, passwords), and its crash ends no other process.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from core import progress

if TYPE_CHECKING:
    from collections.abc import Iterator

OUT_OF_MEMORY = 4
"""The exit code of a child that needed more memory than it may take."""
_PARENT = "PARENT_PID"
_PROGRESS = "PROGRESS_DESCRIPTOR"
_PR_SET_PDEATHSIG = 1  # linux/prctl.h
# Not from core.settings: children import this module first, and pydantic would double their start.
_ROOT = Path(__file__).resolve().parents[1]


def run(module: str, words: bytes, *, folder: Path, seconds: int | None) -> subprocess.CompletedProcess[bytes]:
    """Run one of our modules as a child: `words` on its stdin, its scratch files in `folder`; `seconds` None, no limit.

    The progress that the child reports (:func:`report_progress`) goes to this process's listener, if there is one.

    Raises
    ------
    TimeoutError
        When it takes longer than `seconds`.
    MemoryError
        When it takes more memory than it may.
    """
    try:
        with _progress_passed_on() as descriptor:
            extra = {} if descriptor is None else {_PROGRESS: str(descriptor)}
            done = subprocess.run(  # noqa: S603 (our own module, words over stdin)
                [sys.executable, "-m", module],
                input=words,
                capture_output=True,
                cwd=_ROOT,
                env=environment(folder) | extra,
                pass_fds=() if descriptor is None else (descriptor,),
                timeout=seconds,
                check=False,
            )
    except subprocess.TimeoutExpired as error:
        raise TimeoutError from error
    if done.returncode == -signal.SIGXCPU:
        raise TimeoutError
    trouble = done.stderr[-4000:]
    if done.returncode == OUT_OF_MEMORY or any(
        w in trouble for w in (b"bad_alloc", b"MemoryError", b"realloc", b"memory allocation")
    ):
        raise MemoryError
    return done


@contextmanager
def _progress_passed_on() -> Iterator[int | None]:
    """Yield a descriptor that a child writes its progress to, or None where nobody listens."""
    listener = progress.listener()
    if listener is None:
        yield None
        return
    reading, writing = os.pipe()

    def pass_on() -> None:
        with os.fdopen(reading) as lines:
            for line in lines:
                listener(progress.Step(*json.loads(line)))

    thread = threading.Thread(target=pass_on, daemon=True)
    thread.start()
    try:
        yield writing
    finally:
        os.close(writing)
        thread.join(timeout=5)


def report_progress(code: str, subject: str = "", done: int = 0, of: int = 0) -> None:
    """Report a step to the parent, from inside a child; nothing happens where the parent does not listen."""
    descriptor = os.environ.get(_PROGRESS)
    if descriptor is not None:
        os.write(int(descriptor), json.dumps([code, subject, done, of]).encode() + b"\n")


def environment(folder: Path) -> dict[str, str]:
    """Return the child's whole environment."""
    # Where compiled modules are kept apart, a child without their place would compile each library anew, seconds of it.
    names = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PYTHONPYCACHEPREFIX")
    kept = {name: os.environ[name] for name in names if name in os.environ}
    # One thread each: thread stacks count against the memory limit.
    single = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}
    ours = {"TMPDIR": str(folder), _PARENT: str(os.getpid())}
    return kept | single | ours | {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONWARNINGS": "ignore"}


def confine(*, memory_bytes: int, seconds: int | None, written_bytes: int) -> None:
    """Lower this process's own limits; called by the child before it loads anything else."""
    _end_with_parent()

    def lower(which: int, most: int) -> None:
        _, hard = resource.getrlimit(which)
        ceiling = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(which, (ceiling, ceiling))

    lower(resource.RLIMIT_AS, memory_bytes)
    if seconds is not None:
        lower(resource.RLIMIT_CPU, max(seconds, 1) + 2)
        # The soft limit first: SIGXCPU shows what ended the child, SIGKILL would not.
        resource.setrlimit(resource.RLIMIT_CPU, (max(seconds, 1), resource.getrlimit(resource.RLIMIT_CPU)[1]))
    lower(resource.RLIMIT_FSIZE, written_bytes)
    lower(resource.RLIMIT_CORE, 0)


def _end_with_parent() -> None:
    """Have the kernel end this process when its parent dies, however: nobody waits for its answer any more."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.environ.get(_PARENT) not in {None, str(os.getppid())}:
            sys.exit(0)  # it died before
