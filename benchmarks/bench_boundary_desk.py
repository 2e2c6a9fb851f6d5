"""A draft on 10,000 grids: its impact with 100,000 reports, its submission and publication, its edits over HTTP.

    .venv/bin/python benchmarks/bench_boundary_desk.py [--grids 10000] [--reports 100000] [--pairs 200] [--places 12]

The draft moves a piece of land between 200 pairs of neighbours all over the layer; half of the reports lie in the grids
it changes. The peer is what a GIS person writes: ST_Difference of the changed areas before and after, an ST_Covers join
of the reports with both, the sums by unit; and for publishing an INSERT … SELECT with ST_Union and ST_Difference into a
table with the same constraints, indexes and triggers, lineage by ST_Intersection, and a checksum of the whole layer. It
does not read drafts, follow borders, grid workers or the matters near a border, nor write an audit. Both must find the
same land (0.1 %) and the same number of moved reports.
Wanted: the preview within 5 s, the submission with the check of the whole layer within 10 s, publishing within 10 s.
Seconds are of processors, ours with the database's; both run in one process at a time.

The edits are whole requests to a server: every verb and undo, in communities all over the layer, on a new draft and on
one that began as a delivery of the whole layer. Each is answered with its checked neighbourhood; wanted is that the
slowest of all takes no more than 0.3 s on the clock. Pages of repairs are asked for in between and shown without a
bound: the first after the server started checks the whole layer, the others what changed since. The peer is SQL that
cuts a grid with ST_Split, and asks which neighbours overlap the pieces and what of the community is uncovered then: not
the rest of what the answer to a split tells, and it stores nothing.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import statistics
import sys
import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import psycopg
import shapely

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.boundary_desk_edits import Desk
from benchmarks.boundary_desk_setting import Setting, desk_database
from benchmarks.verdict import machine, verdict
from governance.boundary_changes import operations as boundary_changes
from governance.boundary_changes import rules
from grids.boundaries import queries as registry
from grids.change_sets import operations as desk
from identity.actors import CHECK, SERVICE

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

SAME = 1e-3
"""Areas on the ellipsoid and in a map projection differ by less."""
PREVIEW_PEER = {
    "land": """
        SELECT sum(ST_Area(ST_Difference(n.geom, o.geom)::geography)),
               sum(ST_Area(ST_Difference(o.geom, n.geom)::geography))
        FROM peer_old o JOIN peer_new n USING (code)""",
    "moved": f"""
        WITH hit AS (
            SELECT r.id, r.reported_at, min(o.code COLLATE "C") AS one, min(n.code COLLATE "C") AS two
            FROM report r JOIN peer_old o ON ST_Covers(o.geom, r.geom) JOIN peer_new n ON ST_Covers(n.geom, r.geom)
            WHERE r.reported_at >= now() - interval '{rules.LOOKED_BACK.days} days' GROUP BY r.id
        )
        SELECT count(*), count(c.id)
        FROM hit LEFT JOIN case_record c ON c.id = hit.id AND c.state = 'filed' WHERE one <> two""",
    "units": """
        WITH hit AS (
            SELECT r.id, min(o.code COLLATE "C") AS one, min(n.code COLLATE "C") AS two
            FROM report r JOIN peer_old o ON ST_Covers(o.geom, r.geom) JOIN peer_new n ON ST_Covers(n.geom, r.geom)
            GROUP BY r.id
        )
        SELECT count(DISTINCT o.unit_code), count(*)
        FROM hit JOIN peer_old o ON o.code = one JOIN peer_new n ON n.code = two
        WHERE o.unit_code <> n.unit_code""",
}
PUBLISH_PEER = """
UPDATE peer_area SET valid_during = tstzrange(lower(valid_during), now())
WHERE code IN (SELECT code FROM peer_new) AND upper_inf(valid_during);
INSERT INTO peer_area (layer_id, release_id, level, code, name, parent_code, unit_code, attributes, area_m2, geom,
    valid_during)
