"""Check the chain and the rows against it, in one pass over one snapshot; every finding names a row or a seal."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

import orjson
from sqlalchemy import select, text

from core.audit import AuditEntry
from core.events.feed import merged
from core.events.kinds import Consumer, EventKind
from core.seals import rules
from core.seals.queries import Head
from core.seals.register import BY_TABLE, SEALED, Sealed
from core.seals.states import Removed
from core.seals.tables import SealedTable, SealRemoval

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from sqlalchemy import Row
    from sqlalchemy.orm import Session

SHOWN: Final = 1_000
"""Findings that are kept; more are counted."""
_PAGE: Final = 10_000

_ROWS = """
SELECT s.position, s.source, s.row_id, s.words_digest, s.digest, s.head, t.salt,
    CASE s.source {plain} END AS plain, CASE s.source {words} END AS words
FROM seal s LEFT JOIN seal_salt t ON t.position = s.position {joins}
{where} ORDER BY s.position
"""
# Rows that no seal names although the sealer has passed the event that should have announced them.
_BESIDE = """
SELECT r.id FROM {table} r
WHERE NOT EXISTS (SELECT FROM seal s WHERE s.source = '{table}' AND s.row_id = r.id) AND {is_due}
ORDER BY r.id LIMIT {limit}
"""
_ATTACHED = """
SELECT CAST(substring(c.relname FROM '[0-9]+$') AS integer) FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
WHERE i.inhparent = CAST(:table AS regclass) AND c.relname ~ '_[0-9]+$'
"""
_PENDING = """
SELECT coalesce(range_agg(span), '{}') FROM event e JOIN event_consumer c ON c.name = :sealer, unnest(e.ids) AS span
WHERE (e.epoch, e.xid, e.id) > (c.epoch, c.xid, c.event_id) AND e.kind = :kind AND e.subject = :table
"""
_PASSED = """(r.epoch, r.xid, r.id) <= (SELECT c.epoch, c.xid, c.event_id FROM event_consumer c WHERE c.name = :sealer)
    AND r.kind <> :kind"""


class FindingKind(StrEnum):
    """What may be wrong with the chain."""

    ROW_CHANGED = "row-changed"
    """The row is not what was sealed."""
    ROW_REMOVED = "row-removed"
    """The row is gone, and no rule removed it."""
    ROW_INSERTED = "row-inserted"
    """The row is not in the chain although the sealer has passed its time, or its number stands twice."""
    WORDS_REMOVED = "words-removed"
    """The salt of the row's words is gone, and no rule erased them; or other words stand in their place."""
    SEAL_CHANGED = "seal-changed"
    """The seal does not follow from the one before: it was changed, moved or inserted."""
    SEALS_REMOVED = "seals-removed"
    """Seals are missing between this one and the one before."""
    TAIL_REMOVED = "tail-removed"
    """The chain ends before a head that was kept outside: its last seals are gone."""
    REWRITTEN = "rewritten"
    """The chain has another digest at the place of a head that was kept outside: it was written anew."""
    NEVER_SEALED = "never-sealed"
    """Rows were gone before they could be sealed; the sealer noted their numbers in this entry of the audit."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: the table and number of the row, and the place in the chain, where there is one."""

    kind: FindingKind
    table: str | None
    row_id: int | None
    position: int | None


