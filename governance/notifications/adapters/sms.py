"""Text messages by a gateway over HTTP: the number of an approved template and its values, as operators demand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from core.outward import post_judged
from governance.notifications.adapters.webhook import of_status

if TYPE_CHECKING:
    from governance.notifications.parcels import Parcel, Way
    from governance.notifications.rules import Outcome


def send_sms(parcel: Parcel, way: Way) -> Outcome:
    """Post `{id, phones, template, params}` to a gateway; `id` is the same at every try, so that it sends once.

    `params` are number, title and text alone: what a template may show.
    """
    title, text = way.words(parcel.type, parcel.data, parcel.language, None)
    body = {
        "id": f"{parcel.message_id}-{parcel.delivery_id}",
        "phones": list(parcel.recipients),
        "template": parcel.template,
        "params": {"number": parcel.subject, "title": title, "text": text},
    }
    headers = {"Content-Type": "application/json", "Idempotency-Key": f"{parcel.message_id}-{parcel.delivery_id}"}
    if parcel.token:
        headers["Authorization"] = f"Bearer {parcel.token}"
    answer = post_judged(parcel.address, orjson.dumps(body), headers, longest_s=way.longest_s, allowed=way.allowed)
    return of_status(answer)
