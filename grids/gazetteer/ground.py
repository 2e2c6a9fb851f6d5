"""The gazetteer drawn as ground of maps: roads and places as vector tiles, made by PostGIS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import text

from grids.gazetteer.queries import releases_in_effect

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

FIRST_ZOOM: Final = 10
"""Above a district's own scale there are no roads to draw."""
_PLACES_FROM: Final = 14
_MOST: Final = 20_000
_TILE: Final = """
WITH tile AS MATERIALIZED (
    SELECT ST_TileEnvelope(:z, :x, :y) AS box, ST_Transform(ST_TileEnvelope(:z, :x, :y, margin => 0.03), 4326) AS land
), roads AS (
    SELECT ST_AsMVTGeom(ST_Transform(r.geom, 3857), tile.box, 4096, 128) AS geom, r.name, r.kind
    FROM road r, tile WHERE r.release_id = :roads AND r.geom && tile.land LIMIT :most
), places AS (
    SELECT ST_AsMVTGeom(ST_Transform(p.geom, 3857), tile.box, 4096, 128) AS geom, p.name, p.kind
    FROM place p, tile WHERE p.release_id = :places AND p.geom && tile.land AND :z >= :from LIMIT :most
)
SELECT coalesce((SELECT ST_AsMVT(roads, 'roads') FROM roads WHERE geom IS NOT NULL), '')
    || coalesce((SELECT ST_AsMVT(places, 'places') FROM places WHERE geom IS NOT NULL), '')
"""


def ground_tile(session: Session, tile: tuple[int, int, int], *, at: datetime) -> bytes:
    """Return a Mapbox Vector Tile (zoom, column, row) with the layers `roads` and `places`; empty where nothing is.

    It shows the releases of the gazetteer in effect at an instant: names and kinds, nothing of addresses or people.
    """
    z, x, y = tile
    if z < FIRST_ZOOM:
        return b""
    known = {theme: release.id for theme, release in releases_in_effect(session, at=at).items()}
    values = {"z": z, "x": x, "y": y, "roads": known.get("roads"), "places": known.get("places"), "most": _MOST}
    return bytes(session.execute(text(_TILE), values | {"from": _PLACES_FROM}).scalar_one())
