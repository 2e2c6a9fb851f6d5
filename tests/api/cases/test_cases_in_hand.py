"""What a person's units have in hand, in one answer, and visits to the spot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from identity.grants import Grant
from tests.factories.cases import SharedOffice, shared_office

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def office(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedOffice]:
    with shared_office(module_database_url, tmp_path_factory.mktemp("office")) as made:
        yield made


def test_a_worker_gets_what_the_own_units_have_in_hand_in_the_own_grid_by_due_time(office: SharedOffice) -> None:
    urgent = office.case("accept", "file", "dispatch")
    later = office.case(
        "accept", "file", "dispatch", "acknowledge", category="E0102", description="王芳 13512345678 反映"
    )
    others = office.case("accept", "file", category="E0103")
    office.act(others, "dispatch")
    handled = office.case("accept", "file", "dispatch", "acknowledge", "handle")
    waiting = office.case("accept", "file")
    worker = office.member("韩冰", "community", Grant("grid-worker", area="admin/g1"))
    found = office.ask("GET", "/v1/cases/in-hand", by=worker)
    assert [one["number"] for one in found["items"]] == [urgent, later], "what is due first; without a limit last"
    assert {others, handled, waiting}.isdisjoint(one["number"] for one in found["items"])
    assert (found["more"], found["units"]) == (False, ["community", "street"])
    first, second = found["items"]
    assert "acknowledge" in first["allowed"]
    assert "handle" in second["allowed"]
    assert "13512345678" not in second["text"], "people are masked"
    assert office.ask("GET", "/v1/cases/in-hand?limit=1", by=worker)["more"] is True
    elsewhere = office.member("何亮", "community", Grant("grid-worker", area="admin/g2"))
    assert office.ask("GET", "/v1/cases/in-hand", by=elsewhere)["items"] == []
    bureau = office.member("沈科", "bureau", Grant("department-staff"))
    assert [one["number"] for one in office.ask("GET", "/v1/cases/in-hand", by=bureau)["items"]] == [others]
    assert office.ask("GET", "/v1/cases/in-hand")["items"] == [], "a program belongs to no unit"


def test_a_visit_keeps_place_and_both_clocks_and_leaves_state_and_clocks(office: SharedOffice) -> None:
    number = office.case("accept", "file", "dispatch", "acknowledge")
    worker = office.member("孔林", "community", Grant("grid-worker", area="admin/g1"))
    before = office.ask("GET", f"/v1/cases/{number}")
    told = "2026-01-05T09:30:00+08:00"
    after = office.act(number, "visit", by=worker, lon=113.5, lat=34.501, device_at=told)
    assert (after["state"], after["due_at"]) == ("acknowledged", before["due_at"])
    step = office.history(number)[-1]
    assert (step["verb"], step["actor"]) == ("visit", "孔林")
    assert step["device_at"] == "2026-01-05T01:30:00Z" or step["device_at"].startswith("2026-01-05T09:30")
    assert 105 <= step["detail"]["distance_m"] <= 115, "0.001° of latitude are 111 m"
    assert office.act(number, "visit", by=worker, lon=None, status=400)["field"] == "lon"
    stranger = office.member("蒋云", "bureau", Grant("department-staff"))
    office.act(number, "visit", by=stranger, status=403)
    fresh = office.case("accept", "file", "dispatch")
    refused = office.act(fresh, "visit", by=worker, status=409)
    assert refused["state"] == "dispatched"
