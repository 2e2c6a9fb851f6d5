"""The key before the body: who calls, and whether they may, is settled before one byte of a request's content is read.

Each route's need is read off its signature (`needs_of`), so that there is no second list to keep. The principal found
goes on in the request's scope, where the dependency takes it up. Large bodies wait here for a place, unread: one
caller's uploads fill neither memory nor the places of others.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeVar

from anyio import CapacityLimiter, to_thread
from fastapi.params import Form
from fastapi.routing import APIRoute
from starlette.datastructures import Headers, QueryParams

from api.http import parameters
from api.http.dependencies import PRINCIPAL, Requires, get_principal
from api.http.keys import key_of
from api.http.public_address import client_address
from api.http.services import services_of
from api.http.session_cookies import session_token
from core.errors import Detail, DomainError, Kind
from identity.sign_in.session_memory import SessionUnknownError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable

    from fastapi.dependencies.models import Dependant
    from starlette.routing import BaseRoute
    from starlette.types import ASGIApp, Receive, Send
    from starlette.types import Scope as Connection

    from identity.keys import Principal
    from identity.sign_in.session_memory import SessionMemory

Needs = frozenset["Requires"] | None
Endpoint = TypeVar("Endpoint", bound="Callable[..., Any]")

_LARGE_BYTES: Final = 1 << 20
_KEYLESS: Final = 0  # principals count from one
_ANYBODY: Final = -1
_DELIVERIES: Final = 4  # two are read at once (grids/boundaries/confinement.py); each holds a thread and a connection
_LOOK_UPS: Final = 2  # unknown keys, and unknown sessions, take no more of the database than this


class UploadsBusyError(DomainError):
    """As many large requests of this caller are under way as are taken at once. Send the rest after them."""

    code = "uploads-busy"
    kind = Kind.QUOTA


class BusyError(DomainError):
    """As many requests of this kind are under way as one process answers at once. Send it again in a moment."""

    code = "busy"
    kind = Kind.UNAVAILABLE


@dataclass(frozen=True, slots=True)
class Costly:
    """A kind of request that takes long, and how many of it a process answers at once."""

    kind: str
    most: int


def costly(kind: str, most: int) -> Callable[[Endpoint], Endpoint]:
    """Mark a route's function: of this kind `most` are answered at once, others wait for ten seconds and get a 503.

    So that what takes long never holds all threads and connections of a process.
    """

    def mark(endpoint: Endpoint) -> Endpoint:
        _COSTLY[endpoint] = Costly(kind, most)
        return endpoint

    return mark


_COSTLY: Final[dict[Callable[..., object], Costly]] = {}


@dataclass(slots=True)
class _Places:
    free: asyncio.Semaphore
    users: int = 0


@dataclass(slots=True)
class Gate:
    """What a process knows at its gate: look-ups of keys under way, and large bodies by caller."""

    places_each: int
    patience_s: float = 10.0
    _places: dict[tuple[int, str], _Places] = field(default_factory=dict)
    _look_ups: CapacityLimiter | None = None
    _session_look_ups: CapacityLimiter | None = None

    async def identify(self, connection: Connection) -> Principal:
        """Return the caller by the key or else the session that the request carries, from memory where possible.

        Raises
        ------
        KeyMissingError, KeyUnknownError, KeyExpiredError, KeyAttemptsError, SessionUnknownError, ForeignSiteError,
        DatabaseUnavailableError
        """
        services = services_of(connection["app"])
        keyring = services.keyring
        key = key_of(Headers(scope=connection), connection["method"])
        token = session_token(connection) if key is None else None
        if token is not None:
            return services.sessions.remembered(token) or await self._look_up_session(services.sessions, token)
        if self._look_ups is None:
            self._look_ups = CapacityLimiter(_LOOK_UPS)
        known = keyring.remembered(key)
        if known is not None:
            return known
        address = client_address(connection)
        keyring.refuse_early(key or "", address)
        return await to_thread.run_sync(keyring.authenticate, key, address, limiter=self._look_ups)

    async def identify_if_sent(self, connection: Connection) -> Principal | None:
        """Return the caller for whom a key is not needed; a session that has ended counts as none.

        Raises
        ------
        KeyUnknownError, KeyExpiredError, KeyAttemptsError, ForeignSiteError, DatabaseUnavailableError
        """
        if key_of(Headers(scope=connection), connection["method"]) is None and session_token(connection) is None:
            return None
        with suppress(SessionUnknownError):
            principal = connection[PRINCIPAL] = await self.identify(connection)
            return principal
        return None

    async def _look_up_session(self, sessions: SessionMemory, token: str) -> Principal:
        if self._session_look_ups is None:
            self._session_look_ups = CapacityLimiter(_LOOK_UPS)
        return await to_thread.run_sync(sessions.authenticate, token, limiter=self._session_look_ups)

    @asynccontextmanager
    async def place(self, caller: int, kind: str, most: int) -> AsyncIterator[None]:
        """Hold one of the caller's places for such requests, after waiting for it a while.

        Raises
        ------
        UploadsBusyError, BusyError
        """
        places = self._places.setdefault((caller, kind), _Places(asyncio.Semaphore(most)))
        places.users += 1
        try:
            try:
                async with asyncio.timeout(self.patience_s):
                    await places.free.acquire()
            except TimeoutError:
                if caller == _ANYBODY:
                    raise BusyError(
                        "{most} {kind} are under way in this process; send the request again in a moment.",
                        values={"most": most, "kind": Detail(kind)},
                        retry_after_s=max(1, int(self.patience_s)),
                    ) from None
                raise UploadsBusyError(
                    "{most} {kind} of one caller at once; send the rest after them.",
                    values={"most": most, "kind": Detail(kind)},
                    retry_after_s=max(1, int(self.patience_s)),
                ) from None
            try:
                yield
            finally:
                places.free.release()
        finally:
            places.users -= 1
            if not places.users:
                self._places.pop((caller, kind), None)


def needs_of(dependant: Dependant) -> Needs:
    """Return what a key needs for a route, or None when the route answers without a key."""
    found: set[Requires] = set()
    keyed = False
    for inner in dependant.dependencies:
        keyed |= inner.call is get_principal
        if isinstance(inner.call, Requires):
            found.add(inner.call)
        below = needs_of(inner)
        keyed |= below is not None
        found |= below or frozenset()
    return frozenset(found) if keyed else None


def is_large(connection: Connection) -> bool:
    """Return whether a body is declared large, or comes in pieces of which nobody knows the end."""
    for name, value in connection["headers"]:
        if name == b"content-length":
            return not (value.isdigit() and len(value) < 16 and int(value) <= _LARGE_BYTES)
        if name == b"transfer-encoding":
            return True
    return False


@asynccontextmanager
async def admitted(
    connection: Connection, needs: Needs, *, is_delivery: bool = False, cost: Costly | None = None
) -> AsyncIterator[None]:
    """Let a request in: by its key where the route needs one, in a place of its own where its body is large.

    Files are read for a minute: of these each caller has one under way, and the process a few. Who sends a key where
    none is needed has places of their own for large bodies too.

    Raises
    ------
    KeyMissingError, KeyUnknownError, KeyExpiredError, KeyAttemptsError, ForeignSiteError, ScopeMissingError,
    DatabaseUnavailableError, UploadsBusyError, BusyError
    """
    gate = services_of(connection["app"]).gate
    caller = _KEYLESS
    if needs is not None:
        principal = await gate.identify(connection)
        for need in sorted(needs, key=lambda need: need.scope):
            need(principal)
        connection[PRINCIPAL] = principal
        caller = principal.client_id
    elif is_large(connection):
        caller = await _who_sends(gate, connection)
    if cost is not None:
        async with gate.place(_ANYBODY, cost.kind, cost.most):
            yield
    elif is_delivery:
        async with gate.place(caller, "deliveries", 1), gate.place(_ANYBODY, "deliveries", _DELIVERIES):
            yield
    elif is_large(connection):
        async with gate.place(caller, "large requests", gate.places_each):
            yield
    else:
        yield


async def _who_sends(gate: Gate, connection: Connection) -> int:
    """Return the caller's id where a key that is known is sent, else that of all who send none."""
    with suppress(DomainError):
        return (await gate.identify(connection)).client_id
    return _KEYLESS


