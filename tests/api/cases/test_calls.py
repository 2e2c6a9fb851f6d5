"""A seat takes a call: one report and one case however often it is sent, its caller masked, placed by the address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from identity.grants import Grant
from tests.factories.cases import SharedOffice, shared_office

if TYPE_CHECKING:
    from collections.abc import Iterator

URL = "/v1/cases/calls"
CALL: dict[str, Any] = {
    "id": "call-0001-abcd", "category": "E0102", "text": "楼下垃圾桶满了三天", "lon": 113.5, "lat": 34.5,
    "reporter": {"name": "张三", "phone": "13800001234"},
}  # fmt: skip


@pytest.fixture(scope="module")
def office(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedOffice]:
    with shared_office(module_database_url, tmp_path_factory.mktemp("calls")) as made:
        yield made


def test_a_call_is_a_report_with_an_open_case_once(office: SharedOffice) -> None:
    seat = office.member("坐席", None, Grant("dispatcher"))
    first = office.ask("POST", URL, json=CALL, status=201, by=seat)
    assert (first["state"], first["category"], first["channel"]) == ("opened", "E0102", "centre-call")
    assert first["area_path"] == ["S", "g1"]
    assert office.ask("POST", URL, json=CALL, by=seat)["number"] == first["number"]
    office.ask("POST", URL, json=CALL | {"text": "别的事"}, status=409, by=seat)
    report = office.ask("GET", f"/v1/reports/{first['number']}", by=seat)
    assert report["text"] == CALL["text"]
    assert "13800001234" not in str(report)
    assert office.history(first["number"])[0]["actor"] == "坐席"
    other = office.member("坐席二", None, Grant("dispatcher"))
    assert office.ask("POST", URL, json=CALL, status=201, by=other)["number"] != first["number"]


def test_a_call_without_a_certain_place_is_kept_and_waits_for_triage(office: SharedOffice) -> None:
    seat = office.member("坐席三", None, Grant("dispatcher"))
    body = {"id": "call-0002-abcd", "category": "E0102", "text": "不知道在哪", "address": "没有这个地方"}
    assert office.ask("POST", URL, json=body, status=201, by=seat)["area_path"] == []


def test_who_accepts_no_cases_takes_no_calls_and_no_key_sends_for_its_channel(office: SharedOffice) -> None:
    street = office.member("街道", "street", Grant("street-staff"))
    office.ask("POST", URL, json=CALL, status=403, by=street)
    for wrong in ({"text": ""}, {"id": "x"}, {"lon": 400}, {"unknown": 1}):
        office.ask("POST", URL, json=CALL | wrong, status=422)
