"""What people ask of their own data: a deadline, a decision, the data or its correction or erasure, and the record."""

from __future__ import annotations

import csv
import io
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import python_calamine
import shapely
from sqlalchemy import text

from core import clock
from governance.legal_holds import operations as legal_holds
from governance.legal_holds.operations import HoldSubject
from governance.reports import partitions
from governance.reports.callers import reports_of_callers
from governance.reports.numbers import MONTH, report_number
from grids.boundaries.records import AreaRecord
from identity import principals
from tests.factories.identity import who
from tests.factories.releases import publish_areas
from tests.factories.reports import PlacedRow, store_reports

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi.testclient import TestClient

    from core.db import Database

PHONE, NAME, WORDS = "13912345678", "欧阳震华", "后院有积水"
ROOT = "/v1/personal-requests"


@pytest.fixture
def reports(database: Database) -> list[int]:
    """Two of the person, one of somebody else."""
    mine: dict[str, Any] = {"description": WORDS, "name": NAME}
    rows = [
        PlacedRow(**mine, phone=f"+86 {PHONE}"),
        PlacedRow(**mine, set_aside={"reporter.phone": f"{PHONE}晚上打", "photos": "x"}),
        PlacedRow(description="别人的事", phone="13800000000", name="王五"),
    ]
    with database.transaction() as session:
        return store_reports(session, rows)


@pytest.fixture
def ask(client: TestClient, make_key: Callable[..., dict[str, str]]) -> Callable[..., Any]:
    """Ask as the privacy officer; returns the answer's body, once its status is as expected."""
    headers = make_key("privacy-officer", name="officer")

    def asked(path: str, body: dict[str, Any] | None = None, status: int | None = None) -> Any:
        answer = client.get(path, headers=headers) if body is None else client.post(path, json=body, headers=headers)
        assert answer.status_code == (status or (200 if body is None or path != ROOT else 201)), answer.text
        return answer if "data." in path and status is None else answer.json()

    return asked


def received(ask: Callable[..., Any], kind: str, **more: Any) -> str:
    """Record a request of the person, and return its path."""
    body = {"kind": kind, "phone": PHONE, "applicant": NAME, "wanted": f"{NAME}要求，电话{PHONE}"} | more
    return f"{ROOT}/{ask(ROOT, body)['id']}"


def test_a_request_is_due_by_the_days_of_the_settings_and_late_ones_are_listed_and_counted(
    ask: Callable[..., Any], client: TestClient
) -> None:
    assert client.get("/readyz").json()["overdue_personal_requests"] == 0
    long_ago = clock.now() - timedelta(days=31)
    late = ask(received(ask, "access", received_at=long_ago.isoformat()))
    soon = ask(received(ask, "access"))
    assert (late["overdue"], soon["overdue"]) == (True, False)
    assert datetime.fromisoformat(soon["due_at"]) - datetime.fromisoformat(soon["received_at"]) == timedelta(days=30)
    page = ask(f"{ROOT}?overdue=true")
    assert ([one["id"] for one in page["items"]], page["overdue"], page["next"]) == ([late["id"]], 1, None)
    assert (client.get("/readyz").status_code, client.get("/readyz").json()["overdue_personal_requests"]) == (200, 1)
    assert "\nwangge_personal_requests_overdue 1.0\n" in client.get("/metrics").text
    first = ask(f"{ROOT}?limit=1")
    assert [one["id"] for one in ask(f"{ROOT}?limit=1&after={first['next']}")["items"]] == [late["id"]]
    ask(f"{ROOT}/{late['id']}/decision", {"grant": False, "reason": "身份不符"})
    assert ask(f"{ROOT}?overdue=true")["overdue"] == 0, "a refused request is late no more"


