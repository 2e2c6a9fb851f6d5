"""Uncovered ground goes to a neighbour; where the levels below are bare too, to one of the finest and all above it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from geo.coverage.measure import dissolved
from geo.coverage.model import Defect, DefectKind
from geo.coverage.proposal import Repair, RepairVerb
from geo.coverage.repair_site import of_parent_at, parents_at, repair_of, site_of
from geo.coverage.retile import tiles_around

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geo.coverage.check import PreparedLayer


def filled(layer: PreparedLayer, defect: Defect) -> Iterator[Repair]:
    """Give uncovered ground, piece by piece, to the neighbour with the longest shared edge, within its parent."""
    above = defect.cause == "parent_not_covered" or defect.kind is DefectKind.PARENT_NOT_COVERED
    name = defect.level
    if above:
        name = layer.rules.levels[layer.rules.levels.index(defect.level) + 1]
    site = site_of(layer, name)
    if defect.geometry is None or not len(site.rows):
        return
    if _is_bare_below(layer, name, defect.geometry):
        yield from _filled_below(layer, defect, name)
        return
    parents = parents_at(layer, name, defect.geometry)
    cuts = np.array([shapely.boundary(defect.geometry)], dtype=object)
    tiles = tiles_around(site.valid, defect.geometry, cuts)
    owned = tiles.owned.copy()
    for face in np.flatnonzero(tiles.inside & ~tiles.owned.any(axis=0)).tolist():
        to = tiles.longest_neighbour(face, of_parent_at(layer, site, tiles, face, parents))
        if to is not None:
            owned[to, face] = True
    narrow = defect.kind is DefectKind.SLIVER
    verb = RepairVerb.CLOSE_SLIVER if narrow and not above else RepairVerb.GIVE_TO_NEIGHBOUR
    yield repair_of(site, tiles, tiles.dealt(owned), verb, defect)


def _filled_below(layer: PreparedLayer, defect: Defect, name: str) -> Iterator[Repair]:
    """Give ground that is bare from a level down to the finest to a neighbour on the finest, and to those above it.

    The faces are dealt out on the finest level; on each level above, a face goes to the ancestor of whoever has it.
    """
    levels = list(layer.rules.levels)[layer.rules.levels.index(name) :]
    finest = site_of(layer, levels[-1])
    if defect.geometry is None or not len(finest.rows):
        return
    cuts = np.array([shapely.boundary(defect.geometry)], dtype=object)
    tiles = tiles_around(finest.valid, defect.geometry, cuts)
    every, owned = np.ones(len(tiles.rows), dtype=bool), tiles.owned.copy()
    given: list[tuple[int, shapely.Geometry]] = []  # the area's row in the layer, the face
    for face in np.flatnonzero(tiles.inside & ~tiles.owned.any(axis=0)).tolist():
        to = tiles.longest_neighbour(face, every)
        if to is not None:
            owned[to, face] = True
            given.append((int(finest.rows[tiles.rows[to]]), tiles.faces[face]))
    verb = RepairVerb.CLOSE_SLIVER if defect.kind is DefectKind.SLIVER else RepairVerb.GIVE_TO_NEIGHBOUR
    parts = [repair_of(finest, tiles, tiles.dealt(owned), verb, defect)]
    for above in reversed(levels[:-1]):
        site = site_of(layer, above)
        parents = layer.parents_by_code(levels[levels.index(above) + 1])
        given = [(parents.get(layer.areas.parent_codes[row], -1), face) for row, face in given]
        if any(row < 0 for row, _ in given):
            return
        outlines = np.array([shapely.boundary(face) for _, face in given], dtype=object)
        around = tiles_around(site.valid, defect.geometry, np.concatenate([cuts, outlines]))
        dealt = around.owned.copy()
        for row, ground in given:
            owner = site.rows[around.rows] == row
            new = around.inside & ~around.owned.any(axis=0)
            dealt[np.ix_(owner, new & shapely.contains(ground, shapely.point_on_surface(around.faces)))] = True
        parts.append(repair_of(site, around, around.dealt(dealt), verb, defect))
    geometries = {key: geometry for part in parts for key, geometry in part.geometries.items()}
    movements = tuple(moved for part in parts for moved in part.movements)
    ground = dissolved(np.array([part.ground for part in parts], dtype=object))
    yield Repair(verb, (defect.key,), geometries, movements, ground)


def _is_bare_below(layer: PreparedLayer, name: str, place: shapely.Geometry) -> bool:
    """Whether no area of the level below lies at a place: given to an area of this level, it would be bare there."""
    depth = layer.rules.levels.index(name) + 1
    if depth == len(layer.rules.levels) or not layer.rules.covers_parent:
        return False
    children = layer.valid[layer.level(layer.rules.levels[depth])]
    return len(shapely.STRtree(children).query(shapely.point_on_surface(place), predicate="intersects")) == 0
