"""Send what waits: a delivery is claimed in one transaction, sent in none, and marked in a third.

A worker that is killed in between leaves a claim that ends by itself: the delivery is sent again under the same id, so
that nothing is lost, and a receiver that keeps ids takes nothing twice.
"""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import structlog
from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from core import audit, clock, training
from core.addresses import networks
from core.outward import MailServer
from governance.connectors import queries as connectors
from governance.notifications import adapters, rules
from governance.notifications.parcels import Parcel, Way
from governance.notifications.rules import Outcome
from governance.notifications.states import (
    DELIVERY,
    TARGET,
    DeliveryAction,
    DeliveryState,
    TargetAction,
    TargetKind,
    TargetState,
)
from governance.notifications.tables import NotificationDelivery, NotificationMessage, NotificationTarget
from governance.notifications.target_secrets import SecretUnreadableError, read_secrets
from identity.actors import SERVICE

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Exists
    from sqlalchemy.orm import Session

    from core.db import Database
    from core.settings import Settings
    from governance.notifications.parcels import Words

log = structlog.get_logger("wangge.notifications")

CLAIMED_FOR: Final = timedelta(minutes=2)
"""Longer than one request may take."""
_MINUTE: Final = timedelta(minutes=1)
_TARGETS_AT_ONCE: Final = 4


def way_of(settings: Settings, words: Words) -> Way:
    """Return how parcels leave by the settings."""
    server = None
    if settings.smtp_host:
        server = MailServer(
            settings.smtp_host, settings.smtp_port, settings.smtp_security, settings.smtp_user,
            settings.smtp_password.get_secret_value(),
        )  # fmt: skip
    return Way(
        words, settings.outward_longest_s, networks(settings.outward_private_networks), settings.public_url, server,
        settings.smtp_from,
    )  # fmt: skip


def deliver(database: Database, settings: Settings, words: Words) -> int:
    """Send what is due to every target, a target after its rate and quiet hours; return how many were delivered.

    After a failure the target's other messages wait for the next run. In training nothing is sent.
    """
    if training.is_on():
        return 0
    with database.transaction() as session:
        query = select(NotificationTarget.id).where(NotificationTarget.state == TargetState.ACTIVE)
        targets = session.scalars(query.order_by(NotificationTarget.id)).all()
    way = way_of(settings, words)
    with ThreadPoolExecutor(_TARGETS_AT_ONCE) as pool:
        return sum(pool.map(lambda target: _deliver_to(database, settings, target, way), targets))


def _deliver_to(database: Database, settings: Settings, target_id: int, way: Way) -> int:
    delivered = 0
    while True:
        with database.transaction() as session:
            found = claim(session, target_id, settings)
        if found is None:
            return delivered
        outcome = adapters.send(found, way) if isinstance(found, Parcel) else Outcome("secret-unreadable")
        number = found.delivery_id if isinstance(found, Parcel) else found
        with database.transaction() as session:
            mark(session, number, outcome)
        if outcome.fault is not None:
            log.warning("a notification was not delivered", delivery=number, fault=outcome.fault, status=outcome.answer)
            return delivered
        delivered += 1


