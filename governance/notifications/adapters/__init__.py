"""How each kind of target is spoken to: one function a kind, from a parcel to its outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from core.outward import OutwardFailedError
from governance.notifications.adapters.mail import send_mail
from governance.notifications.adapters.platform import send_to_platform
from governance.notifications.adapters.robots import send_to_dingtalk, send_to_wecom
from governance.notifications.adapters.sms import send_sms
from governance.notifications.adapters.webhook import send_webhook
from governance.notifications.rules import Outcome
from governance.notifications.states import TargetKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from governance.notifications.parcels import Parcel, Way

_SEND: Final[dict[TargetKind, Callable[[Parcel, Way], Outcome]]] = {
    TargetKind.WEBHOOK: send_webhook,
    TargetKind.DINGTALK: send_to_dingtalk,
    TargetKind.WECOM: send_to_wecom,
    TargetKind.MAIL: send_mail,
    TargetKind.SMS: send_sms,
    TargetKind.PLATFORM: send_to_platform,
}


def send(parcel: Parcel, way: Way) -> Outcome:
    """Send a parcel once and return how it ended.

    Raises
    ------
    core.outward.OutwardRefusedError
        In training.
    """
    try:
        return _SEND[parcel.kind](parcel, way)
    except OutwardFailedError as error:
        return Outcome(fault=error.fault)
