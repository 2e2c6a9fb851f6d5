"""Tasks over HTTP: who issues them sees all, a person those of the own units."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import Path, Query, Request, Response

from api.http.access import AttachmentSender, LocalCaseViewer, TaskIssuer
from api.http.dependencies import SessionDep, SnapshotDep
from api.http.openapi import feature_router
from api.http.problems import responses
from api.http.repeats import REPLAYED, Once
from api.http.services import ServicesDep
from api.http.texts import CODE_PATTERN
from api.shapes.attachments import AttachmentListOut, AttachmentOut, attachment_out
from api.shapes.report_access import task_member
from api.shapes.uploaded import COST, FILE_BODY, FileBody, Sha256
from api.tasks.schemas import (
    TaskActIn,
    TaskHistoryOut,
    TaskIssueIn,
    TaskListOut,
    TaskOut,
    TaskPartOut,
    TaskStepOut,
)
from core import clock
from core.personal import masked_text
from governance.attachments import operations as attachments
from governance.attachments import queries as attachment_queries
from governance.attachments import rules as attachment_rules
from governance.attachments.states import SubjectKind
from governance.categories.rules import Limit
from governance.tasks import operations, queries
from governance.tasks.operations import TaskCaller
from governance.tasks.rules import TaskIn
from governance.tasks.states import TaskState, TaskVerb
from identity.grants import Scope

if TYPE_CHECKING:
    from datetime import datetime

    from governance.tasks.queries import TaskView
    from governance.tasks.tables import TaskPart

router = feature_router(prefix="/v1/tasks", tags=["tasks"])
TaskNumber = Annotated[int, Path(ge=1, le=2**62, description="Number of the task.")]
Unit = Annotated[str, Path(pattern=CODE_PATTERN, description="Code of the unit.")]
READ = responses(400, 401, 403, 404, 503)
WRITE = responses(400, 401, 403, 404, 409, 422, 503)


@router.post("", status_code=201, responses=responses(400, 401, 403, 404, 422, 503))
def issue_task(session: SessionDep, issuer: TaskIssuer, body: TaskIssueIn) -> TaskOut:
    """Give units an instruction, a roll-call or a passing errand, with a deadline."""
    within = None if body.within is None else Limit(body.within.amount, body.within.unit)
    given = TaskIn(
        kind=body.kind, title=body.title, words=body.text, units=body.units, due_at=body.due_at, within=within
    )
    return _task(operations.issue(session, given, actor=issuer.actor), clock.now())


@router.get("", responses=responses(400, 401, 403, 503))
def list_tasks(
    session: SnapshotDep,
    viewer: LocalCaseViewer,
    unit: Annotated[str | None, Query(pattern=CODE_PATTERN, description="Only tasks of this unit.")] = None,
    state: TaskState | None = None,
    overdue: Annotated[bool, Query(description="Only tasks that are late, or were done late.")] = False,  # noqa: FBT002
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    after: Annotated[int | None, Query(ge=1, le=2**62, description="`next` of the page before.")] = None,
) -> TaskListOut:
    """List tasks, the latest first: all to who issues them, to a person those of the own units."""
    now = clock.now()
    wanted = queries.TaskFilter(unit=unit, state=state, overdue_at=now if overdue else None)
    found = queries.tasks_page(session, wanted, member=task_member(viewer), now=now, limit=limit + 1, before=after)
    following = found[limit - 1].task.id if len(found) > limit else None
    return TaskListOut(items=[_task(one, now) for one in found[:limit]], next=following)


@router.get("/{task}", responses=READ)
def read_task(session: SnapshotDep, viewer: LocalCaseViewer, task: TaskNumber) -> TaskOut:
    """Read a task and where it is at each unit."""
    now = clock.now()
    return _task(queries.task(session, task, member=task_member(viewer), now=now), now)


@router.get("/{task}/history", responses=READ)
def read_task_history(
    session: SnapshotDep,
    viewer: LocalCaseViewer,
    task: TaskNumber,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
    after: Annotated[int, Query(ge=0, le=2**62, description="`next` of the page before.")] = 0,
) -> TaskHistoryOut:
    """Read the history of a task at all its units: who, when, what, with which evidence."""
    queries.task(session, task, member=task_member(viewer), now=clock.now())
    steps = queries.steps_of(session, task, after=after, limit=limit + 1)
    items = [
        TaskStepOut(
            step=one.id, unit_code=one.unit_code, at=one.at, verb=TaskVerb(one.verb), led_to=TaskState(one.led_to),
            actor=one.actor, text=None if one.words is None else masked_text(one.words), attachments=one.attachments,
        )
        for one in steps[:limit]
    ]  # fmt: skip
    return TaskHistoryOut(items=items, next=steps[limit - 1].id if len(steps) > limit else None)


@router.post("/{task}/units/{code}/steps", responses={200: REPLAYED, **WRITE})
def act_on_task(
    session: SessionDep, viewer: LocalCaseViewer, task: TaskNumber, code: Unit, body: TaskActIn, once: Once
) -> TaskPartOut:
    """Acknowledge or finish a task at one's unit; confirm, send back, chase or withdraw it as who issues tasks."""
    now = clock.now()
    seen = queries.task(session, task, member=task_member(viewer), now=now)
    if once.is_repeated(session, body):
        return next(_part(one, now) for one in seen.parts if one.unit_code == code)
    caller = TaskCaller(viewer.actor, issues=Scope.TASKS_WRITE in viewer.scopes)
    part = operations.act_on(session, task, code, body.verb, caller=caller, words=body.text, evidence=body.attachments)
    return _part(part, clock.now())


