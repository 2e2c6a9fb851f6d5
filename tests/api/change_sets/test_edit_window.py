"""The window that an editor on a map works on, and the outlines that it sends back as one edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely
from fastapi.testclient import TestClient
from shapely.geometry import mapping, shape

from api.app import create_app
from core.db import Database
from core.settings import Settings
from grids.boundaries import operations
from grids.boundaries.records import AreaRecord
from grids.change_sets import window_queries
from identity.grants import ROLES
from tests.factories.identity import issue_key, who

if TYPE_CHECKING:
    from collections.abc import Iterator

# West and east halves over a south strip that has no vertex where they meet; the east half is a step off its corner.
WEST = [(113.30, 34.80), (113.31, 34.80), (113.31, 34.81), (113.30, 34.81)]
EAST = [(113.31, 34.80), (113.32, 34.8000001), (113.32, 34.81), (113.31, 34.81)]
SOUTH = [(113.30, 34.79), (113.32, 34.79), (113.32, 34.80), (113.30, 34.80)]
"""Rings of grids c-1, c-2 and c-3."""


@pytest.fixture(scope="module")
def desk(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A client with an editor's key of a service that has three grids below one community."""
    settings = Settings(
        DATABASE_URL=module_database_url,  # type: ignore[call-arg]
        cache_dir=tmp_path_factory.mktemp("cache"),
        log_level="CRITICAL",
    )
    rings = {"c-1": WEST, "c-2": EAST, "c-3": SOUTH}
    grids = [AreaRecord("grid", code, code, shapely.Polygon(ring), "c") for code, ring in rings.items()]
    whole = shapely.union_all([grid.geom for grid in grids])
    database = Database(settings)
    with database.transaction() as session:
        levels = ["community", "grid"]
        layer = operations.create_layer(session, code="admin", name="网格", levels=levels, actor=who("t"))
        operations.publish(
            session, layer=layer, areas=[AreaRecord("community", "c", "社区", whole), *grids],
            publication=operations.Publication(author=who("t")), lead_s=0,
        )  # fmt: skip
        key = issue_key(session, name="editor", scopes=list(ROLES["gis-editor"]))
    database.close()
    with TestClient(create_app(settings), headers={"X-API-Key": key}) as client:
        yield client


def opened(client: TestClient) -> str:
    answer = client.post("/v1/change-sets", json={"layer": "admin", "title": "移界"})
    return f"/v1/change-sets/{answer.json()['id']}"


def moved(window: dict[str, Any], at: tuple[float, float], to: tuple[float, float]) -> dict[str, Any]:
    """Move a vertex in all areas that have it; return their outlines by code."""

    def move(points: np.ndarray) -> np.ndarray:
        return np.where((points == at).all(axis=1)[:, None], to, points)

    shapes = {f["id"]: shape(f["geometry"]) for f in window["features"]}
    after = {code: shapely.transform(area, move) for code, area in shapes.items()}
    return {code: mapping(area) for code, area in after.items() if not area.equals(shapes[code])}


def test_a_vertex_on_a_neighbour_s_edge_is_one_of_both_and_moves_in_one_edit(desk: TestClient) -> None:
    draft = opened(desk)
    answer = desk.get(f"{draft}/window", params={"code": "c-1"})
    window = answer.json()
    assert sorted(f["id"] for f in window["features"]) == ["c-1", "c-2", "c-3"]
    assert (window["version"], answer.headers["ETag"]) == (1, '"1"')
    assert window["bbox"] == pytest.approx([113.2975, 34.7975, 113.3125, 34.8125])
    assert shapely.coverage_is_valid([shape(f["geometry"]) for f in window["features"]])
    shapes = moved(window, (113.31, 34.80), (113.312, 34.802))
    assert sorted(shapes) == ["c-1", "c-2", "c-3"]
    body = {"verb": "redraw", "shapes": shapes}
    tried = desk.post(f"{draft}/edits", params={"dry_run": True}, json=body, headers={"If-Match": '"1"'})
    assert (tried.status_code, tried.json()["edit"]) == (200, None)
    done = desk.post(f"{draft}/edits", json=body, headers={"If-Match": '"1"'})
    assert done.status_code == 201, done.text
    assert done.json()["defects"]["features"] == []
    assert {f["id"] for f in done.json()["features"]} >= set(shapes)
    again = desk.get(f"{draft}/window", params={"bbox": "113.30,34.79,113.32,34.81"}).json()
    now = {f["id"]: shape(f["geometry"]) for f in again["features"]}
    assert all(now[code].equals(shape(drawn)) for code, drawn in shapes.items())
    assert desk.get(draft).json()["edits"][0]["arguments"] == {"codes": ["c-1", "c-2", "c-3"]}
    stale = desk.post(f"{draft}/edits", json=body, headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["type"]) == (412, "urn:wangge:problem:change-set-stale")


@pytest.mark.parametrize(
    ("shapes", "told"),
    [
        ({}, "Name the areas"),
        ({"c-1": {"type": "Point", "coordinates": [113.3, 34.8]}}, "is no polygon"),
        ({"c-1": mapping(shapely.Polygon([WEST[0], WEST[2], WEST[1], WEST[3]]))}, "crosses itself"),
        ({"c-1": mapping(shapely.Polygon(WEST))}, "nothing would change"),
        ({"c": mapping(shapely.Polygon(WEST))}, "no area c on the finest level"),
        ({"c-9": mapping(shapely.Polygon(WEST))}, "no area c-9"),
    ],
)
def test_outlines_that_are_none_are_refused(desk: TestClient, shapes: dict[str, Any], told: str) -> None:
    answer = desk.post(f"{opened(desk)}/edits", json={"verb": "redraw", "shapes": shapes})
    assert answer.status_code == 400, answer.text
    assert told in answer.json()["detail"]
    assert answer.json()["field"] in {"shapes", "codes"}


def test_a_window_is_named_once_and_bounded(desk: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    draft = opened(desk)
    refused = [{}, {"code": "c-1", "bbox": "113,34,114,35"}, {"code": "c"}, {"code": "c-9"}, {"bbox": "170,0,-170,1"}]
    for query in refused:
        answer = desk.get(f"{draft}/window", params=query)
        assert (answer.status_code, answer.json()["field"][:6]) == (400, "query."), query
    empty = desk.get(f"{draft}/window", params={"bbox": "0,0,1,1"}).json()
    assert (empty["features"], empty["bbox"]) == ([], [0, 0, 1, 1])
    monkeypatch.setattr(window_queries, "MOST_AREAS", 2)
    answer = desk.get(f"{draft}/window", params={"code": "c-1"})
    assert answer.status_code == 400
    assert "choose a smaller one" in answer.json()["detail"]
