"""Change sets: draft, edit, check, repair, preview, review, publish. Everything the boundary desk does."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import orjson
import shapely
from fastapi import APIRouter, Depends, File, Form, Header, Path, Query, Request, Response, UploadFile
from pydantic import AwareDatetime
from sqlalchemy.orm import Session

from api.dependencies import SessionDep, SnapshotDep, requires
from api.problems import responses
from api.schemas import change_sets as schemas
from api.schemas.boundaries import ReleaseOut, release_out
from core.security import Principal, Scope
from governance.boundary_changes import operations as boundary_changes
from grids.boundaries import operations as boundaries
from grids.boundaries import queries as registry
from grids.boundaries.files.limits import Limits
from grids.boundaries.files.staging import Upload
from grids.boundaries.tables import Release
from grids.change_sets import operations, queries
from grids.change_sets.errors import EditRefusedError
from grids.change_sets.operations.drafting import Edited
from grids.change_sets.rules.verbs import Deed
from grids.change_sets.tables import ChangeSet

router = APIRouter(prefix="/v1/change-sets", tags=["boundary desk"])
lineage_router = APIRouter(prefix="/v1/layers", tags=["boundary desk"])

Viewer = Annotated[Principal, Depends(requires(Scope.REPORTS_READ))]
Editor = Annotated[Principal, Depends(requires(Scope.BOUNDARIES_EDIT))]
Approver = Annotated[Principal, Depends(requires(Scope.BOUNDARIES_APPROVE))]
Id = Annotated[int, Path(ge=1, le=2**31 - 1)]
Match = Annotated[
    str | None, Header(alias="If-Match", description="The version the edit was made on, as in the ETag: 412 if stale.")
]
READ = responses(400, 401, 403, 404, 503)
WRITE = responses(400, 401, 403, 404, 409, 412, 422, 503)


@router.post("", status_code=201, responses=WRITE)
def open_change_set(session: SessionDep, editor: Editor, body: schemas.ChangeSetIn) -> schemas.ChangeSetOut:
    """Open a draft on top of the layer's latest release."""
    layer = registry.get_layer(session, body.layer)
    return shown(session, operations.open_draft(session, layer=layer, title=body.title, author=editor.name))


@router.get("", responses=READ)
def list_change_sets(
    session: SnapshotDep,
    viewer: Viewer,
    layer: Annotated[str | None, Query(max_length=40)] = None,
    state: Annotated[list[Literal["open", "submitted", "approved", "published", "withdrawn"]] | None, Query()] = None,
) -> schemas.ChangeSetListOut:
    """List drafts, latest first."""
    del viewer
    wanted = None if layer is None else registry.get_layer(session, layer)
    found = queries.list_change_sets(session, layer=wanted, states=state or ())
    return schemas.ChangeSetListOut(change_sets=[shown(session, change_set) for change_set in found])


@router.get("/{change_set}", responses=READ)
def get_change_set(session: SnapshotDep, viewer: Viewer, response: Response, change_set: Id) -> schemas.ChangeSetOut:
    """Show a draft with its edits; the ETag is its version."""
    del viewer
    found = queries.get_change_set(session, change_set)
    response.headers["ETag"] = f'"{found.version}"'
    return shown(session, found, edits=True)


@router.get("/{change_set}/areas", responses=READ)
def list_areas(
    session: SnapshotDep,
    viewer: Viewer,
    change_set: Id,
    bbox: Annotated[str | None, Query(max_length=100, description="west,south,east,north in degrees.")] = None,
    changed: Annotated[bool, Query(description="Only what the draft changed.")] = False,  # noqa: FBT002
) -> dict[str, Any]:
    """Show areas as the draft has them, as GeoJSON."""
    del viewer
    found = queries.get_change_set(session, change_set)
    overlay = queries.overlay(session, found)
    if changed:
        return schemas.features(overlay)
    if bbox is None:
        return schemas.features(dict(queries.draft_areas(session, found)))
    return schemas.features(dict(queries.draft_areas_within(session, found, _box(bbox), overlay)))


