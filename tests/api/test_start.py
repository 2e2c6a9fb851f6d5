"""The first page leads to places that there are, and asks nobody else for anything."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi.testclient import TestClient


def test_the_first_page_is_chinese_and_leads_to_places_that_there_are(client: TestClient) -> None:
    page = client.get("/start")
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert '<html lang="zh-CN">' in page.text
    served = {getattr(route, "path", "") for route in client.app.routes}  # type: ignore[attr-defined]
    links = re.findall(r'(?:href|src)="([^"]+)"', page.text)
    assert len(links) >= 8
    for link in links:
        assert link.startswith("/"), "no address of another machine"
        path = link.partition("?")[0]
        assert path in served | {"/openapi.json"}, path


def test_the_first_page_asks_for_a_point_as_the_api_takes_it(client: TestClient) -> None:
    page = client.get("/start").text
    document = client.get("/openapi.json").json()
    known = {p["name"] for p in document["paths"]["/v1/assignments"]["get"]["parameters"]}
    assert set(re.findall(r'name="(\w+)"', page)) - {"viewport"} <= known
