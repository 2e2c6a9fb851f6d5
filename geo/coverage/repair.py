"""Proposals to repair a defect, with the ground they move; nothing is ever changed by itself.

Each proposal names its verb, gives the new geometry of every area it touches and says how many square metres each
gains and loses. A proposal is made only if, once taken, its defect is gone and no new blocking one has come. Taken
one by one with :func:`take`, or all at once with :func:`propose_all`; :func:`repair_whole` is the alternative for a
layer that is bad all over: GEOS's coverage cleaning, which may move much and therefore says how much.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geo.coverage.check import check_layer, children_of
from geo.coverage.measure import REACH_DEG, polygonal
from geo.coverage.model import Defect, DefectKind, Severity
from geo.coverage.neighbourhood import check_neighbourhood
from geo.coverage.retile import Tiles, tiles_around

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from geo.coverage.check import Key, PreparedLayer
    from geo.coverage.model import Geometries

_LEAST_MOVED_M2 = 1e-6
_MOST_ROUNDS = 4


class RepairVerb(StrEnum):
    """What a repair does; docs/defects.md tells each in words."""

    MAKE_VALID = "make_valid"
    SNAP = "snap"
    CLOSE_SLIVER = "close_sliver"
    TRIM_OVERLAP = "trim_overlap"
    GIVE_TO_NEIGHBOUR = "give_to_neighbour"
    CLIP_TO_PARENT = "clip_to_parent"
    DROP_SPIKE = "drop_spike"
    CLEAN_WHOLE = "clean_whole"


VERBS_IN_WORDS: dict[RepairVerb, tuple[str, str]] = {
    RepairVerb.MAKE_VALID: ("修正边界环", "make valid"),
    RepairVerb.SNAP: ("吸附到邻边", "snap to the neighbour's border"),
    RepairVerb.CLOSE_SLIVER: ("消除狭缝", "close the sliver"),
    RepairVerb.TRIM_OVERLAP: ("裁去重叠", "trim the overlap"),
    RepairVerb.GIVE_TO_NEIGHBOUR: ("并入相邻区域", "give the gap to the neighbour"),
    RepairVerb.CLIP_TO_PARENT: ("按上级裁剪", "clip to the parent"),
    RepairVerb.DROP_SPIKE: ("削去尖刺", "drop the spike"),
    RepairVerb.CLEAN_WHOLE: ("整层清理", "clean the whole layer"),
}


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
    `movements` lists the areas that gain or lose ground. Vertices may be added to more areas than ground moves in.
    """

    verb: RepairVerb
    defects: tuple[str, ...]
    geometries: dict[Key, shapely.Geometry]
    movements: tuple[Movement, ...]

    @property
    def moved_m2(self) -> float:
        """How much ground changes hands or is added or dropped, each piece once."""
        gained = sum(movement.gained_m2 for movement in self.movements)
        lost = sum(movement.lost_m2 for movement in self.movements)
        return max(gained, lost)

    @property
    def title_zh(self) -> str:
        """What would be done, in Chinese."""
        return VERBS_IN_WORDS[self.verb][0]

    @property
    def title_en(self) -> str:
        """What would be done, in English."""
        return VERBS_IN_WORDS[self.verb][1]


@dataclass(frozen=True, slots=True)
class _Site:
    """One level around a defect: its areas' rows in the layer and their valid polygons, as they are now."""

    layer: PreparedLayer
    name: str
    rows: NDArray[np.int64]
    valid: Geometries

    def key(self, position: int) -> Key:
        row = self.rows[position]
        return str(self.layer.areas.levels[row]), str(self.layer.areas.codes[row])

    def codes(self, positions: NDArray[np.int64]) -> NDArray[np.object_]:
        return self.layer.areas.codes[self.rows[positions]]


