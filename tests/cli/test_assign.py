"""`wangge assign`: a table in, the same table with its areas out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import shapely
from typer.testing import CliRunner

from cli import app
from cli.assign import TargetExistsError
from grids.boundaries import operations
from grids.boundaries.records import AreaRecord
from tests.factories.identity import who

if TYPE_CHECKING:
    from pathlib import Path

    from core.db import Database

RUN = CliRunner()


@pytest.fixture
def table(database: Database, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("WANGGE_CACHE_DIR", str(tmp_path / "cache"))
    with database.transaction() as session:
        layer = operations.create_layer(session, code="admin", name="网格", levels=["grid"], actor=who("test"))
        areas = [AreaRecord("grid", "g1", "一号网格", shapely.box(113, 34, 114, 35))]
        operations.publish(
            session, layer=layer, areas=areas, publication=operations.Publication(author=who("test")), lead_s=0.0
        )
    (tmp_path / "reports.csv").write_text("id,lon,lat\na,113.5,34.5\nb,113.5,44.5\n")
    return tmp_path / "reports.csv"


def test_a_table_is_assigned_and_summed_up(table: Path) -> None:
    result = RUN.invoke(app, ["assign", str(table)])
    assert result.exit_code == 0, result.output
    assert "2 rows" in result.output
    assert "1 covered, 1 unassigned" in result.output
    lines = table.with_name("reports.assigned.csv").read_text().splitlines()
    assert lines[1].startswith('"a","113.5","34.5","g1","grid","一号网格"')


def test_an_existing_output_is_kept_unless_forced(table: Path) -> None:
    output = table.with_name("out.csv")
    output.write_text("precious")
    result = RUN.invoke(app, ["assign", str(table), "-o", str(output)])
    assert isinstance(result.exception, TargetExistsError)
    assert output.read_text() == "precious"
    assert RUN.invoke(app, ["assign", str(table), "-o", str(output), "--force"]).exit_code == 0
    assert output.read_text() != "precious"


def test_a_past_instant_needs_a_release(table: Path) -> None:
    result = RUN.invoke(app, ["assign", str(table), "--at", "2001-01-01T00:00:00+08:00"])
    assert result.exit_code == 1
    assert RUN.invoke(app, ["assign", str(table), "--at", "2001-01-01"]).exit_code == 2


def test_help_has_an_example() -> None:
    assert "assign reports.csv --crs GCJ-02" in RUN.invoke(app, ["assign", "--help"]).output
