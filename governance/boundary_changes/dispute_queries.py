"""Reads: the borders in doubt, gathered by the edge that two areas share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Dispute:
    """Two neighbouring areas between which matters were in doubt.

    `ambiguous`: how often the point could be either's; `moved`: how often a person moved a matter from one to the
    other; `edge`: their common border as WKB, None where they share none today.
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
    WHERE r.layer_id = :layer AND r.reported_at >= :since AND r.id >= report_first_id(:since)
      AND jsonb_array_length(r.candidates) > 1
    UNION ALL
    SELECT before.area_path[cardinality(before.area_path)], m.area_path[cardinality(m.area_path)], 0, 1
    FROM report_reassignment m JOIN report r ON r.id = m.report_id
    CROSS JOIN LATERAL report_place_as_of(r, m.report_id, m.id - 1) before
    WHERE m.layer_id = :layer AND m.cause <> 'release' AND m.decided_at >= :since
), pair AS (
    SELECT LEAST(a COLLATE "C", b COLLATE "C") AS one, GREATEST(a COLLATE "C", b COLLATE "C") AS other,
           sum(ambiguous) AS ambiguous, sum(moved) AS moved
    FROM doubt WHERE a <> b GROUP BY 1, 2
)
SELECT p.one, p.other, p.ambiguous, p.moved, CASE WHEN NOT ST_IsEmpty(edge.geom) THEN ST_AsBinary(edge.geom) END
FROM pair p
LEFT JOIN area x ON x.layer_id = :layer AND x.code = p.one AND x.valid_during @> CAST(:now AS timestamptz)
LEFT JOIN area y ON y.layer_id = :layer AND y.code = p.other AND y.valid_during @> CAST(:now AS timestamptz)
LEFT JOIN LATERAL (SELECT ST_CollectionExtract(ST_Intersection(x.geom, y.geom), 2) AS geom) edge ON true
ORDER BY p.moved DESC, p.ambiguous DESC, p.one, p.other
"""


def disputed_edges(session: Session, *, layer_id: int, since: datetime, now: datetime) -> list[Dispute]:
    """Return the borders in doubt since an instant, the most contested first."""
    rows = session.execute(text(_DISPUTES), {"layer": layer_id, "since": since, "now": now})
    return [Dispute(r[0], r[1], int(r[2]), int(r[3]), None if r[4] is None else bytes(r[4])) for r in rows]
