"""The private cluster: shared by whoever uses it at once, stopped by whoever leaves last, refused to strangers."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from cli import cluster

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def state(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A state folder of its own, which the cluster's user can walk to."""
    folder = Path(tempfile.mkdtemp(dir="/var/tmp"))
    folder.chmod(0o755)
    monkeypatch.setattr(cluster, "STATE", folder)
    for name in ("DATABASE_URL", "WANGGE_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    yield folder
    shutil.rmtree(folder)


def test_it_is_shared_and_the_last_to_leave_stops_it(state: Path) -> None:
    first, second = ExitStack(), ExitStack()
    url = first.enter_context(cluster.provide(name="pg", durable=False))
    again = second.enter_context(cluster.provide(name="pg", durable=False))
    assert again == url
    first.close()
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT current_database()").fetchone() == ("wangge",)
    second.close()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url, connect_timeout=2)
    assert (state / "pg" / "password").stat().st_mode & 0o077 == 0
    with cluster.provide(name="pg", durable=False) as later, psycopg.connect(later):
        stranger = later.replace(later.split(":")[2].split("@")[0], "guess")
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(stranger)


def test_the_environments_database_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://somewhere/else")
    with cluster.provide() as url:
        assert url == "postgresql://somewhere/else"
