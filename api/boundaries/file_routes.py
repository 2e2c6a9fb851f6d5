"""Boundary files in and out: deliveries are imported, releases exported."""

from __future__ import annotations

from typing import Annotated

from fastapi import File, Form, Query, Request, UploadFile
from starlette.responses import Response

from api.boundaries.schemas import ExportedAreas, ImportOut, import_out
from api.http.access import Editor
from api.http.answers import BINARY, GeoJsonResponse
from api.http.dependencies import KEY_OPTIONAL, OptionalPrincipalDep, SessionDep, SnapshotDep
from api.http.instants import Instant
from api.http.openapi import feature_router
from api.http.parameters import pairs_of
from api.http.problems import responses
from api.http.services import ServicesDep
from api.http.shown import sees_people
from api.http.texts import TEXT_PATTERN, LayerCode
from api.shapes.defects import defects_language
from api.shapes.release_rules import meant
from grids.boundaries import operations, queries
from grids.boundaries.errors import ParameterInvalidError
from grids.boundaries.files import formats
from grids.boundaries.files.limits import Limits
from grids.boundaries.files.staging import Upload
from grids.change_sets import operations as change_sets

router = feature_router(prefix="/v1/layers", tags=["boundaries"])

_BINARY_FORMATS = (
    "application/octet-stream",
    *(f.media_type for f in formats.FORMATS if f.writable and f is not formats.GEOJSON),
)


@router.post(
    "/{layer}/imports",
    status_code=201,
    responses={
        200: {"model": ImportOut, "description": "Checked only (`dry_run`), or the latest release had this content."},
        202: {"model": ImportOut, "description": "A draft for a second person's approval: `change_set` names it."},
        **responses(400, 401, 403, 404, 409, 413, 422, 503),
    },
)
def import_boundary_files(
    session: SessionDep,
    services: ServicesDep,
    response: Response,
    editor: Editor,
    layer: LayerCode,
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
    derive: Annotated[
        list[str] | None,
        Form(
            description="level=column, repeatable: a coarser level that is in the files only as a column of the finer "
            "one's areas; those with one value are put together.",
            examples=[["district=QXMC"]],
        ),
    ] = None,
    note: Annotated[str, Form(max_length=2000, pattern=TEXT_PATTERN)] = "",
    effective_at: Annotated[Instant | None, Form(description="When it takes effect; soon if left out.")] = None,
    confirm: Annotated[bool, Form(description="An instant more than a month ahead is meant.")] = False,  # noqa: FBT002
    force: Annotated[  # noqa: FBT002
        bool, Form(description="An instant more than a year ahead, or before the layer's first report, is meant.")
    ] = False,
    expected_release: Annotated[
        int | None, Form(ge=0, le=2**31 - 1, description="409 unless this is the latest release (0: none yet).")
    ] = None,
    remember: Annotated[bool, Form(description="Remember `field` for this layer.")] = False,  # noqa: FBT002
    dry_run: Annotated[bool, Form(description="Check only.")] = False,  # noqa: FBT002
    as_draft: Annotated[bool, Form(description="Keep it as an open draft, also with defects that block.")] = False,  # noqa: FBT002
) -> ImportOut:
    """Import boundary files: a layer's first release is published at once, a later one becomes a draft (202).

    The draft is submitted at once; a second person approves and publishes it like any other. Blocked by a defect
    nothing is changed (400). The files together are the layer's whole content: areas not in them are retired.
    `as_draft` keeps them as an open draft (202) in which defects are repaired before it is submitted.
    """
    settings = services.settings
    found = queries.get_layer(session, layer)
    options = operations.ReadingOptions(
        crs=crs or None,
        encoding=encoding,
        mapping=pairs_of(field, "field"),
        level_of_file={name: key for key, name in pairs_of(level, "level").items()},
        derive=pairs_of(derive, "derive"),
        district=settings.default_layer,
        remember=remember,
    )
    limits = Limits(max_bytes=settings.max_upload_bytes)
    uploads = [Upload(file.filename or "", file.file) for file in files]
    publication = operations.Publication(
        author=editor.actor,
        note=note,
        effective_at=effective_at,
        meant=meant(session, found, confirm=confirm, force=force),
        expected_latest=expected_release,
    )
    draft = None
    try:
        if dry_run:
            imported = operations.check_delivery(session, layer=found, uploads=uploads, options=options, limits=limits)
        else:
            imported, draft = change_sets.take_files(
                session,
                layer=found,
                uploads=uploads,
                publication=publication,
                lead_s=settings.release_lead_s,
                options=options,
                limits=limits,
                as_draft=as_draft,
            )
    finally:
        for file in files:
            file.file.close()
    is_new = imported.published is not None and imported.published.is_new
    response.status_code = 202 if draft is not None else 201 if is_new else 200
    defects = operations.features(imported.report, language=defects_language())
    return import_out(imported, layer, defects, None if draft is None else draft.id)


@router.get(
    "/{layer}/export",
    response_model=ExportedAreas,
    response_class=GeoJsonResponse,
    responses={
        200: {
            "description": "The file; `Content-Disposition` names it, with its coordinate system.",
            "content": dict.fromkeys(_BINARY_FORMATS, BINARY),
        },
        **responses(400, 401, 404, 503),
    },
    openapi_extra=KEY_OPTIONAL,
)
def export_release(
    request: Request,
    session: SnapshotDep,
    _reader: OptionalPrincipalDep,
    layer: LayerCode,
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
    """Export a release to a file; columns about people are in it for keys with the scope workers:read."""
    found = queries.get_layer(session, layer)
    if level is not None and level not in found.levels:
        raise ParameterInvalidError(
            "The layer has no such level; it has {levels}.", values={"levels": [*found.levels]}, field="level"
        )
    written = operations.export(
        session,
        layer=found,
        release=None if release is None else queries.standing_release(session, found, release),
        file_format=file_format,
        crs=crs,
        level=level,
        encoding=encoding,
        with_people=sees_people(request),
    )
    return Response(
        written.content,
        media_type=written.media_type,
        headers={"Content-Disposition": f'attachment; filename="{written.name}"'},
    )
