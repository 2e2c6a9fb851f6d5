"""Writes of appeals: file one, hear the other side, decide on it as another person; a granted one computes anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from core import audit, clock
from governance.assessment import queries as assessment
from governance.assessment.appeals import queries, rules
from governance.assessment.appeals.states import APPEAL, AppealAction, AppealState
from governance.assessment.appeals.tables import Appeal
from governance.assessment.indicators import is_excluded, valued
from governance.assessment.operations import request_run
from governance.assessment.rule_files import rule_of
from governance.assessment.states import Grouping, Mark, RunState
from governance.assessment.tables import AssessedFact, AssessedValue, AssessmentRun
from governance.cases.lifecycle.queries import is_member, working_time
from governance.policies.queries import policies_at
from governance.reports.numbers import report_number
from identity import principals
from identity.actors import SCHEDULE

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from governance.assessment.appeals.rules import AppealIn
    from governance.assessment.indicators import Rule, Value
    from governance.cases.clocks.working_time import WorkingTime
    from governance.categories.rules import Limit
    from identity.actors import Actor


def file(session: Session, run_id: int, given: AppealIn, *, actor: Actor, any_unit: bool = False) -> Appeal:
    """Contest something that was counted; `any_unit`: the actor speaks for every unit, as the command line.

    The days for it (policy `appeal_within`) begin when the results were computed, and anew when they were published.

    Raises
    ------
    AssessmentNotFoundError, AppealInvalidError, AppealStateError, AppealForbiddenError
    """
    given.check()
    now = clock.now()
    run = assessment.visible_run(session, run_id, sees_all=any_unit, lock=True)
    fact = session.get(AssessedFact, (run_id, given.counted, given.case_id, given.step))
    if fact is None or Mark.EXEMPT in fact.marks or not _valued(session, run, fact):
        raise rules.AppealInvalidError(
            "'{counted}' of case {number} by step {step} does not count in results {run}.",
            values={"counted": given.counted, "number": report_number(given.case_id), "step": given.step,
                    "run": run_id}, field="step",
        )  # fmt: skip
    own = fact.person_id == actor.id or is_member(session, actor.id, fact.unit_code, now)
    if not (any_unit or own):
        raise rules.AppealForbiddenError
    policies, work = policies_at(session, now), working_time(session, known_by=now)
    until = _until(work, run.published_at or run.cut_at, policies.appeal_within)
    if now > until:
        raise rules.AppealInvalidError("The days for it ended at {at}.", values={"at": until.isoformat()}, field="run")
    once = select(Appeal.id).where(
        Appeal.run_id == run_id, Appeal.counted == given.counted, Appeal.case_id == given.case_id,
        Appeal.step == given.step, Appeal.state != AppealState.WITHDRAWN,
    )  # fmt: skip
    known = session.scalar(once)
    if known is not None:
        raise rules.AppealStateError("Appeal {number} contests the same.", values={"number": known}, field="step")
    row = Appeal(
        run_id=run_id, counted=given.counted, case_id=given.case_id, step=given.step, unit_code=fact.unit_code,
        person_id=fact.person_id, ground=given.ground, words=given.words.strip(), evidence=list(given.evidence),
        state=AppealState.FILED, filed_at=now, filed_by_id=actor.id, filed_by=actor.name,
        due_at=_until(work, now, policies.appeal_decided_within),
    )  # fmt: skip
    session.add(row)
    session.flush()
    audit.record(
        session, actor=actor, action="assessment.appeal", subject=f"appeal/{row.id}", assessment=run_id,
        case=report_number(given.case_id), ground=given.ground,
    )  # fmt: skip
    return row


def answer(session: Session, number: int, words: str, *, actor: Actor) -> Appeal:
    """Write what the other side says, as who supervises; without it nothing is decided.

    Raises
    ------
    AppealNotFoundError, AppealStateError, AppealInvalidError
    """
    row = _moved(session, number, AppealAction.ANSWER)
    _require_words(words)
    APPEAL.move(row, AppealAction.ANSWER)
    row.answer, row.answered_at, row.answered_by_id, row.answered_by = words.strip(), clock.now(), actor.id, actor.name
    audit.record(session, actor=actor, action="assessment.answer_appeal", subject=f"appeal/{number}")
    session.flush()
    return row


def decide(session: Session, number: int, action: AppealAction, reason: str, *, actor: Actor) -> Appeal:
    """Grant or refuse an appeal that was answered, with a reason, as a person who had no part in it.

    A granted one takes what is contested out of all indicators of these days; what that changes is kept with it, and
    the worker computes the results anew: a provisional version is replaced, a frozen one gets a further version.

    Raises
    ------
    AppealNotFoundError, AppealStateError, AppealInvalidError, AppealSecondPersonError
    """
    if action not in {AppealAction.GRANT, AppealAction.REFUSE}:
        raise rules.AppealInvalidError("An appeal is granted or refused.", field="action")
    row = _moved(session, number, action)
    _require_words(reason)
    run = assessment.visible_run(session, row.run_id, sees_all=True)
    parties = [one for one in (row.filed_by_id, row.answered_by_id, run.computed_by_id) if one is not None]
    if principals.is_among(session, actor, parties, since=min(row.filed_at, run.cut_at)):
        raise rules.AppealSecondPersonError
    effect = _effect(session, _current(session, run), row) if action is AppealAction.GRANT else None
    APPEAL.move(row, action)
    row.effect = effect
    row.reason, row.decided_at, row.decided_by_id, row.decided_by = reason.strip(), clock.now(), actor.id, actor.name
    audit.record(session, actor=actor, action=f"assessment.{action}_appeal", subject=f"appeal/{number}")
    session.flush()
    if action is AppealAction.GRANT:
        # Nobody's own: who decides on one appeal may decide on the next.
        request_run(session, run.first_day, run.until_day, actor=SCHEDULE, reason=f"appeal/{number}")
    return row


def withdraw(session: Session, number: int, *, actor: Actor, any_unit: bool = False) -> Appeal:
    """Take an appeal back, as who filed it.

    Raises
    ------
    AppealNotFoundError, AppealStateError, AppealForbiddenError
    """
    row = _moved(session, number, AppealAction.WITHDRAW)
    if not any_unit and row.filed_by_id != actor.id:
        raise rules.AppealForbiddenError
    APPEAL.move(row, AppealAction.WITHDRAW)
    audit.record(session, actor=actor, action="assessment.withdraw_appeal", subject=f"appeal/{number}")
    session.flush()
    return row


def _effect(session: Session, run: AssessmentRun, row: Appeal) -> list[dict[str, Any]]:
    """Return the values of the district, the unit and the person before and after it is taken out."""
    fact = session.get(AssessedFact, (run.id, row.counted, row.case_id, row.step))
    if fact is None:  # the results were computed anew since, and it does not count in them
        return []
    subjects = {Grouping.DISTRICT: "", Grouping.UNIT: fact.unit_code, Grouping.PERSON: fact.person_id}
    marks, found = frozenset(map(Mark, fact.marks)), []
    for code, indicator_id, rule in _valued(session, run, fact):
        for grouping, subject in subjects.items():
            value = session.get(AssessedValue, (run.id, indicator_id, grouping, str(subject)))
            if subject is None or value is None:
                continue
            in_numerator = rule.formula.numerator <= marks
            after = valued(rule, value.numerator - in_numerator, value.denominator - 1, value.excluded + 1)
            about = {"indicator": code, "grouping": grouping, "subject": str(subject)}
            found.append(about | {"before": _figures(value), "after": _figures(after)})
    return found


def _figures(value: AssessedValue | Value) -> dict[str, int | str | None]:
    return {
        "numerator": value.numerator, "denominator": value.denominator,
        "percent": None if value.percent is None else str(value.percent),
        "points": None if value.points is None else str(value.points),
    }  # fmt: skip


def _valued(session: Session, run: AssessmentRun, fact: AssessedFact) -> list[tuple[str, int, Rule]]:
    """Return the indicators of a run in whose denominator something stands: code, number, rule."""
    marks = frozenset(map(Mark, fact.marks))
    known = [(one.code, one.id, rule_of(one.rule))
             for one in assessment.indicators_for(session, run.first_day, run.cut_at)]  # fmt: skip
    return [one for one in known if one[2].formula.counted == fact.counted and is_excluded(one[2], marks) is False]


def _until(work: WorkingTime, start: datetime, limit: Limit) -> datetime:
    """Return when so much time has counted since an instant."""
    scale, amount = work.measured(limit)
    return work.add(scale, start, amount)


def _current(session: Session, run: AssessmentRun) -> AssessmentRun:
    """Return the latest results of the same days that were not discarded."""
    query = (
        select(AssessmentRun)
        .where(AssessmentRun.first_day == run.first_day, AssessmentRun.until_day == run.until_day)
        .where(AssessmentRun.state != RunState.DISCARDED)
        .order_by(AssessmentRun.id.desc())
        .limit(1)
    )
    return session.scalar(query) or run


def _require_words(words: str) -> None:
    if not words.strip():
        raise rules.AppealInvalidError("Write what is to be said.", field="words")


def _moved(session: Session, number: int, action: AppealAction) -> Appeal:
    row = queries.appeal(session, number, person=None, now=clock.now(), lock=True)
    if not APPEAL.allows(row, action):
        raise rules.AppealStateError("The appeal is {state}.", values={"state": row.state}, field="appeal")
    return row
