"""OGC API – Features Part 4: areas of an open draft are created, replaced, changed and retired.

Each request is one or two edits of the boundary desk, by the same verbs; whoever edits says by If-Match which state of
the feature was seen. Coarser levels follow where the desk's verbs make them follow.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Annotated, Any, Literal

import orjson
import shapely
from fastapi import APIRouter, Body, Depends, Header, Query, Request
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.dependencies import SessionDep, requires
from api.ogc import collections, features, systems
from api.ogc.collections import GEOJSON, Collection
from api.ogc.reading import CollectionId, FeatureId, feature
from api.problems import responses
from core.roles import Scope
from core.security import Principal
from grids.boundaries.records import AreaRecord
from grids.change_sets import operations, queries
from grids.change_sets.errors import ChangeSetStaleError, EditRefusedError
from grids.change_sets.feature_queries import COLUMNS, Features
from grids.change_sets.rules.facts import changed_facts
from grids.change_sets.rules.verbs import Deed

router = APIRouter(prefix="/ogc", tags=["OGC API"])

Editor = Annotated[Principal, Depends(requires(Scope.BOUNDARIES_EDIT))]
Match = Annotated[
    str | None, Header(alias="If-Match", max_length=200, description="The feature's ETag: 428 without, 412 if stale.")
]
ContentCrs = Annotated[
    str | None, Header(alias="Content-Crs", max_length=200, description="System of the geometry; CRS84 if left out.")
]
OutCrs = Annotated[str | None, Query(max_length=100, description="URI of the system of the answer.")]
COORDINATES = 200_000
_FREE, _LONGEST, _EXACT = 100, 2_000, 2**53
_ERRORS = (400, 401, 403, 404, 405, 409, 412, 422, 428, 503)
_FEATURE = {"content": {GEOJSON: {"schema": {"type": "object"}}}}
_GIVEN = ("name", "parent_code", "unit_code", "unit_name")
_TEXT = r"^[^\x00]*$"


class Facts(BaseModel, extra="allow"):
    """Facts of an area; what is none of the named ones is a free attribute."""

    code: Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]+$")] | None = None
    name: Annotated[str, Field(min_length=1, max_length=200, pattern=_TEXT)] | None = None
    parent_code: Annotated[str, Field(max_length=80, pattern=_TEXT)] | None = None
    unit_code: Annotated[str, Field(max_length=80, pattern=_TEXT)] | None = None
    unit_name: Annotated[str, Field(max_length=200, pattern=_TEXT)] | None = None


class FeatureChange(BaseModel):
    """What is to be different (RFC 7396): the facts named and, if given, the land."""

    type: Literal["Feature"] = "Feature"
    geometry: dict[str, Any] | None = None
    properties: Facts | None = None


class FeatureIn(FeatureChange):
    """A whole feature."""

    type: Literal["Feature"]
    geometry: dict[str, Any]
    properties: Facts | None


class PreconditionRequiredError(HTTPException):
    """An edit without If-Match."""

    def __init__(self) -> None:
        super().__init__(428, "Send If-Match with the feature's ETag: it says which state of it you saw.")


@router.post(
    "/collections/{collection}/items",
    status_code=201,
    response_class=Response,
    responses={
        201: {"description": "The new feature.", **_FEATURE},
        **responses(400, 401, 403, 404, 405, 409, 422, 503),
    },
)
def create(
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
    facts = _facts(body.properties)
    deed = Deed(
        verb="create",
        geometry=_geometry(body.geometry, content_crs),
        parent_code=facts.get("parent_code"),
        name=facts.get("name"),
        new_codes=(facts["code"],) if facts.get("code") else (),
    )
    done = operations.edit(session, change_set_id=draft, deed=deed, actor=editor.name)
    code = facts.get("code") or next(c for c, r in done.after.items() if r is not None and r.level == found.level)
    more = {name: value for name, value in facts.items() if name in {"unit_code", "unit_name", "attributes"} and value}
    if more:
        operations.assign_facts(session, change_set_id=draft, code=code, facts=more, actor=editor.name)
    return _shown(session, request, found, code, systems.CRS84, 201)


@router.put(
    "/collections/{collection}/items/{code}",
    response_class=Response,
    responses={200: {"description": "The feature as it is now.", **_FEATURE}, **responses(*_ERRORS)},
)
def put(
    session: SessionDep,
    request: Request,
    editor: Editor,
    collection: CollectionId,
    code: FeatureId,
    body: Annotated[FeatureIn, Body(media_type=GEOJSON)],
    if_match: Match = None,
    content_crs: ContentCrs = None,
    crs: OutCrs = None,
) -> Response:
    """Replace an area of the draft, as a surveyor's delivery does: nothing beside it moves."""
    collections.refuse_unknown(request, "crs")
    uri = systems.offered(crs, "crs")
    found, draft = _draft(session, collection, editor, "item", "PUT")
    old = _record(_seen(session, found, code, if_match))
    facts = _facts(body.properties)
    _same_code(facts, code)
    land = _geometry(body.geometry, content_crs)
    new = AreaRecord(
        old.level,
        code,
        facts.get("name") or code,
        land,
        facts.get("parent_code"),
        facts.get("unit_code"),
        facts.get("unit_name"),
        facts["attributes"],
    )
    operations.replace_areas(session, change_set_id=draft, areas=[new], actor=editor.name, source="OGC API")
    return _shown(session, request, found, code, uri)


