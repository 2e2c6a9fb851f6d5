"""Reading reports back: a filtered list page by page, one report, and, audited, its reporter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import Depends, Query, Request
from starlette.responses import Response

from api.http.access import LocalReporterViewer, LocalViewer, SensitiveViewer
from api.http.answers import GEOJSON, JSON, json_response
from api.http.dependencies import PrincipalDep, SessionDep, SnapshotDep
from api.http.instants import InstantQuery
from api.http.openapi import feature_router
from api.http.parameters import box_of
from api.http.problems import responses
from api.http.public_address import address_of
from api.http.services import ServicesDep
from api.http.shown import ShownDep
from api.http.texts import LINE_PATTERN, LineQuery
from api.reports import answers
from api.reports.schemas import (
    ReportCollection,
    ReporterOut,
    ReportOut,
    ReportPage,
    SensitivityIn,
    SensitivityOut,
    SensitivityRemovalIn,
)
from api.shapes.reasons import in_reasons_language
from governance.cases.protection import confidentiality
from governance.reports import numbers, operations, queries, sensitivity
from governance.reports.states import Sensitivity
from grids.assignment.rules import AssignmentMethod
from identity.grants import Scope

router = feature_router(prefix="/v1/reports", tags=["reports"])


@dataclass
class ReportQuery:
    """The filters of a list of reports."""

    area: Annotated[
        str | None, Query(max_length=128, pattern=LINE_PATTERN, description="Code of an area of any level.")
    ] = None
    level: Annotated[
        str | None, Query(max_length=64, pattern=LINE_PATTERN, description="Only reports placed down to this level.")
    ] = None
    category: LineQuery = None
    channel: LineQuery = None
    method: AssignmentMethod | None = None
    reported_from: Annotated[InstantQuery | None, Query(description="Inclusive.")] = None
    reported_before: Annotated[InstantQuery | None, Query(description="Exclusive.")] = None
    bbox: Annotated[
        str | None,
        Query(
            max_length=200,
            description="west,south,east,north in degrees; west > east crosses the antimeridian.",
            examples=["113.2,34.7,113.4,34.9"],
        ),
    ] = None

    def filter(self) -> queries.ReportFilter:
        """Return the filter as the ledger understands it."""
        return queries.ReportFilter(
            area=self.area,
            level=self.level,
            category=self.category,
            channel=self.channel,
            method=self.method,
            reported_from=self.reported_from,
            reported_before=self.reported_before,
            bbox=box_of(self.bbox) if self.bbox is not None else None,
        )


@router.get(
    "",
    response_model=ReportPage | ReportCollection,
    responses=responses(400, 401, 403, 429, 503)
    | {
        200: {
            "content": {GEOJSON: {"schema": {"$ref": "#/components/schemas/ReportCollection"}}},
            "headers": {"Link": {"description": 'rel="next": the next page.', "schema": {"type": "string"}}},
        }
    },
)
def list_reports(
    request: Request,
    reader: LocalViewer,
    shown: ShownDep,
    session: SnapshotDep,
    wanted: Annotated[ReportQuery, Depends()],
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    after: Annotated[str | None, Query(max_length=200, description="`next` of the page before.")] = None,
    format: Annotated[  # noqa: A002 (the name clients expect)
        Literal["json", "geojson"] | None, Query(description="Else by the Accept header.")
    ] = None,
) -> Response:
    """List reports, newest first, by where they belong now; people are masked, in texts unless with reporters:read."""
    records, following = queries.reports_page(
        session, wanted.filter(), reach=reader.reach(Scope.REPORTS_READ), limit=limit, after=after
    )
    geojson = format == "geojson" or (format is None and GEOJSON in request.headers.get("accept", ""))
    shown.look_at(session, [record["id"] for record in records])
    headers = {"Vary": "Accept"}
    if following is not None:
        words = {name: value for name, value in request.query_params.items() if name != "after"}
        headers["Link"] = (
            f'<{address_of(request)}{request.url.path}?{urlencode(words | {"after": following})}>; rel="next"'
        )
    content = (
        {"type": "FeatureCollection", "features": [answers.feature(r, shown) for r in records], "next": following}
        if geojson
        else {"items": [answers.report(r, shown) for r in records], "next": following}
    )
    return in_reasons_language(json_response(content, headers=headers, media_type=GEOJSON if geojson else JSON))


@router.get("/{number}", response_model=ReportOut, responses=responses(400, 401, 403, 404, 429, 503))
def get_report(number: str, shown: ShownDep, session: SnapshotDep, principal: PrincipalDep) -> Response:
    """Return one report as it stands now. An intake system may read what it sent itself."""
    record = queries.report_for(session, number, reader=principal)
    shown.look_at(session, [record["id"]])
    return in_reasons_language(json_response(answers.report(record, shown)))


@router.get("/{number}/reporter", response_model=ReporterOut, responses=responses(400, 401, 403, 404, 429, 503))
def get_reporter(services: ServicesDep, number: str, session: SessionDep, principal: LocalReporterViewer) -> Response:
    """Return the reporter in clear. That this key read it is written into the audit."""
    services.keyring.spend_read(principal)
    reach = principal.reach(Scope.REPORTERS_READ)
    current = queries.current_id(session, numbers.report_id(number))
    confidentiality.require_shown(session, current, principal.viewer)
    if sensitivity.marks_of(session, [current]):
        principal.require(Scope.SENSITIVE_READ)
        sensitivity.audit_read(session, actor=principal.actor, subject=f"{number}/reporter", reports=[number])
    return json_response(
        operations.read_reporter(session, numbers.report_id(number), reach=reach, actor=principal.actor)
    )


@router.post("/{number}/sensitivity", responses=responses(400, 401, 403, 404, 422, 429, 503))
def mark_report_sensitive(session: SessionDep, reader: LocalViewer, number: str, body: SensitivityIn) -> SensitivityOut:
    """Mark a report as about a minor under 14 or somebody's health: from now on few see its texts and its reporter."""
    marks = sensitivity.mark(
        session, numbers.report_id(number), body.kinds, reach=reader.reach(Scope.REPORTS_READ), actor=reader.actor
    )
    return SensitivityOut(number=number, sensitive=marks)


@router.post("/{number}/sensitivity/{kind}/removal", responses=responses(400, 401, 403, 404, 422, 503))
def unmark_report_sensitive(
    session: SessionDep, officer: SensitiveViewer, number: str, kind: Sensitivity, body: SensitivityRemovalIn
) -> SensitivityOut:
    """Take a mark away that does not hold; who may see sensitive reports may."""
    report_id = queries.current_id(session, numbers.report_id(number))
    sensitivity.unmark(session, report_id, kind, reason=body.reason, actor=officer.actor)
    return SensitivityOut(number=number, sensitive=sensitivity.marks_of(session, [report_id]).get(report_id, []))
