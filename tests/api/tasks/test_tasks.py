"""Tasks over HTTP: issued to units with a deadline, acknowledged, done with evidence, chased, and seen by few."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from core import clock
from governance.cases.lifecycle.queries import working_time
from governance.categories.rules import Limit
from governance.categories.states import LimitUnit
from identity.grants import Grant
from identity.people import operations as people
from identity.people.operations import PersonIn
from tests.factories.cases import case_district
from tests.factories.identity import who
from tests.factories.photos import photo, sha256
from tests.factories.seals import findings, seal_all
from tests.factories.sign_in import by_session, open_session

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi.testclient import TestClient
    from httpx2 import Response

    from core.db import Database
    from core.settings import Settings

    Keys = Callable[..., dict[str, str]]


class Centre:
    """Who issues tasks, and a person of the street's community and one of the bureau."""

    def __init__(self, client: TestClient, database: Database, settings: Settings, key: dict[str, str]) -> None:
        self.client, self.database, self.key = client, database, key
        self.own: dict[str, dict[str, str]] = {}
        with database.transaction() as session:
            case_district(session)
            for name, unit in (("community", "community"), ("bureau", "bureau")):
                (person,) = people.add_people(session, [PersonIn(name, f"X-{name}", None, acts_as=name)],
                                              actor=who("admin"))  # fmt: skip
                people.state_units(session, [(person.id, unit)], actor=who("admin"))
                token = open_session(session, settings, name, [Grant("street-staff")])
                self.own[name] = by_session(token) | {"Sec-Fetch-Site": "same-origin"}

    def issue(self, **more: Any) -> Response:
        body = {"kind": "roll_call", "title": "防汛值守点名", "units": ["street", "bureau"]}
        if "within" not in more:
            body["due_at"] = (clock.now() + timedelta(hours=2)).isoformat()
        return self.client.post("/v1/tasks", json=body | more, headers=self.key)

    def act(self, who_acts: str, task: int, unit: str, verb: str, **given: Any) -> Response:
        headers = self.key if who_acts == "centre" else self.own[who_acts]
        return self.client.post(f"/v1/tasks/{task}/units/{unit}/steps", json={"verb": verb} | given, headers=headers)


@pytest.fixture
def centre(client: TestClient, database: Database, settings: Settings, make_key: Keys) -> Centre:
    return Centre(client, database, settings, make_key())


def test_a_task_is_acknowledged_done_with_evidence_sent_back_and_confirmed_unit_by_unit(centre: Centre) -> None:
    issued = centre.issue()
    assert issued.status_code == 201, issued.text
    task = issued.json()["task"]
    assert [(one["unit_code"], one["state"]) for one in issued.json()["units"]] == [
        ("bureau", "issued"), ("street", "issued")
    ]  # fmt: skip
    assert centre.act("community", task, "street", "acknowledge").json()["state"] == "acknowledged", "a unit below"
    picture = photo(3)
    path = f"/v1/tasks/{task}/attachments/{sha256(picture)}"
    sent = [centre.client.put(path, content=picture, headers=centre.own["community"]) for _ in range(2)]
    assert [one.status_code for one in sent] == [201, 200], sent[0].text
    number = sent[0].json()["number"]
    assert centre.act("community", task, "street", "finish", attachments=[number]).json()["field"] == "text"
    wrong = centre.act("community", task, "street", "finish", text="已到岗", attachments=[number + 1])
    assert (wrong.status_code, wrong.json()["field"]) == (400, "attachments")
    done = centre.act("community", task, "street", "finish", text="已到岗 13900000001", attachments=[number])
    assert (done.json()["state"], done.json()["is_overdue"]) == ("done", False)
    assert centre.act("centre", task, "street", "send_back", text="缺照片").json()["state"] == "acknowledged"
    assert centre.act("community", task, "street", "finish", text="已补").json()["state"] == "done"
    assert centre.act("centre", task, "street", "confirm").json()["state"] == "confirmed"
    assert centre.act("centre", task, "bureau", "remind").json()["reminders"] == 1
    assert centre.act("centre", task, "bureau", "withdraw", text="不再需要").json()["state"] == "withdrawn"
    again = centre.act("centre", task, "street", "confirm")
    assert (again.status_code, again.json()["type"]) == (409, "urn:wangge:problem:task-verb-refused")
    told = centre.client.get(f"/v1/tasks/{task}/history", headers=centre.key)
    assert [one["verb"] for one in told.json()["items"] if one["unit_code"] == "street"] == [
        "issue", "acknowledge", "finish", "send_back", "finish", "confirm"
    ]  # fmt: skip
    assert "13900000001" not in told.text
    listed = centre.client.get(f"/v1/tasks/{task}/attachments", headers=centre.key).json()["items"]
    assert [one["number"] for one in listed] == [number]
    read = [
        centre.client.get(f"/v1/attachments/{number}/file", headers=headers).status_code
        for headers in (centre.key, *centre.own.values())
    ]
    assert read == [200, 200, 200]


