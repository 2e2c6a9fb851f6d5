"""Checking a layer of 10,000 grids as a coverage, whole and around one edit, against plain PostGIS SQL.

    .venv/bin/python benchmarks/bench_coverage_check.py [--grids 10000] [--defects 60]

Three levels (district, 400 communities, grids of 200 vertices), with overlaps and gaps planted. The peer is what a GIS
person writes in SQL: ST_IsValid, ST_Intersection of neighbours, ST_Difference of each community and its grids; it
tells overlaps, gaps and what leaves its parent, and nothing of the rest that the check tells. Both must find the
planted defects. Wanted: the whole check within 10 s, the neighbourhood of an edit within 0.3 s, both in processor time
(the check has one thread); the ratio is of wall-clock times, one after the other.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from pathlib import Path

import numpy as np
import psycopg
import shapely

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.verdict import machine, verdict  # noqa: E402 (after the path)
from benchmarks.wiggly import wiggly_coverage  # noqa: E402
from cli.cluster import provide  # noqa: E402
from geo.coverage import AreaSet, LayerRules, check_layer, check_neighbourhood, prepare  # noqa: E402

LEVELS = ("district", "community", "grid")
FAMILY = 5
BLOB_DEG = 0.0003

PEER = {
    "invalid": "SELECT count(*) FROM grid WHERE NOT ST_IsValid(geom)",
    "overlaps": """
        SELECT count(*) FROM (
            SELECT ST_Area(ST_Intersection(a.geom, b.geom)) AS area
            FROM grid a JOIN grid b ON a.code < b.code AND ST_Intersects(a.geom, b.geom)) pairs
        WHERE area > 1e-12""",
    "uncovered": """
        SELECT count(*) FROM (
            SELECT (ST_Dump(ST_Difference(p.geom, ST_Union(g.geom)))).geom AS piece
            FROM community p JOIN grid g ON g.parent = p.code GROUP BY p.code, p.geom) pieces
        WHERE ST_Area(piece) > 1e-12""",
    "outside": """
        SELECT count(*) FROM grid g JOIN community p ON p.code = g.parent
        WHERE ST_Area(ST_Difference(g.geom, p.geom)) > 1e-12""",
}


def spoiled_layer(grids: int, defects: int) -> tuple[AreaSet, int]:
    """Return the layer with half as many overlaps and gaps each, inside communities, and the number of either."""
    shapes = wiggly_coverage(grids)
    side = int(np.sqrt(len(shapes)))
    row, column = np.divmod(np.arange(len(shapes)), side)
    family = (row // FAMILY) * (side // FAMILY) + column // FAMILY
    communities = [shapely.coverage_union_all(shapes[family == n]) for n in range(family.max() + 1)]
    district = shapely.coverage_union_all(communities)
    middle = np.flatnonzero((row % FAMILY == 2) & (column % FAMILY == 1))
    chosen = np.random.default_rng(7).choice(middle, size=min(defects, len(middle)), replace=False)
    for number, index in enumerate(chosen.tolist()):
        border = shapely.line_merge(shapely.intersection(shapes[index], shapes[index + 1]))
        blob = shapely.buffer(shapely.line_interpolate_point(border, 0.5, normalized=True), BLOB_DEG)
        cut = shapely.intersection(blob, shapely.union(shapes[index], shapes[index + 1]))
        shapes[index] = shapely.union(shapes[index], cut) if number % 2 else shapely.difference(shapes[index], cut)
    codes = [f"C{n:03d}" for n in range(len(communities))]
    areas = AreaSet.from_areas(
        levels=["district", *["community"] * len(codes), *["grid"] * len(shapes)],
        codes=["D", *codes, *(f"G{n:05d}" for n in range(len(shapes)))],
        parent_codes=[None, *["D"] * len(codes), *(codes[n] for n in family)],
        geometries=[district, *communities, *shapes],
    )
    return areas, len(chosen) // 2


EDIT_PEER = """
    WITH moved AS (SELECT code, parent, ST_Translate(geom, 2e-5, 2e-5) AS geom FROM grid WHERE code = %(code)s)
    SELECT (SELECT count(*) FROM grid g, moved m WHERE g.code <> m.code AND ST_Intersects(g.geom, m.geom)
                AND ST_Area(ST_Intersection(g.geom, m.geom)) > 1e-12),
           (SELECT ST_Area(ST_Difference(p.geom, (
                SELECT ST_Union(CASE WHEN g.code = m.code THEN m.geom ELSE g.geom END) FROM grid g
                WHERE g.parent = m.parent))) FROM community p, moved m WHERE p.code = m.parent)"""
"""Overlaps of one shoved grid with its neighbours, and what of its community is uncovered then."""
EDITS = 20


def edited(areas: AreaSet) -> list[int]:
    """Return the rows of the grids that are shoved."""
    return np.random.default_rng(3).choice(np.flatnonzero(areas.levels == "grid"), EDITS).tolist()


def ask_postgis(url: str, areas: AreaSet) -> tuple[dict[str, int], float, float]:
    """Load the layer, ask the peer's questions, and return its answers and seconds (loading not counted).

    The last number is the median of one edit's questions.
    """
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS postgis")
        for table in ("community", "grid"):
            rows = areas.select(areas.levels == table)
            connection.execute(f"CREATE TEMP TABLE {table} (code text, parent text, geom geometry)")
            with connection.cursor().copy(f"COPY {table} FROM STDIN") as copy:
                for code, parent, wkb in zip(
                    rows.codes, rows.parent_codes, shapely.to_wkb(rows.geometries, hex=True), strict=True
                ):
                    copy.write_row((code, parent, wkb))
            connection.execute(f"CREATE INDEX ON {table} USING gist (geom)")
            connection.execute(f"ANALYZE {table}")
        answers = {}
        started = time.perf_counter()
        for name, sql in PEER.items():
            since = time.perf_counter()
            answers[name] = int(connection.execute(sql).fetchone()[0])
            print(f"      PostGIS {name}: {answers[name]} in {time.perf_counter() - since:.1f} s")
        whole_s, times = time.perf_counter() - started, []
        for row in edited(areas):
            since = time.perf_counter()
            connection.execute(EDIT_PEER, {"code": areas.codes[row]}).fetchone()
            times.append(time.perf_counter() - since)
        return answers, whole_s, statistics.median(times)


def edit_s(areas: AreaSet, rules: LayerRules) -> float:
    """Return the median processor seconds of one edit: a vertex-wise shove of a grid, prepared layer at hand."""
    layer = prepare(areas, rules)
    times = []
    for row in edited(areas):
        changed = areas.select(np.array([row]))
        changed.geometries[0] = shapely.transform(changed.geometries[0], lambda points: points + 2e-5)
        started = time.process_time()
        after = layer.with_changes(changed)
        check_neighbourhood(after, [("grid", areas.codes[row])], before=layer)
        times.append(time.process_time() - started)
    return statistics.median(times)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--grids", type=int, default=10_000)
    parser.add_argument("--defects", type=int, default=60)
    options = parser.parse_args()
    print(machine())
    areas, planted = spoiled_layer(options.grids, options.defects)
    rules = LayerRules(levels=LEVELS)
    started, processor = time.perf_counter(), time.process_time()
    report = check_layer(areas, rules)
    ours_s, ours_processor_s = time.perf_counter() - started, time.process_time() - processor
    print(
        f"      {len(areas):,} areas, {shapely.get_num_coordinates(areas.geometries).sum():,} vertices: {report.counts}"
    )
    with provide(name="bench", durable=False, database="bench_coverage") as url:
        answers, peer_s, peer_edit_s = ask_postgis(url, areas)
    found = [
        report.counts.get("overlap", 0) >= planted <= answers["overlaps"],
        report.counts.get("gap", 0) >= planted <= answers["uncovered"],
    ]
    ours_edit_s = edit_s(areas, rules)
    print(f"      one edit: {ours_edit_s:.3f} s; two of its questions in PostGIS {peer_edit_s:.3f} s")
    kept = [
        verdict("every planted defect found by both", float(all(found)), 1.0, at_least=True),
        verdict("whole layer checked", ours_processor_s, 10.0, at_least=False, unit=" s"),
        verdict("the same questions in PostGIS take times as long", peer_s / ours_s, 1.0, at_least=True, unit="x"),
        verdict("neighbourhood of one edit", ours_edit_s, 0.3, at_least=False, unit=" s"),
    ]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    raise SystemExit(main())
