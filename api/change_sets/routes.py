"""Change sets: drafts of boundaries, and their edits."""

from __future__ import annotations

from typing import Annotated

from fastapi import File, Form, Header, Path, Query, Response, UploadFile
from sqlalchemy.orm import Session

from api.change_sets import answers, schemas
from api.change_sets.map_schemas import DraftAreas
from api.http.access import Editor, Viewer
from api.http.answers import json_response
from api.http.dependencies import SessionDep, SnapshotDep
from api.http.openapi import feature_router
from api.http.parameters import box_of, pairs_of
from api.http.problems import responses
from api.http.services import ServicesDep
from api.shapes.release_rules import RulesIn, rules_change
from core import audit
from core.errors import Detail
from grids.boundaries import operations as boundaries
from grids.boundaries import queries as registry
from grids.boundaries.files.limits import Limits
from grids.boundaries.files.staging import Upload
from grids.boundaries.tables import Release
from grids.change_sets import draft_queries, operations, queries
from grids.change_sets.errors import EditRefusedError
from grids.change_sets.rules.verbs import EditCommand
from grids.change_sets.states import ChangeSetState
from grids.change_sets.tables import ChangeSet
from grids.geojson import read_geometry

router = feature_router(prefix="/v1/change-sets", tags=["boundary desk"])

Id = Annotated[int, Path(ge=1, le=2**31 - 1)]
Match = Annotated[
    str | None, Header(alias="If-Match", description="The version the edit was made on, as in the ETag: 412 if stale.")
]
Outlines = Annotated[
    bool, Query(description="With the outlines of coarser areas too: a district's alone has thousands of points.")
]
READ = responses(400, 401, 403, 404, 503)
WRITE = responses(400, 401, 403, 404, 409, 412, 422, 503)


@router.post("", status_code=201, responses=WRITE)
def open_change_set(session: SessionDep, editor: Editor, body: schemas.ChangeSetIn) -> schemas.ChangeSetOut:
    """Open a draft on top of the layer's latest release."""
    layer = registry.get_layer(session, body.layer)
    opened = operations.open_draft(session, layer=layer, title=body.title, author=editor.actor, locking=body.locking)
    return shown(session, opened)


