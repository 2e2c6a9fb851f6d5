"""OGC API – Features Part 4: areas of an open draft are created, replaced, changed and retired.

Each request is an edit of the boundary desk (a new area with facts of its own: two), by the same verbs; whoever edits
names by If-Match which state of the feature was seen. What stands above a changed area follows, its neighbours do not:
each answer links to the draft's surroundings, the check around its changes, which reports what no longer fits together.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from fastapi import Body, Header, Query, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from api.http.access import Editor
from api.http.answers import GEOJSON, GeoJsonResponse
from api.http.dependencies import SessionDep
from api.http.openapi import feature_router
from api.http.problems import ProtocolError, responses
from api.http.public_address import address_of
from api.http.texts import AreaCode
from api.ogc import collections, features, schemas
from api.ogc.bodies import (
    GIVEN,
    FeatureChange,
    FeatureIn,
    KnownMedia,
    free_attributes,
    land_of,
    require_same_code,
    whole_facts,
)
from api.ogc.collections import Collection, link
from api.ogc.reading import CollectionId, feature
from core.errors import Detail
from core.personal import is_person_column, keeping_people
from grids.boundaries.records import AreaRecord
from grids.change_sets import draft_queries, operations, queries
from grids.change_sets.errors import ChangeSetStaleError, EditRefusedError
from grids.change_sets.feature_queries import Features
from grids.change_sets.rules.facts import changed_facts
from grids.change_sets.rules.verbs import EditCommand
from grids.change_sets.states import EditLocking
from grids.features import reference_systems
from identity.keys import Principal

router = feature_router(prefix="/ogc", tags=["OGC API"])

Match = Annotated[
    str | None,
    Header(
        alias="If-Match",
        max_length=200,
        description="The feature's ETag: 412 if stale; 428 without, but in drafts locked by last-read.",
    ),
]
ContentCrs = Annotated[
    str | None, Header(alias="Content-Crs", max_length=200, description="System of the geometry; CRS84 if left out.")
]
OutCrs = Annotated[str | None, Query(max_length=100, description="URI of the system of the answer.")]
_ERRORS = (400, 401, 403, 404, 405, 409, 412, 415, 422, 428, 503)


class PreconditionRequiredError(ProtocolError):
    """An edit that does not show which state of the feature was seen."""

    def __init__(self, locking: str) -> None:
        super().__init__(
            428,
            Detail("Send If-Match with the feature's ETag: it says which state of it you saw.")
            if locking == EditLocking.IF_MATCH
            else Detail("Load the feature first: without If-Match, an edit is held to what your key last read of it."),
        )


@router.post(
    "/collections/{collection}/items",
    status_code=201,
    response_model=schemas.OgcFeature,
    response_class=GeoJsonResponse,
    dependencies=[KnownMedia],
    responses={
        201: {"description": "The new feature."},
        **responses(400, 401, 403, 404, 405, 409, 415, 422, 503),
    },
)
def create_feature(
    session: SessionDep,
    request: Request,
    editor: Editor,
    collection: CollectionId,
    body: Annotated[FeatureIn, Body(media_type=GEOJSON)],
    content_crs: ContentCrs = None,
) -> Response:
    """Create an area on uncovered land of the draft's finest level; `parent_code` is needed, a code may be left out."""
    collections.refuse_unknown(request)
    found, draft = _draft(session, collection, editor, "items", "POST")
    facts = whole_facts(body.properties)
    if body.id is not None:
        require_same_code(facts, str(body.id))
        facts["code"] = str(body.id)
    command = EditCommand(
        verb="create",
        geometry=land_of(body.geometry, content_crs),
        parent_code=facts.get("parent_code"),
        name=facts.get("name"),
        new_codes=(facts["code"],) if facts.get("code") else (),
    )
    done = operations.edit(session, change_set_id=draft, command=command, actor=editor.actor)
    code = _created(session, found, done)
    more = {name: value for name, value in facts.items() if name in {"unit_code", "unit_name", "attributes"} and value}
    if more:
        operations.assign_facts(session, change_set_id=draft, code=code, facts=more, actor=editor.actor)
    return _shown(session, request, found, code, reference_systems.CRS84, editor, status=201)


