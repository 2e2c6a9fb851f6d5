"""Reads: codes in releases that stand for no unit, and the units that answer for an area and a category."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import text

from governance.reports.reach_queries import SUCCESSOR_SHARE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from grids.boundaries.tables import Layer


@dataclass(frozen=True, slots=True)
class UnmappedCode:
    """A unit code in a release that stands for no unit then: nobody can be sent what lies in its areas.

    `code` is None for areas that name no unit code at all.
    """

    layer: str
    code: str | None
    name: str | None
    areas: int
    first_area: str


@dataclass(frozen=True, slots=True)
class Answering:
    """A unit that answers, and by what: the area that was given to it, or the code of a release."""

    unit_code: str
    name: str
    kind: str
    area: str | None
    category: str | None
    by_release: bool


# Areas with a unit code (or none) that no unit in force bears at the instant.
_UNMAPPED = """
SELECT l.code, a.unit_code, u.name, count(*), min(a.code COLLATE "C")
FROM area a JOIN layer l ON l.id = a.layer_id LEFT JOIN responsible_unit u ON u.code = a.unit_code
WHERE a.valid_during @> CAST(:at AS timestamptz)
  AND (CAST(:layer AS text) IS NULL OR l.code = :layer)
  AND NOT EXISTS (
    SELECT FROM unit_code c JOIN unit_state s ON s.unit_code = c.unit_code
    WHERE c.release_code = a.unit_code
      AND c.superseded_at IS NULL AND c.valid_during @> CAST(:at AS timestamptz)
      AND s.superseded_at IS NULL AND s.valid_during @> CAST(:at AS timestamptz))
GROUP BY l.code, a.unit_code, u.name
ORDER BY l.code, a.unit_code COLLATE "C" NULLS FIRST
"""
# From the area upwards, then from each of these back through lineage: a unit that was given an area goes on answering
# for what it became, each successor that lies in it (reach_queries.SUCCESSOR_SHARE says of how much).
_ANSWERING = """
WITH RECURSIVE place (code, unit_code, parent_code, step) AS (
    SELECT a.code, a.unit_code, a.parent_code, 0 FROM area a
    WHERE a.layer_id = :layer AND a.code = :code AND a.valid_during @> CAST(:at AS timestamptz)
    UNION ALL
    SELECT a.code, a.unit_code, a.parent_code, p.step + 1 FROM place p JOIN area a ON a.code = p.parent_code
    WHERE a.layer_id = :layer AND a.valid_during @> CAST(:at AS timestamptz) AND p.step < 20
), origin (code, step) AS (
    SELECT code, step FROM place
    UNION
    SELECT n.predecessor, o.step FROM origin o JOIN area_lineage n ON n.layer_id = :layer AND n.successor = o.code
    JOIN release e ON e.id = n.release_id AND e.withdrawn_at IS NULL AND e.effective_at <= CAST(:at AS timestamptz)
    WHERE n.share_of_successor >= :share
), found (unit_code, area, category, step, by_release) AS (
    SELECT w.unit_code, w.area, w.category, o.step, false FROM unit_answer w
    JOIN origin o ON w.area = :layer_code || '/' || o.code
    WHERE w.superseded_at IS NULL AND w.valid_during @> CAST(:at AS timestamptz)
      AND (w.category = '' OR w.category = ANY (CAST(:categories AS text[])))
    UNION ALL
    SELECT w.unit_code, w.area, w.category, 1000, false FROM unit_answer w
    WHERE w.area = '' AND w.superseded_at IS NULL AND w.valid_during @> CAST(:at AS timestamptz)
      AND (w.category = '' OR w.category = ANY (CAST(:categories AS text[])))
    UNION ALL
    SELECT c.unit_code, :layer_code || '/' || p.code, '', p.step, true FROM place p
    JOIN unit_code c ON c.release_code = p.unit_code
    WHERE c.superseded_at IS NULL AND c.valid_during @> CAST(:at AS timestamptz)
)
SELECT DISTINCT ON (f.unit_code) f.unit_code, s.name, s.kind, f.area, f.category, f.by_release, f.step,
    coalesce(array_position(CAST(:categories AS text[]), f.category), 1000) AS rank
FROM found f JOIN unit_state s ON s.unit_code = f.unit_code AND s.superseded_at IS NULL
    AND s.valid_during @> CAST(:at AS timestamptz)
ORDER BY f.unit_code, rank, f.step, f.by_release, f.area
"""


def unmapped_codes(session: Session, at: datetime, *, layer: str | None = None) -> list[UnmappedCode]:
    """Return the unit codes of areas valid at an instant that stand for no unit then, by layer and code."""
    return [UnmappedCode(*row) for row in session.execute(text(_UNMAPPED), {"at": at, "layer": layer})]


def answering_units(
    session: Session, layer: Layer, code: str, at: datetime, *, categories: Sequence[str]
) -> list[Answering]:
    """Return the units that answer for an area and a category at an instant, the most particular first.

    `categories` are the category and those above it, the most particular first. A unit given one of them goes before
    one given all, one of the area itself before one of an area above it, and one that was given the area before the one
    that the release names. Nobody: an empty list.
    """
    values = {
        "layer": layer.id, "layer_code": layer.code, "code": code, "at": at, "categories": list(categories),
        "share": SUCCESSOR_SHARE,
    }  # fmt: skip
    rows = session.execute(text(_ANSWERING), values).all()
    found = sorted(rows, key=lambda row: (row.rank, row.step, row.by_release, row.unit_code))
    return [
        Answering(row.unit_code, row.name, row.kind, row.area or None, row.category or None, row.by_release)
        for row in found
    ]
