"""What a way down would destroy, measured: it is gone once, counted, and rolled back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, pool, text

from core.settings import Settings
from migrations.run import configuration

if TYPE_CHECKING:
    from sqlalchemy import Connection

# Without what the schema fills itself, or readers again: the positions of consumers, which cluster the feed stands in,
# the keys that reports themselves have, what editors last read.
_TABLES = """
SELECT c.oid, c.relname FROM pg_class c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND c.relname <> 'alembic_version'
  AND c.relname NOT IN ('event_consumer', 'event_feed', 'sealed_table', 'report_key', 'change_set_read')
  AND NOT c.relispartition
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
"""
# Rows that a migration made by itself, or that the way down writes elsewhere: principals that are keys or that the
# migration took from names (the names stay), kinds of channels (they go back into the policies), announcements of rows.
_KEPT_ROWS = {
    "principal": "created_at = (SELECT created_at FROM principal WHERE id = 1)"
    " OR name IN (SELECT name FROM api_client)",
    "channel_kind": "true",
    "event": "kind = 'rows.recorded'",
}
# Tables whose rows the way down changes only by filling a column that it adds.
_FILLED = {"hotspot_policy"}
# Columns whose values the way down writes into others.
_MOVED_COLUMNS = {
    (table, column) for table in ("report", "report_reassignment") for column in ("reason_code", "reason_values")
}
# By number, not by name: a column that is only renamed is not lost.
_COLUMNS = f"""
SELECT a.attrelid, a.attnum, t.relname, a.attname FROM pg_attribute a JOIN ({_TABLES}) t ON t.oid = a.attrelid
WHERE a.attnum > 0 AND NOT a.attisdropped
"""
_CHANGED = """
SELECT relid, sum(n_tup_del), sum(n_tup_upd) FROM pg_stat_xact_user_tables WHERE n_tup_del + n_tup_upd > 0
GROUP BY relid
"""


@dataclass(frozen=True, slots=True)
class Loss:
    """Rows of a table, or values of one of its columns, that would be destroyed (`lost`) or changed."""

    table: str
    column: str | None
    rows: int
    lost: bool = True

    def __str__(self) -> str:
        if self.column is not None:
            return f"{self.rows:,} values of {self.table}.{self.column}"
        return f"{self.rows:,} rows of {self.table}" + ("" if self.lost else " (changed)")


def losses(url: str, revision: str) -> list[Loss]:
    """Return what going down to `revision` would destroy, the most first; nothing when the way leads up.

    The way down is really gone, in one transaction that is rolled back: its locks are held for that long. Of a table
    that is made anew only its rows are compared.
    """
    config = configuration(url)
    script = ScriptDirectory.from_config(config)
    engine = create_engine(Settings.for_database(url).sqlalchemy_url, poolclass=pool.NullPool)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection)
        current = context.get_current_revision()
        behind = [] if current is None else list(script.iterate_revisions(current, "base"))
        if current is None or revision not in {"base", *(step.revision for step in behind)}:
            return []
        tables = {row.oid: row.relname for row in connection.execute(text(_TABLES))}
        columns = {(row.attrelid, row.attnum): row.attname for row in connection.execute(text(_COLUMNS))}
        connection.rollback()
        with Operations.context(context):
            for step in behind:
                if step.revision == revision:
                    break
                step.module.downgrade()
        left = {row.oid: row.relname for row in connection.execute(text(_TABLES))}
        kept = {(row.attrelid, row.attnum) for row in connection.execute(text(_COLUMNS))}
        changed = [tuple(row) for row in connection.execute(text(_CHANGED))]
        # A table that is made anew under its name keeps the rows that were moved into it.
        remade = {tables[oid] for oid in tables.keys() - left.keys()} & set(left.values())
        moved = {table: _count(connection, table, "*") for table in remade}
        connection.rollback()
        gone = [tables[oid] for oid in tables.keys() - left.keys()]
        found = [Loss(table, None, _count(connection, table, "*") - moved.get(table, 0)) for table in gone]
        found += [
            Loss(tables[oid], name, _count(connection, tables[oid], f'"{name}"'))
            for (oid, number), name in columns.items()
            if oid in left and (oid, number) not in kept and (tables[oid], name) not in _MOVED_COLUMNS
        ]
        for oid, deleted, updated in changed:
            if oid in left and oid in tables:
                found.append(Loss(tables[oid], None, int(deleted)))
                if tables[oid] not in _FILLED:
                    found.append(Loss(tables[oid], None, int(updated), lost=False))
    return sorted((loss for loss in found if loss.rows), key=lambda loss: (-loss.rows, str(loss)))


def _count(connection: Connection, table: str, what: str) -> int:
    others = f" WHERE NOT ({_KEPT_ROWS[table]})" if table in _KEPT_ROWS else ""
    return int(connection.execute(text(f'SELECT count({what}) FROM "{table}"{others}')).scalar_one())