@router.put(
    "/collections/{collection}/items/{code}",
    response_model=schemas.OgcFeature,
    response_class=GeoJsonResponse,
    dependencies=[KnownMedia],
    responses={200: {"description": "The feature as it is now."}, **responses(*_ERRORS)},
)
def replace_feature(
    session: SessionDep,
    request: Request,
    editor: Editor,
    collection: CollectionId,
    code: AreaCode,
    body: Annotated[FeatureIn, Body(media_type=GEOJSON)],
    if_match: Match = None,
    content_crs: ContentCrs = None,
    crs: OutCrs = None,
) -> Response:
    """Replace an area of the draft, its facts and its land; what stands above it follows, nothing beside it moves."""
    collections.refuse_unknown(request, "crs")
    uri = reference_systems.offered(crs, "crs")
    found, draft = _draft(session, collection, editor, "item", "PUT")
    old = _record(_seen(session, found, code, if_match, editor))
    facts = whole_facts(body.properties)
    require_same_code(facts, code, body.id)
    land = land_of(body.geometry, content_crs)
    new = AreaRecord(
        old.level,
        code,
        facts.get("name") or code,
        land,
        facts.get("parent_code"),
        facts.get("unit_code"),
        facts.get("unit_name"),
        keeping_people(old.attributes, facts["attributes"]),
    )
    operations.replace_area(session, change_set_id=draft, area=new, actor=editor.actor, source="OGC API")
    return _shown(session, request, found, code, uri, editor)


@router.patch(
    "/collections/{collection}/items/{code}",
    response_model=schemas.OgcFeature,
    response_class=GeoJsonResponse,
    dependencies=[KnownMedia],
    responses={200: {"description": "The feature as it is now."}, **responses(*_ERRORS)},
)
def change_feature(
    session: SessionDep,
    request: Request,
    editor: Editor,
    collection: CollectionId,
    code: AreaCode,
    body: Annotated[FeatureChange, Body(media_type="application/merge-patch+json")],
    if_match: Match = None,
    content_crs: ContentCrs = None,
    crs: OutCrs = None,
) -> Response:
    """Change facts of an area of the draft, its land, or both; a free attribute set to null goes."""
    collections.refuse_unknown(request, "crs")
    uri = reference_systems.offered(crs, "crs")
    found, draft = _draft(session, collection, editor, "item", "PATCH")
    old = _record(_seen(session, found, code, if_match, editor))
    gone = [
        name for name in ("geometry", "properties") if name in body.model_fields_set and getattr(body, name) is None
    ]
    if gone:
        raise EditRefusedError("An area cannot be without {gone}.", values={"gone": gone[0]}, field=gone[0])
    named = {} if body.properties is None else body.properties.model_dump(exclude_unset=True)
    require_same_code(named, code, body.id)
    facts: dict[str, Any] = {name: named[name] for name in GIVEN if name in named}
    if "name" in facts and facts["name"] is None:
        raise EditRefusedError("The name must not be empty.", field="name")
    free = free_attributes(body.properties)
    if free:
        merged = old.attributes | free
        facts["attributes"] = {n: v for n, v in merged.items() if v is not None or is_person_column(n)}
    if not facts and body.geometry is None:
        raise EditRefusedError("Name at least one fact or a geometry to change.", field="properties")
    if body.geometry is None:
        operations.assign_facts(session, change_set_id=draft, code=code, facts=facts, actor=editor.actor)
    else:
        new = replace(changed_facts(old, facts) if facts else old, geom=land_of(body.geometry, content_crs))
        operations.replace_area(session, change_set_id=draft, area=new, actor=editor.actor, source="OGC API")
    return _shown(session, request, found, code, uri, editor)


