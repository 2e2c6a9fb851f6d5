"""The forms in which results are stored: plain values, rounded where a computation cannot promise more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geo import datum

if TYPE_CHECKING:
    from geo.hotspot.progress import Progress
    from governance.hotspots.catalogue import HotspotMethod
    from governance.hotspots.study.frame import Study

Cluster = dict[str, Any]
Result = dict[str, Any]


def part_of(progress: Progress | None, start: float, width: float) -> Progress | None:
    """Make the progress of a part out of that of the whole."""
    return None if progress is None else lambda fraction: progress(start + width * fraction)


def areas_of(study: Study, rows: np.ndarray[Any, Any]) -> list[str]:
    """Return the codes of the areas that hold some incidents."""
    areas = np.unique(study.screened.incidents.area[rows])
    return [study.areas.codes[a] for a in areas.tolist() if a >= 0]


def cluster_form(method: HotspotMethod, number: int, areas: list[str], described: dict[str, Any]) -> Cluster:
    """Begin the stored form of a cluster; what its method does not know is None."""
    empty = dict.fromkeys(
        ("category", "expected", "relative_risk", "log_likelihood_ratio", "p", "p_kind", "adjusted_p",
         "recurrence_interval_days", "radius_m", "area_m2", "stability"),
    )  # fmt: skip
    return {"method": str(method), "number": number, "areas": areas, **empty, **described}


def geometry_form(study: Study, shape: shapely.Geometry) -> dict[str, Any]:
    """Bring a shape in metres to GeoJSON."""
    degrees = datum.transform_geometry(shape, datum.parse_crs(study.areas.crs), datum.WGS84)
    degrees = shapely.transform(shapely.orient_polygons(degrees), lambda xy: np.round(xy, 6))
    return dict(shapely.geometry.mapping(degrees))


def finite(value: float | None) -> float | None:
    """Round a number; None where there is none."""
    return None if value is None or not np.isfinite(value) else round(value, 3)
