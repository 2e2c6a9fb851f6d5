"""Legal holds as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from api.http.instants import Instant
from api.http.texts import Line, Text
from core.personal import masked, masked_phone
from governance.legal_holds.states import HoldKind, HoldState
from governance.reports.numbers import report_number

if TYPE_CHECKING:
    from governance.legal_holds.tables import LegalHold


class HoldIn(BaseModel):
    """What is to be kept, one of the first four, and why."""

    model_config = ConfigDict(extra="forbid")

    report: Line | None = Field(default=None, description="Number of a report.", examples=["SJ2607000731-4"])
    phone: Line | None = Field(default=None, max_length=40, description="All reports of a telephone number.")
    person: int | None = Field(
        default=None, ge=1, le=2**31 - 1, description="Number of a person who works or worked here."
    )
    received_from: Instant | None = Field(
        default=None, description="What was received, and who signed in, from this instant on."
    )
    received_until: Instant | None = Field(default=None, description="First instant no longer; none if left out.")
    reason: Text = Field(min_length=1, description="The file or order that asks for it, without names of people.")


class HoldLiftIn(BaseModel):
    """Why a hold is lifted."""

    model_config = ConfigDict(extra="forbid")

    reason: Text = Field(min_length=1, description="The file or order that ends it, without names of people.")


class HoldOut(BaseModel):
    """A legal hold; its telephone number is masked, and gone once the hold is lifted."""

    id: int
    kind: HoldKind
    state: HoldState
    report: str | None
    phone: str | None = Field(examples=["138****34"])
    person: int | None
    received_from: datetime | None
    received_until: datetime | None
    reason: str
    set_at: datetime
    set_by: str
    lifted_at: datetime | None
    lifted_by: str | None
    lift_reason: str | None


class HoldPage(BaseModel):
    """A page of legal holds, the latest first."""

    items: list[HoldOut]
    next: int | None = Field(description="Send it as `after` for the next page; null: there are no more.")


def hold_out(hold: LegalHold) -> HoldOut:
    """Return a hold as it is answered."""
    return HoldOut(
        id=hold.id, kind=HoldKind(hold.kind), state=HoldState(hold.state),
        report=None if hold.report_id is None else report_number(hold.report_id),
        phone=masked_phone(hold.phone), person=hold.person_id, received_from=hold.received_from,
        received_until=hold.received_until, reason=masked(hold.reason), set_at=hold.set_at, set_by=hold.set_by,
        lifted_at=hold.lifted_at, lifted_by=hold.lifted_by, lift_reason=masked(hold.lift_reason),
    )  # fmt: skip
