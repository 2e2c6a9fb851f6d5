"""Which addresses are public: an IPv4 address inside an IPv6 one is judged as what it is."""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

import pytest

from core.addresses import AddressRefusedError, is_public, judged, networks


@pytest.mark.parametrize(("address", "public"), [
    ("8.8.8.8", True), ("2400:3200::1", True), ("127.0.0.1", False), ("10.1.2.3", False), ("172.16.0.1", False),
    ("192.168.1.1", False), ("169.254.169.254", False), ("100.64.0.1", False), ("0.0.0.0", False),  # noqa: S104
    ("224.0.0.1", False), ("255.255.255.255", False), ("240.0.0.1", False), ("::1", False), ("::", False),
    ("fe80::1", False), ("fd00::1", False), ("ff02::1", False), ("::ffff:10.0.0.1", False), ("::ffff:8.8.8.8", True),
    ("64:ff9b::a00:1", False), ("2002:a00:1::", False), ("2001:0:a00:1::", False),
])  # fmt: skip
def test_an_address_is_public_or_not(address: str, public: bool) -> None:  # noqa: FBT001
    assert is_public(ipaddress.ip_address(address)) is public


def test_a_name_is_refused_when_any_of_its_addresses_is(monkeypatch: pytest.MonkeyPatch) -> None:
    answers: list[Any] = [[(0, 0, 0, "", ("8.8.8.8", 443)), (0, 0, 0, "", ("10.0.0.7", 443))]]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answers[0])
    with pytest.raises(AddressRefusedError, match=r"10\.0\.0\.7"):
        judged("hooks.example.org", 443, ())
    assert judged("hooks.example.org", 443, networks("10.0.0.0/24, 192.168.7.9")) == "8.8.8.8"
    with pytest.raises(ValueError, match="host bits"):
        networks("10.0.0.1/8")
