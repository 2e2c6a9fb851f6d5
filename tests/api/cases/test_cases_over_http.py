"""Cases over HTTP: the whole way, what is refused and why, two people at once, and who may do what where."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from core import clock
from governance.cases.lifecycle.states import TABLE, CaseState, Verb
from governance.reports.numbers import report_number
from identity.grants import Grant
from identity.people import operations as people
from tests.factories.cases import WORD, acts, case_district
from tests.factories.identity import who
from tests.factories.photos import HUNG, hang_photo
from tests.factories.reports import store_report
from tests.factories.sign_in import by_session, open_session

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi.testclient import TestClient
    from httpx2 import Response

    from core.db import Database
    from core.settings import Settings

    Keys = Callable[..., dict[str, str]]


class Office:
    """The application with a district, asked by whoever holds all scopes."""

    def __init__(self, client: TestClient, database: Database, key: dict[str, str]) -> None:
        self.client, self.database, self.key = client, database, key
        with database.transaction() as session:
            case_district(session)

    def report(self, grid: str = "g1", category: str = WORD, **more: Any) -> str:
        """Store a report in a grid and return its number."""
        with self.database.transaction() as session:
            placed = {"lon": 113.5 if grid == "g1" else 114.5, "lat": 34.5, "path": ["S", grid]}
            stored = store_report(session, category=category, **placed | more)
            hang_photo(session, stored)
            return report_number(stored)

    def open(self, **more: Any) -> str:
        """Open the case of a new report and return its number."""
        number = self.report(**more)
        assert self.client.post("/v1/cases", json={"report": number}, headers=self.key).status_code == 201
        return number

    def act(self, number: str, verb: str, *, headers: dict[str, str] | None = None, **given: Any) -> Response:
        """Do something to a case."""
        return self.client.post(
            f"/v1/cases/{number}/steps", json=acts(verb, **given), headers=self.key | (headers or {})
        )

    def go(self, number: str, *verbs: str) -> dict[str, Any]:
        """Do several things to a case that all succeed, and return it."""
        for verb in verbs:
            answer = self.act(number, verb)
            assert answer.status_code == 200, answer.text
        found: dict[str, Any] = self.client.get(f"/v1/cases/{number}", headers=self.key).json()
        return found


@pytest.fixture
def office(client: TestClient, database: Database, make_key: Keys) -> Office:
    return Office(client, database, make_key())


def test_a_case_goes_from_its_report_to_its_rating_with_every_step_in_its_history(office: Office) -> None:
    number = office.report()
    opened = office.client.post("/v1/cases", json={"report": number}, headers=office.key)
    assert (opened.status_code, opened.headers["ETag"], opened.json()["category"]) == (201, '"1"', "E0101")
    assert opened.json()["due_step"] == "accept"
    assert office.client.post("/v1/cases", json={"report": number}, headers=office.key).status_code == 200
    dispatched = office.go(number, "accept", "file", "dispatch")
    assert (dispatched["state"], dispatched["unit_code"], dispatched["due_step"]) == ("dispatched", "street", "handle")
    handle = next(one for one in dispatched["clocks"] if one["step"] == "handle")
    assert (handle["state"], handle["left_s"] > 19 * 3600) == ("running", True)
    rated = office.go(number, "acknowledge", "handle", "verify", "close", "rate")
    assert (rated["state"], rated["rating"], rated["due_at"]) == ("rated", 5, None)
    assert {one["state"] for one in rated["clocks"]} == {"stopped"}
    history = office.client.get(f"/v1/cases/{number}/history", headers=office.key).json()["items"]
    assert [one["verb"] for one in history] == [
        "open", "accept", "file", "dispatch", "acknowledge", "handle", "verify", "close", "rate"
    ]  # fmt: skip
    assert [one["number"] for one in history] == list(range(1, 10))
    assert history[3]["detail"]["dispatch"] == {"by": "release", "area": "admin/g1"}
    assert (history[5]["opinion"], history[5]["photos"]) == ("o", [HUNG])
    with office.database.transaction() as session:
        events = session.execute(text("SELECT kind, payload->'verbs'->>0 FROM event WHERE subject = 'case'")).all()
    assert [kind for kind, _ in events] == ["case.opened", *["case.moved"] * 8]


def test_what_the_table_does_not_have_is_refused_and_told_what_it_has(office: Office) -> None:
    number = office.open()
    refused = office.act(number, "close")
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:wangge:problem:case-verb-refused")
    assert (refused.json()["state"], "accept" in refused.json()["allowed"]) == ("opened", True)
    office.go(number, "accept", "file", "dispatch", "acknowledge")
    for given, field in (
        (acts("handle") | {"photos": []}, "photos"),
        (acts("handle") | {"photos": ["b" * 64]}, "photos"),
        (acts("handle") | {"opinion": " "}, "opinion"),
        (acts("return") | {"return_reason": None}, "return_reason"),
        (acts("redispatch") | {"unit_code": None}, "unit_code"),
    ):
        answer = office.client.post(f"/v1/cases/{number}/steps", json=given, headers=office.key)
        assert (answer.status_code, answer.json()["field"]) == (400, field)
    assert office.act(number, "redispatch", unit_code="nowhere").status_code == 404
    assert office.act(number, "handle_on_the_spot").status_code == 409, "the state comes first"
    assert office.act("SJ2607000731-4", "accept").status_code == 404
    assert office.act("nonsense", "accept").status_code == 400


def test_two_people_at_once_and_the_second_is_told_what_changed(office: Office) -> None:
    number = office.open()
    seen = {"If-Match": '"1"'}
    first = office.act(number, "accept", headers=seen)
    assert (first.status_code, first.headers["ETag"]) == (200, '"2"')
    second = office.act(number, "reject", headers=seen)
    assert (second.status_code, second.json()["type"]) == (412, "urn:wangge:problem:case-changed")
    assert [(one["number"], one["verb"]) for one in second.json()["changes"]] == [(2, "accept")]
    assert office.act(number, "file", headers={"If-Match": "*"}).status_code == 200
    assert office.act(number, "dispatch", headers={"If-Match": "x"}).status_code == 400


def test_nobody_is_guessed_and_a_word_that_means_nothing_yet_blocks_filing(office: Office) -> None:
    unknown = office.open(category="没听过")
    office.go(unknown, "accept")
    assert office.act(unknown, "file").json()["field"] == "category"
    office.go(unknown, "reclassify", "file")
    blocked = office.open(grid="g2")
    office.go(blocked, "accept", "file")
    answer = office.act(blocked, "dispatch")
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:wangge:problem:dispatch-blocked")
    assert "'nobody' of its release stands for no unit" in answer.json()["detail"]
    chinese = office.act(blocked, "dispatch", headers={"Accept-Language": "zh"}).json()["detail"]
    assert "该版本中的单位编码“nobody”不对应任何单位" in chinese
    assert office.act(blocked, "dispatch", unit_code="bureau").json()["field"] == "reason"
    named = office.act(blocked, "dispatch", unit_code="bureau", reason="职责在局").json()
    assert named["unit_code"] == "bureau"
    own = office.open(grid="g2", category="E0103")
    assert office.go(own, "accept", "file", "dispatch")["unit_code"] == "bureau", "the category's own unit"
    nowhere = office.open(lon=None, lat=None, path=())
    office.go(nowhere, "accept", "file")
    assert "no place yet" in office.act(nowhere, "dispatch").json()["detail"]


def test_bounds_of_extending_suspending_giving_back_and_what_is_raised(office: Office) -> None:
    number = office.open()
    office.go(number, "accept", "file", "dispatch", "acknowledge", "extend", "extend")
    assert office.act(number, "extend").json()["type"] == "urn:wangge:problem:case-bound-reached"
    suspended = office.go(number, "suspend")
    assert (suspended["state"], suspended["due_at"]) == ("suspended", None)
    assert office.go(number, "resume")["due_step"] == "handle"
    assert office.act(number, "suspend").status_code == 409
    returned = office.go(number, "return")
    assert (returned["state"], returned["unit_code"]) == ("returned", None)
    office.go(number, "dispatch")
    assert "gave the case back once" in office.act(number, "return").json()["detail"]
    assert not office.go(number)["supervised"]
    raised = office.go(number, "redispatch", "redispatch")
    assert (raised["supervised"], raised["unit_code"]) == (True, "bureau")
    history = office.client.get(f"/v1/cases/{number}/history", headers=office.key).json()["items"]
    assert [(one["verb"], one["actor"], one["detail"].get("cause")) for one in history[-1:]] == [
        ("supervise", "system", "hand_overs")
    ]


def test_another_category_gives_another_limit_and_says_whom_it_would_go_to(office: Office) -> None:
    number = office.open()
    office.go(number, "accept", "file", "dispatch")
    changed = office.act(number, "reclassify", category="E0103").json()
    assert (changed["unit_code"], changed["category_path"]) == ("street", ["E0103", "E"])
    step = office.client.get(f"/v1/cases/{number}/history", headers=office.key).json()["items"][-1]
    assert step["detail"]["would_go_to"] == {"unit_code": "bureau", "by": "category", "category": "E0103"}
    assert [one["what"] for one in step["detail"]["clocks"]] == ["limit_changed"] * 2
    spot = office.open()
    assert office.act(spot, "handle_on_the_spot").status_code == 403
    office.go(spot, "reclassify", "handle_on_the_spot", "rework")
    assert office.go(spot)["state"] == "acknowledged"


def test_lists_are_filtered_paged_and_overdue_by_the_clocks(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = [office.open() for _ in range(3)]
    office.go(numbers[0], "accept", "file", "dispatch")

    def listed(**query: Any) -> list[str]:
        answer = office.client.get("/v1/cases", params=query, headers=office.key)
        assert answer.status_code == 200, answer.text
        return [one["number"] for one in answer.json()["items"]]

    assert listed() == numbers[::-1]
    assert listed(state="dispatched", unit="street", category="E", area="S") == numbers[:1]
    assert listed(area="g2") == listed(category="E0102") == listed(supervised=True) == listed(overdue=True) == []
    page = office.client.get("/v1/cases", params={"limit": 2}, headers=office.key).json()
    assert listed(after=page["next"]) == numbers[:1]
    later = clock.now() + timedelta(minutes=16)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert listed(overdue=True) == numbers[:0:-1]


def test_a_server_whose_clock_is_set_back_goes_on_and_histories_ascend(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = office.open()
    office.go(number, "accept")
    earlier = clock.now() - timedelta(minutes=5)
    monkeypatch.setattr(clock, "now", lambda: earlier)
    office.go(number, "file", "dispatch")
    history = office.client.get(f"/v1/cases/{number}/history", headers=office.key).json()["items"]
    assert [one["verb"] for one in history] == ["open", "accept", "file", "dispatch"]
    assert [one["at"] for one in history] == sorted(one["at"] for one in history)
    assert office.client.get(f"/v1/cases/{number}", headers=office.key).status_code == 200


def test_roles_reach_their_areas_categories_and_units_only(
    office: Office, settings: Settings, database: Database
) -> None:
    mine, other = office.open(), office.open(grid="g2")
    for number in (mine, other):
        office.go(number, "accept", "file")
    office.go(mine, "dispatch")
    with database.transaction() as session:
        seats = {
            "worker": [Grant("grid-worker", "admin/g1")],
            "stranger": [Grant("grid-worker", "admin/g1")],
            "wrong": [Grant("grid-worker", "admin/g1", "E0102")],
            "above": [Grant("grid-worker", None, "E")],
            "dispatcher": [Grant("dispatcher", "admin/g2")],
        }
        tokens = {name: open_session(session, settings, name, grants) for name, grants in seats.items()}
        for name, unit in (("worker", "community"), ("stranger", "bureau"), ("wrong", "street"), ("above", "street")):
            person = session.execute(text("SELECT id FROM principal WHERE name = :name"), {"name": name}).scalar_one()
            session.execute(
                text("INSERT INTO person (id, name, created_at, changed_at) VALUES (:id, :name, now(), now())"
                     " ON CONFLICT DO NOTHING"), {"id": person, "name": name}
            )  # fmt: skip
            people.state_units(session, [(person, unit)], actor=who("admin"))

    def asked(name: str, number: str, verb: str | None = None, **given: Any) -> int:
        headers = by_session(tokens[name]) | {"Sec-Fetch-Site": "same-origin"}
        if verb is None:
            return office.client.get(f"/v1/cases/{number}", headers=headers).status_code
        return office.client.post(
            f"/v1/cases/{number}/steps", json=acts(verb, **given), headers=headers
        ).status_code  # fmt: skip

    assert [asked(name, mine) for name in tokens] == [200, 200, 404, 200, 404]
    assert [asked(name, other) for name in tokens] == [404, 404, 404, 200, 200]
    assert asked("worker", other, "acknowledge") == 404
    assert asked("worker", mine, "void") == 403, "another role"
    assert asked("stranger", mine, "acknowledge") == 403, "another unit"
    assert asked("worker", mine, "acknowledge") == 200, "a unit below the case's"
    assert asked("above", mine, "handle") == 200
    assert asked("dispatcher", other, "dispatch", unit_code="bureau", reason="r") == 200


def test_a_history_is_only_added_to(office: Office) -> None:
    office.open()
    for statement in ("UPDATE case_step SET actor = 'x'", "DELETE FROM case_step", "DELETE FROM case_record"):
        with (
            pytest.raises(DatabaseError, match=r"case_(step|record)"),
            office.database.transaction() as session,
        ):
            session.execute(text(statement))


def test_a_deadline_from_outside_stands_beside_the_clocks(office: Office) -> None:
    number = office.report()
    deadline = datetime.now(UTC) + timedelta(minutes=5)
    body = {"report": number, "deadline": deadline.isoformat()}
    opened = office.client.post("/v1/cases", json=body, headers=office.key).json()
    assert (opened["due_step"], datetime.fromisoformat(opened["due_at"])) == ("handle", deadline)
    void = office.go(number, "void")
    assert (void["state"], void["due_at"]) == ("voided", None)


def test_the_table_is_given_with_who_may(office: Office) -> None:
    rows = office.client.get("/v1/cases/transitions", headers=office.key).json()["items"]
    assert [one["verb"] for one in rows] == [str(verb) for verb in Verb]
    dispatch = next(one for one in rows if one["verb"] == "dispatch")
    assert (dispatch["roles"], dispatch["clocks"]["handle"]) == (["dispatcher", "administrator"], "start")
    reached = {rule.target for rule in TABLE.values()} | {CaseState.OPENED}
    assert set(CaseState) <= reached
