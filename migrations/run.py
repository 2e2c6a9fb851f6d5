"""Apply the migrations to a database named by its URL.

Whoever prepares a database here knows every table (migrations.tables): the commands, and what they start.
"""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, pool, text

import migrations.tables  # noqa: F401 (its tables)
from core.settings import PROJECT_ROOT, Settings


def move_to(url: str, revision: str = "head") -> None:
    """Bring the schema to `revision`, up or down."""
    config = Config(PROJECT_ROOT / "alembic.ini")
    target = Settings.at(url).sqlalchemy_url
    config.set_main_option("sqlalchemy.url", target.replace("%", "%%"))
    if revision == "base" or _is_older(config, target, revision):
        command.downgrade(config, revision)
    else:
        command.upgrade(config, revision)


def _is_older(config: Config, url: str, revision: str) -> bool:
    """Tell whether `revision` lies behind where the database is."""
    engine = create_engine(url, poolclass=pool.NullPool)
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return False
        current = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if current is None or revision in {"head", current}:
        return False
    behind = ScriptDirectory.from_config(config).iterate_revisions(current, "base")
    return revision in {script.revision for script in behind}
