"""Read staged files, each in a confined process: a hostile file breaks that process alone, with an error."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson
import pyarrow as pa
import shapely
import structlog

from core.errors import from_json
from grids.boundaries import confinement, errors
from grids.boundaries.files import notes, reader

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from core.errors import DomainError
    from grids.boundaries.files.limits import Limits
    from grids.boundaries.files.notes import Note
    from grids.boundaries.files.staging import Staged

log = structlog.get_logger("wangge.boundaries")
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
    """One file as read: geometries in its own system, properties, and the table each feature stood in.

    `encoding` is Python's name of the encoding of its texts, '' where the format settles it.
    """

    staged: Staged
    crs: str
    geometries: NDArray[np.object_]
    properties: list[dict[str, Any]]
    tables: list[str]
    remarks: list[str]
    note: Note | None = None
    encoding: str = ""


def read(staged: Staged, limits: Limits, encoding: str | None = None, *, within: int | None = None) -> ReadFile:
    """Read one staged file in a process of its own; `within` are the seconds for all files of its delivery.

    Raises
    ------
    FileUnreadableError, FileTooLargeError, FileTooSlowError, FileRefusedError, CrsUnknownError
    """
    out = staged.path.with_suffix(".arrow")
    reader_name = staged.format.reader
    words = reader.request(staged.path, out, reader_name, encoding, limits)
    module, room = "grids.boundaries.files.reader", staged.path.parent
    done = confinement.run(module, words, folder=room, seconds=limits.seconds, within=within)
    if done.returncode:
        raise _failure(done.returncode, done.stdout, done.stderr, staged.stem)
    with pa.OSFile(str(out), "rb") as source:
        rows = pa.ipc.open_file(source).read_all()
    out.unlink()
    metadata = rows.schema.metadata or {}
    note = notes.read(metadata[b"note"].decode())
    return ReadFile(
        staged=staged,
        crs=metadata[b"crs"].decode() or ("" if note is None else note.crs),
        geometries=shapely.from_wkb(rows.column("geometry").to_numpy(zero_copy_only=False)),
        properties=[orjson.loads(text) for text in rows.column("properties").to_pylist()],
        tables=rows.column("table").to_pylist(),
        remarks=orjson.loads(metadata[b"remarks"]),
        note=note,
        encoding=metadata[b"encoding"].decode(),
    )


def _failure(code: int, answer: bytes, trouble: bytes, stem: str) -> DomainError:
    if code == reader.REFUSED:
        words = orjson.loads(answer)
        return _REFUSALS[words["error"]](
            "'{stem}': {problem}",
            values={"stem": stem[:80], "problem": from_json(words["detail"])},
            field=words["field"],
        )
    log.warning("a boundary reader stopped", code=code, stderr=trouble[-2000:].decode(errors="replace"))
    return errors.FileUnreadableError(
        ("'{stem}' could not be read: the reader stopped. The file is damaged, or needs more memory than it may."),
        values={"stem": stem[:80]},
    )
