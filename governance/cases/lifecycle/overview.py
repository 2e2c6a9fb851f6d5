"""What stands and what came today: open cases by state and area, and today beside days like it.

Also which channels they came by, and how soon units take them over.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sqlalchemy import text

from core import clock
from governance.cases.lifecycle.counting import IN_HAND
from governance.cases.lifecycle.queries import OF_CASE
from governance.reports.numbers import report_number
from governance.reports.reach_queries import reach_condition

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from identity.grants import Reach

WEEKS: Final = 8
"""So many days of the same weekday are what today is held against."""
WITHIN_MINUTES: Final = (15, 30, 60, 120, 240, 480, 1440)
"""Upper limits, inclusive, of the groups in which times are counted; the last group has none."""
EPSILON_MINUTES: Final = 1e-9
"""What makes a limit inclusive, where groups include their lower limit; less than a microsecond."""
MOST_PLACES: Final = 2_000
"""So many open cases have their places in the answer, those first whose deadline is over or next."""

_FROM: Final = "FROM case_record c JOIN report r ON r.id = c.id JOIN report_place p ON p.report_id = r.id"
_OPEN: Final = f"""
SELECT c.state, coalesce(c.due_at < :now, false), c.supervised, p.area_path[CAST(:place AS integer)], count(*)
{_FROM} WHERE c.state = ANY (:states) {{reach}} GROUP BY 1, 2, 3, 4
"""
_PLACES: Final = f"""
SELECT c.id, c.state, coalesce(c.due_at < :now, false), ST_X(p.geom), ST_Y(p.geom)
{_FROM} WHERE c.state = ANY (:states) AND p.geom IS NOT NULL {{reach}} ORDER BY c.due_at NULLS LAST, c.id LIMIT :most
"""
# What was opened on each day like today until the same time of day.
_DAYS: Final = f"""
SELECT d.day, (SELECT count(*) {_FROM} WHERE c.opened_at >= d.day AND c.opened_at < d.day + :since_midnight {{reach}})
FROM unnest(CAST(:days AS timestamptz[])) AS d (day) ORDER BY d.day
"""
_STEPS: Final = f"""
SELECT s.verb, count(DISTINCT c.id)
{_FROM} JOIN case_step s ON s.case_id = c.id AND s.at >= :today AND s.at <= :now
WHERE c.changed_at >= :today AND s.verb = ANY (:verbs) {{reach}} GROUP BY 1
"""
_CHANNELS: Final = f"""
SELECT r.channel, count(*)
{_FROM} WHERE c.opened_at >= :since AND c.opened_at <= :now {{reach}} GROUP BY 1 ORDER BY 2 DESC, 1
"""
# From the first dispatch to the step that took it over; what was not taken over waits.
_TAKEN: Final = f"""
WITH timed AS (
    SELECT extract(epoch FROM taken.at - sent.at) / 60 AS minutes
    {_FROM}
    JOIN LATERAL (SELECT min(s.at) AS at FROM case_step s WHERE s.case_id = c.id AND s.verb = 'dispatch') sent
        ON sent.at IS NOT NULL
    LEFT JOIN LATERAL (
        SELECT min(s.at) AS at FROM case_step s
        WHERE s.case_id = c.id AND s.verb = 'acknowledge' AND s.at >= sent.at) taken ON true
    WHERE c.opened_at >= :since AND c.opened_at <= :now {{reach}}),
