"""The Mann-Kendall trend test with Sen's slope, for many series at once."""

from __future__ import annotations

from dataclasses import dataclass

import numba as nb
import numpy as np
import numpy.typing as npt
from scipy.stats import norm

from geo.hotspot.arrays import FloatArray, require
from geo.hotspot.progress import Progress, run_chunks


@dataclass(frozen=True, slots=True)
class Trend:
    """Trend of each series; all arrays have the shape (n,).

    Attributes
    ----------
    s : ndarray
        Rises minus falls over all pairs.
    variance : ndarray
        Of ``s`` without a trend, corrected for ties.
    z : ndarray
        ``(s - sign s) / sqrt(variance)``; 0 where ``s`` is 0.
    p : ndarray
        Two-sided; 1 where all values are equal.
    tau : ndarray
        ``s`` over the number of pairs.
    slope : ndarray
        Sen's slope, per step: the median of the slopes of all pairs.
    """

    s: FloatArray
    variance: FloatArray
    z: FloatArray
    p: FloatArray
    tau: FloatArray
    slope: FloatArray

    def direction(self, level: float = 0.05) -> npt.NDArray[np.int8]:
        """1 for a rising, -1 for a falling trend with ``p <= level``, else 0."""
        return np.where(self.p <= level, np.sign(self.z), 0).astype(np.int8)


def _trends(table: FloatArray, s: FloatArray, variance: FloatArray, slope: FloatArray) -> None:
    """Fill in what the rows of a table have of each."""
    slopes = np.empty((len(table), table.shape[1] * (table.shape[1] - 1) // 2))
    # Sorted here: numba's own sort and median take it ten times as long to compile as all the rest.
    _balance(table, np.sort(table, axis=1), s, variance, slopes)
    slope[:] = np.median(slopes, axis=1)


@nb.njit(cache=True, nogil=True)
def _balance(
    series: FloatArray, ordered: FloatArray, s: FloatArray, variance: FloatArray, slopes: FloatArray
) -> None:  # pragma: no cover
    rows, count = series.shape
    for i in range(rows):
        balance = 0
        k = 0
        for a in range(count):
            # S = sum of sign(x_b - x_a) over pairs a < b; Sen's slopes are (x_b - x_a) / (b - a).
            for b in range(a + 1, count):
                step = series[i, b] - series[i, a]
                balance += (step > 0) - (step < 0)
                slopes[i, k] = step / (b - a)
                k += 1
        s[i] = balance
        # Var(S) = (n (n - 1) (2n + 5) - sum of t (t - 1) (2t + 5)) / 18 over groups of t equal values.
        total = count * (count - 1) * (2.0 * count + 5)
        run = 1
        for t in range(1, count + 1):
            if t < count and ordered[i, t] == ordered[i, t - 1]:
                run += 1
            else:
                total -= run * (run - 1) * (2.0 * run + 5)
                run = 1
        variance[i] = total / 18.0


def mann_kendall(series: npt.ArrayLike, *, progress: Progress | None = None) -> Trend:
    """Test each series for a monotone trend.

    Parameters
    ----------
    series : array_like, shape (steps,) or (n, steps)
        Equally spaced values, at least two; finite.
    progress : callable, optional
        See :mod:`geo.hotspot.progress`.

    Returns
    -------
    Trend
        Arrays of shape (n,), n = 1 for a single series.

    Raises
    ------
    HotspotInputError
        For fewer than two steps or values not finite.

    Source
    ------
    Mann (1945), Econometrica 13(3), 245-259; Kendall (1975), Rank Correlation Methods; Sen (1968), J. Am. Stat. Assoc.
    63(324), 1379-1389.
    """
    table = np.ascontiguousarray(np.atleast_2d(np.asarray(series, dtype=np.float64)))
    require(table.ndim == 2 and table.shape[1] >= 2, "series must have at least two steps")
    require(bool(np.isfinite(table).all()), "series must be finite")
    count = len(table)
    s, variance, slope = np.zeros(count), np.zeros(count), np.zeros(count)
    run_chunks(lambda a, b: _trends(table[a:b], s[a:b], variance[a:b], slope[a:b]), count, 512, progress)
    # Continuity correction by one towards 0.
    z = np.where(variance > 0, (s - np.sign(s)) / np.sqrt(np.where(variance > 0, variance, 1.0)), 0.0)
    pairs = table.shape[1] * (table.shape[1] - 1) / 2
    return Trend(s, variance, z, np.asarray(2 * norm.sf(np.abs(z)), dtype=np.float64), s / pairs, slope)
