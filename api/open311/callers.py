"""Who asks: by the key of the standard (`api_key` in the query or the form), or as everywhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from anyio import to_thread
from fastapi import Depends, Request

from api.http.keys import key_of
from api.http.public_address import client_address
from api.http.services import services_of
from governance.open311.queries import Reader
from governance.open311.rules import Open311KeyError
from identity.grants import Scope

if TYPE_CHECKING:
    from identity.keys import Principal


async def caller(request: Request, sent: str | None = None) -> Principal:
    """Return the principal of the key that a request carries.

    Raises
    ------
    Open311KeyError
        When there is none.
    KeyUnknownError, KeyExpiredError, KeyAttemptsError
    """
    key = sent or request.query_params.get("api_key") or key_of(request.headers, request.method)
    if not key:
        raise Open311KeyError
    services = services_of(request.app)
    known = services.keyring.remembered(key)
    if known is not None:
        return known
    return await to_thread.run_sync(services.keyring.authenticate, key, client_address(request.scope))


async def reader(request: Request) -> Reader:
    """Return what the key of a request may see: what it sent itself, and the cases of its grants.

    Raises
    ------
    Open311KeyError
    """
    principal = await caller(request)
    if Scope.CASES_READ in principal.scopes:
        return Reader(principal.client_id, principal.reach(Scope.CASES_READ))
    if Scope.REPORTS_WRITE not in principal.scopes:
        raise Open311KeyError
    return Reader(principal.client_id, None)


ReaderDep = Annotated[Reader, Depends(reader)]
