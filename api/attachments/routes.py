"""Attachments over HTTP: one file a request under its hash, lists with links that expire, and the files themselves."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Path, Query, Request, Response

from api.attachments.schemas import ClearingIn
from api.http.access import AttachmentSender, LocalCaseVerifier
from api.http.answers import BINARY
from api.http.dependencies import PrincipalDep, SessionDep, SnapshotDep
from api.http.openapi import feature_router
from api.http.problems import responses
from api.http.services import ServicesDep
from api.http.texts import LINE_PATTERN
from api.shapes.attachments import AttachmentListOut, AttachmentOut, attachment_out, file_answer
from api.shapes.report_access import require_reader, require_seen, seen_report, writable_report
from api.shapes.uploaded import COST, FILE_BODY, FileBody, Sha256
from governance.attachments import operations, queries, rules
from governance.attachments.states import AttachmentKind, Copy, Stage, SubjectKind
from governance.cases.duplicates import queries as duplicates
from governance.cases.protection import confidentiality
from governance.reports import sensitivity
from identity.grants import Scope

router = feature_router(prefix="/v1", tags=["attachments"])
Number = Annotated[
    str, Path(max_length=40, pattern=LINE_PATTERN, description="Number of the report.", examples=["SJ2607000731-4"])
]
Attachment = Annotated[int, Path(ge=1, le=2**62, description="Number of the attachment.")]
FILE: dict[int | str, dict[str, Any]] = {
    200: {"content": dict.fromkeys((rules.JPEG, "audio/mpeg"), BINARY), "description": "The file."}
}


@router.put(
    "/reports/{number}/attachments/{sha256}",
    status_code=201,
    responses={200: {"model": AttachmentOut}, **responses(400, 401, 403, 404, 409, 413, 415, 422, 429, 503)},
    openapi_extra=FILE_BODY,
)
def attach_to_report(
    request: Request,
    response: Response,
    services: ServicesDep,
    sender: AttachmentSender,
    number: Number,
    sha256: Sha256,
    content: FileBody,
    stage: Annotated[Stage | None, Query(description="What a photo shows.")] = None,
) -> AttachmentOut:
    """Hang a photo (10 MiB at most) or a recording on a report, and so on its case: the file is the body.

    It is kept once its SHA-256 is that of the path: 201 the first time, 200 when it is sent again, which is harmless.
    What it is, its content says. 503: send it again.
    """
    services.keyring.spend(sender, COST)
    with services.database.transaction() as session:
        subject = (SubjectKind.REPORT, writable_report(session, number, sender))
        known = operations.find(session, subject, rules.checked_hash(sha256, content))
        if known is not None:
            response.status_code = 200
            return AttachmentOut.model_validate(attachment_out(request, known, cleared=False, hidden=not known.folder))
    stored = operations.store(services.files, content, sha256=sha256, scanner=services.settings.virus_scanner)
    with services.database.transaction() as session:
        row, is_new = operations.attach(session, subject, stored, stage=stage, actor=sender.actor)
        response.status_code = 201 if is_new else 200
        return AttachmentOut.model_validate(attachment_out(request, row, cleared=False, hidden=not row.folder))


@router.get("/reports/{number}/attachments", responses=responses(400, 401, 403, 404, 503))
def list_attachments(
    request: Request, session: SnapshotDep, principal: PrincipalDep, number: Number
) -> AttachmentListOut:
    """List the photos and recordings of a report, of its case and of cases merged into it that the caller may see.

    Photos have links that hold for 15 minutes.
    """
    report = seen_report(session, number, principal)
    merged = duplicates.merged_seen(session, report, reach=principal.reach(Scope.CASES_READ))
    rows = (
        queries.of_reports(session, [report, *merged])
        if merged
        else queries.of_subject(session, SubjectKind.REPORT, report)
    )
    cleared, marks = (
        queries.cleared(session, [row.id for row in rows]),
        sensitivity.marks_of(session, [report, *merged]),
    )
    may = Scope.SENSITIVE_READ in principal.scopes
    items = [
        attachment_out(request, row, cleared=row.id in cleared, hidden=row.subject_id in marks and not may)
        for row in rows
    ]
    return AttachmentListOut(items=[AttachmentOut.model_validate(item) for item in items])


@router.get("/attachments/links/{token}", response_class=Response, responses=responses(400, 404, 503) | FILE)
def read_linked_attachment(
    services: ServicesDep,
    session: SnapshotDep,
    token: Annotated[str, Path(max_length=200, pattern=LINE_PATTERN, description="As links have it.")],
) -> Response:
    """Read a photo by a signed link, without a key, until the link expires."""
    row, copy = queries.by_link(session, token)
    return file_answer(services.files, row, copy, lasts_s=int(rules.LINK_LASTS.total_seconds()))


@router.get(
    "/attachments/{attachment}/{copy}",
    response_class=Response,
    responses=responses(400, 401, 403, 404, 503) | FILE,
)
def read_attachment(
    request: Request,
    services: ServicesDep,
    session: SessionDep,
    principal: PrincipalDep,
    attachment: Attachment,
    copy: Literal["file", "thumbnail"],
) -> Response:
    """Read the file of an attachment, or its thumbnail: of a photo a copy without what its camera wrote.

    A recording is read by who may also see the reporter (`reporters:read`), and each reading is audited.
    """
    require_reader(principal)
    row = queries.get(session, attachment)
    require_seen(session, row, principal, request)
    if row.kind == AttachmentKind.PHOTO:
        return file_answer(services.files, row, Copy.THUMBNAIL if copy == "thumbnail" else Copy.CLEAN)
    if copy == "thumbnail":
        raise rules.AttachmentNotFoundError("A recording has no thumbnail.")
    principal.require_somewhere(Scope.REPORTERS_READ)
    if row.subject_kind == SubjectKind.REPORT:
        confidentiality.require_shown(session, row.subject_id, principal.viewer)
    operations.audit_read(session, row, actor=principal.actor)
    return file_answer(services.files, row, Copy.ORIGINAL)


@router.put("/attachments/{attachment}/clearing", responses=responses(400, 401, 403, 404, 415, 422, 503))
def clear_attachment(
    request: Request, session: SessionDep, verifier: LocalCaseVerifier, attachment: Attachment, body: ClearingIn
) -> AttachmentOut:
    """Let the public see a photo on the trace page of its case, or no longer."""
    row = queries.get(session, attachment)
    require_seen(session, row, verifier, request)
    operations.clear(session, row, cleared=body.cleared, actor=verifier.actor)
    return AttachmentOut.model_validate(attachment_out(request, row, cleared=body.cleared))
