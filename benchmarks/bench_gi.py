"""Gi* with 999 permutations on 10,000 areas against esda.G_Local, each in a process of its own from a cold start.

    python benchmarks/bench_gi.py [--side 100] [--permutations 999]

Bound: at least twice as fast, imports and compilation counted. Either may use its cache of compiled code.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

PREPARE = """
import sys, warnings
warnings.simplefilter("ignore")
sys.path.insert(0, {root!r})
import numpy as np
side, permutations = {side}, {permutations}
values = np.random.default_rng(1).poisson(5, side * side).astype(float)
number = np.arange(side * side).reshape(side, side)
pairs = np.vstack([np.column_stack([a.ravel(), b.ravel()]) for a, b in (
    (number[:-1], number[1:]), (number[:, :-1], number[:, 1:]),
    (number[:-1, :-1], number[1:, 1:]), (number[:-1, 1:], number[1:, :-1]))])
"""
OURS = """
from geo.hotspot.local import Neighbours, getis_ord
result = getis_ord(values, Neighbours.from_pairs(side * side, pairs, symmetric=True), permutations, seed=1)
print(result.z[side + 1])
"""
THEIRS = """
from esda import G_Local
from libpysal.graph import Graph
focal, neighbour = np.vstack([pairs, pairs[:, ::-1]]).T
graph = Graph.from_arrays(focal, neighbour, np.ones(len(focal)))
result = G_Local(values, graph, transform="B", star=True, permutations=permutations, seed=1, n_jobs=-1)
print(result.Zs[side + 1])
"""


def _seconds(script: str) -> tuple[float, str]:
    start = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    return time.perf_counter() - start, done.stdout.strip()


def main() -> None:
    """Measure and print the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--side", type=int, default=100)
    parser.add_argument("--permutations", type=int, default=999)
    options = parser.parse_args()
    prepare = PREPARE.format(root=str(ROOT), side=options.side, permutations=options.permutations)
    _seconds(prepare + OURS)  # fills the cache of compiled code
    ours, z = _seconds(prepare + OURS)
    theirs, other = _seconds(prepare + THEIRS)
    print(f"ours {ours:.2f} s (z {z}), esda {theirs:.2f} s (z {other}): {theirs / ours:.1f} times as fast")


if __name__ == "__main__":
    main()
