"""Parts over HTTP: clocks of their own, who does what, and a case that does not end over the head of one."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from core import clock
from governance.cases.reminders.beside import remind_of_parts
from governance.cases.reminders.tables import CaseAlert
from governance.reports.numbers import report_id
from tests.factories.photos import HUNG
from tests.factories.streets import MONDAY

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.factories.streets import Street


class Parts:
    """The parts of one case of a street."""

    def __init__(self, street: Street) -> None:
        self.street, self.number = street, street.case()

    def give(self, unit: str, status: int = 201, **given: Any) -> dict[str, Any]:
        """Give a part as the office."""
        body = {"unit_code": unit, "reason": "清运建筑垃圾"} | given
        answer = self.street.client.post(f"/v1/cases/{self.number}/parts", json=body, headers=self.street.key)
        assert answer.status_code == status, answer.text
        return dict(answer.json())

    def act(self, part: int, verb: str, by: str | None = None, status: int = 200, **given: Any) -> dict[str, Any]:
        """Do something to a part, as the office or a person."""
        headers = self.street.key if by is None else self.street.sessions[by]
        answer = self.street.client.post(
            f"/v1/cases/{self.number}/parts/{part}/steps", json={"verb": verb, **given}, headers=headers
        )
        assert answer.status_code == status, answer.text
        return dict(answer.json())

    def told(self) -> list[tuple[int | None, str, str]]:
        """Let reminders of parts run twice and return what was told of this case: part, step and kind."""
        query = select(CaseAlert.part, CaseAlert.step, CaseAlert.kind).order_by(CaseAlert.id)
        with self.street.database.transaction() as session:
            remind_of_parts(session)
            remind_of_parts(session)
            return [tuple(row) for row in session.execute(query.where(CaseAlert.case_id == report_id(self.number)))]


def _due(found: dict[str, Any]) -> datetime | None:
    return None if found["due_at"] is None else datetime.fromisoformat(found["due_at"])


def test_each_part_has_clocks_of_its_own_and_those_of_the_case_go_on(
    street: Street, at: Callable[[datetime], None]
) -> None:
    at(MONDAY)
    parts = Parts(street)
    case = street.get(f"cases/{parts.number}")
    at(MONDAY + timedelta(hours=1))
    first = parts.give("bureau")
    # 20 working hours of the category from Monday, 10:00, on.
    assert (_due(first), first["due_step"]) == (datetime(2099, 6, 3, 16, tzinfo=clock.LOCAL), "handle")
    second = parts.give("land", within={"amount": 2, "unit": "working_days"})
    assert _due(second) == datetime(2099, 6, 3, 10, tzinfo=clock.LOCAL)
    street.act(parts.number, "suspend")
    at(MONDAY + timedelta(hours=7))
    assert [_due(one) for one in street.get(f"cases/{parts.number}/parts")["items"]] == [_due(first), _due(second)]
    street.act(parts.number, "resume")
    extended = parts.act(2, "extend_part", reason="设备故障")
    assert _due(extended) == datetime(2099, 6, 5, 10, tzinfo=clock.LOCAL)
    parts.act(2, "extend_part", reason="仍未修复")
    assert "2 times" in parts.act(2, "extend_part", status=409, reason="再延")["detail"]
    parts.act(1, "acknowledge_part", "自然资源", 403)
    parts.act(1, "finish_part", "城管", 409, opinion="已清运")
    parts.act(1, "acknowledge_part", "城管")
    parts.act(1, "finish_part", "城管", 400)
    assert parts.act(1, "finish_part", "城管", opinion="已清运")["state"] == "finished"
    at(MONDAY + timedelta(days=1))
    again = parts.act(1, "send_back_part", reason="还有残留")
    # Of its 20 h it had used 4 when it was finished on Monday at 16:00 (10:00-12:00, 14:00-16:00).
    handle = next(one for one in again["clocks"] if one["step"] == "handle")
    assert (again["state"], handle["used_s"], handle["left_s"]) == ("acknowledged", 4 * 3600, 16 * 3600)
    parts.act(2, "return_part", "自然资源", 409, reason="不归我们", return_reason="wrong_duty")
    assert street.get(f"cases/{parts.number}")["due_step"] == case["due_step"]
    listed = street.get("parts", unit="bureau", state="acknowledged")["items"]
    assert [(one["case"], one["part"]) for one in listed] == [(parts.number, 1)]
    assert street.get("parts", overdue=True)["items"] == []


def test_a_case_does_not_end_over_an_open_part_and_names_each(street: Street, at: Callable[[datetime], None]) -> None:
    at(MONDAY + timedelta(days=7))
    parts = Parts(street)
    assert parts.give("street", 400)["field"] == "unit_code"
    parts.give("bureau")
    parts.give("land")
    for verb in ("handle", "verify"):
        street.act(parts.number, verb)
    refused = street.act(parts.number, "close", 409)
    assert (refused["type"], refused["parts"]) == (
        "urn:wangge:problem:case-open-beside",
        [{"part": 1, "unit_code": "bureau"}, {"part": 2, "unit_code": "land"}],
    )
    returned = parts.act(2, "return_part", "自然资源", reason="不归我们", return_reason="wrong_duty")
    assert (returned["state"], returned["due_at"]) == ("returned", None)
    assert street.act(parts.number, "close", 409)["parts"] == [{"part": 1, "unit_code": "bureau"}]
    parts.act(1, "acknowledge_part", "城管")
    assert parts.act(1, "finish_part", "城管", 400, opinion="已清运", photos=["c" * 64])["field"] == "photos"
    parts.act(1, "finish_part", "城管", opinion="已清运", photos=[HUNG])
    parts.act(1, "send_back_part", reason="还有残留")
    street.act(parts.number, "void", 409)
    parts.act(1, "withdraw_part", reason="并入下次清运")
    assert street.act(parts.number, "close")["state"] == "closed"
    history = street.get(f"cases/{parts.number}/history")["items"]
    assert [one["detail"]["unit"] for one in history if one["verb"] == "give_part"] == ["bureau", "land"]
    assert next(one for one in history if one["verb"] == "return_part")["detail"]["return_reason"] == "wrong_duty"
    finished = next(one for one in history if one["verb"] == "finish_part")
    assert (finished["opinion"], finished["photos"]) == ("已清运", [HUNG]), "files and words are the case's own"


def test_deadlines_of_parts_are_told_of_once_each(street: Street, at: Callable[[datetime], None]) -> None:
    at(MONDAY + timedelta(days=14))
    parts = Parts(street)
    parts.give("bureau", within={"amount": 2, "unit": "hours"})
    parts.give("land", within={"amount": 4, "unit": "hours"})
    at(MONDAY + timedelta(days=14, hours=1))
    assert parts.told() == [(1, "handle", "due_soon")]
    parts.act(1, "acknowledge_part", "城管")
    parts.act(1, "finish_part", "城管", opinion="已清运")
    at(MONDAY + timedelta(days=14, hours=5))
    assert parts.told() == [(1, "handle", "due_soon"), (2, "handle", "overdue")], "a finished part owes nothing"
    overdue = street.get("parts", overdue=True, unit="land", limit=1)["items"]
    assert [(one["case"], one["part"]) for one in overdue] == [(parts.number, 2)]
