"""An upstream platform that gets answers about its orders, by the protocol of its connector (governance/connectors)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.outward import post_judged
from governance.connectors.adapters import DEFAULT
from governance.notifications.adapters.webhook import asked_to_wait
from governance.notifications.rules import TEST_TYPE, Outcome

if TYPE_CHECKING:
    from governance.notifications.parcels import Parcel, Way


def send_to_platform(parcel: Parcel, way: Way) -> Outcome:
    """Post an answer; what a platform does not take is tried again, and it is never switched off by itself."""
    if parcel.upstream is None and parcel.type != TEST_TYPE:
        return Outcome("order-unknown")
    sent = DEFAULT.request(
        parcel.upstream, id=f"{parcel.message_id}-{parcel.delivery_id}", address=parcel.address, token=parcel.token
    )
    answer = post_judged(sent.address, sent.body, sent.headers, longest_s=way.longest_s, allowed=way.allowed)
    fault = DEFAULT.fault(answer.status, answer.body)
    return Outcome(fault, answer.status, None if fault is None else asked_to_wait(answer))
