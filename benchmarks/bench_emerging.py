"""Seconds of emerging hot spots: 10,000 cells × 52 steps; bound 5 s.

python benchmarks/bench_emerging.py [--side 100] [--steps 52]
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from geo.hotspot.emerging import emerging_hot_spots
from geo.hotspot.local import Neighbours


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--side", type=int, default=100)
    parser.add_argument("--steps", type=int, default=52)
    options = parser.parse_args()
    side = options.side
    centres = np.array([[x, y] for x in range(side) for y in range(side)], dtype=float)
    neighbours = Neighbours.within(centres, 1.5)
    cube = np.random.default_rng(1).poisson(4, (side * side, options.steps)).astype(float)
    for name in ("first", "again"):
        start = time.perf_counter()
        emerging_hot_spots(cube, neighbours)
        print(f"{name}: {time.perf_counter() - start:.2f} s of 5.00")


if __name__ == "__main__":
    main()
