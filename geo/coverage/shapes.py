"""Checks of single areas: coordinates that are no degrees, empty areas, invalid rings, parts, slivers of areas."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geo.coverage.measure import SLIVER, named, polygonal, polygons_of, together
from geo.coverage.model import Defect, DefectKind
from geo.datum import to_wgs84

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from geo.coverage.measure import Ruler
    from geo.coverage.model import AreaSet, Geometries, LayerRules

# Systems that Chinese and test data come in undeclared, tried in this order against the reference's place.
_USUAL_SYSTEMS = (
    *(f"EPSG:{code}" for code in range(4534, 4555)),  # CGCS2000 / 3-degree Gauss-Krüger by central meridian
    *(f"EPSG:{code}" for code in range(4513, 4534)),  # the same with the zone number before the easting
    "EPSG:3857",
    "EPSG:2263",
)
_LARGEST_LON, _LARGEST_LAT = 180.0, 90.0
# Why GEOS calls a ring invalid.
_RING_REASONS = (
    "self_intersection",
    "ring_self_intersection",
    "hole_lies_outside_shell",
    "holes_are_nested",
    "nested_holes",
    "nested_shells",
    "interior_is_disconnected",
    "duplicate_rings",
    "too_few_points_in_geometry_component",
    "invalid_coordinate",
    "ring_is_not_closed",
    "repeated_point",
)
_PLACE = re.compile(r"^(?P<reason>[^\[]*)\[(?P<x>[^ ]+) (?P<y>[^\]]+)\]$")


def are_degrees(geometries: Geometries) -> NDArray[np.bool_]:
    """Whether every coordinate of each geometry is finite and within ±180, ±90; True for None and empty."""
    good = np.ones(len(geometries), dtype=bool)
    coordinates, owner = shapely.get_coordinates(geometries, return_index=True)
    with np.errstate(invalid="ignore"):
        bad = ~((np.abs(coordinates[:, 0]) <= _LARGEST_LON) & (np.abs(coordinates[:, 1]) <= _LARGEST_LAT))
    good[owner[bad]] = False
    return good


def not_degrees_defects(areas: AreaSet, bad: NDArray[np.bool_], rules: LayerRules) -> Iterator[Defect]:
    """Yield a defect a level and cause for the areas whose coordinates are no degrees.

    One wrong declaration spoils a whole file: the areas are gathered into one defect, not ten thousand.
    """
    by_cause: dict[tuple[str, str | None], list[int]] = {}
    examples: dict[tuple[str, str | None], NDArray[np.float64]] = {}
    for index in np.flatnonzero(bad):
        coordinates = shapely.get_coordinates(areas.geometries[index])
        finite = np.isfinite(coordinates).all(axis=1)
        cause: str | None = None
        if not finite.all():
            cause, example = "not_finite", coordinates[~finite][0]
        else:
            # Degrees once latitude and longitude change places.
            swapped = np.abs(coordinates[:, ::-1]) <= (_LARGEST_LON, _LARGEST_LAT)
            cause = "swapped" if swapped.all() else None
            example = coordinates[np.abs(coordinates).max(axis=1).argmax()]
        by_cause.setdefault((areas.levels[index], cause), []).append(int(index))
        examples.setdefault((areas.levels[index], cause), example)
    for (level, cause), indices in by_cause.items():
        x, y = examples[level, cause]
        system = _likely_system(areas.geometries[indices], rules) if cause is None else None
        yield Defect(
            DefectKind.NOT_DEGREES,
            level,
            tuple(areas.codes[indices]),
            None,
            cause=cause,
            values=(
                ("example", f"{x:.6g}, {y:.6g}"),
                *((("system", system),) if system else ()),
                *named(areas, indices),
            ),
        )


def empty_defects(areas: AreaSet, empty: NDArray[np.bool_]) -> Iterator[Defect]:
    """Yield a defect for each area without a polygon; `empty` marks them."""
    for index in np.flatnonzero(empty).tolist():
        geometry = areas.geometries[index]
        place = None if geometry is None or geometry.is_empty else geometry
        codes = (areas.codes[index],)
        yield Defect(DefectKind.EMPTY, areas.levels[index], codes, place, values=named(areas, [index]))


def repaired(geometries: Geometries) -> tuple[Geometries, NDArray[np.bool_]]:
    """Return valid polygons for all geometries, and which ones were invalid.

    An invalid ring is read as GEOS's 'structure' method does: what an exterior encloses is in, what a hole
    encloses is out. A point or line, None and empty become an empty polygon. Both arrays have the shape (n,).
    """
    valid = geometries.copy()
    valid[shapely.is_missing(valid)] = shapely.Polygon()
    invalid = ~shapely.is_valid(valid)
    if invalid.any():
        valid[invalid] = shapely.make_valid(valid[invalid], method="structure", keep_collapsed=False)
    return polygonal(valid), invalid


def invalid_ring_defects(
    areas: AreaSet, invalid: NDArray[np.bool_], valid: Geometries, ruler: Ruler
) -> Iterator[Defect]:
    """Yield a defect at the first bad spot of each invalid area.

    The size is the ground in doubt: by how much the ring's signed area and the repaired area differ.
    """
    indices = np.flatnonzero(invalid)
    reasons = shapely.is_valid_reason(areas.geometries[indices])
    metric, metric_valid = ruler.metric(areas.geometries[indices]), ruler.metric(valid[indices])
    doubt = np.abs(_signed_areas(metric) - shapely.area(metric_valid))
    for index, reason, size in zip(indices.tolist(), reasons, doubt, strict=True):
        match = _PLACE.match(reason)
        place = shapely.Point(float(match["x"]), float(match["y"])) if match else areas.geometries[index]
        yield Defect(
            DefectKind.INVALID_RING,
            areas.levels[index],
            (areas.codes[index],),
            place,
            size=float(size),
            unit="m2",
            values=(*_ring_reason(match["reason"].strip() if match else reason), *named(areas, [index])),
        )


def _ring_reason(stated: str) -> tuple[tuple[str, str], ...]:
    """Return the values that hold why a ring is invalid: a code, and what GEOS stated where there is none."""
    code = re.sub("[ -]", "_", stated.lower())
    return (("ring", code),) if code in _RING_REASONS else (("ring", "other"), ("stated", stated))


def several_parts_defects(areas: AreaSet, valid: Geometries, ruler: Ruler) -> Iterator[Defect]:
    """Yield a defect for each area of more than one polygon; its place are the parts besides the largest."""
    for index in np.flatnonzero(shapely.get_num_geometries(valid) > 1).tolist():
        parts = polygons_of(valid[index])
        sizes = ruler.areas_m2(parts)
        others = np.delete(np.arange(len(parts)), sizes.argmax())
        yield Defect(
            DefectKind.SEVERAL_PARTS,
            areas.levels[index],
            (areas.codes[index],),
            together(parts[others]),
            size=float(sizes[others].sum()),
            unit="m2",
            values=(("count", len(parts)), *named(areas, [index])),
        )


def sliver_area_defects(areas: AreaSet, valid: Geometries, ruler: Ruler) -> Iterator[Defect]:
    """Yield a defect for each area that is nowhere wider than the sliver width."""
    scale_x, scale_y = ruler.metres_per_degree
    length = shapely.length(valid) * min(scale_x, scale_y)
    # Mean width 2 A / P in rough metres; P by the smaller scale is too short and the width too large.
    mean_width = np.divide(
        2.0 * shapely.area(valid) * scale_x * scale_y,
        length,
        out=np.full(len(valid), np.inf),
        where=length > 0,
    )
    # Twice the tolerance covers the roughness of the scale; the exact measure decides.
    for index in np.flatnonzero(mean_width <= 2.0 * ruler.tolerances.sliver_width_m).tolist():
        classes, sizes = ruler.widths(polygons_of(valid[index]))
        if (classes <= SLIVER).all():
            yield Defect(
                DefectKind.SLIVER,
                areas.levels[index],
                (areas.codes[index],),
                valid[index],
                size=float(sizes.sum()),
                unit="m2",
                cause="area",
                values=(ruler.sliver_width, *named(areas, [index])),
            )


def _signed_areas(geometries: Geometries) -> NDArray[np.float64]:
    """Return shoelace areas of polygons that may be invalid: exteriors minus holes, without regard to crossings."""
    return np.array(
        [
            sum(
                abs(shapely.area(shapely.Polygon(part.exterior)))
                - sum(abs(shapely.area(shapely.Polygon(hole))) for hole in part.interiors)
                for part in polygons_of(geometry)
            )
            for geometry in geometries
        ],
        dtype=np.float64,
    )


def _likely_system(geometries: Geometries, rules: LayerRules) -> str | None:
    """Name the usual system that puts the geometries onto the reference, if there is one."""
    if rules.reference is None:
        return None
    bounds = shapely.total_bounds(geometries)
    west, south, east, north = shapely.total_bounds(rules.reference.geometries)
    for name in _USUAL_SYSTEMS:
        lon, lat = to_wgs84([(bounds[0] + bounds[2]) / 2.0], [(bounds[1] + bounds[3]) / 2.0], name)
        if west <= lon[0] <= east and south <= lat[0] <= north:
            return name
    return None
