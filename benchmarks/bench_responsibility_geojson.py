"""The responsibility map of 10,000 grids (53 MB): ours against json_agg in SQL, both over HTTP from the same process.

    python benchmarks/bench_responsibility_geojson.py [--grids 10000]

Cold is a process that holds nothing of the map yet (the level is read from the database and written); cached is the
next request. Both are also shown as a client sees them that accepts zstd or gzip. The row "bare ASGI" is the server
alone, sending the same bytes from an application of five lines: what no application under it can undercut. The client
reads into one buffer, as a program does that parses or stores what comes: one that gathers 53 MB into a new object each
time needs 25 ms for that alone, whoever sends them. Wanted: cold 3, cached 50 times json_agg; 304 under 1 ms (median).
"""

from __future__ import annotations

import argparse
import http.client
import os
import statistics
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from verdict import machine, verdict  # noqa: E402 (after the path)

LAYER = "bench"
PEER = """
SELECT json_build_object('type', 'FeatureCollection', 'features', json_agg(json_build_object(
    'type', 'Feature', 'id', a.code, 'geometry', ST_AsGeoJSON(ST_ForcePolygonCCW(a.geom), 7)::json,
    'properties', json_build_object('code', a.code, 'name', a.name, 'level', a.level, 'parent_code', a.parent_code,
        'unit_code', a.unit_code, 'area_m2', a.area_m2, 'reports_total', c.n, 'reports_30d', c.m))
    ORDER BY a.code))::text
FROM area a JOIN layer l ON l.id = a.layer_id LEFT JOIN (SELECT NULL::text code, 0 n, 0 m) c ON c.code = a.code
WHERE l.code = 'bench' AND a.level = 'grid' AND a.valid_during @> now()
"""


def serve(url: str, port: int) -> None:
    """Run the application, with the peer as one more route and a way to forget."""
    import uvicorn
    from starlette.concurrency import run_in_threadpool
    from starlette.requests import Request  # noqa: TC002 (imported where it is measured)
    from starlette.responses import Response
    from starlette.routing import Route
    from starlette.types import Receive, Scope, Send  # noqa: TC002

    from api.app import create_app
    from api.http.conditional_response import PIECE_BYTES
    from api.http.services import services_of
    from core.settings import Settings
    from geo.map.geojson import polygon_geojson
    from governance.reports.counts import counts_by_area
    from grids.maps.map_store import MapRequest, MapStore

    app = create_app(Settings(DATABASE_URL=url, log_level="ERROR"))
    polygon_geojson([])

    def from_sql() -> bytes:
        with services_of(app).database.engine.connect() as connection:
            return str(connection.exec_driver_sql(PEER).scalar_one()).encode()

    async def peer(_: Request) -> Response:
        return Response(await run_in_threadpool(from_sql), media_type="application/geo+json")

    sent: dict[str, bytes] = {}

    async def bare(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] != "/bare":
            return await app(scope, receive, send)
        if not sent:
            asked = MapRequest(LAYER, "grid")
            sent["body"] = services_of(app).maps.content(services_of(app).maps.responsibility(asked), "identity")
        body = memoryview(sent["body"])
        length = str(len(body)).encode()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", length)]})
        for start in range(0, len(body), PIECE_BYTES):
            piece, more = body[start : start + PIECE_BYTES], start + PIECE_BYTES < len(body)
            await send({"type": "http.response.body", "body": piece, "more_body": more})
        return None

    async def forget(_: Request) -> Response:
        shared = services_of(app)
        maps = MapStore(shared.database, shared.settings, shared.releases.timeline, counts_by_area)
        app.state.services = replace(shared, maps=maps)
        return Response(status_code=204)

    app.router.routes[:0] = [Route("/peer", peer), Route("/forget", forget)]
    uvicorn.run(bare, port=port, log_level="error", access_log=False)


def load(url: str, grids: int) -> None:
    """Put a layer of wiggly grids into the database, unless it is there."""
    import psycopg
    import shapely
    from wiggly import wiggly_coverage

    from core import clock

    with psycopg.connect(url) as connection:
        if connection.execute("SELECT 1 FROM layer WHERE code = 'bench'").fetchone():
            return
        shapes = shapely.multipolygons(wiggly_coverage(grids)[:, None])
        now = clock.now()
        layer = connection.execute(
            "INSERT INTO layer (code, name, levels, created_at) VALUES ('bench', '', '{grid}', %s) RETURNING id", [now]
        ).fetchone()[0]
        release = connection.execute(
            "INSERT INTO release (layer_id, number, author, checksum, effective_at, published_at, area_count,"
            " nearest_tolerance_m) VALUES (%s, 1, 'bench', 'x', %s, %s, %s, 50) RETURNING id",
            [layer, now, now, len(shapes)],
        ).fetchone()[0]
        connection.execute("INSERT INTO responsible_unit (code, name) VALUES ('u', '某街道办事处')")
        with connection.cursor().copy(
            "COPY area (layer_id, release_id, level, code, name, unit_code, area_m2, geom, valid_during) FROM STDIN"
        ) as copy:
            for number, wkb in enumerate(shapely.to_wkb(shapely.set_srid(shapes, 4326), hex=True, include_srid=True)):
                code = f"410106{number:09d}"
                copy.write_row([layer, release, "grid", code, f"网格{number}", "u", 1e4, wkb, f"[{now.isoformat()},)"])
        connection.execute("ANALYZE area")


