"""The check of a whole layer, from the beginning or from what an earlier check found.

A layer that differs from a checked one in a few places is checked by those alone: what was found out about an area or
a family (a parent with its children) is taken over where these are the very same objects as then. All that is taken
over is a function of them and of nothing else, so that the report is that of a check from the beginning.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geo.coverage import nesting, overlaps, shapes, suspicion
from geo.coverage.check import PreparedLayer, children_of, prepare, report_of, same_ground, single_area_defects
from geo.coverage.codes import code_defects
from geo.coverage.measure import Level, polygons_of
from geo.coverage.spikes import spikes_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from geo.coverage.model import AreaSet, CoverageReport, Defect, Geometries, LayerRules
    from geo.coverage.spikes import Spike

    Watch = Callable[[str, str, int, int], None]
    """Called with a step's code (edges, overlaps, nesting, gaps), the level, the parts done and all parts."""

_MARGIN_DEG = 1e-6
"""How far from an area (0.1 m) another may lie and count for whether their edges match: far above noise."""


@dataclass(frozen=True, slots=True)
class _Family:
    """The union of the children of one parent, who of them lies outside it, and what of it they leave uncovered."""

    union: shapely.Geometry
    outside: tuple[Defect, ...] = ()
    bare: tuple[shapely.Geometry, ...] = ()


@dataclass(frozen=True, slots=True)
class Findings:
    """What one check found out, for the next check of a layer that shares areas with this one.

    Areas are known by the identity of their valid polygons; `layer` holds them, so that no other object can have it.
    """

    layer: PreparedLayer
    spikes: dict[int, list[Spike]] = field(default_factory=dict)
    families: dict[tuple[Any, ...], _Family] = field(default_factory=dict)
    levels: dict[str, Level] = field(default_factory=dict)

    def fit(self, layer: PreparedLayer) -> bool:
        """Whether a layer is held to the same rules and measured alike."""
        one, other = self.layer, layer
        return (
            replace(one.rules, reference=None) == replace(other.rules, reference=None)
            and one.ruler.crs == other.ruler.crs
            and one.ruler.metres_per_degree == other.ruler.metres_per_degree
        )


def check_layer(
    areas: AreaSet | PreparedLayer, rules: LayerRules | None = None, *, watch: Watch | None = None
) -> CoverageReport:
    """Check a whole layer and report every defect.

    Parameters
    ----------
    areas : AreaSet or PreparedLayer
        The areas of all levels, WGS 84; an area set needs `rules`.
    rules : LayerRules, optional
        What the layer must be.
    watch : callable, optional
        Called with step, level, parts done and all parts.

    Returns
    -------
    CoverageReport
        No defect on empty input.

    Raises
    ------
    ValueError
        If an area set comes without rules.
    """
    if isinstance(areas, PreparedLayer):
        return recheck(areas, watch=watch)[0]
    if rules is None:
        message = "an area set is checked against rules"
        raise ValueError(message)
    return recheck(prepare(areas, rules), watch=watch)[0]


def recheck(
    layer: PreparedLayer, known: Findings | None = None, *, watch: Watch | None = None
) -> tuple[CoverageReport, Findings]:
    """Check a whole layer, taking over what is known.

    Parameters
    ----------
    layer : PreparedLayer
        The layer; made from the one that is known (:meth:`PreparedLayer.take`, :meth:`PreparedLayer.joined`), so that
        the areas they share are the same objects.
    known : Findings, optional
        Of an earlier check; passed over where rules or measure differ.
    watch : callable, optional
        As for :func:`check_layer`.

    Returns
    -------
    CoverageReport
        As :func:`check_layer` returns it.
    Findings
        For the next check.
    """
    was = known if known is not None and known.fit(layer) else Findings(layer.select(np.empty(0, dtype=np.int64)))
    now = Findings(layer)
    watch = watch or (lambda *_: None)
    defects: list[Defect] = [
        *code_defects(layer.placed, layer.rules),
        *shapes.not_degrees_defects(layer.areas, ~layer.degrees, layer.rules),
        *shapes.empty_defects(layer.areas, layer.empty),
        *shapes.invalid_ring_defects(layer.areas, layer.invalid, layer.valid, layer.ruler),
    ]
    beneath_notice, matched = 0, True
    for name in layer.rules.levels:
        indices = layer.level(name)
        if not len(indices):
            continue
        watch("edges", name, 0, 0)
        level = Level(
            layer.areas.select(indices), layer.valid[indices], _suspects(layer, name, indices, was), layer.ruler,
            layer.rules,
        )  # fmt: skip
        now.levels[name] = level
        defects += _alone(level, was, now)
        if layer.rules.is_coverage:
            pairs = overlaps.touching_pairs(level.valid, level.suspects)
            found, noise = overlaps.overlap_defects(level, pairs, partial(watch, "overlaps", name))
            defects += found
            defects += _nesting_defects(layer, name, was, now, watch)
            beneath_notice += noise
            matched &= not level.suspects.any()
        else:
            defects += _strays(layer, level, name)
    if layer.rules.reference is not None and now.levels:
        finest = list(now.levels.values())[-1]
        defects += suspicion.place_defects(finest.areas, finest.valid, layer.rules.reference, layer.ruler)
        defects += suspicion.datum_defects(finest.areas, finest.valid, layer.rules.reference, layer.ruler)
    report = report_of(defects, layer, len(layer.areas), is_edge_matched=matched, beneath_notice=beneath_notice)
    return report, now


