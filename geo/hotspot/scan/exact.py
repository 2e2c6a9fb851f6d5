"""The scan of the data: every zone, every window, the best of each centre."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numba as nb
import numpy as np

from geo.hotspot.scan.likelihood import log_likelihood_ratio

if TYPE_CHECKING:
    from geo.hotspot.arrays import BoolArray, FloatArray, IntArray


@nb.njit(cache=True, nogil=True)
def best_of_centres(
    model: int,
    cases: FloatArray,
    baseline: FloatArray,
    indptr: IntArray,
    locations: IntArray,
    ends: BoolArray,
    min_length: int,
    max_length: int,
    first_end: int,
    min_cases: float,
    total_cases: float,
    total_baseline: float,
    first: int,
    last: int,
    out: FloatArray,
) -> None:  # pragma: no cover
    """Write (ratio, entry, start, end) of the best window of centres ``first`` … ``last - 1``.

    ``cases`` and ``baseline`` are running sums over time, shape (locations, intervals + 1). The entry is the position
    in ``locations`` after which the zone ends; windows are half-open [start, end). Of equal ratios (to 1e-12) the
    smaller zone, then the earlier and shorter window, is kept. The ratio is -1 where a centre has no window.
    """
    intervals = cases.shape[1] - 1
    sum_cases = np.empty(intervals + 1)
    sum_baseline = np.empty(intervals + 1)
    share = total_cases / total_baseline if total_baseline > 0 else 0.0
    for centre in range(first, last):
        sum_cases[:] = 0.0
        sum_baseline[:] = 0.0
        best = 0.0
        out[centre, 0] = -1.0
        for entry in range(indptr[centre], indptr[centre + 1]):
            location = locations[entry]
            for t in range(intervals + 1):
                sum_cases[t] += cases[location, t]
                sum_baseline[t] += baseline[location, t]
            if not ends[entry]:
                continue
            for end in range(first_end, intervals + 1):
                for length in range(min_length, min(max_length, end) + 1):
                    start = end - length
                    c = sum_cases[end] - sum_cases[start]
                    m = sum_baseline[end] - sum_baseline[start]
                    if c < min_cases or (model != 2 and c <= m * share) or (model == 2 and c <= m):
                        continue
                    ratio = log_likelihood_ratio(model, c, m, total_cases, total_baseline)
                    if ratio > best * (1.0 + 1e-12):
                        best = ratio
                        out[centre, 0] = ratio
                        out[centre, 1] = entry
                        out[centre, 2] = start
                        out[centre, 3] = end
