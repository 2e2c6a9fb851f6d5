"""The ground of maps on a closed network: roads and places of the gazetteer as vector tiles."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Path
from starlette.responses import Response

from api.http.answers import MVT
from api.http.dependencies import PrincipalDep, SnapshotDep
from api.http.openapi import feature_router
from api.http.problems import responses
from api.maps.tile_routes import TileNotFoundError
from core import clock
from core.errors import detail_of
from geo.map.simplify import MAX_ZOOM
from geo.map.tiles import TileAddressError, check_tile
from grids.gazetteer.ground import ground_tile

router = feature_router(prefix="/v1/ground", tags=["maps"])
_KEPT: Final = {"Cache-Control": "private, max-age=3600"}


@router.get(
    "/{z}/{x}/{y}.mvt",
    response_class=Response,
    responses={
        200: {
            "description": "A Mapbox Vector Tile 2.1, extent 4096, with the layers `roads` and `places`. Properties: "
            "`name`, `kind`.",
            "content": {MVT: {"schema": {"type": "string", "format": "binary"}}},
        },
        204: {"description": "Nothing of the gazetteer touches the tile."},
        **responses(400, 401, 404, 503),
    },
)
def get_ground_tile(
    session: SnapshotDep,
    _caller: PrincipalDep,
    z: Annotated[int, Path(examples=[14])],
    x: Annotated[int, Path(examples=[13346])],
    y: Annotated[int, Path(examples=[6499])],
) -> Response:
    """Return one tile (XYZ scheme) of the gazetteer's roads, and from zoom 14 on its places; any key may read it."""
    try:
        check_tile(z, x, y, MAX_ZOOM)
    except TileAddressError as error:
        raise TileNotFoundError("There is no such tile: {error}.", values={"error": detail_of(error)}) from error
    content = ground_tile(session, (z, x, y), at=clock.now())
    if not content:
        return Response(status_code=204, headers=_KEPT)
    return Response(content, media_type=MVT, headers=_KEPT)
