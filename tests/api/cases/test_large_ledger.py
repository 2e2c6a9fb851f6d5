"""In a large ledger pages are found by indexes, and no page asks the database more for more cases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from benchmarks.case_ledger import fill
from benchmarks.query_plans import large_tables, read_whole, statements_of
from core.db.planning import plan_for_pages
from governance.cases.duplicates import queries as duplicates
from governance.cases.lifecycle import queries
from governance.reports.numbers import report_number
from identity.grants import EVERYTHING, Grant
from tests.factories.cases import shared_office
from tests.factories.events import wait_until_readable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.factories.cases import SharedOffice

ROWS = 40_000
TO_CLOSED = ("accept", "file", "dispatch", "acknowledge", "handle", "verify", "close")
PAGES = (
    "", "state=filed", "state=filed&unit=street", "unit=street", "category=E0103", "category=E0103&state=closed",
    "area=410106001001001", "area=410106001001&category=E0103", "overdue=true", "overdue=true&unit=street",
    "supervised=true", "channel=110",
    "opened_from=2026-01-01T00:00:00Z&opened_before=2026-01-02T00:00:00Z",
    "updated_after=2099-01-01T00:00:00Z", "bbox=113.25,34.80,113.253,34.8015",
    "bbox=113.25,34.80,113.26,34.81&state=filed", "after={middle}", "after={middle}&area=410106001",
)  # fmt: skip


@pytest.fixture(scope="module")
def office(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedOffice]:
    with shared_office(module_database_url, tmp_path_factory.mktemp("ledger")) as opened:
        yield opened


@pytest.fixture(scope="module")
def ledger(office: SharedOffice) -> list[int]:
    """Return the ids of a ledger of so many cases, the earliest first."""
    fill(office.database, ROWS)
    with office.database.snapshot() as session:
        return list(session.scalars(text("SELECT id FROM case_record ORDER BY id")))


@pytest.fixture(scope="module")
def street(office: SharedOffice) -> dict[str, str]:
    """Return the session of a person of one street of the ledger."""
    return office.member("street", "street", Grant("street-staff", "admin/410106001"))


def sent_by(office: SharedOffice, path: str, *, by: dict[str, str] | None = None) -> tuple[int, Any]:
    """Return how many statements a request sends once processes remember what they keep, and its answer."""
    office.ask("GET", path, by=by)
    with statements_of(_engine(office)) as sent:
        answer = office.ask("GET", path, by=by)
    return len(sent), answer


def _engine(office: SharedOffice) -> Any:
    return office.client.app.state.services.database.engine  # type: ignore[attr-defined]


def test_a_page_asks_as_often_for_many_cases_as_for_one(office: SharedOffice) -> None:
    start = office.ask("GET", "/v1/cases/changes")["next"]
    few = office.case(*TO_CLOSED[:3])
    pages = [
        "/v1/cases?state=dispatched", "/v1/cases?unit=street&state=dispatched",
        "/v1/cases?bbox=113,34,114,35&limit=500",
        f"/v1/cases/changes?after={start}", "/v1/cases/load", f"/v1/cases/{few}", f"/v1/cases/{few}/history",
    ]  # fmt: skip
    wait_until_readable(office.database)
    by_few = {page: sent_by(office, page)[0] for page in pages}
    for _ in range(5):
        office.case(*TO_CLOSED[:3])
    for verb in TO_CLOSED[3:]:
        office.act(few, verb)
    wait_until_readable(office.database)
    for page in pages:
        count, answer = sent_by(office, page)
        assert count == by_few[page], page
        if "changes" in page or "state=" in page:
            assert len(answer["items"]) >= 5
    assert max(by_few.values()) <= 12, by_few


@pytest.mark.parametrize("asked", PAGES)
def test_pages_of_a_large_ledger_read_no_large_table_from_end_to_end(
    office: SharedOffice, ledger: list[int], street: dict[str, str], asked: str
) -> None:
    for by in (None, street):
        path = f"/v1/cases?{asked.format(middle=ledger[len(ledger) // 2])}"
        with statements_of(_engine(office)) as sent:
            office.ask("GET", path, by=by)
        pages = [one for one in sent if "case_record" in one[0]]
        assert pages
        with office.database.transaction() as session:
            plan_for_pages(session)
            session.execute(text("SET LOCAL enable_seqscan = off"))  # half of a small ledger is soon read whole
            assert read_whole(session, pages, large_tables(session, 2_000)) == []


def test_candidates_for_duplicates_are_found_by_indexes_in_four_queries(
    office: SharedOffice, ledger: list[int]
) -> None:
    with office.database.transaction() as session:
        for one in ledger[-52:-50]:
            view = queries.case(session, one, reach=EVERYTHING)
            with statements_of(office.database.engine) as sent:
                duplicates.candidates(session, view, reach=EVERYTHING)
            assert len(sent) == 4
        assert read_whole(session, sent, large_tables(session, 2_000)) == []
        rows = session.connection().exec_driver_sql(f"EXPLAIN {sent[1][0]}", sent[1][1])
        plan = "\n".join(row[0] for row in rows)
    assert "geom" in plan
    assert "caller_hash" in plan


def test_a_page_goes_on_behind_a_case_whose_month_of_reports_is_detached(
    office: SharedOffice, ledger: list[int]
) -> None:
    first, second = ledger[-2:]
    with office.database.transaction() as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(text("DELETE FROM report WHERE id = :id"), {"id": second})
    shown = [one["number"] for one in office.ask("GET", f"/v1/cases?after={second + 1}&limit=1")["items"]]
    assert shown == [report_number(first)]
