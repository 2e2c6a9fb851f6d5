"""Grid workers in the terminal: the sample table in, names out, masked where they must be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import shapely
from typer.testing import CliRunner

from cli import app
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
    """A layer of two grids, and the keys of an editor and a viewer."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    with database.transaction() as session:
        layer = operations.create_layer(session, code="admin", name="网格", levels=["grid"], actor=who("t"))
        areas = [
            AreaRecord("grid", f"g{i}", f"网格{i}", shapely.box(113 + i, 34, 114 + i, 35), None, "u", "队")
            for i in range(2)
        ]
        operations.publish(
            session, layer=layer, areas=areas, publication=operations.Publication(author=who("t")), lead_s=0
        )
        return {role: create_key(session, name=role, scopes=list(ROLES[role])) for role in ("gis-editor", "viewer")}


def run(key: str, *words: str) -> str:
    result = CliRunner().invoke(app, ["boundaries", *words, "--key", key])
    assert result.exit_code == 0, (result.output, result.exception)
    return result.output


def test_a_table_says_who_works_which_grid(keys: dict[str, str], tmp_path: Path) -> None:
    table = tmp_path / "workers.csv"
    table.write_text("网格编码,工号,姓名\ng0,SL-001,网格员（示例）001\ng1,SL-002,网格员（示例）002\n", encoding="gbk")
    assert "2 areas: 2 posts begin, 0 end" in run(keys["gis-editor"], "workers", "import", str(table))
    assert "2 areas: 0 posts begin, 0 end" in run(keys["gis-editor"], "workers", "import", str(table))
    listed = run(keys["gis-editor"], "workers", "list")
    assert "SL-001" in listed
    assert "网格员（示例）002" in listed
    masked = run(keys["viewer"], "workers", "list")
    assert "SL-001" not in masked
    assert "示例" not in masked
    assert "release" in run(keys["viewer"], "handovers", "admin")
