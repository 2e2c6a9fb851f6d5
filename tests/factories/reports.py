"""Stored reports and later decisions on where they belong."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import select, text

from core import clock
from core.words import stored_message
from governance.reports import operations, partitions, rules
from governance.reports.states import ReassignmentCause
from grids.boundaries.tables import Layer
from identity.keys import ApiClient, create_key
from tests.factories.identity import who

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.orm import Session


@dataclasses.dataclass(frozen=True)
class PlacedRow:
    """A report with its first place, received now; the layer is the only one there is, the sender any that is known."""

    lon: float | None = None
    lat: float | None = None
    path: Sequence[str] = ()
    at: datetime | str | None = None
    received_at: datetime | str | None = None
    category: str = "占道经营"
    channel: str = "12345"
    external_id: str | None = None
    description: str = ""
    address: str | None = None
    method: str | None = None
    release: int | None = 1
    candidates: list[dict[str, Any]] | None = None
    phone: str | None = None
    name: str | None = None
    set_aside: dict[str, str] | None = None

    def row(self, client_id: int, layer_id: int | None) -> dict[str, Any]:
        """Return the row as the statement of intake names its columns."""
        at = self.at or clock.now()
        caller = rules.caller_hash(self.phone)
        is_placed = layer_id is not None and bool(self.path)
        return {
            "client_id": client_id, "channel": self.channel, "external_id": self.external_id, "body_sha256": "\\x00",
            "category": self.category, "description": self.description, "address_text": self.address,
            "x": self.lon, "y": self.lat, "crs": "WGS84", "lon": self.lon, "lat": self.lat, "reported_at": at,
            "received_at": self.received_at or clock.now(), "photos": [], "layer_id": layer_id,
            "release_number": self.release if layer_id is not None else None,
            "method": self.method or ("covered" if is_placed else "unassigned"), "area_path": list(self.path),
            "candidates": self.candidates, "reason_code": "not_sent", "reason_values": {}, "reporter_name": self.name,
            "reporter_phone": self.phone, "caller_hash": "\\x" + caller.hex() if caller else None,
            "set_aside": self.set_aside,
        }  # fmt: skip


def store_reports(session: Session, reports: Iterable[PlacedRow]) -> list[int]:
    """Store reports by the statement of intake and return their ids, in order."""
    client_id = session.scalar(select(ApiClient.id).order_by(ApiClient.id).limit(1))
    if client_id is None:
        create_key(session, name="sender", scopes=[])
        session.flush()
        client_id = session.scalars(select(ApiClient.id)).one()
    layer_id = session.scalar(select(Layer.id).order_by(Layer.id).limit(1))
    rows = [report.row(client_id, layer_id) for report in reports]
    driver = session.connection().connection.driver_connection
    assert driver is not None
    driver.execute(partitions.MAKE, (sorted({str(row["received_at"]) for row in rows}),))
    stored = [row[0] for row in driver.execute(operations.STORE, (orjson.dumps(rows).decode(),)).fetchall()]
    # Ids count within a month of receipt.
    months = [datetime.fromisoformat(str(row["received_at"])).astimezone(UTC) for row in rows]
    return [stored[place] for place in _places_in_order([(at.year, at.month) for at in months])]


def _places_in_order(months: list[tuple[int, int]]) -> list[int]:
    """Return, for each month, the place that it gets when all are sorted, equal ones in their order."""
    order = sorted(range(len(months)), key=months.__getitem__)
    return [place for _, place in sorted(zip(order, range(len(order)), strict=True))]


def store_report(session: Session, **fields: Any) -> int:
    """Store one report of the fields of PlacedRow and return its id."""
    return store_reports(session, [PlacedRow(**fields)])[0]


def decide(
    session: Session,
    report_id: int,
    path: Sequence[str],
    *,
    cause: str = ReassignmentCause.TRIAGE,
    point: tuple[float, float] | None = None,
    release: int = 1,
    words: str = "人工指定",
) -> None:
    """Put a report into an area by a later decision that knows all earlier ones."""
    seen = session.scalar(
        text("SELECT coalesce(max(id), 0) FROM report_reassignment WHERE report_id = :id"), {"id": report_id}
    )
    reason = stored_message("settled", words=words, found=stored_message("settled_to_area"))
    place = rules.NewPlace("covered" if path else "unassigned", tuple(path), reason, *(point or ()))
    written = operations.reassign(
        session,
        [rules.Decision(report_id, int(seen or 0), place)],
        cause=ReassignmentCause(cause),
        actor=who("dispatcher"),
        layer_id=session.scalars(select(Layer.id).order_by(Layer.id)).first() or 0,
        release_number=release,
        at=clock.now(),
    )
    assert written == 1