@router.post("/{change_set}/edits", status_code=201, responses=WRITE)
def edit(
    session: SessionDep,
    editor: Editor,
    response: Response,
    change_set: Id,
    body: schemas.EditIn,
    if_match: Match = None,
) -> dict[str, Any]:
    """Carry out one edit; answers the areas that it left different, of all levels, as GeoJSON."""
    deed = Deed(
        verb=body.verb,
        codes=tuple(body.codes),
        into=body.into,
        geometry=_geometry(body.geometry),
        new_codes=tuple(body.new_codes),
        parent_code=body.parent_code,
        name=body.name,
    )
    done = operations.edit(
        session, change_set_id=change_set, deed=deed, actor=editor.name, expected_version=_version(if_match)
    )
    return _edited(response, done)


@router.patch("/{change_set}/areas/{code}", responses=WRITE)
def assign_facts(
    session: SessionDep,
    editor: Editor,
    response: Response,
    change_set: Id,
    code: Annotated[str, Path(max_length=200)],
    body: schemas.FactsIn,
    if_match: Match = None,
) -> dict[str, Any]:
    """Change facts of one area of any level: name, code, parent, responsible unit, attributes."""
    done = operations.assign_facts(
        session,
        change_set_id=change_set,
        code=code,
        facts=body.model_dump(exclude_unset=True),
        actor=editor.name,
        expected_version=_version(if_match),
    )
    return _edited(response, done)


@router.post("/{change_set}/undo", responses=WRITE)
def undo(session: SessionDep, editor: Editor, change_set: Id, if_match: Match = None) -> schemas.ChangeSetOut:
    """Take back the latest edit."""
    done = operations.undo(session, change_set_id=change_set, actor=editor.name, expected_version=_version(if_match))
    return shown(session, done, edits=True)


@router.post(
    "/{change_set}/replacements", status_code=201, responses=responses(400, 401, 403, 404, 409, 412, 413, 422, 503)
)
def replace_from_file(
    session: SessionDep,
    request: Request,
    response: Response,
    editor: Editor,
    change_set: Id,
    files: Annotated[list[UploadFile], File(description="A surveyor's delivery, in any format that imports take.")],
    crs: Annotated[str | None, Form(max_length=200, examples=["EPSG:4547"])] = None,
    retire_others: Annotated[  # noqa: FBT002
        bool, Form(description="Areas of the delivered levels that are not in the delivery end.")
    ] = False,
    if_match: Match = None,
) -> dict[str, Any]:
    """Take over a delivery, matched by code; answers area by area what is different now."""
    found = queries.get_change_set(session, change_set)
    try:
        delivery = boundaries.read_delivery(
            queries.layer_of(session, found),
            [Upload(file.filename or "", file.file) for file in files],
            boundaries.ReadingOptions(crs=crs or None),
            Limits(max_bytes=request.app.state.settings.max_upload_bytes),
        )
    finally:
        for file in files:
            file.file.close()
    done = operations.replace_areas(
        session,
        change_set_id=change_set,
        areas=delivery.areas,
        actor=editor.name,
        retire_others=retire_others,
        source=", ".join(file.filename or "" for file in files)[:500],
        expected_version=_version(if_match),
    )
    return _edited(response, done)


@router.get("/{change_set}/check", responses=READ)
def check(session: SnapshotDep, viewer: Viewer, change_set: Id) -> dict[str, Any]:
    """Check the whole layer as the draft has it; answers the defects with their places, as GeoJSON."""
    del viewer
    return operations.check(session, change_set_id=change_set).as_feature_collection()


