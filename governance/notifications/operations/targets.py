"""Make targets, state them anew, switch them off and on, replace their secrets, send a test, replay deliveries."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlalchemy import select

from core import audit, clock
from core.queue import TaskName, enqueue
from governance.notifications import queries, rules
from governance.notifications.operations.collecting import add_deliveries
from governance.notifications.rules import NotificationTargetInvalidError, NotificationTargetStateError
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
from governance.notifications.target_forms import TargetIn, checked
from governance.notifications.target_secrets import TargetSecrets, read_secrets, write_secrets

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from core.settings import Settings
    from governance.notifications.target_forms import CheckedTarget
    from identity.actors import Actor

REPLAYED_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class MadeTarget:
    """A target with the secret that signs its messages, shown this once (None: it has none of ours)."""

    target: NotificationTarget
    secret: str | None


def make_target(session: Session, given: TargetIn, *, settings: Settings, actor: Actor) -> MadeTarget:
    """Make a target; it gets what is recorded from now on. The secret of a webhook is made here.

    Raises
    ------
    NotificationTargetInvalidError, NotificationKeyMissingError
    """
    kept = checked(given)
    if session.scalar(select(NotificationTarget.id).where(NotificationTarget.name == given.name.strip())):
        raise NotificationTargetInvalidError(
            "There is a target named '{name}': choose another name.", values={"name": given.name[:80]}, field="name"
        )
    target = NotificationTarget(
        kind=given.kind, state=TargetState.ACTIVE, created_at=clock.now(), created_by_id=actor.id,
        created_by=actor.name, **_stated(given, kept),
    )  # fmt: skip
    session.add(target)
    session.flush()
    secret = rules.new_secret() if given.kind is TargetKind.WEBHOOK else None
    known = TargetSecrets(signing=secret or given.signing, token=kept.token)
    if known != TargetSecrets():
        write_secrets(target, known, settings)
    _audit(session, actor, "make", target, name=target.name, kind=target.kind)
    session.flush()
    return MadeTarget(target, secret)


def restate_target(
    session: Session, target_id: int, given: TargetIn, *, settings: Settings, actor: Actor
) -> NotificationTarget:
    """State a target anew, all but its kind; a token or signing secret that is not given stays.

    Raises
    ------
    NotificationTargetNotFoundError, NotificationTargetInvalidError, NotificationKeyMissingError, SecretUnreadableError
    """
    target = queries.target(session, target_id, locked=True)
    if given.kind != target.kind:
        raise NotificationTargetInvalidError("The kind of a target stays: make another one.", field="kind")
    known = read_secrets(target, settings)
    kept = checked(replace(given, token=given.token or ("" if _brings_token(given) else known.token)))
    other = select(NotificationTarget.id).where(
        NotificationTarget.name == given.name.strip(), NotificationTarget.id != target_id
    )
    if session.scalar(other):
        raise NotificationTargetInvalidError(
            "There is a target named '{name}': choose another name.", values={"name": given.name[:80]}, field="name"
        )
    for name, value in _stated(given, kept).items():
        setattr(target, name, value)
    signing = known.signing if target.kind == TargetKind.WEBHOOK else given.signing or known.signing
    stated = replace(known, token=kept.token, signing=signing)
    if stated != known:
        write_secrets(target, stated, settings)
    _audit(session, actor, "restate", target, name=target.name)
    session.flush()
    return target


def disable_target(session: Session, target_id: int, *, actor: Actor) -> NotificationTarget:
    """Send a target nothing from now on; what waits for it stays, what happens meanwhile is not for it.

    Raises
    ------
    NotificationTargetNotFoundError, NotificationTargetStateError
    """
    target = _moved(session, target_id, TargetAction.DISABLE)
    target.disabled_at, target.disabled_why = clock.now(), "by_hand"
    _audit(session, actor, "disable", target, why="by_hand")
    session.flush()
    return target


def enable_target(session: Session, target_id: int, *, actor: Actor) -> NotificationTarget:
    """Send to a target again, also what waits for it.

    Raises
    ------
    NotificationTargetNotFoundError, NotificationTargetStateError
    """
    target = _moved(session, target_id, TargetAction.ENABLE)
    target.disabled_at = target.disabled_why = None
    _audit(session, actor, "enable", target)
    enqueue(session, TaskName.DELIVER)
    session.flush()
    return target


def rotate_secret(session: Session, target_id: int, *, settings: Settings, actor: Actor) -> MadeTarget:
    """Replace the secret that signs a webhook's messages; for a day the former one signs too.

    Raises
    ------
    NotificationTargetNotFoundError, NotificationTargetStateError, NotificationKeyMissingError, SecretUnreadableError
    """
    target = queries.target(session, target_id, locked=True)
    if target.kind != TargetKind.WEBHOOK:
        raise NotificationTargetStateError(
            "Only a webhook has a secret of ours; that of a target of kind '{kind}' is stated.",
            values={"kind": target.kind},
        )
    known = read_secrets(target, settings)
    secret = rules.new_secret()
    write_secrets(target, replace(known, signing=secret, former=known.signing), settings)
    target.former_secret_until = clock.now() + rules.FORMER_SECRET_FOR
    _audit(session, actor, "rotate", target)
    session.flush()
    return MadeTarget(target, secret)


def send_test(session: Session, target_id: int, *, actor: Actor) -> str:
    """Send a target a message that tells of nothing; return its id.

    Raises
    ------
    NotificationTargetNotFoundError, NotificationTargetStateError
    """
    target = queries.target(session, target_id)
    if not TARGET.allows(target, TargetAction.DISABLE):
        raise NotificationTargetStateError("The target is disabled: enable it first.")
    now, number = clock.now(), f"test_{secrets.token_hex(8)}"
    session.add(
        NotificationMessage(
            id=number,
            type=rules.TEST_TYPE,
            subject=target.name,
            at=now,
            urgent=True,
            data={"by": actor.name},
            recorded_at=now,
        )
    )
    session.flush()
    add_deliveries(session, [(number, target.id)])
    return number


def replay_delivery(session: Session, delivery_id: int, *, actor: Actor) -> NotificationDelivery:
    """Send a delivery again that was given up, or delivered: from the first try on, under the same message id.

    Raises
    ------
    NotificationDeliveryNotFoundError, NotificationDeliveryStateError
    """
    delivery = queries.delivery(session, delivery_id, locked=True)
    if not DELIVERY.allows(delivery, DeliveryAction.REPLAY):
        raise rules.NotificationDeliveryStateError
    _replay(delivery)
    audit.record(session, actor=actor, action="notifications.replay", subject=f"delivery/{delivery_id}")
    enqueue(session, TaskName.DELIVER)
    session.flush()
    return delivery


def replay_dead(session: Session, target_id: int, *, actor: Actor) -> int:
    """Send all again that was given up for a target, the oldest thousand at once; return how many they are.

    Raises
    ------
    NotificationTargetNotFoundError
    """
    target = queries.target(session, target_id)
    query = (
        select(NotificationDelivery)
        .where(NotificationDelivery.target_id == target_id, NotificationDelivery.state == DeliveryState.DEAD)
        .order_by(NotificationDelivery.id)
        .limit(REPLAYED_AT_ONCE)
        .with_for_update()
    )
    rows = session.scalars(query).all()
    for row in rows:
        _replay(row)
    if rows:
        _audit(session, actor, "replay", target, deliveries=len(rows))
        enqueue(session, TaskName.DELIVER)
    session.flush()
    return len(rows)


def _replay(delivery: NotificationDelivery) -> None:
    DELIVERY.move(delivery, DeliveryAction.REPLAY)
    delivery.attempts, delivery.next_at = 0, clock.now()
    delivery.claimed_until = delivery.delivered_at = None


def _moved(session: Session, target_id: int, action: TargetAction) -> NotificationTarget:
    target = queries.target(session, target_id, locked=True)
    if not TARGET.allows(target, action):
        raise NotificationTargetStateError("The target is {state} already.", values={"state": target.state})
    TARGET.move(target, action)
    return target


def _brings_token(given: TargetIn) -> bool:
    return "?" in given.address and given.kind is not TargetKind.WEBHOOK


def _stated(given: TargetIn, kept: CheckedTarget) -> dict[str, object]:
    return {
        "name": given.name.strip(), "address": kept.address, "recipients": given.recipients,
        "templates": given.templates, "types": kept.types, "units": list(dict.fromkeys(given.units)),
        "channel": given.channel,
        "language": given.language, "per_minute": kept.per_minute, "quiet_from": given.quiet_from,
        "quiet_until": given.quiet_until,
    }  # fmt: skip


def _audit(session: Session, actor: Actor, what: str, target: NotificationTarget, **detail: object) -> None:
    audit.record(session, actor=actor, action=f"notifications.{what}", subject=f"target/{target.id}", **detail)
