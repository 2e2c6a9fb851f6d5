"""Reports are read back by where they belong, page by page; reporters only masked, or audited."""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from governance.reports.numbers import report_id, report_number
from tests.factories.reports import decide

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi.testclient import TestClient

    from core.db import Database

    Headers = dict[str, str]

# external id, longitude, hour, category
SENT = [
    ("r-0", 113.005, 1, "垃圾"),
    ("r-1", 113.015, 2, "垃圾"),
    ("r-2", 113.015, 3, "违建"),
    ("r-3", 113.025, 4, "违建"),
    ("r-4", None, 5, "违建"),
]


@pytest.fixture(scope="module")
def sent(client: TestClient, hotline: Headers, make_key: Callable[..., Headers]) -> dict[str, str]:
    """Numbers by external id."""
    rows = [
        {
            "external_id": name, "category": category, "lon": lon, "lat": 34.005 if lon else None,
            "reported_at": f"2026-07-01T{hour:02}:00:00Z", "reporter": {"name": "李四", "phone": "13911112222"},
        }
        for name, lon, hour, category in SENT
    ]  # fmt: skip
    results = client.post("/v1/reports/batch", json={"reports": rows}, headers=hotline).json()["results"]
    patrol = make_key("intake", "patrol", channel="patrol")
    other = client.post("/v1/reports", json=rows[0] | {"external_id": "p-0"}, headers=patrol).json()
    return {row["report"]["external_id"]: row["report"]["number"] for row in results} | {"p-0": other["number"]}


def listed(client: TestClient, reader: Headers, **words: str | int) -> list[str]:
    answer = client.get("/v1/reports", params=words, headers=reader)
    assert answer.status_code == 200, answer.text
    return [item["external_id"] for item in answer.json()["items"]]


@pytest.mark.usefixtures("sent")
def test_a_key_reads_so_many_reports_a_minute_and_no_more(
    client: TestClient, make_key: Callable[..., Headers], sent: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client.app.state.services.keyring, "_reads_per_minute", 5)  # type: ignore[attr-defined]
    key, other = make_key("administrator"), make_key("viewer")
    reporter = f"/v1/reports/{sent['r-1']}/reporter"
    assert len(client.get("/v1/reports", params={"limit": 3}, headers=key).json()["items"]) == 3
    assert client.get(reporter, headers=key).status_code == 200
    assert client.get(f"/v1/reports/{sent['r-1']}", headers=key).status_code == 200
    for path in ("/v1/reports", "/v1/reports?format=geojson", reporter, "/v1/triage"):
        refused = client.get(path, headers=key)
        assert (refused.status_code, refused.json()["type"].endswith("quota-exceeded")) == (429, True), path
        assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert client.get("/v1/reports", params={"limit": 3}, headers=other).status_code == 200


@pytest.mark.usefixtures("sent")
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ({}, ["r-4", "r-3", "r-2", "r-1", "p-0", "r-0"]),
        ({"area": "b"}, ["r-2", "r-1"]),
        ({"area": "D"}, ["r-3", "r-2", "r-1", "p-0", "r-0"]),
        ({"area": "nowhere"}, []),
        ({"level": "grid"}, ["r-3", "r-2", "r-1", "p-0", "r-0"]),
        ({"level": "nowhere"}, []),
        ({"category": "垃圾", "channel": "12345"}, ["r-1", "r-0"]),
        ({"method": "unassigned"}, ["r-4"]),
        ({"reported_from": "2026-07-01T02:00:00Z", "reported_before": "2026-07-01T12:00:00+08:00"}, ["r-2", "r-1"]),
        ({"bbox": "113.01,34,113.02,34.01"}, ["r-2", "r-1"]),
        ({"bbox": "113.02,34,113.01,34.01"}, ["r-3", "p-0", "r-0"]),
    ],
)
def test_filters_narrow_the_list(
    client: TestClient, reader: Headers, words: dict[str, str], expected: list[str]
) -> None:
    # A box whose west lies east of its east goes around the world the other way.
    assert listed(client, reader, **words) == expected


