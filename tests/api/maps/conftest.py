"""A published district to make maps of, and reports in it."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from core import clock
from core.settings import Settings
from tests.factories.reports import PlacedRow, store_reports
from tests.factories.sample import publish_sample, sample_areas

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from core.db import Database
    from grids.boundaries.records import AreaRecord


@pytest.fixture
def district(database: Database, request: pytest.FixtureRequest) -> list[AreaRecord]:
    """Publish the district, and wait until the application of the test, if it runs already, knows it."""
    records = publish_sample(database)
    if "client" in request.fixturenames:
        client: TestClient = request.getfixturevalue("client")
        for _ in range(200):
            if client.get("/v1/assignments", params={"lon": 113.29, "lat": 34.80}).status_code == 200:
                break
            time.sleep(0.05)
    return records


@pytest.fixture(scope="module")
def reading(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A client for the tests that only read; they share one published district without reports."""
    folder = tmp_path_factory.mktemp("cache")
    app = create_app(Settings(DATABASE_URL=module_database_url, cache_dir=folder, log_level="ERROR"))
    publish_sample(app.state.services.database)
    with TestClient(app, raise_server_exceptions=False) as opened:
        yield opened


@pytest.fixture
def add_reports(database: Database, make_key: Callable[..., dict[str, str]]) -> Callable[[str, int, int], None]:
    make_key("intake", "hotline")

    def add(grid: str, count: int, days_ago: int) -> None:
        path = [grid[:6], grid[:9], grid[:12], grid]
        with database.transaction() as session:
            row = PlacedRow(category="积水", path=path, at=clock.now() - timedelta(days=days_ago))
            store_reports(session, [row] * count)

    return add


@pytest.fixture(scope="module")
def areas() -> list[AreaRecord]:
    """The areas that `district` and `reading` have."""
    return sample_areas()
