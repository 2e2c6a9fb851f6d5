"""A deadline is told of once before and once after, by the clocks as they are then, whoever tells and how often."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest
from sqlalchemy import select, text

from core import clock
from governance.cases.lifecycle import operations, rules
from governance.cases.lifecycle.operations import Caller
from governance.cases.lifecycle.states import Verb
from governance.cases.reminders.operations import remind
from governance.cases.reminders.tables import CaseAlert
from identity.grants import EVERYTHING
from tests.factories.cases import WORD, case_district
from tests.factories.identity import who
from tests.factories.reports import store_report

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.db import Database

ANYBODY = Caller(who("somebody"), lambda _: EVERYTHING, any_unit=True)
MONDAY: Final = datetime(2099, 6, 1, 9, tzinfo=clock.LOCAL)
"""The limit of handling is 20 working hours (tests/factories/cases.py): from here on until Wednesday, 15:00."""
DUE: Final = datetime(2099, 6, 3, 15, tzinfo=clock.LOCAL)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Set the clock."""
    return lambda instant: monkeypatch.setattr(clock, "now", lambda: instant)


def _told(database: Database) -> list[tuple[str, str, datetime]]:
    def run(_: int) -> None:
        with database.transaction() as session:
            remind(session)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(run, range(2)))
    with database.snapshot() as session:
        rows = session.scalars(select(CaseAlert).order_by(CaseAlert.id))
        return [(row.step, row.kind, row.due_at) for row in rows]


def test_a_deadline_that_is_over_hides_no_later_one(database: Database, at: Callable[[datetime], None]) -> None:
    at(MONDAY)
    fixed = MONDAY + timedelta(hours=5)
    with database.transaction() as session:
        case_district(session)
        case_id = store_report(session, category=WORD, lon=113.5, lat=34.5, path=["S", "g1"])
        operations.open_case(session, report_id=case_id, caller=ANYBODY, deadline=fixed)
    at(MONDAY + timedelta(minutes=16))
    accept = ("accept", "overdue", MONDAY + timedelta(minutes=15))
    assert _told(database) == [accept]
    # Its minute of each hour comes.
    at(fixed.replace(minute=case_id % 60) + timedelta(hours=1))
    assert _told(database) == [accept, ("handle", "overdue", fixed)]


def _act(database: Database, case_id: int, verb: Verb, **given: Any) -> None:
    with database.transaction() as session:
        operations.act_on(session, case_id=case_id, act=rules.Act(verb=verb, **given), caller=ANYBODY)


def test_each_deadline_is_told_of_once_before_and_once_after(
    database: Database, at: Callable[[datetime], None]
) -> None:
    at(MONDAY)
    with database.transaction() as session:
        case_district(session)
        case_id = store_report(session, category=WORD, lon=113.5, lat=34.5, path=["S", "g1"])
        operations.open_case(session, report_id=case_id, caller=ANYBODY)
    for verb in (Verb.ACCEPT, Verb.FILE, Verb.DISPATCH, Verb.ACKNOWLEDGE):
        _act(database, case_id, verb)
    assert _told(database) == []
    at(DUE - timedelta(minutes=61))  # 13:59: the hour before is from 11:00 to 12:00 and from 14:00 to 15:00 no time
    assert _told(database) == []
    at(DUE - timedelta(minutes=60))
    soon = ("handle", "due_soon", DUE)
    assert _told(database) == [soon]
    assert _told(database) == [soon]
    # Suspended a moment before it is over: nothing is told, whatever the list had as its due time.
    _act(database, case_id, Verb.SUSPEND, reason="r")
    at(DUE + timedelta(hours=20))
    assert _told(database) == [soon]
    _act(database, case_id, Verb.RESUME)  # Thursday, 11:00: an hour is left, until 12:00
    later = datetime(2099, 6, 4, 12, tzinfo=clock.LOCAL)
    assert _told(database) == [soon, ("handle", "due_soon", later)]
    at(later + timedelta(minutes=1))
    over = [soon, ("handle", "due_soon", later), ("handle", "overdue", later)]
    assert _told(database) == over
    at(later + timedelta(days=3))
    assert _told(database) == over
    with database.snapshot() as session:
        kinds = session.scalars(
            text("SELECT kind FROM event WHERE kind IN ('case.due_soon', 'case.overdue') ORDER BY id")
        )
        assert list(kinds) == ["case.due_soon", "case.due_soon", "case.overdue"]
