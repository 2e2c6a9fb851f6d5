"""Layers, their releases and areas; rollback. Reading is open, changing needs a GIS key."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Query, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from api.boundaries.schemas import (
    AreaHistoryOut,
    AreaListOut,
    GapListOut,
    LayerDefinition,
    LayerIn,
    LayerListOut,
    LayerOut,
    PublishedOut,
    ReleaseListOut,
    RollbackIn,
    area_out,
    layer_out,
    published_out,
)
from api.http.access import Approver, Editor
from api.http.dependencies import KEY_OPTIONAL, OptionalPrincipalDep, SessionDep, SnapshotDep
from api.http.instants import InstantQuery
from api.http.openapi import feature_router
from api.http.parameters import box_of
from api.http.problems import responses
from api.http.services import ServicesDep
from api.http.shown import sees_people
from api.http.texts import CODE_PATTERN, AreaCode, LayerCode
from api.shapes.defects import NAMES_DEFECTS_LANGUAGE
from api.shapes.release_rules import GapsIn, gaps_out, meant, rules_change
from api.shapes.releases import ReleaseOut, release_out
from core import clock
from grids.boundaries import operations, queries
from grids.boundaries.errors import AreaNotFoundError, ParameterInvalidError
from grids.boundaries.tables import Layer

router = feature_router(prefix="/v1/layers", tags=["boundaries"])

Number = Annotated[int, Path(ge=1, le=2**31 - 1, description="The release's number.", examples=[1])]
At = Annotated[InstantQuery | None, Query(description="Instant, with a time zone. Now if left out.")]
READ = responses(400, 404, 503)
READ_WITH_KEY = responses(400, 401, 404, 503)
WRITE = responses(400, 401, 403, 404, 409, 422, 503)


@router.get("", responses=responses(503))
def list_layers(session: SnapshotDep) -> LayerListOut:
    """List the layers."""
    return LayerListOut(layers=[_shown(session, layer) for layer in queries.list_layers(session)])


@router.post("", status_code=201, responses=responses(400, 401, 403, 409, 422, 503))
def create_layer(session: SessionDep, editor: Editor, body: LayerIn) -> LayerOut:
    """Define a layer."""
    return _shown(session, operations.create_layer(session, actor=editor.actor, **body.model_dump()))


@router.get("/{layer}", responses=READ)
def get_layer(session: SnapshotDep, layer: LayerCode) -> LayerOut:
    """Describe one layer."""
    return _shown(session, queries.get_layer(session, layer))


@router.put("/{layer}", responses=WRITE)
def change_layer(session: SessionDep, editor: Editor, layer: LayerCode, body: LayerDefinition) -> LayerOut:
    """Change a layer's definition. What its releases answer by is fixed once it has one: open a draft."""
    return _shown(session, operations.change_layer(session, code=layer, actor=editor.actor, **body.model_dump()))


@router.get("/{layer}/gaps", responses=READ)
def list_gaps(session: SnapshotDep, layer: LayerCode) -> GapListOut:
    """List the declared gaps of the latest release: holes of the coverage that are meant."""
    return GapListOut(gaps=gaps_out(queries.current_rules(session, queries.get_layer(session, layer))))


@router.patch("/{layer}/gaps", responses=WRITE)
def declare_gaps(session: SessionDep, editor: Editor, layer: LayerCode, body: GapsIn) -> GapListOut:
    """Declare gaps (lakes, parks) of a layer without a release, or take some out; the check is silent about them.

    Once it has a release, its gaps are changed with a draft: `PATCH /v1/change-sets/{change_set}/rules`.
    """
    found = queries.get_layer(session, layer)
    after = operations.declare_gaps(session, layer=found, change=rules_change(body), actor=editor.actor)
    return GapListOut(gaps=gaps_out(after))


@router.get("/{layer}/releases", responses=READ, dependencies=[NAMES_DEFECTS_LANGUAGE])
def list_releases(session: SnapshotDep, layer: LayerCode) -> ReleaseListOut:
    """List a layer's releases, latest first; one with a later `effective_at` is not in force yet."""
    found = queries.get_layer(session, layer)
    return ReleaseListOut(releases=[release_out(r, layer) for r in queries.list_releases(session, found)])


@router.get("/{layer}/releases/{number}", responses=READ, dependencies=[NAMES_DEFECTS_LANGUAGE])
def get_release(session: SnapshotDep, layer: LayerCode, number: Number) -> ReleaseOut:
    """Describe one release."""
    return release_out(queries.get_release(session, queries.get_layer(session, layer), number), layer)


