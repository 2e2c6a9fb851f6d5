"""Whatever the OpenAPI document allows, or nearly allows, is answered as it promises: no 5xx, no undocumented status.

Every operation of every router is met, with an administrator's key and seeded cases. The application is asked without a
socket between, which would take a third of the time; what a server does with odd requests is tested beside.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
import shapely
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.generation.feedback import NO_FEEDBACK
from schemathesis.generation.hypothesis.builder import MissingPathParameters
from schemathesis.pytest._test_builder import build_operation_test
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from schemathesis.transport.requests import ManagedCookiesSession

from api.app import create_app
from core.settings import Settings
from grids.boundaries.records import AreaRecord
from identity.grants import Scope
from tests import described
from tests.factories.identity import issue_key
from tests.factories.in_process import BASE, InProcessAdapter
from tests.factories.releases import publish_areas

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.db import Database

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
STREAM = "/v1/events/stream"
"""Its schema is that of its text, and the checker looks at each event by itself; tests/api/events reads them."""
EXAMPLES = 2
"""Cases drawn at random for each operation, beside those that cover its schema one by one (about sixty)."""


def publish_one_grid(database: Database) -> None:
    square = shapely.box(113, 34, 113.01, 34.01)
    areas = [AreaRecord("district", "D", "区", square), AreaRecord("grid", "a", "a网格", square, "D")]
    with database.transaction() as session:
        publish_areas(session, areas, levels=["district", "grid"])


@pytest.fixture(scope="module")
def served(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """How to call an application with boundaries in force: its address, an administrator's key, a session."""
    folder = tmp_path_factory.mktemp("cache")
    app = create_app(Settings(DATABASE_URL=module_database_url, cache_dir=folder, log_level="CRITICAL"))
    app.state.services.live.longest_s = 0  # a stream that is followed would be open for minutes
    publish_one_grid(app.state.services.database)
    with app.state.services.database.transaction() as session:
        key = issue_key(session, name="fuzz", scopes=list(Scope), channel="12345", quota_per_minute=10**9)
    with TestClient(app, raise_server_exceptions=False) as client, ManagedCookiesSession() as asked:
        asked.trust_env = False
        asked.mount(BASE, InProcessAdapter(client))
        yield {"base_url": BASE, "headers": {"X-API-Key": key}, "session": asked}


# The document needs no database: the operations are known when the tests are collected. The cases of an operation are
# made by its test: to make all of them takes half a minute, which each process that collects the tests would need.
OPERATIONS = {f"{method.upper()} {path}": (method, path) for method, path, _ in described.operations()}


@pytest.fixture(scope="module")
def schema() -> schemathesis.BaseSchema:
    return schemathesis.openapi.from_dict(
        described.application().openapi(),
        config=schemathesis.Config.from_dict({"phases": {"coverage": {"enabled": True}}, "seed": 9037}),
    )


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_operation_answers_as_documented(
    operation: str, schema: schemathesis.BaseSchema, served: dict[str, Any]
) -> None:
    method, path = OPERATIONS[operation]

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def answers_as_documented(case: schemathesis.Case) -> None:
        checks = [check for check in CHECKS if path != STREAM or check is not response_schema_conformance]
        case.call_and_validate(**served, checks=checks, timeout=60)

    # What `@schema.parametrize()` makes of a test. An Arrow stream has no schema to make one from; tests/api meets it.
    for_all_cases = build_operation_test(
        config=schema.config,
        operation=schema[path][method],
        test_func=answers_as_documented,
        given_kwargs={},
        feedback=NO_FEEDBACK,
    )
    assert not MissingPathParameters.get(for_all_cases)
    for_all_cases()
