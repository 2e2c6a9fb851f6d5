"""A proposal to repair: what would be done, to which areas, and the ground that moves."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

import shapely

if TYPE_CHECKING:
    from geo.coverage.check import Key


LEAST_MOVED_M2 = 1e-6  # a square millimetre: what noding leaves is not counted as ground


class RepairVerb(StrEnum):
    """What a repair does; docs/defects.md describes each."""

    MAKE_VALID = "make_valid"
    SNAP = "snap"
    CLOSE_SLIVER = "close_sliver"
    TRIM_OVERLAP = "trim_overlap"
    GIVE_TO_NEIGHBOUR = "give_to_neighbour"
    CLIP_TO_PARENT = "clip_to_parent"
    DROP_SPIKE = "drop_spike"
    CLEAN_WHOLE = "clean_whole"


@dataclass(frozen=True, slots=True)
class Movement:
    """The ground one area gains and loses by a repair, in m²."""

    level: str
    code: str
    gained_m2: float
    lost_m2: float


@dataclass(frozen=True, slots=True)
class Repair:
    """A proposal: what would be done, to which areas, and how much ground moves.

    `defects` are the keys of the defects it mends; `geometries` maps (level, code) to the new polygon in WGS 84;
    `movements` lists the areas that gain or lose ground. Vertices may be added to more areas than ground moves in, but
    an area that stays as it is, is not among them. `ground` is what the areas gain or lose, each piece once, WGS 84:
    empty where no ground moves.
    """

    verb: RepairVerb
    defects: tuple[str, ...]
    geometries: dict[Key, shapely.Geometry]
    movements: tuple[Movement, ...]
    ground: shapely.Geometry = field(default_factory=shapely.Polygon)

    @property
    def moved_m2(self) -> float:
        """How much ground changes hands or is added or dropped, each piece once."""
        gained = sum(movement.gained_m2 for movement in self.movements)
        lost = sum(movement.lost_m2 for movement in self.movements)
        return max(gained, lost)
