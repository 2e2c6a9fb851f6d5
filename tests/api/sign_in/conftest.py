"""One service for the tests of a module, whose passwords cost nothing and whose callers state their addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from api.app import create_app
from core.settings import Settings
from tests.factories.sign_in import CHEAP

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from core.db import Database


@pytest.fixture(scope="module")
def settings(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder: Path = tmp_path_factory.mktemp("cache")
    return Settings(
        DATABASE_URL=module_database_url, cache_dir=folder, web_dist=folder, log_level="ERROR",
        trusted_proxies="testclient", secret_keys=SecretStr("k" * 32), **CHEAP,
    )  # fmt: skip


@pytest.fixture(scope="module")
def service(settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(settings), raise_server_exceptions=False) as opened:
        yield opened


@pytest.fixture
def client(service: TestClient) -> TestClient:
    """The one service of this module, with a browser that holds no cookies yet."""
    service.cookies.clear()
    return service


@pytest.fixture
def database(service: TestClient) -> Database:
    found: Database = service.app.state.services.database  # type: ignore[attr-defined]
    return found
