"""Over HTTP and in the terminal: a release of a wrong year is withdrawn by two keys, and answers show it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import shapely
from typer.testing import CliRunner

from core import clock
from grids.boundaries import operations
from grids.boundaries.records import AreaRecord
from tests.factories.identity import who

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi.testclient import TestClient

    from core.db import Database

RELEASES = "/v1/layers/admin/releases"


@pytest.fixture
def two_releases(database: Database) -> None:
    """Layer `admin`: release 1 in force, release 2 in 36 years."""
    square = shapely.box(113, 34, 113.01, 34.01)
    with database.transaction() as session:
        layer = operations.create_layer(session, code="admin", name="网格", levels=["grid"], actor=who("test"))
        for name, at in (("now", None), ("later", clock.now() + timedelta(days=36 * 365))):
            areas = [AreaRecord("grid", "a", name, square)]
            operations.publish(
                session,
                layer=layer,
                areas=areas,
                publication=operations.Publication(author=who("t"), effective_at=at),
                lead_s=0.0,
            )


@pytest.mark.usefixtures("two_releases")
def test_a_release_is_withdrawn_by_two_keys(client: TestClient, make_key: Callable[..., dict[str, str]]) -> None:
    editor, approver = make_key("gis-editor"), make_key("gis-approver")
    url = f"{RELEASES}/2/withdrawal"
    assert client.get(url, headers=editor).json()["type"].endswith("withdrawal-not-requested")
    assert client.post(url, json={}, headers=editor).json()["field"] == "body.reason"
    asked = client.post(url, json={"reason": "生效年份写错"}, headers=editor)
    assert (asked.status_code, asked.json()["approved_by"]) == (201, None)
    assert client.post(f"{url}/approval", headers=editor).status_code == 403
    assert client.get(f"{RELEASES}/2").json()["withdrawn_at"] is None
    done = client.post(f"{url}/approval", headers=approver)
    assert done.status_code == 200
    assert done.json() == client.get(url, headers=editor).json()
    assert [r["withdrawn_at"] is None for r in client.get(RELEASES).json()["releases"]] == [False, True]
    for gone in ("/v1/layers/admin/areas?release=2", "/ogc/collections/admin.grid/items?release=2"):
        answer = client.get(gone)
        assert (answer.status_code, answer.json()["type"]) == (404, "urn:wangge:problem:release-withdrawn")
    later = {"at": "2200-01-01T00:00:00Z"}
    assert [a["name"] for a in client.get("/v1/layers/admin/areas", params=later).json()["areas"]] == ["now"]
    assert client.post(f"{RELEASES}/1/withdrawal", json={"reason": "x"}, headers=editor).status_code == 409


@pytest.mark.usefixtures("two_releases")
def test_a_release_is_withdrawn_in_the_terminal(
    database: Database, monkeypatch: pytest.MonkeyPatch, make_key: Callable[..., dict[str, str]]
) -> None:
    from cli import app

    monkeypatch.setenv("DATABASE_URL", database.libpq_url)
    run = CliRunner()
    keys = [next(iter(make_key(role).values())) for role in ("gis-editor", "gis-approver")]
    asked = run.invoke(
        app, ["boundaries", "request-withdrawal", "admin", "2", "--reason", "生效年份写错", "--key", keys[0]]
    )
    assert (asked.exit_code, "waits for a second person" in asked.output) == (0, True)
    done = run.invoke(app, ["boundaries", "approve-withdrawal", "admin", "2", "--key", keys[1]])
    assert (done.exit_code, "release 2 is withdrawn" in done.output) == (0, True)
    shown = run.invoke(app, ["boundaries", "releases", "admin", "--json"]).output.splitlines()
    assert {row["number"]: row["withdrawn_at"] is not None for row in map(json.loads, shown)} == {1: False, 2: True}
