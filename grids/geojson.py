"""Geometries in the bodies of requests and answers, read and written in one way: GeoJSON (RFC 7946)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

import orjson
import shapely

from core.errors import Detail

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.errors import DomainError

MOST_POINTS = 200_000
"""Points a drawn geometry may have: a district's outline has a tenth of them."""


def read_geometry(
    value: dict[str, Any],
    refusal: Callable[[Detail], DomainError],
    *,
    most_points: int = MOST_POINTS,
    in_degrees: bool = True,
) -> Any:  # noqa: ANN401 (shapely)
    """Read a GeoJSON geometry.

    Parameters
    ----------
    value
        The geometry object.
    refusal
        Makes the error to raise, from a sentence that says what is wrong.
    most_points
        How many points it may have.
    in_degrees
        Whether its numbers must be longitudes and latitudes.

    Returns
    -------
    shapely geometry
        Not empty, in the coordinates given; it need not be valid.
    """
    try:
        geometry = shapely.from_geojson(orjson.dumps(value))
    except (shapely.errors.GEOSException, TypeError, orjson.JSONEncodeError) as error:
        raise refusal(Detail("The geometry is not GeoJSON.")) from error
    if geometry.is_empty:
        raise refusal(Detail("The geometry is empty."))
    if shapely.get_num_coordinates(geometry) > most_points:
        raise refusal(Detail("The geometry has more than {most} points.", {"most": most_points}))
    west, south, east, north = shapely.bounds(geometry)
    if in_degrees and not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise refusal(Detail("The geometry must be in degrees, longitude first."))
    return geometry


@overload
def geojson(geometry: shapely.Geometry) -> dict[str, Any]: ...
@overload
def geojson(geometry: None) -> None: ...
def geojson(geometry: shapely.Geometry | None) -> dict[str, Any] | None:
    """Show a geometry as GeoJSON, exterior rings counter-clockwise."""
    if geometry is None:
        return None
    found: dict[str, Any] = orjson.loads(shapely.to_geojson(shapely.orient_polygons(geometry)))
    return found
