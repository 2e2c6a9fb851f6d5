"""Which reports and tasks a caller may see with their files, and to which a caller may add some."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core import clock
from core.errors import DomainError
from governance.attachments.states import SubjectKind
from governance.cases.lifecycle import queries as cases
from governance.cases.lifecycle.rules import CaseNotFoundError
from governance.reports import queries as reports
from governance.reports import sensitivity
from governance.reports.numbers import report_id, report_number
from governance.reports.rules import ReportUnknownError
from governance.tasks import queries as tasks
from identity.actors import ActorKind
from identity.grants import EVERYTHING, Reach, Scope
from identity.keys import ScopeMissingError

if TYPE_CHECKING:
    from fastapi import Request
    from sqlalchemy.orm import Session

    from governance.attachments.tables import Attachment
    from identity.keys import Principal


def seen_report(session: Session, number: str, principal: Principal) -> int:
    """Return the id of a report that a caller may see: sent by it, in its reach, or the report of a case in its reach.

    Raises
    ------
    NumberMalformedError, ReportUnknownError, ScopeMissingError
    """
    try:
        found: int = reports.report_for(session, number, reader=principal)["id"]
    except (ReportUnknownError, ScopeMissingError) as error:
        return _as_case(session, number, principal, Scope.CASES_READ, error)
    return found


def writable_report(session: Session, number: str, principal: Principal) -> int:
    """Return the id of a report to which a caller may add files: who only sends, to what it sent itself.

    Raises
    ------
    NumberMalformedError, ReportUnknownError, ScopeMissingError
    """
    if not {Scope.REPORTS_READ, Scope.CASES_READ} & principal.scopes:
        reach = Reach(EVERYTHING.pairs, principal.viewer)
        own: int = reports.report(session, report_id(number), reach=reach, sender=principal.client_id)["id"]
        return own
    try:
        reach = principal.reach(Scope.ATTACHMENTS_WRITE)
        found: int = reports.report(session, report_id(number), reach=reach)["id"]
    except ReportUnknownError as error:
        return _as_case(session, number, principal, Scope.ATTACHMENTS_WRITE, error)
    return found


def require_reader(principal: Principal) -> None:
    """Make sure that a caller may see reports at all, or sends them.

    Raises
    ------
    ScopeMissingError
    """
    if not {Scope.REPORTS_READ, Scope.REPORTS_WRITE} & principal.scopes:
        principal.require_somewhere(Scope.REPORTS_READ)


def require_seen(session: Session, row: Attachment, principal: Principal, request: Request) -> None:
    """Make sure that a caller may see what an attachment hangs on; that of a sensitive report few may, audited.

    Raises
    ------
    ReportUnknownError, ScopeMissingError, TaskNotFoundError
    """
    if row.subject_kind == SubjectKind.TASK:
        principal.require_somewhere(Scope.CASES_READ)
        tasks.task(session, row.subject_id, member=task_member(principal), now=clock.now())
        return
    number = report_number(row.subject_id)
    seen_report(session, number, principal)
    if is_hidden(session, row.subject_id, principal):
        principal.require(Scope.SENSITIVE_READ)
    if sensitivity.marks_of(session, [row.subject_id]):
        sensitivity.audit_read(session, actor=principal.actor, subject=request.url.path, reports=[number])


def task_member(principal: Principal) -> int | None:
    """Return the person whose units' tasks are seen alone; None: all are, to who issues tasks and to programs."""
    sees_all = Scope.TASKS_WRITE in principal.scopes or principal.actor.kind is not ActorKind.PERSON
    return None if sees_all else principal.actor.id


def is_hidden(session: Session, subject_id: int, principal: Principal) -> bool:
    """Tell whether the files of a report are hidden from a caller: it is sensitive."""
    return bool(sensitivity.marks_of(session, [subject_id])) and Scope.SENSITIVE_READ not in principal.scopes


def _as_case(session: Session, number: str, principal: Principal, scope: Scope, error: DomainError) -> int:
    """Return the id of a report whose case a scope reaches, else raise the error: grants may name a case's category."""
    if scope not in principal.scopes:
        raise error
    try:
        return cases.case(session, reports.current_id(session, report_id(number)), reach=principal.reach(scope)).id
    except CaseNotFoundError:
        raise error from None
