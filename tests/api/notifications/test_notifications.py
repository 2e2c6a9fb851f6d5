"""Notifications over HTTP: secrets are shown once, recipients masked, what is wrong named; each has an own inbox."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from core.db import Database
from core.settings import Settings
from governance.notifications.operations import collecting
from governance.notifications.operations.delivering import deliver
from governance.reports.numbers import report_number
from identity.grants import ROLES, Grant
from identity.people import operations as people
from identity.people.operations import PersonIn
from presentation.words.notifications import message_words
from tests.factories.cases import WORD, case_district
from tests.factories.identity import issue_key, who
from tests.factories.receiver import receiver
from tests.factories.reports import store_report
from tests.factories.sign_in import by_session, open_session

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.factories.receiver import Receiver

ROOT = "/v1/notifications/targets"


class Service:
    """The application with a key of an administrator, a person of the street, and who listens."""

    def __init__(self, client: TestClient, settings: Settings, database: Database, listening: Receiver) -> None:
        self.client, self.settings, self.database, self.listening = client, settings, database, listening
        with database.transaction() as session:
            case_district(session)
            key = issue_key(session, name="admin-key", scopes=list(ROLES["administrator"]))
            (person,) = people.add_people(session, [PersonIn("赵", "Z-1", None, acts_as="zhao")], actor=who("admin"))
            people.state_units(session, [(person.id, "street")], actor=who("admin"))
            token = open_session(session, settings, "zhao", [Grant("street-staff")])
        self.key = {"X-API-Key": key}
        self.person = by_session(token) | {"Sec-Fetch-Site": "same-origin"}

    def make(self, **given: Any) -> Any:
        body = {"name": "平台", "kind": "webhook", "address": f"{self.listening.base}/hook?t=1"} | given
        return self.client.post(ROOT, json=body, headers=self.key)


@pytest.fixture(scope="module")
def service(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder: Path = tmp_path_factory.mktemp("service")
    settings = Settings(
        DATABASE_URL=module_database_url, cache_dir=folder / "cache", attachments_dir=folder, web_dist=folder,
        log_level="ERROR", secret_keys="k" * 32, outward_private_networks="127.0.0.0/8",
    )  # fmt: skip
    database = Database(settings)
    with TestClient(create_app(settings)) as client, receiver() as listening:
        yield Service(client, settings, database, listening)
    database.close()


def test_a_target_is_made_shown_stated_anew_rotated_tested_switched_off_and_on(service: Service) -> None:
    made = service.make()
    assert made.status_code == 201, made.text
    target, secret = made.json()["target"], made.json()["secret"]
    assert secret.startswith("whsec_")
    listed = service.client.get(ROOT, headers=service.key)
    (one,) = listed.json()["items"]
    assert (one["address"], one["waiting"], one["dead"]) == (f"{service.listening.base}/hook", 0, 0)
    assert secret not in listed.text
    assert "case.overdue" in listed.json()["types"]
    path = f"{ROOT}/{target}"
    body = {"name": "平台", "kind": "webhook", "address": f"{service.listening.base}/new", "quiet_hours": "22:00-07:00"}
    stated = service.client.put(path, json=body, headers=service.key)
    assert (stated.status_code, stated.json()["quiet_hours"]) == (200, "22:00-07:00")
    rotated = service.client.post(f"{path}/secret", headers=service.key)
    assert (rotated.status_code, rotated.json()["secret"] != secret) == (201, True)
    sent = service.client.post(f"{path}/test", headers=service.key)
    assert sent.status_code == 202
    assert deliver(service.database, service.settings, message_words) == 1
    assert service.listening.got[-1].headers["webhook-id"] == sent.json()["message"]
    (row,) = service.client.get("/v1/notifications/deliveries", headers=service.key).json()["items"]
    assert (row["state"], row["last_answer"], row["type"]) == ("delivered", 200, "test")
    again = service.client.post(f"/v1/notifications/deliveries/{row['delivery']}/replay", headers=service.key)
    assert again.status_code == 202
    twice = service.client.post(f"/v1/notifications/deliveries/{row['delivery']}/replay", headers=service.key)
    assert (twice.status_code, twice.json()["type"]) == (409, "urn:wangge:problem:notification-delivery-state")
    assert service.client.post(f"{path}/replay", headers=service.key).json() == {"deliveries": 0}
    states = [service.client.post(f"{path}/{verb}", headers=service.key) for verb in ("disabling", "disabling")]
    assert [one.status_code for one in states] == [200, 409]
    refused = service.client.post(f"{path}/test", headers=service.key)
    assert refused.json()["type"] == "urn:wangge:problem:notification-target-state"
    assert service.client.post(f"{path}/enabling", headers=service.key).json()["state"] == "active"
    assert service.client.post(f"{ROOT}/999/test", headers=service.key).status_code == 404


@pytest.mark.parametrize(("given", "field"), [
    ({"address": "ftp://a.example/x"}, "address"), ({"address": "https://u:p@a.example/"}, "address"),
    ({"address": "https://a.example:x/"}, "address"), ({"address": ""}, "address"),
    ({"types": ["case.accuse"]}, "types"), ({"types": ["nothing"]}, "types"),
    ({"recipients": ["a@b.cn"]}, "recipients"),
    ({"kind": "dingtalk", "address": "https://a.example/send"}, "token"),
    ({"kind": "dingtalk", "address": "https://a.example/send?access_token=x", "per_minute": 21}, "per_minute"),
    ({"kind": "mail", "recipients": ["a@b.cn"]}, "address"), ({"kind": "mail", "address": ""}, "recipients"),
    ({"kind": "mail", "address": "", "recipients": ["a@b.cn\r"]}, "body.recipients.0"),
    ({"kind": "mail", "address": "", "recipients": ["a b@c.cn"]}, "recipients"),
    ({"kind": "sms", "recipients": ["139"], "templates": {"default": "1"}}, "recipients"),
    ({"kind": "sms", "recipients": ["13900000001"]}, "templates"), ({"quiet_hours": "7-22"}, "body.quiet_hours"),
    ({"language": "fr"}, "body.language"), ({"name": " "}, "name"), ({"secret": "x"}, "body.secret"),
])  # fmt: skip
def test_what_is_wrong_with_a_target_is_named(service: Service, given: dict[str, Any], field: str) -> None:
    answer = service.make(**{"name": "别名"} | given)
    assert (answer.status_code in {400, 422}, answer.json()["field"]) == (True, field), answer.text


def test_secrets_need_a_key_and_recipients_are_masked(service: Service) -> None:
    made = service.make(name="短信", kind="sms", recipients=["13912345678"], templates={"default": "T"}, token="t0")
    mail = service.make(name="邮件", kind="mail", address="", recipients=["zhang@example.org"])
    assert (made.json()["recipients"], mail.json()["recipients"]) == (["139****78"], ["z***@example.org"])
    assert (made.json()["secret"], "t0" in made.text) == (None, False)
    twice = service.make(name="短信")
    assert (twice.status_code, twice.json()["field"]) == (400, "name")


def test_each_has_an_own_inbox(service: Service) -> None:
    with service.database.transaction() as session:
        case_id = store_report(session, category=WORD, lon=113.5, lat=34.5, path=["S", "g1"])
    number = report_number(case_id)
    assert service.client.post("/v1/cases", json={"report": number}, headers=service.key).status_code == 201
    for verb in ("accept", "file", "dispatch"):
        done = service.client.post(f"/v1/cases/{number}/steps", json={"verb": verb}, headers=service.key)
        assert done.status_code in {200, 201}, done.text
    entries = 0
    while not entries:  # other databases of the cluster may hold the feed up for a moment
        with service.database.transaction() as session:
            entries += collecting.collect(session).entries
    found = service.client.get("/v1/inbox?lang=zh", headers=service.person)
    assert found.status_code == 200, found.text
    (entry,) = found.json()["items"]
    assert (entry["type"], entry["subject"], entry["title"]) == ("case.dispatch", number, f"案件{number}：派遣")
    assert (found.json()["unread"], found.json()["next"]) == (1, None)
    english = service.client.get("/v1/inbox?lang=en", headers=service.person).json()["items"][0]
    assert english["title"] == f"Case {number} dispatched"
    marked = service.client.post("/v1/inbox/reading", json={"entries": [entry["entry"]]}, headers=service.person)
    assert marked.json() == {"marked": 1}
    assert service.client.get("/v1/inbox?unread=true", headers=service.person).json()["items"] == []
    assert service.client.get("/v1/inbox", headers=service.key).json() == {"unread": 0, "items": [], "next": None}
