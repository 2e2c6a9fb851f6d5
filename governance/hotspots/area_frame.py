"""The areas of an analysis in byte order of their codes, in degrees and in metres."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geo import datum

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class AreaFrame:
    """The areas of the run's level: codes in byte order, chains from the top down, polygons in degrees and metres."""

    codes: list[str]
    chains: list[list[str]]
    names: Mapping[str, str]
    levels: Sequence[str]
    shapes: NDArray[np.object_]
    shapes_m: NDArray[np.object_]
    centres_m: NDArray[np.float64]
    crs: str

    def group(self, level: str) -> list[str]:
        """Return for each area the code of its ancestor at a level (or of the nearest one below)."""
        position = list(self.levels).index(level)
        return [chain[min(position, len(chain) - 1)] for chain in self.chains]


def make_frame(
    codes: list[str],
    chains: list[list[str]],
    names: Mapping[str, str],
    levels: Sequence[str],
    shapes: NDArray[np.object_],
) -> AreaFrame:
    """Project the areas to the metric system of their extent."""
    west, south, east, north = shapely.total_bounds(shapes).tolist() if len(shapes) else (113.2, 34.7, 113.4, 34.9)
    crs = datum.metric_crs_for((west, south, east, north))
    metric = np.array([datum.transform_geometry(shape, datum.WGS84, crs) for shape in shapes], dtype=object)
    centres = shapely.get_coordinates(shapely.point_on_surface(metric)) if len(shapes) else np.empty((0, 2))
    return AreaFrame(codes, chains, names, levels, shapes, metric, centres, crs.name)
