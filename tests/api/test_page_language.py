"""Every page and print that is served is in the language that the request asks for, and names it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from fastapi.routing import APIRoute

from api.http.language import WordsLanguage
from tests.described import application

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

IS_PAGE = re.compile(r"(\.html|\.pdf|/notice\.\{form\})$")
#: Pages without an ending: they are no files.
NAMED = {"/", "/start", "/data-quality"}


def pages() -> dict[str, APIRoute]:
    """Return the routes of pages and prints, by path."""
    routes = [route for route in application().routes if isinstance(route, APIRoute)]
    return {route.path: route for route in routes if IS_PAGE.search(route.path) or route.path in NAMED}


def test_every_route_of_a_page_or_print_takes_a_language() -> None:
    found = pages()
    assert len(found) >= 10
    without = [
        path
        for path, route in found.items()
        if not any(isinstance(one.call, WordsLanguage) for one in route.dependant.dependencies)
    ]
    assert without == []


@pytest.mark.parametrize("asked", [{"params": {"lang": "en"}}, {"headers": {"Accept-Language": "en-GB, zh;q=0.5"}}])
def test_a_page_names_its_language_and_that_it_depends_on_the_header(client: TestClient, asked: dict[str, Any]) -> None:
    for path in sorted(NAMED):
        page = client.get(path, **asked)
        assert '<html lang="en">' in page.text
        assert page.headers["Content-Language"] == "en"
        assert "Accept-Language" in page.headers["Vary"]
        assert '<html lang="zh-CN">' in client.get(path).text
    key = client.get("/v1/maps/hotspots.html", headers={"Accept": "text/html", "Accept-Language": "en"})
    assert key.status_code == 401
    assert '<html lang="en">' in key.text
