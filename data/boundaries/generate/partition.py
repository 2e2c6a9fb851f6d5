"""The district cut into communities and grids, all borders taken from one noded set of lines.

Town communities are groups of blocks between named roads (`TOWN`); country communities are made by cutting what
the country roads leave. Every community is then cut into grids. Outline, roads and cuts are noded together and
polygonised, and areas of the coarser levels are unions of those faces: the coverage is exact by construction.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.optimize import linear_sum_assignment

from . import frame, network, splitting

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from random import Random

    from shapely.geometry.base import BaseGeometry

# A row of blocks a line, north first; letters are streets, digits the community in it.
TOWN = """
    J01 J01 J02 J03 J03 J04 J04 J05
    J06 J06 J02 J07 J08 J08 J09 J05
    X01 X02 X02 J07 J10 J10 J09 J11
    X01 X04 X04 Z01 Z01 Z02 Z03 Z03
    X05 X04 X04 Z04 Z05 Z02 Z06 Z06
    X05 X03 X03 Z04 Z05 Z07 Z08 Z09
    G01 G02 G02 Z10 Z11 Z11 Z08 Z09
    G01 G03 G03 Z10 Z12 Z13 Z13 Z14
"""
STREETS = {"J": "410106001", "Z": "410106002", "X": "410106003", "G": "410106004"}
CROSSING = (network.COLUMNS[2], network.ROWS[4])  # 新乡路 × 孟津路
CROSSING_HALF_M = 165.0

# Where a country community is looked for, on the street plan; names go to the nearest pieces.
COUNTRY: Mapping[str, tuple[float, float]] = {
    "410106005001": (300, -7900),
    "410106100001": (1900, -500),
    "410106100002": (1900, -1300),
    "410106100003": (2100, 1200),
    "410106100004": (900, -2100),
    "410106100005": (1500, -2300),
    "410106100006": (-300, -2300),
    "410106100007": (-2500, -600),
    "410106100201": (-2500, -2300),
    "410106100202": (-3500, -1000),
    "410106100203": (-3500, 400),
    "410106100204": (-2500, 200),
    "410106100205": (-900, -4200),
    "410106100206": (-1100, -5300),
    "410106100207": (-1400, -8000),
    "410106100208": (300, -6400),
    "410106100209": (600, -7500),
    "410106100210": (-3500, -3000),
    "410106100211": (-1500, -3600),
    "410106100212": (700, 2500),
    "410106100213": (-900, -6600),
    "410106100214": (0, -5200),
    "410106100215": (-1500, -2400),
    "410106100216": (900, -3300),
    "410106100217": (-2500, 2500),
    "410106100218": (-3500, 1500),
    "410106100219": (-1100, 3800),
    "410106100220": (-2500, 3900),
    "410106100221": (-3500, 3700),
    "410106100222": (-1100, 2500),
    "410106100400": (1500, 2700),
}
COUNTRY_GRIDS = {"410106100207": 5, "410106005001": 5, "410106100400": 5} | {
    f"41010610000{number}": 5 for number in range(1, 8)
}
SMALLEST_COUNTRY_M2 = 650_000.0


@dataclass
class Partition:
    """Grid faces by community code, and the lanes that part them."""

    grids: dict[str, list[shapely.Polygon]] = field(default_factory=dict)
    lanes: dict[str, list[shapely.LineString]] = field(default_factory=dict)


def partition(outline: shapely.Polygon, roads: Sequence[network.Road], random: Random) -> Partition:
    """Cut the district; the answer's polygons share every vertex of their borders."""
    blocks = _town_blocks(roads)
    town = shapely.union_all(list(blocks.values()))
    leaves: dict[str, list[shapely.Polygon]] = {}
    lanes: dict[str, list[shapely.LineString]] = {}
    town_lines: list[shapely.LineString] = []
    for code, places in _town_communities().items():
        if (2, 4) in places and len(places) == 4:
            pieces, cuts, corners = _around_crossing([blocks[place] for place in places], random)
            borders = corners
        else:
            pieces, cuts, borders = [], [], [blocks[place].exterior for place in places]
            for place in places:
                cut, lines = splitting.split(blocks[place], 4 if len(places) == 1 else 3, random, splitting.LANE)
                pieces += cut
                cuts += lines
        leaves[code], lanes[code] = pieces, cuts
        town_lines += [*cuts, *borders]

    country, country_lines = _country(outline, frame.polygon(town), roads, random)
    for code, polygon in country.items():
        pieces, cuts = splitting.split(polygon, COUNTRY_GRIDS.get(code, 4), random, splitting.COUNTRY)
        leaves[code], lanes[code] = pieces, cuts
        country_lines += cuts
    faces = _faces([outline.exterior, *town_lines, *country_lines])
    return Partition(_faces_of(leaves, faces), lanes)


def _town_communities() -> dict[str, list[tuple[int, int]]]:
    """Community code to its blocks as (column, row)."""
    communities: dict[str, list[tuple[int, int]]] = {}
    for row, line in enumerate(TOWN.split("\n")[1:-1]):
        for column, label in enumerate(line.split()):
            communities.setdefault(f"{STREETS[label[0]]}0{label[1:]}", []).append((column, row))
    return dict(sorted(communities.items()))


