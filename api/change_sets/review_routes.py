"""A draft under review: previewed, redesigned, submitted, approved, published, rebased."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Query, Response
from starlette.responses import HTMLResponse

from api.change_sets import answers, schemas
from api.change_sets.impact import ImpactOut, impact_out
from api.change_sets.routes import READ, WRITE, Id, shown
from api.http.access import Approver, Editor, Viewer
from api.http.admission import costly
from api.http.dependencies import SessionDep
from api.http.language import WordsLanguage, in_language
from api.http.openapi import feature_router
from api.http.services import ServicesDep
from api.shapes.release_rules import meant
from api.shapes.releases import ReleaseOut, release_out
from governance.boundary_changes import operations as boundary_changes
from grids.change_sets import operations, queries
from identity.actors import Actor
from presentation.pages.impact_page import impact_page
from presentation.pages.redesign_page import redesign_page
from presentation.prints import impact_sheet, redesign_sheet
from presentation.words.boundary_desk import CATALOGUE

router = feature_router(prefix="/v1/change-sets", tags=["boundary desk"])
Language = Annotated[str, Depends(WordsLanguage(CATALOGUE))]
PDF: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}}
}


@router.get("/{change_set}/impact", responses=READ)
def get_impact(
    session: SessionDep,
    viewer: Viewer,
    change_set: Id,
    outlines: Annotated[bool, Query(description="With where each piece of land lies.")] = False,  # noqa: FBT002
) -> ImpactOut:
    """Preview what publishing would do: land, matters, units and grid workers that change hands."""
    return impact_out(boundary_changes.preview(session, change_set_id=change_set, reader=viewer), outlines=outlines)


@router.get("/{change_set}/impact.html", response_class=HTMLResponse, responses=READ)
def get_impact_page(
    session: SessionDep, services: ServicesDep, viewer: Viewer, change_set: Id, language: Language
) -> Response:
    """Preview as a map before and after, in one file that opens with no internet."""
    found = boundary_changes.preview(session, change_set_id=change_set, reader=viewer)
    made = impact_page(found, services.settings.basemap_url, language=language)
    return in_language(HTMLResponse(made), language)


@router.get("/{change_set}/impact.pdf", response_class=Response, responses=PDF | READ)
@costly("prints", 2)
def get_impact_print(session: SessionDep, viewer: Viewer, change_set: Id, language: Language) -> Response:
    """Preview as a one-page print."""
    found = boundary_changes.preview(session, change_set_id=change_set, reader=viewer)
    made = impact_sheet.impact_print(found, language=language)
    return in_language(Response(made, media_type="application/pdf"), language)


@router.post("/{change_set}/redesigns", responses=WRITE)
@costly("redesigns", 2)
def propose_redesign(
    session: SessionDep, editor: Editor, change_set: Id, body: schemas.RedesignIn
) -> schemas.RedesignOut:
    """Propose balanced, compact grids for a community or street, beside today's; `take` makes it an edit."""
    proposal = _proposed(session, change_set, body, editor.actor)
    return answers.redesign_out(proposal, taken=body.take)


@router.post("/{change_set}/redesigns.html", response_class=HTMLResponse, responses=WRITE)
@costly("redesigns", 2)
def propose_redesign_page(
    session: SessionDep,
    services: ServicesDep,
    editor: Editor,
    change_set: Id,
    body: schemas.RedesignIn,
    language: Language,
) -> Response:
    """Propose grids as a map, today's beside the proposed, in one file that opens with no internet."""
    proposal = _proposed(session, change_set, body, editor.actor)
    made = redesign_page(proposal, services.settings.basemap_url, language=language)
    return in_language(HTMLResponse(made), language)


@router.post("/{change_set}/redesigns.pdf", response_class=Response, responses=PDF | WRITE)
@costly("prints", 2)
def propose_redesign_print(
    session: SessionDep, editor: Editor, change_set: Id, body: schemas.RedesignIn, language: Language
) -> Response:
    """Propose grids as a one-page print."""
    proposal = _proposed(session, change_set, body, editor.actor)
    made = redesign_sheet.redesign_print(proposal, language=language)
    return in_language(Response(made, media_type="application/pdf"), language)


