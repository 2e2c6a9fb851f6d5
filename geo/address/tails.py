"""From an anchor to the place meant: corners, moves along roads, sides of a road, and relations such as 对面.

Sources of the distances: a city crossing's corner lies about 20 m from the middle of a road of 30–40 m; a walked
distance said in words is off by about a tenth.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import shapely

from geo.address.grounds import Ground, ground
from geo.address.place_spots import at_edge

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from geo.address.grammar import Move, Tail
    from geo.address.index import LocatingIndex
    from geo.address.spots import Spot

CORNER_M: Final = 20.0
SIDE_M: Final = 12.0
OPPOSITE_M: Final = 20.0
BEHIND_M: Final = 20.0
# A place farther from every road than this does not face one.
FACES_WITHIN_M: Final = 60.0
# A direction belongs to a road when it is within this angle of it.
ALONG_DEG: Final = 50.0
_LOOK_M: Final = 40.0
_AT_ROAD_M: Final = 45.0
RELATION_ACCURACY_M: Final[dict[str, float]] = {
    "opposite": 25.0,
    "beside": 15.0,
    "near": 30.0,
    "at": 5.0,
    "behind": 20.0,
    "within": 0.0,
}
# 往东 without a distance: as far as one walks before saying so.
HEADING_M: Final = 300.0
# A distance without a direction of up to so much hardly moves the place.
NEAR_ENOUGH_M: Final = 60.0
# The district of an office or a committee where the boundaries do not know it.
DISTRICT_M: Final = 1000.0
_OFFICES: Final = ("办事处", "街道办", "委会", "村委", "居委", "政府", "派出所", "中队", "社区", "所", "局", "村")


def apply_tail(spot: Spot, tail: Tail, index: LocatingIndex) -> Spot:
    """Move a spot as the tail of the address says; a stretch of road stays where it is."""
    if not tail:
        return spot
    if spot.line is not None:
        if tail.moves:
            return replace(spot, score=spot.score * 0.7, reasons=(*spot.reasons, ground("distance_on_stretch")))
        return spot
    if tail.corner_deg is not None:
        spot = _step(spot, tail.corner_deg, CORNER_M, 0.0, ground("corner"))
    for move in tail.moves:
        spot = _moved(spot, move, index)
    if tail.side_deg is not None:
        if spot.outline is not None or (spot.radius_m and not tail.moves and not spot.roads):
            spot = at_edge(spot, tail.side_deg, spot.label, ground("outside_on_side"), beyond_m=10.0)
        else:
            spot = _step(spot, tail.side_deg, SIDE_M, 0.0, ground("side_of_road"))
    if tail.heading_deg is not None:
        reasons = (*spot.reasons, ground("direction_only"))
        spot = replace(spot, accuracy_m=spot.accuracy_m + HEADING_M, reasons=reasons)
    return spot if tail.relation is None else _related(spot, tail.relation, index)


def _moved(spot: Spot, move: Move, index: LocatingIndex) -> Spot:
    """Take one step: along a road that leads that way, else in a straight line."""
    metres = move.distance.metres
    if move.bearing_deg is None:
        reasons = (*spot.reasons, ground("distance_only", metres=round(metres)))
        # Anywhere on a circle: 200 m from a crossing without a direction is not the crossing.
        less = 0.9 if metres <= NEAR_ENOUGH_M else 0.75
        return replace(spot, accuracy_m=spot.accuracy_m + metres, score=spot.score * less, reasons=reasons)
    # A distance said in words is off by about a tenth, and by as much as its words leave open (200多米, 几十米).
    loss = (
        max(0.5 * metres, move.distance.spread_m)
        if move.distance.vague
        else 5.0 + 0.1 * metres + move.distance.spread_m
    )
    along = _along_road(spot, move.bearing_deg, metres, index)
    if along is None:
        return _step(spot, move.bearing_deg, metres, loss, ground("straight", metres=round(metres)))
    x, y = along
    reasons = (*spot.reasons, ground("along_road", metres=round(metres)))
    return replace(spot, x=x, y=y, accuracy_m=spot.accuracy_m + loss, reasons=reasons, radius_m=0.0, outline=None)


def _step(spot: Spot, bearing_deg: float, metres: float, loss_m: float, reason: Ground) -> Spot:
    angle = math.radians(bearing_deg)
    return replace(
        spot,
        x=spot.x + metres * math.sin(angle),
        y=spot.y + metres * math.cos(angle),
        accuracy_m=spot.accuracy_m + loss_m,
        reasons=(*spot.reasons, reason),
        radius_m=0.0,
        outline=None,
    )


def _along_road(spot: Spot, bearing_deg: float, metres: float, index: LocatingIndex) -> tuple[float, float] | None:
    """Walk from a spot on a road along whichever road leads that way; None when none does."""
    point = shapely.points(spot.x, spot.y)
    best: tuple[float, BaseGeometry, float, int] | None = None
    for road in spot.roads:
        for part in index.roads[road].parts:
            if shapely.distance(part, point) > _AT_ROAD_M:
                continue
            at = part.project(point)
            for sign in (1, -1):
                angle = _leads(part, at, sign)
                if angle is None:
                    continue
                # The angle between two bearings, 0 to 180 degrees.
                off = abs((angle - bearing_deg + 180) % 360 - 180)
                if off <= ALONG_DEG and (best is None or off < best[0]):
                    best = (off, part, at, sign)
    if best is None or (bearing_deg % 90 and best[0] > ALONG_DEG / 2):
        return None
    _, part, at, sign = best
    goal = at + sign * metres
    # To the end of the line at most; what is left of the distance goes straight on.
    end = part.interpolate(min(max(goal, 0.0), part.length))
    beyond = max(goal - part.length, -goal, 0.0)
    start = part.interpolate(at)
    # From the middle of the crossing the walk keeps its offset to the drawn line.
    x, y = end.x + (spot.x - start.x), end.y + (spot.y - start.y)
    if beyond:
        angle = math.radians(bearing_deg)
        x, y = x + beyond * math.sin(angle), y + beyond * math.cos(angle)
    return x, y


def _leads(part: BaseGeometry, at: float, sign: int) -> float | None:
    """Return the bearing in degrees in which a line leads from a measure, forwards or backwards; None at its end."""
    ahead = min(max(at + sign * _LOOK_M, 0.0), part.length)
    if abs(ahead - at) < _LOOK_M / 8:
        return None
    here, there = part.interpolate(at), part.interpolate(ahead)
    return math.degrees(math.atan2(there.x - here.x, there.y - here.y)) % 360


def _related(spot: Spot, relation: str, index: LocatingIndex) -> Spot:
    accuracy = spot.accuracy_m + RELATION_ACCURACY_M[relation]
    spot = replace(spot, accuracy_m=accuracy, reasons=(*spot.reasons, ground(f"relation/{relation}")))
    if relation == "within":
        district = spot.radius_m
        if spot.label.endswith(_OFFICES):
            district = max(district, DISTRICT_M)
        return replace(spot, accuracy_m=max(accuracy, district))
    if relation not in {"opposite", "behind"} or len(spot.roads) > 1:
        return spot
    near = index.nearest_road(spot.x, spot.y, max(120.0, 2 * spot.radius_m))
    if near is None:
        return replace(spot, accuracy_m=accuracy + 30.0)
    _, line, distance = near
    # Foot of the perpendicular on the road; (ux, uy) is the unit vector from the spot to it.
    foot = line.interpolate(line.project(shapely.points(spot.x, spot.y)))
    if distance < 1.0:
        return spot
    if relation == "opposite" and distance > spot.radius_m + FACES_WITHIN_M:
        return replace(spot, accuracy_m=accuracy + FACES_WITHIN_M)
    ux, uy = (foot.x - spot.x) / distance, (foot.y - spot.y) / distance
    if relation == "behind":
        reach = max(BEHIND_M, spot.radius_m)
        return replace(spot, x=spot.x - reach * ux, y=spot.y - reach * uy)
    return replace(spot, x=foot.x + OPPOSITE_M * ux, y=foot.y + OPPOSITE_M * uy)
