"""Reads of data quality: which reports have no evidence yet, and each source's standing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import text

from core.errors import DomainError, Kind
from geo.datum import detect_datum
from governance.data_quality import rules
from governance.reports.reach_queries import reach_condition

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from identity.grants import Reach

    Row = dict[str, Any]

# The detector's evidence: the latest reports of a source with a certain address.
LATEST = 1000
# The statistics run over so many reports, the latest received.
WINDOW = 500_000
FIT_M = 150

# With each report the one that the same caller sent before: two points that nobody travels between are a sign.
_UNEXAMINED = """
SELECT r.id, r.client_id, r.crs, r.x, r.y, r.accuracy_m, r.address_text, r.reported_at,
       before.x AS before_x, before.y AS before_y, before.crs AS before_crs, before.reported_at AS before_at
FROM unnest(CAST(:first AS bigint[]), CAST(:behind AS bigint[])) AS span (first, behind)
JOIN report r ON r.id >= span.first AND r.id < span.behind
LEFT JOIN report_evidence e ON e.report_id = r.id
LEFT JOIN reporter p ON p.report_id = r.id
LEFT JOIN LATERAL (
    SELECT b.x, b.y, b.crs, b.reported_at
    FROM reporter q JOIN report b ON b.id = q.report_id
    WHERE q.caller_hash = p.caller_hash AND b.reported_at <= r.reported_at AND b.id <> r.id
      AND b.x IS NOT NULL AND b.y IS NOT NULL
      -- Half the Earth's circumference at the speed nobody travels at takes 100 hours: older ones prove nothing.
      AND b.reported_at > r.reported_at - interval '5 days'
      AND q.report_id >= report_first_id(r.reported_at - interval '5 days')
    ORDER BY b.reported_at DESC LIMIT 1
) before ON p.caller_hash IS NOT NULL
WHERE e.report_id IS NULL AND r.x IS NOT NULL AND r.y IS NOT NULL
ORDER BY r.id
LIMIT :limit
"""

# The id behind which the window begins: ids are ordered by month of receipt, and within it as they were given.
_WINDOW_BEGINS = "SELECT coalesce((SELECT id FROM report ORDER BY id DESC OFFSET :window LIMIT 1), 0)"

# One point for many different addresses is a default, no place.
_SAME_POINTS = """
SELECT client_id, x, y, count(*) AS reports, count(DISTINCT address_text) AS addresses
FROM report
WHERE id > :begins AND client_id = ANY(:clients) AND x IS NOT NULL AND y IS NOT NULL
GROUP BY client_id, x, y HAVING count(*) >= :reports AND count(DISTINCT address_text) >= :addresses
"""

# Three middles an area, since geocoders fall back on any of them.
_CENTRES = """
SELECT a.name, ST_X(c.point), ST_Y(c.point)
FROM area a JOIN layer l ON l.id = a.layer_id
CROSS JOIN LATERAL (
    VALUES (ST_Centroid(a.geom)), (ST_PointOnSurface(a.geom)), (ST_Centroid(ST_Envelope(a.geom)))
) c (point)
WHERE l.code = :layer AND a.valid_during @> now()
"""

# A source's channels and declared systems as bound now: the latest binding of each channel that has begun.
_SOURCES = """
SELECT c.id, c.name, b.channel, b.crs,
       count(r.id) AS reports,
       count(r.id) FILTER (WHERE r.x IS NOT NULL AND r.y IS NOT NULL) AS with_point,
       count(r.id) FILTER (WHERE r.address_text IS NOT NULL) AS with_address,
       count(e.report_id) AS examined
FROM api_client c
JOIN report r ON r.client_id = c.id AND r.id > :begins
LEFT JOIN report_evidence e ON e.report_id = r.id
LEFT JOIN LATERAL (
    SELECT string_agg(channel, ', ' ORDER BY channel) AS channel, string_agg(DISTINCT crs, ', ') AS crs FROM (
        SELECT DISTINCT ON (channel) channel, crs FROM channel_binding
        WHERE client_id = c.id AND valid_from <= now() ORDER BY channel, valid_from DESC
    ) latest WHERE crs IS NOT NULL
) b ON true
WHERE CAST(:name AS text) IS NULL OR c.name = :name
GROUP BY c.id, b.channel, b.crs ORDER BY c.name
"""

# Metres between point and address under each datum; it fits within the limit and the address's own accuracy.
_FITS = """
SELECT declared_crs, datum, count(*) AS certain,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY metres) AS median_m,
       count(*) FILTER (WHERE metres <= :fit_m + COALESCE(address_accuracy_m, 0)) AS fitting
