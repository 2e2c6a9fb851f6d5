"""The key of a request, wherever the caller has put it: one place for all routes that ask who calls.

`X-API-Key` is looked at first, then `Authorization`: a Bearer token, or the password of HTTP Basic under any user name,
which desktop programs can store. An empty key is none, and other schemes of Authorization hold none.
"""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Final
from urllib.parse import urlsplit

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyCookie, APIKeyHeader, HTTPBasic, HTTPBearer
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection

from core.errors import DomainError, Kind
from identity.keys import KeyUnknownError

CHALLENGE: Final = 'ApiKey realm="wangge", header="X-API-Key", Bearer realm="wangge"'
"""What a 401 asks for. Not Basic, though it is taken: a browser that is asked for it shows a window of its own, keeps
what was typed, and sends it with whatever any other site makes it ask of this one."""
HARMLESS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class ForeignSiteError(DomainError):
    """A browser sent a stored password with a request that another site made. Send the key in X-API-Key."""

    code = "foreign-site"
    kind = Kind.UNAUTHORIZED


def key_of(headers: Headers, method: str) -> str | None:
    """Return the key that a request carries, or None.

    Raises
    ------
    KeyUnknownError
        When Authorization is Basic and holds no user name and password.
    ForeignSiteError
        When another site made a browser send a stored password with a request that may change something.
    """
    key = headers.get("x-api-key")
    if key:
        return key
    scheme, _, credentials = headers.get("authorization", "").strip().partition(" ")
    match scheme.lower():
        case "bearer":
            return credentials.strip() or None
        case "basic":
            if method not in HARMLESS and is_from_another_site(headers):
                raise ForeignSiteError
            return _password(credentials.strip()) or None
    return None


def _password(credentials: str) -> str:
    """Read the password of HTTP Basic (RFC 7617)."""
    try:
        _, colon, password = base64.b64decode(credentials, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        colon = password = ""
    if not colon:
        raise KeyUnknownError("Authorization: Basic holds no user name and password; the key is sent as the password.")
    return password


def is_from_another_site(headers: Headers) -> bool:
    """Return whether a browser marks the request as made by a page of another origin; other programs send no mark."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in {"same-origin", "none"}
    origin = headers.get("origin")  # browsers send no Sec-Fetch-Site to plain http
    return origin is not None and urlsplit(origin).netloc != headers.get("host")


class _Documented:
    """Base of the classes that declare to OpenAPI where a key may stand; `sent_key` reads it."""

    async def __call__(self, request: HTTPConnection) -> None:
        """Read nothing."""


class _Header(_Documented, APIKeyHeader):
    """The key in a header of its own."""


class _Token(_Documented, HTTPBearer):
    """The key as a Bearer token."""


class _Password(_Documented, HTTPBasic):
    """The key as the password of HTTP Basic."""


class _Cookie(_Documented, APIKeyCookie):
    """The session of a person who is signed in."""


_HEADER = _Header(name="X-API-Key", scheme_name="APIKeyHeader", description="The key of an intake system or person.")
_TOKEN = _Token(scheme_name="Bearer", description="The same key as a Bearer token.")
_PASSWORD = _Password(scheme_name="Basic", description="The same key as the password; the user name may be any.")
_COOKIE = _Cookie(
    name="__Host-wangge-session",
    scheme_name="Session",
    description="The session of a person who signed in (POST /v1/sessions). Over plain http it is `wangge-session`.",
)


async def sent_key(
    request: Request,
    _header: Annotated[None, Security(_HEADER)] = None,
    _token: Annotated[None, Security(_TOKEN)] = None,
    _password: Annotated[None, Security(_PASSWORD)] = None,
    _session: Annotated[None, Security(_COOKIE)] = None,
) -> str | None:
    """Return the key that a request carries, or None; raises what `key_of` raises."""
    return key_of(request.headers, request.method)


SentKey = Annotated[str | None, Depends(sent_key)]
