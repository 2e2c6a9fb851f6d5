"""Seal what the feed of events names, erase the words of sealed rows.

The sealer is a consumer of events: rows are sealed in the order of the feed, behind every running transaction, so that
none is skipped; seals and position are one transaction, so that a killed sealer loses none and seals none twice.
"""

from __future__ import annotations

import os
from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import orjson
import structlog
from psycopg.types.multirange import Multirange
from psycopg.types.range import Int8Range
from sqlalchemy import select, text

from core import audit
from core.errors import DomainError, Kind
from core.events import feed
from core.events.kinds import Consumer, EventKind
from core.seals import queries
from core.seals.register import BY_TABLE, Sealed
from core.seals.rules import SALT_BYTES, next_head, row_digest, words_digest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from sqlalchemy.orm import Session

    from core.seals.queries import Head

log = structlog.get_logger("wangge.seals")

EVENTS: Final = 2_000
"""Events a transaction."""
ROWS: Final = 10_000
"""Rows that its events may name, unless one event alone names more; also the rows of one INSERT."""

_NEAR: Final = 1_000
"""Numbers between two spans that are read in one go all the same."""

# What has a seal already is left out, whatever an event says: no row is sealed twice. Both tables are bounded by
# numbers, so that no plan reads the whole of them, also where the database has not counted their rows yet.
_UNSEALED = """
SELECT r.id, {plain}, {words} FROM {table} r
WHERE r.id >= :start AND r.id < :stop AND r.id <@ CAST(:spans AS int8multirange) AND NOT EXISTS (
    SELECT FROM seal s WHERE s.source = '{table}' AND s.row_id >= :start AND s.row_id < :stop AND s.row_id = r.id)
ORDER BY r.id LIMIT :limit
"""
# The rows as one JSON text, which the database takes apart faster than the driver writes arrays of bytes.
_ADD = """
WITH given AS (
    SELECT position, source, row_id, decode(words, 'hex') AS words, decode(digest, 'hex') AS digest,
        decode(head, 'hex') AS head, decode(salt, 'hex') AS salt
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (
        position bigint, source text, row_id bigint, words text, digest text, head text, salt text)
), added AS (
    INSERT INTO seal (position, source, row_id, words_digest, digest, head)
    SELECT position, source, row_id, words, digest, head FROM given ORDER BY position
)
INSERT INTO seal_salt (position, salt) SELECT position, salt FROM given WHERE salt IS NOT NULL ORDER BY position
"""
_NEVER_SEALED = """
SELECT CAST(:spans AS int8multirange) - coalesce(range_agg(int8range(s.row_id, s.row_id + 1)), '{}') FROM seal s
WHERE s.source = :source AND s.row_id >= :start AND s.row_id < :stop
"""


class AuditEntryUnknownError(DomainError):
    """There is no such entry of the audit."""

    code = "audit-entry-unknown"
    kind = Kind.NOT_FOUND


@dataclass(frozen=True, slots=True)
class _Row:
    source: Sealed
    id: int
    plain: str
    words: str | None


@dataclass(frozen=True, slots=True)
class Sealing:
    """How many rows a transaction sealed, the head after it, and whether the feed has more."""

    rows: int
    head: Head
    more: bool


def seal_next(session: Session, *, actor: audit.Acting, limit: int = EVENTS) -> Sealing:
    """Seal the rows that the next events name, and the events themselves.

    An event that only announces rows of a sealed table has no seal: its rows have. Rows that were announced and are not
    there are noted in the audit (`seals.missing`), which the verification finds.

    Raises
    ------
    core.events.feed.FeedNotRebasedError
    """
    batch = _cut(feed.read_batch(session, Consumer.SEAL, limit=limit))
    head, rows = queries.head(session), 0
    portion: list[_Row] = []
    for row in _in_order(session, batch.events):
        portion.append(row)
        if len(portion) == ROWS:
            head, rows, portion = _append(session, head, portion), rows + len(portion), []
    head, rows = _append(session, head, portion), rows + len(portion)
    for source, spans in _named(batch.events).items():
        missing = _never_sealed(session, source, spans)
        if missing:
            log.error("rows are gone that were never sealed", table=source, ids=missing)
            audit.record(session, actor=actor, action="seals.missing", subject=source, ids=missing)
    feed.advance(session, batch)
    return Sealing(rows, head, batch.is_full)


def erase_words(session: Session, table: str, ids: Iterable[int], *, note: str) -> None:
    """Erase the words about people in rows of a sealed table, and the salts by which they could be guessed."""
    session.flush()
    session.execute(
        text("SELECT erase_sealed_words(:source, CAST(:ids AS int8multirange), :note)"),
        {"source": BY_TABLE[table].table, "ids": _multirange(range(i, i + 1) for i in ids), "note": note},
    )


