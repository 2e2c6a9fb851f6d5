"""The largest ratio of each replicate: what a cluster's ratio is ranked among."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from geo.hotspot.progress import report, run_chunks
from geo.hotspot.scan.frame import HIGH, Sieve
from geo.hotspot.scan.likelihood import BERNOULLI, EXPECTATION, threshold_table
from geo.hotspot.scan.problem import running
from geo.hotspot.scan.replicate import LANES, OUT_OF_REACH, scan_replicates, scan_replicates_plainly
from geo.hotspot.scan.thresholds import chords, common_slope, lower_thresholds, zone_bounds
from geo.hotspot.significance import TOLERANCE

if TYPE_CHECKING:
    from geo.hotspot.arrays import BoolArray, FloatArray, IntArray
    from geo.hotspot.progress import Progress
    from geo.hotspot.scan.frame import Null
    from geo.hotspot.scan.problem import Problem
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
        # The last member with a baseline where each zone ended; -1: the zone had none.
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
    """Scans replicates of one problem; holds the tables that depend on the floor alone."""

    def __init__(self, problem: Problem, null: Null) -> None:
        """Prepare; ``null`` counts the problem's seen locations, in order."""
        self.null = null
        first, seen = problem.first_scanned(replicate=True), problem.seen
        self.frame = problem.frame(*_compressed(problem.zones, seen), replicate=True, first=first)
        self.baseline = np.ascontiguousarray(running(problem.baseline)[seen][:, first:])
        self.baseline -= self.baseline[:, :1]
        if self.frame.rates != HIGH:
            return
        frame = self.frame
        self.least = np.empty((int(frame.ends.sum()), frame.max_length - frame.min_length + 1))
        self.most = np.empty_like(self.least)
        zone_bounds(frame, self.baseline, self.least, self.most)
        self.single = frame.first_end == self.baseline.shape[1] - 1
        most_cases = max(float(null.draws.max(initial=1)), frame.total_cases, frame.total_baseline, 1.0)
        # A power of two with scale * cases <= 2**27: excesses summed over a zone fit in int32.
        self.scale = float(np.clip(2.0 ** np.floor(np.log2(2.0**27 / most_cases)), 2.0**-8, 256.0))
        # Each member's excess is rounded to a whole number: a zone's sum may be off by one a member.
        self.rounding = float(np.diff(frame.indptr).max(initial=1)) + 2.0

    def set_floor(self, floor: float) -> None:
        """Make the thresholds of windows whose ratio is at least the floor."""
        frame = self.frame
        largest = float(self.most.max(initial=1e-9))
        smallest = float(self.least[self.least > 0].min(initial=largest)) * 0.999
        # Thresholds at baselines from a little below the smallest to a little above the largest, in equal ratios.
        grid = np.geomspace(smallest, max(largest, smallest) * 1.001, _GRID)
        table = threshold_table(frame.model, max(floor, 1e-6), grid, frame.total_cases, frame.total_baseline)
        share = 1.0 if frame.model == EXPECTATION else frame.total_cases / frame.total_baseline
        lengths = self.least.shape[1]
        # Columns padded to whole groups of LANES lengths with limits that nothing reaches.
        limits = np.full((len(self.least), -(-lengths // LANES) * LANES), OUT_OF_REACH, dtype=np.int32)
        low = lower_thresholds(self.least, grid, table, share)
        if self.single:
            # The baseline of the one window of a length is known: the limit is a number of cases, rounded up.
            needed = np.maximum(np.ceil(low - 1e-6 * (1 + low)), frame.min_cases)
            limits[:, :lengths] = np.minimum(needed, OUT_OF_REACH)
            unused = np.zeros(self.least.shape, dtype=np.float32)
            self.sieve = Sieve(True, self.scale, 0.0, limits, unused, unused, self.least)  # noqa: FBT003 (compiled)
            return
        # The threshold of the Bernoulli model is not concave: its lines are level.
        level = frame.model == BERNOULLI
        high = low if level else lower_thresholds(self.most, grid, table, share)
        steepness = 0.0 if level else common_slope(self.least, self.most, low, high)
        # Intercept of the line of the common slope that lies below the thresholds at both ends; they are concave in
        # between, so it lies below them there too.
        line = np.minimum(low - steepness * self.least, high - steepness * self.most)
        scaled = np.floor(self.scale * (line - 1e-6 * (1 + np.abs(low) + np.abs(high)))) - self.rounding
        limits[:, :lengths] = np.clip(scaled, -OUT_OF_REACH, OUT_OF_REACH)
        slope, intercept = chords(self.least, self.most, low, high, frame.min_cases)
        self.sieve = Sieve(False, self.scale, steepness, limits, slope, intercept, self.least)  # noqa: FBT003 (compiled)

    def run(self, first: int, last: int, out: FloatArray) -> None:
        """Scan replicates ``first`` … ``last - 1`` into ``out``: 0 where none reaches the floor."""
        scan_replicates(self.frame, self.sieve, self.null, self.baseline, first, last, out)

    def run_plainly(self, first: int, last: int, out: FloatArray) -> None:
        """Scan replicates ``first`` … ``last - 1`` into ``out``, every window of each."""
        scan_replicates_plainly(self.frame, self.null, self.baseline, first, last, out)


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
    run = scan.run if scan.frame.rates == HIGH else scan.run_plainly
    done, reached = 0, start

    def rescan(rows: IntArray, floor: float) -> None:
        """Find the exact value of replicates that stayed below a floor, with lower and lower floors."""
        while len(rows):
            floor = floor / 2 if floor > 1.0 else 0.0
            scan.set_floor(floor)
            run_chunks(
                lambda a, _, rows=rows: run(int(rows[a]), int(rows[a]) + 1, out),  # type: ignore[misc]
                len(rows), 1, progress, start=reached, end=reached,
            )  # fmt: skip
            rows = rows[out[rows] <= floor] if floor else rows[:0]

    floor = 0.0
    if scan.frame.rates == HIGH:
        done = min(_PILOT, replicates)
        # The first floor grows with the logarithm of the number of windows; the pilot's smallest maximum sets the next.
        floor = 0.25 * float(np.log(max(scan.least.size * scan.baseline.shape[1], 2)))
        scan.set_floor(floor)
        run_chunks(lambda a, b: run(a, b, out), done, 1, progress, start=start, end=start)
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
    reached = start + (1 - start) * done / replicates
    if scan.frame.rates == HIGH:
        rescan(np.flatnonzero(out[:done] <= floor), floor)
    if sequential is not None:
        # End at the replicate that completed the number, not with its block: p does not depend on the block size.
        hits = np.flatnonzero(out[:done] >= limit)
        if len(hits) >= sequential:
            done = int(hits[sequential - 1]) + 1
    return out[:done].copy()
