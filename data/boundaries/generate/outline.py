"""The district's outline: read as published, repaired, taken out of GCJ-02 and relieved of its stairs.

The source quantises to 1/1024 degree (about 100 m) and crosses itself once; see the README beside this package.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geo.datum import to_wgs84

from . import frame

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

STAIR_M = 90.0
NECK_M = 60.0
SMOOTHED_M = 4.0


def read(path: Path) -> shapely.Polygon:
    """Read the outline, in local metres on the noding grid."""
    (feature,) = json.loads(path.read_text(encoding="utf-8"))["features"]
    repaired = shapely.make_valid(shapely.geometry.shape(feature["geometry"]), method="structure", keep_collapsed=False)
    largest = max(shapely.get_parts(repaired), key=shapely.area)
    metres = frame.from_wgs84(shapely.transform(largest, _from_gcj02))
    plain = _without_necks(frame.polygon(metres.simplify(STAIR_M))).simplify(STAIR_M / 2)
    smooth = _cut_corners(_cut_corners(frame.polygon(plain))).simplify(SMOOTHED_M)
    return frame.polygon(frame.snap(smooth))


def _from_gcj02(points: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.column_stack(to_wgs84(points[:, 0], points[:, 1], "GCJ-02"))


def _without_necks(polygon: shapely.Polygon) -> shapely.Polygon:
    """Open, then close: spikes and inlets narrower than twice `NECK_M` go."""
    opened = polygon.buffer(-NECK_M).buffer(2 * NECK_M).buffer(-NECK_M)
    return shapely.Polygon(max(shapely.get_parts(opened), key=shapely.area).exterior)


def _cut_corners(polygon: shapely.Polygon) -> shapely.Polygon:
    """Chaikin's corner cutting, one round."""
    ring = shapely.get_coordinates(polygon.exterior)[:-1]
    following = np.roll(ring, -1, axis=0)
    return shapely.Polygon(np.stack([0.75 * ring + 0.25 * following, 0.25 * ring + 0.75 * following], 1).reshape(-1, 2))
