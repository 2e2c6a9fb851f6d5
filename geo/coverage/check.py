"""The check of a whole layer.

:func:`prepare` does what depends on the areas alone (valid polygons, metric system, search trees) and is kept
between edits; :func:`check_layer` looks at everything. What an edit touches is checked by
:mod:`geo.coverage.neighbourhood`.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geo.coverage import nesting, overlaps, shapes, spikes, suspicion
from geo.coverage.codes import code_defects
from geo.coverage.measure import Level, Ruler, polygons_of
from geo.coverage.model import CoverageReport, Defect, DefectKind, Severity

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from numpy.typing import NDArray

    from geo.coverage.model import AreaSet, Geometries, LayerRules

    Key = tuple[str, str]

_KINDS = {kind: number for number, kind in enumerate(DefectKind)}


@dataclass(frozen=True, slots=True)
class PreparedLayer:
    """A layer ready to be checked, as a whole or around an edit; never changed, new states are made from it.

    `valid` holds a valid polygon for each area (empty where there is none), `invalid`, `empty` and `degrees`
    what the areas were like as they came.
    """

    areas: AreaSet
    rules: LayerRules
    ruler: Ruler
    valid: Geometries
    invalid: NDArray[np.bool_]
    empty: NDArray[np.bool_]
    degrees: NDArray[np.bool_]

    def with_changes(self, changed: AreaSet, removed: Collection[Key] = ()) -> PreparedLayer:
        """Return the layer after an edit.

        Parameters
        ----------
        changed : AreaSet
            Areas with a new geometry, name or parent, matched by level and code, and new areas.
        removed : collection of (level, code)
            Areas that are no more.
        """
        gone = {*removed, *zip(changed.levels, changed.codes, strict=True)}
        keep = np.array([key not in gone for key in zip(self.areas.levels, self.areas.codes, strict=True)], dtype=bool)
        added = prepare(changed, self.rules, ruler=self.ruler)
        return PreparedLayer(
            self.areas.take(keep).joined(changed),
            self.rules,
            self.ruler,
            *(
                np.concatenate([ours[keep], theirs])
                for ours, theirs in (
                    (self.valid, added.valid),
                    (self.invalid, added.invalid),
                    (self.empty, added.empty),
                    (self.degrees, added.degrees),
                )
            ),
        )

    @property
    def placed(self) -> AreaSet:
        """The areas with only such geometries as lie somewhere on earth: what a defect may show as its place."""
        geometries = self.areas.geometries.copy()
        geometries[~self.degrees] = None
        return replace(self.areas, geometries=geometries)

    def level(self, level: str) -> NDArray[np.int64]:
        """Return the indices of a level's areas that have a polygon."""
        return np.flatnonzero((self.areas.levels == level) & self.degrees & ~shapely.is_empty(self.valid))

    def parents_by_code(self, level: str) -> dict[str, int]:
        """Return code -> index of the areas with a polygon at the level above (none above the coarsest)."""
        depth = self.rules.levels.index(level)
        if depth == 0:
            return {}
        above = self.level(self.rules.levels[depth - 1])
        return dict(zip(self.areas.codes[above][::-1], above[::-1].tolist(), strict=True))


def prepare(areas: AreaSet, rules: LayerRules, *, ruler: Ruler | None = None) -> PreparedLayer:
    """Make a layer ready to be checked.

    Parameters
    ----------
    areas : AreaSet
        All areas of all levels; may be empty.
    rules : LayerRules
        What the layer must be.
    ruler : Ruler, optional
        The measure to use, so that an edited layer is measured as before.
    """
    degrees = shapes.are_degrees(areas.geometries)
    usable = areas.geometries.copy()
    usable[~degrees] = None
    valid, invalid = shapes.repaired(usable)
    dimension = shapely.get_dimensions(areas.geometries)
    empty = degrees & (shapely.is_missing(areas.geometries) | shapely.is_empty(areas.geometries) | (dimension < 2))
    invalid &= ~empty
    return PreparedLayer(areas, rules, ruler or Ruler(valid, rules.tolerances), valid, invalid, empty, degrees)


