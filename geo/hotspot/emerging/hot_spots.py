"""Emerging hot spots: Gi* in every bin of a space-time cube, its trend, and a category for each area."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from scipy.stats import norm, pearson3

from geo.hotspot.arrays import FloatArray, require
from geo.hotspot.emerging.categories import Category, classify
from geo.hotspot.emerging.mann_kendall import Trend, mann_kendall
from geo.hotspot.progress import Progress, report
from geo.hotspot.significance import false_discovery_rate

if TYPE_CHECKING:
    from geo.hotspot.local.neighbours import Neighbours


@dataclass(frozen=True, slots=True)
class EmergingHotSpots:
    """Result of :func:`emerging_hot_spots`.

    Attributes
    ----------
    z, p, q : ndarray, shape (areas, steps), float64
        Gi* score of each bin, its two-sided p-value, and the p-value after Benjamini-Hochberg over all bins.
    flags : ndarray, shape (areas, steps), int8
        1 hot, -1 cold, 0 neither.
    trend : Trend
        Mann-Kendall test of each area's scores, each step by itself.
    categories : tuple of Category
        One an area.
    """

    z: FloatArray
    p: FloatArray
    q: FloatArray
    flags: npt.NDArray[np.int8]
    trend: Trend
    categories: tuple[Category, ...]


def emerging_hot_spots(
    cube: npt.ArrayLike,
    neighbours: Neighbours,
    *,
    time_neighbours: int = 1,
    level: float = 0.05,
    trend_level: float = 0.05,
    adjust: bool = True,
    progress: Progress | None = None,
) -> EmergingHotSpots:
    """Find where hot and cold spots appear, last, grow and fade.

    The neighbourhood of a bin holds its area and the area's neighbours, in its own step and ``time_neighbours`` steps
    before (fewer at the beginning), weight 1 each. Its sum is compared with the whole cube:
    ``z = (sum - W m) / (s sqrt((N W - W²) / (N - 1)))`` over N bins with mean m and standard deviation s.

    Its p-value is the normal curve's, or that of a Pearson III variable with the skewness which the sum of W bins drawn
    at random has, whichever is larger: counts have a heavier upper tail than the normal curve. By that curve alone,
    chance flags something in 42 of 100 cubes with 0.3 reports a bin (docs/hotspots-calibration.md).

    The trend is tested on the scores of each step by itself: windows that share steps are correlated, and
    Mann-Kendall's test would find trends in pure chance (it did in one of ten series).

    Parameters
    ----------
    cube : array_like, shape (areas, steps)
        Counts or rates, see :func:`space_time_cube`; at least two steps.
    neighbours : Neighbours
        Of the areas; its weights are not used. An island is its own neighbourhood.
    time_neighbours : int
        Steps before that count as neighbours.
    level : float
        Level of a bin, false discovery rate with ``adjust``.
    trend_level : float
        Level of the trend.
    adjust : bool
        Adjust bins for multiple testing.
    progress : callable, optional
        See :mod:`geo.hotspot.progress`.

    Returns
    -------
    EmergingHotSpots
        A constant cube has scores 0 and no pattern.

    Raises
    ------
    HotspotInputError
        For a cube that does not fit the neighbours or has fewer than two steps.

    Source
    ------
    ESRI, "How Emerging Hot Spot Analysis works" (ArcGIS Pro 3.x), global window; Ord & Getis (1995), Geogr. Anal.
    27(4), 286-306; Pearson III from permutation moments: Costanzo, Hubert & Golledge (1983), Geogr. Anal. 15(4),
    347-351.
    """
    x = np.asarray(cube, dtype=np.float64)
    require(x.ndim == 2 and x.shape[1] >= 2, "the cube must have the shape (areas, steps), at least two steps")
    require(len(x) == len(neighbours), f"{len(neighbours)} areas in neighbours, {len(x)} in the cube")
    require(bool(np.isfinite(x).all()), "the cube must be finite")
    require(time_neighbours >= 0, "time_neighbours must not be negative")
    report(progress, 0.0)
    z = cube_scores(x, neighbours, time_neighbours)
    p = score_p(z, cube_skewness(x, neighbours, time_neighbours))
    q = false_discovery_rate(p.ravel()).reshape(p.shape)
    flags = np.where((q if adjust else p) <= level, np.sign(z), 0).astype(np.int8)
    report(progress, 0.3)
    alone = cube_scores(x, neighbours, 0) if time_neighbours else z
    trend = (
        mann_kendall(alone, progress=None if progress is None else lambda f: progress(0.3 + 0.5 * f))
        if len(x)
        else _no_trend()
    )
    direction = trend.direction(trend_level)
    rows, inverse = np.unique(np.column_stack([flags, direction]), axis=0, return_inverse=True)
    named = [classify(row[:-1], int(row[-1])) for row in rows]
    report(progress, 1.0)
    return EmergingHotSpots(z, p, q, flags, trend, tuple(named[k] for k in inverse.ravel()))


def cube_scores(cube: FloatArray, neighbours: Neighbours, time_neighbours: int) -> FloatArray:
    """Gi* score of every bin, shape of the cube; 0 throughout where the cube is constant."""
    areas, steps = cube.shape
    count = cube.size
    matrix = neighbours.sparse().astype(bool).astype(np.float64)
    # Area and neighbours summed, cumulated over steps: a window of steps is the difference of two columns.
    running = np.zeros((areas, steps + 1))
    np.cumsum(matrix @ cube + cube, axis=1, out=running[:, 1:])
    first = np.maximum(np.arange(steps) - time_neighbours, 0)
    gathered = running[:, 1:] - running[:, first]
    weight = _weights(neighbours, steps, time_neighbours)
    mean = float(cube.mean()) if count else 0.0
    deviation = float(cube.std()) if count else 0.0
    if deviation <= 1e-12 * max(abs(mean), 1e-300):
        return np.zeros_like(cube)
    # (N W - W²) / (N - 1), all weights being 1; 0 where the neighbourhood is the whole cube.
    spread = np.maximum(count * weight - weight**2, 0.0) / (count - 1)
    scale = deviation * np.sqrt(spread)
    return np.asarray(
        np.where(spread > 0, (gathered - weight * mean) / np.where(spread > 0, scale, 1.0), 0.0), dtype=np.float64
    )


def cube_skewness(cube: FloatArray, neighbours: Neighbours, time_neighbours: int) -> FloatArray:
    """Skewness of every bin's sum when the cube's values fall at random on its bins, shape of the cube.

    That of a sum of W values drawn without replacement from N: g (N - 2W) / (N - 2) sqrt((N - 1) / (W (N - W))) with
    the cube's own skewness g; 0 where it is not defined.
    """
    count = cube.size
    deviation = float(cube.std()) if count else 0.0
    weight = _weights(neighbours, cube.shape[1], time_neighbours)
    left = count - weight
    if count <= 2 or deviation == 0:
        return np.zeros_like(cube)
    own = float(np.mean(((cube - cube.mean()) / deviation) ** 3))
    shape = np.sqrt((count - 1) / np.where(left > 0, weight * left, np.inf))
    return np.asarray(own * (count - 2 * weight) / (count - 2) * shape, dtype=np.float64)


def score_p(z: FloatArray, skewness: FloatArray) -> FloatArray:
    """Return two-sided p-values, any one shape: the normal curve's or, where larger, Pearson III's of the skewness."""
    tail = np.where(z > 0, pearson3.sf(z, skewness), pearson3.cdf(z, skewness))
    return np.asarray(np.minimum(2 * np.maximum(tail, norm.sf(np.abs(z))), 1.0), dtype=np.float64)


def _weights(neighbours: Neighbours, steps: int, time_neighbours: int) -> FloatArray:
    """How many bins each bin's neighbourhood holds, shape (areas, steps)."""
    step = np.arange(steps)
    # The step itself and up to `time_neighbours` before it.
    reach = step + 1 - np.maximum(step - time_neighbours, 0)
    return np.asarray((neighbours.cardinalities + 1.0)[:, None] * reach[None, :], dtype=np.float64)


def _no_trend() -> Trend:
    none = np.empty(0)
    return Trend(none, none, none, none, none, none)