class _Gated:
    """A route's application behind the gate."""

    def __init__(
        self, app: ASGIApp, needs: Needs, known: frozenset[str] | None, *, is_delivery: bool, cost: Costly | None
    ) -> None:
        self.app = app
        self.needs = needs
        self.known = known
        self.is_delivery = is_delivery
        self.cost = cost

    async def __call__(self, connection: Connection, receive: Receive, send: Send) -> None:
        """Let one request in and pass it on."""
        async with admitted(connection, self.needs, is_delivery=self.is_delivery, cost=self.cost):
            if self.known is not None and connection["query_string"]:
                parameters.refuse_unknown(QueryParams(connection["query_string"]), self.known)
            await self.app(connection, receive, send)


def close(routes: Iterable[BaseRoute]) -> None:
    """Put every route that needs a key, reads a body or must know its parameters behind the gate."""
    for route in routes:
        if isinstance(route, APIRoute) and not isinstance(route.app, _Gated):  # applications share their routes
            needs = needs_of(route.dependant)
            strict = route.path.startswith(parameters.STRICT)
            cost = _COSTLY.get(route.endpoint)
            if strict or cost is not None or needs is not None or route.body_field is not None:
                is_delivery = route.body_field is not None and isinstance(route.body_field.field_info, Form)
                known = parameters.names_of(route.dependant) if strict else None
                route.app = _Gated(route.app, needs, known, is_delivery=is_delivery, cost=cost)
