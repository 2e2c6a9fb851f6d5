"""Cases follow the places of their reports: a step each, with whom the rules name now; nobody is given it unseen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from governance.cases.lifecycle.operations import follow_places
from tests.factories.cases import SharedOffice, shared_office
from tests.factories.events import wait_until_readable
from tests.factories.reports import decide

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.db import Database


@pytest.fixture(scope="module")
def office(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedOffice]:
    with shared_office(module_database_url, tmp_path_factory.mktemp("office")) as opened:
        yield opened


def follow(database: Database) -> int:
    """Follow all there is; return how many cases got a step."""
    wait_until_readable(database)
    with database.transaction() as session:
        return follow_places(session).cases


def move(office: SharedOffice, number: str, *path: str) -> None:
    from governance.reports.numbers import report_id

    with office.database.transaction() as session:
        decide(session, report_id(number), path)


def last(office: SharedOffice, number: str) -> dict[str, Any]:
    return office.history(number)[-1]


def test_a_place_that_is_decided_anew_is_a_step_with_whom_the_rules_name(office: SharedOffice) -> None:
    follow(office.database)
    case = office.case("accept", "file", "dispatch")
    before = office.ask("GET", f"/v1/cases/{case}")
    move(office, case, "S", "g2")
    assert follow(office.database) == 1
    step, after = last(office, case), office.ask("GET", f"/v1/cases/{case}")
    assert (step["verb"], step["led_to"], step["actor"]) == ("relocate", "dispatched", "system")
    assert step["detail"]["place"] == {"from": ["S", "g1"], "to": ["S", "g2"], "cause": "triage", "release": 1}
    assert step["detail"]["would_go_to"]["unit_code"] is None, "nobody answers for the other grid"
    assert step["detail"]["went_by"] == {"unit_code": "street", "by": "release", "area": "admin/g1"}
    assert step["detail"]["differs"] is True
    assert (after["unit_code"], after["due_at"]) == (before["unit_code"], before["due_at"])
    assert after["version"] == before["version"] + 1
    assert follow(office.database) == 0
    move(office, case, "S", "g1")
    assert follow(office.database) == 1
    assert last(office, case)["detail"]["place"]["from"] == ["S", "g2"]
    back = last(office, case)["detail"]
    assert (back["would_go_to"]["unit_code"], back["differs"]) == ("street", False)


def test_who_has_it_below_the_unit_that_the_rules_name_is_no_other_and_without_a_unit_none_is(
    office: SharedOffice,
) -> None:
    follow(office.database)
    below, undispatched = office.case("accept", "file", "dispatch", "hand_down"), office.case("accept", "file")
    for number in (below, undispatched):
        office.act(number, "reclassify")
    detail = last(office, below)["detail"]
    assert (detail["would_go_to"]["unit_code"], detail["differs"]) == ("street", False)
    assert not {"went_by", "differs"} & set(last(office, undispatched)["detail"])
    accusing = office.case("accept", "file", "dispatch")
    office.act(accusing, "accuse", unit_code="street")
    office.act(accusing, "reclassify")
    detail = last(office, accusing)["detail"]["would_go_to"]
    assert detail["unit_code"] is None, "the rules name nobody whom the case accuses"
    assert "above which there is none" in detail["why"]


def test_ended_cases_and_the_same_area_get_no_step(office: SharedOffice) -> None:
    follow(office.database)
    ended, same = office.case("reject"), office.case("accept")
    move(office, ended, "S", "g2")
    move(office, same, "S", "g1")
    assert follow(office.database) == 0


def test_nobody_else_moves_a_case(office: SharedOffice) -> None:
    case = office.case("accept")
    problem = office.act(case, "relocate", status=409)
    assert problem["type"].endswith("case-verb-refused")
    assert "triage" in problem["detail"]
