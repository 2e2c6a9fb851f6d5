"""Migrations lead up and down again, and the mapped classes say the same as they do."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.dialects.postgresql.base import ischema_names

from core.db import Base
from core.events.tables import TransactionId
from core.settings import Settings
from migrations.run import configuration, move_to, newest_revision

if TYPE_CHECKING:
    import pytest

# The queue's tables, PostGIS's, the weeks of the feed of events, and the months of the ledger.
NOT_MAPPED = r"procrastinate.*|spatial_ref_sys|event_[0-9]|report(er|_reassignment|_evidence)?_[0-9]{6}"


def _tables(url: str) -> set[str]:
    engine = sa.create_engine(Settings(DATABASE_URL=url).sqlalchemy_url)
    try:
        return set(sa.inspect(engine).get_table_names()) - {"spatial_ref_sys", "alembic_version"}
    finally:
        engine.dispose()


def test_down_to_nothing_and_up_again(database_url: str) -> None:
    before = _tables(database_url)
    move_to(database_url, "base")
    assert _tables(database_url) == set()
    move_to(database_url, "head")
    assert _tables(database_url) == before


def test_the_newest_revision_is_where_alembic_ends() -> None:
    scripts = ScriptDirectory.from_config(configuration("postgresql://nobody@127.0.0.1:1/none"))
    assert newest_revision() == scripts.get_current_head()


def test_every_mapped_column_exists_and_no_other(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ischema_names, "xid8", TransactionId)
    engine = sa.create_engine(Settings(DATABASE_URL=database_url).sqlalchemy_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": _ours})
        differences = [d for d in compare_metadata(context, Base.metadata) if _matters(d)]
    engine.dispose()
    assert differences == []


def test_every_constraint_is_the_one_that_its_class_declares(database_url: str) -> None:
    engine = sa.create_engine(Settings(DATABASE_URL=database_url).sqlalchemy_url)
    with engine.connect() as connection:
        migrated = _constraints(connection, "public")
        connection.execute(sa.text("CREATE SCHEMA mapped"))
        mapped = connection.execution_options(schema_translate_map={None: "mapped"})
        Base.metadata.create_all(mapped, checkfirst=False)
        declared = _constraints(connection, "mapped")
    engine.dispose()
    assert sorted(migrated - declared) == []
    assert sorted(declared - migrated) == []


def _constraints(connection: sa.Connection, schema: str) -> set[tuple[str, str, str]]:
    """Table, name (of checks) and definition of each constraint as PostgreSQL writes it, but for the queue's tables."""
    connection.execute(sa.text(f"SET LOCAL search_path = {schema}, public"))
    rows = connection.execute(
        sa.text(
            "SELECT conrelid::regclass::text, CASE contype WHEN 'c' THEN conname ELSE '' END,"
            " pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE connamespace = CAST(:schema AS regnamespace) AND contype IN ('c', 'u', 'p', 'f', 'x')"
        ),
        {"schema": schema},
    )
    ours = set(Base.metadata.tables)
    return {(table, name, definition) for table, name, definition in rows if table in ours}


def _ours(_object: object, name: str | None, kind: str, _reflected: bool, _compare_to: object) -> bool:  # noqa: FBT001 (Alembic's signature)
    return not (kind == "table" and name is not None and re.fullmatch(NOT_MAPPED, name))


def _matters(difference: object) -> bool:
    # Index and constraint names are the migrations' own business; tables and columns must agree.
    kind = difference[0] if isinstance(difference, tuple) else difference[0][0]  # type: ignore[index]
    return kind in {"add_table", "remove_table", "add_column", "remove_column", "modify_nullable"}
