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
    current = _current(Settings.at(url).sqlalchemy_url)
    if revision == "head" and current == newest_revision():
        return  # as it is each time but the first: Alembic would load every script to find that out
    config = configuration(url)
    if revision == "base" or _is_older(config, current, revision):
        command.downgrade(config, revision)
    else:
        command.upgrade(config, revision)


def configuration(url: str) -> Config:
    """Return Alembic's configuration for a database."""
    config = Config(PROJECT_ROOT / "alembic.ini")
    config.set_main_option("sqlalchemy.url", Settings.at(url).sqlalchemy_url.replace("%", "%%"))
    return config


def is_known(url: str, revision: str) -> bool:
    """Tell whether there is such a revision (`head` is the newest, `base` the empty schema)."""
    known = {script.revision for script in ScriptDirectory.from_config(configuration(url)).walk_revisions()}
    return revision in {"head", "base", *known}


def newest_revision() -> str:
    """Return the number of the newest script, which its file's name begins with."""
    return max(path.name for path in (PROJECT_ROOT / "migrations" / "versions").glob("[0-9]*.py")).partition("_")[0]


def _current(url: str) -> str | None:
    """Return the revision that a database is at; None for one that no script has touched."""
    engine = create_engine(url, poolclass=pool.NullPool)
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        current: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        return current


def _is_older(config: Config, current: str | None, revision: str) -> bool:
    """Tell whether `revision` lies behind where the database is."""
    if current is None or revision in {"head", current}:
        return False
    behind = ScriptDirectory.from_config(config).iterate_revisions(current, "base")
    return revision in {script.revision for script in behind}
