"""Reports per area, by where they belong now; what maps show and bulletins start from."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import text

from grids.maps.level_map import AreaCounts

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

RECENT = timedelta(days=30)

# A report counts in each area of its path, one a level.
_COUNTS = """
SELECT code, count(*), count(*) FILTER (WHERE r.reported_at >= :since)
FROM report r JOIN report_place p ON p.report_id = r.id CROSS JOIN LATERAL unnest(p.area_path) AS code
WHERE p.layer_id = :layer AND r.reported_at < :until
GROUP BY code
"""


def counts_by_area(session: Session, layer_id: int, until: datetime) -> dict[str, AreaCounts] | None:
    """Count the reports before an instant in every area of every level.

    None when no report was ever placed in this layer: then nothing is known, which is not the same as no reports.
    """
    known = session.scalar(
        text("SELECT EXISTS (SELECT FROM report_place WHERE layer_id = :layer)"), {"layer": layer_id}
    )
    if not known:
        return None
    rows = session.execute(text(_COUNTS), {"layer": layer_id, "until": until, "since": until - RECENT})
    return {code: AreaCounts(total, recent) for code, total, recent in rows}
