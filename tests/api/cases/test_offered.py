"""What is offered to a person is what the service lets that person do, and nothing else: each verb is tried."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from governance.cases.lifecycle.states import STEPS, TABLE, Verb
from identity.grants import Grant
from tests.factories.cases import SharedOffice, shared_office

if TYPE_CHECKING:
    from collections.abc import Iterator

WAYS = [
    (), ("accept",), ("accept", "file"), ("accept", "file", "dispatch"), ("accept", "file", "dispatch", "acknowledge"),
    ("accept", "file", "dispatch", "return"), ("accept", "file", "dispatch", "acknowledge", "handle"),
    ("accept", "file", "dispatch", "acknowledge", "handle", "verify", "close"),
]  # fmt: skip


@pytest.fixture(scope="module")
def office(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedOffice]:
    with shared_office(module_database_url, tmp_path_factory.mktemp("offered")) as made:
        yield made


@pytest.fixture(scope="module")
def people(office: SharedOffice) -> dict[str, dict[str, str]]:
    return {
        "dispatcher": office.member("赵坐席", None, Grant("dispatcher")),
        "street": office.member("钱街道", "street", Grant("street-staff", area="admin/S")),
        "bureau": office.member("孙局", "bureau", Grant("department-staff")),
        "verifier": office.member("李核查", None, Grant("verifier")),
        "supervisor": office.member("周督办", None, Grant("supervisor")),
        "elsewhere": office.member("吴外区", "street", Grant("street-staff", area="admin/g2")),
    }


@pytest.mark.parametrize("way", WAYS, ids=lambda way: "-".join(way) or "opened")
def test_what_is_offered_is_what_is_not_refused(
    office: SharedOffice, people: dict[str, dict[str, str]], way: tuple[str, ...]
) -> None:
    number = office.case(*way)
    for name, by in people.items():
        seen = office.client.get(f"/v1/cases/{number}", headers=by)
        if name == "elsewhere":
            assert seen.status_code == 404
            continue
        offered = set(seen.json()["offered"])
        for verb, rule in TABLE.items():
            if rule.path != STEPS or verb is Verb.OPEN:
                continue
            kind = _refusal(office, number, by, verb)
            assert (kind is None) == (verb in offered), (name, verb, kind)


def _refusal(office: SharedOffice, number: str, by: dict[str, str], verb: Verb) -> str | None:
    """Try a verb with a photo that is not there, so that nothing is done; return by what it is refused, if it is."""
    body = {"verb": verb, "photos": ["0" * 64], "lon": 113.5, "lat": 34.5} | {
        "reason": "r", "opinion": "o", "return_reason": "wrong_duty", "unit_code": "bureau", "category": "E0102",
        "rating": 5, "recipient": "邻区", "receipt": "1", "knowledge": "k",
    }  # fmt: skip
    answer = office.client.post(f"/v1/cases/{number}/steps", headers=by, json=body)
    assert answer.status_code in {400, 403, 409}, answer.text
    kind = str(answer.json()["type"]).rpartition(":")[2]
    return None if kind == "case-duty-missing" else kind


def test_cases_are_listed_by_own_unit_and_by_what_went_wrong(
    office: SharedOffice, people: dict[str, dict[str, str]]
) -> None:
    def listed(query: str, by: str) -> set[str]:
        return {one["number"] for one in office.ask("GET", f"/v1/cases?limit=1000&{query}", by=people[by])["items"]}

    given_back = office.case("accept", "file", "dispatch", "return")
    office.act(given_back, "dispatch", unit_code="bureau", reason="r")
    office.act(given_back, "return")
    poor = office.case("accept", "file", "dispatch", "acknowledge", "handle", "verify", "close")
    office.act(poor, "rate", rating=2)
    reopened = office.case("accept", "file", "dispatch", "acknowledge", "handle", "verify", "close", "reopen")
    at_bureau = office.case("accept", "file")
    office.act(at_bureau, "dispatch", unit_code="bureau", reason="r")
    assert listed("returned_twice=true", "supervisor") == {given_back}
    assert listed("rated_at_most=2", "supervisor") == {poor}
    assert listed("reopened=true", "supervisor") == {reopened}
    assert at_bureau in listed("mine=true", "bureau")
    assert at_bureau not in listed("mine=true", "street")
    assert listed("mine=true", "dispatcher") == set()
