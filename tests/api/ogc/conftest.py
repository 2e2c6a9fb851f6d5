"""The sample district served by a real server, with an editor's key and an open draft."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
import shapely

from api.app import create_app
from core.settings import Settings
from grids.boundaries import operations
from grids.boundaries.records import AreaRecord
from grids.change_sets import operations as desk
from identity.grants import ROLES
from identity.keys import create_key
from tests.factories.identity import who
from tests.factories.serving import served_in_a_thread

if TYPE_CHECKING:
    from collections.abc import Iterator

SAMPLE = Path(__file__).parents[3] / "data/boundaries/shangjie.geojson"
LEVELS = ["district", "street", "community", "grid"]


def sample() -> list[AreaRecord]:
    records = []
    for number, feature in enumerate(json.loads(SAMPLE.read_text())["features"]):
        p = feature["properties"]
        geom = shapely.from_geojson(json.dumps(feature["geometry"]))
        records.append(
            AreaRecord(p["level"], p["code"], p["name"], geom, p["parent_code"], p["unit_code"], p["unit_name"],
                       {"households": 100 + number} if p["level"] == "grid" else {})
        )  # fmt: skip
    return records


@dataclass(frozen=True)
class Served:
    """A served application; `get` asks it with an editor's key, `other_key` is that of another one."""

    url: str
    key: str
    other_key: str
    draft: int
    records: list[AreaRecord]
    http: httpx2.Client

    def codes(self, level: str = "grid") -> list[str]:
        return sorted((r.code for r in self.records if r.level == level), key=str.encode)

    def land(self, code: str) -> Any:
        return next(r.geom for r in self.records if r.code == code)

    def get(self, path: str, **parameters: Any) -> httpx2.Response:
        return self.http.get(f"{self.url}{path}", params=parameters or None)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> httpx2.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.http.request(method, f"{self.url}{path}", json=body, headers=named)


@pytest.fixture(scope="module")
def served(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    app = create_app(
        Settings(DATABASE_URL=module_database_url, cache_dir=tmp_path_factory.mktemp("cache"), log_level="CRITICAL")
    )
    records = sample()
    with app.state.services.database.transaction() as session:
        layer = operations.create_layer(
            session, code="admin", name="行政网格", levels=LEVELS, code_rule="gb15", actor=who("test")
        )
        operations.publish(
            session, layer=layer, areas=records, publication=operations.Publication(author=who("test")), lead_s=0.0
        )
        key = create_key(session, name="editor", scopes=list(ROLES["gis-editor"]))
        other = create_key(session, name="other editor", scopes=list(ROLES["gis-editor"]))
    with app.state.services.database.transaction() as session:
        draft = desk.open_draft(session, layer=layer, title="调整", author=who("editor")).id
    with served_in_a_thread(app) as address, httpx2.Client(headers={"X-API-Key": key}, timeout=60) as http:
        yield Served(address, key, other, draft, records, http)
