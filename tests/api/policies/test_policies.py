"""Values of policy: read at the instant, stated by one, confirmed by another where they decide over deadlines."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from core import clock
from governance.cases.lifecycle import operations as cases
from governance.cases.lifecycle import queries as case_queries
from governance.cases.lifecycle.operations import Caller
from governance.cases.lifecycle.rules import Act, CaseBoundError
from governance.cases.lifecycle.states import Verb
from governance.policies.queries import policies_at
from identity.actors import COMMAND_LINE
from identity.grants import EVERYTHING
from tests.factories.cases import WORD, case_district
from tests.factories.reports import store_report

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi.testclient import TestClient

    from core.db import Database

    Keys = Callable[..., dict[str, str]]

ANYBODY = Caller(COMMAND_LINE, lambda _: EVERYTHING, any_unit=True)


def test_what_decides_over_deadlines_counts_once_a_second_person_has_confirmed_it(
    client: TestClient, database: Database, make_key: Keys
) -> None:
    one, other = make_key(), make_key()

    def state(code: str, value: str, key: dict[str, str] = one, **more: Any) -> Any:
        body = {"code": code, "value": value, "note": "区办〔2026〕12号"} | more
        return client.post("/v1/policies/stated", json=body, headers=key)

    def decide(number: int, action: str, key: dict[str, str]) -> Any:
        return client.post(f"/v1/policies/stated/{number}/decision", json={"action": action}, headers=key)

    def counts(code: str, **asked: str) -> str:
        items = client.get("/v1/policies", params=asked, headers=one).json()["items"]
        return next(str(item["value"]) for item in items if item["code"] == code)

    with database.transaction() as session:
        case_district(session)
        case_id = store_report(session, category=WORD, lon=113.5, lat=34.5, path=["S", "g1"])
        cases.open_case(session, report_id=case_id, caller=ANYBODY)

    def act(verb: Verb) -> None:
        with database.transaction() as session:
            cases.act_on(session, case_id=case_id, act=Act(verb=verb, reason="r", opinion="o"), caller=ANYBODY)

    for verb in (Verb.ACCEPT, Verb.FILE, Verb.DISPATCH):
        act(verb)
    stated = state("extensions", "1")
    assert (stated.status_code, stated.json()["state"]) == (201, "proposed")
    number = stated.json()["number"]
    assert counts("extensions") == "2"
    own = decide(number, "confirm", one)
    assert (own.status_code, own.json()["type"]) == (403, "urn:wangge:problem:policy-second-person")
    before = clock.now().isoformat()
    assert decide(number, "confirm", other).json()["state"] == "in_force"
    assert (counts("extensions"), counts("extensions", at=before)) == ("1", "2")
    assert decide(number, "refuse", other).json()["type"] == "urn:wangge:problem:policy-value-decided"
    act(Verb.EXTEND)
    with pytest.raises(CaseBoundError, match="extended 1 times"):
        act(Verb.EXTEND)
    # What only raises to supervision counts at once.
    assert state("hand_overs_raise", "1").json()["state"] == "in_force"
    with database.transaction() as session:
        again = Act(verb=Verb.REDISPATCH, unit_code="bureau", reason="r")
        view = cases.act_on(session, case_id=case_id, act=again, caller=ANYBODY)
        assert view.supervised
        assert case_queries.steps_of(session, case_id)[-1].detail["cause"] == "hand_overs"
    # A value of later counts later, and refusing one's own withdraws it.
    later = clock.now() + timedelta(days=3)
    number = state("return_within", "8 working_hours", effective_from=later.isoformat()).json()["number"]
    assert decide(number, "confirm", other).status_code == 200
    with database.snapshot() as session:
        held = [str(policies_at(session, at).return_within.amount) for at in (clock.now(), later)]
    assert held == ["4", "8"]
    assert decide(state("suspensions", "0").json()["number"], "refuse", one).json()["state"] == "refused"
    listed = client.get("/v1/policies/stated", params={"state": "refused"}, headers=one).json()["items"]
    assert [item["code"] for item in listed] == ["suspensions"]
    for code, value, field in (
        ("extensions", "21", "value"), ("reworks_raise", "0", "value"), ("extensions", "2 hours", "value"),
        ("remind_working", "1 hours", "value"), ("remind_continuous", "73 hours", "value"),
        ("return_within", "4", "value"), ("return_within", "4 minutes", "value"), ("extensions", "２", "value"),
    ):  # fmt: skip
        wrong = state(code, value)
        assert (wrong.status_code, wrong.json()["field"]) == (400, field), (code, value)
    past = state("extensions", "3", effective_from=before)
    assert (past.status_code, past.json()["field"]) == (400, "effective_from")
