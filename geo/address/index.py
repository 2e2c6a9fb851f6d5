"""A gazetteer in memory, prepared for locating: names, road lines in metres, crossings, numbers, places and areas.

Built once from rows in EPSG:4326 and never changed; a new release of the gazetteer is a new index. All metric work is
done in a transverse Mercator frame laid through the middle of the data.
"""

from __future__ import annotations

import math
import threading
from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from pyproj import Transformer
from pyproj.enums import TransformDirection
from scipy.spatial import cKDTree

from geo.address import vocabulary
from geo.address.characters import name_key
from geo.address.crossings import compute_crossings
from geo.address.names import FORM_WEIGHT, Entry, Form, How, Kind, Match, NameIndex

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

# A point place without an extent of its own: a shop or a gate.
POINT_PLACE_RADIUS_M: Final = 15.0
# A place that is a point is as large as its buildings reach, up to here (a wrong building must not blow it up).
LARGEST_RADIUS_M: Final = 400.0


@dataclass(frozen=True, slots=True)
class RoadRow:
    """A piece of a road: its names and its centre line (LineString or MultiLineString, EPSG:4326)."""

    name: str
    geometry: BaseGeometry
    aliases: tuple[str, ...] = ()
    former_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A named place: a point or a polygon, EPSG:4326."""

    name: str
    geometry: BaseGeometry
    aliases: tuple[str, ...] = ()
    former_names: tuple[str, ...] = ()
    kind: str = ""


@dataclass(frozen=True, slots=True)
class AddressRow:
    """A numbered point: ``owner`` is the name of a road (then ``number``) or of a place (then ``building``)."""

    owner: str
    lon: float
    lat: float
    number: int | None = None
    suffix: str = ""
    building: str = ""


@dataclass(frozen=True, slots=True)
class RangeRow:
    """Door numbers ``low``..``high`` along a line; ``parity`` is ``odd``, ``even`` or ``all``."""

    road: str
    low: int
    high: int
    parity: str
    geometry: BaseGeometry


@dataclass(frozen=True, slots=True)
class AreaRow:
    """An administrative area: its name, level, code and polygon, EPSG:4326."""

    name: str
    level: str
    code: str
    geometry: BaseGeometry


@dataclass(frozen=True, slots=True)
class CrossingRow:
    """A crossing known beforehand, EPSG:4326."""

    first: str
    second: str
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class GazetteerRows:
    """Everything an index is built from. ``context`` names what surrounds the areas (河南省, 郑州市).

    ``crossings`` of None are computed from the roads.
    """

    roads: Sequence[RoadRow] = ()
    places: Sequence[PlaceRow] = ()
    addresses: Sequence[AddressRow] = ()
    ranges: Sequence[RangeRow] = ()
    areas: Sequence[AreaRow] = ()
    context: Sequence[str] = ()
    crossings: Sequence[CrossingRow] | None = None


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


class Frame:
    """Metres around a middle point: transverse Mercator on WGS 84, exact to 1 mm within 100 km."""

    def __init__(self, lon: float, lat: float) -> None:
        """Lay the frame through ``lon``, ``lat`` (degrees, EPSG:4326)."""
        self._local = f"+proj=tmerc +lat_0={lat:.9f} +lon_0={lon:.9f} +k=1 +x_0=0 +y_0=0 +ellps=WGS84 +units=m +no_defs"
        self._of_thread = threading.local()

    def _transformer(self) -> Transformer:
        """Give the transformer of this thread: PROJ objects must not be shared between threads."""
        transformer: Transformer | None = getattr(self._of_thread, "transformer", None)
        if transformer is None:
            transformer = Transformer.from_crs("EPSG:4326", self._local, always_xy=True)
            self._of_thread.transformer = transformer
        return transformer

    def to_metres(self, lon: float, lat: float) -> tuple[float, float]:
        """Convert one point, degrees to metres."""
        x, y = self._transformer().transform(lon, lat)
        return float(x), float(y)

    def to_degrees(self, x: float, y: float) -> tuple[float, float]:
        """Convert one point, metres to degrees."""
        lon, lat = self._transformer().transform(x, y, direction=TransformDirection.INVERSE)
        return float(lon), float(lat)

    def all_to_metres(self, coordinates: NDArray[np.float64]) -> NDArray[np.float64]:
        """Convert many points, shape (n, 2), degrees to metres; an empty array stays empty."""
        if not len(coordinates):
            return coordinates
        return np.column_stack(self._transformer().transform(coordinates[:, 0], coordinates[:, 1]))

    def all_to_degrees(self, coordinates: NDArray[np.float64]) -> NDArray[np.float64]:
        """Convert many points, shape (n, 2), metres to degrees; an empty array stays empty."""
        if not len(coordinates):
            return coordinates
        inverse = TransformDirection.INVERSE
        return np.column_stack(self._transformer().transform(coordinates[:, 0], coordinates[:, 1], direction=inverse))

    def geometries(self, geometries: Sequence[BaseGeometry]) -> list[BaseGeometry]:
        """Convert geometries, degrees to metres."""
        return list(shapely.transform(np.asarray(geometries, dtype=object), self.all_to_metres))

    def degrees_of(self, geometry: BaseGeometry) -> BaseGeometry:
        """Bring a geometry, metres to degrees."""
        moved: BaseGeometry = shapely.transform(geometry, self.all_to_degrees)
        return moved


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
            Rows in EPSG:4326. Nothing at all gives an index that finds nothing.
        """
        self.frame = Frame(*_middle(rows))
        self.context = frozenset(name_key(c) for c in rows.context)
        self.roads, road_entries, road_of = self._build_roads(rows.roads)
        self.places, place_entries = self._build_places(rows.places)
        self.areas = self._build_areas(rows.areas)
        area_entries = [
            Entry(name, Kind.AREA, i, form)
            for i, area in enumerate(self.areas)
            for name, form in _area_names(area.name)
        ]
        self.names = NameIndex([*area_entries, *road_entries, *place_entries])
        self.road_cores = _road_cores(self.roads)
        self.crossings: dict[tuple[int, int], list[tuple[float, float]]] = {}
        self._build_crossings(rows.crossings, road_of)
        self._build_numbers(rows.addresses, rows.ranges, road_of)
        self.part_lines = np.array([p for r in self.roads for p in r.parts], dtype=object)
        self.part_road = np.array([i for i, r in enumerate(self.roads) for _ in r.parts], dtype=np.int64)
        self.part_tree = shapely.STRtree(self.part_lines)
        self.area_tree = shapely.STRtree([a.outline for a in self.areas])
        self.landmarks = self._build_landmarks()

    def crossings_of(self, first: int, second: int) -> list[tuple[float, float]]:
        """Give the crossings of two roads, in metres of the frame; none when they do not meet."""
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
        return roads, entries, {key: i for i, key in enumerate(pieces)}

    def _build_places(self, rows: Sequence[PlaceRow]) -> tuple[list[Place], list[Entry]]:
        places: list[Place] = []
        entries: list[Entry] = []
        for number, (row, outline) in enumerate(
            zip(rows, self.frame.geometries([r.geometry for r in rows]), strict=True)
        ):
            middle = outline.centroid
            solid = outline.area > 0
            radius = math.sqrt(outline.area / math.pi) if solid else POINT_PLACE_RADIUS_M
            places.append(Place(row.name, row.kind, middle.x, middle.y, radius, outline if solid else None))
            entries.append(Entry(row.name, Kind.PLACE, number))
            entries.extend(Entry(a, Kind.PLACE, number, Form.ALIAS) for a in row.aliases)
            entries.extend(Entry(a, Kind.PLACE, number, Form.FORMER) for a in row.former_names)
            entries.extend(Entry(s, Kind.PLACE, number, Form.ALIAS) for s in _synonyms(row.name))
        entries.extend(_short_forms(entries))
        return places, entries

    def _build_areas(self, rows: Sequence[AreaRow]) -> list[NamedArea]:
        areas = []
        for row, outline in zip(rows, self.frame.geometries([r.geometry for r in rows]), strict=True):
            shapely.prepare(outline)
            middle = outline.point_on_surface()
            radius = math.sqrt(outline.area / math.pi)
            areas.append(NamedArea(row.name, row.level, row.code, outline, middle.x, middle.y, radius))
        return areas

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

    def _build_landmarks(self) -> dict[str, LandmarkLayer]:
        crossings = [
            (f"{self.roads[a].name}与{self.roads[b].name}交叉口", point)
            for (a, b), points in self.crossings.items()
            for point in points
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
        place_of: defaultdict[str, list[int]] = defaultdict(list)
        for i, place in enumerate(self.places):
            place_of[name_key(place.name)].append(i)
        metric = self.frame.all_to_metres(
            np.array([(a.lon, a.lat) for a in addresses], dtype=np.float64).reshape(-1, 2)
        )
        for row, (x, y) in zip(addresses, metric.tolist(), strict=True):
            key = name_key(row.owner)
            if row.number is not None and key in road_of:
                self.roads[road_of[key]].numbers.setdefault(row.number, []).append((row.suffix, x, y))
            elif key in place_of:
                places = [self.places[i] for i in place_of[key]]
                place = min(places, key=lambda p: math.hypot(p.x - x, p.y - y))
                if label := row.building or ("" if row.number is None else f"{row.number}号"):
                    place.buildings[label] = (x, y)
                    if place.outline is None:
                        reach = math.hypot(place.x - x, place.y - y)
                        place.radius_m = max(place.radius_m, min(reach, LARGEST_RADIUS_M))
        for road in self.roads:
            road.odd = sorted(n for n in road.numbers if n % 2)
            road.even = sorted(n for n in road.numbers if n % 2 == 0)
        for span, line in zip(ranges, self.frame.geometries([r.geometry for r in ranges]), strict=True):
            number = road_of.get(name_key(span.road))
            if number is not None:
                self.roads[number].ranges.append((span.low, span.high, span.parity, line))


def neighbours(numbers: list[int], number: int) -> tuple[int, int] | None:
    """Give the numbers next below and next above in a sorted list; None at its ends."""
    at = bisect_left(numbers, number)
    return (numbers[at - 1], numbers[at]) if 0 < at < len(numbers) else None


def _middle(rows: GazetteerRows) -> tuple[float, float]:
    geometries = [r.geometry for group in (rows.roads, rows.places, rows.areas) for r in group]
    if not geometries:
        return (rows.addresses[0].lon, rows.addresses[0].lat) if rows.addresses else (0.0, 0.0)
    west, south, east, north = shapely.total_bounds(np.asarray(geometries, dtype=object))
    return float((west + east) / 2), float((south + north) / 2)


def _road_cores(roads: Iterable[Road]) -> dict[str, tuple[Match, ...]]:
    """Index roads by their name without the ending (新乡 → 新乡路), for the speech "新乡与孟津交叉口"."""
    cores: defaultdict[str, list[Match]] = defaultdict(list)
    for i, road in enumerate(roads):
        key = name_key(road.name)
        for ending in sorted(vocabulary.ROAD_SUFFIXES, key=len, reverse=True):
            if key.endswith(ending) and len(key) - len(ending) >= 2:
                entry = Entry(road.name, Kind.ROAD, i, Form.SHORT)
                cores[key[: -len(ending)]].append(Match(entry, FORM_WEIGHT[Form.SHORT], How.WRITTEN))
                break
    return {k: tuple(v) for k, v in cores.items()}


def _synonyms(name: str) -> list[str]:
    for group in vocabulary.PLACE_SUFFIX_SYNONYMS:
        for ending in sorted(group, key=len, reverse=True):
            if name.endswith(ending) and len(name) > len(ending) + 1:
                return [name[: -len(ending)] + other for other in group if other != ending]
    return []


def _short_forms(entries: Sequence[Entry]) -> list[Entry]:
    """Shorten place names their ending, where what remains is no other name and belongs to one place only."""
    cores: defaultdict[str, set[int]] = defaultdict(set)
    taken = {e.name for e in entries}
    for entry in entries:
        if entry.form is Form.NAME:
            for ending in vocabulary.DROPPED_PLACE_SUFFIXES:
                core = entry.name.removesuffix(ending)
                if core != entry.name and len(core) >= 2:
                    cores[core].add(entry.owner)
    return [
        Entry(core, Kind.PLACE, next(iter(owners)), Form.SHORT)
        for core, owners in cores.items()
        if len(owners) == 1
        and core not in taken
        and core not in vocabulary.NOISE
        and core not in vocabulary.CROSSING_WORDS
    ]


def _area_names(name: str) -> list[tuple[str, Form]]:
    """List the names an area goes by: as registered, with the short and long forms of committees and offices."""
    names = [(name, Form.NAME)]
    for ending in ("社区居民委员会", "居民委员会", "村民委员会", "社区居委会"):
        if name.endswith(ending) and len(name) > len(ending) + 1:
            core = name[: -len(ending)]
            village = ending == "村民委员会"
            names += [(core + "村", Form.ALIAS)] if village and not core.endswith("村") else []
            names += [(core, Form.ALIAS)] if core.endswith(("村", "社区")) else []
            names += [] if village else [(core.removesuffix("社区") + "社区", Form.ALIAS)]
            break
    if name.endswith("街道"):
        names += [(name + "办事处", Form.ALIAS), (name + "办", Form.ALIAS)]
    if name.endswith(("镇", "乡")):
        names += [(name + "政府", Form.ALIAS)]
    return names
