"""What events of the feed tell of, row by row: steps of cases and tasks, alerts of deadlines, releases."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import text

from core.events.kinds import EventKind
from governance.cases.lifecycle.tables import IDS_A_CASE
from governance.categories.states import Urgency
from governance.notifications.rules import NEWS_FOR, TYPES
from governance.reports.numbers import report_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from core.events.feed import StoredEvent

# By the number of the case too, so that each span is read in its own months alone.
_STEPS: Final = f"""
SELECT s.id, s.case_id, s.verb, s.led_to, s.unit_code, s.category_code, s.at, s.actor_id, c.urgency, c.due_at,
       s.detail -> 'call_back' AS call_back, s.detail ->> 'differs' = 'true' AS differs,
       span.recorded, ARRAY(SELECT jsonb_array_elements_text(
           coalesce(s.detail->'units', jsonb_build_array(s.detail->'unit')))) AS others
FROM unnest(CAST(:first AS bigint[]), CAST(:behind AS bigint[]), CAST(:recorded AS timestamptz[]))
     AS span (first, behind, recorded)
JOIN case_step s ON s.id >= span.first AND s.id < span.behind
    AND s.case_id BETWEEN span.first / {IDS_A_CASE} AND (span.behind - 1) / {IDS_A_CASE}
JOIN case_record c ON c.id = s.case_id
WHERE s.at > span.recorded - CAST(:news_for AS interval)
ORDER BY s.id
"""
_ALERTS: Final = """
SELECT a.id, a.case_id, a.kind, a.step, a.due_at, a.at, coalesce(a.unit_code, c.unit_code) AS unit_code,
       c.category_path[1] AS category_code, c.urgency, c.state, span.recorded
FROM unnest(CAST(:first AS bigint[]), CAST(:behind AS bigint[]), CAST(:recorded AS timestamptz[]),
            CAST(:kind AS text[]), CAST(:step AS text[]), CAST(:due AS timestamptz[]))
     AS span (first, behind, recorded, kind, step, due)
JOIN case_alert a ON a.case_id >= span.first AND a.case_id < span.behind AND a.step = span.step
    AND a.kind = span.kind AND a.due_at = span.due
JOIN case_record c ON c.id = a.case_id
ORDER BY a.id
"""
_TASK_STEPS: Final = """
SELECT s.id, s.task_id, s.verb, s.led_to, s.unit_code, s.at, s.actor_id, t.kind, t.due_at, span.recorded
FROM unnest(CAST(:first AS bigint[]), CAST(:behind AS bigint[]), CAST(:recorded AS timestamptz[]))
     AS span (first, behind, recorded)
JOIN task_step s ON s.id >= span.first AND s.id < span.behind
JOIN task t ON t.id = s.task_id
ORDER BY s.id
"""


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened, as it becomes a message: codes and numbers alone.

    `recorded` is when it was written here; `unit_code` the unit that it concerns, `case_id` the case, `actor_id` who
    did it, `category_code` what the case is about, `others` the units that are called to it or have a part of it.
    """

    id: str
    type: str
    subject: str
    at: datetime
    recorded: datetime
    data: dict[str, Any] = field(default_factory=dict)
    urgent: bool = False
    unit_code: str | None = None
    category_code: str | None = None
    case_id: int | None = None
    actor_id: int | None = None
    others: tuple[str, ...] = ()


def happenings(session: Session, events: Sequence[StoredEvent]) -> list[Happening]:
    """Return what events tell of; what was taken in from before is left out."""
    rows_of: dict[str, list[StoredEvent]] = {}
    for event in events:
        if event.kind == EventKind.ROWS_RECORDED:
            rows_of.setdefault(event.subject, []).append(event)
    alerts = [one for one in events if one.kind in {EventKind.CASE_DUE_SOON, EventKind.CASE_OVERDUE}]
    return [
        *_case_steps(session, rows_of.get("case_step", ())), *_alerts(session, alerts),
        *_task_steps(session, rows_of.get("task_step", ())),
        *(_release(one) for one in events if one.kind in {EventKind.RELEASE_PUBLISHED, EventKind.RELEASE_WITHDRAWN}),
        *(_bulletin(one) for one in events if one.kind in {EventKind.BULLETIN_DRAFTED, EventKind.BULLETIN_RELEASED}),
    ]  # fmt: skip


def _spans(events: Iterable[StoredEvent]) -> dict[str, Any]:
    pairs = [(span, event.at) for event in events for span in event.ids]
    return {
        "first": [span.start for span, _ in pairs], "behind": [span.stop for span, _ in pairs],
        "recorded": [at for _, at in pairs],
    }  # fmt: skip


def _case_steps(session: Session, events: Sequence[StoredEvent]) -> list[Happening]:
    if not events:
        return []
    rows = session.execute(text(_STEPS), _spans(events) | {"news_for": NEWS_FOR})
    return [
        Happening(
            f"case_step_{row.id}", f"case.{row.verb}", report_number(row.case_id), row.at, row.recorded,
            {
                "number": report_number(row.case_id), "verb": row.verb, "state": row.led_to, "urgency": row.urgency,
                "due_at": None if row.due_at is None else row.due_at.isoformat(), **(row.call_back or {}),
                **({"differs": True} if row.differs else {}),
            },
            row.urgency == Urgency.URGENT, row.unit_code, row.category_code, row.case_id, row.actor_id,
            tuple(unit for unit in row.others if unit is not None),
        )
        for row in rows
        if f"case.{row.verb}" in TYPES
    ]  # fmt: skip


def _alerts(session: Session, events: Sequence[StoredEvent]) -> list[Happening]:
    if not events:
        return []
    told = [(event, span) for event in events for span in event.ids]
    values = _spans(events) | {
        "kind": [event.kind.removeprefix("case.") for event, _ in told],
        "step": [event.payload["step"] for event, _ in told], "due": [event.payload["due_at"] for event, _ in told],
    }  # fmt: skip
    return [
        Happening(
            f"case_alert_{row.id}", f"case.{row.kind}", report_number(row.case_id), row.at, row.recorded,
            {
                "number": report_number(row.case_id), "step": row.step, "state": row.state, "urgency": row.urgency,
                "due_at": row.due_at.isoformat(),
            },
            row.urgency == Urgency.URGENT, row.unit_code, row.category_code, row.case_id,
        )
        for row in session.execute(text(_ALERTS), values)
    ]  # fmt: skip


def _task_steps(session: Session, events: Sequence[StoredEvent]) -> list[Happening]:
    if not events:
        return []
    return [
        Happening(
            f"task_step_{row.id}", f"task.{row.verb}", str(row.task_id), row.at, row.recorded,
            {
                "task": row.task_id, "kind": row.kind, "verb": row.verb, "state": row.led_to,
                "due_at": row.due_at.isoformat(),
            },
            unit_code=row.unit_code, actor_id=row.actor_id,
        )
        for row in session.execute(text(_TASK_STEPS), _spans(events))
    ]  # fmt: skip


def _release(event: StoredEvent) -> Happening:
    release, what = event.ids[0].start, event.kind.partition(".")[2]
    layer, number = event.payload["layer"], event.payload["number"]
    data = {"layer": layer, "release": number, "effective_at": event.payload["effective_at"]}
    return Happening(f"release_{release}_{what}", event.kind, f"{layer}/{number}", event.at, event.at, data)


def _bulletin(event: StoredEvent) -> Happening:
    number, what = event.ids[0].start, event.kind.partition(".")[2]
    data = {"bulletin": number, **event.payload}
    return Happening(f"bulletin_{number}_{what}", event.kind, str(number), event.at, event.at, data)