def propose(layer: PreparedLayer, defect: Defect) -> tuple[Repair, ...]:
    """Propose repairs of one defect, the one to be preferred first.

    Parameters
    ----------
    layer : PreparedLayer
        The layer as it is.
    defect : Defect
        One of its defects.

    Returns
    -------
    tuple of Repair
        Empty where only a person can tell (codes, datum, empty areas), where nothing adjoins, or where every
        repair would bring another blocking defect.
    """
    maker = _MAKERS.get((defect.kind, defect.cause)) or _MAKERS.get((defect.kind, None))
    if maker is None:
        return ()
    return tuple(repair for repair in maker(layer, defect) if repair.geometries and _mends(layer, repair, defect))


def take(layer: PreparedLayer, repair: Repair) -> PreparedLayer:
    """Return the layer with a repair taken; an area left without ground is left out."""
    keys = list(zip(layer.areas.levels, layer.areas.codes, strict=True))
    rows = [row for row, key in enumerate(keys) if key in repair.geometries]
    touched = layer.areas.take(np.array(rows, dtype=np.int64))
    return layer.with_changes(
        touched.with_geometries(repair.geometries),
        removed=[key for key, geometry in repair.geometries.items() if shapely.is_empty(geometry)],
    )


def propose_all(layer: PreparedLayer, defects: Iterable[Defect] | None = None) -> tuple[Repair, ...]:
    """Propose a repair for each defect that has one, to be taken in order.

    Parameters
    ----------
    layer : PreparedLayer
        The layer as it is.
    defects : iterable of Defect, optional
        The defects to mend; all of the layer's unless told otherwise.

    Returns
    -------
    tuple of Repair
        Each is made on the layer as it is after those before it. Where mending one defect brings another to light
        the layer is looked at again, a few times at most.
    """
    taken: list[Repair] = []
    wanted = list(check_layer(layer).defects if defects is None else defects)
    for _ in range(_MOST_ROUNDS):
        before = len(taken)
        for defect in wanted:
            if not _still_there(layer, defect):
                continue
            repair = next(iter(propose(layer, defect)), None)
            if repair is not None:
                taken.append(repair)
                layer = take(layer, repair)
        if len(taken) == before or defects is not None:
            break
        wanted = list(check_layer(layer).defects)
    return tuple(taken)


def repair_whole(layer: PreparedLayer, *, gap_width_m: float | None = None) -> Repair:
    """Propose to clean the whole layer at once: the finest level by GEOS, the coarser ones put together from it.

    Parameters
    ----------
    layer : PreparedLayer
        The layer as it is.
    gap_width_m : float, optional
        Gaps up to this width are closed, whether declared or not; the sliver width unless told otherwise.

    Returns
    -------
    Repair
        With the ground moved per area: on bad data this can be much, so that it must be looked at. Its geometries
        hold only the areas that change.

    Source
    ------
    JTS CoverageCleaner, by shapely's `coverage_clean`; overlaps go to the neighbour with the longest border.
    """
    width = layer.ruler.tolerances.sliver_width_m if gap_width_m is None else gap_width_m
    width_deg = width / max(layer.ruler.metres_per_degree)
    cleaned = layer.valid.copy()
    below: NDArray[np.int64] = np.empty(0, dtype=np.int64)
    for name in reversed(layer.rules.levels):
        rows = layer.level(name)
        families = children_of(layer.areas.take(below))
        childless = np.array([layer.areas.codes[row] not in families for row in rows], dtype=bool)
        if childless.any():
            lone = rows[childless]
            cleaned[lone] = polygonal(
                np.asarray(shapely.coverage_clean(layer.valid[lone], gap_width=width_deg), dtype=object)
            )
        for row in rows[~childless].tolist():
            children = below[families[layer.areas.codes[row]]]
            cleaned[row] = shapely.coverage_union_all(cleaned[children])
        below = rows
    cleaned = polygonal(cleaned)
    changed = np.flatnonzero(~shapely.equals_exact(shapely.normalize(cleaned), shapely.normalize(layer.valid)))
    return Repair(
        RepairVerb.CLEAN_WHOLE,
        (),
        {(layer.areas.levels[row], layer.areas.codes[row]): cleaned[row] for row in changed.tolist()},
        tuple(_movements(layer, changed, layer.valid[changed], cleaned[changed])),
    )


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
    site = _site(layer, defect.level)
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
        losers = np.isin(codes, defect.codes) & (codes != defect.codes[number])
        if len(keepers[number]) == 0 or not losers.any():
            continue
        owned = tiles.owned.copy()
        shared = tiles.inside & tiles.owned[keepers[number]].any(axis=0)
        owned[np.ix_(losers, shared)] = False
        yield _repair(site, tiles, _settled(tiles.dealt(owned), site), verb, defect)
    if defect.kind is DefectKind.SLIVER:
        yield from _snapped(site, defect)


