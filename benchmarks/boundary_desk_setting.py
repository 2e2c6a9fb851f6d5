"""The setting of the desk's benchmarks: grids in communities, a grid worker each, reports of a year, and a draft.

The draft is a surveyor's delivery that moves a round piece of land over the border of many pairs of neighbours, spread
over the whole layer.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import psycopg
import shapely

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.wiggly import wiggly_coverage  # noqa: E402 (after the path)
from cli.cluster import provide  # noqa: E402
from core import clock  # noqa: E402
from core.db import Database  # noqa: E402
from core.settings import Settings  # noqa: E402
from governance.grid_workers import operations as grid_workers  # noqa: E402
from governance.grid_workers.rules import Appointment  # noqa: E402
from grids.boundaries import operations as registry_operations  # noqa: E402
from grids.boundaries import queries as registry  # noqa: E402
from grids.boundaries.records import AreaRecord, canonical  # noqa: E402
from grids.change_sets import operations as desk  # noqa: E402
from identity.actors import SERVICE  # noqa: E402
from migrations.run import move_to  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

LEVELS = ["district", "community", "grid"]
FAMILY, UNITS = 5, 20
BLOB_DEG = 0.0008
GRAIN_DEG = 1e-7
SINCE_DAYS = 365


@dataclass(frozen=True, slots=True)
class Setting:
    """A database with the layer, its reports and the draft."""

    url: str
    database: Database
    change_set: int
    grids: list[AreaRecord]
    delivered: list[AreaRecord]


def layer_areas(count: int) -> list[AreaRecord]:
    """Return a district, its communities and about `count` grids of 200 vertices."""
    shapes = canonical(wiggly_coverage(count))
    side = int(np.sqrt(len(shapes)))
    row, column = np.divmod(np.arange(len(shapes)), side)
    family = (row // FAMILY) * (side // FAMILY) + column // FAMILY
    communities = [shapely.coverage_union_all(shapes[family == n]) for n in range(family.max() + 1)]
    district = shapely.coverage_union_all(communities)
    return [
        AreaRecord("district", "D", "区", district),
        *(AreaRecord("community", f"C{n:03d}", f"社区{n}", geom, "D") for n, geom in enumerate(communities)),
        *(
            AreaRecord(
                "grid", f"G{n:05d}", f"网格{n}", geom, f"C{family[n]:03d}", f"U{n % UNITS:02d}", f"单位{n % UNITS}"
            )
            for n, geom in enumerate(shapes)
        ),
    ]


def delivery(grids: list[AreaRecord], pairs: int) -> list[AreaRecord]:
    """Return both grids of evenly spread pairs with a round piece of the second's land in the first."""
    side = int(np.sqrt(len(grids)))
    row, column = np.divmod(np.arange(len(grids)), side)
    middle = np.flatnonzero((row % FAMILY == 2) & (column % FAMILY == 1))
    changed = []
    for index in middle[np.linspace(0, len(middle) - 1, min(pairs, len(middle))).astype(int)].tolist():
        one, two = grids[index], grids[index + 1]
        border = shapely.line_merge(shapely.intersection(one.geom, two.geom))
        blob = shapely.buffer(shapely.line_interpolate_point(border, 0.5, normalized=True), BLOB_DEG)
        piece = shapely.intersection(blob, two.geom, grid_size=GRAIN_DEG)
        wider = shapely.union(one.geom, piece, grid_size=GRAIN_DEG)
        narrower = shapely.difference(two.geom, piece, grid_size=GRAIN_DEG)
        for grid, geom in ((one, wider), (two, narrower)):
            changed.append(
                AreaRecord("grid", grid.code, grid.name, geom, grid.parent_code, grid.unit_code, grid.unit_name)
            )
    return changed


@contextmanager
def desk_database(grids: int, reports: int, pairs: int) -> Iterator[Setting]:
    """Give a fresh durable database with the layer published, the reports stored and the delivery taken over."""
    with provide(name="pg-bench", durable=True, database="bench") as server:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute("DROP DATABASE IF EXISTS bench_desk WITH (FORCE)")
            connection.execute("CREATE DATABASE bench_desk")
        url = f"{server.rpartition('/')[0]}/bench_desk"
        move_to(url)
        database = Database(Settings(DATABASE_URL=url))
        try:
            yield _filled(url, database, layer_areas(grids), reports, pairs)
        finally:
            database.close()


def _filled(url: str, database: Database, areas: list[AreaRecord], reports: int, pairs: int) -> Setting:
    grids = [area for area in areas if area.level == "grid"]
    delivered = delivery(grids, pairs)
    with database.transaction() as session:
        layer = registry_operations.create_layer(session, code="admin", name="网格", levels=LEVELS, actor=SERVICE)
        start = clock.now() - timedelta(days=SINCE_DAYS + 1)
        registry_operations.publish(
            session,
            layer=layer,
            areas=areas,
            publication=registry_operations.Publication(author=SERVICE, effective_at=start),
            lead_s=0,
        )
    with database.transaction() as session:
        layer = registry.get_layer(session, "admin")
        workers = [Appointment(grid.code, f"N{n:05d}", f"网格员（示例）{n}") for n, grid in enumerate(grids)]
        grid_workers.set_workers(
            session, layer=layer, appointments=workers, areas=[one.area_code for one in workers], actor=SERVICE
        )
        change_set = desk.open_draft(session, layer=layer, title="测绘成果", author=SERVICE).id
        desk.replace_areas(session, change_set_id=change_set, areas=delivered, actor=SERVICE)
    _store_reports(url, areas, delivered, reports)
    return Setting(url, database, change_set, grids, delivered)


def _store_reports(url: str, areas: list[AreaRecord], delivered: list[AreaRecord], count: int) -> None:
    """Store reports of a year, half of them anywhere and half in the grids that the draft changes.

    The cases of the last 90 days are open.
    """
    random = np.random.default_rng(11)
    west, south, east, north = shapely.total_bounds([area.geom for area in areas])
    anywhere = random.uniform((west, south), (east, north), (count - count // 2, 2))
    bounds = shapely.bounds(np.array([area.geom for area in delivered]))[random.integers(0, len(delivered), count // 2)]
    points: NDArray[Any] = np.round(np.vstack([anywhere, random.uniform(bounds[:, :2], bounds[:, 2:])]), 7)
    ages = random.uniform(0, SINCE_DAYS - 1, count)
    now = clock.now()
    wkb = shapely.to_wkb(shapely.set_srid(shapely.points(points), 4326), hex=True, include_srid=True)
    with psycopg.connect(url) as connection:
        connection.execute(
            "INSERT INTO api_client (name, holder_id, key_sha256, scopes, created_at)"
            " VALUES ('b', 1, '\\x00', '{}', now())"
        )
        copy_sql = (
            "COPY report (client_id, channel, body_sha256, category, crs, geom, reported_at, received_at, layer_id,"
            " release_number, method, area_path, reason_code, reason_values) FROM STDIN"
        )
        with connection.cursor().copy(copy_sql) as copy:
            for geom, age in zip(wkb, ages.tolist(), strict=True):
                at = now - timedelta(days=age)
                copy.write_row(
                    (1, "app", "\\x00", "占道", "WGS84", geom, at, now, 1, 1, "covered", ["D"], "not_sent", "{}")
                )
        connection.execute(
            "INSERT INTO case_record (id, state, version, category_path, urgency, opened_at, changed_at, supervised)"
            " SELECT id, CASE WHEN reported_at >= now() - interval '90 days' THEN 'filed' ELSE 'closed' END, 3, '{}',"
            " 'normal', reported_at, reported_at, false FROM report"
        )
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
