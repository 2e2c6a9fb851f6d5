"""What a person said and who it was goes, everywhere; the record that a report was stays as it is."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
import shapely
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from core import clock
from governance.cases.lifecycle import operations as cases
from governance.cases.lifecycle.operations import Caller
from governance.cases.lifecycle.rules import Act
from governance.cases.lifecycle.states import Verb
from governance.erasure import operations, queries, retention
from governance.erasure.states import ErasureCause, RetentionKind
from governance.reports import operations as ledger
from governance.reports import partitions, reporter_operations
from governance.reports.callers import reports_of_callers
from governance.reports.numbers import MONTH
from governance.reports.placement import NOT_SENT, Placement
from governance.reports.rules import DifferentContentError, ReportDraft, ReportUnknownError
from grids.boundaries.records import AreaRecord
from grids.gazetteer import operations as gazetteer
from identity.grants import EVERYTHING
from tests.factories.identity import who
from tests.factories.photos import HUNG, hang_photo
from tests.factories.releases import publish_areas
from tests.factories.reports import PlacedRow, decide, store_reports

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from core.db import Database

SECRET = "欧阳震华家后院"
PHONE = "13912345678"
# Every text of the database but the queue's, whatever table it is in: what is erased is in none of them.
_TEXTS = """
SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
  AND a.atttypid IN ('text'::regtype, 'jsonb'::regtype, 'text[]'::regtype)
