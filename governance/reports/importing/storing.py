"""The database's share of bulk intake: prepared batches stored by COPY, what is known already told apart."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import psycopg

from core.errors import Detail
from governance.reports import numbers, partitions
from governance.reports.importing.copy_text import array
from governance.reports.importing.preparation import NOBODY

if TYPE_CHECKING:
    from governance.reports.importing.preparation import Batch

_COLUMNS = (
    "client_id, channel, external_id, idempotency_key, body_sha256, category, description, address_text, x, y, crs,"
    " geom, accuracy_m, reported_at, received_at, photos, layer_id, release_number, method, area_path,"
    " distance_to_edge_m, candidates, reason_code, reason_values"
)
_PERSON = "reporter_name, reporter_phone, caller_hash, set_aside"
STAGE = f"""
CREATE TEMP TABLE report_staging ON COMMIT DELETE ROWS AS
SELECT id, 0 AS line, {_COLUMNS}, ''::text AS reporter_name, ''::text AS reporter_phone, ''::bytea AS caller_hash,
    NULL::jsonb AS set_aside, NULL::text[] AS sensitive
FROM report LIMIT 0
"""
NEW_IDS = """
SELECT report_new_id(at) FROM unnest(%s::text[]::timestamptz[]) WITH ORDINALITY AS given (at, place) ORDER BY place
"""
# Into the month's own partitions: into the whole table COPY would store row by row, as it has statement triggers.
COPY_REPORTS = f"COPY report_{{month}} (id, {_COLUMNS}) FROM STDIN"
COPY_REPORTERS = "COPY reporter_{month} (report_id, name, phone, caller_hash, set_aside) FROM STDIN"
# As the API does: the channel that sent the mark set it, at the receipt.
MARK = """
INSERT INTO report_sensitivity (report_id, kind, set_at, set_by)
SELECT id, kind, received_at, channel FROM unnest(%s::bigint[], %s::text[]) AS given (id, kind) JOIN report USING (id)
"""
COPY = f"COPY report_staging (id, line, {_COLUMNS}, {_PERSON}, sensitive) FROM STDIN"
STORE = f"""
WITH keyed AS (
    INSERT INTO report_key (report_id, client_id, idempotency_key, channel, external_id, body_sha256)
    SELECT id, client_id, idempotency_key, channel, external_id, body_sha256 FROM report_staging ORDER BY id
    ON CONFLICT DO NOTHING
    RETURNING report_id
), stored AS (
    INSERT INTO report (id, {_COLUMNS})
    SELECT id, {_COLUMNS} FROM report_staging WHERE id IN (SELECT report_id FROM keyed)
    RETURNING id
), people AS (
    INSERT INTO reporter (report_id, name, phone, caller_hash, set_aside)
    SELECT s.id, {_PERSON} FROM report_staging s JOIN stored USING (id)
    WHERE reporter_name IS NOT NULL OR reporter_phone IS NOT NULL OR set_aside IS NOT NULL
), marked AS (
    INSERT INTO report_sensitivity (report_id, kind, set_at, set_by)
    SELECT id, kind, received_at, channel
    FROM report_staging JOIN stored USING (id) CROSS JOIN LATERAL unnest(sensitive) AS kind
)
SELECT count(*) FROM stored
"""
CONFLICTS = """
SELECT DISTINCT s.line, k.report_id
FROM report_staging s
JOIN report_key k USING (channel, external_id)
WHERE k.report_id <> s.id AND k.body_sha256 <> s.body_sha256 AND k.body_sha256 <> ''  -- erased
ORDER BY 1
"""

Rejected = list[tuple[int, Detail]]
"""Lines that were refused, each with the reason."""


@dataclass(slots=True)
class Tally:
    """What became of the rows so far."""

    stored: int = 0
    replayed: int = 0
    methods: Counter[str] = field(default_factory=Counter)
    expects_known: bool = False


def open_staging(connection: psycopg.Connection[Any]) -> None:
    """Make the connection's staging table; once, before the first batch."""
    with connection.transaction():
        connection.execute(STAGE)


