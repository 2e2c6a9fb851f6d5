"""A history that somebody altered is found and named; erased words and detached months are not taken for that."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from governance.cases.lifecycle import operations, rules
from governance.cases.lifecycle.operations import Caller
from governance.cases.lifecycle.states import Verb
from governance.cases.lifecycle.verifying import verify_cases
from governance.reports.numbers import MONTH, report_number
from identity.grants import EVERYTHING
from tests.factories.cases import WORD, case_district
from tests.factories.identity import who
from tests.factories.photos import HUNG, hang_photo
from tests.factories.reports import store_report
from tests.factories.seals import findings, seal_all

if TYPE_CHECKING:
    from core.db import Database

ANYBODY = Caller(who("somebody"), lambda _: EVERYTHING, any_unit=True)


def _case(database: Database) -> int:
    """Make a case of three steps, the last with words and a place."""
    with database.transaction() as session:
        report = store_report(session, category=WORD, lon=113.5, lat=34.5, path=["S", "g1"])
        hang_photo(session, report)
        operations.open_case(session, report_id=report, caller=ANYBODY)
        for act in (
            rules.Act(verb=Verb.RECLASSIFY, category="E0102", reason="看错了"),
            rules.Act(verb=Verb.HANDLE_ON_THE_SPOT, opinion="已清", photos=(HUNG,), lon=113.5, lat=34.5),
        ):
            operations.act_on(session, case_id=report, act=act, caller=ANYBODY)
    return report


def _found(database: Database, *case_ids: int) -> list[tuple[str, str, str, int | None]]:
    with database.snapshot() as session:
        done = verify_cases(session, case_ids or None)
    return sorted((one.number, one.kind, one.table, one.step) for one in done.findings)


def test_what_was_altered_is_named_by_case_and_step(database: Database) -> None:
    with database.transaction() as session:
        case_district(session)
    sound, erased, actor, place, words, removed, added, record = (_case(database) for _ in range(8))
    with pytest.raises(DatabaseError, match="append-only"), database.transaction() as session:
        session.execute(text("UPDATE case_words SET opinion = 'x'"))
    seal_all(database)
    with database.transaction() as session:
        operations.erase_words(session, [erased], note="申请")
    seal_all(database)
    assert _found(database) == findings(database) == []
    with psycopg.connect(database.libpq_url) as connection:
        connection.execute("SET session_replication_role = replica")
        for statement, case_id in (
            ("UPDATE case_step SET came_from = 'filed' WHERE case_id = %s AND number = 2", actor),
            ("UPDATE case_step SET geom = ST_Translate(geom, 1e-7, 0) WHERE case_id = %s AND number = 3", place),
            ("UPDATE case_words SET opinion = '未清' WHERE case_id = %s AND number = 3", words),
            ("DELETE FROM case_step WHERE case_id = %s AND number = 2", removed),
            (("INSERT INTO case_step (case_id, number, id, at, verb, came_from, led_to, actor_id, actor, detail)"
             " SELECT case_id, 4, id + 1, at, 'verify', led_to, 'verified', actor_id, actor, '{}'"
             " FROM case_step WHERE case_id = %s AND number = 3"), added),
            ("UPDATE case_record SET state = 'closed' WHERE id = %s", record),
        ):  # fmt: skip
            connection.execute(statement.encode(), [case_id])
    expected = [
        (report_number(actor), "row-changed", "case_step", 2),
        (report_number(place), "row-changed", "case_step", 3),
        (report_number(words), "row-changed", "case_words", 3),
        (report_number(removed), "row-removed", "case_step", 2),
        (report_number(removed), "steps-missing", "case_step", None),
        (report_number(actor), "does-not-follow", "case_step", None),
        (report_number(added), "row-inserted", "case_step", 4),
        (report_number(added), "steps-missing", "case_step", None),
        (report_number(record), "case-differs", "case_record", None),
    ]  # fmt: skip
    assert _found(database) == sorted(expected)
    assert _found(database, sound, erased) == []
    assert _found(database, place) == [(report_number(place), "row-changed", "case_step", 3)]


def test_a_detached_month_is_named_and_no_finding(database: Database) -> None:
    with database.transaction() as session:
        case_district(session)
    month = _case(database) // MONTH
    seal_all(database)
    with database.transaction() as session:
        for table in ("case_step", "case_words"):
            session.execute(text(f"ALTER TABLE {table} DETACH PARTITION {table}_{month}"))
    with database.snapshot() as session:
        done = verify_cases(session)
    assert (done.count, done.cases, done.detached) == (0, 0, {month: 1})
    assert findings(database) == []
