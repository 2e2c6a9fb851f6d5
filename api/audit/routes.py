"""Reading the audit: who did what to what, page by page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Query
from sqlalchemy.orm import Session
from starlette.responses import Response

from api.audit.schemas import (
    AuditPage,
    ChainHead,
    KeyFailurePage,
    audit_entry_out,
    chain_head_out,
    key_failure_out,
)
from api.http.access import Auditor
from api.http.answers import TABLE_FILE, TableForm, json_response, table_file
from api.http.dependencies import SessionDep, SnapshotDep
from api.http.instants import InstantQuery
from api.http.openapi import feature_router
from api.http.problems import responses
from api.http.texts import LINE_PATTERN
from core import audit, clock
from core.audit import AuditFilter, list_entries
from core.seals import queries as seals
from identity import principals
from identity.key_failures import list_key_failures

router = feature_router(prefix="/v1/audit", tags=["audit"])

_Actor = Query(
    max_length=200, pattern=LINE_PATTERN, description="Name of a person or system; all of that person's names count."
)
_Action = Query(max_length=80, pattern=LINE_PATTERN, description="An action, or all of a group.", examples=["keys"])
_Subject = Query(
    max_length=400,
    pattern=LINE_PATTERN,
    description="A whole subject, or all that begin so, with * at the end.",
    examples=["admin/*"],
)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Which entries a request asks for; whose is asked by name."""

    actor: Annotated[str | None, _Actor] = None
    action: Annotated[str | None, _Action] = None
    subject: Annotated[str | None, _Subject] = None
    since: Annotated[InstantQuery | None, Query(description="Inclusive.")] = None
    until: Annotated[InstantQuery | None, Query(description="Exclusive.")] = None

    def filter(self, session: Session) -> AuditFilter:
        """Find out whose entries are meant; raises PrincipalNotFoundError."""
        return AuditFilter(
            actors=None if self.actor is None else principals.numbers_of(session, self.actor),
            action=self.action,
            subject=self.subject,
            since=self.since,
            until=self.until,
        )


_NEXT = {"X-Next": {"description": "`after` of the file that follows.", "schema": {"type": "string"}}}
_After = Annotated[int | None, Query(ge=1, le=2**62, description="`next` of the page before.")]


@router.get("", response_model=AuditPage, responses=responses(400, 401, 403, 404, 503))
def list_audit_entries(
    session: SnapshotDep,
    _: Auditor,
    wanted: Annotated[_Wanted, Depends()],
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    after: _After = None,
) -> Response:
    """List the audit's entries, the latest first. Texts about people are masked in it for every reader."""
    found, following = list_entries(session, wanted.filter(session), limit=limit, after=after)
    return json_response({"items": [audit_entry_out(entry) for entry in found], "next": following})


@router.get(
    "/export.{form}",
    responses={200: TABLE_FILE | {"headers": _NEXT}, **responses(400, 401, 403, 404, 503)},
    response_class=Response,
)
def export_audit_entries(
    session: SessionDep,
    auditor: Auditor,
    form: TableForm,
    wanted: Annotated[_Wanted, Depends()],
    limit: Annotated[int, Query(ge=1, le=100_000)] = 100_000,
    after: _After = None,
) -> Response:
    """Return entries as a table, the latest first; where there are more, `X-Next` holds the `after` of the next file.

    The export is audited itself.
    """
    found, following = list_entries(session, wanted.filter(session), limit=limit, after=after)
    audit.record(session, actor=auditor.actor, action="audit.export", subject=f"{len(found)} entries")
    more = {} if following is None else {"X-Next": str(following)}
    return table_file("audit", "审计", audit.table_of(found), form, more)


@router.get("/head", response_model=ChainHead, responses=responses(401, 403, 503))
def get_chain_head(session: SnapshotDep, _: Auditor) -> Response:
    """Return the head of the hash chain over audit and events: keep it elsewhere, for `wangge audit verify --head`."""
    return json_response(chain_head_out(seals.head(session), clock.now()))


@router.get("/key-failures", response_model=KeyFailurePage, responses=responses(400, 401, 403, 503))
def list_refused_keys(
    session: SnapshotDep,
    _: Auditor,
    address: Annotated[str | None, Query(max_length=80, pattern=LINE_PATTERN, examples=["203.0.113.7"])] = None,
    since: Annotated[InstantQuery | None, Query(description="Failed from this instant on.")] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    after: Annotated[int | None, Query(ge=1, le=2**62, description="`next` of the page before.")] = None,
) -> Response:
    """List how often API keys were refused, by address and hour; what is a few seconds old may be missing."""
    found, following = list_key_failures(session, address=address, since=since, limit=limit, after=after)
    return json_response({"items": [key_failure_out(row) for row in found], "next": following})
