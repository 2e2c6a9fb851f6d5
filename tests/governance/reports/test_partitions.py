"""The ledger lies in months of receipt: a look-up reads one, keys are unique over all, no report waits for a month."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from sqlalchemy import text

from core.db import Database
from core.settings import Settings
from governance.reports import numbers, operations, partitions, queries, rules
from governance.reports.placement import NOT_SENT, Placement
from governance.triage import queries as triage
from identity.grants import EVERYTHING
from tests.factories.identity import issue_key, who

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

MAY, JUNE = datetime(2019, 5, 31, 23, 59, tzinfo=UTC), datetime(2019, 6, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def ledger(module_database_url: str) -> Iterator[Database]:
    opened = Database(Settings(DATABASE_URL=module_database_url))
    with opened.transaction() as session:
        issue_key(session, name="hotline", scopes=[], channel="12345")
    yield opened
    opened.close()


def placed(
    received_at: datetime, external_id: str | None = None, text: str = "占道", method: str = "unassigned"
) -> operations.PlacedReport:
    draft = rules.ReportDraft("12345", "占道", text, "WGS84", external_id=external_id, reporter_name="张三")
    return operations.PlacedReport(1, draft, Placement(method, NOT_SENT), received_at)


def store(ledger: Database, *reports: operations.PlacedReport) -> list[Any]:
    """Store reports as the intake does: one statement on a connection that commits each."""

    async def stored() -> list[Any]:
        async with await psycopg.AsyncConnection.connect(ledger.libpq_url, autocommit=True) as connection:
            return await operations.store(connection, reports)

    return asyncio.run(stored())


def months_read(session: Session, statement: str, **values: object) -> set[str]:
    """Return the months whose partitions are in a statement's plan."""
    plan = "\n".join(session.scalars(text(f"EXPLAIN {statement}"), values))
    return set(re.findall(r"\breport(?:er|_reassignment|_evidence)?_(\d{6})\b", plan))


def test_a_report_is_stored_in_its_month_of_receipt_which_is_made_when_it_is_missing(ledger: Database) -> None:
    first, second, third = store(ledger, placed(MAY), placed(JUNE), placed(JUNE + timedelta(seconds=1)))
    assert [outcome.id // numbers.MONTH for outcome in (first, second, third)] == [201905, 201906, 201906]
    assert third.id == second.id + 1
    with ledger.transaction() as session:
        assert queries.report(session, first.id, reach=EVERYTHING)["received_at"] == MAY
        assert session.scalar(text("SELECT tableoid::regclass::text FROM report WHERE id = :id"), {"id": first.id}) == (
            "report_201905"
        )


def test_a_look_up_by_number_reads_one_month(ledger: Database) -> None:
    (stored,) = store(ledger, placed(MAY))
    with ledger.transaction() as session:
        for statement in (queries.ONE, triage.ONE):
            assert months_read(session, statement, id=stored.id) == {"201905"}
        reporter = "SELECT * FROM reporter WHERE report_id = :id"
        assert months_read(session, reporter, id=stored.id) == {"201905"}


def test_a_query_by_the_time_of_the_report_leaves_out_the_months_before(ledger: Database) -> None:
    store(ledger, placed(MAY), placed(JUNE))
    with ledger.transaction() as session:
        since = "SELECT * FROM report r WHERE r.reported_at >= :at AND r.id >= report_first_id(:at)"
        read = months_read(session, since, at=JUNE + timedelta(days=1))
        assert "201906" in read
        assert "201905" not in read
        page, _ = queries.reports_page(session, queries.ReportFilter(reported_from=MAY), reach=EVERYTHING, limit=100)
        assert {row["received_at"] for row in page} >= {MAY, JUNE}
        for far in (datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)):
            queries.reports_page(session, queries.ReportFilter(reported_from=far), reach=EVERYTHING, limit=1)


def test_a_report_may_not_lie_so_long_after_its_receipt_that_such_a_query_would_miss_it(ledger: Database) -> None:
    late = placed(MAY)
    late = replace(late, draft=replace(late.draft, reported_at=MAY + timedelta(hours=24)))
    with pytest.raises(psycopg.errors.CheckViolation, match="ck_report_reported_at"):
        store(ledger, late)


def test_a_key_is_known_over_all_months_and_twice_in_one_statement(ledger: Database) -> None:
    one, again = store(ledger, placed(MAY, "x-1"), placed(JUNE, "x-1"))
    assert (again.id, one.replayed, again.replayed) == (one.id, False, True)
    (later,) = store(ledger, placed(datetime(2020, 1, 1, tzinfo=UTC), "x-1"))
    assert later == operations.Stored(one.id, replayed=True)
    (other,) = store(ledger, placed(JUNE, "x-1", "另一件事"))
    assert isinstance(other, rules.DifferentContentError)
    assert numbers.report_number(one.id) in str(other.detail)


