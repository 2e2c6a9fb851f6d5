"""Call-backs: facts of the case, by the office or the channel; not solved is reopened or explained; counted by unit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from core.db import Database
from core.settings import Settings
from governance.cases.lifecycle.verifying import verify_cases
from governance.reports.numbers import report_id
from identity.grants import ROLES
from tests.factories.cases import WORD, acts, case_district
from tests.factories.identity import issue_key
from tests.factories.photos import hang_photo
from tests.factories.seals import seal_all

if TYPE_CHECKING:
    from collections.abc import Iterator

TO_CLOSED = ("accept", "file", "dispatch", "acknowledge", "handle", "verify", "close")
REACHED = {"contacted": True, "solved": True, "satisfied": True}


class Office:
    """The application with a district, the office's key, and those of two channels."""

    def __init__(self, client: TestClient, database: Database) -> None:
        self.client, self.database = client, database
        with database.transaction() as session:
            case_district(session)
            keys = {
                name: issue_key(session, name=name, channel=channel, scopes=list(ROLES[role]))
                for name, role, channel in (
                    ("office", "administrator", None), ("12345", "intake", "12345"), ("wechat", "intake", "wechat"),
                )
            }  # fmt: skip
        self.keys = {name: {"X-API-Key": key} for name, key in keys.items()}

    def ask(self, method: str, path: str, body: Any = None, key: str = "office") -> Any:
        return self.client.request(method, path, json=body, headers=self.keys[key])

    def closed(self) -> str:
        """Send a report of 12345 and lead its case to its closing; return its number."""
        body = {"category": WORD, "lon": 113.5, "lat": 34.5, "reported_at": "2026-06-01T08:00:00+08:00"}
        sent = self.ask("POST", "/v1/reports", body, "12345")
        assert sent.status_code == 201, sent.text
        number: str = sent.json()["number"]
        self.ask("POST", "/v1/cases", {"report": number})
        with self.database.transaction() as session:
            hang_photo(session, report_id(number))
        self.go(number, *TO_CLOSED)
        return number

    def go(self, number: str, *verbs: str) -> None:
        for verb in verbs:
            done = self.ask("POST", f"/v1/cases/{number}/steps", acts(verb))
            assert done.status_code in {200, 201}, done.text

    def call(self, number: str, key: str = "office", **found: Any) -> Any:
        kind = "cases" if key == "office" else "reports"
        return self.ask("POST", f"/v1/{kind}/{number}/call-backs", found, key)

    def state(self, number: str) -> str:
        found: str = self.ask("GET", f"/v1/cases/{number}").json()["state"]
        return found

    def listed(self, **asked: Any) -> list[str]:
        answer = self.client.get("/v1/call-backs", params=asked, headers=self.keys["office"])
        assert answer.status_code == 200, answer.text
        return [one["number"] for one in answer.json()["items"]]


