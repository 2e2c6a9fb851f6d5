"""Cases that go out of the district: clocks stand still, the caller is told where and why, refused ones come back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.factories.cases import SharedOffice, shared_office

if TYPE_CHECKING:
    from collections.abc import Iterator

THERE = {"recipient": "中原区城运中心", "reason": "地点属中原区"}


@pytest.fixture(scope="module")
def office(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedOffice]:
    with shared_office(module_database_url, tmp_path_factory.mktemp("office")) as opened:
        yield opened


def test_a_transferred_case_is_over_here_until_it_is_refused_there(office: SharedOffice) -> None:
    case = office.case("accept", "file", "dispatch", "acknowledge")
    gone = office.act(case, "transfer", **THERE)
    assert (gone["state"], gone["unit_code"], gone["due_at"]) == ("transferred", None, None)
    assert {one["state"] for one in gone["clocks"]} <= {"stopped", "idle"}
    step = office.history(case)[-1]
    assert step["detail"]["transfer"] == {"to": "中原区城运中心", "from": "street"}
    assert office.act(case, "dispatch", status=409)["allowed"] == ["confirm_transfer", "take_back"]
    taken = office.act(case, "confirm_transfer", receipt="ZY-2026-118")
    assert taken["state"] == "transferred"
    back = office.act(case, "take_back", reason="对方查实属本区")
    assert (back["state"], back["due_step"]) == ("accepted", None)
    assert office.act(case, "file")["state"] == "filed"
    office.act(case, "dispatch")
    assert office.ask("GET", f"/v1/cases/{case}")["unit_code"] == "street"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"reason": "外区"}, "recipient"),
        ({"recipient": "中原区"}, "reason"),
        ({"recipient": " ", "reason": "x"}, "recipient"),
    ],
)
def test_a_transfer_names_where_to_and_why(office: SharedOffice, given: dict[str, str], field: str) -> None:
    case = office.case("accept")
    problem = office.act(case, "transfer", status=400, **{"recipient": None, "reason": None, **given})
    assert (problem["type"].rpartition(":")[2], problem["field"]) == ("case-duty-missing", field)
    office.act(case, "transfer", **THERE)
    assert office.act(case, "confirm_transfer", status=400, receipt=None)["field"] == "receipt"


def test_what_is_handled_or_ended_is_not_transferred(office: SharedOffice) -> None:
    for verbs in (("accept", "file", "dispatch", "acknowledge", "handle"), ("reject",)):
        office.act(office.case(*verbs), "transfer", status=409, **THERE)


def test_what_has_an_open_part_is_not_transferred(office: SharedOffice) -> None:
    case = office.case("accept", "file", "dispatch")
    part = {"unit_code": "bureau", "reason": "清运"}
    office.ask("POST", f"/v1/cases/{case}/parts", json=part, status=201)
    assert office.act(case, "transfer", status=409, **THERE)["type"].endswith("case-open-beside")


def test_the_caller_sees_where_it_went_and_why_and_no_telephone_number(office: SharedOffice) -> None:
    case = office.case("accept")
    token = office.ask("POST", f"/v1/reports/{case}/trace-tokens", status=201)["token"]
    office.act(case, "transfer", recipient="中原区 13912345678", reason="地点属中原区")
    seen = office.ask("POST", "/v1/public/trace", json={"number": case, "token": token})
    last = seen["steps"][-1]
    assert (seen["state"], last["verb"], last["reason"]) == ("transferred", "transfer", "地点属中原区")
    assert last["unit"].startswith("中原区 ")
    assert "13912345678" not in str(seen) + str(office.history(case))
