"""Count what a bulletin says, as the histories stood at its cut-off, whenever it is drafted."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select, text

from core import clock
from core.personal import masked_text
from core.words import Message
from governance.assessment.states import Grouping, RunState
from governance.assessment.tables import AssessedValue, AssessmentRun
from governance.bulletins import figures as shapes
from governance.cases.lifecycle import queries as cases
from governance.cases.lifecycle.counting import IN_HAND
from governance.cases.lifecycle.rules import next_due
from governance.cases.lifecycle.tables import CaseStep
from governance.cases.protection import accusations
from governance.hotspots.findings import FindingKind, findings_of
from governance.hotspots.runs.queries import RunNotFoundError, latest_done, result_of
from governance.hotspots.topics import queries as topics
from governance.hotspots.topics.states import TopicStatus
from governance.reports.numbers import report_number
from grids.boundaries.tables import Layer
from identity.units.queries import units_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

MOST_CASES: Final = 50
MOST_TOPICS: Final = 10
MOST_WARNINGS: Final = 10
_HOUR_S: Final = 3600
_WARNS_FOR: Final = timedelta(days=1)
_TENTH: Final = Decimal("0.1")

# Whatever happened from an instant on changed its case then or later: the index on `changed_at` finds it.
_CAME: Final = """
SELECT r.channel, count(*) FROM case_record c JOIN report r ON r.id = c.id
WHERE c.changed_at >= :since AND c.opened_at >= :since AND c.opened_at < :cut
GROUP BY r.channel ORDER BY count(*) DESC, r.channel COLLATE "C"
"""
_DONE: Final = """
SELECT CASE s.verb WHEN 'handle_on_the_spot' THEN 'handle' ELSE s.verb END AS verb, count(DISTINCT s.case_id)
FROM case_record c JOIN case_step s ON s.case_id = c.id
WHERE c.changed_at >= :since AND s.at >= :since AND s.at < :cut
  AND s.verb IN ('handle', 'handle_on_the_spot', 'close', 'return', 'rework')
