"""The commands of policies, patrol effort and holidays, on a database."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import shapely
from typer.testing import CliRunner

from cli import app
from core import clock
from core.db import Database
from core.settings import Settings
from grids.boundaries import operations as boundaries
from grids.boundaries.records import AreaRecord
from tests.factories.identity import who

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(scope="module")
def run(module_database_url: str) -> Callable[..., str]:
    """Run a hotspots command on the module's database, which has one grid, and give what it prints."""
    runner = CliRunner(env={"DATABASE_URL": module_database_url})
    opened = Database(Settings(DATABASE_URL=module_database_url))
    with opened.transaction() as session:
        layer = boundaries.create_layer(session, code="admin", name="行政", levels=["grid"], actor=who("t"))
        grid = AreaRecord("grid", "11", "网格", shapely.box(113.2, 34.7, 113.21, 34.71))
        boundaries.publish(
            session, layer=layer, areas=[grid], publication=boundaries.Publication(author=who("t")), lead_s=0.0
        )
    opened.close()

    def run(*words: str, code: int = 0) -> str:
        done = runner.invoke(app, ["hotspots", *words])
        assert done.exit_code == code, done.output
        return done.output

    return run


def test_a_policy_is_added_and_listed(run: Callable[..., str]) -> None:
    day = (clock.now().astimezone(clock.LOCAL).date() + timedelta(days=3)).isoformat()
    changes = ("--set", "hot_q=0.01", "--set", "common_area_level=grid", "--channel", "app=quick_note")
    run("policy", "add", "--from", day, *changes, "--note", "例会")
    listed = run("policy", "list")
    assert day in listed
    assert "quick_note" in listed
    run("policy", "add", "--from", day, code=1)
    run("policy", "add", "--from", "2020-01-01", code=1)
    run("policy", "add", "--from", day, "--set", "hot_q", code=2)


def test_effort_is_imported_with_the_files_own_columns(run: Callable[..., str], tmp_path: Path) -> None:
    path = tmp_path / "may.csv"
    path.write_text("Wo,日期,Stunden\n11,2026-05-01,6\n99,2026-05-01,6\n", encoding="utf-8")
    columns = ("--map", "area=Wo", "--map", "amount=Stunden", "--channel", "patrol")
    said = run("effort", "import", str(path), *columns)
    assert "1 rows taken, 1 refused" in said
    assert "line 3" in said
    assert "6.0 hours" in run("effort", "list")
    run("effort", "import", str(path), code=1)
    run("effort", "import", str(path), *columns, "--unit", "miles", code=2)


def test_holidays_are_entered_as_spans(run: Callable[..., str]) -> None:
    days = ("--off", "2027-01-01..2027-01-03", "--work", "2027-02-21", "--source", "演示")
    run("holidays", "add", "2027", *days)
    assert "3 days off, 1 weekend days worked" in run("holidays", "list")
    run("holidays", "add", "2027", "--off", "2027-13-01", "--source", "演示", code=2)
    run("holidays", "add", "2027", "--off", "2026-01-01", "--source", "演示", code=1)


def test_a_run_takes_parameters_by_name(run: Callable[..., str]) -> None:
    run("run", "--start", "2026-05-01", "--end", "2026-05-08", "--method", "gi", "--set", "patrol=adjusted")
    run("run", "--start", "2026-05-01", "--end", "2026-05-08", "--set", "patrol=both", code=1)