@router.get("/{change_set}/repairs", responses=READ)
def list_repairs(session: SnapshotDep, viewer: Viewer, change_set: Id) -> schemas.ProposalListOut:
    """Propose repairs for the draft's defects, with the ground each would move. Nothing is changed."""
    del viewer
    return schemas.ProposalListOut(
        proposals=[
            schemas.ProposalOut(
                key=offer.key,
                defect=offer.defect.key,
                verb=str(offer.repair.verb),
                moves=[
                    {"level": m.level, "code": m.code, "gained_m2": m.gained_m2, "lost_m2": m.lost_m2}
                    for m in offer.repair.movements
                ],
                message_zh=f"{offer.defect.message_zh}→{offer.repair.title_zh}",
                message_en=f"{offer.defect.message_en} → {offer.repair.title_en}",
            )
            for offer in operations.offers(session, change_set_id=change_set)
        ]
    )


@router.post("/{change_set}/repairs", status_code=201, responses=WRITE)
def repair(
    session: SessionDep,
    editor: Editor,
    response: Response,
    change_set: Id,
    body: schemas.RepairIn,
    if_match: Match = None,
) -> dict[str, Any]:
    """Take proposals into the draft as one edit: those named, or the preferred one of every defect."""
    done = operations.repair(
        session,
        change_set_id=change_set,
        keys=body.keys,
        actor=editor.name,
        expected_version=_version(if_match),
    )
    return _edited(response, done)


@router.get("/{change_set}/impact", responses=READ)
def impact(session: SnapshotDep, viewer: Viewer, change_set: Id) -> schemas.ImpactOut:
    """Preview what publishing would do: land, matters and units that change hands."""
    del viewer
    found, _, _ = boundary_changes.preview(session, change_set_id=change_set)
    return schemas.impact_out(found)


@router.post("/{change_set}/redesigns", responses=WRITE)
def redesign(session: SessionDep, editor: Editor, change_set: Id, body: schemas.RedesignIn) -> schemas.RedesignOut:
    """Propose balanced, compact grids for a community or street, beside today's; `take` makes it an edit."""
    proposal = operations.propose(
        session,
        change_set_id=change_set,
        parent_code=body.parent_code,
        k=body.k,
        points=boundary_changes.points_of_last_year(session, change_set_id=change_set)
        if body.load == "reports"
        else None,
        seed=body.seed,
    )
    if body.take:
        operations.take(session, change_set_id=change_set, redesign=proposal, actor=editor.name)
    return schemas.redesign_out(proposal, taken=body.take)


@router.post("/{change_set}/submission", responses=WRITE)
def submit(session: SessionDep, editor: Editor, change_set: Id) -> schemas.ChangeSetOut:
    """Hand the draft in for approval; it must stand on the latest release and have no blocking defect."""
    return shown(session, operations.submit(session, change_set_id=change_set, actor=editor.name))


@router.post("/{change_set}/approval", responses=WRITE)
def approve(session: SessionDep, approver: Approver, change_set: Id, body: schemas.ApprovalIn) -> schemas.ChangeSetOut:
    """Approve a submitted draft; never by anyone who worked on it."""
    done = operations.approve(session, change_set_id=change_set, actor=approver.name, effective_at=body.effective_at)
    return shown(session, done)


@router.post("/{change_set}/return", responses=WRITE)
def send_back(session: SessionDep, approver: Approver, change_set: Id, body: schemas.ReasonIn) -> schemas.ChangeSetOut:
    """Open a submitted or approved draft again, with the reason on record."""
    done = operations.send_back(session, change_set_id=change_set, actor=approver.name, reason=body.reason)
    return shown(session, done)


@router.post("/{change_set}/publication", status_code=201, responses=WRITE)
def publish(session: SessionDep, request: Request, approver: Approver, change_set: Id) -> ReleaseOut:
    """Publish an approved draft as a release."""
    published = operations.publish_change_set(
        session, change_set_id=change_set, actor=approver.name, lead_s=request.app.state.settings.release_lead_s
    )
    layer = queries.layer_of(session, queries.get_change_set(session, change_set))
    return release_out(published.release, layer.code)


@router.post("/{change_set}/rebase", responses=WRITE)
def rebase(session: SessionDep, editor: Editor, change_set: Id) -> schemas.RebasedOut:
    """Put the draft on top of the latest release; with conflicts nothing is changed and they are named."""
    return _rebased(session, operations.rebase(session, change_set_id=change_set, actor=editor.name))


