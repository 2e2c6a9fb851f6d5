"""Keep the deadline of an upstream platform's order: a fixed deadline beside the clocks of its case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import text

from core import audit, clock
from governance.cases.clocks.measuring import Happening
from governance.cases.lifecycle import operations as cases
from governance.cases.lifecycle.operations.holding import add_step, bring_up, hold_as_service
from governance.cases.lifecycle.rules import Act
from governance.cases.lifecycle.states import LIFECYCLE, Verb
from governance.categories.states import Step
from governance.connectors.rules import ENDED, UpstreamOrderNotFoundError, UpstreamOrderRefusedError
from governance.connectors.tables import UpstreamOrder
from identity.grants import EVERYTHING

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from identity.actors import Actor

_SENT: Final = """
SELECT k.report_id FROM report_key k JOIN report r ON r.id = k.report_id
WHERE k.channel = :channel AND k.external_id = :order AND (CAST(:client AS integer) IS NULL OR r.client_id = :client)
"""


@dataclass(frozen=True, slots=True)
class OrderIn:
    """What a platform tells of its order: the channel, its number, until when, and why that moved."""

    channel: str
    order_number: str
    deadline: datetime
    reason: str | None = None


def keep_order(
    session: Session, given: OrderIn, *, actor: Actor, client_id: int | None = None
) -> tuple[UpstreamOrder, bool]:
    """Keep an order's deadline; return it, and whether that changed anything. The case is opened if it is not yet.

    `client_id`: the key that sent the report; None: anybody's. The first deadline stands with the opening of the case
    or as a note in its history; a later one is a note that says why it moved.

    Raises
    ------
    UpstreamOrderNotFoundError, UpstreamOrderRefusedError
    """
    values = {"channel": given.channel, "order": given.order_number, "client": client_id}
    case_id = session.scalar(text(_SENT), values)
    if case_id is None:
        raise UpstreamOrderNotFoundError(field="order_number")
    caller = cases.Caller(actor, lambda _: EVERYTHING, any_unit=True)
    _, is_new = cases.open_case(session, report_id=case_id, caller=caller, deadline=given.deadline)
    held = hold_as_service(session, case_id)  # who tells of the same order at the same time waits here
    row = session.get(UpstreamOrder, case_id, with_for_update=True, populate_existing=True)
    if row is not None and row.deadline == given.deadline:
        return row, False
    if not is_new:
        if LIFECYCLE.state_of(held.case) in ENDED:
            raise UpstreamOrderRefusedError("The case has ended: it has no deadline any more.", field="deadline")
        if row is not None and not (given.reason or "").strip():
            raise UpstreamOrderRefusedError("Say why the deadline moved.", field="reason")
        before = None if row is None else row.deadline.isoformat()
        moved = {"clock": Step.HANDLE, "what": Happening.FIXED, "deadline": given.deadline.isoformat()}
        detail = {"upstream": {"deadline": moved["deadline"], "before": before}, "clocks": [moved]}
        bring_up(session, held, [add_step(session, held, Act(verb=Verb.ADD_NOTE, opinion=given.reason), actor, detail)])
    row = row or UpstreamOrder(case_id=case_id, channel=given.channel, order_number=given.order_number)
    row.deadline, row.told_at, row.told_by_id, row.told_by = given.deadline, clock.now(), actor.id, actor.name
    session.add(row)
    audit.record(
        session, actor=actor, action="connectors.keep_order", subject=f"{given.channel}/{given.order_number}",
        deadline=given.deadline.isoformat(),
    )  # fmt: skip
    session.flush()
    return row, True