class Client:
    """One kept-alive connection."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port)
        self.buffer = memoryview(bytearray(1 << 20))

    def get(self, path: str, **headers: str) -> tuple[float, int, int, str]:
        """Return milliseconds, status, bytes and tag."""
        started = time.perf_counter()
        self.connection.request("GET", path, headers={k.replace("_", "-"): v for k, v in headers.items()})
        answer = self.connection.getresponse()
        size = 0
        while read := answer.readinto(self.buffer):
            size += read
        return (time.perf_counter() - started) * 1e3, answer.status, size, answer.headers.get("etag", "")


def main() -> int:
    """Print the table."""
    words = argparse.ArgumentParser()
    words.add_argument("--grids", type=int, default=10_000)
    words.add_argument("--rounds", type=int, default=15)
    words.add_argument("--port", type=int, default=8765)
    words.add_argument("--serve", default="")
    given = words.parse_args()
    if given.serve:
        serve(given.serve, given.port)
        return 0

    print(machine())
    from cli.cluster import provide
    from migrations.run import move_to

    with provide(name="pg-bench", durable=False, database="wangge_bench") as url:
        move_to(url)
        load(url, given.grids)
        command = [sys.executable, __file__, "--serve", url, "--port", str(given.port)]
        process = subprocess.Popen(command, cwd=ROOT, env=os.environ)
        try:
            kept = report(wait_for(given.port), given.rounds)
        finally:
            process.terminate()
            process.wait()
    return 0 if kept else 1


def wait_for(port: int) -> Client:
    """Wait until the service answers."""
    for _ in range(300):
        client = Client(port)
        try:
            client.get("/healthz")
        except OSError:
            time.sleep(0.2)
        else:
            return client
    raise SystemExit("the service did not start")


def report(client: Client, rounds: int) -> bool:
    """Measure, alternating the peer and ours."""
    path = f"/v1/maps/responsibility.geojson?layer={LAYER}&level=grid"
    client.get(path)  # compiles, and warms the database's cache
    client.get("/peer")
    client.get("/bare")
    times: dict[str, list[float]] = {}
    sizes: dict[str, int] = {}

    def note(name: str, measured: tuple[float, int, int, str]) -> str:
        times.setdefault(name, []).append(measured[0])
        sizes[name] = measured[2]
        return measured[3]

    for _ in range(rounds):
        note("json_agg in SQL", client.get("/peer"))
        client.get("/forget")
        tag = note("cold", client.get(path, Accept_Encoding="identity"))
        for _ in range(5):
            note("cached", client.get(path, Accept_Encoding="identity"))
            note("bare ASGI", client.get("/bare"))
        client.get(path, Accept_Encoding="zstd")
        for _ in range(5):
            note("cached zstd", client.get(path, Accept_Encoding="zstd"))
        client.get(path, Accept_Encoding="gzip")
        for _ in range(5):
            note("cached gzip", client.get(path, Accept_Encoding="gzip"))
        for _ in range(20):
            note("304", client.get(path, Accept_Encoding="identity", If_None_Match=tag))
    middle = {name: statistics.median(taken) for name, taken in times.items()}
    peer = middle["json_agg in SQL"]
    print(f"{'':18}{'ms (median)':>12}{'fastest':>10}{'MB':>8}{'times faster than json_agg':>30}")
    for name, taken in times.items():
        print(f"{name:18}{middle[name]:12.2f}{min(taken):10.2f}{sizes[name] / 1e6:8.1f}{peer / middle[name]:30.1f}")
    kept = [
        verdict("cold against json_agg in SQL", peer / middle["cold"], 3, at_least=True, unit="x"),
        verdict("cached, not encoded", peer / middle["cached"], 50, at_least=True, unit="x"),
        verdict("cached, zstd", peer / middle["cached zstd"], 50, at_least=True, unit="x"),
        verdict("cached, gzip", peer / middle["cached gzip"], 50, at_least=True, unit="x"),
        verdict("304, median", middle["304"], 1, at_least=False, unit=" ms"),
    ]
    return all(kept)


if __name__ == "__main__":
    sys.exit(main())