def test_a_person_sees_and_does_what_is_the_own_unit_s_and_the_issuer_the_rest(centre: Centre) -> None:
    task = centre.issue(units=["street"]).json()["task"]

    def listed(headers: dict[str, str]) -> list[int]:
        return [one["task"] for one in centre.client.get("/v1/tasks", headers=headers).json()["items"]]

    assert (listed(centre.key), listed(centre.own["community"]), listed(centre.own["bureau"])) == ([task], [task], [])
    assert centre.client.get(f"/v1/tasks/{task}", headers=centre.own["bureau"]).status_code == 404
    assert centre.act("bureau", task, "street", "acknowledge").status_code == 404
    assert centre.act("community", task, "street", "confirm").status_code == 403
    assert centre.act("community", task, "nowhere", "acknowledge").status_code == 404
    assert centre.client.post("/v1/tasks", json={}, headers=centre.own["community"]).status_code == 403


def test_deadlines_are_instants_or_limits_in_working_time_and_late_ones_are_listed(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    limited = centre.issue(within={"amount": 4, "unit": "working_hours"}).json()
    with centre.database.snapshot() as session:
        work = working_time(session, known_by=clock.now())
    scale, amount = work.measured(Limit(4, LimitUnit.WORKING_HOURS))
    issued, due = (datetime.fromisoformat(limited[name]) for name in ("issued_at", "due_at"))
    assert due == work.add(scale, issued, amount)
    for wrong, field in (
        ({"due_at": "2020-01-01T00:00:00Z"}, "due_at"), ({"due_at": None}, "due_at"),
        ({"within": {"amount": 1, "unit": "hours"}, "due_at": "2099-01-01T00:00:00Z"}, "due_at"),
        ({"units": ["street", "street"]}, "units"),
    ):  # fmt: skip
        answer = centre.issue(**wrong)
        assert (answer.status_code, answer.json()["field"]) == (400, field), wrong
    assert centre.issue(units=["none"]).status_code == 404
    task = centre.issue().json()["task"]

    def late() -> list[int]:
        answer = centre.client.get("/v1/tasks", params={"overdue": True}, headers=centre.key)
        return [one["task"] for one in answer.json()["items"]]

    assert late() == []
    later = clock.now() + timedelta(hours=3)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert late() == [task]
    done = centre.act("centre", task, "street", "finish", text="已到岗").json()  # the person's session is over by then
    assert (done["is_overdue"], done["acknowledged_at"] == done["done_at"]) == (True, True)
    assert late() == [task], "done, but late"


def test_the_history_is_sealed_and_only_added_to(centre: Centre) -> None:
    centre.issue()
    seal_all(centre.database)
    assert findings(centre.database) == []
    for statement in ("UPDATE task_step SET actor = 'x'", "UPDATE task SET title = 'x'", "DELETE FROM task_part"):
        with pytest.raises(Exception, match="append-only"), centre.database.transaction() as session:
            session.execute(text(statement))


def test_tasks_are_listed_page_by_page(centre: Centre) -> None:
    numbers = [centre.issue().json()["task"] for _ in range(3)]
    page = centre.client.get("/v1/tasks", params={"limit": 2}, headers=centre.key).json()
    assert [one["task"] for one in page["items"]] == numbers[:0:-1]
    rest = centre.client.get("/v1/tasks", params={"after": page["next"]}, headers=centre.key).json()
    assert ([one["task"] for one in rest["items"]], rest["next"]) == (numbers[:1], None)
