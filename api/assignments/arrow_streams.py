"""Arrow streams from outside: checked by their messages' heads before a batch is unpacked, and validated before use.

A batch states how many rows it has and whether its buffers are compressed. 50 kB of zstd unpack to gigabytes, and
a column without buffers may claim any number of rows: both are refused by what the head states.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

import pyarrow as pa
from pyarrow import ipc

from grids.assignment.errors import TableUnreadableError, TooManyPointsError

if TYPE_CHECKING:
    from collections.abc import Collection

# Field numbers of Message.fbs and Schema.fbs (Arrow columnar format 1.4).
_MESSAGE_HEADER, _DICTIONARY_DATA, _BATCH_LENGTH, _BATCH_COMPRESSION = 2, 1, 0, 3
_MOST_BATCHES: Final = 10_000


def read(body: bytes, wanted: Collection[str], most_rows: int) -> pa.Table:
    """Read a stream's wanted columns, sound to the last offset.

    Raises
    ------
    TooManyPointsError
    TableUnreadableError
        For compressed or needlessly many batches.
    pyarrow.ArrowException, ValueError, OSError
        For what is no such stream.
    """
    rows = batches = 0
    for message in ipc.MessageReader.open_stream(body):
        if message.type not in {"record batch", "dictionary"}:
            continue
        head = _Table.of_message(message)
        if message.type == "dictionary":
            head = head.table(_DICTIONARY_DATA)
        else:
            rows += head.number(_BATCH_LENGTH)
        batches += 1
        if head.has(_BATCH_COMPRESSION):
            raise TableUnreadableError("The Arrow stream is compressed: write it without compression.", field="body")
        if not 0 <= rows <= most_rows:
            raise TooManyPointsError(
                "More than {most_rows} points a call. Send them in parts.", values={"most_rows": most_rows}
            )
        if batches > _MOST_BATCHES:
            raise TableUnreadableError(
                "More than {most_batches} batches: write larger ones.",
                values={"most_batches": _MOST_BATCHES},
                field="body",
            )
    table = ipc.open_stream(body).read_all()
    kept = [i for i, name in enumerate(table.column_names) if name in wanted]
    chosen = pa.Table.from_arrays([table.column(i) for i in kept], names=[table.column_names[i] for i in kept])
    chosen.validate(full=True)
    return chosen


class _Table:
    """One table of a flatbuffer (flatbuffers.dev, binary format); Arrow has verified the buffer already."""

    def __init__(self, buffer: memoryview, at: int) -> None:
        self._buffer = buffer
        self._at = at
        self._fields = at - struct.unpack_from("<i", buffer, at)[0]
        self._size = struct.unpack_from("<H", buffer, self._fields)[0]

    @classmethod
    def of_message(cls, message: ipc.Message) -> _Table:
        """Return the header of an Arrow message."""
        buffer = memoryview(message.metadata)
        return cls(buffer, struct.unpack_from("<I", buffer, 0)[0]).table(_MESSAGE_HEADER)

    def has(self, field: int) -> bool:
        """Return whether a field is there."""
        return self._place(field) is not None

    def number(self, field: int) -> int:
        """Return a 64-bit integer; one that is not there is 0."""
        place = self._place(field)
        return 0 if place is None else int(struct.unpack_from("<q", self._buffer, place)[0])

    def table(self, field: int) -> _Table:
        """Return the table that a field leads to."""
        place = self._place(field)
        if place is None:
            raise TableUnreadableError("The Arrow stream has a message without a header.", field="body")
        return _Table(self._buffer, place + struct.unpack_from("<I", self._buffer, place)[0])

    def _place(self, field: int) -> int | None:
        entry = 4 + 2 * field
        offset = struct.unpack_from("<H", self._buffer, self._fields + entry)[0] if entry < self._size else 0
        return self._at + offset if offset else None
