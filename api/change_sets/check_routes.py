"""A draft's defects: of the whole layer or around its changes; repairs proposed page by page, and taken."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Response

from api.change_sets import answers, schemas
from api.change_sets.routes import READ, WRITE, Id, Match, edited, version_of
from api.http.access import Editor, Viewer
from api.http.answers import json_response
from api.http.dependencies import SessionDep, SnapshotDep
from api.http.language import in_language
from api.http.openapi import feature_router
from api.http.parameters import box_of
from api.http.services import ServicesDep
from api.shapes.defects import NAMES_DEFECTS_LANGUAGE, CheckReport, DefectFeature, defects_language
from geo.coverage import DefectKind
from grids.boundaries.defect_words import defect_feature, defect_features
from grids.change_sets import operations

router = feature_router(prefix="/v1/change-sets", tags=["boundary desk"])


@router.get("/{change_set}/check", response_model=CheckReport, responses=READ)
def check_change_set(session: SnapshotDep, services: ServicesDep, viewer: Viewer, change_set: Id) -> Response:
    """Check the whole layer as the draft has it; answers the defects with their places, as GeoJSON."""
    del viewer
    memory = services.draft_checks
    report = operations.check(session, change_set_id=change_set, memory=memory)
    language = defects_language()
    return in_language(json_response(defect_features(report, language)), language)


@router.get("/{change_set}/surroundings", responses=READ, dependencies=[NAMES_DEFECTS_LANGUAGE])
def check_surroundings(session: SnapshotDep, viewer: Viewer, change_set: Id) -> schemas.SurroundingsOut:
    """Check only what the draft's changes touch: their defects, repairs for the first of them, the areas beside."""
    del viewer
    return answers.surroundings_out(operations.surroundings_of_draft(session, change_set_id=change_set))


@router.get("/{change_set}/repairs", responses=READ, dependencies=[NAMES_DEFECTS_LANGUAGE])
def list_repairs(
    session: SnapshotDep,
    services: ServicesDep,
    viewer: Viewer,
    change_set: Id,
    kind: Annotated[list[DefectKind] | None, Query(description="Only defects of these kinds.")] = None,
    area: Annotated[str | None, Query(max_length=80, description="Only defects of this area.")] = None,
    bbox: Annotated[str | None, Query(max_length=200, description="west,south,east,north in degrees.")] = None,
    limit: Annotated[
        int, Query(ge=1, le=200, description="Defects a page; every one more makes the answer slower.")
    ] = operations.A_PAGE,
    after: Annotated[str | None, Query(max_length=4000, description="`next` of the page before.")] = None,
) -> schemas.ProposalListOut:
    """Propose repairs for the draft's defects, the gravest first, with the ground each would move.

    Nothing is changed. Every proposal is proven: taken, its defect is gone and no new one that blocks has come.
    """
    del viewer
    page = operations.offers(
        session,
        change_set_id=change_set,
        wanted=operations.Wanted(kinds=kind, area=area, bbox=None if bbox is None else box_of(bbox)),
        limit=limit,
        after=after,
        memory=services.draft_checks,
    )
    return schemas.ProposalListOut(
        proposals=[answers.proposal_out(offer) for offer in page.offers],
        unmendable=[defect.key for defect in page.unmendable],
        defects=page.defects,
        next=page.next,
    )


@router.post("/{change_set}/repairs", status_code=201, responses=WRITE)
def take_repairs(
    session: SessionDep,
    services: ServicesDep,
    editor: Editor,
    response: Response,
    change_set: Id,
    body: schemas.RepairIn,
    if_match: Match = None,
) -> schemas.RepairedOut:
    """Take proposals into the draft as one edit: those named, or the preferred ones until nothing more can be mended.

    What could not be mended is listed.
    """
    done = operations.repair(
        session,
        change_set_id=change_set,
        keys=body.keys,
        actor=editor.actor,
        wanted=operations.Wanted(kinds=body.kinds),
        expected_version=version_of(if_match),
        memory=services.draft_checks,
    )
    return schemas.RepairedOut(
        **dict(edited(session, response, done.edited)),
        taken=done.taken,
        left=[DefectFeature.model_validate(defect_feature(defect, defects_language())) for defect in done.left[:100]],
        left_count=len(done.left),
    )
