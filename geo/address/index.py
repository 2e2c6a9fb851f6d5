"""A gazetteer in memory, prepared for locating: names, road lines in metres, crossings, numbers, places and areas.

Built once from rows in EPSG:4326 and never changed; a new release of the gazetteer is a new index. All metric work is
done in a transverse Mercator frame laid through the middle of the data.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from scipy.spatial import cKDTree

from geo.address.characters import name_key
from geo.address.crossings import compute_crossings
from geo.address.divisions import short_name
from geo.address.frame import Frame
from geo.address.names import Entry, Form, Kind, NameIndex
from geo.address.spoken_names import area_names, road_cores, route_names, short_forms, synonyms

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from shapely.geometry.base import BaseGeometry

    from geo.address.rows import AddressRow, AreaRow, CrossingRow, GazetteerRows, PlaceRow, RangeRow, RoadRow

# A point place without an extent of its own: a shop or a gate.
POINT_PLACE_RADIUS_M: Final = 15.0
# A place that is a point is as large as its buildings reach, up to here (a wrong building must not blow it up).
LARGEST_RADIUS_M: Final = 400.0
# From so many buildings on, their hull is the outline of the place; its wall stands this far beyond their middles.
FEWEST_BUILDINGS: Final = 3
BEYOND_BUILDINGS_M: Final = 15.0


@dataclass(slots=True)
class Road:
    """A road: every piece of one name, merged; metres in the frame of the index."""

    name: str
    line: BaseGeometry
    parts: tuple[BaseGeometry, ...] = ()
    numbers: dict[int, list[tuple[str, float, float]]] = field(default_factory=dict)
    odd: list[int] = field(default_factory=list)
    even: list[int] = field(default_factory=list)
    ranges: list[tuple[int, int, str, BaseGeometry]] = field(default_factory=list)


@dataclass(slots=True)
class Place:
    """A place: its middle and the radius it fills, metres in the frame of the index."""

    name: str
    kind: str
    x: float
    y: float
    radius_m: float
    outline: BaseGeometry | None = None
    buildings: dict[str, tuple[float, float]] = field(default_factory=dict)


@dataclass(slots=True)
class NamedArea:
    """An administrative area in the frame of the index."""

    name: str
    level: str
    code: str
    outline: BaseGeometry
    x: float
    y: float
    radius_m: float


@dataclass(slots=True)
class LandmarkLayer:
    """Things of one kind to name a point after; no tree when there are none."""

    names: list[str]
    points: list[tuple[float, float]]
    tree: cKDTree | None


class LocatingIndex:
    """A gazetteer prepared for locating. Immutable after building; safe to share between threads."""

    def __init__(self, rows: GazetteerRows) -> None:
        """Build the index.

        Parameters
        ----------
        rows
            Rows in EPSG:4326. No rows make an index that finds nothing.
        """
        self.frame = Frame(*_middle(rows))
        self.context = frozenset(name_key(c) for name in rows.context for c in (name, short_name(name)))
        self.roads, road_entries, road_of = self._build_roads(rows.roads)
        self.road_cores = road_cores([r.name for r in self.roads])
        self.places, place_entries = self._build_places(rows.places, self.road_cores.keys())
        self.areas = self._build_areas(rows.areas)
        area_entries = [
            Entry(name, Kind.AREA, i, form) for i, area in enumerate(self.areas) for name, form in area_names(area.name)
        ]
        self.names = NameIndex([*area_entries, *road_entries, *place_entries])
        self.crossings: dict[tuple[int, int], list[tuple[float, float]]] = {}
        self._build_crossings(rows.crossings, road_of)
        self._build_numbers(rows.addresses, rows.ranges, road_of)
        self.part_lines = np.array([p for r in self.roads for p in r.parts], dtype=object)
        self.part_road = np.array([i for i, r in enumerate(self.roads) for _ in r.parts], dtype=np.int64)
        self.part_tree = shapely.STRtree(self.part_lines)
        self.area_tree = shapely.STRtree([a.outline for a in self.areas])
        self.areas_named: defaultdict[str, list[NamedArea]] = defaultdict(list)
        for area in self.areas:
            for key in set(_short_and_whole(area.name)):
                self.areas_named[key].append(area)
        self.landmarks = self._build_landmarks()

    def crossings_of(self, first: int, second: int) -> list[tuple[float, float]]:
        """Return the crossings of two roads, in metres of the frame; none when they do not meet."""
        return self.crossings.get((first, second) if first < second else (second, first), [])

    def nearest_road(self, x: float, y: float, within_m: float) -> tuple[int, BaseGeometry, float] | None:
        """Find the nearest road to a point: its number, the piece and the distance; None when none is near."""
        if not len(self.part_lines):
            return None
        point = shapely.points(x, y)
        found, distances = self.part_tree.query_nearest(point, max_distance=within_m, return_distance=True)
        if not len(found):
            return None
        part = int(found.min())
        return int(self.part_road[part]), self.part_lines[part], float(distances[0])

    def _build_roads(self, rows: Sequence[RoadRow]) -> tuple[list[Road], list[Entry], dict[str, int]]:
        metric = self.frame.geometries([r.geometry for r in rows])
        pieces: defaultdict[str, list[BaseGeometry]] = defaultdict(list)
        named: dict[str, RoadRow] = {}
        other: defaultdict[str, dict[str, Form]] = defaultdict(dict)
        for row, line in zip(rows, metric, strict=True):
            key = name_key(row.name)
            pieces[key].append(line)
            named.setdefault(key, row)
            for alias in row.aliases:
                other[key].setdefault(alias, Form.ALIAS)
            for former in row.former_names:
                other[key].setdefault(former, Form.FORMER)
        roads: list[Road] = []
        entries: list[Entry] = []
        for number, (key, lines) in enumerate(pieces.items()):
            whole: BaseGeometry = shapely.line_merge(shapely.MultiLineString(list(shapely.get_parts(lines))))
            roads.append(Road(named[key].name, whole, tuple(shapely.get_parts(whole))))
            entries.append(Entry(named[key].name, Kind.ROAD, number))
            entries.extend(Entry(name, Kind.ROAD, number, form) for name, form in other[key].items())
            for name in (named[key].name, *other[key]):
                entries.extend(Entry(route, Kind.ROAD, number, Form.ALIAS) for route in route_names(name))
        return roads, entries, {key: i for i, key in enumerate(pieces)}

    def _build_places(self, rows: Sequence[PlaceRow], cores: Collection[str]) -> tuple[list[Place], list[Entry]]:
        places: list[Place] = []
        entries: list[Entry] = []
        for number, (row, outline) in enumerate(
            zip(rows, self.frame.geometries([r.geometry for r in rows]), strict=True)
        ):
            middle = outline.centroid
            solid = outline.area > 0
            # Radius of the circle of equal area, metres.
            radius = math.sqrt(outline.area / math.pi) if solid else POINT_PLACE_RADIUS_M
            places.append(Place(row.name, row.kind, middle.x, middle.y, radius, outline if solid else None))
            entries.append(Entry(row.name, Kind.PLACE, number))
            entries.extend(Entry(a, Kind.PLACE, number, Form.ALIAS) for a in row.aliases)
            entries.extend(Entry(a, Kind.PLACE, number, Form.FORMER) for a in row.former_names)
            entries.extend(Entry(s, Kind.PLACE, number, Form.ALIAS) for s in synonyms(row.name))
        entries.extend(short_forms(entries, cores))
        return places, entries

    def _build_areas(self, rows: Sequence[AreaRow]) -> list[NamedArea]:
        areas = []
        for row, outline in zip(rows, self.frame.geometries([r.geometry for r in rows]), strict=True):
            shapely.prepare(outline)
            middle = outline.point_on_surface()
            radius = math.sqrt(outline.area / math.pi)
            areas.append(NamedArea(row.name, row.level, row.code, outline, middle.x, middle.y, radius))
        return areas

    def land_radius_m(self, place: Place) -> float:
        """Radius of the area that bears the place's name and holds it; 0 where there is none."""
        same = self.areas_named.get(name_key(place.name), ())
        spot = shapely.Point(place.x, place.y) if same else None
        return max((area.radius_m for area in same if area.outline.covers(spot)), default=0.0)

    def _build_crossings(self, rows: Sequence[CrossingRow] | None, road_of: dict[str, int]) -> None:
        if rows is None:
            computed = compute_crossings([r.line for r in self.roads], range(len(self.roads)))
            for a, b, x, y in zip(computed.first, computed.second, computed.x, computed.y, strict=True):
                self.crossings.setdefault((int(a), int(b)), []).append((float(x), float(y)))
            return
        for row in rows:
            first, second = road_of.get(name_key(row.first)), road_of.get(name_key(row.second))
            if first is not None and second is not None:
                pair = (min(first, second), max(first, second))
                self.crossings.setdefault(pair, []).append(self.frame.to_metres(row.lon, row.lat))

    def _crossing_name(self, a: int, b: int) -> str:
        """Name a crossing, the longer road first."""
        first, second = sorted((self.roads[a], self.roads[b]), key=lambda r: (-round(r.line.length), r.name))
        return f"{first.name}与{second.name}交叉口"

    def _build_landmarks(self) -> dict[str, LandmarkLayer]:
        crossings = [
            (self._crossing_name(a, b), point) for (a, b), points in self.crossings.items() for point in points
        ]
        numbers = [
            (f"{road.name}{number}号" + (f"附{suffix}号" if suffix else ""), (x, y))
            for road in self.roads
            for number, known in road.numbers.items()
            for suffix, x, y in known
        ]
        buildings = [(place.name + b, point) for place in self.places for b, point in place.buildings.items()]
        places = [(place.name, (place.x, place.y)) for place in self.places]
        named = {"crossing": crossings, "address": numbers + buildings, "place": places}
        layers = {}
        for kind, things in named.items():
            points = [point for _, point in things]
            layers[kind] = LandmarkLayer([name for name, _ in things], points, cKDTree(points) if points else None)
        return layers

    def _build_numbers(
        self, addresses: Sequence[AddressRow], ranges: Sequence[RangeRow], road_of: dict[str, int]
    ) -> None:
        place_of: defaultdict[str, list[Place]] = defaultdict(list)
        for place in self.places:
            place_of[name_key(place.name)].append(place)
        degrees = np.array([(a.lon, a.lat) for a in addresses], dtype=np.float64).reshape(-1, 2)
        for row, (x, y) in zip(addresses, self.frame.all_to_metres(degrees).tolist(), strict=True):
            key = name_key(row.owner)
            label = row.building or ("" if row.number is None else f"{row.number}号")
            if row.number is not None and key in road_of:
                self.roads[road_of[key]].numbers.setdefault(row.number, []).append((row.suffix, x, y))
            elif label and key in place_of:
                _add_building(min(place_of[key], key=lambda p: math.hypot(p.x - x, p.y - y)), label, x, y)
        for place in self.places:
            _draw_outline(place)
        for road in self.roads:
            road.odd = sorted(n for n in road.numbers if n % 2)
            road.even = sorted(n for n in road.numbers if n % 2 == 0)
        for span, line in zip(ranges, self.frame.geometries([r.geometry for r in ranges]), strict=True):
            number = road_of.get(name_key(span.road))
            if number is not None:
                self.roads[number].ranges.append((span.low, span.high, span.parity, line))


