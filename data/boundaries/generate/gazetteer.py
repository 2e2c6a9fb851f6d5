"""Roads, places and address points that fit the generated network; names of estates, schools and shops are made up."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import shapely

from . import network
from .areas import Area, short_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from random import Random

    from shapely.geometry.base import BaseGeometry

Row = tuple[dict[str, Any], "BaseGeometry"]

NUMBER_STEP_M = 29.0
SETBACK_M = 17.0
CORNER_M = 22.0
BUILDING_GAP_M = 34.0
VILLAGE_HOUSES = 30
WIDTH_M = {network.PRIMARY: 40, network.SECONDARY: 28, network.TERTIARY: 14, network.STREET: 10}
ALWAYS = {("济源路", 126), ("中心路", 60)}
ESTATE_ENDINGS = ("小区", "家园", "花园", "苑", "公寓", "新村")
# (what, official ending, kind): one of them for every few communities, in turn.
SERVICES = (
    ("小学", "school"),
    ("农贸市场", "market"),
    ("社区卫生服务站", "clinic"),
    ("幼儿园", "school"),
    ("便民超市", "shop"),
    ("中学", "school"),
    ("文化广场", "square"),
    ("公交首末站", "bus_station"),
)


def with_streets(
    roads: Sequence[network.Road], lanes: Mapping[str, Sequence[shapely.LineString]], names: Mapping[str, str]
) -> list[network.Road]:
    """Add the streets that communities are called after: the longest lane of 中安街社区 is 中安街."""
    streets = []
    for code, lines in sorted(lanes.items()):
        stem = short_name(names[code]).removesuffix("社区")
        open_lines = [line for line in lines if not line.is_closed]
        if stem.endswith("街") and open_lines:
            line = max(open_lines, key=shapely.length)
            streets.append(network.Road(stem, network.STREET, line, numbered=line))
    return [*roads, *streets]


def road_rows(roads: Sequence[network.Road]) -> list[Row]:
    """One line a road."""
    return [
        (
            {
                "name": road.name,
                "class": road.kind,
                "aliases": list(road.aliases),
                "former_names": list(road.former_names),
                "width_m": WIDTH_M[road.kind],
            },
            road.line,
        )
        for road in roads
    ]


def number_rows(roads: Sequence[network.Road], communities: Sequence[Area], random: Random) -> list[Row]:
    """Door numbers along the town's roads: odd to the left of the way they run (W→E, N→S), even to the right."""
    tree = shapely.STRtree([area.polygon for area in communities])
    rows: list[Row] = []
    for road in roads:
        line = road.numbered
        if line is None:
            continue
        others = shapely.union_all([other.line for other in roads if other is not road])
        for pair in range(int(line.length / NUMBER_STEP_M)):
            for number, side in ((2 * pair + 1, 1), (2 * pair + 2, -1)):
                point = _beside(line, (pair + 0.5) * NUMBER_STEP_M + random.uniform(-5, 5), side)
                kept = random.random() < 0.82 or (road.name, number) in ALWAYS
                found = tree.query(point, predicate="within")
                if not kept or not len(found) or others.distance(point) < CORNER_M - 8:
                    continue
                community = communities[int(found[0])]
                rows.append((_address(f"{road.name}{number}号", community, road=road.name, number=number), point))
    return rows