@router.post("/{change_set}/submission", responses=WRITE)
def submit_change_set(session: SessionDep, editor: Editor, change_set: Id) -> schemas.ChangeSetOut:
    """Hand the draft in for approval; it must stand on the latest release and have no blocking defect."""
    return shown(session, operations.submit(session, change_set_id=change_set, actor=editor.actor))


@router.post("/{change_set}/approval", responses=WRITE)
def approve_change_set(
    session: SessionDep, approver: Approver, change_set: Id, body: schemas.ApprovalIn
) -> schemas.ChangeSetOut:
    """Approve a submitted draft; never by anyone who worked on it."""
    layer = queries.layer_of(session, queries.get_change_set(session, change_set))
    done = operations.approve(
        session,
        change_set_id=change_set,
        actor=approver.actor,
        effective_at=body.effective_at,
        meant=meant(session, layer, confirm=body.confirm, force=body.force),
    )
    return shown(session, done)


@router.post("/{change_set}/return", responses=WRITE)
def return_change_set(
    session: SessionDep, approver: Approver, change_set: Id, body: schemas.ReasonIn
) -> schemas.ChangeSetOut:
    """Open a submitted or approved draft again, with the reason on record."""
    done = operations.send_back(session, change_set_id=change_set, actor=approver.actor, reason=body.reason)
    return shown(session, done)


@router.post("/{change_set}/publication", status_code=201, responses=WRITE)
def publish_change_set(session: SessionDep, services: ServicesDep, approver: Approver, change_set: Id) -> ReleaseOut:
    """Publish an approved draft as a release."""
    published = operations.publish_change_set(
        session, change_set_id=change_set, actor=approver.actor, lead_s=services.settings.release_lead_s
    )
    layer = queries.layer_of(session, queries.get_change_set(session, change_set))
    return release_out(published.release, layer.code)


@router.post("/{change_set}/rebase", responses=WRITE)
def rebase_change_set(session: SessionDep, editor: Editor, change_set: Id) -> schemas.RebasedOut:
    """Put the draft on top of the latest release; with conflicts nothing is changed and they are named."""
    return _rebased(session, operations.rebase(session, change_set_id=change_set, actor=editor.actor))


@router.post("/{change_set}/settlements", responses=WRITE)
def resolve_conflict(
    session: SessionDep, editor: Editor, change_set: Id, body: schemas.ConflictResolutionIn
) -> schemas.RebasedOut:
    """Settle one conflict: keep the draft's area or take the published one."""
    done = operations.resolve_conflict(
        session, change_set_id=change_set, code=body.code, keep=body.keep, actor=editor.actor
    )
    return _rebased(session, done)


@router.post("/{change_set}/withdrawal", responses=WRITE)
def withdraw_change_set(session: SessionDep, editor: Editor, change_set: Id) -> schemas.ChangeSetOut:
    """Give the draft up; it stays on record."""
    return shown(session, operations.withdraw(session, change_set_id=change_set, actor=editor.actor))


def _proposed(session: SessionDep, change_set: int, body: schemas.RedesignIn, actor: Actor) -> operations.Redesign:
    by_reports = body.load == "reports"
    points = boundary_changes.points_of_last_year(session, change_set_id=change_set) if by_reports else None
    proposal = operations.propose(
        session, change_set_id=change_set, parent_code=body.parent_code, k=body.k, points=points, seed=body.seed
    )
    if body.take:
        operations.take_redesign(session, change_set_id=change_set, redesign=proposal, actor=actor)
    return proposal


def _rebased(session: SessionDep, rebased: operations.Rebased) -> schemas.RebasedOut:
    return schemas.RebasedOut(
        change_set=shown(session, rebased.change_set), is_current=rebased.is_current, conflicts=list(rebased.conflicts)
    )
