"""Reads of the case ledger's intake part: where a report belongs now, page by page."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import text

from core.errors import DomainError
from governance.reports import numbers, partitions, rules
from governance.reports.reach_queries import reach_condition
from identity.grants import EVERYTHING, Reach, Scope
from identity.keys import ScopeMissingError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from identity.keys import Principal

Record = dict[str, Any]


class CursorMalformedError(DomainError):
    """The cursor was not given by this service. Start again without one."""

    code = "cursor-malformed"


@dataclass(frozen=True, slots=True)
class ReportFilter:
    """Which reports; every condition that is given must hold."""

    area: str | None = None
    level: str | None = None
    category: str | None = None
    channel: str | None = None
    method: str | None = None
    reported_from: datetime | None = None
    reported_before: datetime | None = None
    bbox: tuple[float, float, float, float] | None = None


_COLUMNS = """
SELECT r.id, r.client_id, r.channel, r.external_id, r.category, r.description, r.address_text, r.x, r.y, r.crs,
       r.reported_at, r.received_at, r.photos, p.layer_id, p.release_number, p.method, p.area_path,
       p.reason_code, p.reason_values, p.accuracy_m, p.reassigned, ST_X(p.geom) AS lon, ST_Y(p.geom) AS lat,
       l.code AS layer_code,
       CASE WHEN p.reassigned THEN NULL ELSE r.distance_to_edge_m END AS distance_to_edge_m,
       CASE WHEN p.reassigned THEN NULL ELSE r.candidates END AS candidates,
       m.name AS reporter_name, m.phone AS reporter_phone, m.set_aside
FROM report r
JOIN {place} p ON p.report_id = r.id
LEFT JOIN layer l ON l.id = p.layer_id
LEFT JOIN reporter m ON m.report_id = r.id
"""
_PAGE = _COLUMNS.format(place="report_place")
# Of one report the planner sees the month everywhere and reads its partitions only.
ONE = _COLUMNS.format(place="report_place_of(:id)") + "WHERE r.id = :id"
_KNOWN = "SELECT id FROM report WHERE id = ANY(:ids)"
_CURRENT = "SELECT report_id FROM report_key WHERE old_id = :old"

_REPORTER = """
SELECT m.name, m.phone, m.set_aside
FROM report r JOIN report_place_of(:id) p ON p.report_id = r.id JOIN reporter m ON m.report_id = r.id
WHERE r.id = :id"""

_RECEIPTS = """
SELECT r.id, r.channel, r.external_id, r.received_at, r.method, r.area_path, r.layer_id, r.release_number,
       r.distance_to_edge_m, r.candidates, r.reason_code, r.reason_values, l.code AS layer_code, m.set_aside