FROM report_evidence e CROSS JOIN LATERAL (
    SELECT key AS datum, value::float8 AS metres FROM jsonb_each_text(e.distance_m)
) d
WHERE client_id = :client AND e.report_id > :begins
GROUP BY declared_crs, datum ORDER BY declared_crs, datum
"""

# One row a datum and question: in the areas the address names, in the layer at all.
_INSIDE = """
SELECT declared_crs, datum, kind, count(*) AS known, count(*) FILTER (WHERE inside) AS inside
FROM report_evidence e CROSS JOIN LATERAL (
    SELECT 'named_area' AS kind, key AS datum, value::boolean AS inside FROM jsonb_each_text(e.in_named_area)
    UNION ALL
    SELECT 'coverage', key, value::boolean FROM jsonb_each_text(e.in_coverage)
) d
WHERE client_id = :client AND e.report_id > :begins
GROUP BY declared_crs, datum, kind ORDER BY declared_crs, datum, kind
"""

_FLAGS = """
SELECT f.value ->> 'flag' AS flag, count(*) AS reports FROM report_evidence e
CROSS JOIN LATERAL jsonb_array_elements(e.flags) f
WHERE client_id = :client AND e.report_id > :begins GROUP BY 1 ORDER BY 2 DESC, 1
"""

# Numbers as sent beside the certain place of their address, for the test of the datum; only what may be degrees.
_WITNESSES = """
SELECT r.x, r.y, ST_X(e.address_geom), ST_Y(e.address_geom)
FROM report_evidence e JOIN report r ON r.id = e.report_id
WHERE e.client_id = :client AND e.declared_crs = :declared AND e.verdict = 'certain'
  AND r.x BETWEEN -180 AND 180 AND r.y BETWEEN -90 AND 90
ORDER BY e.report_id DESC LIMIT :limit
"""

_FLAGGED = """
SELECT r.id, r.address_text, r.x, r.y, r.crs, e.flags, e.distance_m, e.verdict, e.examined_at,
       ST_X(e.address_geom) AS address_lon, ST_Y(e.address_geom) AS address_lat
FROM report_evidence e JOIN report r ON r.id = e.report_id {place}
WHERE e.client_id = :client AND jsonb_array_length(e.flags) > 0
  AND (CAST(:flag AS text) IS NULL OR e.flags @> jsonb_build_array(jsonb_build_object('flag', CAST(:flag AS text))))
  AND {conditions}
ORDER BY r.id DESC LIMIT :limit
"""

_SOURCE_ID = """
SELECT id FROM api_client c WHERE name = :name AND EXISTS (SELECT FROM report r WHERE r.client_id = c.id)
"""

_CORRECTIONS = """
SELECT s.id, c.name AS source, s.declared_crs, s.detected_crs, s.evidence, s.state, s.offered_at,
       s.decided_by, s.decided_at, s.decision_reason
FROM source_correction s JOIN api_client c ON c.id = s.client_id
WHERE CAST(:client AS integer) IS NULL OR s.client_id = :client ORDER BY s.id DESC
"""


class SourceUnknownError(DomainError):
    """No source of that name has sent a report."""

    code = "source-unknown"
    kind = Kind.NOT_FOUND


def unexamined(session: Session, ids: Sequence[range], *, limit: int) -> list[Row]:
    """Return those of these reports that have a point and no evidence, by id, each with its caller's one before."""
    values = {"first": [span.start for span in ids], "behind": [span.stop for span in ids], "limit": limit}
    return [dict(row) for row in session.execute(text(_UNEXAMINED), values).mappings()]


def same_points(session: Session, clients: Sequence[int]) -> dict[tuple[int, float, float], tuple[int, int]]:
    """Return the coordinates that many reports of different addresses share, by source."""
    values = {
        "clients": list(clients),
        "begins": _window_begins(session),
        "reports": rules.DEFAULT_GEOCODE_REPORTS,
        "addresses": rules.DEFAULT_GEOCODE_ADDRESSES,
    }
    return {(row[0], row[1], row[2]): (row[3], row[4]) for row in session.execute(text(_SAME_POINTS), values)}


