"""Apply the migrations to a database named by its URL.

Whoever prepares a database here knows every table (migrations.tables): the commands, and what they start.
"""

from __future__ import annotations

from dataclasses import dataclass

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, pool, text

import migrations.tables  # noqa: F401 (its tables)
from core import training
from core.errors import Detail, DomainError, Kind
from core.settings import PROJECT_ROOT, Settings
from migrations.application_role import grant_application

_RIGHTS = text("""
SELECT coalesce(has_table_privilege(to_regclass('public.alembic_version'), 'SELECT'), false),
    has_schema_privilege('public', 'CREATE'), current_setting('wangge.application_role', true) IS NOT NULL,
    to_regclass('public.training_database') IS NOT NULL
""")


class SchemaBehindError(DomainError):
    """The schema is not at this version's revision. Run `wangge migrate` as the owner of the database."""

    code = "schema-behind"
    kind = Kind.UNAVAILABLE


def move_to(url: str, revision: str = "head", *, marking: bool = False) -> None:
    """Bring the schema to `revision`, up or down, and give the application's role its rights.

    Who may not change the schema finds it there, or is refused. With `marking` the database is about to be marked for
    training: it is not asked whether it is.

    Raises
    ------
    SchemaBehindError
    TrainingMismatchError
        When the database is for training and this process is not, or the other way round; nothing is changed.
    """
    found = _found(Settings.for_database(url).sqlalchemy_url)
    if not marking:
        training.require_agreement(marked=found.for_training)
    wanted = newest_revision() if revision == "head" else revision
    if found.current != wanted:
        if not found.may_change:
            raise SchemaBehindError(
                "The schema is at revision {current}, not at {wanted}, and this role may not change it. Run `wangge "
                "migrate` as the database's owner.",
                values={"current": found.current or Detail("none"), "wanted": wanted},
            )
        _move(url, found.current, revision)
    if found.may_change and found.names_a_role:
        _grant(Settings.for_database(url).sqlalchemy_url)


def _move(url: str, current: str | None, revision: str) -> None:
    config = configuration(url)
    if revision == "base" or _is_older(config, current, revision):
        command.downgrade(config, revision)
    else:
        command.upgrade(config, revision)


def configuration(url: str) -> Config:
    """Return Alembic's configuration for a database."""
    config = Config(PROJECT_ROOT / "alembic.ini")
    config.set_main_option("sqlalchemy.url", Settings.for_database(url).sqlalchemy_url.replace("%", "%%"))
    return config


def is_known(url: str, revision: str) -> bool:
    """Tell whether there is such a revision (`head` is the newest, `base` the empty schema)."""
    known = {script.revision for script in ScriptDirectory.from_config(configuration(url)).walk_revisions()}
    return revision in {"head", "base", *known}


def newest_revision() -> str:
    """Return the number of the newest script, which its file's name begins with."""
    return max(path.name for path in (PROJECT_ROOT / "migrations" / "versions").glob("[0-9]*.py")).partition("_")[0]


@dataclass(frozen=True, slots=True)
class _Schema:
    """The revision that a database is at (None: no script has touched it), who may do what with it, and what it is for.

    `may_change` is whether this role may change it; `names_a_role` whether the database names one for the application;
    `for_training` whether it is marked for training.
    """

    current: str | None
    may_change: bool
    names_a_role: bool
    for_training: bool


def _found(url: str) -> _Schema:
    engine = create_engine(url, poolclass=pool.NullPool)
    with engine.connect() as connection:
        is_readable, *rights = connection.execute(_RIGHTS).one()
        if not is_readable:  # not there, or not for this role
            return _Schema(None, *rights)
        current = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        return _Schema(current, *rights)


def _grant(url: str) -> None:
    engine = create_engine(url, poolclass=pool.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtext('wangge.migrations'))")
        grant_application(connection)


def _is_older(config: Config, current: str | None, revision: str) -> bool:
    """Tell whether `revision` lies behind where the database is."""
    if current is None or revision in {"head", current}:
        return False
    behind = ScriptDirectory.from_config(config).iterate_revisions(current, "base")
    return revision in {script.revision for script in behind}