placed AS (SELECT minutes, width_bucket(minutes, CAST(:within AS numeric[])) AS place FROM timed)
SELECT place, count(*), percentile_disc(0.5) WITHIN GROUP (ORDER BY minutes)
FROM placed GROUP BY GROUPING SETS ((place), ()) ORDER BY GROUPING(place)
"""
_VERBS: Final = ("accept", "dispatch", "handle", "handle_on_the_spot", "close")


class StepCount(NamedTuple):
    """Open cases in a state, those of them over a deadline, and those supervised."""

    state: str
    cases: int
    overdue: int
    supervised: int


class AreaCount(NamedTuple):
    """Open cases in an area (None: in none), and those of them over a deadline."""

    area: str | None
    cases: int
    overdue: int


class OpenPlace(NamedTuple):
    """Where an open case is: degrees in EPSG:4326."""

    number: str
    state: str
    is_overdue: bool
    lon: float
    lat: float


class SameDay(NamedTuple):
    """How many cases were opened on a day until the same time of day."""

    day: datetime
    cases: int


class TakenWithin(NamedTuple):
    """How many cases were taken over within so many minutes, and not within the limit before (None: later)."""

    minutes: int | None
    cases: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """What stands at an instant; `same_days` are earlier days of the weekday, the oldest first, then today.

    `taken` and `waiting` are of the cases opened since `since`: taken over after their first dispatch, or not yet.
    """

    now: datetime
    since: datetime
    steps: list[StepCount]
    areas: list[AreaCount]
    places: list[OpenPlace]
    same_days: list[SameDay]
    done_today: dict[str, int]
    channels: list[tuple[str, int]]
    taken: list[TakenWithin]
    median_minutes: float | None
    waiting: int


def overview(session: Session, *, reach: Reach, now: datetime, days: int, level: int) -> Overview:
    """Return what stands of a reach, and what the last days were like.

    `level` is the place of an area's level in its layer, 0 for the widest: 1 counts by streets of districts.
    """
    conditions, values = reach_condition(session, reach, category=OF_CASE)
    reads = _Reads(session, "".join(f" AND {one}" for one in conditions), values)
    midnight = clock.midnight_of(now)
    since = midnight - timedelta(days=days - 1)
    span = {"since": since, "now": now}
    rows = reads.rows(_OPEN, now=now, states=list(IN_HAND), place=level + 1)
    places = reads.rows(_PLACES, now=now, states=list(IN_HAND), most=MOST_PLACES)
    weekdays = [midnight - timedelta(weeks=back) for back in range(WEEKS, -1, -1)]
    same = reads.rows(_DAYS, days=weekdays, since_midnight=now - midnight)
    done = reads.rows(_STEPS, today=midnight, now=now, verbs=list(_VERBS))
    taken = reads.rows(_TAKEN, **span, within=[0.0, *(minutes + EPSILON_MINUTES for minutes in WITHIN_MINUTES)])
    *counts, (_, _, median) = taken
    counted = {place: cases for place, cases, _ in counts}
    groups = [*WITHIN_MINUTES, None]
    return Overview(
        now=now,
        since=since,
        steps=_by_state(rows),
        areas=_by_area(rows),
        places=[OpenPlace(report_number(case_id), *place) for case_id, *place in places],
        same_days=[SameDay(*row) for row in same],
        done_today=dict.fromkeys(_VERBS, 0) | dict(map(tuple, done)),
        channels=[(channel, cases) for channel, cases in reads.rows(_CHANNELS, **span)],
        taken=[TakenWithin(minutes, counted.get(place + 1, 0)) for place, minutes in enumerate(groups)],
        median_minutes=None if median is None else float(median),
        waiting=counted.get(None, 0),
    )


class _Reads(NamedTuple):
    session: Session
    reach: str
    values: dict[str, Any]

    def rows(self, statement: str, **given: Any) -> Sequence[Any]:  # noqa: ANN401 (values of statements)
        """Return the rows of a statement, of the reach alone."""
        return self.session.execute(text(statement.format(reach=self.reach)), self.values | given).all()


def _by_state(rows: Sequence[Any]) -> list[StepCount]:
    cases: Counter[str] = Counter()
    overdue: Counter[str] = Counter()
    supervised: Counter[str] = Counter()
    for state, is_overdue, is_supervised, _, count in rows:
        cases[state] += count
        overdue[state] += count if is_overdue else 0
        supervised[state] += count if is_supervised else 0
    return [StepCount(state, cases[state], overdue[state], supervised[state]) for state in IN_HAND]


def _by_area(rows: Sequence[Any]) -> list[AreaCount]:
    cases: Counter[str | None] = Counter()
    overdue: Counter[str | None] = Counter()
    for _, is_overdue, _, area, count in rows:
        cases[area] += count
        overdue[area] += count if is_overdue else 0
    return [AreaCount(area, number, overdue[area]) for area, number in cases.most_common()]
