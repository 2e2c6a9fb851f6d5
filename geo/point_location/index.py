"""The index as its users see it: which area covers a point, how far its edge is, and who else comes into question.

Areas go in sorted by code, byte by byte, and are known by their position from then on: wherever several areas
have an equal claim to a point (a shared edge, an overlap, equal distances), the lowest position wins.
"""

from __future__ import annotations

import math
from enum import IntEnum
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np
import shapely

from geo.point_location import kernels, metric_kernels
from geo.point_location.build import build_buffer
from geo.point_location.layout import (
    FLAG_BOUNDARY,
    FLAG_INSIDE,
    FLAG_OVERLAP,
    H_FACES,
    H_SECTIONS,
    HEADER_BYTES,
    S_COORDINATES,
    S_FACE_RINGS,
    S_RING_EXTERIOR,
    S_RING_STARTS,
    S_TREE_BOXES,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

WGS84_SEMI_MAJOR_M = 6_378_137.0
WGS84_ECCENTRICITY_2 = 0.006_694_379_990_141_33
SMALLEST_SHARE = 1e-6
"""Smaller parts of a circle are rounding, or of no consequence."""
EDGE_CIRCLE_M = 0.1
"""Radius of the circle that gives the shares of a point on an edge when its accuracy is not known."""


class Place(IntEnum):
    """How a point lies in the area that was found."""

    INSIDE = FLAG_INSIDE
    BOUNDARY = FLAG_BOUNDARY
    OVERLAP = FLAG_OVERLAP


class Located(NamedTuple):
    """Positions of the areas (-1: none) and how the points lie in them."""

    areas: NDArray[np.int32]
    places: NDArray[np.uint8]
    exact: int
    """How many points took the exact path."""


class Share(NamedTuple):
    """An area and its part of the circle about a point."""

    area: int
    share: float


class Shares(NamedTuple):
    """Parts of the circle about a point, the greatest first; `outside` is the part in no area."""

    areas: tuple[Share, ...]
    outside: float


def metres_per_degree(latitude: float) -> tuple[float, float]:
    """Metres of one degree of longitude and of latitude at a latitude (degrees), on the WGS 84 ellipsoid.

    The local equirectangular metric: within 10 km its distances are true to a few parts in ten thousand.
    """
    sine = math.sin(math.radians(latitude))
    bend = 1.0 - WGS84_ECCENTRICITY_2 * sine * sine
    # Radii of curvature, metres, with w = 1 - e² sin²(phi): N = a / sqrt(w) across the meridian,
    # M = N (1 - e²) / w along it.
    normal = WGS84_SEMI_MAJOR_M / math.sqrt(bend)
    meridian = normal * (1.0 - WGS84_ECCENTRICITY_2) / bend
    return (
        math.radians(1.0) * normal * max(math.cos(math.radians(latitude)), 1e-9),
        math.radians(1.0) * meridian,
    )


def _metres_per_degree_many(latitude: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """`metres_per_degree` for an array."""
    sine = np.sin(np.radians(latitude))
    bend = 1.0 - WGS84_ECCENTRICITY_2 * sine * sine
    normal = WGS84_SEMI_MAJOR_M / np.sqrt(bend)
    meridian = normal * (1.0 - WGS84_ECCENTRICITY_2) / bend
    cosine = np.maximum(np.cos(np.radians(latitude)), 1e-9)
    return math.radians(1.0) * normal * cosine, math.radians(1.0) * meridian


class PointLocationIndex:
    """Immutable index over the polygons of one level of a layer; safe to share between threads.

    Parameters
    ----------
    buffer
        uint8 (n,), C-contiguous and writable (see `layout`); from `from_geometries` or `storage.load`.
    """

    __slots__ = ("buffer",)

    def __init__(self, buffer: NDArray[np.uint8]) -> None:
        self.buffer = buffer

    @classmethod
    def from_geometries(cls, geometries: Sequence[Any] | NDArray[np.object_]) -> Self:
        """Build the index.

        Parameters
        ----------
        geometries
            Valid shapely Polygons or MultiPolygons in EPSG:4326 (lon, lat; degrees), sorted by code. They may
            overlap, leave gaps, nest, or meet at T-junctions. An empty sequence makes an index that finds nothing.

        Raises
        ------
        PolygonsExpectedError
            For any other kind of geometry, or an empty one.
        """
        return cls(build_buffer(geometries))

    def __len__(self) -> int:
        return int(self.buffer[:HEADER_BYTES].view(np.int64)[H_FACES])

    @property
    def size_bytes(self) -> int:
        """Bytes of memory, or of disk, that the index takes."""
        return self.buffer.size

    def locate(self, lon: float, lat: float) -> tuple[int, int]:
        """Position of the area that covers the point (-1: none) and how it lies there (`Place`).

        The area is the one that PostGIS's `ST_Covers` names, the lowest if it names several. A point that is
        not finite is covered by nothing.
        """
        packed = kernels.locate(self.buffer, lon, lat)
        return packed >> 2, packed & 3

    def locate_many(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> Located:
        """`locate` for arrays of float64 (n,) each, in degrees; empty arrays return empty answers.

        The interpreter lock is free meanwhile.

        Raises
        ------
        ValueError
            When the two are not one-dimensional arrays of the same length.
        """
        xs = np.ascontiguousarray(lon, np.float64)
        ys = np.ascontiguousarray(lat, np.float64)
        if xs.ndim != 1 or xs.shape != ys.shape:
            message = "lon and lat must be one-dimensional and of the same length"
            raise ValueError(message)
        areas = np.empty(xs.size, np.int32)
        places = np.empty(xs.size, np.uint8)
        exact, _ = kernels.locate_many(self.buffer, xs, ys, areas, places)
        return Located(areas, places, exact)

    def covering(self, lon: float, lat: float) -> list[int]:
        """All areas that cover the point, ascending."""
        found: list[int] = kernels.covering(self.buffer, lon, lat).tolist()
        return found

    @property
    def bounds(self) -> tuple[float, float, float, float] | None:
        """West, south, east, north of all areas; None when there are none."""
        if not len(self):
            return None
        west, south, east, north = self._section(S_TREE_BOXES, np.float64)[-4:].tolist()
        return west, south, east, north

    def distance_to_edge_m(self, area: int, lon: float, lat: float) -> float:
        """Metres from the point to the boundary of the area, whichever side of it the point is on."""
        return float(metric_kernels.distance_to_boundary(self.buffer, int(area), lon, lat, *metres_per_degree(lat)))

    def nearest(self, lon: float, lat: float, within_m: float) -> tuple[int, float]:
        """Area whose boundary is nearest to the point, and its distance; (-1, inf) when none is within `within_m`.

        Boundaries within a micrometre of the nearest count as equally near; the lowest area wins.
        """
        area, distance = metric_kernels.nearest(self.buffer, lon, lat, float(within_m), *metres_per_degree(lat))
        return int(area), float(distance)

    def nearest_many(
        self, lon: NDArray[np.float64], lat: NDArray[np.float64], within_m: float
    ) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
        """`nearest` for arrays of float64 (n,) each: positions (-1: none) and metres (inf)."""
        xs, ys = np.ascontiguousarray(lon, np.float64), np.ascontiguousarray(lat, np.float64)
        areas, distances = np.empty(xs.size, np.int32), np.empty(xs.size, np.float64)
        metric_kernels.nearest_many(
            self.buffer, xs, ys, float(within_m), *_metres_per_degree_many(ys), areas, distances
        )
        return areas, distances

    def distances_to_edge_m(
        self, areas: NDArray[np.int32], lon: NDArray[np.float64], lat: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """`distance_to_edge_m` for arrays of (n,) each; NaN where the area is -1."""
        xs, ys = np.ascontiguousarray(lon, np.float64), np.ascontiguousarray(lat, np.float64)
        distances = np.empty(xs.size, np.float64)
        faces = np.ascontiguousarray(areas, np.int32)
        metric_kernels.distances_to_boundary(self.buffer, faces, xs, ys, *_metres_per_degree_many(ys), distances)
        return distances

    def shares(self, lon: float, lat: float, radius_m: float, *, overlapping: bool = False) -> Shares:
        """Parts of the circle about the point, of `radius_m` metres, that lie in each area and in none.

        Areas with less than a millionth of the circle are left out. With `overlapping`, the parts may sum to
        more than one, and `outside` is measured on the areas' union (a circle of 256 corners stands in for it).

        Raises
        ------
        ValueError
            When the radius is not positive and finite.
        """
        if not 0.0 < radius_m < math.inf:
            message = "radius_m must be positive and finite"
            raise ValueError(message)
        metres_x, metres_y = metres_per_degree(lat)
        reach_x, reach_y = radius_m / metres_x, radius_m / metres_y
        faces = kernels.faces_in_box(self.buffer, lon - reach_x, lat - reach_y, lon + reach_x, lat + reach_y)
        parts = metric_kernels.circle_shares(self.buffer, faces, lon, lat, float(radius_m), metres_x, metres_y)
        kept = [
            Share(face, part)
            for face, part in zip(faces.tolist(), parts.tolist(), strict=True)
            if part > SMALLEST_SHARE
        ]
        kept.sort(key=lambda share: (-round(share.share, 9), share.area))
        if overlapping and len(kept) > 1:
            circle = shapely.Point(0.0, 0.0).buffer(radius_m, quad_segs=64)
            scale = np.array([metres_x, metres_y])
            local = shapely.transform(
                [self.geometry(share.area) for share in kept], lambda xy: (xy - [lon, lat]) * scale
            )
            outside = 1.0 - float(circle.intersection(shapely.union_all(local)).area / circle.area)
        else:
            outside = 1.0 - sum(share.share for share in kept)
        return Shares(tuple(kept), outside if outside > SMALLEST_SHARE else 0.0)

    def geometry(self, area: int) -> shapely.MultiPolygon:
        """Return the area's polygons as they were indexed (EPSG:4326)."""
        coordinates = self._section(S_COORDINATES, np.float64).reshape(-1, 2)
        starts = self._section(S_RING_STARTS, np.int32)
        exterior = self._section(S_RING_EXTERIOR, np.uint8)
        first, past = self._section(S_FACE_RINGS, np.int32)[area : area + 2].tolist()
        drawn: Any = shapely.linearrings(
            coordinates[starts[first] : starts[past]],
            indices=np.repeat(np.arange(past - first), np.diff(starts[first : past + 1])),
        )
        # A shell and the rings up to the next shell, its holes, make one part.
        opens = np.flatnonzero(exterior[first:past])
        ends = [*opens[1:].tolist(), past - first]
        return shapely.MultiPolygon(
            [shapely.Polygon(drawn[a], drawn[a + 1 : b].tolist()) for a, b in zip(opens.tolist(), ends, strict=True)]
        )

    def _section(self, number: int, dtype: type) -> NDArray[Any]:
        header = self.buffer[:HEADER_BYTES].view(np.int64)
        start, length = header[H_SECTIONS + 2 * number : H_SECTIONS + 2 * number + 2].tolist()
        return self.buffer[start : start + length].view(dtype)
