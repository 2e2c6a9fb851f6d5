"""A district of three square grids, and keys of two channels, for the tests of intake."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest
import shapely
from fastapi.testclient import TestClient

from api.app import create_app
from core.settings import Settings
from grids.boundaries import operations
from grids.boundaries.records import AreaRecord
from identity.grants import ROLES
from tests.factories.identity import issue_key, who

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fastapi import FastAPI

    from core.db import Database

REPORT: dict[str, Any] = {
    "external_id": "a-1",
    "category": "暴露垃圾",
    "text": "新乡路与孟津路交叉口有垃圾",
    "lon": 113.005,
    "lat": 34.005,
    "reported_at": "2026-07-01T09:30:00+08:00",
    "reporter": {"name": "张三丰", "phone": "13800001234"},
    "photos": ["https://photos.example/1.jpg"],
}


def _publish(database: Database) -> None:
    """Publish district D with grids a, b and c, each a hundredth of a degree wide, from 113° E, 34° N."""
    district = AreaRecord("district", "D", "区", shapely.box(113, 34, 113.03, 34.01))
    grids = [
        AreaRecord(
            "grid", code, f"{code}网格", shapely.box(113 + n / 100, 34, 113 + (n + 1) / 100, 34.01), "D",
            unit_code=f"u-{code}", unit_name=f"{code}队",
        )
        for n, code in enumerate("abc")
    ]  # fmt: skip
    with database.transaction() as session:
        layer = operations.create_layer(
            session, code="admin", name="行政网格", levels=["district", "grid"], actor=who("test")
        )
        operations.publish(
            session,
            layer=layer,
            areas=[district, *grids],
            publication=operations.Publication(author=who("test")),
            lead_s=0.0,
        )


@pytest.fixture(scope="session")
def publish_squares() -> Callable[[Database], None]:
    return _publish


# The tests of a module share one database: each sends reports with external ids of its own.


@pytest.fixture(scope="module")
def settings(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(DATABASE_URL=module_database_url, cache_dir=tmp_path_factory.mktemp("cache"), log_level="ERROR")


@pytest.fixture(scope="module")
def app(settings: Settings, publish_squares: Callable[[Database], None]) -> Iterator[FastAPI]:
    made = create_app(settings)
    publish_squares(made.state.services.database)
    yield made
    made.state.services.database.close()


@pytest.fixture(scope="module")
def database(app: FastAPI) -> Database:
    opened: Database = app.state.services.database
    return opened


@pytest.fixture(scope="module")
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, raise_server_exceptions=False) as opened:
        yield opened


@pytest.fixture(scope="module")
def make_key(database: Database) -> Callable[..., dict[str, str]]:
    def make(role: str = "administrator", name: str = "", **attributes: str | int) -> dict[str, str]:
        with database.transaction() as session:
            key = issue_key(
                session,
                name=name or uuid.uuid4().hex,
                scopes=list(ROLES[role]),
                **attributes,  # type: ignore[arg-type]
            )
        return {"X-API-Key": key}

    return make


@pytest.fixture(scope="module")
def hotline(make_key: Callable[..., dict[str, str]]) -> dict[str, str]:
    return make_key("intake", "hotline", channel="12345")


@pytest.fixture(scope="module")
def reader(make_key: Callable[..., dict[str, str]]) -> dict[str, str]:
    return make_key("viewer", "reader")


@pytest.fixture
def report() -> dict[str, Any]:
    return REPORT | {"external_id": uuid.uuid4().hex}
