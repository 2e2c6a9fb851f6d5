"""POST /v1/assignments with 10,000 points and the compact answer (code, method), in each format, one worker.

    .venv/bin/python benchmarks/bench_assignment_batch.py [--seconds 2] [--rounds 3]

10,000 grids of 200 vertices in four levels; two connections, so that the worker never waits for the client. Points a
second by the wall clock and by the worker's own processor time (the machine may be busy with other things); the
verdict is on the better of the two medians. Wanted: 500,000 in JSON columns, 2 million in Arrow.
"""

from __future__ import annotations

import argparse
import io
import statistics
import sys
from pathlib import Path

import orjson
import pyarrow as pa
from pyarrow import csv, ipc

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.assignment_setting import Server, grid_database, random_points, request  # noqa: E402 (after the path)
from benchmarks.verdict import machine, verdict  # noqa: E402

POINTS = 10_000
WANTED = {"JSON": 500_000, "Arrow": 2_000_000}


def bodies() -> dict[str, bytes]:
    """Write the same points in each format, as requests."""
    x, y = (axis.round(7) for axis in random_points(POINTS))
    table = pa.table({"lon": x, "lat": y})
    arrow, text = io.BytesIO(), io.BytesIO()
    with ipc.new_stream(arrow, table.schema) as writer:
        writer.write_table(table)
    csv.write_csv(table, text)
    columns = orjson.dumps({"lon": x.tolist(), "lat": y.tolist()})
    rows = orjson.dumps([{"lon": lon, "lat": lat} for lon, lat in zip(x.tolist(), y.tolist(), strict=True)])
    path = "/v1/assignments?answer=compact"
    return {
        "JSON": request(path, body=columns, media_type="application/json"),
        "JSON rows": request(path, body=rows, media_type="application/json"),
        "CSV": request(path, body=text.getvalue(), media_type="text/csv"),
        "Arrow": request(path, body=arrow.getvalue(), media_type="application/vnd.apache.arrow.stream"),
    }


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    print(machine())
    kept = True
    with grid_database() as url:
        server = Server(
            "benchmarks.assignment_setting:make_app",
            factory=True,
            ready="/v1/assignments?lon=113.5&lat=35",
            environment={"DATABASE_URL": url, "WANGGE_LOG_LEVEL": "WARNING"},
        )
        try:
            for name, message in bodies().items():
                server.rate([message], 0.5, clients=2)
                wall, cpu = [], []
                for _ in range(options.rounds):
                    rate, used_us = server.rate([message], options.seconds, clients=2)
                    wall.append(rate * POINTS)
                    cpu.append(POINTS / used_us * 1e6)
                by_wall, by_cpu = statistics.median(wall), statistics.median(cpu)
                print(f"  {name}: {by_wall:,.0f} points/s by the clock, {by_cpu:,.0f} by the worker's processor time")
                if name in WANTED:
                    kept &= verdict(f"{name}, points a second", max(by_wall, by_cpu), WANTED[name], at_least=True)
        finally:
            server.close()
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