@pytest.mark.usefixtures("sent")
def test_pages_follow_one_another_without_gap_or_repeat(client: TestClient, reader: Headers) -> None:
    path: str | None = "/v1/reports?limit=2&category=违建"
    pages = []
    while path:
        answer = client.get(path, headers=reader)
        pages.append([item["external_id"] for item in answer.json()["items"]])
        link = re.match(r'<(.+)>; rel="next"', answer.headers.get("link", ""))
        path = link.group(1) if link else None
        assert (answer.json()["next"] is None) == (path is None)
    assert pages == [["r-4", "r-3"], ["r-2"]]


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ({"after": "x"}, "cursor-malformed"),
        ({"after": "W10"}, "cursor-malformed"),
        ({"bbox": "1,2,3"}, "bbox-malformed"),
        ({"bbox": "1,2,nan,4"}, "bbox-malformed"),
        ({"bbox": "1,5,3,4"}, "bbox-malformed"),
        ({"limit": "0"}, "parameter-invalid"),
        ({"limit": "1001"}, "parameter-invalid"),
        ({"area": "\x00"}, "address-invalid"),
        ({"reported_from": "2026-07-01T00:00:00"}, "parameter-invalid"),
        ({"method": "guessed"}, "parameter-invalid"),
    ],
)
def test_a_wrong_filter_is_named(client: TestClient, reader: Headers, words: dict[str, str], kind: str) -> None:
    answer = client.get("/v1/reports", params=words, headers=reader)
    assert (answer.status_code, answer.json()["type"]) == (400, f"urn:wangge:problem:{kind}")


@pytest.mark.usefixtures("sent")
def test_geojson_is_chosen_by_word_or_by_accept(client: TestClient, reader: Headers) -> None:
    by_word = client.get("/v1/reports", params={"format": "geojson", "limit": 2}, headers=reader)
    by_accept = client.get("/v1/reports", params={"limit": 2}, headers=reader | {"Accept": "application/geo+json"})
    assert by_word.headers["content-type"] == by_accept.headers["content-type"] == "application/geo+json"
    assert by_word.json() == by_accept.json()
    first, second = by_word.json()["features"]
    assert first["geometry"] is None
    assert second["geometry"] == {"type": "Point", "coordinates": [113.025, 34.005]}
    assert second["properties"]["areas"][-1]["code"] == "c"


def test_reporters_are_masked_wherever_reports_are_read(
    client: TestClient, reader: Headers, sent: dict[str, str]
) -> None:
    one = client.get(f"/v1/reports/{sent['r-0']}", headers=reader)
    assert one.json()["reporter"] == {"name": "李*", "phone": "139****22"}
    assert "13911112222" not in one.text + client.get("/v1/reports", headers=reader).text


def test_reading_a_reporter_in_clear_needs_its_scope_and_is_audited(
    client: TestClient, reader: Headers, make_key: Callable[..., Headers], sent: dict[str, str], database: Database
) -> None:
    path = f"/v1/reports/{sent['r-1']}/reporter"
    assert client.get(path, headers=reader).status_code == 403
    name = f"chief-{uuid.uuid4().hex}"
    answer = client.get(path, headers=make_key("administrator", name))
    assert answer.json() == {
        "number": sent["r-1"], "name": "李四", "phone": "13911112222", "set_aside": None,
    }  # fmt: skip
    with database.transaction() as session:
        deeds = session.execute(text("SELECT action, subject FROM audit_entry WHERE actor = :name"), {"name": name})
        assert deeds.all() == [("reporters.read", sent["r-1"])]


def test_a_system_reads_its_own_reports_and_no_other(
    client: TestClient, hotline: Headers, sent: dict[str, str]
) -> None:
    assert client.get(f"/v1/reports/{sent['r-0']}", headers=hotline).status_code == 200
    assert client.get(f"/v1/reports/{sent['p-0']}", headers=hotline).status_code == 403
    assert client.get("/v1/reports", headers=hotline).status_code == 403


@pytest.mark.parametrize(("number", "status"), [(report_number(99_999_999), 404), ("SJ00000001-2", 400), ("x", 400)])
def test_a_number_that_leads_nowhere_says_so(client: TestClient, reader: Headers, number: str, status: int) -> None:
    assert client.get(f"/v1/reports/{number}", headers=reader).status_code == status


def test_a_report_is_found_where_triage_moved_it(
    client: TestClient, reader: Headers, hotline: Headers, database: Database
) -> None:
    lost = {"external_id": "moved", "category": "搬家", "reported_at": "2020-01-01T00:00:00Z"}
    number = client.post("/v1/reports", json=lost, headers=hotline).json()["number"]
    with database.transaction() as session:
        decide(session, report_id(number), ("D", "a"), point=(113.001, 34.001), words="人工指定")
    assert listed(client, reader, area="a", category="搬家") == ["moved"]
    assert listed(client, reader, bbox="113.0005,34.0005,113.0015,34.0015") == ["moved"]
    read = client.get(f"/v1/reports/{number}", headers=reader).json()
    assert (read["method"], read["reassigned"], read["reason_code"], read["lon"]) == (
        "covered",
        True,
        "settled",
        113.001,
    )
    assert list(read["areas"][0])[:3] == ["level", "code", "name"], "as the first answer has it"
    assert read["reason_zh"] == "人工指定【指定到区域，没有点位】"
    again = client.post("/v1/reports", json=lost, headers=hotline).json()
    assert again["method"] == "unassigned", "the first answer stays the first answer"
