"""Targets of notifications, their deliveries, and the inbox of who asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import Path, Query

from api.http.access import Administrator
from api.http.dependencies import PrincipalDep, SessionDep, SnapshotDep
from api.http.language import language
from api.http.openapi import feature_router
from api.http.problems import responses
from api.http.services import ServicesDep
from api.notifications.schemas import (
    InboxEntryOut,
    InboxOut,
    InboxReadIn,
    InboxReadOut,
    NotificationDeliveryListOut,
    NotificationDeliveryOut,
    NotificationReplayOut,
    NotificationTargetIn,
    NotificationTargetListOut,
    NotificationTargetMadeOut,
    NotificationTargetOut,
    NotificationTestOut,
)
from core.personal import masked_phone
from governance.notifications import queries
from governance.notifications.operations import inboxes, targets
from governance.notifications.rules import TYPES
from governance.notifications.states import DeliveryState, TargetKind
from governance.notifications.target_forms import TargetIn, checked_hours
from presentation.words.notifications import message_words

if TYPE_CHECKING:
    from governance.notifications.operations.targets import MadeTarget
    from governance.notifications.tables import NotificationDelivery, NotificationMessage, NotificationTarget

router = feature_router(prefix="/v1", tags=["notifications"])
TargetNumber = Annotated[int, Path(ge=1, le=2**62, description="Number of the target.")]
DeliveryNumber = Annotated[int, Path(ge=1, le=2**62, description="Number of the delivery.")]
Limit = Annotated[int, Query(ge=1, le=1000)]
After = Annotated[int | None, Query(ge=1, le=2**62, description="`next` of the page before.")]
WRITE = responses(400, 401, 403, 404, 409, 422, 503)
CHANGE = responses(400, 401, 403, 404, 409, 503)


@router.post("/notifications/targets", status_code=201, responses=responses(400, 401, 403, 409, 422, 503))
def make_notification_target(
    session: SessionDep, services: ServicesDep, administrator: Administrator, body: NotificationTargetIn
) -> NotificationTargetMadeOut:
    """Make a target of notifications; the secret of a webhook is shown this once."""
    made = targets.make_target(session, _given(body), settings=services.settings, actor=administrator.actor)
    return _made(made)


@router.get("/notifications/targets", responses=responses(400, 401, 403, 503))
def list_notification_targets(session: SnapshotDep, _: Administrator) -> NotificationTargetListOut:
    """List the targets of notifications, and every type of message there is."""
    items = [
        _target(one.target).model_copy(update={"waiting": one.waiting, "dead": one.dead})
        for one in queries.targets(session)
    ]
    return NotificationTargetListOut(items=items, types=list(TYPES))


@router.put("/notifications/targets/{target}", responses=WRITE)
def restate_notification_target(
    session: SessionDep, services: ServicesDep, administrator: Administrator, target: TargetNumber,
    body: NotificationTargetIn,
) -> NotificationTargetOut:  # fmt: skip
    """State a target anew, all but its kind; secrets that are left out stay."""
    actor = administrator.actor
    return _target(targets.restate_target(session, target, _given(body), settings=services.settings, actor=actor))


@router.post("/notifications/targets/{target}/disabling", responses=CHANGE)
def disable_notification_target(
    session: SessionDep, administrator: Administrator, target: TargetNumber
) -> NotificationTargetOut:
    """Send a target nothing from now on; what waits for it stays, what happens meanwhile is not for it."""
    return _target(targets.disable_target(session, target, actor=administrator.actor))


@router.post("/notifications/targets/{target}/enabling", responses=CHANGE)
def enable_notification_target(
    session: SessionDep, administrator: Administrator, target: TargetNumber
) -> NotificationTargetOut:
    """Send to a target again, also what waits for it."""
    return _target(targets.enable_target(session, target, actor=administrator.actor))


@router.post("/notifications/targets/{target}/secret", status_code=201, responses=CHANGE)
def rotate_notification_secret(
    session: SessionDep, services: ServicesDep, administrator: Administrator, target: TargetNumber
) -> NotificationTargetMadeOut:
    """Replace the secret that signs a webhook's messages; for a day the former one signs too."""
    return _made(targets.rotate_secret(session, target, settings=services.settings, actor=administrator.actor))


@router.post("/notifications/targets/{target}/test", status_code=202, responses=CHANGE)
def test_notification_target(
    session: SessionDep, administrator: Administrator, target: TargetNumber
) -> NotificationTestOut:
    """Send a target a message that tells of nothing."""
    return NotificationTestOut(message=targets.send_test(session, target, actor=administrator.actor))