@router.delete(
    "/collections/{collection}/items/{code}",
    status_code=204,
    response_class=Response,
    responses={
        204: {"description": "Retired."},
        **responses(*(status for status in _ERRORS if status not in {415, 422})),
    },
)
def retire_feature(
    session: SessionDep,
    request: Request,
    editor: Editor,
    collection: CollectionId,
    code: AreaCode,
    if_match: Match = None,
) -> Response:
    """Retire an area of the draft's finest level; its land stays uncovered until another area takes it."""
    collections.refuse_unknown(request)
    found, draft = _draft(session, collection, editor, "item", "DELETE")
    _seen(session, found, code, if_match, editor)
    operations.edit(session, change_set_id=draft, command=EditCommand(verb="retire", codes=(code,)), actor=editor.actor)
    if found.change_set is not None:
        operations.forget_read(session, found.change_set, editor.actor, code)
    return Response(status_code=204, headers=features.link_header([_surroundings_link(request, found)]))


def _draft(session: Session, name: str, editor: Principal, resource: str, method: str) -> tuple[Collection, int]:
    """Return the collection and its draft, locked against other edits; 405 where it does not take the method."""
    found = collections.find(session, name, editor)
    allowed = found.methods[resource]
    if found.change_set is None or method not in allowed:
        told = Detail("{name} takes {methods} here.", {"name": name, "methods": [*allowed]})
        raise ProtocolError(405, told, {"Allow": ", ".join(allowed)})
    queries.get_change_set(session, found.change_set.id, for_update=True)
    return found, found.change_set.id


def _seen(session: Session, collection: Collection, code: str, if_match: str | None, editor: Principal) -> Features:
    """Return the feature as the caller saw it: by the tag sent, or as the draft's locking allows, by what was read."""
    found = feature(session, collection, code, collections.source_of(session, collection))
    draft = collection.change_set
    if if_match is not None and if_match.strip():
        seen = features.states_named(if_match)
    elif draft is None or draft.locking == EditLocking.IF_MATCH:
        raise PreconditionRequiredError(EditLocking.IF_MATCH)
    else:
        read = operations.state_read(session, draft, editor.actor, code)
        if read is None:
            raise PreconditionRequiredError(draft.locking)
        seen = {read}
    if not {"*", features.state_of(found)} & seen:
        raise ChangeSetStaleError(
            "Feature {code} was changed meanwhile: load it again.", values={"code": code}, field="If-Match"
        )
    return found


def _created(session: Session, collection: Collection, done: operations.Edited) -> str:
    """Return the code of the new area; the others that an edit leaves different are its neighbours and parents."""
    codes = [code for code, record in done.after.items() if record is not None and record.level == collection.level]
    known = draft_queries.named(session, done.before, codes)
    return next(code for code in codes if code not in known)


def _record(found: Features) -> AreaRecord:
    facts = found.facts[0]
    return AreaRecord(
        facts["level"],
        facts["code"],
        facts["name"],
        found.geometries[0],
        facts["parent_code"],
        facts["unit_code"],
        facts["unit_name"],
        facts["attributes"],
    )


def _shown(
    session: Session,
    request: Request,
    collection: Collection,
    code: str,
    uri: str,
    editor: Principal,
    *,
    status: int = 200,
) -> Response:
    found = feature(session, collection, code, collections.source_of(session, collection))
    features.note_read(session, collection, editor, found)
    around = _surroundings_link(request, collection)
    shown = features.one(request, collection, found, uri, status=status, more=[around])
    shown.headers.update(features.link_header([around]))
    return shown


def _surroundings_link(request: Request, collection: Collection) -> dict[str, str]:
    draft = "" if collection.change_set is None else collection.change_set.id
    url = f"{address_of(request)}/v1/change-sets/{draft}/surroundings"
    return link(url, "related", "application/json", "What no longer fits together in the draft")
