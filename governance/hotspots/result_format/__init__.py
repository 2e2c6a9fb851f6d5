"""The result of a run: its typed form (`model`), its bytes (`stored`), and earlier formats read as today's (`upgrade`).

Here are the small conversions that methods share when they fill it in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geo import datum
from governance.hotspots.result_format.model import Cluster, Result, SeriesJudgement, Unit, UnitJudgement

if TYPE_CHECKING:
    from geo.hotspot.progress import Progress
    from governance.hotspots.result_format.model import Geometry
    from governance.hotspots.study.frame import Study

__all__ = [
    "Cluster",
    "Result",
    "SeriesJudgement",
    "Unit",
    "UnitJudgement",
    "areas_of",
    "finite",
    "geometry_form",
    "part_of",
]


def part_of(progress: Progress | None, start: float, width: float) -> Progress | None:
    """Make the progress of a part out of that of the whole."""
    return None if progress is None else lambda fraction: progress(start + width * fraction)


def areas_of(study: Study, rows: np.ndarray[Any, Any]) -> list[str]:
    """Return the codes of the areas that hold some incidents."""
    areas = np.unique(study.screened.incidents.area[rows])
    return [study.areas.codes[a] for a in areas.tolist() if a >= 0]


def geometry_form(study: Study, shape: shapely.Geometry) -> Geometry:
    """Bring a shape in metres to GeoJSON."""
    degrees = datum.transform_geometry(shape, datum.parse_crs(study.areas.crs), datum.WGS84)
    degrees = shapely.transform(shapely.orient_polygons(degrees), lambda xy: np.round(xy, 6))
    return dict(shapely.geometry.mapping(degrees))


def finite(value: float | None) -> float | None:
    """Round a number; None where there is none."""
    return None if value is None or not np.isfinite(value) else round(value, 3)
