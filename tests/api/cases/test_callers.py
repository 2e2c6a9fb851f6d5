"""Callers: what they repeat is joined, answered and rated once and counted; two persons mark them, for a time."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from core import clock
from governance.cases.caller_marks.queries import today
from governance.erasure.operations import erase
from governance.erasure.states import ErasureCause
from governance.reports.numbers import report_id
from identity.grants import Grant
from tests.factories.cases import SharedOffice, shared_office
from tests.factories.identity import who

if TYPE_CHECKING:
    from collections.abc import Iterator

PHONE = "13800005678"


@pytest.fixture(scope="module")
def office(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedOffice]:
    with shared_office(module_database_url, tmp_path_factory.mktemp("office")) as opened:
        yield opened


@pytest.fixture(scope="module")
def clerk(office: SharedOffice) -> dict[str, str]:
    return office.member("clerk", None, Grant("dispatcher"), Grant("supervisor"))


@pytest.fixture(scope="module")
def supervisor(office: SharedOffice) -> dict[str, str]:
    return office.member("second person", None, Grant("supervisor"))


def call(office: SharedOffice, *verbs: str, phone: str | None = PHONE) -> str:
    """Open the case of a call from a telephone number."""
    return office.case("accept", *verbs, phone=phone)


def join(office: SharedOffice, number: str, main: str, *, status: int = 200, **more: Any) -> dict[str, Any]:
    body = {"verb": "merge", "other": main, "reason": "没有新情况", "repeat": True} | more
    return dict(office.ask("POST", f"/v1/cases/{number}/duplicates", json=body, status=status))


def propose(
    office: SharedOffice, by: dict[str, str], number: str, *, status: int = 201, days: int = 30
) -> dict[str, Any]:
    body = {
        "report": number,
        "kind": "repeats",
        "reason": "同一诉求反复来电",
        "last_day": f"{today() + timedelta(days=days)}",
    }
    return dict(office.ask("POST", "/v1/caller-marks", json=body, status=status, by=by))


def audited(office: SharedOffice) -> list[tuple[str, str, str]]:
    with office.database.snapshot() as session:
        rows = session.execute(
            text("SELECT action, actor, subject FROM audit_entry WHERE action LIKE 'caller%' ORDER BY id")
        )
        return [(row.action, row.actor, row.subject) for row in rows]


def test_what_a_caller_repeats_is_joined_to_the_first_case_and_counted_there(office: SharedOffice) -> None:
    first = call(office, "file", "dispatch", "acknowledge", "handle", "verify", "close")
    again, once_more, other = call(office), call(office), call(office, phone="13900001111")
    join(office, again, first)
    join(office, once_more, first)
    assert "one caller" in join(office, other, first, status=409)["detail"]
    assert "one caller" in join(office, call(office, phone=None), first, status=409)["detail"]
    assert join(office, other, first, status=409, verb="link")["field"] == "repeat"
    assert [step["detail"].get("repeat") for step in office.history(first)[-2:]] == [True, True]
    assert office.ask("GET", f"/v1/cases/{first}/relations")["repeats"] == [again, once_more]
    listed = office.ask("GET", "/v1/cases/repeats")
    assert [(one["number"], one["repeats"]) for one in listed["items"]] == [(first, 2)]
    assert listed["repeats"] == 2


def test_one_caller_rates_a_matter_once_under_whatever_number(office: SharedOffice) -> None:
    first = call(office, "file", "dispatch", "acknowledge", "handle", "verify", "close")
    again, same, neighbour = call(office), call(office), call(office, phone="13900002222")
    join(office, again, first)
    join(office, same, first, repeat=False)
    join(office, neighbour, first, repeat=False)
    tokens = {
        one: office.ask("POST", f"/v1/reports/{one}/trace-tokens", status=201)["token"]
        for one in (again, same, neighbour)
    }

    def rate(number: str, status: int) -> dict[str, Any]:
        body = {"number": number, "token": tokens[number], "rating": 2}
        return dict(office.ask("POST", "/v1/public/trace/rating", json=body, status=status))

    def traced(number: str) -> dict[str, Any]:
        return dict(office.ask("POST", "/v1/public/trace", json={"number": number, "token": tokens[number]}))

    assert [traced(one)["may_rate"] for one in tokens] == [False, False, True]
    assert {traced(one)["state"] for one in tokens} == {"closed"}, "each sees how it ended: it is answered once"
    assert {rate(one, 409)["type"] for one in (again, same)} == {"urn:wangge:problem:rating-done"}
    assert rate(neighbour, 200)["rating"] == 2


def test_a_mark_counts_once_a_second_person_has_confirmed_it_and_until_its_last_day(
    office: SharedOffice, clerk: dict[str, str], supervisor: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    number, next_call = call(office, phone="13700001111"), call(office, phone="13700001111")
    mark = propose(office, clerk, number)
    path = f"/v1/caller-marks/{mark['mark']}/decision"

    def shown(by: dict[str, str] = clerk, status: int = 200) -> list[int]:
        answer = office.ask("GET", f"/v1/cases/{next_call}/caller-marks", by=by, status=status)
        return [one["mark"] for one in answer.get("items", ())]

    assert (mark["state"], mark["in_force"], shown()) == ("proposed", False, [])
    assert office.ask("POST", path, json={"action": "confirm"}, status=403, by=clerk)["type"].endswith("second-person")
    assert office.ask("POST", path, json={"action": "confirm"}, by=supervisor)["in_force"]
    assert shown() == [mark["mark"]]
    assert office.ask("POST", path, json={"action": "refuse"}, status=409, by=supervisor)["type"].endswith("decided")
    handler = office.member("handler", "street", Grant("street-staff"))
    assert shown(handler, 403) == []
    office.ask("GET", "/v1/caller-marks", by=handler, status=403)
    monkeypatch.setattr(clock, "now", lambda _now=clock.now: _now() + timedelta(days=31))
    assert shown(office.key) == [], "it ended by itself"


def test_every_reading_of_marks_is_in_the_audit_and_no_name_is_in_them(
    office: SharedOffice, clerk: dict[str, str], supervisor: dict[str, str]
) -> None:
    number = call(office, phone="13700002222")
    mark = propose(office, clerk, number)
    office.ask("POST", f"/v1/caller-marks/{mark['mark']}/decision", json={"action": "confirm"}, by=supervisor)
    before = len(audited(office))
    office.ask("GET", f"/v1/cases/{number}/caller-marks", by=clerk)
    listed = office.ask("GET", "/v1/caller-marks?current=true", by=supervisor)
    assert audited(office)[before:] == [
        ("caller_marks.read", "clerk", number), ("caller_marks.read", "second person", "caller-marks"),
    ]  # fmt: skip
    assert "13700002222" not in str(listed)
    lift = {"action": "lift"}
    path = f"/v1/caller-marks/{mark['mark']}/decision"
    assert office.ask("POST", path, json=lift, status=400, by=supervisor)["field"] == "reason"
    assert office.ask("POST", path, json=lift | {"reason": "误标"}, by=supervisor)["state"] == "lifted"
    assert office.ask("GET", f"/v1/cases/{number}/caller-marks", by=clerk)["items"] == []


def test_nobody_is_marked_forever_unknown_or_by_who_may_not_know_the_caller(
    office: SharedOffice, clerk: dict[str, str]
) -> None:
    assert propose(office, clerk, call(office), status=400, days=367)["field"] == "last_day"
    assert propose(office, clerk, call(office), status=400, days=-1)["field"] == "last_day"
    assert propose(office, clerk, call(office, phone=None), status=409)["type"].endswith("caller-unknown")
    number = call(office, "file", "dispatch", phone="13700003333")
    office.ask("POST", f"/v1/reports/{number}/confidentiality")
    insider = office.member("insider", "street", Grant("dispatcher"), Grant("supervisor"))
    assert propose(office, insider, number, status=403)["type"].endswith("reporter-confidential")
    mark = propose(office, clerk, number)
    seen = office.ask("GET", "/v1/caller-marks", by=insider)["items"]
    assert mark["mark"] not in {one["mark"] for one in seen}
    path = f"/v1/caller-marks/{mark['mark']}/decision"
    assert office.ask("POST", path, json={"action": "confirm"}, status=404, by=insider)["field"] == "mark"


def test_an_erasure_takes_the_mark_along(office: SharedOffice, clerk: dict[str, str]) -> None:
    number = call(office, phone="13700004444")
    mark = propose(office, clerk, number)
    with office.database.transaction() as session:
        erase(session, [report_id(number)], cause=ErasureCause.REQUEST, actor=who("officer"), note="申请")
    listed = office.ask("GET", "/v1/caller-marks")["items"]
    assert mark["mark"] not in {one["mark"] for one in listed}
