"""The sample district as the report generator needs it: grids, households, addresses and crossings in memory.

Everything here is in metres (EPSG:4547); `to_lonlat` is the way out.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from core.settings import PROJECT_ROOT
from geo.datum import from_wgs84, to_wgs84

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

DATA = PROJECT_ROOT / "data"
METRIC = "EPSG:4547"


@dataclass(frozen=True)
class Spot:
    """A point with words for it."""

    words: str
    x: float
    y: float


@dataclass(frozen=True)
class Grid:
    """One grid, and what stands in it."""

    code: str
    polygon: shapely.Polygon
    households: int
    street: str
    community: str
    doors: tuple[Spot, ...]
    places: tuple[Spot, ...]


@dataclass(frozen=True)
class District:
    """The sample district in memory."""

    outline: shapely.Polygon
    grids: tuple[Grid, ...]
    places: dict[str, Spot]
    crossings: dict[frozenset[str], Spot]
    roads: dict[str, shapely.LineString]

    def nearest_crossing(self, x: float, y: float) -> tuple[Spot, float]:
        """Find the crossing nearest to a point, and how far it is in metres."""
        spots, points = self._crossing_points
        distances = np.hypot(points[:, 0] - x, points[:, 1] - y)
        nearest = int(np.argmin(distances))
        return spots[nearest], float(distances[nearest])

    @cached_property
    def _crossing_points(self) -> tuple[list[Spot], NDArray[np.float64]]:
        spots = list(self.crossings.values())
        return spots, np.array([(spot.x, spot.y) for spot in spots])


def to_lonlat(x: float, y: float) -> tuple[float, float]:
    """Take metres to WGS 84 longitude and latitude."""
    lon, lat = to_wgs84(x, y, METRIC)
    return float(lon), float(lat)


@cache
def load() -> District:
    """Read `data/boundaries` and `data/gazetteer`."""
    areas = _read("boundaries/shangjie.geojson")
    names = {properties["code"]: properties["name"] for properties, _ in areas}
    cells = [(properties, polygon) for properties, polygon in areas if properties["level"] == "grid"]
    polygons = [polygon for _, polygon in cells]
    doors = _by_polygon(polygons, [Spot(p["full"], at.x, at.y) for p, at in _read("gazetteer/addresses.geojson")])
    places = [Spot(p["name"], at.x, at.y) for p, at in _read("gazetteer/places.geojson")]
    around = _by_polygon(polygons, places)
    roads = {properties["name"]: line for properties, line in _read("gazetteer/roads.geojson")}
    return District(
        outline=next(polygon for properties, polygon in areas if properties["level"] == "district"),
        grids=tuple(
            Grid(
                code=properties["code"],
                polygon=polygon,
                households=properties["households"],
                street=names[properties["code"][:9]],
                community=properties["name"][:-5],
                doors=tuple(doors[index]),
                places=tuple(around[index]),
            )
            for index, (properties, polygon) in enumerate(cells)
        ),
        places={spot.words: spot for spot in places},
        crossings=_crossings(roads),
        roads=roads,
    )


def _read(file: str) -> list[tuple[dict[str, Any], Any]]:
    features = json.loads((DATA / file).read_text(encoding="utf-8"))["features"]
    shapes = [shapely.transform(shapely.geometry.shape(feature["geometry"]), _to_metres) for feature in features]
    return list(zip((feature["properties"] for feature in features), shapes, strict=True))


def _to_metres(points: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.column_stack(from_wgs84(points[:, 0], points[:, 1], METRIC))


def _by_polygon(polygons: Sequence[shapely.Polygon], spots: Sequence[Spot]) -> dict[int, list[Spot]]:
    points = shapely.points([spot.x for spot in spots], [spot.y for spot in spots])
    found: dict[int, list[Spot]] = defaultdict(list)
    for spot, polygon in shapely.STRtree(polygons).query(points, predicate="within").T.tolist():
        found[polygon].append(spots[spot])
    return found


def _crossings(roads: dict[str, shapely.LineString]) -> dict[frozenset[str], Spot]:
    crossings = {}
    for (first, one), (second, other) in combinations(roads.items(), 2):
        at = shapely.intersection(one, other)
        if isinstance(at, shapely.Point) and not at.is_empty:
            crossings[frozenset((first, second))] = Spot(f"{first}与{second}交叉口", at.x, at.y)
    return crossings
