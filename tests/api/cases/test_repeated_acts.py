"""Acts that devices send again: under one key they are done once, and another act under that key is refused."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from identity.grants import Grant
from identity.sent_acts import KEPT
from tests.factories.cases import SharedOffice, acts, shared_office

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def office(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedOffice]:
    with shared_office(module_database_url, tmp_path_factory.mktemp("office")) as made:
        yield made


def send(
    office: SharedOffice, number: str, key: str, verb: str, *, by: dict[str, str] | None = None, **more: Any
) -> Any:
    headers = {**(by or office.key), "Idempotency-Key": key}
    return office.client.post(f"/v1/cases/{number}/steps", json=acts(verb, **more), headers=headers)


def test_a_step_that_is_sent_again_is_done_once_and_answered_with_how_the_case_stands(office: SharedOffice) -> None:
    number = office.case()
    first = send(office, number, "device-0001", "accept")
    assert (first.status_code, "idempotent-replayed" in first.headers) == (200, False)
    office.act(number, "file")
    again = send(office, number, "device-0001", "accept")
    assert (again.status_code, again.headers["idempotent-replayed"]) == (200, "true")
    assert (again.json()["state"], again.headers["etag"]) == ("filed", '"3"')
    assert [step["verb"] for step in office.history(number)] == ["open", "accept", "file"]


def test_another_act_under_the_same_key_is_a_conflict_and_is_not_done(office: SharedOffice) -> None:
    number, other = office.case(), office.case()
    send(office, number, "device-0002", "accept")
    for given, verb in ((number, "reject"), (other, "accept")):
        refused = send(office, given, "device-0002", verb)
        assert refused.status_code == 409
        told = refused.json()
        assert (told["type"], told["field"]) == ("urn:wangge:problem:act-key-reused", "Idempotency-Key")
    assert [len(office.history(one)) for one in (number, other)] == [2, 1]


def test_what_was_refused_can_be_sent_anew_under_its_key(office: SharedOffice) -> None:
    number = office.case()
    assert send(office, number, "device-0003", "file").status_code == 409
    office.act(number, "accept")
    assert send(office, number, "device-0003", "file").json()["state"] == "filed"


def test_one_key_of_two_callers_is_two_acts(office: SharedOffice) -> None:
    number = office.case("accept", "file", "dispatch")
    worker = office.member("许军", "street", Grant("street-staff"))
    send(office, number, "device-0004", "supervise", reason="r")
    done = send(office, number, "device-0004", "acknowledge", by=worker)
    assert (done.status_code, done.json()["state"]) == (200, "acknowledged")


def test_two_requests_at_once_under_one_key_do_it_once(office: SharedOffice) -> None:
    number = office.case()
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: send(office, number, "device-0005", "supervise", reason="r"), range(4)))
    assert [one.status_code for one in found] == [200] * 4
    assert sum("idempotent-replayed" in one.headers for one in found) == 3
    assert len(office.history(number)) == 2


def test_whistles_and_tasks_are_done_once_too(office: SharedOffice) -> None:
    number = office.case("accept", "file", "dispatch")
    chief = office.member("郑主任", "street", Grant("street-staff"))
    member = office.member("吴科", "bureau", Grant("department-staff"))

    def post(path: str, body: dict[str, Any], key: str, by: dict[str, str]) -> Any:
        headers = {**by, "Idempotency-Key": key}
        made = [office.client.post(path, json=body, headers=headers) for _ in range(2)]
        assert made[0].is_success, made[0].text
        assert made[1].headers["idempotent-replayed"] == "true"
        assert made[0].json().get("state") == made[1].json().get("state")
        return made[0].json()

    call = {"kind": "enforcement", "units": ["bureau"], "reason": "联合查处"}
    whistle = post(f"/v1/cases/{number}/whistles", call, "device-0006", chief)
    here = {"verb": "arrive", "lon": 113.5, "lat": 34.5}
    answered = post(f"/v1/cases/{number}/whistles/{whistle['whistle']}/steps", here, "device-0007", member)
    assert answered["units"][0]["arrived_at"] is not None
    assert [step["verb"] for step in office.history(number)].count("arrive") == 1
    issued = {"kind": "roll_call", "title": "点名", "units": ["bureau"], "due_at": "2099-01-01T00:00:00Z"}
    task = office.ask("POST", "/v1/tasks", json=issued, status=201)["task"]
    done = post(f"/v1/tasks/{task}/units/bureau/steps", {"verb": "acknowledge"}, "device-0008", member)
    assert done["state"] == "acknowledged"
    part = office.ask("POST", f"/v1/cases/{number}/parts", json={"unit_code": "bureau", "reason": "r"}, status=201)
    path = f"/v1/cases/{number}/parts/{part['part']}/steps"
    assert post(path, {"verb": "acknowledge_part"}, "device-0009", member)["state"] == "acknowledged"


def test_a_key_that_is_no_id_is_refused_and_old_ones_are_forgotten(office: SharedOffice) -> None:
    number = office.case()
    assert send(office, number, "x", "accept").status_code == 400
    send(office, number, "device-0010", "accept")
    with office.database.transaction() as session:
        session.execute(text("UPDATE sent_act SET sent_at = sent_at - :kept"), {"kept": KEPT + timedelta(minutes=1)})
    send(office, number, "device-0011", "file")
    with office.database.snapshot() as session:
        assert session.execute(text("SELECT array_agg(key) FROM sent_act WHERE key >= 'device-001'")).scalar() == [
            "device-0011"
        ]
