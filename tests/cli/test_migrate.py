"""`migrate` goes down only when nothing is lost by it, or when it was told that data may be destroyed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import shapely
from sqlalchemy import text
from typer.testing import CliRunner

from cli import app
from cli.serve import DataWouldBeDestroyedError, RevisionUnknownError
from grids.boundaries import operations as boundaries
from grids.boundaries.records import AreaRecord
from identity.keys import create_key
from migrations.losses import losses
from tests.factories.identity import who

if TYPE_CHECKING:
    from core.db import Database


def _count(database: Database, table: str) -> int:
    with database.transaction() as session:
        return int(session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def test_going_down_names_what_is_lost_and_changes_nothing(database: Database, database_url: str) -> None:
    runner = CliRunner(env={"DATABASE_URL": database_url})
    with database.transaction() as session:
        create_key(session, name="one", scopes=["workers:read"])
        session.execute(
            text("INSERT INTO quota_use (client_id, kind, granted, started_at) VALUES (1, 'sent', 1, now())")
        )
    refused = runner.invoke(app, ["migrate", "0005"])
    assert isinstance(refused.exception, DataWouldBeDestroyedError)
    assert "1 rows of quota_use" in str(refused.exception)
    assert "1 rows of api_client (changed)" in str(refused.exception)
    assert "--yes-destroy-data" in refused.exception.title
    assert _count(database, "quota_use") == 1
    assert losses(database_url, "head") == []
    done = runner.invoke(app, ["migrate", "0010", "--yes-destroy-data"])
    assert done.exit_code == 0, done.output
    assert "destroyed: 1 rows of quota_use" in done.output.replace("\n", " ")
    with database.transaction() as session:
        assert session.scalar(text("SELECT version_num FROM alembic_version")) == "0010"
        assert session.scalar(text("SELECT to_regclass('quota_use')")) is None


def test_values_of_a_column_that_is_dropped_are_lost(database_url: str) -> None:
    """The schema itself brings one policy; one of its columns came with revision 0007."""
    lost = list(map(str, losses(database_url, "0006")))
    assert "1 values of hotspot_policy.added_by" in lost


def test_a_column_that_is_only_renamed_is_not_lost(database: Database, database_url: str) -> None:
    """Revision 0006 renamed release_handover.done_at to ended_at, and added the count of moved posts."""
    with database.transaction() as session:
        layer = boundaries.create_layer(session, code="admin", name="网格", levels=["grid"], actor=who("t"))
        grid = AreaRecord("grid", "a", "甲", shapely.box(113.30, 34.80, 113.31, 34.81))
        boundaries.publish(
            session, layer=layer, areas=[grid], publication=boundaries.Publication(author=who("t")), lead_s=0
        )
        session.execute(
            text(
                "INSERT INTO release_handover (release_id, state, started_at, ended_at, examined, moved)"
                " SELECT id, 'done', now(), now(), 0, 0 FROM release"
            )
        )
    lost = list(map(str, losses(database_url, "0005")))
    assert "1 values of release_handover.posts_moved" in lost
    assert not [words for words in lost if "ended_at" in words]


def test_a_database_without_data_goes_down_unasked(database_url: str) -> None:
    runner = CliRunner(env={"DATABASE_URL": database_url})
    down = runner.invoke(app, ["migrate", "0010"])
    assert down.exit_code == 0, down.output
    assert runner.invoke(app, ["migrate"]).exit_code == 0
    with pytest.raises(RevisionUnknownError):
        runner.invoke(app, ["migrate", "9999"], catch_exceptions=False)
