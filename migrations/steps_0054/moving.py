"""How revision 0054 turns reasons into codes with values: in batches on the way up, in one transaction on the way down.

On the way up two columns are added beside the sentences and filled, a batch a transaction, month by month; what was
detached too. Killed in between, it goes on with the rows that are left: an older version that still runs stores rows
with sentences alone. The last transaction locks the tables, turns what is left, and drops the sentences.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from migrations.steps_0054 import schema
from migrations.steps_0054.sentences import message_of, sentences_of

if TYPE_CHECKING:
    from collections.abc import Callable

    import psycopg

    Row = tuple[Any, ...]

BATCH: Final = 10_000
_TABLES: Final = ("report", "report_reassignment")
# Months that are attached and months that are detached (archive); `id` is unique in each.
_LEAVES: Final = """
SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname IN ('public', 'archive') AND c.relname ~ '^report(_reassignment)?_[0-9]{6,}$'
ORDER BY 1
"""
_NEXT_PAIRS: Final = """
SELECT id, reason, reason_zh FROM {leaf} WHERE id > %s AND reason_code IS NULL ORDER BY id LIMIT %s
"""
_STORE_CODES: Final = """
UPDATE {leaf} r SET reason_code = n.code, reason_values = n.given::jsonb
FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS n (id, code, given) WHERE r.id = n.id
"""
_NEXT_CODES: Final = """
SELECT id, reason_code, reason_values FROM {leaf} WHERE id > %s AND reason IS NULL ORDER BY id LIMIT %s
"""
_STORE_PAIRS: Final = """
UPDATE {leaf} r SET reason = n.english, reason_zh = n.chinese
FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS n (id, english, chinese) WHERE r.id = n.id
"""
# Erased by an older version after its sentence was turned.
_ERASED: Final = """
UPDATE {table} SET reason_code = 'erased', reason_values = '{{}}'
WHERE {key} IN (SELECT report_id FROM report_erasure) AND reason_code <> 'erased'
"""


def up(connection: psycopg.Connection[Any]) -> None:
    """Turn all sentences into codes; `connection` is in autocommit mode."""
    if not _has_column(connection, "reason"):
        return  # All was turned and the process was killed before the revision was noted.
    with connection.transaction():
        _prepare(connection)
    for leaf in _leaves(connection):
        reached: int | None = 0
        while reached is not None:
            with connection.transaction():
                _run(connection, "SET LOCAL synchronous_commit = off")
                reached = _turn(connection, leaf, _NEXT_PAIRS, _STORE_CODES, _coded, after=reached)
    with connection.transaction():
        _finish(connection)


def _prepare(connection: psycopg.Connection[Any]) -> None:
    """Add the columns, and let rows get their codes: nothing else of them may change meanwhile."""
    if _has_column(connection, "reason_code"):
        return
    _run(connection, "SET LOCAL lock_timeout = '5s'")
    _alter(connection, "ADD reason_code text, ADD reason_values jsonb")
    _run(connection, schema.refuse_change(schema.MOVING.format(first="reason_code", second="reason_values")))


def _finish(connection: psycopg.Connection[Any]) -> None:
    _run(connection, "SET LOCAL lock_timeout = '30s'")
    _lock(connection)
    _turn_all(connection, _NEXT_PAIRS, _STORE_CODES, _coded)
    for table, key in zip(_TABLES, ("id", "report_id"), strict=True):
        _run(connection, _ERASED.format(table=table, key=key))
    _run(connection, schema.DROP_PLACES)
    _alter(
        connection,
        "ALTER reason_code SET NOT NULL, ALTER reason_values SET NOT NULL, DROP reason, DROP reason_zh",
    )
    _run(connection, schema.PLACES, schema.ERASURE, schema.refuse_change())


def down(connection: psycopg.Connection[Any]) -> None:
    """Turn all codes into sentences, in the transaction that is open."""
    _run(connection, "SET LOCAL lock_timeout = '5s'")
    _lock(connection)
    _alter(connection, "ADD reason text, ADD reason_zh text")
    _run(connection, schema.refuse_change(schema.MOVING.format(first="reason", second="reason_zh")))
    _turn_all(connection, _NEXT_CODES, _STORE_PAIRS, _worded)
    _run(connection, schema.DROP_PLACES)
    _alter(connection, "ALTER reason SET NOT NULL, DROP reason_code, DROP reason_values")
    _run(connection, schema.PLACES_BEFORE, schema.ERASURE_BEFORE, schema.refuse_change())


def _coded(row: Row) -> Row:
    """Return a row's id, code and values (JSON)."""
    message = message_of(row[1], row[2])
    return row[0], message["code"], json.dumps(message["values"], ensure_ascii=False)


def _worded(row: Row) -> Row:
    """Return a row's id and its two sentences."""
    return row[0], *sentences_of({"code": row[1], "values": row[2]})


def _turn_all(connection: psycopg.Connection[Any], read: str, store: str, turned: Callable[[Row], Row]) -> None:
    for leaf in _leaves(connection):
        reached: int | None = 0
        while reached is not None:
            reached = _turn(connection, leaf, read, store, turned, after=reached)


def _turn(
    connection: psycopg.Connection[Any],
    leaf: str,
    read: str,
    store: str,
    turned: Callable[[Row], Row],
    *,
    after: int,
) -> int | None:
    """Turn the next rows of a month; return the last id, None when there were no more."""
    rows = connection.execute(read.format(leaf=leaf).encode(), (after, BATCH)).fetchall()
    if not rows:
        return None
    columns = [list(column) for column in zip(*map(turned, rows), strict=True)]
    connection.execute(store.format(leaf=leaf).encode(), columns)
    return int(rows[-1][0])


def _leaves(connection: psycopg.Connection[Any]) -> list[str]:
    return [row[0] for row in connection.execute(_LEAVES).fetchall()]


def _detached(connection: psycopg.Connection[Any]) -> list[str]:
    return [leaf for leaf in _leaves(connection) if leaf.startswith("archive.")]


def _lock(connection: psycopg.Connection[Any]) -> None:
    tables = ", ".join((*_TABLES, *_detached(connection)))
    _run(connection, f"LOCK TABLE {tables} IN ACCESS EXCLUSIVE MODE")


def _alter(connection: psycopg.Connection[Any], change: str) -> None:
    """Change the two tables and their detached months alike."""
    for table in (*_TABLES, *_detached(connection)):
        _run(connection, f"ALTER TABLE {table} {change}")


def _has_column(connection: psycopg.Connection[Any], name: str) -> bool:
    found = connection.execute(
        "SELECT FROM pg_attribute WHERE attrelid = 'report'::regclass AND attname = %s AND NOT attisdropped", (name,)
    )
    return found.fetchone() is not None


def _run(connection: psycopg.Connection[Any], *scripts: str) -> None:
    # As bytes: several statements a call, and no placeholder is looked for in them.
    for script in scripts:
        connection.execute(script.encode())
