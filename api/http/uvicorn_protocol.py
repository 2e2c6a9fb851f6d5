"""uvicorn's HTTP protocol, with limits it has no settings for: how long and how large what precedes a body may be.

A connection that sends nothing, a head that drips or never ends, trailers without end, a client that never reads: each
would hold memory or a connection for as long as it likes. `wangge serve` listens with this protocol.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

if TYPE_CHECKING:
    import asyncio

HEAD_S: Final = 20.0  # Apache's default (mod_reqtimeout, header=20)
UNREAD_S: Final = 60.0  # nginx's default (send_timeout)
HEAD_BYTES: Final = 32 << 10  # nginx's default (large_client_header_buffers, 4 of 8 KiB)


class GuardedProtocol(HttpToolsProtocol):
    """One connection; what it waits for, it waits for a stated time."""

    head_s = HEAD_S
    unread_s = UNREAD_S
    _head: asyncio.TimerHandle | None = None
    _unread: asyncio.TimerHandle | None = None
    _in_body = False
    _undelivered = 0
    _fields = 0
    _refused = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        for timer in (self._head, self._unread):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what is neither a complete head nor content."""
        self._undelivered += len(data)
        super().data_received(data)
        if self._undelivered > HEAD_BYTES and not self.transport.is_closing():
            self._refuse(431)
        elif self._undelivered and not self._in_body and self._head is None:
            self._await_head()

    def on_message_begin(self) -> None:
        """Begin to count what the request's head, and later its trailers, hold."""
        self._fields = 0
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        """Count the target."""
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Count a field of the head or of the trailers, however few packets they come in."""
        self._count(len(name) + len(value) + 4)
        if not self._in_body and not self._refused:
            super().on_header(name, value)  # trailers are read past: nothing here uses them

    def on_headers_complete(self) -> None:
        """End the wait: the request's time is the application's now. A request without a version is refused."""
        if self.parser.get_http_version() not in {"1.0", "1.1"}:
            self._refuse(505)
        if self._refused:
            return
        self._undelivered, self._in_body = 0, True
        if self._head is not None:
            self._head.cancel()
            self._head = None
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Pass a piece of content on."""
        self._undelivered = 0
        if not self._refused:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """Be ready for the next request."""
        self._undelivered, self._in_body = 0, False
        if not self._refused:
            super().on_message_complete()

    def _count(self, size: int) -> None:
        self._fields += size
        if self._fields > HEAD_BYTES:
            self._refuse(431)

    def _refuse(self, status: int) -> None:
        """Answer, unless the application is answering, and close."""
        if not self._refused and not self.transport.is_closing():
            answering: RequestResponseCycle | None = self.cycle
            if answering is None or answering.response_complete:
                self.transport.write(STATUS_LINE[status] + b"content-length: 0\r\nconnection: close\r\n\r\n")
            self.transport.close()
        self._refused = True

    def pause_writing(self) -> None:
        """Wait for the client to read."""
        super().pause_writing()
        self._await_reading(self.transport.get_write_buffer_size())

    def resume_writing(self) -> None:
        """Go on: the client has read."""
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None
        super().resume_writing()

    def _await_head(self) -> None:
        self._head = self.loop.call_later(self.head_s, self._head_is_late)

    def _head_is_late(self) -> None:
        self._head = None
        answering: RequestResponseCycle | None = self.cycle
        if answering is not None and not answering.response_complete:
            self._await_head()  # an answer is still being made: the next head may wait
        elif not self.transport.is_closing():
            self.transport.close()

    def _await_reading(self, left: int) -> None:
        self._unread = self.loop.call_later(self.unread_s, self._nothing_was_read, left)

    def _nothing_was_read(self, left: int) -> None:
        now = self.transport.get_write_buffer_size()
        if now >= left:
            self.transport.abort()
        else:
            self._await_reading(now)
