"""The sample district with its gazetteer, in force, for the tests of addresses, triage and data quality."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from fastapi.testclient import TestClient
from shapely.geometry import shape

from api.app import create_app
from core.settings import Settings
from grids.boundaries import operations as boundaries
from grids.boundaries.records import AreaRecord
from grids.gazetteer import operations as gazetteer
from identity.grants import ROLES
from tests.factories.identity import issue_key, who

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from core.db import Database

DATA = Path(__file__).resolve().parents[3] / "data"


def publish_sample(database: Database) -> None:
    """Publish the sample boundaries and gazetteer."""
    areas = []
    for f in json.loads((DATA / "boundaries" / "shangjie.geojson").read_text(encoding="utf-8"))["features"]:
        p = f["properties"]
        facts = (p["level"], p["code"], p["name"], shape(f["geometry"]), p["parent_code"])
        areas.append(AreaRecord(*facts, p["unit_code"], p["unit_name"]))
    levels = ["district", "street", "community", "grid"]
    with database.transaction() as session:
        layer = boundaries.create_layer(session, code="admin", name="行政网格", levels=levels, actor=who("test"))
        boundaries.publish(
            session, layer=layer, areas=areas, publication=boundaries.Publication(author=who("test")), lead_s=0.0
        )
        for theme in ("roads", "places", "addresses"):
            path = DATA / "gazetteer" / f"{theme}.geojson"
            context = ("河南省", "郑州市")
            gazetteer.import_release(session, theme=theme, path=path, author=who("test"), context=context)


@pytest.fixture(scope="module")
def settings(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(DATABASE_URL=module_database_url, cache_dir=tmp_path_factory.mktemp("cache"), log_level="ERROR")


@pytest.fixture(scope="module")
def client(settings: Settings) -> Iterator[TestClient]:
    app = create_app(settings)
    publish_sample(app.state.services.database)
    with TestClient(app, raise_server_exceptions=False) as opened:
        yield opened


@pytest.fixture(scope="module")
def database(client: TestClient) -> Database:
    opened: Database = client.app.state.services.database  # type: ignore[attr-defined]
    return opened


@pytest.fixture(scope="module")
def make_key(database: Database) -> Callable[..., dict[str, str]]:
    def make(role: str, name: str = "", **attributes: Any) -> dict[str, str]:
        name = name or f"{role}-{uuid.uuid4().hex[:6]}"
        with database.transaction() as session:
            return {"X-API-Key": issue_key(session, name=name, scopes=list(ROLES[role]), **attributes)}

    return make
