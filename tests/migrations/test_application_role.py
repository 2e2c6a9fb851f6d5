"""The application and the worker do their work under a role that owns nothing, can change no schema and no history."""

from __future__ import annotations

import subprocess
import uuid
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

import pandas as pd
import psycopg
import pytest
import shapely
from fastapi.testclient import TestClient
from psycopg import sql
from sqlalchemy import create_engine, text
from typer.testing import CliRunner

from api.app import create_app
from cli import app as commands
from core import clock
from core.errors import DatabaseRightMissingError
from core.events import upkeep
from core.queue import JobStatus, TaskName, count_jobs, enqueue
from core.settings import Settings
from grids.boundaries import operations
from grids.boundaries.records import AreaRecord
from identity.actors import COMMAND_LINE
from identity.grants import ROLES
from migrations.run import SchemaBehindError, move_to
from spatial_jobs.app import run_worker
from tests.factories.identity import issue_key
from tests.factories.seals import findings, seal_all

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.db import Database

SCRIPT = Path(__file__).resolve().parents[2] / "migrations" / "install" / "roles.sql"
READER = SCRIPT.with_name("reader.sql")
VIEWS = """
SELECT c.relname AS name, obj_description(c.oid) AS comment FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'bi' AND c.relkind = 'v'
"""
APPEND_ONLY = (
    "area_lineage", "audit_entry", "change_set_hand", "event", "hotspot_policy",
    "hotspot_topic_event", "report", "report_reassignment", "seal", "seal_removal",
)  # fmt: skip
"""Tables of which no row is ever changed."""


@dataclass(frozen=True)
class Roles:
    """The URLs under which a superuser, the owner and the application reach one database."""

    superuser: str
    owner: str
    application: str
    names: tuple[str, str, str]

    def install(self, server_url: str) -> None:
        """Run the script as an administrator does."""
        database, owner, application = self.names
        given = {
            "database": database, "owner": owner, "owner_password": "o'wn\"er", "application": application,
            "application_password": "app",
        }  # fmt: skip
        words = [word for name, value in given.items() for word in ("-v", f"{name}={value}")]
        done = subprocess.run(
            ["psql", "-X", *words, "-f", SCRIPT, server_url], capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, ""), done.stderr


def _as(server_url: str, user: str, password: str, database: str) -> str:
    parts = urlsplit(server_url)
    return urlunsplit(parts._replace(netloc=f"{user}:{password}@{parts.hostname}:{parts.port}", path=f"/{database}"))


@pytest.fixture(scope="module")
def roles(server_url: str) -> Iterator[Roles]:
    """A database with its two roles, migrated by its owner."""
    tag = uuid.uuid4().hex[:12]
    names = database, owner, application = (f"t_{tag}", f"owner-{tag}", f"app_{tag}")
    made = Roles(
        server_url.rpartition("/")[0] + "/" + database,
        _as(server_url, owner, "o'wn%22er", database),
        _as(server_url, application, "app", database),
        names,
    )
    try:
        made.install(server_url)
        with pytest.raises(SchemaBehindError, match="as the database's owner"):
            move_to(made.application)
        move_to(made.owner)
        with psycopg.connect(server_url, autocommit=True) as connection:
            connection.execute(
                sql.SQL("ALTER DATABASE {} SET wangge.release_lease_s = '0'").format(sql.Identifier(database))
            )
        yield made
    finally:
        with psycopg.connect(server_url, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))
            for role in (owner, application):
                connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(role)))


