"""What happens around each request: an id, one log line, metrics, the body's limits, and no bare 500."""

from __future__ import annotations

import random
import re
import time
from functools import lru_cache
from typing import TYPE_CHECKING

import structlog
from starlette.requests import ClientDisconnect

from api.http import language, problems, public_address
from api.http.body_limits import Body, BodyLimits, closing, refuse_declared
from api.http.headers import added_to
from core import training
from core.errors import DomainError
from core.observability import REQUEST_SECONDS, REQUESTS

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from prometheus_client import Counter, Histogram
    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = structlog.get_logger("wangge.http")
_ID = re.compile(r"^[A-Za-z0-9._-]{1,64}$")
UNCONFIRMED = b"unconfirmed-since"
TRAINING = (b"wangge-training", b"1")
_CLIENT_GONE = 499  # as nginx counts it: nobody is there to be answered
_QUIET = {"/healthz", "/readyz", "/metrics"}


class AddressInvalidError(DomainError):
    """The address holds a zero character, which no name here has."""

    code = "address-invalid"


def _refuse_zero(scope: Scope) -> None:
    """Refuse once for all routes what PostgreSQL keeps in no text."""
    if "\x00" in scope["path"] or b"%00" in scope.get("query_string", b""):
        raise AddressInvalidError


class RequestEnvelope:
    """Pure ASGI, so that the hot path pays little and streams stay streams."""

    def __init__(
        self,
        app: ASGIApp,
        limits: BodyLimits,
        unconfirmed_since: Callable[[], datetime | None],
        trusted_proxies: frozenset[str],
    ) -> None:
        self.app = app
        self.trusted_proxies = trusted_proxies
        self.limits = limits
        self.unconfirmed_since = unconfirmed_since

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wrap one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        request_id = headers.get(b"x-request-id", b"").decode("latin-1")
        if not _ID.match(request_id):
            request_id = f"{random.getrandbits(128):032x}"
        language.begin(scope)
        scope = public_address.as_reached(scope, headers, self.trusted_proxies)
        bodiless = scope["method"] == "HEAD"
        if bodiless:
            scope = {**scope, "method": "GET"}  # RFC 9110 §9.3.2: HEAD answers as GET does, without the content
        exchange = _Exchange(send, scope, request_id, self.unconfirmed_since, bodiless=bodiless)
        if b"content-length" in headers or b"transfer-encoding" in headers:
            body = Body(receive, headers, self.limits)
            receive, exchange.forward = body.receive, closing(send, body)
        started = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                public_address.check_host(scope, headers)
                refuse_declared(headers, self.limits)
                _refuse_zero(scope)
                await self.app(scope, receive, exchange.send)
            except ClientDisconnect:
                exchange.status = _CLIENT_GONE
            except DomainError as error:
                await exchange.answer_instead(problems.from_domain(error, scope["path"]), scope, receive, error)
            except Exception as error:
                log.exception("request failed", path=scope["path"], error=type(error).__name__)
                await exchange.answer_instead(problems.unexpected(scope["path"]), scope, receive, error)
            _account(scope, exchange.status, time.perf_counter() - started)


class _Exchange:
    """One answer on its way out, its status remembered.

    It is stamped with the request's id, and with since when the database is away, if it was at its beginning or is at
    its end.
    """

    def __init__(
        self,
        send: Send,
        request: Scope,
        request_id: str,
        unconfirmed_since: Callable[[], datetime | None],
        *,
        bodiless: bool = False,
    ) -> None:
        self.forward = send
        self._unconfirmed_since, self._since = unconfirmed_since, unconfirmed_since()
        self.bodiless = bodiless
        self._stamp = (b"x-request-id", request_id.encode())
        self._request = request
        self.status = 500
        self.begun = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status, self.begun = message["status"], True
            message["headers"] = [*message["headers"], self._stamp, *added_to(message["headers"], self._request)]
            if training.is_on():
                message["headers"].append(TRAINING)
            since = self._since or self._unconfirmed_since()
            if since is not None:
                message["headers"].append((UNCONFIRMED, since.isoformat(timespec="milliseconds").encode()))
        elif self.bodiless and message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await self.forward(message)

    async def answer_instead(self, response: Response, scope: Scope, receive: Receive, error: Exception) -> None:
        """Answer with a problem, unless the answer has begun already: then the connection must break."""
        if self.begun:
            raise error
        await response(scope, receive, self.send)


@lru_cache(maxsize=1024)
def _metrics(method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    """Return the metrics of one label set; finding them by label takes longer than counting."""
    return REQUESTS.labels(method, route, status), REQUEST_SECONDS.labels(method, route)


def _account(scope: Scope, status: int, seconds: float) -> None:
    route = getattr(scope.get("route"), "path", None) or "unmatched"
    requests, request_seconds = _metrics(scope["method"], route, status)
    requests.inc()
    request_seconds.observe(seconds)
    if scope["path"] not in _QUIET:
        log.info("request", method=scope["method"], path=scope["path"], status=status, ms=round(seconds * 1e3, 2))
