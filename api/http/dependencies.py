"""What routes ask for: the session of their one transaction, and the caller."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final

from fastapi import Depends, Request
from sqlalchemy.orm import Session

from api.http.keys import SentKey
from api.http.public_address import client_address
from api.http.services import ServicesDep, services_of
from identity.grants import Scope
from identity.keys import Principal

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
    """Identify the caller by the key; the gate (api/http/admission.py) has done so before the body was read."""
    found: Principal | None = request.scope.get(PRINCIPAL)
    return found or services_of(request.app).keyring.authenticate(key, client_address(request.scope))


def get_optional_principal(request: Request, key: SentKey) -> Principal | None:
    """Identify the caller by the key, where one is sent."""
    if key is None:
        return None
    principal = request.scope[PRINCIPAL] = get_principal(request, key)
    return principal


# The default scope answers 201 before a failing COMMIT is seen: "function" is load-bearing.
SessionDep = Annotated[Session, Depends(get_session, scope="function")]
SnapshotDep = Annotated[Session, Depends(get_snapshot, scope="function")]
PrincipalDep = Annotated[Principal, Depends(get_principal)]


@dataclass(frozen=True, slots=True)
class Requires:
    """A dependency that gives the caller if the caller holds the scope: for everything, or `somewhere`."""

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
    """Make a dependency that gives the caller who holds the scope for all areas and categories."""
    return Requires(scope)


def requires_somewhere(scope: Scope) -> Requires:
    """Make a dependency that gives the caller who holds the scope in some area and category.

    The route passes `principal.reach(scope)` to every query that reads rows, or reads none that grants limit.
    """
    return Requires(scope, somewhere=True)


OptionalPrincipalDep = Annotated[Principal | None, Depends(get_optional_principal)]
# How the document says that a route with OptionalPrincipalDep also answers without a key (`openapi_extra`).
KEY_OPTIONAL: dict[str, list[dict[str, list[str]]]] = {"security": [{}]}
