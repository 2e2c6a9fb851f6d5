"""Reads of bursts: open cases of the last hour that lie near one another and are of one class, likely one incident."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import text

from governance.cases.duplicates.rules import RADIUS_M
from governance.cases.lifecycle import queries as cases
from governance.cases.lifecycle.queries import OF_CASE
from governance.cases.lifecycle.states import UNHANDLED
from governance.reports.reach_queries import reach_condition

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from governance.cases.lifecycle.queries import CaseView
    from identity.grants import Reach

LAST: Final = timedelta(hours=1)
LEAST_CASES: Final = 3
"""So many make a burst: two are shown as candidates of each other."""
MOST_CASES: Final = 2000
# The class stands above the category itself, if anything does; a word that nobody has mapped is a class of its own.
# Clusters are those of DBSCAN on metres in a plane, which over a district is true to a thousandth.
_BURSTS: Final = """
WITH recent AS MATERIALIZED (
    SELECT c.id, coalesce(c.category_path[greatest(cardinality(c.category_path) - 1, 1)], r.category) AS class, p.geom
    FROM case_record c JOIN report r ON r.id = c.id JOIN report_place p ON p.report_id = r.id
    WHERE c.id >= report_first_id(:since) AND r.id >= report_first_id(:since)
      AND r.reported_at >= :since AND r.reported_at <= :until
      AND c.state = ANY (:states) AND p.geom IS NOT NULL {reach}
    ORDER BY r.reported_at DESC, c.id LIMIT :most
), clustered AS (
    SELECT id, class, ST_ClusterDBSCAN(
        ST_MakePoint(ST_X(geom) * cos(radians(ST_Y(geom))) * 111320, ST_Y(geom) * 110950), :radius, :least
    ) OVER (PARTITION BY class) AS cluster FROM recent
)
SELECT class, array_agg(id ORDER BY id) FROM clustered WHERE cluster IS NOT NULL
GROUP BY class, cluster HAVING count(*) >= :least ORDER BY count(*) DESC, min(id)
"""


@dataclass(frozen=True, slots=True)
class Burst:
    """Cases that are likely one incident, the earliest first: the one into which the others would be merged."""

    category: str
    cases: Sequence[CaseView]


def bursts(session: Session, *, now: datetime, reach: Reach) -> list[Burst]:
    """Return the bursts among the cases of a reach that were reported within the last hour, the largest first.

    Nothing is joined by it. Only the latest two thousand cases are looked at.
    """
    conditions, values = reach_condition(session, reach, category=OF_CASE)
    given = {
        "since": now - LAST, "until": now, "states": [str(state) for state in UNHANDLED], "most": MOST_CASES,
        "radius": RADIUS_M, "least": LEAST_CASES,
    }  # fmt: skip
    statement = _BURSTS.format(reach="".join(f" AND {one}" for one in conditions))
    rows = session.execute(text(statement), values | given).all()
    views = cases.cases_of(session, [one for _, ids in rows for one in ids], reach=reach)
    found = [(name, [views[one] for one in ids if one in views]) for name, ids in rows]
    return [
        Burst(name, sorted(known, key=lambda one: (one.reported_at, one.id)))
        for name, known in found
        if len(known) >= LEAST_CASES
    ]
