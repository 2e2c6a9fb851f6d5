"""An answer that is a file: whole on disk before its first byte is sent, so that memory does not grow with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.responses import StreamingResponse

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

_PIECE: Final = 1 << 16


def file_response(file: BinaryIO, *, name: str, media_type: str) -> StreamingResponse:
    """Answer an open file that is written to its end, under a name; it is closed when it was sent."""
    size = file.tell()
    file.seek(0)
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Content-Length": str(size)}
    return StreamingResponse(_pieces(file), headers=headers, media_type=media_type)


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE):
            yield piece
