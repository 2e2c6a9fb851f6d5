"""Assessment: state and decide on indicators; compute, freeze and publish the results of a period."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

import psycopg
from sqlalchemy import delete, func, select

from core import audit, clock
from core.db.locks import LockSpace, lock_name
from core.queue import TaskName, enqueue
from governance.assessment import queries, rules
from governance.assessment.appeals.queries import exempt_at, unsettled
from governance.assessment.computing import Tally, counted_in, with_exempt
from governance.assessment.indicators import (
    IndicatorDecidedError,
    IndicatorInvalidError,
    IndicatorSecondPersonError,
    require_valid,
)
from governance.assessment.rule_files import as_json, rule_of
from governance.assessment.states import INDICATOR, RUN, IndicatorAction, IndicatorState, RunAction, RunState
from governance.assessment.tables import AssessedCase, AssessedFact, AssessedValue, AssessmentRun, Indicator
from governance.assessment.verifying import digest_of
from governance.cases.lifecycle.queries import working_time
from identity import principals
from identity.actors import Actor, ActorKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy.orm import Session

    from governance.assessment.rule_files import IndicatorJson

_COPY_CASES: Final = (
    "COPY assessment_case (run_id, case_id, last_step, channel, category_code, urgency, area_path) FROM STDIN"
)
_COPY_FACTS: Final = (
    "COPY assessment_fact (run_id, counted, case_id, number, at, unit_code, person_id, marks) FROM STDIN"
)
_COPY_VALUES: Final = (
    "COPY assessment_value (run_id, indicator_id, grouping, subject, numerator, denominator, excluded, percent, points)"
    " FROM STDIN"
)
_LONGEST: Final = timedelta(days=366)


def propose_indicators(session: Session, given: Iterable[IndicatorJson], *, actor: Actor) -> list[Indicator]:
    """Propose versions of indicators; each waits for a second person, and changes nothing that was computed before.

    Raises
    ------
    IndicatorInvalidError
    """
    # Two who propose a version of the same indicator get two numbers.
    lock_name(session, LockSpace.ASSESSMENT, "indicators")
    now = clock.now()
    rows = []
    for one in given:
        require_valid(one.rule.rule())
        if one.valid_until is not None and one.valid_until <= one.valid_from:
            raise IndicatorInvalidError("The last day lies before the first.", field="valid_until")
        latest = session.scalar(select(func.max(Indicator.version)).where(Indicator.code == one.code))
        row = Indicator(
            code=one.code, version=(latest or 0) + 1, name=one.name, rule=as_json(one.rule), valid_from=one.valid_from,
            valid_until=one.valid_until, source=one.source, state=IndicatorState.PROPOSED, stated_at=now,
            stated_by_id=actor.id, stated_by=actor.name,
        )  # fmt: skip
        session.add(row)
        session.flush()
        audit.record(
            session, actor=actor, action="assessment.propose", subject=f"indicator/{one.code}", number=row.id,
            version=row.version, rule=row.rule, valid_from=one.valid_from.isoformat(),
        )  # fmt: skip
        rows.append(row)
    return rows


def decide_indicator(session: Session, number: int, action: IndicatorAction, *, actor: Actor) -> Indicator:
    """Confirm or refuse a proposed version, as a second person; who proposed it may refuse it, too.

    Raises
    ------
    IndicatorNotFoundError, IndicatorDecidedError, IndicatorSecondPersonError
    """
    row = queries.indicator(session, number, lock=True)
    if not INDICATOR.allows(row, action):
        raise IndicatorDecidedError("The version is {state} already.", values={"state": row.state})
    is_own = principals.is_among(session, actor, [row.stated_by_id], since=row.stated_at)
    if action is IndicatorAction.CONFIRM and is_own:
        raise IndicatorSecondPersonError
    INDICATOR.move(row, action)
    row.decided_at, row.decided_by_id, row.decided_by = clock.now(), actor.id, actor.name
    audit.record(
        session, actor=actor, action=f"assessment.{action}", subject=f"indicator/{row.code}", number=number,
        version=row.version,
    )  # fmt: skip
    session.flush()
    return row


def request_run(session: Session, first_day: date, until_day: date, *, actor: Actor, reason: str | None = None) -> int:
    """Ask the worker to compute the results of a period; return the number of its job.

    Raises
    ------
    AssessmentPeriodError
        Also where no indicator is in force for the period.
    AssessmentReasonMissingError
    """
    _require_countable(session, first_day, until_day)
    if _is_settled(session, first_day, until_day) and not (reason or "").strip():
        raise _reason_missing()
    days = {"first_day": first_day.isoformat(), "until_day": until_day.isoformat()}
    asked = days | {"reason": reason, "actor": [actor.id, actor.kind, actor.name]}
    job = enqueue(session, TaskName.ASSESS, request=asked)
    audit.record(session, actor=actor, action="assessment.request", subject=f"job/{job}", **days, reason=reason)
    return job


def compute_requested(session: Session, request: Mapping[str, Any]) -> AssessmentRun:
    """Compute the results that `request_run` asked for."""
    number, kind, name = request["actor"]
    first_day, until_day = (date.fromisoformat(request[one]) for one in ("first_day", "until_day"))
    actor = Actor(number, ActorKind(kind), name)
    return compute(session, first_day, until_day, actor=actor, reason=request["reason"])


def compute_last_month(session: Session, *, actor: Actor) -> AssessmentRun | None:
    """Compute the results of the month before this one, unless they are settled or no indicator counts for it."""
    until_day = clock.now().astimezone(clock.LOCAL).date().replace(day=1)
    first_day = (until_day - timedelta(days=1)).replace(day=1)
    if _is_settled(session, first_day, until_day) or not queries.indicators_for(session, first_day, clock.now()):
        return None
    return compute(session, first_day, until_day, actor=actor)


def compute(
    session: Session, first_day: date, until_day: date, *, actor: Actor, reason: str | None = None
) -> AssessmentRun:
    """Compute the results of the local days [first_day, until_day), as the histories stand now.

    A provisional run of the same days is discarded. Where results of them are frozen, a reason is needed, such as an
    appeal that was granted: the new run is the next version, and the earlier one stays.

    Raises
    ------
    AssessmentPeriodError, AssessmentReasonMissingError
    """
    lock_name(session, LockSpace.ASSESSMENT, f"{first_day}/{until_day}")
    now = clock.now()
    since, until = rules.instants_of(first_day, until_day)
    indicators = _require_countable(session, first_day, until_day)
    version = _next_version(session, first_day, until_day, actor=actor, reason=reason)
    run = AssessmentRun(
        first_day=first_day, until_day=until_day, version=version, state=RunState.PROVISIONAL, cut_at=now, cases=0,
        facts=0, computed_by_id=actor.id, computed_by=actor.name,
    )  # fmt: skip
    session.add(run)
    session.flush()
    tally = Tally({one.id: rule_of(one.rule) for one in indicators})
    work = working_time(session, known_by=now)
    exempt = exempt_at(session, first_day, until_day, now)
    for batch in queries.cases_counted(session, since=since, until=until, cut=now):
        counted = [
            (case, with_exempt(case.id, counted_in(case, work, since=since, until=until, cut=now), exempt))
            for case in batch
        ]
        kept = [(case, facts) for case, facts in counted if facts]
        for case, facts in kept:
            for fact in facts:
                tally.add(case, fact)
        run.cases += len(kept)
        run.facts += _store(session, run.id, kept)
    _copy(session, _COPY_VALUES, (
        (run.id, *key, one.numerator, one.denominator, one.excluded, one.percent, one.points)
        for key, one in tally.values()
    ))  # fmt: skip
    audit.record(
        session, actor=actor, action="assessment.compute", subject=f"assessment/{run.id}", version=version,
        first_day=first_day.isoformat(), until_day=until_day.isoformat(), cut_at=now.isoformat(), cases=run.cases,
        reason=reason,
    )  # fmt: skip
    session.flush()
    return run


def freeze(session: Session, number: int, *, actor: Actor) -> AssessmentRun:
    """Freeze the results of a period that is over, as a second person, once its appeals are settled.

    The digest of all that they hold goes into the audit, and so into the hash chain.

    Raises
    ------
    AssessmentNotFoundError, AssessmentStateError, AssessmentSecondPersonError
    """
    run = _moved(session, number, RunAction.FREEZE)
    if rules.instants_of(run.first_day, run.until_day)[1] > run.cut_at:
        raise rules.AssessmentStateError(
            "The period was not over at the cut-off: compute it again after {day}.", values={"day": run.until_day}
        )
    if principals.is_among(session, actor, [run.computed_by_id], since=run.cut_at):
        raise rules.AssessmentSecondPersonError
    if waiting := unsettled(session, run):
        raise rules.AssessmentStateError(
            "Appeals {appeals} are open, or were granted since: decide on them, and compute the results again.",
            values={"appeals": waiting},
        )
    run.digest = digest_of(session, run)
    RUN.move(run, RunAction.FREEZE)
    run.frozen_at, run.frozen_by_id, run.frozen_by = clock.now(), actor.id, actor.name
    audit.record(session, actor=actor, action="assessment.freeze", subject=f"assessment/{number}", digest=run.digest)
    session.flush()
    return run


def publish(session: Session, number: int, *, actor: Actor) -> AssessmentRun:
    """Publish frozen results: who reads cases may see the values from now on.

    Raises
    ------
    AssessmentNotFoundError, AssessmentStateError
    """
    run = _moved(session, number, RunAction.PUBLISH)
    RUN.move(run, RunAction.PUBLISH)
    run.published_at = clock.now()
    audit.record(session, actor=actor, action="assessment.publish", subject=f"assessment/{number}", digest=run.digest)
    session.flush()
    return run


def discard(session: Session, number: int, *, actor: Actor) -> AssessmentRun:
    """Discard provisional results with all that was counted.

    Raises
    ------
    AssessmentNotFoundError, AssessmentStateError
    """
    run = _moved(session, number, RunAction.DISCARD)
    _discard(session, run, actor=actor)
    session.flush()
    return run


def _discard(session: Session, run: AssessmentRun, *, actor: Actor) -> None:
    for table in (AssessedValue, AssessedFact, AssessedCase):
        session.execute(delete(table).where(table.run_id == run.id))
    RUN.move(run, RunAction.DISCARD)
    audit.record(session, actor=actor, action="assessment.discard", subject=f"assessment/{run.id}")


def _require_countable(session: Session, first_day: date, until_day: date) -> Sequence[Indicator]:
    """Make sure that results of a period can be computed, and return the indicators that count for it."""
    now = clock.now()
    since, until = rules.instants_of(first_day, until_day)
    if not timedelta() < until - since <= _LONGEST or since > now:
        raise rules.AssessmentPeriodError(
            "A period begins in the past and has 1 to {most} days.", values={"most": _LONGEST.days}, field="until_day"
        )
    indicators = queries.indicators_for(session, first_day, now)
    if not indicators:
        raise rules.AssessmentPeriodError(
            "No indicator is in force for periods that begin on {day}: propose and confirm some first.",
            values={"day": first_day}, field="first_day",
        )  # fmt: skip
    return indicators


def _is_settled(session: Session, first_day: date, until_day: date) -> bool:
    """Tell whether results of a period are frozen or published."""
    states = (RunState.FROZEN, RunState.PUBLISHED)
    query = select(AssessmentRun.id).where(
        AssessmentRun.first_day == first_day, AssessmentRun.until_day == until_day, AssessmentRun.state.in_(states)
    )
    return session.scalars(query.limit(1)).first() is not None


def _reason_missing() -> rules.AssessmentReasonMissingError:
    return rules.AssessmentReasonMissingError(
        "The results of these days are frozen: state why they are computed again.", field="reason"
    )


def _moved(session: Session, number: int, action: RunAction) -> AssessmentRun:
    run = queries.visible_run(session, number, sees_all=True, lock=True)
    if not RUN.allows(run, action):
        raise rules.AssessmentStateError("The results are {state}.", values={"state": run.state})
    return run


def _next_version(session: Session, first_day: date, until_day: date, *, actor: Actor, reason: str | None) -> int:
    """Discard what is provisional of a period, and return the number of its next version."""
    query = select(AssessmentRun).where(
        AssessmentRun.first_day == first_day, AssessmentRun.until_day == until_day,
        AssessmentRun.state != RunState.DISCARDED,
    ).with_for_update()  # fmt: skip
    version = 1
    for run in session.scalars(query).all():
        if RUN.allows(run, RunAction.DISCARD):
            _discard(session, run, actor=actor)
        else:
            version = max(version, run.version + 1)
    if version > 1 and not (reason or "").strip():
        raise _reason_missing()
    session.flush()
    return version


def _store(session: Session, run_id: int, kept: list[tuple[Any, list[Any]]]) -> int:
    """Store cases with what they count for; return how many facts."""
    _copy(session, _COPY_CASES, (
        (run_id, case.id, case.steps[-1].number, case.channel, case.category_code, case.urgency, case.area_path)
        for case, _ in kept
    ))  # fmt: skip
    rows = [
        (run_id, str(one.counted), case.id, one.number, one.at, one.unit_code, one.person_id,
         sorted(map(str, one.marks)))
        for case, facts in kept for one in facts
    ]  # fmt: skip
    _copy(session, _COPY_FACTS, rows)
    return len(rows)


def _copy(session: Session, statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
    connection = session.connection().connection.driver_connection
    assert isinstance(connection, psycopg.Connection)  # noqa: S101 (the only driver there is)
    with connection.cursor() as cursor, cursor.copy(statement.encode()) as copy:
        for row in rows:
            copy.write_row(row)
