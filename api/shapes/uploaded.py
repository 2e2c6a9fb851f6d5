"""A file as the whole body of a request: read no further than such a file may be, described as bytes."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import Depends, Path, Request

from api.http.answers import BINARY
from governance.attachments.rules import LARGEST_RECORDING, AttachmentTooLargeError

FILE_BODY: Final[dict[str, Any]] = {
    "requestBody": {"required": True, "content": {"application/octet-stream": BINARY}},
}
"""How the document describes the body (`openapi_extra`)."""


async def file_body(request: Request) -> bytes:
    """Return a request's body, as bytes whatever it is declared to be.

    Raises
    ------
    AttachmentTooLargeError
    """
    pieces, size = [], 0
    async for piece in request.stream():
        size += len(piece)
        if size > LARGEST_RECORDING:
            raise AttachmentTooLargeError(
                "At most {most} bytes a file are taken.", values={"most": LARGEST_RECORDING}, field="file"
            )
        pieces.append(piece)
    return b"".join(pieces)


FileBody = Annotated[bytes, Depends(file_body)]
Sha256 = Annotated[str, Path(pattern="^[0-9A-Fa-f]{64}$", description="SHA-256 of the file, in hexadecimal digits.")]
COST: Final = 100
"""What a file takes of a key's quota: to open a photo takes as long as to store that many reports."""
