"""What routes ask for: the session of their one transaction, the caller, the process's state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyHeader
from sqlalchemy.orm import Session

from core.roles import Scope
from core.security import Principal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_key_header = APIKeyHeader(name="X-API-Key", auto_error=False, description="The key of an intake system or person.")


def get_session(request: Request) -> Iterator[Session]:
    """Open the request's transaction; it commits before the answer is sent (scope="function")."""
    with request.app.state.database.transaction() as session:
        yield session


def get_snapshot(request: Request) -> Iterator[Session]:
    """Open one read-only snapshot."""
    with request.app.state.database.snapshot() as session:
        yield session


def get_principal(request: Request, key: Annotated[str | None, Security(_key_header)] = None) -> Principal:
    """Identify the caller by the key."""
    principal: Principal = request.app.state.keyring.authenticate(key)
    return principal


def get_optional_principal(
    request: Request, key: Annotated[str | None, Security(_key_header)] = None
) -> Principal | None:
    """Identify the caller by the key, where one is sent."""
    return None if key is None else get_principal(request, key)


def requires(scope: Scope) -> Callable[[Principal], Principal]:
    """Make a dependency that gives the caller if the key holds the scope."""

    def check(principal: PrincipalDep) -> Principal:
        principal.require(scope)
        return principal

    return check


# The default scope answers 201 before a failing COMMIT is seen: "function" is load-bearing.
SessionDep = Annotated[Session, Depends(get_session, scope="function")]
SnapshotDep = Annotated[Session, Depends(get_snapshot, scope="function")]
PrincipalDep = Annotated[Principal, Depends(get_principal)]
OptionalPrincipalDep = Annotated[Principal | None, Depends(get_optional_principal)]
# How the document says that a route with OptionalPrincipalDep also answers without a key (`openapi_extra`).
KEY_OPTIONAL: dict[str, list[dict[str, list[str]]]] = {"security": [{}]}
