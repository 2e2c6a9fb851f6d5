"""Closed sets of what notifications hold, and how a target and a delivery change."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from core.states import Lifecycle, Transition


class TargetKind(StrEnum):
    """How a target is spoken to."""

    WEBHOOK = "webhook"
    """A system that takes CloudEvents, signed after Standard Webhooks."""
    DINGTALK = "dingtalk"
    """A robot of a DingTalk group (钉钉)."""
    WECOM = "wecom"
    """A robot of a WeCom group (企业微信、政务微信)."""
    MAIL = "mail"
    """Mailboxes, by the mail server of the settings."""
    SMS = "sms"
    """Telephones, by a gateway over HTTP."""
    PLATFORM = "platform"
    """An upstream platform that sends orders through a channel and waits for answers (governance/connectors)."""


class TargetState(StrEnum):
    """Whether a target is sent to."""

    ACTIVE = "active"
    DISABLED = "disabled"


class TargetAction(StrEnum):
    """What is done to a target."""

    DISABLE = "disable"
    ENABLE = "enable"


class DeliveryState(StrEnum):
    """Where a delivery is."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    DEAD = "dead"
    """It was tried as often as it is tried, and waits for somebody to replay it."""


class DeliveryAction(StrEnum):
    """What happens to a delivery."""

    CONFIRM = "confirm"
    GIVE_UP = "give_up"
    REPLAY = "replay"


TARGET: Final = Lifecycle(
    TargetState,
    TargetAction,
    (TargetState.ACTIVE,),
    {
        TargetAction.DISABLE: Transition((TargetState.ACTIVE,), TargetState.DISABLED),
        TargetAction.ENABLE: Transition((TargetState.DISABLED,), TargetState.ACTIVE),
    },
)
DELIVERY: Final = Lifecycle(
    DeliveryState,
    DeliveryAction,
    (DeliveryState.WAITING,),
    {
        DeliveryAction.CONFIRM: Transition((DeliveryState.WAITING,), DeliveryState.DELIVERED),
        DeliveryAction.GIVE_UP: Transition((DeliveryState.WAITING,), DeliveryState.DEAD),
        DeliveryAction.REPLAY: Transition((DeliveryState.DEAD, DeliveryState.DELIVERED), DeliveryState.WAITING),
    },
)
