"""A stored report opens its case by itself, once, whatever happens to the worker and whoever else opens it."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, text

from core import clock
from core.db import Database
from core.settings import Settings
from governance.cases.lifecycle import operations, queries
from governance.cases.lifecycle.operations import Caller
from governance.cases.lifecycle.tables import Case, CaseStep
from governance.categories.operations import end_category
from governance.channels import operations as channels
from governance.channels.tables import ChannelKind
from identity.actors import REPORTS_IMPORT, SERVICE
from identity.grants import EVERYTHING
from identity.keys import ApiClient
from tests.factories.cases import WORD, case_district
from tests.factories.identity import who
from tests.factories.reports import PlacedRow, store_report, store_reports

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

ANYBODY = Caller(who("somebody"), lambda _: EVERYTHING, any_unit=True)


@pytest.fixture(scope="module")
def base(module_database_url: str) -> Iterator[Database]:
    """A database with a district, made once for these tests, each of which stores reports of its own."""
    database = Database(Settings(DATABASE_URL=module_database_url, log_level="ERROR"))
    with database.transaction() as session:
        case_district(session)
    yield database
    database.close()


class _KilledError(Exception):
    """Stands for the end of the process before its COMMIT."""


def _open_all(database: Database, *, limit: int = 200) -> int:
    """Open cases until the feed has nothing left: other databases of the cluster may hold it up for a moment."""
    count, waiting, end = 0, True, time.monotonic() + 60
    while waiting and time.monotonic() < end:
        with database.transaction() as session:
            count += operations.open_stored(session, limit=limit).cases
        with database.snapshot() as session:
            waiting = session.execute(
                text(
                    "SELECT EXISTS (SELECT FROM event e, event_consumer c WHERE c.name = 'cases.open'"
                    " AND (e.epoch, e.xid, e.id) > (c.epoch, c.xid, c.event_id))"
                )
            ).scalar_one()
    return count


def _open_and_be_killed(database: Database) -> None:
    with database.transaction() as session:
        operations.open_stored(session)
        raise _KilledError


def _steps(session: Session, case_id: int) -> list[tuple[str, str]]:
    rows = session.scalars(select(CaseStep).where(CaseStep.case_id == case_id).order_by(CaseStep.number))
    return [(row.verb, row.actor) for row in rows]


def test_each_report_opens_one_case_from_its_receipt_on_also_when_killed_or_run_by_two_at_once(base: Database) -> None:
    _open_all(base)
    received = clock.now() - timedelta(minutes=20)
    with base.transaction() as session:
        ids = store_reports(session, [PlacedRow(category=WORD, received_at=received) for _ in range(7)])
    with base.transaction() as session:  # a person is first
        operations.open_case(session, report_id=ids[3], caller=ANYBODY)
    with pytest.raises(_KilledError):
        _open_and_be_killed(base)
    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(lambda _: _open_all(base, limit=3), range(2))) == 6
    with base.snapshot() as session:
        for report_id in ids:
            by = "somebody" if report_id == ids[3] else SERVICE.name
            assert _steps(session, report_id) == [("open", by)]
            case = session.get_one(Case, report_id)
            assert case.category_path == ["E0101", "E"]
            if report_id != ids[3]:
                assert case.opened_at == received
                assert case.due_at == received + timedelta(minutes=15)  # of accepting: no clock waits for the worker
                assert queries.steps_of(session, report_id)[0].detail["by"] == "report"
    with base.transaction() as session:
        assert operations.open_case(session, report_id=ids[0], caller=ANYBODY)[1] is False
    assert _open_all(base) == 0


def test_channels_say_whose_reports_open_cases_and_files_open_none(base: Database) -> None:
    _open_all(base)
    with base.transaction() as session:
        channels.state_opening(session, channel="sandbox", opens_cases=False, actor=who("t"))
        since = clock.now().date() - timedelta(days=2)
        notes = [
            ChannelKind(channel=name, valid_from=since, kind="quick_note", added_by="t") for name in ("notes", "grown")
        ]
        session.add_all(notes)
        channels.state_opening(session, channel="grown", opens_cases=True, actor=who("t"))
    with base.transaction() as session:
        names = ("sandbox", "notes", "grown", "app")
        ids = {name: store_report(session, category=WORD, channel=name) for name in names}
        imported = store_report(session, category=WORD, channel="app")
        session.execute(text("ALTER TABLE report DISABLE TRIGGER USER"))
        importer = ApiClient(name="import", holder_id=REPORTS_IMPORT.id, scopes=[], created_at=clock.now())
        session.add(importer)
        session.flush()
        session.execute(text("UPDATE report SET client_id = :to WHERE id = :id"), {"to": importer.id, "id": imported})
        session.execute(text("ALTER TABLE report ENABLE TRIGGER USER"))
    assert _open_all(base) == 2
    with base.transaction() as session:
        opened = {name for name, report_id in ids.items() if session.get(Case, report_id) is not None}
        assert opened == {"grown", "app"}
        assert session.get(Case, imported) is None
        # Somebody may open it all the same.
        assert operations.open_case(session, report_id=ids["sandbox"], caller=ANYBODY)[1]


def test_a_word_whose_category_has_ended_holds_nothing_up(base: Database) -> None:
    with base.transaction() as session:
        end_category(session, "E0101", at=clock.now(), actor=who("t"))
        report_id = store_report(session, category=WORD)
    assert _open_all(base) >= 1
    with base.snapshot() as session:
        assert session.get_one(Case, report_id).category_path == []
