"""The kernels' arguments as named tuples, which compiled code can take apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from geo.hotspot.arrays import FloatArray, IntArray

Small = npt.NDArray[np.int32]
Single = npt.NDArray[np.float32]

#: Which windows are scanned.
HIGH, LOW, BOTH = 0, 1, 2


class Frame(NamedTuple):
    """Where to look in running sums of shape (places, width), and the totals of the study.

    Attributes
    ----------
    model, rates : int
        See :mod:`geo.hotspot.scan.likelihood`; :data:`HIGH`, :data:`LOW` or :data:`BOTH`.
    indptr, locations, ends : ndarray
        See :class:`geo.hotspot.scan.Zones`.
    min_length, max_length : int
        Lengths of the windows.
    first_end : int
        First column that a window may end with.
    min_cases, total_cases, total_baseline : float
    """

    model: int
    rates: int
    indptr: IntArray
    locations: Small
    ends: npt.NDArray[np.bool_]
    min_length: int
    max_length: int
    first_end: int
    min_cases: float
    total_cases: float
    total_baseline: float


class Sieve(NamedTuple):
    """Which windows can reach a floor, see :mod:`geo.hotspot.scan.thresholds`.

    Attributes
    ----------
    single : bool
        Each length has one window, the one that ends with the study.
    scale, common_slope : float
        A window's excess is ``scale * (cases - common_slope * baseline)``.
    limits : ndarray, shape (zones, lengths, padded), int32
        Excess that may reach the floor; cases, where ``single``.
    slope, intercept : ndarray, shape (zones, lengths), float32
        ``cases - slope * baseline >= intercept`` may reach the floor.
    least : ndarray, shape (zones, lengths), float64
        Smallest baseline of the windows; the baseline, where ``single``.
    """

    single: bool
    scale: float
    common_slope: float
    limits: Small
    slope: Single
    intercept: Single
    least: FloatArray


class Null(NamedTuple):
    """What it takes to draw one replicate under the null hypothesis, see :mod:`geo.hotspot.scan.simulate`.

    Attributes
    ----------
    kind : int
        ``MULTINOMIAL``, ``SAMPLE`` or ``SHUFFLE``.
    seed : int
        Each replicate has a stream of its own, by seed and number.
    draws : ndarray, shape (replicates,), int64
        Cases to be drawn.
    cells : ndarray, int32
        ``location * width + interval`` of the scanned intervals; -1 is a place or time that no window sees.
    alias, keep : ndarray
        Alias table of ``MULTINOMIAL``.
    strata, offsets : ndarray
        Stretches of ``SHUFFLE``: first case, last case, those that need a place; the column of each case's time.
    """

    kind: int
    seed: int
    draws: IntArray
    cells: Small
    alias: Small
    keep: FloatArray
    strata: IntArray
    offsets: Small
