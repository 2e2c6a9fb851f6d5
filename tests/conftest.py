"""Fixtures of the whole suite: a real PostGIS database for each test that asks, made from a migrated template."""

from __future__ import annotations

import gc
import os
import uuid
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
import typer.testing
from fastapi.testclient import TestClient
from hypothesis import settings as hypothesis_settings
from psycopg import sql

from api.app import create_app
from core.db import Database
from core.settings import Settings
from identity.grants import ROLES
from migrations.run import move_to
from tests import in_memory, missing
from tests.factories.identity import REGISTER, issue_key
from tests.fresh import FreshProcesses, fresh_processes
from tests.stoppable import UNANNOUNCED, Server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fastapi import FastAPI
    from sqlalchemy.orm import Session

# Each process that shares the suite begins with one of these. What compiles kernels begins in one process and is read
# from numba's cache by the others; what takes long comes early.
STARTS = (
    ("tests/web/test_p", "tests/web/test_t", "tests/geo/point_location/", "tests/geo/map/", "tests/geo/regionalise/"),
    (*(f"tests/web/test_{letter}" for letter in "abcdhimo"), "tests/geo/hotspot/"),
    ("tests/e2e/", "tests/cli/test_fresh_processes.py", "tests/spatial_jobs/"),
)

# The same examples every time and everywhere; no deadline, as other work may share the machine.
hypothesis_settings.register_profile("suite", deadline=None, derandomize=True, database=None)
hypothesis_settings.load_profile("suite")

# Typer makes all commands anew, a third of a second, each time that a test runs one.
typer.testing._get_command = cache(typer.testing._get_command)  # type: ignore[attr-defined]  # noqa: SLF001


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Order the tests for processes that share them."""
    if not hasattr(config, "workerinput"):
        return
    processes = config.workerinput["workercount"]
    starts = [[item for start in group for item in items if item.nodeid.startswith(start)] for group in STARTS]
    rest = [item for item in items if not item.nodeid.startswith(tuple(start for group in STARTS for start in group))]
    ordered: list[pytest.Item] = []
    for number in range(processes):
        ordered += [item for start in starts[number::processes] for item in start]
        upto = len(items) * (number + 1) // processes - len(ordered)
        taken, rest = rest[: max(0, upto)], rest[max(0, upto) :]
        ordered += taken
    items[:] = ordered + rest


pytest_terminal_summary = missing.tell


def pytest_collection_finish() -> None:
    """Let the collector of cycles pass over what the whole run needs: the modules and the tests themselves."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@pytest.fixture(scope="session")
def datasets_dir() -> Path:
    """Where tests/datasets/fetch.sh has put the real boundary layers; tests that read them are skipped without."""
    directory = Path(os.environ.get("WANGGE_DATASETS", Path(__file__).parents[1] / ".wangge" / "datasets"))
    if not directory.is_dir():
        missing.skip(missing.LAYERS)
    return directory


@pytest.fixture(scope="session")
def server_url() -> str:
    """The PostgreSQL server the suite runs on; `./wangge test` provides it."""
    url = os.environ.get("DATABASE_URL", "")
    if not url:
        pytest.fail("DATABASE_URL is not set: run the suite with ./wangge test")
    return url


def _url(server_url: str, name: str) -> str:
    return server_url.rpartition("/")[0] + "/" + name


@pytest.fixture(scope="session")
def fresh() -> Iterator[FreshProcesses]:
    """Runs commands and programs, each in a process that has imported nothing of ours."""
    with fresh_processes() as processes:
        yield processes


@pytest.fixture(scope="session")
def services(fresh: FreshProcesses) -> Iterator[FreshProcesses]:
    """Runs processes that have loaded the service already (tests/factories/serving.py starts it with them)."""
    with fresh.loaded("main", "api.app") as processes:
        yield processes


@pytest.fixture(scope="session")
def stoppable_server() -> Iterator[Server]:
    """The PostgreSQL server that tests stop and start, one after the other."""
    made = Server()
    yield made
    made.remove()


@pytest.fixture
def own_server(stoppable_server: Server) -> Server:
    """A PostgreSQL server to be stopped and started, running, with a fresh migrated database."""
    stoppable_server.renew()
    return stoppable_server


@contextmanager
def fresh_database(server_url: str, template: str | None = None, tablespace: str = in_memory.DISK) -> Iterator[str]:
    """Give the URL of a new database, dropped at the end; one made of a template lies where that lies."""
    name = f"t_{uuid.uuid4().hex[:16]}"
    source = sql.SQL("TABLESPACE {}").format(sql.Identifier(tablespace))
    if template:
        source = sql.SQL("TEMPLATE {} STRATEGY FILE_COPY").format(sql.Identifier(template))
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} {}").format(sql.Identifier(name), source))
        connection.execute(sql.SQL(UNANNOUNCED).format(sql.Identifier(name)))
    try:
        yield _url(server_url, name)
    finally:
        with psycopg.connect(server_url, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def template_database(server_url: str) -> Iterator[str]:
    """The name of a migrated, empty database to copy from."""
    with in_memory.tablespace(server_url) as tablespace, fresh_database(server_url, tablespace=tablespace) as url:
        move_to(url)
        with psycopg.connect(url) as connection:
            connection.execute(REGISTER)
        yield url.rpartition("/")[2]


@pytest.fixture
def database_url(server_url: str, template_database: str) -> Iterator[str]:
    """The URL of a fresh migrated database."""
    with fresh_database(server_url, template_database) as url:
        yield url


@pytest.fixture(scope="module")
def module_database_url(server_url: str, template_database: str) -> Iterator[str]:
    """The URL of a fresh migrated database that the tests of one module share."""
    with fresh_database(server_url, template_database) as url:
        yield url


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings on the fresh database, with a cache of their own."""
    return Settings(
        DATABASE_URL=database_url,
        cache_dir=tmp_path / "cache",
        attachments_dir=tmp_path / "files",
        web_dist=tmp_path,
        log_level="ERROR",
    )


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    """The opened fresh database."""
    opened = Database(settings)
    yield opened
    opened.close()


@pytest.fixture
def announced(settings: Settings) -> Iterator[Database]:
    """The fresh database, holding releases to their lead as in service."""
    with psycopg.connect(settings.libpq_url, autocommit=True) as connection:
        name = sql.Identifier(connection.info.dbname)
        connection.execute(sql.SQL("ALTER DATABASE {} RESET wangge.release_lease_s").format(name))
    opened = Database(settings)
    yield opened
    opened.close()


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """One transaction on the fresh database, committed at the end of the test."""
    with database.transaction() as opened:
        yield opened


@pytest.fixture
def app(settings: Settings) -> FastAPI:
    """The application on the fresh database."""
    return create_app(settings)


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    """An HTTP client of the started application; unexpected errors come as the 500 they are."""
    with TestClient(app, raise_server_exceptions=False) as opened:
        yield opened


@pytest.fixture
def make_key(database: Database) -> Callable[..., dict[str, str]]:
    """Create an API key of a role and give it as request headers."""

    def make(role: str = "administrator", name: str | None = None, **attributes: str | int) -> dict[str, str]:
        with database.transaction() as opened:
            key = issue_key(
                opened,
                name=name or f"{role}-{uuid.uuid4().hex[:6]}",
                scopes=list(ROLES[role]),
                **attributes,  # type: ignore[arg-type]
            )
        return {"X-API-Key": key}

    return make
