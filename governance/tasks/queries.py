"""Reads of tasks: a page, one with its units, and a history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import and_, or_, select

from governance.cases.lifecycle.queries import units_of
from governance.tasks.rules import TaskNotFoundError
from governance.tasks.states import TaskState
from governance.tasks.tables import Task, TaskPart, TaskStep

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

OPEN: Final = (TaskState.ISSUED, TaskState.ACKNOWLEDGED)


@dataclass(frozen=True, slots=True)
class TaskView:
    """A task and where it is at each unit."""

    task: Task
    parts: Sequence[TaskPart]


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFilter:
    """Which tasks are wanted, by what they are at any unit; what is None does not limit them."""

    unit: str | None = None
    state: TaskState | None = None
    overdue_at: datetime | None = None


def is_overdue(part: TaskPart, now: datetime) -> bool:
    """Tell whether a task was done late at a unit, or is late now; what was withdrawn is not."""
    if part.state == TaskState.WITHDRAWN:
        return False
    return (part.done_at or now) > part.due_at


def tasks_page(
    session: Session, wanted: TaskFilter, *, member: int | None = None, now: datetime, limit: int,
    before: int | None = None,
) -> list[TaskView]:  # fmt: skip
    """Return tasks, the latest first; with a `member` those of the units that the person belongs to."""
    conditions = [TaskPart.task_id == Task.id]
    if wanted.unit is not None:
        conditions.append(TaskPart.unit_code == wanted.unit)
    if wanted.state is not None:
        conditions.append(TaskPart.state == wanted.state)
    if wanted.overdue_at is not None:
        at = wanted.overdue_at
        late = and_(TaskPart.state.in_(OPEN), TaskPart.due_at < at)
        conditions.append(or_(late, TaskPart.done_at > TaskPart.due_at))
    if member is not None:
        conditions.append(TaskPart.unit_code.in_(units_of(session, member, now)))
    query = select(Task).where(select(TaskPart).where(*conditions).exists()).order_by(Task.id.desc()).limit(limit)
    if before is not None:
        query = query.where(Task.id < before)
    tasks = session.scalars(query).all()
    parts: dict[int, list[TaskPart]] = {task.id: [] for task in tasks}
    rows = select(TaskPart).where(TaskPart.task_id.in_(parts)).order_by(TaskPart.task_id, TaskPart.unit_code)
    for part in session.scalars(rows):
        parts[part.task_id].append(part)
    return [TaskView(task, parts[task.id]) for task in tasks]


def task(session: Session, task_id: int, *, member: int | None = None, now: datetime) -> TaskView:
    """Return one task; with a `member` only if it was given to a unit that the person belongs to.

    Raises
    ------
    TaskNotFoundError
    """
    found = session.get(Task, task_id)
    rows = select(TaskPart).where(TaskPart.task_id == task_id).order_by(TaskPart.unit_code)
    parts = [] if found is None else session.scalars(rows).all()
    own = None if member is None else units_of(session, member, now)
    if found is None or (own is not None and not own & {part.unit_code for part in parts}):
        raise TaskNotFoundError("There is no task {task_id}, or none that you may see.", values={"task_id": task_id})
    return TaskView(found, parts)


def steps_of(session: Session, task_id: int, *, after: int = 0, limit: int | None = None) -> Sequence[TaskStep]:
    """Return the history of a task at all its units, in order; what came after a step, and so many at most."""
    query = select(TaskStep).where(TaskStep.task_id == task_id, TaskStep.id > after).order_by(TaskStep.id)
    return session.scalars(query.limit(limit)).all()
