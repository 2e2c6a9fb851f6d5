"""What is done to sealed history is found and named, what a rule removes is not; no row is sealed twice or never."""

from __future__ import annotations

import hashlib
import json
import threading
from datetime import timedelta
from typing import TYPE_CHECKING

import psycopg
import pytest
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import text

from core import audit, clock
from core.db import Database
from core.errors import DatabaseUnavailableError
from core.events import upkeep
from core.seals import operations, queries, verification
from core.seals.register import SEALED
from core.seals.tables import SealedTable
from governance.erasure import operations as erasure
from governance.erasure.states import ErasureCause
from tests.conftest import fresh_database
from tests.factories.identity import who
from tests.factories.reports import PlacedRow, store_reports
from tests.factories.seals import findings, seal_all

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.seals.queries import Head
    from core.settings import Settings

COPIED = "happened_at, actor_id, actor, action, subject, detail"
OTHER = "INSERT INTO event (kind, subject, ids) VALUES ('test', 'test', '{}')"


def record(database: Database, *notes: str) -> None:
    """Record an entry a note, each in a transaction of its own, with an event that announces no rows after each."""
    for note in notes:
        with database.transaction() as session:
            audit.record(session, actor=who("clerk"), action="test.note", subject="s", note=note)
            session.execute(text(OTHER))


def head_of(database: Database) -> Head:
    with database.transaction() as session:
        return queries.head(session)


@pytest.fixture(scope="module")
def sealed_url(server_url: str, template_database: str) -> Iterator[str]:
    """The URL of a database with ten sealed entries and ten events, to be copied."""
    from core.settings import Settings as Made

    with fresh_database(server_url, template_database) as url:
        database = Database(Made.for_database(url))
        record(database, *map(str, range(10)))
        assert seal_all(database) == 20
        database.close()
        yield url


@pytest.fixture
def sealed(server_url: str, sealed_url: str) -> Iterator[Database]:
    from core.settings import Settings as Made

    with fresh_database(server_url, sealed_url.rpartition("/")[2]) as url:
        database = Database(Made.for_database(url))
        yield database
        database.close()


def tamper(database: Database, *statements: str) -> None:
    """Change rows as a superuser can, with every trigger off."""
    with psycopg.connect(database.libpq_url) as connection:
        connection.execute("SET session_replication_role = replica")
        for statement in statements:
            connection.execute(statement.encode())