@router.get("", responses=READ)
def list_change_sets(
    session: SnapshotDep,
    viewer: Viewer,
    layer: Annotated[str | None, Query(max_length=40)] = None,
    state: Annotated[list[ChangeSetState] | None, Query()] = None,
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


@router.put("/{change_set}/locking", responses=WRITE)
def change_edit_locking(
    session: SessionDep, editor: Editor, change_set: Id, body: schemas.LockingIn
) -> schemas.ChangeSetOut:
    """Choose how edits of an open draft over OGC API are kept apart."""
    changed = operations.change_locking(session, change_set_id=change_set, locking=body.locking, actor=editor.actor)
    return shown(session, changed)


@router.get("/{change_set}/areas", response_model=DraftAreas, responses=READ)
def list_change_set_areas(
    session: SnapshotDep,
    viewer: Viewer,
    change_set: Id,
    bbox: Annotated[str | None, Query(max_length=100, description="west,south,east,north in degrees.")] = None,
    changed: Annotated[bool, Query(description="Only what the draft changed.")] = False,  # noqa: FBT002
) -> Response:
    """Show areas as the draft has them, as GeoJSON."""
    del viewer
    found = queries.get_change_set(session, change_set)
    if changed:
        return json_response(answers.features(queries.overlay(session, found)))
    if bbox is None:
        return json_response(answers.features(dict(queries.draft_areas(session, found))))
    draft = draft_queries.state_of(session, found)
    inside = draft_queries.within(session, draft, draft_queries.everywhere(draft, box_of(bbox)))
    return json_response(answers.features(dict(inside)))


@router.post(
    "/{change_set}/edits",
    status_code=201,
    responses={200: {"model": schemas.EditedOut, "description": "Only tried (`dry_run`)."}, **WRITE},
)
def edit_change_set(
    session: SessionDep,
    editor: Editor,
    response: Response,
    change_set: Id,
    body: schemas.EditIn,
    dry_run: Annotated[bool, Query(description="Only try it: nothing is stored, nobody waits.")] = False,  # noqa: FBT002
    outlines: Outlines = False,  # noqa: FBT002
    if_match: Match = None,
) -> schemas.EditedOut:
    """Carry out one edit; answers the affected neighbourhood: what it left different, what lies beside, the defects.

    Small enough for a map that is being dragged: try each position with `dry_run`, then send the last one without.
    """
    command = EditCommand(
        verb=body.verb,
        codes=tuple(body.codes),
        into=body.into,
        geometry=None if body.geometry is None else read_geometry(body.geometry, _not_drawn),
        new_codes=tuple(body.new_codes),
        parent_code=body.parent_code,
        name=body.name,
        shapes={code: read_geometry(shape, _not_drawn) for code, shape in body.shapes.items()},
    )
    done = operations.edit(
        session,
        change_set_id=change_set,
        command=command,
        actor=editor.actor,
        expected_version=version_of(if_match),
        dry_run=dry_run,
    )
    if dry_run:
        response.status_code = 200
    return edited(session, response, done, outlines=outlines)


@router.patch("/{change_set}/areas/{code}", responses=WRITE)
def change_area_facts(
    session: SessionDep,
    editor: Editor,
    response: Response,
    change_set: Id,
    code: Annotated[str, Path(max_length=200)],
    body: schemas.FactsIn,
    outlines: Outlines = False,  # noqa: FBT002
    if_match: Match = None,
) -> schemas.EditedOut:
    """Change facts of one area of any level: name, code, parent, responsible unit, attributes."""
    done = operations.assign_facts(
        session,
        change_set_id=change_set,
        code=code,
        facts=body.model_dump(exclude_unset=True),
        actor=editor.actor,
        expected_version=version_of(if_match),
    )
    return edited(session, response, done, outlines=outlines)


@router.patch("/{change_set}/rules", responses=WRITE)
def change_rules(
    session: SessionDep, editor: Editor, response: Response, change_set: Id, body: RulesIn, if_match: Match = None
) -> schemas.ChangeSetOut:
    """Change what the draft's release will answer by: the tolerance, declared gaps. Approved like its areas."""
    done = operations.change_rules(
        session,
        change_set_id=change_set,
        change=rules_change(body),
        actor=editor.actor,
        expected_version=version_of(if_match),
    )
    response.headers["ETag"] = f'"{done.version}"'
    return shown(session, done, edits=True)


@router.post("/{change_set}/undo", responses=WRITE)
def undo_edit(session: SessionDep, editor: Editor, change_set: Id, if_match: Match = None) -> schemas.ChangeSetOut:
    """Take back the latest edit."""
    done = operations.undo(session, change_set_id=change_set, actor=editor.actor, expected_version=version_of(if_match))
    return shown(session, done, edits=True)


@router.post(
    "/{change_set}/replacements",
    status_code=201,
    responses={
        200: {"model": schemas.ReplacedOut, "description": "Only tried (`dry_run`)."},
        **responses(400, 401, 403, 404, 409, 412, 413, 422, 503),
    },
)
def replace_areas_from_files(
    session: SessionDep,
    services: ServicesDep,
    response: Response,
    editor: Editor,
    change_set: Id,
    files: Annotated[list[UploadFile], File(description="A surveyor's delivery, in any format that imports take.")],
    crs: Annotated[str | None, Form(max_length=200, examples=["EPSG:4547"])] = None,
    encoding: Annotated[str | None, Form(max_length=40, description="Of the texts, for example gbk.")] = None,
    field: Annotated[list[str] | None, Form(description="meaning=column, repeatable.")] = None,
    retire_others: Annotated[  # noqa: FBT002
        bool, Form(description="Areas of the delivered levels that are not in the delivery end.")
    ] = False,
    dry_run: Annotated[bool, Form(description="Only tell the differences; nothing is stored.")] = False,  # noqa: FBT002
    if_match: Match = None,
) -> schemas.ReplacedOut:
    """Take over a delivery, matched by code; answers area by area what is different, and what the check then finds."""
    found = queries.get_change_set(session, change_set)
    limits = Limits(max_bytes=services.settings.max_upload_bytes)
    try:
        delivery = boundaries.read_delivery(
            queries.layer_of(session, found),
            [Upload(file.filename or "", file.file) for file in files],
            boundaries.ReadingOptions(crs=crs or None, encoding=encoding, mapping=pairs_of(field, "field")),
            limits,
        )
    finally:
        for file in files:
            file.file.close()
    done = operations.take_delivery(
        session,
        change_set_id=change_set,
        areas=delivery.areas,
        actor=editor.actor,
        limits=limits,
        source=", ".join(file.filename or "" for file in files)[:500],
        retire_others=retire_others,
        expected_version=version_of(if_match),
        dry_run=dry_run,
    )
    response.status_code = 200 if dry_run else 201
    response.headers["ETag"] = f'"{done.edited.change_set.version}"'
    return answers.replaced_out(done, delivery.remarks)


def shown(session: Session, change_set: ChangeSet, *, edits: bool = False) -> schemas.ChangeSetOut:
    """Show a draft as JSON."""
    published = change_set.published_release_id
    layer, base = queries.layer_of(session, change_set), queries.base_of(session, change_set)
    rules = None
    if edits:
        before, after = registry.rules_of_release(session, layer, base), queries.rules_of_draft(session, change_set)
        rules = None if before.key == after.key else (before, after)
    return answers.change_set_out(
        change_set,
        layer=layer.code,
        base=base.number,
        published=None if published is None else session.get_one(Release, published).number,
        edits=queries.edits(session, change_set) if edits else None,
        rules=rules,
        sent_back=audit.latest(session, action="change_sets.send_back", subject=str(change_set.id)) if edits else None,
    )


def edited(
    session: Session, response: Response, done: operations.Edited, *, outlines: bool = False
) -> schemas.EditedOut:
    """Show what an edit left different, with its surroundings; the ETag is the draft's version."""
    response.headers["ETag"] = f'"{done.change_set.version}"'
    finest = None if outlines else queries.layer_of(session, done.change_set).levels[-1]
    return answers.edited_out(done, operations.surroundings_of(session, done), drawn=finest)


def version_of(if_match: str | None) -> int | None:
    """Read the version an edit was made on; None where the caller does not care."""
    if if_match is None or if_match.strip() == "*":
        return None
    text = if_match.strip().removeprefix("W/").strip('"')
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise EditRefusedError("If-Match takes the version of the change set, as its ETag says.", field="If-Match")
    return int(text)


def _not_drawn(why: Detail) -> EditRefusedError:
    return EditRefusedError(why, field="geometry")
