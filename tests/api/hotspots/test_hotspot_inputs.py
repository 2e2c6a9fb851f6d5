"""Policies, patrol effort and holidays over HTTP: added to, listed, refused with the field and how to mend it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import shapely

from core import clock
from grids.boundaries import operations as boundaries
from grids.boundaries.records import AreaRecord
from tests.factories.identity import who

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi.testclient import TestClient

    from core.db import Database


@pytest.fixture
def planner(client: TestClient, make_key: Callable[..., dict[str, str]], database: Database) -> TestClient:
    """A client with a planner's key on a layer of one grid."""
    with database.transaction() as session:
        layer = boundaries.create_layer(session, code="admin", name="行政", levels=["grid"], actor=who("t"))
        grid = AreaRecord("grid", "11", "网格", shapely.box(113.2, 34.7, 113.21, 34.71))
        boundaries.publish(
            session, layer=layer, areas=[grid], publication=boundaries.Publication(author=who("t")), lead_s=0.0
        )
    client.headers.update(make_key("planner", name="规划科"))
    return client


def in_days(days: int) -> str:
    return (clock.now().astimezone(clock.LOCAL).date() + timedelta(days=days)).isoformat()


def test_a_policy_is_added_and_listed_with_its_span(planner: TestClient) -> None:
    body = {"valid_from": in_days(5), "thresholds": {"gone_after_runs": 3}, "sources": {"app": "quick_note"}}
    added = planner.post("/v1/hotspots/policies", json=body)
    assert added.status_code == 201
    assert added.json()["thresholds"]["gone_after_runs"] == 3
    assert added.json()["added_by"] == "规划科"
    first, second = planner.get("/v1/hotspots/policies").json()
    assert first == added.json()
    assert second["valid_until"] == first["valid_from"]
    assert first["valid_until"] is None


def test_a_policy_that_cannot_be_is_refused_with_its_field(planner: TestClient) -> None:
    def post(**body: Any) -> tuple[int, str, str]:
        answer = planner.post("/v1/hotspots/policies", json={"valid_from": in_days(2), **body})
        problem = answer.json()
        return answer.status_code, problem.get("type", "").rpartition(":")[2], problem.get("field", "")

    assert post(valid_from=in_days(0)) == (400, "hotspot-policy-date", "valid_from")
    assert post(thresholds={"hot_q": 2}) == (400, "hotspot-policy-invalid", "thresholds.hot_q")
    assert post(sources={"x": "friend"})[0] == 422
    assert post(thresholds={"hot_q": True})[0] == 422
    assert post(unknown=1)[0] == 422
    assert post()[0] == 201
    assert post() == (409, "hotspot-policy-exists", "valid_from")


def test_effort_is_taken_and_what_is_refused_is_named(planner: TestClient) -> None:
    rows = [
        {"area": "11", "day": "2026-05-01", "channel": "patrol", "amount": 6.5},
        {"area": "12", "day": "2026-05-01", "channel": "patrol", "amount": 1},
    ]
    taken = planner.post("/v1/hotspots/effort", json={"rows": rows, "source": "演示"})
    assert taken.status_code == 201
    assert (taken.json()["taken"], taken.json()["refused"][0]["line"]) == (1, 2)
    shown = planner.get("/v1/hotspots/effort").json()
    assert shown["coverage"][0]["amount"] == 6.5
    assert shown["imports"] == [taken.json()]
    none = planner.post("/v1/hotspots/effort", json={"rows": rows[1:]})
    assert (none.status_code, none.json()["type"]) == (400, "urn:wangge:problem:hotspot-effort-invalid")
    assert planner.get("/v1/hotspots/effort", params={"layer": "none"}).status_code == 404


def test_a_years_holidays_are_entered_and_listed(planner: TestClient) -> None:
    body = {"days_off": ["2027-01-01"], "make_up_workdays": ["2027-02-21"], "source": "演示"}
    entered = planner.post("/v1/hotspots/holidays/2027", json=body)
    assert entered.status_code == 201
    again = planner.post("/v1/hotspots/holidays/2027", json={**body, "days_off": ["2027-01-01", "2027-01-02"]})
    shown = planner.get("/v1/hotspots/holidays").json()
    assert shown["entered"] == [again.json()]
    assert shown["library_years"][1] >= 2026
    for wrong, field in (
        ({"days_off": ["2026-01-01"]}, "days_off"),
        ({"make_up_workdays": ["2027-02-22"]}, "make_up_workdays"),
        ({"days_off": ["2027-02-21"]}, "make_up_workdays"),
    ):
        answer = planner.post("/v1/hotspots/holidays/2027", json={**body, **wrong})
        assert (answer.status_code, answer.json()["field"]) == (400, field)


def test_a_viewer_reads_and_changes_nothing(client: TestClient, make_key: Callable[..., dict[str, str]]) -> None:
    client.headers.update(make_key("viewer"))
    assert client.get("/v1/hotspots/policies").status_code == 200
    assert client.get("/v1/hotspots/holidays").status_code == 200
    assert client.post("/v1/hotspots/policies", json={"valid_from": in_days(1)}).status_code == 403
    holidays = {"days_off": ["2027-01-01"], "source": "演示"}
    assert client.post("/v1/hotspots/holidays/2027", json=holidays).status_code == 403
    rows = [{"area": "1", "day": "2026-05-01", "channel": "patrol", "amount": 1}]
    assert client.post("/v1/hotspots/effort", json={"rows": rows}).status_code == 403


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("policies", {"valid_from": "2030-01-01", "thresholds": {"\ud800": 1}}),
        ("policies", {"valid_from": "2030-01-01", "sources": {"\ud800": "patrol"}}),
        ("effort", {"rows": [{"area": "11", "day": "2026-05-01", "channel": "patrol", "amount": 1, "\ud800": 1}]}),
        ("holidays/2027", {"days_off": ["2027-01-01"], "source": "演示", "\ud800": 1}),
        ("runs", {"start": "2026-05-01", "end": "2026-06-01", "parameters": {"\ud800": 1}}),
        ("runs", {"start": "2026-05-01", "end": "2026-06-01", "parameters": {"unit": "\ud800"}}),
    ],
)
def test_half_a_surrogate_pair_is_refused_in_words_that_can_be_read(
    planner: TestClient, path: str, body: dict[str, Any]
) -> None:
    sent = json.dumps(body).encode()
    answer = planner.post(f"/v1/hotspots/{path}", content=sent, headers={"Content-Type": "application/json"})
    assert answer.status_code in {400, 422}
    assert answer.json()["detail"]