def store(connection: psycopg.Connection[Any], batch: Batch, tally: Tally) -> Rejected:
    """Store a batch in one transaction, add it to the tally, and return the rows that were refused, and why.

    New rows go straight into the ledger. A batch in which one is known already, or refused, goes through the staging
    table, and so do the batches after it while they bring known rows.
    """
    if not batch.lines:
        return []
    if not tally.expects_known:
        try:
            _copy_new(connection, batch)
        except (psycopg.DataError, psycopg.IntegrityError):
            tally.expects_known = True
        else:
            tally.stored += len(batch.lines)
            tally.methods.update(batch.methods)
            return []
    before = tally.replayed
    refused = _stage(connection, batch, tally)
    tally.expects_known = tally.replayed > before
    return refused


def _new_ids(cursor: psycopg.Cursor[Any], batch: Batch) -> list[int]:
    """Return ids for the rows by their month of receipt; months that are missing are made."""
    cursor.execute(partitions.MAKE, (sorted(set(batch.received)),))
    return [row[0] for row in cursor.execute(NEW_IDS, (batch.received,)).fetchall()]


def _copy_new(connection: psycopg.Connection[Any], batch: Batch) -> None:
    with connection.transaction(), connection.cursor() as cursor:
        ids = _new_ids(cursor, batch)
        for month in sorted({report_id // numbers.MONTH for report_id in ids}):
            first, behind = month * numbers.MONTH, (month + 1) * numbers.MONTH
            reports = [f"{i}\t{text}\n" for i, text in zip(ids, batch.texts, strict=True) if first <= i < behind]
            with cursor.copy(COPY_REPORTS.format(month=month).encode()) as copy:
                copy.write("".join(reports))
            people = [
                f"{i}\t{person}\n"
                for i, person in zip(ids, batch.people, strict=True)
                if person is not NOBODY and first <= i < behind
            ]
            if people:
                with cursor.copy(COPY_REPORTERS.format(month=month).encode()) as copy:
                    copy.write("".join(people))
        marked = [(i, kind) for i, kinds in zip(ids, batch.marks, strict=True) for kind in kinds]
        if marked:
            cursor.execute(MARK, tuple(map(list, zip(*marked, strict=True))))


def _stage(connection: psycopg.Connection[Any], batch: Batch, tally: Tally) -> Rejected:
    """Store what is new of a batch; one that the database refuses is halved until the refused row stands alone."""
    try:
        with connection.transaction(), connection.cursor() as cursor:
            marks = map(array, batch.marks)
            rows = zip(_new_ids(cursor, batch), batch.lines, batch.texts, batch.people, marks, strict=True)
            with cursor.copy(COPY) as copy:
                copy.write("".join([f"{i}\t{line}\t{text}\t{person}\t{m}\n" for i, line, text, person, m in rows]))
            stored = int(cursor.execute(STORE).fetchone()[0])  # type: ignore[index]
            conflicts = cursor.execute(CONFLICTS).fetchall() if stored < len(batch.lines) else []
    except (psycopg.DataError, psycopg.IntegrityError) as error:
        if len(batch.lines) == 1:
            why = str(error).splitlines()[0]
            return [(batch.lines[0], Detail("the database refused it: {why}", {"why": why}))]
        first, second = batch.halves()
        return _stage(connection, first, tally) + _stage(connection, second, tally)
    reasons = {
        line: Detail(
            "report {number} has the same external id and other content", {"number": numbers.report_number(report_id)}
        )
        for line, report_id in conflicts
    }
    tally.stored += stored
    tally.replayed += len(batch.lines) - stored - len(reasons)
    tally.methods.update(m for line, m in zip(batch.lines, batch.methods, strict=True) if line not in reasons)
    return list(reasons.items())
