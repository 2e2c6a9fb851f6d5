"""A layer made ready to be checked, and what the checks of a whole layer and of a neighbourhood share.

:func:`prepare` does what depends on the areas alone (valid polygons, metric system) and is kept between edits;
:mod:`geo.coverage.whole` looks at everything, :mod:`geo.coverage.neighbourhood` at what an edit touches.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geo.coverage import overlaps, shapes, spikes
from geo.coverage.measure import Level, Ruler, polygons_of
from geo.coverage.model import CoverageReport, Defect, DefectKind, Severity

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from numpy.typing import NDArray

    from geo.coverage.model import AreaSet, Geometries, LayerRules
    from geo.coverage.spikes import Spike

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
        return self.select(keep).joined(prepare(changed, self.rules, ruler=self.ruler), self.ruler)

    def select(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> PreparedLayer:
        """Return the layer with the areas at the indices alone, or where the mask is true."""
        return replace(
            self,
            areas=self.areas.select(rows),
            valid=self.valid[rows],
            invalid=self.invalid[rows],
            empty=self.empty[rows],
            degrees=self.degrees[rows],
        )

    def joined(self, other: PreparedLayer, ruler: Ruler | None = None) -> PreparedLayer:
        """Return the areas of two layers as one, measured by a ruler or by one that fits all of them."""
        valid = np.concatenate([self.valid, other.valid])
        return PreparedLayer(
            self.areas.joined(other.areas),
            self.rules,
            ruler or Ruler(valid, self.rules.tolerances),
            valid,
            np.concatenate([self.invalid, other.invalid]),
            np.concatenate([self.empty, other.empty]),
            np.concatenate([self.degrees, other.degrees]),
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


def report_of(
    defects: Iterable[Defect],
    layer: PreparedLayer,
    areas_checked: int,
    *,
    is_edge_matched: bool,
    beneath_notice: int,
) -> CoverageReport:
    """Return the report, defects in order: what blocks first, then by level, kind and size."""
    ordered = sorted(defects, key=lambda defect: severity_order(defect, layer.rules))
    return CoverageReport(tuple(ordered), areas_checked, is_edge_matched, beneath_notice)


def severity_order(defect: Defect, rules: LayerRules) -> tuple[bool, int, int, float, tuple[str, ...], str]:
    """Return where a defect stands in a report: what blocks first, then by level, kind, size and codes."""
    depth = rules.levels.index(defect.level) if defect.level in rules.levels else len(rules.levels)
    warns = defect.severity is not Severity.BLOCKS
    return warns, depth, _KINDS[defect.kind], -(defect.size or 0.0), defect.codes, defect.key


def single_area_defects(
    areas: AreaSet, valid: Geometries, ruler: Ruler, spiked: Sequence[Sequence[Spike]]
) -> list[Defect]:
    """Return spikes, parts and slivers among some areas."""
    return [
        *spikes.spike_defects(areas, spiked),
        *shapes.several_parts_defects(areas, valid, ruler),
        *shapes.sliver_area_defects(areas, valid, ruler),
    ]


def level_of(layer: PreparedLayer, indices: NDArray[np.int64]) -> Level:
    """Return some areas of one level, ready for the checks that look at several areas."""
    valid = layer.valid[indices]
    suspects = (
        overlaps.unmatched(valid, layer.ruler.noise_width_deg)
        if layer.rules.is_coverage
        else np.zeros(len(valid), dtype=bool)
    )
    return Level(layer.areas.select(indices), valid, suspects, layer.ruler, layer.rules)


def children_of(areas: AreaSet) -> dict[str | None, NDArray[np.int64]]:
    """Return parent's code -> indices of the areas that name it."""
    grouped: dict[str | None, list[int]] = defaultdict(list)
    for index, code in enumerate(areas.parent_codes):
        grouped[code].append(index)
    return {code: np.array(rows, dtype=np.int64) for code, rows in grouped.items()}


def same_ground(one: shapely.Geometry, other: shapely.Geometry) -> bool:
    """Whether two geometries are made of the same rings, in whatever order: the cheap proof of equality.

    A polygon is the same as a multipolygon of it: a union returns the one, a stored area is the other.
    """
    if shapely.get_num_coordinates(one) != shapely.get_num_coordinates(other):
        return False
    # Normal form: rings and parts in one order, starting at one vertex.
    first, second = (shapely.normalize(shapely.multipolygons(polygons_of(shape))) for shape in (one, other))
    return bool(shapely.equals_exact(first, second, 0.0))