GROUP BY 1
"""
_UNCHANGED: Final = """
SELECT unit_code, count(*), count(*) FILTER (WHERE due_at < :cut) FROM case_record
WHERE state = ANY (:states) AND changed_at < :cut GROUP BY unit_code
"""
_UNCHANGED_OVERDUE: Final = """
SELECT id, unit_code, due_step, due_at FROM case_record
WHERE due_at < :cut AND state = ANY (:states) AND changed_at < :cut
"""
_CHANGED: Final = "SELECT id FROM case_record WHERE changed_at >= :cut AND opened_at < :cut ORDER BY id"
_NOTES: Final = """
SELECT count(*) FILTER (WHERE written_at >= :since), count(*) FILTER (WHERE written_at >= :month) FROM quick_note
WHERE written_at < :cut AND written_at >= least(CAST(:since AS timestamptz), CAST(:month AS timestamptz))
"""


@dataclass(frozen=True, slots=True)
class _Late:
    """A case whose deadline was over."""

    case_id: int
    unit: str | None
    step: str
    due: datetime


@dataclass(slots=True)
class _Backlog:
    """What was in hand at the cut-off, by unit, and what of it was late."""

    in_hand: dict[str | None, int]
    late: list[_Late]


def count(session: Session, *, since: datetime, cut: datetime) -> shapes.Figures:
    """Return the figures of [since, cut); topics and warnings are those known now."""
    values = {"since": since, "cut": cut}
    came = session.execute(text(_CAME), values).all()
    done: dict[str, int] = {row[0]: row[1] for row in session.execute(text(_DONE), values)}
    backlog = _backlog(session, cut)
    names = {one.unit_code: one.name for one in units_at(session, cut)}
    score, points = _score(session, cut)
    month = datetime.combine(cut.astimezone(clock.LOCAL).date().replace(day=1), time(), clock.LOCAL)
    noted, noted_of_month = session.execute(text(_NOTES), values | {"month": month}).one()
    return shapes.Figures(
        since=since, cut_at=cut, came_in=sum(row[1] for row in came),
        by_channel=[shapes.ChannelFigures(channel=row[0], cases=row[1]) for row in came],
        handled=done.get("handle", 0), closed=done.get("close", 0), returned=done.get("return", 0),
        reworked=done.get("rework", 0), in_hand=sum(backlog.in_hand.values()), overdue=len(backlog.late),
        units=_units(backlog, names, points, cut),
        overdue_cases=[
            shapes.OverdueCase(
                number=report_number(one.case_id), unit_code=one.unit, unit_name=_name(one.unit, names),
                step=one.step, due_at=one.due, hours=_hours(one.due, cut),
            )
            for one in _listed(session, backlog.late)
        ],
        quick_notes=noted, quick_notes_of_month=noted_of_month, score=score, topics=_topics(session),
        warnings=_warnings(session, cut),
    )  # fmt: skip


def _backlog(session: Session, cut: datetime) -> _Backlog:
    values = {"cut": cut, "states": list(IN_HAND)}
    in_hand: dict[str | None, int] = defaultdict(int)
    for unit, number, _ in session.execute(text(_UNCHANGED), values):
        in_hand[unit] += number
    late = [_Late(row.id, row.unit_code, row.due_step, row.due_at)
            for row in session.execute(text(_UNCHANGED_OVERDUE), values)]  # fmt: skip
    for unit, one in _changed_since(session, cut):
        in_hand[unit] += 1
        if one is not None:
            late.append(one)
    return _Backlog(dict(in_hand), sorted(late, key=lambda one: (one.due, one.case_id)))


def _changed_since(session: Session, cut: datetime) -> Iterator[tuple[str | None, _Late | None]]:
    """Yield the units of cases that changed after the cut-off and were in hand at it, each with what was late."""
    found = session.scalars(text(_CHANGED), {"cut": cut}).all()
    if not found:
        return
    work = cases.working_time(session, known_by=cut)
    steps: dict[int, list[CaseStep]] = defaultdict(list)
    query = select(CaseStep).where(CaseStep.case_id.in_(found), CaseStep.at < cut)
    for step in session.scalars(query.order_by(CaseStep.case_id, CaseStep.number)):
        steps[step.case_id].append(step)
    for case_id, history in steps.items():
        last = history[-1]
        if last.led_to not in IN_HAND:
            continue
        due, whose = next_due(cases.clocks_of(history, work, now=cut))
        late = None if due is None or due >= cut else _Late(case_id, last.unit_code, str(whose), due)
        yield last.unit_code, late


def _listed(session: Session, late: list[_Late]) -> list[_Late]:
    """Return the cases that a bulletin names: none of those that accuse a unit, which are hidden from it."""
    first = late[: 2 * MOST_CASES]
    accusing = accusations.accused_units(session, {one.case_id for one in first})
    return [one for one in first if one.case_id not in accusing][:MOST_CASES]


def _units(
    backlog: _Backlog, names: dict[str, str], points: dict[str, Decimal], cut: datetime
) -> list[shapes.UnitFigures]:
    late: dict[str | None, list[_Late]] = defaultdict(list)
    for one in backlog.late:
        late[one.unit].append(one)
    found = [
        shapes.UnitFigures(
            unit_code=unit, name=_name(unit, names), in_hand=number, overdue=len(late[unit]),
            longest_overdue_hours=_hours(late[unit][0].due, cut) if late[unit] else None,
            points=None if unit is None else points.get(unit),
        )
        for unit, number in backlog.in_hand.items()
    ]  # fmt: skip
    return sorted(found, key=lambda one: (-one.overdue, -one.in_hand, one.unit_code or ""))


def _score(session: Session, cut: datetime) -> tuple[shapes.ScorePeriod | None, dict[str, Decimal]]:
    """Return the latest results that were published by the cut-off, and the sum of points of each unit in them."""
    run = session.scalar(
        select(AssessmentRun)
        .where(AssessmentRun.state == RunState.PUBLISHED, AssessmentRun.published_at < cut)
        .order_by(AssessmentRun.until_day.desc(), AssessmentRun.version.desc(), AssessmentRun.id.desc())
        .limit(1)
    )
    if run is None:
        return None, {}
    rows = session.execute(
        select(AssessedValue.subject, func.sum(AssessedValue.points))
        .where(AssessedValue.run_id == run.id, AssessedValue.grouping == Grouping.UNIT)
        .where(AssessedValue.points.is_not(None))
        .group_by(AssessedValue.subject)
    )
    period = shapes.ScorePeriod(first_day=run.first_day, until_day=run.until_day, version=run.version)
    return period, {subject: points for subject, points in rows if points is not None}


def _topics(session: Session) -> list[shapes.TopicFigures]:
    found = [
        one
        for layer in session.scalars(select(Layer.id).order_by(Layer.id))
        for one in topics.list_topics(session, layer_id=layer, status=TopicStatus.OPEN)
    ]
    return [
        shapes.TopicFigures(
            topic=one.id,
            title=Message.model_validate(one.title),
            owner=masked_text(one.owner) if one.owner else None,
            follow_up_on=one.follow_up_on,
        )
        for one in found[:MOST_TOPICS]
    ]


def _warnings(session: Session, cut: datetime) -> list[shapes.WarningFigures]:
    """Return the series that the latest daily run found above their past; one of days long past warns of nothing."""
    try:
        run = latest_done(session, kind="daily")
    except RunNotFoundError:
        return []
    if cut.astimezone(clock.LOCAL).date() - run.period_end > _WARNS_FOR:
        return []
    found = [one for one in findings_of(result_of(run)) if one.kind is FindingKind.SERIES]
    return [
        shapes.WarningFigures(
            title=one.title, observed=one.observed or 0, expected=_decimal(one.expected or 0.0, 1),
            probability=None if one.probability is None else _decimal(one.probability, 4), first=one.first,
            last=one.last,
        )
        for one in found[:MOST_WARNINGS]
    ]  # fmt: skip


def _decimal(value: float, places: int) -> Decimal:
    return Decimal(f"{value:.{places}f}")


def _hours(due: datetime, cut: datetime) -> Decimal:
    return (Decimal((cut - due).total_seconds()) / _HOUR_S).quantize(_TENTH)


def _name(code: str | None, names: dict[str, str]) -> str:
    return "" if code is None else names.get(code, code)
