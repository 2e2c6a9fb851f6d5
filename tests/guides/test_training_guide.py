"""The page on training environments runs as printed, on an empty database."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

from core import training
from tests.conftest import fresh_database
from tests.guides.runner import Reader, commands_of

if TYPE_CHECKING:
    import pytest

ROOT = Path(__file__).parents[2]


def test_the_page_on_training_runs_as_printed(server_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "data").symlink_to(ROOT / "data")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WANGGE_STATE_DIR", str(tmp_path / "state"))
    training.is_on.cache_clear()
    try:
        with fresh_database(server_url) as url:
            reader = Reader(tmp_path, url)
            for command in commands_of(ROOT / "docs" / "guides" / "training.md"):
                code, said = reader.type(command)
                assert code == 0, f"{command}\n{said}"
            with psycopg.connect(url) as connection:
                assert connection.execute("SELECT count(*) FROM release").fetchone() == (0,)
                assert connection.execute(training.IS_MARKED).fetchone() == (True,)
    finally:
        training.is_on.cache_clear()
