"""Keep an index on disk, so that a process starts without building one.

The file is the index's buffer and a trailer with its checksum, mapped into memory when loaded: the processes of
one machine share its pages. Its name carries the caller's key (a release's checksum and a level) and the version
of the layout; a file that is damaged, or of another version, is never answered from but built again.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import struct
import tempfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from geo.point_location.index import PointLocationIndex
from geo.point_location.layout import H_BYTES, H_MAGIC, H_VERSION, HEADER_BYTES, MAGIC, VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

TRAILER: Final = struct.Struct("<8sQ")
TRAILER_MAGIC: Final = b"WGIDXEND"
SUFFIX: Final = f".v{VERSION}.wgidx"


class IndexFileError(ValueError):
    """The file is not a whole index of this version."""


def path_for(folder: Path, key: str) -> Path:
    """Name the file of the index with this key."""
    return folder / (key + SUFFIX)


def save(index: PointLocationIndex, path: Path) -> None:
    """Write the file in one step: a reader finds the old file, none, or the whole new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=path.name + ".", suffix=".part")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(index.buffer.data)
            file.write(TRAILER.pack(TRAILER_MAGIC, zlib.crc32(index.buffer.data)))
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def load(path: Path) -> PointLocationIndex:
    """Map the file into memory and check it from end to end.

    Raises
    ------
    FileNotFoundError
        When there is none.
    IndexFileError
        When it is cut short, altered, or of another version.
    """
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        if size < HEADER_BYTES + TRAILER.size:
            raise IndexFileError(IndexFileError.__doc__)
        # A private map is writable for the compiled kernels' sake (they take one kind of array), never written.
        mapped = mmap.mmap(file.fileno(), size, access=mmap.ACCESS_COPY)
    buffer = np.frombuffer(mapped, np.uint8, size - TRAILER.size)
    header = buffer[:HEADER_BYTES].view(np.int64)
    magic, checksum = TRAILER.unpack_from(mapped, size - TRAILER.size)
    whole = (
        header[H_MAGIC] == MAGIC
        and header[H_VERSION] == VERSION
        and header[H_BYTES] == buffer.size
        and magic == TRAILER_MAGIC
        and zlib.crc32(buffer.data) == checksum
    )
    if not whole:
        raise IndexFileError(IndexFileError.__doc__)
    return PointLocationIndex(buffer)


def load_or_build(
    folder: Path | None, key: str, geometries: Callable[[], Sequence[Any]]
) -> tuple[PointLocationIndex, bool]:
    """Return the index kept under the key, else a new one, which is then kept; and whether it was built.

    A folder that cannot be written to (or None) costs the build at each start, never the answer.
    """
    if folder is not None:
        with contextlib.suppress(OSError, IndexFileError):
            return load(path_for(folder, key)), False
    index = PointLocationIndex.from_geometries(geometries())
    if folder is not None:
        with contextlib.suppress(OSError):
            save(index, path_for(folder, key))
    return index, True
