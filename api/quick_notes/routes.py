"""Quick notes over HTTP, and a worker's daily log as JSON, page and print."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import Depends, Path, Query, Response

from api.http.access import LocalSender, LocalViewer
from api.http.admission import costly
from api.http.answers import BINARY
from api.http.dependencies import SessionDep, SnapshotDep
from api.http.direct_routes import field_invalid
from api.http.instants import Day
from api.http.language import WordsLanguage, in_language
from api.http.openapi import feature_router
from api.http.problems import responses
from api.http.services import ServicesDep
from api.http.texts import LINE_PATTERN
from api.quick_notes.schemas import (
    DailyLogOut,
    LogStepOut,
    NoteCaseOut,
    QuickNoteIn,
    QuickNoteListOut,
    QuickNoteOut,
)
from core.personal import masked_text
from governance.quick_notes import operations, queries
from governance.quick_notes.rules import QuickNoteNotFoundError
from governance.quick_notes.states import NoteSource
from governance.reports import sensitivity
from governance.reports.numbers import report_id
from governance.reports.placement import PlacementContext
from governance.reports.queries import current_id
from governance.reports.rules import DraftFieldError
from grids.boundaries.queries import layer_name
from identity.grants import EVERYTHING, Scope
from presentation.prints.daily_log import log_html, log_pdf
from presentation.words.daily_log import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from governance.quick_notes.queries import DailyLog, NoteView
    from identity.keys import Principal

router = feature_router(prefix="/v1/quick-notes", tags=["quick notes"])
Number = Annotated[
    str, Path(max_length=40, pattern=LINE_PATTERN, description="Number of the note.", examples=["SJ2607000731-4"])
]
Whose = Annotated[int | None, Query(ge=1, le=2**31 - 1, description="Number of a person; oneself if left out.")]
Language = Annotated[str, Depends(WordsLanguage(CATALOGUE))]
READ = responses(400, 401, 403, 404, 503)
PRINT: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/pdf": BINARY, "text/html": {"schema": {"type": "string"}}}}
}


@router.post(
    "", status_code=201, responses={200: {"model": QuickNoteOut}, **responses(400, 401, 403, 409, 422, 429, 503)}
)
def write_quick_note(
    session: SessionDep, services: ServicesDep, response: Response, author: LocalSender, body: QuickNoteIn
) -> QuickNoteOut:
    """Write a quick note down; sent again under its id it is there once (200).

    It counts in hotspots and in the worker's log, and in no rate of cases. Photos are sent to
    `/v1/reports/{number}/attachments`, before and after.
    """
    services.keyring.spend(author, 1)
    context = PlacementContext.now(services.releases, services.gazetteer, services.settings.caller_key_bytes)
    contact = body.contact
    fields = body.model_dump(exclude={"id", "source", "noted_at", "contact"}, exclude_none=True)
    fields |= {"external_id": f"{author.client_id}/{body.id}"}
    fields |= {} if contact is None else {"reporter_name": contact.name, "reporter_phone": contact.phone}
    try:
        view, is_new = operations.write_down(
            session, fields, context, source=body.source, noted_at=body.noted_at, client_id=author.client_id,
            areas=author.reach(Scope.REPORTS_WRITE), actor=author.actor,
        )  # fmt: skip
    except DraftFieldError as error:
        raise field_invalid(error.field, error.problem) from None
    response.status_code = 201 if is_new else 200
    return _out(view)


@router.get("", responses=responses(400, 401, 403, 503))
def list_quick_notes(
    session: SnapshotDep,
    viewer: LocalViewer,
    own: Annotated[bool, Query(description="Only one's own.")] = False,  # noqa: FBT002
    source: NoteSource | None = None,
    day: Annotated[Day | None, Query(description="Only those of this day, local time.")] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    after: Annotated[int | None, Query(ge=1, le=2**62, description="`next` of the page before.")] = None,
) -> QuickNoteListOut:
    """List quick notes of the caller's areas and categories, the latest first."""
    start, behind = (None, None) if day is None else queries.span_of(day)
    found = queries.notes_page(
        session, reach=viewer.reach(Scope.REPORTS_READ), limit=limit + 1, source=source, noted_from=start,
        noted_before=behind, author=viewer.actor.id if own else None, before=after,
    )  # fmt: skip
    following = found[limit - 1].report_id if len(found) > limit else None
    return QuickNoteListOut(items=_shown(session, found[:limit], viewer), next=following)


