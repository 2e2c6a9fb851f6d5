"""Checking a layer whose borders match nowhere: about 5,000 areas, 1.1 M vertices, over 100,000 overlaps and gaps.

    .venv/bin/python benchmarks/bench_torn_coverage.py [--areas 5000] [--metres 0.1]

Three of ten vertices of each area are moved by themselves, as where two offices drew one border. The peer is what a
person writes with shapely: the intersections of neighbours, the union of all areas and its interior rings. It yields
pieces of ground; the check classes each by its width, names the areas beside it, tells what to do, and does all the
other checks. Wanted: not more processor time than the peer, and as many pieces.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np
import shapely

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.verdict import machine, verdict  # noqa: E402 (after the path)
from benchmarks.wiggly import wiggly_coverage  # noqa: E402
from geo.coverage import AreaSet, LayerRules, check_layer  # noqa: E402

METRES_PER_DEGREE = 111_000.0


def torn_layer(count: int, metres: float) -> AreaSet:
    """Return a layer of one level whose areas were drawn one by one."""
    random = np.random.default_rng(5)
    shapes = []
    for area in wiggly_coverage(count, vertices=220):
        ring = shapely.get_coordinates(area)[:-1]
        moved = random.random((len(ring), 1)) < 0.3
        shapes.append(
            shapely.Polygon(np.round(ring + random.normal(0, metres / METRES_PER_DEGREE, ring.shape) * moved, 7))
        )
    valid = shapely.make_valid(np.array(shapes, dtype=object), method="structure", keep_collapsed=False)
    return AreaSet.from_areas(
        levels=["grid"] * len(valid), codes=[f"G{n:05d}" for n in range(len(valid))], geometries=valid
    )


def pieces_by_shapely(areas: AreaSet) -> int:
    """Return the number of overlapping pairs and of holes, as a script finds them."""
    one, other = shapely.STRtree(areas.geometries).query(areas.geometries, predicate="intersects")
    pairs = one < other
    common = shapely.intersection(areas.geometries[one[pairs]], areas.geometries[other[pairs]])
    parts = shapely.get_parts(shapely.union_all(areas.geometries))
    return int((shapely.area(common) > 0).sum() + shapely.get_num_interior_rings(parts).sum())


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--areas", type=int, default=5000)
    parser.add_argument("--metres", type=float, default=0.1)
    options = parser.parse_args()
    print(machine())
    areas = torn_layer(options.areas, options.metres)
    print(f"      {len(areas):,} areas, {shapely.get_num_coordinates(areas.geometries).sum():,} vertices")
    started = time.process_time()
    report = check_layer(areas, LayerRules(levels=("grid",)))
    ours_s = time.process_time() - started
    told = len(report.defects) + report.beneath_notice
    print(f"      check: {ours_s:.1f} s, {report.counts}, {report.beneath_notice:,} beneath notice")
    started = time.process_time()
    pieces = pieces_by_shapely(areas)
    peer_s = time.process_time() - started
    print(f"      shapely: {peer_s:.1f} s, {pieces:,} pieces")
    kept = [
        verdict("pieces told, of the peer's", told / pieces, 0.95, at_least=True),
        verdict("processor time, of the peer's", ours_s / peer_s, 1.0, at_least=False, unit="x"),
    ]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    raise SystemExit(main())
