"""Problems that the framework raises tell what to do, as ours do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi.testclient import TestClient


def test_an_address_that_is_none_leads_to_the_documentation(client: TestClient) -> None:
    body = client.get("/v1/nothing").json()
    assert (body["status"], body["type"]) == (404, "urn:wangge:problem:not-found")
    assert "/docs" in body["detail"]


def test_a_method_that_is_not_served_is_told_all_that_are(client: TestClient) -> None:
    answer = client.delete("/v1/assignments")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, POST"
    assert "Allow" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "body.category: is missing"),
        ({"category": "x", "lng": 1}, "body.lng: is not known here; perhaps it is misspelt"),
        (
            {"category": "x", "reported_at": "2026-07-01T09:30:00"},
            "body.reported_at: needs a time zone, for example +08:00",
        ),
    ],
)
def test_what_is_wrong_with_a_member_is_said_in_plain_words(
    client: TestClient, make_key: Callable[..., dict[str, str]], sent: dict[str, object], said: str
) -> None:
    answer = client.post("/v1/reports", json=sent, headers=make_key("intake", channel="12345"))
    assert answer.status_code == 422
    assert answer.json()["detail"] == said


def test_a_parameter_without_a_time_zone_is_told_how_one_looks(
    client: TestClient, make_key: Callable[..., dict[str, str]]
) -> None:
    answer = client.get("/v1/reports", params={"reported_from": "2026-07-01T00:00:00"}, headers=make_key("planner"))
    assert answer.status_code == 400
    assert answer.json()["detail"] == "query.reported_from: needs a time zone, for example +08:00"
