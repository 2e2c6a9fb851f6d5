"""Under which address a client reaches this service: the base of every link that an answer holds.

Stated by the operator (WANGGE_PUBLIC_URL), or reported by a trusted proxy (`Forwarded`, RFC 7239; `X-Forwarded-Proto`,
`-Host`, `-Prefix`, `-For`), or else what the request names in `Host`. What others than trusted proxies report is
not looked at.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from api.http.services import services_of
from core.errors import DomainError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.types import Scope

_PREFIX: Final = "wangge.prefix"  # where a request's scope holds the path under which a proxy serves this service
# A registered name, IPv4 or IPv6 address, and a port (RFC 3986 §3.2.2); the colon begins nothing but the port.
_HOST: Final = re.compile(rb"^(?:[A-Za-z0-9._~-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?$")
_PATH: Final = re.compile(r"^(?:/[A-Za-z0-9._~-]+)*$")
_PAIR: Final = re.compile(r'(for|host|proto)=("[^"]*"|[^;,\s"]+)', re.IGNORECASE)
_REPORTED: Final = (b"forwarded", b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host", b"x-forwarded-prefix")


class HostInvalidError(DomainError):
    """The request names no host, or more than one, or one that is no host's name. Send one Host header."""

    code = "host-invalid"


def check_host(scope: Scope, headers: Mapping[bytes, bytes]) -> None:
    """Refuse a request whose Host is not one valid name (RFC 9112 §3.2; HTTP/1.0 may leave it out).

    Raises
    ------
    HostInvalidError
    """
    named = headers.get(b"host")
    if named is None:
        if scope.get("http_version") == "1.1":
            raise HostInvalidError
    elif not _HOST.match(named) or sum(name == b"host" for name, _ in scope["headers"]) > 1:
        raise HostInvalidError


def as_reached(scope: Scope, headers: Mapping[bytes, bytes], trusted: frozenset[str]) -> Scope:
    """Return the request as the client sent it to the proxy in front, where that proxy is trusted."""
    client = scope.get("client")
    if client is None or client[0] not in trusted or not any(name in headers for name in _REPORTED):
        return scope
    reported = _reported(headers)
    changed = dict(scope)
    if reported.get("proto") in {"http", "https"}:
        changed["scheme"] = reported["proto"]
    host = reported.get("host", "").encode("latin-1", "replace")
    if _HOST.match(host):
        changed["headers"] = [pair for pair in scope["headers"] if pair[0] != b"host"] + [(b"host", host)]
    if "for" in reported:
        changed["client"] = (reported["for"], 0)
    prefix = headers.get(b"x-forwarded-prefix", b"").decode("latin-1").rstrip("/")
    if _PATH.match(prefix):
        changed[_PREFIX] = prefix
    return changed


def _reported(headers: Mapping[bytes, bytes]) -> dict[str, str]:
    """Return what the nearest proxy reported of the request: the last element of each list."""
    forwarded = headers.get(b"forwarded", b"").decode("latin-1").rpartition(",")[2]
    found = {name.lower(): value.strip('"') for name, value in _PAIR.findall(forwarded)}
    for name in ("for", "proto", "host"):
        value = headers.get(f"x-forwarded-{name}".encode(), b"").decode("latin-1").rpartition(",")[2].strip()
        if value and name not in found:
            found[name] = value
    return found


def client_address(scope: Scope) -> str | None:
    """Return the network address of who sends a request, as a trusted proxy reports it, without a port."""
    client = scope.get("client")
    if client is None:
        return None
    host = str(client[0])
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0] if host.count(":") == 1 else host


def address_of(request: Request) -> str:
    """Return the address of this service as the client reaches it, without a slash at its end."""
    stated = services_of(request.app).settings.public_url
    if stated:
        return stated.rstrip("/")
    return f"{request.url.scheme}://{request.url.netloc}{request.scope.get(_PREFIX, '')}"


def own_address(request: Request) -> str:
    """Return the address of this very request as the client reaches it, with its query."""
    raw: bytes = request.scope.get("raw_path") or request.scope["path"].encode()
    query: bytes = request.scope["query_string"]
    path = raw.partition(b"?")[0].decode("latin-1")
    return f"{address_of(request)}{path}{'?' + query.decode('latin-1') if query else ''}"
