"""Seconds of ST-DBSCAN of 100,000 points; bound 2 s.

python benchmarks/bench_st_dbscan.py [--points 100000]
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from geo.hotspot.density import st_dbscan


def main() -> None:
    """Measure and print: a year of a city 20 km wide, half of it in clusters, and one pile-up."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=100_000)
    options = parser.parse_args()
    random = np.random.default_rng(1)
    count = options.points
    points = random.uniform(0, 20_000, (count, 2))
    half = count // 2
    points[:half] = random.uniform(0, 20_000, (500, 2))[random.integers(0, 500, half)] + random.normal(
        0, 150, (half, 2)
    )
    points[: count // 20] = 10_000.0
    times = random.uniform(0, 365 * 86_400.0, count)
    st_dbscan(points[:100], times[:100], None, 200.0, 7 * 86_400.0, 5)
    for _ in range(2):
        start = time.perf_counter()
        result = st_dbscan(points, times, None, 200.0, 7 * 86_400.0, 5)
        print(f"{count} points, {result.count} clusters: {time.perf_counter() - start:.2f} s of 2.00")


if __name__ == "__main__":
    main()
