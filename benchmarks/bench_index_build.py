"""Building the index, keeping it on disk and starting from it: time and memory for 10,000 and 100,000 polygons.

    .venv/bin/python benchmarks/bench_index_build.py [--polygons 10000 100000]

Polygons of 200 vertices. Memory is the growth of the process's resident set while it builds, over the polygons
themselves. Wanted: 10,000 in 3 s, 100,000 in 30 s and 1 GiB. Kernels come from numba's cache (a first run compiles).
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.verdict import machine, verdict  # noqa: E402 (after the path)
from benchmarks.wiggly import wiggly_coverage  # noqa: E402
from geo.point_location import storage  # noqa: E402
from geo.point_location.index import PointLocationIndex  # noqa: E402

SECONDS = {10_000: 3.0, 100_000: 30.0}


def resident_mib() -> float:
    """Resident set of this process."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


class Peak:
    """The largest resident set while it is open."""

    def __enter__(self) -> Peak:  # noqa: PYI034 (3.11 has no need)
        self.start = self.mib = resident_mib()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(0.02):
            self.mib = max(self.mib, resident_mib())


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--polygons", type=int, nargs="+", default=[10_000, 100_000])
    options = parser.parse_args()
    print(machine())
    PointLocationIndex.from_geometries(wiggly_coverage(9))
    kept = True
    for count in options.polygons:
        faces = wiggly_coverage(count)
        with Peak() as peak:
            started = time.perf_counter()
            index = PointLocationIndex.from_geometries(faces)
            seconds = time.perf_counter() - started
        print(f"{len(faces):,} polygons: the index takes {index.size_bytes / 2**20:.0f} MiB")
        kept &= verdict("  build", seconds, SECONDS.get(count, 30.0), at_least=False, unit=" s")
        kept &= verdict("  memory grown at most", peak.mib - peak.start, 1024, at_least=False, unit=" MiB")
        with tempfile.TemporaryDirectory() as folder:
            started = time.perf_counter()
            storage.save(index, storage.path_for(Path(folder), "bench"))
            saved = time.perf_counter()
            storage.load(storage.path_for(Path(folder), "bench"))
            loaded = time.perf_counter()
        print(f"  kept on disk in {saved - started:.2f} s, loaded and checked in {loaded - saved:.2f} s")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