@router.post(
    "/{layer}/rollbacks",
    status_code=201,
    responses={200: {"model": PublishedOut, "description": "The latest release had this content already."}, **WRITE},
)
def roll_back_layer(
    session: SessionDep,
    services: ServicesDep,
    approver: Approver,
    layer: LayerCode,
    body: RollbackIn,
    response: Response,
) -> PublishedOut:
    """Publish an older release's content again, as a new release. 200 when the latest holds it already."""
    found = queries.get_layer(session, layer)
    published = operations.roll_back(
        session,
        layer=found,
        to_number=body.release,
        publication=operations.Publication(
            author=approver.actor,
            note=body.note,
            effective_at=body.effective_at,
            meant=meant(session, found, confirm=body.confirm, force=body.force),
        ),
        lead_s=services.settings.release_lead_s,
    )
    response.status_code = 201 if published.is_new else 200
    return published_out(published, layer)


@router.get("/{layer}/areas", responses=READ_WITH_KEY, openapi_extra=KEY_OPTIONAL)
def list_areas(
    request: Request,
    session: SnapshotDep,
    _reader: OptionalPrincipalDep,
    layer: LayerCode,
    level: Annotated[str | None, Query(max_length=40, examples=["grid"])] = None,
    within: Annotated[str | None, Query(pattern=CODE_PATTERN, description="Only this area and those below it.")] = None,
    at: At = None,
    release: Annotated[
        int | None, Query(ge=1, le=2**31 - 1, description="The areas of this release, instead of `at`.")
    ] = None,
    bbox: Annotated[
        str | None,
        Query(
            description="west,south,east,north in degrees; west > east crosses the antimeridian.",
            examples=["113.2,34.7,113.3,34.9"],
            max_length=200,
        ),
    ] = None,
    geometry: Annotated[bool, Query(description="With GeoJSON geometries.")] = False,  # noqa: FBT002 (a query flag)
    limit: Annotated[int, Query(ge=1, le=10_000)] = 1000,
    after: Annotated[str | None, Query(max_length=160, description="`next` of the page before.")] = None,
) -> AreaListOut:
    """List the areas valid at an instant or of a release."""
    instant = at or clock.now()  # read before the snapshot is taken: whatever was in force then is in it
    found = queries.get_layer(session, layer)
    if level is not None and level not in found.levels:
        raise ParameterInvalidError(
            "The layer has no such level; it has {levels}.", values={"levels": [*found.levels]}, field="level"
        )
    if release is not None:
        instant = queries.standing_release(session, found, release).effective_at
    only = queries.AreaFilter(
        level=level, within=within, bbox=None if bbox is None else box_of(bbox), after=_after(after)
    )
    areas = queries.areas_at(session, found, instant, only=only, geometry=geometry, limit=limit + 1)
    more = len(areas) > limit
    last = areas[limit - 1].record if more else None
    return AreaListOut(
        layer=layer,
        at=instant,
        areas=[area_out(area, with_people=sees_people(request)) for area in areas[:limit]],
        next=None if last is None else f"{last.level}~{last.code}",
    )


@router.get("/{layer}/areas/{code}", responses=READ_WITH_KEY, openapi_extra=KEY_OPTIONAL)
def get_area(
    request: Request,
    session: SnapshotDep,
    _reader: OptionalPrincipalDep,
    layer: LayerCode,
    code: AreaCode,
    at: At = None,
) -> AreaListOut:
    """Return one area at an instant, with its geometry."""
    instant, found = at or clock.now(), queries.get_layer(session, layer)
    areas = queries.areas_at(session, found, instant, only=queries.AreaFilter(code=code))
    if not areas:
        raise AreaNotFoundError(
            "Layer '{layer}' has no area '{code}' at that instant.", values={"layer": layer, "code": code}, field="code"
        )
    return AreaListOut(
        layer=layer, at=instant, areas=[area_out(area, with_people=sees_people(request)) for area in areas]
    )


@router.get("/{layer}/areas/{code}/history", responses=READ_WITH_KEY, openapi_extra=KEY_OPTIONAL)
def get_area_history(
    request: Request, session: SnapshotDep, _reader: OptionalPrincipalDep, layer: LayerCode, code: AreaCode
) -> AreaHistoryOut:
    """Return every state an area has had, oldest first, without geometries."""
    states = queries.area_history(session, queries.get_layer(session, layer), code)
    return AreaHistoryOut(layer=layer, states=[area_out(area, with_people=sees_people(request)) for area in states])


def _after(text: str | None) -> tuple[str, str] | None:
    if text is None:
        return None
    level, sign, code = text.partition("~")
    if not sign or "\x00" in text:
        raise ParameterInvalidError("`after` is the `next` of the page before.", field="after")
    return level, code


def _shown(session: Session, layer: Layer) -> LayerOut:
    return layer_out(layer, queries.current_rules(session, layer))
