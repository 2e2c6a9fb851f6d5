"""Read staged files, each in a confined process: what a hostile file breaks is that process, and it is put into words."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson
import pyarrow as pa
import shapely
import structlog

from core.errors import DomainError
from core.settings import PROJECT_ROOT
from grids.boundaries import errors
from grids.boundaries.files import reader

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from grids.boundaries.files.limits import Limits
    from grids.boundaries.files.staging import Staged

log = structlog.get_logger("wangge.boundaries")
# Each reader may take Limits.memory_bytes: two at once are what a small machine bears.
_SLOTS = threading.BoundedSemaphore(2)
_REFUSALS = {
    error.__name__: error
    for error in (
        errors.CrsUnknownError,
        errors.FileRefusedError,
        errors.FileTooLargeError,
        errors.FileUnreadableError,
        errors.FormatUnknownError,
    )
}


@dataclass(frozen=True, slots=True)
class ReadFile:
    """One file as read: geometries in its own system, properties, and the table each feature stood in."""

    staged: Staged
    crs: str
    geometries: NDArray[np.object_]
    properties: list[dict[str, Any]]
    tables: list[str]
    remarks: list[str]


@contextmanager
def reading_slot(patience_s: float = 20.0) -> Iterator[None]:
    """Wait for one of the process's few reading slots.

    Raises
    ------
    ReadersBusyError
    """
    if not _SLOTS.acquire(timeout=patience_s):
        raise errors.ReadersBusyError("Two boundary files are being read already; send yours again in a moment.")
    try:
        yield
    finally:
        _SLOTS.release()


def read(staged: Staged, limits: Limits, encoding: str | None = None) -> ReadFile:
    """Read one staged file in a process of its own.

    Raises
    ------
    FileUnreadableError, FileTooLargeError, FileRefusedError, CrsUnknownError
    """
    out = staged.path.with_suffix(".arrow")
    reader_name = staged.format.reader
    words = reader.request(staged.path, out, reader_name, encoding, limits)
    try:
        done = subprocess.run(  # noqa: S603 (our own module, words over stdin)
            [sys.executable, "-m", "grids.boundaries.files.reader"],
            input=words,
            capture_output=True,
            text=True,
            cwd=PROJECT_ROOT,
            env=_environment(staged.path.parent),
            timeout=limits.seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise errors.FileTooLargeError(f"'{staged.stem[:80]}' takes more than {limits.seconds} s to read.") from error
    if done.returncode:
        raise _failure(done.returncode, done.stdout, done.stderr, staged.stem)
    with pa.OSFile(str(out), "rb") as source:
        rows = pa.ipc.open_file(source).read_all()
    out.unlink()
    metadata = rows.schema.metadata or {}
    return ReadFile(
        staged=staged,
        crs=metadata[b"crs"].decode(),
        geometries=shapely.from_wkb(rows.column("geometry").to_numpy(zero_copy_only=False)),
        properties=[orjson.loads(text) for text in rows.column("properties").to_pylist()],
        tables=rows.column("table").to_pylist(),
        remarks=orjson.loads(metadata[b"remarks"]),
    )


def _environment(folder: Path) -> dict[str, str]:
    """Return the child's whole environment: none of ours (addresses, passwords) goes in."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH") if name in os.environ}
    # One thread each: thread stacks count against the memory limit.
    single = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "ARROW_IO_THREADS": "1", "MALLOC_ARENA_MAX": "2"}
    return kept | single | {"TMPDIR": str(folder), "PYTHONDONTWRITEBYTECODE": "1", "PYTHONWARNINGS": "ignore"}


def _failure(code: int, answer: str, trouble: str, stem: str) -> DomainError:
    if code == reader.REFUSED:
        words = orjson.loads(answer)
        return _REFUSALS[words["error"]](f"'{stem[:80]}': {words['detail']}", field=words["field"])
    if code == reader.MEMORY or "bad_alloc" in trouble or "MemoryError" in trouble or "realloc" in trouble:
        return errors.FileTooLargeError(f"'{stem[:80]}' needs more memory than a boundary file may take.")
    log.warning("a boundary reader stopped", code=code, stderr=trouble[-2000:])
    return errors.FileUnreadableError(f"'{stem[:80]}' could not be read: the reader stopped; the file is damaged.")
