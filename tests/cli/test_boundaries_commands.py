"""The commands of the GIS staff's guide do what it says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from rich.console import Console
from typer.testing import CliRunner

from cli import app, boundaries, boundary_findings, layers

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

SAMPLE = Path(__file__).resolve().parents[2] / "data" / "boundaries"


@pytest.fixture
def wangge(database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Result]:
    monkeypatch.setenv("DATABASE_URL", database_url)
    for module in (boundaries, boundary_findings, layers):
        monkeypatch.setattr(module, "out", Console(width=200))
    monkeypatch.chdir(tmp_path)
    return lambda *words: CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=True)


def test_check_import_export_and_rollback(wangge: Callable[..., Result], tmp_path: Path) -> None:
    first = wangge("boundaries", "import", SAMPLE)
    assert first.exit_code == 0, first.output
    assert "398 added" in first.output
    assert "has this content already" in wangge("boundaries", "import", SAMPLE / "shangjie.geojson").output
    described = wangge("layers", "describe", "admin").output
    assert "环" not in described
    assert "gb15" in described

    document = json.loads((SAMPLE / "shangjie.geojson").read_text(encoding="utf-8"))
    document["features"][-1]["properties"]["code"] = "41010"
    spoiled = tmp_path / "spoiled.geojson"
    spoiled.write_text(json.dumps(document), encoding="utf-8")
    assert wangge("boundaries", "check", spoiled, "-l", "admin").exit_code == 1
    blocked = wangge("boundaries", "import", spoiled, "-l", "admin")
    assert blocked.exit_code == 1
    assert "编码不合规则" in blocked.output
    assert json.loads((tmp_path / "admin-defects.geojson").read_text(encoding="utf-8"))["summary"]["blocks"]

    assert wangge("boundaries", "export", "admin", "--format", "kml", "--output", "out").exit_code == 0
    assert (tmp_path / "out" / "admin-r1.kml").exists()
    assert "● │ 1" in wangge("boundaries", "releases", "admin").output
    assert "has this content already" in wangge("boundaries", "rollback", "admin", "1").output


def test_a_check_of_a_layer_that_is_not_there_yet_defines_nothing(wangge: Callable[..., Result]) -> None:
    assert wangge("boundaries", "check", SAMPLE).exit_code == 0
    assert "admin" not in wangge("layers", "list").output
