"""Reads of notifications: what events tell of, who is to know, targets, deliveries, and the inbox of a person."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from governance.cases.protection import accusations
from governance.notifications.rules import (
    NotificationDeliveryNotFoundError,
    NotificationTargetNotFoundError,
)
from governance.notifications.states import DeliveryState, TargetKind
from governance.notifications.tables import InboxEntry, NotificationDelivery, NotificationMessage, NotificationTarget
from governance.reports.numbers import report_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class TargetView:
    """A target with how many of its deliveries wait, and how many were given up."""

    target: NotificationTarget
    waiting: int
    dead: int


@dataclass(frozen=True, slots=True)
class Inbox:
    """A page of a person's inbox, the latest first, and how many entries are unread in all."""

    entries: Sequence[tuple[InboxEntry, NotificationMessage]]
    unread: int
    next: int | None = field(default=None)


def target(session: Session, target_id: int, *, locked: bool = False) -> NotificationTarget:
    """Return a target.

    Raises
    ------
    NotificationTargetNotFoundError
    """
    found = session.get(NotificationTarget, target_id, with_for_update=locked or None, populate_existing=locked)
    if found is None:
        raise NotificationTargetNotFoundError(
            "There is no target {target}.", values={"target": target_id}, field="target"
        )
    return found


def targets(session: Session) -> list[TargetView]:
    """Return all targets by number; there are few."""
    counted: dict[tuple[int, str], int] = {
        (row[0], row[1]): row[2]
        for row in session.execute(
            select(NotificationDelivery.target_id, NotificationDelivery.state, func.count())
            .where(NotificationDelivery.state != DeliveryState.DELIVERED)
            .group_by(NotificationDelivery.target_id, NotificationDelivery.state)
        )
    }
    rows = session.scalars(select(NotificationTarget).order_by(NotificationTarget.id)).all()
    return [
        TargetView(
            row, counted.get((row.id, DeliveryState.WAITING), 0), counted.get((row.id, DeliveryState.DEAD), 0)
        )
        for row in rows
    ]  # fmt: skip


def delivery(session: Session, delivery_id: int, *, locked: bool = False) -> NotificationDelivery:
    """Return a delivery.

    Raises
    ------
    NotificationDeliveryNotFoundError
    """
    found = session.get(NotificationDelivery, delivery_id, with_for_update=locked or None, populate_existing=locked)
    if found is None:
        raise NotificationDeliveryNotFoundError(
            "There is no delivery {delivery}.", values={"delivery": delivery_id}, field="delivery"
        )
    return found


def deliveries(
    session: Session,
    *,
    target_id: int | None = None,
    state: DeliveryState | None = None,
    kind: TargetKind | None = None,
    before: int | None = None,
    limit: int,
) -> list[tuple[NotificationDelivery, NotificationMessage]]:
    """Return deliveries with their messages, the latest first; those before a number, and so many at most."""
    query = (
        select(NotificationDelivery, NotificationMessage)
        .join(NotificationMessage, NotificationMessage.id == NotificationDelivery.message_id)
        .order_by(NotificationDelivery.id.desc())
        .limit(limit)
    )
    if target_id is not None:
        query = query.where(NotificationDelivery.target_id == target_id)
    if state is not None:
        query = query.where(NotificationDelivery.state == state)
    if kind is not None:
        of_kind = select(NotificationTarget.id).where(NotificationTarget.kind == kind)
        query = query.where(NotificationDelivery.target_id.in_(of_kind))
    if before is not None:
        query = query.where(NotificationDelivery.id < before)
    return [(row[0], row[1]) for row in session.execute(query)]


def inbox(session: Session, person_id: int, *, unread: bool = False, before: int | None = None, limit: int) -> Inbox:
    """Return a page of a person's inbox, the latest first, without what came of cases that accuse the person since."""
    hidden = [report_number(one) for one in sorted(accusations.hidden_from(session, person_id))]
    told_to = (
        InboxEntry.message_id == NotificationMessage.id,
        InboxEntry.person_id == person_id,
        NotificationMessage.subject.not_in(hidden),
    )
    query: Any = select(InboxEntry, NotificationMessage).where(*told_to).order_by(InboxEntry.id.desc()).limit(limit + 1)
    if unread:
        query = query.where(InboxEntry.read_at.is_(None))
    if before is not None:
        query = query.where(InboxEntry.id < before)
    rows = [(row[0], row[1]) for row in session.execute(query)]
    counting = select(func.count(InboxEntry.id)).where(*told_to, InboxEntry.read_at.is_(None))
    following = rows[limit - 1][0].id if len(rows) > limit else None
    return Inbox(rows[:limit], int(session.scalar(counting) or 0), following)
