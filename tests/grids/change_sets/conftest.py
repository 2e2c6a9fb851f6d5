"""The sample district as a published layer."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from shapely.geometry import shape

from grids.boundaries import operations
from grids.boundaries.records import AreaRecord
from tests.factories.identity import who

if TYPE_CHECKING:
    from core.db import Database

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


@pytest.fixture
def district(database: Database) -> str:
    """The sample district, published as release 1 of layer `admin`; gives the layer's code."""
    with database.transaction() as session:
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
    return "admin"
