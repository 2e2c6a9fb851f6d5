"""The scan of the data: every zone, every window, the best of each centre."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numba as nb
import numpy as np

from geo.hotspot.progress import run_chunks
from geo.hotspot.scan.clusters import ScanCandidate
from geo.hotspot.scan.frame import HIGH, LOW
from geo.hotspot.scan.likelihood import EXPECTATION, POISSON, likelihood_ratio
from geo.hotspot.scan.problem import running

if TYPE_CHECKING:
    from geo.hotspot.arrays import FloatArray
    from geo.hotspot.progress import Progress
    from geo.hotspot.scan.frame import Frame
    from geo.hotspot.scan.problem import Problem


@nb.njit(cache=True, nogil=True)
def best_of_centres(  # noqa: C901 (compiled: one nest of loops)
    frame: Frame, cases: FloatArray, baseline: FloatArray, total_cases: float, first: int, last: int, out: FloatArray
) -> None:  # pragma: no cover
    """Write (ratio, entry, start, end) of the best window of centres ``first`` … ``last - 1``.

    ``cases`` and ``baseline`` are running sums over time, shape (locations, intervals + 1); ``total_cases`` may be a
    replicate's own. The entry is the position
    in ``locations`` after which the zone ends; windows are half-open [start, end). Of equal ratios (to 1e-12) the
    smaller zone, then the earlier and shorter window, is kept. The ratio is -1 where a centre has no window.
    """
    model, rates, total_baseline = frame.model, frame.rates, frame.total_baseline
    indptr, locations, ends = frame.indptr, frame.locations, frame.ends
    intervals = cases.shape[1] - 1
    sum_cases = np.empty(intervals + 1)
    sum_baseline = np.empty(intervals + 1)
    # E = m C / M; the Poisson baseline sums to C, so that m is the expectation there too.
    share = total_cases / total_baseline if total_baseline > 0 and model != EXPECTATION else 1.0
    for centre in range(first, last):
        sum_cases[:] = 0.0
        sum_baseline[:] = 0.0
        best = 0.0
        out[centre, 0] = -1.0
        for entry in range(indptr[centre], indptr[centre + 1]):
            location = locations[entry]
            # Running sums over time of the zone so far: a window is the difference of two columns.
            for t in range(intervals + 1):
                sum_cases[t] += cases[location, t]
                sum_baseline[t] += baseline[location, t]
            if not ends[entry]:
                continue
            for end in range(frame.first_end, intervals + 1):
                for length in range(frame.min_length, min(frame.max_length, end) + 1):
                    start = end - length
                    c = sum_cases[end] - sum_cases[start]
                    m = sum_baseline[end] - sum_baseline[start]
                    expected = m * share
                    if c > expected:
                        if rates == LOW or c < frame.min_cases:
                            continue
                    elif rates == HIGH or c >= expected:
                        continue
                    if model == POISSON and total_cases > m > 0.0:
                        # ln x <= x - 1 bounds the ratio without a logarithm.
                        rest = (total_cases - c) / (total_cases - m)
                        if (c - m) * (c / m - rest) <= best * (1.0 - 1e-9):
                            continue
                    ratio = likelihood_ratio(model, c, m, total_cases, total_baseline)
                    if ratio > best * (1.0 + 1e-12):
                        best = ratio
                        out[centre, 0] = ratio
                        out[centre, 1] = entry
                        out[centre, 2] = start
                        out[centre, 3] = end


def candidates_of(problem: Problem, progress: Progress | None, *, end: float) -> list[ScanCandidate]:
    """Best window of each centre in the data; ``end`` is the share of the progress bar that this fills."""
    zones = problem.zones
    frame = problem.frame(zones.indptr, zones.locations.astype(np.int32), zones.ends, replicate=False)
    cases, baseline = running(problem.cases), running(problem.baseline)
    out = np.full((zones.centres, 4), -1.0)

    def work(first: int, last: int) -> None:
        best_of_centres(frame, cases, baseline, frame.total_cases, first, last, out)

    if zones.centres and frame.total_baseline > 0:
        run_chunks(work, zones.centres, max(zones.centres // 40, 1), progress, end=end)
    return [
        ScanCandidate(centre, int(row[1]), int(row[2]), int(row[3]), float(row[0]))
        for centre, row in enumerate(out)
        if row[0] > 0
    ]
