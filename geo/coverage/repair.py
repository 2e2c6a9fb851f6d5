"""Proposals to repair a defect, with the ground they move; nothing is ever changed by itself.

Each proposal names its verb, holds the new geometry of every area it touches and how many square metres each
gains and loses. A proposal is made only if, once taken, its defect is gone and no new blocking one has come. Taken
one by one with :func:`take_repair`, or all at once with :func:`propose_all`; :func:`repair_whole` is the way for
a layer that is bad all over: GEOS's coverage cleaning, which may move much and therefore reports how much.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from geo.coverage.check import children_of, same_ground
from geo.coverage.measure import REACH_DEG, dissolved, polygonal
from geo.coverage.model import Defect, DefectKind, Severity
from geo.coverage.neighbourhood import check_neighbourhood, surroundings
from geo.coverage.proposal import LEAST_MOVED_M2, Movement, Repair, RepairVerb
from geo.coverage.remedies import remedies
from geo.coverage.whole import check_layer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numpy.typing import NDArray

    from geo.coverage.check import PreparedLayer
    from geo.coverage.model import Geometries

_MOST_ROUNDS = 4


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
        Empty where only a person can decide (codes, datum, empty areas), where nothing adjoins, or where every
        repair would bring another blocking defect.
    """
    near = surroundings(layer, defect)
    return tuple(repair for repair in remedies(near, defect) if repair.geometries and _mends(near, repair, defect))


def take_repair(layer: PreparedLayer, repair: Repair) -> PreparedLayer:
    """Return the layer with a repair taken; an area left without ground is left out."""
    touched = layer.areas.select(_rows_of(layer, repair))
    return layer.with_changes(
        touched.with_geometries(repair.geometries),
        removed=[key for key, geometry in repair.geometries.items() if shapely.is_empty(geometry)],
    )


def propose_all(layer: PreparedLayer, defects: Iterable[Defect] | None = None) -> tuple[Repair, ...]:
    """Propose a repair for each defect that has one, to be taken in order; see :func:`mend`."""
    return mend(layer, defects)[1]


def mend(
    layer: PreparedLayer,
    defects: Iterable[Defect] | None = None,
    *,
    accepts: Callable[[Repair], bool] = lambda _: True,
) -> tuple[PreparedLayer, tuple[Repair, ...]]:
    """Take the preferred repair of each defect, again and again until nothing more can be mended.

    Parameters
    ----------
    layer : PreparedLayer
        The layer as it is.
    defects : iterable of Defect, optional
        The defects to mend, each once; all of the layer's by default.
    accepts : callable
        Which repairs may be taken; the first of a defect's that may be is.

    Returns
    -------
    layer : PreparedLayer
        The layer with all of them taken.
    repairs : tuple of Repair
        Each is made on the layer as it is after those before it. Where mending one defect brings another to light
        the layer is looked at again, a few times at most.
    """
    taken: list[Repair] = []
    wanted = list(check_layer(layer).defects if defects is None else defects)
    for _ in range(_MOST_ROUNDS):
        before = len(taken)
        for defect in wanted:
            if len(taken) > before and not _still_there(layer, defect):
                continue
            repair = next((found for found in propose(layer, defect) if accepts(found)), None)
            if repair is not None:
                taken.append(repair)
                layer = take_repair(layer, repair)
        if len(taken) == before or defects is not None:
            break
        wanted = list(check_layer(layer).defects)
    return layer, tuple(taken)


