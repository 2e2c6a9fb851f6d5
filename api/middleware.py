"""What happens around each request: an id, one log line, metrics, a size limit, and no bare 500."""

from __future__ import annotations

import re
import time
import uuid
from typing import TYPE_CHECKING

import structlog
from starlette.exceptions import HTTPException

from api import problems
from core.errors import DomainError, Kind
from core.observability import REQUEST_SECONDS, REQUESTS

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = structlog.get_logger("wangge.http")
_ID = re.compile(r"^[A-Za-z0-9._-]{1,64}$")
_QUIET = {"/healthz", "/readyz", "/metrics"}


class BodyTooLargeError(DomainError):
    """The request's body is larger than this service takes. Send it in parts."""

    code = "body-too-large"
    kind = Kind.TOO_LARGE


class RequestEnvelope:
    """Pure ASGI, so that the hot path pays little and streams stay streams."""

    def __init__(self, app: ASGIApp, max_body_bytes: int) -> None:
        self.app = app
        self.max_body_bytes = max_body_bytes

    def _too_large(self) -> BodyTooLargeError:
        return BodyTooLargeError(
            f"At most {self.max_body_bytes} bytes a request are taken; send it in parts."
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wrap one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = scope["headers"]
        request_id = next((v.decode("latin-1") for k, v in headers if k == b"x-request-id"), "")
        if not _ID.match(request_id):
            request_id = uuid.uuid4().hex
        declared = next((v for k, v in headers if k == b"content-length"), b"0")
        started, status, begun = time.perf_counter(), 500, False
        received = 0

        async def counted_receive() -> Message:
            nonlocal received
            message = await receive()
            if message["type"] == "http.request":
                received += len(message.get("body", b""))
                if received > self.max_body_bytes:
                    # FastAPI lets this class alone through while it reads a body.
                    raise HTTPException(413, self._too_large().detail)
            return message

        async def stamped_send(message: Message) -> None:
            nonlocal status, begun
            if message["type"] == "http.response.start":
                status, begun = message["status"], True
                message["headers"] = [*message["headers"], (b"x-request-id", request_id.encode())]
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                if declared.isdigit() and int(declared) > self.max_body_bytes:
                    raise self._too_large()  # noqa: TRY301 (answered below like any other domain error)
                await self.app(scope, counted_receive, stamped_send)
            except DomainError as error:
                if begun:
                    raise
                await problems.from_domain(error, scope["path"])(scope, receive, stamped_send)
            except Exception as error:
                log.exception("request failed", path=scope["path"], error=type(error).__name__)
                if begun:
                    raise
                await problems.unexpected(scope["path"])(scope, receive, stamped_send)
            seconds = time.perf_counter() - started
            route = getattr(scope.get("route"), "path", None) or "unmatched"
            REQUESTS.labels(scope["method"], route, status).inc()
            REQUEST_SECONDS.labels(scope["method"], route).observe(seconds)
            if scope["path"] not in _QUIET:
                log.info(
                    "request",
                    method=scope["method"],
                    path=scope["path"],
                    status=status,
                    ms=round(seconds * 1e3, 2),
                )
