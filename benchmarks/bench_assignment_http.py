"""GET /v1/assignments with its full answer, against an empty FastAPI route in the same app and a CQL2 query on tipg.

    .venv/bin/python benchmarks/bench_assignment_http.py [--seconds 2] [--rounds 9]

One uvicorn worker each; 16 connections; rounds alternate, the result is the median of the rounds' ratios. 10,000
grids of 200 vertices in four levels; each request another point. tipg answers the same point on the same table
(`area`, GiST), without geometry, the finest level only. Wanted: 85 % of the empty route, 12 times tipg.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.assignment_setting import Server, grid_database, random_points, request  # noqa: E402 (after the path)
from benchmarks.verdict import machine, verdict  # noqa: E402


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    print(machine())
    points = [*zip(*(axis.round(6).tolist() for axis in random_points(2000)), strict=True)]
    ours = [request(f"/v1/assignments?lon={x}&lat={y}") for x, y in points]
    empty = [request("/bench/empty")]
    tipg = [
        request(
            "/collections/public.area/items?limit=1&properties=code&geom-column=none&f=json&filter-lang=cql2-text"
            "&filter=" + quote(f"level='grid' AND S_INTERSECTS(geom, POINT({x} {y}))")
        )
        for x, y in points
    ]
    with grid_database() as url:
        environment = {"DATABASE_URL": url, "WANGGE_LOG_LEVEL": "WARNING", "TIPG_DB_SCHEMAS": '["public"]'}
        servers = [
            Server(
                "benchmarks.assignment_setting:make_app",
                factory=True,
                ready="/v1/assignments?lon=113.5&lat=35",
                environment=environment,
            )
        ]
        try:
            servers.append(Server("tipg.main:app", ready="/healthz", environment=environment))
            app, peer = servers
            print(app.once("/v1/assignments?lon=113.5&lat=35").partition(b"\r\n\r\n")[2].decode())
            print(peer.once(tipg[0].split(b" ")[1].decode()).partition(b"\r\n\r\n")[2].decode()[:300])
            app.rate(ours, 1.0), app.rate(empty, 1.0), peer.rate(tipg, 1.0)
            to_empty, to_tipg, to_empty_cpu = [], [], []
            for _ in range(options.rounds):
                own, own_us = app.rate(ours, options.seconds)
                bare, bare_us = app.rate(empty, options.seconds)
                theirs, theirs_us = peer.rate(tipg, options.seconds)
                print(
                    f"  {own:,.0f}/s ({own_us:.0f} us of processor), empty route {bare:,.0f}/s ({bare_us:.0f} us),"
                    f" tipg {theirs:,.0f}/s ({theirs_us:.0f} us, and the database's)"
                )
                to_empty.append(own / bare)
                to_empty_cpu.append(bare_us / own_us)
                to_tipg.append(own / theirs)
        finally:
            for server in servers:
                server.close()
    print(f"  by the server's processor time: {100 * statistics.median(to_empty_cpu):.0f} % of an empty route's rate")
    kept = verdict("of an empty route's rate", 100 * statistics.median(to_empty), 85, at_least=True, unit=" %")
    kept &= verdict("times tipg's rate", statistics.median(to_tipg), 12, at_least=True)
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
