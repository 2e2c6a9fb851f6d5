"""The sample district that comes with the service: its areas and its gazetteer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

from shapely.geometry import shape

from grids.boundaries import operations
from grids.boundaries.records import AreaRecord
from grids.gazetteer import operations as gazetteer
from tests.factories.identity import who

if TYPE_CHECKING:
    from core.db import Database

DATA: Final = Path(__file__).resolve().parents[2] / "data"
LEVELS: Final = ["district", "street", "community", "grid"]


def sample_areas() -> list[AreaRecord]:
    """Return the areas of the district."""
    records = []
    for feature in json.loads((DATA / "boundaries" / "shangjie.geojson").read_text(encoding="utf-8"))["features"]:
        p = feature["properties"]
        facts = (p["level"], p["code"], p["name"], shape(feature["geometry"]), p["parent_code"])
        records.append(AreaRecord(*facts, p["unit_code"], p["unit_name"]))
    return records


def publish_sample(database: Database) -> list[AreaRecord]:
    """Publish the areas as release 1 of layer admin, in force at once."""
    records, publication = sample_areas(), operations.Publication(author=who("test"))
    with database.transaction() as session:
        layer = operations.create_layer(
            session, code="admin", name="行政网格", levels=LEVELS, code_rule="gb15", actor=who("test")
        )
        operations.publish(session, layer=layer, areas=records, publication=publication, lead_s=0.0)
    return records


def import_sample_gazetteer(database: Database) -> None:
    """Import the district's roads, places and addresses."""
    with database.transaction() as session:
        for theme in ("roads", "places", "addresses"):
            path = DATA / "gazetteer" / f"{theme}.geojson"
            context = ("河南省", "郑州市")
            gazetteer.import_release(session, theme=theme, path=path, author=who("test"), context=context)
