"""Answers that are not checked on the way out have the documented shape, and no member beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import orjson
import pytest
import shapely
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from pydantic import TypeAdapter
from starlette.routing import Match

from api.app import create_app
from core.settings import Settings
from identity.grants import Scope
from tests.factories.identity import issue_key

if TYPE_CHECKING:
    from collections.abc import Iterator

ADDRESSES: Final = (
    "/ogc",
    "/ogc/api",
    "/ogc/conformance",
    "/ogc/collections",
    "/ogc/collections/admin.grid",
    "/ogc/collections/admin.grid/queryables",
    "/ogc/collections/admin.grid/items",
    "/ogc/collections/admin.grid/items/b",
    "/ogc/collections/admin.grid/tiles",
    "/ogc/collections/admin.grid/tiles/WebMercatorQuad",
    "/ogc/collections/draft-1.grid",
    "/ogc/collections/draft-1.grid/items",
    "/ogc/tileMatrixSets",
    "/ogc/tileMatrixSets/WebMercatorQuad",
    "/v1/assignments?lon=113.001&lat=34.001",
    "/v1/assignments/layers?lon=113.001&lat=34.001",
    "/v1/change-sets/1/areas",
    "/v1/change-sets/1/areas?changed=true",
    "/v1/change-sets/1/check",
    "/v1/change-sets/1/surroundings",
    "/v1/data-quality",
    "/v1/data-quality/shapes",
    "/v1/data-quality/shapes/flagged",
    "/v1/layers/admin/areas?geometry=true",
    "/v1/layers/admin/disputed-edges",
    "/v1/layers/admin/export",
    "/v1/locate?address=济源路",
    "/v1/maps/responsibility.geojson",
    "/v1/reports",
    "/v1/reports?format=geojson",
    "/v1/reverse?lon=113.001&lat=34.001",
    "/v1/triage",
    "/v1/triage/map.geojson",
)


def district() -> bytes:
    """Write a district of two grids."""
    lands = {
        ("district", "D", None): shapely.box(113, 34, 113.02, 34.01),
        ("grid", "a", "D"): shapely.box(113, 34, 113.01, 34.01),
        ("grid", "b", "D"): shapely.box(113.01, 34, 113.02, 34.01),
    }
    features = [
        {
            "type": "Feature",
            "properties": {"level": level, "code": code, "name": code, "parent": parent},
            "geometry": orjson.Fragment(shapely.to_geojson(land)),
        }
        for (level, code, parent), land in lands.items()
    ]
    return orjson.dumps({"type": "FeatureCollection", "features": features})


@pytest.fixture(scope="module")
def asked(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """An application with boundaries in force, a draft with an edit, and two reports, one of them without a place."""
    folder = tmp_path_factory.mktemp("cache")
    app = create_app(Settings(DATABASE_URL=module_database_url, cache_dir=folder, log_level="CRITICAL"))
    with app.state.services.database.transaction() as session:
        key = issue_key(session, name="shapes", scopes=list(Scope), channel="12345")
    with TestClient(app, headers={"X-API-Key": key}) as client:
        layer = {"code": "admin", "name": "网格", "levels": ["district", "grid"]}
        sent = [
            client.post("/v1/layers", json=layer),
            client.post(
                "/v1/layers/admin/imports",
                files={"files": ("d.geojson", district())},
                data={"effective_at": "2026-01-01T00:00:00+08:00"},  # in force at once, whatever the lead
            ),
            client.post("/v1/change-sets", json={"layer": "admin", "title": "草案"}),
            client.post("/v1/change-sets/1/edits", json={"verb": "retire", "codes": ["a"]}),
            client.post("/v1/reports", json={"category": "占道", "lon": 113.001, "lat": 34.001}),
            client.post("/v1/reports", json={"category": "占道", "lon": 1, "lat": 1, "address": "济源路"}),
            client.post("/v1/data-quality/examinations"),
        ]
        assert [answer.status_code for answer in sent] == [201, 201, 201, 201, 201, 201, 200], [a.text for a in sent]
        yield client


def route_of(client: TestClient, address: str) -> APIRoute:
    scope = {"type": "http", "method": "GET", "path": address.partition("?")[0], "root_path": "", "headers": []}
    app: Any = client.app
    return next(r for r in app.routes if isinstance(r, APIRoute) and r.matches(scope)[0] is Match.FULL)


def undocumented(sent: Any, kept: Any, where: str = "") -> list[str]:
    """List the members that were sent and are not part of the shape."""
    if isinstance(sent, dict):
        return [
            name
            for member, value in sent.items()
            for name in (undocumented(value, kept[member], f"{where}.{member}") if member in kept else [where + member])
        ]
    if isinstance(sent, list):
        pairs = enumerate(zip(sent, kept, strict=True))
        return [name for i, (one, other) in pairs for name in undocumented(one, other, f"{where}[{i}]")]
    return []


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_answer_has_the_documented_shape_and_nothing_beside_it(asked: TestClient, address: str) -> None:
    answer = asked.get(address)
    assert answer.status_code == 200, answer.text
    shape: TypeAdapter[Any] = TypeAdapter(route_of(asked, address).response_model)
    kept = shape.dump_python(shape.validate_json(answer.content), mode="json", by_alias=True)
    assert undocumented(answer.json(), kept) == []
    assert "features" not in kept or kept["features"] or address.endswith(("check", "disputed-edges"))
