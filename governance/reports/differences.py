"""In which fields a report differs from the one that was stored under its key."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from governance.reports.rules import ReportDraft

STORED: Final = """
SELECT r.channel, r.external_id, r.category, r.description AS text, r.address_text AS address, r.x, r.y, r.crs,
       r.photos, r.reported_at, r.received_at, p.name, p.phone
FROM report r LEFT JOIN reporter p ON p.report_id = r.id
WHERE r.id = %s
"""


def differing_fields(draft: ReportDraft, stored: Mapping[str, Any]) -> list[str]:
    """Name the fields of a request whose values are not those of a row of `STORED`, in the order of the guide.

    Empty where they differ in what is not kept as it was sent, such as the accuracy of a place that was located.
    """
    when = draft.reported_at or stored["received_at"]
    pairs = {
        "channel": (draft.channel, stored["channel"]),
        "external_id": (draft.external_id, stored["external_id"]),
        "category": (draft.category, stored["category"]),
        "text": (draft.description, stored["text"]),
        "address": (draft.address_text or None, stored["address"] or None),
        "coordinates": ((*map(_number, (draft.x, draft.y)), draft.crs), (stored["x"], stored["y"], stored["crs"])),
        "reported_at": (when, stored["reported_at"]),
        "photos": (list(draft.photos), list(stored["photos"] or [])),
        "reporter.name": (draft.reporter_name, stored["name"]),
        "reporter.phone": (draft.reporter_phone, stored["phone"]),
    }
    return [name for name, (sent, kept) in pairs.items() if sent != kept]


def _number(value: float | str | None) -> float | None:
    return value if isinstance(value, float | int) and math.isfinite(value) else None
