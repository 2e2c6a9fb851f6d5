"""Spots of places and areas: a place, a building or gate of it, its edge on a side, an administrative area."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import shapely

from geo.address.grounds import Ground, ground
from geo.address.names import Kind
from geo.address.spots import NUMBER_ACCURACY_M, Spot, owners, said

if TYPE_CHECKING:
    from geo.address.grammar import Anchor
    from geo.address.index import LocatingIndex, Place

BUILDING_UNKNOWN_ACCURACY_M: Final = 30.0
# A building reaches this far from its middle: what lies behind or opposite it is not behind or opposite the estate.
BUILDING_RADIUS_M: Final = 15.0
# In an estate that is larger than this, a building that is not among its recorded ones may be anywhere.
LARGEST_FOR_UNKNOWN_BUILDING_M: Final = 60.0


def place_spots(anchor: Anchor, index: LocatingIndex) -> tuple[list[Spot], list[Ground]]:
    """Return the places of a name, at their building or gate where one is named."""
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
            (ground("place"), *how) if land_m <= place.radius_m else (ground("whole_area"),),
            radius_m=place.radius_m,
            outline=place.outline,
        )
        if anchor.building:
            spot = _in_building(spot, place, anchor.building)
        elif isinstance(anchor.gate, float):
            spot = at_edge(spot, anchor.gate, f"{place.name}{said(anchor, 'G')}", ground("gate"))
        spots.append(spot)
    if not spots and token.role == "V":
        return area_spots(anchor, index)
    return spots, [ground("no_place", name=token.text)] if not spots else []


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
            reasons=(ground("building"), *spot.reasons[1:]),
            radius_m=BUILDING_RADIUS_M,
            outline=None,
        )
    accuracy = max(BUILDING_UNKNOWN_ACCURACY_M, spot.radius_m)
    reason = ground("building_unknown", building=building, place=place.name)
    less = 0.97 if spot.radius_m <= LARGEST_FOR_UNKNOWN_BUILDING_M else 0.78
    return replace(spot, accuracy_m=accuracy, score=spot.score * less, reasons=(*spot.reasons, reason))


def at_edge(spot: Spot, bearing_deg: float, label: str, reason: Ground, beyond_m: float = 0.0) -> Spot:
    """Move to the edge of a place in a direction: of its outline where there is one, else of its circle."""
    # Unit vector of a bearing, clockwise from north.
    dx, dy = math.sin(math.radians(bearing_deg)), math.cos(math.radians(bearing_deg))
    from_x, from_y, reach = spot.x, spot.y, spot.radius_m
    if spot.outline is not None:
        middle = spot.outline.centroid
        from_x, from_y = middle.x, middle.y
        # A ray of five radii from the middle; the farthest crossing is the edge.
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


def area_spots(anchor: Anchor, index: LocatingIndex) -> tuple[list[Spot], list[Ground]]:
    """Return the administrative areas of a name."""
    spots = []
    for owner, similarity, how in owners(anchor.names[0], Kind.AREA):
        area = index.areas[owner]
        reasons = (ground("area_only"), *how)
        spots.append(Spot(area.x, area.y, area.radius_m, similarity, area.name, reasons, radius_m=area.radius_m))
    return spots, []
