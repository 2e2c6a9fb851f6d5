"""Notifications as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.http.texts import Line
from governance.notifications.rules import MOST_RECIPIENTS
from governance.notifications.states import DeliveryState, TargetKind, TargetState
from governance.notifications.target_forms import LONGEST_ADDRESS, LONGEST_SECRET

_HOURS = r"^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$"
Secret = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7E]*$", max_length=LONGEST_SECRET)]
Address = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7E]*$", max_length=LONGEST_ADDRESS)]


class NotificationTargetIn(BaseModel):
    """A target as it is stated; secrets are kept and never shown again."""

    model_config = ConfigDict(extra="forbid")

    name: Line = Field(max_length=80, examples=["市平台"])
    kind: TargetKind
    address: Address = Field(
        default="",
        description="Of a webhook or gateway; of a robot as it was made with, or where it stands on a private network.",
        examples=["https://platform.example.org/hooks/wangge"],
    )
    token: Secret = Field(default="", description="What opens a robot (access_token, key) or a gateway (bearer).")
    signing: Secret = Field(default="", description="DingTalk's secret of the kind sign (加签).")
    recipients: list[Line] = Field(default=[], max_length=MOST_RECIPIENTS, description="Mailboxes or telephones.")
    templates: dict[Line, Line] = Field(
        default={},
        max_length=100,
        description="By type, group or `default`: a gateway's template; of mail and robots the text, which may name"
        " {number}, {what}, {unit}, {category}, {step}, {due}.",
    )
    types: list[Line] = Field(
        default=[], max_length=100, description="Types or groups of messages; none: all.", examples=[["case.overdue"]]
    )
    units: list[Line] = Field(default=[], max_length=100, description="Only what concerns these units; none: all.")
    channel: Line | None = Field(
        default=None, description="Only cases of this channel that have a number there; an upstream platform needs it."
    )
    language: Literal["zh", "en"] = "zh"
    per_minute: int | None = Field(default=None, ge=1, le=6000, description="Messages a minute at most.")
    quiet_hours: str | None = Field(
        default=None, pattern=_HOURS, description="Local time in which only urgent messages go out.",
        examples=["22:00-07:00"],
    )  # fmt: skip


class NotificationTargetOut(BaseModel):
    """A target as it stands; secrets and the query of its address are not shown, recipients masked."""

    target: int
    name: str
    kind: TargetKind
    state: TargetState
    address: str
    recipients: list[str]
    templates: dict[str, str]
    types: list[str]
    units: list[str]
    channel: str | None
    language: str
    per_minute: int
    quiet_hours: str | None
    created_at: datetime
    created_by: str
    disabled_at: datetime | None
    disabled_why: str | None = Field(description="`gone` (it answered 410) or `by_hand`.")
    waiting: int | None = Field(default=None, description="Deliveries that wait; in the list alone.")
    dead: int | None = Field(default=None, description="Deliveries that were given up; in the list alone.")


class NotificationTargetMadeOut(NotificationTargetOut):
    """A target with the secret that signs its messages, shown this once."""

    secret: str | None = Field(description="As Standard Webhooks writes it (whsec_…); null where it has none of ours.")


class NotificationTargetListOut(BaseModel):
    """All targets, by number."""

    items: list[NotificationTargetOut]
    types: list[str] = Field(description="Every type of message there is; what stands before the dot is its group.")


class NotificationTestOut(BaseModel):
    """A test message on its way."""

    message: str = Field(description="Its id, which the target gets as `webhook-id`.")


class NotificationReplayOut(BaseModel):
    """How many deliveries are sent again."""

    deliveries: int


class NotificationDeliveryOut(BaseModel):
    """A message on its way to a target."""

    delivery: int
    target: int
    message: str
    type: str
    subject: str
    state: DeliveryState
    attempts: int
    next_at: datetime
    last_at: datetime | None
    last_answer: int | None = Field(description="HTTP status of the last try.")
    last_fault: str | None = Field(description="Why the last try failed.")
    delivered_at: datetime | None


class NotificationDeliveryListOut(BaseModel):
    """Deliveries, the latest first."""

    items: list[NotificationDeliveryOut]
    next: int | None = Field(description="`after` of the next page; null on the last.")


class InboxEntryOut(BaseModel):
    """A message in the own inbox."""

    entry: int
    type: str
    subject: str = Field(description="Number of the case or task.")
    title: str
    text: str
    data: dict[str, str | int | None] = Field(description="Codes and numbers, as webhooks carry them.")
    at: datetime
    read_at: datetime | None


class InboxOut(BaseModel):
    """The own inbox, the latest first."""

    unread: int
    items: list[InboxEntryOut]
    next: int | None = Field(description="`after` of the next page; null on the last.")


class InboxReadIn(BaseModel):
    """What of the own inbox was read: entries by number, or all up to one."""

    model_config = ConfigDict(extra="forbid")

    entries: list[Annotated[int, Field(ge=1, le=2**62)]] | None = Field(default=None, max_length=1000)
    up_to: int | None = Field(default=None, ge=1, le=2**62)


class InboxReadOut(BaseModel):
    """How many entries were not read before."""

    marked: int
