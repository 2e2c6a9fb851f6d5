"""Open cases: that of one report when somebody asks, and those of stored reports by themselves, as events name them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import text

from core import clock
from core.db.locks import LockSpace, lock, lock_all
from core.events import feed
from core.events.kinds import Consumer, EventKind
from governance.cases.clocks.measuring import Happening
from governance.cases.lifecycle import queries, rules
from governance.cases.lifecycle.operations.history import new_step
from governance.cases.lifecycle.rules import Act
from governance.cases.lifecycle.states import TABLE, CaseState, Verb
from governance.cases.lifecycle.tables import Case
from governance.categories import queries as categories
from governance.categories.rules import CategoryNotFoundError
from governance.categories.states import Step, Urgency
from governance.reports import queries as reports
from governance.reports.numbers import MONTH
from identity.actors import SERVICE

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from governance.cases.clocks.working_time import WorkingTime
    from governance.cases.lifecycle.operations.history import Caller
    from governance.cases.lifecycle.queries import CaseView
    from governance.categories.queries import CategoryInForce
    from identity.actors import Actor

REPORTS: Final = 200
"""Reports whose cases one transaction opens, and events that it takes: a second's work or less."""


@dataclass(frozen=True, slots=True)
class Opened:
    """How many cases a transaction opened, and whether the feed may name more."""

    cases: int
    more: bool


@dataclass(frozen=True, slots=True)
class _Opening:
    """A report whose case is opened: when it begins, by whom, why it is opened, and a deadline from outside."""

    report_id: int
    channel: str
    word: str
    at: datetime
    actor: Actor
    detail: dict[str, Any]
    deadline: datetime | None = None


def open_case(
    session: Session, *, report_id: int, caller: Caller, deadline: datetime | None = None
) -> tuple[CaseView, bool]:
    """Open the case of a report, with the category that its channel means by its word; return whether it is new.

    A report opens one case: asked again, it is the same. A deadline from outside stands beside the clocks.

    Raises
    ------
    ReportUnknownError
        When there is none in the reach of who may accept cases.
    """
    reach = caller.reach(TABLE[Verb.OPEN].scope)
    report_id = reports.current_id(session, report_id)
    report = reports.report(session, report_id, reach=reach)
    # Who opens the same case at the same time waits here and finds it.
    lock(session, LockSpace.CASES, report_id)
    known = session.get(Case, report_id)
    if known is None:
        now = clock.now()
        opening = _Opening(report_id, report["channel"], report["category"], now, caller.actor, {}, deadline)
        _open(session, opening, queries.working_time(session, known_by=now))
    return queries.case(session, report_id, reach=reach), known is None


def open_stored(session: Session, *, limit: int = REPORTS) -> Opened:
    """Open the cases of reports that were stored since the last time, whose channel opens cases by itself.

    A consumer of events: each case is opened once, whenever its report was committed, and begins with the receipt of
    its report, so that no clock waits for this. Reports taken in from a file open none: they tell of what was before.

    Raises
    ------
    core.events.feed.FeedNotRebasedError
    """
    batch = feed.read_batch(session, Consumer.OPEN_CASES, limit=limit)
    spans = batch.ids(EventKind.REPORT_STORED)
    lock_all(session, LockSpace.CASES, [row.report_id for row in queries.unopened(session, spans, limit=limit)])
    rows = queries.unopened(session, spans, limit=limit)  # without those that others opened before they were locked
    work = queries.working_time(session, known_by=clock.now())
    for row in rows:
        opening = _Opening(row.report_id, row.channel, row.word, row.received_at, SERVICE, {"by": "report"})
        _open(session, opening, work)
    # A batch of more reports than are opened at once is taken again: those opened before have a case then.
    is_through = len(rows) < limit
    if is_through:
        feed.advance(session, batch)
    return Opened(len(rows), batch.is_full or not is_through)


def _category(session: Session, opening: _Opening) -> CategoryInForce | None:
    """Return the category that the channel means by its word; None where nobody has said yet, or that one has ended."""
    code = categories.category_of_word(session, opening.channel, opening.word, opening.at)
    try:
        return None if code is None else categories.in_force(session, code, opening.at)
    except CategoryNotFoundError:
        return None


def _open(session: Session, opening: _Opening, work: WorkingTime) -> None:
    session.execute(text("SELECT make_case_month(:month)"), {"month": opening.report_id // MONTH})
    category = _category(session, opening)
    urgency = Urgency.NORMAL if category is None else category.urgency
    idle = queries.clocks_of([], work, now=opening.at)
    changes = rules.clock_changes(Verb.OPEN, idle, {} if category is None else category.limits, urgency)
    if opening.deadline is not None:
        changes.append({"clock": Step.HANDLE, "what": Happening.FIXED, "deadline": opening.deadline.isoformat()})
    case = Case(
        id=opening.report_id, state=str(CaseState.OPENED), version=1, urgency=str(urgency), opened_at=opening.at,
        changed_at=clock.now(), category_path=[] if category is None else list(category.path), supervised=False,
    )  # fmt: skip
    session.add(case)
    step = new_step(case, Act(verb=Verb.OPEN), opening.actor, opening.at, None, opening.detail | {"clocks": changes})
    session.add(step)
    case.due_at, case.due_step = rules.next_due(queries.clocks_of([step], work, now=opening.at))
    session.flush()
