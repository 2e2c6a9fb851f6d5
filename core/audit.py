"""Who did what to what: an append-only table, written in the transaction of the action itself, and read by auditors."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

import orjson
from sqlalchemy import BigInteger, ForeignKey, Identity, Text, or_, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core import clock
from core.db import Base
from core.personal import masked

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from sqlalchemy.orm import Session


class Acting(Protocol):
    """Who did it: a principal, as identity.actors.Actor holds it."""

    @property
    def id(self) -> int:
        """Number of the principal's row."""
        ...

    @property
    def name(self) -> str:
        """Name that the entry keeps."""
        ...

    @property
    def stands_in_for(self) -> Sequence[str]:
        """Names of those for whom it acts too."""
        ...


class AuditEntry(Base):
    """One entry: actor (the principal, and its name then), action, subject and what was particular about it."""

    __tablename__ = "audit_entry"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    happened_at: Mapped[datetime]
    actor_id: Mapped[int] = mapped_column(ForeignKey("principal.id"))
    actor: Mapped[str] = mapped_column(Text)
    action: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB)


def latest(session: Session, *, action: str, subject: str) -> AuditEntry | None:
    """Return the last entry of an action on a subject; None where there is none."""
    wanted = select(AuditEntry).where(AuditEntry.subject == subject, AuditEntry.action == action)
    return session.scalar(wanted.order_by(AuditEntry.id.desc()).limit(1))


def record(session: Session, *, actor: Acting, action: str, subject: str, **detail: Any) -> None:  # noqa: ANN401 (free-form)
    """Add one entry; it is stored if and only if the action's transaction commits. People in its detail are masked.

    Of an actor who stands in for others the detail keeps their names as `stands_in_for`.
    """
    shown = masked(detail)
    if actor.stands_in_for:
        shown["stands_in_for"] = list(actor.stands_in_for)
    session.add(
        AuditEntry(
            happened_at=clock.now(), actor_id=actor.id, actor=actor.name, action=action, subject=subject, detail=shown
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """Which entries are wanted; what is None does not limit them.

    `actors` are numbers of principals. `action` is an action (`keys.create`) or all of a group (`keys`), `subject` a
    whole subject, or with `*` at its end all that begin so. `since` is inclusive, `until` exclusive.
    """

    actors: Collection[int] | None = None
    action: str | None = None
    subject: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def list_entries(
    session: Session, wanted: AuditFilter, *, limit: int, after: int | None = None
) -> tuple[list[AuditEntry], int | None]:
    """Return a page of entries, the latest first, and the number to go on after (None: there are no more)."""
    query = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(limit + 1)
    if after is not None:
        query = query.where(AuditEntry.id < after)
    if wanted.actors is not None:
        query = query.where(AuditEntry.actor_id.in_(wanted.actors))
    if wanted.action is not None:
        group = AuditEntry.action.startswith(f"{wanted.action}.", autoescape=True)
        query = query.where(or_(AuditEntry.action == wanted.action, group))
    if wanted.subject is not None:
        beginning = wanted.subject.removesuffix("*")
        begins = AuditEntry.subject.startswith(beginning, autoescape=True)
        query = query.where(begins if beginning != wanted.subject else AuditEntry.subject == wanted.subject)
    if wanted.since is not None:
        query = query.where(AuditEntry.happened_at >= wanted.since)
    if wanted.until is not None:
        query = query.where(AuditEntry.happened_at < wanted.until)
    found = list(session.scalars(query))
    return found[:limit], found[limit - 1].id if len(found) > limit else None


def table_of(entries: Iterable[AuditEntry]) -> list[list[str]]:
    """Return a heading and a row an entry, as text: instants in UTC, the detail as JSON."""
    rows = [["id", "happened_at", "actor", "action", "subject", "detail"]]
    for entry in entries:
        at = entry.happened_at.astimezone(UTC).isoformat()
        rows.append([str(entry.id), at, entry.actor, entry.action, entry.subject, orjson.dumps(entry.detail).decode()])
    return rows