def _short_and_whole(area: str) -> tuple[str, str]:
    """Return an area's name as it is recorded and as people say it: 冯沟村村民委员会, 冯沟村."""
    return name_key(area), name_key(area.removesuffix("村民委员会").removesuffix("居民委员会"))


def _add_building(place: Place, label: str, x: float, y: float) -> None:
    place.buildings[label] = (x, y)
    if place.outline is None:
        place.radius_m = max(place.radius_m, min(math.hypot(place.x - x, place.y - y), LARGEST_RADIUS_M))


def _draw_outline(place: Place) -> None:
    """Draw the outline of a point place around its buildings, when it has enough of them."""
    if place.outline is None and len(place.buildings) >= FEWEST_BUILDINGS:
        points = shapely.MultiPoint([(place.x, place.y), *place.buildings.values()])
        place.outline = points.convex_hull.buffer(BEYOND_BUILDINGS_M)


def neighbours(numbers: list[int], number: int) -> tuple[int, int] | None:
    """Return the numbers next below and next above in a sorted list; None at its ends."""
    at = bisect_left(numbers, number)
    return (numbers[at - 1], numbers[at]) if 0 < at < len(numbers) else None


def _middle(rows: GazetteerRows) -> tuple[float, float]:
    geometries = [r.geometry for group in (rows.roads, rows.places, rows.areas) for r in group]
    if not geometries:
        return (rows.addresses[0].lon, rows.addresses[0].lat) if rows.addresses else (0.0, 0.0)
    west, south, east, north = shapely.total_bounds(np.asarray(geometries, dtype=object))
    return float((west + east) / 2), float((south + north) / 2)
