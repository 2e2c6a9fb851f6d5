"""Vector tiles of 10,000 wiggly grids: ours, cut in memory, against ST_AsMVT in PostGIS, same tiles, same process.

    python benchmarks/bench_tiles.py [--grids 10000]

Each tile is cut once (no tile is answered from the cache). The peer is the usual query of a tile server.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

PEER = """
WITH bounds AS (SELECT ST_TileEnvelope(%(z)s, %(x)s, %(y)s) AS box)
SELECT ST_AsMVT(t, 'grid', 4096, 'geom') FROM (
    SELECT a.code, a.name, a.parent_code, a.unit_code, u.name AS unit_name,
           ST_AsMVTGeom(ST_Transform(a.geom, 3857), bounds.box, 4096, 64, true) AS geom
    FROM area a JOIN layer l ON l.id = a.layer_id LEFT JOIN responsible_unit u ON u.code = a.unit_code, bounds
    WHERE l.code = 'bench' AND a.level = 'grid' AND upper_inf(a.valid_during)
      AND a.geom && ST_Transform(ST_TileEnvelope(%(z)s, %(x)s, %(y)s, margin => 64.0 / 4096), 4326)
) t
"""


def main() -> None:
    """Print the table."""
    words = argparse.ArgumentParser()
    words.add_argument("--grids", type=int, default=10_000)
    words.add_argument("--tiles", type=int, default=20)
    given = words.parse_args()

    import numpy as np
    from bench_responsibility_geojson import load

    from cli.cluster import provide
    from core.db import Database
    from core.settings import Settings
    from geo.map.tiles import cut_tile, to_world
    from grids.assignment.release_timeline import ReleaseTimeline
    from grids.maps.map_store import MapStore
    from migrations.run import move_to

    with provide(name="pg-bench", durable=False, database="wangge_bench") as url:
        move_to(url)
        load(url, given.grids)
        settings = Settings(DATABASE_URL=url)
        database = Database(settings)
        maps = MapStore(database, settings, ReleaseTimeline(database, settings))
        areas = maps.level(maps.in_force("bench"), "grid")
        west, north = to_world(np.array([[113.0, 35.5]]))[0]
        east, south = to_world(np.array([[114.0, 34.5]]))[0]
        random = np.random.default_rng(1)
        print(f"{'zoom':>4}{'prepare s':>11}{'ours ms':>10}{'slowest':>10}{'KB':>8}{'ST_AsMVT ms':>13}{'ratio':>8}")
        for zoom in (8, 10, 12, 14, 16):
            started = time.perf_counter()
            source = areas.tile_source(zoom)
            prepared = time.perf_counter() - started
            points = random.uniform([west, north], [east, south], (given.tiles, 2))
            tiles = np.unique((points * 2**zoom).astype(int), axis=0).tolist()
            cut_tile(source, "grid", zoom, *tiles[0])
            ours, peers, sizes = [], [], []
            with database.engine.connect() as connection, connection.connection.driver_connection.cursor() as cursor:
                for x, y in tiles:
                    started = time.perf_counter()
                    sizes.append(len(cut_tile(source, "grid", zoom, x, y)))
                    ours.append((time.perf_counter() - started) * 1e3)
                    started = time.perf_counter()
                    cursor.execute(PEER, {"z": zoom, "x": x, "y": y}).fetchall()
                    peers.append((time.perf_counter() - started) * 1e3)
            mine, theirs = statistics.median(ours), statistics.median(peers)
            print(
                f"{zoom:4}{prepared:11.2f}{mine:10.2f}{max(ours):10.2f}{statistics.median(sizes) / 1e3:8.1f}"
                f"{theirs:13.2f}{theirs / mine:8.1f}"
            )
        database.close()


if __name__ == "__main__":
    main()