def _filled(layer: PreparedLayer, defect: Defect) -> Iterator[Repair]:
    """Give uncovered ground, piece by piece, to the neighbour with the longest shared edge, within its parent."""
    above = defect.cause == "parent_not_covered" or defect.kind is DefectKind.PARENT_NOT_COVERED
    name = defect.level
    if above:
        name = layer.rules.levels[layer.rules.levels.index(defect.level) + 1]
    site = _site(layer, name)
    if defect.geometry is None or not len(site.rows):
        return
    parents = _parents_at(layer, name, defect.geometry)
    cuts = np.array([shapely.boundary(defect.geometry)], dtype=object)
    tiles = tiles_around(site.valid, defect.geometry, cuts)
    owned = tiles.owned.copy()
    for face in np.flatnonzero(tiles.inside & ~tiles.owned.any(axis=0)).tolist():
        to = tiles.longest_neighbour(face, _of_parent_at(layer, site, tiles, face, parents))
        if to is not None:
            owned[to, face] = True
    narrow = defect.kind is DefectKind.SLIVER
    verb = RepairVerb.CLOSE_SLIVER if narrow and not above else RepairVerb.GIVE_TO_NEIGHBOUR
    yield _repair(site, tiles, tiles.dealt(owned), verb, defect)


def _clipped(layer: PreparedLayer, defect: Defect) -> Iterator[Repair]:
    """Take what lies outside its parent away from an area; what nobody owns then goes to a neighbour there."""
    site = _site(layer, defect.level)
    parents = _parents_at(layer, defect.level, defect.geometry) if defect.geometry is not None else None
    if parents is None or defect.geometry is None:
        return
    tiles = tiles_around(site.valid, defect.geometry, shapely.boundary(layer.valid[parents]))
    owned = tiles.owned.copy()
    owned[np.ix_(site.codes(tiles.rows) == defect.codes[0], tiles.inside)] = False
    for face in np.flatnonzero(tiles.inside & tiles.owned.any(axis=0) & ~owned.any(axis=0)).tolist():
        candidates = _of_parent_at(layer, site, tiles, face, parents)
        candidates &= site.codes(tiles.rows) != defect.codes[0]
        to = tiles.longest_neighbour(face, candidates) if candidates.any() else None
        if to is not None and _in_some_parent(layer, tiles, face, parents):
            owned[to, face] = True
    yield _repair(site, tiles, tiles.dealt(owned), RepairVerb.CLIP_TO_PARENT, defect)


def _blunted(layer: PreparedLayer, defect: Defect) -> Iterator[Repair]:
    """Cut an outward spike off (a neighbour that gave way takes it back), fill an inward one."""
    site = _site(layer, defect.level)
    if defect.geometry is None:
        return
    tiles = tiles_around(site.valid, defect.geometry, np.array([shapely.boundary(defect.geometry)], dtype=object))
    codes = site.codes(tiles.rows)
    spiky = np.isin(codes, defect.codes)
    owned = tiles.owned.copy()
    parents = _parents_at(layer, defect.level, defect.geometry)
    for face in np.flatnonzero(tiles.inside).tolist():
        has = tiles.owned[:, face]
        if (has & spiky).any():
            owned[has & spiky, face] = False
            if not owned[:, face].any():
                candidates = ~has & _of_parent_at(layer, site, tiles, face, parents)
                to = tiles.longest_neighbour(face, candidates)
                if to is not None:
                    owned[to, face] = True
        elif not has.any():
            to = tiles.longest_neighbour(face, spiky)
            if to is not None:
                owned[to, face] = True
    yield _repair(site, tiles, tiles.dealt(owned), RepairVerb.DROP_SPIKE, defect)