def claim(session: Session, target_id: int, settings: Settings) -> Parcel | int | None:
    """Take the next delivery that is due, for two minutes; its number alone where no key opens the target's secret.

    None: nothing is due, the target has had its share of the minute, or it is quiet and nothing is urgent.
    """
    now = clock.now()
    target = session.get(NotificationTarget, target_id, with_for_update=True)
    if target is None or not TARGET.allows(target, TargetAction.DISABLE):
        return None
    counting = select(func.count()).where(
        NotificationDelivery.target_id == target_id, NotificationDelivery.last_at > now - _MINUTE
    )
    if int(session.scalar(counting) or 0) >= target.per_minute:
        return None
    query = (
        select(NotificationDelivery, NotificationMessage)
        .join(NotificationMessage, NotificationMessage.id == NotificationDelivery.message_id)
        .where(
            NotificationDelivery.target_id == target_id,
            NotificationDelivery.state == DeliveryState.WAITING,
            NotificationDelivery.next_at <= now,
            or_(NotificationDelivery.claimed_until.is_(None), NotificationDelivery.claimed_until <= now),
        )
        .order_by(NotificationDelivery.id)
        .limit(1)
        .with_for_update(of=NotificationDelivery)
    )
    if rules.is_quiet(now.astimezone(clock.LOCAL).time(), target.quiet_from, target.quiet_until):
        query = query.where(NotificationMessage.urgent)
    if target.kind == TargetKind.PLATFORM:
        query = query.where(~_earlier_of_order())
    row = session.execute(query).one_or_none()
    if row is None:
        return None
    delivery, message = row
    delivery.claimed_until, delivery.attempts, delivery.last_at = now + CLAIMED_FOR, delivery.attempts + 1, now
    return _parcel(session, target, delivery, message, settings)


def _earlier_of_order() -> Exists:
    """Return whether an earlier answer about the same order was not taken yet: a platform gets them in their order."""
    earlier, told = aliased(NotificationDelivery), aliased(NotificationMessage)
    return (
        select(earlier.id)
        .join(told, told.id == earlier.message_id)
        .where(
            earlier.target_id == NotificationDelivery.target_id,
            earlier.id < NotificationDelivery.id,
            earlier.state != DeliveryState.DELIVERED,
            told.subject == NotificationMessage.subject,
        )
        .exists()
    )


def mark(session: Session, delivery_id: int, outcome: Outcome) -> None:
    """Keep how a try ended: delivered, to be tried again, given up, or the target wants no more."""
    delivery = session.get(NotificationDelivery, delivery_id, with_for_update=True, populate_existing=True)
    if delivery is None or not DELIVERY.allows(delivery, DeliveryAction.CONFIRM):
        return  # replayed or confirmed by who took it when the claim had ended
    now = clock.now()
    delivery.claimed_until, delivery.last_answer, delivery.last_fault = None, outcome.answer, outcome.fault
    if outcome.fault is None:
        DELIVERY.move(delivery, DeliveryAction.CONFIRM)
        delivery.delivered_at = now
        return
    chance = random.random()  # noqa: S311 (spreads tries, protects nothing)
    again = rules.retry_at(delivery.attempts, now, asked=outcome.after, chance=chance)
    if outcome.gone:
        _disable_gone(session, delivery.target_id, now)
    if again is None or outcome.gone:
        DELIVERY.move(delivery, DeliveryAction.GIVE_UP)
    else:
        delivery.next_at = again


def _disable_gone(session: Session, target_id: int, now: datetime) -> None:
    target = session.get(NotificationTarget, target_id, with_for_update=True, populate_existing=True)
    if target is not None and TARGET.allows(target, TargetAction.DISABLE):
        TARGET.move(target, TargetAction.DISABLE)
        target.disabled_at, target.disabled_why = now, "gone"
        audit.record(
            session, actor=SERVICE, action="notifications.disable", subject=f"target/{target_id}", why="gone"
        )  # fmt: skip


def _parcel(
    session: Session, target: NotificationTarget, delivery: NotificationDelivery, message: NotificationMessage,
    settings: Settings,
) -> Parcel | int:  # fmt: skip
    try:
        known = read_secrets(target, settings)
    except SecretUnreadableError:
        return delivery.id
    signing = [known.signing] if known.signing else []
    if known.former and target.former_secret_until is not None and clock.now() < target.former_secret_until:
        signing.append(known.former)
    return Parcel(
        delivery.id, delivery.attempts, TargetKind(target.kind), target.address, message.id, message.type,
        message.subject, message.at, message.data, target.language, tuple(target.recipients), dict(target.templates),
        tuple(signing), known.token,
        connectors.answer_of(session, message.id) if target.kind == TargetKind.PLATFORM else None,
    )  # fmt: skip
