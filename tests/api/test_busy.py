"""What takes long has places of its own, so that it never holds all threads and connections of a process."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from fastapi.routing import APIRoute
from sqlalchemy import select, text

from api.app import create_app
from api.http.admission import _ANYBODY, BusyError, Gate, UploadsBusyError, _Gated
from core import clock
from core.db import Database
from core.errors import StatementTooLongError
from grids.boundaries import operations
from grids.boundaries.tables import Layer
from grids.change_sets import feature_queries
from tests.factories.identity import who

if TYPE_CHECKING:
    from core.settings import Settings


def test_more_than_the_places_of_a_kind_wait_and_are_refused() -> None:
    async def crowd() -> None:
        gate = Gate(4, patience_s=0.02)
        async with gate.place(_ANYBODY, "prints", 2), gate.place(_ANYBODY, "prints", 2):
            with pytest.raises(BusyError) as refused:
                async with gate.place(_ANYBODY, "prints", 2):
                    pass
            async with gate.place(_ANYBODY, "feature queries", 1), gate.place(7, "large requests", 1):
                with pytest.raises(UploadsBusyError):
                    async with gate.place(7, "large requests", 1):
                        pass
        assert refused.value.context["retry_after_s"] >= 1
        async with gate.place(_ANYBODY, "prints", 2):
            pass

    asyncio.run(crowd())


def test_prints_bulk_addresses_redesigns_and_filters_have_places_of_their_own(settings: Settings) -> None:
    routes = [route for route in create_app(settings).routes if isinstance(route, APIRoute)]
    costs = {route.path: route.app.cost for route in routes if isinstance(route.app, _Gated) and route.app.cost}
    assert {path: cost.kind for path, cost in costs.items()} == {
        "/ogc/collections/{collection}/items": "feature queries",
        "/open311/v2/bulk/requests.csv": "exports",
        "/v1/cases/export.{form}": "exports",
        "/v1/assessment/results/{assessment}/sheet.{form}": "prints",
        "/v1/assessment/table.{form}": "exports",
        "/v1/bulletins/{bulletin}/print.{form}": "prints",
        "/v1/cases/{number}/forms/{kind}.{form}": "prints",
        "/v1/change-sets/{change_set}/impact.pdf": "prints",
        "/v1/change-sets/{change_set}/redesigns": "redesigns",
        "/v1/change-sets/{change_set}/redesigns.html": "redesigns",
        "/v1/change-sets/{change_set}/redesigns.pdf": "prints",
        "/v1/hotspots/runs/{run}/notice.{form}": "prints",
        "/v1/locate": "address look-ups",
        "/v1/me/password": "sign-ins",
        "/v1/me/second-factor": "sign-ins",
        "/v1/me/second-factor/removal": "sign-ins",
        "/v1/search": "searches",
        "/v1/passwords": "sign-ins",
        "/v1/quick-notes/logs/{day}/print.{form}": "prints",
        "/v1/sessions": "sign-ins",
    }
    assert [path for path in (r.path for r in routes) if path.endswith(".pdf") and path not in costs] == []


def test_a_query_and_a_statement_end_at_their_limits(database: Database, settings: Settings) -> None:
    slow = feature_queries.Condition("(SELECT true FROM pg_sleep(5))")
    with database.transaction() as session:
        operations.create_layer(session, code="a", name="a", levels=["grid"], actor=who("t"))
        layer = session.scalars(select(Layer)).one()
        source = feature_queries.Source(layer, "grid", clock.now())
        feature_queries.limit_time(session, 0.05)
        with pytest.raises(feature_queries.QueryTooLongError):
            feature_queries.count(session, source, where=slow)
    limited = Database(settings, statement_longest_s=0.05)
    with pytest.raises(StatementTooLongError), limited.transaction() as session:
        session.execute(text("SELECT pg_sleep(5)"))
    with limited.transaction() as session:
        assert session.scalar(text("SELECT 1")) == 1
    limited.close()
