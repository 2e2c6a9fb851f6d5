"""Reads of appointments: which people a caller's grants reach, as the rows that lists, pages and exports hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

from governance.reports.reach_queries import reached_areas

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from identity.actors import Actor
    from identity.grants import Reach

# The areas with all that lies below them; the units that the areas' releases name or that were given them, and the
# caller's own; then who belongs to such a unit, has a role in such an area, or works one. The category plays no part.
_PEOPLE = """
WITH RECURSIVE within (layer_id, code) AS (
    SELECT * FROM unnest(CAST(:layers AS integer[]), CAST(:codes AS text[]))
    UNION
    SELECT a.layer_id, a.code FROM within w JOIN area a ON a.layer_id = w.layer_id AND a.parent_code = w.code
    WHERE a.valid_during @> CAST(:at AS timestamptz)
), named (layer_id, code, area) AS (
    SELECT w.layer_id, w.code, l.code || '/' || w.code FROM within w JOIN layer l ON l.id = w.layer_id
), own (id) AS (
    SELECT p.id FROM principal p JOIN principal me ON me.id = :me
    WHERE coalesce(p.same_as, p.id) = coalesce(me.same_as, me.id)
), units (code) AS (
    SELECT c.unit_code FROM within w
    JOIN area a ON a.layer_id = w.layer_id AND a.code = w.code AND a.valid_during @> CAST(:at AS timestamptz)
    JOIN unit_code c ON c.release_code = a.unit_code
    WHERE c.superseded_at IS NULL AND c.valid_during @> CAST(:at AS timestamptz)
    UNION
    SELECT u.unit_code FROM named n JOIN unit_answer u ON u.area = n.area
    WHERE u.superseded_at IS NULL AND u.valid_during @> CAST(:at AS timestamptz)
    UNION
    SELECT u.unit_code FROM own o JOIN person_unit u ON u.person_id = o.id
    WHERE u.superseded_at IS NULL AND u.valid_during @> CAST(:at AS timestamptz)
)
SELECT u.person_id FROM units x JOIN person_unit u ON u.unit_code = x.code
WHERE u.superseded_at IS NULL AND u.valid_during @> CAST(:at AS timestamptz)
UNION
SELECT g.principal_id FROM named n JOIN principal_grant g ON g.area = n.area WHERE g.revoked_at IS NULL
UNION
SELECT k.person_id FROM within w
JOIN grid_worker_post t ON t.layer_id = w.layer_id AND t.area_code = w.code
    AND t.valid_during @> CAST(:at AS timestamptz)
JOIN grid_worker k ON k.staff_number = t.staff_number
UNION
SELECT id FROM own
"""


def people_in_reach(session: Session, reach: Reach, at: datetime, *, caller: Actor) -> frozenset[int] | None:
    """Return the numbers of the people that a caller's grants reach at an instant; None: everybody.

    A grant in an area reaches the people of the units that answer for it or for what lies below it, those who have a
    role there and those who work there. Whatever the grants, the caller and the people of the own units are reached.
    """
    if reach.is_everything:
        return None
    areas = [(layer, code) for layer, code in reached_areas(session, reach) if layer is not None]
    values = {
        "layers": [layer for layer, _ in areas], "codes": [code for _, code in areas], "at": at, "me": caller.id,
    }  # fmt: skip
    return frozenset(session.scalars(text(_PEOPLE), values))