FROM report r LEFT JOIN layer l ON l.id = r.layer_id LEFT JOIN reporter m ON m.report_id = r.id
WHERE r.id = ANY(:ids)
"""

_CHAINS = """
SELECT r.layer_id, r.number, a.level, a.code, a.name, a.unit_code, u.name
FROM release r
JOIN area a ON a.layer_id = r.layer_id AND a.code = ANY(:codes) AND a.valid_during @> r.effective_at
LEFT JOIN responsible_unit u ON u.code = a.unit_code
WHERE (r.layer_id, r.number) IN (SELECT * FROM unnest(CAST(:layers AS integer[]), CAST(:numbers AS integer[])))
"""

_AREA = ("level", "code", "name", "unit", "unit_name")

# The left side of each pair can use an index and finds too much; the right side is exact (a report may have moved).
_MOVED = "r.id IN (SELECT report_id FROM report_reassignment WHERE {})"
_CONDITIONS = {
    "area": "(r.area_path @> ARRAY[:area] OR " + _MOVED.format("area_path @> ARRAY[:area]") + ")"
    " AND p.area_path @> ARRAY[:area]",
    "level": "cardinality(p.area_path) >= array_position(l.levels, :level)",
    "category": "r.category = :category",
    "channel": "r.channel = :channel",
    "method": "p.method = :method",
    "reported_from": "r.reported_at >= :reported_from AND r.id >= report_first_id(:reported_from)",
    "reported_before": "r.reported_at < :reported_before",
}
_IN_BOX = (
    "(r.geom && ST_MakeEnvelope({0}, 4326) OR " + _MOVED.format("geom && ST_MakeEnvelope({0}, 4326)") + ")"
    " AND p.geom && ST_MakeEnvelope({0}, 4326)"
)


def reports_page(
    session: Session, wanted: ReportFilter, *, reach: Reach, limit: int, after: str | None = None
) -> tuple[list[Record], str | None]:
    """Return one page of what the reach has, newest first, and the cursor of the next (None on the last).

    Raises
    ------
    CursorMalformedError
        When the cursor is not one of ours.
    """
    conditions, values = reach_condition(session, reach)
    chosen, given = _where(wanted)
    conditions, values = conditions + chosen, values | given
    if after is not None:
        values["before"], before_id = _read_cursor(after)
        values["before_id"] = current_id(session, before_id)
        conditions.append("(r.reported_at, r.id) < (:before, :before_id)")
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    statement = f"{_PAGE} {where} ORDER BY r.reported_at DESC, r.id DESC LIMIT :limit"
    rows = [dict(row) for row in session.execute(text(statement), values | {"limit": limit + 1}).mappings()]
    more = len(rows) > limit
    records = _with_areas(session, rows[:limit])
    return records, _write_cursor(records[-1]) if more else None


def report(session: Session, report_id: int, *, reach: Reach, sender: int | None = None) -> Record:
    """Return one report with where it belongs now; with a `sender`, only if the key of that id sent it.

    Raises
    ------
    ReportUnknownError
        When there is none of that id in the reach.
    """
    conditions, values = reach_condition(session, reach)
    if sender is not None:
        conditions, values = [*conditions, "r.client_id = :sender"], values | {"sender": sender}
    statement = " AND ".join([ONE, *conditions])
    rows = session.execute(text(statement), values | {"id": current_id(session, report_id)}).mappings().all()
    if not rows:
        raise _unknown(session, report_id)
    return _with_areas(session, [dict(rows[0])])[0]


def report_for(session: Session, number: str, *, reader: Principal) -> Record:
    """Return a report by its number, of those that a caller may read: one that only sends, those it sent itself.

    Raises
    ------
    NumberMalformedError
    ReportUnknownError
        When there is none of that id in the reader's reach.
    ScopeMissingError
        When the reader may read no reports, or only its own and this is none of them, whether or not it exists.
    """
    if Scope.REPORTS_READ in reader.scopes or Scope.REPORTS_WRITE not in reader.scopes:
        reader.require_somewhere(Scope.REPORTS_READ)
        return report(session, numbers.report_id(number), reach=reader.reach(Scope.REPORTS_READ))
    try:
        own = Reach(EVERYTHING.pairs, reader.viewer)
        return report(session, numbers.report_id(number), reach=own, sender=reader.client_id)
    except rules.ReportUnknownError as error:
        raise ScopeMissingError("This key may read only the reports it sent.", scope=str(Scope.REPORTS_READ)) from error


def first_report_at(session: Session, layer_id: int) -> datetime | None:
    """Return when the first report that was placed in a layer was made; None where there is none."""
    found: datetime | None = session.execute(
        text("SELECT reported_at FROM report WHERE layer_id = :layer ORDER BY reported_at, id LIMIT 1"),
        {"layer": layer_id},
    ).scalar()
    return found


def _unknown(session: Session, report_id: int) -> rules.ReportUnknownError:
    """Return the error for a report that is not found; it states when the month is detached."""
    number, month = numbers.report_number(report_id), current_id(session, report_id) // numbers.MONTH
    if session.scalar(text("SELECT to_regclass(:month) IS NOT NULL"), {"month": f"archive.report_{month}"}):
        return rules.ReportUnknownError(
            "Report {number} lies in month {month}, which is detached.", values={"number": number, "month": month}
        )
    return rules.ReportUnknownError("There is no report {number}.", values={"number": number})


def current_id(session: Session, report_id: int) -> int:
    """Return the id of a report by the id that its number gave: those of before ids bore their month have another now.

    An id that no report has is returned as it is.
    """
    if report_id >= numbers.MONTH:
        return report_id
    found: int | None = session.scalar(text(_CURRENT), {"old": report_id})
    return report_id if found is None else found


def require_known(session: Session, report_ids: Sequence[int]) -> None:
    """Make sure that there is a report of each id.

    Raises
    ------
    ReportUnknownError
    """
    unknown = sorted(set(report_ids) - set(session.scalars(text(_KNOWN), {"ids": list(report_ids)})))
    if not unknown:
        return
    detached = {month.month for month in partitions.months(session) if month.is_detached}
    lying = sorted({report_id // numbers.MONTH for report_id in unknown} & detached)
    named = ", ".join(numbers.report_number(report_id) for report_id in unknown)
    if lying:
        months = ", ".join(map(str, lying))
        raise rules.ReportUnknownError(
            "Report {named} lies in month {months}, which is detached: attach it first.",
            values={"named": named, "months": months},
        )
    raise rules.ReportUnknownError("There is no report {named}.", values={"named": named})


def receipts(session: Session, report_ids: Sequence[int]) -> dict[int, Record]:
    """Return what was first answered to each of these reports."""
    rows = [dict(row) for row in session.execute(text(_RECEIPTS), {"ids": list(report_ids)}).mappings()]
    return {record["id"]: record for record in _with_areas(session, rows)}


def reporter(session: Session, report_id: int, *, reach: Reach) -> Record | None:
    """Return the reporter's name and telephone, and what was set aside, in clear (operations.read_reporter audits).

    None when the report came without a reporter, and when there is no such report in the reach.
    """
    conditions, values = reach_condition(session, reach)
    statement = " AND ".join([_REPORTER, *conditions])
    found = session.execute(text(statement), values | {"id": current_id(session, report_id)})
    row = found.mappings().one_or_none()
    return dict(row) if row is not None else None


def _where(wanted: ReportFilter) -> tuple[list[str], dict[str, Any]]:
    values = {name: getattr(wanted, name) for name in _CONDITIONS if getattr(wanted, name) is not None}
    conditions = [_CONDITIONS[name] for name in values]
    if wanted.bbox is not None:
        condition, edges = box_condition(wanted.bbox)
        conditions, values = [*conditions, condition], values | edges
    return conditions, values


def box_condition(box: tuple[float, float, float, float]) -> tuple[str, dict[str, float]]:
    """Return what holds for reports in a box of degrees, over `report r` and `report_place p`, with its values."""
    west, south, east, north = box
    # A box whose west is east of its east crosses the antimeridian: it is two boxes.
    boxes = [":west, :south, :east, :north"]
    if west > east:
        boxes = [":west, :south, 180, :north", "-180, :south, :east, :north"]
    condition = "(" + " OR ".join(_IN_BOX.format(one) for one in boxes) + ")"
    return condition, {"west": west, "south": south, "east": east, "north": north}


def _with_areas(session: Session, rows: list[Record]) -> list[Record]:
    """Name the areas of each row's chain, in the words of the release that answered."""
    releases = {(row["layer_id"], row["release_number"]) for row in rows if row["area_path"]}
    chains: dict[tuple[int, int, str], Record] = {}
    if releases:
        values = {
            "codes": sorted({code for row in rows for code in row["area_path"]}),
            "layers": [layer for layer, _ in releases],
            "numbers": [number for _, number in releases],
        }
        for layer_id, number, *shown in session.execute(text(_CHAINS), values):
            area = dict(zip(_AREA, shown, strict=True))
            chains[layer_id, number, area["code"]] = area
    for row in rows:
        layer_id, number = row["layer_id"], row["release_number"]
        row["areas"] = [chains[layer_id, number, code] for code in row["area_path"]]
    return rows


def _write_cursor(record: Record) -> str:
    place = orjson.dumps([record["reported_at"], record["id"]])
    return base64.urlsafe_b64encode(place).rstrip(b"=").decode()


def _read_cursor(cursor: str) -> tuple[datetime, int]:
    try:
        moment, report_id = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        at = datetime.fromisoformat(moment)
        if at.tzinfo is None or not isinstance(report_id, int) or not 0 <= report_id < 2**63:
            raise CursorMalformedError(field="query.after")
    except (ValueError, TypeError, binascii.Error, orjson.JSONDecodeError) as error:
        raise CursorMalformedError(field="query.after") from error
    return at, report_id
