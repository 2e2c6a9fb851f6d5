"""Make messages of what events tell, with a delivery a target that takes them and an entry in each inbox concerned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert

from core import clock, training
from core.events import feed
from core.events.kinds import Consumer
from core.queue import TaskName, enqueue
from governance.cases.protection import accusations
from governance.categories.tables import CategoryState
from governance.connectors import queries as connectors
from governance.notifications import rules
from governance.notifications.happenings import happenings
from governance.notifications.recipients import recipients
from governance.notifications.states import DeliveryState, TargetKind, TargetState
from governance.notifications.tables import InboxEntry, NotificationDelivery, NotificationMessage, NotificationTarget
from governance.reports import sensitivity
from identity.units.tables import UnitState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

    from governance.notifications.happenings import Happening

EVENTS: Final = 200
"""Events a transaction."""


@dataclass(frozen=True, slots=True)
class Collected:
    """How many messages a transaction made, how many deliveries and entries of inboxes, and whether there is more."""

    messages: int
    deliveries: int
    entries: int
    more: bool


def collect(session: Session, *, limit: int = EVENTS) -> Collected:
    """Read the next events; make the messages that somebody takes. In training there are no deliveries.

    A target takes what was recorded since it was made, and nothing while it is disabled, but for upstream platforms. A
    target of certain units takes nothing of a case that accuses one of them.

    Raises
    ------
    core.events.feed.FeedNotRebasedError
    """
    batch = feed.read_batch(session, Consumer.NOTIFY, limit=limit)
    told = happenings(session, batch.events)
    targets = [] if training.is_on() else _targets(session)
    channels: dict[int, str] = {}
    if any(target.channel is not None for target in targets):
        channels = connectors.channels_of(session, {one.case_id for one in told if one.case_id is not None})
    kept = _kept_from_units(session, told, {unit for target in targets for unit in target.units})
    deliveries = [
        (one.id, target.id)
        for one in told for target in targets
        if _takes(target, one, channels) and not kept.get(one.case_id, frozenset()) & set(target.units)
    ]  # fmt: skip
    entries = recipients(session, told)
    wanted = {message for message, _ in deliveries} | {message for _, message in entries}
    messages = _add_messages(session, [one for one in told if one.id in wanted])
    now = clock.now()
    if deliveries:
        add_deliveries(session, deliveries)
    if entries:
        rows = [{"person_id": person, "message_id": message, "at": now} for person, message in entries]
        session.execute(insert(InboxEntry).on_conflict_do_nothing(), rows)
    feed.advance(session, batch)
    return Collected(messages, len(deliveries), len(entries), batch.is_full)


def add_deliveries(session: Session, pairs: Sequence[tuple[str, int]]) -> None:
    """Add deliveries of messages to targets, due at once, and a job that sends them."""
    now = clock.now()
    rows = [
        {"message_id": message, "target_id": target, "state": DeliveryState.WAITING, "attempts": 0, "next_at": now}
        for message, target in pairs
    ]
    session.execute(insert(NotificationDelivery).on_conflict_do_nothing(), rows)
    enqueue(session, TaskName.DELIVER)


def _targets(session: Session) -> Sequence[NotificationTarget]:
    # An upstream platform waits for each answer: what happens while it is switched off waits with it.
    takes = or_(NotificationTarget.state == TargetState.ACTIVE, NotificationTarget.kind == TargetKind.PLATFORM)
    query = select(NotificationTarget).where(takes)
    return session.scalars(query.order_by(NotificationTarget.id)).all()


def _takes(target: NotificationTarget, told: Happening, channels: Mapping[int, str]) -> bool:
    if target.channel is not None and (told.case_id is None or channels.get(told.case_id) != target.channel):
        return False
    of_unit = not target.units or told.unit_code in target.units
    return of_unit and rules.takes(target.types, told.type) and told.recorded >= target.created_at


def _kept_from_units(session: Session, told: Sequence[Happening], units: set[str]) -> dict[int | None, frozenset[str]]:
    """Return, by case that accuses units, which of these units it is kept from: those and the ones below them."""
    if not units:
        return {}
    now = clock.now()
    accused = accusations.accused_units(session, {one.case_id for one in told if one.case_id is not None})
    return {
        case: frozenset(unit for unit in units if accusations.accused_above(session, unit, among, now) is not None)
        for case, among in accused.items()
    }


def _add_messages(session: Session, told: Sequence[Happening]) -> int:
    if not told:
        return 0
    now = clock.now()
    units = _names(session, {one.unit_code for one in told}, UnitState.unit_code, UnitState.name, UnitState.holds(now))
    categories = _names(
        session, {one.category_code for one in told}, CategoryState.category_code, CategoryState.public_name,
        CategoryState.holds(now),
    )  # fmt: skip
    hidden = sensitivity.marks_of(session, [one.case_id for one in told if one.case_id is not None])
    rows = []
    for one in told:
        names: dict[str, Any] = {}
        if one.case_id is not None or one.unit_code is not None:
            names |= {"unit_code": one.unit_code, "unit_name": units.get(one.unit_code)}
        if one.case_id is not None and one.case_id not in hidden:
            names |= {"category_code": one.category_code, "category_name": categories.get(one.category_code)}
        rows.append({
            "id": one.id, "type": one.type, "subject": one.subject, "at": one.at, "urgent": one.urgent,
            "data": one.data | names, "recorded_at": now,
        })  # fmt: skip
    session.execute(insert(NotificationMessage).on_conflict_do_nothing(), rows)
    return len(rows)


def _names(session: Session, codes: set[str | None], code: Any, name: Any, holds: Any) -> dict[str | None, str]:  # noqa: ANN401 (columns)
    wanted = sorted(one for one in codes if one is not None)
    if not wanted:
        return {}
    return {row[0]: row[1] for row in session.execute(select(code, name).where(holds, code.in_(wanted)))}
