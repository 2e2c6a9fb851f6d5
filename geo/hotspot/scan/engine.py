"""One scan from counts, baselines, zones and windows: what all models share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from geo.hotspot.arrays import BoolArray, FloatArray, IntArray, require
from geo.hotspot.progress import Progress, report, run_chunks
from geo.hotspot.scan.clusters import Candidate, ScanCluster, ScanResult, Secondary, select
from geo.hotspot.scan.exact import best_of_centres
from geo.hotspot.scan.likelihood import BERNOULLI, EXPECTATION, threshold_table
from geo.hotspot.scan.replicate import (
    LANES,
    OUT_OF_REACH,
    chords,
    common_slope,
    lower_thresholds,
    scan_replicates,
    zone_bounds,
)
from geo.hotspot.significance import gumbel_p, monte_carlo_p, recurrence_interval_days

if TYPE_CHECKING:
    from geo.hotspot.scan.simulate import Null
    from geo.hotspot.scan.windows import TimeWindows
    from geo.hotspot.scan.zones import Zones

_GRID = 1024
_PILOT = 12
#: With a rank below this among the replicates the Gumbel tail is reported (SaTScan's "default combination").
GUMBEL_BELOW_RANK = 10
_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Problem:
    """A scan, ready to run."""

    model: int
    cases: FloatArray
    baseline: FloatArray
    zones: Zones
    windows: TimeWindows
    min_cases: int
    secondary: Secondary

    @property
    def intervals(self) -> int:
        """Number of intervals of the study."""
        return int(self.cases.shape[1])

    def first_scanned(self, *, replicate: bool) -> int:
        """First interval that a window of the replicates can hold."""
        _, longest = self.windows.lengths(self.intervals)
        return max(self.windows.first_end(self.intervals, replicate=replicate) - longest, 0)


def _running(table: FloatArray) -> FloatArray:
    out = np.zeros((table.shape[0], table.shape[1] + 1))
    np.cumsum(table, axis=1, out=out[:, 1:])
    return out


def candidates_of(problem: Problem, progress: Progress | None, *, end: float) -> list[Candidate]:
    """Best window of each centre in the data."""
    shortest, longest = problem.windows.lengths(problem.intervals)
    first_end = problem.windows.first_end(problem.intervals, replicate=False)
    cases, baseline = _running(problem.cases), _running(problem.baseline)
    zones = problem.zones
    out = np.full((zones.centres, 4), -1.0)
    total_cases, total_baseline = float(problem.cases.sum()), float(problem.baseline.sum())

    def work(first: int, last: int) -> None:
        best_of_centres(
            problem.model,
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
    """Scans replicates of one problem; holds the tables that depend on the floor alone."""

    def __init__(self, problem: Problem, null: Null, seed: int, seen: BoolArray) -> None:
        """Prepare; ``seen`` marks the locations that ``null`` counts, in order."""
        self.problem = problem
        self.null = null
        self.seed = seed
        self.shortest, longest = problem.windows.lengths(problem.intervals)
        first = problem.first_scanned(replicate=True)
        self.first_end = problem.windows.first_end(problem.intervals, replicate=True) - first
        self.baseline = np.ascontiguousarray(_running(problem.baseline)[seen][:, first:])
        self.baseline -= self.baseline[:, :1]
        self.indptr, self.locations, self.ends = _compressed(problem.zones, seen)
        zones = int(self.ends.sum())
        self.least = np.empty((zones, longest - self.shortest + 1))
        self.most = np.empty_like(self.least)
        zone_bounds(
            self.baseline,
            self.indptr,
            self.locations,
            self.ends,
            self.shortest,
            longest,
            self.first_end,
            self.least,
            self.most,
        )
        self.single = self.first_end == self.baseline.shape[1] - 1
        self.total_cases = float(problem.cases.sum())
        self.total_baseline = float(problem.baseline.sum())
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
        concave = model != BERNOULLI
        self.slope = np.zeros(self.least.shape, dtype=np.float32)
        self.intercept = np.zeros(self.least.shape, dtype=np.float32)
        padded = -(-self.least.shape[1] // LANES) * LANES
        self.limits = np.full((len(self.least), padded), OUT_OF_REACH, dtype=np.int32)
        low = lower_thresholds(self.least, grid, table, share)
        if self.single:
            needed = np.maximum(np.ceil(low - 1e-6 * (1 + low)), fewest)
            self.limits[:, : low.shape[1]] = np.minimum(needed, OUT_OF_REACH)
            self.common_slope = 0.0
            return
        chords(self.least, self.most, grid, table, share, fewest, concave, self.slope, self.intercept)
        high = lower_thresholds(self.most, grid, table, share)
        self.common_slope = common_slope(self.least, self.most, low, high) if concave else 0.0
        intercept = np.minimum(low - self.common_slope * self.least, high - self.common_slope * self.most)
        scaled = np.floor(self.scale * (intercept - 1e-6 * (1 + np.abs(low) + np.abs(high)))) - self.rounding
        self.limits[:, : low.shape[1]] = np.clip(scaled, -OUT_OF_REACH, OUT_OF_REACH)

    def run(self, first: int, last: int, out: FloatArray) -> None:
        """Scan replicates ``first`` … ``last - 1`` into ``out``."""
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
            self.seed,
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


def simulate(
    problem: Problem,
    null: Null,
    seen: BoolArray,
    replicates: int,
    seed: int,
    best: float,
    sequential: int | None,
    progress: Progress | None,
    *,
    start: float,
) -> FloatArray:
    """Largest ratio of each replicate, in order; ended once ``sequential`` of them reach ``best``."""
    out = np.zeros(replicates)
    if replicates == 0 or not problem.zones.centres:
        return out
    scan = ReplicateScan(problem, null, seed, seen)
    limit = best - _TOLERANCE * max(1.0, abs(best))

    def rescan(rows: IntArray, floor: float) -> None:
        """Find the exact value of replicates that stayed below a floor, with lower and lower floors."""
        while len(rows):
            floor = floor / 2 if floor > 1.0 else 0.0
            scan.set_floor(floor)
            for r in rows:
                scan.run(int(r), int(r) + 1, out)
            rows = rows[out[rows] <= floor] if floor else rows[:0]

    pilot = min(_PILOT, replicates)
    floor = 0.25 * float(np.log(max(scan.least.size * scan.baseline.shape[1], 2)))
    scan.set_floor(floor)
    run_chunks(lambda a, b: scan.run(a, b, out), pilot, 1, None)
    rescan(np.flatnonzero(out[:pilot] <= floor), floor)
    floor = min(0.88 * float(out[:pilot].min()), limit)
    scan.set_floor(floor)
    done = pilot
    block = max(64, replicates // 20)
    report(progress, start)
    while done < replicates:
        if sequential is not None and np.count_nonzero(out[:done] >= limit) >= sequential:
            break
        first, last = done, min(done + block, replicates)
        run_chunks(
            lambda a, b, base=first: scan.run(base + a, base + b, out),  # type: ignore[misc]
            last - first,
            max((last - first) // 16, 1),
            progress,
            start=start + (1 - start) * first / replicates,
            end=start + (1 - start) * last / replicates,
        )
        done = last
    rescan(np.flatnonzero(out[:done] <= floor), floor)
    if sequential is not None:
        hits = np.flatnonzero(out[:done] >= limit)
        if len(hits) >= sequential:
            done = int(hits[sequential - 1]) + 1
    return out[:done].copy()


def scan(
    problem: Problem,
    null: Null,
    seen: BoolArray,
    replicates: int,
    seed: int,
    sequential: int | None,
    progress: Progress | None,
) -> ScanResult:
    """Scan the data, then the replicates, and judge the clusters."""
    require(replicates >= 0, "replicates must not be negative")
    require(sequential is None or sequential >= 1, "sequential must be at least 1")
    found = candidates_of(problem, progress, end=0.1)
    chosen = select(found, problem.zones, problem.secondary)
    best = chosen[0].ratio if chosen else np.inf
    maxima = simulate(problem, null, seen, replicates if chosen else 0, seed, best, sequential, progress, start=0.1)
    clusters = tuple(_judged(candidate, problem, maxima, replicates) for candidate in chosen)
    report(progress, 1.0)
    shortest, longest = problem.windows.lengths(problem.intervals)
    first_end = problem.windows.first_end(problem.intervals, replicate=True)
    spans = sum(max(problem.intervals - max(first_end, length) + 1, 0) for length in range(shortest, longest + 1))
    return ScanResult(clusters, maxima, replicates, float(problem.cases.sum()), int(problem.zones.ends.sum()) * spans)


def _judged(candidate: Candidate, problem: Problem, maxima: FloatArray, requested: int) -> ScanCluster:
    zones, windows = problem.zones, problem.windows
    members = zones.locations[zones.indptr[candidate.centre] : candidate.entry + 1]
    span = slice(candidate.start, candidate.end)
    observed = float(problem.cases[members, span].sum())
    baseline = float(problem.baseline[members, span].sum())
    total, whole = float(problem.cases.sum()), float(problem.baseline.sum())
    expected = baseline * total / whole if problem.model == BERNOULLI else baseline
    if problem.model == EXPECTATION:
        risk = observed / expected
    else:
        outside = (total - observed) / (total - expected) if total > expected else np.inf
        risk = observed / expected / outside if outside > 0 else np.inf
    by_rank = monte_carlo_p(candidate.ratio, maxima, tolerance=_TOLERANCE)
    by_tail = gumbel_p(candidate.ratio, maxima) if len(maxima) > 1 else np.nan
    rank = round(by_rank * (len(maxima) + 1))
    p_value, kind = by_rank, "monte-carlo"
    if len(maxima) < requested:
        p_value, kind = (rank - 1) / len(maxima), "sequential"
    elif rank < GUMBEL_BELOW_RANK and len(maxima) > 1:
        p_value, kind = by_tail, "gumbel"
    interval = None
    if windows.mode == "prospective" and requested:
        interval = recurrence_interval_days(
            p_value, unit=windows.unit, length=windows.unit_length, analyses=windows.analyses(problem.intervals)
        )
    return ScanCluster(
        centre=candidate.centre,
        members=members.copy(),
        radius_m=float(zones.distances_m[candidate.entry]),
        start=candidate.start,
        end=candidate.end,
        observed=observed,
        expected=expected,
        population=baseline,
        relative_risk=float(risk),
        log_likelihood_ratio=candidate.ratio,
        p_value=p_value,
        p_kind=kind,  # type: ignore[arg-type]
        p_monte_carlo=by_rank,
        p_gumbel=float(by_tail),
        recurrence_interval_days=interval,
    )
