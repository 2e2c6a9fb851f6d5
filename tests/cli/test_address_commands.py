"""The commands of addresses and triage, on a database."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from cli import app

if TYPE_CHECKING:
    from collections.abc import Callable

DATA = Path(__file__).resolve().parents[2] / "data" / "gazetteer"


@pytest.fixture(scope="module")
def run(module_database_url: str) -> Callable[..., str]:
    """Run a command on the module's database and give what it prints."""
    runner = CliRunner(env={"DATABASE_URL": module_database_url})

    def run(*words: str, code: int = 0) -> str:
        done = runner.invoke(app, list(words))
        assert done.exit_code == code, done.output
        return done.output

    run("gazetteer", "import", "roads", str(DATA / "roads.geojson"), "--context", "河南省,郑州市", "--licence", "CC0")
    return run


def test_a_release_is_imported_and_listed(run: Callable[..., str]) -> None:
    listed = run("gazetteer", "list")
    assert "roads.geojson" in listed
    assert "CC0" in listed


def test_an_address_is_located(run: Callable[..., str]) -> None:
    assert "certain" in run("locate", "新乡路与孟津路交叉口")
    answer = json.loads(run("locate", "--json", "新乡路与孟津路交叉口").splitlines()[-1])
    assert answer["verdict"] == "certain"


def test_an_empty_queue_is_listed_and_drawn(run: Callable[..., str], tmp_path: Path) -> None:
    run("triage", "list")
    path = tmp_path / "triage.geojson"
    run("triage", "map", str(path))
    assert json.loads(path.read_text(encoding="utf-8"))["features"] == []
    run("triage", "wordings")
    run("triage", "examine")


def test_a_file_that_is_none_is_refused(run: Callable[..., str], tmp_path: Path) -> None:
    run("gazetteer", "import", "roads", str(tmp_path / "none.geojson"), code=1)
