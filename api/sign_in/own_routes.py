"""What a person changes about the own account: the password, the second factor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import Request
from starlette.responses import Response

from api.http.admission import costly
from api.http.answers import json_response
from api.http.dependencies import OwnAccountDep
from api.http.openapi import feature_router
from api.http.problems import responses
from api.http.services import Services, ServicesDep
from api.sign_in.routes import NO_STORE, origin_of
from api.sign_in.schemas import (
    EnrolmentOut,
    PasswordChangeIn,
    ProofIn,
    RecoveryCodesOut,
    SecondFactorCodeIn,
)
from identity.sign_in import accounts, second_factors, sessions
from identity.sign_in.sessions import Credentials

if TYPE_CHECKING:
    from identity.keys import Principal

router = feature_router(prefix="/v1/me", tags=["sign-in"])

_PROVEN = responses(400, 401, 404, 409, 503)


def _credentials(services: Services, caller: Principal, proof: ProofIn) -> Credentials:
    """Return what the caller shows of the own account."""
    with services.database.transaction() as session:
        login = accounts.account_of(session, caller.actor).login
    return Credentials(login, proof.password, proof.code)


@router.put("/password", status_code=204, responses=_PROVEN)
@costly("sign-ins", 1)
def change_password(
    services: ServicesDep, request: Request, caller: OwnAccountDep, content: PasswordChangeIn
) -> Response:
    """Change one's own password. All sessions end, this one too: sign in with the new one."""
    given = _credentials(services, caller, content)
    with sessions.proven(services.database, services.settings, given=given, origin=origin_of(request)) as proven:
        session, account, _ = proven
        accounts.store_password(
            session, account, content.new_password, services.settings, action="accounts.password-changed",
            field="new_password",
        )  # fmt: skip
    services.sessions.forget_all()
    return Response(None, 204)


@router.post("/second-factor", status_code=201, response_model=EnrolmentOut, responses=_PROVEN)
@costly("sign-ins", 1)
def begin_second_factor(services: ServicesDep, request: Request, caller: OwnAccountDep, content: ProofIn) -> Response:
    """Begin to set up an authenticator app: the secret for it, which counts once a code of it was sent."""
    given = _credentials(services, caller, content)
    with sessions.proven(services.database, services.settings, given=given, origin=origin_of(request)) as proven:
        session, account, _ = proven
        made = second_factors.begin(session, account, services.settings)
    return json_response({"secret": made.secret, "uri": made.uri}, 201, NO_STORE)


@router.put("/second-factor", response_model=RecoveryCodesOut, responses=_PROVEN)
def confirm_second_factor(services: ServicesDep, caller: OwnAccountDep, content: SecondFactorCodeIn) -> Response:
    """Finish setting up an authenticator app by a code of it; the answer holds the recovery codes, shown this once."""
    with services.sessions.ending() as session:
        codes = second_factors.confirm(
            session, accounts.account_of(session, caller.actor), content.code, services.settings
        )
    return json_response({"recovery_codes": codes}, headers=NO_STORE)


@router.post("/second-factor/removal", status_code=204, responses=_PROVEN)
@costly("sign-ins", 1)
def remove_second_factor(services: ServicesDep, request: Request, caller: OwnAccountDep, content: ProofIn) -> Response:
    """Take one's own second factor away, by password and a code of it."""
    given = _credentials(services, caller, content)
    with sessions.proven(services.database, services.settings, given=given, origin=origin_of(request)) as proven:
        session, account, _ = proven
        if not second_factors.remove(session, account, actor=caller.actor):
            raise second_factors.SecondFactorNotFoundError
    services.sessions.forget_all()
    return Response(None, 204)