def _parted(layer: PreparedLayer, defect: Defect) -> Iterator[Repair]:
    """Give the small parts of an area to the areas around them, within the same parent."""
    site = _site(layer, defect.level)
    if defect.geometry is None:
        return
    tiles = tiles_around(site.valid, defect.geometry)
    mine = site.codes(tiles.rows) == defect.codes[0]
    owned = tiles.owned.copy()
    parents = _parents_at(layer, defect.level, defect.geometry)
    for face in np.flatnonzero(tiles.inside & tiles.owned[mine].any(axis=0)).tolist():
        candidates = ~mine & _of_parent_at(layer, site, tiles, face, parents)
        to = tiles.longest_neighbour(face, candidates)
        if to is not None:
            owned[mine, face] = False
            owned[to, face] = True
    yield _repair(site, tiles, tiles.dealt(owned), RepairVerb.GIVE_TO_NEIGHBOUR, defect)


def _snapped(site: _Site, defect: Defect) -> Iterator[Repair]:
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
    settled = _settled(tiles.dealt(owned), site)
    original = Tiles(settled.rows, settled.faces, _owned_by(site.valid[settled.rows], settled.faces), settled.inside)
    yield _repair(site, original, settled, RepairVerb.SNAP, defect)


def _settled(tiles: Tiles, site: _Site) -> Tiles:
    """Give the crumbs that noding leaves (faces below notice that nobody owns) to their longest neighbour."""
    orphans = np.flatnonzero(tiles.inside & ~tiles.owned.any(axis=0))
    owned = tiles.owned.copy()
    if len(orphans):
        for face in orphans[site.layer.ruler.widths(tiles.faces[orphans])[0] == 0].tolist():
            to = tiles.longest_neighbour(face, np.ones(len(tiles.rows), dtype=bool))
            if to is not None:
                owned[to, face] = True
    return tiles.dealt(owned)


_MAKERS = {
    (DefectKind.INVALID_RING, None): _made_valid,
    (DefectKind.OVERLAP, None): _trimmed,
    (DefectKind.SLIVER, "overlap"): _trimmed,
    (DefectKind.GAP, None): _filled,
    (DefectKind.SLIVER, "gap"): _filled,
    (DefectKind.PARENT_NOT_COVERED, None): _filled,
    (DefectKind.SLIVER, "parent_not_covered"): _filled,
    (DefectKind.OUTSIDE_PARENT, None): _clipped,
    (DefectKind.SLIVER, "outside_parent"): _clipped,
    (DefectKind.SPIKE, None): _blunted,
    (DefectKind.SEVERAL_PARTS, None): _parted,
}


def _repair(site: _Site, before: Tiles, after: Tiles, verb: RepairVerb, defect: Defect) -> Repair:
    changed = (before.owned != after.owned).any(axis=1)
    if not changed.any():
        return Repair(verb, (defect.key,), {}, ())
    sizes = site.layer.ruler.areas_m2(after.faces)
    rows = [int(row) for row in after.rows]
    built = after.areas()
    movements = []
    for number, row in enumerate(rows):
        gained = float(sizes[after.owned[number] & ~before.owned[number]].sum())
        lost = float(sizes[before.owned[number] & ~after.owned[number]].sum())
        if max(gained, lost) > _LEAST_MOVED_M2:
            movements.append(Movement(*site.key(row), gained, lost))
    geometries = {
        site.key(row): built[row]
        for row in rows
        if not shapely.equals_exact(shapely.normalize(built[row]), shapely.normalize(site.valid[row]))
    }
    return Repair(verb, (defect.key,), geometries, tuple(movements))


