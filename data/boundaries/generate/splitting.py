"""Cutting a polygon into pieces of about equal size by lines across it.

The pieces are only scaffolding: the cutting lines are what counts. They are noded together with the roads in one
pass at the end (`partition`), so that neighbours share their vertices exactly.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import shapely

from . import frame

if TYPE_CHECKING:
    from random import Random

SPACING_M = 60.0
TRIES = 40
OVERSHOOT_M = 0.4


@dataclass(frozen=True)
class Wiggle:
    """How far a cutting line strays, as a share of its length and at most in metres."""

    share: float
    limit_m: float


LANE = Wiggle(0.012, 5.0)
COUNTRY = Wiggle(0.085, 75.0)


def split(
    polygon: shapely.Polygon, parts: int, random: Random, wiggle: Wiggle
) -> tuple[list[shapely.Polygon], list[shapely.LineString]]:
    """Cut into `parts` pieces; returns the pieces and the lines that cut them."""
    if parts == 1:
        return [polygon], []
    smaller = parts // 2
    share = smaller / parts + random.uniform(-0.05, 0.05)
    first, second, line = _halve(polygon, share, random, wiggle)
    left, left_lines = split(first, smaller, random, wiggle)
    right, right_lines = split(second, parts - smaller, random, wiggle)
    return left + right, [line, *left_lines, *right_lines]


def _halve(
    polygon: shapely.Polygon, share: float, random: Random, wiggle: Wiggle
) -> tuple[shapely.Polygon, shapely.Polygon, shapely.LineString]:
    axis = _long_axis(polygon)
    for attempt in range(TRIES):
        angle = axis + (attempt // 2) * 0.16 * (-1) ** attempt + random.uniform(-0.04, 0.04)
        cut = _across(polygon, angle, share)
        if cut is None:
            continue
        for calmer in (1.0, 0.5, 0.2, 0.0):
            line = _wiggled(cut, Wiggle(wiggle.share * calmer, wiggle.limit_m * calmer), random)
            pieces = _pieces(polygon, line)
            if len(pieces) == 2:
                near, far = sorted(pieces, key=lambda piece: abs(piece.area / polygon.area - share))
                return near, far, _overshoot(line)
    message = f"no line cuts this polygon in two: {polygon.wkt[:80]}"
    raise ValueError(message)


def _long_axis(polygon: shapely.Polygon) -> float:
    """Direction of the longer side of the smallest rectangle around the polygon, in radians."""
    corners = shapely.get_coordinates(shapely.minimum_rotated_rectangle(polygon))
    sides = np.diff(corners[:3], axis=0)
    longer = sides[int(np.argmax(np.hypot(sides[:, 0], sides[:, 1])))]
    return math.atan2(longer[1], longer[0])


def _across(polygon: shapely.Polygon, angle: float, share: float) -> shapely.LineString | None:
    """Lay a line at right angles to `angle` with `share` of the area behind it; None where it meets twice."""
    forward = np.array([math.cos(angle), math.sin(angle)])
    sideways = np.array([-forward[1], forward[0]])
    points = shapely.get_coordinates(polygon)
    along, beside = points @ forward, points @ sideways
    low, high = float(along.min()), float(along.max())
    start, left, right = low - 1, float(beside.min()) - 1, float(beside.max()) + 1

    def corner(forward_m: float, sideways_m: float) -> tuple[float, float]:
        x, y = forward * forward_m + sideways * sideways_m
        return float(x), float(y)

    for _ in range(40):
        middle = (low + high) / 2
        behind = shapely.Polygon(
            [corner(start, left), corner(middle, left), corner(middle, right), corner(start, right)]
        )
        if polygon.intersection(behind).area < share * polygon.area:
            low = middle
        else:
            high = middle
    inside = shapely.intersection(shapely.LineString([corner(low, left), corner(low, right)]), polygon)
    return inside if isinstance(inside, shapely.LineString) and inside.length > 0 else None


def _wiggled(line: shapely.LineString, wiggle: Wiggle, random: Random) -> shapely.LineString:
    """Displace midpoints again and again, halving the range each time; the ends stay."""
    points = list(line.coords)
    reach = min(wiggle.share * line.length, wiggle.limit_m)
    rounds = max(0, math.ceil(math.log2(line.length / SPACING_M))) if reach else 0
    for _ in range(rounds):
        finer = [points[0]]
        for (x1, y1), (x2, y2) in pairwise(points):
            length = math.hypot(x2 - x1, y2 - y1)
            stray = random.uniform(-reach, reach)
            finer += [
                ((x1 + x2) / 2 - (y2 - y1) / length * stray, (y1 + y2) / 2 + (x2 - x1) / length * stray),
                (x2, y2),
            ]
        points = finer
        reach *= 0.55
    return shapely.LineString(points)


def _overshoot(line: shapely.LineString) -> shapely.LineString:
    """Run both ends on by `OVERSHOOT_M`: noding moves borders by millimetres, and the ends must still reach them."""
    (x0, y0), (x1, y1), *_ = line.coords
    *_, (x2, y2), (x3, y3) = line.coords
    first, last = math.hypot(x1 - x0, y1 - y0), math.hypot(x3 - x2, y3 - y2)
    start = (x0 - (x1 - x0) / first * OVERSHOOT_M, y0 - (y1 - y0) / first * OVERSHOOT_M)
    end = (x3 + (x3 - x2) / last * OVERSHOOT_M, y3 + (y3 - y2) / last * OVERSHOOT_M)
    return shapely.LineString([start, *line.coords[1:-1], end])


def _pieces(polygon: shapely.Polygon, line: shapely.LineString) -> list[shapely.Polygon]:
    if not polygon.buffer(0.05).covers(line):
        return []
    lines = shapely.union(polygon.boundary, line, grid_size=frame.GRID_M)
    faces = shapely.get_parts(shapely.polygonize([lines]))
    return [face for face in faces if polygon.buffer(0.05).covers(face.representative_point())]