@dataclass(slots=True)
class Verification:
    """What a check found; `count` is of all findings, of which the first thousand are kept.

    `detached`: by month (yyyymm), sealed rows that lie in a partition that was detached and so cannot be read here.
    """

    head: Head = field(default_factory=lambda: Head(0, rules.GENESIS))
    rows: dict[str, int] = field(default_factory=dict)
    removed: int = 0
    erased: int = 0
    detached: dict[int, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    count: int = 0

    def add(self, kind: FindingKind, table: str | None, row_id: int | None, position: int | None) -> None:
        """Note a finding."""
        self.count += 1
        if len(self.findings) < SHOWN:
            self.findings.append(Finding(kind, table, row_id, position))


class _Numbers:
    """A set of numbers as ranges, so that a year of them takes no memory."""

    def __init__(self, spans: Iterable[range]) -> None:
        self._spans = merged(spans)
        self._starts = [span.start for span in self._spans]

    def __contains__(self, number: int) -> bool:
        place = bisect_right(self._starts, number) - 1
        return place >= 0 and number in self._spans[place]


def verify(
    session: Session, heads: Sequence[Head] = (), *, progress: Callable[[int], None] = lambda _: None
) -> Verification:
    """Check every seal against the one before it and every row against its seal; nothing is changed.

    Give it heads that were kept outside the database: they prove that the chain up to there is the one of that time.
    Needs a session on one snapshot, in UTC.
    """
    done = Verification()
    rule = _Removed(session)
    wanted = {head.position: head.digest for head in heads}
    for row in _sealed_rows(session):
        if not _check_seal(done, row):
            continue
        _check_row(done, row, rule)
        if wanted.get(row.position, row.head) != row.head:
            done.add(FindingKind.REWRITTEN, None, None, row.position)
        if row.position % _PAGE == 0:
            progress(row.position)
    for head in heads:
        if head.position > done.head.position:
            done.add(FindingKind.TAIL_REMOVED, None, None, head.position)
    for sealed in SEALED:
        for number in _beside(session, sealed):
            done.add(FindingKind.ROW_INSERTED, sealed.table, number, None)
    for number in session.scalars(select(AuditEntry.id).where(AuditEntry.action == "seals.missing")):
        done.add(FindingKind.NEVER_SEALED, AuditEntry.__tablename__, number, None)
    return done


class RowCheck:
    """Check the rows of a sealed table against their seals, span by span; whether the seals follow is `verify`'s."""

    def __init__(self, session: Session, table: str) -> None:
        self._session, self._sealed, self._rule = session, BY_TABLE[table], _Removed(session)
        self._pending = _pending(session, table)

    def of_span(self, first: int, behind: int) -> Verification:
        """Return what is wrong with the rows of ids from `first` on and before `behind`."""
        done, values = Verification(), {"first": first, "behind": behind}
        for row in _sealed_rows(self._session, self._sealed, range(first, behind)):
            _check_row(done, row, self._rule)
        is_due = "r.id >= :first AND r.id < :behind AND NOT r.id <@ CAST(:pending AS int8multirange)"
        statement = text(_BESIDE.format(table=self._sealed.table, is_due=is_due, limit=SHOWN))
        for number in self._session.scalars(statement, values | {"pending": self._pending}):
            done.add(FindingKind.ROW_INSERTED, self._sealed.table, number, None)
        return done


def attached_months(session: Session, table: str) -> set[int]:
    """Return the months (yyyymm) of a table that is partitioned by them that are there."""
    return set(session.scalars(text(_ATTACHED), {"table": table}))


def _check_seal(done: Verification, row: Row[Any]) -> bool:
    """Check a seal against the one before it; False for a second row under the number that it names."""
    before = done.head
    if row.position == before.position:
        done.add(FindingKind.ROW_INSERTED, row.source, row.row_id, row.position)
        return False
    if row.position != before.position + 1:
        done.add(FindingKind.SEALS_REMOVED, None, None, row.position)
    elif rules.next_head(before.digest, row.position, row.source, row.row_id, row.digest) != row.head:
        done.add(FindingKind.SEAL_CHANGED, row.source, row.row_id, row.position)
    done.head = Head(row.position, row.head)
    return True


class _Removed:
    """What rules removed: numbers of rows, and of rows whose words are empty since."""

    def __init__(self, session: Session) -> None:
        spans: dict[tuple[str, str], list[range]] = {}
        for row in session.scalars(select(SealRemoval)):
            of_source = spans.setdefault((row.what, row.source), [])
            of_source.extend(range(span.lower, span.upper) for span in row.ids)
        self._numbers = {key: _Numbers(ids) for key, ids in spans.items()}
        self._blank = {
            row.source: [row.blank.get(column) for column in BY_TABLE[row.source].words]
            for row in session.scalars(select(SealedTable))
            if row.source in BY_TABLE
        }
        self._attached = {one.table: attached_months(session, one.table) for one in SEALED if one.ids_a_month}

    def holds(self, what: Removed, source: str, row_id: int) -> bool:
        """Return whether a rule removed this of the row."""
        return row_id in self._numbers.get((what, source), ())

    def detached_month(self, source: str, row_id: int) -> int | None:
        """Return the month of a row whose partition was detached; None where it should be there."""
        months = BY_TABLE[source].ids_a_month
        month = row_id // months if months else None
        return None if month is None or month in self._attached[source] else month

    def erased(self, source: str, row_id: int, words: str) -> bool:
        """Return whether a rule erased the row's words, and nothing stands in their place."""
        return self.holds(Removed.WORDS, source, row_id) and orjson.loads(words) == self._blank.get(source)


def _check_row(done: Verification, row: Row[Any], rule: _Removed) -> None:
    if row.plain is None:
        if rule.holds(Removed.ROWS, row.source, row.row_id):
            done.removed += 1
        elif (month := rule.detached_month(row.source, row.row_id)) is not None:
            done.detached[month] = done.detached.get(month, 0) + 1
        else:
            done.add(FindingKind.ROW_REMOVED, row.source, row.row_id, row.position)
        return
    done.rows[row.source] = done.rows.get(row.source, 0) + 1
    words = row.words_digest
    if words is not None and row.salt is not None:
        words = rules.words_digest(row.salt, row.words)
    elif words is not None and rule.erased(row.source, row.row_id, row.words):
        done.erased += 1
    elif words is not None:
        done.add(FindingKind.WORDS_REMOVED, row.source, row.row_id, row.position)
    if rules.row_digest(row.source, row.plain, words) != row.digest:
        done.add(FindingKind.ROW_CHANGED, row.source, row.row_id, row.position)


def _sealed_rows(session: Session, table: Sealed | None = None, span: range | None = None) -> Iterator[Row[Any]]:
    """Stream the seals in order, each with the text of its row; both are None where the row is gone.

    With a table and a span of its ids only the seals of those rows.
    """
    joins, plain, words = [], [], []
    bounds = "" if span is None else " AND {0} >= :first AND {0} < :behind"
    for place, sealed in enumerate(SEALED if table is None else (table,)):
        alias = f"r{place}"
        there = f"WHEN '{sealed.table}' THEN CASE WHEN {alias}.id IS NOT NULL THEN "
        met = f"s.source = '{sealed.table}' AND {alias}.id = s.row_id" + bounds.format(f"{alias}.id")
        joins.append(f"LEFT JOIN {sealed.table} {alias} ON {met}")
        plain.append(f"{there}{sealed.plain_sql(alias)} END")
        words.append(f"{there}{sealed.words_sql(alias)} END")
    where = "" if table is None else f"WHERE s.source = '{table.table}'" + bounds.format("s.row_id")
    statement = _ROWS.format(plain=" ".join(plain), words=" ".join(words), joins=" ".join(joins), where=where)
    values = {} if span is None else {"first": span.start, "behind": span.stop}
    yield from session.execute(text(statement), values, execution_options={"yield_per": _PAGE})


def _beside(session: Session, sealed: Sealed) -> list[int]:
    """Return the numbers of the rows that should have a seal and have none, the first thousand of them."""
    values: dict[str, Any] = {"sealer": str(Consumer.SEAL), "kind": str(EventKind.ROWS_RECORDED)}
    if sealed.table == "event":
        is_due = _PASSED
    else:
        values, is_due = {"pending": _pending(session, sealed.table)}, "NOT r.id <@ CAST(:pending AS int8multirange)"
    statement = _BESIDE.format(table=sealed.table, is_due=is_due, limit=SHOWN)
    return list(session.scalars(text(statement), values))


def _pending(session: Session, table: str) -> Any:  # noqa: ANN401 (a multirange of the driver's)
    """Return the ids of a table's rows that were announced and wait to be sealed."""
    values = {"sealer": str(Consumer.SEAL), "kind": str(EventKind.ROWS_RECORDED), "table": table}
    return session.scalar(text(_PENDING), values)
