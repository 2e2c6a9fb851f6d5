"""Layers, their releases and areas; imports, exports, rollback. Reading is open, changing needs a GIS key."""

from __future__ import annotations

from typing import Annotated, Any

import shapely
from fastapi import APIRouter, Depends, File, Form, Path, Query, Request, UploadFile
from pydantic import AwareDatetime
from starlette.responses import Response

from api.dependencies import SessionDep, SnapshotDep, requires
from api.parameters import box_of, pairs_of
from api.problems import responses
from api.schemas.boundaries import (
    TEXT,
    AreaHistoryOut,
    AreaListOut,
    GapIn,
    GapListOut,
    GapOut,
    GapsIn,
    ImportOut,
    LayerDefinition,
    LayerIn,
    LayerListOut,
    LayerOut,
    PublishedOut,
    ReleaseListOut,
    ReleaseOut,
    RollbackIn,
    area_out,
    geojson_of,
    import_out,
    layer_out,
    published_out,
    release_out,
)
from core import clock
from core.roles import Scope
from core.security import Principal
from grids.boundaries import operations, queries
from grids.boundaries.errors import AreaNotFoundError, LayerInvalidError, ParameterInvalidError
from grids.boundaries.files import formats
from grids.boundaries.files.limits import Limits
from grids.boundaries.files.staging import Upload
from grids.change_sets import operations as change_sets

router = APIRouter(prefix="/v1/layers", tags=["boundaries"])

Editor = Annotated[Principal, Depends(requires(Scope.BOUNDARIES_EDIT))]
Approver = Annotated[Principal, Depends(requires(Scope.BOUNDARIES_APPROVE))]
Code = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_-]{0,39}$", description="The layer's code.", examples=["admin"])]
AreaCode = Annotated[str, Path(pattern=r"^[^\x00-\x1f\x7f]{1,80}$", examples=["410106001001001"])]
Number = Annotated[int, Path(ge=1, le=2**31 - 1, description="The release's number.", examples=[1])]
At = Annotated[AwareDatetime | None, Query(description="Instant, with a time zone. Now if left out.")]
READ = responses(400, 404, 503)
WRITE = responses(400, 401, 403, 404, 409, 422, 503)


@router.get("", responses=responses(503))
def list_layers(session: SnapshotDep) -> LayerListOut:
    """List the layers."""
    return LayerListOut(layers=[layer_out(layer) for layer in queries.list_layers(session)])


@router.post("", status_code=201, responses=responses(400, 401, 403, 409, 422, 503))
def create_layer(session: SessionDep, editor: Editor, body: LayerIn) -> LayerOut:
    """Define a layer."""
    return layer_out(operations.create_layer(session, actor=editor.name, **body.model_dump()))


@router.get("/{layer}", responses=READ)
def get_layer(session: SnapshotDep, layer: Code) -> LayerOut:
    """Describe one layer."""
    return layer_out(queries.get_layer(session, layer))


@router.put("/{layer}", responses=WRITE)
def change_layer(session: SessionDep, editor: Editor, layer: Code, body: LayerDefinition) -> LayerOut:
    """Change a layer's definition. Levels, code rule and coverage are fixed once it has a release."""
    return layer_out(operations.change_layer(session, code=layer, actor=editor.name, **body.model_dump()))


@router.get("/{layer}/gaps", responses=READ)
def list_gaps(session: SnapshotDep, layer: Code) -> GapListOut:
    """List the declared gaps: holes of the coverage that are meant."""
    found = queries.allowed_gaps(session, queries.get_layer(session, layer))
    return GapListOut(gaps=[GapOut(name=name, geometry=geojson_of(geom)) for name, geom in found])


@router.put("/{layer}/gaps", responses=WRITE)
def declare_gaps(session: SessionDep, editor: Editor, layer: Code, body: GapsIn) -> GapListOut:
    """Declare the layer's gaps (lakes, parks); the check is silent about them. Replaces the earlier ones."""
    found = queries.get_layer(session, layer)
    operations.declare_gaps(session, layer=found, gaps=[(g.name, _shape(g)) for g in body.gaps], actor=editor.name)
    declared = queries.allowed_gaps(session, found)
    return GapListOut(gaps=[GapOut(name=name, geometry=geojson_of(geom)) for name, geom in declared])


@router.get("/{layer}/releases", responses=READ)
def list_releases(session: SnapshotDep, layer: Code) -> ReleaseListOut:
    """List a layer's releases, latest first; one with a later `effective_at` is not in force yet."""
    found = queries.get_layer(session, layer)
    return ReleaseListOut(releases=[release_out(r, layer) for r in queries.list_releases(session, found)])


