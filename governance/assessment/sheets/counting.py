"""Count what items of sheets are counted from: seats that were staffed, and tasks that were answered in time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import text

from governance.assessment.sheets.states import ItemCount

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy.orm import Session

# A seat of a day: that the unit sends who sits there. It is staffed when somebody sat there at some time of the day who
# was not away the whole day, or for whom another stood in.
_SEATS: Final = """
WITH days AS (
    SELECT tstzrange(d AT TIME ZONE :zone, (d + interval '1 day') AT TIME ZONE :zone) AS day
    FROM generate_series(CAST(:first AS timestamp), CAST(:last AS timestamp), interval '1 day') AS d
), seats AS (
    SELECT DISTINCT s.seat_code, days.day FROM seat_state s JOIN days ON s.valid_during && days.day
    WHERE s.unit_code = :unit AND s.superseded_at IS NULL
)
SELECT count(*) FILTER (WHERE EXISTS (
    SELECT FROM seat_duty d
    WHERE d.seat_code = seats.seat_code AND d.superseded_at IS NULL AND d.valid_during && seats.day AND NOT EXISTS (
        SELECT FROM absence a WHERE a.person_id = d.person_id AND a.superseded_at IS NULL AND a.stand_in_id IS NULL
            AND a.valid_during @> (d.valid_during * seats.day)))), count(*)
FROM seats
"""
_TASKS: Final = """
SELECT t.kind, count(*) FILTER (
    WHERE CASE t.kind WHEN 'roll_call' THEN p.acknowledged_at ELSE p.done_at END <= p.due_at), count(*)
FROM task_part p JOIN task t ON t.id = p.task_id
WHERE p.unit_code = :unit AND p.state <> 'withdrawn' AND p.due_at >= :since AND p.due_at < :until
GROUP BY t.kind
"""
_KIND: Final = {
    ItemCount.ROLL_CALLS: "roll_call", ItemCount.INSTRUCTIONS: "instruction", ItemCount.ERRANDS: "errand",
}  # fmt: skip


def counted(
    session: Session, unit: str, *, days: tuple[date, date], since: datetime, until: datetime, zone: str
) -> dict[ItemCount, tuple[int, int]]:
    """Return numerator and denominator of all that is counted of a unit in local days [first, last]."""
    values = {"unit": unit, "first": days[0].isoformat(), "last": days[1].isoformat(), "zone": zone}
    staffed, seats = session.execute(text(_SEATS), values).one()
    rows = session.execute(text(_TASKS), {"unit": unit, "since": since, "until": until})
    tasks = {kind: (answered, asked) for kind, answered, asked in rows}
    return {ItemCount.SEATS: (staffed, seats)} | {one: tasks.get(kind, (0, 0)) for one, kind in _KIND.items()}
