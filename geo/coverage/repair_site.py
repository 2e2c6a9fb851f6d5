"""One level around a defect, and the repair that dealing its faces out anew makes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geo.coverage.check import same_ground
from geo.coverage.measure import NOISE, REACH_DEG, dissolved
from geo.coverage.proposal import LEAST_MOVED_M2, Movement, Repair, RepairVerb

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.coverage.check import Key, PreparedLayer
    from geo.coverage.model import Defect, Geometries
    from geo.coverage.retile import Tiles


@dataclass(frozen=True, slots=True)
class Site:
    """One level around a defect: its areas' rows in the layer and their valid polygons, as they are now."""

    layer: PreparedLayer
    name: str
    rows: NDArray[np.int64]
    valid: Geometries

    def key(self, position: int) -> Key:
        """Return the level and code of an area."""
        row = self.rows[position]
        return str(self.layer.areas.levels[row]), str(self.layer.areas.codes[row])

    def codes(self, positions: NDArray[np.int64]) -> NDArray[np.object_]:
        """Return the codes of some areas."""
        return self.layer.areas.codes[self.rows[positions]]


def site_of(layer: PreparedLayer, name: str) -> Site:
    """Return a level of the layer."""
    rows = layer.level(name)
    return Site(layer, name, rows, layer.valid[rows])


def repair_of(site: Site, before: Tiles, after: Tiles, verb: RepairVerb, defect: Defect) -> Repair:
    """Return what deals the faces `before` out as `after`: the areas that it changes, and the ground that moves."""
    changed = (before.owned != after.owned).any(axis=1)
    if not changed.any():
        return Repair(verb, (defect.key,), {}, ())
    classes, sizes = site.layer.ruler.widths(after.faces)
    after = after.settled(classes == NOISE)
    rows = [int(row) for row in after.rows]
    built = after.areas()
    movements = []
    for number, row in enumerate(rows):
        gained = float(sizes[after.owned[number] & ~before.owned[number]].sum())
        lost = float(sizes[before.owned[number] & ~after.owned[number]].sum())
        if max(gained, lost) > LEAST_MOVED_M2:
            movements.append(Movement(*site.key(row), gained, lost))
    geometries = {site.key(row): built[row] for row in rows if not same_ground(built[row], site.valid[row])}
    moved = (before.owned != after.owned).any(axis=0)
    wide = moved & (classes > NOISE)
    ground = dissolved(after.faces[wide if wide.any() else moved])
    return Repair(verb, (defect.key,), geometries, tuple(movements), ground)


def parents_at(layer: PreparedLayer, name: str, place: shapely.Geometry) -> NDArray[np.int64] | None:
    """Return the areas of the level above that reach a place; None where there is no level above."""
    rows = np.array(list(layer.parents_by_code(name).values()), dtype=np.int64)
    if not len(rows):
        return None
    reach = shapely.buffer(place, REACH_DEG)
    return np.asarray(rows[shapely.intersects(layer.valid[rows], reach)], dtype=np.int64)


def of_parent_at(
    layer: PreparedLayer, site: Site, tiles: Tiles, face: int, parents: NDArray[np.int64] | None
) -> NDArray[np.bool_]:
    """Return which areas belong to the parent in which a face lies; all where there is no parent."""
    if parents is None:
        return np.ones(len(tiles.rows), dtype=bool)
    point = shapely.point_on_surface(tiles.faces[face])
    around = parents[shapely.covers(layer.valid[parents], point)]
    own = layer.areas.parent_codes[site.rows[tiles.rows]]
    return np.isin(own.astype(str), layer.areas.codes[around].astype(str))
