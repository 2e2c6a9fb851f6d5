"""Addresses of other services that an administrator enters: which of them may be spoken to.

A name is resolved once, every address that it has is judged, and the connection goes to the very address that was
judged: what a name server answers a moment later changes nothing (no server-side request forgery by rebinding).
"""

from __future__ import annotations

import ipaddress
import socket
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    Address = ipaddress.IPv4Address | ipaddress.IPv6Address
    Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")


class AddressRefusedError(ValueError):
    """The address is not public, and no setting allows it."""


def networks(given: str) -> tuple[Network, ...]:
    """Return networks from a text with commas, each as `10.1.0.0/16` or one address.

    Raises
    ------
    ValueError
    """
    return tuple(ipaddress.ip_network(one.strip()) for one in given.split(",") if one.strip())


def is_public(address: Address) -> bool:
    """Tell whether an address is one of the public internet, also as an IPv4 address inside an IPv6 one."""
    inner: list[Address] = []
    if isinstance(address, ipaddress.IPv6Address):
        embedded = (address.ipv4_mapped, address.sixtofour, *(address.teredo or ()))
        inner = [one for one in embedded if one is not None]
        if address in _NAT64:
            inner.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
    is_own = address.is_global and not address.is_multicast and not address.is_reserved
    return is_own and all(is_public(one) for one in inner)


def judged(host: str, port: int, allowed: Sequence[Network]) -> str:
    """Return the address of a host to connect to: its first; all that it has are public or in `allowed`.

    Raises
    ------
    AddressRefusedError
    OSError
        When the name is not known.
    """
    found = [ipaddress.ip_address(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    for one in found:
        if not is_public(one) and not any(one in network for network in allowed):
            raise AddressRefusedError(f"{one} is not public")
    if not found:
        raise OSError(f"{host} has no address")
    return str(found[0])
