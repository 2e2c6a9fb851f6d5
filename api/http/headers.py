"""Headers that declare to a browser what an answer is and what a page may do: no guessing of types, no foreign script.

Single pages carry their scripts and styles inline, as they must open from a file too (presentation/pages/map_page.py);
so their policy cannot forbid inline scripts; the console's does. It leaves an injected script nothing to load from and
nowhere to send data.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from api.http.dependencies import PRINCIPAL
from api.http.services import services_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.types import Scope

    Header = tuple[bytes, bytes]

_NO_SNIFFING: Header = (b"x-content-type-options", b"nosniff")
_NO_STORING: Header = (b"cache-control", b"no-store")
_POLICY = b"content-security-policy"


def added_to(headers: Iterable[Header], request: Scope) -> tuple[Header, ...]:
    """Return the headers to add to an answer with these headers.

    What was answered to a key is for its holder alone, and often about people: nothing on the way stores it, unless the
    route itself sets another.
    """
    media, told = b"", set()
    for name, value in headers:
        if name == b"content-type":
            media = value
        told.add(name)
    added = [_NO_SNIFFING]
    if media.startswith(b"text/html") and _POLICY not in told:
        added.append(_policy(services_of(request["app"]).settings.basemap_url))
    if PRINCIPAL in request and b"cache-control" not in told:
        added.append(_NO_STORING)
    return tuple(added)


@lru_cache(maxsize=8)
def _policy(basemap_url: str) -> Header:
    """Return the Content-Security-Policy of pages: their own origin, and pictures of the basemap."""
    rules = (
        "default-src 'none'",
        "script-src 'self' 'unsafe-inline'",
        "style-src 'self' 'unsafe-inline'",
        f"img-src 'self' data: blob: {_origin(basemap_url)}".rstrip(),
        "connect-src 'self'",
        "font-src 'self' data:",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
    return _POLICY, "; ".join(rules).encode("latin-1", "replace")


def console_policy(basemap_url: str) -> str:
    """Return the Content-Security-Policy of the console: its own files alone, pictures of the basemap, in no frame."""
    rules = (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        f"img-src 'self' data: blob: {_origin(basemap_url)}".rstrip(),
        "connect-src 'self'",
        "font-src 'self'",
        "manifest-src 'self'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
    return "; ".join(rules).encode("latin-1", "replace").decode("latin-1")


def _origin(basemap_url: str) -> str:
    """Return where tiles come from; a placeholder for servers, as in t{s}.example.org, stands for any of them."""
    parts = urlsplit(basemap_url)
    host = re.sub(r"^[^.]*\{[^}]*\}[^.]*", "*", parts.netloc)
    return f"{parts.scheme}://{host}" if re.fullmatch(r"[A-Za-z0-9.*:-]+", host) else ""
