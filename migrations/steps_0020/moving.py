"""How revision 0020 moves reports and what hangs on them: in batches on the way up, in one transaction on the way down.

On the way up the partitioned tables are filled beside the old ones in a schema of their own, a batch a transaction.
Killed in between, it goes on behind the last batch. The last transaction locks the old tables, moves what was stored
meanwhile, maps what names reports by their ids, and puts the new tables in the place of the old.

A report received in July 2026 whose id was 731 gets the id 202607 000000731, and keeps its number. Ids that bear their
month already (a database that went down and comes up again) stay as they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from migrations.steps_0020 import schema

if TYPE_CHECKING:
    import psycopg

BATCH: Final = 20_000
_MONTH: Final = 1_000_000_000
_AHEAD: Final = 3
_BESIDE: Final = "SET LOCAL search_path TO ledger_move, public"
_CHILDREN: Final = ("reporter", "report_reassignment", "report_evidence")
_ALL: Final = ("report", *_CHILDREN)

_TOO_LARGE: Final = f"SELECT count(*) FROM public.report WHERE id > {schema.FIRST_OWN} AND id < {_MONTH * 100_000}"
_TOO_LATE: Final = "SELECT count(*) FROM public.report WHERE reported_at >= received_at + interval '24:00:00'"
_MONTHS: Final = "SELECT DISTINCT public.report_month(received_at) FROM public.report"
_MONTHS_AHEAD: Final = f"""
SELECT public.report_month(timezone('UTC', date_trunc('month', timezone('UTC', now())) + n * interval '1 month'))
FROM generate_series(0, {_AHEAD}) n
"""
# The new id of a report of before.
_NEW: Final = f"""
CASE WHEN r.id < {_MONTH} THEN public.report_month(r.received_at) * {_MONTH}::bigint + r.id ELSE r.id END
"""
_NEXT: Final = f"""
INSERT INTO moving SELECT r.id, {_NEW} FROM public.report r WHERE r.id > %s ORDER BY r.id LIMIT %s
"""
_LEFT: Final = f"""
INSERT INTO moving SELECT r.id, {_NEW} FROM public.report r
WHERE NOT EXISTS (SELECT FROM report n WHERE n.id = {_NEW})
"""
_KEYS: Final = f"""
INSERT INTO report_key (report_id, client_id, idempotency_key, channel, external_id, body_sha256, old_id)
SELECT m.new_id, r.client_id, r.idempotency_key, r.channel, r.external_id, r.body_sha256,
       CASE WHEN r.id < {_MONTH} THEN r.id END
FROM moving m JOIN public.report r ON r.id = m.old_id
WHERE r.id < {_MONTH} OR r.idempotency_key IS NOT NULL OR r.external_id IS NOT NULL
"""
# Children of reports that were moved before the children were stored.
_LATER_CHILDREN: Final = """
INSERT INTO {table} ({columns}) {overriding}
SELECT {values} FROM public.{table} c JOIN public.report r ON r.id = c.report_id
WHERE NOT EXISTS (SELECT FROM {table} n WHERE n.report_id = {new} {same})
"""
_SEQUENCES: Final = f"""
SELECT setval(('report_n_' || month)::regclass, greatest(max - month * {_MONTH}::bigint, {schema.FIRST_OWN + 1}),
              max - month * {_MONTH}::bigint > {schema.FIRST_OWN})
