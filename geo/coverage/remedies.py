"""What can be done about each kind of defect: one maker a kind, each yielding proposals, the preferred one first.

The makers only deal faces out anew (:mod:`geo.coverage.retile`); whether a proposal really mends its defect is
decided by :mod:`geo.coverage.repair`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from geo.coverage.filling import filled
from geo.coverage.measure import REACH_DEG, polygonal
from geo.coverage.model import Defect, DefectKind
from geo.coverage.proposal import Movement, Repair, RepairVerb
from geo.coverage.repair_site import Site, of_parent_at, parents_at, repair_of, site_of
from geo.coverage.retile import Tiles, tiles_around

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from geo.coverage.check import PreparedLayer
    from geo.coverage.model import Geometries


def remedies(layer: PreparedLayer, defect: Defect) -> Iterator[Repair]:
    """Yield what could be done about a defect, unproven; nothing for kinds that only a person can mend."""
    maker = _MAKERS.get((defect.kind, defect.cause)) or _MAKERS.get((defect.kind, None))
    if maker is not None:
        yield from maker(layer, defect)


def _made_valid(layer: PreparedLayer, defect: Defect) -> Iterator[Repair]:
    for row in np.flatnonzero((layer.areas.levels == defect.level) & layer.invalid).tolist():
        if layer.areas.codes[row] == defect.codes[0]:
            ground = layer.ruler.areas_m2(layer.valid[[row]])[0]
            key = (defect.level, defect.codes[0])
            # An invalid ring has no area to compare with: its doubtful ground is what moves.
            moved = Movement(*key, 0.0, min(defect.size or 0.0, float(ground)))
            yield Repair(RepairVerb.MAKE_VALID, (defect.key,), {key: layer.valid[row]}, (moved,))


def _trimmed(layer: PreparedLayer, defect: Defect) -> Iterator[Repair]:
    """Take an overlap away from one of its two areas.

    First from the one that reports in it do not go to today (assignment prefers the lowest code), so that no
    report changes hands; but an area keeps nothing outside its own parent.
    """
    site = site_of(layer, defect.level)
    if defect.geometry is None:
        return
    tiles = tiles_around(site.valid, defect.geometry)
    codes = site.codes(tiles.rows)
    keepers = [np.flatnonzero(codes == code) for code in defect.codes]
    verb = RepairVerb.TRIM_OVERLAP if defect.kind is DefectKind.OVERLAP else RepairVerb.CLOSE_SLIVER
    in_parent = [
        _covers(layer, site, int(tiles.rows[keeper[0]]), defect.geometry) if len(keeper) else False
        for keeper in keepers
    ]
    order = sorted(range(len(keepers)), key=lambda number: (not in_parent[number], defect.codes[number]))
    for number in order:
        # The overlap stays with one of the two and is taken from the other.
        losers = np.isin(codes, defect.codes) & (codes != defect.codes[number])
        if len(keepers[number]) == 0 or not losers.any():
            continue
        owned = tiles.owned.copy()
        shared = tiles.inside & tiles.owned[keepers[number]].any(axis=0)
        owned[np.ix_(losers, shared)] = False
        yield repair_of(site, tiles, tiles.dealt(owned), verb, defect)
    if defect.kind is DefectKind.SLIVER:
        yield from _snapped(site, defect)


def _clipped(layer: PreparedLayer, defect: Defect) -> Iterator[Repair]:
    """Take what lies outside its parent away from an area; what nobody owns then goes to a neighbour there."""
    site = site_of(layer, defect.level)
    parents = parents_at(layer, defect.level, defect.geometry) if defect.geometry is not None else None
    if parents is None or defect.geometry is None:
        return
    tiles = tiles_around(site.valid, defect.geometry, shapely.boundary(layer.valid[parents]))
    owned = tiles.owned.copy()
    owned[np.ix_(site.codes(tiles.rows) == defect.codes[0], tiles.inside)] = False
    for face in np.flatnonzero(tiles.inside & tiles.owned.any(axis=0) & ~owned.any(axis=0)).tolist():
        candidates = of_parent_at(layer, site, tiles, face, parents)
        candidates &= site.codes(tiles.rows) != defect.codes[0]
        to = tiles.longest_neighbour(face, candidates) if candidates.any() else None
        if to is not None and _in_some_parent(layer, tiles, face, parents):
            owned[to, face] = True
    yield repair_of(site, tiles, tiles.dealt(owned), RepairVerb.CLIP_TO_PARENT, defect)


def _blunted(layer: PreparedLayer, defect: Defect) -> Iterator[Repair]:
    """Cut an outward spike off (a neighbour that gave way takes it back), fill an inward one."""
    site = site_of(layer, defect.level)
    if defect.geometry is None:
        return
    tiles = tiles_around(site.valid, defect.geometry, _base_of(defect.geometry, site, defect.codes))
    codes = site.codes(tiles.rows)
    spiky = np.isin(codes, defect.codes)
    owned = tiles.owned.copy()
    parents = parents_at(layer, defect.level, defect.geometry)
    for face in np.flatnonzero(tiles.inside).tolist():
        has = tiles.owned[:, face]
        if (has & spiky).any():
            owned[has & spiky, face] = False
            if not owned[:, face].any():
                candidates = ~has & of_parent_at(layer, site, tiles, face, parents)
                to = tiles.longest_neighbour(face, candidates)
                if to is not None:
                    owned[to, face] = True
        elif not has.any():
            to = tiles.longest_neighbour(face, spiky)
            if to is not None:
                owned[to, face] = True
    yield repair_of(site, tiles, tiles.dealt(owned), RepairVerb.DROP_SPIKE, defect)


def _base_of(spike: shapely.Geometry, site: Site, codes: tuple[str, ...]) -> Geometries:
    """Return where a spike is cut off: its outline less the border it runs along, drawn out to cross that border."""
    own = np.isin(site.layer.areas.codes[site.rows].astype(str), codes)
    border = shapely.buffer(shapely.boundary(shapely.union_all(site.valid[own])), REACH_DEG)
    cuts = shapely.get_parts(shapely.difference(shapely.boundary(spike), border))
    drawn_out = []
    for cut in cuts[shapely.get_dimensions(cuts) == 1]:
        ends = shapely.get_coordinates(cut)
        for at, inner in ((0, 1), (-1, -2)):
            # Drawn out at both ends by five times the reach, so that the cut crosses the border.
            direction = ends[at] - ends[inner]
            ends[at] += direction / np.linalg.norm(direction) * 5.0 * REACH_DEG
        drawn_out.append(shapely.LineString(ends))
    return np.array(drawn_out, dtype=object)


def _parted(layer: PreparedLayer, defect: Defect) -> Iterator[Repair]:
    """Give the small parts of an area to the areas around them, within the same parent."""
    site = site_of(layer, defect.level)
    if defect.geometry is None:
        return
    tiles = tiles_around(site.valid, defect.geometry)
    mine = site.codes(tiles.rows) == defect.codes[0]
    owned = tiles.owned.copy()
    parents = parents_at(layer, defect.level, defect.geometry)
    for face in np.flatnonzero(tiles.inside & tiles.owned[mine].any(axis=0)).tolist():
        candidates = ~mine & of_parent_at(layer, site, tiles, face, parents)
        to = tiles.longest_neighbour(face, candidates)
        if to is not None:
            owned[mine, face] = False
            owned[to, face] = True
    yield repair_of(site, tiles, tiles.dealt(owned), RepairVerb.GIVE_TO_NEIGHBOUR, defect)


def _snapped(site: Site, defect: Defect) -> Iterator[Repair]:
    """Move the vertices of one area that lie along a sliver onto the other's border, on its whole length."""
    positions = [np.flatnonzero(site.layer.areas.codes[site.rows] == code) for code in defect.codes]
    if len(positions) != 2 or not all(len(position) for position in positions):
        return
    keeper, mover = (int(position[0]) for position in positions)
    tolerance_deg = site.layer.ruler.tolerances.sliver_width_m / max(site.layer.ruler.metres_per_degree)
    moved = shapely.make_valid(
        shapely.snap(site.valid[mover], site.valid[keeper], tolerance_deg), method="structure", keep_collapsed=False
    )
    valid = site.valid.copy()
    valid[mover] = polygonal(np.array([moved], dtype=object))[0]
    along = shapely.symmetric_difference(site.valid[mover], valid[mover])
    place = shapely.union(along, defect.geometry) if defect.geometry is not None else along
    tiles = tiles_around(valid, place)
    owned = tiles.owned.copy()
    both = tiles.owned.sum(axis=0) > 1
    owned[np.ix_(tiles.rows == mover, both & tiles.inside)] = False
    original = tiles.dealt(_owned_by(site.valid[tiles.rows], tiles.faces))
    yield repair_of(site, original, tiles.dealt(owned), RepairVerb.SNAP, defect)


