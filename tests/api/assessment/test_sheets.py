"""Sheets: items scored with evidence and looked at by a second person; seats, roll-calls and tasks are counted."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import orjson
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from core import clock
from governance.assessment.sheets.counting import counted
from governance.assessment.sheets.states import ItemCount
from identity.grants import Grant
from identity.people import operations as people
from identity.people.operations import PersonIn
from identity.seats import operations as seats
from identity.seats.operations import Duty, SeatIn
from tests.factories.cases import shared_office
from tests.factories.identity import who

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.factories.cases import SharedOffice

FORMS = orjson.loads((Path(__file__).resolve().parents[3] / "data" / "assessment" / "sheets.json").read_bytes())
ROOT = "/v1/assessment"
TALKS: Final = {"item": "joint_talks", "points": "2.5", "words": "缺一次会商，联系13812345678", "evidence": ["纪要6号"]}


@pytest.fixture(scope="module")
def office(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedOffice]:
    with shared_office(module_database_url, tmp_path_factory.mktemp("office")) as opened:
        yield opened


@pytest.fixture(scope="module")
def supervisors(office: SharedOffice) -> tuple[dict[str, str], dict[str, str]]:
    """Return two supervisors, after the first proposed the forms and the second confirmed them."""
    first, second = (office.member(name, None, Grant("supervisor")) for name in ("刘洋", "陈静"))
    for form in FORMS:
        number = office.ask("POST", f"{ROOT}/forms", json=form, by=first, status=201)["number"]
        decide = f"{ROOT}/forms/{number}/decision"
        problem = office.ask("POST", decide, json={"action": "confirm"}, by=first, status=403)
        assert problem["type"].endswith("sheet-second-person")
        assert office.ask("POST", decide, json={"action": "confirm"}, by=second)["state"] == "in_force"
    return first, second


def opened(office: SharedOffice, by: dict[str, str], dimension: str, unit: str = "street", *, back: int = 0) -> int:
    """Open the sheet of two days that end so many days before tomorrow."""
    until = clock.now().astimezone(clock.LOCAL).date() + timedelta(days=1 - back)
    days = {"first_day": str(until - timedelta(days=2)), "until_day": str(until)}
    body = {"dimension": dimension, "unit_code": unit, **days}
    return int(office.ask("POST", f"{ROOT}/sheets", json=body, by=by, status=201)["number"])


def test_tasks_and_roll_calls_are_counted_as_they_were_answered(
    office: SharedOffice, supervisors: tuple[dict[str, str], dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _ = supervisors
    due = clock.now() + timedelta(minutes=5)
    for kind, title in (("roll_call", "点名一"), ("roll_call", "点名二"), ("instruction", "清障"), ("errand", "送文")):
        body = {"kind": kind, "title": title, "units": ["street"], "due_at": due.isoformat()}
        task = office.ask("POST", "/v1/tasks", json=body, status=201)["task"]
        if title != "点名二":
            verb = {"verb": "acknowledge"} if kind == "roll_call" else {"verb": "finish", "text": "已办"}
            office.ask("POST", f"/v1/tasks/{task}/units/street/steps", json=verb)
    number = opened(office, first, "dispatching", back=-1)  # tomorrow too: what is due soon may be due then
    assert opened(office, first, "dispatching", back=-1) == number
    path = f"{ROOT}/sheets/{number}/scores"
    early = office.ask("PUT", path, json={"scores": []}, by=first, status=409)
    assert early["type"].endswith("sheet-state")
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=2))
    scored = office.ask("PUT", path, json={"scores": []})
    items = {one["item"]: one for one in scored["scores"]}
    assert (items["roll_calls"]["numerator"], items["roll_calls"]["denominator"]) == (1, 2)
    assert (items["instructions"]["numerator"], items["instructions"]["denominator"]) == (1, 1)
    assert (scored["points"], scored["most"]) == ("8.00", "10")


def test_an_item_of_which_nothing_came_due_is_left_out_of_the_sum(
    office: SharedOffice, supervisors: tuple[dict[str, str], dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    number = opened(office, supervisors[0], "errands", unit="bureau")
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=1))
    quality = {"item": "quality", "points": "3", "words": "办理规范", "evidence": ["照片3张"]}
    scored = office.ask("PUT", f"{ROOT}/sheets/{number}/scores", json={"scores": [quality]})
    assert (scored["points"], scored["most"], scored["scores"][0]["points"]) == ("3", "3", None)


@pytest.mark.parametrize(
    ("scores", "status"),
    [
        ([], 400),
        ([TALKS, TALKS | {"item": "seats"}], 400),
        ([TALKS | {"points": "3.5"}], 400),
        ([TALKS | {"evidence": []}], 422),
        ([TALKS | {"points": "-1"}], 422),
    ],
)
def test_points_without_evidence_beyond_the_most_or_of_counted_items_are_refused(
    office: SharedOffice, supervisors: tuple[dict[str, str], dict[str, str]], monkeypatch: pytest.MonkeyPatch,
    scores: list[dict[str, Any]], status: int,
) -> None:  # fmt: skip
    number = opened(office, supervisors[0], "operation")
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=1))
    problem = office.ask("PUT", f"{ROOT}/sheets/{number}/scores", json={"scores": scores}, status=status)
    assert status != 400 or problem["field"] == "scores"


def test_a_second_person_looks_again_and_a_confirmed_sheet_never_changes(
    office: SharedOffice, supervisors: tuple[dict[str, str], dict[str, str]]
) -> None:
    first, second = supervisors
    number = opened(office, first, "operation", unit="community", back=3)
    office.ask("PUT", f"{ROOT}/sheets/{number}/scores", json={"scores": [TALKS]}, by=first)
    reader = office.member("读者", "street", Grant("street-staff"))
    office.ask("GET", f"{ROOT}/sheets/{number}", by=reader, status=404)
    act = f"{ROOT}/sheets/{number}/actions"
    own = office.ask("POST", act, json={"action": "confirm"}, by=first, status=403)
    assert own["type"].endswith("sheet-second-person")
    assert office.ask("POST", act, json={"action": "send_back"}, by=second)["state"] == "open"
    office.ask("PUT", f"{ROOT}/sheets/{number}/scores", json={"scores": [TALKS]}, by=first)
    assert office.ask("POST", act, json={"action": "confirm"}, by=second)["confirmed_by"] == "陈静"
    told = office.ask("GET", f"{ROOT}/sheets/{number}", by=reader)
    talks = next(one for one in told["scores"] if one["item"] == "joint_talks")
    assert (talks["points"], talks["evidence"]) == ("2.5", ["纪要6号"])
    assert "13812345678" not in talks["words"]
    assert number in [one["number"] for one in office.ask("GET", f"{ROOT}/sheets", by=reader)["items"]]
    with pytest.raises(IntegrityError), office.database.transaction() as session:
        session.execute(text("UPDATE assessment_sheet SET points = 10 WHERE id = :id"), {"id": number})


def test_a_seat_counts_on_days_on_which_somebody_sat_or_stood_in(office: SharedOffice) -> None:
    day = datetime(2026, 3, 2, tzinfo=clock.LOCAL)
    days = [day + timedelta(days=number) for number in range(5)]
    with office.database.transaction() as session:
        given = [PersonIn(f"坐席{number}", f"ZX-{number}", None) for number in (1, 2)]
        first, other = people.add_people(session, given, actor=who("admin"))
        stated = [SeatIn(code, code, "hotline", "street", day) for code in ("s1", "s2")]
        seats.state_seats(session, stated, actor=who("admin"))
        seats.state_duties(session, [Duty("s1", first.id, day, None)], actor=who("admin"))

        def staffed() -> tuple[int, int]:
            span = (day.date(), days[3].date())
            found = counted(session, "street", days=span, since=day, until=days[4], zone=str(clock.LOCAL))
            return found[ItemCount.SEATS]

        assert staffed() == (4, 8)
        seats.state_absence(session, first, stand_in=None, start=days[1], until=days[2], actor=who("admin"))
        assert staffed() == (3, 8)
        seats.state_absence(session, first, stand_in=other, start=days[2], until=days[3], actor=who("admin"))
        assert staffed() == (3, 8)
        session.rollback()