@router.get("/{layer}/releases/{number}", responses=READ)
def get_release(session: SnapshotDep, layer: Code, number: Number) -> ReleaseOut:
    """Describe one release."""
    return release_out(queries.get_release(session, queries.get_layer(session, layer), number), layer)


@router.post(
    "/{layer}/rollbacks",
    status_code=201,
    responses={200: {"model": PublishedOut, "description": "The latest release had this content already."}, **WRITE},
)
def roll_back(
    session: SessionDep, request: Request, approver: Approver, layer: Code, body: RollbackIn, response: Response
) -> PublishedOut:
    """Publish an older release's content again, as a new release. 200 when the latest holds it already."""
    published = operations.roll_back(
        session,
        layer=queries.get_layer(session, layer),
        to_number=body.release,
        author=approver.name,
        lead_s=request.app.state.settings.release_lead_s,
        note=body.note,
        effective_at=body.effective_at,
    )
    response.status_code = 201 if published.is_new else 200
    return published_out(published, layer)


@router.get("/{layer}/areas", responses=READ)
def list_areas(
    session: SnapshotDep,
    layer: Code,
    level: Annotated[str | None, Query(max_length=40, examples=["grid"])] = None,
    within: Annotated[
        str | None, Query(pattern=r"^[^\x00-\x1f\x7f]{1,80}$", description="Only this area and those below it.")
    ] = None,
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
    found = queries.get_layer(session, layer)
    if level is not None and level not in found.levels:
        raise ParameterInvalidError(f"The layer has no such level; it has {', '.join(found.levels)}.", field="level")
    instant = queries.get_release(session, found, release).effective_at if release is not None else at or clock.now()
    only = queries.AreaFilter(
        level=level, within=within, bbox=None if bbox is None else box_of(bbox), after=_after(after)
    )
    areas = queries.areas_at(session, found, instant, only=only, geometry=geometry, limit=limit + 1)
    more = len(areas) > limit
    last = areas[limit - 1].record if more else None
    return AreaListOut(
        layer=layer,
        at=instant,
        areas=[area_out(area) for area in areas[:limit]],
        next=None if last is None else f"{last.level}~{last.code}",
    )


@router.get("/{layer}/areas/{code}", responses=READ)
def get_area(session: SnapshotDep, layer: Code, code: AreaCode, at: At = None) -> AreaListOut:
    """Give one area at an instant, with its geometry."""
    found, instant = queries.get_layer(session, layer), at or clock.now()
    areas = queries.areas_at(session, found, instant, only=queries.AreaFilter(code=code))
    if not areas:
        raise AreaNotFoundError(f"Layer '{layer}' has no area '{code}' at that instant.", field="code")
    return AreaListOut(layer=layer, at=instant, areas=[area_out(area) for area in areas])


@router.get("/{layer}/areas/{code}/history", responses=READ)
def area_history(session: SnapshotDep, layer: Code, code: AreaCode) -> AreaHistoryOut:
    """Give every state an area has had, oldest first, without geometries."""
    states = queries.area_history(session, queries.get_layer(session, layer), code)
    return AreaHistoryOut(layer=layer, states=[area_out(area) for area in states])


@router.post(
    "/{layer}/imports",
    status_code=201,
    responses={
        200: {"model": ImportOut, "description": "Checked only (`dry_run`), or the latest release had this content."},
        202: {"model": ImportOut, "description": "A draft for a second person's approval: `change_set` names it."},
        **responses(400, 401, 403, 404, 409, 413, 422, 503),
    },
)
def import_files(
    session: SessionDep,
    request: Request,
    response: Response,
    editor: Editor,
    layer: Code,
    files: Annotated[
        list[UploadFile],
        File(
            description="GeoJSON, Shapefile (.shp, .dbf, .prj, .cpg, or zipped), GeoPackage, KML, FlatGeobuf, "
            "GeoParquet, TopoJSON. One file with all levels, or one a level."
        ),
    ],
    crs: Annotated[
        str | None,
        Form(
            max_length=200,
            description="System of the numbers; needed where the file states none, wins where it does.",
            examples=["GCJ-02"],
        ),
    ] = None,
    encoding: Annotated[str | None, Form(max_length=40, description="Of the texts, for example gbk.")] = None,
    field: Annotated[
        list[str] | None, Form(description="meaning=column, repeatable.", examples=[["code=GRID_CODE"]])
    ] = None,
    level: Annotated[
        list[str] | None, Form(description="level=file name, repeatable.", examples=[["street=streets.shp"]])
    ] = None,
    note: Annotated[str, Form(max_length=2000, pattern=TEXT)] = "",
    effective_at: Annotated[AwareDatetime | None, Form(description="When it takes effect; soon if left out.")] = None,
    expected_release: Annotated[
        int | None, Form(ge=0, le=2**31 - 1, description="409 unless this is the latest release (0: none yet).")
    ] = None,
    remember: Annotated[bool, Form(description="Remember `field` for this layer.")] = False,  # noqa: FBT002
    dry_run: Annotated[bool, Form(description="Check only.")] = False,  # noqa: FBT002
) -> ImportOut:
    """Import boundary files: a layer's first release is published at once, a later one becomes a draft (202).

    The draft is submitted at once; a second person approves and publishes it like any other. Blocked by a defect
    nothing is changed (400). The files together are the layer's whole content: areas not in them are retired.
    """
    settings = request.app.state.settings
    found = queries.get_layer(session, layer)
    latest = queries.latest_release(session, found)
    options = operations.ReadingOptions(
        crs=crs or None,
        encoding=encoding,
        mapping=pairs_of(field, "field"),
        level_of_file={name: key for key, name in pairs_of(level, "level").items()},
        remember=remember,
    )
    limits = Limits(max_bytes=settings.max_upload_bytes)
    uploads = [Upload(file.filename or "", file.file) for file in files]
    draft = None
    try:
        if latest is None or dry_run:
            imported = operations.import_delivery(
                session,
                layer=found,
                uploads=uploads,
                author=editor.name,
                lead_s=settings.release_lead_s,
                options=options,
                limits=limits,
                note=note,
                effective_at=effective_at,
                expected_latest=expected_release,
                dry_run=dry_run,
            )
        else:
            imported, draft = change_sets.hand_in(
                session,
                layer=found,
                uploads=uploads,
                author=editor.name,
                options=options,
                limits=limits,
                note=note,
                effective_at=effective_at,
                expected_latest=expected_release,
            )
    finally:
        for file in files:
            file.file.close()
    response.status_code = 202 if draft is not None else 200 if dry_run or latest is not None else 201
    return import_out(imported, layer, operations.features(imported.report), None if draft is None else draft.id)


@router.get(
    "/{layer}/export",
    response_class=Response,
    responses={
        200: {
            "description": "The file; `Content-Disposition` names it, with its coordinate system.",
            "content": {
                media: {"schema": {"type": "object"} if "json" in media else {"type": "string", "format": "binary"}}
                for media in ("application/octet-stream", *(f.media_type for f in formats.FORMATS if f.writable))
            },
        },
        **responses(400, 404, 503),
    },
)
def export(
    session: SnapshotDep,
    layer: Code,
    file_format: Annotated[
        str,
        Query(
            alias="format",
            max_length=40,
            description=f"{', '.join(formats.WRITABLE)}, or package (GeoPackage, check report and manifest in a zip).",
        ),
    ] = "geojson",
    crs: Annotated[str, Query(max_length=200, description="WGS84, CGCS2000, GCJ-02, BD-09 or EPSG:n.")] = "WGS84",
    release: Annotated[int | None, Query(ge=1, le=2**31 - 1, description="The latest if left out.")] = None,
    level: Annotated[str | None, Query(max_length=40, description="Only areas of this level.")] = None,
    encoding: Annotated[str, Query(max_length=20, description="Of a Shapefile's texts: utf-8 or gbk.")] = "utf-8",
) -> Response:
    """Export a release to a file."""
    found = queries.get_layer(session, layer)
    if level is not None and level not in found.levels:
        raise ParameterInvalidError(f"The layer has no such level; it has {', '.join(found.levels)}.", field="level")
    written = operations.export(
        session,
        layer=found,
        release=None if release is None else queries.get_release(session, found, release),
        file_format=file_format,
        crs=crs,
        level=level,
        encoding=encoding,
    )
    return Response(
        written.content,
        media_type=written.media_type,
        headers={"Content-Disposition": f'attachment; filename="{written.name}"'},
    )


def _after(text: str | None) -> tuple[str, str] | None:
    if text is None:
        return None
    level, sign, code = text.partition("~")
    if not sign or "\x00" in text:
        raise ParameterInvalidError("`after` is the `next` of the page before.", field="after")
    return level, code


def _shape(gap: GapIn) -> Any:  # noqa: ANN401 (shapely's own)
    try:
        return shapely.geometry.shape(gap.geometry)
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, shapely.errors.ShapelyError) as error:
        raise LayerInvalidError(f"The gap '{gap.name[:80]}' is not GeoJSON.", field="gaps") from error
