"""1 M points onto 10,000 wiggly polygons (200 vertices each): the index against the fastest of its peers.

    .venv/bin/python benchmarks/bench_bulk_assignment.py [--points 1000000] [--polygons 10000]

Single thread, same run, same answers (compared point by point). Peers: geopandas.sjoin, DuckDB spatial, PostGIS (a
private cluster, no parallel workers, the faster of two plans). Each is given its data in its own form beforehand;
only the join is timed, by the wall clock, best of its rounds. Wanted: 20 times the fastest peer.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas
import numpy as np
import psycopg
import shapely

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.verdict import machine, verdict  # noqa: E402 (after the path)
from benchmarks.wiggly import wiggly_coverage  # noqa: E402
from cli.cluster import provide  # noqa: E402
from geo.point_location.index import PointLocationIndex  # noqa: E402

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Faces = NDArray[np.object_]
    Floats = NDArray[np.float64]
    Timed = tuple[float, NDArray[np.int64]]


def by_index(faces: Faces, x: Floats, y: Floats, rounds: int = 7) -> Timed:
    """Join by the index."""
    index = PointLocationIndex.from_geometries(faces)
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        located = index.locate_many(x, y)
        times.append(time.perf_counter() - started)
    print(f"  index: {located.exact} of {x.size:,} points took the exact path; {index.size_bytes / 1e6:.0f} MB")
    return min(times), located.areas.astype(np.int64)


def by_geopandas(faces: Faces, x: Floats, y: Floats) -> Timed:
    """Join by geopandas.sjoin."""
    points = geopandas.GeoDataFrame(geometry=geopandas.points_from_xy(x, y))
    areas = geopandas.GeoDataFrame(geometry=faces)
    times = []
    for _ in range(2):
        started = time.perf_counter()
        joined = geopandas.sjoin(points, areas, predicate="within")
        times.append(time.perf_counter() - started)
    return min(times), lowest(x.size, joined.index.to_numpy(), joined["index_right"].to_numpy())


def by_duckdb(faces: Faces, x: Floats, y: Floats) -> Timed | str:
    """Join by DuckDB spatial, or say why not."""
    import duckdb

    connection = duckdb.connect(config={"threads": 1})
    try:
        # The extension is a file in a package (duckdb-extension-spatial); else DuckDB fetches it from the internet.
        packaged = importlib.util.find_spec("duckdb_extension_spatial")
        files = list(Path(packaged.origin).parent.rglob("*.duckdb_extension")) if packaged and packaged.origin else []
        if not files:
            connection.execute("INSTALL spatial")
        connection.execute(f"LOAD '{files[0]}'" if files else "LOAD spatial")
    except duckdb.Error as error:
        return f"its spatial extension cannot be installed here: {str(error).partition(' at URL')[0][:90]}"
    import pandas as pd

    frame = pd.DataFrame({"number": np.arange(len(faces)), "wkb": shapely.to_wkb(faces)})
    connection.register("frame", frame)
    connection.execute("CREATE TABLE face AS SELECT number, ST_GeomFromWKB(wkb) AS geom FROM frame")
    spots = pd.DataFrame({"number": np.arange(x.size), "x": x, "y": y})
    connection.register("spots", spots)
    connection.execute("CREATE TABLE point AS SELECT number, ST_Point(x, y) AS geom FROM spots")
    times = []
    for _ in range(2):
        started = time.perf_counter()
        joined = connection.execute(
            "SELECT p.number AS p, f.number AS f FROM point p JOIN face f ON ST_Within(p.geom, f.geom)"
        ).fetchnumpy()
        times.append(time.perf_counter() - started)
    return min(times), lowest(x.size, joined["p"], joined["f"])


def by_postgis(faces: Faces, x: Floats, y: Floats) -> Timed:
    """Join by PostGIS, by the faster of two plans."""
    plans = {
        "GiST on the polygons": "CREATE INDEX ON face USING gist (geom)",
        "GiST on the points": "CREATE INDEX ON point USING gist (geom)",
    }
    best: Timed | None = None
    with provide(name="pg-bench", durable=True, database="bench") as url, psycopg.connect(url) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS postgis")
        connection.execute("SET max_parallel_workers_per_gather = 0; SET jit = off; SET work_mem = '256MB'")
        connection.execute("CREATE TEMP TABLE face (number int, geom geometry(Polygon, 4326))")
        connection.execute("CREATE TEMP TABLE point (number int, geom geometry(Point, 4326))")
        with connection.cursor().copy("COPY face FROM STDIN") as copy:
            for number, wkb in enumerate(shapely.to_wkb(shapely.set_srid(faces, 4326), hex=True, include_srid=True)):
                copy.write_row((number, wkb))
        connection.execute("CREATE TEMP TABLE spot (number int, x float8, y float8)")
        with connection.cursor().copy("COPY spot FROM STDIN") as copy:
            for row in zip(range(x.size), x.tolist(), y.tolist(), strict=True):
                copy.write_row(row)
        connection.execute("INSERT INTO point SELECT number, ST_SetSRID(ST_MakePoint(x, y), 4326) FROM spot")
        for name, index in plans.items():
            connection.execute("SAVEPOINT plan")
            connection.execute(index)
            connection.execute("ANALYZE face; ANALYZE point")
            started = time.perf_counter()
            connection.execute(
                "CREATE TEMP TABLE joined AS"
                " SELECT p.number AS p, f.number AS f FROM face f JOIN point p ON ST_Covers(f.geom, p.geom)"
            )
            elapsed = time.perf_counter() - started
            print(f"  PostGIS, {name}: {elapsed / x.size * 1e6:.2f} us a point")
            if best is None or elapsed < best[0]:
                rows = connection.execute("SELECT array_agg(p), array_agg(f) FROM joined").fetchone()
                best = elapsed, lowest(x.size, np.array(rows[0]), np.array(rows[1]))
            connection.execute("ROLLBACK TO SAVEPOINT plan")
        connection.rollback()
    assert best is not None  # noqa: S101 (two plans ran)
    return best


def lowest(size: int, point: NDArray[np.int64], face: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give each point its lowest face; -1 for none."""
    answer = np.full(size, np.iinfo(np.int64).max)
    np.minimum.at(answer, point, face)
    answer[answer == np.iinfo(np.int64).max] = -1
    return answer


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--points", type=int, default=1_000_000)
    parser.add_argument("--polygons", type=int, default=10_000)
    options = parser.parse_args()
    print(machine())
    faces = wiggly_coverage(options.polygons)
    random = np.random.default_rng(1)
    x, y = random.uniform(113.0, 114.0, options.points), random.uniform(34.5, 35.5, options.points)
    print(f"{len(faces):,} polygons, {shapely.get_num_coordinates(faces).mean():.0f} vertices each, {x.size:,} points")
    own, answers = by_index(faces, x, y)
    own_again, _ = by_index(faces, x, y)
    own = min(own, own_again)
    peers: dict[str, float] = {}
    kept = True
    for name, measure in (("geopandas.sjoin", by_geopandas), ("DuckDB spatial", by_duckdb), ("PostGIS", by_postgis)):
        found = measure(faces, x, y)
        if isinstance(found, str):
            print(f"  {name}: NOT MEASURED: {found}")
            continue
        peers[name], theirs = found
        same = int((theirs == answers).sum())
        print(f"  {name}: {peers[name] / x.size * 1e6:.2f} us a point; {same:,} of {x.size:,} answers are the same")
        kept &= same == x.size
    print(f"  index: {own / x.size * 1e9:.1f} ns a point")
    fastest = min(peers, key=peers.__getitem__)
    kept &= verdict(f"times faster than the fastest peer ({fastest})", peers[fastest] / own, 20, at_least=True)
    print("PASS  every answer is the same" if kept else "see above")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
