"""The boundary desk in the terminal: the same rules, the same people."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import shapely
from typer.testing import CliRunner

from cli import app
from core.errors import DomainError
from grids.boundaries import operations
from grids.boundaries.records import AreaRecord
from identity.grants import ROLES
from identity.keys import create_key
from tests.factories.identity import who

if TYPE_CHECKING:
    from pathlib import Path

    from core.db import Database


@pytest.fixture
def keys(database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A layer of two grids, and the keys of an editor and an approver."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    with database.transaction() as session:
        layer = operations.create_layer(session, code="admin", name="网格", levels=["grid"], actor=who("t"))
        areas = [
            AreaRecord("grid", f"g{i}", f"网格{i}", shapely.box(113.3 + i * 0.01, 34.8, 113.31 + i * 0.01, 34.81))
            for i in range(2)
        ]
        operations.publish(
            session, layer=layer, areas=areas, publication=operations.Publication(author=who("t")), lead_s=0
        )
        return {
            role: create_key(session, name=role, scopes=list(ROLES[role])) for role in ("gis-editor", "gis-approver")
        }


def run(key: str, *words: str) -> str:
    result = CliRunner().invoke(app, ["boundaries", *words, "--key", key], catch_exceptions=True)
    if isinstance(result.exception, DomainError):
        raise result.exception
    assert result.exit_code == 0, (result.output, result.exception)
    return result.output


def test_from_a_draft_to_a_release_in_the_terminal(keys: dict[str, str], tmp_path: Path) -> None:
    editor, approver = keys["gis-editor"], keys["gis-approver"]
    cut = tmp_path / "cut.geojson"
    cut.write_text(json.dumps({"type": "LineString", "coordinates": [[113.299, 34.805], [113.311, 34.806]]}))
    assert "change set 1 is open" in run(editor, "draft", "admin", "--title", "调整")
    edited = run(
        editor, "edit", "1", "split", "--code", "g0", "--geometry", str(cut), "--new-code", "n", "--new-code", "s"
    )
    assert "retired" in edited
    run(editor, "facts", "1", "n", "--set", "name=北片")
    run(editor, "check-draft", "1")
    page = tmp_path / "impact.html"
    assert "3 areas" in run(editor, "preview", "1", "--output", str(page))
    assert "调整" in page.read_text()
    assert "submitted" in run(editor, "submit", "1")
    assert "approved" in run(approver, "approve", "1")
    assert "release 2" in run(approver, "publish", "1")


def test_an_editor_cannot_approve_in_the_terminal_either(keys: dict[str, str]) -> None:
    run(keys["gis-editor"], "draft", "admin", "--title", "调整")
    with pytest.raises(DomainError, match="lacks the scope"):
        run(keys["gis-editor"], "approve", "1")


def test_every_step_of_a_draft_can_be_done_in_the_terminal(keys: dict[str, str], tmp_path: Path) -> None:
    editor, approver = keys["gis-editor"], keys["gis-approver"]

    def written(name: str, value: object) -> str:
        (tmp_path / name).write_text(json.dumps(value))
        return str(tmp_path / name)

    cut = written("cut.geojson", {"type": "LineString", "coordinates": [[113.299, 34.805], [113.311, 34.806]]})
    run(editor, "draft", "admin", "--title", "一")
    assert "only tried" in run(editor, "edit", "1", "split", "--code", "g0", "--geometry", cut, "--new-code", "n",
                               "--new-code", "s", "--dry-run")  # fmt: skip
    ring = [[113.3, 34.8], [113.309, 34.8], [113.309, 34.81], [113.3, 34.81], [113.3, 34.8]]
    feature = {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [ring]},
               "properties": {"level": "grid", "code": "g0", "name": "测绘"}}  # fmt: skip
    survey = written("survey.geojson", {"type": "FeatureCollection", "features": [feature]})
    assert "only tried" in run(editor, "replace", "1", survey, "--crs", "WGS84", "--dry-run")
    told = run(editor, "replace", "1", survey, "--crs", "WGS84")
    assert "moved" in told
    assert "测绘" in told
    assert "defects in" in run(editor, "check-draft", "1", "--neighbourhood")
    assert "defects" in run(editor, "repair", "1")
    run(editor, "undo", "1")
    run(editor, "facts", "1", "g0", "--set", "name=甲")
    run(editor, "draft", "admin", "--title", "二")
    run(editor, "facts", "2", "g0", "--set", "name=乙")
    run(editor, "submit", "1")
    assert "open" in run(approver, "send-back", "1", "--reason", "再看")
    run(editor, "submit", "1")
    run(approver, "approve", "1")
    run(approver, "publish", "1")
    assert "conflict g0" in run(editor, "rebase", "2")
    assert "stands on the latest release" in run(editor, "settle", "2", "g0", "mine")
    assert "retired" in run(editor, "retire", "2", "g1", "--into", "g0")
    run(editor, "undo", "2")
    assert "withdrawn" in run(editor, "withdraw", "2")