def test_the_api_the_commands_and_the_worker_work(
    roles: Roles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", roles.application)
    settings = Settings(DATABASE_URL=roles.application, cache_dir=tmp_path / "cache", log_level="ERROR")
    app = create_app(settings)
    with TestClient(app, raise_server_exceptions=False) as client:
        database: Database = app.state.services.database
        with database.transaction() as session:
            keys = {
                role: {"X-API-Key": issue_key(session, name=role, scopes=ROLES[role], channel="12345")}
                for role in ("intake", "administrator")
            }
            layer = operations.create_layer(session, code="admin", name="网格", levels=["grid"], actor=COMMAND_LINE)
            area = AreaRecord("grid", "a", "甲", shapely.box(113.30, 34.80, 113.32, 34.82))
            operations.publish(
                session, layer=layer, areas=[area], publication=operations.Publication(author=COMMAND_LINE), lead_s=0
            )
        app.state.services.releases.refresh()

        def ask(method: str, path: str, expected: int, key: str = "administrator", **sent: Any) -> Any:
            answer = client.request(method, path, headers=keys[key], **sent)
            assert answer.status_code == expected, answer.text
            return answer.json()

        report = {"external_id": "1", "category": "暴露垃圾", "lon": 113.31, "lat": 34.81, "text": "x",
                  "reporter": {"name": "张三丰", "phone": "13800001234"}}  # fmt: skip
        number = ask("POST", "/v1/reports", 201, "intake", json=report)["number"]
        assert ask("POST", "/v1/reports", 200, "intake", json=report)["number"] == number
        waits = ask("POST", "/v1/reports", 201, "intake", json={"category": "占道", "address": "某处"})["number"]
        ask("POST", "/v1/reports/batch", 200, "intake", json={"reports": [report | {"external_id": "2"}]})
        ask("GET", f"/v1/reports/{number}/reporter", 200)
        ask("POST", f"/v1/triage/{waits}/settlement", 200, json={"area": "a", "reason": "核实"})
        draft = ask("POST", "/v1/change-sets", 201, json={"layer": "admin", "title": "t"})["id"]
        ask("POST", f"/v1/change-sets/{draft}/withdrawal", 200)
        days = {"start": "2026-01-01", "end": "2026-02-01"}
        run = ask("POST", "/v1/hotspots/runs", 202, json=days | {"methods": ["scan"]})["id"]

        table = tmp_path / "reports.csv"
        table.write_text("编号,类别,时间,经度,纬度\n7,占道,2019-03-01 08:00,113.31,34.81\n", encoding="utf-8")
        for words in (
            ["reports", "import", str(table), "--channel", "12345"], ["keys", "list"], ["audit", "list"],
            ["reports", "erase", number, "--note", "t", "--yes"], ["audit", "erase", "1", "--note", "t", "--yes"],
            ["grants", "list"], ["partitions", "make", "--ahead", "5"], ["events", "list"], ["jobs"],
        ):  # fmt: skip
            done = CliRunner().invoke(commands, words)
            assert done.exit_code == 0, (words, done.output, done.exception)
        with database.transaction() as session:
            assert session.scalar(text("SELECT make_report_month(201903)"))
        refused = CliRunner().invoke(commands, ["partitions", "detach", "201903"])
        assert isinstance(refused.exception, DatabaseRightMissingError)
        with database.transaction() as session:
            enqueue(session, TaskName.SEAL)
        run_worker(wait=False, settings=settings)
        seal_all(database)
        assert findings(database) == []
        with database.transaction() as session:
            assert {status for _, status in count_jobs(session)} <= {JobStatus.TODO}
        assert ask("GET", f"/v1/hotspots/runs/{run}", 200)["status"] == "done"
        assert client.get("/readyz").status_code == 200
        with database.transaction() as session:
            session.execute(text("UPDATE event_consumer SET epoch = 1000"))  # as if all had read everything
        assert upkeep.prune(database, before=clock.now() + timedelta(days=1))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET actor = actor",
        "UPDATE report SET category = category",
        "UPDATE report SET description = ''",
        "UPDATE report_reassignment SET area_path = '{}'",
        *(f"DELETE FROM {table}" for table in APPEND_ONLY),
        *(f"TRUNCATE {table} CASCADE" for table in ("audit_entry", "report", "event", "api_client")),
        "UPDATE alembic_version SET version_num = '0001'",
        "ALTER TABLE audit_entry DISABLE TRIGGER ALL",
        "DROP TRIGGER audit_append_only ON audit_entry",
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "ALTER TABLE report ADD COLUMN x text",
        "DROP TABLE report_evidence",
        "CREATE TABLE mine (x int)",
        "CREATE SCHEMA mine",
        "SET session_replication_role = replica",
        "ALTER ROLE CURRENT_USER SUPERUSER",
        "COPY audit_entry TO PROGRAM 'cat'",
    ],
)
def test_the_application_can_neither_own_alter_nor_forge(roles: Roles, statement: str) -> None:
    with psycopg.connect(roles.application) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement)


