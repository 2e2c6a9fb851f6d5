"""The way of a browser to the OpenID provider and back: addresses that a person's browser opens, no program."""

from __future__ import annotations

import re
from typing import Annotated, Final

from fastapi import Query, Request
from starlette.responses import RedirectResponse, Response

from api.http import session_cookies
from api.http.dependencies import OwnAccountDep
from api.http.openapi import feature_router
from api.http.public_address import address_of
from api.http.services import ServicesDep
from api.sign_in.routes import origin_of
from core.errors import DomainError
from identity.sign_in import openid, sessions
from identity.sign_in.provider import Provider

router = feature_router(prefix="/sign-in/openid", include_in_schema=False)

BROWSER: Final = "wangge-openid"
# A path of this service: one slash, then anything printable but what a browser reads as a host (//, /\).
_PATH: Final = re.compile(r"^/(?![/\\])[^\\\x00-\x20\x7f]*$")
_NO_STORE: Final = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}


class NextPathInvalidError(DomainError):
    """`next` is a path of this service that begins with one slash."""

    code = "next-path-invalid"


def checked_path(path: str) -> str:
    """Return a path to go on to after signing in, which leads to this service and nowhere else.

    Raises
    ------
    NextPathInvalidError
    """
    if not _PATH.match(path):
        raise NextPathInvalidError(field="next")
    return path


@router.get("")
def go_to_provider(
    services: ServicesDep, request: Request, next_path: Annotated[str, Query(alias="next", max_length=2000)] = "/"
) -> Response:
    """Send a browser to the OpenID provider."""
    redirect_uri = f"{address_of(request)}/sign-in/openid/back"
    made = openid.depart(
        services.database, services.settings, redirect_uri=redirect_uri, next_path=checked_path(next_path)
    )
    answer = RedirectResponse(made.address, 303, _NO_STORE)
    age_s = int(openid.LONGEST.total_seconds())
    answer.headers.append("Set-Cookie", session_cookies.cookie(request.scope, BROWSER, made.browser, max_age_s=age_s))
    return answer


@router.get("/back")
def come_back_from_provider(
    services: ServicesDep,
    request: Request,
    state: Annotated[str, Query(max_length=200)] = "",
    code: Annotated[str | None, Query(max_length=4000)] = None,
    iss: Annotated[str | None, Query(max_length=2000)] = None,
    error: Annotated[str | None, Query(max_length=200)] = None,
) -> Response:
    """Take a browser back from the OpenID provider: begin its person's session and go on."""
    browser = session_cookies.sent_cookie(request.scope, BROWSER)
    made, next_path = openid.come_back(
        services.database,
        services.settings,
        answer=openid.Answer(state, browser, None if error else code, iss, error),
        origin=origin_of(request),
    )
    answer = RedirectResponse(next_path, 303, _NO_STORE)
    session_cookies.set_signed_in(answer, request.scope, made)
    answer.headers.append("Set-Cookie", session_cookies.cookie(request.scope, BROWSER, "", max_age_s=0))
    return answer


@router.post("/sign-out")
def sign_out_at_provider(services: ServicesDep, request: Request, caller: OwnAccountDep) -> Response:
    """End the session here, and send the browser on to end the one at the OpenID provider."""
    if caller.session_id is not None:
        with services.sessions.ending() as session:
            sessions.end(session, caller.session_id, actor=caller.actor)
    address = Provider.read(services.settings).address_for_leaving(f"{address_of(request)}/")
    answer = RedirectResponse(address or "/", 303, _NO_STORE)
    gone = session_cookies.cookie(request.scope, session_cookies.SESSION, "", max_age_s=0)
    answer.headers.append("Set-Cookie", gone)
    return answer