ENTRY = "(SELECT min(id) + {} FROM audit_entry)"
FIFTH, SIXTH = ENTRY.format(4), ENTRY.format(5)
OF_FIFTH = f"(SELECT position FROM seal WHERE source = 'audit_entry' AND row_id = {FIFTH})"
TAMPERINGS: dict[str, tuple[list[str], list[str]]] = {
    "nothing": ([], []),
    "a deed is another": ([f"UPDATE audit_entry SET action = 'x' WHERE id = {FIFTH}"], ["row-changed audit_entry 5"]),
    "words are others": (
        [f"UPDATE audit_entry SET detail = '{{}}' WHERE id = {FIFTH}"], ["row-changed audit_entry 5"]
    ),
    "an event is another": (["UPDATE event SET kind = 'x' WHERE kind = 'test' AND id = 2"], ["row-changed event 2"]),
    "an entry is removed": ([f"DELETE FROM audit_entry WHERE id = {FIFTH}"], ["row-removed audit_entry 5"]),
    "an event is removed": (["DELETE FROM event WHERE id = 2"], ["row-removed event 2"]),
    "an entry is inserted": (
        [f"INSERT INTO audit_entry ({COPIED}) SELECT {COPIED} FROM audit_entry LIMIT 1"],
        ["row-inserted audit_entry 11"],
    ),
    "an event of before is inserted": (
        ["INSERT INTO event (xid, kind, subject, ids) VALUES ('3', 'x', 'x', '{}')"], ["row-inserted event 21"]
    ),
    "a number stands twice": (
        ["INSERT INTO event (id, kind, subject, ids) OVERRIDING SYSTEM VALUE VALUES (2, 'x', 'x', '{}')"],
        ["row-inserted event 2"],
    ),
    "two entries change places": (
        ["UPDATE audit_entry a SET detail = b.detail FROM audit_entry b WHERE a.id IN (5, 6) AND a.id + b.id = 11"],
        ["row-changed audit_entry 5", "row-changed audit_entry 6"],
    ),
    "two seals change places": (
        [f"UPDATE seal SET position = -position WHERE position IN ({OF_FIFTH}, {OF_FIFTH} + 1)",
         "UPDATE seal SET position = 19 + position WHERE position < 0"],
        ["seal-changed event 10", "row-changed event 10", "seal-changed audit_entry 5", "row-changed audit_entry 5",
         "seal-changed audit_entry 6"],
    ),
    "a seal is fitted to a changed row": (
        [f"UPDATE seal SET digest = '\\x00' WHERE position = {OF_FIFTH}"],
        ["seal-changed audit_entry 5", "row-changed audit_entry 5"],
    ),
    "a seal and its row are removed": (
        [f"DELETE FROM seal_salt WHERE position = {OF_FIFTH}", f"DELETE FROM seal WHERE position = {OF_FIFTH}",
         f"DELETE FROM audit_entry WHERE id = {FIFTH}"],
        ["seals-removed 10"],
    ),
    "the tail is removed": (
        ["DELETE FROM seal_salt WHERE position > 18", "DELETE FROM seal WHERE position > 18",
         f"DELETE FROM audit_entry WHERE id = {ENTRY.format(9)}", "DELETE FROM event WHERE id > 18"],
        ["tail-removed 20"],
    ),
    "a salt is removed": (
        [f"DELETE FROM seal_salt WHERE position = {OF_FIFTH}"], ["words-removed audit_entry 5"]
    ),
    "an erasure is claimed": (
        ["INSERT INTO seal_removal (source, what, ids, note) VALUES ('audit_entry', 'words', '{[1,100)}', 'x')",
         f"DELETE FROM seal_salt WHERE position = {OF_FIFTH}",
         f"UPDATE audit_entry SET detail = '{{}}' WHERE id = {FIFTH}"],
        ["row-inserted seal_removal 1"],
    ),
    "other words stand in the place of erased ones": (
        ["INSERT INTO seal_removal (source, what, ids, note) VALUES ('audit_entry', 'words', '{[1,100)}', 'x')",
         f"DELETE FROM seal_salt WHERE position = {OF_FIFTH}",
         f"UPDATE audit_entry SET detail = '{{\"x\": 1}}' WHERE id = {FIFTH}"],
        ["words-removed audit_entry 5", "row-inserted seal_removal 1"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TAMPERINGS)
def test_what_is_done_to_sealed_history_is_found_and_named(sealed: Database, name: str) -> None:
    before = head_of(sealed)
    statements, wanted = TAMPERINGS[name]
    tamper(sealed, *statements)
    assert findings(sealed, before) == wanted


def test_a_chain_that_is_written_anew_is_found_by_a_head_that_was_kept(sealed: Database) -> None:
    kept = queries.parse_head(
        json.dumps({"position": head_of(sealed).position, "digest": head_of(sealed).digest.hex()})
    )
    tamper(
        sealed, f"UPDATE audit_entry SET action = 'x' WHERE id = {FIFTH}", "DELETE FROM seal_salt", "DELETE FROM seal",
        "UPDATE event_consumer SET epoch = 0, xid = '0', event_id = 0",
    )  # fmt: skip
    seal_all(sealed)
    assert findings(sealed) == []
    assert findings(sealed, kept) == ["rewritten 20"]


def test_another_program_comes_to_the_same_head(sealed: Database) -> None:
    """By the words of docs/adr/0024 alone: plain SELECTs, hashlib and json."""
    digest, texts = bytes(32), {}
    columns = {
        "event": ("id, epoch, xid, at, kind, subject, ids, payload", "actor"),
        "audit_entry": ("id, happened_at, actor_id, actor, action, subject", "detail"),
    }
    with psycopg.connect(sealed.libpq_url, options="-c timezone=UTC") as connection:
        for table, (plain, words) in columns.items():
            read = f"SELECT id, jsonb_build_array({plain})::text, jsonb_build_array({words})::text FROM {table}"
            for row in connection.execute(read.encode()):
                texts[table, row[0]] = row[1:]
        seals = connection.execute(
            "SELECT position, source, row_id, salt FROM seal JOIN seal_salt USING (position) ORDER BY 1"
        ).fetchall()
    for position, table, number, salt in seals:
        plain, words = texts[table, number]
        committed = hashlib.sha256(salt + words.encode()).hexdigest()
        sealed_row = json.dumps([table, plain, committed], ensure_ascii=False, separators=(",", ":"))
        place = json.dumps([position, table, number], separators=(",", ":"))
        digest = hashlib.sha256(digest + place.encode() + hashlib.sha256(sealed_row.encode()).digest()).digest()
    assert (len(seals), digest) == (20, head_of(sealed).digest)


def test_what_is_committed_out_of_order_is_sealed(database: Database, settings: Settings) -> None:
    first, second = (psycopg.connect(settings.libpq_url) for _ in range(2))
    added = f"INSERT INTO audit_entry ({COPIED}) VALUES (now(), 3, 'cli', %s, '', '{{}}')"
    with first, second:
        first.execute(added, ["first"])
        second.execute(added, ["second"])
        second.commit()
        with database.transaction() as session:
            assert operations.seal_next(session, actor=who("s")).rows == 0
        assert findings(database) == [], "what waits is no finding"
        first.commit()
    assert seal_all(database) == 2
    assert findings(database) == []


def test_a_sealer_that_is_killed_at_any_statement_seals_each_row_once(database: Database) -> None:
    record(database, *"abcdef")
    statements, dies_at = 0, 0

    def cut(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        nonlocal statements
        if "pg_advisory_xact_lock" in statement:
            statements = 0
        statements += 1
        if statements == dies_at:
            database.cut_connections()

    sqlalchemy_event.listen(database.engine, "before_cursor_execute", cut)
    died = 0
    for dies_at in range(1, 14):  # noqa: B007 (`cut` reads it)
        try:
            with database.transaction() as session:
                operations.seal_next(session, actor=who("s"), limit=2)
        except DatabaseUnavailableError:
            died += 1
    sqlalchemy_event.remove(database.engine, "before_cursor_execute", cut)
    assert died >= 8
    seal_all(database)
    assert head_of(database).position == 12
    assert findings(database) == []


def test_two_sealers_at_once_share_one_chain(database: Database) -> None:
    record(database, *map(str, range(30)))
    both = [threading.Thread(target=seal_all, args=(database,), kwargs={"limit": 3}) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert head_of(database).position == 60
    assert findings(database) == []


def test_the_chain_holds_after_erasures_and_the_words_can_not_be_guessed(database: Database) -> None:
    with database.transaction() as session:
        ids = store_reports(session, [PlacedRow(path=["a"], lon=113.5, lat=34.5, description="王小明家后院")])
        audit.record(session, actor=who("clerk"), action="test.note", subject="s", note="王小明说的")
    seal_all(database)
    kept = head_of(database)
    with database.transaction() as session:
        erasure.erase(session, ids, cause=ErasureCause.REQUEST, actor=who("clerk"), note="申请")
        entry = session.scalar(text("SELECT id FROM audit_entry WHERE action = 'test.note'"))
        with pytest.raises(operations.AuditEntryUnknownError):
            operations.erase_details(session, [10**9], actor=who("clerk"), note="申请")
        assert operations.erase_details(session, [entry], actor=who("clerk"), note="申请") == 1
    for _ in range(2):  # before the erasures are sealed, and after
        assert findings(database, kept) == []
        seal_all(database)
    with database.snapshot() as session:
        done = verification.verify(session)
        assert (done.erased, done.removed) == (1, 0)
        assert session.scalar(text("SELECT detail FROM audit_entry WHERE id = :id"), {"id": entry}) == {}
        salted = (
            "SELECT count(*) FROM seal_salt JOIN seal USING (position) WHERE (source, row_id) = ('audit_entry', :id)"
        )
        assert session.scalar(text(salted), {"id": entry}) == 0


def test_without_a_rule_nothing_of_the_chain_can_be_changed(sealed: Database) -> None:
    with psycopg.connect(sealed.libpq_url, autocommit=True) as connection:
        for statement in (
            "UPDATE audit_entry SET detail = '{}'", "UPDATE seal SET head = ''", "DELETE FROM seal",
            "DELETE FROM seal_salt", "UPDATE seal_salt SET salt = ''", "UPDATE sealed_table SET blank = '{}'",
            "TRUNCATE seal_removal", "TRUNCATE seal CASCADE", "TRUNCATE seal_salt",
        ):  # fmt: skip
            with pytest.raises(psycopg.errors.IntegrityError):
                connection.execute(statement.encode())


def test_the_chain_holds_after_weeks_of_the_feed_were_emptied(sealed: Database) -> None:
    tomorrow = clock.now() + timedelta(days=1)
    record(sealed, "not sealed yet")
    with sealed.transaction() as session:
        session.execute(text("DELETE FROM event_consumer WHERE name <> 'audit.seal'"))
    assert upkeep.prune(sealed, before=tomorrow) == [], "what is not sealed is kept"
    seal_all(sealed)
    kept = head_of(sealed)
    assert len(upkeep.prune(sealed, before=tomorrow)) in {1, 2}
    assert findings(sealed, kept) == []
    seal_all(sealed)
    with sealed.snapshot() as session:
        done = verification.verify(session, [kept])
    assert (done.count, done.removed) == (0, 11)
    tamper(sealed, "DELETE FROM seal_removal")
    assert len(findings(sealed)) == 12


def test_rows_that_are_gone_before_they_are_sealed_are_noted(database: Database) -> None:
    record(database, "a", "b")
    tamper(database, f"DELETE FROM audit_entry WHERE id = {ENTRY.format(0)}")
    seal_all(database)
    assert findings(database) == ["never-sealed audit_entry 3"]


def test_an_announcement_of_sealed_rows_or_of_rows_without_number_seals_nothing_twice(sealed: Database) -> None:
    announced = "INSERT INTO event (kind, subject, ids) VALUES ('rows.recorded', %s, %s)"
    with psycopg.connect(sealed.libpq_url) as connection:
        connection.execute(announced, ["audit_entry", "{[1,9000000000000000000)}"])
        connection.execute(announced, ["of_a_later_version", "{[1,5)}"])
    seal_all(sealed)
    assert head_of(sealed).position == 21, "the note that rows are missing is sealed"
    assert findings(sealed) == ["never-sealed audit_entry 11"]


def test_one_event_may_announce_more_rows_than_a_transaction_seals(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operations, "ROWS", 7)
    with database.transaction() as session:
        for number in range(20):
            audit.record(session, actor=who("clerk"), action="test.note", subject=str(number))
    record(database, "a", "b")
    assert seal_all(database) == 24
    with database.transaction() as session:
        order = session.scalars(text("SELECT row_id FROM seal WHERE source = 'audit_entry' ORDER BY position")).all()
    assert order == sorted(order)
    assert findings(database) == []


def test_the_register_is_the_one_of_the_database(database: Database) -> None:
    with database.transaction() as session:
        there = {row.source: set(row.blank) for row in session.query(SealedTable)}
    assert there == {sealed.table: set(sealed.words) for sealed in SEALED}


@pytest.mark.parametrize("given", ["", "5", "x:" + "0" * 64, "5:" + "0" * 63, "{", '{"position": 5}'])
def test_a_malformed_head_is_refused(given: str) -> None:
    with pytest.raises(queries.HeadMalformedError):
        queries.parse_head(given)
