"""Sign in, sign out, list and end sessions, set a password by a one-time token, ask who one is."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Request
from starlette.responses import Response

from api.http import session_cookies
from api.http.admission import costly
from api.http.answers import json_response
from api.http.dependencies import OwnAccountDep, SnapshotDep
from api.http.keys import ForeignSiteError, is_from_another_site
from api.http.openapi import feature_router
from api.http.problems import responses
from api.http.public_address import client_address
from api.http.services import ServicesDep
from api.sign_in.schemas import (
    MeOut,
    PasswordIn,
    PasswordSetOut,
    SessionList,
    SignedInOut,
    SignInIn,
    me_out,
    session_out,
)
from identity.grants import Scope
from identity.sign_in import accounts, sessions
from identity.sign_in.sessions import Credentials, Origin

router = feature_router(prefix="/v1", tags=["sign-in"])

SessionNumber = Annotated[int, Path(ge=1, le=2**62, description="Number of a session.")]
NO_STORE = {"Cache-Control": "no-store"}


def origin_of(request: Request) -> Origin:
    """Return where a sign-in comes from."""
    device = session_cookies.sent_cookie(request.scope, session_cookies.DEVICE)
    return Origin(client_address(request.scope), request.headers.get("user-agent", ""), device)


@router.post("/sessions", status_code=201, response_model=SignedInOut, responses=responses(400, 401, 403, 429, 503))
@costly("sign-ins", 1)
def sign_in(services: ServicesDep, request: Request, content: SignInIn) -> Response:
    """Sign in with login and password. The answer sets the session's cookie; a session of before is ended.

    An account with a second factor is answered `second-factor-needed` (401) until a `code` is sent too. A request from
    a page of another site is refused.
    """
    if is_from_another_site(request.headers):
        raise ForeignSiteError("Sign in from a page of this service.")
    made = sessions.sign_in(
        services.database,
        services.settings,
        given=Credentials(content.login, content.password, content.code),
        origin=origin_of(request),
        replaced=session_cookies.sent_cookie(request.scope, session_cookies.SESSION),
    )  # fmt: skip
    answer = json_response({"id": made.id, "name": made.person.name, "expires_at": made.expires_at}, 201, NO_STORE)
    session_cookies.set_signed_in(answer, request.scope, made)
    return answer


@router.get("/sessions", response_model=SessionList, responses=responses(401, 503))
def list_sessions(session: SnapshotDep, services: ServicesDep, caller: OwnAccountDep) -> Response:
    """List one's own open sessions, the latest seen first."""
    found = sessions.list_sessions(session, caller.actor, services.settings)
    return json_response({"items": [session_out(row, caller.session_id) for row in found]})


@router.delete("/sessions/current", status_code=204, responses=responses(401, 404, 503))
def sign_out(services: ServicesDep, request: Request, caller: OwnAccountDep) -> Response:
    """Sign out: end the session that this request came by, and take its cookie away."""
    if caller.session_id is None:
        raise sessions.SessionNotFoundError("This request came by a key, which is no session.")
    with services.sessions.ending() as session:
        sessions.end(session, caller.session_id, actor=caller.actor)
    gone = session_cookies.cookie(request.scope, session_cookies.SESSION, "", max_age_s=0)
    return Response(None, 204, {"Set-Cookie": gone})


@router.delete("/sessions/{session_number}", status_code=204, responses=responses(401, 404, 503))
def end_session(services: ServicesDep, caller: OwnAccountDep, session_number: SessionNumber) -> Response:
    """End a session of one's own; who manages people or runs the service ends any.

    It opens nothing more from then on, in every process.
    """
    of_anybody = caller.holds(Scope.ADMIN) or caller.holds(Scope.PEOPLE_WRITE)
    with services.sessions.ending() as session:
        sessions.end(session, session_number, actor=caller.actor, of_anybody=of_anybody)
    return Response(None, 204)


@router.post("/passwords", status_code=201, response_model=PasswordSetOut, responses=responses(400, 401, 503))
@costly("sign-ins", 1)
def set_password(services: ServicesDep, content: PasswordIn) -> Response:
    """Set a password by the one-time token of an invitation or a reset. The person's sessions end."""
    with services.sessions.ending() as session:
        person = accounts.set_password(
            session, token=content.token, password=content.password, settings=services.settings
        )
        login = accounts.account_of(session, person).login
    return json_response({"name": person.name, "login": login}, 201, NO_STORE)


@router.get("/me", response_model=MeOut, responses=responses(401, 503))
def get_me(caller: OwnAccountDep) -> Response:
    """Return who asks: the person or system, and what it may do where and on what."""
    return json_response(me_out(caller))
