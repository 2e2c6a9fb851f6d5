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

if TYPE_CHECKING:
    from starlette.types import Scope as Connection

NAME: Final = "wangge-session"
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
    headers = Headers(scope=connection)
    sent = headers.get("cookie")
    if sent is None or NAME not in sent:
        return None
    token = cookie_parser(sent).get(cookie_name(connection))
    if not token:
        return None
    if connection["method"] not in HARMLESS:
        require_own_page(headers)
    return token


def require_own_page(headers: Headers) -> None:
    """Raise ForeignSiteError unless a page of this service, or a program, made the request."""
    told = "sec-fetch-site" in headers or "origin" in headers
    if is_from_another_site(headers) if told else _OWN_PROGRAM not in headers:
        raise ForeignSiteError(
            "A request with a session's cookie that changes something comes from a page of this service"
            " (Sec-Fetch-Site: same-origin, or its Origin); programs send X-Requested-With."
        )


def cookie_name(connection: Connection) -> str:
    """Return the name of the session's cookie, as the client reaches this service."""
    return f"__Host-{NAME}" if is_secure(connection) else NAME


def cookie(connection: Connection, name: str, value: str, *, max_age_s: int) -> str:
    """Return a Set-Cookie for this host that no script reads; with an age of 0 it is taken away."""
    secure = "; Secure" if is_secure(connection) else ""
    return f"{name}={value}; Max-Age={max_age_s}; Path=/; HttpOnly; SameSite=Lax{secure}"


def is_secure(connection: Connection) -> bool:
    """Tell whether clients reach this service over TLS: as the operator states, else as the request came."""
    stated = services_of(connection["app"]).settings.public_url
    return (stated or f"{connection['scheme']}:").startswith("https:")
