"""The documentation speaks to people: each operation is headed by what it does."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi.testclient import TestClient


def test_every_operation_is_headed_by_what_it_does_and_no_two_alike(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    headings = [operation["summary"] for methods in paths.values() for operation in methods.values()]
    assert len(headings) > 90
    for heading in headings:
        assert len(heading.split()) >= 3, heading
        assert not heading.endswith(".")
    assert len(set(headings)) == len(headings)


def test_every_group_of_operations_is_described(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    used = {tag for methods in document["paths"].values() for one in methods.values() for tag in one["tags"]}
    described = {tag["name"] for tag in document["tags"]}
    assert used == described
    assert all(tag["description"] for tag in document["tags"])


def test_the_page_asks_no_other_machine(client: TestClient) -> None:
    page = client.get("/docs").text
    assert re.findall(r"""(?:src|href)=["']?(?:https?:)?//""", page) == []