def repair_whole(layer: PreparedLayer, *, gap_width_m: float | None = None) -> Repair:
    """Propose to clean the whole layer at once: the finest level by GEOS, the coarser ones put together from it.

    Parameters
    ----------
    layer : PreparedLayer
        The layer as it is.
    gap_width_m : float, optional
        Gaps up to this width are closed, whether declared or not; the sliver width by default.

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
    # Degrees by the larger number of metres a degree: the gap is nowhere wider than asked for.
    width_deg = width / max(layer.ruler.metres_per_degree)
    cleaned = layer.valid.copy()
    below: NDArray[np.int64] = np.empty(0, dtype=np.int64)
    for name in reversed(layer.rules.levels):
        rows = layer.level(name)
        families = children_of(layer.areas.select(below))
        childless = np.array([layer.areas.codes[row] not in families for row in rows], dtype=bool)
        if childless.any():
            lone = rows[childless]
            # The stubs do not know shapely 2.2's coverage_clean yet.
            clean = shapely.coverage_clean(layer.valid[lone], gap_width=width_deg)  # type: ignore[attr-defined]
            cleaned[lone] = polygonal(clean)
        for row in rows[~childless].tolist():
            children = below[families[layer.areas.codes[row]]]
            cleaned[row] = shapely.coverage_union_all(cleaned[children])
        below = rows
    cleaned = polygonal(cleaned)
    sides = zip(cleaned, layer.valid, strict=True)
    changed = np.flatnonzero([not same_ground(after, before) for after, before in sides])
    moved = shapely.symmetric_difference(cleaned[changed], layer.valid[changed])
    return Repair(
        RepairVerb.CLEAN_WHOLE,
        (),
        {(layer.areas.levels[row], layer.areas.codes[row]): cleaned[row] for row in changed.tolist()},
        tuple(_movements(layer, changed, layer.valid[changed], cleaned[changed])),
        dissolved(moved),
    )


def _rows_of(layer: PreparedLayer, repair: Repair) -> NDArray[np.int64]:
    """Return where the areas of a repair stand in a layer."""
    codes = {code for _, code in repair.geometries}
    rows = [row for row, code in enumerate(layer.areas.codes) if code in codes]
    keys = [(layer.areas.levels[row], layer.areas.codes[row]) for row in rows]
    return np.array([row for row, key in zip(rows, keys, strict=True) if key in repair.geometries], dtype=np.int64)


def _mends(layer: PreparedLayer, repair: Repair, defect: Defect) -> bool:
    """Whether a repair, once taken, has mended its defect without a new blocking one."""
    after = take_repair(layer, repair)
    was = check_neighbourhood(layer, repair.geometries, before=after, numbers=False).defects
    now = check_neighbourhood(after, repair.geometries, before=layer, numbers=False).defects
    if any(new.kind is defect.kind and new.codes == defect.codes and _same_place(new, defect) for new in now):
        return False
    if defect.kind is DefectKind.INVALID_RING:
        return True  # a broken ring, once mended, may bring to light what it hid
    known = {(old.kind, old.level, frozenset(old.codes)) for old in was if old.severity is Severity.BLOCKS}
    blocking = {(new.kind, new.level, frozenset(new.codes)) for new in now if new.severity is Severity.BLOCKS}
    return blocking <= known and len(now) < len(was)


def _still_there(layer: PreparedLayer, defect: Defect) -> bool:
    keys = [(defect.level, code) for code in defect.codes]
    found = check_neighbourhood(surroundings(layer, defect), keys, numbers=False).defects
    return any(
        other.kind is defect.kind and set(other.codes) & set(defect.codes) and _same_place(other, defect)
        for other in found
    )


def _same_place(one: Defect, other: Defect) -> bool:
    if one.geometry is None or other.geometry is None:
        return one.geometry is other.geometry
    return bool(shapely.intersects(shapely.buffer(one.geometry, REACH_DEG), other.geometry))


def _movements(
    layer: PreparedLayer, rows: NDArray[np.int64], before: Geometries, after: Geometries
) -> Iterator[Movement]:
    gained = layer.ruler.areas_m2(shapely.difference(after, before))
    lost = layer.ruler.areas_m2(shapely.difference(before, after))
    for row, more, less in zip(rows.tolist(), gained.tolist(), lost.tolist(), strict=True):
        if max(more, less) > LEAST_MOVED_M2:
            yield Movement(layer.areas.levels[row], layer.areas.codes[row], more, less)
