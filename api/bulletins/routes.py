"""Bulletins (通报): read, given words, released and printed.

Who reads cases sees released ones; drafts are for who supervises cases everywhere, and released by them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, Path, Query, Response

from api.bulletins.schemas import BulletinHeadOut, BulletinListOut, BulletinOut, WordsIn
from api.http.access import CaseSupervisor, LocalCaseViewer
from api.http.admission import costly
from api.http.answers import BINARY
from api.http.dependencies import SessionDep, SnapshotDep
from api.http.instants import InstantQuery
from api.http.language import WordsLanguage, in_language
from api.http.openapi import feature_router
from api.http.problems import responses
from api.http.services import ServicesDep
from core.personal import masked_text
from core.words import FIRST_LANGUAGE
from governance.bulletins import operations, queries
from governance.bulletins.states import BulletinState, PrintForm
from grids.boundaries.queries import layer_name
from identity.grants import Scope
from presentation.prints.bulletin import sheet_of
from presentation.prints.bulletin_files import MEDIA_TYPES, drawn
from presentation.words.bulletins import CATALOGUE

if TYPE_CHECKING:
    from governance.bulletins.tables import Bulletin

router = feature_router(prefix="/v1/bulletins", tags=["bulletins"])
Number = Annotated[int, Path(ge=1, le=2**62, description="Number of the bulletin.")]
Language = Annotated[str, Depends(WordsLanguage(CATALOGUE))]
READ = responses(400, 401, 403, 404, 503)
WRITE = responses(400, 401, 403, 404, 409, 422, 503)
PRINT: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The bulletin.",
        "content": {
            "application/pdf": BINARY, MEDIA_TYPES[PrintForm.DOCX]: BINARY, "image/png": BINARY,
            "text/html": {"schema": {"type": "string"}},
        },
    }
}  # fmt: skip


@router.get("", responses=responses(400, 401, 403, 503))
def list_bulletins(
    session: SnapshotDep,
    viewer: LocalCaseViewer,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    after: Annotated[InstantQuery | None, Query(description="`next` of the page before.")] = None,
) -> BulletinListOut:
    """List bulletins, the latest first: released ones, and to the supervisor drafts too."""
    rows = queries.bulletins(
        session, sees_drafts=viewer.holds(Scope.CASES_SUPERVISE), before=after, limit=limit + 1
    )  # fmt: skip
    following = rows[limit - 1].cut_at if len(rows) > limit else None
    return BulletinListOut(items=[BulletinHeadOut.model_validate(_head(one)) for one in rows[:limit]], next=following)


@router.get("/{bulletin}", responses=READ)
def read_bulletin(session: SnapshotDep, viewer: LocalCaseViewer, bulletin: Number) -> BulletinOut:
    """Read a bulletin with all its figures."""
    return _bulletin(queries.bulletin(session, bulletin, sees_drafts=viewer.holds(Scope.CASES_SUPERVISE)))


@router.put("/{bulletin}/words", responses=WRITE)
def write_bulletin_words(
    session: SessionDep, supervisor: CaseSupervisor, bulletin: Number, body: WordsIn
) -> BulletinOut:
    """Put a person's words to a draft; its figures cannot be written."""
    return _bulletin(operations.write_words(session, bulletin, body.words, actor=supervisor.actor))


@router.post("/{bulletin}/release", responses=WRITE)
def release_bulletin(session: SessionDep, supervisor: CaseSupervisor, bulletin: Number) -> BulletinOut:
    """Release a draft: it is told by inbox and targets of notifications, and nothing in it changes any more."""
    return _bulletin(operations.release(session, bulletin, actor=supervisor.actor))


@router.get(
    "/{bulletin}/print.{form}",
    response_class=Response,
    responses=PRINT | responses(400, 401, 403, 404, 429, 503),
)
@costly("prints", 2)
def print_bulletin(
    session: SnapshotDep,
    services: ServicesDep,
    viewer: LocalCaseViewer,
    language: Language,
    bulletin: Number,
    form: Annotated[PrintForm, Path(description="Page, print, Word, or a picture for group chats.")],
) -> Response:
    """Print a bulletin; a released one in Chinese is the very bytes that were kept."""
    row = queries.bulletin(session, bulletin, sees_drafts=viewer.holds(Scope.CASES_SUPERVISE))
    kept = None
    if language == FIRST_LANGUAGE and row.state == BulletinState.RELEASED:
        kept = queries.printed(session, bulletin, form)
    if kept is None:
        layer = layer_name(session, services.settings.default_layer)
        kept = drawn(sheet_of(row, queries.figures_of(row), layer_name=layer, language=language), form)
    named = f"bulletin-{row.day}-{row.edition}.{form}"
    headers = {} if form is PrintForm.HTML else {"Content-Disposition": f'inline; filename="{named}"'}
    return in_language(Response(kept, media_type=MEDIA_TYPES[form], headers=headers), language)


def _head(row: Bulletin) -> dict[str, Any]:
    known: dict[str, Any] = {name: getattr(row, name) for name in BulletinHeadOut.model_fields if hasattr(row, name)}
    prints = [f"/v1/bulletins/{row.id}/print.{form}" for form in PrintForm]
    return known | {"number": row.id, "prints": prints, "words": masked_text(row.words) if row.words else None}


def _bulletin(row: Bulletin) -> BulletinOut:
    return BulletinOut.model_validate(_head(row) | {"figures": queries.figures_of(row)})