def test_it_is_no_superuser_owns_nothing_and_cannot_become_the_owner(roles: Roles) -> None:
    _, owner, application = roles.names
    with psycopg.connect(roles.superuser) as connection:
        for role, owned in ((owner, True), (application, False)):
            row = connection.execute(
                "SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls OR rolreplication,"
                " EXISTS (SELECT FROM pg_class WHERE relowner = r.oid) FROM pg_roles r WHERE rolname = %s", [role]
            ).fetchone()  # fmt: skip
            assert row == (False, owned)
        found = connection.execute(
            "SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')"
            " AND c.relname = ANY (%s) AND (has_table_privilege(%s, c.oid, 'UPDATE') OR"
            " has_table_privilege(%s, c.oid, 'DELETE') OR has_table_privilege(%s, c.oid, 'TRUNCATE'))",
            [list(APPEND_ONLY), application, application, application],
        ).fetchall()
        assert found == []
    with psycopg.connect(roles.application) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(owner)))


def test_the_script_gives_what_a_superuser_made_to_the_owner_and_may_be_run_again(
    roles: Roles, server_url: str
) -> None:
    with psycopg.connect(roles.superuser) as connection:
        for statement in ("ALTER TABLE audit_entry OWNER TO CURRENT_USER", "ALTER TABLE report OWNER TO CURRENT_USER",
                          "ALTER FUNCTION refuse_change() OWNER TO CURRENT_USER"):  # fmt: skip
            connection.execute(statement)
    roles.install(server_url)
    roles.install(server_url)
    move_to(roles.owner)
    with psycopg.connect(roles.superuser) as connection:
        owners = connection.execute(
            "SELECT name FROM (SELECT oid, relname::text, relowner FROM pg_class"
            " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'S', 'v') UNION ALL"
            " SELECT oid, proname, proowner FROM pg_proc WHERE pronamespace = 'public'::regnamespace)"
            " o (oid, name, own)"
            " WHERE pg_get_userbyid(own) <> %s"
            " AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = o.oid AND d.deptype = 'e')",
            [roles.names[1]],
        ).fetchall()
    assert owners == []
    with psycopg.connect(roles.application) as connection:
        assert connection.execute("SELECT count(*) > 0 FROM audit_entry").fetchone() is not None


def test_a_reading_role_reads_the_views_with_their_comments_and_nothing_else(roles: Roles, server_url: str) -> None:
    database, reader = roles.names[0], f"reader_{roles.names[0]}"
    given = {"database": database, "reader": reader, "reader_password": "read"}
    words = [word for name, value in given.items() for word in ("-v", f"{name}={value}")]
    for _ in range(2):
        done = subprocess.run(
            ["psql", "-X", *words, "-f", READER, server_url], capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, "")
    url = _as(server_url, reader, "read", database)
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    try:
        views = pd.read_sql(VIEWS, engine)
        assert {*views["name"]} == {"cases", "units", "assessment_values", "assessment_sheets", "bulletins", "tasks"}
        assert views["comment"].notna().all()
        for name in views["name"]:
            pd.read_sql(f"SELECT * FROM bi.{name}", engine)
        for refused in ("SELECT * FROM report", "SELECT * FROM person", "CREATE TABLE mine (id integer)"):
            with psycopg.connect(url) as connection, pytest.raises(psycopg.Error):
                connection.execute(refused)
    finally:
        engine.dispose()
        with psycopg.connect(roles.superuser, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP OWNED BY {}").format(sql.Identifier(reader)))
            connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(reader)))
