"""One look-up in process, from Python: the area that covers a point, and the full answer with its chain and reason.

    .venv/bin/python benchmarks/bench_single_lookup.py

10,000 wiggly polygons, points at random. Peers in the same run: shapely's STRtree, prepared polygons.
Wanted: 2 microseconds for the look-up.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import shapely

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.verdict import best_s, machine, verdict  # noqa: E402 (after the path)
from benchmarks.wiggly import wiggly_coverage  # noqa: E402
from geo.point_location.index import PointLocationIndex  # noqa: E402
from grids.assignment.release_index import AreaFacts, LayerFacts, ReleaseFacts, ReleaseIndex  # noqa: E402

POINTS = 50_000
STRTREE_POINTS = 5_000


def main() -> int:
    """Measure and print."""
    print(machine())
    faces = wiggly_coverage(10_000)
    index = PointLocationIndex.from_geometries(faces)
    random = np.random.default_rng(1)
    xs, ys = random.uniform(113.0, 114.0, POINTS).tolist(), random.uniform(34.5, 35.5, POINTS).tolist()
    points = list(zip(xs, ys, strict=True))

    def look_up() -> None:
        locate = index.locate
        for x, y in points:
            locate(x, y)

    tree = shapely.STRtree(faces)
    shapely.prepare(faces)

    def by_tree() -> None:
        for x, y in points[:STRTREE_POINTS]:
            tree.query(shapely.Point(x, y), predicate="covered_by")

    release = ReleaseIndex(
        LayerFacts(1, "admin", ("grid",), is_coverage=True),
        ReleaseFacts(1, 1, "", datetime(2026, 1, 1, tzinfo=UTC), 50.0),
        {"grid": [AreaFacts("grid", f"{n:015d}", f"grid {n}", None, None, None) for n in range(len(faces))]},
        {"grid": index},
    )

    def answer() -> None:
        assign = release.assign
        for x, y in points:
            assign(x, y)

    single = best_s(look_up, 9) / POINTS * 1e6
    print(
        f"  full answer (chain, distance to the edge, facts of the reason): {best_s(answer, 3) / POINTS * 1e6:.2f} us"
    )
    peer = best_s(by_tree, 3) / STRTREE_POINTS * 1e6
    print(f"  STRtree with prepared polygons: {peer:.1f} us, {peer / single:.0f} times as long")
    return 0 if verdict("one look-up", single, 2.0, at_least=False, unit=" us") else 1


if __name__ == "__main__":
    sys.exit(main())