@router.post("/{change_set}/settlements", responses=WRITE)
def settle(session: SessionDep, editor: Editor, change_set: Id, body: schemas.SettlementIn) -> schemas.RebasedOut:
    """Settle one conflict: keep the draft's area or take the published one."""
    done = operations.settle(session, change_set_id=change_set, code=body.code, keep=body.keep, actor=editor.name)
    return _rebased(session, done)


@router.post("/{change_set}/withdrawal", responses=WRITE)
def withdraw(session: SessionDep, editor: Editor, change_set: Id) -> schemas.ChangeSetOut:
    """Give the draft up; it stays on record."""
    return shown(session, operations.withdraw(session, change_set_id=change_set, actor=editor.name))


@lineage_router.get("/{layer}/areas/{code}/lineage", responses=responses(400, 404, 503))
def lineage(
    session: SnapshotDep,
    layer: Annotated[str, Path(max_length=40)],
    code: Annotated[str, Path(max_length=200)],
    at: Annotated[AwareDatetime | None, Query(description="Only releases in force by then.")] = None,
) -> schemas.LineageOut:
    """Tell what an area became and what it came from, over all releases."""
    found = registry.get_layer(session, layer)
    forwards, backwards = (queries.lineage(session, found, code, backwards=b, at=at) for b in (False, True))
    return schemas.LineageOut(
        code=code, became=schemas.lineage_steps(forwards), came_from=schemas.lineage_steps(backwards)
    )


def shown(session: Session, change_set: ChangeSet, *, edits: bool = False) -> schemas.ChangeSetOut:
    """Show a draft as JSON."""
    published = change_set.published_release_id
    return schemas.change_set_out(
        change_set,
        layer=queries.layer_of(session, change_set).code,
        base=queries.base_of(session, change_set).number,
        published=None if published is None else session.get_one(Release, published).number,
        edits=queries.edits(session, change_set) if edits else None,
    )


def _rebased(session: Session, rebased: operations.Rebased) -> schemas.RebasedOut:
    return schemas.RebasedOut(
        change_set=shown(session, rebased.change_set), is_current=rebased.is_current, conflicts=list(rebased.conflicts)
    )


def _edited(response: Response, done: Edited) -> dict[str, Any]:
    response.headers["ETag"] = f'"{done.change_set.version}"'
    return schemas.features(done.after, edit=done.number) | {"version": done.change_set.version}


def _version(if_match: str | None) -> int | None:
    if if_match is None or if_match.strip() == "*":
        return None
    text = if_match.strip().removeprefix("W/").strip('"')
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise EditRefusedError("If-Match takes the version of the change set, as its ETag says.", field="If-Match")
    return int(text)


def _geometry(value: dict[str, Any] | None) -> shapely.geometry.base.BaseGeometry | None:
    if value is None:
        return None
    try:
        geometry = shapely.from_geojson(orjson.dumps(value))
    except (shapely.errors.GEOSException, TypeError, orjson.JSONEncodeError) as error:
        raise EditRefusedError("The geometry is not GeoJSON.", field="geometry") from error
    if geometry.is_empty:
        raise EditRefusedError("The geometry is empty.", field="geometry")
    if shapely.get_num_coordinates(geometry) > schemas.COORDINATES:
        raise EditRefusedError(f"The geometry has more than {schemas.COORDINATES} points.", field="geometry")
    west, south, east, north = shapely.bounds(geometry)
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise EditRefusedError("The geometry must be in degrees, longitude first.", field="geometry")
    return geometry


def _box(text: str) -> tuple[float, float, float, float]:
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError as error:
        raise EditRefusedError("A bbox is west,south,east,north in degrees.", field="bbox") from error
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise EditRefusedError("A bbox is west,south,east,north in degrees.", field="bbox")
    return west, south, east, north