def check_layer(areas: AreaSet | PreparedLayer, rules: LayerRules | None = None) -> CoverageReport:
    """Check a whole layer and tell every defect.

    Parameters
    ----------
    areas : AreaSet or PreparedLayer
        The areas of all levels, WGS 84; an area set needs `rules`.
    rules : LayerRules, optional
        What the layer must be.

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
        layer = areas
    elif rules is not None:
        layer = prepare(areas, rules)
    else:
        message = "an area set is checked against rules"
        raise ValueError(message)
    defects: list[Defect] = [
        *code_defects(layer.placed, layer.rules),
        *shapes.not_degrees_defects(layer.areas, ~layer.degrees, layer.rules),
        *shapes.empty_defects(layer.areas, layer.empty),
        *shapes.invalid_ring_defects(layer.areas, layer.invalid, layer.valid, layer.ruler),
    ]
    beneath_notice, matched = 0, True
    for name in layer.rules.levels:
        indices = layer.level(name)
        if len(indices):
            found, noise, level_matched = _level_defects(layer, name, indices)
            defects += found
            beneath_notice += noise
            matched &= level_matched
    if layer.rules.reference is not None:
        usable = np.flatnonzero(layer.degrees & ~shapely.is_empty(layer.valid))
        finest = usable[layer.areas.levels[usable] == layer.areas.levels[usable][-1]] if len(usable) else usable
        defects += suspicion.datum_defects(
            layer.areas.take(finest), layer.valid[finest], layer.rules.reference, layer.ruler
        )
    return report_of(defects, layer, len(layer.areas), is_edge_matched=matched, beneath_notice=beneath_notice)


def report_of(
    defects: Iterable[Defect],
    layer: PreparedLayer,
    areas_checked: int,
    *,
    is_edge_matched: bool,
    beneath_notice: int,
) -> CoverageReport:
    """Return the report, defects in order: what blocks first, then by level, kind and size."""
    ordered = sorted(defects, key=lambda defect: gravity(defect, layer.rules))
    return CoverageReport(tuple(ordered), areas_checked, is_edge_matched, beneath_notice)


def gravity(defect: Defect, rules: LayerRules) -> tuple[bool, int, int, float, tuple[str, ...], str]:
    """Return where a defect stands in a report: what blocks first, then by level, kind, size and codes."""
    depth = rules.levels.index(defect.level) if defect.level in rules.levels else len(rules.levels)
    warns = defect.severity is not Severity.BLOCKS
    return warns, depth, _KINDS[defect.kind], -(defect.size or 0.0), defect.codes, defect.key


def single_area_defects(layer: PreparedLayer, indices: NDArray[np.int64]) -> list[Defect]:
    """Return spikes, parts and slivers among some areas."""
    areas, valid = layer.areas.take(indices), layer.valid[indices]
    return [
        *spikes.spike_defects(areas, valid, layer.ruler),
        *shapes.several_parts_defects(areas, valid, layer.ruler),
        *shapes.sliver_area_defects(areas, valid, layer.ruler),
    ]


def _level_defects(layer: PreparedLayer, name: str, indices: NDArray[np.int64]) -> tuple[list[Defect], int, bool]:
    """Return the defects of one level, the mismatches below notice, and whether all its edges match."""
    defects = single_area_defects(layer, indices)
    level = level_of(layer, indices)
    if not layer.rules.is_coverage:
        return [*defects, *_strays(layer, level, name)], 0, True
    found, noise = overlaps.overlap_defects(level, overlaps.touching_pairs(level.valid, level.suspects))
    return [*defects, *found, *_nesting_defects(layer, level, name)], noise, not level.suspects.any()


def level_of(layer: PreparedLayer, indices: NDArray[np.int64]) -> Level:
    """Return some areas of one level, ready for the checks that look at several areas."""
    valid = layer.valid[indices]
    suspects = (
        overlaps.unmatched(valid, layer.ruler.noise_width_deg)
        if layer.rules.is_coverage
        else np.zeros(len(valid), dtype=bool)
    )
    return Level(layer.areas.take(indices), valid, suspects, layer.ruler, layer.rules)


def _nesting_defects(layer: PreparedLayer, level: Level, name: str) -> Iterator[Defect]:
    parents = layer.parents_by_code(name)
    children = children_of(level.areas)
    unions: list[shapely.Geometry] = []
    pieces: list[shapely.Geometry] = []
    owners: list[int] = []
    for code, parent in parents.items():
        kids = children.pop(code, np.empty(0, dtype=np.int64))
        union = nesting.united(level.valid[kids], level.suspects[kids])
        unions.append(union)
        if same_ground(union, layer.valid[parent]):
            continue
        yield from nesting.outside_defects(level, kids, layer.valid[parent], code)
        if layer.rules.covers_parent:
            bare = nesting.outside_of(layer.valid[[parent]], union)
            left = nesting.without_allowed(polygons_of(bare[0]), layer.rules)
            pieces += list(left)
            owners += [parent] * len(left)
    unions += [nesting.united(level.valid[kids], level.suspects[kids]) for kids in children.values()]
    whole = nesting.joined(unions, is_matched=not level.suspects.any())
    holes = nesting.holes_of(whole, layer.ruler.noise_width_deg if level.suspects.any() else 0.0)
    if not parents or not layer.rules.covers_parent:
        pieces = list(nesting.without_allowed(holes, layer.rules))
        owners = [-1] * len(pieces)
    yield from nesting.uncovered_defects(
        level,
        np.array(pieces, dtype=object),
        np.array(owners, dtype=np.int64),
        holes,
        layer.areas if parents else None,
    )


def _strays(layer: PreparedLayer, level: Level, name: str) -> Iterator[Defect]:
    children = children_of(level.areas)
    for code, parent in layer.parents_by_code(name).items():
        if code in children:
            yield from nesting.outside_defects(level, children[code], layer.valid[parent], code)


def children_of(areas: AreaSet) -> dict[str | None, NDArray[np.int64]]:
    """Return parent's code -> indices of the areas that name it."""
    grouped: dict[str | None, list[int]] = defaultdict(list)
    for index, code in enumerate(areas.parent_codes):
        grouped[code].append(index)
    return {code: np.array(rows, dtype=np.int64) for code, rows in grouped.items()}


def same_ground(one: shapely.Geometry, other: shapely.Geometry) -> bool:
    """Whether two geometries are made of the same rings, in whatever order: the cheap proof of equality.

    A polygon is the same as a multipolygon of it: a union gives the one, a stored area is the other.
    """
    if shapely.get_num_coordinates(one) != shapely.get_num_coordinates(other):
        return False
    first, second = (shapely.normalize(shapely.multipolygons(polygons_of(shape))) for shape in (one, other))
    return bool(shapely.equals_exact(first, second, 0.0))
