"""Writes of tasks: issue one to units, and each later step at a unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from core import audit, clock
from governance.attachments import queries as attachments
from governance.attachments.states import SubjectKind
from governance.cases.lifecycle.queries import is_member, working_time
from governance.tasks import queries, rules
from governance.tasks.states import LIFECYCLE, OF_UNIT, TaskState, TaskVerb
from governance.tasks.tables import Task, TaskPart, TaskStep
from identity.actors import ActorKind
from identity.units.queries import UnitFilter, units_at
from identity.units.rules import UnitNotFoundError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from governance.tasks.queries import TaskView
    from governance.tasks.rules import TaskIn
    from identity.actors import Actor


@dataclass(frozen=True, slots=True)
class TaskCaller:
    """Who acts on tasks: `issues`: may do the issuer's part; `any_unit`: acts for every unit, as the command line."""

    actor: Actor
    issues: bool
    any_unit: bool = False


def issue(session: Session, given: TaskIn, *, actor: Actor) -> TaskView:
    """Give a task to units; a limit counts in working time as those of cases do.

    Raises
    ------
    TaskInvalidError, UnitNotFoundError
    """
    now = clock.now()
    given.check(now)
    known = {one.unit_code for one in units_at(session, now, UnitFilter(codes=given.units))}
    missing = next((unit for unit in given.units if unit not in known), None)
    if missing is not None:
        raise UnitNotFoundError("There is no unit '{code}'.", values={"code": missing}, field="units")
    due = given.due_at
    if due is None and given.within is not None:
        work = working_time(session, known_by=now)
        scale, amount = work.measured(given.within)
        due = work.add(scale, now, amount)
    task = Task(
        kind=given.kind, title=given.title.strip(), words=given.words, issued_at=now, due_at=due,
        issued_by_id=actor.id, issued_by=actor.name,
    )  # fmt: skip
    session.add(task)
    session.flush()
    for unit in given.units:
        begun = {"state": TaskState.ISSUED, "version": 1, "due_at": task.due_at, "reminders": 0}
        part = TaskPart(task_id=task.id, unit_code=unit, **begun)
        session.add_all([part, _step(part, TaskVerb.ISSUE, actor, None, ())])
    audit.record(session, actor=actor, action="tasks.issue", subject=f"task/{task.id}", units=list(given.units))
    session.flush()
    return queries.task(session, task.id, now=now)


def act_on(
    session: Session,
    task_id: int,
    unit_code: str,
    verb: TaskVerb,
    *,
    caller: TaskCaller,
    words: str | None = None,
    evidence: Sequence[int] = (),
) -> TaskPart:
    """Do something to a task at a unit, and write a step of its history.

    Raises
    ------
    TaskNotFoundError, TaskForbiddenError, TaskVerbRefusedError, TaskInvalidError
    """
    now = clock.now()
    part = session.scalar(
        select(TaskPart).where(TaskPart.task_id == task_id, TaskPart.unit_code == unit_code).with_for_update()
    )
    if part is None:
        raise rules.TaskNotFoundError(
            "Task {task_id} was not given to unit '{unit_code}'.", values={"task_id": task_id, "unit_code": unit_code}
        )
    _require_may(session, part, verb, caller)
    if not LIFECYCLE.allows(part, verb):
        raise rules.TaskVerbRefusedError(
            "The task is {state} at unit '{unit_code}'; '{verb}' is not possible.",
            values={"state": part.state, "unit_code": unit_code, "verb": verb}, field="verb",
        )  # fmt: skip
    rules.require_text(verb, words)
    _require_evidence(session, task_id, evidence)
    LIFECYCLE.move(part, verb)
    part.version += 1
    if verb is TaskVerb.ACKNOWLEDGE or (verb is TaskVerb.FINISH and part.acknowledged_at is None):
        part.acknowledged_at = now
    if verb in {TaskVerb.FINISH, TaskVerb.SEND_BACK}:
        part.done_at = now if verb is TaskVerb.FINISH else None
    part.reminders += verb is TaskVerb.REMIND
    session.add(_step(part, verb, caller.actor, words, evidence))
    session.flush()
    return part


def _require_may(session: Session, part: TaskPart, verb: TaskVerb, caller: TaskCaller) -> None:
    """Make sure that a person of the unit, or of one below it, does its part, and who issues tasks the rest."""
    if caller.any_unit:
        return
    if verb not in OF_UNIT:
        if not caller.issues:
            raise rules.TaskForbiddenError("'{verb}' is done by who issues tasks.", values={"verb": verb})
        return
    is_person = caller.actor.kind is ActorKind.PERSON
    if is_person and not is_member(session, caller.actor.id, part.unit_code, clock.now()):
        raise rules.TaskForbiddenError(
            "'{verb}' is done by a person of unit '{unit_code}'.", values={"verb": verb, "unit_code": part.unit_code}
        )


def _require_evidence(session: Session, task_id: int, evidence: Sequence[int]) -> None:
    known = {one.id for one in attachments.of_subject(session, SubjectKind.TASK, task_id)} if evidence else set()
    missing = next((one for one in evidence if one not in known), None)
    if missing is not None:
        raise rules.TaskInvalidError(
            "The task has no attachment {number}: send it first.", values={"number": missing}, field="attachments"
        )


def _step(part: TaskPart, verb: TaskVerb, actor: Actor, words: str | None, evidence: Sequence[int]) -> TaskStep:
    return TaskStep(
        task_id=part.task_id, unit_code=part.unit_code, at=clock.now(), verb=verb, led_to=part.state,
        actor_id=actor.id, actor=actor.name, attachments=list(evidence), words=words,
    )  # fmt: skip
