"""The road network of the sample district: real names of the town, positions made up.

Paths are given on the street plan (metres; u to the east, v to the north) and bent by `frame.warp`. The town is an
eight by eight grid of blocks between `COLUMNS` and `ROWS`; some of its roads run on through the country.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import shapely

from . import frame

if TYPE_CHECKING:
    from collections.abc import Iterable

COLUMNS = (-1980.0, -1540.0, -1090.0, -640.0, -200.0, 260.0, 700.0, 1150.0, 1620.0)
ROWS = (1900.0, 1440.0, 1000.0, 560.0, 90.0, -360.0, -800.0, -1250.0, -1720.0)
REACH_M = 30.0  # town roads run on past the last crossing, so that bent lines surely meet

PRIMARY, SECONDARY, TERTIARY, STREET = "primary", "secondary", "tertiary", "street"


@dataclass(frozen=True)
class Road:
    """A named road: its centre line in local metres, and where its door numbers begin."""

    name: str
    kind: str
    line: shapely.LineString
    aliases: tuple[str, ...] = ()
    former_names: tuple[str, ...] = ()
    numbered: shapely.LineString | None = None


@dataclass(frozen=True)
class _Plan:
    """One line of the road table; `along` is the fixed coordinate, `reach` the range of the other."""

    name: str
    kind: str
    along: float
    reach: tuple[float, float]
    aliases: tuple[str, ...] = ()
    former_names: tuple[str, ...] = ()


_W, _E, _N, _S = COLUMNS[0] - REACH_M, COLUMNS[-1] + REACH_M, ROWS[0] + REACH_M, ROWS[-1] - REACH_M

WEST_EAST = (
    _Plan("科学大道", PRIMARY, ROWS[0], (-4700, 3700), aliases=("科学大道西段",)),
    _Plan("金华路", SECONDARY, ROWS[1], (_W, _E)),
    _Plan("许昌路", SECONDARY, ROWS[2], (_W, _E)),
    _Plan("济源路", PRIMARY, ROWS[3], (-4700, 3700), aliases=("济源大道",)),
    _Plan("孟津路", SECONDARY, ROWS[4], (_W, _E)),
    _Plan("新安路", PRIMARY, ROWS[5], (-4700, _E), aliases=("新安大街",)),
    _Plan("登封路", SECONDARY, ROWS[6], (_W, _E)),
    _Plan("安阳路", SECONDARY, ROWS[7], (_W, _E)),
    _Plan("工业路", PRIMARY, ROWS[8], (-4700, 3700), former_names=("铝厂路",)),
    _Plan("郑上路", PRIMARY, 3150, (-4700, 3000), aliases=("G310",)),
    _Plan("中原西路", PRIMARY, -2950, (-4700, 3000), aliases=("中原路西段",)),
    _Plan("昆仑路", TERTIARY, -5900, (-3000, 2500)),
)
NORTH_SOUTH = (
    _Plan("通航路", PRIMARY, COLUMNS[0], (5900, -2950), aliases=("通航大道",)),
    _Plan("丹江路", SECONDARY, COLUMNS[1], (_N, _S)),
    _Plan("新乡路", SECONDARY, COLUMNS[2], (_N, _S)),
    _Plan("洛宁路", SECONDARY, COLUMNS[3], (_N, _S)),
    _Plan("中心路", PRIMARY, COLUMNS[4], (5900, -2950), aliases=("中心大道",)),
    _Plan("汝南路", SECONDARY, COLUMNS[5], (_N, _S)),
    _Plan("淮阳路", SECONDARY, COLUMNS[6], (_N, _S)),
    _Plan("龙江路", PRIMARY, COLUMNS[7], (3150, -2950)),
    _Plan("锦江路", SECONDARY, COLUMNS[8], (_N, _S)),
    _Plan("左照路", TERTIARY, -3050, (5200, -3900)),
)
WINDING = {
    "五云山路": (
        TERTIARY,
        ((-200, -2950), (-700, -4300), (-650, -5900), (-250, -7600), (-500, -9600)),
        ("五云路",),
    ),
    "峡窝路": (TERTIARY, ((700, -1720), (760, -2300), (900, -2950), (1100, -4200)), ()),
    "方顶路": (TERTIARY, ((-2600, -7300), (-1400, -7500), (-250, -7600), (1000, -7100), (2200, -7000)), ()),
}


def roads(outline: shapely.Polygon) -> list[Road]:
    """Every road of the table, cut at the district's outline."""
    drawn = [*_straight(WEST_EAST, west_east=True), *_straight(NORTH_SOUTH, west_east=False)]
    drawn += [Road(name, kind, frame.curve(path), aliases) for name, (kind, path, aliases) in WINDING.items()]
    return [
        Road(road.name, road.kind, _within(road.line, outline), road.aliases, road.former_names, road.numbered)
        for road in drawn
    ]


def _straight(plans: Iterable[_Plan], *, west_east: bool) -> list[Road]:
    town = (_W, _E) if west_east else (_N, _S)
    in_town = ROWS if west_east else COLUMNS

    def path(along: float, stops: Iterable[float]) -> shapely.LineString:
        return frame.curve([(at, along) if west_east else (along, at) for at in stops])

    drawn = []
    for plan in plans:
        numbered = path(plan.along, town) if plan.along in in_town else None
        # The town's ends are vertices of the whole road too: both are then drawn through the same points.
        inside = [at for at in town if min(plan.reach) < at < max(plan.reach)] if numbered is not None else []
        stops = sorted({*plan.reach, *inside}, reverse=not west_east)
        drawn.append(Road(plan.name, plan.kind, path(plan.along, stops), plan.aliases, plan.former_names, numbered))
    return drawn


def _within(line: shapely.LineString, outline: shapely.Polygon) -> shapely.LineString:
    """Keep the longest piece of the line inside the outline."""
    pieces = shapely.get_parts(shapely.intersection(line, outline))
    return cast("shapely.LineString", max(pieces, key=shapely.length))
