"""Webhooks after Standard Webhooks 1.0, whose bodies are CloudEvents 1.0."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import orjson

from core import clock
from core.outward import post_judged
from governance.notifications.rules import GONE, Outcome, cloud_event, signatures

if TYPE_CHECKING:
    from core.outward import Answer
    from governance.notifications.parcels import Parcel, Way


def send_webhook(parcel: Parcel, way: Way) -> Outcome:
    """Post a message, signed for this try; the body and the id are the same at every try."""
    body = orjson.dumps(
        cloud_event(parcel.message_id, parcel.type, parcel.subject, parcel.at, parcel.data, source=way.source)
    )
    now = clock.now()
    headers = {
        "Content-Type": "application/cloudevents+json",
        "webhook-id": parcel.message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": signatures(parcel.message_id, now, body, parcel.signing),
        "User-Agent": "wangge-webhooks",
    }
    answer = post_judged(parcel.address, body, headers, longest_s=way.longest_s, allowed=way.allowed)
    return of_status(answer)


def of_status(answer: Answer) -> Outcome:
    """Return how a request ended by its status: 2xx took it, 410 wants no more, all else is tried again."""
    if 200 <= answer.status < 300:
        return Outcome(answer=answer.status)
    gone = answer.status == GONE
    fault = "gone" if gone else "redirected" if 300 <= answer.status < 400 else "refused"
    return Outcome(fault, answer.status, asked_to_wait(answer), gone=gone)


def asked_to_wait(answer: Answer) -> timedelta | None:
    """Return how long a target asks to wait, where it says so in seconds."""
    given = answer.headers.get("retry-after", "")
    return timedelta(seconds=int(given)) if given.isascii() and given.isdigit() and len(given) < 7 else None
