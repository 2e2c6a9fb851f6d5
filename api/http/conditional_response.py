"""Conditional, encoded answers of finished bodies: strong tags, 304, and pieces instead of one huge write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response

from core.content_encoding import choose_encoding, encode

if TYPE_CHECKING:
    from starlette.datastructures import Headers
    from starlette.types import Receive, Scope, Send

#: Larger pieces cost the event loop fewer turns; uvloop sends them without a copy.
PIECE_BYTES = 8 << 20

#: Clients may keep a map, but ask whether it still holds: a release or a count can change at any moment.
CACHING = {"Cache-Control": "no-cache", "Vary": "Accept-Encoding"}

#: What was answered to a key is not stored at all (see api/http/headers.py).
_NOT_CACHED = {"Vary": "Accept-Encoding"}


def listed(headers: Headers, name: str) -> str | None:
    """Return a header that is a list as one line, however many lines it came in (RFC 9110 §5.3)."""
    return ",".join(headers.getlist(name)) or None


def matches(if_none_match: str | None, etag: str) -> bool:
    """Return whether an If-None-Match header names the tag (RFC 9110 §13.1.2: weak comparison)."""
    if not if_none_match:
        return False
    if if_none_match.strip() == "*":
        return True
    return any(item.strip().removeprefix("W/") == etag for item in if_none_match.split(","))


def not_modified(etag: str, *, is_public: bool = True) -> Response:
    """Answer that the client's copy still holds."""
    return Response(status_code=304, headers={"ETag": etag, **(CACHING if is_public else _NOT_CACHED)})


class PiecewiseResponse(Response):
    """Sends a large body in pieces, so that a slow client does not make the server copy it."""

    def __init__(self, content: bytes, *, media_type: str, encoding: str, etag: str, is_public: bool = True) -> None:
        headers = {"ETag": etag, **(CACHING if is_public else _NOT_CACHED)}
        if encoding != "identity":
            headers["Content-Encoding"] = encoding
        super().__init__(content, media_type=media_type, headers=headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 (ASGI's signature)
        """Send the answer."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        body, size = memoryview(self.body), len(self.body)
        for start in range(0, max(size, 1), PIECE_BYTES):
            piece = body[start : start + PIECE_BYTES]
            await send({"type": "http.response.body", "body": piece, "more_body": start + PIECE_BYTES < size})


def html_answer(page: bytes, accept_encoding: str | None, *, is_public: bool, language: str = "") -> Response:
    """Answer a page, encoded as the client accepts; one that not everybody may see is not stored.

    `language` is the one that was chosen, where there are several.
    """
    encoding = choose_encoding(accept_encoding)
    headers = dict(CACHING if is_public else _NOT_CACHED)
    if encoding != "identity":
        headers["Content-Encoding"] = encoding
    if language:
        headers |= {"Content-Language": language, "Vary": "Accept-Encoding, Accept-Language"}
    return Response(encode(page, encoding), media_type="text/html", headers=headers)
