"""How a report looks in an answer: the receipt of its arrival, the report as it stands, the GeoJSON feature."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api.shapes.reasons import of_record, reason_out
from governance.reports import numbers, rules

if TYPE_CHECKING:
    from api.http.shown import Shown
    from governance.reports.operations import PlacedReport
    from governance.reports.queries import Record


_WORDS = ("description", "address_text")


def report_path(number: str) -> str:
    """Return the path at which a report is read."""
    return f"/v1/reports/{number}"


def receipt_of(report_id: int, arrival: PlacedReport) -> dict[str, Any]:
    """Return the first answer to a report, from memory."""
    draft, placed = arrival.draft, arrival.placement
    return {
        "number": numbers.report_number(report_id),
        "channel": draft.channel,
        "external_id": draft.external_id,
        "received_at": arrival.received_at,
        "method": placed.method,
        "areas": placed.areas,
        "release": release(placed.layer_code, placed.release_number),
        "distance_to_edge_m": _rounded(placed.distance_to_edge_m, 3),
        "candidates": candidates(placed.candidates),
        "set_aside": sorted(field for field, _ in draft.set_aside),
    } | reason_out(placed.reason)


def release(layer: str | None, number: int | None) -> dict[str, Any] | None:
    """Name the release that answered."""
    return {"layer": layer, "number": number} if number is not None else None


def candidates(found: list[dict[str, Any]] | None) -> list[dict[str, Any]]:
    """Return the areas in question, their shares written as `GET /v1/assignments` writes them."""
    return [one | {"share": round(one["share"], 6)} for one in found or []]


def _rounded(number: float | None, decimals: int) -> float | None:
    return None if number is None else round(number, decimals)


def receipt(record: Record) -> dict[str, Any]:
    """Return the first answer to a report, as the ledger keeps it."""
    return {
        "number": numbers.report_number(record["id"]),
        "channel": record["channel"],
        "external_id": record["external_id"],
        "received_at": record["received_at"],
        "method": record["method"],
        "areas": record["areas"],
        "release": release(record["layer_code"], record["release_number"]),
        "distance_to_edge_m": _rounded(record["distance_to_edge_m"], 3),
        "candidates": candidates(record["candidates"]),
        "set_aside": sorted(record["set_aside"] or ()),
    } | reason_out(of_record(record))


def report(record: Record, shown: Shown) -> dict[str, Any]:
    """Return a report as it stands now, its reporter masked, its words as the caller may see them."""
    number = numbers.report_number(record["id"])
    said = {name: shown.text(record[name], of=number) for name in _WORDS}
    hides = shown.hides(number)
    finite = {name: None if record[name] is None or record[name] != record[name] else record[name] for name in "xy"}
    first = receipt(record)
    return first | {
        "reason": shown.text(first["reason"], of=number),
        "reason_zh": shown.text(first["reason_zh"], of=number),
        "reason_values": {} if hides else shown.text(first["reason_values"], of=number),
        "category": record["category"],
        "text": said["description"],
        "address": said["address_text"],
        "lon": _rounded(record["lon"], 7),
        "lat": _rounded(record["lat"], 7),
        "sent": finite | {"crs": record["crs"]},
        "accuracy_m": record["accuracy_m"],
        "reported_at": record["reported_at"],
        "photos": [] if hides else record["photos"],
        "reporter": None
        if shown.hides_reporter(number)
        else rules.masked_reporter(record["reporter_name"], record["reporter_phone"]),
        "sensitive": shown.marks.get(number, []),
        "confidential": number in shown.confidential,
        "reassigned": record["reassigned"],
    }


def feature(record: Record, shown: Shown) -> dict[str, Any]:
    """Return a report as a GeoJSON feature."""
    properties = report(record, shown)
    has_point = record["lon"] is not None
    point = {"type": "Point", "coordinates": [properties["lon"], properties["lat"]]} if has_point else None
    return {"type": "Feature", "id": properties["number"], "geometry": point, "properties": properties}
