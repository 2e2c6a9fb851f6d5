"""The sample district with its gazetteer, in force, for the tests of addresses, triage and data quality."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from core.settings import Settings
from identity.grants import ROLES
from tests.factories.identity import issue_key
from tests.factories.sample import import_sample_gazetteer, publish_sample

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from core.db import Database


@pytest.fixture(scope="module")
def settings(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(DATABASE_URL=module_database_url, cache_dir=tmp_path_factory.mktemp("cache"), log_level="ERROR")


@pytest.fixture(scope="module")
def client(settings: Settings) -> Iterator[TestClient]:
    app = create_app(settings)
    publish_sample(app.state.services.database)
    import_sample_gazetteer(app.state.services.database)
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