def test_access_and_copy_give_the_persons_own_data_in_clear_once_granted_and_are_audited(
    ask: Callable[..., Any], reports: list[int], database: Database
) -> None:
    for kind in ("access", "copy"):
        path = received(ask, kind)
        assert ask(f"{path}/data", status=409)["type"] == "urn:wangge:problem:personal-request-state"
        ask(f"{path}/decision", {"grant": True})
        data = ask(f"{path}/data")
        assert [one["number"] for one in data["reports"]] == [report_number(one) for one in sorted(reports[:2])]
        assert {one["text"] for one in data["reports"]} == {WORDS}
        assert (data["reports"][0]["name"], "王五" in str(data)) == (NAME, False)
        rows = list(csv.reader(io.StringIO(ask(f"{path}/data.csv").text.removeprefix("\ufeff"))))
        book = python_calamine.load_workbook(io.BytesIO(ask(f"{path}/data.xlsx?lang=zh").content))
        cells = book.get_sheet_by_index(0).to_python()
        assert rows[0] == ["类别", "编号", "项目", "内容"]
        assert ["上报", data["reports"][0]["number"], "姓名", NAME] in rows
        assert ["上报", data["reports"][0]["number"], "姓名", NAME] in cells
        assert ask(f"{path}/fulfilment", {})["state"] == "done"
    with database.transaction() as session:
        read = text("SELECT count(*) FROM audit_entry WHERE action = 'personal_requests.read_data'")
        assert session.scalar(read) == 6
        details = "".join(session.scalars(text("SELECT detail::text FROM audit_entry")))
    assert (PHONE in details, NAME in details) == (False, False)


def test_a_correction_changes_the_reporters_rows_and_no_report(
    ask: Callable[..., Any], reports: list[int], database: Database
) -> None:
    stored = text("SELECT md5(string_agg(r::text, '|' ORDER BY id)) FROM report r")
    with database.transaction() as session:
        before = session.scalar(stored)
    path = received(ask, "correction")
    assert ask(f"{path}/fulfilment", {"correction": {"name": "欧阳振华"}}, 409)
    ask(f"{path}/decision", {"grant": True})
    wrongs: tuple[dict[str, Any], ...] = ({}, {"correction": {}})
    for wrong in wrongs:
        assert ask(f"{path}/fulfilment", wrong, 400)["field"] == "correction"
    done = ask(f"{path}/fulfilment", {"correction": {"name": "欧阳振华", "phone": "13700000000"}})
    assert (done["state"], done["outcome"]) == ("done", {"reports": 2, "corrected": 2, "held": 0})
    with database.transaction() as session:
        assert session.scalar(stored) == before
        rows = session.execute(text("SELECT name, phone, set_aside FROM reporter ORDER BY report_id")).all()
        assert [tuple(row) for row in rows] == [
            ("欧阳振华", "13700000000", None), ("欧阳振华", "13700000000", {"photos": "x"}),
            ("王五", "13800000000", None),
        ]  # fmt: skip
        assert reports_of_callers(session, ["13700000000"]) == sorted(reports[:2])
        assert reports_of_callers(session, [PHONE]) == []


@pytest.mark.usefixtures("reports")
def test_after_a_deletion_the_request_stays_without_the_persons_data(
    ask: Callable[..., Any], database: Database
) -> None:
    earlier = received(ask, "access")
    ask(f"{earlier}/withdrawal", {"reason": "本人撤回"})
    path = received(ask, "deletion")
    ask(f"{path}/decision", {"grant": True, "reason": "依法应予删除"})
    done = ask(f"{path}/fulfilment", {})
    assert (done["state"], done["outcome"]) == ("done", {"reports": 2, "erased": 2, "held": 0})
    assert (done["received_by"], done["decided_by"], done["closed_by"]) == ("officer",) * 3
    with database.transaction() as session:
        left = [*session.scalars(text("SELECT personal_request::text FROM personal_request"))]
        left += session.scalars(text("SELECT report::text FROM report")).all()
        left += session.scalars(text("SELECT reporter::text FROM reporter")).all()
        assert [word for word in (PHONE, NAME, WORDS) if word in "".join(left)] == []
        assert "别人的事" in "".join(left)
    for action in ("decision", "withdrawal", "fulfilment"):
        body = {"grant": True} if action == "decision" else {}
        assert ask(f"{path}/{action}", body, 409)["type"] == "urn:wangge:problem:personal-request-state"


