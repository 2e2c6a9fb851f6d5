"""What people ask of their own data: access, a copy, correction, deletion."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Path, Query
from starlette.responses import Response

from api.http.access import PrivacyOfficer, ReporterViewer
from api.http.answers import TABLE_FILE, TableForm, json_response, table_file
from api.http.dependencies import SessionDep, SnapshotDep
from api.http.language import WordsLanguage, in_language
from api.http.openapi import feature_router
from api.http.problems import responses
from api.http.services import ServicesDep
from api.personal_requests.schemas import (
    FulfilmentIn,
    OwnDataOut,
    PersonalRequestIn,
    PersonalRequestOut,
    PersonalRequestPage,
    RequestDecisionIn,
    RequestWithdrawalIn,
    request_out,
)
from governance.personal_requests import operations, queries
from governance.personal_requests.operations import Correction, RequestIn
from governance.personal_requests.queries import RequestFilter
from governance.personal_requests.states import RequestKind, RequestState
from governance.reports.numbers import report_id
from presentation.personal_data import CATALOGUE, table_of, title_of

router = feature_router(prefix="/v1/personal-requests", tags=["personal information"])
Number = Annotated[int, Path(ge=1, le=2**62, description="Number of the request.")]
Language = Annotated[str, Depends(WordsLanguage(CATALOGUE))]
WRITE = responses(400, 401, 403, 404, 409, 422, 503)
READ = responses(400, 401, 403, 404, 409, 503)


@router.get("", responses=responses(400, 401, 403, 503))
def list_personal_requests(
    session: SnapshotDep,
    _: PrivacyOfficer,
    state: Annotated[RequestState | None, Query(description="Only requests in this state.")] = None,
    kind: Annotated[RequestKind | None, Query(description="Only requests of this kind.")] = None,
    overdue: Annotated[bool, Query(description="Only those that are open past their deadline.")] = False,  # noqa: FBT002 (a query parameter)
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    after: Annotated[int | None, Query(ge=1, le=2**62, description="`next` of the page before.")] = None,
) -> PersonalRequestPage:
    """List requests, the latest first, and count those that are late."""
    wanted = RequestFilter(state=state, kind=kind, overdue=overdue)
    found, following = queries.page(session, wanted, limit=limit, after=after)
    return PersonalRequestPage(
        items=[request_out(one) for one in found], overdue=queries.count_overdue(session), next=following
    )


@router.post("", status_code=201, responses=WRITE)
def receive_personal_request(
    services: ServicesDep, session: SessionDep, officer: PrivacyOfficer, body: PersonalRequestIn
) -> PersonalRequestOut:
    """Record what a person asks; it is to be answered within the days of the settings."""
    given = RequestIn(
        kind=body.kind,
        phone=body.phone,
        report_ids=[report_id(number) for number in body.reports],
        person=body.person,
        applicant=body.applicant,
        wanted=body.wanted,
        identity_check=body.identity_check,
        received_at=body.received_at,
    )
    days = services.settings.personal_request_days
    return request_out(operations.receive(session, given, days=days, actor=officer.actor))


@router.get("/{request}", responses=responses(400, 401, 403, 404, 503))
def get_personal_request(session: SnapshotDep, _: PrivacyOfficer, request: Number) -> PersonalRequestOut:
    """Give one request, masked."""
    return request_out(queries.get(session, request))


@router.post("/{request}/decision", responses=WRITE)
def decide_personal_request(
    session: SessionDep, officer: PrivacyOfficer, request: Number, body: RequestDecisionIn
) -> PersonalRequestOut:
    """Grant a request or refuse it, with the reason."""
    return request_out(operations.decide(session, request, grant=body.grant, reason=body.reason, actor=officer.actor))


@router.post("/{request}/withdrawal", responses=WRITE)
def withdraw_personal_request(
    session: SessionDep, officer: PrivacyOfficer, request: Number, body: RequestWithdrawalIn
) -> PersonalRequestOut:
    """Close a request that its person has taken back."""
    return request_out(operations.withdraw(session, request, reason=body.reason, actor=officer.actor))


@router.post("/{request}/fulfilment", responses=WRITE)
def fulfil_personal_request(
    services: ServicesDep, session: SessionDep, officer: PrivacyOfficer, request: Number, body: FulfilmentIn
) -> PersonalRequestOut:
    """Carry a granted request out and close it: handed over, corrected, or erased.

    What a legal hold keeps is neither corrected nor erased: `outcome.held` counts it. Detached months are not reached:
    `outcome.detached_months` counts them. Either leaves the request open, to be carried out again once the hold is
    lifted, the month attached.
    """
    given = None if body.correction is None else Correction(body.correction.name, body.correction.phone)
    return request_out(
        operations.finish(
            session, request, caller_key=services.settings.caller_key_bytes, actor=officer.actor, correction=given
        )
    )


@router.get("/{request}/data", response_model=OwnDataOut, responses=READ)
def get_own_data(
    services: ServicesDep, session: SessionDep, officer: PrivacyOfficer, _: ReporterViewer, request: Number
) -> Response:
    """Give all that is kept of the person of a granted request for access or a copy, in clear; audited."""
    key = services.settings.caller_key_bytes
    return json_response(operations.read_data(session, request, caller_key=key, actor=officer.actor))


@router.get("/{request}/data.{form}", responses={200: TABLE_FILE, **READ}, response_class=Response)
def export_own_data(
    services: ServicesDep,
    session: SessionDep,
    officer: PrivacyOfficer,
    _: ReporterViewer,
    request: Number,
    form: TableForm,
    language: Language,
) -> Response:
    """Give the same as a table for the person: section, number, field, value; audited."""
    key = services.settings.caller_key_bytes
    data = operations.read_data(session, request, caller_key=key, actor=officer.actor)
    file = table_file(f"personal-data-{request}", title_of(language), table_of(data, language), form)
    return in_language(file, language)
