"""What is drawn through the console's own editor code is what the service makes of it, on a layer nobody here drew."""

from __future__ import annotations

import json
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pytest
import shapely
from fastapi.testclient import TestClient
from shapely.geometry import mapping, shape

from api.app import create_app
from cli import node
from core.db import Database
from core.settings import Settings
from geo.datum import transform_geometry
from geo.edit import match_vertices
from grids.boundaries import operations
from grids.boundaries.records import DECIMALS, AreaRecord
from identity.grants import ROLES
from tests.factories.identity import issue_key, who
from tests.missing import needs_console

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapely.geometry.base import BaseGeometry

pytestmark = needs_console
TOKYO: Final = Path(find_spec("libpysal").origin).parent / "examples" / "tokyo" / "tokyomet262.shp"  # type: ignore[union-attr, arg-type]
SCRIPT: Final = node.WEB / "tests" / "draw_at_random.ts"
ACTS: Final = 24
STEP: Final = 10.0**-DECIMALS


def tokyo() -> dict[str, BaseGeometry]:
    """Return the municipalities around Tokyo (libpysal) as a coverage: where they overlap, the first has the land."""
    layer = gpd.read_file(TOKYO)
    drawn = shapely.make_valid(transform_geometry(layer.geometry.to_numpy(), "EPSG:30166"), method="structure")
    lines = shapely.union_all([area.boundary for area in drawn], grid_size=STEP)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
    face, area = shapely.STRtree(drawn).query(shapely.point_on_surface(faces), predicate="within")
    first = np.full(len(faces), len(drawn))
    np.minimum.at(first, face, area)
    parts = {str(i): shapely.coverage_union_all(faces[first == i]) for i in sorted(set(first.tolist()) - {len(drawn)})}
    return match_vertices(parts, DECIMALS)


@pytest.fixture(scope="module")
def desk(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """An editor's client of a service that has that layer."""
    settings = Settings(
        DATABASE_URL=module_database_url,  # type: ignore[call-arg]
        cache_dir=tmp_path_factory.mktemp("cache"),
        log_level="CRITICAL",
    )
    database = Database(settings)
    with database.transaction() as session:
        layer = operations.create_layer(session, code="admin", name="东京", levels=["area"], actor=who("t"))
        areas = [AreaRecord("area", f"t{code}", f"t{code}", area) for code, area in tokyo().items()]
        publication = operations.Publication(author=who("t"))
        operations.publish(session, layer=layer, areas=areas, publication=publication, lead_s=0)
        key = issue_key(session, name="editor", scopes=list(ROLES["gis-editor"]))
    database.close()
    with TestClient(create_app(settings), headers={"X-API-Key": key}) as client:
        yield client


def drawn_at_random(window: dict[str, Any], seed: int) -> list[dict[str, Any]]:
    """Draw on a window through the console's code; its own check must find it whole."""
    asked = json.dumps({**window, "seed": seed, "acts": ACTS})
    done = subprocess.run([node.node(), SCRIPT], input=asked, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["isWhole"]
    assert len(told["acts"]) == ACTS
    return list(told["acts"])


def blocking(client: TestClient, draft: str) -> list[str]:
    found = client.get(f"{draft}/check").json()["features"]
    return sorted(f["id"] for f in found if f["properties"]["severity"] == "blocks")


@pytest.mark.parametrize("seed", [1, 2])
def test_drags_splits_merges_and_transfers_are_what_the_service_makes_of_them(desk: TestClient, seed: int) -> None:
    draft = f"/v1/change-sets/{desk.post('/v1/change-sets', json={'layer': 'admin', 'title': 't'}).json()['id']}"
    before = blocking(desk, draft)
    window = desk.get(f"{draft}/window", params={"bbox": "139.3,35.5,139.9,35.9"}).json()
    ours, compared = {f["id"]: f["id"] for f in window["features"]}, 0
    for act in drawn_at_random(window, seed):
        body = {
            "drag": lambda a: {"verb": "redraw", "shapes": {ours[c]: s for c, s in a["shapes"].items()}},
            "split": lambda a: {"verb": "split", "codes": [ours[a["code"]]], "geometry": line_of(a["drawn"])},
            "merge": lambda a: {"verb": "merge", "codes": [ours[c] for c in a["codes"]], "into": ours[a["into"]]},
            "transfer": lambda a: {
                "verb": "transfer", "codes": [ours[a["giver"]], ours[a["taker"]]], "geometry": ring_of(a["drawn"]),
            },
        }[act["kind"]](act)  # fmt: skip
        answer = desk.post(f"{draft}/edits", json=body)
        assert answer.status_code == 201, (act["kind"], answer.text)
        theirs = {f["id"]: shape(f["geometry"]) for f in answer.json()["features"] if f["geometry"]}
        for code, drawn in act["shapes"].items():
            area = shape(drawn)
            if code not in ours:  # numbered by the service
                ours[code] = max(theirs, key=lambda one: theirs[one].intersection(area).area)
            if ours[code] in theirs:
                compared += 1
                apart = theirs[ours[code]].symmetric_difference(area).area
                assert apart <= 2 * STEP * area.length, (act["kind"], code, apart)
    assert compared > 2 * ACTS
    assert blocking(desk, draft) == before


def line_of(places: list[list[float]]) -> dict[str, Any]:
    return dict(mapping(shapely.LineString(places)))


def ring_of(places: list[list[float]]) -> dict[str, Any]:
    return dict(mapping(shapely.Polygon(places)))