FROM (SELECT id / {_MONTH} AS month, max(id) FROM report GROUP BY 1) m
"""
_MAP_EVENTS: Final = """
UPDATE event e SET ids = (
    SELECT coalesce(range_agg(int8range(m.{into}, m.{into} + 1)), '{{}}')
    FROM unnest(e.ids) span JOIN mapped m ON m.{key} >= lower(span) AND m.{key} < upper(span)
) WHERE e.subject = 'report'
"""


def up(connection: psycopg.Connection[Any]) -> None:
    """Move everything into the partitioned tables; `connection` is in autocommit mode.

    Raises
    ------
    RuntimeError
        When rows cannot be moved without loss: ids above 500 million, or reports later than their receipt.
    """
    if _one(connection, "SELECT relkind = 'p' FROM pg_class WHERE oid = 'public.report'::regclass"):
        return  # All was moved and the process was killed before the revision was noted.
    _prepare(connection)
    while _batch(connection):
        pass
    with connection.transaction():
        _finish(connection)


def _prepare(connection: psycopg.Connection[Any]) -> None:
    with connection.transaction():
        if _one(connection, "SELECT to_regnamespace('ledger_move') IS NOT NULL"):
            return
        _refuse(connection, _TOO_LARGE, "reports have ids above 500,000,000; they cannot keep their numbers")
        _refuse(connection, _TOO_LATE, "reports lie more than a day after their receipt, which no way in allows")
        _run(connection, "CREATE SCHEMA ledger_move", _BESIDE, schema.FUNCTIONS, schema.TABLES)
        _run(connection, "CREATE TABLE progress (reached bigint NOT NULL)", "INSERT INTO progress VALUES (0)")


def _refuse(connection: psycopg.Connection[Any], count: str, why: str) -> None:
    found = _one(connection, count)
    if found:
        raise RuntimeError(f"{found} {why}: the ledger stays as it is.")


def _batch(connection: psycopg.Connection[Any]) -> int:
    """Move the next reports with all that hangs on them; return how many."""
    with connection.transaction():
        _run(connection, _BESIDE, "SET LOCAL synchronous_commit = off", _MOVING)
        connection.execute(_NEXT.encode(), (_one(connection, "SELECT reached FROM progress FOR UPDATE"), BATCH))
        _move(connection)
        _run(connection, "UPDATE progress SET reached = max FROM (SELECT max(old_id) FROM moving) m WHERE max > 0")
        return int(_one(connection, "SELECT count(*) FROM moving"))


_MOVING: Final = "CREATE TEMP TABLE moving (old_id bigint PRIMARY KEY, new_id bigint NOT NULL) ON COMMIT DROP"


def _move(connection: psycopg.Connection[Any]) -> None:
    """Copy the reports named in `moving`, their keys and their children."""
    _make_months(connection, "SELECT DISTINCT (new_id / 1000000000)::integer FROM moving")
    for table in _ALL:
        columns = _columns(connection, table)
        key = "id" if table == "report" else "report_id"
        values = ", ".join("m.new_id" if column == key else f"r.{column}" for column in columns)
        overriding = "OVERRIDING SYSTEM VALUE" if table == "report_reassignment" else ""
        _run(
            connection,
            f"INSERT INTO {table} ({', '.join(columns)}) {overriding}"
            f" SELECT {values} FROM moving m JOIN public.{table} r ON r.{key} = m.old_id",
        )
    _run(connection, _KEYS)


def _finish(connection: psycopg.Connection[Any]) -> None:
    """Move what was stored meanwhile, map what names reports, and put the new tables in the old ones' place."""
    _run(connection, _BESIDE, "SET LOCAL lock_timeout = '30s'")
    _run(connection, f"LOCK TABLE {', '.join(f'public.{table}' for table in _ALL)} IN ACCESS EXCLUSIVE MODE")
    _run(connection, _MOVING, _LEFT)
    _move(connection)
    for table in _CHILDREN:
        columns = _columns(connection, table)
        _run(
            connection,
            _LATER_CHILDREN.format(
                table=table,
                columns=", ".join(columns),
                overriding="OVERRIDING SYSTEM VALUE" if table == "report_reassignment" else "",
                values=", ".join(_NEW if column == "report_id" else f"c.{column}" for column in columns),
                new=_NEW,
                same="AND n.id = c.id" if table == "report_reassignment" else "",
            ),
        )
    for table in _ALL:
        _refuse(
            connection,
            f"SELECT (SELECT count(*) FROM public.{table}) - (SELECT count(*) FROM {table})",
            f"rows of {table} were not moved",
        )
    _make_months(connection, _MONTHS_AHEAD)
    _run(connection, _SEQUENCES, _numbering("report_reassignment"))
    mapped = f"CREATE TEMP TABLE mapped ON COMMIT DROP AS SELECT r.id AS old_id, {_NEW} AS new_id FROM public.report r"
    _run(connection, mapped)
    _map_names(connection, key="old_id", into="new_id")
    _run(connection, "DROP TABLE progress", "DROP VIEW public.report_place")
    _run(connection, *(f"DROP TABLE public.{table}" for table in reversed(_ALL)))
    _set_schema(connection, "ledger_move", "public")
    _run(connection, "DROP SCHEMA ledger_move", schema.TRIGGERS, schema.VIEW, schema.PLACE_OF)