def place_rows(areas: Sequence[Area], random: Random) -> tuple[list[Row], list[Row]]:
    """Places (committees, villages, estates, services) and the estates' buildings as address points."""
    communities = [area for area in areas if area.level == "community"]
    grids: dict[str, list[Area]] = {}
    for area in areas:
        if area.level == "grid":
            grids.setdefault(area.parent_code or "", []).append(area)
    places: list[Row] = [_office(area) for area in areas if area.level in ("district", "street")]
    buildings: list[Row] = []
    for order, community in enumerate(communities):
        stem = short_name(community.name)
        cells = grids[community.code]
        if stem.endswith("村"):
            centre = _inside(cells[len(cells) // 2], random)
            places += _village(community, stem, centre, random)
            buildings += _houses(community, stem, centre, random)
        else:
            places.append(_committee(community, stem, _inside(cells[0], random)))
            estates = _estates(stem.removesuffix("社区"), min(len(cells), 3), order)
            for name, cell in zip(estates, cells[1:] + cells[:1], strict=False):
                row, houses = _estate(name, community, cell, random)
                places.append(row)
                buildings += houses
        what, kind = SERVICES[order % len(SERVICES)]
        name = stem.removesuffix("社区").removesuffix("街") + what
        places.append((_place(name, kind, community), _inside(cells[-1], random)))
    return places, buildings


def _office(area: Area) -> Row:
    """Street offices and the operations centre stand at the middle of what they look after."""
    return _place(area.unit_name, "government", area), shapely.point_on_surface(area.polygon)


def _village(community: Area, stem: str, centre: shapely.Point, random: Random) -> list[Row]:
    square = shapely.Point(centre.x + random.uniform(60, 120), centre.y + random.uniform(-60, 60))
    rows = [(_place(stem, "village", community), centre), _committee(community, stem, square)]
    rows.append((_place(f"{stem}文化大院", "square", community), shapely.Point(square.x - 35, square.y + 40)))
    return rows


def _houses(community: Area, stem: str, centre: shapely.Point, random: Random) -> list[Row]:
    """House numbers of a village, in rings around its middle."""
    x, y = centre.x, centre.y
    rows: list[Row] = []
    for number in range(1, VILLAGE_HOUSES + 1):
        angle, reach = number * 2.4, 26.0 * math.sqrt(number) + random.uniform(-6, 6)
        spot = shapely.Point(x + reach * math.cos(angle), y + reach * math.sin(angle))
        if community.polygon.contains(spot):
            rows.append((_address(f"{stem}{number}号", community, estate=stem, number=number), spot))
    return rows


def _committee(community: Area, stem: str, point: shapely.Point) -> Row:
    village = stem.endswith("村")
    short = f"{stem}委会" if village else f"{stem}居委会"
    kind = "village_committee" if village else "community_committee"
    return _place(short, kind, community, aliases=[community.name, f"{stem}党群服务中心"]), point


def _estates(stem: str, count: int, order: int) -> list[str]:
    """`鸿园` → 鸿园小区, 鸿园家园 …; the first always ends in 小区, except where the name is an estate's already."""
    if stem.endswith("小镇"):
        return [stem, f"{stem}二期"][:count]
    base = stem.removesuffix("街").removesuffix("路")
    return [f"{base}{ESTATE_ENDINGS[0 if at == 0 else 1 + (order + at) % 5]}" for at in range(count)]


def _estate(name: str, community: Area, cell: Area, random: Random) -> tuple[Row, list[Row]]:
    """Draw an estate in a grid: rows of buildings, numbered from the north-west."""
    centre = _inside(cell, random)
    wanted = random.randint(6, 14)
    spots = [
        shapely.Point(centre.x + (column - 1.5) * 2 * BUILDING_GAP_M, centre.y + (1.5 - row) * BUILDING_GAP_M)
        for row in range(4)
        for column in range(4)
    ]
    core = cell.polygon.buffer(-25)
    houses: list[Row] = [
        (_address(f"{name}{number}号楼", community, estate=name, building=number), spot)
        for number, spot in enumerate([spot for spot in spots if core.covers(spot)][:wanted], start=1)
    ]
    return (_place(name, "estate", community), centre), houses


def _inside(area: Area, random: Random) -> shapely.Point:
    """Pick a point well inside the area, near its pole."""
    circle = shapely.maximum_inscribed_circle(area.polygon, tolerance=5)
    centre, radius = shapely.get_point(circle, 0), circle.length
    angle, reach = random.uniform(0, 2 * math.pi), random.uniform(0, 0.25) * radius
    return shapely.Point(centre.x + reach * math.cos(angle), centre.y + reach * math.sin(angle))


def _beside(line: shapely.LineString, along_m: float, side: int) -> shapely.Point:
    """Step `SETBACK_M` to the left (1) or right (-1) of the line."""
    here, ahead = line.interpolate(along_m), line.interpolate(along_m + 1)
    length = math.hypot(ahead.x - here.x, ahead.y - here.y) or 1.0
    return shapely.Point(
        here.x - side * SETBACK_M * (ahead.y - here.y) / length,
        here.y + side * SETBACK_M * (ahead.x - here.x) / length,
    )


def _place(name: str, kind: str, area: Area, aliases: Sequence[str] = ()) -> dict[str, Any]:
    return {"name": name, "kind": kind, "aliases": list(aliases), "area_code": area.code}


def _address(full: str, area: Area, **parts: str | int) -> dict[str, Any]:
    blank: dict[str, Any] = {"road": None, "number": None, "estate": None, "building": None}
    return {"full": full} | blank | parts | {"area_code": area.code}
