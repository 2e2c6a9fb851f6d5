"""`serve` says beforehand when its port is taken, and where it serves."""

from __future__ import annotations

import socket

import pytest

from cli.demo.serving import PortTakenError, free_port


def test_a_taken_port_is_named_before_anything_is_set_up() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(
            PortTakenError, match=rf"127\.0\.0\.1:{port} cannot be listened on \(Address already in use\)"
        ):
            free_port("127.0.0.1", port)


def test_an_address_of_another_machine_is_named() -> None:
    with pytest.raises(PortTakenError, match=r"192\.0\.2\.1"):
        free_port("192.0.2.1", 8000)


def test_a_free_port_is_taken() -> None:
    assert free_port("127.0.0.1", None) > 0
