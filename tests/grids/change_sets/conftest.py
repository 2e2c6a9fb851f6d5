"""The sample district as a published layer."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from shapely.geometry import shape

from core.db import Database
from core.settings import Settings
from grids.boundaries import operations
from grids.boundaries.records import AreaRecord
from tests.conftest import fresh_database
from tests.factories.identity import who

if TYPE_CHECKING:
    from collections.abc import Iterator

DISTRICT = Path(__file__).resolve().parents[3] / "data" / "boundaries" / "shangjie.geojson"
LEVELS = ["district", "street", "community", "grid"]


@cache
def district_areas() -> tuple[AreaRecord, ...]:
    """The sample district's areas."""
    features = json.loads(DISTRICT.read_text())["features"]
    return tuple(
        AreaRecord(
            level=f["properties"]["level"],
            code=f["properties"]["code"],
            name=f["properties"]["name"],
            geom=shape(f["geometry"]),
            parent_code=f["properties"].get("parent_code") or None,
            attributes={"households": f["properties"]["households"]},
        )
        for f in features
    )


@pytest.fixture(scope="session")
def district_template(
    server_url: str, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The name of a database to copy from, with the sample district published as release 1 of layer `admin`."""
    with fresh_database(server_url, template_database) as url:
        opened = Database(Settings(DATABASE_URL=url, cache_dir=tmp_path_factory.mktemp("cache"), log_level="ERROR"))
        with opened.transaction() as session:
            layer = operations.create_layer(
                session, code="admin", name="网格", levels=LEVELS, code_rule="gb15", actor=who("test")
            )
            operations.publish(
                session,
                layer=layer,
                areas=district_areas(),
                publication=operations.Publication(author=who("test")),
                lead_s=0,
            )
        opened.close()
        yield url.rpartition("/")[2]


@pytest.fixture
def database_url(request: pytest.FixtureRequest, server_url: str, template_database: str) -> Iterator[str]:
    """The URL of a fresh database, with the district where the test asks for it."""
    template = template_database
    if "district" in request.fixturenames:
        template = request.getfixturevalue("district_template")
    with fresh_database(server_url, template) as url:
        yield url


@pytest.fixture
def district(database: Database) -> str:
    """The sample district, published as release 1 of layer `admin`; gives the layer's code."""
    del database
    return "admin"