def _between_blocks(roads: Sequence[network.Road]) -> BaseGeometry:
    numbered = [road.numbered for road in roads if road.numbered is not None]
    return shapely.union_all(numbered, grid_size=frame.GRID_M)


def _town_blocks(roads: Sequence[network.Road]) -> dict[tuple[int, int], shapely.Polygon]:
    faces = _faces([_between_blocks(roads)])
    tree = shapely.STRtree(faces)
    blocks = {}
    for column, (west, east) in enumerate(zip(network.COLUMNS, network.COLUMNS[1:], strict=False)):
        for row, (north, south) in enumerate(zip(network.ROWS, network.ROWS[1:], strict=False)):
            middle = shapely.Point(frame.warp(np.array([[(west + east) / 2, (north + south) / 2]]))[0])
            (found,) = tree.query(middle, predicate="within")
            blocks[column, row] = faces[found]
    return blocks


def _around_crossing(
    blocks: Sequence[shapely.Polygon], random: Random
) -> tuple[list[shapely.Polygon], list[shapely.LineString], list[shapely.LineString]]:
    """One grid around the crossing, so that a report there has one answer, and two in each corner left."""
    u, v = CROSSING
    half = CROSSING_HALF_M
    square = [
        (u - half, v - half),
        (u + half, v - half),
        (u + half, v + half),
        (u - half, v + half),
        (u - half, v - half),
    ]
    ring = frame.curve(square)
    centre = shapely.Polygon(ring)
    pieces, lines, borders = [centre], [ring], [ring]
    for block in blocks:
        corner = frame.polygon(shapely.difference(block, centre, grid_size=frame.GRID_M))
        cut, cuts = splitting.split(corner, 2, random, splitting.LANE)
        pieces += cut
        lines += cuts
        borders.append(corner.exterior)
    return pieces, lines, borders


def _country(
    outline: shapely.Polygon, town: shapely.Polygon, roads: Sequence[network.Road], random: Random
) -> tuple[dict[str, shapely.Polygon], list[BaseGeometry]]:
    """Cut the land around the town into as many pieces as `COUNTRY` names, and name them."""
    land = shapely.difference(outline, town, grid_size=frame.GRID_M)
    faces = [
        face
        for face in _faces([land.boundary, *(road.line for road in roads)])
        if land.covers(face.representative_point())
    ]
    faces = _merged(faces)
    counts = _shares([face.area for face in faces], len(COUNTRY))
    pieces: list[shapely.Polygon] = []
    lines: list[BaseGeometry] = [face.exterior for face in faces]
    for face, count in zip(faces, counts, strict=True):
        cut, cuts = splitting.split(face, count, random, splitting.COUNTRY)
        pieces += cut
        lines += cuts
    codes = list(COUNTRY)
    wanted = frame.warp(np.array([COUNTRY[code] for code in codes]))
    found = shapely.get_coordinates(shapely.centroid(pieces))
    distance = np.hypot(*(wanted[:, None] - found[None]).transpose(2, 0, 1))
    named = zip(*linear_sum_assignment(distance**2), strict=True)
    return {codes[code]: pieces[piece] for code, piece in named}, lines


def _merged(faces: list[shapely.Polygon]) -> list[shapely.Polygon]:
    """Join each face too small for a community to the neighbour it shares most border with."""
    faces = sorted(faces, key=lambda face: face.area)
    while faces[0].area < SMALLEST_COUNTRY_M2:
        smallest, *others = faces
        shared = [shapely.intersection(smallest, other, grid_size=frame.GRID_M).length for other in others]
        best = int(np.argmax(shared))
        union = frame.polygon(shapely.union(smallest, others[best], grid_size=frame.GRID_M))
        faces = sorted([*others[:best], union, *others[best + 1 :]], key=lambda face: face.area)
    return faces


def _shares(areas: Sequence[float], total: int) -> list[int]:
    """At least one each, the rest where a piece would be largest."""
    counts = [1] * len(areas)
    for _ in range(total - len(areas)):
        counts[int(np.argmax([area / count for area, count in zip(areas, counts, strict=True)]))] += 1
    return counts


def _faces(lines: Sequence[BaseGeometry]) -> list[shapely.Polygon]:
    noded = shapely.union_all(lines, grid_size=frame.GRID_M)
    return list(shapely.get_parts(shapely.polygonize([noded])))


def _faces_of(
    leaves: Mapping[str, Sequence[shapely.Polygon]], faces: Sequence[shapely.Polygon]
) -> dict[str, list[shapely.Polygon]]:
    """Sort the noded faces into the leaves they make up; exactly one face a leaf."""
    owners = [(code, leaf) for code, group in leaves.items() for leaf in group]
    tree = shapely.STRtree([leaf for _, leaf in owners])
    sorted_faces: dict[str, list[shapely.Polygon]] = {code: [] for code in leaves}
    for face in faces:
        (owner,) = tree.query(face.representative_point(), predicate="within")
        sorted_faces[owners[owner][0]].append(face)
    wrong = {code: len(group) for code, group in sorted_faces.items() if len(group) != len(leaves[code])}
    if wrong or len(faces) != len(owners):
        message = f"{len(faces)} faces for {len(owners)} grids: {wrong}"
        raise ValueError(message)
    return sorted_faces
