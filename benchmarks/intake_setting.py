"""The setting of the intake benchmarks: a durable private database with boundaries and an intake key."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import shapely

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from cli.cluster import provide  # noqa: E402 (after the path)
from core.db import Database  # noqa: E402
from core.settings import Settings  # noqa: E402
from governance.channels.operations import bind_key  # noqa: E402
from grids.boundaries import operations  # noqa: E402
from grids.boundaries.records import AreaRecord  # noqa: E402
from identity.actors import SERVICE  # noqa: E402
from identity.grants import ROLES  # noqa: E402
from identity.keys import create_key  # noqa: E402
from migrations.run import move_to  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator


def publish_sample(database: Database) -> None:
    """Publish the sample district."""
    records = []
    for feature in json.loads((ROOT / "data/boundaries/shangjie.geojson").read_text())["features"]:
        p = feature["properties"]
        geom = shapely.from_geojson(json.dumps(feature["geometry"]))
        records.append(
            AreaRecord(p["level"], p["code"], p["name"], geom, p["parent_code"], p["unit_code"], p["unit_name"])
        )
    levels = ["district", "street", "community", "grid"]
    with database.transaction() as session:
        layer = operations.create_layer(
            session, code="admin", name="行政网格", levels=levels, code_rule="gb15", actor=SERVICE
        )
        operations.publish(
            session, layer=layer, areas=records, publication=operations.Publication(author=SERVICE), lead_s=0.0
        )


@contextmanager
def district_database(name: str, *, sample: bool = True) -> Iterator[tuple[str, str]]:
    """Give the URL of a fresh durable database, with the sample district, and the key of channel 12345 in it."""
    with provide(name="pg-bench", durable=True, database="bench") as server:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {name}")
        url = f"{server.rpartition('/')[0]}/{name}"
        move_to(url)
        database = Database(Settings(DATABASE_URL=url))
        try:
            with database.transaction() as session:
                key = create_key(session, name="hotline", scopes=list(ROLES["intake"]), quota_per_minute=10**9)
                bind_key(session, key="hotline", channel="12345", crs="WGS84", actor=SERVICE)
            if sample:
                publish_sample(database)
            yield url, key
        finally:
            database.close()
