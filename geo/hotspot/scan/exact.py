"""The scan of the data: every zone, every window, the best of each centre."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numba as nb
import numpy as np

from geo.hotspot.progress import run_chunks
from geo.hotspot.scan.clusters import Candidate
from geo.hotspot.scan.likelihood import EXPECTATION, POISSON, likelihood_ratio
from geo.hotspot.scan.problem import HIGH, LOW, running

if TYPE_CHECKING:
    from geo.hotspot.arrays import BoolArray, FloatArray, IntArray
    from geo.hotspot.progress import Progress
    from geo.hotspot.scan.problem import Problem


@nb.njit(cache=True, nogil=True)
def best_of_centres(  # noqa: C901 (compiled: one nest of loops)
    model: int,
    rates: int,
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
    share = total_cases / total_baseline if total_baseline > 0 and model != EXPECTATION else 1.0
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
                    expected = m * share
                    if c > expected:
                        if rates == LOW or c < min_cases:
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


def candidates_of(problem: Problem, progress: Progress | None, *, end: float) -> list[Candidate]:
    """Best window of each centre in the data; ``end`` is the share of the progress bar that this fills."""
    shortest, longest = problem.windows.lengths(problem.intervals)
    first_end = problem.windows.first_end(problem.intervals, replicate=False)
    cases, baseline = running(problem.cases), running(problem.baseline)
    zones = problem.zones
    out = np.full((zones.centres, 4), -1.0)
    total_cases, total_baseline = float(problem.cases.sum()), float(problem.baseline.sum())

    def work(first: int, last: int) -> None:
        best_of_centres(
            problem.model,
            problem.rates,
            cases,
            baseline,
            zones.indptr,
            zones.locations,
            zones.ends,
            shortest,
            longest,
            first_end,
            float(problem.min_cases),
            total_cases,
            total_baseline,
            first,
            last,
            out,
        )

    if zones.centres and total_baseline > 0:
        run_chunks(work, zones.centres, max(zones.centres // 40, 1), progress, end=end)
    return [
        Candidate(centre, int(row[1]), int(row[2]), int(row[3]), float(row[0]))
        for centre, row in enumerate(out)
        if row[0] > 0
    ]