def down(connection: psycopg.Connection[Any]) -> None:
    """Move everything back into plain tables, in the transaction that is open.

    Reports of before get their old ids again. Those stored since keep theirs, which are unique: the version before
    prints them in full, SJ202607000000731-4.

    Raises
    ------
    RuntimeError
        When months are detached: they would be lost.
    """
    if _one(connection, "SELECT to_regclass('archive.report_key') IS NOT NULL OR EXISTS (SELECT FROM pg_class"
            " WHERE relnamespace = to_regnamespace('archive') AND relname ~ '^report_[0-9]+$')"):  # fmt: skip
        raise RuntimeError("Months of reports are detached. Attach them first: wangge partitions attach MONTH")
    _run(connection, "SET LOCAL lock_timeout = '5s'", f"LOCK TABLE {', '.join(_ALL)} IN ACCESS EXCLUSIVE MODE")
    _run(connection, "DROP FUNCTION report_place_of", "DROP VIEW report_place", "CREATE SCHEMA ledger_move")
    _set_schema(connection, "public", "ledger_move")
    _run(
        connection,
        schema.PLAIN,
        "CREATE TEMP TABLE mapped ON COMMIT DROP AS SELECT r.id AS new_id, coalesce(k.old_id, r.id) AS old_id"
        " FROM ledger_move.report r LEFT JOIN ledger_move.report_key k ON k.report_id = r.id",
    )
    for table in _ALL:
        columns = _columns(connection, table)
        key = "id" if table == "report" else "report_id"
        values = ", ".join("m.old_id" if column == key else f"r.{column}" for column in columns)
        _run(
            connection,
            f"INSERT INTO {table} ({', '.join(columns)}) OVERRIDING SYSTEM VALUE"
            f" SELECT {values} FROM ledger_move.{table} r JOIN mapped m ON m.new_id = r.{key}",
        )
    _map_names(connection, key="new_id", into="old_id")
    _run(connection, schema.PLAIN_KEYS, schema.VIEW, _numbering("report", below=_MONTH))
    _run(connection, _numbering("report_reassignment"), "DROP SCHEMA ledger_move CASCADE")
    _run(connection, "DROP FUNCTION make_report_month, report_first_id, report_new_id, report_month, write_report_keys")


def _map_names(connection: psycopg.Connection[Any], *, key: str, into: str) -> None:
    """Map what names reports by their ids.

    Finished hotspot runs stay as they are: their bytes are final, and the old ids in them are still found.
    """
    _run(connection, "ALTER TABLE event DISABLE TRIGGER event_append_only")
    _run(
        connection,
        f"CREATE INDEX ON mapped ({key})",
        "ANALYZE mapped",
        _MAP_EVENTS.format(key=key, into=into),
        "ALTER TABLE event ENABLE TRIGGER event_append_only",
        f"UPDATE wording w SET report_id = m.{into} FROM mapped m WHERE m.{key} = w.report_id",
        f"UPDATE release_handover h SET reached_id = m.{into} FROM mapped m WHERE m.{key} = h.reached_id",
    )


def _set_schema(connection: psycopg.Connection[Any], source: str, target: str) -> None:
    """Move the ledger's tables, partitions and sequences from one schema into another."""
    kinds = {"p": "TABLE", "r": "TABLE", "S": "SEQUENCE"}
    found = connection.execute(
        "SELECT relkind::text, relname FROM pg_class c WHERE relnamespace = %s::regnamespace"
        " AND (relname ~ '^report(er|_reassignment|_evidence|_key)?(_[0-9]+)?$' AND relkind IN ('r', 'p')"
        " OR relname ~ '^report_n_[0-9]+$' AND relkind = 'S')",
        (source,),
    ).fetchall()
    for kind, name in found:
        _run(connection, f"ALTER {kinds[kind]} {source}.{name} SET SCHEMA {target}")


def _make_months(connection: psycopg.Connection[Any], months: str) -> None:
    _run(connection, f"SELECT public.make_report_month(month) FROM ({months}) AS m (month)")


def _numbering(table: str, *, below: int = 2**62) -> str:
    """Return the statement that lets a table's own numbers go on behind its largest."""
    return (
        f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), coalesce(max(id), 0) + 1, false) FROM {table}"
        f" WHERE id < {below}"
    )


def _columns(connection: psycopg.Connection[Any], table: str) -> list[str]:
    found = connection.execute(
        "SELECT quote_ident(attname) FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
        " AND NOT attisdropped ORDER BY attnum",
        (table,),
    ).fetchall()
    return [row[0] for row in found]


def _one(connection: psycopg.Connection[Any], query: str) -> Any:  # noqa: ANN401 (whatever the query gives)
    row = connection.execute(query.encode()).fetchone()
    return row[0] if row is not None else None


def _run(connection: psycopg.Connection[Any], *scripts: str) -> None:
    # As bytes: several statements a call, and no placeholder is looked for in them.
    for script in scripts:
        connection.execute(script.encode())