"""


@pytest.fixture
def reports(database: Database) -> list[int]:
    """Three reports with words and persons, the last received a year ago; the first was decided on and examined."""
    row: dict[str, Any] = {
        "path": ["a"],
        "lon": 113.5,
        "lat": 34.5,
        "description": f"{SECRET}有垃圾",
        "address": SECRET,
    }
    old = clock.now() - timedelta(days=365)
    rows = [
        PlacedRow(**row, external_id="e-1", name="欧阳震华", phone=f"+86 {PHONE}"),
        PlacedRow(**row, name="欧阳震华", phone=PHONE),
        PlacedRow(**row, at=old, received_at=old, phone="13800000000"),
    ]
    with database.transaction() as session:
        publish_areas(session, [AreaRecord("grid", "a", "a", shapely.box(113, 34, 114, 35))], levels=["grid"])
        ids = store_reports(session, rows)
        decide(session, ids[0], ["a"], words=f"电话核实，{SECRET}")
        session.execute(
            text(
                "INSERT INTO report_evidence (report_id, client_id, declared_crs, verdict, distance_m, flags,"
                " gazetteer, examined_at)"
                " SELECT id, client_id, 'WGS84', 'certain', '{\"WGS84\": 3}', :flags, '{}', now()"
                " FROM report WHERE id = :id"
            ),
            {"id": ids[0], "flags": f'[{{"words": "{SECRET}"}}]'},
        )
        for words in ("后院墙", "老粮店", "欧阳家门口"):
            gazetteer.propose_wording(
                session, words=words, label=words, lon=113.5, lat=34.5, accuracy_m=30, actor=who("x"), report_id=ids[0]
            )
        taken = session.scalars(text("SELECT id FROM wording WHERE words = '老粮店'")).one()
        refused = session.scalars(text("SELECT id FROM wording WHERE words = '欧阳家门口'")).one()
        for wording, take in ((taken, True), (refused, False)):
            gazetteer.decide_wording(session, wording_id=wording, take=take, actor=who("y"), reason=f"听{SECRET}说")
        caller = Caller(who("x"), lambda _: EVERYTHING)
        cases.open_case(session, report_id=ids[0], caller=caller)
        hang_photo(session, ids[0])
        step = Act(verb=Verb.SUPERVISE, reason=f"{SECRET}有人", opinion=SECRET, photos=(HUNG,))
        cases.act_on(session, case_id=ids[0], act=step, caller=caller)
    return ids


def erase(session: Session, ids: list[int]) -> list[int]:
    done = operations.erase(session, ids, cause=ErasureCause.REQUEST, actor=who("clerk"), note="申请2026-14")
    assert done.held == []
    return done.reports


def texts(session: Session) -> str:
    """All texts of the database in one."""
    parts = []
    for table, column in session.execute(text(_TEXTS)).all():
        if not table.startswith(("procrastinate", "spatial_ref")):
            parts += session.scalars(text(f'SELECT CAST("{column}" AS text) FROM "{table}"')).all()
    return "\n".join(filter(None, parts))


def test_words_and_persons_are_in_no_table_afterwards_and_the_record_is_as_it_was(
    database: Database, reports: list[int]
) -> None:
    kept = text(
        "SELECT r.id, channel, external_id, category, reported_at, received_at, r.method, r.area_path,"
        " ST_AsText(r.geom), p.area_path, p.reassigned"
        " FROM report r JOIN report_place p ON p.report_id = r.id ORDER BY r.id"
    )
    with database.transaction() as session:
        assert {SECRET in texts(session), PHONE in texts(session), "后院墙" in texts(session)} == {True}
        before = session.execute(kept).all()
        found = reports_of_callers(session, ["139-1234-5678"])
        assert found == reports[:2]
        assert erase(session, [*found, reports[2]]) == sorted(reports)
    with database.transaction() as session:
        assert session.execute(kept).all() == before
        left = texts(session)
        assert not [word for word in (SECRET, PHONE, "13800000000", "欧阳", "后院墙") if word in left]
        assert session.execute(text("SELECT words, report_id FROM wording")).all() == [("老粮店", None)]
        assert session.scalar(text("SELECT count(*) FROM report_evidence WHERE verdict IS NULL")) == 1
        (action, actor, detail) = session.execute(
            text("SELECT action, actor, detail FROM audit_entry ORDER BY id DESC LIMIT 1")
        ).one()
        assert (action, actor, detail["cause"], detail["note"]) == ("reports.erase", "clerk", "request", "申请2026-14")
        kinds = session.scalars(
            text("SELECT kind FROM event WHERE kind <> 'rows.recorded' ORDER BY id DESC LIMIT 1")
        ).all()
        assert kinds == ["report.erased"]
        assert erase(session, reports) == [], "a second time there is nothing to erase"


def test_reports_of_which_one_is_unknown_stay_as_they_are(database: Database, reports: list[int]) -> None:
    with pytest.raises(ReportUnknownError), database.transaction() as session:
        erase(session, [reports[0], 10**15])
    with database.transaction() as session:
        assert SECRET in texts(session)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE report SET description = ''",
        "SELECT erase_report_words((SELECT array_agg(id) FROM report))",
        "UPDATE report SET category = 'x' WHERE id = :erased",
        "UPDATE report SET description = 'new words' WHERE id = :erased",
        "UPDATE report_reassignment SET area_path = '{b}'",
        "DELETE FROM report WHERE id = :erased",
        "UPDATE report_erasure SET note = ''",
        "DELETE FROM report_erasure",
    ],
)
def test_the_ledger_lets_nothing_through_but_an_erasure(database: Database, reports: list[int], change: str) -> None:
    with database.transaction() as session:
        erase(session, reports[:1])
    with pytest.raises(IntegrityError, match="append-only"), database.transaction() as session:
        session.execute(text(change), {"erased": reports[0]} if ":erased" in change else {})


def test_retention_erases_what_was_received_before_and_goes_on_where_it_was_ended(
    database: Database, reports: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BATCH", 1)
    with database.transaction() as session:
        due = retention.count_due(session, RetentionKind.WORDS, clock.now() - timedelta(days=300), caller_key=b"")
        assert (due.erased, due.held) == (1, 0)
    before, long_ago = clock.now() + timedelta(days=1), clock.now() - timedelta(days=300)
    assert retention.run(database, RetentionKind.WORDS, long_ago, actor=who("night"), note="").erased == 1
    with database.transaction() as session:
        assert session.scalars(text("SELECT report_id FROM report_erasure")).all() == reports[2:]
    assert retention.run(database, RetentionKind.WORDS, before, actor=who("night"), note="三年").erased == 2
    assert retention.run(database, RetentionKind.WORDS, before, actor=who("night"), note="三年").erased == 0


def test_another_secret_gives_all_callers_other_digests_and_keeps_them_one_caller(
    database: Database, reports: list[int]
) -> None:
    digests = text("SELECT report_id, caller_hash FROM reporter ORDER BY 1")
    with database.transaction() as session:
        one, two, three = sorted(reports)  # the one of a year ago first
        before = [bytes(row[1]) for row in session.execute(digests)]
        assert reporter_operations.rekey_callers(session, b"secret", after=0, limit=2) == (2, two)
        assert reporter_operations.rekey_callers(session, b"secret", after=two, limit=2) == (1, three)
        assert reporter_operations.rekey_callers(session, b"secret", after=one, limit=9) == (0, three), "known already"
        assert reporter_operations.rekey_callers(session, b"secret", after=three, limit=9) == (0, None)
        after = [bytes(row[1]) for row in session.execute(digests)]
        assert (after[1] == after[2], after[0] == after[1], set(before) & set(after)) == (True, False, set())
        assert reports_of_callers(session, [PHONE], b"secret") == reports[:2]
        assert reports_of_callers(session, [PHONE]) == []


def test_reports_of_a_caller_are_found_before_and_after_another_secret_and_by_numbers_that_could_not_be_read(
    database: Database, reports: list[int]
) -> None:
    with database.transaction() as session:
        (unread,) = store_reports(session, [PlacedRow(set_aside={"reporter.phone": f"{PHONE}晚上打"})])
        mine = sorted([*reports[:2], unread])
        assert reports_of_callers(session, [PHONE], b"secret") == mine, "digested without the secret as yet"
        for nothing in ("", "没有", "13912345679"):
            assert reports_of_callers(session, [nothing], b"secret") == []


def test_a_report_that_was_erased_and_is_sent_again_stays_erased(database: Database, reports: list[int]) -> None:
    draft = ReportDraft("12345", "占道经营", "那家人又来了", "WGS84", external_id="e-1")
    placed = ledger.PlacedReport(1, draft, Placement("unassigned", NOT_SENT), clock.now())

    async def send() -> ledger.Outcome:
        async with await psycopg.AsyncConnection.connect(database.libpq_url, autocommit=True) as connection:
            return (await ledger.store(connection, [placed]))[0]

    assert isinstance(asyncio.run(send()), DifferentContentError)
    with database.transaction() as session:
        erase(session, reports)
        assert set(session.scalars(text("SELECT body_sha256 FROM report_key"))) == {b""}
    assert asyncio.run(send()) == ledger.Stored(reports[0], replayed=True)


def test_a_detached_month_is_told_and_reached_when_it_is_attached_again(database: Database, reports: list[int]) -> None:
    month = reports[2] // MONTH
    with database.transaction() as session:
        partitions.detach(session, month, now=clock.now(), actor=who("clerk"))
    with database.transaction() as session:
        assert queries.detached_months(session, clock.now()) == [month]
        assert queries.detached_months(session, clock.now() - timedelta(days=400)) == []
        with pytest.raises(ReportUnknownError, match=f"lies in month {month}, which is detached"):
            erase(session, reports)
    with database.transaction() as session:
        partitions.attach(session, month, actor=who("clerk"))
        assert erase(session, reports) == sorted(reports)
        assert PHONE not in texts(session)