@router.patch(
    "/collections/{collection}/items/{code}",
    response_class=Response,
    responses={200: {"description": "The feature as it is now.", **_FEATURE}, **responses(*_ERRORS)},
)
def patch(
    session: SessionDep,
    request: Request,
    editor: Editor,
    collection: CollectionId,
    code: FeatureId,
    body: Annotated[FeatureChange, Body(media_type="application/merge-patch+json")],
    if_match: Match = None,
    content_crs: ContentCrs = None,
    crs: OutCrs = None,
) -> Response:
    """Change facts of an area of the draft, its land, or both; a free attribute set to null goes."""
    collections.refuse_unknown(request, "crs")
    uri = systems.offered(crs, "crs")
    found, draft = _draft(session, collection, editor, "item", "PATCH")
    old = _record(_seen(session, found, code, if_match))
    named = {} if body.properties is None else body.properties.model_dump(exclude_unset=True)
    _same_code(named, code)
    facts: dict[str, Any] = {name: named[name] for name in _GIVEN if name in named}
    if "name" in facts and facts["name"] is None:
        raise EditRefusedError("The name must not be empty.", field="name")
    free = _free(body.properties)
    if free:
        facts["attributes"] = {name: v for name, v in (old.attributes | free).items() if v is not None}
    if not facts and body.geometry is None:
        raise EditRefusedError("Name at least one fact or a geometry to change.", field="properties")
    if facts:
        operations.assign_facts(session, change_set_id=draft, code=code, facts=facts, actor=editor.name)
    if body.geometry is not None:
        new = replace(changed_facts(old, facts) if facts else old, geom=_geometry(body.geometry, content_crs))
        operations.replace_areas(session, change_set_id=draft, areas=[new], actor=editor.name, source="OGC API")
    return _shown(session, request, found, code, uri)


@router.delete(
    "/collections/{collection}/items/{code}",
    status_code=204,
    response_class=Response,
    responses=responses(*(status for status in _ERRORS if status != 422)),
)
def retire(
    session: SessionDep,
    request: Request,
    editor: Editor,
    collection: CollectionId,
    code: FeatureId,
    if_match: Match = None,
) -> Response:
    """Retire an area of the draft's finest level; its land stays uncovered until another area takes it."""
    collections.refuse_unknown(request)
    found, draft = _draft(session, collection, editor, "item", "DELETE")
    _seen(session, found, code, if_match)
    operations.edit(session, change_set_id=draft, deed=Deed(verb="retire", codes=(code,)), actor=editor.name)
    return Response(status_code=204)


