"""The spots of an anchor, one function a kind of anchor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from geo.address.grammar import Anchor, AnchorKind
from geo.address.place_spots import area_spots, place_spots
from geo.address.road_spots import crossing_spots, number_spots, road_part_spots, road_spots, stretch_spots

if TYPE_CHECKING:
    from collections.abc import Callable

    from geo.address.grounds import Ground
    from geo.address.index import LocatingIndex
    from geo.address.spots import Spot

_BY_KIND: Final[dict[AnchorKind, Callable[[Anchor, LocatingIndex], tuple[list[Spot], list[Ground]]]]] = {
    AnchorKind.NUMBER: number_spots,
    AnchorKind.CROSSING: crossing_spots,
    AnchorKind.PLACE: place_spots,
    AnchorKind.STRETCH: stretch_spots,
    AnchorKind.ROAD_PART: road_part_spots,
    AnchorKind.ONE_ROAD_CROSSING: road_spots,
    AnchorKind.ROAD: road_spots,
    AnchorKind.AREA: area_spots,
}


def spots_of(anchor: Anchor, index: LocatingIndex) -> tuple[list[Spot], list[Ground]]:
    """Return the spots of one anchor, and what stands in the way where there are none."""
    return _BY_KIND[anchor.kind](anchor, index)
