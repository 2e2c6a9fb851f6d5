"""What routes ask for: the session of their one transaction, and the caller."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final

from fastapi import Depends, Request
from sqlalchemy.orm import Session

from api.http.keys import SentKey
from api.http.public_address import client_address
from api.http.services import ServicesDep, services_of
from api.http.session_cookies import session_token
from identity.grants import Scope
from identity.keys import Principal
from identity.sign_in.session_memory import SessionUnknownError

if TYPE_CHECKING:
    from collections.abc import Iterator

PRINCIPAL: Final = "wangge.principal"  # where a request's scope holds the caller that the gate let in


def get_session(services: ServicesDep) -> Iterator[Session]:
    """Open the request's transaction; it commits before the answer is sent (scope="function")."""
    with services.database.transaction() as session:
        yield session


def get_snapshot(services: ServicesDep) -> Iterator[Session]:
    """Open one read-only snapshot."""
    with services.database.snapshot() as session:
        yield session


def get_principal(request: Request, key: SentKey) -> Principal:
    """Identify the caller by key or session; the gate (api/http/admission.py) has done so before the body was read."""
    found: Principal | None = request.scope.get(PRINCIPAL)
    if found is not None:
        return found
    services = services_of(request.app)
    token = session_token(request.scope) if key is None else None
    if token is not None:
        return services.sessions.authenticate(token)
    return services.keyring.authenticate(key, client_address(request.scope))


def get_optional_principal(request: Request, key: SentKey) -> Principal | None:
    """Identify the caller by the key or session, where one is sent; a session that has ended counts as none."""
    if key is None and session_token(request.scope) is None:
        return None
    with suppress(SessionUnknownError):
        principal = request.scope[PRINCIPAL] = get_principal(request, key)
        return principal
    return None


OwnAccountDep = Annotated[Principal, Depends(get_principal)]


def get_complete_principal(principal: OwnAccountDep) -> Principal:
    """Return the caller, unless it lacks a second factor that it has to have: then it may only set one up."""
    principal.require_second_factor()
    return principal


# The default scope answers 201 before a failing COMMIT is seen: "function" is load-bearing.
SessionDep = Annotated[Session, Depends(get_session, scope="function")]
SnapshotDep = Annotated[Session, Depends(get_snapshot, scope="function")]
PrincipalDep = Annotated[Principal, Depends(get_complete_principal)]


@dataclass(frozen=True, slots=True)
class Requires:
    """A dependency that returns the caller if the caller holds the scope: for everything, or `somewhere`."""

    scope: Scope
    somewhere: bool = False

    def __call__(self, principal: PrincipalDep) -> Principal:
        """Return the caller, or raise ScopeMissingError or ReachLimitedError."""
        if self.somewhere:
            principal.require_somewhere(self.scope)
        else:
            principal.require(self.scope)
        return principal


def requires(scope: Scope) -> Requires:
    """Make a dependency that returns the caller who holds the scope for all areas and categories."""
    return Requires(scope)


def requires_somewhere(scope: Scope) -> Requires:
    """Make a dependency that returns the caller who holds the scope in some area and category.

    The route passes `principal.reach(scope)` to every query that reads rows, or reads none that grants limit.
    """
    return Requires(scope, somewhere=True)


OptionalPrincipalDep = Annotated[Principal | None, Depends(get_optional_principal)]
# How the document states that a route with OptionalPrincipalDep also answers without a key (`openapi_extra`).
KEY_OPTIONAL: dict[str, list[dict[str, list[str]]]] = {"security": [{}]}