def _draft(session: Session, name: str, editor: Principal, resource: str, method: str) -> tuple[Collection, int]:
    """Return the collection and its draft, locked against other edits; 405 where it does not take the method."""
    found = collections.find(session, name, editor)
    allowed = found.methods[resource]
    if found.change_set is None or method not in allowed:
        raise HTTPException(405, f"{name} takes {', '.join(allowed)} here.", {"Allow": ", ".join(allowed)})
    queries.get_change_set(session, found.change_set.id, for_update=True)
    return found, found.change_set.id


def _seen(session: Session, collection: Collection, code: str, if_match: str | None) -> Features:
    """Return the feature as the caller saw it."""
    if if_match is None or not if_match.strip():
        raise PreconditionRequiredError
    found = feature(session, collection, code, collections.source_of(session, collection))
    tags = [tag.strip() for tag in if_match.split(",")]
    if "*" not in tags and features.tag_of(found) not in tags:
        raise ChangeSetStaleError(f"Feature {code} was changed meanwhile: load it again.", field="If-Match")
    return found


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


def _facts(properties: Facts | None) -> dict[str, Any]:
    """Return all facts of a whole feature, `attributes` among them."""
    given = Facts() if properties is None else properties
    return {name: getattr(given, name) for name in ("code", *_GIVEN)} | {
        "attributes": {name: value for name, value in _free(given).items() if value is not None}
    }


def _free(properties: Facts | None) -> dict[str, Any]:
    """Return the free attributes; facts that the service itself tells are passed over, as clients send them back."""
    extra = {} if properties is None else properties.model_extra or {}
    free = {
        name: value for name, value in extra.items() if name not in COLUMNS and name not in {"geometry", "attributes"}
    }
    if len(free) > _FREE or not all(_plain(name) and _plain(value) for name, value in free.items()):
        raise EditRefusedError(f"Free attributes are up to {_FREE} texts, numbers or booleans.", field="properties")
    return free


def _plain(value: Any) -> bool:  # noqa: ANN401 (JSON)
    """Tell whether a value is null, a boolean, a number that JSON keeps exactly, or a text that can be stored."""
    if value is None or isinstance(value, bool):
        return True
    if isinstance(value, int | float):
        return abs(value) <= _EXACT if isinstance(value, int) else math.isfinite(value)
    text = isinstance(value, str) and len(value) <= _LONGEST and "\x00" not in value
    return text and not any("\ud800" <= character <= "\udfff" for character in value)


def _same_code(facts: dict[str, Any], code: str) -> None:
    if facts.get("code") not in {None, code}:
        raise EditRefusedError("The code in the properties is not that of the address.", field="code")


def _geometry(value: dict[str, Any], content_crs: str | None) -> Any:  # noqa: ANN401 (shapely)
    uri = systems.offered(content_crs, "Content-Crs")
    try:
        geometry = shapely.from_geojson(orjson.dumps(value))
    except (shapely.errors.GEOSException, TypeError, orjson.JSONEncodeError) as error:
        raise EditRefusedError("The geometry is not GeoJSON.", field="geometry") from error
    if geometry.is_empty or geometry.geom_type not in {"Polygon", "MultiPolygon"}:
        raise EditRefusedError("The land of an area is a Polygon or a MultiPolygon.", field="geometry")
    if shapely.get_num_coordinates(geometry) > COORDINATES:
        raise EditRefusedError(f"The geometry has more than {COORDINATES} points.", field="geometry")
    return systems.incoming(geometry, uri, "geometry")


def _shown(
    session: Session, request: Request, collection: Collection, code: str, uri: str, status: int = 200
) -> Response:
    found = feature(session, collection, code, collections.source_of(session, collection))
    return features.one(request, collection, found, uri, status)
