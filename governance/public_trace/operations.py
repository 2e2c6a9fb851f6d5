"""What a caller may do with a token: rate the matter once, have it reopened once; and the making of tokens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from core import audit, clock
from governance.cases.duplicates import operations as merging
from governance.cases.duplicates import queries as duplicates
from governance.cases.duplicates import repeat_queries
from governance.cases.lifecycle import operations as cases
from governance.cases.lifecycle import queries as case_queries
from governance.cases.lifecycle.rules import Act
from governance.cases.lifecycle.states import CaseState, Verb
from governance.cases.lifecycle.tables import Case
from governance.public_trace import queries, rules
from governance.public_trace.tables import TraceToken
from governance.reports.numbers import report_number
from identity.grants import EVERYTHING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from governance.cases.lifecycle.tables import CaseStep
    from governance.public_trace.queries import Trace
    from identity.actors import Actor

CALLER = cases.Caller(rules.PUBLIC, lambda _: EVERYTHING, any_unit=True)
"""Who acts where a caller's own word does."""


@dataclass(frozen=True, slots=True)
class MadeToken:
    """A token in clear: shown once, at its making."""

    number: str
    token: str
    expires_at: datetime


def make_token(session: Session, report_id: int, *, actor: Actor) -> MadeToken:
    """Make a token for the caller of a report; earlier ones stay good until they expire."""
    now, token, number = clock.now(), rules.new_token(), report_number(report_id)
    until = now + rules.TOKEN_LASTS
    digest = rules.digest_of(token)
    session.add(TraceToken(report_id=report_id, sha256=digest, made_at=now, made_by_id=actor.id, expires_at=until))
    audit.record(session, actor=actor, action="trace.token", subject=number)
    return MadeToken(number, token, until)


def rate(session: Session, number: str, token: str, *, rating: int, comment: str | None = None) -> Trace:
    """Rate a closed matter; one rating a matter and caller.

    Raises
    ------
    TraceRefusedError, RatingNotOpenError, RatingDoneError, RatingTooLateError
    """
    report_id = queries.by_token(session, number, token)
    words = (comment or "").strip() or None
    if (main_id := duplicates.main_of(session, report_id)) is not None:
        _answerable(session, main_id)
        own = session.get(Case, report_id, with_for_update=True, populate_existing=True)
        if own is None or own.rating is not None or repeat_queries.rates_elsewhere(session, report_id, main_id):
            raise rules.RatingDoneError
        merging.rate(session, report_id, rating=rating, comment=words, caller=CALLER)
        return queries.trace(session, report_id)
    case, _ = _answerable(session, report_id)
    if CaseState(case.state) is CaseState.RATED:
        raise rules.RatingDoneError
    cases.act_on(session, case_id=report_id, act=Act(verb=Verb.RATE, rating=rating, opinion=words), caller=CALLER)
    return queries.trace(session, report_id)


def reopen(session: Session, number: str, token: str, *, reason: str) -> Trace:
    """Have a closed matter reopened that is not solved, once.

    Raises
    ------
    TraceRefusedError, RatingNotOpenError, RatingTooLateError, ReopeningDoneError
    """
    report_id = queries.by_token(session, number, token)
    require_answerable(session, report_id, reopening=True)
    cases.act_on(session, case_id=report_id, act=Act(verb=Verb.REOPEN, reason=reason), caller=CALLER)
    return queries.trace(session, report_id)


def require_answerable(session: Session, report_id: int, *, reopening: bool) -> None:
    """Make sure that the caller of a case may rate it now, or have it reopened, whoever brings the caller's word.

    Raises
    ------
    RatingNotOpenError, RatingTooLateError, ReopeningDoneError
    """
    _, steps = _answerable(session, report_id)
    if reopening and queries.reopenings(steps) >= rules.MOST_REOPENINGS:
        raise rules.ReopeningDoneError


def _answerable(session: Session, report_id: int) -> tuple[Case, Sequence[CaseStep]]:
    """Return a case that its caller may rate or reopen now, locked, and its history."""
    case = session.scalar(select(Case).where(Case.id == report_id).with_for_update())
    steps = [] if case is None else case_queries.steps_of(session, report_id)
    until = queries.answer_until(steps) if steps else None
    if case is None or until is None:
        raise rules.RatingNotOpenError
    if clock.now() >= until:
        raise rules.RatingTooLateError
    return case, steps
