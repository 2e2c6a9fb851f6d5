"""Seconds of the space-time permutation scan: 500 locations × 90 days, windows ≤ 2 km and ≤ 14 days, 999 replicates.

    python benchmarks/bench_scan.py [--cases 2000 10000 100000] [--repeat 1]

Bounds: prospective 1 / 1.5 / 3 s, retrospective 8 / 15 / 50 s for 2,000 / 10,000 / 100,000 cases on two processors. The
kernels are warmed up first (compiled code is cached on disk). No early end: all 999 replicates are scanned. On a busy
machine half of the processor time says more than the seconds.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from geo.hotspot.scan import ScanOptions, TimeWindows, circular_zones, permutation_scan, weekday_strata

LOCATIONS, DAYS, RADIUS_M, LONGEST, REPLICATES = 500, 90, 2_000.0, 14, 999
SIDE_M = 8_000.0
BOUNDS = {
    ("prospective", 2_000): 1.0,
    ("prospective", 10_000): 1.5,
    ("prospective", 100_000): 3.0,
    ("retrospective", 2_000): 8.0,
    ("retrospective", 10_000): 15.0,
    ("retrospective", 100_000): 50.0,
}


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, nargs="*", default=[2_000, 10_000, 100_000])
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--weekday", action="store_true", help="stratify by day of the week")
    asked = parser.parse_args()
    random = np.random.default_rng(1)
    points = random.uniform(0, SIDE_M, (LOCATIONS, 2))
    zones = circular_zones(points, max_radius_m=RADIUS_M)
    print(f"{LOCATIONS} locations in {SIDE_M / 1000:.0f} × {SIDE_M / 1000:.0f} km, {int(zones.ends.sum())} circles")
    weekly = 1.0 + 0.3 * np.sin(np.arange(DAYS) * 2 * np.pi / 7)
    share = random.gamma(2.0, size=LOCATIONS)
    print("mode           cases   seconds   bound   processor   p")
    for mode in ("prospective", "retrospective"):
        windows = TimeWindows(mode, max_length=LONGEST)
        for count in asked.cases:
            place = random.choice(LOCATIONS, count, p=share / share.sum())
            day = random.choice(DAYS, count, p=weekly / weekly.sum())
            strata = weekday_strata(day) if asked.weekday else None
            options = ScanOptions(windows=windows, replicates=REPLICATES, seed=1, sequential=None)
            permutation_scan(place, day, zones, DAYS, replace(options, replicates=20), strata=strata)  # warm-up
            best = processor = np.inf
            for _ in range(asked.repeat):
                start, used = time.perf_counter(), time.process_time()
                result = permutation_scan(place, day, zones, DAYS, options, strata=strata)
                best = min(best, time.perf_counter() - start)
                processor = min(processor, time.process_time() - used)
            bound = BOUNDS.get((mode, count))
            p_value = result.clusters[0].p_monte_carlo if result.clusters else float("nan")
            print(f"{mode:14} {count:6d} {best:8.2f} {bound or float('nan'):8.1f} {processor:10.2f}   {p_value:.3f}")


if __name__ == "__main__":
    main()
