"""Reads: reports where boundaries change, open reports in their order, how far handovers are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy import select, text

from governance.boundary_changes.tables import ReleaseHandover
from governance.cases.lifecycle.states import OPEN
from grids.boundaries.descent import Descent
from grids.boundaries.tables import Release

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from numpy.typing import NDArray
    from sqlalchemy.orm import Session

    Boxes = Sequence[tuple[float, float, float, float]]


@dataclass(frozen=True, slots=True)
class OpenReport:
    """The report of an open case with where it belongs now.

    `by_area`: a person (or the land it followed) named the area, no point did; `seen` is its latest reassignment, 0
    for none.
    """

    id: int
    lon: float | None
    lat: float | None
    accuracy_m: float | None
    area_path: list[str]
    seen: int
    by_area: bool


_OPEN = """
SELECT r.id, ST_X(p.geom), ST_Y(p.geom), p.accuracy_m, p.area_path, p.decision, p.by_area
FROM {cases} JOIN report r ON r.id = c.id CROSS JOIN LATERAL report_place_as_of(r, r.id) p
WHERE c.id > :after AND c.state = ANY (:open)
  AND p.layer_id = :layer AND (p.decision > 0 OR r.geom IS NOT NULL) {condition}
ORDER BY c.id
LIMIT :limit
"""
_CHANGED = """unnest(CAST(:first AS bigint[]), CAST(:behind AS bigint[])) AS span (first, behind)
JOIN case_record c ON c.id >= span.first AND c.id < span.behind"""
_OPEN_STATES = [str(state) for state in OPEN]
_UNDER_OLDER = "AND p.release_number < :number"
# Reports and later decisions that lie in the boxes, by the spatial indexes; the place that counts is looked up after.
_IN_BOXES = """
WITH box AS (
    SELECT ST_MakeEnvelope(w, s, e, n, 4326) AS geom
    FROM unnest(%(west)s::float8[], %(south)s::float8[], %(east)s::float8[], %(north)s::float8[])
        AS b (w, s, e, n)
), near AS (
    SELECT r.id FROM box JOIN report r ON r.geom && box.geom
    UNION
    SELECT a.report_id FROM box JOIN report_reassignment a ON a.geom && box.geom WHERE a.cause <> 'release'
)
SELECT (c.id IS NOT NULL)::int::float8, ST_X(p.geom), ST_Y(p.geom)
FROM near JOIN report r ON r.id = near.id JOIN report_place p ON p.report_id = r.id
LEFT JOIN case_record c ON c.id = r.id AND c.state = ANY (%(open)s)
WHERE p.layer_id = %(layer)s AND p.geom IS NOT NULL AND r.reported_at <= %(until)s
  AND (c.id IS NOT NULL OR r.reported_at >= %(since)s AND r.id >= report_first_id(%(since)s))