SELECT a.layer_id, a.release_id, a.level, a.code, a.name, a.parent_code, a.unit_code, a.attributes,
    ST_Area(g.geom::geography), g.geom, tstzrange(now(), NULL)
FROM peer_area a JOIN peer_piece p ON p.code = a.code
CROSS JOIN LATERAL (
    SELECT ST_Multi(CASE WHEN p.gains THEN ST_Union(a.geom, p.geom, 1e-7) ELSE ST_Difference(a.geom, p.geom, 1e-7) END)
        AS geom
) g
WHERE upper(a.valid_during) = now();
INSERT INTO peer_lineage
SELECT o.code, n.code, ST_Area(ST_Intersection(o.geom, n.geom)) / ST_Area(o.geom),
    ST_Area(ST_Intersection(o.geom, n.geom)) / ST_Area(n.geom)
FROM peer_area o JOIN peer_area n ON ST_Intersects(o.geom, n.geom)
WHERE upper(o.valid_during) = now() AND lower(n.valid_during) = now();
SELECT encode(sha256(string_agg(sha256(ST_AsBinary(geom, 'NDR')), ''::bytea ORDER BY code COLLATE "C")), 'hex')
FROM peer_area WHERE upper_inf(valid_during);
"""


EDITS = 20
EDIT_PEER = """
    WITH old AS (
        SELECT code, parent_code, geom FROM area WHERE code = %(code)s AND level = 'grid' AND upper_inf(valid_during)
    ), piece AS (
        SELECT (ST_Dump(ST_Split(geom, ST_GeomFromText(%(line)s, 4326)))).geom FROM old
    )
    SELECT (SELECT count(*) FROM area a, old o, piece p
            WHERE a.level = 'grid' AND upper_inf(a.valid_during) AND a.code <> o.code AND ST_Intersects(a.geom, p.geom)
              AND ST_Area(ST_Intersection(a.geom, p.geom)) > 1e-12),
           (SELECT ST_Area(ST_Difference(c.geom, (
                SELECT ST_Union(g.geom) FROM (
                    SELECT a.geom FROM area a WHERE a.parent_code = o.parent_code AND a.level = 'grid'
                       AND upper_inf(a.valid_during) AND a.code <> o.code
                    UNION ALL SELECT geom FROM piece) g)))
            FROM area c, old o WHERE c.code = o.parent_code AND c.level = 'community' AND upper_inf(c.valid_during))"""
"""Overlaps of the two pieces with their neighbours, and what of the community is uncovered then."""


def prepare_peer(setting: Setting) -> None:
    """Give the peer the areas before and after, and the pieces that move, in indexed tables; not counted."""
    old = {grid.code: grid for grid in setting.grids}
    with psycopg.connect(setting.url, autocommit=True) as connection:
        for table, areas in (("peer_old", [old[a.code] for a in setting.delivered]), ("peer_new", setting.delivered)):
            connection.execute(f"CREATE TABLE {table} (code text PRIMARY KEY, unit_code text, geom geometry)")
            with connection.cursor().copy(f"COPY {table} FROM STDIN") as copy:
                for area in areas:
                    copy.write_row((area.code, area.unit_code, _ewkb(area.geom)))
            connection.execute(f"CREATE INDEX ON {table} USING gist (geom)")
        connection.execute("CREATE TABLE peer_piece (code text, gains boolean, geom geometry)")
        pairs = zip(setting.delivered[::2], setting.delivered[1::2], strict=True)
        with connection.cursor().copy("COPY peer_piece FROM STDIN") as copy:
            for wider, narrower in pairs:
                piece = _ewkb(shapely.difference(old[narrower.code].geom, narrower.geom, grid_size=1e-7))
                copy.write_row((wider.code, True, piece))
                copy.write_row((narrower.code, False, piece))
        connection.execute("CREATE TABLE peer_area (LIKE area INCLUDING ALL)")
        connection.execute(
            "CREATE TRIGGER peer_only_closes BEFORE UPDATE ON peer_area"
            " FOR EACH ROW EXECUTE FUNCTION area_only_closes()"
        )
        connection.execute("INSERT INTO peer_area OVERRIDING SYSTEM VALUE SELECT * FROM area")
        connection.execute("SELECT setval(pg_get_serial_sequence('peer_area', 'id'), max(id)) FROM peer_area")
        connection.execute("CREATE TABLE peer_lineage (predecessor text, successor text, of_one float, of_other float)")
        connection.execute("ANALYZE")


def _ewkb(geom: shapely.Geometry | None) -> str:
    return str(shapely.to_wkb(shapely.set_srid(geom, 4326), hex=True, include_srid=True))


def ours_s(setting: Setting, work: Callable[[Session], Any]) -> tuple[Any, float]:
    """Return what the work gives, and its processor seconds here and in the database."""
    with setting.database.transaction() as session:
        driver = session.connection().connection.driver_connection
        backend = driver.info.backend_pid if driver is not None else 0
        processor, there = time.process_time(), _processor_s(backend)
        answer = work(session)
        session.flush()
        return answer, time.process_time() - processor + _processor_s(backend) - there


def peer_s(connection: psycopg.Connection, sql: str) -> tuple[Any, float]:
    """Return the row that SQL gives, and its processor seconds in the database."""
    there = _processor_s(connection.info.backend_pid)
    cursor = connection.execute(sql)
    while cursor.nextset():
        pass
    return cursor.fetchone(), _processor_s(connection.info.backend_pid) - there


def _processor_s(pid: int) -> float:
    """Return the processor seconds of another process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def preview(setting: Setting) -> list[bool]:
    """Measure the preview and its peer, and compare what they say."""

    def ours(session: Session) -> boundary_changes.Preview:
        return boundary_changes.preview(session, change_set_id=setting.change_set)

    ours_s(setting, ours)  # compiled code is read from disk
    rounds = [ours_s(setting, ours) for _ in range(3)]
    impact, used = rounds[0][0].impact, min(seconds for _, seconds in rounds)
    answers, theirs = {}, 0.0
    with psycopg.connect(setting.url, autocommit=True) as connection:
        connection.execute("SET max_parallel_workers_per_gather = 0")
        for name, sql in PREVIEW_PEER.items():
            answers[name], seconds = min((peer_s(connection, sql) for _ in range(3)), key=lambda found: found[1])
            theirs += seconds
            print(f"      SQL {name}: {answers[name]} in {seconds:.2f} s")
    gained = sum(c.gained_m2 for c in impact.areas if c.level == "grid")
    print(
        f"      preview: {len(impact.areas)} areas, {gained:,.0f} m², {impact.examined:,} reports looked at, "
        f"{impact.year_moved} moved, {len(impact.workers)} grid workers"
    )
    same = [
        abs(gained / answers["land"][0] - 1) < SAME,
        (impact.year_moved, impact.open_moved) == answers["moved"],
        impact.year_other_unit == answers["units"][1],
    ]
    return [
        verdict("land, matters and units the same as SQL's", float(all(same)), 1.0, at_least=True),
        verdict("preview of impact", used, 5.0, at_least=False, unit=" s"),
        verdict("plain SQL takes times as long", theirs / used, 1.0, at_least=True, unit="x"),
    ]


