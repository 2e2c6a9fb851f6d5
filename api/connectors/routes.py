"""Orders of upstream platforms: their deadlines beside the clocks of our cases. Answers go back by notifications."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field

from api.http.access import LocalCaseViewer, Sender
from api.http.dependencies import SessionDep, SnapshotDep
from api.http.instants import Instant
from api.http.openapi import feature_router
from api.http.problems import responses
from api.http.services import ServicesDep
from api.http.texts import Line, LineQuery
from governance.cases.lifecycle.states import CaseState
from governance.channels.rules import choose
from governance.connectors import operations, queries
from governance.connectors.operations import OrderIn
from governance.connectors.rules import LONGEST_REASON
from governance.reports.numbers import report_number
from identity.grants import Scope

router = feature_router(prefix="/v1/connectors", tags=["connectors"])


class UpstreamOrderIn(BaseModel):
    """The deadline of an order whose report this key has sent, with the order's number as `external_id`."""

    model_config = ConfigDict(extra="forbid")

    channel: Line | None = Field(default=None, description="The key's only channel if left out.")
    order_number: Line = Field(examples=["12345-2026-000731"])
    deadline: Instant = Field(description="Until when the platform wants it done.")
    reason: Line | None = Field(
        default=None, max_length=LONGEST_REASON, description="Why the deadline moved; needed when there was another."
    )


class UpstreamOrderKeptOut(BaseModel):
    """An order's deadline as it is kept."""

    number: str = Field(description="Number of the case.")
    channel: str
    order_number: str
    deadline: datetime
    told_at: datetime
    changed: bool = Field(description="Whether this call changed anything.")


class UpstreamOrderOut(BaseModel):
    """An order with the state of its case."""

    number: str = Field(description="Number of the case.")
    channel: str
    order_number: str
    deadline: datetime = Field(description="The platform's.")
    told_at: datetime
    state: CaseState
    due_at: datetime | None = Field(description="The next deadline of the case, the platform's among them.")


class UpstreamOrderListOut(BaseModel):
    """Orders of the caller's areas and categories, the latest case first."""

    items: list[UpstreamOrderOut]
    next: int | None = Field(description="`after` of the next page; null on the last.")


@router.put("/orders", responses=responses(400, 401, 403, 404, 409, 422, 429, 503))
def keep_upstream_order(
    session: SessionDep, services: ServicesDep, sender: Sender, body: UpstreamOrderIn
) -> UpstreamOrderKeptOut:
    """Keep the deadline of an order beside the clocks of its case, which is opened if need be; sent again it stays."""
    services.keyring.spend(sender, 1)
    channel = choose(body.channel, services.channels.bindings_of(sender.client_id)).channel
    given = OrderIn(channel, body.order_number, body.deadline, body.reason)
    row, changed = operations.keep_order(session, given, actor=sender.actor, client_id=sender.client_id)
    return UpstreamOrderKeptOut(
        number=report_number(row.case_id), channel=row.channel, order_number=row.order_number, deadline=row.deadline,
        told_at=row.told_at, changed=changed,
    )  # fmt: skip


@router.get("/orders", responses=responses(400, 401, 403, 503))
def list_upstream_orders(
    session: SnapshotDep,
    viewer: LocalCaseViewer,
    channel: LineQuery = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    after: Annotated[int | None, Query(ge=1, le=2**62, description="`next` of the page before.")] = None,
) -> UpstreamOrderListOut:
    """List the orders of upstream platforms with their deadlines and the states of their cases."""
    found = queries.orders(
        session, reach=viewer.reach(Scope.CASES_READ), channel=channel, before=after, limit=limit + 1
    )
    items = [
        UpstreamOrderOut(
            number=one.number, channel=one.channel, order_number=one.order_number, deadline=one.deadline,
            told_at=one.told_at, state=CaseState(one.state), due_at=one.due_at,
        )
        for one in found[:limit]
    ]  # fmt: skip
    return UpstreamOrderListOut(items=items, next=found[limit - 1].case_id if len(found) > limit else None)