@pytest.fixture(scope="module")
def office(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("service")
    settings = Settings(
        DATABASE_URL=module_database_url, cache_dir=folder / "cache", attachments_dir=folder, web_dist=folder,
        log_level="ERROR",
    )  # fmt: skip
    database = Database(settings)
    with TestClient(create_app(settings)) as client:
        yield Office(client, database)
    database.close()


def test_a_caller_is_tried_until_reached_then_rates_and_is_asked_no_more(office: Office) -> None:
    number = office.closed()
    assert number in office.listed()
    missed = office.call(number, contacted=False)
    assert (missed.status_code, missed.json()["way"], missed.json()["solved"]) == (201, "office", None)
    assert number in office.listed()
    reached = office.call(number, **REACHED, rating=4, comment="谢谢")
    assert reached.status_code == 201, reached.text
    assert number not in office.listed()
    assert office.state(number) == "rated"
    again = office.call(number, **REACHED)
    assert (again.status_code, again.json()["type"]) == (409, "urn:wangge:problem:call-back-done")
    made = office.ask("GET", f"/v1/cases/{number}/call-backs").json()["items"]
    assert [(one["contacted"], one["satisfied"]) for one in made] == [(False, None), (True, True)]
    wrong = office.ask("POST", f"/v1/cases/{number}/steps", {"verb": "call_back"})
    assert wrong.status_code == 409, "it has an address of its own"
    seal_all(office.database)
    with office.database.snapshot() as session:
        assert verify_cases(session).count == 0


def test_not_solved_is_reopened_or_explained_until_a_supervisor_has_looked(office: Office) -> None:
    explained, reopened = office.closed(), office.closed()
    found = {"contacted": True, "solved": False, "satisfied": False}
    assert office.call(explained, **found).json()["field"] == "reason"
    assert office.call(reopened, **found, reopen=True, reason="又堆上了").status_code == 201
    assert office.state(reopened) == "filed"
    assert office.call(explained, **found, reason="诉求超出职权").status_code == 201
    assert office.state(explained) == "closed"
    assert office.listed(unsolved=True) == [explained]
    office.go(explained, "back_check")
    assert office.listed(unsolved=True) == []
    office.go(reopened, "dispatch", "acknowledge", "handle", "verify", "close")
    assert reopened in office.listed(), "closed anew, asked anew"


def test_the_channel_that_sent_a_report_brings_its_caller_s_answer_with_the_bounds_of_the_public(
    office: Office,
) -> None:
    number = office.closed()
    assert office.call(number, "wechat", **REACHED).status_code == 404, "another's report"
    answer = office.call(number, "12345", **REACHED, rating=5)
    assert (answer.status_code, answer.json()["way"], answer.json()["by"]) == (201, "channel", "system"), answer.text
    assert office.state(number) == "rated"
    twice = office.closed()
    unsolved = {"contacted": True, "solved": False, "satisfied": False, "reopen": True, "reason": "没有解决"}
    assert office.call(twice, "12345", **unsolved).status_code == 201
    office.go(twice, "dispatch", "acknowledge", "handle", "verify", "close")
    once_more = office.call(twice, "12345", **unsolved)
    assert (once_more.status_code, once_more.json()["type"]) == (409, "urn:wangge:problem:reopening-done")
    open_case = office.ask(
        "POST",
        "/v1/reports",
        {"category": WORD, "lon": 113.5, "lat": 34.5, "reported_at": "2026-06-01T08:00:00+08:00"},
        "12345",
    ).json()
    office.ask("POST", "/v1/cases", {"report": open_case["number"]})
    refused = office.call(open_case["number"], "12345", **REACHED)
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:wangge:problem:case-verb-refused")


@pytest.mark.parametrize(("found", "field"), [
    ({"contacted": False, "solved": True}, "solved"), ({"contacted": False, "rating": 3}, "rating"),
    ({"contacted": True, "satisfied": True}, "solved"), ({"contacted": True, "solved": True}, "satisfied"),
    (REACHED | {"reopen": True, "reason": "x"}, "reopen"), (REACHED | {"rating": 6}, "body.rating"),
    ({"contacted": True, "solved": False, "satisfied": True, "reason": " "}, "reason"),
])  # fmt: skip
def test_what_does_not_fit_together_is_named(office: Office, found: dict[str, Any], field: str) -> None:
    answer = office.call("SJ2612000001-2", **found)
    assert (answer.status_code in {400, 422}, answer.json()["field"]) == (True, field), answer.text


def test_rates_are_shares_of_those_who_were_asked(office: Office) -> None:
    before = office.ask("GET", "/v1/call-backs/rates").json()["items"][0]
    for found in ({"contacted": False}, REACHED, REACHED | {"satisfied": False}):
        assert office.call(office.closed(), **found).status_code == 201
    office.closed()
    after = office.ask("GET", "/v1/call-backs/rates").json()["items"][0]
    names = ("closed", "called_back", "contacted", "solved", "satisfied")
    assert [after[name] - before[name] for name in names] == [4, 3, 2, 2, 1]
    assert after["unit_code"] == "street"
    assert after["solved_rate"] == pytest.approx(after["solved"] / after["contacted"])
    assert after["contact_rate"] == pytest.approx(after["contacted"] / after["called_back"])