def publication(setting: Setting) -> list[bool]:
    """Measure publishing and its peer, and compare what is stored."""
    number = setting.change_set
    _, submitted = ours_s(setting, lambda s: desk.submit(s, change_set_id=number, actor=SERVICE))
    ours_s(setting, lambda s: desk.approve(s, change_set_id=number, actor=CHECK))
    _, used = ours_s(setting, lambda s: desk.publish_change_set(s, change_set_id=number, actor=CHECK, lead_s=2.0))
    with psycopg.connect(setting.url) as connection:
        connection.execute("SET max_parallel_workers_per_gather = 0")
        _, theirs = peer_s(connection, PUBLISH_PEER)
        row, _ = peer_s(
            connection,
            "SELECT sum(area_m2), count(*) FROM peer_area WHERE id > (SELECT max(id) FROM area WHERE release_id = 1)",
        )
    with setting.database.transaction() as session:
        layer = registry.get_layer(session, "admin")
        latest = registry.list_releases(session, layer)[0]
        areas = registry.areas_of_release(session, layer, latest)
        stored = sum(area.area_m2 for area in areas if area.valid_from == latest.effective_at)
    print(f"      published {stored:,.0f} m² of changed areas; SQL {row[0]:,.0f} m² in {row[1]} rows")
    return [
        verdict("changed areas the same as SQL's", float(abs(stored / row[0] - 1) < SAME), 1.0, at_least=True),
        verdict("submission with the check of the whole layer", submitted, 10.0, at_least=False, unit=" s"),
        verdict("publishing", used, 10.0, at_least=False, unit=" s"),
        verdict("plain SQL takes times as long", theirs / used, 1.0, at_least=True, unit="x"),
    ]