def area_centres(session: Session, *, layer: str) -> list[tuple[str, float, float]]:
    """Return the middles of all areas in force: centroid, point on surface, middle of the box."""
    return [(name, lon, lat) for name, lon, lat in session.execute(text(_CENTRES), {"layer": layer})]


def sources(session: Session, *, name: str | None = None) -> list[Row]:
    """Return each source's standing.

    Raises
    ------
    SourceUnknownError
        When a name is asked for that has sent nothing.
    """
    begins = _window_begins(session)
    rows = [dict(row) for row in session.execute(text(_SOURCES), {"name": name, "begins": begins}).mappings()]
    if name is not None and not rows:
        raise _unknown(name)
    return [row | _standing(session, row["id"], begins) for row in rows]


def _unknown(name: str) -> SourceUnknownError:
    return SourceUnknownError("No source named '{name}' has sent a report.", values={"name": name[:80]}, field="source")


def _window_begins(session: Session) -> int:
    return int(session.execute(text(_WINDOW_BEGINS), {"window": WINDOW}).scalar_one())


def _standing(session: Session, client: int, begins: int) -> Row:
    values = {"client": client, "begins": begins}
    fits = session.execute(text(_FITS), values | {"fit_m": FIT_M}).mappings().all()
    inside = session.execute(text(_INSIDE), values).mappings().all()
    by_declared: dict[str, Row] = {}
    for row in fits:
        entry = by_declared.setdefault(row["declared_crs"], {}).setdefault(row["datum"], {})
        entry["certain_addresses"] = row["certain"]
        entry["median_m"] = round(row["median_m"])
        entry["fits_address"] = rules.share(row["fitting"], row["certain"])
    for row in inside:
        entry = by_declared.setdefault(row["declared_crs"], {}).setdefault(row["datum"], {})
        entry[f"in_{row['kind']}"] = rules.share(row["inside"], row["known"])
    flags = {row.flag: row.reports for row in session.execute(text(_FLAGS), values)}
    detected = [
        {"declared_crs": declared, "under": under, "detection": detection(session, client, declared)}
        for declared, under in by_declared.items()
    ]
    return {"declarations": detected, "flags": flags, "corrections": corrections(session, client=client)}


def detection(session: Session, client: int, declared: str) -> Row:
    """Weigh a source's latest points against their addresses under each datum."""
    values = {"client": client, "declared": declared, "limit": LATEST}
    rows = np.array([tuple(row) for row in session.execute(text(_WITNESSES), values)], dtype=np.float64).reshape(-1, 4)
    found = detect_datum(rows[:, :2], rows[:, 2:])
    return {
        "datum": found.datum,
        "reason": found.reason,
        "points_used": found.points_used,
        "p_value": found.p_value,
        "votes": found.votes,
        "offset_m": {k: _metres(v) for k, v in found.offset_m.items()},
        "median_m": {k: _metres(v) for k, v in found.median_m.items()},
    }


def _metres(value: float) -> float | None:
    return round(value, 1) if np.isfinite(value) else None


def source_id(session: Session, name: str) -> int:
    """Return the number of a source.

    Raises
    ------
    SourceUnknownError
    """
    found: int | None = session.scalar(text(_SOURCE_ID), {"name": name})
    if found is None:
        raise _unknown(name)
    return found


def flagged(session: Session, *, client: int, flag: str | None, limit: int, reach: Reach) -> list[Row]:
    """Return the reports of a source and a reach about which something was noticed, the latest first."""
    conditions, values = reach_condition(session, reach)
    place = "JOIN report_place p ON p.report_id = r.id" if conditions else ""
    query = text(_FLAGGED.format(place=place, conditions=" AND ".join(["true", *conditions])))
    values |= {"client": client, "flag": flag, "limit": limit}
    return [dict(row) for row in session.execute(query, values).mappings()]


def corrections(session: Session, *, client: int | None = None) -> list[Row]:
    """Return the corrections offered, the latest first."""
    return [dict(row) for row in session.execute(text(_CORRECTIONS), {"client": client}).mappings()]
