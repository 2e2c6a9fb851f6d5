"""A request's body as it may come in: plain, not too large, not too slow, not made to swell; and what stays unread.

Nothing declared is believed: bytes and time are counted as they come. Pure ASGI; what has no body is not touched.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from api.http.problems import CarriedError
from core.errors import DomainError, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import Message, Receive, Send

# Read to its end though it is not wanted: a client that is still sending would otherwise see a broken connection
# instead of the answer (RFC 9112 §9.6).
LINGER_S: Final = 5.0
# A list of nothing takes three bytes here and sixty in memory; below this size that harms nobody.
_COUNTED_FROM: Final = 1 << 20
_MOST_VALUES: Final = 1_000_000
_NOT_COUNTED: Final = (b"multipart/form-data", b"text/csv", b"application/vnd.apache.arrow.stream")


class BodyTooLargeError(DomainError):
    """The request's body is larger than this service takes. Send it in parts."""

    code = "body-too-large"
    kind = Kind.TOO_LARGE


class BodyTooSlowError(DomainError):
    """The request's body took too long to come in. Send it again, in smaller parts over a slow line."""

    code = "body-too-slow"
    kind = Kind.TOO_SLOW


class BodyEncodedError(DomainError):
    """The request's body is compressed. Send it as it is, without Content-Encoding."""

    code = "body-encoded"
    kind = Kind.UNSUPPORTED


@dataclass(frozen=True, slots=True)
class BodyLimits:
    """How much of a body is taken, and how long it may take: so many seconds, and one more for every so many bytes."""

    most_bytes: int
    seconds: float
    bytes_a_second: int = 64 << 10

    def too_large(self) -> BodyTooLargeError:
        """Return the error for a body that is too large."""
        return BodyTooLargeError(
            "At most {most_bytes} bytes a request are taken; send it in parts.", values={"most_bytes": self.most_bytes}
        )


class Body:
    """One request's body on its way in."""

    def __init__(self, receive: Receive, headers: Mapping[bytes, bytes], limits: BodyLimits) -> None:
        self._receive = receive
        self._limits = limits
        self._waits_to_be_asked = headers.get(b"expect", b"").lower() == b"100-continue"
        self._counts = not headers.get(b"content-type", b"").lower().startswith(_NOT_COUNTED)
        self._received = self._values = 0
        self._begun: float | None = None
        self.ended = False

    async def receive(self) -> Message:
        """Return the next piece.

        Raises
        ------
        CarriedError
            For BodyTooLargeError and BodyTooSlowError.
        """
        if self.ended:
            return await self._receive()
        now = asyncio.get_running_loop().time()
        self._begun = now if self._begun is None else self._begun
        until = self._begun + self._limits.seconds + self._received / self._limits.bytes_a_second
        try:
            async with asyncio.timeout_at(until):
                message = await self._receive()
        except TimeoutError:
            raise CarriedError(BodyTooSlowError()) from None
        if message["type"] == "http.request":
            self._count(message.get("body", b""))
        self.ended = not message.get("more_body", False)
        return message

    def _count(self, piece: bytes) -> None:
        self._received += len(piece)
        if self._received > self._limits.most_bytes:
            raise CarriedError(self._limits.too_large())
        if self._counts and self._received > _COUNTED_FROM:
            self._values += piece.count(b",") + piece.count(b"[") + piece.count(b"{")
            if self._values > _MOST_VALUES:
                raise CarriedError(
                    BodyTooLargeError(
                        "At most {most_values} values a request are taken; send it in parts.",
                        values={"most_values": _MOST_VALUES},
                    )
                )

    async def linger(self) -> None:
        """Take in what is still being sent, for a moment, and keep nothing of it."""
        if self._waits_to_be_asked and self._begun is None:
            return
        try:
            async with asyncio.timeout(LINGER_S):
                while not self.ended:
                    self.ended = not (await self._receive()).get("more_body", False)
        except TimeoutError:
            self.ended = True


def refuse_declared(headers: Mapping[bytes, bytes], limits: BodyLimits) -> None:
    """Refuse by its headers what need not be read.

    Raises
    ------
    BodyTooLargeError, BodyEncodedError
    """
    declared = headers.get(b"content-length", headers.get(b"transfer-encoding", b"0"))
    if declared.isdigit() and (len(declared) > 18 or int(declared) > limits.most_bytes):
        raise limits.too_large()
    if declared != b"0" and headers.get(b"content-encoding", b"identity").strip().lower() not in {b"identity", b""}:
        raise BodyEncodedError


def closing(send: Send, body: Body) -> Send:
    """Make every answer that comes before its body's end the connection's last, and let the client read it."""
    early = False

    async def answer(message: Message) -> None:
        nonlocal early
        if message["type"] == "http.response.start" and not body.ended:
            early = True
            message["headers"] = [*message["headers"], (b"connection", b"close")]
        elif early and message["type"] == "http.response.body" and not message.get("more_body", False):
            await send({**message, "more_body": True})
            await body.linger()
            message = {"type": "http.response.body", "body": b""}
        await send(message)

    return answer