ORDER BY r.reported_at, r.id
"""


def open_reports(
    session: Session,
    *,
    layer_id: int,
    after: int,
    limit: int,
) -> list[OpenReport]:
    """Return the reports of the next open cases of a layer, behind one by its id, that a release may move."""
    values = {"layer": layer_id, "after": after, "limit": limit, "open": _OPEN_STATES}
    rows = session.execute(text(_OPEN.format(cases="case_record c", condition="")), values)
    return [OpenReport(*row) for row in rows]


def open_reports_under_older(
    session: Session, ids: Sequence[range], *, layer_id: int, number: int, after: int, limit: int
) -> list[OpenReport]:
    """Return the reports of those of these cases, behind one by its id, that stand under a release before `number`."""
    values = {
        "layer": layer_id, "after": after, "limit": limit, "number": number, "open": _OPEN_STATES,
        "first": [span.start for span in ids], "behind": [span.stop for span in ids],
    }  # fmt: skip
    rows = session.execute(text(_OPEN.format(cases=_CHANGED, condition=_UNDER_OLDER)), values)
    return [OpenReport(*row) for row in rows]


def count_open(session: Session, *, layer_id: int) -> int:
    """Count the open cases that a release of the layer may move, for progress."""
    found = session.execute(
        text(
            "SELECT count(*) FROM case_record c JOIN report r ON r.id = c.id"
            " WHERE c.state = ANY (:open) AND r.layer_id = :layer"
            " AND (r.geom IS NOT NULL OR EXISTS (SELECT FROM report_reassignment a WHERE a.report_id = r.id))"
        ),
        {"open": _OPEN_STATES, "layer": layer_id},
    )
    return int(found.scalar_one())


def handovers(session: Session, *, layer_id: int) -> dict[int, ReleaseHandover]:
    """Return the handovers of a layer's releases, by the release's id."""
    found = session.scalars(select(ReleaseHandover).join(Release).where(Release.layer_id == layer_id))
    return {handover.release_id: handover for handover in found}


def handovers_of(session: Session, *, layer_id: int) -> list[tuple[int, ReleaseHandover]]:
    """Return the handovers of a layer's releases with the release's number, latest first."""
    rows = session.execute(
        select(Release.number, ReleaseHandover)
        .join(Release, Release.id == ReleaseHandover.release_id)
        .where(Release.layer_id == layer_id)
        .order_by(Release.number.desc())
    )
    return [(number, handover) for number, handover in rows]


def number_in_force(session: Session, *, layer_id: int, at: datetime) -> int | None:
    """Return the number of the release in force at an instant, None before the first."""
    return session.scalar(
        select(Release.number)
        .where(Release.layer_id == layer_id, Release.effective_at <= at, Release.withdrawn_at.is_(None))
        .order_by(Release.effective_at.desc())
        .limit(1)
    )


def lineage_of(session: Session, *, layer_id: int, codes: Sequence[str]) -> list[tuple[int, Descent]]:
    """Return what became of these areas, step by step, with each step's release; the earliest first."""
    if not codes:
        return []
    rows = session.execute(
        text("""
            WITH RECURSIVE line AS (
                SELECT l.*, r.number FROM area_lineage l
                JOIN release r ON r.id = l.release_id AND r.withdrawn_at IS NULL
                WHERE l.layer_id = :layer AND l.predecessor = ANY(CAST(:codes AS text[]))
                UNION
                SELECT l.*, r.number FROM area_lineage l
                JOIN release r ON r.id = l.release_id AND r.withdrawn_at IS NULL
                JOIN line ON l.layer_id = line.layer_id AND l.predecessor = line.successor AND r.number > line.number
            )
            SELECT number, predecessor, successor, share_of_predecessor, share_of_successor FROM line ORDER BY number
        """),
        {"layer": layer_id, "codes": list(codes)},
    )
    return [(row[0], Descent(*row[1:])) for row in rows]


@dataclass(frozen=True, slots=True)
class Points:
    """Reports as columns: whether their case is open, where in degrees."""

    is_open: NDArray[np.bool_]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]


def reports_in_boxes(session: Session, *, layer_id: int, boxes: Boxes, since: datetime, until: datetime) -> Points:
    """Return the reports that belong into one of the boxes (west, south, east, north), each once.

    Those of the span, and those of open cases, however old.
    """
    west, south, east, north = (list(side) for side in zip(*boxes, strict=True)) if boxes else ([], [], [], [])
    values = {
        "layer": layer_id, "since": since, "until": until, "west": west, "south": south, "east": east, "north": north,
        "open": _OPEN_STATES,
    }  # fmt: skip
    driver = session.connection().connection.driver_connection
    if driver is None:  # pragma: no cover (SQLAlchemy's type allows it)
        raise RuntimeError
    with driver.cursor(binary=True) as cursor:
        columns = np.array(cursor.execute(_IN_BOXES, values).fetchall(), dtype=np.float64).reshape(-1, 3)
    return Points(columns[:, 0] > 0, columns[:, 1].copy(), columns[:, 2].copy())


# Reports with some decision without a point; whether the one that counts is such, `by_area` answers.
_SETTLED = """
SELECT c.id IS NOT NULL, p.area_path
FROM (SELECT DISTINCT report_id FROM report_reassignment WHERE geom IS NULL) s
JOIN report r ON r.id = s.report_id
CROSS JOIN LATERAL report_place_as_of(r, r.id) p
LEFT JOIN case_record c ON c.id = r.id AND c.state = ANY (:open)
WHERE p.by_area AND p.layer_id = :layer AND p.area_path && CAST(:codes AS text[]) AND r.reported_at <= :until
  AND (c.id IS NOT NULL OR r.reported_at >= :since AND r.id >= report_first_id(:since))
ORDER BY r.reported_at, r.id
"""


def reports_settled_in(
    session: Session, *, layer_id: int, codes: Sequence[str], since: datetime, until: datetime
) -> list[tuple[bool, list[str]]]:
    """Return whether the case is open, and the chain, of reports that a person put into these areas without a point."""
    values = {"layer": layer_id, "codes": list(codes), "since": since, "until": until, "open": _OPEN_STATES}
    return [(row[0], row[1]) for row in session.execute(text(_SETTLED), values)]
