"""Dated rows: what holds for a half-open span of time, kept so that neither the past nor an error in it is lost.

A table of dated rows has a key (which thing) and values (what holds for it). Stating values for a span supersedes the
rows that it overlaps, writes what remains of them, and writes the new one: rows are only added and superseded, at most
one that is not superseded holds at an instant (an exclusion constraint); a correction is a statement like any other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from sqlalchemy import BigInteger, CheckConstraint, Identity, Text, insert, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import TSTZRANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column

from core import clock
from core.db import Base
from core.db.locks import LockSpace, lock_name
from core.errors import DomainError, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from core.audit import Acting


class SpanEmptyError(DomainError):
    """A span ends after it begins: its end is the first instant that no longer belongs to it."""

    code = "span-empty"
    kind = Kind.INVALID


class DatedBase(Base):
    """Columns of a dated row; the mapped class adds its key, its values and the constraint `holds_once`."""

    __abstract__ = True
    KEY: ClassVar[tuple[str, ...]]
    """The columns that identify the thing a row is about."""

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    valid_during: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str] = mapped_column(Text)
    superseded_at: Mapped[datetime | None]

    @classmethod
    def holds(cls, at: datetime) -> ColumnElement[bool]:
        """Return the condition that a row holds at an instant, as is known now."""
        return cls.superseded_at.is_(None) & cls.valid_during.contains(at)

    @property
    def start(self) -> datetime:
        """The first instant at which it holds."""
        if self.valid_during.lower is None:
            raise ValueError("a dated row has a first instant")
        return self.valid_during.lower

    @property
    def until(self) -> datetime | None:
        """The first instant at which it holds no longer (None: open)."""
        return self.valid_during.upper


def holds_once(*columns: str, name: str) -> tuple[ExcludeConstraint, CheckConstraint]:
    """Return the constraints that for each key one row at most holds at an instant, and that each holds for a time."""
    keys = ((column, "=") for column in columns)
    return (
        ExcludeConstraint(
            *keys, ("valid_during", "&&"), name=name, using="gist", where=text("superseded_at IS NULL")
        ),
        CheckConstraint("NOT isempty(valid_during) AND NOT lower_inf(valid_during)", name="valid_during"),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Statement:
    """For a key, these values hold (None: nothing holds) from `start` until `until` (None: open).

    The value of a column that is an array is a tuple.
    """

    key: Mapping[str, Any]
    values: Mapping[str, Any] | None
    start: datetime
    until: datetime | None = None


class Piece(NamedTuple):
    """A half-open span (`until` None: open), and the names and values that hold in it."""

    start: datetime
    until: datetime | None
    values: tuple[tuple[str, Any], ...]


def after_statement(pieces: Iterable[Piece], statement: Statement) -> list[Piece]:
    """Return what holds after a statement, from what held before: pieces by time that do not overlap.

    Neighbours with equal values become one.
    """
    left: list[Piece] = []
    for piece in pieces:
        # What a piece has before the statement stays, and what it has after; a statement inside it leaves both.
        if piece.start < statement.start:
            left.append(piece._replace(until=_earlier(piece.until, statement.start)))
        if statement.until is not None and (piece.until is None or piece.until > statement.until):
            left.append(piece._replace(start=max(piece.start, statement.until)))
    if statement.values is not None:
        left.append(Piece(statement.start, statement.until, tuple(sorted(statement.values.items()))))
    merged: list[Piece] = []
    for piece in sorted(left, key=lambda one: one.start):
        last = merged[-1] if merged else None
        if last is not None and last.until == piece.start and last.values == piece.values:
            merged[-1] = last._replace(until=piece.until)
        else:
            merged.append(piece)
    return merged


def state_all(session: Session, table: type[DatedBase], statements: Iterable[Statement], *, actor: Acting) -> int:
    """Store statements about one table, one after the other; return for how many keys anything changed.

    Said again, nothing changes. Others who state something in the same table wait until the transaction ends.

    Raises
    ------
    SpanEmptyError
        When one ends before it begins.
    """
    by_key: dict[tuple[Any, ...], list[Statement]] = {}
    for statement in statements:
        if statement.until is not None and statement.until <= statement.start:
            raise SpanEmptyError(
                "{until} is not after {start}.",
                values={"until": statement.until.isoformat(), "start": statement.start.isoformat()},
                field="until",
            )
        by_key.setdefault(tuple(statement.key[name] for name in table.KEY), []).append(statement)
    if not by_key:
        return 0
    lock_name(session, LockSpace.DATED_ROWS, table.__tablename__)
    rows = _rows_of(session, table, list(by_key))
    now = clock.now()
    superseded: list[int] = []
    added: list[dict[str, Any]] = []
    changed = 0
    for key, ones in by_key.items():
        before = {Piece(row.start, row.until, _values(table, row)): row.id for row in rows.get(key, ())}
        after = list(before)
        for one in ones:
            after = after_statement(after, one)
        gone = [number for piece, number in before.items() if piece not in after]
        new = [piece for piece in after if piece not in before]
        changed += bool(gone or new)
        superseded += gone
        added += [
            {
                **dict(zip(table.KEY, key, strict=True)),
                **{name: list(value) if isinstance(value, tuple) else value for name, value in piece.values},
                "valid_during": Range(piece.start, piece.until),
                "recorded_at": now, "recorded_by": actor.name,
            }
            for piece in new
        ]  # fmt: skip
    if superseded:
        session.execute(
            update(table).where(table.id.in_(superseded)).values(superseded_at=now),
            execution_options={"synchronize_session": False},
        )
    if added:
        session.execute(insert(table), added)
    # What was loaded of these keys is not what holds now; other rows of the session stay as they are.
    for row in (one for ones in rows.values() for one in ones):
        session.expire(row)
    return changed


def state(session: Session, table: type[DatedBase], statement: Statement, *, actor: Acting) -> bool:
    """Store one statement; return whether it changed anything.

    Raises
    ------
    SpanEmptyError
    """
    return bool(state_all(session, table, [statement], actor=actor))


def _rows_of(
    session: Session, table: type[DatedBase], keys: list[tuple[Any, ...]]
) -> dict[tuple[Any, ...], list[DatedBase]]:
    columns = [getattr(table, name) for name in table.KEY]
    query = select(table).where(tuple_(*columns).in_(keys), table.superseded_at.is_(None)).order_by(table.id)
    found: dict[tuple[Any, ...], list[DatedBase]] = {}
    for row in session.scalars(query.execution_options(populate_existing=True)):
        found.setdefault(tuple(getattr(row, name) for name in table.KEY), []).append(row)
    return found


def _values(table: type[DatedBase], row: DatedBase) -> tuple[tuple[str, Any], ...]:
    own = {"id", "valid_during", "recorded_at", "recorded_by", "superseded_at", *table.KEY}
    return tuple(
        sorted(
            (column.key, _fixed(getattr(row, column.key)))
            for column in table.__table__.columns
            if column.key not in own
        )
    )


def _fixed(value: Any) -> Any:  # noqa: ANN401 (a column's)
    """Return a value that can be compared and looked up: an array as a tuple."""
    return tuple(value) if isinstance(value, list) else value


def _earlier(one: datetime | None, other: datetime) -> datetime:
    return other if one is None else min(one, other)