@router.put(
    "/{task}/attachments/{sha256}",
    status_code=201,
    responses={200: {"model": AttachmentOut}, **responses(400, 401, 403, 404, 409, 413, 415, 422, 429, 503)},
    openapi_extra=FILE_BODY,
)
def attach_to_task(
    request: Request,
    response: Response,
    services: ServicesDep,
    sender: AttachmentSender,
    viewer: LocalCaseViewer,
    task: TaskNumber,
    sha256: Sha256,
    content: FileBody,
) -> AttachmentOut:
    """Hang a photo or recording on a task as evidence, under its SHA-256; sent again it is there once (200)."""
    services.keyring.spend(sender, COST)
    subject = (SubjectKind.TASK, task)
    with services.database.transaction() as session:
        queries.task(session, task, member=task_member(viewer), now=clock.now())
        known = attachments.find(session, subject, attachment_rules.checked_hash(sha256, content))
        if known is not None:
            response.status_code = 200
            return AttachmentOut.model_validate(attachment_out(request, known, cleared=False, hidden=not known.folder))
    stored = attachments.store(services.files, content, sha256=sha256, scanner=services.settings.virus_scanner)
    with services.database.transaction() as session:
        row, is_new = attachments.attach(session, subject, stored, actor=viewer.actor)
        response.status_code = 201 if is_new else 200
        return AttachmentOut.model_validate(attachment_out(request, row, cleared=False, hidden=not row.folder))


@router.get("/{task}/attachments", responses=READ)
def list_task_attachments(
    request: Request, session: SnapshotDep, viewer: LocalCaseViewer, task: TaskNumber
) -> AttachmentListOut:
    """List the evidence of a task, photos with links that hold for 15 minutes."""
    queries.task(session, task, member=task_member(viewer), now=clock.now())
    rows = attachment_queries.of_subject(session, SubjectKind.TASK, task)
    items = [attachment_out(request, row, cleared=False) for row in rows]
    return AttachmentListOut(items=[AttachmentOut.model_validate(item) for item in items])


def _task(view: TaskView, now: datetime) -> TaskOut:
    task = view.task
    return TaskOut.model_validate({
        "task": task.id, "kind": task.kind, "title": masked_text(task.title), "text": masked_text(task.words),
        "issued_at": task.issued_at, "issued_by": task.issued_by, "due_at": task.due_at,
        "units": [_part(part, now) for part in view.parts],
    })  # fmt: skip


def _part(part: TaskPart, now: datetime) -> TaskPartOut:
    known = {name: getattr(part, name) for name in TaskPartOut.model_fields if hasattr(part, name)}
    return TaskPartOut.model_validate(known | {"is_overdue": queries.is_overdue(part, now)})