_MAKERS: dict[tuple[DefectKind, str | None], Callable[[PreparedLayer, Defect], Iterator[Repair]]] = {
    (DefectKind.INVALID_RING, None): _made_valid,
    (DefectKind.OVERLAP, None): _trimmed,
    (DefectKind.SLIVER, "overlap"): _trimmed,
    (DefectKind.GAP, None): filled,
    (DefectKind.SLIVER, "gap"): filled,
    (DefectKind.PARENT_NOT_COVERED, None): filled,
    (DefectKind.SLIVER, "parent_not_covered"): filled,
    (DefectKind.OUTSIDE_PARENT, None): _clipped,
    (DefectKind.SLIVER, "outside_parent"): _clipped,
    (DefectKind.SPIKE, None): _blunted,
    (DefectKind.SEVERAL_PARTS, None): _parted,
}


def _covers(layer: PreparedLayer, site: Site, position: int, place: shapely.Geometry) -> bool:
    parent = layer.parents_by_code(site.name).get(layer.areas.parent_codes[site.rows[position]])
    return parent is None or bool(shapely.covers(layer.valid[parent], shapely.point_on_surface(place)))


def _in_some_parent(layer: PreparedLayer, tiles: Tiles, face: int, parents: NDArray[np.int64]) -> bool:
    point = shapely.point_on_surface(tiles.faces[face])
    return bool(shapely.covers(layer.valid[parents], point).any())


def _owned_by(valid: Geometries, faces: Geometries) -> NDArray[np.bool_]:
    points = shapely.point_on_surface(faces)
    owned = np.array([shapely.contains(area, points) for area in valid], dtype=bool)
    return owned.reshape(len(valid), len(faces))
