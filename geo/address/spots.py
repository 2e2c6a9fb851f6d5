"""Spots: where an anchor of an address may be, one function a kind of anchor.

A spot is a point of the index's frame with an accuracy (radius in metres within which the place is expected) and a
score 0..1 that says how well the words fit, before the rest of the address is weighed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import shapely
from shapely.ops import substring

from geo.address.grammar import Anchor, AnchorKind
from geo.address.index import neighbours
from geo.address.names import Kind
from geo.address.patterns import Number

if TYPE_CHECKING:
    from collections.abc import Callable

    from shapely.geometry.base import BaseGeometry

    from geo.address.index import LocatingIndex, Place, Road
    from geo.address.tokens import Token

CROSSING_ACCURACY_M: Final = 20.0
NUMBER_ACCURACY_M: Final = 10.0
# Two named roads that do not meet are still a crossing in speech when they come this near (a slip road, a bridge head).
NEAR_MISS_M: Final = 80.0
# Between two known numbers farther apart than this nothing is interpolated.
LARGEST_NUMBER_GAP_M: Final = 400.0
# How far a crossing point may lie off the line it was computed from (means of dual carriageways).
OFF_LINE_M: Final = 40.0
BUILDING_UNKNOWN_ACCURACY_M: Final = 30.0
# A building reaches this far from its middle: what lies behind or opposite it is not behind or opposite the estate.
BUILDING_RADIUS_M: Final = 15.0
# In an estate that is larger than this, a building that is not among its recorded ones may be anywhere.
LARGEST_FOR_UNKNOWN_BUILDING_M: Final = 60.0


@dataclass(frozen=True, slots=True)
class Spot:
    """A possible position of an anchor, metres of the frame; ``line`` when a stretch is meant, not a point."""

    x: float
    y: float
    accuracy_m: float
    score: float
    label: str
    reasons: tuple[str, ...] = ()
    line: BaseGeometry | None = None
    radius_m: float = 0.0
    roads: tuple[int, ...] = ()
    outline: BaseGeometry | None = None


def spots_of(anchor: Anchor, index: LocatingIndex) -> tuple[list[Spot], list[str]]:
    """Give the spots of one anchor, and what stands in the way where there are none."""
    return _BY_KIND[anchor.kind](anchor, index)


def owners(token: Token, kind: Kind) -> list[tuple[int, float, str]]:
    """List the roads, places or areas a token may name: number, similarity, and how it was found."""
    best: dict[int, tuple[float, str]] = {}
    for match in token.matches:
        entry = match.entry
        if entry.kind is not kind:
            continue
        how = "" if match.how.value == "as written" else f"{token.text}→{entry.name} ({match.how.value})"
        if entry.form.value != "name":
            how = (how + "; " if how else "") + f"{entry.name} is a {entry.form.value}"
        if match.similarity > best.get(entry.owner, (0.0, ""))[0]:
            best[entry.owner] = (match.similarity, how)
    return [(owner, similarity, how) for owner, (similarity, how) in best.items()]


def _reasons(*parts: str) -> tuple[str, ...]:
    return tuple(p for p in parts if p)


def _unknown_road(*tokens: Token) -> list[str]:
    return [f"no road named {t.text}" for t in tokens if not owners(t, Kind.ROAD)]


def _crossing(anchor: Anchor, index: LocatingIndex) -> tuple[list[Spot], list[str]]:
    first, second = anchor.names
    spots: list[Spot] = []
    unmet: list[str] = []
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
                    _reasons("crossing of the two roads", how_a, how_b),
                    roads=(a, b),
                )
                for x, y in points
            ]
            if not points and similar_a == 1.0 == similar_b:
                gap = shapely.shortest_line(road_a.line, road_b.line)
                if gap.length <= NEAR_MISS_M:
                    middle = gap.centroid
                    reason = f"the roads come within {gap.length:.0f} m of each other"
                    accuracy = CROSSING_ACCURACY_M + gap.length
                    spots.append(Spot(middle.x, middle.y, accuracy, 0.85 * score, label, (reason,), roads=(a, b)))
                else:
                    unmet.append(f"{road_a.name} and {road_b.name} do not meet")
    return spots, (unmet or _unknown_road(first, second)) if not spots else []


def _number(anchor: Anchor, index: LocatingIndex) -> tuple[list[Spot], list[str]]:
    number = anchor.number
    assert number is not None  # noqa: S101 - the form has one
    spots: list[Spot] = []
    missing: list[str] = []
    for owner, similarity, how in owners(anchor.names[0], Kind.ROAD):
        road = index.roads[owner]
        found = _numbered_run(road, number)
        if not found:
            missing.append(f"{road.name} has no number {number.number} nor numbers around it")
        for x, y, accuracy, certainty, reason in found:
            label = f"{road.name}{number.number}号"
            spots.append(Spot(x, y, accuracy, similarity * certainty, label, _reasons(reason, how), roads=(owner,)))
    return spots, (missing or _unknown_road(anchor.names[0])) if not spots else []


def _numbered_run(road: Road, number: Number) -> list[tuple[float, float, float, float, str]]:
    """Positions of a door number, or the middle of a run of them (126-130号): x, y, accuracy, certainty, reason."""
    first = _numbered(road, number)
    if number.last is None or not first:
        return first
    last = _numbered(road, Number(number.last))
    if not last:
        return first
    (x0, y0, near, sure, _), (x1, y1, far, sure_too, _) = first[0], last[0]
    accuracy = max(near, far) + math.hypot(x1 - x0, y1 - y0) / 2
    reason = f"from number {number.number} to number {number.last}"
    return [((x0 + x1) / 2, (y0 + y1) / 2, accuracy, min(sure, sure_too), reason)]


def _numbered(road: Road, number: Number) -> list[tuple[float, float, float, float, str]]:
    """Positions of a door number: x, y, accuracy, certainty, reason."""
    known = road.numbers.get(number.number)
    if known:
        same = [k for k in known if k[0] == number.suffix] or known
        exact = same[0][0] == number.suffix
        reason = "address point" if exact else f"address point of number {number.number}"
        accuracy = NUMBER_ACCURACY_M if exact else 3 * NUMBER_ACCURACY_M
        return [(x, y, accuracy, 1.0 if exact else 0.95, reason) for _, x, y in same]
    found = []
    for low, high, parity, line in road.ranges:
        if low <= number.number <= high and parity in ("all", "odd" if number.number % 2 else "even"):
            share = (number.number - low) / (high - low) if high > low else 0.5
            point = line.interpolate(share, normalized=True)
            accuracy = 15.0 + min(60.0, line.length / 8)
            found.append((point.x, point.y, accuracy, 0.95, f"within the numbers {low}–{high}"))
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
    share = (number.number - low) / (high - low)
    reason = f"between number {low} and number {high}"
    return [(x0 + share * (x1 - x0), y0 + share * (y1 - y0), 15.0 + gap / 5, 0.93, reason)]


def _place(anchor: Anchor, index: LocatingIndex) -> tuple[list[Spot], list[str]]:
    token = anchor.names[0]
    spots = []
    for owner, similarity, how in owners(token, Kind.PLACE):
        place = index.places[owner]
        # A village's mark on the map stands for all its land: a name alone is no more exact than that.
        land_m = 0.0 if anchor.building or anchor.gate is not None else index.land_radius_m(place)
        spot = Spot(
            place.x,
            place.y,
            max(10.0, place.radius_m, land_m),
            similarity,
            place.name,
            _reasons("place of this name", how) if land_m <= place.radius_m else ("the whole area of this name",),
            radius_m=place.radius_m,
            outline=place.outline,
        )
        if anchor.building:
            spot = _in_building(spot, place, anchor.building)
        elif isinstance(anchor.gate, float):
            spot = at_edge(spot, anchor.gate, f"{place.name}{_said(anchor, 'G')}", "gate on that side")
        spots.append(spot)
    if not spots and token.role == "V":
        return _area(anchor, index)
    return spots, [f"no place named {token.text}"] if not spots else []


def _said(anchor: Anchor, role: str) -> str:
    return "".join(t.text for t in anchor.tokens if t.role == role)


def _in_building(spot: Spot, place: Place, building: str) -> Spot:
    figure = building.removesuffix("楼").removesuffix("院").removesuffix("号")
    spellings = (building, f"{figure}号楼", f"{figure}号", figure)
    known = next((s for s in spellings if s in place.buildings), None)
    if known:
        x, y = place.buildings[known]
        label = place.name + known
        return replace(
            spot,
            x=x,
            y=y,
            accuracy_m=NUMBER_ACCURACY_M,
            label=label,
            reasons=("building of the place", *spot.reasons[1:]),
            radius_m=BUILDING_RADIUS_M,
            outline=None,
        )
    accuracy = max(BUILDING_UNKNOWN_ACCURACY_M, spot.radius_m)
    reason = f"{building} is not recorded: the middle of {place.name}"
    less = 0.97 if spot.radius_m <= LARGEST_FOR_UNKNOWN_BUILDING_M else 0.78
    return replace(spot, accuracy_m=accuracy, score=spot.score * less, reasons=(*spot.reasons, reason))


def at_edge(spot: Spot, bearing_deg: float, label: str, reason: str, beyond_m: float = 0.0) -> Spot:
    """Move to the edge of a place in a direction: of its outline where there is one, else of its circle."""
    dx, dy = math.sin(math.radians(bearing_deg)), math.cos(math.radians(bearing_deg))
    from_x, from_y, reach = spot.x, spot.y, spot.radius_m
    if spot.outline is not None:
        middle = spot.outline.centroid
        from_x, from_y = middle.x, middle.y
        ray = shapely.linestrings([(from_x, from_y), (from_x + 5 * reach * dx, from_y + 5 * reach * dy)])
        hit = shapely.get_coordinates(shapely.intersection(ray, spot.outline))
        if len(hit):
            reach = max(math.hypot(x - from_x, y - from_y) for x, y in hit)
    reach += beyond_m
    accuracy = 15.0 + spot.radius_m / 3
    if spot.accuracy_m > max(spot.radius_m, 2 * accuracy):
        accuracy = spot.accuracy_m  # a village's land: its edge is no more exact than the whole
    x, y = from_x + reach * dx, from_y + reach * dy
    return replace(
        spot, x=x, y=y, accuracy_m=accuracy, label=label, reasons=(*spot.reasons, reason), radius_m=0.0, outline=None
    )


def _stretch(anchor: Anchor, index: LocatingIndex) -> tuple[list[Spot], list[str]]:
    along, first, second = anchor.names
    spots: list[Spot] = []
    for r, similar, how in owners(along, Kind.ROAD):
        for a, similar_a, how_a in owners(first, Kind.ROAD):
            for b, similar_b, how_b in owners(second, Kind.ROAD):
                road = index.roads[r]
                label = f"{road.name}({index.roads[a].name}至{index.roads[b].name})"
                score = similar * similar_a * similar_b
                for line in _stretches(road, index.crossings_of(r, a), index.crossings_of(r, b)):
                    reasons = _reasons("stretch between the two crossings", how, how_a, how_b)
                    spots.append(_line_spot(line, score, label, reasons, (r,)))
    if not spots:
        unknown = _unknown_road(along, first, second)
        return [], unknown or [f"{along.text} does not meet both {first.text} and {second.text}"]
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


def _line_spot(line: BaseGeometry, score: float, label: str, reasons: tuple[str, ...], roads: tuple[int, ...]) -> Spot:
    middle = line.interpolate(0.5, normalized=True) if line.geom_type == "LineString" else line.centroid
    west, south, east, north = line.bounds
    reach = max(math.hypot(east - west, north - south) / 2, 10.0)
    return Spot(middle.x, middle.y, reach, score, label, reasons, line=line, roads=roads)


def _road_part(anchor: Anchor, index: LocatingIndex) -> tuple[list[Spot], list[str]]:
    spots = []
    for owner, similarity, how in owners(anchor.names[0], Kind.ROAD):
        road = index.roads[owner]
        line = _third(road.line, anchor.part)
        if not line.is_empty:
            label = f"{road.name}{_said(anchor, 'Q')}"
            spots.append(_line_spot(line, similarity, label, _reasons("third of the road on that side", how), (owner,)))
    return spots, _unknown_road(anchor.names[0]) if not spots else []


def _third(line: BaseGeometry, part: str) -> BaseGeometry:
    """Cut the third of a road towards a point of the compass, or its middle third."""
    west, south, east, north = line.bounds
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


def _road(anchor: Anchor, index: LocatingIndex) -> tuple[list[Spot], list[str]]:
    spots = []
    for owner, similarity, how in owners(anchor.names[0], Kind.ROAD):
        road = index.roads[owner]
        spots.append(_line_spot(road.line, similarity, road.name, _reasons("the whole road", how), (owner,)))
    return spots, _unknown_road(anchor.names[0]) if not spots else []


def _area(anchor: Anchor, index: LocatingIndex) -> tuple[list[Spot], list[str]]:
    spots = []
    for owner, similarity, how in owners(anchor.names[0], Kind.AREA):
        area = index.areas[owner]
        reasons = _reasons("an administrative area only", how)
        spots.append(Spot(area.x, area.y, area.radius_m, similarity, area.name, reasons, radius_m=area.radius_m))
    return spots, []


_BY_KIND: Final[dict[AnchorKind, Callable[[Anchor, LocatingIndex], tuple[list[Spot], list[str]]]]] = {
    AnchorKind.NUMBER: _number,
    AnchorKind.CROSSING: _crossing,
    AnchorKind.PLACE: _place,
    AnchorKind.STRETCH: _stretch,
    AnchorKind.ROAD_PART: _road_part,
    AnchorKind.ONE_ROAD_CROSSING: _road,
    AnchorKind.ROAD: _road,
    AnchorKind.AREA: _area,
}