@router.post("/notifications/targets/{target}/replay", status_code=202, responses=CHANGE)
def replay_notification_target(
    session: SessionDep, administrator: Administrator, target: TargetNumber
) -> NotificationReplayOut:
    """Send all again that was given up for a target, the oldest thousand."""
    return NotificationReplayOut(deliveries=targets.replay_dead(session, target, actor=administrator.actor))


@router.get("/notifications/deliveries", responses=responses(400, 401, 403, 503))
def list_notification_deliveries(
    session: SnapshotDep,
    _: Administrator,
    target: Annotated[int | None, Query(ge=1, le=2**62, description="Only deliveries to this target.")] = None,
    state: DeliveryState | None = None,
    kind: TargetKind | None = None,
    limit: Limit = 100,
    after: After = None,
) -> NotificationDeliveryListOut:
    """List deliveries, the latest first: those that wait, were delivered, or were given up (dead)."""
    rows = queries.deliveries(session, target_id=target, state=state, kind=kind, before=after, limit=limit + 1)
    following = rows[limit - 1][0].id if len(rows) > limit else None
    return NotificationDeliveryListOut(items=[_delivery(*row) for row in rows[:limit]], next=following)


@router.post("/notifications/deliveries/{delivery}/replay", status_code=202, responses=CHANGE)
def replay_notification_delivery(
    session: SessionDep, administrator: Administrator, delivery: DeliveryNumber
) -> NotificationReplayOut:
    """Send a delivery again that was given up or delivered, under the same message id."""
    targets.replay_delivery(session, delivery, actor=administrator.actor)
    return NotificationReplayOut(deliveries=1)


@router.get("/inbox", responses=responses(400, 401, 503))
def read_inbox(
    session: SnapshotDep,
    principal: PrincipalDep,
    unread: Annotated[bool, Query(description="Only what was not read yet.")] = False,  # noqa: FBT002
    limit: Limit = 50,
    after: After = None,
) -> InboxOut:
    """Read the own inbox, the latest first: what concerns one's units, and what one has to decide."""
    found = queries.inbox(session, principal.actor.id, unread=unread, before=after, limit=limit)
    items = []
    for entry, message in found.entries:
        title, words = message_words(message.type, message.data, language())
        items.append(
            InboxEntryOut(
                entry=entry.id,
                type=message.type,
                subject=message.subject,
                title=title,
                text=words,
                data=message.data,
                at=message.at,
                read_at=entry.read_at,
            )
        )
    return InboxOut(unread=found.unread, items=items, next=found.next)


@router.post("/inbox/reading", responses=responses(400, 401, 422, 503))
def mark_inbox_read(session: SessionDep, principal: PrincipalDep, body: InboxReadIn) -> InboxReadOut:
    """Mark entries of the own inbox as read: some by number, all up to one, or all."""
    marked = inboxes.mark_read(session, principal.actor.id, entries=body.entries, up_to=body.up_to)
    return InboxReadOut(marked=marked)


def _given(body: NotificationTargetIn) -> TargetIn:
    start, end = checked_hours(body.quiet_hours)
    return TargetIn(**body.model_dump(exclude={"quiet_hours"}), quiet_from=start, quiet_until=end)


def _target(row: NotificationTarget) -> NotificationTargetOut:
    quiet = None if row.quiet_from is None else f"{row.quiet_from:%H:%M}-{row.quiet_until:%H:%M}"
    same = ("name", "kind", "state", "templates", "types", "units", "channel", "language", "per_minute", "created_at",
            "created_by", "disabled_at", "disabled_why")  # fmt: skip
    return NotificationTargetOut.model_validate(
        {name: getattr(row, name) for name in same}
        | {
            "target": row.id,
            "address": row.address.partition("?")[0],
            "quiet_hours": quiet,
            "recipients": [_masked(row.kind, one) for one in row.recipients],
        }
    )


def _masked(kind: str, recipient: str) -> str:
    if kind == TargetKind.MAIL:
        return f"{recipient[:1]}***@{recipient.rpartition('@')[2]}"
    return masked_phone(recipient) or ""


def _made(made: MadeTarget) -> NotificationTargetMadeOut:
    return NotificationTargetMadeOut(**_target(made.target).model_dump(), secret=made.secret)


def _delivery(row: NotificationDelivery, message: NotificationMessage) -> NotificationDeliveryOut:
    known = {name: getattr(row, name) for name in NotificationDeliveryOut.model_fields if hasattr(row, name)}
    return NotificationDeliveryOut.model_validate(
        known
        | {
            "delivery": row.id,
            "target": row.target_id,
            "message": row.message_id,
            "type": message.type,
            "subject": message.subject,
        }
    )
