"""Counts of joint handling for oversight: how each called unit answered, and what each street's whistles came to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import text

from governance.cases.joint_handling.queries import OF_REACH
from governance.cases.lifecycle.queries import OF_CASE
from governance.reports.reach_queries import reach_condition

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from identity.grants import Reach

_SPAN: Final = "w.called_at >= :since AND w.called_at < :until AND (CAST(:kind AS text) IS NULL OR w.kind = :kind)"
# Who had not come when the whistle ended is missing only where its time was over by then; a whistle that was called
# off has nobody missing.
_UNITS: Final = f"""
SELECT a.unit_code, count(*), count(*) FILTER (WHERE a.signed_at <= a.sign_due_at),
       count(*) FILTER (WHERE a.contacted_at <= a.contact_due_at), count(a.arrived_at),
       count(*) FILTER (WHERE a.arrived_at <= a.arrive_due_at),
       count(*) FILTER (WHERE a.arrived_at IS NULL AND w.state <> 'called_off'
                        AND a.arrive_due_at < coalesce(w.ended_at, :now)),
       count(*) FILTER (WHERE a.is_distant), count(*) FILTER (WHERE a.agrees), count(*) FILTER (WHERE NOT a.agrees),
       count(a.rating), CAST(avg(a.rating) AS float),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM a.arrived_at - w.called_at)) / 3600
{OF_REACH} JOIN whistle_answer a ON a.whistle_id = w.id
WHERE {_SPAN} {{reach}} GROUP BY a.unit_code ORDER BY a.unit_code COLLATE "C"
"""
_STREETS: Final = f"""
SELECT w.unit_code, w.kind, count(*), count(*) FILTER (WHERE w.state = 'called'),
       count(*) FILTER (WHERE w.state IN ('concluded', 'settled')), count(*) FILTER (WHERE w.state = 'settled'),
       count(*) FILTER (WHERE w.state = 'called_off')
{OF_REACH} WHERE {_SPAN} {{reach}} GROUP BY w.unit_code, w.kind ORDER BY w.unit_code COLLATE "C", w.kind COLLATE "C"
"""


@dataclass(frozen=True, slots=True)
class UnitAnswers:
    """How a unit answered the whistles that called it: of `called` so many in time, late, missing, far off, rated.

    `missing`: it has not come, and its time was over before the whistle ended. `median_hours`: from call to arrival.
    """

    unit_code: str
    called: int
    signed_in_time: int
    contacted_in_time: int
    arrived: int
    arrived_in_time: int
    missing: int
    distant: int
    agreed: int
    objected: int
    rated: int
    mean_rating: float | None
    median_hours: float | None


@dataclass(frozen=True, slots=True)
class StreetWhistles:
    """What a street's whistles of a kind came to; `settled` of the concluded ones are signed by all who came."""

    unit_code: str
    kind: str
    whistles: int
    open: int
    concluded: int
    settled: int
    called_off: int


@dataclass(frozen=True, slots=True)
class WhistleCounts:
    """Counts of the whistles that were blown in a span."""

    units: list[UnitAnswers]
    streets: list[StreetWhistles]


def count_whistles(
    session: Session, *, reach: Reach, since: datetime, until: datetime, now: datetime, kind: str | None = None
) -> WhistleCounts:
    """Count the whistles of the cases of a reach that were blown in a half-open span; of one kind, or of all."""
    conditions, values = reach_condition(session, reach, category=OF_CASE)
    values |= {"since": since, "until": until, "now": now, "kind": kind}
    written = "".join(f" AND {one}" for one in conditions)
    units = session.execute(text(_UNITS.format(reach=written)), values)
    streets = session.execute(text(_STREETS.format(reach=written)), values)
    return WhistleCounts([UnitAnswers(*row) for row in units], [StreetWhistles(*row) for row in streets])