def edits(setting: Setting, places: int) -> list[bool]:
    """Measure every verb over HTTP on a new draft and on one that began as a delivery of the whole layer; the peer."""
    kept = []
    for whole in (False, True):
        desk_ = Desk(setting, uuid.uuid4().hex)
        try:
            desk_.open()
            if whole:
                deliver_whole(setting, desk_.draft)
                desk_.connection.close()  # idle for so long, the server has left
            for family in desk_.families(places):
                desk_.work_on(family)
            stored = desk_.ask("open", "GET", f"/{desk_.draft}")["edits"]
            print(f"      a draft of {len(stored)} edits{', the first of the whole layer' if whole else ''}:")
            most = desk_.tell()
        finally:
            desk_.close()
        name = "the slowest edit over HTTP, " + ("after a delivery of the whole layer" if whole else "a new draft")
        kept.append(verdict(name, most, 0.3, at_least=False, unit=" s"))
        tried = statistics.median(desk_.took["split, tried"])
    chosen = [setting.grids[i] for i in np.random.default_rng(11).choice(len(setting.grids), EDITS, replace=False)]
    theirs = []
    with psycopg.connect(setting.url, autocommit=True) as connection:
        connection.execute("SET max_parallel_workers_per_gather = 0")
        for grid in chosen:
            west, _, east, _ = shapely.bounds(grid.geom)
            middle = shapely.get_y(shapely.point_on_surface(grid.geom))
            line = shapely.LineString([(west - 1e-3, middle), (east + 1e-3, middle)])
            started = time.perf_counter()
            connection.execute(EDIT_PEER, {"code": grid.code, "line": line.wkt}).fetchone()
            theirs.append(time.perf_counter() - started)
    peer = statistics.median(theirs)
    print(f"      two of a split's questions in SQL {peer:.3f} s, {peer / tried:.2f}x")
    return kept


def deliver_whole(setting: Setting, draft: int) -> None:
    """Take over a delivery that names every area of the layer anew."""
    with setting.database.transaction() as session:
        layer = registry.get_layer(session, "admin")
        latest = registry.list_releases(session, layer)[0]
        areas = [stored.record for stored in registry.areas_of_release(session, layer, latest)]
        renamed = [dataclasses.replace(area, name=f"{area.name}新") for area in areas]
        desk.replace_areas(session, change_set_id=draft, areas=renamed, actor=SERVICE)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--grids", type=int, default=10_000)
    parser.add_argument("--reports", type=int, default=100_000)
    parser.add_argument("--pairs", type=int, default=200)
    parser.add_argument("--places", type=int, default=12)
    options = parser.parse_args()
    print(machine())
    with desk_database(options.grids, options.reports, options.pairs) as setting:
        prepare_peer(setting)
        kept = preview(setting) + publication(setting) + edits(setting, options.places)
    return 0 if all(kept) else 1


if __name__ == "__main__":
    raise SystemExit(main())
