"""A second layer over the same ground: sanitation zones, whose borders ignore streets and communities.

Zones grow from far-apart seed grids over neighbouring grids, sections from far-apart zones; codes follow no rule.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from . import frame
from .areas import Area

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

ZONES = 21
SECTIONS = ("东片区", "西片区", "南片区")


def build(grids: Sequence[Area]) -> list[Area]:
    """Sections, then the zones in them; a coverage of the same district."""
    zone_of = _grow([grid.polygon for grid in grids], ZONES)
    polygons = [_union(grids, zone_of == zone) for zone in range(ZONES)]
    households = [sum(grids[at].households for at in np.flatnonzero(zone_of == zone).tolist()) for zone in range(ZONES)]
    section_of = _grow(polygons, len(SECTIONS))
    named = _by_compass(polygons, section_of)
    sections, zones = [], []
    for letter, name in zip("ABC", SECTIONS, strict=True):
        members = sorted(np.flatnonzero(section_of == named[name]).tolist(), key=lambda at: polygons[at].centroid.x)
        unit = {"unit_code": f"HW-{letter}", "unit_name": f"上街区环境卫生服务中心{name}作业队"}
        sections.append(
            Area(
                level="section",
                code=f"HW-{letter}",
                name=f"环卫{name}",
                parent_code=None,
                households=sum(households[at] for at in members),
                polygon=frame.polygon(shapely.coverage_union_all([polygons[at] for at in members])),
                **unit,
            )
        )
        zones += [
            Area(
                level="zone",
                code=f"HW-{letter}-{number:02d}",
                name=f"环卫{name}第{number:02d}责任区",
                parent_code=f"HW-{letter}",
                households=households[at],
                polygon=polygons[at],
                **unit,
            )
            for number, at in enumerate(members, start=1)
        ]
    return [*sections, *zones]


def _union(grids: Sequence[Area], chosen: NDArray[np.bool_]) -> shapely.Polygon:
    return frame.polygon(shapely.coverage_union_all([grids[int(at)].polygon for at in np.flatnonzero(chosen)]))


def _grow(polygons: Sequence[shapely.Polygon], count: int) -> NDArray[np.intp]:
    """Give each polygon to the nearest of `count` seeds, walking over shared borders, so that groups hang together."""
    centres = shapely.get_coordinates(shapely.centroid(polygons))
    ours, theirs = shapely.STRtree(polygons).query(polygons, predicate="touches")
    parts = np.asarray(polygons, dtype=object)
    beside = shapely.length(shapely.intersection(parts[ours], parts[theirs])) > 1
    ours, theirs = ours[beside], theirs[beside]
    steps = np.hypot(*(centres[ours] - centres[theirs]).T)
    graph = coo_array((steps, (ours, theirs)), shape=(len(polygons), len(polygons))).tocsr()
    seeds = [int(np.argmin(centres[:, 0]))]
    distance = dijkstra(graph, indices=seeds)
    for _ in range(count - 1):
        seeds.append(int(np.argmax(distance.min(axis=0))))
        distance = np.vstack([distance, dijkstra(graph, indices=[seeds[-1]])])
    return np.asarray(distance.argmin(axis=0), dtype=np.intp)


def _by_compass(polygons: Sequence[shapely.Polygon], section_of: NDArray[np.intp]) -> dict[str, int]:
    """Which group is the southern one, and of the rest the eastern and the western one."""
    centre = [
        shapely.centroid(shapely.union_all([polygons[at] for at in np.flatnonzero(section_of == group).tolist()]))
        for group in range(3)
    ]
    south = min(range(3), key=lambda group: centre[group].y)
    west, east = sorted((group for group in range(3) if group != south), key=lambda group: centre[group].x)
    return {"东片区": east, "西片区": west, "南片区": south}
