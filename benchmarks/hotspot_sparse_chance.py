"""Few reports on many areas: how often chance alone flags any of the sample district's 327 grids.

Each function takes the number of the run, which is its seed, and returns two smallest q-values.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import orjson
import shapely
from scipy.stats import norm

from geo import datum
from geo.hotspot.emerging import emerging_hot_spots
from geo.hotspot.local import Neighbours, chance_tails, getis_ord, local_moran, standardised_rate
from geo.hotspot.significance import false_discovery_rate

if TYPE_CHECKING:
    from geo.hotspot.arrays import FloatArray

DISTRICT = Path(__file__).resolve().parents[1] / "data" / "boundaries" / "shangjie.geojson"
STEPS = 12


@cache
def grids() -> tuple[Neighbours, FloatArray]:
    """Return who touches whom among the grids, and their land in square metres."""
    features = [f for f in orjson.loads(DISTRICT.read_bytes())["features"] if f["properties"]["level"] == "grid"]
    shapes = [shapely.from_geojson(orjson.dumps(f["geometry"]).decode()) for f in features]
    west, south, east, north = shapely.total_bounds(shapes).tolist()
    metric = datum.metric_crs_for((west, south, east, north))
    shapes_m = [datum.transform_geometry(shape, datum.WGS84, metric) for shape in shapes]
    return Neighbours.touching(shapes_m, tolerance_m=1.0), np.asarray(shapely.area(shapes_m))


def any_grid(run: int, reports: int, *, by_land: bool = False, rates: bool = False) -> tuple[float, float]:
    """Smallest q of Gi* and of local Moran; reports fall on all grids alike, or in proportion to their land."""
    neighbours, land = grids()
    share = land / land.sum() if by_land else np.full(len(land), 1 / len(land))
    counts = np.random.default_rng([30, reports, run]).multinomial(reports, share).astype(float)
    values = standardised_rate(counts, land) if rates else counts
    found = []
    for method, with_own in ((getis_ord, True), (local_moran, False)):
        chance = chance_tails(counts, land, neighbours, with_own=with_own) if rates else None
        found.append(float(np.nanmin(method(values, neighbours, 999, run, chance=chance).q)))
    return found[0], found[1]


def any_grid_normal(run: int, reports: int) -> tuple[float, float]:
    """Return the same by the normal curve, with which both statistics are usually decided."""
    neighbours, land = grids()
    share = np.full(len(land), 1 / len(land))
    counts = np.random.default_rng([30, reports, run]).multinomial(reports, share).astype(float)
    scores = getis_ord(counts, neighbours, 0), local_moran(counts, neighbours, 0)
    return float(np.nanmin(scores[0].q)), float(np.nanmin(scores[1].q))


def any_bin(run: int, reports: int) -> tuple[float, float]:
    """Smallest q of emerging hot spots over 327 grids and twelve weeks; second: by the normal curve."""
    neighbours, land = grids()
    bins = len(land) * STEPS
    cube = np.random.default_rng([31, reports, run]).multinomial(reports, np.full(bins, 1 / bins))
    found = emerging_hot_spots(cube.reshape(len(land), STEPS).astype(float), neighbours)
    normal = false_discovery_rate(2 * norm.sf(np.abs(found.z)).ravel())
    return float(found.q.min()), float(normal.min())