def test_whatever_stores_a_report_stores_its_keys_and_its_event(ledger: Database) -> None:
    """Also straight into a month's partition, and by COPY."""
    columns = (
        "client_id, channel, external_id, body_sha256, category, crs, reported_at, received_at, method, reason_code,"
        " reason_values"
    )
    row = ["1", "12345", "{}", "\\x01", "占道", "WGS84", "now", "now", "unassigned", "not_sent", "{{}}"]
    with psycopg.connect(ledger.libpq_url, autocommit=True) as connection:
        month = connection.execute("SELECT report_month(now())").fetchone()[0]  # type: ignore[index]
        before = connection.execute("SELECT count(*) FROM event").fetchone()[0]  # type: ignore[index]
        for table, name in (("report", "copied"), (f"report_{month}", "straight")):
            with connection.cursor().copy(f"COPY {table} ({columns}) FROM STDIN".encode()) as copy:
                copy.write_row([cell.format(name) for cell in row])
        found = connection.execute(
            "SELECT r.external_id FROM report r JOIN report_key k"
            " ON k.report_id = r.id AND k.external_id = r.external_id"
            " WHERE r.external_id IN ('copied', 'straight') ORDER BY 1"
        ).fetchall()
        assert found == [("copied",), ("straight",)]
        assert connection.execute("SELECT count(*) FROM event").fetchone()[0] == before + 2  # type: ignore[index]
        with (
            pytest.raises(psycopg.errors.UniqueViolation),
            connection.cursor().copy(f"COPY report ({columns}) FROM STDIN".encode()) as copy,
        ):
            copy.write_row([cell.format("straight") for cell in row])


def test_months_are_made_ahead_once(ledger: Database) -> None:
    with ledger.transaction() as session:
        assert partitions.make_ahead(session, now=datetime(2031, 12, 31, 23, tzinfo=UTC)) == [
            203112, 203201, 203202, 203203,
        ]  # fmt: skip
        assert partitions.make_ahead(session, now=datetime(2032, 1, 1, tzinfo=UTC)) == [203204]


def test_a_month_is_detached_and_attached_again_with_what_was_received_for_it_since(ledger: Database) -> None:
    march = datetime(2018, 3, 5, tzinfo=UTC)
    (first,) = store(ledger, placed(march, "m-1", method="covered"))
    now = datetime(2026, 7, 1, tzinfo=UTC)
    with ledger.transaction() as session:
        partitions.detach(session, 201803, now=now, actor=who("operator"))
    with ledger.transaction() as session, pytest.raises(rules.ReportUnknownError, match="201803, which is detached"):
        queries.report(session, first.id, reach=EVERYTHING)
    (again,) = store(ledger, placed(march, "m-1", method="covered"))
    assert again == operations.Stored(first.id, replayed=True)
    (since,) = store(ledger, placed(march, "m-2"))
    assert since.id > first.id
    with ledger.transaction() as session:
        states = [month.is_detached for month in partitions.months(session) if month.month == 201803]
        events = session.scalar(text("SELECT count(*) FROM event WHERE subject = 'report'"))
        partitions.attach(session, 201803, actor=who("operator"))
    assert states == [False, True]
    with ledger.transaction() as session:
        assert session.scalar(text("SELECT count(*) FROM event WHERE subject = 'report'")) == events
        for stored, external_id in ((first, "m-1"), (since, "m-2")):
            record = queries.report(session, stored.id, reach=EVERYTHING)
            assert (record["external_id"], record["reporter_name"]) == (external_id, "张三")
        assert months_read(session, queries.ONE, id=first.id) == {"201803"}


@pytest.mark.parametrize(
    ("month", "error", "why"),
    [
        (201804, partitions.MonthInUseError, "1 reports of month 201804 wait for a place"),
        (202707, partitions.MonthInUseError, "is not over"),
        (190001, partitions.MonthUnknownError, "no month 190001"),
    ],
)
def test_a_month_that_is_needed_is_not_detached(ledger: Database, month: int, error: type[Exception], why: str) -> None:
    if month != 190001:
        store(ledger, placed(datetime(month // 100, month % 100, 2, tzinfo=UTC)))
    with ledger.transaction() as session, pytest.raises(error, match=why):
        partitions.detach(session, month, now=datetime(2026, 7, 1, tzinfo=UTC), actor=who("operator"))
    with ledger.transaction() as session, pytest.raises(partitions.MonthUnknownError, match="not detached"):
        partitions.attach(session, month, actor=who("operator"))
