"""The confidential mark of a report: its reporter stays unknown to the units that handle the case."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path

from api.cases import schemas
from api.http.access import LocalCaseSupervisor
from api.http.dependencies import PrincipalDep, SessionDep
from api.http.openapi import feature_router
from api.http.problems import responses
from api.http.texts import LINE_PATTERN
from api.shapes.report_access import require_reader, seen_report
from governance.cases.lifecycle import queries
from governance.cases.protection import confidentiality
from governance.reports.numbers import report_id
from governance.reports.queries import current_id
from identity.grants import Scope

router = feature_router(prefix="/v1/reports", tags=["cases"])
Number = Annotated[str, Path(max_length=40, pattern=LINE_PATTERN, description="Number of the report.")]


@router.post("/{number}/confidentiality", responses=responses(400, 401, 403, 404, 503))
def mark_report_confidential(session: SessionDep, principal: PrincipalDep, number: Number) -> schemas.ConfidentialOut:
    """Keep who reported from the units that handle the case, from those below and those above them.

    Whoever sees the report or sent it may set the mark.
    """
    require_reader(principal)
    confidentiality.mark(session, seen_report(session, number, principal), actor=principal.actor)
    return schemas.ConfidentialOut(number=number, confidential=True)


@router.post("/{number}/confidentiality/removal", responses=responses(400, 401, 403, 404, 422, 503))
def unmark_report_confidential(
    session: SessionDep, supervisor: LocalCaseSupervisor, number: Number, body: schemas.ConfidentialRemovalIn
) -> schemas.ConfidentialOut:
    """Take the mark away, for a reason that the audit keeps; who supervises cases there may, and handles it not."""
    reach = supervisor.reach(Scope.CASES_SUPERVISE)
    found = queries.case(session, current_id(session, report_id(number)), reach=reach).id
    confidentiality.require_shown(session, found, supervisor.viewer)
    confidentiality.unmark(session, found, reason=body.reason, actor=supervisor.actor)
    return schemas.ConfidentialOut(number=number, confidential=False)
