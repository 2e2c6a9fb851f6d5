"""Rules of dispatch in force decide and are kept with the case; a new set is tried, replayed and published."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from core import clock
from governance.cases.dispatch import operations as dispatch
from governance.cases.dispatch.rules import DispatchRule
from governance.reports.numbers import report_number
from identity.units import operations as units
from tests.factories.cases import START, WORD, acts, case_district
from tests.factories.identity import who
from tests.factories.photos import hang_photo
from tests.factories.reports import store_report

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi.testclient import TestClient

    from core.db import Database


class Office:
    """The application with a district, whose dispatcher makes and publishes rules."""

    def __init__(self, client: TestClient, database: Database, key: dict[str, str]) -> None:
        self.client, self.database, self.key = client, database, key
        with database.transaction() as session:
            case_district(session)

    def ask(self, method: str, path: str, body: Any = None, *, status: int | None = None) -> dict[str, Any]:
        """Ask, and expect success or this status."""
        answer = self.client.request(method, f"/v1/{path}", json=body, headers=self.key)
        assert answer.status_code == status if status else answer.is_success, answer.text
        return dict(answer.json())

    def filed(self, grid: str = "g1") -> str:
        """Bring a case to where it is dispatched."""
        with self.database.transaction() as session:
            place = {"lon": 113.5 if grid == "g1" else 114.5, "lat": 34.5, "path": ["S", grid]}
            report = store_report(session, category=WORD, **place)
            hang_photo(session, report)
            number = report_number(report)
        self.ask("POST", "cases", {"report": number})
        for verb in ("accept", "file"):
            self.ask("POST", f"cases/{number}/steps", acts(verb))
        return number

    def act(self, number: str, verb: str, *, status: int | None = None, **given: Any) -> dict[str, Any]:
        """Do something to a case."""
        return self.ask("POST", f"cases/{number}/steps", acts(verb, **given), status=status)

    def last(self, number: str) -> dict[str, Any]:
        """Return what the last step keeps."""
        detail: dict[str, Any] = self.ask("GET", f"cases/{number}/history")["items"][-1]["detail"]
        return detail

    def publish(self, *rules: dict[str, Any]) -> int:
        """Make and publish a set."""
        made: int = self.ask("POST", "dispatch-rules", {"rules": list(rules)})["id"]
        self.ask("POST", f"dispatch-rules/{made}/publication", {})
        return made


@pytest.fixture
def office(client: TestClient, database: Database, make_key: Callable[..., dict[str, str]]) -> Office:
    return Office(client, database, make_key("administrator"))


def test_the_first_rule_decides_the_case_keeps_why_and_a_new_set_is_replayed(office: Office) -> None:
    by_answer = [office.filed() for _ in range(2)]
    office.act(by_answer[0], "dispatch")
    assert office.last(by_answer[0])["dispatch"]["by"] == "release"
    rule = {"area": "admin/g1", "category": "E", "unit_code": "bureau"}
    made = office.ask("POST", "dispatch-rules", {"rules": [rule, {"unit_code": "street"}], "note": "试行"})["id"]
    office.act(by_answer[1], "dispatch")  # a set that is not published counts for nothing
    assert office.last(by_answer[1])["dispatch"]["by"] == "release"
    elsewhere = office.filed("g2")
    office.act(elsewhere, "dispatch", status=409)  # nobody answers there

    done = office.ask("GET", f"dispatch-rules/{made}/replay")
    assert (done["cases"], done["changed"], done["fired"]) == (3, 3, {"1": 2, "2": 1})
    assert done["by_unit"] == [
        {"before": "street", "after": "bureau", "cases": 2}, {"before": None, "after": "street", "cases": 1}
    ]  # fmt: skip
    assert done["by_area"] == [{"area": "admin/g1", "cases": 2}, {"area": "admin/g2", "cases": 1}]
    assert [one["number"] for one in done["changes"]] == sorted([*by_answer, elsewhere])
    assert office.ask("GET", f"dispatch-rules/{made}/check")["items"] == []
    trial = office.ask("GET", f"dispatch-rules/{made}/trial?number={elsewhere}")
    assert (trial["unit_code"], trial["rule"], trial["passed"]) == ("street", 2, {"1": "area"})

    assert office.ask("GET", "dispatch-rules")["in_force"] is None
    published = office.ask("POST", f"dispatch-rules/{made}/publication", {})
    assert published["effective_at"] <= clock.now().isoformat().replace("+00:00", "Z")
    office.ask("POST", f"dispatch-rules/{made}/publication", {}, status=409)
    assert office.ask("GET", "dispatch-rules")["in_force"] == made
    ruled = office.filed()
    assert office.act(ruled, "dispatch")["unit_code"] == "bureau"
    assert office.last(ruled)["dispatch"] == {"by": "rule", "set": made, "rule": 1, "behind": [2]}
    # Another category runs the rules again, visibly, and names what stands behind.
    office.act(ruled, "reclassify", category="E0103", reason="渣土")
    assert office.last(ruled)["would_go_to"] == {
        "unit_code": "bureau",
        "by": "rule",
        "set": made,
        "rule": 1,
        "behind": [2],
    }
    assert office.last(ruled)["went_by"] == {
        "unit_code": "bureau", "by": "rule", "set": made, "rule": 1, "behind": [2]
    }  # fmt: skip
    assert office.last(ruled)["differs"] is False
    # What was dispatched before the set counted: the rules name another unit now, which is shown, and nobody is moved.
    assert office.act(by_answer[0], "reclassify", category="E0103", reason="渣土")["unit_code"] == "street"
    assert office.last(by_answer[0])["went_by"]["by"] == "release"
    assert (office.last(by_answer[0])["would_go_to"]["rule"], office.last(by_answer[0])["differs"]) == (1, True)
    with pytest.raises(DatabaseError, match="append-only"), office.database.transaction() as session:
        session.execute(text("UPDATE dispatch_rule SET unit_code = 'street'"))
    with pytest.raises(DatabaseError, match="append-only"), office.database.transaction() as session:
        session.execute(text("UPDATE dispatch_rule_set SET note = 'x'"))


def test_a_set_counts_from_its_instant_and_is_refused_with_codes_that_stand_for_nothing(office: Office) -> None:
    tomorrow = (clock.now() + timedelta(days=1)).isoformat()
    made = office.ask("POST", "dispatch-rules", {"rules": [{"unit_code": "bureau"}]})["id"]
    yesterday = (clock.now() - timedelta(days=1)).isoformat()
    office.ask("POST", f"dispatch-rules/{made}/publication", {"effective_at": yesterday}, status=400)
    office.ask("POST", f"dispatch-rules/{made}/publication", {"effective_at": tomorrow})
    number = office.filed()
    assert office.act(number, "dispatch")["unit_code"] == "street"
    other = office.ask("POST", "dispatch-rules", {"rules": []})["id"]
    office.ask("POST", f"dispatch-rules/{other}/publication", {"effective_at": tomorrow}, status=409)
    for rule, field in (
        ({"area": "admin/none"}, "rules.0.area"), ({"category": "X"}, "rules.0.category"),
        ({"unit_code": "nobody"}, "rules.0.unit_code"), ({"level": "city"}, "rules.0.level"),
        ({"season_from": "02-30", "season_until": "03-01"}, "rules.0.season_from"),
    ):  # fmt: skip
        problem = office.ask("POST", "dispatch-rules", {"rules": [rule]}, status=400)
        assert (problem["type"], problem["field"]) == ("urn:wangge:problem:dispatch-rule-invalid", field)
    office.ask("POST", "dispatch-rules", {"rules": [{"season_from": "06-01"}]}, status=422)


def test_a_rule_whose_unit_has_ended_blocks_and_names_itself(office: Office) -> None:
    made = office.publish({"unit_code": "community"})
    with office.database.transaction() as session:
        units.end_unit(session, "community", at=clock.now(), actor=who("t"))
    number = office.filed()
    problem = office.act(number, "dispatch", status=409)
    assert problem["type"] == "urn:wangge:problem:dispatch-blocked"
    assert f"Rule 1 of set {made}" in problem["detail"]


def test_a_case_does_not_go_to_whom_it_accuses_nor_below_and_hops_keep_its_clock(office: Office) -> None:
    number = office.filed()
    office.act(number, "dispatch")
    office.act(number, "acknowledge")
    due = next(one["due"] for one in office.ask("GET", f"cases/{number}")["clocks"] if one["step"] == "handle")
    office.act(number, "hand_down", unit_code="bureau", status=403)
    down = office.act(number, "hand_down", unit_code="community")
    assert (down["state"], down["unit_code"]) == ("dispatched", "community")
    assert office.last(number)["hop"] == {"from": "street", "to": "community"}
    up = office.act(number, "report_up", reason="超出社区权限")
    assert (up["state"], up["unit_code"]) == ("dispatched", "street")
    assert due == next(one["due"] for one in up["clocks"] if one["step"] == "handle")
    office.act(number, "acknowledge")
    office.act(number, "report_up", reason="r", status=409)  # no unit is above the street
    assert office.act(number, "accuse", unit_code="street", reason="反映街道不作为")["supervised"]
    for unit in ("street", "community"):
        problem = office.act(number, "dispatch", unit_code=unit, reason="r", status=409)
        assert "accuses unit 'street'" in problem["detail"]
    assert office.act(number, "dispatch", unit_code="bureau", reason="r")["unit_code"] == "bureau"


def test_load_and_the_level_at_which_cases_are_solved_are_counted(office: Office) -> None:
    open_case = office.filed()
    office.act(open_case, "dispatch")
    for way in ((), ("hand_down",), ("hand_down", "report_up"), ("hand_down",)):
        number = office.filed()
        office.act(number, "dispatch")
        for verb in way:
            office.act(number, "acknowledge")
            office.act(number, verb, **({"unit_code": "community"} if verb == "hand_down" else {"reason": "r"}))
        for verb in ("acknowledge", "handle", "verify", "close"):
            office.act(number, verb)
    assert office.ask("GET", "cases/load")["items"] == [
        {"unit_code": "street", "in_hand": 1, "unacknowledged": 1, "overdue": 0, "supervised": 0}
    ]
    found = [
        (one["level"], one["solved"], one["share"], one["reported_up"])
        for one in office.ask("GET", "cases/levels")["items"]
    ]
    assert found == [("community", 2, 0.5, 0), ("street", 2, 0.5, 1)]


def test_a_case_goes_down_to_the_building_and_up_again_each_hop_with_a_clock_of_its_own(office: Office) -> None:
    below = [("grid-1", "grid", "community"), ("building-1", "building", "grid-1")]
    with office.database.transaction() as session:
        stated = [units.UnitIn(code, code, kind, parent, START) for code, kind, parent in below]
        units.state_units(session, stated, actor=who("admin"))
    line = ["street", "community", "grid-1", "building-1"]
    for solved in (3, 3, 2, 1):
        number = office.filed()
        office.act(number, "dispatch")
        for unit in line[1:]:
            office.act(number, "acknowledge")
            hop = office.act(number, "hand_down", unit_code=unit)
            assert (hop["unit_code"], hop["state"]) == (unit, "dispatched")
            clock_of_hop = next(one for one in hop["clocks"] if one["step"] == "acknowledge")
            assert clock_of_hop["state"] == "running"
            assert clock_of_hop["used_s"] < 1
        for unit in reversed(line[solved:-1]):
            office.act(number, "acknowledge")
            assert office.act(number, "report_up", reason="超出权限")["unit_code"] == unit
        for verb in ("acknowledge", "handle", "verify", "close"):
            office.act(number, verb)
    shares = {one["level"]: (one["solved"], one["reported_up"]) for one in office.ask("GET", "cases/levels")["items"]}
    assert shares == {"building": (2, 0), "grid": (1, 1), "community": (1, 1)}


def test_rules_may_hold_in_a_season_or_out_of_office_hours(office: Office) -> None:
    with office.database.transaction() as session:
        off = DispatchRule(during=None, season=("01-01", "12-31"), unit_code="bureau")
        made = dispatch.add_set(session, [off], note="", actor=who("t"))
        dispatch.publish(session, made.id, effective_at=None, actor=who("t"))
    number = office.filed()
    assert office.act(number, "dispatch")["unit_code"] == "bureau"