def test_what_a_hold_keeps_leaves_a_deletion_open_until_the_hold_is_lifted(
    ask: Callable[..., Any], reports: list[int], database: Database
) -> None:
    with database.transaction() as session:
        chief, second = (principals.named(session, name) for name in ("刘洋", "陈静"))
        number = legal_holds.set_hold(session, HoldSubject(report_id=reports[0]), reason="调卷", actor=chief).id
    path = received(ask, "deletion")
    ask(f"{path}/decision", {"grant": True})
    held = ask(f"{path}/fulfilment", {})
    assert (held["state"], held["outcome"]) == ("granted", {"reports": 2, "erased": 1, "held": 1})
    with database.transaction() as session:
        legal_holds.lift_hold(session, number, reason="已结", actor=second)
    done = ask(f"{path}/fulfilment", {})
    assert (done["state"], done["outcome"]["erased"], done["outcome"]["held"]) == ("done", 2, 0)


def test_a_detached_month_leaves_a_deletion_open_until_it_is_attached(
    ask: Callable[..., Any], reports: list[int], database: Database
) -> None:
    old = clock.now() - timedelta(days=365)
    with database.transaction() as session:
        publish_areas(session, [AreaRecord("grid", "a", "a", shapely.box(113, 34, 114, 35))], levels=["grid"])
        placed = PlacedRow(113.5, 34.5, ["a"], at=old, received_at=old, description=WORDS, phone=PHONE)
        (third,) = store_reports(session, [placed])
    with database.transaction() as session:
        partitions.detach(session, third // MONTH, now=clock.now(), actor=who("clerk"))
    path = received(ask, "deletion")
    ask(f"{path}/decision", {"grant": True})
    some = ask(f"{path}/fulfilment", {})
    erased = {"reports": len(reports) - 1, "erased": len(reports) - 1, "held": 0}
    assert (some["state"], some["outcome"]) == ("granted", erased | {"detached_months": 1})
    with database.transaction() as session:
        partitions.attach(session, third // MONTH, actor=who("clerk"))
    done = ask(f"{path}/fulfilment", {})
    assert (done["state"], done["outcome"]) == ("done", {"reports": 1, "erased": 3, "held": 0})
    with database.transaction() as session:
        assert WORDS not in "".join(session.scalars(text("SELECT report::text FROM report")))


def test_who_works_here_gets_the_own_rows_and_is_erased_once_the_appointment_has_ended(
    ask: Callable[..., Any], client: TestClient, make_key: Callable[..., dict[str, str]]
) -> None:
    security = make_key("security-administrator")
    person = {"name": "李四", "staff_number": "CY-1", "phone": PHONE, "grants": [{"role": "viewer"}]}
    number = client.post("/v1/people", json=person, headers=security).json()["id"]
    path = received(ask, "copy", phone=None, person=number)
    ask(f"{path}/decision", {"grant": True})
    own = ask(f"{path}/data")["person"]
    assert (own["name"], own["phone"], own["sign_ins"]) == ("李四", PHONE, [])
    assert "CY-1" in ask(f"{path}/data.csv").text
    path = received(ask, "deletion", phone=None, person=number)
    ask(f"{path}/decision", {"grant": True})
    assert ask(f"{path}/fulfilment", {}, 409)["type"] == "urn:wangge:problem:person-ended"
    client.post(f"/v1/people/{number}/end", json={}, headers=security)
    assert ask(f"{path}/fulfilment", {})["state"] == "done"
    assert client.get(f"/v1/people/{number}", headers=security).json()["staff_number"] is None


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"phone": None}, "phone"),
        ({"phone": "()"}, "phone"),
        ({"received_at": "2999-01-01T00:00:00+08:00"}, "received_at"),
    ],
)
def test_a_request_names_whose_data_is_meant_and_came_before_now(
    ask: Callable[..., Any], body: dict[str, Any], field: str
) -> None:
    assert ask(ROOT, {"kind": "access", "phone": PHONE} | body, 400)["field"] == field


def test_a_refusal_states_its_reason_and_people_are_masked_in_lists(
    ask: Callable[..., Any], database: Database
) -> None:
    path = received(ask, "access")
    assert ask(f"{path}/decision", {"grant": False}, 400)["field"] == "reason"
    assert ask(f"{path}/decision", {"grant": False, "reason": "身份不符"})["state"] == "refused"
    shown = str(ask(ROOT)) + str(ask(path))
    assert [secret for secret in (PHONE, NAME) if secret in shown] == []
    with pytest.raises(Exception, match="append-only"), database.transaction() as session:
        session.execute(text("DELETE FROM personal_request"))
