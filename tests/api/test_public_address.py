"""Links in answers lead where the client came from: by Host, through a trusted proxy, or as the operator states."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from starlette.requests import Request
from starlette.testclient import TestClient

from api.app import create_app
from api.http.public_address import address_of, as_reached, client_address, own_address
from core.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path


class _App:
    def __init__(self, public_url: str) -> None:
        self.state = SimpleNamespace(services=SimpleNamespace(settings=Settings(public_url=public_url)))


def reached(headers: dict[str, str], *, client: str = "10.0.0.9", public_url: str = "") -> Request:
    raw = [(name.lower().encode(), value.encode()) for name, value in ({"Host": "inner:8000"} | headers).items()]
    scope: dict[str, Any] = {
        "type": "http", "method": "GET", "scheme": "http", "path": "/v1/a b", "raw_path": b"/v1/a%20b",
        "query_string": b"x=1", "headers": raw, "client": (client, 5), "app": _App(public_url),
    }  # fmt: skip
    return Request(as_reached(scope, dict(raw), frozenset({"10.0.0.9"})))


PROXIED = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "grid.example.org", "X-Forwarded-Prefix": "/wangge/"}


@pytest.mark.parametrize(
    ("headers", "wanted"),
    [
        ({}, "http://inner:8000"),
        (PROXIED, "https://grid.example.org/wangge"),
        ({"Forwarded": 'for=1.2.3.4;host="grid.example.org:8443";proto=https'}, "https://grid.example.org:8443"),
        # What a client sent ahead of the proxy stands before what the proxy reports.
        ({"Forwarded": "host=evil.example, host=grid.example.org;proto=https"}, "https://grid.example.org"),
        ({"X-Forwarded-Host": "evil.example, grid.example.org"}, "http://grid.example.org"),
        ({"X-Forwarded-Host": "a b", "X-Forwarded-Prefix": "//evil.example"}, "http://inner:8000"),
        ({"X-Forwarded-Proto": "javascript"}, "http://inner:8000"),
    ],
)
def test_a_trusted_proxy_says_under_which_address_it_was_asked(headers: dict[str, str], wanted: str) -> None:
    assert address_of(reached(headers)) == wanted
    assert own_address(reached(headers)) == f"{wanted}/v1/a%20b?x=1"


def test_what_others_than_trusted_proxies_report_is_not_believed() -> None:
    assert address_of(reached(PROXIED, client="10.0.0.8")) == "http://inner:8000"


def test_the_operators_word_goes_before_all() -> None:
    assert address_of(reached(PROXIED, public_url="https://a.example/b/")) == "https://a.example/b"


def test_next_links_and_cors_of_a_running_application(settings: Settings, tmp_path: Path) -> None:
    changed = {"public_url": "https://a.example/b", "cors_origins": "https://maps.example, https://b.example"}
    app = create_app(settings.model_copy(update=changed | {"cache_dir": tmp_path}))
    with TestClient(app) as client:
        landing = client.get("/ogc", headers={"Origin": "https://maps.example"})
        assert {link["href"].partition("/b/")[0] for link in landing.json()["links"]} == {"https://a.example"}
        assert landing.headers["access-control-allow-origin"] == "https://maps.example"
        stranger = client.get("/ogc", headers={"Origin": "https://evil.example"})
        assert "access-control-allow-origin" not in stranger.headers
        asked = {"Origin": "https://maps.example", "Access-Control-Request-Method": "GET"}
        assert client.options("/v1/assignments", headers=asked).status_code == 200
    with TestClient(create_app(settings)) as client:
        closed = client.get("/ogc", headers={"Origin": "https://maps.example"})
        assert "access-control-allow-origin" not in closed.headers


@pytest.mark.parametrize(
    ("told", "address"),
    [
        ({}, "10.0.0.9"),
        ({"X-Forwarded-For": "1.1.1.1, 203.0.113.7"}, "203.0.113.7"),
        ({"Forwarded": 'for="203.0.113.7:4711"'}, "203.0.113.7"),
        ({"Forwarded": 'for="[2001:db8::1]:4711"'}, "2001:db8::1"),
        ({"X-Forwarded-For": "2001:db8::1"}, "2001:db8::1"),
        ({"Forwarded": "for=unknown"}, "unknown"),
    ],
)
def test_the_address_of_a_client_is_the_one_that_the_nearest_proxy_saw(told: dict[str, str], address: str) -> None:
    assert client_address(reached(told).scope) == address