def erase_details(session: Session, entries: Collection[int], *, actor: audit.Acting, note: str) -> int:
    """Erase what was particular about deeds, for words about people that stand in it; return of how many entries.

    Who did what to what, and when, stays. The erasure is an entry of its own.

    Raises
    ------
    AuditEntryUnknownError
    """
    there = set(session.scalars(select(audit.AuditEntry.id).where(audit.AuditEntry.id.in_(entries))))
    unknown = sorted(set(entries) - there)
    if unknown:
        raise AuditEntryUnknownError("The audit has no entry {entries}.", values={"entries": unknown[:20]})
    erase_words(session, audit.AuditEntry.__tablename__, there, note=note)
    audit.record(session, actor=actor, action="audit.erase", subject=f"{len(there)} entries", entries=sorted(there))
    session.flush()
    return len(there)


def _multirange(spans: Iterable[range]) -> Multirange[int]:
    return Multirange(Int8Range(span.start, span.stop) for span in feed.merged(spans))


def _cut(batch: feed.Batch) -> feed.Batch:
    """Return the batch up to the event with which its events name more than ROWS rows, but one event at least."""
    named = 0
    for count, event in enumerate(batch.events):
        named += sum(span.stop - span.start for span in event.ids) if event.kind == EventKind.ROWS_RECORDED else 1
        if named > ROWS and count:
            return feed.Batch(batch.consumer, batch.events[:count], is_full=True)
    return batch


def _spans(event: feed.StoredEvent) -> tuple[str, tuple[range, ...]]:
    """Return the table and the ids of the rows that an event lets be sealed: the rows it announces, or itself."""
    if event.kind == EventKind.ROWS_RECORDED:
        return event.subject, event.ids
    number = event.position[2]
    return "event", (range(number, number + 1),)


def _named(events: Sequence[feed.StoredEvent]) -> dict[str, list[range]]:
    spans: dict[str, list[range]] = {}
    for table, ids in map(_spans, events):
        if table in BY_TABLE:  # a later version may have announced rows of a table that this one does not know
            spans.setdefault(table, []).extend(ids)
    return {table: feed.merged(ids) for table, ids in spans.items()}


def _in_order(session: Session, events: Sequence[feed.StoredEvent]) -> Iterator[_Row]:
    """Yield the unsealed rows of the events, in the events' order and within one by their ids, each once."""
    named = _named(events)
    if len(events) == 1:  # it may name any number of rows: they are not held in memory
        for table, spans in named.items():
            yield from _unsealed(session, BY_TABLE[table], spans)
        return
    found = {table: list(_unsealed(session, BY_TABLE[table], spans)) for table, spans in named.items()}
    numbers = {table: [row.id for row in rows] for table, rows in found.items()}
    done: set[tuple[str, int]] = set()
    for table, own in map(_spans, events):
        ids = numbers.get(table, [])
        for span in own:
            for place in range(bisect_left(ids, span.start), bisect_left(ids, span.stop)):
                if (table, ids[place]) not in done:
                    done.add((table, ids[place]))
                    yield found[table][place]


def _unsealed(session: Session, sealed: Sealed, spans: Sequence[range]) -> Iterator[_Row]:
    statement = text(_UNSEALED.format(plain=sealed.plain_sql("r"), words=sealed.words_sql("r"), table=sealed.table))
    for values in _bounded(spans):
        while page := session.execute(statement, values | {"limit": ROWS}).all():
            yield from (_Row(sealed, *row) for row in page)
            values["start"] = page[-1].id + 1


def _never_sealed(session: Session, source: str, spans: Sequence[range]) -> str:
    """Return the numbers among the spans that have no seal, as PostgreSQL writes ranges; empty for none."""
    statement = text(_NEVER_SEALED)
    found = (session.scalar(statement, values | {"source": source}) for values in _bounded(spans))
    return " ".join(str(missing) for missing in found if missing)


def _bounded(spans: Sequence[range]) -> Iterator[dict[str, Any]]:
    """Yield groups of near spans, each with the numbers that bound it."""
    group: list[range] = []
    for span in spans:
        if group and span.start - group[-1].stop > _NEAR:
            yield {"spans": _multirange(group), "start": group[0].start, "stop": group[-1].stop}
            group = []
        group.append(span)
    if group:
        yield {"spans": _multirange(group), "start": group[0].start, "stop": group[-1].stop}


def _append(session: Session, head: Head, rows: Sequence[_Row]) -> Head:
    if not rows:
        return head
    salts = os.urandom(SALT_BYTES * len(rows))
    added: list[dict[str, Any]] = []
    position, digest = head.position, head.digest
    for place, row in enumerate(rows):
        position += 1
        salt = words = None
        if row.words is not None:
            salt = salts[place * SALT_BYTES : (place + 1) * SALT_BYTES]
            words = words_digest(salt, row.words)
        own = row_digest(row.source.table, row.plain, words)
        digest = next_head(digest, position, row.source.table, row.id, own)
        seal = {"words": words, "digest": own, "head": digest, "salt": salt}
        added.append(
            {"position": position, "source": row.source.table, "row_id": row.id}
            | {name: value.hex() for name, value in seal.items() if value is not None}
        )
    session.execute(text(_ADD), {"rows": orjson.dumps(added).decode()})
    return queries.Head(position, digest)
