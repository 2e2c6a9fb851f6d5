"""A backup restored into an empty database is the same database: every row, every trigger, and events go on."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql
from sqlalchemy import text

from cli.cluster import _binaries
from core.db import Database
from core.events import upkeep
from core.seals import queries
from core.settings import Settings
from migrations.run import move_to
from tests.conftest import fresh_database
from tests.factories.identity import who
from tests.factories.seals import findings, seal_all

if TYPE_CHECKING:
    from pathlib import Path

    from fastapi.testclient import TestClient

_TABLES = (
    "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
    " AND relname <> 'spatial_ref_sys' ORDER BY 1"
)
_TRIGGERS = "SELECT tgrelid::regclass::text, tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2"


def contents(url: str) -> tuple[dict[str, int], list[Any]]:
    """Count the rows of each table, and list the triggers."""
    with psycopg.connect(url) as connection:
        tables = [name for (name,) in connection.execute(_TABLES).fetchall()]
        counted = {
            name: connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name))).fetchall()[0][0]
            for name in tables
        }
        return counted, connection.execute(_TRIGGERS).fetchall()


def test_a_backup_restores_every_row_and_trigger(
    server_url: str,
    client: TestClient,
    database: Database,
    hotline: dict[str, str],
    report: dict[str, Any],
    tmp_path: Path,
) -> None:
    sent = client.post("/v1/reports", json=report | {"external_id": "backup-1"}, headers=hotline)
    assert sent.status_code == 201, sent.text
    seal_all(database)
    with database.transaction() as session:
        kept = queries.head(session)
    dump, tools = tmp_path / "wangge.dump", _binaries()
    subprocess.run([tools / "pg_dump", "-Fc", "-d", database.libpq_url, "-f", dump], check=True)
    with fresh_database(server_url) as restored:
        into = ["--no-owner", "--exit-on-error", "-d", restored]
        subprocess.run([tools / "pg_restore", *into, dump], check=True)
        (counted, triggers), before = contents(restored), contents(database.libpq_url)
        assert (counted, triggers) == before
        assert counted["area"] > 0
        assert counted["report"] == 1
        move_to(restored)  # the restored database is at its revision
        other = Database(Settings.for_database(restored))
        with other.transaction() as session:
            assert not upkeep.state(session).is_restored  # in the same cluster consumers go on
            session.execute(text("UPDATE event_feed SET cluster = 42"))  # as if it were another one
            assert upkeep.rebase(session, actor=who("operator")) == 2
        assert findings(other, kept) == []
        assert seal_all(other) == 1  # the note of that
        assert findings(other, kept) == []
        other.close()