@router.get("/logs/{day}", responses=READ)
def read_daily_log(session: SnapshotDep, viewer: LocalViewer, day: Day, person: Whose = None) -> DailyLogOut:
    """Read what a worker did on a day (每日工作情况): quick notes, and steps of cases; others' with `people:read`."""
    log = _log(session, viewer, day, person)
    steps = [LogStepOut.model_validate(asdict(one)) for one in log.steps]
    return DailyLogOut(person=log.person, day=day, notes=_shown(session, log.notes, viewer), steps=steps)


@router.get("/logs/{day}/print.{form}", response_class=Response, responses=PRINT | READ)
@costly("prints", 2)
def print_daily_log(
    session: SnapshotDep,
    services: ServicesDep,
    viewer: LocalViewer,
    language: Language,
    day: Day,
    form: Annotated[Literal["html", "pdf"], Path(description="Page or print.")],
    person: Whose = None,
) -> Response:
    """Print a worker's daily log, as a page or as PDF."""
    log = _log(session, viewer, day, person)
    texts = {one.number: one.text for one in _shown(session, log.notes, viewer)}
    layer = layer_name(session, services.settings.default_layer)
    page = log_html(log, texts, layer_name=layer, language=language)
    if form == "html":
        return in_language(Response(page, media_type="text/html; charset=utf-8"), language)
    named = {"Content-Disposition": f'inline; filename="daily-log-{day}.pdf"'}
    return in_language(Response(log_pdf(page), media_type="application/pdf", headers=named), language)


@router.get("/{number}", responses=READ)
def read_quick_note(session: SnapshotDep, viewer: LocalViewer, number: Number) -> QuickNoteOut:
    """Read one quick note."""
    view = queries.note(session, _id(session, number), reach=viewer.reach(Scope.REPORTS_READ))
    return _shown(session, [view], viewer)[0]


@router.post(
    "/{number}/case", status_code=201, responses={200: {"model": NoteCaseOut}, **responses(400, 401, 403, 404, 503)}
)
def make_case_of_quick_note(
    session: SessionDep, viewer: LocalViewer, response: Response, number: Number
) -> NoteCaseOut:
    """Let a quick note that grew become a case of its number; its author may, and who accepts cases there."""
    report = _id(session, number)
    note = queries.note(session, report, reach=EVERYTHING)
    if note.author_id != viewer.actor.id:
        if Scope.CASES_ACCEPT not in viewer.scopes:
            raise QuickNoteNotFoundError("Only its author, or who accepts cases, lets a quick note become a case.")
        note = queries.note(session, report, reach=viewer.reach(Scope.CASES_ACCEPT))
    view, is_new = operations.make_case(session, note, actor=viewer.actor)
    response.status_code = 201 if is_new else 200
    category = view.category_path[0] if view.category_path else None
    return NoteCaseOut(number=view.number, state=view.state, category=category)


def _log(session: Session, viewer: Principal, day: date, person: int | None) -> DailyLog:
    whose, name = viewer.actor.id, viewer.actor.name
    if person is not None and person != whose:
        viewer.require_somewhere(Scope.PEOPLE_READ)
        whose, name = person, queries.name_of(session, person)
    return queries.daily_log(session, whose, name, day, reach=viewer.reach(Scope.REPORTS_READ))


def _id(session: Session, number: str) -> int:
    return current_id(session, report_id(number))


def _shown(session: Session, notes: Sequence[NoteView], viewer: Principal) -> list[QuickNoteOut]:
    """Return notes as JSON; the texts of sensitive ones are hidden from who may not read them."""
    marked = sensitivity.marks_of(session, [one.report_id for one in notes])
    hidden = set() if Scope.SENSITIVE_READ in viewer.scopes else set(marked)
    return [_out(one, hidden=one.report_id in hidden) for one in notes]


def _out(view: NoteView, *, hidden: bool = False) -> QuickNoteOut:
    known = {name: getattr(view, name) for name in QuickNoteOut.model_fields if hasattr(view, name)}
    text = sensitivity.HIDDEN if hidden else masked_text(view.description)
    return QuickNoteOut.model_validate(known | {"text": text})
