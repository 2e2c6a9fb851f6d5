"""The cookie of a session: read from requests of our own pages alone, written when a person signs in or out.

Behind TLS it is `__Host-wangge-session` (Secure, for this host alone, RFC 6265bis §4.1.3.2), so that no other host of
the domain can plant one. Scripts cannot read it, other sites cannot make a browser send it but with a plain link, and
a request that may change something has to come from a page of this very origin.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.datastructures import Headers
from starlette.requests import cookie_parser

from api.http.keys import HARMLESS, ForeignSiteError, is_from_another_site
from api.http.services import services_of
from identity.sign_in.attempts import DEVICE_KEPT

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import Scope as Connection

    from identity.sign_in.sessions import NewSession

SESSION: Final = "wangge-session"
DEVICE: Final = "wangge-device"
"""Marks a browser that has signed in before, so that others' guesses at a login do not slow its person down."""
_OWN_PROGRAM: Final = "x-requested-with"
"""A header that no page of another site can add without being allowed to (CORS): programs send it, with any value."""


def session_token(connection: Connection) -> str | None:
    """Return the token of the session whose cookie a request carries, or None.

    Raises
    ------
    ForeignSiteError
        When the request may change something and does not come from a page of this service, nor from a program that
        sends X-Requested-With.
    """
    token = sent_cookie(connection, SESSION)
    if token is not None and connection["method"] not in HARMLESS:
        require_own_page(Headers(scope=connection))
    return token


def sent_cookie(connection: Connection, name: str) -> str | None:
    """Return the value of one of this service's cookies, or None where it is not sent or empty."""
    sent = Headers(scope=connection).get("cookie")
    if sent is None or name not in sent:
        return None
    return cookie_parser(sent).get(cookie_name(connection, name)) or None


def require_own_page(headers: Headers) -> None:
    """Raise ForeignSiteError unless a page of this service, or a program, made the request."""
    told = "sec-fetch-site" in headers or "origin" in headers
    if is_from_another_site(headers) if told else _OWN_PROGRAM not in headers:
        raise ForeignSiteError(
            "A request with a session's cookie that changes something comes from a page of this service"
            " (Sec-Fetch-Site: same-origin, or its Origin); programs send X-Requested-With."
        )


def cookie_name(connection: Connection, name: str) -> str:
    """Return the whole name of a cookie, as the client reaches this service."""
    return f"__Host-{name}" if is_secure(connection) else name


def cookie(connection: Connection, name: str, value: str, *, max_age_s: int) -> str:
    """Return a Set-Cookie for this host that no script reads; with an age of 0 it is taken away."""
    secure = "; Secure" if is_secure(connection) else ""
    return f"{cookie_name(connection, name)}={value}; Max-Age={max_age_s}; Path=/; HttpOnly; SameSite=Lax{secure}"


def set_signed_in(answer: Response, connection: Connection, made: NewSession) -> None:
    """Set the cookies of a session that has begun."""
    hours = services_of(connection["app"]).settings.session_longest_hours
    answer.headers.append("Set-Cookie", cookie(connection, SESSION, made.token, max_age_s=hours * 3600))
    if made.device is not None:
        age_s = int(DEVICE_KEPT.total_seconds())
        answer.headers.append("Set-Cookie", cookie(connection, DEVICE, made.device, max_age_s=age_s))


def is_secure(connection: Connection) -> bool:
    """Return whether clients reach this service over TLS: as the operator states, else as the request came."""
    stated = services_of(connection["app"]).settings.public_url
    return (stated or f"{connection['scheme']}:").startswith("https:")
