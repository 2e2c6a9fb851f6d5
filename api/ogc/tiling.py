"""OGC API – Tiles: the vector tiles of each level, described; the tiles themselves are those of /v1/tiles."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Request

from api.dependencies import OptionalPrincipalDep, SnapshotDep
from api.ogc import collections
from api.ogc.collections import TILING_SCHEMES, Collection, CollectionNotFoundError, link, refuse_unknown, root
from api.ogc.reading import READ, CollectionId
from api.problems import responses
from api.routes.tiles import MVT
from geo.map.simplify import MAX_ZOOM

router = APIRouter(prefix="/ogc", tags=["OGC API"])

SCHEME = "WebMercatorQuad"
SCHEME_URI = "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad"
MERCATOR = "http://www.opengis.net/def/crs/EPSG/0/3857"
SchemeId = Annotated[Literal["WebMercatorQuad"], Path()]

# OGC 17-083r4, annex D.1: half the equator, and the scale of zoom 0 at 0.28 mm a pixel.
_HALF_M = 20037508.342789244
_SCALE = 559082264.028717
_PIXELS = 256


@router.get("/tileMatrixSets", responses=responses(400))
def list_tile_matrix_sets(request: Request) -> dict[str, Any]:
    """List the tile matrix sets: WebMercatorQuad alone."""
    refuse_unknown(request)
    url = f"{root(request)}/tileMatrixSets/{SCHEME}"
    entry = {"id": SCHEME, "title": SCHEME, "uri": SCHEME_URI, "crs": MERCATOR}
    return {"tileMatrixSets": [entry | {"links": [link(url, "self", "application/json", SCHEME)]}]}


@router.get("/tileMatrixSets/{scheme}", responses=responses(400))
def get_tile_matrix_set(request: Request, scheme: SchemeId) -> dict[str, Any]:
    """Define a tile matrix set."""
    refuse_unknown(request)
    matrices = [
        {
            "id": str(zoom),
            "scaleDenominator": _SCALE / 2**zoom,
            "cellSize": 2 * _HALF_M / _PIXELS / 2**zoom,
            "cornerOfOrigin": "topLeft",
            "pointOfOrigin": [-_HALF_M, _HALF_M],
            "matrixWidth": 2**zoom,
            "matrixHeight": 2**zoom,
            "tileWidth": _PIXELS,
            "tileHeight": _PIXELS,
        }
        for zoom in range(MAX_ZOOM + 1)
    ]
    return {
        "id": scheme,
        "title": scheme,
        "uri": SCHEME_URI,
        "crs": MERCATOR,
        "orderedAxes": ["X", "Y"],
        "wellKnownScaleSet": "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible",
        "tileMatrices": matrices,
    }


@router.get("/collections/{collection}/tiles", responses=READ)
def list_tile_sets(
    session: SnapshotDep, request: Request, principal: OptionalPrincipalDep, collection: CollectionId
) -> dict[str, Any]:
    """List the tile sets of a collection; drafts have none."""
    refuse_unknown(request)
    found = _released(collections.find(session, collection, principal))
    url = f"{root(request)}/collections/{found.id}/tiles"
    return {
        "links": [link(url, "self", "application/json", "This document")],
        "tilesets": [_tile_set(request, found)],
    }


@router.get("/collections/{collection}/tiles/{scheme}", responses=READ)
def get_tile_set(
    session: SnapshotDep, request: Request, principal: OptionalPrincipalDep, collection: CollectionId, scheme: SchemeId
) -> dict[str, Any]:
    """Describe a tile set; its `item` link is the template of the tiles."""
    del scheme
    refuse_unknown(request)
    return _tile_set(request, _released(collections.find(session, collection, principal)))


def _released(collection: Collection) -> Collection:
    if collection.change_set is not None:
        raise CollectionNotFoundError("A draft has no tiles.", field="collection")
    return collection


def _tile_set(request: Request, collection: Collection) -> dict[str, Any]:
    url = f"{root(request)}/collections/{collection.id}/tiles/{SCHEME}"
    tiles = f"{str(request.base_url).rstrip('/')}/v1/tiles/{collection.layer.code}/{collection.level}"
    template: dict[str, Any] = link(f"{tiles}/{{tileMatrix}}/{{tileCol}}/{{tileRow}}.mvt", "item", MVT, "The tiles")
    return {
        "title": f"{collection.layer.name} · {collection.level}",
        "dataType": "vector",
        "crs": MERCATOR,
        "tileMatrixSetURI": SCHEME_URI,
        "links": [
            link(url, "self", "application/json", "This tile set"),
            link(
                f"{root(request)}/tileMatrixSets/{SCHEME}", TILING_SCHEMES.removesuffix("s"), "application/json", SCHEME
            ),
            template | {"templated": True},
        ],
        "layers": [{"id": collection.level, "dataType": "vector", "geometryDimension": 2}],
    }
