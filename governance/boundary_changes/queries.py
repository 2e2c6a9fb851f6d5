"""Reads: reports where boundaries change, releases whose handover is due, borders in doubt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy import text

if TYPE_CHECKING:
    from datetime import datetime

    from numpy.typing import NDArray
    from sqlalchemy.orm import Session

_IN_BOX = """
SELECT r.reported_at, ST_X(p.geom), ST_Y(p.geom)
FROM report r JOIN report_place p ON p.report_id = r.id
WHERE p.layer_id = :layer AND r.reported_at >= :since AND r.reported_at <= :until
  AND p.geom && ST_MakeEnvelope(:west, :south, :east, :north, 4326)
"""
_OPEN = """
SELECT r.id, ST_X(p.geom), ST_Y(p.geom), p.accuracy_m, p.area_path
FROM report r JOIN report_place p ON p.report_id = r.id
WHERE p.layer_id = :layer AND r.reported_at >= :since AND p.geom IS NOT NULL
ORDER BY r.id
"""
# The latest release in force of each layer, unless its handover is done. The first release hands nothing over.
_DUE = """
SELECT DISTINCT ON (r.layer_id) l.code, r.id, r.number
FROM release r JOIN layer l ON l.id = r.layer_id
WHERE r.effective_at <= :now
ORDER BY r.layer_id, r.effective_at DESC
"""


def reports_in_box(
    session: Session, *, layer_id: int, box: tuple[float, float, float, float], since: datetime, until: datetime
) -> tuple[list[datetime], NDArray[np.float64]]:
    """Return when the reports of a span and a box (west, south, east, north) were made, and their points (n, 2)."""
    west, south, east, north = box
    rows = session.execute(
        text(_IN_BOX),
        {"layer": layer_id, "since": since, "until": until, "west": west, "south": south, "east": east, "north": north},
    ).all()
    return [row[0] for row in rows], np.array([row[1:] for row in rows], dtype=np.float64).reshape(-1, 2)


def open_reports(
    session: Session, *, layer_id: int, since: datetime
) -> tuple[list[int], NDArray[np.float64], list[float | None], list[list[str]]]:
    """Return number, point (n, 2), accuracy and area path of the reports since an instant that have a point."""
    rows = session.execute(text(_OPEN), {"layer": layer_id, "since": since}).all()
    points = np.array([row[1:3] for row in rows], dtype=np.float64).reshape(-1, 2)
    return [row[0] for row in rows], points, [row[3] for row in rows], [row[4] for row in rows]


def handovers_due(session: Session, *, now: datetime) -> list[tuple[str, int, int]]:
    """Return (layer, release id, number) of releases in force whose open matters were not handed over yet."""
    done = {row[0] for row in session.execute(text("SELECT release_id FROM release_handover"))}
    rows = session.execute(text(_DUE), {"now": now})
    return [(layer, release, number) for layer, release, number in rows if number > 1 and release not in done]


@dataclass(frozen=True, slots=True)
class Dispute:
    """Two neighbouring areas between which matters were in doubt.

    `ambiguous`: how often the point could be either's; `moved`: how often a person moved a matter from one to the
    other; `edge`: their common border as WKB, None where they share none.
    """

    one: str
    other: str
    ambiguous: int
    moved: int
    edge: bytes | None


# A matter is in doubt between the two likeliest of its candidates; a person's decision moves it between two areas.
_DISPUTES = """
WITH doubt AS (
    SELECT r.candidates -> 0 ->> 'code' AS a, r.candidates -> 1 ->> 'code' AS b, 1 AS ambiguous, 0 AS moved
    FROM report r
    WHERE r.layer_id = :layer AND r.reported_at >= :since AND jsonb_array_length(r.candidates) > 1
    UNION ALL
    SELECT (COALESCE(before.area_path, r.area_path))[cardinality(COALESCE(before.area_path, r.area_path))],
           m.area_path[cardinality(m.area_path)], 0, 1
    FROM report_reassignment m JOIN report r ON r.id = m.report_id
    LEFT JOIN LATERAL (
        SELECT area_path FROM report_reassignment e WHERE e.report_id = m.report_id AND e.id < m.id
        ORDER BY e.id DESC LIMIT 1
    ) before ON true
    WHERE m.layer_id = :layer AND m.cause <> 'release' AND m.decided_at >= :since
), pair AS (
    SELECT LEAST(a COLLATE "C", b COLLATE "C") AS one, GREATEST(a COLLATE "C", b COLLATE "C") AS other,
           sum(ambiguous) AS ambiguous, sum(moved) AS moved
    FROM doubt WHERE a <> b GROUP BY 1, 2
)
SELECT p.one, p.other, p.ambiguous, p.moved,
       ST_AsBinary(ST_CollectionExtract(ST_Intersection(x.geom, y.geom), 2))
FROM pair p
LEFT JOIN area x ON x.layer_id = :layer AND x.code = p.one AND x.valid_during @> CAST(:now AS timestamptz)
LEFT JOIN area y ON y.layer_id = :layer AND y.code = p.other AND y.valid_during @> CAST(:now AS timestamptz)
ORDER BY p.moved DESC, p.ambiguous DESC, p.one, p.other
"""


def disputed_edges(session: Session, *, layer_id: int, since: datetime, now: datetime) -> list[Dispute]:
    """Return the borders in doubt since an instant, the most contested first."""
    rows = session.execute(text(_DISPUTES), {"layer": layer_id, "since": since, "now": now})
    return [Dispute(r[0], r[1], int(r[2]), int(r[3]), None if r[4] is None else bytes(r[4])) for r in rows]
