"""Spots of roads: crossings, door numbers, stretches, parts of a road, the whole of one."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import shapely
from shapely.ops import substring

from geo.address.grounds import Ground, ground
from geo.address.index import neighbours
from geo.address.names import Kind
from geo.address.patterns import Number
from geo.address.spots import NUMBER_ACCURACY_M, Spot, owners, said

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from geo.address.grammar import Anchor
    from geo.address.index import LocatingIndex, Road
    from geo.address.tokens import Token

CROSSING_ACCURACY_M: Final = 20.0
# Two named roads that do not meet are still a crossing in speech when they come this near (a slip road, a bridge head).
NEAR_MISS_M: Final = 80.0
# Between two known numbers farther apart than this nothing is interpolated.
LARGEST_NUMBER_GAP_M: Final = 400.0
# How far a crossing point may lie off the line it was computed from (means of dual carriageways).
OFF_LINE_M: Final = 40.0


def crossing_spots(anchor: Anchor, index: LocatingIndex) -> tuple[list[Spot], list[Ground]]:
    """Return where two roads cross, or nearly meet."""
    first, second = anchor.names
    spots: list[Spot] = []
    unmet: list[Ground] = []
    for a, similar_a, how_a in owners(first, Kind.ROAD):
        for b, similar_b, how_b in owners(second, Kind.ROAD):
            if a == b:
                continue
            road_a, road_b = index.roads[a], index.roads[b]
            label = f"{road_a.name}与{road_b.name}交叉口"
            score = similar_a * similar_b
            points = index.crossings_of(a, b)
            spots += [
                Spot(
                    x,
                    y,
                    CROSSING_ACCURACY_M,
                    score,
                    label,
                    (ground("crossing"), *how_a, *how_b),
                    roads=(a, b),
                )
                for x, y in points
            ]
            if not points and similar_a == 1.0 == similar_b:
                gap = shapely.shortest_line(road_a.line, road_b.line)
                if gap.length <= NEAR_MISS_M:
                    middle = gap.centroid
                    reason = ground("near_miss", metres=round(gap.length))
                    accuracy = CROSSING_ACCURACY_M + gap.length
                    spots.append(Spot(middle.x, middle.y, accuracy, 0.85 * score, label, (reason,), roads=(a, b)))
                else:
                    unmet.append(ground("roads_apart", road=road_a.name, other=road_b.name))
    return spots, (unmet or _unknown_road(first, second)) if not spots else []


def number_spots(anchor: Anchor, index: LocatingIndex) -> tuple[list[Spot], list[Ground]]:
    """Return where a door number of a road is, or would be between those that are known."""
    number = anchor.number
    assert number is not None  # noqa: S101 - the form has one
    spots: list[Spot] = []
    missing: list[Ground] = []
    for owner, similarity, how in owners(anchor.names[0], Kind.ROAD):
        road = index.roads[owner]
        found = _numbered_run(road, number)
        if not found:
            missing.append(ground("no_number", road=road.name, number=number.number))
        for x, y, accuracy, certainty, reason in found:
            label = f"{road.name}{number.number}号"
            spots.append(Spot(x, y, accuracy, similarity * certainty, label, (reason, *how), roads=(owner,)))
    return spots, (missing or _unknown_road(anchor.names[0])) if not spots else []


def _numbered_run(road: Road, number: Number) -> list[tuple[float, float, float, float, Ground]]:
    """Positions of a door number, or the middle of a run of them (126-130号): x, y, accuracy, certainty, reason."""
    first = _numbered(road, number)
    if number.last is None or not first:
        return first
    last = _numbered(road, Number(number.last))
    if not last:
        return first
    (x0, y0, near, sure, _), (x1, y1, far, sure_too, _) = first[0], last[0]
    # Half of the run on either side of its middle.
    accuracy = max(near, far) + math.hypot(x1 - x0, y1 - y0) / 2
    reason = ground("from_to", first=number.number, last=number.last)
    return [((x0 + x1) / 2, (y0 + y1) / 2, accuracy, min(sure, sure_too), reason)]


def _numbered(road: Road, number: Number) -> list[tuple[float, float, float, float, Ground]]:
    """Positions of a door number: x, y, accuracy, certainty, reason."""
    known = road.numbers.get(number.number)
    if known:
        same = [k for k in known if k[0] == number.suffix] or known
        exact = same[0][0] == number.suffix
        reason = ground("address_point") if exact else ground("address_point_of", number=number.number)
        accuracy = NUMBER_ACCURACY_M if exact else 3 * NUMBER_ACCURACY_M
        return [(x, y, accuracy, 1.0 if exact else 0.95, reason) for _, x, y in same]
    found = []
    for low, high, parity, line in road.ranges:
        if low <= number.number <= high and parity in ("all", "odd" if number.number % 2 else "even"):
            # Numbers are taken to be spread evenly over the range; the error grows with its length.
            share = (number.number - low) / (high - low) if high > low else 0.5
            point = line.interpolate(share, normalized=True)
            accuracy = 15.0 + min(60.0, line.length / 8)
            found.append((point.x, point.y, accuracy, 0.95, ground("within_numbers", low=low, high=high)))
    if found:
        return found
    between = neighbours(road.odd if number.number % 2 else road.even, number.number)
    if between is None:
        return []
    low, high = between
    (_, x0, y0), (_, x1, y1) = road.numbers[low][0], road.numbers[high][0]
    gap = math.hypot(x1 - x0, y1 - y0)
    if gap > LARGEST_NUMBER_GAP_M:
        return []
    # Linear between the two known numbers.
    share = (number.number - low) / (high - low)
    reason = ground("between_numbers", low=low, high=high)
    return [(x0 + share * (x1 - x0), y0 + share * (y1 - y0), 15.0 + gap / 5, 0.93, reason)]


def stretch_spots(anchor: Anchor, index: LocatingIndex) -> tuple[list[Spot], list[Ground]]:
    """Return the stretches of a road between its crossings with two others."""
    along, first, second = anchor.names
    spots: list[Spot] = []
    for r, similar, how in owners(along, Kind.ROAD):
        for a, similar_a, how_a in owners(first, Kind.ROAD):
            for b, similar_b, how_b in owners(second, Kind.ROAD):
                road = index.roads[r]
                label = f"{road.name}({index.roads[a].name}至{index.roads[b].name})"
                score = similar * similar_a * similar_b
                for line in _stretches(road, index.crossings_of(r, a), index.crossings_of(r, b)):
                    reasons = (ground("stretch"), *how, *how_a, *how_b)
                    spots.append(_line_spot(line, score, label, reasons, (r,)))
    if not spots:
        unknown = _unknown_road(along, first, second)
        return [], unknown or [ground("not_meeting", road=along.text, first=first.text, second=second.text)]
    return spots, []


def _stretches(road: Road, starts: list[tuple[float, float]], ends: list[tuple[float, float]]) -> list[BaseGeometry]:
    lines: list[BaseGeometry] = []
    for part in road.parts:
        for start in starts:
            for end in ends:
                p, q = shapely.points(*start), shapely.points(*end)
                if shapely.distance(part, p) <= OFF_LINE_M and shapely.distance(part, q) <= OFF_LINE_M:
                    line = substring(shapely.LineString(part.coords), part.project(p), part.project(q))
                    if line.length > 0:
                        lines.append(line)
    return lines


def road_part_spots(anchor: Anchor, index: LocatingIndex) -> tuple[list[Spot], list[Ground]]:
    """Return the third of a road on a side, or its middle third."""
    spots = []
    for owner, similarity, how in owners(anchor.names[0], Kind.ROAD):
        road = index.roads[owner]
        line = _third(road.line, anchor.part)
        if not line.is_empty:
            label = f"{road.name}{said(anchor, 'Q')}"
            spots.append(_line_spot(line, similarity, label, (ground("third_of_road"), *how), (owner,)))
    return spots, _unknown_road(anchor.names[0]) if not spots else []


def _third(line: BaseGeometry, part: str) -> BaseGeometry:
    """Cut the third of a road towards a point of the compass, or its middle third."""
    west, south, east, north = line.bounds
    # Thirds of the bounding box, with a metre to spare; the middle third is that of the longer side.
    w, h = (east - west) / 3, (north - south) / 3
    box = {
        "东": (east - w, south, east, north),
        "西": (west, south, west + w, north),
        "南": (west, south, east, south + h),
        "北": (west, north - h, east, north),
        "中": (west + w, south, east - w, north) if w > h else (west, south + h, east, north - h),
    }[part]
    cut: BaseGeometry = shapely.intersection(line, shapely.box(box[0] - 1, box[1] - 1, box[2] + 1, box[3] + 1))
    return cut


def road_spots(anchor: Anchor, index: LocatingIndex) -> tuple[list[Spot], list[Ground]]:
    """Return the whole road."""
    spots = []
    for owner, similarity, how in owners(anchor.names[0], Kind.ROAD):
        road = index.roads[owner]
        spots.append(_line_spot(road.line, similarity, road.name, (ground("whole_road"), *how), (owner,)))
    return spots, _unknown_road(anchor.names[0]) if not spots else []


def _line_spot(
    line: BaseGeometry, score: float, label: str, reasons: tuple[Ground, ...], roads: tuple[int, ...]
) -> Spot:
    middle = line.interpolate(0.5, normalized=True) if line.geom_type == "LineString" else line.centroid
    west, south, east, north = line.bounds
    reach = max(math.hypot(east - west, north - south) / 2, 10.0)
    return Spot(middle.x, middle.y, reach, score, label, reasons, line=line, roads=roads)


def _unknown_road(*tokens: Token) -> list[Ground]:
    return [ground("no_road", name=t.text) for t in tokens if not owners(t, Kind.ROAD)]