def _mends(layer: PreparedLayer, repair: Repair, defect: Defect) -> bool:
    """Whether a repair, once taken, has mended its defect without a new blocking one."""
    after = take(layer, repair)
    was = check_neighbourhood(layer, repair.geometries, numbers=False)
    now = check_neighbourhood(after, repair.geometries, before=layer, numbers=False)
    known = {(old.kind, old.level, frozenset(old.codes)) for old in was.defects}
    for new in now.defects:
        if _same_place(new, defect) and new.kind is defect.kind and new.codes == defect.codes:
            return False
        if new.severity is Severity.BLOCKS and (new.kind, new.level, frozenset(new.codes)) not in known:
            # Mending a broken ring brings to light what it hid.
            if defect.kind is not DefectKind.INVALID_RING:
                return False
    return True


def _still_there(layer: PreparedLayer, defect: Defect) -> bool:
    keys = [(defect.level, code) for code in defect.codes]
    found = check_neighbourhood(layer, keys, numbers=False).defects
    return any(
        other.kind is defect.kind and set(other.codes) & set(defect.codes) and _same_place(other, defect)
        for other in found
    )


def _same_place(one: Defect, other: Defect) -> bool:
    if one.geometry is None or other.geometry is None:
        return one.geometry is other.geometry
    return bool(shapely.intersects(shapely.buffer(one.geometry, REACH_DEG), other.geometry))


def _site(layer: PreparedLayer, name: str) -> _Site:
    rows = layer.level(name)
    return _Site(layer, name, rows, layer.valid[rows])


def _covers(layer: PreparedLayer, site: _Site, position: int, place: shapely.Geometry) -> bool:
    parent = layer.parents_by_code(site.name).get(layer.areas.parent_codes[site.rows[position]])
    return parent is None or bool(shapely.covers(layer.valid[parent], shapely.point_on_surface(place)))


def _parents_at(layer: PreparedLayer, name: str, place: shapely.Geometry) -> NDArray[np.int64] | None:
    rows = np.array(list(layer.parents_by_code(name).values()), dtype=np.int64)
    if not len(rows):
        return None
    reach = shapely.buffer(place, REACH_DEG)
    return np.asarray(rows[shapely.intersects(layer.valid[rows], reach)], dtype=np.int64)


def _of_parent_at(
    layer: PreparedLayer, site: _Site, tiles: Tiles, face: int, parents: NDArray[np.int64] | None
) -> NDArray[np.bool_]:
    """Return which areas belong to the parent in which a face lies; all where there is no parent."""
    if parents is None:
        return np.ones(len(tiles.rows), dtype=bool)
    point = shapely.point_on_surface(tiles.faces[face])
    around = parents[shapely.covers(layer.valid[parents], point)]
    own = layer.areas.parent_codes[site.rows[tiles.rows]]
    return np.isin(own.astype(str), layer.areas.codes[around].astype(str))


def _in_some_parent(layer: PreparedLayer, tiles: Tiles, face: int, parents: NDArray[np.int64]) -> bool:
    point = shapely.point_on_surface(tiles.faces[face])
    return bool(shapely.covers(layer.valid[parents], point).any())


def _owned_by(valid: Geometries, faces: Geometries) -> NDArray[np.bool_]:
    points = shapely.point_on_surface(faces)
    owned = np.array([shapely.contains(area, points) for area in valid], dtype=bool)
    return owned.reshape(len(valid), len(faces))


def _movements(
    layer: PreparedLayer, rows: NDArray[np.int64], before: Geometries, after: Geometries
) -> Iterator[Movement]:
    gained = layer.ruler.areas_m2(shapely.difference(after, before))
    lost = layer.ruler.areas_m2(shapely.difference(before, after))
    for row, more, less in zip(rows.tolist(), gained.tolist(), lost.tolist(), strict=True):
        if max(more, less) > _LEAST_MOVED_M2:
            yield Movement(layer.areas.levels[row], layer.areas.codes[row], more, less)
