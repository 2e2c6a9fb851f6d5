"""Keep what a call-back found, and let follow what it asks for: a rating, a reopening, a supervisor's look."""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.call_backs import queries
from governance.call_backs.rules import CallBackDoneError, Way
from governance.cases.lifecycle import operations as cases
from governance.cases.lifecycle import queries as case_queries
from governance.cases.lifecycle.operations.holding import add_step, bring_up, hold
from governance.cases.lifecycle.rules import Act
from governance.cases.lifecycle.states import CALL_BACKS, LIFECYCLE, CaseState, Verb
from governance.public_trace import operations as public_trace
from governance.public_trace.rules import RatingDoneError

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from governance.call_backs.rules import CallBackIn, CallBackMade
    from governance.cases.lifecycle.operations.history import Caller


def record(session: Session, case_id: int, given: CallBackIn, *, caller: Caller) -> CallBackMade:
    """Keep a call-back by the office.

    Raises
    ------
    CaseNotFoundError, CaseForbiddenError, CaseVerbRefusedError, CallBackInvalidError, CallBackDoneError
    RatingDoneError
    """
    return _record(session, case_id, given, caller, Way.OFFICE)


def record_of_channel(session: Session, case_id: int, given: CallBackIn) -> CallBackMade:
    """Keep what a channel asked its caller; a rating and a reopening have the bounds of the public.

    Raises
    ------
    CaseNotFoundError, CaseVerbRefusedError, CallBackInvalidError, CallBackDoneError
    RatingDoneError, RatingNotOpenError, RatingTooLateError, ReopeningDoneError
    """
    if given.rating is not None or given.reopen:
        public_trace.require_answerable(session, case_id, reopening=given.reopen)
    return _record(session, case_id, given, public_trace.CALLER, Way.CHANNEL)


def _record(session: Session, case_id: int, given: CallBackIn, caller: Caller, way: Way) -> CallBackMade:
    given.check()
    words = None if given.solved is not False or given.reopen else given.reason
    act = Act(verb=Verb.CALL_BACK, opinion=given.words, reason=words)
    held = hold(session, case_id=case_id, act=act, caller=caller, path=CALL_BACKS)
    if queries.is_reached_since_closing(held.steps):
        raise CallBackDoneError
    if given.rating is not None and LIFECYCLE.state_of(held.case) is CaseState.RATED:
        raise RatingDoneError
    detail = {"call_back": given.facts | {"way": way}, "clocks": []}
    step = add_step(session, held, act, caller.actor, detail)
    bring_up(session, held, [step])
    if given.rating is not None:
        rating = Act(verb=Verb.RATE, rating=given.rating)
        cases.act_on(session, case_id=case_id, act=rating, caller=caller)
    if given.reopen:
        reopening = Act(verb=Verb.REOPEN, reason=given.reason)
        cases.act_on(session, case_id=case_id, act=reopening, caller=caller)
    steps = case_queries.steps_of(session, case_id)
    return queries.made_of(steps)[-1]
