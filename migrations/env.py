"""Alembic's entry: migrates the database that the settings name, or the one handed over in `-x url=`."""

from __future__ import annotations

from alembic import context
from sqlalchemy import create_engine, pool

import migrations.tables  # noqa: F401 (its tables)
from core.db import Base
from core.settings import Settings

url = context.config.get_main_option("sqlalchemy.url") or Settings().sqlalchemy_url
engine = create_engine(url, poolclass=pool.NullPool)
with engine.connect() as connection:
    # Several processes may start at once on a new database: one migrates, the others wait for it and find it done.
    with connection.begin():
        connection.exec_driver_sql("SELECT pg_advisory_lock(hashtext('wangge.migrations'))")
    context.configure(connection=connection, target_metadata=Base.metadata, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
