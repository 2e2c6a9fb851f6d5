"""Reads of connectors: what a step tells upstream, orders with their answers, and which reports have an order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import text

from core.personal import masked_text
from governance.cases.lifecycle import queries as cases
from governance.cases.lifecycle.queries import OF_CASE
from governance.cases.lifecycle.states import Verb
from governance.cases.lifecycle.tables import IDS_A_CASE
from governance.connectors.rules import UpstreamAnswer
from governance.connectors.states import ANSWERS, AnswerKind
from governance.reports import sensitivity
from governance.reports.numbers import report_number
from governance.reports.reach_queries import reach_condition

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from governance.cases.lifecycle.tables import CaseStep, CaseWords
    from identity.grants import Reach

_ORDER: Final = "SELECT external_id FROM report WHERE id = :id"
_CHANNELS: Final = "SELECT id, channel FROM report WHERE id = ANY(:ids) AND external_id IS NOT NULL"
_ORDERS: Final = """
SELECT c.id AS case_id, u.channel, u.order_number, u.deadline, u.told_at, c.state, c.due_at
FROM upstream_order u JOIN case_record c ON c.id = u.case_id JOIN report r ON r.id = c.id
JOIN report_place p ON p.report_id = r.id
"""
_DONE: Final = (Verb.HANDLE, Verb.HANDLE_ON_THE_SPOT, Verb.VERIFY)


@dataclass(frozen=True, slots=True)
class OrderView:
    """An order of an upstream platform with the state of its case and the case's own next deadline."""

    case_id: int
    channel: str
    order_number: str
    deadline: datetime
    told_at: datetime
    state: str
    due_at: datetime | None

    @property
    def number(self) -> str:
        """The number of the case."""
        return report_number(self.case_id)


def channels_of(session: Session, case_ids: Collection[int]) -> dict[int, str]:
    """Return the channels of those of these cases whose report has a number there: an order."""
    if not case_ids:
        return {}
    rows = session.execute(text(_CHANNELS), {"ids": sorted(case_ids)})
    return {row[0]: row[1] for row in rows}


def orders(
    session: Session, *, reach: Reach, channel: str | None = None, before: int | None = None, limit: int
) -> list[OrderView]:
    """Return the orders of a reach, the latest case first; those before a case's id, and so many at most."""
    conditions, values = reach_condition(session, reach, category=OF_CASE)
    given: dict[str, Any] = {"channel": channel, "before": before}
    named = {"channel": "u.channel = :channel", "before": "u.case_id < :before"}
    conditions = [*conditions, *(named[name] for name, value in given.items() if value is not None)]
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    rows = session.execute(text(f"{_ORDERS} {where} ORDER BY u.case_id DESC LIMIT :limit"),
                           values | given | {"limit": limit}).mappings()  # fmt: skip
    return [OrderView(**row) for row in rows]


def answer_of(session: Session, message_id: str) -> UpstreamAnswer | None:
    """Return what a message about a step of a case tells the platform that sent the case; None: nothing.

    Texts are masked, and left out for a sensitive report.
    """
    step_id = int(message_id.rpartition("_")[2]) if message_id.startswith("case_step_") else 0
    case_id, number = divmod(step_id, IDS_A_CASE)
    steps = [one for one in cases.steps_of(session, case_id) if one.number <= number] if step_id else []
    order = session.scalar(text(_ORDER), {"id": case_id}) if steps else None
    if not steps or order is None or Verb(steps[-1].verb) not in ANSWERS:
        return None
    kind = ANSWERS[Verb(steps[-1].verb)]
    words = None
    if not sensitivity.marks_of(session, [case_id]):
        words = _text(kind, steps, cases.words_of(session, case_id))
    work = cases.working_time(session, known_by=steps[-1].at)
    due = [one.next_due for one in cases.clocks_of(steps, work, now=steps[-1].at).values() if one.stopped_at is None]
    return UpstreamAnswer(
        message_id, kind, order, report_number(case_id), steps[-1].at, None if words is None else masked_text(words),
        min((one for one in due if one is not None), default=None),
    )  # fmt: skip


def _text(kind: AnswerKind, steps: Sequence[CaseStep], words: dict[int, CaseWords]) -> str | None:
    """Return why, or for a result what was done: who handled it last says so, else who verified it; or the answer."""
    if kind is AnswerKind.RECEIPT:
        return None
    if Verb(steps[-1].verb) is Verb.ANSWER:
        own = words.get(steps[-1].number)
        told: str | None = steps[-1].detail["answer"]["text"]
        return own.opinion if own is not None and own.opinion else told
    if kind is not AnswerKind.RESULT:
        own = words.get(steps[-1].number)
        return None if own is None else own.reason or own.opinion
    for verb in _DONE:
        said = [words[one.number].opinion for one in steps if Verb(one.verb) is verb and one.number in words]
        if said and said[-1]:
            return said[-1]
    return None
