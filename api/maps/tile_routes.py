"""Vector tiles of every level of every layer."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Request
from starlette.responses import Response

from api.http.answers import MVT
from api.http.conditional_response import CACHING, PiecewiseResponse, listed, matches, not_modified
from api.http.openapi import feature_router
from api.http.problems import responses
from api.http.services import ServicesDep
from api.http.texts import CODE_PATTERN
from api.maps.routes import AtQuery
from core.content_encoding import choose_encoding, worth_encoding
from core.errors import DomainError, Kind, detail_of
from geo.map.simplify import MAX_ZOOM
from geo.map.tiles import TileAddressError, check_tile
from grids.maps.map_store import entity_tag

router = feature_router(prefix="/v1/tiles", tags=["maps"])


class TileNotFoundError(DomainError):
    """The tile pyramid has no such tile."""

    code = "tile-not-found"
    kind = Kind.NOT_FOUND


@router.get(
    "/{layer}/{level}/{z}/{x}/{y}.mvt",
    response_class=Response,
    responses={
        200: {
            "description": "A Mapbox Vector Tile 2.1, extent 4096, with one layer named after the level. Properties: "
            "`code`, `name`, `parent_code`, `unit_code`, `unit_name`.",
            "content": {MVT: {"schema": {"type": "string", "format": "binary"}}},
        },
        204: {"description": "No area of this level touches the tile."},
        304: {"description": "The copy named in If-None-Match still holds."},
        **responses(400, 404, 503),
    },
)
def get_tile(
    services: ServicesDep,
    request: Request,
    layer: Annotated[str, Path(pattern=CODE_PATTERN, examples=["admin"])],
    level: Annotated[str, Path(pattern=CODE_PATTERN, examples=["grid"])],
    z: Annotated[int, Path(examples=[12])],
    x: Annotated[int, Path(examples=[3336])],
    y: Annotated[int, Path(examples=[1624])],
    at: AtQuery = None,
) -> Response:
    """Return one tile (XYZ scheme); 404 for an address outside the pyramid. Needs no key."""
    try:
        check_tile(z, x, y, MAX_ZOOM)
    except TileAddressError as error:
        raise TileNotFoundError("There is no such tile: {error}.", values={"error": detail_of(error)}) from error
    body = services.maps.tile(layer, level, (z, x, y), at)
    encoding = choose_encoding(listed(request.headers, "accept-encoding")) if worth_encoding(body.plain) else "identity"
    etag = entity_tag(body.tag, encoding)
    if matches(listed(request.headers, "if-none-match"), etag):
        return not_modified(etag)
    if not body.plain:
        return Response(status_code=204, headers={"ETag": etag, **CACHING})
    return PiecewiseResponse(body.content(encoding), media_type=MVT, encoding=encoding, etag=etag)
