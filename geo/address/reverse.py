"""A point in words (中心路与济源路交叉口东南约40米), written so that :mod:`geo.address.locating` reads it back."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import shapely

if TYPE_CHECKING:
    from geo.address.index import LocatingIndex

_COMPASS: Final = ("北", "东北", "东", "东南", "南", "西南", "西", "西北")

# What a point is named after, tried in this order: the kind, and how near it must be in metres.
PREFERENCE: Final[tuple[tuple[str, float], ...]] = (
    ("crossing", 60.0),
    ("address", 20.0),
    ("place", 30.0),
    ("crossing", 250.0),
    ("address", 60.0),
    ("place", 400.0),
    ("crossing", 2000.0),
    ("place", 3000.0),
)
# Within these distances the thing itself is named, without a direction.
AT_M: Final[dict[str, float]] = {"crossing": 10.0, "address": 10.0, "place": 15.0}
ROAD_NEAR_M: Final = 40.0


@dataclass(frozen=True, slots=True)
class Landmark:
    """A thing near a point: how far, and in which direction the point lies from it (degrees from north)."""

    kind: str
    name: str
    distance_m: float
    bearing_deg: float


@dataclass(frozen=True, slots=True)
class Described:
    """A point in words; empty text when nothing of the gazetteer is within reach."""

    text: str
    landmarks: tuple[Landmark, ...]
    road: str | None
    areas: tuple[str, ...]


def compass(bearing_deg: float) -> str:
    """One of eight directions in Chinese for a bearing in degrees clockwise from north."""
    # Eight winds of 45 degrees, each centred on its direction.
    return _COMPASS[round(bearing_deg / 45) % 8]


def describe(lon: float, lat: float, index: LocatingIndex) -> Described:
    """Put a point into words.

    Parameters
    ----------
    lon, lat
        The point, EPSG:4326.
    index
        The gazetteer.

    Returns
    -------
    Described
        The words, the nearest crossing, number and place, the road at hand and the areas from coarse to fine.

    Raises
    ------
    ValueError
        When the point is not finite or not on the globe.
    """
    if not (math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90):
        message = f"({lon}, {lat}) is no point in degrees"
        raise ValueError(message)
    x, y = index.frame.to_metres(lon, lat)
    if not (math.isfinite(x) and math.isfinite(y)):
        return Described("", (), None, ())
    landmarks = [mark for kind in ("crossing", "address", "place") if (mark := _nearest(kind, x, y, index)) is not None]
    by_kind = {mark.kind: mark for mark in landmarks}
    text = ""
    for kind, reach in PREFERENCE:
        mark = by_kind.get(kind)
        if mark is not None and mark.distance_m <= reach:
            text = _written(mark)
            break
    near = index.nearest_road(x, y, ROAD_NEAR_M)
    road = None if near is None else index.roads[near[0]].name
    point = shapely.points(x, y)
    inside = [index.areas[i] for i in index.area_tree.query(point, predicate="intersects").tolist()]
    inside.sort(key=lambda a: -a.radius_m)
    text = text or (f"{road}上" if road else "") or (inside[-1].name if inside else "")
    return Described(text, tuple(landmarks), road, tuple(a.name for a in inside))


def _nearest(kind: str, x: float, y: float, index: LocatingIndex) -> Landmark | None:
    layer = index.landmarks[kind]
    if layer.tree is None:
        return None
    distance, at = layer.tree.query((x, y))
    there_x, there_y = layer.points[int(at)]
    # Clockwise from north: atan2(east, north).
    bearing = math.degrees(math.atan2(x - there_x, y - there_y)) % 360
    return Landmark(kind, layer.names[int(at)], float(distance), bearing)


def _written(mark: Landmark) -> str:
    if mark.distance_m <= AT_M[mark.kind]:
        return mark.name
    # Ten-metre steps near by, fifty farther away; never 0.
    step = 10 if mark.distance_m < 300 else 50
    return f"{mark.name}{compass(mark.bearing_deg)}约{max(step, round(mark.distance_m / step) * step)}米"
