"""Whistles over HTTP: who may blow one, who is late and who far off, what is settled, and what is refused."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from core import clock
from tests.factories.streets import HERE, MONDAY, Street

if TYPE_CHECKING:
    from collections.abc import Callable


def test_a_whistle_from_the_call_to_the_ratings(street: Street) -> None:
    number = street.case()
    before = street.get(f"cases/{number}")
    called = street.blow(number)
    assert called.status_code == 201, called.text
    assert [(one["unit_code"], one["state"]) for one in called.json()["units"]] == [
        ("bureau", "called"), ("land", "called"),
    ]  # fmt: skip
    street.step(number, "城管", "sign")
    street.step(number, "城管", "contact")
    street.step(number, "城管", "arrive", **HERE)
    came = street.step(number, "自然资源", "arrive", lon=113.51, lat=34.5, accuracy_m=30)["units"]
    assert [(one["is_late"], one["is_distant"]) for one in came] == [(False, False), (False, True)]
    assert came[0]["distance_m"] == 0
    assert came[1]["distance_m"] == pytest.approx(918, abs=2)  # 0.01° of the parallel of 34.5° N
    street.step(number, "城管", "advise", opinion="认定为违建")
    street.step(number, "城管", "conclude", 403, opinion="拆除")
    concluded = street.step(number, "主任", "conclude", opinion="三日内拆除")
    assert concluded["state"] == "concluded"
    street.step(number, "城管", "cosign", 400, agrees=False)
    street.step(number, "城管", "cosign", agrees=False, opinion="期限太短")
    street.step(number, "主任", "conclude", opinion="五日内拆除")
    street.step(number, "城管", "cosign")
    street.step(number, "自然资源", "cosign")
    street.step(number, "主任", "rate_unit", unit_code="bureau", rating=5)
    rated = street.step(number, "主任", "rate_unit", unit_code="land", rating=3)
    assert (rated["state"], [one["rating"] for one in rated["units"]]) == ("settled", [5, 3])
    street.step(number, "主任", "rate_unit", 409, unit_code="land", rating=1)
    after = street.get(f"cases/{number}")
    assert (after["state"], after["due_at"], after["due_step"]) == (before["state"], before["due_at"], "handle")
    history = street.get(f"cases/{number}/history")["items"][5:]
    assert [one["verb"] for one in history] == [
        "whistle", "sign", "contact", "arrive", "arrive", "advise", "conclude", "cosign", "conclude", "cosign",
        "cosign", "rate_unit", "rate_unit",
    ]  # fmt: skip


def test_kinds_are_dated_rows_that_say_who_may_blow(street: Street, at: Callable[[datetime], None]) -> None:
    at(MONDAY)
    assert [one["code"] for one in street.get("whistle-kinds")["items"]] == ["enforcement", "request", "emergency"]
    number = street.case()
    assert street.blow(number, by="网格员").status_code == 403, "not of the role"
    assert street.blow(number, by="城管").status_code == 403, "not of the street"
    for given, field in (
        ({"kind": "没有"}, "kind"), ({"units": ["community"]}, "units"), ({"units": ["bureau", "bureau"]}, "units"),
        ({"units": ["nowhere"]}, "units"), ({"arrive_by": "2000-01-01T00:00:00Z"}, "arrive_by"),
    ):  # fmt: skip
        answer = street.blow(number, **given)
        assert (answer.status_code in {400, 404}, answer.json()["field"]) == (True, field), answer.text
    kind = {"name": "联合执法", "unit_kinds": ["department"], "arrive": {"amount": 4, "unit": "working_hours"}}

    def stated(status: int = 200, **given: Any) -> None:
        answer = street.client.put("/v1/whistle-kinds/enforcement", json=kind | given, headers=street.key)
        assert answer.status_code == status, answer.text

    stated(400, unit_kinds=["街道"])
    stated(400, roles=["nobody"])
    stated()
    stated()
    assert street.blow(number).status_code == 403, "the street's whistle no longer"
    stated(unit_kinds=["street"], roles=["grid-worker"], near_m=1000)
    called = street.blow(number, by="网格员", units=["bureau"])
    assert called.status_code == 201, called.text
    (unit,) = called.json()["units"]
    assert [datetime.fromisoformat(unit[f"{one}_due_at"]) for one in ("sign", "contact", "arrive")] == [
        MONDAY + timedelta(hours=1), MONDAY + timedelta(hours=6), MONDAY + timedelta(hours=6),
    ], "3 h before noon, one after two; who arrives has made contact"  # fmt: skip
    ended = street.client.post("/v1/whistle-kinds/enforcement/end", json={}, headers=street.key)
    assert ended.status_code == 204
    assert street.get("whistle-kinds")["items"][0]["roles"] == ["street-staff"]
    street.step(number, "城管", "arrive", lon=113.509, lat=34.5)
    assert street.get(f"cases/{number}/whistles")["items"][0]["units"][0]["is_distant"] is False, "what held then"


def test_late_and_missing_units_are_told_of_once_escalate_and_are_counted(
    street: Street, at: Callable[[datetime], None]
) -> None:
    at(MONDAY + timedelta(days=365))  # Tuesday, 2 June 2100
    blown = MONDAY + timedelta(days=365)
    number = street.case()
    named = blown + timedelta(hours=3)
    assert street.blow(number, arrive_by=named.isoformat(), units=["bureau", "land"]).status_code == 201
    street.step(number, "自然资源", "sign")
    at(named - timedelta(minutes=60) + timedelta(seconds=1))
    assert street.told(number) == {
        ("bureau", "sign", "overdue"), ("bureau", "arrive", "due_soon"), ("land", "arrive", "due_soon"),
    }  # fmt: skip
    street.step(number, "自然资源", "arrive", **HERE)
    assert not street.get(f"cases/{number}")["supervised"]
    at(named + timedelta(hours=1))
    assert street.told(number) == {("bureau", "contact", "overdue"), ("bureau", "arrive", "overdue")}
    assert street.told(number) == set(), "once"
    raised = street.get(f"cases/{number}")
    last = street.get(f"cases/{number}/history")["items"][-1]
    assert (raised["supervised"], last["verb"], last["actor"], last["detail"]["missing"]) == (
        True, "supervise", "system", [{"whistle": 1, "unit": "bureau"}],
    )  # fmt: skip
    overdue = street.get("whistles", overdue=True, unit="bureau")["items"]
    assert [one["case"] for one in overdue] == [number]
    assert street.get("whistles", overdue=True, unit="land")["items"] == []
    street.step(number, "城管", "arrive", lon=113.6, lat=34.5)
    (late, there) = street.step(number, "主任", "conclude", opinion="拆除")["units"]
    assert [(one["is_late"], one["is_distant"]) for one in (late, there)] == [(True, True), (False, False)]
    street.step(number, "主任", "rate_unit", unit_code="bureau", rating=2)
    span = {"since": blown.isoformat(), "until": (blown + timedelta(days=1)).isoformat()}
    counts = street.get("whistles/counts", **span)
    shown = ("called", "signed_in_time", "arrived", "arrived_in_time", "missing", "distant", "mean_rating")
    assert {one["unit_code"]: [one[name] for name in shown] for one in counts["units"]} == {
        "bureau": [1, 0, 1, 0, 0, 1, 2.0], "land": [1, 1, 1, 1, 0, 0, None],
    }  # fmt: skip
    assert [one["median_hours"] for one in counts["units"]] == [pytest.approx(4), pytest.approx(2, abs=0.01)]
    assert [(one["unit_code"], one["whistles"], one["concluded"]) for one in counts["streets"]] == [("street", 1, 1)]
    assert street.get("whistles/counts", **span, kind="request")["units"] == []


def test_a_kind_that_pauses_stops_the_clock_of_handling_and_nothing_else_does(
    street: Street, at: Callable[[datetime], None]
) -> None:
    begun = datetime(2101, 6, 6, 9, tzinfo=clock.LOCAL)  # a Monday
    at(begun)
    kind = {"name": "攻坚", "unit_kinds": ["street"], "arrive": {"amount": 5, "unit": "working_days"}, "pauses": True}
    assert street.client.put("/v1/whistle-kinds/hard", json=kind, headers=street.key).status_code == 200
    number = street.case()
    due = datetime.fromisoformat(street.get(f"cases/{number}")["due_at"])
    assert street.blow(number, kind="hard", units=["land"]).status_code == 201
    paused = street.get(f"cases/{number}")
    assert (paused["state"], paused["due_at"]) == ("acknowledged", None)
    at(begun + timedelta(hours=1))
    street.act(number, "suspend")
    street.act(number, "resume")
    assert street.get(f"cases/{number}")["due_at"] is None, "the whistle still holds the clock"
    refused = street.act(number, "void", 409)
    assert (refused["type"], refused["whistles"]) == ("urn:wangge:problem:case-open-beside", [1])
    at(begun + timedelta(hours=2))
    street.step(number, "主任", "call_off", reason="已解决")
    resumed = street.get(f"cases/{number}")
    assert datetime.fromisoformat(resumed["due_at"]) == due + timedelta(hours=2)
    street.step(number, "自然资源", "sign", 409)
    street.act(number, "void")
