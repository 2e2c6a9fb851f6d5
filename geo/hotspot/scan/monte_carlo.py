"""The largest ratio of each replicate: what a cluster's ratio is ranked among."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from geo.hotspot.progress import report, run_chunks
from geo.hotspot.scan.likelihood import BERNOULLI, EXPECTATION, threshold_table
from geo.hotspot.scan.problem import HIGH, running
from geo.hotspot.scan.replicate import LANES, OUT_OF_REACH, scan_replicates, scan_replicates_plainly
from geo.hotspot.scan.thresholds import chords, common_slope, lower_thresholds, zone_bounds
from geo.hotspot.significance import TOLERANCE

if TYPE_CHECKING:
    from geo.hotspot.arrays import BoolArray, FloatArray, IntArray
    from geo.hotspot.progress import Progress
    from geo.hotspot.scan.problem import Problem
    from geo.hotspot.scan.simulate import Null
    from geo.hotspot.scan.zones import Zones

_GRID = 1024
_PILOT = 12


def _compressed(zones: Zones, seen: BoolArray) -> tuple[IntArray, npt.NDArray[np.int32], BoolArray]:
    """Drop locations without baseline: they change no zone. A zone that ended at one ends at its last real member."""
    number = np.cumsum(seen) - 1
    indptr = [0]
    locations: list[npt.NDArray[np.int64]] = []
    ends: list[BoolArray] = []
    for centre in range(zones.centres):
        part = slice(int(zones.indptr[centre]), int(zones.indptr[centre + 1]))
        own, closes = zones.locations[part], zones.ends[part]
        real = seen[own]
        rank = np.cumsum(real) - 1
        close = np.zeros(int(real.sum()), dtype=np.bool_)
        at = rank[closes]
        close[at[at >= 0]] = True
        locations.append(number[own[real]])
        ends.append(close)
        indptr.append(indptr[-1] + len(close))
    return (
        np.array(indptr, dtype=np.int64),
        np.concatenate([np.empty(0, dtype=np.int64), *locations]).astype(np.int32),
        np.concatenate([np.empty(0, dtype=np.bool_), *ends]),
    )


class ReplicateScan:
    """Scans replicates of one problem for high rates; holds the tables that depend on the floor alone."""

    def __init__(self, problem: Problem, null: Null) -> None:
        """Prepare; ``null`` counts the problem's seen locations, in order."""
        self.problem = problem
        self.null = null
        self.shortest, self.longest = problem.windows.lengths(problem.intervals)
        first, seen = problem.first_scanned(replicate=True), problem.seen
        self.first_end = problem.windows.first_end(problem.intervals, replicate=True) - first
        self.baseline = np.ascontiguousarray(running(problem.baseline)[seen][:, first:])
        self.baseline -= self.baseline[:, :1]
        self.indptr, self.locations, self.ends = _compressed(problem.zones, seen)
        self.total_cases = float(problem.cases.sum())
        self.total_baseline = float(problem.baseline.sum())
        if problem.rates != HIGH:
            return
        zones = int(self.ends.sum())
        self.least = np.empty((zones, self.longest - self.shortest + 1))
        self.most = np.empty_like(self.least)
        zone_bounds(
            self.baseline,
            self.indptr,
            self.locations,
            self.ends,
            self.shortest,
            self.longest,
            self.first_end,
            self.least,
            self.most,
        )
        self.single = self.first_end == self.baseline.shape[1] - 1
        most_cases = max(float(null.draws.max(initial=1)), self.total_cases, self.total_baseline, 1.0)
        self.scale = float(np.clip(2.0 ** np.floor(np.log2(2.0**27 / most_cases)), 2.0**-8, 256.0))
        members = np.diff(self.indptr).max(initial=1)
        self.rounding = float(members) + 2.0

    def set_floor(self, floor: float) -> None:
        """Make the thresholds of windows whose ratio is at least the floor."""
        largest = float(self.most.max(initial=1e-9))
        smallest = float(self.least[self.least > 0].min(initial=largest)) * 0.999
        grid = np.geomspace(smallest, max(largest, smallest) * 1.001, _GRID)
        model = self.problem.model
        fewest = float(self.problem.min_cases)
        table = threshold_table(model, max(floor, 1e-6), grid, self.total_cases, self.total_baseline)
        share = 1.0 if model == EXPECTATION else self.total_cases / self.total_baseline
        self.slope = self.intercept = np.zeros(self.least.shape, dtype=np.float32)
        padded = -(-self.least.shape[1] // LANES) * LANES
        self.limits = np.full((len(self.least), padded), OUT_OF_REACH, dtype=np.int32)
        low = lower_thresholds(self.least, grid, table, share)
        if self.single:
            needed = np.maximum(np.ceil(low - 1e-6 * (1 + low)), fewest)
            self.limits[:, : low.shape[1]] = np.minimum(needed, OUT_OF_REACH)
            self.common_slope = 0.0
            return
        # The threshold of the Bernoulli model is not concave: its lines are level.
        high = low if model == BERNOULLI else lower_thresholds(self.most, grid, table, share)
        self.slope, self.intercept = chords(self.least, self.most, low, high, fewest)
        self.common_slope = 0.0 if model == BERNOULLI else common_slope(self.least, self.most, low, high)
        intercept = np.minimum(low - self.common_slope * self.least, high - self.common_slope * self.most)
        scaled = np.floor(self.scale * (intercept - 1e-6 * (1 + np.abs(low) + np.abs(high)))) - self.rounding
        self.limits[:, : low.shape[1]] = np.clip(scaled, -OUT_OF_REACH, OUT_OF_REACH)

    def run(self, first: int, last: int, out: FloatArray) -> None:
        """Scan replicates ``first`` … ``last - 1`` into ``out``: 0 where none reaches the floor."""
        null = self.null
        scan_replicates(
            self.problem.model,
            null.kind,
            null.draws,
            null.cells,
            null.alias,
            null.keep,
            null.strata,
            null.offsets,
            self.problem.options.seed,
            self.baseline,
            self.indptr,
            self.locations,
            self.ends,
            self.shortest,
            self.first_end,
            self.scale,
            self.common_slope,
            self.limits,
            self.slope,
            self.intercept,
            self.least,
            self.single,
            float(self.problem.min_cases),
            self.total_cases,
            self.total_baseline,
            first,
            last,
            out,
        )

    def run_plainly(self, first: int, last: int, out: FloatArray) -> None:
        """Scan replicates ``first`` … ``last - 1`` into ``out``, every window of each."""
        null = self.null
        scan_replicates_plainly(
            self.problem.model,
            self.problem.rates,
            null.kind,
            null.draws,
            null.cells,
            null.alias,
            null.keep,
            null.strata,
            null.offsets,
            self.problem.options.seed,
            self.baseline,
            self.indptr,
            self.locations.astype(np.int64),
            self.ends,
            self.shortest,
            self.longest,
            self.first_end,
            float(self.problem.min_cases),
            self.total_cases,
            self.total_baseline,
            first,
            last,
            out,
        )


def simulate(problem: Problem, null: Null, best: float, progress: Progress | None, *, start: float) -> FloatArray:
    """Largest ratio of each replicate, in order; ended once ``options.sequential`` of them reach ``best``.

    ``start`` is the share of the progress bar that is filled already.
    """
    replicates, sequential = problem.options.replicates, problem.options.sequential
    out = np.zeros(replicates)
    if replicates == 0 or not problem.zones.centres:
        return out
    scan = ReplicateScan(problem, null)
    limit = best - TOLERANCE * max(1.0, abs(best))
    run = scan.run if problem.rates == HIGH else scan.run_plainly
    done = 0

    def rescan(rows: IntArray, floor: float) -> None:
        """Find the exact value of replicates that stayed below a floor, with lower and lower floors."""
        while len(rows):
            floor = floor / 2 if floor > 1.0 else 0.0
            scan.set_floor(floor)
            run_chunks(lambda a, _, rows=rows: run(int(rows[a]), int(rows[a]) + 1, out), len(rows), 1)  # type: ignore[misc]
            rows = rows[out[rows] <= floor] if floor else rows[:0]

    floor = 0.0
    if problem.rates == HIGH:
        done = min(_PILOT, replicates)
        floor = 0.25 * float(np.log(max(scan.least.size * scan.baseline.shape[1], 2)))
        scan.set_floor(floor)
        run_chunks(lambda a, b: run(a, b, out), done, 1)
        rescan(np.flatnonzero(out[:done] <= floor), floor)
        floor = min(0.88 * float(out[:done].min()), limit)
        scan.set_floor(floor)
    block = max(64, replicates // 20)
    report(progress, start)
    while done < replicates:
        if sequential is not None and np.count_nonzero(out[:done] >= limit) >= sequential:
            break
        first, last = done, min(done + block, replicates)
        run_chunks(
            lambda a, b, base=first: run(base + a, base + b, out),  # type: ignore[misc]
            last - first,
            max((last - first) // 16, 1),
            progress,
            start=start + (1 - start) * first / replicates,
            end=start + (1 - start) * last / replicates,
        )
        done = last
    if problem.rates == HIGH:
        rescan(np.flatnonzero(out[:done] <= floor), floor)
    if sequential is not None:
        hits = np.flatnonzero(out[:done] >= limit)
        if len(hits) >= sequential:
            done = int(hits[sequential - 1]) + 1
    return out[:done].copy()