def _suspects(layer: PreparedLayer, name: str, indices: NDArray[np.int64], was: Findings) -> NDArray[np.bool_]:
    """Return which areas of a level have an edge that does not match their neighbours'.

    That is a matter of an area and of those within reach of it, so that only what came, and who had or has it in
    reach, is asked again.
    """
    valid = layer.valid[indices]
    if not layer.rules.is_coverage:
        return np.zeros(len(valid), dtype=bool)
    known = was.levels.get(name)
    if known is None:
        return overlaps.unmatched(valid, layer.ruler.noise_width_deg)
    before = dict(zip(map(id, known.valid), known.suspects.tolist(), strict=True))
    here = set(map(id, valid))
    suspects = np.array([before.get(id(area), False) for area in valid], dtype=bool)
    moved = [area for area in valid if id(area) not in before] + [area for area in known.valid if id(area) not in here]
    tree = shapely.STRtree(valid)
    again = _within_reach(tree, np.array(moved, dtype=object))
    context = _within_reach(tree, valid[again])
    suspects[again] = overlaps.unmatched(valid[context], layer.ruler.noise_width_deg)[np.isin(context, again)]
    return suspects


def _within_reach(tree: shapely.STRtree, of: Geometries) -> NDArray[np.int64]:
    """Return the areas of a tree whose boxes come within reach of those of others, in order."""
    west, south, east, north = shapely.bounds(of).reshape(-1, 4).T
    boxes = shapely.box(west - _MARGIN_DEG, south - _MARGIN_DEG, east + _MARGIN_DEG, north + _MARGIN_DEG)
    return np.asarray(np.unique(tree.query(boxes)[1]), dtype=np.int64)


def _alone(level: Level, was: Findings, now: Findings) -> list[Defect]:
    """Return what is wrong with areas of one level, each by itself."""
    fresh = [area for area in level.valid if id(area) not in was.spikes]
    found = spikes_of(np.array(fresh, dtype=object), level.ruler)
    known = was.spikes | dict(zip(map(id, fresh), found, strict=True))
    spiked = [known[id(area)] for area in level.valid]
    now.spikes.update(zip(map(id, level.valid), spiked, strict=True))
    return single_area_defects(level.areas, level.valid, level.ruler, spiked)


def _nesting_defects(layer: PreparedLayer, name: str, was: Findings, now: Findings, watch: Watch) -> Iterator[Defect]:
    """Yield gaps, what lies outside its parent and what of a parent is not covered."""
    level, parents = now.levels[name], layer.parents_by_code(name)
    children = children_of(level.areas)
    unions: list[shapely.Geometry] = []
    pieces: list[shapely.Geometry] = []
    owners: list[int] = []
    # Of a coarsest level only the holes are asked for, and they need no union of its own.
    by_areas = not parents and nesting.are_many(level.suspects)
    families = [] if by_areas else [*parents, *(code for code in children if code not in parents)]
    for number, code in enumerate(families):
        watch("nesting", name, number, len(families))
        kids = children.get(code, np.empty(0, dtype=np.int64))
        parent = parents.get(code) if code is not None else None
        members = zip(level.areas.codes[kids], level.areas.names[kids], map(id, level.valid[kids]), strict=True)
        key = (
            name, code, None if parent is None else id(layer.valid[parent]),
            tuple(sorted(zip(members, level.suspects[kids].tolist(), strict=True))),
        )  # fmt: skip
        family = was.families.get(key) or _family(layer, level, kids, parent)
        now.families[key] = family
        unions.append(family.union)
        yield from family.outside
        pieces += family.bare
        owners += [-1 if parent is None else parent] * len(family.bare)
    fills = bool(parents) and layer.rules.covers_parent
    if fills and not pieces:
        return
    watch("gaps", name, 0, 0)
    covering = level.valid if by_areas else np.array(unions, dtype=object)
    holes = nesting.holes_among(covering, level.suspects, layer.ruler.noise_width_deg)
    if not fills:
        ground = nesting.without_allowed(holes, layer.rules)
        owners = [-1] * len(ground)
    else:
        ground = np.array(pieces, dtype=object)
    yield from nesting.uncovered_defects(
        level,
        ground,
        np.array(owners, dtype=np.int64),
        holes,
        layer.areas if parents else None,
    )


def _family(layer: PreparedLayer, level: Level, kids: NDArray[np.int64], parent: int | None) -> _Family:
    union = nesting.united(level.valid[kids], level.suspects[kids])
    if parent is None or same_ground(union, layer.valid[parent]):
        return _Family(union)
    outside = tuple(nesting.outside_defects(level, kids, layer.valid[parent], layer.areas.codes[parent]))
    if not layer.rules.covers_parent:
        return _Family(union, outside)
    bare = nesting.outside_of(layer.valid[[parent]], union)
    return _Family(union, outside, tuple(nesting.without_allowed(polygons_of(bare[0]), layer.rules)))


def _strays(layer: PreparedLayer, level: Level, name: str) -> Iterator[Defect]:
    children = children_of(level.areas)
    for code, parent in layer.parents_by_code(name).items():
        if code in children:
            yield from nesting.outside_defects(level, children[code], layer.valid[parent], code)
