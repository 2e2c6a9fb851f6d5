"""Reads: reports with a point where boundaries change, and releases whose handover is due."""

from __future__ import annotations

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
