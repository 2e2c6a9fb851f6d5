"""OGC API – Tiles: the vector tiles of each level, described; the tiles themselves are those of /v1/tiles."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote

from fastapi import Path, Request
from starlette.responses import Response

from api.http.answers import MVT, json_response
from api.http.dependencies import KEY_OPTIONAL, OptionalPrincipalDep, SnapshotDep
from api.http.openapi import feature_router
from api.http.problems import ProtocolError, responses
from api.http.public_address import address_of
from api.ogc import collections, schemas
from api.ogc.collections import TILING_SCHEMES, Collection, CollectionNotFoundError, link, refuse_unknown, root
from api.ogc.reading import READ, CollectionId, Datetime, Release, source_for
from core.errors import Detail
from geo.map.simplify import MAX_ZOOM
from grids.change_sets import feature_queries
from grids.features import reference_systems

if TYPE_CHECKING:
    from grids.change_sets.feature_queries import Source

router = feature_router(prefix="/ogc", tags=["OGC API"])

SCHEME = "WebMercatorQuad"
SCHEME_URI = "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad"
MERCATOR = "http://www.opengis.net/def/crs/EPSG/0/3857"
SchemeId = Annotated[str, Path(examples=["WebMercatorQuad"])]

# OGC 17-083r4, annex D.1: half the equator, and the scale of zoom 0 at 0.28 mm a pixel.
_HALF_M = 20037508.342789244
_SCALE = 559082264.028717
_PIXELS = 256


@router.get("/tileMatrixSets", response_model=schemas.TileMatrixSets, responses=responses(400))
def list_tile_matrix_sets(request: Request) -> Response:
    """List the tile matrix sets: WebMercatorQuad alone."""
    refuse_unknown(request)
    url = f"{root(request)}/tileMatrixSets/{SCHEME}"
    entry = {"id": SCHEME, "title": SCHEME, "uri": SCHEME_URI, "crs": MERCATOR}
    links = [link(url, "self", "application/json", SCHEME)]
    return json_response({"tileMatrixSets": [entry | {"links": links}]})


@router.get("/tileMatrixSets/{scheme}", responses=responses(400, 404))
def get_tile_matrix_set(request: Request, scheme: SchemeId) -> schemas.TileMatrixSet:
    """Define a tile matrix set."""
    refuse_unknown(request)
    _require_offered(scheme)
    matrices = [
        schemas.TileMatrix(
            id=str(zoom),
            scaleDenominator=_SCALE / 2**zoom,
            cellSize=2 * _HALF_M / _PIXELS / 2**zoom,
            cornerOfOrigin="topLeft",
            pointOfOrigin=[-_HALF_M, _HALF_M],
            matrixWidth=2**zoom,
            matrixHeight=2**zoom,
            tileWidth=_PIXELS,
            tileHeight=_PIXELS,
        )
        for zoom in range(MAX_ZOOM + 1)
    ]
    return schemas.TileMatrixSet(
        id=scheme,
        title=scheme,
        uri=SCHEME_URI,
        crs=MERCATOR,
        orderedAxes=["X", "Y"],
        wellKnownScaleSet="http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible",
        tileMatrices=matrices,
    )


@router.get(
    "/collections/{collection}/tiles", response_model=schemas.TileSets, responses=READ, openapi_extra=KEY_OPTIONAL
)
def list_tile_sets(
    session: SnapshotDep,
    request: Request,
    principal: OptionalPrincipalDep,
    collection: CollectionId,
    datetime: Datetime = None,
    release: Release = None,
) -> Response:
    """List the tile sets of a collection: those of the release in force, or of the one asked for. Drafts have none."""
    refuse_unknown(request, "datetime", "release")
    found = _released(collections.find(session, collection, principal))
    url = f"{root(request)}/collections/{found.id}/tiles"
    described = _tile_set(session, request, found, source_for(session, found, release, datetime))
    return json_response({"links": [link(url, "self", "application/json", "This document")], "tilesets": [described]})


@router.get(
    "/collections/{collection}/tiles/{scheme}",
    response_model=schemas.TileSet,
    responses=READ,
    openapi_extra=KEY_OPTIONAL,
)
def get_tile_set(
    session: SnapshotDep,
    request: Request,
    principal: OptionalPrincipalDep,
    collection: CollectionId,
    scheme: SchemeId,
    datetime: Datetime = None,
    release: Release = None,
) -> Response:
    """Describe a tile set; its `item` link is the template of the tiles, of the instant asked for."""
    refuse_unknown(request, "datetime", "release")
    found = _released(collections.find(session, collection, principal))
    _require_offered(scheme)
    return json_response(_tile_set(session, request, found, source_for(session, found, release, datetime)))


def _require_offered(scheme: str) -> None:
    if scheme != SCHEME:
        values = {"scheme": scheme[:60], "known": SCHEME}
        raise ProtocolError(404, Detail("There is no tile matrix set '{scheme}'; there is {known}.", values))


def _released(collection: Collection) -> Collection:
    if collection.change_set is not None:
        raise CollectionNotFoundError("A draft has no tiles.", field="collection")
    return collection


def _tile_set(session: SnapshotDep, request: Request, collection: Collection, source: Source | None) -> dict[str, Any]:
    parameters = request.query_params
    asked = f"?{parameters}" if parameters else ""
    url = f"{root(request)}/collections/{collection.id}/tiles/{SCHEME}{asked}"
    tiles = f"{address_of(request)}/v1/tiles/{collection.layer.code}/{collection.level}"
    instant = f"?at={quote(source.at.isoformat())}" if parameters and source is not None else ""
    template: dict[str, Any] = link(
        f"{tiles}/{{tileMatrix}}/{{tileCol}}/{{tileRow}}.mvt{instant}", "item", MVT, "The tiles"
    )
    box = None if source is None else feature_queries.extent(session, source)
    return {
        "title": f"{collection.layer.name} · {collection.level}",
        "dataType": "vector",
        "crs": MERCATOR,
        "tileMatrixSetId": SCHEME,
        "tileMatrixSetURI": SCHEME_URI,
        "tileMatrixSetLimits": [] if box is None else limits_of(box),
        **({} if box is None else {"boundingBox": _corners(box)}),
        "links": [
            link(url, "self", "application/json", "This tile set"),
            link(
                f"{root(request)}/tileMatrixSets/{SCHEME}", TILING_SCHEMES.removesuffix("s"), "application/json", SCHEME
            ),
            template | {"templated": True},
        ],
        "layers": [{"id": collection.level, "dataType": "vector", "geometryDimension": 2}],
    }


def limits_of(box: tuple[float, float, float, float]) -> list[dict[str, Any]]:
    """Return the tiles of each zoom that meet a box (west, south, east, north in degrees)."""
    west, south, east, north = box
    limits = []
    for zoom in range(MAX_ZOOM + 1):
        first, top = _tile_at(west, north, zoom)
        last, bottom = _tile_at(east, south, zoom)
        columns, rows = {"minTileCol": first, "maxTileCol": last}, {"minTileRow": top, "maxTileRow": bottom}
        limits.append({"tileMatrix": str(zoom), **rows, **columns})
    return limits


def _tile_at(lon: float, lat: float, zoom: int) -> tuple[int, int]:
    """Return column and row of the tile at a point (OGC 17-083r4, annex D.1)."""
    size = 2**zoom
    column = (lon + 180) / 360 * size
    row = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * size
    return min(max(int(column), 0), size - 1), min(max(int(row), 0), size - 1)


def _corners(box: tuple[float, float, float, float]) -> dict[str, Any]:
    return {"lowerLeft": list(box[:2]), "upperRight": list(box[2:]), "crs": reference_systems.CRS84}
